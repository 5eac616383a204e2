"""IMM: the time-dependent rules, over one world."""

from infant_course.events import (
    AdverseEvent,
    Apheresis,
    CellTherapy,
    Lymphodepletion,
)
from infant_course.vocabulary import CellOrigin
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict
from oracle.worlds import Placed, World


def imm_05(me: Placed, world: World) -> Verdict:
    """Collection and preparation not on a day after the infusion they were for; the chain is told."""
    if isinstance(me.event, CellTherapy):
        if me.event.origin == "allogeneic":
            return SILENT
        return not (world.recorded(Apheresis) and world.recorded(Lymphodepletion))
    target = getattr(me.event, "of", None)
    if target is None:
        return SILENT
    infusion = world.named(target)
    return isinstance(infusion.event, CellTherapy) and me.start[0] > infusion.start[0]


RULES: Rules = {
    "IMM-05": (("apheresis", "lymphodepletion", "cell_therapy"), imm_05, ()),
}
KINDS: Kinds = {
    "cells": (
        Apheresis(id=""),
        Lymphodepletion(id=""),
        CellTherapy(id=""),
        CellTherapy(id="", origin=CellOrigin.ALLOGENEIC),
        AdverseEvent(id=""),
    ),
}
