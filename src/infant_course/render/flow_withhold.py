"""Which counts of a flow may be told, so that none that is withheld can be found by subtraction.

The counts of a flow hang together: what enters a node is its count and so is what leaves it. Whoever reads the figure
can solve these sums. A small count is safe where the sums leave at least as many values for it as the least count
that may be told, none of them below 1 (what is drawn exists). That is a question of flows: how far one edge can be
raised or lowered by sending patients around a circle of counts that are withheld too. Where that is not far enough,
further counts are withheld: of all circles through the small count, the one that hides the fewest patients.
"""

import heapq
from collections.abc import Mapping

from ..errors import UsageError

Place = tuple[int, str]
Move = tuple[int, str, str]
Arc = tuple[str, str]
"""From one point of the network to another: a node has a point where it is entered and one where it is left."""

_SOURCE, _SINK = "source", "sink"


def withhold(nodes: Mapping[Place, int], edges: Mapping[Move, int], smallest: int) -> tuple[set[Place], set[Move]]:
    """The nodes and edges whose counts may be told. The number of all patients is always told.

    Raises UsageError where no choice is safe: so few patients on so many ways that the ways alone tell the counts.
    """
    network = _Network(nodes, edges)
    small = sorted(arc for arc, size in network.sizes.items() if 0 < size < smallest)
    hidden = {arc for arc in small if arc != network.total}
    for arc in small:
        if arc in hidden and not network.protect(arc, hidden, smallest):
            raise UsageError(
                f"so few patients go so many ways that counts below {smallest} could be worked out from any figure; "
                "ask for fewer --columns or a greater --merge-below, or set --smallest 1 to tell all counts"
            )
    return (
        {place for place, arc in network.node_arcs.items() if arc not in hidden},
        {move for move, arc in network.edge_arcs.items() if arc not in hidden},
    )


Room = dict[tuple[str, str], int]
"""From one point to another: how many more patients can be sent."""


class _Network:
    """A flow as arcs between points, from a source to a sink; how many patients there are in all is known."""

    def __init__(self, nodes: Mapping[Place, int], edges: Mapping[Move, int]) -> None:
        self.sizes: dict[Arc, int] = {}
        self.free: set[Arc] = set()
        """Arcs that stand for no count of their own."""
        self.node_arcs: dict[Place, Arc] = {}
        self.edge_arcs: dict[Move, Arc] = {}
        leaving = {(column, source) for column, source, _ in edges}
        for (column, name), size in nodes.items():
            enter, leave = f"{column} in {name}", f"{column} out {name}"
            self.node_arcs[column, name] = (enter, leave)
            self.sizes[enter, leave] = size
            if (column, name) not in leaving:
                self.free.add((leave, _SINK))
            if column == 0:
                self.free.add((_SOURCE, enter))
        for (column, source, target), size in edges.items():
            arc = (f"{column} out {source}", f"{column + 1} in {target}")
            self.edge_arcs[column, source, target] = arc
            self.sizes[arc] = size
        first = [arc for (column, _), arc in self.node_arcs.items() if column == 0]
        self.total = first[0] if len(first) == 1 else None
        """The count that is that of all patients, which is told."""

    def protect(self, arc: Arc, hidden: set[Arc], smallest: int) -> bool:
        """Hide further counts until the sums leave at least ``smallest`` values for this one; whether they can."""
        while True:
            up, rising = self._sent(arc[1], arc[0], arc, hidden, 10**6)
            down, falling = self._sent(arc[0], arc[1], arc, hidden, self.sizes[arc] - 1)
            if up + down >= smallest - 1:
                return True
            ways = [self._cheapest(arc[1], arc[0], arc, hidden, rising)]
            if down < self.sizes[arc] - 1:
                ways.append(self._cheapest(arc[0], arc[1], arc, hidden, falling))
            found = [way for way in ways if way is not None]
            if not found:
                return False  # nothing else hangs together with it
            hidden |= min(found, key=lambda way: (way[0], sorted(way[1])))[1] & set(self.sizes)

    def _room(self, arc: Arc, hidden: set[Arc]) -> Room:
        """How many patients can be sent along hidden counts; what is drawn keeps one at least."""
        room: Room = {}
        for one in (*sorted(hidden - {arc}), *sorted(self.free)):
            room[one] = 10**9
            room[one[1], one[0]] = self.sizes[one] - 1 if one in self.sizes else 10**9
        return room

    def _sent(self, start: str, end: str, arc: Arc, hidden: set[Arc], most: int) -> tuple[int, Room]:
        """How many patients can be sent around hidden counts (by augmenting paths), and the room that is left."""
        room, sent = self._room(arc, hidden), 0
        while sent < most:
            ways: dict[str, list[tuple[str, Arc, int]]] = {}
            for (source, target), left in room.items():
                if left > 0:
                    ways.setdefault(source, []).append((target, (source, target), 0))
            found = _path(ways, start, end)
            if found is None:
                break
            least = min(most - sent, *(room[pair] for pair in found[1]))
            for source, target in found[1]:
                room[source, target] -= least
                room[target, source] = room.get((target, source), 0) + least
            sent += least
        return sent, room

    def _cheapest(self, start: str, end: str, arc: Arc, hidden: set[Arc], room: Room) -> tuple[int, set[Arc]] | None:
        """The way between two points that hides the fewest patients more, given the room that is left."""
        ways: dict[str, list[tuple[str, Arc, int]]] = {}
        for (source, target), left in room.items():
            if left > 0:
                ways.setdefault(source, []).append((target, (source, target), 0))
        for one, size in self.sizes.items():
            if one in hidden or one in (arc, self.total):
                continue
            ways.setdefault(one[0], []).append((one[1], one, size + 1))
            if size > 1:
                ways.setdefault(one[1], []).append((one[0], one, size + 1))
        return _path(ways, start, end)


def _path(ways: Mapping[str, list[tuple[str, Arc, int]]], start: str, end: str) -> tuple[int, set[Arc]] | None:
    """The cheapest way between two points, and the arcs on it."""
    queue: list[tuple[int, str]] = [(0, start)]
    cost, came = {start: 0}, dict[str, tuple[str, Arc]]()
    while queue:
        spent, point = heapq.heappop(queue)
        if point == end:
            arcs = set()
            while point != start:
                point, arc = came[point]
                arcs.add(arc)
            return spent, arcs
        if spent > cost[point]:
            continue
        for target, arc, price in ways.get(point, ()):
            if spent + price < cost.get(target, 10**12):
                cost[target] = spent + price
                came[target] = (point, arc)
                heapq.heappush(queue, (cost[target], target))
    return None
