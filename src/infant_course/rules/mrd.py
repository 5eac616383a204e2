"""MRD: are results well formed, do they carry what they must, and do they agree with the leukaemia?"""

import re
from collections.abc import Mapping

import polars as pl

from ..events import (
    CellTherapy,
    Decision,
    Diagnosis,
    Immunotherapy,
    MrdAssessment,
    MrdReemergence,
    Relapse,
    RiskAssignment,
    Transplant,
    TreatmentBlock,
)
from ..knowledge.protocols import MrdTimepoint, the_protocol
from ..knowledge.thresholds import threshold
from ..sources import Cite, Confidence, Logic
from ..vocabulary import Kahn, Severity
from .conduct import treated_before_mrd_counted
from .karyotypes import chromosomes_with_11, fits, marker_chromosome, marker_partner, partner_number, plain_marker
from .naming import enrolled_in, name_of, names_agent, protocol_of
from .risk import group_of
from .rule import Judged, Outcome, one, rule
from .subject import Comparison, Subject, Those, amount


def level(mrd: Subject, name: str = "value") -> pl.Expr:
    """A level as a fraction."""
    return mrd.quantity(name, "fraction")


def is_quantified(mrd: Subject) -> pl.Expr:
    """Stated to be quantified, or with a level above 0 and no class stated: of the classes only that one has a level.

    True or false; a number without its unit is no level.
    """
    unclassed = mrd["result"].is_null() & (level(mrd) > 0).fill_null(False)
    return mrd["result"].eq_missing("quantified") | unclassed


def of_the_marrow_series(mrd: Subject) -> pl.Expr:
    """Not told to be of cerebrospinal fluid or testis."""
    return ~mrd["specimen"].is_in(["csf", "testis"]).fill_null(False)


@rule(
    "MRD-01",
    about=MrdAssessment,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Logic("a share of cells lies between none and all of them"),
)
def mrd_beyond_all_cells(mrd: Subject) -> Judged:
    """An MRD level is below 0 or above all cells (a fraction of 1, 100 %).

    Why it matters: the number cannot be a share of cells.
    Usual cause: percent entered as fraction, or copies entered as a share.
    Repair: confirm number and unit in the report.
    """
    share = level(mrd)
    message = "An MRD level is below 0 or above all cells."
    return one((share < 0) | (share > 1), mrd["value"].struct.field("value").is_not_null(), Severity.ERROR, message)


@rule(
    "MRD-02",
    about=MrdAssessment,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Logic("0.05 is 5 % as a fraction and 5e-4 as a percentage"),
)
def mrd_without_unit(mrd: Subject) -> Judged:
    """An MRD level has no unit, or one that is not a share of cells.

    Why it matters: the two readings of a bare number differ by a factor of 100.
    Usual cause: the unit stood in the column's title.
    Repair: state "fraction" or "%"; nothing is converted by guess.
    """
    value = mrd["value"].struct.field("value")
    unit = mrd["value"].struct.field("unit")
    message = "An MRD level has no unit, or one that is not a share of cells."
    return one(~unit.is_in(["fraction", "%"]).fill_null(False), value.is_not_null(), Severity.ERROR, message)


@rule(
    "MRD-03",
    about=MrdAssessment,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("bruggemann2021", "Table 1: a negative result states its sensitivity"),
)
def negative_without_sensitivity(mrd: Subject) -> Judged:
    """A negative MRD result does not state its sensitivity.

    Why it matters: negative means "below what the assay could see"; without that limit it cannot be compared.
    Usual cause: the report's word was copied, its sensitivity was not.
    Repair: add the sensitivity of this sample if the laboratory gives it.
    """
    message = "A negative MRD result does not state its sensitivity."
    return one(
        mrd["sensitivity"].struct.field("value").is_null(),
        mrd["result"].eq_missing("negative"),
        Severity.INFO,
        message,
    )


def insensitive(mrd: Subject) -> pl.Expr:
    """A sensitivity worse than 1e-4; null where none is stated."""
    return level(mrd, "sensitivity") > threshold("mrd_negative_sensitivity").value * (1 + 1e-9)


