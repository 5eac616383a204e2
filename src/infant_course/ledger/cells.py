"""Cells of an export that could not be read, as findings of a ledger: each by itself, so that a site can be asked.

A cell is known again by its patient, event and column, never by its line; its text is the data behind it.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import polars as pl

from ..cohort import Cohort
from ..events import EVENT_TYPES
from ..intake import EACH, Intake
from ..io.tables.cells import substitute
from ..io.values import is_identifier
from ..vocabulary import Severity
from .seen import Seen

CELL = "cell"
"""Stands in a ledger where a finding of the catalogue has its rule."""

_ADVICE = "correct the cell, or empty it where nothing is known."
_SOURCE = "logic: what cannot be read cannot be judged"
_KEY = ["patient", "about", "event", "visit", "instrument", "instance", "column"]
_OF_EACH = tuple(name for name in EACH if name != "position")
_PLACE = ("record", "visit", "instrument", "instance")


def cells_seen(cohort: Cohort) -> tuple[Seen, ...]:
    """The cells of kept rows that could not be read, or not in one way only; one of each patient, event and column.

    A cell that belongs to no one event is known by where its row stood (visit, instrument, instance).
    """
    cells = _each(cohort)
    if cells is None:
        return ()
    found = _placed(cells, cohort).unique(_KEY, keep="first", maintain_order=True)
    return tuple(_seen(row, _label(row, cohort.intake)) for row in found.iter_rows(named=True))


def columns_of(column: str | None) -> tuple[str, ...]:
    """The names under which an export may list a column: a choice of a REDCap checkbox also under that of its field."""
    return (column, column.partition("___")[0]) if column else ()


def _each(cohort: Cohort) -> pl.DataFrame | None:
    """All single cells, with what was said of them."""

    def text(told: str | None) -> pl.Expr:
        return pl.lit(told, dtype=pl.String)

    parts = []
    for cell in cohort.intake.cells if cohort.intake else ():
        for each in cell.each:
            there = each.rows.columns
            parts.append(
                each.rows.select(
                    *(pl.col(name) if name in there else text(None).alias(name) for name in _OF_EACH),
                    text(cell.file).alias("file"),
                    text(str(cell.problem)).alias("problem"),
                    text(cell.column).alias("column"),
                    text(cell.expected).alias("expected"),
                    pl.when(pl.col("value").eq_missing(text(cell.value))).then(text(cell.hint)).alias("hint"),
                    text(each.about).alias("about"),
                    text(each.field).alias("field"),
                )
            )
    return pl.concat(parts).with_row_index("cell") if parts else None


def _placed(cells: pl.DataFrame, cohort: Cohort) -> pl.DataFrame:
    """The cells with the patient, the event and the place of each.

    Where only the row is known, its event is the one event of that type that the row gave; where there are several,
    or none, the cell is the patient's.
    """
    names = cells["patient"].str.strip_chars()
    ours = {name: name if is_identifier(name) else substitute(name) for name in names.drop_nulls().unique().to_list()}
    patient = names.replace_strict(list(ours), list(ours.values()), default=None, return_dtype=pl.String)
    known = cohort.patients.with_row_index("code").select("code", "patient")
    cells = cells.with_columns(patient=patient).join(known, on="patient", how="inner", maintain_order="left")
    origin = cohort.origin.rename({"patient": "code"}).select("code", "event", "file", "row", *_PLACE)
    rows = origin.join(cells.select("file", "row"), on=["file", "row"], how="semi")
    rows = rows.join(_kinds(cohort, origin), on=["code", "event"])
    single = rows.filter(pl.struct("file", "row", "kind").is_unique())
    single = single.select("file", "row", about="kind", its_event="event")
    cells = cells.join(single, on=["file", "row", "about"], how="left", maintain_order="left")
    cells = cells.with_columns(event=pl.coalesce("event", "its_event")).drop("its_event")
    stood = origin.unique(["code", "event"], keep="first", maintain_order=True).drop("file", "row")
    stood = stood.rename({name: f"its_{name}" for name in _PLACE})
    cells = cells.join(stood, on=["code", "event"], how="left", maintain_order="left")
    alone = pl.col("event").is_null()
    return cells.with_columns(
        *(pl.when(alone).then(pl.col(name)).otherwise(pl.col(f"its_{name}")).alias(name) for name in _PLACE[1:]),
        record=pl.coalesce("its_record", pl.lit(names).gather(pl.col("cell"))),
    )


def _kinds(cohort: Cohort, origin: pl.DataFrame) -> pl.DataFrame:
    """The type of each event: of its first reading, where a course has several."""
    first = cohort.units.filter(pl.col("reading") == 0).select("unit", code="patient")
    parts = [
        table.join(first, on="unit").select("code", "event", pl.lit(kind).alias("kind"))
        for kind, table in cohort.tables.items()
    ]
    none = pl.DataFrame(schema={"code": origin.schema["code"], "event": pl.String, "kind": pl.String})
    return pl.concat([none, *parts])


def _label(row: Mapping[str, Any], intake: Intake | None) -> str:
    """What a site calls the field: as the source calls it, and of several columns (a label would name one) these."""
    column: str | None = row["column"]
    if column is None or intake is None or ", " in column:
        return column or "row"
    return intake.headings.get(column) or intake.labels.get((row["about"], row["field"] or "")) or column


def _seen(row: Mapping[str, Any], label: str) -> Seen:
    about, event, column, value = row["about"], row["event"], row["column"], row["value"]
    place = "" if event else "/".join(row[name] or "" for name in _PLACE[1:])
    named = [CELL, row["patient"], about, event or place, column or ""]
    found = "nothing" if value is None else repr(value)
    hint = row["hint"]
    also = f" {hint[0].upper()}{hint[1:]}{'' if hint[-1] in '.?' else '.'}" if hint else ""
    return Seen(
        fingerprint=hashlib.sha256("\x1f".join(named).encode()).hexdigest()[:16],
        rule=CELL,
        patient=row["patient"],
        about=about,
        event=event,
        outcome=row["problem"],
        verdict="failed",
        severity=str(Severity.WARNING),
        message=f"{label}: expected {row['expected'].rstrip('.')}, found {found}.{also}",
        advice=_ADVICE,
        source=_SOURCE,
        types=(about,) if about in EVENT_TYPES else (),
        place={name: row[name] for name in ("file", "row", "column", *_PLACE)},
        shown=((label, value or ""),),
        against=(),
        data=hashlib.sha256((value or "").encode()).hexdigest()[:32],
    )
