"""IMM: the time-dependent rules, over one world.

IMM-01 and IMM-13 count weeks and months, which worlds of a few days do not reach.
"""

from infant_course.events import (
    AdverseEvent,
    Apheresis,
    CellTherapy,
    CsfAssessment,
    Diagnosis,
    Enrolment,
    Immunophenotype,
    Immunotherapy,
    Laboratory,
    Lymphodepletion,
    MarrowAssessment,
    MrdAssessment,
    Quantity,
    Relapse,
    Remission,
    TreatmentBlock,
)
from infant_course.vocabulary import CellOrigin, CnsClass, GradingScale
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict, before, is_blinatumomab, names, others, spelt
from oracle.worlds import Placed, World

CYCLE_START, FIRST_RESPONSE, LATEST_CRS, B_CELLS = 42, 21, 30, 100


def _blinatumomab(placed: Placed) -> bool:
    return is_blinatumomab(placed.event)


def _within(me: Placed, found: list[Placed], days: int) -> list[Placed]:
    """Those before me by no more than so many days."""
    return [placed for placed in before(me, found) if me.start[0] - placed.start[0] <= days]


def _trial(world: World) -> str | None:
    """The protocol of the one enrolment."""
    enrolments = world.recorded(Enrolment)
    return getattr(enrolments[0].event, "protocol", None) if len(enrolments) == 1 else None


def imm_02(me: Placed, world: World) -> Verdict:
    """No other cycle of blinatumomab started in the 41 days before."""
    if not _blinatumomab(me):
        return SILENT
    number = getattr(me.event, "cycle", None)
    cycles = [p for p in world.recorded(Immunotherapy) if _blinatumomab(p)]
    other = [p for p in cycles if number is None or getattr(p.event, "cycle", None) != number]
    return bool(_within(me, other, CYCLE_START - 1))


def imm_03(me: Placed, world: World) -> Verdict:
    """After some induction, with CD19, and not with a marrow that only showed 25 % or more."""
    if not _blinatumomab(me) or _trial(world) not in ("interfant-21", "interfant-06-blinatumomab"):
        return SILENT
    inductions = [p for p in world.recorded(TreatmentBlock) if getattr(p.event, "block", None) == "induction"]
    if inductions and not any(me.start[0] >= induction.end[0] for induction in inductions):
        return True
    for diagnosis in world.recorded(Diagnosis):
        found = getattr(diagnosis.event, "immunophenotypes", ())
        if any(names(one.negative, "CD19") for one in found) and not any(names(one.positive, "CD19") for one in found):
            return True
    earlier = [p.event for p in before(me, world.recorded(MarrowAssessment))]
    marrows = [marrow for marrow in earlier if isinstance(marrow, MarrowAssessment) and marrow.blasts]
    full = [marrow for marrow in marrows if marrow.blasts and marrow.blasts.value >= 25]
    return any(marrow.assesses for marrow in full) and len(full) == len(marrows)


def imm_04(me: Placed, world: World) -> Verdict:
    """Where blasts were in the fluid, it was clear once before the cycle."""
    if not _blinatumomab(me) or _trial(world) != "interfant-21":
        return SILENT

    def clear(placed: Placed) -> bool:
        return getattr(placed.event, "cns", None) is CnsClass.CNS1

    diagnoses = world.recorded(Diagnosis)
    told = getattr(diagnoses[0].event, "cns", None) if len(diagnoses) == 1 else None
    involved = told not in (None, CnsClass.CNS1)
    involved = involved or any(not clear(p) for p in before(me, world.recorded(CsfAssessment)))
    return involved and not any(clear(p) for p in before(me, world.of(CsfAssessment)))


