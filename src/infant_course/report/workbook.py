"""A report as a workbook of Excel: a sheet of counts, one of findings, one of what could not be read."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ..files import printable
from ..spreadsheet import inert
from .rows import flat

if TYPE_CHECKING:
    from .check import Report
    from .json import Input

MOST_ROWS = 1_048_576
"""Rows that a sheet can hold."""
MOST_CHARACTERS = 32_767
"""Characters that a cell can hold."""


def as_xlsx(report: "Report", inputs: "Sequence[Input]" = ()) -> bytes:
    """The report as the bytes of an .xlsx file. No cell is a formula.

    Raises ValueError where there are more findings than a sheet can hold.
    """
    from openpyxl import Workbook

    if report.table.height >= MOST_ROWS:
        raise ValueError(f"{report.table.height:,} findings: a sheet holds {MOST_ROWS - 1:,}; use --format csv")
    book = Workbook(write_only=True)
    _sheet(book, "summary", (28, 60, 12, 12, 12, 12, 12), _summary(report, inputs))
    findings = flat(report.table)
    _sheet(book, "findings", [_WIDTHS.get(name, 14) for name in findings.columns], _rows(findings))
    if report.intake is not None:
        _sheet(book, "cells", (30, 14, 20, 8, 8, 24, 40, 40, 40), _cells(report))
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


_WIDTHS = {"message": 80, "advice": 60, "source": 60, "conflicts_with": 24, "file": 30, "patient": 20, "event": 20}


def _summary(report: "Report", inputs: "Sequence[Input]") -> Iterable[Sequence[Any]]:
    yield "version", report.version
    yield "catalogue", report.catalogue
    yield "cut-off", report.cut_off or "none"
    for name, value in report.settings.items():
        yield f"setting {name}", str(value)
    for file in inputs:
        yield "input", file.name, file.sha256
    yield "patients", report.patients
    yield "events", report.events
    if report.intake is not None:
        for said in report.intake.assumptions:
            yield "assumed", said
        for count in report.intake.rows:
            yield "rows", count.file, count.read, count.kept, count.read - count.kept
    for rule, why in report.errored.items():
        yield "rule could not be run", f"{rule}: {why}"
    yield ()
    yield "rule", "what it finds", "severity", "subjects", "failed", "undecided", "passed"
    for one in report.rules:
        yield one.rule, one.title, str(one.severity), one.subjects, one.failed, one.undecided, one.passed


def _rows(table: Any) -> Iterable[Sequence[Any]]:
    yield table.columns
    yield from table.iter_rows()


def _cells(report: "Report") -> Iterable[Sequence[Any]]:
    yield "file", "problem", "column", "row", "rows", "value", "expected", "hint", "patients"
    for one in report.intake.cells if report.intake else ():
        yield (
            one.file,
            str(one.problem),
            one.column,
            one.row,
            one.rows,
            one.value,
            one.expected,
            one.hint,
            "; ".join(one.patients),
        )


def _sheet(book: Any, name: str, widths: Sequence[int], rows: Iterable[Sequence[Any]]) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(name)
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = "A2" if name != "summary" else None
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Any) -> Any:
    """A value as a cell; text is typed as text, whatever it begins with."""
    from openpyxl.cell import WriteOnlyCell

    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, value=inert(printable(value))[:MOST_CHARACTERS])
    cell.data_type = "s"
    return cell
