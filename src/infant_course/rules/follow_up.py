"""FUP: follow-up and death."""

import polars as pl

from ..events import (
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
from ..knowledge.thresholds import threshold
from ..sources import Cite, Logic
from ..vocabulary import Kahn, Severity
from .response import is_complete
from .rule import Judged, Outcome, one, rule
from .subject import Subject, Those

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
    Repair: record the last contact with vital status and date or age. "Unknown" is no time; one that follows
    from another event is.
    """
    contact = patient.start.count(DATED_CONTACT).at_least(1)
    return ~(contact | patient.start.count(DATED_DEATH).at_least(1))


@rule(
    "FUP-02",
    about=(LastContact, Death),
    severity=Severity.WARNING,
    category=Kahn.COMPLETENESS,
    source=Cite("cbioportal", "deceased without survival months is a warning"),
)
def vital_status_without_time(event: Subject) -> Judged:
    """The patient is told to be alive, or dead, but not when.

    Why it matters: the patient is left out of every survival curve.
    Usual cause: the vital status came from a list without dates.
    Repair: record the date or age of the last contact or of the death.
    """
    message = "The patient is told to be alive, or dead, but not when."
    if event.trace.about == Death.TYPE:
        return one(~event["start_stated"], pl.lit(True), Severity.WARNING, message)
    elsewhere = event.start.any_recorded(DATED_CONTACT) | event.start.any_recorded(DATED_DEATH)
    alive = (event["vital_status"] == "alive").fill_null(False)
    return one(~event["start_stated"] & ~elsewhere, alive, Severity.WARNING, message)


def nothing_came_back(remission: Subject) -> pl.Expr:
    """Whether it is a complete remission after which the leukaemia did not come back."""
    came_back = [remission.followed_by(kind, recorded=True) for kind in (Refractory, LineageSwitch, MrdReemergence)]
    return is_complete(remission) & ~(remission.followed_by(Relapse) | pl.any_horizontal(came_back))


LASTING_REMISSION = Those(Remission.TYPE, "complete, and nothing came back", nothing_came_back)


@rule(
    "FUP-03",
    about=Death,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("pcdc", "list of causes of death"),
    also=(Logic("who dies of the leukaemia has it at death"),),
)
def cause_of_death_against_course(death: Subject) -> Judged:
    """The cause of death does not fit the course: leukaemia in a lasting remission, or a malignancy not recorded.

    Why it matters: a death in remission counts as related to treatment, not as failure of it.
    Usual cause: leukaemia entered as the underlying disease; a relapse shortly before death is missing.
    Repair: confirm the cause; record the relapse or the second malignancy.
    Ties: a relapse and a remission of one day, or a malignancy found on the day of death, are left undecided.
    """
    cause = death["cause"]
    return Judged(
        outcomes=(
            Outcome(
                name="leukaemia",
                broken=(cause == "disease") & death.preceded_by(LASTING_REMISSION, recorded=True),
                severity=Severity.WARNING,
                message="The cause of death is the leukaemia, which did not come back after the last remission.",
            ),
            Outcome(
                name="second_malignancy",
                broken=(cause == "second_malignancy") & ~death.preceded_by(SecondMalignancy),
                severity=Severity.WARNING,
                message="The cause of death is a second malignancy, and none is recorded before it.",
            ),
        ),
        applies=cause.is_not_null(),
    )


@rule(
    "FUP-04",
    about=LastContact,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=threshold("follow_up_limit").source,
)
def perhaps_lost_to_follow_up(contact: Subject) -> Judged:
    """The patient was last known to be alive more than two years before the cut-off.

    Why it matters: who is no longer followed up may have relapsed or died; curves assume otherwise.
    Usual cause: follow-up moved elsewhere; the form was not asked for again.
    Repair: ask for the present state, or record the patient as lost to follow-up.
    Ties: a contact two years before the cut-off passes. Asked only with a cut-off, of the latest contact.
    """
    cut_off = contact.settings.cut_off_day
    limit = pl.lit(cut_off, dtype=pl.Int32) - int(threshold("follow_up_limit").value)
    long_ago = pl.when(contact["start_hi"] < limit).then(True).when(contact["start_lo"] >= limit).then(False)
    superseded = contact.start.on_earlier_day_than(LastContact) | contact.start.any_recorded(Death)
    return one(
        long_ago & ~superseded,
        (contact.dated() if cut_off is not None else pl.lit(False))
        & (contact["vital_status"] == "alive").fill_null(False),
        Severity.INFO,
        "The patient was last known to be alive more than two years before the cut-off.",
    )


@rule(
    "FUP-05",
    about="patient",
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("abandonment651932", "abandonment, no return for four weeks or more, as an event"),
)
def treatment_abandoned(patient: Subject) -> pl.Expr:
    """Treatment was refused or abandoned.

    Why it matters: some count it as an event, others end the follow-up there; event-free survival differs by that.
    Usual cause: as recorded.
    Repair: none needed; say in the report how it was counted.
    """
    return patient.start.any_recorded(Abandonment)
