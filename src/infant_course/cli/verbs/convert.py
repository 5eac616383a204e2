"""``infant-course convert``: writing exports."""

import argparse
from typing import Any

from ..output import complain, say
from ..progress import doing
from ..reading import add_export_to, export_in, read_course, read_export


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    convert = verbs.add_parser(
        "convert",
        help="write an export (or a case file) in another form",
        description="Write an export or a case file in another form, into a folder that is new or empty.",
    )
    convert.add_argument("path", metavar="IN", help="an export, or a case file")
    convert.add_argument("out", metavar="OUT", help="folder to write; new or empty")
    convert.add_argument("--to", required=True, metavar="FORM", help="csv or parquet: the own form; cbioportal")
    add_export_to(convert)
    convert.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read, write, and say what could not be taken along."""
    from ...cohort import Cohort
    from ...io.tables.convert import write_told

    export = export_in(arguments, [arguments.path])
    cohort = Cohort.from_courses([read_course(arguments.path)]) if export is None else read_export(arguments, export)
    with doing(f"writing {arguments.out}"):
        folder, lost = write_told(cohort, arguments.out, to=arguments.to)
    if cohort.intake is not None and cohort.intake.cells:
        told = sum(cell.rows for cell in cohort.intake.cells)
        complain(
            f"infant-course: what {told:,} cells, columns or rows hold could not be taken along; "
            f"`infant-course check {arguments.path}` lists them."
        )
    if lost:
        complain(f"infant-course: {lost}")
    say(str(folder))
    return 0
