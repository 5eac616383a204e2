"""A file in parts that fit memory: each part is a table of text as reading the whole gives it.

A text file is cut at ends of rows (never within quotes, where there are any), so that every part is read by the same
code as a whole file, and the number of a line is its number in the file.
"""

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from attrs import evolve, frozen

from .frames import from_frame
from .raw import RawTable, column_names, raw_text, read_raw
from .text import (
    GZIP,
    PACKED_BLOCK,
    PARQUET,
    ZSTD,
    Limits,
    TextFile,
    cp1252_is_assumed,
    read_bytes,
    read_text,
    unreadable,
)

CHUNK = 64 << 20
"""Bytes of a part."""
PARQUET_ROWS = 500_000
"""Rows of a part of a Parquet file."""
_FIRST = 1 << 16
"""Bytes that are read for the header."""


@frozen(kw_only=True)
class Form:
    """How the text of a format is made up.

    ``table``: the table of a text. ``above``: how many bytes stand above the header. ``quoted``: whether a cell in
    quotes may hold a line end. ``delimiter``: where none is named (None: recognised in the header).
    """

    table: Callable[[TextFile, Path, Limits], RawTable]
    above: Callable[[bytes], int] = lambda data: 0
    quoted: bool = True
    delimiter: str | None = None


CSV = Form(table=raw_text)


def raw_chunks(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits | None = None,
    size: int = CHUNK,
    form: Form = CSV,
) -> Iterator[RawTable]:
    """The parts of one file, in order. Their counts, added up, are those of the file. Raises InputError."""
    limits = limits or Limits(size=1 << 50)
    if _head(path).startswith(PARQUET):
        yield from _parquet(path, limits)
        return
    if _in_wide_units(path, encoding):
        yield form.table(_first_text(path, encoding, delimiter, limits, form), path, limits)
        return
    assumed: tuple[str, ...] = ()
    if encoding is None:
        line = _first_line_that_is_not_utf8(path, size)
        if line is not None:
            encoding, assumed = "cp1252", (cp1252_is_assumed(str(path), line),)
    yield from _text(path, encoding, delimiter or form.delimiter, limits, size, assumed, form)


def columns_of(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None, limits: Limits | None = None
) -> tuple[str, ...]:
    """The names in the header of a file, of which no more is read than that takes. Raises InputError."""
    import polars as pl

    limits = limits or Limits()
    if _head(path).startswith(PARQUET):
        try:
            header = tuple(pl.read_parquet_schema(path))
        except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException):
            raise unreadable(str(path), "a whole Parquet file", "one that is damaged", "export it again") from None
    else:
        header = _first_text(path, encoding, delimiter, limits, CSV).header
    return tuple(name for name in column_names(header, path.name)[0] if name is not None)


def _first_text(path: Path, encoding: str | None, delimiter: str | None, limits: Limits, form: Form) -> TextFile:
    """The text of the first rows of a file, or of all of it where its line ends are not single bytes."""
    if _in_wide_units(path, encoding):
        limits = evolve(limits, size=min(limits.size, Limits().size))  # read at once
        data = read_bytes(path, limits)
    else:
        data = next(_pieces(path, _FIRST, form), b"")
    return read_text(data, str(path), encoding=encoding, delimiter=delimiter or form.delimiter, limits=limits)


def _head(path: Path) -> bytes:
    with _open(path) as stream:
        return stream.read(4)


def _in_wide_units(path: Path, encoding: str | None) -> bool:
    """Whether a line end is more than one byte."""
    if encoding is None:
        return _head(path).startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        return codecs.lookup(encoding).name.startswith(("utf-16", "utf-32"))
    except LookupError:
        return False  # reading tells it


def _text(
    path: Path,
    encoding: str | None,
    delimiter: str | None,
    limits: Limits,
    size: int,
    assumed: tuple[str, ...],
    form: Form,
) -> Iterator[RawTable]:
    header, line = b"", 1
    for part in _pieces(path, size, form):
        data = header + part
        above = 0 if header else form.above(data)
        text = read_text(data[above:], str(path), encoding=encoding, delimiter=delimiter, limits=limits)
        if header:
            raw = form.table(evolve(text, body_line=line), path, limits)
            raw = evolve(raw, cells=tuple(cell for cell in raw.cells if cell.row != 1))  # of the header: told once
        else:
            text = evolve(text, body_line=text.body_line + data.count(b"\n", 0, above))
            raw = evolve(form.table(text, path, limits), assumptions=(*assumed, *text.assumptions))
            start = above + len(data[above:]) - len(data[above:].lstrip(b"\r\n"))  # empty lines may stand above it
            header = data[start : _end_of_row(data, start, form.quoted)]
        yield raw if line == 1 else evolve(raw, assumptions=())
        line += part.count(b"\n")
    if not header:
        read_raw(path)  # an empty file: raises, and says so


