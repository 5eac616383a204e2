"""Where everything of a course graph stands, in points: numbers only, no ink.

Bands are stacked from the top. Within a band columns run left to right and wrap inside the band. Arrows between
columns run in the gaps; from row to row they run down the right gutter, along the gap and down the left one, so
that none crosses a title or a node.
"""

from collections.abc import Sequence

from attrs import field, frozen

from .course_graph import Band, Edge, GraphFigure, Node, Tag
from .ink import Run
from .metrics import shorten, width, wrap

NAME_SIZE, DETAIL_SIZE, TAG_SIZE, TITLE_SIZE, NOTE_SIZE = 7.0, 6.5, 6.0, 7.0, 6.0
LINE = 8.4
PAD_X, PAD_Y = 5.0, 4.0
GAP = 15.0
LEFT, RIGHT = 18.0, 12.0
BAND_GAP = 9.0
TITLE_HEIGHT = 14.0
ROW_GAP = 12.0
STACK_GAP = 6.0
STEM = 4.0
TAG_LINE = 8.6
TAG_GLYPH = 7.5
LONGEST_LINE = 110.0
"""Widest text of a node before it is wrapped (about 30 characters)."""
MOST_LINES = 3
WIDTHS = {80: 226.77, 115: 325.98, 170: 481.89}
"""Widths of a figure: millimetres to points."""


@frozen
class Box:
    """A rectangle on the page."""

    x: float
    y: float
    w: float
    h: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.w

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.h

    @property
    def middle(self) -> float:
        """Height of its middle."""
        return self.y + self.h / 2

    def overlaps(self, other: "Box", by: float = 0.01) -> bool:
        """Whether two boxes share more than an edge."""
        return (
            self.x + by < other.right
            and other.x + by < self.right
            and self.y + by < other.bottom
            and other.y + by < self.bottom
        )


@frozen(kw_only=True)
class PlacedTag:
    """A tag with its box; the glyph stands at its left."""

    tag: Tag
    runs: tuple[Run, ...]
    box: Box


@frozen(kw_only=True)
class PlacedNode:
    """A node with its box and its lines as they are broken; the first ``name_lines`` are its name."""

    node: Node
    lines: tuple[str, ...]
    box: Box
    tags: tuple[PlacedTag, ...]
    name_lines: int = 1


@frozen(kw_only=True)
class PlacedBand:
    """A band with its box and where its title stands."""

    band: Band
    title: str
    box: Box
    title_box: Box


@frozen(kw_only=True)
class Arrow:
    """An arrow as the corners it turns at, the last one being its head."""

    edge: Edge
    points: tuple[tuple[float, float], ...]


@frozen(kw_only=True)
class Layout:
    """A laid out course graph."""

    width: float
    height: float
    bands: tuple[PlacedBand, ...]
    nodes: tuple[PlacedNode, ...]
    arrows: tuple[Arrow, ...]
    notes: tuple[tuple[str, Box], ...]

    def boxes(self) -> list[tuple[str, Box]]:
        """Everything that must not overlap: nodes, tags, titles of bands, notes."""
        found = [(f"node {n.node.event}", n.box) for n in self.nodes]
        found += [(f"tag {t.tag.event}", t.box) for n in self.nodes for t in n.tags]
        found += [(f"title {b.title}", b.title_box) for b in self.bands]
        return found + [(f"note {text}", box) for text, box in self.notes]


@frozen
class _Sized:
    """A node before it has a place: its lines, size, and its tags with their widths."""

    node: Node
    lines: tuple[str, ...]
    w: float
    h: float
    tags: tuple[tuple[Tag, tuple[Run, ...], float], ...]

    @property
    def reach(self) -> float:
        """Width of the column it needs."""
        return max([self.w, *(TAG_GLYPH + w for _, _, w in self.tags)])

    @property
    def depth(self) -> float:
        """Its height with the tags."""
        return self.h + (STEM + TAG_LINE * len(self.tags) if self.tags else 0)


def _sized(node: Node, room: float) -> _Sized:
    longest = min(LONGEST_LINE, room - 2 * PAD_X)
    lines: list[str] = []
    for i, line in enumerate(node.lines):
        size = NAME_SIZE if i == 0 else DETAIL_SIZE
        lines += wrap(line, size, longest, 2)
    if len(lines) > MOST_LINES + 1:
        lines = [*lines[:MOST_LINES], shorten(lines[MOST_LINES] + " …", DETAIL_SIZE, longest)]
    text = max(width(line, NAME_SIZE if i == 0 else DETAIL_SIZE) for i, line in enumerate(lines))
    point = LINE if node.kind in ("last_contact", "death") else 0  # the arrow's head
    tags = tuple(_sized_tag(tag, room) for tag in node.tags)
    return _Sized(node, tuple(lines), text + 2 * PAD_X + point, len(lines) * LINE + 2 * PAD_Y, tags)


def _sized_tag(tag: Tag, room: float) -> tuple[Tag, tuple[Run, ...], float]:
    words, longest = width(tag.runs, TAG_SIZE), min(150.0, room - TAG_GLYPH)
    if words <= longest:
        return tag, tag.runs, words
    cut = shorten("".join(run.text for run in tag.runs), TAG_SIZE, longest)
    return tag, (Run(cut),), width(cut, TAG_SIZE)


