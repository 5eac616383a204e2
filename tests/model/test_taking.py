"""What is put into a record is taken exactly or refused where it is put: nothing becomes another value, or none."""

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import attrs
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings

import infant_course as ic
from infant_course import when
from infant_course.io.case_file import read
from infant_course.sources import Cite
from infant_course.statements import Lasting
from infant_course.vocabulary import MrdResult, Sex, Site, Specimen
from infant_course.when import Duration, Unit, When, parse, parse_duration
from strategies import courses

WHEN = parse("2020-05-17")


@pytest.mark.parametrize(
    ("cls", "field", "value", "taken"),
    [
        (ic.Relapse, "sites", "marrow", (Site.MARROW,)),
        (ic.Relapse, "sites", Site.CNS, (Site.CNS,)),
        (ic.Relapse, "sites", ["marrow", Site.CNS], (Site.MARROW, Site.CNS)),
        (ic.Relapse, "sites", None, ()),
        (ic.Relapse, "sites", (site for site in Site if site is Site.SKIN), (Site.SKIN,)),
        (ic.Relapse, "antigen_loss", "CD19", ("CD19",)),
        (ic.AdverseEvent, "attributed_to", "ind", ("ind",)),
        (ic.MrdAssessment, "result", "negative", MrdResult.NEGATIVE),
        (ic.MrdAssessment, "specimen", Site.MARROW, Specimen.MARROW),
        (ic.Relapse, "when", "2020-05-17", (WHEN,)),
        (ic.Relapse, "when", WHEN, (WHEN,)),
        (ic.Relapse, "when", ["2020-05-17", "after dx"], (WHEN, parse("after dx"))),
        (ic.Relapse, "when", date(2020, 5, 17), (WHEN,)),
        (ic.TreatmentBlock, "lasting", "5 to 6 weeks", parse_duration("5 to 6 weeks")),
        (ic.TreatmentBlock, "agents", ic.Agent(name="x"), (ic.Agent(name="x"),)),
        (ic.Relapse, "number", np.int64(2), 2),
        (ic.MrdAssessment, "reduction", 3, 3.0),
        (ic.Relapse, "note", np.str_("told"), "told"),
    ],
)
def test_what_a_case_file_says_so_may_be_said_so(cls: Any, field: str, value: Any, taken: Any) -> None:
    held = getattr(cls(id="x", **{field: value}), field)
    assert held == taken
    assert type(held) is type(taken)
    if isinstance(taken, tuple):
        assert list(map(type, held)) == list(map(type, taken))


@pytest.mark.parametrize(
    ("cls", "fields", "said"),
    [
        (ic.MrdAssessment, {"value": 0.05}, "expected Quantity(number, unit), the unit being fraction or %"),
        (ic.MrdAssessment, {"value": "0.05 %"}, "expected Quantity(number, unit)"),
        (ic.MrdAssessment, {"result": "negativ"}, "found another word; did you mean 'negative'?"),
        (ic.MrdAssessment, {"result": 0}, "not_evaluable, found a number"),
        (ic.MrdAssessment, {"reduction": float("nan")}, "found one that is not finite"),
        (ic.MrdAssessment, {"reduction": Decimal("1.5")}, "found something of the type Decimal"),
        (ic.MrdAssessment, {"reduction": 10**400}, "found one that is not finite"),
        (ic.MrdAssessment, {"assesses": ic.TreatmentBlock(id="b")}, "an event goes by its id (event.id)"),
        (ic.MrdAssessment, {"assesses": 5}, "expected an id, a text, found a number"),
        (ic.Relapse, {"sites": "marow"}, "did you mean 'marrow'?"),
        (ic.Relapse, {"sites": {"marrow": True}}, "found a dict"),
        (ic.Relapse, {"sites": ["marrow", None]}, "found None"),
        (ic.Relapse, {"when": "2020-13-01"}, "expected a time (2020-05-17,"),
        (ic.Relapse, {"when": 2020}, "expected a time: a text"),
        (ic.Relapse, {"when": datetime(2020, 5, 17, 12)}, "its date() is a day without a time of day"),
        (ic.Relapse, {"lasting": "4 weeks"}, "does not last; its one time is `when`"),
        (ic.Relapse, {"number": 1.5}, "expected a whole number, found a number"),
        (ic.Relapse, {"number": np.array([1])}, "expected a whole number, found something of the type ndarray"),
        (ic.Relapse, {"number": "1"}, "expected a whole number, found a text"),
        (ic.Relapse, {"number": True}, "expected a whole number, found True or False"),
        (ic.Relapse, {"second_marrow": "no"}, "expected True, False or None, found a text"),
        (ic.Relapse, {"second_marrow": 0}, "expected True, False or None, found a number"),
        (ic.Relapse, {"note": 5}, "expected a text, found a number"),
        (ic.TreatmentBlock, {"lasting": 4}, "expected a length of time, such as '5 to 6 weeks', found a number"),
        (
            ic.TreatmentBlock,
            {"lasting": "4 weks"},
            "expected a length of time, such as '5 to 6 weeks', found another text",
        ),
        (ic.TreatmentBlock, {"agents": "vincristine"}, "expected an Agent, found a text"),
        (ic.TreatmentBlock, {"agents": [{"name": "vincristine"}]}, "expected an Agent, found a dict"),
        (ic.Diagnosis, {"immunophenotypes": ["CD19"]}, "expected an Immunophenotype, found a text"),
        (ic.Presentation, {"findings": ic.Agent(name="x")}, "expected a Finding, found something of the type Agent"),
    ],
)
def test_what_does_not_fit_is_refused_where_it_is_put(cls: Any, fields: dict[str, Any], said: str) -> None:
    with pytest.raises(ic.UsageError) as caught:
        cls(id="x", **fields)
    (field,) = fields
    assert str(caught.value).startswith(f"{cls.__name__}.{field}: ")
    assert said in str(caught.value)


