"""What the days of a timeline are counted from: the diagnosis, the birth, the first CR1, HSCT or relapse of a course.

Day 0 has to be an event whose time is known: against an event of which only the order is told, no day can be counted.
A course without a diagnosis is drawn all the same, from its first event with a time, or in its order alone.
"""

from collections.abc import Callable, Iterator
from math import ceil

from ..course import BIRTH, Course
from ..errors import UsageError
from ..events import Diagnosis, Event, Relapse, Remission, Transplant
from ..shortest_paths import UNBOUNDED, Point
from ..vocabulary import RemissionKind
from .style import DAY_ZEROS, Style
from .timeline_figure import MONTH, Zero
from .timeline_times import NARROW_DAYS, is_time
from .words import name_of

_NAMES = {"diagnosis": "diagnosis", "birth": "birth", "cr1": "CR1", "hsct": "HSCT", "relapse": "relapse"}
_IS: dict[str, Callable[[Event], bool]] = {
    "diagnosis": lambda event: isinstance(event, Diagnosis),
    "cr1": lambda event: isinstance(event, Remission) and event.number == 1 and event.kind is not RemissionKind.MRD,
    "hsct": lambda event: isinstance(event, Transplant),
    "relapse": lambda event: isinstance(event, Relapse),
}


def zero_of(course: Course, style: Style) -> tuple[Zero, Point | None]:
    """Day 0 of a course: in words, and as a point in time (None: only the order can be drawn).

    Raises UsageError, in one line with what the course has, where the chosen event is not there or has no time.
    """
    point = _point(course, style.day_zero)
    if point is None and style.day_zero != "diagnosis":
        raise UsageError(_refusal(course, style.day_zero))
    name: str | None = _NAMES[style.day_zero]
    if point is None:
        first = next(_timed(course), None)
        point = (first.id, "start") if first else None
        name = name_of(course, first) if first else None
    age = None if style.hide_ages or point is None else _known(course, (BIRTH, "start"), point)
    in_ages = style.day_zero == "birth"
    return Zero(name=name, age=age, in_ages=in_ages, known_to=_known_to(course, age, in_ages)), point


def _point(course: Course, name: str) -> Point | None:
    """The first event of a kind that has a time; None where there is none."""
    if name == "birth":
        born = (BIRTH, "start")
        return born if any(_known(course, born, (event.id, "start")) for event in course) else None
    found = [event for event in course if _IS[name](event)]
    if name == "diagnosis":  # what a course is told from: day 0 even where nothing else has a time
        return next(((event.id, "start") for event in found if event.id not in course.resolved.contradicted), None)
    found = [event for event in found if _has_time(course, event)]
    return min(((event.id, "start") for event in found), key=lambda point: _earliest(course, point), default=None)


def _earliest(course: Course, point: Point) -> float:
    """The earliest day since the first event of the course, or the place in the telling where none is known."""
    low, _ = course.resolved.days_between((next(iter(course)).id, "start"), point)
    return float(low)


def _has_time(course: Course, event: Event) -> bool:
    """Whether a time is stated of an event, or follows within a quarter, against any other."""
    told = is_time(event.when)
    spans = (_known(course, (event.id, "start"), (other.id, "start")) for other in course if other is not event)
    return any(span is not None and (told or span[1] - span[0] <= NARROW_DAYS) for span in spans)


def _timed(course: Course) -> Iterator[Event]:
    return (event for event in course if _has_time(course, event))


def _known(course: Course, a: Point, b: Point) -> tuple[int, int] | None:
    """Least and greatest number of days from one point to another, where both are known."""
    low, high = course.resolved.days_between(a, b)
    return (low, high) if low > -UNBOUNDED and high < UNBOUNDED else None


def _known_to(course: Course, age: tuple[int, int] | None, in_ages: bool) -> str:
    """How well ages are known, in words: by the age at day 0, or, from birth, by the age at diagnosis."""
    if in_ages:
        spans = [_known(course, (BIRTH, "start"), (event.id, "start")) for event in course.of(Diagnosis)]
        age = next((span for span in spans if span), None)
    if age is None or age[1] - age[0] <= 1:
        return ""
    days = age[1] - age[0]
    if days <= 7:
        return "to the week"
    if days <= 1.5 * MONTH:  # a completed month, with the slack of months of 28 to 31 days
        return "to the month"
    return f"to within {ceil(days / MONTH)} months"


def _refusal(course: Course, name: str) -> str:
    """One line: what is missing, and what the course can be counted from."""
    there = name == "birth" or any(_IS[name](event) for event in course)
    has = [other for other in DAY_ZEROS if _point(course, other) is not None]
    if name == "birth":
        why = "neither a birth nor an age is told"
    elif there:
        why = "only the order of that event is known, not its time"
    else:
        why = "the course has no complete remission with number 1" if name == "cr1" else f"the course has no {name}"
    return f"day zero {name}: {why}; it can be counted from {', '.join(has) or 'nothing'}"
