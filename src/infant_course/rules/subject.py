"""The words in which rules are written: subjects, points in time, and questions about other events.

A rule's body is traced once: it builds a Polars expression, and the questions it asks of other events are noted
as :class:`Question` records, which the engine answers as columns. Every answer is three-valued (null: cannot
tell). Two kinds of question are kept apart by name:

* **order** (``preceded_by``, ``followed_by``, ``count_before``, ``before``, ``after``, ``before_every``,
  ``after_every``, ``is_first``, ``is_last``): which came first; a tie on one day is unknown unless an order is stated
  (``under_way`` asks it of the start, and counts days from the end);
* **day** (``on_later_day_than``, ``on_earlier_day_than``, ``not_on_earlier_day_than``, ``same_day_as``,
  ``same_day_as_its_like``, ``within``, ``overlaps``, ``during``): what the calendar says.

Questions of day, ``any_recorded``, and questions of order with ``recorded=True`` ask of the recorded events only,
so that a "no" needs no complete record.
Everything else is about what happened: a "no" needs a type declared complete.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import polars as pl
from attrs import field, frozen

from ..cohort import table_schema
from ..errors import did_you_mean
from ..events import EVENT_TYPES, UNITS, Event
from .settings import Tie


class Relation(StrEnum):
    """How the other event's point lies to the subject's point."""

    BEFORE = "before"
    AFTER = "after"
    EARLIER_DAY = "earlier_day"
    LATER_DAY = "later_day"
    NOT_BEFORE = "not_before"
    NOT_AFTER = "not_after"
    NO_LATER_DAY = "no_later_day"
    SAME_DAY = "same_day"
    NEAR = "near"
    UNDER_WAY = "under_way"
    SHARES_A_DAY = "shares_a_day"
    OVERLAPS = "overlaps"
    DURING = "during"
    ANY = "any"


ORDER = {Relation.BEFORE, Relation.AFTER, Relation.NOT_BEFORE, Relation.NOT_AFTER, Relation.UNDER_WAY}
"""Relations in which a tie on one day matters."""


class Answer(StrEnum):
    """What is asked."""

    EXISTS = "exists"
    COUNT = "count"
    DAYS = "days"


@frozen(kw_only=True)
class Comparison:
    """How the subject and another event are held against each other, apart from their times.

    ``values``: by name, what of each event is compared. ``holds`` gets the subject's values and the other's, and
    says whether the two go together (null: cannot tell). ``rising`` promises that the two go together only where both
    values of this name are known and the other's is the greater one, so that not every pair has to be looked at.
    """

    values: "Mapping[str, Callable[[Subject], pl.Expr]]"
    holds: Callable[[Mapping[str, pl.Expr], Mapping[str, pl.Expr]], pl.Expr]
    rising: str | None = None

    def worked_out(self, trace: "Trace", prefix: str) -> list[pl.Expr]:
        """The values of events of a type, as columns named with a prefix; what they rest on is noted in the trace."""
        return [value(Subject(trace)).alias(f"{prefix}{name}") for name, value in self.values.items()]

    def together(self, mine: str, theirs: str) -> pl.Expr:
        """:attr:`holds` over columns that were named with these prefixes."""
        return self.holds(*({name: pl.col(prefix + name) for name in self.values} for prefix in (mine, theirs)))


@frozen
class Those:
    """Events of one type that meet a condition on their fields. Named, because a question is known by it.

    Where the condition cannot be told for an event, the event is a candidate that may or may not count.
    ``without`` leaves types out of ``"event"``, which stands for events of every type. ``apart`` promises that no
    subject the question is put to meets the condition, so that none has to be told from itself, pair by pair.
    ``against`` holds each of them against the subject, which must have the fields that are compared.
    """

    type: str
    label: str = ""
    condition: "Callable[[Subject], pl.Expr] | None" = field(default=None, eq=False)
    without: tuple[str, ...] = ()
    apart: bool = False
    against: Comparison | None = field(default=None, eq=False)


def told_by_the_source(kind: type[Event]) -> Those:
    """Events of a type that are not derived: what was concluded from another event is no evidence for it."""
    return Those(kind.TYPE, "not derived", lambda event: event["derived_from"].list.len().fill_null(0) == 0)


Kind = type[Event] | Those | str

_NOT_EVENTS = ("event", "birth", "patient")
"""What questions may be put to beside the types: events of any, the birth, the patient."""


def those(kind: Kind) -> Those:
    """Any way of naming other events, as :class:`Those`. Raises ValueError, TypeError for what names none."""
    if not isinstance(kind, (Those, str, type)):
        raise TypeError("expected a type of events, its word, or Those(...); first(...) is for before and after")
    found = kind if isinstance(kind, Those) else Those(kind if isinstance(kind, str) else kind.TYPE)
    if found.type not in EVENT_TYPES and found.type not in _NOT_EVENTS:
        raise ValueError(f"no event type {found.type!r}: {did_you_mean(found.type, EVENT_TYPES) or 'see EVENT_TYPES'}")
    return found


@frozen(kw_only=True)
class Extreme:
    """The first or the last event of a type, by the start or the end of each: see :func:`first`, :func:`last`."""

    others: Those
    point: str
    is_last: bool

    @property
    def column(self) -> str:
        """Name of this event in the names of columns."""
        which = "last" if self.is_last else "first"
        return f"{which} {self.point} {self.others.type}/{self.others.label}"


def _a_point(name: str) -> str:
    if name not in ("start", "end"):
        raise ValueError(f"no point {name!r} of an event: known are start, end")
    return name


def first(kind: Kind, *, point: str = "start") -> Extreme:
    """The event of a type that starts first (``point="end"``: that ends first)."""
    return Extreme(others=those(kind), point=_a_point(point), is_last=False)


def last(kind: Kind, *, point: str = "start") -> Extreme:
    """The event of a type that starts last (``point="end"``: that ends last)."""
    return Extreme(others=those(kind), point=_a_point(point), is_last=True)


def _extreme(one: object) -> Extreme:
    if not isinstance(one, Extreme):
        raise TypeError("expected first(...) or last(...); of any event: preceded_by, followed_by")
    return one


@frozen(kw_only=True)
class Question:
    """One question about other events, put to every subject of a type. Equal questions are answered once."""

    answer: Answer
    point: str
    others: Those
    other_point: str
    relation: Relation
    within: int | None = None
    via: str | None = None
    recorded: bool = False
    alike: bool = False
    tie: Tie = Tie.OPEN

    @property
    def second_points(self) -> tuple[str, str] | None:
        """The subject's and the other's point whose distance counts beside that of ``point`` and ``other_point``."""
        if self.relation is Relation.UNDER_WAY:
            return self.point, "end"
        if self.relation in (Relation.SHARES_A_DAY, Relation.OVERLAPS):
            return "start", "end"
        return ("end", "end") if self.relation is Relation.DURING else None

    @property
    def column(self) -> str:
        """Name of the column that holds the answer: the same for equal questions."""
        others = f"{self.others.type}/{self.others.label}/{','.join(self.others.without)}"
        how = f"{self.relation} {others} {self.other_point}"
        return f"?{self.answer} {self.point} {how} {self.within} {self.via} {self.recorded} {self.alike} {self.tie}"


@frozen
class Worked:
    """What is worked out from a field. The expression is made only where it has not been worked out for another."""

    name: str
    work: Callable[[pl.Expr], pl.Expr] | None = None

    @property
    def expr(self) -> pl.Expr:
        """The work, as an expression over the field's column."""
        column = pl.col(self.name)
        return column if self.work is None else self.work(column)


