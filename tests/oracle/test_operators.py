"""Single operators that are marked exact say true, false or "cannot tell" exactly where the worlds do."""

from collections.abc import Callable
from random import Random
from unittest.mock import patch

import attrs
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from depth import depth
from infant_course import Cohort, Course, Patient
from infant_course.events import Engraftment, Event, MrdAssessment, Relapse, Remission, Transplant, TreatmentBlock
from infant_course.rules import Rule, Settings, Subject, Those, answers, first, judge, last, rule
from infant_course.rules.settings import Tie
from infant_course.rules.subject import Comparison, Extreme
from infant_course.sources import Logic
from infant_course.vocabulary import Kahn, Method, Severity
from infant_course.when import parse
from oracle.agreement import engine_verdicts, truth
from oracle.plain.operators import Verdict, before, others
from oracle.random_courses import course as random_course
from oracle.random_courses import dated, dated_course
from oracle.worlds import Moment, Placed, World, worlds

KINDS = (Relapse(id=""), Remission(id=""), TreatmentBlock(id=""), Relapse(id=""))
Operator = tuple[Callable[[Subject], pl.Expr], Callable[[Placed, World], Verdict], tuple[Event, ...]]


def _days(me: Placed, other: Placed) -> int:
    return me.start[0] - other.start[0]


def _rest(me: Placed, world: World, kind: type[Event]) -> list[Placed]:
    return others(me, world.recorded(kind))


def under_way(me: Placed, found: list[Placed], within: int = 0) -> bool:
    """Whether one of these started before, and ended so many days before at most."""
    return any(one.start < me.start and me.start[0] - one.end[0] <= within for one in others(me, found))


LATE = (10**9, 0)


def _extreme(found: list[Placed], which: Callable[..., Moment]) -> Moment | None:
    """When the first or the last of these starts."""
    return which(one.start for one in found) if found else None


def _is_after(me: Placed, moment: Moment | None) -> bool:
    return moment is not None and moment < me.start


def _is_before(me: Placed, moment: Moment | None) -> bool:
    return moment is not None and me.start < moment


def _shared_days(me: Placed, other: Placed) -> int:
    """How many days both go on, by the days of each (a touch is one)."""
    return min(me.end[0], other.end[0]) - max(me.start[0], other.start[0]) + 1


def _within_days(me: Placed, other: Placed) -> bool:
    return other.start[0] <= me.start[0] and me.end[0] <= other.end[0]


