"""Answers the questions of the rules over columns and gathers verdicts.

Each question is a count over pairs of (subject, other event) of two facts, *sure* and *maybe*. The bounds give
both; a ``gap`` row replaces them for its pair. For one-sided questions about another type, patients without gap
rows need no pairs: the least and greatest bounds per patient say the same (shared by all rules).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl
from attrs import field, fields, frozen

from ..cohort import Cohort
from ..course import BIRTH
from ..events import EVENT_TYPES
from ..shortest_paths import UNBOUNDED
from .rule import Judged, Rule
from .settings import Settings
from .subject import Answer, Question, Relation, Subject, Those, Trace

_ONE_SIDED = {Relation.BEFORE, Relation.AFTER, Relation.EARLIER_DAY, Relation.LATER_DAY}
_BEFORE_LIKE = {Relation.BEFORE, Relation.EARLIER_DAY}

MOST_PAIRS = 5_000_000
"""Pairs held in memory at a time: one patient with 10,000 relapses has 100 million."""

COUNT_COLUMNS: dict[str, Any] = {"row": pl.UInt32, "sure": pl.UInt32, "maybe": pl.UInt32}

VERDICT_COLUMNS: dict[str, Any] = {
    "rule": pl.String,
    "outcome": pl.UInt8,
    "failed": pl.Boolean,
    "about": pl.String,
    "patient": pl.UInt32,
    "event": pl.String,
    "conflicts_with": pl.List(pl.String),
}


@frozen(kw_only=True)
class Tally:
    """How one rule fared: subjects it applied to, and how many of them failed, passed or stayed undecided."""

    rule: str
    subjects: int
    failed: int
    undecided: int

    @property
    def passed(self) -> int:
        """Subjects that surely keep the rule."""
        return self.subjects - self.failed - self.undecided


@frozen(kw_only=True)
class Judgement:
    """Verdicts of a run: one row per failed or undecided subject, a tally per rule, and rules that broke down."""

    verdicts: pl.DataFrame
    tallies: tuple[Tally, ...]
    errored: Mapping[str, str]


def _within_bounds(expr: pl.Expr) -> pl.Expr:
    return expr.clip(-UNBOUNDED, UNBOUNDED)


def _needs_only(expr: pl.Expr, frame: pl.DataFrame) -> bool:
    """Whether an expression can be told from a frame's own columns, before any question is answered."""
    return set(expr.meta.root_names()) <= set(frame.columns)


def _columns_used(frame: pl.DataFrame, trace: Trace, judged: Judged) -> list[str]:
    """The columns a rule works with, so that joins and filters need not carry the others along."""
    asked = [outcome.broken for outcome in judged.outcomes]
    asked += [] if judged.applies is None else [judged.applies]
    used = {"row", "unit", "event", "start_lo", "start_hi", "end_lo", "end_hi"}
    used |= {name for expr in asked for name in expr.meta.root_names()}
    used |= {question.via for question in trace.questions if question.via is not None}
    return [name for name in frame.columns if name in used]


def _key(column: str) -> pl.Expr:
    """A number for an event id of a unit. Of a million pairs, two share one by chance less often than 1 in 10^6."""
    return pl.col(column).hash() ^ (pl.col("unit").cast(pl.UInt64) * 0x9E3779B97F4A7C15)  # odd: no two units alike


def pair_facts(question: Question) -> tuple[pl.Expr, pl.Expr]:
    """(sure, maybe) of one pair, from ``least``/``greatest`` = days from the other point to the subject's point,
    and ``y_first``/``y_maybe_first``/``x_first``/``x_maybe_first``.
    """
    least, greatest = pl.col("least"), pl.col("greatest")
    relation, within = question.relation, question.within
    true = pl.lit(True)
    if relation is Relation.ANY:
        return true, true
    if relation is Relation.SAME_DAY:
        return (least == 0) & (greatest == 0), (least <= 0) & (greatest >= 0)
    if relation is Relation.EARLIER_DAY:
        return least >= 1, greatest >= 1
    if relation is Relation.LATER_DAY:
        return greatest <= -1, least <= -1
    if relation is Relation.BEFORE:
        sure, maybe = pl.col("y_first"), pl.col("y_maybe_first")
        if within is not None:
            sure, maybe = sure & (greatest <= within), maybe & (least <= within)
        return sure, maybe
    sure, maybe = pl.col("x_first"), pl.col("x_maybe_first")
    if within is not None:
        sure, maybe = sure & (least >= -within), maybe & (greatest >= -within)
    return sure, maybe


