"""Reads cBioPortal studies: timelines of days since diagnosis, and the patients' clinical file.

What the files leave open is not decided here: which day is day 0 must be said by the caller (the format says
diagnosis, its validator does not check it), an end on the day after the start may stand for an unknown end, and
months of survival bound a day and do not name it.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
from attrs import define, evolve, field

from ...cohort import Cohort
from ...errors import Fault, InputError, UsageError
from ...events import EVENT_TYPES
from ...intake import (
    MOST_PATIENTS,
    Assumption,
    CellFinding,
    CellProblem,
    Counted,
    Intake,
    RowCount,
    merged_assumptions,
    merged_cells,
)
from .cbioportal_files import BARE, FIXED, NEEDED, PEOPLE, TRACK, bare_table, study_files
from .cbioportal_own import KIND, PATIENT_EVENTS, own_columns
from .clock import DayZero
from .field_values import fold
from .flat import PATIENT, ROW, FlatTable
from .frames import from_frame
from .raw import RawTable
from .reader import FlatExport, Named, Reader
from .recode import NO_PATIENT_ROW, Recoded, merged, recode
from .recoding import FieldSource, Recoding, Recodings
from .recoding_file import read_recodings, shipped
from .telling import Telling

DIAGNOSIS = "diagnosis"
SHORTEST_MONTH, LONGEST_MONTH = 30.4, 30.4375
"""Days that studies take for a month of survival; both bounds are used, so that neither has to be right."""
_BY_MONTHS = tuple(
    f"{{n}} {what} that no timeline tells {is_or_are} placed by OS_MONTHS, taken as months of {SHORTEST_MONTH} to "
    f"{LONGEST_MONTH} days since day 0 and rounded as written: a range of days, not a day."
    for what, is_or_are in (("death or last contact", "is"), ("deaths and last contacts", "are"))
)
_ZERO = (
    "{n} patient has no row for their KIND: it is taken to be on day 0, since day 0 is that.",
    "{n} patients have no row for their KIND: it is taken to be on day 0, since day 0 is that.",
)
_UNUSABLE = "a file without the columns of a timeline"


@define(kw_only=True)
class CbioportalReader(Reader):
    """Reads a study's folder, one timeline file, or frames by name (the patients' has "clinical" in it).

    ``mapping``: a file in place of the shipped one. Without ``complete`` those event types are recorded in full that
    the mapping calls complete and whose track is there.
    """

    SOURCE = "cbioportal"
    FORM = BARE
    IN_PARTS = 64 << 20
    SHARE = 48 << 20

    mapping: str | Path | None = None
    recodings: Recodings = field(init=False)
    tracks: set[str] = field(factory=set, init=False)
    """Words of EVENT_TYPE (folded) in the timelines that were looked at."""
    seen: set[str] = field(factory=set, init=False)

    def __attrs_post_init__(self) -> None:
        self.recodings = _timed(shipped(self.SOURCE) if self.mapping is None else read_recodings(self.mapping))

    def files(self, path: Path) -> list[tuple[Path, str]]:
        """The timelines of a study and its patients' file. Raises InputError for a folder without any."""
        if not path.is_dir():
            return [(path, TRACK)]
        files, cells = study_files(path)
        self.cells += cells
        return files

    def frames(self, frames: Mapping[str, Any]) -> list[Named]:
        """The tables of a study; the clinical one has "clinical" in its name. Raises UsageError."""
        if not frames:
            raise UsageError(
                "no frames: expected timelines by name, and the patients under a name with 'clinical' in it"
            )
        named = [
            (PEOPLE if "clinical" in name.casefold() else TRACK, from_frame(frame, name))
            for name, frame in frames.items()
        ]
        if sum(name == PEOPLE for name, _ in named) > 1:
            raise UsageError("more than one table has 'clinical' in its name: give that of the patients alone")
        return sorted(named, key=lambda one: one[0] == PEOPLE)

    def whole(self, path: Path) -> RawTable:
        """All of a file as text. Raises InputError."""
        return bare_table(path, encoding=self.encoding, delimiter=self.delimiter, limits=self.limits)

    def look(self, name: str, raw: RawTable) -> RawTable:
        """Which tracks there are, and what the portal's validator would refuse in a file."""
        if raw.file not in self.seen:
            self.seen.add(raw.file)
            self.cells += faults_of(name, raw)
        kind = _column(raw, "EVENT_TYPE")
        if name == TRACK and kind is not None and is_usable(name, raw):
            self.tracks.update(raw.frame.select(fold(pl.col(kind)).drop_nulls().unique()).to_series())
        return raw

    def patient(self, name: str, raw: RawTable) -> str | None:
        """The column PATIENT_ID."""
        return patient_column(raw)

    def cohort(self, tables: Sequence[Named]) -> Cohort:
        """The cohort of some files. Raises InputError where none of them can be of a study."""
        study = _StudyReader(self.recodings, self.day_zero, self.tracks).read(tables)
        return self.built(study, [table.file for name, table in tables if may_tell_events(name, table)])


