"""HCT: the time-dependent rules, over one world."""

from infant_course.events import (
    Relapse,
)
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict, before
from oracle.worlds import Placed, World


def hct_03(me: Placed, world: World) -> Verdict:
    """The remission number at HSCT is the number of relapses before, plus one."""
    status = getattr(me.event, "status", None)
    if status is None:
        return SILENT
    if status == "active_disease":
        return True
    return len(before(me, world.of(Relapse))) + 1 != int(status[2:])


RULES: Rules = {
    "HCT-03": (("transplant",), hct_03, ((Relapse(id="x"),),)),
}
KINDS: Kinds = {}
