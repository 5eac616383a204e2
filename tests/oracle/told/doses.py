"""DOS: the drugs of one block, read once more."""

import itertools
from typing import Any

from infant_course import Course
from infant_course.events import (
    Agent,
    Conditioning,
    Immunotherapy,
    Lymphodepletion,
    Quantity,
    SupportiveTreatment,
    TreatmentBlock,
)
from infant_course.vocabulary import AnthracyclineScheme, DoseBasis, Route
from oracle.plain.operators import SILENT
from oracle.told.drawing import Family, Rules, Some, Verdict, amount, any_of

FACTORS = {
    "daunorubicin": (0.45, 1.0),
    "doxorubicin": (1.0, 1.0),
    "idarubicin": (5.0, 5.0),
    "mitoxantrone": (4.0, 10.5),
    "anthracyclines": (1.0, 1.0),
}
"""Least and greatest published factor to doxorubicin (definitions, table of ratios); a sum is taken as it is."""


def dos_02(block: TreatmentBlock, _: Course) -> Verdict:
    dosed = [agent for agent in block.agents if agent.dose is not None]
    return any(agent.basis is None for agent in dosed) if dosed else SILENT


def dos_03(cycle: Immunotherapy, _: Course) -> Verdict:
    """5 or 15 µg/m²/day (a tenth either way), and 28 µg/day at most."""
    if (cycle.agent or "").lower() != "blinatumomab" or cycle.dose_rate is None:
        return SILENT
    rate, whole = amount(cycle.dose_rate, "ug/m2/day"), amount(cycle.dose_rate, "ug/day")
    usual = rate is None or any(known / 1.1 <= rate <= known * 1.1 for known in (5, 15))
    return not usual or (whole or 0) > 28 * (1 + 1e-9)


def _asparaginase(agent: Agent) -> bool:
    return agent.name in ("asparaginase", "asparaginase_ecoli", "pegaspargase", "asparaginase_erwinia")


def dos_05(block: TreatmentBlock, _: Course) -> Verdict:
    """The product is named; two thirds of 10 000 IU/m² are a dose of the native one only."""
    dosed = [agent for agent in block.agents if _asparaginase(agent) and agent.dose is not None]
    if not dosed:
        return SILENT
    return any(
        agent.name == "asparaginase"
        or (
            agent.name == "pegaspargase"
            and not agent.cumulative
            and (amount(agent.dose, "IU/m2") or 0) >= 2 / 3 * 10000 * (1 - 1e-9)
        )
        for agent in dosed
    )


def _compared(block: TreatmentBlock) -> list[Agent]:
    """Doses of anthracyclines that are sums or converted."""
    dosed = [agent for agent in block.agents if agent.name in FACTORS and agent.dose is not None]
    return [a for a in dosed if a.cumulative or a.scheme is not None or a.name == "anthracyclines"]


def dos_06(block: TreatmentBlock, _: Course) -> Verdict:
    """A sum names its scheme, each agent is summed once, and only doxorubicin needs no scheme."""
    if not _compared(block):
        return SILENT
    summed = [agent.name for agent in block.agents if agent.cumulative and agent.name in FACTORS]
    summed = [name for name in summed if name != "anthracyclines"]
    unnamed = [agent for agent in _compared(block) if agent.scheme is None and agent.name != "doxorubicin"]
    return bool(unnamed) or len(set(summed)) < len(summed)


def dos_07(block: TreatmentBlock, _: Course) -> Verdict:
    """From 100 mg/m² of doxorubicin on, by the greatest factor where no scheme is named."""
    doses = [
        (amount(agent.dose, "mg/m2"), 1.0 if agent.scheme is not None else FACTORS[agent.name][1])
        for agent in _compared(block)
    ]
    known = [dose * factor for dose, factor in doses if dose is not None]
    return sum(known) >= 100 if known else SILENT


def dos_08(block: TreatmentBlock, course: Course) -> Verdict:
    """A stated sum of one anthracycline, against the doses of its courses; those of the other basis do not add up.

    What is recorded is the least it can be; it is all there is only where blocks are declared complete.
    """
    verdicts = []
    for name in ("daunorubicin", "doxorubicin", "idarubicin", "mitoxantrone"):
        listed = [agent for one in course.of(TreatmentBlock) for agent in one.agents if agent.name == name]
        courses = [agent for agent in listed if not agent.cumulative]
        sums = [a for a in block.agents if a.name == name and a.cumulative and a.scheme is None]
        for total in [a for a in sums if amount(a.dose, "mg/m2") is not None] if courses else []:
            bases = {agent.basis for agent in courses} | {total.basis}
            doses = [amount(agent.dose, "mg/m2") for agent in courses]
            if None in doses or {"nominal", "actual"} <= bases:
                verdicts.append(None)
                continue
            stated, given = amount(total.dose, "mg/m2"), sum(doses)
            if stated < 0.9 * given * (1 - 1e-9):
                verdicts.append(True)
            elif "treatment_block" in course.complete:
                verdicts.append(stated > 1.1 * given * (1 + 1e-9))
            else:
                verdicts.append(None)
    return any_of(verdicts) if verdicts else SILENT


def dos_09(event: Any, _: Course) -> Verdict:
    """Methotrexate, cytarabine, hydrocortisone and prednisolone only; a drug of an unknown name is not judged."""
    given = [agent.name for agent in event.agents if agent.route == "intrathecal"]
    return "vincristine" in given or "daunorubicin" in given if given else SILENT


