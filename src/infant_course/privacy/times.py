"""Statements of time without dates of birth, and without dates or with shifted ones.

A patient's dates become days since one *anchor*: the diagnosis, where its day is known, else the earliest event of
which the day is known. So all that dates say of each other stays; a month becomes a range of days. What ties birth
to the rest is one statement, the age at the anchor in the unit asked for: an exact age anywhere beside an exact
date or day would give the day of birth away. Whether several statements together still do is worked out, and then
they go too.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache

from attrs import evolve, field, frozen

from ..course import BIRTH, Course, Patient
from ..events import EVENT_TYPES
from ..statements import EPOCH, day_number
from ..when import (
    IDENTIFIER,
    MAXIMUM_AGE_YEARS,
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
    Then,
    Unit,
    When,
    With,
    parse,
    parse_date,
    parse_duration,
    units_to_days,
)
from .pseudonyms import Pseudonyms

SHIFT_DAYS = 365
"""With shifted dates every patient's dates lie 1 to so many days too early, by a number of days of their own."""

_LIMIT = MAXIMUM_AGE_YEARS * 366
_LEAST_WIDTH = {Unit.DAY: 0, Unit.WEEK: 6, Unit.MONTH: 27}
Bounds = tuple[int, int]
Stated = tuple[str, str, str]
"""Event (or birth), part (when, until, lasting) and text, as in ``Cohort.stated``."""


class Times(StrEnum):
    """What becomes of dates."""

    DAYS = "days"
    SHIFT = "shift"


class Change(StrEnum):
    """What is counted in the log."""

    TO_DAYS = "dates turned to days since the anchor"
    SHIFTED = "dates shifted"
    TOO_FAR = "dates dropped: nothing to count them from, or too far from it"
    BIRTH = "dates of birth turned to an age"
    NO_BIRTH = "dates of birth dropped"
    COARSER = "ages told in a coarser unit"
    AGE_TO_DAYS = "exact ages turned to days since the anchor"
    AGE_GONE = "ages dropped: beside other times they tell the day of birth"
    NOT_DIAGNOSIS = "patients whose days are counted from another event than the diagnosis"


@lru_cache(maxsize=100_000)
def _parsed(text: str) -> When:
    return parse(text)


