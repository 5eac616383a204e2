"""The MRD track of a timeline: a log axis from 1 to 1e-6, and under it a strip for what has no level.

A negative whose sensitivity was not reported has no level and is given none: it stands in the strip "ND".
"""

from collections.abc import Iterable
from itertools import pairwise
from math import log10

from .timeline_figure import Assay, Certainty, MrdPoint, MrdState, TimelineFigure
from .timeline_places import Box, Bracket, Label, MrdMark, Sheet, Stroke, levels
from .timeline_scale import Scale

HEIGHT = 96.0
"""Height of the axis (six decades), pt."""
LOWEST = -6
"""The lowest decade of the axis."""
STRIP = 10.0
"""Height of the strip ND, pt; more only where brackets need levels."""

_NAMES, _TEXT, _SMALL = 7.0, 6.5, 6.0
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
    if not levelled:  # a log axis without a single level would be an empty frame
        _keys(sheet, points)
        return _strip(sheet, points, scale, top - 5, lone="MRD")
    bottom = top + HEIGHT
    low = any(p.state is MrdState.NOT_DETECTED_AT and _height(p.value or 0, top) > bottom - 7 for p in levelled)
    strip_bottom = _strip(sheet, [p for p in points if p not in levelled], scale, bottom + (10 if low else 3))
    _axes(sheet, scale, top, bottom)
    thresholds = _thresholds(sheet, figure, scale, top)
    marks = {}
    for point in levelled:
        marks[point] = MrdMark(
            point.assay,
            point.state,
            scale.x(point.at.day),
            _height(point.value or 0, top),
            point.title,
            _height(point.above, top) if point.above is not None else None,
            point.event,
        )
    _joins(sheet, [(p, marks[p]) for p in points if p in marks], scale)
    sheet.mrd += marks.values()
    brackets = _time_brackets(sheet, marks, scale)
    _value_labels(sheet, marks, [*brackets, *thresholds], scale, top)
    _keys(sheet, points)
    return strip_bottom


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
    sheet.strokes.append(Stroke(left, top, left, bottom, "axis"))
    sheet.strokes.append(Stroke(right, top, right, bottom, "axis"))
    for decade in range(0, LOWEST - 1, -2):
        y = _height(10.0**decade, top)
        sheet.strokes.append(Stroke(left - 2.6, y, left, y, "tick"))
        sheet.strokes.append(Stroke(right, y, right + 2.6, y, "tick"))
        text = "1" if decade == 0 else f"10^{decade}"
        sheet.labels.append(Label(text, left - 4.2, y + 2.5, _NAMES, "end", "tick-label"))
        percent = {0: "100 %", -2: "1 %", -4: "0.01 %", -6: "10^-4 %"}[decade]
        sheet.labels.append(Label(percent, right + 4.0, y + 2.3, _SMALL, cls="tick-label"))
    sheet.turned.append(Label("MRD (fraction)", left - 29, (top + bottom) / 2, _NAMES, "middle", "axis-title"))


def _thresholds(sheet: Sheet, figure: TimelineFigure, scale: Scale, top: float) -> list[Box]:
    """Threshold lines, named above their right end."""
    found = []
    for threshold in figure.thresholds:
        y = _height(threshold.value, top)
        dash = " ".join(f"{length:g}" for length in threshold.dash)
        for x1, x2 in scale.pieces(scale.left - 3, scale.right + 1):
            sheet.strokes.append(Stroke(x1, y, x2, y, "threshold", "#666666", 0.6, dash))
        label = Label(threshold.label, scale.right - 1, y - 2.0, _SMALL, "end", "threshold-label", "#444444")
        sheet.labels.append(label)
        found += [Box(scale.left, y - 0.4, scale.right - scale.left, 0.8), label.box]
    return found


def _strip(sheet: Sheet, points: list[MrdPoint], scale: Scale, top: float, lone: str | None = None) -> float:
    """The strip of results without a level; returns its lower edge. Without such a result there is none."""
    if not points:
        return top
    xs: list[float] = []
    for point in points:
        x = scale.x(point.at.day)
        xs.append(max(x, xs[-1] + 12) if xs else x)
    limit = scale.right - 6
    for n in range(len(xs) - 1, -1, -1):
        xs[n] = min(xs[n], limit)
        limit = xs[n] - 12
    stretches = [(scale.x(p.at.earliest), scale.x(p.at.latest)) for p in points if p.at.certainty != Certainty.REPORTED]
    stretches = [(a, b) for a, b in stretches if b - a >= 2.5]
    found = levels(stretches)
    deep = (max(found) + 1) * 3.2 if found else 0.0
    bottom = top + STRIP + deep
    middle = top + STRIP / 2
    for x1, x2 in scale.pieces(scale.left - 3, scale.right + 1):
        sheet.strokes.insert(0, Stroke(x1, top, x2, top, "strip", "#BBBBBB", 0.4))
    for (x1, x2), level in zip(stretches, found, strict=True):
        y = top + STRIP + 0.4 + level * 3.2
        sheet.brackets.append(Bracket(x1, x2, y, tuple(scale.pieces(x1, x2)), "bracket nd"))
    for point, x in zip(points, xs, strict=True):
        sheet.mrd.append(MrdMark(point.assay, point.state, x, middle, point.title, event=point.event))
        sign = "?" if point.state is MrdState.NOT_DETECTED else "+"
        text = f"{sign} PB" if point.blood else sign
        sheet.labels.append(Label(text, x + 4.4, middle + 2.2, _SMALL, cls="mrd-label"))
    name = "ND" if all(point.state is MrdState.NOT_DETECTED for point in points) else "ND, +"
    name = name if lone is None else f"{lone} {name}"
    sheet.labels.append(Label(name, scale.left - 7.2, middle + 2.4, _NAMES, "end", "tick-label"))
    return bottom + 1


