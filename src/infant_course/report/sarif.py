"""A report as SARIF 2.1.0, which code hosts and editors show beside the lines of the files.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
"""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from ..files import printable_json
from .json import Input

if TYPE_CHECKING:
    from .check import Report
    from .findings import Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVEL = {"error": "error", "warning": "warning", "info": "note"}


def as_sarif(report: "Report", inputs: Sequence[Input] = ()) -> str:
    """The report as SARIF text. Undecided verdicts are of kind ``open``: they say that it cannot be told."""
    rules = [count.rule for count in report.rules]
    run = {
        "tool": {
            "driver": {
                "name": "infant-course",
                "version": report.version,
                "properties": {"catalogue": report.catalogue},
                "rules": [
                    {
                        "id": count.rule,
                        "shortDescription": {"text": count.title},
                        "defaultConfiguration": {"level": LEVEL[count.severity]},
                    }
                    for count in report.rules
                ],
            }
        },
        "artifacts": [{"location": {"uri": _uri(one.name)}, "hashes": {"sha-256": one.sha256}} for one in inputs],
        "invocations": [
            {
                "executionSuccessful": not report.errored,
                "toolExecutionNotifications": [
                    {"level": "error", "message": {"text": f"{rule} could not be run: {why}"}}
                    for rule, why in report.errored.items()
                ],
            }
        ],
        "properties": {
            "settings": {key: str(value) for key, value in report.settings.items()},
            "cutOff": report.cut_off,
        },
        "results": [_result(finding, rules) for finding in report.findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return printable_json(json.dumps(log, indent=1, ensure_ascii=False)) + "\n"


def _uri(name: str) -> str:
    return quote(name.replace("\\", "/"))


def _result(finding: "Finding", rules: Sequence[str]) -> dict[str, Any]:
    failed = finding.verdict == "failed"
    place: dict[str, Any] = {
        "logicalLocations": [
            {"name": finding.event or finding.patient, "fullyQualifiedName": f"{finding.patient}/{finding.event or ''}"}
        ]
    }
    if finding.file:
        region = {"region": {"startLine": finding.line}} if finding.line else {}
        place["physicalLocation"] = {"artifactLocation": {"uri": _uri(finding.file)}, **region}
    return {
        "ruleId": finding.rule,
        "ruleIndex": rules.index(finding.rule),
        "kind": "fail" if failed else "open",
        "level": LEVEL[finding.severity] if failed else "none",
        "message": {"text": f"{finding.message} {finding.advice}".strip()},
        "locations": [place],
        "partialFingerprints": {"infantCourse/v1": finding.fingerprint},
        "properties": {
            "patient": finding.patient,
            "site": finding.site,
            "event": finding.event,
            "conflictsWith": list(finding.conflicts_with),
            "source": finding.source,
        },
    }
