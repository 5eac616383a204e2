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
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict, before, is_blinatumomab, names
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
        return names(event.antigens, "CD19")
    if isinstance(event, Relapse) and names(event.antigen_loss, "CD19"):
        return True
    assert isinstance(event, Diagnosis | Relapse)
    return any(names((*found.positive, *found.negative), "CD19") for found in event.immunophenotypes)


def bas_19(me: Placed, world: World) -> Verdict:
    """No recorded event before tells of CD19; left open where no diagnosis is recorded."""
    if isinstance(me.event, Immunotherapy):
        directed = is_blinatumomab(me.event)
    else:
        assert isinstance(me.event, CellTherapy)
        directed = names(me.event.targets, "CD19")
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
        Diagnosis(id="", immunophenotypes=(Immunophenotype(negative=("cd-19",)),)),
        Relapse(id="", antigen_loss=("CD19",)),
        MrdAssessment(id="", antigens=("CD19",)),
        Immunotherapy(id="", agent="Blinatumomab "),
        CellTherapy(id="", targets=("CD 19", "CD22")),
        CellTherapy(id="", targets=("CD22",)),
    ),
}
