"""The protocols: everything they name exists, and facts read by hand in the papers' abstracts and registry texts."""

from collections import Counter
from itertools import product

import pytest

from infant_course.errors import UsageError
from infant_course.knowledge.agents import agent
from infant_course.knowledge.outcomes import outcomes_of, protocols_of
from infant_course.knowledge.protocols import Block, Drug, Protocol, protocol, protocol_ids, protocols, the_protocol
from infant_course.knowledge.reading import knowledge
from infant_course.knowledge.thresholds import threshold
from infant_course.sources import Cite, Confidence

IDS = [p.id for p in protocols()]
every_protocol = pytest.mark.parametrize("name", IDS)


def cites(known: Protocol) -> list[Cite]:
    """Every citation of a protocol."""
    found = [known.accrual.source, known.eligibility.source, known.eligibility.age_source]
    found += [c for c in (known.total_source, known.hsct and known.hsct.source) if c]
    for part in (known.groups, known.arms, known.amendments, known.blocks, known.mrd_timepoints):
        found += [one.source for one in part]
    return found


def drugs(block: Block, name: str, route: str | None = None) -> list[Drug]:
    return [d for d in block.drugs if d.name == name and route in (None, d.route)]


def the_drug(known: Protocol, block: str, name: str, route: str | None = None) -> Drug:
    found = known.block(block)
    assert found is not None
    [drug] = drugs(found, name, route)
    return drug


def test_there_are_fourteen_protocols():
    assert len(IDS) == 14
    assert set(IDS) == {
        "ccg-1953", "cog-p9407", "aall0631", "aall15p1", "interfant-99", "interfant-06", "interfant-06-blinatumomab",
        "interfant-21", "mll96", "mll98", "mll03", "mll-10", "tini", "cassiopeia",
    }  # fmt: skip


@every_protocol
def test_every_source_is_in_the_bibliography_with_a_place(name: str):
    known = the_protocol(name)
    assert [str(c) for c in cites(known) if c.key not in knowledge("sources") or not c.at.strip()] == []


@every_protocol
def test_every_name_inside_a_protocol_is_known(name: str):
    known = the_protocol(name)
    blocks, groups, arms = ({one.id for one in part} for part in (known.blocks, known.groups, known.arms))
    # Blinatumomab 2 of Interfant-21 stands in for a block that only the backbone, Interfant-06, has.
    backbone = {block.id for block in the_protocol("interfant-06").blocks}
    for block in known.blocks:
        assert set(block.follows or ()) <= blocks
        assert set(block.replaces) <= (blocks | backbone if name == "interfant-21" else blocks)
        assert set(block.groups) <= groups
        assert set(block.arms) <= arms
        assert [d.name for d in block.drugs if agent(d.name) is None] == []
    for arm in known.arms:
        assert set(arm.groups) <= groups
    for point in known.mrd_timepoints:
        assert {point.after_block, *point.or_after} - {None} <= blocks


@every_protocol
def test_ids_are_unique_and_no_name_means_two_blocks(name: str):
    known = the_protocol(name)
    for part in (known.blocks, known.groups, known.arms, known.amendments, known.mrd_timepoints):
        assert [one for one, count in Counter(x.id for x in part).items() if count > 1] == []
    names = Counter(other for block in known.blocks for other in {n.casefold() for n in block.names})
    assert [other for other, count in names.items() if count > 1] == []
    for block in known.blocks:
        assert known.block(block.id) is block


def test_no_name_means_two_protocols():
    names = Counter(n for p in protocols() for n in {p.id, *p.synonyms})
    assert [n for n, count in names.items() if count > 1] == []
    for known in protocols():
        assert protocol_ids()[known.id] == known.id
        assert protocol(known.id) is known


@every_protocol
def test_figures_are_there_exactly_where_they_were_found(name: str):
    known = the_protocol(name)
    unknown = Confidence.UNKNOWN
    for block in known.blocks:
        days_told = block.nominal_start_day is not None or block.nominal_duration_days is not None
        assert days_told == (block.timing is not unknown), block.id
        assert block.day_origin in ("block", "protocol_start")
        for drug in block.drugs:
            assert (drug.days is None) == (drug.days_confidence is unknown), (block.id, drug)
            assert (drug.dose is None and drug.unit is None) == (drug.dose_confidence is unknown), (block.id, drug)
            assert drug.days is None or list(drug.days) == sorted(set(drug.days))
    assert (known.total_weeks is None) == (known.total_source is None)
    for point in known.mrd_timepoints:
        assert (point.operator is None) == (point.threshold is None)
        assert point.threshold is None or 0 < point.threshold < 0.01
        assert point.operator in (None, ">=", ">", "<", "<=")


