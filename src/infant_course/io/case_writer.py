"""Writes a course as a case file: terse, as people write it, or explicit, as programs read it."""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

import attrs

from ..course import BIRTH, Course
from ..errors import Fault, InputError, expect, path_of
from ..events import Event, Quantity, Record, references, units_of
from ..files import write_whole
from ..shortest_paths import UNBOUNDED
from ..sources import Confidence
from ..statements import EPOCH
from ..when import (
    After,
    AtAge,
    AtEndOf,
    Before,
    Duration,
    During,
    Either,
    Offset,
    OnDate,
    OnDay,
    Ongoing,
    Then,
    When,
    With,
)
from .case_file import FORMAT
from .values import SIGNS, is_identifier
from .yaml_nodes import NOT_RAW, UNSEEN, scalar, shown

_PLAIN = re.compile(r"[A-Za-z0-9(][^\n:#\[\]{},&*!|>'\"%@`\\]*[^\s:#\[\]{},&*!|>'\"%@`\\]|[A-Za-z0-9]")


def dump(course: Course, path: str | Path | None = None) -> str:
    """A course as a terse case file that reads back as the same course; also written to a file if one is named.

    An id that was used twice is written twice. Raises InputError for what a program may say and no case file can hold:
    a text with a control character, an id of other signs than :data:`infant_course.when.IDENTIFIER` has, a unit that
    its field does not have, the end of an event that does not last, a source without key or place.
    """
    expect("dump", course, Course, "a course")
    document = _course(course, explicit_form=False)
    if faults := list(_unwritable(course, document)):
        raise InputError(faults=faults)
    text = emit(document)
    if path is not None:
        write_whole(Path(path_of("dump", path)), text)
    return text


def explicit(course: Course) -> str:
    """A course in its explicit form: every statement of time as a mapping, every quantity with value and unit,
    and what is known of the times.

    ``day_zero``: the diagnosis that days count from. ``resolved``: of each event the earliest and latest day since
    then (null: not known), and the earliest and latest date where the calendar is known. ``problems``: what cannot be
    so in the telling, with the rule that reports it. ``notes``: alternatives that other statements rule out, and where
    less was worked out than could be known.
    """
    document = _course(course, explicit_form=True)
    document["day_zero"] = course.resolved.diagnosis
    document["resolved"] = [_resolved(course, event) for event in course.events]
    document["problems"] = [
        {"rule": problem.rule, "events": list(problem.events), "message": problem.message}
        for problem in course.problems
    ]
    settled = [f"settled: {one.message}" for one in course.resolved.settled]
    document["notes"] = [*settled, *course.resolved.notes]
    return emit(document)


def _unwritable(course: Course, document: dict[str, Any]) -> Iterator[Fault]:
    """What of a course no case file can hold."""
    for path, text in _texts(document):
        if bad := UNSEEN.search(text):
            found = f"U+{ord(bad[0]):04X}"
            yield Fault(path=path, expected="text without control characters", found=found, hint="take it out")
    if course.source is not None:
        for part in ("key", "at"):
            if not getattr(course.source, part):
                yield Fault(path=f"source.{part}", expected="a text", found=shown(""), hint="leave the source out")
    for path, name in _ids(course, document):
        if not is_identifier(name):
            yield Fault(path=path, expected=f"an id of {SIGNS}", found=shown(name))
    for number, event in enumerate(course.events):
        place = f"events[{number}]"
        for path, unit, units in _foreign_units(event):
            yield Fault(path=f"{place}.{path}", expected=f"a unit ({' or '.join(units)})", found=shown(unit or ""))
        if event.until and not event.LASTS:
            hint = "say it in `when`"
            yield Fault(path=f"{place}.until", expected="an event that lasts", found=event.TYPE, hint=hint)


