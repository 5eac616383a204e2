"""Which events have a time: one that is stated, or one that follows from what is stated of others."""

from collections.abc import Callable, Iterator
from itertools import product

from infant_course.when import After, Before, During, Either, Offset, OnDate, Then, Unknown, When, With
from oracle.plain.operators import Verdict
from oracle.worlds import Point, World, holds, times_of

Order = tuple[Point, Point]
"""The second lies no earlier than some number of days before or after the first."""


def in_each_reading(world: World, rule: Callable[[frozenset[str]], Verdict]) -> Verdict:
    """What a rule says of the ids of events with a time, if it says the same in each reading that this world allows."""
    found = {rule(_with_a_time(world, reading)) for reading in _readings(world)}
    return found.pop() if len(found) == 1 else None


def _readings(world: World) -> Iterator[list[tuple[Point, When]]]:
    """What is stated, for each way of reading it that is true here."""
    told: list[tuple[Point, tuple[When, ...]]] = []
    for placed in world.recorded():
        event = placed.event
        ends = "end" if event.LASTS else "start"
        stated = [("start", when) for when in event.when] + [(ends, when) for when in event.until]
        for name, when in stated:
            options = when.options if isinstance(when, Either) else (when,)
            told.append(((event.id, name), options))
    times = times_of(world)
    for choice in product(*(options for _, options in told)):
        reading = [(point, when) for (point, _), when in zip(told, choice, strict=True)]
        if all(holds(times, point, when) for point, when in reading):
            yield reading


def _orders(here: Point, when: When) -> list[Order]:
    ends = (here[0], "end")
    match when:
        case Before():
            return [(here, (when.of, "end"))] if when.point == "end" else [(ends, (when.of, "start"))]
        case After():
            return [((when.of, when.point or "end"), here)]
        case Then():
            return [((when.of, "start"), here)]
        case During():
            return [((when.of, "start"), here), (ends, (when.of, "end"))]
        case With() | Offset():
            other = (when.of, here[1] if isinstance(when, With) else "start")
            return [(here, other), (other, here)]
    return []


def _with_a_time(world: World, reading: list[tuple[Point, When]]) -> frozenset[str]:
    """Events with a statement other than "unknown", and those that are bounded on both sides."""
    orders = [order for point, when in reading for order in _orders(point, when)]
    for placed in world.recorded():
        start, end = (placed.event.id, "start"), (placed.event.id, "end")
        one = not placed.event.LASTS or placed.event.lasting is not None
        orders += [(start, end), (end, start)] if one else [(start, end)]
    dated = {point for point, when in reading if isinstance(when, OnDate)}
    not_before, not_after = set(dated), set(dated)
    for _ in orders:
        not_before |= {later for earlier, later in orders if earlier in not_before}
        not_after |= {earlier for earlier, later in orders if later in not_after}
    stated = {point[0] for point, when in reading if point[1] == "start" and not isinstance(when, Unknown)}
    bounded = {event for event, name in not_before & not_after if name == "start"}
    unrecorded = {placed.event.id for placed in world.events if not placed.recorded and placed.event.when}
    return frozenset(stated | bounded | unrecorded)
