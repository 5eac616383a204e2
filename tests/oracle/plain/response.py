"""REM: the time-dependent rules, over one world."""

from infant_course.events import (
    CellTherapy,
    Diagnosis,
    EndOfTherapy,
    Event,
    Immunotherapy,
    LastContact,
    LineageSwitch,
    MrdReemergence,
    Quantity,
    Refractory,
    Relapse,
    Remission,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from infant_course.vocabulary import Criteria, DiseaseStatus, Lineage, RelapseTiming, RemissionKind, TimingScheme
from oracle.plain.operators import (
    SILENT,
    Kinds,
    Rules,
    Verdict,
    before,
    is_blinatumomab,
    names,
    others,
    spelt,
    told_by_the_source,
)
from oracle.plain.times import in_each_reading
from oracle.worlds import Placed, World


def rem_01(me: Placed, world: World) -> Verdict:
    """A first complete remission before the day on which induction ends; one after a relapse is another induction."""
    induction = [b for b in world.recorded(TreatmentBlock) if getattr(b.event, "block", None) == "induction"]
    if not induction or getattr(me.event, "number", None) not in (None, 1) or not _is_complete(me):
        return SILENT
    first_line = [block for block in induction if not before(block, world.recorded(Relapse))]
    return any(me.start[0] < block.end[0] for block in first_line)


def _is_complete(me: Placed) -> bool:
    return getattr(me.event, "kind", None) in (None, "complete")


def rem_04(me: Placed, world: World) -> Verdict:
    """CR number is the number of relapses before, plus one."""
    number = getattr(me.event, "number", None)
    if number is None or not _is_complete(me):
        return SILENT
    relapses = len(before(me, world.of(Relapse)))
    switched = bool(before(me, world.recorded(LineageSwitch)))
    return relapses + 1 != number and not (switched and relapses + 2 == number)


def rem_05(me: Placed, world: World) -> Verdict:
    """A later remission needs something that came back before it, and is not derived."""
    if (getattr(me.event, "number", None) or 0) < 2:
        return SILENT
    types: tuple[type[Event], ...] = (Relapse,) if _is_complete(me) else (Relapse, MrdReemergence)
    relapsed = before(me, told_by_the_source(world.of(*types)))
    return not relapsed and not before(me, told_by_the_source(world.recorded(LineageSwitch)))


def rem_06(me: Placed, world: World) -> Verdict:
    """A relapse needs a remission before it that is not derived."""
    return not before(me, told_by_the_source(world.of(Remission)))


def rem_10(me: Placed, world: World) -> Verdict:
    """Two relapses recorded on one day."""
    return any(other.start[0] == me.start[0] for other in others(me, world.recorded(Relapse)))


def rem_19(me: Placed, world: World) -> Verdict:
    """First remission at last contact, but something came back before."""
    if getattr(me.event, "disease_status", None) != "CR1":
        return SILENT
    return bool(before(me, world.of(Relapse, LineageSwitch)))


def rem_03(me: Placed, world: World) -> Verdict:
    """By CIBMTR criteria, held for less than four weeks, and no HSCT afterwards."""
    assert isinstance(me.event, Remission)
    if me.event.criteria != Criteria.CIBMTR or me.event.sustained is None or not _is_complete(me):
        return SILENT
    return me.event.sustained.to("days") < 28 and not any(o.start > me.start for o in world.of(Transplant))


def rem_07(me: Placed, world: World) -> Verdict:
    """A relapse after refractory disease without a remission before it."""
    if not world.recorded(Refractory):
        return SILENT
    return bool(before(me, world.of(Refractory))) and not before(me, world.of(Remission))


MONTH = (28, 31)
"""Days of a month, at least and at most: enough to tell for a course of three days."""


def rem_13(me: Placed, world: World) -> Verdict:
    """The timing class of a first relapse; a course of three days is never past six months."""
    assert isinstance(me.event, Relapse)
    if me.event.timing is None:
        return SILENT
    ends = [placed.start for placed in world.recorded(EndOfTherapy)]
    if len(ends) != 1:
        blocks = world.recorded(TreatmentBlock)
        ends = [b.end for b in blocks if isinstance(b.event, TreatmentBlock) and b.event.block == "maintenance"]
    diagnosed = [placed.start for placed in world.recorded(Diagnosis)]
    soon = True if len(diagnosed) == 1 and me.start[0] - diagnosed[0][0] < 18 * MONTH[0] else None
    on_time = True if len(ends) == 1 and me.start[0] - ends[0][0] < 6 * MONTH[0] else None
    early, late = me.event.timing == "early", me.event.timing == "late"
    by_bfm = on_time if late else soon if early else None if soon is None else False
    by_cog = soon if late else None if soon is None else False
    if me.event.timing_scheme is not None:
        return by_bfm if me.event.timing_scheme == "bfm" else by_cog
    return by_bfm if by_bfm == by_cog else None


def _only_at_cd19(placed: Placed) -> bool:
    event = placed.event
    if isinstance(event, CellTherapy):
        return [spelt(target) for target in event.targets] == ["cd19"]
    return is_blinatumomab(event)


def rem_16(me: Placed, world: World) -> Verdict:
    """After a switch to a myeloid lineage, treatment against CD19 and no other."""
    if getattr(me.event, "to_lineage", None) not in (Lineage.MYELOID, Lineage.MONOCYTIC):
        return SILENT
    treatments = (TreatmentBlock, Immunotherapy, CellTherapy, TargetedTherapy, Transplant)
    if not any(_only_at_cd19(placed) for placed in world.recorded(Immunotherapy, CellTherapy)):
        return SILENT
    after = [placed for placed in world.of(*treatments) if placed.start > me.start]
    return bool(after) and all(_only_at_cd19(placed) for placed in after)


def rem_17(me: Placed, world: World) -> Verdict:
    """CD19 lost, and nothing aimed at it is recorded on an earlier day."""
    assert isinstance(me.event, Relapse)
    if not me.event.antigen_loss:
        return SILENT
    aimed = [
        placed
        for placed in world.recorded(Immunotherapy, CellTherapy)
        if is_blinatumomab(placed.event) or names(getattr(placed.event, "targets", ()), "CD19")
    ]
    return not any(placed.start[0] < me.start[0] for placed in aimed)


def rem_18(me: Placed, world: World) -> Verdict:
    """Refractory after a complete remission, nothing having come back before."""
    if not any(_is_complete(placed) for placed in world.recorded(Remission)):
        return SILENT
    remissions = [placed for placed in before(me, world.of(Remission)) if _is_complete(placed)]
    return bool(remissions) and not before(me, world.of(Relapse, MrdReemergence, LineageSwitch))


def rem_20(me: Placed, world: World) -> Verdict:
    """In first remission at last contact, and no first remission has a time."""
    if getattr(me.event, "disease_status", None) != "CR1":
        return SILENT
    first = [r for r in world.recorded(Remission) if _is_complete(r) and getattr(r.event, "number", None) in (None, 1)]
    ids = {remission.event.id for remission in first}
    return in_each_reading(world, lambda timed: not ids & timed)


RULES: Rules = {
    "REM-01": (("remission",), rem_01, ()),
    "REM-03": (("remission",), rem_03, ((Transplant(id="x"),),)),
    "REM-04": (("remission",), rem_04, ((Relapse(id="x"),),)),
    "REM-05": (("remission",), rem_05, ((Relapse(id="x"),), (MrdReemergence(id="x"),))),
    "REM-06": (("relapse",), rem_06, ((Remission(id="x"),),)),
    "REM-07": (("relapse",), rem_07, ((Refractory(id="x"),), (Remission(id="x"),))),
    "REM-10": (("relapse",), rem_10, ()),
    "REM-13": (("relapse",), rem_13, ()),
    "REM-16": (
        ("lineage_switch",),
        rem_16,
        (
            (TreatmentBlock(id="x"),),
            (TargetedTherapy(id="x"),),
            (Immunotherapy(id="x", agent="inotuzumab ozogamicin"),),
            (Immunotherapy(id="x", agent="blinatumomab"),),
            (CellTherapy(id="x", targets=("CD22",)),),
            (CellTherapy(id="x", targets=("CD19",)),),
            (Transplant(id="x"),),
        ),
    ),
    "REM-17": (("relapse",), rem_17, ()),
    "REM-18": (
        ("refractory",),
        rem_18,
        (
            (Remission(id="x"),),
            (Relapse(id="x"),),
            (MrdReemergence(id="x"),),
            (LineageSwitch(id="x"),),
        ),
    ),
    "REM-19": (("last_contact",), rem_19, ((Relapse(id="x"),), (LineageSwitch(id="x"),))),
    "REM-20": (("last_contact",), rem_20, ()),
}
KINDS: Kinds = {
    "response": (
        Remission(id="", number=1),
        Remission(id="", number=2),
        Remission(id="", number=1, derived_from=("a later remission",)),
        Relapse(id="", derived_from=("a later remission",)),
        Remission(id="", number=2, kind=RemissionKind.MRD),
        Relapse(id=""),
        Relapse(id=""),
        MrdReemergence(id=""),
        LineageSwitch(id=""),
        TreatmentBlock(id="", block="induction"),
    ),
    "status": (
        Relapse(id=""),
        LineageSwitch(id=""),
        LastContact(id="", disease_status=DiseaseStatus.CR1),
        Transplant(id="", status=DiseaseStatus.CR1),
        Transplant(id="", status=DiseaseStatus.CR2),
    ),
    "remission by CIBMTR": (
        Remission(id="", criteria=Criteria.CIBMTR, sustained=Quantity(14, "days")),
        Remission(id="", criteria=Criteria.CIBMTR, sustained=Quantity(28, "days")),
        Transplant(id=""),
        LastContact(id="", disease_status=DiseaseStatus.CR1),
    ),
    "failure": (Refractory(id=""), Remission(id=""), Relapse(id="")),
    "failure after something else": (
        Refractory(id=""),
        Refractory(id=""),
        Remission(id=""),
        Remission(id="", kind=RemissionKind.MRD),
        Relapse(id=""),
        MrdReemergence(id=""),
        LineageSwitch(id=""),
    ),
    "timing": (
        Diagnosis(id=""),
        EndOfTherapy(id=""),
        TreatmentBlock(id="", block="maintenance"),
        Relapse(id="", timing=RelapseTiming.VERY_EARLY, timing_scheme=TimingScheme.BFM),
        Relapse(id="", timing=RelapseTiming.EARLY, timing_scheme=TimingScheme.BFM),
        Relapse(id="", timing=RelapseTiming.LATE, timing_scheme=TimingScheme.BFM),
        Relapse(id="", timing=RelapseTiming.LATE, timing_scheme=TimingScheme.COG),
        Relapse(id="", timing=RelapseTiming.LATE),
    ),
    "CD19": (
        LineageSwitch(id="", to_lineage=Lineage.MYELOID),
        LineageSwitch(id="", to_lineage=Lineage.MYELOID),
        Relapse(id="", antigen_loss=("cd 19",)),
        Immunotherapy(id="", agent="Blinatumomab "),
        CellTherapy(id="", targets=("CD19",)),
        CellTherapy(id="", targets=("CD-19",)),
        CellTherapy(id="", targets=("CD19", "CD22")),
        TargetedTherapy(id=""),
        TreatmentBlock(id=""),
        Transplant(id=""),
    ),
}
