"""``infant-course protocols`` and ``protocol``: what is known of the treatment protocols, each fact with its source."""

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..output import say

if TYPE_CHECKING:
    from ...knowledge.outcomes import PublishedOutcome
    from ...knowledge.plan import Days, Plan, PlannedBlock
    from ...knowledge.protocols import Arm, Drug, Group, HsctIndication, MrdTimepoint, Protocol
    from ...sources import Confidence

WIDTH = 80
NOT_FOUND = "not found"
PROVISIONAL = " (provisional)"


def add_to(verbs: Any) -> None:
    """Add both verbs to the command."""
    every = verbs.add_parser(
        "protocols",
        help="list the treatment protocols",
        description="Treatment protocols: id, name, years of accrual, groups, number of blocks.",
    )
    every.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    every.set_defaults(run=run_all)
    one = verbs.add_parser(
        "protocol",
        help="print or draw one treatment protocol",
        description="What is known of one protocol, each fact with its source. (provisional): recalled, not read "
        "in the source. Days count from day 1 of the protocol, those of drugs from day 1 of their block unless told.",
    )
    one.add_argument("protocol", metavar="ID", help="such as interfant-06; `infant-course protocols` lists them")
    one.add_argument("--risk", metavar="GROUP", help="only what is open to this group")
    one.add_argument("--arm", metavar="ARM", help="only what is open to this arm")
    one.add_argument(
        "--plot", metavar="FILE", help="draw the plan instead; ends in .svg, .pdf, .png, .tif, .dot or .gv"
    )
    one.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    one.set_defaults(run=run_one)


def run_all(arguments: argparse.Namespace) -> int:
    """List the protocols."""
    from ...knowledge.protocols import protocols

    known = protocols()
    as_data = arguments.format == "json"
    say(_list_as_json(known) if as_data else _list_as_text(known), data=as_data)
    return 0


def run_one(arguments: argparse.Namespace) -> int:
    """Print or draw a protocol. Raises UsageError for a protocol, a group or an arm that there is not."""
    from ...knowledge.plan import plan
    from ...knowledge.protocols import the_protocol

    chosen = plan(the_protocol(arguments.protocol), arguments.risk, arguments.arm)
    if arguments.plot is not None:
        from ...render.figure import draw_plan

        say(str(draw_plan(chosen, Path(arguments.plot))))
    else:
        as_data = arguments.format == "json"
        say(_as_json(chosen) if as_data else "\n".join(_as_text(chosen)) + "\n", data=as_data)
    return 0


# All protocols


