"""The files of a cBioPortal study: which of them hold courses, and their tables as text.

The format has no quoting (a quote is part of its value) and ``#`` lines above the header only. What the portal's
importer takes is read; what its validator would refuse is told.
"""

import codecs
from pathlib import Path

import polars as pl
from attrs import evolve

from ...intake import CellFinding, CellProblem
from .chunks import Form
from .flat import ROW
from .raw import RAGGED_ROW, RawTable, column_names, finished
from .text import Limits, TextFile, read_bytes, read_text, unreadable

COMMENT_ROW, HEADER_ROW = "a line beginning with # below the header", "the header again"
FIXED = ("PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE")
"""The first four columns of a timeline file, in order; the importer does without STOP_DATE."""
NEEDED = ("PATIENT_ID", "START_DATE", "EVENT_TYPE")
CLINICAL = "data_clinical_patient.txt"
TRACK, PEOPLE = "timeline", "clinical"
"""What a file is: rows of events, or a row for each patient."""
_META_SIZE = 1_000_000
_TOLD_LINES = 20


def study_files(path: Path) -> tuple[list[tuple[Path, str]], list[CellFinding]]:
    """The files of a study's folder, each with what it is, and what is wrong with it. Raises InputError for none."""
    tracks, clinical, cells = _named_files(path)
    if not tracks and clinical is None:
        raise unreadable(
            str(path),
            "a cBioPortal study with data_timeline_*.txt",
            "a folder without one",
            "name the folder that holds the meta_*.txt and data_*.txt files, or one timeline file",
        )
    named = [(path / name, TRACK) for name in tracks]
    return [*named, *([(path / clinical, PEOPLE)] if clinical is not None else [])], cells


def _named_files(folder: Path) -> tuple[list[str], str | None, list[CellFinding]]:
    """Names of the timeline files and of the patients' file, and what is wrong with the meta files."""
    names = sorted(entry.name for entry in folder.iterdir() if entry.is_file())
    tracks, clinical, cells = [], None, []
    for name in names:
        if not (name.startswith("meta") and name.endswith(".txt")):
            continue
        meta = _meta(folder / name)
        kind, data = meta.get("datatype", "").upper(), meta.get("data_filename", "")
        if kind not in ("TIMELINE", "PATIENT_ATTRIBUTES") or not data:
            continue
        if data not in names:
            cells.append(
                CellFinding(
                    file=name,
                    problem=CellProblem.NOT_USED,
                    column="data_filename",
                    expected="a file of this folder",
                    value=data,
                )
            )
        elif kind == "PATIENT_ATTRIBUTES":
            clinical = data
        elif data not in tracks:
            tracks.append(data)
    if clinical is None and CLINICAL in names:
        clinical = CLINICAL
    for name in names:
        stem = name.removesuffix(".gz").removesuffix(".zst")
        if stem.startswith("data_timeline") and name not in tracks:
            tracks.append(name)
        elif stem.startswith("data") and name not in (*tracks, clinical):
            cells.append(
                CellFinding(
                    file=name, problem=CellProblem.NOT_USED, expected="a timeline, or the patients' clinical file"
                )
            )
    return sorted(tracks), clinical, cells


def _meta(path: Path) -> dict[str, str]:
    """The ``key: value`` lines of a meta file; of one that cannot be read, none."""
    raw = read_bytes(path, Limits(size=_META_SIZE)).removeprefix(b"\xef\xbb\xbf")
    found: dict[str, str] = {}
    for line in raw.decode("utf-8", "replace").splitlines():
        key, colon, value = line.partition(":")
        if colon and not line.startswith("#"):
            found.setdefault(key.strip().casefold(), value.strip())
    return found


