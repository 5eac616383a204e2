"""Reads a drawing as it was written and judges it in numbers: what lies on what, and what leaves the page.

It knows SVG and the widths of letters, nothing of layouts: whatever draws, its file is judged by the same rules.
Boxes of text reach from the ascenders to the descenders of the face.
"""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from itertools import combinations, pairwise
from typing import NamedTuple

from infant_course.render.metrics import width

SVG = "{http://www.w3.org/2000/svg}"
ASCENT, DESCENT = 0.74, 0.21
SLACK = 0.2
"""Two boxes that share no more than this (pt) only touch."""

Point = tuple[float, float]
Step = Callable[[float, float], Point]


class Box(NamedTuple):
    """A part of the page, in pt."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box", slack: float = SLACK) -> bool:
        """Whether two boxes share more than a rim."""
        return (
            min(self.right, other.right) - max(self.left, other.left) > slack
            and min(self.bottom, other.bottom) - max(self.top, other.top) > slack
        )

    def holds(self, other: "Box", slack: float = SLACK) -> bool:
        """Whether another box lies inside."""
        return (
            other.left >= self.left - slack
            and other.right <= self.right + slack
            and other.top >= self.top - slack
            and other.bottom <= self.bottom + slack
        )


class Drawn(NamedTuple):
    """A mark of a drawing: its tag, class, box and text, and the straight lines of its outline."""

    tag: str
    cls: str
    box: Box
    text: str
    edges: tuple[tuple[Point, Point], ...]


def _same(x: float, y: float) -> Point:
    return x, y


def _moved(step: Step, told: str) -> Step:
    """A step after a transform of the two kinds that drawings use."""
    found = re.fullmatch(r"translate\((\S+) (\S+)\)( rotate\(-90\))?", told)
    assert found, f"a transform that this reader does not know: {told!r}"
    dx, dy, turned = float(found[1]), float(found[2]), bool(found[3])
    return lambda x, y: step(dx + y, dy - x) if turned else step(dx + x, dy + y)


def marks(svg: str) -> list[Drawn]:
    """The marks of a drawing in the order in which they are drawn."""
    return list(_marks(ET.fromstring(svg), _same))


def page(svg: str) -> Box:
    """The page of a drawing."""
    root = ET.fromstring(svg)
    return Box(0, 0, float(root.attrib["width"]), float(root.attrib["height"]))


def _marks(element: ET.Element, step: Step) -> Iterator[Drawn]:
    step = _moved(step, element.attrib["transform"]) if "transform" in element.attrib else step
    for child in element:
        tag, told = child.tag.removeprefix(SVG), child.attrib
        cls = told.get("class", "")
        if tag in ("title", "desc", "tspan", "style"):
            continue
        if tag in ("g", "a"):
            yield from _marks(child, step)
            continue
        points = [step(x, y) for x, y in _corners(tag, child)]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        box = Box(min(xs), min(ys), max(xs), max(ys))
        text = "".join(child.itertext()) if tag == "text" else ""
        yield Drawn(tag, cls, box, text, tuple(pairwise(points if straight(child) else rim(box))))


def straight(element: ET.Element) -> bool:
    """Whether an element is a line, or a path of lines."""
    data = element.attrib.get("d")
    return element.tag == f"{SVG}line" if data is None else not re.search("[Aa]", data)


def rim(box: Box) -> list[Point]:
    """The corners of a box, the first again at the end."""
    left, top, right, bottom = box
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


def _corners(tag: str, element: ET.Element) -> list[Point]:
    told = element.attrib

    def number(name: str) -> float:
        return float(told.get(name, 0))

    if tag == "rect":
        x, y = number("x"), number("y")
        return [(x, y), (x + number("width"), y + number("height"))]
    if tag == "line":
        return [(number("x1"), number("y1")), (number("x2"), number("y2"))]
    if tag == "circle":
        x, y, r = number("cx"), number("cy"), number("r")
        return [(x - r, y - r), (x + r, y + r)]
    if tag == "path":
        return list(_path(told["d"]))
    assert tag == "text", f"an element that this reader does not know: {tag}"
    size = number("font-size")
    wide = width(element.text or "", size)
    wide += sum(width(run.text or "", float(run.attrib.get("font-size", size))) for run in element)
    left = number("x") - wide * {"start": 0.0, "middle": 0.5, "end": 1.0}[told.get("text-anchor", "start")]
    return [(left, number("y") - ASCENT * size), (left + wide, number("y") + DESCENT * size)]


def _path(data: str) -> Iterator[Point]:
    """The corners of a path of moves, lines and arcs; of an arc also its bulge, as of half a circle."""
    x = y = 0.0
    first = (x, y)
    for letter, told in re.findall(r"([MLAaZz])([^MLAaZz]*)", data):
        numbers = [float(one) for one in re.findall(r"-?\d+(?:\.\d+)?", told)]
        if letter in "ML":
            for x, y in zip(numbers[::2], numbers[1::2], strict=True):
                first = (x, y) if letter == "M" else first
                yield x, y
        elif letter in "Aa":
            radius = numbers[0]
            start = (x, y)
            x, y = (numbers[5], numbers[6]) if letter == "A" else (x + numbers[5], y + numbers[6])
            flat = abs(start[1] - y) < abs(start[0] - x)
            middle = ((start[0] + x) / 2, (start[1] + y) / 2)
            yield x, y
            if flat:
                yield from ((middle[0], middle[1] - radius), (middle[0], middle[1] + radius))
            else:
                yield from ((middle[0] - radius, middle[1]), (middle[0] + radius, middle[1]))
        else:
            yield first


UNDER = {
    "page": "the page itself",
    "backing": "white under a label, so that a line does not run through it",
    "edge": "ribbons of a flow: labels stand on their tint",
    "join": "lines between the results of a patient",
    "range": "from the sensitivity to the limit of quantification",
    "threshold": "lines of a grid, as faint as one",
    "relapse-line": "gives way to every label",
}
"""Classes that text may lie on, and why."""


def faults(svg: str, *, least: float = 6.0) -> list[str]:
    """Whatever is wrong with a drawing: text on text, text cut by an outline or a line, ink off the page, small text.

    ``least``: the smallest size of text. A raised run counts by the size of its line.
    """
    everything, whole = marks(svg), page(svg)
    texts = [one for one in everything if one.tag == "text" and one.text.strip()]
    found = [
        f"text {_short(a.text)} ({a.cls}) on text {_short(b.text)} ({b.cls})"
        for a, b in combinations(texts, 2)
        if a.box.meets(b.box)
    ]
    for one in everything:
        if not whole.holds(one.box, 0.01):
            found.append(f"{one.tag} {one.cls} {_short(one.text)} off the page: {_told(one.box)} of {_told(whole)}")
        if one.tag != "text" and not set(one.cls.split()) & set(UNDER):
            found += [
                f"text {_short(text.text)} ({text.cls}) cut by {one.tag} {one.cls}"
                for text in texts
                if _cut(one, text.box)
            ]
    sizes = {round(float(size), 2) for size in re.findall(r'<text[^>]* font-size="([\d.]+)"', svg)}
    return found + [f"text of {size:g} pt, below {least:g}" for size in sorted(sizes) if size < least]


def _cut(one: Drawn, text: Box) -> bool:
    """Whether an outline runs through a text: through its letters, less the rim that most of them leave free."""
    inner = Box(text.left + 0.4, text.top + 1.2, text.right - 0.4, text.bottom - 1.2)
    near = one.box.left < inner.right and inner.left < one.box.right
    return near and inner.right > inner.left and any(_enters(a, b, inner) for a, b in one.edges)


def _enters(a: Point, b: Point, box: Box) -> bool:
    """Whether a straight line has a part inside a box (Liang and Barsky's clipping)."""
    start, end = 0.0, 1.0
    for at, by, low, high in ((a[0], b[0] - a[0], box.left, box.right), (a[1], b[1] - a[1], box.top, box.bottom)):
        if by == 0:
            if not low <= at <= high:
                return False
            continue
        first, last = sorted(((low - at) / by, (high - at) / by))
        start, end = max(start, first), min(end, last)
    return start <= end


def _short(text: str) -> str:
    return repr(text if len(text) <= 40 else f"{text[:37]}...") if text else ""


def _told(box: Box) -> str:
    return f"({', '.join(f'{side:.1f}' for side in box)})"
