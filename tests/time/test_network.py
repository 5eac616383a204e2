"""The network against all worlds: every day and place within the day that the parts allow, listed."""

import random
import subprocess
import sys
from itertools import pairwise

import numpy as np
import pytest

from infant_course.network import (
    LARGEST_MATRIX,
    MOST_CONFLICTS,
    ORIGIN,
    Bound,
    Part,
    Solution,
    lasts,
    not_after,
    not_later_day,
    same_moment,
    solve,
    strictly_before,
    within,
)
from infant_course.shortest_paths import UNBOUNDED, Pair, Point

DAYS = 3


def start(event: str) -> Point:
    return event, "start"


def end(event: str) -> Point:
    return event, "end"


def dated(event: str, day: int, statement: int) -> Part:
    return within(ORIGIN, start(event), day, day, statement)


class Worlds:
    """All worlds of some points on the days 0 to 2 (or more), with a place in the day for each point."""

    def __init__(self, points: list[Point], parts: list[Part], days: range = range(DAYS)) -> None:
        self.places = len(points)
        moments = np.arange(days.start * self.places, days.stop * self.places)
        axes = np.meshgrid(*[moments] * len(points), indexing="ij")
        self.at = {point: axis.ravel() for point, axis in zip(points, axes, strict=True)}
        holds = np.ones(len(self.at[points[0]]), dtype=bool)
        for part in parts:
            holds &= self.satisfies(part)
        self.at = {point: where[holds] for point, where in self.at.items()}
        self.any = bool(holds.any())

    def day(self, point: Point) -> np.ndarray:
        return self.at[point] // self.places

    def satisfies(self, part: Part) -> np.ndarray:
        if ORIGIN in (part.x, part.y):
            days = self.day(part.y) if part.x == ORIGIN else -self.day(part.x)
            steps = np.zeros_like(days)
        else:
            days = self.day(part.y) - self.day(part.x)
            steps = self.at[part.y] % self.places - self.at[part.x] % self.places
        good = np.ones(len(days), dtype=bool)
        if part.least is not None:
            least = part.least
            good &= (days > least.days) | ((days == least.days) & (least.place is None or steps >= least.place))
        if part.greatest is not None:
            most = part.greatest
            good &= (days < most.days) | ((days == most.days) & (most.place is None or steps <= most.place))
        return good


def random_parts(dice: random.Random, points: list[Point]) -> list[Part]:
    parts = [within(ORIGIN, point, 0, DAYS - 1, n) for n, point in enumerate(points)]
    parts += [lasts(start(name), end(name)) for name in {p[0]: 0 for p in points} if end(name) in points]
    for _ in range(dice.randint(1, 5)):
        x, y = dice.sample(points, 2)
        number = len(parts) + 10
        day = dice.randrange(DAYS)
        low = dice.randint(-2, 2)
        parts.append(
            dice.choice(
                [
                    within(ORIGIN, x, day, day, number),
                    within(ORIGIN, x, day, min(day + 1, DAYS - 1), number),
                    within(x, y, low, low + dice.randint(0, 1), number),
                    within(x, y, low, UNBOUNDED, number),
                    strictly_before(x, y, number),
                    strictly_before(x, y, number),
                    not_after(x, y, number),
                    not_later_day(x, y, number),
                    same_moment(x, y, number),
                ]
            )
        )
    return parts


SHAPES = [
    [start("a"), start("b"), start("c"), start("d")],
    [start("a"), end("a"), start("b"), start("c")],
    [start("a"), end("a"), start("b"), end("b")],
]
SMALL_SHAPES = [[start("a"), start("b"), start("c")], [start("a"), end("a"), start("b")]]
WIDE = range(-7, 10)
"""Days enough for three points of which two statements of at most three days each are left."""


def box_pair(solution: Solution, a: Point, b: Point) -> Pair:
    (a_low, a_high), (b_low, b_high) = solution.bounds[a], solution.bounds[b]
    return Pair(a, b, b_low - a_high, b_high - a_low, a_high < b_low, a_low <= b_high)


def world_pair(worlds: Worlds, a: Point, b: Point) -> Pair:
    gap = worlds.day(b) - worlds.day(a)
    first = worlds.at[a] < worlds.at[b]
    return Pair(a, b, int(gap.min()), int(gap.max()), bool(first.all()), bool(first.any()))


