"""Reads tables shaped by the data dictionary of the Pediatric Cancer Data Commons for ALL: ages in days, no dates.

Which table and column is what is in ``pcdc.toml``. Rows about the diagnosis or the relapse that stand in tables of
their own are added to that event, if the patient has one such event and the rows agree. The dictionary types MRD as
whole per cents: a whole number there that can only be a rounded one (0) is told, and not read.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from attrs import evolve, field, frozen

from ...cohort import Cohort
from ...errors import Fault, InputError, UsageError
from ...intake import CellFinding, CellProblem, Intake, RowCount, merged_cells
from .build import build, day_zero_of
from .clock import DayZero
from .details import DETAIL_ASIDE, with_details
from .field_values import NUMBER
from .flat import PATIENT, ROW, FlatTable
from .raw import RawTable, read_raw
from .recode import merged, recode
from .recoding import Recodings, folded
from .recoding_file import read_recodings, shipped
from .telling import told_together

SOURCE = "pcdc"
FRAMING = ("DISEASE_PHASE", "DISEASE_PHASE_NUMBER", "COURSE", "COURSE_NUMBER")
"""Columns of every longitudinal table that say in which phase and course a row lies."""
WHOLE_PER_CENTS = {"minimal residual disease": ("MRD_RESULT_NUMERIC", "MRD_SENSITIVTY")}
"""Columns of a table that hold per cents as whole numbers, by the folded name of the table."""
UNKNOWN_TABLE, NO_SUBJECT_COLUMN = "a table that the mapping does not name", "no column of the patient"
_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")
_PACKED = (".gz", ".zst")


@frozen(kw_only=True)
class Commons:
    """The tables as flat tables, and what became of their rows."""

    tables: tuple[FlatTable, ...] = field(repr=False)
    intake: Intake = field(repr=False)
    complete: frozenset[str] = frozenset()


def read(
    source: str | Path | Mapping[str, Any],
    *,
    mapping: str | Path | None = None,
    day_zero: DayZero | str = DayZero.DIAGNOSIS,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Cohort:
    """The cohort of a folder of tables, of one table, or of frames by the table's name.

    ``mapping``: a file in place of the shipped one. ``day_zero`` matters only to a mapping that reads days; the
    dictionary has ages. Raises InputError for what cannot be read, UsageError for an unknown day zero.
    """
    zero = day_zero_of(day_zero)
    commons = read_commons(source, mapping=mapping, encoding=encoding, delimiter=delimiter)
    return build(
        commons.tables,
        source=SOURCE,
        day_zero=zero,
        complete=commons.complete,
        counts=commons.intake.rows,
        cells=commons.intake.cells,
        assumptions=commons.intake.assumptions,
        labels=commons.intake.labels,
    )


def read_commons(
    source: str | Path | Mapping[str, Any],
    *,
    mapping: str | Path | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Commons:
    """The events of a folder of tables, of one table, or of frames by the table's name. Raises InputError."""
    recodings = shipped(SOURCE) if mapping is None else read_recodings(mapping)
    if isinstance(source, Mapping):
        from .frames import from_frame

        if not source:
            raise UsageError("no frames: expected tables by their names, such as minimal_residual_disease")
        tables = {name: from_frame(frame, name) for name, frame in source.items()}
    else:
        tables = _files(Path(source), encoding, delimiter)
    return _CommonsReader(recodings).read(tables)


def _files(path: Path, encoding: str | None, delimiter: str | None) -> dict[str, RawTable]:
    """Tables by the names of their files without suffix. Raises InputError where there is none."""
    if not path.is_dir():
        return {_stem(path.name): read_raw(path, encoding=encoding, delimiter=delimiter)}
    found: dict[str, RawTable] = {}
    for entry in sorted(entry for entry in path.iterdir() if entry.is_file() and _suffix(entry.name) in _SUFFIXES):
        name = _stem(entry.name)
        if name in found:
            raise UsageError(f"{path}: two files are table {name}; leave one of them in the folder")
        found[name] = read_raw(entry, encoding=encoding, delimiter=delimiter)
    if not found:
        raise InputError(
            faults=[
                Fault(
                    file=str(path),
                    expected=f"tables ({', '.join(_SUFFIXES)})",
                    found="none",
                    hint="each table is a file with its name, such as minimal_residual_disease.csv",
                )
            ]
        )
    return found


def _suffix(name: str) -> str:
    bare = name.casefold()
    for packed in _PACKED:
        bare = bare.removesuffix(packed)
    return Path(bare).suffix


def _stem(name: str) -> str:
    bare = name.casefold()
    for packed in _PACKED:
        bare = bare.removesuffix(packed)
    return name[: len(Path(bare).stem)]


