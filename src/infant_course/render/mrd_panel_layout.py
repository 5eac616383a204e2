"""Where everything in a panel of MRD results stands, in numbers only.

A log axis from 1 to 1e-6, under it a strip for what is positive without a level and one for what was not detected at
an unknown sensitivity. Results of one time point are moved sideways so that none covers another.
"""

from collections.abc import Sequence
from itertools import pairwise
from math import log10

from attrs import field, frozen

from ..knowledge.thresholds import threshold
from .cohort_page import MARGIN, NAMES, SMALL, Outline, Page, Sample, Symbol, Thing, Turned, lay_key
from .metrics import wrap
from .palette import RULE
from .timeline_figure import Assay, MrdState, Threshold, clean
from .timeline_mrd import LOWEST
from .timeline_places import Label, Stroke, measure, shorten

HEIGHT = 150.0
"""Height of the axis (six decades), pt."""
STRIP = 14.0
"""Least height of a strip, pt."""
_RADIUS, _APART = 2.2, 5.0
_LEFT, _BETWEEN = 30.0, 10.0
_UNDER = 9.0  # room for the arrows of what was not detected at the lowest decade
_FILLED = {MrdState.QUANTIFIED: "full", MrdState.POSITIVE: "half"}
_STATES = {
    MrdState.QUANTIFIED: "quantified",
    MrdState.POSITIVE: "positive, not quantifiable",
    MrdState.NOT_DETECTED_AT: "not detected, at the assay's sensitivity",
    MrdState.NOT_DETECTED: "ND: not detected, sensitivity not reported",
}


@frozen(kw_only=True)
class Result:
    """One result at a time point. ``level``: a fraction; ``upto``: the limit of quantification of a positive one."""

    point: str
    state: MrdState
    level: float | None
    upto: float | None
    sensitivity: float | None
    assay: Assay
    specimen: str


@frozen(kw_only=True)
class Track:
    """The results of a patient."""

    name: str = field(converter=clean)
    results: tuple[Result, ...]


@frozen(kw_only=True)
class Panel:
    """The patients of a group."""

    name: str = field(converter=clean)
    tracks: tuple[Track, ...]


@frozen(kw_only=True)
class MrdPanelFigure:
    """All that the figure shows. ``points``: id and name of each time point, in order."""

    points: tuple[tuple[str, str], ...]
    panels: tuple[Panel, ...]
    thresholds: tuple[Threshold, ...]


def lay_out(figure: MrdPanelFigure, width: float) -> Page:
    """Lay out the panels on a page of the given width (pt), as many in a row as have room."""
    page = Page(width)
    least = 46.0 * len(figure.points) + _LEFT
    most = 3 if width > 400 else 2 if width > 300 else 1
    across = max(1, min(most, len(figure.panels), int((width - 2 * MARGIN) / least) or 1))
    wide = (width - 2 * MARGIN - _BETWEEN * (across - 1)) / across
    strips = _strips(figure, wide)
    y, lowest = MARGIN, MARGIN
    for n, panel in enumerate(figure.panels):
        if n and n % across == 0:
            y = lowest + 10
        left = MARGIN + (n % across) * (wide + _BETWEEN)
        lowest = max(lowest, _panel(page, figure, panel, left, left + wide, y, strips))
    y = lay_key(page, _key(figure), MARGIN, width - MARGIN, lowest)
    page.height = round(y + MARGIN, 2)
    return page


def _height(level: float, top: float) -> float:
    """Where a fraction stands; what lies beyond an end of the axis stands at that end."""
    return top + HEIGHT * min(0.0, max(float(LOWEST), log10(level))) / LOWEST


def _strip_of(result: Result) -> str | None:
    """The strip of a result without a level."""
    if result.state is MrdState.NOT_DETECTED:
        return "ND"
    return "+" if result.level is None else None


