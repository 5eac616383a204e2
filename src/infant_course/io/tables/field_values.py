"""The value of one field, from the cells of the columns it is mapped to; expressions over a frame of text."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import reduce
from operator import or_

import polars as pl
from attrs import frozen

from ...intake import Counted
from .flat import ROW
from .headings import Headings
from .recoding import JOINED, NUMBERS, SIGNED, FieldSource

_NOT_STATED = (
    "{n} cell is taken as not stated ({words}): {columns}.",
    "{n} cells are taken as not stated ({words}): {columns}.",
)
NUMBER = r"^\s*[-+]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][-+]?[0-9]+)?\s*$"


def fold(column: pl.Expr) -> pl.Expr:
    """:func:`.recoding.folded` as an expression."""
    joined = column.str.replace_all(JOINED, " ")
    return pl.when(column.str.contains(SIGNED)).then(column).otherwise(joined).str.strip_chars().str.to_lowercase()


def named(column: str, text: pl.Expr) -> pl.Expr:
    """A part of a note: which column it is from, and its text."""
    return pl.when(text.is_not_null()).then(pl.concat_str(pl.lit(f"{column}: "), text))


@frozen(kw_only=True)
class FieldValues:
    """Reads the fields of one table.

    ``told``: folded words that go into a note and are no value.
    """

    headings: Headings
    told: frozenset[str]

    def value(self, source: FieldSource) -> pl.Expr:
        """What a field takes from its cells; null where it takes nothing."""
        if source.always is not None:
            return pl.lit(source.always)
        taken = self._taken(source)
        if source.record is None:
            return taken
        if source.separator is None:
            record = pl.struct(taken.alias(source.record)).struct.json_encode()
            return pl.when(taken.is_not_null()).then(pl.concat_str(pl.lit("["), record, pl.lit("]")))
        part = pl.element().str.strip_chars()
        each = taken.str.split(source.separator).list.eval(part.filter(part != ""))
        records = each.list.eval(pl.struct(pl.element().alias(source.record)).struct.json_encode()).list.join(",")
        json = pl.concat_str(pl.lit("["), records, pl.lit("]"))
        whole = taken.str.strip_chars().str.starts_with("[")
        return pl.when(whole).then(taken).when(taken.is_not_null() & (records != "")).then(json)

    def with_leftover(
        self, source: FieldSource, sources: Sequence[FieldSource], values: Mapping[str, pl.Expr]
    ) -> pl.Expr:
        """A field's value; where it is the first of those that share a column, also what none of them takes.

        The builder then tells that cell as one that cannot be read.
        """
        value = values[source.target]
        if source.only is None:
            return value
        sharing = [other for other in sources if other.columns == source.columns]
        if sharing[0].target != source.target or any(other.only is None for other in sharing):
            return value
        columns = self.headings.having(source.named)
        text = pl.coalesce(pl.col(name) for name in columns) if columns else pl.lit(None, dtype=pl.String)
        taken: pl.Expr = reduce(or_, (values[other.target].is_not_null() for other in sharing))
        said = fold(text).is_in(sorted(self.told)).fill_null(False)
        return pl.coalesce(value, pl.when(~taken & ~said).then(text))

    def told_of(self, source: FieldSource, said: set[str]) -> list[pl.Expr]:
        """Words such as "Not Reported" in the cells of a field, as parts of a note; of each column once."""
        words = sorted(self.told - set(source.words))
        columns = [name for name in self.headings.having(source.named) if name not in said] if words else []
        said.update(columns)
        return [named(name, pl.when(fold(pl.col(name)).is_in(words)).then(pl.col(name))) for name in columns]

    def _taken(self, source: FieldSource) -> pl.Expr:
        """The first that a field takes of its columns."""
        columns = self.headings.having(source.named)
        if not columns:
            return pl.lit(None, dtype=pl.String)
        return pl.coalesce(self._taken_of(source, pl.col(name)) for name in columns)

    def _taken_of(self, source: FieldSource, text: pl.Expr) -> pl.Expr:
        ours = (
            fold(text).replace_strict(list(source.words), list(source.words.values()), default=None)
            if source.words
            else pl.lit(None, dtype=pl.String)
        )
        if source.only == NUMBERS:
            return pl.coalesce(ours, pl.when(text.str.contains(NUMBER)).then(text))
        if source.only is not None:
            return ours
        said = fold(text).is_in(sorted(self.told)).fill_null(False)
        return pl.coalesce(ours, pl.when(~said).then(text))


def words_in(frame: pl.DataFrame, masks: Mapping[str, pl.Expr]) -> list[str]:
    """The words as written that some masks find."""
    found = frame.select(pl.col(name).filter(mask).unique().implode() for name, mask in masks.items())
    return sorted({word for name in masks for word in found[name].item()})


def rows_where(frame: pl.DataFrame, masks: Mapping[str, pl.Expr]) -> Iterator[tuple[str, int, int]]:
    """Of each mask that finds rows: its name, the line of the first and how many they are."""
    firsts = frame.select(pl.col(ROW).filter(mask).first().alias(name) for name, mask in masks.items())
    counts = frame.select(mask.sum().alias(name) for name, mask in masks.items())
    for name in masks:
        if counts[name].item():
            yield name, int(firsts[name].item()), int(counts[name].item())


def without_missing(
    frame: pl.DataFrame, columns: Sequence[str], missing: Iterable[str], file: str
) -> tuple[pl.DataFrame, tuple[Counted, ...]]:
    """Words for "missing" (folded) become null; and a sentence that counts them."""
    words = sorted(set(missing) - {""})
    if not words or not columns:
        return frame, ()

    def missed(column: pl.Expr) -> pl.Expr:
        return fold(column).is_in(words).fill_null(False)

    counts = frame.select(missed(pl.col(columns)).sum()).row(0)
    found = {name: int(count) for name, count in zip(columns, counts, strict=True) if count}
    if not found:
        return frame, ()
    words_found = tuple(words_in(frame, {name: missed(pl.col(name)) for name in found}))
    said = Counted(place=file, one=_NOT_STATED[0], many=_NOT_STATED[1], numbers=tuple(found.items()), words=words_found)
    return frame.with_columns(pl.when(~missed(pl.col(name))).then(pl.col(name)).alias(name) for name in found), (said,)


def first_row(rows: pl.DataFrame) -> int:
    """The line of the first of some rows."""
    return int(rows[ROW][0])
