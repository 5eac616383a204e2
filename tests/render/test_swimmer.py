"""The swimmer plot: what is drawn where, who is not drawn and why, and that it can be read."""

from itertools import pairwise

import pytest
from attrs import evolve

import infant_course as ic
from infant_course.render.export import write
from infant_course.render.swimmer import LARGEST, swimmer
from infant_course.render.swimmer_figure import Phase
from infant_course.render.timeline_figure import MONTH
from infant_course.when import parse
from render.cohort_samples import at, cohort, ink_on_the_edge, many, outside, overlaps, patient, sound

ALIVE = {"vital_status": "alive"}


def cells(figure, what):
    """Rows of the table by what they are of."""
    return [row for row in figure.rows[1:] if row[2] == what]


def marks(figure, kind):
    """Middles of the marks of a kind among the rows; those in the key lie lower."""
    axis = next(one for one in figure.page.things if getattr(one, "cls", "") == "axis")
    return [one.x for one in figure.page.things if getattr(one, "kind", "") == kind and one.y < axis.y1]


def scale(figure):
    """Days of a place on the page, from two ticks of the axis."""
    ticks = [one for one in figure.page.of("tick-label")]
    (a, xa), (b, xb) = ((int(one.text.replace("\N{MINUS SIGN}", "-")) * MONTH, one.x) for one in (ticks[0], ticks[-1]))
    return lambda x: a + (x - xa) * (b - a) / (xb - xa)


@pytest.mark.parametrize("count", [1, 2, 10, 40, 60, 61, 120])
@pytest.mark.parametrize("width", [80, 170])
def test_it_is_sound_at_every_size(count, width):
    sound(swimmer(cohort(*many(count)), group_by="kmt2a", width=width))


@pytest.mark.parametrize("sites", [2, 30])
def test_it_is_sound_with_few_and_many_groups(sites):
    sound(swimmer(cohort(*many(120, sites=sites)), group_by="site"))


@pytest.mark.parametrize("width", [80, 170])
def test_long_names_are_cut_and_not_laid_over_each_other(width):
    long = [evolve(one, patient=evolve(one.patient, site="Universitätsklinikum " * 9)) for one in many(12, sites=1)]
    sound(swimmer(cohort(*long), group_by="site", width=width))


def test_the_check_of_overlaps_can_fail():
    figure = swimmer(cohort(*many(3)))
    first = figure.page.labels[0]
    figure.page.add(evolve(first, x=first.x + 1))
    assert overlaps(figure.page)
    figure.page.add(evolve(first, x=-50.0))
    assert outside(figure.page)


def test_more_than_can_be_read_are_refused_and_the_curve_is_offered():
    with pytest.raises(ic.UsageError, match=r"121 patients .* at most 120 .* infant-course curve"):
        swimmer(cohort(*many(LARGEST + 1)))


def test_marks_stand_at_their_days():
    figure = swimmer(cohort(patient("p", at("relapse", 300), at("transplant", 500), at("last_contact", 900, **ALIVE))))
    days = scale(figure)
    assert [days(x) for x in marks(figure, "relapse")] == pytest.approx([300], abs=1)
    assert [days(x) for x in marks(figure, "hsct")] == pytest.approx([500], abs=1)
    assert [days(x) for x in marks(figure, "alive")] == pytest.approx([900], abs=1)


def test_day_zero_may_be_another_event():
    one = patient("p", at("remission", 30, number=1), at("relapse", 300), at("last_contact", 900, **ALIVE))
    figure = swimmer(cohort(one), align="relapse")
    days = scale(figure)
    assert [days(x) for x in marks(figure, "remission")] == pytest.approx([-270], abs=2)
    assert [days(x) for x in marks(figure, "alive")] == pytest.approx([600], abs=1)
    assert any(label.text.startswith("\N{MINUS SIGN}") for label in figure.page.labels)