INSENSITIVE_NEGATIVE = Those(
    MrdAssessment.TYPE,
    "negative at a sensitivity worse than 1e-4",
    lambda m: m["result"].eq_missing("negative") & insensitive(m),
)
NEGATIVE_AT_ALL = Those(MrdAssessment.TYPE, "negative", lambda m: m["result"].eq_missing("negative"))


@rule(
    "MRD-04",
    about=(MrdAssessment, RiskAssignment, Decision),
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("mrd_negative_sensitivity").source,
)
def decision_on_insensitive_negative(event: Subject) -> Judged:
    """A decision rests on a negative MRD result of insufficient sensitivity.

    Why it matters: "MRD negative" for a decision needs a sensitivity of 1e-4 or better.
    Usual cause: too few cells in the sample, or a marker of low sensitivity.
    Repair: name the sensitivity; repeat the sample if it was worse than 1e-4.
    """
    if event.trace.about == MrdAssessment.TYPE:
        broken = insensitive(event)
        applies = (event["result"].eq_missing("negative"), event["decides"].is_not_null())
    else:
        broken = event.start.any_recorded(INSENSITIVE_NEGATIVE, via="rests_on")
        applies = (event["rests_on"].list.len() > 0, event.start.any_recorded(NEGATIVE_AT_ALL, via="rests_on"))
    return one(
        broken,
        applies,
        Severity.WARNING,
        "A decision rests on a negative MRD result of a sensitivity worse than 1e-4.",
    )


@rule(
    "MRD-05",
    about=MrdAssessment,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("ebmt2024", "ch. 57: what an assay detects and what it quantifies"),
    also=(Cite("euromrd", "quantitative range; positive below it", Confidence.RECALLED),),
)
def quantified_below_range(mrd: Subject) -> Judged:
    """A quantified level lies below the assay's quantitative range.

    Why it matters: below its range the assay is positive without a number.
    Usual cause: the software's number was copied although the report says "below range".
    Repair: enter the result as positive below the quantitative range, without a value. A level of which no class of
    result is stated is read as quantified, here and in MRD-11, MRD-13, MRD-14 and MRD-15.
    """
    return one(
        level(mrd) < level(mrd, "quantitative_limit") * (1 - 1e-9),
        is_quantified(mrd)
        & mrd["value"].struct.field("value").is_not_null()
        & mrd["quantitative_limit"].struct.field("value").is_not_null(),
        Severity.ERROR,
        "A quantified level lies below the assay's quantitative range.",
    )


@rule(
    "MRD-06",
    about=MrdAssessment,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("ebmt2024", "ch. 57: what an assay detects and what it quantifies"),
    also=(
        Cite("bruggemann2021", "Table 1: what is positive but not quantifiable is specified further"),
        Cite("euromrd", "quantitative range; positive below it", Confidence.RECALLED),
    ),
)
def unquantified_with_value(mrd: Subject) -> Judged:
    """A result that is positive below the quantitative range carries a level, or no upper bound.

    Why it matters: what is known is "present, below this limit", nothing more and nothing less.
    Usual cause: the limit was entered as the value.
    Repair: leave the value empty and give the quantitative limit. If no limit is known, the result is positive.
    """
    return Judged(
        outcomes=(
            Outcome(
                name="has_a_level",
                broken=mrd["value"].struct.field("value").is_not_null(),
                severity=Severity.ERROR,
                message="A result below the quantitative range carries a level.",
            ),
            Outcome(
                name="no_upper_bound",
                broken=mrd["quantitative_limit"].struct.field("value").is_null(),
                severity=Severity.ERROR,
                message="A result below the quantitative range does not say where that range begins.",
            ),
        ),
        applies=mrd["result"].eq_missing("positive_below_range"),
    )


