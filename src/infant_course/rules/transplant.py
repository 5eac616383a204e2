"""HCT: haematopoietic stem cell transplant, conditioning, engraftment and graft-versus-host disease."""

import re
from collections.abc import Mapping
from functools import reduce

import polars as pl

from ..events import (
    AdverseEvent,
    CellTherapy,
    Chimerism,
    Conditioning,
    Engraftment,
    GraftFailure,
    Gvhd,
    Immunotherapy,
    LineageSwitch,
    OrganTransplant,
    Relapse,
    Remission,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from ..knowledge.definitions import Criterion, Definition, defining, definition
from ..knowledge.thresholds import threshold
from ..sources import Cite, Confidence, Logic
from ..vocabulary import Kahn, Severity
from .karyotypes import once_per_value
from .naming import agent_number, is_agent
from .rule import Judged, Outcome, one, rule
from .subject import Comparison, Days, Subject, Those, amount

STEM_CELLS = ("bone_marrow", "peripheral_blood", "cord_blood")


def has_day_0(event: Subject) -> pl.Expr:
    """Whether it is told which transplant is meant: by the event, or because only one is recorded."""
    named, only = event.of_referenced("of", Transplant, "event"), event.the(Transplant, "event")
    return pl.when(event["of"].is_null()).then(only.is_not_null()).otherwise(named.is_not_null())


def days_after_transplant(event: Subject) -> Days:
    """Days from the transplant the event names, or else from the one recorded."""
    named, only = event.start.days_since(Transplant, via="of"), event.start.days_since(Transplant)
    unnamed = event["of"].is_null()
    return Days(
        pl.when(unnamed).then(only.least).otherwise(named.least),
        pl.when(unnamed).then(only.greatest).otherwise(named.greatest),
    )


def before_day_0(event: Subject) -> pl.Expr:
    """Whether the event starts on a day before its transplant; where it names none, before any that may be meant."""
    start = event.start
    none_before = ~(start.preceded_by(Transplant) | start.same_day_as(Transplant))
    before_all = start.on_earlier_day_than(Transplant) & none_before
    return start.on_earlier_day_than(Transplant, via="of") | (event["of"].is_null() & before_all)


def of_transplant(event: Subject, name: str) -> pl.Expr:
    """A field of the transplant the event names, or else of the one recorded."""
    named, only = event.of_referenced("of", Transplant, name), event.the(Transplant, name)
    return pl.when(event["of"].is_null()).then(only).otherwise(named)


def same_transplant(mine: Mapping[str, pl.Expr], theirs: Mapping[str, pl.Expr]) -> pl.Expr:
    """Whether two events name the same transplant; both may name none."""
    unnamed = mine["of"].is_null() & theirs["of"].is_null()
    return pl.when(unnamed).then(True).otherwise(mine["of"] == theirs["of"])


OF_ONE_TRANSPLANT = Comparison(values={"of": lambda event: event["of"]}, holds=same_transplant)
NEUTROPHILS_OF_ITS_TRANSPLANT = Those(
    Engraftment.TYPE,
    "neutrophils, of its transplant",
    lambda engraftment: (engraftment["cells"] == "neutrophils").fill_null(False),
    against=OF_ONE_TRANSPLANT,
)


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
    "HCT-02",
    about=Conditioning,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("conditioning prepares for the infusion, so it begins before it"),
    also=(Cite("registry", "the infusion is day 0; conditioning has negative days", Confidence.RECALLED),),
)
def conditioning_after_infusion(conditioning: Subject) -> Judged:
    """Conditioning starts, or ends, on a day after its transplant.

    Why it matters: all days of the transplant are counted from the infusion.
    Usual cause: the date of the infusion taken from the admission; prophylaxis of graft-versus-host disease.
    Repair: confirm the day of infusion; record what is given after it as supportive treatment.
    Ties: conditioning on the day of the infusion passes. Where it names no transplant, it may be for a later one.
    """
    start = conditioning.start
    none_after = ~(start.followed_by(Transplant) | start.same_day_as(Transplant))
    after_all = start.on_later_day_than(Transplant) & none_after
    return Judged(
        outcomes=(
            Outcome(
                name="starts",
                broken=start.on_later_day_than(Transplant, via="of") | (conditioning["of"].is_null() & after_all),
                severity=Severity.ERROR,
                message="Conditioning starts on a day after its transplant.",
            ),
            Outcome(
                name="ends",
                broken=conditioning.end.on_later_day_than(Transplant, via="of"),
                severity=Severity.WARNING,
                message="Conditioning ends on a day after its transplant.",
            ),
        )
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
    """The state of the leukaemia at HSCT is active disease, is not told, or does not fit what came before it.

    Why it matters: results of HSCT are read by that state.
    Usual cause: the state at listing was entered; an MRD re-emergence was counted as relapse.
    Repair: confirm the state at the day of infusion. A lineage switch told without a relapse counts for one.
    Ties: a relapse on the day of the HSCT is left undecided.
    """
    status = transplant["status"]
    number = status.str.extract(r"^CR([0-9])$").cast(pl.Int64)
    relapses, earlier = transplant.count_before(Relapse), number - 1
    told_as_switch = (relapses == earlier - 1) & transplant.preceded_by(LineageSwitch, recorded=True)
    consolidated = transplant.of_referenced("consolidates", Remission, "number")
    complete = transplant.of_referenced("consolidates", Remission, "kind").ne_missing("mrd")
    another = (complete & (consolidated != number)).fill_null(False)
    return Judged(
        outcomes=(
            Outcome(
                name="active_disease",
                broken=status.eq_missing("active_disease"),
                severity=Severity.WARNING,
                message="HSCT with active disease is recorded.",
            ),
            Outcome(
                name="remission_number",
                broken=number.is_not_null() & (another | ((relapses != earlier) & ~told_as_switch)),
                severity=Severity.WARNING,
                message="The remission number at HSCT does not fit the relapses before it, or the remission it names.",
            ),
            Outcome(
                name="not_told",
                broken=status.is_null() & transplant["consolidates"].is_null(),
                severity=Severity.INFO,
                message="The state of the leukaemia at HSCT is not told.",
            ),
        )
    )


@rule(
    "HCT-04",
    about=Conditioning,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("conditioning_interval").source,
)
def chemotherapy_to_conditioning(conditioning: Subject) -> Judged:
    """The last chemotherapy ended less than two weeks, or more than twelve weeks, before conditioning.

    Why it matters: three to six weeks are usual; after a long gap without treatment the leukaemia may be back.
    Usual cause: the last block, or treatment given while waiting, is missing; conditioning told as a block.
    Repair: record what was given before, with its end.
    Ties: a block that ends on the first day of conditioning is too late.
    """
    shortest, longest = (int(days) for days in threshold("conditioning_interval").values)
    start = conditioning.start
    soon = start.preceded_by(TreatmentBlock, point="end", within=shortest - 1, recorded=True)
    treated = [
        start.preceded_by(kind, point="end", within=longest, recorded=kind is not TreatmentBlock)
        for kind in (TreatmentBlock, Immunotherapy, TargetedTherapy, CellTherapy)
    ]
    return Judged(
        outcomes=(
            Outcome(
                name="soon",
                broken=soon | start.same_day_as(TreatmentBlock, point="end"),
                severity=Severity.WARNING,
                message="The last chemotherapy ended less than two weeks before conditioning.",
            ),
            Outcome(
                name="late",
                broken=~pl.any_horizontal(treated),
                severity=Severity.WARNING,
                message="Nothing was given in the twelve weeks before conditioning.",
            ),
        ),
        applies=start.any_recorded(TreatmentBlock),
    )


def least_matched(transplant: Subject, cord: bool) -> pl.Expr:
    """The least match by which the donor of a cord unit, or of another graft, is called matched; null where none is."""
    compared, sibling = transplant["hla_compared"], transplant["donor"] == "matched_sibling"
    of_10, cord_of_6 = threshold("hla_matched_of_10").values, threshold("hla_cord_of_6").values
    cord_of_8, of_sibling = threshold("hla_cord_of_8").values, threshold("hla_cord_sibling_of_8").values
    if not cord:
        return pl.when(compared == of_10[0]).then(of_10[1])
    return (
        pl.when(compared == cord_of_6[0])
        .then(cord_of_6[1])
        .when(sibling & (compared == of_sibling[0]))
        .then(of_sibling[1])
        .when(compared == cord_of_8[0])
        .then(cord_of_8[1])
    )


def too_few_match(transplant: Subject) -> pl.Expr:
    """Whether fewer match than a matched donor's do; null where the source, which is not told, decides."""
    of_cord, of_other = (
        (transplant["hla_matched"] < least_matched(transplant, cord)).fill_null(False) for cord in (True, False)
    )
    whichever = pl.when(of_cord == of_other).then(of_cord)
    return (
        pl.when(transplant["graft"].is_null())
        .then(whichever)
        .when(transplant["graft"] == "cord_blood")
        .then(of_cord)
        .otherwise(of_other)
    )


@rule(
    "HCT-05",
    about=Transplant,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("ebmt2024", "ch. 73: donors and match, of 10 alleles, or of 6 or 8 of a cord unit"),
)
def donor_against_graft(transplant: Subject) -> Judged:
    """Donor, cell source and HLA match do not go together.

    Why it matters: results are read by donor and match; 5 of 6 is matched for a cord unit and for nothing else.
    Usual cause: the match without what it was counted of; a parent entered as donor of an unrelated cord unit.
    Repair: state both numbers of the match; confirm donor and source. A related cord unit comes from a sibling.
    """
    donor, matched, compared = (transplant[name] for name in ("donor", "hla_matched", "hla_compared"))
    cord = transplant["graft"] == "cord_blood"
    called_matched = donor.str.starts_with("matched_")
    return Judged(
        outcomes=(
            Outcome(
                name="cord_of_no_sibling",
                broken=(cord & donor.is_in(["matched_related", "haploidentical"])).fill_null(False),
                severity=Severity.WARNING,
                message="A related cord unit comes from a sibling; the donor is another.",
            ),
            Outcome(
                name="no_denominator",
                broken=matched.is_not_null() & compared.is_null(),
                severity=Severity.WARNING,
                message="The HLA match does not say of how many.",
            ),
            Outcome(
                name="too_many",
                broken=(matched > compared).fill_null(False),
                severity=Severity.WARNING,
                message="More HLA antigens or alleles match than were compared.",
            ),
            Outcome(
                name="not_matched",
                broken=called_matched.fill_null(False) & too_few_match(transplant),
                severity=Severity.WARNING,
                message="The donor is called matched, but the HLA match is too low for that.",
            ),
        ),
        applies=(cord & donor.is_not_null()).fill_null(False) | matched.is_not_null(),
    )


def conditioning_doses(listed: pl.Expr) -> pl.Expr:
    """The drugs of a list that decide on intensity: busulfan by weight, with its route, and melphalan by surface."""
    told = pl.element().struct.field
    number = agent_number(told("name"))
    return listed.list.eval(
        pl.struct(
            busulfan=pl.when(is_agent(number, "busulfan")).then(amount(told("dose"), "mg/kg")),
            melphalan=pl.when(is_agent(number, "melphalan")).then(amount(told("dose"), "mg/m2")),
            route=told("route"),
        )
    )


def above(dose: pl.Expr, borders: tuple[float, ...]) -> pl.Expr:
    """Whether a dose is above both borders; null between them, false where there is none."""
    return pl.when(dose > borders[1]).then(True).when(dose > borders[0]).then(None).otherwise(False)


def myeloablative_drug(drug: pl.Expr) -> pl.Expr:
    """Whether a drug is given in a myeloablative dose; null where its route or the source leaves it open."""
    told = drug.struct.field
    intravenous, oral = threshold("busulfan_myeloablative").values
    busulfan = (
        pl.when(told("route") == "intravenous")
        .then(told("busulfan") > intravenous)
        .when(told("route") == "oral")
        .then(told("busulfan") > oral)
        .otherwise(above(told("busulfan"), (intravenous, oral)))
    )
    melphalan = above(told("melphalan"), threshold("melphalan_myeloablative").values)
    return pl.when(told("busulfan").is_not_null()).then(busulfan).otherwise(melphalan)


def myeloablative_irradiation(conditioning: Subject) -> pl.Expr:
    """Whether total body irradiation is myeloablative; null where the number of fractions would decide."""
    dose, fractions = conditioning.quantity("tbi", "Gy"), conditioning["tbi_fractions"]
    single, fractionated = threshold("tbi_myeloablative").values
    return (
        pl.when(dose >= fractionated)
        .then(True)
        .when((dose < single) | dose.is_null())
        .then(False)
        .when(fractions.is_not_null())
        .then(fractions == 1)
    )


@rule(
    "HCT-06",
    about=Conditioning,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("ebmt2024", "intensity of conditioning (CIBMTR, Bacigalupo 2009)"),
)
def intensity_against_doses(conditioning: Subject) -> Judged:
    """Conditioning is called reduced or non-myeloablative, but a dose in it is myeloablative.

    Why it matters: results and late effects are read by intensity.
    Usual cause: the plan was changed after the form was filled in; a dose per day entered as sum, or the sum twice.
    Repair: confirm doses and label. Looked at: busulfan by weight, melphalan by surface, total body irradiation.
    """
    drugs, drug = conditioning.once("agents", conditioning_doses), pl.element()
    high = drugs.list.eval(myeloablative_drug(drug))
    by_drug = pl.when(high.list.any()).then(True).when(high.list.contains(None)).then(None).otherwise(False)
    dosed = drugs.list.eval(drug.struct.field("busulfan").is_not_null() | drug.struct.field("melphalan").is_not_null())
    return one(
        by_drug | myeloablative_irradiation(conditioning),
        conditioning["intensity"].is_in(["reduced", "non_myeloablative"])
        & (dosed.list.any().fill_null(False) | conditioning["tbi"].is_not_null()),
        Severity.WARNING,
        "Conditioning is called reduced or non-myeloablative, but a dose in it is myeloablative.",
    )


@rule(
    "HCT-07",
    about=Engraftment,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=definition("neutrophil_engraftment").source,
    also=(threshold("engraftment_days").source, Logic("the graft is infused on day 0 and cannot take before")),
)
def neutrophil_engraftment(engraftment: Subject) -> Judged:
    """Neutrophil engraftment lies before the transplant, is very early or late, or does not meet its definition.

    Why it matters: engraftment is an end-point of transplant; what does not meet the definition is no event of it.
    Usual cause: a count before the nadir; the day of the last of three counts; another transplant meant.
    Repair: take the first of three successive counts of 0.5 × 10⁹/L or more on different days, after the nadir.
    Ties: engraftment on the day of the transplant is told as too early.
    """
    count, counts = engraftment.quantity("count", "10^9/L"), engraftment["consecutive"]
    first, last = (int(day) for day in threshold("engraftment_days").values)
    days = days_after_transplant(engraftment)
    low = (count < definition("neutrophil_engraftment").number("neutrophils")).fill_null(False)
    few = (counts < threshold("engraftment_counts").value).fill_null(False)
    return Judged(
        outcomes=(
            Outcome(
                name="before_day_0",
                broken=before_day_0(engraftment),
                severity=Severity.ERROR,
                message="Neutrophil engraftment lies on a day before the transplant.",
            ),
            Outcome(
                name="not_met",
                broken=low | few,
                severity=Severity.WARNING,
                message="Neutrophil engraftment needs three successive counts of 0.5 × 10⁹/L or more.",
            ),
            Outcome(
                name="unusual_day",
                broken=has_day_0(engraftment) & (days.below(first) | days.at_least(last + 1)),
                severity=Severity.WARNING,
                message="Neutrophil engraftment lies before day 7 or after day 42.",
            ),
        ),
        applies=(
            (engraftment["cells"] == "neutrophils").fill_null(False),
            count.is_not_null() | counts.is_not_null() | engraftment.start.any_recorded(Transplant),
        ),
    )


@rule(
    "HCT-08",
    about=Engraftment,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=definition("platelet_engraftment").source,
    also=(Logic("the graft is infused on day 0 and cannot take before"),),
)
def platelet_engraftment(engraftment: Subject) -> Judged:
    """Platelet engraftment does not meet its definition, or lies before that of the neutrophils or the transplant.

    Why it matters: a count held up by transfusion says nothing of the graft.
    Usual cause: transfusions not looked up; the first count without transfusion instead of the seventh day.
    Repair: take the first of three successive days of 20 × 10⁹/L or more without a transfusion for seven days.
    Ties: platelets and neutrophils of one day pass.
    """
    count, counts = engraftment.quantity("count", "10^9/L"), engraftment["consecutive"]
    low = (count < definition("platelet_engraftment").number("platelets")).fill_null(False)
    few = (counts < threshold("engraftment_counts").value).fill_null(False)
    transfused = (engraftment["days_untransfused"] < threshold("platelets_untransfused").value).fill_null(False)
    before_neutrophils = engraftment.start.on_earlier_day_than(NEUTROPHILS_OF_ITS_TRANSPLANT)
    return Judged(
        outcomes=(
            Outcome(
                name="before_day_0",
                broken=before_day_0(engraftment),
                severity=Severity.ERROR,
                message="Platelet engraftment lies on a day before the transplant.",
            ),
            Outcome(
                name="not_met",
                broken=low | few | transfused,
                severity=Severity.WARNING,
                message="Platelet engraftment needs 20 × 10⁹/L on three days, and seven days without a transfusion.",
            ),
            Outcome(
                name="before_neutrophils",
                broken=has_day_0(engraftment) & before_neutrophils,
                severity=Severity.WARNING,
                message="Platelet engraftment lies on a day before that of the neutrophils.",
            ),
        ),
        applies=(engraftment["cells"] == "platelets").fill_null(False),
    )


@rule(
    "HCT-09",
    about=GraftFailure,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=definition("graft_failure_marrow").source,
)
def primary_graft_failure(failure: Subject) -> Judged:
    """Primary graft failure is recorded with neutrophil engraftment, or before the day on which it can be told.

    Why it matters: a graft that took and was lost is a secondary failure.
    Usual cause: recovery of the patient's own cells entered as engraftment; the day of the decision to transplant anew.
    Repair: confirm which of the two it was. It can be told from day 30, of cord blood from day 42.
    Ties: failure on the day of the transplant is told as too soon; engraftment counts whenever it was.
    """
    days = days_after_transplant(failure)
    marrow, cord = (
        int(definition(name).number("day after transplant")) for name in ("graft_failure_marrow", "graft_failure_cord")
    )
    graft = of_transplant(failure, "graft")
    too_soon = (
        pl.when(graft == "cord_blood")
        .then(days.below(cord))
        .when(graft.is_not_null() | days.below(marrow))
        .then(days.below(marrow))
        .when(days.at_least(cord))
        .then(False)
    )
    return Judged(
        outcomes=(
            Outcome(
                name="engrafted",
                broken=failure.start.any_recorded(NEUTROPHILS_OF_ITS_TRANSPLANT),
                severity=Severity.ERROR,
                message="Primary graft failure is recorded, and neutrophil engraftment of the same transplant.",
            ),
            Outcome(
                name="too_soon",
                broken=too_soon,
                severity=Severity.WARNING,
                message="Primary graft failure is recorded before the day on which it can be told.",
            ),
        ),
        applies=((failure["kind"] == "primary").fill_null(False), has_day_0(failure)),
    )


GRADES = ("0", "I", "II", "III", "IV")
"""Grades of acute graft-versus-host disease; a grade's number is its place here."""

STAGED = {"skin": "skin", "liver": "liver", "upper_gut": "upper GI", "lower_gut": "lower GI"}
"""The organs that are staged: fields, and what the definition calls them."""
HIGHEST_STAGE = {"skin": 4, "liver": 4, "upper_gut": 1, "lower_gut": 4}


def _holds(criterion: Criterion, stages: Mapping[str, pl.Expr]) -> pl.Expr:
    stage = stages[criterion.measure.removeprefix("stage of ")]
    against = {">=": stage.ge, "<=": stage.le, "=": stage.eq}
    return against[criterion.operator](criterion.value)


def _fits(grade: Definition, stages: Mapping[str, pl.Expr]) -> pl.Expr:
    held = [_holds(criterion, stages) for criterion in grade.criteria]
    return pl.all_horizontal(held) if grade.join == "all" else pl.any_horizontal(held)


def magic_grade(stages: Mapping[str, pl.Expr]) -> pl.Expr:
    """The highest MAGIC grade that fits the stages of skin, liver, upper and lower gut."""
    grades = sorted(defining("GVHD overall grade", "magic"), key=lambda grade: GRADES.index(grade.term))
    return reduce(
        lambda found, grade: pl.when(_fits(grade, stages)).then(GRADES.index(grade.term)).otherwise(found),
        grades,
        pl.lit(0),
    )


@rule(
    "HCT-10",
    about=Gvhd,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=definition("gvhd_grade_1").source,
)
def gvhd_grade_against_stages(gvhd: Subject) -> Judged:
    """The overall grade of acute graft-versus-host disease does not follow from the stages of the organs (MAGIC).

    Why it matters: grades II to IV and III to IV are end-points of transplant.
    Usual cause: the stage of one organ entered as grade; another scale was used.
    Repair: confirm the stages; name the scale. An organ that is not told may have any stage.
    """
    lowest = magic_grade({name: gvhd[organ].fill_null(0) for organ, name in STAGED.items()})
    highest = magic_grade({name: gvhd[organ].fill_null(HIGHEST_STAGE[organ]) for organ, name in STAGED.items()})
    grade = gvhd["grade"]
    return one(
        pl.when((grade < lowest) | (grade > highest)).then(True).when(lowest == highest).then(False),
        (gvhd["scale"] == "MAGIC")
        & grade.is_not_null()
        & gvhd["form"].is_in(["acute", "late_acute"]).fill_null(True)
        & pl.any_horizontal(gvhd[organ].is_not_null() for organ in STAGED),
        Severity.ERROR,
        "The overall grade of graft-versus-host disease does not follow from the stages of the organs.",
    )


@rule(
    "HCT-11",
    about=Gvhd,
    severity=Severity.WARNING,
    category=Kahn.CONFORMANCE,
    source=definition("gvhd_classic_acute").source,
)
def gvhd_form_against_time(gvhd: Subject) -> Judged:
    """Acute graft-versus-host disease first seen after day 100 is late acute; chronic disease needs its features.

    Why it matters: acute and chronic disease are graded and counted apart.
    Usual cause: the day alone decided; the day of a flare instead of the first day.
    Repair: confirm the first day and the features; record the form that they make.
    Ties: the day of the transplant is day 0.
    """
    form, features = gvhd["form"], gvhd["chronic_features"]
    last = int(definition("gvhd_classic_acute").number("day after transplant"))
    days = days_after_transplant(gvhd)
    late = days.at_least(last + 1)
    chronic = form.is_in(["chronic", "overlap"])
    return Judged(
        outcomes=(
            Outcome(
                name="day",
                broken=pl.when(form == "acute").then(late).when(form == "late_acute").then(~late).otherwise(False),
                severity=Severity.WARNING,
                message="Classic acute graft-versus-host disease is first seen by day 100, late acute after it.",
            ),
            Outcome(
                name="features",
                broken=(chronic & ~features).fill_null(False),
                severity=Severity.WARNING,
                message="Chronic graft-versus-host disease without its diagnostic or distinctive features.",
            ),
        ),
        applies=(
            form.is_not_null(),
            (chronic & features.is_not_null()) | (~chronic & has_day_0(gvhd)),
        ),
    )


@rule(
    "HCT-12",
    about=Gvhd,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("a disease of the graft begins after the graft was given"),
    also=(Cite("registry", "not after an autologous transplant", Confidence.RECALLED),),
)
def gvhd_without_a_donor(gvhd: Subject) -> Judged:
    """Graft-versus-host disease starts on a day before the transplant, or follows an autologous one.

    Why it matters: it needs cells of another in the patient.
    Usual cause: dates exchanged; another transplant meant; an autologous donor by default.
    Repair: confirm the date, the transplant and its donor.
    Ties: disease that starts on the day of the transplant passes.
    """
    own = (of_transplant(gvhd, "donor") == "autologous").fill_null(False)
    no_other = gvhd["of"].is_not_null() | (gvhd.start.count(Transplant) == 1)
    return Judged(
        outcomes=(
            Outcome(
                name="before_day_0",
                broken=before_day_0(gvhd),
                severity=Severity.ERROR,
                message="Graft-versus-host disease starts on a day before the transplant.",
            ),
            Outcome(
                name="autologous",
                broken=own & no_other,
                severity=Severity.WARNING,
                message="Graft-versus-host disease follows an autologous transplant.",
            ),
        ),
        applies=gvhd.start.any_recorded(Transplant),
    )


WHOLE = 100
"""Per cent."""


def donor_share(chimerism: Subject) -> pl.Expr:
    """Share of donor cells, in per cent."""
    return chimerism.quantity("donor", "%")


COMPLETE_BEFORE = Those(
    Chimerism.TYPE,
    "complete, of its transplant and specimen",
    lambda c: (donor_share(c) > definition("chimerism_complete").number("donor cells")).fill_null(False),
    against=Comparison(
        values={"of": lambda c: c["of"], "specimen": lambda c: c["specimen"]},
        holds=lambda mine, theirs: same_transplant(mine, theirs) & mine["specimen"].eq_missing(theirs["specimen"]),
    ),
)


@rule(
    "HCT-13",
    about=Chimerism,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("a share lies between nothing and the whole"),
    also=(definition("chimerism_complete").source,),
)
def chimerism_share(chimerism: Subject) -> Judged:
    """The share of donor cells is below 0 or above 100 %, or has fallen from complete to mixed.

    Why it matters: cells of the patient that come back may be the leukaemia.
    Usual cause: a fraction entered as per cent; the share of the patient's cells entered.
    Repair: confirm the share and its unit. Nothing to repair where it fell.
    Ties: two results of one day are left undecided.
    """
    share = donor_share(chimerism)
    mixed = share <= definition("chimerism_complete").number("donor cells")
    return Judged(
        outcomes=(
            Outcome(
                name="impossible",
                broken=(share < 0) | (share > WHOLE),
                severity=Severity.ERROR,
                message="The share of donor cells is below 0 or above 100 %.",
            ),
            Outcome(
                name="fallen",
                broken=mixed & chimerism.preceded_by(COMPLETE_BEFORE, recorded=True),
                severity=Severity.INFO,
                message="Donor chimerism was complete and is mixed now.",
            ),
        ),
        applies=share.is_not_null(),
    )


def is_sos(term: pl.Expr) -> pl.Expr:
    """Whether a term means sinusoidal obstruction syndrome (veno-occlusive disease)."""
    words = re.compile(r"sinusoidal obstruction|veno-?\s?occlusive|\b(SOS|VOD)\b", re.IGNORECASE)
    return once_per_value(term, lambda told: words.search(told) is not None, pl.Boolean)


@rule(
    "HCT-14",
    about=AdverseEvent,
    severity=Severity.INFO,
    category=Kahn.CONFORMANCE,
    source=definition("sos_children").source,
)
def sos_by_other_criteria(toxicity: Subject) -> Judged:
    """Sinusoidal obstruction syndrome is not told to be by the criteria for children (EBMT 2018).

    Why it matters: the criteria for children have no time limit and ask for less; numbers by others are lower.
    Usual cause: graded by the scale of all other toxicities.
    Repair: name the scale. The syndrome is no error without a transplant: antibodies and chemotherapy cause it too.
    """
    return one(
        toxicity["scale"].ne_missing("EBMT_2018"),
        toxicity.once("term", is_sos).fill_null(False),
        Severity.INFO,
        "Sinusoidal obstruction syndrome is not told to be by the criteria for children (EBMT 2018).",
    )


@rule(
    "HCT-15",
    about=Transplant,
    severity=Severity.WARNING,
    category=Kahn.COMPLETENESS,
    source=Cite("registry", "a second HSCT follows a first one and has its own indication", Confidence.RECALLED),
)
def second_transplant_unexplained(transplant: Subject) -> Judged:
    """A second HSCT gives no indication of its own, or one is done for a graft failure and none came before.

    Why it matters: a second HSCT is a sign of relapse or graft failure, and results are told apart.
    Usual cause: the form of the first was copied; the first is missing from the export.
    Repair: state why it was done; record the first.
    Ties: two of one day are left undecided.
    """
    indication = transplant["indication"]
    unexplained = indication.is_null() | (indication == "first_remission")
    return Judged(
        outcomes=(
            Outcome(
                name="no_indication",
                broken=unexplained & transplant.preceded_by(Transplant, recorded=True),
                severity=Severity.WARNING,
                message="A second HSCT gives no indication of its own.",
            ),
            Outcome(
                name="no_first",
                broken=(indication == "graft_failure").fill_null(False) & ~transplant.preceded_by(Transplant),
                severity=Severity.WARNING,
                message="The HSCT is done for a graft failure, and none came before it.",
            ),
        )
    )
