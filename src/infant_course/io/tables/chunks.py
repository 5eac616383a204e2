"""A file in parts that fit memory: each part is a table of text as :func:`.raw.read_raw` gives the whole.

A text file is cut at ends of rows (never within quotes), so that every part is read by the same code as a whole
file, and the number of a line is its number in the file.
"""

import codecs
import gzip
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from attrs import evolve

from .frames import from_frame
from .raw import RawTable, raw_text, read_raw
from .text import GZIP, PARQUET, ZSTD, Limits, cp1252_is_assumed, read_text, unreadable

CHUNK = 64 << 20
"""Bytes of a part."""
PARQUET_ROWS = 500_000
"""Rows of a part of a Parquet file."""


def raw_chunks(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits | None = None,
    size: int = CHUNK,
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
        yield read_raw(path, encoding=encoding, delimiter=delimiter)  # its line ends are not single bytes
        return
    assumed: tuple[str, ...] = ()
    if encoding is None:
        line = _first_line_that_is_not_utf8(path, size)
        if line is not None:
            encoding, assumed = "cp1252", (cp1252_is_assumed(str(path), line),)
    yield from _text(path, encoding, delimiter, limits, size, assumed)


def _text(
    path: Path, encoding: str | None, delimiter: str | None, limits: Limits, size: int, assumed: tuple[str, ...]
) -> Iterator[RawTable]:
    header, line = b"", 1
    for part in _pieces(path, size):
        text = read_text(header + part, str(path), encoding=encoding, delimiter=delimiter, limits=limits)
        if header:
            raw = raw_text(evolve(text, body_line=line), path, limits)
            raw = evolve(raw, cells=tuple(cell for cell in raw.cells if cell.row != 1))  # of the header: told once
        else:
            raw = evolve(raw_text(text, path, limits), assumptions=(*assumed, *text.assumptions))
            header = part[: _end_of_row(part)]
        yield raw if line == 1 else evolve(raw, assumptions=())
        line += part.count(b"\n")
    if not header:
        read_raw(path)  # an empty file: raises, and says so


def _pieces(path: Path, size: int) -> Iterator[bytes]:
    """The bytes of a file, unpacked, cut at ends of rows; the last piece is what is left."""
    with _opened(path) as stream:
        left = b""
        while block := _read(stream, size, path):
            data = left + block
            end = _last_end_of_row(data)
            if not data[:end].strip():  # empty rows, a row longer than a piece, or quotes that do not match: read on
                left = data
                continue
            yield data[:end]
            left = data[end:]
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


def _end_of_row(data: bytes) -> int:
    """Where the first row ends, its line end included."""
    end = data.find(b"\n") + 1
    while end and data.count(b'"', 0, end) % 2:
        end = data.find(b"\n", end) + 1
    return end or len(data)


def _last_end_of_row(data: bytes) -> int:
    """Where the last whole row ends: at a line end with an even number of quotes before it; 0 where there is none."""
    end, after = data.rfind(b"\n") + 1, 0
    quotes = data.count(b'"', 0, end)
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
