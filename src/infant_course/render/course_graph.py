"""A course as a figure of boxes and arrows: which events are nodes, which are tags, and in which band they stand.

A new band begins where the leukaemia comes back (relapse, refractory disease, MRD re-emergence) and where
follow-up begins. Nothing is drawn that was not stated; an order that was not stated is drawn as such.
"""

import re
from collections.abc import Sequence
from itertools import pairwise

from attrs import field, frozen

from ..course import Course
from ..events import Enrolment, Event, LineageSwitch, MrdAssessment, Remission, TreatmentBlock
from ..knowledge.protocols import protocol
from ..vocabulary import Direction
from ..when import Either, OnDate, When, With
from .ink import Run
from .timeline_names import name_of
from .words import UNKNOWN_SENSITIVITY, block_name, lines_of, protocol_name, tag_of

NODE_TONES = {
    "diagnosis": "page",
    "treatment_block": "chemotherapy",
    "immunotherapy": "antibody",
    "targeted_therapy": "antibody",
    "cell_therapy": "cell_therapy",
    "radiotherapy": "radiotherapy",
    "transplant": "hsct",
    "organ_transplant": "page",
    "relapse": "relapse",
    "refractory": "relapse",
    "mrd_reemergence": "molecular",
    "second_malignancy": "page",
    "last_contact": "page",
    "death": "active",
}
"""Event types drawn as nodes, and their tones ("page": white; "molecular": a tint of the relapse colour)."""

NEW_LINE = ("relapse", "refractory", "mrd_reemergence")
FOLLOW_UP = ("last_contact", "death", "organ_transplant", "second_malignancy")
OPEN_ORDER = "Dashed arrow: order not stated"
SIDE_BY_SIDE = {"radiotherapy", "transplant", "cell_therapy", "immunotherapy", "targeted_therapy"}
"""Treatments that are drawn one above the other where their order is not known."""
ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth")


@frozen(kw_only=True)
class Tag:
    """A small mark under a node: glyph and words."""

    event: str
    glyph: str
    runs: tuple[Run, ...]
    title: str


@frozen(kw_only=True)
class Node:
    """A box: kind (the event type), tone, lines of text, and the tags that follow it."""

    event: str
    kind: str
    tone: str
    lines: tuple[str, ...]
    title: str
    derived: bool = False
    tags: tuple[Tag, ...] = ()


@frozen(kw_only=True)
class Band:
    """A line of therapy: its name, its tone, and columns of nodes; nodes of one column are not ordered."""

    title: str
    tone: str
    columns: tuple[tuple[Node, ...], ...]


@frozen(kw_only=True)
class Edge:
    """An arrow between two nodes; ``stated`` says that their order is known."""

    source: str
    target: str
    stated: bool


