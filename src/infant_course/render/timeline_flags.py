"""Findings on a timeline: numbered flags at their events, and what each says.

The figure does not judge: it shows what it is given. No calendar date, and no age that is to be hidden, gets from the
words of a finding into the figure.
"""

import re
from collections.abc import Mapping, Sequence

from ..course import Course
from .style import Mark
from .timeline_figure import Flag, FlagText
from .words import name_of

Marks = Mapping[str, Sequence[Mark]]
"""What was found about each event, by its id."""

_DATE = re.compile(r"\b(?:18|19|20)\d{2}(?:-\d{2}){0,2}\b")
_FULL_DATE = re.compile(r"\b\d{4}-\d{2}(?:-\d{2})?\b")
_AGE = re.compile(r"\bage \d+(?:\.\d+)?(?: to \d+(?:\.\d+)?)? (?:day|week|month|year)s?")


def undated(text: str) -> str:
    """A label without the calendar dates in it. A bare year is left: it may be any number."""
    return _FULL_DATE.sub("[date]", text)


def private(message: str, *, hide_ages: bool) -> str:
    """A message about a course without dates, bare years included, and without ages where these are hidden."""
    message = _DATE.sub("[date]", message)
    return _AGE.sub("age [hidden]", message) if hide_ages else message


def flags_of(
    course: Course, marks: Marks, days: Mapping[str, float], *, hide_ages: bool
) -> tuple[dict[str, tuple[Flag, ...]], tuple[FlagText, ...]]:
    """The flags of each event, numbered in the order in which events are drawn, and their texts."""
    told = {event.id: n for n, event in enumerate(course)}
    flags: dict[str, list[Flag]] = {}
    texts: list[FlagText] = []
    for name in sorted(marks, key=lambda one: (one not in days, days.get(one, 0.0), told.get(one, len(told)))):
        for mark in marks[name]:
            flag = Flag(len(texts) + 1, failed=mark.verdict == "failed")
            message = private(mark.message, hide_ages=hide_ages)
            # What is not drawn is named instead.
            subject = f"{name_of(course, course[name])}, not drawn: " if name in told and name not in days else ""
            texts.append(FlagText(flag, f"{subject}{mark.rule} {mark.verdict}: {message}"))
            flags.setdefault(name, []).append(flag)
    return {name: tuple(found) for name, found in flags.items()}, tuple(texts)
