"""A remission that states no criteria is judged by those of the settings, where they are given."""

import pytest

import infant_course as ic
from infant_course.report.check import check
from infant_course.rules import Settings
from infant_course.vocabulary import Criteria
from infant_course.when import parse

INDUCTION = ic.TreatmentBlock(
    id="induction", block="induction", when=[parse("2020-01-10")], until=[parse("2020-02-12")]
)


def failures(settings: Criteria | None, stated: Criteria | None = None) -> dict[str, str]:
    """Severity by rule, of a remission of day 15 with MRD of 2 %, 3 % blasts and 0.5 x 10^9/L neutrophils."""
    remission = ic.Remission(
        id="cr1",
        when=[parse("2020-01-24")],
        criteria=stated,
        mrd=ic.Quantity(2, "%"),
        marrow_blasts=ic.Quantity(3, "%"),
        cns="CNS1",
        neutrophils=ic.Quantity(0.5, "10^9/L"),
    )
    course = ic.Course(patient=ic.Patient(id="p"), events=[INDUCTION, remission])
    return {f.rule: f.severity for f in check(course, settings=Settings(criteria=settings)).failed}


@pytest.mark.parametrize(
    ("criteria", "expected"),
    [
        (None, {"REM-01": "warning", "REM-02": "warning"}),
        (Criteria.PONTE_DI_LEGNO, {"REM-01": "error", "REM-02": "error"}),
        (Criteria.CIBMTR, {"REM-01": "warning", "REM-03": "warning"}),
    ],
)
def test_criteria_of_the_settings_serve_where_none_are_stated(
    criteria: Criteria | None, expected: dict[str, str]
) -> None:
    for found in (failures(criteria), failures(None, criteria)):
        assert {rule: severity for rule, severity in found.items() if rule.startswith("REM")} == expected


def test_stated_criteria_go_before_those_of_the_settings() -> None:
    found = failures(Criteria.PONTE_DI_LEGNO, Criteria.CIBMTR)
    assert (found["REM-01"], found.get("REM-02")) == ("warning", None)
