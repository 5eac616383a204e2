"""Where everything of a plan stands, in points: steps run left to right, branches stand one below the other.

An arrow that passes over a step keeps a lane of its own there, so that it crosses no box. Steps that do not fit the
width go on in a further row, cut where one arrow alone has to run back.
"""

import re
from collections.abc import Mapping, Sequence

from attrs import frozen

from .course_graph import Edge, GraphFigure, Node
from .course_graph_layout import (
    BAND_GAP,
    DETAIL_SIZE,
    GAP,
    LEFT,
    LINE,
    NAME_SIZE,
    NOTE_SIZE,
    PAD_X,
    PAD_Y,
    RIGHT,
    STEM,
    TAG_GLYPH,
    TAG_LINE,
    TAG_SIZE,
    TITLE_HEIGHT,
    TITLE_SIZE,
    WIDTHS,
    Arrow,
    Box,
    Layout,
    PlacedBand,
    PlacedNode,
    PlacedTag,
)
from .metrics import shorten, width, wrap

LONGEST = 60.0
"""Widest text of a box before it is wrapped."""
MOST_LINES = 4
LANE_GAP = 8.0
ROW_GAP = 18.0
NOTE_INDENT = 20.0
"""Room before the words of a note, where a sample may stand."""

Item = str | tuple[str, str]
"""What holds a lane in a step: a block, or an arrow (its two ends) that passes over."""


@frozen
class _Sized:
    node: Node
    lines: tuple[str, ...]
    name_lines: int
    w: float
    h: float

    @property
    def reach(self) -> float:
        """Width of the column it needs."""
        return max([self.w, *(TAG_GLYPH + width(tag.runs, TAG_SIZE) for tag in self.node.tags)])

    @property
    def depth(self) -> float:
        """Height of its tags."""
        return STEM + TAG_LINE * len(self.node.tags) if self.node.tags else 0.0


def lay_out_plan(figure: GraphFigure, page_width: float = WIDTHS[170]) -> Layout:
    """Place a plan on a page of a width in points; the height follows."""
    band = figure.bands[0]
    columns = [[_sized(node) for node in column] for column in band.columns]
    step = {sized.node.event: i for i, column in enumerate(columns) for sized in column}
    lanes = _lanes(figure, step, len(columns))
    reaches = [max(sized.reach for sized in column) for column in columns]
    left = NOTE_INDENT
    rows = _rows(figure.edges, step, reaches, page_width - left - 8)
    if len(rows) > 1:  # arrows from row to row need room at both sides
        left = LEFT + 6
        rows = _rows(figure.edges, step, reaches, page_width - left - RIGHT - 6)

    top, y = 1.0, 1.0 + TITLE_HEIGHT + 3
    nodes: list[PlacedNode] = []
    middles: dict[tuple[int, int], float] = {}
    lefts: list[float] = []
    row_of: list[int] = []
    row_tops: list[float] = []
    for number, row in enumerate(rows):
        row_tops.append(y)
        within = [sized for i in row for sized in columns[i]]
        used = sorted({lane for i in row for lane in lanes[i].values()})
        x = left
        for i in row:
            lefts.append(x)
            row_of.append(number)
            x += reaches[i] + GAP
        for lane in used:
            here = [sized for sized in within if lanes[step[sized.node.event]][sized.node.event] == lane]
            tall = max((sized.h for sized in here), default=LINE)
            for i in row:
                middles[i, lane] = y + tall / 2
            for sized in here:
                nodes.append(_placed(sized, lefts[step[sized.node.event]], y + (tall - sized.h) / 2))
            # A tag hangs from its own box, which may be lower than the tallest of the lane.
            y += max([tall, *(tall / 2 + sized.h / 2 + sized.depth for sized in here)]) + LANE_GAP
        y += ROW_GAP - LANE_GAP
    y += 6 - ROW_GAP
    title = shorten(band.title, TITLE_SIZE, page_width - LEFT - RIGHT - 8)
    title_box = Box(left, top + 3, width(title, TITLE_SIZE), TITLE_SIZE + 1.5)
    placed_band = PlacedBand(band=band, title=title, box=Box(1, top, page_width - 2, y - top), title_box=title_box)
    y += BAND_GAP
    boxes = {placed.node.event: placed.box for placed in nodes}
    arrows = []
    for edge in figure.edges:
        first, last = step[edge.source], step[edge.target]
        a, b = boxes[edge.source], boxes[edge.target]
        points = [(a.right, a.middle)]
        height = a.middle
        for i in range(first + 1, last + 1):
            lane = lanes[i][edge.target if i == last else (edge.source, edge.target)]
            wanted = middles[i, lane]
            if row_of[i] != row_of[i - 1]:
                gap = row_tops[row_of[i]] - ROW_GAP / 2
                out, into = page_width - RIGHT / 2 - 1, LEFT / 2
                points += [(out, height), (out, gap), (into, gap), (into, wanted)]
            elif abs(wanted - height) > 0.5:
                turn = lefts[i] - GAP * 0.55
                points += [(turn, height), (turn, wanted)]
            height = wanted
        arrows.append(Arrow(edge=edge, points=(*points, (b.x, b.middle))))
    notes = []
    for text in figure.notes:
        notes.append((text, Box(left - NOTE_INDENT, y - 2, width(text, NOTE_SIZE) + 22, NOTE_SIZE + 2)))
        y += NOTE_SIZE + 3
    return Layout(
        width=page_width,
        height=y + (0 if figure.notes else -BAND_GAP) + 2,
        bands=(placed_band,),
        nodes=tuple(nodes),
        arrows=tuple(arrows),
        notes=tuple(notes),
    )


