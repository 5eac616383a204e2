"""The front door of drawing: one course or plan, one figure, its format from the suffix, and its words beside it.

Which kind of figure is honest depends on how much is told of the times: a scale that nobody reported would show
what nobody knows. So the graph is drawn where fewer than half of the times are reported, unless one is named.
"""

import shutil
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path
from types import NoneType
from typing import Any, Protocol

from attrs import field, frozen

from ..course import Course
from ..errors import UsageError, expect, path_of, wrong_kind
from ..events import Conditioning, Event
from ..files import write_together, write_whole
from ..knowledge.plan import Plan
from ..knowledge.plan import plan as plan_of
from ..knowledge.protocols import the_protocol
from ..when import AtAge, Either, Offset, OnDate, OnDay, When, With
from .caption import TABLE_COLUMNS, alt_text, as_csv, caption, event_rows, graph_caption, long_description
from .course_graph import figure_of
from .course_graph_figure import GraphFigure
from .course_graph_ink import draw_course_graph
from .course_graph_layout import lay_out
from .export import RESOLUTIONS, TIFF, encoded, made_by, saying, without_pillow
from .ink import Drawing
from .marks import NO_MARKS, Marks
from .metrics import beyond_face
from .plan_figure import plan_figure
from .stated import shown
from .style import Mark, Style
from .timeline import figure_of as timeline_figure_of
from .timeline import timeline
from .words import name_of

KINDS = ("graph", "timeline")
ENGINES = ("own", "graphviz")
DOT = (".dot", ".gv")
CONVERTED = (".pdf", ".png", *TIFF)
"""Formats that are drawn here, with one face, and not by whoever opens them."""
SUFFIXES = (".svg", *CONVERTED, *DOT)
PAGE = ".html"
"""Of a course also a page for a browser (see :mod:`.interactive`)."""
BESIDE = (".caption.txt", ".alt.txt", ".events.csv")
"""How the files end that are written beside a figure."""
LARGEST = 300
"""Most events of a figure: more cannot be read on any page, and placing them would take minutes."""
PLAIN = Style()


class Findings(Protocol):
    """What a report is asked for: the findings of a patient, each with event, rule, verdict and message."""

    def of(self, patient: str, /) -> Iterable[Any]:
        """The findings of one patient."""


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


def _needs_scale(style: Style) -> bool:
    return style.ages or style.day_zero != PLAIN.day_zero


def kind_for(course: Course, path: str | Path, *, engine: str = "own", style: Style = PLAIN) -> tuple[str, str]:
    """The kind of figure to draw where none is named, and why."""
    if engine == "graphviz" or Path(path).suffix.lower() in DOT:
        return "graph", "Graphviz draws graphs"
    if _needs_scale(style):
        return "timeline", "a day zero or ages are asked for"
    reported, all_events = reported_times(course)
    share = f"{reported} of {all_events} times are reported"
    return ("graph" if 2 * reported < all_events else "timeline"), share


def marks_of(findings: Iterable[Any]) -> dict[str, list[Mark]]:
    """Findings of one patient as marks by event id; those about the patient as a whole under ""."""
    marks: dict[str, list[Mark]] = {}
    for found in findings:
        mark = Mark(rule=found.rule, verdict=found.verdict, message=found.message)
        marks.setdefault(found.event or "", []).append(mark)
    return marks


def draw(
    course: Course,
    path: str | Path,
    *,
    kind: str | None = None,
    engine: str = "own",
    style: Style | None = None,
    plan: str | Plan | None = None,
    risk: str | None = None,
    marks: Marks | None = None,
    report: Findings | None = None,
    dpi: int = 600,
    sidecars: bool = True,
) -> Path:
    """Draw a course into a file and return its path.

    ``kind`` is "graph" or "timeline"; without one, see :func:`kind_for`. The format follows the suffix: .svg, .pdf,
    .png, .tif, .html for a page that answers to pointer and keyboard, or .dot and .gv for the graph in Graphviz's
    language. ``engine="graphviz"`` lets Graphviz lay the graph out. ``plan``: a protocol (id or plan, for the group
    ``risk``) drawn in grey beside the course. ``report`` or ``marks``: findings to be marked. ``dpi``: of .png and
    .tif, 300 or 600. ``sidecars``: write caption, alternative text and event table beside it, as ``.caption.txt``,
    ``.alt.txt`` and ``.events.csv``.

    All files are written, or none. Raises UsageError for what cannot be drawn so, and OSError where a file cannot
    be written.
    """
    contents = drawn(
        course,
        path,
        kind=kind,
        engine=engine,
        style=style,
        plan=plan,
        risk=risk,
        marks=marks,
        report=report,
        dpi=dpi,
        sidecars=sidecars,
    )
    return write_together(contents)[0]


