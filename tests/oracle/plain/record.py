"""REC: the time-dependent rules, over one world."""

from infant_course.events import (
    Death,
    Diagnosis,
    Examination,
    LastContact,
)
from oracle.plain.operators import PATIENT, Kinds, Rules, Verdict
from oracle.worlds import Placed, World


def rec_04(me: Placed, world: World) -> Verdict:
    """Exactly one diagnosis."""
    return len(world.of(Diagnosis)) != 1


def rec_05(me: Placed, world: World) -> Verdict:
    """At most one death."""
    return len(world.of(Death)) > 1


RULES: Rules = {
    "REC-04": ((PATIENT,), rec_04, ((Diagnosis(id="x"),),)),
    "REC-05": ((PATIENT,), rec_05, ((Death(id="x"),), (Death(id="x"), Death(id="y")))),
}
KINDS: Kinds = {
    "ends": (
        Diagnosis(id=""),
        Death(id=""),
        LastContact(id=""),
        Examination(id="", method="autopsy"),
        Examination(id="", method="echocardiogram"),
    ),
}
