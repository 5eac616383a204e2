"""The plan of a protocol beside what was given: planned blocks that were not told in grey, at their places.

A planned block and one that was given are the same where the protocol knows the name under which it was told. Only
the first line of therapy is compared: a plan says nothing of a relapse. What was told stays as it is; arrows of the
plan that would run against it are left out.
"""

from collections.abc import Mapping, Sequence

from attrs import evolve

from ..course import Course
from ..events import CellTherapy, Diagnosis, Event, Immunotherapy, TargetedTherapy, Transplant, TreatmentBlock
from ..knowledge.plan import Plan
from ..knowledge.protocols import protocol
from .course_graph_figure import Edge, GraphFigure, KeyEntry, Node
from .plan_figure import plan_figure, steps_of


def matched(course: Course, plan: Plan, given: Sequence[Event]) -> dict[str, str]:
    """Planned block by event, for the events that are one; of several that are the same block, all."""
    open_blocks = {node.block.id for node in plan.nodes}
    return {event.id: block for event in given if (block := _planned(event, plan)) is not None and block in open_blocks}


def _planned(event: Event, plan: Plan) -> str | None:
    match event:
        case TreatmentBlock():
            own = protocol(event.protocol) if event.protocol else plan.protocol
            names = [event.block] if event.block and own is plan.protocol else []
        case Immunotherapy() | TargetedTherapy():
            names = [event.agent] if event.agent else []
        case CellTherapy():
            names = [event.product] if event.product else []
        case Transplant():
            return next((node.block.id for node in plan.nodes if node.block.short == "HSCT"), None)
        case _:
            return None
    block = next((known for name in names if (known := plan.protocol.block(name))), None)
    return block.id if block else None


def missing_between(plan: Plan, found: Mapping[str, str], edge: Edge, start: set[str]) -> tuple[str, ...]:
    """Names of planned blocks that lie between the ends of an arrow and were told nowhere.

    ``found``: planned block by event; ``start``: events before the whole plan (the diagnosis). Optional blocks may
    well have been left out, and where a step has alternatives each is named.
    """
    if edge.target not in found or (edge.source not in found and edge.source not in start):
        return ()
    steps = steps_of(plan)
    low = steps[found[edge.source]] if edge.source in found else -1
    high = steps[found[edge.target]]
    told = set(found.values())
    taken = {steps[block] for block in told}
    return tuple(
        node.block.name
        for node in plan.nodes
        if low < steps[node.block.id] < high
        and not node.block.optional
        and node.block.id not in told
        and steps[node.block.id] not in taken
    )


def with_plan(figure: GraphFigure, plan: Plan, found: Mapping[str, str]) -> tuple[GraphFigure, tuple[KeyEntry, ...]]:
    """The figure with the plan in its first band, and the lines of the key that belong to the plan."""
    drawn = plan_figure(plan)
    ids = {block: event for event, block in reversed(list(found.items()))}  # the first event told of each block
    ghosts = {
        node.event: evolve(node, event=_ghost_id(node.event), ghost=True, tags=())
        for node in drawn.nodes
        if node.event not in ids
    }
    ids |= {block: node.event for block, node in ghosts.items()}
    given = [[node.event for node in column] for column in figure.bands[0].columns]
    order = {name: i for i, column in enumerate(given) for name in column}
    after: dict[str, set[str]] = {name: set(given[i - 1]) if i else set() for name, i in order.items()}
    after |= {node.event: set() for node in ghosts.values()}
    edges: list[Edge] = []
    for edge in drawn.edges:
        source, target = ids[edge.source], ids[edge.target]
        if (source in order and target in order) or _leads_to(after, source, target):
            continue
        after[target].add(source)
        edges.append(Edge(source=source, target=target, ghost=True))
    edges += _entries(figure, drawn, ids, after, order)
    columns = _columns(figure, list(ghosts.values()), after)
    first = evolve(figure.bands[0], columns=columns)
    return evolve(figure, bands=(first, *figure.bands[1:]), edges=(*figure.edges, *edges)), drawn.key


def _ghost_id(block: str) -> str:
    """An id that no event has: events have no line ends in theirs."""
    return f"plan\n{block}"


def _leads_to(after: Mapping[str, set[str]], last: str, first: str) -> bool:
    """Whether ``first`` comes before ``last`` already, so that the opposite would be a circle."""
    seen: set[str] = set()
    waiting = [last]
    while waiting:
        name = waiting.pop()
        if name == first:
            return True
        if name not in seen:
            seen.add(name)
            waiting += after[name]
    return False


def _entries(
    figure: GraphFigure,
    drawn: GraphFigure,
    ids: Mapping[str, str],
    after: dict[str, set[str]],
    order: Mapping[str, int],
) -> list[Edge]:
    """Arrows from the diagnosis to the planned blocks that nothing comes before."""
    diagnoses = [node.event for node in figure.bands[0].columns[0] if node.kind == Diagnosis.TYPE]
    targets = {edge.target for edge in drawn.edges}
    edges = []
    for node in drawn.nodes:
        if node.event not in targets and ids[node.event] not in order:
            for source in diagnoses:
                after[ids[node.event]].add(source)
                edges.append(Edge(source=source, target=ids[node.event], ghost=True))
    return edges


def _columns(
    figure: GraphFigure, ghosts: Sequence[Node], after: Mapping[str, set[str]]
) -> tuple[tuple[Node, ...], ...]:
    """Nodes by how many stand before them at least; those that were given on top."""
    steps: dict[str, int] = {}

    def step(name: str) -> int:
        if name not in steps:
            steps[name] = max((step(earlier) + 1 for earlier in after[name]), default=0)
        return steps[name]

    nodes = [node for column in figure.bands[0].columns for node in column]
    for column in figure.bands[0].columns:
        together = max(step(node.event) for node in column)
        steps |= {node.event: together for node in column}
    every = [*nodes, *ghosts]
    most = max(step(node.event) for node in every)
    return tuple(tuple(node for node in every if step(node.event) == i) for i in range(most + 1))
