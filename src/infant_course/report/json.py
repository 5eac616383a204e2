"""A report as JSON, for programs. The shape is described in ``docs/json.md`` and has a number of its own."""

import json
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from attrs import asdict, field, frozen

from ..errors import shown_name
from ..files import printable_json

if TYPE_CHECKING:
    from ..intake import Intake
    from .check import Report, RuleCount
    from .findings import Finding

FORMAT = 1
"""Number of the shape. A key that goes or changes its meaning raises it; a new key does not."""


@frozen(kw_only=True)
class Input:
    """A file that was judged: its name as given, and the SHA-256 of its bytes."""

    name: str = field(converter=shown_name)
    sha256: str


def as_json(report: "Report", inputs: Sequence[Input] = ()) -> str:
    """The report as JSON text, the same for the same report."""
    return printable_json(json.dumps(as_dict(report, inputs), indent=2, ensure_ascii=False, default=_plain)) + "\n"


def as_dict(report: "Report", inputs: Sequence[Input] = ()) -> dict[str, Any]:
    """The report as plain values, keys in the documented order."""
    return {
        "format": FORMAT,
        "version": report.version,
        "catalogue": report.catalogue,
        "audience": report.audience,
        "inputs": [asdict(file) for file in inputs],
        "settings": dict(report.settings),
        "cut_off": report.cut_off,
        "patients": report.patients,
        "events": report.events,
        "rules": [_rule(count) for count in report.rules],
        "errored": dict(report.errored),
        "intake": None if report.intake is None else _intake(report.intake),
        "findings": [finding_as_dict(finding) for finding in report.findings],
    }


def _intake(intake: "Intake") -> dict[str, Any]:
    return {
        "source": intake.source,
        "assumptions": list(intake.assumptions),
        "rows": [asdict(count) for count in intake.rows],
        "cells": [asdict(finding, filter=lambda part, _: part.name != "each") for finding in intake.cells],
    }


def _rule(count: "RuleCount") -> dict[str, Any]:
    return {
        "id": count.rule,
        "title": count.title,
        "severity": count.severity,
        "subjects": count.subjects,
        "failed": count.failed,
        "undecided": count.undecided,
        "passed": count.passed,
    }


def finding_as_dict(finding: "Finding") -> dict[str, Any]:
    """One finding as plain values."""
    return {
        "rule": finding.rule,
        "outcome": finding.outcome,
        "verdict": finding.verdict,
        "severity": finding.severity,
        "patient": finding.patient,
        "site": finding.site,
        "about": finding.about,
        "event": finding.event,
        "conflicts_with": list(finding.conflicts_with),
        "message": finding.message,
        "advice": finding.advice,
        "source": finding.source,
        "file": finding.file,
        "line": finding.line,
        "fingerprint": finding.fingerprint,
    }


def _plain(value: object) -> object:
    """What JSON has no word for."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (tuple, frozenset, set)):
        return sorted(value) if isinstance(value, (frozenset, set)) else list(value)
    return str(value)
