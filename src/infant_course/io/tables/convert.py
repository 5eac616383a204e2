"""Writing a cohort in a named format; each format's module has ``write(cohort, folder, *, to)``."""

from importlib import import_module
from pathlib import Path

from ...cohort import Cohort
from ...errors import UsageError, did_you_mean

WRITERS = {"csv": ".write", "parquet": ".write"}
"""The module that writes a format."""


def write(cohort: Cohort, folder: str | Path, *, to: str = "csv") -> Path:
    """Write a cohort into a folder that is new or empty, whole or not at all. Returns the folder.

    ``to``: csv or parquet, the own form with a file for each event type. Raises UsageError for a format that does not
    exist or a folder that is taken.
    """
    if to not in WRITERS:
        raise UsageError(f"no format {to!r}: {did_you_mean(to, WRITERS) or 'known are ' + ', '.join(WRITERS)}")
    folder = Path(folder)
    import_module(WRITERS[to], __package__).write(cohort, folder, to=to)
    return folder