class _CommonsReader:
    """Gathers flat tables and what is to be told."""

    def __init__(self, recodings: Recodings) -> None:
        self.recodings = recodings
        self.origins = {
            origin
            for recoding in (*recodings.patients, *recodings.events, *recodings.details)
            for origin in recoding.origins
        }
        self.tables: list[FlatTable] = []
        self.details: list[FlatTable] = []
        self.cells: list[CellFinding] = []
        self.counts: list[RowCount] = []
        self.assumptions = ["Times are ages in days; the tables hold no dates."]
        self.framed: list[str] = []

    def read(self, tables: Mapping[str, RawTable]) -> Commons:
        present = set()
        for name, table in tables.items():
            if self._table(name, table):
                present.add(folded(name))
        if not present:
            raise InputError(
                faults=[
                    Fault(
                        file=table.file,
                        expected=f"a table of {self.recodings.file} with a column {self.recodings.patient_column}",
                        found=f"table {name} with {', '.join(table.columns[:6]) or 'no column'}",
                        hint=f"the tables are {', '.join(sorted(origin.replace(' ', '_') for origin in self.origins))}",
                    )
                    for name, table in tables.items()
                ]
            )
        if self.framed:
            self.assumptions.append(
                f"{', '.join(FRAMING)} say where a row belongs; no time is taken from them ({', '.join(self.framed)})."
            )
        joined = with_details(merged(self.tables), merged(self.details))
        events = joined.tables
        self.cells += joined.cells
        self._lose(joined.lost)
        labels = {(t.type, target): name for t in events for target, name in t.names.items() if target != PATIENT}
        intake = Intake(
            source=SOURCE,
            rows=tuple(self.counts),
            cells=merged_cells(self.cells),
            assumptions=tuple(self.assumptions),
            labels=labels,
        )
        complete = frozenset(r.type for r in self.recodings.events if r.complete and r.origins & present)
        return Commons(tables=tuple(events), intake=intake, complete=complete)

    def _table(self, name: str, table: RawTable) -> bool:
        """One table; whether the mapping has a use for it."""
        self.cells += table.cells
        self.assumptions += table.assumptions
        columns = {column.casefold(): column for column in reversed(table.columns)}
        patient = columns.get(self.recodings.patient_column.casefold())
        reason = UNKNOWN_TABLE if folded(name) not in self.origins else NO_SUBJECT_COLUMN if patient is None else None
        read = table.count.read
        if patient is None or reason is not None:
            expected = (
                f"a table of {self.recodings.file}"
                if reason == UNKNOWN_TABLE
                else f"a column {self.recodings.patient_column}"
            )
            self.cells.append(CellFinding(file=table.file, problem=CellProblem.NOT_USED, expected=expected, rows=read))
            set_aside = dict(table.count.set_aside)
            if table.count.kept:
                set_aside[str(reason)] = table.count.kept
            self.counts.append(RowCount(file=table.file, read=read, kept=0, set_aside=set_aside))
            return False
        frame = table.frame.with_columns(pl.col(patient).str.strip_chars().replace("", None))
        frame = self._without_rounded(name, table.file, frame, columns, patient)
        framing = [columns[column.casefold()] for column in FRAMING if column.casefold() in columns]
        if framing:
            self.framed.append(name)
        recoded = recode(evolve(table, frame=frame), self.recodings, origin=name, known=framing)
        set_aside = dict(table.count.set_aside)
        for why, many in recoded.set_aside.items():
            set_aside[why] = set_aside.get(why, 0) + many
        self.counts.append(RowCount(file=table.file, read=read, kept=recoded.kept, set_aside=set_aside))
        self.cells += recoded.cells
        self.assumptions += recoded.assumptions
        self.tables += recoded.tables
        self.details += recoded.details
        return True

    def _without_rounded(
        self, name: str, file: str, frame: pl.DataFrame, columns: Mapping[str, str], patient: str
    ) -> pl.DataFrame:
        """Zero in a column of whole per cents may be anything below 1 %: told, and not read."""
        for written in WHOLE_PER_CENTS.get(folded(name), ()):
            column = columns.get(written.casefold())
            if column is None:
                continue
            zero = frame[column].str.contains(r"^\s*0+\s*$").fill_null(False)
            text = columns.get("mrd_result")
            if written == "MRD_RESULT_NUMERIC" and text is not None:  # the text holds the number itself
                zero &= ~frame[text].str.contains(NUMBER).fill_null(False)
            if not zero.any():
                continue
            rows = frame.filter(zero)
            self.cells.append(
                told_together(
                    file,
                    CellProblem.SUSPECT,
                    "a number with its decimals; 0 as a whole number of per cent may be any level below 1 %, "
                    "so it is not read",
                    rows.select(ROW, pl.col(patient).alias(PATIENT)),
                    column=column,
                    value="0",
                )
            )
            frame = frame.with_columns(pl.when(~zero).then(pl.col(column)).alias(column))
        return frame

    def _lose(self, lost: Mapping[str, frozenset[int]]) -> None:
        """Take the rows that no event has from those kept, where nothing else took them."""
        for place, count in enumerate(self.counts):
            elsewhere = {row for table in self.tables if table.file == count.file for row in table.frame[ROW]}
            many = len(lost.get(count.file, frozenset()) - elsewhere)
            if many:
                aside = {**count.set_aside, DETAIL_ASIDE: count.set_aside.get(DETAIL_ASIDE, 0) + many}
                self.counts[place] = evolve(count, kept=count.kept - many, set_aside=aside)
