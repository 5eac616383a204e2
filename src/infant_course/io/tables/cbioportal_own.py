"""How this package's own events stand in cBioPortal timelines: tracks, and the columns beside the fixed ones.

The portal shows every further column of a row as a detail. So all fields of an event go into columns of their own,
and ``COURSE_EVENT`` says which event it is: a study that was written here is read back without a mapping.
"""

from enum import StrEnum
from functools import cache

from .flat import PATIENT, FlatColumn, Part, flat_columns

KIND, IDENTITY = "COURSE_EVENT", "EVENT_ID"
"""Columns with the event's type, and with its id."""

PATIENT_EVENTS = "COURSE_EVENTS"
"""Column of the patients' file with the number of events written: then timelines alone tell who died."""


class Track(StrEnum):
    """The tracks that are written: words of the column EVENT_TYPE that the portal knows how to draw, and TOXICITY."""

    STATUS = "STATUS"
    TREATMENT = "TREATMENT"
    SURGERY = "SURGERY"
    LAB_TEST = "LAB_TEST"
    IMAGING = "IMAGING"
    TOXICITY = "TOXICITY"


TRACKS: dict[str, Track] = {
    "treatment_block": Track.TREATMENT,
    "immunotherapy": Track.TREATMENT,
    "targeted_therapy": Track.TREATMENT,
    "apheresis": Track.TREATMENT,
    "lymphodepletion": Track.TREATMENT,
    "cell_therapy": Track.TREATMENT,
    "radiotherapy": Track.TREATMENT,
    "conditioning": Track.TREATMENT,
    "supportive_treatment": Track.TREATMENT,
    "transplant": Track.SURGERY,
    "organ_transplant": Track.SURGERY,
    "measurement": Track.LAB_TEST,
    "laboratory": Track.LAB_TEST,
    "mrd": Track.LAB_TEST,
    "marrow": Track.LAB_TEST,
    "csf": Track.LAB_TEST,
    "chimerism": Track.LAB_TEST,
    "examination": Track.IMAGING,
    "adverse_event": Track.TOXICITY,
    "gvhd": Track.TOXICITY,
}
"""The track (EVENT_TYPE) of an event type; the others are STATUS."""

PORTAL_COLUMNS = frozenset(
    {
        "PATIENT_ID",
        "START_DATE",
        "STOP_DATE",
        "EVENT_TYPE",
        "TREATMENT_TYPE",
        "SUBTYPE",
        "AGENT",
        "AGENT_CLASS",
        "TEST",
        "RESULT",
        "STATUS",
        "SOURCE",
        "SAMPLE_ID",
        "STYLE_SHAPE",
        "STYLE_COLOR",
        KIND,
        IDENTITY,
    }
)
"""Columns to which the portal or this module gives a meaning."""


def track_of(event_type: str) -> Track:
    """The EVENT_TYPE under which events of a type stand."""
    return TRACKS.get(event_type, Track.STATUS)


@cache
def own_columns(event_type: str) -> dict[str, FlatColumn]:
    """The columns that hold an event's own fields, by their name in a timeline file.

    >>> sorted(own_columns("mrd"))[:4]
    ['ANTIGENS', 'ASSESSES', 'COURSE_RESULT', 'DECIDES']
    """
    columns = {}
    for column in flat_columns(event_type):
        if column.part in (Part.VALUE, Part.UNIT) and column.name != PATIENT:
            name = column.name.upper()
            if name == "ID":
                name = IDENTITY
            elif name in PORTAL_COLUMNS:
                name = f"COURSE_{name}"
            columns[name] = column
    if event_type == "diagnosis":
        columns["START_AGE_DAYS"] = next(c for c in flat_columns(event_type) if c.name == "start_age_days")
    return columns
