"""Cells of text become values of the event types: column by column, each distinct text once.

A cell that cannot be read is told (equal ones together) and becomes null; the rest of its row is kept. Nothing is
guessed: no unit, no decimal comma that was not declared, no word that is nearly right.
"""

import hashlib
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from ...cohort import column_type, table_schema, to_plain
from ...errors import did_you_mean
from ...events import EVENT_TYPES, field_hints
from ...intake import CellProblem
from ...when import IDENTIFIER, parse_duration
from ..values import MAXIMUM_ID, SIGNS, UNIT_SPELLINGS, ValueReader, is_identifier, unit_hint
from ..yaml_nodes import parse_json
from .flat import PATIENT, FlatColumn, Part, Shape, flat_columns
from .telling import Telling

if TYPE_CHECKING:
    import polars as pl

_NUMBER = r"^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,3})?$"
_WHOLE = r"^[-+]?[0-9]{1,18}(?:\.0+)?$"
_COMMA = re.compile(r"[-+]?[0-9]+,[0-9]+")
_THOUSANDS = r"^[-+]?[0-9]{1,3}(?:[.,][0-9]{3})+$"


Distinct = tuple[list[str], "pl.Series"]


def distinct(texts: "pl.Series") -> Distinct:
    """The distinct texts of a column, and for every row the number of its text (null where it has none)."""
    import polars as pl

    values = texts.drop_nulls().unique(maintain_order=True)
    numbered = values.alias("text").to_frame().with_row_index("number")
    joined = texts.alias("text").to_frame().join(numbered, on="text", how="left", maintain_order="left")
    return values.to_list(), joined["number"].cast(pl.UInt32)


def trimmed(texts: "pl.Series") -> "pl.Series":
    """Texts without blanks around them; null where nothing is left."""

    stripped = texts.str.strip_chars()
    blank = stripped == ""
    return stripped.set(blank, None) if blank.any() else stripped


MOST_ID_STEM = MAXIMUM_ID - 20


def substitute(name: str) -> str:
    """An id made from what is not one, the same each time.

    >>> substitute("HSCT 1")
    'HSCT_1-578d0632'
    """
    safe = re.sub(r"[^A-Za-z0-9_.+-]", "_", name)[:MOST_ID_STEM].strip("_.+-") or "id"
    return f"{safe}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def read_names(texts: "pl.Series", column: str, telling: Telling, *, what: str) -> "pl.Series":
    """Ids; one that is none is told, and a substitute made from it stands in its place."""
    import polars as pl

    texts = trimmed(texts)
    fits = (
        texts.str.contains(f"^(?:{IDENTIFIER})$") & (texts.str.len_bytes() <= MAXIMUM_ID) & (texts != "birth")
    ).fill_null(True)
    if fits.all():
        return texts
    telling.tell(
        column,
        texts,
        ~fits,
        f"{what} of {SIGNS}",
        lambda value: f"it is called {substitute(value)} here",
        asked=False,
    )
    wrong = texts.filter(~fits).unique(maintain_order=True).to_list()
    return texts.replace(pl.Series(wrong), pl.Series([substitute(name) for name in wrong]))


def read_fields(
    event_type: str, frame: "pl.DataFrame", telling: Telling, *, decimal_comma: bool
) -> "dict[str, pl.Series]":
    """The typed columns of all fields that are not times, by field; patient and id are ids as told."""
    import polars as pl

    height = frame.height
    schema = PATIENT_SCHEMA if event_type == PATIENT else table_schema(event_type)
    by_field: dict[str, dict[Part, FlatColumn]] = {}
    for column in flat_columns(event_type):
        if column.part in (Part.VALUE, Part.UNIT):
            by_field.setdefault(column.field, {})[column.part] = column
    read = {}
    for name, parts in by_field.items():
        column = parts[Part.VALUE]
        dtype = column_type(str) if name in ("patient", "id", "lasting") else schema[name]
        if column.name not in frame.columns or frame[column.name].null_count() == height:
            empty: list[str] | None = [] if isinstance(dtype, pl.List) else None
            read[name] = pl.Series(name, [empty], dtype=dtype).new_from_index(0, height)
            continue
        texts = frame[column.name]
        if Part.UNIT in parts:
            unit = parts[Part.UNIT]
            units = frame[unit.name] if unit.name in frame.columns else pl.Series([None], dtype=pl.String)
            read[name] = _quantities(column, texts, unit, units, telling, dtype, decimal_comma)
        elif event_type != PATIENT and column.shape is Shape.RECORDS:
            read[name] = _records(column, texts, telling, dtype, field_hints(EVENT_TYPES[event_type])[name])
        else:
            read[name] = _column(column, texts, telling, dtype, decimal_comma)
        read[name] = read[name].alias(name)
    return read


