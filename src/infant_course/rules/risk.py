"""Risk groups that remain possible, as column expressions over patients of all protocols at once.

Inputs are the facts of ``knowledge/risk.py`` by the same names, each a column; those left out are not known. Numbers
(``age_days``, ``age_months``, ``wbc``) may be :class:`~infant_course.rules.subject.Days`, a least and a greatest.
The protocol is its id. The group may be called by any of its names.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, reduce
from operator import and_, or_

import polars as pl

from ..knowledge.risk import OneOf, RiskGroup, Test, risk_groups, worked_out
from .karyotypes import once_per_value
from .subject import Days

Inputs = Mapping[str, pl.Expr | Days]


def stated_group_possible(protocol: pl.Expr, group: pl.Expr, inputs: Inputs) -> pl.Expr:
    """Whether the stated group is the right one: true surely, false surely not, null cannot tell.

    Null also for a protocol or a group that is not known.
    """
    here = _protocol_number(protocol) * len(_names()) + _name_number(group)
    right, wrong = [], []
    for known, one in _derivable():
        keys = [_ids().index(known) * len(_names()) + _names().index(name) for name in sorted(one.names)]
        stated, holds = here.is_in(keys).fill_null(False), _holds(one, inputs)
        right.append(stated & holds.fill_null(False))
        wrong.append(stated & ~holds.fill_null(True))
    return pl.when(pl.any_horizontal(right)).then(True).when(pl.any_horizontal(wrong)).then(False)


def number_of_possible_groups(protocol: pl.Expr, inputs: Inputs) -> pl.Expr:
    """How many groups of the protocol remain possible: 1 where it can be told, 0 where none fits.

    Null for a protocol that is not known, has no groups, or whose criteria are not known.
    """
    number = _protocol_number(protocol)
    open_ = [(number == _ids().index(known)) & _open(one, inputs) for known, one in _derivable()]
    return pl.when(number.is_not_null()).then(pl.sum_horizontal(part.cast(pl.Int32) for part in open_))


def possible_groups(protocol: pl.Expr, inputs: Inputs) -> pl.Expr:
    """The ids of the groups that remain possible, as a list, in the order of the protocol; null as above."""
    number = _protocol_number(protocol)
    told = [
        pl.when((number == _ids().index(known)) & _open(one, inputs)).then(pl.lit(one.id))
        for known, one in _derivable()
    ]
    joined = pl.concat_str(told, separator=";", ignore_nulls=True)
    listed = pl.when(joined == "").then(pl.lit([], dtype=pl.List(pl.String))).otherwise(joined.str.split(";"))
    return pl.when(number.is_not_null()).then(listed)


@cache
def _ids() -> tuple[str, ...]:
    """Protocols whose criteria are known."""
    return tuple(known.protocol for known in risk_groups().values() if known.derivable)


@cache
def _names() -> tuple[str, ...]:
    """Every name that a group of theirs goes by."""
    return tuple(sorted({name for _, one in _derivable() for name in one.names}))


def _protocol_number(protocol: pl.Expr) -> pl.Expr:
    """The place of a protocol among those whose criteria are known; null for any other."""
    return protocol.replace_strict(list(_ids()), list(range(len(_ids()))), default=None, return_dtype=pl.Int32)


def _name_number(group: pl.Expr) -> pl.Expr:
    """The place of a group's name among all; null for one that no group has."""
    names = list(_names())

    def numbered(told: pl.Expr) -> pl.Expr:
        return _plain(told).replace_strict(names, list(range(len(names))), default=None, return_dtype=pl.Int32)

    return numbered(group)


def _derivable() -> Iterator[tuple[str, RiskGroup]]:
    """Protocols whose criteria are known, with each of their groups."""
    return ((known.protocol, one) for known in risk_groups().values() if known.derivable for one in known.groups)


def _holds(group: RiskGroup, inputs: Inputs) -> pl.Expr:
    assert group.when is not None, "asked of derivable protocols only"
    return worked_out(group.when, lambda test: _tested(test, inputs), _every, _some, pl.Expr.not_)


def _open(group: RiskGroup, inputs: Inputs) -> pl.Expr:
    """Whether a group holds or may hold."""
    return _holds(group, inputs).fill_null(True)


def _tested(test: Test, inputs: Inputs) -> pl.Expr:
    value = inputs.get(test.input)
    if isinstance(test, OneOf):
        if value is None:
            return pl.lit(None, dtype=pl.Boolean)
        assert isinstance(value, pl.Expr), f"{test.input} is no number"
        return pl.when(value.is_in(list(test.yes))).then(True).when(value.is_in(list(test.no))).then(False)
    below = _below(value, test.sure, test.not_from)
    if test.months is not None:
        below = pl.coalesce(_below(inputs.get("age_months"), test.months, test.months), below)
    return below


def _below(value: pl.Expr | Days | None, sure: float, not_from: float) -> pl.Expr:
    if value is None:
        return pl.lit(None, dtype=pl.Boolean)
    least, greatest = (value.least, value.greatest) if isinstance(value, Days) else (value, value)
    return pl.when(greatest < sure).then(True).when(least >= not_from).then(False)


def _every(parts: Sequence[pl.Expr]) -> pl.Expr:
    return reduce(and_, parts)


def _some(parts: Sequence[pl.Expr]) -> pl.Expr:
    return reduce(or_, parts)


def _plain(names: pl.Expr) -> pl.Expr:
    """Names of groups, as :func:`~infant_course.knowledge.risk.folded` folds them."""
    joined = names.str.to_lowercase().str.replace_all(r"[\s_-]+", "-").str.strip_chars("-")
    return joined.str.strip_suffix("-risk")