def bare_table(
    path: Path, *, encoding: str | None = None, delimiter: str | None = None, limits: Limits | None = None
) -> RawTable:
    """A table without quoting, with ``#`` lines above its header, as text. Raises InputError."""
    limits = limits or Limits()
    raw = read_bytes(path, limits).removeprefix(codecs.BOM_UTF8)
    above = raw[: _above_header(raw)]
    text = read_text(raw[len(above) :], str(path), encoding=encoding, delimiter=delimiter or "tab", limits=limits)
    return bare_text(evolve(text, body_line=text.body_line + above.count(b"\n")), path, limits)


def _above_header(data: bytes) -> int:
    """Where the lines with ``#`` end that stand above the header."""
    start = 0
    while data.startswith(b"#", start) and (end := data.find(b"\n", start) + 1):
        start = end
    return start


def bare_text(text: TextFile, path: Path, limits: Limits) -> RawTable:
    """The table of a text without quoting."""
    file = path.name
    names, cells, unnamed = column_names(text.header, file)
    width, first = len(names), text.body_line
    body = text.body.decode().removesuffix("\n")
    lines = pl.DataFrame({"line": body.split("\n") if body else []}, schema={"line": pl.String}).with_columns(
        pl.col("line").str.strip_suffix("\r")
    )
    lines = lines.with_columns(
        pl.col("line").str.split(text.delimiter).alias("cells"),
        pl.int_range(first, first + pl.len(), dtype=pl.UInt32).alias(ROW),
    )
    lines = lines.with_columns(
        pl.col("cells").list.len().alias("many"),
        pl.col("cells").list.slice(width).list.eval(pl.element() != "").list.any().fill_null(False).alias("beyond"),
    )
    least = min(width, len(NEEDED))
    wrong = {
        COMMENT_ROW: pl.col("line").str.starts_with("#"),
        HEADER_ROW: pl.col("line") == text.delimiter.join(text.header),
        RAGGED_ROW: pl.col("beyond") | ((pl.col("many") < least) & (pl.col("line").str.strip_chars() != "")),
    }
    expected = {
        COMMENT_ROW: "lines beginning with # above the header only",
        HEADER_ROW: "the header once",
        RAGGED_ROW: f"{width} cells, as in the header",
    }
    set_aside: dict[str, int] = {}
    total = lines.height
    for reason, mask in wrong.items():
        where = lines.filter(mask)[ROW]
        if len(where):
            set_aside[reason] = len(where)
            cells.append(_lines_told(file, CellProblem.SET_ASIDE, expected[reason], where))
            lines = lines.filter(~mask)
    short = lines.filter((pl.col("many") < width) & (pl.col("line").str.strip_chars() != ""))[ROW]
    if len(short):
        cells.append(
            _lines_told(
                file,
                CellProblem.SUSPECT,
                f"{width} cells, as in the header; those missing at the end count as empty",
                short,
            )
        )
    for number in unnamed:
        cell = pl.col("cells").list.get(number, null_on_oob=True).fill_null("")
        where = lines.filter(cell != "")[ROW]
        if len(where):
            cells.append(
                CellFinding(
                    file=file,
                    problem=CellProblem.NOT_USED,
                    column=f"column {number + 1}",
                    expected="a name in the header",
                    row=int(where[0]),
                    rows=len(where),
                )
            )
    frame = lines.select(
        *(
            pl.col("cells").list.get(number, null_on_oob=True).alias(name)
            for number, name in enumerate(names)
            if name is not None
        ),
        pl.col(ROW),
    )
    return finished(file, frame, total, set_aside, cells, text.assumptions, text.has_controls)


BARE = Form(table=bare_text, above=_above_header, quoted=False, delimiter="tab")
"""How the files of a study are read in parts."""


def _lines_told(file: str, problem: CellProblem, expected: str, where: pl.Series) -> CellFinding:
    named = ", ".join(map(str, where.head(_TOLD_LINES)))
    more = " and others" if len(where) > _TOLD_LINES else ""
    return CellFinding(
        file=file,
        problem=problem,
        expected=expected,
        row=int(where[0]),
        rows=len(where),
        hint=f"line{'s' if len(where) > 1 else ''} {named}{more}",
    )
