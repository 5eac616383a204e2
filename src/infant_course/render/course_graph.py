"""A course as a figure of boxes and arrows: which events are nodes, which are tags, and in which band they stand.

A new band begins where the leukaemia comes back (relapse, refractory disease, MRD re-emergence) and where
follow-up begins. Nothing is drawn that was not stated; an order that was not stated is drawn as such.
"""

from collections.abc import Sequence
from itertools import pairwise

from attrs import evolve

from ..course import Course
from ..events import Diagnosis, Enrolment, Event, Immunotherapy, TreatmentBlock
from ..knowledge.plan import Plan
from ..knowledge.plan import plan as plan_of
from ..knowledge.protocols import protocol
from ..vocabulary import Direction
from .course_graph_figure import Band, Edge, GraphFigure, KeyEntry, Node, Tag
from .course_graph_findings import flagged
from .course_graph_order import FOLLOW_UP, NEW_LINE, before, in_columns, in_lines, in_order
from .course_graph_plan import matched, missing_between, with_plan
from .course_graph_tags import tags_of
from .marks import NO_MARKS, Marks
from .plan_figure import title_of as title_of_plan
from .stated import reported_day, short_time, shown, stated, without_dates
from .style import Style
from .words import GLYPH_WORDS, SHOWS_TIME, UNKNOWN_SENSITIVITY, block_name, lines_of, name_of, protocol_name

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

ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth")
PLAIN = Style()


def figure_of(
    course: Course,
    *,
    title: str = "",
    description: str = "",
    style: Style = PLAIN,
    plan: Plan | None = None,
    marks: Marks = NO_MARKS,
) -> GraphFigure:
    """The figure of a course; ``plan``: drawn in grey beside it; ``marks``: findings by event, flagged."""
    figure = _Maker(course, style, plan).figure(title, description)
    return flagged(figure, course, marks, hide_ages=style.hide_ages)


