"""Names of groups on their curves, where there is room for one: beside the stairs and across nothing."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from .cohort_page import NAMES, Outline, Page
from .timeline_places import Box, Label, Stroke, measure

_ABOVE, _BELOW = 3.4, 8.2
"""From a curve to the baseline of a name above it and below it, pt."""
_STEP = 6.0
Segment = tuple[float, float, float, float]


def place_names(page: Page, names: Sequence[str], plot: Box) -> list[Label]:
    """The names of groups, each on its own curve as far to the right as it can stand.

    A name crosses no curve and no interval, and no other curve runs between it and its own. One without such a place is
    left out: the table under the curves has it, with a sample of the line.
    """

    def drawn(cls: str) -> list[Outline]:
        return [one for one in page.things if isinstance(one, Outline) and one.cls == cls]

    ticks = [(s.x1, s.y1, s.x2, s.y2) for s in page.things if isinstance(s, Stroke) and s.cls == "censored"]
    curves, few = drawn("curve"), [segment for one in drawn("curve few") for segment in _segments(one)]
    intervals = [segment for one in drawn("interval") for segment in _segments(one)]
    found: list[Label] = []
    for name, curve in zip(names, _first_of_each(curves, len(names)), strict=True):
        own = [s for one in curves if (one.stroke, one.dash) == (curve.stroke, curve.dash) for s in _segments(one)]
        others = [s for one in curves if (one.stroke, one.dash) != (curve.stroke, curve.dash) for s in _segments(one)]
        lines = [*own, *few, *ticks, *intervals]
        free = (
            label
            for label, reach in _places(name, curve, plot)
            if not _crossed(label.box, lines)
            and not _crossed(reach, others)
            and not any(label.box.touches(other.box, 1.0) for other in found)
        )
        if label := next(free, None):
            found.append(label)
    return found


def _first_of_each(curves: Sequence[Outline], groups: int) -> list[Outline]:
    """The first curve of each group: groups come in order, and differ in colour or dash."""
    styles: dict[tuple[str, str | None], Outline] = {}
    for one in curves:
        styles.setdefault((one.stroke, one.dash), one)
    assert len(styles) == groups
    return list(styles.values())


def _places(name: str, curve: Outline, plot: Box) -> Iterator[tuple[Label, Box]]:
    """Places for a name along its curve, from the right, above it before below it; each with all between the two."""
    wide = measure(name, NAMES)
    right = curve.points[-1][0]
    while right - wide >= plot.x:
        heights = _heights(curve, right - wide, right)
        for baseline in (min(heights) - _ABOVE, max(heights) + _BELOW):
            label = Label(name, right, baseline, NAMES, "end", "curve-name")
            box = label.box
            top, bottom = min(box.y, *(y - 1 for y in heights)), max(box.bottom, *(y + 1 for y in heights))
            if box.y >= 1 and box.bottom <= plot.bottom - 1:
                yield label, Box(box.x, top, box.width, bottom - top)
        right -= _STEP


def _heights(curve: Outline, left: float, right: float) -> list[float]:
    """The heights of stairs between two places."""
    return [y for (a, y), (b, z) in pairwise(curve.points) if a <= right and b >= left for y in (y, z)]


def _segments(line: Outline) -> list[Segment]:
    return [(ax, ay, bx, by) for (ax, ay), (bx, by) in pairwise(line.points)]


def _crossed(box: Box, lines: Sequence[Segment]) -> bool:
    """Whether anything runs through a box; lines of stairs are level or upright."""
    return any(
        min(ax, bx) < box.right + 1
        and box.x - 1 < max(ax, bx)
        and min(ay, by) < box.bottom + 0.4
        and box.y - 0.4 < max(ay, by)
        for ax, ay, bx, by in lines
    )
