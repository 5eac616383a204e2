"""The course graph as a Graphviz file, and drawn by Graphviz where it is asked for.

The DOT file is pinned to our own layout (``pos="x,y!"``), so that any Graphviz tool shows the same picture and
lets it be edited. Labels are plain quoted strings, never HTML-like ones, and are escaped.
"""

import re
import shutil
import subprocess

import graphviz

from ..errors import UsageError
from .course_graph_boxes import Box
from .course_graph_figure import GraphFigure, Node, Tag
from .course_graph_ink import node_tone
from .course_graph_layout import Layout, lay_out
from .export import made_by
from .ink import FACE, Element, clean

POINTS_PER_INCH = 72.0
NO_ENGINE = (
    "Graphviz is not here: install the extra with `pip install 'infant-course[graphviz]'`, "
    "or Graphviz itself so that `dot` is on the PATH"
)


def quoted(*lines: str) -> str:
    """Lines of a label: backslashes doubled, so that Graphviz reads no escape, and never taken for HTML."""
    label: str = graphviz.nohtml("\\n".join(clean(line).replace("\\", "\\\\") for line in lines))
    return label


def digraph(
    figure: GraphFigure, *, pinned: bool = True, layout: Layout | None = None, made: str = ""
) -> graphviz.Digraph:
    """The figure as a ``graphviz.Digraph``; ``layout``: another than the default one; ``made``: what made it.

    ``pinned``: to our layout, tags beside their nodes. Otherwise Graphviz is free to lay it out, and tags are further
    lines of their nodes.
    """
    layout = layout or lay_out(figure)
    shape = {"splines": "ortho"} if pinned else {"rankdir": "LR"}
    words = [_keyed(entry.sample, entry.text) for entry in figure.key if not entry.sample.startswith("glyph")]
    words += [f"{f'[{entry.flag.number}] ' if entry.flag else ''}{entry.text}" for entry in figure.findings]
    legend = {"label": quoted(*words), "labelloc": "b", "fontsize": "6"} if words else {}
    drawing = graphviz.Digraph(
        "course",
        comment=clean(made) or None,
        graph_attr={**shape, "tooltip": quoted(figure.title), "fontname": "Arial", **legend},
    )
    drawing.attr("node", shape="box", style="filled", fontname="Arial", fontsize="7")
    drawing.attr("edge", arrowsize="0.5", color="#333333", fontname="Arial", fontsize="6")
    names = {placed.node.event: f"n{i}" for i, placed in enumerate(layout.nodes)}
    for placed in layout.nodes:
        shade = node_tone(placed.node)
        lines = [*placed.lines, *_flags(placed.node)]
        tags = ["".join(run.text for run in tag.tag.runs) + "".join(_flags(tag.tag)) for tag in placed.tags]
        place = _place(placed.box, layout.height, tags) if pinned else {}
        drawing.node(
            names[placed.node.event],
            label=quoted(*(lines if pinned else lines + tags)),
            tooltip=quoted(placed.node.title),
            fillcolor=shade.fill,
            fontcolor=shade.text,
            **_look(placed.node),
            **place,
        )
    times = {placed.node.event: placed.node.time for placed in layout.nodes if placed.node.time}
    for edge in figure.edges:
        style = "solid" if edge.stated else "dashed"
        words = [times.pop(edge.target)] if edge.target in times else []
        words += [] if edge.stated else ["order not stated"]
        words += ["// not reported"] if edge.missing else []
        grey = {"color": "#999999"} if edge.ghost else {}
        said = {"xlabel" if pinned else "label": quoted(*words)} if words else {}
        drawing.edge(names[edge.source], names[edge.target], style=style, **grey, **said)
    return drawing


_CUT, _ARROW, _STRONG = {"shape": "octagon"}, {"shape": "cds"}, {"penwidth": "1.4"}
_SHAPES = {
    "diagnosis": {"style": "filled,rounded", "penwidth": "1.2"},
    "relapse": _CUT,
    "refractory": _CUT,
    "mrd_reemergence": _CUT,
    "last_contact": _ARROW,
    "death": _ARROW,
    "transplant": _STRONG,
    "cell_therapy": _STRONG,
}
"""How Graphviz comes near to the boxes of our own drawing."""


def _look(node: Node) -> dict[str, str]:
    if node.ghost:
        return {"style": "filled,dashed", "color": "#999999"}
    return {**_SHAPES.get(node.kind, {}), **({"style": "filled,dashed"} if node.derived else {})}


def _keyed(sample: str, text: str) -> str:
    """A line of the key, where there is no sample to be seen."""
    named = {"dashed": "dashed arrow: ", "break": "//: ", "optional": "dashed box: ", "ghost": "grey: "}
    return named.get(sample, "") + text


def _flags(one: Node | Tag) -> list[str]:
    return [" ".join(f"[{flag.number}]" for flag in one.flags)] if one.flags else []


def _place(box: Box, page_height: float, tags: list[str]) -> dict[str, str]:
    """Position and size of a pinned node; Graphviz counts height from below. Its tags stand beside it."""
    place = {
        "pos": f"{box.x + box.w / 2:.2f},{page_height - box.middle:.2f}!",
        "width": f"{box.w / POINTS_PER_INCH:.3f}",
        "height": f"{box.h / POINTS_PER_INCH:.3f}",
        "fixedsize": "true",
    }
    return {**place, "xlabel": quoted(*tags)} if tags else place


def source(figure: GraphFigure, layout: Layout | None = None, made: str = "") -> str:
    """The DOT text, pinned; the same figure is the same text in every run."""
    return str(digraph(figure, layout=layout, made=made).source)


def graphviz_svg(figure: GraphFigure) -> tuple[str, str]:
    """The figure laid out and drawn by Graphviz itself, as SVG, and the engine with its version.

    pygraphviz (the extra ``graphviz``) is used where it is installed, else the program ``dot``. Raises UsageError
    where there is neither.
    """
    text = str(digraph(figure, pinned=False).source)
    svg = (_by_pygraphviz(text) or _by_dot(text)).decode()
    version = re.search(r"Generated by graphviz version (\S+)", svg)
    engine = f"Graphviz {version[1]}" if version else "Graphviz"
    # Points without their unit, and a list of faces that ends in one that is everywhere: as converters want it.
    svg = re.sub(r'<svg width="([0-9.]+)pt" height="([0-9.]+)pt"', r'<svg width="\1" height="\2" role="img"', svg)
    svg = svg.replace('font-family="Arial"', f'font-family="{FACE}"')
    told = Element("title", text=figure.title).svg() + Element("desc", text=figure.description).svg()
    told += Element("metadata", text=made_by(engine)).svg()
    return re.sub(r"(<svg[^>]*>)", lambda found: found[1] + told, svg, count=1), engine


def _by_pygraphviz(text: str) -> bytes | None:
    try:
        import pygraphviz
    except ImportError:
        return None
    drawn: bytes = pygraphviz.AGraph(string=text).draw(format="svg", prog="dot")
    return drawn


def _by_dot(text: str) -> bytes:
    program = shutil.which("dot")
    if program is None:
        raise UsageError(NO_ENGINE)
    done = subprocess.run([program, "-Tsvg"], input=text.encode(), capture_output=True, timeout=60, check=False)
    if done.returncode:
        raise UsageError(f"dot could not draw the graph (exit {done.returncode})")
    return done.stdout
