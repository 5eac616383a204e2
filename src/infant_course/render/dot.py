"""The course graph as a Graphviz file, and drawn by Graphviz where it is asked for.

The DOT file is pinned to our own layout (``pos="x,y!"``), so that any Graphviz tool shows the same picture and
lets it be edited. Labels are plain quoted strings, never HTML-like ones, and are escaped.
"""

import re
import shutil
import subprocess
from pathlib import Path

import graphviz

from ..errors import UsageError
from ..files import write_whole
from .course_graph import GraphFigure
from .course_graph_ink import node_tone
from .course_graph_layout import lay_out
from .ink import clean

POINTS_PER_INCH = 72.0
NO_ENGINE = (
    "Graphviz is not here: install the extra with `pip install 'infant-course[graphviz]'`, "
    "or Graphviz itself so that `dot` is on the PATH"
)
DRAWN = (".svg", ".pdf", ".png")


def quoted(text: str) -> str:
    """Text for a label: backslashes doubled, so that Graphviz reads no escape; the package quotes the rest."""
    return clean(text).replace("\\", "\\\\")


def digraph(figure: GraphFigure) -> graphviz.Digraph:
    """The figure as a ``graphviz.Digraph``, pinned to our layout."""
    layout = lay_out(figure)
    drawing = graphviz.Digraph(
        "course", graph_attr={"splines": "ortho", "label": quoted(figure.title), "fontsize": "8"}
    )
    drawing.attr("node", shape="box", style="filled", fontname="Arial", fontsize="7", fixedsize="true")
    drawing.attr("edge", arrowsize="0.5", color="#333333")
    names = {placed.node.event: f"n{i}" for i, placed in enumerate(layout.nodes)}
    for placed in layout.nodes:
        box, shade = placed.box, node_tone(placed.node)
        tags = ["".join(run.text for run in tag.runs) for tag in placed.tags]
        drawing.node(
            names[placed.node.event],
            label="\\n".join(quoted(line) for line in placed.lines),
            xlabel="\\n".join(quoted(tag) for tag in tags) or None,
            tooltip=quoted(placed.node.title),
            pos=f"{box.x + box.w / 2:.2f},{layout.height - box.middle:.2f}!",
            width=f"{box.w / POINTS_PER_INCH:.3f}",
            height=f"{box.h / POINTS_PER_INCH:.3f}",
            fillcolor=shade.fill,
            fontcolor=shade.text,
        )
    for edge in figure.edges:
        style = "solid" if edge.stated else "dashed"
        drawing.edge(names[edge.source], names[edge.target], style=style)
    return drawing


def source(figure: GraphFigure) -> str:
    """The DOT text; the same figure is the same text in every run."""
    return str(digraph(figure).source)


def draw_with_graphviz(figure: GraphFigure, path: str | Path) -> Path:
    """Let Graphviz itself lay out and draw the figure.

    pygraphviz (the extra ``graphviz``) is used where it is installed, else the program ``dot``. Raises UsageError
    where there is neither, or for a suffix that Graphviz is not asked for.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind not in DRAWN:
        raise UsageError(f"{path}: Graphviz draws {', '.join(DRAWN)} here")
    text = re.sub(r'\s*pos="[^"]*"', "", source(figure)).replace("fixedsize=true", "fixedsize=false")
    text = text.replace("splines=ortho", "rankdir=LR")
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