def imm_05(me: Placed, world: World) -> Verdict:
    """Collection, preparation and infusion in this order of days, of those for one infusion; the chain is told."""
    if isinstance(me.event, CellTherapy):
        if me.event.origin == "allogeneic":
            return SILENT
        there = [
            [p for p in world.recorded(kind) if p.start[0] <= me.start[0]] for kind in (Apheresis, Lymphodepletion)
        ]
        return not all(there)
    infusions, target = world.of(CellTherapy), getattr(me.event, "of", None)
    if target is None and not world.recorded(CellTherapy):
        return SILENT

    def meant(placed: Placed) -> list[Placed]:
        """The infusion it was for, or if it names none all that it may have been for."""
        its_own = getattr(placed.event, "of", None)
        return infusions if its_own is None else [p for p in [world.named(its_own)] if p in infusions]

    collected = isinstance(me.event, Apheresis)
    earlier = [p for p in world.recorded(Lymphodepletion) if collected and p.start[0] < me.start[0]]
    late = all(me.end[0] > infusion.start[0] for infusion in meant(me))
    if target is not None and ((meant(me) and late) or any(getattr(p.event, "of", None) == target for p in earlier)):
        return True
    perhaps = target is None and late
    return None if perhaps or (len(infusions) == 1 and any(meant(me) == meant(p) for p in earlier)) else False


def imm_06(me: Placed, world: World) -> Verdict:
    """No remission in the three weeks after cells, unless ascribed to something else."""
    cells = world.recorded(CellTherapy)
    if not cells:
        return SILENT
    ascribed = getattr(me.event, "attained_with", ())
    if ascribed:
        cells = [p for p in cells if p.event.id in ascribed]
    return bool(_within(me, cells, FIRST_RESPONSE - 1))


def imm_07(me: Placed, world: World) -> Verdict:
    """CRS has a scale with its grade; an ICE score asks for the age, which no course of these tells."""
    toxicity = me.event
    assert isinstance(toxicity, AdverseEvent)
    graded = toxicity.term == "CRS" and toxicity.grade is not None
    if toxicity.ice is None and not graded:
        return SILENT
    if graded and toxicity.scale is None:
        return True
    return None if toxicity.ice is not None else False


def imm_08(me: Placed, world: World) -> Verdict:
    """CRS on the day of an infusion or up to 30 days after one; ICANS not before all CRS."""
    term = getattr(me.event, "term", None)
    if term == "CRS":
        causes = [*world.recorded(CellTherapy), *(p for p in world.recorded(Immunotherapy) if _blinatumomab(p))]
        near = _within(me, causes, LATEST_CRS) or any(p.start[0] == me.start[0] for p in causes)
        return bool(causes) and not near
    if term != "ICANS":
        return SILENT
    crs = [p for p in world.recorded(AdverseEvent) if getattr(p.event, "term", None) == "CRS"]
    return bool(crs) and all(me.start[0] < p.start[0] for p in crs)


def _back(placed: Placed) -> bool:
    count = getattr(placed.event, "b_cells", None)
    return isinstance(count, Quantity) and count.to("/uL") >= B_CELLS


def imm_10(me: Placed, world: World) -> Verdict:
    """B cells that came back after cells, as a later sample confirms: in four weeks, or before a relapse."""
    cells = world.recorded(CellTherapy)
    if not _back(me) or not cells:
        return SILENT
    later = [p for p in others(me, world.recorded(Laboratory)) if me.start < p.start and _back(p)]
    relapses = [p for p in world.recorded(Relapse) if me.start < p.start]
    return bool(later) and bool(_within(me, cells, 27) or (before(me, cells) and relapses))


def imm_11(me: Placed, world: World) -> Verdict:
    """CD22 was stated before a therapy against it."""
    directed = spelt(getattr(me.event, "agent", None)) in ("inotuzumab", "inotuzumabozogamicin")
    if not directed and not names(getattr(me.event, "targets", ()), "CD22"):
        return SILENT

    def stated(placed: Placed) -> bool:
        found = getattr(placed.event, "immunophenotypes", ())
        told = [name for one in found for name in (*one.positive, *one.negative)]
        lists = (told, getattr(placed.event, "antigens", ()), getattr(placed.event, "antigen_loss", ()))
        return any(names(antigens, "CD22") for antigens in lists)

    known = [p for p in before(me, world.recorded(Diagnosis, Relapse, MrdAssessment)) if stated(p)]
    if not known and not world.recorded(Diagnosis):
        return None
    return not known


