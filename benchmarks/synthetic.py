"""A synthetic cohort: clean histories, of which 5 % carry an error of a registry, one each."""

from pathlib import Path

import attrs
import polars as pl

from infant_course.cohort import STATED_COLUMNS, Cohort
from infant_course.shortest_paths import UNBOUNDED

from .histories import SEED, histories
from .kinds import KINDS
from .planting import POINTS, Frames, as_cohort, carriers, frames, plant

FAULTY = 0.05


def synthetic(patients: int, seed: int = SEED) -> Cohort:
    """A cohort of so many patients."""
    tables = frames(histories(patients, seed))
    left = pl.Series(range(patients), dtype=pl.UInt32)
    each = max(1, int(patients * FAULTY / len(KINDS)))
    for kind in KINDS[: int(patients * FAULTY)]:
        able = carriers(tables, kind)
        able = able.filter(able.is_in(left.implode()))
        who = able.sample(min(each, able.len()), seed=seed)
        tables = plant(tables, kind, who)
        left = left.filter(~left.is_in(who.implode()))
    cohort = as_cohort(tables)
    return attrs.evolve(cohort, stated=_stated(cohort))


def _stated(cohort: Cohort) -> pl.DataFrame:
    """What is told of each time, as reading an export keeps it: a day, or the range it lies in."""
    dated = cohort.units["dated"]
    found = []
    for table in (cohort.births, *cohort.tables.values()):
        for part, point in (("when", "start"), ("until", "end")):
            low, high = pl.col(f"{point}_lo"), pl.col(f"{point}_hi")
            told = table.filter(pl.col(f"{point}_stated") & (low.abs() < UNBOUNDED) & (high.abs() < UNBOUNDED))
            calendar = dated.gather(told["unit"])
            first, last = (
                pl.when(calendar)
                .then(pl.from_epoch(day, time_unit="d").cast(pl.String))
                .otherwise(pl.format("day {}", day))
                for day in (low, high)
            )
            text = pl.when(low == high).then(first).otherwise(pl.format("{}..{}", first, last))
            found.append(told.select(patient="unit", event="event", part=pl.lit(part), text=text))
    return pl.concat(found).cast(STATED_COLUMNS)


def timeline_csv(cohort: Cohort, path: str) -> int:
    """Write all events into one CSV, rows in no order, no date where none is known. Returns the number of events."""
    events = cohort.timeline.join(
        cohort.patients.with_row_index("unit").select("unit", "patient"), on="unit", how="left"
    )
    known = {name: pl.when(pl.col(name).abs() < UNBOUNDED).then(pl.col(name)) for name in POINTS}
    days = {name: pl.from_epoch(day, time_unit="d").alias(name) for name, day in known.items()}
    events.select("patient", "type", "event", *days.values()).sample(fraction=1, shuffle=True, seed=SEED).write_csv(
        path
    )
    return events.height


def export_csv(cohort: Cohort, folder: Path) -> list[Path]:
    """Write the whole export, a CSV for each event type with all its fields, as a registry hands it over.

    Amounts become a column for the number and one for the unit; lists become text.
    """
    paths = []
    for name, table in _as_text(cohort).items():
        paths.append(folder / f"{name}.csv")
        table.write_csv(paths[-1])
    return paths


def long_csv(cohort: Cohort, path: Path) -> None:
    """Write the whole export into one CSV, a row for each event of any type, in no order."""
    parts = [table.with_columns(event_type=pl.lit(name)) for name, table in _as_text(cohort).items()]
    pl.concat(parts, how="diagonal_relaxed").sample(fraction=1, shuffle=True, seed=SEED).write_csv(path)


def _as_text(cohort: Cohort) -> Frames:
    patients = cohort.patients.with_row_index("unit").select("unit", "patient")
    return {
        name: table.join(patients, on="unit").select(
            "patient", *(flat for column, dtype in table.schema.items() for flat in _flat(column, dtype))
        )
        for name, table in cohort.tables.items()
    }


def _flat(column: str, dtype: pl.DataType) -> list[pl.Expr]:
    if isinstance(dtype, pl.Struct):
        return [pl.col(column).struct.field(part.name).alias(f"{column}.{part.name}") for part in dtype.fields]
    if isinstance(dtype, pl.List) and dtype.inner.is_nested():
        return [pl.col(column).list.eval(pl.element().struct.json_encode()).list.join(";")]
    return [pl.col(column).list.join(";") if isinstance(dtype, pl.List) else pl.col(column)]
