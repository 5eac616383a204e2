"""``infant-course deidentify``: an export without identifiers."""

import argparse
from typing import TYPE_CHECKING, Any

from ..output import complain, say
from ..progress import doing
from ..reading import add_export_to, export_in, read_all, read_export

if TYPE_CHECKING:
    from ...cohort import Cohort


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "deidentify",
        help="write an export without ids, dates of birth and free text",
        description="Write an export, or case files, in the own tabular form: keyed pseudonyms, days since diagnosis "
        "(or shifted dates), ages in months, no free text. It counts who still stands alone. Whether it may be given "
        "away is for people to decide.",
    )
    verb.add_argument("paths", nargs="+", metavar="EXPORT", help="an export (folder or file), or case files")
    verb.add_argument("-o", "--out", required=True, metavar="DIR", help="folder to write; new or empty")
    verb.add_argument(
        "--key-file", "--key", required=True, metavar="FILE", help="key; `infant-course key FILE` makes one"
    )
    verb.add_argument(
        "--times",
        choices=("days", "shift"),
        default="days",
        help="days: since diagnosis; shift: dates, each patient's 1 to 365 days earlier (default: days)",
    )
    verb.add_argument(
        "--age-unit",
        choices=("day", "week", "month"),
        default="month",
        help="unit of the age at diagnosis, which stands for the date of birth (default: month)",
    )
    verb.add_argument(
        "--drop", action="append", default=[], metavar="TYPE.FIELD", help="also drop this field; may be given again"
    )
    verb.add_argument("--to", choices=("csv", "parquet"), default="csv", help="default: csv")
    add_export_to(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Refuse what must not be, read, write, tell. 0, or 2 where something could not be read."""
    from ...privacy.fields import flagged
    from ...privacy.key import read_key
    from ...privacy.release import refuse_near, release

    sources = [name for name in (*arguments.paths, arguments.mapping, arguments.dictionary) if name]
    refuse_near(arguments.out, sources)  # before anything is read: it may take long
    read_key(arguments.key_file, outside=arguments.out)
    flagged(arguments.drop)
    cohort = _read(arguments)
    if cohort is None:
        return 2
    with doing(f"writing {arguments.out}"):
        written = release(
            cohort,
            arguments.out,
            arguments.key_file,
            times=arguments.times,
            age_unit=arguments.age_unit,
            drop=arguments.drop,
            to=arguments.to,
            sources=sources,
        )
    say(written.text())
    say(str(written.folder))
    unread = sum(cell.rows for cell in cohort.intake.cells) if cohort.intake else 0
    if unread:
        complain(
            f"infant-course: {unread:,} cells, columns or files of the export could not be taken as they stand and "
            "are not in it; `infant-course check` lists them."
        )
    return 0


def _read(arguments: argparse.Namespace) -> "Cohort | None":
    """The export, or the case files; None where one of them cannot be read, which was told."""
    from ...cohort import Cohort

    export = export_in(arguments, arguments.paths)
    if export is not None:
        return read_export(arguments, export)
    files, unread = read_all(arguments.paths)
    return None if unread else Cohort.from_courses(file.course for file in files)
