"""Where everything in a timeline stands, in numbers only.

From the top: event labels on levels, event glyphs with their brackets, the status band, one lane for each kind of
treatment, the MRD track, the axis, the key and the note. No label meets another label, a bar or a glyph, by
construction: bars are packed together with their labels, event labels rise until they are free.
"""

from collections.abc import Sequence
from itertools import pairwise

from .style import WIDTHS
from .timeline_figure import Certainty, Lane, Span, TimelineFigure
from .timeline_lanes import BRACKET, NAMES, SHARES, TEXT, label_of, lay_lane, put_name, stretch_of
from .timeline_mrd import has_level, lay_mrd
from .timeline_places import (
    Bracket,
    Label,
    Layout,
    Mark,
    Region,
    Sheet,
    Stroke,
    Swatch,
    clip,
    levels,
    measure,
    shorten,
)
from .timeline_scale import Scale, scale_of

_MARGIN = 5.0
_LEVEL = 8.6  # from one level of event labels to the next
_APART = 8.2  # between two glyphs of one line
_BAND = 10.0


def lay_out(figure: TimelineFigure, width: float = WIDTHS[170]) -> Layout:
    """Lay out a timeline on a page of the given width (pt); the height follows from what it holds."""
    lanes = [lane for lane in Lane if any(item.lane is lane for item in figure.items)]
    names = [*(str(lane) for lane in lanes), *(["Disease status"] if figure.status else [])]
    column = max((measure(name, NAMES) for name in names), default=0.0)
    column = max(column, 34.0 if figure.mrd else 0.0)
    left = _MARGIN + column + 9
    right = width - _MARGIN - (28.0 if any(has_level(point) for point in figure.mrd) else 9.0)
    scale = scale_of(figure, left, right)
    sheet = Sheet()
    y = _events(sheet, figure, scale, _MARGIN)
    relapse_from = y
    y = _status(sheet, figure.status, scale, y + 1.5) if figure.status else y
    for lane in lanes:
        if lane is not Lane.EVENTS:
            y = lay_lane(sheet, lane, [item for item in figure.items if item.lane is lane], scale, y)
    if figure.mrd:
        y = lay_mrd(sheet, figure, scale, y + 8)
    else:
        y += 4
    axis = y
    y = _axis(sheet, scale, y)
    _uncertainty_key(sheet, figure)
    y = _key(sheet, left if width > 300 else _MARGIN, width - _MARGIN, y + 4)
    if figure.note:
        y += 9
        sheet.labels.append(Label(figure.note, left if width > 300 else _MARGIN, y, TEXT, cls="note"))
    _relapse_lines(sheet, figure, scale, relapse_from, axis)
    return Layout(
        width=width,
        height=round(y + _MARGIN, 2),
        title=figure.title,
        description=figure.description,
        strokes=tuple(sheet.strokes),
        regions=tuple(sheet.regions),
        bars=tuple(sheet.bars),
        brackets=tuple(sheet.brackets),
        marks=tuple(sheet.marks),
        mrd=tuple(sheet.mrd),
        labels=tuple(sheet.labels),
        swatches=tuple(sheet.swatches),
        turned=tuple(sheet.turned),
    )


# Events.


def _events(sheet: Sheet, figure: TimelineFigure, scale: Scale, top: float) -> float:
    """The line of event glyphs with its labels above and brackets below; returns its lower edge."""
    items = sorted(
        (item for item in figure.items if item.lane is Lane.EVENTS), key=lambda item: (item.start.day, item.follow_up)
    )
    if not items:
        return top
    places = _spread([scale.x(item.start.day) for item in items], scale)
    for share in SHARES:
        texts = [label_of(item, scale, share) for item in items]
        found = _label_levels(places, [measure(text, TEXT) for text in texts], scale)
        if found is not None:
            break
    ends, steps = found or ([False] * len(items), list(range(len(items), 0, -1)))
    line = top + (max(steps) + 1) * _LEVEL + 5.4
    for item, x, text, at_end, step in zip(items, places, texts, ends, steps, strict=True):
        baseline = line - 6.4 - step * _LEVEL
        sheet.marks.append(Mark(item.kind, x, line, item.title or item.label, event=item.event))
        sheet.labels.append(
            Label(text, x + 2.6 if at_end else x - 2.6, baseline, TEXT, "end" if at_end else "start", "event")
        )
        if step:
            sheet.strokes.append(Stroke(x, baseline + 1.6, x, line - 4.2, "leader", "#999999", 0.5))
    put_name(sheet, str(Lane.EVENTS), scale, line + 2.4)
    stretches = [stretch_of(item.start, item.start, scale) for item in items]
    return _brackets(sheet, [one for one in stretches if one], scale, line + 5.6, "bracket events")


