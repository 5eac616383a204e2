"""Every rule against its cases: what must pass, fail or stay undecided, and what a tie does."""

from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from ruamel.yaml import YAML

import infant_course as ic
from infant_course.report.check import check
from infant_course.report.findings import Finding
from infant_course.rules import RULES

CASES = Path(__file__).parents[2] / "cases" / "rules"
VERDICTS = ("passed", "failed", "undecided")


def expectations() -> dict[Path, dict[str, Any]]:
    """What is written down for each case file."""
    found = {}
    for file in sorted(CASES.glob("*/expected.yaml")):
        for name, expected in YAML(typ="safe").load(file).items():
            found[file.parent / name] = expected
    return found


EXPECTED = expectations()


@cache
def case(path: Path) -> ic.Course:
    """A case, read (and its times worked out) once."""
    return ic.load(path)


@cache
def judged_together() -> dict[Path, tuple[Finding, ...]]:
    """What the whole catalogue says of each case, all judged as one cohort: no patient may touch another."""
    courses = []
    for path in EXPECTED:
        course = case(path)
        courses.append(attrs.evolve(course, patient=attrs.evolve(course.patient, id=str(path))))
    report = check(courses)
    assert report.errored == {}
    return {path: report.of(str(path)) for path in EXPECTED}


def findings_of(path: Path, expected: dict[str, Any]) -> tuple[Finding, ...]:
    """What the catalogue says of a case; by itself where it has settings of its own."""
    if "settings" in expected:
        return check(case(path), **expected["settings"]).findings
    return judged_together()[path]


def passes(path: Path, rule: str, settings: dict[str, Any]) -> bool:
    """Whether a rule has a subject in a case and passes on one."""
    (count,) = check(case(path), rules=[RULES[rule]], **settings).rules
    return count.passed > 0


def faults(path: Path, expected: dict[str, Any]) -> list[str]:
    """Where the verdicts differ from what is expected of the rules named, or fail a rule that is not.

    What other rules remark at the level of information is left out: a short case leaves most things untold.
    """
    findings = findings_of(path, expected)
    wrong = []
    for verdict in VERDICTS:
        for rule in expected.get(verdict, ()):
            found = {finding.verdict for finding in findings if finding.rule == rule}
            holds = verdict in found if verdict != "passed" else passes(path, rule, expected.get("settings", {}))
            wrong += [] if holds else [f"{rule}: nothing {verdict}"]
            wrong += [f"{rule}: {other}, not {verdict}" for other in sorted(found - {verdict})]
    named = {*expected.get("failed", ()), *expected.get("also_failed", ())}
    failed = {finding.rule for finding in findings if finding.verdict == "failed"}
    also = {f.rule for f in findings if f.verdict == "failed" and f.severity != "info"}
    wrong += [f"{rule} failed too" for rule in sorted(also - named)]
    wrong += [f"{rule} did not fail" for rule in sorted(named - failed)]
    return wrong


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case(path: Path) -> None:
    assert faults(path, EXPECTED[path]) == []


def test_every_case_file_has_an_expectation_for_its_rule() -> None:
    assert {path for path in CASES.glob("*/*.yaml") if path.name != "expected.yaml"} == set(EXPECTED)
    for path, expected in EXPECTED.items():
        assert [rule for verdict in VERDICTS for rule in expected.get(verdict, ())] == [path.parent.name]


def test_names_say_what_is_expected() -> None:
    promised = {"good": "passed", "bad": "failed", "undecided": "undecided"}
    for path, expected in EXPECTED.items():
        kind = path.name.partition("-")[0]
        assert kind not in promised or promised[kind] in expected, path


@pytest.mark.parametrize("right", VERDICTS)
def test_a_wrong_expectation_is_noticed(right: str) -> None:
    path = next(path for path, e in EXPECTED.items() if path.parent.name == "REM-06" and right in e)
    for verdict in VERDICTS:
        assert bool(faults(path, {verdict: ["REM-06"]})) == (verdict != right)


def test_a_failure_that_nobody_expects_is_noticed() -> None:
    path = CASES / "REM-05" / "bad-none.yaml"
    expected = {key: value for key, value in EXPECTED[path].items() if key != "also_failed"}
    assert faults(path, expected) == ["REM-04 failed too"]
