"""Rows of another format become flat tables, as a mapping (:mod:`.recoding`) says; all in columns.

Nothing is dropped in silence: rows that no event fits, columns that nothing is read from and words that were taken
for "missing" are counted and told.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

import polars as pl
from attrs import evolve, field, frozen

from ...intake import CellFinding, CellProblem
from .flat import INSTANCE, INSTRUMENT, PATIENT, RECORD, ROW, VISIT, FlatTable
from .raw import RawTable
from .recoding import NOTE, NUMBERS, FieldSource, Recoding, Recodings, folded

UNMAPPED_ROW, NO_PATIENT_ROW = "no event of the mapping", "no patient"
"""Why a row is set aside here."""

ANYTHING = "*"
"""The word of a condition that any filled cell meets."""

_ORIGIN = "_origin"
_PLACES = (ROW, RECORD, VISIT, INSTRUMENT, INSTANCE)
NUMBER = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"
_TOLD_PATIENTS, _TOLD_GROUPS = 20, 100


@frozen(kw_only=True)
class Recoded:
    """Flat tables of one source table, and what became of its rows.

    ``details``: rows that add fields to events of other tables. ``set_aside``: rows by reason.
    """

    tables: tuple[FlatTable, ...]
    details: tuple[FlatTable, ...] = ()
    cells: tuple[CellFinding, ...] = ()
    set_aside: Mapping[str, int] = field(factory=dict)
    assumptions: tuple[str, ...] = ()
    kept: int = 0


def fold(column: pl.Expr) -> pl.Expr:
    """:func:`.recoding.folded` as an expression."""
    return column.str.replace_all(r"[\s_-]+", " ").str.strip_chars().str.to_lowercase()


def recode(
    table: RawTable,
    recodings: Recodings,
    *,
    origin: str | None = None,
    column: str | None = None,
    known: Iterable[str] = (),
) -> Recoded:
    """The events of one table. ``origin``: its name; or ``column``: the column that says of each row what it is.

    ``known``: columns that the caller reads itself. The table must have the patient column.
    """
    recoder = _Recoder(table, recodings, origin, column)
    recoder.used.update(known)
    return recoder.recoded()


class _Recoder:
    """Works through one table."""

    def __init__(self, table: RawTable, recodings: Recodings, origin: str | None, column: str | None) -> None:
        self.table = table
        self.recodings = recodings
        self.names = {name.casefold(): name for name in reversed(table.columns)}
        self.patient = self.names[recodings.patient_column.casefold()]
        self.used = {self.patient}
        self.cells: list[CellFinding] = []
        self.assumptions: list[str] = []
        if column is not None:
            self.used.add(column)
        said = pl.lit(folded(origin or "")) if column is None else fold(pl.col(column)).fill_null("")
        self.origin_column = column
        self.frame = self._without_missing(table.frame.with_columns(said.alias(_ORIGIN)))

    def recoded(self) -> Recoded:
        frame = self.frame
        nobody = frame[self.patient].is_null()
        free = ~nobody
        taken = pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
        tables, details = [], []
        for recoding in self.recodings.patients:
            rows = self._fitting(recoding) & ~nobody
            if rows.any():
                taken |= rows
                tables.append(self._flat(recoding, frame.filter(rows)))
        for recoding in self.recodings.events:
            rows = self._fitting(recoding) & (~nobody if recoding.also else free)
            if rows.any():
                taken |= rows
                if not recoding.also:
                    free &= ~rows
                tables.append(self._flat(recoding, frame.filter(rows)))
        for recoding in self.recodings.details:
            rows = self._fitting(recoding) & ~nobody
            if rows.any():
                taken |= rows
                details.append(self._flat(recoding, frame.filter(rows)))
        left = ~taken & ~nobody
        set_aside = {
            reason: int(rows.sum()) for reason, rows in ((NO_PATIENT_ROW, nobody), (UNMAPPED_ROW, left)) if rows.any()
        }
        self._tell_rows(nobody, left)
        self._tell_columns(taken)
        return Recoded(
            tables=tuple(tables),
            details=tuple(details),
            cells=tuple(self.cells),
            set_aside=set_aside,
            assumptions=tuple(self.assumptions),
            kept=int(taken.sum()),
        )

    def _without_missing(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Words for "missing" become null, counted."""
        words = sorted(self.recodings.missing - {""})
        if not words or not self.table.columns:
            return frame
        missing = {name: fold(pl.col(name)).is_in(words).fill_null(False) for name in self.table.columns}
        counts = frame.select(mask.sum().alias(name) for name, mask in missing.items())
        found = {name: int(counts[name][0]) for name in self.table.columns if counts[name][0]}
        if not found:
            return frame
        many = sum(found.values())
        places = ", ".join(f"{name} {count:,}" for name, count in found.items())
        written = _words(frame, {name: missing[name] for name in found})
        self.assumptions.append(
            f"{self.table.file}: {many:,} cell{'s' if many > 1 else ''} {'are' if many > 1 else 'is'} taken as not "
            f"stated ({', '.join(written)}): {places}."
        )
        return frame.with_columns(pl.when(~missing[name]).then(pl.col(name)).alias(name) for name in found)

    def _fitting(self, recoding: Recoding) -> pl.Series:
        fits = pl.col(_ORIGIN).is_in(sorted(recoding.origins))
        for column, words in recoding.where.items():
            name = self.names.get(column.casefold())
            if name is None:
                return pl.repeat(False, self.frame.height, dtype=pl.Boolean, eager=True)
            said = pl.col(name)
            fits &= said.is_not_null() if ANYTHING in words else fold(said).fill_null("").is_in(sorted(words))
        fitting = self.frame.select(fits.alias("fits")).to_series()
        if fitting.any():
            self.used.update(self.names[column.casefold()] for column in recoding.where)
        return fitting

    def _flat(self, recoding: Recoding, rows: pl.DataFrame) -> FlatTable:
        """The flat table of rows that are all events of one type."""
        exprs: dict[str, pl.Expr] = {"patient": pl.col(self.patient)}
        names: dict[str, str] = {"patient": self.patient}
        notes: list[pl.Expr] = []
        said: set[str] = set()
        sources = [source for source in recoding.fields if source.target != NOTE]
        mapped = {source.target: self._value(source) for source in sources}
        for source in recoding.fields:
            if source.target == NOTE:
                notes += [_named(name, pl.col(name)) for name in self._present(source)]
                said.update(self._present(source))
        for source in sources:
            columns = self._present(source)
            if columns:
                names[source.target] = columns[0]
            elif source.always is None:
                continue
            exprs[source.target] = self._with_leftover(source, sources, mapped).replace("", None)
            notes += self._told(source, said)
        for columns in (self._present(source) for source in recoding.fields):
            self.used.update(columns)
        if notes and recoding.type != PATIENT:
            joined = pl.concat_str(notes, separator="; ", ignore_nulls=True)
            exprs[NOTE] = pl.when(joined != "").then(joined)
        if recoding.type == PATIENT:
            self._tell_of_patients(recoding, rows)
        places = [name for name in _PLACES if name in rows.columns]
        frame = rows.select(
            *(expr.cast(pl.String).alias(target) for target, expr in exprs.items()), *(pl.col(name) for name in places)
        )
        return FlatTable(type=recoding.type, frame=frame, file=self.table.file, names=names)

    def _tell_of_patients(self, recoding: Recoding, rows: pl.DataFrame) -> None:
        """Words such as "Not Reported" about a patient: there is no note to keep them in, so they are counted."""
        for source in recoding.fields:
            words = sorted(self.recodings.told - set(source.words))
            for name in self._present(source):
                many = rows.filter(fold(pl.col(name)).is_in(words)).height
                if many:
                    said = ", ".join(_words(rows, {name: fold(pl.col(name)).is_in(words)}))
                    self.assumptions.append(f"{self.table.file}, {name}: not stated of {many:,} patients ({said}).")

    def _present(self, source: FieldSource) -> list[str]:
        return [self.names[column.casefold()] for column in source.columns if column.casefold() in self.names]

    def _text(self, source: FieldSource) -> pl.Expr:
        columns = self._present(source)
        return pl.coalesce(pl.col(name) for name in columns) if columns else pl.lit(None, dtype=pl.String)

    def _value(self, source: FieldSource) -> pl.Expr:
        """What a field takes from its cells; null where it takes nothing."""
        if source.always is not None:
            return pl.lit(source.always)
        taken = self._taken(source)
        if source.record is None:
            return taken
        record = pl.struct(taken.alias(source.record)).struct.json_encode()
        return pl.when(taken.is_not_null()).then(pl.concat_str(pl.lit("["), record, pl.lit("]")))

    def _taken(self, source: FieldSource) -> pl.Expr:
        """The first that a field takes of its columns."""
        columns = self._present(source)
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
        said = fold(text).is_in(sorted(self.recodings.told)).fill_null(False)
        return pl.coalesce(ours, pl.when(~said).then(text))

    def _with_leftover(
        self, source: FieldSource, sources: Sequence[FieldSource], mapped: Mapping[str, pl.Expr]
    ) -> pl.Expr:
        """A field's value; where it is the first of those that share a column, also what none of them takes.

        The builder then tells that cell as one that cannot be read.
        """
        value = mapped[source.target]
        if source.only is None:
            return value
        sharing = [other for other in sources if other.columns == source.columns]
        if sharing[0].target != source.target or any(other.only is None for other in sharing):
            return value
        text = self._text(source)
        taken: pl.Expr = reduce(or_, (mapped[other.target].is_not_null() for other in sharing))
        said = fold(text).is_in(sorted(self.recodings.told)).fill_null(False)
        return pl.coalesce(value, pl.when(~taken & ~said).then(text))

    def _told(self, source: FieldSource, said: set[str]) -> list[pl.Expr]:
        """Words such as "Not Reported" in the cells of a field, as parts of a note; of each column once."""
        words = sorted(self.recodings.told - set(source.words))
        columns = [name for name in self._present(source) if name not in said] if words else []
        said.update(columns)
        return [_named(name, pl.when(fold(pl.col(name)).is_in(words)).then(pl.col(name))) for name in columns]

    def _tell_rows(self, nobody: pl.Series, left: pl.Series) -> None:
        if nobody.any():
            rows = self.frame.filter(nobody)
            self.cells.append(
                CellFinding(
                    file=self.table.file,
                    problem=CellProblem.SET_ASIDE,
                    column=self.patient,
                    expected="a patient in every row",
                    row=int(rows[ROW][0]),
                    rows=rows.height,
                )
            )
        if not left.any():
            return
        rows = self.frame.filter(left)
        keys = self._asked(rows)
        groups = rows.group_by(keys or [_ORIGIN], maintain_order=True).agg(
            pl.col(ROW).first().alias("_first"),
            pl.len().alias("_many"),
            pl.col(self.patient).unique(maintain_order=True).head(_TOLD_PATIENTS).alias("_whose"),
        )
        for row in groups.head(_TOLD_GROUPS).iter_rows(named=True):
            value = ", ".join(f"{name} {row[name]}" for name in keys if row[name] is not None)
            self._unmapped(value or None, row["_first"], row["_many"], row["_whose"])
        rest = groups.slice(_TOLD_GROUPS)
        if rest.height:
            self._unmapped(f"{rest.height:,} other kinds of row", rest["_first"].min(), rest["_many"].sum(), ())

    def _asked(self, rows: pl.DataFrame) -> list[str]:
        """The columns by which it is decided what these rows are."""
        origins = set(rows[_ORIGIN].unique())
        everything = (*self.recodings.events, *self.recodings.details)
        asked = [column for recoding in everything if recoding.origins & origins for column in recoding.where]
        present = [self.names[column.casefold()] for column in asked if column.casefold() in self.names]
        return list(dict.fromkeys([*([self.origin_column] if self.origin_column else []), *present]))

    def _unmapped(self, value: str | None, row: Any, rows: Any, patients: Iterable[str]) -> None:
        self.cells.append(
            CellFinding(
                file=self.table.file,
                problem=CellProblem.NOT_USED,
                column=self.origin_column,
                expected=f"an event of {self.recodings.file}",
                value=value,
                row=int(row),
                rows=int(rows),
                patients=tuple(patients),
                hint="add an [[event]] for it to a mapping of your own (--mapping), if it is needed",
            )
        )

    def _tell_columns(self, taken: pl.Series) -> None:
        """Columns with cells in rows that are kept, from which nothing is read."""
        rows = self.frame.filter(taken)
        for name in self.table.columns:
            if name in self.used:
                continue
            filled = rows.filter(pl.col(name).is_not_null())
            if filled.height:
                self.cells.append(
                    CellFinding(
                        file=self.table.file,
                        problem=CellProblem.NOT_USED,
                        column=name,
                        expected=f"a column of {self.recodings.file}",
                        row=int(filled[ROW][0]),
                        rows=filled.height,
                    )
                )


