"""REM: do remission, relapse and lineage switch agree with each other and with their definitions?"""

import polars as pl

from ..events import (
    LastContact,
    LineageSwitch,
    MrdAssessment,
    MrdReemergence,
    Relapse,
    Remission,
    TreatmentBlock,
)
from ..knowledge.thresholds import threshold
from ..sources import Cite
from ..vocabulary import Kahn, Severity
from .rule import Judged, Outcome, one, rule
from .subject import Subject, Those

INDUCTION = Those(TreatmentBlock.TYPE, "induction", lambda b: b["block"].eq_missing("induction"))


def is_complete(remission: Subject) -> pl.Expr:
    """A complete remission, as a remission of no stated kind is taken to be."""
    return remission["kind"].fill_null("complete") == "complete"


@rule(
    "REM-01",
    about=Remission,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("buchmann2022", "complete remission, timing: not earlier than the end of induction"),
)
def remission_before_end_of_induction(remission: Subject) -> Judged:
    """A complete remission lies on a day before the end of induction.

    Why it matters: by the Ponte-di-Legno consensus it cannot be declared earlier.
    Usual cause: the date of an early marrow was taken; the end of induction was entered late.
    Repair: give the date at which remission was declared, and the criteria.
    Ties: a remission on the last day of induction passes.
    """
    early = remission.start.on_earlier_day_than(INDUCTION, point="end")
    strict = remission["criteria"].eq_missing("ponte_di_legno")
    return Judged(
        outcomes=(
            Outcome(
                name="by_the_consensus",
                broken=early & strict,
                severity=Severity.ERROR,
                message="A complete remission by Ponte-di-Legno criteria lies before the end of induction.",
            ),
            Outcome(
                name="by_other_criteria",
                broken=early,
                severity=Severity.WARNING,
                message="A complete remission lies before the end of induction.",
            ),
        ),
        applies=is_complete(remission)
        & remission["number"].fill_null(1).eq(1)
        & remission.start.any_recorded(INDUCTION),
    )


@rule(
    "REM-04",
    about=Remission,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("cibmtr", "CR number is the number of relapses before plus one"),
)
def remission_number_wrong(remission: Subject) -> Judged:
    """The number of a complete remission is not one more than the number of relapses before it.

    Why it matters: transplant results are reported by remission number.
    Usual cause: an MRD re-emergence counted as relapse; a relapse missing from the export.
    Repair: correct the number or record the relapse.
    Ties: a relapse and a remission of one day without a stated order are left undecided.
    """
    relapses = remission.count_before(Relapse)
    return one(
        relapses != remission["number"] - 1,
        is_complete(remission) & remission["number"].is_not_null(),
        Severity.ERROR,
        "The number of a complete remission is not one more than the number of relapses before it.",
    )


@rule(
    "REM-05",
    about=Remission,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("buchmann2022", "relapse: only after a complete remission; CR2 follows a relapse"),
    also=(Cite("kotecha2022", 'case 2: "second MRD remission" after a rise in MRD'),),
)
def second_remission_without_relapse(remission: Subject) -> Judged:
    """A second or later remission is recorded, but nothing came back before it.

    Why it matters: without a relapse the patient is still in first remission.
    Usual cause: the relapse is missing; a continued first remission was numbered again.
    Repair: record the relapse, or the MRD re-emergence before a second MRD remission.
    Ties: a relapse and a remission of one day without a stated order are left undecided.
    """
    relapsed = remission.preceded_by(Relapse)
    came_back = relapsed | remission.preceded_by(MrdReemergence)
    return Judged(
        outcomes=(
            Outcome(
                name="complete",
                broken=is_complete(remission) & ~relapsed,
                severity=Severity.ERROR,
                message="A second or later complete remission is recorded, but no relapse before it.",
            ),
            Outcome(
                name="mrd",
                broken=~is_complete(remission) & ~came_back,
                severity=Severity.WARNING,
                message="A second MRD remission is recorded, but no MRD re-emergence or relapse before it.",
            ),
        ),
        applies=(remission["number"] >= 2).fill_null(False),
    )


@rule(
    "REM-06",
    about=Relapse,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("buchmann2022", "relapse: only in a patient who has been in complete remission"),
)
def relapse_without_remission(relapse: Subject) -> pl.Expr:
    """A relapse is recorded, but no remission before it.

    Why it matters: leukaemia that never went is treatment failure; failure and relapse are different events.
    Usual cause: the remission was not entered; refractory disease was entered as relapse.
    Repair: record the first remission, or change the event to refractory disease.
    Ties: a remission and a relapse of one day without a stated order are left undecided.
    """
    return ~relapse.preceded_by(Remission)


