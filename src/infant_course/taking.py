"""What is put into the fields of a record: taken as a case file takes it, or refused where it was put.

A word of a list, the text of a time and the text of a length of time become what they stand for, and one value stands
for a list of one. Nothing else is changed: a number without its unit, or a word that is not in the list, is a
UsageError, which says what was expected and never what was found: that may be a patient's.

Plans are made for each class when the first of its records is: what the command does not use costs it nothing.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import partial
from operator import attrgetter, index
from typing import Any, NoReturn

from .errors import UsageError, did_you_mean, wrong_kind
from .when import FORMS, STATEMENTS, Duration, When, parse, parse_date, parse_duration

LEAST_WHOLE, GREATEST_WHOLE = -(10**17) + 1, 10**18 - 1
"""The whole numbers that a case file reads back (of 18 characters); a column can hold more."""

_PARSE = "infant_course.when.parse tells why"


class Slot:
    """A field of a record: what it holds, and how a value for it is taken.

    ``plain``: the types of which any value fits, but for whole numbers that are too long. ``take``: what to make of
    another; raises UsageError.
    """

    __slots__ = ("many", "name", "plain", "required", "take")

    def __init__(
        self, name: str, plain: Iterable[type], take: Callable[[Any], Any], *, many: bool, required: bool
    ) -> None:
        self.name = name
        self.plain = frozenset(plain)
        self.take = take
        self.many = many
        self.required = required


Plan = tuple[Callable[[Any], Any], tuple[Slot, ...]]


def plan_of(slots: Iterable[Slot]) -> Plan:
    """How the fields of a class are gone through; it has two or more."""
    slots = tuple(slots)
    return attrgetter(*(slot.name for slot in slots)), slots


def take(record: Any, plan: Plan) -> None:
    """Go through the fields of a new record. Raises UsageError."""
    values, slots = plan
    for slot, value in zip(slots, values(record), strict=True):
        if value is None:
            if slot.required:
                slot.take(value)
        elif slot.many:
            if type(value) is not tuple:
                raise unordered(f"{type(record).__name__}.{slot.name}")
            plain = slot.plain
            for item in value:
                if type(item) not in plain:
                    object.__setattr__(record, slot.name, tuple(map(slot.take, value)))
                    break
        elif type(value) not in slot.plain or (type(value) is int and not LEAST_WHOLE <= value <= GREATEST_WHOLE):
            taken = slot.take(value)
            if taken is not value:
                object.__setattr__(record, slot.name, taken)


def each(values: Any) -> tuple[Any, ...]:
    """The values of a field that may hold several; one value stands for a list of one, None for none."""
    if type(values) is tuple:
        return values
    if values is None:
        return ()
    if isinstance(values, Iterable) and not isinstance(values, (str, bytes, Mapping)):
        return tuple(values)
    return (values,)


def in_order(values: Any) -> Any:
    """As :func:`each` for a field whose values keep their order. A set stays one: :func:`take` refuses it by name."""
    if type(values) is tuple or isinstance(values, (set, frozenset)):
        return values
    return each(values)


def unordered(where: str) -> UsageError:
    """The error for a set where an order is kept: its own differs from run to run."""
    return UsageError(f"{where}: expected a list, found a set, which has no order; give a list")


def slot(name: str, where: str, kind: Any, *, units: Mapping[str, Any], ref: bool, many: bool, required: bool) -> Slot:
    """The slot for values of a kind: a class of words, of records, or a plain type. ``units``: of a quantity."""

    def made(plain: Iterable[type], how: Callable[[str, Any], Any]) -> Slot:
        return Slot(name, plain, partial(how, where), many=many, required=required)

    if kind is When:
        return made(STATEMENTS, _when)
    if kind is Duration:
        return made([Duration], _duration)
    if issubclass(kind, Enum):
        return made([kind], lambda place, value: _word(place, value, kind))
    if kind is str:
        return made([str], _identifier if ref or name == "id" else _text)
    if kind is bool:
        return made([bool], _truth)
    if kind is int:
        return made([int], _whole)
    if kind is float:
        return made((), number)
    if units:
        return made([kind], lambda place, value: _quantity(place, value, kind, units))
    return made([kind], lambda place, value: _refused(place, _article(kind.__name__), value))


def never(name: str, where: str) -> Slot:
    """The slot of a length that nothing would look at: an event of this type does not last."""

    def refuse(value: Any) -> NoReturn:
        raise UsageError(f"{where}: an event of this type does not last; its one time is `when`")

    return Slot(name, (), refuse, many=False, required=False)


def _refused(where: str, expected: str, value: Any, hint: str | None = None, *, found: str | None = None) -> NoReturn:
    """Raise UsageError; ``found``: what the value is, where its kind does not say what is wrong with it."""
    if found is None:
        raise wrong_kind(where, expected, value, hint)
    raise UsageError(f"{where}: expected {expected}, found {found}{f'; {hint}' if hint else ''}")


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


def _when(where: str, value: Any) -> When:
    if isinstance(value, date) and not isinstance(value, datetime) and value.year >= 1000:
        return parse_date(value.isoformat())
    if not isinstance(value, str):
        has_day = isinstance(value, datetime) and value == value  # pandas' NaT is a datetime, and equal to nothing
        hint = "its date() is a day without a time of day" if has_day else None
        _refused(where, "a time: a text such as '2020-05' or 'age 7 months', or a date", value, hint)
    try:
        return parse(value)
    except ValueError:
        pass  # its message may hold the text
    _refused(where, f"a time ({FORMS})", value, _PARSE, found="another text")


def _duration(where: str, value: Any) -> Duration:
    if isinstance(value, str):
        try:
            return parse_duration(value)
        except ValueError:
            pass  # its message may hold the text
    found = "another text" if isinstance(value, str) else None
    _refused(where, "a length of time, such as '5 to 6 weeks'", value, found=found)


def _word(where: str, value: Any, words: type[Enum]) -> Enum:
    known = {str(word.value): word for word in words}
    if isinstance(value, str) and value in known:
        return known[value]
    hint, found = (did_you_mean(value, known), "another word") if isinstance(value, str) else (None, None)
    _refused(where, f"one of {', '.join(known)}", value, hint, found=found)


def _identifier(where: str, value: Any) -> str:
    """Any text; whether a case file can hold it is seen when one is written."""
    if isinstance(value, str):
        return str.__str__(value)
    hint = "an event goes by its id (event.id)" if hasattr(value, "id") else None
    _refused(where, "an id, a text", value, hint)


def _text(where: str, value: Any) -> str:
    if isinstance(value, str):
        return str.__str__(value)  # a word of a list, or a text of NumPy
    _refused(where, "a text", value)


def _is_numpy(value: Any, kind: str) -> bool:
    """Whether it is one value of NumPy, of a kind of its types; NumPy itself is not loaded for that."""
    return getattr(getattr(value, "dtype", None), "kind", None) == kind and getattr(value, "ndim", None) == 0


def _truth(where: str, value: Any) -> bool:
    if _is_numpy(value, "b"):
        return bool(value)
    _refused(where, "True, False or None", value)


def _whole(where: str, value: Any) -> int:
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        _refused(where, "a whole number", value)
    try:
        whole: int = index(value)
    except TypeError:  # an array has the method, and is none
        _refused(where, "a whole number", value)
    if LEAST_WHOLE <= whole <= GREATEST_WHOLE:
        return whole
    _refused(where, "a whole number of at most 18 characters", value, found="a longer one")


def number(where: str, value: Any) -> float:
    """A number as a float, so that a column of numbers is of one type. Raises UsageError for what is not finite."""
    if type(value) is float and math.isfinite(value):
        return value
    if (
        isinstance(value, float)
        or _is_numpy(value, "f")
        or (not isinstance(value, bool) and hasattr(value, "__index__"))
    ):
        try:
            found = float(value)
        except OverflowError:
            found = math.inf
        except TypeError:  # an array has the method, and is none
            _refused(where, "a number", value)
        if math.isfinite(found):
            return found
        _refused(where, "a number", value, found="one that is not finite")
    _refused(where, "a number", value)


def _quantity(where: str, value: Any, kind: type, units: Mapping[str, Any]) -> Any:
    """A number with a unit. That the unit is one in which it is measured is for a rule to say (REC-07)."""
    if type(value) is not kind:
        _refused(where, f"Quantity(number, unit), the unit being {' or '.join(units)}", value)
    return value
