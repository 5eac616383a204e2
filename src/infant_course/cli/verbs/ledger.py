"""``infant-course ledger``: look into a ledger, and erase a patient from it."""

import argparse
import json
from typing import TYPE_CHECKING, Any

from ...files import printable
from ..ledgers import add_ledger_to, as_of, open_ledger
from ..output import say

if TYPE_CHECKING:
    from ...ledger.entry import Entry

STATUSES = ("new", "open", "reopened", "accepted", "resolved")


def add_to(verbs: Any) -> None:
    """Add the verb to the command."""
    verb = verbs.add_parser("ledger", help="look into a ledger; erase a patient from it")
    parts = verb.add_subparsers(metavar="WHAT", required=True)
    show = parts.add_parser("show", help="how many findings of which status, or one finding with its history")
    show.add_argument("finding", nargs="?", metavar="FINGERPRINT", help="its first characters, or a number (Q17)")
    add_ledger_to(show)
    show.set_defaults(run=run_show)
    listed = parts.add_parser("list", help="findings, one a line")
    listed.add_argument(
        "--status",
        type=_statuses,
        default=STATUSES[:3],
        metavar="WORDS",
        help=f"of {', '.join(STATUSES)}, with commas, or all (default: new,open,reopened)",
    )
    listed.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    add_ledger_to(listed)
    listed.set_defaults(run=run_list)
    forget = parts.add_parser("forget", help="erase every trace of a patient")
    forget.add_argument("patient", metavar="PATIENT", help="the patient's id, as it stands in the export")
    add_ledger_to(forget)
    forget.set_defaults(run=run_forget)


def _statuses(text: str) -> tuple[str, ...]:
    words = tuple(word.strip() for word in text.split(","))
    if words == ("all",):
        return STATUSES
    for word in words:
        if word not in STATUSES:
            raise argparse.ArgumentTypeError(f"expected of {', '.join(STATUSES)}, or all; found {word!r}")
    return words


def run_show(arguments: argparse.Namespace) -> int:
    """The counts of a ledger, or one finding."""
    today = as_of(arguments)
    with open_ledger(arguments) as ledger:
        if arguments.finding:
            say(_history(ledger.entry(arguments.finding, as_of=today)))
            return 0
        summary = ledger.summary(as_of=today)
    lines = [f"{arguments.ledger}, {today}", "", f"{'':<10}{'error':>9}{'warning':>9}{'info':>9}"]
    for status in STATUSES:
        numbers = [
            sum(n for (s, v), n in summary.counts.items() if (s, v) == (status, severity)) for severity in _WORDS
        ]
        lines.append(f"{status:<10}{''.join(f'{number:>9,}' for number in numbers)}")
    last = f", the last of {summary.last_run}" if summary.last_run else ""
    lines += ["", f"Patients with findings: {summary.patients:,}. Replies: {summary.replies:,}."]
    lines += [f"Runs: {summary.runs:,}{last}."]
    lines += ["The file is whole." if summary.whole else "The file is damaged: take the last copy of it."]
    say("\n".join(lines))
    return 0 if summary.whole else 2


_WORDS = ("error", "warning", "info")


def _history(entry: "Entry") -> str:
    from ...report.terminal import wrapped

    lines = [
        f"Q{entry.number}  {entry.fingerprint}  {entry.rule}  {entry.severity}  {entry.status} since {entry.since}",
        f"patient {entry.patient}{f' of {entry.site}' if entry.site else ''}, {entry.event or entry.about}",
        entry.question,
        *(f"  {label}: {value or '(empty)'}" for label, value in entry.shown),
        f"first found {entry.first_seen}, last found {entry.last_seen}; patient last in an export {entry.patient_seen}",
        *(f"{step.as_of}  {step.status}: {step.why}" for step in entry.steps),
    ]
    for word in entry.acceptances:
        until = f" until {word.until}" if word.until else ""
        ended = f" (ended {word.ended})" if word.ended else ""
        lines.append(f"{word.as_of}  accepted by {word.by}{until}{ended}: {word.why}")
    lines += [f"{reply.as_of}  reply of {reply.by} ({reply.file}): {reply.text}" for reply in entry.replies]
    return "\n".join(part for line in lines for part in wrapped(line, rest="    "))


def run_list(arguments: argparse.Namespace) -> int:
    """The findings of some statuses."""
    today = as_of(arguments)
    with open_ledger(arguments) as ledger:
        found = [entry for entry in ledger.entries(as_of=today) if entry.status in arguments.status]
    if arguments.format == "json":
        say(json.dumps([_plain(entry) for entry in found], indent=2))  # ASCII: does no harm to a terminal
        return 0
    lines = []
    for entry in found:
        event = f", {entry.event}" if entry.event else ""
        lines.append(f"Q{entry.number:<5} {entry.fingerprint}  {entry.status:<8}  {entry.severity:<7}  {entry.rule}")
        lines.append(f"       {printable(entry.patient + event)}; since {entry.since}, last found {entry.last_seen}")
    say("\n".join([*lines, f"{len(found):,} finding{'' if len(found) == 1 else 's'}."]))
    return 0


def _plain(entry: "Entry") -> dict[str, Any]:
    names = (
        "number", "fingerprint", "status", "since", "opened", "first_seen", "last_seen", "patient_seen", "until",
        "rule", "outcome", "verdict", "severity", "patient", "site", "about", "event", "message", "advice", "source",
    )  # fmt: skip
    return {name: getattr(entry, name) for name in names} | {
        "place": dict(entry.place),
        "fields": [{"label": label, "value": value} for label, value in entry.shown],
    }


def run_forget(arguments: argparse.Namespace) -> int:
    """Erase a patient."""
    with open_ledger(arguments) as ledger:
        gone = ledger.forget(arguments.patient)
    say(f"Erased from {arguments.ledger}: the patient and {gone:,} finding{'' if gone == 1 else 's'}.")
    say("Copies of the ledger, reports and query files are not its own: erase them too.")
    return 0
