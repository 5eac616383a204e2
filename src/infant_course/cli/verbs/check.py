"""``infant-course check``: judge case files."""

import argparse
from datetime import date
from typing import Any

from ..output import colours, say

UNREAD = 2


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "check",
        help="judge case files against the catalogue of rules",
        description="Judge case files. Undecided verdicts never set the exit code; JSON lists them.",
    )
    verb.add_argument("paths", nargs="+", metavar="PATH", help="case file (YAML or JSON)")
    verb.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    for name, meaning in (("--select", "only these rules"), ("--ignore", "not these rules")):
        verb.add_argument(name, type=_ids, action="extend", default=[], metavar="IDS", help=meaning)
    verb.add_argument(
        "--fail-on",
        choices=("error", "warning", "info", "never"),
        default="error",
        help="least severity that makes the exit code 1 (default: error)",
    )
    verb.add_argument(
        "--cut-off",
        type=_date,
        metavar="DATE",
        help="last day of the data, YYYY-MM-DD; no rule reads the clock",
    )
    verb.set_defaults(run=run)


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"expected a date as YYYY-MM-DD, found {text!r}") from error


def run(arguments: argparse.Namespace) -> int:
    """Read, judge, tell."""
    from ...report.check import check
    from ...rules import select
    from ..reading import read_all

    chosen = select(arguments.select, arguments.ignore)  # before reading: a wrong id is told at once
    read, unread = read_all(arguments.paths)
    if not read:
        return UNREAD
    report = check([file.course for file in read], rules=chosen, cut_off=arguments.cut_off)
    if arguments.format == "json":
        from ...report.json import Input, as_json

        say(as_json(report, [Input(name=file.name, sha256=file.sha256) for file in read]))
    else:
        from ...report.terminal import as_text

        say(as_text(report, colour=colours()))
    return max(report.exit_code(arguments.fail_on), UNREAD if unread else 0)
