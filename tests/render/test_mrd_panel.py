"""The MRD panel: four states kept apart, levels at their heights, results that are not drawn told."""

from math import log10

import pytest
from attrs import evolve

import infant_course as ic
from infant_course.events import Quantity
from infant_course.render.cohort_page import Symbol
from infant_course.render.export import write
from infant_course.render.mrd_panel import mrd_panel
from render.cohort_samples import at, cohort, ink_on_the_edge, patient, sound


def level(value, unit="fraction"):
    return Quantity(value, unit)


def mrd(day, point, **fields):
    fields.setdefault("method", "pcr")
    return at("mrd", day, timepoint=point, **fields)


def quantified(day, point, value, **fields):
    return mrd(day, point, result="quantified", value=level(value), **fields)


def results(figure):
    """Symbols of results, by their titles; those of the key have none."""
    return [one for one in figure.page.things if isinstance(one, Symbol) and one.title]


def height(figure):
    """The fraction of a height on the page, from the labels 1 and 10^-6."""
    ticks = {one.text: one.y for one in figure.page.of("tick-label")}
    return lambda y: 10 ** (-6 * (y + 2.5 - ticks["1"]) / (ticks["10^-6"] - ticks["1"]))


FOUR = cohort(
    patient("a", quantified(33, "EOI", 2e-3)),
    patient("b", mrd(33, "EOI", result="negative", sensitivity=level(1e-5))),
    patient("c", mrd(33, "EOI", result="negative")),
    patient(
        "d",
        mrd(33, "EOI", result="positive_below_range", sensitivity=level(1e-5), quantitative_limit=level(1e-4)),
    ),
    patient("e", mrd(33, "EOI", result="positive")),
)


def test_the_states_are_kept_apart():
    figure = mrd_panel(FOUR)
    found = {one.title[0]: one for one in results(figure)}
    fraction = height(figure)
    assert (found["a"].filled, found["a"].arrow) == ("full", False)
    assert (found["b"].filled, found["b"].arrow) == ("none", True)
    assert (found["c"].filled, found["c"].arrow) == ("none", False)
    assert (found["d"].filled, found["d"].arrow) == ("half", False)
    assert found["e"].filled == "half"
    assert fraction(found["a"].y) == pytest.approx(2e-3, rel=0.02)
    assert fraction(found["b"].y) == pytest.approx(1e-5, rel=0.02)
    assert fraction(found["d"].y) == pytest.approx(1e-5, rel=0.02)
    assert fraction(found["c"].y) < 4e-7  # in the strip under the axis: it has no level
    assert fraction(found["e"].y) < 4e-7
    sound(figure)


def test_what_has_no_level_stands_in_its_own_strip():
    figure = mrd_panel(FOUR)
    strips = {one.text: one.y for one in figure.page.of("tick-label") if one.text in ("ND", "+")}
    found = {one.title[0]: one.y for one in results(figure)}
    assert abs(found["c"] - strips["ND"]) < 10
    assert abs(found["e"] - strips["+"]) < 10
    assert abs(strips["ND"] - strips["+"]) >= 14


def test_without_negatives_of_unknown_sensitivity_there_is_no_strip():
    figure = mrd_panel(cohort(patient("a", quantified(33, "EOI", 2e-3))))
    assert [one.text for one in figure.page.of("tick-label") if one.text in ("ND", "+")] == []


def test_the_bar_of_an_unquantifiable_result_reaches_to_its_limit():
    figure = mrd_panel(FOUR)
    bar = max(figure.page.of("range"), key=lambda one: abs(one.y1 - one.y2))
    assert height(figure)(bar.y2) == pytest.approx(1e-4, rel=0.02)


def test_a_percentage_is_the_same_level():
    one = patient("a", mrd(33, "EOI", result="quantified", value=level(0.2, "%")))
    figure = mrd_panel(cohort(one))
    assert height(figure)(results(figure)[0].y) == pytest.approx(2e-3, rel=0.02)


def test_lines_join_one_patient_assay_and_specimen_and_are_dashed_where_a_level_is_missing():
    one = patient(
        "a",
        quantified(33, "EOI", 2e-3, specimen="marrow"),
        quantified(80, "EOC", 2e-4, specimen="marrow"),
        mrd(160, "later", result="negative", sensitivity=level(1e-5), specimen="marrow"),
        quantified(80, "EOC", 1e-3, method="flow", specimen="marrow"),
        quantified(160, "later", 1e-3, specimen="blood"),
    )
    joins = mrd_panel(cohort(one)).page.of("join")
    assert sorted(one.dash or "solid" for one in joins) == ["1.6 1.2", "solid"]


def test_results_of_assays_that_nobody_named_are_not_joined():
    one = patient("a", quantified(33, "EOI", 2e-3, method=None), quantified(80, "EOC", 2e-4, method=None))
    assert mrd_panel(cohort(one)).page.of("join") == []


def test_time_points_come_in_the_order_of_their_days():
    one = patient("a", quantified(80, "A later one", 1e-3), quantified(33, "EOI", 2e-3))
    assert [label.text for label in mrd_panel(cohort(one)).page.of("point")] == ["EOI", "A later one"]


