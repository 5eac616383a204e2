"""From the bytes of a file to UTF-8 text: unpacked, with its encoding and its delimiter recognised and told.

Nothing is guessed in silence: what had to be assumed comes back as sentences for the report.
"""

import codecs
import csv
import gzip
import io
import re
import zlib
from pathlib import Path

from attrs import field, frozen

from ...errors import Fault, InputError, UsageError

GZIP, ZSTD, PARQUET = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"PAR1"
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
"""How archives and workbooks begin: those of today, and those of the older kind (.xls)."""
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
DELIMITER_NAMES = {name: sign for sign, name in DELIMITERS.items()}

_UTF8_IN_CP1252 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]")
_RARE_CONTROLS = re.compile(rb"\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]")
PACKED_BLOCK = 4096
"""Packed bytes that are unfolded at once; few enough that they cannot unfold beyond what memory bears."""


@frozen(kw_only=True)
class Limits:
    """How large a table may be, so that a small file cannot unfold into a large one.

    ``size``: bytes, unpacked. ``columns``: columns. ``rows``: rows of a Parquet file. ``cell``: bytes of one cell.
    """

    size: int = 8 << 30
    columns: int = 10_000
    rows: int = 100_000_000
    cell: int = 1_000_000


@frozen(kw_only=True)
class TextFile:
    """A table's text as UTF-8 with ``\\n`` as line end, and what was assumed to read it.

    ``header``: names as written. ``body``: the bytes after the header; it starts in line ``body_line``.
    """

    header: tuple[str, ...]
    body: bytes = field(repr=False)
    body_line: int
    delimiter: str
    assumptions: tuple[str, ...] = ()
    has_controls: bool = False


def unreadable(file: str, expected: str, found: str, hint: str | None = None, line: int | None = None) -> InputError:
    """The error for a file that cannot be read at all."""
    return InputError(faults=[Fault(file=file, expected=expected, found=found, hint=hint, line=line)])


def read_bytes(path: Path, limits: Limits) -> bytes:
    """The bytes of a file, unpacked where it is gzip or zstd. Raises InputError."""
    name = str(path)
    if path.is_dir():
        raise unreadable(name, "a file", "a directory", "name the folder itself as the export, or the files in it")
    try:
        with path.open("rb") as stream:
            raw = stream.read(limits.size + 1)
    except FileNotFoundError:
        raise unreadable(name, "a table", "no such file") from None
    except OSError as error:
        raise unreadable(name, "a file that can be read", error.strerror or type(error).__name__) from None
    if raw.startswith(GZIP):
        raw = _gunzipped(raw, name, limits)
    elif raw.startswith(ZSTD):
        raw = _unzstd(raw, name, limits)
    if len(raw) > limits.size:
        raise _too_large(name, limits)
    return raw


def _too_large(name: str, limits: Limits) -> InputError:
    return unreadable(
        name, f"at most {limits.size:,} bytes, unpacked", "more", "if it is meant: read(..., limits=Limits(size=...))"
    )


def _gunzipped(raw: bytes, name: str, limits: Limits) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as stream:
            return stream.read(limits.size + 1)
    except (OSError, EOFError, zlib.error):
        raise unreadable(name, "a whole gzip file", "one that is damaged or cut off", "export it again") from None


def _unzstd(raw: bytes, name: str, limits: Limits) -> bytes:
    import zstandard

    damaged = unreadable(name, "a whole zstd file", "one that is damaged or cut off", "export it again")
    parts: list[bytes] = []
    size, position = 0, 0
    reader = zstandard.ZstdDecompressor().decompressobj()
    try:
        while position < len(raw):
            if reader.eof:  # a file may be several frames, one after the other
                reader = zstandard.ZstdDecompressor().decompressobj()
            parts.append(reader.decompress(raw[position : position + PACKED_BLOCK]))
            position = min(position + PACKED_BLOCK, len(raw)) - len(reader.unused_data)
            size += len(parts[-1])
            if size > limits.size:
                raise _too_large(name, limits)
    except zstandard.ZstdError:
        raise damaged from None
    if not reader.eof:
        raise damaged
    return b"".join(parts)


def read_text(raw: bytes, name: str, *, encoding: str | None, delimiter: str | None, limits: Limits) -> TextFile:
    """The text of a table: UTF-8, its header apart. Raises InputError or UsageError.

    ``encoding``: a codec's name; without one UTF-8, else Windows-1252. ``delimiter``: the sign itself, or comma,
    semicolon or tab; without one it is recognised in the header.
    """
    if raw.startswith((ZIP, OLE)):
        raise unreadable(name, "a table as text", "a zip archive or a workbook", "unpack it, or save the sheet as CSV")
    data, assumptions = _utf8(raw, name, encoding)
    if not data[:4096].strip() and not data.strip():
        raise unreadable(name, "a table with a header line", "an empty file")
    if b"\r" in data:
        # Line ends of Windows and of old Macintosh programs. Any other carriage return is a control character, and is
        # told as one; it must not end a row.
        data = data.replace(b"\r\n", b"\n")
        data = data.replace(b"\r", b"\n" if b"\n" not in data else b"\x0b")
    # One line end at the end: without it Polars takes a last row that is too long for one that is not.
    data = data[: len(data) - _line_ends(data) + 1] if data.endswith(b"\n") else data + b"\n"
    blank = len(data) - len(data.lstrip(b"\n")) if data.startswith(b"\n") else 0  # empty lines above the header
    if delimiter is None:
        sign = _recognised(data[blank : data.find(b"\n", blank) + 1 or len(data)].decode())
        if sign != ",":
            assumptions.append(f"{name}: cells are taken to be separated by {DELIMITERS[sign]}, as its header is.")
    else:
        sign = DELIMITER_NAMES.get(delimiter, delimiter)
        if len(sign) != 1 or not sign.isascii() or sign in '"\r\n':
            raise UsageError(f"no delimiter {delimiter!r}: known are {', '.join(DELIMITER_NAMES)}, or one sign")
    header, end, lines = _header(data, blank, sign, name, limits)
    return TextFile(
        header=header,
        body=data[end:],
        body_line=lines + 1,
        delimiter=sign,
        assumptions=tuple(assumptions),
        has_controls=_has_controls(data),
    )


