"""The package's own form of an export: a file per event type, or one long file with an ``event`` column.

Columns are those of :func:`~.flat.flat_columns`. What has no meaning here (a file, a column, a word) is told, never
passed over.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from ...cohort import Cohort
from ...errors import did_you_mean
from ...events import EVENT_TYPES
from ...intake import Assumption, CellFinding, CellProblem, RowCount
from .build import build
from .cells import read_whole, trimmed
from .flat import ORDER, PATIENT, ROW, FlatTable, Shape, flat_columns
from .raw import RawTable
from .reader import Named, Reader
from .telling import Telling
from .text import unreadable

if TYPE_CHECKING:
    import polars as pl

EVENT_COLUMN, ORDER_COLUMN = "event", "order"
"""Columns of the own form beyond the fields: the event type in a long table, the place among a patient's events."""

TABLES = (PATIENT, *EVENT_TYPES)
NO_TYPE = "no event type that is known"
BESIDE = ("readme.md", "dictionary.csv", "risk.csv", "changes.csv")
"""Files that explain a folder and hold no events."""

FILE = re.compile(r"(?P<table>.+?)\.(?:csv|tsv|txt|parquet)(?:\.(?:gz|zst))?", re.IGNORECASE)
"""Names of files that may be tables."""

GUARDED = r"^'('*[\s\u{a0}\u{feff}]*[=+\-@|%\t\r\n])"
"""A text that was kept from being run as a formula by an apostrophe (see :mod:`.write`)."""


def _table_name(path: Path) -> str:
    match = FILE.fullmatch(path.name)
    return match["table"].lower() if match else path.name


@define(kw_only=True)
class OwnReader(Reader):
    """Reads the own form: a folder, one file, or frames by the name of their table.

    ``decimal_comma``: numbers are written 1,5. Without ``complete`` those types are recorded in full of which there is
    a table.
    """

    SOURCE = "csv"
    IN_PARTS = 256 << 20
    SHARE = 96 << 20

    decimal_comma: bool = False
    types: set[str] = field(factory=set, init=False)
    """Event types and other words of the tables that were looked at."""
    known: set[str] = field(factory=set, init=False)
    """Files that hold events, or whose rows were said to be of no use."""

    def files(self, path: Path) -> list[tuple[Path, str]]:
        """The tables of a folder, in the order of a course. Raises InputError where there are none, or one twice."""
        return self._files(path) if path.is_dir() else [(path, _table_name(path))]

    def look(self, name: str, raw: RawTable) -> RawTable:
        """Which event types there are. Raises InputError for a first table that cannot be one."""
        if EVENT_COLUMN in raw.columns:
            self.types.update(trimmed(raw.frame[EVENT_COLUMN]).drop_nulls().unique())
        elif name in TABLES:
            self.types.add(name)
        elif raw.file not in self.known:
            hint = did_you_mean(name, TABLES)
            if not self.known:
                hint = hint or "name the file after its event type, or add a column event"
                raise unreadable(raw.file, f"a table of one event type, or a column {EVENT_COLUMN}", "neither", hint)
            self._not_used(raw.file, "a table named after an event type, or patient", hint)
        self.known.add(raw.file)
        return raw

    def patient(self, name: str, raw: RawTable) -> str | None:
        """The column ``patient``."""
        return PATIENT if PATIENT in raw.columns else None

    def cohort(self, tables: Sequence[Named]) -> Cohort:
        """The cohort of some tables."""
        gathered = _Gathered()
        for name, raw in tables:
            gathered.add(raw, name)
        complete = [name for name in EVENT_TYPES if name in self.types] if self.complete is None else self.complete
        return build(
            gathered.tables,
            source=self.SOURCE,
            day_zero=self.day_zero,
            complete=complete,
            counts=gathered.counts,
            cells=gathered.cells,
            assumed=gathered.assumed,
            decimal_comma=self.decimal_comma,
        )

    def _files(self, folder: Path) -> list[tuple[Path, str]]:
        found: dict[str, Path] = {}
        for path in sorted(folder.iterdir()):
            if path.name.startswith(".") or path.name.lower() in BESIDE:
                continue
            name = _table_name(path)
            if name not in (*TABLES, EVENT_COLUMN) or not FILE.fullmatch(path.name):
                self._not_used(path.name, "a file named after an event type, or patient", did_you_mean(name, TABLES))
            elif name in found:
                hint = "keep one of the two, or name both as they differ"
                raise unreadable(str(path), "one file for each table", f"{found[name].name} of the same table", hint)
            else:
                found[name] = path
        if not found:
            others = ", ".join(cell.file for cell in self.cells[:3])
            hint = "tables are CSV, TSV or Parquet files named after event types: patient.csv, diagnosis.csv ..."
            raise unreadable(str(folder), "a folder with a file for each event type", others or "no file", hint)
        return [(found[name], name) for name in (*TABLES, EVENT_COLUMN) if name in found]

    def _not_used(self, file: str, expected: str, hint: str | None) -> None:
        self.cells.append(CellFinding(file=file, problem=CellProblem.NOT_USED, expected=expected, hint=hint))


