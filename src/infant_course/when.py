"""Stated time, kept as stated.

A statement about one point in time (the start or the end of an event) is a :class:`When`. It is never a
number: a month is a month, "age 7 months" is an age, "after ib" is an order. ``infant_course.resolve`` turns
all statements of a course into bounds. ``str(when)`` is the terse text used in case files, and ``parse``
reads it back.

Slack of ages and durations follows one table (:func:`span`). Completed months and years of age are exact
calendar arithmetic; the reading of a rounded duration is chosen here and provisional (no source).
"""

import calendar
import re
from collections.abc import Callable
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from functools import cache, lru_cache
from operator import index
from typing import Any

from attrs import field, frozen

from .errors import UsageError, expect, wrong_kind

MAXIMUM_AGE_YEARS = 130
"""No age beyond this is accepted (plain logic: nobody was ever that old)."""

MAXIMUM_DAY = 99_999
"""No day of an event beyond this is accepted, on either side."""


class Unit(StrEnum):
    """Units of durations and ages."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


_MOST = {
    Unit.DAY: MAXIMUM_AGE_YEARS * 366,
    Unit.WEEK: MAXIMUM_AGE_YEARS * 53,
    Unit.MONTH: MAXIMUM_AGE_YEARS * 12,
    Unit.YEAR: MAXIMUM_AGE_YEARS,
}


@cache
def _months_span(months: int) -> tuple[int, int]:
    """Least and greatest number of days that a number of calendar months can take, over a leap cycle."""
    if months == 0:
        return 0, 0
    lengths = []
    for year in range(1997, 2009):  # two leap years on either side: every pattern of month lengths
        for month in range(1, 13):
            total = month - 1 + months
            later_year, later_month = year + total // 12, total % 12 + 1
            first = date(year, month, 1)
            lengths.append((date(later_year, later_month, 1) - first).days)
            for day in (28, 29, 30, 31):
                if day <= calendar.monthrange(year, month)[1]:
                    there = min(day, calendar.monthrange(later_year, later_month)[1])
                    lengths.append((date(later_year, later_month, there) - date(year, month, day)).days)
    return min(lengths), max(lengths)


class Rounding(StrEnum):
    """How a stated number of whole weeks, months or years, or one with decimals, came about."""

    EITHER = "either"
    """Rounded or completed: ``n`` units lie in ``[n - 1/2, n + 1)``, one with decimals within one unit of the last."""
    COMPLETED = "completed"
    """What had been completed: in ``[n, n + 1)``."""
    NEAREST = "nearest"
    """Rounded to the nearest: in ``[n - 1/2, n + 1/2)``."""


def _is_written(number: object) -> bool:
    """Whether it is a decimal number that reads as it was written: digits, and a point among them."""
    return type(number) is Decimal and str(number).replace(".", "", 1).isdecimal()


@frozen
class Duration:
    """A length of time as stated: a number (or a range of numbers) and a unit.

    ``number`` keeps its decimals as written (4.5 is not 4.50): they say how it was rounded. Raises UsageError for what
    :func:`parse_duration` would not read back.
    """

    number: Decimal
    unit: Unit
    upto: Decimal | None = None

    def __attrs_post_init__(self) -> None:
        number, upto = self.number, self.upto
        if type(self.unit) is not Unit:
            expect("Duration.unit", self.unit, Unit, "a Unit")
        if not _is_written(number) or (upto is not None and not _is_written(upto)):
            raise UsageError("Duration: expected Decimal numbers from 0 on, written without an exponent")
        if upto is not None and upto < number:
            raise UsageError("Duration.upto: expected None, or a number not below the first")
        if (number if upto is None else upto) > _MOST[self.unit]:
            raise UsageError(f"Duration: expected a length of time of at most {MAXIMUM_AGE_YEARS} years")

    def __str__(self) -> str:
        many = "s" if (self.upto or self.number) != 1 else ""
        head = f"{self.number} to {self.upto}" if self.upto is not None else f"{self.number}"
        return f"{head} {self.unit}{many}"

    def _ends(self, completed: bool, rounding: Rounding) -> tuple[Decimal, Decimal, bool]:
        """Least and greatest number of units, and whether the greatest itself is excluded."""
        if self.upto is not None:
            if completed and self.unit is not Unit.DAY and self.upto == self.upto.to_integral_value():
                return self.number, self.upto + 1, True
            return self.number, self.upto, False
        exponent = self.number.as_tuple().exponent
        decimals = -exponent if isinstance(exponent, int) and exponent < 0 else 0
        if decimals == 0:
            if completed or self.unit is Unit.DAY:
                return self.number, self.number + 1, True
            return self._rounded(Decimal(1), rounding)
        if decimals == 1 and self.number % 1 == Decimal("0.5"):  # may be a half unit, not a tenth
            return self._rounded(Decimal("0.5"), rounding)
        step = Decimal(1).scaleb(-decimals)
        if rounding is Rounding.EITHER:
            return self.number - step, self.number + step, False
        return self._rounded(step, rounding)

    def _rounded(self, step: Decimal, rounding: Rounding) -> tuple[Decimal, Decimal, bool]:
        """From what to what a number may have been brought to one in steps of this."""
        low = self.number if rounding is Rounding.COMPLETED else self.number - step / 2
        return low, self.number + (step / 2 if rounding is Rounding.NEAREST else step), True

    def span(self, *, completed: bool = False, rounding: Rounding = Rounding.EITHER) -> tuple[int, int]:
        """Least and greatest number of days that this can mean, both included.

        ``completed``: the number counts completed units, as whole weeks, months and years of age do; of a range
        the last number lasts until the next is completed. Otherwise ``rounding`` says how the number came about, and
        a range is taken at its word. A number of days is exact.
        """
        if self.unit is Unit.DAY and self.upto is None and self.number == self.number.to_integral_value():
            return int(self.number), int(self.number)
        low, high, excluded = self._ends(completed, rounding)
        low = max(low, Decimal(0))
        return units_to_days(low, self.unit)[0], units_to_days(high, self.unit)[1] - (1 if excluded else 0)


def units_to_days(number: Decimal, unit: Unit) -> tuple[int, int]:
    """Least and greatest whole days in a number of units (fractions of a month or year by interpolation)."""
    if unit in (Unit.DAY, Unit.WEEK):
        days = number * (7 if unit is Unit.WEEK else 1)
        return int(days.to_integral_value(ROUND_FLOOR)), int(days.to_integral_value(ROUND_CEILING))
    months = number * (12 if unit is Unit.YEAR else 1)
    below = int(months.to_integral_value(ROUND_FLOOR))
    above = int(months.to_integral_value(ROUND_CEILING))
    if below == above:
        return _months_span(below)
    share = months - below
    least = _months_span(below)[0] + share * (_months_span(above)[0] - _months_span(below)[0])
    most = _months_span(below)[1] + share * (_months_span(above)[1] - _months_span(below)[1])
    return int(least.to_integral_value(ROUND_FLOOR)), int(most.to_integral_value(ROUND_CEILING))


@frozen
class When:
    """What is stated about one point in time. Subclasses are the forms in which people state it.

    Made by hand, they raise UsageError for parts that say nothing, or that :func:`parse` would read as another
    statement. That an id is one is seen when a case file is written.
    """

    def references(self) -> tuple[str, ...]:
        """Ids of the events that this statement leans on."""
        of = getattr(self, "of", None)
        return (of,) if isinstance(of, str) else ()


_PARSED = "infant_course.when.parse_duration makes one of a text"


def _leans(when: Any) -> None:
    """See to the id of the event that a statement leans on."""
    of = when.of
    if type(of) is not str:
        hint = "an event goes by its id (event.id)" if hasattr(of, "id") else None
        expect(f"{type(when).__name__}.of", of, str, "the id of an event, a text", hint)


def _orders(when: Any) -> None:
    """See to a statement of order: the event, and which of its points."""
    if type(when.of) is not str:
        _leans(when)
    if when.point is not None and when.point not in ("start", "end"):
        raise UsageError(f"{type(when).__name__}.point: expected 'start', 'end' or None")


@frozen
class OnDate(When):
    """A calendar date: a day, or a month or year of which the day is not known, or a range of days."""

    earliest: date
    latest: date
    text: str = field()

    def __attrs_post_init__(self) -> None:
        if type(self.text) is not str:
            expect("OnDate.text", self.text, str, "the text of a date")
        try:
            days = _days_of(self.text)
        except ValueError:
            days = None  # the message may hold the text
        if days != (self.earliest, self.latest) or not isinstance(self.earliest, date):
            raise UsageError(
                "OnDate: expected a text that says these two days; infant_course.when.parse makes them of it"
            )

    def __str__(self) -> str:
        return self.text


@frozen
class OnDay(When):
    """ "Day N" counted from an anchor: protocol days from 1, HSCT and CAR-T infusion and diagnosis from 0."""

    day: int
    of: str

    def __attrs_post_init__(self) -> None:
        day: Any = self.day
        if type(day) is not int:
            if isinstance(day, bool) or not hasattr(day, "__index__"):
                raise wrong_kind("OnDay.day", "a whole number", day)
            object.__setattr__(self, "day", index(day))
        if not -MAXIMUM_DAY <= self.day <= MAXIMUM_DAY:
            raise UsageError("OnDay.day: expected a number of at most five digits")
        _leans(self)

    def __str__(self) -> str:
        return f"day {self.day} of {self.of}"


@frozen
class AtAge(When):
    """An age of the patient. Whole weeks, months and years are completed units."""

    age: Duration

    def __attrs_post_init__(self) -> None:
        if type(self.age) is not Duration:
            expect("AtAge.age", self.age, Duration, "a Duration", _PARSED)

    def __str__(self) -> str:
        return f"age {self.age}"


@frozen
class Offset(When):
    """A length of time after (or before) the start of another event."""

    by: Duration
    of: str
    before: bool = False

    def __attrs_post_init__(self) -> None:
        if (type(self.by), type(self.of), type(self.before)) != (Duration, str, bool):
            expect("Offset.by", self.by, Duration, "a Duration", _PARSED)
            expect("Offset.before", self.before, bool, "True or False")
            _leans(self)

    def __str__(self) -> str:
        return f"{self.by} {'before' if self.before else 'after'} {self.of}"


@frozen
class Before(When):
    """Before the start of another event (order; the same day is allowed)."""

    of: str
    point: str | None = None

    __attrs_post_init__ = _orders

    def __str__(self) -> str:
        return f"before {f'{self.point} of ' if self.point else ''}{self.of}"


@frozen
class After(When):
    """After the end of another event (order; the same day is allowed). ``point`` may name its start."""

    of: str
    point: str | None = None

    __attrs_post_init__ = _orders

    def __str__(self) -> str:
        return f"after {f'{self.point} of ' if self.point else ''}{self.of}"


@frozen
class During(When):
    """Not before another event starts and not after it ends."""

    of: str

    __attrs_post_init__ = _leans

    def __str__(self) -> str:
        return f"during {self.of}"


@frozen
class AtEndOf(When):
    """Around the end of another event, after its start; no order against its end."""

    of: str

    __attrs_post_init__ = _leans

    def __str__(self) -> str:
        return f"at end of {self.of}"


@frozen
class With(When):
    """The same moment as another event: neither is before the other."""

    of: str

    __attrs_post_init__ = _leans

    def __str__(self) -> str:
        return f"with {self.of}"


@frozen
class Then(When):
    """Starts after another event has started (the two may overlap)."""

    of: str

    __attrs_post_init__ = _leans

    def __str__(self) -> str:
        return f"then {self.of}"


@frozen
class Ongoing(When):
    """Not ended when the patient was last seen."""

    def __str__(self) -> str:
        return "ongoing"


@frozen
class Unknown(When):
    """Stated to be unknown."""

    def __str__(self) -> str:
        return "unknown"


@frozen
class Either(When):
    """Ambiguous: one of several statements holds, and the source does not say which."""

    options: tuple[When, ...]

    def __attrs_post_init__(self) -> None:
        options: Any = self.options
        expected = "a tuple of two or more statements of time"
        expect("Either.options", options, tuple, expected)
        if len(options) < 2:
            raise UsageError(f"Either.options: expected {expected}")
        for option in options:
            if type(option) not in STATEMENTS:
                raise wrong_kind("Either.options", expected, option, "infant_course.when.parse makes one of a text")
            if type(option) is Either:
                raise UsageError("Either.options: expected alternatives that are no alternatives themselves")

    def references(self) -> tuple[str, ...]:
        """Ids of the events that any of the alternatives leans on."""
        return tuple(dict.fromkeys(ref for option in self.options for ref in option.references()))

    def __str__(self) -> str:
        return "either " + " or ".join(f"({option})" for option in self.options)


STATEMENTS: frozenset[type[When]] = frozenset(
    {OnDate, OnDay, AtAge, Offset, Before, After, During, AtEndOf, With, Then, Ongoing, Unknown, Either}
)
"""The forms in which a person may state a time."""


def tells_a_time(when: When) -> bool:
    """Whether a statement says anything of the time: "unknown" does not, nor what may mean that."""
    if isinstance(when, Either):
        return all(map(tells_a_time, when.options))
    return not isinstance(when, Unknown)


FORMS = (
    "2020-05-17, 2020-05, 2020, 2020-05-01..2020-05-20, day 33 of ID, age 7 months, 8 years after ID, "
    "5 days before ID, before ID, after ID, during ID, at end of ID, with ID, then ID, ongoing, unknown, "
    "or: either (...) or (...)"
)
"""The accepted forms, for error messages."""

IDENTIFIER = r"[A-Za-z0-9][A-Za-z0-9_.+-]*"
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_DURATION = re.compile(rf"({_NUMBER})(?:\s+to\s+({_NUMBER}))?\s+(day|week|month|year)s?")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_REFERENCE: dict[str, Callable[[str], When]] = {
    "after": After,
    "before": Before,
    "during": During,
    "at end of": AtEndOf,
    "at the end of": AtEndOf,
    "with": With,
    "then": Then,
}


def parse_duration(text: str) -> Duration:
    """Read "7 months", "4.5 years", "5 to 6 weeks". Raises ValueError saying what is wrong."""
    match = _DURATION.fullmatch(text.strip())
    if not match:
        raise ValueError('a length of time such as "7 months" or "5 to 6 weeks"')
    number, upto = Decimal(match[1]), Decimal(match[2]) if match[2] else None
    unit = Unit(match[3])
    if upto is not None and upto < number:
        raise ValueError("a range whose first number is the smaller one")
    if (upto or number) > _MOST[unit]:
        raise ValueError(f"a length of time of at most {MAXIMUM_AGE_YEARS} years")
    return Duration(number, unit, upto)


def parse_date(text: str) -> OnDate:
    """Read 2020-05-17, 2020-05, 2020, or a range of them. Nothing missing is filled in.

    Raises ValueError saying what is wrong.
    """
    text = " ".join(text.split())
    return OnDate(*_days_of(text), text)


@lru_cache(maxsize=1024)  # a date is looked at when it is read and when it is made
def _days_of(text: str) -> tuple[date, date]:
    """The first and the last day that a date can mean. Raises ValueError saying what is wrong."""
    if ".." in text:
        first, _, last = text.partition("..")
        low, high = _days_of(first.removesuffix(" ")), _days_of(last.removeprefix(" "))
        if high[1] < low[0]:
            raise ValueError("a range of dates whose first is the earlier one")
        return low[0], high[1]
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError("a date written YYYY, YYYY-MM or YYYY-MM-DD")
    year = int(match[1])
    month = int(match[2]) if match[2] else None
    day = int(match[3]) if match[3] else None
    if year < 1000:
        raise ValueError("a year with four digits")
    if month is None:
        return date(year, 1, 1), date(year, 12, 31)
    if not 1 <= month <= 12:
        raise ValueError(f"a month from 01 to 12 (there is no month {month}; day and month may be exchanged)")
    last_day = calendar.monthrange(year, month)[1]
    if day is None:
        return date(year, month, 1), date(year, month, last_day)
    if not 1 <= day <= last_day:
        raise ValueError(f"a day that exists ({text[:7]} has {last_day} days)")
    stated = date(year, month, day)
    return stated, stated


def _split_options(text: str) -> list[str]:
    """The bracketed alternatives of "(...) or (...)"; ValueError where the brackets do not match."""
    options = re.findall(r"\(([^()]*)\)", text)
    if len(options) < 2 or " or ".join(f"({option})" for option in options) != text.strip():
        raise ValueError("either (...) or (...), each alternative in brackets")
    return options


def parse(text: str) -> When:
    """Read one terse statement of time. Raises ValueError saying what was expected.

    >>> parse("age 7 months")
    AtAge(age=Duration(number=Decimal('7'), unit=<Unit.MONTH: 'month'>, upto=None))
    >>> str(parse("either (18 years after dx) or (18 years after htx)"))
    'either (18 years after dx) or (18 years after htx)'
    """
    text = " ".join(text.split())
    if text == "ongoing":
        return Ongoing()
    if text == "unknown":
        return Unknown()
    if text.startswith("either "):
        return Either(tuple(parse(option) for option in _split_options(text[len("either ") :])))
    if text.startswith("age "):
        return AtAge(parse_duration(text[4:]))
    if match := re.fullmatch(rf"day (-?[0-9]{{1,5}}) of ({IDENTIFIER})", text):
        return OnDay(int(match[1]), match[2])
    if re.fullmatch(r"day -?[0-9]+", text):
        raise ValueError(f'"{text} of ID": a bare day needs the event it is counted from')
    if match := re.fullmatch(rf"(.*\S) (after|before) ({IDENTIFIER})", text):
        if _DURATION.fullmatch(match[1]):
            return Offset(parse_duration(match[1]), match[3], before=match[2] == "before")
        if match[1] not in _REFERENCE:
            raise ValueError(FORMS)
    if match := re.fullmatch(rf"(after|before) (?:(start|end) of )?({IDENTIFIER})", text):
        return After(match[3], match[2]) if match[1] == "after" else Before(match[3], match[2])
    if match := re.fullmatch(rf"(during|at end of|at the end of|with|then) ({IDENTIFIER})", text):
        return _REFERENCE[match[1]](match[2])
    if re.match(r"[0-9]{4}", text) or re.fullmatch(r"[0-9./-]+", text):
        return parse_date(text)
    raise ValueError(FORMS)