def _words(frame: pl.DataFrame, masks: Mapping[str, pl.Expr]) -> list[str]:
    """The words as written that some masks find."""
    found: set[str] = set()
    for name, mask in masks.items():
        found.update(frame.filter(mask)[name].unique())
    return sorted(found)


def _named(column: str, text: pl.Expr) -> pl.Expr:
    """A part of a note: which column it is from, and its text."""
    return pl.when(text.is_not_null()).then(pl.concat_str(pl.lit(f"{column}: "), text))


def merged(tables: Iterable[FlatTable]) -> list[FlatTable]:
    """Flat tables of one type from one file as one table, in the order of their rows."""
    groups: dict[tuple[str, str], list[FlatTable]] = {}
    for table in tables:
        groups.setdefault((table.type, table.file), []).append(table)
    made = []
    for (kind, file), parts in groups.items():
        names = {target: name for part in reversed(parts) for target, name in part.names.items()}
        frame = pl.concat([part.frame for part in parts], how="diagonal") if len(parts) > 1 else parts[0].frame
        made.append(FlatTable(type=kind, frame=frame.sort(ROW) if len(parts) > 1 else frame, file=file, names=names))
    return made


def equal_as_one(cells: Iterable[CellFinding]) -> tuple[CellFinding, ...]:
    """Findings that say the same of one file as one, with the first line, all rows and the first patients."""
    groups: dict[tuple[Any, ...], list[CellFinding]] = {}
    for cell in cells:
        key = (cell.file, cell.problem, cell.expected, cell.column, cell.value, cell.hint)
        groups.setdefault(key, []).append(cell)
    made = []
    for same in groups.values():
        lines = [cell.row for cell in same if cell.row is not None]
        patients = dict.fromkeys(patient for cell in same for patient in cell.patients)
        made.append(
            evolve(
                same[0],
                row=min(lines) if lines else None,
                rows=sum(cell.rows for cell in same),
                patients=tuple(patients)[:_TOLD_PATIENTS],
            )
        )
    return tuple(made)
