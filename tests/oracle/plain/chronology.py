"""ORD: the time-dependent rules, over one world."""

from infant_course.events import (
    Death,
    Examination,
    LastContact,
)
from oracle.plain.operators import Kinds, Rules, Verdict
from oracle.worlds import Placed, World


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


RULES: Rules = {
    "ORD-01": (("birth",), ord_01, ()),
    "ORD-02": (("death",), ord_02, ()),
    "ORD-05": (("last_contact",), ord_05, ()),
}
KINDS: Kinds = {}