@pytest.mark.parametrize("name", [5, None, b"x"])
def test_an_id_is_a_text(name: Any) -> None:
    for make in (ic.Relapse, ic.Patient):
        with pytest.raises(ic.UsageError, match=r"\.id: expected an id, a text, found"):
            make(id=name)


def test_no_event_of_a_course_goes_by_the_name_of_its_birth() -> None:
    with pytest.raises(ic.UsageError, match="'birth' is the id of the patient's birth; give the event another"):
        ic.Course(patient=ic.Patient(id="p"), events=[ic.Relapse(id="birth")])


@pytest.mark.parametrize(
    "make",
    [
        lambda secret: ic.Relapse(id="r", when=secret),
        lambda secret: ic.Relapse(id="r", sites=[secret]),
        lambda secret: ic.TreatmentBlock(id="b", lasting=secret),
        lambda secret: ic.MrdAssessment(id="m", value=secret),
        lambda secret: ic.Quantity(secret, "%"),
        lambda secret: ic.Agent(name="x", route=secret),
        lambda secret: ic.Patient(id="p", birth=secret),
        lambda secret: ic.Course(patient=secret),
        lambda secret: ic.Course(patient=ic.Patient(id="p"), events=[secret]),
        lambda secret: ic.Course(patient=ic.Patient(id="p"))[secret],
        lambda secret: ic.check(secret),
        lambda secret: ic.dump(secret),
    ],
)
def test_no_error_shows_what_was_found(make: Any) -> None:
    """Nor does the error before it: a message about a time may hold the text."""
    with pytest.raises(ic.UsageError) as caught:
        make("2011-13 Secret")
    error: BaseException | None = caught.value
    while error is not None:
        assert "Secret" not in str(error) and "2011" not in str(error) and "13" not in str(error)
        error = error.__context__


@pytest.mark.parametrize("value", ["0.05", None, True, float("nan"), float("inf"), "%"])
def test_a_quantity_has_a_number(value: Any) -> None:
    with pytest.raises(ic.UsageError, match=r"Quantity\.value: expected a number"):
        ic.Quantity(value, "%")


@pytest.mark.parametrize("unit", [5, ["%"]])
def test_a_unit_is_a_text(unit: Any) -> None:
    with pytest.raises(ic.UsageError, match=r"Quantity\.unit: expected a text such as '%'"):
        ic.Quantity(0.05, unit)


def test_parts_of_a_record_are_looked_at_too() -> None:
    with pytest.raises(ic.UsageError, match=r"Agent\.dose: expected Quantity\(number, unit\)"):
        ic.Agent(name="vincristine", dose=1.5)
    with pytest.raises(ic.UsageError, match=r"Finding\.term: expected a text, found None"):
        ic.Finding(term=None)
    assert ic.Finding(term="fever", side="left") == ic.Finding(
        term="fever", side=ic.Finding(term="x", side="left").side
    )


def test_a_patient_is_told_as_in_a_case_file() -> None:
    patient = ic.Patient(id="p", sex="female", birth="2020")
    assert (patient.sex, patient.birth) == (Sex.FEMALE, (parse("2020"),))
    for field, value, said in (
        ("sex", "femal", "did you mean 'female'?"),
        ("birth", "20", "expected a time"),
        ("site", 5, "expected a text"),
    ):
        with pytest.raises(ic.UsageError, match=rf"Patient\.{field}: ") as caught:
            ic.Patient(id="p", **{field: value})
        assert said in str(caught.value)


