"""One patient's course: the patient, the events as told, and what is wrong with the telling.

A ``Course`` holds statements. When things happened follows from them and is worked out by
``infant_course.resolve`` when it is first asked for; the conveniences that do so are wired in
``infant_course/__init__.py``, so that this module stays below the ones that compute.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, ClassVar, TypeVar, cast

from attrs import field, frozen
from attrs.converters import optional

from .errors import shown_name
from .events import EVENT_TYPES, Event
from .sources import Cite
from .vocabulary import Sex
from .when import When

T = TypeVar("T", bound=Event)

MOST_TOLD = 8
"""So many of the statements, or events, of one problem are told; the others are counted."""

BIRTH = "birth"
"""Reserved id of the patient's birth among the points in time."""


def _whens(values: Iterable[When]) -> tuple[When, ...]:
    return tuple(values)


def _events(values: Iterable[Event]) -> tuple[Event, ...]:
    return tuple(values)


def _names(values: Iterable[str]) -> frozenset[str]:
    return frozenset(values)


def _problems(values: "Iterable[Problem]") -> "tuple[Problem, ...]":
    return tuple(values)


@frozen(kw_only=True)
class Patient:
    """Who the course is of."""

    id: str = field(repr=False, metadata={"doc": "a study number, never a name: letters, digits and . _ + -"})
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
    file: str | None = field(default=None, converter=optional(shown_name), eq=False, repr=False)
    defects: tuple[Problem, ...] = field(default=(), converter=_problems)
    _memory: dict[str, Any] = field(factory=dict, init=False, eq=False, repr=False, hash=False)

    @complete.validator
    def _known_types(self, _: Any, value: frozenset[str]) -> None:
        unknown = sorted(value - set(EVENT_TYPES))
        if unknown:
            raise ValueError(f"complete: unknown event types {', '.join(unknown)}")

    @events.validator
    def _unique(self, _: Any, value: tuple[Event, ...]) -> None:
        ids = [event.id for event in value]
        if len(set(ids)) != len(ids):
            raise ValueError(f"event ids must be unique within a course, {len(ids) - len(set(ids))} of them used again")

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
        return self.by_id[event_id]

    def __iter__(self) -> Iterator[Event]:
        return iter(self.events)

    def __len__(self) -> int:
        return len(self.events)

    def of(self, event_class: type[T]) -> tuple[T, ...]:
        """The events of one type, in the order of the file."""
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
