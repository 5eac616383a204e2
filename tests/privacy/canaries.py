"""A course with something that gives it away in every field of every event type."""

import re
from collections.abc import Iterable
from datetime import date
from enum import Enum
from typing import Any, get_args, get_origin

import attrs

from infant_course import EVENT_TYPES, Course, Event, Patient, Quantity
from infant_course.events import field_hints, inner_type, own_fields, units_of
from infant_course.when import parse, parse_duration

PATIENT, SITE, FILE = "CANARY-patient-Müller", "CANARY-site-Köln", "CANARY-folder/CANARY-file.yaml"
NUMBER, WHOLE = 987654.321, 987654
DAY = date(1987, 6, 5)
TELLTALES = ("canary", "müller", "köln", "987654", "1987", "birth 198", "age 4321")
"""What must not be found in anything that leaves, in small letters: ids, texts, numbers, dates, ages."""
PSEUDONYM = re.compile(r"\b[PESFN][0-9A-HJKMNP-TV-Z]{12}\b")
"""Random digits and capitals, in which a year may stand by chance."""


def _value(hint: Any, metadata: Any, place: str) -> Any:
    if get_origin(hint) is tuple:
        return (_value(inner_type(get_args(hint)[0]), metadata, place),)
    if hint is Quantity:
        return Quantity(NUMBER, next(iter(units_of(metadata))))
    if attrs.has(hint):
        hints = field_hints(hint)
        return hint(**{a.name: _value(hints[a.name], a.metadata, f"{place}-{a.name}") for a in attrs.fields(hint)})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    if hint is str:
        return f"CANARY-{place}"
    return {bool: True, int: WHOLE, float: NUMBER}[hint]


def event(name: str, number: int) -> Event:
    """An event of a type with all its fields stated, on a day of its own."""
    cls = EVENT_TYPES[name]
    hints = field_hints(cls)
    fields = {a.name: _value(hints[a.name], a.metadata, f"{name}-{a.name}") for a in own_fields(cls)}
    when = (parse(f"1987-06-{1 + number % 28:02d}"), parse("age 4321 days"), parse(f"after CANARY-{name}-0"))
    more: dict[str, Any] = {}
    if cls.LASTS:
        more = {
            "until": (parse("1987-05"), parse("5 days after CANARY-diagnosis-1")),
            "lasting": parse_duration("9 days"),
        }
    return cls(
        id=f"CANARY-{name}-{number}",
        when=when,
        note=f"CANARY-note-{name}",
        derived_from=(f"CANARY-{name}-0",),
        estimated=True,
        line=WHOLE,
        **more,
        **fields,
    )


def course(identity: str = PATIENT, types: Iterable[str] = EVENT_TYPES) -> Course:
    """Two events of every type."""
    return Course(
        patient=Patient(id=identity, birth=(parse("1987-02-03"),), site=SITE),
        events=tuple(event(name, number) for name in types for number in (0, 1)),
        complete=frozenset(EVENT_TYPES),
        about="CANARY-about",
        file=FILE,
    )


def found(text: str) -> list[str]:
    """The telltales in a text, in whatever case or escape, pseudonyms left out."""
    plain = PSEUDONYM.sub("", text).casefold()
    for escaped, sign in (("\\u00fc", "ü"), ("\\u00f6", "ö"), ("&#252;", "ü"), ("&#246;", "ö"), ("&uuml;", "ü")):
        plain = plain.replace(escaped, sign)
    return [word for word in TELLTALES if word in plain]