CR, REL, BLOCK = Remission(id="x"), Relapse(id="x"), TreatmentBlock(id="x")
OPERATORS: dict[str, Operator] = {
    "preceded by another type": (
        lambda r: r.preceded_by(Remission),
        lambda me, w: bool(before(me, w.of(Remission))),
        (CR,),
    ),
    "preceded by its own type": (
        lambda r: r.preceded_by(Relapse),
        lambda me, w: bool(before(me, w.of(Relapse))),
        (REL,),
    ),
    "preceded by a recorded one": (
        lambda r: r.preceded_by(Remission, recorded=True),
        lambda me, w: bool(before(me, w.recorded(Remission))),
        (),
    ),
    "followed by a recorded one": (
        lambda r: r.followed_by(Relapse, recorded=True),
        lambda me, w: any(o.start > me.start for o in _rest(me, w, Relapse)),
        (),
    ),
    "followed by another type": (
        lambda r: r.followed_by(Remission),
        lambda me, w: any(o.start > me.start for o in w.of(Remission)),
        (CR,),
    ),
    "preceded by the end of a block": (
        lambda r: r.start.preceded_by(TreatmentBlock, point="end"),
        lambda me, w: any(o.end < me.start for o in w.of(TreatmentBlock)),
        (BLOCK,),
    ),
    "followed by the start of a block": (
        lambda r: r.followed_by(TreatmentBlock),
        lambda me, w: any(o.start > me.start for o in w.of(TreatmentBlock)),
        (BLOCK,),
    ),
    "at least one before": (
        lambda r: r.count_before(Remission).at_least(1),
        lambda me, w: len(before(me, w.of(Remission))) >= 1,
        (CR,),
    ),
    "at least two before": (
        lambda r: r.count_before(Remission).at_least(2),
        lambda me, w: len(before(me, w.of(Remission))) >= 2,
        (CR, Remission(id="y")),
    ),
    "on a later day": (
        lambda r: r.start.on_later_day_than(Remission),
        lambda me, w: any(_days(me, o) >= 1 for o in _rest(me, w, Remission)),
        (),
    ),
    "on an earlier day": (
        lambda r: r.start.on_earlier_day_than(Relapse),
        lambda me, w: any(_days(me, o) <= -1 for o in _rest(me, w, Relapse)),
        (),
    ),
    "not on an earlier day": (
        lambda r: r.start.not_on_earlier_day_than(Remission),
        lambda me, w: any(_days(me, o) >= 0 for o in _rest(me, w, Remission)),
        (),
    ),
    "on an earlier day than the end of a block": (
        lambda r: r.start.on_earlier_day_than(TreatmentBlock, point="end"),
        lambda me, w: any(me.start[0] < o.end[0] for o in _rest(me, w, TreatmentBlock)),
        (),
    ),
    "after every one": (
        lambda r: r.start.after_every(Remission),
        lambda me, w: all(o.start < me.start for o in w.of(Remission)),
        (CR,),
    ),
    "after the end of every block": (
        lambda r: r.start.after_every(TreatmentBlock, point="end"),
        lambda me, w: all(o.end < me.start for o in w.of(TreatmentBlock)),
        (BLOCK,),
    ),
    "before every one": (
        lambda r: r.start.before_every(Remission),
        lambda me, w: all(me.start < o.start for o in w.of(Remission)),
        (CR,),
    ),
    "after the first": (
        lambda r: r.start.after(first(Remission)),
        lambda me, w: _is_after(me, _extreme(w.of(Remission), min)),
        (CR,),
    ),
    "after the last": (
        lambda r: r.start.after(last(Remission)),
        lambda me, w: _is_after(me, _extreme(w.of(Remission), max)),
        (CR,),
    ),
    "after the block that ends last": (
        lambda r: r.start.after(last(TreatmentBlock, point="end")),
        lambda me, w: max((o.end for o in w.of(TreatmentBlock)), default=LATE) < me.start,
        (BLOCK,),
    ),
    "before the first": (
        lambda r: r.start.before(first(Remission)),
        lambda me, w: _is_before(me, _extreme(w.of(Remission), min)),
        (CR,),
    ),
    "before the last": (
        lambda r: r.start.before(last(Remission)),
        lambda me, w: _is_before(me, _extreme(w.of(Remission), max)),
        (CR,),
    ),
    "after the last of its own type": (
        lambda r: r.start.after(last(Relapse)),
        lambda me, w: _is_after(me, _extreme(others(me, w.of(Relapse)), max)),
        (REL,),
    ),
    "the first of its type": (
        lambda r: r.is_first(),
        lambda me, w: all(me.start <= o.start for o in w.of(Relapse)),
        (REL,),
    ),
    "the last of its type": (
        lambda r: r.is_last(),
        lambda me, w: all(me.start >= o.start for o in w.of(Relapse)),
        (REL,),
    ),
}
"""Each beside its meaning in one world; the last entry may have gone unrecorded."""