def is_usable(name: str, table: RawTable) -> bool:
    """Whether a file has the columns of a timeline, or of the patients' file."""
    if name == PEOPLE:
        return patient_column(table) is not None
    return not set(NEEDED) - {name.upper() for name in table.columns}


def may_tell_events(name: str, table: RawTable) -> bool:
    """Whether events can come from a file: from a timeline, or from the status of survival."""
    if name == PEOPLE and PATIENT_EVENTS not in table.columns:
        return is_usable(name, table) and "OS_STATUS" in {column.upper() for column in table.columns}
    return name == TRACK and is_usable(name, table)


def faults_of(name: str, table: RawTable) -> Iterator[CellFinding]:
    """What is wrong with the columns of a file."""
    names = [name.upper() for name in table.columns]
    if name == PEOPLE:
        if not is_usable(name, table):
            yield CellFinding(
                file=table.file, problem=CellProblem.NOT_USED, expected="a column PATIENT_ID", row=1, column=None
            )
    elif not is_usable(name, table):
        yield CellFinding(
            file=table.file,
            problem=CellProblem.NOT_USED,
            expected=f"the columns {', '.join(NEEDED)}",
            value=f"no {', '.join(one for one in NEEDED if one not in names)}",
            row=1,
        )
    elif tuple(table.columns[:4]) != FIXED:
        yield CellFinding(
            file=table.file,
            problem=CellProblem.SUSPECT,
            expected=f"{', '.join(FIXED)} as the first four columns",
            value=", ".join(table.columns[:4]),
            row=1,
            hint="the file is read all the same; cBioPortal's validator refuses it",
        )


def _timed(recodings: Recodings) -> Recodings:
    """The mapping with the fixed columns of time, where it does not say otherwise."""

    def timed(recoding: Recoding) -> Recoding:
        stated = {source.target for source in recoding.fields}
        times = [("start_day", "START_DATE")]
        if EVENT_TYPES[recoding.type].LASTS:
            times.append(("end_day", "STOP_DATE"))
        added = tuple(FieldSource(target=name, columns=(column,)) for name, column in times if name not in stated)
        return evolve(recoding, fields=(*added, *recoding.fields))

    return evolve(recodings, patient_column=FIXED[0], events=tuple(map(timed, recodings.events)))


