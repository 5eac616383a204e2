"""Answers the questions of the rules over columns.

Each question is a count over pairs of (subject, other event) of two facts, *sure* and *maybe*. The bounds give
both; a ``gap`` row replaces them for its pair. For one-sided questions about another type, patients without gap
rows need no pairs: the least and greatest bounds per patient say the same (shared by all rules).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property, partial
from threading import Lock
from typing import Any, TypeVar

import polars as pl
from attrs import field, fields, frozen

from ..cohort import SHARED_COLUMNS, Cohort, table_schema
from ..course import BIRTH
from ..events import EVENT_TYPES, own_fields
from ..shortest_paths import UNBOUNDED
from .event_index import EventIndex
from .settings import Settings, Tie
from .subject import Answer, Extreme, Point, Question, Relation, Subject, Those, Trace, Worked

_BEFORE_LIKE = {Relation.BEFORE, Relation.NOT_AFTER, Relation.EARLIER_DAY}
_ONE_SIDED = {*_BEFORE_LIKE, Relation.AFTER, Relation.NOT_BEFORE, Relation.LATER_DAY}

_SHARED_DAYS = {Relation.SHARES_A_DAY: 0, Relation.OVERLAPS: 1, Relation.DURING: 0}
"""Of relations of two stretches of time: how many days their points must lie apart, at the least."""

T = TypeVar("T")

MOST_PAIRS = 5_000_000
"""Pairs held in memory at a time: one patient with 10,000 relapses has 100 million."""

SMALL = 5_000
"""Up to so many events in all, questions are put together."""

FEW = 0.2
"""Below this share of the patients, others are looked up for these patients only, and not kept for other rules."""

FEW_FIELDS = 4
"""So many fields tell most events of a patient apart."""

NAMING = ("row", "unit", "event", "line")
"""Columns by which a subject is told."""

BOUNDS = ("start_lo", "start_hi", "end_lo", "end_hi")
Counts = tuple[pl.Series, pl.Series]
"""How many others surely, and at most, stand in a relation to each subject."""

COUNT_COLUMNS: dict[str, Any] = {"number": pl.UInt32, "row": pl.UInt32, "sure": pl.UInt32, "maybe": pl.UInt32}
CANDIDATE_COLUMNS: dict[str, Any] = {
    **{name: SHARED_COLUMNS[name] for name in ("unit", "event", *BOUNDS)},
    "sure": pl.Boolean,
}


MINE, THEIRS = "mine.", "theirs."
"""Prefixes of the columns in which a subject and another event are compared."""


def _within_bounds(expr: pl.Expr) -> pl.Expr:
    return expr.clip(-UNBOUNDED, UNBOUNDED)


def _bounds_of(point: str, name: str, *, timed: bool = True) -> tuple[pl.Expr, pl.Expr]:
    """The bounds of a point under another name; without bounds, where what is asked about has no time."""
    if not timed:
        return pl.lit(-UNBOUNDED, dtype=pl.Int32).alias(f"{name}_lo"), pl.lit(UNBOUNDED, dtype=pl.Int32).alias(
            f"{name}_hi"
        )
    return pl.col(f"{point}_lo").alias(f"{name}_lo"), pl.col(f"{point}_hi").alias(f"{name}_hi")


def needs_only(expr: pl.Expr, frame: pl.DataFrame) -> bool:
    """Whether an expression can be told from a frame's own columns, before any question is answered."""
    return set(expr.meta.root_names()) <= set(frame.columns)


def columns_used(frame: pl.DataFrame, trace: Trace, asked: Iterable[pl.Expr]) -> list[str]:
    """The columns that expressions and questions work with, so that joins and filters carry no others along."""
    used = {*NAMING, *BOUNDS}
    used |= {name for expr in asked for name in expr.meta.root_names()}
    used |= {question.via for question in trace.questions if question.via is not None}
    used |= {via for via, _, _ in trace.referenced}
    compared = [question.others.against for question in trace.questions if question.others.against is not None]
    values = [value for one in compared for value in one.worked_out(trace, MINE)]
    used |= {name for value in values for name in value.meta.root_names()}
    used |= {worked.name for worked in trace.derived.values()}
    return [name for name in frame.columns if name in used]


def pair_facts(questions: Sequence[Question]) -> tuple[pl.Expr, pl.Expr]:
    """(sure, maybe) of one pair, from ``least``/``greatest`` = days from the other point to the subject's point,
    and ``y_first``/``y_maybe_first``/``x_first``/``x_maybe_first``; where a second distance counts
    (:attr:`Question.second_points`), also from ``second_least``/``second_greatest``.

    Of several questions ``number`` tells which one the pair is for.
    """
    asked: dict[tuple[Relation, int | None, Tie], list[int]] = {}
    for number, question in enumerate(questions):
        asked.setdefault((question.relation, question.within, question.tie), []).append(number)
    (first, _), *others = asked.items()
    sure, maybe = facts_of_a_pair(*first)
    for how, numbers in others:
        its_own, so_far = pl.col("number").is_in(numbers), (sure, maybe)
        sure, maybe = (
            pl.when(its_own).then(a).otherwise(b) for a, b in zip(facts_of_a_pair(*how), so_far, strict=True)
        )
    return sure, maybe


