"""A simple temporal network: what bounds between points in time say about all of them together.

A point lies on a *day* and has a *place* within that day, so that "a before b" can hold on one known day. A
:class:`Part` bounds the difference of two points by pairs (days, place), compared days first. Such a pair is
packed into one integer, after which ordinary shortest paths give the tightest bounds, and a negative cycle is
a contradiction (Dechter, Meiri and Pearl, Temporal constraint networks, Artif Intell 1991;49:61-95).

Nothing here knows about events, save that the first word of a point names the event it belongs to: a part
marked ``definition`` says that an event does not end before it starts, and gives way to what was stated.

Parts between the origin and a point are boxes. Where boxes already say everything (all dates full), no
network is built; networkx is imported for large courses only, and numpy not at all.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from attrs import field, frozen

from .shortest_paths import UNBOUNDED, Box, Edge, Graph, Pair, Point, all_pairs, between, direct_pairs

ORIGIN: Point = ("", "origin")
"""Day 0. It fixes days only: nothing is ordered against it within the day."""

DEFINITION = -1
"""The number of no statement: of parts that define an interval."""

LARGEST_MATRIX = 500
"""Most points of one tangle for which all pairs are worked out (two seconds for 250 events were measured)."""

MOST_CONFLICTS = 5
"""Most sets of contradictory statements that are reported."""

_MOST_ROUNDS = 32  # of setting one set aside and solving again, before a whole tangle is given up
_MOST_TRIALS = 100_000  # statements times parts that may be spent on making one set minimal


class Bound(NamedTuple):
    """A difference of two points: whole days, and places within the day (None: any place)."""

    days: int
    place: int | None


@frozen
class Part:
    """A bound on ``t(y) - t(x)``, told by one statement.

    ``definition``: it says that an event does not end before it starts, which nobody had to state. ``end_told``: the
    statements about that event which tell its end.
    """

    x: Point
    y: Point
    least: Bound | None
    greatest: Bound | None
    statement: int
    definition: bool = False
    end_told: frozenset[int] = frozenset()

    @property
    def orders(self) -> bool:
        """Whether it speaks of order only, not of days."""
        return all(bound is None or bound.place is not None for bound in (self.least, self.greatest))


def within(x: Point, y: Point, least_days: int, greatest_days: int, statement: int) -> Part:
    """Y lies between ``least_days`` and ``greatest_days`` after x (±``UNBOUNDED``: no bound on that side)."""
    least = Bound(least_days, None) if least_days > -UNBOUNDED else None
    greatest = Bound(greatest_days, None) if greatest_days < UNBOUNDED else None
    return Part(x, y, least, greatest, statement)


def strictly_before(x: Point, y: Point, statement: int) -> Part:
    """X comes before y; they may lie on one day."""
    return Part(x, y, Bound(0, 1), None, statement)


def not_after(x: Point, y: Point, statement: int) -> Part:
    """X does not come after y; they may be the same moment."""
    return Part(x, y, Bound(0, 0), None, statement)


def not_later_day(x: Point, y: Point, statement: int) -> Part:
    """X does not lie on a later day than y; within one day either may come first."""
    return Part(x, y, Bound(0, None), None, statement)


def lasts(start: Point, end: Point, end_told: frozenset[int] = frozenset()) -> Part:
    """The definition of an interval: it does not end before it starts."""
    return Part(start, end, Bound(0, 0), None, DEFINITION, True, end_told)


def same_moment(x: Point, y: Point, statement: int) -> Part:
    """X and y are one moment: neither comes before the other."""
    return Part(x, y, Bound(0, 0), Bound(0, 0), statement)


class Conflict(NamedTuple):
    """Statements that cannot hold together, none of which can be spared.

    ``definition`` names the event that would end before it starts: then its definition was set aside and the
    statements stand. Otherwise it is None, and the statements were set aside.
    """

    statements: tuple[int, ...]
    definition: str | None


def _edges(part: Part, number: int) -> Iterator[Edge]:
    if part.greatest is not None:
        yield Edge(part.x, part.y, part.greatest.days, part.greatest.place, number)
    if part.least is not None:
        place = part.least.place
        yield Edge(part.y, part.x, -part.least.days, None if place is None else -place, number)


@frozen(kw_only=True)
class Solution:
    """What follows from the parts that were kept.

    ``bounds``: earliest and latest day of every point, counted from the origin. ``conflicts``: what cannot
    hold together. ``set_aside``: all statements that were set aside (also those beyond the reported
    conflicts). ``notes``: where less was worked out than could be known.
    """

    bounds: dict[Point, Box] = field(repr=False)
    conflicts: tuple[Conflict, ...] = field(default=(), repr=False)
    set_aside: frozenset[int] = frozenset()
    notes: tuple[str, ...] = field(default=(), repr=False)
    _tangles: tuple[tuple[tuple[Point, ...], tuple[Edge, ...]], ...] = field(default=(), repr=False)

    def pairs(self) -> list[Pair]:
        """Pairs of points of two events of which more is known than their bounds say; both directions."""
        found: list[Pair] = []
        for points, edges in self._tangles:
            pairs = all_pairs if len(points) <= LARGEST_MATRIX else direct_pairs
            found += pairs(points, edges, self.bounds)
        return found


def solve(parts: Iterable[Part]) -> Solution:
    """Set aside what contradicts itself, and tighten the rest. The order of the parts decides all ties."""
    return _Solver(tuple(parts)).solve()


class _Solver:
    """One run of :func:`solve`. Parts are known by their place in the given order."""

    def __init__(self, parts: tuple[Part, ...]) -> None:
        self.parts = parts
        self.gone: set[int] = set()
        self.conflicts: list[Conflict] = []
        self.set_aside: set[int] = set()
        self.notes: list[str] = []
        self.of_statement: dict[int, list[int]] = {}
        self.on_origin: dict[Point, list[Edge]] = {}
        self.inner: list[int] = []
        for number, part in enumerate(parts):
            if not part.definition:
                self.of_statement.setdefault(part.statement, []).append(number)
            if ORIGIN in (part.x, part.y):
                point = part.y if part.x == ORIGIN else part.x
                self.on_origin.setdefault(point, []).extend(_edges(part, number))
            else:
                self.inner.append(number)
                self.on_origin.setdefault(part.x, [])
                self.on_origin.setdefault(part.y, [])
        self.boxes: dict[Point, Box] = {}

    def solve(self) -> Solution:
        self._settle_boxes()
        loose = self._loose(self.boxes)
        bounds = self.boxes
        if not all(self._harmless(edge) for edge in loose):
            tight = self._settle_cycles().bounds()
            bounds = {point: tight.get(point, (-UNBOUNDED, UNBOUNDED)) for point in self.on_origin}
            loose = self._loose(bounds)
        tangles = self._tangles(loose)
        if any(len(points) > LARGEST_MATRIX for points, _ in tangles):
            self.notes.append(
                f"more than {LARGEST_MATRIX} points hang together: their bounds and the stated order are "
                "kept, what follows for other pairs is not worked out"
            )
        return Solution(
            bounds=bounds,
            conflicts=tuple(self.conflicts),
            set_aside=frozenset(self.set_aside),
            notes=tuple(self.notes),
            tangles=tangles,
        )

    # Boxes: contradictions between one part and the boxes of its two points are found without a network, so
    # that a long course with many wrong dates costs no more than one with none.

    def _side(self, point: Point, *, upper: bool) -> tuple[int, int | None]:
        """The box on one side, and the part that says so."""
        best, by = UNBOUNDED, None
        for edge in self.on_origin[point]:
            if (edge.v == point) == upper and edge.days < best and edge.part not in self.gone:
                best, by = edge.days, edge.part
        return (best if upper else -best), by

    def _box(self, point: Point) -> Box:
        while True:
            (low, low_part), (high, high_part) = self._side(point, upper=False), self._side(point, upper=True)
            if low <= high or low_part is None or high_part is None:
                return max(low, -UNBOUNDED), min(high, UNBOUNDED)
            self._blame([low_part, high_part])

    def _settle_boxes(self) -> None:
        self.boxes = {point: self._box(point) for point in self.on_origin}
        if self.gone:  # anew: a statement set aside for one point may have had a part on another
            self.boxes = {point: self._box(point) for point in self.on_origin}
        for number in self.inner:
            while number not in self.gone and (cycle := self._against_boxes(number)):
                before = set(self.gone)
                self._blame(cycle)
                for part in self.gone - before:
                    for point in (self.parts[part].x, self.parts[part].y):
                        if point != ORIGIN:
                            self.boxes[point] = self._box(point)

    def _against_boxes(self, number: int) -> list[int]:
        for edge in _edges(self.parts[number], number):
            if edge.u == edge.v and (edge.days, edge.place or 0) < (0, 0):
                return [number]
            low, high = self.boxes[edge.v][0], self.boxes[edge.u][1]
            if low > -UNBOUNDED and high < UNBOUNDED and high + edge.days < low:
                sides = self._side(edge.v, upper=False)[1], self._side(edge.u, upper=True)[1]
                return [number, *(side for side in sides if side is not None)]
        return []

    def _loose(self, boxes: dict[Point, Box]) -> list[Edge]:
        """The edges that say more than the boxes of their points do."""
        found = []
        for number in self.inner:
            if number in self.gone:
                continue
            for edge in _edges(self.parts[number], number):
                most = between(boxes, edge.u, edge.v)
                implied = most < edge.days or (most == edge.days and edge.place is None)
                if edge.u != edge.v and not implied:
                    found.append(edge)
        return found

    def _harmless(self, edge: Edge) -> bool:
        """Whether it is the definition of an event that starts and ends on one known day."""
        one_day = all(self.boxes[point][0] == self.boxes[point][1] for point in (edge.u, edge.v))
        return one_day and self.parts[edge.part].definition

    # The network.

    def _settle_cycles(self) -> Graph:
        """Set aside what contradicts itself; the graph of the rest."""
        for _ in range(_MOST_ROUNDS):
            graph = self._graph(self._kept())
            cycle, _ = graph.negative_cycle()
            if not cycle:
                return graph
            self._blame(cycle)
        self.notes.append("very many statements contradict each other: all tangled with them are set aside")
        while True:
            graph = self._graph(self._kept())
            cycle, around = graph.negative_cycle()
            if not cycle:
                return graph
            for number in self._kept():
                part = self.parts[number]
                if part.x in around and part.y in around and not part.definition:
                    self._drop(part.statement)

    def _graph(self, numbers: Iterable[int]) -> Graph:
        return Graph((edge for number in numbers for edge in _edges(self.parts[number], number)), ORIGIN)

    def _kept(self) -> list[int]:
        return [number for number in range(len(self.parts)) if number not in self.gone]

    def _drop(self, statement: int) -> None:
        self.set_aside.add(statement)
        self.gone.update(self.of_statement[statement])

    def _blame(self, cycle: list[int]) -> None:
        """Report the minimal set of statements behind a negative cycle, and set aside what has to go."""
        cycle = self._minimal(cycle)
        statements = sorted({self.parts[n].statement for n in cycle} - {DEFINITION})
        if (number := self._backwards(cycle, statements)) is not None:
            self.gone.add(number)
            self.conflicts.append(Conflict(tuple(statements), self.parts[number].x[0]))
            return
        for statement in statements:
            self._drop(statement)
        if sum(conflict.definition is None for conflict in self.conflicts) < MOST_CONFLICTS:
            self.conflicts.append(Conflict(tuple(statements), None))
        else:
            note = f"more than {MOST_CONFLICTS} sets of statements contradict each other: the rest is not told"
            self.notes += [] if note in self.notes else [note]

    def _backwards(self, cycle: Iterable[int], statements: Iterable[int]) -> int | None:
        """The definition of the one event that by this cycle ends before it starts, if there is one.

        It is the event whose end is told by the statements; or the only one that lasts, where days are told. Order
        that runs in a circle otherwise ("a after b", "b after a") is nobody's end before its start.
        """
        definitions = [n for n in cycle if self.parts[n].definition]
        told = [n for n in definitions if self.parts[n].end_told.intersection(statements)]
        if len(told) == 1:
            return told[0]
        only = definitions[0] if len(definitions) == 1 else None
        return None if all(self.parts[n].orders for n in cycle) else only

    def _minimal(self, cycle: list[int]) -> list[int]:
        """A cycle of which no statement (or definition) can be spared.

        A simple cycle is minimal as it is if each of its statements is one part. Otherwise the other parts of
        its statements might do without one of them: leave them out one by one, definitions first.
        """
        several = [n for n in cycle if len(self.of_statement.get(self.parts[n].statement, ())) > 1]
        if all(self.parts[n].definition for n in several) or len(cycle) ** 2 > _MOST_TRIALS:
            return cycle
        definitions = [n for n in cycle if self.parts[n].definition]
        statements = sorted({self.parts[n].statement for n in cycle} - {DEFINITION}, reverse=True)
        for spared in [*definitions, *(-1 - s for s in statements)]:
            kept_definitions = [n for n in definitions if n != spared]
            kept_statements = [s for s in statements if -1 - s != spared]
            pool = [n for s in kept_statements for n in self.of_statement[s] if n not in self.gone]
            smaller, _ = self._graph(sorted(pool + kept_definitions)).negative_cycle()
            if smaller:
                cycle, definitions, statements = smaller, kept_definitions, kept_statements
        return cycle

    def _tangles(self, loose: list[Edge]) -> tuple[tuple[tuple[Point, ...], tuple[Edge, ...]], ...]:
        """Split into sets of points that hang together by more than their boxes; single events left out.

        The origin is left out, and with it every path over a fixed day that says what the boxes say.
        """
        root: dict[Point, Point] = {}

        def find(point: Point) -> Point:
            while root.setdefault(point, point) != point:
                root[point] = point = root[root[point]]
            return point

        for edge in loose:
            root[find(edge.v)] = find(edge.u)
        points: dict[Point, list[Point]] = {}
        edges: dict[Point, list[Edge]] = {}
        for point in list(root):
            points.setdefault(find(point), []).append(point)
        for edge in loose:
            edges.setdefault(find(edge.u), []).append(edge)
        return tuple(
            (tuple(together), tuple(edges[top]))
            for top, together in points.items()
            if len({point[0] for point in together}) > 1
        )
