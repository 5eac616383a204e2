"""BAS: the time-dependent rules, over one world."""

from oracle.plain.operators import Kinds, Rules, Verdict
from oracle.worlds import Placed, World

INFANT_LIMIT = 2
"""Days below which a patient of the oracle is an infant, so that it lies within three days."""


def bas_01(me: Placed, world: World) -> Verdict:
    """Not younger than the limit at diagnosis."""
    if world.birth is None:
        return None
    return me.start[0] - world.birth[0] >= INFANT_LIMIT


RULES: Rules = {
    "BAS-01": (("diagnosis",), bas_01, ()),
}
KINDS: Kinds = {}