@frozen(eq=False)
class Engine:
    """Answers questions about one cohort; candidates and aggregates are computed once and shared."""

    cohort: Cohort
    settings: Settings
    _candidates: dict[Those, pl.DataFrame] = field(factory=dict, init=False)
    _extremes: dict[tuple[Those, str], pl.DataFrame] = field(factory=dict, init=False)
    _frames: dict[str, pl.DataFrame] = field(factory=dict, init=False)
    _known_numbers: dict[Those, pl.DataFrame] = field(factory=dict, init=False)
    _only: dict[str, pl.Series] = field(factory=dict, init=False)
    _record: dict[str, pl.DataFrame] = field(factory=dict, init=False)
    _most: dict[Those, int] = field(factory=dict, init=False)

    # --- who is asked about -------------------------------------------------------------------------------

    def frame(self, about: str) -> pl.DataFrame:
        """The subjects of one type, with a row number."""
        if about not in self._frames:
            table = self.cohort.table(about)
            if about == "patient":
                table = table.with_columns(event=pl.lit(None, dtype=pl.String))
            self._frames[about] = table.with_row_index("row")
        return self._frames[about]

    def candidates(self, others: Those) -> pl.DataFrame:
        """The other events: unit, id, bounds, and whether they surely meet the condition (else: perhaps)."""
        if others not in self._candidates:
            table = self.cohort.table(others.type)
            if others.without:
                table = table.filter(~pl.col("type").is_in(others.without))
            sure = pl.lit(True)
            if others.condition is not None:
                trace = Trace(about=others.type, settings=self.settings)
                holds = others.condition(Subject(trace))
                table = self._answered(table.with_row_index("row"), trace)
                table = table.filter(holds.fill_null(True))
                sure = holds.fill_null(False)
            bounds = ("start_lo", "start_hi", "end_lo", "end_hi")
            self._candidates[others] = table.select("unit", "event", *bounds, sure.alias("sure"))
        return self._candidates[others]

    def _extreme(self, others: Those, point: str) -> pl.DataFrame:
        """Per unit, the least and greatest bounds of the candidates' point."""
        key = (others, point)
        every = others.type == "event" and others.condition is None
        names = [name for name in self.cohort.tables if name not in others.without] if every else []
        if key not in self._extremes and names:
            self._extremes[key] = self._extreme_of_all(names, point)
        if key not in self._extremes:
            low, high, sure = pl.col(f"{point}_lo"), pl.col(f"{point}_hi"), pl.col("sure")
            table = self.candidates(others)
            whole = others.condition is None
            found = table.group_by("unit").agg(
                min_lo=low.min(),
                max_hi=high.max(),
                sure_min_hi=(high if whole else high.filter(sure)).min().fill_null(UNBOUNDED * 2),
                sure_max_lo=(low if whole else low.filter(sure)).max().fill_null(-UNBOUNDED * 2),
            )
            self._extremes[key] = self._per_unit(found)
        return self._extremes[key]

    def _extreme_of_all(self, names: Iterable[str], point: str) -> pl.DataFrame:
        """The extremes of events of several types, from those of each type."""
        tables = [self._extreme(Those(name), point) for name in names]
        return self.cohort.units.select(
            pl.min_horizontal([pl.lit(table["min_lo"]) for table in tables]).alias("min_lo"),
            pl.max_horizontal([pl.lit(table["max_hi"]) for table in tables]).alias("max_hi"),
            pl.min_horizontal([pl.lit(table["sure_min_hi"]) for table in tables]).alias("sure_min_hi"),
            pl.max_horizontal([pl.lit(table["sure_max_lo"]) for table in tables]).alias("sure_max_lo"),
        )

    def _numbers(self, others: Those) -> pl.DataFrame:
        """Per unit, how many candidates surely and perhaps meet the condition."""
        if others not in self._known_numbers:
            counted = self.candidates(others).group_by("unit").agg(pl.col("sure").sum(), pl.len().alias("maybe"))
            self._known_numbers[others] = self._per_unit(counted).select(pl.col("sure", "maybe").fill_null(0))
        return self._known_numbers[others]

    # --- answers --------------------------------------------------------------------------------------------

    def _answered(self, frame: pl.DataFrame, trace: Trace) -> pl.DataFrame:
        """The subjects' frame with a column (or two) for everything the trace asked for."""
        if trace.patient_fields:
            names = sorted(trace.patient_fields)
            lookup = self.cohort.patients.with_row_index("code").select(
                pl.col("code").alias("patient.code"), *[pl.col(n).alias(f"patient.{n}") for n in names]
            )
            units = self.cohort.units.select("unit", pl.col("patient").alias("patient.code"))
            frame = frame.join(units, on="unit", how="left", maintain_order="left")
            frame = frame.join(lookup, on="patient.code", how="left", maintain_order="left").drop("patient.code")
        for (kind, column), values in trace.lookups.items():
            frame = frame.with_columns(self._lookup(kind, values, frame["unit"]).alias(column))
        for rule in sorted(trace.problems):
            frame = self._problem(frame, rule)
        for check in sorted(trace.record_checks):
            frame = self._record_check(frame, check, trace.about)
        for question, column in trace.questions.items():
            frame = frame.with_columns(self.answer(question, frame, trace.about, column))
        return frame

    def _lookup(self, kind: str, values: pl.Expr, units: pl.Series) -> pl.Series:
        """What is worked out from the one event of a type, for each of these units; null for several or none."""
        if kind not in self._only:
            table = self.cohort.table(kind).select("unit").with_row_index("place")
            self._only[kind] = self._per_unit(table.filter(~pl.col("unit").is_duplicated()))["place"]
        return self.cohort.table(kind).select(values).to_series().gather(self._only[kind].gather(units))

    def _per_unit(self, table: pl.DataFrame) -> pl.DataFrame:
        """A row for every unit, in order, so that rows can be gathered by unit (units count from 0)."""
        return self.cohort.units.select("unit").join(table, on="unit", how="left", maintain_order="left")

    def _problem(self, frame: pl.DataFrame, rule: str) -> pl.DataFrame:
        column = f"problem.{rule}"
        found = self.cohort.problems.filter(pl.col("rule") == rule).select("patient", "event")
        if not found.height:
            return frame.with_columns(pl.lit(False).alias(column))
        named = found.join(self.cohort.units, on="patient").select("unit", "event").unique()
        named = named.with_columns(pl.lit(True).alias(column))
        joined = frame.join(named, on=["unit", "event"], how="left", maintain_order="left")
        return joined.with_columns(pl.col(column).fill_null(False))

    def _record_check(self, frame: pl.DataFrame, check: str, about: str) -> pl.DataFrame:
        column = f"record.{check}"
        if check == "dated":
            return frame.with_columns(self.cohort.units["dated"].gather(frame["unit"]).alias(column))
        if check not in self._record:
            self._record[check] = self._duplicated() if check == "duplicated" else self._dangling()
        named = self._record[check]
        named = named if about == "event" else named.filter(pl.col("type") == about)
        if not named.height:
            return frame.with_columns(pl.lit(False).alias(column))
        found = named.select("unit", "event").unique().with_columns(pl.lit(True).alias(column))
        joined = frame.join(found, on=["unit", "event"], how="left", maintain_order="left")
        return joined.with_columns(pl.col(column).fill_null(False))

    def _duplicated(self) -> pl.DataFrame:
        """Events whose id another event of the same patient bears, whatever its type."""
        events = self.cohort.timeline.select("unit", "event", "type")
        keys = events.select(_key("event")).to_series()
        if keys.n_unique() == keys.len():  # as a rule: much faster than to look for what is twice
            return events.clear()
        return events.filter(keys.is_duplicated()).filter(pl.struct("unit", "event").is_duplicated())

    def _dangling(self) -> pl.DataFrame:
        """Events that refer to an event which is not recorded."""
        references = [
            pl.DataFrame(schema={"unit": pl.UInt32, "event": pl.String, "type": pl.String, "target": pl.String})
        ]
        for name, table in self.cohort.tables.items():
            for attribute in fields(EVENT_TYPES[name]):
                if attribute.metadata.get("ref"):
                    target = pl.col(attribute.name)
                    listed = table.schema[attribute.name] == pl.List(pl.String)
                    told = table.filter(target.list.len() > 0 if listed else target.is_not_null())
                    told = told.select("unit", "event", pl.lit(name).alias("type"), target.alias("target"))
                    references.append(told.explode("target") if listed else told)
        asked = pl.concat(references)
        known = self.cohort.timeline.select(_key("event")).to_series()
        return asked.filter(~_key("target").is_in(known.implode())).select("unit", "event", "type")

    def answer(self, question: Question, frame: pl.DataFrame, about: str, column: str) -> list[pl.Series]:
        """The answers to one question for every row of a frame of subjects."""
        if question.answer is Answer.DAYS:
            return self._days(question, frame, column)
        counts = self._counts(question, frame, about)
        sure, maybe = counts["sure"], counts["maybe"]
        complete = self._complete(question, frame)
        if question.answer is Answer.COUNT:
            most = pl.select(pl.when(complete).then(maybe)).to_series() if complete is not True else maybe
            return [sure.alias(f"{column}.least"), most.alias(f"{column}.most")]
        none = (maybe == 0) if complete is True else (maybe == 0) & complete
        verdict = pl.select(pl.when(sure > 0).then(True).when(none).then(False)).to_series()
        return [verdict.alias(column)]

    def _complete(self, question: Question, frame: pl.DataFrame) -> pl.Series | bool:
        """Whether absence counts, per subject."""
        if question.recorded or question.via is not None:
            return True
        whole = self.cohort.is_complete(question.others.type)
        if isinstance(whole, pl.Series):
            return whole.gather(frame["unit"])
        return True if whole else pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)

    def _counts(self, question: Question, frame: pl.DataFrame, about: str) -> pl.DataFrame:
        """Columns ``sure`` and ``maybe``: how many others surely, and at most, stand in the relation."""
        apart = question.via is None and not self._may_meet_itself(question.others, about)
        if apart and question.relation is Relation.ANY:
            return self._numbers(question.others)[frame["unit"]]
        one_sided = question.answer is Answer.EXISTS and question.relation in _ONE_SIDED and question.within is None
        if not (apart and one_sided):
            return self._pair_counts(question, frame, about)
        counts = self._extreme_counts(question, frame)
        if not self.cohort.gap.height:
            return counts
        in_gap = frame["unit"].is_in(self.cohort.gap["unit"].unique().implode())
        exact = self._pair_counts(question, frame.filter(in_gap), about)
        exact = exact.with_columns(frame["row"].filter(in_gap).alias("row"))
        merged = counts.with_columns(frame["row"]).update(exact, on="row")
        return merged.select("sure", "maybe")

    def _may_meet_itself(self, others: Those, about: str) -> bool:
        """Whether a subject could be among the others, so that it must be left out pair by pair."""
        if others.apart:
            return False
        if others.type == "event":
            return about not in others.without and about != BIRTH
        return about in (others.type, "event")

    def _extreme_counts(self, question: Question, frame: pl.DataFrame) -> pl.DataFrame:
        """0 or 1 instead of a count: enough to tell whether one exists."""
        point = question.point
        bounds = frame.select(pl.col(f"{point}_lo").alias("lo"), pl.col(f"{point}_hi").alias("hi"))
        extremes = self._extreme(question.others, question.other_point)
        table = pl.concat([bounds, extremes[frame["unit"]]], how="horizontal")
        tie = 0 if question.relation in (Relation.BEFORE, Relation.AFTER) else 1
        if question.relation in _BEFORE_LIKE:
            sure, maybe = pl.col("sure_min_hi") < pl.col("lo"), pl.col("min_lo") + tie <= pl.col("hi")
        else:
            sure, maybe = pl.col("sure_max_lo") > pl.col("hi"), pl.col("max_hi") - tie >= pl.col("lo")
        as_number = [e.fill_null(False).cast(pl.UInt32).alias(n) for e, n in ((sure, "sure"), (maybe, "maybe"))]
        return table.select(as_number)

    def pairs(self, question: Question, frame: pl.DataFrame, about: str) -> pl.DataFrame:
        """Every pair of subject and candidate: ``row``, ``other``, and whether it surely or maybe counts."""
        p, q = question.point, question.other_point
        others = self.candidates(question.others).select(
            "unit",
            pl.col("event").alias("other"),
            "sure",
            pl.col(f"{q}_lo").alias("y_lo"),
            pl.col(f"{q}_hi").alias("y_hi"),
        )
        timed = f"{p}_lo" in frame.columns
        low = pl.col(f"{p}_lo") if timed else pl.lit(-UNBOUNDED, dtype=pl.Int32)
        high = pl.col(f"{p}_hi") if timed else pl.lit(UNBOUNDED, dtype=pl.Int32)
        left = frame.select("row", "unit", "event", low.alias("x_lo"), high.alias("x_hi"), *self._via(question))
        if question.via is None:
            pairs = left.join(others, on="unit")
        else:
            if left.schema["via"] == pl.List(pl.String):
                left = left.explode("via", empty_as_null=False, keep_nulls=False)
            left = left.unique(["row", "via"], maintain_order=True)
            pairs = left.join(others, left_on=["unit", "via"], right_on=["unit", "other"], coalesce=False)
        if self._may_meet_itself(question.others, about):
            pairs = pairs.filter(pl.col("event").ne_missing(pl.col("other")))
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
        related, perhaps = pair_facts(question)
        return pairs.select("row", "other", (related & pl.col("sure")).alias("sure"), perhaps.alias("maybe"))

    def _via(self, question: Question) -> list[pl.Expr]:
        return [] if question.via is None else [pl.col(question.via).alias("via")]

    def _with_gaps(self, pairs: pl.DataFrame, point: str, other_point: str) -> pl.DataFrame:
        """What is known beyond the bounds replaces what the bounds say, pair by pair."""
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
        keys = ["unit", "event", "other"]
        joined = pairs.join(toward, on=keys, how="left").join(back, on=keys, how="left")
        return joined.with_columns(
            least=pl.coalesce("gap_least", "least"),
            greatest=pl.coalesce("gap_greatest", "greatest"),
            y_first=pl.coalesce("gap_y", "y_first"),
            y_maybe_first=pl.coalesce("gap_y_maybe", "y_maybe_first"),
            x_first=pl.coalesce("gap_x", "x_first"),
            x_maybe_first=pl.coalesce("gap_x_maybe", "x_maybe_first"),
        )

    def _pair_counts(self, question: Question, frame: pl.DataFrame, about: str) -> pl.DataFrame:
        slices = [
            pairs.group_by("row").agg(pl.col("sure").sum(), pl.col("maybe").sum())
            for pairs in self._pairs_in_slices(question, frame, about)
        ]
        counted = pl.concat(slices or [pl.DataFrame(schema=COUNT_COLUMNS)])
        joined = frame.select("row").join(counted, on="row", how="left", maintain_order="left")
        return joined.select(pl.col("sure", "maybe").fill_null(0))

    def _pairs_in_slices(self, question: Question, frame: pl.DataFrame, about: str) -> Iterator[pl.DataFrame]:
        """:meth:`pairs`, some subjects at a time, so that no more than so many pairs are in memory."""
        step = max(1, MOST_PAIRS // max(1, self._most_in_a_unit(question.others)))
        for part in frame.iter_slices(step):
            yield self.pairs(question, part, about)

    def _most_in_a_unit(self, others: Those) -> int:
        """The greatest number of candidates of one patient: how far pairs can multiply the subjects."""
        if others not in self._most:
            numbers = self.candidates(others).group_by("unit").len()
            self._most[others] = numbers.select(pl.col("len").max().fill_null(0)).item()
        return self._most[others]

    def _days(self, question: Question, frame: pl.DataFrame, column: str) -> list[pl.Series]:
        """Bounds of the days between the subject and the one recorded other event; null without one."""
        one = self.candidates(question.others).filter(~pl.col("unit").is_duplicated())
        point, other_point = question.point, question.other_point
        left = frame.select(
            "row", "unit", "event", pl.col(f"{point}_lo").alias("x_lo"), pl.col(f"{point}_hi").alias("x_hi")
        )
        pairs = left.join(
            one.select(
                "unit",
                pl.col("event").alias("other"),
                pl.col(f"{other_point}_lo").alias("y_lo"),
                pl.col(f"{other_point}_hi").alias("y_hi"),
            ),
            on="unit",
        ).with_columns(
            least=_within_bounds(pl.col("x_lo") - pl.col("y_hi")),
            greatest=_within_bounds(pl.col("x_hi") - pl.col("y_lo")),
            y_first=pl.lit(None, dtype=pl.Boolean),
            y_maybe_first=pl.lit(None, dtype=pl.Boolean),
            x_first=pl.lit(None, dtype=pl.Boolean),
            x_maybe_first=pl.lit(None, dtype=pl.Boolean),
        )
        if self.cohort.gap.height:
            pairs = self._with_gaps(pairs, point, other_point)
        joined = frame.select("row").join(
            pairs.select("row", "least", "greatest"), on="row", how="left", maintain_order="left"
        )
        return [joined["least"].alias(f"{column}.least"), joined["greatest"].alias(f"{column}.greatest")]

    # --- verdicts -------------------------------------------------------------------------------------------

    def judge(self, rules: Iterable[Rule]) -> Judgement:
        """Judge every subject by every rule. A rule that breaks down is reported and the others still run."""
        tables, tallies, errored = [], [], {}
        for rule in rules:
            try:
                found, tally = self._judge_rule(rule)
            except Exception as error:  # a rule's bug must not hide the others' findings
                errored[rule.id] = type(error).__name__
                if self.settings.debug:
                    raise
                continue
            tables += found
            tallies.append(tally)
        verdicts = pl.concat(tables) if tables else pl.DataFrame(schema=VERDICT_COLUMNS)
        return Judgement(verdicts=verdicts, tallies=tuple(tallies), errored=errored)

    def _judge_rule(self, rule: Rule) -> tuple[list[pl.DataFrame], Tally]:
        tables, subjects, failed, undecided = [], 0, 0, 0
        for about in rule.about:
            frame = self.frame(about)
            if not frame.height:
                continue
            trace, judged = rule.trace(about, self.settings)
            frame = frame.select(_columns_used(frame, trace, judged))
            if judged.applies is not None and _needs_only(judged.applies, frame):
                frame = frame.filter(judged.applies.fill_null(False))
                if not frame.height:
                    continue
            frame = self._answered(frame, trace)
            verdicts = self._verdicts(frame, judged)
            subjects += verdicts.height
            told = verdicts.filter(pl.col("verdict").is_null() | pl.col("verdict"))
            if not told.height:
                continue
            n_failed = int(told["verdict"].sum())
            failed += n_failed
            undecided += told.height - n_failed
            conflicts = self._conflicts(frame, told, trace, about)
            tables.append(
                told.join(conflicts, on="row", how="left", maintain_order="left").select(
                    rule=pl.lit(rule.id),
                    outcome=pl.col("outcome"),
                    failed=pl.col("verdict").fill_null(False),
                    about=pl.lit(about),
                    patient=pl.col("patient"),
                    event=pl.col("event"),
                    conflicts_with=pl.col("conflicts_with"),
                )
            )
        return tables, Tally(rule=rule.id, subjects=subjects, failed=failed, undecided=undecided)

    def _verdicts(self, frame: pl.DataFrame, judged: Judged) -> pl.DataFrame:
        """One verdict per subject: true failed, null undecided, false passed; readings agreed."""
        names = [f"outcome.{i}" for i in range(len(judged.outcomes))]
        broken = [o.broken.cast(pl.Boolean).alias(n) for o, n in zip(judged.outcomes, names, strict=True)]
        applies = pl.lit(True) if judged.applies is None else judged.applies.fill_null(False)
        which = pl.coalesce(
            *[pl.when(pl.col(n)).then(pl.lit(i, dtype=pl.UInt8)) for i, n in enumerate(names)],
            pl.lit(None, dtype=pl.UInt8),
        )
        verdicts = (
            frame.lazy()
            .select("row", "unit", "event", applies.alias("applies"), *broken)
            .filter("applies")
            .select("row", "unit", "event", pl.any_horizontal(names).alias("verdict"), which.alias("outcome"))
            .collect()
        )
        if not self.cohort.has_readings:
            return verdicts.with_columns(patient=pl.col("unit"))
        units = self.cohort.units.select("unit", "patient")
        told = verdicts.join(units, on="unit", how="left", maintain_order="left")
        agreed = (
            pl.when(pl.col("verdict").all(ignore_nulls=False))
            .then(True)
            .when(~pl.col("verdict").any(ignore_nulls=False))
            .then(False)
        )
        return told.group_by("patient", "event", maintain_order=True).agg(
            pl.col("row").first(), agreed.alias("verdict"), pl.col("outcome").drop_nulls().first()
        )

    def _conflicts(self, frame: pl.DataFrame, told: pl.DataFrame, trace: Trace, about: str) -> pl.DataFrame:
        """For failed subjects: the recorded events that surely stand in the relations the rule asked about."""
        schema: dict[str, Any] = {"row": pl.UInt32, "conflicts_with": pl.List(pl.String)}
        rows = told.filter(pl.col("verdict"))["row"]
        if not rows.len():
            return pl.DataFrame(schema=schema)
        failing = frame.filter(pl.col("row").is_in(rows.implode()))
        found = [
            pairs.filter("sure").select("row", "other")
            for question in trace.questions
            if question.answer is not Answer.DAYS and question.others.type not in ("birth", "patient")
            for pairs in self._pairs_in_slices(question, failing, about)
        ]
        found += [self._named_in_problems(failing, rule) for rule in sorted(trace.problems)]
        if not found:
            return pl.DataFrame(schema=schema)
        together = pl.concat(found).unique(maintain_order=True)
        return together.group_by("row").agg(pl.col("other").sort().alias("conflicts_with"))

    def _named_in_problems(self, frame: pl.DataFrame, rule: str) -> pl.DataFrame:
        problems = (
            self.cohort.problems.filter(pl.col("rule") == rule)
            .join(self.cohort.units, on="patient")
            .select("unit", "event", pl.col("conflicts_with").alias("other"))
        )
        named = frame.select("row", "unit", "event").join(problems, on=["unit", "event"])
        return named.select("row", "other").explode("other", empty_as_null=False, keep_nulls=False)


def judge(cohort: Cohort, rules: Iterable[Rule], settings: Settings | None = None) -> Judgement:
    """Judge a cohort by some rules. Never raises because of a patient."""
    return Engine(cohort, settings or Settings()).judge(rules)
