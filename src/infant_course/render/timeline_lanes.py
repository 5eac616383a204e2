"""The lanes of a timeline: bars and marks packed with their labels, and what other parts share with them."""

from collections.abc import Sequence

from attrs import evolve

from .timeline_figure import Certainty, Item, Lane, Placed
from .timeline_places import Bar, Box, Bracket, Label, Mark, Sheet, Stroke, levels, measure, shorten
from .timeline_scale import Scale

NAMES, TEXT = 7.0, 6.5
"""Size of lane names and of the axis, and of labels, pt."""
BRACKET = 3.2
"""From one level of brackets to the next, pt."""
SHARES = (0.6, 0.45, 0.3)
"""Most of the plot that a label may take; with the last it has a place for sure."""

_ROW, _BAR = 10.5, 8.1
_SHORTEST_BAR = 1.6
_VISIBLE = 2.5  # pt: a shorter bracket or tint cannot be seen
_TINTS = (0.55, 0.42, 0.28, 0.15)
_RULE = "#DDDDDD"


def put_name(sheet: Sheet, text: str, scale: Scale, baseline: float) -> None:
    """Put the name of a lane into the column at the left."""
    sheet.labels.append(Label(text, scale.left - 9, baseline, NAMES, "end", "lane"))


def _text(item: Item) -> str:
    unsure = item.start.certainty is Certainty.ORDER_ONLY or (
        item.end is not None and item.end.certainty is Certainty.ORDER_ONLY
    )
    stopped = f" ({item.stopped})" if item.stopped else ""
    return f"{item.label}{stopped}{'?' if unsure else ''}"


def label_of(item: Item, scale: Scale, share: float = SHARES[0]) -> str:
    """The label, cut to a share of the plot."""
    return _cut(_text(item), (scale.right - scale.left) * share)


def _cut(text: str, most: float) -> str:
    """Text no wider than ``most``; the question mark of an unreported time survives the cut."""
    if measure(text, TEXT) <= most or not text.endswith("?"):
        return shorten(text, TEXT, most)
    return shorten(text[:-1].rstrip("…"), TEXT, most - measure("…?", TEXT)).rstrip("…") + "…?"


def _bracketed(time: Placed) -> bool:
    return time.certainty in (Certainty.ROUNDED, Certainty.INTERVAL, Certainty.ORDER_ONLY, Certainty.NOMINAL)


def stretch_of(start: Placed, end: Placed, scale: Scale) -> tuple[float, float] | None:
    """The ends of a bracket on the page; None where it would say nothing or is too short to be seen."""
    if not (_bracketed(start) or _bracketed(end)):
        return None
    x1, x2 = scale.x(start.earliest), scale.x(end.latest)
    return (x1, x2) if x2 - x1 >= _VISIBLE else None


def lay_lane(sheet: Sheet, lane: Lane, items: Sequence[Item], scale: Scale, top: float) -> float:
    """One lane: bars and marks packed with their labels into rows by first fit; returns its lower edge."""
    sheet.strokes.append(Stroke(scale.left - 9, top + 1.6, scale.right + 1, top + 1.6, "lane-rule", _RULE, 0.4))
    rows: list[list[Box]] = []
    drawn: list[list[tuple[Bar | Mark, Label, list[tuple[float, float]]]]] = []
    for item in sorted(items, key=lambda one: (one.start.day, one.label)):
        thing = _thing(item, scale)
        label = _beside(thing, item, scale)
        stretches = _lane_stretches(item, scale)
        covered = [thing.extent if isinstance(thing, Bar) else thing.box, label.box]
        low = min([box.x for box in covered] + [x1 for x1, _ in stretches])
        high = max([box.right for box in covered] + [x2 for _, x2 in stretches])
        whole = Box(low, 0, high - low, 1)
        row = next((n for n, row in enumerate(rows) if not any(whole.touches(box, 1.5) for box in row)), len(rows))
        if row == len(rows):
            rows.append([])
            drawn.append([])
        rows[row].append(whole)
        drawn[row].append((thing, label, stretches))
    y = top + 3.4
    put_name(sheet, str(lane), scale, y + _BAR / 2 + 2.5)
    for placed in drawn:
        extra = 0.0
        for thing, label, stretches in placed:
            _put(sheet, thing, label, y)
            found = levels(stretches)
            for (x1, x2), level in zip(stretches, found, strict=True):
                at = y + _BAR + 2.0 + level * BRACKET
                sheet.brackets.append(Bracket(x1, x2, at, tuple(scale.pieces(x1, x2)), f"bracket {lane.name.lower()}"))
                extra = max(extra, 2.0 + level * BRACKET)
        y += _ROW + extra
    return y