SOUND: dict[str, Operator] = {
    "on the same day": (
        lambda r: r.start.same_day_as(Remission),
        lambda me, w: any(_days(me, o) == 0 for o in _rest(me, w, Remission)),
        (),
    ),
    "within a day after": (
        lambda r: r.preceded_by(Remission, within=1),
        lambda me, w: any(_days(me, o) <= 1 for o in before(me, w.of(Remission))),
        (CR,),
    ),
    "followed within a day": (
        lambda r: r.followed_by(Remission, within=1),
        lambda me, w: any(o.start > me.start and _days(o, me) <= 1 for o in w.of(Remission)),
        (CR,),
    ),
    "exactly one before": (
        lambda r: r.count_before(Remission) == 1,
        lambda me, w: len(before(me, w.of(Remission))) == 1,
        (CR,),
    ),
    "under way": (
        lambda r: r.start.under_way(TreatmentBlock),
        lambda me, w: under_way(me, w.of(TreatmentBlock)),
        (BLOCK,),
    ),
    "a recorded one under way": (
        lambda r: r.start.under_way(TreatmentBlock, recorded=True),
        lambda me, w: under_way(me, w.recorded(TreatmentBlock)),
        (),
    ),
    "under way, or ended within a day": (
        lambda r: r.start.under_way(TreatmentBlock, within=1),
        lambda me, w: under_way(me, w.of(TreatmentBlock), within=1),
        (BLOCK,),
    ),
    "under way, though it does not last": (
        lambda r: r.start.under_way(Remission, recorded=True),
        lambda me, w: under_way(me, w.recorded(Remission)),
        (),
    ),
    "within a day, before or after": (
        lambda r: r.start.within(1, of=Remission),
        lambda me, w: any(abs(_days(me, o)) <= 1 for o in _rest(me, w, Remission)),
        (),
    ),
    "sharing a day with a block": (
        lambda r: r.overlaps(TreatmentBlock),
        lambda me, w: any(_shared_days(me, o) >= 1 for o in _rest(me, w, TreatmentBlock)),
        (),
    ),
    "sharing a day with what does not last": (
        lambda r: r.overlaps(Remission),
        lambda me, w: any(_shared_days(me, o) >= 1 for o in _rest(me, w, Remission)),
        (),
    ),
    "during a block": (
        lambda r: r.during(TreatmentBlock),
        lambda me, w: any(_within_days(me, o) for o in _rest(me, w, TreatmentBlock)),
        (),
    ),
}
"""Sound, and exact against one other event: over several a window or an exact number may stay unknown."""


def as_rule(name: str, body: Callable[[Subject], pl.Expr], about: type[Event] = Relapse) -> Rule:
    """An operator as a rule that is broken where it says true."""

    def operator(subject: Subject) -> pl.Expr:
        return body(subject)

    operator.__doc__ = "An operator.\n\nWhy it matters: it is tried.\nUsual cause: a test.\nRepair: none."
    made = rule(name, about=about, severity=Severity.INFO, category=Kahn.PLAUSIBILITY, source=Logic("a test"))
    return made(operator)


def compare(
    courses: list[Course], operators: dict[str, Operator], about: type[Event] = Relapse, other: type[Event] = Remission
) -> list[tuple[str, int, Course, Verdict, Verdict]]:
    """(operator, number of other events of interest, course, engine, worlds) for every relapse, or another subject."""
    found = [(number, course, worlds(course)) for number, course in enumerate(courses)]
    said = engine_verdicts(Cohort.from_courses(courses), [as_rule(n, op[0], about) for n, op in operators.items()])
    rows: list[tuple[str, int, Course, Verdict, Verdict]] = []
    for number, course, possible in found:
        if not possible:
            continue
        for event in course.of(about):
            for name, (_, plain, extra) in operators.items():
                expected = truth(course, possible, event, (about.TYPE,), plain, [extra] if extra else [])
                rows.append((name, len(course.of(other)), course, said.get((name, number, event.id), False), expected))
    return rows


def test_exact_operators_are_exact_on_seeded_courses() -> None:
    random = Random(1)
    rows = compare([random_course(random, number, KINDS) for number in range(250)], OPERATORS)
    wrong = [row for row in rows if row[3] is not row[4]]
    for name in OPERATORS:
        assert {verdict for one, *_, verdict in rows if one == name} == {True, False, None}, name
    assert not wrong


def test_other_operators_are_sound_and_exact_against_one_event() -> None:
    random = Random(7)
    rows = compare([random_course(random, number, KINDS) for number in range(150)], SOUND)
    assert not [row for row in rows if row[3] is not None and row[3] is not row[4]]
    assert not [row for row in rows if row[1] <= 1 and row[3] is not row[4]]


