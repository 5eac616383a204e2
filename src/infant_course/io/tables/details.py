"""Rows about an event that stand in a table of their own join the event, where it is plain which one is meant."""

from collections.abc import Mapping, Sequence

import polars as pl
from attrs import evolve, field, frozen

from ...intake import MOST_PATIENTS, CellFinding, CellProblem
from .field_values import first_row
from .flat import PATIENT, PLACES, ROW, FlatTable, Shape, flat_columns
from .recoding import NOTE
from .telling import told_together

DETAIL_ASIDE = "about an event that the patient does not have once"
"""Why a row is set aside here."""

PLACE, ONLY_HERE = "_place", "_only_here"
"""Columns of the places of rows: a text that rows about the same event share; whether the row can be about no other."""

_KEY = "_key"
_GATHERED = (Shape.WORDS, Shape.TEXTS, Shape.NAMES)


@frozen(kw_only=True)
class Joined:
    """Events with the fields that other tables tell of them. ``lost``: rows by file that no event has."""

    tables: list[FlatTable] = field(repr=False)
    cells: list[CellFinding]
    lost: Mapping[str, frozenset[int]]


def with_details(
    events: Sequence[FlatTable], details: Sequence[FlatTable], places: Mapping[str, pl.DataFrame] | None = None
) -> Joined:
    """Events with their details.

    A detail belongs to the one event of its type in the same place, else to the one that the patient has. ``places``:
    by file, ``_row``, :data:`PLACE` and :data:`ONLY_HERE` of its rows.
    """
    joiner = _Joiner(places or {})
    by_type: dict[str, list[FlatTable]] = {}
    for event in events:
        by_type.setdefault(event.type, []).append(event)
    for detail in details:
        by_type[detail.type] = joiner.joined(by_type.get(detail.type, []), detail)
    tables = [table for tables in by_type.values() for table in tables]
    return Joined(tables=tables, cells=joiner.cells, lost={file: frozenset(rows) for file, rows in joiner.lost.items()})


