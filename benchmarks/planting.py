"""Errors planted in the tables of a registry: rows changed, dropped, entered twice or entered where none should be."""

from collections.abc import Mapping

import polars as pl
from attrs import define, field

from infant_course.cohort import SHARED_COLUMNS, UNIT_COLUMNS, Cohort, table_schema

Frames = dict[str, pl.DataFrame]
Changes = Mapping[str, pl.Expr]


@define(frozen=True)
class Step:
    """One thing done to the rows of a table: changed, dropped, or copied with changes (or only asked for)."""

    table: str
    rows: pl.Expr
    changes: Changes = field(factory=dict)
    how: str = "change"
    source: str = ""
    """Table whose rows give the times of the rows entered."""


@define(frozen=True)
class Kind:
    """A kind of error: what goes wrong in the registry, where it is planted, and which rules ought to notice."""

    name: str
    about: str
    expected: tuple[str, ...]
    steps: tuple[Step, ...]
    reason: str = ""
    """Why fewer than 98 % can be noticed."""
    unless: Step | None = None
    """Patients with such rows are left out."""


def change(table: str, rows: pl.Expr, **changes: pl.Expr) -> Step:
    """Overwrite fields."""
    return Step(table, rows, changes)


def have(table: str, rows: pl.Expr | None = None) -> Step:
    """Nothing is done: only patients with such rows can carry the error."""
    return Step(table, pl.lit(True) if rows is None else rows, how="have")


def drop(table: str, rows: pl.Expr) -> Step:
    """Lose rows."""
    return Step(table, rows, how="drop")


def copy(table: str, rows: pl.Expr, **changes: pl.Expr) -> Step:
    """Enter rows a second time, with other fields."""
    return Step(table, rows, changes, how="copy")


def enter(table: str, source: str, rows: pl.Expr, **changes: pl.Expr) -> Step:
    """Enter rows into a table at the times of rows of another."""
    return Step(table, rows, changes, how="enter", source=source)


def event(*names: str) -> pl.Expr:
    """Rows of these event ids."""
    return pl.col("event").is_in(list(names))


ALL = pl.lit(True)
POINTS = ("start_lo", "start_hi", "end_lo", "end_hi")
EXACT = (pl.col("start_lo") == pl.col("start_hi")) & (pl.col("end_lo") == pl.col("end_hi"))


def later(days: pl.Expr | int, *points: str) -> dict[str, pl.Expr]:
    """Times moved by so many days."""
    return {name: pl.col(name) + days for name in points or POINTS}


def day_and_month_swapped(*points: str) -> dict[str, pl.Expr]:
    """3 May read as 5 March."""
    changes = {}
    for name in points or POINTS:
        day = pl.from_epoch(pl.col(name), time_unit="d")
        changes[name] = pl.date(day.dt.year(), day.dt.day(), day.dt.month()).cast(pl.Int32)
    return changes


START = pl.from_epoch(pl.col("start_lo"), time_unit="d")
SWAPPABLE = EXACT & (START.dt.day() <= 12) & (START.dt.day() != START.dt.month())


def value(name: str) -> pl.Expr:
    """The number of a quantity."""
    return pl.col(name).struct.field("value")


def quantity(number: pl.Expr | float, unit: str | None) -> pl.Expr:
    """A quantity as entered."""
    given = number if isinstance(number, pl.Expr) else pl.lit(float(number))
    return pl.struct(given.cast(pl.Float64).alias("value"), pl.lit(unit, dtype=pl.String).alias("unit"))


def number(given: int) -> pl.Expr:
    """A whole number as entered."""
    return pl.lit(given, dtype=pl.Int64)


def agents(
    kind: str, *drugs: tuple[str, float | None, str | None, str | None, str | None], cumulative: bool | None = None
) -> pl.Expr:
    """A list of drugs as entered: name, dose, unit, route, basis."""
    entered = [
        {
            "name": name,
            "dose": None if dose is None else {"value": float(dose), "unit": unit},
            "cumulative": cumulative,
            "route": route,
            "scheme": None,
            "basis": basis,
        }
        for name, dose, unit, route, basis in drugs
    ]
    return pl.lit(pl.Series([entered], dtype=table_schema(kind)["agents"])).first()


def listed(*items: str) -> pl.Expr:
    """A list of words as entered."""
    return pl.lit(pl.Series([list(items)], dtype=pl.List(pl.String))).first()


def frames(cohort: Cohort) -> Frames:
    """The tables of a cohort, births and patients among them."""
    patients = cohort.patients.with_row_index("unit").with_columns(cohort.units["dated"])
    return {**cohort.tables, "birth": cohort.births, "patient": patients}


def carriers(tables: Frames, kind: Kind) -> pl.Series:
    """Patients in whom an error can be planted."""
    found: pl.Series | None = None
    for number, step in enumerate(kind.steps):
        if number and step.how == "drop":
            continue
        units = _units(tables, step.source or step.table, step.rows)
        found = units if found is None else found.filter(found.is_in(units.implode()))
    assert found is not None, kind.name
    if kind.unless is not None:
        found = found.filter(~found.is_in(_units(tables, kind.unless.table, kind.unless.rows).implode()))
    return found.sort()


def _units(tables: Frames, table: str, rows: pl.Expr) -> pl.Series:
    frame = tables.get(table)
    return pl.Series([], dtype=pl.UInt32) if frame is None else frame.filter(rows)["unit"].unique()


def plant(tables: Frames, kind: Kind, who: pl.Series | None = None) -> Frames:
    """The tables with one error planted in these patients (None: in all)."""
    planted = dict(tables)
    theirs = pl.lit(True) if who is None else pl.col("unit").is_in(who.implode())
    for step in kind.steps:
        if step.how == "have":
            continue
        frame = planted[step.table]
        rows = theirs & step.rows.fill_null(False)
        if step.how == "drop":
            planted[step.table] = frame.filter(~rows)
            continue
        if step.how == "change":
            planted[step.table] = frame.with_columns(
                pl.when(rows).then(new.cast(frame.schema[name])).otherwise(pl.col(name)).alias(name)
                for name, new in step.changes.items()
            )
            continue
        entered = frame.filter(rows) if step.how == "copy" else _blank(frame, planted[step.source].filter(rows))
        changed = entered.with_columns(new.cast(frame.schema[name]).alias(name) for name, new in step.changes.items())
        planted[step.table] = pl.concat([frame, changed])
    return planted


def _blank(frame: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Rows for a table of which only the times are known."""
    return rows.select(
        pl.col(name).cast(dtype) if name in SHARED_COLUMNS else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in frame.schema.items()
    )


def as_cohort(tables: Frames) -> Cohort:
    """Tables of patients numbered from 0 as a cohort, every table complete."""
    patients = tables["patient"].sort("unit")
    units = pl.DataFrame(
        {"unit": patients["unit"], "patient": patients["unit"], "reading": 0, "dated": patients["dated"]},
        schema=UNIT_COLUMNS,
    )
    events = {name: table for name, table in tables.items() if name not in ("birth", "patient")}
    return Cohort(
        patients=patients.drop("unit", "dated"),
        units=units,
        tables=events,
        births=tables["birth"],
        complete=dict.fromkeys(events, True),
    )
