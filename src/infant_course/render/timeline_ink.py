"""Ink for a laid out timeline: every number of the layout becomes an element of the drawing.

Nothing is placed here. The order of drawing is the order of depth: rules and joins, the band, bars, brackets,
glyphs, and text on top.
"""

from .glyphs import glyph
from .ink import Drawing, Element, group, line, path, rect, text
from .palette import tone
from .style import Style
from .timeline_figure import Assay, Flag, MrdState, TimelineFigure
from .timeline_layout import PLAIN, lay_out
from .timeline_places import (
    FLAG_TEXT,
    RING,
    Bar,
    Box,
    Bracket,
    Label,
    Layout,
    Mark,
    MrdMark,
    Region,
    Stroke,
    Swatch,
    runs_of,
)

_WHITE, _BLACK, _BRACKET, _GHOST = "#FFFFFF", "#000000", "#777777", "#8C8C8C"
_DASHES = {"dashed": "1.6 1.1", "dotted": "0.6 1.3"}
_R = 3.0
_SHAPES: dict[Assay, tuple[str, tuple[tuple[float, float], ...]]] = {
    Assay.PCR: ("#0072B2", ()),
    Assay.FLOW: ("#D55E00", ((-2.7, -2.7), (2.7, -2.7), (2.7, 2.7), (-2.7, 2.7))),
    Assay.NGS: ("#009E73", ((0, -3.3), (3.2, 2.6), (-3.2, 2.6))),
    Assay.MORPHOLOGY: ("#000000", ((0, -3.6), (3.4, 0), (0, 3.6), (-3.4, 0))),
    Assay.UNKNOWN: ("#666666", ((-3.2, -2.6), (3.2, -2.6), (0, 3.3))),
}
"""Colour and outline of each assay's symbol about its middle (PCR is a circle)."""


def draw_timeline(figure: TimelineFigure, *, style: Style = PLAIN) -> Drawing:
    """The drawing of a timeline in a style."""
    return ink(lay_out(figure, style))


def ink(layout: Layout) -> Drawing:
    """The drawing of a laid out timeline."""
    elements = [
        group("strokes", *(_stroke(one) for one in layout.strokes if one.cls != "value-leader")),
        group("status", *(_region(one) for one in layout.regions)),
        group("bars", *(_bar(one) for one in layout.bars)),
        group("brackets", *(_bracket(one) for one in layout.brackets)),
        group("marks", *(_mark(one) for one in layout.marks)),
        group("mrd", *(_mrd(one) for one in layout.mrd)),
        group("leaders", *(_stroke(one) for one in layout.strokes if one.cls == "value-leader")),
        group("key", *(_swatch(one) for one in layout.swatches)),
        group("labels", *(_label(one) for one in layout.labels), *(_turned(one) for one in layout.turned)),
    ]
    return Drawing(layout.width, layout.height, layout.title, layout.description, elements)


def _stroke(one: Stroke) -> Element:
    return line(one.x1, one.y1, one.x2, one.y2, cls=one.cls, stroke=one.stroke, width=one.width, dash=one.dash)


def _n(value: float) -> str:
    return f"{value:.2f}"


def _d(points: list[tuple[float, float]], *, close: bool = True) -> str:
    head, *rest = points
    d = f"M{_n(head[0])} {_n(head[1])}" + "".join(f"L{_n(x)} {_n(y)}" for x, y in rest)
    return d + "Z" if close else d


def _region(one: Region) -> Element:
    stated = one.tone != "not_stated"
    return path(
        _d(list(one.points)),
        cls=f"state {one.tone}",
        fill=tone(one.tone).fill if stated else _WHITE,
        stroke=_WHITE if one.tone == "active" else "#333333",  # two dark states side by side are told apart
        width=0.5,
        dash=None if stated else _DASHES["dotted"],
        title=one.title,
    )


def _mark(one: Mark) -> Element:
    return group("mark", glyph(one.kind, one.x, one.y, radius=one.radius), title=one.title, event=one.event)


def _mixed(colour: str, share: float) -> str:
    """An opaque tint: a share of the colour on white."""
    parts = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    return "#" + "".join(f"{round(255 - (255 - part) * share):02X}" for part in parts)


