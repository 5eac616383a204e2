"""Where everything in a flow stands, in numbers only. It sees what is told and nothing else.

Columns of nodes from left to right; a node is as high as its count, a withheld one as high as what is told of it.
A withheld edge is a dashed line of one width, whatever stands behind it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

from attrs import frozen

from .cohort_page import MARGIN, NAMES, SMALL, TEXT, Outline, Page, Shape, Thing, lay_key, lay_note, lines_of, rectangle
from .flow_counts import FURTHER, LEAVING, OTHER, UNDECIDED, Edge, Flow, Node
from .metrics import wrap
from .palette import OUTLINE, THRESHOLD, WHITE, Tone, tone
from .timeline_figure import MONTH
from .timeline_places import Box, Label, measure, shorten

TALLEST = 250.0
"""Height of all patients together, pt; less where there are few."""
_BAR, _GAP, _LINE = 7.0, 5.0, 7.8
_HIDDEN = 2.4  # thickness kept free for a withheld edge
_CURVE = 16  # pieces of a curve
Points = tuple[tuple[float, float], ...]

_TONES = (
    ("Diagnosis", Tone(WHITE)),
    ("No diagnosis", Tone(WHITE)),
    ("CR", tone("chemotherapy")),
    ("MRD remission", tone("chemotherapy")),
    ("Relapse", tone("relapse")),
    ("Refractory", tone("myeloid")),
    ("HSCT", tone("hsct")),
    ("CAR T", tone("cell_therapy")),
    ("Lineage switch", tone("molecular_relapse")),
    ("Second malignancy", tone("molecular_relapse")),
    (LEAVING["died"], tone("active")),
    (LEAVING["alive"], tone("follow_up")),
    (LEAVING["lost"], tone("follow_up")),
    (LEAVING["unstated"], tone("follow_up")),
    (LEAVING["none"], tone("follow_up")),
    (OTHER, tone("radiotherapy")),
    (UNDECIDED, Tone(WHITE)),
    (FURTHER, tone("radiotherapy")),
    ("Blinatumomab", tone("antibody")),
    ("Inotuzumab", tone("antibody")),
    ("Maintenance", tone("maintenance")),
)


@frozen
class _Placed:
    node: Node
    bar: Box
    label: tuple[tuple[str, float], ...]
    """Its lines with their sizes."""
    top: float
    bottom: float
    """Between what heights the label may stand."""


def tone_of(name: str) -> Tone:
    """The tone of a node by the beginning of its name; of a block of chemotherapy where none is known."""
    return next((found for start, found in _TONES if name.startswith(start)), tone("chemotherapy"))


def lay_out(flow: Flow, width: float, heads: Sequence[str], note: str) -> Page:
    """Lay out a flow on a page of the given width (pt)."""
    page = Page(width)
    pitch = (width - 2 * MARGIN) / flow.columns
    room = pitch - _BAR - 6
    scale = min(TALLEST, max(90.0, flow.total * 3.0)) / flow.total
    placed: dict[tuple[int, str], _Placed] = {}
    top, lowest = MARGIN + 14, 0.0
    for column in range(flow.columns):
        x = MARGIN + column * pitch
        head = wrap(heads[column], NAMES, pitch - 4, 1)[0]
        page.add(Label(head, x, MARGIN + 6, NAMES, cls="head"))
        y = top
        for node in _ordered(flow, column, placed):
            name, told = _label(node, room)
            label = (*name, *told)
            high = _height(flow, node, scale)
            slot = max(high, len(label) * _LINE)
            placed[column, node.name] = _Placed(node, Box(x, y + (slot - high) / 2, _BAR, high), label, y, y + slot)
            y += slot + _GAP
        lowest = max(lowest, y - _GAP)
    ribbons = _ribbons(flow, placed, scale)
    hidden = [one for one in ribbons if isinstance(one, Outline)]
    thick = [one for one in ribbons if isinstance(one, Shape)]
    page.add(*sorted(thick, key=lambda one: -_thick(one)), *hidden)  # the thin ones over the thick ones
    rims = [side for one in thick for side in (one.points[: _CURVE + 1], one.points[_CURVE + 1 :])]
    for one in placed.values():
        page.add(*_node(one, hidden, rims))
    left = MARGIN
    y = lowest
    if any(edge.count is None for edge in flow.edges):
        y = lay_key(page, [(_hidden_sample, "withheld, not to scale")], left, width - MARGIN, y + 1)
    y = lay_note(page, note, left, width - MARGIN, y + 1)
    page.height = round(y + MARGIN - 2, 2)
    return page


def _thick(ribbon: Shape) -> float:
    """How thick a ribbon is where it begins."""
    return ribbon.points[-1][1] - ribbon.points[0][1]


def _hidden_sample(x: float, y: float) -> list[Thing]:
    return [Outline(((x - 4.5, y), (x + 4.5, y)), THRESHOLD, 0.6, "2 1.4", "sample")]


def _height(flow: Flow, node: Node, scale: float) -> float:
    """A node is as high as its count, and never lower than the edges told of it."""
    into = sum(_thickness(e, scale) for e in flow.edges if e.column == node.column - 1 and e.target == node.name)
    out = sum(_thickness(e, scale) for e in flow.edges if e.column == node.column and e.source == node.name)
    return max(3.0, into, out, (node.count or 0) * scale)


def _thickness(edge: Edge, scale: float) -> float:
    return _HIDDEN if edge.count is None else edge.count * scale


def _ordered(flow: Flow, column: int, placed: dict[tuple[int, str], _Placed]) -> list[Node]:
    """The nodes of a column by where their patients come from; those who leave at the bottom."""

    def height(node: Node) -> float:
        sources = [
            (placed[column - 1, edge.source].bar, edge.count or 1)
            for edge in flow.edges
            if edge.column == column - 1 and edge.target == node.name
        ]
        weight = sum(count for _, count in sources)
        return sum((bar.y + bar.height / 2) * count for bar, count in sources) / weight if weight else 0.0

    return sorted(flow.column(column), key=lambda node: (node.leaves, round(height(node), 2), node.name))


def _label(node: Node, room: float) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    """The name of a node in up to two lines, and its number and median in as many; each line with its size."""
    ways = [(lines_of(node.name, size, room), size) for size in (TEXT, SMALL)]
    lines, size = next((way for way in ways if _whole(way[0])), (wrap(node.name, TEXT, room, 2), TEXT))
    name = [(line, size) for line in lines]
    told = "withheld" if node.count is None else f"n = {node.count:,}"
    if node.median is None:
        return name, [(told, SMALL)]
    since = f"{months(node.median)} mo"
    together = f"{told}; {since}"
    if measure(together, SMALL) <= room:
        return name, [(together, SMALL)]
    return name, [(told, SMALL), (shorten(since, SMALL, room), SMALL)]


def _whole(lines: Sequence[str]) -> bool:
    """Whether two lines hold a name, no word of it cut."""
    return len(lines) <= 2 and not any(line.endswith("…") for line in lines)


def months(median: tuple[float, float]) -> str:
    """A median in months: one number, or the least and the greatest that are possible."""
    least, greatest = (f"{days / MONTH:.1f}" for days in median)
    return least if least == greatest else f"{least} to {greatest}"


def _node(one: _Placed, lines: Sequence[Outline], rims: Sequence[Points]) -> list[Thing]:
    node, bar = one.node, one.bar
    hidden = node.count is None
    title = f"{node.name}: {'withheld' if hidden else node.count}"
    things: list[Thing] = [
        Shape(rectangle(bar), tone_of(node.name).fill, OUTLINE, 0.6, "1.6 1.1" if hidden else None, "node", title=title)
    ]
    for label in _place_label(one, rims):
        if any(_passes(curve.points, label.box) for curve in lines):
            box = label.box
            backing = Box(box.x - 0.8, box.y - 0.4, box.width + 1.6, box.height + 0.8)
            things.append(Shape(rectangle(backing), WHITE, cls="backing"))
        things.append(label)
    return things


def _place_label(one: _Placed, rims: Sequence[Points]) -> list[Label]:
    """The lines of a label beside the middle of their node, or a little off where fewer ribbons end under them."""
    high = len(one.label) * _LINE
    middle = one.bar.y + one.bar.height / 2 - high / 2

    def at(y: float) -> list[Label]:
        return [
            Label(line, one.bar.right + 3, y + n * _LINE + 5.8, size, cls="node-label")
            for n, (line, size) in enumerate(one.label)
        ]

    crossing = [[_heights(rim, label.box) for rim in rims] for label in at(middle)]  # their widths stay the same

    def crossed(y: float) -> int:
        return sum(
            _lies_between(label.box.y, label.box.bottom, heights)
            for label, of_rims in zip(at(y), crossing, strict=True)
            for heights in of_rims
        )

    room = range(int(one.top - middle), int(one.bottom - high - middle) + 1)
    off = min(room, key=lambda step: (crossed(middle + step), abs(step)), default=0)
    return at(middle + off)


def _passes(points: Points, box: Box) -> bool:
    """Whether a line passes through a box, tried at ten points of each of its pieces."""
    return _lies_between(box.y, box.bottom, _heights(points, box))


def _heights(points: Points, box: Box) -> list[float]:
    """Heights, sorted, at which a line passes a box or above or below it, tried at ten points of each of its pieces."""
    found = []
    for (ax, ay), (bx, by) in pairwise(points):
        if max(ax, bx) < box.x - 1 or min(ax, bx) > box.right + 1:
            continue
        for n in range(11):
            if box.x - 1 < ax + (bx - ax) * n / 10 < box.right + 1:
                found.append(ay + (by - ay) * n / 10)
    return sorted(found)


def _lies_between(top: float, bottom: float, heights: Sequence[float]) -> bool:
    """Whether some of sorted heights lies between two."""
    return bisect_right(heights, top) < bisect_left(heights, bottom)


def _ribbons(flow: Flow, placed: dict[tuple[int, str], _Placed], scale: float) -> list[Thing]:
    """Edges, thick as their count; at both ends in the order of the nodes they lead to."""
    leaving: dict[tuple[int, str], float] = {}
    entering: dict[tuple[int, str], float] = {}
    starts: dict[Edge, float] = {}
    by_target = sorted(flow.edges, key=lambda e: placed[e.column + 1, e.target].bar.y)
    for edge in by_target:
        key = (edge.column, edge.source)
        starts[edge] = placed[key].bar.y + leaving.get(key, 0.0)
        leaving[key] = leaving.get(key, 0.0) + _thickness(edge, scale)
    things: list[Thing] = []
    for edge in sorted(flow.edges, key=lambda e: (e.column, placed[e.column, e.source].bar.y, starts[e])):
        key = (edge.column + 1, edge.target)
        end = placed[key].bar.y + entering.get(key, 0.0)
        thick = _thickness(edge, scale)
        entering[key] = entering.get(key, 0.0) + thick
        x1, x2 = placed[edge.column, edge.source].bar.right, placed[key].bar.x
        upper = _curve(x1, starts[edge], x2, end)
        if edge.count is None:
            middle = tuple((x, y + thick / 2) for x, y in upper)
            things.append(Outline(middle, THRESHOLD, 0.6, "2 1.4", "edge hidden"))
            continue
        lower = tuple((x, y + thick) for x, y in reversed(upper))
        colour = tone_of(edge.target)
        fill = colour.tint(0.35) if colour.fill != WHITE else "#EFEFEF"
        told = f"{edge.source} to {edge.target}: {edge.count}"
        if edge.median is not None:
            told += f", median {months(edge.median)} months"
        things.append(Shape((*upper, *lower), fill, WHITE, 0.4, cls="edge", title=told))
    return things


def _curve(x1: float, y1: float, x2: float, y2: float) -> Points:
    """A smooth way between two points that leaves and arrives level."""
    points = []
    for n in range(_CURVE + 1):
        t = n / _CURVE
        points.append((round(x1 + (x2 - x1) * t, 2), round(y1 + (y2 - y1) * t * t * (3 - 2 * t), 2)))
    return tuple(points)
