"""``infant-course draw``: a figure of one course."""

import argparse
from pathlib import Path
from typing import Any

from ...course import Course
from ...errors import UsageError
from ..output import complain, say
from ..reading import add_export_to, export_in, read_course, read_export


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "draw",
        help="draw a course as a graph or a timeline",
        description="Draw a course. Without --kind: the graph where fewer than half of the times are "
        "reported, the timeline otherwise.",
    )
    verb.add_argument("path", metavar="PATH", help="case file (YAML or JSON), or an export with --patient")
    verb.add_argument("--patient", metavar="ID", help="whose course of an export")
    verb.add_argument("-o", "--out", required=True, metavar="FILE", help="ends in .svg, .pdf, .png, .dot or .gv")
    verb.add_argument("--kind", choices=("graph", "timeline"), help="default: by how many times are reported")
    verb.add_argument("--engine", choices=("own", "graphviz"), default="own", help="default: own")
    add_export_to(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, draw, say what was chosen."""
    from ...render.figure import draw, kind_for

    course = _course(arguments)
    kind = arguments.kind
    if kind is None:
        kind, reason = kind_for(course, arguments.out, engine=arguments.engine)
        complain(f"infant-course: drawing the {kind}: {reason}.")
    written = draw(course, Path(arguments.out), kind=kind, engine=arguments.engine)
    say(str(written))
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
