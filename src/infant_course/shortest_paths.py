"""Shortest paths over bounds between points in time: the arithmetic below :mod:`infant_course.network`.

A bound is a pair (days, place within the day), compared days first, packed into one integer, so that
ordinary shortest paths serve. networkx finds what is strongly connected; it is loaded for large courses only.
"""

from collections import deque
from collections.abc import Iterable
from heapq import heappop, heappush
from typing import NamedTuple

from attrs import frozen

Point = tuple[str, str]
"""The event and which of its points: "start" or "end"."""

Box = tuple[int, int]
"""Earliest and latest day of a point."""

SMALL = 200
"""Points up to which a graph is not taken apart; networkx is then not loaded either."""

UNBOUNDED = 2**28
"""Stands for "no bound" among days; small enough that two of them can be added in 32 bits."""


class Edge(NamedTuple):
    """At most so many days from u to v, and at that many days at most so many places; told by a part."""

    u: Point
    v: Point
    days: int
    place: int | None
    part: int


class Pair(NamedTuple):
    """What is known of two points of different events: bounds of the days of b minus a, and their order."""

    a: Point
    b: Point
    least: int
    greatest: int
    a_surely_first: bool
    a_maybe_first: bool


Steps = dict[int, dict[int, tuple[int, int]]]
"""For each point, by number, the points it reaches in one step: weight and part."""

Came = dict[int, tuple[int, int]]
"""For each point reached, by number, the point before it and the part that leads here."""


@frozen
class Scale:
    """Packs (days, place) so that no sum along a path of points can be mistaken for another day."""

    any: int
    unit: int

    @classmethod
    def of(cls, points: int) -> "Scale":
        """For a number of points: "any place" exceeds it, and points times "any" is less than a day."""
        places = 1 << (points + 1).bit_length()
        return cls(places, 4 * places * places)

    def pack(self, days: int, place: int | None) -> int:
        """One integer for a pair; None is any place in the day."""
        return days * self.unit + (self.any if place is None else place)

    def days(self, packed: int) -> int:
        """The days of a sum of packed pairs along a path."""
        return (packed + self.any) // self.unit


