"""The files of a cBioPortal study: which of them hold courses, and their tables as text.

The format has no quoting (a quote is part of its value) and ``#`` lines above the header only. What the portal's
importer takes is read; what its validator would refuse is told.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
from attrs import frozen

from ...errors import UsageError
from ...intake import CellFinding, CellProblem
from .flat import ROW
from .raw import RAGGED_ROW, RawTable, column_names, finished
from .text import Limits, read_bytes, read_text, unreadable

COMMENT_ROW, HEADER_ROW = "a line beginning with # below the header", "the header again"
FIXED = ("PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE")
"""The first four columns of a timeline file, in order; the importer does without STOP_DATE."""
NEEDED = ("PATIENT_ID", "START_DATE", "EVENT_TYPE")
CLINICAL = "data_clinical_patient.txt"
_META_SIZE = 1_000_000
_TOLD_LINES = 20


@frozen(kw_only=True)
class StudyFiles:
    """The tables of a study. ``clinical``: one row per patient, if it was there."""

    source: str
    tracks: tuple[RawTable, ...]
    clinical: RawTable | None = None
    cells: tuple[CellFinding, ...] = ()


def study_files(path: str | Path, *, encoding: str | None = None, delimiter: str | None = None) -> StudyFiles:
    """Read a study's folder, or one timeline file. Raises InputError for what is neither."""
    path = Path(path)
    if not path.is_dir():
        table = bare_table(path, encoding=encoding, delimiter=delimiter)
        return StudyFiles(source=path.name, tracks=(table,))
    tracks, clinical, cells = _named_files(path)
    if not tracks and clinical is None:
        raise unreadable(
            str(path),
            "a cBioPortal study with data_timeline_*.txt",
            "a folder without one",
            "name the folder that holds the meta_*.txt and data_*.txt files, or one timeline file",
        )
    return StudyFiles(
        source=path.name,
        tracks=tuple(bare_table(path / name, encoding=encoding, delimiter=delimiter) for name in tracks),
        clinical=bare_table(path / clinical, encoding=encoding, delimiter=delimiter) if clinical else None,
        cells=tuple(cells),
    )


def study_frames(frames: Mapping[str, Any]) -> StudyFiles:
    """The tables of a study given as frames (Polars, pandas, Arrow), by name; the clinical one has "clinical" in it."""
    from .frames import from_frame

    if not frames:
        raise UsageError("no frames: expected timelines by name, and the patients under a name with 'clinical' in it")
    tracks, clinical = [], None
    for name, frame in frames.items():
        table = from_frame(frame, name)
        if "clinical" not in name.casefold():
            tracks.append(table)
        elif clinical is None:
            clinical = table
        else:
            raise UsageError("more than one table has 'clinical' in its name: give that of the patients alone")
    return StudyFiles(source="frames", tracks=tuple(tracks), clinical=clinical)


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
    raw = read_bytes(path, limits)
    comments = 0
    rest = raw.removeprefix(b"\xef\xbb\xbf")
    while rest.startswith(b"#"):
        end = rest.find(b"\n") + 1
        if not end:
            break
        rest, comments = rest[end:], comments + 1
    text = read_text(rest, str(path), encoding=encoding, delimiter=delimiter or "tab", limits=limits)
    file = path.name
    names, cells, unnamed = column_names(text.header, file)
    width, first = len(names), text.body_line + comments
    body = text.body.decode()
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
