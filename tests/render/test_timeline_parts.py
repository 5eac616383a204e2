"""Plans, findings, remarks and the states of MRD results on a timeline."""

import pytest

from infant_course import Course, MrdAssessment, Relapse, TreatmentBlock
from infant_course.knowledge.plan import plan
from infant_course.knowledge.protocols import the_protocol
from infant_course.render.marks import told
from infant_course.render.style import Mark, Style
from infant_course.render.timeline import figure_of
from infant_course.render.timeline_figure import (
    Assay,
    Certainty,
    Lane,
    MrdPoint,
    MrdState,
    Placed,
    TimelineFigure,
)
from infant_course.render.timeline_layout import lay_out
from infant_course.render.timeline_mrd import HEIGHT
from infant_course.vocabulary import Method, MrdResult
from render.timeline_courses import MARKS, course, diagnosis, level, rich, said
from render.timeline_samples import event, figure, on


def shown(protocol: str, group: str | None = None, drawn: Course | None = None, **style: object) -> TimelineFigure:
    return figure_of(drawn or rich(), style=Style(**style), plan=plan(the_protocol(protocol), group))


def ghosts(drawn: TimelineFigure) -> dict[str, tuple[float, float | None]]:
    found = {}
    for item in drawn.items:
        if item.lane is Lane.PLANNED:
            assert item.end is not None
            open_end = item.end.certainty is Certainty.UNKNOWN_END
            found[item.label] = (item.start.day, None if open_end else item.end.day)
    return found


# Plans. Interfant-06 as stored: prephase days 1-7, induction days 8-35 (recalled), IB and ADE from day 36.


def test_planned_blocks_stand_at_their_days_counted_from_the_diagnosis() -> None:
    """Day 1 is day 0 after diagnosis; the last day of a block is drawn in full."""
    assert ghosts(shown("interfant-06", "MR")) == {
        "Prephase†": (0, 7),
        "Ind†": (7, 35),
        "IB†": (35, None),
        "ADE†": (35, None),
    }


def test_planned_blocks_move_with_day_zero() -> None:
    assert ghosts(shown("interfant-06", "MR", day_zero="hsct"))["Ind†"] == (7 - 460, 35 - 460)


def test_a_ghost_is_open_where_no_end_was_found_and_where_it_may_begin_later() -> None:
    """Interfant-06 with blinatumomab: cycle 1 begins on day 36 at the earliest."""
    layout = lay_out(shown("interfant-06-blinatumomab"))
    planned = {bar.title: bar for bar in layout.bars if bar.outline == "planned"}
    blina = next(bar for title, bar in planned.items() if "linatumomab" in title)
    assert (blina.open_left, blina.open_right) == (True, False)
    ib = next(bar for title, bar in planned.items() if "IB" in title)
    assert (ib.open_left, ib.open_right) == (True, True)
    assert any("or later" in label.text for label in layout.labels)


def test_what_has_no_day_is_named_and_not_placed() -> None:
    remarks = " ".join(shown("interfant-06", "MR").remarks)
    assert "Planned, on a day not found: MAE, MARMA, OCTADAD, HSCT, Maintenance." in remarks
    assert "Time points without a day: end of consolidation; after MARMA, before OCTADAD." in remarks
    assert "† recalled, not read in the source: provisional." in remarks


def test_limits_and_time_points_are_those_of_the_protocol_with_their_sources() -> None:
    drawn = shown("interfant-06", "MR")
    assert [(one.value, one.label) for one in drawn.thresholds] == [
        (1e-4, "0.01 %, after MARMA, before OCTADAD"),
        (5e-4, "0.05 %, end of induction"),
    ]
    assert [(one.day, one.name, one.provisional) for one in drawn.timepoints] == [(32, "end of induction†", True)]
    assert "stutterheim2022, stutterheim2021, pieters2018" in " ".join(drawn.remarks)
    assert [one.label for one in figure_of(rich()).thresholds] == [
        "limit of MRD response, 0.01 %",
        "limit of remission, 1 %",
    ]


def test_a_day_counted_from_an_infusion_is_not_taken_for_a_day_of_the_protocol() -> None:
    drawn = shown("cassiopeia")
    assert drawn.timepoints == ()
    assert "day 29 after infusion" in " ".join(drawn.remarks)


def test_a_protocol_without_a_limit_has_none() -> None:
    assert shown("mll98").thresholds == ()


def test_without_a_day_of_diagnosis_nothing_is_placed() -> None:
    drawn = shown(
        "interfant-06", drawn=course(Relapse(id="r", when=said("2020-01-01")), Relapse(id="q", when=said("2020-05-01")))
    )
    assert ghosts(drawn) == {}
    assert "no block has a day that can be drawn" in " ".join(drawn.remarks)


