"""What a protocol plans, on a timeline: ghosts of its blocks, its MRD limits and its MRD time points.

Only what was found of the protocol is shown. Day 1 of the protocol is taken for the day of the diagnosis. A block or
a time point whose day was not found has no place on the axis; it is named under the figure instead.
"""

from collections.abc import Iterable

from attrs import field, frozen

from ..knowledge.plan import Plan, PlannedBlock
from ..knowledge.protocols import MrdTimepoint
from ..sources import Cite, Confidence
from .timeline_figure import Certainty, Item, Lane, Placed, Threshold, TimePoint

RECALLED = "†"
"""Stands behind what was recalled and not read in its source."""
_DASHES = ((5.0, 2.0), (0.8, 1.6), (3.0, 1.4, 0.8, 1.4))


@frozen(kw_only=True)
class Planned:
    """The parts of a timeline that come from a plan."""

    items: tuple[Item, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    timepoints: tuple[TimePoint, ...] = ()
    remarks: tuple[str, ...] = field(default=())


def planned(plan: Plan, begun: float | None) -> Planned:
    """The parts of a plan; ``begun``: the drawn day of the diagnosis, None where it has no time."""
    placed = [node for node in plan.nodes if node.start is not None and begun is not None]
    items = tuple(_ghost(node, begun) for node in placed if begun is not None)
    ids = {node.block.id for node in plan.nodes}
    asked = [point for point in plan.protocol.mrd_timepoints if _open_to(point, ids)]
    days = {point.id: day for point in asked if (day := _day(point, plan)) is not None}
    timepoints = tuple(
        TimePoint(begun + days[point.id] - 1, _marked(point.name, recalled(point)), recalled(point))
        for point in asked
        if point.id in days and begun is not None
    )
    thresholds = _thresholds(asked)
    unplaced = [node.block.short for node in plan.nodes if node not in placed]
    undated = [point.name for point in asked if point.id not in days or begun is None]
    names = [*(item.label for item in items), *(one.label for one in thresholds), *(one.name for one in timepoints)]
    told = any(RECALLED in name for name in names)
    remarks = [
        f"Planned: {_named(plan)}; day 1 is taken for the day of diagnosis ({_keys(n.block.source for n in placed)})."
        if placed
        else f"{_named(plan)}: no block has a day that can be drawn.",
        f"Planned, on a day not found: {', '.join(dict.fromkeys(unplaced))}." if unplaced else "",
        f"MRD limits and time points of {plan.protocol.name} ({_keys(point.source for point in asked)})."
        if asked
        else "",
        f"Time points without a day: {'; '.join(undated)}." if undated else "",
        f"{RECALLED} recalled, not read in the source: provisional." if told else "",
    ]
    return Planned(items=items, thresholds=thresholds, timepoints=timepoints, remarks=tuple(filter(None, remarks)))


def recalled(point: MrdTimepoint) -> bool:
    """Whether the day of a time point was recalled and not read."""
    return point.source.provisional or point.day_confidence is not Confidence.QUOTED


def _marked(text: str, provisional: bool) -> str:
    return f"{text}{RECALLED}" if provisional else text


def _named(plan: Plan) -> str:
    """The protocol with the group and the arm that were chosen."""
    group = f", group {plan.group.id}" if plan.group else ""
    return f"{plan.protocol.name}{group}" + (f", arm {plan.arm.id}" if plan.arm else "")


def _keys(cites: Iterable[Cite]) -> str:
    return ", ".join(dict.fromkeys(cite.key for cite in cites))


def _ghost(node: PlannedBlock, begun: float) -> Item:
    """A planned block: as long as it was told to be; open at the right where that was not found."""
    assert node.start is not None
    start = begun + node.start.first - 1
    end = Placed(start, start, start, Certainty.UNKNOWN_END) if node.end is None else Placed.on(begun + node.end.first)
    text = _marked(node.block.short, node.provisional or node.days_provisional)
    return Item(
        lane=Lane.PLANNED,
        kind="planned",
        label=f"{text}, or later" if node.start.last is None else text,
        title=f"Planned: {node.block.name}; {node.days}",
        start=Placed.on(start),
        end=end,
        open_start=node.start.last is None,
    )


def _open_to(point: MrdTimepoint, blocks: set[str]) -> bool:
    """Whether a time point is met by those who are given these blocks."""
    named = {point.after_block, *point.or_after} - {None}
    return not named or bool(named & blocks)


def _day(point: MrdTimepoint, plan: Plan) -> int | None:
    """The day of a time point, from day 1 of the protocol; None where it is not known to be counted from there.

    A day that does not lie in or after the block it belongs to is counted from something else ("day 29 after
    infusion").
    """
    node = next((node for node in plan.nodes if node.block.id == point.after_block), None)
    if point.nominal_day is None or node is None or node.start is None or node.start.last is None:
        return None
    return point.nominal_day if point.nominal_day >= node.start.first else None


def _thresholds(asked: Iterable[MrdTimepoint]) -> tuple[Threshold, ...]:
    """The limits of the protocol, one line for each level, named by the time points at which it holds."""
    levels: dict[float, list[MrdTimepoint]] = {}
    for point in asked:
        if point.threshold is not None:
            levels.setdefault(point.threshold, []).append(point)
    return tuple(
        Threshold(
            level,
            _marked(
                f"{100 * level:g} %, {'; '.join(p.name for p in points)}", any(p.source.provisional for p in points)
            ),
            _DASHES[n % len(_DASHES)],
        )
        for n, (level, points) in enumerate(sorted(levels.items()))
    )
