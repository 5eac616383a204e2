"""What each form of statement says, as bounds between two points in time.

=================== ===================================================================================
stated              bounds
=================== ===================================================================================
date, month, year   the day lies within it
day N of Y          N - 1 days after Y starts for protocols and blocks, which count from 1; N days for a
                    transplant, cell therapy or diagnosis, which count from 0; for others either
age                 between birth and the point; whole units are completed ones
N units after Y     between the start of Y and the point, with the slack of :meth:`Duration.span`
before, after Y     ends before Y starts; starts after Y ends (order, the same day is allowed)
during Y            does not start before Y starts, does not end after Y ends
at end of Y         after Y starts, and within some days of its end, on either side of it
with Y              the same moment as the start of Y (an end: the end of Y)
then Y              starts after Y has started
ongoing             does not end on an earlier day than the last contact
lasting             between its start and its end
=================== ===================================================================================

Where a statement about an end ("until") names another event, it speaks of that end alone.
"""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import NamedTuple

from attrs import frozen

from .course import BIRTH, Course, Statement
from .network import (
    DEFINITION,
    ORIGIN,
    Part,
    lasts,
    not_after,
    not_later_day,
    same_moment,
    strictly_before,
    within,
)
from .shortest_paths import Box, Point
from .when import (
    After,
    AtAge,
    AtEndOf,
    Before,
    Duration,
    During,
    Either,
    Offset,
    OnDate,
    OnDay,
    Ongoing,
    Rounding,
    Then,
    Unit,
    When,
    With,
)

EPOCH = date(1970, 1, 1)
"""Day 0 of the calendar."""

COUNTED_FROM_ONE = frozenset({"treatment_block", "immunotherapy", "enrolment"})
"""Types whose days are counted from 1: day 1 is the day on which a protocol, block or cycle starts."""

COUNTED_FROM_ZERO = frozenset({"transplant", "cell_therapy", "diagnosis"})
"""Types whose days are counted from 0 (the infusion is day 0; the clock of a course starts at diagnosis)."""

_LONGEST_BIRTH = 31  # days within which birth must be known for ages to be narrowed by the calendar


END_WINDOW_DAYS = 14
"""Default window of "at the end of", in days on either side. Chosen here: provisional, no source."""


ROUNDING = Rounding.EITHER
"""How lengths of time came about, where nobody says. Chosen here: provisional, no source."""


@frozen(kw_only=True)
class TimeSettings:
    """TimeSettings of the time model.

    ``end_window_days``: how far "at the end of" may lie from that end, on either side. ``rounding``: how stated lengths
    of time came about.
    """

    end_window_days: int = END_WINDOW_DAYS
    rounding: Rounding = ROUNDING


@frozen
class Lasting(When):
    """How long an event lasted, as a statement about its end."""

    by: Duration

    def __str__(self) -> str:
        return f"lasting {self.by}"


class Told(NamedTuple):
    """A statement and its alternatives; one alternative where it is not ambiguous."""

    statement: Statement
    options: tuple[When, ...]


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH.toordinal()


def _alternatives(when: When) -> tuple[When, ...]:
    if not isinstance(when, Either):
        return (when,)
    return tuple(flat for option in when.options for flat in _alternatives(option))


