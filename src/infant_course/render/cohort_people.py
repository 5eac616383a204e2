"""The patients of a cohort as figures take them: events, what is known of their times, and attributes to group by.

A case file and a registry export come here through the same columns (:class:`infant_course.cohort.Cohort`). Days
are differences of two points, so that no calendar date gets any further. What is not known to lie between two days
stays unknown: nothing is filled in.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from ..cohort import Cohort
from ..course import BIRTH
from ..errors import UsageError, did_you_mean
from ..events import EVENT_TYPES, Diagnosis, Quantity, field_hints, own_fields
from ..resolve import Gap, Reading
from ..shortest_paths import UNBOUNDED, Point

NOT_STATED = "not stated"
SEVERAL = "several stated"

ZEROS = {
    "diagnosis": "diagnosis",
    "birth": "birth",
    "cr1": "first complete remission",
    "hsct": "first HSCT",
    "relapse": "first relapse",
}
"""What day 0 may be beside the first event of any type, and how that is written on the axis."""
_TYPES_OF = {"birth": (), "cr1": ("remission",), "hsct": ("transplant",)}
_CAPITALS = {"mrd": "MRD", "mrd_reemergence": "MRD re-emergence", "csf": "CSF examination", "gvhd": "GVHD"}


def zero_name(align: str) -> str:
    """What day 0 is called on an axis. Raises UsageError, with the valid words, for one that is not known.

    >>> zero_name("hsct"), zero_name("cell_therapy")
    ('first HSCT', 'first cell therapy')
    """
    if align in ZEROS:
        return ZEROS[align]
    if align in EVENT_TYPES:
        return f"first {_CAPITALS.get(align, align.replace('_', ' '))}"
    known = [*ZEROS, *(name for name in EVENT_TYPES if name not in ZEROS)]
    hint = did_you_mean(align, known)
    raise UsageError(f"align: no event {align!r}: {f'{hint} ' if hint else ''}known are {', '.join(known)}")


def zero_types(align: str) -> tuple[str, ...]:
    """The event types among which day 0 is looked for."""
    return _TYPES_OF.get(align, (align,))


@frozen
class Span:
    """Least and greatest number of days; None where there is no bound."""

    least: int | None
    greatest: int | None

    @property
    def known(self) -> bool:
        """Whether there are both bounds."""
        return self.least is not None and self.greatest is not None

    @property
    def middle(self) -> float:
        """The middle of a span with both bounds."""
        return ((self.least or 0) + (self.greatest or 0)) / 2

    @property
    def exact(self) -> bool:
        """Whether it is one day."""
        return self.known and self.least == self.greatest

    def within(self, days: int) -> bool:
        """Whether it is known to so many days."""
        return self.known and (self.greatest or 0) - (self.least or 0) <= days


@frozen(kw_only=True)
class Happening:
    """An event of a patient: its type, its own fields as plain values, and whether it was ongoing when last seen."""

    id: str
    type: str
    ordinal: int
    fields: Mapping[str, Any] = field(repr=False)
    ongoing: bool = False

    @property
    def start(self) -> Point:
        """Its start as a point in time."""
        return (self.id, "start")

    @property
    def end(self) -> Point:
        """Its end as a point in time; of an event that does not last, its only one."""
        return (self.id, "end")


@frozen(kw_only=True, eq=False)
class Person:
    """A patient: attributes, events in the order of the input, and every reading of their times."""

    id: str
    sex: str | None
    site: str | None
    events: tuple[Happening, ...] = field(repr=False)
    readings: tuple[Reading, ...] = field(repr=False)

    def of(self, *types: str) -> tuple[Happening, ...]:
        """The events of some types."""
        return tuple(event for event in self.events if event.type in types)

    def days(self, a: Point, b: Point) -> Span:
        """Days from one point to another, in whatever way the course is read."""
        gaps = [reading.between(a, b) for reading in self.readings]
        least, greatest = min(gap.least for gap in gaps), max(gap.greatest for gap in gaps)
        return Span(least if least > -UNBOUNDED else None, greatest if greatest < UNBOUNDED else None)

    def before(self, a: Point, b: Point) -> bool | None:
        """Whether a comes before b: true, false, or None where both are possible."""
        gaps = [reading.between(a, b) for reading in self.readings]
        if all(gap.a_surely_first for gap in gaps):
            return True
        return None if any(gap.a_maybe_first for gap in gaps) else False

    def first(self, events: Sequence[Happening]) -> Happening | None:
        """The one that surely starts before all others; None where that is not known, or there is none."""
        for one in events:
            if all(other is one or self.before(one.start, other.start) for other in events):
                return one
        return None

    def zero(self, align: str) -> Happening | None:
        """The event that is day 0 (a word of :data:`ZEROS` or an event type: its first); None where there is none or
        which is not known.
        """
        if align == "birth":
            return Happening(id=BIRTH, type="birth", ordinal=-1, fields={})
        if align == "cr1":
            complete = [event for event in self.of("remission") if event.fields["kind"] != "mrd"]
            numbered = [event for event in complete if event.fields["number"] == 1]
            return self.first(numbered or [event for event in complete if event.fields["number"] is None])
        if align == "diagnosis":  # several tellings of one diagnosis: the first told, as everywhere
            return next(iter(self.of("diagnosis")), None)
        return self.first(self.of(*zero_types(align)))


def people_of(cohort: Cohort, types: Iterable[str]) -> tuple[Person, ...]:
    """The patients of a cohort with their events of some types, in the order of the input."""
    units = {row["unit"]: row["patient"] for row in cohort.units.iter_rows(named=True)}
    first = {row["unit"] for row in cohort.units.iter_rows(named=True) if row["reading"] == 0}
    instants: dict[int, set[str]] = {unit: {BIRTH} for unit in units}
    bounds: dict[int, dict[Point, tuple[int, int]]] = {unit: {} for unit in units}
    events: dict[int, list[Happening]] = {}
    ongoing = {
        (row["patient"], row["event"])
        for row in cohort.stated.iter_rows(named=True)
        if row["part"] == "until" and row["text"] == "ongoing"
    }
    wanted = set(types)
    for name in (BIRTH, *EVENT_TYPES):
        if name != BIRTH and name not in wanted:
            continue
        own = [] if name == BIRTH else [a.name for a in own_fields(EVENT_TYPES[name])]
        lasts = name != BIRTH and EVENT_TYPES[name].LASTS
        for row in cohort.table(name).iter_rows(named=True):
            unit, event = row["unit"], row["event"]
            bounds[unit][(event, "start")] = (row["start_lo"], row["start_hi"])
            bounds[unit][(event, "end")] = (row["end_lo"], row["end_hi"])
            if not lasts:
                instants[unit].add(event)
            if unit in first and name != BIRTH:
                patient = units[unit]
                events.setdefault(patient, []).append(
                    Happening(
                        id=event,
                        type=name,
                        ordinal=row["ordinal"],
                        fields={key: row[key] for key in own},
                        ongoing=(patient, event) in ongoing,
                    )
                )
    gaps: dict[int, list[Gap]] = {}
    for unit, *gap in cohort.gap.iter_rows():
        gaps.setdefault(unit, []).append(Gap(*gap))
    readings: dict[int, list[Reading]] = {}
    for number, (unit, patient) in enumerate(units.items()):
        reading = Reading(
            number=number,
            bounds=bounds[unit],
            gaps=tuple(gaps.get(unit, ())),
            instants=frozenset(instants[unit]),
        )
        readings.setdefault(patient, []).append(reading)
    return tuple(
        Person(
            id=row["patient"],
            sex=row["sex"],
            site=row["site"],
            events=tuple(sorted(events.get(code, ()), key=lambda event: event.ordinal)),
            readings=tuple(readings[code]),
        )
        for code, row in enumerate(cohort.patients.iter_rows(named=True))
    )


# Attributes.

_HINTS = {a.name: field_hints(Diagnosis)[a.name] for a in own_fields(Diagnosis)}
_NUMBERS = {name for name, hint in _HINTS.items() if hint in (int, Quantity)}
_WORDS = {name for name, hint in _HINTS.items() if isinstance(hint, type) and name not in _NUMBERS}
GROUPS = ("sex", "site", "protocol", "arm", "risk", *sorted(_WORDS))
"""Attributes to group by."""
ORDERS = (*GROUPS, "age", *sorted(_NUMBERS))
"""Attributes to sort by."""
ATTRIBUTE_TYPES = ("diagnosis", "enrolment", "randomisation", "risk_assignment")
"""Event types that attributes are read from."""

_NAMES = {"kmt2a": "KMT2A", "kmt2a_partner": "KMT2A partner", "cns": "CNS status", "wbc": "WBC", "risk": "risk group"}
_FROM = {
    "protocol": (("enrolment", "protocol"),),
    "arm": (("randomisation", "arm"), ("enrolment", "arm")),
    "risk": (("risk_assignment", "group"),),
}


def attribute_name(name: str) -> str:
    """An attribute as it is written in a figure."""
    return _NAMES.get(name, name.replace("_", " "))


_SHOWN = {"kmt2a": "KMT2A-{}", "lineage": "{} lineage", "arm": "arm {}", "risk": "risk group {}"}


def group_name(name: str, word: str) -> str:
    """A group as it is written in a figure.

    >>> group_name("kmt2a", "germline"), group_name("kmt2a", "not stated"), group_name("sex", "male")
    ('KMT2A-germline', 'KMT2A not stated', 'male')
    """
    if word in (NOT_STATED, SEVERAL):
        return f"{attribute_name(name)} {word}"
    return _SHOWN.get(name, "{}").format(word)


def known_attribute(name: str, known: Sequence[str], *, what: str) -> str:
    """The name again. Raises UsageError, with the valid ones, for one that is not known."""
    if name not in known:
        hint = did_you_mean(name, known)
        raise UsageError(f"{what}: no attribute {name!r}: {f'{hint} ' if hint else ''}known are {', '.join(known)}")
    return name


def word_of(person: Person, name: str) -> str:
    """An attribute to group by, as a word: what is stated, "several stated" or "not stated"."""
    if name in ("sex", "site"):
        return getattr(person, name) or NOT_STATED
    for source, key in _FROM.get(name, (("diagnosis", name),)):
        found = list(dict.fromkeys(e.fields[key] for e in person.of(source) if e.fields[key] is not None))
        if len(found) > 1:
            return SEVERAL
        if found:
            return {True: "yes", False: "no"}.get(found[0], str(found[0]).replace("_", " "))
    return NOT_STATED


def order_of(person: Person, name: str) -> tuple[int, float, str]:
    """A key to sort by an attribute: numbers by size, words by the alphabet, what is not stated last."""
    if name == "age":
        zero = person.zero("diagnosis")
        age = person.days((BIRTH, "start"), zero.start) if zero else Span(None, None)
        return (0, age.middle, "") if age.known else (1, 0, "")
    if name in _NUMBERS:
        value = next((e.fields[name] for e in person.of("diagnosis") if e.fields[name] is not None), None)
        amount = None if value is None else _amount(name, value)
        return (1, 0, "") if amount is None else (0, amount, "")
    word = word_of(person, name)
    return (int(word == SEVERAL) + 2 * int(word == NOT_STATED), 0, word)


def _amount(name: str, value: Any) -> float | None:
    """A number, or a quantity in the canonical unit of its field; None where its own unit does not fit."""
    if not isinstance(value, Mapping):
        return float(value)
    unit = next(a.metadata["unit"] for a in own_fields(Diagnosis) if a.name == name)
    try:
        return Quantity(value["value"], value["unit"]).to(unit)
    except KeyError:
        return None


def group_key(word: str) -> tuple[int, str]:
    """A key to sort groups by: words by the alphabet, then several and not stated."""
    return (int(word == SEVERAL) + 2 * int(word == NOT_STATED), word)
