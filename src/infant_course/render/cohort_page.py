"""A figure of a cohort in numbers: what stands where on the page, in the order in which it is drawn.

The figures of a cohort share these few shapes; :mod:`infant_course.render.cohort_ink` draws them. Everything is in
pt from the top left.
"""

from collections.abc import Callable, Sequence

from attrs import define, field, frozen

from ..errors import UsageError
from .style import WIDTHS
from .timeline_figure import clean
from .timeline_places import Box, Label, Mark, Stroke, measure, shorten

MARGIN = 5.0
NAMES, TEXT, SMALL = 7.0, 6.5, 6.0
"""Sizes of text: axes and names, labels, and the least."""


@frozen
class Shape:
    """A filled polygon. ``fill`` and ``stroke`` are colours; ``title`` is shown by a viewer."""

    points: tuple[tuple[float, float], ...]
    fill: str
    stroke: str | None = None
    width: float = 0.5
    dash: str | None = None
    cls: str = "shape"
    title: str = field(default="", converter=clean)

    @property
    def box(self) -> Box:
        """What it covers."""
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


@frozen
class Outline:
    """A line through several points, not filled."""

    points: tuple[tuple[float, float], ...]
    stroke: str
    width: float = 0.8
    dash: str | None = None
    cls: str = "line"

    @property
    def box(self) -> Box:
        """What it covers."""
        xs, ys = [x for x, _ in self.points], [y for _, y in self.points]
        return Box(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


@frozen
class Turned:
    """A line of text that reads upwards; ``x`` is its baseline and ``y`` where it is anchored."""

    text: str
    x: float
    y: float
    size: float
    anchor: str = "middle"
    cls: str = "turned"

    @property
    def box(self) -> Box:
        """What it covers."""
        long = measure(self.text, self.size)
        top = {"start": self.y - long, "middle": self.y - long / 2, "end": self.y}[self.anchor]
        return Box(self.x - 0.74 * self.size, top, 0.95 * self.size, long)


@frozen
class Symbol:
    """An MRD result: ``assay`` gives shape and colour, ``filled`` is "full", "half" or "none"."""

    assay: str
    x: float
    y: float
    filled: str
    arrow: bool = False
    radius: float = 2.2
    title: str = field(default="", converter=clean)

    @property
    def box(self) -> Box:
        """What it covers, with its arrow."""
        r = self.radius
        return Box(self.x - r, self.y - r, 2 * r, 2 * r + (2.4 * r if self.arrow else 0))


Thing = Shape | Outline | Stroke | Mark | Symbol | Label | Turned


@define
class Page:
    """A page while it is laid out and after: its size, and what stands on it in the order of drawing."""

    width: float
    height: float = 0.0
    title: str = ""
    description: str = ""
    things: list[Thing] = field(factory=list)

    def add(self, *things: Thing) -> None:
        """Put something on the page, over what is there."""
        self.things += things

    def of(self, cls: str) -> list[Thing]:
        """Everything of one class, for tests."""
        return [one for one in self.things if getattr(one, "cls", None) == cls]

    @property
    def labels(self) -> list[Label | Turned]:
        """All lines of text."""
        return [one for one in self.things if isinstance(one, Label | Turned)]

    @property
    def boxes(self) -> list[Box]:
        """What everything covers."""
        return [_box(one) for one in self.things]


def _box(one: Thing) -> Box:
    if isinstance(one, Stroke):
        x, y = min(one.x1, one.x2), min(one.y1, one.y2)
        return Box(x, y, abs(one.x1 - one.x2), abs(one.y1 - one.y2))
    return one.box


def page_width(mm: int) -> float:
    """The width of a page in pt. Raises UsageError for a width that is not offered."""
    if mm not in WIDTHS:
        raise UsageError(f"width: expected {', '.join(map(str, WIDTHS))} (mm), found {mm}")
    return WIDTHS[mm]


def rectangle(box: Box) -> tuple[tuple[float, float], ...]:
    """The corners of a box."""
    return ((box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom))


Sample = Callable[[float, float], Sequence[Thing]]
"""Makes the sample of a key entry about a point."""


def lay_key(page: Page, entries: Sequence[tuple[Sample, str]], left: float, right: float, y: float) -> float:
    """Put a row of samples with their texts, in as few lines as it takes; returns the lower edge."""
    texts = [shorten(text, TEXT, right - left - 16) for _, text in entries]
    rows = min(
        (_key_rows(texts, right - left, apart) for apart in (9.0, 7.0, 5.0)),
        key=lambda found: max((row for row, _ in found), default=0),
    )
    baseline, before = y, -1
    for (sample, _), text, (row, place) in zip(entries, texts, rows, strict=True):
        baseline += 9.6 if row != before else 0.0
        x, before = left + place, row
        page.add(*sample(x + 5, baseline - 2.4), Label(text, x + 13, baseline, TEXT, cls="key"))
    return baseline + 2 if entries else y


def _key_rows(texts: Sequence[str], room: float, apart: float) -> list[tuple[int, float]]:
    """The row of each entry of a key and where it starts, if so much is left between two."""
    found: list[tuple[int, float]] = []
    row, x = 0, 0.0
    for text in texts:
        wide = 14 + measure(text, TEXT)
        if x and x + wide > room:
            row, x = row + 1, 0.0
        found.append((row, x))
        x += wide + apart
    return found


def lay_note(page: Page, text: str, left: float, right: float, y: float) -> float:
    """Put a note in as many lines as it takes; returns the lower edge."""
    baseline = y
    for line in lines_of(text, SMALL, right - left):
        baseline += 8.0
        page.add(Label(line, left, baseline, SMALL, cls="note"))
    return baseline + 2


def lines_of(text: str, size: float, room: float) -> list[str]:
    """A text broken at spaces so that it fits; a word too long for a line is cut."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and measure(longer, size) <= room:
            lines[-1] = longer
        else:
            lines.append(shorten(word, size, room))
    return lines


def spread(xs: Sequence[float], apart: float, left: float, right: float) -> list[float]:
    """Places in order, moved apart so that none is nearer to the next than so much; inside the limits if they fit."""
    placed: list[float] = []
    for x in xs:
        placed.append(max(x, placed[-1] + apart) if placed else max(x, left))
    limit = right
    for n in range(len(placed) - 1, -1, -1):
        placed[n] = min(placed[n], limit)
        limit = placed[n] - apart
    return placed


STEPS = (1, 2, 3, 6, 12, 24, 36, 60, 120, 240)
"""Steps of a time axis, in months."""


def month_step(months: float, room: float) -> int:
    """The least step whose ticks stand at least 26 pt apart."""
    for step in STEPS:
        if months <= 0 or room * step / months >= 26:
            return step
    return STEPS[-1]
