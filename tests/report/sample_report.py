"""A small report made by hand, for the tests of how reports are told."""

from infant_course.report.check import Report, RuleCount
from infant_course.report.findings import Finding, table_of
from infant_course.vocabulary import Severity


def finding(**changes: object) -> Finding:
    """A failed finding, with changes."""
    values: dict[str, object] = {
        "rule": "ORD-04",
        "outcome": "ends_before_start",
        "verdict": "failed",
        "severity": Severity.ERROR,
        "patient": "p1",
        "site": None,
        "about": "treatment_block",
        "event": "ib",
        "conflicts_with": ("ind",),
        "message": "An event ends before it starts.",
        "advice": "Compare the two dates.",
        "source": "logic: nothing ends before it starts",
        "file": "p1.yaml",
        "line": 12,
        "fingerprint": "0123456789abcdef",
    }
    return Finding(**{**values, **changes})


def count(rule: str, severity: Severity, subjects: int, failed: int, undecided: int) -> RuleCount:
    """How a rule fared; what neither failed nor stayed open passed."""
    return RuleCount(
        rule=rule,
        title=f"What {rule} finds.",
        severity=severity,
        subjects=subjects,
        failed=failed,
        undecided=undecided,
        passed=subjects - failed - undecided,
    )


def report(*findings: Finding, rules: tuple[RuleCount, ...] = (), errored: dict[str, str] | None = None) -> Report:
    """A report of one patient."""
    return Report(
        version="0.0.1",
        catalogue="test",
        settings={"infant_limit_days": 365},
        cut_off=None,
        patients=1,
        events=9,
        rules=rules,
        table=table_of(findings),
        errored=errored or {},
    )