@every_protocol
def test_accrual_and_ages_run_forwards(name: str):
    known = the_protocol(name)
    assert known.accrual.end is None or known.accrual.start <= known.accrual.end
    low, high = known.eligibility.age_days_min, known.eligibility.age_days_max
    assert low is None or high is None or low <= high


@pytest.mark.parametrize(
    ("name", "years"),
    [
        ("ccg-1953", (1996, 2000)),
        ("cog-p9407", (1996, 2006)),
        ("aall0631", (2008, 2014)),
        ("aall15p1", (2017, 2020)),
        ("interfant-99", (1999, 2005)),
        ("interfant-06", (2006, 2016)),
        ("interfant-21", (2022, None)),
        ("mll96", (1995, 1998)),
        ("mll98", (1998, 2001)),
        ("mll03", (2004, 2009)),
        ("mll-10", (2011, 2015)),
        ("tini", (2016, 2021)),
        ("cassiopeia", (2019, None)),
    ],
)
def test_years_of_accrual(name: str, years: tuple[int, int | None]):
    known = the_protocol(name)
    assert (known.accrual.start, known.accrual.end) == years


@pytest.mark.parametrize(
    ("name", "blocks"),
    [
        ("interfant-99", "prednisone_prephase induction maram octadd vimaram maintenance"),
        ("interfant-06", "prednisone_prephase induction ib ade mae marma octadad hsct maintenance"),
        ("interfant-06-blinatumomab", "induction blinatumomab_1 ib marma octadad maintenance"),
        ("interfant-21", "induction blinatumomab_1 ib blinatumomab_2 octadad maintenance hsct experimental"),
        (
            "aall15p1",
            "induction azacitidine_1 consolidation azacitidine_2 interim_maintenance azacitidine_3 "
            "delayed_intensification_1 azacitidine_4 delayed_intensification_2 maintenance",
        ),
        (
            "ccg-1953",
            "induction_intensification re_induction transplantation re_intensification consolidation "
            "intensified_maintenance routine_maintenance",
        ),
        ("cog-p9407", "induction induction_intensification reinduction consolidation continuation"),
        ("mll03", "induction post_induction hsct"),
        ("cassiopeia", "first_line leukapheresis bridging lymphodepletion tisagenlecleucel"),
        ("tini", "remission_induction consolidation reinduction maintenance reintensification"),
    ],
)
def test_blocks_in_the_order_told(name: str, blocks: str):
    assert [block.id for block in the_protocol(name).blocks] == blocks.split()


@pytest.mark.parametrize(
    ("name", "block", "drug", "route", "days"),
    [
        # Interfant-06 induction; its days count from the first day of the prephase.
        ("interfant-06", "prednisone_prephase", "prednisone", "PO/IV", range(1, 8)),
        ("interfant-06", "induction", "dexamethasone", "PO/IV", range(8, 29)),
        ("interfant-06", "induction", "vincristine", "IV", [8, 15, 22, 29]),
        ("interfant-06", "induction", "cytarabine", "IV", range(8, 22)),
        ("interfant-06", "induction", "daunorubicin", "IV", [8, 9]),
        ("interfant-06", "induction", "asparaginase_ecoli", "IV", [15, 18, 22, 25, 29, 33]),
        ("interfant-06", "induction", "cytarabine", "IT", [15]),
        ("interfant-06", "induction", "prednisolone", "IT", [15, 29]),
        ("interfant-06", "ib", "cyclophosphamide", "IV", [1, 29]),
        ("interfant-06", "marma", "methotrexate", "IV 24 h", [1, 8]),
        ("interfant-06", "octadad", "cyclophosphamide", "IV", [36, 50]),
        ("aall15p1", "induction", "pegaspargase", "IV/IM", [12]),
        ("aall15p1", "induction", "methotrexate", "IT", [1, 29]),
        ("aall15p1", "azacitidine_3", "azacitidine", "IV", range(1, 6)),
        ("aall15p1", "consolidation", "mercaptopurine", "PO/NG", range(1, 29)),
        ("aall15p1", "interim_maintenance", "cytarabine", "IV 3 h q12h", [15, 16, 22, 23]),
        ("aall15p1", "interim_maintenance", "leucovorin", "PO/IV", [3, 4, 10, 11]),
        ("aall15p1", "delayed_intensification_2", "cytarabine", "IV/SC", [2, 3, 4, 5, 9, 10, 11, 12]),
        ("aall15p1", "maintenance", "hydrocortisone", "IT", [1, 57, 99]),
        ("interfant-06-blinatumomab", "blinatumomab_1", "blinatumomab", "IV continuous", range(1, 29)),
        ("cassiopeia", "tisagenlecleucel", "tisagenlecleucel", "IV", [0]),
    ],
)
def test_days_of_drugs(name: str, block: str, drug: str, route: str, days: list[int]):
    assert the_drug(the_protocol(name), block, drug, route).days == tuple(days)


