"""From statements to what is known: each form of time, readings, and what cannot be so."""

import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infant_course.course import Course, Patient, Problem
from infant_course.events import (
    AdverseEvent,
    CellTherapy,
    Death,
    Diagnosis,
    Event,
    LastContact,
    MrdAssessment,
    OrganTransplant,
    Relapse,
    Remission,
    Transplant,
    TreatmentBlock,
)
from infant_course.report.check import check
from infant_course.resolve import Reading, Resolved, TimeSettings, resolve
from infant_course.shortest_paths import UNBOUNDED
from infant_course.when import Duration, parse, parse_duration

YEAR = 365.25


def at(event_class: type[Event], name: str, *when: str, until: tuple[str, ...] = (), **fields: object) -> Event:
    return event_class(id=name, when=tuple(map(parse, when)), until=tuple(map(parse, until)), **fields)


def course(*events: Event, birth: str | None = None) -> Course:
    return Course(patient=Patient(id="p1", birth=(parse(birth),) if birth else ()), events=events, file="case.yaml")


def known(*events: Event, birth: str | None = None) -> Resolved:
    return resolve(course(*events, birth=birth))


def only(resolved: Resolved) -> Reading:
    (reading,) = resolved.readings
    return reading


def day(text: str) -> int:
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


DX = at(Diagnosis, "dx")


# Day 0.


def test_a_calendar_date_anywhere_makes_the_calendar_the_clock() -> None:
    resolved = known(at(Diagnosis, "dx", "2020-05"), at(MrdAssessment, "mrd", "2020-06-17"))
    assert resolved.dated and resolved.zero is None
    bounds = only(resolved).bounds
    assert bounds["dx", "start"] == (day("2020-05-01"), day("2020-05-31"))
    assert bounds["mrd", "end"] == (day("2020-06-17"), day("2020-06-17"))
    assert resolved.day_since_diagnosis("mrd") == (17, 47)


def test_12_a_vague_diagnosis_does_not_smear_dated_events() -> None:
    resolved = known(
        at(Diagnosis, "dx", "2020-05"),
        at(MrdAssessment, "mrd", "2020-06-17"),
        at(Relapse, "rel", "2020-06-18"),
    )
    assert resolved.order("mrd", "rel") is True
    assert only(resolved).gaps == ()


@pytest.mark.parametrize(
    ("events", "zero"),
    [
        ((at(Remission, "cr"), DX), ("dx", "start")),
        ((at(Remission, "cr", "age 2 years"),), ("birth", "start")),
        ((at(Remission, "cr"), at(Relapse, "rel", "after cr")), ("cr", "start")),
        ((), None),
    ],
)
def test_without_a_calendar_day_0_is_the_best_known_point(events: tuple[Event, ...], zero: object) -> None:
    resolved = known(*events)
    assert not resolved.dated
    assert resolved.zero == zero
    if zero:
        assert only(resolved).bounds[zero] == (0, 0)


# Forms of time.


@pytest.mark.parametrize(
    ("anchor", "stated", "days"),
    [
        (DX, "day 33 of y", (33, 33)),
        (at(Transplant, "y"), "day -7 of y", (-7, -7)),
        (at(CellTherapy, "y"), "day 28 of y", (28, 28)),
        (at(TreatmentBlock, "y"), "day 33 of y", (32, 32)),
        (at(TreatmentBlock, "y"), "day -1 of y", (-2, -1)),
        (at(Relapse, "y"), "day 8 of y", (7, 8)),
        (at(Relapse, "y"), "5 days after y", (5, 5)),
        (at(Relapse, "y"), "5 days before y", (-5, -5)),
        (at(Relapse, "y"), "2 weeks after y", (10, 20)),  # [1.5, 3) weeks
        (at(Relapse, "y"), "5 to 6 weeks before y", (-42, -35)),
    ],
)
def test_days_from_an_anchor(anchor: Event, stated: str, days: tuple[int, int]) -> None:
    resolved = known(at(type(anchor), "y"), at(MrdAssessment, "x", stated))
    assert resolved.days_between(("y", "start"), ("x", "start")) == days


def test_two_ages_give_the_time_between_and_birth_is_a_point() -> None:
    resolved = known(at(Diagnosis, "dx", "age 7 months"), at(LastContact, "lfu", "age 6 years"))
    assert resolved.days_between(("birth", "start"), ("dx", "start")) == (212, 244)
    least, greatest = resolved.day_since_diagnosis("lfu")
    assert least == 2191 - 244  # six calendar years take 2191 or 2192 days
    assert greatest == 2557 - 1 - 212  # seven take 2556 or 2557
    assert only(resolved).bounds["birth", "start"] == (-244, -212)


