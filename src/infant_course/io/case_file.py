"""Case files: one patient's course as short YAML, read with every fault located, and written back.

The shape follows the event types: their fields, types, units and words are read from the classes, so that a new
field needs nothing here. What is written is kept as stated; nothing is filled in, converted or dropped.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar, get_args, get_origin

import attrs
from attrs import evolve, field, frozen

from ..course import BIRTH, Course, Patient, Problem
from ..errors import Fault, InputError, did_you_mean
from ..events import EVENT_TYPES, Event, Quantity, field_hints, inner_type, units_of
from ..sources import Cite, Confidence
from ..vocabulary import Sex
from ..when import FORMS, IDENTIFIER, Duration, When, parse, parse_duration
from . import yaml_nodes
from .yaml_nodes import Node, shown

FORMAT = 1
"""Version of the case file's shape."""
MAXIMUM_ID = 100
"""Longest id, in characters."""
COURSE_KEYS = ("infant_course", "about", "patient", "source", "complete", "events")
UNIT_SPELLINGS = {
    "x10^9/L": "10^9/L",
    "×10^9/L": "10^9/L",
    "×10⁹/L": "10^9/L",
    "10⁹/L": "10^9/L",
    "x10^9/l": "10^9/L",
    "10^9/l": "10^9/L",
    "/µL": "/uL",
    "/μL": "/uL",
    "/ul": "/uL",
    "/mm3": "/uL",
    "µg/m2/day": "ug/m2/day",
    "μg/m2/day": "ug/m2/day",
    "µg/m²/day": "ug/m2/day",
    "μg/m²/day": "ug/m2/day",
    "mg/m²": "mg/m2",
    "g/m²": "g/m2",
}
"""Other spellings of the units in ``events.UNITS``; a cubic millimetre is a microlitre."""

_QUANTITY = re.compile(r"([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?)\s*(?:[x×]\s*(?=10))?(\D.*|10.*/.*)?")
_BARE_MRD = "a bare {0} could be {0} as a fraction ({1:g} %) or {0} % (a fraction of {2:g})"
T = TypeVar("T")


def load(path: str | Path) -> Course:
    """Read one case file. Raises InputError holding every fault of the file, each with line and column."""
    path = Path(path)
    return read(yaml_nodes.read_text(path), file=str(path))


def read(text: str, *, file: str | None = None) -> Course:
    """Read a case file's text. Raises InputError holding every fault."""
    reader = _Reader(file)
    course = reader.course(yaml_nodes.parse(text, file))
    if reader.faults or course is None:
        raise InputError(faults=sorted(reader.faults, key=lambda f: (f.line or 0, f.column or 0)))
    return course


