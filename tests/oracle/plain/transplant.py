"""HCT: the time-dependent rules, over one world."""

from infant_course.events import (
    Chimerism,
    Conditioning,
    Engraftment,
    GraftFailure,
    Gvhd,
    Immunotherapy,
    LineageSwitch,
    Quantity,
    Relapse,
    Transplant,
    TreatmentBlock,
)
from infant_course.vocabulary import (
    CellLine,
    DiseaseStatus,
    Donor,
    Graft,
    GraftFailureKind,
    GvhdForm,
    TransplantIndication,
)
from infant_course.when import OnDate
from oracle.plain.operators import SILENT, Kinds, Rules, Verdict, before, others
from oracle.worlds import MARGIN, Placed, World, day_of


def _of(placed: Placed) -> str | None:
    return getattr(placed.event, "of", None)


def _day_0(me: Placed, world: World) -> Placed | None:
    """The transplant the event names, or the only one recorded."""
    recorded = world.recorded(Transplant)
    if _of(me) is not None:
        return next((placed for placed in recorded if placed.event.id == _of(me)), None)
    return recorded[0] if len(recorded) == 1 else None


def _before_day_0(me: Placed, world: World) -> bool:
    """On a day before the transplant named; naming none: before one recorded, with none at all before or that day."""
    recorded = world.recorded(Transplant)
    if _of(me) is not None:
        return any(placed.event.id == _of(me) and me.start[0] < placed.start[0] for placed in recorded)
    later = any(me.start[0] < placed.start[0] for placed in recorded)
    same_day = any(me.start[0] == placed.start[0] for placed in recorded)
    return later and not same_day and not before(me, world.of(Transplant))


def _perhaps_more(me: Placed, day_0: Placed, world: World) -> bool:
    """Whether the days between may be any number more: one lies at the edge of the days that are listed."""
    told = [when for one in world.recorded() for when in (*one.event.when, *one.event.until)]
    dates = [when for when in told if isinstance(when, OnDate)]
    first = min(day_of(when.earliest) for when in dates) - MARGIN
    last = max(day_of(when.latest) for when in dates) + MARGIN
    return me.start[0] == last or day_0.start[0] == first


def hct_02(me: Placed, world: World) -> Verdict:
    """Conditioning starts and ends no later than the day of its transplant."""
    recorded = world.recorded(Transplant)
    if _of(me) is not None:
        return any(placed.event.id == _of(me) and me.end[0] > placed.start[0] for placed in recorded)
    earlier = any(me.start[0] > placed.start[0] for placed in recorded)
    same_day = any(me.start[0] == placed.start[0] for placed in recorded)
    return earlier and not same_day and not any(placed.start > me.start for placed in world.of(Transplant))


def hct_03(me: Placed, world: World) -> Verdict:
    """The remission number at HSCT is the number of relapses before, plus one."""
    status = getattr(me.event, "status", None)
    if status is None:
        return getattr(me.event, "consolidates", None) is None
    if status == "active_disease":
        return True
    relapses = len(before(me, world.of(Relapse)))
    switched = bool(before(me, world.recorded(LineageSwitch)))
    return relapses + 1 != int(status[2:]) and not (switched and relapses + 2 == int(status[2:]))


def hct_04(me: Placed, world: World) -> Verdict:
    """Within two weeks of a block's end, or nothing at all ended in the twelve weeks before.

    A random course holds one event that lasts, so none has both a block and conditioning: the cases try this rule.
    """
    blocks = world.recorded(TreatmentBlock)
    if not blocks:
        return SILENT
    for block in blocks:
        same_day = block.end[0] == me.start[0]
        if same_day or (block.end < me.start and me.start[0] - block.end[0] < 14):
            return True
    given = [*world.of(TreatmentBlock), *world.recorded(Immunotherapy)]
    return not any(one.end < me.start and me.start[0] - one.end[0] <= 84 for one in given)


def _is_of(me: Placed, cells: str) -> bool:
    return getattr(me.event, "cells", None) == cells


def hct_07(me: Placed, world: World) -> Verdict:
    """Neutrophils engraft from day 7 to day 42."""
    if not _is_of(me, "neutrophils") or not world.recorded(Transplant):
        return SILENT
    if _before_day_0(me, world):
        return True
    day_0 = _day_0(me, world)
    if day_0 is None:
        return False
    return None if _perhaps_more(me, day_0, world) else not 7 <= me.start[0] - day_0.start[0] <= 42


def _neutrophils_of_same(me: Placed, world: World) -> tuple[list[Placed], list[Placed]]:
    """Neutrophil engraftments surely of the same transplant, and those that perhaps are."""
    found = [one for one in others(me, world.recorded(Engraftment)) if _is_of(one, "neutrophils")]
    surely = [one for one in found if _of(one) == _of(me)]
    return surely, [one for one in found if _of(one) != _of(me) and None in (_of(one), _of(me))]


