"""The events of an export, each with a name and a place among the events of its patient, and day zero found."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ...cohort import SHARED_COLUMNS, table_schema
from ...intake import Assumption, Counted
from .clock import ANCHORS, POINTS, DayZero, anchors
from .flat import ORDER, ROW
from .people import lacking
from .telling import Telling
from .times import ZERO, Kind
from .typed import ORIGINS, Typed, points_of

if TYPE_CHECKING:
    import polars as pl


_LACKING = (
    "For {n} patient without a diagnosis one is taken to be on day 0, as days are counted from it; nothing else is "
    "known of it.",
    "For {n} patients without a diagnosis one is taken to be on day 0, as days are counted from it; nothing else is "
    "known of it.",
)


@frozen(kw_only=True)
class Events:
    """All events by type, each with the number of its patient, its id and its place among the patient's events.

    ``again``: events whose id an earlier one of the patient bears (number, new id, that id).
    """

    tables: "Mapping[str, pl.DataFrame]" = field(repr=False)
    points: "pl.DataFrame" = field(repr=False)
    zeros: "pl.DataFrame" = field(repr=False)
    again: "pl.DataFrame" = field(repr=False)
    said: tuple[Assumption, ...] = ()
    counted: bool = False

    @classmethod
    def of(cls, read: Sequence[Typed], people: "pl.DataFrame", zero: DayZero, *, one_file: bool) -> "Events":
        """Name and order the events, and find day zero of every patient. ``one_file``: all stand in the same."""
        import polars as pl

        codes = people.select(pl.col("patient").alias("name")).with_row_index("patient")
        frames = []
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
        said: tuple[Assumption, ...] = ()
        zeros = pl.DataFrame(schema={"patient": pl.UInt32, "event": pl.String})
        points = _points(tables)
        if zeroed:
            zeros = anchors(points, zero)
            if zero is DayZero.DIAGNOSIS:
                tables, lacking = _with_diagnoses(tables)
                if lacking:
                    said = (Counted.of(lacking, *_LACKING),)
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
    moved = not in_order or bool(frame[ORDER].count())
    if moved:
        table = pl.when(pl.col(ORDER).is_null()).then(pl.col("table")).otherwise(0)
        frame = frame.sort("patient", table, ORDER, ROW, "source", nulls_last=True, maintain_order=True)
    frame = frame.with_columns(_places(frame["patient"]).alias("ordinal"), _used_once(frame).alias("event"))
    return (frame.sort("at") if moved else frame).select("patient", "told", "event", "ordinal")


def _used_once(frame: "pl.DataFrame") -> "pl.Series":
    """The ids told, each but the first of equal ones of a patient with its number."""
    import polars as pl

    # Equal ids have equal hashes, so only where hashes are equal the ids themselves are looked at.
    hashes = frame.select(pl.col("told").hash() ^ pl.col("patient").hash()).to_series()
    if hashes.n_unique() == frame.height:
        return frame["told"]
    alike = hashes.is_duplicated()
    counted = frame.filter(alike).with_columns((pl.int_range(pl.len()).over("patient", "told") + 1).alias("use"))
    # Not pl.format, which fails on a frame of several chunks (Polars 2.1).
    numbered = pl.concat_str("told", pl.lit(" ("), pl.col("use").cast(pl.String), pl.lit(")"))
    renamed = counted.select(
        pl.when(pl.col("use") > 1).then(numbered).otherwise(pl.col("told")).alias("told")
    ).to_series()
    where = pl.select(
        pl.when(alike).then(frame.height + alike.cast(pl.UInt32).cum_sum() - 1).otherwise(pl.int_range(frame.height))
    ).to_series()
    return pl.concat([frame["told"], renamed]).gather(where)


def _places(patients: "pl.Series") -> "pl.Series":
    """The place of every row among the rows of its patient, from 0."""
    import numpy as np
    import polars as pl

    codes = patients.to_numpy()
    order = np.argsort(codes, kind="stable")
    counts = np.bincount(codes) if len(codes) else np.zeros(0, dtype=np.int64)
    starts = np.cumsum(counts) - counts
    places = np.empty(len(codes), dtype=np.uint32)
    places[order] = np.arange(len(codes)) - np.repeat(starts, counts)
    return pl.Series(places, dtype=pl.UInt32)


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
    schema = _columns("diagnosis") if like is None else like.schema
    made = made.select(
        pl.col(name).cast(dtype) if name in made.columns else lacking(dtype).alias(name)
        for name, dtype in schema.items()
    )
    return {**tables, "diagnosis": made if like is None else pl.concat([like, made])}, made.height


def _columns(event_type: str) -> dict[str, Any]:
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
                file=one.file,
                names=one.telling.names,
                rows=here.select(ROW, pl.col("name").alias("patient")),
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
