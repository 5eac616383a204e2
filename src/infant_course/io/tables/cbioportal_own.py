"""How this package's own events stand in cBioPortal timelines: tracks, and the columns beside the fixed ones.

The portal shows every further column of a row as a detail. So all fields of an event go into columns of their own,
and ``COURSE_EVENT`` says which event it is: a study that was written here is read back without a mapping.
"""

from functools import cache

from ...events import EVENT_TYPES
from .flat import PATIENT, FlatColumn, Part, flat_columns

KIND, IDENTITY = "COURSE_EVENT", "EVENT_ID"
"""Columns with the event's type, and with its id."""

STATUS, TREATMENT, SURGERY, LAB_TEST, IMAGING, TOXICITY = (
    "STATUS",
    "TREATMENT",
    "SURGERY",
    "LAB_TEST",
    "IMAGING",
    "TOXICITY",
)
TRACKS: dict[str, str] = {
    "treatment_block": TREATMENT,
    "immunotherapy": TREATMENT,
    "targeted_therapy": TREATMENT,
    "apheresis": TREATMENT,
    "lymphodepletion": TREATMENT,
    "cell_therapy": TREATMENT,
    "radiotherapy": TREATMENT,
    "conditioning": TREATMENT,
    "supportive_treatment": TREATMENT,
    "transplant": SURGERY,
    "organ_transplant": SURGERY,
    "measurement": LAB_TEST,
    "laboratory": LAB_TEST,
    "mrd": LAB_TEST,
    "marrow": LAB_TEST,
    "csf": LAB_TEST,
    "chimerism": LAB_TEST,
    "examination": IMAGING,
    "adverse_event": TOXICITY,
    "gvhd": TOXICITY,
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


def track_of(event_type: str) -> str:
    """The EVENT_TYPE under which events of a type stand."""
    return TRACKS.get(event_type, STATUS)


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


def is_own(kind: str | None) -> bool:
    """Whether a cell of the column COURSE_EVENT names an event type."""
    return kind in EVENT_TYPES
