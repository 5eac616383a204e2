"""What a timeline shows, in neutral terms: lanes, items and how well each time is known.

Neither events nor ink: :mod:`infant_course.render.timeline` makes a :class:`TimelineFigure` of a course and
:mod:`infant_course.render.timeline_layout` gives it places on the page. Days are counted from its :class:`Zero`.
"""

from enum import StrEnum

from attrs import field, frozen

MONTH = 365.25 / 12
"""Days of a month on the axis (a mean; the axis is the only place that needs one)."""


class Certainty(StrEnum):
    """How a time is known."""

    REPORTED = "reported"
    """To the day."""
    ROUNDED = "rounded"
    """Reported as a month, or as "4.5 years"."""
    INTERVAL = "interval"
    """Between two days that are known: reported as a range of days, or not reported and known by other times."""
    NOMINAL = "nominal"
    """Not reported; drawn at the day of the protocol."""
    ORDER_ONLY = "order_only"
    """Only its place among the others is known; drawn at equal steps."""
    UNKNOWN_END = "unknown_end"
    """Began or ended at an unknown time."""
    ONGOING = "ongoing"
    """Not ended when last seen."""


NOT_REPORTED = frozenset({Certainty.NOMINAL, Certainty.ORDER_ONLY})
"""Certainties that make the fixed note necessary."""

NOTE = "Times not reported; blocks drawn at nominal length"
"""The note under every figure that draws a time nobody reported. There is no way to turn it off."""


class Lane(StrEnum):
    """The lanes, from the top. The value is the name at the left."""

    EVENTS = "Events"
    RESPONSE = "Response"
    """What was found of the disease: prednisone response, marrow, fluid."""
    PLANNED = "Planned"
    """What the protocol plans: ghosts, beside what was given."""
    CHEMOTHERAPY = "Chemotherapy"
    TARGETED = "Targeted/antibody"
    CELL_THERAPY = "Cell therapy"
    RADIOTHERAPY = "Radiotherapy"
    HSCT = "HSCT"
    SUPPORTIVE = "Supportive/toxicity"


class MrdState(StrEnum):
    """The four states of an MRD result that a figure must keep apart."""

    QUANTIFIED = "quantified"
    POSITIVE = "positive_not_quantifiable"
    NOT_DETECTED_AT = "not_detected_at"
    """Not detected by an assay of known sensitivity."""
    NOT_DETECTED = "not_detected"
    """Not detected; the sensitivity was not reported."""


class Assay(StrEnum):
    """What an MRD result was measured with. The value is its name in the key."""

    PCR = "PCR"
    FLOW = "flow cytometry"
    NGS = "NGS"
    MORPHOLOGY = "morphology"
    UNKNOWN = "assay not reported"


