"""``infant-course template``: what a registry starts from."""

import argparse
from typing import Any

from ...errors import UsageError
from ..output import say


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    template = verbs.add_parser(
        "template",
        usage="infant-course template [-h] FORM DIR",
        help="write what a registry starts from: empty tables, or a REDCap dictionary",
        description="Write empty tables with a dictionary of their columns, or the data dictionary of a REDCap project "
        "whose exports need no mapping, into a folder that is new or empty.",
    )
    template.add_argument(
        "names", nargs="+", metavar="FORM DIR", help="csv (the own form) or redcap (a data dictionary), and the folder"
    )
    template.add_argument("--format", metavar="FORM", help="the form, where it does not stand before the folder")
    template.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the files; the form stands before the folder, or after --format."""
    from ...io.tables.template import template

    *named, folder = arguments.names
    if len(named) > 1:
        raise UsageError(f"one form and one folder, found {len(named) + 1} names: template redcap DIR")
    stated = arguments.format
    if named and stated and named[0] != stated:
        raise UsageError(f"two forms, {named[0]!r} and {stated!r}: name one")
    if not named and stated is None:
        raise UsageError("template FORM DIR: which form, csv or redcap?")
    say(str(template(folder, form=stated or named[0])))
    return 0
