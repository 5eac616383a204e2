"""Sights made by hand, and small cohorts, for the tests of the ledger."""

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

from infant_course import Course, Death, Diagnosis, Patient, Quantity, Relapse
from infant_course.ledger import Ledger, RunResult
from infant_course.ledger.seen import Seen
from infant_course.ledger.sight import Sight
from infant_course.report.check import check, cohort_of
from infant_course.rules import RULES, Settings
from infant_course.when import parse

DAY = date(2024, 1, 1)


def day(number: int) -> date:
    """The first of January 2024 and so many days."""
    return DAY + timedelta(days=number)


def seen(patient: str, rule: str = "R-1", **changes: object) -> Seen:
    """A failed finding of a rule on a patient, with changes."""
    values: dict[str, object] = {
        "fingerprint": hashlib.sha256(f"{patient} {rule}".encode()).hexdigest()[:16],
        "rule": rule,
        "patient": patient,
        "about": "relapse",
        "event": "rel",
        "outcome": "broken",
        "verdict": "failed",
        "severity": "error",
        "message": "Something is odd.",
        "advice": "confirm the date.",
        "source": "logic: none",
        "types": ("relapse",),
        "place": {"file": "e.csv", "row": 2, "record": patient},
        "shown": (("date", "2020-01-01"),),
        "against": (),
        "data": "data-1",
    }
    return Seen(**{**values, **changes})


def sight(*findings: Seen, sites: Mapping[str, str | None] | None = None, **changes: object) -> Sight:
    """A run of rules R-1 and R-2 that saw these patients (those with findings too) and these findings."""
    values: dict[str, object] = {
        "version": "0",
        "catalogue": "0",
        "profile": {"infant_limit_days": 365, "cut_off": False},
        "rules": frozenset({"R-1", "R-2"}),
        "types": None,
        "patients": 1,
        "events": 1,
        "sites": {finding.patient: None for finding in findings} | dict(sites or {}),
        "there": frozenset((finding.patient, finding.event or "") for finding in findings),
        "findings": findings,
        "upto": 10**9,
    }
    return Sight(**{**values, **changes})


def statuses(ledger: Ledger, on: date) -> dict[tuple[str, str], str]:
    """Status of each finding by patient and rule."""
    return {(entry.patient, entry.rule): str(entry.status) for entry in ledger.entries(as_of=on)}


def course(patient: str = "p1", *, wbc: float = 3000, site: str | None = None, **more: str) -> Course:
    """A diagnosis with a white cell count, and what else: ``relapse="2021-01-01"``, ``death=...``.

    3000 10^9/L is a warning (BAS-02); a relapse on a day before the diagnosis is an error (ORD-09).
    """
    when = more.pop("diagnosis", "2020-01-01")
    events: list[object] = [Diagnosis(id="dx", when=(parse(when),), wbc=Quantity(wbc, "10^9/L"))]
    for name, cls in (("relapse", Relapse), ("death", Death), ("second_death", Death)):
        if name in more:
            events.append(cls(id=name, when=(parse(more.pop(name)),)))
    assert not more
    return Course(patient=Patient(id=patient, site=site), events=tuple(events))


def record(
    ledger: Ledger, courses: list[Course], on: date, *rules: str, keep: bool = True, **more: object
) -> RunResult:
    """Check some courses by some rules (all where none is named) and record what was seen."""
    settings = Settings()
    cohort = cohort_of(courses, settings)
    report = check(cohort, rules=[RULES[rule] for rule in rules] or None, settings=settings)
    return (ledger.record if keep else ledger.compare)(ledger.see(cohort, report), as_of=on, **more)


def new_ledger(folder: Path) -> Ledger:
    """An empty ledger in a folder."""
    return Ledger(folder / "ledger.sqlite", create=True)