def _with_tie(tie: Tie, name: str, *, not_before: pl.Expr, not_after: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Whether the one of that name surely and maybe came first, a tie on one day being what the rule makes of it.

    ``not_before``: it may lie on an earlier day than the other; ``not_after``: it surely lies on no later one.
    """
    sure, maybe = pl.col(f"{name}_first"), pl.col(f"{name}_maybe_first")
    if tie is Tie.BEFORE:  # an order that is stated counts all the same: then it is not "maybe"
        return sure | (not_after & maybe), maybe
    if tie is Tie.NOT_BEFORE:
        return sure, maybe & (sure | not_before)
    return sure, maybe


def facts_of_a_pair(relation: Relation, within: int | None, tie: Tie = Tie.OPEN) -> tuple[pl.Expr, pl.Expr]:
    """:func:`pair_facts` of one relation."""
    least, greatest = pl.col("least"), pl.col("greatest")
    y_first, y_maybe_first = _with_tie(tie, "y", not_before=greatest >= 1, not_after=least >= 0)
    x_first, x_maybe_first = _with_tie(tie, "x", not_before=least <= -1, not_after=greatest <= 0)
    true = pl.lit(True)
    if relation is Relation.ANY:
        return true, true
    if relation is Relation.SAME_DAY:
        return (least == 0) & (greatest == 0), (least <= 0) & (greatest >= 0)
    if relation is Relation.EARLIER_DAY:
        return least >= 1, greatest >= 1
    if relation is Relation.NO_LATER_DAY:
        return least >= 0, greatest >= 0
    if relation is Relation.LATER_DAY:
        return greatest <= -1, least <= -1
    if relation is Relation.NEAR:
        assert within is not None
        return (least >= -within) & (greatest <= within), (least <= within) & (greatest >= -within)
    if relation is Relation.NOT_BEFORE:
        return ~y_maybe_first, ~y_first
    if relation is Relation.NOT_AFTER:
        return ~x_maybe_first, ~x_first
    second_least, second_greatest = pl.col("second_least"), pl.col("second_greatest")
    if relation in _SHARED_DAYS:
        days = _SHARED_DAYS[relation]
        return (least >= days) & (second_greatest <= -days), (greatest >= days) & (second_least <= -days)
    if relation is Relation.UNDER_WAY:
        return y_first & (second_greatest <= within), y_maybe_first & (second_least <= within)
    if relation is Relation.BEFORE:
        sure, maybe = y_first, y_maybe_first
        if within is not None:
            sure, maybe = sure & (greatest <= within), maybe & (least <= within)
        return sure, maybe
    sure, maybe = x_first, x_maybe_first
    if within is not None:
        sure, maybe = sure & (least >= -within), maybe & (greatest >= -within)
    return sure, maybe


def _answer(question: Question, column: str, complete: pl.Expr) -> list[pl.Expr]:
    """The answer to a question from the counts."""
    sure, maybe = pl.col(f"{column}.sure"), pl.col(f"{column}.maybe")
    if question.answer is Answer.COUNT:
        return [sure.alias(f"{column}.least"), pl.when(complete).then(maybe).alias(f"{column}.most")]
    return [pl.when(sure > 0).then(True).when((maybe == 0) & complete).then(False).alias(column)]


def _answer_of_none(question: Question, column: str, complete: bool, height: int) -> list[pl.Series]:
    """:func:`_answer` for subjects that have no others."""
    if question.answer is Answer.COUNT:
        least, most = _repeated(0, height, pl.UInt32), _repeated(0 if complete else None, height, pl.UInt32)
        return [least.alias(f"{column}.least"), most.alias(f"{column}.most")]
    return [_repeated(False if complete else None, height, pl.Boolean).alias(column)]


def _beside(frame: pl.DataFrame, told: Iterable[pl.Series]) -> pl.DataFrame:
    """A frame with more columns. A column is known by its name: what stands there already is not put there again."""
    columns = {column.name: column for column in told if column.name not in frame.columns}
    return frame.hstack(list(columns.values()))


def _of_one_unit(subjects: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Every subject beside every other of its unit."""
    return subjects.join(others, on="unit")


def _on_one_day(subjects: pl.DataFrame, others: pl.DataFrame, crowded: pl.Series | None) -> pl.DataFrame:
    """:func:`_of_one_unit`, without the pairs of two known and different days.

    ``crowded``: rows of the subjects on whose known day something else lies (None: not known).
    """
    known, its_known = subjects["x_lo"] == subjects["x_hi"], others["y_lo"] == others["y_hi"]
    pressed = known if crowded is None else known & subjects["row"].is_in(crowded.implode())
    days = subjects.filter(pressed).with_columns(day="x_lo"), others.filter(its_known).with_columns(day="y_lo")
    parts = [
        days[0].join(days[1], on=["unit", "day"]).drop("day"),
        _of_one_unit(subjects.filter(known), others.filter(~its_known)),
        _of_one_unit(subjects.filter(~known), others),
    ]
    return pl.concat(part for part in parts if part.height or part is parts[0])


def _sharing_a_day(table: pl.DataFrame, bound: str) -> pl.Series:
    """Rows that share their unit and this bound with another row."""
    key = pl.col("unit").cast(pl.Int64) * 2**32 + pl.col(bound).cast(pl.Int64)
    return table.filter(key.is_duplicated())["row"]


def could_be_preceded(asked: pl.DataFrame, others: pl.DataFrame) -> pl.Series:
    """Places of those of whose unit another with a greater value may lie before them.

    ``asked`` has unit, value, high and place, ``others`` unit, value and low. Without a value none is greater.
    """
    told = others.drop_nulls("value").with_columns(place=pl.lit(None, dtype=pl.UInt32))
    mine = asked.drop_nulls("value")
    together = pl.concat([mine, told], how="diagonal")
    # Of one value the subjects come first, so that only greater ones count for them.
    ordered = together.sort("unit", "value", pl.col("place").is_null(), descending=[False, True, False])
    least = pl.col("low").fill_null(UNBOUNDED).cum_min().over("unit")
    return ordered.filter((least <= pl.col("high")) & pl.col("place").is_not_null())["place"].sort()


def _worked_out(table: pl.DataFrame, worked: Worked) -> pl.Series:
    return table[worked.name] if worked.work is None else table.select(worked.expr).to_series()


def _repeated(value: Any, number: int, dtype: Any) -> pl.Series:
    """So many times the same: like ``pl.repeat``, but not by way of a query."""
    return pl.Series([value], dtype=dtype).new_from_index(0, number)


def references_in(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    """The ids of events that a field holds: ``row``, ``unit`` and ``target``, a row for each."""
    listed = frame.schema[name] == pl.List(pl.String)
    told = frame.select("row", "unit", pl.col(name).alias("target"))
    if not listed:
        return told.filter(pl.col("target").is_not_null())
    return told.filter(pl.col("target").list.len() > 0).explode("target", empty_as_null=False, keep_nulls=False)


@frozen(eq=False)
class Kept:
    """What several rules need: worked out by the first that asks, while others who ask for the same wait."""

    _guard: Lock = field(factory=Lock, init=False)
    _locks: dict[Any, Lock] = field(factory=dict, init=False)
    _results: dict[Any, Any] = field(factory=dict, init=False)

    def get(self, key: tuple[Any, ...], work: Callable[[], T]) -> T:
        """The result of this name. What it needs of others must not need it in turn."""
        with self._guard:
            lock = self._locks.setdefault(key, Lock())
        with lock:
            if key not in self._results:
                self._results[key] = work()
            found: T = self._results[key]
            return found

    def peek(self, key: tuple[Any, ...]) -> Any:
        """The result of this name if it has been worked out already, or None."""
        return self._results.get(key)


@frozen(eq=False)
class Answers:
    """What is asked of one cohort; candidates and aggregates are computed once and shared."""

    cohort: Cohort
    settings: Settings
    _kept: Kept = field(factory=Kept, init=False)

    @property
    def index(self) -> EventIndex:
        """Where an event stands, by its id."""
        return self._kept.get(("index",), lambda: EventIndex(self.cohort))

    # --- who is asked about -------------------------------------------------------------------------------

    def frame(self, about: str) -> pl.DataFrame:
        """The subjects of one type, with a row number."""
        return self._kept.get(("frame", about), lambda: self._numbered(about))

    def _numbered(self, about: str) -> pl.DataFrame:
        table = self.cohort.table(about)
        if about == "patient":
            table = table.with_columns(event=pl.lit(None, dtype=pl.String), line=pl.lit(None, dtype=pl.UInt32))
        return table.with_row_index("row")

    def _names(self, others: Those) -> tuple[str, ...]:
        """The tables whose events are meant."""
        if others.type != "event":
            return (others.type,)
        return tuple(name for name in self.cohort.tables if name not in others.without)

    def _any_of(self, others: Those) -> bool:
        """Whether any event of the type is recorded: a question about an absent type costs nothing."""
        return any(self.cohort.any_of(name) for name in self._names(others))

    def candidates(self, others: Those) -> pl.DataFrame:
        """The other events: unit, id, bounds, and whether they surely meet the condition (else: perhaps)."""
        return self._kept.get(("candidates", others), lambda: self._among(others, lambda table: None))

    def _candidates_for(self, question: Question, frame: pl.DataFrame, about: str) -> pl.DataFrame:
        """At least the candidates that may stand in the relation to the subjects of a frame."""
        others = question.others
        reached: pl.DataFrame | None = self._kept.peek(("reached", question, about))
        if reached is not None:
            return reached
        n_units = self.cohort.units.height
        if frame.height > FEW * n_units:
            return self.candidates(others)
        asked = _repeated(False, n_units, pl.Boolean).scatter(frame["unit"].unique(), True)
        every: pl.DataFrame | None = self._kept.peek(("candidates", others))
        if every is not None:
            return every.filter(asked[every["unit"]])
        return self._among(others, lambda table: asked[table["unit"]])

    def _among(self, others: Those, keep: Callable[[pl.DataFrame], pl.Series | None]) -> pl.DataFrame:
        """The candidates among the events that are kept (None: all)."""
        if others.type == "event" and others.condition is None and others.against is None:
            every = self._kept.get(("every", others.without), lambda: self._every(others))
            chosen = keep(every)
            return every if chosen is None else every.filter(chosen)
        compared = [] if others.against is None else [THEIRS + name for name in others.against.values]
        columns = [*CANDIDATE_COLUMNS, *compared]
        found = []
        for name in self._names(others):
            table = self.cohort.table(name)
            if table.height:
                found.append(self._meeting(others, name, mask=keep(table))[columns])
        none = {**CANDIDATE_COLUMNS, **dict.fromkeys(compared, pl.Null)}
        return pl.concat(found) if found else pl.DataFrame(schema=none)

    def _every(self, others: Those) -> pl.DataFrame:
        """The events of all types together: one look instead of one for each type."""
        columns = list(CANDIDATE_COLUMNS)[:-1]
        tables = [self.cohort.tables[name][columns] for name in self._names(others)]
        return pl.concat(tables).with_columns(sure=pl.lit(True)) if tables else pl.DataFrame(schema=CANDIDATE_COLUMNS)

    def _meeting(
        self, others: Those, name: str, *, mask: pl.Series | None, rows: pl.Series | None = None
    ) -> pl.DataFrame:
        """Those of the events of one type (all, a mask of them, or some rows) that meet the condition.

        Surely or perhaps: column ``sure``. ``at``: the place in ``rows`` where rows are asked for.
        """
        table = self.frame(name)
        trace = Trace(about=name, settings=self.settings)
        holds = None if others.condition is None else others.condition(Subject(trace))
        compared = [] if others.against is None else others.against.worked_out(trace, THEIRS)
        asked = [] if holds is None else [holds]
        chosen = table[columns_used(table, trace, [*asked, *compared])]
        if mask is not None:
            chosen = chosen.filter(mask)
        if rows is not None:
            chosen = chosen[rows].with_row_index("at")
        chosen = self.answered(chosen, trace)
        columns = [*(["at"] if rows is not None else []), *list(CANDIDATE_COLUMNS)[:-1]]
        if holds is None:
            return chosen.select(*columns, pl.lit(True).alias("sure"), *compared)
        met = chosen.lazy().with_columns(sure=holds).filter(pl.col("sure").fill_null(True))
        return self._collected(met.select(*columns, pl.col("sure").fill_null(False), *compared))

    def _extreme(self, others: Those, point: str) -> pl.DataFrame:
        """Per unit, the least and greatest bounds of the candidates' point."""
        return self._kept.get(
            ("extreme", others, point),
            lambda: self._extremes_of(self.candidates(others), point, whole=others.condition is None),
        )

    def _extreme_in_reach(self, question: Question, frame: pl.DataFrame, about: str) -> pl.DataFrame:
        """:meth:`_extreme` from those events only that could stand in the relation: mostly few of all there are."""
        point, other_point = question.point, question.other_point
        earlier = question.relation in _BEFORE_LIKE
        reach = pl.col(f"{point}_hi").max() if earlier else pl.col(f"{point}_lo").min()

        def reached(subjects: pl.DataFrame) -> pl.DataFrame:
            limit = self._per_unit(subjects.group_by("unit").agg(limit=reach))["limit"]

            def in_reach(table: pl.DataFrame) -> pl.Series:
                bound = limit[table["unit"]]
                inside = table[f"{other_point}_lo"] <= bound if earlier else table[f"{other_point}_hi"] >= bound
                return inside.fill_null(False)

            return self._among(question.others, in_reach)

        if frame.height > FEW * self.cohort.units.height:  # kept for all subjects: others may ask of some of them
            found = self._kept.get(("reached", question, about), lambda: reached(self.frame(about)))
        else:
            found = reached(frame)
        return self._extremes_of(found, other_point, whole=question.others.condition is None)

    def _extremes_of(self, candidates: pl.DataFrame, point: str, *, whole: bool) -> pl.DataFrame:
        low, high, sure = pl.col(f"{point}_lo"), pl.col(f"{point}_hi"), pl.col("sure")
        found = candidates.group_by("unit").agg(
            min_lo=low.min(),
            max_hi=high.max(),
            sure_min_hi=(high if whole else high.filter(sure)).min().fill_null(UNBOUNDED * 2),
            sure_max_lo=(low if whole else low.filter(sure)).max().fill_null(-UNBOUNDED * 2),
        )
        return self._per_unit(found)

    def _numbers(self, others: Those) -> pl.DataFrame:
        """Per unit, how many candidates surely and perhaps meet the condition."""
        return self._kept.get(("numbers", others), lambda: self._counted(others))

    def _counted(self, others: Those) -> pl.DataFrame:
        counted = self.candidates(others).group_by("unit").agg(pl.col("sure").sum(), pl.len().alias("maybe"))
        return self._per_unit(counted).select(pl.col("sure", "maybe").fill_null(0))

    # --- answers --------------------------------------------------------------------------------------------

    def answered(self, frame: pl.DataFrame, trace: Trace) -> pl.DataFrame:
        """The subjects' frame with a column (or two) for everything the trace asked for."""
        told = self._derived(frame, trace) if trace.derived else []
        if trace.patient_fields:
            names = sorted(trace.patient_fields)
            patients = self.cohort.units["patient"][frame["unit"]]
            told += [self.cohort.patients[name][patients].alias(f"patient.{name}") for name in names]
        for (kind, column), worked in trace.lookups.items():
            told.append(self._lookup(kind, column, worked)[frame["unit"]].alias(column))
        for (kind, column), worked in trace.commons.items():
            told.append(self._common(kind, column, worked)[frame["unit"]].alias(column))
        for via, kind, name in sorted(trace.referenced):
            told.append(self._referenced(frame, via, kind, name).alias(f"{via}.{name}"))
        for one, name in sorted(trace.extremes, key=lambda asked: (asked[0].column, asked[1])):
            told.append(self._field_of(one, name)[frame["unit"]].alias(f"{one.column}.{name}"))
        for rule in sorted(trace.problems):
            told.append(self._problem(frame, rule).alias(f"problem.{rule}"))
        for check in sorted(trace.record_checks):
            told.append(self._record_check(frame, check, trace.about).alias(f"record.{check}"))
        frame = _beside(frame, told)
        return _beside(frame, self._told(frame, trace)) if trace.questions else frame

    def _derived(self, frame: pl.DataFrame, trace: Trace) -> list[pl.Series]:
        """What is worked out from fields, once for all rows of the type."""
        table = self.frame(trace.about)
        columns = []
        for name, worked in trace.derived.items():
            full = self._kept.get(("derived", trace.about, name), partial(_worked_out, table, worked))
            column = full if frame.height == table.height else full[frame["row"]]
            columns.append(column.alias(name))
        return columns

    def _lookup(self, kind: str, column: str, worked: Worked) -> pl.Series:
        """Per unit, what is worked out from the one event of a type; null for several or none."""
        only = self._kept.get(("only", kind), lambda: self._place_of_only(kind))
        table = self.cohort.table(kind)
        return self._kept.get(("lookup", column), lambda: _worked_out(table, worked)[only])

    def _common(self, kind: str, column: str, worked: Worked) -> pl.Series:
        """Per unit, what all events of a type that tell it give alike; null where they differ or none tells it."""
        return self._kept.get(("common", column), lambda: self._agreed_on(kind, worked))

    def _agreed_on(self, kind: str, worked: Worked) -> pl.Series:
        told = self.cohort.table(kind).select("unit", worked.expr.alias("value")).drop_nulls()
        least, greatest = pl.col("value").min(), pl.col("value").max()
        alike = told.group_by("unit").agg(pl.when(least == greatest).then(least).alias("value"))
        return self._per_unit(alike)["value"]

    def _place_of_only(self, kind: str) -> pl.Series:
        """Per unit, the row of the one event of a type; null where there are several or none."""
        table = self.cohort.table(kind).select("unit").with_row_index("place")
        return self._per_unit(table.filter(~pl.col("unit").is_duplicated()))["place"]

    def _referenced(self, frame: pl.DataFrame, via: str, kind: str, name: str) -> pl.Series:
        """A field of the one event of a type that a reference names; null where it names none, or several."""
        named = references_in(frame, via)
        if not named.height or kind not in self.cohort.tables:
            return pl.repeat(None, frame.height, dtype=table_schema(kind)[name], eager=True)
        table, first = self.cohort.tables[kind], self.index.first_row[kind]
        found = self.index.find(named)
        found = found.filter((pl.col("place") >= first) & (pl.col("place") < first + table.height))
        one = found.select(row=named["row"][found["asked"]], value=table[name][found["place"] - first])
        one = one.filter(~pl.col("row").is_duplicated())
        return frame[["row"]].join(one, on="row", how="left", maintain_order="left")["value"]

    def _field_of(self, one: Extreme, name: str) -> pl.Series:
        """Per unit, a field of the first or last event of those; null where it cannot be told."""
        return self._kept.get(("extreme field", one, name), lambda: self._find_field_of(one, name))

    def _find_field_of(self, one: Extreme, name: str) -> pl.Series:
        trace = Trace(about=one.others.type, settings=self.settings)
        event, condition = Subject(trace), one.others.condition
        meets = pl.lit(True) if condition is None else condition(event)
        point = Point(trace, one.point)
        beyond = point.followed_by if one.is_last else point.preceded_by
        is_not = beyond(one.others, point=one.point, recorded=True)
        table = self.answered(self.frame(one.others.type), trace)
        asked = table.select(
            "unit",
            value=name,
            surely=meets.fill_null(False),
            perhaps=meets.fill_null(True) & ~is_not.fill_null(False),
        )
        there = asked.filter("surely")["unit"].implode()
        mine = asked.filter(pl.col("perhaps") & pl.col("unit").is_in(there))
        alike = mine.unique(["unit", "value"])
        told = self._per_unit(alike.filter(~pl.col("unit").is_duplicated()).select("unit", "value"))["value"]
        complete = self.cohort.is_complete(one.others.type)
        whole = pl.select(pl.lit(complete)).to_series()
        return pl.select(pl.when(whole).then(told)).to_series()

    def _per_unit(self, table: pl.DataFrame) -> pl.DataFrame:
        """A row for every unit, in order, so that rows can be gathered by unit (units count from 0)."""
        place = _repeated(None, self.cohort.units.height, pl.UInt32)
        place.scatter(table["unit"], pl.int_range(table.height, dtype=pl.UInt32, eager=True))
        return pl.DataFrame([column[place] for column in table.drop("unit")])

    def _problem(self, frame: pl.DataFrame, rule: str) -> pl.Series:
        if rule not in self._kept.get(("problems",), lambda: set(self.cohort.problems["rule"])):
            return _repeated(False, frame.height, pl.Boolean)
        found = self.cohort.problems.filter(pl.col("rule") == rule).select("patient", "event")
        named = found.join(self.cohort.units, on="patient").select("unit", "event").unique()
        named = named.with_columns(pl.lit(True).alias("named"))
        joined = frame.select("unit", "event").join(named, on=["unit", "event"], how="left", maintain_order="left")
        return joined["named"].fill_null(False)

    def _record_check(self, frame: pl.DataFrame, check: str, about: str) -> pl.Series:
        if check == "dated":
            return self.cohort.units["dated"][frame["unit"]]
        work = {"duplicated": self._duplicated, "dangling": self._dangling, "ambiguous": self._ambiguous}
        rows = self._kept.get(("record", check), work[check]).get(about)
        if rows is None:
            return _repeated(False, frame.height, pl.Boolean)
        return frame["row"].is_in(rows.implode())

    def _duplicated(self) -> dict[str, pl.Series]:
        """Events whose id another event of the same patient bears, whatever its type: rows by type."""
        return self._placed(self.index.used_twice)

    def _ambiguous(self) -> dict[str, pl.Series]:
        """Events, and births, of which something is stated that may be understood in several ways: rows by type."""
        told = self.cohort.stated.filter(pl.col("text").str.starts_with("either "))
        if not told.height:
            return {}
        asked = told.join(self.cohort.units, on="patient").select("unit", pl.col("event").alias("target"))
        born = asked.filter(pl.col("target") == BIRTH)["unit"]
        births = self.frame(BIRTH).filter(pl.col("unit").is_in(born.implode()))["row"]
        return {BIRTH: births, **self._placed(self.index.find(asked)["place"].unique())}

    def _placed(self, places: pl.Series) -> dict[str, pl.Series]:
        """The events with these numbers in the index: rows by type."""
        found = {}
        for name, first in self.index.first_row.items() if places.len() else ():
            inside = places.filter((places >= first) & (places < first + self.cohort.tables[name].height))
            if inside.len():
                found[name] = (inside - first).cast(pl.UInt32)
        return found

    def _dangling(self) -> dict[str, pl.Series]:
        """Events that refer to an event which is not recorded: rows by type."""
        asked = [pl.DataFrame(schema={"type": pl.String, "row": pl.UInt32, "unit": pl.UInt32, "target": pl.String})]
        for name in self.cohort.tables:
            for attribute in fields(EVENT_TYPES[name]):
                if attribute.metadata.get("ref"):
                    told = references_in(self.frame(name), attribute.name)
                    if told.height:
                        asked.append(told.select(pl.lit(name).alias("type"), "row", "unit", "target"))
        every = pl.concat(asked)
        found = _repeated(False, every.height, pl.Boolean)
        found.scatter(self.index.find(every)["asked"], True)
        lost = every.filter(~found).partition_by("type", as_dict=True) if not found.all() else {}
        return {name: rows["row"].unique() for (name,), rows in lost.items()}

    def _told(self, frame: pl.DataFrame, trace: Trace) -> list[pl.Series]:
        """The answers to all questions for every row of a frame of subjects."""
        told: list[pl.Series] = []
        counts: dict[str, pl.Series] = {}
        answers: list[pl.Expr] = []
        counted = [question for question in trace.questions if question.answer is not Answer.DAYS]
        for question, found in self._counts_of(counted, frame, trace.about).items():
            column, complete = trace.questions[question], self._complete(question, frame)
            if found is None and isinstance(complete, bool):
                told += _answer_of_none(question, column, complete, frame.height)
                continue
            sure, maybe = found or (_repeated(0, frame.height, pl.UInt32),) * 2
            counts |= {f"{column}.sure": sure, f"{column}.maybe": maybe}
            if isinstance(complete, pl.Series):
                counts[f"{column}.complete"] = complete
            whole = pl.col(f"{column}.complete") if isinstance(complete, pl.Series) else pl.lit(complete)
            answers += _answer(question, column, whole)
        if answers:
            told += pl.DataFrame(counts).select(answers).get_columns()
        for question, column in trace.questions.items():
            if question.answer is Answer.DAYS:
                told += self._days(question, frame, column)
        return told

    def _complete(self, question: Question, frame: pl.DataFrame) -> pl.Series | bool:
        """Whether absence counts, per subject or for all."""
        if question.recorded or question.via is not None:
            return True
        whole = self.cohort.is_complete(question.others.type)
        return whole[frame["unit"]] if isinstance(whole, pl.Series) else whole

    def _counts_of(
        self, questions: Iterable[Question], frame: pl.DataFrame, about: str
    ) -> dict[Question, Counts | None]:
        """For each question, how many others surely, and at most, stand in the relation: a number for each subject.

        None where there are no others at all.
        In a small cohort questions of the same points are put together: a query costs more there than what it works
        out.
        """
        found: dict[Question, Counts | None] = {}
        together: dict[tuple[str, str, tuple[str, str] | None], list[Question]] = {}
        for question in questions:
            if not self._any_of(question.others) or (question.alike and not self._alike(about).height):
                found[question] = None
            elif self.small and question.via is None and not question.alike and question.others.against is None:
                points = question.point, question.other_point, question.second_points
                together.setdefault(points, []).append(question)
            else:
                found[question] = self._counts(question, frame, about)
        for some in together.values():
            found |= zip(some, self._pair_counts(some, frame, about), strict=True)
        return found

    @cached_property
    def small(self) -> bool:
        """Whether the cohort is small enough to look at all pairs of its events."""
        return sum(table.height for table in self.cohort.tables.values()) <= SMALL

    def _collected(self, query: pl.LazyFrame) -> pl.DataFrame:
        """The rows of a query. Of a small cohort it is run as it stands: to improve it would take longer."""
        return (
            query.collect(optimizations=pl.QueryOptFlags.none(simplify_expression=True))
            if self.small
            else query.collect()
        )

    def _counts(self, question: Question, frame: pl.DataFrame, about: str) -> Counts:
        apart = question.via is None and not self._may_meet_itself(question.others, about)
        apart = apart and question.others.against is None
        if apart and question.relation is Relation.ANY:
            numbers = self._numbers(question.others)[frame["unit"]]
            return numbers["sure"], numbers["maybe"]
        one_sided = question.answer is Answer.EXISTS and question.relation in _ONE_SIDED and question.within is None
        one_sided = one_sided and question.tie is Tie.OPEN
        if not (apart and one_sided):
            return self._pair_counts([question], frame, about)[0]
        if not self.cohort.gap.height:
            return self._extreme_counts(question, frame, about)
        in_gap = self._kept.get(("in gap",), self._units_in_gap)[frame["unit"]]
        if in_gap.all():
            return self._pair_counts([question], frame, about)[0]
        counts = self._extreme_counts(question, frame, about)
        if not in_gap.any():
            return counts
        exact = self._pair_counts([question], frame.filter(in_gap), about)[0]
        places = in_gap.arg_true()
        sure, maybe = (old.clone().scatter(places, new) for old, new in zip(counts, exact, strict=True))
        return sure, maybe

    def _units_in_gap(self) -> pl.Series:
        """Per unit, whether anything is known beyond the bounds."""
        found = pl.repeat(False, self.cohort.units.height, dtype=pl.Boolean, eager=True)
        return found.scatter(self.cohort.gap["unit"].unique(), True)

    def _alike(self, kind: str) -> pl.DataFrame:
        """Events of one type that may share their day with another of their unit that says the same, as candidates.

        ``row`` is the row of the table and ``likeness`` a number for what they say. An event that says nothing is
        left out.
        """
        return self._kept.get(("alike", kind), lambda: self._find_alike(kind))

    def _find_alike(self, kind: str) -> pl.DataFrame:
        table = self.frame(kind)
        none = {"row": pl.UInt32, **CANDIDATE_COLUMNS, "likeness": pl.UInt32}
        values = [pl.col(a.name) for a in own_fields(EVENT_TYPES[kind])]
        said = [pl.col("unit"), *values, pl.col("note")]
        plain = [value for value in said if not table.schema[value.meta.output_name()].is_nested()]
        likely = table
        for upto in (FEW_FIELDS, len(plain)):  # a few fields leave few rows, of which the others are looked at
            if likely.height < 2:
                return pl.DataFrame(schema=none)
            key = pl.lit(0, dtype=pl.UInt64)
            for value in plain[:upto]:
                key = key * 0x100000001B3 + value.hash()
            keys = likely.select(key).to_series()
            if keys.n_unique() == keys.len():
                return pl.DataFrame(schema=none)
            likely = likely.filter(keys.is_duplicated())
        listed = [isinstance(table.schema[value.meta.output_name()], pl.List) for value in values]
        stated = [v.list.len() > 0 if many else v.is_not_null() for v, many in zip(values, listed, strict=True)]
        twins = likely.filter(pl.any_horizontal(pl.lit(False), *stated)).filter(pl.struct(said).is_duplicated())
        return twins.select(
            "row", *list(CANDIDATE_COLUMNS)[:-1], sure=pl.lit(True), likeness=pl.struct(said).rank("dense")
        )

    def _may_meet_itself(self, others: Those, about: str) -> bool:
        """Whether a subject could be among the others, so that it must be left out pair by pair."""
        if others.apart:
            return False
        if others.type == "event":
            return about not in others.without and about != BIRTH
        return about in (others.type, "event")

    def _extreme_counts(self, question: Question, frame: pl.DataFrame, about: str) -> Counts:
        """0 or 1 instead of a count: enough to tell whether one exists."""
        point = question.point
        bounds = frame.select(pl.col(f"{point}_lo").alias("lo"), pl.col(f"{point}_hi").alias("hi"))
        rare = question.relation in (Relation.EARLIER_DAY, Relation.LATER_DAY)  # mostly asked of what should not be
        if rare or question.others.type == "event":
            extremes = self._extreme_in_reach(question, frame, about)
        else:
            extremes = self._extreme(question.others, question.other_point)
        table = pl.concat([bounds, extremes[frame["unit"]]], how="horizontal")
        tie = 1 if question.relation in (Relation.EARLIER_DAY, Relation.LATER_DAY) else 0
        if question.relation in _BEFORE_LIKE:
            sure, maybe = pl.col("sure_min_hi") < pl.col("lo"), pl.col("min_lo") + tie <= pl.col("hi")
        else:
            sure, maybe = pl.col("sure_max_lo") > pl.col("hi"), pl.col("max_hi") - tie >= pl.col("lo")
        as_number = [e.fill_null(False).cast(pl.UInt32).alias(n) for e, n in ((sure, "sure"), (maybe, "maybe"))]
        counts = table.select(as_number)
        return counts["sure"], counts["maybe"]

    def pairs(
        self, questions: Sequence[Question], frame: pl.DataFrame, about: str, candidates: pl.DataFrame | None
    ) -> pl.LazyFrame:
        """Every pair of subject and candidate: ``number`` of the question, ``row``, ``other``, and whether it surely
        or maybe counts.

        ``candidates``: all that may concern these subjects; None where the subjects name them. Several questions are
        of the same points and compare no values (:meth:`_counts_of`).
        """
        question, several = questions[0], len(questions) > 1
        p, q = question.point, question.other_point
        second = question.second_points
        timed = f"{p}_lo" in frame.columns
        mine_at = [(p, "x"), *([(second[0], "second_x")] if second else [])]
        theirs_at = [(q, "y"), *([(second[1], "second_y")] if second else [])]
        against = question.others.against
        trace = Trace(about=about, settings=self.settings)
        mine = [] if against is None else against.worked_out(trace, MINE)
        frame = self.answered(frame, trace) if trace.derived else frame
        bounds = [one for point, name in mine_at for one in _bounds_of(point, name, timed=timed)]
        left = frame.lazy().select("row", "unit", "event", *bounds, *mine)
        others = [
            pl.col("event").alias("other"),
            pl.col("sure"),
            *(one for point, name in theirs_at for one in _bounds_of(point, name)),
            *([] if against is None else [pl.col(THEIRS + name) for name in against.values]),
        ]
        if question.alike:
            assert candidates is not None
            left = left.join(candidates.lazy().select("row", "likeness"), on="row")
            pairs = left.join(candidates.lazy().select("likeness", *others), on="likeness")
        elif candidates is not None:
            theirs = candidates.lazy().select("unit", *others, *(["number"] if several else []))
            if question.relation is Relation.SAME_DAY and not several:
                pairs = _on_one_day(
                    self._collected(left), self._collected(theirs), self._crowded(question, about)
                ).lazy()
            else:
                pairs = left.join(theirs, on="unit")
        else:
            assert question.via is not None
            named = references_in(frame, question.via)
            pairs = self._named(question.others, named, self._collected(left), others).lazy()
        if against is not None:
            together = against.together(MINE, THEIRS)
            pairs = pairs.filter(together.fill_null(True))
            pairs = pairs.with_columns(pl.col("sure") & together.fill_null(False))
        itself = [number for number, one in enumerate(questions) if self._may_meet_itself(one.others, about)]
        if itself:
            another = pl.col("event").ne_missing(pl.col("other"))
            every = len(itself) == len(questions)
            pairs = pairs.filter(another if every else another | ~pl.col("number").is_in(itself))
        pairs = pairs.with_columns(
            least=_within_bounds(pl.col("x_lo") - pl.col("y_hi")),
            greatest=_within_bounds(pl.col("x_hi") - pl.col("y_lo")),
            y_first=pl.col("y_hi") < pl.col("x_lo"),
            y_maybe_first=pl.col("y_lo") <= pl.col("x_hi"),
            x_first=pl.col("x_hi") < pl.col("y_lo"),
            x_maybe_first=pl.col("x_lo") <= pl.col("y_hi"),
        )
        if self.cohort.gap.height and timed:
            pairs = self._with_gaps(pairs, p, q)
        pairs = self._with_second_distance(pairs, *second) if second else pairs
        related, perhaps = pair_facts(questions)
        number = pl.col("number") if several else pl.lit(0, dtype=pl.UInt32).alias("number")
        return pairs.select(number, "row", "other", sure=related & pl.col("sure"), maybe=perhaps)

    def _crowded(self, question: Question, about: str) -> pl.Series | None:
        """Rows of the subjects on whose known day another event of their unit and type lies.

        None where the others are of another type, so that each may lie on such a day alone.
        """
        point = question.point
        if question.others.type != about or question.other_point != point or about not in self.cohort.tables:
            return None
        return self._kept.get(("crowded", about, point), lambda: _sharing_a_day(self.frame(about), f"{point}_lo"))

    def _promising(self, question: Question, frame: pl.DataFrame, about: str, others: pl.DataFrame) -> pl.DataFrame:
        """The subjects without those that surely no other goes before, by a value that must rise between the two."""
        against = question.others.against
        if against is None or against.rising is None or question.relation is not Relation.BEFORE:
            return frame
        if self.cohort.gap.height:
            return frame
        theirs = others.select("unit", pl.col(THEIRS + against.rising).alias("value"), f"{question.other_point}_lo")
        trace = Trace(about=about, settings=self.settings)
        mine = against.worked_out(trace, MINE)
        known = self.answered(frame, trace) if trace.derived else frame
        asked = known.select("unit", *mine).select("unit", pl.col(MINE + against.rising).alias("value"))
        asked = asked.with_columns(high=frame[f"{question.point}_hi"], place=pl.int_range(pl.len(), dtype=pl.UInt32))
        return frame[could_be_preceded(asked, theirs.rename({f"{question.other_point}_lo": "low"}))]

    def _named(self, others: Those, named: pl.DataFrame, subjects: pl.DataFrame, columns: list[Any]) -> pl.DataFrame:
        """Subjects beside the events that they name, as far as those are candidates."""
        named = named.unique(["row", "target"], maintain_order=True)
        found = self.index.find(named)
        found = found.select("place", row=named["row"][found["asked"]])
        parts: list[pl.DataFrame] = []
        for name in self._names(others):
            first, height = self.index.first_row.get(name, 0), self.cohort.table(name).height
            inside = found.filter((pl.col("place") >= first) & (pl.col("place") < first + height))
            if inside.height or not parts:
                met = self._meeting(others, name, mask=None, rows=(inside["place"] - first).cast(pl.UInt32))
                parts.append(met.with_columns(row=inside["row"][met["at"]]).select("row", *columns))
        return subjects.join(pl.concat(parts), on="row", maintain_order="left")

    def _with_gaps(self, pairs: pl.LazyFrame, point: str, other_point: str) -> pl.LazyFrame:
        """What is known beyond the bounds replaces what the bounds say, pair by pair."""
        toward, back = self._kept.get(("gaps", point, other_point), lambda: self._gaps_of(point, other_point))
        keys = ["unit", "event", "other"]
        joined = pairs.join(toward.lazy(), on=keys, how="left", maintain_order="left")
        joined = joined.join(back.lazy(), on=keys, how="left", maintain_order="left")
        return joined.with_columns(
            least=pl.coalesce("gap_least", "least"),
            greatest=pl.coalesce("gap_greatest", "greatest"),
            y_first=pl.coalesce("gap_y", "y_first"),
            y_maybe_first=pl.coalesce("gap_y_maybe", "y_maybe_first"),
            x_first=pl.coalesce("gap_x", "x_first"),
            x_maybe_first=pl.coalesce("gap_x_maybe", "x_maybe_first"),
        )

    def _with_second_distance(self, pairs: pl.LazyFrame, point: str, other_point: str) -> pl.LazyFrame:
        """``second_least``/``second_greatest``: days from the other's second point to the subject's."""
        pairs = pairs.with_columns(
            second_least=_within_bounds(pl.col("second_x_lo") - pl.col("second_y_hi")),
            second_greatest=_within_bounds(pl.col("second_x_hi") - pl.col("second_y_lo")),
        )
        if not self.cohort.gap.height:
            return pairs
        toward, _ = self._kept.get(("gaps", point, other_point), lambda: self._gaps_of(point, other_point))
        keys = ["unit", "event", "other"]
        known = toward.lazy().select(*keys, least_beyond="gap_least", greatest_beyond="gap_greatest")
        return pairs.join(known, on=keys, how="left", maintain_order="left").with_columns(
            second_least=pl.coalesce("least_beyond", "second_least"),
            second_greatest=pl.coalesce("greatest_beyond", "second_greatest"),
        )

    def _gaps_of(self, point: str, other_point: str) -> tuple[pl.DataFrame, pl.DataFrame]:
        """The gap table from the subject's side, and from the other's."""
        gap = self.cohort.gap
        # rows a = other, b = subject speak of day(subject) - day(other) and of the other being first
        toward = gap.filter((pl.col("a_point") == other_point) & (pl.col("b_point") == point)).select(
            "unit",
            pl.col("a").alias("other"),
            pl.col("b").alias("event"),
            pl.col("least").alias("gap_least"),
            pl.col("greatest").alias("gap_greatest"),
            pl.col("a_surely_first").alias("gap_y"),
            pl.col("a_maybe_first").alias("gap_y_maybe"),
        )
        back = gap.filter((pl.col("a_point") == point) & (pl.col("b_point") == other_point)).select(
            "unit",
            pl.col("a").alias("event"),
            pl.col("b").alias("other"),
            pl.col("a_surely_first").alias("gap_x"),
            pl.col("a_maybe_first").alias("gap_x_maybe"),
        )
        return toward, back

    def _pair_counts(self, questions: Sequence[Question], frame: pl.DataFrame, about: str) -> list[Counts]:
        """For each question the counts over the rows of a frame. What surely counts also may: the rest is left out."""
        numbers = pl.col("sure").sum(), pl.col("maybe").sum()
        slices = [
            self._collected(pairs.filter("maybe").group_by("number", "row").agg(numbers))
            for pairs in self._pairs_in_slices(questions, frame, about)
        ]
        counted = pl.concat(slices or [pl.DataFrame(schema=COUNT_COLUMNS)])
        if len(questions) == 1:
            joined = frame[["row"]].join(counted, on="row", how="left", maintain_order="left")
            joined = joined.select(pl.col("sure", "maybe").fill_null(0))
            return [(joined["sure"], joined["maybe"])]
        height = frame.height
        placed = counted.join(frame.select("row").with_row_index("place"), on="row")
        place = placed.select(pl.col("number") * height + pl.col("place")).to_series()
        none = _repeated(0, height * len(questions), pl.UInt32)
        sure, maybe = (none.clone().scatter(place, placed[name]) for name in ("sure", "maybe"))
        starts = [number * height for number in range(len(questions))]
        return [(sure.slice(start, height), maybe.slice(start, height)) for start in starts]

    def _pairs_in_slices(
        self, questions: Sequence[Question], frame: pl.DataFrame, about: str
    ) -> Iterator[pl.LazyFrame]:
        """:meth:`pairs`, some subjects at a time, so that no more than so many pairs are in memory."""
        question = questions[0]
        if question.via is not None:
            yield self.pairs(questions, frame, about, None)
            return
        if question.alike:
            candidates = self._alike(about)
            most: int = candidates.select(pl.col("likeness").unique_counts().max().fill_null(0)).item()
            frame = frame.filter(pl.col("row").is_in(candidates["row"].implode()))
        else:
            candidates = self._candidates_for(question, frame, about)
            if len(questions) > 1:
                every = [candidates, *(self._candidates_for(other, frame, about) for other in questions[1:])]
                numbered = (
                    one.lazy().with_columns(number=pl.lit(number, dtype=pl.UInt32)) for number, one in enumerate(every)
                )
                candidates = self._collected(pl.concat(numbered))
            frame = self._promising(question, frame, about, candidates)
            most = candidates.height  # of one patient at most: enough to know where there are few
            if most * frame.height > MOST_PAIRS:
                most = candidates.select(pl.col("unit").unique_counts().max().fill_null(0)).item()
        step = max(1, MOST_PAIRS // max(1, most))
        for part in frame.iter_slices(step):
            yield self.pairs(questions, part, about, candidates)

    def pairs_surely(self, question: Question, frame: pl.DataFrame, about: str) -> Iterator[pl.DataFrame]:
        """The others that surely stand in the relation: ``row`` and ``other``."""
        for pairs in self._pairs_in_slices([question], frame, about):
            yield self._collected(pairs.filter("sure").select("row", "other"))

    def _single(self, others: Those) -> pl.DataFrame:
        """Per unit, the id and the bounds of the one candidate; null where there is none, or more than one."""
        return self._kept.get(("single", others), lambda: self._single_of(self.candidates(others)))

    def _single_of(self, candidates: pl.DataFrame) -> pl.DataFrame:
        one = candidates.filter(~pl.col("unit").is_duplicated())
        return self._per_unit(one.select("unit", pl.col("event").alias("other"), *BOUNDS))

    def _days(self, question: Question, frame: pl.DataFrame, column: str) -> list[pl.Series]:
        """Bounds of the days between the subject and the one recorded other event; null without one."""
        if not self._any_of(question.others):
            unknown = pl.repeat(None, frame.height, dtype=pl.Int32, eager=True)
            return [unknown.alias(f"{column}.least"), unknown.alias(f"{column}.greatest")]
        point, other_point = question.point, question.other_point
        low, high = pl.col(f"{other_point}_lo").alias("y_lo"), pl.col(f"{other_point}_hi").alias("y_hi")
        if question.via is None:
            other = self._single(question.others)[frame["unit"]].select("other", low, high)
        else:
            columns = [pl.col("event").alias("other"), low, high]
            named = self._named(question.others, references_in(frame, question.via), frame.select("row"), columns)
            one = named.filter(~pl.col("row").is_duplicated())
            other = frame.select("row").join(one, on="row", how="left", maintain_order="left").drop("row")
        mine = frame.select(
            "row", "unit", "event", pl.col(f"{point}_lo").alias("x_lo"), pl.col(f"{point}_hi").alias("x_hi")
        )
        pairs = mine.hstack(other).with_columns(
            least=_within_bounds(pl.col("x_lo") - pl.col("y_hi")),
            greatest=_within_bounds(pl.col("x_hi") - pl.col("y_lo")),
        )
        if self.cohort.gap.height:
            unasked = ("y_first", "y_maybe_first", "x_first", "x_maybe_first")
            pairs = pairs.with_columns([pl.lit(None, dtype=pl.Boolean).alias(name) for name in unasked])
            pairs = self._collected(self._with_gaps(pairs.lazy(), point, other_point))
        return [pairs["least"].alias(f"{column}.least"), pairs["greatest"].alias(f"{column}.greatest")]
