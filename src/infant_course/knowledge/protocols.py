"""Treatment protocols: whom they are for, their blocks, arms, groups and MRD time points, with sources.

A protocol is a graph of blocks, not a list: blocks may be alternatives, stand in for others, or belong to a group, an
arm or a condition. What is planned is never what a patient had: nominal days serve drawing and comparison only.
One file for each protocol is in ``knowledge/protocol/``; adding a protocol is adding a file.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import field, frozen

from ..errors import UsageError, did_you_mean
from ..sources import Cite, Confidence
from .reading import knowledge

FOLDER = "protocol"


@frozen(kw_only=True)
class Drug:
    """A drug of a block, as planned: ``dose`` in ``unit`` before any age reduction, ``days`` from the block's origin.

    None: not found. The dose and the days each have a confidence of their own, as they often come from two papers.
    """

    name: str
    dose: float | None
    unit: str | None
    route: str
    days: tuple[int, ...] | None
    dose_confidence: Confidence
    days_confidence: Confidence


@frozen(kw_only=True)
class Block:
    """A block of treatment. ``nominal_start_day`` is counted from day 1 of the protocol; None: not found.

    ``order``: place in the protocol; blocks of one place are alternatives. ``groups`` and ``arms``: whom it is for
    (empty: everybody); ``condition``: what else must hold. ``replaces``: blocks it stands in for. ``follows``: the
    blocks it comes after, where that is not told by the places. ``day_origin``: where the days of its drugs are
    counted from, the "block" or the "protocol_start". ``timing``: how well its days are known.
    """

    id: str
    name: str
    short: str
    synonyms: tuple[str, ...]
    order: int
    groups: tuple[str, ...]
    arms: tuple[str, ...]
    condition: str | None
    follows: tuple[str, ...] | None
    replaces: tuple[str, ...]
    optional: bool
    repeats_every_days: int | None
    nominal_start_day: int | None
    nominal_duration_days: int | None
    timing: Confidence
    day_origin: str
    drugs: tuple[Drug, ...]
    source: Cite

    @property
    def names(self) -> tuple[str, ...]:
        """Its id and every other name it goes by."""
        return (self.id, *self.synonyms)

    def may_meet(self, other: "Block") -> bool:
        """Whether one patient may be given both: not where their groups or arms exclude each other."""
        apart_by_group = bool(self.groups and other.groups and not set(self.groups) & set(other.groups))
        return not apart_by_group and not (self.arms and other.arms and not set(self.arms) & set(other.arms))


@frozen(kw_only=True)
class MrdTimepoint:
    """A time at which the protocol asks for MRD. ``threshold`` is a fraction; None: not found.

    ``operator``: how a level is compared with the threshold; ``action``: what follows where it holds.
    ``day_confidence``: how well the day is known, where there is one.
    """

    id: str
    name: str
    after_block: str | None
    or_after: tuple[str, ...]
    nominal_day: int | None
    assay: str | None
    operator: str | None
    threshold: float | None
    action: str | None
    source: Cite
    day_confidence: Confidence = Confidence.QUOTED


@frozen(kw_only=True)
class Group:
    """A risk group in the protocol's words. How it is derived stands in ``risk.yaml``."""

    id: str
    criteria: str
    action: str | None
    source: Cite


@frozen(kw_only=True)
class Arm:
    """A branch of the protocol: by randomisation, by cohort, or by period. ``groups``: who may enter it."""

    id: str
    name: str
    randomised: bool
    groups: tuple[str, ...]
    source: Cite


@frozen(kw_only=True)
class Amendment:
    """A change of the protocol. ``date``: year and month; None where it was not found."""

    id: str
    date: str | None
    what: str
    source: Cite


@frozen(kw_only=True)
class Accrual:
    """Years in which patients entered; ``end`` None: still open when the source was written, or not found."""

    start: int
    end: int | None
    source: Cite


@frozen(kw_only=True)
class Eligibility:
    """Who may enter. Ages in days, both ends included; None: no such limit, or not found in days."""

    age_days_min: int | None
    age_days_max: int | None
    age: str
    age_source: Cite
    disease: str
    other: str | None
    source: Cite


@frozen(kw_only=True)
class HsctIndication:
    """When the protocol asks for HSCT. ``latest_day``: days from the start of induction; None: not told.

    ``timing_confidence``: how well the timing is known, where there is one.
    """

    indication: str
    timing: str | None
    latest_day: int | None
    source: Cite
    timing_confidence: Confidence = Confidence.QUOTED


