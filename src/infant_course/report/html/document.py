"""The page as a whole: policy, styles, summary, the empty views that the script fills, data, drawings."""

from base64 import b64encode
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

import polars as pl

from ..terminal import WORST_FIRST
from .data import MOST_FINDINGS, as_script, page_data
from .drawings import MOST_DRAWN, Drawn, drawings
from .summary import summary, words

if TYPE_CHECKING:
    from ...cohort import Cohort
    from ...rules import Rule
    from ..check import Report
    from ..json import Input

POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing is fetched or sent; one script and one style sheet, known by their digests; no text becomes markup."""


def as_html(
    report: "Report",
    cohort: "Cohort | None" = None,
    *,
    inputs: "Sequence[Input]" = (),
    rules: "Iterable[Rule] | None" = None,
    statuses: Mapping[str, str] | None = None,
    most_drawn: int = MOST_DRAWN,
) -> str:
    """The report as one file that needs nothing else; the same report gives the same bytes.

    ``cohort``: what was judged, for the drawings of the first ``most_drawn`` patients with failed findings, the
    worst first; without it nothing is drawn. ``rules``: the rules that were run, for their prose (those of the
    catalogue unless said otherwise). ``statuses``: by fingerprint what is known of a finding from earlier runs
    (new, open ...), which may then be filtered by. Only the first 20,000 findings are held; the page says so.
    """
    from ...rules import RULES

    wanted = _worst_patients(report)
    drawn = tuple(drawings(cohort, wanted.head(most_drawn))) if cohort is not None else ()
    style, script = _asset("page.css"), _asset("page.js")
    policy = POLICY.format(script=_digest(script), style=_digest(style))
    data = page_data(report, drawn, RULES.values() if rules is None else rules, statuses or {})
    templates = "\n".join(
        f'<template id="drawing-{number}">{one.svg}</template>' for number, one in enumerate(drawn) if one.svg
    )
    title = f"Findings: {report.patients:,} patients, {report.counted('failed', 'error'):,} errors"
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="generator" content="infant-course {words(report.version)}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<a class="skip" href="#main">To the content</a>
<header>
<p class="name">infant-course</p>
<nav aria-label="Views" hidden>
<a href="#summary">Summary</a>
<a href="#findings">Findings</a>
<a href="#patients">Patients</a>
</nav>
</header>
<main id="main" tabindex="-1">
<noscript><p class="notice">JavaScript is off. The summary is complete without it; filters, patients and drawings
need it.</p></noscript>
{_notes(report, wanted.len(), drawn, cohort is not None)}
<section id="view-summary" aria-labelledby="head-summary">
<h1 id="head-summary" tabindex="-1">Summary</h1>
{summary(report, inputs)}
</section>
{_VIEWS}
</main>
<dialog id="rule" aria-labelledby="rule-head"><div id="rule-body"></div></dialog>
{templates}
<script type="application/json" id="data">{as_script(data)}</script>
<script>{script}</script>
</body>
</html>
"""


_VIEWS = """<section id="view-findings" aria-labelledby="head-findings" hidden>
<h1 id="head-findings" tabindex="-1">Findings</h1>
<form id="filters" role="search" aria-label="Filter findings"></form>
<p id="count" role="status" aria-live="polite"></p>
<div id="finding-list"></div>
</section>
<section id="view-patients" aria-labelledby="head-patients" hidden>
<h1 id="head-patients" tabindex="-1">Patients with findings</h1>
<form id="choose" role="search" aria-label="Filter patients"></form>
<p id="patient-count" role="status" aria-live="polite"></p>
<div id="patient-list"></div>
</section>
<section id="view-patient" aria-labelledby="head-patient" hidden>
<h1 id="head-patient" tabindex="-1">Patient</h1>
<div id="patient-body"></div>
</section>"""


def _worst_patients(report: "Report") -> pl.Series:
    """Patients with failed findings: those with the most errors first, then warnings, then notes."""
    failed = report.table.head(MOST_FINDINGS).filter(pl.col("verdict") == "failed")
    counts = [(pl.col("severity") == one).sum().alias(one) for one in WORST_FIRST]
    each = failed.group_by("patient", maintain_order=True).agg(counts)
    return each.sort(WORST_FIRST, descending=True, maintain_order=True)["patient"]


def _notes(report: "Report", failed: int, drawn: "Sequence[Drawn]", asked: bool) -> str:
    """What the page holds and what it leaves out."""
    said = ["This page holds findings of single patients: handle it like the data it was made from."]
    if report.table.height > MOST_FINDINGS:
        said.append(
            f"It holds the first {MOST_FINDINGS:,} of {report.table.height:,} findings, the worst first; the summary "
            "counts all of them, and the formats csv and jsonl hold all."
        )
    if not asked:
        said.append("It has no drawings: it was made without the courses.")
    elif len(drawn) < failed:
        said.append(
            f"Of {failed:,} patients with failed findings {len(drawn):,} are drawn, the worst first; "
            "infant-course draw draws any other."
        )
    return f'<p class="holds">{" ".join(said)}</p>'


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    """The text as a policy knows it."""
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"