def differences(solution: Solution, worlds: Worlds, points: list[Point]) -> list[str]:
    """Where the network says anything else than all worlds do."""
    wrong = [
        f"{point}: {solution.bounds[point]}"
        for point in points
        if solution.bounds[point] != (int(worlds.day(point).min()), int(worlds.day(point).max()))
    ]
    known = {(pair.a, pair.b): pair for pair in solution.pairs()}
    for a in points:
        for b in points:
            if a[0] == b[0]:
                wrong += [f"{a} {b}: a row for one event"] if (a, b) in known else []
                continue
            from_boxes = box_pair(solution, a, b)
            if known.get((a, b)) == from_boxes and known.get((b, a)) == box_pair(solution, b, a):
                wrong.append(f"{a} {b}: a row that says what the boxes say")
            if known.get((a, b), from_boxes) != world_pair(worlds, a, b):
                wrong.append(f"{a} {b}: {known.get((a, b), from_boxes)}")
    return wrong


def sample(seed: int, count: int, shapes: list[list[Point]]) -> list[tuple[list[Point], list[Part]]]:
    dice = random.Random(seed)
    return [(points, random_parts(dice, points)) for points in dice.choices(shapes, k=count)]


def test_bounds_and_pairs_equal_all_worlds() -> None:
    consistent = 0
    for points, parts in sample(seed=1, count=600, shapes=SHAPES):
        worlds = Worlds(points, parts)
        solution = solve(parts)
        assert worlds.any == (not solution.conflicts), parts
        if worlds.any:
            consistent += 1
            assert differences(solution, worlds, points) == [], parts
    assert consistent > 200


def slipped(part: Part) -> Part:
    greatest = None if part.greatest is None else Bound(part.greatest.days + 1, part.greatest.place)
    return Part(part.x, part.y, part.least, greatest, part.statement, part.definition)


def test_a_slip_of_one_day_would_be_noticed() -> None:
    noticed = 0
    for points, parts in sample(seed=2, count=60, shapes=SHAPES):
        worlds = Worlds(points, parts)
        solution = solve([slipped(part) if part.x != ORIGIN else part for part in parts])
        if worlds.any and not solution.conflicts:
            noticed += bool(differences(solution, worlds, points))
    assert noticed >= 5


def test_a_lost_tie_would_be_noticed() -> None:
    noticed = 0
    for points, parts in sample(seed=3, count=60, shapes=SHAPES):
        worlds = Worlds(points, parts)
        loosened = [Part(p.x, p.y, Bound(0, 0), None, p.statement) if p.least == Bound(0, 1) else p for p in parts]
        if worlds.any:
            noticed += bool(differences(solve(loosened), worlds, points))
    assert noticed >= 5


def test_conflicts_are_minimal_and_the_rest_holds() -> None:
    seen = 0
    for points, parts in sample(seed=4, count=200, shapes=SMALL_SHAPES):
        solution = solve(parts)
        definitions = [part for part in parts if part.definition]
        for conflict in solution.conflicts[:1]:
            seen += 1
            told = [part for part in parts if part.statement in conflict.statements]
            assert not Worlds(points, told + definitions, WIDE).any
            if conflict.definition is not None:
                assert Worlds(points, told, WIDE).any
            for spared in conflict.statements:
                rest = [part for part in told if part.statement != spared]
                assert Worlds(points, rest, WIDE).any
                if conflict.definition is not None:
                    event = [part for part in definitions if part.x[0] == conflict.definition]
                    assert Worlds(points, rest + event, WIDE).any
        ended = {conflict.definition for conflict in solution.conflicts}
        kept = [
            part
            for part in parts
            if (part.x[0] not in ended if part.definition else part.statement not in solution.set_aside)
        ]
        assert Worlds(points, kept, WIDE).any
        assert solve(kept).bounds == {p: solution.bounds[p] for p in solve(kept).bounds}
    assert seen > 50


def test_a_statement_of_two_parts_is_left_out_where_it_can_be_spared() -> None:
    """1 says a before b and, needlessly, c before d; 2 and 3 say the rest: only two of the three clash."""
    a, b, c, d = (start(name) for name in "abcd")
    parts = [
        strictly_before(a, b, 1),
        strictly_before(b, c, 2),
        strictly_before(c, a, 3),
        strictly_before(d, c, 3),
        strictly_before(b, a, 2),
    ]
    (conflict,) = solve(parts).conflicts
    assert conflict.statements == (1, 2)


# The counter-examples of the design that concern the network, by number.


def facts(solution: Solution, a: Point, b: Point) -> Pair:
    return {(p.a, p.b): p for p in solution.pairs()}.get((a, b)) or box_pair(solution, a, b)


def test_1_order_without_days_is_kept() -> None:
    solution = solve([strictly_before(start("remission"), start("relapse"), 1)])
    assert solution.bounds[start("relapse")] == (-UNBOUNDED, UNBOUNDED)
    assert facts(solution, start("remission"), start("relapse"))[2:] == (0, UNBOUNDED, True, True)
    assert facts(solution, start("relapse"), start("remission"))[2:] == (-UNBOUNDED, 0, False, False)


