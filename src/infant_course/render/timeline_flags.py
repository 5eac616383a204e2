"""Findings on a timeline: numbered flags at their events, and what each says."""

from collections.abc import Mapping

from ..course import Course
from .marks import Marks, Told, told, words
from .stated import without_dates
from .timeline_figure import Flag, FlagText
from .words import name_of


def flags_of(
    course: Course, marks: Marks, days: Mapping[str, float], *, hide_ages: bool
) -> tuple[dict[str, tuple[Flag, ...]], tuple[FlagText, ...]]:
    """The flags of each event that is drawn, numbered from left to right, and what was found in words.

    A finding that several events share has one number. What was found about the patient, and about events that are
    not drawn, is told without a flag, with its subject.
    """
    order = {event.id: n for n, event in enumerate(course)}
    flags: dict[str, list[Flag]] = {}
    numbers: dict[Told, Flag] = {}
    elsewhere: list[FlagText] = []
    for name in sorted(marks, key=lambda one: (one not in days, days.get(one, 0.0), order.get(one, len(order)))):
        for mark in marks[name]:
            found = told(mark, hide_ages=hide_ages)
            if name in days:
                flag = numbers.setdefault(found, Flag(len(numbers) + 1, failed=mark.verdict == "failed"))
                if flag not in flags.setdefault(name, []):
                    flags[name].append(flag)
            else:
                known = course.by_id.get(name)
                subject = f"{without_dates(name_of(course, known))} (not drawn)" if known else "the patient"
                elsewhere.append(FlagText(None, f"{subject}: {words(found)}"))
    texts = [FlagText(flag, words(found)) for found, flag in numbers.items()]
    return {name: tuple(found) for name, found in flags.items()}, (*texts, *dict.fromkeys(elsewhere))