def test_day_zero_may_be_the_first_event_of_any_type_or_birth():
    """Two infusions: day 0 is the first. Born 100 days before the diagnosis on 2015-03-01."""
    one = patient("p", at("cell_therapy", 400), at("cell_therapy", 700), at("last_contact", 900, **ALIVE))
    figure = swimmer(cohort(one), align="cell_therapy")
    days = scale(figure)
    assert [days(x) for x in marks(figure, "car_t")] == pytest.approx([0, 300], abs=1)
    assert "Time since first cell therapy (months)" in [label.text for label in figure.page.labels]
    born = evolve(one, patient=evolve(one.patient, birth=(parse("2014-11-21"),)))
    figure = swimmer(cohort(born), align="birth")
    assert [scale(figure)(x) for x in marks(figure, "alive")] == pytest.approx([1000], abs=1)
    with pytest.raises(ic.UsageError, match="no time from birth to the last contact"):
        swimmer(cohort(one), align="birth")


def test_who_has_no_day_zero_is_listed_and_not_dropped():
    relapsed = patient("p", at("relapse", 300), at("last_contact", 900, **ALIVE))
    well = patient("q", at("last_contact", 900, **ALIVE))
    torn = patient("r", at("relapse", "2016"), at("relapse", "2016"), at("last_contact", 900, **ALIVE))
    figure = swimmer(cohort(relapsed, well, torn), align="relapse")
    told = {row[0]: row[-1] for row in cells(figure, "patient")}
    assert told == {name: "not drawn: no first relapse, or which one is not known" for name in ("q", "r")}
    assert "2 of 3 patients not drawn" in figure.caption


def test_who_has_no_times_is_listed_with_the_reason():
    ordered = patient("p", at("relapse", "after dx"), at("last_contact", "after relapse1", **ALIVE))
    bare = patient("q")
    figure = swimmer(cohort(ordered, bare, *many(2)))
    told = {row[0]: row[-1] for row in cells(figure, "patient")}
    assert told == {
        "p": "not drawn: no time from diagnosis to the last contact known within 92 days",
        "q": "not drawn: nothing but diagnosis has a time known within 92 days",
    }
    assert len(figure.notes) == 1


def test_all_order_only_is_refused_with_what_can_be_drawn():
    ordered = patient("p", at("relapse", "after dx"), at("last_contact", "after relapse1", **ALIVE))
    with pytest.raises(ic.UsageError, match="infant-course flow"):
        swimmer(cohort(ordered))


def test_an_event_without_a_time_is_listed():
    figure = swimmer(cohort(patient("p", at("relapse", "after dx"), at("last_contact", 900, **ALIVE))))
    assert marks(figure, "relapse") == []
    assert [row[3] for row in figure.rows if row[-1].startswith("not drawn: time not known")] == ["relapse"]
    assert "1 event has no time known within 92 days" in figure.caption


def test_a_month_is_drawn_with_a_bracket_over_the_month():
    figure = swimmer(cohort(patient("p", at("relapse", "2015-06"), at("last_contact", 300, **ALIVE))))
    days = scale(figure)
    (bracket,) = figure.page.of("bracket")
    assert (days(bracket.x1), days(bracket.x2)) == pytest.approx((92, 121), abs=1)
    (row,) = [row for row in figure.rows if row[3] == "relapse"]
    assert row[4:6] == ("92", "121")
    assert any(label.text == "earliest to latest day" for label in figure.page.labels)


ENDS = {
    "death": (at("death", 400),),
    "alive": (at("last_contact", 400, vital_status="alive"),),
    "lost": (at("last_contact", 400, vital_status="lost_to_follow_up"),),
}


@pytest.mark.parametrize("kind", ENDS)
def test_every_row_has_its_end(kind):
    figure = swimmer(cohort(patient("p", at("remission", 30), *ENDS[kind])))
    assert len(marks(figure, kind)) == 1


