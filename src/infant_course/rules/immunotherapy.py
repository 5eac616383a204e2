"""IMM: blinatumomab, inotuzumab and CAR T cells."""

import polars as pl

from ..events import (
    AdverseEvent,
    Apheresis,
    CellTherapy,
    CsfAssessment,
    Diagnosis,
    Immunotherapy,
    Laboratory,
    LineageSwitch,
    Lymphodepletion,
    MarrowAssessment,
    MrdAssessment,
    Relapse,
    Remission,
)
from ..knowledge.thresholds import threshold
from ..sources import Cite, Confidence, Logic
from ..vocabulary import Kahn, Severity
from .diagnosis import told
from .mrd import BLINATUMOMAB
from .naming import INDUCTION, agent_number, any_of, enrolled_in, is_agent, lists_antigen, names_agent
from .response import antibody_at, cell_therapy_at
from .rule import Judged, Outcome, one, rule
from .subject import Comparison, Point, Subject, Those
from .toxicity import CRS, ICANS, is_called


def is_blinatumomab(cycle: Subject) -> pl.Expr:
    """Whether a cycle of antibody therapy is of blinatumomab; false where no agent is told."""
    return names_agent(cycle, "blinatumomab").fill_null(False)


@rule(
    "IMM-01",
    about=Immunotherapy,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("blinatumomab_cycle").source,
    also=(threshold("blinatumomab_interruption").source,),
)
def blinatumomab_cycle_length(cycle: Subject) -> Judged:
    """A cycle of blinatumomab is not of 28 days of infusion, or was interrupted for more than 7 days.

    Why it matters: after more than 7 days a new cycle begins, and a short cycle is not a full one.
    Usual cause: two cycles in one row; the end of the next cycle; the days without infusion counted in.
    Repair: confirm both dates and the interruption; state completed: false for a cycle that was stopped.
    Ties: 27 days between start and end pass, as the last day of infusion may be meant. Where no interruption is
    stated, one of up to 7 days is allowed for.
    """
    whole, most = threshold("blinatumomab_cycle").value, threshold("blinatumomab_interruption").value
    interrupted = cycle.quantity("interrupted", "days")
    least, greatest = cycle["end_lo"] - cycle["start_hi"], cycle["end_hi"] - cycle["start_lo"]
    shortest = whole - 1 + interrupted.fill_null(0)
    longest = whole + interrupted.fill_null(most)
    short = pl.when(greatest < shortest).then(True).when(least >= shortest).then(False)
    long = pl.when(least > longest).then(True).when(greatest <= longest).then(False)
    # A length beside a start that is not known sets no days against each other.
    length_told = (cycle["end_stated"] & ~cycle["length_stated"]) | (cycle["end_lo"] > cycle["start_hi"])
    return Judged(
        outcomes=(
            Outcome(
                name="interrupted",
                broken=(interrupted > most).fill_null(False),
                severity=Severity.WARNING,
                message="Blinatumomab was interrupted for more than 7 days: a new cycle begins then.",
            ),
            Outcome(
                name="length",
                broken=length_told & ((short & cycle["completed"].fill_null(True)) | long),
                severity=Severity.WARNING,
                message="A cycle of blinatumomab is not of 28 days of infusion.",
            ),
        ),
        applies=is_blinatumomab(cycle)
        & (length_told | interrupted.is_not_null())
        & (cycle["cycles"].fill_null(1) == 1),
    )


ANOTHER_CYCLE = Those(
    Immunotherapy.TYPE,
    "another cycle of blinatumomab",
    is_blinatumomab,
    against=Comparison(
        values={"cycle": lambda cycle: cycle["cycle"]},
        holds=lambda mine, theirs: ~(mine["cycle"] == theirs["cycle"]).fill_null(False),
    ),
)


@rule(
    "IMM-02",
    about=Immunotherapy,
    severity=Severity.INFO,
    category=Kahn.PLAUSIBILITY,
    source=threshold("blinatumomab_interval").source,
)
def blinatumomab_cycles_close(cycle: Subject) -> Judged:
    """A cycle of blinatumomab starts less than 42 days after the start of another.

    Why it matters: the label has 14 days free after 28 days of infusion; trials may be shorter.
    Usual cause: a trial's schedule; a restart after an interruption entered as a cycle of its own.
    Repair: confirm both starts. Rows of one cycle bear one number.
    Ties: two cycles that start on one day are left undecided.
    """
    window = int(threshold("blinatumomab_interval").value) - 1
    return one(
        cycle.preceded_by(ANOTHER_CYCLE, within=window, recorded=True),
        is_blinatumomab(cycle),
        Severity.INFO,
        "A cycle of blinatumomab starts less than 42 days after the start of another.",
    )


