"""TOX: toxicities and late effects."""

import polars as pl

from ..events import (
    AdverseEvent,
    Death,
    Examination,
    LastContact,
    LineageSwitch,
    OrganTransplant,
    Relapse,
    Remission,
    SecondMalignancy,
    TreatmentBlock,
)
from ..knowledge.thresholds import threshold
from ..sources import Cite, Logic
from ..vocabulary import Kahn, Severity
from .doses import ANTHRACYCLINES, any_agent
from .naming import ANY_ANTHRACYCLINE, is_agent
from .rule import Judged, Outcome, one, rule
from .subject import Subject, Those

CRS = ("crs", "cytokine release syndrome")
ICANS = (
    "icans",
    "immune effector cell associated neurotoxicity syndrome",
    "immune effector cell associated neurotoxicity",
)


def plain_term(term: pl.Expr) -> pl.Expr:
    """A term in small letters, its words parted by single spaces."""
    return term.str.strip_chars().str.to_lowercase().str.replace_all(r"[-_\s]+", " ")


def is_called(event: Subject, *terms: str) -> pl.Expr:
    """Whether a toxicity goes by one of these terms; false where no term is told."""
    return event.once("term", plain_term).is_in(list(terms)).fill_null(False)


CTCAE = ("CTCAE_v3", "CTCAE_v4", "CTCAE_v5")
SURVIVOR = Those(LastContact.TYPE, "alive", lambda contact: contact["vital_status"].eq_missing("alive"))


@rule(
    "TOX-01",
    about=AdverseEvent,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=threshold("toxicity_grades").source,
    also=(
        Cite("lee2019", "CRS table: grade 5 is death"),
        Logic("whoever died of a toxicity died, and not before it began"),
    ),
)
def grade_not_possible(toxicity: Subject) -> Judged:
    """A grade has no scale with its version, is none of the scale, or is 5 in a patient who did not die of it.

    Why it matters: versions of CTCAE differ, and grade 5 counts as a death of treatment.
    Usual cause: the scale is known from the form and was not exported; a grade mistyped.
    Repair: name the scale with its version (CTCAE_v5), confirm the grade, or record the death.
    Ties: a toxicity that starts or ends on the day of the death passes; a last contact alive of the day on which the
    toxicity starts is left undecided.
    """
    grade, scale = toxicity["grade"], toxicity["scale"]
    least, most = (int(value) for value in threshold("toxicity_grades").values)
    from_one = scale.is_in([*CTCAE, "ASTCT_2019"]).fill_null(False)
    in_range = grade.is_between(pl.when(from_one).then(least).otherwise(0), most)
    fatal = (grade == most) & (from_one | scale.is_null())
    survived = (
        ~toxicity.start.count(Death).at_least(1)
        | toxicity.start.on_later_day_than(Death)
        | (toxicity["end_stated"] & toxicity.end.on_earlier_day_than(Death))
        | toxicity.followed_by(SURVIVOR, recorded=True)
    )
    return Judged(
        outcomes=(
            Outcome(
                name="not_of_the_scale",
                broken=~in_range & scale.ne_missing("other"),
                severity=Severity.ERROR,
                message="The grade is none of the scale: 1 to 5 by CTCAE and ASTCT.",
            ),
            Outcome(
                name="did_not_die",
                broken=fatal & survived,
                severity=Severity.ERROR,
                message="Grade 5 means death from the toxicity, but no death at that time is recorded.",
            ),
            Outcome(
                name="no_scale",
                broken=scale.is_null() & ~is_called(toxicity, *CRS, *ICANS),
                severity=Severity.ERROR,
                message="A grade does not name its scale with the version.",
            ),
        ),
        applies=grade.is_not_null(),
    )


PONTE_DI_LEGNO = (
    ("asparaginase hypersensitivity", "hypersensitivity to asparaginase"),
    ("hyperlipidaemia", "hyperlipidemia"),
    ("osteonecrosis",),
    ("asparaginase associated pancreatitis", "pancreatitis"),
    ("arterial hypertension", "hypertension"),
    ("posterior reversible encephalopathy syndrome", "pres"),
    ("seizures", "seizure"),
    ("depressed level of consciousness", "depressed consciousness"),
    ("methotrexate stroke like syndrome", "mtx stroke like syndrome", "methotrexate related stroke like syndrome"),
    ("peripheral neuropathy", "neuropathy"),
    ("high dose methotrexate nephrotoxicity", "hd mtx nephrotoxicity"),
    ("sinusoidal obstruction syndrome", "sos", "veno occlusive disease", "vod", "sos/vod"),
    ("thromboembolism",),
    ("pneumocystis pneumonia", "pneumocystis jirovecii pneumonia"),
)
"""The 14 toxicities that the Ponte-di-Legno group defined, each by its usual terms."""


