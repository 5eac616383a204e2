from itertools import combinations, pairwise

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from infant_course.render.style import WIDTHS, Style
from infant_course.render.timeline_figure import (
    MONTH,
    NOTE,
    Assay,
    Certainty,
    Item,
    Lane,
    MrdPoint,
    MrdState,
    Placed,
    Span,
)
from infant_course.render.timeline_layout import lay_out
from infant_course.render.timeline_places import Layout
from infant_course.render.timeline_scale import scale_of
from render.timeline_samples import block, by_order, dated, event, faults, figure, on, order

FIGURES = {"dated": dated, "by order": by_order}


@pytest.fixture(params=[(name, width) for name in FIGURES for width in WIDTHS], ids=lambda pair: f"{pair[0]} {pair[1]}")
def laid_out(request: pytest.FixtureRequest) -> Layout:
    name, width = request.param
    return lay_out(FIGURES[name](), Style(width=width))


def test_nothing_overlaps_and_nothing_leaves_the_page(laid_out: Layout) -> None:
    assert faults(laid_out) == []


def test_the_judge_of_overlaps_can_say_no() -> None:
    layout = lay_out(dated())
    label = layout.labels[1]
    moved = evolve(label, x=layout.labels[0].x, y=layout.labels[0].y)
    assert any("on label" in fault for fault in faults(evolve(layout, labels=(*layout.labels, moved))))
    outside = evolve(label, x=layout.width)
    assert any("off the page" in fault for fault in faults(evolve(layout, labels=(outside,))))
    assert "bracket on bracket" in faults(evolve(layout, brackets=layout.brackets + layout.brackets[:1]))


days = st.floats(0, 2500, allow_nan=False).map(lambda day: round(day, 1))
certainties = st.sampled_from([c for c in Certainty if c is not Certainty.ONGOING])
times = st.builds(
    lambda day, before, after, certainty: Placed(day, max(day - before, 0), day + after, certainty),
    days,
    st.floats(0, 300),
    st.floats(0, 300),
    certainties,
)
words = st.text(alphabet="abcdefg hijklmn+-<>&", min_size=1, max_size=60)
marks = st.builds(event, st.sampled_from(["relapse", "remission", "infusion", "toxicity"]), words, times)


@st.composite
def bars(draw: st.DrawFn) -> Item:
    start, length, certainty = draw(times), draw(st.floats(0, 900)), draw(st.sampled_from(list(Certainty)))
    end = Placed(start.day + length, start.day + length, start.day + length + draw(st.floats(0, 200)), certainty)
    lane = draw(st.sampled_from([lane for lane in Lane if lane is not Lane.EVENTS]))
    return Item(lane=lane, kind="chemotherapy", label=draw(words), start=start, end=end)


results = st.builds(
    MrdPoint,
    at=times,
    state=st.sampled_from(MrdState),
    assay=st.sampled_from(Assay),
    value=st.floats(-7, 0).map(lambda exponent: 10.0**exponent),
    label=st.sampled_from(["", "5 × 10^-3", "1.257 %"]),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(marks, max_size=7), st.lists(bars(), max_size=7), st.sampled_from(list(WIDTHS)))
def test_no_overlap_whatever_the_course(marks: list[Item], bars: list[Item], width: int) -> None:
    start = event("diagnosis", "Diagnosis", on(0))
    last = event("alive", "Alive, CR1", on(2600), follow_up=True)
    assert faults(lay_out(figure(start, *marks, *bars, last), Style(width=width))) == []


@settings(max_examples=60, deadline=None)
@given(st.lists(results, min_size=1, max_size=5, unique_by=lambda point: (point.at.day, point.value)))
def test_value_labels_never_cover_a_result(points: list[MrdPoint]) -> None:
    layout = lay_out(figure(event("diagnosis", "Diagnosis", on(0)), mrd=tuple(points)))
    values = [label for label in layout.labels if label.cls == "mrd-label" and label.size > 6]
    assert not [label.text for label in values for mark in layout.mrd if label.box.touches(mark.box)]


def test_order_only_is_dotted_and_asks() -> None:
    layout = lay_out(figure(block("IB", order(100, 50), order(140, 50)), event("remission", "CR1", order(200, 50))))
    assert [bar.outline for bar in layout.bars] == ["dotted"]
    assert {"IB?", "CR1?"} <= {label.text for label in layout.labels}


@pytest.mark.parametrize("width", WIDTHS)
def test_the_question_mark_survives_a_cut(width: int) -> None:
    long = "mitoxantrone + cytarabine + " * 20
    drawn = figure(
        event("diagnosis", "Diagnosis", on(0)),
        event("relapse", long, order(100, 50)),
        block(long, on(80), order(120, 20)),
    )
    texts = [label.text for label in lay_out(drawn, Style(width=width)).labels if label.cls in ("event", "bar-label")]
    assert sum(text.endswith("?") for text in texts) == 2


def test_nominal_is_dashed_and_fades_in_four_steps() -> None:
    start = Placed(7, 0, 7, Certainty.NOMINAL)
    layout = lay_out(figure(block("Ind", start, Placed(35, 35, 80, Certainty.NOMINAL)), block("IB", on(80), on(100))))
    assert [bar.outline for bar in layout.bars] == ["dashed", "solid"]
    assert [share for box, share in layout.bars[0].tints if box.x >= layout.bars[0].pieces[0].right - 0.01] == [
        0.55,
        0.42,
        0.28,
        0.15,
    ]


