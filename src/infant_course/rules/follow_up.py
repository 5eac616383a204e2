"""FUP: follow-up and death."""

import polars as pl

from ..events import Death, LastContact
from ..sources import Cite
from ..vocabulary import Kahn, Severity
from .rule import rule
from .subject import Subject, Those

WITH_A_TIME = "with a time"
DATED_CONTACT = Those(LastContact.TYPE, WITH_A_TIME, lambda e: e["start_stated"])
DATED_DEATH = Those(Death.TYPE, WITH_A_TIME, lambda e: e["start_stated"])


@rule(
    "FUP-01",
    about="patient",
    severity=Severity.WARNING,
    category=Kahn.COMPLETENESS,
    source=Cite("naaccr", "vital status and date of last contact"),
)
def no_follow_up(patient: Subject) -> pl.Expr:
    """Neither a last contact nor a death with a time is recorded.

    Why it matters: the patient cannot enter a survival curve.
    Usual cause: the follow-up form was not exported.
    Repair: record the last contact with vital status and date or age.
    """
    contact = patient.start.count(DATED_CONTACT).at_least(1)
    return ~(contact | patient.start.count(DATED_DEATH).at_least(1))
