"""HCT, IMM and TOX: grafts, doses, grades and scales, read once more."""

from itertools import pairwise, product

from infant_course import Course
from infant_course.events import (
    AdverseEvent,
    Agent,
    CellTherapy,
    Conditioning,
    Gvhd,
    Immunotherapy,
    OrganTransplant,
    Quantity,
    Transplant,
)
from infant_course.vocabulary import Donor, GradingScale, Graft, GvhdForm, Intensity, Route
from oracle.plain.operators import SILENT
from oracle.told.drawing import Family, Rules, Some, Verdict, amount, any_of, in_all


def hct_01(transplant: Transplant | OrganTransplant, _: Course) -> Verdict:
    grafted = transplant.graft if isinstance(transplant, Transplant) else transplant.organ
    if grafted is None:
        return SILENT
    return (grafted in ("heart", "lung", "liver", "kidney")) == isinstance(transplant, Transplant)


MATCHED = {("other", 10): 9, ("cord", 6): 5, ("cord", 8): 6, ("sibling cord", 6): 5, ("sibling cord", 8): 7}
"""Least match of a donor called matched (EBMT ch. 73), by source and number compared."""


def hct_05(transplant: Transplant, _: Course) -> Verdict:
    """A related cord unit is a sibling's; a match has its denominator, and is high enough for a matched donor."""
    donor, matched, compared = transplant.donor, transplant.hla_matched, transplant.hla_compared
    cord = transplant.graft == "cord_blood"
    if not (cord and donor is not None) and matched is None:
        return SILENT
    if cord and donor in ("matched_related", "haploidentical"):
        return True
    if matched is None:
        return False
    if compared is None or matched > compared:
        return True
    if donor is None or not donor.startswith("matched_"):
        return False
    of_cord = "sibling cord" if donor == "matched_sibling" else "cord"
    sources = [of_cord if cord else "other"] if transplant.graft is not None else [of_cord, "other"]
    return in_all([matched < MATCHED.get((source, compared), 0) for source in sources])


def _ablative(agent: Agent) -> bool | None:
    """Busulfan above 6.4 mg/kg by vein, 8 by mouth; melphalan above 140 to 150 mg/m2. None: not told by which."""
    by_weight, by_surface = amount(agent.dose, "mg/kg"), amount(agent.dose, "mg/m2")
    if agent.name == "busulfan" and by_weight is not None:
        limits = {Route.INTRAVENOUS: [6.4], Route.ORAL: [8.0]}.get(agent.route, [6.4, 8.0])
        return in_all([by_weight > limit for limit in limits])
    if agent.name == "melphalan" and by_surface is not None:
        return in_all([by_surface > limit for limit in (140, 150)])
    return False


def hct_06(conditioning: Conditioning, _: Course) -> Verdict:
    """Called less than myeloablative, and no drug and no irradiation (8 Gy, or 5 Gy at once) says otherwise."""
    dosed = [
        agent
        for agent in conditioning.agents
        if (agent.name == "busulfan" and amount(agent.dose, "mg/kg") is not None)
        or (agent.name == "melphalan" and amount(agent.dose, "mg/m2") is not None)
    ]
    if conditioning.intensity not in ("reduced", "non_myeloablative") or not (dosed or conditioning.tbi):
        return SILENT
    dose = amount(conditioning.tbi, "Gy") or 0
    fractions = [1, 6] if conditioning.tbi_fractions is None else [conditioning.tbi_fractions]
    irradiated = in_all([dose >= 8 or (dose >= 5 and number == 1) for number in fractions])
    return any_of([irradiated, *(_ablative(agent) for agent in dosed)])


def _magic(skin: int, liver: int, upper: int, lower: int) -> int:
    """MAGIC: IV for a stage 4, III for liver or lower gut 2 or 3, II for skin 3 or any gut or liver 1, else I."""
    if 4 in (skin, liver, lower):
        return 4
    if liver >= 2 or lower >= 2:
        return 3
    return 2 if skin == 3 or 1 in (liver, upper, lower) else 1 if skin else 0


def hct_10(gvhd: Gvhd, _: Course) -> Verdict:
    organs = (gvhd.skin, gvhd.liver, gvhd.upper_gut, gvhd.lower_gut)
    acute = gvhd.form in (None, "acute", "late_acute")
    if gvhd.scale != "MAGIC" or gvhd.grade is None or not acute or organs == (None,) * 4:
        return SILENT
    pools = [range(2 if i == 2 else 5) if stage is None else [stage] for i, stage in enumerate(organs)]
    return in_all([_magic(*stages) != gvhd.grade for stages in product(*pools)])


def hct_14(toxicity: AdverseEvent, _: Course) -> Verdict:
    return toxicity.scale != "EBMT_2018" if toxicity.term in ("VOD", "veno-occlusive disease", "SOS") else SILENT


