"""``infant-course accept``: a reviewed finding is right as it is."""

import argparse
from typing import Any

from ..ledgers import add_ledger_to, as_of, day, open_ledger
from ..output import say


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "accept",
        help="record in a ledger that a finding is right as it is",
        description="An accepted finding is counted and not asked about again. It comes back when the data behind it "
        "change, when the last day has passed, or with --withdraw.",
    )
    verb.add_argument("finding", metavar="FINGERPRINT", help="its first characters, or the query's number (Q17)")
    add_ledger_to(verb)
    verb.add_argument("--by", required=True, metavar="NAME", help="who reviewed it")
    verb.add_argument("--why", required=True, metavar="TEXT", help="why it is right")
    verb.add_argument("--until", type=day, metavar="DATE", help="last day on which this holds")
    verb.add_argument("--withdraw", action="store_true", help="take an acceptance back")
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Accept or withdraw, and say what about."""
    from ...errors import UsageError

    if arguments.withdraw and arguments.until:
        raise UsageError("--until has no meaning with --withdraw")
    with open_ledger(arguments) as ledger:
        said = {"by": arguments.by, "why": arguments.why, "as_of": as_of(arguments)}
        if arguments.withdraw:
            entry = ledger.withdraw(arguments.finding, **said)
        else:
            entry = ledger.accept(arguments.finding, until=arguments.until, **said)
    until = f" until {entry.until}" if entry.until else ""
    say(f"{entry.fingerprint} ({entry.rule}, Q{entry.number}) is {entry.status}{until}.")
    return 0
