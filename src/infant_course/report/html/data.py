"""The data of a page: what its script shows."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ...files import printable

if TYPE_CHECKING:
    from ...rules import Rule
    from ..check import Report
    from .drawings import Drawn

MOST_FINDINGS = 20_000
"""So many findings are put into a page: the first of the report, and those are the worst."""

COLUMNS = (
    "rule",
    "verdict",
    "severity",
    "patient",
    "site",
    "about",
    "event",
    "conflicts_with",
    "message",
    "advice",
    "source",
    "file",
    "line",
    "fingerprint",
)


def page_data(
    report: "Report", drawn: "Sequence[Drawn]", rules: "Iterable[Rule]", statuses: Mapping[str, str]
) -> dict[str, Any]:
    """Findings by column, each column as its different values and a number per finding; rules; courses drawn."""
    held = report.table.head(MOST_FINDINGS)
    columns = {name: held[name].to_list() for name in COLUMNS}
    if statuses:
        columns["status"] = [statuses.get(one) for one in columns["fingerprint"]]
    columns["advice"] = [sentence(one) for one in columns["advice"]]
    coded = {name: _coded(values, _distinct if name == "patient" else _plain) for name, values in columns.items()}
    place = {patient: number for number, patient in enumerate(dict.fromkeys(columns["patient"]))}
    return {
        "findings": held.height,
        "columns": coded,
        "rules": _rules(report, rules),
        "drawn": {
            place[one.patient]: {"about": one.about, "why": one.why, "number": number, "events": one.events}
            for number, one in enumerate(drawn)
        },
    }


def _coded(values: Sequence[Any], shown: Callable[[list[Any]], list[Any]]) -> dict[str, list[Any]]:
    """A column as its different values, and for each row the number of its value (-1: none)."""
    numbers: dict[Hashable, int] = {}
    keys = (tuple(value) if isinstance(value, list) else value for value in values)
    codes = [-1 if key is None else numbers.setdefault(key, len(numbers)) for key in keys]
    return {"values": shown(list(numbers)), "codes": codes}


def _plain(values: list[Any]) -> list[Any]:
    return [_shown(value) for value in values]


def _shown(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_shown(one) for one in value]
    return printable(value) if isinstance(value, str) else value


def _distinct(values: list[str]) -> list[str]:
    """Ids as they may be shown; of two that differ only in signs that are not shown the second gets a number."""
    seen: dict[str, int] = {}
    found = []
    for value in values:
        text = printable(value)
        seen[text] = seen.get(text, 0) + 1
        found.append(text if seen[text] == 1 else f"{text} (no. {seen[text]})")
    return found


def sentence(words: str) -> str:
    """Prose that stood after a colon, as a sentence of its own."""
    first = words.partition(" ")[0]
    return words[:1].upper() + words[1:] if first.isalpha() and first.islower() else words


def _rules(report: "Report", rules: "Iterable[Rule]") -> dict[str, dict[str, Any]]:
    """What each rule of the report asks, why, and what to do."""
    known = {rule.id: rule for rule in rules}
    told = {}
    for count in report.rules:
        entry: dict[str, Any] = {"title": printable(count.title), "severity": str(count.severity)}
        entry |= {"subjects": count.subjects, "failed": count.failed, "undecided": count.undecided}
        if rule := known.get(count.rule):
            prose = [("Why it matters", rule.why), ("Usual cause", rule.cause), ("What to do", rule.repair)]
            prose += [("Where times tie", rule.ties)] if rule.ties else []
            entry["prose"] = [(head, printable(sentence(words))) for head, words in prose]
            entry["grounds"] = [printable(str(ground)) for ground in (rule.ground, *rule.also)]
        told[printable(count.rule)] = entry
    return told
