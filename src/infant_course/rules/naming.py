"""Protocols, blocks, agents and antigens by the names they go by, however these are written."""

import polars as pl

from ..events import Enrolment, TreatmentBlock
from ..knowledge.agents import agent_names
from ..knowledge.lineage import antigen
from ..knowledge.protocols import folded, protocol_ids
from ..knowledge.spelling import spelt
from .karyotypes import once_per_value
from .subject import Subject, Those

BLOCK_NAMES = {"prephase": "prednisone-prephase", "ind": "induction", "protocol-ib": "ib"}
"""Names of blocks that differ from their id, folded."""


def known_protocol(name: pl.Expr) -> pl.Expr:
    """The id of a protocol called by any of its names; a name not known stays as it is, folded."""
    return once_per_value(name, lambda told: protocol_ids().get(folded(told), folded(told)))


def plain_block(name: pl.Expr) -> pl.Expr:
    """The id of a block, folded; a name not known stays as it is."""
    return once_per_value(name, block_id)


def block_id(told: str) -> str:
    """The id of a block by its name."""
    return BLOCK_NAMES.get(folded(told), folded(told))


def own_protocol(event: Subject) -> pl.Expr:
    """The protocol the event itself names."""
    return event.once("protocol", known_protocol)


def enrolled_in(event: Subject) -> pl.Expr:
    """The protocol of the one enrolment."""
    return event.the(Enrolment, "protocol", known_protocol)


def protocol_of(event: Subject) -> pl.Expr:
    """The protocol the event names, or that of the one enrolment, or that of the registry (a setting)."""
    return pl.coalesce(own_protocol(event), enrolled_in(event), pl.lit(event.settings.protocol, dtype=pl.String))


def name_of(block: Subject) -> pl.Expr:
    """The block's name as an id."""
    return block.once("block", plain_block)


def a_block(label: str, *names: str) -> Those:
    """Blocks of these names."""
    return Those(TreatmentBlock.TYPE, label, lambda block: name_of(block).is_in(names).fill_null(False))


INDUCTION = a_block("induction", "induction")


ANY_ASPARAGINASE, ANY_ANTHRACYCLINE = "any asparaginase", "any anthracycline"
"""What a drug is called where only its class is named: not one agent."""

AGENT_IDS = {
    "asparaginase": ANY_ASPARAGINASE,
    "anthracycline": ANY_ANTHRACYCLINE,
    "anthracyclines": ANY_ANTHRACYCLINE,
    spelt("doxorubicin equivalent"): ANY_ANTHRACYCLINE,
    spelt("doxorubicin equivalents"): ANY_ANTHRACYCLINE,
    **{name: known.id for name, known in agent_names().items()},
}
"""Every name of an agent as :func:`.spelt`, and its id."""

AGENTS = tuple(sorted(set(AGENT_IDS.values())))
"""Ids of agents; an agent's number is its place here."""


def agent_number(name: pl.Expr) -> pl.Expr:
    """The number of an agent called by any of its names, however written; null for a name not known."""
    return once_per_value(name, _number_of, pl.Int32)


def _number_of(name: str) -> int | None:
    known = AGENT_IDS.get(spelt(name))
    return None if known is None else AGENTS.index(known)


def is_agent(number: pl.Expr, *ids: str) -> pl.Expr:
    """Whether an agent, by its number, is one of these; null for a name not known."""
    return pl.any_horizontal(number == AGENTS.index(one_id) for one_id in ids)


def names_agent(event: Subject, agent_id: str) -> pl.Expr:
    """Whether the event names this agent; false for a name not known, null where none is told."""
    its_own = is_agent(event.once("agent", agent_number), agent_id).fill_null(False)
    return pl.when(event["agent"].is_not_null()).then(its_own)


def listed_antigens(names: pl.Expr) -> pl.Expr:
    """A list of antigens by their usual names, as ";CD19;CD22;"; null where there is no list."""

    def usual(text: str) -> str:
        return f";{';'.join(antigen(name) for name in text.split(';'))};"

    return once_per_value(names.list.join(";"), usual)


def lists_antigen(event: Subject, field: str, name: str) -> pl.Expr:
    """Whether a list of antigens of the event holds this one, however it is written there."""
    return any_of(event.once(field, listed_antigens), (name,))


def any_of(names: pl.Expr, wanted: tuple[str, ...]) -> pl.Expr:
    """Whether one of these is among antigens told as ";CD19;CD22;"."""
    return pl.any_horizontal([names.str.contains(f";{name};", literal=True) for name in wanted])
