"""Cells of an export that could not be read, as findings of a ledger: each by itself, so that a site can be asked.

A cell is known again by its patient, event and column, never by its line; its text is the data behind it.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import polars as pl

from ..cohort import Cohort
from ..events import EVENT_TYPES
from ..io.tables.cells import substitute
from ..io.values import is_identifier
from ..vocabulary import Severity
from .seen import Seen

CELL = "cell"
"""Stands in a ledger where a finding of the catalogue has its rule."""

_ADVICE = "correct the cell, or empty it where nothing is known."
_SOURCE = "logic: what cannot be read cannot be judged"
_KEY = ["patient", "about", "event", "column"]
_PLACE = ("record", "visit", "instrument", "instance")


def cells_seen(cohort: Cohort) -> tuple[Seen, ...]:
    """The cells of kept rows that could not be read, or not in one way only; one of each patient, event and column.

    Cells of rows that belong to no patient of the cohort are in the report alone.
    """
    cells = _each(cohort)
    if cells is None:
        return ()
    labels = cohort.intake.labels if cohort.intake else {}
    found = _placed(cells, cohort).unique(_KEY, keep="first", maintain_order=True)
    return tuple(_seen(row, labels) for row in found.iter_rows(named=True))


def _each(cohort: Cohort) -> pl.DataFrame | None:
    """All single cells, with what was said of them."""

    def text(told: str | None) -> pl.Expr:
        return pl.lit(told, dtype=pl.String)

    parts = [
        each.rows.with_columns(
            file=text(cell.file),
            problem=text(cell.problem),
            column=text(cell.column),
            expected=text(cell.expected),
            hint=pl.when(pl.col("value").eq_missing(text(cell.value))).then(text(cell.hint)),
            about=text(each.about),
            field=text(each.field),
        )
        for cell in (cohort.intake.cells if cohort.intake else ())
        for each in cell.each
    ]
    return pl.concat(parts).with_row_index("cell") if parts else None


def _placed(cells: pl.DataFrame, cohort: Cohort) -> pl.DataFrame:
    """The cells with the patient and the event that each belongs to: told by its row, else by the patient's id."""
    origin = cohort.origin.rename({"patient": "code"})
    by_row = cells.drop("patient").join(origin, on=["file", "row"]).join(_kinds(cohort, origin), on=["code", "event"])
    by_row = by_row.filter(pl.col("about").is_null() | (pl.col("about") == pl.col("kind")))
    by_row = by_row.unique("cell", keep="first", maintain_order=True).with_columns(about="kind").drop("kind")
    by_row = by_row.join(cohort.patients.with_row_index("code").select("code", "patient"), on="code")
    rest = cells.filter(~pl.col("cell").is_in(by_row["cell"].implode()) & pl.col("patient").is_not_null())
    names = rest["patient"].str.strip_chars()
    ours = {name: name if is_identifier(name) else substitute(name) for name in names.unique().to_list()}
    rest = rest.with_columns(
        patient=names.replace_strict(list(ours), list(ours.values()), return_dtype=pl.String),
        record=names,
        about=pl.col("about").fill_null("patient"),
    ).join(cohort.patients.select("patient"), on="patient", how="semi", maintain_order="left")
    return pl.concat([by_row.drop("code"), rest], how="diagonal").sort("cell")


def _kinds(cohort: Cohort, origin: pl.DataFrame) -> pl.DataFrame:
    """The type of each event: of its first reading, where a course has several."""
    first = cohort.units.filter(pl.col("reading") == 0).select("unit", code="patient")
    parts = [
        table.join(first, on="unit").select("code", "event", pl.lit(kind).alias("kind"))
        for kind, table in cohort.tables.items()
    ]
    none = pl.DataFrame(schema={"code": origin.schema["code"], "event": pl.String, "kind": pl.String})
    return pl.concat([none, *parts])


def _seen(row: Mapping[str, Any], labels: Mapping[tuple[str, str], str]) -> Seen:
    about, event, column, value = row["about"], row["event"], row["column"], row["value"]
    named = [CELL, row["patient"], about, event or "", column or ""]
    label = labels.get((about, row["field"] or "")) or column or "row"
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
        place={"file": row["file"], "row": row["row"], **{name: row[name] for name in _PLACE}},
        shown=((label, value or ""),),
        against=(),
        data=hashlib.sha256((value or "").encode()).hexdigest()[:32],
    )
