"""Draws the tables of a synthetic cohort, seeded, straight as columns: as an export has them after reading."""

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from infant_course.cohort import PATIENT_COLUMNS, SHARED_COLUMNS, UNIT_COLUMNS, Cohort, table_schema

PARTIAL = 0.02
"""Share of the dates that are known to the month only."""

PUBLICATION = "kotecha2022"
"""What tells the patients whose dates are not given."""

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Column = pl.Series | str | int | float | bool | None


class Maker:
    """Draws one cohort, table by table; each table is about some of the patients."""

    def __init__(self, patients: int, seed: int) -> None:
        self.n = patients
        self.rng = np.random.default_rng(seed)
        self.parts: dict[str, list[pl.DataFrame]] = {}
        self.everyone: Ints = np.arange(patients)

    def chance(self, share: float | NDArray[np.float64]) -> Flags:
        """Which of all patients a chance falls on."""
        return np.asarray(self.rng.random(self.n) < share)

    def between(self, low: int, high: int) -> Ints:
        """A whole number for every patient, both ends included."""
        return self.rng.integers(low, high + 1, self.n)

    def uniform(self, low: float, high: float) -> NDArray[np.float64]:
        """A number for every patient."""
        return self.rng.uniform(low, high, self.n)

    def index(self, weights: list[float]) -> Ints:
        """A number from 0 for every patient, by weights."""
        return self.rng.choice(len(weights), self.n, p=np.array(weights) / sum(weights))

    def words(self, options: list[Any], weights: list[float] | None = None) -> pl.Series:
        """A word (or None) for every patient."""
        return pl.Series(options).gather(self.index(weights or [1.0] * len(options)))

    def _bounds(self, days: Ints) -> tuple[Ints, Ints]:
        """A day, or the month around it."""
        vague = self.rng.random(len(days)) < PARTIAL
        into = days % 30
        return np.where(vague, days - into, days), np.where(vague, days - into + 29, days)

    def shared(self, who: Ints, event: str, start: Ints, end: Ints | None = None) -> dict[str, Any]:
        """The shared columns. Without an end the event is one point."""
        low, high = self._bounds(start)
        last_low, last_high = (low, high) if end is None else self._bounds(end)
        return {
            "unit": who,
            "event": pl.Series([event]).new_from_index(0, len(who)),
            "start_lo": low,
            "start_hi": high,
            "end_lo": last_low,
            "end_hi": last_high,
            "start_stated": np.ones(len(who), dtype=bool),
            "end_stated": np.full(len(who), end is not None),
            "length_stated": np.zeros(len(who), dtype=bool),
            "ordinal": np.zeros(len(who), dtype=np.int64),
            "line": np.arange(len(who)),
        }

    def add(
        self, kind: str, event: str, whose: Flags, start: Ints, end: Ints | None = None, /, **values: Column
    ) -> None:
        """One event of some patients. Columns are as long as there are patients; what is not given is not stated."""
        who = np.flatnonzero(whose)
        frame = pl.DataFrame(self.shared(who, event, start[who], None if end is None else end[who]))
        columns = []
        for name, dtype in table_schema(kind).items():
            if name in values:
                value = values[name]
                one = pl.lit(value.gather(who)) if isinstance(value, pl.Series) else pl.lit(value)
                columns.append(one.cast(dtype).alias(name))
            elif name in frame.columns:
                columns.append(pl.col(name).cast(dtype))
            else:
                columns.append(pl.lit([] if isinstance(dtype, pl.List) else None, dtype=dtype).alias(name))
        self.parts.setdefault(kind, []).append(frame.select(columns))

    def cohort(self, births: Ints, sexes: pl.Series, undated: Flags, zero: Ints) -> Cohort:
        """The tables, as an export gives them: everything that was mapped is complete.

        ``undated``: patients from a publication, whose days are told from diagnosis (the day ``zero``).
        """
        moved = pl.Series(np.where(undated, zero, 0))
        points = ("start_lo", "start_hi", "end_lo", "end_hi")

        def told(table: pl.DataFrame) -> pl.DataFrame:
            back = moved.gather(table["unit"]).cast(pl.Int32)
            return table.with_columns(pl.col(point) - back for point in points)

        tables = {name: told(pl.concat(parts)).rechunk() for name, parts in self.parts.items()}
        named = {
            "patient": pl.Series([f"P{n:06d}" for n in range(self.n)], dtype=pl.String),
            "sex": sexes,
            "source_key": where(undated, PUBLICATION),
            "source_at": where(undated, "text"),
            "source_confidence": where(undated, "quoted"),
        }
        nothing = pl.Series([None]).new_from_index(0, self.n)
        patients = pl.DataFrame(
            [named.get(name, nothing).cast(dtype).alias(name) for name, dtype in PATIENT_COLUMNS.items()]
        )
        return Cohort(
            patients=patients,
            units=pl.DataFrame(
                {"unit": self.everyone, "patient": self.everyone, "reading": 0, "dated": ~undated}, schema=UNIT_COLUMNS
            ),
            tables=tables,
            births=told(pl.DataFrame(self.shared(self.everyone, "birth", births), schema=SHARED_COLUMNS)),
            complete=dict.fromkeys(tables, True),
        )


def options(kind: str, field: str, choices: list[Any], which: Ints) -> pl.Series:
    """One of a few values of a field (lists and records too) for every patient, by its number."""
    return pl.Series(choices, dtype=table_schema(kind)[field]).gather(which)


def quantity(values: NDArray[Any], unit: str, stated: Flags | None = None) -> pl.Series:
    """A column of quantities; null where not stated."""
    units = pl.Series([unit]).new_from_index(0, len(values))
    whole = pl.DataFrame({"value": np.asarray(values, dtype=float), "unit": units}).to_struct()
    return whole if stated is None else where(stated, whole)


def where(condition: Flags, values: pl.Series | str | int | float | bool) -> pl.Series:
    """The values where the condition holds, else not stated."""
    column = values if isinstance(values, pl.Series) else pl.Series([values]).new_from_index(0, len(condition))
    return pl.select(pl.when(pl.Series(condition)).then(column)).to_series()
