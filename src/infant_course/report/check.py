"""Checks courses or a cohort against the catalogue and tells the findings one by one."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

import polars as pl
from attrs import asdict, evolve, field, frozen

from ..cohort import Cohort, one_by_one
from ..course import Course
from ..errors import UsageError, expect
from ..intake import Intake, merged_intakes
from ..rules import CATALOGUE_VERSION, RULES, Rule, Settings, judge
from ..rules.catalogue import meant_rule
from ..vocabulary import Severity
from .findings import LEVELS, Finding, findings_table, objects, together

LOCAL, SHARING = "local", "sharing"
"""For whom a report is: those who hold the data, or anybody else."""


@frozen(kw_only=True)
class RuleCount:
    """How one rule fared: subjects it applied to and their verdicts."""

    rule: str
    title: str
    severity: Severity
    subjects: int
    failed: int
    undecided: int
    passed: int


@frozen(kw_only=True)
class OutcomeCount:
    """How many findings there are of one outcome of a rule with one severity, and of how many patients."""

    rule: str
    outcome: str
    severity: Severity
    failed: int
    patients: int


@frozen(kw_only=True, eq=False)
class Report:
    """The result of a check. ``table`` holds the findings, with the columns :data:`.findings.FINDING_COLUMNS`.

    ``outcomes``: how many failed, also where the table does not hold them all. ``audience``: local, or sharing (see
    :mod:`infant_course.report.sharing`).
    """

    version: str
    catalogue: str
    settings: Mapping[str, Any]
    cut_off: str | None
    patients: int
    events: int
    rules: tuple[RuleCount, ...]
    table: pl.DataFrame = field(repr=False)
    errored: Mapping[str, str] = field(factory=dict)
    intake: Intake | None = None
    audience: str = LOCAL
    outcomes: tuple[OutcomeCount, ...] = field()

    @outcomes.default
    def _counted_in_the_table(self) -> tuple[OutcomeCount, ...]:
        failed = self.table.lazy().filter(verdict="failed").group_by("rule", "outcome", "severity")
        counted = failed.agg(failed=pl.len(), patients=pl.col("patient").n_unique()).sort("rule", "outcome", "severity")
        return tuple(
            OutcomeCount(**{**row, "severity": Severity(row["severity"])})
            for row in counted.collect().iter_rows(named=True)
        )

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """The findings as objects: failed before undecided, worst first."""
        return tuple(objects(self.table))

    @cached_property
    def failed(self) -> tuple[Finding, ...]:
        """Findings of subjects that surely break a rule."""
        return tuple(objects(self.table.filter(pl.col("verdict") == "failed")))

    @cached_property
    def undecided(self) -> tuple[Finding, ...]:
        """Findings of subjects of which it cannot be told."""
        return tuple(objects(self.table.filter(pl.col("verdict") == "undecided")))

    def counted(self, verdict: str, severity: str | None = None) -> int:
        """How many verdicts ("failed", "undecided") there are, of a severity or of all; listed or not."""
        if verdict not in ("failed", "undecided"):
            raise UsageError(f"counted: no verdict {verdict!r}: known are failed, undecided")
        if severity is not None and severity not in tuple(Severity):
            raise UsageError(f"counted: no severity {severity!r}: known are {', '.join(Severity)}")
        if verdict == "undecided":
            return sum(one.undecided for one in self.rules if severity in (None, one.severity))
        return sum(one.failed for one in self.outcomes if severity in (None, one.severity))

    @property
    def worst(self) -> Severity | None:
        """The worst severity among failed findings; None where nothing failed."""
        return max((one.severity for one in self.outcomes), key=LEVELS.__getitem__, default=None)

    def exit_code(self, fail_on: str = "error") -> int:
        """0 where nothing failed at or above the level (a severity, or "never"), 1 otherwise, 3 if a rule errored."""
        if fail_on not in (*Severity, "never"):
            raise UsageError(f"exit_code: no level {fail_on!r}: known are {', '.join(Severity)}, never")
        if self.errored:
            return 3
        if fail_on == "never" or self.worst is None:
            return 0
        return int(LEVELS[self.worst] >= LEVELS[Severity(fail_on)])

    def of(self, patient: str) -> tuple[Finding, ...]:
        """The findings of one patient."""
        expect("report.of", patient, str, "the id of a patient, a text")
        return tuple(objects(self.table.filter(pl.col("patient") == patient)))

    def frame(self) -> pl.DataFrame:
        """The findings as a Polars table, a row for each."""
        return self.table

    def _repr_html_(self) -> str:
        """The report as a notebook shows it."""
        from .notebook import as_html

        return as_html(self)


def merged(reports: Iterable[Report]) -> Report:
    """One report of several that judged different patients by the same rules and settings.

    Counts are added, findings put together in order. Raises ValueError for none, or for reports that differ in
    rules or settings.
    """
    reports = list(reports)
    first = reports[0] if reports else None
    if first is None or any(
        (one.version, one.catalogue, one.settings, one.cut_off, [count.rule for count in one.rules])
        != (first.version, first.catalogue, first.settings, first.cut_off, [count.rule for count in first.rules])
        for one in reports
    ):
        raise ValueError("reports to merge: some, of the same rules and settings")
    counts = [_added(counts) for counts in zip(*(one.rules for one in reports), strict=True)]
    whole = evolve(
        first,
        table=first.table.clear(),
        patients=sum(one.patients for one in reports),
        events=sum(one.events for one in reports),
        rules=tuple(counts),
        errored={rule: why for one in reports for rule, why in one.errored.items()},
        intake=merged_intakes([one.intake for one in reports if one.intake is not None]),
        outcomes=_added_outcomes(one for report in reports for one in report.outcomes),
    )
    del first
    return evolve(whole, table=together(reports.pop(0).table for _ in range(len(reports))))


def _added(counts: tuple[RuleCount, ...]) -> RuleCount:
    return evolve(
        counts[0],
        **{name: sum(getattr(one, name) for one in counts) for name in ("subjects", "failed", "undecided", "passed")},
    )


def _added_outcomes(counts: Iterable[OutcomeCount]) -> tuple[OutcomeCount, ...]:
    """The patients of the reports differ, so that their numbers can be added too."""
    added: dict[tuple[str, str, Severity], OutcomeCount] = {}
    for one in counts:
        key = one.rule, one.outcome, one.severity
        before = added.get(key)
        both = (before, one) if before else (one,)
        added[key] = evolve(one, failed=sum(n.failed for n in both), patients=sum(n.patients for n in both))
    return tuple(added[key] for key in sorted(added))


def cohort_of(what: Course | Iterable[Course] | Cohort, settings: Settings) -> Cohort:
    """One course, several, or a cohort, as a cohort."""
    if isinstance(what, Cohort):
        return what
    courses = [what] if isinstance(what, Course) else one_by_one("check", what)
    return Cohort.from_courses(courses, end_window_days=settings.end_window_days, rounding=settings.rounding)


def _rules(rules: Any) -> tuple[Rule, ...]:
    hint = "infant_course.rules.select(['REM-06', 'MRD']) finds rules by id, family or severity"
    listed = tuple(rules) if isinstance(rules, Iterable) and not isinstance(rules, str) else (rules,)
    for one in listed:
        expect("rules", one, Rule, "a list of rules", hint)
    return listed


def check(
    what: Course | Iterable[Course] | Cohort,
    *,
    rules: Iterable[Rule] | None = None,
    settings: Settings | None = None,
    cut_off: date | None = None,
    undecided: bool = True,
) -> Report:
    """Judge one course, several, or a cohort, by the catalogue or by the rules given.

    Never raises because of a patient: what is wrong in a history is a finding. Without ``cut_off`` no event is
    too late, because no rule reads the clock. With ``undecided`` false what cannot be told is counted, not listed.
    """
    from .. import __version__

    settings = Settings() if settings is None else settings
    expect("settings", settings, Settings, "Settings(...)")
    if cut_off is not None:
        settings = evolve(settings, cut_off=cut_off)
    chosen = tuple(RULES.values()) if rules is None else _rules(rules)
    known = {**RULES, **{found.id: found for found in chosen}}
    for rule, _ in settings.ties:
        if rule not in known:
            raise UsageError(f"Settings.ties: no rule {rule!r}: {meant_rule(rule, known)}")
    cohort = cohort_of(what, settings)
    judgement = judge(cohort, chosen, settings)
    by_id = {found.id: found for found in chosen}
    counts = tuple(
        RuleCount(
            rule=tally.rule,
            title=by_id[tally.rule].summary,
            severity=by_id[tally.rule].severity,
            subjects=tally.subjects,
            failed=tally.failed,
            undecided=tally.undecided,
            passed=tally.passed,
        )
        for tally in judgement.tallies
    )
    shown = {key: value for key, value in asdict(settings).items() if key not in ("debug", "cut_off")}
    shown["ties"] = dict(settings.ties)
    return Report(
        version=__version__,
        catalogue=CATALOGUE_VERSION,
        settings=shown,
        cut_off=settings.cut_off.isoformat() if settings.cut_off else None,
        patients=cohort.patients.height,
        events=cohort.n_events,
        rules=counts,
        table=findings_table(cohort, judgement, by_id, settings, undecided=undecided),
        errored=dict(judgement.errored),
        intake=cohort.intake.in_sum() if cohort.intake else None,
    )
