"""From what was stated to what is known: earliest and latest days, known order, and what cannot be so.

Every statement becomes bounds between two points (:mod:`infant_course.statements`), and one network solves
them together (:mod:`infant_course.network`). Nothing that a rule checks is put in: a wrong history resolves,
and what contradicts itself becomes a :class:`~infant_course.course.Problem`.

Where a source is ambiguous ("18 years later": than what?), each way to understand it is a :class:`Reading` of
its own. What holds in all readings is known.

Days are counted from 1970-01-01 as soon as one calendar date is stated for the patient, so that a vague
diagnosis does not smear the dates of all else; without any from the diagnosis, or failing that from birth
(where something is said of it) or the first event told. Any one point may be called day 0 without saying
anything new.
"""

from collections.abc import Collection, Iterable, Sequence
from functools import cache, cached_property, partial
from itertools import product
from math import prod
from typing import NamedTuple

from attrs import field, frozen

from .course import BIRTH, MOST_TOLD, Course, Problem, Statement
from .errors import nearest
from .events import references
from .network import Conflict, Solution, solve
from .shortest_paths import UNBOUNDED, Box, Point
from .statements import Telling, TimeSettings, Told
from .when import AtAge, When

MOST_READINGS = 8
"""Most readings that are kept apart; more are merged into what all of them allow."""

_MOST_MERGED = 32  # readings that are solved in order to be merged; further ambiguous statements say nothing


class Gap(NamedTuple):
    """What is known of two points of different events beyond their bounds.

    ``least`` and ``greatest`` bound the days of b minus a. ``a_surely_first`` and ``a_maybe_first`` are
    order, which two events of one day can have as well.
    """

    a: str
    a_point: str
    b: str
    b_point: str
    least: int
    greatest: int
    a_surely_first: bool
    a_maybe_first: bool


OPEN: Box = (-UNBOUNDED, UNBOUNDED)
"""Bounds of a point of which nothing is known."""


@frozen(kw_only=True)
class Reading:
    """One way to understand the course.

    ``bounds``: earliest and latest day of each point (±``UNBOUNDED``: no bound). ``gaps``: only rows that say
    more than the bounds do, in both directions. Of an event that does not last, start and end are one point,
    which stands under both names. ``choices``: number and text of each ambiguous statement as read here.
    """

    number: int
    bounds: dict[Point, Box] = field(repr=False)
    gaps: tuple[Gap, ...] = field(default=(), repr=False)
    choices: tuple[tuple[int, str], ...] = field(default=(), repr=False)
    _instants: frozenset[str] = field(default=frozenset(), repr=False)

    @cached_property
    def _by_points(self) -> dict[tuple[str, str, str, str], Gap]:
        return {gap[:4]: gap for gap in self.gaps}

    def between(self, a: Point, b: Point) -> Gap:
        """What is known of two points, by a gap or else by their bounds."""
        if (gap := self._by_points.get((*a, *b))) is not None:
            return gap
        if a == b or (a[0] == b[0] and a[0] in self._instants):
            return Gap(*a, *b, 0, 0, False, False)
        # A birth that this reading takes for unknown has no bounds.
        (a_low, a_high), (b_low, b_high) = self.bounds.get(a, OPEN), self.bounds.get(b, OPEN)
        least = b_low - a_high if b_low > -UNBOUNDED and a_high < UNBOUNDED else -UNBOUNDED
        greatest = b_high - a_low if b_high < UNBOUNDED and a_low > -UNBOUNDED else UNBOUNDED
        return Gap(*a, *b, least, greatest, a_high < b_low, a_low <= b_high)


