"""From patients to counts: steps in their known order, merged where few, withheld where too few.

A step that is undecided (two events of which neither surely comes first) ends the known part of a course and is
counted as such. Every patient stands in each column at most once, so that what enters a node leaves it or stays.
"""

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from attrs import evolve, field, frozen

from ..knowledge.protocols import protocol
from .cohort_people import Happening, Person, Span
from .flow_withhold import withhold
from .timeline_figure import clean

OTHER, UNDECIDED, FURTHER = "other", "next step not known", "further steps"
LEAVING = {
    "relapsed": "Relapse",
    "refractory": "Refractory",
    "died": "Died",
    "alive": "Alive, last contact",
    "lost": "Lost to follow-up",
    "unstated": "Last contact",
    "none": "No end stated",
}


_RESERVED = {OTHER, f"{OTHER} end", UNDECIDED, FURTHER, *LEAVING.values()}


class By(StrEnum):
    """What the steps are: states of the disease and transplants, or blocks of first-line treatment."""

    STATES = "states"
    BLOCKS = "blocks"


STATE_TYPES = (
    "remission",
    "refractory",
    "relapse",
    "lineage_switch",
    "cell_therapy",
    "transplant",
    "second_malignancy",
)
BLOCK_TYPES = ("treatment_block", "immunotherapy", "cell_therapy", "transplant", "relapse", "refractory")
END_TYPES = ("last_contact", "death")


UNKNOWN = Span(None, None)


@frozen(kw_only=True)
class Step:
    """A step of a path: its name, whether the patient leaves with it, and days from the step before and from day 0."""

    name: str = field(converter=clean)
    leaves: bool = False
    since_last: Span = UNKNOWN
    since_start: Span = UNKNOWN


def path_of(person: Person, by: By) -> tuple[Step, ...]:
    """The steps of a patient from the diagnosis on, ending with a step that leaves."""
    start = person.zero("diagnosis")
    found = [Step(name="Diagnosis" if start else "No diagnosis", since_start=Span(0, 0))]
    if start is None:
        return (*found, Step(name=UNDECIDED, leaves=True))
    left = list(person.of(*(STATE_TYPES if by is By.STATES else BLOCK_TYPES)))
    before, number = start, Counter[str]()
    while left:
        event = person.first(left)
        if event is None:
            return (*found, Step(name=UNDECIDED, leaves=True))
        left.remove(event)
        last = person.days(before.start, event.start)
        since = person.days(start.start, event.start)
        if by is By.BLOCKS and event.type in ("relapse", "refractory"):
            name = LEAVING["relapsed" if event.type == "relapse" else "refractory"]
            return (*found, Step(name=name, leaves=True, since_last=last, since_start=since))
        name = _state(event, number) if by is By.STATES else _block(event)
        if by is By.BLOCKS and name in _RESERVED:
            name += " (treatment)"  # a block of that name must not be taken for an end
        before = event
        if name != found[-1].name:
            found.append(Step(name=name, since_last=last, since_start=since))
    return (*found, _end(person, start, before))


def _end(person: Person, start: Happening, before: Happening) -> Step:
    ends = person.of("death") or person.of("last_contact")
    if not ends:
        return Step(name=LEAVING["none"], leaves=True)
    last = ends[0] if len(ends) == 1 else max(ends, key=lambda one: person.days(start.start, one.start).greatest or -1)
    vital = "dead" if last.type == "death" else last.fields["vital_status"]
    name = {"dead": "died", "alive": "alive", "lost_to_follow_up": "lost"}.get(vital or "", "unstated")
    return Step(
        name=LEAVING[name],
        leaves=True,
        since_last=person.days(before.start, last.start),
        since_start=person.days(start.start, last.start),
    )


def _state(event: Happening, number: Counter[str]) -> str:
    """A state by its name; remissions and relapses with the number stated, or else told as they come."""
    number[event.type] += 1
    match event.type:
        case "remission":
            kind = "MRD remission" if event.fields["kind"] == "mrd" else "CR"
            stated = event.fields["number"]
            return f"{kind}{'' if kind == 'CR' else ' '}{stated}" if stated is not None else kind
        case "relapse":
            stated = event.fields["number"]
            return f"Relapse {stated if stated is not None else number[event.type]}"
        case "transplant":
            return "HSCT" if number[event.type] == 1 else f"HSCT {number[event.type]}"
        case "cell_therapy":
            return "CAR T cells"
    # refractory, lineage switch, second malignancy
    return event.type.replace("_", " ").capitalize()


def _block(event: Happening) -> str:
    """A block by its protocol's short name, or else as it is told."""
    if event.type == "transplant":
        return "HSCT"
    if event.type == "cell_therapy":
        return "CAR T cells"
    if event.type == "treatment_block" and event.fields["protocol"] and event.fields["block"]:
        planned = protocol(event.fields["protocol"])
        known = planned.block(event.fields["block"]) if planned else None
        if known:
            return known.short
    word = event.fields.get("block") or event.fields.get("agent") or "treatment, not named"
    word = str(word).replace("_", " ")
    return word.upper() if len(word) <= 3 else word[:1].upper() + word[1:]


# Counts.


@frozen(kw_only=True)
class Node:
    """A name in a column. ``count`` None: withheld. ``median``: months from the diagnosis, least and greatest."""

    column: int
    name: str
    leaves: bool
    count: int | None
    median: tuple[float, float] | None = None
    timed: int = 0
    """How many patients the median rests on."""


