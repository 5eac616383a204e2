"""The page as a whole: summary, the empty views that the script fills, data, drawings."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from ...webpage import as_script, asset, document
from ..terminal import WORST_FIRST
from .data import MOST_FINDINGS, page_data
from .drawings import MOST_DRAWN, Drawn, drawings
from .summary import summary

if TYPE_CHECKING:
    from ...cohort import Cohort
    from ...rules import Rule
    from ..check import Report
    from ..json import Input


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
    catalogue unless said otherwise). ``statuses``: by fingerprint the status of a finding in a ledger (new, open ...),
    which may then be filtered by; accepted findings are counted, and shown when asked for. Only the first 20,000
    findings are held; the page says so.
    """
    from ...rules import RULES

    wanted = _worst_patients(report)
    drawn = tuple(drawings(cohort, wanted.head(most_drawn))) if cohort is not None else ()
    data = page_data(report, drawn, RULES.values() if rules is None else rules, statuses or {})
    figures = "\n".join(
        f'<script type="application/json" id="drawing-{number}">{as_script(one.figure)}</script>'
        for number, one in enumerate(drawn)
        if one.figure
    )
    return document(
        title=f"Findings: {report.patients:,} patients, {report.counted('failed', 'error'):,} errors",
        version=report.version,
        body=_BODY.format(
            notes=_notes(report, wanted.len(), drawn, cohort is not None),
            summary=summary(report, inputs, statuses or {}),
            figures=figures,
        ),
        styles=[asset(__package__, "page.css")],
        scripts=[asset(__package__, "page.js")],
        data=data,
    )


_BODY = """<a class="skip" href="#main">To the content</a>
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
{notes}
<section id="view-summary" aria-labelledby="head-summary">
<h1 id="head-summary" tabindex="-1">Summary</h1>
{summary}
</section>
<section id="view-findings" aria-labelledby="head-findings" hidden>
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
</section>
</main>
<dialog id="rule" aria-labelledby="rule-head"><div id="rule-body"></div></dialog>
{figures}"""


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
