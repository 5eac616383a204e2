"""How a figure of one course is to look: what its author chooses, checked once."""

from attrs import field, frozen

from ..errors import UsageError

MM = 72 / 25.4
"""Points in a millimetre."""
WIDTHS = {80: 80 * MM, 115: 115 * MM, 170: 170 * MM}
"""Page widths (pt) by their name (mm): one column, a column and a half, two columns."""
TEXT_SIZES = (7.0, 8.0)
"""Sizes of the text of axes and lanes (pt); labels are half a point smaller."""
DAY_ZEROS = ("diagnosis", "birth", "cr1", "hsct", "relapse")
"""What day 0 of a timeline may be: the first event of that kind."""


@frozen(kw_only=True)
class Mark:
    """What was found about an event: shown at it where a figure is asked to. The figure does not judge."""

    rule: str
    verdict: str
    """failed or undecided."""
    message: str = field(repr=False)


def _one_of(name: str, value: object, known: tuple[object, ...]) -> None:
    if value not in known:
        shown = [f"{one:g}" if isinstance(one, float) else str(one) for one in known]
        raise UsageError(f"{name}: found {value!r}; known are {', '.join(shown)}")


@frozen(kw_only=True)
class Style:
    """Width, size of text, and what a figure shows beside the course. Raises UsageError for what is not known."""

    width: int = 170
    """Page width in mm, of :data:`WIDTHS`."""
    text: float = 7.0
    """Size of the text in pt, of :data:`TEXT_SIZES`."""
    day_zero: str = "diagnosis"
    """What a timeline counts from, of :data:`DAY_ZEROS`."""
    ages: bool = False
    """A second row of ticks with the patient's age."""
    hide_ages: bool = False
    """Leave every age of the patient out, also from captions and tables: an exact age may identify."""

    def __attrs_post_init__(self) -> None:
        _one_of("width", self.width, tuple(WIDTHS))
        _one_of("text", self.text, TEXT_SIZES)
        _one_of("day zero", self.day_zero, DAY_ZEROS)
        if self.ages and self.hide_ages:
            raise UsageError("ages: a row of ages cannot be shown while ages are hidden")
        if self.day_zero == "birth" and self.hide_ages:
            raise UsageError("day zero: days since birth are ages, and ages are hidden")

    @property
    def page_width(self) -> float:
        """Page width in pt."""
        return WIDTHS[self.width]
