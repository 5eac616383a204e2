"""Reads flat REDCap exports: raw or of labels, of one arm or many, with repeating instruments and repeating events.

A row may hold several instruments, and an instrument several events; a mapping (:mod:`.recoding`) says which. Exports
of the dictionary that ``infant-course template redcap`` writes need no mapping. Every record is a patient.
"""

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from ...cohort import Cohort
from ...errors import Fault, InputError, UsageError
from .build import build, day_zero_of
from .clock import DayZero
from .frames import from_frame
from .raw import RawTable, read_raw
from .recoding_file import read_recodings
from .redcap_checks import check_against_dictionary
from .redcap_dictionary import dictionary_of, is_dictionary, read_dictionary
from .redcap_records import SOURCE, Records, RecordsReader
from .text import Limits

_SUFFIXES = (".csv", ".tsv", ".txt", ".parquet")


def read(
    source: str | Path | Mapping[str, Any],
    *,
    mapping: str | Path | None = None,
    dictionary: str | Path | Any | None = None,
    day_zero: DayZero | str = DayZero.DIAGNOSIS,
    complete: Collection[str] | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    decimal_comma: bool = False,
    limits: Limits | None = None,
) -> Cohort:
    """The cohort of an export: one file, a folder of files, or frames by name (as PyCap gives).

    ``mapping``: which instrument and field is which event and attribute; without it, or where it says missing-data
    codes alone, the export must be one of the template's dictionary. ``dictionary``: the data dictionary (a file or a
    frame); a folder or frames may hold it among the others. ``complete``: event types recorded in full; without it
    those that the mapping calls complete and whose instrument was exported. Raises InputError for what cannot be read,
    UsageError for an unknown day zero.
    """
    zero = day_zero_of(day_zero)
    records = read_records(
        source, mapping=mapping, dictionary=dictionary, encoding=encoding, delimiter=delimiter, limits=limits
    )
    return build(
        records.tables,
        source=SOURCE,
        day_zero=zero,
        complete=records.complete if complete is None else complete,
        counts=records.intake.rows,
        cells=records.intake.cells,
        assumptions=records.intake.assumptions,
        labels=records.intake.labels,
        identifiers=records.intake.identifiers,
        decimal_comma=decimal_comma,
    )


def read_records(
    source: str | Path | Mapping[str, Any],
    *,
    mapping: str | Path | None = None,
    dictionary: str | Path | Any | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
    limits: Limits | None = None,
) -> Records:
    """The events of an export. Raises InputError."""
    recodings = None if mapping is None else read_recodings(mapping, words_alone=True)
    known = None if dictionary is None else read_dictionary(dictionary, encoding=encoding)
    if recodings is not None and known is not None:
        check_against_dictionary(recodings, known, str(mapping))  # before the export is opened
    tables = _tables(source, encoding, delimiter, limits)
    exports = {name: table for name, table in tables.items() if not is_dictionary(table.columns)}
    found = [name for name in tables if name not in exports]
    if known is None and found:
        if len(found) > 1:
            raise UsageError(f"{len(found)} data dictionaries ({', '.join(found)}): name one of them (--dictionary)")
        known = dictionary_of(tables[found[0]], tables[found[0]].file)
        if recodings is not None:
            check_against_dictionary(recodings, known, str(mapping))
    if not exports:
        raise InputError(
            faults=[Fault(file=str(source), expected="an export of records", found="a data dictionary alone")]
        )
    reader = RecordsReader(recodings, known, str(mapping))
    return reader.read(list(exports.values()))


def _tables(
    source: str | Path | Mapping[str, Any], encoding: str | None, delimiter: str | None, limits: Limits | None
) -> dict[str, RawTable]:
    """The tables of an export by name. Raises InputError where there is none."""
    if isinstance(source, Mapping):
        if not source:
            raise UsageError("no frames: expected one or more exports by name")
        return {str(name): from_frame(frame, str(name)) for name, frame in source.items()}
    path = Path(source)
    files = [path]
    if path.is_dir():
        files = [entry for entry in sorted(path.iterdir()) if entry.is_file() and not entry.name.startswith(".")]
        files = [entry for entry in files if {suffix.lower() for suffix in entry.suffixes} & set(_SUFFIXES)]
    if not files:
        raise InputError(
            faults=[Fault(file=str(path), expected=f"exports ({', '.join(_SUFFIXES)})", found="no file of these kinds")]
        )
    return {file.name: read_raw(file, encoding=encoding, delimiter=delimiter, limits=limits) for file in files}
