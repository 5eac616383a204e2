"""The Kaplan-Meier estimator by hand and by a published data set; times of end points; the figure."""

from itertools import pairwise
from math import exp, log

import pytest

import infant_course as ic
from infant_course.render.curve import curve, estimates_of
from infant_course.render.curve_estimate import estimate
from infant_course.render.curve_times import ENDPOINTS
from infant_course.render.export import write
from render.cohort_samples import at, cohort, ink_on_the_edge, many, patient, sound

# Remission times (weeks) of 21 children given 6-mercaptopurine: Freireich and others, Blood 1963;21:699, as printed in
# Gehan, Biometrika 1965;52:203. True: relapse. Survival and Greenwood's standard error are as textbooks print them.
MERCAPTOPURINE = [
    *((time, True) for time in (6, 6, 6, 7, 10, 13, 16, 22, 23)),
    *((time, False) for time in (6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35)),
]
PRINTED = {
    6: (21, 0.857, 0.0764),
    7: (17, 0.807, 0.0869),
    10: (15, 0.753, 0.0963),
    13: (12, 0.690, 0.1068),
    16: (11, 0.627, 0.1141),
    22: (7, 0.538, 0.1282),
    23: (6, 0.448, 0.1346),
}


def test_the_textbook_data_come_out_as_printed():
    found = {step.time: step for step in estimate(MERCAPTOPURINE).steps if step.events}
    assert set(found) == set(PRINTED)
    for time, (at_risk, survival, error) in PRINTED.items():
        step = found[time]
        assert step.at_risk == at_risk
        assert step.survival == pytest.approx(survival, abs=5e-4)
        half = 1.96 * error / (survival * abs(log(survival)))
        assert step.lower == pytest.approx(survival ** exp(half), abs=2e-3)
        assert step.upper == pytest.approx(survival ** exp(-half), abs=2e-3)


def test_all_events_without_censoring_is_the_share_that_is_left():
    steps = estimate([(day, True) for day in (1, 2, 3, 4)]).steps
    assert [step.survival for step in steps] == pytest.approx([0.75, 0.5, 0.25, 0.0])
    assert (steps[-1].lower, steps[-1].upper) == (None, None)


def test_an_event_comes_before_a_censoring_of_the_same_time():
    """Worked by hand: of two at risk on day 5 one has the event and one is censored: a half is left."""
    (step,) = estimate([(5, True), (5, False)]).steps
    assert (step.at_risk, step.events, step.censored, step.survival) == (2, 1, 1, 0.5)


def test_at_risk_counts_those_whose_own_time_is_not_earlier():
    found = estimate([(1, True), (2, False), (3, True)])
    assert [found.at_risk(time) for time in (0, 1, 2, 2.5, 3, 4)] == [3, 3, 2, 1, 1, 0]
    assert found.survival(0.5) == 1.0
    assert found.survival(3) == 0.0


def test_nobody_gives_no_steps():
    assert estimate([]).steps == ()


# Times.


def outcomes(*courses, endpoint="efs", **choices):
    found = estimates_of(cohort(*courses), endpoint, **choices)
    used = {one.name: (one.least, one.greatest, one.event) for group in found.groups.values() for one in group}
    return used, dict(found.unusable)


FIRST_EVENTS = {
    "refractory": patient("refractory", at("refractory", 40), at("death", 90)),
    "relapse": patient("relapse", at("remission", 34), at("relapse", 200), at("death", 300)),
    "switch": patient("switch", at("lineage_switch", 150), at("last_contact", 800, vital_status="alive")),
    "second": patient("second", at("second_malignancy", 900), at("last_contact", 1000, vital_status="alive")),
    "death": patient("death", at("death", 50)),
    "dead": patient("dead", at("last_contact", 60, vital_status="dead")),
    "mrd only": patient("mrd only", at("mrd_reemergence", 70), at("last_contact", 100, vital_status="alive")),
}


def test_event_free_survival_ends_with_the_first_of_its_events():
    used, unusable = outcomes(*FIRST_EVENTS.values())
    assert used == {
        "refractory": (40, 40, True),
        "relapse": (200, 200, True),
        "switch": (150, 150, True),
        "second": (900, 900, True),
        "death": (50, 50, True),
        "dead": (60, 60, True),
        "mrd only": (100, 100, False),
    }
    assert unusable == {}


def test_overall_survival_ends_with_death_only():
    used, _ = outcomes(*FIRST_EVENTS.values(), endpoint="os")
    assert {name: event for name, (_, _, event) in used.items()} == {
        "refractory": True,
        "relapse": True,
        "switch": False,
        "second": False,
        "death": True,
        "dead": True,
        "mrd only": False,
    }
    assert used["relapse"] == (300, 300, True)


