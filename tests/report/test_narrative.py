"""A course in words: every stated fact is told, none that is not stated, and no calendar date."""

import json
import re
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings

from infant_course import Course, Diagnosis, LastContact, MrdAssessment, Patient, Quantity, Relapse, Remission, load
from infant_course.cli import main
from infant_course.events import EVENT_TYPES, own_fields
from infant_course.io.published import published_cases
from infant_course.report.care import care_items
from infant_course.report.narrative import narrate, not_stated
from infant_course.vocabulary import MrdResult, Sex
from infant_course.when import parse
from strategies import courses

CASES = published_cases()


def case(number: int) -> Course:
    return load(CASES[number - 1])


def test_a_case_reads_as_its_report_tells_it() -> None:
    text = narrate(case(1))
    assert text.startswith("The patient is a boy. At the age of 3 months, the patient presented with irritability and")
    assert "At the end of induction, MRD by PCR was 4 × 10⁻⁴ (marker KMT2A-MLLT1)." in text
    assert "blinatumomab was given for 4 weeks and was completed (cycle 1; 15 µg/m²/day; continuous infusion)." in text
    assert "After blinatumomab, MRD was negative, at a sensitivity that is not stated." in text
    assert text.endswith("Not stated: KMT2A status, risk group.")


def test_what_the_source_leaves_open_stays_open() -> None:
    text = narrate(case(4))
    assert "18 years after diagnosis or 18 years after the heart transplant (the source leaves it open)" in text


def test_one_event_is_told_by_its_own_name_and_a_second_of_its_kind_by_its_id() -> None:
    remission = Remission(id="cr", when=(parse("after one"),), number=2)
    alike = [MrdAssessment(id=name, result=MrdResult.POSITIVE) for name in ("one", "two")]
    assert "After the MRD result, second remission" in narrate(
        Course(patient=Patient(id="p"), events=[alike[0], remission])
    )
    assert "After the MRD result “one”, second" in narrate(Course(patient=Patient(id="p"), events=[*alike, remission]))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_stated_fact_changes_the_text(path: Path) -> None:
    course = load(path)
    whole = narrate(course)
    silent = []
    for place, event in enumerate(course.events):
        in_time = {name for when in (*event.when, *event.until) for name in when.references()}
        for attribute in own_fields(type(event)):
            value = getattr(event, attribute.name)
            if value is None or value == () or (attribute.metadata.get("ref") and value in in_time):
                continue  # a reference that the time tells is told once
            without = attrs.evolve(event, **{attribute.name: () if isinstance(value, tuple) else None})
            events = [*course.events[:place], without, *course.events[place + 1 :]]
            if narrate(attrs.evolve(course, events=tuple(events))) == whole:
                silent.append((event.id, attribute.name))
    # The drug of a prephase is in the block's printed name.
    assert [one for one in silent if one != ("prephase", "agents")] == []


def test_an_event_of_which_nothing_is_stated_is_told_without_a_fact() -> None:
    for name, kind in EVENT_TYPES.items():
        text = narrate(Course(patient=Patient(id="p"), events=(kind(id="e"),)))
        assert not re.search(r"\d|None|negative|positive|complete |CR\b", text.partition("Not stated")[0]), (name, text)


@settings(max_examples=50, deadline=None)
@given(courses())
def test_any_course_can_be_told_without_a_calendar_date(course: Course) -> None:
    bare = attrs.evolve(course, events=tuple(attrs.evolve(event, note=None) for event in course.events))
    text = narrate(bare)
    assert text.endswith(".")
    dates = {str(when) for event in bare for when in (*event.when, *event.until) if re.match(r"\d{4}-\d", str(when))}
    assert [date for date in dates if date in text] == []


def test_dates_are_told_as_days_from_diagnosis_as_far_as_they_are_known() -> None:
    course = Course(
        patient=Patient(id="p", sex=Sex.FEMALE),
        events=(
            Diagnosis(id="dx", when=(parse("2020-03-01"),), wbc=Quantity(30, "10^9/L")),
            Relapse(id="rel", when=(parse("2020-03-31"),)),
            LastContact(id="lc", when=(parse("2020-05"),)),
        ),
    )
    assert narrate(course) == (
        "The patient is a girl. Leukaemia was diagnosed (white cell count 30 × 10⁹/L). "
        "On day 30 from diagnosis, the leukaemia relapsed. "
        "Between day 61 and day 91 from diagnosis, the patient was last seen. "
        "Not stated: age at diagnosis, CNS status at diagnosis, immunophenotype, KMT2A status, protocol, risk group."
    )


def test_what_is_derived_is_left_out() -> None:
    derived = Remission(id="cr", number=1, derived_from=("dx",))
    assert "remission" not in narrate(Course(patient=Patient(id="p"), events=(Diagnosis(id="dx"), derived)))


def test_care_items_say_what_is_told_and_what_is_missing() -> None:
    items = {item.number: item for item in care_items(case(1))}
    assert items["5a"].answer == "told"
    assert items["8a"].told == ("white cell count", "cerebrospinal fluid", "immunophenotype", "cytogenetics")
    assert items["8a"].missing == ("marrow", "KMT2A status")
    assert items["8d"].answer == "not told"
    assert items["10b"].missing == ("sensitivity of negative MRD results (1)", "assay of MRD results (1)")
    assert items["10d"].missing == ("adverse events",)
    assert {item.number: item for item in care_items(case(4))}["10d"].answer == "told"


def test_doses_and_durations_are_counted() -> None:
    # case 1: prephase, induction, blinatumomab, IB and the rest; blinatumomab alone has a rate and a duration
    item = {item.number: item for item in care_items(case(1))}["9b"]
    assert item.told == ("doses of 1 of 5 treatments", "durations of 1 of 5 treatments")
    assert item.missing == ("doses of 4 of 5 treatments", "durations of 4 of 5 treatments")


def test_the_verb_prints_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["narrate", str(CASES[2])]) == 0
    printed = capsys.readouterr().out
    assert all(len(line) <= 80 for line in printed.splitlines())
    assert "CARE checklist" in printed
    assert main(["narrate", str(CASES[2]), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["text"] == narrate(case(3))
    assert told["not_stated"] == list(not_stated(case(3)))
    assert [one["item"] for one in told["care"]] == [item.number for item in care_items(case(3))]
