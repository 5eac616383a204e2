"""KMT2A partner genes and karyotypes, lesions of KMT2A-germline ALL, PCR markers, antigens, patterns of switch."""

from collections.abc import Mapping
from functools import cache

from attrs import frozen

from ..sources import Cite, Confidence
from .derived import cite
from .reading import knowledge
from .spelling import spelt


@frozen
class Partner:
    """A gene fused with KMT2A: chromosome, older names, infants with ALL and AML in the 2023 recombinome.

    Counts are numbers of infants; None: not in what was read of the table. ``karyotypes``: ISCN strings, with
    ``locus`` as sure as ``locus_confidence``. ``short``: the translocation as usually written. ``lineage``: typical
    lineage in infants, in words.
    """

    gene: str
    chromosome: str
    older_names: tuple[str, ...]
    infant_all: int | None
    infant_aml: int | None
    infant_other: int | None
    locus: str
    karyotypes: tuple[str, ...]
    short: str | None
    ncit: str | None
    older_fusions: tuple[str, ...]
    lineage: str
    locus_confidence: Confidence
    note: str
    source: Cite
    also: tuple[str, ...]

    @property
    def fusion(self) -> str:
        """The fusion as the HGNC writes it."""
        return f"KMT2A::{self.gene}"


@frozen
class Band:
    """A band of a partner chromosome and the genes it may stand for."""

    chromosome: str
    band: str
    genes: tuple[str, ...]


@frozen
class KaryotypeRule:
    """How far a karyotype speaks for or against a fusion."""

    id: str
    text: str
    source: Cite


@frozen
class Frequency:
    """Percentage of a population whose leukaemia is KMT2A-rearranged (``low`` None: at most ``high``)."""

    population: str
    low: float | None
    high: float
    source: Cite


@frozen
class Series:
    """Percentage of each translocation among the KMT2A-rearranged of a population."""

    population: str
    percent: Mapping[str, float]
    source: Cite


@frozen
class GermlineLesion:
    """A lesion of infants without KMT2A rearrangement; ``gene`` None: none was found."""

    gene: str | None
    locus: str | None
    event: str
    partners: tuple[str, ...]
    partners_confidence: Confidence
    note: str
    source: Cite
    also: tuple[str, ...]


@frozen
class Marker:
    """A target of MRD by PCR or sequencing."""

    name: str
    kind: str
    source: Cite


@frozen
class Antigen:
    """An antigen of blasts: lineage it speaks for (in words), where it is, EGIL points (None: it has none)."""

    name: str
    also: tuple[str, ...]
    gene: str | None
    lineage: str
    location: str
    egil: float | None
    note: str
    source: Cite


@frozen
class SwitchPattern:
    """A change of lineage that was reported, with the fusion kept."""

    before: str
    after: str
    source: Cite


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
            infant_other=row["infant_other"],
            locus=row["locus"],
            karyotypes=tuple(row["karyotypes"]),
            short=row.get("short"),
            ncit=row.get("ncit"),
            older_fusions=tuple(row["older_fusions"]),
            lineage=row["lineage"],
            locus_confidence=Confidence(row["locus_confidence"]),
            note=row.get("note", ""),
            source=cite(row["source"]),
            also=tuple(row.get("also", ())),
        )
        for row in knowledge("genetics")["partners"]
    }


@cache
def symbols() -> dict[str, str]:
    """Every known name of a partner gene, in capitals, and the symbol it stands for; no two genes share a name.

    MEN is an older name of ELL here (MLL-MEN), not of menin.
    """
    return {name.upper(): p.gene for p in partners().values() for name in (p.gene, *p.older_names)}


JOINED = r"[\s_:/\-\u2010-\u2015\u2212]+"
"""What stands between the two genes of a fusion: hyphens, dashes, colons, slashes; or only a blank or underscore."""


@cache
def bands() -> tuple[Band, ...]:
    """Bands of partner chromosomes with the genes they may stand for."""
    return tuple(Band(row["chromosome"], row["band"], tuple(row["genes"])) for row in knowledge("genetics")["bands"])


def genes_on(chromosome: str, band: str | None = None) -> tuple[str, ...]:
    """Partner genes that a chromosome, or one band of it, may stand for; none where no partner is known there."""
    found = [row.genes for row in bands() if row.chromosome == chromosome and band in (None, row.band)]
    return tuple(dict.fromkeys(gene for genes in found for gene in genes))


@cache
def karyotype_rules() -> Mapping[str, KaryotypeRule]:
    """What a karyotype says of a fusion, by id."""
    rows = knowledge("genetics")["karyotype_rules"]
    return {row["id"]: KaryotypeRule(row["id"], row["text"], cite(row["source"])) for row in rows}


@cache
def frequencies() -> tuple[Frequency, ...]:
    """Published shares of KMT2A rearrangement. They differ; none is preferred."""
    rows = knowledge("genetics")["frequencies"]
    return tuple(Frequency(row["population"], row["low"], row["high"], cite(row["source"])) for row in rows)


@cache
def series() -> tuple[Series, ...]:
    """Published shares of single translocations."""
    rows = knowledge("genetics")["series"]
    return tuple(Series(row["population"], row["percent"], cite(row["source"])) for row in rows)


@cache
def germline_lesions() -> tuple[GermlineLesion, ...]:
    """Lesions of infants without KMT2A rearrangement."""
    return tuple(
        GermlineLesion(
            gene=row["gene"],
            locus=row["locus"],
            event=row["event"],
            partners=tuple(row["partners"]),
            partners_confidence=Confidence(row["partners_confidence"]),
            note=row["note"],
            source=cite(row["source"]),
            also=tuple(row["also"]),
        )
        for row in knowledge("genetics")["germline"]
    )


@cache
def ncit_codes() -> Mapping[str, str]:
    """Codes of the NCI Thesaurus for KMT2A lesions and lineages, by a short name."""
    codes: Mapping[str, str] = knowledge("genetics")["ncit"]["codes"]
    return codes


@cache
def markers() -> Mapping[str, Marker]:
    """Targets of MRD by name."""
    rows = knowledge("genetics")["markers"]
    return {row["name"]: Marker(row["name"], row["kind"], cite(row["source"])) for row in rows}


@cache
def antigens() -> Mapping[str, Antigen]:
    """Antigens by name."""
    return {
        row["name"]: Antigen(
            name=row["name"],
            also=tuple(row.get("also", ())),
            gene=row["gene"],
            lineage=row["lineage"],
            location=row["location"],
            egil=row["egil"],
            note=row.get("note", ""),
            source=cite(row["source"]),
        )
        for row in knowledge("genetics")["antigens"]
    }


@cache
def antigen_names() -> Mapping[str, str]:
    """Every known name of an antigen, as :func:`.spelling.spelt`, and the antigen it stands for."""
    return {spelt(name): found.name for found in antigens().values() for name in (found.name, *found.also)}


@cache
def switch_patterns() -> tuple[SwitchPattern, ...]:
    """Changes of lineage that were reported."""
    rows = knowledge("genetics")["switches"]
    return tuple(SwitchPattern(row["from"], row["to"], cite(row["source"])) for row in rows)
