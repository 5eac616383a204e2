"""Absent from the record is not "did not happen", unless the type is declared complete."""

from collections.abc import Mapping
from typing import Any

import attrs
import polars as pl
import pytest

import infant_course as ic
from infant_course.cohort import Cohort, table_schema
from infant_course.report.check import RuleCount, check
from infant_course.when import parse


def relapses(number: int) -> Cohort:
    """A cohort of patients with one relapse each, and no other table."""
    courses = [
        ic.Course(
            patient=ic.Patient(id=f"p{i}"), events=[ic.Relapse(id="relapse", when=[parse(f"2020-01-{i + 1:02}")])]
        )
        for i in range(number)
    ]
    return Cohort.from_courses(courses)


def tally(cohort: Cohort, rule: str) -> RuleCount:
    (count,) = [count for count in check(cohort).rules if count.rule == rule]
    return count


def declared(cohort: Cohort, complete: Mapping[str, bool]) -> Cohort:
    return attrs.evolve(cohort, complete=complete)


def test_relapses_without_a_remission_table_are_undecided() -> None:
    cohort = relapses(5)
    assert "remission" not in cohort.tables
    count = tally(cohort, "REM-06")
    assert (count.subjects, count.failed, count.undecided) == (5, 0, 5)


def test_with_remissions_declared_complete_each_relapse_fails() -> None:
    report = check(declared(relapses(5), {"remission": True}))
    failed = [finding.patient for finding in report.failed if finding.rule == "REM-06"]
    assert failed == ["p0", "p1", "p2", "p3", "p4"]


def test_another_table_declared_complete_changes_nothing() -> None:
    assert tally(declared(relapses(5), {"relapse": True, "mrd": True}), "REM-06").failed == 0


def test_complete_for_some_patients_fails_those_only() -> None:
    whole = pl.Series([True, False, True])
    report = check(attrs.evolve(relapses(3), complete={"remission": whole}))
    verdicts = {f.patient: f.verdict for f in report.findings if f.rule == "REM-06"}
    assert verdicts == {"p0": "failed", "p1": "undecided", "p2": "failed"}


def test_no_rule_fails_a_course_for_what_it_does_not_tell() -> None:
    """Only what is told can fail: a course of one bare event of each type, its times unknown."""
    for event_type in ic.EVENT_TYPES.values():
        course = ic.Course(patient=ic.Patient(id="p"), events=[event_type(id="e")])
        assert [f.rule for f in check(course).failed if f.severity == "error"] == []


def mrd_of_unit(unit: str | None) -> Cohort:
    """One MRD level whose unit is as given: what an export holds, and no case file can."""
    course = ic.Course(
        patient=ic.Patient(id="p"),
        events=[ic.MrdAssessment(id="mrd", result="quantified", specimen="marrow", value=ic.Quantity(0.05, "%"))],
    )
    cohort = Cohort.from_courses([course])
    value: Any = pl.Series("value", [{"value": 0.05, "unit": unit}], dtype=table_schema("mrd")["value"])
    return attrs.evolve(cohort, tables={"mrd": cohort.tables["mrd"].with_columns(value)})


def test_an_mrd_level_without_a_unit_fails_mrd_02() -> None:
    for unit, failed in ((None, 1), ("copies/ug", 1), ("%", 0), ("fraction", 0)):
        assert tally(mrd_of_unit(unit), "MRD-02").failed == failed


def test_a_level_without_a_unit_is_not_compared_with_anything() -> None:
    report = check(mrd_of_unit(None))
    assert report.errored == {}
    assert {f.rule for f in report.failed} == {"MRD-02"}


WHOLE = ic.Course(
    patient=ic.Patient(id="p", sex="female"),
    events=[
        ic.Diagnosis(
            id="dx",
            cns="CNS1",
            wbc=ic.Quantity(12.0, "10^9/L"),
            kmt2a_tests=["fish"],
            cytogenetics=[ic.events.Cytogenetics(karyotype="normal", tests=["g_banding"])],
        ),
        ic.TreatmentBlock(
            id="block", agents=[ic.events.Agent(name="methotrexate", route="oral", dose=ic.Quantity(5.0, "g/m2"))]
        ),
    ],
)
"""One course whose codes and units are all in order."""


def with_column(event_type: str, field: str, value: Any) -> Cohort:
    """The same course with another value in one column, as an export may hold it."""
    cohort = Cohort.from_courses([WHOLE])
    column: Any = pl.Series(field, [value], dtype=table_schema(event_type)[field])
    return attrs.evolve(cohort, tables={**cohort.tables, event_type: cohort.tables[event_type].with_columns(column)})


def test_codes_and_units_in_order_pass() -> None:
    cohort = Cohort.from_courses([WHOLE])
    for rule, subjects in (("REC-06", 3), ("REC-07", 2)):
        count = tally(cohort, rule)
        assert (count.subjects, count.failed, count.undecided) == (subjects, 0, 0)


@pytest.mark.parametrize(
    ("event_type", "field", "value"),
    [
        ("diagnosis", "cns", "CNS4"),
        ("diagnosis", "cns", "cns1"),
        ("diagnosis", "kmt2a_tests", ["fish", "guess"]),
        ("diagnosis", "cytogenetics", [{"karyotype": "normal", "tests": ["banding"]}]),
        ("treatment_block", "agents", [{"name": "methotrexate", "route": "by mouth"}]),
    ],
)
def test_a_code_outside_its_list_fails_rec_06(event_type: str, field: str, value: Any) -> None:
    cohort = with_column(event_type, field, value)
    assert tally(cohort, "REC-06").failed == 1
    assert check(cohort).errored == {}


def test_a_sex_outside_its_list_fails_rec_06() -> None:
    cohort = Cohort.from_courses([WHOLE])
    coded = attrs.evolve(cohort, patients=cohort.patients.with_columns(sex=pl.lit("2")))
    assert tally(coded, "REC-06").failed == 1


@pytest.mark.parametrize(
    ("event_type", "field", "value"),
    [
        ("diagnosis", "wbc", {"value": 12.0, "unit": None}),
        ("diagnosis", "wbc", {"value": 12.0, "unit": "K/uL"}),
        ("diagnosis", "wbc", {"value": 12.0, "unit": "g/dL"}),
        ("treatment_block", "agents", [{"name": "methotrexate", "dose": {"value": 5.0, "unit": None}}]),
    ],
)
def test_a_number_without_its_unit_fails_rec_07(event_type: str, field: str, value: Any) -> None:
    cohort = with_column(event_type, field, value)
    assert tally(cohort, "REC-07").failed == 1
    assert check(cohort).errored == {}


def test_a_unit_without_a_number_is_no_number() -> None:
    cohort = with_column("diagnosis", "wbc", {"value": None, "unit": None})
    assert tally(cohort, "REC-07").failed == 0
