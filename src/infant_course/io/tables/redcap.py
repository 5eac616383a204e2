"""Reads flat REDCap exports: raw or of labels, of one arm or many, with repeating instruments and repeating events.

A row may hold several instruments, and an instrument several events; a mapping (:mod:`.recoding`) says which. Exports
of the dictionary that ``infant-course template redcap`` writes need no mapping. Every record is a patient.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import define, evolve, field

from ...cohort import Cohort
from ...errors import Fault, InputError, UsageError
from .chunks import columns_of
from .frames import from_frame
from .raw import RawTable
from .reader import Named, Reader
from .recoding_file import read_recodings
from .redcap_checks import check_against_dictionary
from .redcap_dictionary import Dictionary, dictionary_of, is_dictionary, read_dictionary
from .redcap_events import is_event_list, visits_of
from .redcap_export import record_of, without_states
from .redcap_project import Project
from .redcap_records import RecordsReader
from .redcap_whole import WholeExport

_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")


@define(kw_only=True)
class RedcapReader(Reader):
    """Reads exports of a REDCap project: one file, a folder of files, or frames by name (as PyCap gives).

    ``mapping``: which instrument and field is which event and attribute; without it, or where it says missing-data
    codes alone, the export must be one of the template's dictionary. ``dictionary``: the data dictionary (a file or a
    frame). A folder or frames may hold it among the others, and the list of the project's events. Without ``complete``
    those event types are recorded in full that the mapping calls complete and whose instrument was exported.
    ``decimal_comma``: numbers are written 1,5.
    """

    SOURCE = "redcap"
    IN_PARTS = 64 << 20
    SHARE = 48 << 20

    mapping: str | Path | None = None
    dictionary: str | Path | Any | None = None
    decimal_comma: bool = False
    project: Project = field(init=False)
    exports: dict[str, WholeExport] = field(factory=dict, init=False)
    """What is known of each file as a whole."""

    def __attrs_post_init__(self) -> None:
        """The mapping is held against the dictionary before any export is opened."""
        known = None if self.dictionary is None else read_dictionary(self.dictionary, encoding=self.encoding)
        self.project = self._project(known)

    def _project(self, dictionary: Dictionary | None) -> Project:
        recodings = None if self.mapping is None else read_recodings(self.mapping, words_alone=True)
        if recodings is not None and dictionary is not None:
            check_against_dictionary(recodings, dictionary, str(self.mapping))
        return Project.of(recodings, dictionary, str(self.mapping))

    def files(self, path: Path) -> list[tuple[Path, str]]:
        """The exports; a dictionary and a list of events beside them are read and left out. Raises InputError."""
        files = [path]
        if path.is_dir():
            files = [entry for entry in sorted(path.iterdir()) if entry.is_file() and not entry.name.startswith(".")]
            files = [entry for entry in files if {suffix.lower() for suffix in entry.suffixes} & set(_SUFFIXES)]
        if not files:
            raise _lacking(path, f"exports ({', '.join(_SUFFIXES)})", "no file of these kinds")
        options = {"encoding": self.encoding, "delimiter": self.delimiter}
        heads = {file: columns_of(file, limits=self.limits, **options) for file in files}
        beside = [file for file, columns in heads.items() if _is_beside(columns)]
        self._take({file.name: self.whole(file) for file in beside})
        if len(beside) == len(files):
            raise _lacking(path, "an export of records", "a data dictionary or a list of events alone")
        return [(file, file.name) for file in files if file not in beside]

    def frames(self, frames: Mapping[str, Any]) -> list[Named]:
        """The exports; a dictionary and a list of events among them are read and left out. Raises InputError."""
        if not frames:
            raise UsageError("no frames: expected one or more exports by name")
        tables = {str(name): from_frame(frame, str(name)) for name, frame in frames.items()}
        beside = {
            n: table for n, table in tables.items() if is_dictionary(table.columns) or is_event_list(table.columns)
        }
        self._take(beside)
        if len(beside) == len(tables):
            raise _lacking(", ".join(tables), "an export of records", "a data dictionary or a list of events alone")
        return [(name, table) for name, table in tables.items() if name not in beside]

    def _take(self, beside: Mapping[str, RawTable]) -> None:
        """What stands beside the exports: a dictionary is taken, unless one was named, and a list of events."""
        lists = {name: table for name, table in beside.items() if is_event_list(table.columns)}
        dictionaries = {name: table for name, table in beside.items() if name not in lists}
        for found, what in ((dictionaries, "data dictionaries"), (lists, "lists of events")):
            if len(found) > 1 and not (found is dictionaries and self.project.dictionary is not None):
                hint = "name one of them (--dictionary)" if found is dictionaries else "leave one"
                raise UsageError(f"{len(found)} {what} ({', '.join(found)}): {hint}")
        if self.project.dictionary is None:
            for table in dictionaries.values():
                self.project = self._project(dictionary_of(table, table.file))
        for table in lists.values():
            self.project = evolve(self.project, visits=visits_of(table))

    def look(self, name: str, raw: RawTable) -> RawTable:
        """Which words, titles and sites a file has."""
        raw = without_states(raw)
        self.exports.setdefault(name, WholeExport()).look(raw, self.project)
        return raw

    def patient(self, name: str, raw: RawTable) -> str | None:
        """The column of the record id."""
        return record_of(raw.columns, self.project.dictionary_of(raw.columns))

    def cohort(self, tables: Sequence[Named]) -> Cohort:
        """The cohort of some exports of a project. Raises InputError where they have no instrument of the mapping."""
        records = RecordsReader(self.project, self.exports).read(tables)
        return self.built(records, [table.file for _, table in tables], decimal_comma=self.decimal_comma)


def _is_beside(columns: Sequence[str]) -> bool:
    return is_dictionary(columns) or is_event_list(columns)


def _lacking(where: str | Path, expected: str, found: str) -> InputError:
    return InputError(faults=[Fault(file=str(where), expected=expected, found=found)])
