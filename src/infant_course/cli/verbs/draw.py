"""``infant-course draw``: a figure of one course."""

import argparse
from pathlib import Path
from typing import Any

from ..output import complain, say


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "draw",
        help="draw a course as a graph or a timeline",
        description="Draw a course. Without --kind: the graph where fewer than half of the times are "
        "reported, the timeline otherwise.",
    )
    verb.add_argument("path", metavar="PATH", help="case file (YAML or JSON)")
    verb.add_argument("-o", "--out", required=True, metavar="FILE", help="ends in .svg, .pdf, .png, .dot or .gv")
    verb.add_argument("--kind", choices=("graph", "timeline"), help="default: by how many times are reported")
    verb.add_argument("--engine", choices=("own", "graphviz"), default="own", help="default: own")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, draw, say what was chosen."""
    from ...render.figure import draw, kind_for
    from ..reading import read_course

    course = read_course(arguments.path)
    kind = arguments.kind
    if kind is None:
        kind, reason = kind_for(course, arguments.out, engine=arguments.engine)
        complain(f"infant-course: drawing the {kind}: {reason}.")
    written = draw(course, Path(arguments.out), kind=kind, engine=arguments.engine)
    say(str(written))
    return 0