@frozen(kw_only=True)
class Rewriter:
    """Rewrites the statements of one patient after the other, and counts what it did."""

    names: Pseudonyms
    times: Times
    unit: Unit
    counts: Counter[Change] = field(factory=Counter)

    def rewrite(self, patient: str, stated: Iterable[Stated], types: Mapping[str, str]) -> list[Stated]:
        """A patient's statements in new words, ids still as they were. ``types``: the type of every event."""
        points: dict[tuple[str, str], list[When]] = {}
        lasting: list[Stated] = []
        for event, part, text in stated:
            if part == "lasting":
                lasting.append((event, part, text))
            else:
                points.setdefault((event, part), []).append(_parsed(text))
        clock = self._clock(patient, points, types)
        if clock.anchor is not None and types[clock.anchor] != "diagnosis":
            self.counts[Change.NOT_DIAGNOSIS] += 1
        for age_allowed in (_ALL, _ANCHOR, _NONE):
            counts: Counter[Change] = Counter()
            told = {point: self._point(point, whens, clock, age_allowed, counts) for point, whens in points.items()}
            if clock.anchor is not None:
                own = told.setdefault((clock.anchor, "when"), [])
                if age_allowed is not _NONE:
                    own += self._tie(clock, points, counts)
                if self.times is Times.DAYS or not clock.calendar:
                    own += clock.back_to_other()
                    own += [] if own else [_offset(0, 0, clock.anchor)]
            if age_allowed is _NONE or self._hides_birth(told, lasting, types):
                break
        self.counts.update(counts)
        rewritten = [(event, part, str(when)) for (event, part), whens in told.items() for when in dict.fromkeys(whens)]
        return rewritten + lasting

    def renamed(self, patient: str, text: str) -> str:
        """A statement with the pseudonyms of the events that it names."""
        return str(_renamed(_parsed(text), patient, self.names))

    # --- the clock of a patient -------------------------------------------------------------------------------

    def _clock(
        self, patient: str, points: Mapping[tuple[str, str], Sequence[When]], types: Mapping[str, str]
    ) -> "_Clock":
        """Where the days are counted from, and when the patient was born, as far as that is known."""
        born = _met(when for when in points.get((BIRTH, "when"), ()) if isinstance(when, OnDate))
        starts = {
            event: whens for (event, part), whens in points.items() if part == "when" and _can_be_named(event, types)
        }
        dated = {e: box for e, whens in starts.items() if (box := _met(w for w in whens if isinstance(w, OnDate)))}
        aged = {e: days for e, whens in starts.items() if (days := _exact_age(whens)) is not None}
        calendar = bool(dated) or born is not None
        if not dated and (born is None or born[0] == born[1]):  # days since birth will do as well
            born = born or (0, 0)
            dated = {event: (born[0] + days, born[0] + days) for event, days in aged.items()}
        anchor = _anchor(dated, types)
        box = dated.get(anchor) if anchor else None
        if born is None and anchor in aged and box is not None and box[0] == box[1]:
            born = (box[0] - aged[anchor], box[0] - aged[anchor])
        others = {e: there for e, there in dated.items() if e != anchor}
        other = None
        if anchor and types[anchor] != "diagnosis" and others:
            other = min(others, key=lambda e: (types[e] != "diagnosis", others[e], e))
        shift = 1 + int.from_bytes(self.names.key.digest("shift", patient)[:8], "big") % SHIFT_DAYS
        return _Clock(
            anchor=anchor,
            zero=box,
            born=born,
            calendar=calendar,
            shift=shift,
            other=other,
            other_box=others.get(other) if other else None,
            exact={event: box[0] for event, box in others.items() if box[0] == box[1]},
        )

    # --- one point --------------------------------------------------------------------------------------------

    def _point(
        self,
        point: tuple[str, str],
        whens: Sequence[When],
        clock: "_Clock",
        allowed: "_Allowed",
        counts: Counter[Change],
    ) -> list[When]:
        """What is told of a point."""
        event, part = point
        told: list[When] = []
        is_anchor = event == clock.anchor and part == "when"
        plain = [when for when in whens if not _is_age(when)]
        if event == BIRTH:
            return self._birth(plain, clock, allowed, counts)
        for when in plain:
            if is_anchor and isinstance(when, OnDate) and self.times is Times.DAYS:
                counts[Change.TO_DAYS] += 1
                continue
            if (new := self._one(when, clock, allowed, counts)) is not None:
                told.append(new)
        ties = any(isinstance(when, OnDate) for when in plain)
        for when in whens:
            if not _is_age(when) or is_anchor:
                continue
            if self.unit is Unit.DAY and allowed is _ALL:
                told.append(when)
                continue
            if ties or allowed is not _ALL:
                counts[Change.AGE_GONE] += 1
                continue
            exact = _exact_age([when])
            if exact is not None and clock.born is not None and clock.born[0] == clock.born[1] and clock.zero:
                counts[Change.AGE_TO_DAYS] += 1
                there = clock.born[0] + exact
                new = self._placed((there, there), clock, counts)
                told += [new] if new is not None else []
            else:
                told += self._coarser(when, counts)
        return told

    def _birth(
        self, plain: Sequence[When], clock: "_Clock", allowed: "_Allowed", counts: Counter[Change]
    ) -> list[When]:
        """What is told of birth: no date, and no exact distance."""
        told: list[When] = []
        for when in plain:
            if isinstance(when, OnDate):
                counts[Change.BIRTH if clock.zero is not None and allowed is not _NONE else Change.NO_BIRTH] += 1
            elif allowed is not _ALL or isinstance(when, (OnDay, Either)):
                counts[Change.AGE_GONE] += 1
            elif isinstance(when, Offset) and self.unit is not Unit.DAY:
                by = _coarse(when.by.span(), self.unit, completed=False)
                told.append(evolve(when, by=by))
                counts[Change.COARSER] += by != when.by
            else:
                told.append(when)
        return told

    def _one(self, when: When, clock: "_Clock", allowed: "_Allowed", counts: Counter[Change]) -> When | None:
        """One statement that is no age, or None where nothing is left of it."""
        if isinstance(when, OnDate):
            return self._placed(_box(when), clock, counts)
        if isinstance(when, Either):
            options: list[When] = []
            for option in when.options:
                if _is_age(option):
                    options += self._coarser(option, counts) if allowed is _ALL else []
                elif (new := self._one(option, clock, allowed, counts)) is not None:
                    options.append(new)
            flat = [one for option in options for one in (option.options if isinstance(option, Either) else (option,))]
            if len(options) < len(when.options):  # one of the alternatives cannot be told: nothing can
                return None
            return Either(tuple(dict.fromkeys(flat))) if len(set(flat)) > 1 else flat[0]
        if BIRTH in when.references() and allowed is _NONE:
            counts[Change.AGE_GONE] += 1
            return None
        return when

    def _placed(self, box: Bounds, clock: "_Clock", counts: Counter[Change]) -> When | None:
        """A day, or a range of days, against the anchor or on the shifted calendar."""
        shifts = self.times is Times.SHIFT and clock.calendar
        new = clock.shifted(box) if shifts else clock.since_anchor(box)
        counts[Change.TOO_FAR if new is None else Change.SHIFTED if shifts else Change.TO_DAYS] += 1
        return new

    def _coarser(self, when: When, counts: Counter[Change]) -> list[When]:
        """An age in the unit asked for, or as it is where it is no finer."""
        if self.unit is Unit.DAY:
            return [when]
        if isinstance(when, OnDay):
            counts[Change.AGE_GONE] += 1
            return []
        completed = isinstance(when, AtAge)
        length = when.age if isinstance(when, AtAge) else when.by if isinstance(when, Offset) else None
        if length is None or (isinstance(when, Offset) and when.before):
            counts[Change.AGE_GONE] += 1
            return []
        new = _coarse(length.span(completed=completed), self.unit, completed=True)
        coarse_enough = length.unit is self.unit or (length.unit is Unit.MONTH and self.unit is Unit.WEEK)
        whole = length.number == int(length.number) and (length.upto is None or length.upto == int(length.upto))
        if whole and (coarse_enough or length.unit is Unit.YEAR):
            return [when]
        counts[Change.COARSER] += 1
        return [AtAge(new)]

    def _tie(
        self, clock: "_Clock", points: Mapping[tuple[str, str], Sequence[When]], counts: Counter[Change]
    ) -> list[When]:
        """The one statement that ties birth to the rest: the age at the anchor."""
        assert clock.anchor is not None
        stated = [when for when in points.get((clock.anchor, "when"), ()) if _is_age(when)]
        if clock.born is None or clock.zero is None:
            return stated if self.unit is Unit.DAY else [new for when in stated for new in self._coarser(when, counts)]
        least, most = clock.zero[0] - clock.born[1], clock.zero[1] - clock.born[0]
        if most < 0:
            return [parse(f"before {BIRTH}")]
        if least < 0 or most > _LIMIT:
            counts[Change.AGE_GONE] += bool(stated)
            return []
        if self.unit is not Unit.DAY:
            counts[Change.COARSER] += bool(stated)
        months = _months_between(*clock.born, *clock.zero) if clock.calendar and self.unit is Unit.MONTH else None
        return [AtAge(_coarse((least, most), self.unit, completed=True, first=months))]

    # --- whether birth is hidden ------------------------------------------------------------------------------

    def _hides_birth(
        self, told: Mapping[tuple[str, str], Sequence[When]], lasting: Iterable[Stated], types: Mapping[str, str]
    ) -> bool:
        """Whether no event lies at a distance from birth that is known more closely than the unit."""
        if self.unit is Unit.DAY:
            return True
        tied = [when for whens in told.values() for when in whens if _is_age(when) or BIRTH in when.references()]
        tied += [when for when in told.get((BIRTH, "when"), ()) if when not in tied]
        if not tied:
            return True
        if len(tied) == 1 and isinstance(tied[0], AtAge):
            return True
        durations = {event: parse_duration(text) for event, _, text in lasting}
        course = Course(
            patient=Patient(id="p", birth=tuple(told.get((BIRTH, "when"), ()))),
            events=tuple(
                EVENT_TYPES[kind](
                    id=event,
                    when=tuple(told.get((event, "when"), ())),
                    until=tuple(told.get((event, "until"), ())),
                    lasting=durations.get(event),
                )
                for event, kind in types.items()
            ),
        )
        least = _LEAST_WIDTH[self.unit]
        for reading in course.resolved.readings:
            for event in types:
                gap = reading.between((BIRTH, "start"), (event, "start"))
                if gap.greatest - gap.least < least:
                    return False
        return True