def _sized(node: Node) -> _Sized:
    name, *details = map(_kept_together, node.lines)
    names = wrap(name, NAME_SIZE, LONGEST, MOST_LINES)
    more = [line for words in details for line in wrap(words, DETAIL_SIZE, LONGEST, MOST_LINES)]
    text = max([*(width(line, NAME_SIZE) for line in names), *(width(line, DETAIL_SIZE) for line in more)])
    lines = (*names, *more)
    return _Sized(node, lines, len(names), text + 2 * PAD_X, len(lines) * LINE + 2 * PAD_Y)


def _kept_together(words: str) -> str:
    """Words of which no number stands alone on a line: "cycle 1", "part II"."""
    return re.sub(r" (?=(?:[IVX]+|\d+|%)(?!\w))", "\N{NO-BREAK SPACE}", words)


def _placed(sized: _Sized, x: float, y: float) -> PlacedNode:
    tags, at = [], y + sized.h + STEM
    for tag in sized.node.tags:
        box = Box(x, at, TAG_GLYPH + width(tag.runs, TAG_SIZE), TAG_LINE - 0.6)
        tags.append(PlacedTag(tag=tag, runs=tag.runs, box=box))
        at += TAG_LINE
    return PlacedNode(
        node=sized.node,
        lines=sized.lines,
        box=Box(x, y, sized.w, sized.h),
        tags=tuple(tags),
        name_lines=sized.name_lines,
    )


def _lanes(figure: GraphFigure, step: Mapping[str, int], steps: int) -> list[dict[Item, int]]:
    """For each step, which lane each block and each passing arrow has: that of what it comes from, if it is free.

    An optional block gives way to the arrow that passes it.
    """
    optional = {node.event for node in figure.nodes if node.derived}
    lanes: list[dict[Item, int]] = []
    for number in range(steps):
        taken: dict[Item, int] = {}
        items: list[tuple[int, bool, Item]] = []
        for node in figure.bands[0].columns[number]:
            before = [e for e in figure.edges if e.target == node.event]
            wanted = min((_lane_before(lanes, step, e, number) for e in before), default=0)
            items.append((wanted, node.event in optional, node.event))
        for edge in figure.edges:
            if step[edge.source] < number < step[edge.target]:
                items.append((_lane_before(lanes, step, edge, number), False, (edge.source, edge.target)))
        for wanted, _, item in sorted(items, key=lambda one: one[:2]):
            free = (lane for lane in range(wanted, wanted + len(items) + 1) if lane not in taken.values())
            taken[item] = next(free)
        lanes.append(taken)
    return lanes


def _lane_before(lanes: Sequence[Mapping[Item, int]], step: Mapping[str, int], edge: Edge, number: int) -> int:
    """The lane an arrow has in the step before one."""
    item: Item = edge.source if step[edge.source] == number - 1 else (edge.source, edge.target)
    return lanes[number - 1][item]


def _rows(edges: Sequence[Edge], step: Mapping[str, int], reaches: Sequence[float], room: float) -> list[list[int]]:
    """The steps in rows that fit the room, cut where a single block is left or reached, if that can be."""

    def crossing(cut: int) -> int:
        over = [e for e in edges if step[e.source] < cut <= step[e.target]]
        return min(len({e.source for e in over}), len({e.target for e in over}))

    rows: list[list[int]] = []
    start = 0
    while start < len(reaches):
        stop, used = start, 0.0
        while stop < len(reaches) and (stop == start or used + GAP + reaches[stop] <= room):
            used += (GAP if stop > start else 0) + reaches[stop]
            stop += 1
        if stop < len(reaches):
            cuts = [cut for cut in range(start + 1, stop + 1) if crossing(cut) <= 1]
            stop = max(cuts) if cuts else stop
        rows.append(list(range(start, stop)))
        start = stop
    return rows
