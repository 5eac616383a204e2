"""The four published scenarios: nothing at error level, and every verdict is one worked out by hand."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

import infant_course as ic
from infant_course.cohort import Cohort
from infant_course.events import Radiotherapy
from infant_course.report.check import check
from infant_course.rules import Settings, judge
from infant_course.rules.answers import Answers
from infant_course.rules.subject import Subject, Trace

PUBLISHED = Path(__file__).parents[2] / "cases" / "published"
EXPECTED = YAML(typ="safe").load(PUBLISHED / "expected.yaml")
each_case = pytest.mark.parametrize("name", EXPECTED)


def scenario(name: str) -> ic.Course:
    return ic.load(PUBLISHED / f"{name}.yaml")


def test_all_four_are_expected() -> None:
    assert {path.stem for path in PUBLISHED.glob("kotecha-*.yaml")} == set(EXPECTED)


@each_case
def test_silent_at_error_level(name: str) -> None:
    report = check(scenario(name))
    assert [finding.rule for finding in report.failed if finding.severity == "error"] == []
    assert report.errored == {}
    assert report.exit_code() == 0


@each_case
@pytest.mark.parametrize("verdict", ["failed", "undecided"])
def test_verdicts_are_those_worked_out_by_hand(name: str, verdict: str) -> None:
    report = check(scenario(name))
    told = [f"{f.rule} {f.event or 'patient'}" for f in report.findings if f.verdict == verdict]
    assert sorted(told) == sorted(EXPECTED[name][verdict])
    assert all(reason.strip() for reason in EXPECTED[name][verdict].values())


def test_warnings_are_those_of_the_second_scenario() -> None:
    for name in EXPECTED:
        warnings = {f.rule for f in check(scenario(name)).failed if f.severity == "warning"}
        assert warnings == ({"MRD-13", "REM-08"} if name.endswith("2") else set())


def passed(course: ic.Course, rule: str) -> bool:
    (tally,) = judge(Cohort.from_courses([course]), [ic.RULES[rule]]).tallies
    return tally.passed == tally.subjects > 0


def test_a_three_way_translocation_is_no_conflict_with_its_marker() -> None:
    """BAS-12: t(4;11;13) and KMT2A-AFF1 go together."""
    assert passed(scenario("kotecha-2022-case-2"), "MRD-09")


def test_a_heart_transplant_is_no_stem_cell_transplant() -> None:
    course = scenario("kotecha-2022-case-4")
    assert passed(course, "HCT-01")
    assert course.of(ic.Transplant) == ()


def test_the_second_mrd_remission_needs_no_relapse() -> None:
    assert passed(scenario("kotecha-2022-case-2"), "REM-05")


def test_the_second_remission_of_scenario_3_follows_its_relapse() -> None:
    assert passed(scenario("kotecha-2022-case-3"), "REM-05")


@pytest.mark.parametrize(
    ("first", "second", "known"),
    [
        ("relapse", "cr2", True),
        ("cr2", "hsct", True),
        ("marma", "octadad", True),
        ("marma", "maintenance", True),
        ("cr2", "relapse", False),
        ("testicular-radiotherapy", "hsct", None),
        ("hsct", "testicular-radiotherapy", None),
    ],
)
def test_what_is_known_of_the_order_in_scenario_3(first: str, second: str, known: bool | None) -> None:
    assert scenario("kotecha-2022-case-3").resolved.order(first, second) is known


@pytest.mark.parametrize(
    ("about", "event", "other", "known"),
    [
        (ic.Remission, "cr2", ic.Relapse, True),
        (ic.Transplant, "hsct", ic.Remission, True),
        (ic.Transplant, "hsct", Radiotherapy, None),
        (Radiotherapy, "testicular-radiotherapy", ic.Transplant, None),
        (ic.Relapse, "relapse", ic.Remission, None),
    ],
)
def test_the_columns_know_the_same_order(
    about: type[ic.Event], event: str, other: type[ic.Event], known: bool | None
) -> None:
    assert preceded(scenario("kotecha-2022-case-3"), about, event, other) is known


def test_the_columns_know_marma_before_octadad() -> None:
    course = scenario("kotecha-2022-case-3")
    gaps = Cohort.from_courses([course]).gap.rows_by_key(["a", "a_point", "b", "b_point"], named=True)
    (row,) = gaps[("marma", "end", "octadad", "start")]
    assert row["a_surely_first"]


def preceded(course: ic.Course, about: type[ic.Event], event: str, other: type[ic.Event]) -> bool | None:
    """Whether an event is preceded by one of a type, by the engine's columns."""
    settings = Settings(debug=True)
    answers = Answers(Cohort.from_courses([course]), settings)
    trace = Trace(about=about.TYPE, settings=settings)
    Subject(trace).preceded_by(other)
    (column,) = trace.questions.values()
    answered = answers.answered(answers.frame(about.TYPE), trace)
    found: bool | None = answered[column][answered["event"].to_list().index(event)]
    return found
