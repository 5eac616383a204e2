"""The one reader of values: nodes of a case file, or of JSON in a cell, become the fields of a record.

It follows the types of the fields, with their units and words, so that a new field needs nothing here.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from enum import Enum
from typing import Any, TypeVar, get_args, get_origin

import attrs
from attrs import evolve, field, frozen

from ..course import BIRTH
from ..errors import Fault, did_you_mean, nearest
from ..events import Quantity, field_hints, inner_type, units_of
from ..when import (
    FORMS,
    IDENTIFIER,
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
    Unknown,
    When,
    With,
    parse,
    parse_duration,
)
from .yaml_nodes import Node, shown

MAXIMUM_ID = 100
"""Longest id, in characters."""
SIGNS = f"letters, digits and . _ + -, the first a letter or digit (at most {MAXIMUM_ID}, not {BIRTH!r})"
"""What an id is made of, for messages."""
UNIT_SPELLINGS = {
    "x10^9/L": "10^9/L",
    "×10^9/L": "10^9/L",
    "×10⁹/L": "10^9/L",
    "10⁹/L": "10^9/L",
    "x10^9/l": "10^9/L",
    "10^9/l": "10^9/L",
    "G/L": "10^9/L",
    "G/l": "10^9/L",
    "Gpt/L": "10^9/L",
    "Gpt/l": "10^9/L",
    "/nL": "10^9/L",
    "/nl": "10^9/L",
    "10^3/uL": "10^9/L",
    "10^3/µL": "10^9/L",
    "K/uL": "10^9/L",
    "K/µL": "10^9/L",
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
"""Other spellings of the units in ``events.UNITS``; G is giga, a cubic millimetre is a microlitre."""

NUMBER = r"[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
_QUANTITY = re.compile(rf"({NUMBER})\s*(?:[x×]\s*(?=10))?([^0-9].*|10.*/.*)?")
_DECIMAL_COMMA = re.compile(r"([-+]?[0-9]+),([0-9].*)")
_LENGTH = 'a length of time such as "7 months" or "5 to 6 weeks"'
_BARE_MRD = "a bare {0} could be {0} as a fraction ({1:g} %) or {0} % (a fraction of {2:g})"
T = TypeVar("T")


def is_identifier(text: str) -> bool:
    """Whether a text can be the id of a patient or an event."""
    return bool(re.fullmatch(IDENTIFIER, text)) and len(text) <= MAXIMUM_ID and text != BIRTH


def unit_hint(unit: str, accepted: Iterable[str]) -> str | None:
    """A hint naming the unit that was probably meant, by any of its spellings; or None.

    >>> unit_hint("g/l", ["10^9/L", "/uL"]), unit_hint("g/l", ["g/dL", "g/L"])
    ("did you mean '10^9/L'?", "did you mean 'g/L'?")
    """
    known = {name: name for name in accepted}
    known |= {other: name for other, name in UNIT_SPELLINGS.items() if name in known}
    meant = nearest(unit, known)
    return f"did you mean {known[meant]!r}?" if meant else None


def comma_hint(text: str) -> str | None:
    """A hint for a number with a comma in it; None for anything else."""
    comma = _DECIMAL_COMMA.fullmatch(text)
    if not comma:
        return None
    return f"decimals follow a point, not a comma ({shown(f'{comma[1]}.{comma[2]}')}), and nothing parts the thousands"


@frozen
class ValueReader:
    """Turns nodes into values and gathers faults; a value with a fault becomes None and reading goes on."""

    file: str | None
    faults: list[Fault] = field(factory=list)

    def fault(self, node: Node, path: str, expected: str, found: str | None = None, hint: str | None = None) -> None:
        """Note a fault at a node."""
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

    def mapping(self, node: Node, path: str, keys: Iterable[str], what: str) -> dict[str, Node]:
        """The entries of a mapping that has no other keys than these."""
        keys = tuple(keys)
        if not isinstance(node.value, dict):
            self.fault(node, path, f"{what}: a mapping with {', '.join(keys)}")
            return {}
        for key, value in node.value.items():
            if key not in keys:
                hint = did_you_mean(key, keys) or f"known are {', '.join(keys)}"
                if key[:1].isdecimal():  # `{wbc: 7,1 10^9/L}`: in braces a comma ends the value before it
                    hint = "a comma parts the entries in braces; decimals follow a point, not a comma"
                line, column = value.key or (value.line, value.column)
                place = evolve(value, line=line, column=column)
                self.fault(place, f"{path}.{key}".lstrip("."), f"a key of {what}", shown(key), hint)
        return {key: value for key, value in node.value.items() if key in keys}

    def fields(self, record: Any, entries: dict[str, Node], path: str) -> dict[str, Any]:
        """The values of a record's fields."""
        hints, metadata = field_hints(record), {a.name: a.metadata for a in attrs.fields(record)}
        values: dict[str, Any] = {}
        for name, node in entries.items():
            place, units = f"{path}.{name}", units_of(metadata[name])
            if name in ("when", "until"):
                values[name] = self.whens(node, place)
            elif hints[name] is Duration:
                values[name] = self.read_text(parse_duration, node, place, _LENGTH)
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
            number = number and math.isfinite(node.value)
            if not number:
                self.fault(node, path, "a number", hint=comma_hint(node.text))
                return None
            return float(node.value)
        return self.identifier(node, path) if ref else self.word(node, path)

    def check(self, fits: bool, node: Node, path: str, expected: str) -> Any:
        """The node's value where it fits, else a fault."""
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
        """An id of a patient or an event."""
        text = self.word(node, path)
        if text is None:
            return None
        if not is_identifier(text):
            self.fault(node, path, f"an id of {SIGNS}")
            return None
        return text

    def enum(self, words: type[Enum], node: Node, path: str) -> Any:
        """One word of a list."""
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
            if set(entries) != {"value", "unit"} or not re.fullmatch(NUMBER, entries["value"].text.strip()):
                self.fault(node, path, "value: a number, and unit: ...")
                return None
            text = f"{entries['value'].text} {entries['unit'].text}"
        elif isinstance(node.value, list) or node.value is None or isinstance(node.value, bool):
            self.fault(node, path, expected)
            return None
        else:
            text = node.text
        match = _QUANTITY.fullmatch(text.strip())
        if not match:
            self.fault(node, path, expected, hint=comma_hint(text.strip()))
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
            self.fault(node, path, expected, shown(text), comma_hint(text.strip()) or unit_hint(match[2], accepted))
            return None
        return Quantity(number, unit)

    # --- time -------------------------------------------------------------------------------------------------

    def whens(self, node: Node, path: str) -> tuple[When, ...]:
        """Statements of time: one, or a list of them."""
        items = node.value if isinstance(node.value, list) else [node]
        read_ones = [self.when(item, path) for item in items]
        return tuple(when for when in read_ones if when is not None)

    def when(self, node: Node, path: str) -> When | None:
        """One statement of time, terse or explicit."""
        if not isinstance(node.value, dict):
            return self.read_text(parse, node, path, f"a statement of time: {FORMS}")
        try:
            return explicit_when(node)
        except ValueError as error:
            self.fault(node, path, str(error))
            return None

    def read_text(self, how: Callable[[str], T], node: Node, path: str, expected: str) -> T | None:
        """A text read by a function that raises ValueError saying what it expected; ``expected``: of what is none."""
        if isinstance(node.value, (dict, list)) or node.value is None or isinstance(node.value, bool):
            self.fault(node, path, expected)
            return None
        try:
            return how(node.text)
        except ValueError as error:
            self.fault(node, path, str(error), hint=_word_meant(node.text))
            return None


