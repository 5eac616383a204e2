"""A synthetic cohort: clean histories, of which 5 % carry an error of a registry, one each."""

import polars as pl

from infant_course.cohort import Cohort
from infant_course.shortest_paths import UNBOUNDED

from .histories import SEED, histories
from .kinds import KINDS
from .planting import POINTS, as_cohort, carriers, frames, plant

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
    return as_cohort(tables)


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
