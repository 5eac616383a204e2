"""Where everything of a graph stands, in points: numbers only, no ink. One layout for courses and for plans.

Bands are stacked from the top. Within a band steps run left to right, branches stand one below the other, and steps
wrap into further rows. From row to row arrows run down right of the last box, along the gap and down the left
gutter, each on a track of its own, so that none crosses a title, a box or a label.
"""

from collections.abc import Sequence

from attrs import define, field, frozen

from .course_graph_boxes import FLAG_GAP, INDENT, PAD_Y, STEM, Box, SizedNode, Sizes, flag_width, sized
from .course_graph_figure import Band, Edge, Flag, GraphFigure, Node, Tag
from .course_graph_key import PlacedKey, lay_key
from .course_graph_lanes import Item, Span, lanes_of, rows_of
from .ink import Run
from .metrics import shorten, width
from .style import Style

GAP = 15.0
LEFT, RIGHT = 18.0, 12.0
BAND_GAP, ROW_GAP, LANE_GAP = 9.0, 12.0, 7.0
TITLE_GAP = 7.0
TRACK = 3.0
"""Room between two arrows that run side by side."""
HEAD = 3.6
"""Length of an arrow's head."""
PLAIN = Style()


@frozen(kw_only=True)
class PlacedFlag:
    """A flag with its box."""

    flag: Flag
    box: Box


@frozen(kw_only=True)
class PlacedTag:
    """A tag with its box; the glyph stands at its left."""

    tag: Tag
    lines: tuple[tuple[Run, ...], ...]
    box: Box
    flags: tuple[PlacedFlag, ...] = ()


@frozen(kw_only=True)
class PlacedNode:
    """A node with its box and its lines as they are broken; the first ``name_lines`` are its name."""

    node: Node
    lines: tuple[str, ...]
    box: Box
    tags: tuple[PlacedTag, ...]
    name_lines: int = 1
    flags: tuple[PlacedFlag, ...] = ()


@frozen(kw_only=True)
class PlacedBand:
    """A band with its box and where its title stands."""

    band: Band
    title: str
    box: Box
    title_box: Box


@frozen(kw_only=True)
class Arrow:
    """An arrow as the corners it turns at, the last one being its head; ``slashes``: where it is broken."""

    edge: Edge
    points: tuple[tuple[float, float], ...]
    slashes: tuple[float, float] | None = None


@frozen(kw_only=True)
class ArrowLabel:
    """Words above or below an arrow, near its head."""

    text: str
    box: Box


@frozen(kw_only=True)
class Layout:
    """A laid out graph."""

    width: float
    height: float
    sizes: Sizes
    bands: tuple[PlacedBand, ...]
    nodes: tuple[PlacedNode, ...]
    arrows: tuple[Arrow, ...]
    labels: tuple[ArrowLabel, ...] = ()
    key: tuple[PlacedKey, ...] = ()

    def boxes(self) -> list[tuple[str, Box]]:
        """Everything that must not overlap: nodes, tags, titles of bands, labels of arrows, the key."""
        found = [(f"node {n.node.event}", n.box) for n in self.nodes]
        found += [(f"tag {t.tag.event}", t.box) for n in self.nodes for t in n.tags]
        found += [(f"title {b.title}", b.title_box) for b in self.bands]
        found += [(f"label {label.text}", label.box) for label in self.labels]
        return found + [(f"key {entry.text}", entry.box) for entry in self.key]


@frozen(kw_only=True)
class _Row:
    """A row of steps: which band and steps, the left edge of each, and what runs into it from the row before."""

    band: int
    steps: tuple[int, ...]
    lefts: tuple[float, ...]
    right: float
    tracks: tuple[tuple[str, str], ...]


def lay_out(figure: GraphFigure, style: Style = PLAIN) -> Layout:
    """Place a figure on a page; the height follows."""
    return _Page(figure=figure, sizes=Sizes(style.text), width=style.page_width).laid_out()


