"""The flow: paths by known order, counts that are conserved, small counts that cannot be worked out."""

import random
from collections.abc import Iterator
from itertools import product

import pytest

import infant_course as ic
from infant_course.render.cohort_people import people_of
from infant_course.render.export import write
from infant_course.render.flow import flow, flow_of
from infant_course.render.flow_counts import By, Step, count, cut, merge, path_of
from infant_course.render.flow_layout import lay_out
from infant_course.render.flow_withhold import withhold
from render.cohort_samples import at, cohort, ink_on_the_edge, many, patient, sound

TYPES = (
    "diagnosis",
    "remission",
    "refractory",
    "relapse",
    "lineage_switch",
    "cell_therapy",
    "transplant",
    "second_malignancy",
    "treatment_block",
    "immunotherapy",
    "last_contact",
    "death",
)


def path(course, by=By.STATES):
    (person,) = people_of(cohort(course), TYPES)
    return [step.name for step in path_of(person, by)]


# Paths.


def test_states_come_in_their_order_whatever_the_order_of_the_file():
    one = patient(
        "p",
        at("death", 900),
        at("relapse", 300, number=1),
        at("remission", 34, number=1),
        at("transplant", 500),
        at("remission", 400, number=2),
    )
    assert path(one) == ["Diagnosis", "CR1", "Relapse 1", "CR2", "HSCT", "Died"]


def test_order_without_any_time_is_enough():
    one = patient("p", at("relapse", "after remission1"), at("remission", "after dx", number=1), at("last_contact", 9))
    one = patient(
        "p",
        at("remission", "after dx", number=1),
        at("relapse", "after remission1", number=1),
        at("last_contact", "after relapse1", vital_status="alive"),
    )
    assert path(one) == ["Diagnosis", "CR1", "Relapse 1", "Alive, last contact"]


def test_an_order_that_is_not_known_ends_the_path():
    torn = patient("p", at("remission", 34), at("relapse", "2016"), at("transplant", "2016"), at("death", 900))
    assert path(torn) == ["Diagnosis", "CR", "next step not known"]


def test_blocks_run_until_the_first_relapse():
    one = patient(
        "p",
        at("treatment_block", 1, 33, block="induction"),
        at("treatment_block", 40, 80, block="ib"),
        at("immunotherapy", 85, 100, agent="blinatumomab", cycle=1),
        at("immunotherapy", 110, 130, agent="blinatumomab", cycle=2),
        at("relapse", 300),
        at("treatment_block", 310, 330, block="fla"),
        at("death", 900),
    )
    assert path(one, By.BLOCKS) == ["Diagnosis", "Induction", "IB", "Blinatumomab", "Relapse"]


def test_a_block_of_a_protocol_has_its_short_name():
    told = (
        at("treatment_block", 1, 33, block="octadad", protocol="interfant-06"),
        at("treatment_block", 40, 60, block="octadad"),
    )
    assert path(patient("p", *told), By.BLOCKS)[1:3] == ["OCTADAD", "Octadad"]


def test_a_block_called_as_an_end_is_not_taken_for_one():
    one = patient("p", at("treatment_block", 1, 33, block="relapse"), at("death", 900))
    assert path(one, By.BLOCKS) == ["Diagnosis", "Relapse (treatment)", "Died"]


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ((at("last_contact", 9, vital_status="lost_to_follow_up"),), "Lost to follow-up"),
        ((at("last_contact", 9),), "Last contact"),
        ((at("last_contact", 9, vital_status="dead"),), "Died"),
        ((), "No end stated"),
    ],
)
def test_where_patients_leave(told, name):
    assert path(patient("p", *told)) == ["Diagnosis", name]


def steps(*names):
    return tuple(Step(name=name, leaves=n == len(names) - 1) for n, name in enumerate(names))


def test_a_long_path_is_cut_and_says_so():
    assert [step.name for step in cut(steps("a", "b", "c", "d"), 3)] == ["a", "b", "further steps"]
    assert cut(steps("a", "b"), 3) == steps("a", "b")


def test_small_edges_of_one_node_are_told_together():
    paths = [steps("a", "b", "x")] * 5 + [steps("a", "c", "x")] * 2 + [steps("a", "d", "x")] + [steps("a", "z")]
    merged = merge(paths, 3)
    assert [[step.name for step in one] for one in merged] == (
        [["a", "b", "x"]] * 5 + [["a", "other", "x"]] * 3 + [["a", "z"]]
    )


def test_those_who_leave_are_told_apart_from_those_who_go_on():
    paths = [steps("a", "b", "x")] * 5 + [steps("a", "c", "x"), steps("a", "d", "x"), steps("a", "y"), steps("a", "z")]
    merged = merge(paths, 3)
    assert [[step.name for step in one] for one in merged[5:]] == [["a", "other", "x"]] * 2 + [["a", "other end"]] * 2


