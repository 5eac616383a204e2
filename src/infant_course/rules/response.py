"""REM: do remission, relapse and lineage switch agree with each other and with their definitions?"""

from decimal import Decimal

import polars as pl

from ..events import (
    CellTherapy,
    Diagnosis,
    EndOfTherapy,
    Immunotherapy,
    LastContact,
    LineageSwitch,
    MarrowAssessment,
    MrdAssessment,
    MrdReemergence,
    Refractory,
    Relapse,
    Remission,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from ..knowledge.thresholds import threshold
from ..sources import Cite, Confidence, Logic
from ..vocabulary import Kahn, Severity
from ..when import Unit, units_to_days
from .diagnosis import antigens, told
from .karyotypes import CHROMOSOMES, chromosomes_with_11, fits, partner_chromosome, partner_symbol
from .naming import INDUCTION, a_block, any_of, listed_antigens, lists_antigen, name_of, names_agent
from .rule import Judged, Outcome, one, rule
from .subject import Count, Days, Subject, Those, told_by_the_source

FIRST_INDUCTION = Those(
    TreatmentBlock.TYPE,
    "named induction, and not after a relapse",
    lambda b: name_of(b).eq_missing("induction") & ~b.preceded_by(Relapse, recorded=True),
)


def is_complete(remission: Subject) -> pl.Expr:
    """A complete remission, as a remission of no stated kind is taken to be."""
    return remission["kind"].fill_null("complete") == "complete"


def declared_by(remission: Subject) -> pl.Expr:
    """The definition a remission was declared by: as stated, else that of the settings, else null."""
    usual = remission.settings.criteria
    return remission["criteria"] if usual is None else remission["criteria"].fill_null(str(usual))


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
    Repair: give the date at which remission was declared, and the criteria. An induction after a relapse is not
    meant.
    Ties: a remission on the last day of induction passes.
    """
    early = remission.start.on_earlier_day_than(FIRST_INDUCTION, point="end")
    strict = declared_by(remission).eq_missing("ponte_di_legno")
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
        applies=(
            is_complete(remission) & remission["number"].fill_null(1).eq(1),
            remission.start.any_recorded(INDUCTION),
        ),
    )


@rule(
    "REM-02",
    about=Remission,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("buchmann2022", "complete remission: marrow, CNS and extramedullary disease, all together"),
    also=(
        threshold("remission_mrd").source,
        threshold("remission_blasts").source,
        threshold("remission_mass").source,
        Cite("cibmtr", "haematological CR: marrow below 5 % blasts, no extramedullary disease"),
    ),
)
def findings_against_remission(remission: Subject) -> Judged:
    """A complete remission is declared although its own findings exclude it, or leave it open.

    Why it matters: remission means marrow, CNS and all other sites together.
    Usual cause: one site was not looked at again; the remission of the marrow was taken for all.
    Repair: confirm the findings and the criteria. MRD decides about the marrow, or blasts where it was not measured;
    by CIBMTR or protocol criteria the blasts do. What is left open is told of remissions by the consensus only, and
    where no finding is given at all, nothing is said.
    """
    mrd, blasts = remission.quantity("mrd", "%"), remission.quantity("marrow_blasts", "%")
    mass, cns = remission.quantity("residual_mass", "fraction"), remission["cns"]
    by = declared_by(remission)
    by_blasts = by.is_in(["cibmtr", "protocol"]).fill_null(False)
    mrd_high = (mrd >= threshold("remission_mrd").value * (1 - 1e-9)).fill_null(False)
    blasts_high = (blasts >= threshold("remission_blasts").value * (1 - 1e-9)).fill_null(False)
    marrow = blasts_high & (by_blasts | mrd.is_null() | mrd_high)
    elsewhere = (cns != "CNS1").fill_null(False) | (mass > threshold("remission_mass").value * (1 + 1e-9)).fill_null(
        False
    )
    mass_before = remission.the(Diagnosis, "extramedullary", has_solid_site).fill_null(False)
    marrow_open = blasts.is_null() & (mrd.is_null() | by_blasts)
    return Judged(
        outcomes=(
            Outcome(
                name="excluded",
                broken=marrow | elsewhere | (mrd_high & by.eq_missing("ponte_di_legno")),
                severity=Severity.ERROR,
                message="A complete remission is declared although its own findings exclude it.",
            ),
            Outcome(
                name="not_by_the_consensus",
                broken=mrd_high & ~by_blasts,
                severity=Severity.WARNING,
                message="A complete remission is declared with MRD of 1 % or more; the criteria are not stated.",
            ),
            Outcome(
                name="left_open",
                broken=by.eq_missing("ponte_di_legno") & (marrow_open | cns.is_null() | (mass_before & mass.is_null())),
                severity=Severity.INFO,
                message="A complete remission cannot be judged: a finding of marrow, CNS or mass is not given.",
            ),
        ),
        applies=is_complete(remission)
        & (mrd.is_not_null() | blasts.is_not_null() | mass.is_not_null() | cns.is_not_null()),
    )


def has_solid_site(sites: pl.Expr) -> pl.Expr:
    """Whether a list of sites names one that may leave a mass."""
    return sites.list.eval(~pl.element().is_in(["marrow", "cns"])).list.any()


@rule(
    "REM-03",
    about=Remission,
    severity=Severity.WARNING,
    category=Kahn.CONFORMANCE,
    source=threshold("cibmtr_neutrophils").source,
    also=(threshold("cibmtr_platelets").source, threshold("cibmtr_sustained").source),
)
def remission_short_of_cibmtr(remission: Subject) -> Judged:
    """A complete remission by CIBMTR criteria lacks the counts or the four weeks they ask for.

    Why it matters: the Ponte-di-Legno consensus asks for neither; a remission must be read by its own definition.
    Usual cause: the remission was declared by other criteria than the form says.
    Repair: name the criteria that were used, or wait for the counts. Only what is stated is judged.
    Ties: a remission shorter than four weeks passes if an HSCT follows; one of the same day is left undecided.
    """
    low = (remission.quantity("neutrophils", "10^9/L") < threshold("cibmtr_neutrophils").value).fill_null(False)
    few = (remission.quantity("platelets", "10^9/L") < threshold("cibmtr_platelets").value).fill_null(False)
    short = (remission.quantity("sustained", "days") < threshold("cibmtr_sustained").value).fill_null(False)
    stated = [remission[name].struct.field("value").is_not_null() for name in ("neutrophils", "platelets", "sustained")]
    return Judged(
        outcomes=(
            Outcome(
                name="counts",
                broken=low | few,
                severity=Severity.WARNING,
                message="A complete remission by CIBMTR criteria lacks the neutrophils or platelets they ask for.",
            ),
            Outcome(
                name="too_short",
                broken=short & ~remission.followed_by(Transplant),
                severity=Severity.WARNING,
                message="A complete remission by CIBMTR criteria was held for less than four weeks.",
            ),
        ),
        applies=is_complete(remission) & declared_by(remission).eq_missing("cibmtr") & pl.any_horizontal(stated),
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
    Repair: correct the number or record the relapse. A lineage switch told without a relapse counts for one.
    Ties: a relapse and a remission of one day without a stated order are left undecided.
    """
    relapses, earlier = remission.count_before(Relapse), remission["number"] - 1
    told_as_switch = (relapses == earlier - 1) & remission.preceded_by(LineageSwitch, recorded=True)
    return one(
        (relapses != earlier) & ~told_as_switch,
        is_complete(remission) & remission["number"].is_not_null(),
        Severity.ERROR,
        "The number of a complete remission is not one more than the number of relapses before it.",
    )


@rule(
    "REM-05",
    about=Remission,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("cibmtr", "CR number is the number of relapses before plus one"),
    also=(
        Cite("kotecha2022", 'case 2: "second MRD remission" after a rise in MRD'),
        Cite("antigenloss2023", "lineage switch as a pattern of relapse"),
    ),
)
def second_remission_without_relapse(remission: Subject) -> Judged:
    """A second or later remission is recorded, but nothing came back before it.

    Why it matters: without a relapse the patient is still in first remission.
    Usual cause: the relapse is missing; a continued first remission was numbered again.
    Repair: record the relapse, or the MRD re-emergence before a second MRD remission. A lineage switch is a relapse.
    What was derived from another event is no evidence.
    Ties: a relapse and a remission of one day without a stated order are left undecided.
    """
    switched = remission.preceded_by(told_by_the_source(LineageSwitch), recorded=True)
    relapsed = remission.preceded_by(told_by_the_source(Relapse)) | switched
    came_back = relapsed | remission.preceded_by(told_by_the_source(MrdReemergence))
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
    Repair: record the first remission, or change the event to refractory disease. A remission derived from another
    event is no evidence.
    Ties: a remission and a relapse of one day without a stated order are left undecided.
    """
    return ~relapse.preceded_by(told_by_the_source(Remission))


@rule(
    "REM-07",
    about=Relapse,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("buchmann2022", "treatment failure: no CR by the time point fixed in the protocol; relapse needs a CR"),
)
def treatment_failure_told_as_relapse(relapse: Subject) -> Judged:
    """A relapse is recorded after refractory disease, with no remission before it.

    Why it matters: no remission by the protocol's time point is treatment failure, an event of its own kind.
    Usual cause: persisting leukaemia was entered once more, as relapse.
    Repair: keep the refractory disease and remove the relapse, or record the remission between them.
    Ties: events of one day without a stated order are left undecided.
    """
    return one(
        relapse.preceded_by(Refractory) & ~relapse.preceded_by(Remission),
        relapse.start.any_recorded(Refractory),
        Severity.ERROR,
        "A relapse is recorded after refractory disease, with no remission before it.",
    )


def at_least_percent(percent: float) -> Those:
    """MRD results of marrow or blood of at least so many percent; a positive one without a level may be such a one."""

    def condition(mrd: Subject) -> pl.Expr:
        share = mrd.quantity("value", "%")
        level = pl.when(mrd["result"].eq_missing("positive")).then(share).otherwise(share.fill_null(0))
        return ~mrd["specimen"].is_in(["csf", "testis"]).fill_null(False) & (level >= percent * (1 - 1e-9))

    return Those(MrdAssessment.TYPE, f"at least {percent:g} %", condition)


def marrow_of_at_least(percent: float) -> Those:
    """Marrows with at least so many per cent of blasts, by their number or else by their class."""
    least = {"M1": 0.0, "M2": threshold("marrow_m2").value, "M3": threshold("marrow_m3").value}
    above = {"M1": threshold("marrow_m2").value, "M2": threshold("marrow_m3").value, "M3": float("inf")}

    def condition(marrow: Subject) -> pl.Expr:
        blasts, stated = marrow.quantity("blasts", "%"), marrow["marrow_class"]
        sure = stated.is_in([name for name, low in least.items() if low >= percent])
        never = stated.is_in([name for name, high in above.items() if high <= percent])
        by_class = pl.when(sure).then(True).when(never).then(False)
        return pl.coalesce(blasts >= percent * (1 - 1e-9), by_class)

    return Those(MarrowAssessment.TYPE, f"at least {percent:g} % blasts", condition)


RESULTS_OF_AT_LEAST = (at_least_percent, marrow_of_at_least)
"""Results that a relapse or re-emergence may rest on, by their least share of blasts."""


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
    tests = [event.start.count(those(two_tests), via="assessments", recorded=True) for those in RESULTS_OF_AT_LEAST]
    results = Count(*(sum(bounds[1:], bounds[0]) for bounds in zip(*((n.least, n.most) for n in tests), strict=True)))

    def any_result(percent: float) -> pl.Expr:
        return pl.any_horizontal(
            event.start.any_recorded(those(percent), via="assessments") for those in RESULTS_OF_AT_LEAST
        )

    by_results = any_result(sure) | (any_result(one_test) & results.at_least(2)) | results.at_least(3)
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
    "REM-09",
    about=Relapse,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("relapse_isolated_marrow").source,
    also=(Cite("hagedorn2007", "MRD of 1e-4 or more in the marrow of 46 of 64 apparently isolated relapses"),),
)
def isolated_relapse_with_marrow(relapse: Subject) -> Judged:
    """A relapse without marrow has 5 % blasts or more there, or the marrow was not given.

    Why it matters: from 5 % on it is a combined relapse; below, most still have MRD in the marrow.
    Usual cause: only the site that was noticed first was entered.
    Repair: add the marrow to the sites, or give the marrow blasts or MRD found.
    """
    blasts = relapse.quantity("marrow_blasts", "%")
    return Judged(
        outcomes=(
            Outcome(
                name="combined",
                broken=(blasts >= threshold("relapse_isolated_marrow").value * (1 - 1e-9)).fill_null(False),
                severity=Severity.WARNING,
                message="A relapse outside the marrow has 5 % blasts or more in the marrow: it is a combined relapse.",
            ),
            Outcome(
                name="marrow_not_given",
                broken=blasts.is_null() & relapse["marrow_mrd"].struct.field("value").is_null(),
                severity=Severity.INFO,
                message="A relapse outside the marrow gives neither blasts nor MRD of the marrow.",
            ),
        ),
        applies=(relapse["sites"].list.len() > 0) & ~relapse["sites"].list.contains("marrow"),
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
    Ties: it is the tie that is looked for, whatever the order within the day.
    """
    return relapse.start.same_day_as(Relapse)


@rule(
    "REM-11",
    about=Relapse,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("relapse_csf_wbc").source,
    also=(Cite("gurunathan2019", "a CNS2 after induction is not by itself a relapse"),),
)
def cns_relapse_unproven(relapse: Subject) -> Judged:
    """A CNS relapse has neither 5 cells/µL with blasts in the fluid, nor a clinical or imaging sign.

    Why it matters: a few blasts in fluid of low count (CNS2) are not by themselves a relapse.
    Usual cause: CNS2 was entered as relapse; only part of the findings was entered.
    Repair: give cell count, blasts and signs, or remove the relapse.
    """
    cells = relapse.quantity("csf_wbc", "/uL") >= threshold("relapse_csf_wbc").value
    signs = pl.when(relapse["evidence"].list.contains("imaging")).then(True).otherwise(relapse["cns_signs"])
    stated = [relapse["csf_wbc"].struct.field("value").is_not_null()]
    stated += [relapse[name].is_not_null() for name in ("csf_blasts", "cns_signs")]
    return one(
        ~((cells & relapse["csf_blasts"]) | signs),
        relapse["sites"].list.contains("cns") & pl.any_horizontal(stated),
        Severity.WARNING,
        "A CNS relapse has neither 5 cells/µL with blasts in the fluid, nor a clinical or imaging sign.",
    )


@rule(
    "REM-12",
    about=Relapse,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("wjh2014", "Table 2: isolated testicular relapse, shown by biopsy"),
    also=(Cite("kotecha2022", "case 3: swelling, shown by biopsy"), Logic("only boys have testes")),
)
def testicular_relapse_unproven(relapse: Subject) -> Judged:
    """A testicular relapse is recorded in a girl, or was shown without a biopsy.

    Why it matters: swelling alone has other causes, and the relapse decides on irradiation or removal.
    Usual cause: the biopsy was not entered; the site or the sex was mistyped.
    Repair: add the biopsy to the evidence, or confirm sex and site.
    """
    evidence = relapse["evidence"]
    shown = pl.when(evidence.list.len() > 0).then(evidence.list.contains("testicular_biopsy"))
    return Judged(
        outcomes=(
            Outcome(
                name="in_a_girl",
                broken=(relapse.patient("sex") == "female").fill_null(False),
                severity=Severity.ERROR,
                message="A testicular relapse is recorded in a girl.",
            ),
            Outcome(
                name="no_biopsy",
                broken=~shown,
                severity=Severity.WARNING,
                message="A testicular relapse was shown without a biopsy.",
            ),
        ),
        applies=relapse["sites"].list.contains("testis"),
    )


MAINTENANCE = a_block("maintenance", "maintenance")


def months_passed(days: Days, name: str) -> pl.Expr:
    """Whether the calendar months of a threshold have passed; null where the days between leave it open."""
    least, most = units_to_days(Decimal(threshold(name).value), Unit.MONTH)
    return pl.when(days.least >= most).then(True).when(days.greatest < least).then(False)


@rule(
    "REM-13",
    about=Relapse,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=threshold("relapse_very_early").source,
    also=(
        threshold("relapse_late_bfm").source,
        threshold("relapse_late_cog").source,
        Cite("wjh2014", "BFM, early: from 18 months of diagnosis to 6 months after therapy", Confidence.RECALLED),
    ),
)
def relapse_timing_wrong(relapse: Subject) -> Judged:
    """The timing class of a first relapse does not agree with diagnosis and end of therapy.

    Why it matters: the class decides on the treatment of relapse, and the two schemes differ.
    Usual cause: the class of the other scheme; counted from remission instead of diagnosis.
    Repair: name the scheme and recount. BFM counts late from the end of therapy, COG from diagnosis. Where the
    scheme is not named, only what is wrong by both fails.
    Ties: a relapse on the day of the diagnosis, or of the end of therapy, comes 0 days after it.
    """
    since_diagnosis, since_therapy = relapse.start.days_since(Diagnosis), relapse.start.days_since(EndOfTherapy)
    since_maintenance = relapse.start.days_since(MAINTENANCE, point="end")
    since_end = Days(
        pl.coalesce(since_therapy.least, since_maintenance.least),
        pl.coalesce(since_therapy.greatest, since_maintenance.greatest),
    )
    eighteen = months_passed(since_diagnosis, "relapse_very_early")
    late_bfm = months_passed(since_end, "relapse_late_bfm")
    late_cog = months_passed(since_diagnosis, "relapse_late_cog")
    stated = relapse["timing"]
    by_bfm = (
        pl.when(stated == "very_early")
        .then(eighteen)
        .when(stated == "early")
        .then(~eighteen | late_bfm)
        .otherwise(~late_bfm)
    )
    by_cog = pl.when(stated == "very_early").then(eighteen).when(stated == "early").then(late_cog).otherwise(~late_cog)
    scheme = relapse["timing_scheme"]
    either = pl.when(by_bfm & by_cog).then(True).when(~by_bfm & ~by_cog).then(False)
    return one(
        pl.when(scheme == "bfm").then(by_bfm).when(scheme == "cog").then(by_cog).otherwise(either),
        stated.is_not_null() & (relapse["number"].fill_null(1) == 1),
        Severity.ERROR,
        "The timing class of a first relapse does not agree with diagnosis and end of therapy.",
    )


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
    Repair: state what was found of markers and clone, or change the certainty: probable is for a clone that could
    not be proven.
    """
    changed = switch["old_markers_lost"] & switch["new_criteria_met"]
    proven = changed & switch["same_clone"]
    stated = switch["certainty"]
    wrong = (
        pl.when(stated == "confirmed")
        .then(~proven)
        .when(stated == "probable")
        .then(~changed | switch["same_clone"].fill_null(False))
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
    "REM-15",
    about=LineageSwitch,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("lineageswitch2025", "criteria: cytogenetic and molecular features of the first leukaemia are kept"),
    also=(Cite("meyer2023", "Table 1, partner genes and loci"),),
)
def lineage_switch_of_another_clone(switch: Subject) -> Judged:
    """A lineage switch has another KMT2A fusion or another clone than the leukaemia at diagnosis.

    Why it matters: it is then a second or therapy-related leukaemia, which is counted and treated otherwise.
    Usual cause: a second leukaemia was entered as lineage switch; the fusion was mistyped.
    Repair: confirm the fusion. Record a second malignancy if the clone is another one.
    """
    partner = partner_symbol(switch["kmt2a_partner"])
    found = chromosomes_with_11(switch["cytogenetics"])
    own = switch.the(Diagnosis, "kmt2a_partner", partner_symbol)
    own_found = switch.the(Diagnosis, "cytogenetics", chromosomes_with_11)
    other_gene = partner != own
    not_at_diagnosis = ~fits(own_found, partner_chromosome(partner))
    not_any_more = ~fits(found, partner_chromosome(own))
    told_twice = (own_found != 0) & (found != 0)
    not_shared = pl.when(told_twice).then((own_found & found) == CHROMOSOMES["11"])
    other_fusion = pl.coalesce(other_gene, not_at_diagnosis, not_any_more, not_shared)
    other_clone = ~switch["same_clone"]
    known = other_clone.is_not_null() | other_fusion.is_not_null()
    return one(
        other_clone.fill_null(False) | other_fusion.fill_null(False),
        known,
        Severity.ERROR,
        "A lineage switch has another KMT2A fusion or another clone than the leukaemia at diagnosis.",
    )


ANTIBODIES = {"CD19": "blinatumomab", "CD22": "inotuzumab_ozogamicin"}
"""The agent of antibody therapy by the antigen aimed at."""


def antibody_at(antigen: str) -> Those:
    """Antibody therapy that aims at an antigen."""
    return Those(Immunotherapy.TYPE, f"aimed at {antigen}", lambda i: names_agent(i, ANTIBODIES[antigen]))


def cell_therapy_at(antigen: str) -> Those:
    """CAR T cells that aim at an antigen, alone or with others."""
    return Those(
        CellTherapy.TYPE, f"aimed at {antigen}", lambda c: targets_told(c, lists_antigen(c, "targets", antigen))
    )


def targets_told(cells: Subject, answer: pl.Expr) -> pl.Expr:
    """An answer about the targets of CAR T cells; null where none is told."""
    return pl.when(cells["targets"].list.len() > 0).then(answer)


def only_cd19(cells: Subject) -> pl.Expr:
    """Whether CAR T cells aim at CD19 and nothing else."""
    return targets_told(cells, cells.once("targets", listed_antigens).str.contains("^;(CD19;)+$"))


ONLY_CD19_CELLS = Those(CellTherapy.TYPE, "aimed at CD19 only", only_cd19)
OTHER_CELLS = Those(CellTherapy.TYPE, "not only aimed at CD19", lambda c: ~only_cd19(c))
OTHER_ANTIBODY = Those(Immunotherapy.TYPE, "not aimed at CD19", lambda i: ~names_agent(i, ANTIBODIES["CD19"]))


@rule(
    "REM-16",
    about=LineageSwitch,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("kotecha2022", "case 3: myeloid-directed salvage after the switch"),
)
def only_cd19_therapy_after_switch(switch: Subject) -> Judged:
    """After a switch to a myeloid lineage the only treatment recorded is directed at CD19.

    Why it matters: the new blasts do not carry CD19.
    Usual cause: the treatment was given before the switch; the chemotherapy was not exported.
    Repair: confirm the dates, and record the myeloid-directed treatment.
    Ties: a treatment on the day of the switch is left undecided.
    """
    aimed = switch.followed_by(antibody_at("CD19")) | switch.followed_by(ONLY_CD19_CELLS)
    others = (
        switch.followed_by(TreatmentBlock)
        | switch.followed_by(TargetedTherapy)
        | switch.followed_by(OTHER_ANTIBODY)
        | switch.followed_by(OTHER_CELLS)
        | switch.followed_by(Transplant)
    )
    recorded = switch.start.any_recorded(antibody_at("CD19")) | switch.start.any_recorded(ONLY_CD19_CELLS)
    return one(
        aimed & ~others,
        (switch["to_lineage"].is_in(["myeloid", "monocytic"]), recorded),
        Severity.WARNING,
        "After a switch to a myeloid lineage the only treatment recorded is directed at CD19.",
    )


def positive_for_cd19(phenotypes: pl.Expr) -> pl.Expr:
    """Whether some specimen is positive for CD19."""
    return any_of(antigens(phenotypes).struct.field("present"), ("CD19",))


@rule(
    "REM-17",
    about=Relapse,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("antigenloss2023", "relapse after CAR T cells: CD19-positive, CD19-negative, lineage switch"),
)
def antigen_loss_unexplained(relapse: Subject) -> Judged:
    """A relapse with loss of CD19 or CD22 does not name the antigen, or no therapy against it is recorded before.

    Why it matters: loss under the pressure of a therapy decides which therapy can still work.
    Usual cause: the earlier immunotherapy was not exported; the loss stands in the phenotype only.
    Repair: name the lost antigen, and record the therapy aimed at it.
    Ties: a therapy that started on the day of the relapse does not count as before it.
    """
    without_cd19 = any_of(told(relapse, "absent"), ("CD19",))
    unnamed = (
        without_cd19
        & relapse.the(Diagnosis, "immunophenotypes", positive_for_cd19).fill_null(False)
        & ~lists_antigen(relapse, "antigen_loss", "CD19")
    )
    untreated = pl.lit(False)
    for antigen in ANTIBODIES:
        therapies = (antibody_at(antigen), cell_therapy_at(antigen))
        before = relapse.start.on_later_day_than(therapies[0]) | relapse.start.on_later_day_than(therapies[1])
        untreated = untreated | (lists_antigen(relapse, "antigen_loss", antigen) & ~before)
    return Judged(
        outcomes=(
            Outcome(
                name="antigen_not_named",
                broken=unnamed,
                severity=Severity.INFO,
                message="A relapse without CD19, which the blasts had at diagnosis, does not name it as lost.",
            ),
            Outcome(
                name="therapy_not_told",
                broken=untreated,
                severity=Severity.INFO,
                message="A relapse lost CD19 or CD22, but no therapy aimed at it is recorded before.",
            ),
        ),
        applies=(relapse["antigen_loss"].list.len() > 0) | without_cd19,
    )


COMPLETE_REMISSION = Those(Remission.TYPE, "complete", is_complete)


@rule(
    "REM-18",
    about=Refractory,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Logic("a leukaemia that went into remission and has not relapsed is not one that never went"),
    also=(Cite("cibmtr", "primary induction failure: never in complete remission", Confidence.RECALLED),),
)
def refractory_after_first_remission(refractory: Subject) -> Judged:
    """Refractory disease is recorded after a complete remission, and nothing came back between.

    Why it matters: the patient counts as never in remission and as in first remission at once.
    Usual cause: a remission was entered and later withdrawn; the relapse is missing.
    Repair: remove the remission if it was none, or record the relapse, re-emergence or switch after it.
    Ties: events of one day without a stated order are left undecided.
    """
    came_back = (
        refractory.preceded_by(Relapse) | refractory.preceded_by(MrdReemergence) | refractory.preceded_by(LineageSwitch)
    )
    return one(
        refractory.preceded_by(COMPLETE_REMISSION) & ~came_back,
        refractory.start.any_recorded(COMPLETE_REMISSION),
        Severity.ERROR,
        "Refractory disease is recorded after a complete remission, and nothing came back between.",
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


FIRST_REMISSION_WITH_A_TIME = Those(
    Remission.TYPE,
    "first, with a time",
    lambda r: is_complete(r) & (r["number"].fill_null(1) == 1) & r["start_stated"],
)


@rule(
    "REM-20",
    about=LastContact,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("kotecha2022", "cases 1 and 4: in first remission at the end, when it began is not told"),
)
def time_of_first_remission_not_told(contact: Subject) -> Judged:
    """The last contact is in first remission, but when that remission began is not told.

    Why it matters: the time is known only to lie between diagnosis and last contact.
    Usual cause: reports tell that remission lasts, not when it began.
    Repair: none needed; add the first remission if its time is known.
    """
    return one(
        ~contact.start.any_recorded(FIRST_REMISSION_WITH_A_TIME),
        contact["disease_status"].eq_missing("CR1"),
        Severity.INFO,
        "The last contact is in first remission, but when that remission began is not told.",
    )
