"""Where everything in a Kaplan-Meier figure stands, in numbers only: curves above, numbers at risk below."""

from collections.abc import Callable
from itertools import pairwise

from attrs import field, frozen

from .cohort_page import MARGIN, NAMES, SMALL, Outline, Page, Shape, Thing, Turned, month_step
from .curve_estimate import Curve
from .curve_names import place_names
from .palette import BLACK, Tone, tone
from .timeline_figure import MONTH, clean
from .timeline_places import Box, Label, Stroke, measure, shorten

HEIGHT = 150.0
"""Height of the axis, pt."""
_GREY = "#B0B0B0"
_STYLES: tuple[tuple[str, str | None], ...] = (
    (tone("relapse").fill, None),
    (tone("antibody").fill, "5 1.6"),
    (BLACK, "1.4 1.2"),
    (tone("ngs").fill, "6 1.4 1.4 1.4"),
    (tone("cell_therapy").fill, "2.6 1.2"),
    ("#666666", "9 2"),
)
"""Colour and dash of each group: told apart without colour too."""
Axis = Callable[[float], float]


@frozen
class Group:
    """A group's curves: all times at their earliest, and all at their latest."""

    name: str = field(converter=clean)
    earliest: Curve
    latest: Curve

    @property
    def exact(self) -> bool:
        """Whether the two are one curve."""
        return self.earliest == self.latest

    def at_risk(self, day: float) -> str:
        """The number at risk, or its least and greatest."""
        numbers = sorted({self.earliest.at_risk(day), self.latest.at_risk(day)})
        return "–".join(map(str, numbers))


@frozen(kw_only=True)
class CurveFigure:
    """All that the figure shows. ``fewest``: below so many at risk a curve is grey."""

    name: str
    groups: tuple[Group, ...]
    fewest: int
    cut: float | None = None
    """The day at which the axis ends, where it is cut."""


def lay_out(figure: CurveFigure, width: float) -> Page:
    """Lay out curves and table on a page of the given width (pt)."""
    page = Page(width)
    left, right = MARGIN + 40, width - MARGIN - 8
    last = max(30.0, *(one.last for group in figure.groups for one in (group.earliest, group.latest)))
    last = last if figure.cut is None else min(last, figure.cut)
    step = month_step(last / MONTH, right - left)
    ticks = list(range(0, int(last / MONTH) + 1, step))
    top = MARGIN + 3

    def x_of(day: float) -> float:
        return left + (right - left) * day / last

    def y_of(survival: float) -> float:
        return top + HEIGHT * (1 - survival)

    _axes(page, figure, (left, right, top), [(month, x_of(month * MONTH)) for month in ticks])
    styles = [_STYLES[n % len(_STYLES)] for n in range(len(figure.groups))]
    for group, (colour, dash) in zip(figure.groups, styles, strict=True):
        page.add(*_group(group, colour, dash, x_of, y_of, last, figure.fewest))
    if len(figure.groups) > 1:
        page.add(*place_names(page, [group.name for group in figure.groups], Box(left, top, right - left, HEIGHT)))
    y = top + HEIGHT + 24
    y = _table(page, figure, styles, [(month * MONTH, x_of(month * MONTH)) for month in ticks], y)
    page.height = round(y + MARGIN, 2)
    return page


def _axes(page: Page, figure: CurveFigure, sides: tuple[float, float, float], ticks: list[tuple[int, float]]) -> None:
    left, right, top = sides
    bottom = top + HEIGHT
    page.add(Stroke(left, top, left, bottom, "axis"), Stroke(left, bottom, right, bottom, "axis"))
    for percent in (0, 25, 50, 75, 100):
        y = bottom - HEIGHT * percent / 100
        page.add(Stroke(left - 2.6, y, left, y, "tick"))
        page.add(Label(str(percent), left - 4.2, y + 2.5, NAMES, "end", "tick-label"))
    for month, x in ticks:
        page.add(Stroke(x, bottom, x, bottom + 2.6, "tick"))
        page.add(Label(str(month), x, bottom + 10, NAMES, "middle", "tick-label"))
    page.add(Turned(f"{figure.name} (%)", left - 23, (top + bottom) / 2, NAMES, cls="axis-title"))
    page.add(Label("Time since diagnosis (months)", (left + right) / 2, bottom + 19, NAMES, "middle", "axis-title"))


