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
            after = (
                "; years after the break" if any(tick.label.endswith(" y") for tick in self._after_the_break(0)) else ""
            )
            return f"{'years' if self.in_years else f'months{after}'}, two linear scales"
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
        low, high = self.broken_at + shift, self.last + shift
        ticks: list[Tick] = []
        for months in (12 * n for n in (1, 2, 5, 10, 20, 50)):
            if (high - low) / (months * MONTH) < 6:
                ticks = self._multiples(months, low, high, shift)
                break
        for months in (6,) if self.in_years else (6, 3, 1):  # one tick would not tell how long a year is
            if len(ticks) < 2:
                ticks = self._multiples(months, low, high, shift)
        return ticks

    def _multiples(self, months: int, low: float, high: float, shift: float) -> list[Tick]:
        """Ticks at whole multiples of so many months after the break, none close to it."""
        numbers = range(ceil(low / (months * MONTH)), floor(high / (months * MONTH)) + 1)
        placed = [(n * months, self.x(n * months * MONTH - shift)) for n in numbers]
        near = self.gap[1] + _NEAR_GAP if self.gap is not None else self.left
        return [Tick(x, _in_years(month)) for month, x in placed if x > near]


def _in_years(months: int) -> str:
    """A number of months as years where they are whole or half ones."""
    return f"{months / 12:g} y" if months % 6 == 0 else f"{months} mo"


def _signed(n: int) -> str:
    """A number with a true minus."""
    return str(n).replace("-", "\N{MINUS SIGN}")


def scale_of(figure: TimelineFigure, left: float, right: float) -> Scale:
    """The scale of a figure between two places on the page.

    Broken once, where follow-up after the last other item is longer than half of the time before it.
    """
    follow_up = [item.start for item in figure.items if item.follow_up]
    other = [time for item in figure.items if not item.follow_up for time in (item.start, item.end) if time is not None]
    other = [time for time in [*other, *(point.at for point in figure.mrd)] if time.certainty != Certainty.ONGOING]
    latest = max([0.0, *(day for time in other for day in _drawn(time))])
    every = [day for time in [*other, *follow_up] for day in _drawn(time)]
    first = min([0.0, *every])
    last = max([*every, *(span.end.day for span in figure.status), first + 1.0])
    broken_at = None
    if latest > first and last - latest > 0.5 * (latest - first):
        candidate = ceil((latest + 0.05 * (latest - first)) / (3 * MONTH)) * 3 * MONTH
        if first < candidate < last - 3 * MONTH:
            broken_at = candidate
    return Scale(left, right, first, last, broken_at, figure.zero, _timed(figure))


def _drawn(time: Placed) -> tuple[float, ...]:
    """The days of a time that must be on the scale: where it stands, and both ends of what is known of it."""
    known = time.certainty not in NOT_REPORTED and time.certainty is not Certainty.UNKNOWN_END
    return (time.day, time.earliest, time.latest) if known else (time.day,)


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
