"""A report as text for a terminal: the table first, then what failed, worst first.

Undecided verdicts are counted, not listed. Lines keep to 80 columns; colour is used only when asked for.
Control characters of the input never reach the terminal.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from textwrap import wrap
from typing import TYPE_CHECKING

from ..files import printable

if TYPE_CHECKING:
    from .check import Finding, Report

WIDTH = 80
WORST_FIRST = ("error", "warning", "info")
_COLOURS = {"error": "31", "warning": "33", "info": "36", "bold": "1", "dim": "2"}


def as_text(report: "Report", *, colour: bool = False) -> str:
    """The report as text."""
    paint = _Paint(colour)
    lines = [f"{_count(report.patients, 'patient')}, {_count(report.events, 'event')}, {_ran(report)}"]
    if report.audience != "local":
        lines.append("For sharing: ids are pseudonyms, and values, dates and files are left out.")
    table = list(_table(report, paint))
    lines += ["", *table] if table else []
    lines += _findings(report.failed, paint)
    for rule, reason in sorted(report.errored.items()):
        lines += ["", *_wrapped(f"{rule} could not be run: {reason}", "", "  ")]
    return "\n".join([*lines, "", _verdict(report), ""])


class _Paint:
    """Colours, or none."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, how: str) -> str:
        return f"\x1b[{_COLOURS[how]}m{text}\x1b[0m" if self.on else text


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _ran(report: "Report") -> str:
    applied = sum(count.subjects > 0 for count in report.rules)
    return f"{_count(len(report.rules), 'rule')} ({applied} with something to judge)"


def _table(report: "Report", paint: _Paint) -> Iterator[str]:
    """A line for every rule with anything to say."""
    rows = [count for count in report.rules if count.failed or count.undecided]
    if not rows:
        return
    severity = {count.rule: str(count.severity) for count in rows} | _worst(report)
    rows.sort(key=lambda count: (WORST_FIRST.index(severity[count.rule]), count.rule))
    yield paint(f"{'rule':<8}{'severity':<9}{'subjects':>9}{'failed':>8}{'undecided':>11}  what it finds", "bold")
    indent = 8 + 9 + 9 + 8 + 11 + 2
    for count in rows:
        title, *more = wrap(printable(count.title), WIDTH - indent) or [""]
        numbers = f"{count.subjects:>9,}{count.failed:>8,}{count.undecided:>11,}"
        yield f"{count.rule:<8}{severity[count.rule]:<9}{numbers}  {title}"
        yield from (f"{'':<{indent}}{line}" for line in more)


def _worst(report: "Report") -> dict[str, str]:
    """The worst severity among the failed findings of each rule: a rule may have milder outcomes than its own."""
    worst: dict[str, str] = {}
    for finding in report.failed:
        found = str(finding.severity)
        worst[finding.rule] = min(worst.get(finding.rule, found), found, key=WORST_FIRST.index)
    return worst


def _findings(findings: Iterable["Finding"], paint: _Paint) -> list[str]:
    """What failed, grouped by rule and outcome, worst first."""
    ordered = sorted(
        findings,
        key=lambda f: (WORST_FIRST.index(str(f.severity)), f.rule, f.outcome, f.patient, f.line or 0),
    )
    lines: list[str] = []
    for (severity, rule, _), group in groupby(ordered, key=lambda f: (str(f.severity), f.rule, f.outcome)):
        members = list(group)
        lines += ["", f"{paint(severity, severity)} {paint(rule, 'bold')}"]
        for finding in members:
            lines += _wrapped(_place(finding), "  ", "    ")
            lines += _wrapped(finding.message, "    ", "    ")
        for advice in dict.fromkeys(f.advice for f in members if f.advice):
            lines += _wrapped(f"What to do: {advice}", "  ", "    ")
        for source in dict.fromkeys(f.source for f in members if f.source):
            lines += [paint(line, "dim") for line in _wrapped(f"Source: {source}", "  ", "    ")]
    return lines


def _place(finding: "Finding") -> str:
    """Whose and which event, and where that stands."""
    text = finding.patient if finding.event is None else f"{finding.patient}, {finding.event}"
    if finding.file:
        text += f" ({finding.file}{f', line {finding.line}' if finding.line is not None else ''})"
    return text


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return wrap(printable(text), WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _verdict(report: "Report") -> str:
    """One line that says it all."""
    parts = [
        _count(sum(str(f.severity) == severity for f in report.failed), noun)
        for severity, noun in (("error", "error"), ("warning", "warning"), ("info", "note"))
    ]
    undecided = len(report.undecided)
    tail = f"; {_count(undecided, 'verdict')} undecided (--format json lists them)" if undecided else ""
    return f"{', '.join(parts)}{tail}."
