"""Flat tables become a cohort: events named, placed in time, and told where they came from.

Patients whose every time is simple (:mod:`.clock`) become rows at once. The others become courses, are resolved one
by one, and join the same tables. Nothing is sorted by time, filled in or dropped.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from ...cohort import (
    ORIGIN_COLUMNS,
    PATIENT_COLUMNS,
    SHARED_COLUMNS,
    STATED_COLUMNS,
    UNIT_COLUMNS,
    Cohort,
    CohortBuilder,
    empty,
    event_of,
    table_schema,
)
from ...course import BIRTH, Course, Patient, Problem
from ...errors import UsageError, did_you_mean
from ...events import EVENT_TYPES, own_fields
from ...intake import CellFinding, CellProblem, Intake, RowCount
from ...sources import Cite, Confidence
from ...statements import END_WINDOW_DAYS, TimeSettings
from ...vocabulary import Sex
from ...when import parse
from .cells import Telling
from .clock import ANCHORS, POINTS, Clock, DayZero, anchors, bounds, clock_of
from .flat import ORDER, PATIENT, ROW, FlatTable, flat_columns
from .times import ZERO, Kind
from .typed import NO_PATIENT, ORIGINS, Typed, points_of, typed

if TYPE_CHECKING:
    import polars as pl

TOLD_TWICE = "a second row of the same patient"
"""Why a row of the table of patients is set aside."""

_DAY_ZERO_WORDS = {
    DayZero.DIAGNOSIS: "the diagnosis (day 0)",
    DayZero.BIRTH: "birth (day 0)",
    DayZero.ENROLMENT: "the enrolment (day 0)",
    DayZero.FIRST_TREATMENT: "the start of the first treatment (day 0)",
}


def build(
    tables: Sequence[FlatTable],
    *,
    source: str,
    day_zero: DayZero | str = DayZero.DIAGNOSIS,
    complete: Collection[str] | None = None,
    counts: Iterable[RowCount] = (),
    cells: Iterable[CellFinding] = (),
    assumptions: Iterable[str] = (),
    labels: Mapping[tuple[str, str], str] | None = None,
    decimal_comma: bool = False,
    end_window_days: int = END_WINDOW_DAYS,
) -> Cohort:
    """The cohort of some flat tables, with its intake and the origin of every event.

    ``source``: the name of the format. ``day_zero``: what whole days are counted from. ``complete``: event types
    recorded in full, of which absence means that it did not happen; None: those of which there is a table. A column
    ``complete`` of the patients' table says it patient by patient. ``counts``: rows of the files, to which those
    set aside here are added; a table whose file is not among them is counted by its rows. ``cells``,
    ``assumptions``, ``labels``: what the reader of the format has to add. Raises UsageError for an unknown type.
    """
    for name in [*(table.type for table in tables if table.type != PATIENT), *(complete or ())]:
        if name not in EVENT_TYPES:
            raise UsageError(f"no event type {name!r}: {did_you_mean(name, EVENT_TYPES) or ', '.join(EVENT_TYPES)}")
    zero = day_zero_of(day_zero)
    read = [typed(table, decimal_comma=decimal_comma, days_from_birth=zero is DayZero.BIRTH) for table in tables]
    people = _people([one for one in read if one.type == PATIENT], [one for one in read if one.type != PATIENT])
    events = _Events.of([one for one in read if one.type != PATIENT], people.frame, zero)
    said = [*assumptions, *(sentence for one in read for sentence in one.telling.said), *people.said, *events.said]
    if events.counted:
        said.append(f"Days are counted from {_DAY_ZERO_WORDS[zero]}.")
    one_file = {table.file for table in tables}
    cohort = _placed(
        people, events, file=one_file.pop() if len(one_file) == 1 else None, end_window_days=end_window_days
    )
    named = complete if complete is not None else [name for name in EVENT_TYPES if name in {one.type for one in read}]
    return evolve(
        cohort,
        complete=_complete(people, cohort, named),
        origin=_origin(events),
        intake=Intake(
            source=source,
            rows=tuple(_counted(counts, read, people.twice)),
            cells=(*cells, *(cell for one in read for cell in one.telling.cells)),
            assumptions=tuple(dict.fromkeys(said)),
            labels=labels or {},
        ),
    )


def day_zero_of(word: DayZero | str) -> DayZero:
    """The day zero of that name. Raises UsageError."""
    try:
        return DayZero(word)
    except ValueError:
        raise UsageError(f"no day zero {word!r}: known are {', '.join(DayZero)}") from None


# --- patients ------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class _People:
    """The patients, numbered in the order in which they are told; ``twice``: lines set aside, by file."""

    frame: "pl.DataFrame" = field(repr=False)
    twice: Mapping[str, Sequence[int]] = field(factory=dict)
    said: tuple[str, ...] = ()
    has_complete: bool = False


def _people(told: Sequence[Typed], others: Sequence[Typed]) -> _People:
    """The patients of their tables, and those who only have events."""
    import polars as pl

    fields = [column.field for column in flat_columns(PATIENT)]
    birth = ["birth_kind", "birth_lo", "birth_hi", "birth_ref", "birth_text"]
    columns = list(dict.fromkeys(name for name in fields if name != "birth")) + birth
    twice: dict[str, list[int]] = {}
    frames: list[pl.DataFrame] = []
    seen: pl.Series | None = None
    for one in told:
        frame = one.frame
        again = ~frame["patient"].is_first_distinct()
        if seen is not None:
            again |= frame["patient"].is_in(seen.implode())
        if again.any():
            one.telling.tell(
                "patient", frame["patient"], again, "one row for each patient", problem=CellProblem.SET_ASIDE
            )
            twice.setdefault(one.file, []).extend(frame.filter(again)[ROW].to_list())
        frame = frame.filter(~again)
        seen = frame["patient"] if seen is None else pl.concat([seen, frame["patient"]])
        frames.append(frame.select(columns))
    patients = pl.concat(frames) if frames else None
    mentioned = (
        pl.concat([one.frame["patient"] for one in others]).unique(maintain_order=True)
        if others
        else pl.Series("patient", [], dtype=pl.String)
    )
    if patients is not None:
        mentioned = mentioned.filter(~mentioned.is_in(patients["patient"].implode()))
    said: tuple[str, ...] = ()
    if mentioned.len() and told:
        said = (
            f"{mentioned.len():,} patient{'s have' if mentioned.len() > 1 else ' has'} events but no row in "
            f"{told[0].file}; nothing else is known of them.",
        )
    schema = patients.schema if patients is not None else _patient_schema(columns)
    only = pl.DataFrame({"patient": mentioned}).with_columns(
        _lacking(dtype).alias(name) for name, dtype in schema.items() if name != "patient"
    )
    only = only.select(columns)
    return _People(
        frame=only if patients is None else pl.concat([patients, only]),
        twice=twice,
        said=said,
        has_complete=any("complete" in one.given for one in told),
    )


def _patient_schema(columns: Sequence[str]) -> dict[str, Any]:
    import polars as pl

    kinds = {"birth_kind": pl.UInt8, "birth_lo": pl.Int32, "birth_hi": pl.Int32, "complete": pl.List(pl.String)}
    return {name: kinds.get(name, pl.String) for name in columns}


def _lacking(dtype: Any) -> "pl.Expr":
    import polars as pl

    if isinstance(dtype, pl.List):
        return pl.lit([], dtype=dtype)
    return pl.lit(0 if dtype == pl.UInt8 else None, dtype=dtype)


# --- events --------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class _Events:
    """All events by type, each with the number of its patient, its id and its place among the patient's events.

    ``again``: events whose id an earlier one of the patient bears (number, new id, that id).
    """

    tables: "Mapping[str, pl.DataFrame]" = field(repr=False)
    points: "pl.DataFrame" = field(repr=False)
    zeros: "pl.DataFrame" = field(repr=False)
    again: "pl.DataFrame" = field(repr=False)
    said: tuple[str, ...] = ()
    counted: bool = False

    @classmethod
    def of(cls, read: Sequence[Typed], people: "pl.DataFrame", zero: DayZero) -> "_Events":
        """Name and order the events, and find day zero of every patient."""
        import polars as pl

        codes = people.select(pl.col("patient").alias("name")).with_row_index("patient")
        frames = []
        one_file = len({one.file for one in read}) == 1
        for number, one in enumerate(read):
            frame = one.frame.rename({"patient": "name"}).join(codes, on="name", how="left", maintain_order="left")
            # Rows of one file keep its order; of several files, table after table.
            frame = frame.with_columns(
                pl.lit(0 if one_file else number, dtype=pl.UInt32).alias("table"),
                pl.lit(number, dtype=pl.UInt32).alias("source"),
                pl.lit(one.file).alias("file"),
                pl.lit(one.type).alias("type"),
            )
            frames.append(frame)
        shared = pl.concat(
            [frame.select("patient", "id", "type", "table", "source", ORDER, ROW) for frame in frames]
            or [pl.DataFrame(schema=_unnamed())]
        )
        named = _named(shared, in_order=not one_file or len(read) == 1)
        again = named.filter(pl.col("event") != pl.col("told")).select("patient", "event", "told")
        start = 0
        tables: dict[str, pl.DataFrame] = {}
        for one, frame in zip(read, frames, strict=True):
            part = named.slice(start, frame.height).select("event", "ordinal")
            start += frame.height
            table = pl.concat([frame, part], how="horizontal")
            tables[one.type] = pl.concat([tables[one.type], table]) if one.type in tables else table
        zeroed = any(
            (table[f"{point}_text"].str.contains(ZERO, literal=True)).any()
            for name, table in tables.items()
            for point in points_of(name)
        )
        counted = zeroed or (zero is DayZero.BIRTH and any(_gives_days(one) for one in read))
        said: tuple[str, ...] = ()
        zeros = pl.DataFrame(schema={"patient": pl.UInt32, "event": pl.String})
        points = _points(tables)
        if zeroed:
            zeros = anchors(points, zero)
            if zero is DayZero.DIAGNOSIS:
                tables, lacking = _with_diagnoses(tables)
                if lacking:
                    said = (
                        f"For {lacking:,} patient{'s' if lacking > 1 else ''} without a diagnosis one is taken to be "
                        "on day 0, as days are counted from it; nothing else is known of it.",
                    )
                    points = _points(tables)
                    zeros = anchors(points, zero)
            tables = {name: _anchored(table, name, zeros, zero, read) for name, table in tables.items()}
            points = _points(tables)
        return cls(tables=tables, points=points, zeros=zeros, again=again, said=said, counted=counted)


def _unnamed() -> dict[str, Any]:
    import polars as pl

    texts: dict[str, Any] = {"id": pl.String, "type": pl.String}
    numbers: dict[str, Any] = {"table": pl.UInt32, "source": pl.UInt32, ORDER: pl.Int64, ROW: pl.UInt32}
    return {"patient": pl.UInt32, **texts, **numbers}


def _gives_days(one: Typed) -> bool:
    return any(f"{point}_day" in one.given for point in one.points)


def _named(shared: "pl.DataFrame", *, in_order: bool) -> "pl.DataFrame":
    """Ids of all events, unique within the patient, and their places; ``told``: the id before it was made unique.

    ``in_order``: the rows stand as the patients' events are told, if no ``_order`` says otherwise.
    """
    import polars as pl

    frame = shared.with_row_index("at").with_columns(pl.col("id").alias("told"))
    if frame["id"].null_count():
        frame = _numbered(frame)
    if not in_order or frame[ORDER].count():
        table = pl.when(pl.col(ORDER).is_null()).then(pl.col("table")).otherwise(0)
        frame = frame.sort("patient", table, ORDER, ROW, "source", nulls_last=True, maintain_order=True)
    frame = frame.with_columns(
        pl.int_range(pl.len(), dtype=pl.UInt32).over("patient").alias("ordinal"), pl.col("told").alias("event")
    )
    if frame.select(pl.struct("patient", "told").is_duplicated().any()).item():
        use = pl.int_range(pl.len()).over("patient", "told") + 1
        frame = frame.with_columns(
            pl.when(use > 1).then(pl.format("{} ({})", "told", use)).otherwise(pl.col("told")).alias("event")
        )
    return frame.sort("at").select("patient", "told", "event", "ordinal")


def _numbered(frame: "pl.DataFrame") -> "pl.DataFrame":
    """Events without an id numbered within patient and type, in the order of the rows."""
    import polars as pl

    numbered = pl.concat_str(pl.col("type"), pl.lit("-"), pl.col("id").is_null().cum_sum().over("patient", "type"))
    frame = frame.with_columns(pl.coalesce("id", numbered).alias("told"))
    given = frame.filter(pl.col("id").is_not_null()).select("patient", "told").unique()
    while True:  # an id that was made must not be one that was told
        taken = frame.filter(pl.col("id").is_null()).join(given, on=["patient", "told"], how="semi")["at"]
        if not taken.len():
            return frame
        clashes = pl.col("at").is_in(taken.implode())
        frame = frame.with_columns(pl.when(clashes).then(pl.col("told") + "+").otherwise(pl.col("told")).alias("told"))


def _points(tables: "Mapping[str, pl.DataFrame]") -> "pl.DataFrame":
    """Every point in time of every event, with its statement."""
    import polars as pl

    parts = [
        table.select(
            "patient",
            pl.lit(name).alias("type"),
            "event",
            "ordinal",
            pl.lit(point).alias("point"),
            *(pl.col(f"{point}_{part}").alias(part) for part in ("kind", "lo", "hi", "ref")),
            pl.col(f"{point}_text").str.contains(ZERO, literal=True).fill_null(False).alias("zero"),
        )
        for name, table in tables.items()
        for point in points_of(name)
    ]
    if parts:
        return pl.concat(parts)
    kinds = {"patient": pl.UInt32, "ordinal": pl.UInt32, "kind": pl.UInt8, "lo": pl.Int32, "hi": pl.Int32}
    return pl.DataFrame(schema={name: kinds.get(name, pl.String) for name in POINTS[:-1]} | {"zero": pl.Boolean})


def _with_diagnoses(tables: "dict[str, pl.DataFrame]") -> "tuple[dict[str, pl.DataFrame], int]":
    """The tables with a diagnosis for every patient whose days are counted from one that is not told."""
    import polars as pl

    needed = _points(tables).filter("zero").select("patient").unique(maintain_order=True)
    if "diagnosis" in tables:
        needed = needed.join(tables["diagnosis"], on="patient", how="anti", maintain_order="left")
    if not needed.height:
        return tables, 0
    last = pl.concat([table.select("patient", "ordinal", "event") for table in tables.values()])
    taken = last.filter(pl.col("event").str.starts_with("diagnosis-1"))
    least = last.group_by("patient").agg(pl.col("ordinal").max() + 1)
    made = needed.join(least, on="patient", how="left", maintain_order="left").with_columns(
        pl.lit("diagnosis-1").alias("event")
    )
    while (clash := made.join(taken, on=["patient", "event"], how="semi")).height:
        bad = pl.col("patient").is_in(clash["patient"].implode())
        made = made.with_columns(pl.when(bad).then(pl.col("event") + "+").otherwise(pl.col("event")).alias("event"))
    like = tables.get("diagnosis")
    schema = _table_columns("diagnosis") if like is None else like.schema
    made = made.select(
        pl.col(name).cast(dtype) if name in made.columns else _lacking(dtype).alias(name)
        for name, dtype in schema.items()
    )
    return {**tables, "diagnosis": made if like is None else pl.concat([like, made])}, made.height


def _table_columns(event_type: str) -> dict[str, Any]:
    """Columns of a table of events as they are here, before they are placed in time."""
    import polars as pl

    fields = {name: dtype for name, dtype in table_schema(event_type).items() if name not in SHARED_COLUMNS}
    points: dict[str, Any] = {}
    for point in points_of(event_type):
        points |= {f"{point}_kind": pl.UInt8, f"{point}_lo": pl.Int32, f"{point}_hi": pl.Int32}
        points |= {f"{point}_ref": pl.String, f"{point}_text": pl.String}
    texts = dict.fromkeys(("name", "id", "lasting", "file", "type", "event", *ORIGINS), pl.String)
    numbers = {ROW: pl.UInt32, ORDER: pl.Int64, "patient": pl.UInt32, "table": pl.UInt32, "source": pl.UInt32}
    return {**texts, **numbers, "ordinal": pl.UInt32, **fields, **points}


def _anchored(
    table: "pl.DataFrame", event_type: str, zeros: "pl.DataFrame", zero: DayZero, read: Sequence[Typed]
) -> "pl.DataFrame":
    """Statements that count from day zero name its event. Where that is not known they are left out, and told."""
    import polars as pl

    table = table.join(zeros.rename({"event": "zero_event"}), on="patient", how="left", maintain_order="left")
    for point in points_of(event_type):
        text = pl.col(f"{point}_text")
        leans = text.str.contains(ZERO, literal=True).fill_null(False)
        lost = table.select(leans & pl.col("zero_event").is_null()).to_series()
        if lost.any():
            _tell_lost(table.filter(lost), point, zero, read)
            table = _without_days(table, point, lost)
        table = table.with_columns(
            pl.when(leans)
            .then(text.str.split(ZERO).list.join(pl.col("zero_event")))
            .otherwise(text)
            .alias(f"{point}_text"),
            pl.when(pl.col(f"{point}_ref") == ZERO)
            .then(pl.col("zero_event"))
            .otherwise(pl.col(f"{point}_ref"))
            .alias(f"{point}_ref"),
        )
    return table.drop("zero_event")


def _tell_lost(rows: "pl.DataFrame", point: str, zero: DayZero, read: Sequence[Typed]) -> None:
    import polars as pl

    what = " or ".join(ANCHORS[zero])
    for number, one in enumerate(read):
        here = rows.filter(pl.col("source") == number)
        if here.height:
            telling = Telling(
                file=one.file, names=one.telling.names, rows=here.select(ROW, pl.col("name").alias("patient"))
            )
            nothing = pl.Series([None], dtype=pl.String).new_from_index(0, here.height)
            hint = f"the first {what} of the patient cannot be told: give it day 0, or a full date to each of them"
            everywhere = pl.Series([True]).new_from_index(0, here.height)
            telling.tell(f"{point}_day", nothing, everywhere, f"a day zero to count from ({zero})", hint)
            one.telling.cells.extend(telling.cells)


def _without_days(table: "pl.DataFrame", point: str, lost: "pl.Series") -> "pl.DataFrame":
    """The table without the statements that count from day zero in these rows."""
    import polars as pl

    rest = (
        pl.col(f"{point}_text")
        .str.split(";")
        .list.eval(pl.element().filter(~pl.element().str.contains(ZERO, literal=True)))
        .list.join(";")
    )
    left = pl.when(pl.lit(lost)).then(rest.replace("", None)).otherwise(pl.col(f"{point}_text"))
    table = table.with_columns(left.alias(f"{point}_text"))
    none, some = int(Kind.NOTHING), int(Kind.OTHER)
    kind = pl.when(pl.col(f"{point}_text").is_null()).then(none).otherwise(some).cast(pl.UInt8)
    return table.with_columns(
        pl.when(pl.lit(lost)).then(kind).otherwise(pl.col(f"{point}_kind")).alias(f"{point}_kind"),
        *(
            pl.when(~pl.lit(lost)).then(pl.col(f"{point}_{part}")).alias(f"{point}_{part}")
            for part in ("lo", "hi", "ref")
        ),
    )


# --- time ----------------------------------------------------------------------------------------------------------


def _placed(people: _People, events: _Events, *, file: str | None, end_window_days: int) -> Cohort:
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


def _with_lasting(events: _Events) -> "pl.Series":
    """Patients of whom some event is told by its length."""
    import polars as pl

    parts = [
        table.filter(pl.col("lasting").is_not_null())["patient"]
        for table in events.tables.values()
        if "lasting" in table.columns
    ]
    return pl.concat([pl.Series([], dtype=pl.UInt32), *parts])


def _dangling(events: _Events) -> "pl.Series":
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
        pl.col("start_text").is_not_null().alias("start_stated"),
        (pl.col("end_text").is_not_null() if lasts else pl.lit(False)).alias("end_stated"),
        pl.col(ROW).alias("line"),
    )
    return made.select(pl.col(name).cast(dtype) for name, dtype in table_schema(event_type).items())


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
        "start_stated": pl.col("birth_kind") > 0,
        "end_stated": pl.lit(False),
        "ordinal": pl.lit(0),
        "line": pl.lit(None),
    }
    return born.select("unit", *(value.alias(name) for name, value in values.items())).select(
        pl.col(name).cast(dtype) for name, dtype in SHARED_COLUMNS.items()
    )


def _stated(people: _People, events: _Events, simple: "pl.Series") -> "pl.DataFrame":
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


# --- one by one ----------------------------------------------------------------------------------------------------


def _resolved(people: _People, events: _Events, told: "pl.Series", *, file: str | None, end_window_days: int) -> Cohort:
    """The cohort of the patients that have to be resolved one by one."""
    builder = CohortBuilder(TimeSettings(end_window_days=end_window_days))
    for course in _courses(people, events, told, file=file):
        builder.add(course)
    return builder.cohort()


def _courses(people: _People, events: _Events, told: "pl.Series", *, file: str | None) -> Iterable[Course]:
    """The courses of some patients, in their order."""
    import polars as pl

    if not told.len():
        return
    of_patient: dict[int, list[tuple[int, Any]]] = {}
    for name, table in events.tables.items():
        lasts, cls = EVENT_TYPES[name].LASTS, EVENT_TYPES[name]
        rows = table.filter(pl.col("patient").is_in(told.implode()))
        for record in rows.iter_rows(named=True):
            stated = {(record["event"], "when"): _split(record["start_text"])}
            if lasts:
                stated[record["event"], "until"] = _split(record["end_text"])
                stated[record["event"], "lasting"] = _split(record["lasting"])
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
                birth=tuple(parse(text) for text in _split(row["birth_text"])),
                site=row["site"],
            ),
            events=tuple(event for _, event in sorted(of_patient.get(code, ()), key=lambda pair: pair[0])),
            source=_cited(row),
            about=row["about"],
            file=file,
            defects=tuple(defects.get(code, ())),
        )


def _split(text: str | None) -> list[str]:
    return text.split(";") if text else []


def _cited(row: Mapping[str, Any]) -> Cite | None:
    if row["source_key"] is None or row["source_at"] is None:
        return None
    return Cite(row["source_key"], row["source_at"], Confidence(row["source_confidence"] or Confidence.QUOTED))


# --- what the cohort says beside ------------------------------------------------------------------------------------


def _patients(people: _People, file: str | None) -> "pl.DataFrame":
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


def _complete(people: _People, cohort: Cohort, named: Collection[str]) -> "dict[str, bool | pl.Series]":
    """Of which event types absence means something: for all, or patient by patient where that is told."""
    import polars as pl

    if not people.has_complete:
        return dict.fromkeys(named, True)
    told = people.frame["complete"].gather(cohort.units["patient"])
    found = told.explode().drop_nulls().unique().to_list()
    return {
        name: pl.select(pl.lit(told).list.contains(name)).to_series().fill_null(False)
        for name in EVENT_TYPES
        if name in found
    }


def _origin(events: _Events) -> "pl.DataFrame":
    import polars as pl

    parts = [
        table.filter(pl.col("file").is_not_null()).select(
            "patient",
            "event",
            "file",
            pl.col(ROW).alias("row"),
            *(pl.col(column).alias(name) for column, name in ORIGINS.items()),
        )
        for table in events.tables.values()
    ]
    return pl.concat(parts).select(*ORIGIN_COLUMNS) if parts else empty(ORIGIN_COLUMNS)


def _counted(
    counts: Iterable[RowCount], read: Sequence[Typed], twice: Mapping[str, Sequence[int]]
) -> Iterable[RowCount]:
    """The rows of all files, with those that were set aside here."""
    import polars as pl

    known = {count.file: count for count in counts}
    for file in dict.fromkeys(one.file for one in read):
        rows = pl.concat(
            [pl.concat([one.frame[ROW], one.without_patient]) for one in read if one.file == file]
        ).unique()
        known.setdefault(file, RowCount(file=file, read=rows.len(), kept=rows.len()))
    for file, count in known.items():
        without = pl.concat(
            [pl.Series(ROW, [], dtype=pl.UInt32), *(one.without_patient for one in read if one.file == file)]
        ).unique()
        aside = {NO_PATIENT: without.len(), TOLD_TWICE: len(set(twice.get(file, ())))}
        aside = {reason: number for reason, number in aside.items() if number}
        both = {
            reason: count.set_aside.get(reason, 0) + aside.get(reason, 0)
            for reason in dict.fromkeys((*count.set_aside, *aside))
        }
        yield evolve(count, kept=count.kept - sum(aside.values()), set_aside=both)
