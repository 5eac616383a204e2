"""Where each event of a course is drawn on the clock of the timeline, and how well that is known.

In this order: what was reported; what follows within a quarter; the nominal day of a protocol; and for all else
only the order, at equal steps between its neighbours. Where not even the order is known, the order of the telling
decides where an event is drawn, and its bracket says that this is no more than a place.
"""

from collections.abc import Iterable

from attrs import define, field

from ..course import BIRTH, Course
from ..events import (
    Conditioning,
    Diagnosis,
    Event,
    LastContact,
    Lymphodepletion,
    MrdAssessment,
    Relapse,
    TreatmentBlock,
)
from ..resolve import Resolved
from ..shortest_paths import UNBOUNDED, Point
from ..when import AtAge, AtEndOf, During, Either, Offset, OnDate, OnDay, Ongoing, Unknown, When, With
from .timeline_blocks import block_of, protocol_of
from .timeline_figure import MONTH, Certainty, Placed
from .timeline_order import days_of, known_before, steps

NARROW_DAYS = 92
"""An unreported time known within this many days is drawn as an interval; a wider one as order only."""

_FILL = 0.8  # share of a step that a bar of unknown length takes


@define
class Times:
    """The drawn times of the events of one course: by id, the start and (where it lasts) the end."""

    start: dict[str, Placed] = field(factory=dict)
    end: dict[str, Placed] = field(factory=dict)


def times_of(course: Course, drawn: Iterable[Event], zero: Point | None = None) -> Times:
    """Place the events that are to be drawn, by days from a point (without one: in their order alone).

    From birth, what is better known from the diagnosis is placed from there: that the age at diagnosis is known to
    the month is said once, by the diagnosis and by the axis, and not again at every event.
    """
    return _Placing(course, tuple(drawn), zero).run()


def is_time(whens: Iterable[When]) -> bool:
    """Whether any of some statements tells a time rather than an order."""
    return any(
        isinstance(when, OnDate | OnDay | AtAge | Offset) or (isinstance(when, Either) and is_time(when.options))
        for when in whens
    )


def told_as_range(whens: Iterable[When]) -> bool:
    """Whether one of some statements is a range: between two days, not a number or a date that was rounded."""

    def is_range(when: When) -> bool:
        match when:
            case OnDate():
                return ".." in when.text
            case AtAge():
                return when.age.upto is not None
            case Offset():
                return when.by.upto is not None
        return False

    return any(map(is_range, whens))


def _known(low: int, high: int) -> bool:
    return low > -UNBOUNDED and high < UNBOUNDED


