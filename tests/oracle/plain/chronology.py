"""ORD: the time-dependent rules, over one world."""

from infant_course.events import (
    Agent,
    Death,
    Decision,
    Diagnosis,
    Event,
    Examination,
    Immunotherapy,
    LastContact,
    MarrowAssessment,
    MrdAssessment,
    Presentation,
    Relapse,
    RiskAssignment,
    SupportiveTreatment,
    SymptomOnset,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict, end_told
from oracle.worlds import Placed, World


def ord_01(me: Placed, world: World) -> Verdict:
    """Some recorded event, but a diagnosis made before birth, lies on a day before birth."""
    return any(
        placed.start[0] < me.start[0]
        for placed in world.recorded()
        if not (isinstance(placed.event, Diagnosis) and placed.event.prenatal)
    )


def ord_02(me: Placed, world: World) -> Verdict:
    """Some recorded event but an autopsy lies, or is told to end, on a day after death."""
    return any(
        _told_until(placed) > me.start[0]
        for placed in world.recorded()
        if not isinstance(placed.event, Death)
        and not (isinstance(placed.event, Examination) and placed.event.method == "autopsy")
    )


def _told_until(placed: Placed) -> int:
    """The last day that is told of an event: of its end, or else of its start."""
    return placed.end[0] if end_told(placed.event) else placed.start[0]


def ord_05(me: Placed, world: World) -> Verdict:
    """Some recorded event but death or an autopsy lies, or is told to end, on a day after the latest last contact."""
    if any(contact.start[0] > me.start[0] for contact in world.recorded(LastContact)):
        return False
    rest = [p for p in world.recorded() if not isinstance(p.event, Death | LastContact) and not _is_autopsy(p)]
    return any(_told_until(placed) > me.start[0] for placed in rest)


def _is_autopsy(placed: Placed) -> bool:
    return isinstance(placed.event, Examination) and placed.event.method == "autopsy"


def _before(me: Placed, world: World, *types: type[Event]) -> bool:
    """Some recorded event of these types lies on a day before the subject."""
    return any(placed.start[0] < me.start[0] for placed in world.recorded(*types))


def _steroids(event: Event) -> bool:
    """Prednisone and its like and nothing else; of a prephase whose drugs are not told, taken to be so."""
    assert isinstance(event, TreatmentBlock | SupportiveTreatment)
    if not event.agents:
        return isinstance(event, TreatmentBlock) and event.block == "prephase"
    return all(agent.name in ("prednisone", "dexamethasone") for agent in event.agents)


def _some_steroid(event: Event) -> bool:
    """Steroids alone, or beside other drugs of a supportive treatment."""
    return _steroids(event) or (
        isinstance(event, SupportiveTreatment)
        and any(agent.name in ("prednisone", "dexamethasone") for agent in event.agents)
    )


def ord_06(me: Placed, world: World) -> Verdict:
    """Treatment before the diagnosis; steroids only where the diagnosis does not flag them."""
    assert isinstance(me.event, Diagnosis)
    early = [p.event for p in world.recorded(TreatmentBlock, SupportiveTreatment) if p.start[0] < me.start[0]]
    treated = any(isinstance(event, TreatmentBlock) and not _steroids(event) for event in early)
    unflagged = not me.event.prior_steroids and any(_some_steroid(event) for event in early)
    return treated or unflagged or _before(me, world, Immunotherapy, TargetedTherapy)


def ord_07(me: Placed, world: World) -> Verdict:
    """Symptoms start after the presentation or the diagnosis, or the presentation comes after the diagnosis."""
    sooner = (SymptomOnset,) if isinstance(me.event, Presentation) else (SymptomOnset, Presentation)
    return any(placed.start[0] > me.start[0] for placed in world.recorded(*sooner))


def ord_09(me: Placed, world: World) -> Verdict:
    """Relapse, transplant or last contact on a day before the diagnosis."""
    return _before(me, world, Relapse, Transplant, LastContact)


def ord_15(me: Placed, world: World) -> Verdict:
    """A decision on a day before a result it rests on, told from either of the two."""
    if isinstance(me.event, MrdAssessment):
        if me.event.decides is None:
            return SILENT
        return me.start[0] > world.named(me.event.decides).start[0]
    assert isinstance(me.event, RiskAssignment | Decision)
    if not me.event.rests_on:
        return SILENT
    return any(world.named(ground).start[0] > me.start[0] for ground in me.event.rests_on)


RULES: Rules = {
    "ORD-01": (("birth",), ord_01, ()),
    "ORD-02": (("death",), ord_02, ()),
    "ORD-05": (("last_contact",), ord_05, ()),
    "ORD-06": (("diagnosis",), ord_06, ()),
    "ORD-07": (("presentation", "diagnosis"), ord_07, ()),
    "ORD-09": (("diagnosis",), ord_09, ()),
    "ORD-15": (("risk_assignment", "decision", "mrd"), ord_15, ()),
}
KINDS: Kinds = {
    "history": (
        SymptomOnset(id=""),
        Presentation(id=""),
        Diagnosis(id=""),
        Diagnosis(id="", prior_steroids=True),
        TreatmentBlock(id="", agents=(Agent(name="prednisone"),)),
        TreatmentBlock(id="", block="prephase"),
        TreatmentBlock(id="", agents=(Agent(name="prednisone"), Agent(name="vincristine"))),
        SupportiveTreatment(id="", agents=(Agent(name="dexamethasone"),)),
        SupportiveTreatment(id="", agents=(Agent(name="rasburicase"), Agent(name="dexamethasone"))),
        SupportiveTreatment(id="", agents=(Agent(name="rasburicase"),)),
        Immunotherapy(id=""),
    ),
    "treatment until the end": (TreatmentBlock(id=""), TreatmentBlock(id=""), LastContact(id=""), Death(id="")),
    "decisions": (
        Diagnosis(id=""),
        RiskAssignment(id="", rests_on=("a result",)),
        Decision(id="", rests_on=("a result",)),
        MrdAssessment(id="", decides="a decision"),
        MarrowAssessment(id=""),
        Transplant(id=""),
        Relapse(id=""),
    ),
}
