"""Agents and anthracycline equivalence against a second reading, by hand."""

import pytest

from infant_course.errors import UsageError
from infant_course.knowledge.agents import Modality, Named, agent, agents, regimens
from infant_course.knowledge.anthracyclines import cumulative_anthracycline, exposure_classes, schemes
from infant_course.knowledge.reading import knowledge
from infant_course.sources import Confidence
from infant_course.vocabulary import AnthracyclineScheme


def test_all_sixty_are_there_with_sources_that_exist():
    assert len(agents()) == 60
    for found in agents().values():
        assert {found.source.key, *found.also} <= set(knowledge("sources")), found.id
        assert found.source.at, found.id


def test_no_name_stands_for_two_agents():
    names = [(name.casefold(), a.id) for a in agents().values() for name in set(a.names())]
    owners: dict[str, set[str]] = {}
    for name, owner in names:
        owners.setdefault(name, set()).add(owner)
    assert {name for name, who in owners.items() if len(who) > 1} == set()


@pytest.mark.parametrize(
    ("name", "expected"),
    [("DNR", "daunorubicin"), ("peg-asp", "pegaspargase"), ("6-mp", "mercaptopurine"), ("kymriah", "tisagenlecleucel")],
)
def test_an_agent_is_found_by_any_name(name: str, expected: str):
    found = agent(name)
    assert found is not None
    assert found.id == expected


def test_an_unknown_agent_is_none():
    assert agent("daunorubicine") is None


def test_the_figures_hold_what_the_text_names():
    def figure(number: int, sure: Confidence) -> set[str]:
        return {a.id for a in agents().values() if a.figures.get(number) is sure}

    assert figure(1, Confidence.QUOTED) == {
        "blinatumomab",
        "car_t_cd19",
        "car_t_cd19_cd22",
        "ucart19",
        "inotuzumab_ozogamicin",
    }
    assert figure(1, Confidence.UNKNOWN) == {"ng2_antibody"}
    assert figure(2, Confidence.QUOTED) == {
        "lestaurtinib",
        "azacitidine",
        "bortezomib",
        "vorinostat",
        "venetoclax",
        "menin_inhibitor",
        "cdk_inhibitor",
        "bet_inhibitor",
        "entospletinib",
        "mek_inhibitor",
        "dot1l_inhibitor",
    }


def test_codes_keep_their_own_confidence():
    prednisone = agents()["prednisone"].codes
    assert (prednisone["ncit"].code, prednisone["atc"].code) == ("C770", "H02AB07")
    assert str(prednisone["rxnorm"]) == "8640 (provisional)"
    assert "ncit" not in agents()["prednisolone"].codes


def test_kinds_and_naming():
    assert agents()["blinatumomab"].modality is Modality.BISPECIFIC
    assert agents()["panobinostat"].named is Named.REFERENCE
    assert agents()["revumenib"].named is Named.NONE
    assert {a.modality for a in agents().values()} == set(Modality)


def test_regimens_name_agents_that_exist():
    assert regimens()["bu_flu_thio"].agents == ("busulfan", "fludarabine", "thiotepa")
    assert {a for r in regimens().values() for a in r.agents} <= set(agents())


# Case 4: daunorubicin 300 mg/m²; products worked out by hand from the published factors
@pytest.mark.parametrize(
    ("scheme", "total", "exposure", "provisional"),
    [
        ("cog_ltfu_v4_2013", 249.9, "moderate", True),
        ("cog_ltfu_v5_2018", 150.0, "moderate", True),
        ("ighg_2023_pancare", 180.0, "moderate", False),
        ("ighg_2025", 180.0, "moderate", False),
        ("feijen_2015", 135.0, "moderate", False),
        ("cog_substitution", 300.0, "high", False),
    ],
)
def test_the_class_hangs_on_the_scheme(scheme: str, total: float, exposure: str, provisional: bool):
    found = cumulative_anthracycline([("daunorubicin", 300)], scheme)
    assert found.total.value == total
    assert found.exposure.value == exposure
    assert found.total.source.provisional is provisional
    assert str(found.total).endswith("(provisional)") is provisional
    assert scheme in found.exposure.reason


@pytest.mark.parametrize(("dose", "exposure"), [(99.9, "low"), (100, "moderate"), (249.9, "moderate"), (250, "high")])
def test_borders_of_exposure(dose: float, exposure: str):
    assert cumulative_anthracycline([("doxorubicin", dose)], "ighg_2025").exposure.value == exposure


def test_doses_add_up_over_agents_and_courses():
    found = cumulative_anthracycline([("DNR", 100), ("daunorubicin", 20), ("mitoxantrone", 10)], "ighg_2023_pancare")
    assert found.equivalents == {"daunorubicin": 72.0, "mitoxantrone": 100.0}
    assert found.total.value == 172.0


def test_a_factor_that_is_not_known_leaves_the_total_open():
    found = cumulative_anthracycline([("daunorubicin", 300), ("mitoxantrone", 20)], "cog_ltfu_v5_2018")
    assert found.total.possible == ()
    assert found.total.missing == ("mitoxantrone",)
    assert "4 or 10" in found.total.reason
    assert str(found.total).startswith("cannot tell")
    assert found.exposure.possible == ("moderate", "high")  # 150 known, the rest can only add


def test_what_is_already_high_stays_high():
    found = cumulative_anthracycline([("doxorubicin", 260), ("idarubicin", 30)], "ighg_2025")
    assert found.exposure.value == "high"
    assert "no recommendation" in found.total.reason


@pytest.mark.parametrize("dose", [-1.0, float("nan"), float("inf")])
def test_a_dose_that_is_none_is_told(dose: float):
    assert "is no dose" in cumulative_anthracycline([("doxorubicin", dose)], "ighg_2025").total.reason


def test_an_agent_without_a_factor_is_told():
    assert "no factor for vincristine" in cumulative_anthracycline([("vincristine", 2)], "ighg_2025").total.reason


def test_an_unknown_scheme_names_the_nearest():
    with pytest.raises(UsageError, match="did you mean 'ighg_2025'"):
        cumulative_anthracycline([], "ighg2025")


def test_every_scheme_of_the_case_files_is_known():
    assert {str(s) for s in AnthracyclineScheme} - set(schemes()) == {"other"}
    assert cumulative_anthracycline([("doxorubicin", 10)], "other").total.possible == ()


def test_exposure_classes_leave_no_gap():
    classes = exposure_classes()
    assert [c.below for c in classes] == [*(c.at_least for c in classes[1:]), None]
