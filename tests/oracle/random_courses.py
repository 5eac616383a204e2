"""Small random courses, seeded: three or four events on three days, times known in part."""

from collections.abc import Sequence
from random import Random
from typing import Any

import attrs

from infant_course import Course, Event, Patient
from infant_course.when import When, parse, parse_duration

DAYS = ("2020-01-01", "2020-01-02", "2020-01-03")
LENGTHS = ("0 days", "1 day", "2 days", "1 to 2 days")
ORDERS = ("before", "after", "then", "with", "after start of", "1 day after", "1 day before")


def dated(random: Random) -> str:
    """A date, or a range of dates."""
    low, high = sorted(random.choices(range(len(DAYS)), k=2))
    return DAYS[low] if low == high or random.random() < 0.4 else f"{DAYS[low]}..{DAYS[high]}"


def related(random: Random, other: Event, lasts: bool) -> str:
    """An order or a distance to another event, or one of two."""
    words = [word for word in ORDERS if not (word == "with" and (lasts or other.LASTS))]
    said = [f"{word} {other.id}" for word in random.sample(words, 2)]
    return f"either ({said[0]}) or ({said[1]})" if random.random() < 0.15 else said[0]


def course(random: Random, number: int, kinds: Sequence[Event], *, most: int = 4, born: bool = False) -> Course:
    """A course of some of these events, each placed by a date, by another event, by both or not at all.

    The first event is dated, so that the clock is the calendar's; at most one event lasts and at most one has
    no date, so that the worlds stay few.
    """
    chosen: list[Event] = []
    for kind in random.choices(list(kinds), k=random.randint(2, most)):
        if not (kind.LASTS and any(event.LASTS for event in chosen)):
            chosen.append(attrs.evolve(kind, id=f"e{len(chosen)}"))
    events: list[Event] = []
    undated = 0
    for event in chosen:
        whens: list[str] = []
        others = list(events)
        if not events or undated or random.random() < 0.75:
            whens.append(dated(random))
        else:
            undated += 1
            whens += ["unknown"] if random.random() < 0.3 else []
        if others and random.random() < 0.4:
            whens.append(related(random, random.choice(others), event.LASTS))
        until = [dated(random)] if event.LASTS else []
        events.append(_timed(event, whens, until, others, random))
    random.shuffle(events)
    types = sorted({kind.TYPE for kind in kinds})
    complete = frozenset(name for name in types if random.random() < 0.6)
    birth = (parse(dated(random)),) if born else ()
    return Course(patient=Patient(id=f"p{number}", birth=birth), events=tuple(events), complete=complete)


def dated_course(random: Random, number: int, kinds: Sequence[Event]) -> Course:
    """A course of which most is known to the day and the rest to two days; several of its events may last."""
    events: list[Event] = []
    points = vague = 0
    for kind in random.choices(list(kinds), k=4):
        if points + 1 + kind.LASTS <= 5:
            points += 1 + kind.LASTS
            start = random.randrange(len(DAYS))
            end = random.randrange(start, len(DAYS))
            told = [f"{DAYS[day]}" for day in ((start, end) if kind.LASTS else (start,))]
            if vague < 2 and start < 2 and end == start and random.random() < 0.4:
                vague += 1
                told = [f"{day}..{DAYS[start + 1]}" for day in told]
            named = attrs.evolve(kind, id=f"e{len(events)}")
            events.append(_timed(named, told[:1], told[1:], list(events), random))
    random.shuffle(events)
    types = sorted({kind.TYPE for kind in kinds})
    complete = frozenset(name for name in types if random.random() < 0.8)
    return Course(patient=Patient(id=f"p{number}"), events=tuple(events), complete=complete)


def _timed(event: Event, whens: list[str], until: list[str], others: list[Event], random: Random) -> Event:
    start: tuple[When, ...] = tuple(map(parse, whens))
    end: tuple[When, ...] = tuple(map(parse, until))
    changes: dict[str, Any] = {"when": start, "until": end}
    if event.LASTS and random.random() < 0.25:  # told by its length, now and then beside its end
        changes["lasting"] = parse_duration(random.choice(LENGTHS))
        changes["until"] = end if random.random() < 0.2 else ()
    fields = {a.name for a in attrs.fields(type(event))}
    if others:
        if "of" in fields:
            changes["of"] = random.choice(others).id
        if getattr(event, "rests_on", ()):
            changes["rests_on"] = (random.choice(others).id,)
        if getattr(event, "decides", None) is not None:
            changes["decides"] = random.choice(others).id
        if "attributed_to" in fields:
            changes["attributed_to"] = (random.choice(others).id,)
        if "assesses" in fields and getattr(event, "assesses", None) is not None:
            blocks = [other.id for other in others if other.TYPE == "treatment_block"]
            changes["assesses"] = blocks[0] if blocks else None
    else:
        changes |= {name: None for name in ("assesses", "decides") if name in fields}
        changes |= {"rests_on": ()} if "rests_on" in fields else {}
    return attrs.evolve(event, **changes)
