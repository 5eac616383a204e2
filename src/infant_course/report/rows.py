"""Findings as rows: CSV for spreadsheets, JSON lines for programs."""

import json
from typing import TYPE_CHECKING

import polars as pl

from ..spreadsheet import inert_expr
from .json import finding_as_dict, safe

if TYPE_CHECKING:
    from .check import Report


def as_csv(report: "Report") -> str:
    """One line per finding, conflicts with ``;`` between; no cell is a formula to a spreadsheet."""
    return flat(report.table).write_csv()


def flat(table: pl.DataFrame) -> pl.DataFrame:
    """A table of findings whose every cell is one plain text or number."""
    joined = table.with_columns(pl.col("conflicts_with").list.join("; "))
    return joined.with_columns(
        inert_expr(pl.col(name)).alias(name) for name, dtype in joined.schema.items() if dtype == pl.String
    )


def as_jsonl(report: "Report") -> str:
    """One JSON object per line: the findings of :mod:`.json`."""
    lines = (json.dumps(finding_as_dict(finding), ensure_ascii=False) for finding in report.findings)
    return "".join(f"{safe(line)}\n" for line in lines)
