"""``infant-course check``: judge case files, or an export."""

import argparse
from datetime import date
from typing import TYPE_CHECKING, Any

from ..output import colours, say
from ..reading import add_export_to, export_in, files_of, read_all, read_export

if TYPE_CHECKING:
    from ...rules import Settings
    from ..config import Config

UNREAD = 2


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "check",
        help="judge case files or an export against the catalogue of rules",
        description="Judge case files, or one export. Undecided verdicts never set the exit code; JSON lists them.",
    )
    verb.add_argument("paths", nargs="+", metavar="PATH", help="case files (YAML or JSON), or one export")
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
        type=date_of,
        metavar="DATE",
        help="last day of the data, YYYY-MM-DD; no rule reads the clock",
    )
    add_profile_to(verb)
    add_export_to(verb)
    verb.set_defaults(run=run)


def add_profile_to(verb: Any) -> None:
    """Options that say by which rules and definitions to judge; a configuration file may give them too."""
    verb.add_argument(
        "--rules",
        action="append",
        default=[],
        metavar="MODULE",
        help="also the rules of this Python module (package.module or a .py file)",
    )
    verb.add_argument("--protocol", metavar="ID", help="protocol of patients whose file names none")
    verb.add_argument(
        "--criteria", metavar="NAME", help="remission criteria where none are stated: ponte-di-legno, cibmtr"
    )
    verb.add_argument(
        "--infant-limit", type=int, metavar="DAYS", help="age at diagnosis must be below this: 365 or 366"
    )
    verb.add_argument("--debug", action="store_true", help="let errors of rules through, with their traceback")


def _ids(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def date_of(text: str) -> date:
    """A date of the command line. Raises ArgumentTypeError for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"expected a date as YYYY-MM-DD, found {text!r}") from error


def run(arguments: argparse.Namespace) -> int:
    """Read, judge, tell."""
    from ...report.check import check
    from ...rules import load_rules, select
    from ..config import read_config

    config = read_config()  # all that was asked for is looked at before reading: what is wrong is told at once
    rules = load_rules(config.get("rules", arguments.rules), debug=arguments.debug)
    chosen = select(config.get("select", arguments.select), config.get("ignore", arguments.ignore), rules=rules)
    settings = settings_of(arguments, config)
    export = export_in(arguments, arguments.paths)
    if export is not None:
        what: Any = read_export(arguments, export)
        unread, inputs = 0, files_of(export) if arguments.format == "json" else []
    else:
        read, unread = read_all(arguments.paths)
        if not read:
            return UNREAD
        what, inputs = [file.course for file in read], [(file.name, file.sha256) for file in read]
    report = check(what, rules=chosen, settings=settings)
    if arguments.format == "json":
        from ...report.json import Input, as_json

        say(as_json(report, [Input(name=name, sha256=digest) for name, digest in inputs]))
    else:
        from ...report.terminal import as_text

        say(as_text(report, colour=colours()))
    return max(report.exit_code(arguments.fail_on), UNREAD if unread else 0)


def settings_of(arguments: argparse.Namespace, config: "Config") -> "Settings":
    """The settings of a run, from the command line and the configuration file."""
    from ...rules import Settings, profile

    return profile(
        Settings(cut_off=arguments.cut_off, debug=arguments.debug),
        protocol=config.get("protocol", arguments.protocol),
        criteria=config.get("criteria", arguments.criteria),
        infant_limit_days=config.get("infant-limit", arguments.infant_limit),
    )
