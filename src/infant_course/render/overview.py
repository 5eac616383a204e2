"""What a check found, as a grid: rules against sites, with the counts of failed and undecided subjects.

The grid is made from a report and judges nothing. A cell holds numbers; its grey only helps to find the large ones.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Protocol

from ..cohort import Cohort, expect_cohort
from ..errors import UsageError, wrong_kind
from .cohort_figure import CohortFigure, many, shortened
from .cohort_page import page_width
from .cohort_people import NOT_STATED
from .overview_layout import Cell, OverviewFigure, lay_out

MOST_SITES = {80: 14, 115: 25, 170: 40}
"""Most sites of a figure, by its width in mm."""
MOST_RULES = 40
"""Most rules of a figure unless another number is asked for."""


class Found(Protocol):
    """A finding of a report, as far as this figure needs it."""

    @property
    def rule(self) -> str:
        """The rule that was judged."""

    @property
    def verdict(self) -> str:
        """Failed or undecided."""

    @property
    def severity(self) -> str:
        """How bad it is."""

    @property
    def site(self) -> str | None:
        """The patient's centre."""


class Judged(Protocol):
    """How one rule fared, as far as this figure needs it."""

    @property
    def rule(self) -> str:
        """The rule."""

    @property
    def title(self) -> str:
        """What it says."""

    @property
    def severity(self) -> str:
        """How bad a failure is."""


class Checked(Protocol):
    """A report, as far as this figure needs it (:class:`infant_course.report.check.Report` is one)."""

    @property
    def findings(self) -> Iterable[Found]:
        """Failed and undecided verdicts."""

    @property
    def rules(self) -> Iterable[Judged]:
        """The rules that were judged."""


def overview(cohort: Cohort, report: Checked, *, most: int = MOST_RULES, width: int = 170) -> CohortFigure:
    """Draw the data quality of a cohort from the report of its check.

    Rows are the rules with anything failed or undecided, errors first, the most failed first among equals; at most
    ``most`` are drawn and the table holds all. Columns are the sites. Raises UsageError for more sites than the
    width has room for.
    """
    expect_cohort("overview", cohort)
    if not hasattr(report, "findings"):
        raise wrong_kind("overview", "the report of a check of the cohort", report)
    points = page_width(width)
    if most < 1:
        raise UsageError(f"most: expected a number from 1, found {most}")
    patients = Counter(row["site"] or NOT_STATED for row in cohort.patients.iter_rows(named=True))
    sites = sorted(patients, key=lambda site: (site == NOT_STATED, site))
    if len(sites) > MOST_SITES[width]:
        raise UsageError(f"overview: {len(sites)} sites; at most {MOST_SITES[width]} can be read on {width} mm")
    if not sites:
        raise UsageError("overview: there are no patients")
    counts: dict[tuple[str, str], Counter[str]] = {}
    for finding in report.findings:
        counts.setdefault((finding.rule, finding.site or NOT_STATED), Counter())[finding.verdict] += 1
    told = {rule.rule: rule for rule in report.rules}
    worst = _worst(report, told)
    totals = {rule: _sum(counts, rule) for rule in dict.fromkeys(rule for rule, _ in counts)}
    order = sorted(
        totals,
        key=lambda rule: (
            not totals[rule]["failed"],
            _RANK[worst[rule]],
            -totals[rule]["failed"],
            -totals[rule]["undecided"],
            rule,
        ),
    )
    shown = order[:most]
    figure = OverviewFigure(
        sites=tuple((site, patients[site]) for site in sites),
        rules=tuple((rule, told[rule].title, worst[rule]) for rule in shown),
        cells={
            (rule, site): Cell(failed=counts[rule, site]["failed"], undecided=counts[rule, site]["undecided"])
            for rule in shown
            for site in sites
            if (rule, site) in counts
        },
        totals={rule: Cell(failed=totals[rule]["failed"], undecided=totals[rule]["undecided"]) for rule in shown},
    )
    notes = _notes(order, shown, totals, len(told))
    alt = _alt(figure, sum(patients.values()), len(order), totals)
    page = lay_out(figure, points, notes)
    page.title, page.description = "Data quality by rule and site", " ".join([alt, *notes])
    caption = (
        f"Data quality of {many(sum(patients.values()), 'patient')} at {many(len(sites), 'site')}: rules against "
        "sites. The first number of a cell counts what surely breaks the rule, the number after ? what could not be "
        "decided; an empty cell has neither. Grey deepens with the number of failures. n, patients of the site. "
        "E, error; W, warning; I, information."
    )
    return CohortFigure(
        page=page,
        caption=" ".join([caption, *notes]),
        alt=alt,
        rows=_rows(order, sites, patients, counts, told, worst),
        notes=notes,
    )


_RANK = {"error": 0, "warning": 1, "info": 2}


def _worst(report: Checked, told: Mapping[str, Judged]) -> dict[str, str]:
    """The worst severity with which each rule failed; of one that nobody fails, its own."""
    found: dict[str, str] = {}
    for finding in report.findings:
        severity = str(finding.severity)
        if finding.verdict == "failed" and _RANK[severity] <= _RANK[found.get(finding.rule, "info")]:
            found[finding.rule] = severity
    return {rule: found.get(rule, str(judged.severity)) for rule, judged in told.items()}


def _sum(counts: Mapping[tuple[str, str], Counter[str]], rule: str) -> Counter[str]:
    total: Counter[str] = Counter()
    for (name, _), found in counts.items():
        if name == rule:
            total += found
    return total


def _notes(order: list[str], shown: list[str], totals: Mapping[str, Counter[str]], judged: int) -> tuple[str, ...]:
    notes = [f"{judged - len(order)} of {many(judged, 'rule')} have nothing failed or undecided and are not shown."]
    left = order[len(shown) :]
    if left:
        failed, undecided = (sum(totals[rule][verdict] for rule in left) for verdict in ("failed", "undecided"))
        notes.append(
            f"{many(len(left), 'more rule')} with {failed} failed and {undecided} undecided "
            f"{'is' if len(left) == 1 else 'are'} in the table only."
        )
    return tuple(notes)


def _alt(figure: OverviewFigure, patients: int, rules: int, totals: Mapping[str, Counter[str]]) -> str:
    failed, undecided = (sum(total[verdict] for total in totals.values()) for verdict in ("failed", "undecided"))
    worst = f"; most failed: {figure.rules[0][0]}" if failed else ""
    return shortened(
        f"Grid of {many(rules, 'rule')} by {many(len(figure.sites), 'site')}, {many(patients, 'patient')}: "
        f"{failed} failed and {undecided} undecided{worst}."
    )


def _rows(
    order: list[str],
    sites: list[str],
    patients: Mapping[str, int],
    counts: Mapping[tuple[str, str], Counter[str]],
    told: Mapping[str, Judged],
    worst: Mapping[str, str],
) -> tuple[tuple[str, ...], ...]:
    rows = [("rule", "title", "severity", "site", "patients", "failed", "undecided")]
    for rule in order:
        for site in sites:
            found = counts.get((rule, site), Counter())
            numbers = (str(patients[site]), str(found["failed"]), str(found["undecided"]))
            rows.append((rule, told[rule].title, worst[rule], site, *numbers))
    return tuple(rows)
