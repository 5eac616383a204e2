"""Risk groups by the protocols' own criteria; expectations worked out by hand."""

import pytest

from infant_course.errors import UsageError
from infant_course.knowledge.protocols import protocols
from infant_course.knowledge.risk import groups_of, risk_group, risk_groups

R, G = {"kmt2a": "rearranged"}, {"kmt2a": "germline"}


@pytest.mark.parametrize(
    ("protocol", "facts", "expected"),
    [
        # COG AALL0631: SR germline; IR from 90 days; HR below 90 days.
        ("aall0631", {**G, "age_days": 20}, "SR"),
        ("aall0631", {**R, "age_days": 89}, "HR"),
        ("aall0631", {**R, "age_days": 90}, "IR"),
        ("aall0631", {**R, "age_days": (89, 90)}, "IR HR"),
        ("aall0631", R, "IR HR"),
        ("aall0631", {"age_days": 200}, "SR IR"),
        ("aall0631", {}, "SR IR HR"),
        # Interfant-99: by the prednisone response alone.
        ("interfant-99", {"prednisone_response": "good"}, "SR"),
        ("interfant-99", {"prednisone_response": "poor"}, "HR"),
        ("interfant-99", {**R, "age_days": 20, "wbc": 900}, "SR HR"),
        # Interfant-06: HR is KMT2A-r, below 6 months, and WBC of 300 or more or a poor response; LR is germline.
        ("interfant-06", {**G, "age_days": 30, "wbc": 900, "prednisone_response": "poor"}, "LR"),
        ("interfant-06", {**R, "age_days": 30, "wbc": 300}, "HR"),
        ("interfant-06", {**R, "age_days": 30, "wbc": 299.9}, "MR HR"),
        ("interfant-06", {**R, "age_days": 30, "wbc": 299.9, "prednisone_response": "good"}, "MR"),
        ("interfant-06", {**R, "age_days": 30, "wbc": 299.9, "prednisone_response": "poor"}, "HR"),
        ("interfant-06", {**R, "age_days": 30, "prednisone_response": "poor"}, "HR"),
        ("interfant-06", {**R, "age_days": 30, "prednisone_response": "good"}, "MR HR"),
        ("interfant-06", {**R, "age_days": 30, "wbc": (290, 310), "prednisone_response": "good"}, "MR HR"),
        ("interfant-06", {**R, "age_days": 30, "wbc": (300, 310), "prednisone_response": "good"}, "HR"),
        ("interfant-06", {**R, "age_days": 200, "wbc": 161}, "MR"),
        ("interfant-06", {**R, "age_days": 200, "wbc": 900, "prednisone_response": "poor"}, "MR"),
        ("interfant-06", {"age_days": 200, "wbc": 900, "prednisone_response": "poor"}, "LR MR"),
        ("interfant-06", {"kmt2a": "not_tested", "age_days": 200}, "LR MR"),
        # Six months is 180, 182.6 or 183 days, or 181 to 184 of the calendar.
        ("interfant-06", {**R, "age_days": 179, "wbc": 300}, "HR"),
        ("interfant-06", {**R, "age_days": 180, "wbc": 300}, "MR HR"),
        ("interfant-06", {**R, "age_days": 183, "wbc": 300}, "MR HR"),
        ("interfant-06", {**R, "age_days": 184, "wbc": 300}, "MR"),
        ("interfant-06", {**R, "age_months": 5, "age_days": (150, 183), "wbc": 300}, "HR"),
        ("interfant-06", {**R, "age_months": 6, "age_days": (181, 213), "wbc": 300}, "MR"),
        ("interfant-06", {**R, "age_months": 6, "wbc": 300}, "MR"),
        ("interfant-06", {**R, "age_days": (181, 213), "wbc": 300}, "MR HR"),
        # The pilot: the same, without germline.
        ("interfant-06-blinatumomab", {**R, "age_days": 30, "wbc": 300}, "HR"),
        ("interfant-06-blinatumomab", {**R, "age_days": 300}, "MR"),
        ("interfant-06-blinatumomab", G, ""),
        # Interfant-21: insufficient response moves MR up to HR.
        ("interfant-21", {**R, "age_days": 30, "wbc": 300}, "HR"),
        ("interfant-21", {**R, "age_days": 300}, "MR HR"),
        ("interfant-21", {**R, "age_days": 300, "insufficient_response": True}, "HR"),
        ("interfant-21", {**R, "age_days": 300, "insufficient_response": False}, "MR"),
        ("interfant-21", G, ""),
        # MLL-10: HR below 180 days or with CNS disease; whether CNS2 is disease was not found.
        ("mll-10", {**R, "age_days": 179}, "HR"),
        ("mll-10", {**R, "age_days": 180, "cns": "CNS1"}, "IR"),
        ("mll-10", {**R, "age_days": 300, "cns": "CNS3a"}, "HR"),
        ("mll-10", {**R, "age_days": 300, "cns": "CNS2b"}, "IR HR"),
        ("mll-10", {**R, "age_days": 300}, "IR HR"),
        ("mll-10", {"age_days": 30}, "LR HR"),
        ("mll-10", {**G, "age_days": 30, "cns": "CNS3"}, "LR"),
        # By KMT2A alone, or with a donor.
        ("mll96", R, "KMT2A-r"),
        ("mll98", G, "KMT2A-g"),
        ("mll98", {}, "KMT2A-r KMT2A-g"),
        ("mll03", R, "KMT2A-r"),
        ("mll03", G, ""),
        ("aall15p1", R, "KMT2A-r"),
        ("ccg-1953", {**R, "donor": True}, "donor"),
        ("ccg-1953", {**R, "donor": False}, "no-donor"),
        ("ccg-1953", {**G, "donor": True}, "no-donor"),
        ("ccg-1953", {"donor": False}, "no-donor"),
        ("ccg-1953", R, "donor no-donor"),
        # Nothing is known of their groups.
        ("tini", {**R, "age_days": 30}, ""),
        ("cog-p9407", {**R, "age_days": 30}, ""),
        ("cassiopeia", R, ""),
    ],
)
def test_groups_that_remain_possible(protocol, facts, expected):
    assert " ".join(risk_group(protocol, **facts).possible) == expected


