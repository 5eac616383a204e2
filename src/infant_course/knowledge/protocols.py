"""Treatment protocols: their blocks, in order, with nominal days where a source was read or is recalled.

A nominal day is what a protocol plans, never what a patient had: it serves drawing and nothing else.
"""

from functools import cache
from importlib.resources import files
from typing import Any

from attrs import frozen

from ..sources import Cite, Confidence
from .reading import knowledge


@frozen(kw_only=True)
class Block:
    """A block of treatment. Days are counted from day 1 of the protocol; None: not found."""

    id: str
    name: str
    short: str
    synonyms: tuple[str, ...]
    order: int
    nominal_start_day: int | None
    nominal_duration_days: int | None
    source: Cite


@frozen(kw_only=True)
class MrdTimepoint:
    """A time at which the protocol asks for MRD. ``threshold`` is a fraction; None: not found."""

    id: str
    name: str
    after_block: str
    nominal_day: int | None
    threshold: float | None
    source: Cite


@frozen(kw_only=True)
class Protocol:
    """A treatment protocol."""

    id: str
    name: str
    blocks: tuple[Block, ...]
    mrd_timepoints: tuple[MrdTimepoint, ...]

    def block(self, name: str) -> Block | None:
        """The block of this id or synonym, or None."""
        wanted = name.casefold().replace("-", "_").replace(" ", "_")
        return next((b for b in self.blocks if wanted == b.id or wanted in b.synonyms), None)


@cache
def protocol(name: str) -> Protocol | None:
    """A protocol by its id ("interfant-06"); None where nothing is known of it."""
    wanted = name.casefold().replace("_", "-")
    if wanted not in _known():
        return None
    raw = knowledge(wanted)
    return Protocol(
        id=raw["id"],
        name=raw["name"],
        blocks=tuple(
            Block(**{**row, "synonyms": tuple(row["synonyms"]), "source": _cite(row["source"])})
            for row in raw["blocks"]
        ),
        mrd_timepoints=tuple(MrdTimepoint(**{**row, "source": _cite(row["source"])}) for row in raw["mrd_timepoints"]),
    )


@cache
def _known() -> frozenset[str]:
    """Ids of the protocols that come with the package: a name from a case file never becomes a path."""
    names = {entry.name.removesuffix(".yaml") for entry in files(__package__).iterdir() if entry.name.endswith(".yaml")}
    return frozenset(name for name in names if "blocks" in knowledge(name))


def _cite(raw: dict[str, Any]) -> Cite:
    return Cite(raw["key"], raw["at"], Confidence(raw["confidence"]))
