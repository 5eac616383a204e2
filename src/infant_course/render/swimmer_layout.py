"""Where everything in a swimmer plot stands, in numbers only.

One row for each patient; panels of groups with their names at the left: turned where the panels are tall enough,
level where one is not. Marks of a row that would cover each other are moved apart.
"""

from collections.abc import Callable, Sequence
from itertools import groupby, pairwise

from attrs import evolve

from .cohort_page import (
    MARGIN,
    NAMES,
    SMALL,
    Page,
    Sample,
    Shape,
    Thing,
    Turned,
    lay_key,
    month_step,
    rectangle,
    spread,
)
from .cohort_people import Span
from .palette import BRACKET, OUTLINE, RULE, WHITE, tone
from .swimmer_figure import ENDS, EVENTS, Bar, Lane, Phase, SwimmerFigure
from .timeline_figure import MONTH
from .timeline_places import Box, Label, Mark, Stroke, measure, shorten

_SIGNS = {"none": "?", "unstated": "|?", "beyond": "»"}
Axis = Callable[[float], float]
ROW, NARROW_ROW = 6.6, 5.0
WIDE_ROWS = 60
"""Up to so many rows are of full height and have room for ids."""
_BAR, _LINE, _RADIUS, _APART = 4.6, 1.8, 2.4, 4.0
_GAP = 5.0  # between two panels
_NAMES_WIDE = 96.0  # widest column of level group names

_FILLS = {
    Phase.INDUCTION: tone("chemotherapy").fill,
    Phase.POST_INDUCTION: tone("maintenance").fill,
    Phase.SECOND_LINE: tone("myeloid").fill,
    Phase.UNDECIDED: WHITE,
    Phase.ANTIBODY: tone("antibody").fill,
    Phase.CELL: tone("cell_therapy").fill,
    Phase.RADIOTHERAPY: tone("radiotherapy").fill,
    Phase.HSCT: tone("hsct").fill,
}
_DEPTH = (
    Phase.POST_INDUCTION,
    Phase.UNDECIDED,
    Phase.SECOND_LINE,
    Phase.INDUCTION,
    Phase.ANTIBODY,
    Phase.RADIOTHERAPY,
    Phase.CELL,
    Phase.HSCT,
)
"""What is short or rare lies over what is long."""
_FOLLOW_UP = tone("follow_up").fill


def lay_out(figure: SwimmerFigure, width: float) -> Page:
    """Lay out a swimmer plot on a page of the given width (pt); the height follows from the number of rows."""
    page = Page(width)
    lanes = figure.lanes
    row = ROW if len(lanes) <= WIDE_ROWS else NARROW_ROW
    panels = [(name, list(found)) for name, found in groupby(lanes, key=lambda lane: lane.group)]
    ids = [lane.name for lane in lanes] if figure.ids else []
    id_room = min(60.0, max((measure(name, SMALL) for name in ids), default=0.0))
    titles = [f"{name} (n = {len(found)})" for name, found in panels] if figure.group else []
    turned = all(measure(text, NAMES) <= len(f) * row for text, (_, f) in zip(titles, panels, strict=False))
    wide = min(_NAMES_WIDE, width * 0.25, max((measure(text, SMALL) for text in titles), default=0.0))
    above = bool(titles) and not turned and width < 300  # a narrow page has no room for names beside the rows
    names = 0.0 if not titles or above else 13.0 if turned else wide + 6
    left = MARGIN + names + (id_room + 5 if ids else 2)
    right = width - MARGIN - 12
    first = min(0.0, min(lane.since for lane in lanes))
    last = max(max(_reach(lane) for lane in lanes), first + 30)
    last = last if figure.cut is None else min(last, max(figure.cut, first + 30))
    step = month_step((last - first) / MONTH, right - left)

    def x_of(days: float) -> float:
        return left + 3 + (right - left - 3) * (min(days, last) - first) / (last - first)

    y = MARGIN
    for n, (name, found) in enumerate(panels):
        if n:
            page.add(Stroke(MARGIN, y + _GAP / 2, right + 9, y + _GAP / 2, "panel-rule", RULE, 0.4))
            y += _GAP
        if above:
            text = _shortened(name, len(found), width - 2 * MARGIN)
            page.add(Label(text, MARGIN, y + 5.4, SMALL, cls="group"))
            y += 8
        height = max(len(found) * row, 0.0 if turned or above or not titles else 7.4)
        if titles and turned:
            page.add(Turned(titles[n], MARGIN + NAMES - 1, y + height / 2, NAMES, cls="group"))
        elif titles and not above:
            text = _shortened(name, len(found), wide)
            page.add(Label(text, MARGIN, y + (row + 4.4) / 2, SMALL, cls="group"))
        for place, lane in enumerate(found):
            middle = y + row * (place + 0.5)
            if ids:
                text = shorten(lane.name, SMALL, id_room)
                page.add(Label(text, left - 4, middle + 2.1, SMALL, "end", "id"))
            beyond = figure.beyond(lane)
            _row(page, evolve(lane, end="beyond") if beyond else lane, middle, x_of, right + 9, figure.cut)
        y += height
    y += 3
    _axis(page, figure.zero, (x_of(first), x_of(last)), [(d, x_of(d * MONTH)) for d in _ticks(first, last, step)], y)
    y = lay_key(page, _phase_key(figure), MARGIN, width - MARGIN, y + 22)
    y = lay_key(page, _event_key(figure, bracketed=bool(page.of("bracket"))), MARGIN, width - MARGIN, y - 1)
    page.height = round(y + MARGIN, 2)
    return page