@rule(
    "MRD-07",
    about=MrdAssessment,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Logic("what is quantified has been detected"),
)
def limits_exchanged(mrd: Subject) -> Judged:
    """The assay quantifies less than it can detect: sensitivity lies above the quantitative limit.

    Why it matters: the two limits are exchanged or wrong, and negatives are read against the wrong one.
    Usual cause: the two columns of the report were exchanged.
    Repair: confirm both limits; the sensitivity is the smaller one.
    """
    return one(
        level(mrd, "sensitivity") > level(mrd, "quantitative_limit") * (1 + 1e-9),
        mrd["sensitivity"].struct.field("value").is_not_null()
        & mrd["quantitative_limit"].struct.field("value").is_not_null(),
        Severity.ERROR,
        "The sensitivity lies above the quantitative limit.",
    )


RECEPTOR_GENE = "^(ig|tr)[a-z]"
"""Markers that are rearranged immunoglobulin (IGH, IGK) or T-cell receptor genes (TRG, TRD)."""


@rule(
    "MRD-08",
    about=MrdAssessment,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("mrd_limit_flow").source,
    also=(threshold("mrd_limit_ig_tr").source, threshold("mrd_limit_fusion").source, threshold("mrd_limit_ngs").source),
)
def sensitivity_beyond_the_method(mrd: Subject) -> Judged:
    """The sensitivity claimed for an MRD result is better than its method reaches.

    Why it matters: a negative result then seems to exclude more than it does.
    Usual cause: percent and fraction mixed up; the limit of another assay was entered.
    Repair: confirm the sensitivity of this sample. PCR with a marker that is not named is judged by the best PCR.
    """
    reached = {name: threshold(f"mrd_limit_{name}").value for name in ("flow", "ig_tr", "fusion", "ngs")}
    seen, marker = level(mrd, "sensitivity"), mrd.once("marker", plain_marker)

    def beyond(limit: float) -> pl.Expr:
        return seen < limit * (1 - 1e-9)

    by_receptor, by_fusion = beyond(reached["ig_tr"]), beyond(reached["fusion"])
    either = pl.when(by_fusion).then(True).when(~by_receptor).then(False)
    by_pcr = (
        pl.when(marker.is_null())
        .then(either)
        .when(marker.str.contains(RECEPTOR_GENE))
        .then(by_receptor)
        .otherwise(by_fusion)
    )
    return one(
        pl.when(mrd["method"] == "flow")
        .then(beyond(reached["flow"]))
        .when(mrd["method"] == "ngs")
        .then(beyond(reached["ngs"]))
        .otherwise(by_pcr),
        mrd["method"].is_in(["flow", "pcr", "ngs"]) & mrd["sensitivity"].struct.field("value").is_not_null(),
        Severity.WARNING,
        "The sensitivity claimed for an MRD result is better than its method reaches.",
    )


def rearranged_chromosomes(cytogenetics: pl.Expr) -> pl.Expr:
    """:func:`chromosomes_with_11`; null where there is none."""
    found = chromosomes_with_11(cytogenetics)
    return pl.when(found != 0).then(found)


@rule(
    "MRD-09",
    about=MrdAssessment,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("kotecha2022", "cases 1 to 3: each marker is the patient's own fusion"),
    also=(Cite("meyer2023", "Table 1, partner genes and loci"),),
)
def marker_of_another_fusion(mrd: Subject) -> Judged:
    """MRD was measured with a KMT2A fusion that is not the patient's own.

    Why it matters: such an assay cannot see this leukaemia, and its negative says nothing.
    Usual cause: a result of another patient; a default left in the form.
    Repair: confirm the patient first, then the marker against the diagnostic fusion or karyotype.
    """
    marker = mrd.once("marker", marker_partner)
    own = mrd.common(Diagnosis, "kmt2a_partner", partner_number)
    chromosomes = mrd.common(Diagnosis, "cytogenetics", rearranged_chromosomes)
    other_gene = marker != own
    other_chromosome = ~fits(chromosomes, mrd.once("marker", marker_chromosome))
    broken = pl.when(own.is_not_null()).then(other_gene).otherwise(other_chromosome)
    return one(
        broken,
        marker.is_not_null() & (own.is_not_null() | chromosomes.is_not_null()),
        Severity.ERROR,
        "MRD was measured with a KMT2A fusion that is not the patient's own.",
    )