def test_doses_keep_apart_what_was_read_and_what_was_recalled():
    interfant = the_protocol("interfant-06")
    read = the_drug(interfant, "induction", "asparaginase_ecoli")
    assert (read.dose, read.unit, read.dose_confidence) == (10000, "U/m2", Confidence.QUOTED)
    recalled = the_drug(interfant, "induction", "dexamethasone")
    assert (recalled.dose, recalled.unit, recalled.dose_confidence) == (6, "mg/m2/day", Confidence.RECALLED)
    pilot = the_drug(the_protocol("interfant-06-blinatumomab"), "blinatumomab_1", "blinatumomab")
    assert (pilot.dose, pilot.unit, pilot.dose_confidence) == (15, "ug/m2/day", Confidence.QUOTED)
    planned = the_drug(the_protocol("interfant-21"), "blinatumomab_1", "blinatumomab")
    assert (planned.dose, planned.dose_confidence) == (15, Confidence.RECALLED)
    assert {d.dose for block in the_protocol("aall15p1").blocks for d in block.drugs} == {None}


@pytest.mark.parametrize(
    ("name", "point", "after", "operator", "threshold"),
    [
        ("interfant-06", "eoi", {"induction"}, ">=", 5e-4),
        ("interfant-06", "eoc", {"ib", "mae"}, None, None),
        ("interfant-06", "before_octadad", {"marma"}, ">=", 1e-4),
        ("interfant-06-blinatumomab", "blina_end", {"blinatumomab_1"}, "<", 5e-4),
        ("interfant-21", "eoi", {"induction"}, None, None),
        ("interfant-21", "after_blina1", {"blinatumomab_1"}, "<", 1e-4),
        ("interfant-99", "tp2", {"induction"}, ">=", 1e-4),
        ("interfant-99", "tp3", {"maram"}, ">=", 1e-4),
        ("mll-10", "end_early_consolidation", {"early_consolidation"}, ">=", 1e-4),
        ("cassiopeia", "eoc", {"first_line"}, ">=", 1e-4),
        ("aall0631", "tp1", set(), ">=", 1e-4),
    ],
)
def test_mrd_time_points(name: str, point: str, after: set[str], operator: str | None, threshold: float | None):
    [found] = [p for p in the_protocol(name).mrd_timepoints if p.id == point]
    assert {found.after_block, *found.or_after} - {None} == after
    assert (found.operator, found.threshold) == (operator, threshold)


def test_a_level_exactly_at_a_threshold_is_high_by_every_protocol() -> None:
    """As MRD-15 says: "at least" makes it high, "below" does not make it low."""
    operators = {point.operator for known in protocols() for point in known.mrd_timepoints}
    assert operators - {None} == {">=", "<"}


@pytest.mark.parametrize("name", ["ccg-1953", "cog-p9407", "aall15p1", "mll96", "mll98", "mll03", "tini"])
def test_no_mrd_time_point_was_found(name: str):
    assert the_protocol(name).mrd_timepoints == ()


@pytest.mark.parametrize(
    ("name", "group", "words"),
    [
        ("interfant-06", "HR", ("age <6 months", "WBC >=300", "prednisone poor response")),
        ("interfant-06", "LR", ("KMT2A-germline",)),
        ("interfant-99", "HR", ("prednisone poor response", ">=1000 blasts/uL", "day 8")),
        ("aall0631", "IR", ("age >=90 days",)),
        ("aall0631", "HR", ("age <90 days",)),
        ("mll-10", "IR", ("age >=180 days", "no CNS disease")),
        ("mll-10", "HR", ("age <180 days or CNS disease",)),
        ("ccg-1953", "donor", ("11q23", "donor")),
    ],
)
def test_criteria_of_groups(name: str, group: str, words: tuple[str, ...]):
    [found] = [g for g in the_protocol(name).groups if g.id == group]
    assert [word for word in words if word not in found.criteria] == []


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [
        ("interfant-06", None, 365),
        ("interfant-21", None, 365),
        ("aall0631", None, 365),
        ("mll-10", None, 364),
        ("cassiopeia", 365, None),
    ],
)
def test_ages_that_may_enter(name: str, low: int | None, high: int | None):
    who = the_protocol(name).eligibility
    assert (who.age_days_min, who.age_days_max) == (low, high)


