"""Checks courses or a cohort against the catalogue and tells the findings one by one."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from attrs import asdict, evolve, field, frozen

from ..cohort import Cohort
from ..course import Course
from ..intake import Intake
from ..rules import CATALOGUE_VERSION, RULES, Judgement, Outcome, Rule, Settings, judge
from ..vocabulary import Severity

if TYPE_CHECKING:
    import polars as pl

LOCAL, SHARING = "local", "sharing"
"""For whom a report is: those who hold the data, or anybody else."""

LEVELS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}


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
class Finding:
    """One failed or undecided verdict: which rule, about which event, what it conflicts with, and what to do.

    ``about``: the type of the event, ``patient`` or ``birth``; ``site``: the patient's centre.
    """

    rule: str
    outcome: str
    verdict: str
    severity: Severity
    patient: str = field(repr=False)
    site: str | None = field(repr=False)
    about: str
    event: str | None = field(repr=False)
    conflicts_with: tuple[str, ...] = field(repr=False)
    message: str = field(repr=False)
    advice: str = field(repr=False)
    source: str = field(repr=False)
    file: str | None = field(repr=False)
    line: int | None = field(repr=False)
    fingerprint: str


@frozen(kw_only=True)
class Report:
    """The result of a check. ``audience``: local, or sharing (see :mod:`infant_course.report.sharing`)."""

    version: str
    catalogue: str
    settings: Mapping[str, Any]
    cut_off: str | None
    patients: int
    events: int
    rules: tuple[RuleCount, ...]
    findings: tuple[Finding, ...] = field(repr=False)
    errored: Mapping[str, str] = field(factory=dict)
    intake: Intake | None = None
    audience: str = LOCAL

    @cached_property
    def failed(self) -> tuple[Finding, ...]:
        """Findings of subjects that surely break a rule."""
        return tuple(finding for finding in self.findings if finding.verdict == "failed")

    @cached_property
    def undecided(self) -> tuple[Finding, ...]:
        """Findings of subjects of which it cannot be told."""
        return tuple(finding for finding in self.findings if finding.verdict == "undecided")

    @property
    def worst(self) -> Severity | None:
        """The worst severity among failed findings; None where nothing failed."""
        return max((f.severity for f in self.failed), key=LEVELS.__getitem__, default=None)

    def exit_code(self, fail_on: str = "error") -> int:
        """0 where nothing failed at or above the level (a severity, or "never"), 1 otherwise, 3 if a rule errored."""
        if self.errored:
            return 3
        if fail_on == "never" or self.worst is None:
            return 0
        return int(LEVELS[self.worst] >= LEVELS[Severity(fail_on)])

    def of(self, patient: str) -> tuple[Finding, ...]:
        """The findings of one patient."""
        return tuple(finding for finding in self.findings if finding.patient == patient)

    def frame(self) -> "pl.DataFrame":
        """The findings as a Polars table."""
        import polars as pl

        return pl.DataFrame([asdict(f) for f in self.findings], infer_schema_length=None)


def cohort_of(what: Course | Iterable[Course] | Cohort, settings: Settings) -> Cohort:
    """One course, several, or a cohort, as a cohort."""
    if isinstance(what, Cohort):
        return what
    courses = [what] if isinstance(what, Course) else what
    return Cohort.from_courses(courses, end_window_days=settings.end_window_days)


def check(
    what: Course | Iterable[Course] | Cohort,
    *,
    rules: Iterable[Rule] | None = None,
    settings: Settings | None = None,
    cut_off: date | None = None,
) -> Report:
    """Judge one course, several, or a cohort, by the catalogue or by the rules given.

    Never raises because of a patient: what is wrong in a history is a finding. Without ``cut_off`` no event is
    too late, because no rule reads the clock.
    """
    from .. import __version__

    settings = settings or Settings()
    if cut_off is not None:
        settings = evolve(settings, cut_off=cut_off)
    chosen = tuple(RULES.values() if rules is None else rules)
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
    return Report(
        version=__version__,
        catalogue=CATALOGUE_VERSION,
        settings=shown,
        cut_off=settings.cut_off.isoformat() if settings.cut_off else None,
        patients=cohort.patients.height,
        events=cohort.n_events,
        rules=counts,
        findings=tuple(_findings(cohort, judgement, by_id, settings)),
        errored=dict(judgement.errored),
        intake=cohort.intake,
    )


def _findings(cohort: Cohort, judgement: Judgement, rules: Mapping[str, Rule], settings: Settings) -> Iterable[Finding]:
    """The verdicts told, worst first, then by rule, patient and event."""
    teller = _Teller(cohort, judgement)
    outcomes: dict[tuple[str, str], tuple[Outcome, ...]] = {}
    found = []
    for row in judgement.verdicts.iter_rows(named=True):
        rule = rules[row["rule"]]
        asked = (rule.id, row["about"])
        if asked not in outcomes:
            outcomes[asked] = rule.trace(row["about"], settings)[1].outcomes
        possible = outcomes[asked]
        outcome = possible[row["outcome"]] if row["failed"] else None
        severity = outcome.severity if outcome else rule.severity
        patient = teller.patients[row["patient"]]
        what = outcome.message if outcome else f"Cannot tell whether {_lower(rule.summary)}"
        conflicts = tuple(row["conflicts_with"] or ())
        found.append(
            Finding(
                rule=rule.id,
                outcome=outcome.name if outcome else "undecided",
                verdict="failed" if outcome else "undecided",
                severity=severity,
                patient=patient,
                site=teller.sites[row["patient"]],
                about=row["about"],
                event=row["event"],
                conflicts_with=conflicts,
                message=what + teller.detail(rule.id, row["patient"], row["event"], conflicts),
                advice=rule.repair,
                source=str(rule.ground),
                file=teller.files[row["patient"]],
                line=teller.lines.get((row["patient"], row["event"])),
                fingerprint=fingerprint(rule.id, patient, row["event"], row["about"]),
            )
        )
    found.sort(key=lambda f: (f.verdict, -LEVELS[f.severity], f.rule, f.patient, f.event or ""))
    return found


def _lower(sentence: str) -> str:
    """A sentence to go on after a colon; acronyms keep their capitals."""
    first, _, rest = sentence.partition(" ")
    return f"{first.lower() if first[1:].islower() or len(first) == 1 else first} {rest}"


def fingerprint(rule: str, patient: str, event: str | None, about: str) -> str:
    """A stable name of a finding: the same rule on the same event of the same patient, whatever the row."""
    text = "\x1f".join((rule, patient, about, event or ""))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


class _Teller:
    """Looks up what a message needs, for the patients that have findings only."""

    def __init__(self, cohort: Cohort, judgement: Judgement) -> None:
        import polars as pl

        codes = judgement.verdicts["patient"].unique()
        told = cohort.patients.with_row_index("code").filter(pl.col("code").is_in(codes.implode()))
        self.patients = dict(zip(told["code"], told["patient"], strict=True))
        self.sites = dict(zip(told["code"], told["site"], strict=True))
        self.files = dict(zip(told["code"], told["file"], strict=True))
        firsts = cohort.units.filter((pl.col("reading") == 0) & pl.col("patient").is_in(codes.implode()))
        lined = cohort.timeline.filter(pl.col("line").is_not_null()).join(firsts, on="unit")
        self.lines = {(p, e): n for p, e, n in lined.select("patient", "event", "line").iter_rows()}
        stated = cohort.stated.filter(pl.col("patient").is_in(codes.implode()))
        self.times: dict[tuple[int, str], list[str]] = {}
        for code, event, part, text in stated.iter_rows():
            lead = {"until": "until ", "lasting": "lasting "}.get(part, "")
            self.times.setdefault((code, event), []).append(lead + text)
        problems = cohort.problems.select("patient", "event", "rule", "message")
        self.problems = {(p, e, r): m for p, e, r, m in problems.iter_rows()}

    def _named(self, code: int, event: str) -> str:
        times = self.times.get((code, event))
        return f"{event} ({'; '.join(times)})" if times else event

    def detail(self, rule: str, code: int, event: str | None, conflicts: tuple[str, ...]) -> str:
        """Which event, against which others, each with what is stated about its time."""
        problem = self.problems.get((code, event or "", rule))
        if problem:
            return f" {problem[:1].upper()}{problem[1:].rstrip('.')}."
        parts = [self._named(code, event)] if event else []
        if conflicts:
            shown = ", ".join(self._named(code, other) for other in conflicts[:5])
            more = f" and {len(conflicts) - 5} more" if len(conflicts) > 5 else ""
            parts.append(f"{'against ' if event else ''}{shown}{more}")
        return f" [{' '.join(parts)}]" if parts else ""
