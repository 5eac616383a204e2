"""From nodes to typed values, driven by the types and metadata of the model, collecting every fault.

Nothing is guessed: a word must be one of its vocabulary, a number that needs a unit must have it, a key must
be known. A single value may stand where a list is wanted; a record with one required field (an agent's name,
a finding's term) may be written as that value alone.
"""

import math
import re
from collections.abc import Callable, Mapping as Dictionary
from enum import EnumMeta, StrEnum
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from attrs import NOTHING, fields, frozen, has

from ..errors import Fault, did_you_mean
from ..events import UNITS, Quantity
from ..when import IDENTIFIER, Duration, When, parse, parse_duration
from .yaml_nodes import Mapping, Node, Scalar, Sequence

LONGEST_ID = 100
"""Characters of an id at most (chosen here)."""

LONGEST_STATEMENT = 500
"""Characters of one statement of time at most (chosen here)."""

NUMBER = r"[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d{1,3})?"
_QUANTITY = re.compile(rf"({NUMBER})\s*(\S.*)?")
_SUPERSCRIPT = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")


class Wrong:
    """Stands for a value that could not be read; its fault is noted."""


WRONG = Wrong()


@frozen(kw_only=True)
class Slot:
    """A field of a record: the type of its values, whether there may be many, and what the model says of it."""

    name: str
    kind: Any
    many: bool
    required: bool
    metadata: Dictionary[str, Any]

    @property
    def unit(self) -> str | None:
        """Canonical unit, where the value has one."""
        unit: str | None = self.metadata.get("unit")
        return unit

    @property
    def is_id(self) -> bool:
        """Whether the value is the id of an event (or of the patient)."""
        return self.name == "id" or bool(self.metadata.get("ref"))


@cache
def slots(record: type) -> dict[str, Slot]:
    """The fields of an attrs class that may be stated, by name."""
    hints = get_type_hints(record)
    return {
        attribute.name: _slot(attribute.name, hints[attribute.name], attribute.default is NOTHING, attribute.metadata)
        for attribute in fields(record)
        if attribute.init and not attribute.metadata.get("internal")
    }


def _slot(name: str, hint: Any, required: bool, metadata: Dictionary[str, Any]) -> Slot:
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    many = get_origin(hint) is tuple
    kind = get_args(hint)[0] if many else hint
    return Slot(name=name, kind=kind, many=many, required=required, metadata=metadata)


def short_form(record: type) -> Slot | None:
    """The one required field of a record, by whose value alone it may be written."""
    required = [slot for slot in slots(record).values() if slot.required]
    return required[0] if len(required) == 1 else None


def normal_unit(text: str) -> str:
    """One spelling of a unit out of those in use.

    >>> [normal_unit(spelling) for spelling in ("×10⁹/L", "µg/m²/day", "x 10^9/L", "mg/m^2")]
    ['10^9/L', 'ug/m2/day', '10^9/L', 'mg/m2']
    """
    text = re.sub(r"10([⁰¹²³⁴⁵⁶⁷⁸⁹])", r"10^\1", text.strip()).translate(_SUPERSCRIPT)
    text = text.replace("µ", "u").replace("μ", "u").replace("m^2", "m2").replace("10*", "10^")  # noqa: RUF001
    return re.sub(r"^[×x·*]\s*(?=10)", "", text)


def shown(node: Node) -> str:
    """What stands there, in few words, for a message."""
    if isinstance(node, Scalar):
        if node.empty:
            return "nothing"
        text = node.text if len(node.text) <= 60 else f"{node.text[:57]}..."
        return repr(text)
    return "a list" if isinstance(node, Sequence) else "a mapping"