def test_a_plan_is_no_reason_for_the_note_on_times() -> None:
    assert shown("interfant-06", "MR").note == ""


def test_only_time_points_of_the_branch_chosen_are_asked_for() -> None:
    """Low risk has no HSCT and no ADE; the time points after induction, IB and MARMA are its own."""
    low = shown("interfant-06", "LR")
    assert "ADE†" not in ghosts(low)
    assert [one.name for one in low.timepoints] == ["end of induction†"]


# Findings.


def test_flags_are_numbered_in_the_order_of_the_figure_and_stand_at_their_events() -> None:
    """m1 and cr1 are on day 33 (m1 is told first), m4 on day 200, the relapse on day 300, HSCT on day 460."""
    drawn = figure_of(rich(), marks=MARKS)
    flags = {item.event: [(f.number, f.failed) for f in item.flags] for item in drawn.items if item.flags}
    flags |= {point.event: [(f.number, f.failed) for f in point.flags] for point in drawn.mrd if point.flags}
    assert flags == {
        "m1": [(1, True)],
        "cr1": [(2, False)],
        "m4": [(3, True)],
        "rel": [(4, False), (5, True)],
        "hsct": [(6, True)],
    }
    assert [one.flag.number if one.flag else None for one in drawn.flags] == [1, 2, 3, 4, 5, 6, None]


def test_a_finding_that_events_share_has_one_number() -> None:
    shared = [Mark(rule="X-01", verdict="failed", message="they differ. [rel, hsct]")]
    drawn = figure_of(rich(), marks={"rel": shared, "hsct": shared})
    assert [(one.flag.number, one.text) for one in drawn.flags if one.flag] == [(1, "X-01 failed: they differ")]
    assert {item.event for item in drawn.items if item.flags} == {"rel", "hsct"}


def test_findings_are_told_in_the_key_and_in_the_description() -> None:
    drawn = figure_of(rich(), marks=MARKS)
    texts = [label.text for label in lay_out(drawn).labels]
    assert "HCT-04 failed: conditioning is told as before HSCT" in texts
    assert "Findings (black square: failed; white: undecided)" in texts
    assert "the patient: REC-04 failed: of nothing that is drawn" in texts
    assert "6 HCT-04 failed: conditioning is told as before HSCT" in drawn.description


def test_every_flag_is_drawn_at_its_event_and_again_in_the_key() -> None:
    drawn = lay_out(figure_of(rich(), marks=MARKS))
    assert sorted(flag.number for label in drawn.labels for flag in label.flags) == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6]


def test_a_finding_about_something_not_drawn_names_it() -> None:
    unseen = course(diagnosis(), MrdAssessment(id="m", when=said("after dx")))
    (one,) = figure_of(unseen, marks={"m": [Mark(rule="X-01", verdict="undecided", message="m")]}).flags
    assert one.flag is None
    assert one.text.endswith("(not drawn): X-01 undecided: m")


def test_more_findings_than_a_key_can_tell_are_counted() -> None:
    many = {"rel": [Mark(rule=f"X-{n:02}", verdict="failed", message="m") for n in range(50)]}
    texts = [label.text for label in lay_out(figure_of(rich(), marks=many)).labels]
    assert "and 10 more, told in the description of this file" in texts


@pytest.mark.parametrize(
    ("message", "left"),
    [
        ("seen on 2020-01-05 and 2020-02", "seen on calendar date and calendar date"),
        ("in 1997", "in calendar date"),
        ("WBC 300 x 10^9/L", "WBC 300 x 10^9/L"),
    ],
)
def test_dates_are_taken_out_of_messages(message: str, left: str) -> None:
    assert told(Mark(rule="X-01", verdict="failed", message=message), hide_ages=False) == ("X-01", "failed", left)


def test_where_ages_are_hidden_the_rule_is_named_alone() -> None:
    drawn = figure_of(rich(), style=Style(hide_ages=True), marks=MARKS)
    assert drawn.flags[0].text == "MRD-03 failed"


# What is drawn and what is only named.


def test_findings_of_the_disease_are_drawn_where_their_day_is_known() -> None:
    response = [item.label for item in figure_of(rich()).items if item.lane is Lane.RESPONSE]
    assert response == ["Good prednisone response", "CSF cleared", "Marrow blasts 2 %"]
    before = {item.label: item.start.day for item in figure_of(rich()).items if item.start.day < 0}
    assert before == {"Symptom onset": -21, "Presentation": -3}


