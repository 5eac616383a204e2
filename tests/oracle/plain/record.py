"""REC: the time-dependent rules, over one world."""

from infant_course.events import (
    EVENT_TYPES,
    Death,
    Diagnosis,
    Event,
    Examination,
    LastContact,
    MrdAssessment,
    Relapse,
    Remission,
    own_fields,
)
from oracle.plain.operators import PATIENT, Kinds, Rules, Verdict, told_by_the_source
from oracle.worlds import Placed, World


def rec_04(me: Placed, world: World) -> Verdict:
    """Exactly one diagnosis that is not derived."""
    return len(told_by_the_source(world.of(Diagnosis))) != 1


def rec_05(me: Placed, world: World) -> Verdict:
    """At most one death."""
    return len(world.of(Death)) > 1


def _said(event: Event) -> tuple[object, ...]:
    return tuple(getattr(event, a.name) for a in own_fields(type(event)))


def rec_08(me: Placed, world: World) -> Verdict:
    """Another recorded event of the type, on the same day, that says the same, and says something."""
    others = [
        placed.event
        for placed in world.recorded(type(me.event))
        if placed.event.id != me.event.id and placed.start[0] == me.start[0]
    ]
    if not others:
        return False
    mine = _said(me.event)
    if all(value in (None, ()) for value in mine):
        return False
    return any(_said(other) == mine and other.note == me.event.note for other in others)


RULES: Rules = {
    "REC-04": ((PATIENT,), rec_04, ((Diagnosis(id="x"),),)),
    "REC-05": ((PATIENT,), rec_05, ((Death(id="x"),), (Death(id="x"), Death(id="y")))),
    "REC-08": (tuple(EVENT_TYPES), rec_08, ()),
}
KINDS: Kinds = {
    "repeats": (
        Relapse(id="", sites=("marrow",)),
        MrdAssessment(id="", result="negative"),
        MrdAssessment(id="", result="positive"),
        Remission(id=""),
    ),
    "ends": (
        Diagnosis(id=""),
        Diagnosis(id="", prenatal=True),
        Diagnosis(id="", derived_from=("a relapse",)),
        Death(id=""),
        LastContact(id=""),
        Examination(id="", method="autopsy"),
        Examination(id="", method="echocardiogram"),
    ),
}