class Structurer:
    """Reads typed values from the nodes of one file and keeps the faults."""

    def __init__(self, file: str | None) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def fault(
        self, node: Node, path: str, expected: str, found: str | None = None, hint: str | None = None
    ) -> Wrong:
        """Note a fault."""
        self.faults.append(
            Fault(
                expected=expected,
                found=shown(node) if found is None else found,
                file=self.file,
                line=node.line,
                column=node.column,
                path=path,
                hint=hint,
            )
        )
        return WRONG

    def mapping(self, node: Node, path: str, expected: str) -> Mapping | Wrong:
        """The node as a mapping."""
        return node if isinstance(node, Mapping) else self.fault(node, path, f"a mapping: {expected}")

    def record(self, node: Node, path: str, record: type, *, besides: tuple[str, ...] = ()) -> dict[str, Any] | Wrong:
        """The fields of a record as stated. ``besides``: keys that the caller reads."""
        known = slots(record)
        short = short_form(record)
        if isinstance(node, Scalar) and short is not None and not besides:
            value = self.one(node, path, short)
            return value if isinstance(value, Wrong) else {short.name: value}
        stated = self.mapping(node, path, ", ".join(known))
        if isinstance(stated, Wrong):
            return stated
        values: dict[str, Any] = {}
        for name, (key, value_node) in stated.items.items():
            at = f"{path}.{name}" if path else name
            if name in besides:
                continue
            if name not in known:
                self.unknown(key, path, (*besides, *known))
                continue
            values[name] = self.slot(value_node, at, known[name])
        for slot in known.values():
            if slot.required and slot.name not in values:
                self.fault(node, path, f"the field {slot.name!r}", "none")
                values[slot.name] = WRONG
        return values

    def unknown(self, key: Scalar, path: str, known: tuple[str, ...]) -> None:
        """Note a key that nobody reads."""
        hint = did_you_mean(key.text, known)
        self.fault(key, path, f"one of {', '.join(known)}", shown(key), hint)

    def slot(self, node: Node, path: str, slot: Slot) -> Any:
        """The value of a field: one, or a tuple where there may be many."""
        if not slot.many:
            return self.one(node, path, slot)
        if not isinstance(node, Sequence):
            value = self.one(node, path, slot)
            return value if isinstance(value, Wrong) else (value,)
        values = [self.one(item, f"{path}[{number}]", slot) for number, item in enumerate(node.items)]
        return WRONG if any(isinstance(value, Wrong) for value in values) else tuple(values)

    def one(self, node: Node, path: str, slot: Slot) -> Any:
        """One value of a field's type."""
        kind = slot.kind
        if kind is Quantity:
            return self.quantity(node, path, slot)
        if has(kind) and kind not in (Duration, When):
            values = self.record(node, path, kind)
            if isinstance(values, Wrong) or any(isinstance(value, Wrong) for value in values.values()):
                return WRONG
            return kind(**values)
        if not isinstance(node, Scalar) or node.empty:
            hint = "leave the field out where nothing is stated" if isinstance(node, Scalar) else None
            return self.fault(node, path, _wanted(kind), hint=hint)
        if isinstance(kind, EnumMeta):
            return self.word(node, path, kind)
        if slot.is_id:
            return self.identifier(node, path)
        return self._plain(node, path, kind)

    def word(self, node: Scalar, path: str, kind: Any) -> StrEnum | Wrong:
        """A word of a closed vocabulary."""
        known = [member.value for member in kind]
        if node.text in known:
            member: StrEnum = kind(node.text)
            return member
        return self.fault(node, path, f"one of {', '.join(known)}", hint=did_you_mean(node.text, known))

    def identifier(self, node: Scalar, path: str) -> str | Wrong:
        """The id of an event or a patient."""
        if re.fullmatch(IDENTIFIER, node.text) and len(node.text) <= LONGEST_ID:
            return node.text
        expected = f"an id of letters, digits, '_', '.', '+' and '-', at most {LONGEST_ID} characters"
        return self.fault(node, path, expected)

    def _plain(self, node: Scalar, path: str, kind: Any) -> Any:
        if kind is bool:
            truth = node.truth
            return self.fault(node, path, "true or false", hint="write true or false") if truth is None else truth
        if kind is str:
            if node.truth is not None or not node.text.strip():
                return self.fault(node, path, "text", hint="put it in quotes if it is meant as a word")
            return node.text
        if kind is int:
            if node.quoted or not re.fullmatch(r"[-+]?\d{1,9}", node.text):
                return self.fault(node, path, "a whole number")
            return int(node.text)
        if kind is float:
            return self.number(node, path)
        read: Callable[[str], Any] = parse if kind is When else parse_duration
        if len(node.text) > LONGEST_STATEMENT:
            return self.fault(node, path, f"at most {LONGEST_STATEMENT} characters", f"{len(node.text)}")
        try:
            return read(node.text)
        except ValueError as error:
            return self.fault(node, path, str(error))

    def number(self, node: Node, path: str) -> float | Wrong:
        """A number, written with a decimal point."""
        if isinstance(node, Scalar) and not node.quoted and re.fullmatch(NUMBER, node.text):
            value = float(node.text)
            if math.isfinite(value):
                return value
        return self.fault(node, path, "a number")

    def quantity(self, node: Node, path: str, slot: Slot) -> Quantity | Wrong:
        """A number with its unit, as "15 ug/m2/day" or as {value: 15, unit: ug/m2/day}."""
        canonical = slot.unit
        assert canonical is not None, slot.name  # every quantity of the model names its unit
        if isinstance(node, Mapping):
            values = self.record(node, path, Quantity)
            if isinstance(values, Wrong) or any(isinstance(value, Wrong) for value in values.values()):
                return WRONG
            return self._fitting(node, path, values["value"], values["unit"], canonical)
        if not isinstance(node, Scalar) or node.empty:
            return self.fault(node, path, _amount(canonical))
        match = _QUANTITY.fullmatch(node.text.strip())
        if not match or not math.isfinite(float(match[1])):
            comma = re.match(r"\d+,\d", node.text)
            hint = "write a decimal point, not a comma" if comma else None
            return self.fault(node, path, _amount(canonical), hint=hint)
        if match[2] is None:
            return self.fault(node, path, _amount(canonical), hint=_without_unit(match[1], canonical))
        return self._fitting(node, path, float(match[1]), match[2], canonical)

    def _fitting(self, node: Node, path: str, value: float, unit: str, canonical: str) -> Quantity | Wrong:
        stated = normal_unit(unit)
        if stated in UNITS[canonical]:
            return Quantity(value, stated)
        return self.fault(node, path, _amount(canonical), hint=did_you_mean(stated, UNITS[canonical]))


def _wanted(kind: Any) -> str:
    """What a type wants, in words."""
    if isinstance(kind, EnumMeta):
        return "one of " + ", ".join(str(member.value) for member in kind)
    words = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}
    words |= {When: 'a statement of time such as "age 7 months"', Duration: 'a length of time such as "4 weeks"'}
    return words[kind]


def _amount(canonical: str) -> str:
    return f"a number with its unit ({' or '.join(UNITS[canonical])})"


def _without_unit(number: str, canonical: str) -> str:
    if canonical != "fraction":
        return f'write "{number} {canonical}" if that is the unit'
    value = float(number)
    return f'write "{number} fraction" (= {value * 100:g} %) or "{number} %" (= {value / 100:g} as a fraction)'
