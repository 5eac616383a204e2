"""One patient's course: the patient, the events as told, and what is wrong with the telling.

A ``Course`` holds statements. When things happened follows from them and is worked out by
``infant_course.resolve`` when it is first asked for; the conveniences that do so are wired in
``infant_course/__init__.py``, so that this module stays below the ones that compute.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from os import fspath
from types import NoneType
from typing import Any, ClassVar, TypeVar, cast, overload

from attrs import field, frozen
from attrs.converters import optional

from .errors import NotThereError, UsageError, did_you_mean, expect, shown_name, wrong_kind
from .events import EVENT_TYPES, Event, Record
from .sources import Cite, Confidence
from .taking import each, in_order, unordered
from .vocabulary import Sex
from .when import When

T = TypeVar("T", bound=Event)

MOST_TOLD = 8
"""So many of the statements, or events, of one problem are told; the others are counted."""

BIRTH = "birth"
"""Reserved id of the patient's birth among the points in time."""


def _whens(values: Any) -> Any:
    return in_order(values)


def _events(values: Iterable[Event]) -> tuple[Event, ...]:
    if isinstance(values, (set, frozenset)):
        raise unordered("Course.events")
    events = each(values)
    for number, event in enumerate(events):
        if EVENT_TYPES.get(getattr(event, "TYPE", "")) is not type(event):
            expected = "events of the types of this package (infant_course.EVENT_TYPES)"
            raise wrong_kind(f"Course.events[{number}]", expected, event)
    return events


def _names(values: Iterable[str]) -> frozenset[str]:
    names = each(values)
    for name in names:
        if not isinstance(name, str):
            raise wrong_kind("Course.complete", "words for event types, such as 'relapse'", name)
        if name not in EVENT_TYPES:
            hint = did_you_mean(name, EVENT_TYPES) or f"known are {', '.join(EVENT_TYPES)}"
            raise UsageError(f"Course.complete: no event type {name!r}: {hint}")
    return frozenset(names)


def _file(path: Any) -> str:
    return shown_name(fspath(path))


def _problems(values: "Iterable[Problem]") -> "tuple[Problem, ...]":
    return tuple(values)


@frozen(kw_only=True)
class Patient(Record):
    """Who the course is of."""

    id: str = field(
        repr=False,
        metadata={"doc": "a study number, never a name: letters, digits and . _ + -, the first a letter or digit"},
    )
    sex: Sex | None = field(default=None, repr=False, metadata={"doc": "sex as reported"})
    birth: tuple[When, ...] = field(
        default=(), converter=_whens, repr=False, metadata={"doc": "what is stated about the time of birth"}
    )
    site: str | None = field(default=None, repr=False, metadata={"doc": "the centre that entered the course"})
    birth_line: int | None = field(
        default=None, eq=False, repr=False, metadata={"doc": "line of the birth in the input", "internal": True}
    )


@frozen(kw_only=True)
class Statement:
    """One statement about time: which event, which of its points, what, and where it stands in the input."""

    number: int
    event: str = field(repr=False)
    point: str
    text: str = field(repr=False)
    file: str | None = field(default=None, repr=False)
    line: int | None = field(default=None, repr=False)

    def __str__(self) -> str:
        place = ""
        if self.file or self.line is not None:
            place = f" ({self.file or 'input'}{f', line {self.line}' if self.line is not None else ''})"
        return f"{self.event}{' ends' if self.point == 'end' else ''}: {self.text}{place}"


@frozen(kw_only=True)
class Problem:
    """What cannot be so in the telling of a course: a finding of the rule it names."""

    rule: str
    events: tuple[str, ...] = field(repr=False)
    message: str = field(repr=False)
    statements: tuple[Statement, ...] = field(default=(), repr=False)