@frozen(kw_only=True)
class Resolved:
    """What is known of the times of one course.

    ``dated``: days are counted from 1970-01-01; otherwise from ``zero``. ``contradicted``: events whose
    statements were set aside, so that nothing is known of their time. ``settled``: alternatives that the other
    statements rule out, told with ORD-11. ``notes``: where less was worked out than could be known. ``diagnosis``: id
    of the (first told) diagnosis, None where none is told.
    """

    readings: tuple[Reading, ...]
    problems: tuple[Problem, ...] = ()
    settled: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = field(default=(), repr=False)
    contradicted: frozenset[str] = field(default=frozenset(), repr=False)
    statements: tuple[Statement, ...] = field(default=(), repr=False)
    dated: bool = False
    zero: Point | None = field(default=None, repr=False)
    settings: TimeSettings = field(factory=TimeSettings)
    diagnosis: str | None = field(default=None, repr=False)

    def order(self, first: str | Point, second: str | Point) -> bool | None:
        """Whether the first comes before the second: true, false, or None where both are possible.

        Points are (event, "start" or "end"); of bare events: whether the first ends before the second starts.
        """
        a = (first, "end") if isinstance(first, str) else first
        b = (second, "start") if isinstance(second, str) else second
        known = [reading.between(a, b) for reading in self.readings]
        if all(gap.a_surely_first for gap in known):
            return True
        return None if any(gap.a_maybe_first for gap in known) else False

    def days_between(self, a: Point, b: Point) -> Box:
        """Least and greatest number of days from a to b (±``UNBOUNDED``: no bound)."""
        known = [reading.between(a, b) for reading in self.readings]
        return min(gap.least for gap in known), max(gap.greatest for gap in known)

    def day_since_diagnosis(self, event: str, point: str = "start") -> Box:
        """Earliest and latest day of a point, counted from the (first told) diagnosis."""
        if self.diagnosis is None:
            return -UNBOUNDED, UNBOUNDED
        return self.days_between((self.diagnosis, "start"), (event, point))

    def calendar_day(self, event: str, point: str = "start") -> Box:
        """Earliest and latest day of a point since 1970-01-01; open where no date is stated for the patient."""
        if not self.dated:
            return OPEN
        known = [reading.bounds[event, point] for reading in self.readings]
        return min(low for low, _ in known), max(high for _, high in known)


def resolve(course: Course, settings: TimeSettings | None = None) -> Resolved:
    """Work out what is known of the times of a course. Never raises because of a patient's history."""
    telling = Telling(course, settings or TimeSettings())
    resolver = _Resolver(course, telling)
    resolved = resolver.resolve()
    if telling.born is not None and BIRTH in resolved.contradicted:
        # Ages were narrowed by a date of birth that turned out to be contradicted: do without it.
        telling.born = None
        resolved = _Resolver(course, telling).resolve()
    return resolved


class _Choice(NamedTuple):
    """One alternative of an ambiguous statement, as a place in its options."""

    statement: int
    option: int