def test_a_treatment_told_to_have_ended_with_the_relapse_says_so() -> None:
    assert "Maintenance (stopped at relapse)" in [label.text for label in lay_out(figure_of(rich())).labels]
    merely_before = course(
        diagnosis(),
        TreatmentBlock(id="m", when=said("10 days after dx"), until=said("before rel"), block="maintenance"),
        Relapse(id="rel", when=said("90 days after dx")),
    )
    assert "stopped" not in " ".join(label.text for label in lay_out(figure_of(merely_before)).labels)


# MRD.


def result(day: float, value: float | None, **more: object) -> MrdPoint:
    state = MrdState.NOT_DETECTED if value is None else MrdState.QUANTIFIED
    return MrdPoint(at=on(day), **{"state": state, "assay": Assay.PCR, "value": value, **more})


def joins(*points: MrdPoint) -> list[str | None]:
    layout = lay_out(figure(event("diagnosis", "D", on(0)), mrd=points))
    return [stroke.dash for stroke in layout.strokes if stroke.cls == "mrd-join"]


def test_no_line_passes_over_a_result_that_has_no_level() -> None:
    assert joins(result(10, 1e-3), result(90, 1e-2)) == [None]
    assert joins(result(10, 1e-3), result(50, None), result(90, 1e-2)) == []
    assert joins(result(10, 1e-3), result(50, None, assay=Assay.FLOW), result(90, 1e-2)) == [None]


def test_a_line_is_dashed_where_an_end_is_not_quantified() -> None:
    negative = result(90, 1e-5, state=MrdState.NOT_DETECTED_AT)
    assert joins(result(10, 1e-3), negative) == ["2.2 1.6"]


def test_a_positive_below_the_range_has_a_bar_from_sensitivity_to_limit() -> None:
    made = course(
        diagnosis(),
        MrdAssessment(
            id="a",
            when=said("40 days after dx"),
            result=MrdResult.POSITIVE_BELOW_RANGE,
            sensitivity=level(1e-5),
            quantitative_limit=level(1e-4),
            method=Method.PCR,
        ),
    )
    layout = lay_out(figure_of(made))
    (mark,) = layout.mrd
    assert mark.state is MrdState.POSITIVE
    assert mark.top is not None
    assert mark.y - mark.top == pytest.approx(HEIGHT / 6)  # one decade of six
    assert "half filled: positive, not quantifiable" in [label.text for label in layout.labels]


def test_without_a_sensitivity_no_bar_is_invented() -> None:
    made = course(
        diagnosis(),
        MrdAssessment(
            id="a",
            when=said("40 days after dx"),
            result=MrdResult.POSITIVE_BELOW_RANGE,
            quantitative_limit=level(1e-4),
            method=Method.PCR,
        ),
    )
    layout = lay_out(figure_of(made))
    (mark,) = layout.mrd
    assert mark.top == mark.y
    assert "< 1 × 10^-4" in [label.text for label in layout.labels]


def test_close_results_keep_their_values_by_leaders_or_numbers() -> None:
    points = [result(30 + 3 * n, 10 ** (-2 - n / 4), label=f"value {n}") for n in range(6)]
    layout = lay_out(figure(event("diagnosis", "D", on(0)), event("alive", "A", on(700)), mrd=tuple(points)))
    texts = {label.text for label in layout.labels}
    assert {f"value {n}" for n in range(6)} <= texts
    leaders = [stroke for stroke in layout.strokes if stroke.cls == "value-leader"]
    assert leaders
    for leader in leaders:
        assert min((leader.x1 - m.x) ** 2 + (leader.y1 - m.y) ** 2 for m in layout.mrd) == pytest.approx(3.6**2)


def test_values_without_room_are_counted_in_the_key() -> None:
    points = [result(30 + n / 100, 10 ** (-2 - n / 1000), label=f"a long value, number {n}") for n in range(38)]
    layout = lay_out(figure(event("diagnosis", "D", on(0)), event("alive", "A", on(700)), mrd=tuple(points)))
    texts = [label.text for label in layout.labels]
    written = sum(f"a long value, number {n}" in texts for n in range(38))
    (rest,) = [text for text in texts if text.startswith("values without room")]
    assert written + int(rest.rpartition(" ")[2]) == 38


def test_brackets_show_whose_they_are() -> None:
    """A tick on the bracket stands where the event is drawn."""
    layout = lay_out(
        figure(event("remission", "CR1", Placed(100, 50, 180, Certainty.ROUNDED)), event("alive", "A", on(300)))
    )
    (bracket,) = layout.brackets
    mark = next(mark for mark in layout.marks if mark.kind == "remission")
    assert bracket.at == mark.x
    assert bracket.x1 < bracket.at < bracket.x2