@frozen(kw_only=True)
class Edge:
    """Patients who go from a node to a node of the next column. ``count`` None: withheld."""

    column: int
    source: str
    target: str
    count: int | None
    median: tuple[float, float] | None = None
    timed: int = 0


@frozen(kw_only=True)
class Flow:
    """What is told of a cohort's flow; nothing that is withheld can be found in it."""

    total: int
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    smallest: int
    undecided: int | None
    """Patients whose next step is not known; None: withheld."""
    withheld: int
    """How many counts are withheld."""

    def column(self, number: int) -> tuple[Node, ...]:
        """The nodes of a column."""
        return tuple(node for node in self.nodes if node.column == number)

    @property
    def columns(self) -> int:
        """Number of columns."""
        return 1 + max(node.column for node in self.nodes)


def cut(path: Sequence[Step], columns: int) -> tuple[Step, ...]:
    """A path of at most so many columns; what is cut is told as further steps."""
    if len(path) <= columns:
        return tuple(path)
    return (*path[: columns - 1], Step(name=FURTHER, leaves=True))


def merge(paths: Sequence[Sequence[Step]], least: int) -> list[tuple[Step, ...]]:
    """Edges of fewer patients than ``least`` are told as "other", column by column.

    Only where it helps: a node with one small edge keeps it. Those who leave are merged apart from those who go on,
    so that where patients leave stays true.
    """
    merged = [tuple(path) for path in paths]
    for column in range(1, max((len(path) for path in merged), default=0)):
        groups: dict[tuple[str, bool], dict[str, list[int]]] = {}
        for n, path in enumerate(merged):
            if len(path) > column:
                step = path[column]
                groups.setdefault((path[column - 1].name, step.leaves), {}).setdefault(step.name, []).append(n)
        for (_, leaves), targets in groups.items():
            few = [people for name, people in targets.items() if len(people) < least and name != UNDECIDED]
            if len(few) < 2:
                continue
            for n in (n for people in few for n in people):
                name = f"{OTHER} end" if leaves else OTHER
                merged[n] = (*merged[n][:column], evolve(merged[n][column], name=name), *merged[n][column + 1 :])
    return merged


def count(paths: Sequence[Sequence[Step]], *, smallest: int) -> Flow:
    """The counts of some paths; those that are too small, and those that would give them away, withheld."""
    nodes: dict[tuple[int, str, bool], list[Step]] = {}
    edges: dict[tuple[int, str, str], list[Step]] = {}
    for path in paths:
        for column, step in enumerate(path):
            nodes.setdefault((column, step.name, step.leaves), []).append(step)
            if column:
                edges.setdefault((column - 1, path[column - 1].name, step.name), []).append(step)
    sizes = {key: len(steps) for key, steps in edges.items()}
    kept_nodes, kept_edges = withhold(
        {(column, name): len(steps) for (column, name, _), steps in nodes.items()}, sizes, smallest
    )
    told_nodes = []
    for (column, name, leaves), steps in nodes.items():
        shown = (column, name) in kept_nodes
        median, timed = _median([step.since_start for step in steps]) if shown and column else (None, 0)
        if timed < smallest:
            median, timed = None, 0
        told_nodes.append(
            Node(
                column=column, name=name, leaves=leaves, count=len(steps) if shown else None, median=median, timed=timed
            )
        )
    told_edges = []
    for (column, source, target), steps in edges.items():
        shown = (column, source, target) in kept_edges
        median, timed = _median([step.since_last for step in steps]) if shown else (None, 0)
        if timed < smallest:
            median, timed = None, 0
        told_edges.append(
            Edge(
                column=column,
                source=source,
                target=target,
                count=len(steps) if shown else None,
                median=median,
                timed=timed,
            )
        )
    undecided = [len(path) for path in paths if path[-1].name == UNDECIDED]
    hidden = any(node.name == UNDECIDED and node.count is None for node in told_nodes)
    flow = Flow(
        total=len(paths),
        nodes=tuple(sorted(told_nodes, key=lambda node: (node.column, node.leaves, node.name))),
        edges=tuple(sorted(told_edges, key=lambda edge: (edge.column, edge.source, edge.target))),
        smallest=smallest,
        undecided=None if hidden else len(undecided),
        withheld=len(nodes) - len(kept_nodes) + len(edges) - len(kept_edges),
    )
    _conserved(nodes, edges)
    return flow


def _conserved(nodes: dict[tuple[int, str, bool], list[Step]], edges: dict[tuple[int, str, str], list[Step]]) -> None:
    """What enters a node is its count, and so is what leaves it, unless patients end there."""
    for (column, name, leaves), steps in nodes.items():
        entering = sum(len(s) for (c, _, target), s in edges.items() if c == column - 1 and target == name)
        leaving = sum(len(s) for (c, source, _), s in edges.items() if c == column and source == name)
        if (column and entering != len(steps)) or leaving != (0 if leaves else len(steps)):
            raise AssertionError("a flow lost patients from one column to the next")


def _median(spans: Sequence[Span]) -> tuple[tuple[float, float] | None, int]:
    """Least and greatest median of what is known to lie between two days, and of how many that is."""
    known = [(span.least, span.greatest) for span in spans if span.least is not None and span.greatest is not None]
    if not known:
        return None, 0
    return (_middle([low for low, _ in known]), _middle([high for _, high in known])), len(known)


def _middle(values: Sequence[int]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return float(ordered[half]) if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
