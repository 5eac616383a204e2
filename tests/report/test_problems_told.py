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


def test_all_that_is_wrong_with_one_event_is_told_and_ids_stand_as_written() -> None:
    course = told(
        "event: diagnosis, id: dx, when: 2020-05-05",
        "event: mrd, id: m, assesses: nope, when: after dxx",
    )
    finding = found(course, "REC-02")["m"]
    assert finding.message == (
        "An event, or the birth, refers to an event that is not recorded. "
        "m: after dxx (case.yaml, line 5): there is no event 'dxx'; did you mean 'dx'? "
        "m: assesses: nope (case.yaml, line 5): there is no event 'nope'."
    )


def test_the_event_itself_is_not_what_it_meant() -> None:
    course = told("event: relapse, id: relapse1, when: after relapse", "event: relapse, id: relapse22")
    assert "did you mean 'relapse22'?" in found(course, "REC-02")["relapse1"].message


def test_of_a_circle_of_twelve_eight_statements_are_told() -> None:
    course = told(*(f"event: mrd, id: e{n:02}, when: before e{(n + 1) % 12:02}" for n in range(12)))
    findings = found(course, "REC-03")
    assert len(findings) == 12
    for finding in findings.values():
        assert finding.message.count("before") == len(finding.conflicts_with) == 8
        assert finding.message.endswith("e07: before e08 (case.yaml, line 11); and 4 more.")