def clean(text: str) -> str:
    """Text without control and unassigned characters and without line breaks: fit for one line of a figure."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


@frozen
class Zero:
    """What the days of a figure are counted from.

    ``name``: in a few words ("diagnosis", "HSCT"), None where nothing can be day 0, so that only the order is drawn.
    ``age``: the patient's age then, in days, earliest and latest; None: not known, or not to be shown. ``in_ages``:
    day 0 is the birth, so that days are ages; ``known_to``: how well they are known, in words, empty where exact.
    """

    name: str | None = "diagnosis"
    age: tuple[int, int] | None = None
    in_ages: bool = False
    known_to: str = ""

    def day(self, day: float) -> str:
        """A day in words: "day 12 after HSCT", "30 days before HSCT", "age 245 days"."""
        n = round(day)
        if self.in_ages and n >= 0:
            return f"age {n} day{'' if n == 1 else 's'}{f' (known {self.known_to})' if self.known_to else ''}"
        if n == 0:
            return f"day 0 ({self.name})"
        return f"day {n} after {self.name}" if n > 0 else f"{-n} day{'' if n == -1 else 's'} before {self.name}"

    def days(self, first: float, last: float) -> str:
        """Two days in words: "between day 3 and day 12 after HSCT"."""
        a, b = round(first), round(last)
        if a == b:
            return self.day(a)
        if self.in_ages and a >= 0:
            return f"between the ages of {a} and {b} days"
        if a >= 0:
            return f"between day {a} and day {b} after {self.name}"
        if b < 0:
            return f"between {-a} and {-b} days before {self.name}"
        return f"between {self.day(a)} and {self.day(b)}"


@frozen
class Flag:
    """A finding at an event: its number in the key, and whether it failed or is undecided."""

    number: int
    failed: bool


@frozen
class FlagText:
    """What was found, for the key; without a flag where it is not about anything that is drawn."""

    flag: Flag | None
    text: str = field(converter=clean)


@frozen
class TimePoint:
    """A day on which the protocol asks for MRD. ``provisional``: recalled, not read in its source."""

    day: float
    name: str = field(converter=clean)
    provisional: bool = False


@frozen
class Placed:
    """A time as drawn: the day it is drawn at, the days it may lie between, and how it is known."""

    day: float
    earliest: float
    latest: float
    certainty: Certainty = Certainty.REPORTED

    @classmethod
    def on(cls, day: float) -> "Placed":
        """A reported day."""
        return cls(day, day, day)

    @property
    def spread(self) -> float:
        """Days between the earliest and the latest."""
        return self.latest - self.earliest


@frozen(kw_only=True)
class Item:
    """One mark or bar. ``kind``: of a bar the palette's tone, of a mark (no ``end``) its glyph.

    ``label`` stands in the figure, ``title`` is the full text. ``stopped`` is added to the label of a bar
    that was cut ("stopped at relapse").
    """

    lane: Lane
    kind: str
    label: str = field(converter=clean)
    start: Placed
    end: Placed | None = None
    title: str = field(default="", converter=clean)
    stopped: str = field(default="", converter=clean)
    follow_up: bool = False
    """The last contact: it does not count when the axis is broken."""
    event: str | None = None
    """Id of the event, for pages that point at it."""
    flags: tuple[Flag, ...] = ()
    open_start: bool = False
    """A planned block that may begin later than drawn."""

    @property
    def not_reported(self) -> bool:
        """Whether any of its times was not reported."""
        return self.start.certainty in NOT_REPORTED or (self.end is not None and self.end.certainty in NOT_REPORTED)


@frozen(kw_only=True)
class MrdPoint:
    """One MRD result. ``value`` as a fraction: the level, or the sensitivity of a negative.

    ``above``: the quantification limit of a positive that could not be quantified.
    """

    at: Placed
    state: MrdState
    assay: Assay
    value: float | None = None
    above: float | None = None
    blood: bool = False
    label: str = field(default="", converter=clean)
    title: str = field(default="", converter=clean)
    event: str | None = None
    flags: tuple[Flag, ...] = ()


@frozen(kw_only=True)
class Span:
    """A state of the disease: palette tone and label, from one time to another."""

    kind: str
    label: str = field(converter=clean)
    start: Placed
    end: Placed


@frozen
class Threshold:
    """A line across the MRD track."""

    value: float
    label: str
    dash: tuple[float, ...]


@frozen(kw_only=True)
class TimelineFigure:
    """All that a timeline shows of one patient. ``title`` and ``description`` go into the file, not onto the page."""

    title: str = field(converter=clean)
    description: str
    items: tuple[Item, ...]
    status: tuple[Span, ...] = ()
    mrd: tuple[MrdPoint, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    timepoints: tuple[TimePoint, ...] = ()
    zero: Zero = field(factory=Zero)
    ages: bool = False
    """A second row of ticks with ages; needs the age at day 0."""
    flags: tuple[FlagText, ...] = ()
    remarks: tuple[str, ...] = ()
    """Lines under the key: what is not drawn and why, where planned blocks come from."""

    @property
    def note(self) -> str:
        """The note that must stand under the figure; empty where every time is reported."""
        placed = [item.not_reported for item in self.items]
        placed += [point.at.certainty in NOT_REPORTED for point in self.mrd]
        placed += [edge.certainty in NOT_REPORTED for span in self.status for edge in (span.start, span.end)]
        return NOTE if any(placed) else ""

    @property
    def certainties(self) -> frozenset[Certainty]:
        """Every kind of certainty that occurs, for the key."""
        times = [time for item in self.items for time in (item.start, item.end) if time is not None]
        return frozenset(time.certainty for time in times + [point.at for point in self.mrd])
