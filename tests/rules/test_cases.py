"""Every rule against its cases: what must pass, fail or stay undecided, and what a tie does."""

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

import infant_course as ic
from infant_course.report.check import Report, check

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


def judged(path: Path, expected: dict[str, Any]) -> Report:
    return check(ic.load(path), **expected.get("settings", {}))


def faults(report: Report, expected: dict[str, Any]) -> list[str]:
    """Where a report differs from what is expected of the rules named, or fails a rule that is not.

    What other rules remark at the level of information is left out: a short case leaves most things untold.
    """
    counts = {count.rule: count for count in report.rules}
    wrong = [f"{rule} broke down" for rule in report.errored]
    for verdict in VERDICTS:
        for rule in expected.get(verdict, ()):
            for other in VERDICTS:
                number = getattr(counts[rule], other)
                if other == verdict and not number:
                    wrong.append(f"{rule}: nothing {verdict}")
                if other != verdict and number and other != "passed":
                    wrong.append(f"{rule}: {number} {other}, not {verdict}")
    named = {*expected.get("failed", ()), *expected.get("also_failed", ())}
    also = {finding.rule for finding in report.failed if finding.severity != "info"}
    wrong += [f"{rule} failed too" for rule in sorted(also - named)]
    wrong += [f"{rule} did not fail" for rule in sorted(named) if not counts[rule].failed]
    return wrong


@pytest.mark.parametrize("path", EXPECTED, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_case(path: Path) -> None:
    assert faults(judged(path, EXPECTED[path]), EXPECTED[path]) == []


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
    report = judged(path, EXPECTED[path])
    for verdict in VERDICTS:
        assert bool(faults(report, {verdict: ["REM-06"]})) == (verdict != right)


def test_a_failure_that_nobody_expects_is_noticed() -> None:
    path = CASES / "REM-05" / "bad-none.yaml"
    expected = {key: value for key, value in EXPECTED[path].items() if key != "also_failed"}
    assert faults(judged(path, expected), expected) == ["REM-04 failed too"]