INTERFANT_TRIALS = ("interfant-06-blinatumomab", "interfant-21")
"""Interfant studies with blinatumomab."""


def marrow_after_a_block(label: str, high: bool) -> Those:
    """Marrows taken to judge a block, with blasts from 25 % on, or below."""

    def condition(marrow: Subject) -> pl.Expr:
        blasts, stated = marrow.quantity("blasts", "%"), marrow["marrow_class"]
        m3 = pl.coalesce(blasts >= threshold("marrow_m3").value, stated == "M3")
        return m3 & marrow["assesses"].is_not_null() if high else ~m3

    return Those(MarrowAssessment.TYPE, label, condition)


FULL_MARROW = marrow_after_a_block("from 25 % on after a block", high=True)
CLEARER_MARROW = marrow_after_a_block("below 25 %", high=False)


def lacks_cd19(diagnosis: Subject) -> pl.Expr:
    """Whether some specimen is negative for CD19 and none is positive."""
    return any_of(told(diagnosis, "absent"), ("CD19",)) & ~any_of(told(diagnosis, "present"), ("CD19",))


WITHOUT_CD19 = Those(Diagnosis.TYPE, "without CD19", lambda diagnosis: lacks_cd19(diagnosis).fill_null(False))


@rule(
    "IMM-03",
    about=Immunotherapy,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("vdsluis2023", "after induction; CD19-positive; fewer than 25 % blasts at enrolment"),
    also=(Cite("nct05327894", "blinatumomab after induction; not given if CD19 is negative"),),
)
def blinatumomab_too_early(cycle: Subject) -> Judged:
    """Blinatumomab of an Interfant study starts before induction ended, with 25 % blasts or more, or without CD19.

    Why it matters: the study gives it after induction, to CD19-positive leukaemia with few blasts left.
    Usual cause: blinatumomab of a relapse entered under the first protocol; two dates exchanged.
    Repair: confirm the dates, the marrow at the end of induction, and CD19.
    Ties: a cycle that starts on the day induction ends passes. Of several marrows it fails only where none before
    the cycle has fewer than 25 %; a marrow of the same day is left undecided.
    """
    after_induction = cycle.start.not_on_earlier_day_than(INDUCTION, point="end")
    full = cycle.preceded_by(FULL_MARROW, recorded=True) & ~cycle.preceded_by(CLEARER_MARROW, recorded=True)
    return Judged(
        outcomes=(
            Outcome(
                name="in_induction",
                broken=cycle.start.any_recorded(INDUCTION) & ~after_induction,
                severity=Severity.WARNING,
                message="Blinatumomab of an Interfant study starts before induction ended.",
            ),
            Outcome(
                name="full_marrow",
                broken=full,
                severity=Severity.WARNING,
                message="Blinatumomab of an Interfant study starts with 25 % blasts or more in the marrow.",
            ),
            Outcome(
                name="cd19_negative",
                broken=cycle.start.any_recorded(WITHOUT_CD19),
                severity=Severity.WARNING,
                message="Blinatumomab was given, but the blasts were negative for CD19 at diagnosis.",
            ),
        ),
        applies=(is_blinatumomab(cycle), enrolled_in(cycle).is_in(INTERFANT_TRIALS).fill_null(False)),
    )


CLEAR_FLUID = Those(
    CsfAssessment.TYPE,
    "CNS1",
    lambda csf: (
        pl.when(csf["cns"].is_not_null())
        .then(csf["cns"] == "CNS1")
        .when(csf["blasts"])
        .then(False)
        .otherwise(pl.coalesce(csf["cleared"], ~csf["blasts"]))
    ),
)
FLUID_WITH_BLASTS = Those(
    CsfAssessment.TYPE, "CNS2 or CNS3", lambda csf: ((csf["cns"] != "CNS1") | csf["blasts"]).fill_null(False)
)