def drawn(
    course: Course,
    path: str | Path,
    *,
    kind: str | None = None,
    engine: str = "own",
    style: Style | None = None,
    plan: str | Plan | None = None,
    risk: str | None = None,
    marks: Marks | None = None,
    report: Findings | None = None,
    dpi: int = 600,
    sidecars: bool = True,
) -> dict[Path, str | bytes]:
    """What :func:`draw` writes: the contents of each file by its path, the figure's first."""
    expect("draw", course, Course, "a course", "load(path) reads one, cohort.course(id) finds one")
    path, style = Path(path_of("draw", path)), PLAIN if style is None else style
    expect("style", style, Style, "Style(...)")
    expect("plan", plan, (str, Plan, NoneType), "the id of a protocol, or a plan")
    expect("marks", marks, (Mapping, NoneType), "marks by the id of their event")
    if report is not None and not hasattr(report, "of"):
        raise wrong_kind("report", "the report of a check", report)
    for what, word, known in (("kind", kind, KINDS), ("engine", engine, ENGINES), ("resolution", dpi, RESOLUTIONS)):
        if word is not None and word not in known:
            raise UsageError(f"no {what} {word!r}: known are {', '.join(map(str, known))}")
    suffix = _suffix(path, (*SUFFIXES, PAGE))
    if len(course) > LARGEST:
        raise UsageError(
            f"{path}: a figure of {len(course):,} events could not be read; at most {LARGEST} are drawn. Draw a part "
            "of the course, or tell it in words (`infant-course narrate`) or as a table (`infant-course convert`)"
        )
    kind = kind or kind_for(course, path, engine=engine, style=style)[0]
    if suffix == PAGE and engine == "graphviz":
        raise UsageError(f"{path}: a page is made of our own drawing; leave the engine out, or ask for .svg")
    by_graphviz = suffix in DOT or engine == "graphviz"
    if kind == "timeline" and by_graphviz:
        raise UsageError(f"{path}: Graphviz draws the graph, not the timeline; ask for kind graph")
    if kind == "graph" and _needs_scale(style):
        raise UsageError(
            f"{path}: a day zero and ages are for a time scale, and a graph has none; ask for kind timeline"
        )
    chosen = _plan(plan, risk)
    if report is not None:
        marks = marks_of(report.of(course.id))
    marks = marks or NO_MARKS
    figure = figure_for(course, kind, style=style, plan=chosen, marks=marks)
    if suffix == PAGE:
        from .interactive import page

        contents: dict[Path, str | bytes] = {path: page(course, figure.drawing, kind=kind, style=style, marks=marks)}
    else:
        contents = {path: _encoded(figure, path, engine, dpi)}
    return {**contents, **_beside(path, figure)} if sidecars else contents


def _plan(plan: str | Plan | None, risk: str | None) -> Plan | None:
    if isinstance(plan, str):
        return plan_of(the_protocol(plan), risk)
    if risk is not None:
        raise UsageError(f"risk group {risk!r}: it chooses a part of a plan; name the protocol of the plan")
    return plan


# --- one figure with its words -----------------------------------------------------------------------------------


@frozen(kw_only=True)
class Figure:
    """A drawing with its words. ``graph``: what it shows, of a graph; ``rows`` begin with the names of the columns."""

    drawing: Drawing = field(repr=False)
    graph: GraphFigure | None = field(repr=False)
    style: Style
    caption: str = field(repr=False)
    alt: str = field(repr=False)
    rows: tuple[tuple[str, ...], ...] = field(repr=False)


