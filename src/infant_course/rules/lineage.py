"""Whether the antigens of blasts meet the criterion of a lineage, as a column expression."""

from collections.abc import Sequence

import polars as pl

from ..knowledge.genetics import antigen_names
from ..knowledge.lineage import antigen, who_criteria, worked_out


def lineage_met(lineage: str, positive: pl.Expr, negative: pl.Expr) -> pl.Expr:
    """Whether the WHO criterion of "B", "T" or "myeloid" is met by lists of antigens present and absent.

    Null where antigens that were not tested decide; a list that is null tells nothing. An antigen in both lists
    counts as present.
    """

    def state(name: str) -> pl.Expr:
        present, absent = _holds(positive, name), _holds(negative, name)
        return pl.when(present).then(True).when(absent).then(False).otherwise(None)

    return worked_out(who_criteria()[lineage], state, _at_least)


def _holds(antigens: pl.Expr, name: str) -> pl.Expr:
    """Whether a list holds an antigen, by any of its names; false where there is no list."""
    spellings = [spelling for spelling, usual in antigen_names().items() if usual == antigen(name)]
    told = antigens.list.eval(pl.element().str.strip_chars().str.to_lowercase().is_in(spellings))
    return told.list.any().fill_null(False)


def _at_least(number: int, parts: Sequence[pl.Expr]) -> pl.Expr:
    held = pl.sum_horizontal(part.fill_null(False).cast(pl.Int32) for part in parts)
    reachable = pl.sum_horizontal(part.fill_null(True).cast(pl.Int32) for part in parts)
    return pl.when(held >= number).then(True).when(reachable < number).then(False).otherwise(None)