BLOCKS: dict[str, Operator] = {
    "another under way": (
        lambda b: b.start.under_way(TreatmentBlock),
        lambda me, w: under_way(me, w.of(TreatmentBlock)),
        (BLOCK,),
    ),
    "another under way, or ended within a day": (
        lambda b: b.start.under_way(TreatmentBlock, within=1, recorded=True),
        lambda me, w: under_way(me, w.recorded(TreatmentBlock), within=1),
        (),
    ),
    "under way at its end": (
        lambda b: b.end.under_way(TreatmentBlock, recorded=True),
        lambda me, w: any(
            one.start < me.end and me.end[0] <= one.end[0] for one in others(me, w.recorded(TreatmentBlock))
        ),
        (),
    ),
}


def _of_dates(random: Random, number: int) -> Course:
    """Events of one to three days each, and no order stated."""
    kinds = [random.choice([Relapse, Remission, TreatmentBlock]) for _ in range(3)]
    events = [kind(id=f"e{place}", when=(parse(dated(random)),)) for place, kind in enumerate(kinds)]
    return Course(patient=Patient(id=f"p{number}"), events=tuple(events))


TIES: dict[Tie, Callable[[Placed, Placed], bool]] = {
    Tie.BEFORE: lambda me, other: other.start[0] <= me.start[0],
    Tie.NOT_BEFORE: lambda me, other: other.start[0] < me.start[0],
}


@pytest.mark.parametrize("tie", TIES)
@pytest.mark.parametrize("small", [answers.SMALL, 0])
def test_two_events_of_one_day_are_what_the_settings_make_of_them(tie: Tie, small: int) -> None:
    """Without an order that is stated, the day decides; only the rule that is named is touched."""
    random = Random(37)
    courses = [_of_dates(random, number) for number in range(60)]
    asks = [as_rule(name, lambda r: r.preceded_by(Remission, recorded=True)) for name in ("TIE-01", "TIE-02")]
    settings_ = Settings(ties={"TIE-01": tie}, debug=True)
    with patch.object(answers, "SMALL", small):
        rows = judge(Cohort.from_courses(courses), asks, settings_).verdicts.iter_rows(named=True)
    said = {(row["rule"], row["patient"], row["event"]): True if row["failed"] else None for row in rows}
    plain = {
        "TIE-01": lambda me, w: any(TIES[tie](me, other) for other in w.recorded(Remission)),
        "TIE-02": lambda me, w: bool(before(me, w.recorded(Remission))),
    }
    met = set()
    for number, course in enumerate(courses):
        possible = worlds(course)
        for event in course.of(Relapse):
            for name, one in plain.items():
                expected = truth(course, possible, event, ("relapse",), one, [])
                assert said.get((name, number, event.id), False) is expected
                met.add((name, expected))
    assert met == {(name, verdict) for name in plain for verdict in (True, False, None)}


STRETCHES: dict[str, Operator] = {
    "sharing a day": (
        lambda b: b.overlaps(TreatmentBlock),
        lambda me, w: any(_shared_days(me, o) >= 1 for o in _rest(me, w, TreatmentBlock)),
        (),
    ),
    "overlapping by more than a touch": (
        lambda b: b.overlaps(TreatmentBlock, touching=False),
        lambda me, w: any(o.end[0] > me.start[0] and me.end[0] > o.start[0] for o in _rest(me, w, TreatmentBlock)),
        (),
    ),
    "during another": (
        lambda b: b.during(TreatmentBlock),
        lambda me, w: any(_within_days(me, o) for o in _rest(me, w, TreatmentBlock)),
        (),
    ),
    "during what does not last": (
        lambda b: b.during(Relapse),
        lambda me, w: any(_within_days(me, o) for o in _rest(me, w, Relapse)),
        (),
    ),
}
EXACT_STRETCHES = {"sharing a day"}
"""Exact against one other; the others may be needlessly unknown where an instant has no known day."""