def _words(value: Any) -> Any:
    """A value as it may be written by hand."""
    if isinstance(value, tuple):
        told = [_words(item) for item in value]
        return told[0] if len(told) == 1 else told
    if isinstance(value, (When, Duration)):
        return str(value)
    return value.value if isinstance(value, Enum) else value


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(courses())
def test_words_become_what_they_stand_for(course: ic.Course) -> None:
    for event in course:
        fields = {a.name: _words(getattr(event, a.name)) for a in attrs.fields(type(event))}
        again = type(event)(**fields)
        assert again == event
        assert [type(getattr(again, name)) for name in fields] == [type(getattr(event, name)) for name in fields]


def test_a_course_holds_events_of_the_types_there_are() -> None:
    class Own(ic.Relapse):
        """A type that has no table."""

    patient = ic.Patient(id="p")
    for events in ([ic.Event(id="x")], [Own(id="x")], [{"event": "relapse"}], "relapse", 5, [ic.Relapse]):
        with pytest.raises(ic.UsageError, match=r"Course\.events\[0\]: expected events of the types of this package"):
            ic.Course(patient=patient, events=events)
    assert ic.Course(patient=patient, events=ic.Relapse(id="r")).events == (ic.Relapse(id="r"),)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("patient", "p1", "Course.patient: expected Patient(id=...), found a text"),
        ("complete", ["relaps"], "Course.complete: no event type 'relaps': did you mean 'relapse'?"),
        ("complete", [ic.Relapse], "found the class Relapse"),
        ("source", "x", "Course.source: expected Cite(key, at), found a text"),
        ("source", Cite("key", "place", "quoted"), "Course.source.confidence: expected a Confidence"),
        ("about", 5, "Course.about: expected a text"),
    ],
)
def test_the_other_parts_of_a_course_are_looked_at(field: str, value: Any, said: str) -> None:
    with pytest.raises(ic.UsageError) as caught:
        ic.Course(**{"patient": ic.Patient(id="p"), field: value})
    assert said in str(caught.value)


def test_one_complete_type_stands_for_a_list_of_one() -> None:
    assert ic.Course(patient=ic.Patient(id="p"), complete="relapse").complete == {"relapse"}


@pytest.mark.parametrize("number", [10**17, 10**18 - 1, -(10**17) + 1])
def test_a_whole_number_that_is_taken_is_read_back(number: int) -> None:
    course = ic.Course(patient=ic.Patient(id="p"), events=[ic.Relapse(id="r", number=number)])
    assert ic.Cohort.from_courses([course]).table("relapse")["number"].to_list() == [number]
    assert read(ic.dump(course)) == course


@pytest.mark.parametrize("number", [10**18, -(10**17), 2**63, 10**400])
def test_a_whole_number_that_no_file_reads_back_is_refused(number: int) -> None:
    with pytest.raises(ic.UsageError) as caught:
        ic.Relapse(id="r", number=number)
    said = "Relapse.number: expected a whole number of at most 18 characters, found a longer one"
    assert str(caught.value) == said


@pytest.mark.parametrize("kind", [set, frozenset])
def test_a_set_has_no_order_to_keep(kind: Any) -> None:
    for make, where in (
        (lambda: ic.Relapse(id="r", sites=kind(["marrow", "cns"])), "Relapse.sites"),
        (lambda: ic.Relapse(id="r", sites=kind()), "Relapse.sites"),
        (lambda: ic.Patient(id="p", birth=kind(["2020"])), "Patient.birth"),
        (lambda: ic.Course(patient=ic.Patient(id="p"), events=kind([ic.Relapse(id="r")])), "Course.events"),
    ):
        with pytest.raises(ic.UsageError, match=rf"^{where}: expected a list, found a set, which has no order"):
            make()
    assert ic.Course(patient=ic.Patient(id="p"), complete=kind(["relapse", "death"])).complete == {"relapse", "death"}


def test_values_of_numpy_are_taken_as_what_they_are() -> None:
    assert ic.Relapse(id="r", estimated=np.True_).estimated is True
    assert ic.Relapse(id="r", estimated=np.False_).estimated is False
    reduction = ic.MrdAssessment(id="m", reduction=np.float32(0.5)).reduction
    assert (reduction, type(reduction)) == (0.5, float)
    assert type(ic.Quantity(np.float16(0.5), "%").value) is float
    for number in (np.float32("nan"), np.array([0.5]), np.True_):
        with pytest.raises(ic.UsageError, match=r"MrdAssessment\.reduction: expected a number"):
            ic.MrdAssessment(id="m", reduction=number)
    with pytest.raises(ic.UsageError, match="expected True, False or None"):
        ic.Relapse(id="r", estimated=np.array([True]))


