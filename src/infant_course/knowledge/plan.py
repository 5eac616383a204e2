"""The plan of a protocol: its blocks as a graph, open to a group or an arm, with the days told or worked out.

Days count from day 1 of the protocol. A plan is nominal: it says what the protocol asks for, not what a patient had.
"""

from collections.abc import Iterable, Sequence
from typing import TypeVar

from attrs import evolve, frozen

from ..errors import UsageError, did_you_mean
from ..sources import Confidence
from .protocols import Arm, Block, Group, Protocol
from .risk import risk_groups

Choice = TypeVar("Choice", Group, Arm)


@frozen
class Days:
    """Days on which something may begin or end, both included. ``last`` None: no later limit is known."""

    first: int
    last: int | None

    def __str__(self) -> str:
        if self.last is None:
            return f"day {self.first} or later"
        return f"day {self.first}" if self.first == self.last else f"day {self.first} to {self.last}"


@frozen(kw_only=True)
class PlannedBlock:
    """A block in its place. ``start`` and ``end``: its first and last day; None: not known.

    ``derived``: the start is not told, but worked out from the ends of the blocks before it. ``provisional``: the
    block was recalled, not read; ``days_provisional``: so were its own days, or those that they are worked out from.
    """

    block: Block
    start: Days | None
    end: Days | None
    derived: bool
    provisional: bool
    days_provisional: bool

    @property
    def days(self) -> str:
        """Its days in words; empty where nothing is known of them."""
        if self.start is None:
            return "" if self.block.nominal_duration_days is None else f"{self.block.nominal_duration_days} days"
        if self.derived:
            length = self.block.nominal_duration_days
            return f"after day {self.start.first - 1}" + ("" if length is None else f", {length} days")
        if self.end is None or self.end.last is None:
            return f"from {self.start}"
        return f"days {self.start.first}–{self.end.last}"


@frozen(kw_only=True)
class Link:
    """One block comes straight after another, for those who meet the condition (None: without one)."""

    source: str
    target: str
    condition: str | None


@frozen(kw_only=True)
class Plan:
    """The blocks open to a group and an arm (None: to all), and their order."""

    protocol: Protocol
    group: Group | None
    arm: Arm | None
    nodes: tuple[PlannedBlock, ...]
    edges: tuple[Link, ...]

    def node(self, block: str) -> PlannedBlock:
        """The place of a block, by its id. Raises KeyError."""
        return {node.block.id: node for node in self.nodes}[block]

    def before(self, block: str) -> tuple[str, ...]:
        """Ids of the blocks that come straight before one."""
        return tuple(edge.source for edge in self.edges if edge.target == block)


def plan(protocol: Protocol, group: str | None = None, arm: str | None = None) -> Plan:
    """The plan of a protocol, for one group or arm where named; a group by its id or its name (HR, high, high risk).

    Raises UsageError for a group or an arm that the protocol does not have, or an arm that is not open to the group.
    """
    the_group = None if group is None else _named(protocol, "group", _group_id(protocol, group), protocol.groups)
    the_arm = None if arm is None else _named(protocol, "arm", arm, protocol.arms)
    if the_group and the_arm and the_arm.groups and the_group.id not in the_arm.groups:
        raise UsageError(
            f"{protocol.name}: arm {the_arm.id!r} is not open to group {the_group.id!r}; "
            f"it is open to {', '.join(the_arm.groups)}"
        )
    closed = _closed_arms(protocol, the_group, the_arm)
    blocks = tuple(
        block
        for block in protocol.blocks
        if (the_group is None or not block.groups or the_group.id in block.groups)
        and (not block.arms or set(block.arms) - closed)
    )
    open_part = evolve(protocol, blocks=blocks)
    before = {block.id: open_part.before(block) for block in blocks}
    edges = tuple(
        Link(source=first.id, target=block.id, condition=block.condition)
        for block in blocks
        for first in before[block.id]
    )
    branches = {block.id: protocol.before(block) for block in blocks}
    placed: dict[str, PlannedBlock] = {}
    for block in _in_order(blocks, {name: {b.id for b in found} for name, found in before.items()}):
        told = _start_holds(block, branches[block.id], before[block.id])
        placed[block.id] = _placed(block, [placed[first.id] for first in before[block.id]], told=told)
    return Plan(protocol=protocol, group=the_group, arm=the_arm, nodes=tuple(placed[b.id] for b in blocks), edges=edges)