@define
class _Gathered:
    """The tables of an export, and what was met while they were gathered."""

    tables: list[FlatTable] = field(factory=list)
    counts: list[RowCount] = field(factory=list)
    cells: list[CellFinding] = field(factory=list)
    assumed: list[Assumption] = field(factory=list)

    def add(self, raw: RawTable, name: str) -> None:
        """Take the tables of one file: one by its name, or several by its ``event`` column."""
        self.cells += raw.cells
        self.assumed += raw.assumptions
        if EVENT_COLUMN in raw.columns:
            self._add_long(raw)
            return
        if name not in TABLES:
            self.counts.append(evolve(raw.count, kept=0, set_aside={**raw.count.set_aside, NO_TYPE: raw.count.kept}))
            return
        self.counts.append(raw.count)
        self._columns_not_used(raw.file, raw.frame, name, also=())
        self.tables.append(self._table(raw.file, raw.frame, name))

    def _add_long(self, raw: RawTable) -> None:
        """One table for each word in the ``event`` column."""
        import polars as pl

        kinds = trimmed(raw.frame[EVENT_COLUMN])
        telling = Telling(file=raw.file, names={}, rows=_places(raw.frame))
        known = kinds.is_in(list(TABLES)).fill_null(False)
        telling.tell(
            EVENT_COLUMN,
            kinds,
            ~known,
            "an event type, or patient",
            lambda value: did_you_mean(value, TABLES) if value else None,
            CellProblem.SET_ASIDE,
        )
        self.cells += telling.cells
        aside = int((~known).sum())
        set_aside = {**raw.count.set_aside, **({NO_TYPE: aside} if aside else {})}
        self.counts.append(evolve(raw.count, kept=raw.count.kept - aside, set_aside=set_aside))
        every = {column.name for name in TABLES for column in flat_columns(name)} | {EVENT_COLUMN, ORDER_COLUMN}
        self._columns_not_used(raw.file, raw.frame, None, also=every)
        for name in kinds.filter(known).unique(maintain_order=True):
            rows = raw.frame.filter((kinds == name).fill_null(False))
            filled = rows.select(column for column in rows.columns if rows[column].count() or column == ROW)
            filled = filled.drop(EVENT_COLUMN)
            self._columns_not_used(raw.file, filled, name, also=(), of_rows=True, known=every)
            empty = [pl.lit(None, dtype=pl.String).alias("patient")] if "patient" not in filled.columns else []
            self.tables.append(self._table(raw.file, filled.with_columns(empty), name))

    def _table(self, file: str, frame: "pl.DataFrame", name: str) -> FlatTable:
        import polars as pl

        texts = [c.name for c in flat_columns(name) if c.shape in (Shape.TEXT, Shape.TEXTS) and c.name in frame.columns]
        guarded = [text for text in texts if frame[text].str.starts_with("'").any()]
        frame = frame.with_columns(pl.col(guarded).str.replace(GUARDED, "$1")) if guarded else frame
        if ORDER_COLUMN in frame.columns:
            telling = Telling(file=file, names={}, rows=_places(frame))
            places = read_whole(ORDER_COLUMN, frame[ORDER_COLUMN], telling)
            self.cells += telling.cells
            frame = frame.drop(ORDER_COLUMN).with_columns(places.alias(ORDER))
        return FlatTable(type=name, frame=frame, file=file)

    def _columns_not_used(
        self,
        file: str,
        frame: "pl.DataFrame",
        name: str | None,
        *,
        also: Iterable[str],
        of_rows: bool = False,
        known: Collection[str] = (),
    ) -> None:
        """Tell the columns that nothing is read from; in the rows of one type only those that other types have."""
        columns = {column.name for column in flat_columns(name)} | {ORDER_COLUMN} if name else set()
        columns |= set(also)
        for column in frame.columns:
            if column in columns or column in (ROW, ORDER) or (of_rows and column not in known):
                continue
            self.cells.append(
                CellFinding(
                    file=file,
                    problem=CellProblem.NOT_USED,
                    column=column,
                    expected=f"a column of {name}" if name else "a column of some event type",
                    row=frame[ROW].filter(frame[column].is_not_null())[0] if of_rows else None,
                    rows=frame.height - frame[column].null_count(),
                    hint=did_you_mean(column, columns),
                )
            )


def _places(frame: "pl.DataFrame") -> "pl.DataFrame":
    """Line and patient of every row."""
    import polars as pl

    patient = pl.col("patient") if "patient" in frame.columns else pl.lit(None, dtype=pl.String).alias("patient")
    return frame.select(ROW, patient)
