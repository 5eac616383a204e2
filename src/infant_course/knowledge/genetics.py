"""KMT2A partner genes, their chromosomes and names."""

from functools import cache

from attrs import frozen

from .reading import knowledge


@frozen
class Partner:
    """A gene fused with KMT2A: chromosome, older names, infants with ALL and AML in the 2023 recombinome."""

    gene: str
    chromosome: str
    older_names: tuple[str, ...]
    infant_all: int | None
    infant_aml: int | None


@cache
def partners() -> dict[str, Partner]:
    """All partner genes by symbol (Meyer 2023, Table 1; loci partly recalled, see the file)."""
    return {
        row["gene"]: Partner(
            gene=row["gene"],
            chromosome=str(row["chromosome"]),
            older_names=tuple(row["older_names"]),
            infant_all=row["infant_all"],
            infant_aml=row["infant_aml"],
        )
        for row in knowledge("genetics")["partners"]
    }


@cache
def symbols() -> dict[str, str]:
    """Every known name of a partner gene, in capitals, and the symbol it stands for.

    A name that two genes have borne (MEN) is left out: it settles nothing.
    """
    names: dict[str, str] = {}
    for partner in partners().values():
        for name in (partner.gene, *partner.older_names):
            names.setdefault(name.upper(), partner.gene)
    return names