def test_stretches_of_time_against_each_other() -> None:
    random = Random(23)
    courses = [dated_course(random, number, KINDS) for number in range(80)]
    courses += [_two_blocks(random, len(courses) + number) for number in range(80)]
    rows = compare(courses, STRETCHES, about=TreatmentBlock, other=TreatmentBlock)
    for name in STRETCHES:
        assert {verdict for one, *_, verdict in rows if one == name} == {True, False, None}, name
    assert not [row for row in rows if row[3] is not None and row[3] is not row[4]]
    two = [row for row in rows if row[1] <= 2]
    assert not [row for row in two if row[0] in EXACT_STRETCHES and row[3] is not row[4]]
    needless = [row for row in two if row[3] is None and row[4] is not None]
    assert len(needless) <= len(two) / 50


def test_blocks_under_way_at_a_block_are_told_from_itself() -> None:
    """Dated courses hold several blocks, told by days, by two days, and by order to each other."""
    random = Random(19)
    courses = [dated_course(random, number, KINDS) for number in range(80)]
    courses += [_two_blocks(random, len(courses) + number) for number in range(80)]
    rows = compare(courses, BLOCKS, about=TreatmentBlock, other=TreatmentBlock)
    for name in BLOCKS:
        assert {verdict for one, *_, verdict in rows if one == name} == {True, False, None}
    assert not [row for row in rows if row[3] is not None and row[3] is not row[4]]
    two = [row for row in rows if row[1] <= 2]
    assert len(two) > 200
    assert not [row for row in two if row[3] is not row[4]]


def _two_blocks(random: Random, number: int) -> Course:
    """Two blocks of which one is told by the other: more is known of them together than of each."""
    start = random.choice(["2020-01-01..2020-01-03", "2020-01-02..2020-01-03", "2020-01-02"])
    first = TreatmentBlock(id="a", when=(parse(start),), until=(parse("2020-01-03"),))
    told = random.choice(["after a", "after start of a", "before a", "during a", "1 day after a", "2 days before a"])
    until = random.choice(["1 day before a", "2 days before a", "after start of a", "before end of a", "2020-01-03"])
    second = TreatmentBlock(id="b", when=(parse(told),), until=(parse(until),))
    complete = frozenset({"treatment_block"} if random.random() < 0.6 else ())
    return Course(patient=Patient(id=f"p{number}"), events=(first, second), complete=complete)


def test_contradictions_are_exactly_the_courses_without_a_world() -> None:
    random = Random(11)
    courses = [random_course(random, number, KINDS) for number in range(200)]
    impossible = {course.id for course in courses if not worlds(course)}
    assert impossible
    assert {course.id for course in courses if course.problems} == impossible


@settings(max_examples=depth(40, 16))
@given(st.randoms(use_true_random=False))
def test_exact_operators_are_exact_on_any_course(random: Random) -> None:
    rows = compare([random_course(random, 0, KINDS, most=3)], OPERATORS)
    assert not [row for row in rows if row[3] is not row[4]]


SITES = (Relapse(id="", sites=("marrow",)), Relapse(id="", sites=("testis",)), Relapse(id=""))
LIKE: dict[str, Operator] = {
    "same day as its like": (
        lambda r: r.start.same_day_as_its_like(),
        lambda me, w: any(_days(me, o) == 0 and _sites(me) == _sites(o) != () for o in _rest(me, w, Relapse)),
        (),
    ),
}


def _sites(placed: Placed) -> tuple[str, ...]:
    assert isinstance(placed.event, Relapse)
    return tuple(placed.event.sites)


def test_events_that_say_the_same_are_found_where_they_share_a_day() -> None:
    random = Random(13)
    rows = compare([random_course(random, number, SITES) for number in range(150)], LIKE)
    assert {verdict for *_, verdict in rows} == {True, False, None}
    assert not [row for row in rows if row[3] is not None and row[3] is not row[4]]
    two = [row for row in rows if len(row[2].of(Relapse)) == 2]
    assert len(two) > 20
    assert not [row for row in two if row[3] is not row[4]]


