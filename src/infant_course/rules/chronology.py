"""ORD: can the events have happened in this order, at these times?"""

import polars as pl

from ..events import (
    EVENT_TYPES,
    CellTherapy,
    Death,
    Decision,
    Diagnosis,
    Enrolment,
    Examination,
    Immunotherapy,
    LastContact,
    MrdAssessment,
    Presentation,
    Radiotherapy,
    Relapse,
    RiskAssignment,
    SupportiveTreatment,
    SymptomOnset,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from ..knowledge.reading import knowledge
from ..sources import Cite, Confidence, Logic
from ..vocabulary import Kahn, Severity
from .doses import known_agents
from .karyotypes import once_per_value
from .naming import is_agent
from .rule import Judged, Outcome, one, rule
from .subject import Subject, Those

STEROIDS = ("prednisone", "prednisolone", "methylprednisolone", "dexamethasone", "hydrocortisone")
"""The glucocorticoids."""


def _steroids(treatment: Subject) -> pl.Expr:
    """Of each drug, whether it is a steroid."""
    listed = treatment.once("agents", known_agents)
    return listed.list.eval(is_agent(pl.element().struct.field("number"), *STEROIDS).fill_null(False))


def _steroids_among_others(treatment: Subject) -> pl.Expr:
    """Whether a steroid is among the drugs told."""
    return _steroids(treatment).list.any().fill_null(False)


def _steroids_alone(treatment: Subject) -> pl.Expr:
    """Whether the drugs told are steroids and nothing else."""
    steroids = _steroids(treatment)
    return ((steroids.list.len() > 0) & steroids.list.all()).fill_null(False)


def _steroid_prephase(block: Subject) -> pl.Expr:
    """Whether a block is steroids alone, or a prephase whose drugs are not told."""
    untold = block["agents"].list.len() == 0
    prephase = block["block"].str.to_lowercase().str.contains("prephase", literal=True)
    return _steroids_alone(block) | (untold & prephase).fill_null(False)


BEYOND_STEROIDS = Those(TreatmentBlock.TYPE, "of more than steroids", lambda block: ~_steroid_prephase(block))
STEROID_TREATMENT = Those(SupportiveTreatment.TYPE, "with a steroid", _steroids_among_others)
BORN_FIRST = Those("event", without=(Diagnosis.TYPE,))
POSTNATAL = Those(Diagnosis.TYPE, "not made before birth", lambda d: ~d["prenatal"].fill_null(False))

LASTING = tuple(name for name, cls in EVENT_TYPES.items() if cls.LASTS)
BUT_DEATH = Those("event", without=("death", "examination"))
EXAMINATIONS = Those(
    Examination.TYPE, "other than an autopsy", lambda e: e["method"].str.to_lowercase().ne_missing("autopsy")
)
BUT_THE_LAST = Those("event", without=("death", "examination", "last_contact"))
ENDED = Those(
    "event",
    "whose end is told",
    lambda e: e["end_stated"],
    without=tuple(name for name in EVENT_TYPES if name not in LASTING),
)


@rule(
    "ORD-01",
    about="birth",
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("ohdsi", "plausibleAfterBirth"),
)
def event_before_birth(birth: Subject) -> pl.Expr:
    """An event lies on a day before the patient's birth.

    Why it matters: ages turn negative.
    Usual cause: a year mistyped, or the date of birth of a sibling.
    Repair: confirm the date of birth first, then the date of the event. A diagnosis made before birth is flagged
    as such (prenatal).
    Ties: an event on the day of birth passes (congenital leukaemia).
    """
    return birth.start.on_later_day_than(BORN_FIRST) | birth.start.on_later_day_than(POSTNATAL)


@rule(
    "ORD-02",
    about=Death,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("ohdsi", "plausibleBeforeDeath"),
)
def event_after_death(death: Subject) -> pl.Expr:
    """An event other than an autopsy lies, or ends, on a day after the patient's death.

    Why it matters: the death or the event belongs to another patient, or one date is wrong.
    Usual cause: a follow-up date filled in by the date of data entry; the planned end of a treatment; day and month
    exchanged.
    Repair: confirm the date of death, then the event.
    Ties: an event on the day of death passes.
    """
    start = death.start
    ends_later = start.on_earlier_day_than(ENDED, point="end")
    return start.on_earlier_day_than(BUT_DEATH) | start.on_earlier_day_than(EXAMINATIONS) | ends_later


@rule(
    "ORD-03",
    about="event",
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("naaccr", "date edits: no date in the future"),
)
def event_after_cut_off(event: Subject) -> Judged:
    """An event lies, or ends, after the cut-off of the data.

    Why it matters: it was planned, or its date is wrong; either way it has not been observed.
    Usual cause: planned treatment exported as given; a year mistyped.
    Repair: remove what is only planned; correct the date.
    Ties: an event on the day of the cut-off passes.
    """
    message = "An event lies, or ends, after the cut-off of the data."
    limit = event.settings.cut_off_day
    if limit is None:
        return one(pl.lit(False), pl.lit(False), Severity.ERROR, message)
    starts_late, ends_late = (
        pl.when(event[f"{point}_lo"] > limit).then(True).when(event[f"{point}_hi"] <= limit).then(False)
        for point in ("start", "end")
    )
    return one(starts_late | (event["end_stated"] & ends_late), event.dated(), Severity.ERROR, message)


@rule(
    "ORD-04",
    about=LASTING,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("ohdsi", "plausibleStartBeforeEnd"),
)
def end_before_start(event: Subject) -> Judged:
    """An event ends before it starts, by its days or by the order that is told.

    Why it matters: its length is negative, and whatever is placed by it is misplaced.
    Usual cause: start and end exchanged, or a year mistyped around the turn of the year.
    Repair: confirm start and end.
    Ties: an event that starts and ends on one day passes, unless its end is told to come first ("until before b", of an
    event after b). One that is told by its length is not asked: no length is negative.
    """
    backwards = (
        pl.when(event["end_hi"] < event["start_lo"]).then(True).when(event["end_lo"] >= event["start_hi"]).then(False)
    )
    problem = event.has_problem("ORD-04")
    return Judged(
        outcomes=(
            Outcome(
                name="backwards",
                broken=problem | backwards,
                severity=Severity.ERROR,
                message="An event ends before it starts.",
            ),
        ),
        applies=problem | (event["start_stated"] & event["end_stated"] & ~event["length_stated"]),
    )


@rule(
    "ORD-05",
    about=LastContact,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("a patient with a later event was known of later"),
)
def event_after_last_contact(contact: Subject) -> pl.Expr:
    """An event other than death or an autopsy lies, or ends, on a day after the last contact.

    Why it matters: follow-up is longer than recorded, and the patient is censored too early.
    Usual cause: the follow-up form was not updated when the event was entered.
    Repair: move the last contact to the latest date the patient was known of.
    Ties: an event on the day of the last contact passes. Only the latest of several last contacts is judged.
    """
    start = contact.start
    ends_later = start.on_earlier_day_than(ENDED, point="end")
    later = start.on_earlier_day_than(BUT_THE_LAST) | start.on_earlier_day_than(EXAMINATIONS) | ends_later
    return later & ~start.on_earlier_day_than(LastContact)


@rule(
    "ORD-06",
    about=Diagnosis,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("pcdc", "items on prior steroids"),
    also=(Cite("nct05327894", "exclusion: prior systemic steroids"),),
)
def diagnosis_after_treatment(diagnosis: Subject) -> Judged:
    """Leukaemia was treated on a day before its diagnosis, or steroids were given and not flagged.

    Why it matters: steroids before the diagnosis change the first response, MRD and eligibility.
    Usual cause: the date of the central review entered as diagnosis; steroids given for another reason.
    Repair: confirm both dates; if steroids came first, say so in the diagnosis (prior_steroids).
    Ties: treatment that starts on the day of the diagnosis passes.
    """
    start = diagnosis.start
    blocks = start.on_later_day_than(BEYOND_STEROIDS)
    drugs = start.on_later_day_than(Immunotherapy) | start.on_later_day_than(TargetedTherapy)
    steroids = start.on_later_day_than(TreatmentBlock) | start.on_later_day_than(STEROID_TREATMENT)
    return Judged(
        outcomes=(
            Outcome(
                name="treated",
                broken=blocks | drugs,
                severity=Severity.WARNING,
                message="Treatment of the leukaemia started on a day before its diagnosis.",
            ),
            Outcome(
                name="steroids",
                broken=steroids & ~diagnosis["prior_steroids"].fill_null(False),
                severity=Severity.WARNING,
                message="Steroids were given on a day before the diagnosis, which does not flag them.",
            ),
        )
    )


@rule(
    "ORD-07",
    about=(Presentation, Diagnosis),
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("kotecha2022", "cases 2 to 4: the history is counted back from the presentation"),
)
def history_out_of_order(event: Subject) -> pl.Expr:
    """Symptoms, presentation and diagnosis do not follow each other in this order.

    Why it matters: the length of the history is counted back from the presentation.
    Usual cause: a referral entered as presentation; the first symptom of a relapse.
    Repair: confirm the three dates.
    Ties: two of them on one day pass.
    """
    late_symptoms = event.start.on_earlier_day_than(SymptomOnset)
    if event.trace.about == Presentation.TYPE:
        return late_symptoms
    return late_symptoms | event.start.on_earlier_day_than(Presentation)


@rule(
    "ORD-08",
    about=("event", "birth"),
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("kotecha2022", "cases 1 to 4 state ages and times since diagnosis side by side"),
)
def ages_do_not_fit(event: Subject) -> pl.Expr:
    """A stated age does not fit the other times, even with all rounding allowed for.

    Why it matters: an age and a time since diagnosis were mixed up, or one of them is wrong.
    Usual cause: "currently 4 years" read as time since diagnosis; months entered as years.
    Repair: the statements named cannot hold together; confirm the age first.
    """
    return event.has_problem("ORD-08")


@rule(
    "ORD-09",
    about=Diagnosis,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("brethon2021", "abstract: an infant aged 4 years at diagnosis and transplanted at 9 months"),
)
def diagnosis_after_its_course(diagnosis: Subject) -> pl.Expr:
    """A relapse, a stem cell transplant or the last follow-up lies on a day before the diagnosis.

    Why it matters: every time counted from the diagnosis turns negative.
    Usual cause: ages in months and in years mixed; the diagnosis of another patient.
    Repair: confirm the age at diagnosis first.
    Ties: two of them on one day pass.
    """
    start = diagnosis.start
    return start.on_later_day_than(Relapse) | start.on_later_day_than(Transplant) | start.on_later_day_than(LastContact)


@rule(
    "ORD-11",
    about=("event", "birth"),
    severity=Severity.INFO,
    category=Kahn.CONFORMANCE,
    source=Cite("kotecha2022", 'case 4: "18 years later", after the diagnosis or after the heart transplant'),
)
def told_two_ways(event: Subject) -> Judged:
    """What is stated about the time of an event may be understood in two ways.

    Why it matters: only verdicts on which both readings agree are certain; the others are undecided. A reading that
    the other statements rule out is told with it and counts no more.
    Usual cause: "later" without saying than what.
    Repair: none needed; ask the authors if it matters.
    """
    return one(
        event.told_two_ways(),
        event["start_stated"] | event["end_stated"],
        Severity.INFO,
        "What is stated about the time of an event may be understood in two ways.",
    )


@rule(
    "ORD-12",
    about=Transplant,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("kotecha2022", "case 3: radiotherapy and transplant told one after the other, joined by and"),
)
def order_not_told(transplant: Subject) -> pl.Expr:
    """How the transplant lies in time to another treatment of the leukaemia is not told.

    Why it matters: the order of the telling is no order in time, and no rule takes it for one.
    Usual cause: the report lists treatments without a word of order.
    Repair: none needed; state the order if the source gives it. Looked at: radiotherapy, cell therapy, antibodies
    and targeted agents.
    Ties: two treatments of one known day pass: their days are told.
    """
    open_order = [
        transplant.preceded_by(kind, recorded=True).is_null() & transplant.start.on_later_day_than(kind).is_null()
        for kind in (Radiotherapy, CellTherapy, Immunotherapy, TargetedTherapy)
    ]
    return pl.any_horizontal(open_order)


YEAR = 365.25
"""Days."""


def first_year(protocol: pl.Expr) -> pl.Expr:
    """The year in which a protocol called by any of its names opened; null for one that is not known."""

    def year(name: str) -> int | None:
        from ..knowledge.protocols import folded, protocol_ids, the_protocol  # read only where a protocol is named

        known = protocol_ids().get(folded(name))
        return None if known is None else the_protocol(known).accrual.start

    return once_per_value(protocol, year, pl.Int32)


def _published(source: pl.Expr) -> pl.Expr:
    """The year in which a source appeared; null where it is not known."""
    years = {key: entry["published"] for key, entry in knowledge("sources").items() if "published" in entry}
    return source.replace_strict(list(years), list(years.values()), default=None, return_dtype=pl.Int32)


@rule(
    "ORD-13",
    about=(Enrolment, TreatmentBlock),
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("kotecha2022", "Table 1, years of the protocols"),
    also=(
        Cite("nct00002756", "P9407 opened in June 1996; Table 1 has its third cohort"),
        Cite("kotecha2022", "case 4: 18 years later"),
    ),
)
def diagnosed_before_its_protocol(treatment: Subject) -> Judged:
    """By the follow-up told, the patient was diagnosed more than a year before the protocol began.

    Why it matters: the follow-up was read from the wrong event, or the protocol is another.
    Usual cause: "18 years later" counted from a later event than was meant.
    Repair: confirm from where the follow-up counts. Looked at where a publication of known year tells no dates: the
    follow-up cannot be later than the paper. A year after the last accrual is no fault: the paper may be later.
    """
    paper = _published(treatment.patient("source_key"))
    least, greatest = (treatment.the(LastContact, bound) for bound in ("start_lo", "start_hi"))
    first = treatment.once("protocol", first_year)
    latest, earliest = paper - (least / YEAR).floor(), paper - (greatest / YEAR).floor()
    undated = ~treatment.dated() & treatment.the(Diagnosis, "event").is_not_null()
    return one(
        pl.when(latest < first - 1).then(True).when(earliest >= first - 1).then(False),
        undated & paper.is_not_null() & first.is_not_null() & least.is_not_null(),
        Severity.WARNING,
        "By the follow-up told, the patient was diagnosed more than a year before the protocol began.",
    )


@rule(
    "ORD-14",
    about="event",
    severity=Severity.INFO,
    category=Kahn.CONFORMANCE,
    source=Cite("cibmtr", 'the tick box "date estimated"'),
)
def time_is_an_estimate(event: Subject) -> Judged:
    """The time of an event is an estimate.

    Why it matters: a date that reads exact may be off by weeks.
    Usual cause: the day was not known and the form asked for one.
    Repair: give the month or the year alone if no more is known.
    """
    return one(
        pl.col("estimated"),
        pl.col("estimated").is_not_null(),
        Severity.INFO,
        "The time of an event is an estimate.",
    )


@rule(
    "ORD-15",
    about=(RiskAssignment, Decision, MrdAssessment),
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("registry", "a decision comes after the results it rests on", Confidence.RECALLED),
)
def decision_before_its_ground(event: Subject) -> Judged:
    """A decision lies on a day before a result that it rests on.

    Why it matters: the result cannot have decided it.
    Usual cause: the date of the report entered as date of the sample; a later result was linked.
    Repair: date the sample by the day it was taken; link the result that was known.
    Ties: a result of the day of the decision passes.
    """
    message = "A decision lies on a day before a result that it rests on."
    if event.trace.about == MrdAssessment.TYPE:
        late = event.start.on_later_day_than("event", via="decides")
        return one(late, event["decides"].is_not_null(), Severity.WARNING, message)
    late = event.start.on_earlier_day_than("event", via="rests_on")
    return one(late, event["rests_on"].list.len() > 0, Severity.WARNING, message)