@rule(
    "IMM-04",
    about=Immunotherapy,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("nct05327894", "blinatumomab is not given with CNS2 or CNS3 at the end of induction"),
)
def cns_not_clear_before_blinatumomab(cycle: Subject) -> Judged:
    """Blinatumomab of Interfant-21 starts in a patient with CNS2 or CNS3 that is not known to have cleared.

    Why it matters: the study asks for CNS1 before blinatumomab.
    Usual cause: the lumbar puncture at the end of induction was not entered.
    Repair: record it with its CNS class. Fluid that was clear once before passes.
    Ties: a fluid of the day of the cycle is left undecided.
    """
    at_diagnosis = (cycle.the(Diagnosis, "cns") != "CNS1").fill_null(False)
    involved = at_diagnosis | cycle.preceded_by(FLUID_WITH_BLASTS, recorded=True)
    return one(
        involved & ~cycle.preceded_by(CLEAR_FLUID),
        (is_blinatumomab(cycle), (enrolled_in(cycle) == "interfant-21").fill_null(False)),
        Severity.WARNING,
        "Blinatumomab of Interfant-21 starts although CNS2 or CNS3 is not known to have cleared.",
    )


FOR_THE_SAME_CELLS = Those(
    Lymphodepletion.TYPE,
    "for the same infusion",
    against=Comparison(
        values={"of": lambda event: event["of"]},
        holds=lambda mine, theirs: (mine["of"] == theirs["of"]).fill_null(False),
    ),
)


def may_be_for_any(event: Subject) -> pl.Expr:
    """Whether the event names no infusion, or one that is recorded: where there is only one, it was for that."""
    return event["of"].is_null() | event.start.any_recorded(CellTherapy, via="of")


PREPARATION = Those(Lymphodepletion.TYPE, "for an infusion that is recorded, or not named", may_be_for_any)


UNDECIDED = pl.lit(None, dtype=pl.Boolean)


@rule(
    "IMM-05",
    about=(Apheresis, Lymphodepletion, CellTherapy),
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("cells are collected and the host prepared before the cells are given"),
    also=(Cite("qasim2017", "title: off-the-shelf cells need no apheresis of the patient"),),
)
def cell_therapy_chain(event: Subject) -> Judged:
    """Apheresis, lymphodepletion and infusion are not in this order, or the chain is not told.

    Why it matters: day 0 is the infusion; response and toxicity are counted from it.
    Usual cause: two infusions exchanged; day and month exchanged.
    Repair: confirm the dates. Apheresis may be missing for an allogeneic product.
    Ties: all on one day passes. Where lymphodepletion tells no end, its start is looked at. Apheresis or
    lymphodepletion that names no infusion may be for any, or for cells that were never given: it does not fail, and
    after all infusions that are recorded it is left undecided.
    """
    start = event.start
    if event.trace.about == CellTherapy.TYPE:
        told = start.not_on_earlier_day_than(Apheresis) & start.not_on_earlier_day_than(Lymphodepletion)
        return one(
            ~told,
            event["origin"].ne_missing("allogeneic"),
            Severity.INFO,
            "Apheresis or lymphodepletion before the cell therapy is not recorded.",
        )

    def after_its_infusion(point: Point) -> pl.Expr:
        """After the one it names; if it names none, perhaps where none that is recorded follows."""
        perhaps = event["of"].is_null() & ~(point.followed_by(CellTherapy) | point.same_day_as(CellTherapy))
        return point.on_later_day_than(CellTherapy, via="of") | (perhaps & UNDECIDED)

    if event.trace.about == Apheresis.TYPE:
        perhaps = may_be_for_any(event) & (start.count(CellTherapy) == 1) & start.on_later_day_than(PREPARATION)
        further = Outcome(
            name="after_lymphodepletion",
            broken=start.on_later_day_than(FOR_THE_SAME_CELLS) | (perhaps & UNDECIDED),
            severity=Severity.ERROR,
            message="Apheresis lies on a day after the start of the lymphodepletion for the same infusion.",
        )
    else:
        further = Outcome(
            name="ends_after_infusion",
            broken=event["end_stated"] & after_its_infusion(event.end),
            severity=Severity.ERROR,
            message="Lymphodepletion ends on a day after the infusion it was for.",
        )
    after_infusion = Outcome(
        name="after_infusion",
        broken=after_its_infusion(start),
        severity=Severity.ERROR,
        message="Apheresis or lymphodepletion lies on a day after the infusion it was for.",
    )
    return Judged(
        outcomes=(after_infusion, further), applies=event["of"].is_not_null() | start.any_recorded(CellTherapy)
    )