def _list_as_text(known: Iterable["Protocol"]) -> str:
    heads = ("id", "name", "accrual", "groups", "blocks")
    rows = [
        heads,
        *((p.id, p.name, _years(p), ", ".join(g.id for g in p.groups) or "—", str(len(p.blocks))) for p in known),
    ]
    widths = [max(len(row[i]) for row in rows) for i in range(len(heads))]
    widths[1] = min(widths[1], WIDTH - sum(widths) + widths[1] - 2 * (len(heads) - 1))
    lines = []
    for row in rows:
        name, *more = wrap(row[1], widths[1])
        cells = (row[0], name, *row[2:])
        lines.append("  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip())
        lines += [f"{'':<{widths[0]}}  {line}" for line in more]
    return "\n".join([*lines, "", "`infant-course protocol ID` tells all that is known of one.", ""])


def _list_as_json(known: Iterable["Protocol"]) -> str:
    told = [
        {
            "id": p.id,
            "name": p.name,
            "synonyms": list(p.synonyms),
            "accrual": {"start": p.accrual.start, "end": p.accrual.end},
            "groups": [group.id for group in p.groups],
            "blocks": len(p.blocks),
        }
        for p in known
    ]
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _years(protocol: "Protocol") -> str:
    """Years of accrual; the end may be open or not found."""
    return f"{protocol.accrual.start}–{protocol.accrual.end or ''}"


# One protocol as text


def _as_text(plan: "Plan") -> Iterator[str]:
    protocol = plan.protocol
    yield from _item(f"{protocol.name} ({protocol.id})", 0)
    yield from _item(f"Study group: {protocol.study_group}", 0)
    if protocol.registry_ids:
        yield from _item(f"Registered as: {', '.join(protocol.registry_ids)}", 0)
    yield from _item(f"Accrual: {_years(protocol)} [{protocol.accrual.source}]", 0)
    who = protocol.eligibility
    yield from _item(f"Age: {who.age} [{who.age_source}]", 0)
    other = f"; {who.other}" if who.other else ""
    yield from _item(f"Disease: {who.disease}{other} [{who.source}]", 0)
    weeks = NOT_FOUND if protocol.total_weeks is None else f"{protocol.total_weeks} weeks [{protocol.total_source}]"
    yield from _item(f"Length of treatment: {weeks}", 0)
    yield from _section("Groups", (_group(g) for g in protocol.groups if plan.group in (None, g)))
    yield from _section(
        "Arms",
        (_arm(arm) for arm in protocol.arms if plan.arm in (None, arm) and _open(plan, arm.groups)),
        may_lack=True,
    )
    yield from _section(
        "Amendments",
        (f"{a.date or 'date not found'}: {a.what} [{a.source}]" for a in protocol.amendments),
        may_lack=True,
    )
    yield from ("", _blocks_head(plan))
    for node in plan.nodes:
        yield from _block(plan, node)
    shown = {node.block.id for node in plan.nodes}
    points = [p for p in protocol.mrd_timepoints if p.after_block is None or shown & {p.after_block, *p.or_after}]
    yield from _section("MRD time points", (_point(protocol, point) for point in points))
    yield from _section("HSCT", () if protocol.hsct is None else (_hsct(protocol.hsct),))
    yield from _section("Published outcomes (rates in %; year: horizon)", map(_outcome, _outcomes(protocol)))
    yield from _section("Remarks", protocol.remarks, may_lack=True)


def _item(text: str, indent: int) -> list[str]:
    """A text over as many lines as it needs."""
    return wrap(text, WIDTH, initial_indent=" " * indent, subsequent_indent=" " * (indent + 2), break_on_hyphens=False)


def _section(title: str, items: Iterable[str], *, may_lack: bool = False) -> Iterator[str]:
    """A headed list; where nothing was found it says so, or nothing where a protocol ``may_lack`` it."""
    items = list(items)
    if may_lack and not items:
        return
    yield ""
    yield title if items else f"{title}: {NOT_FOUND}"
    for text in items:
        yield from _item(text, 2)


def _open(plan: "Plan", groups: tuple[str, ...]) -> bool:
    return plan.group is None or not groups or plan.group.id in groups


def _group(group: "Group") -> str:
    action = f"; {group.action}" if group.action else ""
    return f"{group.id}: {group.criteria}{action} [{group.source}]"


def _arm(arm: "Arm") -> str:
    parts = [f"{arm.id}: {arm.name}"]
    parts += ["randomised"] if arm.randomised else []
    parts += [f"open to {', '.join(arm.groups)}"] if arm.groups else []
    return f"{'; '.join(parts)} [{arm.source}]"


def _blocks_head(plan: "Plan") -> str:
    chosen = [f"group {plan.group.id}"] if plan.group else []
    chosen += [f"arm {plan.arm.id}"] if plan.arm else []
    return f"Blocks ({', '.join(chosen)})" if chosen else "Blocks"


def _block(plan: "Plan", node: "PlannedBlock") -> Iterator[str]:
    block = node.block
    days = node.days or f"days {NOT_FOUND}"
    head = f"{block.name} ({block.id}): {days}{PROVISIONAL if node.days_provisional else ''}"
    yield from _item(f"{head} [{block.source}]", 2)
    terms = _terms(plan, node)
    if terms:
        yield from _item("; ".join(terms), 4)
    for drug in block.drugs:
        yield from _item(_drug(drug), 6)
    if not block.drugs and block.short != "HSCT":
        yield f"      drugs {NOT_FOUND}"


def _terms(plan: "Plan", node: "PlannedBlock") -> list[str]:
    """Its place in the plan, whom it is for, and how its days count."""
    block = node.block
    terms: list[str] = []
    before = plan.before(block.id)
    terms += [f"after {' or '.join(before)}"] if before else []
    terms += [f"groups {', '.join(block.groups)}"] if block.groups and plan.group is None else []
    terms += [f"arms {', '.join(block.arms)}"] if block.arms and plan.arm is None else []
    terms += [f"if: {block.condition}"] if block.condition else []
    terms += [f"in place of {', '.join(block.replaces)}"] if block.replaces else []
    terms += ["optional"] if block.optional else []
    terms += [f"repeated every {block.repeats_every_days} days"] if block.repeats_every_days else []
    return terms + (["days of its drugs count from day 1 of the protocol"] if block.day_origin != "block" else [])


def _drug(drug: "Drug") -> str:
    return f"{drug.name.replace('_', ' ')}, {drug.route}: {_dose(drug)}; {_drug_days(drug)}"


def _dose(drug: "Drug") -> str:
    if drug.dose is None and drug.unit is None:
        return f"dose {NOT_FOUND}"
    told = drug.unit if drug.dose is None else f"{drug.dose:g} {drug.unit}"
    return f"{told}{_mark(drug.dose_confidence)}"


def _drug_days(drug: "Drug") -> str:
    if drug.days is None:
        return f"days {NOT_FOUND}"
    return f"day{'s' if len(drug.days) > 1 else ''} {in_runs(drug.days)}{_mark(drug.days_confidence)}"


def _mark(confidence: "Confidence") -> str:
    return "" if confidence == "quoted" else PROVISIONAL


def in_runs(days: Iterable[int]) -> str:
    """Days as they are written: 1, 2, 3, 8 is "1–3, 8"."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs)


def _point(protocol: "Protocol", point: "MrdTimepoint") -> str:
    names = {block.id: block.name for block in protocol.blocks}
    places = [names[name] for name in (point.after_block, *point.or_after) if name is not None]
    parts = [f"after {' or '.join(places)}" if places else f"block {NOT_FOUND}"]
    parts += [f"day {point.nominal_day}{_mark(point.day_confidence)}"] if point.nominal_day is not None else []
    parts += [point.assay] if point.assay else []
    level = (
        NOT_FOUND if point.threshold is None else f"{point.operator} {point.threshold:g} ({100 * point.threshold:g} %)"
    )
    parts.append(f"threshold {level}")
    parts += [point.action] if point.action else []
    return f"{point.name}: {'; '.join(parts)} [{point.source}]"


def _hsct(hsct: "HsctIndication") -> str:
    timing = f"; {hsct.timing}{_mark(hsct.timing_confidence)}" if hsct.timing else ""
    return f"{hsct.indication}{timing} [{hsct.source}]"


def _outcomes(protocol: "Protocol") -> tuple["PublishedOutcome", ...]:
    from ...knowledge.outcomes import outcomes_of

    return outcomes_of(protocol)


def _outcome(outcome: "PublishedOutcome") -> str:
    from ...knowledge.outcomes import protocols_of

    pooled = f"{outcome.study}, " if len(protocols_of(outcome.study)) > 1 else ""
    horizon = "no horizon" if outcome.horizon_years is None else f"{outcome.horizon_years}-year"
    parts = [f"{pooled}{outcome.population}: {horizon} {outcome.endpoint} {outcome.rate}"]
    parts += [f"SE {outcome.se:g}"] if outcome.se is not None else []
    parts += [f"95 % CI {outcome.ci[0]:g} to {outcome.ci[1]:g}"] if outcome.ci else []
    parts += [f"n {outcome.n}"] if outcome.n is not None else []
    parts += [text for text in (outcome.footnote, outcome.doubt) if text]
    return f"{', '.join(parts)} [{outcome.source}]"


# One protocol as JSON


def _as_json(plan: "Plan") -> str:
    from attrs import asdict

    from ...sources import Cite

    def plain(_: object, __: object, value: Any) -> Any:
        if isinstance(value, Cite):
            return {"key": value.key, "at": value.at, "confidence": value.confidence}
        return list(value) if isinstance(value, tuple) else value

    protocol = plan.protocol
    shown = {node.block.id for node in plan.nodes}
    told = asdict(protocol, value_serializer=plain, filter=lambda attribute, _: not attribute.name.startswith("_"))
    told["chosen"] = {"group": plan.group and plan.group.id, "arm": plan.arm and plan.arm.id}
    told["groups"] = [group for group in told["groups"] if plan.group is None or group["id"] == plan.group.id]
    told["arms"] = [
        arm
        for arm in told["arms"]
        if (plan.arm is None or arm["id"] == plan.arm.id) and _open(plan, tuple(arm["groups"]))
    ]
    told["blocks"] = [
        {
            **block,
            "after": list(plan.before(block["id"])),
            "start": _days_as_json(plan.node(block["id"]).start),
            "end": _days_as_json(plan.node(block["id"]).end),
            "start_derived": plan.node(block["id"]).derived,
            "provisional": plan.node(block["id"]).provisional,
            "days_provisional": plan.node(block["id"]).days_provisional,
        }
        for block in told["blocks"]
        if block["id"] in shown
    ]
    told["outcomes"] = [
        {
            "study": outcome.study,
            "population": outcome.population,
            "n": outcome.n,
            "endpoint": outcome.endpoint,
            "horizon_years": outcome.horizon_years,
            "rate": outcome.rate.exact if outcome.rate.exact is not None else str(outcome.rate),
            "ci95": list(outcome.ci) if outcome.ci else None,
            "se": outcome.se,
            "note": outcome.footnote,
            "doubt": outcome.doubt,
            "source": plain(None, None, outcome.source),
        }
        for outcome in _outcomes(protocol)
    ]
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def _days_as_json(days: "Days | None") -> list[int | None] | None:
    return None if days is None else [days.first, days.last]
