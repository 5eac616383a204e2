"""Stated times in the words of a figure: never a calendar date, and no age where ages are to be left out."""

import re

from ..course import BIRTH, Course
from ..events import Diagnosis, Event, Transplant
from ..shortest_paths import UNBOUNDED
from ..when import AtAge, Either, Offset, OnDate, OnDay, When
from .timeline_figure import clean

DATE = "calendar date"
AGE = "age not shown"
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
LOOKS_LIKE_A_DATE = (
    r"[12]\d{3}-(?:0[1-9]|1[0-2])(?:-\d{2})?|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})"
    rf"|(?:\d{{1,2}}(?:st|nd|rd|th)?\.?[ -])?(?i:{_MONTH})\.?[ -](?:\d{{1,2}}(?:st|nd|rd|th)?,? )?[12]\d{{3}}"
)
"""A pattern of calendar dates as they are usually written; in digits of any script."""
_DATES = re.compile(rf"\b(?:{LOOKS_LIKE_A_DATE})\b")
_PLACES = re.compile(r" \([^()]*(?:, line \d+|\.(?:ya?ml|json|csv|tsv|txt|parquet))\)")


def without_dates(text: str) -> str:
    """Text in which whatever looks like a calendar date is named as one."""
    return _DATES.sub(DATE, text)


def shown(text: str) -> str:
    """Text of the input as a figure shows it: on one line and without dates."""
    return clean(without_dates(text))


def without_places(text: str) -> str:
    """A message without files and lines: a figure is passed on, and the name of a file may tell of a patient."""
    return _PLACES.sub("", text)


def is_age(when: When) -> bool:
    """Whether a statement is an age, or a time counted from birth, which comes to the same."""
    return isinstance(when, AtAge) or (isinstance(when, Offset | OnDay) and when.of == BIRTH)


def stated(when: When, *, hide_ages: bool = False) -> str:
    """A statement of time as told, without dates and, if asked for, without ages."""
    if isinstance(when, OnDate):
        return DATE
    if isinstance(when, Either):
        return f"either {' or '.join(f'({stated(option, hide_ages=hide_ages)})' for option in when.options)}"
    if hide_ages and is_age(when):
        return AGE
    if any(re.fullmatch(r"\d{4}", name) for name in when.references()):
        return DATE  # a year that was taken for the name of an event
    return without_dates(str(when))


def short_time(event: Event, course: Course, *, hide_ages: bool = False) -> str:
    """A reported age or length of time, in a few words; empty where none is told, or it is not to be shown."""
    for when in event.when:
        if hide_ages and is_age(when):
            continue
        if isinstance(when, AtAge):
            return f"age {when.age}"
        if isinstance(when, Offset):
            return f"{when.by} {'before' if when.before else 'after'} {_called(course, when.of)}"
        if isinstance(when, Either):
            times = [option for option in when.options if isinstance(option, Offset)]
            if times and len({str(time.by) for time in times}) == 1:
                return f"{times[0].by} after {' or '.join(_called(course, time.of) for time in times)}"
    return ""


def _called(course: Course, identity: str) -> str:
    """What an event is called that a time counts from: the only diagnosis and HSCT by that word, others by their id."""
    for kind, word in ((Diagnosis, "diagnosis"), (Transplant, "HSCT")):
        if [event.id for event in course.of(kind)] == [identity]:
            return word
    return without_dates(identity).replace("_", " ").replace("-", " ")


def age_at(event: Event) -> str:
    """The age told of an event: "7 months"; empty where none is told."""
    return next((str(when.age) for when in event.when if isinstance(when, AtAge)), "")


def reported_day(course: Course, event: Event) -> str:
    """ "day 33" or "month 6" from diagnosis, where that is reported; empty otherwise.

    A day is told only where it is known exactly; a length of time from diagnosis is told in its own unit.
    """
    if not any(isinstance(when, OnDate | OnDay | Offset) for when in event.when):
        return ""
    low, high = course.resolved.day_since_diagnosis(event.id)
    if low == high:
        return f"day {low}"
    for when in event.when:
        if isinstance(when, Offset) and not when.before and isinstance(course.by_id.get(when.of), Diagnosis):
            whole = when.by.upto is None and when.by.number == when.by.number.to_integral_value()
            return f"{when.by.unit} {when.by.number}" if whole else str(when.by)
    return ""


def day_in_words(course: Course, event: Event) -> str:
    """What is known of an event's time, in days from diagnosis."""
    low, high = course.resolved.day_since_diagnosis(event.id)
    if low <= -UNBOUNDED and high >= UNBOUNDED:
        return "not reported"
    if high >= UNBOUNDED:
        return f"day {low} or later"
    if low <= -UNBOUNDED:
        return f"day {high} or earlier"
    return f"day {low}" if low == high else f"day {low} to {high}"