@rule(
    "MRD-10",
    about=MrdAssessment,
    severity=Severity.WARNING,
    category=Kahn.CONFORMANCE,
    source=Cite("ebmt2024", "ch. 57: results of different assays are in different units"),
    also=(
        Logic("a ratio needs two numbers"),
        Logic("rounding of two levels and of a reduction stays below one power of ten in all"),
    ),
)
def reduction_between_unlike_results(mrd: Subject) -> Judged:
    """A reduction of MRD is not that of the two levels, or they are not both quantified, or not of one assay.

    Why it matters: two assays are not one series, and a result without a level has no logarithm.
    Usual cause: a negative result was counted as its sensitivity; the laboratory changed its assay; a factor of ten
    was entered as ten powers of ten.
    Repair: give both levels by one assay and their reduction in powers of ten, or leave the reduction out.
    """
    earlier = {name: mrd.of_referenced("since", MrdAssessment, name) for name in ("result", "method", "marker")}
    unlike = (earlier["method"] != mrd["method"]).fill_null(False) | (
        plain_marker(earlier["marker"]) != mrd.once("marker", plain_marker)
    ).fill_null(False)
    unquantified = (mrd["result"] != "quantified").fill_null(False) | (earlier["result"] != "quantified").fill_null(
        False
    )
    fall = (amount(mrd.of_referenced("since", MrdAssessment, "value"), "fraction") / level(mrd)).log10()
    another = ((mrd["reduction"] - fall).abs() >= 1).fill_null(False) & ~unquantified & ~unlike
    return Judged(
        outcomes=(
            Outcome(
                name="not_quantified",
                broken=unquantified,
                severity=Severity.WARNING,
                message="A reduction of MRD is given, but not both results are quantified.",
            ),
            Outcome(
                name="another_assay",
                broken=unlike,
                severity=Severity.WARNING,
                message="A reduction of MRD is given between results of two assays or markers.",
            ),
            Outcome(
                name="another_reduction",
                broken=another,
                severity=Severity.WARNING,
                message="A reduction of MRD differs from that of its two levels by a power of ten or more.",
            ),
        ),
        applies=mrd["reduction"].is_not_null(),
    )


def least_level(mrd: Subject) -> pl.Expr:
    """The least level that a result leaves open, as a fraction; null where nothing is surely there."""
    return pl.when(is_quantified(mrd)).then(level(mrd))


def greatest_level(mrd: Subject) -> pl.Expr:
    """The greatest level that a result leaves open, as a fraction; null where no limit is told."""
    return (
        pl.when(is_quantified(mrd))
        .then(level(mrd))
        .when(mrd["result"] == "positive_below_range")
        .then(level(mrd, "quantitative_limit"))
        .when(mrd["result"] == "negative")
        .then(level(mrd, "sensitivity"))
    )


def far_below_by_another_assay(mine: Mapping[str, pl.Expr], other: Mapping[str, pl.Expr]) -> pl.Expr:
    """Of another assay, not told to be of another specimen or block, and more than a log lower."""
    fold = threshold("mrd_assays_apart").value
    other_assay = (mine["method"] != other["method"]).fill_null(False) | (mine["marker"] != other["marker"]).fill_null(
        False
    )
    elsewhere = (mine["specimen"] != other["specimen"]).fill_null(False) | (mine["block"] != other["block"]).fill_null(
        False
    )
    return other_assay & ~elsewhere & (mine["least"] > other["greatest"] * fold * (1 + 1e-9))


FAR_LOWER = Those(
    MrdAssessment.TYPE,
    "of another assay, of the same specimen, more than a log lower",
    lambda m: greatest_level(m).is_not_null(),
    against=Comparison(
        values={
            "least": least_level,
            "greatest": greatest_level,
            "method": lambda m: m["method"],
            "marker": lambda m: m.once("marker", plain_marker),
            "specimen": lambda m: m["specimen"],
            "block": lambda m: m["assesses"],
        },
        holds=far_below_by_another_assay,
    ),
)