def _strips(figure: MrdPanelFigure, wide: float) -> dict[str, float]:
    """The strips that are needed and their heights: as many rows as the fullest time point takes."""
    step = (wide - _LEFT) / len(figure.points)
    most: dict[str, int] = {}
    for panel in figure.panels:
        for point, _ in figure.points:
            for name in ("+", "ND"):
                here = sum(_strip_of(r) == name for t in panel.tracks for r in t.results if r.point == point)
                most[name] = max(most.get(name, 0), here)
    row = max(1, int((step - 6) / _APART))
    return {name: max(STRIP, -(-count // row) * _APART + 6) for name, count in most.items() if count}


def _panel(
    page: Page,
    figure: MrdPanelFigure,
    panel: Panel,
    left: float,
    right: float,
    top: float,
    strips: dict[str, float],
) -> float:
    """One panel with its axes and the numbers under it; returns its lower edge."""
    x0 = left + _LEFT
    if panel.name:
        tail = f" (n = {len(panel.tracks)})"
        name = shorten(panel.name, NAMES, right - x0 - measure(tail, NAMES)) + tail
        page.add(Label(name, x0, top + 6, NAMES, cls="panel"))
        top += 12
    top += 3
    bottom = top + HEIGHT
    step = (right - x0) / len(figure.points)
    middles = {point: x0 + step * (n + 0.5) for n, (point, _) in enumerate(figure.points)}
    base = _axes(page, figure, (x0, right), top, strips)
    symbols = _place(panel, middles, step, top, bottom, strips)
    page.add(*_joins(figure, panel, symbols), *_ranges(panel, symbols, top))
    for (track, result), (x, y) in symbols.items():
        tested = ", ".join(filter(None, [result.assay.value, result.specimen]))
        page.add(
            Symbol(
                result.assay.name.lower(),
                x,
                y,
                _FILLED.get(result.state, "none"),
                result.state is MrdState.NOT_DETECTED_AT,
                _RADIUS,
                f"{track.name}: {_STATES[result.state]}, {tested}",
            )
        )
    return _counts(page, figure, panel, middles, step, (left, base))


def _axes(
    page: Page, figure: MrdPanelFigure, sides: tuple[float, float], top: float, strips: dict[str, float]
) -> float:
    """Axis, thresholds and strips; returns the height of the x axis."""
    x0, right = sides
    bottom = top + HEIGHT
    for one in figure.thresholds:
        y = _height(one.value, top)
        page.add(Stroke(x0, y, right, y, "threshold", "#666666", 0.6, _dash(one)))
    for decade in range(0, LOWEST - 1, -1):
        y = _height(10.0**decade, top)
        page.add(Stroke(x0 - 2.6, y, x0, y, "tick"))
        if decade % 2 == 0:
            page.add(Label("1" if decade == 0 else f"10^{decade}", x0 - 4.2, y + 2.5, NAMES, "end", "tick-label"))
    page.add(Turned("MRD (fraction)", x0 - 23, (top + bottom) / 2, NAMES, cls="axis-title"))
    y = bottom + _UNDER
    for name, high in strips.items():
        page.add(Stroke(x0, y, right, y, "strip", RULE, 0.4))
        page.add(Label(name, x0 - 4.2, y + high / 2 + 2.4, NAMES, "end", "tick-label"))
        y += high
    page.add(Stroke(x0, top, x0, y, "axis"), Stroke(x0, y, right, y, "axis"))
    return y


def _place(
    panel: Panel, middles: dict[str, float], step: float, top: float, bottom: float, strips: dict[str, float]
) -> dict[tuple[Track, Result], tuple[float, float]]:
    """Where each result stands: the nearest free place beside the middle of its time point."""
    placed: dict[tuple[Track, Result], tuple[float, float]] = {}
    taken: dict[str, list[tuple[float, float]]] = {}
    room = max(0.0, step / 2 - 4)
    everything = [(track, result) for track in panel.tracks for result in track.results]
    tops: dict[str, float] = {}
    y = bottom + _UNDER
    for name, high in strips.items():
        tops[name] = y
        y += high
    for track, result in sorted(everything, key=lambda one: (-(one[1].level or 0), one[0].name, one[1].assay)):
        strip, middle = _strip_of(result), middles[result.point]
        heights = [_height(result.level or 0.1, top)]
        if strip:
            heights = [tops[strip] + 5 + _APART * n for n in range(int((strips[strip] - 6) / _APART) or 1)]
        there = taken.setdefault(result.point, [])
        spots = [(middle + dx, y) for y in heights for dx in _sideways(room)]
        spot = next((s for s in spots if all(_free(s, o) for o in there)), None)
        if spot is None:  # full: on the least crowded place
            spot = min(spots, key=lambda s: sum(not _free(s, o) for o in there))
        there.append(spot)
        placed[track, result] = spot
    return placed


def _free(a: tuple[float, float], b: tuple[float, float]) -> bool:
    """Whether symbols at two places do not touch."""
    return abs(a[0] - b[0]) >= _APART or abs(a[1] - b[1]) >= _APART


def _sideways(room: float) -> list[float]:
    """Distances from the middle, nearest first."""
    found = [0.0]
    for n in range(1, int(room / _APART) + 1):
        found += [n * _APART, -n * _APART]
    return found


def _joins(
    figure: MrdPanelFigure, panel: Panel, symbols: dict[tuple[Track, Result], tuple[float, float]]
) -> list[Thing]:
    """Lines between consecutive time points of one patient, assay and specimen."""
    things: list[Thing] = []
    order = {point: n for n, (point, _) in enumerate(figure.points)}
    for track in panel.tracks:
        for assay, specimen in dict.fromkeys((r.assay, r.specimen) for r in track.results):
            if assay is Assay.UNKNOWN:
                continue  # two results of assays that nobody named need not be of one assay
            ours = [r for r in track.results if (r.assay, r.specimen) == (assay, specimen)]
            for a, b in pairwise(sorted(ours, key=lambda r: order[r.point])):
                sure = a.state is b.state is MrdState.QUANTIFIED
                ends = (symbols[track, a], symbols[track, b])
                things.append(Outline(ends, "#B0B0B0", 0.5, None if sure else "1.6 1.2", "join"))
    return things


def _ranges(panel: Panel, symbols: dict[tuple[Track, Result], tuple[float, float]], top: float) -> list[Thing]:
    """From the sensitivity to the limit of quantification of what is positive and not quantifiable."""
    things: list[Thing] = []
    for (_, result), (x, y) in symbols.items():
        if result.upto is not None and result.level is not None:
            end = _height(result.upto, top)
            things += [
                Stroke(x, y, x, end, "range", "#777777", 0.6),
                Stroke(x - 1.4, end, x + 1.4, end, "range", "#777777", 0.6),
            ]
    return things


def _counts(
    page: Page,
    figure: MrdPanelFigure,
    panel: Panel,
    middles: dict[str, float],
    step: float,
    corner: tuple[float, float],
) -> float:
    """Names of the time points, and under them the patients tested and those surely negative."""
    left, y = corner
    limit = threshold("mrd_negative_sensitivity").value
    names = {point: wrap(name, SMALL, step - 3, 3) for point, name in figure.points}
    rows = max(len(lines) for lines in names.values())
    for point, lines in names.items():
        page.add(Stroke(middles[point], y, middles[point], y + 2.6, "tick"))
        for n, line in enumerate(lines):
            page.add(Label(line, middles[point], y + 9.5 + n * 7.4, SMALL, "middle", "point"))
    base = y + 9.5 + rows * 7.4 + 2
    page.add(Label("tested", left, base, SMALL, cls="count"), Label("negative", left, base + 7.4, SMALL, cls="count"))
    for point, _ in figure.points:
        tested = [t for t in panel.tracks if any(r.point == point for r in t.results)]
        negative = [t for t in tested if _surely_negative([r for r in t.results if r.point == point], limit)]
        for n, number in enumerate((len(tested), len(negative))):
            page.add(Label(str(number), middles[point], base + 7.4 * n, SMALL, "middle", "count"))
    return base + 7.4 + 3


def _surely_negative(results: Sequence[Result], limit: float) -> bool:
    """Not detected by every assay, and by one at least with a sensitivity that counts."""
    return all(r.state in (MrdState.NOT_DETECTED, MrdState.NOT_DETECTED_AT) for r in results) and any(
        r.sensitivity is not None and r.sensitivity <= limit for r in results
    )


# Key.


def _key(figure: MrdPanelFigure) -> list[tuple[Sample, str]]:
    results = [result for panel in figure.panels for track in panel.tracks for result in track.results]
    entries: list[tuple[Sample, str]] = []
    for assay in Assay:
        if any(result.assay is assay for result in results):
            entries.append((_symbol(assay.name.lower(), "full"), assay.value))
    for state, text in _STATES.items():
        if any(result.state is state for result in results):
            arrow = state is MrdState.NOT_DETECTED_AT
            entries.append((_symbol("any", _FILLED.get(state, "none"), arrow=arrow), text))
    if any(_strip_of(result) == "+" for result in results):
        entries.append((_sign, "positive, level not reported"))
    entries += [(_dashes(one), one.label) for one in figure.thresholds]
    return entries


def _symbol(assay: str, filled: str, *, arrow: bool = False) -> Sample:
    return lambda x, y: [Symbol(assay, x, y - (2 if arrow else 0), filled, arrow, _RADIUS)]


def _sign(x: float, y: float) -> list[Thing]:
    return [Label("+", x, y + 2.2, SMALL, "middle", "sample")]


def _dash(one: Threshold) -> str:
    return " ".join(f"{length:g}" for length in one.dash)


def _dashes(one: Threshold) -> Sample:
    return lambda x, y: [Stroke(x - 6, y, x + 5, y, "sample", "#666666", 0.6, _dash(one))]
