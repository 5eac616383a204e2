"""An export larger than memory, as cohorts of whole patients, one after the other.

The files are read once, in parts: what must be known of a whole file is noted, and the rows are laid aside by patient
in a folder of their own. Then each share of the patients is read as an export of its own.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from ...cohort import Cohort
from ...errors import UsageError
from ...files import NO_ROOM
from ...intake import Assumption, CellFinding, Intake, RowCount, merged_assumptions, merged_cells
from .chunks import CHUNK
from .flat import ROW
from .raw import RawTable
from .reader import Named, Reader
from .write import write_parquet

if TYPE_CHECKING:
    import polars as pl

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

    reader: Reader
    path: Path
    scratch: Path | None = None
    share: int | None = None
    """Bytes of text of which one share is made, on the average; None: as its reader can bear."""
    chunk: int = CHUNK
    watch: Callable[[], None] = field(default=lambda: None, kw_only=True)
    rows: int = field(default=0, init=False)
    patients: int = field(default=0, init=False)
    shares: int = field(default=0, init=False)
    done: int = field(default=0, init=False)
    fraction: float = field(default=0.0, init=False)
    leftover: Intake = field(init=False)

    @leftover.default
    def _nothing_left(self) -> Intake:
        return Intake(source=self.reader.SOURCE)

    def __iter__(self) -> Iterator[Cohort]:
        """Raises InputError for a file that cannot be read at all."""
        scratch = self.scratch or Path(tempfile.gettempdir())
        if not scratch.is_dir():
            raise UsageError(f"{scratch}: there is no such folder to lay the parts of an export aside in")
        with tempfile.TemporaryDirectory(prefix="infant-course-", dir=scratch) as folder:
            try:
                tables = self._lay_aside(Path(folder))
            except OSError as error:
                raise UsageError(
                    f"{scratch}: the parts of the export could not be laid aside here ({error.strerror or NO_ROOM}). "
                    "They take about as much room as the export; name another folder as scratch"
                ) from None
            for share in range(self.shares):
                cohort = self._cohort(Path(folder), share, tables)
                if cohort is not None:
                    yield cohort
                    self.patients += cohort.patients.height
                    del cohort  # or it would be held while the next one is read
                self.done = share + 1
                self.fraction = READING + (1 - READING) * self.done / self.shares
                self.watch()

    def _lay_aside(self, folder: Path) -> Sequence[Named]:
        """Put the rows of all files into shares of patients. Returns the tables without their rows, in order."""
        files = self.reader.files(self.path)
        sizes = [unpacked_size(path) for path, _ in files]
        self.shares = min(MOST_SHARES, max(1, ceil(sum(sizes) / (self.share or self.reader.SHARE))))
        tables: list[Named] = []
        counts: list[RowCount] = []
        cells: list[CellFinding] = []
        assumed: list[Assumption] = []
        for place, (path, name) in enumerate(files):
            left = RowCount(file=path.name, read=0, kept=0)
            for number, part in enumerate(self.reader.parts(path, self.chunk)):
                raw = self.reader.look(name, part)
                _into_shares(raw.frame, self.reader.patient(name, raw), folder, place, number, self.shares)
                aside = {why: left.set_aside.get(why, 0) for why in (*left.set_aside, *raw.count.set_aside)}
                for why, rows in raw.count.set_aside.items():
                    aside[why] += rows
                left = evolve(left, read=left.read + raw.count.read - raw.count.kept, set_aside=aside)
                cells += raw.cells
                assumed += raw.assumptions
                if not number:
                    empty = RowCount(file=raw.file, read=0, kept=0)
                    tables.append((name, RawTable(file=raw.file, frame=raw.frame.clear(), count=empty)))
                self.rows += raw.count.read
                laid = sum(sizes[:place]) + min(sizes[place], (number + 1) * self.chunk)
                self.fraction = READING * laid / max(1, sum(sizes))
                self.watch()
            counts.append(left)
        self.leftover = evolve(
            self.leftover,
            rows=tuple(counts),
            cells=merged_cells([*self.reader.cells, *cells]),
            assumed=merged_assumptions(assumed),
        )
        return tables

    def _cohort(self, folder: Path, share: int, tables: Sequence[Named]) -> Cohort | None:
        """The patients of one share; None where it has none. The first is read all the same: errors are told then."""
        import polars as pl

        mine: list[Named] = []
        for place, (name, table) in enumerate(tables):
            parts = sorted(
                (folder / str(share)).glob(f"{place}-*.parquet"), key=lambda one: int(one.stem.split("-")[1])
            )
            frame = pl.concat([table.frame, *(pl.read_parquet(part) for part in parts)])
            count = RowCount(file=table.file, read=frame.height, kept=frame.height)
            mine.append((name, evolve(table, frame=frame, count=count)))
            for part in parts:
                part.unlink()
        return self.reader.cohort(mine) if share == 0 or any(table.count.read for _, table in mine) else None


def _into_shares(
    frame: "pl.DataFrame", patient: str | None, folder: Path, place: int, number: int, shares: int
) -> None:
    """Write the rows of a part into the shares that their patients belong to."""
    import polars as pl

    if patient is not None:
        mine = (pl.col(patient).str.strip_chars().hash(seed=0) % shares).fill_null(0)
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
