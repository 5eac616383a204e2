"""Options of the verbs that use a ledger, and a run's part in one. The one place that reads the clock."""

import argparse
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..files import printable
from .output import complain, say

if TYPE_CHECKING:
    from ..cohort import Cohort
    from ..ledger import Ledger, RunResult
    from ..ledger.entry import Entry
    from ..ledger.sight import Sight
    from ..report.check import Report
    from ..rules import Rule

SEVERITIES = ("error", "warning", "info")
SHOWN = 20
"""So many findings that are new or back are listed."""


def add_ledger_to(verb: Any, *, required: bool = True) -> None:
    """``--ledger`` and ``--as-of``."""
    verb.add_argument(
        "--ledger",
        type=Path,
        required=required,
        metavar="FILE",
        help="file that keeps findings over successive exports; it holds patient data",
    )
    verb.add_argument(
        "--as-of", type=day, metavar="DATE", help="the day to go by in the ledger, YYYY-MM-DD (default: today)"
    )


def add_recording_to(verb: Any) -> None:
    """What a check may do with a ledger."""
    add_ledger_to(verb, required=False)
    verb.add_argument(
        "--fail-on-new",
        choices=SEVERITIES,
        metavar="SEVERITY",
        help="exit code 1 only for findings of this severity or worse that are new in the ledger or back; "
        "replaces --fail-on",
    )
    verb.add_argument("--compare-only", action="store_true", help="compare with the ledger and write nothing to it")
    verb.add_argument(
        "--new-settings",
        action="store_true",
        help="the settings were changed on purpose: what only the former ones found is resolved",
    )
    verb.add_argument("--show-accepted", action="store_true", help="list the accepted findings of the ledger too")


def day(text: str) -> date:
    """A day given on the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"expected a date as YYYY-MM-DD, found {text!r}") from error


def as_of(arguments: argparse.Namespace) -> date:
    """The day to go by: as asked for, else today."""
    return arguments.as_of or date.today()


def open_ledger(arguments: argparse.Namespace, *, create: bool = False, quiet: bool = False) -> "Ledger":
    """The ledger that was named. What is unwise about its place is said, unless that was done before."""
    from ..ledger import Ledger
    from ..ledger.place import cautions

    ledger = Ledger(arguments.ledger, create=create)
    for caution in () if quiet else cautions(arguments.ledger):
        complain(f"Warning: {caution}")
    return ledger


def prepare(arguments: argparse.Namespace) -> None:
    """See whether a check can use its ledger, before anything is read. Raises InfantCourseError."""
    from ..errors import UsageError

    given = {"--fail-on-new": arguments.fail_on_new, "--compare-only": arguments.compare_only}
    given |= {"--new-settings": arguments.new_settings, "--show-accepted": arguments.show_accepted}
    idle = [name for name, value in given.items() if value]
    if arguments.ledger is None:
        if idle:
            raise UsageError(f"{', '.join(idle)}: name the ledger too, with --ledger FILE")
        return
    if not arguments.ledger.parent.is_dir():
        raise UsageError(f"{arguments.ledger}: there is no such folder to keep a ledger in")
    if arguments.compare_only or arguments.ledger.exists():
        open_ledger(arguments, create=not arguments.compare_only).close()


def as_text(result: "RunResult", accepted: "Sequence[Entry]" = (), *, names: bool = True) -> str:
    """What a run did to a ledger, in lines. Without ``names`` it tells of no patient."""
    from ..ledger.ledger import GONE, OUT_OF_SCOPE

    shown = ", ".join(f"{number:,} {status}" for status, number in result.counts.items())
    lines = [f"Ledger, {result.as_of}: {shown}."]
    for change in result.fresh[:SHOWN] if names else ():
        event = f", {change.event}" if change.event else ""
        why = f" ({change.why})" if change.status == "reopened" else ""
        lines.append(f"  {change.status} {change.severity} {change.rule} Q{change.number} {change.fingerprint}")
        lines.append(f"    {printable(f'{change.patient}{event}{why}')}")
    if len(result.fresh) > SHOWN and names:
        more = len(result.fresh) - SHOWN
        lines.append(f"  and {more:,} more: `infant-course ledger list --ledger FILE --status new,reopened`")
    gone = sum(change.why == GONE for change in result.of("resolved"))
    if gone:
        lines.append(f"  Of the resolved ones {gone:,} went with an event: it is not in this export any more.")
    for reason, number in result.untouched.items():
        lines.append(f"  Left as they are, because {OUT_OF_SCOPE[reason]}: {number:,}.")
    if result.absent:
        lines.append(f"  Patients with open findings who are not in this run: {result.absent:,}.")
    if result.settings:
        lines.append(f"  Other settings than in the run before: {'; '.join(result.settings)}.")
    if result.untouched.get("settings"):
        lines.append("  If that is meant, --new-settings resolves what only the former settings found.")
    for entry in accepted if names else ():
        word = entry.acceptances[-1]
        until = f" until {word.until}" if word.until else ""
        lines.append(f"  accepted {entry.severity} {entry.rule} Q{entry.number} {entry.fingerprint}{until}")
        lines.append(f"    {printable(f'{entry.patient}: {word.by}, {word.as_of}: {word.why}')}")
    return "\n".join(lines)


def look(arguments: argparse.Namespace, cohort: "Cohort", report: "Report", rules: "Mapping[str, Rule]") -> "Sight":
    """What a checked cohort, or a part of it, shows to the ledger."""
    with open_ledger(arguments, create=not arguments.compare_only, quiet=True) as ledger:
        return ledger.see(cohort, report, rules=rules)


def statuses_of(arguments: argparse.Namespace, sights: "Sequence[Sight]") -> dict[str, str]:
    """By fingerprint, the statuses that findings will have once the run is recorded. Writes nothing."""
    if arguments.ledger is None:
        return {}
    with open_ledger(arguments, create=not arguments.compare_only, quiet=True) as ledger:
        result = ledger.compare(*sights, as_of=as_of(arguments), new_settings=arguments.new_settings)
    return {fingerprint: str(status) for fingerprint, status in result.statuses.items()}


def take_part(
    arguments: argparse.Namespace,
    sights: "Sequence[Sight]",
    report: "Report",
    code: int,
    *,
    names: bool = True,
) -> int:
    """Record a check in its ledger, or compare it only; tell what became of it, and return the exit code.

    ``names``: whether what is told may name patients.
    """
    today = as_of(arguments)
    accepted: tuple[Entry, ...] = ()
    with open_ledger(arguments, create=not arguments.compare_only, quiet=True) as ledger:
        keep = ledger.compare if arguments.compare_only else ledger.record
        result = keep(*sights, as_of=today, new_settings=arguments.new_settings)
        if arguments.show_accepted:
            found = [entry for entry in ledger.entries(as_of=today) if entry.status == "accepted"]
            accepted = tuple(ledger.entry(entry.fingerprint, as_of=today) for entry in found)
    tell = say if arguments.format == "text" else complain
    tell(as_text(result, accepted, names=names))
    if arguments.fail_on_new is None or report.errored:
        return code
    worth = SEVERITIES[: SEVERITIES.index(arguments.fail_on_new) + 1]
    return int(any(change.severity in worth for change in result.fresh))