WORDS_OF_TIME = (
    *("after", "before", "during", "then", "with", "ongoing", "unknown", "either", "start", "age"),
    *("day", "days", "week", "weeks", "month", "months", "year", "years"),
)
"""Words of statements of time and lengths of time; the shortest ("at", "of", "or") are near to too many others."""


def _word_meant(text: str) -> str | None:
    """A hint for the first word of a statement that is nearly one of those it may have. An id, as the last, is none."""
    words = text.split()
    if len(words) > 1 and not words[-2][0].isdigit():  # after a number stands a unit
        words.pop()
    for word in words:
        meant = nearest(word, WORDS_OF_TIME, cutoff=0.7) if word.isalpha() and word not in WORDS_OF_TIME else None
        if meant:
            return f"did you mean {meant!r}?"
    return None


EXPLICIT: dict[tuple[str, ...], tuple[str, type[When]]] = {
    ("date",): ("{date}", OnDate),
    ("age",): ("age {age}", AtAge),
    ("day", "of"): ("day {day} of {of}", OnDay),
    ("by", "after"): ("{by} after {after}", Offset),
    ("by", "before"): ("{by} before {before}", Offset),
    ("point", "after"): ("after {point} of {after}", After),
    ("point", "before"): ("before {point} of {before}", Before),
    ("after",): ("after {after}", After),
    ("before",): ("before {before}", Before),
    ("during",): ("during {during}", During),
    ("at_end_of",): ("at end of {at_end_of}", AtEndOf),
    ("with",): ("with {with}", With),
    ("then",): ("then {then}", Then),
}
"""Of each explicit statement its keys, the terse text that says the same, and its kind."""


def explicit_when(node: Node) -> When:
    """A statement of time that is written as a mapping, each part as it stands. Raises ValueError."""
    parts: dict[str, Node] = node.value
    if set(parts) == {"either"} and isinstance(parts["either"].value, list):
        options = parts["either"].value
        if len(options) < 2 or not all(isinstance(option.value, dict) for option in options):
            raise ValueError("either: [...], a list of two or more explicit statements")
        alternatives = tuple(map(explicit_when, options))
        if any(isinstance(option, Either) for option in alternatives):
            raise ValueError("alternatives that are no alternatives themselves")
        return Either(alternatives)
    for word, alone in (("ongoing", Ongoing()), ("unknown", Unknown())):
        if set(parts) == {word} and parts[word].value is True:
            return alone
    if "point" in parts and parts["point"].value not in ("start", "end"):
        raise ValueError("point: start or end")
    written = not any(part.value is None or isinstance(part.value, (dict, list)) for part in parts.values())
    for keys, (form, kind) in EXPLICIT.items():
        if written and set(parts) == set(keys):
            said = parse(form.format_map({key: part.text for key, part in parts.items()}))
            if isinstance(said, kind):  # and not what its parts make by chance: {date: age 7 months}
                return said
    raise ValueError(f"a statement of time: {FORMS}")
