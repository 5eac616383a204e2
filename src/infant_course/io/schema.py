"""JSON Schema (2020-12) of case files, for completion and checking in editors.

Made from the event types, their fields and vocabularies, so that it cannot fall behind them. It accepts whatever the
reader accepts. What a schema cannot say only the reader checks: whether a date exists, whether a range begins with its
lesser end, how long a life can be, how a number was spelled, and whether an id is there once.

Patterns are ECMA-262 (https://json-schema.org/draft/2020-12/json-schema-core, 6.4) and mean the same in Python.
"""

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, get_args, get_origin

import attrs

from ..course import BIRTH
from ..events import EVENT_TYPES, Event, Quantity, field_hints, inner_type, units_of
from ..sources import Cite, Confidence
from ..vocabulary import Sex
from ..when import FORMS, IDENTIFIER, Duration, When
from .case_file import FORMAT
from .values import EXPLICIT, MAXIMUM_ID, NUMBER, UNIT_SPELLINGS

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXT = {"type": ["string", "number", "boolean"]}  # a number or a truth is a word where a word is meant
_SAID = {**_TEXT, "minLength": 1}
_LENGTH = r"[0-9]+(\.[0-9]+)?(\s+to\s+[0-9]+(\.[0-9]+)?)?\s+(day|week|month|year)s?"
_DATE = "[1-9][0-9]{3}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"
_TERSE = {
    "date": rf"{_DATE}(\s*\.\.\s*{_DATE})*",
    "age": rf"age\s+{_LENGTH}",
    "day": rf"day\s+-?[0-9]{{1,5}}\s+of\s+{IDENTIFIER}",
    "length": rf"{_LENGTH}\s+(after|before)\s+{IDENTIFIER}",
    "order": rf"((after|before)(\s+(start|end)\s+of)?|during|at\s+(the\s+)?end\s+of|with|then)\s+{IDENTIFIER}",
    "word": "ongoing|unknown",
}
"""Of each kind of terse statement what it looks like; blanks may stand around it and be more than one within."""
_EITHER = rf"either\s+(\(\s*({'|'.join(_TERSE.values())})\s*\)(\s+or\s+(?=\()|\s*$)){{2,}}"
_TIMES = {
    "date": "a day, a month, a year, or a range of them",
    "age": "an age of the patient",
    "day": "a day counted from an event",
    "length": "a length of time after or before an event",
    "order": "before, after or during another event",
    "word": "not ended, or not known",
    "either": "one of several statements, and the source does not say which",
}
_EXAMPLES = {
    "date": ["2020-05-17", "2020-05", "2020-05-01..2020-05-20"],
    "age": ["age 7 months", "age 4.5 years"],
    "day": ["day 33 of ID"],
    "length": ["8 years after ID", "5 to 6 weeks before ID"],
    "order": ["before ID", "after ID", "during ID", "at end of ID", "with ID", "then ID", "after start of ID"],
    "word": ["ongoing", "unknown"],
    "either": ["either (age 7 months) or (2020-05)"],
}


