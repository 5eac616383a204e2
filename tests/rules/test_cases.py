"""Every rule against its cases: what must pass, fail or stay undecided, and what a tie does."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest

import infant_course as ic
from infant_course.io.yaml_nodes import parse
from infant_course.report.check import check
from infant_course.report.findings import Finding
from infant_course.rules import RULES

CASES = Path(__file__).parents[2] / "cases" / "rules"
VERDICTS = ("passed", "failed", "undecided")


def expectations() -> dict[Path, dict[str, Any]]:
    """What is written down for each case file."""
    found = {}
    for file in sorted(CASES.glob("*/expected.yaml")):
        for name, expected in parse(file.read_text(encoding="utf-8")).plain().items():
            if "cut_off" in expected.get("settings", {}):
                expected["settings"]["cut_off"] = date.fromisoformat(expected["settings"]["cut_off"])
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


ONLY_IN_TABLES = frozenset({"MRD-02", "REC-06", "REC-07"})
"""Faults that a case file cannot hold: its reader refuses a word or a unit that it does not know."""


def test_every_rule_has_a_case_that_passes_and_one_that_fails() -> None:
    kinds = {rule: {path.name.partition("-")[0] for path in CASES.glob(f"{rule}/*-*.yaml")} for rule in RULES}
    assert [rule for rule, found in kinds.items() if "good" not in found] == []
    assert {rule for rule, found in kinds.items() if "bad" not in found} == ONLY_IN_TABLES


WRONG_VARIANTS = {
    "a white cell count of 161 700 x 10^9/L": "BAS-03/bad-factor-1000",
    "cells of the fluid of 38 x 10^9/L": "BAS-05/bad-unit",
    "MRD of 4e-4 stored as 4e-4 %": "MRD-05/bad-percent-for-fraction",
    "a good response with 1500 blasts per microlitre on day 8": "BAS-22/bad-good",
    "a poor response with 800 per microlitre": "BAS-22/bad-poor",
    "CNS1 with blasts": "BAS-06/bad-cns1-with-blasts",
    "CNS3 with 2 cells and no sign": "BAS-06/bad-cns3-unsupported",
    "KMT2A germline with a KMT2A-AFF1 marker": "BAS-14/bad-marker",
    "KMT2A-MLLT3 with t(4;11)": "BAS-11/bad-4-11-mllt3",
    "relapse before any remission": "REM-06/bad-later",
    "CR2 without relapse": "REM-05/bad-none",
    "CR on day 15": "REM-01/bad-consensus",
    "engraftment before day 0": "HCT-07/bad-before-day-0",
    "acute GVHD of grade II with skin stage 1 only": "HCT-10/bad-skin-1",
    "IB and ADE in one patient": "PRO-06/bad-ib-and-ade",
    "a lineage switch with another fusion": "REM-15/bad-other-fusion",
    "a testicular relapse in a girl": "REM-12/bad-girl",
    "blinatumomab at 15 mg/m2/day": "DOS-03/bad-mg",
    "a heart transplant taken for an HSCT": "HCT-01/bad-heart",
    "diagnosis at 366 days under a limit of 365": "BAS-01/bad-366-days",
    "death before the last follow-up": "ORD-02/bad-seen-after",
}
"""Mistakes that a registry must notice, each with the case that makes it. MRD without a unit is refused by the reader
(tests/io), and overall survival below event-free survival cannot be drawn (tests/render/test_curve.py)."""


@pytest.mark.parametrize("variant", WRONG_VARIANTS)
def test_the_mistake_is_noticed_by_its_rule(variant: str) -> None:
    path = CASES / f"{WRONG_VARIANTS[variant]}.yaml"
    assert EXPECTED[path]["failed"] == [path.parent.name]


@pytest.mark.parametrize("right", VERDICTS)
def test_a_wrong_expectation_is_noticed(right: str) -> None:
    path = next(path for path, e in EXPECTED.items() if path.parent.name == "REM-06" and right in e)
    for verdict in VERDICTS:
        assert bool(faults(path, {verdict: ["REM-06"]})) == (verdict != right)


def test_a_failure_that_nobody_expects_is_noticed() -> None:
    path = CASES / "REM-05" / "bad-none.yaml"
    expected = {key: value for key, value in EXPECTED[path].items() if key != "also_failed"}
    assert faults(path, expected) == ["REM-04 failed too"]