@rule(
    "MRD-11",
    about=MrdAssessment,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("mrd_assays_apart").source,
    also=(Cite("ebmt2024", "ch. 57: results of different assays are in different units"),),
)
def assays_disagree(mrd: Subject) -> Judged:
    """Two assays of one day differ by more than a log.

    Why it matters: one of them missed the clone, or one of the numbers is wrong.
    Usual cause: percent and fraction mixed up; a lost marker; samples of two days under one date.
    Repair: confirm both units and the day. A result below the range or negative counts by its limit.
    Ties: only results of one day are compared; whether two vague times are one day is left undecided.
    """
    return one(
        mrd.start.same_day_as(FAR_LOWER),
        least_level(mrd).is_not_null() & (mrd["method"].is_not_null() | mrd["marker"].is_not_null()),
        Severity.WARNING,
        "Two assays of one day differ by more than a log.",
    )


WITH_TIME_POINTS = ("interfant-99", "interfant-06", "interfant-21", "aall0631", "cassiopeia")
"""Protocols of which all MRD time points are known by name. Of MLL-10 one of several is."""


def plain_label(label: pl.Expr) -> pl.Expr:
    """The name of a time point without case and punctuation."""
    return label.str.to_lowercase().str.replace_all("[^a-z0-9]+", "_")


def labels(points: tuple[MrdTimepoint, ...]) -> list[str]:
    """What a protocol's time points may be called, as :func:`plain_label` gives it."""
    return sorted({re.sub("[^a-z0-9]+", "_", word.lower()) for point in points for word in (point.id, point.name)})


@rule(
    "MRD-12",
    about=MrdAssessment,
    severity=Severity.INFO,
    category=Kahn.CONFORMANCE,
    source=Cite("stutterheim2021", "MRD time points of Interfant-06"),
)
def timepoint_not_placed(mrd: Subject) -> Judged:
    """An MRD time point has a name that the patient's protocol does not use, or neither a time nor a block.

    Why it matters: groups number and name their time points differently, so a name alone says little.
    Usual cause: a label of another group; the label stands in the place of the day.
    Repair: use the protocol's own name, and give the day or the block that was assessed.
    """
    label, used = plain_label(mrd["timepoint"]), enrolled_in(mrd)
    foreign = pl.lit(False)
    for name in WITH_TIME_POINTS:
        names = labels(the_protocol(name).mrd_timepoints)
        foreign = pl.when(used == name).then(~label.is_in(names)).otherwise(foreign)
    return Judged(
        outcomes=(
            Outcome(
                name="not_of_the_protocol",
                broken=foreign,
                severity=Severity.INFO,
                message="An MRD time point has a name that the patient's protocol does not use.",
            ),
            Outcome(
                name="name_only",
                broken=~mrd["start_stated"] & mrd["assesses"].is_null(),
                severity=Severity.INFO,
                message="An MRD time point has a name, but neither a time nor a block.",
            ),
        ),
        applies=mrd["timepoint"].is_not_null(),
    )


NEGATIVE = Those(
    MrdAssessment.TYPE,
    "negative, at 1e-4 or better or as stated",
    lambda m: (
        (m["result"].eq_missing("negative"))
        & of_the_marrow_series(m)
        & (level(m, "sensitivity") <= threshold("mrd_negative_sensitivity").value * (1 + 1e-9)).fill_null(True)
    ),
    apart=True,  # the rule is about positive results
)
SENSITIVITY_BETWEEN = Those(
    MrdAssessment.TYPE,
    "negative at a sensitivity between a tenth of 1e-4 and 1e-4, a log or more below",
    lambda m: (
        m["result"].eq_missing("negative")
        & of_the_marrow_series(m)
        & (level(m, "sensitivity") < threshold("mrd_negative_sensitivity").value).fill_null(False)
        & (level(m, "sensitivity") * threshold("mrd_rise").value > threshold("mrd_reemergence").value).fill_null(False)
    ),
    apart=True,
    against=Comparison(
        values={"level": level, "sensitivity": lambda m: level(m, "sensitivity")},
        holds=lambda mine, theirs: mine["level"] >= theirs["sensitivity"] * threshold("mrd_rise").value * (1 - 1e-9),
    ),
)
DEEPLY_NEGATIVE = Those(
    MrdAssessment.TYPE,
    "negative at a tenth of 1e-4 or better",
    lambda m: (
        (m["result"].eq_missing("negative"))
        & of_the_marrow_series(m)
        & (level(m, "sensitivity") * threshold("mrd_rise").value <= threshold("mrd_reemergence").value * (1 + 1e-9))
    ),
    apart=True,
)


