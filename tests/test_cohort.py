"""Courses become columns and come back; the order in which they were told changes no verdict."""

from itertools import permutations
from random import Random

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depth import depth
from infant_course import Cohort, Course, Patient, Relapse, Remission, UsageError
from infant_course.events import CellTherapy, Decision, Lymphodepletion, Measurement, Radiotherapy
from infant_course.rules import RULES, Settings, judge
from infant_course.when import parse, parse_duration
from strategies import courses


@settings(max_examples=depth(30, 12))
@given(st.lists(courses(), max_size=3, unique_by=lambda course: course.id))
def test_courses_come_back_from_columns_without_loss(told: list[Course]) -> None:
    cohort = Cohort.from_courses(told)
    assert cohort.n_events == sum(map(len, told))
    assert [cohort.course(course.id) for course in told] == told


def test_two_courses_of_one_patient_are_refused() -> None:
    course = Course(patient=Patient(id="a"))
    with pytest.raises(UsageError, match="same patient id"):
        Cohort.from_courses([course, course])


def test_a_patient_who_is_not_there_is_refused() -> None:
    with pytest.raises(UsageError, match="no such patient"):
        Cohort.from_courses([]).course("a")


def test_readings_do_not_count_events_twice() -> None:
    ambiguous = Course(
        patient=Patient(id="a"),
        events=(
            Remission(id="cr", when=(parse("2020-01-01"),)),
            Relapse(id="rel", when=(parse("either (before cr) or (after cr)"),)),
        ),
    )
    cohort = Cohort.from_courses([ambiguous])
    assert (cohort.units.height, cohort.patients.height, cohort.n_events) == (2, 1, 2)
    assert cohort.course("a") == ambiguous


Told = set[tuple[str, str, bool, str | None]]


def _verdicts(cohort: Cohort) -> tuple[Told, dict[str, tuple[int, int, int]]]:
    judgement = judge(cohort, RULES.values(), Settings(debug=True))
    told = {
        (cohort.patients["patient"][row["patient"]], row["rule"], row["failed"], row["event"])
        for row in judgement.verdicts.iter_rows(named=True)
    }
    return told, {tally.rule: (tally.subjects, tally.failed, tally.undecided) for tally in judgement.tallies}


@settings(max_examples=depth(10, 4))
@given(st.lists(courses(), min_size=1, max_size=3, unique_by=lambda course: course.id), st.randoms())
def test_the_order_of_telling_changes_no_verdict(told: list[Course], random: Random) -> None:
    shuffled = [attrs.evolve(course, events=random.sample(course.events, len(course))) for course in told]
    random.shuffle(shuffled)
    assert _verdicts(Cohort.from_courses(told)) == _verdicts(Cohort.from_courses(shuffled))


def test_the_order_of_telling_does_not_choose_among_contradictions() -> None:
    """Two sets of statements contradict each other, and what is set aside for one settles the other."""
    events = (
        Radiotherapy(
            id="kQw",
            when=(parse("before 03t"),),
            until=(parse("6 months before 9OO"), parse("1998")),
            lasting=parse_duration("46 years"),
        ),
        CellTherapy(id="m+0", when=(parse("2015-05-10"), parse("during XU"))),
        Lymphodepletion(id="9OO", when=(parse("49 days before m+0"), parse("2006-11-23"))),
        Decision(id="XU"),
        Measurement(id="03t"),
    )
    told = [Course(patient=Patient(id="a"), events=order) for order in permutations(events)]
    assert told[0].problems
    first = _verdicts(Cohort.from_courses(told[:1]))
    assert all(_verdicts(Cohort.from_courses([course])) == first for course in told[1::17])
    assert len({course.problems for course in told}) == 1