def _spread(xs: Sequence[float], scale: Scale) -> list[float]:
    """Places of glyphs in order, moved apart so that none covers another."""
    before, after = scale.gap or (scale.right + 1e6, scale.right + 1e6)
    placed: list[float] = []
    for x in xs:
        x = max(x, placed[-1] + _APART) if placed else x
        placed.append(after if before < x < after else x)
    limit = scale.right + 1
    for n in range(len(placed) - 1, -1, -1):
        x = min(placed[n], limit)
        placed[n] = before if before < x < after else x
        limit = placed[n] - _APART
    return placed


def _label_levels(xs: Sequence[float], widths: Sequence[float], scale: Scale) -> tuple[list[bool], list[int]] | None:
    """For each label whether it ends at its glyph, and its level.

    A label that starts at its glyph rises above every later one it would touch, so leaders never cross text. Those
    that would leave the page end at their glyph and rise above all they pass over. A label that such a leader
    would cross is turned as well. None where one has no room to be turned: then the labels must be shorter.
    """
    edge = scale.right + 6
    at_end = [x - 2.6 + wide > edge for x, wide in zip(xs, widths, strict=True)]

    def span(n: int) -> tuple[float, float]:
        return (xs[n] + 2.6 - widths[n], xs[n] + 2.6) if at_end[n] else (xs[n] - 2.6, xs[n] - 2.6 + widths[n])

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
        turned = [m for m in crossed if xs[m] + 2.6 - widths[m] >= scale.left - 4]
        if not turned:
            return None
        at_end[max(turned)] = True


def _brackets(sheet: Sheet, stretches: Sequence[tuple[float, float]], scale: Scale, y: float, cls: str) -> float:
    """Draw brackets on as many levels as they need; returns the lower edge."""
    found = levels(list(stretches))
    for (x1, x2), level in zip(stretches, found, strict=True):
        sheet.brackets.append(Bracket(x1, x2, y + level * BRACKET, tuple(scale.pieces(x1, x2)), cls))
    return y + max(found, default=-1) * BRACKET + 2.6 if stretches else y


def _relapse_lines(sheet: Sheet, figure: TimelineFigure, scale: Scale, top: float, bottom: float) -> None:
    """A dotted line from each relapse through all lanes, interrupted where a label stands in its way."""
    for item in figure.items:
        if item.lane is not Lane.EVENTS or item.kind not in ("relapse", "molecular_relapse"):
            continue
        x, y = scale.x(item.start.day), top
        for box in sorted((label.box for label in sheet.labels), key=lambda box: box.y):
            if box.x - 1 < x < box.right + 1 and top < box.bottom and box.y < bottom:
                if box.y > y:
                    sheet.strokes.insert(0, Stroke(x, y, x, box.y, "relapse-line", "#999999", 0.5, "1.2 1.6"))
                y = max(y, box.bottom)
        if y < bottom:
            sheet.strokes.insert(0, Stroke(x, y, x, bottom, "relapse-line", "#999999", 0.5, "1.2 1.6"))


# Status.

_STATES = {"active": "active disease", "molecular_relapse": "MRD re-emergence", "remission": "remission"}
_CHEMOTHERAPY = {
    "chemotherapy": "chemotherapy, lymphoid",
    "maintenance": "maintenance",
    "myeloid": "myeloid-directed or second line",
}


def _status(sheet: Sheet, spans: Sequence[Span], scale: Scale, top: float) -> float:
    """The band of disease states; a boundary that is not known to the day is a slanted edge over its interval."""
    starts = [spans[0].start, *(span.start for span in spans[1:])]
    lows = [scale.x(time.earliest if n else time.day) for n, time in enumerate(starts)]
    highs = [scale.x(time.latest if n else time.day) for n, time in enumerate(starts)]
    for n in range(1, len(lows)):
        lows[n] = max(lows[n], lows[n - 1])
    for n in range(len(highs) - 2, -1, -1):
        highs[n] = min(highs[n], highs[n + 1])
    for n in range(1, len(lows)):  # a state of no known length is still seen
        lows[n], highs[n] = max(lows[n], lows[n - 1] + 3), max(highs[n], highs[n - 1] + 3)
    end = scale.x(spans[-1].end.day)
    edges = [*zip(lows, (max(*pair) for pair in zip(lows, highs, strict=True)), strict=True), (end, end)]
    bottom = top + _BAND
    for span, (low, high), (next_low, next_high) in zip(spans, edges, edges[1:], strict=False):
        shape = [(low, bottom), (high, top), (next_high, top), (next_low, bottom)]
        parts = [shape]
        if scale.gap:
            parts = [clip(shape, scale.gap[0], left=True), clip(shape, scale.gap[1], left=False)]
        named = False
        for part in parts:
            if len(part) < 3:
                continue
            sheet.regions.append(Region(span.kind, tuple(part), span.label))
            named = _status_label(sheet, span, part, (top, bottom)) or named
        if not named:
            sheet.key(f"status {span.kind}", _STATES.get(span.kind, span.label))
    put_name(sheet, "Disease status", scale, top + 7.4)
    return bottom + 2


