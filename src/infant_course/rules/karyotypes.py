"""Partner genes and translocations as column expressions."""

from collections.abc import Callable

import polars as pl

from ..knowledge.genetics import partners, symbols


def once_per_value(column: pl.Expr, work: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
    """Text worked out from a column of text, once for each of its few distinct values instead of for every row."""

    def mapped(values: pl.Series) -> pl.Series:
        distinct = values.unique().drop_nulls()
        done = distinct.to_frame("value").select(work(pl.col("value")).alias("done")).to_series()
        return values.replace_strict(distinct, done, default=None, return_dtype=pl.String)

    return column.map_batches(mapped, return_dtype=pl.String)


def partner_symbol(name: pl.Expr) -> pl.Expr:
    """The present gene symbol for any known name of a KMT2A partner; null for a name not known."""
    names = symbols()
    return name.str.to_uppercase().replace_strict(list(names), list(names.values()), default=None)


def partner_chromosome(symbol: pl.Expr) -> pl.Expr:
    """Chromosome of a partner gene; null for a gene not in the map."""
    known = partners()
    return symbol.replace_strict(list(known), [p.chromosome for p in known.values()], default=None)


def karyotype_text(cytogenetics: pl.Expr) -> pl.Expr:
    """All karyotypes of a list of cytogenetic results, in one text."""
    each = pl.element().struct.field("karyotype").fill_null("")
    return cytogenetics.list.eval(each).list.join(" ").fill_null("")


def chromosomes_with_11(cytogenetics: pl.Expr) -> pl.Expr:
    """Chromosomes of the translocations that involve chromosome 11, as ";4;11;13;"; empty where there is none."""
    return once_per_value(karyotype_text(cytogenetics), _chromosomes_in)


def _chromosomes_in(text: pl.Expr) -> pl.Expr:
    found = text.str.extract_all(r"t\([0-9XY;]+\)")
    ours = found.list.eval(pl.element().filter(pl.element().str.contains(r"[(;]11[;)]")))
    return ours.list.join("").str.replace_all(r"[()]", ";")


def fits(chromosomes: pl.Expr, chromosome: pl.Expr) -> pl.Expr:
    """Whether a chromosome is among those of the translocations; null where either is not known."""
    contained = chromosomes.str.contains(pl.format(";{};", chromosome), literal=True)
    return pl.when((chromosomes != "") & chromosome.is_not_null()).then(contained)