def at_least_percent(percent: float) -> Those:
    """MRD results of at least so many percent."""
    return Those(
        MrdAssessment.TYPE,
        f"at least {percent:g} %",
        lambda mrd: mrd.quantity("value", "%").fill_null(0) >= percent * (1 - 1e-9),
    )


@rule(
    "REM-08",
    about=(Relapse, MrdReemergence),
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("buchmann2022", "table of marrow relapse where MRD is available"),
)
def marrow_relapse_unconfirmed(event: Subject) -> Judged:
    """The marrow findings do not satisfy the consensus table of marrow relapse.

    Why it matters: below 25 % other tests or a second marrow must confirm; else it is an MRD re-emergence.
    Usual cause: only the first result was entered; treatment began before a second marrow.
    Repair: record the confirming tests or the second marrow, or keep the event as MRD re-emergence.
    """
    sure = threshold("relapse_marrow_sure").value
    one_test = threshold("relapse_marrow_one_test").value
    two_tests = threshold("relapse_marrow_two_tests").value
    results = event.start.count(at_least_percent(two_tests), via="assessments", recorded=True)
    by_results = (
        event.start.any_recorded(at_least_percent(sure), via="assessments")
        | (event.start.any_recorded(at_least_percent(one_test), via="assessments") & results.at_least(2))
        | results.at_least(3)
    )
    listed = event["assessments"].list.len() > 0
    satisfied: pl.Expr = pl.when(listed).then(by_results)
    applies = pl.lit(True)
    if event.trace.about == Relapse.TYPE:
        blasts, others = event.quantity("marrow_blasts", "%"), event["confirming_tests"]
        by_counts = (
            (blasts >= sure)
            | ((blasts >= one_test) & (others >= 1))
            | ((blasts >= two_tests) & (others >= 2))
            | ((blasts >= two_tests) & event["second_marrow"])
        )
        stated = event["marrow_blasts"].struct.field("value").is_not_null()
        satisfied = pl.when(stated).then(by_counts).otherwise(satisfied)
        applies = event["sites"].list.contains("marrow")
    return one(
        ~satisfied,
        applies,
        Severity.WARNING,
        "The marrow findings do not satisfy the consensus table of marrow relapse.",
    )


@rule(
    "REM-10",
    about=Relapse,
    severity=Severity.WARNING,
    category=Kahn.CONFORMANCE,
    source=Cite("kotecha2022", "case 3: one combined relapse with two sites"),
)
def combined_relapse_told_twice(relapse: Subject) -> pl.Expr:
    """Two relapses are recorded on one day.

    Why it matters: a combined relapse is one event with several sites; told twice, it counts twice.
    Usual cause: one row per site in the form.
    Repair: merge them into one relapse that names all sites.
    """
    return relapse.start.same_day_as(Relapse)


@rule(
    "REM-14",
    about=LineageSwitch,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("lineageswitch2025", "table of criteria: confirmed, probable, drift"),
)
def lineage_switch_certainty(switch: Subject) -> Judged:
    """The certainty of a lineage switch does not follow from what was found.

    Why it matters: confirmed needs lost markers, a complete new lineage and the same clone; else it may be drift,
    a second leukaemia or a mixed phenotype.
    Usual cause: the clone was not tested, or the markers were only described in part.
    Repair: state what was found of markers and clone, or lower the certainty.
    """
    changed = switch["old_markers_lost"] & switch["new_criteria_met"]
    proven = changed & switch["same_clone"]
    stated = switch["certainty"]
    wrong = (
        pl.when(stated == "confirmed")
        .then(~proven)
        .when(stated == "probable")
        .then(~changed)
        .when(stated == "drift")
        .then(changed)
        .otherwise(pl.when(proven).then(False))
    )
    return one(
        wrong,
        pl.lit(True),
        Severity.WARNING,
        "The certainty of a lineage switch does not follow from what was found.",
    )


@rule(
    "REM-19",
    about=LastContact,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("kotecha2022", "cases 1 and 4: in first complete remission at last follow-up"),
)
def first_remission_after_relapse(contact: Subject) -> Judged:
    """The last contact is in first remission, but a relapse or lineage switch came before it.

    Why it matters: the patient counts as event-free although an event happened.
    Usual cause: the status was copied from an earlier follow-up form.
    Repair: correct the status, or the relapse.
    Ties: a relapse on the day of the last contact is left undecided.
    """
    return one(
        contact.preceded_by(Relapse) | contact.preceded_by(LineageSwitch),
        contact["disease_status"].eq_missing("CR1"),
        Severity.ERROR,
        "The last contact is in first remission, but a relapse or lineage switch came before it.",
    )
