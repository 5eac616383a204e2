"""The overview: every count of the report is in its cell, and the grid can be read."""

from itertools import pairwise

import pytest
from attrs import frozen

import infant_course as ic
from infant_course.render.export import write
from infant_course.render.overview import overview
from infant_course.render.overview_layout import grey_of
from render.cohort_samples import cohort, ink_on_the_edge, many, outside, overlaps, patient, sound


@frozen
class Finding:
    rule: str
    verdict: str
    site: str | None
    severity: str


@frozen
class Rule:
    rule: str
    title: str
    severity: str


@frozen
class Report:
    findings: tuple[Finding, ...]
    rules: tuple[Rule, ...]


RULES = (
    Rule("AAA-01", "An information.", "info"),
    Rule("BBB-02", "An error.", "error"),
    Rule("CCC-03", "A warning that fails often.", "warning"),
    Rule("DDD-04", "An error that is only undecided.", "error"),
    Rule("EEE-05", "Never broken.", "error"),
)
REPORT = Report(
    findings=(
        *(Finding("CCC-03", "failed", "North", "warning") for _ in range(5)),
        Finding("CCC-03", "undecided", "South", "warning"),
        Finding("BBB-02", "failed", None, "error"),
        Finding("AAA-01", "failed", "South", "info"),
        *(Finding("DDD-04", "undecided", "North", "error") for _ in range(2)),
    ),
    rules=RULES,
)
SITES = cohort(*(patient(f"p{n}", site=site) for n, site in enumerate(("North", "North", "South", None))))


def test_every_count_is_in_its_cell_and_in_the_table():
    rows = {(row[0], row[3]): row[4:] for row in overview(SITES, REPORT).rows[1:]}
    assert rows == {
        ("BBB-02", "North"): ("2", "0", "0"),
        ("BBB-02", "South"): ("1", "0", "0"),
        ("BBB-02", "not stated"): ("1", "1", "0"),
        ("CCC-03", "North"): ("2", "5", "0"),
        ("CCC-03", "South"): ("1", "0", "1"),
        ("CCC-03", "not stated"): ("1", "0", "0"),
        ("AAA-01", "North"): ("2", "0", "0"),
        ("AAA-01", "South"): ("1", "1", "0"),
        ("AAA-01", "not stated"): ("1", "0", "0"),
        ("DDD-04", "North"): ("2", "0", "2"),
        ("DDD-04", "South"): ("1", "0", "0"),
        ("DDD-04", "not stated"): ("1", "0", "0"),
    }


def test_cells_hold_both_numbers_and_the_row_its_sum():
    page = overview(SITES, REPORT).page
    assert sorted(one.text for one in page.of("failed")) == ["1", "1", "1", "1", "5", "5"]
    assert sorted(one.text for one in page.of("undecided")) == ["?1", "?1", "?2", "?2"]


def test_failed_errors_come_first_and_what_is_only_undecided_last():
    page = overview(SITES, REPORT).page
    assert [one.text for one in page.of("rule")] == ["BBB-02", "CCC-03", "AAA-01", "DDD-04"]


def test_a_rule_is_as_bad_as_the_worst_of_its_failures():
    """An error whose milder outcome alone was met is not shown as an error."""
    mild = Report((Finding("BBB-02", "failed", "North", "info"), Finding("CCC-03", "failed", "North", "info")), RULES)
    assert [one.text for one in overview(SITES, mild).page.of("severity")] == ["I", "I"]
    both = Report((*mild.findings, Finding("BBB-02", "failed", "North", "error")), RULES)
    assert [one.text for one in overview(SITES, both).page.of("severity")] == ["E", "I"]


def test_sites_have_their_numbers_of_patients_and_not_stated_comes_last():
    texts = [one.text for one in overview(SITES, REPORT).page.of("site")]
    assert texts == ["North", "n = 2", "South", "n = 1", "not stated", "n = 1", "all"]


def test_rules_beyond_the_most_are_told_and_in_the_table():
    figure = overview(SITES, REPORT, most=2)
    assert [one.text for one in figure.page.of("rule")] == ["BBB-02", "CCC-03"]
    assert "2 more rules with 1 failed and 2 undecided are in the table only." in figure.notes
    assert {row[0] for row in figure.rows[1:]} == {"AAA-01", "BBB-02", "CCC-03", "DDD-04"}


def test_greys_fall_with_the_number_of_failures_and_can_be_told_apart():
    greys = [int(grey_of(number)[1:3], 16) for number in (0, 1, 4, 13, 40)]
    assert all(a - b >= 20 for a, b in pairwise(greys))
    assert greys[-1] >= 0x7F  # black text keeps a contrast of 5 to 1


def test_nothing_found_is_a_figure_that_says_so():
    figure = overview(SITES, Report((), RULES))
    assert any(label.text == "Nothing failed, nothing undecided." for label in figure.page.labels)
    assert overlaps(figure.page) == []
    assert outside(figure.page) == []


@pytest.mark.parametrize(
    ("width", "sites"), [(80, 1), (80, 14), (115, 2), (115, 25), (170, 1), (170, 8), (170, 30), (170, 40)]
)
def test_the_figure_of_a_real_check_is_sound(sites, width):
    everyone = cohort(*many(80, sites=sites))
    sound(overview(everyone, ic.check(everyone), width=width))


def test_long_and_large_things_stay_on_the_page():
    sites = [f"Hospital {'of the holy something ' * 6}{n}" for n in range(20)]
    everyone = cohort(*(patient(f"p{n}", site=site) for n, site in enumerate(sites)))
    found = tuple(
        Finding("BBB-02", verdict, sites[0], "error") for verdict in ("failed", "undecided") for _ in range(2345)
    )
    report = Report(found, (Rule("BBB-02", "A title. " * 40, "error"),))
    sound(overview(everyone, report))
    figure = overview(everyone, report, width=115)  # room for 10 pt a site
    sound(figure)
    assert [label.text for label in figure.page.of("failed")] == ["2k", "2,345"]
    assert "thousands" in [label.text for label in figure.page.of("key")]


def test_too_many_sites_are_refused():
    with pytest.raises(ic.UsageError, match="41 sites; at most 40 can be read on 170 mm"):
        overview(cohort(*(patient(f"p{n}", site=f"s{n}") for n in range(41))), REPORT)


def test_the_picture_has_text_and_nothing_on_its_edge(tmp_path, monkeypatch):
    monkeypatch.setattr("infant_course.render.export.PNG_RESOLUTION", 72)
    dark, edge = ink_on_the_edge(write(overview(SITES, REPORT).drawing.svg(), tmp_path / "a.png").read_bytes())
    assert dark > 200
    assert edge == 0
