"""Event types: what they share, what they point to, and that units are converted once and rightly."""

import attrs
import pytest

import infant_course as ic
from infant_course.events import EVENT_TYPES, UNITS, Event, Quantity, own_fields, references
from infant_course.vocabulary import Graft


def test_every_event_type_is_frozen_and_keyword_only() -> None:
    for cls in EVENT_TYPES.values():
        event = cls(id="x")
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            event.note = "changed"
        with pytest.raises(TypeError):
            cls("x")


def test_every_field_says_what_it_means() -> None:
    for cls in EVENT_TYPES.values():
        for attribute in attrs.fields(cls):
            assert attribute.metadata.get("doc"), f"{cls.__name__}.{attribute.name}"


def test_units_named_by_fields_are_known() -> None:
    for cls in EVENT_TYPES.values():
        for attribute in own_fields(cls):
            unit = attribute.metadata.get("unit") or ()
            assert ({unit} if isinstance(unit, str) else set(unit)) <= set(UNITS)


@pytest.mark.parametrize(
    ("quantity", "unit", "expected"),
    [
        (Quantity(161700, "/uL"), "10^9/L", 161.7),
        (Quantity(1.0, "10^9/L"), "/uL", 1000),
        (Quantity(0.04, "%"), "fraction", 4e-4),
        (Quantity(5e-3, "fraction"), "%", 0.5),
        (Quantity(600, "cGy"), "Gy", 6),
        (Quantity(5, "g/m2"), "mg/m2", 5000),
        (Quantity(10000, "U/m2"), "IU/m2", 10000),
    ],
)
def test_units_are_converted(quantity: Quantity, unit: str, expected: float) -> None:
    assert quantity.to(unit) == pytest.approx(expected)


def test_a_foreign_unit_is_refused() -> None:
    with pytest.raises(KeyError):
        Quantity(1, "%").to("Gy")


def test_references_are_found_in_single_and_list_fields() -> None:
    event = ic.AdverseEvent(id="ae", attributed_to=("a", "b"), derived_from=("c",))
    assert references(event) == (("derived_from", "c"), ("attributed_to", "a"), ("attributed_to", "b"))
    assert references(ic.Transplant(id="t", consolidates="cr2", graft=Graft.CORD_BLOOD)) == (("consolidates", "cr2"),)
    assert references(ic.Diagnosis(id="dx")) == ()


def test_the_line_in_the_input_does_not_make_events_differ() -> None:
    assert ic.Diagnosis(id="dx", line=3) == ic.Diagnosis(id="dx", line=9)


def test_stated_and_derived_are_told_apart() -> None:
    assert not ic.Remission(id="cr1").derived
    assert ic.Remission(id="cr1", derived_from=("lfu",)).derived


def test_the_base_is_no_event_type() -> None:
    assert Event not in EVENT_TYPES.values()


def test_events_are_equal_by_type_and_by_what_was_stated_alone():
    one = ic.Relapse(id="r", number=1, line=3)
    assert one == ic.Relapse(id="r", number=1, line=9)
    assert hash(one) == hash(ic.Relapse(id="r", number=1, line=9))
    assert one != ic.Relapse(id="r", number=2, line=3)
    assert one != ic.Relapse(id="r", number=1, note="as told by telephone", line=3)
    assert one != ic.Death(id="r")
    assert one != "r"
