"""Case files: one patient's course as short YAML, read with every fault located, and written back.

The shape follows the event types: their fields, types, units and words are read from the classes, so that a new
field needs nothing here. What is written is kept as stated; nothing is filled in, converted or dropped.
"""

from collections.abc import Iterable
from pathlib import Path

import attrs
from attrs import evolve, frozen

from ..course import Course, Patient, Problem
from ..errors import Fault, InputError, did_you_mean, nearest, path_of
from ..events import EVENT_TYPES, Event
from ..sources import Cite, Confidence
from ..vocabulary import Sex
from . import yaml_nodes
from .values import ValueReader
from .yaml_nodes import Node, shown

FORMAT = 1
"""Version of the case file's shape."""
COURSE_KEYS = ("infant_course", "about", "patient", "source", "complete", "events")


def load(path: str | Path) -> Course:
    """Read one case file. Raises InputError holding every fault of the file, each with line and column."""
    name = path_of("load", path)
    return read_bytes(yaml_nodes.read_bytes(Path(name)), file=name)


def read_bytes(raw: bytes, *, file: str | None = None) -> Course:
    """Read a case file's bytes. Raises InputError holding every fault."""
    return read(yaml_nodes.text_of(raw, file), file=file)


def read(text: str, *, file: str | None = None) -> Course:
    """Read a case file's text. Raises InputError holding every fault."""
    return of_node(*yaml_nodes.scanned(text, file), file)


def of_node(root: Node, faults: Iterable[Fault] = (), file: str | None = None) -> Course:
    """The course of a case file's values. Raises InputError holding every fault, with those already ``faults``."""
    faults = tuple(faults)
    reader = _Reader(file)
    course = reader.course(root)
    at_fault = {(fault.line, fault.column) for fault in faults}
    found = [*faults, *(fault for fault in reader.faults if (fault.line, fault.column) not in at_fault)]
    if found or course is None:
        raise InputError(faults=sorted(found, key=lambda f: (f.line or 0, f.column or 0)))
    return course


@frozen
class _Reader(ValueReader):
    """Turns the nodes of a case file into a course."""

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
        line = entries["birth"].line if "birth" in entries else None
        return Patient(id=identity, sex=sex, birth=birth, site=site, birth_line=line) if identity else None

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
            keys = node.value if isinstance(node.value, dict) else ()
            near = next((key for key in keys if nearest(key, ["event"], cutoff=0.7)), None)
            hint = f"did you mean 'event' where {shown(near)} stands?" if near else None
            self.fault(node, path, "an event: a mapping with event: TYPE, id: NAME and its fields", hint=hint)
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
