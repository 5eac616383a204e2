"""Many courses as columns: one Polars table per event type, and what is known of time between events.

Every table of :attr:`Cohort.tables` has the shared columns (:data:`SHARED_COLUMNS`) and then the fields of its
event type. A *unit* is one reading of one patient's course: patients whose telling is ambiguous have several
(``units`` says which), everybody else has one. Days are whole days on the patient's own clock; an unknown bound
is :data:`UNBOUNDED`, never null, so that ``min`` and ``max`` keep it.

``gap`` holds, for two different events, what is known beyond their bounds; it is empty where all dates are full.
``stated`` keeps every statement of time as told: with it a course comes back without loss.
"""

from collections.abc import Iterable, Mapping
from enum import Enum
from functools import cache, cached_property
from os import PathLike
from typing import Any, cast, get_args, get_origin

import attrs
import polars as pl

from .course import BIRTH, MOST_TOLD, Course, Patient, Problem, Statement
from .errors import NotThereError, UsageError, did_you_mean, expect, wrong_kind
from .events import EVENT_TYPES, Event, Quantity, field_hints, inner_type, own_fields
from .intake import Intake
from .resolve import Reading, Resolved, resolve
from .shortest_paths import UNBOUNDED
from .sources import Cite, Confidence
from .statements import END_WINDOW_DAYS, ROUNDING, TimeSettings
from .when import Rounding, When, parse, parse_duration, tells_a_time

SHARED_COLUMNS: dict[str, Any] = {
    "unit": pl.UInt32,
    "event": pl.String,
    "start_lo": pl.Int32,
    "start_hi": pl.Int32,
    "end_lo": pl.Int32,
    "end_hi": pl.Int32,
    "start_stated": pl.Boolean,
    "end_stated": pl.Boolean,
    "length_stated": pl.Boolean,
    "ordinal": pl.UInt32,
    "line": pl.UInt32,
}
"""Columns every event table has: unit, event id, bounds of start and end (days), whether they are told, whether the
length is, position in the input, line in the input.

``start_stated``: a time is stated ("unknown" is none), or follows from what is stated of others, so that its days are
known within bounds. ``end_stated``: a time or a length is stated."""

GAP_COLUMNS: dict[str, Any] = {
    "unit": pl.UInt32,
    "a": pl.String,
    "a_point": pl.String,
    "b": pl.String,
    "b_point": pl.String,
    "least": pl.Int32,
    "greatest": pl.Int32,
    "a_surely_first": pl.Boolean,
    "a_maybe_first": pl.Boolean,
}
STATED_COLUMNS: dict[str, Any] = {
    "patient": pl.UInt32,
    "event": pl.String,
    "part": pl.String,
    "text": pl.String,
}
PROBLEM_COLUMNS: dict[str, Any] = {
    "patient": pl.UInt32,
    "rule": pl.String,
    "event": pl.String,
    "conflicts_with": pl.List(pl.String),
    "message": pl.String,
    "defect": pl.Boolean,
    "statements": pl.List(
        pl.Struct(
            {
                "number": pl.Int64,
                "event": pl.String,
                "point": pl.String,
                "text": pl.String,
                "file": pl.String,
                "line": pl.Int64,
            }
        )
    ),
    "number": pl.UInt32,
}
UNIT_COLUMNS: dict[str, Any] = {
    "unit": pl.UInt32,
    "patient": pl.UInt32,
    "reading": pl.UInt8,
    "dated": pl.Boolean,
}
"""A unit's patient and reading, and whether its days count from 1970-01-01 (some date is stated) or from diagnosis."""

PATIENT_COLUMNS: dict[str, Any] = {
    "patient": pl.String,
    "sex": pl.String,
    "site": pl.String,
    "about": pl.String,
    "source_key": pl.String,
    "source_at": pl.String,
    "source_confidence": pl.String,
    "file": pl.String,
}