def _group_id(protocol: Protocol, name: str) -> str:
    """The id of a group that may be named in full ("high", "medium risk"), else the name as it is."""
    known = risk_groups().get(protocol.id)
    return (known.group(name) if known else None) or name


def _named(protocol: Protocol, what: str, name: str, known: Sequence[Choice]) -> Choice:
    """The group or arm of this name, whatever the case of its letters."""
    wanted = name.strip().casefold()
    found = next((one for one in known if one.id.casefold() == wanted), None)
    if found is None:
        ids = [one.id for one in known]
        hint = f"known are {', '.join(ids)}" if ids else f"it has no {what}s"
        guess = did_you_mean(name, ids)
        raise UsageError(f"{protocol.name}: no {what} {name!r}; {f'{guess} ' if guess else ''}{hint}")
    return found


def _closed_arms(protocol: Protocol, group: Group | None, arm: Arm | None) -> set[str]:
    """Arms whose blocks are not given: closed to the group, or ruled out by the arm chosen.

    Arms of one randomisation, or of one series of cohorts, rule each other out; an arm of a randomisation says
    nothing about the cohort.
    """
    closed = {a.id for a in protocol.arms if group is not None and a.groups and group.id not in a.groups}
    if arm is not None:
        closed |= {a.id for a in protocol.arms if a.id != arm.id and a.randomised is arm.randomised}
    return closed


def _in_order(blocks: Iterable[Block], before: dict[str, set[str]]) -> Iterable[Block]:
    """The blocks so that each comes after those before it."""
    waiting, done = list(blocks), set[str]()
    while waiting:
        ready = next(block for block in waiting if before[block.id] <= done)
        waiting.remove(ready)
        done.add(ready.id)
        yield ready


def _start_holds(block: Block, branches: Sequence[Block], chosen: Sequence[Block]) -> bool:
    """Whether the start told of a block is that of the branch chosen: it may be the day after another branch ends."""
    if block.nominal_start_day is None:
        return False
    fitting = {b.id for b in branches if _last_day(b) == block.nominal_start_day - 1}
    return not fitting or not fitting.isdisjoint(b.id for b in chosen)


def _last_day(block: Block) -> int | None:
    if block.nominal_start_day is None or block.nominal_duration_days is None:
        return None
    return block.nominal_start_day + block.nominal_duration_days - 1


def _placed(block: Block, before: Sequence[PlannedBlock], *, told: bool) -> PlannedBlock:
    """A block with its days: as told, if they hold; else it begins after the earliest end of the blocks before it."""
    start, derived = None, False
    provisional = block.timing is Confidence.RECALLED
    if block.nominal_start_day is not None and told:
        start = Days(block.nominal_start_day, block.nominal_start_day)
    elif before:
        ends = [first.end.first for first in before if first.end is not None]
        if len(ends) == len(before):
            # Blocks may be delayed and their gaps are not told, so only the earliest day is certain.
            start, derived = Days(min(ends) + 1, None), True
            provisional = provisional or any(first.days_provisional for first in before)
    end = None
    if start is not None and block.nominal_duration_days is not None:
        more = block.nominal_duration_days - 1
        end = Days(start.first + more, None if start.last is None else start.last + more)
    return PlannedBlock(
        block=block,
        start=start,
        end=end,
        derived=derived,
        provisional=block.source.provisional,
        days_provisional=provisional,
    )