@rule(
    "MRD-13",
    about=MrdAssessment,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("mrd_rise").source,
    also=(threshold("mrd_reemergence").source, Cite("kotecha2022", "case 2: a rise after negativity")),
)
def rise_after_negativity(mrd: Subject) -> Judged:
    """MRD rises by a log or more, to 1e-4 or more, after it was negative.

    Why it matters: that is an MRD re-emergence; whether it is a relapse depends on further tests.
    Usual cause: the leukaemia comes back; more rarely a sample of another patient.
    Repair: record the re-emergence as an event of its own and confirm it on a second sample.
    Ties: a negative and a positive result of one day without a stated order are left undecided.
    A negative whose sensitivity is not stated is read as negative at 1e-4 (provisional: chosen here); a positive
    result without a level may or may not be such a rise. Fluid and testis are left out.
    """
    share = level(mrd)
    least, fold = threshold("mrd_reemergence").value, threshold("mrd_rise").value
    usual_limit = threshold("mrd_negative_sensitivity").value
    rise = (
        ((share >= usual_limit * fold) & mrd.preceded_by(NEGATIVE))
        | ((share >= least) & mrd.preceded_by(DEEPLY_NEGATIVE))
        | mrd.preceded_by(SENSITIVITY_BETWEEN)
    )
    recorded = mrd.start.any_recorded(MrdReemergence) | mrd.start.any_recorded(Relapse)
    return Judged(
        outcomes=(
            Outcome(
                name="not_recorded",
                broken=rise & ~recorded,
                severity=Severity.WARNING,
                message="MRD rises after negativity, but no re-emergence or relapse is recorded.",
            ),
            Outcome(
                name="recorded",
                broken=rise,
                severity=Severity.WARNING,
                message="MRD rises after negativity: a re-emergence, a relapse only if its criteria are met.",
            ),
        ),
        applies=of_the_marrow_series(mrd)
        & (
            (is_quantified(mrd) & (share >= least).fill_null(False))
            | (mrd["result"].eq_missing("positive") & share.is_null())
        ),
    )


BEFORE_OCTADAD = Those(
    TreatmentBlock.TYPE,
    "MARMA of Interfant-06",
    lambda b: name_of(b).eq_missing("marma") & protocol_of(b).eq_missing("interfant-06"),
)
ABOUT_TRANSPLANT = Those(Decision.TYPE, "on HSCT", lambda d: d["on"].eq_missing("transplant"))
MEDIUM_RISK = Those(
    RiskAssignment.TYPE, "medium risk", lambda assignment: group_of("interfant-06", assignment["group"]) == "MR"
)


@rule(
    "MRD-14",
    about=MrdAssessment,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("mrd_before_octadad").source,
    also=(Cite("stutterheim2021", "MRD time points of Interfant-06"),),
)
def high_mrd_without_transplant(mrd: Subject) -> Judged:
    """A medium-risk patient had MRD of 1e-4 or more after MARMA in Interfant-06, but neither HSCT nor reason is told.

    Why it matters: after June 2009 the protocol made that level an indication for HSCT.
    Usual cause: no donor, a reason that was not recorded, or an HSCT missing from the export.
    Repair: record the HSCT, or the decision against it with its reason. Asked of patients diagnosed since June 2009,
    as those are taken to be of whom no date is told.
    Ties: an HSCT on the day of the sample is left undecided. A positive result without a level is left undecided, and
    so is a group that Interfant-06 does not have.
    """
    high = level(mrd) >= threshold("mrd_before_octadad").value
    risk = pl.when(mrd.start.any_recorded(RiskAssignment)).then(mrd.start.any_recorded(MEDIUM_RISK))
    return one(
        high
        & risk
        & ~treated_before_mrd_counted(mrd)
        & ~mrd.followed_by(Transplant)
        & ~mrd.start.any_recorded(ABOUT_TRANSPLANT),
        (
            of_the_marrow_series(mrd) & mrd["assesses"].is_not_null(),
            (is_quantified(mrd) & high.fill_null(False))
            | (mrd["result"].eq_missing("positive") & level(mrd).is_null()),
            mrd.start.any_recorded(BEFORE_OCTADAD, via="assesses"),
        ),
        Severity.WARNING,
        "A medium-risk patient had MRD of 1e-4 or more after MARMA in Interfant-06, but no HSCT is recorded.",
    )


