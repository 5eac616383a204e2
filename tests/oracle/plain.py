"""The operators and the time-dependent rules once more, as plain Python over one world.

Written from ``docs`` and the published definitions, not from the engine. A rule gives true where it is broken,
false where it is kept, None where this world leaves it open, and ``SILENT`` where it does not apply.
"""

from collections.abc import Callable, Sequence
from typing import Final

from infant_course.events import (
    AdverseEvent,
    Apheresis,
    CellTherapy,
    Death,
    Diagnosis,
    Event,
    Examination,
    LastContact,
    LineageSwitch,
    Lymphodepletion,
    MrdAssessment,
    MrdReemergence,
    Quantity,
    Relapse,
    Remission,
    RiskAssignment,
    Transplant,
    TreatmentBlock,
)
from infant_course.vocabulary import MrdResult
from infant_course.when import Unknown

from .worlds import Placed, World

SILENT: Final = "silent"
Verdict = bool | None | str
Plain = Callable[[Placed, World], Verdict]

LEVEL = 1e-4  # thresholds.yaml: negative for a decision, re-emergence, indication for HSCT after MARMA
LOG = 10


def others(me: Placed, found: Sequence[Placed]) -> list[Placed]:
    """Without the subject itself."""
    return [placed for placed in found if placed is not me and placed.event is not me.event]


def before(me: Placed, found: Sequence[Placed]) -> list[Placed]:
    """Those that start before the subject starts."""
    return [placed for placed in others(me, found) if placed.start < me.start]


def _fraction(quantity: Quantity | None) -> float:
    assert quantity is not None
    return quantity.to("fraction")


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


def ord_01(me: Placed, world: World) -> Verdict:
    """Some recorded event lies on a day before birth."""
    return any(placed.start[0] < me.start[0] for placed in world.recorded())


def ord_02(me: Placed, world: World) -> Verdict:
    """Some recorded event but an autopsy lies on a day after death."""
    return any(
        placed.start[0] > me.start[0]
        for placed in world.recorded()
        if not isinstance(placed.event, Death)
        and not (isinstance(placed.event, Examination) and placed.event.method == "autopsy")
    )


def ord_05(me: Placed, world: World) -> Verdict:
    """Some recorded event but death lies on a day after the latest last contact."""
    if any(contact.start[0] > me.start[0] for contact in world.recorded(LastContact)):
        return False
    rest = [p for p in world.recorded() if not isinstance(p.event, Death | LastContact)]
    return any(placed.start[0] > me.start[0] for placed in rest)


def hct_03(me: Placed, world: World) -> Verdict:
    """The remission number at HSCT is the number of relapses before, plus one."""
    status = getattr(me.event, "status", None)
    if status is None:
        return SILENT
    if status == "active_disease":
        return True
    return len(before(me, world.of(Relapse))) + 1 != int(status[2:])


def imm_05(me: Placed, world: World) -> Verdict:
    """Collection and preparation not on a day after the infusion they were for; the chain is told."""
    if isinstance(me.event, CellTherapy):
        if me.event.origin == "allogeneic":
            return SILENT
        return not (world.recorded(Apheresis) and world.recorded(Lymphodepletion))
    target = getattr(me.event, "of", None)
    if target is None:
        return SILENT
    infusion = world.named(target)
    return isinstance(infusion.event, CellTherapy) and me.start[0] > infusion.start[0]


def tox_04(me: Placed, world: World) -> Verdict:
    """A toxicity not on a day before what it is attributed to."""
    assert isinstance(me.event, AdverseEvent)
    if not me.event.attributed_to:
        return SILENT
    return any(me.start[0] < world.named(cause).start[0] for cause in me.event.attributed_to)