def test_one_small_edge_alone_keeps_its_name():
    paths = [steps("a", "b")] * 5 + [steps("a", "c")]
    assert merge(paths, 3) == paths


# Counts.


def test_counts_and_medians_by_hand():
    days = (30, 34, 40)
    courses = [patient(f"p{n}", at("remission", day, number=1), at("death", 200)) for n, day in enumerate(days)]
    found = flow_of(cohort(*courses, patient("q", at("death", 10))), smallest=1)
    nodes = {(node.column, node.name): node for node in found.nodes}
    assert {key: node.count for key, node in nodes.items()} == {
        (0, "Diagnosis"): 4,
        (1, "CR1"): 3,
        (1, "Died"): 1,
        (2, "Died"): 3,
    }
    assert nodes[1, "CR1"].median == (34, 34)
    edges = {(edge.source, edge.target): edge for edge in found.edges}
    assert edges["CR1", "Died"].median == (166, 166)  # 170, 166, 160


def test_a_median_of_partly_known_times_is_told_as_its_least_and_greatest():
    courses = [patient("p", at("remission", "2015-04", number=1)), patient("q", at("remission", 34, number=1))]
    (node,) = [node for node in flow_of(cohort(*courses), smallest=1).nodes if node.name == "CR1"]
    assert node.median == (32.5, 47)  # 1 to 30 April are days 31 to 60; with day 34: 32.5 and 47
    assert node.timed == 2


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize("smallest", [1, 3])
def test_patients_are_conserved_from_column_to_column(by, smallest):
    found = flow_of(cohort(*many(50)), by=by, smallest=1, merge_below=smallest)
    for column in range(1, found.columns):
        here = sum(node.count for node in found.column(column))
        assert here == sum(node.count for node in found.column(column - 1) if not node.leaves)
    assert sum(node.count for node in found.nodes if node.leaves) == found.total == 50


def test_the_check_of_conservation_can_fail(monkeypatch):
    from infant_course.render import flow_counts

    lost = {(0, "a", False): [Step(name="a")] * 2, (1, "b", True): [Step(name="b")]}
    with pytest.raises(AssertionError, match="lost patients"):
        flow_counts._conserved(lost, {(0, "a", "b"): [Step(name="b")]})


# Withholding.


def values(nodes, edges, told_nodes, told_edges):
    """All values that each withheld count can have for somebody who sees the others, by trying every flow.

    What is withheld is drawn, so it is at least 1; the number of all patients is known.
    """
    total = sum(size for (column, _), size in nodes.items() if column == 0)
    found: dict = {}

    def splits(number: int, moves: list) -> Iterator[dict]:
        if not moves:
            if number == 0:
                yield {}
            return
        first, *rest = moves
        sizes = [edges[first]] if first in told_edges else range(1, number + 1)
        for size in sizes:
            if size <= number:
                for others in splits(number - size, rest):
                    yield {first: size, **others}

    def worlds(column: int, here: dict) -> Iterator[dict]:
        starts = [name for name in here if any(move[:2] == (column, name) for move in edges)]
        if not starts:
            yield {}
            return
        options = [list(splits(here[name], [m for m in edges if m[:2] == (column, name)])) for name in starts]
        for chosen in product(*options):
            moves = {move: size for one in chosen for move, size in one.items()}
            after: dict = {}
            for (_, _, target), size in moves.items():
                after[target] = after.get(target, 0) + size
            if any(after[name] != nodes[column + 1, name] for name in after if (column + 1, name) in told_nodes):
                continue
            for rest in worlds(column + 1, after):
                yield {**moves, **{(column + 1, name): size for name, size in after.items()}, **rest}

    first = [name for column, name in nodes if column == 0]
    assert len(first) == 1
    for world in worlds(0, {first[0]: total}):
        for key, size in world.items():
            found.setdefault(key, set()).add(size)
    return found


def counted(paths):
    nodes: dict = {}
    edges: dict = {}
    for one in paths:
        for column, name in enumerate(one):
            nodes[column, name] = nodes.get((column, name), 0) + 1
            if column:
                edges[column - 1, one[column - 1], name] = edges.get((column - 1, one[column - 1], name), 0) + 1
    return nodes, edges


@pytest.mark.parametrize("seed", range(120))
def test_no_withheld_count_can_be_worked_out(seed):
    """Every small count keeps as many possible values as the least count told, or the figure is refused."""
    rng = random.Random(seed)
    smallest = rng.choice([2, 3])
    paths = []
    for _ in range(rng.randint(4, 13)):
        middle = rng.choice("aab")
        paths.append(("start", middle, rng.choice("xxy") + middle * (rng.random() < 0.3)))
    nodes, edges = counted(paths)
    try:
        told_nodes, told_edges = withhold(nodes, edges, smallest)
    except ic.UsageError:  # only where hiding everything would not do either
        possible = values(nodes, edges, {(0, "start")}, set())
        sizes = {**nodes, **edges}
        assert any(len(found) < smallest for key, found in possible.items() if sizes[key] < smallest)
        return
    assert (0, "start") in told_nodes
    possible = values(nodes, edges, told_nodes, told_edges)
    for key, size in {**nodes, **edges}.items():
        if size < smallest and key != (0, "start"):
            assert key not in told_nodes | told_edges
            assert size in possible[key]
            assert len(possible[key]) >= smallest