class _Joiner:
    """Gathers what is to be told."""

    def __init__(self, places: Mapping[str, pl.DataFrame]) -> None:
        self.places = places
        self.cells: list[CellFinding] = []
        self.lost: dict[str, set[int]] = {}

    def joined(self, targets: list[FlatTable], detail: FlatTable) -> list[FlatTable]:
        """The events of one type with one table's details."""
        start, keyed = 0, []
        for target in targets:
            frame = self._placed(target).with_columns(pl.int_range(start, start + pl.len(), dtype=pl.Int64).alias(_KEY))
            start += frame.height
            keyed.append(frame)
        rows = self._with_key(keyed, self._placed(detail))
        nowhere = rows[_KEY].is_null()
        if nowhere.any():
            self._aside(detail, rows.filter(nowhere))
        rows = rows.filter(~nowhere)
        if not rows.height:
            return targets
        added = self._one_each(detail, rows)
        made = []
        for target, frame in zip(targets, keyed, strict=True):
            self._tell_differing(target, frame, added, detail)
            made.append(_completed(target, frame, added, detail.names))
        return made

    def _placed(self, table: FlatTable) -> pl.DataFrame:
        """The rows with their places; a patient is everywhere."""
        places = self.places.get(table.file) if table.type != PATIENT else None
        if places is None:
            nothing, false = pl.lit(None, dtype=pl.String), pl.lit(False)
            return table.frame.with_columns(nothing.alias(PLACE), false.alias(ONLY_HERE))
        return table.frame.join(places.select(ROW, PLACE, ONLY_HERE), on=ROW, how="left", maintain_order="left")

    def _with_key(self, events: list[pl.DataFrame], rows: pl.DataFrame) -> pl.DataFrame:
        """The rows of details with the number of their event; null where it is not plain."""
        if not events:
            return rows.with_columns(pl.lit(None, dtype=pl.Int64).alias(_KEY))
        where = pl.concat([frame.select(PATIENT, PLACE, _KEY) for frame in events])
        here = where.filter(pl.col(PLACE).is_not_null()).unique([PATIENT, PLACE], keep="none")
        once = where.unique(PATIENT, keep="none").select(PATIENT, pl.col(_KEY).alias("_once"))
        rows = rows.join(here, on=[PATIENT, PLACE], how="left", maintain_order="left")
        rows = rows.join(once, on=PATIENT, how="left", maintain_order="left")
        other = pl.when(~pl.col(ONLY_HERE)).then(pl.col("_once"))
        return rows.with_columns(pl.coalesce(_KEY, other).alias(_KEY)).drop("_once")

    def _tell_differing(self, target: FlatTable, frame: pl.DataFrame, added: pl.DataFrame, detail: FlatTable) -> None:
        """What an event says itself stands; where another table says otherwise, that is told."""
        for name in added.columns:
            if name in (_KEY, NOTE) or name not in target.frame.columns:
                continue
            both = frame.select(PATIENT, _KEY, name).join(added.select(_KEY, other=name), on=_KEY)
            rows = both.filter(pl.col(name) != pl.col("other"))
            if rows.height:
                self.cells.append(
                    CellFinding(
                        file=detail.file,
                        problem=CellProblem.NOT_USED,
                        column=detail.names.get(name, name),
                        expected=f"the {name} that {target.file} tells of the same {detail.type}",
                        rows=rows.height,
                        patients=tuple(rows[PATIENT].head(MOST_PATIENTS)),
                    )
                )

    def _aside(self, detail: FlatTable, rows: pl.DataFrame) -> None:
        """Rows about an event that is not there, or there several times."""
        self.cells.append(
            CellFinding(
                file=detail.file,
                problem=CellProblem.SET_ASIDE,
                expected=f"one {detail.type} of the patient, which the row is about",
                row=first_row(rows),
                rows=rows.height,
                patients=tuple(rows[PATIENT].unique(maintain_order=True).head(MOST_PATIENTS)),
            )
        )
        self.lost.setdefault(detail.file, set()).update(rows[ROW])

    def _one_each(self, detail: FlatTable, rows: pl.DataFrame) -> pl.DataFrame:
        """One row per event: lists together, single values where all rows agree; else told, and not read."""
        shapes = {column.name: column.shape for column in flat_columns(detail.type)}
        fields = [name for name in detail.frame.columns if name != PATIENT and name not in PLACES]
        grouped = rows.group_by(_KEY, maintain_order=True).agg(
            pl.col(PATIENT).first(), *(pl.col(name).drop_nulls().unique(maintain_order=True) for name in fields)
        )
        gathered = {name for name in fields if name == NOTE or shapes[name] in _GATHERED}
        for name in fields:
            torn = grouped.filter(pl.col(name).list.len() > 1)
            if name in gathered or not torn.height:
                continue
            first = rows.filter(pl.col(_KEY).is_in(torn[_KEY].implode()) & pl.col(name).is_not_null())
            self.cells.append(
                told_together(
                    detail.file,
                    CellProblem.SUSPECT,
                    f"one {name} for the one {detail.type} of a patient; where rows differ none is read",
                    first.select(ROW, PATIENT),
                    column=detail.names.get(name, name),
                )
            )
        return grouped.select(
            _KEY,
            *(
                pl.when(pl.col(name).list.len() > 0).then(pl.col(name).list.join(";"))
                if name in gathered
                else pl.when(pl.col(name).list.len() == 1).then(pl.col(name).list.first())
                for name in fields
            ),
        )


def _completed(target: FlatTable, frame: pl.DataFrame, added: pl.DataFrame, names: Mapping[str, str]) -> FlatTable:
    """An event table with added fields; what the event says itself stands, notes are put together."""
    fields = [name for name in added.columns if name != _KEY]
    frame = frame.join(
        added.rename({name: f"{name}:added" for name in fields}), on=_KEY, how="left", maintain_order="left"
    )
    for name in fields:
        more = pl.col(f"{name}:added")
        if name not in target.frame.columns:
            value = more
        elif name == NOTE:
            value = pl.concat_str(pl.col(name), more, separator="; ", ignore_nulls=True).replace("", None)
        else:
            value = pl.coalesce(pl.col(name), more)
        frame = frame.with_columns(value.alias(name))
    frame = frame.drop(_KEY, PLACE, ONLY_HERE, *(f"{name}:added" for name in fields))
    return evolve(target, frame=frame, names={**names, **target.names})
