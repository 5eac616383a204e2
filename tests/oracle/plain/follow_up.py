"""FUP: the time-dependent rules, over one world."""

from infant_course.events import (
    Abandonment,
    Death,
    LastContact,
    LineageSwitch,
    MrdReemergence,
    Refractory,
    Relapse,
    Remission,
    SecondMalignancy,
)
from infant_course.vocabulary import CauseOfDeath, RemissionKind, VitalStatus
from infant_course.when import parse
from oracle.plain.operators import PATIENT, SILENT, Kinds, Rules, Verdict, before
from oracle.plain.times import in_each_reading
from oracle.worlds import Placed, World


def fup_01(me: Placed, world: World) -> Verdict:
    """A last contact or a death with a time."""
    ends = {placed.event.id for placed in world.of(LastContact, Death)}
    return in_each_reading(world, lambda timed: not ends & timed)


def fup_02(me: Placed, world: World) -> Verdict:
    """Alive, or dead, and when is told."""
    if isinstance(me.event, Death):
        return in_each_reading(world, lambda timed: me.event.id not in timed)
    if getattr(me.event, "vital_status", None) != "alive":
        return SILENT
    ends = {placed.event.id for placed in world.recorded(LastContact, Death)}
    return in_each_reading(world, lambda timed: not ends & timed)


def _comes_back(remission: Placed, world: World) -> bool:
    told = [*world.of(Relapse), *world.recorded(Refractory, LineageSwitch, MrdReemergence)]
    return any(one.start > remission.start for one in told)


def fup_03(me: Placed, world: World) -> Verdict:
    """Not of leukaemia in a complete remission that lasts; of a second malignancy only after one."""
    cause = getattr(me.event, "cause", None)
    if cause is None:
        return SILENT
    if cause == "second_malignancy":
        return not before(me, world.of(SecondMalignancy))
    remissions = [r for r in before(me, world.recorded(Remission)) if getattr(r.event, "kind", None) != "mrd"]
    return cause == "disease" and any(not _comes_back(remission, world) for remission in remissions)


def fup_05(me: Placed, world: World) -> Verdict:
    """Treatment was abandoned."""
    return bool(world.recorded(Abandonment))


SOME_DAY = (parse("2020-01-01"),)
RULES: Rules = {
    "FUP-01": (
        (PATIENT,),
        fup_01,
        ((LastContact(id="x", when=SOME_DAY),), (Death(id="x", when=SOME_DAY),)),
    ),
    "FUP-02": (("last_contact", "death"), fup_02, ()),
    "FUP-03": (("death",), fup_03, ((Relapse(id="x"),), (SecondMalignancy(id="x"),))),
    "FUP-05": ((PATIENT,), fup_05, ()),
}
KINDS: Kinds = {
    "death": (
        Death(id="", cause=CauseOfDeath.DISEASE),
        Death(id="", cause=CauseOfDeath.DISEASE),
        Death(id="", cause=CauseOfDeath.SECOND_MALIGNANCY),
        Remission(id=""),
        Remission(id="", kind=RemissionKind.MRD),
        Relapse(id=""),
        SecondMalignancy(id=""),
        Refractory(id=""),
    ),
    "vital status": (
        LastContact(id="", vital_status=VitalStatus.ALIVE),
        LastContact(id="", vital_status=VitalStatus.ALIVE),
        Death(id=""),
        Abandonment(id=""),
    ),
}
