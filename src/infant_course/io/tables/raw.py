"""A file as a table of text: every cell as it stands, with the line it stands in.

This is where all readers of exports begin. Files are read in columns by Polars. Only where the rows do not agree
with the header are they read one by one, to tell which do not.
"""

import csv
import io
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import field, frozen

from ...errors import shown_name
from ...intake import CellFinding, CellProblem, RowCount
from .flat import PLACES, ROW
from .telling import Telling, told_together
from .text import PARQUET, Limits, TextFile, read_bytes, read_text, unreadable

if TYPE_CHECKING:
    import polars as pl

EMPTY_ROW, RAGGED_ROW, OPEN_QUOTE = "empty row", "another number of cells than the header", "quotes that do not match"
"""Why a row is set aside here."""

_TOLD_ROWS = 20
_MOST_OPEN_QUOTES = 100


@frozen(kw_only=True)
class RawTable:
    """One file (or frame) as text.

    ``frame``: columns as the header names them, all ``pl.String``, an empty cell null, and ``_row`` (``pl.UInt32``):
    the line in the file, the header being line 1. A frame or Parquet file has no lines; its first row counts as 2,
    as it would in a text file.

    ``count``: rows read, kept and set aside. ``cells``: what could not be taken as it stands. ``assumptions``:
    sentences for the report.
    """

    file: str = field(converter=shown_name)
    frame: "pl.DataFrame" = field(repr=False)
    count: RowCount
    cells: tuple[CellFinding, ...] = ()
    assumptions: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of the file."""
        return tuple(name for name in self.frame.columns if name not in PLACES)


def read_raw(
    path: str | Path, *, encoding: str | None = None, delimiter: str | None = None, limits: Limits | None = None
) -> RawTable:
    """Read CSV or TSV text, plain or packed by gzip or zstd, or Parquet. Raises InputError for what is none of these.

    ``encoding``: else UTF-8, then Windows-1252. ``delimiter``: else recognised in the header (comma, semicolon, tab).
    """
    path, limits = Path(path), limits or Limits()
    raw = read_bytes(path, limits)
    if raw.startswith(PARQUET):
        return _parquet(raw, path, limits)
    return raw_text(read_text(raw, str(path), encoding=encoding, delimiter=delimiter, limits=limits), path, limits)


def _parquet(raw: bytes, path: Path, limits: Limits) -> RawTable:
    import polars as pl

    from .frames import from_frame

    try:
        told = pl.scan_parquet(io.BytesIO(raw))  # its own account of itself, before it unfolds
        width, height = len(told.collect_schema()), told.select(pl.len()).collect().item()
        if width > limits.columns:
            raise unreadable(str(path), f"at most {limits.columns:,} columns", f"{width:,}")
        if height > limits.rows:
            raise unreadable(str(path), f"at most {limits.rows:,} rows", f"{height:,}", "split it, by patient")
        frame = pl.read_parquet(raw)
    except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException):
        raise unreadable(
            str(path), "a whole Parquet file", "one that is damaged or cut off", "export it again"
        ) from None
    return from_frame(frame, path.name)


def raw_text(text: TextFile, path: Path, limits: Limits) -> RawTable:
    """The table of a text file."""
    import polars as pl

    from .field_values import rows_where

    file = path.name
    names, cells, unnamed = column_names(text.header, file)
    read = _columns(text, len(names))
    if read is None:
        read = _rows(text, len(names), file, limits, cells)
    frame, set_aside, total = read
    named = [pl.col(f"{number}").alias(name) for number, name in enumerate(names) if name is not None]
    frame = frame.select(*named, ROW)
    expected, problem = "a name in the header", CellProblem.NOT_USED
    nameless = {f"{number}": pl.col(f"{number}").is_not_null() for number in unnamed}
    for column, row, rows in rows_where(read[0], nameless):
        told = f"column {int(column) + 1}"
        cells.append(CellFinding(file=file, problem=problem, column=told, expected=expected, row=row, rows=rows))
    return finished(file, frame, total, set_aside, cells, text.assumptions, text.has_controls)


def column_names(header: Sequence[str], file: str) -> tuple[list[str | None], list[CellFinding], list[int]]:
    """The name of every column (None: not read), what is wrong with the names, and where a name is missing."""
    taken: set[str | None] = set()
    read: list[str | None] = []
    cells: list[CellFinding] = []
    unnamed: list[int] = []
    for number, written in enumerate(header):
        name = " ".join(written.replace("\x00", "").split())
        expected = None
        if not name:
            unnamed.append(number)
        elif name in taken:
            expected = "each name once in the header; the first column of this name is read"
        elif name in PLACES:
            expected = f"a name other than {', '.join(PLACES)}, which are kept for the place of a row"
        elif name == "*" or name[0] + name[-1] == "^$":
            expected = "a name other than * and ^...$, which stand for several columns"
        if expected:
            cells.append(CellFinding(file=file, problem=CellProblem.NOT_USED, column=name, expected=expected, row=1))
        read.append(name if name and not expected else None)
        taken.update(read[-1:])
    return read, cells, unnamed


def finished(
    file: str,
    frame: "pl.DataFrame",
    total: int,
    set_aside: dict[str, int],
    cells: list[CellFinding],
    assumptions: Sequence[str],
    has_controls: bool,
) -> RawTable:
    """The table without its empty rows and its control characters, with the sums."""
    import polars as pl

    columns = [name for name in frame.columns if name != ROW]
    frame = frame.with_columns(pl.col(columns).replace("", None)) if columns else frame
    if columns:
        empty = frame.select(pl.all_horizontal(pl.col(columns).is_null())).to_series()
        if empty.any():
            set_aside[EMPTY_ROW] = set_aside.get(EMPTY_ROW, 0) + int(empty.sum())
            frame = frame.filter(~empty)
    frame = _without_long_cells(file, frame, columns, cells)
    if has_controls:
        frame = _without_controls(file, frame, columns, cells)
    return RawTable(
        file=file,
        frame=frame,
        count=RowCount(file=file, read=total, kept=frame.height, set_aside=set_aside),
        cells=tuple(cells),
        assumptions=tuple(assumptions),
    )


def _without_long_cells(
    file: str, frame: "pl.DataFrame", columns: Sequence[str], cells: list[CellFinding]
) -> "pl.DataFrame":
    """Cells longer than any text of a registry become null, each column told; their text is not kept."""
    import polars as pl

    most = Limits().cell
    if not columns:
        return frame
    longest = frame.select(pl.col(columns).str.len_bytes().max()).row(0, named=True)
    cut: list[pl.Series] = []
    for name in (name for name in columns if (longest[name] or 0) > most):
        long = (frame[name].str.len_bytes() > most).fill_null(False)
        cells.append(
            told_together(
                file,
                CellProblem.UNREAD,
                f"a cell of at most {most:,} bytes",
                frame.select(pl.col(ROW).filter(long)),
                column=name,
                hint="look for a quote that is not closed",
            )
        )
        cut.append(frame[name].set(long, None))
    return frame.with_columns(cut)


def _without_controls(
    file: str, frame: "pl.DataFrame", columns: Sequence[str], cells: list[CellFinding]
) -> "pl.DataFrame":
    """Cells with NUL and its like become null, each told."""
    import polars as pl

    rows = frame.select(ROW, pl.lit(None, dtype=pl.String).alias("patient"))
    cut: list[pl.Series] = []
    for name in columns:
        bad = frame[name].str.contains(r"[\x00-\x08\x0b-\x1f\x7f-\u{9f}\u{2028}\u{2029}]").fill_null(False)
        if not bad.any():
            continue
        telling = Telling(file=file, names={}, rows=rows)
        telling.tell(name, frame[name], bad, "text without control characters")
        cells += telling.cells
        cut.append(frame[name].set(bad, None))
    return frame.with_columns(cut)


Read = tuple["pl.DataFrame", dict[str, int], int]
"""Columns named by their number, with ``_row``; rows set aside by reason; rows read."""


def _columns(text: TextFile, width: int) -> Read | None:
    """The body in columns, or None where some row has not as many cells as the header.

    A longer row makes Polars stop. A shorter one it would fill up in silence, so the delimiters are counted: where
    no row is longer, their number is right only if no row is shorter.
    """
    import polars as pl

    schema = {f"{number}": pl.String for number in range(width)}
    if not text.body:
        return pl.DataFrame(schema=schema | {ROW: pl.UInt32}), {}, 0
    quoted = b'"' in text.body
    try:
        frame = pl.read_csv(
            text.body,
            has_header=False,
            separator=text.delimiter,
            quote_char='"' if quoted else None,
            schema=schema,
            infer_schema=False,
            empty_string_is_null=True,
        )
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException):
        return None
    delimiters, ends = text.body.count(text.delimiter.encode()), text.body.count(b"\n")
    breaks = pl.lit(0, dtype=pl.UInt32)
    if quoted:
        inside = frame.select(
            pl.sum_horizontal(pl.all().str.count_matches(text.delimiter, literal=True).sum()).alias("delimiters"),
            pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).sum()).alias("ends"),
        ).row(0)
        delimiters, ends = delimiters - inside[0], ends - inside[1]
        if inside[1]:
            each = pl.sum_horizontal(pl.all().str.count_matches("\n", literal=True).fill_null(0))
            breaks = each.cum_sum().shift(1, fill_value=0)
    if delimiters != (width - 1) * frame.height or ends != frame.height:
        return None
    row = pl.int_range(text.body_line, text.body_line + pl.len(), dtype=pl.UInt32) + breaks.cast(pl.UInt32)
    frame = frame.with_columns(row.alias(ROW))
    return frame, {}, frame.height


def _rows(text: TextFile, width: int, file: str, limits: Limits, cells: list[CellFinding]) -> Read:
    """The body row by row: rows with another number of cells are set aside, each told.

    A row that only has more empty cells at its end is kept: nothing is lost with them. One with fewer is not, since
    a cell may be missing in its midst.
    """
    import polars as pl

    kept: list[list[str]] = []
    lines: list[int] = []
    wrong: dict[str, list[int]] = {RAGGED_ROW: [], OPEN_QUOTE: []}
    total = 0
    for line, row in _records(text, limits):
        total += 1
        if row is None:
            wrong[OPEN_QUOTE].append(line)
            continue
        if len(row) > width and not any(row[width:]):
            row = row[:width]
        if not row:
            row = [""] * width  # an empty line is an empty row
        if len(row) == width:
            kept.append(row)
            lines.append(line)
        else:
            wrong[RAGGED_ROW].append(line)
    for reason, where in wrong.items():
        if where:
            named = ", ".join(str(line) for line in where[:_TOLD_ROWS])
            more = " and others" if len(where) > _TOLD_ROWS else ""
            cells.append(
                CellFinding(
                    file=file,
                    problem=CellProblem.SET_ASIDE,
                    expected=f"{width} cells, as in the header" if reason == RAGGED_ROW else "quotes that match",
                    row=where[0],
                    rows=len(where),
                    hint=f"line{'s' if len(where) > 1 else ''} {named}{more}: look for a delimiter, a line end or a "
                    "quote within a cell",
                )
            )
    columns = list(zip(*kept, strict=True)) or [()] * width
    frame = pl.DataFrame(
        [pl.Series(f"{number}", values, dtype=pl.String) for number, values in enumerate(columns)]
        + [pl.Series(ROW, lines, dtype=pl.UInt32)]
    )
    return frame, {reason: len(where) for reason, where in wrong.items() if where}, total


def _records(text: TextFile, limits: Limits) -> "list[tuple[int, list[str] | None]]":
    """Line and cells of every record; None for a line whose quotes do not match (one is opened and never closed).

    Such a line would swallow all that follow: it is left out, and reading goes on with the next.
    """
    lines = [f"{line}\n" for line in text.body.decode().removesuffix("\n").split("\n")]
    records: list[tuple[int, list[str] | None]] = []
    position, opened = 0, 0
    before = csv.field_size_limit(limits.cell)
    try:
        while position < len(lines):
            reader = csv.reader(islice(lines, position, None), delimiter=text.delimiter, strict=True)
            start = 0
            try:
                for row in reader:
                    records.append((text.body_line + position + start, row))
                    start = reader.line_num
                position = len(lines)
            except csv.Error:
                records.append((text.body_line + position + start, None))
                position += start + 1
                opened += 1
                if opened > _MOST_OPEN_QUOTES:
                    records += [(text.body_line + number, None) for number in range(position, len(lines))]
                    position = len(lines)
    finally:
        csv.field_size_limit(before)
    return records