ORIGIN_COLUMNS: dict[str, Any] = {
    "patient": pl.UInt32,
    "event": pl.String,
    "file": pl.String,
    "row": pl.UInt32,
    "record": pl.String,
    "visit": pl.String,
    "instrument": pl.String,
    "instance": pl.String,
}
"""Where an event of an export stood: file and line, and, where the source has them, record, visit (a REDCap event),
instrument and instance as written there."""


def column_type(hint: Any) -> Any:
    """The Polars type of a field's type."""
    if get_origin(hint) is tuple:
        return pl.List(column_type(get_args(hint)[0]))
    if attrs.has(hint):
        inner = field_hints(hint)
        return pl.Struct({a.name: column_type(inner[a.name]) for a in attrs.fields(hint)})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return pl.String
    return {bool: pl.Boolean, int: pl.Int64, float: pl.Float64, str: pl.String}[hint]


@cache
def table_schema(event_type: str) -> dict[str, Any]:
    """Columns of one event type's table."""
    cls = EVENT_TYPES[event_type]
    hints = field_hints(cls)
    own = {a.name: column_type(hints[a.name]) for a in own_fields(cls)}
    return {**SHARED_COLUMNS, "estimated": pl.Boolean, "note": pl.String, "derived_from": pl.List(pl.String), **own}


