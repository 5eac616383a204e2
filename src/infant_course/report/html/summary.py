"""The summary of a page: complete without the script, which only makes filters of its numbers."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import polars as pl

from ...files import printable
from ...webpage import words
from ..terminal import WORST_FIRST, worst_severities

if TYPE_CHECKING:
    from ...intake import CellFinding, Intake, RowCount
    from ..check import Report, RuleCount
    from ..json import Input

WORDS = {"error": "error", "warning": "warning", "info": "note", "undecided": "undecided"}
MOST_CELLS = 500
"""So many findings about cells are listed."""


def summary(report: "Report", inputs: "Sequence[Input]", statuses: Mapping[str, str]) -> str:
    """Everything of the summary, as HTML. ``statuses``: as of :func:`.document.as_html`."""
    return "\n".join(
        part
        for part in (
            _key_figures(report),
            _ledger(report, statuses),
            _broken(report.errored),
            _rules(report),
            _sites(report),
            _intake(report.intake) if report.intake else "",
            _run(report, inputs),
        )
        if part
    )


def badge(kind: str, text: str | None = None) -> str:
    """A severity, or undecided, in its colour."""
    return f'<span class="badge {kind}">{words(text or WORDS[kind])}</span>'


def number(value: int, **asked: str) -> str:
    """A cell with a number; the script makes it a link to the findings that it counts."""
    link = f' data-filter="{escape(urlencode(asked))}"' if asked and value else ""
    return f'<td class="number"{link}>{value:,}</td>'


def table(caption: str, heads: Iterable[tuple[str, str]], rows: Iterable[str]) -> str:
    """A table with its caption; a head is a text and a class."""
    cells = "".join(f'<th scope="col" class="{cls}">{text}</th>' for text, cls in heads)
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    return (
        f'<div class="wide" role="region" aria-label="{escape(caption)}" tabindex="0">'
        f"<table><caption>{caption}</caption>"
        f"<thead><tr>{cells}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )


def _key_figures(report: "Report") -> str:
    failed = report.table.filter(pl.col("verdict") == "failed")
    figures = [
        ("patients", report.patients, "", ""),
        ("events", report.events, "", ""),
        ("patients with errors", failed.filter(pl.col("severity") == "error")["patient"].n_unique(), "error", ""),
        ("errors", report.counted("failed", "error"), "error", "verdict=failed&severity=error"),
        ("warnings", report.counted("failed", "warning"), "warning", "verdict=failed&severity=warning"),
        ("notes", report.counted("failed", "info"), "info", "verdict=failed&severity=info"),
        ("undecided", report.counted("undecided"), "undecided", "verdict=undecided"),
    ]
    tiles = []
    for name, value, kind, asked in figures:
        link = f' data-filter="{escape(asked)}"' if asked and value else ""
        tiles.append(f'<div class="tile {kind}"><dt>{name}</dt><dd{link}>{value:,}</dd></div>')
    return f'<dl class="tiles">{"".join(tiles)}</dl>'


def _ledger(report: "Report", statuses: Mapping[str, str]) -> str:
    """How many findings of this run have which status in the ledger; nothing where there was no ledger."""
    if not statuses:
        return ""
    counts = Counter(statuses[one] for one in report.table["fingerprint"] if one in statuses)
    rows = (
        f'<th scope="row">{words(status)}</th>{number(many, status=status, verdict="all")}'
        for status, many in sorted(counts.items())
    )
    return "<h2>Ledger</h2>\n" + table("Findings by their status in the ledger", _STATUS_HEADS, rows)


_STATUS_HEADS = (("status", ""), ("findings", "number"))


def _broken(errored: Mapping[str, str]) -> str:
    if not errored:
        return ""
    items = "".join(f"<li>{words(rule)} could not be run: {words(why)}</li>" for rule, why in sorted(errored.items()))
    return (
        f'<div class="notice" role="alert"><p>Rules that broke down; nothing is said by them:</p><ul>{items}</ul></div>'
    )


def _rules(report: "Report") -> str:
    worst = {count.rule: str(count.severity) for count in report.rules} | worst_severities(report)
    found = [count for count in report.rules if count.failed or count.undecided]
    found.sort(key=lambda count: (not count.failed, WORST_FIRST.index(worst[count.rule]), -count.failed, count.rule))
    quiet = [count for count in report.rules if not (count.failed or count.undecided)]
    heads = (
        ("rule", ""),
        ("what it finds", ""),
        ("severity", ""),
        ("failed", "number"),
        ("undecided", "number"),
        ("subjects", "number"),
        ("share", ""),
    )
    parts = ["<h2>Rules</h2>"]
    if found:
        rows = (_rule(count, worst[count.rule]) for count in found)
        parts.append(table(f"Rules with findings, {len(found)} of {len(report.rules)}", heads, rows))
    else:
        parts.append(f"<p>No rule of {len(report.rules)} found anything.</p>")
    if quiet:
        asked = sum(count.subjects > 0 for count in quiet)
        rows = (
            f'<th scope="row" data-rule="{words(count.rule)}">{words(count.rule)}</th><td>{words(count.title)}</td>'
            f"{number(count.subjects)}"
            for count in quiet
        )
        inner = table("Rules without findings", (("rule", ""), ("what it finds", ""), ("subjects", "number")), rows)
        parts.append(
            f"<details><summary>{len(quiet)} rules found nothing; {asked} of them had something to judge</summary>"
            f"{inner}</details>"
        )
    return "\n".join(parts)


def _rule(count: "RuleCount", severity: str) -> str:
    subjects = max(count.subjects, 1)
    failed, undecided = 100 * count.failed / subjects, 100 * count.undecided / subjects
    bar = (
        '<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="part-failed" width="{failed:.1f}" height="8"/>'
        f'<rect class="part-undecided" x="{failed:.1f}" width="{undecided:.1f}" height="8"/></svg>'
    )
    return (
        f'<th scope="row" data-rule="{words(count.rule)}">{words(count.rule)}</th><td>{words(count.title)}</td>'
        f"<td>{badge(severity)}</td>{number(count.failed, rule=count.rule, verdict='failed')}"
        f"{number(count.undecided, rule=count.rule, verdict='undecided')}{number(count.subjects)}<td>{bar}</td>"
    )


def _sites(report: "Report") -> str:
    """Findings by centre, where centres are told."""
    if not report.table["site"].drop_nulls().len():
        return ""
    failed = pl.col("verdict") == "failed"
    counts = (
        report.table.group_by("site")
        .agg(
            pl.col("patient").filter(failed).n_unique().alias("patients"),
            *((failed & (pl.col("severity") == one)).sum().alias(one) for one in WORST_FIRST),
            (~failed).sum().alias("undecided"),
        )
        .sort("site", nulls_last=True)
    )
    rows = []
    for row in counts.iter_rows(named=True):
        site = row["site"]
        asked = {"site": "~" if site is None else f"={printable(site)}"}
        cells = "".join(number(row[one], **asked, verdict="failed", severity=one) for one in WORST_FIRST)
        name = '<th scope="row"><i>not told</i></th>' if site is None else f'<th scope="row">{words(site)}</th>'
        undecided = number(row["undecided"], **asked, verdict="undecided")
        rows.append(f"{name}{number(row['patients'])}{cells}{undecided}")
    heads = ("patients with failed findings", "errors", "warnings", "notes", "undecided")
    named = [("site", ""), *((head, "number") for head in heads)]
    return "<h2>Sites</h2>\n" + table("Findings by site", named, rows)


def _intake(intake: "Intake") -> str:
    """Rows read, kept and set aside; what was assumed; cells that could not be taken."""
    parts = ["<h2>What was read</h2>"]
    if intake.assumptions:
        said = "".join(f"<li>{words(one)}</li>" for one in intake.assumptions)
        parts.append(f"<ul>{said}</ul>")
    rows = (
        f'<th scope="row">{words(count.file)}</th>{number(count.read)}{number(count.kept)}'
        f"{number(count.read - count.kept)}"
        f"<td>{_reasons(count)}</td>"
        for count in intake.rows
    )
    heads = [("file", ""), ("rows", "number"), ("kept", "number"), ("set aside", "number"), ("why", "")]
    parts.append(table("Rows of the export", heads, rows))
    if intake.cells:
        shown = sorted(intake.cells, key=lambda one: -one.rows)[:MOST_CELLS]
        left = len(intake.cells) - len(shown)
        cells = (
            f"<td>{words(one.file)}</td><td>{words(one.column or '')}</td>{_maybe(one.row)}{number(one.rows)}"
            f"<td>{words(one.problem)}</td><td>{words(one.value) if one.value is not None else ''}</td>"
            f"<td>{_asked(one)}</td>"
            for one in shown
        )
        heads = [("file", ""), ("column", ""), ("first line", "number"), ("rows", "number")]
        heads += [("problem", ""), ("found", ""), ("expected", "")]
        parts.append(table("What could not be taken as it stands", heads, cells))
        if left > 0:
            parts.append(f"<p>And {left:,} more of these; the format json lists all.</p>")
    return "\n".join(parts)


def _reasons(count: "RowCount") -> str:
    return "; ".join(f"{words(why)}: {many:,}" for why, many in count.set_aside.items())


def _asked(cell: "CellFinding") -> str:
    return words(f"{cell.expected}. {cell.hint}" if cell.hint else cell.expected)


def _maybe(value: int | None) -> str:
    return '<td class="number"></td>' if value is None else number(value)


def _run(report: "Report", inputs: "Sequence[Input]") -> str:
    """Program, catalogue, settings and inputs: what it takes to get the same page again."""
    facts = [
        ("infant-course", report.version),
        ("catalogue of rules", report.catalogue),
        ("last day of the data", report.cut_off or "not stated: no event is too late"),
    ]
    facts += [(name.replace("_", " "), _setting(value)) for name, value in sorted(report.settings.items())]
    listed = "".join(f"<dt>{words(name)}</dt><dd>{words(value)}</dd>" for name, value in facts)
    parts = [f'<h2>This run</h2>\n<dl class="facts">{listed}</dl>']
    if inputs:
        rows = (f'<th scope="row">{words(one.name)}</th><td><code>{words(one.sha256)}</code></td>' for one in inputs)
        inner = table("Files that were judged", [("file", ""), ("SHA-256", "")], rows)
        parts.append(f"<details><summary>Files that were judged: {len(inputs):,}</summary>{inner}</details>")
    return "\n".join(parts)


def _setting(value: object) -> str:
    if value is None:
        return "not stated"
    if isinstance(value, (tuple, list, set, frozenset)):
        return ", ".join(sorted(map(str, value))) or "none"
    return str(value)