@define(kw_only=True)
class _Page:
    """A page while it is laid out."""

    figure: GraphFigure
    sizes: Sizes
    width: float
    boxes: list[list[list[SizedNode]]] = field(init=False)
    at: dict[str, tuple[int, int]] = field(init=False)
    said: dict[str, tuple[str, str]] = field(init=False)
    spans: list[list[Span]] = field(init=False)
    lanes: list[list[dict[Item, int]]] = field(init=False)
    rows: list[_Row] = field(factory=list)
    nodes: list[PlacedNode] = field(factory=list)
    middles: dict[tuple[int, int, int], float] = field(factory=dict)
    """Height of each lane by band, step and lane."""
    gaps: list[float] = field(factory=list)
    """Height of the upper end of the gap before each row."""

    def __attrs_post_init__(self) -> None:
        room, planned = self.width - LEFT - RIGHT - 2, self.figure.longest < 10
        self.said = self._said()

        def measured(column: Sequence[Node]) -> list[SizedNode]:
            left = room - self._said_width(column)  # where the column begins a row, behind the words of its arrow
            return [
                sized(n, self.sizes, self._longest(n) * self.sizes.text, left, planned=planned or n.ghost)
                for n in column
            ]

        self.boxes = [[measured(column) for column in band.columns] for band in self.figure.bands]
        self.at = {
            node.event: (b, i)
            for b, band in enumerate(self.figure.bands)
            for i, column in enumerate(band.columns)
            for node in column
        }
        self.spans = [self._spans(b) for b in range(len(self.figure.bands))]
        self.lanes = [lanes_of(band.columns, spans) for band, spans in zip(self.figure.bands, self.spans, strict=True)]

    def _longest(self, node: Node) -> float:
        return min(8.6, self.figure.longest) if node.ghost else self.figure.longest

    def _said(self) -> dict[str, tuple[str, str]]:
        """What stands above and below the arrow to a node."""
        said = {}
        for node in self.figure.nodes:
            into = [edge for edge in self.figure.edges if edge.target == node.event and not edge.ghost]
            above, below = (node.time if into else ""), ""
            if any(not edge.stated for edge in into):
                above, below = (above, "order not stated") if above else ("order", "not stated")
            elif any(edge.missing for edge in into):
                above, below = (above or "blocks", "not reported")
            said[node.event] = (above, below)
        return said

    def _spans(self, b: int) -> list[Span]:
        steps = len(self.figure.bands[b].columns)
        return [
            Span(
                edge.source, edge.target, self.at[edge.source][1], steps if out else self.at[edge.target][1], edge.ghost
            )
            for edge in self.figure.edges
            if self.at[edge.source][0] == b
            for out in (self.at[edge.target][0] != b,)
        ]

    # --- columns and rows -----------------------------------------------------------------------------------------

    def _said_width(self, column: Sequence[Node]) -> float:
        words = [width(text, self.sizes.small) for node in column for text in self.said[node.event] if text]
        return max(words) + 7 + HEAD if words else 0.0

    def laid_out(self) -> Layout:
        bands: list[PlacedBand] = []
        y = 1.0
        for b, band in enumerate(self.figure.bands):
            top = y
            title = shorten(band.title, self.sizes.text, self.width - LEFT - RIGHT - 2)
            title_box = Box(LEFT, top + 3, width(title, self.sizes.text), self.sizes.text + 1.5)
            y = self._place_rows(b, top + self.sizes.text + TITLE_GAP)
            box = Box(1, top, self.width - 2, y - top)
            bands.append(PlacedBand(band=band, title=title, box=box, title_box=title_box))
            after = self._crossing(b, len(band.columns)) if b + 1 < len(self.figure.bands) else []
            self.gaps.append(y + BAND_GAP / 2)
            y += BAND_GAP + TRACK * max(0, len(after) - 1)
        y -= 0 if not self.figure.bands else BAND_GAP
        arrows, labels = self._arrows()
        key, bottom = lay_key(self.figure, self.sizes, LEFT, self.width - 6, y + 7)
        return Layout(
            width=self.width,
            height=(bottom if key else y) + 2,
            sizes=self.sizes,
            bands=tuple(bands),
            nodes=tuple(self.nodes),
            arrows=tuple(arrows),
            labels=tuple(labels),
            key=tuple(key),
        )

    def _crossing(self, b: int, cut: int) -> list[tuple[str, str]]:
        """The tracks over the border before a step, those of the upper lanes first.

        Arrows to one box that stands right behind the border share a track.
        """
        tracks: dict[tuple[str, str], int] = {}
        for span in self.spans[b]:
            if span.first < cut <= span.last:
                name = ("", span.target) if span.last == cut else (span.source, span.target)
                lane = self.lanes[b][cut - 1][span.item_at(cut - 1)]
                tracks[name] = min(lane, tracks.get(name, lane))
        return sorted(tracks, key=lambda name: tracks[name])

    def _place_rows(self, b: int, y: float) -> float:
        """Place the rows of a band from a height; returns the lower edge of the band."""
        room = self.width - RIGHT - 2
        rows = rows_of(self.spans[b], len(self.boxes[b]), lambda steps: self._places(b, steps)[1] <= room)
        for number, row in enumerate(rows):
            if number:
                tracks = self._crossing(b, row[0])
                self.gaps.append(y - LANE_GAP + ROW_GAP / 2)
                y += ROW_GAP - LANE_GAP + TRACK * max(0, len(tracks) - 1)
            else:
                tracks = self._crossing(b - 1, len(self.boxes[b - 1])) if b else []
            lefts, right = self._places(b, row)
            self.rows.append(_Row(band=b, steps=tuple(row), lefts=tuple(lefts), right=right, tracks=tuple(tracks)))
            y = self._place_lanes(b, row, lefts, y)
        return y - LANE_GAP + 6

    def _places(self, b: int, steps: Sequence[int]) -> tuple[list[float], float]:
        """The left edges of the steps of a row, and its right edge.

        Where a row has no branches, what hangs below a box may reach under the next ones, up to the next that has
        something below it too.
        """
        branches = any(len(self.lanes[b][i]) > 1 for i in steps)
        lefts: list[float] = []
        right = below = 0.0
        for i in steps:
            column, said = self.boxes[b][i], self._said_width(self.figure.bands[b].columns[i])
            x = LEFT + said if not lefts else right + max(GAP, said + 5)
            if lefts and any(one.tags for one in column):
                x = max(x, below + GAP / 2)
            lefts.append(x)
            right = x + max(one.reach if branches else one.w for one in column)
            below = max([below, *(x + tag.w for one in column for tag in one.tags)])
        return lefts, max(right, below)

    def _place_lanes(self, b: int, row: Sequence[int], lefts: Sequence[float], y: float) -> float:
        """Place the boxes of a row, lane by lane; returns where the next could begin."""
        lanes = self.lanes[b]
        for lane in sorted({lane for i in row for lane in lanes[i].values()}):
            here = [(x, one) for i, x in zip(row, lefts, strict=True) for one in self.boxes[b][i]
                    if lanes[i][one.node.event] == lane]  # fmt: skip
            tall = max([one.h for _, one in here], default=self.sizes.line)
            for i in row:
                self.middles[b, i, lane] = y + tall / 2
            for x, one in here:
                self.nodes.append(self._placed(one, x, y + (tall - one.h) / 2, y + tall))
            y += tall + max([0.0, *(one.depth for _, one in here)]) + LANE_GAP
        return y

    def _placed(self, one: SizedNode, x: float, y: float, bottom: float) -> PlacedNode:
        """A box at its place; its tags begin below the tallest box of the lane, in one line with the others."""
        sizes = self.sizes
        flags: list[PlacedFlag] = []
        at = y + PAD_Y + len(one.lines) * sizes.line + 1
        for row in one.flags:
            flags += self._flags(row, x + 5, at)
            at += sizes.flag + 1.5
        tags, at = [], bottom + STEM
        for tag in one.tags:
            left = x + INDENT * tag.tag.level
            box = Box(left, at, tag.w - INDENT * tag.tag.level, tag.h - 0.6)
            beside = self._flags(tag.tag.flags, left + sizes.tag_glyph + tag.words + FLAG_GAP, at + 0.2)
            tags.append(PlacedTag(tag=tag.tag, lines=tag.lines, box=box, flags=tuple(beside)))
            at += tag.h
        box = Box(x, y, one.w, one.h)
        return PlacedNode(
            node=one.node, lines=one.lines, box=box, tags=tuple(tags), name_lines=one.name_lines, flags=tuple(flags)
        )

    def _flags(self, flags: Sequence[Flag], x: float, y: float) -> list[PlacedFlag]:
        placed = []
        for flag in flags:
            wide = flag_width(flag, self.sizes)
            placed.append(PlacedFlag(flag=flag, box=Box(x, y, wide, self.sizes.flag)))
            x += wide + FLAG_GAP
        return placed

    # --- arrows ---------------------------------------------------------------------------------------------------

    def _arrows(self) -> tuple[list[Arrow], list[ArrowLabel]]:
        boxes = {placed.node.event: placed.box for placed in self.nodes}
        row_of = {(row.band, i): number for number, row in enumerate(self.rows) for i in row.steps}
        arrows = [self._arrow(edge, boxes, row_of) for edge in self.figure.edges]
        labels = []
        for event, (above, below) in self.said.items():
            box, half = boxes[event], self._label_room(event) / 2
            for text, y in ((above, box.middle - 1.8 - self.sizes.small), (below, box.middle + 1.4)):
                if text:
                    w = width(text, self.sizes.small)
                    labels.append(
                        ArrowLabel(text=text, box=Box(box.x - HEAD / 2 - 1 - half - w / 2, y, w, self.sizes.small))
                    )
        return arrows, labels

    def _label_room(self, event: str) -> float:
        return max([0.0, *(width(text, self.sizes.small) for text in self.said[event])])

    def _arrow(self, edge: Edge, boxes: dict[str, Box], row_of: dict[tuple[int, int], int]) -> Arrow:
        (b, i), target = self.at[edge.source], self.at[edge.target]
        a, end = boxes[edge.source], boxes[edge.target]
        points = [(a.right, a.middle)]
        height, last = a.middle, row_of[b, i]
        while (b, i) != target:
            out = i + 1 == len(self.boxes[b])
            b, i = (b + 1, 0) if out else (b, i + 1)
            name: Item = edge.target if (b, i) == target else (edge.source, edge.target)
            wanted = self.middles[b, i, self.lanes[b][i][name]]
            number = row_of[b, i]
            if number != last:
                points += self._turned(number, edge, i, height, wanted)
            elif abs(wanted - height) > 0.01:
                row = self.rows[number]
                left = row.lefts[row.steps.index(i)]
                gap = max(GAP, self._said_width(self.figure.bands[b].columns[i]) + 5)
                turn = left - gap + 5 + (2.5 if edge.ghost else 0)
                points += [(turn, height), (turn, wanted)]
            height, last = wanted, number
        points.append((end.x, end.middle))
        slashes = None
        if edge.missing:
            slashes = (end.x - HEAD / 2 - 1 - self._label_room(edge.target) / 2, end.middle)
        return Arrow(edge=edge, points=tuple(points), slashes=slashes)

    def _turned(self, number: int, edge: Edge, step: int, height: float, wanted: float) -> list[tuple[float, float]]:
        """The corners from the end of a row to the start of the next, on the arrow's own track."""
        row, before = self.rows[number], self.rows[number - 1]
        name = ("", edge.target) if ("", edge.target) in row.tracks else (edge.source, edge.target)
        inner = len(row.tracks) - 1 - row.tracks.index(name)
        apart = min(TRACK, 2 * TRACK / max(1, len(row.tracks) - 1))
        out = min(before.right + 5, self.width - RIGHT + 1) + apart * inner
        gap = self.gaps[number - 1] + TRACK * inner
        into = 5 + apart * inner
        return [(out, height), (out, gap), (into, gap), (into, wanted)]