NUMBERED = (Relapse(id="", number=1), Relapse(id="", number=2), Relapse(id=""))
LOWER = Those(
    Relapse.TYPE,
    "of a lower number",
    against=Comparison(
        values={"number": lambda r: r["number"]}, holds=lambda mine, its: its["number"] < mine["number"]
    ),
)


def _lower(me: Placed, world: World) -> Verdict:
    same_day = [o for o in _rest(me, world, Relapse) if _days(me, o) == 0]
    numbers = [(_number(other), _number(me)) for other in same_day]
    if any(None not in pair and pair[0] < pair[1] for pair in numbers):  # both are numbers
        return True
    return None if any(None in pair for pair in numbers) else False


def _number(placed: Placed) -> int | None:
    assert isinstance(placed.event, Relapse)
    return placed.event.number


def test_what_is_compared_with_the_subject_counts_only_where_the_comparison_holds() -> None:
    lower: dict[str, Operator] = {"same day as a lower one": (lambda r: r.start.same_day_as(LOWER), _lower, ())}
    random = Random(17)
    rows = compare([random_course(random, number, NUMBERED) for number in range(150)], lower)
    assert {verdict for *_, verdict in rows} == {True, False, None}
    assert not [row for row in rows if row[3] is not None and row[3] is not row[4]]
    two = [row for row in rows if len(row[2].of(Relapse)) == 2]
    assert len(two) > 20
    assert not [row for row in two if row[3] is not row[4]]


def test_a_field_of_the_event_that_a_reference_names() -> None:
    """Told where it names one event of the type; null for none, for another type, and for an id used twice."""
    results = [
        MrdAssessment(id="flow", method=Method.FLOW),
        MrdAssessment(id="twice", method=Method.FLOW),
        MrdAssessment(id="again", method=Method.FLOW),
        Relapse(id="relapse"),
        *(MrdAssessment(id=f"since {name}", since=name) for name in ("flow", "twice", "relapse", "nothing")),
        MrdAssessment(id="since none"),
    ]
    other = MrdAssessment(id="flow", method=Method.PCR)
    cohort = Cohort.from_courses(
        [Course(patient=Patient(id="a"), events=results), Course(patient=Patient(id="b"), events=[other])]
    )
    table = cohort.tables["mrd"].with_columns(pl.col("event").replace({"again": "twice"}))  # as an export may have it
    cohort = attrs.evolve(cohort, tables={**cohort.tables, "mrd": table})

    @rule("ASK-01", about=MrdAssessment, severity=Severity.INFO, category=Kahn.PLAUSIBILITY, source=Logic("a test"))
    def by_flow(mrd: Subject) -> pl.Expr:
        """An operator. Why it matters: it is tried. Usual cause: a test. Repair: none."""
        return mrd.of_referenced("since", MrdAssessment, "method") == "flow"

    said = engine_verdicts(cohort, [by_flow])
    assert {event for (_, patient, event), verdict in said.items() if verdict and patient == 0} == {"since flow"}
    assert {verdict for (*_, event), verdict in said.items() if event != "since flow"} == {None}


def test_a_field_of_the_first_or_the_last_event() -> None:
    """It is told in the worlds in which there is such an event, and where it is the same in all of them."""
    asked = {
        "number of the first": (first(Relapse), min, 1),
        "number of the last": (last(Relapse), max, 2),
    }

    def plain(which: Callable[..., Moment], number: int) -> Callable[[Placed, World], Verdict]:
        def of_extreme(_: Placed, world: World) -> Verdict:
            found = world.of(Relapse)
            when = _extreme(found, which)
            numbers = {_number(one) for one in found if one.start == when}
            return None if None in numbers or len(numbers) != 1 else numbers == {number}

        return of_extreme

    def engine(one: Extreme, number: int) -> Callable[[Subject], pl.Expr]:
        return lambda r: r.of(one, "number") == number

    operators: dict[str, Operator] = {
        name: (engine(one, number), plain(which, number), (REL,)) for name, (one, which, number) in asked.items()
    }
    random = Random(29)
    courses = [random_course(random, number, (*NUMBERED, Remission(id=""))) for number in range(150)]
    rows = compare(courses, operators, about=Remission)
    for name in operators:
        assert {verdict for one, *_, verdict in rows if one == name} == {True, False, None}
    assert not [row for row in rows if row[3] is not None and row[3] is not row[4]]
    needless = [row for row in rows if row[3] is None and row[4] is not None]
    assert len(needless) <= len(rows) / 50


