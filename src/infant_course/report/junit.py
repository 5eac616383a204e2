"""A report as JUnit XML, which continuous integration shows as tests: one test for each rule."""

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from .check import Report
    from .findings import Finding

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(report: "Report") -> str:
    """The report as XML text: a rule that failed fails, one of which nothing is decided is skipped."""
    failed: dict[str, list[Finding]] = {}
    for finding in report.failed:
        failed.setdefault(finding.rule, []).append(finding)
    skipped = [one for one in report.rules if not one.failed and one.undecided == one.subjects > 0]
    suite = ElementTree.Element(
        "testsuite",
        name=f"infant-course {report.catalogue}",
        tests=str(len(report.rules) + len(report.errored)),
        failures=str(len(failed)),
        errors=str(len(report.errored)),
        skipped=str(len(skipped)),
    )
    properties = ElementTree.SubElement(suite, "properties")
    told = {"version": report.version, "cut_off": report.cut_off, "patients": report.patients, "events": report.events}
    for name, value in {**told, **report.settings}.items():
        ElementTree.SubElement(properties, "property", name=_text(name), value=_text(value))
    for count in report.rules:
        case = ElementTree.SubElement(
            suite, "testcase", classname=str(count.severity), name=f"{count.rule} {count.title}"
        )
        if found := failed.get(count.rule):
            worst = min(found, key=lambda one: ("error", "warning", "info").index(one.severity))
            problem = ElementTree.SubElement(
                case, "failure", type=str(worst.severity), message=f"{len(found)} failed of {count.subjects}"
            )
            problem.text = _text("\n".join(_line(one) for one in found))
        elif count in skipped:
            ElementTree.SubElement(case, "skipped", message=f"{count.undecided} undecided")
    for rule, why in report.errored.items():
        case = ElementTree.SubElement(suite, "testcase", classname="rule", name=rule)
        ElementTree.SubElement(case, "error", message=_text(why))
    ElementTree.indent(suite)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ElementTree.tostring(suite, encoding="unicode")}\n'


def _line(finding: "Finding") -> str:
    place = f" ({finding.file}, line {finding.line})" if finding.file and finding.line else ""
    return f"{finding.severity} {finding.patient}{place}: {finding.message}"


def _text(value: object) -> str:
    """Text without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", str(value))