@frozen
class _Row:
    """Columns that stand side by side."""

    columns: list[list[_Sized]] = field(factory=list)

    def needs(self) -> float:
        return sum(max(n.reach for n in c) for c in self.columns) + GAP * (len(self.columns) - 1)

    def stack(self, column: Sequence[_Sized]) -> float:
        return sum(n.depth for n in column) + STACK_GAP * (len(column) - 1)

    @property
    def height(self) -> float:
        return max(self.stack(column) for column in self.columns)


def _rows(band: Band, room: float) -> list[_Row]:
    rows = [_Row()]
    for column in band.columns:
        sized = [_sized(node, room) for node in column]
        if rows[-1].columns and rows[-1].needs() + GAP + max(n.reach for n in sized) > room:
            rows.append(_Row())
        rows[-1].columns.append(sized)
    return rows


def lay_out(figure: GraphFigure, page_width: float = WIDTHS[170]) -> Layout:
    """Place a figure on a page of a width in points; the height follows."""
    room = page_width - LEFT - RIGHT - 8
    bands: list[PlacedBand] = []
    nodes: list[PlacedNode] = []
    row_of: dict[str, int] = {}
    row_tops: list[float] = []
    y = 1.0
    for band in figure.bands:
        top = y
        title = shorten(band.title, TITLE_SIZE, room)
        y += TITLE_HEIGHT
        for row in _rows(band, room):
            row_tops.append(y)
            x = LEFT + 6
            first = (
                max(column[0].h for column in row.columns if len(column) == 1)
                if any(len(column) == 1 for column in row.columns)
                else 0.0
            )
            for column in row.columns:
                reach = max(n.reach for n in column)
                at = y + (max(0.0, (first - column[0].h) / 2) if len(column) == 1 else 0.0)
                for sized in column:
                    nodes.append(_placed(sized, x, at))
                    row_of[sized.node.event] = len(row_tops) - 1
                    at += sized.depth + STACK_GAP
                x += reach + GAP
            y += max(row.height, first + max(n.depth - n.h for c in row.columns for n in c)) + ROW_GAP
        y -= ROW_GAP - 6
        title_box = Box(LEFT + 6, top + 3, width(title, TITLE_SIZE), TITLE_SIZE + 1.5)
        bands.append(PlacedBand(band=band, title=title, box=Box(1, top, page_width - 2, y - top), title_box=title_box))
        y += BAND_GAP
    arrows = _arrows(figure, nodes, row_of, row_tops, page_width)
    notes = []
    for text in figure.notes:
        notes.append((text, Box(LEFT + 6, y - 2, width(text, NOTE_SIZE) + 22, NOTE_SIZE + 2)))
        y += NOTE_SIZE + 3
    return Layout(
        width=page_width,
        height=y + (0 if figure.notes else -BAND_GAP) + 2,
        bands=tuple(bands),
        nodes=tuple(nodes),
        arrows=tuple(arrows),
        notes=tuple(notes),
    )


def _placed(sized: _Sized, x: float, y: float) -> PlacedNode:
    tags = []
    at = y + sized.h + STEM
    for tag, runs, w in sized.tags:
        tags.append(PlacedTag(tag=tag, runs=runs, box=Box(x, at, TAG_GLYPH + w, TAG_LINE - 0.6)))
        at += TAG_LINE
    return PlacedNode(node=sized.node, lines=sized.lines, box=Box(x, y, sized.w, sized.h), tags=tuple(tags))


def _arrows(
    figure: GraphFigure,
    nodes: Sequence[PlacedNode],
    row_of: dict[str, int],
    row_tops: Sequence[float],
    page_width: float,
) -> list[Arrow]:
    by_event = {placed.node.event: placed for placed in nodes}
    right_of_column = _column_edges(figure, by_event)
    band_of_row: dict[int, int] = {}
    for number, band in enumerate(figure.bands):
        for column in band.columns:
            for node in column:
                band_of_row[row_of[node.event]] = number
    arrows = []
    for edge in figure.edges:
        a, b = by_event[edge.source].box, by_event[edge.target].box
        if row_of[edge.source] == row_of[edge.target]:
            turn = max(right_of_column[edge.source], a.right) + GAP * 0.45
            level = abs(a.middle - b.middle) < 0.5
            corners = [(a.right, a.middle)]
            corners += [] if level else [(turn, a.middle), (turn, b.middle)]
            arrows.append(Arrow(edge=edge, points=(*corners, (b.x, b.middle))))
            continue
        row = row_of[edge.target]
        new_band = band_of_row[row] != band_of_row[row - 1]
        gap = row_tops[row] - (TITLE_HEIGHT + BAND_GAP / 2 if new_band else ROW_GAP / 2)
        out, into = page_width - RIGHT / 2 - 1, LEFT / 2
        points = [(a.right, a.middle), (out, a.middle), (out, gap), (into, gap), (into, b.middle), (b.x, b.middle)]
        arrows.append(Arrow(edge=edge, points=tuple(points)))
    return arrows


def _column_edges(figure: GraphFigure, by_event: dict[str, PlacedNode]) -> dict[str, float]:
    """For each node, the right edge of its column, tags included: arrows turn beyond it."""
    edges = {}
    for band in figure.bands:
        for column in band.columns:
            placed = [by_event[node.event] for node in column]
            right = max(max([p.box.right, *(t.box.right for t in p.tags)]) for p in placed)
            edges.update({node.event: right for node in column})
    return edges