@frozen(kw_only=True)
class GraphFigure:
    """What a course graph shows: bands from the top, and arrows."""

    title: str
    description: str
    bands: tuple[Band, ...]
    edges: tuple[Edge, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes, band by band."""
        return tuple(node for band in self.bands for column in band.columns for node in column)


def figure_of(course: Course, *, title: str = "", description: str = "") -> GraphFigure:
    """The figure of a course."""
    return _Maker(course).figure(title, description)


class _Maker:
    """Orders the nodes by what is known, cuts them into bands and hangs the tags under them."""

    def __init__(self, course: Course) -> None:
        self.course = course
        # A course of results only has no node to hang them under: they are drawn as nodes themselves.
        self.events = self._ordered([event for event in course if event.TYPE in NODE_TONES] or list(course))
        self.place = {event.id: i for i, event in enumerate(self.events)}

    def _before(self, a: Event, b: Event) -> bool | None:
        """Whether a starts before b: known, known not, or open."""
        known: bool | None = self.course.resolved.order((a.id, "start"), (b.id, "start"))
        return known

    def _ordered(self, events: Sequence[Event]) -> list[Event]:
        """By what is known of the starts; where nothing is known, as the protocol plans, then as told."""
        ahead = {e.id: {o.id for o in events if o is not e and self._before(o, e)} for e in events}
        last = {e.id for e in events if e.TYPE in ("last_contact", "death")}
        waiting = sorted(events, key=lambda e: (e.id in last, self._planned(e)))
        placed: list[Event] = []
        done: set[str] = set()
        while waiting:
            ready = self._first_to_end([e for e in waiting if ahead[e.id] <= done] or waiting)
            waiting.remove(ready)
            placed.append(ready)
            done.add(ready.id)
        return placed

    def _first_to_end(self, ready: Sequence[Event]) -> Event:
        """The first of some unordered events; a block inside a longer one comes before it, since it ends first."""
        first = ready[0]
        for other in ready[1:]:
            alike = other.TYPE == first.TYPE and self._planned(other) == self._planned(first)
            if alike and self.course.resolved.order((other.id, "end"), (first.id, "end")):
                first = other
        return first

    def _planned(self, event: Event) -> int:
        """Place of a block in its protocol; blocks without one, and other events, keep the order of telling."""
        if not isinstance(event, TreatmentBlock) or not event.block:
            return 50 if event.TYPE != "diagnosis" else 0
        names = [event.protocol, *(e.protocol for e in self.course.of(Enrolment)), "interfant-06"]
        for name in names:
            known = protocol(name) if name else None
            block = known.block(event.block) if known else None
            if block:
                return 1 + block.order
        return 50

    # --- bands ------------------------------------------------------------------------------------------------

    def figure(self, title: str, description: str) -> GraphFigure:
        tags = self._tags()
        bands: list[Band] = []
        for events in self._lines():
            columns = [tuple(self._node(e, tags.get(e.id, ())) for e in column) for column in self._columns(events)]
            bands.append(
                Band(title=self._band_title(events, len(bands)), tone=self._band_tone(events), columns=tuple(columns))
            )
        edges = self._edges(bands)
        notes = (OPEN_ORDER,) if any(not edge.stated for edge in edges) else ()
        if any(UNKNOWN_SENSITIVITY in run.text for found in tags.values() for tag in found for run in tag.runs):
            notes = (*notes, f"{UNKNOWN_SENSITIVITY}: sensitivity of a negative MRD result not reported")
        return GraphFigure(title=title, description=description, bands=tuple(bands), edges=tuple(edges), notes=notes)

    def _lines(self) -> list[list[Event]]:
        """The nodes cut where the leukaemia comes back and where follow-up begins."""
        lines: list[list[Event]] = []
        following = False
        for event in self.events:
            starts_follow_up = event.TYPE in FOLLOW_UP and not following
            if not lines or event.TYPE in NEW_LINE or starts_follow_up or (following and event.TYPE not in FOLLOW_UP):
                lines.append([])
            following = event.TYPE in FOLLOW_UP
            lines[-1].append(event)
        return lines

    def _columns(self, events: Sequence[Event]) -> list[list[Event]]:
        """Nodes side by side in time share a column where they are of different kinds and no order is known."""
        columns: list[list[Event]] = []
        for event in events:
            beside = columns[-1] if columns else []
            kinds = {e.TYPE for e in beside}
            parallel = beside and event.TYPE not in kinds and all(self._before(e, event) is None for e in beside)
            if parallel and {event.TYPE, *kinds} <= SIDE_BY_SIDE:
                beside.append(event)
            else:
                columns.append([event])
        return columns

    def _band_title(self, events: Sequence[Event], number: int) -> str:
        if events[0].TYPE in FOLLOW_UP:
            return "Follow-up"
        blocks = [event for event in events if isinstance(event, TreatmentBlock)]
        names = [protocol_name(b.protocol) for b in blocks if b.protocol]
        if number == 0:
            enrolled = self.course.of(Enrolment)
            names = [protocol_name(e.protocol) for e in enrolled if e.protocol] or names
            arms = [f"{e.arm} arm" for e in enrolled if e.arm]
            return ": ".join(x for x in ("First line", ", ".join(list(dict.fromkeys(names)) + arms)) if x)
        directed = {b.direction for b in blocks if b.direction}
        lead = f"{ORDINALS[number]} line" if number < len(ORDINALS) else f"Line {number + 1}"
        what = f"{directed.pop()}-directed" if len(directed) == 1 else ", ".join(dict.fromkeys(names))
        return f"{lead}: {what}" if what else lead

    def _band_tone(self, events: Sequence[Event]) -> str:
        if events[0].TYPE in FOLLOW_UP:
            return "follow_up"
        return "relapse" if events[0].TYPE in NEW_LINE else "antibody"

    def _node(self, event: Event, tags: tuple[Tag, ...]) -> Node:
        shade = NODE_TONES.get(event.TYPE, "page")
        if isinstance(event, TreatmentBlock):
            if event.direction is Direction.MYELOID:
                shade = "myeloid"
            elif "maintenance" in block_name(event, self.course).casefold():
                shade = "maintenance"
        lines = lines_of(event, self.course) if event.TYPE in NODE_TONES else (name_of(self.course, event),)
        return Node(
            event=event.id,
            kind=event.TYPE,
            tone=shade,
            lines=lines,
            title=self._title(event, ", ".join(lines)),
            derived=event.derived,
            tags=tags,
        )

    def _title(self, event: Event, words: str) -> str:
        told = "; ".join(str(when) for when in event.when if not _holds_date(when))
        return f"{words} ({told})" if told else words

    # --- tags and arrows ----------------------------------------------------------------------------------------

    def _tags(self) -> dict[str, tuple[Tag, ...]]:
        """Tags by the node they stand under, in the order known, then told."""
        by_node: dict[str, list[Event]] = {}
        for event in self.course:
            if event.id not in self.place and tag_of(event, self.course) is not None and self.events:
                by_node.setdefault(self._followed(event), []).append(event)
        return {node: tuple(self._tag(e) for e in self._ordered(events)) for node, events in by_node.items()}

    def _tag(self, event: Event) -> Tag:
        drawn = tag_of(event, self.course)
        assert drawn is not None
        kind, runs = drawn
        words = "".join(run.text for run in runs)
        return Tag(event=event.id, glyph=kind, runs=tuple(runs), title=self._title(event, words))

    def _followed(self, event: Event) -> str:
        """The node an event is told with or after: what it assesses, what it came with, else the last before it."""
        named: list[str] = []
        if isinstance(event, MrdAssessment) and event.assesses:
            named = [event.assesses]
        elif isinstance(event, Remission):
            named = list(event.attained_with)
        named += [when.of for when in event.when if isinstance(when, With)]
        nodes = [name for name in named if name in self.place]
        if nodes and not isinstance(event, LineageSwitch):
            return max(nodes, key=self.place.__getitem__)
        if nodes:
            return nodes[0]
        referred = [r for when in event.when for r in when.references() if r in self.place]
        earlier = referred or [e.id for e in self.events if self._before(e, event)]
        return max(earlier, key=self.place.__getitem__) if earlier else self.events[0].id

    def _edges(self, bands: Sequence[Band]) -> list[Edge]:
        """Arrows from each column to the next, across bands too."""
        columns = [column for band in bands for column in band.columns]
        edges = []
        for before, after in pairwise(columns):
            for a in before:
                for b in after:
                    against = self._before(self.course[b.event], self.course[a.event])
                    edges.append(Edge(source=a.event, target=b.event, stated=against is False))
        return edges


def _holds_date(when: When) -> bool:
    """Whether a statement shows a calendar date, which no figure may, or names an event that looks like one."""
    if isinstance(when, Either):
        return any(_holds_date(option) for option in when.options)
    return isinstance(when, OnDate) or re.search(r"\d{4}-\d{2}", str(when)) is not None