class _StudyReader:
    """Gathers the tables of a study and what is to be told."""

    def __init__(self, recodings: Recodings, day_zero: DayZero, tracks: Collection[str]) -> None:
        self.recodings = recodings
        self.day_zero = day_zero
        self.tracks = tracks
        self.tables: list[FlatTable] = []
        self.cells: list[CellFinding] = []
        self.counts: list[RowCount] = []
        self.assumed: list[Assumption] = []

    def read(self, tables: Sequence[Named]) -> FlatExport:
        """The events of some files; the patients' file comes last."""
        if self.day_zero is DayZero.DIAGNOSIS:
            self.assumed.append(
                "Day 0 is taken as the day of diagnosis, as the format says; the files do not tell it (--day-zero)."
            )
        if not any(is_usable(name, table) for name, table in tables):
            raise InputError(
                faults=[
                    Fault(
                        file=table.file,
                        expected=f"the columns {', '.join(NEEDED)} of a timeline, or PATIENT_ID of the patients' file",
                        found=", ".join(table.columns[:6]) or "no column",
                    )
                    for _, table in tables
                ]
            )
        for name, table in tables:
            self.cells += table.cells
            self.assumed += table.assumptions
            if not is_usable(name, table):
                self._unusable(table)
            elif name == TRACK:
                self._track(table)
            else:
                self._clinical(table)
        if self.day_zero in (DayZero.DIAGNOSIS, DayZero.ENROLMENT):
            self._zeros(str(self.day_zero))
        made = tuple(merged(self.tables))
        labels = {
            (table.type, target): name for table in made for target, name in table.names.items() if target != PATIENT
        }
        intake = Intake(
            source=CbioportalReader.SOURCE,
            rows=tuple(self.counts),
            cells=merged_cells(self.cells),
            assumed=merged_assumptions(self.assumed),
            labels=labels,
        )
        complete = frozenset(r.type for r in self.recodings.events if r.complete and r.origins & set(self.tracks))
        return FlatExport(tables=made, intake=intake, complete=complete)

    def _unusable(self, table: RawTable) -> None:
        """All rows of a file are set aside."""
        set_aside = dict(table.count.set_aside)
        if table.count.kept:
            set_aside[_UNUSABLE] = table.count.kept
        self.counts.append(RowCount(file=table.file, read=table.count.read, kept=0, set_aside=set_aside))

    def _track(self, table: RawTable) -> None:
        """One timeline file."""
        spelt = {name.upper(): name for name in reversed(table.columns) if name.upper() in FIXED}
        frame = table.frame.rename({name: new for new, name in spelt.items() if new not in table.columns})
        frame = frame.with_columns(pl.col("PATIENT_ID").str.strip_chars().replace("", None))
        own = (
            frame.select(pl.col(KIND).is_in(sorted(EVENT_TYPES)).fill_null(False)).to_series()
            if KIND in frame.columns
            else pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
        )
        foreign = frame.filter(~own)
        made: list[FlatTable] = []
        kept, set_aside = 0, dict(table.count.set_aside)
        if own.any():
            made, nobody = self._own(frame.filter(own), table.file)
            kept += int(own.sum()) - nobody
            if nobody:
                set_aside[NO_PATIENT_ROW] = nobody
        if foreign.height:
            recoded = recode(
                evolve(table, frame=foreign), self.recodings, column="EVENT_TYPE", known=("START_DATE", "STOP_DATE")
            )
            kept += self._take(recoded, set_aside)
            made += recoded.tables
        self.counts.append(RowCount(file=table.file, read=table.count.read, kept=kept, set_aside=set_aside))
        for flat in made:
            self._tell_times(flat, frame)
        self.tables += made

    def _take(self, recoded: Recoded, set_aside: dict[str, int]) -> int:
        self.cells += recoded.cells
        self.assumed += recoded.assumed
        for reason, many in recoded.set_aside.items():
            set_aside[reason] = set_aside.get(reason, 0) + many
        return recoded.kept

    def _own(self, frame: pl.DataFrame, file: str) -> tuple[list[FlatTable], int]:
        """Rows that this package wrote, and how many of them have no patient."""
        nobody = frame["PATIENT_ID"].is_null()
        if nobody.any():
            where = frame.filter(nobody)[ROW]
            self.cells.append(
                CellFinding(
                    file=file,
                    problem=CellProblem.SET_ASIDE,
                    column="PATIENT_ID",
                    expected="a patient in every row",
                    row=int(where[0]),
                    rows=len(where),
                )
            )
            frame = frame.filter(~nobody)
        made = []
        of_kinds = frame.partition_by(KIND, as_dict=True, maintain_order=True)
        for event_type in (name for name in EVENT_TYPES if (name,) in of_kinds):
            rows = of_kinds[(event_type,)]
            names = {PATIENT: "PATIENT_ID", "start_day": "START_DATE"}
            if EVENT_TYPES[event_type].LASTS and "STOP_DATE" in rows.columns:
                names["end_day"] = "STOP_DATE"
            names |= {column.name: name for name, column in own_columns(event_type).items() if name in rows.columns}
            flat = rows.select(*(pl.col(name).alias(target) for target, name in names.items()), pl.col(ROW))
            if "start_age_days" in names:  # day 0 says nothing of the diagnosis itself; its age does
                aged = pl.col("start_age_days").is_not_null() & (pl.col("start_day") == "0")
                flat = flat.with_columns(pl.when(~aged).then(pl.col("start_day")).alias("start_day"))
            made.append(FlatTable(type=event_type, frame=flat, file=file, names=names))
        return made, int(nobody.sum())

    def _tell_times(self, flat: FlatTable, frame: pl.DataFrame) -> None:
        """What is doubtful in the fixed columns of rows that are events."""
        if "start_day" in flat.frame.columns:
            nowhere = [name for name in flat.frame.columns if name.startswith("start")]
            unstated = flat.frame.filter(pl.all_horizontal(pl.col(nowhere).is_null()))
            if unstated.height:
                self._tell(flat.file, "START_DATE", "whole days since day zero in every row", unstated)
        stops = "STOP_DATE" in frame.columns
        if stops and EVENT_TYPES[flat.type].LASTS and {"start_day", "end_day"} <= set(flat.frame.columns):
            start, end = (pl.col(name).cast(pl.Int64, strict=False) for name in ("start_day", "end_day"))
            next_day = flat.frame.filter(end == start + 1)
            if next_day.height:
                self._tell(
                    flat.file,
                    "STOP_DATE",
                    "an end; START_DATE + 1 often stands for one that is not known. It is taken as it stands",
                    next_day,
                )
        if stops and not EVENT_TYPES[flat.type].LASTS:
            both = flat.frame.select(PATIENT, ROW).join(frame.select(ROW, "START_DATE", "STOP_DATE"), on=ROW)
            ends = both.filter(
                (pl.col("STOP_DATE") != pl.col("START_DATE")) & fold(pl.col("STOP_DATE")).is_in(self._missing()).not_()
            )
            if ends.height:
                self._tell(
                    flat.file,
                    "STOP_DATE",
                    f"no end other than the start, as {flat.type} is one point in time",
                    ends,
                    CellProblem.NOT_USED,
                )
        if flat.type == DIAGNOSIS and self.day_zero is DayZero.DIAGNOSIS and "start_day" in flat.frame.columns:
            day = pl.col("start_day").cast(pl.Int64, strict=False)
            other = flat.frame.filter(day != 0)
            if other.height:
                self._tell(
                    flat.file,
                    "START_DATE",
                    "the diagnosis on day 0, or --day-zero with what day 0 is",
                    other,
                )

    def _missing(self) -> list[str]:
        return sorted(self.recodings.missing)

    def _tell(
        self,
        file: str,
        column: str,
        expected: str,
        rows: pl.DataFrame,
        problem: CellProblem = CellProblem.SUSPECT,
    ) -> None:
        self.cells.append(
            CellFinding(
                file=file,
                problem=problem,
                column=column,
                expected=expected,
                row=int(rows[ROW][0]),
                rows=rows.height,
                patients=tuple(rows[PATIENT].unique(maintain_order=True).head(MOST_PATIENTS)),
            )
        )

    def _clinical(self, table: RawTable) -> None:
        """The patients' clinical file: who they are, and whether they live."""
        patient = str(patient_column(table))
        frame = table.frame.with_columns(pl.col(patient).str.strip_chars().replace("", None))
        survival = {name.upper(): name for name in table.columns if name.upper() in ("OS_STATUS", "OS_MONTHS")}
        own = PATIENT_EVENTS in table.columns
        recodings = evolve(self.recodings, missing=frozenset()) if own else self.recodings
        known = (*survival.values(), PATIENT_EVENTS)
        recoded = recode(evolve(table, frame=frame), recodings, origin="clinical", known=known)
        set_aside = dict(table.count.set_aside)
        kept = self._take(recoded, set_aside)
        self.counts.append(RowCount(file=table.file, read=table.count.read, kept=kept, set_aside=set_aside))
        self.tables += recoded.tables
        self._strangers(frame[patient].drop_nulls(), table.file)
        if own:
            self.assumed.append(f"{table.file}: written by infant-course, so its timelines alone tell who died.")
        elif "OS_STATUS" in survival:
            people = frame.filter(pl.col(patient).is_not_null()).unique(patient, keep="first", maintain_order=True)
            self._survival(people, patient, survival, table.file)

    def _strangers(self, known: pl.Series, file: str) -> None:
        """Patients of timelines who are not in the clinical file: kept, and said."""
        for table in self.tables:
            if table.type == PATIENT:
                continue
            rows = table.frame.filter(~pl.col(PATIENT).is_in(known.implode()))
            if rows.height:
                self._tell(table.file, "PATIENT_ID", f"a patient of {file}; the row is kept", rows)

    def _survival(self, frame: pl.DataFrame, patient: str, survival: Mapping[str, str], file: str) -> None:
        """Death or last contact from OS_STATUS, where no timeline tells it. Months bound the day."""
        status = survival["OS_STATUS"]
        word = fold(pl.col(status)).str.replace(r"^[01]:", "")
        code = fold(pl.col(status)).str.extract(r"^([01]):")
        dead = (word == "deceased") & (code.is_null() | (code == "1"))
        alive = (word == "living") & (code.is_null() | (code == "0"))
        stated = pl.col(status).is_not_null() & ~fold(pl.col(status)).is_in(self._missing())
        unread = frame.select(unread=stated & ~dead & ~alive).to_series()
        self._tell_unread(frame, patient, status, unread, "0:LIVING, 1:DECEASED, LIVING or DECEASED", file)
        bounded = _month_bounds(frame, survival.get("OS_MONTHS"), self._missing())
        if "OS_MONTHS" in survival:
            expected = "a number of months, not negative"
            self._tell_unread(bounded, patient, survival["OS_MONTHS"], bounded["unread_months"], expected, file)
        names = {"vital_status": status, "start_earliest": survival.get("OS_MONTHS", status)}
        told = 0
        for kind, who, fields in (
            ("death", dead, {}),
            ("last_contact", alive, {"vital_status": pl.lit("alive")}),
        ):
            rows = bounded.filter(who & ~pl.col(patient).is_in(self._with(kind).implode()))
            if not rows.height:
                continue
            told += rows.filter(pl.col("start_earliest").is_not_null()).height
            flat = rows.select(
                pl.col(patient).alias(PATIENT),
                "start_earliest",
                "start_latest",
                *(value.alias(name) for name, value in fields.items()),
                pl.col(ROW),
            )
            self.tables.append(FlatTable(type=kind, frame=flat, file=file, names={PATIENT: patient, **names}))
        if told:
            self.assumed.append(Counted.of(told, *_BY_MONTHS, place=file))

    def _tell_unread(
        self, frame: pl.DataFrame, patient: str, column: str, unread: pl.Series, expected: str, file: str
    ) -> None:
        rows = frame.select(ROW, pl.col(patient).alias(PATIENT))
        telling = Telling(file=file, names={}, rows=rows)
        telling.tell(column, frame[column], unread.fill_null(False), expected)
        self.cells += telling.cells

    def _with(self, kind: str) -> pl.Series:
        """Patients of whom a timeline tells an event of a type."""
        found = [table.frame[PATIENT] for table in self.tables if table.type == kind]
        return pl.concat(found).unique() if found else pl.Series(PATIENT, [], dtype=pl.String)

    def _zeros(self, kind: str) -> None:
        """The event that day 0 is, of patients whose timelines have no row for it."""
        having = self._with(kind)
        events = [table for table in self.tables if table.type != PATIENT]
        if not events:
            return
        first = (
            pl.concat([table.frame.select(PATIENT, ROW, pl.lit(table.file).alias("file")) for table in events])
            .unique(PATIENT, keep="first", maintain_order=True)
            .filter(~pl.col(PATIENT).is_in(having.implode()))
        )
        if not first.height:
            return
        for (file,), rows in first.partition_by("file", as_dict=True, maintain_order=True).items():
            flat = rows.select(PATIENT, pl.lit("0").alias("start_day"), pl.col(ROW))
            self.tables.append(FlatTable(type=kind, frame=flat, file=str(file), names={PATIENT: "PATIENT_ID"}))
        self.assumed.append(Counted.of(first.height, *(text.replace("KIND", kind) for text in _ZERO)))


