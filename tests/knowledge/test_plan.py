"""Plans: which blocks are open to whom, in which order, and on which days, worked out by hand from the protocols."""

import pytest

from infant_course.errors import UsageError
from infant_course.knowledge.plan import Days, Plan, plan
from infant_course.knowledge.protocols import protocols, the_protocol


def of(name: str, group: str | None = None, arm: str | None = None) -> Plan:
    return plan(the_protocol(name), group, arm)


def blocks(found: Plan) -> list[str]:
    return [node.block.id for node in found.nodes]


def arrows(found: Plan) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in found.edges}


def test_the_whole_of_interfant_06_branches_and_joins():
    assert arrows(of("interfant-06")) == {
        ("prednisone_prephase", "induction"),
        ("induction", "ib"),
        ("induction", "ade"),
        ("ade", "mae"),
        ("ib", "marma"),
        ("mae", "marma"),
        ("marma", "octadad"),
        ("marma", "hsct"),
        ("octadad", "maintenance"),
    }


@pytest.mark.parametrize(
    ("name", "group", "arm", "expected"),
    [
        # Low risk is open to the lymphoid arm only, and not to transplant.
        ("interfant-06", "LR", None, "prednisone_prephase induction ib marma octadad maintenance"),
        ("interfant-06", "HR", "lymphoid", "prednisone_prephase induction ib marma octadad hsct maintenance"),
        ("interfant-06", "MR", "myeloid", "prednisone_prephase induction ade mae marma octadad hsct maintenance"),
        ("interfant-21", "HR", None, "induction blinatumomab_1 hsct experimental"),
        ("interfant-21", "MR", None, "induction blinatumomab_1 ib blinatumomab_2 octadad maintenance experimental"),
        ("mll-10", "LR", None, "lr_chemotherapy"),
        ("mll-10", "HR", None, "induction early_intensification early_consolidation hsct"),
        ("ccg-1953", "donor", None, "induction_intensification re_induction transplantation"),
        ("mll96", "KMT2A-g", None, "induction post_remission maintenance"),
        ("interfant-99", None, "standard", "prednisone_prephase induction maram octadd maintenance"),
        # The randomisation says nothing about the cohort, so both inductions stay possible.
        (
            "aall0631",
            "IR",
            "lestaurtinib",
            "induction_cohort1 induction induction_intensification reinduction consolidation continuation",
        ),
        (
            "aall0631",
            None,
            "cohort-2",
            "induction induction_intensification reinduction consolidation continuation",
        ),
    ],
)
def test_blocks_open_to_a_group_and_an_arm(name: str, group: str | None, arm: str | None, expected: str):
    assert blocks(of(name, group, arm)) == expected.split()


def test_arrows_go_round_what_is_closed():
    assert ("octadd", "maintenance") in arrows(of("interfant-99", arm="standard"))
    assert arrows(of("interfant-21", "HR")) == {
        ("induction", "blinatumomab_1"),
        ("blinatumomab_1", "hsct"),
        ("blinatumomab_1", "experimental"),
    }


def test_an_optional_block_may_be_passed_over():
    assert {("leukapheresis", "bridging"), ("bridging", "lymphodepletion"), ("leukapheresis", "lymphodepletion")} <= (
        arrows(of("cassiopeia"))
    )


def test_the_condition_stands_on_the_arrow():
    [edge] = [e for e in of("interfant-21").edges if e.target == "hsct"]
    assert edge.condition == "MRD negative after blinatumomab cycle 1"
    assert {e.condition for e in of("interfant-06", "LR").edges} == {None}


@pytest.mark.parametrize(
    ("name", "block", "start", "end", "words"),
    [
        ("interfant-06", "prednisone_prephase", Days(1, 1), Days(7, 7), "days 1–7"),
        ("interfant-06", "induction", Days(8, 8), Days(35, 35), "days 8–35"),
        ("interfant-06", "ib", Days(36, 36), None, "from day 36"),
        ("interfant-06", "mae", None, None, ""),
        ("interfant-06", "marma", None, None, ""),
        # Induction of 35 days, five days of azacitidine: neither start is told.
        ("aall15p1", "azacitidine_1", Days(36, None), Days(40, None), "after day 35, 5 days"),
        ("aall15p1", "consolidation", Days(41, None), None, "after day 40"),
        ("aall15p1", "azacitidine_2", None, None, "5 days"),
        ("interfant-06-blinatumomab", "ib", Days(64, None), None, "after day 63"),
        ("interfant-21", "blinatumomab_1", None, None, "28 days"),
        ("cassiopeia", "leukapheresis", None, None, ""),
    ],
)
def test_days(name: str, block: str, start: Days | None, end: Days | None, words: str):
    node = of(name).node(block)
    assert (node.start, node.end, node.days) == (start, end, words)
    assert node.derived == (start is not None and start.last is None)


def test_a_start_told_of_one_branch_is_not_that_of_another():
    # Day 36 follows the five weeks of cohort 2; cohort 1 had three.
    assert of("aall0631", arm="cohort-2").node("induction_intensification").start == Days(36, 36)
    other = of("aall0631", arm="cohort-1").node("induction_intensification")
    assert (other.start, other.derived) == (Days(22, None), True)


def test_what_is_worked_out_of_recalled_days_is_provisional():
    aall15p1, interfant = of("aall15p1"), of("interfant-06")
    assert aall15p1.node("azacitidine_1").block.timing == "quoted"  # its length; the induction's is recalled
    assert aall15p1.node("azacitidine_1").days_provisional
    assert not of("interfant-99").node("prednisone_prephase").days_provisional
    assert interfant.node("induction").provisional
    assert not interfant.node("ib").provisional
    assert interfant.node("ib").days_provisional


@pytest.mark.parametrize("name", [p.id for p in protocols()])
def test_every_plan_is_a_graph_without_circles_and_keeps_its_blocks(name: str):
    known = the_protocol(name)
    for group in (None, *(g.id for g in known.groups)):
        found = plan(known, group)
        done: set[str] = set()
        waiting = set(blocks(found))
        while ready := {b for b in waiting if set(found.before(b)) <= done}:
            done |= ready
            waiting -= ready
        assert waiting == set()
        if group is None:
            assert done == {block.id for block in known.blocks}


@pytest.mark.parametrize(
    ("name", "group", "arm", "words"),
    [
        ("interfant-06", "XR", None, "no group 'XR'; .*LR, HR, MR"),
        ("interfant-06", None, "lymphiod", "no arm 'lymphiod'; did you mean 'lymphoid'\\? .*lymphoid, myeloid"),
        ("cassiopeia", "HR", None, "no group 'HR'; it has no groups"),
        ("interfant-06", "LR", "myeloid", "not open to group 'LR'; it is open to MR, HR"),
    ],
)
def test_unknown_groups_and_arms_are_refused(name: str, group: str | None, arm: str | None, words: str):
    with pytest.raises(UsageError, match=words):
        of(name, group, arm)


def test_groups_and_arms_are_known_in_any_case():
    assert of("interfant-06", "lr").group == of("interfant-06", "LR").group
    assert blocks(of("aall15p1", "kmt2a-R")) == blocks(of("aall15p1"))


@pytest.mark.parametrize(
    ("protocol", "name", "id"),
    [
        ("interfant-06", "high", "HR"),
        ("interfant-06", "Medium risk", "MR"),
        ("mll-10", "intermediate", "IR"),
        ("interfant-99", "standard_risk", "SR"),
    ],
)
def test_groups_are_known_by_their_names_too(protocol: str, name: str, id: str):
    assert of(protocol, name).group == of(protocol, id).group
