"""The front door of exports: one function for all formats, each read by a module of its own when it is asked for."""

from collections.abc import Collection, Mapping
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attrs import evolve, fields

from ...cohort import Cohort
from ...errors import UsageError, did_you_mean, expect
from ...intake import merged_cells
from .clock import DayZero
from .text import Limits, unreadable

if TYPE_CHECKING:
    from .reader import Reader

READERS = {
    "csv": "own:OwnReader",
    "redcap": "redcap:RedcapReader",
    "cbioportal": "cbioportal:CbioportalReader",
    "pcdc": "pcdc:PcdcReader",
}
"""Module and class that read a format."""


def read(
    export: str | Path | Mapping[str, Any],
    *,
    source: str = "csv",
    mapping: str | Path | None = None,
    dictionary: Any | None = None,
    day_zero: DayZero | str | None = None,
    complete: Collection[str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal_comma: bool | None = None,
    limits: Limits | None = None,
) -> Cohort:
    """Read an export into a cohort: a folder, a file, or frames (Polars, pandas, Arrow) by the name of their table.

    ``source``: the format (csv: the own form; redcap, cbioportal, pcdc). ``mapping`` and ``dictionary``: files that
    say what the columns mean, for formats that need them (a dictionary may be a frame too). ``day_zero``: what whole
    days are counted from (diagnosis, birth, enrolment, first-treatment). ``complete``: event types recorded in full.
    ``encoding``, ``delimiter``: of text files, where they are not recognised. ``decimal_comma``: numbers are written
    1,5. ``limits``: how large a file may be (:class:`~.text.Limits`).

    Cells that cannot be read are no error: ``cohort.intake`` tells them. Raises InputError for an export that cannot
    be read at all, UsageError for an option that does not exist.
    """
    options = {
        "mapping": mapping,
        "dictionary": dictionary,
        "day_zero": day_zero,
        "complete": complete,
        "encoding": encoding,
        "delimiter": delimiter,
        "decimal_comma": decimal_comma,
        "limits": limits,
    }
    reader = reader_of(source, options)  # what is wrong with the mapping is told before the export is looked for
    if isinstance(export, Mapping):
        tables = reader.frames(export)
    else:
        tables = [(name, reader.whole(path)) for path, name in reader.files(existing(export))]
    cohort = reader.cohort([(name, reader.look(name, table)) for name, table in tables])
    told = merged_cells([*reader.cells, *(cohort.intake.cells if cohort.intake else ())])
    return evolve(cohort, intake=evolve(cohort.intake, cells=told) if cohort.intake else None)


def existing(export: str | Path) -> Path:
    """The path of an export that is there. Raises InfantCourseError."""
    expect("read", export, (str, PathLike), "a folder, a file, or frames by the name of their table")
    if not Path(export).exists():
        raise unreadable(str(export), "an export: a folder or a file", "nothing of this name")
    return Path(export)


def reader_of(source: str, options: Mapping[str, Any]) -> "Reader":
    """The reader of a format, with those options that are stated (not None). Raises InfantCourseError."""
    expect("source", source, str, f"one of {', '.join(READERS)}")
    if source not in READERS:
        raise UsageError(f"no source {source!r}: {did_you_mean(source, READERS) or 'known are ' + ', '.join(READERS)}")
    module, _, name = READERS[source].partition(":")
    kind: type[Reader] = getattr(import_module(f".{module}", __package__), name)
    known = {one.name for one in fields(kind) if one.init}
    stated = {option: value for option, value in options.items() if value is not None}
    for option in stated:
        if option not in known:
            raise UsageError(f"{option} has no meaning for source {source!r}")
    return kind(**stated)
