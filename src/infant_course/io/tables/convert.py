"""Writing a cohort in a named format; each format's module has ``write(cohort, folder, *, to)``.

What it returns, if it is text, says what the format could not take along.
"""

from importlib import import_module
from pathlib import Path

from ...cohort import Cohort, expect_cohort
from ...errors import UsageError, did_you_mean, path_of

WRITERS = {"csv": ".write", "parquet": ".write", "cbioportal": ".cbioportal_write"}
"""The module that writes a format."""


def write(cohort: Cohort, folder: str | Path, *, to: str = "csv") -> Path:
    """Write a cohort into a folder that is new or empty, whole or not at all. Returns the folder.

    ``to``: csv or parquet, the own form with a file for each event type; cbioportal, a study with a list of what it
    cannot hold. Raises UsageError for a format that does not exist or a folder that is taken.
    """
    return write_told(cohort, folder, to=to)[0]


def write_told(cohort: Cohort, folder: str | Path, *, to: str) -> tuple[Path, str]:
    """:func:`write`, with what the format could not take along (empty: it took all)."""
    expect_cohort("write", cohort)
    if to not in WRITERS:
        raise UsageError(f"no format {to!r}: {did_you_mean(to, WRITERS) or 'known are ' + ', '.join(WRITERS)}")
    folder = Path(path_of("write", folder))
    told = import_module(WRITERS[to], __package__).write(cohort, folder, to=to)
    return folder, told if isinstance(told, str) else ""
