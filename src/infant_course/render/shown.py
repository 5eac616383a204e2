"""The figure of a course for a page that must not fail because of it: the figure, or why there is none."""

from attrs import frozen

from ..course import Course
from .figure import LARGEST, drawing_of, kind_for
from .ink import Drawing


@frozen
class Shown:
    """``drawing`` of the kind that suits the course; None where it has none, and then ``why`` says why."""

    drawing: Drawing | None
    kind: str
    why: str = ""


def shown(course: Course) -> Shown:
    """The figure that the front door of drawing would choose."""
    if len(course) > LARGEST:
        why = f"Not drawn: a figure of {len(course):,} events could not be read; at most {LARGEST} are drawn."
        return Shown(None, "", why)
    try:
        kind = kind_for(course, "page.svg")[0]
        return Shown(drawing_of(course, kind), kind)
    except Exception as error:
        return Shown(None, "", f"Not drawn: the drawing broke down ({type(error).__name__}). Please report this.")
