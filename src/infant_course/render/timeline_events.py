"""The line of events of a timeline: glyphs in order, labels on levels above them, brackets below.

Labels rise until they are free, and leaders never cross text. Events too many for one line, or with labels too long
for it, are laid out in rows, as treatments are: nothing is cut.
"""

from collections.abc import Sequence

from .timeline_figure import Item, Lane, TimelineFigure
from .timeline_lanes import bracket_levels, lay_lane, put_name, stretch_of, text_of
from .timeline_places import Label, Mark, Sheet, Stroke, flags_width, measure
from .timeline_scale import Scale

_APART = 8.2  # between two glyphs of one line
MOVED = 1.0
"""Farther than this from its time, in pt, a mark is said to be moved."""
_MOST_LEVELS = 12
_HOLD = ("diagnosis", "relapse", "molecular_relapse")  # others move away from these
_HELD = 1000.0
_SHARE = 0.6  # most of the plot that a label on one line may take
_HALF = 2.6  # a flag-style label begins so far left of the middle of its glyph


def lay_events(sheet: Sheet, figure: TimelineFigure, scale: Scale, top: float) -> float:
    """Lay out the events; returns the lower edge."""
    items = sorted(
        (item for item in figure.items if item.lane is Lane.EVENTS), key=lambda item: (item.start.day, item.follow_up)
    )
    if not items:
        return top
    size = sheet.type.labels
    places = _spread(items, scale)
    texts = [text_of(item) for item in items]
    widths = [measure(text, size) + flags_width(item.flags) for text, item in zip(texts, items, strict=True)]
    fit = bool(places) and max(widths) <= (scale.right - scale.left) * _SHARE
    found = _label_levels(places, widths, scale) if fit else None
    if found is None or max(found[1]) > _MOST_LEVELS:
        return lay_lane(sheet, Lane.EVENTS, items, scale, top - 1.6)
    ends, steps = found
    level = sheet.type.level
    line = top + (max(steps) + 1) * level + 5.4
    for item, x, text, at_end, step in zip(items, places, texts, ends, steps, strict=True):
        baseline = line - 6.4 - step * level
        sheet.marks.append(Mark(item.kind, x, line, item.title or item.label, event=item.event))
        anchor, at = ("end", x + _HALF) if at_end else ("start", x - _HALF)
        sheet.labels.append(Label(text, at, baseline, size, anchor, "event", flags=item.flags))
        if step:
            sheet.strokes.append(Stroke(x, baseline + 1.8, x, line - 4.2, "leader", "#999999", 0.5))
    put_name(sheet, str(Lane.EVENTS), scale, line + 2.4)
    own = [scale.x(item.start.day) for item in items]
    moved = [(at, x) for at, x in zip(own, places, strict=True) if abs(x - at) > MOVED]
    for at, x in moved:
        sheet.moved((at, line + 7.4), (x, line + 3.8))
    told = (stretch_of(item.start, item.start, scale, at) for item, at in zip(items, own, strict=True))
    stretches = [one for one in told if one]
    return bracket_levels(sheet, stretches, scale, line + (9.4 if moved else 5.6), "bracket events")


def _spread(items: Sequence[Item], scale: Scale) -> list[float]:
    """Places of glyphs, each near where it belongs and none on another; an empty list if they do not fit."""
    before, after = scale.gap or (scale.right + 1, scale.right + 1)
    wanted = [(scale.x(item.start.day), _HELD if item.kind in _HOLD else 1.0) for item in items]
    left = _apart([one for one in wanted if one[0] <= before], scale.left - 2, min(before, scale.right + 1))
    right = _apart([one for one in wanted if one[0] > before], after, scale.right + 1)
    return [] if left is None or right is None else [*left, *right]


def _apart(wanted: Sequence[tuple[float, float]], low: float, high: float) -> list[float] | None:
    """Places in order between two limits with the least weighted sum of squared moves (pool adjacent violators)."""
    spare = high - low - (len(wanted) - 1) * _APART
    if wanted and spare < 0:
        return None
    pools: list[tuple[float, float, int]] = []  # mean place without the distances between, weight, how many share it
    for n, (x, weight) in enumerate(wanted):
        mean, count = x - n * _APART, 1
        while pools and pools[-1][0] > mean:
            other, heavy, more = pools.pop()
            mean = (mean * weight + other * heavy) / (weight + heavy)
            weight, count = weight + heavy, count + more
        pools.append((mean, weight, count))
    means = [min(max(mean, low), low + spare) for mean, _, count in pools for _ in range(count)]
    return [mean + n * _APART for n, mean in enumerate(means)]


def _label_levels(xs: Sequence[float], widths: Sequence[float], scale: Scale) -> tuple[list[bool], list[int]] | None:
    """For each label whether it ends at its glyph, and its level.

    A label that starts at its glyph rises above every later one it would touch, so leaders never cross text. Those
    that would leave the page end at their glyph and rise above all they pass over. A label that such a leader
    would cross is turned as well. None where one has no room to be turned.
    """
    edge = scale.right + 6
    at_end = [x - _HALF + wide > edge for x, wide in zip(xs, widths, strict=True)]

    def span(n: int) -> tuple[float, float]:
        return (xs[n] + _HALF - widths[n], xs[n] + _HALF) if at_end[n] else (xs[n] - _HALF, xs[n] - _HALF + widths[n])

    numbers = range(len(xs))
    while True:
        step = [0] * len(xs)
        for n in reversed(numbers):
            if at_end[n]:
                continue
            hit = [m for m in numbers if m > n and not at_end[m] and span(m)[0] < span(n)[1] + 4]
            step[n] = max((step[m] + 1 for m in hit), default=0)
        for n in numbers:
            if not at_end[n]:
                continue
            low, high = span(n)
            hit = [m for m in numbers if (m < n or not at_end[m]) and (span(m)[0] < high + 4 and span(m)[1] > low - 4)]
            step[n] = max((step[m] + 1 for m in hit), default=0)
        crossed = [
            m
            for n in numbers
            for m in numbers
            if at_end[n] and not at_end[m] and m < n and step[n] > step[m] and span(m)[0] < xs[n] < span(m)[1] + 2
        ]
        if not crossed:
            return at_end, step
        turned = [m for m in crossed if xs[m] + _HALF - widths[m] >= scale.left - 4]
        if not turned:
            return None
        at_end[max(turned)] = True


def relapse_lines(sheet: Sheet, figure: TimelineFigure, scale: Scale, top: float, bottom: float) -> None:
    """A dotted line from each relapse through all lanes, interrupted where a label stands in its way."""
    for item in figure.items:
        if item.lane is not Lane.EVENTS or item.kind not in _HOLD[1:]:
            continue
        x, y = scale.x(item.start.day), top
        for box in sorted((label.box for label in sheet.labels), key=lambda box: box.y):
            if box.x - 1 < x < box.right + 1 and top < box.bottom and box.y < bottom:
                if box.y > y:
                    sheet.strokes.insert(0, Stroke(x, y, x, box.y, "relapse-line", "#999999", 0.5, "1.2 1.6"))
                y = max(y, box.bottom)
        if y < bottom:
            sheet.strokes.insert(0, Stroke(x, y, x, bottom, "relapse-line", "#999999", 0.5, "1.2 1.6"))