@rule(
    "IMM-06",
    about=Remission,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("cell_therapy_response").source,
    also=(threshold("cell_therapy_response_slack").source,),
)
def remission_soon_after_cells(remission: Subject) -> Judged:
    """A remission is dated less than three weeks after CAR T cells were given.

    Why it matters: response is first assessed about day 28; an earlier remission is provisional.
    Usual cause: the day of the infusion entered; a remission before the cells dated too late.
    Repair: give the day of the marrow about day 28. A remission ascribed to other treatment is not looked at.
    Ties: a remission of the day of the infusion is left undecided.
    """
    window = int(threshold("cell_therapy_response").value - threshold("cell_therapy_response_slack").value) - 1
    ascribed = remission.preceded_by(CellTherapy, within=window, via="attained_with", recorded=True)
    soon = remission.preceded_by(CellTherapy, within=window, recorded=True)
    listed = remission["attained_with"].list.len() > 0
    return one(
        pl.when(listed).then(ascribed).otherwise(soon),
        remission.start.any_recorded(CellTherapy),
        Severity.WARNING,
        "A remission is dated less than three weeks after CAR T cells were given.",
    )


@rule(
    "IMM-07",
    about=AdverseEvent,
    severity=Severity.WARNING,
    category=Kahn.CONFORMANCE,
    source=Cite("lee2019", "tables of CRS and ICANS: ICE from 12 years on, CAPD below"),
)
def immune_toxicity_grading(toxicity: Subject) -> Judged:
    """A grade of CRS or ICANS names no scale, or an ICE score was given to a child below 12 years.

    Why it matters: older scales grade the same course otherwise, and a small child cannot do the tasks of ICE.
    Usual cause: the scale was taken for granted; a form for adults.
    Repair: name the scale (ASTCT_2019); below 12 years give the CAPD score.
    """
    return Judged(
        outcomes=(
            Outcome(
                name="ice_in_a_child",
                broken=toxicity["ice"].is_not_null()
                & toxicity.start.days_since("birth").below(int(threshold("ice_age").value)),
                severity=Severity.WARNING,
                message="An ICE score was given to a child below 12 years: CAPD is used there.",
            ),
            Outcome(
                name="no_scale",
                broken=is_called(toxicity, *CRS, *ICANS)
                & toxicity["grade"].is_not_null()
                & toxicity["scale"].is_null(),
                severity=Severity.WARNING,
                message="A grade of CRS or ICANS does not name its scale.",
            ),
        ),
        applies=toxicity["ice"].is_not_null() | (is_called(toxicity, *CRS, *ICANS) & toxicity["grade"].is_not_null()),
    )


CELLS_OR_BLINATUMOMAB = (Those(CellTherapy.TYPE), BLINATUMOMAB)
"""What sets off a cytokine release syndrome."""
CYTOKINE_RELEASE = Those(AdverseEvent.TYPE, "CRS", lambda toxicity: is_called(toxicity, *CRS))


@rule(
    "IMM-08",
    about=AdverseEvent,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("crs_latest").source,
    also=(Cite("lee2019", "ICANS usually comes after or with CRS", Confidence.RECALLED),),
)
def immune_toxicity_at_odd_time(toxicity: Subject) -> Judged:
    """CRS does not begin within 30 days of CAR T cells or of a cycle of blinatumomab, or ICANS begins before CRS.

    Why it matters: it is then another illness, or belongs to an infusion that is not recorded.
    Usual cause: a month mistyped; an infection called CRS; an infusion missing from the export.
    Repair: confirm the day of onset, and record the infusion.
    Ties: CRS on the day of the infusion and ICANS on the day of the CRS pass.
    """
    crs = is_called(toxicity, *CRS)
    window = int(threshold("crs_latest").value)
    soon = pl.any_horizontal(
        toxicity.preceded_by(cause, within=window, recorded=True) | toxicity.start.same_day_as(cause)
        for cause in CELLS_OR_BLINATUMOMAB
    )
    with_crs = toxicity.start.not_on_earlier_day_than(CYTOKINE_RELEASE)
    return Judged(
        outcomes=(
            Outcome(
                name="far_from_infusion",
                broken=crs
                & pl.any_horizontal(toxicity.start.any_recorded(cause) for cause in CELLS_OR_BLINATUMOMAB)
                & ~soon,
                severity=Severity.WARNING,
                message="CRS does not begin within 30 days of CAR T cells or of a cycle of blinatumomab.",
            ),
            Outcome(
                name="icans_first",
                broken=~crs & toxicity.start.any_recorded(CYTOKINE_RELEASE) & ~with_crs,
                severity=Severity.WARNING,
                message="ICANS begins before the CRS that is recorded.",
            ),
        ),
        applies=is_called(toxicity, *CRS, *ICANS),
    )