class Graph:
    """Edges as a graph on numbers: the tightest edge for each pair of points.

    What hangs together in circles without the origin is searched set by set, in an order in which every set
    comes after those that lead to it. So a long chain costs one step for each point, however it was told.
    """

    def __init__(self, edges: Iterable[Edge], origin: Point) -> None:
        """Number the points and keep the tightest edge of each pair."""
        kept = list(edges)
        self.index: dict[Point, int] = {origin: 0}
        for edge in kept:
            self.index.setdefault(edge.u, len(self.index))
            self.index.setdefault(edge.v, len(self.index))
        self.scale = Scale.of(len(self.index))
        self.out: Steps = {number: {} for number in range(len(self.index))}
        for edge in kept:
            u, v, weight = self.index[edge.u], self.index[edge.v], self.scale.pack(edge.days, edge.place)
            if v not in self.out[u] or weight < self.out[u][v][0]:
                self.out[u][v] = weight, edge.part
        self.turned: Steps = {number: {} for number in self.out}
        for u, steps in self.out.items():
            for v, step in steps.items():
                self.turned[v][u] = step
        self.groups = self._groups()

    def _groups(self) -> list[list[int]]:
        """Sets of points on common circles, the origin left out, each set after all that lead to it.

        A small graph is searched as one set: telling its sets apart would take longer than it saves.
        """
        if len(self.out) <= SMALL:
            return [[number for number in self.out if number]]
        import networkx as nx  # slow to load, and not needed where all dates are full

        structure: nx.DiGraph[int] = nx.DiGraph()
        structure.add_nodes_from(number for number in self.out if number)
        structure.add_edges_from((u, v) for u, steps in self.out.items() for v in steps if u and v)
        condensed = nx.condensation(structure)
        return [sorted(condensed.nodes[group]["members"]) for group in nx.topological_sort(condensed)]

    def bounds(self) -> dict[Point, Box]:
        """Earliest and latest day of every point from the origin; there must be no negative cycle."""
        latest, _ = self._from_origin(self.out, self.groups)
        earliest, _ = self._from_origin(self.turned, self.groups[::-1])
        days = self.scale.days
        return {
            point: (
                _clip(-days(earliest[number])) if number in earliest else -UNBOUNDED,
                _clip(days(latest[number])) if number in latest else UNBOUNDED,
            )
            for point, number in self.index.items()
        }

    def negative_cycle(self) -> tuple[list[int], set[Point]]:
        """The parts on one simple negative cycle and all points tangled with it; both empty if there is none.

        It is found by the searches below, because ``networkx.find_negative_cycle`` misses some.
        """
        for group in self.groups:
            if len(group) == 1:
                step = self.out[group[0]].get(group[0])
                cycle, at = ([step[1]], group[0]) if step and step[0] < 0 else ([], 0)
            else:
                _, _, (cycle, at) = _search(dict.fromkeys(group, 0), _inside(group, self.out))
            if cycle:
                return cycle, self._tangle(at)
        latest, came = self._from_origin(self.out, self.groups)
        for last, (weight, part) in self.turned[0].items():
            if last in latest and latest[last] + weight < 0:
                cycle, at = [part], last
                while at:
                    at, part = came[at]
                    cycle.append(part)
                return cycle, self._tangle(last)
        return [], set()

    def _from_origin(self, out: Steps, groups: Iterable[list[int]]) -> tuple[dict[int, int], Came]:
        """Shortest distances from the origin and by which last steps, not coming back to it."""
        distance: dict[int, int] = {0: 0}
        came: Came = {}

        def leave(u: int) -> None:
            for v, (weight, part) in out[u].items():
                if v and (v not in distance or distance[u] + weight < distance[v]):
                    distance[v] = distance[u] + weight
                    came[v] = u, part

        leave(0)
        for group in groups:
            reached = sorted((distance[number], number) for number in group if number in distance)
            if not reached:
                continue
            if len(group) > 1:
                nearer, steps, _ = _search({number: far for far, number in reached}, _inside(group, out))
                distance.update(nearer)
                came.update(steps)
            for number in group:
                if number in distance:
                    leave(number)
        return distance, came

    def _tangle(self, start: int) -> set[Point]:
        """All points that hang together with one, the origin left out as a way and counted in as a point."""
        seen, waiting = {0, start}, [start]
        while waiting:
            number = waiting.pop()
            for other in (*self.out[number], *self.turned[number]):
                if other not in seen:
                    seen.add(other)
                    waiting.append(other)
        return {point for point, number in self.index.items() if number in seen}


def _inside(group: list[int], out: Steps) -> Steps:
    inside = set(group)
    return {u: {v: step for v, step in out[u].items() if v in inside} for u in group}


def _search(seeds: dict[int, int], out: Steps) -> tuple[dict[int, int], Came, tuple[list[int], int]]:
    """Shortest distances from points at given distances, by which last steps, and a negative cycle: its parts and
    a point on it (no parts: there is none).

    Bellman and Ford's search, with a queue. Now and then the steps by which the points were reached are
    followed back: they form a circle only if there is a negative cycle, and sooner or later then they do.
    """
    distance = dict(seeds)
    came: Came = {}
    queue, waiting, steps = deque(seeds), set(seeds), 0
    while queue:
        u = queue.popleft()
        waiting.discard(u)
        so_far = distance[u]
        for v, (weight, part) in out[u].items():
            if v not in distance or so_far + weight < distance[v]:
                distance[v] = so_far + weight
                came[v] = u, part
                steps += 1
                if v not in waiting:
                    waiting.add(v)
                    queue.append(v)
        if steps > len(distance):
            steps = 0
            cycle, at = _circle(came)
            if cycle:
                return {}, {}, (cycle, at)
    return distance, came, ([], 0)


def _circle(came: Came) -> tuple[list[int], int]:
    """The parts on a circle among "v was reached from u by a part", and a point on it; or no parts."""
    done: set[int] = set()
    for first in came:
        path: dict[int, None] = {}
        at = first
        while at in came and at not in done and at not in path:
            path[at] = None
            at = came[at][0]
        if at in path:
            on_it = list(path)
            return [came[point][1] for point in on_it[on_it.index(at) :]], at
        done.update(path)
    return [], 0


def _clip(days: int) -> int:
    return max(-UNBOUNDED, min(days, UNBOUNDED))