def test_an_age_with_a_date_of_birth_is_exact_calendar_arithmetic() -> None:
    resolved = known(at(Diagnosis, "dx", "age 7 months"), birth="2020-01-15")
    assert only(resolved).bounds["dx", "start"] == (day("2020-08-15"), day("2020-09-14"))
    # Born on a 31st: the first month may be over on 29 February or on 1 March, the second on 31 March.
    resolved = known(at(Diagnosis, "dx", "age 1 month"), birth="2020-01-31")
    assert only(resolved).bounds["dx", "start"] == (day("2020-02-29"), day("2020-03-30"))
    resolved = known(at(Diagnosis, "dx", "age 7 months"), birth="2020-01")
    assert only(resolved).bounds["dx", "start"] == (day("2020-08-01"), day("2020-09-30"))


def test_a_range_of_ages_lasts_until_its_last_unit_is_over() -> None:
    resolved = known(at(Diagnosis, "dx", "age 10 to 11 months"))
    assert resolved.days_between(("birth", "start"), ("dx", "start")) == (303, 365)
    # Born on 2 April 2019: ten months old on 2 February, one year old on 2 April 2020.
    resolved = known(at(Diagnosis, "dx", "age 10 to 11 months"), birth="2019-04-02")
    assert only(resolved).bounds["dx", "start"] == (day("2020-02-02"), day("2020-04-01"))
    resolved = known(at(Diagnosis, "dx", "age 1 to 2 years"), birth="2019-04-02")
    assert only(resolved).bounds["dx", "start"] == (day("2020-04-02"), day("2022-04-01"))


def test_before_and_after_speak_of_the_whole_event() -> None:
    resolved = known(
        at(TreatmentBlock, "marma", "before octadad"),
        at(TreatmentBlock, "octadad"),
        at(TreatmentBlock, "maintenance", "after octadad"),
    )
    assert resolved.order(("marma", "end"), ("octadad", "start")) is True
    assert resolved.order("marma", "maintenance") is True  # order passes through a block
    assert resolved.order("maintenance", "marma") is False


def test_after_the_start_and_before_the_end() -> None:
    resolved = known(at(TreatmentBlock, "ind"), at(MrdAssessment, "mrd", "after start of ind", "before end of ind"))
    assert resolved.order(("ind", "start"), "mrd") is True
    assert resolved.order("mrd", ("ind", "end")) is True


def test_during_allows_the_same_moment_at_both_ends() -> None:
    resolved = known(at(TreatmentBlock, "mt"), at(AdverseEvent, "tox", "during mt"))
    assert resolved.order(("tox", "start"), ("mt", "start")) is False
    assert resolved.order(("mt", "end"), ("tox", "end")) is False
    assert resolved.order(("mt", "start"), ("tox", "start")) is None


def test_at_the_end_of_has_a_window_and_no_order_against_the_end() -> None:
    events = (
        at(TreatmentBlock, "ind", "2020-01-01", until=("2020-02-10",)),
        at(MrdAssessment, "mrd", "at end of ind"),
    )
    assert only(known(*events)).bounds["mrd", "start"] == (day("2020-01-27"), day("2020-02-24"))
    narrow = resolve(course(*events), TimeSettings(end_window_days=2))
    assert only(narrow).bounds["mrd", "start"] == (day("2020-02-08"), day("2020-02-12"))
    vague = known(at(TreatmentBlock, "ind"), at(MrdAssessment, "mrd", "at end of ind"))
    assert vague.order(("ind", "start"), "mrd") is True
    assert vague.order("mrd", ("ind", "end")) is None


def test_with_is_one_moment() -> None:
    resolved = known(at(Relapse, "rel"), at(Remission, "x", "with rel"))
    assert resolved.order("rel", "x") is False
    assert resolved.order("x", "rel") is False
    assert resolved.days_between(("rel", "start"), ("x", "end")) == (0, 0)


def test_then_orders_starts_and_lets_blocks_overlap() -> None:
    resolved = known(at(TreatmentBlock, "ib"), at(TreatmentBlock, "mm", "then ib"))
    assert resolved.order(("ib", "start"), ("mm", "start")) is True
    assert resolved.order("ib", "mm") is None