def to_plain(value: Any) -> Any:
    """A field's value as Polars takes it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if attrs.has(type(value)):
        return {a.name: to_plain(getattr(value, a.name)) for a in attrs.fields(type(value))}
    return value


def from_plain(hint: Any, value: Any) -> Any:
    """The inverse of :func:`to_plain`; the words of lists are taken by the record that they are put into."""
    if get_origin(hint) is tuple:
        return tuple(from_plain(inner_type(get_args(hint)[0]), item) for item in value or ())
    if value is None or (hint is Quantity and value["value"] is None):
        return None
    if attrs.has(hint):
        inner = field_hints(hint)
        return hint(**{a.name: from_plain(inner[a.name], value[a.name]) for a in attrs.fields(hint)})
    return value


def empty(columns: Mapping[str, Any]) -> pl.DataFrame:
    """A table without rows."""
    return pl.DataFrame(schema=dict(columns))


@cache
def _no_events(name: str) -> pl.DataFrame:
    if name not in EVENT_TYPES:
        known = (*EVENT_TYPES, BIRTH, "patient", "event")
        hint = did_you_mean(str(name), known)
        raise NotThereError(f"cohort.table: no such table: {hint or 'known are ' + ', '.join(known)}")
    return empty(table_schema(name))


@attrs.frozen(kw_only=True, repr=False, eq=False)
class Cohort:
    """Many patients' courses as columns.

    ``complete`` says for each event type whether absence means that it did not happen: for all patients (a
    Boolean) or per unit (a Boolean series). A type that is not named is not complete.

    ``origin`` and ``intake`` tell where the events of an export stood and what became of its cells; courses from
    case files have neither.
    """

    patients: pl.DataFrame
    units: pl.DataFrame
    tables: Mapping[str, pl.DataFrame]
    births: pl.DataFrame = attrs.field(factory=lambda: empty(SHARED_COLUMNS))
    gap: pl.DataFrame = attrs.field(factory=lambda: empty(GAP_COLUMNS))
    stated: pl.DataFrame = attrs.field(factory=lambda: empty(STATED_COLUMNS))
    problems: pl.DataFrame = attrs.field(factory=lambda: empty(PROBLEM_COLUMNS))
    complete: Mapping[str, bool | pl.Series] = attrs.field(factory=dict)
    origin: pl.DataFrame = attrs.field(factory=lambda: empty(ORIGIN_COLUMNS))
    intake: Intake | None = None

    @classmethod
    def from_courses(
        cls, courses: Iterable[Course], *, end_window_days: int = END_WINDOW_DAYS, rounding: Rounding = ROUNDING
    ) -> "Cohort":
        """The columns of some courses. Raises UsageError where two courses bear one patient id.

        ``end_window_days``: how far "at the end of" an event may lie from that end, on either side. ``rounding``: how
        stated lengths of time came about.
        """
        if type(end_window_days) is not int or end_window_days < 0:
            raise wrong_kind("end_window_days", "a number of days from 0", end_window_days)
        expect("rounding", rounding, Rounding, "one of Rounding")
        return CohortBuilder(TimeSettings(end_window_days=end_window_days, rounding=rounding)).add_all(courses).cohort()

    def __repr__(self) -> str:
        return f"Cohort({self.patients.height:,} patients, {self.n_events:,} events)"

    @property
    def n_events(self) -> int:
        """Number of events, each counted once whatever the number of readings."""
        if not self.has_readings:
            return sum(table.height for table in self.tables.values())
        first = self.units.filter(pl.col("reading") == 0)["unit"].implode()
        return sum(table.filter(pl.col("unit").is_in(first)).height for table in self.tables.values())

    @cached_property
    def has_readings(self) -> bool:
        """Whether any patient's course has more than one reading."""
        return self.units.height > self.patients.height

    @cached_property
    def timeline(self) -> pl.DataFrame:
        """What all events share, one row per event and unit, with the event's type."""
        parts = [table.select(*SHARED_COLUMNS, pl.lit(name).alias("type")) for name, table in self.tables.items()]
        return pl.concat(parts) if parts else empty({**SHARED_COLUMNS, "type": pl.String})

    def table(self, name: str) -> pl.DataFrame:
        """The rows of an event type, of ``birth``, of ``patient`` (its units) or of ``event`` (the timeline).

        Raises NotThereError, a KeyError and a UsageError.
        """
        if name == BIRTH:
            return self.births
        if name == "patient":
            return self.units
        if name == "event":
            return self.timeline
        return self.tables[name] if name in self.tables else _no_events(name)

    def any_of(self, name: str) -> bool:
        """Whether :meth:`table` has rows; to ask makes no table of a type that is absent."""
        return (name not in EVENT_TYPES or name in self.tables) and self.table(name).height > 0

    def is_complete(self, event_type: str) -> pl.Series | bool:
        """Whether absence of this type means that it did not happen (per unit, or for all)."""
        return self.complete.get(event_type, False)

    def course(self, patient: str) -> Course:
        """One patient's course, as it was told. Raises UsageError for an id that is not there."""
        expect("cohort.course", patient, str, "the id of a patient, a text")
        code = self.patients["patient"].index_of(patient)
        if code is None:
            raise UsageError("no such patient in this cohort")
        row = self.patients.row(code, named=True)
        unit = self.units.filter((pl.col("patient") == code) & (pl.col("reading") == 0))["unit"].item()
        (birth_line,) = self.births.filter(pl.col("unit") == unit)["line"].to_list() or [None]
        stated: dict[tuple[str, str], list[str]] = {}
        for line in self.stated.filter(pl.col("patient") == code).iter_rows(named=True):
            stated.setdefault((line["event"], line["part"]), []).append(line["text"])
        events: list[tuple[int, Event]] = []
        for name, table in self.tables.items():
            for record in table.filter(pl.col("unit") == unit).iter_rows(named=True):
                events.append((record["ordinal"], event_of(EVENT_TYPES[name], record, stated)))
        events.sort(key=lambda pair: pair[0])
        defects = tuple(
            _problem(group)
            for _, group in self.problems.filter((pl.col("patient") == code) & pl.col("defect")).group_by(
                "number", maintain_order=True
            )
        )
        return Course(
            patient=Patient(
                id=row["patient"],
                sex=row["sex"],
                birth=_whens(stated.get((BIRTH, "when"), [])),
                site=row["site"],
                birth_line=birth_line,
            ),
            events=tuple(event for _, event in events),
            complete=frozenset(
                name for name, whole in self.complete.items() if (whole if isinstance(whole, bool) else whole[unit])
            ),
            source=_source(row),
            about=row["about"],
            file=row["file"],
            defects=defects,
        )


