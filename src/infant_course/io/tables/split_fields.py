"""One field that a source keeps in several columns: a date in parts or with its precision, a checkbox.

Whole columns are worked at once. What does not fit is told by its own column; nothing is completed or guessed: of a
date only as much is read as is known.
"""

import json
from collections.abc import Mapping, Sequence

import polars as pl

from ...intake import CellProblem
from .cells import trimmed
from .field_values import fold
from .headings import Headings, choice_column
from .recoding import DateSource, FieldSource, Precision
from .telling import Telling

CHECKED, UNCHECKED = ("1", "checked"), ("0", "unchecked")
"""Words (folded) in the column of a choice."""

_MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTH_WORDS = {
    **{name: f"{number:02}" for number, name in enumerate(_MONTHS, 1)},
    **{name[:3]: f"{number:02}" for number, name in enumerate(_MONTHS, 1)},
}
_DAY = r"^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[ T].*)?$"


def date_of(source: DateSource, rows: pl.DataFrame, headings: Headings, telling: Telling) -> pl.Series:
    """The statement of time that some columns make together; null where they say nothing."""
    read = _in_parts if source.date is None else _precise
    text = read(source, rows, headings, telling)
    if source.statement is None:
        return text
    statement = _known(source.statement, source, rows, headings)
    return pl.select(pl.concat_str(text, statement, separator=";", ignore_nulls=True).replace("", None)).to_series()


def _cells(column: str | None, rows: pl.DataFrame, headings: Headings) -> pl.Series:
    """The cells of a column without blanks around them; nothing where there is no such column."""
    written = headings.find(column) if column is not None else None
    if written is None:
        return pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
    return trimmed(rows[written])


def _known(column: str | None, source: DateSource, rows: pl.DataFrame, headings: Headings) -> pl.Series:
    """The cells of a column that say something: not the words for a part that is not known."""
    texts = _cells(column, rows, headings)
    return texts.set(_folded(texts).is_in(sorted(source.unknown)).fill_null(False), None)


def _folded(texts: pl.Series) -> pl.Series:
    return texts.alias("text").to_frame().select(fold(pl.col("text"))).to_series()


def _in_parts(source: DateSource, rows: pl.DataFrame, headings: Headings, telling: Telling) -> pl.Series:
    """A date of year, month and day: as much of it as is there."""
    parts = {}
    for part in ("year", "month", "day"):
        column = getattr(source, part)
        parts[part] = (column, _known(column, source, rows, headings))
    years = _part(parts["year"], r"^[1-9][0-9]{3}$", {}, "a year of four digits", telling)
    months = _part(parts["month"], r"^(0?[1-9]|1[0-2])$", _MONTH_WORDS, "a month from 1 to 12", telling)
    days = _part(parts["day"], r"^(0?[1-9]|[12][0-9]|3[01])$", {}, "a day from 1 to 31", telling)
    column, texts = parts["month"]
    _tell_alone(column, texts, parts["year"][1].is_null(), f"a year in {source.year}, where there is a month", telling)
    column, texts = parts["day"]
    lacking = parts["month"][1].is_null() if source.month else pl.Series([True]).new_from_index(0, rows.height)
    _tell_alone(column, texts, lacking, f"a month in {source.month}, where there is a day", telling)
    read = pl.DataFrame({"year": years, "month": months, "day": days})
    month = (
        pl.when(pl.col("month").is_not_null()).then(pl.lit("-") + pl.col("month").str.zfill(2)).otherwise(pl.lit(""))
    )
    both = pl.col("month").is_not_null() & pl.col("day").is_not_null()
    day = pl.when(both).then(pl.lit("-") + pl.col("day").str.zfill(2)).otherwise(pl.lit(""))
    return read.select(text=pl.when(pl.col("year").is_not_null()).then(pl.col("year") + month + day)).to_series()


def _part(
    part: tuple[str | None, pl.Series], form: str, words: Mapping[str, str], expected: str, telling: Telling
) -> pl.Series:
    """The cells of one part that have its form; the others are told."""
    column, texts = part
    if column is None:
        return texts
    read = texts
    if words:
        ours = _folded(texts).replace_strict(list(words), list(words.values()), default=None, return_dtype=pl.String)
        read = pl.select(pl.coalesce(ours, texts)).to_series()
    fits = read.str.contains(form).fill_null(True)
    telling.tell(column, texts, ~fits, expected)
    return read.set(~fits, None)