def test_ongoing_has_not_ended_by_the_last_contact() -> None:
    resolved = known(at(TreatmentBlock, "mt", "2020-01-01", until=("ongoing",)), at(LastContact, "lfu", "2021-03-01"))
    assert only(resolved).bounds["mt", "end"] == (day("2021-03-01"), UNBOUNDED)


def test_lasting_binds_start_and_end() -> None:
    block = at(TreatmentBlock, "ib", "2020-01-01", lasting=parse_duration("5 to 6 weeks"))
    assert only(known(block)).bounds["ib", "end"] == (day("2020-02-05"), day("2020-02-12"))


def test_unknown_says_nothing_and_stays_in_the_bounds() -> None:
    resolved = known(DX, at(Relapse, "rel", "unknown"))
    assert only(resolved).bounds["rel", "end"] == (-UNBOUNDED, UNBOUNDED)
    assert resolved.order("dx", "rel") is None
    assert resolved.problems == ()


# Order and days within one day.


def test_1_order_without_days() -> None:
    resolved = known(at(Remission, "cr", "before rel"), at(Relapse, "rel"))
    assert resolved.order("cr", "rel") is True


def test_2_nothing_is_ordered_that_nobody_ordered() -> None:
    resolved = known(
        at(Remission, "conditioning", "before hsct"),
        at(Transplant, "hsct"),
        at(Remission, "simulation", "before rt"),
        at(Relapse, "rt"),
    )
    assert resolved.order("conditioning", "rt") is None
    assert resolved.order("simulation", "hsct") is None


def test_6_and_7_two_events_of_one_day() -> None:
    cr = at(Remission, "cr", "2020-05-17")
    open_order = known(cr, at(Relapse, "rel", "2020-05-17"))
    assert open_order.order("cr", "rel") is None
    assert open_order.days_between(("cr", "start"), ("rel", "start")) == (0, 0)
    stated = known(cr, at(Relapse, "rel", "2020-05-17", "after cr"))
    assert stated.problems == ()
    assert stated.order("cr", "rel") is True
    assert stated.days_between(("cr", "start"), ("rel", "start")) == (0, 0)


def test_an_instant_is_one_point_under_two_names() -> None:
    resolved = known(at(Relapse, "rel", "after cr"), at(Remission, "cr"))
    rows = {(gap.a, gap.a_point, gap.b, gap.b_point) for gap in only(resolved).gaps}
    names = ("start", "end")
    expected = {(a, p, b, q) for a, b in (("cr", "rel"), ("rel", "cr")) for p in names for q in names}
    assert rows == expected
    assert resolved.order(("rel", "start"), ("rel", "end")) is False


# Readings.

HEART = at(OrganTransplant, "htx", "7.5 to 8.5 years after dx")


def test_15_two_anchors_give_two_readings() -> None:
    last = at(LastContact, "lfu", "either (18 years after dx) or (18 years after htx)")
    resolved = known(DX, HEART, last)
    assert [reading.number for reading in resolved.readings] == [0, 1]
    assert [reading.choices for reading in resolved.readings] == [
        ((1, "18 years after dx"),),
        ((1, "18 years after htx"),),
    ]
    first, second = (reading.bounds["lfu", "start"] for reading in resolved.readings)
    assert 17.4 * YEAR < first[0] < first[1] < 19 * YEAR + 1
    assert 24.9 * YEAR < second[0] < second[1] < 27.6 * YEAR
    assert resolved.order("htx", "lfu") is True
    assert resolved.day_since_diagnosis("lfu") == (first[0], second[1])


def test_a_reading_that_cannot_be_is_settled() -> None:
    last = at(
        LastContact,
        "lfu",
        "either (18 years after dx) or (18 years after htx)",
        "17 to 20 years after dx",
        line=9,
    )
    resolved = known(DX, HEART, last)
    assert only(resolved).choices == ((1, "18 years after dx"),)
    assert resolved.problems == ()
    (settled,) = resolved.settled
    assert (settled.rule, settled.events) == ("ORD-11", ("lfu",))
    assert settled.message.startswith("lfu: either") and "case.yaml, line 9" in settled.message
    assert "not '18 years after htx'" in settled.message and "17 to 20 years after dx" in settled.message
    (finding,) = [one for one in check(course(DX, HEART, last)).findings if one.rule == "ORD-11"]
    assert finding.message.endswith(settled.message[1:] + ".")