def test_a_protocol_gives_its_time_points_and_thresholds():
    one = patient(
        "a", quantified(33, "EOI", 2e-3), quantified(200, "before OCTADAD", 1e-3), quantified(9, "day 9", 1.0)
    )
    figure = mrd_panel(cohort(one), protocol="interfant-06")
    points = " ".join(label.text for label in figure.page.of("point"))
    assert points == "end of induction end of consolidation after MARMA, before OCTADAD"
    assert sorted(label.text for label in figure.page.of("key") if "%" in label.text) == [
        "0.05 %, end of induction",
        "limit of MRD response, 0.01 %",
    ]
    lines = sorted(round(log10(height(figure)(line.y1)), 1) for line in figure.page.of("threshold"))
    assert lines == [-4.0, -3.3]
    assert "1: a time point that the protocol does not name" in figure.caption
    sound(figure)


def test_what_is_not_drawn_is_told_and_listed():
    one = patient(
        "a",
        quantified(33, "EOI", 2e-3),
        quantified(33, "EOI", 1e-3),
        quantified(60, None, 1e-3),
        mrd(80, "EOC", result="not_evaluable"),
        mrd(90, "EOC", result="quantified", value=level(0.0)),
        mrd(91, "EOC", result="quantified", value=Quantity(4e-4, None)),
        mrd(92, "EOC", result="negative", sensitivity=level(3.0)),
    )
    figure = mrd_panel(cohort(one))
    assert sorted(row[-1] for row in figure.rows[1:] if row[-1]) == [
        *["not drawn: a level or limit without a usable unit, not above 0, or above 1"] * 3,
        "not drawn: a second result of one assay and specimen at a time point",
        "not drawn: no time point stated",
        "not drawn: not evaluable, or no result",
    ]
    assert figure.notes[0].startswith("6 MRD results not drawn")


def test_the_numbers_under_the_axis():
    """By hand: five tested; surely negative only the one with a sensitivity of 0.01 % or better."""
    assert [one.text for one in mrd_panel(FOUR).page.of("count")] == ["tested", "negative", "5", "1"]


def test_a_negative_of_poor_sensitivity_is_not_counted_as_negative():
    one = patient("a", mrd(33, "EOI", result="negative", sensitivity=level(1e-3)))
    assert [one.text for one in mrd_panel(cohort(one)).page.of("count")][-1] == "0"


def test_a_patient_negative_by_one_assay_and_positive_by_another_is_not_negative():
    one = patient(
        "a",
        mrd(33, "EOI", result="negative", sensitivity=level(1e-5)),
        quantified(33, "EOI", 1e-3, method="flow"),
    )
    assert [one.text for one in mrd_panel(cohort(one)).page.of("count")][-2:] == ["1", "0"]


def crowd(count, groups=1):
    points = ("EOI", "EOC", "before OCTADAD")
    for n in range(count):
        told = [
            quantified(33 + 60 * k, point, 10 ** -(1.5 + k + n % 7 / 4)) for k, point in enumerate(points[: n % 3 + 1])
        ]
        if n % 4 == 0:
            told.append(mrd(400, "late", result="negative", sensitivity=level(1e-5) if n % 8 else None))
        yield patient(f"P{n:03d}", *told, site=f"Centre {n % groups + 1:02d}")


def test_symbols_of_one_time_point_do_not_cover_each_other():
    found = results(mrd_panel(cohort(*crowd(40))))
    near = [(a, b) for n, a in enumerate(found) for b in found[:n] if abs(a.x - b.x) < 4.9 and abs(a.y - b.y) < 4.9]
    assert near == []


@pytest.mark.parametrize("count", [1, 10, 40, 120])
@pytest.mark.parametrize("width", [80, 115, 170])
def test_the_figure_is_sound(count, width):
    sound(mrd_panel(cohort(*crowd(count)), width=width))


@pytest.mark.parametrize("groups", [2, 12])
def test_panels_are_sound(groups):
    figure = mrd_panel(cohort(*crowd(60, groups)), group_by="site")
    assert len(figure.page.of("panel")) == groups
    sound(figure)


def test_a_long_name_of_a_panel_gives_way_to_its_number():
    long = [evolve(one, patient=evolve(one.patient, site=f"{'x' * 300}{n % 2}")) for n, one in enumerate(crowd(8))]
    figure = mrd_panel(cohort(*long), group_by="site")
    assert all(label.text.endswith("… (n = 4)") for label in figure.page.of("panel"))
    sound(figure)


def test_without_ids_none_is_written():
    figure = mrd_panel(cohort(*crowd(12)), ids=False)
    everything = "".join([figure.drawing.svg(), *(cell for row in figure.rows for cell in row)])
    assert "P0" not in everything


def test_the_picture_has_text_and_nothing_on_its_edge(tmp_path, monkeypatch):
    monkeypatch.setattr("infant_course.render.export.PNG_RESOLUTION", 72)
    dark, edge = ink_on_the_edge(write(mrd_panel(FOUR).drawing.svg(), tmp_path / "a.png").read_bytes())
    assert dark > 500
    assert edge == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"protocol": "interfant-6"}, "interfant-06"),
        ({"protocol": "mll96"}, "no MRD time points are known of mll96"),
        ({"group_by": "sight"}, "did you mean 'site'"),
    ],
)
def test_what_is_not_known_is_told_with_what_is(words, told):
    with pytest.raises(ic.UsageError, match=told):
        mrd_panel(FOUR, **words)


def test_more_patients_than_a_panel_holds_are_refused():
    with pytest.raises(ic.UsageError, match="151 patients in one panel; at most 150"):
        mrd_panel(cohort(*(patient(f"p{n}", quantified(33, "EOI", 1e-3)) for n in range(151))))


def test_nothing_to_draw_is_told():
    with pytest.raises(ic.UsageError, match="1: no time point stated"):
        mrd_panel(cohort(patient("a", quantified(60, None, 1e-3))))