class _Resolver:
    """One run over a course. Statements are known by their number."""

    def __init__(self, course: Course, telling: Telling) -> None:
        self.course = course
        self.telling = telling
        self.told = telling.told
        self.problems = [*_dangling(course, self.told)]
        self.settled: list[Problem] = []
        self.notes: list[str] = []
        self.contradicted: set[str] = set()
        self.fixed = [telling.parts(told, told.options[0]) if len(told.options) == 1 else [] for told in self.told]

    def resolve(self) -> Resolved:
        instants = frozenset([BIRTH, *(event.id for event in self.course if not event.LASTS)])
        solved = self._solve_readings()
        readings = tuple(
            Reading(
                number=number,
                bounds=self._bounds(solution),
                gaps=self._gaps(solution, instants),
                choices=tuple((c.statement, str(self.told[c.statement].options[c.option])) for c in choices),
                instants=instants,
            )
            for number, (choices, solution) in enumerate(solved)
        )
        for _, solution in solved:
            self.notes += [note for note in solution.notes if note not in self.notes]
        if len(readings) > MOST_READINGS:
            self.notes.append(f"{len(readings)} readings: merged into what all of them allow")
            readings = (_merged(readings),)
        self._report_rest()
        diagnosis = next((event.id for event in self.course if event.TYPE == "diagnosis"), None)
        return Resolved(
            readings=readings,
            problems=tuple(self.problems),
            settled=tuple(self.settled),
            notes=tuple(self.notes),
            contradicted=frozenset(self.contradicted),
            statements=tuple(told.statement for told in self.told),
            dated=self.telling.dated,
            zero=self.telling.zero,
            settings=self.telling.settings,
            diagnosis=diagnosis,
        )

    # Readings.

    def _solve_readings(self) -> list[tuple[tuple[_Choice, ...], Solution]]:
        ambiguous = [number for number, told in enumerate(self.told) if len(told.options) > 1]
        while prod(len(self.told[number].options) for number in ambiguous) > _MOST_MERGED:
            self.notes.append(f"too many alternatives: nothing is taken from {self.told[ambiguous.pop()].statement}")
        while True:
            tried = []
            for options in product(*(range(len(self.told[number].options)) for number in ambiguous)):
                choices = tuple(map(_Choice, ambiguous, options))
                tried.append((choices, self._solve(choices)))
            clashes = [self._clash(solution, ambiguous) for _, solution in tried]
            kept = [one for one, clash in zip(tried, clashes, strict=True) if not clash]
            if kept:
                break
            # Every reading clashes: nothing can be taken from the statements to blame for that.
            impossible = set.intersection(*clashes) or set.union(*clashes)
            self._report_impossible(sorted(impossible), [solution for _, solution in tried])
            ambiguous = [number for number in ambiguous if number not in impossible]
        self._report_settled(ambiguous, kept, tried)
        for choices, solution in kept:
            self._report(solution, choices)
        return kept

    def _solve(self, choices: Sequence[_Choice]) -> Solution:
        parts = list(self.fixed)
        for statement, option in choices:
            told = self.told[statement]
            parts[statement] = self.telling.parts(told, told.options[option])
        return solve([*self.telling.definitions(), *(part for some in parts for part in some)])

    @staticmethod
    def _clash(solution: Solution, ambiguous: Iterable[int]) -> set[int]:
        """The ambiguous statements that cannot hold in this reading."""
        touched = set(solution.set_aside).union(*(conflict.statements for conflict in solution.conflicts))
        return touched.intersection(ambiguous)

    def _report_settled(
        self,
        ambiguous: Sequence[int],
        kept: Sequence[tuple[tuple[_Choice, ...], Solution]],
        tried: Sequence[tuple[tuple[_Choice, ...], Solution]],
    ) -> None:
        possible = {choice for choices, _ in kept for choice in choices}
        for number in ambiguous:
            told = self.told[number]
            for option, when in enumerate(told.options):
                choice = _Choice(number, option)
                if choice in possible:
                    continue
                against = next(
                    conflict
                    for choices, solution in tried
                    if choice in choices
                    for conflict in solution.conflicts
                    if set(conflict.statements).intersection(ambiguous)
                )
                statements = tuple(self.told[n].statement for n in against.statements)
                others = _listed(statement for statement in statements if statement is not told.statement)
                message = f"{told.statement}: not {str(when)!r}, which contradicts {others}"
                events = (told.statement.event,)
                self.settled.append(Problem(rule="ORD-11", events=events, message=message, statements=statements))

    # Problems.

    def _report(self, solution: Solution, choices: Sequence[_Choice]) -> None:
        chosen = dict(choices)
        for conflict in solution.conflicts:
            whens = [self.told[n].options[chosen.get(n, 0)] for n in conflict.statements]
            self._add(conflict, whens)
        self.contradicted |= {self.told[number].statement.event for number in solution.set_aside}

    def _report_rest(self) -> None:
        """Events whose statements were set aside without being named: not every conflict is worked out."""
        named = {event for problem in self.problems for event in problem.events}
        rest = [event.id for event in self.course if event.id in self.contradicted - named]
        if rest:
            message = f"what is told of the times of {_listed(rest)} contradicts others too, and was set aside"
            self.problems.append(Problem(rule="REC-03", events=tuple(rest), message=message, statements=()))

    def _add(self, conflict: Conflict, whens: Iterable[When]) -> None:
        statements = tuple(self.told[number].statement for number in conflict.statements)
        listed = _listed(statements)
        if conflict.definition is not None:
            rule, events = "ORD-04", [conflict.definition]
            message = f"{conflict.definition} ends before it starts: {listed}"
        else:
            events = list(dict.fromkeys(statement.event for statement in statements))
            rule = "ORD-08" if any(isinstance(when, AtAge) for when in whens) else "REC-03"
            message = f"these statements cannot all hold: {listed}"
        problem = Problem(rule=rule, events=tuple(events), message=message, statements=statements)
        if problem not in self.problems:
            self.problems.append(problem)

    def _report_impossible(self, impossible: Sequence[int], solutions: Sequence[Solution]) -> None:
        """None of the alternatives of a statement can hold: one problem that names what they clash with."""
        conflicts = [
            conflict
            for solution in solutions
            for conflict in solution.conflicts
            if set(conflict.statements).intersection(impossible)
        ]
        numbers = dict.fromkeys([*impossible, *(n for conflict in conflicts for n in conflict.statements)])
        statements = tuple(self.told[number].statement for number in numbers)
        age = any(isinstance(when, AtAge) for number in numbers for when in self.told[number].options)
        named = " and ".join(str(self.told[number].statement) for number in impossible)
        others = _listed(self.told[number].statement for number in numbers if number not in impossible)
        self.problems.append(
            Problem(
                rule="ORD-08" if age else "REC-03",
                events=tuple(dict.fromkeys(statement.event for statement in statements)),
                message=f"no alternative can hold of {named}" + (f", because of {others}" if others else ""),
                statements=statements,
            )
        )
        self.contradicted |= {self.told[number].statement.event for number in impossible}

    # Facts.

    def _bounds(self, solution: Solution) -> dict[Point, Box]:
        points = [(event.id, name) for event in self.course for name in ("start", "end")]
        named = any(BIRTH in problem.events for problem in self.problems)
        if named or self.telling.start(BIRTH) in solution.bounds:
            points = [(BIRTH, "start"), (BIRTH, "end"), *points]
        return {
            point: OPEN if point[0] in self.contradicted else solution.bounds.get(self.telling.point(*point), OPEN)
            for point in points
        }

    def _gaps(self, solution: Solution, instants: frozenset[str]) -> tuple[Gap, ...]:
        both = ("start", "end")
        return tuple(
            Gap(a, a_point, b, b_point, least, greatest, sure, maybe)
            for (a, a_name), (b, b_name), least, greatest, sure, maybe in solution.pairs()
            if a not in self.contradicted and b not in self.contradicted
            for a_point in (both if a in instants else (a_name,))
            for b_point in (both if b in instants else (b_name,))
        )


