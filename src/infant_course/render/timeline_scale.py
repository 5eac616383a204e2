"""The x scale of a timeline: linear, or two linear parts with one marked gap between them."""

from math import ceil, floor
from typing import NamedTuple

from attrs import field, frozen

from .timeline_figure import MONTH, NOT_REPORTED, Certainty, Placed, TimelineFigure, Zero

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
    """Days since day 0 to pt. ``broken_at``: the day of the break, or None; ``timed``: whether any time is drawn."""

    left: float
    right: float
    first: float
    last: float
    broken_at: float | None = None
    zero: Zero = field(factory=Zero)
    timed: bool = True

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
        end = self.broken_at if self.broken_at is not None else self.last
        return end - min(self.first, 0.0) > 48 * MONTH

    @property
    def in_days(self) -> bool:
        """Whether the whole scale is of two months at most."""
        return self.broken_at is None and self.last - self.first <= 61

    @property
    def _units(self) -> str:
        if self.broken_at is not None:
            return f"{'years' if self.in_years else 'months; years after the break'}, two linear scales"
        return "years" if self.in_years else "days" if self.in_days else "months"

    @property
    def title(self) -> str:
        """The title of the axis: what days are counted from, the units, and how well ages are known."""
        if not self.timed:
            return "No times to scale: only the order is drawn"
        what = "Age" if self.zero.in_ages else f"Time since {self.zero.name}"
        known = f"; known {self.zero.known_to}" if self.zero.in_ages and self.zero.known_to else ""
        return f"{what} ({self._units}{known})"

    @property
    def age_title(self) -> str:
        """The title of the row of ages."""
        known = f"; known {self.zero.known_to}" if self.zero.known_to else ""
        units = "years" if self.in_years else "days" if self.in_days else "months"
        return f"Age ({units}{known})"

    def ticks(self) -> list[Tick]:
        """Ticks in months before the break and in years after it, or all in one unit; none without a time."""
        return self._ticks(0.0) if self.timed else []

    def age_ticks(self) -> list[Tick]:
        """Ticks at whole months or years of age, from the middle of what is known of the age at day 0."""
        if self.zero.age is None or not self.timed:
            return []
        return self._ticks(sum(self.zero.age) / 2)

    def _ticks(self, shift: float) -> list[Tick]:
        """Ticks of days that are counted from so many days before day 0."""
        end = self.broken_at if self.broken_at is not None else self.last
        unit = YEAR if self.in_years else 1.0 if self.in_days else MONTH
        count = (end - self.first) / unit
        if self.in_years:
            step = next((step for step in (1, 2, 5, 10, 20) if count / step <= 12), 50)
        elif self.in_days:
            step = 1 if count <= 10 else 7
        else:
            step = 2 if count <= 14 else 3 if count <= 27 else 6
        low, high = (self.first + shift) / unit, (end + shift) / unit
        numbers = range(ceil((low - 0.01) / step) * step, floor(high + 0.01) + 1, step)
        ticks = [Tick(self.x(n * unit - shift), _signed(n)) for n in numbers]
        if self.gap is not None:
            ticks = [tick for tick in ticks if tick.x < self.gap[0] - 4]
        return ticks + self._after_the_break(shift)

    def _after_the_break(self, shift: float) -> list[Tick]:
        if self.broken_at is None or self.gap is None:
            return []
        ticks = []
        first, last = ceil((self.broken_at + shift) / YEAR), floor((self.last + shift) / YEAR)
        every = next((n for n in (1, 2, 5, 10, 20, 50) if (last - first) / n < 6), 50)
        for year in range(first, last + 1):
            x = self.x(year * YEAR - shift)
            if year % every == 0 and x > self.gap[1] + _NEAR_GAP:
                ticks.append(Tick(x, f"{year} y"))
        return ticks


def _signed(n: int) -> str:
    """A number with a true minus."""
    return str(n).replace("-", "\N{MINUS SIGN}")


def scale_of(figure: TimelineFigure, left: float, right: float) -> Scale:
    """The scale of a figure between two places on the page.

    Broken once, where follow-up after the last other item is longer than half of the time before it.
    """
    follow_up = [item.start.day for item in figure.items if item.follow_up]
    other = [item.start.day for item in figure.items if not item.follow_up]
    other += [item.end.day for item in figure.items if item.end is not None and item.end.certainty != Certainty.ONGOING]
    other += [point.at.day for point in figure.mrd]
    early = [item.start.earliest for item in figure.items if item.start.certainty not in NOT_REPORTED]
    latest = max(other, default=0.0)
    first = min([0.0, *other, *follow_up, *early])
    last = max([*follow_up, latest, *(span.end.day for span in figure.status), first + 1.0])
    last = max([last, *(item.start.latest for item in figure.items if item.follow_up)])
    broken_at = None
    if latest > first and last - latest > 0.5 * (latest - first):
        candidate = ceil((latest + 0.05 * (latest - first)) / (3 * MONTH)) * 3 * MONTH
        if candidate < last - 3 * MONTH:
            broken_at = candidate
    return Scale(left, right, first, last, broken_at, figure.zero, _timed(figure))


def _timed(figure: TimelineFigure) -> bool:
    """Whether any time but day 0 is drawn; where only the order is known, numbers on the axis would be invented."""
    if figure.zero.name is None:
        return False
    times = [time for item in figure.items for time in (item.start, item.end) if time is not None]
    times += [point.at for point in figure.mrd]
    untimed = all(
        time.certainty in (Certainty.ORDER_ONLY, Certainty.UNKNOWN_END, Certainty.ONGOING) or time == Placed.on(0)
        for time in times
    )
    return not untimed
