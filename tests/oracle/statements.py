"""Rules about the statements themselves: references, contradictions, ages, ambiguities and what is left open.

What they say is not true or false in one world, so that each is read from the course, or from all its worlds at once.
"""

from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from math import ceil
from random import Random

from infant_course import Course, Event, Patient
from infant_course.events import (
    Abandonment,
    CellTherapy,
    Diagnosis,
    Immunotherapy,
    LastContact,
    MrdAssessment,
    Radiotherapy,
    Relapse,
    Remission,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
    references,
)
from infant_course.sources import Cite
from infant_course.when import Either, Unknown, parse
from oracle.plain.operators import SILENT, Verdict
from oracle.random_courses import course as random_course
from oracle.worlds import World, worlds

Reading = Callable[[Event, Course], Verdict]
Draw = Callable[[Random, int], Course]


def rec_01(event: Event, course: Course) -> Verdict:
    """The id, of which a table keeps the first letter, is borne by one event."""
    return sum(other.id[0] == event.id[0] for other in course) > 1


def rec_02(event: Event, course: Course) -> Verdict:
    """Every event that a field or a time leans on is recorded."""
    named = [target for _, target in references(event)]
    named += [target for when in (*event.when, *event.until) for target in when.references()]
    return any(all(other.id != target for other in course) for target in named)


def ord_04(event: Event, course: Course) -> Verdict:
    """Some world lets the event end no sooner than it starts."""
    return not worlds(course) if event.LASTS else SILENT


def ord_08(event: Event, course: Course) -> Verdict:
    """The age in completed months is one that the patient has on a day that is stated.

    By the calendar of a birth on any day: rounding by one unit of the coarser is allowed for.
    """
    (birth,), ages = course.patient.birth, [when for when in event.when if hasattr(when, "age")]
    if not ages:
        return False
    (day,) = [when for when in event.when if not hasattr(when, "age")]
    months = int(ages[0].age.number)
    least, most = _days_of_months(months)
    return (day.latest - birth.earliest).days < least or (day.earliest - birth.earliest).days > most


@cache
def _days_of_months(months: int) -> tuple[int, int]:
    """The least and the most days that somebody can have lived at so many completed months."""
    births = [date(2020, 1, 1) + timedelta(n) for n in range(4 * 365 + 1)]
    reached = [(_months_after(birth, months) - birth).days for birth in births]
    passed = [(_months_after(birth, months + 1) - birth).days - 1 for birth in births]
    return min(reached), max(passed)


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = day.year + (day.month - 1 + months) // 12, (day.month - 1 + months) % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def ord_11(event: Event, course: Course) -> Verdict:
    """Each statement has one reading; not asked where no time is stated."""
    told = [when for when in (*event.when, *event.until) if not isinstance(when, Unknown)]
    return any(isinstance(when, Either) for when in told) if told or event.lasting is not None else SILENT


OTHERS = (Radiotherapy, CellTherapy, Immunotherapy, TargetedTherapy)


def ord_12(event: Event, course: Course) -> Verdict:
    """Of each kind of treatment it is told whether some came before, or whether some lies on an earlier day."""
    found = worlds(course)
    if not isinstance(event, Transplant):
        return SILENT

    def asked(kind: type[Event], what: Callable[[World], bool]) -> bool:
        """Whether the worlds agree on a question."""
        return len({what(world) for world in found}) == 1

    def first(kind: type[Event]) -> Callable[[World], bool]:
        return lambda world: any(other.start < world.named(event.id).start for other in world.recorded(kind))

    def on_earlier_day(kind: type[Event]) -> Callable[[World], bool]:
        return lambda world: any(o.start[0] < world.named(event.id).start[0] for o in world.recorded(kind))

    return any(not asked(kind, first(kind)) and not asked(kind, on_earlier_day(kind)) for kind in OTHERS)


PAPER, FIRST_YEARS = 2022, {"interfant-06": 2006, "interfant-99": 1999, "aall0631": 2008, "cog-p9407": 1996}
"""Year of the review, and the years in which protocols opened (its Table 1; P9407 by its registry record)."""


def ord_13(event: Event, course: Course) -> Verdict:
    """The paper's year less the whole years of follow-up is no earlier than the year before the protocol began."""
    protocol = getattr(event, "protocol", None)
    contacts = [contact for contact in course.of(LastContact) if contact.when]
    if course.source is None or protocol not in FIRST_YEARS or len(contacts) != 1 or len(course.of(Diagnosis)) != 1:
        return SILENT
    (stated,) = contacts[0].when
    low = float(stated.by.number) - 0.5  # rounded, or completed: from half a year less to a year more
    years = {int(day / 365.25) for day in range(int(low * 365.25) - 1, ceil((low + 1.5) * 365.25))}
    early = {PAPER - number < FIRST_YEARS[protocol] - 1 for number in years}
    return early.pop() if len(early) == 1 else None


