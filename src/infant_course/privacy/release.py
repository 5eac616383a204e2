"""A de-identified export as a folder: the tables, the counts of what was changed, and who stands alone in it."""

from collections.abc import Collection
from pathlib import Path

import polars as pl
from attrs import frozen

from ..cohort import Cohort
from ..errors import UsageError
from ..io.tables.write import write_folder, write_tables
from ..when import Unit
from .deidentify import CHANGE_COLUMNS, Deidentified, deidentify
from .key import is_within, read_key
from .risk import risk_table, risk_text
from .times import Times

RISK_FILE, CHANGES_FILE = "risk.csv", "changes.csv"


@frozen(kw_only=True)
class Release:
    """What was written: the folder, the counts of what was changed, and the table of those who stand alone."""

    folder: Path
    patients: int
    changes: pl.DataFrame
    risk: pl.DataFrame

    def text(self) -> str:
        """What was done, and how many stand alone, in a few lines."""
        lines = [
            f"{what}{f' ({place})' if place else ''}: {count:,}" for what, place, count in self.changes.iter_rows()
        ]
        return "\n".join([*lines, "", risk_text(self.risk, self.patients)])


def refuse_near(out: str | Path, sources: Collection[str | Path]) -> None:
    """Raise UsageError where an output folder is (in) an input, or holds one, or is not empty."""
    folder = Path(out)
    for source in sources:
        inside = Path(source).is_dir() and is_within(folder, source)
        if inside or is_within(source, folder):
            raise UsageError(f"{folder}: it lies in the input, or the input in it; name a folder elsewhere")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: expected a folder that is new or empty; nothing was written")


def release(
    cohort: Cohort,
    out: str | Path,
    key_file: str | Path,
    *,
    times: Times | str = Times.DAYS,
    age_unit: Unit | str = Unit.MONTH,
    drop: Collection[str] = (),
    to: str = "csv",
    sources: Collection[str | Path] = (),
) -> Release:
    """Write a de-identified cohort in the own form into a new or empty folder, whole or not at all.

    See :func:`.deidentify`; beside the tables stand ``changes.csv`` and ``risk.csv``, which hold counts only.
    ``sources``: files and folders the cohort was read from, which the folder must not be near. Raises UsageError, also
    for a key in the folder; OSError.
    """
    refuse_near(out, sources)
    key = read_key(key_file, outside=out)
    told = deidentify(cohort, key, times=times, age_unit=age_unit, drop=drop)
    risk = risk_table(told.told)

    def fill(aside: Path) -> None:
        write_tables(told.told, aside, to=to)
        _changes(told).write_csv(aside / CHANGES_FILE)
        risk.write_csv(aside / RISK_FILE)

    folder = write_folder(Path(out), fill)
    return Release(folder=folder, patients=cohort.patients.height, changes=told.changes, risk=risk)


def _changes(told: Deidentified) -> pl.DataFrame:
    """The counts, after the settings under which they came about."""
    settings = [(f"setting: {name}", value, None) for name, value in told.settings.items()]
    return pl.concat([pl.DataFrame(settings, schema=CHANGE_COLUMNS, orient="row"), told.changes])
