"""Query sheets as XLSX, CSV and HTML, and reply files read back. No cell is ever run by a spreadsheet."""

import csv
import io
import re
import warnings
from collections.abc import Iterator
from datetime import date, datetime
from html import escape
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from ..errors import Fault, InputError
from ..files import write_whole
from ..spreadsheet import inert
from .answers import Line
from .queries import COLUMNS, FINGERPRINT, LINE, QUERY, QUESTION, REPLY, Sheet

MOST_IN_A_CELL = 32_000
"""Characters; a spreadsheet's cell ends at 32,767."""

MOST_BYTES = 200_000_000
"""A file of replies may not be larger than this, as it is or unpacked."""

MOST_COLUMNS = 100
"""So many columns of a workbook are looked at."""

_WIDTHS = {
    QUESTION: 60,
    REPLY: 45,
    "earlier replies": 30,
    "field": 20,
    "value": 26,
    "compared with": 28,
    FINGERPRINT: 22,
}


def write_sheet(sheet: Sheet, path: Path, kind: str) -> Path:
    """Write one sheet as ``xlsx``, ``csv`` or ``html``. Raises OSError."""
    if kind == "xlsx":
        return write_whole(path, as_xlsx(sheet))
    return write_whole(path, as_csv(sheet) if kind == "csv" else as_html(sheet))


def _title(sheet: Sheet) -> str:
    return f"Queries {'about patients without a site' if sheet.site is None else f'to {sheet.site}'}, {sheet.as_of}"


def _inert(cell: str | int) -> str | int:
    if isinstance(cell, int):
        return cell
    text = inert(cell)
    return text if len(text) <= MOST_IN_A_CELL else f"{text[:MOST_IN_A_CELL]} ... (cut)"


def as_csv(sheet: Sheet) -> str:
    """The sheet as CSV, with the mark by which spreadsheets know UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows([[_inert(cell) for cell in row] for row in sheet.rows])
    return "\ufeff" + out.getvalue()


def as_xlsx(sheet: Sheet) -> bytes:
    """The sheet as a workbook: every text typed as text, all cells locked but those of the replies."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter

    book = Workbook()
    page: Any = book.active
    page.title = "queries"
    page.append(list(COLUMNS))
    for number, row in enumerate(sheet.rows, start=2):
        for column, value in enumerate(row, start=1):
            cell = page.cell(number, column, _inert(value))
            if isinstance(value, str):
                cell.data_type = "s"
                cell.number_format = "@"
    reply = list(COLUMNS).index(REPLY) + 1
    for column, name in enumerate(COLUMNS, start=1):
        page.column_dimensions[get_column_letter(column)].width = _WIDTHS.get(name, 13)
        page.cell(1, column).font = Font(bold=True)
    for row in page.iter_rows(min_row=2, max_row=page.max_row):
        for cell in row:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for number in range(2, len(sheet.entries) + 2):
        answer = page.cell(number, reply)
        answer.protection = Protection(locked=False)
        answer.fill = PatternFill("solid", fgColor="FFF8DC")
        answer.number_format = "@"
    page.freeze_panes = "B2"
    page.protection.sheet = True
    page.protection.formatColumns = page.protection.formatRows = False  # columns may be made wider
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_STYLE = """
:root { color-scheme: light dark }
body { font: 15px/1.4 system-ui, sans-serif; margin: 1.5rem }
table { border-collapse: collapse; width: 100% }
caption { text-align: left; font-size: 1.3rem; font-weight: 600; padding-bottom: .6rem }
th, td { border: 1px solid #8888; padding: .35rem .5rem; text-align: left; vertical-align: top; white-space: pre-line;
  overflow-wrap: break-word; max-width: 24rem }
thead th { background: #8882 }
.wide { min-width: 11rem }
.reply, .question { min-width: 16rem }
@media print { @page { size: landscape } body { margin: 0; font-size: 8px } tr { break-inside: avoid }
  .wide { min-width: 7em } .reply, .question { min-width: 12em } }
"""


_KINDS = {name: "" for name in COLUMNS} | {
    "value": ' class="wide"',
    "compared with": ' class="wide"',
    QUESTION: ' class="question"',
    REPLY: ' class="reply"',
}
"""Attributes of the cells of a column: how wide it is at least."""


