"""MRD: the time-dependent rules, over one world."""

from datetime import date

from infant_course.events import (
    Decision,
    Diagnosis,
    MrdAssessment,
    Quantity,
    RiskAssignment,
    Transplant,
    TreatmentBlock,
)
from infant_course.vocabulary import Choice, Method, MrdResult, Specimen
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict, before, fraction, others, spelt
from oracle.worlds import Placed, World, day_of

LEVEL = 1e-4  # thresholds.yaml: negative for a decision, re-emergence, indication for HSCT after MARMA
LOG = 10
GROUPS = {"MR": True, "medium risk": True, "HR": False}
"""Whether a name is that of the medium-risk group; "intermediate" is none of Interfant-06."""


def _level(value: float) -> Quantity:
    return Quantity(value, "fraction")


def _of_marrow(placed: Placed) -> bool:
    return getattr(placed.event, "specimen", None) not in (Specimen.CSF, Specimen.TESTIS)


def _high(mrd: MrdAssessment) -> bool | None:
    """At least 1e-4; None for a positive result without a level."""
    if mrd.result == MrdResult.POSITIVE:
        return None
    return _quantified(mrd) and fraction(mrd.value) >= LEVEL


def _quantified(mrd: MrdAssessment) -> bool:
    """By its class, or by a level where no class is told."""
    return mrd.result == MrdResult.QUANTIFIED or (mrd.result is None and mrd.value is not None)


def mrd_11(me: Placed, world: World) -> Verdict:
    """Another assay of the same day and specimen is more than a log lower."""
    mine = me.event
    assert isinstance(mine, MrdAssessment)
    if not _quantified(mine) or (mine.method is None and mine.marker is None):
        return SILENT
    for placed in others(me, world.recorded(MrdAssessment)):
        other = placed.event
        assert isinstance(other, MrdAssessment)
        upper = {
            None: other.value,
            MrdResult.QUANTIFIED: other.value,
            MrdResult.NEGATIVE: other.sensitivity,
            MrdResult.POSITIVE_BELOW_RANGE: other.quantitative_limit,
        }.get(other.result)
        differs = {
            name: None not in (getattr(mine, name), getattr(other, name))
            and spelt(getattr(mine, name)) != spelt(getattr(other, name))
            for name in ("method", "marker", "specimen", "assesses")
        }
        if upper is None or differs["specimen"] or differs["assesses"]:
            continue
        apart = fraction(mine.value) > LOG * fraction(upper) * (1 + 1e-9)
        if (differs["method"] or differs["marker"]) and apart and placed.start[0] == me.start[0]:
            return True
    return False


def mrd_13(me: Placed, world: World) -> Verdict:
    """MRD rises by a log to 1e-4 or more after a negative result; open for a positive one without a level."""
    assert isinstance(me.event, MrdAssessment)
    high = _high(me.event)
    if high is False or not _of_marrow(me):
        return SILENT
    negatives = [
        other
        for other in before(me, world.of(MrdAssessment))
        if isinstance(other.event, MrdAssessment) and other.event.result == MrdResult.NEGATIVE and _of_marrow(other)
    ]
    stated = [getattr(other.event, "sensitivity", None) for other in negatives]
    limits = [LEVEL if limit is None else fraction(limit) for limit in stated]
    if high is None:
        return None if any(limit <= LEVEL for limit in limits) else False
    share = fraction(me.event.value)
    if any(limit <= LEVEL and share >= limit * LOG * (1 - 1e-9) for limit in limits):
        return True
    return None if None in stated else False  # it may have been deeper than the 1e-4 it is read as


