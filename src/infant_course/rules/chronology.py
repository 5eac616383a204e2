"""ORD: can the events have happened in this order, at these times?"""

import polars as pl

from ..events import EVENT_TYPES, Death, Examination, LastContact
from ..sources import Cite, Logic
from ..vocabulary import Kahn, Severity
from .rule import Judged, Outcome, rule
from .subject import Subject, Those

LASTING = tuple(name for name, cls in EVENT_TYPES.items() if cls.LASTS)
ANY_EVENT = Those("event")
BUT_DEATH = Those("event", without=("death", "examination"))
EXAMINATIONS = Those(
    Examination.TYPE, "other than an autopsy", lambda e: e["method"].str.to_lowercase().ne_missing("autopsy")
)
BUT_THE_LAST = Those("event", without=("death", "last_contact"))


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
    Repair: confirm the date of birth first, then the date of the event.
    Ties: an event on the day of birth passes (congenital leukaemia).
    """
    return birth.start.on_later_day_than(ANY_EVENT)


@rule(
    "ORD-02",
    about=Death,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("ohdsi", "plausibleBeforeDeath"),
)
def event_after_death(death: Subject) -> pl.Expr:
    """An event other than an autopsy lies on a day after the patient's death.

    Why it matters: the death or the event belongs to another patient, or one date is wrong.
    Usual cause: a follow-up date filled in by the date of data entry; day and month exchanged.
    Repair: confirm the date of death, then the event.
    Ties: an event on the day of death passes.
    """
    return death.start.on_earlier_day_than(BUT_DEATH) | death.start.on_earlier_day_than(EXAMINATIONS)


@rule(
    "ORD-03",
    about="event",
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("naaccr", "date edits: no date in the future"),
)
def event_after_cut_off(event: Subject) -> Judged:
    """An event lies after the cut-off of the data.

    Why it matters: it was planned, or its date is wrong; either way it has not been observed.
    Usual cause: planned treatment exported as given; a year mistyped.
    Repair: remove what is only planned; correct the date.
    Ties: an event on the day of the cut-off passes.
    """
    cut_off = event.settings.cut_off_day
    limit = pl.lit(cut_off, dtype=pl.Int32)
    late = pl.when(event["start_lo"] > limit).then(True).when(event["start_hi"] <= limit).then(False)
    dated = event.dated() if cut_off is not None else pl.lit(False)
    return Judged(
        outcomes=(
            Outcome(
                name="late",
                broken=late,
                severity=Severity.ERROR,
                message="An event lies after the cut-off of the data.",
            ),
        ),
        applies=dated,
    )


@rule(
    "ORD-04",
    about=LASTING,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("ohdsi", "plausibleStartBeforeEnd"),
)
def end_before_start(event: Subject) -> Judged:
    """An event ends on a day before it starts.

    Why it matters: its length is negative, and whatever is placed by it is misplaced.
    Usual cause: start and end exchanged, or a year mistyped around the turn of the year.
    Repair: confirm both dates.
    Ties: an event that starts and ends on one day passes.
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
                message="An event ends on a day before it starts.",
            ),
        ),
        applies=problem | (event["start_stated"] & event["end_stated"]),
    )


@rule(
    "ORD-05",
    about=LastContact,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("a patient with a later event was known of later"),
)
def event_after_last_contact(contact: Subject) -> pl.Expr:
    """An event other than death lies on a day after the last contact.

    Why it matters: follow-up is longer than recorded, and the patient is censored too early.
    Usual cause: the follow-up form was not updated when the event was entered.
    Repair: move the last contact to the latest date the patient was known of.
    Ties: an event on the day of the last contact passes. Only the latest of several last contacts is judged.
    """
    superseded = contact.start.on_earlier_day_than(LastContact)
    return contact.start.on_earlier_day_than(BUT_THE_LAST) & ~superseded


@rule(
    "ORD-08",
    about="event",
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
