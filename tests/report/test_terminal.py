"""The report as text: the table first, what failed worst first, undecided counted only."""

import re

from infant_course.report.terminal import WIDTH, as_text
from infant_course.vocabulary import Severity
from report.sample_report import count, finding, report

WARNING = finding(rule="BAS-02", severity=Severity.WARNING, event="dx", message="A doubtful count.")
UNDECIDED = finding(rule="REM-06", verdict="undecided", event="rel", message="Cannot tell: a relapse.")


def test_the_table_has_a_line_for_every_rule_with_anything_to_say():
    """A rule that only passed has none; the three numbers are subjects, failed, undecided."""
    told = as_text(
        report(
            rules=(
                count("MRD-01", Severity.ERROR, 7, 0, 0),
                count("ORD-04", Severity.ERROR, 5, 1, 2),
                count("REM-06", Severity.ERROR, 3, 0, 3),
            )
        )
    )
    assert re.search(r"^ORD-04 +error +5 +1 +2 ", told, re.M)
    assert re.search(r"^REM-06 +error +3 +0 +3 ", told, re.M)
    assert "MRD-01" not in told
    assert "1 patient, 9 events, 3 rules (3 with something to judge)" in told


def test_the_table_comes_before_the_findings_and_the_worst_finding_first():
    """Errors stand above warnings, whatever the order of the findings."""
    told = as_text(report(WARNING, finding(), rules=(count("ORD-04", Severity.ERROR, 1, 1, 0),)))
    assert told.index("subjects") < told.index("An event ends") < told.index("A doubtful count")


def test_a_finding_says_whose_where_what_and_what_to_do():
    """Patient, event, file and line, message, advice and source are all there."""
    told = as_text(report(finding()))
    for part in ("p1, ib (p1.yaml, line 12)", "ends before it starts", "Compare the two dates", "logic: nothing"):
        assert part in told


def test_undecided_verdicts_are_counted_and_not_listed():
    """They are in the JSON."""
    told = as_text(report(UNDECIDED, UNDECIDED, rules=(count("REM-06", Severity.ERROR, 2, 0, 2),)))
    assert "2 verdicts undecided" in told
    assert "Cannot tell" not in told


def test_lines_keep_to_eighty_columns():
    """Long titles and messages are wrapped."""
    long = finding(message="An event " + "that is told at length " * 12 + "ends.")
    told = as_text(report(long, rules=(count("ORD-04", Severity.ERROR, 1, 1, 0),)))
    assert max(len(line) for line in told.splitlines()) <= WIDTH


def test_colour_only_when_asked_for():
    """Without it not one escape character is written; with it the words stay the same."""
    sample = report(finding(), rules=(count("ORD-04", Severity.ERROR, 1, 1, 0),))
    plain, coloured = as_text(sample), as_text(sample, colour=True)
    assert "\x1b" not in plain
    assert re.sub(r"\x1b\[\d+m", "", coloured) == plain != coloured


def test_what_an_input_holds_cannot_steer_the_terminal():
    """Control characters in ids and messages are replaced."""
    told = as_text(report(finding(patient="\x1b[2Jp\x07", event="e\u202e", message="a\x9b31mb")))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", told)


def test_a_rule_that_could_not_run_is_told():
    """Its reason stands below the findings."""
    assert "XXX-01 could not be run: KeyError" in as_text(report(errored={"XXX-01": "KeyError"}))


def test_the_last_line_counts_by_severity():
    """Info is called a note."""
    notes = [finding(severity=Severity.INFO, event=name) for name in ("a", "b")]
    assert as_text(report(finding(), WARNING, *notes)).rstrip().endswith("1 error, 1 warning, 2 notes.")


def test_numbers_of_millions_do_not_run_together() -> None:
    """A space stands between any two numbers of the table, and lines keep to 80 columns."""
    of_many = count("REM-06", Severity.ERROR, 123_456_789, 23_456_789, 12_345_678)
    of_few = count("REM-07", Severity.ERROR, 9, 1, 0)
    lines = as_text(report(rules=(of_many, of_few))).splitlines()
    rows = [line.split() for line in lines if line.startswith("REM-0")]
    assert [row[2:5] for row in rows] == [["123,456,789", "23,456,789", "12,345,678"], ["9", "1", "0"]]
    assert max(map(len, lines)) <= 80
