"""MRD: are results well formed, do they carry what they must, and do they agree with the leukaemia?"""

import polars as pl

from ..events import (
    Diagnosis,
    MrdAssessment,
    MrdReemergence,
    Relapse,
    RiskAssignment,
    Transplant,
    TreatmentBlock,
)
from ..knowledge.thresholds import threshold
from ..sources import Cite, Logic
from ..vocabulary import Kahn, Severity
from .karyotypes import chromosomes_with_11, fits, once_per_value, partner_chromosome, partner_symbol
from .rule import Judged, Outcome, one, rule
from .subject import Subject, Those


def level(mrd: Subject, name: str = "value") -> pl.Expr:
    """A level as a fraction."""
    return mrd.quantity(name, "fraction")


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


@rule(
    "MRD-04",
    about=MrdAssessment,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("mrd_negative_sensitivity").source,
)
def decision_on_insensitive_negative(mrd: Subject) -> Judged:
    """A decision rests on a negative MRD result of insufficient sensitivity.

    Why it matters: "MRD negative" for a decision needs a sensitivity of 1e-4 or better.
    Usual cause: too few cells in the sample, or a marker of low sensitivity.
    Repair: name the sensitivity; repeat the sample if it was worse than 1e-4.
    """
    return one(
        level(mrd, "sensitivity") > threshold("mrd_negative_sensitivity").value * (1 + 1e-9),
        mrd["result"].eq_missing("negative") & mrd["decides"].is_not_null(),
        Severity.WARNING,
        "A decision rests on a negative MRD result of a sensitivity worse than 1e-4.",
    )


@rule(
    "MRD-05",
    about=MrdAssessment,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("ebmt2024", "ch. 57; quantitative range as in euromrd"),
)
def quantified_below_range(mrd: Subject) -> Judged:
    """A quantified level lies below the assay's quantitative range.

    Why it matters: below its range the assay is positive without a number.
    Usual cause: the software's number was copied although the report says "below range".
    Repair: enter the result as positive below the quantitative range, without a value.
    """
    return one(
        level(mrd) < level(mrd, "quantitative_limit") * (1 - 1e-9),
        mrd["result"].eq_missing("quantified")
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
    source=Cite("ebmt2024", "ch. 57; quantitative range as in euromrd"),
)
def unquantified_with_value(mrd: Subject) -> Judged:
    """A result that is positive below the quantitative range carries a level, or no upper bound.

    Why it matters: what is known is "present, below this limit", nothing more and nothing less.
    Usual cause: the limit was entered as the value.
    Repair: leave the value empty and give the quantitative limit.
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


def marker_partner(marker: pl.Expr) -> pl.Expr:
    """The partner gene of a KMT2A fusion used as marker; null for another marker."""
    return partner_symbol(marker.str.to_uppercase().str.extract(r"^KMT2A[-:/]+([A-Z0-9]+)$"))


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
    marker = once_per_value(mrd["marker"], marker_partner)
    own = mrd.the(Diagnosis, "kmt2a_partner", partner_symbol)
    chromosomes = mrd.the(Diagnosis, "cytogenetics", chromosomes_with_11)
    other_gene = marker != own
    other_chromosome = ~fits(chromosomes, once_per_value(marker, partner_chromosome))
    broken = pl.when(own.is_not_null()).then(other_gene).otherwise(other_chromosome)
    return one(
        broken,
        marker.is_not_null() & (own.is_not_null() | (chromosomes.is_not_null() & (chromosomes != ""))),
        Severity.ERROR,
        "MRD was measured with a KMT2A fusion that is not the patient's own.",
    )


NEGATIVE = Those(
    MrdAssessment.TYPE,
    "negative, at 1e-4 or better or as stated",
    lambda m: (
        (m["result"].eq_missing("negative"))
        & (level(m, "sensitivity") <= threshold("mrd_negative_sensitivity").value * (1 + 1e-9)).fill_null(True)
    ),
    apart=True,  # the rule is about quantified results
)
DEEPLY_NEGATIVE = Those(
    MrdAssessment.TYPE,
    "negative at a tenth of 1e-4 or better",
    lambda m: (
        (m["result"].eq_missing("negative"))
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
    A negative whose sensitivity is not stated is read as negative at 1e-4 (provisional: chosen here).
    """
    share = level(mrd)
    least, fold = threshold("mrd_reemergence").value, threshold("mrd_rise").value
    usual_limit = threshold("mrd_negative_sensitivity").value
    rise = ((share >= usual_limit * fold) & mrd.preceded_by(NEGATIVE)) | mrd.preceded_by(DEEPLY_NEGATIVE)
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
        applies=mrd["result"].eq_missing("quantified") & (share >= least).fill_null(False),
    )


BEFORE_OCTADAD = Those(
    TreatmentBlock.TYPE,
    "MARMA of Interfant-06",
    lambda b: b["block"].eq_missing("marma") & b["protocol"].eq_missing("interfant-06"),
)
MEDIUM_RISK = Those(RiskAssignment.TYPE, "medium risk", lambda r: r["group"].eq_missing("MR"))


@rule(
    "MRD-14",
    about=MrdAssessment,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("mrd_before_octadad").source,
    also=(Cite("stutterheim2021", "MRD time points of Interfant-06"),),
)
def high_mrd_without_transplant(mrd: Subject) -> Judged:
    """A medium-risk patient had MRD of 1e-4 or more after MARMA in Interfant-06, but no HSCT is recorded.

    Why it matters: after June 2009 the protocol made that level an indication for HSCT.
    Usual cause: no donor, a reason that was not recorded, or an HSCT missing from the export.
    Repair: record the HSCT, or the reason why there was none.
    Ties: an HSCT on the day of the sample is left undecided.
    """
    risk = (
        pl.when(mrd.start.any_recorded(MEDIUM_RISK)).then(True).when(mrd.start.any_recorded(RiskAssignment)).then(False)
    )
    return one(
        risk & ~mrd.followed_by(Transplant),
        mrd["result"].eq_missing("quantified")
        & (level(mrd) >= threshold("mrd_before_octadad").value).fill_null(False)
        & mrd.start.any_recorded(BEFORE_OCTADAD, via="assesses"),
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
        mrd["result"].eq_missing("quantified") & mrd["value"].struct.field("value").is_not_null(),
        Severity.INFO,
        "An MRD level lies exactly at a threshold: whether that counts as high depends on the protocol.",
    )
