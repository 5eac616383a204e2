"""An export larger than memory, as cohorts of whole patients, one after the other.

The files are read once, in parts, and their rows laid aside by patient in a folder of their own; then each share of
the patients is read as an export of its own. Only the package's own form is read so.
"""

import tempfile
from collections.abc import Callable, Collection, Iterator
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from ...cohort import Cohort
from ...errors import UsageError
from ...events import EVENT_TYPES
from ...files import NO_ROOM
from ...intake import CellFinding, Intake, RowCount
from .chunks import CHUNK, raw_chunks
from .clock import DayZero
from .flat import ROW
from .own import EVENT_COLUMN, Gathered
from .raw import RawTable
from .write import write_parquet

if TYPE_CHECKING:
    import polars as pl

SHARE = 96 << 20
"""Bytes of text of which one share is made, at most so many on the average."""
MOST_SHARES = 512
READING = 0.2
"""Share of the whole work that is done when all rows are laid aside, about (measured, see docs/speed.md)."""


@define
class Stream:
    """The cohorts of a large export. Iterate over it once; :attr:`leftover` is whole when that is done.

    ``leftover``: the intake of what belongs to no cohort: rows set aside while the files were read, and what was
    assumed. For whoever watches: ``rows`` laid aside, ``patients`` and shares ``done`` so far (a cohort is done when
    the next one is asked for), and the ``fraction`` of all work; ``watch`` is called whenever one of them changed.
    """

    path: Path
    day_zero: DayZero | str = DayZero.DIAGNOSIS
    complete: Collection[str] | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal_comma: bool = False
    scratch: Path | None = None
    share: int = SHARE
    chunk: int = CHUNK
    watch: Callable[[], None] = field(default=lambda: None, kw_only=True)
    rows: int = field(default=0, init=False)
    patients: int = field(default=0, init=False)
    shares: int = field(default=0, init=False)
    done: int = field(default=0, init=False)
    fraction: float = field(default=0.0, init=False)
    leftover: Intake = field(factory=lambda: Intake(source="csv"), init=False)

    def __iter__(self) -> Iterator[Cohort]:
        """Raises InputError for a file that cannot be read at all."""
        scratch = self.scratch or Path(tempfile.gettempdir())
        if not scratch.is_dir():
            raise UsageError(f"{scratch}: there is no such folder to lay the parts of an export aside in")
        with tempfile.TemporaryDirectory(prefix="infant-course-", dir=scratch) as folder:
            try:
                files = self._lay_aside(Path(folder))
            except OSError as error:
                raise UsageError(
                    f"{scratch}: the parts of the export could not be laid aside here ({error.strerror or NO_ROOM}). "
                    "They take about as much room as the export; name another folder as scratch"
                ) from None
            for share in range(self.shares):
                cohort = self._cohort(Path(folder), share, files)
                if cohort is not None:
                    yield cohort
                    self.patients += cohort.patients.height
                    del cohort  # or it would be held while the next one is read
                self.done = share + 1
                self.fraction = READING + (1 - READING) * self.done / self.shares
                self.watch()

    def _lay_aside(self, folder: Path) -> list[tuple[str, str]]:
        """Put the rows of all files into shares of patients. Returns file and table, in order."""
        gathered = Gathered()
        named = gathered.named(self.path)
        sizes = [unpacked_size(path) for path, _ in named]
        self.shares = min(MOST_SHARES, max(1, ceil(sum(sizes) / self.share)))
        counts: list[RowCount] = []
        cells: list[CellFinding] = [*gathered.cells]
        assumptions: list[str] = []
        types: set[str] = set()
        for place, (path, name) in enumerate(named):
            left, kept = RowCount(file=path.name, read=0, kept=0), 0
            parts = raw_chunks(path, encoding=self.encoding, delimiter=self.delimiter, size=self.chunk)
            for number, raw in enumerate(parts):
                _into_shares(raw.frame, folder, place, number, self.shares)
                types |= {name} if EVENT_COLUMN not in raw.columns else set(raw.frame[EVENT_COLUMN].str.strip_chars())
                aside = {why: left.set_aside.get(why, 0) for why in (*left.set_aside, *raw.count.set_aside)}
                for why, rows in raw.count.set_aside.items():
                    aside[why] += rows
                left = evolve(left, read=left.read + raw.count.read - raw.count.kept, set_aside=aside)
                kept += raw.count.kept
                cells += raw.cells
                assumptions += raw.assumptions
                self.rows += raw.count.read
                laid = sum(sizes[:place]) + min(sizes[place], (number + 1) * self.chunk)
                self.fraction = READING * laid / max(1, sum(sizes))
                self.watch()
            counts.append(left)
        if self.complete is None:
            self.complete = [name for name in EVENT_TYPES if name in types]
        self.leftover = evolve(
            self.leftover, rows=tuple(counts), cells=tuple(cells), assumptions=tuple(dict.fromkeys(assumptions))
        )
        return [(path.name, name) for path, name in named]

    def _cohort(self, folder: Path, share: int, files: list[tuple[str, str]]) -> Cohort | None:
        """The patients of one share; None where it has none."""
        import polars as pl

        gathered = Gathered()
        for place, (file, name) in enumerate(files):
            parts = sorted(
                (folder / str(share)).glob(f"{place}-*.parquet"), key=lambda one: int(one.stem.split("-")[1])
            )
            if parts:
                frame = pl.concat([pl.read_parquet(part) for part in parts])
                count = RowCount(file=file, read=frame.height, kept=frame.height)
                gathered.add(RawTable(file=file, frame=frame, count=count), name)
                for part in parts:
                    part.unlink()
        if not gathered.counts:
            return None
        return gathered.cohort(day_zero=self.day_zero, complete=self.complete, decimal_comma=self.decimal_comma)


def _into_shares(frame: "pl.DataFrame", folder: Path, place: int, number: int, shares: int) -> None:
    """Write the rows of a part into the shares that their patients belong to."""
    import polars as pl

    if "patient" in frame.columns:
        mine = (pl.col("patient").str.strip_chars().hash(seed=0) % shares).fill_null(0)
    else:
        mine = pl.lit(0, dtype=pl.UInt64)
    for (share,), rows in frame.with_columns(mine.alias("_share")).group_by("_share", maintain_order=True):
        target = folder / str(share)
        target.mkdir(exist_ok=True)
        write_parquet(rows.drop("_share").sort(ROW), target / f"{place}-{number}.parquet", "lz4")


PACKED = 8
"""So many times larger a packed file is taken to be when it is unpacked."""


def unpacked_size(path: Path) -> int:
    """About how many bytes of text a file holds."""
    size = path.stat().st_size
    return size * PACKED if path.suffix.lower() in (".gz", ".zst", ".parquet") else size