def _status_label(sheet: Sheet, span: Span, part: Sequence[tuple[float, float]], band: tuple[float, float]) -> bool:
    """Name a state inside its part of the band if the name fits at the height of the text."""
    top, bottom = band
    wide = measure(span.label, TEXT)
    inside_left, inside_right = -1e9, 1e9
    for y in (top + 2.2, bottom - 2.2):
        crossings = []
        for (ax, ay), (bx, by) in pairwise([*part, part[0]]):
            if min(ay, by) <= y <= max(ay, by) and ay != by:
                crossings.append(ax + (bx - ax) * (y - ay) / (by - ay))
        if len(crossings) < 2:
            return False
        inside_left, inside_right = max(inside_left, min(crossings)), min(inside_right, max(crossings))
    if inside_right - inside_left < wide + 4:
        return False
    middle = (inside_left + inside_right) / 2
    sheet.labels.append(Label(span.label, middle, top + 7.3, TEXT, "middle", f"status {span.kind}", span.kind))
    return True


# Axis and key.


def _axis(sheet: Sheet, scale: Scale, y: float) -> float:
    """The x axis with ticks, its title and the two slashes of a break; returns its lower edge."""
    for x1, x2 in scale.pieces(scale.left - 3, scale.right + 1):
        sheet.strokes.append(Stroke(x1, y, x2, y, "axis"))
    if scale.gap:
        for x in scale.gap:
            sheet.strokes.append(Stroke(x - 1.6, y + 3, x + 1.6, y - 3, "break", width=0.8))
    edge = -1e9
    for tick in scale.ticks():
        sheet.strokes.append(Stroke(tick.x, y, tick.x, y + 2.6, "tick"))
        half = measure(tick.label, NAMES) / 2
        if tick.x - half > edge + 3:
            sheet.labels.append(Label(tick.label, tick.x, y + 10, NAMES, "middle", "tick-label"))
            edge = tick.x + half
    middle = (scale.left + scale.right) / 2
    title = scale.title
    if measure(title, NAMES) > scale.right - scale.left + 24:
        title = title.replace("Time since diagnosis", "Time").replace(", two linear scales", "; two scales")
    sheet.labels.append(Label(title, middle, y + 19, NAMES, "middle", "axis-title"))
    return y + 22


def _uncertainty_key(sheet: Sheet, figure: TimelineFigure) -> None:
    """Key entries for the styles of uncertainty that occur; brackets and tints only where they were drawn."""
    bars = [item for item in figure.items if item.end is not None]
    tones = [kind for kind in _CHEMOTHERAPY if any(b.lane is Lane.CHEMOTHERAPY and b.kind == kind for b in bars)]
    for kind in tones if len(tones) > 1 else []:
        sheet.key(f"bar {kind}", _CHEMOTHERAPY[kind])
    outlines = {bar.outline for bar in sheet.bars}
    if "dashed" in outlines:
        sheet.key("dashed", "nominal time, from the protocol")
    if (
        "dotted" in outlines
        or any(item.start.certainty is Certainty.ORDER_ONLY for item in figure.items)
        or any(point.at.certainty is Certainty.ORDER_ONLY for point in figure.mrd)
    ):
        sheet.key("dotted", "?, dotted: only the order is known, drawn at equal steps")
    if any(bar.tints for bar in sheet.bars):
        sheet.key("fading", "plausible range")
    if sheet.brackets:
        kinds = figure.certainties
        words = []
        if kinds & {Certainty.ROUNDED, Certainty.INTERVAL, Certainty.NOMINAL}:
            words.append("earliest to latest")
        if Certainty.ORDER_ONLY in kinds:
            words.append("neighbour to neighbour where marked ?")
        sheet.key("bracket", "; ".join(words) or "earliest to latest")
    if any(bar.end is not None and bar.end.certainty is Certainty.ONGOING for bar in bars):
        sheet.key("ongoing", "ongoing when last seen")


def _key(sheet: Sheet, left: float, right: float, y: float) -> float:
    """The key in as many lines as it takes; returns its lower edge."""
    x, baseline = left, y
    for n, (kind, text) in enumerate(sheet.keyed):
        text = shorten(text, TEXT, right - left - 16)
        wide = 14 + measure(text, TEXT)
        if n == 0 or x + wide > right:
            x, baseline = left, baseline + 9.6
        sheet.swatches.append(Swatch(kind, x + 5, baseline - 2.4))
        sheet.labels.append(Label(text, x + 13, baseline, TEXT, cls="key"))
        x += wide + 9
    return baseline + (2 if sheet.keyed else -4)
