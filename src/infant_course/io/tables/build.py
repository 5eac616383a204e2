"""Flat tables become a cohort: events named, placed in time, and told where they came from.

Patients whose every time is simple (:mod:`.clock`) become rows at once. The others become courses, are resolved one
by one, and join the same tables. Nothing is sorted by time, filled in or dropped.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import evolve

from ...cohort import ORIGIN_COLUMNS, Cohort, empty
from ...errors import UsageError, did_you_mean
from ...events import EVENT_TYPES
from ...intake import Assumption, CellFinding, Intake, RowCount, merged_assumptions
from ...statements import END_WINDOW_DAYS
from .clock import DayZero, day_zero_of
from .each_cell import located, looked_at
from .flat import PATIENT, ROW, FlatTable
from .naming import Events
from .people import TOLD_TWICE, People, people_of
from .place import placed
from .typed import NO_PATIENT, ORIGINS, Typed, typed

if TYPE_CHECKING:
    import polars as pl

_DAY_ZERO_WORDS = {
    DayZero.DIAGNOSIS: "the diagnosis (day 0)",
    DayZero.BIRTH: "birth (day 0)",
    DayZero.ENROLMENT: "the enrolment (day 0)",
    DayZero.FIRST_TREATMENT: "the start of the first treatment (day 0)",
}


def build(
    tables: Sequence[FlatTable],
    *,
    source: str,
    day_zero: DayZero | str = DayZero.DIAGNOSIS,
    complete: Collection[str] | None = None,
    counts: Iterable[RowCount] = (),
    cells: Iterable[CellFinding] = (),
    assumed: Iterable[Assumption] = (),
    labels: Mapping[tuple[str, str], str] | None = None,
    headings: Mapping[str, str] | None = None,
    identifiers: Collection[tuple[str, str]] = (),
    decimal_comma: bool = False,
    event_files: Collection[str] | None = None,
    end_window_days: int = END_WINDOW_DAYS,
) -> Cohort:
    """The cohort of some flat tables, with its intake and the origin of every event.

    ``source``: the name of the format. ``day_zero``: what whole days are counted from. ``complete``: event types
    recorded in full, of which absence means that it did not happen; None: those of which there is a table. A column
    ``complete`` of the patients' table says it patient by patient. ``counts``: rows of the files, to which those
    set aside here are added; a table whose file is not among them is counted by its rows. ``cells``, ``assumed``,
    ``labels``, ``headings``, ``identifiers``: what the reader of the format has to add. ``event_files``: the files of
    the export that may hold events, also where no row of them is among these. Raises UsageError for an unknown type.
    """
    for name in [*(table.type for table in tables if table.type != PATIENT), *(complete or ())]:
        if name not in EVENT_TYPES:
            raise UsageError(f"no event type {name!r}: {did_you_mean(name, EVENT_TYPES) or ', '.join(EVENT_TYPES)}")
    zero = day_zero_of(day_zero)
    read = [typed(table, decimal_comma=decimal_comma, days_from_birth=zero is DayZero.BIRTH) for table in tables]
    people = people_of([one for one in read if one.type == PATIENT], [one for one in read if one.type != PATIENT])
    told = [one for one in read if one.type != PATIENT]
    one_file = len(event_files if event_files is not None else {one.file for one in told}) == 1
    events = Events.of(told, people.frame, zero, one_file=one_file)
    said = [*assumed, *(sentence for one in read for sentence in one.telling.said), *people.said, *events.said]
    if events.counted:
        said.append(f"Days are counted from {_DAY_ZERO_WORDS[zero]}.")
    files = {table.file for table in tables} | set(event_files or ())
    cohort = placed(people, events, file=files.pop() if len(files) == 1 else None, end_window_days=end_window_days)
    cells, single = tuple(cells), located(read, events, people.twice)
    named = complete if complete is not None else [name for name in EVENT_TYPES if name in {one.type for one in read}]
    return evolve(
        cohort,
        complete=_complete(people, cohort, named),
        origin=_origin(events),
        intake=Intake(
            source=source,
            rows=tuple(_counted(counts, read, people.twice)),
            cells=(*cells, *single),
            assumed=merged_assumptions(said),
            labels=labels or {},
            headings=headings or {},
            identifiers=frozenset(identifiers),
            looked_at=looked_at(read, [*cells, *single]),
        ),
    )


def _complete(people: People, cohort: Cohort, named: Collection[str]) -> "dict[str, bool | pl.Series]":
    """Of which event types absence means something: for all, or patient by patient where that is told."""
    import polars as pl

    if not people.has_complete:
        return dict.fromkeys(named, True)
    told = people.frame["complete"].gather(cohort.units["patient"])
    found = told.explode().drop_nulls().unique().to_list()
    return {
        name: pl.select(pl.lit(told).list.contains(name)).to_series().fill_null(False)
        for name in EVENT_TYPES
        if name in found
    }


def _origin(events: Events) -> "pl.DataFrame":
    import polars as pl

    parts = [
        table.filter(pl.col("file").is_not_null()).select(
            "patient",
            "event",
            "file",
            pl.col(ROW).alias("row"),
            *(pl.col(column).alias(name) for column, name in ORIGINS.items()),
        )
        for table in events.tables.values()
    ]
    return pl.concat(parts).select(*ORIGIN_COLUMNS) if parts else empty(ORIGIN_COLUMNS)


def _counted(
    counts: Iterable[RowCount], read: Sequence[Typed], twice: Mapping[str, Sequence[int]]
) -> Iterable[RowCount]:
    """The rows of all files, with those that were set aside here."""
    import polars as pl

    known = {count.file: count for count in counts}
    for file in dict.fromkeys(one.file for one in read):
        rows = pl.concat(
            [pl.concat([one.frame[ROW], one.without_patient]) for one in read if one.file == file]
        ).unique()
        known.setdefault(file, RowCount(file=file, read=rows.len(), kept=rows.len()))
    for file, count in known.items():
        without = pl.concat(
            [pl.Series(ROW, [], dtype=pl.UInt32), *(one.without_patient for one in read if one.file == file)]
        ).unique()
        aside = {NO_PATIENT: without.len(), TOLD_TWICE: len(set(twice.get(file, ())))}
        aside = {reason: number for reason, number in aside.items() if number}
        both = {
            reason: count.set_aside.get(reason, 0) + aside.get(reason, 0)
            for reason in dict.fromkeys((*count.set_aside, *aside))
        }
        yield evolve(count, kept=count.kept - sum(aside.values()), set_aside=both)
