"""FUP: the time-dependent rules, over one world."""

from infant_course.events import (
    Death,
    LastContact,
)
from infant_course.when import Unknown
from oracle.plain.operators import PATIENT, Kinds, Rules, Verdict
from oracle.worlds import Placed, World


def fup_01(me: Placed, world: World) -> Verdict:
    """A last contact or a death with a time."""
    return not any(placed.event.when for placed in world.of(LastContact, Death))


RULES: Rules = {
    "FUP-01": (
        (PATIENT,),
        fup_01,
        ((LastContact(id="x", when=(Unknown(),)),), (Death(id="x", when=(Unknown(),)),)),
    ),
}
KINDS: Kinds = {}
