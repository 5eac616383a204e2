"""Values beside MRD results: at the first free of nine places, then further off with a leader, then by number.

Where there is room for none of these, or where there are too many, the key says how many values are not written.
"""

from collections.abc import Iterable, Mapping
from math import cos, pi, sin

from .timeline_figure import Certainty, MrdPoint
from .timeline_places import Box, Label, MrdMark, Sheet, Stroke

MOST_LABELLED = 40
"""More results than this are not labelled: the labels would hide them."""
_DISTANCES = (13.0, 20.0, 28.0, 38.0, 50.0)
_DIRECTIONS = tuple(n * pi / 6 for n in range(12))


def lay_values(
    sheet: Sheet,
    marks: Mapping[MrdPoint, MrdMark],
    taken: Iterable[Box],
    track: Box,
    gap: tuple[float, float] | None,
) -> None:
    """Write the value, and the flags, of every result on the track."""
    labelled = {point: mark for point, mark in marks.items() if text_of(point) or point.flags}
    if len(labelled) > MOST_LABELLED:
        sheet.key("sign …", f"{len(labelled)} values, too many to write: see the table of events")
        return
    placing = _Values(sheet, marks, list(taken), track, gap)
    for point, mark in labelled.items():
        placing.put(point, mark)
    if placing.left_out:
        sheet.key("sign …", f"values without room, in the table of events: {placing.left_out}")


def text_of(point: MrdPoint) -> str:
    """What stands beside a result: its value, the tissue where it is blood, "?" where only its order is known."""
    value = f"{point.label} PB" if point.label and point.blood else "PB" if point.blood else point.label
    return f"{value}?" if value and point.at.certainty is Certainty.ORDER_ONLY else value


class _Values:
    def __init__(
        self,
        sheet: Sheet,
        marks: Mapping[MrdPoint, MrdMark],
        taken: list[Box],
        track: Box,
        gap: tuple[float, float] | None,
    ) -> None:
        self.sheet, self.marks, self.track, self.gap = sheet, marks, track, gap
        self.taken = [*taken, *(mark.box for mark in marks.values())]
        self.lines = [stroke for stroke in sheet.strokes if stroke.cls in ("mrd-join", "timepoint", "moved")]
        self.leaders: list[Stroke] = []
        self.numbered = self.left_out = 0

    def put(self, point: MrdPoint, mark: MrdMark) -> None:
        """Write one value."""
        text, size = text_of(point), self.sheet.type.labels
        beside = [
            Label(text, x, y, size, anchor, "mrd-label", flags=point.flags) for x, y, anchor in _around(mark, size)
        ]
        if label := next((one for one in beside if self._fits(one, mark)), None):
            self._add(label)
            return
        led = [(a, b) for a, b in self._led(point, mark, text, size) if self._free(a)]
        # Out of a heap of results a leader may pass over those that touch its own.
        for heap in (False, True):
            for label, leader in led:
                if self._passes(leader, mark, heap=heap):
                    self._add(label)
                    self.sheet.strokes.append(leader)
                    self.leaders.append(leader)
                    return
        small = self.sheet.type.small
        number = str(self.numbered + 1)
        for x, y, anchor in _around(mark, small):
            label = Label(number, x, y, small, anchor, "mrd-number", flags=point.flags)
            if self._fits(label, mark):
                self.numbered += 1
                self.sheet.key(f"number {number}", text)
                self._add(label)
                return
        self.left_out += 1

    def _add(self, label: Label) -> None:
        self.sheet.labels.append(label)
        self.taken.append(label.box)

    def _fits(self, label: Label, mark: MrdMark) -> bool:
        """Whether a place beside a mark is free, and nobody takes the label for that of another."""
        return self._free(label) and _nearest(label.box, self.marks.values()) is mark

    def _free(self, label: Label) -> bool:
        """Whether a label meets nothing: no mark, label, leader or line between results, nor the edge of the track."""
        box = label.box
        inside = box.x > self.track.x - 2 and box.right < self.track.right
        inside = inside and box.y > self.track.y - 7 and box.bottom < self.track.bottom
        over_gap = self.gap is not None and box.x < self.gap[1] and box.right > self.gap[0]
        crossed = any(crosses(line, box) for line in (*self.leaders, *self.lines))
        others = [one.box for one in self.sheet.labels if one.cls in ("timepoint", "mrd-label")]
        return inside and not over_gap and not crossed and not any(box.touches(o, 0.5) for o in (*self.taken, *others))

    def _led(self, point: MrdPoint, mark: MrdMark, text: str, size: float) -> Iterable[tuple[Label, Stroke]]:
        """Places further off, each with its leader from the edge of the mark to the edge of the label."""
        for distance in _DISTANCES:
            for angle in _DIRECTIONS:
                dx, dy = cos(angle), -sin(angle)
                x, y = mark.x + distance * dx, mark.y + distance * dy
                anchor = "start" if dx > 0.3 else "end" if dx < -0.3 else "middle"
                baseline = y + 0.36 * size if abs(dx) > 0.3 else y + (0.0 if dy < 0 else 0.8 * size)
                gap = {"start": -1.2, "end": 1.2, "middle": 0.0}[anchor]
                label = Label(text, x, baseline, size, anchor, "mrd-label", flags=point.flags)
                rise = 0.0 if abs(dx) > 0.3 else (2.2 if dy < 0 else -1.2)
                start = (mark.x + 3.6 * dx, mark.y + 3.6 * dy)
                yield label, Stroke(*start, x + gap, y + rise, "value-leader", "#777777", 0.5)

    def _passes(self, leader: Stroke, mark: MrdMark, *, heap: bool = False) -> bool:
        """Whether a leader meets no label, no leader and no mark but its own, and those in a heap with it."""
        own = {other.box for other in self.marks.values() if other is mark or (heap and other.box.touches(mark.box))}
        boxes = [box for box in self.taken if box not in own]
        boxes = [box for box in boxes if not (box.height < 1 and box.width > 50)]  # a threshold may be crossed
        return not any(crosses(leader, box) for box in boxes) and not any(_meet(leader, one) for one in self.leaders)


