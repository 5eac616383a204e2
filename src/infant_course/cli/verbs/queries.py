"""``infant-course queries``: one file of questions per site."""

import argparse
from pathlib import Path
from typing import Any

from ..ledgers import SEVERITIES, add_ledger_to, as_of, open_ledger
from ..output import say


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "queries",
        help="write what a ledger has to ask, one file per site",
        description="One file per site with no other site's patients; those without a site have a file of their own. "
        "The files hold patient data. Replies are taken back with `infant-course answers`.",
    )
    add_ledger_to(verb)
    verb.add_argument("--format", choices=("xlsx", "csv", "html"), default="xlsx", help="default: xlsx")
    verb.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="folder for this round of queries"
    )
    verb.add_argument(
        "--least", choices=SEVERITIES, default="warning", help="least severity that is asked about (default: warning)"
    )
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Write the files and name them."""
    from ...ledger.queries import write_queries

    today = as_of(arguments)
    with open_ledger(arguments) as ledger:
        standing = ledger.standing(as_of=today)
    worth = SEVERITIES[: SEVERITIES.index(arguments.least) + 1]
    asked = [entry for entry in standing if entry.severity in worth]
    left = len(standing) - len(asked)
    for path, sheet in write_queries(asked, arguments.output, kind=arguments.format, as_of=today):
        say(f"{path}: {_count(len(sheet.entries))}{' of patients without a site' if sheet.site is None else ''}")
    if not asked:
        say("Nothing to ask.")
    if left:
        say(f"Not asked, because milder than {arguments.least}: {_count(left)}.")
    return 0


def _count(number: int) -> str:
    return f"{number:,} {'query' if number == 1 else 'queries'}"