def _pieces(path: Path, size: int, form: Form) -> Iterator[bytes]:
    """The bytes of a file, unpacked, cut at ends of rows; the last piece is what is left."""
    left, first = b"", True
    for block in _blocks(path, size):
        data = left + block
        if first:
            data = data.removeprefix(codecs.BOM_UTF8)
        end = _last_end_of_row(data, form.quoted)
        if not data[form.above(data) if first else 0 : end].strip():
            left = data  # no row yet: empty ones, a long one, or quotes that do not match
            continue
        yield data[:end]
        left, first = data[end:], False
    if left:
        yield left


def _blocks(path: Path, size: int) -> Iterator[bytes]:
    """The bytes of a file, unpacked, some at a time."""
    with _open(path) as plain:
        head = plain.read(4)
        plain.seek(0)
        if head.startswith(ZSTD):
            yield from _zstd_blocks(plain, path, size)
            return
        stream: Any = gzip.GzipFile(fileobj=plain) if head.startswith(GZIP) else plain
        while True:
            try:
                block = stream.read(size)
            except (OSError, EOFError, zlib.error) as error:
                raise unreadable(str(path), "a file that is whole", type(error).__name__, "export it again") from None
            if not block:
                return
            yield block


def _zstd_blocks(plain: IO[bytes], path: Path, size: int) -> Iterator[bytes]:
    import zstandard

    reader = zstandard.ZstdDecompressor().decompressobj()
    parts: list[bytes] = []
    many = 0
    while packed := plain.read(PACKED_BLOCK):
        while packed:
            if reader.eof:  # a file may be several frames, one after the other
                reader = zstandard.ZstdDecompressor().decompressobj()
            try:
                parts.append(reader.decompress(packed))
            except zstandard.ZstdError:
                raise unreadable(str(path), "a whole zstd file", "one that is damaged", "export it again") from None
            many += len(parts[-1])
            packed = reader.unused_data
        if many >= size:
            yield b"".join(parts)
            parts, many = [], 0
    if not reader.eof:
        raise unreadable(str(path), "a whole zstd file", "one that is cut off", "export it again")
    yield b"".join(parts)


def _open(path: Path) -> IO[bytes]:
    if path.is_dir():
        raise unreadable(str(path), "a file", "a directory", "name the folder itself as the export, or the files in it")
    try:
        return path.open("rb")
    except OSError as error:
        raise unreadable(str(path), "a file that can be read", error.strerror or type(error).__name__) from None


def _end_of_row(data: bytes, start: int, quoted: bool) -> int:
    """Where the row ends that starts here, its line end included."""
    end = data.find(b"\n", start) + 1
    while end and quoted and data.count(b'"', start, end) % 2:
        end = data.find(b"\n", end) + 1
    return end or len(data)


def _last_end_of_row(data: bytes, quoted: bool) -> int:
    """Where the last whole row ends: at a line end with an even number of quotes before it; 0 where there is none."""
    end, after = data.rfind(b"\n") + 1, 0
    quotes = data.count(b'"', 0, end) if quoted else 0
    while end and quotes % 2:
        after = data.rfind(b"\n", 0, end - 1) + 1
        quotes -= data.count(b'"', after, end)
        end = after
    while data.endswith(b"\n", 0, end):  # empty rows begin the next part: at the end of one they would not count
        before = end - (2 if data.endswith(b"\r\n", 0, end) else 1)
        if not data.endswith(b"\n", 0, before):
            break
        end = before
    return end


def _first_line_that_is_not_utf8(path: Path, size: int) -> int | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    for block in _blocks(path, size):
        try:
            decoder.decode(block)
        except UnicodeDecodeError as error:
            return line + block[: max(0, error.start)].count(b"\n")
        line += block.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return line
    return None


def _parquet(path: Path, limits: Limits) -> Iterator[RawTable]:
    import polars as pl

    try:
        scan = pl.scan_parquet(path)
        rows: int = scan.select(pl.len()).collect().item()
        width = len(scan.collect_schema())
    except (pl.exceptions.PolarsError, OSError, pl.exceptions.PanicException):
        raise unreadable(str(path), "a whole Parquet file", "one that is damaged", "export it again") from None
    if width > limits.columns:
        raise unreadable(str(path), f"at most {limits.columns:,} columns", f"{width:,}")
    for start in range(0, max(rows, 1), PARQUET_ROWS):
        raw = from_frame(scan.slice(start, PARQUET_ROWS).collect(), path.name)
        cells = raw.cells
        if start:  # what is said of the header is told once
            cells = tuple(evolve(one, row=one.row + start if one.row else None) for one in cells if one.row != 1)
        yield evolve(raw, frame=raw.frame.with_columns(pl.col("_row") + start), cells=cells)