@rule(
    "MRD-15",
    about=MrdAssessment,
    severity=Severity.INFO,
    category=Kahn.PLAUSIBILITY,
    source=threshold("mrd_borders").source,
)
def exactly_at_a_threshold(mrd: Subject) -> Judged:
    """An MRD level lies exactly at a threshold that protocols use.

    Why it matters: "at least" and "above" then decide differently; in this catalogue the limit itself is high.
    Usual cause: levels are reported rounded to one digit.
    Repair: none needed; look at the unrounded value if a decision hangs on it.
    """
    borders = threshold("mrd_borders").values
    at_one = pl.any_horizontal([(level(mrd) / border - 1).abs() < 1e-9 for border in borders])
    return one(
        at_one,
        is_quantified(mrd) & mrd["value"].struct.field("value").is_not_null(),
        Severity.INFO,
        "An MRD level lies exactly at a threshold. The operator in use is >=: the limit itself counts as high.",
    )


BLINATUMOMAB = Those(Immunotherapy.TYPE, "blinatumomab", lambda i: names_agent(i, "blinatumomab").fill_null(False))


@rule(
    "MRD-16",
    about=MrdAssessment,
    severity=Severity.INFO,
    category=Kahn.PLAUSIBILITY,
    source=Cite("registry", "response to blinatumomab and CAR T cells is told from the marrow", Confidence.RECALLED),
)
def response_from_blood(mrd: Subject) -> Judged:
    """The response to blinatumomab or CAR T cells was measured in blood.

    Why it matters: levels in blood and marrow are not the same; the response is that of the marrow.
    Usual cause: blood was sent between two marrows; the specimen was mistyped.
    Repair: give the marrow result, or confirm the specimen.
    """
    return one(
        mrd.start.any_recorded(BLINATUMOMAB, via="assesses") | mrd.start.any_recorded(CellTherapy, via="assesses"),
        mrd["specimen"].eq_missing("blood") & mrd["assesses"].is_not_null(),
        Severity.INFO,
        "The response to blinatumomab or CAR T cells was measured in blood.",
    )


ELSEWHERE = Those(MrdAssessment.TYPE, "of cerebrospinal fluid or testis", lambda m: ~of_the_marrow_series(m))
MARROW_OR_BLOOD = Those(
    MrdAssessment.TYPE, "of marrow or blood", lambda m: m["specimen"].is_in(["marrow", "blood"]).fill_null(False)
)


@rule(
    "MRD-17",
    about=(MrdAssessment, MrdReemergence),
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Logic("a series of levels is of one site: fluid and testis do not tell the level in the marrow"),
)
def sites_mixed_in_one_series(event: Subject) -> Judged:
    """MRD of cerebrospinal fluid or testis is counted in one series with that of marrow or blood.

    Why it matters: a fall or a rise between two sites is none.
    Usual cause: the specimen was not exported and all results were read as marrow.
    Repair: keep the series apart; a finding in fluid or testis is an event of that site.
    """
    message = "MRD of cerebrospinal fluid or testis is counted in one series with that of marrow or blood."
    if event.trace.about == MrdReemergence.TYPE:
        both = event.start.any_recorded(ELSEWHERE, via="assessments") & event.start.any_recorded(
            MARROW_OR_BLOOD, via="assessments"
        )
        return one(both, event["assessments"].list.len() > 0, Severity.ERROR, message)
    earlier, own = event.of_referenced("since", MrdAssessment, "specimen"), event["specimen"]
    outside = ["csf", "testis"]
    mixed = (own.is_in(outside) | earlier.is_in(outside)) & (own != earlier)
    return one(mixed, own.is_not_null() & earlier.is_not_null(), Severity.ERROR, message)
