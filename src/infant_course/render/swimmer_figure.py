"""What a swimmer plot shows, in neutral terms: lanes with bars, points and an end. Days are counted from day 0."""

from enum import StrEnum

from attrs import field, frozen

from .cohort_people import Span
from .timeline_figure import clean


class Phase(StrEnum):
    """The collapsed kinds of treatment. The value is the text in the key."""

    INDUCTION = "induction / IB"
    POST_INDUCTION = "post-induction chemotherapy"
    SECOND_LINE = "second line"
    UNDECIDED = "chemotherapy, line not known"
    ANTIBODY = "antibody, targeted"
    CELL = "lymphodepletion"
    RADIOTHERAPY = "radiotherapy"
    HSCT = "conditioning"


EVENTS = {
    "remission": "complete remission",
    "mrd_response": "MRD remission",
    "refractory": "refractory",
    "relapse": "relapse",
    "molecular_relapse": "MRD re-emergence",
    "lineage_switch": "lineage switch",
    "car_t": "CAR T cells",
    "hsct": "HSCT",
    "second_malignancy": "second malignancy",
    "organ_transplant": "organ transplant",
}
"""Glyphs of events, and their texts in the key."""

ENDS = {
    "death": "death",
    "alive": "alive at last contact",
    "lost": "lost to follow-up",
    "unstated": "last contact, vital status not stated",
    "none": "end of follow-up not stated",
}
"""What may stand at the end of a row."""


@frozen(kw_only=True)
class Bar:
    """A phase of a lane, in days since day 0. ``end`` None: not known; ``ongoing``: not ended when last seen."""

    phase: Phase
    name: str = field(converter=clean)
    start: Span
    end: Span | None
    ongoing: bool = False


@frozen(kw_only=True)
class Point:
    """An event of a lane."""

    kind: str
    name: str = field(converter=clean)
    at: Span


@frozen(kw_only=True)
class Lane:
    """A patient's row. ``until``: the last day of follow-up; ``end``: a word of :data:`ENDS`."""

    name: str = field(converter=clean)
    group: str = field(converter=clean)
    bars: tuple[Bar, ...]
    points: tuple[Point, ...]
    since: float
    until: Span
    end: str
    left_out: tuple[str, ...] = ()
    """What is known to have happened but not when."""


@frozen(kw_only=True)
class SwimmerFigure:
    """All that a swimmer plot shows. ``group`` is the attribute by which the lanes are grouped, if any."""

    zero: str
    group: str
    lanes: tuple[Lane, ...]
    ids: bool
    cut: float | None = None
    """The day at which the axis ends, where it is cut."""

    def beyond(self, lane: Lane) -> bool:
        """Whether a lane goes on where the axis is cut."""
        return self.cut is not None and lane.until.middle > self.cut
