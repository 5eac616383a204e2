"""Partners, antigens and lineage against a second reading, by hand; two ways to judge a lineage agree."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infant_course.errors import UsageError
from infant_course.knowledge.genetics import (
    antigens,
    bands,
    frequencies,
    genes_on,
    germline_lesions,
    karyotype_rules,
    markers,
    ncit_codes,
    partners,
    series,
    switch_patterns,
    symbols,
)
from infant_course.knowledge.lineage import LINEAGES, antigen, criteria_met, egil_points, lineage_by_markers
from infant_course.knowledge.reading import knowledge
from infant_course.rules import diagnosis
from infant_course.sources import Confidence


def test_partners_second_reading():
    mllt10, usp2, maml1 = (partners()[gene] for gene in ("MLLT10", "USP2", "MAML1"))
    assert (mllt10.infant_all, mllt10.infant_aml, mllt10.infant_other, mllt10.locus) == (59, 54, 8, "10p12")
    assert (usp2.short, usp2.ncit, usp2.locus_confidence) == (None, None, Confidence.RECALLED)
    assert (maml1.infant_all, maml1.infant_aml) == (None, None)
    assert partners()["MLLT1"].fusion == "KMT2A::MLLT1"
    assert "t(11;19)(q23;p13.3)" in partners()["MLLT1"].karyotypes
    assert len(partners()) == 23


def test_every_name_of_a_partner_means_one_gene():
    assert (symbols()["MEN"], symbols()["ELL"], symbols()["AF4"]) == ("ELL", "ELL", "AFF1")
    named = [{p.gene.upper(), *(name.upper() for name in p.older_names)} for p in partners().values()]
    assert sum(map(len, named)) == len(symbols())


def test_a_coarse_band_leaves_several_genes():
    assert genes_on("19", "p13.3") == ("MLLT1",)
    assert genes_on("19") == ("MLLT1", "ELL", "MYO1F")
    assert genes_on("3") == ()
    assert {gene for band in bands() for gene in band.genes} <= set(partners())


def test_everything_has_a_source_that_exists():
    held = (
        *partners().values(),
        *karyotype_rules().values(),
        *frequencies(),
        *series(),
        *germline_lesions(),
        *markers().values(),
        *antigens().values(),
        *switch_patterns(),
    )
    for found in held:
        assert found.source.key in knowledge("sources"), found
        assert set(getattr(found, "also", ()) if not hasattr(found, "egil") else ()) <= set(knowledge("sources"))


def test_germline_lesions_and_markers():
    nutm1 = next(lesion for lesion in germline_lesions() if lesion.gene == "NUTM1")
    assert (nutm1.locus, nutm1.partners_confidence) == ("15q14", Confidence.RECALLED)
    assert {"KMT2A-AFF1", "KMT2A-MLLT1", "KMT2A-MLLT3"} <= set(markers())
    assert ncit_codes()["kmt2a_gene_rearrangement"] == "C122623"


def test_shares_are_percentages_of_a_whole():
    infants = next(s for s in series() if s.population.startswith("infants"))
    assert infants.percent == {"t(4;11)": 53, "t(11;19)": 20, "t(9;11)": 11, "other": 16}
    assert sum(infants.percent.values()) == 100


def test_antigens_by_any_name():
    assert antigen("cCD79a") == "CD79a"
    assert antigen("Myeloperoxidase") == "MPO"
    assert antigen("CD999") == "CD999"


NO_MYELOID_NO_T = ["CD3", "MPO", "NSE", "CD11c", "CD14", "CD64"]


@pytest.mark.parametrize(
    ("positive", "negative", "expected"),
    [
        (["CD19", "cCD79a"], NO_MYELOID_NO_T, ("B",)),
        (["CD19", "CD10"], [], ("B", "mixed")),
        (["CD19"], ["CD79a", "CD22", "CD10", *NO_MYELOID_NO_T], ("undetermined",)),
        (["CD79a", "CD10"], ["CD19", *NO_MYELOID_NO_T], ("undetermined",)),
        (["cMPO"], ["CD19", "CD3"], ("myeloid",)),
        (["CD64", "CD14"], ["CD19", "CD3", "MPO"], ("myeloid",)),
        (["CD64"], ["CD19", "CD3", "MPO", "CD14", "CD11c", "NSE", "lysozyme"], ("undetermined",)),
        (["cCD3"], ["CD19", *NO_MYELOID_NO_T[1:]], ("T",)),
        (["CD3", "MPO"], ["CD19"], ("mixed",)),
        ([], [], ("B", "T", "myeloid", "mixed", "undetermined")),
    ],
)
def test_lineage(positive: list[str], negative: list[str], expected: tuple[str, ...]):
    assert lineage_by_markers(positive, negative).possible == expected


def test_the_relapse_of_case_3_is_myeloid():
    """Markers of B and T were absent; MPO was there."""
    found = lineage_by_markers(["CD15", "CD33", "CD64", "CD123", "cMPO"], ["CD19", "CD10", "CD79a", "CD3"])
    assert found.value == "myeloid"
    assert not found.source.provisional


def test_what_rests_on_recalled_markers_is_provisional():
    assert lineage_by_markers(["CD64", "CD14"], ["CD19", "CD3", "MPO"]).source.provisional
    assert lineage_by_markers(["CD19"], [], "egil").source.provisional


def test_lineage_names_what_to_test():
    found = lineage_by_markers(["CD19"], NO_MYELOID_NO_T)
    assert found.possible == ("B", "undetermined")
    assert set(found.missing) == {"CD79a", "CD22", "CD10"}


def test_egil_needs_more_than_two_points():
    absent = [name for name in egil_points("B") if name not in ("CD19", "CD10")]
    assert criteria_met(["CD19", "CD10"], absent, "egil")["B"] is False  # exactly 2
    assert criteria_met(["CD19", "CD79a"], [], "egil")["B"] is True  # 3
    assert criteria_met(["CD19", "CD10"], [], "egil")["B"] is None
    assert egil_points("T")["CD10"] == egil_points("B")["CD10"] == 1
    with pytest.raises(UsageError):
        criteria_met([], [], "fab")


NAMES = st.sampled_from(["CD19", "CD79a", "cCD79a", "CD22", "CD10", "CD3", "MPO", "cMPO", "NSE", "CD14", "CD64", "CD5"])
LISTS = st.one_of(st.none(), st.lists(NAMES, max_size=5))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(LISTS, LISTS), min_size=1, max_size=12))
def test_columns_say_what_one_patient_says(patients: list[tuple[list[str] | None, list[str] | None]]):
    signs = pl.Struct({"positive": pl.List(pl.String), "negative": pl.List(pl.String)})
    found = [[{"positive": positive, "negative": negative}] for positive, negative in patients]
    frame = pl.DataFrame({"found": pl.Series(found, dtype=pl.List(signs))})
    told = frame.select(diagnosis.antigens(pl.col("found"))).to_series().struct.unnest()
    told = told.select(LINEAGES)
    assert told.to_dicts() == [criteria_met(positive or (), negative or ()) for positive, negative in patients]