def hct_08(me: Placed, world: World) -> Verdict:
    """Platelets engraft neither before the transplant nor on a day before the neutrophils of the same transplant."""
    if not _is_of(me, "platelets"):
        return SILENT
    if _before_day_0(me, world):
        return True
    surely, perhaps = _neutrophils_of_same(me, world)
    if _day_0(me, world) is None:
        return False
    if any(me.start[0] < one.start[0] for one in surely):
        return True
    return None if any(me.start[0] < one.start[0] for one in perhaps) else False


def hct_09(me: Placed, world: World) -> Verdict:
    """Primary graft failure: no engraftment, and not told before day 30, or 42 of cord blood."""
    day_0 = _day_0(me, world)
    if getattr(me.event, "kind", None) != "primary" or day_0 is None:
        return SILENT
    surely, perhaps = _neutrophils_of_same(me, world)
    if surely:
        return True
    if _perhaps_more(me, day_0, world):
        return None
    day, graft = me.start[0] - day_0.start[0], getattr(day_0.event, "graft", None)
    if day < 30 or (graft == "cord_blood" and day < 42):
        return True
    return None if perhaps or (graft is None and day < 42) else False


def hct_11(me: Placed, world: World) -> Verdict:
    """Late acute disease begins after day 100, acute disease by then."""
    day_0, form = _day_0(me, world), getattr(me.event, "form", None)
    if day_0 is None or form not in ("acute", "late_acute"):
        return SILENT
    return None if _perhaps_more(me, day_0, world) else (me.start[0] - day_0.start[0] > 100) == (form == "acute")


def hct_12(me: Placed, world: World) -> Verdict:
    """Graft-versus-host disease on a day before its transplant, or of an autologous one."""
    if not world.recorded(Transplant):
        return SILENT
    day_0 = _day_0(me, world)
    own = day_0 is not None and getattr(day_0.event, "donor", None) == "autologous"
    return _before_day_0(me, world) or (own and (_of(me) is not None or len(world.of(Transplant)) == 1))


def _donor(placed: Placed) -> float:
    assert isinstance(placed.event, Chimerism) and placed.event.donor is not None
    return placed.event.donor.value


def hct_13(me: Placed, world: World) -> Verdict:
    """Mixed after it was complete, of the same transplant."""
    if _donor(me) > 95:
        return False
    earlier = [one for one in before(me, world.recorded(Chimerism)) if _donor(one) > 95]
    if any(_of(one) == _of(me) for one in earlier):
        return True
    return None if any(None in (_of(one), _of(me)) for one in earlier) else False


def hct_15(me: Placed, world: World) -> Verdict:
    """A second transplant has an indication; one for a graft failure has one before it."""
    indication = getattr(me.event, "indication", None)
    if indication in (None, "first_remission"):
        return bool(before(me, world.recorded(Transplant)))
    return indication == "graft_failure" and not before(me, world.of(Transplant))


RULES: Rules = {
    "HCT-02": (("conditioning",), hct_02, ((Transplant(id="x"),),)),
    "HCT-03": (("transplant",), hct_03, ((Relapse(id="x"),),)),
    "HCT-04": (("conditioning",), hct_04, ((TreatmentBlock(id="x"),),)),
    "HCT-07": (("engraftment",), hct_07, ((Transplant(id="x"),),)),
    "HCT-08": (("engraftment",), hct_08, ((Transplant(id="x"),),)),
    "HCT-09": (("graft_failure",), hct_09, ()),
    "HCT-11": (("gvhd",), hct_11, ()),
    "HCT-12": (("gvhd",), hct_12, ((Transplant(id="x"),),)),
    "HCT-13": (("chimerism",), hct_13, ()),
    "HCT-15": (("transplant",), hct_15, ((Transplant(id="x"),),)),
}
KINDS: Kinds = {
    "conditioning": (
        Conditioning(id=""),
        Transplant(id=""),
        Transplant(id="", indication=TransplantIndication.GRAFT_FAILURE),
        Transplant(id="", indication=TransplantIndication.RELAPSE, status=DiseaseStatus.CR2),
        LineageSwitch(id=""),
    ),
    "engraftment": (
        Transplant(id="", graft=Graft.CORD_BLOOD),
        Transplant(id=""),
        Engraftment(id="", cells=CellLine.NEUTROPHILS),
        Engraftment(id="", cells=CellLine.PLATELETS),
        Engraftment(id="", cells=CellLine.NEUTROPHILS),
        GraftFailure(id="", kind=GraftFailureKind.PRIMARY),
    ),
    "graft-versus-host disease": (
        Transplant(id="", donor=Donor.AUTOLOGOUS),
        Transplant(id="", donor=Donor.MATCHED_SIBLING),
        Gvhd(id="", form=GvhdForm.ACUTE),
        Gvhd(id="", form=GvhdForm.LATE_ACUTE),
    ),
    "chimerism": (
        Transplant(id=""),
        Chimerism(id="", donor=Quantity(99, "%")),
        Chimerism(id="", donor=Quantity(90, "%")),
        Chimerism(id="", donor=Quantity(98, "%")),
    ),
}