def test_hiding_only_the_small_counts_would_give_them_away():
    """The check above can fail: 3 of 10 are told as 7 and the rest."""
    nodes, edges = counted([("start", "a")] * 7 + [("start", "b")] * 3)
    naive = values(nodes, edges, {(0, "start"), (1, "a")}, {(0, "start", "a")})
    assert naive[0, "start", "b"] == {3}
    told_nodes, told_edges = withhold(nodes, edges, 5)
    assert (told_nodes, told_edges) == ({(0, "start")}, set())


def test_where_no_count_is_small_all_are_told():
    nodes, edges = counted([("start", "a", "x")] * 7 + [("start", "b", "x")] * 6)
    assert withhold(nodes, edges, 5) == (set(nodes), set(edges))


def test_the_page_does_not_depend_on_what_is_withheld():
    """Two cohorts that are told alike are drawn alike, to the last number."""
    one = count([steps("s", "a")] * 9 + [steps("s", "b")] * 3, smallest=5)
    other = count([steps("s", "a")] * 8 + [steps("s", "b")] * 4, smallest=5)
    assert one == other
    heads = ["Start", "Step 1"]
    assert lay_out(one, 482, heads, "").things == lay_out(other, 482, heads, "").things


def test_medians_of_few_are_withheld_too():
    found = flow_of(cohort(*many(40)), smallest=5)
    assert all(node.median is None for node in found.nodes if node.count is None or node.timed < 5)
    assert any(node.median for node in found.nodes)


def test_neither_figure_nor_table_holds_a_withheld_count():
    figure = flow(cohort(*many(40)), smallest=8)
    withheld = [row for row in figure.rows if row[4] == "withheld"]
    assert withheld
    assert all(row[5:] == ("", "") for row in withheld)
    assert "Counts below 8 are withheld" in figure.caption
    sizes = [int(row[4]) for row in figure.rows[1:] if row[4] != "withheld"]
    assert min(sizes) >= 8


def test_fewer_patients_than_may_be_told_are_refused():
    with pytest.raises(ic.UsageError, match="fewer than 5 patients"):
        flow(cohort(*many(4)))


# The figure.


@pytest.mark.parametrize("by", By)
@pytest.mark.parametrize(("count_", "smallest"), [(1, 1), (10, 1), (40, 5), (120, 5), (40, 1)])
@pytest.mark.parametrize("width", [80, 115, 170])
def test_the_figure_is_sound(by, count_, smallest, width):
    sound(flow(cohort(*many(count_)), by=by, smallest=smallest, width=width))


def test_long_names_stay_on_the_page():
    name = "a_very_long_name_of_a_block_" * 6
    told = (at("treatment_block", 1, 30, block=name), at("treatment_block", 40, 70, block="x" * 200), at("death", 99))
    sound(flow(cohort(patient("p", *told)), by="blocks", smallest=1))


def test_ribbons_are_as_thick_as_their_counts():
    found = flow_of(cohort(*many(40)), smallest=1)
    page = lay_out(found, 482, ["Start", *(f"Step {n}" for n in range(1, found.columns))], "")
    thick = {shape.title.split(":")[0]: shape.points[-1][1] - shape.points[0][1] for shape in page.of("edge")}
    sizes = {f"{edge.source} to {edge.target}": edge.count for edge in found.edges if edge.column == 0}
    scale = {round(thick[name] / size, 2) for name, size in sizes.items()}
    assert len(scale) == 1


def test_the_picture_has_text_and_nothing_on_its_edge(tmp_path, monkeypatch):
    monkeypatch.setattr("infant_course.render.export.PNG_RESOLUTION", 72)
    figure = flow(cohort(*many(40)))
    dark, edge = ink_on_the_edge(write(figure.drawing.svg(), tmp_path / "a.png").read_bytes())
    assert dark > 500
    assert edge == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"by": "state"}, "states or blocks"),
        ({"columns": 1}, "from 2"),
        ({"columns": 11}, "2 to 10 on a width of 170 mm"),
        ({"columns": 5, "width": 80}, "2 to 4 on a width of 80 mm"),
        ({"smallest": 0}, "from 1"),
        ({"merge_below": 0}, "from 1"),
    ],
)
def test_what_is_not_known_is_told_with_what_is(words, told):
    with pytest.raises(ic.UsageError, match=told):
        flow(cohort(*many(6)), **words)