_READ = "load(path) reads a case file, read(path) an export"


def one_by_one(where: str, what: object) -> Iterable[Any]:
    """What there are several of. Raises UsageError for a single thing, and for a path: a text is no list of letters."""
    if isinstance(what, (str, PathLike)):
        raise wrong_kind(where, "a list of courses", what, _READ)
    expect(where, what, Iterable, "a list of courses")
    return cast(Iterable[Any], what)


def expect_cohort(where: str, what: object) -> None:
    """Raise UsageError for what is no cohort."""
    if not isinstance(what, Cohort):
        raise wrong_kind(
            where, "a cohort", what, "Cohort.from_courses([...]) makes one of courses, read(path) of an export"
        )


def _source(row: Mapping[str, Any]) -> Cite | None:
    if row["source_key"] is None:
        return None
    return Cite(row["source_key"], row["source_at"], Confidence(row["source_confidence"]))


def _whens(texts: Iterable[str]) -> tuple[When, ...]:
    return tuple(parse(text) for text in texts)


def event_of(cls: type[Event], record: dict[str, Any], stated: Mapping[tuple[str, str], list[str]]) -> Event:
    """One event from its row and its statements; bounds stand in where a row has no statements of its own."""
    hints = field_hints(cls)
    event_id = record["event"]
    lasting = stated.get((event_id, "lasting"))
    return cls(
        id=event_id,
        when=_whens(stated.get((event_id, "when"), [])),
        until=_whens(stated.get((event_id, "until"), [])),
        lasting=parse_duration(lasting[0]) if lasting else None,
        derived_from=tuple(record["derived_from"] or ()),
        estimated=record["estimated"],
        note=record["note"],
        line=record["line"],
        **{a.name: from_plain(hints[a.name], record[a.name]) for a in own_fields(cls)},
    )


def _problem(rows: pl.DataFrame) -> Problem:
    first = rows.row(0, named=True)
    return Problem(
        rule=first["rule"],
        events=tuple(rows["event"]),
        message=first["message"],
        statements=tuple(Statement(**statement) for statement in first["statements"]),
    )


def _counts_from(course: Course, resolved: Resolved) -> bool:
    """Whether day 0 is the birth or a diagnosis."""
    zero = resolved.zero and resolved.zero[0]
    return zero is not None and (zero == BIRTH or course[zero].TYPE == "diagnosis")


