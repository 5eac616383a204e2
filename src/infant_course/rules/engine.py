"""Judges a cohort by rules: one verdict per rule and subject, as columns.

All rules that need nothing but their subject's own row are judged in one pass over the rows of its type; the
others put their questions (:mod:`.answers`) to those of their subjects that they apply to.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import polars as pl
from attrs import field, frozen

from ..cohort import Cohort
from .answers import NAMING, Answers, columns_used, needs_only
from .rule import BREAKDOWNS, Judged, Outcome, Rule
from .settings import Settings
from .subject import Answer, Trace

VERDICT_COLUMNS: dict[str, Any] = {
    "rule": pl.String,
    "outcome": pl.UInt8,
    "failed": pl.Boolean,
    "about": pl.String,
    "patient": pl.UInt32,
    "event": pl.String,
    "line": pl.UInt32,
    "conflicts_with": pl.List(pl.String),
}
"""Columns of a judgement's verdicts; ``patient`` is the patient's row, ``line`` the event's line in the input."""


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

    verdicts: pl.DataFrame = field(repr=False)
    tallies: tuple[Tally, ...]
    errored: Mapping[str, str]


LARGE = 100_000
"""Above so many events, rules are judged by several threads."""

NO_VERDICTS = pl.DataFrame(schema=VERDICT_COLUMNS)
NO_CONFLICTS = pl.lit(None, dtype=VERDICT_COLUMNS["conflicts_with"]).alias("conflicts_with")
NO_CODES = pl.Series(dtype=pl.UInt8)
NOT_APPLICABLE, PASSED, UNDECIDED, FAILED = None, 0, 1, 2
"""Verdicts as numbers: from ``FAILED`` on, a failure by the last outcome, the one before it, up to the first."""


def _code(judged: Judged) -> pl.Expr:
    """The verdict of every row as a number; null where the rule does not apply.

    Of several outcomes the first that is broken decides, then one that cannot be told. Each is named once here:
    Polars would work out again what is named twice.
    """
    weights = range(FAILED + len(judged.outcomes) - 1, UNDECIDED, -1)
    verdict = pl.max_horizontal(map(_weighed, judged.outcomes, weights))
    if judged.conditions:
        verdict = pl.when(pl.all_horizontal(judged.conditions)).then(verdict)
    return verdict


def _weighed(outcome: Outcome, weight: int) -> pl.Expr:
    """A weight where an outcome is broken, that of undecided where it cannot be told, else that of passed."""
    return (outcome.broken.cast(pl.UInt8) * weight).fill_null(UNDECIDED)


@frozen(eq=False)
class _Task:
    """One rule put to one type of subject."""

    rule: Rule
    about: str
    trace: Trace
    judged: Judged

    @property
    def asked(self) -> list[pl.Expr]:
        """The expressions that it is made of."""
        return [*self.judged.conditions, *(outcome.broken for outcome in self.judged.outcomes)]


@frozen(kw_only=True, eq=False)
class _Told:
    """What a task came to."""

    verdicts: pl.DataFrame
    subjects: int
    failed: int
    undecided: int