@rule(
    "IMM-09",
    about=CellTherapy,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("tisagenlecleucel_dose").source,
)
def tisagenlecleucel_dose_unusual(cells: Subject) -> Judged:
    """The dose of tisagenlecleucel lies outside 0.2 to 5 million CAR-positive T cells per kg.

    Why it matters: a slip of a power of ten is easy, and the dose goes with response and CRS.
    Usual cause: all cells or all T cells were counted; the total instead of the dose per kg.
    Repair: confirm the dose. Above 50 kg it is not given by weight: leave it out there.
    """
    dose = cells.quantity("dose", "10^6/kg")
    least, most = threshold("tisagenlecleucel_dose").values
    return one(
        ~dose.is_between(least * (1 - 1e-9), most * (1 + 1e-9)),
        is_agent(cells.once("product", agent_number), "tisagenlecleucel") & dose.is_not_null(),
        Severity.WARNING,
        "The dose of tisagenlecleucel lies outside 0.2 to 5 million CAR-positive T cells per kg.",
    )


B_CELLS_BACK = Those(
    Laboratory.TYPE,
    "with B cells back",
    lambda sample: (sample.quantity("b_cells", "/uL") >= threshold("b_cells_back").value * (1 - 1e-9)).fill_null(False),
)


@rule(
    "IMM-10",
    about=Laboratory,
    severity=Severity.INFO,
    category=Kahn.PLAUSIBILITY,
    source=threshold("b_cells_back").source,
)
def b_cells_back_after_cells(sample: Subject) -> Judged:
    """B cells came back within four weeks of CAR T cells against CD19, or before a relapse.

    Why it matters: lasting absence of B cells shows that the CAR T cells persist; a relapse may follow their loss.
    Usual cause: the CAR T cells were lost; a unit mistyped.
    Repair: confirm the counts. They count from 100 per µL on, when a later sample shows as many.
    Ties: a sample of the day of the infusion or of the relapse is left undecided.
    """
    window = int(threshold("cell_therapy_response").value) - 1
    aimed = cell_therapy_at("CD19")
    confirmed = sample.followed_by(B_CELLS_BACK, recorded=True)
    return Judged(
        outcomes=(
            Outcome(
                name="early",
                broken=confirmed & sample.preceded_by(aimed, within=window, recorded=True),
                severity=Severity.INFO,
                message="B cells came back within four weeks of CAR T cells against CD19.",
            ),
            Outcome(
                name="before_relapse",
                broken=confirmed
                & sample.preceded_by(aimed, recorded=True)
                & sample.followed_by(Relapse, recorded=True),
                severity=Severity.INFO,
                message="B cells came back after CAR T cells against CD19, and a relapse followed.",
            ),
        ),
        applies=(
            (sample.quantity("b_cells", "/uL") >= threshold("b_cells_back").value * (1 - 1e-9)).fill_null(False),
            sample.start.any_recorded(aimed),
        ),
    )


def _with_cd22(found: Subject) -> pl.Expr:
    """Whether an immunophenotype says of CD22 that it is there or that it is not."""
    return any_of(told(found, "present"), ("CD22",)) | any_of(told(found, "absent"), ("CD22",))


CD22_STATUS = (
    Those(Diagnosis.TYPE, "with CD22 stated", _with_cd22),
    Those(Relapse.TYPE, "with CD22 stated", lambda r: _with_cd22(r) | lists_antigen(r, "antigen_loss", "CD22")),
    Those(MrdAssessment.TYPE, "with CD22 stated", lambda mrd: lists_antigen(mrd, "antigens", "CD22")),
)