class _Allowed(StrEnum):
    """Which statements may tie birth to the rest."""

    ALL = "all"
    ANCHOR = "the age at the anchor"
    NONE = "none"


_ALL, _ANCHOR, _NONE = _Allowed.ALL, _Allowed.ANCHOR, _Allowed.NONE


@frozen(kw_only=True)
class _Clock:
    """The anchor of a patient's days, its day, the days of birth, and the shift.

    Days are counted from 1970-01-01 (``calendar``), or from birth where no date is told. ``other``: an event to tell
    the anchor against, where the anchor is not the diagnosis. ``exact``: other events of which the day is known.
    """

    anchor: str | None
    zero: Bounds | None
    born: Bounds | None
    calendar: bool
    shift: int
    other: str | None
    other_box: Bounds | None
    exact: Mapping[str, int]

    def since_anchor(self, box: Bounds) -> When | None:
        """Days since the anchor; None where they are too many, or where there is no anchor."""
        if self.zero is None or self.anchor is None:
            return None
        low, high = box[0] - self.zero[1], box[1] - self.zero[0]
        if low < 0 < high:  # no one length of time says it against the anchor: another event may do
            beyond = {event: day for event, day in self.exact.items() if day >= box[1] or day <= box[0]}
            if beyond:
                event = min(beyond, key=lambda e: (abs(beyond[e] - box[0]), beyond[e]))
                return self._bounded(box[0] - beyond[event], box[1] - beyond[event], event)
        return self._bounded(low, high, self.anchor)

    def _bounded(self, low: int, high: int, event: str) -> When | None:
        return None if max(abs(low), abs(high)) > _LIMIT else _offset(low, high, event)

    def back_to_other(self) -> list[When]:
        """The anchor, where it is not the diagnosis, told against another event: it too has a stated time."""
        if self.zero is None or self.other is None or self.other_box is None:
            return []
        new = self._bounded(self.zero[0] - self.other_box[1], self.zero[1] - self.other_box[0], self.other)
        return [new] if new is not None else []

    def shifted(self, box: Bounds) -> When | None:
        """Dates that lie too early by the patient's own number of days."""
        try:
            first, last = (EPOCH + timedelta(days=day - self.shift) for day in box)
            return parse_date(f"{first}" if first == last else f"{first}..{last}")
        except (OverflowError, ValueError):
            return None


