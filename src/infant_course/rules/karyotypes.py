"""Partner genes and translocations as column expressions."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import polars as pl

from ..knowledge import fusions
from ..knowledge.fusions import fusion_in, symbol
from ..knowledge.genetics import genes_on, partners

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

    # Without saying so, within a list each list would be worked on by itself.
    return column.map_batches(mapped, return_dtype=dtype, is_elementwise=True)


CHROMOSOMES = {name: 2**number for number, name in enumerate([*map(str, range(1, 23)), "X", "Y"])}
"""A bit for each chromosome, so that sets of chromosomes are numbers."""


def partner_symbol(name: pl.Expr) -> pl.Expr:
    """The present gene symbol for any known name of a KMT2A partner; null for a name not known."""
    return once_per_value(name, symbol)


def partner_number(name: pl.Expr) -> pl.Expr:
    """The partner gene as a number, the same for all its names; null for a name not known."""
    return once_per_value(name, _number, pl.Int16)


def partner_chromosome(name: pl.Expr) -> pl.Expr:
    """The bit of the chromosome of a partner gene; null for a name not known."""
    return once_per_value(name, _chromosome, pl.UInt32)


@cache
def _numbers() -> dict[str, int]:
    return {gene: number for number, gene in enumerate(partners())}


def _number(name: str) -> int | None:
    return _numbers().get(symbol(name) or "")


def _chromosome(name: str) -> int | None:
    partner = partners().get(symbol(name) or "")
    return CHROMOSOMES[partner.chromosome] if partner is not None else None


def karyotype_text(cytogenetics: pl.Expr) -> pl.Expr:
    """All karyotypes of a list of cytogenetic results, in one text."""
    each = pl.element().struct.field("karyotype").fill_null("")
    return cytogenetics.list.eval(each).list.join(" ").fill_null("")


REARRANGEMENT = re.compile(r"(?:t|ins)\(([0-9XY;]+)\)(?:\(([^)]*)\))?", re.IGNORECASE)
"""The chromosomes of a translocation or insertion and, where given, their bands in the same order."""

BANDS = re.compile(r"(?:[pq][0-9]{2}(?:\.[0-9]+)?)+", re.IGNORECASE)
"""One band, or the two ends of a piece, told without doubt."""


def _without_blanks(karyotype: str) -> str:
    """A karyotype without the blanks that some write between chromosomes and between bands."""
    return re.sub(r"\s*([();])\s*", r"\1", karyotype)


def _rearranged_with_11(text: str) -> Iterator[tuple[list[str], list[str]]]:
    """The chromosomes and bands of each translocation or insertion of chromosome 11 and another."""
    for chromosomes, told in REARRANGEMENT.findall(_without_blanks(text)):
        names = chromosomes.upper().split(";")
        if "11" in names and len(names) > 1:
            yield names, told.split(";")


def chromosomes_with_11(cytogenetics: pl.Expr) -> pl.Expr:
    """Chromosomes of the translocations and insertions that involve chromosome 11, as bits; 0 where there is none."""
    return once_per_value(karyotype_text(cytogenetics), _chromosomes_in, pl.UInt32)


def _chromosomes_in(text: str) -> int:
    return sum({CHROMOSOMES.get(name, 0) for names, _ in _rearranged_with_11(text) for name in names})


def breaks_11q23(cytogenetics: pl.Expr) -> pl.Expr:
    """Whether a translocation or insertion that breaks 11q23 is told; null where one of 11 leaves its band open."""
    return once_per_value(karyotype_text(cytogenetics), _breaks_11q23, pl.Boolean)


def _breaks_11q23(text: str) -> bool | None:
    found = {_of_11q23(names, told) for names, told in _rearranged_with_11(text)}
    return True if True in found else None if None in found else False


def _of_11q23(names: list[str], told: list[str]) -> bool | None:
    """By the band of 11, or where that is not told by a band of another chromosome at which KMT2A has partners."""
    if len(told) != len(names):
        return None
    own = told[names.index("11")].lower()
    if BANDS.fullmatch(own):
        return "q23" in own
    others = [(name, band.lower()) for name, band in zip(names, told, strict=True) if name != "11"]
    return True if any(genes_on(name, band) for name, band in others) else None


def t_11_19(cytogenetics: pl.Expr) -> pl.Expr:
    """Whether a t(11;19) is told with its sub-band on 19p13 (true) or without (false); null where there is none."""

    def banded(karyotypes: str) -> bool | None:
        text = _without_blanks(karyotypes)
        return None if "t(11;19)" not in text else re.search(r"t\(11;19\)\([^)]*p13\.[13]", text) is not None

    return once_per_value(karyotype_text(cytogenetics), banded, pl.Boolean)


def _fusion_partner(marker: str) -> str | None:
    fusion = fusion_in(marker)
    return fusion and fusion[0]


def plain_marker(marker: pl.Expr) -> pl.Expr:
    """An MRD marker as :func:`.fusions.plain_marker` has it."""
    return once_per_value(marker, fusions.plain_marker)


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
