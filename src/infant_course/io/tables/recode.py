"""Rows of another format become flat tables, as a mapping (:mod:`.recoding`) says; all in columns.

Nothing is dropped in silence: rows that no event fits, columns that nothing is read from and words that were taken
for "missing" are counted and told.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl
from attrs import evolve, field, frozen

from ...intake import MOST_PATIENTS, Assumption, CellFinding, CellProblem, Counted
from .field_values import FieldValues, first_row, fold, named, rows_where, without_missing, words_in
from .flat import PATIENT, PLACES, ROW, FlatTable
from .headings import Headings
from .raw import RawTable
from .recoding import NOTE, FieldSource, Recoding, Recodings, folded
from .split_fields import checked_of, date_of, filled
from .telling import Telling
from .typed import ORIGINS

UNMAPPED_ROW, NO_PATIENT_ROW = "no event of the mapping", "no patient"
"""Why a row is set aside here."""

ANYTHING = "*"
"""The word of a condition that any filled cell meets."""

_NOT_STATED = "not stated of {n} patient ({words}).", "not stated of {n} patients ({words})."
_ORIGIN = "_origin"
_TOLD_GROUPS = 100


@frozen(kw_only=True)
class Recoded:
    """Flat tables of one source table, and what became of its rows.

    ``numbers``: which of the mapping's events of the same type from the same table each of ``tables`` is, from 1.
    ``details``: rows that add fields to events of other tables. ``set_aside``: rows by reason.
    """

    tables: tuple[FlatTable, ...]
    numbers: tuple[int, ...] = ()
    details: tuple[FlatTable, ...] = ()
    cells: tuple[CellFinding, ...] = ()
    set_aside: Mapping[str, int] = field(factory=dict)
    assumed: tuple[Assumption, ...] = ()
    kept: int = 0


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
    """Works through one table.

    What it tells of a row depends on that row alone, so that a table may come in parts. ``used``: columns that are
    read in every row. ``read``: of the others the rows in which they are.
    """

    def __init__(self, table: RawTable, recodings: Recodings, origin: str | None, column: str | None) -> None:
        self.table = table
        self.recodings = recodings
        self.headings = Headings(table.columns)
        (self.patient,) = self.headings.having([recodings.patient_column])
        self.used = {self.patient}
        self.read: dict[str, pl.Series] = {}
        self.cells: list[CellFinding] = []
        self.assumed: list[Assumption] = []
        if column is not None:
            self.used.add(column)
        said = pl.lit(folded(origin or "")) if column is None else fold(pl.col(column)).fill_null("")
        self.origin_column = column
        self.values = FieldValues(headings=self.headings, told=recodings.told)
        frame, counted = without_missing(table.frame, table.columns, recodings.missing, table.file)
        self.assumed.extend(counted)
        self.frame = frame.with_columns(said.alias(_ORIGIN))
        self.origins = set(self.frame[_ORIGIN].unique()) if column is not None else {folded(origin or "")}
        self.none = pl.Series([False]).new_from_index(0, frame.height)

    def recoded(self) -> Recoded:
        frame = self.frame
        nobody = frame[self.patient].is_null()
        free = ~nobody
        taken = self.none
        tables, details = [], []
        numbers: list[int] = []
        for recoding in self.recodings.patients:
            if recoding.origins & self.origins:  # a table without rows tells that there are patients without a row
                rows = self._fitting(recoding) & ~nobody
                taken |= rows
                tables.append(self._flat(recoding, rows, self.recodings.patients))
                numbers.append(1)
        for place, recoding in enumerate(self.recodings.events):
            rows = self._fitting(recoding) & (~nobody if recoding.also else free)
            if rows.any():
                taken |= rows
                if not recoding.also:
                    free &= ~rows
                tables.append(self._flat(recoding, rows, self.recodings.events))
                before = self.recodings.events[:place]
                alike = [one for one in before if one.type == recoding.type and one.origins & recoding.origins]
                numbers.append(1 + len(alike))
        for recoding in self.recodings.details:
            rows = self._fitting(recoding) & ~nobody
            if rows.any():
                taken |= rows
                details.append(self._flat(recoding, rows, self.recodings.details))
        left = ~taken & ~nobody
        set_aside = {
            reason: int(rows.sum()) for reason, rows in ((NO_PATIENT_ROW, nobody), (UNMAPPED_ROW, left)) if rows.any()
        }
        self._tell_rows(nobody, left)
        self._tell_columns(taken)
        return Recoded(
            tables=tuple(tables),
            numbers=tuple(numbers),
            details=tuple(details),
            cells=tuple(self.cells),
            set_aside=set_aside,
            assumed=tuple(self.assumed),
            kept=int(taken.sum()),
        )

    def _fitting(self, recoding: Recoding) -> pl.Series:
        if not recoding.origins & self.origins:
            return self.none
        fits = pl.col(_ORIGIN).is_in(sorted(recoding.origins))
        asked = self.frame.select(fits).to_series()
        for column, words in recoding.where.items():
            name = self.headings.find(column)
            if name is None:
                return self.none
            said = pl.col(name)
            fits &= said.is_not_null() if ANYTHING in words else fold(said).fill_null("").is_in(sorted(words))
        if recoding.only_filled:
            columns = [name for source in recoding.fields for name in self.headings.of(source)]
            fits &= filled(columns)
        self._reads(self.headings.having(recoding.where), asked)
        return self.frame.select(fits.alias("fits")).to_series()

    def _reads(self, columns: Iterable[str], where: pl.Series) -> None:
        for name in columns:
            before = self.read.get(name)
            self.read[name] = where if before is None else before | where

    def _flat(self, recoding: Recoding, where: pl.Series, among: Iterable[Recoding]) -> FlatTable:
        """The flat table of some rows, which are all events of one type; its fields are named as ``among`` reads them.

        So names depend on the columns alone, not on which rows there are.
        """
        rows = self.frame.filter(where)
        exprs: dict[str, pl.Expr] = {"patient": pl.col(self.patient)}
        notes: list[pl.Expr] = []
        said: set[str] = set()
        values = self.values
        sources = [source for source in recoding.fields if source.target != NOTE]
        read = {source.target: self._value(source, rows, recoding.type) for source in sources}
        for source in recoding.fields:
            columns = self.headings.of(source)
            self._reads(columns, where)
            if source.target == NOTE:
                notes += [named(name, pl.col(name)) for name in columns]
                said.update(columns)
        for source in sources:
            if not self.headings.of(source) and source.always is None:
                continue
            exprs[source.target] = values.with_leftover(source, sources, read).replace("", None)
            notes += values.told_of(source, said)
        if notes and recoding.type != PATIENT:
            joined = pl.concat_str(notes, separator="; ", ignore_nulls=True)
            exprs[NOTE] = pl.when(joined != "").then(joined)
        if recoding.type == PATIENT:
            self._tell_of_patients(recoding, rows)
        places = [name for name in PLACES if name in rows.columns]
        frame = rows.select(
            *(expr.cast(pl.String).alias(target) for target, expr in exprs.items()), *(pl.col(name) for name in places)
        )
        alike = [one for one in among if one.type == recoding.type]
        alike = [one for one in alike if self.origin_column or one.origins & self.origins]
        names = {"patient": self.patient, **names_of(alike, self.headings)}
        return FlatTable(type=recoding.type, frame=frame, file=self.table.file, names=names)

    def _value(self, source: FieldSource, rows: pl.DataFrame, about: str) -> pl.Expr:
        """What a field takes of its columns."""
        if source.checkbox is None and source.date is None:
            return self.values.value(source)
        telling = Telling(
            file=self.table.file,
            names={},
            rows=rows.select(ROW, pl.col(self.patient).alias(PATIENT), *_origins(rows)),
            about=about,
        )
        if source.date is not None:
            date = evolve(source.date, unknown=source.date.unknown | self.recodings.told)
            read = date_of(date, rows, self.headings, telling)
        else:
            read = checked_of(source, rows, self.headings.of(source), telling)
        self.cells += telling.cells
        return pl.lit(read)

    def _tell_of_patients(self, recoding: Recoding, rows: pl.DataFrame) -> None:
        """Words such as "Not Reported" about a patient: there is no note to keep them in, so they are counted."""
        for source in recoding.fields:
            words = sorted(self.recodings.told - set(source.words))
            for name in self.headings.of(source):
                many = rows.filter(fold(pl.col(name)).is_in(words)).height
                if many:
                    said = words_in(rows, {name: fold(pl.col(name)).is_in(words)})
                    place = f"{self.table.file}, {name}"
                    self.assumed.append(Counted.of(many, *_NOT_STATED, place=place, words=said))

    def _tell_rows(self, nobody: pl.Series, left: pl.Series) -> None:
        if nobody.any():
            rows = self.frame.filter(nobody)
            self.cells.append(
                CellFinding(
                    file=self.table.file,
                    problem=CellProblem.SET_ASIDE,
                    column=self.patient,
                    expected="a patient in every row",
                    row=first_row(rows),
                    rows=rows.height,
                )
            )
        if not left.any():
            return
        for (origin,), rows in self.frame.filter(left).partition_by(_ORIGIN, as_dict=True, maintain_order=True).items():
            self._tell_unmapped(rows, self._asked(origin))

    def _tell_unmapped(self, rows: pl.DataFrame, keys: list[str]) -> None:
        """Rows of one table or track that no event fits, those alike together."""
        groups = rows.group_by(keys or [_ORIGIN], maintain_order=True).agg(
            pl.col(ROW).first().alias("_first"),
            pl.len().alias("_many"),
            pl.col(self.patient).unique(maintain_order=True).head(MOST_PATIENTS).alias("_whose"),
        )
        for row in groups.head(_TOLD_GROUPS).iter_rows(named=True):
            value = ", ".join(f"{name} {row[name]}" for name in keys if row[name] is not None)
            self._unmapped(value or None, row["_first"], row["_many"], row["_whose"])
        rest = groups.slice(_TOLD_GROUPS)
        if rest.height:
            self._unmapped(f"{rest.height:,} other kinds of row", rest["_first"].min(), rest["_many"].sum(), ())

    def _asked(self, origin: object) -> list[str]:
        """The columns by which it is decided what the rows of a table or track are."""
        everything = (*self.recodings.events, *self.recodings.details)
        asked = [column for recoding in everything if origin in recoding.origins for column in recoding.where]
        track = [self.origin_column] if self.origin_column else []
        return list(dict.fromkeys([*track, *self.headings.having(asked)]))

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
        """Columns with cells that nothing reads, in rows that are kept."""
        left = {
            name: pl.lit(taken & ~self.read.get(name, self.none)) & pl.col(name).is_not_null()
            for name in self.table.columns
            if name not in self.used
        }
        for name, row, rows in rows_where(self.frame, left):
            expected = f"a column of {self.recodings.file}"
            problem = CellProblem.NOT_USED
            self.cells.append(
                CellFinding(file=self.table.file, problem=problem, column=name, expected=expected, row=row, rows=rows)
            )


def names_of(recodings: Iterable[Recoding], headings: Headings) -> dict[str, str]:
    """What a source with these columns calls the fields of some recodings, whether or not a row is of one."""
    names: dict[str, str] = {}
    for recoding in recodings:
        for source in recoding.fields:
            read = headings.of(source) if source.target != NOTE else []
            if read:
                name = source.checkbox or ", ".join(read if source.date else read[:1])
                told = names.setdefault(source.target, name)  # two events of one row read one field from two columns
                names[source.target] = told if name in told.split(", ") or name == told else f"{told}, {name}"
    return names


def named_by(
    tables: Iterable[FlatTable], recodings: Iterable[Recoding], headings: Mapping[str, Headings]
) -> list[FlatTable]:
    """The tables with the names that all recodings of their type give; ``headings``: of each file."""
    recodings = tuple(recodings)
    made = []
    for table in tables:
        names = names_of((one for one in recodings if one.type == table.type), headings[table.file])
        made.append(evolve(table, names={**table.names, **names}))
    return made


def _origins(rows: pl.DataFrame) -> list[pl.Expr]:
    """Where rows stood in their source, as far as it says so."""
    return [pl.col(column).alias(name) for column, name in ORIGINS.items() if column in rows.columns]


def merged(tables: Iterable[FlatTable]) -> list[FlatTable]:
    """Flat tables of one type from one file as one table, in the order of their rows."""
    groups: dict[tuple[str, str], list[FlatTable]] = {}
    for table in tables:
        groups.setdefault((table.type, table.file), []).append(table)
    made = []
    for (kind, file), parts in groups.items():
        names = {target: name for part in parts for target, name in part.names.items()}
        frame = pl.concat([part.frame for part in parts], how="diagonal") if len(parts) > 1 else parts[0].frame
        made.append(FlatTable(type=kind, frame=frame.sort(ROW) if len(parts) > 1 else frame, file=file, names=names))
    return made
