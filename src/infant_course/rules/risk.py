"""Risk groups that remain possible, as column expressions over patients of all protocols at once.

Inputs are the facts of ``knowledge/risk.py`` by the same names, each a column; those left out are not known. Numbers
(``age_days``, ``age_months``, ``wbc``) may be :class:`~infant_course.rules.subject.Days`, a least and a greatest.
The protocol is its id. The group may be called by any of its names.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import reduce
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
    name = once_per_value(group, _plain)
    answer = pl.lit(None, dtype=pl.Boolean)
    for known, one in _derivable():
        here = (protocol == known) & name.is_in(list(one.names))
        answer = pl.when(here).then(_holds(one, inputs)).otherwise(answer)
    return answer


def number_of_possible_groups(protocol: pl.Expr, inputs: Inputs) -> pl.Expr:
    """How many groups of the protocol remain possible: 1 where it can be told, 0 where none fits.

    Null for a protocol that is not known, has no groups, or whose criteria are not known.
    """
    open_ = [((protocol == known) & _open(one, inputs)).fill_null(False) for known, one in _derivable()]
    count = pl.sum_horizontal(part.cast(pl.Int32) for part in open_)
    return pl.when(protocol.is_in(sorted({known for known, _ in _derivable()}))).then(count)


def possible_groups(protocol: pl.Expr, inputs: Inputs) -> pl.Expr:
    """The ids of the groups that remain possible, as a list, in the order of the protocol; null as above."""
    ids = [pl.when((protocol == known) & _open(one, inputs)).then(pl.lit(one.id)) for known, one in _derivable()]
    listed = pl.concat_list(ids).list.drop_nulls()
    return pl.when(protocol.is_in(sorted({known for known, _ in _derivable()}))).then(listed)


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