def _tell_alone(column: str | None, texts: pl.Series, lacking: pl.Series, expected: str, telling: Telling) -> None:
    if column is not None:
        telling.tell(column, texts, texts.is_not_null() & lacking, expected)


def _precise(source: DateSource, rows: pl.DataFrame, headings: Headings, telling: Telling) -> pl.Series:
    """A date, as far as its precision goes. Without a precision it stands as it is."""
    dates, said = (_known(column, source, rows, headings) for column in (source.date, source.precision))
    if source.precision is None:
        return dates
    words = source.words
    folded = _folded(said)
    precision = folded.replace_strict(list(words), list(map(str, words.values())), default=None, return_dtype=pl.String)
    bad = said.is_not_null() & precision.is_null()
    expected = f"a precision that the mapping knows ({', '.join(words)}); the date beside it is not read"
    telling.tell(source.precision, said, bad, expected)
    unknown = (precision == Precision.UNKNOWN).fill_null(False)
    telling.tell(
        source.date or "",
        dates,
        unknown & dates.is_not_null(),
        f"no date, where {source.precision} says that it is unknown; it is not read",
        problem=CellProblem.SUSPECT,
    )
    full = dates.str.contains(_DAY).fill_null(False)
    read = pl.DataFrame({"date": dates, "precision": precision, "full": full, "bad": bad})
    date = pl.col("date")
    return read.select(
        text=pl.when(pl.col("bad"))
        .then(None)
        .when(pl.col("precision") == Precision.UNKNOWN)
        .then(pl.lit(str(Precision.UNKNOWN)))
        .when(pl.col("full") & (pl.col("precision") == Precision.YEAR))
        .then(date.str.slice(0, 4))
        .when(pl.col("full") & (pl.col("precision") == Precision.MONTH))
        .then(date.str.slice(0, 7))
        .otherwise(date)
    ).to_series()


# --- checkboxes --------------------------------------------------------------------------------------------------


def checked_of(source: FieldSource, rows: pl.DataFrame, columns: Sequence[str], telling: Telling) -> pl.Series:
    """The choices that are ticked, in our words; null where none is: that cannot be told from not asked."""
    field = source.checkbox or ""
    ours = {choice_column(field, code).casefold(): word for code, word in source.words.items()}
    parts: list[pl.Expr] = []
    for name in columns:
        texts = trimmed(rows[name])
        folded = _folded(texts)
        ticked = folded.is_in(CHECKED).fill_null(False)
        telling.tell(name, texts, ~ticked & ~folded.is_in(UNCHECKED).fill_null(True), "0 or 1 (Unchecked or Checked)")
        word = ours.get(name.casefold())
        if word is None:
            known = ", ".join(code for code, ours in source.words.items() if ours)
            expected = f"no tick, as the mapping has no word for this choice (it knows {known})"
            hint = "add it to the words of the mapping; empty text: not this field"
            telling.tell(name, texts, ticked, expected, hint, asked=False)
        elif word:
            written = word if source.record is None else json.dumps({source.record: word}, ensure_ascii=False)
            parts.append(pl.when(pl.lit(ticked)).then(pl.lit(written)))
    if not parts:
        return pl.Series([None], dtype=pl.String).new_from_index(0, rows.height)
    separator = ";" if source.record is None else ","
    joined = pl.concat_str(parts, separator=separator, ignore_nulls=True).replace("", None)
    if source.record is not None:
        joined = pl.when(joined.is_not_null()).then(pl.concat_str(pl.lit("["), joined, pl.lit("]")))
    return rows.select(joined.alias("text")).to_series()


def filled(columns: Sequence[str]) -> pl.Expr:
    """Whether some cell of a row is filled; a choice that is not ticked is no data."""
    tests = [
        pl.col(name).is_not_null() & ~fold(pl.col(name)).is_in(UNCHECKED).fill_null(False)
        if "___" in name
        else pl.col(name).is_not_null()
        for name in columns
    ]
    return pl.any_horizontal(tests) if tests else pl.lit(False)
