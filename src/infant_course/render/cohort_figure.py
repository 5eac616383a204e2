"""A figure of a cohort as files: the drawing, and beside it a caption, an alternative text and the drawn numbers."""

from pathlib import Path

from attrs import field, frozen

from ..errors import UsageError
from ..files import write_whole
from .caption import as_csv
from .cohort_ink import ink
from .cohort_page import Page
from .export import write
from .ink import Drawing
from .style import MM

SUFFIXES = (".svg", ".pdf", ".png")
BESIDE = (".caption.txt", ".alt.txt", ".table.csv")
"""How the files end that are written beside a figure."""
HIGHEST = 247
"""Height that a page of A4 has room for, mm."""
LONGEST_ALT = 250
"""Most characters of an alternative text."""


@frozen(kw_only=True)
class CohortFigure:
    """A figure of a cohort: its page in numbers, its texts, and the table of what is drawn.

    ``rows`` start with the names of the columns. ``notes`` say what was left out or merged, one sentence each.
    """

    page: Page = field(repr=False)
    caption: str
    alt: str
    rows: tuple[tuple[str, ...], ...] = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def drawing(self) -> Drawing:
        """The figure as a drawing."""
        return ink(self.page)

    @property
    def warning(self) -> str | None:
        """That the figure is higher than a page, where it is."""
        high = self.page.height / MM
        if high <= HIGHEST:
            return None
        return f"the figure is {high:.0f} mm high, more than a page; fewer groups or rows make it lower"

    def _repr_svg_(self) -> str:
        """The figure as a notebook shows it."""
        return self.drawing.svg()

    def write(self, path: str | Path) -> tuple[Path, ...]:
        """Write the figure (.svg, .pdf, .png) and ``.caption.txt``, ``.alt.txt`` and ``.table.csv`` beside it.

        Returns all paths, the figure's first. Raises UsageError for another suffix and a missing folder.
        """
        path = Path(path)
        if path.suffix.lower() not in SUFFIXES:
            raise UsageError(f"{path}: a figure of a cohort is written as {', '.join(SUFFIXES)}")
        figure = write(self.drawing.svg(), path)
        texts = (self.caption + "\n", self.alt + "\n", as_csv(self.rows))
        return (figure, *map(write_whole, map(path.with_suffix, BESIDE), texts))


def shortened(text: str) -> str:
    """An alternative text cut at a word, if it is too long."""
    if len(text) <= LONGEST_ALT:
        return text
    return text[: LONGEST_ALT - 1].rsplit(" ", 1)[0].rstrip(",;:") + "…"


def many(count: int, one: str, more: str | None = None) -> str:
    """A number with its noun.

    >>> many(1, "patient"), many(3, "patient")
    ('1 patient', '3 patients')
    """
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"


def day(value: float | int | None) -> str:
    """A day as a cell of a table; empty where it is not known."""
    return "" if value is None else f"{value:g}"
