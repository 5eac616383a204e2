"""Partner genes and translocations as column expressions."""

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import polars as pl

from ..knowledge.genetics import partners, symbols

FEW = 50
"""Up to so many values are worked on one by one: telling them apart would take longer."""


def once_per_value(column: pl.Expr, work: Callable[[str], object], dtype: Any = pl.String) -> pl.Expr:
    """What is worked out from a column of text, once for each of its few distinct values, not for every row."""

    def mapped(values: pl.Series) -> pl.Series:
        if values.len() <= FEW:
            return pl.Series([None if value is None else work(value) for value in values], dtype=dtype)
        distinct = values.unique().drop_nulls()
        if not distinct.len():
            return pl.repeat(None, values.len(), dtype=dtype, eager=True)
        done = pl.Series([work(value) for value in distinct], dtype=dtype)
        return done.gather(values.cast(pl.Enum(distinct)).to_physical())

    return column.map_batches(mapped, return_dtype=dtype)


CHROMOSOMES = {name: 2**number for number, name in enumerate([*map(str, range(1, 23)), "X", "Y"])}
"""A bit for each chromosome, so that sets of chromosomes are numbers."""


def partner_symbol(name: pl.Expr) -> pl.Expr:
    """The present gene symbol for any known name of a KMT2A partner; null for a name not known."""
    return once_per_value(name, _symbol)


def partner_number(name: pl.Expr) -> pl.Expr:
    """The partner gene as a number, the same for all its names; null for a name not known."""
    return once_per_value(name, _number, pl.Int16)


def partner_chromosome(name: pl.Expr) -> pl.Expr:
    """The bit of the chromosome of a partner gene; null for a name not known."""
    return once_per_value(name, _chromosome, pl.UInt32)


def _symbol(name: str) -> str | None:
    return symbols().get(name.upper())


@cache
def _numbers() -> dict[str, int]:
    return {gene: number for number, gene in enumerate(partners())}


def _number(name: str) -> int | None:
    return _numbers().get(_symbol(name) or "")


def _chromosome(name: str) -> int | None:
    partner = partners().get(_symbol(name) or "")
    return CHROMOSOMES[partner.chromosome] if partner is not None else None


def karyotype_text(cytogenetics: pl.Expr) -> pl.Expr:
    """All karyotypes of a list of cytogenetic results, in one text."""
    each = pl.element().struct.field("karyotype").fill_null("")
    return cytogenetics.list.eval(each).list.join(" ").fill_null("")


def chromosomes_with_11(cytogenetics: pl.Expr) -> pl.Expr:
    """Chromosomes of the translocations that involve chromosome 11, as bits; 0 where there is none."""
    return once_per_value(karyotype_text(cytogenetics), _chromosomes_in, pl.UInt32)


def _chromosomes_in(text: str) -> int:
    involved = [found.split(";") for found in re.findall(r"t\(([0-9XY;]+)\)", text)]
    return sum({CHROMOSOMES.get(name, 0) for names in involved if "11" in names for name in names})


WITH_11 = r"t\((?:[0-9XY]+;)*11(?:;[0-9XY]+)*\)"
"""A translocation that involves chromosome 11, without its bands."""


def breaks_11q23(cytogenetics: pl.Expr) -> pl.Expr:
    """Whether a translocation that may involve 11q23 is told: its band is 11q23 or is not given."""
    told = re.compile(WITH_11 + r"(?:[^(]|\Z)|" + WITH_11 + r"\([^)]*q23")
    return once_per_value(karyotype_text(cytogenetics), lambda text: told.search(text) is not None, pl.Boolean)


def t_11_19(cytogenetics: pl.Expr) -> pl.Expr:
    """Whether a t(11;19) is told with its sub-band on 19p13 (true) or without (false); null where there is none."""

    def banded(text: str) -> bool | None:
        return None if "t(11;19)" not in text else re.search(r"t\(11;19\)\([^)]*p13\.[13]", text) is not None

    return once_per_value(karyotype_text(cytogenetics), banded, pl.Boolean)


def _fusion_partner(marker: str) -> str | None:
    fusion = re.match(r"(?:KMT2A|MLL)[-:/]+([A-Z0-9]+)", marker.upper())
    return fusion[1] if fusion else None


def is_fusion(marker: pl.Expr) -> pl.Expr:
    """Whether an MRD marker is a fusion of KMT2A."""
    return once_per_value(marker, lambda text: _fusion_partner(text) is not None, pl.Boolean)


def marker_partner(marker: pl.Expr) -> pl.Expr:
    """The partner gene of a fusion used as MRD marker, as :func:`partner_number`; null for another marker."""
    return once_per_value(marker, lambda text: _number(_fusion_partner(text) or ""), pl.Int16)


def marker_chromosome(marker: pl.Expr) -> pl.Expr:
    """The chromosome of the partner gene of a fusion used as MRD marker, as a bit; null for another marker."""
    return once_per_value(marker, lambda text: _chromosome(_fusion_partner(text) or ""), pl.UInt32)


def fits(chromosomes: pl.Expr, chromosome: pl.Expr) -> pl.Expr:
    """Whether a chromosome is among those of the translocations; null where either is not known."""
    return pl.when((chromosomes != 0) & chromosome.is_not_null()).then((chromosomes & chromosome) != 0)
