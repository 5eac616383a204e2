"""HCT, IMM, TOX, FUP: transplant, cell therapy, toxicity and follow-up."""

import polars as pl

from ..events import (
    AdverseEvent,
    Apheresis,
    CellTherapy,
    Death,
    LastContact,
    Lymphodepletion,
    OrganTransplant,
    Relapse,
    Transplant,
)
from ..sources import Cite, Logic
from ..vocabulary import Kahn, Severity
from .diagnosis import one
from .rule import Judged, Outcome, rule
from .subject import Subject, Those

STEM_CELLS = ("bone_marrow", "peripheral_blood", "cord_blood")


@rule(
    "HCT-01",
    about=(Transplant, OrganTransplant),
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("kotecha2022", "case 4: an orthotopic heart transplant is not an HSCT"),
)
def organ_taken_for_stem_cells(transplant: Subject) -> Judged:
    """A solid organ is recorded as stem cell transplant, or stem cells as organ transplant.

    Why it matters: HSCT rules, censoring and outcome tables would take one for the other.
    Usual cause: both are called "transplant" in the form.
    Repair: record an HSCT as transplant and an organ as organ_transplant.
    """
    stem_cells = transplant.trace.about == Transplant.TYPE
    grafted = transplant["graft" if stem_cells else "organ"]
    wrong = ~grafted.is_in(STEM_CELLS) if stem_cells else grafted.is_in(STEM_CELLS)
    return one(
        wrong,
        grafted.is_not_null(),
        Severity.ERROR,
        "A solid organ is recorded as stem cell transplant, or stem cells as organ transplant.",
    )


@rule(
    "HCT-03",
    about=Transplant,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("ebmt2024", "ch. 73: not in morphological remission, not to be transplanted"),
    also=(Cite("cibmtr", "CR number is the number of relapses before plus one"),),
)
def status_at_transplant(transplant: Subject) -> Judged:
    """The state of the leukaemia at HSCT is active disease, or does not fit the relapses before it.

    Why it matters: results of HSCT are read by that state.
    Usual cause: the state at listing was entered; an MRD re-emergence was counted as relapse.
    Repair: confirm the state at the day of infusion.
    Ties: a relapse on the day of the HSCT is left undecided.
    """
    status = transplant["status"]
    number = status.str.extract(r"^CR(\d)$").cast(pl.Int64)
    relapses = transplant.count_before(Relapse)
    return Judged(
        outcomes=(
            Outcome(
                name="active_disease",
                broken=status == "active_disease",
                severity=Severity.WARNING,
                message="HSCT with active disease is recorded.",
            ),
            Outcome(
                name="remission_number",
                broken=number.is_not_null() & (relapses != number - 1),
                severity=Severity.WARNING,
                message="The remission number at HSCT does not fit the relapses before it.",
            ),
        ),
        applies=status.is_not_null(),
    )


@rule(
    "IMM-05",
    about=(Apheresis, Lymphodepletion, CellTherapy),
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("cells are collected and the host prepared before the cells are given"),
    also=(Cite("qasim2017", "title: off-the-shelf cells need no apheresis of the patient"),),
)
def cell_therapy_chain(event: Subject) -> Judged:
    """Apheresis or lymphodepletion lies after the infusion it was for, or the chain is not told.

    Why it matters: day 0 is the infusion; response and toxicity are counted from it.
    Usual cause: two infusions exchanged; day and month exchanged.
    Repair: confirm the dates. Apheresis may be missing for an allogeneic product.
    Ties: all on one day passes.
    """
    if event.trace.about == CellTherapy.TYPE:
        told = event.start.any_recorded(Apheresis) & event.start.any_recorded(Lymphodepletion)
        return one(
            ~told,
            event["origin"].ne_missing("allogeneic"),
            Severity.INFO,
            "Apheresis or lymphodepletion before the cell therapy is not recorded.",
        )
    return one(
        event.start.on_later_day_than(CellTherapy, via="of"),
        event["of"].is_not_null(),
        Severity.ERROR,
        "Apheresis or lymphodepletion lies on a day after the infusion it was for.",
    )


@rule(
    "TOX-04",
    about=AdverseEvent,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("an effect does not come before its cause"),
)
def toxicity_before_exposure(toxicity: Subject) -> Judged:
    """A toxicity starts on a day before the treatment it is attributed to.

    Why it matters: the attribution or one of the dates is wrong.
    Usual cause: attributed to the current block although it began in the one before.
    Repair: correct the attribution, or the date of onset.
    Ties: a toxicity on the first day of the treatment passes.
    """
    return one(
        toxicity.start.on_earlier_day_than("event", via="attributed_to"),
        toxicity["attributed_to"].list.len() > 0,
        Severity.ERROR,
        "A toxicity starts on a day before the treatment it is attributed to.",
    )


WITH_A_TIME = "with a time"
DATED_CONTACT = Those(LastContact.TYPE, WITH_A_TIME, lambda e: e["start_stated"])
DATED_DEATH = Those(Death.TYPE, WITH_A_TIME, lambda e: e["start_stated"])


@rule(
    "FUP-01",
    about="patient",
    severity=Severity.WARNING,
    category=Kahn.COMPLETENESS,
    source=Cite("naaccr", "vital status and date of last contact"),
)
def no_follow_up(patient: Subject) -> pl.Expr:
    """Neither a last contact nor a death with a time is recorded.

    Why it matters: the patient cannot enter a survival curve.
    Usual cause: the follow-up form was not exported.
    Repair: record the last contact with vital status and date or age.
    """
    contact = patient.start.count(DATED_CONTACT).at_least(1)
    return ~(contact | patient.start.count(DATED_DEATH).at_least(1))
