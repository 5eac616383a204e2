"""Events placed in time: at once where the patient's times are simple, course by course elsewhere, in one cohort."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from ...cohort import (
    PATIENT_COLUMNS,
    SHARED_COLUMNS,
    STATED_COLUMNS,
    UNIT_COLUMNS,
    Cohort,
    CohortBuilder,
    event_of,
    table_schema,
)
from ...course import BIRTH, Course, Patient, Problem
from ...events import EVENT_TYPES, own_fields
from ...sources import Cite, Confidence
from ...statements import TimeSettings
from ...vocabulary import Sex
from ...when import parse
from .clock import Clock, bounds, clock_of
from .flat import ROW, flat_columns
from .naming import Events
from .people import People
from .times import Kind
from .typed import points_of

if TYPE_CHECKING:
    import polars as pl


def placed(people: People, events: Events, *, file: str | None, end_window_days: int) -> Cohort:
    """All events placed in time."""
    import polars as pl

    not_simple = pl.concat([_dangling(events), events.again["patient"], _with_lasting(events)]).unique()
    clock = clock_of(people.frame, events.points, events.zeros, not_simple)
    tables = {
        name: bounds(table, clock, is_diagnosis=name == "diagnosis", lasts=EVENT_TYPES[name].LASTS)
        for name, table in events.tables.items()
    }
    backward = [table.filter(pl.col("start_lo") > pl.col("end_hi"))["patient"] for table in tables.values()]
    turned = pl.concat([pl.Series([], dtype=pl.UInt32), *backward]).unique()
    simple = clock.frame["simple"] & ~clock.frame["patient"].is_in(turned.implode())
    told = clock.frame.filter(~simple)["patient"]
    resolved = _resolved(people, events, told, file=file, end_window_days=end_window_days)
    units = _units(clock, simple, resolved, told)
    fast = units.filter(pl.col("fast")).select("patient", "unit")
    slow_units = units.filter(~pl.col("fast"))["unit"].rename("unit")
    whole = {}
    for name in EVENT_TYPES:
        parts = []
        if name in tables:
            rows = tables[name].join(fast, on="patient", how="inner", maintain_order="left")
            parts.append(_rows(rows, name))
        if name in resolved.tables:
            parts.append(_with_lines(_moved(resolved.tables[name], slow_units), units, events.tables[name]))
        if parts and sum(part.height for part in parts):
            whole[name] = pl.concat(parts).rechunk()
    return Cohort(
        patients=_patients(people, file),
        units=units.select(*UNIT_COLUMNS),
        tables=whole,
        births=pl.concat([_births(clock, fast), _moved(resolved.births, slow_units)]),
        gap=_moved(resolved.gap, slow_units),
        stated=pl.concat([_stated(people, events, simple), _recoded(resolved.stated, told)]),
        problems=_recoded(resolved.problems, told),
    )


def _with_lasting(events: Events) -> "pl.Series":
    """Patients of whom some event is told by its length."""
    import polars as pl

    parts = [
        table.filter(pl.col("lasting").is_not_null())["patient"]
        for table in events.tables.values()
        if "lasting" in table.columns
    ]
    return pl.concat([pl.Series([], dtype=pl.UInt32), *parts])


def _dangling(events: Events) -> "pl.Series":
    """Patients of whom some event names another that is not there."""
    import polars as pl

    asked = []
    for name, table in events.tables.items():
        for column in flat_columns(name):
            if column.field in table.columns and _refers(name, column.field):
                one = table.select("patient", pl.col(column.field).alias("event"))
                if isinstance(one.schema["event"], pl.List):
                    one = one.filter(pl.col("event").list.len() > 0).explode("event")
                asked.append(one.drop_nulls())
    if not asked:
        return pl.Series([], dtype=pl.UInt32)
    there = pl.concat([table.select("patient", "event") for table in events.tables.values()])
    return pl.concat(asked).join(there, on=["patient", "event"], how="anti")["patient"]


def _refers(event_type: str, name: str) -> bool:
    if name == "derived_from":
        return True
    return any(a.name == name and a.metadata.get("ref") for a in own_fields(EVENT_TYPES[event_type]))


def _units(clock: Clock, simple: "pl.Series", resolved: Cohort, told: "pl.Series") -> "pl.DataFrame":
    """Units of all patients in their order; ``old`` is the number of those that were resolved one by one."""
    import polars as pl

    fast = clock.frame.filter(simple).select(
        "patient", pl.lit(0, dtype=pl.UInt8).alias("reading"), "dated", pl.lit(None, dtype=pl.UInt32).alias("old")
    )
    slow = resolved.units.select(
        told.gather(resolved.units["patient"]).alias("patient"), "reading", "dated", pl.col("unit").alias("old")
    )
    units = pl.concat([fast, slow]).sort("patient", "reading").with_row_index("unit")
    return units.with_columns(pl.col("old").is_null().alias("fast"))


def _moved(frame: "pl.DataFrame", units: "pl.Series") -> "pl.DataFrame":
    """A table of the resolved patients with the units of the whole cohort. Units keep their order."""
    import polars as pl

    return frame.with_columns(units.gather(frame["unit"]).cast(pl.UInt32).alias("unit")) if frame.height else frame


def _recoded(frame: "pl.DataFrame", told: "pl.Series") -> "pl.DataFrame":
    """A table of the resolved patients with the numbers of the patients of the whole cohort."""
    import polars as pl

    return frame.with_columns(told.gather(frame["patient"]).cast(pl.UInt32).alias("patient")) if frame.height else frame


def _rows(rows: "pl.DataFrame", event_type: str) -> "pl.DataFrame":
    """Rows of a table of the cohort."""
    import polars as pl

    lasts = EVENT_TYPES[event_type].LASTS
    made = rows.with_columns(
        _tells_a_time("start").alias("start_stated"),
        (_tells_a_time("end") if lasts else pl.lit(False)).alias("end_stated"),
        pl.lit(False).alias("length_stated"),  # who is told by a length is resolved course by course
        pl.col(ROW).alias("line"),
    )
    return made.select(pl.col(name).cast(dtype) for name, dtype in table_schema(event_type).items())


def _tells_a_time(point: str) -> "pl.Expr":
    """Whether a point of a simple patient is told: by a statement of its own, as nothing else tells of it there."""
    import polars as pl

    return ~pl.col(f"{point}_kind").is_in([int(Kind.NOTHING), int(Kind.UNKNOWN)])


def _with_lines(frame: "pl.DataFrame", units: "pl.DataFrame", told: "pl.DataFrame") -> "pl.DataFrame":
    """The lines in which events of resolved patients stand."""
    import polars as pl

    where = told.select("patient", "event", pl.col(ROW).alias("line"))
    lines = (
        frame.select("unit", "event")
        .join(units.select("unit", "patient"), on="unit", how="left", maintain_order="left")
        .join(where, on=["patient", "event"], how="left", maintain_order="left")["line"]
    )
    return frame.with_columns(lines)


def _births(clock: Clock, fast: "pl.DataFrame") -> "pl.DataFrame":
    import polars as pl

    born = clock.frame.join(fast, on="patient", how="inner", maintain_order="left").drop_nulls("born_lo")
    low, high = pl.col("born_lo").cast(pl.Int32), pl.col("born_hi").cast(pl.Int32)
    values = {
        "event": pl.lit(BIRTH),
        "start_lo": low,
        "start_hi": high,
        "end_lo": low,
        "end_hi": high,
        "start_stated": _tells_a_time("birth"),
        "end_stated": pl.lit(False),
        "length_stated": pl.lit(False),
        "ordinal": pl.lit(0),
        "line": pl.lit(None),
    }
    return born.select("unit", *(value.alias(name) for name, value in values.items())).select(
        pl.col(name).cast(dtype) for name, dtype in SHARED_COLUMNS.items()
    )


def _stated(people: People, events: Events, simple: "pl.Series") -> "pl.DataFrame":
    """What was stated of the times of the simple patients."""
    import polars as pl

    parts = [
        people.frame.with_row_index("patient_").select(
            pl.col("patient_").alias("patient"),
            pl.lit(BIRTH).alias("event"),
            pl.lit("when").alias("part"),
            pl.col("birth_text").alias("text"),
        )
    ]
    for name, table in events.tables.items():
        for point in points_of(name):
            part = "when" if point == "start" else "until"
            parts.append(
                table.select("patient", "event", pl.lit(part).alias("part"), pl.col(f"{point}_text").alias("text"))
            )
    keep = pl.Series(simple)
    kept = [part.filter(keep.gather(part["patient"]) & part["text"].is_not_null()) for part in parts]
    return pl.concat(kept).select(pl.col(name).cast(dtype) for name, dtype in STATED_COLUMNS.items())


def _resolved(people: People, events: Events, told: "pl.Series", *, file: str | None, end_window_days: int) -> Cohort:
    """The cohort of the patients that have to be resolved one by one."""
    builder = CohortBuilder(TimeSettings(end_window_days=end_window_days))
    for course in _courses(people, events, told, file=file):
        builder.add(course)
    return builder.cohort()


def _courses(people: People, events: Events, told: "pl.Series", *, file: str | None) -> Iterable[Course]:
    """The courses of some patients, in their order."""
    import polars as pl

    if not told.len():
        return
    of_patient: dict[int, list[tuple[int, Any]]] = {}
    for name, table in events.tables.items():
        lasts, cls = EVENT_TYPES[name].LASTS, EVENT_TYPES[name]
        rows = table.filter(pl.col("patient").is_in(told.implode()))
        for record in rows.iter_rows(named=True):
            stated = {(record["event"], "when"): _statements(record["start_text"])}
            if lasts:
                stated[record["event"], "until"] = _statements(record["end_text"])
                stated[record["event"], "lasting"] = _statements(record["lasting"])
            record["line"] = record[ROW] if file is not None else None
            event = event_of(cls, record, stated)
            of_patient.setdefault(record["patient"], []).append((record["ordinal"], event))
    defects: dict[int, list[Problem]] = {}
    for code, renamed, twice in events.again.iter_rows():
        message = f"The id {twice} is used again; the later event is told as {renamed}."
        defects.setdefault(code, []).append(Problem(rule="REC-01", events=(renamed, twice), message=message))
    for code in told:
        row = people.frame.row(code, named=True)
        yield Course(
            patient=Patient(
                id=row["patient"],
                sex=Sex(row["sex"]) if row["sex"] else None,
                birth=tuple(parse(text) for text in _statements(row["birth_text"])),
                site=row["site"],
            ),
            events=tuple(event for _, event in sorted(of_patient.get(code, ()), key=lambda pair: pair[0])),
            source=_cited(row),
            about=row["about"],
            file=file,
            defects=tuple(defects.get(code, ())),
        )


def _statements(text: str | None) -> list[str]:
    return text.split(";") if text else []


def _cited(row: Mapping[str, Any]) -> Cite | None:
    if row["source_key"] is None or row["source_at"] is None:
        return None
    return Cite(row["source_key"], row["source_at"], Confidence(row["source_confidence"] or Confidence.QUOTED))


def _patients(people: People, file: str | None) -> "pl.DataFrame":
    import polars as pl

    cited = pl.col("source_key").is_not_null() & pl.col("source_at").is_not_null()
    confidence = pl.col("source_confidence").fill_null(str(Confidence.QUOTED))
    frame = people.frame.with_columns(
        pl.when(cited).then(pl.col("source_key")).alias("source_key"),
        pl.when(cited).then(pl.col("source_at")).alias("source_at"),
        pl.when(cited).then(confidence).alias("source_confidence"),
        pl.lit(file, dtype=pl.String).alias("file"),
    )
    return frame.select(pl.col(name).cast(dtype) for name, dtype in PATIENT_COLUMNS.items())
