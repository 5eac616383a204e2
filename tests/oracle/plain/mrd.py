"""MRD: the time-dependent rules, over one world."""

from infant_course.events import (
    MrdAssessment,
    Quantity,
    RiskAssignment,
    Transplant,
    TreatmentBlock,
)
from infant_course.vocabulary import MrdResult
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict, before, fraction
from oracle.worlds import Placed, World

LEVEL = 1e-4  # thresholds.yaml: negative for a decision, re-emergence, indication for HSCT after MARMA
LOG = 10


def _level(value: float) -> Quantity:
    return Quantity(value, "fraction")


def mrd_13(me: Placed, world: World) -> Verdict:
    """MRD rises by a log to 1e-4 or more after a negative result."""
    assert isinstance(me.event, MrdAssessment)
    if me.event.result != MrdResult.QUANTIFIED or fraction(me.event.value) < LEVEL:
        return SILENT
    negatives = [
        other
        for other in before(me, world.of(MrdAssessment))
        if isinstance(other.event, MrdAssessment) and other.event.result == MrdResult.NEGATIVE
    ]
    share = fraction(me.event.value)
    limits = [fraction(getattr(other.event, "sensitivity", None)) for other in negatives]
    return any((limit <= LEVEL and share >= LEVEL * LOG) or limit * LOG <= LEVEL * (1 + 1e-9) for limit in limits)


def mrd_14(me: Placed, world: World) -> Verdict:
    """Medium risk, MRD of 1e-4 or more after MARMA, no HSCT afterwards."""
    assert isinstance(me.event, MrdAssessment)
    if me.event.result != MrdResult.QUANTIFIED or fraction(me.event.value) < LEVEL or me.event.assesses is None:
        return SILENT
    if getattr(world.named(me.event.assesses).event, "block", None) != "marma":
        return SILENT
    if any(other.start > me.start for other in world.of(Transplant)):
        return False
    groups = {getattr(risk.event, "group", None) for risk in world.recorded(RiskAssignment)}
    if not groups:
        return None
    return "MR" in groups


RULES: Rules = {
    "MRD-13": (
        ("mrd",),
        mrd_13,
        ((MrdAssessment(id="x", result=MrdResult.NEGATIVE, sensitivity=Quantity(1e-5, "fraction")),),),
    ),
    "MRD-14": (("mrd",), mrd_14, ((Transplant(id="x"),),)),
}
KINDS: Kinds = {
    "mrd": (
        MrdAssessment(id="", result=MrdResult.QUANTIFIED, value=_level(2e-3), assesses="a block"),
        MrdAssessment(id="", result=MrdResult.QUANTIFIED, value=_level(2e-4), assesses="a block"),
        MrdAssessment(id="", result=MrdResult.NEGATIVE, sensitivity=_level(1e-4)),
        MrdAssessment(id="", result=MrdResult.NEGATIVE, sensitivity=_level(1e-5)),
        TreatmentBlock(id="", block="marma", protocol="interfant-06"),
        RiskAssignment(id="", group="MR"),
        Transplant(id=""),
    ),
}