def test_where_no_reading_can_be_the_ambiguous_statement_is_named() -> None:
    last = at(LastContact, "lfu", "either (18 years after dx) or (20 years after dx)", "10 years after dx")
    resolved = known(DX, last, at(Relapse, "rel", "day 40 of dx"))
    (problem,) = resolved.problems
    assert problem.rule == "REC-03"
    assert problem.events == ("lfu",)
    assert [str(statement.text) for statement in problem.statements] == [
        "either (18 years after dx) or (20 years after dx)",
        "10 years after dx",
    ]
    assert only(resolved).bounds["lfu", "start"] == (-UNBOUNDED, UNBOUNDED)
    assert only(resolved).bounds["rel", "start"] == (40, 40)


def ambiguous(count: int) -> list[Event]:
    events = [DX]
    for n in range(count):
        events.append(at(Remission, f"x{n}", "either (day 10 of dx) or (day 20 of dx)"))
        events.append(at(Relapse, f"y{n}", f"after x{n}"))
    return events


def test_up_to_eight_readings_are_kept_apart_and_more_are_merged() -> None:
    assert [reading.number for reading in known(*ambiguous(3)).readings] == list(range(8))
    merged = known(*ambiguous(4))
    assert only(merged).bounds["x3", "start"] == (10, 20)
    assert merged.order("x3", "y3") is True
    assert merged.order("x3", "y2") is None
    assert any("16 readings" in note for note in merged.notes)


def test_very_many_ambiguities_end() -> None:
    resolved = known(*ambiguous(12))
    assert only(resolved).bounds["x0", "start"] == (10, 20)
    assert only(resolved).bounds["x9", "start"] == (-UNBOUNDED, UNBOUNDED)
    assert any(note.startswith("too many alternatives") for note in resolved.notes)


# What cannot be so.


def told(problem: Problem) -> list[str]:
    return [f"{statement.event} {statement.text}" for statement in problem.statements]


def test_a_reference_to_nothing() -> None:
    resolved = known(at(Remission, "cr", "after blina", line=4), at(MrdAssessment, "mrd", assesses="ib", line=7), DX)
    assert [(p.rule, p.events) for p in resolved.problems] == [("REC-02", ("cr",)), ("REC-02", ("mrd",))]
    assert [str(p.statements[0]) for p in resolved.problems] == [
        "cr: after blina (case.yaml, line 4)",
        "mrd: assesses: ib (case.yaml, line 7)",
    ]
    assert only(resolved).bounds["cr", "start"] == (-UNBOUNDED, UNBOUNDED)


def test_a_misspelt_reference_is_told_with_the_nearest_event() -> None:
    resolved = known(at(Remission, "maintenance"), at(Relapse, "rel", "during maintenence"))
    assert resolved.problems[0].message.endswith("there is no event 'maintenence'; did you mean 'maintenance'?")


@pytest.mark.parametrize("dates", [(), ("2020-05-17",)])
def test_8_a_circle_also_on_one_known_day(dates: tuple[str, ...]) -> None:
    resolved = known(
        at(Remission, "a", *dates, "before b", line=3),
        at(Relapse, "b", *dates, "before a", line=6),
        at(Relapse, "c", "after b"),
        at(Relapse, "d", "2020-05-17"),
    )
    (problem,) = resolved.problems
    assert (problem.rule, problem.events) == ("REC-03", ("a", "b"))
    assert told(problem) == ["a before b", "b before a"]
    assert "case.yaml, line 3" in problem.message and "case.yaml, line 6" in problem.message
    assert resolved.contradicted == {"a", "b"}
    bounds = only(resolved).bounds
    assert bounds["a", "start"] == bounds["b", "end"] == (-UNBOUNDED, UNBOUNDED)
    assert bounds["d", "start"] == (day("2020-05-17"),) * 2
    assert all(gap.a not in "ab" and gap.b not in "ab" for gap in only(resolved).gaps)


def test_a_circle_of_blocks_is_a_circle_and_not_an_end_before_a_start() -> None:
    resolved = known(at(TreatmentBlock, "a", "before b"), at(TreatmentBlock, "b", "before a"))
    assert [(p.rule, p.events) for p in resolved.problems] == [("REC-03", ("a", "b"))]


def test_17_an_end_before_the_start_is_ord_04_and_both_dates_stand() -> None:
    resolved = known(at(TreatmentBlock, "ib", "2020-05-20", until=("2020-05-10",), line=5))
    (problem,) = resolved.problems
    assert (problem.rule, problem.events) == ("ORD-04", ("ib",))
    assert told(problem) == ["ib 2020-05-20", "ib 2020-05-10"]
    assert resolved.contradicted == frozenset()
    assert only(resolved).bounds["ib", "start"] == (day("2020-05-20"),) * 2
    assert only(resolved).bounds["ib", "end"] == (day("2020-05-10"),) * 2


