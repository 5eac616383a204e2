"""Single cells that could not be read are told with the event that each belongs to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import evolve

from ...intake import CellFinding
from .flat import PATIENT
from .naming import Events
from .typed import Typed

if TYPE_CHECKING:
    import polars as pl


def located(read: Sequence[Typed], events: Events, twice: Mapping[str, Sequence[int]]) -> tuple[CellFinding, ...]:
    """What was told of the cells of some tables, each cell with its patient and event as they are called here.

    ``twice``: by file the lines of patients who were told before; these rows are set aside, so nobody is asked about
    their cells.
    """
    return tuple(_located(read, events, twice))


def _located(read: Sequence[Typed], events: Events, twice: Mapping[str, Sequence[int]]) -> Iterator[CellFinding]:
    import polars as pl

    number = 0
    for one in read:
        ids: pl.Series | None = one.frame["patient"]
        if one.type == PATIENT:
            ids = None  # sites know a patient by the id as it stood
            names = pl.Series([None], dtype=pl.String).new_from_index(0, one.frame.height)
            aside: Sequence[int] = list(twice.get(one.file, ()))
        else:
            table = events.tables[one.type]
            names, aside = table.filter(pl.col("source") == number)["event"], ()
            number += 1
        for cell in one.telling.cells:
            each = tuple(evolve(single, rows=_named(single.rows, ids, names, aside)) for single in cell.each)
            yield evolve(cell, each=each)


def _named(rows: "pl.DataFrame", ids: "pl.Series | None", names: "pl.Series", aside: Sequence[int]) -> "pl.DataFrame":
    import polars as pl

    place = rows["position"]
    told = {} if ids is None else {"patient": ids.gather(place)}
    named = rows.with_columns(event=names.gather(place), **told).drop("position")
    return named.filter(~pl.col("row").is_in(aside)) if aside else named


def looked_at(read: Sequence[Typed], cells: Iterable[CellFinding]) -> frozenset[tuple[str, str]]:
    """Types and columns (of the source) of which single cells are told: not where most of a column is at fault."""
    names = {(one.type, one.telling.name(column)) for one in read for column in one.columns}
    columns = names | {(kind, part) for kind, name in names for part in name.split(", ")}
    bulk = {(single.about, cell.column) for cell in cells for single in cell.each if not single.rows.height}
    return frozenset(columns - bulk)
