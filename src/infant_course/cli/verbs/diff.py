"""``infant-course diff``: what differs between two exports, or two reports."""

import argparse
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..ledgers import day
from ..output import complain, say
from ..progress import doing
from ..reading import add_export_to, export_in, read_all, read_export
from .check import add_profile_to, settings_of

if TYPE_CHECKING:
    from ...cohort import Cohort
    from ...report.changes import Changes, Side, ToldFinding
    from ...rules import Rule, Settings

CASES = (".yaml", ".yml", ".json")
"""How the name of a case file ends."""

SHOWN = 20
"""So many of each kind are listed in text."""


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser(
        "diff",
        help="findings, patients, events and key dates that differ between two exports",
        description="Two exports, case files or folders of case files, which are both checked; or two reports written "
        "with `check --format json`, of which only the findings can be compared. Exit: 0 nothing differs, 1 something "
        "does, 2 wrong use or unreadable input.",
    )
    verb.add_argument("old", type=Path, metavar="OLD")
    verb.add_argument("new", type=Path, metavar="NEW")
    verb.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    verb.add_argument("--cut-off", type=day, metavar="DATE", help="last day of the data of both, YYYY-MM-DD")
    add_profile_to(verb)
    add_export_to(verb)
    verb.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Read and check both, and tell what differs."""
    from ...report.changes import as_dict, changes
    from ...rules import load_rules
    from ..config import read_config

    config = read_config()
    rules = load_rules(config.get("rules", arguments.rules), debug=arguments.debug)
    settings = settings_of(arguments, config)
    old, new = (_side(arguments, path, rules, settings) for path in (arguments.old, arguments.new))
    found = changes(old, new)
    say(json.dumps(as_dict(found), indent=2) if arguments.format == "json" else as_text(found))
    return int(bool(found))


def _side(arguments: argparse.Namespace, path: Path, rules: "Mapping[str, Rule]", settings: "Settings") -> "Side":
    """An export or case files, checked; or a report."""
    from ...report.changes import side, side_of_json
    from ...report.check import check

    if path.suffix.lower() == ".json" and _is_report(path):
        return side_of_json(path)
    cohort = _cohort(arguments, path, settings)
    with doing(f"judging {path.name}"):
        report = check(cohort, rules=rules.values(), settings=settings)
    for rule, reason in report.errored.items():
        complain(f"Warning: {rule} could not be run on {path}: {reason}")
    return side(report, cohort)


def _cohort(arguments: argparse.Namespace, path: Path, settings: "Settings") -> "Cohort":
    from ...errors import UsageError
    from ...report.check import cohort_of

    cases = sorted(file for file in path.iterdir() if file.suffix in CASES) if path.is_dir() else []
    if not cases or arguments.source:
        export = export_in(arguments, [str(path)])
        if export is not None:
            return read_export(arguments, export)
    read, unread = read_all(str(name) for name in cases or [path])
    if unread:
        raise UsageError(f"{path}: not compared, because not all of it can be read")
    return cohort_of([file.course for file in read], settings)


def _is_report(path: Path) -> bool:
    """Whether a JSON file is a report of a check; a case file may be JSON too."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        return False
    return isinstance(told, dict) and {"catalogue", "findings"} <= told.keys()


def as_text(found: "Changes") -> str:
    """What differs, in lines of 80 columns: at most so many of a kind."""
    from ...report.terminal import wrapped

    lines: list[str] = []
    lines += _part("Findings that came", [_finding(one) for one in found.came])
    lines += _part("Findings that went", [_finding(one) for one in found.went])
    if found.moved is None:
        lines += ["Patients, events and dates were not compared: a report holds findings only."]
    else:
        lines += _part("Patients gone", found.patients_gone or ())
        lines += _part("Patients new", found.patients_new or ())
        lines += _part("Events gone", [", ".join(pair) for pair in found.events_gone or ()])
        lines += _part("Events new", [", ".join(pair) for pair in found.events_new or ()])
        moved = [f"{m.patient}, {m.type} {m.event}: {m.before}, now {m.now}" for m in found.moved]
        lines += _part("Dates of diagnosis, relapse or death that moved", moved)
    if found.rules:
        lines += wrapped(f"Not compared, because they ran on one side only: {', '.join(found.rules)}.")
    return "\n".join(lines if found else [*lines, "Nothing differs."])


def _part(title: str, told: Iterable[str]) -> list[str]:
    from ...report.terminal import wrapped

    told = list(told)
    if not told:
        return []
    more = [f"  and {len(told) - SHOWN:,} more (--format json lists them)"] if len(told) > SHOWN else []
    return [f"{title}: {len(told):,}", *(line for one in told[:SHOWN] for line in wrapped(one, "  ", "    ")), *more]


def _finding(finding: "ToldFinding") -> str:
    event = f", {finding.event}" if finding.event else ""
    why = f" ({finding.why})" if finding.why != "data or judgement" else ""
    return f"{finding.severity} {finding.rule} {finding.patient}{event}{why}: {finding.message}"
