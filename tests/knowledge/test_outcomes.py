"""Table 1 of the review as printed, second reading by hand; primary figures and the text beside it."""

import pytest
from attrs import evolve

from infant_course.knowledge.agents import agents
from infant_course.knowledge.outcomes import (
    Endpoint,
    PublishedOutcome,
    outcomes_in_text,
    primary_outcomes,
    same_horizon,
    table1,
    trials,
)
from infant_course.knowledge.reading import knowledge

PRINTED = """
CCG-1953|1996-2000|79|33.6|—|36|60.3|—|39
COG P9407|2001-2006|100|35.5|—|35|69.7|—|40
COG AALL0631|2008-2014|146|34|41|64|87.3|93.6|4,6
Interfant-99|1999-2005|311a|35.9a,b|43.2a,b|79|74.5b|83.4b|5,41
Interfant-06|2006-2016|476|36.4b|48.0b|167|73.9b|87.2b|
JILSG MLL96|1995-1998|80|38.6|50.8|22|95.5|95.5|42
JILSG MLL98|1998-2001|||||||
JPLSG MLL03|2004-2009|62|43.2c|67.2c|—|—|—|43
JPLSG MLL-10|2011-2015|75|66.2|82.0|15|93.3|100|44
""".strip().splitlines()


def test_the_table_is_as_printed():
    rows = []
    for row in table1().rows:
        cells = [str(cell) for _, g in row.groups() for cell in ((g.n, g.efs, g.os) if g else ("", "", ""))]
        rows.append("|".join((row.study, row.years, *cells, row.reference or "")))
    assert rows == PRINTED


def test_heads_and_footnotes():
    table = table1()
    assert table.heads[2:5] == table.heads[5:8] == ("Number of infants", "5-year EFS, %", "5-year OS, %")
    assert (table.heads[0], table.heads[1], table.heads[8]) == ("Study", "Year", "Reference")
    assert table.spanners == ("KMT2A-rearranged", "KMT2A-germline")
    assert {mark: note.years for mark, note in table.footnotes.items()} == {"a": None, "b": 6, "c": 4}


def outcome(study: str, population: str, endpoint: Endpoint = Endpoint.EFS) -> PublishedOutcome:
    """The one printed rate of a study."""
    found = [o for o in table1().outcomes() if (o.study, o.population, o.endpoint) == (study, population, endpoint)]
    assert len(found) == 1
    return found[0]


def test_a_footnote_sets_the_horizon():
    assert outcome("COG P9407", "KMT2A-rearranged").horizon_years == 5
    assert outcome("Interfant-99", "KMT2A-rearranged").horizon_years == 6
    assert outcome("JPLSG MLL03", "KMT2A-rearranged").horizon_years == 4


def test_the_pooled_row_is_one_outcome():
    pooled = outcome("JILSG MLL96 and JILSG MLL98", "KMT2A-rearranged")
    assert (pooled.n, pooled.rate.exact) == (80, 38.6)


def test_a_dash_is_never_a_rate():
    assert [o for o in table1().outcomes() if o.study == "CCG-1953" and o.endpoint is Endpoint.OS] == []
    assert [o.population for o in table1().outcomes() if o.study == "JPLSG MLL03"] == ["KMT2A-rearranged"] * 2


def test_the_horizon_of_mll10_is_printed_and_doubted():
    printed = outcome("JPLSG MLL-10", "KMT2A-rearranged")
    primary = next(o for o in primary_outcomes() if o.study == "JPLSG MLL-10" and o.population == "KMT2A-rearranged")
    assert (printed.horizon_years, printed.rate.exact) == (5, 66.2)
    assert (primary.horizon_years, primary.rate.exact, primary.se) == (3, 66.2, 5.6)
    assert not same_horizon(printed, outcome("COG AALL0631", "KMT2A-rearranged"))
    assert not same_horizon(printed, primary)


def test_only_rates_of_one_kind_and_horizon_stand_side_by_side():
    five, six = outcome("COG P9407", "KMT2A-rearranged"), outcome("Interfant-06", "KMT2A-rearranged")
    assert same_horizon(five, outcome("COG AALL0631", "KMT2A-rearranged"))
    assert not same_horizon(five, six)
    assert not same_horizon(five, outcome("COG AALL0631", "KMT2A-rearranged", Endpoint.OS))
    nowhere = evolve(five, horizon_years=None)
    assert not same_horizon(nowhere, nowhere)


@pytest.mark.parametrize(
    ("study", "population", "years", "rate"),
    [
        ("COG P9407", "cohort 3", 5, 42.3),
        ("COG AALL0631", "KMT2A-rearranged, chemotherapy only", 3, 39),
        ("JILSG MLL96 and MLL98", "KMT2A-rearranged, MLL96 and MLL98 together", 5, 38.6),
        ("Interfant-06", "KMT2A-germline", 6, 73.9),
    ],
)
def test_primary_papers(study: str, population: str, years: int, rate: float):
    found = [o for o in primary_outcomes() if (o.study, o.population, o.endpoint) == (study, population, Endpoint.EFS)]
    assert [(o.horizon_years, o.rate.exact) for o in found] == [(years, rate)]


def test_what_the_text_says():
    told = {(o.study, o.endpoint, o.horizon_years): str(o.rate) for o in outcomes_in_text()}
    assert told[("Interfant-06 + blinatumomab", Endpoint.EFS, 1)] == "over 90"
    assert told[("Interfant-06", Endpoint.EFS, 1)] == "54.8"
    assert told[("CAR T cells, several products", Endpoint.RFS, 1)] == "50 to 60"
    assert told[("NUTM1-rearranged", Endpoint.EFS, 3)] == "100"


def test_planned_trials():
    planned = {agent for trial in trials() if trial.state == "planned" for agent in trial.agents}
    assert {"venetoclax", "blinatumomab", "car_t_cd19"} <= planned
    germline = [trial for trial in trials() if trial.population == "infants with KMT2A-germline ALL"]
    assert [(t.group, t.agents) for t in germline] == [("COG", ("blinatumomab",))]
    assert {agent for trial in trials() for agent in trial.agents} <= set(agents())


def test_every_source_exists():
    cites = [o.source for o in (*primary_outcomes(), *outcomes_in_text())] + [t.source for t in trials()]
    assert {cite.key for cite in cites} <= set(knowledge("sources"))
    assert all(cite.at for cite in cites)
