"""The front door of drawing: one course, one file, its format from the suffix.

Which kind of figure is honest depends on how much is told of the times: a scale that nobody reported would show
what nobody knows. So the graph is drawn where fewer than half of the times are reported, unless one is named.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ..course import Course
from ..errors import UsageError, did_you_mean
from ..events import Event
from ..when import AtAge, Either, Offset, OnDate, OnDay, When, With

KINDS = ("graph", "timeline")
ENGINES = ("own", "graphviz")
SUFFIXES = (".svg", ".pdf", ".png", ".dot", ".gv")


def reported_times(course: Course) -> tuple[int, int]:
    """How many events have a reported time, and how many there are.

    Reported is a date, a day, an age or a length of time from another event, or the same moment as an event that
    has one. An order ("after ib") or a span ("during maintenance") is not a time.
    """
    return sum(_reported(event, course, frozenset()) for event in course), len(course)


def _reported(event: Event, course: Course, seen: frozenset[str]) -> bool:
    return any(_is_time(when, course, seen | {event.id}) for when in event.when)


def _is_time(when: When, course: Course, seen: frozenset[str]) -> bool:
    if isinstance(when, With):
        other = course.by_id.get(when.of)
        return other is not None and other.id not in seen and _reported(other, course, seen)
    if isinstance(when, Either):
        return all(_is_time(option, course, seen) for option in when.options)
    return isinstance(when, (OnDate, OnDay, AtAge, Offset))


def kind_for(course: Course, path: str | Path, *, engine: str = "own") -> tuple[str, str]:
    """The kind of figure to draw where none is named, and why."""
    if engine == "graphviz" or Path(path).suffix.lower() in (".dot", ".gv"):
        return "graph", "Graphviz draws graphs"
    reported, all_events = reported_times(course)
    share = f"{reported} of {all_events} times are reported"
    return ("graph" if 2 * reported < all_events else "timeline"), share


def draw(course: Course, path: str | Path, *, kind: str | None = None, engine: str = "own") -> Path:
    """Draw a course into a file and return its path.

    ``kind`` is "graph" or "timeline"; without one, see :func:`kind_for`. The format follows the suffix: .svg, .pdf,
    .png, or .dot and .gv for the graph in Graphviz's language. ``engine="graphviz"`` lets Graphviz lay the graph
    out. Raises UsageError for what cannot be drawn so, and OSError where the file cannot be written.
    """
    path = Path(path)
    for what, word, known in (("kind", kind, KINDS), ("engine", engine, ENGINES)):
        if word is not None and word not in known:
            raise UsageError(f"no {what} {word!r}: known are {', '.join(known)}")
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        hint = did_you_mean(suffix, SUFFIXES)
        raise UsageError(f"{path}: a figure is written as {', '.join(SUFFIXES)}" + (f"; {hint}" if hint else ""))
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}; make it first")
    kind = kind or kind_for(course, path, engine=engine)[0]
    if kind == "timeline":
        if suffix in DOT or engine == "graphviz":
            raise UsageError(f"{path}: Graphviz draws the graph only; use --kind graph, or another suffix")
        return write(drawing_of(course, kind).svg(), path)