@pytest.mark.parametrize("certainty", [Certainty.NOMINAL, Certainty.ORDER_ONLY])
def test_the_note_stands_wherever_a_time_was_not_reported(certainty: Certainty) -> None:
    unsure = figure(block("Ind", on(0), Placed(33, 33, 33, certainty)))
    assert NOTE in [label.text for label in lay_out(unsure).labels]
    assert NOTE == "Times not reported; blocks drawn at nominal length"
    assert NOTE not in [label.text for label in lay_out(dated()).labels]


def test_events_of_one_day_have_glyphs_of_their_own() -> None:
    layout = lay_out(dated())
    relapse, switch = (mark for mark in layout.marks if mark.kind in ("relapse", "lineage_switch"))
    assert switch.x - relapse.x == pytest.approx(8.2)


def test_brackets_of_one_line_stand_on_levels() -> None:
    layout = lay_out(figure(*(event("remission", f"CR{n}", order(100 * n, 150)) for n in range(1, 5))))
    heights = [bracket.y for bracket in layout.brackets]
    assert len(set(heights)) == 4  # each reaches over the next three


def test_unknown_sensitivity_stands_in_the_strip_and_at_no_level() -> None:
    layout = lay_out(dated())
    axis_end = max(stroke.y2 for stroke in layout.strokes if stroke.cls == "axis" and stroke.x1 == stroke.x2)
    below = {mark.state for mark in layout.mrd if mark.y > axis_end + 5}
    assert below == {MrdState.NOT_DETECTED}
    assert "ND" in [label.text for label in layout.labels]


def test_mrd_axis_is_logarithmic() -> None:
    points = [MrdPoint(at=on(30 * n), state=MrdState.QUANTIFIED, assay=Assay.PCR, value=10.0**-n) for n in range(7)]
    marks = sorted(lay_out(figure(event("diagnosis", "D", on(0)), mrd=tuple(points))).mrd, key=lambda mark: mark.x)
    steps = [b.y - a.y for a, b in pairwise(marks)]
    assert steps == pytest.approx([16.0] * 6)  # 96 pt over six decades


def test_only_results_of_one_assay_and_tissue_are_joined() -> None:
    def point(day: float, assay: Assay, **more: bool) -> MrdPoint:
        return MrdPoint(at=on(day), state=MrdState.QUANTIFIED, assay=assay, value=1e-3, **more)

    joined = {
        (Assay.PCR, Assay.PCR): 1,
        (Assay.PCR, Assay.FLOW): 0,
        (Assay.UNKNOWN, Assay.UNKNOWN): 0,
    }
    for (first, second), lines in joined.items():
        layout = lay_out(figure(event("diagnosis", "D", on(0)), mrd=(point(10, first), point(90, second))))
        assert sum(stroke.cls == "mrd-join" for stroke in layout.strokes) == lines
    tissues = (point(10, Assay.PCR), point(90, Assay.PCR, blood=True))
    layout = lay_out(figure(event("diagnosis", "D", on(0)), mrd=tissues))
    assert not any(stroke.cls == "mrd-join" for stroke in layout.strokes)


def test_a_boundary_known_to_the_day_is_upright_and_another_slants() -> None:
    layout = lay_out(dated())
    widths = []
    for region in layout.regions:
        (bottom, _), (top, _) = region.points[0], region.points[1]
        widths.append(abs(top - bottom) > 1)
    # Active, CR1, relapse, then CR2 (from a rounded day) on both sides of the break.
    assert widths[:4] == [False, False, False, True]


def test_the_axis_breaks_once_and_only_for_long_follow_up() -> None:
    start, relapse = event("diagnosis", "D", on(0)), event("relapse", "R", on(12 * MONTH))

    def last(months: float) -> Item:
        return event("alive", "A", on(months * MONTH), follow_up=True)

    assert scale_of(figure(start, relapse, last(17)), 0, 400).broken_at is None
    scale = scale_of(figure(start, relapse, last(60)), 0, 400)
    assert scale.broken_at == pytest.approx(15 * MONTH)  # 12.6 with the spare 5 %, then the next multiple of 3
    assert scale.gap == (pytest.approx(296.0), pytest.approx(304.0))  # 74 % of the width, 8 pt
    assert "two linear scales" in scale.title
    assert scale.x(12 * MONTH) == pytest.approx(296 * 12 / 15)
    assert scale.x(60 * MONTH) == pytest.approx(400)


@pytest.mark.parametrize(("months", "step"), [(14, 2), (27, 3), (40, 6)])
def test_ticks_follow_the_length(months: int, step: int) -> None:
    scale = scale_of(figure(event("diagnosis", "D", on(0)), event("relapse", "R", on(months * MONTH))), 0, 400)
    numbers = [int(tick.label) for tick in scale.ticks()]
    assert [b - a for a, b in pairwise(numbers)] == [step] * (len(numbers) - 1)


def test_nothing_but_a_diagnosis_is_a_picture_too() -> None:
    assert faults(lay_out(figure(event("diagnosis", "Diagnosis", on(0))))) == []


def test_many_events_of_one_day_do_not_hide_each_other() -> None:
    layout = lay_out(figure(event("diagnosis", "D", on(0)), *(event("remission", f"R{n}", on(30)) for n in range(12))))
    assert not [1 for a, b in combinations(layout.marks, 2) if a.box.touches(b.box)]
    assert faults(layout) == []


def test_a_state_of_no_known_length_is_seen() -> None:
    spans = (
        Span(kind="active", label="Active", start=on(0), end=on(0)),
        Span(kind="not_stated", label="CR1, attained at a time not reported", start=on(0), end=on(900)),
    )
    layout = lay_out(figure(event("diagnosis", "D", on(0)), event("alive", "A", on(900)), status=spans))
    active = next(region for region in layout.regions if region.tone == "active")
    assert max(x for x, _ in active.points) - min(x for x, _ in active.points) == pytest.approx(3)