def test_a_transplant_censors_only_when_asked():
    grafted = patient("p", at("transplant", 120), at("relapse", 200), at("last_contact", 900, vital_status="alive"))
    assert outcomes(grafted)[0] == {"p": (200, 200, True)}
    assert outcomes(grafted, censor_at_hsct=True)[0] == {"p": (120, 120, False)}


def test_an_event_before_the_transplant_stays_one():
    late = patient("p", at("relapse", 100), at("transplant", 200), at("last_contact", 900, vital_status="alive"))
    same = patient("q", at("relapse", 100), at("transplant", 100), at("last_contact", 900, vital_status="alive"))
    used, _ = outcomes(late, same, censor_at_hsct=True)
    assert used == {"p": (100, 100, True), "q": (100, 100, True)}


def test_an_order_that_is_not_known_is_not_chosen():
    torn = patient(
        "p", at("relapse", "2015-06"), at("transplant", "2015-06"), at("last_contact", 900, vital_status="alive")
    )
    used, unusable = outcomes(torn, censor_at_hsct=True)
    assert used == {}
    assert unusable == {"p": "whether the HSCT or the event came first is not known"}
    assert outcomes(torn)[0] == {"p": (92, 121, True)}  # 1 to 30 June after 1 March


def test_failure_at_day_zero_when_asked():
    used, _ = outcomes(FIRST_EVENTS["refractory"], FIRST_EVENTS["relapse"], failure_at_zero=True)
    assert used == {"refractory": (0, 0, True), "relapse": (200, 200, True)}


def test_a_failure_after_relapse_is_not_moved():
    late = patient("p", at("relapse", 100), at("refractory", 150), at("death", 300))
    assert outcomes(late, failure_at_zero=True)[0] == {"p": (100, 100, True)}


def test_failure_at_zero_is_a_choice_of_efs():
    with pytest.raises(ic.UsageError, match="choice of efs"):
        estimates_of(cohort(FIRST_EVENTS["death"]), "os", failure_at_zero=True)


def test_who_cannot_be_used_is_told_with_the_reason():
    used, unusable = outcomes(
        patient("no end", at("remission", 34)),
        patient("no time", at("death", "after dx")),
        patient("no lower bound", at("relapse", None), at("death", 100)),
        patient("before", at("last_contact", -3, vital_status="alive")),
    )
    assert used == {}
    assert unusable == {
        "no end": "no last contact",
        "no time": "the time of the first event is not known between two days",
        "no lower bound": "the time of the first event is not known between two days",
        "before": "the last contact may lie before the diagnosis",
    }


def test_a_partial_date_is_kept_as_an_interval_and_drawn_as_two_curves():
    vague = patient("p", at("death", "2015-06"))
    sure = [patient(f"q{n}", at("last_contact", 1000, vital_status="alive")) for n in range(9)]
    figure = curve(cohort(vague, *sure), "os")
    days = {row[1]: row[2] for row in figure.rows if row[4] == "1"}
    assert days == {"earliest": "92", "latest": "121"}
    assert "1 of 10 times is known only between two days" in figure.caption
    sound(figure)


def test_neither_of_two_curves_is_a_bound_at_every_time():
    """By hand: one of three dies on a day from 1 to 3, one is censored on day 2, one on day 9.

    At the earliest a third is lost, at the latest a half of the two that are left.
    """
    early = estimate([(1, True), (2, False), (9, False)])
    late = estimate([(3, True), (2, False), (9, False)])
    assert (early.survival(2), late.survival(2)) == pytest.approx((2 / 3, 1))
    assert (early.survival(5), late.survival(5)) == pytest.approx((2 / 3, 1 / 2))


def test_the_curves_have_the_times_of_the_outcomes():
    found = estimates_of(cohort(*many(30)), "os", group_by="kmt2a")
    assert sum(len(group) for group in found.groups.values()) == 30
    earliest, latest = found.curves("germline")
    assert earliest == latest
    assert earliest.patients == 6


def test_overall_survival_is_never_below_event_free_survival():
    everyone = cohort(*many(60))
    efs, _ = estimates_of(everyone, "efs").curves("")
    os_, _ = estimates_of(everyone, "os").curves("")
    assert all(os_.survival(day) >= efs.survival(day) - 1e-12 for day in range(0, 2000, 10))


# The figure.


@pytest.mark.parametrize("width", [80, 115, 170])
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_figure_is_sound(endpoint, width):
    sound(curve(cohort(*many(60)), endpoint, group_by="kmt2a", width=width))