@frozen(kw_only=True)
class Protocol:
    """A treatment protocol. ``total_weeks``: planned length of treatment; None: not found."""

    id: str
    name: str
    synonyms: tuple[str, ...]
    study_group: str
    registry_ids: tuple[str, ...]
    accrual: Accrual
    eligibility: Eligibility
    total_weeks: int | None
    total_source: Cite | None
    groups: tuple[Group, ...]
    arms: tuple[Arm, ...]
    amendments: tuple[Amendment, ...]
    blocks: tuple[Block, ...]
    mrd_timepoints: tuple[MrdTimepoint, ...]
    hsct: HsctIndication | None
    remarks: tuple[str, ...]
    _by_name: Mapping[str, Block] = field(init=False, repr=False, eq=False)

    @_by_name.default
    def _names(self) -> Mapping[str, Block]:
        return {name: block for block in reversed(self.blocks) for name in block.names}

    def block(self, name: str) -> Block | None:
        """The block of this id or synonym, or None."""
        return self._by_name.get(name.casefold().replace("-", "_").replace(" ", "_"))

    def before(self, block: Block) -> tuple[Block, ...]:
        """The blocks that come straight before one, in all ways through the protocol.

        An optional block may be passed over, and what a block replaces does not come after it.
        """
        if block.follows is not None:
            return tuple(known for known in self.blocks if known.id in block.follows)
        earlier = [b for b in self.blocks if b.order < block.order and b.may_meet(block) and block.id not in b.replaces]
        earlier = [b for b in earlier if b.follows is None or not b.optional]

        def between(first: Block) -> bool:
            return any(b.order > first.order and b.may_meet(first) and not b.optional for b in earlier)

        return tuple(b for b in earlier if not between(b))


def protocols() -> tuple[Protocol, ...]:
    """All protocols, by the year in which they began."""
    return tuple(sorted((_load(name) for name in _known()), key=lambda p: (p.accrual.start, p.id)))


def protocol(name: str) -> Protocol | None:
    """A protocol by its id ("interfant-06") or another name; None where nothing is known of it."""
    found = protocol_ids().get(folded(name))
    return None if found is None else _load(found)


def the_protocol(name: str) -> Protocol:
    """:func:`protocol`, for names that a user typed. Raises UsageError naming the nearest, or all."""
    found = protocol(name)
    if found is None:
        hint = did_you_mean(name, protocol_ids()) or f"known are {', '.join(_known())}"
        raise UsageError(f"no protocol {name!r}: {hint}")
    return found


def folded(name: str) -> str:
    """A name of a protocol or block in small letters, its parts joined by hyphens."""
    return re.sub("[ _]+", "-", name.strip().casefold())


@cache
def protocol_ids() -> Mapping[str, str]:
    """Every name a protocol goes by, folded, and its id."""
    ids = {name: name for name in _known()}
    return {**{other: name for name in _known() for other in knowledge(f"{FOLDER}/{name}")["synonyms"]}, **ids}


@cache
def _known() -> tuple[str, ...]:
    """Ids of the protocols that come with the package: a name from a case file never becomes a path."""
    entries = files(__package__).joinpath(FOLDER).iterdir()
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in entries if entry.name.endswith(".yaml")))


@cache
def _load(name: str) -> Protocol:
    raw = dict(knowledge(f"{FOLDER}/{name}"))
    for part, kind in (("accrual", Accrual), ("eligibility", Eligibility), ("hsct", HsctIndication)):
        raw[part] = None if raw[part] is None else kind(**_typed(raw[part]))
    parts = (
        ("groups", Group),
        ("arms", Arm),
        ("amendments", Amendment),
        ("blocks", Block),
        ("mrd_timepoints", MrdTimepoint),
    )
    for part, one in parts:
        raw[part] = tuple(one(**_typed(row)) for row in raw[part])
    return Protocol(**_typed(raw))


def _typed(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a record: citations, confidences, drugs and lists as the classes take them."""
    typed: dict[str, Any] = {}
    for name, value in raw.items():
        if name.endswith("source") and value is not None:
            typed[name] = Cite(value["key"], value["at"], Confidence(value["confidence"]))
        elif name in ("day_confidence", "timing_confidence") or (name == "timing" and "order" in raw):
            typed[name] = Confidence(value)
        elif name == "drugs":
            typed[name] = tuple(_drug(row) for row in value)
        else:
            typed[name] = tuple(value) if isinstance(value, list) else value
    return typed


def _drug(raw: Mapping[str, Any]) -> Drug:
    return Drug(
        name=raw["name"],
        dose=raw["dose"],
        unit=raw["unit"],
        route=raw["route"],
        days=None if raw["days"] is None else tuple(_days(raw["days"])),
        dose_confidence=Confidence(raw["dose_confidence"]),
        days_confidence=Confidence(raw["days_confidence"]),
    )


def _days(text: str) -> Iterable[int]:
    """Days written as "1-4, 8"."""
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        yield from range(int(first), int(last or first) + 1)
