"""``infant-course agents``: drugs, cells, radiation and transplant, by class."""

import argparse
import json
from collections.abc import Iterable, Iterator
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from ..output import say

if TYPE_CHECKING:
    from ...knowledge.agents import Agent

WIDTH = 80
CAPTIONS = {1: "immunotherapies", 2: "novel drug classes for KMT2A-rearranged ALL"}


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "agents",
        help="list agents by class, mechanism, target and stage of evidence",
        description="Agents of the review and of the protocols. The stage of evidence is that of the review (2022).",
    )
    verb.add_argument("--class", dest="drug_class", metavar="WORDS", help="only classes that contain these words")
    verb.add_argument("--modality", metavar="WORD", help="only this kind of treatment, such as 'cell therapy'")
    verb.add_argument(
        "--figure", type=int, choices=tuple(CAPTIONS), help="only what the review's text ties to this figure of it"
    )
    verb.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Choose and print."""
    chosen = _chosen(arguments)
    as_data = arguments.format == "json"
    say(_as_json(chosen) if as_data else _as_text(chosen, arguments.figure), data=as_data)
    return 0


def _chosen(arguments: argparse.Namespace) -> list["Agent"]:
    """The agents asked for. Raises UsageError for a class or kind that no agent has."""
    from ...errors import UsageError, did_you_mean
    from ...knowledge.agents import Modality, agents

    found = list(agents().values())
    if arguments.drug_class is not None:
        classes = sorted({agent.drug_class for agent in found})
        wanted = arguments.drug_class.casefold()
        found = [agent for agent in found if wanted in agent.drug_class.casefold()]
        if not found:
            hint = did_you_mean(arguments.drug_class, classes) or f"classes are {', '.join(classes)}."
            raise UsageError(f"--class: no agent of class {arguments.drug_class!r}; {hint}")
    if arguments.modality is not None:
        kinds = [str(kind) for kind in Modality]
        wanted = arguments.modality.casefold().replace("_", " ")
        if wanted not in kinds:
            hint = did_you_mean(arguments.modality, kinds) or f"kinds are {', '.join(kinds)}."
            raise UsageError(f"--modality: no kind of treatment {arguments.modality!r}; {hint}")
        found = [agent for agent in found if agent.modality == wanted]
    if arguments.figure is not None:
        found = [agent for agent in found if arguments.figure in agent.figures]
    return found


def _as_text(agents: list["Agent"], figure: int | None) -> str:
    lines: list[str] = []
    if figure is not None:
        told = (
            f"Figure {figure} of the review: {CAPTIONS[figure]}, as the text names them; the drawing itself was not "
            "read. (?): the text does not settle which figure."
        )
        lines += [*wrap(told, WIDTH), ""]
    order = {agent.modality: number for number, agent in reversed(list(enumerate(agents)))}
    for modality, group in groupby(sorted(agents, key=lambda a: order[a.modality]), key=lambda a: a.modality):
        lines += [f"{modality}", *_listed(group, figure), ""]
    if not agents:
        lines += ["No agent is all of this.", ""]
    return "\n".join([*lines, f"{len(agents)} agent{'' if len(agents) == 1 else 's'}"]) + "\n"


def _listed(agents: Iterable["Agent"], figure: int | None) -> Iterator[str]:
    from ...sources import Confidence

    for agent in agents:
        unsure = figure is not None and agent.figures[figure] is not Confidence.QUOTED
        also = f" ({', '.join(agent.synonyms)})" if agent.synonyms else ""
        recalled = agent.mechanism_confidence is not Confidence.QUOTED
        parts = [
            f"{agent.name}{also}{' (?)' if unsure else ''}: {agent.drug_class}",
            f"target {agent.target}",
            agent.mechanism + (" (provisional)" if recalled else ""),
            agent.stage,
        ]
        parts += [", ".join(agent.trials)] if agent.trials else []
        yield from wrap(f"{'; '.join(parts)} [{agent.source}]", WIDTH, initial_indent="  ", subsequent_indent="    ")


def _as_json(agents: Iterable["Agent"]) -> str:
    told = [
        {
            "id": agent.id,
            "name": agent.name,
            "synonyms": list(agent.synonyms),
            "class": agent.drug_class,
            "modality": agent.modality,
            "mechanism": agent.mechanism,
            "mechanism_confidence": agent.mechanism_confidence,
            "target": agent.target,
            "stage": agent.stage,
            "trials": list(agent.trials),
            "named_in_review": agent.named,
            "figures": {str(number): sure for number, sure in agent.figures.items()},
            "codes": {
                system: {"code": code.code, "confidence": code.confidence} for system, code in agent.codes.items()
            },
            "note": agent.note,
            "source": str(agent.source),
            "also": list(agent.also),
            "provisional": agent.source.provisional,
        }
        for agent in agents
    ]
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"
