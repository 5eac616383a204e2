"""In which lane each box and each passing arrow of a band runs, and which steps stand in one row.

A step is a column of boxes. An arrow that passes over a step keeps a lane of its own there, so that it crosses no
box. Steps that do not fit the width go on in a further row.
"""

from collections.abc import Callable, Mapping, Sequence

from attrs import frozen

from .course_graph_figure import Node

Item = str | tuple[str, str]
"""What holds a lane in a step: a box, or an arrow (its two ends) that passes over."""


@frozen
class Span:
    """An arrow of a band: from a step to a later one; the number of steps stands for "out of the band"."""

    source: str
    target: str
    first: int
    last: int
    ghost: bool

    def item_at(self, step: int) -> Item:
        """What stands for the arrow in a step."""
        if step == self.first:
            return self.source
        return self.target if step == self.last else (self.source, self.target)


def lanes_of(columns: Sequence[Sequence[Node]], spans: Sequence[Span]) -> list[dict[Item, int]]:
    """For each step the lane of each item: that of what it comes from, if it is free.

    What was given keeps above the plan's ghosts; an optional block gives way to the arrow that passes it.
    """
    floor = max((sum(not node.ghost for node in column) for column in columns), default=0)
    ghosts = any(node.ghost for column in columns for node in column)
    lanes: list[dict[Item, int]] = []
    for number, column in enumerate(columns):
        items: list[tuple[bool, int, bool, Item]] = []
        for node in column:
            before = [_lane_before(lanes, span, number) for span in spans if span.target == node.event]
            wanted = min(before, default=0) if not ghosts or node.ghost else 0
            items.append((node.ghost, max(wanted, floor) if node.ghost else wanted, node.derived, node.event))
        for span in spans:
            if span.first < number < span.last:
                wanted = _lane_before(lanes, span, number)
                items.append((span.ghost, max(wanted, floor) if span.ghost else wanted, False, span.item_at(number)))
        taken: dict[Item, int] = {}
        for _, wanted, _, item in sorted(items, key=lambda one: one[:3]):
            used = set(taken.values())
            taken[item] = next(lane for lane in range(wanted, wanted + len(items) + 1) if lane not in used)
        lanes.append(taken)
    return lanes


def _lane_before(lanes: Sequence[Mapping[Item, int]], span: Span, number: int) -> int:
    """The lane an arrow has in the step before one."""
    return lanes[number - 1][span.item_at(number - 1)]


def rows_of(spans: Sequence[Span], steps: int, fits: Callable[[Sequence[int]], bool]) -> list[list[int]]:
    """The steps in rows that fit, cut where a single box is left or reached, if that can be."""

    def crossing(cut: int) -> int:
        over = [span for span in spans if span.first < cut <= span.last]
        return min(len({span.source for span in over}), len({span.target for span in over}))

    rows: list[list[int]] = []
    start = 0
    while start < steps:
        stop = start + 1
        while stop < steps and fits(range(start, stop + 1)):
            stop += 1
        if stop < steps:
            cuts = [cut for cut in range(start + (stop - start + 1) // 2, stop + 1) if crossing(cut) <= 1]
            stop = max(cuts) if cuts else stop
        rows.append(list(range(start, stop)))
        start = stop
    return rows
