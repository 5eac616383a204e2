"""The key of a graph: samples with their meaning in as many lines as it takes, then findings, one by one."""

from attrs import frozen

from .course_graph_boxes import Box, Sizes
from .course_graph_figure import Flag, GraphFigure
from .metrics import width, wrap

SAMPLE = 17.0
"""Room of a line or a box before its words."""
MARK = 10.0
"""Room of a glyph or a flag before its words."""
MOST_LINES = 3


@frozen(kw_only=True)
class PlacedKey:
    """A line of the key with its box: a sample or a flag at the left, and words (``x`` is where they begin)."""

    sample: str
    text: str
    box: Box
    x: float
    flag: Flag | None = None


def lay_key(figure: GraphFigure, sizes: Sizes, left: float, right: float, y: float) -> tuple[list[PlacedKey], float]:
    """Place the key from a height; returns its entries and its lower edge."""
    placed: list[PlacedKey] = []
    x, high = left, 1.5 * sizes.small
    for entry in figure.key:
        before = 0.0 if not entry.sample else MARK if entry.sample.startswith(("glyph", "flag", "indent")) else SAMPLE
        for text in wrap(entry.text, sizes.small, right - left - before, MOST_LINES):
            wide = before + width(text, sizes.small)
            if x > left and x + wide > right:
                x, y = left, y + high
            sample = entry.sample if before else ""
            placed.append(PlacedKey(sample=sample, text=text, box=Box(x, y, wide, sizes.small + 1.5), x=x + before))
            x += wide + 10
            before = 0.0
    y += high if figure.key else 0
    for found in figure.findings:
        wide = SAMPLE  # room of a number of two digits
        for n, text in enumerate(wrap(found.text, sizes.small, right - left - wide, MOST_LINES)):
            box = Box(left, y, wide + width(text, sizes.small), sizes.small + 1.5)
            flag = found.flag if n == 0 else None
            placed.append(PlacedKey(sample="", text=text, box=box, x=left + wide, flag=flag))
            y += high
    return placed, y