class Telling:
    """The statements of one course, and what they say.

    ``born``: days of birth if the calendar tells them. ``ends``: by event, the numbers of the statements about its end.
    """

    def __init__(self, course: Course, settings: TimeSettings) -> None:
        self.course = course
        self.settings = settings
        self.types = {event.id: event.TYPE for event in course}
        self.lasting = tuple(sorted(event.id for event in course if event.LASTS))
        self._lasting = frozenset(self.lasting)
        self.contacts = [event.id for event in course if event.TYPE == "last_contact"]
        self.ends: dict[str, list[int]] = {}
        self.told = tuple(self._tell())
        stated = [option for told in self.told for option in told.options]
        self.dated = any(isinstance(when, OnDate) for when in stated)
        self.zero = None if self.dated else self._zero(stated)
        self.born = self._born()

    def _tell(self) -> Iterator[Told]:
        for number, (event, point, when, line) in enumerate(self._stated()):
            statement = Statement(
                number=number, event=event, point=point, text=str(when), file=self.course.file, line=line
            )
            if point == "end":
                self.ends.setdefault(event, []).append(number)
            yield Told(statement, _alternatives(when))

    def _stated(self) -> Iterator[tuple[str, str, When, int | None]]:
        for when in self.course.patient.birth:
            yield BIRTH, "start", when, self.course.patient.birth_line
        # By id: where several sets of statements contradict each other, the first is told and set aside, and the
        # order of the telling must not decide which that is.
        for event in sorted(self.course, key=lambda event: event.id):
            for when in event.when:
                yield event.id, "start", when, event.line
            for when in event.until:
                yield event.id, "end", when, event.line
            if event.lasting is not None and event.LASTS:
                yield event.id, "end", Lasting(event.lasting), event.line

    def _zero(self, stated: Iterable[When]) -> Point | None:
        """Without a calendar, the point that is called day 0."""
        diagnosis = [event.id for event in self.course if event.TYPE == "diagnosis"]
        if diagnosis:
            return self.start(diagnosis[0])
        if self.course.patient.birth or any(isinstance(when, AtAge) for when in stated):
            return self.start(BIRTH)
        return self.start(self.course.events[0].id) if self.course.events else None

    def _born(self) -> Box | None:
        dates = [when for when in self.course.patient.birth if isinstance(when, OnDate)]
        if not dates:
            return None
        first, last = max(when.earliest for when in dates), min(when.latest for when in dates)
        return (day_number(first), day_number(last)) if 0 <= (last - first).days < _LONGEST_BIRTH else None

    def point(self, event: str, name: str) -> Point:
        """The point of that name; of an event that does not last, its one point."""
        return event, name if event in self._lasting else "start"

    def start(self, event: str) -> Point:
        """The start of an event."""
        return event, "start"

    def end(self, event: str) -> Point:
        """The end of an event."""
        return self.point(event, "end")

    def definitions(self) -> Iterator[Part]:
        """What nobody had to state: day 0, that all events are there, and that none ends before it starts."""
        if self.zero is not None:
            yield within(ORIGIN, self.zero, 0, 0, DEFINITION)
        for event in self.lasting:
            yield lasts((event, "start"), (event, "end"), frozenset(self.ends.get(event, ())))

    def parts(self, told: Told, when: When) -> list[Part]:
        """The bounds that one alternative sets; none where it names an event that is not there."""
        if any(target != BIRTH and target not in self.types for target in when.references()):
            return []
        event, name, number = told.statement.event, told.statement.point, told.statement.number
        here = self.point(event, name)
        ends_here = here if name == "end" else self.end(event)  # where it speaks of the whole event
        match when:
            case OnDate():
                return [within(ORIGIN, here, day_number(when.earliest), day_number(when.latest), number)]
            case OnDay():
                return [within(self.start(when.of), here, *self._counted(when), number)]
            case AtAge():
                return [within(self.start(BIRTH), here, *self._age(when.age), number)]
            case Lasting():
                return [
                    within(self.start(event), self.end(event), *when.by.span(rounding=self.settings.rounding), number)
                ]
            case Offset():
                least, most = when.by.span(rounding=self.settings.rounding)
                bounds = (-most, -least) if when.before else (least, most)
                return [within(self.start(when.of), here, *bounds, number)]
            case Before(point="end"):
                return [strictly_before(here, self.end(when.of), number)]
            case Before():
                return [strictly_before(ends_here, self.start(when.of), number)]
            case After():
                return [strictly_before(self.point(when.of, when.point or "end"), here, number)]
            case During():
                return [
                    not_after(self.start(when.of), here, number),
                    not_after(ends_here, self.end(when.of), number),
                ]
            case AtEndOf():
                window = self.settings.end_window_days
                return [
                    strictly_before(self.start(when.of), here, number),
                    within(self.end(when.of), here, -window, window, number),
                ]
            case With():
                return [same_moment(self.point(when.of, name), here, number)]
            case Then():
                return [strictly_before(self.start(when.of), here, number)]
            case Ongoing():
                ends = self.end(event)
                return [not_later_day(self.start(last), ends, number) for last in self.contacts if last != event]
            case _:
                return []

    def _counted(self, when: OnDay) -> Box:
        kind = self.types.get(when.of, "")
        if kind in COUNTED_FROM_ZERO:
            return when.day, when.day
        if kind in COUNTED_FROM_ONE and when.day > 0:
            return when.day - 1, when.day - 1
        return when.day - 1, when.day  # the convention is not known, or whether there is a day 0

    def _age(self, age: Duration) -> Box:
        """Least and greatest days from birth to an age; exact where the calendar tells the birth."""
        span = age.span(completed=True, rounding=self.settings.rounding)
        last = age.number if age.upto is None else age.upto
        whole = age.number == int(age.number) and last == int(last)
        if self.born is None or not whole or age.unit not in (Unit.MONTH, Unit.YEAR):
            return span
        unit = 12 if age.unit is Unit.YEAR else 1
        born = [EPOCH + timedelta(days=day) for day in range(self.born[0], self.born[1] + 1)]
        try:
            reached = [(_birthday(day, int(age.number) * unit)[0] - day).days for day in born]
            passed = [(_birthday(day, (int(last) + 1) * unit)[1] - day).days - 1 for day in born]
        except (OverflowError, ValueError):  # beyond the year 9999
            return span
        return min(reached), max(passed)


def _birthday(born: date, months: int) -> tuple[date, date]:
    """The day on which somebody has lived so many months.

    Born on a 31st (or a 29 February), it may be counted as the last day of a shorter month or the day after.
    """
    import pendulum  # slow to load, and needed only where an age meets a date of birth

    reached = pendulum.date(born.year, born.month, born.day).add(months=months)
    there = date(reached.year, reached.month, reached.day)
    return there, there if there.day == born.day else there + timedelta(days=1)
