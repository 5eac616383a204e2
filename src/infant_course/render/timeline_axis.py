"""The x axis of a timeline: its ticks, its title, the two slashes of a break, and the row of ages."""

from .timeline_figure import TimelineFigure
from .timeline_places import Label, Sheet, Stroke, measure
from .timeline_scale import Scale, Tick


def lay_axis(sheet: Sheet, figure: TimelineFigure, scale: Scale, y: float) -> float:
    """Lay out the axis; returns its lower edge."""
    for x1, x2 in scale.pieces(scale.left - 3, scale.right + 1):
        sheet.strokes.append(Stroke(x1, y, x2, y, "axis"))
    if scale.gap:
        for x in scale.gap:
            sheet.strokes.append(Stroke(x - 1.6, y + 3, x + 1.6, y - 3, "break", width=0.8))
    y = _row(sheet, scale, scale.ticks(), scale.title, y)
    if figure.ages:
        y = _row(sheet, scale, scale.age_ticks(), scale.age_title, y + 3)
    return y


def _row(sheet: Sheet, scale: Scale, ticks: list[Tick], title: str, y: float) -> float:
    """One row of ticks and its title; tick labels that would touch are left out."""
    size = sheet.type.names
    edge = -1e9
    for tick in ticks:
        sheet.strokes.append(Stroke(tick.x, y, tick.x, y + 2.6, "tick"))
        half = measure(tick.label, size) / 2
        if tick.x - half > edge + 3:
            sheet.labels.append(Label(tick.label, tick.x, y + 3 + size, size, "middle", "tick-label"))
            edge = tick.x + half
    room = scale.right - scale.left + 24
    baseline = y + (3 + size if ticks else 0) + 1
    for line in _lines(title, size, room):
        baseline += size + 1
        sheet.labels.append(Label(line, (scale.left + scale.right) / 2, baseline, size, "middle", "axis-title"))
    return baseline + 3


def _lines(title: str, size: float, room: float) -> list[str]:
    """A title on one line, or broken before its units, which are shortened where they must be."""
    what, bracket, units = title.partition(" (")
    if measure(title, size) <= room or not bracket:
        return [title]
    if measure(f"({units}", size) > room:
        units = units.replace("two linear scales", "linear")
    return [what, f"({units}"]