def _listed(statements: Iterable[object]) -> str:
    """Statements, or ids, in one text: the first of them, and how many more there are."""
    told = list(statements)
    more = len(told) - MOST_TOLD
    return "; ".join(map(str, told[:MOST_TOLD])) + (f"; and {more} more" if more > 0 else "")


def _dangling(course: Course, told: Iterable[Told]) -> Iterable[Problem]:
    """References to events that are not there."""
    there = {event.id for event in course} | {BIRTH}
    hints = cache(partial(_nearest, there=there))  # one event that is missing may be named everywhere

    def absent(target: str, event: str) -> str:
        hint = hints(target)
        if hint == event:  # what it leans on is not the event itself
            hint = _nearest(target, there - {event})
        return f"there is no event {target!r}" + (f"; did you mean {hint!r}?" if hint else "")

    for one in told:
        for target in dict.fromkeys(ref for option in one.options for ref in option.references()):
            if target not in there:
                yield Problem(
                    rule="REC-02",
                    events=(one.statement.event,),
                    message=f"{one.statement}: {absent(target, one.statement.event)}",
                    statements=(one.statement,),
                )
    for event in course:
        for name, target in references(event):
            if target not in there:
                text = f"{name}: {target}"
                statement = Statement(
                    number=-1, event=event.id, point="start", text=text, file=course.file, line=event.line
                )
                yield Problem(
                    rule="REC-02",
                    events=(event.id,),
                    message=f"{statement}: {absent(target, event.id)}",
                    statements=(statement,),
                )


MOST_NAMES = 200
"""Events of a course up to which a name that is not there is compared with those that are."""


def _nearest(target: str, there: Collection[str]) -> str | None:
    return nearest(target, sorted(there)) if len(there) <= MOST_NAMES else None


def _merged(readings: Sequence[Reading]) -> Reading:
    """What all readings allow: the least of the leasts, the greatest of the greatests."""
    first = readings[0]
    bounds = {}
    for point in dict.fromkeys(point for reading in readings for point in reading.bounds):
        lows, highs = zip(*(reading.bounds.get(point, OPEN) for reading in readings), strict=True)
        bounds[point] = (min(lows), max(highs))
    boxes = Reading(number=0, bounds=bounds, instants=first._instants)
    rows: dict[tuple[Point, Point], Gap] = {}
    more: set[tuple[Point, Point]] = set()
    for key in dict.fromkeys(gap[:4] for reading in readings for gap in reading.gaps):
        a, b = key[:2], key[2:]
        known = [reading.between(a, b) for reading in readings]
        rows[a, b] = Gap(
            *key,
            min(one.least for one in known),
            max(one.greatest for one in known),
            all(one.a_surely_first for one in known),
            any(one.a_maybe_first for one in known),
        )
        if rows[a, b] != boxes.between(a, b):
            more |= {(a, b), (b, a)}
    gaps = tuple(gap for pair, gap in rows.items() if pair in more)
    return Reading(number=0, bounds=bounds, gaps=gaps, instants=first._instants)