def imm_09(cells: CellTherapy, _: Course) -> Verdict:
    dose = amount(cells.dose, "10^6/kg")
    if cells.product not in ("tisagenlecleucel", "Kymriah ") or dose is None:
        return SILENT
    return not 0.2 <= dose <= 5


def imm_12(event: CellTherapy | Immunotherapy, _: Course) -> Verdict:
    number = event.cycles if isinstance(event, Immunotherapy) else event.infusions
    return SILENT if number is None else number >= 2


OF_THE_14 = ("osteonecrosis", "Sinusoidal-obstruction syndrome", "SOS", "seizures", "VOD", "veno-occlusive disease")


def tox_02(toxicity: AdverseEvent, _: Course) -> Verdict:
    """The Ponte-di-Legno definitions are of 14 toxicities; cardiomyopathy and mucositis are none of them."""
    if toxicity.scale != "Ponte_di_Legno" or toxicity.term is None:
        return SILENT
    return toxicity.term not in OF_THE_14


RULES: Rules = {
    "HCT-01": (("transplant", "organ_transplant"), hct_01),
    "HCT-05": (("transplant",), hct_05),
    "HCT-06": (("conditioning",), hct_06),
    "HCT-10": (("gvhd",), hct_10),
    "HCT-14": (("adverse_event",), hct_14),
    "IMM-09": (("cell_therapy",), imm_09),
    "IMM-12": (("cell_therapy", "immunotherapy"), imm_12),
    "TOX-02": (("adverse_event",), tox_02),
}

DRUGS = (
    Agent(name="busulfan", dose=Quantity(7, "mg/kg")),
    Agent(name="busulfan", dose=Quantity(7, "mg/kg"), route=Route.ORAL),
    Agent(name="busulfan", dose=Quantity(7, "mg/kg"), route=Route.INTRAVENOUS),
    Agent(name="busulfan", dose=Quantity(3.2, "mg/kg")),
    Agent(name="busulfan", dose=Quantity(9, "mg/kg")),
    Agent(name="melphalan", dose=Quantity(140, "mg/m2")),
    Agent(name="melphalan", dose=Quantity(145, "mg/m2")),
    Agent(name="melphalan", dose=Quantity(160, "mg/m2")),
    Agent(name="treosulfan", dose=Quantity(42, "mg/m2")),
)
STAGES = (None, None, 0, 1, 2, 3, 4)

FAMILIES: dict[str, Family] = {
    "grafts": Family(
        (
            Some(
                Transplant,
                {
                    "donor": (None, *Donor),
                    "graft": (None, *Graft, Graft.CORD_BLOOD, Graft.CORD_BLOOD),
                    "hla_matched": (None, 5, 6, 7, 8, 9, 10),
                    "hla_compared": (None, 6, 8, 8, 10, 10),
                },
                most=3,
            ),
            Some(OrganTransplant, {"organ": (None, *Graft)}),
        )
    ),
    "conditioning by dose": Family(
        (
            Some(
                Conditioning,
                {
                    "intensity": (None, *Intensity, Intensity.REDUCED),
                    "agents": ((), *((one,) for one in DRUGS), *pairwise(DRUGS)),
                    "tbi": (None, None, *(Quantity(dose, "Gy") for dose in (2, 5, 8)), Quantity(600, "cGy")),
                    "tbi_fractions": (None, 1, 4),
                },
                most=3,
            ),
        )
    ),
    "stages": Family(
        (
            Some(
                Gvhd,
                {
                    "form": (None, *GvhdForm, GvhdForm.ACUTE),
                    "scale": (None, GradingScale.MAGIC, GradingScale.MAGIC, GradingScale.MAGIC),
                    "grade": (None, 0, 1, 2, 3, 4),
                    "skin": STAGES,
                    "liver": STAGES,
                    "lower_gut": STAGES,
                    "upper_gut": (None, 0, 1),
                },
                least=2,
                most=4,
            ),
        )
    ),
    "products and scales": Family(
        (
            Some(
                CellTherapy,
                {
                    "product": (None, "tisagenlecleucel", "Kymriah ", "another"),
                    "dose": (None, *(Quantity(dose, "10^6/kg") for dose in (0.19, 0.2, 5, 30)), Quantity(1, "cells")),
                    "infusions": (None, 1, 2),
                },
                most=2,
            ),
            Some(Immunotherapy, {"cycles": (None, 1, 3)}),
            Some(
                AdverseEvent,
                {
                    "term": (None, *OF_THE_14, "cardiomyopathy", "mucositis"),
                    "scale": (None, GradingScale.EBMT_2018, GradingScale.PONTE_DI_LEGNO, GradingScale.CTCAE_V5),
                },
                most=3,
            ),
        )
    ),
}
