"""``infant-course check``: judge case files, or an export."""

import argparse
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...errors import UsageError
from ...files import write_whole
from ...report.formats import COUNT_UNDECIDED, FILES_ONLY, FORMATS
from ..ledgers import add_recording_to, look, prepare, statuses_of, take_part
from ..output import colours, complain, say
from ..progress import doing, watching
from ..reading import add_export_to, add_parts_to, export_in, files_of, read_all, read_export, refuse_over, stream_of

if TYPE_CHECKING:
    from ...cohort import Cohort
    from ...ledger.sight import Sight
    from ...privacy.key import Key
    from ...report.check import Report
    from ...report.json import Input
    from ...rules import Rule, Settings
    from ..config import Config

UNREAD = 2
JSON = ("json", "jsonl", "sarif")


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "check",
        help="judge case files or an export against the catalogue of rules",
        description="Judge case files, or one export. Undecided verdicts never set the exit code; JSON lists them.",
    )
    verb.add_argument("paths", nargs="+", metavar="PATH", help="case files (YAML or JSON), or one export")
    verb.add_argument("--format", choices=FORMATS, default="text", help="default: text")
    verb.add_argument("-o", "--out", metavar="FILE", help="write the report into this file")
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
    verb.add_argument(
        "--for",
        dest="audience",
        choices=("local", "sharing"),
        default="local",
        help="sharing: pseudonyms instead of ids, and no values, dates or files (default: local)",
    )
    verb.add_argument("--key-file", metavar="FILE", help="key of the pseudonyms, made by `infant-course key FILE`")
    add_recording_to(verb)
    add_profile_to(verb)
    add_export_to(verb)
    add_parts_to(verb)
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
        "--criteria", metavar="NAME", help="remission criteria where none are stated: ponte-di-legno, cibmtr, protocol"
    )
    verb.add_argument(
        "--infant-limit", type=int, metavar="DAYS", help="age at diagnosis must be below this: 365 or 366"
    )
    verb.add_argument("--debug", action="store_true", help="let errors of rules through, with their traceback")


def _ids(text: str) -> list[str]:
    """Ids of rules, parted by commas. Raises ArgumentTypeError where there is none."""
    ids = [part.strip() for part in text.split(",") if part.strip()]
    if not ids:
        raise argparse.ArgumentTypeError(f"expected ids, families or severities of rules, found {text!r}")
    return ids