@frozen(kw_only=True)
class Course:
    """One patient's course of infant ALL. Its ``repr``, like that of all records, shows no value of the patient.

    ``events`` keep the order of the file; that order is not an order in time. ``complete`` names the event
    types that are recorded in full: only of those does absence mean that it did not happen. ``defects`` are
    problems found while reading (an id used twice).
    """

    solve: ClassVar[Callable[["Course"], Any]]
    relate: ClassVar[Callable[["Course"], Any]]
    depict: ClassVar[Callable[["Course"], str]]

    patient: Patient
    events: tuple[Event, ...] = field(default=(), converter=_events)
    complete: frozenset[str] = field(default=frozenset(), converter=_names)
    source: Cite | None = field(default=None, repr=False)
    about: str | None = field(default=None, repr=False)
    file: str | None = field(default=None, converter=optional(_file), eq=False, repr=False)
    defects: tuple[Problem, ...] = field(default=(), converter=_problems)
    _memory: dict[str, Any] = field(factory=dict, init=False, eq=False, repr=False, hash=False)

    def __attrs_post_init__(self) -> None:
        expect("Course.patient", self.patient, Patient, "Patient(id=...)")
        expect("Course.about", self.about, (str, NoneType), "a text")
        if self.source is not None:
            expect("Course.source", self.source, Cite, "Cite(key, at)")
            for part in ("key", "at"):
                expect(f"Course.source.{part}", getattr(self.source, part), str, "a text")
            expect("Course.source.confidence", self.source.confidence, Confidence, "a Confidence")
        ids = {event.id for event in self.events}
        again = len(self.events) - len(ids)
        if BIRTH in ids:
            raise UsageError(f"Course.events: {BIRTH!r} is the id of the patient's birth; give the event another")
        if again:
            raise UsageError(f"Course.events: event ids must be unique within a course, {again} of them used again")

    @property
    def id(self) -> str:
        """The patient's id."""
        return self.patient.id

    @property
    def by_id(self) -> Mapping[str, Event]:
        """Events by id."""
        if "by_id" not in self._memory:
            self._memory["by_id"] = {event.id: event for event in self.events}
        return cast(Mapping[str, Event], self._memory["by_id"])

    def __getitem__(self, event_id: str) -> Event:
        """The event of an id. Raises NotThereError, a KeyError and a UsageError."""
        expect("course[...]", event_id, str, "the id of an event, a text")
        if event_id not in self.by_id:
            raise NotThereError("course[...]: no event has this id; list(course.by_id) tells those there are")
        return self.by_id[event_id]

    def __contains__(self, event: object) -> bool:
        """Whether an event is here, or one of an id."""
        return event in self.by_id if isinstance(event, str) else event in self.events

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    @overload
    def of(self, event_class: type[T]) -> tuple[T, ...]: ...

    @overload
    def of(self, event_class: str) -> tuple[Event, ...]: ...

    def of(self, event_class: type[T] | str) -> tuple[T, ...] | tuple[Event, ...]:
        """The events of one type (its class, or its word), in the order of the file. Raises UsageError."""
        if isinstance(event_class, str):
            if event_class not in EVENT_TYPES:
                hint = did_you_mean(event_class, EVENT_TYPES) or f"known are {', '.join(EVENT_TYPES)}"
                raise UsageError(f"course.of: no event type {event_class!r}: {hint}")
            event_class = cast(type[T], EVENT_TYPES[event_class])
        wanted: Any = event_class
        if not isinstance(wanted, type) or not issubclass(wanted, Event):
            raise wrong_kind("course.of", "a class of events, or its word ('relapse')", wanted)
        return tuple(event for event in self.events if isinstance(event, event_class))

    @property
    def resolved(self) -> Any:
        """What is known of the times of this course (:class:`infant_course.resolve.Resolved`), worked out once."""
        if "resolved" not in self._memory:
            self._memory["resolved"] = type(self).solve(self)
        return self._memory["resolved"]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What cannot be so in the telling: defects of the record and statements that contradict each other."""
        return (*self.defects, *self.resolved.problems)

    def graph(self) -> Any:
        """The course as a ``networkx.MultiDiGraph`` of typed relations (see :mod:`infant_course.graph`)."""
        if "graph" not in self._memory:
            self._memory["graph"] = type(self).relate(self)
        return self._memory["graph"]

    def _repr_html_(self) -> str:
        """The course as a notebook shows it (see :mod:`infant_course.render.notebook`)."""
        return type(self).depict(self)
