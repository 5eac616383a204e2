"""Findings as rows: CSV for spreadsheets, JSON lines for programs."""

import json
from typing import TYPE_CHECKING

import polars as pl

from ..files import printable_json
from ..spreadsheet import BLANKS, LEADS
from .json import finding_as_dict

if TYPE_CHECKING:
    from .check import Report


def as_csv(report: "Report") -> str:
    """One line per finding, conflicts with ``;`` between; no cell is a formula to a spreadsheet."""
    return flat(report.table).write_csv()


def flat(table: pl.DataFrame) -> pl.DataFrame:
    """A table of findings whose every cell is one plain text or number."""
    joined = table.with_columns(pl.col("conflicts_with").list.join("; "))
    return joined.with_columns(
        inert_text(pl.col(name)).alias(name) for name, dtype in joined.schema.items() if dtype == pl.String
    )


def inert_text(text: pl.Expr) -> pl.Expr:
    """:func:`infant_course.spreadsheet.inert` over a column of text."""
    stripped = text.str.strip_chars_start(BLANKS)
    leads = pl.any_horizontal(stripped.str.starts_with(lead) for lead in LEADS)
    number = stripped.cast(pl.Float64, strict=False).is_not_null()
    return pl.when(leads & ~number).then("'" + text).otherwise(text)


def as_jsonl(report: "Report") -> str:
    """One JSON object per line: the findings of :mod:`.json`."""
    lines = (json.dumps(finding_as_dict(finding), ensure_ascii=False) for finding in report.findings)
    return "".join(f"{printable_json(line)}\n" for line in lines)