class _Placing:
    def __init__(self, course: Course, drawn: tuple[Event, ...], zero: Point | None) -> None:
        self.course = course
        self.zero = zero
        self.resolved: Resolved = course.resolved
        self.from_diagnosis = self._from_diagnosis()
        self.events = drawn
        self.told = {event.id: n for n, event in enumerate(course)}
        self.times = Times()
        self.before: dict[str, set[str]] = {event.id: set() for event in drawn}
        """Ids of the events that come before each; by what is stated, and then by the protocol."""

    def run(self) -> Times:
        self._relate()
        for event in self.events:
            self._place_known(event)
        stated = {name: frozenset(names) for name, names in self.before.items()}
        self._relate_by_protocol()
        self._place_nominal(stated)
        self._place_attached()
        for event in self.events:
            self._place_unknown_start(event)
        while unplaced := [event for event in self.events if event.id not in self.times.start]:
            self._place_in_order(unplaced)
            self._place_attached()
        for event in self.events:
            if event.LASTS:
                self._place_end(event)
        self._fit_hosts()
        self._limit_nominal()
        return self.times

    # What comes before what.

    def _relate(self) -> None:
        self.before = known_before(self.resolved, [event.id for event in self.events])
        for event in self.events:
            for when in event.when:
                if isinstance(when, During | AtEndOf) and when.of in self.before:
                    self.before[event.id].add(when.of)
        for event in self.events:
            # Conditioning comes right before its transplant: after all that the transplant comes after.
            if isinstance(event, Conditioning | Lymphodepletion) and event.of in self.before:
                self.before[event.of].add(event.id)
                self.before[event.id] |= self.before[event.of] - {event.id}

    def _relate_by_protocol(self) -> None:
        blocks = [(event.id, block.order) for event in self.events if (block := block_of(self.course, event))]
        for a, first in blocks:
            for b, second in blocks:
                if first < second and a not in self._all_after(b):
                    self.before[b] |= {a, *self.before[a]}

    def _all_after(self, name: str) -> set[str]:
        """What is known to come after an event, through any number of steps."""
        found: set[str] = set()
        new = {name}
        while new:
            new = {other for other, names in self.before.items() if names & new} - found
            found |= new
        return found

    # What is known or nominal.

    def _bounds(self, event: Event, point: str) -> tuple[int, int]:
        """Earliest and latest day from day 0."""
        if self.zero is None:
            return -UNBOUNDED, UNBOUNDED
        low, high = self.resolved.days_between(self.zero, (event.id, point))
        if self.from_diagnosis is not None and event.id != self.from_diagnosis[0]:
            name, age = self.from_diagnosis
            least, greatest = self.resolved.days_between((name, "start"), (event.id, point))
            if _known(least, greatest) and greatest - least < high - low:
                return age + least, age + greatest
        return low, high

    def _from_diagnosis(self) -> tuple[str, int] | None:
        """The diagnosis and the middle of the age then, where days are counted from birth."""
        diagnosis = next((event.id for event in self.course if isinstance(event, Diagnosis)), None)
        if self.zero != (BIRTH, "start") or diagnosis is None:
            return None
        low, high = self.resolved.days_between(self.zero, (diagnosis, "start"))
        return (diagnosis, (low + high) // 2) if _known(low, high) else None

    def _place_known(self, event: Event) -> None:
        low, high = self._bounds(event, "start")
        if self.zero == (event.id, "start"):
            self.times.start[event.id] = Placed.on(0)
            return
        told = is_time(event.when)
        if not _known(low, high) or not (told or high - low <= NARROW_DAYS):
            return
        if high - low <= 1:
            self.times.start[event.id] = Placed(high, low, high)
        elif any(isinstance(when, Either) for when in event.when):
            # Ambiguous: drawn where it is known to have been reached in every reading.
            self.times.start[event.id] = Placed(self._stated(event, low, high), low, high, Certainty.INTERVAL)
        else:
            certainty = Certainty.ROUNDED if told and not told_as_range(event.when) else Certainty.INTERVAL
            self.times.start[event.id] = Placed(self._stated(event, low, high), low, high, certainty)

    def _stated(self, event: Event, low: int, high: int) -> float:
        """The day to draw between two: the stated number of years after day 0, else the middle."""
        whens = [option for when in event.when for option in (when.options if isinstance(when, Either) else (when,))]
        days = [
            days_of(when.by)
            for when in whens
            if isinstance(when, Offset) and not when.before and when.by.upto is None and self.zero == (when.of, "start")
        ]
        return min(max(min(days), low), high) if days else (low + high) / 2

    def _place_nominal(self, stated: dict[str, frozenset[str]]) -> None:
        """Blocks at the days of the protocol, as long as nothing else was put in before them."""
        begun = self._protocol_start()
        if begun is None:
            return
        planned = [(block, event) for event in self.events if (block := block_of(self.course, event))]
        for block, event in sorted(planned, key=lambda pair: (pair[0].order, pair[1].id)):
            if event.id in self.times.start or block.nominal_start_day is None:
                continue
            lasting = {other.id for other in self.events if other.LASTS}
            if any(name not in self.times.start for name in stated[event.id] & lasting):
                continue
            day = begun + block.nominal_start_day - 1
            low, high = self._bounds(event, "start")
            earlier = [self.times.start[name].day for name in stated[event.id] if name in self.times.start]
            later = [
                self.times.start[name].day
                for name, names in stated.items()
                if event.id in names and name in self.times.start
            ]
            if not low <= day <= high or day < max(earlier, default=begun) or day > min(later, default=day):
                continue
            self.times.start[event.id] = Placed(day, day, day, Certainty.NOMINAL)
            if block.nominal_duration_days is not None:
                end = day + block.nominal_duration_days
                self.times.end[event.id] = Placed(end, end, end, Certainty.NOMINAL)

    def _place_unknown_start(self, event: Event) -> None:
        """What ended on a known day but began at an unknown time fades towards what is known to come before it."""
        low, high = self._bounds(event, "end")
        if event.id in self.times.start or not event.LASTS or not is_time(event.until) or not _known(low, high):
            return
        earlier = [self.times.start[name].day for name in self.before[event.id] if name in self.times.start]
        end = (low + high) / 2
        first = max([self._bounds(event, "start")[0], *earlier])
        first = max(first, self._base()) if first <= -UNBOUNDED else first
        first = min(first, end)
        self.times.start[event.id] = Placed(end - (end - first) / 3, first, end, Certainty.UNKNOWN_END)

    def _protocol_start(self) -> float | None:
        """The drawn day of the diagnosis, which is taken for day 1 of the protocol; None where it has no time."""
        diagnosis = next((event for event in self.events if isinstance(event, Diagnosis)), None)
        at = self.times.start.get(diagnosis.id) if diagnosis else None
        return at.day if at is not None and at.certainty is not Certainty.ORDER_ONLY else None

    def _place_attached(self) -> None:
        """Events that share the moment of another, or stand at the known end of one."""
        for event in self.events:
            if event.id in self.times.start:
                continue
            for when in event.when:
                if isinstance(when, With) and when.of in self.times.start:
                    self.times.start[event.id] = self.times.start[when.of]
                    break
                if isinstance(when, AtEndOf) and when.of in self.times.end:
                    self.times.start[event.id] = self._end_of_block(event, when.of)
                    break

    def _end_of_block(self, event: Event, host: str) -> Placed:
        end = self.times.end[host]
        hosting = self.course[host]
        block = block_of(self.course, hosting)
        planned = protocol_of(self.course, hosting) if isinstance(hosting, TreatmentBlock) else None
        begun = self._protocol_start()
        nominal = block and planned and begun is not None and end.certainty is Certainty.NOMINAL
        if isinstance(event, MrdAssessment) and nominal and block and planned and begun is not None:
            for point in planned.mrd_timepoints:
                if point.after_block == block.id and point.nominal_day is not None:
                    day = begun + point.nominal_day - 1
                    return Placed(day, min(day, end.day), max(day, end.day), Certainty.NOMINAL)
        return end

    # Only the order.

    def _base(self) -> float:
        """The day before which nothing is drawn unless it is told: that of the diagnosis, or else of the first."""
        begun = self._protocol_start()
        if begun is not None:
            return begun
        waiting = sum(event.id not in self.times.start for event in self.events)
        return min((at.day for at in self.times.start.values()), default=0.0) - MONTH * (waiting + 1)

    def _limits(self, name: str, base: float) -> tuple[float, float, bool]:
        """The drawn neighbours of an event: by order, and where that says nothing by the telling.

        The third tells whether nothing but the last contact is known to come after it.
        """
        starts, ends = self.times.start, self.times.end
        after = self._all_after(name)
        low, high, last = base, float("inf"), True

        def until(other: str, day: float) -> None:
            nonlocal high, last
            if day <= high:
                last = isinstance(self.course[other], LastContact) and (last or day < high)
                high = day

        for other, placed in starts.items():
            if other in self.before[name]:
                low = max(low, placed.day, ends[other].day if other in ends else placed.day)
            elif other in after:
                until(other, placed.day)
        for other, placed in starts.items():
            unordered = other not in self.before[name] and other not in after
            if unordered and self.told[other] > self.told[name] and placed.day > low:
                until(other, placed.day)
        return low, max(low, high), last

    def _place_in_order(self, unplaced: list[Event]) -> None:
        """Place the events between one pair of neighbours: those whose later neighbour comes first."""
        base = self._base()
        limits = {event.id: self._limits(event.id, base) for event in unplaced}
        low, high, last = min(limits.values(), key=lambda found: (found[1], found[0]))
        group = [event for event in unplaced if limits[event.id][:2] == (low, high)]
        rank = self._ranks(group)
        lengths = [0.0] * max(rank.values())
        for event in group:
            if event.LASTS and event.lasting is not None:
                lengths[rank[event.id] - 1] = max(lengths[rank[event.id] - 1], days_of(event.lasting))
        days, step = steps(low, high, lengths, at_most=MONTH if last else None)
        edges = [low, *days, days[-1] + step if high == float("inf") else high]
        for event in group:
            n = rank[event.id]
            day = edges[n]
            self.times.start[event.id] = Placed(day, edges[n - 1], edges[n + 1], Certainty.ORDER_ONLY)
            if event.LASTS:
                self.times.end[event.id] = Placed(day + _FILL * step, day, edges[n + 1], Certainty.ORDER_ONLY)

    def _ranks(self, group: list[Event]) -> dict[str, int]:
        """The place of each event among those of its group, from 1: after all that come before it."""
        names = {event.id for event in group}
        rank: dict[str, int] = {}

        def rank_of(name: str, path: frozenset[str] = frozenset()) -> int:
            if name not in rank and name not in path:
                earlier = [rank_of(other, path | {name}) for other in sorted(self.before[name] & names)]
                withs = [when.of for when in self.course[name].when if isinstance(when, With) and when.of in names]
                same = [rank_of(other, path | {name}) for other in withs]
                rank[name] = max([value + 1 for value in earlier] + same, default=1)
            return rank.get(name, 1)

        for event in group:
            rank_of(event.id)
        return rank

    # Ends.

    def _place_end(self, event: Event) -> None:
        start = self.times.start[event.id]
        low, high = self._bounds(event, "end")
        told = is_time(event.until)
        if any(isinstance(when, Ongoing) for when in event.until):
            last = max((placed.day for placed in self.times.start.values()), default=start.day)
            self.times.end[event.id] = Placed(last, last, last, Certainty.ONGOING)
        elif event.lasting is not None and start.certainty is Certainty.ORDER_ONLY:
            short, long = event.lasting.span()
            self.times.end[event.id] = Placed(
                start.day + days_of(event.lasting),
                start.day + short,
                max(start.latest, start.day + long),
                Certainty.ORDER_ONLY,
            )
        elif _known(low, high) and (told or event.lasting is not None or high - low <= NARROW_DAYS):
            rounded = told and not told_as_range(event.until)
            certainty = Certainty.REPORTED if high - low <= 1 else Certainty.ROUNDED if rounded else Certainty.INTERVAL
            day = max((low + high) / 2, start.day)
            self.times.end[event.id] = Placed(day, min(low, day), max(high, day), certainty)
        elif event.id not in self.times.end or any(isinstance(when, Unknown) for when in event.until):
            later = [p.day for name, p in self.times.start.items() if name != event.id and p.day > start.day]
            limit = min(later, default=start.day + MONTH)
            day = start.day + (limit - start.day) / 3
            self.times.end[event.id] = Placed(day, start.day, limit, Certainty.UNKNOWN_END)

    def _limit_nominal(self) -> None:
        """The plausible range of a nominal time: to the neighbours of which more than the order is known."""
        starts, ends = self.times.start, self.times.end
        for event in self.events:
            start, end = starts[event.id], ends.get(event.id)
            if start.certainty is Certainty.NOMINAL:
                before = [
                    time.day
                    for name in self.before[event.id]
                    for time in (starts[name], ends.get(name))
                    if time and time.certainty is not Certainty.ORDER_ONLY and time.day <= start.day
                ]
                starts[event.id] = Placed(start.day, max(before, default=start.day), start.day, Certainty.NOMINAL)
            if end is not None and end.certainty is Certainty.NOMINAL:
                after = [
                    starts[name].day
                    for name in self._all_after(event.id)
                    if starts[name].certainty in (Certainty.REPORTED, Certainty.NOMINAL) and starts[name].day >= end.day
                ]
                ends[event.id] = Placed(end.day, end.day, min(after, default=end.day), Certainty.NOMINAL)

    def _fit_hosts(self) -> None:
        """A bar drawn at equal steps reaches at least to what happened during it or at its end."""
        for event in self.events:
            end = self.times.end.get(event.id)
            if end is None or end.certainty is not Certainty.ORDER_ONLY:
                continue
            for other in self.events:
                at = self.times.start[other.id]
                if at.day >= end.day and self.resolved.order((other.id, "start"), (event.id, "end")):
                    reach = at.day + (at.latest - at.day) / 2
                    end = Placed(reach, end.earliest, max(end.latest, at.latest), Certainty.ORDER_ONLY)
            self.times.end[event.id] = end
        for event in self.events:
            for when in event.when:
                host = getattr(when, "of", None)
                if not isinstance(when, During | AtEndOf) or host not in self.times.end:
                    continue
                end, at = self.times.end[host], self.times.start[event.id]
                if end.certainty not in (Certainty.ORDER_ONLY, Certainty.UNKNOWN_END) or end.day > at.day:
                    continue
                inside = isinstance(when, During) and not isinstance(event, Relapse)
                beyond = (at.latest - at.day) / 2 if inside else 0.0
                self.times.end[host] = Placed(
                    at.day + beyond, end.earliest, max(at.day + beyond, at.latest), Certainty.ORDER_ONLY
                )
        for event in self.events:
            if isinstance(event, Conditioning | Lymphodepletion) and event.of in self.times.start:
                end, at = self.times.end[event.id], self.times.start[event.of]
                if end.certainty in (Certainty.ORDER_ONLY, Certainty.UNKNOWN_END) and end.day > at.day:
                    self.times.end[event.id] = Placed(at.day, end.earliest, at.day, end.certainty)