def _ids(course: Course, document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """All ids in a document, and those that its events lean on, each with its place."""
    yield "patient.id", course.id
    times = [("patient.birth", course.patient.birth)]
    for number, (event, entries) in enumerate(zip(course.events, document["events"], strict=True)):
        place = f"events[{number}]"
        yield f"{place}.id", entries["id"]
        yield from ((f"{place}.{field}", name) for field, name in references(event))
        times += [(f"{place}.when", event.when), (f"{place}.until", event.until)]
    for place, whens in times:
        yield from ((place, name) for when in whens for name in when.references() if name != BIRTH)


def _foreign_units(record: Any) -> Iterator[tuple[str, str, Iterable[str]]]:
    """The units of a record, and of its parts, that their fields do not have: place, unit, and those it has."""
    for attribute in attrs.fields(type(record)):
        value = getattr(record, attribute.name)
        if isinstance(value, Quantity) and value.unit not in (units := units_of(attribute.metadata)):
            yield attribute.name, value.unit, units
        for part in value if isinstance(value, tuple) else ():
            if isinstance(part, Record):
                yield from ((f"{attribute.name}.{name}", unit, known) for name, unit, known in _foreign_units(part))


def _texts(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """All texts of a document, each with its place as the reader tells it."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}".lstrip("."))
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{path}[{number}]")


def _resolved(course: Course, event: Event) -> dict[str, Any]:
    known: dict[str, Any] = {"id": event.id}
    for point in ("start", "end") if event.LASTS else ("start",):
        low, high = course.resolved.day_since_diagnosis(event.id, point)
        known[point if event.LASTS else "day"] = {
            "earliest": low if low > -UNBOUNDED else None,
            "latest": high if high < UNBOUNDED else None,
        }
        first, last = map(_date, course.resolved.calendar_day(event.id, point))
        if first or last:
            known[f"{point}_date" if event.LASTS else "date"] = {"earliest": first, "latest": last}
    return known


def _date(day: int) -> str | None:
    """A day since 1970-01-01 as a date; None where it is not known, or lies beyond the calendar."""
    number = EPOCH.toordinal() + day
    return date.fromordinal(number).isoformat() if 1 <= number <= date.max.toordinal() else None


def _course(course: Course, *, explicit_form: bool) -> dict[str, Any]:
    patient: dict[str, Any] = {"id": course.patient.id}
    if course.patient.sex is not None:
        patient["sex"] = str(course.patient.sex)
    if course.patient.birth:
        patient["birth"] = _whens(course.patient.birth, explicit_form)
    if course.patient.site is not None:
        patient["site"] = course.patient.site
    document: dict[str, Any] = {"infant_course": FORMAT}
    if course.about is not None:
        document["about"] = course.about
    document["patient"] = patient
    if course.source is not None:
        document["source"] = {"key": course.source.key, "at": course.source.at}
        if course.source.confidence is not Confidence.QUOTED:
            document["source"]["confidence"] = str(course.source.confidence)
    if course.complete or explicit_form:
        document["complete"] = sorted(course.complete)
    document["events"] = [_event(event, explicit_form) for event in course.events]
    if not explicit_form:
        used_again = {p.events[0]: p.events[1] for p in course.defects if p.rule == "REC-01" and len(p.events) == 2}
        for entries in document["events"]:
            entries["id"] = used_again.get(entries["id"], entries["id"])
    return document


def _event(event: Event, explicit_form: bool) -> dict[str, Any]:
    entries: dict[str, Any] = {"event": event.TYPE, "id": event.id}
    for attribute in attrs.fields(type(event)):
        value = getattr(event, attribute.name)
        if attribute.name == "id" or attribute.metadata.get("internal") or value is None or value == ():
            continue
        if attribute.name in ("when", "until"):
            entries[attribute.name] = _whens(value, explicit_form)
        else:
            entries[attribute.name] = _plain(value, explicit_form)
    return entries


def _plain(value: Any, explicit_form: bool) -> Any:
    if isinstance(value, Quantity):
        number = repr(value.value).removesuffix(".0")
        return {"value": value.value, "unit": value.unit} if explicit_form else f"{number} {value.unit}"
    if isinstance(value, (Duration, Enum)):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(item, explicit_form) for item in value]
    if attrs.has(type(value)):
        pairs = ((a.name, getattr(value, a.name)) for a in attrs.fields(type(value)))
        return {name: _plain(item, explicit_form) for name, item in pairs if item is not None and item != ()}
    return value


def _whens(whens: tuple[When, ...], explicit_form: bool) -> Any:
    texts = [_explicit_when(when) if explicit_form else str(when) for when in whens]
    return texts[0] if len(texts) == 1 and not explicit_form else texts


def _explicit_when(when: When) -> dict[str, Any]:
    """One statement as a mapping; ``values.explicit_when`` reads it back."""
    if isinstance(when, OnDate):
        return {"date": when.text}
    if isinstance(when, OnDay):
        return {"day": when.day, "of": when.of}
    if isinstance(when, AtAge):
        return {"age": str(when.age)}
    if isinstance(when, Offset):
        return {"by": str(when.by), "before" if when.before else "after": when.of}
    if isinstance(when, (Before, After)):
        word = "before" if isinstance(when, Before) else "after"
        return {word: when.of, "point": when.point} if when.point else {word: when.of}
    if isinstance(when, Either):
        return {"either": [_explicit_when(option) for option in when.options]}
    words: dict[type[When], str] = {During: "during", AtEndOf: "at_end_of", With: "with", Then: "then"}
    if type(when) in words:
        return {words[type(when)]: when.references()[0]}
    return {"ongoing" if isinstance(when, Ongoing) else "unknown": True}


def emit(value: Any, indent: int = 0) -> str:
    """Plain data as block YAML that any YAML 1.2 reader reads back as the same data."""
    pad = "  " * indent
    if isinstance(value, dict):
        lines = []
        for key, item in value.items():
            lines.append(
                f"{pad}{_word(key)}:{_inline(item)}"
                if _flat(item)
                else f"{pad}{_word(key)}:\n{emit(item, indent + 1).rstrip()}"
            )
        return "\n".join(lines) + "\n"
    lines = []
    for item in value:
        if _flat(item):
            lines.append(f"{pad}-{_inline(item)}")
        else:
            lines.append(f"{pad}- {emit(item, indent + 1).strip()}")
    return "\n".join(lines) + "\n"


def _flat(value: Any) -> bool:
    """Whether a value goes on the line of its key."""
    if isinstance(value, dict):
        return not value or (len(value) <= 3 and all(_scalar(item) for item in value.values()))
    return _scalar(value) or all(_scalar(item) for item in value)


def _scalar(value: Any) -> bool:
    return not isinstance(value, (dict, list))


def _inline(value: Any) -> str:
    if isinstance(value, dict):
        return " {" + ", ".join(f"{_word(key)}: {_word(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return " [" + ", ".join(_word(item) for item in value) + "]"
    return f" {_word(value)}"


def _word(value: Any) -> str:
    """A scalar; text that could be read as something else is quoted, and JSON's quoting is YAML's."""
    if not isinstance(value, str):
        return json.dumps(value)
    if _PLAIN.fullmatch(value) and scalar(value) == value and " -" not in value and not NOT_RAW.search(value):
        return value
    return NOT_RAW.sub(lambda found: f"\\u{ord(found[0]):04x}", json.dumps(value, ensure_ascii=False))
