"""How large the boxes of a graph are, before they have a place: text broken into lines and measured, in points."""

import re
from collections.abc import Sequence

from attrs import frozen

from .course_graph_figure import Flag, Node, Tag
from .ink import Run
from .metrics import shorten, width, wrap

PAD_X, PAD_Y = 5.0, 4.0
STEM = 4.0
INDENT = 8.0
MOST_LINES = 3
"""Most lines of a name, and of all details together; in a plan each detail has as many."""
MOST_PLANNED = 4
LONGEST_TAG = 25.0
"""Widest line of a tag, in sizes of its text."""
FLAG_GAP = 1.5


@frozen
class Sizes:
    """Sizes of everything that follows the size of the text (pt); no text is smaller than 6 pt."""

    text: float

    @property
    def detail(self) -> float:
        """Text of details."""
        return self.text - 0.5

    @property
    def small(self) -> float:
        """Text of tags, key and labels of arrows."""
        return max(6.0, self.text - 1)

    @property
    def line(self) -> float:
        """Height of a line of a box."""
        return 1.2 * self.text

    @property
    def tag_line(self) -> float:
        """Height of a line of a tag."""
        return 1.43 * self.small

    @property
    def tag_glyph(self) -> float:
        """Room of a tag's glyph."""
        return 1.25 * self.small

    @property
    def flag(self) -> float:
        """Height of a flag."""
        return self.small + 1.2


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


@frozen
class SizedTag:
    """A tag with its lines; ``w`` and ``h`` with glyph and flags."""

    tag: Tag
    lines: tuple[tuple[Run, ...], ...]
    words: float
    w: float
    h: float


@frozen
class SizedNode:
    """A node with its lines, of which the first ``name_lines`` are its name; its flags in rows; its tags."""

    node: Node
    lines: tuple[str, ...]
    name_lines: int
    flags: tuple[tuple[Flag, ...], ...]
    w: float
    h: float
    tags: tuple[SizedTag, ...]

    @property
    def reach(self) -> float:
        """Width of the column it needs."""
        return max([self.w, *(tag.w for tag in self.tags)])

    @property
    def depth(self) -> float:
        """Height of what hangs below it."""
        return STEM + sum(tag.h for tag in self.tags) if self.tags else 0.0


def flag_width(flag: Flag, sizes: Sizes) -> float:
    """Width of a flag."""
    return max(sizes.flag, width(str(flag.number), sizes.small) + 4)


def sized(node: Node, sizes: Sizes, longest: float, room: float, *, planned: bool) -> SizedNode:
    """A node measured; ``longest`` is the widest text, ``room`` the width of the page's inside (pt)."""
    longest = min(longest, room - 2 * PAD_X - sizes.line)
    name, *details = map(kept_together, node.lines)
    most = MOST_PLANNED if planned else MOST_LINES
    names = wrap(name, sizes.text, longest, most)
    more: list[str] = []
    for words in details:
        left = most if planned else MOST_LINES - len(more)
        if left > 0:
            more += wrap(words, sizes.detail, longest, left)
        elif not more[-1].endswith("…"):
            more[-1] = shorten(f"{more[-1]} …", sizes.detail, longest)
    text = max([*(width(line, sizes.text) for line in names), *(width(line, sizes.detail) for line in more)])
    flags = _in_rows(node.flags, sizes, max(text, 4 * sizes.flag))
    text = max([text, *(_row_width(row, sizes) for row in flags)])
    point = sizes.line if node.kind in ("last_contact", "death") else 0  # the arrow's head
    high = (len(names) + len(more)) * sizes.line + len(flags) * (sizes.flag + 1.5) + 2 * PAD_Y
    tags = tuple(_sized_tag(tag, sizes, room) for tag in node.tags)
    return SizedNode(node, (*names, *more), len(names), flags, text + 2 * PAD_X + point, high, tags)


def kept_together(words: str) -> str:
    """Words of which no number stands alone on a line: "cycle 1", "part II", "10 months"."""
    together = re.sub(r" (?=(?:[IVX]+|[0-9]+|%)(?!\w))", "\N{NO-BREAK SPACE}", words)
    return re.sub(r"(?<=[0-9]) (?=(?:days?|weeks?|months?|years?)\b)", "\N{NO-BREAK SPACE}", together)


def _row_width(row: Sequence[Flag], sizes: Sizes) -> float:
    return sum(flag_width(flag, sizes) for flag in row) + FLAG_GAP * (len(row) - 1)


def _in_rows(flags: Sequence[Flag], sizes: Sizes, room: float) -> tuple[tuple[Flag, ...], ...]:
    rows: list[tuple[Flag, ...]] = []
    for flag in flags:
        longer = (*rows[-1], flag) if rows else (flag,)
        if rows and _row_width(longer, sizes) <= room:
            rows[-1] = longer
        else:
            rows.append((flag,))
    return tuple(rows)


def _sized_tag(tag: Tag, sizes: Sizes, room: float) -> SizedTag:
    before = sizes.tag_glyph + INDENT * tag.level
    after = sum(flag_width(flag, sizes) + FLAG_GAP for flag in tag.flags)
    longest = min(LONGEST_TAG * sizes.small, room - before - after)
    lines: tuple[tuple[Run, ...], ...] = (tag.runs,)
    if width(tag.runs, sizes.small) > longest:
        whole = kept_together("".join(run.text for run in tag.runs))
        lines = tuple((Run(line),) for line in wrap(whole, sizes.small, longest, MOST_LINES))
    words = max(width(line, sizes.small) for line in lines)
    return SizedTag(tag, lines, words, before + words + after, len(lines) * sizes.tag_line)
