"""Partner genes and translocations as column expressions."""

from collections.abc import Callable
from typing import Any

import polars as pl

from ..knowledge.genetics import partners, symbols


def once_per_value(column: pl.Expr, work: Callable[[pl.Expr], pl.Expr], dtype: Any = pl.String) -> pl.Expr:
    """What is worked out from a column of text, once for each of its few distinct values, not for every row."""

    def mapped(values: pl.Series) -> pl.Series:
        distinct = values.unique().drop_nulls()
        if not distinct.len():
            return pl.repeat(None, values.len(), dtype=dtype, eager=True)
        done = distinct.to_frame("value").select(work(pl.col("value")).alias("done")).to_series()
        return done.gather(values.cast(pl.Enum(distinct)).to_physical())

    return column.map_batches(mapped, return_dtype=dtype)


def partner_symbol(name: pl.Expr) -> pl.Expr:
    """The present gene symbol for any known name of a KMT2A partner; null for a name not known."""
    names = symbols()
    return name.str.to_uppercase().replace_strict(list(names), list(names.values()), default=None)


def partner_number(name: pl.Expr) -> pl.Expr:
    """The partner gene as a number, the same for all its names; null for a name not known."""
    names, known = symbols(), list(partners())
    numbers = {old: known.index(new) for old, new in names.items() if new in known}
    upper = name.str.to_uppercase()
    return upper.replace_strict(list(numbers), list(numbers.values()), default=None, return_dtype=pl.Int16)


CHROMOSOMES = {name: 2**number for number, name in enumerate([*map(str, range(1, 23)), "X", "Y"])}
"""A bit for each chromosome, so that sets of chromosomes are numbers."""


def partner_chromosome(name: pl.Expr) -> pl.Expr:
    """The bit of the chromosome of a partner gene; null for a name not known."""
    known = partners()
    bits = {old: CHROMOSOMES[known[new].chromosome] for old, new in symbols().items() if new in known}
    upper = name.str.to_uppercase()
    return upper.replace_strict(list(bits), list(bits.values()), default=None, return_dtype=pl.UInt32)


def karyotype_text(cytogenetics: pl.Expr) -> pl.Expr:
    """All karyotypes of a list of cytogenetic results, in one text."""
    each = pl.element().struct.field("karyotype").fill_null("")
    return cytogenetics.list.eval(each).list.join(" ").fill_null("")


def chromosomes_with_11(cytogenetics: pl.Expr) -> pl.Expr:
    """Chromosomes of the translocations that involve chromosome 11, as bits; 0 where there is none."""
    return once_per_value(karyotype_text(cytogenetics), _chromosomes_in, pl.UInt32)


def _chromosomes_in(text: pl.Expr) -> pl.Expr:
    found = text.str.extract_all(r"t\([0-9XY;]+\)")
    ours = found.list.eval(pl.element().filter(pl.element().str.contains(r"[(;]11[;)]")))
    named = ours.list.join("").str.extract_all(r"[0-9]+|[XY]")
    known = pl.element().replace_strict(CHROMOSOMES, default=0, return_dtype=pl.UInt32)
    return named.list.eval(known).list.unique().list.sum().cast(pl.UInt32)


def breaks_11q23(cytogenetics: pl.Expr) -> pl.Expr:
    """Whether a translocation that may involve 11q23 is told: its band is 11q23 or is not given."""
    with_11 = r"t\((?:[0-9XY]+;)*11(?:;[0-9XY]+)*\)"

    def breaks(text: pl.Expr) -> pl.Expr:
        return text.str.contains(with_11 + r"(?:[^(]|$)") | text.str.contains(with_11 + r"\([^)]*q23")

    return once_per_value(karyotype_text(cytogenetics), breaks, pl.Boolean)


def t_11_19(cytogenetics: pl.Expr) -> pl.Expr:
    """Whether a t(11;19) is told with its sub-band on 19p13 (true) or without (false); null where there is none."""

    def banded(text: pl.Expr) -> pl.Expr:
        return pl.when(text.str.contains(r"t\(11;19\)")).then(text.str.contains(r"t\(11;19\)\([^)]*p13\.[13]"))

    return once_per_value(karyotype_text(cytogenetics), banded, pl.Boolean)


def _fusion_partner(marker: pl.Expr) -> pl.Expr:
    return marker.str.to_uppercase().str.extract(r"^(?:KMT2A|MLL)[-:/]+([A-Z0-9]+)")


def is_fusion(marker: pl.Expr) -> pl.Expr:
    """Whether an MRD marker is a fusion of KMT2A."""
    return once_per_value(marker, lambda text: _fusion_partner(text).is_not_null(), pl.Boolean)


def marker_partner(marker: pl.Expr) -> pl.Expr:
    """The partner gene of a fusion used as MRD marker, as :func:`partner_number`; null for another marker."""
    return once_per_value(marker, lambda text: partner_number(_fusion_partner(text)), pl.Int16)


def marker_chromosome(marker: pl.Expr) -> pl.Expr:
    """The chromosome of the partner gene of a fusion used as MRD marker, as a bit; null for another marker."""
    return once_per_value(marker, lambda text: partner_chromosome(_fusion_partner(text)), pl.UInt32)


def fits(chromosomes: pl.Expr, chromosome: pl.Expr) -> pl.Expr:
    """Whether a chromosome is among those of the translocations; null where either is not known."""
    return pl.when((chromosomes != 0) & chromosome.is_not_null()).then((chromosomes & chromosome) != 0)