def test_amendments_transplant_and_length():
    interfant = the_protocol("interfant-06")
    assert [(a.id, a.date) for a in interfant.amendments] == [("mrd-hsct", "2009-06")]
    assert [a.id for a in interfant.arms if a.groups == ("MR", "HR")] == ["myeloid"]
    assert interfant.total_weeks == 104
    assert the_protocol("cog-p9407").total_weeks == 46
    mll03 = the_protocol("mll03")
    assert mll03.hsct is not None
    assert mll03.hsct.latest_day == 122  # four months of a mean length
    assert the_protocol("cassiopeia").hsct is None


def test_what_comes_before_a_block_follows_the_branches():
    interfant = the_protocol("interfant-06")

    def before(name: str) -> set[str]:
        block = interfant.block(name)
        assert block is not None
        return {b.id for b in interfant.before(block)}

    assert before("marma") == {"ib", "mae"}
    assert before("mae") == {"ade"}
    assert before("hsct") == {"marma"}
    assert before("maintenance") == {"octadad"}  # a transplant stands in for both


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Interfant 06", "interfant-06"),
        ("INTERFANT_21", "interfant-21"),
        ("p9407", "cog-p9407"),
        ("jplsg-mll10", "mll-10"),
        ("AALL1721", "cassiopeia"),
    ],
)
def test_names_as_they_are_typed(typed: str, found: str):
    assert the_protocol(typed).id == found


def test_an_unknown_protocol_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="interfant-06"):
        the_protocol("interfant-6")
    assert protocol("../sources") is None


@pytest.mark.parametrize(
    ("name", "population", "endpoint", "years", "rate"),
    [
        ("ccg-1953", "KMT2A-rearranged", "EFS", 5, 33.6),
        ("aall0631", "KMT2A-germline", "OS", 5, 93.6),
        ("interfant-06", "KMT2A-germline", "OS", 6, 87.2),
        ("mll96", "KMT2A-rearranged", "EFS", 5, 38.6),
        ("mll98", "KMT2A-rearranged", "EFS", 5, 38.6),
        ("mll03", "KMT2A-rearranged", "EFS", 4, 43.2),
        ("mll-10", "KMT2A-rearranged", "EFS", 3, 66.2),
    ],
)
def test_published_outcomes(name: str, population: str, endpoint: str, years: int, rate: float):
    told = {(o.population, o.endpoint, o.horizon_years, o.rate.exact) for o in outcomes_of(the_protocol(name))}
    assert (population, endpoint, years, rate) in told


def test_outcomes_of_the_pilot_are_not_those_of_its_backbone():
    pilot, backbone = (outcomes_of(the_protocol(n)) for n in ("interfant-06-blinatumomab", "interfant-06"))
    assert (81.6, "DFS", 2) in {(o.rate.exact, o.endpoint, o.horizon_years) for o in pilot}
    assert set(pilot) & set(backbone) == set()
    assert outcomes_of(the_protocol("tini")) == ()
    assert protocols_of("children with ALL") == ()


def test_days_between_two_blocks_of_a_plan_are_fewer_than_pro_12_allows():
    """Counted by hand from the days that the plans give: from the last day of a block to the first of the next.

    One day is the rule, so that a short gap is no fault. The 15 days of cohort 1 of AALL0631 rest on the one start of
    Induction Intensification that the plan has, after the longer induction of cohort 2.
    """
    found = {}
    for known in protocols():
        for block, later in product(known.blocks, repeat=2):
            start, length, begins = block.nominal_start_day, block.nominal_duration_days, later.nominal_start_day
            if later.order == block.order + 1 and start and length and begins:
                found[known.id, block.id, later.id] = begins - (start + length - 1)
    assert found == {
        ("interfant-99", "prednisone_prephase", "induction"): 1,
        ("interfant-06", "prednisone_prephase", "induction"): 1,
        ("interfant-06", "induction", "ib"): 1,
        ("interfant-06", "induction", "ade"): 1,
        ("cog-p9407", "induction", "induction_intensification"): 1,
        ("aall0631", "induction", "induction_intensification"): 1,
        ("aall0631", "induction_cohort1", "induction_intensification"): 15,
    }
    assert max(found.values()) < threshold("block_gap").value