def _around(mark: MrdMark, size: float) -> list[tuple[float, float, str]]:
    """The nine places beside a mark, best first: anchor and baseline."""
    box = mark.box
    low = 0.36 * size
    return [
        (box.right + 2, mark.y + low, "start"),
        (box.right + 1.5, box.y - 1.5, "start"),
        (mark.x, box.y - 2.5, "middle"),
        (box.x - 1.5, box.y - 1.5, "end"),
        (box.x - 2, mark.y + low, "end"),
        (box.right + 1.5, box.bottom + 0.9 * size, "start"),
        (mark.x, box.bottom + 1.6 * size, "middle"),
        (box.x - 1.5, box.bottom + 0.9 * size, "end"),
        (box.right + 1.5, box.y - 9, "start"),
    ]


def _nearest(box: Box, marks: Iterable[MrdMark]) -> MrdMark:
    """The mark that a reader takes a label to belong to."""

    def distance(mark: MrdMark) -> float:
        across = max(box.x - mark.x, mark.x - box.right, 0.0)
        return across**2 + max(box.y - mark.y, mark.y - box.bottom, 0.0) ** 2

    return min(marks, key=distance)


def crosses(line: Stroke, box: Box) -> bool:
    """Whether a line passes through a box: what of it lies within each pair of sides has a part in common."""
    dx, dy = line.x2 - line.x1, line.y2 - line.y1
    enters, leaves = 0.0, 1.0
    sides = (
        (-dx, line.x1 - box.x),
        (dx, box.right - line.x1),
        (-dy, line.y1 - box.y),
        (dy, box.bottom - line.y1),
    )
    for along, room in sides:
        if along == 0:
            if room < 0:
                return False
        elif along < 0:
            enters = max(enters, room / along)
        else:
            leaves = min(leaves, room / along)
    return enters <= leaves


def _meet(a: Stroke, b: Stroke) -> bool:
    """Whether two lines cross."""

    def side(line: Stroke, x: float, y: float) -> float:
        return (line.x2 - line.x1) * (y - line.y1) - (line.y2 - line.y1) * (x - line.x1)

    across = side(a, b.x1, b.y1) * side(a, b.x2, b.y2) < 0
    return across and side(b, a.x1, a.y1) * side(b, a.x2, a.y2) < 0
