"""Errors planted in clean histories are noticed, and the counting of them can fail."""

from functools import cache
from pathlib import Path

import polars as pl
import pytest
from benchmarks import faults
from benchmarks.case_texts import CASE_KINDS, CaseKind, case_text
from benchmarks.histories import histories
from benchmarks.kinds import KINDS
from benchmarks.planting import ALL, Kind, as_cohort, carriers, change, drop, event, frames, later, plant
from benchmarks.synthetic import synthetic

from infant_course.cohort import Cohort
from infant_course.events import EVENT_TYPES

PATIENTS = 1500
SURE = ("two-deaths", "wbc-per-ul", "germline", "cr-number", "lod-loq-exchanged", "block-ends-before-start")
"""Errors that cannot be overlooked in any patient."""


@cache
def clean() -> Cohort:
    return histories(PATIENTS)


def kind(name: str) -> Kind:
    (found,) = [k for k in KINDS if k.name == name]
    return found


@cache
def measured() -> dict[str, faults.Result]:
    chosen = [kind(name) for name in SURE]
    results, _ = faults.measure(clean(), chosen, 15, {rule for k in chosen for rule in k.expected})
    return {result.kind.name: result for result in results}


def test_clean_histories_raise_no_error() -> None:
    assert faults.errors_among(faults.findings(clean())).height == 0


def test_the_synthetic_cohort_holds_every_type_of_event_and_few_faulty_patients() -> None:
    cohort = synthetic(PATIENTS)
    assert set(cohort.tables) == set(EVENT_TYPES)
    wrong = faults.errors_among(faults.findings(cohort))["patient"].n_unique()
    assert 0.01 * PATIENTS <= wrong <= 0.06 * PATIENTS


def test_every_kind_of_error_can_be_planted_in_someone() -> None:
    tables = frames(clean())
    assert [k.name for k in KINDS if not carriers(tables, k).len()] == []
    assert len({k.name for k in KINDS}) == len(KINDS) >= 40


@pytest.mark.parametrize("name", SURE)
def test_errors_that_cannot_be_overlooked_are_noticed_in_everybody(name: str) -> None:
    assert measured()[name].recall == 1.0


def test_a_change_without_an_error_is_not_counted_as_noticed() -> None:
    nothing = Kind("nothing", "nothing went wrong", ("REC-05", "BAS-03"), (change("death", ALL, **later(0)),))
    (result,), _ = faults.measure(clean(), [nothing], 15, nothing.expected)
    assert (result.carriers, result.noticed) == (15, 0)


def test_a_finding_of_a_rule_that_is_not_expected_is_not_counted() -> None:
    wrongly = Kind("wrongly", "two deaths", ("BAS-03",), kind("two-deaths").steps)
    (result,), _ = faults.measure(clean(), [wrongly], 15, ("BAS-03", "REC-05"))
    assert result.noticed == 0


def test_what_the_clean_twin_raises_is_not_counted() -> None:
    """MRD-03 fails on negative results without sensitivity: so it does before and after another error is planted."""
    tables = frames(clean())
    bare = change("mrd", event("mrd-marma"), sensitivity=pl.lit(None), result=pl.lit("negative"), value=pl.lit(None))
    already = as_cohort(plant(tables, Kind("bare", "", (), (bare,))))
    other = Kind("other", "two deaths", ("MRD-03",), kind("two-deaths").steps)
    (result,), _ = faults.measure(already, [other], 15, ("MRD-03", "REC-05"))
    assert result.noticed == 0


def test_an_error_is_planted_in_its_carriers_only() -> None:
    tables = frames(clean())
    lost = Kind("lost", "rows lost", (), (drop("last_contact", ALL),))
    who = carriers(tables, lost).head(10)
    left = plant(tables, lost, who)["last_contact"]
    assert left.height == PATIENTS - 10
    assert not left["unit"].is_in(who.implode()).any()


def test_a_missed_kind_without_a_reason_is_told() -> None:
    missed = faults.Result(Kind("k", "about", ("REC-05",), ()), 10, 3)
    explained = faults.Result(Kind("k", "about", ("REC-05",), (), reason="cannot be seen"), 10, 3)
    assert faults.remarks([missed]) == [f"- k (30.0%): {faults.NO_REASON}"]
    assert faults.remarks([explained]) == ["- k (30.0%): cannot be seen"]
    assert faults.remarks([faults.Result(missed.kind, 100, 98)]) == []


def test_the_page_tells_of_every_kind() -> None:
    page = (Path(__file__).parent.parent / "docs" / "fault-injection.md").read_text(encoding="utf-8")
    assert [k.name for k in (*KINDS, *CASE_KINDS) if f"| {k.name} |" not in page] == []


def test_typing_errors_change_the_text_and_clean_files_raise_no_error() -> None:
    texts = [case_text(number) for number in range(3)]
    assert len(set(texts)) == 3
    assert all(typo.edit(text) != text for typo in CASE_KINDS for text in texts)


def test_case_files_with_errors_are_noticed_and_clean_ones_are_not() -> None:
    names = ("case-wbc-unit", "case-mrd-bare", "case-id-twice", "case-no-relapse")
    results, found = faults.measure_cases([k for k in CASE_KINDS if k.name in names], per_kind=3)
    assert [result.recall for result in results] == [1.0] * 4
    assert faults.errors_among(found).height == 0


def test_a_file_that_can_be_read_is_not_counted_as_refused() -> None:
    harmless = CaseKind("harmless", "nothing went wrong", ("reader",), lambda text: text)
    (result,), _ = faults.measure_cases([harmless], per_kind=3)
    assert result.noticed == 0
