"""The course graph as a Graphviz file, and drawn by Graphviz where it is asked for.

The DOT file is pinned to our own layout (``pos="x,y!"``), so that any Graphviz tool shows the same picture and
lets it be edited. Labels are plain quoted strings, never HTML-like ones, and are escaped.
"""

import shutil
import subprocess
from pathlib import Path

import graphviz

from ..errors import UsageError
from ..files import write_whole
from .course_graph import GraphFigure
from .course_graph_ink import node_tone
from .course_graph_layout import Box, Layout, lay_out
from .ink import clean

POINTS_PER_INCH = 72.0
NO_ENGINE = (
    "Graphviz is not here: install the extra with `pip install 'infant-course[graphviz]'`, "
    "or Graphviz itself so that `dot` is on the PATH"
)
DRAWN = (".svg", ".pdf", ".png")


def quoted(*lines: str) -> str:
    """Lines of a label: backslashes doubled, so that Graphviz reads no escape, and never taken for HTML."""
    label: str = graphviz.nohtml("\\n".join(clean(line).replace("\\", "\\\\") for line in lines))
    return label


def digraph(figure: GraphFigure, *, pinned: bool = True, layout: Layout | None = None) -> graphviz.Digraph:
    """The figure as a ``graphviz.Digraph``; ``layout``: another than that of a course graph.

    ``pinned``: to our layout, tags beside their nodes. Otherwise Graphviz is free to lay it out, and tags are further
    lines of their nodes.
    """
    layout = layout or lay_out(figure)
    shape = {"splines": "ortho"} if pinned else {"rankdir": "LR"}
    drawing = graphviz.Digraph("course", graph_attr={**shape, "tooltip": quoted(figure.title), "fontname": "Arial"})
    drawing.attr("node", shape="box", style="filled", fontname="Arial", fontsize="7")
    drawing.attr("edge", arrowsize="0.5", color="#333333")
    names = {placed.node.event: f"n{i}" for i, placed in enumerate(layout.nodes)}
    for placed in layout.nodes:
        shade = node_tone(placed.node)
        lines = list(placed.lines)
        tags = ["".join(run.text for run in tag.runs) for tag in placed.tags]
        place = _place(placed.box, layout.height, tags) if pinned else {}
        drawing.node(
            names[placed.node.event],
            label=quoted(*(lines if pinned else lines + tags)),
            tooltip=quoted(placed.node.title),
            fillcolor=shade.fill,
            fontcolor=shade.text,
            **place,
        )
    for edge in figure.edges:
        style = "solid" if edge.stated else "dashed"
        drawing.edge(names[edge.source], names[edge.target], style=style)
    return drawing


def _place(box: Box, page_height: float, tags: list[str]) -> dict[str, str]:
    """Position and size of a pinned node; Graphviz counts height from below. Its tags stand beside it."""
    place = {
        "pos": f"{box.x + box.w / 2:.2f},{page_height - box.middle:.2f}!",
        "width": f"{box.w / POINTS_PER_INCH:.3f}",
        "height": f"{box.h / POINTS_PER_INCH:.3f}",
        "fixedsize": "true",
    }
    return {**place, "xlabel": quoted(*tags)} if tags else place


def source(figure: GraphFigure, layout: Layout | None = None) -> str:
    """The DOT text, pinned; the same figure is the same text in every run."""
    return str(digraph(figure, layout=layout).source)


def draw_with_graphviz(figure: GraphFigure, path: str | Path) -> Path:
    """Let Graphviz itself lay out and draw the figure.

    pygraphviz (the extra ``graphviz``) is used where it is installed, else the program ``dot``. Raises UsageError
    where there is neither, or for a suffix that Graphviz is not asked for.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in DRAWN:
        raise UsageError(f"{path}: Graphviz draws {', '.join(DRAWN)} here")
    text = str(digraph(figure, pinned=False).source)
    return write_whole(path, _by_pygraphviz(text, kind[1:]) or _by_dot(text, kind[1:]))


def _by_pygraphviz(text: str, kind: str) -> bytes | None:
    try:
        import pygraphviz
    except ImportError:
        return None
    drawn: bytes = pygraphviz.AGraph(string=text).draw(format=kind, prog="dot")
    return drawn


def _by_dot(text: str, kind: str) -> bytes:
    program = shutil.which("dot")
    if program is None:
        raise UsageError(NO_ENGINE)
    done = subprocess.run([program, f"-T{kind}"], input=text.encode(), capture_output=True, timeout=60, check=False)
    if done.returncode:
        raise UsageError(f"dot could not draw the graph (exit {done.returncode})")
    return done.stdout
