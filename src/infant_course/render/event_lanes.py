"""The lane of a timeline in which an event is drawn."""

from ..events import (
    Abandonment,
    AdverseEvent,
    CellTherapy,
    Conditioning,
    Death,
    Diagnosis,
    EndOfTherapy,
    Engraftment,
    Event,
    GraftFailure,
    Gvhd,
    Immunotherapy,
    LastContact,
    LineageSwitch,
    Lymphodepletion,
    MrdReemergence,
    OrganTransplant,
    Radiotherapy,
    Refractory,
    Relapse,
    Remission,
    SecondMalignancy,
    SupportiveTreatment,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from .timeline_figure import Lane

LANES: dict[type[Event], Lane] = {
    TreatmentBlock: Lane.CHEMOTHERAPY,
    Immunotherapy: Lane.TARGETED,
    TargetedTherapy: Lane.TARGETED,
    CellTherapy: Lane.CELL_THERAPY,
    Lymphodepletion: Lane.CELL_THERAPY,
    Radiotherapy: Lane.RADIOTHERAPY,
    Transplant: Lane.HSCT,
    Conditioning: Lane.HSCT,
    Engraftment: Lane.HSCT,
    GraftFailure: Lane.HSCT,
    AdverseEvent: Lane.SUPPORTIVE,
    SupportiveTreatment: Lane.SUPPORTIVE,
    Gvhd: Lane.SUPPORTIVE,
    Diagnosis: Lane.EVENTS,
    Remission: Lane.EVENTS,
    Relapse: Lane.EVENTS,
    MrdReemergence: Lane.EVENTS,
    LineageSwitch: Lane.EVENTS,
    Refractory: Lane.EVENTS,
    SecondMalignancy: Lane.EVENTS,
    OrganTransplant: Lane.EVENTS,
    EndOfTherapy: Lane.EVENTS,
    Abandonment: Lane.EVENTS,
    Death: Lane.EVENTS,
    LastContact: Lane.EVENTS,
}
"""Event types and their lanes; other events stand in the event table only."""


def lane_of(event: Event) -> Lane | None:
    """The lane of an event; None where it is not drawn in one."""
    return LANES.get(type(event))