@pytest.mark.parametrize("other", [Relapse, TreatmentBlock])
def test_an_end_that_is_told_before_the_start_is_ord_04_without_any_day(other: type[Event]) -> None:
    """What is told stands: the block starts after the other and ends before it."""
    resolved = known(at(TreatmentBlock, "b", "after x", until=("before x",)), at(other, "x", "unknown"))
    (problem,) = resolved.problems
    assert (problem.rule, problem.events) == ("ORD-04", ("b",))
    assert told(problem) == ["b after x", "b before x"]
    assert resolved.contradicted == frozenset()
    assert resolved.order(("x", "end"), ("b", "start")) is True
    assert resolved.order(("b", "end"), ("x", "start")) is True


@pytest.mark.parametrize("other", [Relapse, TreatmentBlock])
def test_a_circle_in_which_no_end_is_told_is_rec_03(other: type[Event]) -> None:
    resolved = known(at(TreatmentBlock, "b", "after x", until=("2020-03-01",)), at(other, "x", "after b"))
    (problem,) = resolved.problems
    assert (problem.rule, problem.events) == ("REC-03", ("b", "x"))


def test_a_circle_of_two_ends_that_are_told_is_rec_03() -> None:
    """Each ends before the other starts: neither is the one that ends before its start."""
    blocks = [at(TreatmentBlock, a, until=(f"before {b}",)) for a, b in ("xy", "yx")]
    (problem,) = known(*blocks).problems
    assert (problem.rule, problem.events) == ("REC-03", ("x", "y"))


def test_ages_that_do_not_fit_are_ord_08() -> None:
    resolved = known(
        at(Diagnosis, "dx", "age 7 months"),
        at(LastContact, "lfu", "age 6 years", "2 years after dx"),
        DX_FREE,
    )
    (problem,) = resolved.problems
    assert problem.rule == "ORD-08"
    assert sorted(told(problem)) == ["dx age 7 months", "lfu 2 years after dx", "lfu age 6 years"]


DX_FREE = at(Relapse, "rel", "unknown")


def test_ages_within_rounding_fit() -> None:
    assert (
        known(at(Diagnosis, "dx", "age 7 months"), at(LastContact, "lfu", "age 6 years", "5 years after dx")).problems
        == ()
    )


def test_a_contradicted_birth_no_longer_narrows_ages() -> None:
    patient = Patient(id="p", birth=(parse("2020-01-15"), parse("2020-01-15")))
    fitting = Course(patient=patient, events=(at(Diagnosis, "dx", "2020-08-20", "age 7 months"),))
    assert resolve(fitting).problems == ()
    wrong = Course(patient=patient, events=(at(Diagnosis, "dx", "2020-03-01", "age 7 months"),))
    resolved = resolve(wrong)
    assert {problem.rule for problem in resolved.problems} == {"ORD-08"}
    assert resolved.contradicted == {"birth", "dx"}


def test_death_before_birth_is_no_business_of_the_network() -> None:
    resolved = known(at(Death, "death", "2019-01-01"), birth="2020-01-01")
    assert resolved.problems == ()
    assert resolved.order("death", ("birth", "start")) is True


@pytest.mark.parametrize("event_class", [Relapse, TreatmentBlock])
def test_an_event_that_refers_to_itself(event_class: type[Event]) -> None:
    for stated in ("before a", "after a", "then a", "5 days after a"):
        (problem,) = known(at(event_class, "a", stated)).problems
        assert (problem.rule, problem.events) == ("REC-03", ("a",))


# Whatever is told.

FORMS = [
    "2020-05-17",
    "2020-05",
    "2020",
    "day 8 of {}",
    "age 7 months",
    "age 4.5 years",
    "8 years after {}",
    "5 days before {}",
    "before {}",
    "after {}",
    "after start of {}",
    "before end of {}",
    "during {}",
    "at end of {}",
    "with {}",
    "then {}",
    "ongoing",
    "unknown",
    "either (8 years after {}) or (after {})",
]
NAMES = ("dx", "ib", "cr", "lfu", "gone", "birth")
whens = st.lists(
    st.builds(lambda form, a, b: parse(form.format(a, b)), st.sampled_from(FORMS), *[st.sampled_from(NAMES)] * 2),
    max_size=2,
)