def test_the_first_of_those_that_meet_a_condition() -> None:
    """One that may meet it counts as one that may be the first."""
    in_blood = Those(MrdAssessment.TYPE, "in blood", lambda mrd: mrd["specimen"] == "blood")
    told = {"a": "blood", "b": "marrow", "c": None}

    def answer(*results: tuple[str, str, float]) -> bool | None:
        events: list[Event] = [
            MrdAssessment(id=name, when=(parse(day),), specimen=told[name[0]], reduction=value)
            for name, day, value in results
        ]
        whole = frozenset({"mrd"})
        course = Course(patient=Patient(id="p"), events=(Relapse(id="r"), *events), complete=whole)
        high = as_rule("ASK-01", lambda r: r.of(first(in_blood), "reduction") == 1)
        return engine_verdicts(Cohort.from_courses([course]), [high]).get(("ASK-01", 0, "r"), False)

    assert answer(("a1", "2020-01-02", 1), ("a2", "2020-01-03", 2)) is True
    assert answer(("a1", "2020-01-02", 2), ("a2", "2020-01-01", 1)) is True
    assert answer(("b1", "2020-01-01", 2), ("a1", "2020-01-02", 1)) is True
    assert answer(("c1", "2020-01-01", 2), ("a1", "2020-01-02", 1)) is None
    assert answer(("c1", "2020-01-01", 1), ("a1", "2020-01-02", 1)) is True
    assert answer(("c1", "2020-01-03", 2), ("a1", "2020-01-02", 1)) is True
    assert answer(("c1", "2020-01-01", 1)) is None
    assert answer(("b1", "2020-01-01", 1)) is None


def test_days_since_the_event_that_a_reference_names() -> None:
    """Between two days where the reference names one transplant; null for none, several, or another type."""
    when = {name: (parse(day),) for name, day in (("first", "2020-01-01"), ("second", "2020-03-01"))}
    transplants = [Transplant(id=name, when=days) for name, days in when.items()]
    takes = [
        Engraftment(id="day 20", of="first", when=(parse("2020-01-21"),)),
        Engraftment(id="day 10", of="second", when=(parse("10 days after second"),)),
        Engraftment(id="January", of="first", when=(parse("2020-01"),)),
        Engraftment(id="of none", when=(parse("2020-03-21"),)),
        Engraftment(id="of another type", of="day 20", when=(parse("2020-03-21"),)),
        Engraftment(id="dangling", of="third", when=(parse("2020-03-21"),)),
    ]
    cohort = Cohort.from_courses([Course(patient=Patient(id="p"), events=(*transplants, *takes))])

    @rule("ASK-01", about=Engraftment, severity=Severity.INFO, category=Kahn.PLAUSIBILITY, source=Logic("a test"))
    def late(engraftment: Subject) -> pl.Expr:
        """An operator. Why it matters: it is tried. Usual cause: a test. Repair: none."""
        return engraftment.start.days_since(Transplant, via="of").at_least(20)

    said = engine_verdicts(cohort, [late])
    verdicts = {take.id: said.get(("ASK-01", 0, take.id), False) for take in takes}
    assert verdicts == {
        "day 20": True,
        "day 10": False,
        "January": None,
        "of none": None,
        "of another type": None,
        "dangling": None,
    }
