"""A report as text for a terminal: the table first, then what failed, worst first.

Undecided verdicts are counted, not listed. Lines keep to 80 columns; colour is used only when asked for.
Control characters of the input never reach the terminal.
"""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from ..files import printable

if TYPE_CHECKING:
    from ..intake import CellFinding, Intake
    from .check import Report
    from .findings import Finding

WIDTH = 80
FEW, MOST_EACH, MOST_CELLS = 8, 3, 20
"""Up to so many findings of a rule and outcome are all shown; of more, so many; findings about cells."""
WORST_FIRST = ("error", "warning", "info")
_COLOURS = {"error": "31", "warning": "33", "info": "36", "bold": "1", "dim": "2"}


class _Paint:
    """Colours, or none."""

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, text: str, how: str) -> str:
        return f"\x1b[{_COLOURS[how]}m{text}\x1b[0m" if self.on else text


def as_text(report: "Report", *, colour: bool = False) -> str:
    """The report as text."""
    paint = _Paint(colour)
    lines = [f"{_count(report.patients, 'patient')}, {_count(report.events, 'event')}, {_ran(report)}"]
    if report.audience != "local":
        lines.append("For sharing: ids are pseudonyms, and values, dates and files are left out.")
    lines += _intake(report.intake) if report.intake else []
    table = list(_table(report, paint))
    lines += ["", *table] if table else []
    lines += _cells(report.intake.cells, paint) if report.intake else []
    lines += _findings(report, paint)
    for rule, reason in sorted(report.errored.items()):
        lines += ["", *wrapped(f"{rule} could not be run: {reason}", "", "  ")]
    return "\n".join([*lines, "", *wrapped(_verdict(report)), ""])


def _intake(intake: "Intake") -> list[str]:
    """Rows read, kept and set aside, and what was assumed."""
    read, kept = sum(count.read for count in intake.rows), sum(count.kept for count in intake.rows)
    lines = wrapped(
        f"{_count(read, 'row')} read from {_count(len(intake.rows), 'file')}: {kept:,} kept, {read - kept:,} set aside",
        "",
        "  ",
    )
    for count in intake.rows:
        for why, number in count.set_aside.items():
            lines += wrapped(f"{count.file}: {number:,} set aside: {why}", "  ", "    ")
    return [*lines, *(line for said in intake.assumptions for line in wrapped(said, "  ", "    "))]


def _cells(cells: "Sequence[CellFinding]", paint: _Paint) -> list[str]:
    """What could not be read in the files, the most rows first."""
    if not cells:
        return []
    lines = ["", paint("what could not be taken as it stands", "bold")]
    for finding in sorted(cells, key=lambda one: -one.rows)[:MOST_CELLS]:
        for number, line in enumerate(str(finding).splitlines()):
            lines += wrapped(line.strip(), "    " if number else "  ", "      " if number else "    ")
    left = len(cells) - MOST_CELLS
    return [*lines, f"  and {left:,} more of these (--format json lists all)"] if left > 0 else lines


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
    severity = {count.rule: str(count.severity) for count in rows} | worst_severities(report)
    rows.sort(key=lambda count: (WORST_FIRST.index(severity[count.rule]), count.rule))
    widths = {
        name: max(least, *(len(f"{getattr(count, name):,}") + 2 for count in rows))
        for name, least in (("subjects", 9), ("failed", 8), ("undecided", 11))
    }
    heads = "".join(f"{name:>{width}}" for name, width in widths.items())
    yield paint(f"{'rule':<8}{'severity':<9}{heads}  what it finds", "bold")
    indent = 8 + 9 + sum(widths.values()) + 2
    for count in rows:
        title, *more = wrap(printable(count.title), WIDTH - indent) or [""]
        numbers = "".join(f"{getattr(count, name):>{width},}" for name, width in widths.items())
        yield f"{count.rule:<8}{severity[count.rule]:<9}{numbers}  {title}"
        yield from (f"{'':<{indent}}{line}" for line in more)


def worst_severities(report: "Report") -> dict[str, str]:
    """The worst severity among the failed findings of each rule: a rule may have milder outcomes than its own."""
    worst: dict[str, str] = {}
    for one in report.outcomes:
        found = str(one.severity)
        worst[one.rule] = min(worst.get(one.rule, found), found, key=WORST_FIRST.index)
    return worst


def _findings(report: "Report", paint: _Paint) -> list[str]:
    """What failed, grouped by rule and outcome, worst first; of a large group its first, and how many there are."""
    from .findings import first_of_each, objects

    first: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in objects(first_of_each(report.table, FEW)):
        first.setdefault((finding.severity, finding.rule, finding.outcome), []).append(finding)
    lines: list[str] = []
    for one in sorted(report.outcomes, key=lambda one: (WORST_FIRST.index(one.severity), one.rule, one.outcome)):
        shown = first[one.severity, one.rule, one.outcome]
        shown = shown if one.failed <= FEW else shown[:MOST_EACH]
        lines += ["", f"{paint(str(one.severity), str(one.severity))} {paint(one.rule, 'bold')}"]
        for finding in shown:
            lines += wrapped(_place(finding), "  ", "    ")
            lines += wrapped(finding.message, "    ", "    ")
        left = one.failed - len(shown)
        if left:
            lines.append(f"  and {left:,} more, {_count(one.patients, 'patient')} in all (--format csv lists them)")
        for advice in dict.fromkeys(f.advice for f in shown if f.advice):
            lines += wrapped(f"What to do: {advice}", "  ", "    ")
        for source in dict.fromkeys(f.source for f in shown if f.source):
            lines += [paint(line, "dim") for line in wrapped(f"Source: {source}", "  ", "    ")]
    return lines


def _place(finding: "Finding") -> str:
    """Whose and which event, and where that stands."""
    text = finding.patient if finding.event is None else f"{finding.patient}, {finding.event}"
    if finding.file:
        text += f" ({finding.file}{f', line {finding.line}' if finding.line is not None else ''})"
    return text


def wrapped(text: str, first: str = "", rest: str = "  ") -> list[str]:
    """One line as lines of at most 80 columns, without control characters; ``first`` and ``rest`` go before them."""
    return wrap(printable(text), WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False)


def _verdict(report: "Report") -> str:
    """One line that says it all."""
    parts = [
        _count(report.counted("failed", severity), noun)
        for severity, noun in (("error", "error"), ("warning", "warning"), ("info", "note"))
    ]
    undecided = report.counted("undecided")
    tail = f"; {_count(undecided, 'verdict')} undecided (--format json lists them)" if undecided else ""
    return f"{', '.join(parts)}{tail}."
