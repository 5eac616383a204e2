"""Event glyphs, drawn as paths so that no font has to hold them."""

from collections.abc import Callable
from math import cos, pi, sin

from .ink import Element, group, line, number, path, rect, trace
from .palette import BLACK, OUTLINE, WHITE, tone


def _circle(x: float, y: float, r: float) -> str:
    return (
        f"M{number(x - r)},{number(y)} A{number(r)},{number(r)} 0 1 1 {number(x + r)},{number(y)} "
        f"A{number(r)},{number(r)} 0 1 1 {number(x - r)},{number(y)} Z"
    )


def _polygon(x: float, y: float, r: float, corners: int, turn: float = 0.0, inner: float = 1.0) -> str:
    """A regular polygon with one corner up; ``inner`` below 1 makes it a star."""
    count = corners * (2 if inner < 1 else 1)
    points = []
    for i in range(count):
        radius = r * (inner if inner < 1 and i % 2 else 1)
        angle = -pi / 2 + turn + 2 * pi * i / count
        points.append((x + radius * cos(angle), y + radius * sin(angle)))
    return trace(points, closed=True)


def _triangle(x: float, y: float, r: float, *, down: bool = False) -> str:
    sign = -1 if down else 1
    return trace([(x, y - sign * r), (x + r, y + sign * r * 0.8), (x - r, y + sign * r * 0.8)], closed=True)


def _cross(x: float, y: float, r: float, arm: float) -> str:
    """An upright cross turned by 45 degrees, as an outline."""
    plus = [
        (-arm, -r), (arm, -r), (arm, -arm), (r, -arm), (r, arm), (arm, arm),
        (arm, r), (-arm, r), (-arm, arm), (-r, arm), (-r, -arm), (-arm, -arm),
    ]  # fmt: skip
    half = 0.5**0.5
    return trace([(x + (a - b) * half, y + (a + b) * half) for a, b in plus], closed=True)


Draw = Callable[[float, float, float], tuple[Element, ...]]


def _solid(shape: Callable[[float, float, float], str], fill: str, stroke: str = OUTLINE, width: float = 0.5) -> Draw:
    def draw(x: float, y: float, r: float) -> tuple[Element, ...]:
        return (path(shape(x, y, r), cls="shape", fill=fill, stroke=stroke, width=width),)

    return draw


def _response(x: float, y: float, r: float) -> tuple[Element, ...]:
    ring = path(_circle(x, y, r * 0.9), cls="shape", fill=WHITE, stroke=BLACK, width=0.9)
    return ring, path(_circle(x, y, r * 0.28), cls="dot", fill=BLACK)


def _half(x: float, y: float, r: float) -> tuple[Element, ...]:
    ring = path(_circle(x, y, r * 0.95), cls="shape", fill=WHITE, stroke=BLACK, width=0.7)
    a = r * 0.95
    right = f"M{number(x)},{number(y - a)} A{number(a)},{number(a)} 0 0 1 {number(x)},{number(y + a)} Z"
    return ring, path(right, cls="half", fill=BLACK)


def _refractory(x: float, y: float, r: float) -> tuple[Element, ...]:
    s = r * 0.85
    box = rect(x - s, y - s, 2 * s, 2 * s, cls="shape", fill=WHITE, stroke=BLACK, stroke_width=0.8)
    return box, line(x - s, y + s, x + s, y - s, cls="bar", stroke=BLACK, width=0.8)


def _thin_cross(x: float, y: float, r: float) -> tuple[Element, ...]:
    s, stroke = r * 0.8, tone("relapse").fill
    return (
        line(x - s, y - s, x + s, y + s, cls="bar", stroke=stroke, width=1.1),
        line(x - s, y + s, x + s, y - s, cls="bar", stroke=stroke, width=1.1),
    )


def _warning(x: float, y: float, r: float) -> tuple[Element, ...]:
    sign = path(_triangle(x, y, r), cls="shape", fill=WHITE, stroke=BLACK, width=0.7)
    stem = line(x, y - r * 0.25, x, y + r * 0.3, cls="bar", stroke=BLACK, width=0.7)
    return sign, stem, rect(x - 0.35, y + r * 0.45, 0.7, 0.7, cls="dot", fill=BLACK)


def _lost(x: float, y: float, r: float) -> tuple[Element, ...]:
    return (line(x, y - r, x, y + r, cls="bar", stroke=BLACK, width=1.2),)


_DRAWN: dict[str, Draw] = {
    "diagnosis": _solid(lambda x, y, r: _polygon(x, y, r, 4), BLACK, BLACK),
    "remission": _solid(lambda x, y, r: _circle(x, y, r * 0.9), WHITE, BLACK, 0.9),
    "mrd_response": _response,
    "mrd_positive": _solid(lambda x, y, r: _circle(x, y, r * 0.75), BLACK, BLACK),
    "finding": _solid(lambda x, y, r: _polygon(x, y, r * 0.8, 4, turn=pi / 4), WHITE, BLACK, 0.7),
    "relapse": _solid(lambda x, y, r: _cross(x, y, r, r * 0.33), tone("relapse").fill, BLACK),
    "molecular_relapse": _thin_cross,
    "lineage_switch": _half,
    "refractory": _refractory,
    "hsct": _solid(lambda x, y, r: _triangle(x, y, r), tone("hsct").fill),
    "car_t": _solid(lambda x, y, r: _triangle(x, y, r, down=True), tone("cell_therapy").fill, BLACK),
    "infusion": _solid(lambda x, y, r: _triangle(x, y, r * 0.6, down=True), BLACK, BLACK),
    "toxicity": _warning,
    "second_malignancy": _solid(lambda x, y, r: _polygon(x, y, r, 5, inner=0.45), WHITE, BLACK, 0.7),
    "organ_transplant": _solid(lambda x, y, r: _polygon(x, y, r, 5), WHITE, BLACK, 0.8),
    "death": _solid(
        lambda x, y, r: trace(
            [
                (x - r * 0.8, y - r * 0.8),
                (x + r * 0.8, y - r * 0.8),
                (x + r * 0.8, y + r * 0.8),
                (x - r * 0.8, y + r * 0.8),
            ],
            closed=True,
        ),
        tone("active").fill,
        BLACK,
    ),
    "alive": _solid(
        lambda x, y, r: trace([(x - r * 0.7, y - r), (x + r, y), (x - r * 0.7, y + r)], closed=True), WHITE, BLACK, 0.9
    ),
    "lost": _lost,
}

KINDS = tuple(_DRAWN)
"""The kinds of glyph there are."""


def glyph(kind: str, x: float, y: float, radius: float = 3.4) -> Element:
    """The glyph of an event, centred on a point, radius in points. Raises KeyError for a kind there is not."""
    return group(f"glyph {kind}", *_DRAWN[kind](x, y, radius))