RULES: Rules = {
    "IMM-02": (("immunotherapy",), imm_02, ()),
    "IMM-03": (("immunotherapy",), imm_03, ()),
    "IMM-04": (("immunotherapy",), imm_04, ((CsfAssessment(id="x", cns=CnsClass.CNS1),),)),
    "IMM-05": (("apheresis", "lymphodepletion", "cell_therapy"), imm_05, ((CellTherapy(id="x"),),)),
    "IMM-06": (("remission",), imm_06, ()),
    "IMM-07": (("adverse_event",), imm_07, ()),
    "IMM-08": (("adverse_event",), imm_08, ()),
    "IMM-10": (("laboratory",), imm_10, ()),
    "IMM-11": (("immunotherapy", "cell_therapy"), imm_11, ()),
}

_BLINATUMOMAB = Immunotherapy(id="", agent="blinatumomab")
_TRIAL = Enrolment(id="", protocol="interfant-21")


def _marrow(blasts: float, assesses: str | None = None) -> MarrowAssessment:
    return MarrowAssessment(id="", blasts=Quantity(blasts, "%"), assesses=assesses)


def _sample(b_cells: float) -> Laboratory:
    return Laboratory(id="", b_cells=Quantity(b_cells, "/uL"))


KINDS: Kinds = {
    "cells": (
        Apheresis(id=""),
        Lymphodepletion(id=""),
        CellTherapy(id=""),
        CellTherapy(id="", origin=CellOrigin.ALLOGENEIC),
        AdverseEvent(id=""),
    ),
    "cycles": (
        Immunotherapy(id="", agent="BLINATUMOMAB", cycle=1),
        Immunotherapy(id="", agent="inotuzumab"),
        _BLINATUMOMAB,
        _TRIAL,
    ),
    "ready for blinatumomab": (
        _BLINATUMOMAB,
        _BLINATUMOMAB,
        _TRIAL,
        _TRIAL,
        _marrow(30, "e0"),
        _marrow(30),
        _marrow(3),
        Diagnosis(id="", immunophenotypes=(Immunophenotype(negative=("CD19",)),)),
    ),
    "fluids": (
        _BLINATUMOMAB,
        _BLINATUMOMAB,
        _TRIAL,
        _TRIAL,
        CsfAssessment(id="", cns=CnsClass.CNS1),
        CsfAssessment(id="", cns=CnsClass.CNS2),
        Diagnosis(id="", cns=CnsClass.CNS3),
    ),
    "response to cells": (
        CellTherapy(id=""),
        CellTherapy(id=""),
        Remission(id=""),
        Remission(id="", attained_with=("e0",)),
    ),
    "storms": (
        CellTherapy(id=""),
        AdverseEvent(id="", term="CRS", grade=2),
        AdverseEvent(id="", term="CRS", grade=2, scale=GradingScale.ASTCT_2019),
        AdverseEvent(id="", term="ICANS", ice=8, grade=1, scale=GradingScale.ASTCT_2019),
        _BLINATUMOMAB,
    ),
    "aplasia": (
        CellTherapy(id="", targets=("CD19",)),
        _sample(150),
        _sample(150),
        _sample(0),
        Relapse(id=""),
    ),
    "against CD22": (
        Immunotherapy(id="", agent="Inotuzumab-Ozogamicin"),
        CellTherapy(id="", targets=("cd22",)),
        Diagnosis(id=""),
        Diagnosis(id="", immunophenotypes=(Immunophenotype(positive=("CD22",)),)),
        MrdAssessment(id="", antigens=("CD 22",)),
        Relapse(id="", immunophenotypes=(Immunophenotype(negative=("CD22",)),)),
    ),
}