class _Maker:
    """Cuts the ordered events into bands, draws the arrows and hangs the tags under the nodes."""

    def __init__(self, course: Course, style: Style, plan: Plan | None) -> None:
        self.course = course
        self.hide_ages = style.hide_ages
        self.plan = plan
        # A course of results only has no node to hang them under: they are drawn as nodes themselves.
        drawn = [event for event in course if event.TYPE in NODE_TONES] or list(course)
        self.events = in_order(course, drawn)

    def figure(self, title: str, description: str) -> GraphFigure:
        tags = tags_of(self.course, self.events, hide_ages=self.hide_ages)
        bands: list[Band] = []
        lines = in_lines(self.events)
        for n, events in enumerate(lines):
            columns = [
                tuple(self._node(e, tags.get(e.id, ())) for e in column) for column in in_columns(self.course, events)
            ]
            turns = sum(line[0].TYPE in NEW_LINE for line in lines[1 : n + 1])
            name = self._band_title(events, turns, continued=n > 0 and events[0].TYPE not in NEW_LINE)
            bands.append(Band(title=without_dates(name), tone=self._band_tone(events), columns=tuple(columns)))
        edges = tuple(self._with_missing(bands, self._edges(bands)))
        key = (*_key(bands, edges), *self._contradicted())
        figure = GraphFigure(title=title, description=description, bands=tuple(bands), edges=edges, key=key)
        if self.plan is None or not bands:
            return figure
        grey = KeyEntry("ghost", f"planned by {title_of_plan(self.plan)}, not told in the first line")
        figure, notes = with_plan(figure, self.plan, matched(self.course, self.plan, self._first_line(bands)))
        return evolve(figure, key=(*figure.key, grey, *notes))

    def _contradicted(self) -> tuple[KeyEntry, ...]:
        """Which events have lost their place in time, as what is told of them cannot hold together."""
        lost = [name_of(self.course, event) for event in self.course if event.id in self.course.resolved.contradicted]
        said = f"Times set aside, as what is told of them contradicts: {'; '.join(lost)}."
        return (KeyEntry("", shown(said)),) if lost else ()

    def _first_line(self, bands: Sequence[Band]) -> list[Event]:
        return [self.course[node.event] for column in bands[0].columns for node in column]

    def _band_title(self, events: Sequence[Event], number: int, *, continued: bool) -> str:
        """A line of therapy by its number: one more at each turn, and the same again where follow-up came between."""
        if events[0].TYPE in FOLLOW_UP:
            return "Follow-up"
        if continued:
            return f"{ORDINALS[number]} line, continued" if number < len(ORDINALS) else f"Line {number + 1}, continued"
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
        if events[0].TYPE not in NEW_LINE:
            return "antibody"
        directed = {event.direction for event in events if isinstance(event, TreatmentBlock) and event.direction}
        return "myeloid" if directed == {Direction.MYELOID} else "relapse"

    def _node(self, event: Event, tags: tuple[Tag, ...]) -> Node:
        shade = NODE_TONES.get(event.TYPE, "page")
        if isinstance(event, TreatmentBlock):
            if event.direction is Direction.MYELOID:
                shade = "myeloid"
            elif "maintenance" in block_name(event, self.course).casefold():
                shade = "maintenance"
        known = event.TYPE in NODE_TONES
        lines = lines_of(event, self.course, hide_ages=self.hide_ages) if known else (name_of(self.course, event),)
        if isinstance(event, Immunotherapy) and event.cycle is not None:
            lines = (f"{lines[0]}, cycle {event.cycle}", *lines[1:])
        lines = tuple(without_dates(line) for line in lines)
        told = "; ".join(stated(when, hide_ages=self.hide_ages) for when in event.when)
        told_in_box = isinstance(event, Diagnosis) or (
            isinstance(event, SHOWS_TIME) and bool(short_time(event, self.course, hide_ages=self.hide_ages))
        )
        return Node(
            event=event.id,
            kind=event.TYPE,
            tone=shade,
            lines=lines,
            title=f"{', '.join(lines)} ({told})" if told else ", ".join(lines),
            derived=event.derived,
            time="" if told_in_box else reported_day(self.course, event),
            tags=tags,
        )

    # --- arrows ---------------------------------------------------------------------------------------------------

    def _edges(self, bands: Sequence[Band]) -> list[Edge]:
        """Arrows from each column to the next, across bands too."""
        columns = [column for band in bands for column in band.columns]
        edges = []
        for earlier, later in pairwise(columns):
            for a in earlier:
                for b in later:
                    against = before(self.course, self.course[b.event], self.course[a.event])
                    edges.append(Edge(source=a.event, target=b.event, stated=against is False))
        return edges

    def _with_missing(self, bands: Sequence[Band], edges: Sequence[Edge]) -> list[Edge]:
        """The arrows of the first line with the planned blocks that are not reported between their ends."""
        plan = self.plan or self._stated_plan()
        if plan is None or not bands:
            return list(edges)
        first = self._first_line(bands)
        found = matched(self.course, plan, first)
        start = {event.id for event in first if isinstance(event, Diagnosis)}
        return [
            evolve(edge, missing=missing_between(plan, found, edge, start)) if edge.stated else edge for edge in edges
        ]

    def _stated_plan(self) -> Plan | None:
        """The plan of the protocol that the patient is said to be treated by, where it is one and known."""
        enrolled = {event.protocol for event in self.course.of(Enrolment) if event.protocol}
        known = protocol(enrolled.pop()) if len(enrolled) == 1 else None
        return plan_of(known) if known else None


def _key(bands: Sequence[Band], edges: Sequence[Edge]) -> tuple[KeyEntry, ...]:
    """What the marks mean, of those that occur."""
    nodes = [node for band in bands for column in band.columns for node in column]
    tags = [tag for node in nodes for tag in node.tags]
    used = {tag.glyph for tag in tags}
    key = [KeyEntry(f"glyph {glyph}", words) for glyph, words in GLYPH_WORDS.items() if glyph in used]
    if any(tag.level for tag in tags):
        key.append(KeyEntry("indent", "indented: with or after the one above"))
    if any(UNKNOWN_SENSITIVITY in run.text for tag in tags if tag.glyph == "mrd_response" for run in tag.runs):
        key.append(KeyEntry("", f"{UNKNOWN_SENSITIVITY}: sensitivity of a negative MRD result not reported"))
    if any(not edge.stated for edge in edges):
        key.append(KeyEntry("dashed", "order not stated"))
    if any(edge.missing for edge in edges):
        key.append(KeyEntry("break", "planned blocks between the two not reported"))
    if any(node.derived for node in nodes):
        key.append(KeyEntry("optional", "inferred, not stated"))
    return tuple(key)