def _bar(one: Bar) -> Element:
    planned = one.outline == "planned"
    fill, dash, stroke = (
        _WHITE if planned else tone(one.tone).fill,
        _DASHES.get(one.outline),
        _GHOST if planned else "#333333",
    )
    parts = [
        rect(box.x, box.y, box.width, box.height, cls="tint", fill=_mixed(fill, share)) for box, share in one.tints
    ]
    last = len(one.pieces) - 1
    for n, box in enumerate(one.pieces):
        # A side at the break or at an unknown end has no outline: the bar does not end there.
        left_open, right_open = n > 0 or one.open_left, n < last or (one.open_right and not one.arrow)
        parts.append(rect(box.x, box.y, box.width, box.height, cls=f"bar {one.tone}", fill=fill))
        if one.arrow and n == last:
            tip = box.right + box.height / 2
            head = [(box.right, box.y), (tip, box.y + box.height / 2), (box.right, box.bottom)]
            parts.append(path(_d(head), cls=f"bar {one.tone}", fill=fill))
            outline = [(box.x, box.bottom), (box.x, box.y), *head, (box.x, box.bottom)]
            parts.append(_line(outline[1:] if left_open else outline, dash, stroke))
        elif left_open and right_open:
            parts += [_line([(box.x, y), (box.right, y)], dash, stroke) for y in (box.y, box.bottom)]
        elif left_open:
            right = [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]
            parts.append(_line(right, dash, stroke))
        elif right_open:
            left = [(box.right, box.y), (box.x, box.y), (box.x, box.bottom), (box.right, box.bottom)]
            parts.append(_line(left, dash, stroke))
        else:
            corners = [(box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom)]
            parts.append(path(_d(corners), cls="outline", fill="none", stroke=stroke, width=0.5, dash=dash))
    return group(f"treatment {one.outline}", *parts, title=one.title, event=one.event)


def _line(points: list[tuple[float, float]], dash: str | None, stroke: str) -> Element:
    return path(_d(points, close=False), cls="outline", fill="none", stroke=stroke, width=0.5, dash=dash)


def _bracket(one: Bracket) -> Element:
    dash = _DASHES["dashed"] if one.cls.endswith(" nominal") else None
    parts = [line(a, one.y, b, one.y, cls="span", stroke=_BRACKET, width=1.0, dash=dash) for a, b in one.pieces]
    caps = () if one.cls.endswith(" rounded") else (one.x1, one.x2)
    parts += [line(x, one.y - 1.2, x, one.y + 1.2, cls="cap", stroke=_BRACKET, width=1.0) for x in caps]
    if one.at is not None:
        parts.append(line(one.at, one.y - 1.2, one.at, one.y, cls="own", stroke=_BRACKET, width=0.8))
    return group(one.cls, *parts)


def _circle(x: float, y: float, radius: float) -> str:
    r = _n(radius)
    return f"M{_n(x - radius)} {_n(y)}a{r} {r} 0 1 1 {_n(2 * radius)} 0a{r} {r} 0 1 1 {_n(-2 * radius)} 0Z"


def _symbol(assay: Assay, x: float, y: float, filled: str, colour: str | None = None) -> list[Element]:
    """The symbol of an assay: "full", "half" (the lower half) or "none"."""
    own, corners = _SHAPES[assay]
    colour = colour or own
    whole = _d([(x + dx, y + dy) for dx, dy in corners]) if corners else _circle(x, y, _R)
    fill = colour if filled == "full" else _WHITE
    parts = [path(whole, cls=f"symbol {assay.name.lower()}", fill=fill, stroke=colour, width=1.0)]
    if filled == "half":
        if corners:
            lower = _lower_half([(x + dx, y + dy) for dx, dy in corners], y)
            d = _d(lower)
        else:
            r = _n(_R)
            d = f"M{_n(x - _R)} {_n(y)}a{r} {r} 0 0 0 {_n(2 * _R)} 0Z"
        parts.append(path(d, cls="half", fill=colour))
    return parts


def _lower_half(corners: list[tuple[float, float]], y: float) -> list[tuple[float, float]]:
    kept: list[tuple[float, float]] = []
    for (ax, ay), (bx, by) in zip(corners, [*corners[1:], corners[0]], strict=True):
        if ay >= y:
            kept.append((ax, ay))
        if (ay >= y) != (by >= y):
            kept.append((ax + (bx - ax) * (y - ay) / (by - ay), y))
    return kept


_FILLED = {MrdState.QUANTIFIED: "full", MrdState.POSITIVE: "half"}


def _mrd(one: MrdMark) -> Element:
    parts: list[Element] = []
    colour = _SHAPES[one.assay][0]
    if one.top is not None:
        parts.append(line(one.x, one.y, one.x, one.top, cls="range", stroke=colour, width=0.8))
        parts.append(line(one.x - 1.8, one.top, one.x + 1.8, one.top, cls="range", stroke=colour, width=0.8))
    parts += _symbol(one.assay, one.x, one.y, _FILLED.get(one.state, "none"))
    if one.state is MrdState.NOT_DETECTED_AT:
        parts += _arrow(one.x, one.y + 3.4)
    if one.nominal:
        ring = _circle(one.x, one.y, RING - 0.4)
        parts.append(path(ring, cls="ring", fill="none", stroke="#333333", width=0.6, dash=_DASHES["dashed"]))
    return group(f"result {one.state}", *parts, title=one.title, event=one.event)