def test_2_two_chains_leave_each_other_open() -> None:
    solution = solve(
        [
            strictly_before(start("conditioning"), start("hsct"), 1),
            strictly_before(start("simulation"), start("radiotherapy"), 2),
        ]
    )
    assert len(solution.pairs()) == 4
    assert {frozenset((p.a[0], p.b[0])) for p in solution.pairs()} == {
        frozenset(("conditioning", "hsct")),
        frozenset(("simulation", "radiotherapy")),
    }


def test_6_two_full_dates_on_one_day_have_no_order_and_no_row() -> None:
    solution = solve([dated("remission", 40, 1), dated("relapse", 40, 2)])
    assert solution.pairs() == []
    assert facts(solution, start("remission"), start("relapse"))[2:] == (0, 0, False, True)


def test_7_a_stated_order_settles_one_day() -> None:
    solution = solve(
        [
            dated("remission", 40, 1),
            dated("relapse", 40, 2),
            strictly_before(start("remission"), start("relapse"), 3),
        ]
    )
    assert solution.conflicts == ()
    assert facts(solution, start("remission"), start("relapse"))[2:] == (0, 0, True, True)
    assert facts(solution, start("relapse"), start("remission"))[2:] == (0, 0, False, False)


def test_7_order_passes_through_a_fixed_day() -> None:
    solution = solve(
        [
            within(ORIGIN, start("a"), 30, 40, 1),
            dated("fixed", 40, 2),
            within(ORIGIN, start("b"), 40, 50, 3),
            strictly_before(start("a"), start("fixed"), 4),
            strictly_before(start("fixed"), start("b"), 5),
        ]
    )
    assert facts(solution, start("a"), start("b"))[2:] == (0, 20, True, True)


def test_8_a_circle_on_one_known_day_is_a_conflict_of_two() -> None:
    solution = solve(
        [
            dated("a", 40, 1),
            dated("b", 40, 2),
            strictly_before(start("a"), start("b"), 3),
            strictly_before(start("b"), start("a"), 4),
        ]
    )
    assert [conflict.statements for conflict in solution.conflicts] == [(3, 4)]
    assert solution.bounds[start("a")] == (40, 40)


def test_10_the_same_moment_is_neither_before_nor_after() -> None:
    solution = solve(
        [within(ORIGIN, start("b1"), 1, 20, 1), same_moment(start("b1"), start("b2"), 2), dated("x", 9, 3)]
    )
    assert facts(solution, start("b1"), start("b2"))[2:] == (0, 0, False, False)
    assert solution.bounds[start("b2")] == (1, 20)


def test_12_a_vague_diagnosis_leaves_dated_events_ordered() -> None:
    solution = solve([within(ORIGIN, start("diagnosis"), 100, 130, 1), dated("mrd", 140, 2), dated("relapse", 150, 3)])
    assert solution.pairs() == []
    assert facts(solution, start("mrd"), start("relapse"))[2:] == (10, 10, True, True)


# Definitions of intervals.


def test_order_passes_through_a_block() -> None:
    solution = solve(
        [
            lasts(start("octadad"), end("octadad")),
            strictly_before(start("marma"), start("octadad"), 1),
            strictly_before(end("octadad"), start("maintenance"), 2),
        ]
    )
    assert facts(solution, start("marma"), start("maintenance")).a_surely_first


def test_the_definition_gives_way_to_dates_and_they_stand() -> None:
    solution = solve(
        [
            lasts(start("block"), end("block")),
            within(ORIGIN, start("block"), 20, 20, 1),
            within(ORIGIN, end("block"), 10, 10, 2),
        ]
    )
    assert solution.conflicts == (((1, 2), "block"),)
    assert solution.bounds == {start("block"): (20, 20), end("block"): (10, 10)}
    assert solution.set_aside == frozenset()


def test_a_circle_of_blocks_is_the_fault_of_its_statements() -> None:
    solution = solve(
        [
            lasts(start("a"), end("a")),
            lasts(start("b"), end("b")),
            strictly_before(end("a"), start("b"), 1),
            strictly_before(end("b"), start("a"), 2),
        ]
    )
    assert solution.conflicts == (((1, 2), None),)


def test_an_event_before_itself() -> None:
    assert solve([strictly_before(start("a"), start("a"), 7)]).conflicts == (((7,), None),)


def test_two_dates_for_one_point() -> None:
    solution = solve([dated("a", 3, 1), dated("a", 4, 2), dated("b", 5, 3)])
    assert solution.conflicts == (((1, 2), None),)
    assert solution.bounds[start("a")] == (-UNBOUNDED, UNBOUNDED)
    assert solution.bounds[start("b")] == (5, 5)


