"""How a report shows itself in a notebook: what was judged, the rules with findings, and the worst findings."""

from typing import TYPE_CHECKING

from ..webpage import words
from .terminal import WORST_FIRST, worst_severities

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .check import Report

MOST_RULES, MOST_FINDINGS = 12, 10
"""So many rules and findings are listed."""
_NOUNS = {"error": "errors", "warning": "warnings", "info": "notes"}


def as_html(report: "Report") -> str:
    """The report as HTML that may stand among other HTML: no style sheet, no script, no ids."""
    counted = [f"{report.counted('failed', severity):,} {noun}" for severity, noun in _NOUNS.items()]
    counted.append(f"{sum(count.undecided for count in report.rules):,} undecided")
    parts = [
        f"<p><b>{report.patients:,} patients, {report.events:,} events, {len(report.rules):,} rules</b>: "
        f"{', '.join(counted)}.</p>"
    ]
    parts += [f"<p>{words(rule)} could not be run: {words(why)}</p>" for rule, why in sorted(report.errored.items())]
    parts += _rules(report)
    parts += _findings(report)
    return f"<div>{''.join(parts)}</div>"


def _rules(report: "Report") -> list[str]:
    worst = {count.rule: str(count.severity) for count in report.rules} | worst_severities(report)
    found = [count for count in report.rules if count.failed or count.undecided]
    found.sort(key=lambda count: (not count.failed, WORST_FIRST.index(worst[count.rule]), -count.failed, count.rule))
    rows = [
        (count.rule, count.title, worst[count.rule], f"{count.subjects:,}", f"{count.failed:,}", f"{count.undecided:,}")
        for count in found[:MOST_RULES]
    ]
    heads = ("rule", "what it finds", "severity", "subjects", "failed", "undecided")
    return [_table(heads, rows), *_more(len(found) - MOST_RULES, "rules with findings")] if rows else []


def _findings(report: "Report") -> list[str]:
    failed = report.failed
    rows = [
        (found.severity, found.rule, found.patient, found.event or "", found.message)
        for found in failed[:MOST_FINDINGS]
    ]
    heads = ("severity", "rule", "patient", "event", "what was found")
    more = _more(len(failed) - MOST_FINDINGS, "failed findings; <code>report.frame()</code> holds all")
    return ["<p>The worst first:</p>", _table(heads, rows), *more] if rows else []


def _more(left: int, what: str) -> list[str]:
    return [f"<p>And {left:,} more {what}.</p>"] if left > 0 else []


def _table(heads: "Sequence[str]", rows: "Iterable[Sequence[object]]") -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(f"<tr>{''.join(f'<td>{words(cell)}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