def mrd_13(me: Placed, world: World) -> Verdict:
    """MRD rises by a log to 1e-4 or more after a negative result."""
    assert isinstance(me.event, MrdAssessment)
    if me.event.result != MrdResult.QUANTIFIED or _fraction(me.event.value) < LEVEL:
        return SILENT
    negatives = [
        other
        for other in before(me, world.of(MrdAssessment))
        if isinstance(other.event, MrdAssessment) and other.event.result == MrdResult.NEGATIVE
    ]
    share = _fraction(me.event.value)
    limits = [_fraction(getattr(other.event, "sensitivity", None)) for other in negatives]
    return any((limit <= LEVEL and share >= LEVEL * LOG) or limit * LOG <= LEVEL * (1 + 1e-9) for limit in limits)


def mrd_14(me: Placed, world: World) -> Verdict:
    """Medium risk, MRD of 1e-4 or more after MARMA, no HSCT afterwards."""
    assert isinstance(me.event, MrdAssessment)
    if me.event.result != MrdResult.QUANTIFIED or _fraction(me.event.value) < LEVEL or me.event.assesses is None:
        return SILENT
    if getattr(world.named(me.event.assesses).event, "block", None) != "marma":
        return SILENT
    if any(other.start > me.start for other in world.of(Transplant)):
        return False
    groups = {getattr(risk.event, "group", None) for risk in world.recorded(RiskAssignment)}
    if not groups:
        return None
    return "MR" in groups


def rec_04(me: Placed, world: World) -> Verdict:
    """Exactly one diagnosis."""
    return len(world.of(Diagnosis)) != 1


def rec_05(me: Placed, world: World) -> Verdict:
    """At most one death."""
    return len(world.of(Death)) > 1


def fup_01(me: Placed, world: World) -> Verdict:
    """A last contact or a death with a time."""
    return not any(placed.event.when for placed in world.of(LastContact, Death))


INFANT_LIMIT = 2
"""Days below which a patient of the oracle is an infant, so that it lies within three days."""


def bas_01(me: Placed, world: World) -> Verdict:
    """Not younger than the limit at diagnosis."""
    if world.birth is None:
        return None
    return me.start[0] - world.birth[0] >= INFANT_LIMIT


PATIENT = "patient"
RULES: dict[str, tuple[tuple[str, ...], Plain, tuple[tuple[Event, ...], ...]]] = {
    "REM-01": (("remission",), rem_01, ()),
    "REM-04": (("remission",), rem_04, ((Relapse(id="x"),),)),
    "REM-05": (("remission",), rem_05, ((Relapse(id="x"),), (MrdReemergence(id="x"),))),
    "REM-06": (("relapse",), rem_06, ((Remission(id="x"),),)),
    "REM-10": (("relapse",), rem_10, ()),
    "REM-19": (("last_contact",), rem_19, ((Relapse(id="x"),), (LineageSwitch(id="x"),))),
    "ORD-01": (("birth",), ord_01, ()),
    "ORD-02": (("death",), ord_02, ()),
    "ORD-05": (("last_contact",), ord_05, ()),
    "HCT-03": (("transplant",), hct_03, ((Relapse(id="x"),),)),
    "IMM-05": (("apheresis", "lymphodepletion", "cell_therapy"), imm_05, ()),
    "TOX-04": (("adverse_event",), tox_04, ()),
    "MRD-13": (
        ("mrd",),
        mrd_13,
        ((MrdAssessment(id="x", result=MrdResult.NEGATIVE, sensitivity=Quantity(1e-5, "fraction")),),),
    ),
    "MRD-14": (("mrd",), mrd_14, ((Transplant(id="x"),),)),
    "REC-04": ((PATIENT,), rec_04, ((Diagnosis(id="x"),),)),
    "REC-05": ((PATIENT,), rec_05, ((Death(id="x"),), (Death(id="x"), Death(id="y")))),
    "FUP-01": (
        (PATIENT,),
        fup_01,
        ((LastContact(id="x", when=(Unknown(),)),), (Death(id="x", when=(Unknown(),)),)),
    ),
    "BAS-01": (("diagnosis",), bas_01, ()),
}
"""By rule id: types it is about, the rule over one world, and what may have gone unrecorded."""
