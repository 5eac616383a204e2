"""A file in parts that fit memory: each part is a table of text as reading the whole gives it.

A text file is cut at ends of rows (never within quotes, where there are any), so that every part is read by the same
code as a whole file, and the number of a line is its number in the file.
"""

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from attrs import evolve, frozen

from .frames import from_frame
from .raw import RawTable, raw_text, read_raw
from .text import GZIP, PARQUET, ZSTD, Limits, TextFile, cp1252_is_assumed, read_bytes, read_text, unreadable

CHUNK = 64 << 20
"""Bytes of a part."""
PARQUET_ROWS = 500_000
"""Rows of a part of a Parquet file."""


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
    with path.open("rb") as stream:
        head = stream.read(4)
    if head.startswith(PARQUET):
        yield from _parquet(path, limits)
        return
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or (encoding or "").replace("-", "").startswith(
        "utf16"
    ):
        limits = evolve(limits, size=Limits().size)  # read at once, as its line ends are not single bytes
        data = read_bytes(path, limits)
        text = read_text(data, str(path), encoding=encoding, delimiter=delimiter or form.delimiter, limits=limits)
        yield form.table(text, path, limits)
        return
    assumed: tuple[str, ...] = ()
    if encoding is None:
        line = _first_line_that_is_not_utf8(path, size)
        if line is not None:
            encoding, assumed = "cp1252", (cp1252_is_assumed(str(path), line),)
    yield from _text(path, encoding, delimiter or form.delimiter, limits, size, assumed, form)


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
        data = header + part if header else part.removeprefix(codecs.BOM_UTF8)
        above = 0 if header else form.above(data)
        text = read_text(data[above:], str(path), encoding=encoding, delimiter=delimiter, limits=limits)
        if header:
            raw = form.table(evolve(text, body_line=line), path, limits)
            raw = evolve(raw, cells=tuple(cell for cell in raw.cells if cell.row != 1))  # of the header: told once
        else:
            text = evolve(text, body_line=text.body_line + data.count(b"\n", 0, above))
            raw = evolve(form.table(text, path, limits), assumptions=(*assumed, *text.assumptions))
            header = data[above : _end_of_row(data, above, form.quoted)]
        yield raw if line == 1 else evolve(raw, assumptions=())
        line += part.count(b"\n")
    if not header:
        read_raw(path)  # an empty file: raises, and says so


def _pieces(path: Path, size: int, form: Form) -> Iterator[bytes]:
    """The bytes of a file, unpacked, cut at ends of rows; the last piece is what is left."""
    with _opened(path) as stream:
        left, above = b"", form.above
        while block := _read(stream, size, path):
            data = left + block
            end = _last_end_of_row(data, form.quoted)
            if not data[above(data) : end].strip():  # no row yet: empty ones, a long one, or quotes that do not match
                left = data
                continue
            yield data[:end]
            left, above = data[end:], CSV.above
        if left:
            yield left


def _read(stream: IO[bytes], size: int, path: Path) -> bytes:
    try:
        return stream.read(size)
    except (OSError, EOFError, zlib.error) as error:
        raise unreadable(str(path), "a file that is whole", type(error).__name__, "export it again") from None


@contextmanager
def _opened(path: Path) -> "Iterator[Any]":
    with path.open("rb") as plain:
        head = plain.read(4)
        plain.seek(0)
        if head.startswith(GZIP):
            with gzip.GzipFile(fileobj=plain) as stream:
                yield stream
        elif head.startswith(ZSTD):
            import zstandard

            with zstandard.ZstdDecompressor().stream_reader(plain, read_across_frames=True) as packed:
                yield packed
        else:
            yield plain


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
    for blank in (b"\n\n", b"\r\n\r\n"):  # empty rows begin the next part: at the end of one they would not count
        while data.endswith(blank, 0, end):
            end -= len(blank) // 2
    return end


def _first_line_that_is_not_utf8(path: Path, size: int) -> int | None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    line = 1
    with _opened(path) as stream:
        while block := _read(stream, size, path):
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
        yield evolve(raw, frame=raw.frame.with_columns(pl.col("_row") + start))