def between(boxes: dict[Point, Box], u: Point, v: Point) -> int:
    """Most days from u to v that the boxes allow."""
    return _most(boxes[u][0], boxes[v][1])


def _most(low: int, high: int) -> int:
    return high - low if low > -UNBOUNDED and high < UNBOUNDED else UNBOUNDED


def all_pairs(points: tuple[Point, ...], edges: tuple[Edge, ...], bounds: dict[Point, Box]) -> list[Pair]:
    """All pairs of one tangle of which more is known than the boxes say, by a search from each point."""
    scale = Scale.of(len(points))
    number = {point: n for n, point in enumerate(points)}
    out: Steps = {n: {} for n in range(len(points))}
    for edge in edges:
        u, v, weight = number[edge.u], number[edge.v], scale.pack(_clip(edge.days), edge.place)
        if v not in out[u] or weight < out[u][v][0]:
            out[u][v] = weight, edge.part
    far = _distances(out)
    any_place, day = scale.any, scale.unit
    found: dict[tuple[int, int], Pair] = {}
    for i, a in enumerate(points):
        (a_low, a_high), reached = bounds[a], far[i]
        for j in range(i + 1, len(points)):
            b, there, back = points[j], reached.get(j), far[j].get(i)
            if a[0] == b[0] or (there is None and back is None):
                continue
            b_low, b_high = bounds[b]
            box_most, box_least = _most(a_low, b_high), -_most(b_low, a_high)
            most = box_most if there is None else max(min((there + any_place) // day, box_most), -UNBOUNDED)
            least = box_least if back is None else min(max(-((back + any_place) // day), box_least), UNBOUNDED)
            a_apart, b_apart = a_high < b_low, b_high < a_low
            a_first, b_first = a_apart or (back is not None and back < 0), b_apart or (there is not None and there < 0)
            a_may, b_may = not b_apart and (there is None or there > 0), not a_apart and (back is None or back > 0)
            if (
                most != box_most
                or least != box_least
                or (a_first, b_first, a_may, b_may) != (a_apart, b_apart, not b_apart, not a_apart)
            ):
                found[i, j] = Pair(a, b, least, most, a_first, a_may)
                found[j, i] = Pair(b, a, -most, -least, b_first, b_may)
    return [found[pair] for pair in sorted(found)]


def _distances(out: Steps) -> list[dict[int, int]]:
    """Shortest distances from each point to those it reaches; there must be no negative cycle.

    Johnson's way: distances from all points at once make every step one that is not negative, so that Dijkstra's
    search serves from each.
    """
    level, _, _ = _search(dict.fromkeys(out, 0), out)
    steps = {u: [(v, weight + level[u] - level[v]) for v, (weight, _) in out[u].items()] for u in out}
    found = []
    for source in out:
        settled: dict[int, int] = {}
        queue = [(0, source)]
        while queue:
            so_far, u = heappop(queue)
            if u not in settled:
                settled[u] = so_far
                for v, step in steps[u]:
                    if v not in settled:
                        heappush(queue, (so_far + step, v))
        found.append({v: so_far - level[source] + level[v] for v, so_far in settled.items()})
    return found


def direct_pairs(points: tuple[Point, ...], edges: tuple[Edge, ...], bounds: dict[Point, Box]) -> list[Pair]:
    """The pairs of which something is stated, as stated: for a tangle too large for all pairs."""
    scale = Scale.of(1)
    stated: dict[tuple[Point, Point], int] = {}
    for edge in edges:
        if edge.u[0] != edge.v[0]:
            weight = scale.pack(edge.days, edge.place)
            stated[edge.u, edge.v] = min(weight, stated.get((edge.u, edge.v), weight))
            stated.setdefault((edge.v, edge.u), UNBOUNDED * scale.unit)
    found = []
    for (a, b), most in stated.items():
        least = stated[b, a]
        (a_low, a_high), (b_low, b_high) = bounds[a], bounds[b]
        found.append(
            Pair(
                a,
                b,
                -min(scale.days(least), between(bounds, b, a)),
                min(scale.days(most), between(bounds, a, b)),
                least < 0 or a_high < b_low,
                most > 0 and a_low <= b_high,
            )
        )
    return found
