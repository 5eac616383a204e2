"""The Kaplan-Meier estimator: arithmetic on times and whether they end in an event. It knows nothing of patients."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from math import exp, log, sqrt

from attrs import frozen

Z = 1.959963984540054
"""Quantile of the normal distribution for a 95 % interval."""


@frozen
class Step:
    """A time at which something happens: at risk just before, events and censored then, and survival after it.

    ``lower`` and ``upper``: the 95 % interval by Greenwood's variance on the scale log(-log S); None where survival
    is 1 or 0, for which that scale has no value.
    """

    time: float
    at_risk: int
    events: int
    censored: int
    survival: float
    lower: float | None
    upper: float | None


@frozen
class Curve:
    """A product-limit estimate: its steps by rising time, and how many patients it began with."""

    patients: int
    steps: tuple[Step, ...]

    def at(self, time: float) -> Step | None:
        """The last step at or before a time; None before the first."""
        place = bisect_right([step.time for step in self.steps], time)
        return self.steps[place - 1] if place else None

    def survival(self, time: float) -> float:
        """The estimate at a time."""
        step = self.at(time)
        return 1.0 if step is None else step.survival

    def at_risk(self, time: float) -> int:
        """Patients at risk at a time: those whose own time is not earlier."""
        return self.patients - sum(step.events + step.censored for step in self.steps if step.time < time)

    @property
    def last(self) -> float:
        """The longest time."""
        return self.steps[-1].time if self.steps else 0.0


def estimate(times: Iterable[tuple[float, bool]]) -> Curve:
    """The product-limit estimate of some times, each with whether it ends in an event (else it is censored).

    Of an event and a censoring at one time the event comes first.

    >>> [round(step.survival, 3) for step in estimate([(1, True), (2, False), (3, True), (4, True)]).steps]
    [0.75, 0.75, 0.375, 0.0]
    """
    told = list(times)
    events = Counter(time for time, happened in told if happened)
    censored = Counter(time for time, happened in told if not happened)
    left, survival, greenwood = len(told), 1.0, 0.0
    steps = []
    for time in sorted({time for time, _ in told}):
        here = events[time]
        if here:
            survival *= 1 - here / left
            greenwood += here / (left * (left - here)) if left > here else 0.0
        lower, upper = _interval(survival, greenwood)
        steps.append(Step(time, left, here, censored[time], survival, lower, upper))
        left -= here + censored[time]
    return Curve(len(told), tuple(steps))


def _interval(survival: float, greenwood: float) -> tuple[float | None, float | None]:
    if not 0 < survival < 1:
        return None, None
    spread = Z * sqrt(greenwood) / log(survival)  # negative, as the logarithm is
    return survival ** exp(-spread), survival ** exp(spread)