@frozen(kw_only=True)
class Trace:
    """What a rule's body asked for while it was traced."""

    about: str
    settings: Any
    tie: Tie = Tie.OPEN
    questions: dict[Question, str] = field(factory=dict)
    patient_fields: set[str] = field(factory=set)
    problems: set[str] = field(factory=set)
    record_checks: set[str] = field(factory=set)
    lookups: dict[tuple[str, str], Worked] = field(factory=dict)
    commons: dict[tuple[str, str], Worked] = field(factory=dict)
    derived: dict[str, Worked] = field(factory=dict)
    referenced: set[tuple[str, str, str]] = field(factory=set)
    extremes: set[tuple[Extreme, str]] = field(factory=set)

    def take_over(self, other: "Trace") -> None:
        """Ask also for what another trace asked for."""
        self.questions.update(other.questions)
        self.patient_fields.update(other.patient_fields)
        self.problems.update(other.problems)
        self.record_checks.update(other.record_checks)
        self.lookups.update(other.lookups)
        self.commons.update(other.commons)
        self.derived.update(other.derived)
        self.referenced.update(other.referenced)
        self.extremes.update(other.extremes)

    def column(self, question: Question) -> str:
        """Name of the column that will hold the answer."""
        return self.questions.setdefault(question, question.column)


