"""``explain`` and ``rules``: the catalogue on the terminal."""

import json

from infant_course.rules import RULES


def test_rules_lists_every_rule_once(run):
    """In the order of the catalogue, within 80 columns."""
    said = run("rules")
    assert said.code == 0
    lines = said.out.splitlines()
    assert [line.split()[0] for line in lines if line[:3].isupper()] == list(RULES)
    assert max(map(len, lines)) <= 80


def test_rules_as_json(run):
    """Every rule with its ground and its prose."""
    told = json.loads(run("rules", "--format", "json").out)
    assert [rule["id"] for rule in told] == list(RULES)
    assert all(rule["source"] and rule["why"] and rule["repair"] for rule in told)
    assert {rule["severity"] for rule in told} <= {"error", "warning", "info"}


def test_the_ways_in_which_a_rule_fails_are_told_with_their_severities(run):
    """BAS-02: a count out of the plausible range is a warning, an extreme one worth knowing."""
    (told,) = [rule for rule in json.loads(run("rules", "--format", "json").out) if rule["id"] == "BAS-02"]
    assert [(one["name"], one["severity"]) for one in told["outcomes"]] == [
        ("implausible", "warning"),
        ("extreme", "info"),
    ]
    said = run("explain", "BAS-02").out
    assert "implausible (warning): " in said and "extreme (info): " in said
    assert "(error): " not in run("explain", "REM-06").out


def test_explain_prints_the_page_of_a_rule(run):
    """What it is, why, what to do."""
    said = run("explain", "REM-06")
    assert said.code == 0
    assert said.out.startswith("REM-06")
    assert "Why it matters" in said.out


def test_explain_names_the_nearest_rule(run):
    """And ends with 2."""
    said = run("explain", "REM-66")
    assert said.code == 2
    assert "did you mean 'REM-" in said.err