def _column(column: FlatColumn, texts: "pl.Series", telling: Telling, dtype: Any, decimal_comma: bool) -> "pl.Series":
    """One column by its shape."""
    match column.shape:
        case Shape.TEXT:
            return texts if not (blank := texts.str.strip_chars() == "").any() else texts.set(blank, None)
        case Shape.NAME:
            what = {"patient": "a patient id", "id": "an event id"}.get(column.name, "the id of an event")
            return read_names(texts, column.name, telling, what=what)
        case Shape.WHOLE:
            return read_whole(column.name, texts, telling)
        case Shape.NUMBER:
            return _numbers(column.name, texts, telling, decimal_comma)
        case Shape.TRUTH:
            return _truths(column, texts, telling)
        case Shape.WORD:
            return _words(column, texts, telling)
        case Shape.DURATION:
            return _durations(column, texts, telling)
        case _:
            return _lists(column, texts, telling, dtype)


def read_whole(column: str, texts: "pl.Series", telling: Telling) -> "pl.Series":
    """Whole numbers; one that was written with .0 is one."""
    import polars as pl

    texts = trimmed(texts)
    fits = texts.str.contains(_WHOLE).fill_null(True)
    telling.tell(column, texts, ~fits, "a whole number", _hint_on_number)
    whole = texts.set(~fits, None) if not fits.all() else texts
    return whole.str.replace(r"\.0+$", "").str.replace(r"^\+", "").cast(pl.Int64)


def _hint_on_number(value: str) -> str | None:
    if _COMMA.fullmatch(value):
        return "a decimal comma is read only where it is declared (decimal_comma)"
    if re.match(r"[<>≤≥~]", value):
        return "a limit is no number: leave the cell empty, and say it in the note"
    return None


def _numbers(column: str, texts: "pl.Series", telling: Telling, decimal_comma: bool) -> "pl.Series":
    import polars as pl

    texts = trimmed(texts)
    plain = texts
    doubtful = pl.Series([False]).new_from_index(0, len(texts))
    if decimal_comma:
        # 1.234 may be a number with a decimal point, or a thousand and more: where commas are decimal it is asked.
        doubtful = (texts.str.contains(_THOUSANDS) & texts.str.contains(".", literal=True)).fill_null(False)
        hint = "with a decimal comma declared it may be a number of thousands: write it without points"
        telling.tell(column, texts, doubtful, "a number", hint, CellProblem.SUSPECT)
        plain = texts.str.replace(r"^([-+]?[0-9]+),([0-9]+)$", "$1.$2")
    fits = plain.str.contains(_NUMBER).fill_null(True)
    numbers = plain.set(~fits | doubtful, None).str.replace(r"^\+", "").cast(pl.Float64, strict=False)
    bad = texts.is_not_null() & ~doubtful & (numbers.is_null() | ~numbers.is_finite().fill_null(False))
    telling.tell(column, texts, bad, "a number", _hint_on_number)
    return numbers.set(bad, None)


def _truths(column: FlatColumn, texts: "pl.Series", telling: Telling) -> "pl.Series":
    import polars as pl

    texts = trimmed(texts)
    low = texts.str.to_lowercase()
    truths = pl.select(pl.when(low == "true").then(True).when(low == "false").then(False)).to_series()
    telling.tell(column.name, texts, texts.is_not_null() & truths.is_null(), "true or false")
    return truths


def _words(column: FlatColumn, texts: "pl.Series", telling: Telling) -> "pl.Series":
    texts = trimmed(texts)
    fits = texts.is_in(list(column.words)).fill_null(True)
    telling.tell(
        column.name,
        texts,
        ~fits,
        f"one of {', '.join(column.words)}",
        lambda value: did_you_mean(value, column.words),
    )
    return texts.set(~fits, None) if not fits.all() else texts


def _durations(column: FlatColumn, texts: "pl.Series", telling: Telling) -> "pl.Series":
    import polars as pl

    def read(text: str) -> str:
        return str(parse_duration(text))

    return _by_distinct(column, trimmed(texts), telling, pl.String, None, read)


def split(text: str) -> list[str]:
    """The items of a cell: with ; between, or a JSON list of texts where an item holds a ; itself."""
    if text.startswith("["):
        items = parse_json(text).plain()
        if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
            raise ValueError("a JSON list of texts, or texts with ; between")
        return items
    return [item.strip() for item in text.split(";") if item.strip()]