class CohortBuilder:
    """Gathers rows course by course and makes the tables at the end."""

    def __init__(self, time: TimeSettings) -> None:
        self.time = time
        self.patients: list[tuple[Any, ...]] = []
        self.units: list[tuple[int, int, int, bool]] = []
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.births: list[tuple[Any, ...]] = []
        self.gap: list[tuple[Any, ...]] = []
        self.stated: list[tuple[int, str, str, str]] = []
        self.problems: list[tuple[Any, ...]] = []
        self.complete: list[frozenset[str]] = []

    def add_all(self, courses: Iterable[Course]) -> "CohortBuilder":
        """Add courses, each of another patient. Raises UsageError."""
        seen: set[str] = set()
        for course in one_by_one("courses", courses):
            expect("courses", course, Course, "courses", _READ if isinstance(course, (str, PathLike)) else None)
            if course.id in seen:
                raise UsageError("two courses bear the same patient id; give every patient an id of its own")
            seen.add(course.id)
            self.add(course)
        return self

    def add(self, course: Course) -> None:
        """Add one course."""
        code = len(self.patients)
        source = course.source
        resolved: Resolved = course.resolved if self.time == TimeSettings() else resolve(course, self.time)
        self.patients.append(
            (
                course.id,
                to_plain(course.patient.sex),
                course.patient.site,
                course.about,
                source.key if source else None,
                source.at if source else None,
                source.confidence.value if source else None,
                course.file,
            )
        )
        self.stated += [(code, BIRTH, "when", str(when)) for when in course.patient.birth]
        for event in course.events:
            self.stated += [(code, event.id, "when", str(when)) for when in event.when]
            self.stated += [(code, event.id, "until", str(when)) for when in event.until]
            if event.lasting is not None:
                self.stated.append((code, event.id, "lasting", str(event.lasting)))
        for defect, problems in ((True, course.defects), (False, (*resolved.problems, *resolved.settled))):
            for problem in problems:
                self._add_problem(code, problem, defect=defect)
        for reading in resolved.readings:
            self._add_reading(code, course, resolved, reading)

    def _add_problem(self, code: int, problem: Problem, *, defect: bool) -> None:
        number = len(self.problems)
        statements = [attrs.asdict(statement) for statement in problem.statements]
        first = problem.events[: MOST_TOLD + 1]  # of a circle of thousands not all beside each
        for place, event in enumerate(problem.events):
            others = [other for other in first if other != event][:MOST_TOLD]
            statements = [] if place else statements
            self.problems.append((code, problem.rule, event, others, problem.message, defect, statements, number))

    def _add_reading(self, code: int, course: Course, resolved: Resolved, reading: Reading) -> None:
        unit = len(self.units)
        self.units.append((unit, code, reading.number, resolved.dated))
        self.complete.append(course.complete)
        bounds = reading.bounds
        if (BIRTH, "start") in bounds:
            low, high = bounds[(BIRTH, "start")]
            told, line = any(map(tells_a_time, course.patient.birth)), course.patient.birth_line
            self.births.append((unit, BIRTH, low, high, low, high, told, False, False, 0, line))
        # Where day 0 is only called so (no date, birth or diagnosis), days counted from it are no time.
        has_a_clock = resolved.dated or _counts_from(course, resolved)
        for ordinal, event in enumerate(course.events):
            start, end = bounds[(event.id, "start")], bounds[(event.id, "end")]
            lasting = event.LASTS and event.lasting is not None
            record = {
                "unit": unit,
                "event": event.id,
                "start_lo": start[0],
                "start_hi": start[1],
                "end_lo": end[0],
                "end_hi": end[1],
                "start_stated": any(map(tells_a_time, event.when))
                or (has_a_clock and (event.id, "start") != resolved.zero and UNBOUNDED not in (-start[0], start[1])),
                "end_stated": any(map(tells_a_time, event.until)) or lasting,
                "length_stated": lasting,
                "ordinal": ordinal,
                "line": event.line,
                "estimated": event.estimated,
                "note": event.note,
                "derived_from": list(event.derived_from),
            }
            for attribute in own_fields(type(event)):
                record[attribute.name] = to_plain(getattr(event, attribute.name))
            self.rows.setdefault(event.TYPE, []).append(record)
        self.gap += [
            (
                unit,
                gap.a,
                gap.a_point,
                gap.b,
                gap.b_point,
                max(gap.least, -2 * UNBOUNDED),
                min(gap.greatest, 2 * UNBOUNDED),
                gap.a_surely_first,
                gap.a_maybe_first,
            )
            for gap in reading.gaps
        ]

    def cohort(self) -> Cohort:
        """The tables."""

        def table(rows: list[tuple[Any, ...]], columns: Mapping[str, Any]) -> pl.DataFrame:
            return pl.DataFrame(rows, schema=dict(columns), orient="row")

        named = sorted({name for types_ in self.complete for name in types_})
        return Cohort(
            patients=table(self.patients, PATIENT_COLUMNS),
            units=table(self.units, UNIT_COLUMNS),
            tables={
                name: pl.DataFrame(self.rows[name], schema=table_schema(name), orient="row")
                for name in EVENT_TYPES
                if name in self.rows
            },
            births=table(self.births, SHARED_COLUMNS),
            gap=table(self.gap, GAP_COLUMNS),
            stated=table(self.stated, STATED_COLUMNS),
            problems=table(self.problems, PROBLEM_COLUMNS),
            complete={
                name: pl.Series([name in types_ for types_ in self.complete], dtype=pl.Boolean) for name in named
            },
        )