@rule(
    "TOX-02",
    about=AdverseEvent,
    severity=Severity.INFO,
    category=Kahn.CONFORMANCE,
    source=Cite("schmiegelow2016", "list of 14 toxicities; cardiomyopathy, infection and mucositis are none of them"),
)
def not_defined_by_ponte_di_legno(toxicity: Subject) -> Judged:
    """A toxicity is graded by the Ponte-di-Legno definitions, but is none of the 14 they define.

    Why it matters: rates of toxicities can be compared only where they go by one definition.
    Usual cause: the scale of the form was given to all its toxicities; another term for one of the 14.
    Repair: name the scale that was used, or call the toxicity as the definitions do.
    """
    defined = [term for terms in PONTE_DI_LEGNO for term in terms]
    return one(
        ~is_called(toxicity, *defined),
        toxicity["scale"].eq_missing("Ponte_di_Legno") & toxicity["term"].is_not_null(),
        Severity.INFO,
        "The Ponte-di-Legno definitions do not have this toxicity.",
    )


CARDIAC = r"cardiomyopath|cardiotoxic|cardiac (dysfunction|failure|toxicity)|heart failure|ventricular (dys|systolic)"


def is_cardiac(toxicity: Subject) -> pl.Expr:
    """Whether a toxicity is one of the heart muscle; false where no term is told."""
    return toxicity.once("term", plain_term).str.contains(CARDIAC).fill_null(False)


WITH_ANTHRACYCLINE = Those(
    TreatmentBlock.TYPE,
    "with a dose of an anthracycline",
    lambda block: any_agent(
        block, lambda agent: is_agent(agent("number"), *ANTHRACYCLINES, ANY_ANTHRACYCLINE) & agent("stated")
    ),
)


