"""IMM: blinatumomab, inotuzumab and CAR T cells."""

from ..events import Apheresis, CellTherapy, Lymphodepletion
from ..sources import Cite, Logic
from ..vocabulary import Kahn, Severity
from .rule import Judged, one, rule
from .subject import Subject


@rule(
    "IMM-05",
    about=(Apheresis, Lymphodepletion, CellTherapy),
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("cells are collected and the host prepared before the cells are given"),
    also=(Cite("qasim2017", "title: off-the-shelf cells need no apheresis of the patient"),),
)
def cell_therapy_chain(event: Subject) -> Judged:
    """Apheresis or lymphodepletion lies after the infusion it was for, or the chain is not told.

    Why it matters: day 0 is the infusion; response and toxicity are counted from it.
    Usual cause: two infusions exchanged; day and month exchanged.
    Repair: confirm the dates. Apheresis may be missing for an allogeneic product.
    Ties: all on one day passes.
    """
    if event.trace.about == CellTherapy.TYPE:
        told = event.start.any_recorded(Apheresis) & event.start.any_recorded(Lymphodepletion)
        return one(
            ~told,
            event["origin"].ne_missing("allogeneic"),
            Severity.INFO,
            "Apheresis or lymphodepletion before the cell therapy is not recorded.",
        )
    return one(
        event.start.on_later_day_than(CellTherapy, via="of"),
        event["of"].is_not_null(),
        Severity.ERROR,
        "Apheresis or lymphodepletion lies on a day after the infusion it was for.",
    )
