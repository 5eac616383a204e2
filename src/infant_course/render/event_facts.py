"""What was stated of an event, in words that may stand beside a drawing: no calendar dates and, if asked, no ages.

Free notes are left out: they may hold anything. Other texts are shown without the dates they hold.
"""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

from attrs import fields, frozen, has

from ..course import Course
from ..events import Event, Quantity, own_fields
from ..when import Either, OnDate, When
from .stated import AGE, DATE, LOOKS_LIKE_A_DATE, is_age, stated, without_places

FILE = "the file"
"""What stands for the name of a file, which may tell of a patient too."""

_HEADS = ("name", "term", "karyotype")
"""Fields of a record that need no name before them."""


@frozen
class Veil:
    """Takes calendar dates, the name of the file and, if they are hidden, ages out of a text about a course.

    The dates and ages are those that the course states, found as whole words, and whatever looks like a date.
    """

    _covered: dict[str, str]
    _pattern: re.Pattern[str]

    @classmethod
    def over(cls, course: Course, *, hide_ages: bool = False) -> "Veil":
        """The veil for one course."""
        covered = {course.file: FILE} if course.file and "." in course.file else {}
        for when in _statements(course):
            if isinstance(when, OnDate):
                covered[when.text] = DATE
            elif hide_ages and is_age(when):
                covered[str(when)] = AGE
        longest_first = sorted(covered, key=lambda text: (-len(text), text))
        words = [*map(re.escape, longest_first), LOOKS_LIKE_A_DATE]
        return cls(covered, re.compile(rf"(?<![\w-])(?:{'|'.join(words)})(?![\w-])"))

    def __call__(self, text: str) -> str:
        """The text without them."""
        return self._pattern.sub(lambda found: self._covered.get(found[0], DATE), without_places(text))


def _statements(course: Course) -> Iterator[When]:
    """Every statement of time of a course, and every alternative of those that leave a choice."""
    stated = [*course.patient.birth, *(when for event in course for when in (*event.when, *event.until))]
    for when in stated:
        yield from when.options if isinstance(when, Either) else (when,)


def stated_times(event: Event, *, hide_ages: bool = False) -> str:
    """The times of an event as they were stated; empty where none was."""
    told = [stated(when, hide_ages=hide_ages) for when in event.when]
    told += [f"until {stated(when, hide_ages=hide_ages)}" for when in event.until]
    told += [f"lasting {event.lasting}"] if event.lasting is not None else []
    return "; ".join(told)


def stated_fields(event: Event, veil: Veil) -> list[tuple[str, str]]:
    """Name and value of every field of an event that was stated, in the order of the type. Only texts are veiled."""
    told = [(a.name, getattr(event, a.name)) for a in own_fields(type(event))]
    told += [("derived_from", event.derived_from), ("estimated", event.estimated)]
    return [(name.replace("_", " "), _words(value, veil)) for name, value in told if _is_stated(value)]


def _is_stated(value: Any) -> bool:
    return value is not None and value != ()


def _words(value: Any, veil: Veil) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case Enum():
            return str(value).replace("_", " ")
        case str():
            return veil(value)
        case tuple():
            shown = [_words(one, veil) for one in value]
            return ("; " if any("," in one for one in shown) else ", ").join(shown)
        case Quantity():
            return f"{value.value:g} × {value.unit}" if value.unit.startswith("10^") else str(value)
    return _record(value, veil) if has(type(value)) else str(value)


def _record(value: Any, veil: Veil) -> str:
    """A record within an event, such as a drug with its dose."""
    parts = [(a.name, getattr(value, a.name)) for a in fields(type(value))]
    return ", ".join(
        _words(part, veil) if name in _HEADS else f"{name.replace('_', ' ')} {_words(part, veil)}"
        for name, part in parts
        if _is_stated(part)
    )