@rule(
    "TOX-03",
    about=AdverseEvent,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("kotecha2022", "case 4: cardiac failure after daunorubicin, with its cumulative dose"),
)
def cardiac_toxicity_without_dose(toxicity: Subject) -> Judged:
    """A cardiac toxicity is not attributed to a treatment with a dose of an anthracycline.

    Why it matters: the risk is read by the cumulative dose.
    Usual cause: the late effect was entered long after the treatment, on a form of its own.
    Repair: name the treatment in attributed_to and give its anthracycline with dose. It may begin during that
    treatment or years after it.
    """
    return one(
        ~toxicity.start.any_recorded(WITH_ANTHRACYCLINE, via="attributed_to"),
        is_cardiac(toxicity),
        Severity.INFO,
        "A cardiac toxicity is not attributed to a treatment with a dose of an anthracycline.",
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


GRADED = Those(AdverseEvent.TYPE, "graded", lambda toxicity: toxicity["grade"].is_not_null())


def told_in_words(findings: pl.Expr) -> pl.Expr:
    """Whether some finding has a severity in words."""
    return findings.list.eval(pl.element().struct.field("severity").is_not_null()).list.any().fill_null(False)


@rule(
    "TOX-05",
    about=(AdverseEvent, Examination),
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("kotecha2022", "case 4: moderately impaired systolic function, no ejection fraction"),
)
def severity_in_words_only(event: Subject) -> Judged:
    """The severity of a toxicity, or of what an echocardiogram shows, is told in words, without a grade.

    Why it matters: "moderate" is not grade 2; no grade is made of words, so none is counted.
    Usual cause: taken from a letter or a published case.
    Repair: add a grade with its scale if it was given or measured; otherwise leave it in words.
    Ties: a grade of the day of the echocardiogram stands for what it shows.
    """
    if event.trace.about == AdverseEvent.TYPE:
        broken, applies = event["grade"].is_null(), event["severity"].is_not_null()
    else:
        broken = ~event.start.same_day_as(GRADED)
        heart = event["method"].str.to_lowercase().str.contains("echocardiogra").fill_null(False)
        applies = heart & told_in_words(event["findings"])
    return one(broken, applies, Severity.INFO, "A severity is told in words only: it has no grade.")


DEATH_OF_TREATMENT = Those(Death.TYPE, "of treatment", lambda death: death["cause"].eq_missing("treatment"))


@rule(
    "TOX-06",
    about=Relapse,
    severity=Severity.WARNING,
    category=Kahn.CONFORMANCE,
    source=Cite("salzer2015", "AALL0631, cohort 1: deaths of infection during induction"),
    also=(Cite("buchmann2022", "relapse: only after a complete remission"),),
)
def induction_death_told_as_relapse(relapse: Subject) -> Judged:
    """A relapse is recorded on the day of a death of treatment, with no remission before it.

    Why it matters: a death of infection during induction is an event of its own kind, not a relapse.
    Usual cause: the form asks for the kind of first event and has no line for death.
    Repair: keep the death and remove the relapse, or record the remission before it.
    Ties: a remission of the day of the relapse is left undecided.
    """
    return one(
        relapse.start.same_day_as(DEATH_OF_TREATMENT) & ~relapse.preceded_by(Remission, recorded=True),
        relapse.start.any_recorded(DEATH_OF_TREATMENT),
        Severity.WARNING,
        "A relapse is recorded on the day of a death of treatment, with no remission before it.",
    )


HEART_GRADED = Those(
    AdverseEvent.TYPE, "of the heart, graded", lambda toxicity: is_cardiac(toxicity) & toxicity["grade"].is_not_null()
)
HEART_SEVERE = Those(
    AdverseEvent.TYPE,
    "of the heart, of the grade of a transplant",
    lambda toxicity: (
        is_cardiac(toxicity) & (toxicity["grade"] >= threshold("organ_transplant_grade").value).fill_null(False)
    ),
)


@rule(
    "TOX-07",
    about=OrganTransplant,
    severity=Severity.INFO,
    category=Kahn.PLAUSIBILITY,
    source=threshold("organ_transplant_grade").source,
    also=(Cite("kotecha2022", "case 4: heart transplant years after daunorubicin"),),
)
def organ_transplant_as_late_effect(transplant: Subject) -> Judged:
    """An organ was transplanted before any treatment recorded, or the heart for a toxicity below grade 4.

    Why it matters: as a late effect the transplant stands for grade 4, and it comes after what caused it.
    Usual cause: the grade at first finding was kept; a year mistyped.
    Repair: confirm the date, or give the highest grade the toxicity reached.
    Ties: a treatment that starts on the day of the transplant is left undecided.
    """
    graded = transplant.start.any_recorded(HEART_GRADED) & ~transplant.start.any_recorded(HEART_SEVERE)
    return Judged(
        outcomes=(
            Outcome(
                name="before_treatment",
                broken=transplant.start.any_recorded(TreatmentBlock)
                & ~transplant.preceded_by(TreatmentBlock, recorded=True),
                severity=Severity.INFO,
                message="An organ was transplanted before any treatment that is recorded.",
            ),
            Outcome(
                name="grade_too_low",
                broken=transplant["organ"].eq_missing("heart") & graded,
                severity=Severity.INFO,
                message="The heart was transplanted, but no cardiac toxicity has grade 4.",
            ),
        ),
    )


LEUKAEMIC = r"leuk|\b(all|aml|mpal|mds|cml)\b|myelodysplas|lympho"
"""Second malignancies of the blood, which may be of the first clone."""


@rule(
    "TOX-08",
    about=SecondMalignancy,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("lineageswitch2025", "criteria: cytogenetic and molecular features of the first leukaemia are kept"),
)
def second_malignancy_of_the_same_clone(malignancy: Subject) -> Judged:
    """A second malignancy is of the first clone, was not tested for it, or is also told as relapse or switch.

    Why it matters: relapse, lineage switch and second malignancy are different events, told apart by the clone.
    Usual cause: therapy-related leukaemia was assumed because the lineage is another.
    Repair: state same_clone, or in a note why it was not tested; record a relapse or lineage switch if it is the
    same clone.
    Ties: a second leukaemia on the day of a relapse or a switch is told: it is the tie that is looked for.
    """
    same = malignancy["same_clone"]
    of_blood = malignancy["disease"].str.to_lowercase().str.contains(LEUKAEMIC).fill_null(False)
    return Judged(
        outcomes=(
            Outcome(
                name="same_clone",
                broken=same.fill_null(False),
                severity=Severity.WARNING,
                message="A second malignancy is of the clone of the first leukaemia: a relapse or a lineage switch.",
            ),
            Outcome(
                name="told_twice",
                broken=of_blood & (malignancy.start.same_day_as(Relapse) | malignancy.start.same_day_as(LineageSwitch)),
                severity=Severity.WARNING,
                message="A second leukaemia and a relapse or lineage switch are recorded on one day.",
            ),
            Outcome(
                name="not_tested",
                broken=of_blood & same.is_null() & malignancy["note"].is_null(),
                severity=Severity.WARNING,
                message="Whether a second leukaemia is of the first clone is not told, nor why not.",
            ),
        ),
    )
