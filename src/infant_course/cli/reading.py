"""What is named on the command line: an export, or case files, each read on its own; a bad one hides no other."""

import argparse
import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ..course import Course
from ..errors import InfantCourseError, UsageError, shown_name
from .output import complain
from .progress import doing

if TYPE_CHECKING:
    from ..cohort import Cohort
    from ..io.tables.reader import Reader
    from ..io.tables.stream import Stream

TABLES = (".csv", ".tsv", ".txt", ".parquet", ".gz", ".zst", ".xlsx", ".xlsm", ".xls", ".ods", ".zip")
"""How the name of a file that is an export ends; reading says of workbooks and archives what to do."""
SOURCES = ("csv", "redcap", "cbioportal", "pcdc")
DAY_ZEROS = ("diagnosis", "birth", "enrolment", "first-treatment")
_OPTIONS = {
    "mapping": "mapping",
    "dictionary": "dictionary",
    "day_zero": "day-zero",
    "encoding": "encoding",
    "delimiter": "delimiter",
    "decimal_comma": "decimal-comma",
}
"""Options of an export, as attributes and as written."""


@frozen(kw_only=True)
class Read:
    """One file that could be read."""

    name: str = field(converter=shown_name)
    sha256: str
    course: Course = field(repr=False)


def read_all(names: Iterable[str]) -> tuple[tuple[Read, ...], int]:
    """The files that can be read, and how many cannot; each of those is complained of."""
    from ..io.case_file import read_bytes as read_case
    from ..io.yaml_nodes import read_bytes

    read: list[Read] = []
    unread = 0
    owners: dict[str, str] = {}
    for name in dict.fromkeys(names):
        try:
            raw = read_bytes(Path(name))  # once: what comes through a pipe comes only once
            course = read_case(raw, file=name)
        except InfantCourseError as error:
            complain(str(error))
            unread += 1
            continue
        if course.id in owners:
            complain(
                f"{name}: expected a patient id of its own, found the one that {owners[course.id]} has.\n"
                "  Hint: give every patient an id of their own, or check the two files one by one."
            )
            unread += 1
            continue
        owners[course.id] = name
        read.append(Read(name=name, sha256=hashlib.sha256(raw).hexdigest(), course=course))
    return tuple(read), unread


def read_course(name: str) -> Course:
    """The course in one case file. Raises InputError, also where the file is missing or a directory."""
    from ..io.case_file import load

    return load(name)


def add_export_to(verb: Any) -> None:
    """Options that say how an export is read."""
    group = verb.add_argument_group("exports", "a folder of tables, or a CSV, TSV or Parquet file (also .gz, .zst)")
    group.add_argument("--from", dest="source", choices=SOURCES, help="form of the export (default: csv, the own form)")
    group.add_argument("--mapping", metavar="FILE", help="says which column is which event and field")
    group.add_argument("--dictionary", metavar="FILE", help="data dictionary of the export")
    group.add_argument("--day-zero", choices=DAY_ZEROS, help="what whole days count from (default: diagnosis)")
    group.add_argument("--encoding", metavar="NAME", help="default: UTF-8, else cp1252, and the report says which")
    group.add_argument("--delimiter", metavar="SIGN", help="comma, semicolon, tab or a sign (default: by the header)")
    group.add_argument("--decimal-comma", action="store_true", default=None, help="numbers are written 1,5")


def add_parts_to(verb: Any) -> None:
    """Options of a check that is done in parts."""
    verb.add_argument(
        "--in-parts",
        action="store_true",
        help="read and judge the export in parts, some patients at a time (large ones are anyway)",
    )
    verb.add_argument(
        "--scratch", metavar="DIR", help="folder for the parts while the run lasts (default: the system's)"
    )


def stream_of(arguments: argparse.Namespace, path: str) -> "Stream | None":
    """The export in parts, where it is large or where that is asked for; otherwise None."""
    from ..io.tables.read import existing, reader_of
    from ..io.tables.stream import Stream, unpacked_size

    def reader() -> "Reader":
        return reader_of(arguments.source or "csv", _options(arguments))

    looks, export = reader(), existing(path)
    if not (export.is_file() or export.is_dir()):
        raise UsageError(f"{path}: an export is read more than once, and this is a pipe; save it in a file first")
    if not arguments.in_parts and sum(unpacked_size(file) for file, _ in looks.files(export)) <= looks.IN_PARTS:
        return None
    return Stream(reader(), export, scratch=Path(arguments.scratch) if arguments.scratch else None)


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    return {name: getattr(arguments, name) for name in _OPTIONS}


def export_in(arguments: argparse.Namespace, paths: Sequence[str]) -> str | None:
    """The export among the paths named, or None where all are case files. Raises UsageError for a mixture."""
    exports = [name for name in paths if arguments.source or os.path.isdir(name) or name.lower().endswith(TABLES)]
    stated = [written for name, written in _OPTIONS.items() if getattr(arguments, name) is not None]
    if not exports:
        if stated:
            raise UsageError(
                f"--{stated[0]} is for exports, and {paths[0]} is taken for a case file; name it with --from"
            )
        return None
    if len(paths) > 1:
        raise UsageError("one export per run, and no case files beside it; of several files name the folder")
    return exports[0]


def read_export(arguments: argparse.Namespace, path: str) -> "Cohort":
    """The cohort of an export. Raises InfantCourseError."""
    from ..io.tables.read import read

    with doing(f"reading {Path(path).name}"):
        return read(path, source=arguments.source or "csv", **_options(arguments))


def refuse_over(out: Path, arguments: argparse.Namespace, beside: Iterable[str] = ()) -> None:
    """Raises UsageError where a file to be written is one that is read, or a table of a folder that is.

    ``beside``: how the files end that are written beside ``out``.
    """
    from ..privacy.key import is_within

    paths = arguments.paths if "paths" in arguments else [arguments.path]
    named = [getattr(arguments, option, None) for option in ("mapping", "dictionary", "key_file", "ledger")]
    inputs = [name for name in (*paths, *named, *getattr(arguments, "rules", ())) if name and os.path.exists(name)]
    outs = [out, *(out.parent / f"{out.stem}{end}" for end in beside)]
    for out in filter(Path.is_file, outs):
        for name in inputs:
            is_table = os.path.isdir(name) and out.name.lower().endswith(TABLES) and is_within(out, name)
            if is_table or os.path.samefile(out, name):
                raise UsageError(f"{out}: this file is read ({name}) and would be written over; name another with -o")


def files_of(path: str) -> list[tuple[str, str]]:
    """Name and SHA-256 of the files of an export."""
    top = Path(path)
    files = sorted(file for file in top.iterdir() if file.is_file()) if top.is_dir() else [top]
    digests = []
    for file in files:
        with file.open("rb") as stream:
            digests.append((str(file), hashlib.file_digest(stream, "sha256").hexdigest()))
    return digests
