"""The MRD track of a timeline: a log axis from 1 to 1e-6, and under it a strip for what has no level.

A negative whose sensitivity was not reported has no level and is given none: it stands in the strip "ND".
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import log10

from .timeline_events import MOVED
from .timeline_figure import Assay, Certainty, MrdPoint, MrdState, TimelineFigure, TimePoint
from .timeline_lanes import Stretch, bracket_levels
from .timeline_places import Box, Bracket, Label, MrdMark, Sheet, Stroke, flags_width, measure
from .timeline_scale import Scale
from .timeline_values import lay_values

HEIGHT = 96.0
"""Height of the axis (six decades), pt."""
LOWEST = -6
"""The lowest decade of the axis."""
STRIP = 10.0
"""Height of the strip ND, pt; more only where brackets need levels."""

_APART = 12.0  # between two results in the strip
_HIDES, _SIDE = 4.0, 7.0  # nearer than this a result hides another; how far it is then moved
_STATES = {
    MrdState.QUANTIFIED: "filled: quantified",
    MrdState.POSITIVE: "half filled: positive, not quantifiable",
    MrdState.NOT_DETECTED_AT: "hollow, arrow: not detected, at the assay's sensitivity",
    MrdState.NOT_DETECTED: "ND, ?: not detected, sensitivity not reported",
}


def has_level(point: MrdPoint) -> bool:
    """Whether a result stands on the axis; others stand in the strip."""
    return point.state is not MrdState.NOT_DETECTED and point.value is not None


def lay_mrd(sheet: Sheet, figure: TimelineFigure, scale: Scale, top: float) -> float:
    """Lay out the track; returns the height of the x axis."""
    points = sorted(figure.mrd, key=lambda point: (point.at.day, point.assay, point.label))
    levelled = [p for p in points if has_level(p)]
    top = _timepoints(sheet, figure.timepoints, scale, top)
    if not levelled:  # a log axis without a single level would be an empty frame
        _keys(sheet, points)
        return _strip(sheet, points, scale, top - (0 if figure.timepoints else 5), lone="MRD")
    bottom = top + HEIGHT
    low = any(p.state is MrdState.NOT_DETECTED_AT and _height(p.value or 0, top) > bottom - 7 for p in levelled)
    strip_bottom = _strip(sheet, [p for p in points if p not in levelled], scale, bottom + (10 if low else 3))
    _axes(sheet, scale, top, bottom)
    marks: dict[MrdPoint, MrdMark] = {}
    leaders: list[Box] = []
    for point in levelled:
        y = _height(point.value or 0, top)
        own = scale.x(point.at.day)
        earlier = [mark.x for other, mark in marks.items() if other.at.day < point.at.day]
        x = _beside(own, y, marks.values(), scale, max(earlier, default=scale.left))
        if abs(x - own) > MOVED:
            sheet.moved((own, y - 2.4), (own, y + 2.4))
            sheet.moved((own, y), (x, y))
            leaders += [Box(own - 0.5, y - 2.4, 1.0, 4.8), Box(min(own, x), y - 0.5, abs(x - own), 1.0)]
        above = _height(point.above, top) if point.above is not None else None
        marks[point] = MrdMark(point.assay, point.state, x, y, point.title, above, point.event, _nominal(point))
    _timepoint_lines(sheet, figure.timepoints, scale, top, bottom)
    _joins(sheet, [(p, marks.get(p)) for p in points], scale)
    sheet.mrd += marks.values()
    brackets = _time_brackets(sheet, marks, scale)
    thresholds = _thresholds(sheet, figure, scale, top, [*(mark.box for mark in marks.values()), *brackets, *leaders])
    lay_values(
        sheet,
        marks,
        [*brackets, *thresholds, *leaders],
        Box(scale.left, top, scale.right - scale.left, HEIGHT),
        scale.gap,
    )
    _keys(sheet, points)
    return strip_bottom


def _nominal(point: MrdPoint) -> bool:
    return point.at.certainty is Certainty.NOMINAL


def _beside(x: float, y: float, placed: Iterable[MrdMark], scale: Scale, first: float) -> float:
    """The place of a result: its own, or the nearest beside it where another would be hidden.

    Never before ``first``, so that none stands before a result of an earlier day.
    """
    near = [mark for mark in placed if abs(mark.y - y) < _HIDES]
    before, after = scale.gap or (scale.right + 1e6, scale.right + 1e6)
    for at in (max(x, first) + way * step * _SIDE for step in range(12) for way in (1, -1)):
        inside = first <= at <= scale.right and not before - 3 < at < after + 3
        if inside and not any(abs(mark.x - at) < _HIDES for mark in near):
            return at
    return x


def _keys(sheet: Sheet, points: list[MrdPoint]) -> None:
    for assay in Assay:
        if any(point.assay is assay for point in points):
            sheet.key(f"mrd {assay.name.lower()}", assay.value)
    for state, text in _STATES.items():
        if any(point.state is state for point in points):
            sheet.key(f"state {state.name.lower()}", text)
    if any(p.value is None and p.state is not MrdState.NOT_DETECTED for p in points):
        sheet.key("sign +", "positive, level not reported")


def _height(value: float, top: float) -> float:
    """Where a fraction stands; what lies beyond an end of the axis stands at that end."""
    decade = min(0.0, max(float(LOWEST), log10(value))) if value > 0 else float(LOWEST)
    return top + HEIGHT * decade / LOWEST


def _axes(sheet: Sheet, scale: Scale, top: float, bottom: float) -> None:
    left, right = scale.left - 3, scale.right + 1
    names, small = sheet.type.names, sheet.type.small
    sheet.strokes.append(Stroke(left, top, left, bottom, "axis"))
    sheet.strokes.append(Stroke(right, top, right, bottom, "axis"))
    for decade in range(0, LOWEST - 1, -2):
        y = _height(10.0**decade, top)
        sheet.strokes.append(Stroke(left - 2.6, y, left, y, "tick"))
        sheet.strokes.append(Stroke(right, y, right + 2.6, y, "tick"))
        text = "1" if decade == 0 else f"10^{decade}"
        sheet.labels.append(Label(text, left - 4.2, y + 0.36 * names, names, "end", "tick-label"))
        percent = {0: "100 %", -2: "1 %", -4: "0.01 %", -6: "0.0001 %"}[decade]
        sheet.labels.append(Label(percent, right + 4.0, y + 0.36 * small, small, cls="tick-label"))
    sheet.turned.append(Label("MRD (fraction)", left - 4.15 * names, (top + bottom) / 2, names, "middle", "axis-title"))


def _thresholds(sheet: Sheet, figure: TimelineFigure, scale: Scale, top: float, taken: Iterable[Box]) -> list[Box]:
    """Threshold lines, each named above or below one of its ends; in the key where results stand at all of these."""
    taken = list(taken)
    found: list[Box] = []
    size = sheet.type.small
    heights = [_height(threshold.value, top) for threshold in figure.thresholds]
    for threshold, y in zip(figure.thresholds, heights, strict=True):
        dash = " ".join(f"{length:g}" for length in threshold.dash)
        for x1, x2 in scale.pieces(scale.left - 3, scale.right + 1):
            sheet.strokes.append(Stroke(x1, y, x2, y, "threshold", "#666666", 0.6, dash))
        found.append(Box(scale.left, y - 0.4, scale.right - scale.left, 0.8))
        below = y + 0.74 * size + 1.4
        tried = [
            Label(threshold.label, x, at, size, anchor, "threshold-label", "#444444")
            for x, anchor in ((scale.right - 1, "end"), (scale.left + 1, "start"))
            for at in (y - 2.0, below)
        ]
        lines = [Box(scale.left, other - 0.2, scale.right - scale.left, 0.4) for other in heights if other != y]
        free = [one for one in tried if not any(one.box.touches(box, 0.3) for box in (*taken, *lines))]
        free = [one for one in free if one.box.x > scale.left - 2 and one.box.right < scale.right + 2]
        if free:
            sheet.labels.append(free[0])
            taken.append(free[0].box)
            found.append(free[0].box)
        else:
            sheet.key(f"line {dash}", threshold.label)
    return found


def _strip(sheet: Sheet, points: list[MrdPoint], scale: Scale, top: float, lone: str | None = None) -> float:
    """The strip of results without a level; returns its lower edge. Without such a result there is none."""
    if not points:
        return top
    small, names = sheet.type.small, sheet.type.names
    middle = top + STRIP / 2
    for x1, x2 in scale.pieces(scale.left - 3, scale.right + 1):
        sheet.strokes.insert(0, Stroke(x1, top, x2, top, "strip", "#BBBBBB", 0.4))
    signs = [("?" if p.state is MrdState.NOT_DETECTED else "+") + (" PB" if p.blood else "") for p in points]
    widths = [4.4 + measure(s, small) + flags_width(p.flags) + 4.4 for s, p in zip(signs, points, strict=True)]
    xs = _spread([scale.x(point.at.day) for point in points], widths, scale)
    stretches = [
        Stretch((x1, x2), scale.x(p.at.day), p.at.certainty is Certainty.ROUNDED)
        for p in (points if xs else [])
        if p.at.certainty is not Certainty.REPORTED
        and (x2 := scale.x(p.at.latest)) - (x1 := scale.x(p.at.earliest)) >= 2.5
    ]
    lower = bracket_levels(sheet, stretches, scale, top + STRIP + 0.4, "bracket nd")
    bottom = lower if stretches else top + STRIP
    if xs:
        for point, sign, x in zip(points, signs, xs, strict=True):
            if abs(x - (own := scale.x(point.at.day))) > MOVED:
                sheet.moved((own, top - 1.4), (x, middle - 2.4))
            mark = MrdMark(point.assay, point.state, x, middle, point.title, event=point.event, nominal=_nominal(point))
            sheet.mrd.append(mark)
            at = middle + 0.36 * small
            sheet.labels.append(Label(sign, x + 4.4, at, small, cls="mrd-label", flags=point.flags))
    else:
        _crowd(sheet, points, scale, middle)
    name = "ND" if all(point.state is MrdState.NOT_DETECTED for point in points) else "ND, +"
    name = name if lone is None else f"{lone} {name}"
    sheet.labels.append(Label(name, scale.left - 7.2, middle + 0.36 * names, names, "end", "tick-label"))
    return bottom + 1


def _spread(wanted: Sequence[float], widths: Sequence[float], scale: Scale) -> list[float]:
    """Places of results in the strip, each with room for its sign; none at all where they do not fit."""
    before, after = scale.gap or (scale.right + 1e6, scale.right + 1e6)
    xs: list[float] = []
    for n, x in enumerate(wanted):
        x = max(x, xs[-1] + max(widths[n - 1], _APART)) if xs else x
        xs.append(after + 3 if before - 3 < x < after + 3 else x)
    limit = scale.right + 8
    for n in range(len(xs) - 1, -1, -1):
        x = min(xs[n], limit - max(widths[n], _APART))
        xs[n] = before - 3 if before - 3 < x < after + 3 else x
        limit = xs[n]
    return xs if xs[0] >= scale.left - 3 else []


def _crowd(sheet: Sheet, points: Sequence[MrdPoint], scale: Scale, middle: float) -> None:
    """Too many results for one strip: those far enough apart, without signs, and their number in the key."""
    edge, drawn = -1e9, 0
    for point in points:
        x = scale.x(point.at.day)
        if x >= edge:
            sheet.mrd.append(MrdMark(point.assay, point.state, x, middle, point.title, event=point.event))
            edge, drawn = x + 6.8, drawn + 1
    sheet.key("sign ND", f"{len(points)} results without a level, {drawn} far enough apart to draw")


def _joins(sheet: Sheet, placed: Sequence[tuple[MrdPoint, MrdMark | None]], scale: Scale) -> None:
    """Lines between consecutive results of one assay and tissue; dashed where either has no level of its own.

    A result in the strip has no place on the axis: no line passes over it.
    """
    for group in dict.fromkeys((point.assay, point.blood) for point, _ in placed):
        if group[0] is Assay.UNKNOWN:
            continue  # two results of assays that nobody named need not be of one assay
        ours = [(point, mark) for point, mark in placed if (point.assay, point.blood) == group]
        for (a, at), (b, bt) in pairwise(ours):
            if at is None or bt is None:
                continue
            sure = a.state is b.state is MrdState.QUANTIFIED and Certainty.ORDER_ONLY not in (
                a.at.certainty,
                b.at.certainty,
            )
            for x1, x2 in scale.pieces(at.x, bt.x):
                slope = (bt.y - at.y) / (bt.x - at.x) if bt.x != at.x else 0.0
                y1, y2 = at.y + slope * (x1 - at.x), at.y + slope * (x2 - at.x)
                sheet.strokes.append(Stroke(x1, y1, x2, y2, "mrd-join", "#999999", 0.7, None if sure else "2.2 1.6"))


def _time_brackets(sheet: Sheet, marks: dict[MrdPoint, MrdMark], scale: Scale) -> list[Box]:
    """Brackets of time, under their marks; lower where they would meet another mark or bracket."""
    found: list[Box] = []
    taken = [mark.box for mark in marks.values()]
    missing = 0
    for point, mark in marks.items():
        x1, x2 = scale.x(point.at.earliest), scale.x(point.at.latest)
        if point.at.certainty is Certainty.REPORTED or x2 - x1 < 2.5:
            continue
        own = mark.x if x1 + 2 < mark.x < x2 - 2 else None
        pieces = tuple(scale.pieces(x1, x2))
        rounded = " rounded" if point.at.certainty is Certainty.ROUNDED else ""
        cls = f"bracket mrd{' nominal' if mark.nominal else rounded}"
        tried = [Bracket(x1, x2, mark.box.bottom + 1.8 + 3.2 * n, pieces, cls, own) for n in range(12)]
        free = [one for one in tried if not any(one.box.touches(box, 0.2) for box in (*taken, *found))]
        if free:
            sheet.brackets.append(free[0])
            found.append(free[0].box)
        else:
            missing += 1
    if missing:
        sheet.key("bracket", f"left out at {missing} MRD results for want of room")
    return found


# What the protocol asks for.


def _timepoints(sheet: Sheet, points: Sequence[TimePoint], scale: Scale, top: float) -> float:
    """The names of the protocol's time points, above the track on as many lines as they need."""
    size = sheet.type.small
    rows: list[float] = []
    places = []
    for point in sorted(points, key=lambda one: (one.day, one.name)):
        x, wide = scale.x(point.day), measure(point.name, size)
        at = min(x + 3.5, scale.right + 4 - wide)
        row = next((n for n, edge in enumerate(rows) if edge + 4 <= min(at, x - 2)), len(rows))
        rows[row : row + 1] = [max(at + wide, x + 2)]
        places.append((point, x, at, row))
    lower = top + len(rows) * (size + 1.6)
    for point, x, at, row in places:
        y = top + (row + 1) * (size + 1.6) - 1.6
        sheet.labels.append(Label(point.name, at, y, size, cls="timepoint", fill="#444444"))
        sheet.strokes.append(Stroke(x, y - size * 0.7, x, lower, "timepoint", "#666666", 0.6))
    return lower + 3 if rows else top


def _timepoint_lines(sheet: Sheet, points: Sequence[TimePoint], scale: Scale, top: float, bottom: float) -> None:
    """A thin line through the track at each time point of the protocol."""
    for point in points:
        x = scale.x(point.day)
        sheet.strokes.insert(0, Stroke(x, top - 3, x, bottom, "timepoint", "#888888", 0.5, "2.4 1.2"))
