"""The front door of drawing: one course or plan, one file, its format from the suffix.

Which kind of figure is honest depends on how much is told of the times: a scale that nobody reported would show
what nobody knows. So the graph is drawn where fewer than half of the times are reported, unless one is named.
"""

import shutil
from importlib.util import find_spec
from pathlib import Path

from ..course import Course
from ..errors import UsageError
from ..events import Event
from ..files import write_whole
from ..knowledge.plan import Plan
from ..when import AtAge, Either, Offset, OnDate, OnDay, When, With
from .caption import alt_text, long_description
from .course_graph import GraphFigure, figure_of
from .course_graph_ink import draw_course_graph, ink
from .export import write
from .ink import Drawing
from .plan_figure import plan_figure
from .plan_layout import lay_out_plan
from .timeline import timeline

KINDS = ("graph", "timeline")
ENGINES = ("own", "graphviz")
DOT = (".dot", ".gv")
SUFFIXES = (".svg", ".pdf", ".png", *DOT)
LARGEST = 300
"""Most events of a figure: more cannot be read on any page, and placing them would take minutes."""


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
    if engine == "graphviz" or Path(path).suffix.lower() in DOT:
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
    suffix = _suffix(path)
    if len(course) > LARGEST:
        raise UsageError(f"{path}: a figure of {len(course):,} events could not be read; at most {LARGEST} are drawn")
    kind = kind or kind_for(course, path, engine=engine)[0]
    by_graphviz = suffix in DOT or engine == "graphviz"
    if kind == "timeline" and by_graphviz:
        raise UsageError(f"{path}: Graphviz draws the graph, not the timeline; ask for kind graph")
    if by_graphviz:
        return _by_graphviz(course, path)
    return write(drawing_of(course, kind).svg(), path)


def draw_plan(plan: Plan, path: str | Path) -> Path:
    """Draw the plan of a protocol into a file and return its path; formats and errors as with :func:`draw`."""
    path = Path(path)
    suffix = _suffix(path)
    figure = plan_figure(plan)
    layout = lay_out_plan(figure)
    if suffix in DOT:
        from . import dot  # the graphviz package, which only this needs

        return write_whole(path, dot.source(figure, layout))
    return write(ink(figure, layout).svg(), path)


def _suffix(path: Path) -> str:
    """The suffix of a figure's file. Raises UsageError for one that is not drawn, and where there is no folder."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{path}: a figure is written as {', '.join(SUFFIXES)}")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}; make it first")
    return suffix


def drawing_of(course: Course, kind: str) -> Drawing:
    """The figure as a drawing, before it becomes a file."""
    return timeline(course) if kind == "timeline" else draw_course_graph(_graph_figure(course))


def alternative(course: Course, kind: str) -> str:
    """A sentence or two for those who cannot see the figure."""
    return alt_text(course, "Timeline" if kind == "timeline" else "Course graph")


def _graph_figure(course: Course) -> GraphFigure:
    description = long_description(course, alternative(course, "graph"))
    return figure_of(course, title=f"Course graph of {course.id}", description=description)


def _by_graphviz(course: Course, path: Path) -> Path:
    """The DOT file, or what Graphviz makes of it. Without Graphviz the DOT file is written all the same."""
    from . import dot  # the graphviz package, which only this needs

    figure = _graph_figure(course)
    if path.suffix.lower() in DOT:
        return write_whole(path, dot.source(figure))
    if shutil.which("dot") is None and find_spec("pygraphviz") is None:
        beside = write_whole(path.with_suffix(".dot"), dot.source(figure))
        raise UsageError(f"{dot.NO_ENGINE}. The graph itself was written to {beside}")
    return dot.draw_with_graphviz(figure, path)