def _arrow(x: float, y: float) -> list[Element]:
    return [
        line(x, y, x, y + 5.0, cls="arrow", stroke=_BLACK, width=0.7),
        path(
            _d([(x - 1.5, y + 3.4), (x, y + 5.4), (x + 1.5, y + 3.4)], close=False),
            cls="arrow",
            fill="none",
            stroke=_BLACK,
            width=0.7,
        ),
    ]


def _label(one: Label) -> Element:
    fill = one.fill if one.fill.startswith("#") else _BLACK if one.fill == "not_stated" else tone(one.fill).text
    if not one.flags:
        return text(one.x, one.y, runs_of(one.text), cls=one.cls, size=one.size, fill=fill, anchor=one.anchor)
    words = [text(one.box.x, one.y, runs_of(one.text), cls=one.cls, size=one.size, fill=fill)] if one.text else []
    return group("flagged", *words, *(_flag(flag, box) for flag, box in one.flag_boxes))


def _flag(flag: Flag, box: Box) -> Element:
    """A finding: a black square with a white number where it failed, a white pill where it is undecided."""
    fill, number, round_by = (_BLACK, _WHITE, None) if flag.failed else (_WHITE, _BLACK, box.height / 2)
    stroke = _WHITE if flag.failed else _BLACK
    shape = rect(
        box.x, box.y, box.width, box.height, cls="flag", fill=fill, stroke=stroke, stroke_width=0.6, rx=round_by
    )
    x, y = box.x + box.width / 2, box.y + box.height / 2 + 0.36 * FLAG_TEXT
    label = text(x, y, str(flag.number), cls="flag-number", size=FLAG_TEXT, fill=number, anchor="middle")
    return group(f"finding {'failed' if flag.failed else 'undecided'}", shape, label)


def _turned(one: Label) -> Element:
    """A label that reads upwards, turned about its anchor."""
    upright = text(0, 0, runs_of(one.text), cls=one.cls, size=one.size, anchor=one.anchor)
    return Element("g", (("transform", f"translate({_n(one.x)} {_n(one.y)}) rotate(-90)"),), (upright,))


def _swatch(one: Swatch) -> Element:
    kind, _, name = one.kind.partition(" ")
    x, y = one.x, one.y
    box = [(x - 4.5, y - 2.8), (x + 4.5, y - 2.8), (x + 4.5, y + 2.8), (x - 4.5, y + 2.8)]
    if kind == "mrd":
        return group("swatch", *_symbol(Assay[name.upper()], x, y, "full"))
    if kind == "state":
        state = MrdState[name.upper()]
        return group("swatch", *_symbol(Assay.PCR, x, y, _FILLED.get(state, "none"), "#444444"))
    if kind == "status":
        dash, fill = (_DASHES["dotted"], _WHITE) if name == "not_stated" else (None, tone(name).fill)
        return group("swatch", path(_d(box), cls="sample", fill=fill, stroke="#333333", width=0.5, dash=dash))
    if kind == "bar":
        return group("swatch", path(_d(box), cls="sample", fill=tone(name).fill, stroke="#333333", width=0.6))
    if kind == "planned":
        return group("swatch", path(_d(box), cls="sample", fill=_WHITE, stroke=_GHOST, width=0.6))
    if kind in _DASHES:
        return group(
            "swatch", path(_d(box), cls="sample", fill=_WHITE, stroke="#333333", width=0.6, dash=_DASHES[kind])
        )
    if kind == "fading":
        fill = tone("chemotherapy").fill
        parts = [
            rect(x - 4.5 + 2.25 * n, y - 2.8, 2.25, 5.6, cls="tint", fill=_mixed(fill, share))
            for n, share in enumerate((0.55, 0.42, 0.28, 0.15))
        ]
        return group("swatch", *parts)
    if kind == "moved":
        return group("swatch", line(x - 4.0, y + 2.4, x + 4.0, y - 2.4, cls="sample", stroke="#555555", width=0.5))
    if kind == "ongoing":
        d = _d([(x - 4.5, y - 2.8), (x + 1.7, y - 2.8), (x + 4.5, y), (x + 1.7, y + 2.8), (x - 4.5, y + 2.8)])
        return group("swatch", path(d, cls="sample", fill=_WHITE, stroke="#333333", width=0.6))
    if kind == "line":
        return group("swatch", line(x - 4.8, y, x + 4.8, y, cls="sample", stroke="#666666", width=0.8, dash=name))
    if kind in ("number", "sign"):
        return group("swatch", text(x, y + 2.2, name, cls="sample", size=6.0, anchor="middle"))
    return _bracket(Bracket(x - 4.5, x + 4.5, y, ((x - 4.5, x + 4.5),), f"swatch {name}".strip()))
