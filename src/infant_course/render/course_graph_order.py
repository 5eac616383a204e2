"""In which order the events of a course are drawn, and in which lines of therapy and columns they stand.

By what is known of their starts; where nothing is known, as the protocol plans, then as told. The order of drawing
claims nothing: arrows say whether it is known.
"""

from collections.abc import Sequence

from ..course import Course
from ..events import Enrolment, Event, TreatmentBlock
from ..knowledge.protocols import protocol

NEW_LINE = ("relapse", "refractory", "mrd_reemergence")
"""Where the leukaemia comes back, a line of therapy begins."""
FOLLOW_UP = ("last_contact", "death", "organ_transplant", "second_malignancy")
SIDE_BY_SIDE = {"radiotherapy", "transplant", "cell_therapy", "immunotherapy", "targeted_therapy"}
"""Treatments that are drawn one above the other where their order is not known."""


def before(course: Course, a: Event, b: Event) -> bool | None:
    """Whether a starts before b: known, known not, or open."""
    known: bool | None = course.resolved.order((a.id, "start"), (b.id, "start"))
    return known


def in_order(course: Course, events: Sequence[Event]) -> list[Event]:
    """The events as they are drawn, one after the other."""
    ahead = {e.id: {o.id for o in events if o is not e and before(course, o, e)} for e in events}
    last = {e.id for e in events if e.TYPE in ("last_contact", "death")}
    waiting = sorted(events, key=lambda e: (e.id in last, _planned(course, e)))
    placed: list[Event] = []
    done: set[str] = set()
    while waiting:
        ready = _first_to_end(course, [e for e in waiting if ahead[e.id] <= done] or waiting)
        waiting.remove(ready)
        placed.append(ready)
        done.add(ready.id)
    return placed


def _first_to_end(course: Course, ready: Sequence[Event]) -> Event:
    """The first of some unordered events; a block inside a longer one comes before it, since it ends first."""
    first = ready[0]
    for other in ready[1:]:
        alike = other.TYPE == first.TYPE and _planned(course, other) == _planned(course, first)
        if alike and course.resolved.order((other.id, "end"), (first.id, "end")):
            first = other
    return first


def _planned(course: Course, event: Event) -> int:
    """Place of a block in its protocol; blocks without one, and other events, keep the order of telling."""
    if not isinstance(event, TreatmentBlock) or not event.block:
        return 50 if event.TYPE != "diagnosis" else 0
    names = [event.protocol, *(e.protocol for e in course.of(Enrolment)), "interfant-06"]
    for name in names:
        known = protocol(name) if name else None
        block = known.block(event.block) if known else None
        if block:
            return 1 + block.order
    return 50


def in_lines(events: Sequence[Event]) -> list[list[Event]]:
    """Ordered events, cut where the leukaemia comes back and where follow-up begins."""
    lines: list[list[Event]] = []
    following = False
    for event in events:
        starts_follow_up = event.TYPE in FOLLOW_UP and not following
        if not lines or event.TYPE in NEW_LINE or starts_follow_up or (following and event.TYPE not in FOLLOW_UP):
            lines.append([])
        following = event.TYPE in FOLLOW_UP
        lines[-1].append(event)
    return lines


def in_columns(course: Course, events: Sequence[Event]) -> list[list[Event]]:
    """Events that start together, or treatments of different kinds whose order is not known, share a column."""
    columns: list[list[Event]] = []
    for event in events:
        beside = columns[-1] if columns else []
        if beside and (_open(course, beside, event) or _together(course, beside, event)):
            beside.append(event)
        else:
            columns.append([event])
    return columns


def _open(course: Course, beside: Sequence[Event], event: Event) -> bool:
    kinds = {other.TYPE for other in beside}
    if event.TYPE in kinds or not {event.TYPE, *kinds} <= SIDE_BY_SIDE:
        return False
    return all(before(course, other, event) is None for other in beside)


def _together(course: Course, beside: Sequence[Event], event: Event) -> bool:
    """Whether treatments are known to start at one moment, and to last."""
    if not event.LASTS or not all(other.LASTS for other in beside):
        return False
    orders = [before(course, *pair) for other in beside for pair in ((other, event), (event, other))]
    return all(order is False for order in orders)
