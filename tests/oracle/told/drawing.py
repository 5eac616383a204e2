"""Small random courses in which the fields vary: what is told of each event is drawn from a few values, or left out."""

from collections.abc import Callable, Mapping, Sequence
from random import Random
from typing import Any, TypeVar

from attrs import frozen

from infant_course import Course, Event, Patient
from infant_course.vocabulary import Sex
from infant_course.when import parse

Verdict = bool | None | str
Told = Callable[[Any, Course], Verdict]
"""A rule over the fields of an event (of the patient: None) and of the events beside it."""


@frozen
class Ref:
    """A field that names one of the events drawn before, of these types; or several of them."""

    types: tuple[type[Event], ...]
    several: bool = False

    def draw(self, random: Random, events: Sequence[Event]) -> Any:
        ids = [event.id for event in events if isinstance(event, self.types)]
        if self.several:
            return tuple(random.sample(ids, random.randint(0, len(ids))))
        return random.choice([*ids, None]) if ids else None


R = TypeVar("R")


def as_in_a_table(record: R, **fields: Any) -> R:
    """A record with values as a column may hold them: words of no list too, which are refused where one is made."""
    for name, value in fields.items():
        object.__setattr__(record, name, value)
    return record


@frozen
class Some:
    """Up to ``most`` events of a type; each field is drawn from its values."""

    kind: type[Event]
    fields: Mapping[str, Sequence[Any] | Ref]
    least: int = 1
    most: int = 1
    days: tuple[str | None, ...] = ("2020-01-01", "2020-02-01", "2020-03-01")

    def draw(self, random: Random, events: Sequence[Event]) -> Event:
        chosen = {
            name: pool.draw(random, events) if isinstance(pool, Ref) else random.choice(pool)
            for name, pool in self.fields.items()
        }
        day = random.choice(self.days)
        return as_in_a_table(self.kind(id=f"e{len(events)}", when=(parse(day),) if day else ()), **chosen)


@frozen
class Family:
    """Courses of some events; ``births`` are days on which the patient may be born (None: not told)."""

    some: tuple[Some, ...]
    births: tuple[str | None, ...] = (None,)
    sexes: tuple[Any, ...] = (None, Sex.MALE, Sex.FEMALE)

    def draw(self, random: Random, number: int) -> Course:
        """A course; some of its types are declared complete."""
        events: list[Event] = []
        for one in self.some:
            for _ in range(random.randint(one.least, one.most)):
                events.append(one.draw(random, events))
        types = sorted({event.TYPE for event in events})
        birth = random.choice(self.births)
        patient = Patient(id=f"p{number}", birth=(parse(birth),) if birth else ())
        as_in_a_table(patient, sex=random.choice(self.sexes))
        complete = frozenset(name for name in types if random.random() < 0.5)
        random.shuffle(events)
        return Course(patient=patient, events=tuple(events), complete=complete)


Rules = dict[str, tuple[tuple[str, ...], Told]]
"""By rule id: the types it is about, and the rule."""


def amount(quantity: Any, unit: str) -> float | None:
    """The number in a unit; None where none is told or the unit is a foreign one."""
    if quantity is None:
        return None
    try:
        return quantity.to(unit)
    except KeyError:
        return None


def the_one(course: Course, kind: type[Event]) -> Any:
    """The event of a type, where there is exactly one."""
    found = course.of(kind)
    return found[0] if len(found) == 1 else None


def named(course: Course, event_id: str | None) -> Any:
    """The event of that id."""
    return next((event for event in course if event.id == event_id), None)


def any_of(verdicts: Sequence[bool | None]) -> bool | None:
    """Broken by one of several: open where none surely is and one may be."""
    if True in verdicts:
        return True
    return None if None in verdicts else False


def in_all(verdicts: Sequence[bool]) -> bool | None:
    """What holds whatever is not told turns out to be."""
    return None if len(set(verdicts)) > 1 else verdicts[0]
