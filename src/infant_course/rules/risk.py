"""Risk groups that remain possible, as column expressions over patients of all protocols at once.

Inputs are the facts of ``knowledge/risk.py`` by the same names, each a column; those left out are not known. Numbers
(``age_days``, ``age_months``, ``wbc``) may be :class:`~infant_course.rules.subject.Days`, a least and a greatest.
The protocol is its id. The group may be called by any of its names.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, reduce
from operator import and_, or_

import polars as pl

from ..knowledge.risk import OneOf, RiskGroup, Test, folded, risk_groups, tests, worked_out
from .karyotypes import once_per_value
from .subject import Days

Inputs = Mapping[str, pl.Expr | Days]


def has_risk_groups(protocol: pl.Expr) -> pl.Expr:
    """Whether a protocol has risk groups of which all criteria are known; false for one that is not known."""
    return _number(protocol, _ids()).is_not_null()


def group_of(protocol: str, group: pl.Expr) -> pl.Expr:
    """The id of a protocol's risk group called by any of its names; null for a name it does not have."""
    return once_per_value(group, risk_groups()[protocol].group)


def stated_group_possible(protocol: pl.Expr, group: pl.Expr, inputs: Inputs) -> pl.Expr:
    """Whether the stated group is the right one: true surely, false surely not, null cannot tell.

    Null also for a protocol or a group that is not known.
    """

    def answer(groups: Groups) -> pl.Expr:
        right, wrong = [], []
        for known, one in groups:
            named = pl.col(GROUP).is_in([_names().index(name) for name in one.names])
            stated = ((pl.col(PROTOCOL) == _ids().index(known)) & named).fill_null(False)
            right.append(stated & _holds(one).fill_null(False))
            wrong.append(stated & ~_holds(one).fill_null(True))
        return pl.when(pl.any_horizontal(right)).then(True).when(pl.any_horizontal(wrong)).then(False)

    return _asked(answer, pl.Boolean(), inputs, {PROTOCOL: _number(protocol, _ids()), GROUP: _group_number(group)})


def number_of_possible_groups(protocol: pl.Expr, inputs: Inputs) -> pl.Expr:
    """How many groups of the protocol remain possible: 1 where it can be told, 0 where none fits.

    Null for a protocol that is not known, has no groups, or whose criteria are not known.
    """

    def answer(groups: Groups) -> pl.Expr:
        count = pl.sum_horizontal(_remains(known, one).cast(pl.Int32) for known, one in groups)
        return pl.when(pl.col(PROTOCOL).is_not_null()).then(count)

    return _asked(answer, pl.Int32(), inputs, {PROTOCOL: _number(protocol, _ids())})


def possible_groups(protocol: pl.Expr, inputs: Inputs) -> pl.Expr:
    """The ids of the groups that remain possible, as a list, in the order of the protocol; null as above."""

    def answer(groups: Groups) -> pl.Expr:
        told = [pl.when(_remains(known, one)).then(pl.lit(one.id)) for known, one in groups]
        joined = pl.concat_str(told, separator=";", ignore_nulls=True)
        listed = pl.when(joined == "").then(pl.lit([], dtype=pl.List(pl.String))).otherwise(joined.str.split(";"))
        return pl.when(pl.col(PROTOCOL).is_not_null()).then(listed)

    return _asked(answer, pl.List(pl.String), inputs, {PROTOCOL: _number(protocol, _ids())})


PROTOCOL, GROUP = "protocol", "group"
"""Columns, while an answer is worked out: places in :func:`_ids` and :func:`_names`; null for what is not there."""

Groups = Sequence[tuple[str, RiskGroup]]
"""Risk groups, each with its protocol."""


@cache
def _derivable() -> Groups:
    """Protocols whose criteria are known, with each of their groups."""
    return tuple((known.protocol, one) for known in risk_groups().values() if known.derivable for one in known.groups)


@cache
def _ids() -> tuple[str, ...]:
    """Protocols whose criteria are known."""
    return tuple(dict.fromkeys(protocol for protocol, _ in _derivable()))


@cache
def _names() -> tuple[str, ...]:
    """Every name that a group of theirs goes by."""
    return tuple(sorted({name for _, one in _derivable() for name in one.names}))


@cache
def _test_columns() -> Mapping[Test, str]:
    """A column for every test that some criteria make: protocols share tests, and so each is made once."""
    asked = (test for _, one in _derivable() for test in _tests_of(one))
    return {test: f"test {number}" for number, test in enumerate(dict.fromkeys(asked))}


def _tests_of(group: RiskGroup) -> tuple[Test, ...]:
    return () if group.when is None else tests(group.when)


def _asked(
    answer: Callable[[Groups], pl.Expr], dtype: pl.DataType, inputs: Inputs, about: Mapping[str, pl.Expr]
) -> pl.Expr:
    """An answer from the groups of those protocols that occur: mostly one or two of all."""
    columns = {**about}
    named: dict[str, pl.Expr | Days] = {}
    for name, value in inputs.items():
        if isinstance(value, Days):
            columns |= {f"{name}.least": value.least, f"{name}.greatest": value.greatest}
            named[name] = Days(pl.col(f"{name}.least"), pl.col(f"{name}.greatest"))
        else:
            columns[name] = value
            named[name] = pl.col(name)

    def work(rows: pl.Series) -> pl.Series:
        table = rows.struct.unnest()
        occur = {_ids()[number] for number in table[PROTOCOL].unique().drop_nulls()}
        groups = [(protocol, one) for protocol, one in _derivable() if protocol in occur]
        if not groups:
            return pl.repeat(None, table.height, dtype=dtype, eager=True)
        asked = dict.fromkeys(test for _, one in groups for test in _tests_of(one))
        tested = [_tested(test, named).alias(_test_columns()[test]) for test in asked]
        return table.select(*about, *tested).select(answer(groups).alias("answer")).to_series()

    return pl.struct([column.alias(name) for name, column in columns.items()]).map_batches(work, return_dtype=dtype)


def _number(word: pl.Expr, words: Sequence[str]) -> pl.Expr:
    """The place of a word among others; null where it is not there."""
    return word.replace_strict(list(words), list(range(len(words))), default=None, return_dtype=pl.Int32)


def _group_number(group: pl.Expr) -> pl.Expr:
    """The place of a group's name."""
    places = {name: place for place, name in enumerate(_names())}
    return once_per_value(group, lambda told: places.get(folded(told)), pl.Int32)


def _holds(group: RiskGroup) -> pl.Expr:
    assert group.when is not None, "asked of derivable protocols only"
    return worked_out(group.when, lambda test: pl.col(_test_columns()[test]), _every, _some, pl.Expr.not_)


def _remains(protocol: str, group: RiskGroup) -> pl.Expr:
    """Whether the patient is of this protocol, and the group holds or may hold."""
    return (pl.col(PROTOCOL) == _ids().index(protocol)).fill_null(False) & _holds(group).fill_null(True)


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
