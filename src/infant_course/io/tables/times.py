"""Columns of time become statements of time: the text of each, and where it is simple its bounds as numbers.

A point in time may be stated in several columns and several times; all hold together. Dates that a spreadsheet may
have turned are told with what they may mean, and not read.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from attrs import frozen

from ...intake import CellProblem, Counted
from ...statements import day_number
from ...when import (
    FORMS,
    MAXIMUM_AGE_YEARS,
    AtAge,
    Duration,
    Offset,
    OnDate,
    OnDay,
    Unit,
    Unknown,
    When,
    parse,
    parse_date,
)
from .cells import Wanted, distinct, read_whole, tell_wrong, trimmed
from .flat import FlatColumn, Part
from .telling import Telling

if TYPE_CHECKING:
    import polars as pl

ZERO = "@"
"""Stands in a statement for the event from which the export counts its days, until that is known."""

MOST_DAYS = MAXIMUM_AGE_YEARS * 366


class Kind(IntEnum):
    """What is stated of a point, as far as the fast path goes."""

    NOTHING = 0
    DATE = 1
    """Days since 1970-01-01."""
    AGE = 2
    """Whole days since birth."""
    AFTER = 3
    """Whole days since the start of the event ``ref`` (:data:`ZERO`: day zero)."""
    DAY_OF = 4
    """ "Day N of ref": as AFTER where ref counts from 0."""
    UNKNOWN = 5
    """Stated to be unknown."""
    OTHER = 6
    """Anything else, or several statements: the course has to be resolved."""


def time_columns(point: str) -> tuple[str, ...]:
    """Columns that :func:`read_times` makes of a point."""
    return tuple(f"{point}_{name}" for name in ("kind", "lo", "hi", "ref", "text"))


@frozen
class _Told:
    """One statement: its kind, bounds, reference and canonical text."""

    kind: Kind
    low: int | None
    high: int | None
    ref: str | None
    text: str


def read_times(
    frame: "pl.DataFrame", point: str, columns: list[FlatColumn], telling: Telling, *, from_birth: bool
) -> "pl.DataFrame":
    """Statements about one point: :func:`time_columns`, one row per row. ``text`` has ; between several.

    ``from_birth``: days are counted from birth. ``columns`` are those of the point that the frame has.
    """
    import polars as pl

    parts: list[pl.DataFrame] = []
    by_part = {column.part: column for column in columns}
    if (stated := by_part.get(Part.STATEMENT)) is not None:
        parts.append(_statements(stated, frame[stated.name], telling))
    if (day := by_part.get(Part.DAY)) is not None:
        parts.append(_days(day, frame[day.name], telling, from_birth=from_birth))
    if (age := by_part.get(Part.AGE_DAYS)) is not None:
        parts.append(_days(age, frame[age.name], telling, from_birth=True))
    ends = [by_part.get(Part.EARLIEST), by_part.get(Part.LATEST)]
    if any(ends):
        texts = [
            trimmed(frame[end.name])
            if end is not None
            else pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
            for end in ends
        ]
        names = [f"{point}_earliest", f"{point}_latest"]
        parts.append(_ranges(names, texts, telling, from_birth=from_birth))
    if not parts:
        nothing = _empty_row()
        parts.append(nothing.select(pl.all().repeat_by(frame.height).explode()) if frame.height else nothing.clear())
    filled = [part for part in parts if part["kind"].max()] or parts[:1]
    read = filled[0]
    for part in filled[1:]:
        read = _together(read, part)
    return read.rename(dict(zip(("kind", "lo", "hi", "ref", "text"), time_columns(point), strict=True)))


def _schema() -> dict[str, Any]:
    import polars as pl

    return {"kind": pl.UInt8, "lo": pl.Int32, "hi": pl.Int32, "ref": pl.String, "text": pl.String}


def _empty_row() -> "pl.DataFrame":
    import polars as pl

    return pl.DataFrame([(0, None, None, None, None)], schema=_schema(), orient="row")


def _together(a: "pl.DataFrame", b: "pl.DataFrame") -> "pl.DataFrame":
    """Statements of two sources about the same points."""
    import polars as pl

    both = pl.concat([a, b.rename({name: f"other_{name}" for name in b.columns})], how="horizontal")
    has_a, has_b = pl.col("kind") > 0, pl.col("other_kind") > 0
    several = has_a & has_b
    return both.select(
        pl.when(several)
        .then(pl.lit(int(Kind.OTHER), dtype=pl.UInt8))
        .otherwise(pl.max_horizontal("kind", "other_kind"))
        .alias("kind"),
        *(
            pl.when(~several).then(pl.when(has_a).then(pl.col(name)).otherwise(pl.col(f"other_{name}"))).alias(name)
            for name in ("lo", "hi", "ref")
        ),
        pl.concat_str("text", "other_text", separator=";", ignore_nulls=True).replace("", None).alias("text"),
    )


# --- one column --------------------------------------------------------------------------------------------------


def _statements(column: FlatColumn, cells: "pl.Series", telling: Telling) -> "pl.DataFrame":
    """Statements as text, several with ; between."""
    import polars as pl

    texts = trimmed(cells)
    # Most cells are full dates, and of those there may be as many as there are days: they are read at once.
    full = texts.str.contains(r"^[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}$")
    days = texts.set(~full.fill_null(False), None).str.to_date("%Y-%m-%d", strict=False)
    values, numbers = distinct(texts.set(days.is_not_null(), None))
    rows: list[tuple[Any, ...]] = [(0, None, None, None, None)]
    wrong: dict[str, Wanted] = {}
    clock: set[str] = set()
    for value in values:
        told = []
        try:
            for one in filter(None, (part.strip() for part in value.split(";"))):
                day = _without_clock(one)
                if day != one:
                    clock.add(value)
                told.append(_read_one(day))
        except ValueError as error:
            wrong[value] = Wanted.by(error)
        if value in wrong or not told:
            rows.append(rows[0])
        elif len(told) == 1:
            (only,) = told
            rows.append((int(only.kind), only.low, only.high, only.ref, only.text))
        else:
            rows.append((int(Kind.OTHER), None, None, None, ";".join(one.text for one in told)))
    _tell_wrong_dates(column.name, texts, wrong, telling)
    if clock:
        count = int(texts.is_in(list(clock)).sum())
        place = f"{telling.file}, {telling.name(column.name)}"
        telling.said.append(Counted.of(count, *_TIMED, place=place))
    lookup = pl.DataFrame(rows, schema=_schema(), orient="row")
    told_otherwise = lookup[(numbers + 1).fill_null(0)]
    if not days.count():
        return told_otherwise
    since_1970 = days.to_physical()
    is_day = since_1970.is_not_null()
    return told_otherwise.with_columns(
        pl.when(is_day).then(int(Kind.DATE)).otherwise(pl.col("kind")).cast(pl.UInt8).alias("kind"),
        pl.coalesce(since_1970, "lo").alias("lo"),
        pl.coalesce(since_1970, "hi").alias("hi"),
        pl.when(is_day).then(texts).otherwise(pl.col("text")).alias("text"),
    )


_TIMED = (
    "{n} date with a time of day; the day is read, the time of day is not used.",
    "{n} dates with a time of day; the day is read, the time of day is not used.",
)
_CLOCK = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[ T][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?:Z|[+-][0-9]{2}:?[0-9]{2})?"
)


def _without_clock(text: str) -> str:
    match = _CLOCK.fullmatch(text)
    return match[1] if match else text


def _read_one(text: str) -> _Told:
    return _told(parse(text))


def _told(when: When) -> _Told:
    """A statement as numbers where it is simple."""
    text = str(when)
    match when:
        case OnDate():
            return _Told(Kind.DATE, day_number(when.earliest), day_number(when.latest), None, text)
        case AtAge() if (days := _whole_days(when.age)) is not None:
            return _Told(Kind.AGE, *days, None, text)
        case Offset() if (days := _whole_days(when.by)) is not None:
            low, high = (-days[1], -days[0]) if when.before else days
            return _Told(Kind.AFTER, low, high, when.of, text)
        case OnDay():
            return _Told(Kind.DAY_OF, when.day, when.day, when.of, text)
        case Unknown():
            return _Told(Kind.UNKNOWN, None, None, None, text)
        case _:
            return _Told(Kind.OTHER, None, None, None, text)


def _whole_days(length: Duration) -> tuple[int, int] | None:
    most = length.number if length.upto is None else length.upto
    if length.unit is not Unit.DAY or length.number != int(length.number) or most != int(most):
        return None
    return int(length.number), int(most)


def _days(column: FlatColumn, cells: "pl.Series", telling: Telling, *, from_birth: bool) -> "pl.DataFrame":
    """Whole days since birth, or since day zero."""
    import polars as pl

    days = read_whole(column.name, cells, telling)
    least = 0 if from_birth else -MOST_DAYS
    bad = ~days.is_between(least, MOST_DAYS).fill_null(True)
    telling.tell(column.name, trimmed(cells), bad, f"a number of days from {least:,} to {MOST_DAYS:,}")
    days = days.set(bad, None).cast(pl.Int32)
    number = pl.col("lo").abs()
    length = pl.concat_str(number, pl.when(number == 1).then(pl.lit(" day")).otherwise(pl.lit(" days")))
    if from_birth:
        text, kind, ref = pl.concat_str(pl.lit("age "), length), Kind.AGE, None
    else:
        side = pl.when(pl.col("lo") < 0).then(pl.lit(f" before {ZERO}")).otherwise(pl.lit(f" after {ZERO}"))
        text, kind, ref = pl.concat_str(length, side), Kind.AFTER, ZERO
    there = pl.col("lo").is_not_null()
    return pl.DataFrame({"lo": days}).select(
        pl.when(there).then(int(kind)).otherwise(0).cast(pl.UInt8).alias("kind"),
        "lo",
        pl.col("lo").alias("hi"),
        pl.when(there).then(pl.lit(ref, dtype=pl.String)).alias("ref"),
        pl.when(there).then(text).alias("text"),
    )


_RANGE = "two dates (YYYY-MM-DD or YYYY-MM) or two whole numbers of days, the earlier first"


def _ranges(names: list[str], texts: "list[pl.Series]", telling: Telling, *, from_birth: bool) -> "pl.DataFrame":
    """Earliest and latest day. One without the other is not read: nothing is filled in."""
    import polars as pl

    for this, other in ((0, 1), (1, 0)):
        alone = texts[this].is_not_null() & texts[other].is_null()
        hint = f"fill column {telling.name(names[other])} too"
        telling.tell(names[this], texts[this], alone, "both the earliest and the latest day, or neither", hint)
    pairs = pl.select(texts[0] + pl.lit("..") + texts[1]).to_series()
    values, numbers = distinct(pairs)
    rows: list[tuple[Any, ...]] = [(0, None, None, None, None)]
    wrong: dict[str, Wanted] = {}
    for value in values:
        try:
            told = _range(value, from_birth=from_birth)
            rows.append((int(told.kind), told.low, told.high, told.ref, told.text))
        except ValueError as error:
            wrong[value] = Wanted.by(error)
            rows.append(rows[0])
    tell_wrong(names[0], pairs, wrong, telling)
    return pl.DataFrame(rows, schema=_schema(), orient="row")[(numbers + 1).fill_null(0)]


def _range(text: str, *, from_birth: bool) -> _Told:
    first, _, last = text.partition("..")
    if all(re.fullmatch(r"-?[0-9]{1,5}", end) for end in (first, last)):
        low, high = int(first), int(last)
        if low > high or max(abs(low), abs(high)) > MOST_DAYS:
            raise ValueError(_RANGE)
        if from_birth:
            if low < 0:
                raise ValueError("days since birth, from 0")
            return _told(parse(f"age {_span(low, high)}"))
        if low < 0 < high:
            raise ValueError("two days of which both lie before or both after day zero")
        side = "after" if low >= 0 and high >= 0 else "before"
        ends = sorted((abs(low), abs(high)))
        return _Told(Kind.AFTER, low, high, ZERO, f"{_span(*ends)} {side} {ZERO}")
    for end in (first, last):
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", _without_clock(end)):
            raise ValueError(_RANGE, _advice(end))
    return _told(parse_date(f"{_without_clock(first)}..{_without_clock(last)}"))


def _span(low: int, high: int) -> str:
    if low == high:
        return f"{low} day{'' if low == 1 else 's'}"
    return f"{low} to {high} days"


# --- dates that a spreadsheet may have turned ----------------------------------------------------------------------

_SHORT_FORMS = "a date as YYYY-MM-DD, YYYY-MM or YYYY, or another statement of time"
_NUMERIC = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?")
_YEAR_FIRST = re.compile(
    r"([0-9]{4})(?:([./])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{2})([0-9]{2}))(?:[ T][0-9]{1,2}:[0-9]{2}(?::[0-9]{2})?)?"
)
_NAMED = re.compile(r"(?:([0-9]{1,2})[ .-]+)?([A-Za-z]{3,9})[ .,-]+([0-9]{4}|[0-9]{2})")
_SERIAL = re.compile(r"[1-7][0-9]{4}(?:\.[0-9]+)?")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def _tell_wrong_dates(column: str, texts: "pl.Series", wrong: dict[str, Wanted], telling: Telling) -> None:
    """Tell what is no statement of time; what looks like a date of a spreadsheet with what it may mean."""
    dates = {value: meant for value in wrong if (meant := readings(value))}
    suspect = texts.is_in(list(dates)).fill_null(False)
    telling.tell(column, texts, suspect, _SHORT_FORMS, lambda value: _meant(dates[value]), CellProblem.SUSPECT)
    other = {value: _plainer(wanted) for value, wanted in wrong.items() if value not in dates}
    tell_wrong(column, texts, other, telling)


def _plainer(wanted: Wanted) -> Wanted:
    """A shorter list of forms for a cell: a hint leads to the others."""
    if wanted.expected == FORMS:
        return Wanted(_SHORT_FORMS, f"accepted are {FORMS}")
    return wanted


def _meant(found: list[tuple[date, str]]) -> str:
    either = "; or ".join(f"{day} ({how})" for day, how in found)
    return f"not read, since it may be {either}: write it as YYYY-MM-DD"


def _advice(text: str) -> str | None:
    found = readings(text)
    return _meant(found) if found else None


def readings(text: str) -> list[tuple[date, str]]:
    """What a date that is not written as YYYY-MM-DD may mean, with the reason; empty where it is no date.

    >>> [str(day) for day, _ in readings("3/4/2020")], [str(day) for day, _ in readings("31/12/2020")]
    (['2020-04-03', '2020-03-04'], ['2020-12-31'])
    """
    return list(dict.fromkeys(_readings(text)))


def _readings(text: str) -> Iterator[tuple[date, str]]:
    if match := _NUMERIC.fullmatch(text):
        first, second = int(match[1]), int(match[3])
        for year, century in _years(match[4]):
            yield from _day(year, second, first, f"day first{century}")
            yield from _day(year, first, second, f"month first{century}")
    elif match := _YEAR_FIRST.fullmatch(text):
        month, day = int(match[3] or match[5]), int(match[4] or match[6])
        yield from _day(int(match[1]), month, day, "year first")
    elif (match := _NAMED.fullmatch(text)) and match[2][:3].lower() in _MONTHS:
        for year, century in _years(match[3]):
            month = _MONTHS.index(match[2][:3].lower()) + 1
            yield from _day(year, month, int(match[1] or 1), f"{'' if match[1] else 'some day of '}{match[2]}{century}")
    elif _SERIAL.fullmatch(text):
        serial = int(float(text))
        yield date(1899, 12, 30) + timedelta(serial), "a day number of Excel"
        yield date(1904, 1, 1) + timedelta(serial), "a day number of Excel counted from 1904"


def _years(text: str) -> Iterator[tuple[int, str]]:
    if len(text) == 4:
        yield int(text), ""
        return
    yield 2000 + int(text), ", 20.."
    yield 1900 + int(text), ", 19.."


def _day(year: int, month: int, day: int, how: str) -> Iterator[tuple[date, str]]:
    try:
        yield date(year, month, day), how
    except ValueError:
        return
