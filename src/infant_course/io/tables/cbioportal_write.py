"""Writes a cohort as a cBioPortal study, and says what the format could not take.

The format knows days since diagnosis and nothing else of time. An event is written if its day is known exactly, with
all its fields in columns of its own; everything else is left out and listed. Nothing is invented, with one exception
that the format demands: a sample per patient, which is named as what it is.
"""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import polars as pl
from attrs import field, frozen

from ...cohort import Cohort
from ...errors import UsageError
from ...events import EVENT_TYPES
from ...spreadsheet import inert
from ..values import is_identifier
from .cbioportal_display import portal_columns, same, texts_of
from .cbioportal_own import KIND, PATIENT_EVENTS, own_columns, track_of
from .cells import substitute
from .flat import FlatColumn, Part, Shape
from .frames import text_of_floats
from .write import write_folder

MONTH_DAYS = 30.4
"""Days of a month of survival, as studies have it."""
REPORT = "not_carried.tsv"
"""Name of the list of what was left out, in the study's folder."""

NOT_CARRIED: dict[str, str] = {
    "calendar": "Dates: the days of a course are counted from its diagnosis, and no date is written.",
    "statement": "How a time was stated (a date, an age, 'day 33 of ind'): only the day it comes to is written.",
    "order": "Order that is known without days, and order within a day.",
    "reading": "That a time can be understood in several ways.",
    "completeness": "Which event types are recorded in full.",
    "citation": "The publication that a course is taken from.",
    "defect": "What was found wrong while the course was read.",
    "place": "File and line of an event.",
    "birth": "The birth, save as the age at diagnosis where both days are known.",
    "blank": "Empty texts.",
}
"""What no course takes along, whatever it holds; these are not listed one by one."""

LISTED: dict[str, str] = {
    "no diagnosis": "An event of a patient without a diagnosis: there is no day 0.",
    "no day": "An event whose day since diagnosis is not known exactly.",
    "no end": "An end that is stated, but not known to the day.",
    "reference": "A reference to an event that is not written.",
    "text": "Tabs, line ends and control characters in a text become spaces; a quote at its edge becomes '.",
    "id": "An id with other signs than letters, digits and . _ + - is replaced.",
}
"""What depends on the course: each case is listed in :data:`REPORT`, and returned."""

_LOSSES = {"patient": pl.String, "event": pl.String, "field": pl.String, "loss": pl.String}
_STUDY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_UNWRITABLE = r"[\x00-\x1f\x7f-\x9f\u2028\u2029]"
_CLINICAL_DOC = {
    "SEX": ("Sex", "Sex", "STRING"),
    "SITE": ("Site", "Centre that reports", "STRING"),
    "ABOUT": ("About", "A word about the course", "STRING"),
    "OS_STATUS": ("Overall survival status", "Whether the patient lives", "STRING"),
    "OS_MONTHS": ("Overall survival (months)", f"Days since diagnosis divided by {MONTH_DAYS}", "NUMBER"),
    PATIENT_EVENTS: ("Course events", "Number of events in the timelines", "NUMBER"),
}


@frozen(kw_only=True)
class Written:
    """What was written. ``losses``: patient, event, field and a key of :data:`LISTED`, one row per case."""

    folder: Path
    events: int
    losses: pl.DataFrame = field(repr=False)

    @property
    def told(self) -> str:
        """How many cases of each loss there are; empty where there is none."""
        counts = self.losses.group_by("loss").len().sort("loss").rows()
        cases = "".join(f"\n  {many:,} × {LISTED[loss]}" for loss, many in counts)
        return f"not everything could be taken along; {self.folder / REPORT} lists each case.{cases}" if counts else ""


def write(cohort: Cohort, folder: str | Path, *, to: str = "cbioportal") -> str:
    """:func:`write_cbioportal` by the name of the format; returns what could not be taken along."""
    return write_cbioportal(cohort, folder).told


