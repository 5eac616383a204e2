"""Invented patients by day, and what every figure of a cohort has to hold."""

import re
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from infant_course.cohort import Cohort
from infant_course.course import Course, Patient
from infant_course.events import EVENT_TYPES, Event
from infant_course.render.cohort_figure import CohortFigure
from infant_course.render.cohort_page import Page
from infant_course.when import parse
from render.drawn import faults
from render.pixels import pixels

ZERO = date(2015, 3, 1)
"""Every patient's diagnosis, so that a stray calendar date is found."""

Told = tuple[str, Any, dict[str, Any]]


def at(kind: str, when: Any, until: Any = None, /, **fields: Any) -> Told:
    """An event of a type: on a day since diagnosis (a number), or as stated (words)."""
    return kind, (when, until), fields


def stated(when: Any) -> tuple[Any, ...]:
    """A day since diagnosis as the date of that day; words as they are; None as nothing."""
    if when is None:
        return ()
    return (parse(str(ZERO + timedelta(days=when)) if isinstance(when, int) else when),)


def patient(name: str, *told: Told, site: str | None = None, **diagnosis: Any) -> Course:
    """A patient diagnosed on day 0. Events are called by their type and number: relapse1, relapse2 ..."""
    events: list[Event] = [EVENT_TYPES["diagnosis"](id="dx", when=stated(0), **diagnosis)]
    for kind, (when, until), fields in told:
        number = 1 + sum(kind == event.TYPE for event in events)
        events.append(EVENT_TYPES[kind](id=f"{kind}{number}", when=stated(when), until=stated(until), **fields))
    return Course(patient=Patient(id=name, site=site), events=tuple(events))


def cohort(*courses: Course) -> Cohort:
    """Some patients as columns."""
    return Cohort.from_courses(courses)


def overlaps(page: Page) -> list[tuple[str, str]]:
    """Pairs of lines of text that touch."""
    return [(a.text, b.text) for a, b in combinations(page.labels, 2) if a.box.touches(b.box, -0.2)]


def outside(page: Page) -> list[object]:
    """What does not stand on the page."""
    found = []
    for one, box in zip(page.things, page.boxes, strict=True):
        if box.x < -0.01 or box.y < -0.01 or box.right > page.width + 0.01 or box.bottom > page.height + 0.01:
            found.append(one)
    return found


def sound(figure: CohortFigure) -> None:
    """What must hold of every figure: on the page, no text over text, none too small, no date, an honest alt text."""
    page = figure.page
    assert outside(page) == []
    assert overlaps(page) == []
    assert min(label.size for label in page.labels) >= 6
    svg = figure.drawing.svg()
    assert svg == figure.drawing.svg()
    assert faults(svg) == []
    everything = "".join([svg, figure.caption, figure.alt, *(cell for row in figure.rows for cell in row)])
    assert re.search(r"20[12]\d-\d\d", everything) is None
    assert 20 < len(figure.alt) <= 250
    assert len({len(row) for row in figure.rows}) == 1


def ink_on_the_edge(png: bytes) -> tuple[int, int]:
    """Dark pixels in all, and those on the outermost line of pixels."""
    rows = pixels(png)
    edge = sum((side < 250).sum() for side in (rows[0], rows[-1], rows[:, 0], rows[:, -1]))
    return int((rows < 128).sum()), int(edge)


def many(count: int, *, sites: int = 1) -> Iterable[Course]:
    """So many patients who differ: relapses, transplants, deaths, germline, by turns."""
    for n in range(count):
        told = [
            at("treatment_block", 1, 33, block="induction"),
            at("remission", 34, number=1),
            at("treatment_block", 40, 80, block="ib"),
            at("treatment_block", 90, 300 + n, block="maintenance"),
        ]
        if n % 3 == 0:
            told += [at("relapse", 310 + 5 * n, number=1), at("treatment_block", 320 + 5 * n, 350 + 5 * n, block="fla")]
        if n % 6 == 0:
            told.append(at("transplant", 400 + 5 * n))
        last = 700 + 20 * n
        told.append(at("death", last) if n % 4 == 0 else at("last_contact", last, vital_status="alive"))
        yield patient(
            f"P{n:03d}", *told, site=f"Centre {n % sites + 1:02d}", kmt2a="germline" if n % 5 == 4 else "rearranged"
        )


__all__ = ["at", "cohort", "ink_on_the_edge", "many", "outside", "overlaps", "patient", "sound"]