def _joins(sheet: Sheet, placed: list[tuple[MrdPoint, MrdMark]], scale: Scale) -> None:
    """Lines between consecutive results of one assay and tissue; dashed where either has no level of its own."""
    for group in dict.fromkeys((point.assay, point.blood) for point, _ in placed):
        if group[0] is Assay.UNKNOWN:
            continue  # two results of assays that nobody named need not be of one assay
        ours = [(point, mark) for point, mark in placed if (point.assay, point.blood) == group]
        for (a, at), (b, bt) in pairwise(ours):
            sure = a.state is b.state is MrdState.QUANTIFIED and not {a.at.certainty, b.at.certainty} & {
                Certainty.ORDER_ONLY
            }
            for x1, x2 in scale.pieces(at.x, bt.x):
                slope = (bt.y - at.y) / (bt.x - at.x) if bt.x != at.x else 0.0
                y1, y2 = at.y + slope * (x1 - at.x), at.y + slope * (x2 - at.x)
                sheet.strokes.append(Stroke(x1, y1, x2, y2, "mrd-join", "#999999", 0.7, None if sure else "2.2 1.6"))


def _time_brackets(sheet: Sheet, marks: dict[MrdPoint, MrdMark], scale: Scale) -> list[Box]:
    """Brackets of time, under their marks; lower where they would meet another mark or bracket."""
    found: list[Box] = []
    taken = [mark.box for mark in marks.values()]
    for point, mark in marks.items():
        x1, x2 = scale.x(point.at.earliest), scale.x(point.at.latest)
        if point.at.certainty is Certainty.REPORTED or x2 - x1 < 2.5:
            continue
        y = mark.box.bottom + 1.8
        for step in range(12):
            bracket = Bracket(x1, x2, mark.box.bottom + 1.8 + 3.2 * step, tuple(scale.pieces(x1, x2)), "bracket mrd")
            if not any(bracket.box.touches(box, 0.2) for box in (*taken, *found)):
                y = bracket.y
                break
        bracket = Bracket(x1, x2, y, tuple(scale.pieces(x1, x2)), "bracket mrd")
        sheet.brackets.append(bracket)
        found.append(bracket.box)
    return found


def _value_labels(sheet: Sheet, marks: dict[MrdPoint, MrdMark], taken: list[Box], scale: Scale, top: float) -> None:
    """Name each value at the first free of nine places; where none is free, number it and explain it in the key."""
    taken = [*taken, *(mark.box for mark in marks.values())]
    lines = [s for s in sheet.strokes if s.cls == "mrd-join"]
    left = scale.left - 2
    number = 0
    for point, mark in marks.items():
        text = f"{point.label}{' PB' if point.blood else ''}{'?' if point.at.certainty is Certainty.ORDER_ONLY else ''}"
        if not text:
            continue
        box = mark.box
        around = [
            (box.right + 2, mark.y + 2.2, "start"),
            (box.right + 1.5, box.y - 1.5, "start"),
            (mark.x, box.y - 2.5, "middle"),
            (box.x - 1.5, box.y - 1.5, "end"),
            (box.x - 2, mark.y + 2.2, "end"),
            (box.right + 1.5, box.bottom + 6, "start"),
            (mark.x, box.bottom + 10.5, "middle"),
            (box.x - 1.5, box.bottom + 6, "end"),
            (box.right + 1.5, box.y - 9, "start"),
        ]
        labels = [Label(text, x, y, _TEXT, anchor, "mrd-label") for x, y, anchor in around]
        free = [
            label
            for label in labels
            if label.box.x > left
            and label.box.right < scale.right
            and label.box.y > top - 9
            and label.box.bottom < top + HEIGHT
            and not any(label.box.touches(other, 0.5) for other in taken)
            and not (scale.gap and label.box.x < scale.gap[1] and label.box.right > scale.gap[0])
        ]
        free = [label for label in free if _nearest(label.box, marks.values()) is mark]
        clear = [label for label in free if not any(_crosses(line, label.box) for line in lines)]
        if free:
            chosen = (clear or free)[0]
        else:
            number += 1
            sheet.key(f"number {number}", text)
            small = [Label(str(number), x, y, _SMALL, anchor, "mrd-label") for x, y, anchor in around]
            chosen = next((one for one in small if not any(one.box.touches(o, 0.2) for o in taken)), small[0])
        sheet.labels.append(chosen)
        taken.append(chosen.box)


def _nearest(box: Box, marks: Iterable[MrdMark]) -> MrdMark:
    """The mark that a reader takes a label to belong to."""

    def distance(mark: MrdMark) -> float:
        across = max(box.x - mark.x, mark.x - box.right, 0.0)
        return across**2 + max(box.y - mark.y, mark.y - box.bottom, 0.0) ** 2

    return min(marks, key=distance)


def _crosses(line: Stroke, box: Box) -> bool:
    """Whether a line passes through a box (tried at twenty points, which is close enough for text)."""
    for n in range(21):
        x, y = line.x1 + (line.x2 - line.x1) * n / 20, line.y1 + (line.y2 - line.y1) * n / 20
        if box.x <= x <= box.right and box.y <= y <= box.bottom:
            return True
    return False