def _group(
    group: Group, colour: str, dash: str | None, x_of: Axis, y_of: Axis, last: float, fewest: int
) -> list[Thing]:
    """A group: the room between its two curves, intervals, curves and ticks."""
    things: list[Thing] = []
    curves = (group.earliest,) if group.exact else (group.earliest, group.latest)
    if not group.exact:
        fill = Tone(colour).tint(0.2)
        ends = sorted({0.0, *(step.time for one in curves for step in one.steps)})
        for a, b in pairwise(ends):
            rates = [one.survival(a) for one in curves]
            if rates[0] != rates[1] and all(one.last >= b for one in curves) and b <= last:
                x1, x2, y1, y2 = x_of(a), x_of(b), y_of(max(rates)), y_of(min(rates))
                things.append(Shape(((x1, y1), (x2, y1), (x2, y2), (x1, y2)), fill, cls="between"))
    sure = min(_until(one, fewest) for one in curves)
    things += _interval(curves, colour, min(sure, last), x_of, y_of)
    for one in curves:
        points, until, end = _stairs(one), min(_until(one, fewest), last), min(one.last, last)
        things.append(_line(_part(points, 0.0, until), colour, dash, x_of, y_of, "curve"))
        if end > until:
            things.append(_line(_part(points, until, end), _GREY, dash, x_of, y_of, "curve few"))
        for step in one.steps:
            if step.censored and step.time <= last:
                x, y = x_of(step.time), y_of(step.survival)
                shade = colour if step.time <= until else _GREY
                things.append(Stroke(x, y - 2, x, y + 2, "censored", shade, 0.6))
    return things


def _stairs(one: Curve) -> list[tuple[float, float]]:
    """The corners of a curve."""
    points, survival = [(0.0, 1.0)], 1.0
    for step in one.steps:
        if step.survival != survival:
            points += [(step.time, survival), (step.time, step.survival)]
            survival = step.survival
    return [*points, (one.last, survival)]


def _until(one: Curve, fewest: int) -> float:
    """The last time at which so many are at risk; all of the curve where it ends with more."""
    return max((step.time for step in one.steps if step.at_risk >= fewest), default=0.0)


def _part(points: list[tuple[float, float]], start: float, end: float) -> list[tuple[float, float]]:
    """The part of some stairs between two times, whole at both ends."""
    before = [rate for day, rate in points if day <= start]
    inside = [point for point in points if start < point[0] <= end]
    first = [(0.0, 1.0)] + [p for p in points if p[0] == 0.0] if start == 0.0 else [(start, before[-1])]
    return [*first, *inside, (end, inside[-1][1] if inside else first[-1][1])]


def _line(
    points: list[tuple[float, float]], colour: str, dash: str | None, x_of: Axis, y_of: Axis, cls: str
) -> Outline:
    return Outline(tuple((x_of(day), y_of(rate)) for day, rate in points), colour, 1.2, dash, cls)


def _interval(curves: tuple[Curve, ...], colour: str, until: float, x_of: Axis, y_of: Axis) -> list[Thing]:
    """The 95 % interval as two dotted stairs: of two curves the lowest and the highest."""
    times = sorted({step.time for one in curves for step in one.steps if step.time <= until})
    things: list[Thing] = []
    for low in (True, False):
        parts: list[list[tuple[float, float]]] = [[]]
        for a, b in pairwise(times):
            steps = [step for one in curves if (step := one.at(a))]
            found = [step.lower if low else step.upper for step in steps]
            rates = [rate for rate in found if rate is not None]
            if not rates:
                parts.append([])
                continue
            rate = min(rates) if low else max(rates)
            parts[-1] += [(x_of(a), y_of(rate)), (x_of(b), y_of(rate))]
        things += [Outline(tuple(part), colour, 0.5, "0.8 1.2", "interval") for part in parts if part]
    return things


def _table(
    page: Page,
    figure: CurveFigure,
    styles: list[tuple[str, str | None]],
    ticks: list[tuple[float, float]],
    y: float,
) -> float:
    """For each group a line with its sample and name, and its numbers at each tick; returns the lower edge."""
    for group, (colour, dash) in zip(figure.groups, styles, strict=True):
        y += 9
        name = shorten(f"{group.name} (n = {group.earliest.patients})", NAMES, page.width - 2 * MARGIN - 24)
        page.add(Outline(((MARGIN, y - 2.4), (MARGIN + 18, y - 2.4)), colour, 1.2, dash, "sample"))
        page.add(Label(name, MARGIN + 22, y, NAMES, cls="group"))
        rows = (
            ("At risk", [group.at_risk(day) for day, _ in ticks]),
            ("Censored", [_passed(group, day, "censored") for day, _ in ticks]),
            ("Events", [_passed(group, day, "events") for day, _ in ticks]),
        )
        for title, cells in rows:
            y += 7.6
            page.add(Label(title, MARGIN, y, SMALL, cls="row"))
            edge = MARGIN + measure(title, SMALL) + 3
            for text, (_, x) in zip(cells, ticks, strict=True):
                if x - measure(text, SMALL) / 2 > edge:  # a range of numbers may need the room of the next
                    page.add(Label(text, x, y, SMALL, "middle", "count"))
                    edge = x + measure(text, SMALL) / 2 + 2
        y += 2
    return y


def _passed(group: Group, day: float, what: str) -> str:
    """How many events or censorings there were up to a time."""
    numbers = {
        sum(getattr(step, what) for step in one.steps if step.time <= day) for one in (group.earliest, group.latest)
    }
    return "–".join(map(str, sorted(numbers)))