def figure_for(
    course: Course, kind: str, *, style: Style = PLAIN, plan: Plan | None = None, marks: Marks = NO_MARKS
) -> Figure:
    """The figure of a kind, before it becomes a file."""
    alt = alternative(course, kind, style=style)
    if kind == "timeline":
        figure = timeline_figure_of(course, style=style, plan=plan, marks=marks)
        where = {item.event: str(item.lane) for item in figure.items if item.event}
        where |= {point.event: "MRD" for point in figure.mrd if point.event}
        words, graph = caption(course, figure, style=style, plan=plan), None
        drawing = timeline(course, style=style, plan=plan, marks=marks)
    else:
        graph = _graph_figure(course, alt, style=style, plan=plan, marks=marks)
        where = {node.event: "box" for node in graph.nodes if not node.ghost}
        where |= {tag.event: "mark" for node in graph.nodes for tag in node.tags}
        where |= {c.id: "box of its transplant" for c in course.of(Conditioning) if c.of in where}
        words = graph_caption(course, graph, style=style, plan=plan)
        drawing = draw_course_graph(graph, style)
    rows = (TABLE_COLUMNS, *event_rows(course, where, marks, hide_ages=style.hide_ages))
    return Figure(drawing=drawing, graph=graph, style=style, caption=words, alt=alt, rows=rows)


def drawing_of(
    course: Course, kind: str, *, style: Style = PLAIN, plan: Plan | None = None, marks: Marks = NO_MARKS
) -> Drawing:
    """The figure as a drawing, before it becomes a file."""
    if kind == "timeline":
        return timeline(course, style=style, plan=plan, marks=marks)
    alt = alternative(course, kind, style=style)
    return draw_course_graph(_graph_figure(course, alt, style=style, plan=plan, marks=marks), style)


def without_a_face(course: Course) -> str:
    """The characters in the names of a course's events that a PDF or a picture shows as boxes."""
    return beyond_face(" ".join(name_of(course, event) for event in course))


def alternative(course: Course, kind: str, *, style: Style = PLAIN) -> str:
    """A sentence or two for those who cannot see the figure."""
    return alt_text(course, "Timeline" if kind == "timeline" else "Course graph", hide_ages=style.hide_ages)


def _graph_figure(course: Course, alt: str, *, style: Style, plan: Plan | None, marks: Marks) -> GraphFigure:
    return figure_of(
        course,
        title=f"Course graph of {shown(course.id)}",
        description=long_description(course, alt),
        style=style,
        plan=plan,
        marks=marks,
    )


# --- files -------------------------------------------------------------------------------------------------------


def draw_plan(plan: Plan, path: str | Path, *, style: Style = PLAIN, dpi: int = 600) -> Path:
    """Draw the plan of a protocol into a file and return its path; formats and errors as with :func:`draw`."""
    path = Path(path)
    suffix = _suffix(path)
    figure = plan_figure(plan)
    if suffix in DOT:
        from . import dot  # the graphviz package, which only this needs

        return write_whole(path, dot.source(figure, lay_out(figure, style), made_by()))
    drawing = saying(draw_course_graph(figure, style), made_by())
    return write_whole(path, encoded(drawing.svg(), suffix, made=made_by(), dpi=dpi))


def _suffix(path: Path, known: tuple[str, ...] = SUFFIXES) -> str:
    """The suffix of a figure's file. Raises UsageError for one that is not drawn, and where there is no folder."""
    suffix = path.suffix.lower()
    if suffix not in known:
        raise UsageError(f"{path}: a figure is written as {', '.join(known)}")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}; make it first")
    if suffix in TIFF:
        without_pillow()
    return suffix


def _encoded(figure: Figure, path: Path, engine: str, dpi: int) -> str | bytes:
    suffix = path.suffix.lower()
    if suffix in DOT or engine == "graphviz":
        return _by_graphviz(figure, path, dpi)
    drawing = saying(figure.drawing, made_by())
    return encoded(drawing.svg(), suffix, made=made_by(), dpi=dpi)


def _by_graphviz(figure: Figure, path: Path, dpi: int) -> str | bytes:
    """The DOT text, or what Graphviz makes of it. Without Graphviz the DOT file is written all the same."""
    from . import dot  # the graphviz package, which only this needs

    assert figure.graph is not None
    text = dot.source(figure.graph, lay_out(figure.graph, figure.style), made_by())
    if path.suffix.lower() in DOT:
        return text
    if shutil.which("dot") is None and find_spec("pygraphviz") is None:
        beside = write_whole(path.with_suffix(".dot"), text)
        raise UsageError(f"{dot.NO_ENGINE}. The graph itself was written to {beside}")
    svg, engine = dot.graphviz_svg(figure.graph)
    return encoded(svg, path.suffix.lower(), made=made_by(engine), dpi=dpi)


def _beside(path: Path, figure: Figure) -> Mapping[Path, str]:
    texts = (figure.caption + "\n", figure.alt + "\n", as_csv(figure.rows))
    return dict(zip(map(path.with_suffix, BESIDE), texts, strict=True))
