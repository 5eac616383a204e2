"""TOX: toxicities and late effects."""

from ..events import AdverseEvent
from ..sources import Logic
from ..vocabulary import Kahn, Severity
from .rule import Judged, one, rule
from .subject import Subject


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
