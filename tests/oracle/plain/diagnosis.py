"""BAS: the time-dependent rules, over one world."""

from infant_course.events import (
    CellTherapy,
    Diagnosis,
    Event,
    Immunophenotype,
    Immunotherapy,
    MrdAssessment,
    Relapse,
)
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict, before
from oracle.worlds import Placed, World

INFANT_LIMIT = 2
"""Days below which a patient of the oracle is an infant, so that it lies within three days."""


def bas_01(me: Placed, world: World) -> Verdict:
    """Not younger than the limit at diagnosis."""
    if world.birth is None:
        return None
    return me.start[0] - world.birth[0] >= INFANT_LIMIT


def _tells_of_cd19(event: Event) -> bool:
    if isinstance(event, MrdAssessment):
        return "CD19" in event.antigens
    if isinstance(event, Relapse) and "CD19" in event.antigen_loss:
        return True
    assert isinstance(event, Diagnosis | Relapse)
    return any("CD19" in (*found.positive, *found.negative) for found in event.immunophenotypes)


def bas_19(me: Placed, world: World) -> Verdict:
    """No recorded event before tells of CD19; left open where no diagnosis is recorded."""
    if isinstance(me.event, Immunotherapy):
        directed = me.event.agent == "blinatumomab"
    else:
        assert isinstance(me.event, CellTherapy)
        directed = "CD19" in me.event.targets
    if not directed:
        return SILENT
    if any(_tells_of_cd19(placed.event) for placed in before(me, world.recorded(Diagnosis, Relapse, MrdAssessment))):
        return False
    return True if world.recorded(Diagnosis) else None


RULES: Rules = {
    "BAS-01": (("diagnosis",), bas_01, ()),
    "BAS-19": (("immunotherapy", "cell_therapy"), bas_19, ()),
}
KINDS: Kinds = {
    "target": (
        Diagnosis(id=""),
        Diagnosis(id="", immunophenotypes=(Immunophenotype(negative=("CD19",)),)),
        Relapse(id="", antigen_loss=("CD19",)),
        MrdAssessment(id="", antigens=("CD19",)),
        Immunotherapy(id="", agent="blinatumomab"),
        CellTherapy(id="", targets=("CD19", "CD22")),
        CellTherapy(id="", targets=("CD22",)),
    ),
}
