"""Definitions at their borders, second reading by hand, and what remains possible where facts are missing."""

from fractions import Fraction

import pytest

from infant_course.errors import UsageError
from infant_course.knowledge.definitions import (
    age_class,
    cns_class,
    defining,
    definition,
    definitions,
    dose_reduction,
    gvhd_grade,
    marrow_class,
    mrd_class,
    prednisone_response,
    relapse_timing,
)
from infant_course.knowledge.derived import Derived, over_all
from infant_course.knowledge.reading import knowledge
from infant_course.knowledge.thresholds import threshold
from infant_course.sources import Cite, Confidence


def test_every_definition_has_a_source_that_exists():
    for found in definitions().values():
        assert found.source.key in knowledge("sources"), found.id
        assert found.source.at, found.id
        assert found.join in ("all", "any") or found.join.isdigit(), found.id
        assert {c.operator for c in found.criteria} <= {"<", "<=", ">=", ">", "="}, found.id


@pytest.mark.parametrize(
    ("name", "measure", "number"),
    [
        ("cr_marrow_mrd", "marrow MRD", 1),
        ("cr_marrow_morphology", "marrow blasts", 5),
        ("cr_cibmtr", "neutrophils", 1000),
        ("cr_cibmtr", "platelets", 100_000),
        ("relapse_older_marrow", "marrow blasts", 25),
        ("traumatic_bfm", "CSF erythrocytes", 20),
        ("mrd_if06_high", "MRD", 5e-4),
        ("graft_failure_cord", "day after transplant", 42),
        ("gvhd_lower_3_volume", "stool", 30),
        ("icans3_capd", "CAPD", 9),
        ("crs2_oxygen", "oxygen by nasal cannula", 6),
    ],
)
def test_second_reading(name: str, measure: str, number: float):
    assert definition(name).number(measure) == number


@pytest.mark.parametrize(
    ("name", "there", "measure"),
    [
        ("cns_wbc", "cns3a", "CSF leucocytes"),
        ("cns_rbc", "cns2b", "CSF erythrocytes"),
        ("day8_blasts", "prednisone_good", "blasts in blood on day 8"),
        ("mrd_negative_sensitivity", "mrd_cr", "sensitivity"),
        ("relapse_marrow_sure", "relapse_pdl_sure", "marrow MRD"),
    ],
)
def test_the_rules_compare_with_the_same_numbers(name: str, there: str, measure: str):
    assert threshold(name).value == definition(there).number(measure)


def test_a_figure_that_was_not_found_is_no_number():
    with pytest.raises(KeyError):
        definition("relapse_pdl_cns").number("CSF leucocytes")
    assert "not found" in str(definition("relapse_pdl_cns").criteria[0])


def test_unknown_names_list_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'cns3a'"):
        definition("cns3aa")
    with pytest.raises(UsageError, match="did you mean 'CNS class'"):
        defining("CNS clas")
    assert [d.term for d in defining("marrow class", "morphology")] == ["M1", "M2", "M3"]


@pytest.mark.parametrize(
    ("percent", "expected"), [(0, "M1"), (4.99, "M1"), (5, "M2"), (24.9, "M2"), (25, "M3"), (100, "M3")]
)
def test_marrow(percent: float, expected: str):
    found = marrow_class(percent)
    assert found.value == expected
    assert ("border" in found.reason) is (percent in (5, 25))


def test_marrow_unknown_or_impossible():
    assert marrow_class(None).possible == ("M1", "M2", "M3")
    assert marrow_class(None).missing == ("marrow blasts, %",)
    assert marrow_class(101).possible == ()
    assert marrow_class(float("nan")).possible == ()


@pytest.mark.parametrize(("blasts", "expected"), [(0, "good"), (999, "good"), (1000, "poor"), (None, None)])
def test_prednisone(blasts: float | None, expected: str | None):
    assert prednisone_response(blasts).value == expected


@pytest.mark.parametrize(
    ("wbc", "rbc", "blasts", "signs", "ratio", "expected"),
    [
        (100, 0, False, False, None, ("CNS1",)),
        (4, 9, True, False, None, ("CNS2a",)),
        (4, 10, True, False, None, ("CNS2b",)),
        (5, 9, True, False, None, ("CNS3a",)),
        (5, 10, True, False, True, ("CNS3b",)),
        (5, 10, True, False, False, ("CNS2c",)),
        (5, 10, True, False, None, ("CNS2c", "CNS3b")),
        (0, 0, False, True, None, ("CNS3c",)),
        (None, 0, True, False, None, ("CNS2a", "CNS3a")),
        (4, 0, None, False, None, ("CNS1", "CNS2a")),
        (4, 0, True, None, None, ("CNS2a", "CNS3c")),
        (None, None, None, True, None, ("CNS3c",)),
    ],
)
def test_cns(
    wbc: float | None,
    rbc: float | None,
    blasts: bool | None,
    signs: bool | None,
    ratio: bool | None,
    expected: tuple[str, ...],
):
    assert cns_class(wbc, rbc, blasts, signs, steinherz_bleyer=ratio).possible == expected


def test_cns_names_only_what_matters():
    assert cns_class(4, None, True, False).missing == ("rbc",)
    assert cns_class(None, None, False, False).missing == ()
    assert cns_class(-1, 0, True, False).possible == ()


