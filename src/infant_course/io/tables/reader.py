"""What the readers of all formats have in common, so that an export is read at once or in parts by the same code."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from attrs import define, field, frozen

from ...cohort import Cohort
from ...intake import CellFinding, Intake
from .build import build
from .chunks import CSV, Form, raw_chunks
from .clock import DayZero, day_zero_of
from .flat import FlatTable
from .frames import from_frame
from .raw import RawTable, read_raw
from .text import Limits

Named = tuple[str, RawTable]
"""A table with the name by which its reader knows what it is."""


@frozen(kw_only=True)
class FlatExport:
    """The rows of an export as flat tables, what became of them, and which event types are recorded in full."""

    tables: tuple[FlatTable, ...] = field(repr=False)
    intake: Intake = field(repr=False)
    complete: frozenset[str] = frozenset()


@define(kw_only=True)
class Reader(ABC):
    """Reads the exports of one format.

    Every table is looked at first, whole or part by part; then its rows become cohorts, of all patients or of some.
    ``day_zero``: what whole days count from. ``complete``: event types recorded in full (None: as the format tells).
    ``encoding``, ``delimiter``: of text, where they are not recognised. ``limits``: how large a file may be.
    ``cells``: what was found wrong with files, as far as it belongs to no row.
    """

    SOURCE: ClassVar[str]
    """Name of the format."""
    FORM: ClassVar[Form] = CSV
    IN_PARTS: ClassVar[int]
    """Exports of more bytes than this are read in parts: as a whole they take many times as much memory."""
    SHARE: ClassVar[int]
    """Bytes of text of one part, at most so many on the average."""

    day_zero: DayZero = field(default=DayZero.DIAGNOSIS, converter=day_zero_of)
    complete: Collection[str] | None = None
    encoding: str | None = None
    delimiter: str | None = None
    limits: Limits | None = None
    cells: list[CellFinding] = field(factory=list, init=False)

    @abstractmethod
    def files(self, path: Path) -> list[tuple[Path, str]]:
        """The files of an export with rows of patients, and the name of the table in each. Raises InputError."""

    def frames(self, frames: Mapping[str, Any]) -> list[Named]:
        """The tables of an export that was given as frames."""
        return [(name, from_frame(frame, name)) for name, frame in frames.items()]

    def whole(self, path: Path) -> RawTable:
        """All of a file as text. Raises InputError."""
        return read_raw(path, encoding=self.encoding, delimiter=self.delimiter, limits=self.limits)

    def parts(self, path: Path, size: int) -> Iterator[RawTable]:
        """A file as text, in parts of about so many bytes. Raises InputError."""
        return raw_chunks(
            path, encoding=self.encoding, delimiter=self.delimiter, limits=self.limits, size=size, form=self.FORM
        )

    def look(self, name: str, raw: RawTable) -> RawTable:
        """Note what must be known of a whole table before a row of it is read; the table without what tells nothing.

        ``raw``: the table, or the next part of it.
        """
        return raw

    @abstractmethod
    def patient(self, name: str, raw: RawTable) -> str | None:
        """The column that tells whose row it is; None where there is none."""

    @abstractmethod
    def cohort(self, tables: Sequence[Named]) -> Cohort:
        """The cohort of tables that were looked at, or of all rows of some patients in them. Raises InputError."""

    def built(self, export: FlatExport, event_files: Collection[str], *, decimal_comma: bool = False) -> Cohort:
        """The cohort of flat tables. ``event_files``: the files that may hold events."""
        told = export.intake
        return build(
            export.tables,
            source=self.SOURCE,
            day_zero=self.day_zero,
            complete=export.complete if self.complete is None else self.complete,
            counts=told.rows,
            cells=told.cells,
            assumed=told.assumed,
            labels=told.labels,
            headings=told.headings,
            identifiers=told.identifiers,
            decimal_comma=decimal_comma,
            event_files=event_files,
        )