@settings(max_examples=80, deadline=None)
@given(whens, whens, whens, whens, whens, whens, st.none() | st.just(parse_duration("4 weeks")))
def test_nothing_raises_and_what_is_known_is_coherent(
    birth: list, dx: list, ib: list, ib_end: list, cr: list, lfu: list, lasting: Duration | None
) -> None:
    telling = Course(
        patient=Patient(id="p", birth=birth),
        events=(
            Diagnosis(id="dx", when=dx),
            TreatmentBlock(id="ib", when=ib, until=ib_end, lasting=lasting),
            Remission(id="cr", when=cr),
            LastContact(id="lfu", when=lfu),
        ),
    )
    resolved = resolve(telling)
    assert resolved == resolve(telling)
    assert 1 <= len(resolved.readings) <= 8
    ended_early = {event for p in resolved.problems if p.rule == "ORD-04" for event in p.events}
    for reading in resolved.readings:
        for event in telling:
            start, end = reading.bounds[event.id, "start"], reading.bounds[event.id, "end"]
            assert start[0] <= start[1] and end[0] <= end[1]
            if event.id not in ended_early:
                assert start[0] <= end[0] and start[1] <= end[1]
        rows = {gap[:4]: gap for gap in reading.gaps}
        for gap in reading.gaps:
            mirror = rows[gap.b, gap.b_point, gap.a, gap.a_point]
            assert (mirror.least, mirror.greatest) == (-gap.greatest, -gap.least)
            assert not (gap.a_surely_first and mirror.a_maybe_first)
            assert gap.a_maybe_first or not gap.a_surely_first
            assert gap.least <= gap.greatest


# Speed, and what is loaded.


def dated_course(count: int) -> Course:
    events: list[Event] = [at(Diagnosis, "dx", "2020-01-05")]
    for n in range(1, count):
        month = 1 + n % 12
        events.append(at(TreatmentBlock, f"b{n}", f"2020-{month:02}-10", until=(f"2020-{month:02}-20",)))
    return course(*events)


def test_full_dates_need_no_network_and_load_nothing() -> None:
    assert only(resolve(dated_course(60))).gaps == ()
    code = (
        "import sys\n"
        "from infant_course import Course, Patient, TreatmentBlock\n"
        "from infant_course.when import parse\n"
        "ib = TreatmentBlock(id='ib', when=[parse('2020-05-01')], until=[parse('2020-05-01')])\n"
        "Course(patient=Patient(id='p'), events=[ib]).resolved\n"
        "print([m for m in ('networkx', 'numpy', 'pendulum', 'polars') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_sixty_partly_known_events_are_resolved_with_their_order() -> None:
    events = [at(Diagnosis, "dx", "age 7 months")]
    for n in range(1, 60):
        before = events[-1].id
        form = ("after {}", "during {}", "2020-05", "then {}")[n % 4]
        events.append(at(TreatmentBlock, f"b{n}", form.format(before)))
    assert only(resolve(course(*events))).gaps


def test_ten_thousand_dated_events_and_a_chain_of_ten_thousand() -> None:
    chain = [at(TreatmentBlock, "b0", "2020-01-01")]
    chain += [at(TreatmentBlock, f"b{n}", f"after b{n - 1}") for n in range(1, 10_000)]
    for telling in (dated_course(10_000), course(*chain)):
        resolved = resolve(telling)
        assert resolved.problems == ()
    assert only(resolved).bounds["b9999", "end"] == (day("2020-01-01"), UNBOUNDED)
    assert resolved.order("b5000", "b5001") is True
    assert resolved.notes


def test_every_event_whose_statements_are_set_aside_is_named_by_a_problem() -> None:
    """Eight pairs of which each says that it comes before the other: more sets than are worked out one by one."""
    pairs = [(f"a{n}", f"b{n}") for n in range(8)]
    events = [Relapse(id=a, when=[parse(f"before {b}")]) for one in pairs for a, b in (one, one[::-1])]
    course = Course(patient=Patient(id="p"), events=events)
    resolved = course.resolved
    assert len(resolved.contradicted) >= 8
    assert resolved.contradicted <= {event for problem in resolved.problems for event in problem.events}
    assert {problem.rule for problem in resolved.problems} == {"REC-03"}
    failed = {f.event for f in check(course).findings if (f.rule, f.verdict) == ("REC-03", "failed")}
    assert resolved.contradicted <= failed
