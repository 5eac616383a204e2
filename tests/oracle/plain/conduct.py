"""PRO: the rules that ask about other events, over one world."""

from infant_course.events import (
    Immunotherapy,
    LineageSwitch,
    Refractory,
    Relapse,
    TreatmentBlock,
)
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict, before, is_blinatumomab
from oracle.worlds import Placed, World

PLAN = {"induction": 1, "ib": 2, "ade": 2, "mae": 3, "marma": 4, "octadad": 5, "maintenance": 6}
"""Places of the blocks of Interfant-06; IB and ADE are alternatives."""


def _name(placed: Placed) -> str:
    return str(getattr(placed.event, "block", None))


def _new_treatment(me: Placed, world: World) -> bool:
    return bool(before(me, world.recorded(Relapse, Refractory, LineageSwitch)))


def pro_04(me: Placed, world: World) -> Verdict:
    """No block starts after one that the plan puts later, unless the leukaemia had failed treatment."""
    place = PLAN.get(_name(me))
    if place is None:
        return SILENT
    protocol = getattr(me.event, "protocol", None)
    like = [one for one in world.recorded(TreatmentBlock) if getattr(one.event, "protocol", None) == protocol]
    earlier = [PLAN.get(_name(one), 0) for one in before(me, like)]
    return any(other > place for other in earlier) and not _new_treatment(me, world)


def pro_06(me: Placed, world: World) -> Verdict:
    """Not ADE or MAE in a patient who had IB, unless it is salvage."""
    if _name(me) not in ("ade", "mae"):
        return SILENT
    lymphoid = any(_name(one) == "ib" for one in world.recorded(TreatmentBlock))
    return lymphoid and not _new_treatment(me, world)


def pro_11(me: Placed, world: World) -> Verdict:
    """No MARMA of Interfant-21 after the second cycle of blinatumomab."""
    if _name(me) != "marma" or getattr(me.event, "protocol", None) != "interfant-21":
        return SILENT
    cycles = [
        one
        for one in world.recorded(Immunotherapy)
        if is_blinatumomab(one.event) and getattr(one.event, "cycle", None) == 2
    ]
    return bool(before(me, cycles))


def _block(name: str, protocol: str = "interfant-06") -> TreatmentBlock:
    return TreatmentBlock(id="", block=name, protocol=protocol)


RULES: Rules = {
    "PRO-04": (("treatment_block",), pro_04, ()),
    "PRO-06": (("treatment_block",), pro_06, ()),
    "PRO-11": (("treatment_block",), pro_11, ()),
}
KINDS: Kinds = {
    "blocks": (_block("marma"), _block("ib"), _block("mae"), Relapse(id=""), _block("extra")),
    "arms": (_block("ib"), _block("ade"), _block("mae"), Refractory(id=""), LineageSwitch(id="")),
    "replaced": (
        _block("marma", "interfant-21"),
        Immunotherapy(id="", agent="blinatumomab", cycle=1),
        Immunotherapy(id="", agent=" Blinatumomab", cycle=2),
        Relapse(id=""),
    ),
}