@frozen
class _Reader:
    """Turns nodes into a course and gathers faults; a value with a fault becomes None and reading goes on."""

    file: str | None
    faults: list[Fault] = field(factory=list)

    def fault(self, node: Node, path: str, expected: str, found: str | None = None, hint: str | None = None) -> None:
        self.faults.append(
            Fault(
                file=self.file,
                line=node.line,
                column=node.column,
                path=path,
                expected=expected,
                found=found if found is not None else node.kind(),
                hint=hint,
            )
        )

    # --- the course -----------------------------------------------------------------------------------------

    def mapping(self, node: Node, path: str, keys: Iterable[str], what: str) -> dict[str, Node]:
        """The entries of a mapping that has no other keys than these."""
        keys = tuple(keys)
        if not isinstance(node.value, dict):
            self.fault(node, path, f"{what}: a mapping with {', '.join(keys)}")
            return {}
        for key, value in node.value.items():
            if key not in keys:
                hint = did_you_mean(key, keys) or f"known are {', '.join(keys)}"
                line, column = value.key or (value.line, value.column)
                place = evolve(value, line=line, column=column)
                self.fault(place, f"{path}.{key}".lstrip("."), f"a key of {what}", shown(key), hint)
        return {key: value for key, value in node.value.items() if key in keys}

    def course(self, node: Node) -> Course | None:
        entries = self.mapping(node, "", COURSE_KEYS, "a case file")
        version = entries.get("infant_course")
        if version is None and isinstance(node.value, dict):
            self.fault(node, "infant_course", f"infant_course: {FORMAT}, the version of this shape", "nothing")
        elif version is not None and version.text != str(FORMAT):
            self.fault(version, "infant_course", str(FORMAT))
        patient = self.patient(entries.get("patient"), node)
        source = self.source(entries["source"]) if "source" in entries else None
        complete = self.complete(entries["complete"]) if "complete" in entries else ()
        about = self.word(entries["about"], "about") if "about" in entries else None
        events, defects = self.events(entries["events"]) if "events" in entries else ([], [])
        if self.faults or patient is None:
            return None
        return Course(
            patient=patient,
            events=events,
            complete=complete,
            source=source,
            about=about,
            file=self.file,
            defects=defects,
        )

    def patient(self, node: Node | None, root: Node) -> Patient | None:
        if node is None:
            self.fault(root, "patient", "patient: {id: ...}", "nothing")
            return None
        entries = self.mapping(node, "patient", ("id", "sex", "birth", "site"), "patient")
        if "id" not in entries:
            self.fault(node, "patient.id", "an id: a study number, never a name", "nothing")
        identity = self.identifier(entries["id"], "patient.id") if "id" in entries else None
        sex = self.of_type(Sex, entries["sex"], "patient.sex") if "sex" in entries else None
        birth = self.whens(entries["birth"], "patient.birth") if "birth" in entries else ()
        site = self.word(entries["site"], "patient.site") if "site" in entries else None
        return Patient(id=identity, sex=sex, birth=birth, site=site) if identity else None

    def source(self, node: Node) -> Cite | None:
        entries = self.mapping(node, "source", ("key", "at", "confidence"), "source")
        key, at = (self.word(entries[k], f"source.{k}") if k in entries else None for k in ("key", "at"))
        if not key or not at:
            self.fault(node, "source", "source: {key: ..., at: ...}", "one of the two")
            return None
        if "confidence" not in entries:
            return Cite(key, at)
        confidence = self.enum(Confidence, entries["confidence"], "source.confidence")
        return Cite(key, at, confidence) if confidence else None

    def complete(self, node: Node) -> tuple[str, ...]:
        if not isinstance(node.value, list):
            self.fault(node, "complete", "a list of event types")
            return ()
        for item in node.value:
            if item.text not in EVENT_TYPES:  # a list or a mapping has no text
                self.fault(item, "complete", "an event type", hint=did_you_mean(item.text, EVENT_TYPES))
        return tuple(item.text for item in node.value if item.text in EVENT_TYPES)

    def events(self, node: Node) -> tuple[list[Event], list[Problem]]:
        if not isinstance(node.value, list):
            self.fault(node, "events", "a list of events")
            return [], []
        events: list[Event] = []
        defects: list[Problem] = []
        seen: dict[str, int] = {}
        for number, item in enumerate(node.value):
            event = self.event(item, f"events[{number}]")
            if event is None:
                continue
            seen[event.id] = seen.get(event.id, 0) + 1
            if seen[event.id] > 1:
                renamed = f"{event.id} ({seen[event.id]})"
                message = f"The id {event.id} is used again; the later event is told as {renamed}."
                defects.append(Problem(rule="REC-01", events=(renamed, event.id), message=message))
                event = evolve(event, id=renamed)
            events.append(event)
        return events, defects

    def event(self, node: Node, path: str) -> Event | None:
        if not isinstance(node.value, dict) or "event" not in node.value:
            self.fault(node, path, "an event: a mapping with event: TYPE, id: NAME and its fields")
            return None
        kind = node.value["event"]
        cls = EVENT_TYPES.get(kind.text)
        if cls is None:
            hint = did_you_mean(kind.text, EVENT_TYPES) or f"known are {', '.join(EVENT_TYPES)}"
            self.fault(kind, f"{path}.event", "an event type", hint=hint)
            return None
        names = [a.name for a in attrs.fields(cls) if not a.metadata.get("internal")]
        if not cls.LASTS:
            names = [name for name in names if name not in ("until", "lasting")]
        path = f"{path} ({kind.text})"
        entries = self.mapping(node, path, ("event", *names), f"{kind.text}")
        before = len(self.faults)
        if "id" not in entries:
            self.fault(node, f"{path}.id", "an id", "nothing", "other events refer to this one by its id")
        values = self.fields(cls, {k: v for k, v in entries.items() if k not in ("event", "id")}, path)
        identity = self.identifier(entries["id"], f"{path}.id") if "id" in entries else None
        if len(self.faults) > before or identity is None:
            return None
        return cls(id=identity, line=node.line, **values)

    def fields(self, record: Any, entries: dict[str, Node], path: str) -> dict[str, Any]:
        """The values of a record's fields."""
        hints, metadata = field_hints(record), {a.name: a.metadata for a in attrs.fields(record)}
        values: dict[str, Any] = {}
        for name, node in entries.items():
            place, units = f"{path}.{name}", units_of(metadata[name])
            if name in ("when", "until"):
                values[name] = self.whens(node, place)
            elif hints[name] is Duration:
                values[name] = self.read_text(parse_duration, node, place)
            else:
                values[name] = self.of_type(hints[name], node, place, units=units, ref=metadata[name].get("ref"))
        return values

    # --- values -----------------------------------------------------------------------------------------------

    def of_type(
        self, hint: Any, node: Node, path: str, *, units: Mapping[str, float] | None = None, ref: bool = False
    ) -> Any:
        """One value of a type. A fault is noted and None returned where it is something else."""
        if get_origin(hint) is tuple:
            items = node.value if isinstance(node.value, list) else [node]
            inner = inner_type(get_args(hint)[0])
            return tuple(self.of_type(inner, item, path, units=units, ref=ref) for item in items)
        if hint is Quantity:
            return self.quantity(node, path, units or {})
        if attrs.has(hint):
            before = len(self.faults)
            names = [a.name for a in attrs.fields(hint)]
            values = self.fields(hint, self.mapping(node, path, names, path.rpartition(".")[2]), path)
            missing = [a.name for a in attrs.fields(hint) if a.default is attrs.NOTHING and a.name not in values]
            if missing:
                self.fault(node, path, f"{missing[0]}: ...", "a mapping without it")
            return hint(**values) if len(self.faults) == before else None
        if isinstance(hint, type) and issubclass(hint, Enum):
            return self.enum(hint, node, path)
        if hint is bool:
            return self.check(isinstance(node.value, bool), node, path, "true or false")
        if hint is int:
            whole = isinstance(node.value, int) and not isinstance(node.value, bool) and not node.quoted
            return self.check(whole, node, path, "a whole number")
        if hint is float:  # pragma: no branch - the last kind of field there is beside words
            number = isinstance(node.value, (int, float)) and not isinstance(node.value, bool)
            return float(node.value) if self.check(number, node, path, "a number") is not None else None
        return self.identifier(node, path) if ref else self.word(node, path)

    def check(self, fits: bool, node: Node, path: str, expected: str) -> Any:
        if not fits:
            self.fault(node, path, expected)
            return None
        return node.value

    def word(self, node: Node, path: str) -> str | None:
        """A word or a text, as written. A number is a word where a word is meant."""
        if isinstance(node.value, (dict, list)) or node.value is None:
            self.fault(node, path, "a word")
            return None
        return node.text

    def identifier(self, node: Node, path: str) -> str | None:
        text = self.word(node, path)
        if text is None:
            return None
        if not re.fullmatch(IDENTIFIER, text) or len(text) > MAXIMUM_ID or text == BIRTH:
            expected = f"an id of letters, digits and . _ + - (at most {MAXIMUM_ID}, not {BIRTH!r})"
            self.fault(node, path, expected)
            return None
        return text

    def enum(self, words: type[Enum], node: Node, path: str) -> Any:
        known = [str(word.value) for word in words]
        if isinstance(node.value, (dict, list)) or node.text not in known:
            hint = None if isinstance(node.value, (dict, list)) else did_you_mean(node.text, known)
            self.fault(node, path, f"one of {', '.join(known)}", hint=hint)
            return None
        return words(node.text)

    def quantity(self, node: Node, path: str, accepted: Mapping[str, float]) -> Quantity | None:
        """A number with a unit: "161.7 10^9/L", or {value: 161.7, unit: 10^9/L}."""
        expected = f"a number with its unit ({' or '.join(accepted)})"
        if isinstance(node.value, dict):
            entries = self.mapping(node, path, ("value", "unit"), "a quantity")
            if set(entries) != {"value", "unit"}:
                self.fault(node, path, "value: ... and unit: ...")
                return None
            text = f"{entries['value'].text} {entries['unit'].text}"
        elif isinstance(node.value, list) or node.value is None or isinstance(node.value, bool):
            self.fault(node, path, expected)
            return None
        else:
            text = node.text
        match = _QUANTITY.fullmatch(text.strip())
        if not match:
            self.fault(node, path, expected)
            return None
        number, unit = float(match[1]), (match[2] or "").strip()
        if not math.isfinite(number):
            self.fault(node, path, expected)
            return None
        if not unit:
            bare = Decimal(match[1])
            hint = _BARE_MRD.format(match[1], float(bare * 100), float(bare / 100)) if "fraction" in accepted else None
            self.fault(node, path, expected, f"{shown(text)} without a unit", hint)
            return None
        unit = UNIT_SPELLINGS.get(unit, unit)
        if unit not in accepted:
            self.fault(node, path, expected, shown(text), did_you_mean(unit, accepted))
            return None
        return Quantity(number, unit)

    # --- time -------------------------------------------------------------------------------------------------

    def whens(self, node: Node, path: str) -> tuple[When, ...]:
        items = node.value if isinstance(node.value, list) else [node]
        read_ones = [self.when(item, path) for item in items]
        return tuple(when for when in read_ones if when is not None)

    def when(self, node: Node, path: str) -> When | None:
        if isinstance(node.value, dict):
            text = explicit_text(node.plain())
            if text is None:
                self.fault(node, path, f"a statement of time: {FORMS}")
                return None
            node = evolve(node, value=text, text=text)
        return self.read_text(parse, node, path)

    def read_text(self, how: Callable[[str], T], node: Node, path: str) -> T | None:
        if isinstance(node.value, (dict, list)) or node.value is None or isinstance(node.value, bool):
            self.fault(node, path, f"a statement of time: {FORMS}")
            return None
        try:
            return how(node.text)
        except ValueError as error:
            self.fault(node, path, str(error))
            return None


def explicit_text(stated: dict[str, Any]) -> str | None:
    """The terse text of an explicit statement, or None where it is not one."""
    if not all(isinstance(value, (str, int, bool, list)) for value in stated.values()):
        return None
    if set(stated) == {"either"} and isinstance(stated["either"], list):
        options = [explicit_text(option) if isinstance(option, dict) else None for option in stated["either"]]
        return None if None in options else "either " + " or ".join(f"({option})" for option in options)
    keys = set(stated)
    if keys == {"date"}:
        return str(stated["date"])
    if keys == {"age"}:
        return f"age {stated['age']}"
    if keys == {"day", "of"}:
        return f"day {stated['day']} of {stated['of']}"
    for word in ("after", "before"):
        if keys == {"by", word}:
            return f"{stated['by']} {word} {stated[word]}"
        if keys == {"point", word}:
            return f"{word} {stated['point']} of {stated[word]}"
    if len(keys) == 1 and keys <= {"after", "before", "during", "at_end_of", "with", "then"}:
        ((word, target),) = stated.items()
        return f"{word.replace('_', ' ')} {target}"
    if stated in ({"ongoing": True}, {"unknown": True}):
        return next(iter(stated))
    return None
