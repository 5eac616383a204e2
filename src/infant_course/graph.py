"""The course as a directed graph: events, and how they hang together.

Nodes are event ids carrying the ``event``; edges carry a ``relation`` in the field's words (also the key of
the edge) and its ``basis``: *stated* where the author named the other event, *inferred* where it follows
from the known order alone. Nothing is inferred from the order of telling, and nothing that another possible
order would contradict. A reference to an event that is not there makes no edge (REC-02 reports it).

============== ================================================ ========================================
relation       from -> to                                       inferred when
============== ================================================ ========================================
then           event -> event (transitive reduction)            the first is known to start earlier
during         event -> event that lasts                        both its ends are known to lie within
assesses       MRD or marrow result -> treatment                it is the last treatment known before
attains        treatment -> remission                           it is the last treatment known before
ends           relapse or MRD re-emergence -> remission         it is the remission known to hold then
switches       lineage switch -> diagnosis                      there is one diagnosis
treats         treatment -> relapse or MRD re-emergence         it is the last one known before
consolidates   HSCT -> remission                                it is the remission known to hold then
attributed_to  adverse event -> treatment                       never
of             apheresis, lymphodepletion, conditioning,        it is the next such event known to follow
               supportive treatment -> what it was for          (never for supportive treatment)
============== ================================================ ========================================

"Last" is strict: every other candidate is known to lie before it, or after the event that asks.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING, TypeVar

import networkx as nx

from .course import Course
from .events import (
    Apheresis,
    CellTherapy,
    Conditioning,
    Diagnosis,
    Event,
    Immunotherapy,
    LineageSwitch,
    Lymphodepletion,
    MarrowAssessment,
    MrdAssessment,
    MrdReemergence,
    Radiotherapy,
    Relapse,
    Remission,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
    references,
)
from .vocabulary import RemissionKind
from .when import After, AtEndOf, Before, During, Offset, OnDay, Then

if TYPE_CHECKING:
    CourseGraph = nx.MultiDiGraph[str]
else:
    CourseGraph = nx.MultiDiGraph

E = TypeVar("E", bound=Event)
Point = tuple[str, str]
Edge = tuple[str, str, "Relation", "Basis"]

LARGE = 400
"""Above this number of events not every two are compared: ``then`` comes from the bounds and from what was
stated, the other relations from what was stated. ``graph.graph["limited"]`` says so."""


class Relation(StrEnum):
    """Kinds of edges, in the order in which they are added."""

    THEN = "then"
    DURING = "during"
    ASSESSES = "assesses"
    ATTAINS = "attains"
    ENDS = "ends"
    SWITCHES = "switches"
    TREATS = "treats"
    CONSOLIDATES = "consolidates"
    ATTRIBUTED_TO = "attributed_to"
    OF = "of"


class Basis(StrEnum):
    """How an edge is known."""

    STATED = "stated"
    INFERRED = "inferred"


SYSTEMIC = (TreatmentBlock, Immunotherapy, TargetedTherapy, CellTherapy)
"""Treatments whose effect on the leukaemia is measured in the marrow."""
RECURRENCE = (Relapse, MrdReemergence)
"""Events that end a remission."""
PREPARATION: dict[type[Event], type[Event]] = {
    Apheresis: CellTherapy,
    Lymphodepletion: CellTherapy,
    Conditioning: Transplant,
}
"""What is done for a later event, and the type of that event."""
FIELD_OF_RELATION = {
    "assesses": Relation.ASSESSES,
    "attained_with": Relation.ATTAINS,
    "consolidates": Relation.CONSOLIDATES,
    "attributed_to": Relation.ATTRIBUTED_TO,
    "of": Relation.OF,
}
"""Fields by which an author states a relation."""


class _Known:
    """What is known of the order of the events of one course."""

    def __init__(self, course: Course) -> None:
        self._order: Callable[[Point, Point], bool | None] = course.resolved.order
        self._backwards = {name for problem in course.problems if problem.rule == "ORD-04" for name in problem.events}

    def first(self, a: Event, b: Event) -> bool:
        """Whether a is known to start before b starts.

        In a large tangle of points only stated pairs are known, and "after a" is told of the end of a: so that
        counts too, unless a is told to end before it starts.
        """
        if self._order((a.id, "start"), (b.id, "start")) is True:
            return True
        ends_first = a.LASTS and self._order((a.id, "end"), (b.id, "start")) is True
        return ends_first and a.id not in self._backwards

    def within(self, inner: Event, outer: Event) -> bool:
        """Whether inner is known not to start before outer starts and not to end after outer ends."""
        return (
            self._order((inner.id, "start"), (outer.id, "start")) is False
            and self._order((outer.id, "end"), (inner.id, "end")) is False
        )

    def last_before(self, event: Event, candidates: Iterable[E]) -> E | None:
        """The candidate that comes last before an event in every order that is possible, or None."""
        possible = [c for c in candidates if c.id != event.id and not self._never(c, event)]
        for last in possible:
            if self.first(last, event) and all(c is last or self.first(c, last) for c in possible):
                return last
        return None

    def next_after(self, event: Event, candidates: Iterable[E]) -> E | None:
        """The candidate that comes first after an event in every order that is possible, or None."""
        possible = [c for c in candidates if c.id != event.id and not self._never(event, c)]
        for nearest in possible:
            if self.first(event, nearest) and all(c is nearest or self.first(nearest, c) for c in possible):
                return nearest
        return None

    def _never(self, a: Event, b: Event) -> bool:
        """Whether a is known not to start before b."""
        return self._order((a.id, "start"), (b.id, "start")) is False


def graph_of(course: Course) -> CourseGraph:
    """The graph of a course, the same in every run.

    ``graph.nodes[id]["event"]`` is the event, ``graph.edges[a, b, "then"]["basis"]`` "stated" or "inferred".
    The graph as a whole carries ``limited``: whether the course was too long to compare every two events.
    """
    limited = len(course) > LARGE
    graph: CourseGraph = nx.MultiDiGraph(patient=course.id, limited=limited)
    for event in course:
        graph.add_node(event.id, event=event)
    place = {event.id: number for number, event in enumerate(course)}
    rank = {relation: number for number, relation in enumerate(Relation)}
    edges = {(a, b, relation): basis for a, b, relation, basis in _edges(course, limited=limited)}
    for (a, b, relation), basis in sorted(
        edges.items(), key=lambda item: (rank[item[0][2]], place[item[0][0]], place[item[0][1]])
    ):
        graph.add_edge(a, b, key=relation.value, relation=relation.value, basis=basis.value)
    return graph


def _edges(course: Course, *, limited: bool) -> Iterator[Edge]:
    """All edges. Of two for the same relation the later one counts, so what is stated comes last."""
    known = _Known(course)
    ordered = _ordered_by_bounds(course, known) if limited else _ordered(course, known)
    named = set(_order_statements(course))
    for a, b in _reduced(ordered):
        yield a, b, Relation.THEN, Basis.STATED if (a, b) in named else Basis.INFERRED
    if not limited:
        yield from _inferred(course, known)
    yield from _stated(course)


def _stated(course: Course) -> Iterator[Edge]:
    """Relations that the author gave by naming the other event."""
    for event in course:
        for name, target in references(event):
            relation = FIELD_OF_RELATION.get(name)
            if relation is None or target not in course.by_id:
                continue
            # "attained with" is told at the remission, and the edge runs from the treatment to it.
            ends = (target, event.id) if relation is Relation.ATTAINS else (event.id, target)
            yield *ends, relation, Basis.STATED
        for when in event.when:
            if isinstance(when, During) and when.of in course.by_id and when.of != event.id:
                yield event.id, when.of, Relation.DURING, Basis.STATED


def _inferred(course: Course, known: _Known) -> Iterator[Edge]:
    """Relations that follow from the known order, where the author gave none."""
    for event in course:
        found = _inferred_of(event, course, known)
        if found is not None:
            relation, other = found
            ends = (other.id, event.id) if relation is Relation.ATTAINS else (event.id, other.id)
            yield *ends, relation, Basis.INFERRED
    lasting = [event for event in course if event.LASTS]
    for event in course:
        for outer in lasting:
            if outer is not event and known.within(event, outer) and not known.within(outer, event):
                yield event.id, outer.id, Relation.DURING, Basis.INFERRED


def _inferred_of(event: Event, course: Course, known: _Known) -> tuple[Relation, Event] | None:
    """The relation that events of this type have, and the other event, where the known order settles it."""
    relation: Relation
    other: Event | None = None
    if isinstance(event, (MrdAssessment, MarrowAssessment, Remission)):
        relation = Relation.ATTAINS if isinstance(event, Remission) else Relation.ASSESSES
        stated = event.attained_with if isinstance(event, Remission) else event.assesses
        turns = [e for e in course if isinstance(e, (*SYSTEMIC, Transplant, *RECURRENCE))]
        last = None if stated else known.last_before(event, turns)
        other = last if isinstance(last, SYSTEMIC) else None
    elif isinstance(event, RECURRENCE):
        relation, other = Relation.ENDS, _remission_at(event, course, known)
    elif isinstance(event, LineageSwitch):
        diagnoses = course.of(Diagnosis)
        relation, other = Relation.SWITCHES, diagnoses[0] if len(diagnoses) == 1 else None
    elif isinstance(event, (*SYSTEMIC, Radiotherapy)):
        recurrences = [e for e in course if isinstance(e, RECURRENCE)]
        relation, other = Relation.TREATS, known.last_before(event, recurrences)
    elif isinstance(event, Transplant):
        relation = Relation.CONSOLIDATES
        other = None if event.consolidates else _remission_at(event, course, known)
    elif isinstance(event, (Apheresis, Lymphodepletion, Conditioning)):
        relation = Relation.OF
        other = None if event.of else known.next_after(event, course.of(PREPARATION[type(event)]))
    else:
        return None
    return (relation, other) if other is not None else None


def _remission_at(event: Event, course: Course, known: _Known) -> Remission | None:
    """The remission known to hold when an event happens, or None.

    MRD may come back while a complete remission goes on: a re-emergence ends an MRD remission only, and does
    not stand between a complete remission and the relapse that ends it.
    """
    remissions = course.of(Remission)
    if isinstance(event, MrdReemergence):
        remissions = tuple(r for r in remissions if r.kind is RemissionKind.MRD)
    elif isinstance(event, Relapse):
        remissions = tuple(r for r in remissions if r.kind is not RemissionKind.MRD) or remissions
    turns: list[Event] = [*remissions, *course.of(Relapse)]
    last = known.last_before(event, turns)
    if not isinstance(last, Remission):
        return None
    if last.kind is RemissionKind.MRD:
        return last if known.last_before(event, [*turns, *course.of(MrdReemergence)]) is last else None
    return last


def _order_statements(course: Course) -> Iterator[Point]:
    """(earlier, later) for every order of two starts that an author stated."""
    for event in course:
        stated = [(when, "start") for when in event.when] + [(when, "end") for when in event.until]
        for when, point in stated:
            if not isinstance(when, (After, AtEndOf, Before, Offset, OnDay, Then)) or when.of == event.id:
                continue
            backward = isinstance(when, Before) or (isinstance(when, Offset) and when.before)
            # An end after something says nothing of the start.
            if when.of in course.by_id and (backward or point == "start"):
                yield (event.id, when.of) if backward else (when.of, event.id)


def _ordered(course: Course, known: _Known) -> dict[str, list[str]]:
    """For each event, the events known to start after it starts."""
    return {a.id: [b.id for b in course if b is not a and known.first(a, b)] for a in course}


def _ordered_by_bounds(course: Course, known: _Known) -> dict[str, list[str]]:
    """As :func:`_ordered`, for a long course: enough of the order, from bounds and words, to reach the rest.

    Of the events that start after the latest start of this one, only those are kept that may start before
    another of them has surely started.
    """
    bounds: dict[str, tuple[int, int]] = {}
    for reading in course.resolved.readings:
        for event in course:
            low, high = reading.bounds[(event.id, "start")]
            before = bounds.get(event.id, (low, high))
            bounds[event.id] = min(low, before[0]), max(high, before[1])
    by_low = sorted(bounds, key=lambda name: bounds[name][0])
    lows = [bounds[name][0] for name in by_low]
    least_high = list(accumulate((bounds[name][1] for name in reversed(by_low)), min))[::-1]
    ordered: dict[str, list[str]] = {}
    for name in bounds:
        first = bisect_right(lows, bounds[name][1])
        upto = bisect_right(lows, least_high[first]) if first < len(lows) else first
        ordered[name] = by_low[first:upto]
    for a, b in _order_statements(course):
        if known.first(course[a], course[b]):
            ordered[a].append(b)
    return ordered


def _reduced(ordered: dict[str, list[str]]) -> Iterator[Point]:
    """The transitive reduction of an order: only the steps that no other steps explain."""
    order: nx.DiGraph[str] = nx.DiGraph()
    order.add_nodes_from(ordered)
    order.add_edges_from((a, b) for a, later in ordered.items() for b in later)
    names = list(nx.topological_sort(order))
    bit = {name: 1 << number for number, name in enumerate(names)}
    reach: dict[str, int] = {}  # everything later, as bits: a set union is one operation
    for a in reversed(names):
        beyond = 0
        for b in order[a]:
            beyond |= reach[b]
        reach[a] = beyond
        for b in order[a]:
            if not beyond & bit[b]:
                yield a, b
            reach[a] |= bit[b]