def write_cbioportal(
    cohort: Cohort, folder: str | Path, *, study: str = "infant_course", cancer_type: str = "bll"
) -> Written:
    """Write a study into a folder that is new or empty, whole or not at all. Raises UsageError, OSError.

    ``study``: its identifier. ``cancer_type``: the OncoTree code that the portal files it under (bll:
    B-lymphoblastic leukaemia).
    """
    folder = Path(folder)
    for name, value in (("study", study), ("cancer_type", cancer_type)):
        if not _STUDY.fullmatch(value):
            raise UsageError(f"{name} {value!r}: expected letters, digits and . _ - only")
    files, written = _Study(cohort, study, cancer_type).files(folder)

    def fill(aside: Path) -> None:
        for name, text in files.items():
            (aside / name).write_bytes(text.encode())

    write_folder(folder, fill)
    return written


class _Study:
    """Builds the texts of a study's files."""

    def __init__(self, cohort: Cohort, study: str, cancer_type: str) -> None:
        self.cohort = cohort
        self.study = study
        self.cancer_type = cancer_type
        self.losses: list[pl.DataFrame] = []
        codes = cohort.patients.select("patient").with_row_index("code").with_columns(pl.col("code").cast(pl.UInt32))
        changed = _names(codes["patient"])
        self.patients = codes.with_columns(changed.alias("name"))
        self._lose("id", self.patients.filter(pl.col("name") != pl.col("patient")).select("patient"))
        self.units = cohort.units.select("unit", "reading", code="patient").join(self.patients, on="code")

    def files(self, folder: Path) -> tuple[dict[str, str], Written]:
        """The text of every file by its name, and what is to be said of them."""
        days = self._days()
        kept = days.filter(pl.col("day").is_not_null())
        tracks: dict[str, list[pl.DataFrame]] = {}
        for kind, table in self.cohort.tables.items():
            rows = self._rows(kind, table, kept)
            if rows.height:
                tracks.setdefault(track_of(kind), []).append(rows)
        files = {
            "meta_study.txt": _meta(
                cancer_study_identifier=self.study,
                type_of_cancer=self.cancer_type,
                name=self.study,
                description="Courses of infant acute lymphoblastic leukaemia",
                add_global_case_list="true",
            )
        }
        for track, parts in sorted(tracks.items()):
            name = f"timeline_{track.lower()}.txt"
            files[f"meta_{name}"] = self._meta_of("TIMELINE", f"data_{name}")
            files[f"data_{name}"] = _tsv(_timeline(parts))
        files |= self._clinical(kept)
        losses = pl.concat(self.losses) if self.losses else pl.DataFrame(schema=_LOSSES)
        files[REPORT] = _report(losses)
        return files, Written(folder=folder, events=kept.height, losses=losses)

    def _meta_of(self, datatype: str, filename: str) -> str:
        return _meta(
            cancer_study_identifier=self.study,
            genetic_alteration_type="CLINICAL",
            datatype=datatype,
            data_filename=filename,
        )

    def _lose(self, loss: str, rows: pl.DataFrame, name: str | None = None) -> None:
        """List cases of a loss: ``rows`` has the patient, and the event where it is about one."""
        if rows.height:
            event = pl.col("event") if "event" in rows.columns else pl.lit(None, dtype=pl.String)
            self.losses.append(
                rows.select(
                    "patient",
                    event.alias("event"),
                    pl.lit(name, dtype=pl.String).alias("field"),
                    pl.lit(loss).alias("loss"),
                )
            )

    # --- days ----------------------------------------------------------------------------------------------------

    def _days(self) -> pl.DataFrame:
        """Day and last day of every event since its patient's diagnosis, null where it is not known to the day."""
        parts = [
            table.select(
                "unit",
                "event",
                "ordinal",
                "start_lo",
                "start_hi",
                "end_lo",
                "end_hi",
                pl.lit(kind).alias("kind"),
                pl.lit(EVENT_TYPES[kind].LASTS).alias("lasts"),
            )
            for kind, table in self.cohort.tables.items()
        ]
        if not parts:
            return pl.DataFrame(
                schema={
                    "patient": pl.String,
                    "name": pl.String,
                    "event": pl.String,
                    "kind": pl.String,
                    "day": pl.Int64,
                    "last": pl.Int64,
                }
            )
        timeline = pl.concat(parts).join(self.units, on="unit")
        zero = (
            timeline.filter(pl.col("kind") == "diagnosis")
            .sort("ordinal")
            .unique("unit", keep="first", maintain_order=True)
            .select("unit", zero="event", zero_lo="start_lo", zero_hi="start_hi")
        )
        timeline = timeline.join(zero, on="unit", how="left")
        for point, column in (("start", "day"), ("end", "last")):
            timeline = timeline.join(self._apart(zero, point, column), on=["unit", "event"], how="left")
            exact = (pl.col(f"{point}_lo") == pl.col(f"{point}_hi")) & (pl.col("zero_lo") == pl.col("zero_hi"))
            told = pl.when(exact).then((pl.col(f"{point}_lo") - pl.col("zero_lo")).cast(pl.Int64))
            timeline = timeline.with_columns(pl.coalesce(told, pl.col(column)).alias(column))
        itself = pl.col("event") == pl.col("zero")
        timeline = timeline.with_columns(pl.when(itself).then(0).otherwise(pl.col("day")).alias("day"))
        one = pl.col("day").is_not_null().all() & (pl.col("day").n_unique() == 1)
        end = pl.col("last").is_not_null().all() & (pl.col("last").n_unique() == 1)
        days = timeline.group_by("code", "event", "kind", "ordinal", maintain_order=True).agg(
            pl.col("patient", "name", "lasts").first(),
            pl.when(one).then(pl.col("day").first()).alias("day"),
            pl.when(end & pl.col("lasts").first()).then(pl.col("last").first()).alias("last"),
            pl.col("zero").first(),
        )
        self._lose("no diagnosis", days.filter(pl.col("zero").is_null()))
        self._lose("no day", days.filter(pl.col("zero").is_not_null() & pl.col("day").is_null()))
        stated = self.cohort.stated.filter(pl.col("part") == "until").select("event", code="patient").unique()
        stated = stated.with_columns(until=True)
        ends = days.join(stated, on=["code", "event"], how="left", maintain_order="left")["until"]
        open_end = pl.col("day").is_not_null() & pl.col("lasts") & ends.fill_null(False) & pl.col("last").is_null()
        self._lose("no end", days.filter(open_end), "until")
        return days

    def _apart(self, zero: pl.DataFrame, point: str, column: str) -> pl.DataFrame:
        """Whole days from the diagnosis to a point of an event where the two are known beside their bounds."""
        gap = self.cohort.gap.filter(pl.col("least") == pl.col("greatest"))
        after = gap.filter((pl.col("a_point") == "start") & (pl.col("b_point") == point)).select(
            "unit", zero="a", event="b", apart=pl.col("least")
        )
        before = gap.filter((pl.col("b_point") == "start") & (pl.col("a_point") == point)).select(
            "unit", zero="b", event="a", apart=-pl.col("least")
        )
        return (
            pl.concat([after, before])
            .join(zero.select("unit", "zero"), on=["unit", "zero"])
            .unique(["unit", "event"], keep="first", maintain_order=True)
            .select("unit", "event", pl.col("apart").cast(pl.Int64).alias(column))
        )

    # --- rows ----------------------------------------------------------------------------------------------------

    def _rows(self, kind: str, table: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
        """The rows of one event type, as text, in the order of the patients and of the telling."""
        first = table.join(self.units.filter(pl.col("reading") == 0), on="unit", maintain_order="left")
        rows = first.join(
            kept.filter(pl.col("kind") == kind).select("code", "event", "ordinal", "day", "last"),
            on=["code", "event", "ordinal"],
            maintain_order="left",
        )
        if not rows.height:
            return pl.DataFrame()
        rows = self._with_ages(rows) if kind == "diagnosis" else rows
        columns: dict[str, pl.Series] = {
            "PATIENT_ID": rows["name"],
            "START_DATE": rows["day"].cast(pl.String),
            "STOP_DATE": rows["last"].cast(pl.String),
            "EVENT_TYPE": same(track_of(kind), rows.height),
        }
        columns |= {name: self._safe(text, rows) for name, text in portal_columns(kind, rows).items()}
        columns[KIND] = same(kind, rows.height)
        for name, column in own_columns(kind).items():
            text = self._cells(column, rows, kept)
            if text is not None and text.is_not_null().any():
                columns[name] = text
        return pl.DataFrame(
            [series.alias(name) for name, series in columns.items()] + [rows["code"].alias("_code"), rows["ordinal"]]
        )

    def _with_ages(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Age in days at diagnosis, where birth and diagnosis are known to the day in every reading."""
        births = self.cohort.births.select("unit", birth_lo="start_lo", birth_hi="start_hi")
        dx = self.cohort.tables["diagnosis"].select("unit", "event", "start_lo", "start_hi")
        exact = (pl.col("birth_lo") == pl.col("birth_hi")) & (pl.col("start_lo") == pl.col("start_hi"))
        both = dx.join(births, on="unit").join(self.units, on="unit")
        told = both.select(
            "code", "event", age=pl.when(exact).then(pl.col("start_lo") - pl.col("birth_lo")).cast(pl.Int64)
        )
        gap = self.cohort.gap.filter(pl.col("least") == pl.col("greatest"))
        apart = (
            pl.concat(
                [
                    gap.filter((pl.col("a") == "birth") & (pl.col("b_point") == "start")).select(
                        "unit", event="b", age="least"
                    ),
                    gap.filter((pl.col("b") == "birth") & (pl.col("a_point") == "start")).select(
                        "unit", event="a", age=-pl.col("least")
                    ),
                ]
            )
            .join(self.units, on="unit")
            .select("code", "event", pl.col("age").cast(pl.Int64))
        )
        readings = self.units.group_by("code").len("readings")
        ages = (
            pl.concat([told.drop_nulls(), apart])
            .group_by("code", "event")
            .agg(pl.col("age").first(), pl.col("age").n_unique().alias("different"), pl.len().alias("many"))
            .join(readings, on="code")
            .filter((pl.col("different") == 1) & (pl.col("many") >= pl.col("readings")) & (pl.col("age") >= 0))
        )
        return rows.join(
            ages.select("code", "event", start_age_days="age"), on=["code", "event"], how="left", maintain_order="left"
        )

    def _cells(self, column: FlatColumn, rows: pl.DataFrame, kept: pl.DataFrame) -> pl.Series | None:
        """One field of some events as text; None where the table does not have it."""
        if column.part is Part.AGE_DAYS:
            return rows["start_age_days"].cast(pl.String)
        if column.name == "id":
            names = _names(rows["event"])
            self._lose("id", rows.filter(names != rows["event"]), "id")
            return names
        if column.name == "lasting":
            return self._lasting(rows)
        values = rows[column.field]
        if column.part is Part.UNIT:
            return values.struct.field("unit")
        if isinstance(values.dtype, pl.Struct):
            return text_of_floats(values.struct.field("value"))
        if column.shape is Shape.NUMBER:
            return text_of_floats(values)
        if column.shape in (Shape.NAME, Shape.NAMES):
            return self._references(column, rows, kept)
        if isinstance(values.dtype, pl.List):
            return self._safe(texts_of(values, _list_text), rows, column.name)
        if values.dtype == pl.Boolean:
            return values.cast(pl.String)
        return self._safe(values.cast(pl.String), rows, column.name)

    def _lasting(self, rows: pl.DataFrame) -> pl.Series:
        stated = self.cohort.stated.filter(pl.col("part") == "lasting").select("event", "text", code="patient")
        stated = stated.unique(["code", "event"], keep="first", maintain_order=True)
        keys = rows.select("code", "event")
        return keys.join(stated, on=["code", "event"], how="left", maintain_order="left")["text"]

    def _references(self, column: FlatColumn, rows: pl.DataFrame, kept: pl.DataFrame) -> pl.Series:
        """Ids of other events; those of events that are not written are left out and listed."""
        written = kept.select("code", target="event", there=pl.lit(True))
        targets = rows.with_row_index("_at").select(
            "_at", "code", "patient", "event", pl.col(column.field).alias("target")
        )
        if column.shape is Shape.NAMES:
            targets = targets.explode("target", empty_as_null=True, keep_nulls=True)
        targets = targets.filter(pl.col("target").is_not_null()).join(
            written, on=["code", "target"], how="left", maintain_order="left"
        )
        self._lose("reference", targets.filter(pl.col("there").is_null()), column.field)
        there = targets.filter(pl.col("there").is_not_null())
        there = there.with_columns(_names(there["target"]).alias("target"))
        joined = there.group_by("_at", maintain_order=True).agg(pl.col("target").str.join(";"))
        index = rows.select("event").with_row_index("_at")
        return index.join(joined, on="_at", how="left", maintain_order="left")["target"]

    def _safe(self, texts: pl.Series, rows: pl.DataFrame, name: str | None = None) -> pl.Series:
        """Texts that can stand in a cell without quoting; what had to be changed of a field ``name`` is listed."""
        safe = texts.str.replace_all(_UNWRITABLE, " ").str.replace(r'^(\s*)"', "${1}'").str.replace(r'"(\s*)$', "'${1}")
        changed = (safe != texts).fill_null(False)
        if name is not None and changed.any():
            self._lose("text", rows.filter(changed), name)
        return safe

    # --- patients ------------------------------------------------------------------------------------------------

    def _clinical(self, kept: pl.DataFrame) -> dict[str, str]:
        """The clinical files of patients and samples, with their meta files."""
        events = kept.group_by("code").len("events") if kept.height else None
        told = self.cohort.patients.select("sex", "site", "about").with_columns(
            self.patients["code"], self.patients["name"], self.patients["patient"]
        )
        survival = self._survival(kept)
        frame = told.join(survival, on="code", how="left", maintain_order="left")
        if events is not None:
            frame = frame.join(events, on="code", how="left", maintain_order="left")
        else:
            frame = frame.with_columns(pl.lit(0).alias("events"))
        columns = {
            "PATIENT_ID": frame["name"],
            "SEX": frame["sex"].str.to_titlecase(),
            "SITE": self._safe(frame["site"], frame, "site"),
            "ABOUT": self._safe(frame["about"], frame, "about"),
            "OS_STATUS": frame["status"],
            "OS_MONTHS": frame["months"],
            PATIENT_EVENTS: frame["events"].fill_null(0).cast(pl.String),
        }
        present = {name: s for name, s in columns.items() if name not in ("SITE", "ABOUT") or s.is_not_null().any()}
        patients = pl.DataFrame([series.alias(name) for name, series in present.items()])
        docs = [("Patient", "Patient identifier", "STRING"), *(_CLINICAL_DOC[n] for n in present if n in _CLINICAL_DOC)]
        samples = pl.DataFrame({"PATIENT_ID": frame["name"], "SAMPLE_ID": frame["name"] + "-placeholder"})
        sample_docs = [
            ("Patient", "Patient identifier", "STRING"),
            ("Sample", "Placeholder: the format wants a sample per patient, the courses tell none", "STRING"),
        ]
        return {
            "meta_clinical_patient.txt": self._meta_of("PATIENT_ATTRIBUTES", "data_clinical_patient.txt"),
            "data_clinical_patient.txt": _described(docs) + _tsv(patients),
            "meta_clinical_sample.txt": self._meta_of("SAMPLE_ATTRIBUTES", "data_clinical_sample.txt"),
            "data_clinical_sample.txt": _described(sample_docs) + _tsv(samples),
        }

    def _survival(self, kept: pl.DataFrame) -> pl.DataFrame:
        """OS_STATUS and OS_MONTHS by patient: of the death, or of the last contact that is known to the day."""
        first = self.units.filter(pl.col("reading") == 0).select("unit", "code")
        deaths = self.cohort.table("death").join(first, on="unit").select("code", "event", dead=pl.lit(True))
        contacts = (
            self.cohort.table("last_contact")
            .filter(pl.col("vital_status").is_not_null())
            .join(first, on="unit")
            .select("code", "event", dead=pl.col("vital_status") == "dead")
        )
        days = (
            kept.select("code", "event", "day")
            if kept.height
            else pl.DataFrame(schema={"code": pl.UInt32, "event": pl.String, "day": pl.Int64})
        )
        told = pl.concat([deaths, contacts]).join(days, on=["code", "event"], how="left", maintain_order="left")
        died = told.group_by("code").agg(
            pl.col("dead").any(),
            pl.col("day").filter(pl.col("dead")).min().alias("death"),
            pl.col("day").filter(~pl.col("dead")).max().alias("contact"),
        )
        day = pl.when(pl.col("dead")).then(pl.col("death")).otherwise(pl.col("contact"))
        months = pl.when(day >= 0).then((day / MONTH_DAYS).round(2)).cast(pl.String)
        return died.select(
            "code",
            status=pl.when(pl.col("dead")).then(pl.lit("1:DECEASED")).otherwise(pl.lit("0:LIVING")),
            months=months,
        )


def _names(texts: pl.Series) -> pl.Series:
    """Ids as they can be written and read back."""
    wrong = [text for text in texts.unique() if text is not None and not is_identifier(text)]
    return texts.replace(wrong, [substitute(text) for text in wrong]) if wrong else texts


def _list_text(items: list[Any]) -> str:
    """A list as a cell: words with ; between, or JSON where a word would not come back so."""
    plain = all(isinstance(item, str) and item == item.strip() and item and ";" not in item for item in items)
    if plain and not items[0].startswith("["):
        return ";".join(items)
    return json.dumps([_bare(item) for item in items], ensure_ascii=False)


def _bare(value: Any) -> Any:
    """A record without what it does not say."""
    if not isinstance(value, dict):
        return value
    return {key: _bare(item) for key, item in value.items() if item is not None and item != []}


def _timeline(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The rows of a track, patient by patient, in the order in which they were told."""
    return pl.concat(list(parts), how="diagonal").sort("_code", "ordinal", maintain_order=True).drop("_code", "ordinal")


def _tsv(frame: pl.DataFrame) -> str:
    return frame.write_csv(separator="\t", quote_style="never", null_value="", line_terminator="\n")


def _described(docs: Iterable[tuple[str, str, str]]) -> str:
    """The four lines above the header of a clinical file."""
    columns = list(docs)
    lines = [[doc[part] for doc in columns] for part in range(3)] + [["1"] * len(columns)]
    return "".join("#" + "\t".join(line) + "\n" for line in lines)


def _meta(**entries: str) -> str:
    return "".join(f"{key}: {value}\n" for key, value in entries.items())


def _report(losses: pl.DataFrame) -> str:
    """What is never carried, and then every case of what this cohort lost."""
    head = "".join(f"# {text}\n" for text in NOT_CARRIED.values())
    told = losses.with_columns(pl.col("loss").replace_strict(list(LISTED), list(LISTED.values())).alias("not carried"))
    cells = told.with_columns(
        pl.col("patient", "event", "field")
        .str.replace_all(_UNWRITABLE, " ")
        .map_elements(inert, return_dtype=pl.String, skip_nulls=True)
    )
    return head + _tsv(cells)
