"""Every field says who defines it or asks for it, and its page shows it."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest

import infant_course as ic
from infant_course.events import EVENT_TYPES, Event, field_hints, own_fields
from infant_course.knowledge.definitions import definition
from infant_course.knowledge.fields import field_note, field_notes
from infant_course.knowledge.reading import knowledge
from infant_course.knowledge.thresholds import threshold
from infant_course.rules import RULES
from infant_course.sources import Cite, Confidence

PAGE = Path(__file__).parents[2] / "docs" / "events.md"


def parts(hint: Any) -> Iterator[type]:
    """The records of events.py in a type, and those inside them."""
    for inner in getattr(hint, "__args__", ()):
        yield from parts(inner)
    if attrs.has(hint) and hint.__module__ == Event.__module__:
        yield hint
        for inner in field_hints(hint).values():
            yield from parts(inner)


def fields_that_are_there() -> dict[str, tuple[str, ...]]:
    """All fields of the model, by event type ("Event": what all share) or record, without those of the reader."""
    inside = {part.__name__: part for cls in EVENT_TYPES.values() for part in parts(cls) if part is not cls}
    found = {name: own_fields(cls) for name, cls in EVENT_TYPES.items()}
    found |= {record.__name__: attrs.fields(record) for record in (Event, ic.Patient, *inside.values())}
    return {name: tuple(a.name for a in told if not a.metadata.get("internal")) for name, told in found.items() if told}


def test_every_field_has_a_note_and_every_note_a_field() -> None:
    there = fields_that_are_there()
    assert there["Finding"] == ("term", "severity", "side")
    assert {name: set(notes) for name, notes in field_notes().items()} == {n: set(told) for n, told in there.items()}


def test_every_source_exists_and_every_argument_is_given() -> None:
    for record, notes in field_notes().items():
        for name, note in notes.items():
            if isinstance(note.source, Cite):
                assert note.source.key in knowledge("sources"), f"{record}.{name}"
                assert note.source.at, f"{record}.{name}"
                assert note.source.confidence in (Confidence.QUOTED, Confidence.RECALLED), f"{record}.{name}"
            else:
                assert note.source.argument, f"{record}.{name}"


def test_what_is_general_knowledge_is_not_told_as_read() -> None:
    cited = [note.source for notes in field_notes().values() for note in notes.values()]
    assert [source.at for source in cited if isinstance(source, Cite) and source.key == "registry"] != []
    assert all(source.provisional for source in cited if isinstance(source, Cite) and source.key == "registry")


def test_limits_name_rules_that_exist() -> None:
    for record, notes in field_notes().items():
        for name, note in notes.items():
            named = re.findall(r"[A-Z]{3}-\d\d", note.limits)
            assert bool(named) == bool(note.limits), f"{record}.{name}"
            assert set(named) <= set(RULES), f"{record}.{name}"


def written(*numbers: float) -> set[str]:
    return {f"{number:g}" for number in numbers}


@pytest.mark.parametrize(
    ("record", "name", "numbers"),
    [
        (ic.Diagnosis, "wbc", written(*(threshold(n).value for n in ("wbc_low", "wbc_high", "wbc_unit_error")))),
        (ic.Diagnosis, "haemoglobin", written(*threshold("haemoglobin").values)),
        (ic.Laboratory, "haemoglobin", written(*threshold("haemoglobin").values)),
        (ic.Diagnosis, "marrow_blasts", written(threshold("marrow_at_diagnosis").value)),
        (ic.Diagnosis, "csf_wbc", written(threshold("csf_wbc_high").value)),
        (ic.CsfAssessment, "wbc", written(threshold("csf_wbc_high").value)),
        (ic.Relapse, "csf_wbc", written(threshold("csf_wbc_high").value, threshold("relapse_csf_wbc").value)),
        (ic.Measurement, "weight", written(*threshold("infant_weight").values)),
        (ic.Measurement, "body_surface", written(*threshold("infant_surface").values)),
        (ic.PrednisoneResponse, "blasts_at_start", written(threshold("prephase_blasts").value)),
        (
            ic.Immunotherapy,
            "dose_rate",
            written(*threshold("blinatumomab_rates").values, threshold("blinatumomab_most").value),
        ),
        (ic.Immunotherapy, "interrupted", written(threshold("blinatumomab_interruption").value)),
        (ic.CellTherapy, "dose", written(*threshold("tisagenlecleucel_dose").values)),
        (ic.Remission, "marrow_blasts", written(threshold("remission_blasts").value)),
        (ic.Remission, "mrd", written(threshold("remission_mrd").value)),
        (ic.Remission, "neutrophils", written(threshold("cibmtr_neutrophils").value)),
        (ic.Remission, "platelets", written(threshold("cibmtr_platelets").value)),
        (ic.Remission, "sustained", written(threshold("cibmtr_sustained").value)),
        (
            ic.Relapse,
            "marrow_blasts",
            written(
                *(threshold(f"relapse_marrow_{row}").value for row in ("sure", "one_test", "two_tests")),
                threshold("relapse_isolated_marrow").value,
            ),
        ),
        (ic.Radiotherapy, "dose", written(threshold("radiotherapy_most").value)),
        (ic.Conditioning, "tbi", written(threshold("tbi_age").value / 365.25)),
        (
            ic.Transplant,
            "hla_matched",
            written(*(n for of in ("matched_of_10", "cord_of_6", "cord_of_8") for n in threshold(f"hla_{of}").values))
            | written(*threshold("hla_cord_sibling_of_8").values),
        ),
        (
            ic.Engraftment,
            "count",
            written(
                definition("neutrophil_engraftment").number("neutrophils"),
                definition("platelet_engraftment").number("platelets"),
            ),
        ),
        (ic.Engraftment, "consecutive", written(threshold("engraftment_counts").value)),
        (ic.Engraftment, "days_untransfused", written(threshold("platelets_untransfused").value)),
        (ic.AdverseEvent, "ice", written(threshold("ice_age").value / 365.25)),
    ],
)
def test_limits_tell_the_numbers_that_rules_compare_with(record: type, name: str, numbers: set[str]) -> None:
    told = re.sub(r"\([A-Z]{3}[^)]*\)|10\^9", "", field_note(record, name).limits)
    assert numbers <= set(re.findall(r"\d+(?:\.\d+)?", told))


def test_grades_have_the_range_that_their_rule_allows() -> None:
    least, most = threshold("toxicity_grades").values
    doc = attrs.fields_dict(ic.AdverseEvent)["grade"].metadata["doc"]
    assert f"{least:g} to {most:g} by CTCAE and ASTCT, 0 to {most:g} by another" in doc


def test_shares_of_cells_say_that_they_lie_between_none_and_all() -> None:
    shares = {"fraction": "fraction of 0 to 1", "%": "0 to 100 %"}
    of_a_mass = [("remission", "residual_mass")]  # a mass may have grown
    for name, cls in EVENT_TYPES.items():
        for attribute in own_fields(cls):
            if attribute.metadata.get("unit") in shares and (name, attribute.name) not in of_a_mass:
                assert shares[attribute.metadata["unit"]] in attribute.metadata["doc"], f"{name}.{attribute.name}"


def test_the_note_of_a_shared_field_is_that_of_all_events() -> None:
    assert field_note(ic.Death, "when") is field_note(ic.Relapse, "when") is field_note(Event, "when")
    with pytest.raises(KeyError):
        field_note(ic.Death, "grade")


def test_a_source_by_hand() -> None:
    assert field_note(ic.Diagnosis, "cns").source == Cite("cogcns", "rows CNS1 to CNS3c")
    assert str(field_note(ic.Decision, "rests_on").source).endswith("(provisional)")
    assert str(field_note(ic.Patient, "id").source) == "logic: keeps patients apart without a name"


def test_the_page_shows_every_field_with_its_source() -> None:
    sections = dict(
        re.findall(r"^## (.+?)\n(.*?)(?=^#|\Z)", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    )
    heads = {name: f"`{name}`" for name in EVENT_TYPES} | {"Event": "Fields of every event"}
    for record, notes in field_notes().items():
        rows = sections[heads.get(record, record)].splitlines()
        for name, note in notes.items():
            (row,) = [row for row in rows if row.startswith(f"| `{name}` |")]
            assert row.endswith(f"| {note.source} |"), f"{record}.{name}"


def test_the_notes_are_not_read_at_every_start() -> None:
    loaded = "import sys, infant_course; print('infant_course.knowledge.fields' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", loaded], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
