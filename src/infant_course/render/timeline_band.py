"""The band of disease states of a timeline; a boundary that is not known to the day is a slanted edge."""

from collections.abc import Sequence
from itertools import pairwise

from .timeline_figure import Span
from .timeline_lanes import put_name
from .timeline_places import Label, Region, Sheet, clip, measure
from .timeline_scale import Scale
from .timeline_states import NOT_DETECTED
from .words import uncapital

_STATES = {"active": "active disease", "molecular_relapse": "MRD re-emergence", "remission": "remission"}
"""What the key says of states whose names have no room in the band; what says no more than MRD says so."""


def lay_band(sheet: Sheet, spans: Sequence[Span], scale: Scale, top: float) -> float:
    """The band of disease states; a boundary that is not known to the day is a slanted edge over its interval."""
    starts = [spans[0].start, *(span.start for span in spans[1:])]
    lows = [scale.x(time.earliest if n else time.day) for n, time in enumerate(starts)]
    highs = [scale.x(time.latest if n else time.day) for n, time in enumerate(starts)]
    end = max(scale.x(spans[-1].end.day), lows[0])
    lows, highs = [min(x, end) for x in lows], [min(x, end) for x in highs]
    for n in range(1, len(lows)):
        lows[n] = max(lows[n], lows[n - 1])
    for n in range(len(highs) - 2, -1, -1):
        highs[n] = min(highs[n], highs[n + 1])
    for n in range(1, len(lows)):  # a state of no known length is still seen
        lows[n], highs[n] = max(lows[n], lows[n - 1] + 3), max(highs[n], highs[n - 1] + 3)
    end = max(end, lows[-1], highs[-1])
    edges = [*zip(lows, (max(*pair) for pair in zip(lows, highs, strict=True)), strict=True), (end, end)]
    bottom = top + sheet.type.labels + 3.5
    nameless: dict[str, dict[str, None]] = {}
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
            text = span.label if span.label == NOT_DETECTED else _STATES.get(span.kind, uncapital(span.label))
            nameless.setdefault(span.kind, {})[text] = None
    for kind, texts in nameless.items():
        sheet.key(f"status {kind}", " or ".join(texts))
    baseline = top + (bottom - top) / 2 + 0.36 * sheet.type.names
    return max(bottom + 2, baseline + put_name(sheet, "Disease status", scale, baseline))


def _status_label(sheet: Sheet, span: Span, part: Sequence[tuple[float, float]], band: tuple[float, float]) -> bool:
    """Name a state inside its part of the band if the name fits at the height of the text."""
    top, bottom = band
    wide = measure(span.label, sheet.type.labels)
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
    size = sheet.type.labels
    baseline = (top + bottom) / 2 + 0.36 * size
    sheet.labels.append(Label(span.label, middle, baseline, size, "middle", f"status {span.kind}", span.kind))
    return True
