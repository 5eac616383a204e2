"""The plan of a protocol as a figure of boxes and arrows, in the colours and shapes of the course graph.

A column is a step of the plan; blocks of one column are alternatives, or belong to different groups or arms.
"""

from ..knowledge.agents import Modality, agent
from ..knowledge.plan import Plan, PlannedBlock
from ..knowledge.protocols import Block, MrdTimepoint
from ..sources import Confidence
from .course_graph_figure import Band, Edge, GraphFigure, KeyEntry, Node, Tag
from .ink import Run

PROVISIONAL = "*"
PROVISIONAL_KEY = f"{PROVISIONAL} provisional: recalled, not read in the source"
SIGNS = {">=": "≥", "<=": "≤"}
KINDS = {
    Modality.CELLS: ("cell_therapy", "cell_therapy"),
    Modality.BISPECIFIC: ("immunotherapy", "antibody"),
    Modality.ANTIBODY: ("immunotherapy", "antibody"),
    Modality.CONJUGATE: ("immunotherapy", "antibody"),
}
"""Kind and tone of a block of which all agents are of one modality; other blocks are chemotherapy."""
LONGEST = 8.6
"""Widest text of a planned block, in sizes of its text."""
UNDRAWN = ("leukapheresis", "experimental")
"""Blocks that are no chemotherapy, or of which it is not told what is given: left white."""


def plan_figure(plan: Plan) -> GraphFigure:
    """The figure of a plan."""
    steps = steps_of(plan)
    columns = tuple(
        tuple(_node(plan, node) for node in plan.nodes if steps[node.block.id] == step)
        for step in range(max(steps.values()) + 1)
    )
    title = title_of(plan)
    return GraphFigure(
        title=f"Plan of {title}",
        description=description_of(plan),
        bands=(Band(title=title, tone="antibody", columns=columns),),
        edges=tuple(Edge(source=edge.source, target=edge.target) for edge in plan.edges),
        key=_key(plan),
        longest=LONGEST,
    )


def steps_of(plan: Plan) -> dict[str, int]:
    """The step of each block, from 0: one after the last step of the blocks before it."""
    steps: dict[str, int] = {}

    def step(block: str) -> int:
        if block not in steps:
            steps[block] = max((step(before) + 1 for before in plan.before(block)), default=0)
        return steps[block]

    for node in plan.nodes:
        step(node.block.id)
    return steps


def title_of(plan: Plan) -> str:
    """The protocol, and the group and arm where they are chosen."""
    parts = [plan.protocol.name]
    parts += [f"group {plan.group.id}"] if plan.group else []
    parts += [f"arm: {plan.arm.name}"] if plan.arm else []
    return ", ".join(parts)


def description_of(plan: Plan) -> str:
    """The plan in words, for those who cannot see it."""
    words = []
    for node in plan.nodes:
        before = [plan.node(name).block.name for name in plan.before(node.block.id)]
        told = [f"after {' or '.join(before)}"] if before else []
        told += _details(plan, node)
        words.append(f"{node.block.name} ({'; '.join(told)})" if told else node.block.name)
    marked = any(node.provisional or node.days_provisional for node in plan.nodes)
    key = f" {PROVISIONAL_KEY}." if marked else ""
    return f"Planned blocks of {title_of(plan)}: {', '.join(words)}.{key}"


def _node(plan: Plan, node: PlannedBlock) -> Node:
    block = node.block
    kind, shade = _kind(block)
    drugs = ", ".join(dict.fromkeys(drug.name.replace("_", " ") for drug in block.drugs))
    return Node(
        event=block.id,
        kind=kind,
        tone=shade,
        lines=(block.name + (PROVISIONAL if node.provisional else ""), *_details(plan, node)),
        title=f"{block.name}: {drugs}" if drugs else block.name,
        derived=block.optional,
        tags=tuple(
            _tag(point) for point in plan.protocol.mrd_timepoints if block.id in (point.after_block, *point.or_after)
        ),
    )


def _details(plan: Plan, node: PlannedBlock) -> list[str]:
    """Days, whom it is for where that is not chosen, and the condition."""
    block = node.block
    lines = [node.days + (PROVISIONAL if node.days_provisional else "")] if node.days else []
    lines += [f"every {block.repeats_every_days} days"] if block.repeats_every_days else []
    everybody = {group.id for group in plan.protocol.groups}
    for_all = plan.group is not None or not block.groups or (len(everybody) > 1 and set(block.groups) == everybody)
    randomised = {arm.id for arm in plan.protocol.arms if arm.randomised}
    # A condition that begins with a group says whom the block is for by itself.
    lines += [] if for_all or (block.condition or "").startswith(block.groups) else [", ".join(block.groups)]
    if plan.arm is None:
        arms = [arm.replace("-", " ") + (" arm" if arm in randomised else "") for arm in block.arms]
        lines += [arm for arm in arms if arm not in block.name.casefold()]
    lines += [block.condition] if block.condition else []
    return [line.replace(">=", "≥").replace("<=", "≤") for line in lines]


def _kind(block: Block) -> tuple[str, str]:
    """Kind and tone of its box."""
    if block.short == "HSCT":
        return "transplant", "hsct"
    if block.id in UNDRAWN:
        return "treatment_block", "page"
    known = [found.modality for drug in block.drugs if (found := agent(drug.name)) is not None]
    if known and len(set(known)) == 1 and known[0] in KINDS:
        return KINDS[known[0]]
    if "maint" in block.short.casefold():
        return "treatment_block", "maintenance"
    return "treatment_block", "myeloid" if "myeloid" in block.arms else "chemotherapy"


def _tag(point: MrdTimepoint) -> Tag:
    runs = [Run(f"MRD{PROVISIONAL if point.source.provisional else ''}")]
    if point.nominal_day is not None:
        recalled = point.day_confidence is not Confidence.QUOTED
        # A name such as "day 29 after infusion" says where the day counts from.
        day = point.name if point.name.startswith("day ") else f"day {point.nominal_day}"
        runs.append(Run(f" {day}{PROVISIONAL if recalled else ''}"))
    if point.operator is not None and point.threshold is not None:
        runs += [Run(f" {SIGNS.get(point.operator, point.operator)}"), *power_of_ten(point.threshold)]
    return Tag(event=point.id, glyph="finding", runs=tuple(runs), title=f"MRD, {point.name}")


def power_of_ten(share: float) -> list[Run]:
    """A fraction as printed in papers: 0.0005 is 5 × 10 to the power of −4."""
    digits, _, power = f"{share:e}".partition("e")
    lead = "" if float(digits) == 1 else f"{float(digits):g}×"
    return [Run(f"{lead}10"), Run(f"−{abs(int(power))}", raised=True)]


def _key(plan: Plan) -> tuple[KeyEntry, ...]:
    key = []
    if any(node.block.optional for node in plan.nodes):
        key.append(KeyEntry("optional", "optional block"))
    if any(node.provisional or node.days_provisional for node in plan.nodes):
        key.append(KeyEntry("", PROVISIONAL_KEY))
    if any(node.derived for node in plan.nodes):
        key.append(KeyEntry("", "after day N: worked out from the blocks before"))
    return tuple(key)