def mrd_14(me: Placed, world: World) -> Verdict:
    """Medium risk, MRD of 1e-4 or more after MARMA, no HSCT afterwards and no decision on one; since June 2009."""
    assert isinstance(me.event, MrdAssessment)
    high = _high(me.event)
    if high is False or me.event.assesses is None or not _of_marrow(me):
        return SILENT
    if getattr(world.named(me.event.assesses).event, "block", None) != "marma":
        return SILENT
    if any(other.start > me.start for other in world.of(Transplant)) or world.recorded(Decision):
        return False
    diagnosed = world.recorded(Diagnosis)
    if len(diagnosed) == 1 and diagnosed[0].start[0] < day_of(date(2009, 6, 1)):
        return False
    groups = [GROUPS.get(str(getattr(risk.event, "group", None))) for risk in world.recorded(RiskAssignment)]
    if True in groups:
        return high
    return None if None in groups or not groups else False


RULES: Rules = {
    "MRD-11": (("mrd",), mrd_11, ()),
    "MRD-13": (
        ("mrd",),
        mrd_13,
        ((MrdAssessment(id="x", result=MrdResult.NEGATIVE, sensitivity=Quantity(1e-5, "fraction")),),),
    ),
    "MRD-14": (("mrd",), mrd_14, ((Transplant(id="x"),),)),
}
KINDS: Kinds = {
    "mrd": (
        MrdAssessment(id="", value=_level(2e-3), assesses="a block"),
        MrdAssessment(id="", result=MrdResult.QUANTIFIED, value=_level(2e-4), assesses="a block"),
        MrdAssessment(id="", result=MrdResult.POSITIVE, assesses="a block"),
        MrdAssessment(id="", result=MrdResult.NEGATIVE, sensitivity=_level(1e-4)),
        MrdAssessment(id="", result=MrdResult.NEGATIVE, sensitivity=_level(1e-5), specimen=Specimen.CSF),
        MrdAssessment(id="", result=MrdResult.NEGATIVE, sensitivity=_level(1e-5)),
        MrdAssessment(id="", result=MrdResult.NEGATIVE, sensitivity=_level(2e-5)),
        MrdAssessment(id="", result=MrdResult.NEGATIVE, sensitivity=_level(5e-5)),
        TreatmentBlock(id="", block="marma", protocol="interfant-06"),
        RiskAssignment(id="", group="MR"),
        Transplant(id=""),
    ),
    "after MARMA": (
        TreatmentBlock(id="", block="marma", protocol="interfant-06"),
        MrdAssessment(id="", result=MrdResult.QUANTIFIED, value=_level(2e-4), assesses="a block"),
        MrdAssessment(id="", result=MrdResult.POSITIVE, assesses="a block"),
        Decision(id="", on=Choice.TRANSPLANT, in_favour=False),
        RiskAssignment(id="", group="medium risk"),
        RiskAssignment(id="", group="HR"),
        RiskAssignment(id="", group="intermediate"),
        Transplant(id=""),
    ),
    "assays": (
        MrdAssessment(id="", value=_level(2e-2), method=Method.FLOW),
        MrdAssessment(id="", result=MrdResult.QUANTIFIED, value=_level(2e-3), method=Method.PCR, marker="IGH"),
        MrdAssessment(id="", result=MrdResult.QUANTIFIED, value=_level(1e-4), method=Method.PCR, marker="KMT2A-AFF1"),
        MrdAssessment(id="", result=MrdResult.QUANTIFIED, value=_level(3e-2), method=Method.PCR, marker="kmt2a::aff1"),
        MrdAssessment(
            id="", result=MrdResult.NEGATIVE, sensitivity=_level(1e-5), method=Method.NGS, specimen=Specimen.BLOOD
        ),
        MrdAssessment(id="", result=MrdResult.POSITIVE_BELOW_RANGE, quantitative_limit=_level(1e-4), method=Method.PCR),
        MrdAssessment(id="", result=MrdResult.POSITIVE, method=Method.PCR),
        MrdAssessment(
            id="",
            result=MrdResult.QUANTIFIED,
            value=_level(2e-2),
            method=Method.FLOW,
            specimen=Specimen.MARROW,
            assesses="a block",
        ),
    ),
}