def _lists(column: FlatColumn, texts: "pl.Series", telling: Telling, dtype: Any) -> "pl.Series":
    replaced: set[str] = set()

    def read(text: str) -> list[str]:
        items = split(text)
        if column.shape is Shape.WORDS:
            for item in items:
                if item not in column.words:
                    raise _Wrong(f"words of {', '.join(column.words)}", did_you_mean(item, column.words))
        if column.shape is Shape.NAMES and not all(map(is_identifier, items)):
            replaced.add(text)
            return [item if is_identifier(item) else substitute(item) for item in items]
        return items

    texts = trimmed(texts)
    lists = _by_distinct(column, texts, telling, dtype, [], read)
    if replaced:
        telling.tell(
            column.name,
            texts,
            texts.is_in(list(replaced)).fill_null(False),
            f"ids of {SIGNS}, ; between",
            lambda value: f"the event is called {'; '.join(read(value))} here",
            asked=False,
        )
    return lists


def _records(column: FlatColumn, texts: "pl.Series", telling: Telling, dtype: Any, hint: Any) -> "pl.Series":
    def read(text: str) -> Any:
        reader = ValueReader(telling.file)
        value = reader.of_type(hint, parse_json(text), column.name)
        if reader.faults:
            first = reader.faults[0]
            raise _Wrong(f"{first.path}: {first.expected}", first.hint)
        return to_plain(value)

    return _by_distinct(column, trimmed(texts), telling, dtype, [], read)


class _Wrong(ValueError):
    """What was expected, with a hint."""


def _by_distinct(
    column: FlatColumn, texts: "pl.Series", telling: Telling, dtype: Any, nothing: Any, read: Callable[[str], Any]
) -> "pl.Series":
    """A column read text by text, each distinct one once. ``read`` raises ValueError with what it expected."""
    import polars as pl

    values, numbers = distinct(texts)
    found, wrong = [nothing], {}
    for value in values:
        try:
            found.append(read(value))
        except ValueError as error:
            wrong[value] = Wanted.by(error)
            found.append(nothing)
    tell_wrong(column.name, texts, wrong, telling)
    return pl.Series(column.name, found, dtype=dtype).gather((numbers + 1).fill_null(0))


class Wanted(NamedTuple):
    """What a text should have been. Kept instead of the error that said it: that would keep all columns alive."""

    expected: str
    hint: str | None = None

    @classmethod
    def by(cls, error: ValueError) -> Self:
        """What an error of a reader says: what was expected, and a hint where it has one."""
        expected, hint = (*error.args, None)[:2]
        return cls(str(expected), hint or None)


def tell_wrong(column: str, texts: "pl.Series", wrong: Mapping[str, Wanted], telling: Telling) -> None:
    """Tell the texts that could not be read, by what was expected of them."""
    kinds: dict[str, list[str]] = {}
    for value, wanted in wrong.items():
        kinds.setdefault(wanted.expected, []).append(value)
    for expected, some in kinds.items():
        telling.tell(column, texts, texts.is_in(some).fill_null(False), expected, lambda value: wrong[value].hint)


def _quantities(
    column: FlatColumn,
    texts: "pl.Series",
    unit: FlatColumn,
    units: "pl.Series",
    telling: Telling,
    dtype: Any,
    decimal_comma: bool,
) -> "pl.Series":
    """Numbers with their units. A number without a unit is not read: it may be off by a thousand."""
    import polars as pl

    units = units if len(units) == len(texts) else units.new_from_index(0, len(texts))
    values = _numbers(column.name, texts, telling, decimal_comma)
    accepted = " or ".join(unit.words)
    named = trimmed(units)
    spelt = named.replace(pl.Series(list(UNIT_SPELLINGS)), pl.Series(list(UNIT_SPELLINGS.values())))
    asked = values.is_not_null()
    telling.tell(
        unit.name,
        named,
        asked & named.is_null(),
        f"the unit of {telling.name(column.name)}",
        f"fill column {telling.name(unit.name)} with {accepted}",
    )
    wrong = asked & named.is_not_null() & ~spelt.is_in(list(unit.words)).fill_null(False)
    telling.tell(
        unit.name,
        named,
        wrong,
        f"the unit of {telling.name(column.name)}: {accepted}",
        lambda value: unit_hint(value, unit.words),
    )
    fits = asked & named.is_not_null() & ~wrong
    pair = pl.struct(values.alias("value"), spelt.alias("unit"))
    return pl.select(pl.when(fits).then(pair).cast(dtype)).to_series()


PATIENT_SCHEMA: dict[str, Any] = {
    column.field: column_type(tuple[str, ...] if column.shape is Shape.WORDS else str)
    for column in flat_columns(PATIENT)
    if column.part is Part.VALUE
}
"""Types of the fields of a patient."""