def _thing(item: Item, scale: Scale) -> Bar | Mark:
    """A bar or a mark in a row that starts at height 0."""
    if item.end is None:
        return Mark(item.kind, scale.x(item.start.day), _BAR / 2, item.title or item.label, event=item.event)
    x1, x2 = scale.x(item.start.day), scale.x(item.end.day)
    ongoing = item.end.certainty is Certainty.ONGOING
    if ongoing:
        x2 = max(x1 + _SHORTEST_BAR, x2 - _BAR / 2)
    if x2 - x1 < _SHORTEST_BAR:
        x1, x2 = (x1, x1 + _SHORTEST_BAR) if x1 + _SHORTEST_BAR <= scale.right else (x1 - _SHORTEST_BAR, x1)
    kinds = {item.start.certainty, item.end.certainty}
    outline = "solid"
    if Certainty.ORDER_ONLY in kinds:
        outline = "dotted"
    elif Certainty.NOMINAL in kinds:
        outline = "dashed"
    tints = []
    if item.start.certainty in (Certainty.NOMINAL, Certainty.UNKNOWN_END):
        tints += _tints(x1, scale.x(item.start.earliest), scale)
    if item.end.certainty in (Certainty.NOMINAL, Certainty.UNKNOWN_END):
        tints += _tints(x2, scale.x(item.end.latest), scale)
    return Bar(
        tone=item.kind,
        pieces=tuple(Box(a, 0, b - a, _BAR) for a, b in scale.pieces(x1, x2)),
        outline=outline,
        tints=tuple(tints),
        open_left=item.start.certainty is Certainty.UNKNOWN_END,
        open_right=ongoing or item.end.certainty is Certainty.UNKNOWN_END,
        arrow=ongoing,
        title=item.title or item.label,
        event=item.event,
    )


def _tints(edge: float, limit: float, scale: Scale) -> list[tuple[Box, float]]:
    """Four steps of fading colour from the edge of a bar to the limit of what is plausible."""
    if abs(limit - edge) < _VISIBLE:
        return []
    step = (limit - edge) / len(_TINTS)
    found = []
    for n, share in enumerate(_TINTS):
        a, b = sorted((edge + n * step, edge + (n + 1) * step))
        found += [(Box(p, 0, q - p, _BAR), share) for p, q in scale.pieces(a, b)]
    return found


def _lane_stretches(item: Item, scale: Scale) -> list[tuple[float, float]]:
    """The brackets of one bar or mark: one over the whole where only the order is known, else one for each end."""
    if item.end is None:
        one = stretch_of(item.start, item.start, scale)
        return [one] if one else []
    if Certainty.ORDER_ONLY in (item.start.certainty, item.end.certainty):
        one = stretch_of(item.start, item.end, scale)
        return [one] if one else []
    found = []
    for time in (item.start, item.end):
        if time.certainty in (Certainty.ROUNDED, Certainty.INTERVAL) and (one := stretch_of(time, time, scale)):
            found.append(one)
    return found


def _beside(thing: Bar | Mark, item: Item, scale: Scale) -> Label:
    """The label of a bar or mark: inside where it fits, else to the right of it, else to the left."""
    text = label_of(item, scale)
    wide = measure(text, TEXT)
    baseline = _BAR / 2 + 2.35
    if isinstance(thing, Bar):
        roomy = max(thing.pieces, key=lambda box: box.width)
        if roomy.width >= wide + 3:
            return Label(text, roomy.x + roomy.width / 2, baseline, TEXT, "middle", "bar-label", thing.tone)
        extent = thing.extent
    else:
        extent = thing.box
    if extent.right + 2.5 + wide <= scale.right + 4:
        return Label(text, extent.right + 2.5, baseline, TEXT, "start", "bar-label")
    if extent.x - 2.5 - wide >= scale.left - 2:
        return Label(text, extent.x - 2.5, baseline, TEXT, "end", "bar-label")
    room_right, room_left = scale.right + 4 - extent.right - 2.5, extent.x - 2.5 - scale.left
    if room_right >= room_left:
        return Label(_cut(text, room_right), extent.right + 2.5, baseline, TEXT, "start", "bar-label")
    return Label(_cut(text, room_left), extent.x - 2.5, baseline, TEXT, "end", "bar-label")


def _put(sheet: Sheet, thing: Bar | Mark, label: Label, y: float) -> None:
    """Put a bar or mark and its label into the row at height y."""
    if isinstance(thing, Bar):
        moved = tuple(Box(box.x, y, box.width, box.height) for box in thing.pieces)
        tints = tuple((Box(box.x, y, box.width, box.height), share) for box, share in thing.tints)
        sheet.bars.append(evolve(thing, pieces=moved, tints=tints))
    else:
        sheet.marks.append(evolve(thing, y=y + thing.y))
    sheet.labels.append(Label(label.text, label.x, y + label.y, label.size, label.anchor, label.cls, label.fill))
