"""What findings say of the problems of a telling: all of them, where they stand, and not more than can be read."""

import infant_course as ic
from infant_course.io.case_file import read
from infant_course.report.check import check
from infant_course.report.findings import Finding


def told(*events: str, patient: str = "{id: p}") -> ic.Course:
    """A case file of some events, one a line; the first stands on line 4."""
    lines = ["infant_course: 1", f"patient: {patient}", "events:", *(f"  - {{{event}}}" for event in events)]
    return read("\n".join(lines) + "\n", file="case.yaml")


def found(course: ic.Course, rule: str) -> dict[str | None, Finding]:
    """The failed findings of a rule, by event."""
    return {finding.event: finding for finding in check(course).failed if finding.rule == rule}


def test_two_dates_of_birth_are_told_with_their_line() -> None:
    course = told("event: diagnosis, id: dx, when: 2020-05-05", patient="{id: p, birth: [2020-01-01, 2020-01-02]}")
    finding = found(course, "REC-03")["birth"]
    assert (finding.about, finding.file, finding.line) == ("birth", "case.yaml", 2)
    assert "birth: 2020-01-01 (case.yaml, line 2); birth: 2020-01-02 (case.yaml, line 2)" in finding.message
    assert ic.Cohort.from_courses([course]).course("p").patient.birth_line == 2
