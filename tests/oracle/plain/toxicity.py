"""TOX: the time-dependent rules, over one world."""

from infant_course.events import (
    AdverseEvent,
)
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict
from oracle.worlds import Placed, World


def tox_04(me: Placed, world: World) -> Verdict:
    """A toxicity not on a day before what it is attributed to."""
    assert isinstance(me.event, AdverseEvent)
    if not me.event.attributed_to:
        return SILENT
    return any(me.start[0] < world.named(cause).start[0] for cause in me.event.attributed_to)


RULES: Rules = {
    "TOX-04": (("adverse_event",), tox_04, ()),
}
KINDS: Kinds = {}