def test_no_time_at_all_gets_no_hint_about_its_day() -> None:
    with pytest.raises(ic.UsageError, match=r"found something of the type NaTType$"):
        ic.Relapse(id="r", when=pd.NaT)


DAYS = parse_duration("5 days")
DAY = date(2020, 1, 1)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: when.After(of=5), "After.of: expected the id of an event, a text, found a number"),
        (lambda: when.With(ic.Relapse(id="r")), "an event goes by its id (event.id)"),
        (lambda: when.During(None), "During.of: expected the id of an event"),
        (lambda: when.After("x", point="middle"), "After.point: expected 'start', 'end' or None"),
        (lambda: when.Before("x", point=""), "Before.point: expected 'start', 'end' or None"),
        (lambda: when.AtAge("7 months"), "AtAge.age: expected a Duration, found a text; infant_course.when"),
        (lambda: when.Offset("5 days", "x"), "Offset.by: expected a Duration, found a text; infant_course.when"),
        (lambda: when.Offset(DAYS, 5), "Offset.of: expected the id of an event"),
        (lambda: when.Offset(DAYS, "x", before="after"), "Offset.before: expected True or False"),
        (lambda: when.OnDay(5.5, "x"), "OnDay.day: expected a whole number, found a number"),
        (lambda: when.OnDay(True, "x"), "OnDay.day: expected a whole number, found True or False"),
        (lambda: when.OnDay(123456, "x"), "OnDay.day: expected a number of at most five digits"),
        (lambda: when.OnDay(5, 5), "OnDay.of: expected the id of an event"),
        (lambda: when.OnDate(DAY, DAY, "2021"), "OnDate: expected a text that says these two days"),
        (lambda: when.OnDate(DAY, DAY, "1 January"), "OnDate: expected a text that says these two days"),
        (lambda: when.OnDate(DAY, DAY, " 2020-01-01"), "OnDate: expected a text that says these two days"),
        (lambda: when.OnDate(DAY, DAY, 2020), "OnDate.text: expected the text of a date, found a number"),
        (lambda: when.Either(()), "Either.options: expected a tuple of two or more statements of time"),
        (lambda: when.Either((when.After("x"),)), "Either.options: expected a tuple of two or more"),
        (lambda: when.Either([when.After("x"), WHEN]), "Either.options: expected a tuple of two or more"),
        (lambda: when.Either(("2020", "2021")), "found a text; infant_course.when.parse makes one of a text"),
        (lambda: when.Either((WHEN, Lasting(DAYS))), "found something of the type Lasting"),
        (lambda: when.Either((WHEN, when.Either((WHEN, WHEN)))), "alternatives that are no alternatives themselves"),
        (lambda: Duration(5, Unit.DAY), "Duration: expected Decimal numbers from 0 on"),
        (lambda: Duration(Decimal(-5), Unit.DAY), "Duration: expected Decimal numbers from 0 on"),
        (lambda: Duration(Decimal("1E+1"), Unit.DAY), "written without an exponent"),
        (lambda: Duration(Decimal("nan"), Unit.DAY), "Duration: expected Decimal numbers from 0 on"),
        (lambda: Duration(Decimal(5), "day"), "Duration.unit: expected a Unit, found a text"),
        (lambda: Duration(Decimal(5), Unit.DAY, 6), "Duration: expected Decimal numbers from 0 on"),
        (lambda: Duration(Decimal(5), Unit.DAY, Decimal(4)), "Duration.upto: expected None, or a number not below"),
        (lambda: Duration(Decimal(131), Unit.YEAR), "expected a length of time of at most 130 years"),
        (lambda: ic.Relapse(id="r", when=When()), "Relapse.when: expected a time"),
        (lambda: ic.Relapse(id="r", when=Lasting(DAYS)), "Relapse.when: expected a time"),
    ],
)
def test_a_statement_made_by_hand_is_one_that_can_be_written(make: Any, said: str) -> None:
    with pytest.raises(ic.UsageError) as caught:
        make()
    assert said in str(caught.value)
    assert not any(value in str(caught.value) for value in ("2021", "123456", "January", "middle"))


def test_a_day_counted_by_numpy_is_a_whole_number() -> None:
    assert type(when.OnDay(np.int64(5), "x").day) is int


@pytest.mark.parametrize(
    "text",
    ["2020-01-01", "2020-01", "2020", "2020 .. 2021-05", "day -99999 of x", "age 7.50 months", "130 years after x",
     "5 to 5 days before x", "after end of x", "before x", "either (2020) or (unknown)"],
)  # fmt: skip
def test_what_is_parsed_can_be_made_of_its_parts(text: str) -> None:
    said = parse(text)
    again = type(said)(**{a.name: getattr(said, a.name) for a in attrs.fields(type(said))})
    assert again == said == parse(str(again))