def _shortened(name: str, count: int, room: float) -> str:
    """A group's name that gives way to its number of patients."""
    tail = f" (n = {count})"
    return shorten(name, SMALL, room - measure(tail, SMALL)) + tail


def _reach(lane: Lane) -> float:
    """The last day that is drawn of a lane."""
    days = [lane.until.greatest or 0]
    days += [point.at.greatest or 0 for point in lane.points]
    days += [(bar.end or bar.start).greatest or 0 for bar in lane.bars]
    return float(max(days))


def _ticks(first: float, last: float, step: int) -> list[int]:
    """Months with a tick."""
    low, high = int(first / MONTH // step) * step, int(last / MONTH // step) * step
    return [month for month in range(low, high + step, step) if first <= month * MONTH <= last]


def _axis(page: Page, zero: str, ends: tuple[float, float], ticks: Sequence[tuple[int, float]], y: float) -> None:
    page.add(Stroke(ends[0], y, ends[1], y, "axis"))
    for months, x in ticks:
        text = f"\N{MINUS SIGN}{-months}" if months < 0 else str(months)
        page.add(Stroke(x, y, x, y + 2.6, "tick"), Label(text, x, y + 10, NAMES, "middle", "tick-label"))
    title = f"Time since {zero} (months)"
    page.add(Label(title, (ends[0] + ends[1]) / 2, y + 19, NAMES, "middle", "axis-title"))


# Rows.


def _row(page: Page, lane: Lane, y: float, x_of: Axis, limit: float, cut: float | None) -> None:
    """One patient: follow-up, bars, brackets, and the marks on top. What lies beyond a cut is not drawn."""
    start, stop = x_of(lane.since), x_of(lane.until.middle)
    page.add(_band("follow-up", start, max(stop, start + 0.4), y, _LINE, _FOLLOW_UP))
    bars = [bar for bar in lane.bars if cut is None or bar.start.middle <= cut]
    points = [point for point in lane.points if cut is None or point.at.middle <= cut]
    for bar in sorted(bars, key=lambda bar: (_DEPTH.index(bar.phase), bar.start.middle)):
        x = x_of(bar.start.middle)
        page.add(*_bar(bar, x, x_of(bar.end.middle) if bar.end else x + 3, y, lane.name))
    spans = [span for bar in bars for span in (bar.start, None if bar.ongoing else bar.end) if span]
    for span in [*spans, *(point.at for point in points), lane.until]:
        page.add(*_bracket(span, x_of, y))
    xs = [*(x_of(point.at.middle) for point in points), stop]
    order = sorted(range(len(xs)), key=lambda n: (xs[n], n))
    places = dict(zip(order, spread([xs[n] for n in order], _APART, xs[order[0]], limit), strict=True))
    for n, point in enumerate(points):
        page.add(Mark(point.kind, places[n], y, f"{lane.name}: {point.name}", _RADIUS))
    page.add(*_end(lane.end, places[len(points)], y, lane.name))


def _band(cls: str, x1: float, x2: float, y: float, high: float, fill: str, title: str = "") -> Shape:
    return Shape(rectangle(Box(x1, y - high / 2, x2 - x1, high)), fill, cls=cls, title=title)


def _bar(bar: Bar, x1: float, x2: float, y: float, name: str) -> list[Thing]:
    """A bar, closed where its end is known; open where it is not; with an arrowhead where it went on."""
    x2 = max(x2, x1 + 1.0)
    fill, title = _FILLS[bar.phase], f"{name}: {bar.name}"
    half = _BAR / 2
    if bar.ongoing:
        tip = x2 - half if x2 - half > x1 else x1
        points = ((x1, y - half), (tip, y - half), (x2, y), (tip, y + half), (x1, y + half))
        return [Shape(points, fill, OUTLINE, 0.4, cls=f"bar {bar.phase.name.lower()}", title=title)]
    box = rectangle(Box(x1, y - half, x2 - x1, _BAR))
    cls = f"bar {bar.phase.name.lower()}"
    if bar.end:
        return [Shape(box, fill, OUTLINE, 0.4, cls=cls, title=title)]
    return [
        Shape(box, fill, cls=cls, title=f"{title}; end not known"),
        *(Stroke(*a, *b, "open", OUTLINE, 0.4) for a, b in pairwise((box[1], box[0], box[3], box[2]))),
    ]


def _bracket(span: Span, x_of: Axis, y: float) -> list[Thing]:
    """From the earliest to the latest day, where that can be seen."""
    if span.exact or span.least is None or span.greatest is None:
        return []
    x1, x2 = x_of(span.least), x_of(span.greatest)
    if x2 - x1 < 2.5:
        return []
    caps = [Stroke(x, y - 1.2, x, y + 1.2, "cap", BRACKET, 0.6) for x in (x1, x2)]
    return [Stroke(x1, y, x2, y, "bracket", BRACKET, 0.6), *caps]


def _end(kind: str, x: float, y: float, name: str) -> list[Thing]:
    if kind in _SIGNS:
        return [Label(_SIGNS[kind], x + 1.5, y + 2.1, SMALL, cls="end")]
    return [Mark(kind, x, y, f"{name}: {kind}", _RADIUS)]


# Key.


def _phase_key(figure: SwimmerFigure) -> list[tuple[Sample, str]]:
    found = {bar.phase for lane in figure.lanes for bar in lane.bars}
    entries: list[tuple[Sample, str]] = [(_sample(_FILLS[one]), one.value) for one in Phase if one in found]
    if any(bar.ongoing for lane in figure.lanes for bar in lane.bars):
        entries.append((_arrow, "ongoing when last seen"))
    if any(bar.end is None for lane in figure.lanes for bar in lane.bars):
        entries.append((_open, "end not known"))
    entries.append((lambda x, y: [_band("sample", x - 4.5, x + 4.5, y, _LINE, _FOLLOW_UP)], "follow-up"))
    return entries


def _event_key(figure: SwimmerFigure, *, bracketed: bool) -> list[tuple[Sample, str]]:
    kinds = {point.kind for lane in figure.lanes for point in lane.points}
    entries: list[tuple[Sample, str]] = [(_glyph(kind), text) for kind, text in EVENTS.items() if kind in kinds]
    ends = {lane.end for lane in figure.lanes if not figure.beyond(lane)}
    entries += [(_ending(kind), text) for kind, text in ENDS.items() if kind in ends]
    if any(figure.beyond(lane) for lane in figure.lanes):
        entries.append((_ending("beyond"), "goes on beyond the axis"))
    if bracketed:
        entries.append((_span, "earliest to latest day"))
    return entries


def _span(x: float, y: float) -> list[Thing]:
    caps = [Stroke(x + side, y - 1.2, x + side, y + 1.2, "sample", BRACKET, 0.6) for side in (-4.5, 4.5)]
    return [Stroke(x - 4.5, y, x + 4.5, y, "sample", BRACKET, 0.6), *caps]


def _sample(fill: str) -> Sample:
    return lambda x, y: [Shape(rectangle(Box(x - 4.5, y - 2.3, 9, 4.6)), fill, OUTLINE, 0.4, cls="sample")]


def _arrow(x: float, y: float) -> list[Thing]:
    points = ((x - 4.5, y - 2.3), (x + 2.2, y - 2.3), (x + 4.5, y), (x + 2.2, y + 2.3), (x - 4.5, y + 2.3))
    return [Shape(points, WHITE, OUTLINE, 0.4, cls="sample")]


def _open(x: float, y: float) -> list[Thing]:
    sides = ((4.5, -2.3, -4.5, -2.3), (-4.5, -2.3, -4.5, 2.3), (-4.5, 2.3, 4.5, 2.3))
    return [Stroke(x + a, y + b, x + c, y + d, "sample", OUTLINE, 0.4) for a, b, c, d in sides]


def _glyph(kind: str) -> Sample:
    return lambda x, y: [Mark(kind, x, y, "", _RADIUS)]


def _ending(kind: str) -> Sample:
    return lambda x, y: _end(kind, x - 4 if kind in _SIGNS else x, y, "")
