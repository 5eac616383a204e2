"""Random courses for Hypothesis: any event types, any stated values, times known in part or not at all.

They are legal to write down, not likely to have happened: what a case file can say, reading must keep.

Events go by a few ids that could be taken for something else, so that the strategies of an event, which cost more than
what is drawn from them, are made once.
"""

from datetime import timedelta
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin

import attrs
from hypothesis import strategies as st

from infant_course import EVENT_TYPES, Course, Event, Patient, Quantity
from infant_course.events import field_hints, inner_type, units_of
from infant_course.sources import Cite, Confidence
from infant_course.vocabulary import Sex
from infant_course.when import Duration, Either, Unit, When, parse, parse_date, parse_duration

TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")), min_size=1, max_size=20
).filter(lambda text: text.isprintable() and text.strip() == text)
"""Text that can be seen."""

NAMES = ("end", "1", "a.b", "after", "A-1", "10", "a", "start_of", "0+x", "A", "day", "9_")
"""Ids: words and numbers of statements, beginnings of one another, alike but for case."""

_NUMBERS = st.integers(1, 90)
_DAYS = st.dates(min_value=parse_date("1990").earliest, max_value=parse_date("2024").latest)
_FIELDS_OF_ALL = frozenset(attribute.name for attribute in attrs.fields(Event))


@cache
def durations() -> st.SearchStrategy[Duration]:
    """Lengths of time, whole or with one decimal, below the oldest age there is."""
    number = st.one_of(_NUMBERS.map(str), st.tuples(_NUMBERS, st.integers(0, 9)).map(lambda two: f"{two[0]}.{two[1]}"))
    unit = st.sampled_from([unit.value for unit in Unit])
    return st.tuples(number, unit).map(lambda two: parse_duration(f"{two[0]} {two[1]}s"))


@cache
def whens(ids: tuple[str, ...]) -> st.SearchStrategy[When]:
    """One statement of time that leans on no other events than these."""
    dated = st.one_of(
        _DAYS.map(str),
        _DAYS.map(lambda day: f"{day:%Y-%m}"),
        _DAYS.map(lambda day: f"{day:%Y}"),
        st.tuples(_DAYS, st.integers(0, 60)).map(lambda two: f"{two[0]}..{two[0] + timedelta(two[1])}"),
    )
    forms = [dated, st.sampled_from(["unknown", "ongoing"]), durations().map(lambda age: f"age {age}")]
    if ids:
        target = st.sampled_from(ids)
        words = ["after", "before", "during", "at end of", "with", "then", "after start of", "before end of"]
        forms += [
            st.tuples(st.sampled_from(words), target).map(" ".join),
            st.tuples(durations(), st.sampled_from(["after", "before"]), target).map(lambda t: " ".join(map(str, t))),
            st.tuples(st.integers(-5, 90), target).map(lambda two: f"day {two[0]} of {two[1]}"),
        ]
    one = st.one_of(forms).map(parse)
    return st.one_of(one, one, st.lists(one, min_size=2, max_size=3).map(lambda options: Either(tuple(options))))


def _value(hint: Any, units: list[str], ref: bool, ids: tuple[str, ...]) -> st.SearchStrategy[Any]:
    if get_origin(hint) is tuple:
        return st.lists(_value(inner_type(get_args(hint)[0]), units, ref, ids), min_size=1, max_size=3).map(tuple)
    if hint is Quantity:
        number = st.floats(0, 1e6, allow_nan=False, allow_subnormal=False)
        return st.builds(Quantity, number, st.sampled_from(units))
    if attrs.has(hint):
        return _record(hint, ids)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    if hint is str:
        return st.sampled_from(ids) if ref else TEXT
    return {bool: st.booleans(), int: st.integers(-3, 400), float: st.floats(-9, 9).map(lambda x: round(x, 2))}[hint]


def _fields(record: Any, ids: tuple[str, ...], skip: frozenset[str]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Strategies for the required and for the optional fields of a record, by name."""
    hints = field_hints(record)
    required, optional = {}, {}
    for attribute in attrs.fields(record):
        if attribute.name not in skip:
            metadata = attribute.metadata
            value = _value(hints[attribute.name], list(units_of(metadata)), bool(metadata.get("ref")), ids)
            (required if attribute.default is attrs.NOTHING else optional)[attribute.name] = value
    return required, optional


def _record(record: Any, ids: tuple[str, ...]) -> st.SearchStrategy[Any]:
    required, optional = _fields(record, ids, frozenset())
    return st.fixed_dictionaries(required, optional=optional).map(lambda values: record(**values))


@cache
def _stated(event_class: type[Event], ids: tuple[str, ...]) -> st.SearchStrategy[dict[str, Any]]:
    """What is stated of an event, by field."""
    whens_of_event = st.lists(whens(ids), max_size=2)
    shared: dict[str, st.SearchStrategy[Any]] = {
        "when": whens_of_event,
        "note": TEXT,
        "derived_from": st.lists(st.sampled_from(ids), min_size=1, max_size=2),
    }
    if event_class.LASTS:
        shared |= {"until": whens_of_event, "lasting": durations()}
    return st.fixed_dictionaries({}, optional=shared | _fields(event_class, ids, _FIELDS_OF_ALL)[1])


_KINDS = st.sampled_from(list(EVENT_TYPES.values()))
_PATIENTS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.+-]{0,7}", fullmatch=True).filter(lambda x: x != "birth")
_SOURCES = st.none() | st.builds(Cite, TEXT, TEXT, st.sampled_from(Confidence))
_SEXES = st.none() | st.sampled_from(Sex)
_TEXTS = st.none() | TEXT
_COMPLETE = st.sets(st.sampled_from(list(EVENT_TYPES)), max_size=3)


@st.composite
def courses(draw: st.DrawFn, most: int = 6) -> Course:
    """A course of up to ``most`` events."""
    first = draw(st.sampled_from([0, 6]))
    ids = NAMES[first : first + draw(st.integers(0, most))]
    kinds = [draw(_KINDS) for _ in ids]
    return Course(
        patient=Patient(
            id=draw(_PATIENTS), sex=draw(_SEXES), birth=draw(st.lists(whens(()), max_size=1)), site=draw(_TEXTS)
        ),
        events=[kind(id=name, **draw(_stated(kind, ids))) for kind, name in zip(kinds, ids, strict=True)],
        complete=draw(_COMPLETE),
        source=draw(_SOURCES),
        about=draw(_TEXTS),
    )