def _ids(random: Random, number: int) -> Course:
    """References to nothing, and ids that are alike in their first letter."""
    kinds: list[type[Event]] = [Diagnosis, TreatmentBlock, Relapse, Abandonment]
    events: list[Event] = [
        random.choice(kinds)(id=f"{random.choice('abcdef')}{n}", when=(parse(f"2020-01-0{random.randint(1, 9)}"),))
        for n in range(random.randint(1, 4))
    ]
    target = random.choice([*(event.id for event in events), "elsewhere"])
    events.append(MrdAssessment(id="m", assesses=random.choice([None, target]), when=_leaning(random, target)))
    return Course(patient=Patient(id=f"p{number}"), events=tuple(events))


def _leaning(random: Random, target: str) -> tuple:
    return (parse(random.choice(["2020-01-05", f"after {target}", f"either (before {target}) or (2020-01-05)"])),)


def related(random: Random, number: int) -> Course:
    """Orders that may contradict each other, or be told in two ways."""
    return random_course(random, number, (Relapse(id=""), Remission(id=""), TreatmentBlock(id="")), most=3)


def _ends(random: Random, number: int) -> Course:
    """One block whose start and end are known to a few days."""

    def known() -> tuple:
        low = random.randint(1, 4)
        return (parse(f"2020-01-0{low}..2020-01-0{random.randint(low, min(low + 2, 5))}"),)

    return Course(patient=Patient(id=f"p{number}"), events=(TreatmentBlock(id="b", when=known(), until=known()),))


def _ends_in_order(random: Random, number: int) -> Course:
    """One block of which start and end are told by a relapse, or one of the two by a date."""
    relapse = Relapse(id="r", when=(parse(random.choice(["unknown", "2020-01-02", "2020-01-01..2020-01-03"])),))
    start = random.choice(["after r", "then r", "1 day after r", "2020-01-02", "2020-01-01..2020-01-02"])
    end = random.choice(["before r", "after r", "1 day before r", "with r", "2020-01-02", "2020-01-02..2020-01-03"])
    block = TreatmentBlock(id="b", when=(parse(start),), until=(parse(end),))
    anchor = Remission(id="x", when=(parse("2020-01-02"),))
    events = random.sample([relapse, block, anchor], 3)
    return Course(patient=Patient(id=f"p{number}"), events=tuple(events))


def _aged(random: Random, number: int) -> Course:
    """A birth on a day, an event dated and with an age in months."""
    birth = date(2020, random.randint(1, 12), random.randint(1, 28))
    day = birth + timedelta(random.randint(55, 100))
    stated = str(day) if random.random() < 0.6 else f"{day}..{day + timedelta(random.randint(1, 10))}"
    whens = (parse(stated), *((parse(f"age {random.randint(1, 3)} months"),) if random.random() < 0.9 else ()))
    return Course(patient=Patient(id=f"p{number}", birth=(parse(str(birth)),)), events=(Diagnosis(id="d", when=whens),))


def _treatments(random: Random, number: int) -> Course:
    """A transplant and other treatments of the leukaemia. What is told in two ways is told, in each of them."""
    kinds = (Transplant(id=""), CellTherapy(id=""), Radiotherapy(id=""), Transplant(id=""), Relapse(id=""))
    while True:
        course = random_course(random, number, kinds, most=3)
        if worlds(course) and not any(isinstance(when, Either) for event in course for when in event.when):
            return course


def _published(random: Random, number: int) -> Course:
    """A course without dates, out of the review, with years of follow-up."""
    years = random.randint(8, 30)
    protocol = random.choice([*FIRST_YEARS, "mll96x"])
    events = (
        Diagnosis(id="d"),
        TreatmentBlock(id="b", protocol=protocol),
        LastContact(id="c", when=(parse(f"{years} years after d"),)),
    )
    source = Cite("kotecha2022", "a case") if random.random() < 0.9 else None
    return Course(patient=Patient(id=f"p{number}"), events=events, source=source)


RULES: dict[str, tuple[Reading, tuple[Draw, ...]]] = {
    "REC-01": (rec_01, (_ids,)),
    "REC-02": (rec_02, (_ids,)),
    "ORD-04": (ord_04, (_ends, _ends_in_order)),
    "ORD-08": (ord_08, (_aged,)),
    "ORD-11": (ord_11, (related, _ids)),
    "ORD-12": (ord_12, (_treatments,)),
    "ORD-13": (ord_13, (_published,)),
}