def date_of(text: str) -> date:
    """A date of the command line. Raises ArgumentTypeError for what is none."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"expected a date as YYYY-MM-DD, found {text!r}") from error


def run(arguments: argparse.Namespace) -> int:
    """Read, judge, tell."""
    from ...privacy.pseudonyms import Pseudonyms
    from ...report.check import check, cohort_of
    from ...report.json import Input
    from ...report.parts import check_in_parts
    from ...report.sharing import for_sharing
    from ...report.terminal import FEW
    from ...rules import load_rules, select
    from ..config import read_config

    if arguments.format in FILES_ONLY and not arguments.out:
        raise UsageError(f"--format {arguments.format} needs -o FILE")
    if arguments.out:
        refuse_out(Path(arguments.out))
        refuse_over(Path(arguments.out), arguments)
    config = read_config()  # all that was asked for is looked at before reading: what is wrong is told at once
    rules = load_rules(config.get("rules", arguments.rules), debug=arguments.debug)
    chosen = select(config.get("select", arguments.select), config.get("ignore", arguments.ignore), rules=rules)
    settings = settings_of(arguments, config)
    key = key_of(arguments, Path(arguments.out).parent if arguments.out else None)
    prepare(arguments)
    sights: list[Sight] = []
    listed = arguments.format not in COUNT_UNDECIDED

    def seen(cohort: "Cohort", report: "Report") -> None:
        sights.append(look(arguments, cohort, report, rules))

    export = export_in(arguments, arguments.paths)
    if export is not None:
        unread, stream = 0, stream_of(arguments, export)
        inputs = files_of(export)
    else:
        with doing(f"reading {len(arguments.paths):,} case files"):
            read, unread = read_all(arguments.paths)
        if not read:
            return UNREAD
        inputs, stream = [(file.name, file.sha256) for file in read], None
    cohort: Cohort | None = None
    if stream is not None:
        with watching(stream):
            report = check_in_parts(
                stream,
                rules=chosen,
                settings=settings,
                undecided=listed,
                most_each=FEW if arguments.format == "text" and key is None else None,
                seen=None if arguments.ledger is None else seen,
            )
    else:
        courses = [] if export is not None else [file.course for file in read]
        cohort = read_export(arguments, export) if export is not None else cohort_of(courses, settings)
        with doing(f"judging {cohort.patients.height:,} patients, {cohort.n_events:,} events"):
            report = check(cohort, rules=chosen, settings=settings, undecided=listed or arguments.ledger is not None)
            if arguments.ledger is not None:
                seen(cohort, report)
    statuses = statuses_of(arguments, sights) if arguments.format == "html" else {}
    if key is None:
        named = [Input(name=name, sha256=digest) for name, digest in inputs]
        tell(report, arguments, named, cohort=cohort, rules=chosen, statuses=statuses)
    else:  # neither the files nor the drawings of courses may leave
        shared = {Pseudonyms(key=key).fingerprint(name): status for name, status in statuses.items()}
        tell(for_sharing(report, key), arguments, [], rules=chosen, statuses=shared)
    code = report.exit_code(arguments.fail_on)
    if report.intake is not None and any(count.read for count in report.intake.rows) and not report.patients:
        complain("infant-course: no row of the export could be kept, so nothing was judged.")
        unread = 1
    if arguments.ledger is not None:
        code = take_part(arguments, sights, report, code, names=key is None)
    return max(code, UNREAD if unread else 0)


def refuse_out(path: Path) -> None:
    """Raises UsageError where no file can have this name, before a long run is made for it."""
    if path.is_dir():
        raise UsageError(f"{path}: expected a file to write the report into, found a folder")
    if not path.parent.is_dir():
        raise UsageError(f"{path}: there is no folder {path.parent}; make it first")


def key_of(arguments: argparse.Namespace, out: Path | None = None) -> "Key | None":
    """The key of a report for sharing; None of a local one. ``out``: the folder it goes to. Raises UsageError."""
    from ...privacy.key import read_key

    if arguments.audience == "local":
        if arguments.key_file:
            raise UsageError("--key-file has no meaning in a local report: add --for sharing, or leave it out")
        return None
    if not arguments.key_file:
        raise UsageError("--for sharing needs --key-file FILE; `infant-course key FILE` makes one")
    return read_key(arguments.key_file, outside=out)


def tell(
    report: "Report",
    arguments: argparse.Namespace,
    inputs: "Sequence[Input]",
    *,
    cohort: "Cohort | None" = None,
    rules: "Sequence[Rule] | None" = None,
    statuses: Mapping[str, str] | None = None,
) -> None:
    """Print the report, or write it into a file, whole or not at all. Raises InfantCourseError where it cannot be.

    ``cohort`` and ``rules``: what was judged and by what, ``statuses``: of findings in a ledger, for a page of html.
    """
    from ...report.formats import told

    colour = not arguments.out and colours()
    with doing("writing the report"):
        text = told(report, arguments.format, inputs, colour=colour, cohort=cohort, rules=rules, statuses=statuses)
    if arguments.out:
        write_whole(Path(arguments.out), text)
    elif isinstance(text, str):
        say(text, data=arguments.format in JSON)


def settings_of(arguments: argparse.Namespace, config: "Config") -> "Settings":
    """The settings of a run, from the command line and the configuration file."""
    from ...rules import Settings, profile

    more = {
        name: config.values[key]
        for name, key in (("end_window_days", "end-window"), ("rounding", "rounding"), ("ties", "ties"))
        if key in config.values
    }
    return profile(
        Settings(cut_off=arguments.cut_off, debug=arguments.debug, **more),
        protocol=config.get("protocol", arguments.protocol),
        criteria=config.get("criteria", arguments.criteria),
        infant_limit_days=config.get("infant-limit", arguments.infant_limit),
    )
