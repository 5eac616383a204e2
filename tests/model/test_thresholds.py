"""Thresholds against a second reading, by hand, of the printed figures."""

import pytest

from infant_course.knowledge.genetics import partners, symbols
from infant_course.knowledge.reading import knowledge
from infant_course.knowledge.thresholds import threshold

SECOND_READING = {
    "day8_blasts": (1000, "/uL"),  # Dördelmann 1999: good below 1000 per µL
    "mrd_negative_sensitivity": (0.0001, "fraction"),  # Brüggemann 2021: sensitivity at least 0.01 %
    "mrd_before_octadad": (0.0001, "fraction"),  # ASH 2018, abstract 655: 1e-4 and more
    "relapse_marrow_sure": (25, "%"),  # Buchmann 2022: 25 % and more needs no other test
    "relapse_marrow_one_test": (5, "%"),  # Buchmann 2022: 5 to below 25 %, one other test
    "relapse_marrow_two_tests": (1, "%"),  # Buchmann 2022: 1 to below 5 %, two other tests
    "cns_wbc": (5, "/uL"),  # CNS2 below 5 per µL, CNS3 from 5
    "cns_rbc": (10, "/uL"),  # traumatic from 10 per µL
}


@pytest.mark.parametrize("name", SECOND_READING)
def test_second_reading(name: str) -> None:
    assert (threshold(name).value, threshold(name).unit) == SECOND_READING[name]


def test_every_threshold_has_a_source_that_exists() -> None:
    for name in knowledge("thresholds"):
        assert threshold(name).source.key in knowledge("sources")
        assert threshold(name).source.at


def test_partners_as_in_the_review_and_the_recombinome() -> None:
    chromosome = {gene: partner.chromosome for gene, partner in partners().items()}
    assert chromosome["AFF1"] == "4"  # t(4;11)
    assert chromosome["MLLT3"] == "9"  # t(9;11)
    assert chromosome["MLLT1"] == chromosome["ELL"] == "19"  # t(11;19), bands p13.3 and p13.1
    assert (partners()["ELL"].infant_all, partners()["ELL"].infant_aml) == (0, 30)
    assert symbols()["AF4"] == "AFF1"
    assert symbols()["ENL"] == "MLLT1"
