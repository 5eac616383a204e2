"""The front door of exports: one function for all formats, each read by a module of its own when it is asked for."""

import inspect
from collections.abc import Callable, Collection, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from ...cohort import Cohort
from ...errors import UsageError, did_you_mean
from .clock import DayZero
from .text import Limits, unreadable

READERS = {"csv": ".own", "redcap": ".redcap", "cbioportal": ".cbioportal", "pcdc": ".pcdc"}
"""The module that reads a format; each has a function ``read(source, **options)``."""


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
    if source not in READERS:
        raise UsageError(f"no source {source!r}: {did_you_mean(source, READERS) or 'known are ' + ', '.join(READERS)}")
    if not isinstance(export, Mapping) and not Path(export).exists():
        raise unreadable(str(export), "an export: a folder or a file", "nothing of this name")
    stated = {
        "mapping": mapping,
        "dictionary": dictionary,
        "day_zero": day_zero,
        "complete": complete,
        "encoding": encoding,
        "delimiter": delimiter,
        "decimal_comma": decimal_comma,
        "limits": limits,
    }
    options = {name: value for name, value in stated.items() if value is not None}
    reader = _reader(source)
    known = inspect.signature(reader).parameters
    for name in options:
        if name not in known:
            raise UsageError(f"{name} has no meaning for source {source!r}")
    cohort: Cohort = reader(export, **options)
    return cohort


def _reader(source: str) -> Callable[..., Cohort]:
    name = READERS[source]
    try:
        module = import_module(name, __package__)
    except ModuleNotFoundError as error:
        if error.name != f"{__package__}{name}":
            raise
        raise UsageError(f"source {source!r} cannot be read by this version") from None
    reader: Callable[..., Cohort] = module.read
    return reader