def _utf8(raw: bytes, name: str, encoding: str | None) -> tuple[bytes, list[str]]:
    """The bytes as UTF-8 without a byte order mark, and what was assumed."""
    if encoding is not None:
        try:
            codecs.lookup(encoding)
            text = raw.decode(encoding)
        except LookupError:
            raise UsageError(f"no encoding {encoding!r}: for example utf-8, cp1252, latin-1, utf-16") from None
        except UnicodeError as error:
            raise unreadable(name, f"text in {encoding}", "other bytes", line=_line(raw, error)) from None
        return text.removeprefix("\ufeff").encode("utf-8", "replace"), []
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            text = raw.decode("utf-16")
        except UnicodeError:
            raise unreadable(name, "text in UTF-16, as its first bytes say", "other bytes") from None
        return text.encode(), [f"{name}: read as UTF-16, as its first bytes say."]
    raw = raw.removeprefix(codecs.BOM_UTF8)
    head = raw[:65536]
    if head.count(0) > max(64, len(head) // 20):
        raise unreadable(name, "a table as text, or Parquet", "binary data", "save it as CSV in UTF-8")
    try:
        if not raw.isascii():
            raw.decode()
    except UnicodeDecodeError as error:
        return _cp1252(raw, name, _line(raw, error))
    return raw, []


def _cp1252(raw: bytes, name: str, line: int | None) -> tuple[bytes, list[str]]:
    try:
        text = raw.decode("cp1252")
    except UnicodeDecodeError as error:
        raise unreadable(
            name,
            "text in UTF-8 or Windows-1252",
            "other bytes",
            "name its encoding (--encoding), or save it as UTF-8",
            _line(raw, error),
        ) from None
    said = [cp1252_is_assumed(name, line)]
    if _UTF8_IN_CP1252.search(raw):
        said.append(f"{name}: some of it looks like UTF-8 all the same; letters beyond a to z may be wrong.")
    return text.encode(), said


def cp1252_is_assumed(name: str, line: int | None) -> str:
    """The sentence that tells it."""
    return f"{name}: read as Windows-1252 (cp1252), as line {line} is not UTF-8."


def _line_ends(data: bytes) -> int:
    """How many line ends stand at the end."""
    tail = data[-4096:]
    found = len(tail) - len(tail.rstrip(b"\n"))
    return found if found < len(tail) else len(data) - len(data.rstrip(b"\n"))


def _has_controls(data: bytes) -> bool:
    """Whether there are control characters beside tab and line end."""
    import numpy as np

    low = np.count_nonzero(np.frombuffer(data, dtype=np.uint8) < 32)
    if low > data.count(b"\n") + data.count(b"\t"):
        return True
    return b"\x7f" in data if data.isascii() else _RARE_CONTROLS.search(data) is not None


def _line(raw: bytes, error: UnicodeError) -> int | None:
    return raw[: error.start].count(b"\n") + 1 if isinstance(error, UnicodeDecodeError) else None


def _recognised(line: str) -> str:
    """The delimiter that stands most often in the header, outside of quotes; a comma where none does."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(DELIMITERS, key=bare.count)


def _header(data: bytes, start: int, sign: str, name: str, limits: Limits) -> tuple[tuple[str, ...], int, int]:
    """Names of the columns, where the header ends in the data, and in which line."""
    end = data.find(b"\n", start) + 1 or len(data)
    lines = start + 1
    while data.count(b'"', start, end) % 2 and end < len(data) and lines < start + 1000:  # a name may hold a line end
        end = data.find(b"\n", end) + 1 or len(data)
        lines += 1
    try:
        cells = next(csv.reader(io.StringIO(data[start:end].decode(), newline=""), delimiter=sign, strict=True))
    except (csv.Error, StopIteration):
        raise unreadable(name, "a header line with the names of the columns", "one with a quote that is open") from None
    if not any(cell.strip() for cell in cells):
        raise unreadable(name, "a header line with the names of the columns", "a line without any")
    if len(cells) > limits.columns:
        raise unreadable(
            name,
            f"at most {limits.columns:,} columns",
            f"{len(cells):,}",
            "if it is meant: read(..., limits=Limits(columns=...))",
        )
    return tuple(cells), end, lines
