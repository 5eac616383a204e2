"""All worlds that the statements of a small course allow, listed one by one.

Independent of Polars and of the network solver: each statement is a plain test on a world. A world gives each
point a moment, that is a day and a place within the day; equal moments are the same moment. A point without a
stated date may lie up to ``MARGIN`` days outside the stated ones, enough for windows of one day.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from itertools import product
from typing import NamedTuple

from infant_course import Course, Event
from infant_course.course import BIRTH
from infant_course.when import After, Before, Duration, During, Either, Offset, OnDate, Then, Unknown, When, With

MARGIN = 2

Moment = tuple[int, int]
Point = tuple[str, str]
Times = dict[Point, Moment]


class Placed(NamedTuple):
    """An event of a world: what it is, when it was, and whether it is in the record."""

    event: Event
    start: Moment
    end: Moment
    recorded: bool = True


class World(NamedTuple):
    """One way in which it may have been: the recorded events in the order of the course, then others."""

    events: tuple[Placed, ...]
    birth: Moment | None = None

    def of(self, *types: type[Event]) -> list[Placed]:
        """Everything of these types that happened."""
        return [placed for placed in self.events if isinstance(placed.event, types)]

    def recorded(self, *types: type[Event]) -> list[Placed]:
        """What is recorded of these types."""
        return [placed for placed in self.of(*(types or (Event,))) if placed.recorded]

    def named(self, event_id: str) -> Placed:
        """The recorded event of that id."""
        return next(placed for placed in self.events if placed.recorded and placed.event.id == event_id)


@cache
def weak_orders(points: int) -> tuple[tuple[int, ...], ...]:
    """Every way to put points in places of one day, ties allowed: a place for each, no place left empty."""
    every = product(range(points), repeat=points)
    return tuple(places for places in every if set(places) == set(range(max(places, default=-1) + 1)))


def day_of(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)).days


def _points(course: Course) -> list[Point]:
    born = [(BIRTH, "start")] if course.patient.birth else []
    starts = [(event.id, "start") for event in course]
    return [*born, *starts, *((event.id, "end") for event in course if event.LASTS)]


def _told(course: Course) -> list[tuple[Point, When]]:
    said = [((BIRTH, "start"), when) for when in course.patient.birth]
    for event in course:
        said += [((event.id, "start"), when) for when in event.when]
        said += [((event.id, "end" if event.LASTS else "start"), when) for when in event.until]
    return said


def holds(times: Times, here: Point, when: When) -> bool:
    """Whether one statement is true of these times."""

    def at(event: str, point: str) -> Moment:
        return times.get((event, point), times[event, "start"])

    mine = times[here]
    ends = at(here[0], "end")
    match when:
        case OnDate():
            return day_of(when.earliest) <= mine[0] <= day_of(when.latest)
        case Before():
            return mine < at(when.of, "end") if when.point == "end" else ends < at(when.of, "start")
        case After():
            return at(when.of, when.point or "end") < mine
        case Then():
            return at(when.of, "start") < mine
        case With():
            return at(when.of, here[1]) == mine
        case During():
            return at(when.of, "start") <= mine and ends <= at(when.of, "end")
        case Offset():
            days = int(when.by.number)
            return mine[0] - at(when.of, "start")[0] == (-days if when.before else days)
        case Either():
            return any(holds(times, here, option) for option in when.options)
        case Unknown():
            return True
    raise NotImplementedError(f"the oracle does not know {type(when).__name__}")


def times_of(world: World) -> Times:
    """The moments of the recorded events of a world."""
    recorded = world.recorded()
    return {
        **{(placed.event.id, "start"): placed.start for placed in recorded},
        **{(placed.event.id, "end"): placed.end for placed in recorded},
    }


def _lasts(length: Duration, start: Moment, end: Moment) -> bool:
    """Whether it lasts so many whole days."""
    return int(length.number) <= end[0] - start[0] <= int(length.number if length.upto is None else length.upto)


@cache
def _places(shape: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """Every way to put points in places of their days: ``shape`` has the same number for points of one day."""
    groups = [[i for i, day in enumerate(shape) if day == one] for one in sorted(set(shape))]
    found = []
    for chosen in product(*(weak_orders(len(group)) for group in groups)):
        placed: dict[int, int] = {}
        for group, places in zip(groups, chosen, strict=True):
            placed |= zip(group, places, strict=True)
        found.append(tuple(placed[i] for i in range(len(shape))))
    return tuple(found)


def _moments(points: list[Point], days: tuple[int, ...]) -> Iterator[Times]:
    for places in _places(tuple(map(days.index, days))):
        yield dict(zip(points, zip(days, places, strict=True), strict=True))


def _days_stated(dates: list[OnDate], first: int, last: int) -> tuple[int, int]:
    """The first day that dates allow, and the day after the last."""
    low = max([first, *(day_of(when.earliest) for when in dates)])
    return low, min([last, *(day_of(when.latest) for when in dates)]) + 1


def worlds(course: Course, lasting: bool = True) -> list[World]:
    """Every world of the recorded events; none where the statements contradict each other.

    ``lasting``: events end no sooner than they start.
    """
    points, told = _points(course), _told(course)
    dates = [(point, when) for point, when in told if isinstance(when, OnDate)]
    first = min(day_of(when.earliest) for _, when in dates) - MARGIN
    last = max(day_of(when.latest) for _, when in dates) + MARGIN
    domains = [range(*_days_stated([when for p, when in dates if p == point], first, last)) for point in points]
    rest = [(point, when) for point, when in told if not isinstance(when, OnDate)]
    found = []
    for days in product(*domains):
        for times in _moments(points, days):
            ends = [(e.lasting, times[e.id, "start"], times[e.id, "end"]) for e in course if e.LASTS]
            if lasting and not all(start <= end for _, start, end in ends):
                continue
            if not all(_lasts(length, start, end) for length, start, end in ends if length is not None):
                continue
            if all(holds(times, point, when) for point, when in rest):
                found.append(_world(course, times))
    return found


def _world(course: Course, times: Times) -> World:
    events = (Placed(e, times[e.id, "start"], times.get((e.id, "end"), times[e.id, "start"])) for e in course)
    return World(tuple(events), times.get((BIRTH, "start")))


def with_unrecorded(world: World, extra: Iterable[Event]) -> Iterator[World]:
    """The same world with more events that nobody recorded, before and after all else of each day."""
    days = [placed.start[0] for placed in world.events]
    moments = [
        (day, place) for day in (min(days) - MARGIN, *sorted(set(days)), max(days) + MARGIN) for place in (-1, 99)
    ]
    for more in product(*([Placed(event, moment, moment, False) for moment in moments] for event in extra)):
        yield World(world.events + more, world.birth)
