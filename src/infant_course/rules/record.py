"""REC: is the record whole? Ids, references, the number of diagnoses and deaths."""

import polars as pl

from ..events import Death, Diagnosis
from ..sources import Cite, Confidence, Logic
from ..vocabulary import Kahn, Severity
from .rule import rule
from .subject import Subject


@rule(
    "REC-01",
    about="event",
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("ohdsi", "isPrimaryKey"),
)
def id_used_twice(event: Subject) -> pl.Expr:
    """Two events of one patient bear the same id.

    Why it matters: a reference to that id could mean either of them.
    Usual cause: a row copied and changed, or two exports joined.
    Repair: give each event an id of its own and correct the references.
    """
    return event.has_problem("REC-01") | event.shares_its_id()


@rule(
    "REC-02",
    about="event",
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("ohdsi", "isForeignKey"),
)
def reference_to_nothing(event: Subject) -> pl.Expr:
    """An event refers to an event that is not recorded.

    Why it matters: a time or a ground that hangs on a missing event is lost.
    Usual cause: a misspelt id, or an event deleted after others referred to it.
    Repair: correct the id or record the event.
    """
    return event.has_problem("REC-02") | event.refers_to_nothing()


@rule(
    "REC-03",
    about="event",
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("what cannot be ordered cannot have happened as told"),
)
def statements_contradict(event: Subject) -> pl.Expr:
    """What is stated about the times of these events cannot hold together.

    Why it matters: nothing that depends on when these events happened can be judged.
    Usual cause: an order written the wrong way round, or a date of another patient.
    Repair: the statements named are enough to contradict each other; correct at least one of them.
    """
    return event.has_problem("REC-03")


@rule(
    "REC-04",
    about="patient",
    severity=Severity.ERROR,
    category=Kahn.COMPLETENESS,
    source=Cite("registry", "one index diagnosis per patient", Confidence.RECALLED),
)
def not_one_diagnosis(patient: Subject) -> pl.Expr:
    """There is not exactly one diagnosis of the index leukaemia.

    Why it matters: the diagnosis is time zero of every end-point.
    Usual cause: a relapse or a lineage switch entered as a second diagnosis.
    Repair: keep the first diagnosis; enter what came later as relapse, lineage switch or second malignancy.
    """
    return patient.start.count(Diagnosis) != 1


@rule(
    "REC-05",
    about="patient",
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("nobody dies twice"),
)
def more_than_one_death(patient: Subject) -> pl.Expr:
    """More than one death is recorded.

    Why it matters: survival times differ with the death that is taken.
    Usual cause: the same death reported by two sites.
    Repair: confirm the date and keep one.
    """
    return patient.start.count(Death).at_least(2)