@pytest.mark.parametrize(
    ("told", "sign"),
    [((at("remission", 30),), "?"), ((at("remission", 30), at("last_contact", 400)), "|?")],
)
def test_an_end_that_is_not_stated_is_a_question(told, sign):
    figure = swimmer(cohort(patient("p", *told)))
    assert [one.text for one in figure.page.of("end")] == [sign] * 2  # the row's, and the key's


PHASES = {
    "induction": Phase.INDUCTION,
    "induction_cohort1": Phase.INDUCTION,
    "prednisone_prephase": Phase.INDUCTION,
    "ib": Phase.INDUCTION,
    "induction_intensification": Phase.POST_INDUCTION,
    "reinduction": Phase.POST_INDUCTION,
    "post_induction": Phase.POST_INDUCTION,
    "maintenance": Phase.POST_INDUCTION,
    "salvage": Phase.SECOND_LINE,
}


@pytest.mark.parametrize("block", PHASES)
def test_the_phase_of_a_block_follows_its_name(block):
    one = patient("p", at("treatment_block", 10, 50, block=block), at("last_contact", 400, **ALIVE))
    assert len(cells(swimmer(cohort(one)), PHASES[block].value)) == 1


def test_a_block_after_a_relapse_is_second_line_and_one_of_unknown_order_is_neither():
    end = at("last_contact", 900, **ALIVE)
    after = patient("p", at("relapse", 200), at("treatment_block", 210, 240, block="maintenance"), end)
    torn = patient("q", at("relapse", "2015-06"), at("treatment_block", "2015-06", 240, block="maintenance"), end)
    figure = swimmer(cohort(after, torn))
    assert [row[0] for row in cells(figure, "second line")] == ["p"]
    assert [row[0] for row in cells(figure, "chemotherapy, line not known")] == ["q"]
    assert "White bars" in figure.caption


def test_an_ongoing_phase_reaches_the_end_with_an_arrowhead():
    one = patient("p", at("treatment_block", 10, "ongoing", block="maintenance"), at("last_contact", 400, **ALIVE))
    figure = swimmer(cohort(one))
    (bar,) = figure.page.of("bar post_induction")
    assert len(bar.points) == 5
    assert scale(figure)(max(x for x, _ in bar.points)) == pytest.approx(400, abs=1)
    assert any(label.text == "ongoing when last seen" for label in figure.page.labels)


def test_a_phase_of_unknown_end_is_open():
    one = patient("p", at("treatment_block", 10, block="maintenance"), at("last_contact", 400, **ALIVE))
    figure = swimmer(cohort(one))
    (bar,) = figure.page.of("bar post_induction")
    assert bar.stroke is None
    assert len(figure.page.of("open")) == 3
    assert cells(figure, "post-induction chemotherapy")[0][-1] == "end not known"


def order(figure):
    return [one.text for one in figure.page.of("id")]


def test_rows_are_sorted_as_asked():
    end = at("last_contact", 900, **ALIVE)
    a = patient("a", at("relapse", 300), at("last_contact", 500, **ALIVE), wbc=ic.Quantity(20, "10^9/L"))
    b = patient("b", end)
    c = patient("c", at("relapse", 100), end, wbc=ic.Quantity(10_000, "/uL"))
    everyone = cohort(a, b, c)
    assert order(swimmer(everyone)) == ["b", "c", "a"]
    assert order(swimmer(everyone, sort="id")) == ["a", "b", "c"]
    assert order(swimmer(everyone, sort="first-event")) == ["c", "a", "b"]
    assert order(swimmer(everyone, sort="wbc")) == ["c", "a", "b"]


def test_groups_are_panels_with_their_numbers_and_what_is_not_stated_comes_last():
    figure = swimmer(
        cohort(
            patient("a", at("death", 100)),
            patient("b", at("death", 100), kmt2a="rearranged"),
            patient("c", at("death", 100), kmt2a="germline"),
        ),
        group_by="kmt2a",
    )
    assert [one.text for one in figure.page.of("group")] == [
        "KMT2A-germline (n = 1)",
        "KMT2A-rearranged (n = 1)",
        "KMT2A not stated (n = 1)",
    ]