def _can_be_named(event: str, types: Mapping[str, str]) -> bool:
    """Whether a statement can lean on an event: it is none whose id was used before ("dx (2)"), nor birth."""
    return event in types and re.fullmatch(IDENTIFIER, event) is not None


def _offset(low: int, high: int, anchor: str) -> When:
    if low < 0 < high:
        return Either((Offset(_days(1, -low), anchor, before=True), Offset(_days(0, high), anchor)))
    if high <= 0 and low < 0:
        return Offset(_days(-high, -low), anchor, before=True)
    return Offset(_days(low, high), anchor)


def _days(low: int, high: int) -> Duration:
    return Duration(Decimal(low), Unit.DAY, Decimal(high) if high != low else None)


def _anchor(dated: Mapping[str, Bounds], types: Mapping[str, str]) -> str | None:
    """The event that days are counted from: one whose day is known, the diagnosis before all others."""
    if not dated:
        return None

    def rank(event: str) -> tuple[bool, bool, bool, Bounds]:
        low, high = dated[event]
        return low != high, types[event] != "diagnosis", types[event] in ("death", "last_contact"), (low, high)

    return min(dated, key=rank)


def _box(when: OnDate) -> Bounds:
    return day_number(when.earliest), day_number(when.latest)


def _met(whens: Iterable[OnDate]) -> Bounds | None:
    """The days that all of several dates allow; None where there is none."""
    boxes = [_box(when) for when in whens]
    if not boxes:
        return None
    low, high = max(box[0] for box in boxes), min(box[1] for box in boxes)
    return (low, high) if low <= high else boxes[0]