@frozen
class Count:
    """A number known to lie between two numbers; ``most`` is null where more may have gone unrecorded."""

    least: pl.Expr
    most: pl.Expr

    def __eq__(self, number: object) -> pl.Expr:  # type: ignore[override]  # a column expression, as Polars does
        other = number if isinstance(number, pl.Expr) else pl.lit(number)
        out = (other < self.least) | (other > self.most).fill_null(False)
        sure = ((self.least == other) & (self.most == other)).fill_null(False)
        return pl.when(other.is_null()).then(None).when(out).then(False).when(sure).then(True)

    def __ne__(self, number: object) -> pl.Expr:  # type: ignore[override]  # as above
        return ~(self == number)

    def at_least(self, number: int) -> pl.Expr:
        """Whether there are at least so many."""
        few = (self.most < number).fill_null(False)
        return pl.when(self.least >= number).then(True).when(few).then(False)


@frozen
class Days:
    """A number of days known to lie between two numbers."""

    least: pl.Expr
    greatest: pl.Expr

    def below(self, days: int) -> pl.Expr:
        """Whether there are fewer days than that."""
        return pl.when(self.greatest < days).then(True).when(self.least >= days).then(False)

    def at_least(self, days: int) -> pl.Expr:
        """Whether there are at least so many days."""
        return ~self.below(days)


@frozen
class Point:
    """The start or the end of the subject."""

    trace: Trace
    name: str

    def _ask(self, answer: Answer, kind: Kind, relation: Relation, **more: Any) -> Question:
        if self.trace.about == "patient" and (relation is not Relation.ANY or answer is Answer.DAYS):
            raise ValueError("a patient has no time: ask how many or whether any, or write a rule about an event")
        if (more.get("within") or 0) < 0:
            raise ValueError("within: expected a number of days from 0")
        question = Question(
            answer=answer,
            point=self.name,
            others=those(kind),
            other_point=_a_point(more.pop("other_point", "start")),
            relation=relation,
            tie=self.trace.tie if relation in ORDER else Tie.OPEN,
            **more,
        )
        self.trace.column(question)
        return question

    def _exists(self, kind: Kind, relation: Relation, **more: Any) -> pl.Expr:
        question = self._ask(Answer.EXISTS, kind, relation, **more)
        return pl.col(self.trace.column(question))

    def preceded_by(
        self,
        kind: Kind,
        *,
        point: str = "start",
        within: int | None = None,
        via: str | None = None,
        recorded: bool = False,
    ) -> pl.Expr:
        """Whether such an event came before (order); ``recorded``: whether one that is recorded did."""
        return self._exists(kind, Relation.BEFORE, other_point=point, within=within, via=via, recorded=recorded)

    def followed_by(
        self,
        kind: Kind,
        *,
        point: str = "start",
        within: int | None = None,
        via: str | None = None,
        recorded: bool = False,
    ) -> pl.Expr:
        """Whether such an event came after (order); ``recorded``: whether one that is recorded did."""
        return self._exists(kind, Relation.AFTER, other_point=point, within=within, via=via, recorded=recorded)

    def after_every(self, kind: Kind, *, point: str = "start") -> pl.Expr:
        """Whether every such event came before (order). True also where there is none: ask for one as well."""
        return ~self._exists(kind, Relation.NOT_BEFORE, other_point=point)

    def before_every(self, kind: Kind, *, point: str = "start") -> pl.Expr:
        """Whether every such event came after (order). True also where there is none: ask for one as well."""
        return ~self._exists(kind, Relation.NOT_AFTER, other_point=point)

    def after(self, one: Extreme) -> pl.Expr:
        """Whether the first or the last event of a type, the subject left out, came before (order).

        A no where there is none.
        """
        if not _extreme(one).is_last:
            return self.preceded_by(one.others, point=one.point)
        return self._exists(one.others, Relation.ANY) & self.after_every(one.others, point=one.point)

    def before(self, one: Extreme) -> pl.Expr:
        """Whether the first or the last event of a type, the subject left out, came after (order).

        A no where there is none.
        """
        if _extreme(one).is_last:
            return self.followed_by(one.others, point=one.point)
        return self._exists(one.others, Relation.ANY) & self.before_every(one.others, point=one.point)

    def under_way(self, kind: Kind, *, within: int = 0, recorded: bool = False) -> pl.Expr:
        """Whether such an event had begun before (order) and was still going on, or had ended no more than ``within``
        days before; ``recorded``: whether one that is recorded had.

        The days are the calendar's: one that ended earlier on the same day ended 0 days before.
        """
        return self._exists(kind, Relation.UNDER_WAY, within=within, recorded=recorded)

    def on_later_day_than(self, kind: Kind, *, point: str = "start", via: str | None = None) -> pl.Expr:
        """Whether this lies on a later day than some *recorded* such event (day; a tie is a no)."""
        return self._exists(kind, Relation.EARLIER_DAY, other_point=point, via=via, recorded=True)

    def on_earlier_day_than(self, kind: Kind, *, point: str = "start", via: str | None = None) -> pl.Expr:
        """Whether this lies on an earlier day than some *recorded* such event (day; a tie is a no)."""
        return self._exists(kind, Relation.LATER_DAY, other_point=point, via=via, recorded=True)

    def not_on_earlier_day_than(self, kind: Kind, *, point: str = "start", via: str | None = None) -> pl.Expr:
        """Whether this lies on the day of some *recorded* such event or on a later one (day; a tie is a yes)."""
        return self._exists(kind, Relation.NO_LATER_DAY, other_point=point, via=via, recorded=True)

    def same_day_as(self, kind: Kind, *, point: str = "start", via: str | None = None) -> pl.Expr:
        """Whether this lies on the same day as some *recorded* such event."""
        return self._exists(kind, Relation.SAME_DAY, other_point=point, via=via, recorded=True)

    def within(self, days: int, *, of: Kind, point: str = "start", via: str | None = None) -> pl.Expr:
        """Whether this lies so many days or fewer before or after some *recorded* such event (day)."""
        return self._exists(of, Relation.NEAR, other_point=point, within=days, via=via, recorded=True)

    def same_day_as_its_like(self) -> pl.Expr:
        """Whether this lies on the same day as another *recorded* event of its type that says the same.

        An event of which nothing but a time is stated is like no other.
        """
        return self._exists(self.trace.about, Relation.SAME_DAY, recorded=True, alike=True)

    def any_recorded(self, kind: Kind, *, via: str | None = None) -> pl.Expr:
        """Whether such an event is recorded at all, whenever it was."""
        return self._exists(kind, Relation.ANY, via=via, recorded=True)

    def _count(self, question: Question) -> Count:
        name = self.trace.column(question)
        return Count(pl.col(f"{name}.least"), pl.col(f"{name}.most"))

    def count_before(self, kind: Kind, *, point: str = "start") -> Count:
        """How many such events came before (order)."""
        return self._count(self._ask(Answer.COUNT, kind, Relation.BEFORE, other_point=point))

    def count(self, kind: Kind, *, via: str | None = None, recorded: bool = False) -> Count:
        """How many such events there are, whenever they were."""
        return self._count(self._ask(Answer.COUNT, kind, Relation.ANY, via=via, recorded=recorded))

    def days_since(self, kind: Kind, *, point: str = "start", via: str | None = None) -> Days:
        """Days from the one recorded event of a type, or of those that the field ``via`` names; null without one."""
        question = self._ask(Answer.DAYS, kind, Relation.ANY, other_point=point, via=via)
        name = self.trace.column(question)
        return Days(pl.col(f"{name}.least"), pl.col(f"{name}.greatest"))


