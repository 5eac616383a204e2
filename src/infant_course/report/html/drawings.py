"""The drawings of a page and the events beside them, for the patients that need them first."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from attrs import frozen

from ...files import printable

if TYPE_CHECKING:
    from ...cohort import Cohort
    from ...course import Course
    from ...events import Event

MOST_DRAWN = 200
"""So many patients are drawn unless said otherwise: a drawing is some 15 kB."""


@frozen(kw_only=True)
class Drawn:
    """What the page shows of one patient's course.

    ``svg``: the figure, or nothing, and then ``why`` says why. ``events``: id, type, name, time as told, line.
    """

    patient: str
    about: str
    svg: str
    why: str
    events: tuple[tuple[str, str, str, str, int | None], ...]


def drawings(cohort: "Cohort", patients: Iterable[str]) -> Iterator[Drawn]:
    """Each patient that the cohort knows, drawn as the front door of drawing would (see :mod:`...render.figure`)."""
    known = set(cohort.patients["patient"])
    for patient in patients:
        if patient in known:
            yield _drawn(cohort.course(patient))


def _drawn(course: "Course") -> Drawn:
    from ...render.caption import patient_in_words

    svg, why = _figure(course)
    return Drawn(
        patient=course.id,
        about=patient_in_words(course),
        svg=svg,
        why=why,
        events=tuple(_row(course, event) for event in course),
    )


def _figure(course: "Course") -> tuple[str, str]:
    """The figure with the ids of its events; else nothing, and why. A page is not lost because of one course."""
    from ...render.figure import LARGEST, drawing_of, kind_for

    if len(course) > LARGEST:
        return "", f"Not drawn: a figure of {len(course):,} events could not be read; at most {LARGEST} are drawn."
    try:
        return drawing_of(course, kind_for(course, "page.svg")[0]).svg(events=True), ""
    except Exception as error:
        return "", f"Not drawn: the drawing broke down ({type(error).__name__}). Please report this."


def _row(course: "Course", event: "Event") -> tuple[str, str, str, str, int | None]:
    from ...render.words import name_of

    told = [str(when) for when in event.when] + [f"until {when}" for when in event.until]
    told += [f"lasting {event.lasting}"] if event.lasting is not None else []
    return (
        printable(event.id),
        event.TYPE,
        printable(name_of(course, event)),
        printable("; ".join(told)) or "not told",
        event.line,
    )
