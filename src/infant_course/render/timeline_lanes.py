"""The lanes of a timeline: bars and marks packed with their labels, and what other parts share with them."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from attrs import evolve, frozen

from .metrics import wrap
from .timeline_figure import Certainty, Flag, Item, Lane, Placed
from .timeline_places import Bar, Box, Bracket, Label, Mark, Sheet, Stroke, flags_width, levels, measure, shorten
from .timeline_scale import Scale

BRACKET = 3.2
"""From one level of brackets to the next, pt."""
MOST_ROWS = 24
"""More things than this in one lane are told in rows of things of one name."""

_SHORTEST_BAR = 1.6
_MOST_LINES = 3  # of a label
_OPEN_GHOST = 12.0  # pt: a planned block of no known length
_VISIBLE = 2.5  # pt: a shorter bracket or tint cannot be seen
_TINTS = (0.55, 0.42, 0.28, 0.15)
_RULE = "#DDDDDD"
_GREY = "#555555"


@frozen
class Row:
    """What shares a label: one item, or in a crowded lane all of one name."""

    items: tuple[Item, ...]
    text: str
    flags: tuple[Flag, ...] = ()


def name_lines(text: str, *, narrow: bool) -> list[str]:
    """The name of a lane on one line, or on two where the page is narrow."""
    parts = re.split(r"(?<=/)|\s", text)
    return parts if narrow and len(parts) == 2 else [text]


def put_name(sheet: Sheet, text: str, scale: Scale, baseline: float) -> float:
    """Put the name of a lane into the column at the left; returns how far it reaches below the baseline."""
    lines = name_lines(text, narrow=sheet.narrow)
    size = sheet.type.names
    for n, line in enumerate(lines):
        sheet.labels.append(Label(line, scale.left - 9, baseline + n * (size + 1), size, "end", "lane"))
    return (len(lines) - 1) * (size + 1) + 0.25 * size


def text_of(item: Item) -> str:
    """The label of an item, with what ended it and the mark of a time that was not reported."""
    unsure = item.start.certainty is Certainty.ORDER_ONLY or (
        item.end is not None and item.end.certainty is Certainty.ORDER_ONLY
    )
    stopped = f" ({item.stopped})" if item.stopped else ""
    return f"{item.label}{stopped}{'?' if unsure else ''}"


def _cut(text: str, size: float, most: float) -> str:
    """Text that ends in a question mark no wider than ``most``, with the mark."""
    if measure(text, size) <= most:
        return text
    return shorten(text[:-1].rstrip("…"), size, most - measure("…?", size)).rstrip("…") + "…?"


def _bracketed(time: Placed) -> bool:
    return time.certainty in (Certainty.ROUNDED, Certainty.INTERVAL, Certainty.ORDER_ONLY, Certainty.NOMINAL)


class Stretch(NamedTuple):
    """The ends of a bracket, where the event itself is drawn, and whether it tells a rounding and no interval."""

    ends: tuple[float, float]
    at: float | None
    rounded: bool


def stretch_of(start: Placed, end: Placed, scale: Scale, at: float | None) -> Stretch | None:
    """A bracket on the page; None where it would say nothing or is too short to be seen."""
    if not (_bracketed(start) or _bracketed(end)):
        return None
    x1, x2 = scale.x(start.earliest), scale.x(end.latest)
    rounded = start.certainty is end.certainty is Certainty.ROUNDED
    return Stretch((x1, x2), at, rounded) if x2 - x1 >= _VISIBLE else None


def bracket_levels(sheet: Sheet, stretches: Sequence[Stretch], scale: Scale, y: float, cls: str) -> float:
    """Put brackets on as many levels as they need, from a height; returns the lower edge."""
    found = levels([one.ends for one in stretches])
    for ((x1, x2), at, rounded), level in zip(stretches, found, strict=True):
        own = at if at is not None and x1 + 2 < at < x2 - 2 else None
        kind = f"{cls} rounded" if rounded else cls
        sheet.brackets.append(Bracket(x1, x2, y + level * BRACKET, tuple(scale.pieces(x1, x2)), kind, own))
    return y + max(found, default=-1) * BRACKET + 2.6 if stretches else y


@frozen
class _Placed:
    """One row of things with its label, both as if their lane began at height 0."""

    things: tuple[Bar | Mark, ...]
    labels: tuple[Label, ...]
    stretches: tuple[Stretch, ...]
    drop: float = 0.0
    """How far the things stand below the top of their row, under a label that has no room beside them."""

    @property
    def across(self) -> Box:
        """What it takes of the width, with its brackets."""
        boxes = [*map(_extent, self.things), *(label.box for label in self.labels)]
        low = min([box.x for box in boxes] + [one.ends[0] for one in self.stretches])
        high = max([box.right for box in boxes] + [one.ends[1] for one in self.stretches])
        return Box(low, 0, high - low, 1)


def lay_lane(sheet: Sheet, lane: Lane, items: Sequence[Item], scale: Scale, top: float) -> float:
    """One lane: bars and marks packed with their labels into rows by first fit; returns its lower edge."""
    for x1, x2 in scale.pieces(scale.left - 9, scale.right + 1):
        sheet.strokes.append(Stroke(x1, top + 1.6, x2, top + 1.6, "lane-rule", _RULE, 0.4))
    rows: list[list[_Placed]] = []
    for told in _rows(items, scale, sheet.type.labels):
        placed = _placed(told, scale, sheet)
        row = next((row for row in rows if not any(placed.across.touches(o.across, 1.5) for o in row)), None)
        if row is None:
            rows.append([placed])
        else:
            row.append(placed)
    y = top + 3.4
    bar = sheet.type.bar
    baseline = y + bar / 2 + 2.5
    lowest = baseline + put_name(sheet, str(lane), scale, baseline)
    for row in rows:
        lower = y
        for placed in row:
            for thing in placed.things:
                _put(sheet, thing, y + placed.drop)
            sheet.labels += [evolve(label, y=y + label.y) for label in placed.labels]
            lower = max([lower, y + placed.drop + bar, *(y + label.box.bottom for label in placed.labels)])
        ours = [one for placed in row for one in placed.stretches]
        below = [label.box for placed in row for label in placed.labels[1:]]
        blocked = [one for one in ours if any(box.x < one.ends[1] + 1 and one.ends[0] - 1 < box.right for box in below)]
        cls = f"bracket {lane.name.lower()}"
        under = bracket_levels(sheet, [one for one in ours if one not in blocked], scale, y + bar + 2.0, cls)
        under = bracket_levels(sheet, blocked, scale, max(lower + 1.6, under), cls) if blocked else under
        y = max(lower + sheet.type.row - bar, under if ours else y)
    return max(y, lowest)


def _placed(told: Row, scale: Scale, sheet: Sheet) -> _Placed:
    things = _things(told.items, scale, sheet.type.bar)
    stretches = _lane_stretches(told.items[0], scale) if len(told.items) == 1 else []
    labels, drop = _beside(things, told, scale, sheet)
    return _Placed(tuple(things), tuple(labels), tuple(stretches), drop)


# Rows of things of one name.


def _rows(items: Sequence[Item], scale: Scale, size: float) -> list[Row]:
    """One row for each item; in a crowded lane one for all of one name, and one for what is left over."""
    ordered = sorted(items, key=lambda one: (one.start.day, one.label))
    if len(ordered) <= MOST_ROWS:
        return [Row((item,), text_of(item), item.flags) for item in ordered]
    groups: dict[tuple[str, str], list[Item]] = {}
    for item in ordered:
        groups.setdefault((item.kind, _stem(item.label)), []).append(item)
    by_count = sorted(groups, key=lambda name: (-len(groups[name]), ordered.index(groups[name][0])))
    rows = [_row(groups[name], name[1], scale, size) for name in by_count[: MOST_ROWS - 1]]
    kinds: dict[str, list[Item]] = {}
    for name in by_count[MOST_ROWS - 1 :]:
        kinds.setdefault(name[0], []).extend(groups[name])
    rows += [_row(sorted(rest, key=lambda one: one.start.day), "Others", scale, size) for rest in kinds.values()]
    return sorted(rows, key=lambda row: row.items[0].start.day)


def _stem(label: str) -> str:
    """A label without the number of a cycle or grade."""
    return re.sub(r"(?:,? (?:cycle|grade))? [0-9]+$", "", label)


def _row(items: Sequence[Item], name: str, scale: Scale, size: float) -> Row:
    flags = tuple(flag for item in items for flag in item.flags)
    if len(items) == 1:
        return Row(tuple(items), text_of(items[0]), flags)
    kept = len(_things(items, scale, size))
    count = f" ({len(items)} times{f', {kept} far enough apart to draw' if kept < len(items) else ''})"
    return Row(tuple(items), shorten(name, size, (scale.right - scale.left) / 2) + count, flags)


def _things(items: Sequence[Item], scale: Scale, bar: float) -> list[Bar | Mark]:
    """The bars or marks of a row; those that would cover the one before them are left out."""
    found: list[Bar | Mark] = []
    for item in items:
        thing = _thing(item, scale, bar)
        if not found or _extent(thing).x >= _extent(found[-1]).right + 0.3:
            found.append(thing)
    return found


# One bar or mark.


def _extent(thing: Bar | Mark) -> Box:
    return thing.extent if isinstance(thing, Bar) else thing.box


def _thing(item: Item, scale: Scale, height: float) -> Bar | Mark:
    """A bar or a mark in a row that starts at height 0."""
    if item.end is None:
        return Mark(item.kind, scale.x(item.start.day), height / 2, item.title or item.label, event=item.event)
    ghost = item.lane is Lane.PLANNED
    x1, x2 = scale.x(item.start.day), scale.x(item.end.day)
    ongoing = item.end.certainty is Certainty.ONGOING
    if ongoing:
        x2 = max(x1 + _SHORTEST_BAR, x2 - height / 2)
    shortest = _OPEN_GHOST if ghost and item.end.certainty is Certainty.UNKNOWN_END else _SHORTEST_BAR
    if x2 - x1 < shortest:
        x1, x2 = (x1, x1 + shortest) if x1 + shortest <= scale.right else (x1 - shortest, x1)
    kinds = {item.start.certainty, item.end.certainty}
    outline = "planned" if ghost else "solid"
    if Certainty.ORDER_ONLY in kinds:
        outline = "dotted"
    elif Certainty.NOMINAL in kinds:
        outline = "dashed"
    tints = []
    if item.start.certainty in (Certainty.NOMINAL, Certainty.UNKNOWN_END):
        tints += _tints(x1, scale.x(item.start.earliest), scale, height)
    if item.end.certainty in (Certainty.NOMINAL, Certainty.UNKNOWN_END) and not ghost:
        tints += _tints(x2, scale.x(item.end.latest), scale, height)
    return Bar(
        tone=item.kind,
        pieces=tuple(Box(a, 0, b - a, height) for a, b in scale.pieces(x1, x2)),
        outline=outline,
        tints=tuple(tints),
        open_left=item.start.certainty is Certainty.UNKNOWN_END or item.open_start,
        open_right=ongoing or item.end.certainty is Certainty.UNKNOWN_END,
        arrow=ongoing,
        title=item.title or item.label,
        event=item.event,
    )


def _tints(edge: float, limit: float, scale: Scale, height: float) -> list[tuple[Box, float]]:
    """Four steps of fading colour from the edge of a bar to the limit of what is plausible."""
    if abs(limit - edge) < _VISIBLE:
        return []
    step = (limit - edge) / len(_TINTS)
    found = []
    for n, share in enumerate(_TINTS):
        a, b = sorted((edge + n * step, edge + (n + 1) * step))
        found += [(Box(p, 0, q - p, height), share) for p, q in scale.pieces(a, b)]
    return found


def _lane_stretches(item: Item, scale: Scale) -> list[Stretch]:
    """The brackets of one bar or mark: one over the whole where only the order is known, else one for each end."""
    if item.end is None:
        one = stretch_of(item.start, item.start, scale, scale.x(item.start.day))
        return [one] if one else []
    if Certainty.ORDER_ONLY in (item.start.certainty, item.end.certainty):
        one = stretch_of(item.start, item.end, scale, None)
        return [one] if one else []
    found: list[Stretch] = []
    for time in (item.start, item.end):
        if time.certainty in (Certainty.ROUNDED, Certainty.INTERVAL) and (one := stretch_of(time, time, scale, None)):
            found.append(one)
    return found


def _beside(things: Sequence[Bar | Mark], told: Row, scale: Scale, sheet: Sheet) -> tuple[list[Label], float]:
    """The label of a row's things: inside a bar where it fits, else to the right of all, else to the left.

    Where neither side has room for one line: on up to three lines on the roomier side, or, where that would cut it or
    squeeze it, above its things; then the second value is how far these are lowered.
    """
    ghost = told.items[0].lane is Lane.PLANNED
    size = sheet.type.small if ghost else sheet.type.labels
    fill = _GREY if ghost else "#000000"
    text, flags = told.text, told.flags
    flagged = flags_width(flags)
    wide = measure(text, size) + flagged
    baseline = sheet.type.bar / 2 + 0.36 * size
    first = things[0]
    if len(things) == 1 and isinstance(first, Bar):
        roomy = max(first.pieces, key=lambda box: box.width)
        if roomy.width >= wide + 3:
            middle = roomy.x + roomy.width / 2
            return [
                Label(text, middle, baseline, size, "middle", "bar-label", fill if ghost else first.tone, flags)
            ], 0.0
    left, right = min(_extent(thing).x for thing in things), max(_extent(thing).right for thing in things)
    room_right, room_left = scale.right + 4 - right - 2.5, left - 2.5 - scale.left + 2
    if wide <= room_right:
        return [Label(text, right + 2.5, baseline, size, "start", "bar-label", fill, flags)], 0.0
    if wide <= room_left:
        return [Label(text, left - 2.5, baseline, size, "end", "bar-label", fill, flags)], 0.0
    room = max(room_right, room_left)
    lines = _wrapped(text, size, room - flagged)
    at, anchor = (right + 2.5, "start") if room_right >= room_left else (left - 2.5, "end")
    drop = 0.0
    if room < (scale.right - scale.left) * 0.3 or any("…" in line for line in lines):
        lines, at, anchor = _wrapped(text, size, scale.right - scale.left - flagged), scale.left, "start"
        drop = len(lines) * (size + 1.2) + 1.2
    labels = [
        Label(line, at, baseline + n * (size + 1.2), size, anchor, "bar-label", fill) for n, line in enumerate(lines)
    ]
    return [*labels[:-1], evolve(labels[-1], flags=flags)], drop


def _wrapped(text: str, size: float, room: float) -> list[str]:
    """A label on up to three lines; the question mark of an unreported time survives a cut."""
    lines = wrap(text, size, room, _MOST_LINES)
    if text.endswith("?") and not lines[-1].endswith("?"):
        lines[-1] = _cut(lines[-1].rstrip("…") + "…?", size, room)
    return lines


def _put(sheet: Sheet, thing: Bar | Mark, y: float) -> None:
    """Put a bar or mark into the row at height y."""
    if isinstance(thing, Bar):
        moved = tuple(Box(box.x, y, box.width, box.height) for box in thing.pieces)
        tints = tuple((Box(box.x, y, box.width, box.height), share) for box, share in thing.tints)
        sheet.bars.append(evolve(thing, pieces=moved, tints=tints))
    else:
        sheet.marks.append(evolve(thing, y=y + thing.y))
