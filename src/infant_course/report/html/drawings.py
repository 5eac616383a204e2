"""The drawings of a page and the events beside them, for the patients that need them first."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from attrs import frozen

from ...files import printable

if TYPE_CHECKING:
    from ...cohort import Cohort
    from ...course import Course
    from ...events import Event

Tree = list[Any]
MOST_DRAWN = 200
"""So many patients are drawn unless said otherwise: a drawing is some 15 kB."""


@frozen(kw_only=True)
class Drawn:
    """What the page shows of one patient's course.

    ``figure``: the drawing as nested lists (:func:`_tree`), or nothing, and then ``why`` says why. ``events``: id,
    type, name, time as told, line.
    """

    patient: str
    about: str
    figure: Tree | None
    why: str
    events: tuple[tuple[str, str, str, str, int | None], ...]


def drawings(cohort: "Cohort", patients: Iterable[str]) -> Iterator[Drawn]:
    """Each patient that the cohort knows, drawn or with the reason why not (see :mod:`...render.shown`)."""
    known = set(cohort.patients["patient"])
    for patient in patients:
        if patient in known:
            yield _of(cohort, patient)


def _of(cohort: "Cohort", patient: str) -> Drawn:
    """One patient. A page is not lost because of one course."""
    try:
        return _drawn(cohort.course(patient))
    except Exception as error:
        why = f"Not drawn: the course could not be told ({type(error).__name__}). Please report this."
        return Drawn(patient=patient, about="", figure=None, why=why, events=())


def _drawn(course: "Course") -> Drawn:
    from ...render.caption import patient_in_words
    from ...render.shown import shown

    figure = shown(course)
    return Drawn(
        patient=course.id,
        about=patient_in_words(course),
        figure=_tree(ElementTree.fromstring(figure.drawing.svg(events=True))) if figure.drawing else None,
        why=figure.why,
        events=tuple(_row(course, event) for event in course),
    )


def _tree(element: ElementTree.Element) -> Tree:
    """An element as its name, its attributes, and what is in it.

    As text of a page it costs a browser nothing until a patient is opened; 200 drawings as markup are 60,000 elements.
    """
    inner: list[Any] = [element.text] if element.text else []
    for child in element:
        inner += [_tree(child), *([child.tail] if child.tail else [])]
    return [element.tag.rpartition("}")[2], element.attrib, *inner]


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
