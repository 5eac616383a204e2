"""REM: the time-dependent rules, over one world."""

from infant_course.events import (
    Event,
    LastContact,
    LineageSwitch,
    MrdReemergence,
    Relapse,
    Remission,
    Transplant,
    TreatmentBlock,
)
from infant_course.vocabulary import DiseaseStatus, RemissionKind
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict, before, others
from oracle.worlds import Placed, World


def rem_01(me: Placed, world: World) -> Verdict:
    """A first complete remission before the day on which induction ends."""
    induction = [b for b in world.recorded(TreatmentBlock) if getattr(b.event, "block", None) == "induction"]
    if not induction or getattr(me.event, "number", None) not in (None, 1) or not _is_complete(me):
        return SILENT
    return any(me.start[0] < block.end[0] for block in induction)


def _is_complete(me: Placed) -> bool:
    return getattr(me.event, "kind", None) in (None, "complete")


def rem_04(me: Placed, world: World) -> Verdict:
    """CR number is the number of relapses before, plus one."""
    number = getattr(me.event, "number", None)
    if number is None or not _is_complete(me):
        return SILENT
    return bool(len(before(me, world.of(Relapse))) + 1 != number)


def rem_05(me: Placed, world: World) -> Verdict:
    """A later remission needs something that came back before it."""
    if (getattr(me.event, "number", None) or 0) < 2:
        return SILENT
    types: tuple[type[Event], ...] = (Relapse,) if _is_complete(me) else (Relapse, MrdReemergence)
    return not before(me, world.of(*types))


def rem_06(me: Placed, world: World) -> Verdict:
    """A relapse needs a remission before it."""
    return not before(me, world.of(Remission))


def rem_10(me: Placed, world: World) -> Verdict:
    """Two relapses recorded on one day."""
    return any(other.start[0] == me.start[0] for other in others(me, world.recorded(Relapse)))


def rem_19(me: Placed, world: World) -> Verdict:
    """First remission at last contact, but something came back before."""
    if getattr(me.event, "disease_status", None) != "CR1":
        return SILENT
    return bool(before(me, world.of(Relapse, LineageSwitch)))


RULES: Rules = {
    "REM-01": (("remission",), rem_01, ()),
    "REM-04": (("remission",), rem_04, ((Relapse(id="x"),),)),
    "REM-05": (("remission",), rem_05, ((Relapse(id="x"),), (MrdReemergence(id="x"),))),
    "REM-06": (("relapse",), rem_06, ((Remission(id="x"),),)),
    "REM-10": (("relapse",), rem_10, ()),
    "REM-19": (("last_contact",), rem_19, ((Relapse(id="x"),), (LineageSwitch(id="x"),))),
}
KINDS: Kinds = {
    "response": (
        Remission(id="", number=1),
        Remission(id="", number=2),
        Remission(id="", number=2, kind=RemissionKind.MRD),
        Relapse(id=""),
        Relapse(id=""),
        MrdReemergence(id=""),
        TreatmentBlock(id="", block="induction"),
    ),
    "status": (
        Relapse(id=""),
        LineageSwitch(id=""),
        LastContact(id="", disease_status=DiseaseStatus.CR1),
        Transplant(id="", status=DiseaseStatus.CR1),
        Transplant(id="", status=DiseaseStatus.CR2),
    ),
}
