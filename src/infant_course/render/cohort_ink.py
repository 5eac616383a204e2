"""Ink for the figures of a cohort: every number of the page becomes an element of the drawing. Nothing is placed."""

from typing import assert_never

from .cohort_page import Outline, Page, Shape, Symbol, Thing, Turned
from .glyphs import glyph
from .ink import Drawing, Element, group, line, number, path, text, trace
from .palette import BLACK, WHITE, tone
from .timeline_places import Label, Mark, Stroke, runs_of

COLOURS = {
    "pcr": tone("antibody").fill,
    "flow": tone("relapse").fill,
    "ngs": tone("ngs").fill,
    "morphology": BLACK,
    "unknown": "#666666",
    "any": "#444444",
}
"""Colour of each assay's symbol; "any" is the circle of the key's samples of states."""

_CORNERS = {
    "flow": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "ngs": ((0, -1.1), (1.06, 0.87), (-1.06, 0.87)),
    "morphology": ((0, -1.15), (1.1, 0), (0, 1.15), (-1.1, 0)),
    "unknown": ((-1.06, -0.87), (1.06, -0.87), (0, 1.1)),
}


def ink(page: Page) -> Drawing:
    """The drawing of a laid out page."""
    return Drawing(page.width, page.height, page.title, page.description, [_element(one) for one in page.things])


def _element(one: Thing) -> Element:
    match one:
        case Shape():
            return path(
                trace(one.points, closed=True),
                cls=one.cls,
                fill=one.fill,
                stroke=one.stroke,
                width=one.width if one.stroke else None,
                dash=one.dash,
                title=one.title,
            )
        case Outline():
            return path(trace(one.points), cls=one.cls, fill="none", stroke=one.stroke, width=one.width, dash=one.dash)
        case Stroke():
            return line(one.x1, one.y1, one.x2, one.y2, cls=one.cls, stroke=one.stroke, width=one.width, dash=one.dash)
        case Mark():
            return group("mark", glyph(one.kind, one.x, one.y, radius=one.radius), title=one.title)
        case Symbol():
            return _symbol(one)
        case Label():
            return text(one.x, one.y, runs_of(one.text), cls=one.cls, size=one.size, fill=one.fill, anchor=one.anchor)
        case Turned():
            upright = text(0, 0, runs_of(one.text), cls=one.cls, size=one.size, anchor=one.anchor)
            return Element("g", (("transform", f"translate({number(one.x)} {number(one.y)}) rotate(-90)"),), (upright,))
    assert_never(one)


def _symbol(one: Symbol) -> Element:
    colour, r, x, y = COLOURS[one.assay], one.radius, one.x, one.y
    fill = colour if one.filled == "full" else WHITE
    corners = _CORNERS.get(one.assay)
    if corners:
        points = [(x + dx * r, y + dy * r) for dx, dy in corners]
        parts = [path(trace(points, closed=True), cls="symbol", fill=fill, stroke=colour, width=0.7)]
        if one.filled == "half":
            parts.append(path(trace(_lower(points, y), closed=True), cls="half", fill=colour))
    else:
        n, m = number(r), number(2 * r)
        circle = f"M{number(x - r)} {number(y)}a{n} {n} 0 1 1 {m} 0a{n} {n} 0 1 1 -{m} 0Z"
        parts = [path(circle, cls="symbol", fill=fill, stroke=colour, width=0.7)]
        if one.filled == "half":
            parts.append(path(f"M{number(x - r)} {number(y)}a{n} {n} 0 0 0 {m} 0Z", cls="half", fill=colour))
    if one.arrow:
        tip = y + 3.2 * r
        parts += [
            line(x, y + r, x, tip, cls="arrow", stroke=BLACK, width=0.5),
            path(trace([(x - r / 2, tip - r / 1.6), (x, tip), (x + r / 2, tip - r / 1.6)]),
                 cls="arrow", fill="none", stroke=BLACK, width=0.5),
        ]  # fmt: skip
    return group("result", *parts, title=one.title)


def _lower(points: list[tuple[float, float]], y: float) -> list[tuple[float, float]]:
    """The part of a polygon below a height."""
    kept: list[tuple[float, float]] = []
    for (ax, ay), (bx, by) in zip(points, [*points[1:], points[0]], strict=True):
        if ay >= y:
            kept.append((ax, ay))
        if (ay >= y) != (by >= y):
            kept.append((ax + (bx - ax) * (y - ay) / (by - ay), y))
    return kept
