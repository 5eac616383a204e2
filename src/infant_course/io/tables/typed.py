"""One flat table read: its fields typed, its times as statements, the rows without a patient set aside."""

from typing import TYPE_CHECKING

from attrs import field, frozen

from ...events import EVENT_TYPES
from ...intake import CellProblem
from .cells import read_fields, trimmed
from .flat import INSTANCE, INSTRUMENT, ORDER, PATIENT, RECORD, ROW, VISIT, FlatTable, Part, flat_columns
from .telling import Telling
from .times import read_times

if TYPE_CHECKING:
    import polars as pl

ORIGINS = {RECORD: "record", VISIT: "visit", INSTRUMENT: "instrument", INSTANCE: "instance"}
NO_PATIENT = "no patient id"
"""Why a row is set aside here."""


@frozen(kw_only=True)
class Typed:
    """A flat table after reading.

    ``frame``: ``_row``, ``patient``, ``id`` (null where none is told), the fields with the types of the cohort's
    tables, the columns of :func:`~.times.time_columns` for each point, and the columns of origin and order.
    ``without_patient``: lines of the rows that were set aside.
    """

    type: str
    file: str
    frame: "pl.DataFrame" = field(repr=False)
    telling: Telling = field(repr=False)
    without_patient: "pl.Series" = field(repr=False)
    columns: tuple[str, ...] = ()
    """The columns of its type that the table has."""
    given: frozenset[str] = frozenset()
    """The columns of its type that the table has, and that are not empty."""

    @property
    def points(self) -> tuple[str, ...]:
        """The points in time that its rows have."""
        return points_of(self.type)


def points_of(event_type: str) -> tuple[str, ...]:
    """The points in time of an event type, or of a patient."""
    if event_type == PATIENT:
        return ("birth",)
    return ("start", "end") if EVENT_TYPES[event_type].LASTS else ("start",)


def typed(table: FlatTable, *, decimal_comma: bool, days_from_birth: bool) -> Typed:
    """Read the cells of one table."""
    import polars as pl

    frame = table.frame
    missing = [name for name in ("patient", RECORD, VISIT, INSTRUMENT, INSTANCE) if name not in frame.columns]
    frame = frame.with_columns(pl.lit(None, dtype=pl.String).alias(name) for name in missing)
    if ORDER not in frame.columns:
        frame = frame.with_columns(pl.lit(None, dtype=pl.Int64).alias(ORDER))
    telling = Telling(file=table.file, names=table.names, rows=frame.select(ROW, "patient"), about=table.type)
    there = trimmed(frame["patient"]).is_not_null()
    hint = f"the table has no column {telling.name('patient')}" if "patient" in missing else None
    telling.tell("patient", frame["patient"], ~there, "a patient id", hint, CellProblem.SET_ASIDE)
    without = frame.filter(~there)[ROW]
    if without.len():
        frame = frame.filter(there)
    telling.rows = frame.select(ROW, "patient").with_row_index("position")
    columns = read_fields(table.type, frame, telling, decimal_comma=decimal_comma)
    points = []
    for point in points_of(table.type):
        of_point = [c for c in flat_columns(table.type) if c.field == point and c.part not in (Part.VALUE, Part.UNIT)]
        of_point = [column for column in of_point if column.name in frame.columns]
        points.append(read_times(frame, point, of_point, telling, from_birth=days_from_birth))
    read = pl.DataFrame(list(columns.values()))
    placed = frame.select(ROW, ORDER, *ORIGINS)
    if RECORD in missing:  # an id that had to be written in another way: sites know it as it stood
        stood = trimmed(frame["patient"])
        placed = placed.with_columns(pl.when(stood != read["patient"]).then(stood).alias(RECORD))
    return Typed(
        type=table.type,
        file=table.file,
        frame=pl.concat([placed, read, *points], how="horizontal"),
        telling=telling,
        without_patient=without,
        columns=tuple(table.frame.columns),
        given=frozenset(name for name in frame.columns if name == "complete" or frame[name].count()),
    )