@frozen
class Subject:
    """The event (or patient) a rule is about. ``subject["field"]`` is the column of a field."""

    trace: Trace

    def __getitem__(self, name: str) -> pl.Expr:
        if self.trace.about in EVENT_TYPES and name not in table_schema(self.trace.about):
            raise KeyError(f"{self.trace.about} has no field {name!r}")
        return pl.col(name)

    @property
    def settings(self) -> Any:
        """The settings of this run."""
        return self.trace.settings

    @property
    def start(self) -> Point:
        """The subject's start (its one point, where it does not last)."""
        return Point(self.trace, "start")

    @property
    def end(self) -> Point:
        """The subject's end."""
        return Point(self.trace, "end")

    def patient(self, name: str) -> pl.Expr:
        """A field of the patient (``sex``, ``site``)."""
        self.trace.patient_fields.add(name)
        return pl.col(f"patient.{name}")

    def the(self, kind: type[Event], name: str, work: Callable[[pl.Expr], pl.Expr] | None = None) -> pl.Expr:
        """A field of the one recorded event of another type; null where there are several or none.

        ``work`` is done on that event's field, once per event instead of once per subject.
        """
        column = f"{kind.TYPE}.{name}" if work is None else f"{kind.TYPE}.{name}.{work.__name__}"
        self.trace.lookups[kind.TYPE, column] = Worked(name, work)
        return pl.col(column)

    def of_referenced(self, via: str, kind: type[Event], name: str) -> pl.Expr:
        """A field of the event of a type that the reference ``via`` names; null where it names none, or several."""
        if name not in table_schema(kind.TYPE):
            raise KeyError(f"{kind.TYPE} has no field {name!r}")
        self.trace.referenced.add((via, kind.TYPE, name))
        return pl.col(f"{via}.{name}")

    def of(self, one: Extreme, name: str) -> pl.Expr:
        """A field of the first or the last event of a type, of all that there are.

        Null where the type is not declared complete, where it cannot be told which event that is and those that it
        may be differ in the field, and where there is none.
        """
        if _extreme(one).others.against is not None:
            raise ValueError("of: the first of those that are held against the subject cannot be told for all at once")
        if name not in table_schema(one.others.type):
            raise KeyError(f"{one.others.type} has no field {name!r}")
        self.trace.extremes.add((one, name))
        return pl.col(f"{one.column}.{name}")

    def common(self, kind: type[Event], name: str, work: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
        """What a field of another type's events comes to, where all that state it give the same; else null."""
        column = f"{kind.TYPE}.all.{name}.{work.__name__}"
        self.trace.commons[kind.TYPE, column] = Worked(name, work)
        return pl.col(column)

    def once(self, name: str, work: Callable[[pl.Expr], pl.Expr]) -> pl.Expr:
        """What is worked out from a field, once for all rules and all places that ask for it.

        For work that costs more than a comparison. It is known by its function's name.
        """
        self[name]  # a field that the type does not have is told here, where the rule asks
        column = f"{name}.{work.__name__}"
        self.trace.derived[column] = Worked(name, work)
        return pl.col(column)

    def has_problem(self, rule: str) -> pl.Expr:
        """Whether reading or resolving the course named this event in a problem of a rule."""
        self.trace.problems.add(rule)
        return pl.col(f"problem.{rule}")

    def refers_to_nothing(self) -> pl.Expr:
        """Whether a field of this event names an event that is not recorded."""
        self.trace.record_checks.add("dangling")
        return pl.col("record.dangling")

    def dated(self) -> pl.Expr:
        """Whether the patient's clock is the calendar (some date is stated), not days since diagnosis."""
        self.trace.record_checks.add("dated")
        return pl.col("record.dated")

    def shares_its_id(self) -> pl.Expr:
        """Whether another event of the patient bears the same id."""
        self.trace.record_checks.add("duplicated")
        return pl.col("record.duplicated")

    def told_two_ways(self) -> pl.Expr:
        """Whether something stated about this event's time may be understood in several ways."""
        self.trace.record_checks.add("ambiguous")
        return pl.col("record.ambiguous")

    def quantity(self, name: str, unit: str) -> pl.Expr:
        """A quantity in a canonical unit of ``events.UNITS``; null where not stated or of a foreign unit."""
        return amount(self[name], unit)

    def preceded_by(self, kind: Kind, **more: Any) -> pl.Expr:
        """:meth:`Point.preceded_by` of the start."""
        return self.start.preceded_by(kind, **more)

    def followed_by(self, kind: Kind, **more: Any) -> pl.Expr:
        """:meth:`Point.followed_by` of the start (of the end, where the event lasts: say ``.end``)."""
        return self.start.followed_by(kind, **more)

    def count_before(self, kind: Kind) -> Count:
        """:meth:`Point.count_before` of the start."""
        return self.start.count_before(kind)

    def overlaps(self, kind: Kind, *, touching: bool = True, via: str | None = None) -> pl.Expr:
        """Whether this shares a day with some *recorded* such event (day).

        Without ``touching`` it is not enough that one ends on the day on which the other starts.
        """
        relation = Relation.SHARES_A_DAY if touching else Relation.OVERLAPS
        return self.end._exists(kind, relation, via=via, recorded=True)

    def during(self, kind: Kind, *, via: str | None = None) -> pl.Expr:
        """Whether this starts and ends within the days of some *recorded* such event (day)."""
        return self.start._exists(kind, Relation.DURING, via=via, recorded=True)

    def is_first(self) -> pl.Expr:
        """Whether no event of its type came before (order); two of one moment are both the first."""
        return ~self.start.preceded_by(self.trace.about)

    def is_last(self) -> pl.Expr:
        """Whether no event of its type came after (order); two of one moment are both the last."""
        return ~self.start.followed_by(self.trace.about)


def amount(quantity: pl.Expr, unit: str) -> pl.Expr:
    """A quantity column as a number in a canonical unit."""
    stated = quantity.struct.field("unit")
    factor = pl.coalesce(
        pl.when(stated == accepted).then(pl.lit(number, dtype=pl.Float64)) for accepted, number in UNITS[unit].items()
    )
    return quantity.struct.field("value") * factor
