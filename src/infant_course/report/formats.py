"""The forms in which a report is told."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..cohort import Cohort
    from ..rules import Rule
    from .check import Report
    from .json import Input

FORMATS = ("text", "json", "jsonl", "csv", "xlsx", "html", "sarif", "junit")
FILES_ONLY = frozenset({"xlsx", "html"})
"""Formats that are of no use on a terminal."""

COUNT_UNDECIDED = frozenset({"text", "junit"})
"""Formats that count undecided verdicts and do not list them."""


def told(
    report: "Report",
    how: str,
    inputs: "Sequence[Input]" = (),
    *,
    colour: bool = False,
    cohort: "Cohort | None" = None,
    rules: "Iterable[Rule] | None" = None,
    statuses: Mapping[str, str] | None = None,
) -> str | bytes:
    """The report in one of :data:`FORMATS`.

    ``colour`` concerns text only; ``cohort`` (what was judged, for drawings), ``rules`` (those that were run, for
    their prose) and ``statuses`` (in a ledger, by fingerprint) concern html only. Raises UsageError where the format
    cannot hold it (a sheet of Excel has a last row).
    """
    if how == "html":
        from .html import as_html

        return as_html(report, cohort, inputs=inputs, rules=rules, statuses=statuses)
    return _WAYS[how](report, inputs, colour)


def _text(report: "Report", inputs: "Sequence[Input]", colour: bool) -> str:
    from .terminal import as_text

    return as_text(report, colour=colour)


def _json(report: "Report", inputs: "Sequence[Input]", colour: bool) -> str:
    from .json import as_json

    return as_json(report, inputs)


def _jsonl(report: "Report", inputs: "Sequence[Input]", colour: bool) -> str:
    from .rows import as_jsonl

    return as_jsonl(report)


def _csv(report: "Report", inputs: "Sequence[Input]", colour: bool) -> str:
    from .rows import as_csv

    return as_csv(report)


def _xlsx(report: "Report", inputs: "Sequence[Input]", colour: bool) -> bytes:
    from .workbook import as_xlsx

    return as_xlsx(report, inputs)


def _sarif(report: "Report", inputs: "Sequence[Input]", colour: bool) -> str:
    from .sarif import as_sarif

    return as_sarif(report, inputs)


def _junit(report: "Report", inputs: "Sequence[Input]", colour: bool) -> str:
    from .junit import as_junit

    return as_junit(report)


_WAYS: dict[str, Callable[["Report", "Sequence[Input]", bool], str | bytes]] = {
    "text": _text,
    "json": _json,
    "jsonl": _jsonl,
    "csv": _csv,
    "xlsx": _xlsx,
    "sarif": _sarif,
    "junit": _junit,
}