RULES: Rules = {
    "DOS-02": (("treatment_block",), dos_02),
    "DOS-03": (("immunotherapy",), dos_03),
    "DOS-05": (("treatment_block",), dos_05),
    "DOS-06": (("treatment_block",), dos_06),
    "DOS-07": (("treatment_block",), dos_07),
    "DOS-08": (("treatment_block",), dos_08),
    "DOS-09": (("treatment_block", "lymphodepletion", "conditioning", "supportive_treatment"), dos_09),
}


def _mg(value: float) -> Quantity:
    return Quantity(value, "mg/m2")


AGENTS = (
    Agent(name="daunorubicin", dose=_mg(90)),
    Agent(name="daunorubicin", dose=_mg(90), cumulative=True),
    Agent(name="daunorubicin", dose=_mg(300), cumulative=True, scheme=AnthracyclineScheme.IGHG_2025),
    Agent(name="doxorubicin", dose=_mg(60), cumulative=True, basis=DoseBasis.ACTUAL),
    Agent(name="mitoxantrone", dose=_mg(20), cumulative=True),
    Agent(name="idarubicin", dose=Quantity(9, "mg/kg"), cumulative=True, basis=DoseBasis.NOMINAL),
    Agent(name="anthracyclines", dose=_mg(80)),
    Agent(name="anthracyclines", dose=_mg(240), scheme=AnthracyclineScheme.COG_LTFU_V4, basis=DoseBasis.NOMINAL),
    Agent(name="asparaginase", dose=Quantity(5000, "IU/m2")),
    Agent(name="asparaginase"),
    Agent(name="asparaginase_ecoli", dose=Quantity(10000, "IU/m2"), basis=DoseBasis.NOMINAL),
    Agent(name="pegaspargase", dose=Quantity(2500, "IU/m2")),
    Agent(name="pegaspargase", dose=Quantity(7000, "IU/m2"), basis=DoseBasis.ACTUAL),
    Agent(name="pegaspargase", dose=Quantity(7500, "IU/m2"), cumulative=True),
    Agent(name="vincristine", route=Route.INTRATHECAL),
    Agent(name="vincristine", route=Route.INTRAVENOUS),
    Agent(name="methotrexate", route=Route.INTRATHECAL),
    Agent(name="cytarabine", route=Route.INTRATHECAL, dose=Quantity(30, "mg"), basis=DoseBasis.ACTUAL),
    Agent(name="a new drug", route=Route.INTRATHECAL),
)
ONE_OR_TWO = ((), *((one,) for one in AGENTS), *itertools.pairwise(AGENTS), (AGENTS[1], AGENTS[1]))
ONE_OR_TWO = (*ONE_OR_TWO, (AGENTS[3], AGENTS[1]), (AGENTS[2], AGENTS[4]), (AGENTS[14], AGENTS[16]))
RATES = (
    None,
    *(Quantity(n, "ug/m2/day") for n in (5, 14, 15, 17)),
    Quantity(0.015, "mg/m2/day"),
    Quantity(9, "ug/day"),
)
RATES = (*RATES, Quantity(28, "ug/day"), Quantity(29, "ug/day"), Quantity(15, "mg/m2/day"))

COURSES = tuple(
    Agent(name=name, dose=None if dose is None else _mg(dose), basis=basis, cumulative=cumulative)
    for name, dose, basis, cumulative in [
        ("daunorubicin", 60, None, None),
        ("daunorubicin", 60, DoseBasis.ACTUAL, False),
        ("daunorubicin", None, None, None),
        ("doxorubicin", 50, DoseBasis.NOMINAL, None),
        ("doxorubicin", 50, None, None),
    ]
)
TOTALS = tuple(
    Agent(name=name, dose=_mg(dose), basis=basis, cumulative=True)
    for name, dose, basis in [
        ("daunorubicin", 60, None),
        ("daunorubicin", 66, DoseBasis.ACTUAL),
        ("daunorubicin", 180, None),
        ("daunorubicin", 110, DoseBasis.ACTUAL),
        ("doxorubicin", 40, None),
        ("doxorubicin", 100, DoseBasis.ACTUAL),
        ("doxorubicin", 55, DoseBasis.NOMINAL),
    ]
)

FAMILIES: dict[str, Family] = {
    "sums": Family(
        (
            Some(TreatmentBlock, {"agents": ((), *((one,) for one in COURSES), (COURSES[0], COURSES[4]))}, most=3),
            Some(TreatmentBlock, {"agents": (*((one,) for one in TOTALS), (TOTALS[0], TOTALS[4]))}),
        )
    ),
    "drugs": Family(
        (
            Some(TreatmentBlock, {"agents": ONE_OR_TWO}, most=3),
            Some(Lymphodepletion, {"agents": ONE_OR_TWO}, least=0),
            Some(Conditioning, {"agents": ONE_OR_TWO}, least=0),
            Some(SupportiveTreatment, {"agents": ONE_OR_TWO}, least=0),
        )
    ),
    "rates": Family(
        (
            Some(
                Immunotherapy,
                {"agent": (None, "blinatumomab", "Blinatumomab", "inotuzumab"), "dose_rate": RATES},
                most=3,
            ),
        )
    ),
}