def patient_column(table: RawTable) -> str | None:
    """The column with the patients, as the file spells it."""
    return _column(table, FIXED[0])


def _column(table: RawTable, wanted: str) -> str | None:
    """A column by its name, as the file spells it: exactly so before any other way."""
    spelt = [name for name in table.columns if name.upper() == wanted]
    return wanted if wanted in spelt else next(iter(spelt), None)


def _month_bounds(frame: pl.DataFrame, column: str | None, missing: list[str]) -> pl.DataFrame:
    """The least and greatest whole days that months of survival can mean, as text, and whether they are unreadable."""
    nothing = pl.lit(None, dtype=pl.String)
    if column is None:
        return frame.with_columns(
            nothing.alias("start_earliest"), nothing.alias("start_latest"), pl.lit(False).alias("unread_months")
        )
    text = pl.col(column).str.strip_chars()
    good = text.str.contains(r"^[0-9]{1,5}(\.[0-9]*)?$").fill_null(False)
    months = pl.when(good).then(text).cast(pl.Float64, strict=False)
    decimals = text.str.extract(r"\.([0-9]*)$").str.len_chars().fill_null(0).clip(0, 12)
    slack = 0.5 * pl.lit(0.1).pow(decimals)
    least = ((months - slack).clip(0) * SHORTEST_MONTH - 1e-6).floor().clip(0).cast(pl.Int64)
    most = ((months + slack) * LONGEST_MONTH + 1e-6).ceil().cast(pl.Int64)
    stated = pl.col(column).is_not_null() & ~fold(pl.col(column)).is_in(missing)
    return frame.with_columns(
        least.cast(pl.String).alias("start_earliest"),
        most.cast(pl.String).alias("start_latest"),
        (stated & ~good).alias("unread_months"),
    )
