"""Results, remissions and complications as marks under the node they follow."""

from collections.abc import Mapping, Sequence

from attrs import evolve

from ..course import Course
from ..events import (
    AdverseEvent,
    Event,
    GraftFailure,
    Gvhd,
    LineageSwitch,
    MrdAssessment,
    Remission,
    SupportiveTreatment,
    references,
)
from ..when import Offset, OnDay, With
from .course_graph_figure import Tag
from .course_graph_order import before, in_order
from .ink import Run
from .stated import reported_day, stated, without_dates
from .words import tag_of

COMPLICATIONS = (AdverseEvent, Gvhd, GraftFailure)
"""What came with or after one of these is drawn below it, indented: a cause is not said, a place in time is."""


def tags_of(course: Course, nodes: Sequence[Event], *, hide_ages: bool) -> dict[str, tuple[Tag, ...]]:
    """Tags by the id of the node they stand under, in the order known, then told; ``nodes`` as they are drawn."""
    place = {event.id: i for i, event in enumerate(nodes)}
    tagged = [event for event in course if event.id not in place and tag_of(event, course) is not None and nodes]
    under = {event.id: _followed(course, event, nodes, place) for event in tagged}
    parents = {event.id: _complication(course, event, under) for event in tagged}
    # A treatment of a complication is drawn with it; another one is in the event table.
    tagged = [event for event in tagged if not isinstance(event, SupportiveTreatment) or parents[event.id]]
    found: dict[str, tuple[Tag, ...]] = {}
    for node in nodes:
        ordered = in_order(course, [event for event in tagged if under[event.id] == node.id])
        tags = {event.id: _tag(course, event, hide_ages=hide_ages) for event in ordered}
        if tags:
            found[node.id] = tuple(_with_children(ordered, tags, parents))
    return found


def _with_children(ordered: Sequence[Event], tags: Mapping[str, Tag], parents: Mapping[str, str | None]) -> list[Tag]:
    # Two complications told after each other have each other as the first: both stand at the edge then.
    top = [e.id for e in ordered if (first := parents[e.id]) is None or parents.get(first) is not None]
    shown: list[Tag] = []
    for name in top:
        below = [event.id for event in ordered if parents[event.id] == name and event.id not in top]
        shown += [tags[name], *(evolve(tags[event], level=1) for event in below)]
    return shown


def _tag(course: Course, event: Event, *, hide_ages: bool) -> Tag:
    drawn = tag_of(event, course)
    assert drawn is not None
    kind, runs = drawn[0], [evolve(run, text=without_dates(run.text)) for run in drawn[1] if run.text]
    day = reported_day(course, event)
    runs = [*runs, Run(f", {day}")] if day else runs
    words = "".join(run.text for run in runs)
    told = "; ".join(stated(when, hide_ages=hide_ages) for when in event.when)
    return Tag(event=event.id, glyph=kind, runs=tuple(runs), title=f"{words} ({told})" if told else words)


def _followed(course: Course, event: Event, nodes: Sequence[Event], place: Mapping[str, int]) -> str:
    """The node an event is told with or after: what it assesses, what it came with, else the last before it."""
    named: list[str] = []
    if isinstance(event, MrdAssessment) and event.assesses:
        named = [event.assesses]
    elif isinstance(event, Remission):
        named = list(event.attained_with)
    named += [when.of for when in event.when if isinstance(when, With)]
    found = [name for name in named if name in place]
    if found and not isinstance(event, LineageSwitch):
        return max(found, key=place.__getitem__)
    if found:
        return found[0]
    # A length of time from a moment is a clock: many nodes may lie between the two.
    clock = any(
        isinstance(when, Offset) or (isinstance(when, OnDay) and _moment(course, when.of)) for when in event.when
    )
    referred = [r for when in event.when for r in when.references() if r in place]
    known = [e.id for e in nodes if before(course, e, event)] if clock or not referred else []
    earlier = known or referred
    return max(earlier, key=place.__getitem__) if earlier else nodes[0].id


def _moment(course: Course, name: str) -> bool:
    """Whether an event does not last: a day of a block is in the block, a day of an HSCT may be long after it."""
    other = course.by_id.get(name)
    return other is not None and not other.LASTS


def _complication(course: Course, event: Event, under: Mapping[str, str]) -> str | None:
    """The complication that an event is told with or after, if both stand under one node; never a chain of them."""
    named = [name for when in event.when for name in when.references()]
    named += [name for _, name in references(event)]
    for name in dict.fromkeys(named):
        other = course.by_id.get(name)
        if name == event.id or not isinstance(other, COMPLICATIONS) or under.get(name) != under[event.id]:
            continue
        # One that itself stands below another would be lost from sight: both stand below the first.
        return _complication_of(course, other, under, {event.id})
    return None


def _complication_of(course: Course, event: Event, under: Mapping[str, str], seen: set[str]) -> str:
    """The first of a chain of complications; the event itself where it has none before it."""
    for name in [name for when in event.when for name in when.references()]:
        other = course.by_id.get(name)
        known = isinstance(other, COMPLICATIONS) and under.get(name) == under[event.id]
        if known and other is not None and name not in seen and name != event.id:
            return _complication_of(course, other, under, seen | {event.id})
    return event.id