@frozen(eq=False)
class Engine:
    """Judges one cohort; what rules share is worked out once."""

    cohort: Cohort
    settings: Settings
    answers: Answers = field(init=False)

    @answers.default
    def _answers(self) -> Answers:
        return Answers(self.cohort, self.settings)

    def judge(self, rules: Iterable[Rule]) -> Judgement:
        """Judge every subject by every rule. A rule that breaks down is reported and the others still run."""
        rules = tuple(rules)
        told: dict[str, list[_Told]] = {}
        errored: dict[str, str] = {}
        tasks: dict[str, list[_Task]] = {}
        for rule in rules:
            with self._watching(rule, errored):
                for about in self._kinds(rule):
                    tasks.setdefault(about, []).append(_Task(rule, about, *rule.trace(about, self.settings)))
        columns: dict[str, list[tuple[_Task, pl.Series]]] = {rule.id: [] for rule in rules}
        for asked in tasks.values():
            for task, column in self._in_one_pass(asked, errored).items():
                columns[task.rule.id].append((task, column))

        def finish(rule: Rule) -> None:
            with self._watching(rule, errored):
                told[rule.id] = [self._told(task, *self._subjects(task, column)) for task, column in columns[rule.id]]

        self._for_each(finish, rules)
        done = [rule for rule in rules if rule.id not in errored]
        tables = [one.verdicts for rule in done for one in told[rule.id] if one.verdicts.height]
        return Judgement(
            verdicts=self._of_patients(pl.concat(tables)) if tables else NO_VERDICTS,
            tallies=tuple(
                Tally(
                    rule=rule.id,
                    subjects=sum(one.subjects for one in told[rule.id]),
                    failed=sum(one.failed for one in told[rule.id]),
                    undecided=sum(one.undecided for one in told[rule.id]),
                )
                for rule in done
            ),
            errored={rule.id: errored[rule.id] for rule in rules if rule.id in errored},
        )

    def _of_patients(self, verdicts: pl.DataFrame) -> pl.DataFrame:
        """Verdicts on events of units as :data:`VERDICT_COLUMNS`."""
        patients = self.cohort.units["patient"][verdicts["unit"]]
        return verdicts.with_columns(patient=patients).select(list(VERDICT_COLUMNS))

    def _for_each(self, work: Callable[[Rule], None], rules: tuple[Rule, ...]) -> None:
        """Work on each rule, several at a time: much of what Polars does for one rule uses one thread only."""
        if not self._large:
            for rule in rules:
                work(rule)
            return
        spread = sorted(rules, key=lambda rule: rule.id.partition("-")[2])  # neighbours of a family need the same
        with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
            for done in [pool.submit(work, rule) for rule in spread]:
                done.result()

    @cached_property
    def _large(self) -> bool:
        return sum(table.height for table in self.cohort.tables.values()) > LARGE

    @contextmanager
    def _watching(self, rule: Rule, errored: dict[str, str]) -> Iterator[None]:
        """Notes a rule that breaks down, without the text of its error: that may hold patient values."""
        try:
            yield
        except BREAKDOWNS as error:  # a rule's bug must not hide the others' findings
            errored[rule.id] = f"{type(error).__name__}{rule.line_of(error)}"
            if self.settings.debug:
                raise

    def _kinds(self, rule: Rule) -> Iterator[str]:
        """The tables whose rows a rule is about; those that are absent or empty cost nothing."""
        for about in rule.about:
            names = tuple(self.cohort.tables) if about == "event" else (about,)
            yield from (name for name in names if self.cohort.any_of(name))

    def _in_one_pass(self, tasks: list[_Task], errored: dict[str, str]) -> dict[_Task, pl.Series]:
        """For each task a column over the rows of its type, worked out together.

        Its verdicts (:func:`_code`), or where it is put off: which rows it applies to, as far as that is known.
        """
        columns = self._together(tasks, errored, lambda task: not self._put_off(task))
        if not self._large:
            concerned = [task for task in columns if self._put_off(task) and columns[task].any()]
            columns |= self._together(concerned, errored, lambda task: True)
        return columns

    def _together(
        self, tasks: list[_Task], errored: dict[str, str], judged: Callable[[_Task], bool]
    ) -> dict[_Task, pl.Series]:
        try:
            return self._columns(tasks, judged)
        except BREAKDOWNS:  # one of them breaks down: each by itself, to tell which
            columns: dict[_Task, pl.Series] = {}
            for task in tasks:
                with self._watching(task.rule, errored):
                    columns |= self._columns([task], judged)
            return columns

    def _put_off(self, task: _Task) -> bool:
        """Whether a task is put off until it is known which rows it applies to.

        In a small cohort the record is looked through at once: one pass costs less than two. But there a rule often
        applies to nothing, and then what it is about need not be worked out.
        """
        if self._large:
            return bool(task.trace.questions or task.trace.record_checks)
        return bool(task.trace.questions or task.judged.conditions)

    def _columns(self, tasks: list[_Task], judged: Callable[[_Task], bool]) -> dict[_Task, pl.Series]:
        if not tasks:
            return {}
        shared = Trace(about=tasks[0].about, settings=self.settings)
        for task in tasks:
            shared.derived.update(task.trace.derived)
            if judged(task):
                shared.take_over(task.trace)
        frame = self.answers.answered(self.answers.frame(shared.about), shared)
        columns = []
        for number, task in enumerate(tasks):
            if judged(task):
                column = _code(task.judged)
            else:
                told = [condition for condition in task.judged.conditions if needs_only(condition, frame)]
                column = pl.all_horizontal(told).fill_null(False) if told else pl.lit(True)
            columns.append(column.alias(str(number)))
        columns.insert(0, pl.col("row"))  # literals alone would be one row
        # In a small cohort to look for what they share would take longer than to work it out twice.
        found = frame.select(columns) if self.answers.small else frame.lazy().select(columns).collect()
        return {task: found[str(number)] for number, task in enumerate(tasks)}

    def _subjects(self, task: _Task, column: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
        """The rows a task may apply to, and the verdict on each."""
        frame = self.answers.frame(task.about)
        if column.dtype != pl.Boolean:
            return frame, column
        if not column.any():
            return frame.clear(), NO_CODES
        frame = frame.select(columns_used(frame, task.trace, task.asked)).filter(column)
        frame = self.answers.answered(frame, task.trace)
        return frame, frame.select(_code(task.judged)).to_series()

    def _told(self, task: _Task, frame: pl.DataFrame, codes: pl.Series) -> _Told:
        """The verdicts worth telling, and how many there were of each kind."""
        worst = codes.max()
        if not isinstance(worst, int) or worst < UNDECIDED:  # so in all readings
            subjects = self._subjects_of_all_readings(frame, codes)
            return _Told(verdicts=NO_VERDICTS, subjects=subjects, failed=0, undecided=0)
        if self.cohort.has_readings:
            frame, codes = self._agreed(frame, codes)
        subjects = codes.len() - codes.null_count()
        worth = (codes >= UNDECIDED).fill_null(False)
        codes_told = codes.filter(worth)
        told = (frame if task.trace.questions else frame[list(NAMING)]).filter(worth)
        failed = codes_told >= FAILED
        conflicts = self._conflicts(task, told.filter(failed))
        n_failed = int(failed.sum())
        verdicts = told.select(
            pl.lit(task.rule.id).alias("rule"),
            pl.when(failed).then(len(task.judged.outcomes) - 1 + FAILED - codes_told).alias("outcome"),
            failed.alias("failed"),
            pl.lit(task.about).alias("about"),
            "unit",
            "event",
            "line",
            "row",
            NO_CONFLICTS,
        )
        if conflicts.height:
            verdicts = verdicts.drop("conflicts_with").join(conflicts, on="row", how="left", maintain_order="left")
        return _Told(subjects=subjects, failed=n_failed, undecided=told.height - n_failed, verdicts=verdicts)

    def _subjects_of_all_readings(self, frame: pl.DataFrame, codes: pl.Series) -> int:
        """How many a rule applies to, each counted once."""
        if not self.cohort.has_readings or codes.null_count() == codes.len():
            return codes.len() - codes.null_count()
        told = pl.DataFrame([self.cohort.units["patient"][frame["unit"]], frame["event"]])
        return told.filter(codes.is_not_null()).n_unique()

    def _agreed(self, frame: pl.DataFrame, codes: pl.Series) -> tuple[pl.DataFrame, pl.Series]:
        """One subject and verdict of those of all readings: that on which they agree, or undecided."""
        place = pl.int_range(pl.len(), dtype=pl.UInt32)
        told = frame.select(
            "event", place=place, code=codes, patient=self.cohort.units["patient"][frame["unit"]]
        ).filter(pl.col("code").is_not_null())
        code = pl.col("code")
        agreed = (
            pl.when((code >= FAILED).all())
            .then(code.first())
            .when((code == PASSED).all())
            .then(PASSED)
            .otherwise(UNDECIDED)
            .cast(pl.UInt8)
        )
        one = told.group_by("patient", "event", maintain_order=True).agg(pl.col("place").first(), agreed.alias("code"))
        return frame[one["place"]], one["code"]

    def _conflicts(self, task: _Task, failing: pl.DataFrame) -> pl.DataFrame:
        """For failed subjects: the recorded events that surely stand in the relations the rule asked about."""
        if not failing.height:
            return NO_VERDICTS
        found = [
            pairs
            for question in task.trace.questions
            if question.answer is not Answer.DAYS and question.others.type not in ("birth", "patient")
            for pairs in self.answers.pairs_surely(question, failing, task.about)
        ]
        found += [self._named_in_problems(failing, rule) for rule in sorted(task.trace.problems)]
        if not found:
            return NO_VERDICTS
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
