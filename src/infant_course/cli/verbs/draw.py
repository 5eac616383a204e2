"""``infant-course draw``: a figure of one course, with its words beside it."""

import argparse
from pathlib import Path
from typing import Any

from ...course import Course
from ...errors import UsageError
from ..output import complain, say
from ..reading import add_export_to, export_in, read_course, read_export, refuse_over


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "draw",
        help="draw a course as a graph or a timeline",
        description="Draw a course, and write beside it a caption, an alternative text and a table of its events. "
        "Without --kind: the graph where fewer than half of the times are reported, the timeline otherwise.",
    )
    verb.add_argument("path", metavar="PATH", help="case file (YAML or JSON), or an export with --patient")
    verb.add_argument("--patient", metavar="ID", help="whose course of an export")
    verb.add_argument(
        "-o", "--out", required=True, metavar="FILE", help="ends in .svg, .pdf, .png, .tif, .html, .dot or .gv"
    )
    verb.add_argument("--kind", choices=("graph", "timeline"), help="default: by how many times are reported")
    verb.add_argument("--engine", choices=("own", "graphviz"), default="own", help="default: own")
    look = verb.add_argument_group("look")
    look.add_argument("--width", type=int, choices=(80, 115, 170), default=170, help="of the page, mm (default: 170)")
    look.add_argument("--text", type=int, choices=(7, 8), default=7, help="size of text, pt (default: 7)")
    look.add_argument("--dpi", type=int, choices=(300, 600), default=600, help="of .png and .tif (default: 600)")
    look.add_argument(
        "--origin",
        choices=("diagnosis", "birth", "cr1", "hsct", "relapse"),
        default="diagnosis",
        help="day zero of a timeline (default: diagnosis); not what an export counts from, which is --day-zero",
    )
    look.add_argument("--ages", action="store_true", help="a second row of ticks with ages, in a timeline")
    look.add_argument("--hide-ages", action="store_true", help="leave out every age, also beside the figure")
    look.add_argument("--no-sidecars", action="store_true", help="write the figure alone")
    more = verb.add_argument_group("beside the course")
    more.add_argument("--plan", metavar="PROTOCOL", help="draw what a protocol plans in grey, such as interfant-06")
    more.add_argument("--risk", metavar="GROUP", help="of the plan: only what is open to this risk group")
    more.add_argument(
        "--mark-findings", action="store_true", help="check the course and mark what is found (.html: always)"
    )
    add_export_to(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, draw, say what was chosen and what was written. Findings never prevent a figure: the code is 0."""
    from ...files import write_together
    from ...render.figure import BESIDE, CONVERTED, PAGE, drawn, kind_for, without_a_face
    from ...render.style import Style

    out = Path(arguments.out)
    refuse_over(out, arguments, beside=() if arguments.no_sidecars else BESIDE)
    style = Style(
        width=arguments.width,
        text=float(arguments.text),
        day_zero=arguments.origin,
        ages=arguments.ages,
        hide_ages=arguments.hide_ages,
    )
    course = _course(arguments)
    report = None
    if arguments.mark_findings or out.suffix.lower() == PAGE:  # a page tells what was found
        from ...report.check import check

        report = check(course)
    kind = arguments.kind
    reason = ""
    if kind is None:
        kind, reason = kind_for(course, arguments.out, engine=arguments.engine, style=style)
    contents = drawn(
        course,
        out,
        kind=kind,
        engine=arguments.engine,
        style=style,
        plan=arguments.plan,
        risk=arguments.risk,
        report=report,
        dpi=arguments.dpi,
        sidecars=not arguments.no_sidecars,
    )
    written = write_together(contents)
    if reason:
        complain(f"infant-course: drawing the {kind}: {reason}.")
    if out.suffix.lower() in CONVERTED and (lacking := without_a_face(course)):
        complain(
            f"infant-course: the face of the figure has no sign for {len(lacking)} characters of its names: look at "
            "them, they may be boxes. An .svg or .html is drawn with the fonts of whoever opens it."
        )
    say("\n".join(map(str, written)))
    return 0


def _course(arguments: argparse.Namespace) -> Course:
    """The course of a case file, or of one patient of an export. Raises InfantCourseError."""
    export = export_in(arguments, [arguments.path])
    if export is None:
        if arguments.patient is not None:
            raise UsageError(f"--patient is for exports, and {arguments.path} is taken for a case file")
        return read_course(arguments.path)
    if arguments.patient is None:
        raise UsageError("of an export name the patient to draw: --patient ID")
    return read_export(arguments, export).course(arguments.patient)