@pytest.mark.parametrize(
    ("protocol", "facts", "expected"),
    [
        ("interfant-06", {**R, "age_days": 30, "wbc": 161}, {"prednisone_response"}),
        ("interfant-06", {**R, "age_days": 30}, {"wbc", "prednisone_response"}),
        ("interfant-06", {**R, "wbc": 300}, {"age_days"}),
        ("interfant-06", {**R, "age_days": 300}, set()),
        ("interfant-06", {"age_days": 300}, {"kmt2a"}),
        ("interfant-06", {**R, "age_days": (170, 200), "wbc": 400}, {"age_days"}),
        ("interfant-06", {**R, "age_days": 30, "wbc": (200, 400), "prednisone_response": "good"}, {"wbc"}),
        ("mll-10", {**R, "age_days": 300}, {"cns"}),
        ("mll-10", {**R, "age_days": 20}, set()),
        ("interfant-21", {**R, "age_days": 300}, {"insufficient_response"}),
        ("interfant-99", R, {"prednisone_response"}),
        ("ccg-1953", R, {"donor"}),
        ("tini", {}, set()),
    ],
)
def test_only_what_matters_is_missing(protocol, facts, expected):
    assert set(risk_group(protocol, **facts).missing) == expected


def test_inputs_are_those_that_the_protocol_asks_for():
    found = risk_group("interfant-99", wbc=20, kmt2a="rearranged", prednisone_response="good")
    assert found.inputs == {"prednisone_response": "good"}
    assert risk_group("aall0631", age_days=90, wbc=5).inputs == {"age_days": 90, "kmt2a": None}


def test_a_count_of_exactly_300_is_told():
    assert "exactly 300" in risk_group("interfant-06", age_days=30, wbc=300, **R).reason
    assert "exactly 300" not in risk_group("interfant-06", age_days=30, wbc=301, **R).reason


def test_open_matters_are_told():
    assert "medium risk" in risk_group("interfant-06", age_days=300).reason
    assert "CNS2" in risk_group("mll-10", age_days=300, cns="CNS2a", **R).reason
    assert "no group" in risk_group("mll03", **G).reason
    assert "not found" in risk_group("tini").reason
    assert "no risk groups" in risk_group("cog-p9407").reason


@pytest.mark.parametrize(
    ("protocol", "provisional"),
    [("interfant-06", False), ("mll-10", False), ("interfant-06-blinatumomab", True), ("interfant-21", True)],
)
def test_what_is_recalled_is_provisional(protocol, provisional):
    assert risk_group(protocol, age_days=30, wbc=400, **R).source.provisional is provisional


def test_an_unknown_protocol_names_the_nearest():
    with pytest.raises(UsageError, match="interfant-06"):
        risk_group("interfant-6")


def test_every_protocol_has_an_entry_with_its_own_groups():
    assert set(risk_groups()) == {known.id for known in protocols()}
    for known in protocols():
        assert {g.id for g in known.groups} == {g.id for g in groups_of(known.id).groups}, known.id


@pytest.mark.parametrize(
    ("protocol", "stated", "expected"),
    [
        ("interfant-06", "High risk", "HR"),
        ("interfant-06", "medium", "MR"),
        ("interfant-06", "mr", "MR"),
        ("interfant-06", "IR", None),
        ("aall0631", "intermediate-risk", "IR"),
        ("mll96", "KMT2A germline", "KMT2A-g"),
    ],
)
def test_groups_go_by_several_names(protocol, stated, expected):
    assert groups_of(protocol).group(stated) == expected


def test_settled_after_the_response_where_the_protocol_asks_for_it():
    after = {name for name, known in risk_groups().items() if known.settled != "diagnosis"}
    assert after == {"interfant-99", "interfant-06", "interfant-06-blinatumomab", "interfant-21"}
