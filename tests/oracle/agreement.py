"""Puts what the engine says beside what the listed worlds say."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from unittest.mock import patch

from infant_course import Cohort, Course, Event
from infant_course.rules import Rule, Settings, answers, engine, judge
from oracle.plain.diagnosis import INFANT_LIMIT
from oracle.plain.operators import SILENT, Verdict
from oracle.worlds import Placed, World, with_unrecorded

Key = tuple[str, int, str | None]
About = Callable[[Placed, World], Verdict]


def engine_verdicts(cohort: Cohort, rules: Iterable[Rule], cut_off: date | None = None) -> dict[Key, bool | None]:
    """Failed (true) and undecided (null) subjects by rule, patient number and event; the others passed.

    They are worked out as for a few courses and as for millions, which must come to the same.
    """
    rules = tuple(rules)
    few = said(cohort, rules, cut_off)
    with patch.object(answers, "SMALL", 0), patch.object(engine, "LARGE", -1):
        assert said(cohort, rules, cut_off) == few
    return few


def said(cohort: Cohort, rules: Iterable[Rule], cut_off: date | None = None) -> dict[Key, bool | None]:
    """:func:`engine_verdicts`, worked out in the way that the size of the cohort asks for."""
    judgement = judge(cohort, rules, Settings(infant_limit_days=INFANT_LIMIT, cut_off=cut_off, debug=True))
    return {
        (row["rule"], row["patient"], row["event"]): True if row["failed"] else None
        for row in judgement.verdicts.iter_rows(named=True)
    }


def subjects(course: Course, types: Sequence[str]) -> list[Event | None]:
    """The events a rule is about ("any": all of them); None stands for the patient."""
    patient: list[Event | None] = [None] if "patient" in types else []
    return [*(event for event in course if event.TYPE in types or "any" in types), *patient]


def _finder(course: Course, event: Event | None, about: Sequence[str]) -> Callable[[World], Placed]:
    """Finds the subject in a world of the course."""

    def birth(world: World) -> Placed:
        assert world.birth is not None
        return Placed(Event(id="birth"), world.birth, world.birth)

    if "birth" in about:
        return birth
    if event is None:
        patient = Placed(Event(id="patient"), (0, 0), (0, 0))
        return lambda world: patient
    place = [other.id for other in course].index(event.id)
    return lambda world: world.events[place]


def _all_worlds(found: Sequence[World], extras: Iterable[tuple[Event, ...]], course: Course) -> Iterator[World]:
    yield from found
    for extra in extras:
        if not any(event.TYPE in course.complete for event in extra):
            for world in found:
                yield from with_unrecorded(world, extra)


def truth(
    course: Course,
    found: Sequence[World],
    event: Event | None,
    about: Sequence[str],
    plain: About,
    extras: Iterable[tuple[Event, ...]],
) -> Verdict:
    """True or false where all worlds agree on it, ``SILENT`` where the rule does not apply, else None."""
    seen: set[Verdict] = set()
    me = _finder(course, event, about)
    for world in _all_worlds(found, extras, course):
        seen.add(plain(me(world), world))
        if None in seen or len(seen) > 1:
            return None
    return seen.pop() if seen else SILENT
