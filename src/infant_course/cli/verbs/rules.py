"""``infant-course explain`` and ``infant-course rules``: what the catalogue holds."""

import argparse
from typing import Any

from ..output import say

OWN_RULES = "also the rules of this Python module (package.module or a .py file)"


def add_to(verbs: Any) -> None:
    """Add the verbs to the command."""
    explain = verbs.add_parser("explain", help="say what a rule asks, why, and what to do")
    explain.add_argument("rule", metavar="RULE", help="id of a rule, such as REM-06")
    explain.add_argument("--rules", action="append", default=[], metavar="MODULE", help=OWN_RULES)
    explain.set_defaults(run=run_explain)
    listing = verbs.add_parser("rules", help="list the catalogue of rules")
    listing.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    listing.add_argument("--rules", action="append", default=[], metavar="MODULE", help=OWN_RULES)
    listing.set_defaults(run=run_rules)


def run_explain(arguments: argparse.Namespace) -> int:
    """Print a rule's page."""
    from ...rules import explain, load_rules
    from ..config import read_config

    say(explain(arguments.rule, rules=load_rules(read_config().get("rules", arguments.rules))))
    return 0


def run_rules(arguments: argparse.Namespace) -> int:
    """Print the catalogue."""
    from ...report.catalogue import rules_as_json, rules_as_text
    from ...rules import load_rules
    from ..config import read_config

    known = load_rules(read_config().get("rules", arguments.rules))
    as_data = arguments.format == "json"
    say((rules_as_json if as_data else rules_as_text)(known.values()), data=as_data)
    return 0
