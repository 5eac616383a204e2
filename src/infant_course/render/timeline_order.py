"""The order of a course's events, and the steps at which a timeline draws those of which no more is known."""

from collections.abc import Sequence

from ..resolve import OPEN, Resolved
from ..when import Duration
from .timeline_figure import MONTH

_UNITS = {"day": 1.0, "week": 7.0, "month": MONTH, "year": 12 * MONTH}


def known_before(resolved: Resolved, ids: Sequence[str]) -> dict[str, set[str]]:
    """For each event those that surely start before it, in every reading.

    The same as :meth:`Resolved.order` of every pair, in a hundredth of the time.
    """
    before = {name: set(ids) - {name} for name in ids}
    for reading in resolved.readings:
        bounds = [(name, reading.bounds.get((name, "start"), OPEN)) for name in ids]
        rows = {(gap.a, gap.b): gap.a_surely_first for gap in reading.gaps if gap.a_point == gap.b_point == "start"}
        for b, (low, _) in bounds:
            before[b] &= {a for a, (_, high) in bounds if rows.get((a, b), high < low)}
    return before


def days_of(duration: Duration) -> float:
    """A stated length as the number of days that is drawn."""
    return float(duration.upto or duration.number) * _UNITS[duration.unit]


def steps(low: float, high: float, lengths: list[float], *, at_most: float | None) -> tuple[list[float], float]:
    """The days of successive ranks between two neighbours, and the step: equal gaps around the stated lengths.

    ``at_most``: the longest step, where the later neighbour is no more than the last contact; years of follow-up
    would otherwise be shared out among the blocks of a few months.
    """
    if high == float("inf"):  # nothing is known to come later
        high = low + sum(lengths) + (len(lengths) + 1) * MONTH
    step = (high - low - sum(lengths)) / (len(lengths) + 1)
    if step <= 0:  # the stated lengths do not fit: places in the order, no more
        lengths, step = [0.0] * len(lengths), (high - low) / (len(lengths) + 1)
    if at_most is not None:
        step = min(step, at_most)
    days, day = [], low
    for length in lengths:
        day += step
        days.append(day)
        day += length
    return days, step
