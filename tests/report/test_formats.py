"""Every form of a report says the same, in the rules of its format."""

import csv
import io
import json
from xml.etree import ElementTree

import attrs
import jsonschema
import polars as pl
import pytest
from benchmarks.synthetic import synthetic
from openpyxl import load_workbook

from infant_course.errors import UsageError
from infant_course.intake import CellFinding, CellProblem, Intake, RowCount, merged_intakes
from infant_course.report.check import check, merged
from infant_course.report.findings import in_order, objects, table_of
from infant_course.report.formats import FILES_ONLY, FORMATS, told
from infant_course.report.json import Input
from infant_course.report.rows import inert_text
from infant_course.report.terminal import WIDTH, as_text
from infant_course.rules import RULES
from infant_course.spreadsheet import inert
from infant_course.vocabulary import Severity
from report.sample_report import count, finding, report

HOSTILE = '=cmd|"/c x"!A1 <script>alert(1)</script> ]]> \x1b[31m \u202e "; DROP'
UNDECIDED = finding(rule="REM-06", verdict="undecided", outcome="undecided", event="rel")
SAMPLE = report(
    finding(conflicts_with=("ind", "cr")),
    UNDECIDED,
    rules=(count("ORD-04", Severity.ERROR, 3, 1, 0), count("REM-06", Severity.ERROR, 1, 0, 1)),
)
READ = Intake(
    source="csv",
    rows=(RowCount(file="relapse.csv", read=12, kept=10, set_aside={"no patient": 2}),),
    cells=(
        CellFinding(
            file="relapse.csv",
            problem=CellProblem.UNREAD,
            column="start",
            row=3,
            rows=2,
            value="=1+1",
            expected="a date",
            hint="write YYYY-MM-DD",
        ),
    ),
    assumed=("Day 0 is the diagnosis.",),
)

# What of SARIF 2.1.0 a reader must find.
SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "properties": {
        "version": {"const": "2.1.0"},
        "runs": {
            "type": "array",
            "items": {
                "required": ["tool", "results"],
                "properties": {
                    "results": {
                        "items": {
                            "required": ["ruleId", "ruleIndex", "kind", "level", "message", "locations"],
                            "properties": {
                                "kind": {"enum": ["fail", "open"]},
                                "level": {"enum": ["none", "note", "warning", "error"]},
                                "message": {"required": ["text"]},
                            },
                        }
                    }
                },
            },
        },
    },
}


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize("how", sorted(set(FORMATS) - FILES_ONLY))
def test_every_finding_that_failed_is_told_in_every_format(how: str) -> None:
    text = told(SAMPLE, how)
    assert isinstance(text, str)
    assert "An event ends before it starts" in text
    assert "p1" in text


def test_csv_has_a_row_for_each_finding_and_no_formula() -> None:
    first, second = rows_of(str(told(SAMPLE, "csv")))
    assert (first["rule"], first["severity"], first["conflicts_with"], first["line"]) == (
        "ORD-04",
        "error",
        "ind; cr",
        "12",
    )
    assert second["verdict"] == "undecided"
    hostile = report(finding(patient=HOSTILE, event="-1+2", message="@x", file="-7"))
    row = rows_of(str(told(hostile, "csv")))[0]
    assert (row["event"], row["message"], row["file"]) == ("'-1+2", "'@x", "-7")
    assert row["patient"] == f"'{HOSTILE}"


def test_json_lines_are_the_findings_of_the_json() -> None:
    lines = [json.loads(line) for line in str(told(SAMPLE, "jsonl")).splitlines()]
    assert lines == json.loads(str(told(SAMPLE, "json")))["findings"]


def test_json_tells_what_became_of_an_export() -> None:
    read = json.loads(str(told(attrs.evolve(SAMPLE, intake=READ), "json")))["intake"]
    assert read["rows"] == [{"file": "relapse.csv", "read": 12, "kept": 10, "set_aside": {"no patient": 2}}]
    assert (read["cells"][0]["row"], read["cells"][0]["value"], read["assumptions"]) == (
        3,
        "=1+1",
        ["Day 0 is the diagnosis."],
    )


def test_a_workbook_has_its_sheets_and_no_formula() -> None:
    hostile = attrs.evolve(report(finding(message=HOSTILE), rules=SAMPLE.rules), intake=READ)
    book = load_workbook(io.BytesIO(told(hostile, "xlsx", [Input(name="x.yaml", sha256="ab")])))
    assert book.sheetnames == ["summary", "findings", "cells"]
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "n"}
    assert not any(str(cell.value).startswith(("=", "+", "@")) for cell in cells)
    findings = list(book["findings"].iter_rows(values_only=True))
    assert findings[0][:3] == ("rule", "outcome", "verdict") and len(findings) == 2
    assert ("rows", "relapse.csv", 12, 10, 2) in [row[:5] for row in book["summary"].iter_rows(values_only=True)]


def test_more_findings_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infant_course.report.workbook.MOST_ROWS", 2)
    with pytest.raises(UsageError, match="2 findings: a sheet holds 1; use --format csv"):
        told(SAMPLE, "xlsx")


def test_sarif_is_of_its_shape_and_points_to_the_line() -> None:
    log = json.loads(str(told(SAMPLE, "sarif", [Input(name="a b.yaml", sha256="ab")])))
    jsonschema.validate(log, SARIF)
    failed, undecided = log["runs"][0]["results"]
    assert (failed["kind"], failed["level"], undecided["kind"], undecided["level"]) == ("fail", "error", "open", "none")
    place = failed["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "p1.yaml"}, "region": {"startLine": 12}}
    assert log["runs"][0]["artifacts"][0]["location"]["uri"] == "a%20b.yaml"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**log, "version": "2"}, SARIF)