def test_the_picture_has_text_and_nothing_on_its_edge(tmp_path, monkeypatch):
    monkeypatch.setattr("infant_course.render.export.PNG_RESOLUTION", 72)
    figure = curve(cohort(*many(40)), group_by="kmt2a")
    dark, edge = ink_on_the_edge(write(figure.drawing.svg(), tmp_path / "a.png").read_bytes())
    assert dark > 500
    assert edge == 0


def test_an_axis_that_ends_early_draws_nothing_beyond():
    figure = curve(cohort(*many(40)), until=12)
    assert figure.page.of("tick-label")[-1].text == "12"
    right = max(stroke.x2 for stroke in figure.page.of("axis"))
    assert all(box.right <= right + 0.01 for one in figure.page.of("curve") for box in (one.box,))
    sound(figure)


def test_one_patient_gives_a_figure():
    sound(curve(cohort(patient("p", at("death", 50))), "os"))


def test_below_five_at_risk_the_curve_is_grey():
    figure = curve(cohort(*(patient(f"p{n}", at("death", 100 * (n + 1))) for n in range(10))), "os")
    (sure,), (few,) = figure.page.of("curve"), figure.page.of("curve few")
    x_of_600 = sure.points[-1][0]  # the sixth death leaves four at risk
    assert few.points[0][0] == x_of_600
    assert sum(y for _, y in sure.points[-1:]) == few.points[0][1]
    assert few.stroke != sure.stroke


def test_the_numbers_at_risk_stand_under_the_ticks():
    """By hand: ten deaths, one each 100 days; month 12 is day 365.25: three have died."""
    figure = curve(cohort(*(patient(f"p{n}", at("death", 100 * (n + 1))) for n in range(10))), "os")
    row = [label.text for label in figure.page.of("count")]
    ticks = [label.text for label in figure.page.of("tick-label") if label.text.isdigit()][5:]
    third = len(ticks)
    assert ticks[ticks.index("12")] == "12"
    assert row[ticks.index("12")] == "7"
    assert row[2 * third + ticks.index("12")] == "3"


def test_the_caption_tells_end_point_choices_and_ground():
    caption = curve(cohort(*many(30)), "efs", censor_at_hsct=True, failure_at_zero=True).caption
    for words in (
        "treatment failure (no complete remission by the time fixed in the protocol)",
        "buchmann2022",
        "Follow-up ends at the first HSCT",
        "counts on day 0",
        "Greenwood, log-log",
    ):
        assert words in caption


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"endpoint": "pfs"}, "known are os, efs"),
        ({"group_by": "kmt2"}, "did you mean 'kmt2a'"),
        ({"at": (0,)}, "months from 1"),
        ({"until": 0}, "months from 1"),
        ({"width": 90}, "80, 115, 170"),
    ],
)
def test_what_is_not_known_is_told_with_what_is(words, told):
    with pytest.raises(ic.UsageError, match=told):
        curve(cohort(*many(6)), **words)


def test_nobody_to_use_is_told():
    with pytest.raises(ic.UsageError, match="no last contact"):
        curve(cohort(patient("p", at("remission", 34))))


def test_groups_are_named_on_their_curves_and_across_none():
    """Site A loses six of twelve, site B one: the curves lie apart."""
    lost = {"A": range(1, 7), "B": range(1, 2)}
    people = [
        patient(f"{site}{n}", at("death", 100 * n) if n in lost[site] else at("last_contact", 1000 + n), site=site)
        for site in lost
        for n in range(12)
    ]
    figure = curve(cohort(*people), "os", group_by="site", width=115)
    names = {label.text: label.box for label in figure.page.of("curve-name")}
    assert set(names) == {"A", "B"}
    assert names["B"].bottom < names["A"].y
    lines = [pair for one in (*figure.page.of("curve"), *figure.page.of("curve few")) for pair in pairwise(one.points)]
    for box in names.values():
        assert not any(
            min(a[0], b[0]) < box.right and box.x < max(a[0], b[0]) and min(a[1], b[1]) < box.bottom
            and box.y < max(a[1], b[1])
            for a, b in lines
        )  # fmt: skip


def test_a_name_never_stands_where_its_curve_is_also_another():
    """Two groups of one and the same curve: no place would tell which is meant, so the table names them."""
    same = [patient(f"{site}{n}", at("death", 100 + 50 * n), site=site) for site in ("A", "B") for n in range(8)]
    figure = curve(cohort(*same), "os", group_by="site")
    assert figure.page.of("curve-name") == []
    assert {label.text for label in figure.page.of("group")} == {"A (n = 8)", "B (n = 8)"}
