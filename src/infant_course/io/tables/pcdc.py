"""Reads tables shaped by the data dictionary of the Pediatric Cancer Data Commons for ALL: ages in days, no dates.

Which table and column is what is in ``pcdc.toml``. Rows about the diagnosis or the relapse that stand in tables of
their own are added to that event, if the patient has one such event and the rows agree. The dictionary types MRD as
whole per cents: a whole number there that can only be a rounded one (0) is told, and not read.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from attrs import define, evolve, field

from ...cohort import Cohort
from ...errors import Fault, InputError, UsageError
from ...intake import Assumption, CellFinding, CellProblem, Intake, RowCount, merged_assumptions, merged_cells
from .details import DETAIL_ASIDE, with_details
from .field_values import NUMBER
from .flat import PATIENT, ROW, FlatTable
from .raw import RawTable
from .reader import FlatExport, Named, Reader
from .recode import merged, recode
from .recoding import Recodings, folded
from .recoding_file import read_recodings, shipped
from .telling import told_together

FRAMING = ("DISEASE_PHASE", "DISEASE_PHASE_NUMBER", "COURSE", "COURSE_NUMBER")
"""Columns of every longitudinal table that say in which phase and course a row lies."""
WHOLE_PER_CENTS = {"minimal residual disease": ("MRD_RESULT_NUMERIC", "MRD_SENSITIVTY")}
"""Columns of a table that hold per cents as whole numbers, by the folded name of the table."""
UNKNOWN_TABLE, NO_SUBJECT_COLUMN = "a table that the mapping does not name", "no column of the patient"
_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")
_PACKED = (".gz", ".zst")


@define(kw_only=True)
class PcdcReader(Reader):
    """Reads a folder of tables, one table, or frames by the table's name.

    ``mapping``: a file in place of the shipped one. ``day_zero`` matters only to a mapping that reads days; the
    dictionary has ages. Without ``complete`` those event types are recorded in full that the mapping calls complete and
    whose table is there.
    """

    SOURCE = "pcdc"
    IN_PARTS = 64 << 20
    SHARE = 48 << 20

    mapping: str | Path | None = None
    recodings: Recodings = field(init=False)
    looked_at: dict[str, str] = field(factory=dict, init=False)
    """Tables that were looked at, and why they are of no use (empty: they are)."""

    def __attrs_post_init__(self) -> None:
        self.recodings = shipped(self.SOURCE) if self.mapping is None else read_recodings(self.mapping)

    def files(self, path: Path) -> list[tuple[Path, str]]:
        """The tables, by the names of their files without suffix. Raises InputError where there is none."""
        if not path.is_dir():
            return [(path, _stem(path.name))]
        found: dict[str, Path] = {}
        for entry in sorted(entry for entry in path.iterdir() if entry.is_file() and _suffix(entry.name) in _SUFFIXES):
            name = _stem(entry.name)
            if name in found:
                raise UsageError(f"{path}: two files are table {name}; leave one of them in the folder")
            found[name] = entry
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
        return [(path, name) for name, path in found.items()]

    def frames(self, frames: Mapping[str, Any]) -> list[Named]:
        """The tables. Raises UsageError where there is none."""
        if not frames:
            raise UsageError("no frames: expected tables by their names, such as minimal_residual_disease")
        return super().frames(frames)

    def look(self, name: str, raw: RawTable) -> RawTable:
        """Which tables there are."""
        reason = self.looked_at[name] = self._of_no_use(name, raw)
        if reason:
            of_mapping = f"a table of {self.recodings.file}"
            expected = of_mapping if reason == UNKNOWN_TABLE else f"a column {self.recodings.patient_column}"
            problem, rows = CellProblem.NOT_USED, raw.count.read
            self.cells.append(CellFinding(file=raw.file, problem=problem, expected=expected, rows=rows))
        return raw

    def _of_no_use(self, name: str, raw: RawTable) -> str:
        if folded(name) not in origins_of(self.recodings):
            return UNKNOWN_TABLE
        return "" if self.patient(name, raw) else NO_SUBJECT_COLUMN

    def patient(self, name: str, raw: RawTable) -> str | None:
        """The column that the mapping calls that of the patient."""
        wanted = self.recodings.patient_column.casefold()
        return next((column for column in raw.columns if column.casefold() == wanted), None)

    def cohort(self, tables: Sequence[Named]) -> Cohort:
        """The cohort of some tables. Raises InputError where the mapping has a use for none of them."""
        commons = _CommonsReader(self.recodings, self.looked_at).read(tables)
        return self.built(commons, [table.file for name, table in tables if not self.looked_at[name]])


def origins_of(recodings: Recodings) -> frozenset[str]:
    """The tables (folded) that a mapping names."""
    every = (*recodings.patients, *recodings.events, *recodings.details)
    return frozenset(origin for recoding in every for origin in recoding.origins)


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

    def __init__(self, recodings: Recodings, reasons: Mapping[str, str]) -> None:
        """``reasons``: why a table is of no use; empty: it is."""
        self.recodings = recodings
        self.reasons = reasons
        self.tables: list[FlatTable] = []
        self.details: list[FlatTable] = []
        self.cells: list[CellFinding] = []
        self.counts: list[RowCount] = []
        self.assumed: list[Assumption] = ["Times are ages in days; the tables hold no dates."]
        self.framed: list[str] = []

    def read(self, tables: Sequence[Named]) -> FlatExport:
        """The events of some tables."""
        present = {folded(name) for name, _ in tables if not self.reasons[name]}
        if not present:
            origins = sorted(origin.replace(" ", "_") for origin in origins_of(self.recodings))
            raise InputError(
                faults=[
                    Fault(
                        file=table.file,
                        expected=f"a table of {self.recodings.file} with a column {self.recodings.patient_column}",
                        found=f"table {name} with {', '.join(table.columns[:6]) or 'no column'}",
                        hint=f"the tables are {', '.join(origins)}",
                    )
                    for name, table in tables
                ]
            )
        for name, table in tables:
            self._table(name, table, self.reasons[name])
        if self.framed:
            self.assumed.append(
                f"{', '.join(FRAMING)} say where a row belongs; no time is taken from them ({', '.join(self.framed)})."
            )
        joined = with_details(merged(self.tables), merged(self.details))
        events = joined.tables
        self.cells += joined.cells
        self._lose(joined.lost)
        labels = {(t.type, target): name for t in events for target, name in t.names.items() if target != PATIENT}
        intake = Intake(
            source=PcdcReader.SOURCE,
            rows=tuple(self.counts),
            cells=merged_cells(self.cells),
            assumed=merged_assumptions(self.assumed),
            labels=labels,
        )
        complete = frozenset(r.type for r in self.recodings.events if r.complete and r.origins & present)
        return FlatExport(tables=tuple(events), intake=intake, complete=complete)

    def _table(self, name: str, table: RawTable, reason: str) -> None:
        """One table. ``reason``: why the mapping has no use for it."""
        self.cells += table.cells
        self.assumed += table.assumptions
        set_aside = dict(table.count.set_aside)
        read = table.count.read
        if reason:
            if table.count.kept:
                set_aside[reason] = table.count.kept
            self.counts.append(RowCount(file=table.file, read=read, kept=0, set_aside=set_aside))
            return
        columns = {column.casefold(): column for column in reversed(table.columns)}
        patient = columns[self.recodings.patient_column.casefold()]
        frame = table.frame.with_columns(pl.col(patient).str.strip_chars().replace("", None))
        frame = self._without_rounded(name, table.file, frame, columns, patient)
        framing = [columns[column.casefold()] for column in FRAMING if column.casefold() in columns]
        if framing:
            self.framed.append(name)
        recoded = recode(evolve(table, frame=frame), self.recodings, origin=name, known=framing)
        for why, many in recoded.set_aside.items():
            set_aside[why] = set_aside.get(why, 0) + many
        self.counts.append(RowCount(file=table.file, read=read, kept=recoded.kept, set_aside=set_aside))
        self.cells += recoded.cells
        self.assumed += recoded.assumed
        self.tables += recoded.tables
        self.details += recoded.details

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
