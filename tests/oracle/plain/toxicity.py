"""TOX: the time-dependent rules, over one world."""

from infant_course.events import (
    AdverseEvent,
    Agent,
    Death,
    Examination,
    Finding,
    LastContact,
    LineageSwitch,
    OrganTransplant,
    Quantity,
    Relapse,
    Remission,
    SecondMalignancy,
    TreatmentBlock,
)
from infant_course.vocabulary import CauseOfDeath, GradingScale, Graft, VitalStatus
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict, before, end_told
from oracle.worlds import Placed, World


def _on_my_day(me: Placed, found: list[Placed]) -> bool:
    return any(placed.start[0] == me.start[0] for placed in found)


def tox_01(me: Placed, world: World) -> Verdict:
    """A grade has a scale and is one of it; whoever has grade 5 died of it."""
    toxicity = me.event
    assert isinstance(toxicity, AdverseEvent)
    if toxicity.grade is None:
        return SILENT
    if toxicity.scale is None and toxicity.term != "CRS":
        return True
    from_one = toxicity.scale in (GradingScale.CTCAE_V5, GradingScale.ASTCT_2019)
    if toxicity.grade > 5 or toxicity.grade < from_one:
        return True
    if toxicity.grade < 5 or not (from_one or toxicity.scale is None):
        return False
    deaths = world.recorded(Death)
    alive = [p for p in world.recorded(LastContact) if getattr(p.event, "vital_status", None) is VitalStatus.ALIVE]
    return (
        not world.of(Death)
        or any(me.start[0] > death.start[0] for death in deaths)
        or (end_told(toxicity) and any(me.end[0] < death.start[0] for death in deaths))
        or any(me.start < contact.start for contact in alive)
    )


def tox_03(me: Placed, world: World) -> Verdict:
    """A cardiac toxicity is attributed to a block with a dose of daunorubicin."""
    toxicity = me.event
    assert isinstance(toxicity, AdverseEvent)
    if toxicity.term != "cardiomyopathy":
        return SILENT
    causes = [world.named(cause).event for cause in toxicity.attributed_to]
    agents = [agent for cause in causes for agent in getattr(cause, "agents", ())]
    return not any(agent.name == "daunorubicin" and agent.dose for agent in agents)


def tox_04(me: Placed, world: World) -> Verdict:
    """A toxicity not on a day before what it is attributed to."""
    assert isinstance(me.event, AdverseEvent)
    if not me.event.attributed_to:
        return SILENT
    return any(me.start[0] < world.named(cause).start[0] for cause in me.event.attributed_to)


def tox_05(me: Placed, world: World) -> Verdict:
    """Words have a grade beside them; those of an echocardiogram, a graded toxicity of that day."""
    if isinstance(me.event, AdverseEvent):
        return me.event.grade is None if me.event.severity else SILENT
    assert isinstance(me.event, Examination)
    if me.event.method != "echocardiogram" or not any(finding.severity for finding in me.event.findings):
        return SILENT
    graded = [p for p in world.recorded(AdverseEvent) if getattr(p.event, "grade", None) is not None]
    return not _on_my_day(me, graded)


def tox_06(me: Placed, world: World) -> Verdict:
    """No relapse on the day of a death of treatment without a remission before."""
    deaths = [p for p in world.recorded(Death) if getattr(p.event, "cause", None) is CauseOfDeath.TREATMENT]
    if not deaths:
        return SILENT
    return _on_my_day(me, deaths) and not before(me, world.recorded(Remission))


def tox_07(me: Placed, world: World) -> Verdict:
    """An organ is transplanted after some treatment; the heart for grade 4, if graded."""
    assert isinstance(me.event, OrganTransplant)
    blocks = world.recorded(TreatmentBlock)
    if blocks and not before(me, blocks):
        return True
    if me.event.organ is not Graft.HEART:
        return False
    found = [p.event for p in world.recorded(AdverseEvent) if getattr(p.event, "term", None) == "cardiomyopathy"]
    grades = [event.grade for event in found if isinstance(event, AdverseEvent) and event.grade is not None]
    return bool(grades) and max(grades) < 4


def tox_08(me: Placed, world: World) -> Verdict:
    """A second leukaemia is of another clone, was tested for it, and is no relapse or switch of that day."""
    second = me.event
    assert isinstance(second, SecondMalignancy)
    if second.same_clone:
        return True
    if second.disease != "AML":
        return False
    untested = second.same_clone is None and second.note is None
    return untested or _on_my_day(me, world.recorded(Relapse, LineageSwitch))


def _toxicity(term: str, grade: int | None = None, scale: GradingScale | None = None) -> AdverseEvent:
    return AdverseEvent(id="", term=term, grade=grade, scale=scale)


def _echocardiogram(severity: str | None) -> Examination:
    return Examination(id="", method="echocardiogram", findings=(Finding(term="dilatation", severity=severity),))


def _block(dose: Quantity | None) -> TreatmentBlock:
    return TreatmentBlock(id="", agents=(Agent(name="daunorubicin", dose=dose),))


RULES: Rules = {
    "TOX-01": (("adverse_event",), tox_01, ((Death(id="x"),),)),
    "TOX-03": (("adverse_event",), tox_03, ()),
    "TOX-04": (("adverse_event",), tox_04, ()),
    "TOX-05": (("adverse_event", "examination"), tox_05, ()),
    "TOX-06": (("relapse",), tox_06, ()),
    "TOX-07": (("organ_transplant",), tox_07, ()),
    "TOX-08": (("second_malignancy",), tox_08, ()),
}
KINDS: Kinds = {
    "fatal": (
        _toxicity("sepsis", 5, GradingScale.CTCAE_V5),
        _toxicity("sepsis", 5, GradingScale.CTCAE_V5),
        _toxicity("rash", 0, GradingScale.MAGIC),
        _toxicity("CRS", 5),
        _toxicity("rash", 2),
        Death(id=""),
        LastContact(id="", vital_status=VitalStatus.ALIVE),
    ),
    "hearts": (
        _toxicity("cardiomyopathy", 2, GradingScale.CTCAE_V5),
        _toxicity("cardiomyopathy", 4, GradingScale.CTCAE_V5),
        _toxicity("cardiomyopathy"),
        _echocardiogram("moderate"),
        _echocardiogram(None),
        _block(Quantity(300, "mg/m2")),
        OrganTransplant(id="", organ=Graft.HEART),
        OrganTransplant(id="", organ=Graft.LIVER),
    ),
    "exposed": (
        AdverseEvent(id="", term="mucositis", severity="severe"),
        _block(Quantity(300, "mg/m2")),
        _block(None),
        OrganTransplant(id="", organ=Graft.LIVER),
    ),
    "first events": (
        Relapse(id=""),
        Remission(id=""),
        Death(id="", cause=CauseOfDeath.TREATMENT),
        Death(id="", cause=CauseOfDeath.DISEASE),
    ),
    "clones": (
        SecondMalignancy(id="", disease="AML"),
        SecondMalignancy(id="", disease="AML", same_clone=False),
        SecondMalignancy(id="", disease="carcinoma", same_clone=True),
        SecondMalignancy(id="", disease="carcinoma"),
        Relapse(id=""),
        LineageSwitch(id=""),
    ),
}
