"""``infant-course demo``: the four published scenarios, checked and drawn."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..output import colours, say

if TYPE_CHECKING:
    from ...report.check import Report

KINDS = ("graph", "timeline")


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "demo",
        help="check and draw the four published scenarios",
        description="Check and draw the four published scenarios: verdicts on the terminal, figures and an "
        "index.html in the folder.",
    )
    verb.add_argument("--out", default="infant-course-demo", metavar="DIR", help="default: infant-course-demo")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, judge, draw, and tell where the figures are. Findings are to be seen here: the code is 0."""
    from ...files import write_whole
    from ...io.case_file import load
    from ...io.published import published_cases
    from ...render.figure import alternative, draw
    from ...report.check import check
    from ...report.page import Scenario, page
    from ...report.terminal import as_text

    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    courses = {path.stem: load(path) for path in published_cases()}
    report = check(courses.values())
    say("\n".join([*_summary(report, {name: course.id for name, course in courses.items()}), ""]))
    say(as_text(report, colour=colours()))
    scenarios = []
    for name, course in courses.items():
        figures = []
        for kind in KINDS:
            written = draw(course, out / f"{name}-{kind}.svg", kind=kind, sidecars=False)
            figures.append((written.name, alternative(course, kind)))
        found = tuple(f for f in report.findings if f.patient == course.id)
        scenarios.append(Scenario(name=name, course=course, figures=tuple(figures), findings=found))
    index = write_whole(out / "index.html", page(scenarios, report))
    say(f"{len(scenarios) * len(KINDS)} figures and {index}")
    return 0


def _summary(report: "Report", patients: dict[str, str]) -> list[str]:
    """A line for each scenario: how much was found."""
    width = max((len(name) for name in patients), default=0)
    lines = [f"{'scenario':<{width}}{'errors':>9}{'warnings':>10}{'notes':>7}{'undecided':>11}"]
    for name, patient in patients.items():
        failed = [str(f.severity) for f in report.failed if f.patient == patient]
        undecided = sum(f.patient == patient for f in report.undecided)
        counts = [failed.count(severity) for severity in ("error", "warning", "info")]
        lines.append(f"{name:<{width}}{counts[0]:>9}{counts[1]:>10}{counts[2]:>7}{undecided:>11}")
    return lines
