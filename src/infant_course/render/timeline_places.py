"""What a laid out timeline is made of: boxes, labels, bars, marks and strokes, in pt from the top left."""

import re
from itertools import pairwise

from attrs import define, field, frozen

from .ink import Run
from .metrics import width as text_width
from .timeline_figure import Assay, Flag, MrdState

Runs = str | list[Run]
_POWER = re.compile(r"10\^-?([0-9]+)")


@frozen
class Box:
    """A rectangle on the page."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    def touches(self, other: "Box", margin: float = 0.0) -> bool:
        """Whether two boxes overlap, or come closer than a margin."""
        return (
            self.x < other.right + margin
            and other.x < self.right + margin
            and self.y < other.bottom + margin
            and other.y < self.bottom + margin
        )


def runs_of(text: str) -> Runs:
    """Text with powers of ten ("4 × 10^-4") as runs with a raised exponent and a true minus."""
    if not _POWER.search(text):
        return text
    runs, at = [], 0
    for match in _POWER.finditer(text):
        runs.append(Run(text[at : match.start()] + "10"))
        runs.append(Run("\N{MINUS SIGN}" * ("-" in match[0]) + match[1], raised=True))
        at = match.end()
    return [*runs, Run(text[at:])] if text[at:] else runs


def measure(text: str, size: float) -> float:
    """Width of a label, powers of ten included."""
    return text_width(runs_of(text), size)


def shorten(text: str, size: float, most: float) -> str:
    """Text cut with an ellipsis so that it is no wider than ``most``."""
    if measure(text, size) <= most:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle].rstrip() + "…", size) <= most:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


@frozen
class Type:
    """Sizes of text (pt), all from that of axes and lanes, and the heights that follow from them."""

    names: float = 7.0
    """Axes and lane names."""

    @property
    def labels(self) -> float:
        """Labels of events, bars and values, the key and the notes."""
        return self.names - 0.5

    @property
    def small(self) -> float:
        """The smallest text there is: limits, signs, numbers of flags."""
        return self.names - 1.0

    @property
    def bar(self) -> float:
        """Height of a bar."""
        return self.labels + 1.6

    @property
    def row(self) -> float:
        """From one row of bars to the next."""
        return self.labels + 4.0

    @property
    def level(self) -> float:
        """From one level of event labels to the next."""
        return self.labels + 2.1

    @property
    def line(self) -> float:
        """From one line of the key to the next."""
        return self.labels + 3.1


RING = 5.0
"""Radius of the ring about an MRD result whose time is nominal, pt."""
FLAG_TEXT = 6.0
"""Size of the number in a flag, pt."""
FLAG_HEIGHT = 7.2
_FLAG_GAP = 1.4


def flag_width(flag: Flag) -> float:
    """Width of a flag: of its number and the room about it."""
    return max(FLAG_HEIGHT, measure(str(flag.number), FLAG_TEXT) + 3.4)


def flags_width(flags: tuple[Flag, ...]) -> float:
    """Width of a row of flags, with the gap before each."""
    return sum(flag_width(flag) + _FLAG_GAP for flag in flags)


@frozen
class Label:
    """A line of text, and behind it the flags of what was found. ``x`` is where it is anchored, ``y`` its baseline."""

    text: str
    x: float
    y: float
    size: float
    anchor: str = "start"
    cls: str = "label"
    fill: str = "#000000"
    flags: tuple[Flag, ...] = ()

    @property
    def box(self) -> Box:
        """What it covers: ascenders to descenders, and its flags."""
        wide = measure(self.text, self.size) + flags_width(self.flags)
        left = {"start": self.x, "middle": self.x - wide / 2, "end": self.x - wide}[self.anchor]
        text = Box(left, self.y - 0.74 * self.size, wide, 0.95 * self.size)
        if not self.flags:
            return text
        top = min(text.y, self.middle - FLAG_HEIGHT / 2)
        return Box(left, top, wide, max(text.bottom, self.middle + FLAG_HEIGHT / 2) - top)

    @property
    def middle(self) -> float:
        """The height of the middle of its capitals."""
        return self.y - 0.36 * self.size

    @property
    def flag_boxes(self) -> list[tuple[Flag, Box]]:
        """Each flag and where it stands."""
        found, x = [], self.box.x + measure(self.text, self.size)
        for flag in self.flags:
            wide = flag_width(flag)
            found.append((flag, Box(x + _FLAG_GAP, self.middle - FLAG_HEIGHT / 2, wide, FLAG_HEIGHT)))
            x += _FLAG_GAP + wide
        return found


@frozen
class Bar:
    """A treatment. ``pieces``: its parts on the two sides of the break. ``tints``: boxes and how strong."""

    tone: str
    pieces: tuple[Box, ...]
    outline: str
    tints: tuple[tuple[Box, float], ...] = ()
    open_left: bool = False
    open_right: bool = False
    arrow: bool = False
    title: str = ""
    event: str | None = None

    @property
    def extent(self) -> Box:
        """The bar with its tints and its arrow."""
        boxes = [*self.pieces, *(box for box, _ in self.tints)]
        left, right = min(box.x for box in boxes), max(box.right for box in boxes)
        return Box(left, boxes[0].y, right - left + (self.pieces[0].height / 2 if self.arrow else 0), boxes[0].height)


@frozen
class Mark:
    """An event glyph."""

    kind: str
    x: float
    y: float
    title: str
    radius: float = 3.4
    event: str | None = None

    @property
    def box(self) -> Box:
        """What it covers."""
        return Box(self.x - self.radius, self.y - self.radius, 2 * self.radius, 2 * self.radius)


@frozen
class MrdMark:
    """An MRD result. ``top``: the height of its quantification limit, of a positive that has no level."""

    assay: Assay
    state: MrdState
    x: float
    y: float
    title: str
    top: float | None = None
    event: str | None = None
    nominal: bool = False
    """Whether its time is that of the protocol: then a dashed ring is about it."""

    @property
    def box(self) -> Box:
        """What it covers, with the arrow of a negative and the bar of a positive without a level."""
        half = RING if self.nominal else 3.2
        above = self.y - half if self.top is None else min(self.top, self.y - half)
        below = self.y + (9.0 if self.state is MrdState.NOT_DETECTED_AT else half)
        return Box(self.x - half, above, 2 * half, below - above)


@frozen
class Bracket:
    """Earliest to latest. ``cls`` tells the group (a row) in which brackets must not share a level."""

    x1: float
    x2: float
    y: float
    pieces: tuple[tuple[float, float], ...]
    cls: str = "bracket"
    at: float | None = None
    """Where the event itself is drawn: a tick on the bracket, so that one sees whose it is."""

    @property
    def box(self) -> Box:
        """What it covers, caps included."""
        return Box(self.x1, self.y - 1.2, self.x2 - self.x1, 2.4)


@frozen
class Stroke:
    """A line: leader, axis, tick, rule, threshold, join."""

    x1: float
    y1: float
    x2: float
    y2: float
    cls: str
    stroke: str = "#000000"
    width: float = 0.6
    dash: str | None = None


@frozen
class Region:
    """A part of the status band: a polygon in a tone."""

    tone: str
    points: tuple[tuple[float, float], ...]
    title: str


@frozen
class Swatch:
    """The sample of a key entry: ``kind`` names how :mod:`timeline_ink` draws it."""

    kind: str
    x: float
    y: float


@frozen(kw_only=True)
class Layout:
    """A timeline in numbers."""

    width: float
    height: float
    title: str
    description: str
    strokes: tuple[Stroke, ...]
    regions: tuple[Region, ...]
    bars: tuple[Bar, ...]
    brackets: tuple[Bracket, ...]
    marks: tuple[Mark, ...]
    mrd: tuple[MrdMark, ...]
    labels: tuple[Label, ...]
    swatches: tuple[Swatch, ...]
    turned: tuple[Label, ...] = field(default=())
    """Labels turned by 90 degrees about their anchor: the name of the MRD axis."""

    @property
    def boxes(self) -> list[Box]:
        """Everything that covers a part of the page."""
        found = [box for bar in self.bars for box in (*bar.pieces, *(tint for tint, _ in bar.tints))]
        found += [thing.box for group in (self.brackets, self.marks, self.mrd, self.labels) for thing in group]
        return found


def levels(stretches: list[tuple[float, float]], apart: float = 1.5) -> list[int]:
    """First free level of each stretch, from left to right, so that none touches another of its level."""
    last: list[float] = []
    found = [0] * len(stretches)
    for place in sorted(range(len(stretches)), key=lambda n: (stretches[n][0], stretches[n][1], n)):
        left, right = stretches[place]
        level = next((n for n, end in enumerate(last) if end + apart <= left), len(last))
        if level == len(last):
            last.append(right)
        last[level] = right
        found[place] = level
    return found


def clip(points: list[tuple[float, float]], x: float, *, left: bool) -> list[tuple[float, float]]:
    """The part of a convex polygon on one side of a vertical line."""
    kept: list[tuple[float, float]] = []
    for (ax, ay), (bx, by) in pairwise([*points, points[0]]):
        inside_a, inside_b = (ax <= x, bx <= x) if left else (ax >= x, bx >= x)
        if inside_a:
            kept.append((ax, ay))
        if inside_a != inside_b:
            share = (x - ax) / (bx - ax)
            kept.append((x, ay + share * (by - ay)))
    return list(dict.fromkeys(kept))


@define
class Sheet:
    """A page while it is laid out: everything put on it so far, and the sizes of its text."""

    type: Type = field(factory=Type)
    narrow: bool = False
    """Lane names stand on two lines, and the key takes the whole width."""
    strokes: list[Stroke] = field(factory=list)
    regions: list[Region] = field(factory=list)
    bars: list[Bar] = field(factory=list)
    brackets: list[Bracket] = field(factory=list)
    marks: list[Mark] = field(factory=list)
    mrd: list[MrdMark] = field(factory=list)
    labels: list[Label] = field(factory=list)
    swatches: list[Swatch] = field(factory=list)
    turned: list[Label] = field(factory=list)
    keyed: list[tuple[str, str]] = field(factory=list)
    """Key entries: the kind of swatch and the text."""

    def moved(self, at: tuple[float, float], to: tuple[float, float]) -> None:
        """A line from where a time stands to its mark, which was moved aside so that both can be seen."""
        self.strokes.append(Stroke(*at, *to, "moved", "#555555", 0.5))
        self.key("moved", "from its time to a mark that was moved aside")

    def key(self, swatch: str, text: str) -> None:
        """Ask for a key entry, once."""
        if (swatch, text) not in self.keyed:
            self.keyed.append((swatch, text))