@pytest.mark.parametrize(
    ("result", "level", "sensitivity", "limit", "expected"),
    [
        ("negative", None, 1e-4, None, ("MRD CR",)),
        ("negative", None, 1e-5, None, ("MRD CR",)),
        ("negative", None, 1e-3, None, ("MRD intermediate",)),
        ("negative", None, None, None, ("MRD CR", "MRD intermediate")),
        ("quantified", 1e-4, None, None, ("MRD failure",)),
        ("quantified", 9.9e-5, None, None, ("MRD intermediate",)),
        ("positive", None, None, None, ("MRD intermediate", "MRD failure")),
        ("positive_below_range", None, None, 1e-4, ("MRD intermediate",)),
        ("positive_below_range", None, None, 1e-3, ("MRD intermediate", "MRD failure")),
        ("not_evaluable", None, None, None, ()),
        (None, None, None, None, ("MRD CR", "MRD intermediate", "MRD failure")),
    ],
)
def test_mrd(
    result: str | None, level: float | None, sensitivity: float | None, limit: float | None, expected: tuple[str, ...]
):
    assert mrd_class(result, level, sensitivity, limit).possible == expected


def test_mrd_levels_are_fractions():
    assert mrd_class("quantified", 5).possible == ()
    with pytest.raises(UsageError, match="did you mean 'negative'"):
        mrd_class("negativ")


@pytest.mark.parametrize(
    ("diagnosis", "end", "scheme", "expected"),
    [
        ((545, 545), None, "bfm", ("very_early",)),  # 18 months take 546 days at least
        ((546, 546), (0, 0), "bfm", ("very_early", "early")),
        ((550, 550), (0, 0), "bfm", ("early",)),
        ((600, 600), (-30, -30), "bfm", ("early",)),
        ((900, 900), (180, 180), "bfm", ("early",)),
        ((900, 900), (184, 184), "bfm", ("late",)),
        ((900, 900), None, "bfm", ("early", "late")),
        ((545, 545), None, "cog", ("very_early",)),
        ((700, 700), None, "cog", ("early",)),
        ((1097, 1097), None, "cog", ("late",)),
        (None, (400, 400), "bfm", ("very_early", "late")),
        ((-10, -5), None, "bfm", ()),
    ],
)
def test_timing(diagnosis: tuple[int, int] | None, end: tuple[int, int] | None, scheme: str, expected: tuple[str, ...]):
    assert relapse_timing(diagnosis, end, scheme).possible == expected


def test_timing_names_what_is_missing():
    assert relapse_timing((900, 900), None).missing == ("days since end of therapy",)
    with pytest.raises(UsageError):
        relapse_timing(None, None, "nci")


@pytest.mark.parametrize(
    ("days", "protocol", "expected"),
    [
        (364, "mll-10", "infant"),
        (365, "mll-10", "older"),
        (365, "interfant-21", "infant"),
        (366, "interfant-21", "older"),
        (365, "interfant-99", "infant"),
        (366, "interfant-99", "older"),
        (364, "kotecha_2022", "infant"),
        (365, "kotecha_2022", None),
        (366, "kotecha_2022", "older"),
    ],
)
def test_age(days: int, protocol: str, expected: str | None):
    assert age_class(days, days, protocol).value == expected


def test_age_as_a_range():
    assert age_class(300, 400).possible == ("infant", "older")
    assert age_class(None, 300).value == "infant"
    assert age_class(400, None).value == "older"
    assert age_class(20, 10).possible == ()
    assert str(age_class(10, 10, "interfant-06")).endswith("(provisional)")


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (180, (Fraction(2, 3),)),
        (181, (Fraction(2, 3), Fraction(3, 4))),
        (184, (Fraction(3, 4),)),
        (364, (Fraction(3, 4),)),
        (365, (Fraction(3, 4), Fraction(1))),
        (367, (Fraction(1),)),
    ],
)
def test_dose_by_age(days: int, expected: tuple[Fraction, ...]):
    assert dose_reduction(days, days, "interfant-99", "methotrexate").possible == expected


def test_dose_by_age_says_what_it_was_read_of():
    assert not dose_reduction(100, 100, "interfant-99", "methotrexate").source.provisional
    assert dose_reduction(100, 100, "interfant-99", "vincristine").source.provisional
    assert dose_reduction(100, 100, "interfant-06", "asparaginase_ecoli").value == Fraction(67, 100)
    assert dose_reduction(400, 400, "interfant-06", "asparaginase_ecoli").source.provisional
    unknown = dose_reduction(100, 100, "mll-10")
    assert unknown.possible == ()
    assert "no age reduction" in unknown.reason


@pytest.mark.parametrize(
    ("stages", "expected"),
    [
        ((0, 0, 0, 0), ("0",)),
        ((2, 0, 0, 0), ("I",)),
        ((3, 0, 0, 0), ("II",)),
        ((0, 1, 0, 0), ("II",)),
        ((1, 0, 1, 0), ("II",)),
        ((3, 2, 0, 0), ("III",)),
        ((0, 0, 1, 3), ("III",)),
        ((4, 0, 0, 0), ("IV",)),
        ((0, 0, 0, 4), ("IV",)),
        ((None, 0, 0, 0), ("0", "I", "II", "IV")),
        ((None, 3, None, 0), ("III", "IV")),
        ((4, None, None, None), ("IV",)),
        ((5, 0, 0, 0), ()),
        ((0, 0, 2, 0), ()),
    ],
)
def test_gvhd(stages: tuple[int | None, ...], expected: tuple[str, ...]):
    assert gvhd_grade(*stages).possible == expected


def test_an_answer_says_what_is_open():
    source = Cite("dreyer2015", "abstract", Confidence.RECALLED)
    text = str(Derived(possible=("a", "b"), missing=("x",), source=source))
    assert text == "cannot tell, one of {a, b}; not known: x (provisional)"
    assert Derived(possible=("a",), source=source).settled


def test_only_facts_that_could_narrow_the_answer_are_missing():
    possible, missing = over_all({}, {"a": (1, 2), "b": (1, 2)}, lambda a, b: (a,))
    assert possible == (1, 2)
    assert missing == ("a",)
