"""JSON Schema (2020-12) of case files, for completion and checking in editors.

Made from the event types, their fields and vocabularies, so that it cannot fall behind them. What a schema cannot
say (whether a date exists, whether a unit fits its number's spelling) only the reader checks.
"""

from enum import Enum
from typing import Any, get_args, get_origin

import attrs

from ..events import EVENT_TYPES, Event, Quantity, field_hints, inner_type, units_of
from ..sources import Cite, Confidence
from ..vocabulary import Sex
from ..when import FORMS, IDENTIFIER, Duration, When
from .case_file import FORMAT
from .values import MAXIMUM_ID

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_NUMBER = r"^\s*[-+]?[0-9.]+([eE][-+]?[0-9]+)?\s*"
_NUMBER_AND_UNIT = rf"{_NUMBER}(?![eE][-+0-9])[^0-9\s.].*|{_NUMBER}\s10.*/.*"
_TEXT = {"type": ["string", "number"]}


def schema() -> dict[str, Any]:
    """The schema as plain data."""
    properties = {
        "infant_course": {"const": FORMAT, "description": "version of the case file's shape"},
        "about": {**_TEXT, "description": "a line for people"},
        "patient": _closed(
            {
                "id": _identifier("a study number, never a name"),
                "sex": _words(Sex),
                "birth": _several({"$ref": "#/$defs/when"}),
                "site": _TEXT,
            },
            ["id"],
        ),
        "source": {
            **_closed({"key": _TEXT, "at": _TEXT, "confidence": _words(Confidence)}, ["key", "at"]),
            "description": _first_line(Cite),
        },
        "complete": {
            "type": "array",
            "items": {"enum": list(EVENT_TYPES)},
            "description": "event types that are recorded in full",
        },
        "events": {"type": "array", "items": {"$ref": "#/$defs/event"}},
    }
    return {
        "$schema": DIALECT,
        "title": "infant_course case file",
        **_closed(properties, ["infant_course", "patient"]),
        "$defs": {
            "event": _event(),
            "when": {"type": ["string", "integer", "object"], "description": FORMS},
            **{f"event.{name}": _event_type(name, event_class) for name, event_class in EVENT_TYPES.items()},
        },
    }


def _event() -> dict[str, Any]:
    """Any event: its type decides which fields it may have."""
    return {
        "type": "object",
        "required": ["event", "id"],
        "properties": {"event": {"enum": list(EVENT_TYPES)}},
        "allOf": [
            {
                "if": {"properties": {"event": {"const": name}}, "required": ["event"]},
                "then": {"$ref": f"#/$defs/event.{name}"},
            }
            for name in EVENT_TYPES
        ],
    }


def _event_type(name: str, event_class: type[Event]) -> dict[str, Any]:
    left_out = set() if event_class.LASTS else {"until", "lasting"}
    properties = {"event": {"const": name}, **_fields(event_class, left_out)}
    return {"description": _first_line(event_class), **_closed(properties, ["event", "id"])}


def _fields(record: type, left_out: frozenset[str] | set[str] = frozenset()) -> dict[str, Any]:
    """The schemas of a record's fields by name."""
    hints = field_hints(record)
    found = {}
    for attribute in attrs.fields(record):
        metadata = attribute.metadata
        if metadata.get("internal") or attribute.name in left_out:
            continue
        if attribute.name == "id":
            shape = _identifier(metadata["doc"])
        else:
            shape = _value(hints[attribute.name], list(units_of(metadata)), bool(metadata.get("ref")))
        found[attribute.name] = {**shape, "description": metadata.get("doc", attribute.name)}
    return found


def _value(hint: Any, units: list[str], ref: bool) -> dict[str, Any]:
    """The schema of one type."""
    if get_origin(hint) is tuple:
        return _several(_value(inner_type(get_args(hint)[0]), units, ref))
    if hint is When:
        return {"$ref": "#/$defs/when"}
    if hint is Duration:
        return {"type": "string", "examples": ["4 weeks", "5 to 6 weeks"]}
    if hint is Quantity:
        return _quantity(units)
    if attrs.has(hint):
        required = [a.name for a in attrs.fields(hint) if a.default is attrs.NOTHING]
        return _closed(_fields(hint), required)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _words(hint)
    if hint is str:
        return _identifier("id of another event") if ref else dict(_TEXT)
    return {"type": {bool: "boolean", int: "integer", float: "number"}[hint]}


def _quantity(units: list[str]) -> dict[str, Any]:
    text = {"type": "string", "pattern": _NUMBER_AND_UNIT, "examples": [f"1 {unit}" for unit in units]}
    mapping = _closed({"value": {"type": "number"}, "unit": {"examples": units, "type": "string"}}, ["value", "unit"])
    return {"anyOf": [text, mapping]}


def _several(one: dict[str, Any]) -> dict[str, Any]:
    """A list, for which a single value may stand."""
    return {"anyOf": [one, {"type": "array", "items": one}]}


def _closed(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _words(words: type[Enum]) -> dict[str, Any]:
    return {"enum": [str(word.value) for word in words]}


def _identifier(doc: str) -> dict[str, Any]:
    return {"type": ["string", "number"], "pattern": f"^{IDENTIFIER}$", "maxLength": MAXIMUM_ID, "description": doc}


def _first_line(documented: type) -> str:
    return (documented.__doc__ or "").strip().partition("\n")[0]