def as_html(sheet: Sheet) -> str:
    """The sheet as one page for reading and printing, which loads nothing and runs nothing."""
    heads = "".join(f'<th scope="col"{kind}>{escape(name)}</th>' for name, kind in _KINDS.items())
    lines = []
    for row in sheet.rows:
        cells = [f"<td{kind}>{escape(str(cell))}</td>" for kind, cell in zip(_KINDS.values(), row, strict=True)]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    title = escape(_title(sheet))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<table>\n<caption>{title}</caption>\n"
        f"<thead><tr>{heads}</tr></thead>\n<tbody>\n" + "\n".join(lines) + "\n</tbody>\n</table>\n</body>\n</html>\n"
    )


def read_replies(path: Path) -> tuple[Line, ...]:
    """The lines of a file of replies, XLSX or CSV. Raises InputError where it is neither, or lacks a column."""
    if path.stat().st_size > MOST_BYTES:
        raise _fault(path, "a file of replies", f"a file of more than {MOST_BYTES:,} bytes")
    with path.open("rb") as stream:
        packed = stream.read(4) == b"PK\x03\x04"
    rows = iter(_xlsx_rows(path)) if packed else _csv_rows(path)
    try:
        head = [name.strip().casefold() for name in next(rows, (0, []))[1]]
        places = {}
        for name in (QUERY, FINGERPRINT, QUESTION, REPLY):
            if head.count(name) != 1:
                found = "no such column" if name not in head else "several such columns"
                hint = "send back the file of `infant-course queries` as XLSX or CSV, with its headings as they were"
                raise _fault(path, f"a column {name!r} in the first line", found, hint)
            places[name] = head.index(name)
        if head.count(LINE) == 1:
            places[LINE] = head.index(LINE)
        ours = {place for place, name in enumerate(head) if name in COLUMNS}
        return tuple(_line(row, cells, places, ours) for row, cells in rows if any(cell.strip() for cell in cells))
    except csv.Error as error:
        raise _fault(path, "comma-separated values", "a line that is none") from error


_COUNTED = re.compile(r"([0-9]{1,7}) of ([0-9]{1,7})")


def _line(row: int, cells: list[str], places: dict[str, int], ours: set[int]) -> Line:
    def cell(name: str) -> str:
        place = places.get(name, len(cells))
        return cells[place].strip() if place < len(cells) else ""

    counted = _COUNTED.fullmatch(cell(LINE))
    number = cell(QUERY).lstrip("Qq").lstrip()
    return Line(
        row=row,
        number=int(number) if number.isascii() and number.isdigit() and len(number) < 13 else None,
        fingerprint=cell(FINGERPRINT).lower().removeprefix("fp-"),
        question=cell(QUESTION),
        reply=cell(REPLY)[:MOST_IN_A_CELL],
        counted=(int(counted[1]), int(counted[2])) if counted else None,
        beside=any(other.strip() for place, other in enumerate(cells) if place not in ours),
    )


def _fault(path: Path, expected: str, found: str, hint: str | None = None) -> InputError:
    return InputError(faults=[Fault(expected=expected, found=found, file=str(path), hint=hint)])


def _csv_rows(path: Path) -> Iterator[tuple[int, list[str]]]:
    data = path.read_bytes()
    if b"\0" in data:
        raise _fault(path, "a file of replies as XLSX or CSV", "another kind of file")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")  # as spreadsheets on Windows save
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    start = 1
    for cells in reader:
        yield start, cells
        start = reader.line_num + 1


def _xlsx_rows(path: Path) -> list[tuple[int, list[str]]]:
    from zipfile import ZipFile

    from openpyxl import load_workbook

    book: Any = None
    try:
        with ZipFile(path) as parts:
            if sum(part.file_size for part in parts.infolist()) > MOST_BYTES:
                raise _fault(path, "a file of replies", "one that unpacks to a huge size")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what spreadsheet programs add and nobody asks for
            book = load_workbook(path, read_only=True, data_only=False)
        page = book["queries"] if "queries" in book.sheetnames else book.worksheets[0]
        rows = page.iter_rows(max_col=MOST_COLUMNS, values_only=True)
        # openpyxl fails anywhere in a damaged file, so all of it is read in here
        return [(number, [_as_typed(v) for v in row]) for number, row in enumerate(rows, start=1) if any(row)]
    except InputError:
        raise
    except Exception as error:  # whatever openpyxl makes of a file that is none
        raise _fault(path, "a workbook (XLSX)", f"one that cannot be read ({_kind(error)})") from None
    finally:
        if book is not None:
            book.close()


def _kind(error: Exception) -> str:
    return "not a workbook" if isinstance(error, (BadZipFile, KeyError)) else type(error).__name__


def _as_typed(value: object) -> str:
    """A cell's value as its author sees it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime) and value.time() == datetime.min.time():
        return value.date().isoformat()
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
