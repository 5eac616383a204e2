"""Agents: drugs, cells, radiation and transplant, by class and mechanism, with codes and stage of evidence.

The stage of evidence is that of the 2022 review. Regimens are named combinations; no dose was read for them.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any

from attrs import frozen

from ..sources import Cite, Confidence
from .derived import cite
from .reading import knowledge
from .spelling import spelt


class Modality(StrEnum):
    """What kind of treatment an agent is."""

    CHEMOTHERAPY = "chemotherapy"
    SMALL_MOLECULE = "small molecule"
    BISPECIFIC = "bispecific antibody"
    ANTIBODY = "antibody"
    CONJUGATE = "antibody-drug conjugate"
    CELLS = "cell therapy"
    RADIATION = "radiation"
    TRANSPLANT = "transplant"


class Named(StrEnum):
    """Where the review names an agent."""

    TEXT = "text"
    REFERENCE = "reference"
    """Only in the title of a reference."""
    NONE = "none"


@frozen
class Code:
    """A code of an agent in a public system (ncit, atc, rxnorm)."""

    code: str
    confidence: Confidence

    def __str__(self) -> str:
        return self.code + (" (provisional)" if self.confidence is not Confidence.QUOTED else "")


@frozen(kw_only=True)
class Agent:
    """A drug, a cell product, radiation or transplant.

    ``stage``: stage of evidence as of the review. ``figures``: figure of the review and how sure the tie is;
    UNKNOWN where the text names the agent without settling the figure. ``source`` backs naming and stage.
    """

    id: str
    name: str
    synonyms: tuple[str, ...]
    drug_class: str
    modality: Modality
    mechanism: str
    mechanism_confidence: Confidence
    target: str
    stage: str
    trials: tuple[str, ...]
    named: Named
    figures: Mapping[int, Confidence]
    codes: Mapping[str, Code]
    note: str
    source: Cite
    also: tuple[str, ...]

    def names(self) -> tuple[str, ...]:
        """Everything the agent is called by: id, name, synonyms."""
        return (self.id, self.name, *self.synonyms)


@frozen(kw_only=True)
class Regimen:
    """A named combination of agents, by their ids."""

    id: str
    name: str
    agents: tuple[str, ...]
    source: Cite


@cache
def agents() -> Mapping[str, Agent]:
    """All agents by id."""
    return {row["id"]: _agent(row) for row in knowledge("agents")["agents"]}


def agent(name: str) -> Agent | None:
    """The agent of this id, name or synonym, however it is written; None where there is none."""
    return agent_names().get(spelt(name))


@cache
def regimens() -> Mapping[str, Regimen]:
    """Named combinations by id."""
    rows = knowledge("agents")["regimens"]
    return {
        row["id"]: Regimen(id=row["id"], name=row["name"], agents=tuple(row["agents"]), source=cite(row["source"]))
        for row in rows
    }


@cache
def agent_names() -> Mapping[str, Agent]:
    """Every name of an agent, as :func:`.spelling.spelt`, and the agent it stands for."""
    return {spelt(name): found for found in agents().values() for name in found.names()}


def _agent(row: Mapping[str, Any]) -> Agent:
    return Agent(
        id=row["id"],
        name=row["name"],
        synonyms=tuple(row.get("synonyms", ())),
        drug_class=row["drug_class"],
        modality=Modality(row["modality"]),
        mechanism=row["mechanism"],
        mechanism_confidence=Confidence(row["mechanism_confidence"]),
        target=row["target"],
        stage=row["stage"],
        trials=tuple(row.get("trials", ())),
        named=Named(row["named"]),
        figures={int(number): Confidence(sure) for number, sure in row.get("figures", {}).items()},
        codes={
            system: Code(told["code"], Confidence(told["confidence"])) for system, told in row.get("codes", {}).items()
        },
        note=row.get("note", ""),
        source=cite(row["source"]),
        also=tuple(row.get("also", ())),
    )
