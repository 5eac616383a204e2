"""``risk``: the group a case states, and those that its facts leave possible."""

import json
from pathlib import Path

import pytest

PUBLISHED = Path(__file__).resolve().parents[2] / "cases" / "published"


def published(number: int) -> Path:
    return PUBLISHED / f"kotecha-2022-case-{number}.yaml"


@pytest.mark.parametrize(
    ("number", "before", "after"),
    [
        (1, ["MR", "HR"], ["MR"]),  # 3 months, WBC 161.7: the good response settles it
        (2, ["HR"], ["HR"]),  # 1 month, WBC 1115
        (3, ["MR"], ["MR"]),  # 7 months: whatever the response, which is not told
        (4, [], []),  # P9407: no groups are known
    ],
)
def test_published_cases(run, number, before, after):
    said = run("risk", published(number), "--format", "json")
    (told,) = json.loads(said.out)
    assert said.code == 0
    assert (told["at_diagnosis"]["possible"], told["after_prednisone_response"]["possible"]) == (before, after)
    assert told["stated"] is None
    assert told["stated_agrees"] is None


def test_text_tells_inputs_and_source(run):
    said = " ".join(run("risk", published(1)).out.split())
    assert "protocol: interfant-06 (by induction)" in said
    assert "at diagnosis: cannot tell, MR or HR" in said
    assert "after prednisone response: MR used:" in said
    assert "kmt2a rearranged (marker KMT2A-MLLT1" in said
    assert "pieters2018" in said
    assert "provisional" not in said


CASE = """\
infant_course: 1
patient: {id: p1}
events:
  - {event: diagnosis, id: dx, when: age 3 months, wbc: WBC, kmt2a: rearranged}
  - {event: enrolment, id: en, when: after dx, protocol: PROTOCOL}
  - {event: risk_assignment, id: ra, when: after dx, group: GROUP}
"""


@pytest.fixture
def write(tmp_path):
    """Write a case of 3 months with a stated group."""

    def to_file(protocol: str, group: str, wbc: str = "20 10^9/L", more: str = "") -> Path:
        path = tmp_path / "a.yaml"
        text = CASE.replace("WBC", wbc).replace("PROTOCOL", protocol).replace("GROUP", group)
        path.write_text(text + more, encoding="utf-8")
        return path

    return to_file


@pytest.mark.parametrize(
    ("protocol", "group", "wbc", "agrees"),
    [
        ("interfant-06", "HR", "300 10^9/L", True),
        ("interfant-06", "MR", "300 10^9/L", False),
        ("interfant-06", "medium risk", "20 10^9/L", None),
        ("interfant-06", "LR", "20 10^9/L", False),
        ("mll-10", "HR", "20 10^9/L", True),
        ("tini", "HR", "20 10^9/L", None),
    ],
)
def test_a_stated_group_is_held_against_the_derived_ones(run, write, protocol, group, wbc, agrees):
    (told,) = json.loads(run("risk", write(protocol, group, wbc), "--format", "json").out)
    assert told["stated"] == group
    assert told["stated_agrees"] is agrees


def test_day_8_blasts_tell_the_response(run, write):
    for count, expected in ((999, ["MR"]), (1000, ["HR"])):
        more = f"  - {{event: prednisone_response, id: pr, when: after dx, day8_blasts: {count} /uL}}\n"
        (told,) = json.loads(run("risk", write("interfant-06", "MR", more=more), "--format", "json").out)
        assert told["after_prednisone_response"]["possible"] == expected
        assert told["at_diagnosis"]["missing"] == ["prednisone_response"]


def test_another_protocol_may_be_asked_for(run):
    said = run("risk", published(1), "--protocol", "interfant-21")
    assert "interfant-21 (--protocol)" in said.out
    assert "(provisional)" in said.out
    assert "insufficient_response" in said.out


def test_unknown_protocols_name_the_nearest(run, write):
    said = run("risk", published(1), "--protocol", "interfant-6")
    assert said.code == 2
    assert "did you mean 'interfant-06'?" in said.err
    said = run("risk", write("interfant-6", "MR"), published(1))
    assert said.code == 2
    assert "did you mean 'interfant-06'?" in said.err
    assert "kotecha-2022-case-1" in said.out


def test_a_case_without_a_protocol(run, case):
    said = run("risk", case())
    assert said.code == 0
    assert "protocol: not stated" in said.out


def test_several_protocols_settle_nothing(run, write):
    more = "  - {event: enrolment, id: en2, when: after en, protocol: mll-10}\n"
    said = run("risk", write("interfant-06", "MR", more=more))
    assert said.code == 0
    assert "several are named, interfant-06 and mll-10; --protocol ID chooses one" in " ".join(said.out.split())


def test_the_risk_assignment_names_the_protocol_before_the_enrolment(run, write):
    path = write("interfant-06", "HR, protocol: mll-10")
    (told,) = json.loads(run("risk", path, "--format", "json").out)
    assert (told["protocol"], told["protocol_named_by"]) == ("mll-10", "ra")


def test_several_groups_are_all_told(run, write):
    more = "  - {event: risk_assignment, id: ra2, when: after ra, group: HR}\n"
    path = write("interfant-06", "MR", more=more)
    assert "stated: MR and HR (by ra and ra2)" in run("risk", path).out
    (told,) = json.loads(run("risk", path, "--format", "json").out)
    assert told["stated_agrees"] is None