# Size, speed, and what is loaded.


def test_a_course_of_usual_size_loads_neither_networkx_nor_numpy() -> None:
    code = (
        "import sys\n"
        "from infant_course.network import ORIGIN, lasts, solve, strictly_before, within\n"
        "parts = []\n"
        "for n in range(60):\n"
        "    s, e = (f'e{n}', 'start'), (f'e{n}', 'end')\n"
        "    parts += [within(ORIGIN, s, n, n, n), within(ORIGIN, e, n + n % 2, n + n % 2, n), lasts(s, e)]\n"
        "solution = solve(parts)\n"
        "assert solution.pairs() == [] and solution.bounds['e7', 'end'] == (8, 8)\n"
        "parts.append(strictly_before(('e3', 'start'), ('open', 'start'), 200))\n"
        "parts.append(lasts(('open', 'start'), ('open', 'end')))\n"
        "parts.append(strictly_before(('open', 'end'), ('shut', 'start'), 201))\n"
        "parts.append(lasts(('shut', 'start'), ('shut', 'end')))\n"
        "assert solve(parts).pairs()\n"
        "print([m for m in ('networkx', 'numpy') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def solved(parts: list[Part]) -> Solution:
    """The solution, with its pairs worked out too."""
    solution = solve(parts)
    solution.pairs()
    return solution


@pytest.mark.parametrize("order", ["forwards", "backwards", "shuffled"])
def test_a_chain_of_thousands(order: str) -> None:
    """Told in three orders; ``test_resolve`` has one of ten thousand."""
    events = [f"e{n}" for n in range(4_000)]
    parts = [strictly_before(end(a), start(b), n) for n, (a, b) in enumerate(pairwise(events))]
    parts += [lasts(start(name), end(name)) for name in events]
    parts += [within(ORIGIN, start("e0"), 0, 0, 4_001), within(ORIGIN, end("e3999"), 5000, 5000, 4_002)]
    if order == "backwards":
        parts.reverse()
    elif order == "shuffled":
        random.Random(5).shuffle(parts)
    solution = solved(parts)
    assert solution.conflicts == ()
    assert solution.bounds[start("e2000")] == (0, 5000)
    assert any(str(LARGEST_MATRIX) in note for note in solution.notes)
    assert facts(solution, end("e1"), start("e2")).a_surely_first


def test_a_chain_of_which_every_event_is_vaguely_dated() -> None:
    """The days pull against the chain: searched in the order of the boxes, this would take minutes."""
    events = [f"e{n}" for n in range(5_000)]
    parts = [strictly_before(start(a), start(b), n) for n, (a, b) in enumerate(pairwise(events))]
    parts += [within(ORIGIN, start(e), -9000 + n % 7, 20_000 - n, 9000 + n) for n, e in enumerate(events)]
    solution = solved(parts)
    assert solution.bounds[start("e4999")] == (-9000 + 6, 15_001)


def test_a_circle_of_ten_thousand() -> None:
    events = [f"e{n}" for n in range(10_000)]
    circle = [*events, events[0]]
    solution = solved([strictly_before(start(a), start(b), n) for n, (a, b) in enumerate(pairwise(circle))])
    assert solution.conflicts == ((tuple(range(10_000)), None),)


def test_ten_thousand_dated_events_of_which_a_thousand_end_before_they_start() -> None:
    parts = []
    for n in range(10_000):
        name = f"e{n}"
        last = n - 5 if n % 10 == 0 else n + 5
        parts += [within(ORIGIN, start(name), n, n, 2 * n), within(ORIGIN, end(name), last, last, 2 * n + 1)]
        parts.append(lasts(start(name), end(name)))
    solution = solved(parts)
    assert len([c for c in solution.conflicts if c.definition]) == 1000
    assert solution.set_aside == frozenset()


def test_very_many_contradictions_end() -> None:
    parts = []
    for n in range(100):
        a, b = start(f"a{n}"), start(f"b{n}")
        parts += [strictly_before(a, b, 2 * n), strictly_before(b, a, 2 * n + 1)]
    solution = solve(parts)
    assert len(solution.conflicts) == MOST_CONFLICTS
    assert solution.set_aside == frozenset(range(200))
    assert solution.notes


def test_a_statement_set_aside_for_one_point_bounds_no_other_either() -> None:
    """Whichever of its points was looked at first."""
    a, b = ("a", "start"), ("b", "start")
    parts = [within(ORIGIN, b, 5, 5, 1), within(ORIGIN, a, 0, 0, 0), within(ORIGIN, a, 3, 3, 1)]
    solution = solve(parts)
    assert solution.set_aside == {0, 1}
    assert solution.bounds[b] == (-UNBOUNDED, UNBOUNDED)