@rule(
    "IMM-11",
    about=(Immunotherapy, CellTherapy),
    severity=Severity.WARNING,
    category=Kahn.COMPLETENESS,
    source=Cite("kotecha2022", "case 2: CD22 was shown before CD19 and CD22 CAR T cells"),
)
def cd22_not_known(therapy: Subject) -> Judged:
    """Inotuzumab or CAR T cells against CD22 were given, and CD22 is not known from before.

    Why it matters: the therapy needs its target, and a later loss of CD22 shows only against the status before.
    Usual cause: the immunophenotype was recorded as a lineage, without its antigens.
    Repair: add CD22 to the immunophenotype at diagnosis or relapse, or to the antigens of an MRD result.
    Ties: a result of the day of the therapy leaves it undecided.
    """
    if therapy.trace.about == Immunotherapy.TYPE:
        directed = names_agent(therapy, "inotuzumab_ozogamicin").fill_null(False)
    else:
        directed = lists_antigen(therapy, "targets", "CD22").fill_null(False)
    known = pl.any_horizontal([therapy.preceded_by(status, recorded=True) for status in CD22_STATUS])
    diagnosed = therapy.start.any_recorded(Diagnosis)
    return one(
        pl.when(diagnosed | known).then(~known),
        directed,
        Severity.WARNING,
        "Therapy against CD22 was given, and CD22 is not known from before.",
    )


@rule(
    "IMM-12",
    about=(CellTherapy, Immunotherapy),
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("cibmtr", "each infusion is a separate event"),
)
def infusions_lumped(therapy: Subject) -> Judged:
    """Several infusions or cycles are recorded as one event.

    Why it matters: day 0, response and toxicity are counted from each infusion.
    Usual cause: the form has one row per kind of treatment and a field for the number.
    Repair: record each infusion or cycle with its own date.
    """
    lasts = therapy.trace.about == Immunotherapy.TYPE
    number = therapy["cycles" if lasts else "infusions"]
    ended = therapy["end_stated"] & (therapy["end_hi"] > therapy["start_lo"]) if lasts else pl.lit(False)
    several = (number >= 2).fill_null(False)
    return Judged(
        outcomes=(
            Outcome(
                name="one_date",
                broken=several & (therapy["start_lo"] == therapy["start_hi"]) & ~ended,
                severity=Severity.ERROR,
                message="Several infusions or cycles are recorded as one event with one date.",
            ),
            Outcome(
                name="one_span",
                broken=several & ~((therapy["start_lo"] == therapy["start_hi"]) & ~ended),
                severity=Severity.WARNING,
                message="Several infusions or cycles are recorded as one event.",
            ),
        ),
        applies=number.is_not_null(),
    )


@rule(
    "IMM-13",
    about=LineageSwitch,
    severity=Severity.INFO,
    category=Kahn.PLAUSIBILITY,
    source=threshold("lineage_switch_window").source,
)
def late_lineage_switch(switch: Subject) -> Judged:
    """A lineage switch after therapy against CD19 came more than six months after it started.

    Why it matters: four in five such switches come within six months; a later one is possible.
    Usual cause: a therapy in between is missing; the switch was found late.
    Repair: confirm the dates, and record any later therapy against CD19.
    Ties: a therapy that starts on the day of the switch passes, if it is the only one.
    """
    window = int(threshold("lineage_switch_window").value)
    therapies = (antibody_at("CD19"), cell_therapy_at("CD19"))

    def long_before(therapy: Those) -> pl.Expr:
        """Of one therapy the days tell, even where its order is open; of several, that some came before."""
        far = switch.start.days_since(therapy).at_least(window + 1)
        return pl.coalesce(far, switch.preceded_by(therapy, recorded=True))

    soon = pl.any_horizontal(switch.preceded_by(therapy, within=window, recorded=True) for therapy in therapies)
    return one(
        pl.any_horizontal(long_before(therapy) for therapy in therapies) & ~soon,
        pl.any_horizontal(switch.start.any_recorded(therapy) for therapy in therapies),
        Severity.INFO,
        "A lineage switch came more than six months after therapy against CD19.",
    )
