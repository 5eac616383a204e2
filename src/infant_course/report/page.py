"""Some courses on one HTML page: what was found, and the figures. Nothing is loaded from elsewhere.

Everything that came from an input is escaped; there is no script, and the page's policy allows none.
"""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

from attrs import frozen

from ..course import Course
from ..webpage import words

if TYPE_CHECKING:
    from .check import Report
    from .findings import Finding

POLICY = "default-src 'none'; img-src 'self' file:; style-src 'unsafe-inline'"
STYLE = """
body { font: 15px/1.45 Arial, Helvetica, 'Liberation Sans', sans-serif; color: #000;
       background: #fff; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
table { border-collapse: collapse; margin: 1rem 0; font-size: 13px; }
th, td { border-bottom: 1px solid #ddd; padding: .25rem .75rem .25rem 0; text-align: left;
         vertical-align: top; }
td:not(:last-child) { white-space: nowrap; }
td.number, th.number { text-align: right; }
figure { margin: 1.5rem 0; }
figcaption { font-size: 13px; color: #333; }
img { width: 100%; max-width: 900px; height: auto; }
"""


@frozen(kw_only=True)
class Scenario:
    """One course on the page: its figures (file name, alternative text) and its findings."""

    name: str
    course: Course
    figures: tuple[tuple[str, str], ...]
    findings: tuple["Finding", ...]


def page(scenarios: Sequence[Scenario], report: "Report", *, title: str = "Published courses") -> str:
    """The page as HTML text."""
    body = "\n".join(
        [
            f"<h1>{words(title)}</h1>",
            f"<p>{report.patients} patients, {report.events} events, {len(report.rules)} rules of catalogue "
            f"{words(report.catalogue)}. Undecided: the telling leaves it open, so nothing is concluded.</p>",
            _overview(scenarios),
            *(_section(scenario) for scenario in scenarios),
        ]
    )
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(POLICY)}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{words(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _overview(scenarios: Iterable[Scenario]) -> str:
    rows = []
    for scenario in scenarios:
        failed = [str(f.severity) for f in scenario.findings if f.verdict == "failed"]
        undecided = sum(f.verdict == "undecided" for f in scenario.findings)
        numbers = [len(scenario.course), *map(failed.count, ("error", "warning", "info")), undecided]
        cells = "".join(f'<td class="number">{number}</td>' for number in numbers)
        rows.append(f"<tr><td>{words(scenario.name)}</td>{cells}</tr>")
    names = ("events", "errors", "warnings", "notes", "undecided")
    heads = "".join(f'<th class="number">{name}</th>' for name in names)
    return f"<table>\n<tr><th>course</th>{heads}</tr>\n" + "\n".join(rows) + "\n</table>"


def _section(scenario: Scenario) -> str:
    about = f"<p>{words(scenario.course.about)}</p>" if scenario.course.about else ""
    source = f"<p>Source: {words(scenario.course.source)}</p>" if scenario.course.source else ""
    figures = "\n".join(
        f'<figure><a href="{words(name)}"><img src="{words(name)}" alt="{words(alternative)}"></a>'
        f"<figcaption>{words(alternative)}</figcaption></figure>"
        for name, alternative in scenario.figures
    )
    return "\n".join([f"<h2>{words(scenario.name)}</h2>", about, source, _verdicts(scenario.findings), figures])


def _verdicts(findings: Sequence["Finding"]) -> str:
    if not findings:
        return "<p>Nothing was found.</p>"
    rows = "\n".join(
        "<tr>" + "".join(f"<td>{words(cell)}</td>" for cell in (f.verdict, f.severity, f.rule, f.message)) + "</tr>"
        for f in findings
    )
    heads = "<tr><th>verdict</th><th>severity</th><th>rule</th><th>what</th></tr>"
    return f"<table>\n{heads}\n{rows}\n</table>"