def test_two_arms_stated_are_a_group_of_their_own():
    one = patient("a", at("randomisation", 30, arm="IB"), at("randomisation", 60, arm="ADE"), at("death", 100))
    figure = swimmer(cohort(one), group_by="arm")
    assert [label.text for label in figure.page.of("group")] == ["arm several stated (n = 1)"]


def test_without_ids_none_is_written():
    figure = swimmer(cohort(*many(12)), ids=False)
    everything = "".join([figure.drawing.svg(), figure.caption, *(cell for row in figure.rows for cell in row)])
    assert "P0" not in everything
    assert "P003" in swimmer(cohort(*many(12))).drawing.svg()


def test_the_axis_may_end_early_and_then_says_so():
    figure = swimmer(cohort(*many(10)), until=24)
    (row,) = [one for one in figure.page.of("end") if one.x > 300][:1]
    assert row.text == "»"
    assert figure.page.of("tick-label")[-1].text == "24"
    assert "The axis ends at month 24; 8 rows go on" in figure.caption  # day 730: the first two end on days 700 and 720
    sound(figure)


def test_marks_of_one_day_do_not_cover_each_other():
    one = patient(
        "p", *(at(kind, 100) for kind in ("remission", "relapse", "transplant", "lineage_switch")), at("death", 101)
    )
    figure = swimmer(cohort(one))
    places = sorted(
        x for kind in ("remission", "relapse", "hsct", "lineage_switch", "death") for x in marks(figure, kind)
    )
    assert all(b - a >= 3.99 for a, b in pairwise(places))


def test_a_figure_higher_than_a_page_says_so():
    assert swimmer(cohort(*many(40))).warning is None
    high = swimmer(cohort(*many(120, sites=30)), group_by="site", width=80)
    assert high.page.height > 247 * 72 / 25.4
    assert high.warning.endswith("more than a page; fewer groups or rows make it lower")


def test_what_is_written_beside_the_figure(tmp_path):
    written = swimmer(cohort(*many(3))).write(tmp_path / "s.svg")
    assert [path.name for path in written] == ["s.svg", "s.caption.txt", "s.alt.txt", "s.table.csv"]
    assert (tmp_path / "s.table.csv").read_text().startswith("patient,group,what,name,start_earliest_day")


def test_a_cell_that_a_spreadsheet_would_run_is_made_inert(tmp_path):
    bad = patient("=1+1", at("death", 100))
    swimmer(cohort(bad)).write(tmp_path / "s.svg")
    assert "'=1+1" in (tmp_path / "s.table.csv").read_text()


def test_the_picture_has_text_and_nothing_on_its_edge(tmp_path, monkeypatch):
    monkeypatch.setattr("infant_course.render.export.PNG_RESOLUTION", 72)
    figure = swimmer(cohort(*many(40)), group_by="kmt2a")
    dark, edge = ink_on_the_edge(write(figure.drawing.svg(), tmp_path / "a.png").read_bytes())
    assert dark > 2000
    assert edge == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"align": "bmt"}, "no event 'bmt': known are diagnosis, birth, cr1, hsct, relapse, symptom_onset, .*, death$"),
        ({"align": "cell_terapy"}, "did you mean 'cell_therapy'"),
        ({"group_by": "kmt2"}, "did you mean 'kmt2a'"),
        ({"sort": "wcb"}, "did you mean 'wbc'"),
        ({"until": 0}, "from 1"),
        ({"width": 100}, "80, 115, 170"),
    ],
)
def test_what_is_not_known_is_told_with_what_is(words, told):
    with pytest.raises(ic.UsageError, match=told):
        swimmer(cohort(*many(3)), **words)


def test_an_unknown_suffix_is_refused_before_anything_is_written(tmp_path):
    with pytest.raises(ic.UsageError, match=r"\.svg, \.pdf, \.png"):
        swimmer(cohort(*many(3))).write(tmp_path / "s.jpg")
    assert list(tmp_path.iterdir()) == []