def test_junit_counts_failed_skipped_and_broken_rules() -> None:
    broken = attrs.evolve(SAMPLE, errored={"XXX-01": "KeyError"})
    suite = ElementTree.fromstring(str(told(broken, "junit")))
    assert [suite.get(name) for name in ("tests", "failures", "skipped", "errors")] == ["3", "1", "1", "1"]
    failure = suite.find("testcase/failure")
    assert failure is not None and "An event ends before it starts" in str(failure.text)


def test_what_xml_cannot_hold_does_not_reach_it() -> None:
    suite = ElementTree.fromstring(str(told(report(finding(message=HOSTILE), rules=SAMPLE.rules), "junit")))
    failure = suite.find("testcase/failure")
    assert failure is not None and "<script>" in str(failure.text)


def test_the_text_tells_rows_assumptions_and_cells() -> None:
    text = as_text(attrs.evolve(SAMPLE, intake=READ))
    assert "12 rows read from 1 file: 10 kept, 2 set aside" in text
    assert "relapse.csv: 2 set aside: no patient" in text
    assert "Day 0 is the diagnosis." in text
    assert "relapse.csv, line 3, column start: unread: expected a date, found '=1+1' (2 rows)." in text.replace(
        "\n    ", " "
    )


def test_of_many_findings_of_a_kind_the_first_are_shown_and_all_are_counted() -> None:
    many = report(
        *(finding(patient=f"p{n:03}", severity=Severity.WARNING) for n in range(250)),
        finding(rule="ORD-01", patient="q"),
    )
    text = as_text(many)
    assert text.count("An event ends before it starts.") == 4
    assert "and 247 more, 250 patients in all (--format csv lists them)" in text
    assert text.index("ORD-01") < text.index("ORD-04")
    assert "1 error, 250 warnings" in text
    assert max(map(len, text.splitlines())) <= WIDTH


def test_a_table_gives_its_findings_back() -> None:
    findings = [finding(conflicts_with=("a",)), finding(event=None, line=None, file=None)]
    assert list(objects(table_of(findings))) == findings


def test_findings_are_ordered_failed_first_then_by_severity_rule_patient_and_event() -> None:
    wanted = [
        finding(rule="B", severity=Severity.ERROR),
        finding(rule="A", severity=Severity.WARNING, patient="p1", event=None),
        finding(rule="A", severity=Severity.WARNING, patient="p1", event="a"),
        finding(rule="A", severity=Severity.WARNING, patient="p2"),
        finding(rule="A", severity=Severity.INFO),
        finding(rule="A", severity=Severity.ERROR, verdict="undecided"),
    ]
    assert list(objects(in_order(table_of(reversed(wanted))))) == wanted


def test_reports_of_parts_come_to_the_report_of_the_whole() -> None:
    cohort, rules = synthetic(300), [rule for rule in RULES.values() if rule.family in ("BAS", "ORD", "REM", "FUP")]
    whole = check(cohort, rules=rules)
    parts = [check(_some(cohort, keep), rules=rules) for keep in (range(0, 100), range(100, 300))]
    together = merged(parts)
    assert together.table.equals(whole.table)
    assert together.rules == whole.rules
    assert (together.patients, together.events) == (whole.patients, whole.events)
    assert not merged(parts[:1]).table.equals(whole.table)


def _some(cohort, keep):
    """The cohort of some patients, numbered anew."""
    first, units = keep.start, pl.Series(list(keep), dtype=pl.UInt32)

    def part(table):
        return table.filter(pl.col("unit").is_in(units.implode())).with_columns(pl.col("unit") - first)

    return attrs.evolve(
        cohort,
        patients=cohort.patients[keep.start : keep.stop],
        units=part(cohort.units).with_columns(pl.col("patient") - first),
        tables={name: part(table) for name, table in cohort.tables.items()},
        births=part(cohort.births),
        stated=part(cohort.stated.rename({"patient": "unit"})).rename({"unit": "patient"}),
    )


def test_reports_that_differ_are_not_merged() -> None:
    with pytest.raises(ValueError, match="of the same rules and settings"):
        merged([SAMPLE, attrs.evolve(SAMPLE, cut_off="2020-01-01")])
    with pytest.raises(ValueError, match="some"):
        merged([])


def test_what_was_read_in_parts_is_added_up() -> None:
    other = attrs.evolve(READ.cells[0], row=2, rows=1, value="=2")
    second = attrs.evolve(READ, cells=(attrs.evolve(READ.cells[0], row=1), other))
    both = merged_intakes([READ, second])
    assert both is not None
    assert both.rows == (RowCount(file="relapse.csv", read=24, kept=20, set_aside={"no patient": 4}),)
    assert [(one.row, one.rows) for one in both.cells] == [(1, 4), (2, 1)]
    assert both.assumptions == READ.assumptions
    assert merged_intakes([]) is None


@pytest.mark.parametrize(
    "text", [HOSTILE, "-5", "-5+1", " =1", "\t=1", "t(4;11)", "", "|x", "%d", "+49 1", "1e5", "-inf", "é"]
)
def test_a_column_is_made_harmless_as_a_cell_is(text: str) -> None:
    assert pl.Series([text]).to_frame("t").select(inert_text(pl.col("t"))).item() == inert(text)