def _is_age(when: When) -> bool:
    """Whether it is an age, or a length of time from birth, which is one too."""
    return isinstance(when, AtAge) or (isinstance(when, (Offset, OnDay)) and when.of == BIRTH)


def _exact_age(whens: Iterable[When]) -> int | None:
    """The age in days where one is stated to the day."""
    for when in whens:
        if isinstance(when, AtAge):
            low, high = when.age.span(completed=True)
        elif isinstance(when, Offset) and when.of == BIRTH and not when.before:
            low, high = when.by.span()
        else:
            continue
        if low == high:
            return low
    return None


def _coarse(days: Bounds, unit: Unit, *, completed: bool, first: int | None = None) -> Duration:
    """A length of time in a unit that surely holds these days: one number where only one can, else a range.

    ``first``: the number of completed units, where the calendar tells it.
    """
    low, high = days
    if unit is Unit.DAY:
        return _days(low, high)
    guess = max(0, low // (7 if unit is Unit.WEEK else 31))
    below = guess
    while units_to_days(Decimal(below + 1), unit)[0] <= low:
        below += 1
    above, lasts = below, int(completed)  # the last number of an age lasts until the next is completed
    while units_to_days(Decimal(above + lasts), unit)[1] - lasts < high:
        above += 1
    fitting = [n for n in range(max(0, below - 1), above + 1) if _holds(Duration(Decimal(n), unit), days, completed)]
    if first is not None and first in fitting:
        return Duration(Decimal(first), unit)
    if len(fitting) == 1:
        return Duration(Decimal(fitting[0]), unit)
    if fitting:
        below, above = fitting[0], fitting[-1]
    return Duration(Decimal(below), unit, Decimal(above))


def _holds(length: Duration, days: Bounds, completed: bool) -> bool:
    low, high = length.span(completed=completed)
    return low <= days[0] and days[1] <= high


def _months_between(born_low: int, born_high: int, low: int, high: int) -> int | None:
    """Completed months of age, where birth and day are both known to the day."""
    if born_low != born_high or low != high:
        return None
    born, there = EPOCH + timedelta(days=born_low), EPOCH + timedelta(days=low)
    return completed_months(born, there)


def completed_months(born: date, there: date) -> int:
    """Whole months that somebody has lived on a day, by the calendar."""
    months = (there.year - born.year) * 12 + there.month - born.month
    return months - 1 if there.day < born.day else months


def _renamed(when: When, patient: str, names: Pseudonyms) -> When:
    if isinstance(when, Either):
        return Either(tuple(_renamed(option, patient, names) for option in when.options))
    if isinstance(when, (OnDay, Offset, Before, After, During, AtEndOf, With, Then)) and when.of != BIRTH:
        return evolve(when, of=names.event(patient, when.of))
    return when
