"""The x scale of a timeline: linear, or two linear parts with one marked gap between them."""

from math import ceil
from typing import NamedTuple

from attrs import frozen

from .timeline_figure import MONTH, Certainty, TimelineFigure

YEAR = 12 * MONTH
GAP = 8.0
"""Width of the break, pt."""
_LEFT_SHARE = 0.74  # of the width, before the break
_NEAR_GAP = 10.0  # pt: no year tick closer to the gap


class Tick(NamedTuple):
    """A tick: where it stands (pt) and what it says."""

    x: float
    label: str


@frozen
class Scale:
    """Days since diagnosis to pt. ``broken_at`` is the day of the break, or None."""

    left: float
    right: float
    first: float
    last: float
    broken_at: float | None = None

    @property
    def gap(self) -> tuple[float, float] | None:
        """The two edges of the gap (pt), or None."""
        if self.broken_at is None:
            return None
        edge = self.left + (self.right - self.left) * _LEFT_SHARE
        return edge, edge + GAP

    def x(self, day: float) -> float:
        """Where a day stands, never beyond the ends of the scale."""
        day = min(max(day, self.first), self.last)
        if self.broken_at is None or self.gap is None:
            return self.left + (self.right - self.left) * (day - self.first) / (self.last - self.first)
        before, after = self.gap
        if day <= self.broken_at:
            return self.left + (before - self.left) * (day - self.first) / (self.broken_at - self.first)
        return after + (self.right - after) * (day - self.broken_at) / (self.last - self.broken_at)

    def pieces(self, x1: float, x2: float) -> list[tuple[float, float]]:
        """A stretch of the page without the part that lies in the gap."""
        if self.gap is None or x2 <= self.gap[0] or x1 >= self.gap[1]:
            return [(x1, x2)]
        before, after = self.gap
        return [(a, b) for a, b in ((x1, before), (after, x2)) if b - a > 0.01]

    @property
    def in_years(self) -> bool:
        """Whether the only scale, or the part before the break, is in years: months would crowd."""
        return (self.broken_at or self.last) > 48 * MONTH

    @property
    def title(self) -> str:
        """The title of the axis."""
        if self.broken_at is not None:
            units = "years" if self.in_years else "months; years after the break"
            return f"Time since diagnosis ({units}, two linear scales)"
        return f"Time since diagnosis ({'years' if self.in_years else 'months'})"

    def ticks(self) -> list[Tick]:
        """Ticks in months before the break and in years after it, or all in one unit."""
        end = self.broken_at if self.broken_at is not None else self.last
        if self.in_years:
            step = next((step for step in (1, 2, 5, 10, 20) if end / YEAR / step <= 12), 50)
            ticks = [Tick(self.x(n * YEAR), str(n)) for n in range(0, int(end / YEAR) + 1, step)]
            return ticks + self._after_the_break()
        months = end / MONTH
        step = 2 if months <= 14 else 3 if months <= 27 else 6
        if months <= 2:
            step = 1
        ticks = [Tick(self.x(n * MONTH), str(n)) for n in range(0, int(months + 0.01) + 1, step)]
        if self.gap is not None:
            ticks = [tick for tick in ticks if tick.x < self.gap[0] - 4]
        return ticks + self._after_the_break()

    def _after_the_break(self) -> list[Tick]:
        if self.broken_at is None or self.gap is None:
            return []
        ticks = []
        first, last = ceil(self.broken_at / YEAR), int(self.last / YEAR)
        every = next((n for n in (1, 2, 5, 10, 20, 50) if (last - first) / n < 6), 50)
        for year in range(first, last + 1):
            x = self.x(year * YEAR)
            if year % every == 0 and x > self.gap[1] + _NEAR_GAP:
                ticks.append(Tick(x, f"{year} y"))
        return ticks


def scale_of(figure: TimelineFigure, left: float, right: float) -> Scale:
    """The scale of a figure between two places on the page.

    Broken once, where follow-up after the last other item is longer than half of the time before it.
    """
    follow_up = [item.start.day for item in figure.items if item.follow_up]
    other = [item.start.day for item in figure.items if not item.follow_up]
    other += [item.end.day for item in figure.items if item.end is not None and item.end.certainty != Certainty.ONGOING]
    other += [point.at.day for point in figure.mrd]
    latest = max(other, default=0.0)
    last = max([*follow_up, latest, *(span.end.day for span in figure.status), 1.0])
    last = max(last, *(item.start.latest for item in figure.items if item.follow_up), 1.0)
    first = min([0.0, *other])
    broken_at = None
    if latest > 0 and last - latest > 0.5 * latest:
        candidate = ceil(latest * 1.05 / (3 * MONTH)) * 3 * MONTH
        if candidate < last - 3 * MONTH:
            broken_at = candidate
    return Scale(left, right, first, last, broken_at)