def schema() -> dict[str, Any]:
    """The schema as plain data."""
    properties = {
        "infant_course": {"enum": [FORMAT, str(FORMAT)], "description": "version of the case file's shape"},
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
            **_closed({"key": _SAID, "at": _SAID, "confidence": _words(Confidence)}, ["key", "at"]),
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
            **_time(),
            **_quantities(),
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
        return {"$ref": "#/$defs/duration"}
    if hint is Quantity:
        return {"$ref": f"#/$defs/{_name_of(units)}"}
    if attrs.has(hint):
        required = [a.name for a in attrs.fields(hint) if a.default is attrs.NOTHING]
        return _closed(_fields(hint), required)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return _words(hint)
    if hint is str:
        return _identifier("id of another event") if ref else dict(_TEXT)
    return {"type": {bool: "boolean", int: "integer", float: "number"}[hint]}


# --- time --------------------------------------------------------------------------------------------------------


def _time() -> dict[str, Any]:
    """Statements of time, terse and explicit, and lengths of time."""
    patterns = {**_TERSE, "either": _EITHER}
    terse = {f"time.{kind}": _like(patterns[kind], _TIMES[kind], _EXAMPLES[kind]) for kind in patterns}
    explicit, one = {"$ref": "#/$defs/time.explicit"}, {"$ref": "#/$defs/time.explicit.one"}
    several = _closed({"either": {"type": "array", "items": one, "minItems": 2}}, ["either"])
    return {
        "when": {
            "description": f"a statement of time: {FORMS}",
            "anyOf": [*({"$ref": f"#/$defs/{name}"} for name in (*terse, "time.year")), explicit],
        },
        **terse,
        "time.year": {"type": "integer", "minimum": 1000, "maximum": 9999, "description": "a year"},
        "time.explicit": {
            "type": "object",
            "description": "a statement of time, its parts told apart",
            "anyOf": [one, several],
        },
        "time.explicit.one": {"anyOf": [_parts(keys) for keys in (*EXPLICIT, ("ongoing",), ("unknown",))]},
        "time.of": _like(IDENTIFIER, "id of another event") | _TEXT,
        "time.point": _like(rf"((start|end)\s+of\s+)?{IDENTIFIER}", "id of another event, or a point of it") | _TEXT,
        "duration": _like(_LENGTH, "a length of time", ["4 weeks", "5 to 6 weeks"]),
    }


def _parts(keys: tuple[str, ...]) -> dict[str, Any]:
    """One explicit statement."""
    shapes: dict[str, Any] = {
        "date": {"anyOf": [{"$ref": "#/$defs/time.date"}, {"$ref": "#/$defs/time.year"}]},
        "age": {"$ref": "#/$defs/duration"},
        "by": {"$ref": "#/$defs/duration"},
        "day": {"type": ["integer", "string"], "pattern": r"^\s*-?[0-9]{1,5}\s*$"},
        "point": {"enum": ["start", "end"]},
        "ongoing": {"const": True},
        "unknown": {"const": True},
    }
    other = {"$ref": "#/$defs/time.point" if keys in (("after",), ("before",)) else "#/$defs/time.of"}
    return _closed({key: shapes.get(key, other) for key in keys}, list(keys))


def _like(pattern: str, description: str, examples: Sequence[str] = ()) -> dict[str, Any]:
    """A text of a form, with blanks around it."""
    shape = {"type": "string", "pattern": rf"^\s*({pattern})\s*$", "description": description}
    return {**shape, "examples": list(examples)} if examples else shape


# --- quantities --------------------------------------------------------------------------------------------------


def _quantities() -> dict[str, Any]:
    """A number with its unit, for each choice of units that a field has."""
    return {name: _quantity(units) for name, units in sorted(_choices(EVENT_TYPES.values()))}


def _choices(records: Iterable[Any]) -> set[tuple[str, tuple[str, ...]]]:
    """The choices of units in the fields of some records and of what these hold, by name."""
    found: set[tuple[str, tuple[str, ...]]] = set()
    for record in records:
        hints = field_hints(record)
        for attribute in attrs.fields(record):
            if units := tuple(units_of(attribute.metadata)):
                found.add((_name_of(units), units))
            parts = [inner_type(part) for part in get_args(hints[attribute.name])]
            found |= _choices(part for part in parts if attrs.has(part) and part is not When)
    return found


def _name_of(units: Iterable[str]) -> str:
    """What a choice of units is called; a name may stand in a reference as it is.

    >>> _name_of(["10^9/L", "/uL"]), _name_of(["fraction", "%"])
    ('quantity.10_9_per_L.per_uL', 'quantity.fraction.percent')
    """
    words = (unit.replace("%", "percent").replace("/", "_per_").replace("^", "_").strip("_") for unit in units)
    return ".".join(("quantity", *words))


def _quantity(units: tuple[str, ...]) -> dict[str, Any]:
    """A number with one of some units, as a text or as a mapping.

    A unit that begins with a digit is parted from its number by a blank or a sign of multiplication.
    """
    spelled = {*units, *(other for other, unit in UNIT_SPELLINGS.items() if unit in units)}
    bare = sorted({unit.lstrip("x×") for unit in spelled})
    powers, others = (
        "|".join(_escaped(unit) for unit in bare if unit[0].isdigit() is digit) for digit in (True, False)
    )
    ending = [rf"(\s+|\s*[x×]\s*)({powers})"] * bool(powers) + [rf"\s*({others})"] * bool(others)
    alone = [rf"([x×]\s*)?({powers})"] * bool(powers) + [others] * bool(others)
    text = rf"^\s*{NUMBER}({'|'.join(ending)})\s*$"
    return {
        "description": f"a number with its unit: {' or '.join(units)}",
        "anyOf": [
            {"type": "string", "pattern": text, "examples": [f"1 {unit}" for unit in units]},
            _closed(
                {
                    "value": {"type": ["number", "string"], "pattern": rf"^\s*{NUMBER}\s*$"},
                    "unit": {"type": "string", "pattern": rf"^\s*({'|'.join(alone)})\s*$", "examples": list(units)},
                },
                ["value", "unit"],
            ),
        ],
    }


def _escaped(text: str) -> str:
    """A text in a pattern; of ECMA-262 only signs that mean something may be escaped."""
    return re.sub(r"[\^$\\.*+?()\[\]{}|]", r"\\\g<0>", text)


# --- parts of a schema -------------------------------------------------------------------------------------------


def _several(one: dict[str, Any]) -> dict[str, Any]:
    """A list, for which a single value may stand."""
    return {"anyOf": [one, {"type": "array", "items": one}]}


def _closed(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _words(words: type[Enum]) -> dict[str, Any]:
    return {"enum": [str(word.value) for word in words]}


def _identifier(doc: str) -> dict[str, Any]:
    return {**_TEXT, "pattern": f"^(?!{BIRTH}$){IDENTIFIER}$", "maxLength": MAXIMUM_ID, "description": doc}


def _first_line(documented: type) -> str:
    return (documented.__doc__ or "").strip().partition("\n")[0]
