"""Protocols and blocks by the names they go by, however these are written."""

import polars as pl

from ..events import Enrolment, TreatmentBlock
from ..knowledge.protocols import folded, protocol_ids
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
