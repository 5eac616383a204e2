"""A timeline draws nothing that is not told: brackets, states, places of marks, words."""

import pytest
from attrs import evolve

from infant_course import (
    Course,
    Death,
    Diagnosis,
    Event,
    LastContact,
    LineageSwitch,
    MrdAssessment,
    Patient,
    Quantity,
    Relapse,
    Remission,
    Transplant,
    TreatmentBlock,
)
from infant_course.events import AdverseEvent, Agent, Conditioning, Enrolment
from infant_course.render.caption import alt_text, as_csv, caption, patient_in_words
from infant_course.render.course_graph import figure_of as graph_figure
from infant_course.render.dot import source as dot_source
from infant_course.render.figure import figure_for
from infant_course.render.stated import without_dates
from infant_course.render.style import Style
from infant_course.render.timeline import figure_of
from infant_course.render.timeline_figure import Item, Lane, Placed, TimelineFigure
from infant_course.render.timeline_ink import ink
from infant_course.render.timeline_layout import lay_out
from infant_course.render.timeline_places import Box, Layout, Stroke
from infant_course.render.timeline_scale import scale_of
from infant_course.render.timeline_values import crosses
from infant_course.render.words import block_name, level, lines_of, name_of, tag_of
from infant_course.vocabulary import DiseaseStatus, Method, MrdResult, Specimen
from infant_course.when import parse, parse_duration

DX = Diagnosis(id="dx", when=[parse("2020-01-01")])


def course(*events: Event) -> Course:
    return Course(patient=Patient(id="p1"), events=(DX, *events))


def laid(*events: Event) -> Layout:
    return lay_out(figure_of(course(*events)))


def mrd(name: str, day: int, result: MrdResult = MrdResult.QUANTIFIED, value: float = 1e-3) -> MrdAssessment:
    told = Quantity(value, "fraction") if result is MrdResult.QUANTIFIED else None
    when = [parse(f"day {day} of dx")]
    return MrdAssessment(id=name, when=when, result=result, value=told, method=Method.PCR)


@pytest.mark.parametrize(
    "event",
    [
        Death(id="last", when=[parse("2 years after dx")]),
        MrdAssessment(id="last", when=[parse("2022")], result=MrdResult.QUANTIFIED, value=Quantity(0.1, "%")),
        TreatmentBlock(id="last", block="maintenance", when=[parse("2020-02-01")], until=[parse("2022")]),
    ],
    ids=lambda event: event.TYPE,
)
def test_a_bracket_reaches_as_far_as_what_is_known(event: Event) -> None:
    figure = figure_of(course(event))
    times = [item.end or item.start for item in figure.items if item.event == "last"]
    (time,) = times or [point.at for point in figure.mrd]
    scale = scale_of(figure, 0, 400)
    assert time.latest > time.day and scale.last >= time.latest
    width = 400 * (time.latest - time.earliest) / (scale.last - scale.first)
    assert max(one.x2 - one.x1 for one in lay_out(figure).brackets) > 0.7 * width


def test_a_year_before_the_diagnosis_is_on_the_scale() -> None:
    point = MrdAssessment(id="m", when=[parse("2019..2020")], result=MrdResult.NEGATIVE)
    figure = figure_of(course(point, LastContact(id="last", when=[parse("day 500 of dx")])))
    assert scale_of(figure, 0, 400).first == figure.mrd[0].at.earliest < 0


def states(*events: Event) -> list[str]:
    return [span.label for span in figure_of(course(*events)).status]


def test_mrd_is_not_detected_until_it_is() -> None:
    first, last = mrd("a", 33, MrdResult.NEGATIVE), LastContact(id="last", when=[parse("day 400 of dx")])
    assert states(first, last) == ["Active, then not told", "MRD not detected"]
    assert states(first, mrd("b", 90), last)[1:] == ["MRD not detected", "MRD detected"]
    back = mrd("c", 150, MrdResult.NEGATIVE)
    assert states(first, mrd("b", 90), back, last)[1:] == ["MRD not detected", "MRD detected", "MRD not detected"]
    assert states(first, mrd("b", 33), last) == ["Active, then not told"]  # two results of one day
    relapse = Relapse(id="r", when=[parse("day 90 of dx")])
    assert states(first, mrd("b", 90), relapse, last)[1:] == ["MRD not detected", "Relapse, then not told"]


def test_disease_is_not_drawn_as_active_where_its_end_is_not_told() -> None:
    last = LastContact(id="last", when=[parse("day 400 of dx")])
    assert states(last) == ["Active, then not told"]
    relapse = Relapse(id="r", when=[parse("day 200 of dx")])
    assert states(relapse, last) == ["Active, then not told", "Relapse, then not told"]
    remission = Remission(id="cr", number=1, when=[parse("day 33 of dx")])
    assert states(remission, relapse, last) == ["Active", "CR1", "Relapse, then not told"]
    ill = LastContact(id="last", when=[parse("day 400 of dx")], disease_status=DiseaseStatus.ACTIVE_DISEASE)
    assert states(ill) == ["Active"]


def test_results_close_in_time_keep_their_order_and_tell_where_they_belong() -> None:
    days = [30, 31, 32, 34, 36, 300]
    layout = laid(*(mrd(f"m{day}", day) for day in days), LastContact(id="last", when=[parse("day 900 of dx")]))
    xs = [mark.x for mark in layout.mrd]
    assert xs == sorted(xs) and len(set(xs)) == len(xs)
    scale = scale_of(figure_of(course(*(mrd(f"m{day}", day) for day in days))), 0, 1)
    assert scale.last >= 300
    leaders = [one for one in layout.strokes if one.cls == "moved" and one.y1 == one.y2]
    assert leaders and all(any(abs(one.x2 - x) < 0.01 for x in xs) for one in leaders)
    assert any(swatch.kind == "moved" for swatch in layout.swatches)


def test_a_glyph_that_was_moved_has_a_line_to_its_day() -> None:
    switch = LineageSwitch(id="switch", when=[parse("day 902 of dx")])
    relapse = Relapse(id="r", when=[parse("day 900 of dx")])
    layout = laid(relapse, switch, LastContact(id="last", when=[parse("day 2000 of dx")]))
    scale = scale_of(figure_of(course(relapse, switch, LastContact(id="last", when=[parse("day 2000 of dx")]))), 0, 1)
    (mark,) = [one for one in layout.marks if one.event == "switch"]
    (line,) = [one for one in layout.strokes if one.cls == "moved"]
    (dotted,) = {one.x1 for one in layout.strokes if one.cls == "relapse-line"}
    assert line.x2 == mark.x and line.x1 < mark.x - 5
    assert line.x1 - dotted == pytest.approx(
        (scale.x(902) - scale.x(900)) * (layout.marks[-1].x - layout.marks[0].x), rel=0.1
    )


def test_a_nominal_result_has_a_dashed_ring_and_no_bracket_of_what_is_known() -> None:
    enrolled = Enrolment(id="e", protocol="interfant-06", when=[parse("day 0 of dx")])
    block = TreatmentBlock(id="ind", block="induction", protocol="interfant-06")
    result = MrdAssessment(id="m", when=[parse("at end of ind")], result=MrdResult.QUANTIFIED, value=Quantity(0.1, "%"))
    layout = laid(enrolled, block, result)
    (mark,) = layout.mrd
    assert mark.nominal and mark.box.width > 9
    assert {swatch.kind for swatch in layout.swatches} >= {"dashed"}
    assert all(one.cls.endswith(" nominal") for one in layout.brackets if "mrd" in one.cls)


def test_the_words_of_a_course_go_by_time_and_not_by_the_telling() -> None:
    backwards = course(
        Death(id="d", when=[parse("2023-01-01")]),
        Relapse(id="r", when=[parse("2021-01-01")]),
        Remission(id="cr", number=1, when=[parse("2020-02-01")]),
    )
    assert "CR1; then relapse; then death." in alt_text(backwards)
    open_order = course(Relapse(id="r"), Remission(id="cr", number=1))
    assert "Relapse; CR1." in alt_text(open_order)
    many = course(*(Remission(id=f"cr{n}", number=n, when=[parse(f"20{20 + n}-01-02")]) for n in range(1, 40)))
    assert len(alt_text(many)) <= 250 and "; …; " in alt_text(many)


def test_a_patient_whose_age_is_not_told_is_no_infant() -> None:
    assert patient_in_words(course()) == "patient"


def test_a_block_is_named_by_its_protocol_alone() -> None:
    block = TreatmentBlock(id="b", block="consolidation", agents=(Agent(name="cytarabine"), Agent(name="etoposide")))
    assert block_name(block, course(block)) == "Consolidation"
    assert lines_of(block, course(block)) == ("Consolidation", "cytarabine + etoposide")
    ib = TreatmentBlock(id="b", block="ib", protocol="interfant-06")
    assert block_name(ib, course(ib)) == "Protocol IB"


def test_irradiation_of_the_body_is_told_with_the_conditioning() -> None:
    transplant = Transplant(id="t", when=[parse("day 300 of dx")])
    dose = Quantity(12, "Gy")
    conditioning = Conditioning(id="c", of="t", tbi=dose, agents=(Agent(name="etoposide"),))
    drawn = course(transplant, conditioning)
    assert name_of(drawn, conditioning) == "TBI 12 Gy + etoposide"
    assert lines_of(transplant, drawn) == ("HSCT", "TBI 12 Gy-VP16")


def test_a_contradicted_event_is_named_in_the_graph() -> None:
    relapse = Relapse(id="r", when=[parse("2021-01-01"), parse("2022-01-01")])
    texts = [entry.text for entry in graph_figure(course(relapse)).key]
    assert "Times set aside, as what is told of them contradicts: Relapse." in texts
    assert not any("set aside" in entry.text for entry in graph_figure(course()).key)


def test_after_the_break_there_are_two_ticks_at_least() -> None:
    block = TreatmentBlock(id="b", block="induction", when=[parse("day 0 of dx")], lasting=parse_duration("33 days"))
    for days in (200, 300, 500, 800, 3000):
        figure = figure_of(course(block, LastContact(id="last", when=[parse(f"day {days} of dx")])))
        scale = scale_of(figure, 60, 460)
        assert scale.gap is not None
        assert len([tick for tick in scale.ticks() if tick.x > scale.gap[1]]) > 1, days


def test_the_caption_tells_the_units_of_both_scales() -> None:
    early = Relapse(id="r", when=[parse("day 60 of dx")])
    late = Relapse(id="r", when=[parse("day 3000 of dx")])
    for relapse, last, units in (
        (early, 2000, "in months before the break and in years after it"),
        (late, 9000, "in years"),
    ):
        drawn = course(relapse, LastContact(id="last", when=[parse(f"day {last} of dx")]))
        assert f"two linear scales, {units}." in caption(drawn, figure_of(drawn), style=Style())


def test_a_line_that_cuts_a_corner_of_a_box_crosses_it() -> None:
    box = Box(10, 10, 3, 3)
    assert crosses(Stroke(0, 11, 400, 11, "x"), box) and crosses(Stroke(9, 12, 12, 9, "x"), box)
    assert not crosses(Stroke(0, 14, 400, 14, "x"), box) and not crosses(Stroke(0, 11, 9, 11, "x"), box)


WRITTEN = "2020-05-17", "21.05.2020", "5/17/2020", "May 23, 2020", "23 May 2020", "3rd of things, Sept 2020", "2020-05"


@pytest.mark.parametrize("text", WRITTEN)
@pytest.mark.parametrize("kind", ["graph", "timeline"])
def test_no_date_of_a_text_is_drawn_or_told(text: str, kind: str) -> None:
    block = TreatmentBlock(id="b", block=f"block of {text}", protocol=f"P {text}", when=[parse("2020-02-01")])
    drawn = Course(patient=Patient(id=f"p {text}"), events=(DX, block, AdverseEvent(id="a", term=f"fever ({text})")))
    told = figure_for(drawn, kind)
    everything = "\n".join([told.drawing.svg(), told.caption, told.alt, as_csv(told.rows)])
    assert "2020" not in everything and "calendar date" in everything
    assert "2020" not in dot_source(told.graph) if told.graph is not None else True


def test_numbers_that_are_no_dates_stay() -> None:
    kept = "t(9;11)(p22;q23), 4 × 10^-4, day 33, 2.5 mg/m2, CD19/CD22, 12.5 Gy in 2020 parts, may 12 times"
    assert without_dates(kept) == kept


def test_the_file_for_graphviz_has_times_and_shapes() -> None:
    block = TreatmentBlock(id="b", block="induction", when=[parse("day 1 of dx")])
    text = dot_source(graph_figure(course(block, Relapse(id="r", when=[parse("day 300 of dx")]), Death(id="d"))))
    assert text.count('xlabel="day 1\\n') + text.count('xlabel="day 1"') == 1 and text.count('xlabel="day 300') == 1
    assert text.count("shape=octagon") == 1 and text.count("shape=cds") == 1


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"result": MrdResult.POSITIVE}, "MRD positive, level not reported"),
        ({"result": MrdResult.QUANTIFIED}, "MRD positive, level not reported"),
        ({"result": MrdResult.NOT_EVALUABLE}, "MRD not evaluable"),
        ({"result": MrdResult.POSITIVE_BELOW_RANGE, "method": Method.FLOW}, "MRD positive, not quantifiable (flow)"),
        ({"result": MrdResult.QUANTIFIED, "value": Quantity(12, "%"), "specimen": Specimen.BLOOD}, "MRD 12 % (blood)"),
        ({"value": Quantity(12, "%"), "method": Method.PCR, "specimen": Specimen.BLOOD}, "MRD 12 % (PCR, blood)"),
        ({}, "MRD"),
    ],
)
def test_a_result_under_a_box_says_what_it_is_and_no_more(fields: dict[str, object], words: str) -> None:
    event = MrdAssessment(id="m", **fields)
    tag = tag_of(event, course(event))
    assert tag is not None and "".join(run.text for run in tag[1]) == words


def test_a_level_is_written_with_all_its_digits() -> None:
    assert level(Quantity(1.23456e-4, "fraction")) == "1.23456 × 10^-4"
    assert level(Quantity(4e-4, "fraction")) == "4 × 10^-4"
    assert level(Quantity(0.0, "fraction")) == "0"


def test_a_time_next_to_nothing_breaks_no_axis() -> None:
    start = Item(lane=Lane.EVENTS, kind="relapse", label="x", start=Placed(0.0, 0.0, 5e-324))
    last = Item(lane=Lane.EVENTS, kind="alive", label="y", start=Placed.on(2600.0), follow_up=True)
    scale = scale_of(TimelineFigure(title="t", description="d", items=(start, last)), 0, 400)
    assert scale.broken_at is None and scale.x(0.0) == 0.0


def test_what_follows_a_raised_number_is_on_the_line_again() -> None:
    """A run without text would take the way back and draw nothing."""
    result = MrdAssessment(id="m", when=[parse("day 33 of dx")], value=Quantity(2e-4, "fraction"))
    (tag,) = [tag for node in graph_figure(course(result)).nodes for tag in node.tags]
    assert [(run.text, run.raised) for run in tag.runs][-2:] == [("\N{MINUS SIGN}4", True), (", day 33", False)]
    assert all(run.text for run in tag.runs)


@pytest.mark.parametrize(
    ("status", "glyph"),
    [(None, "finding"), ("alive", "alive"), ("lost_to_follow_up", "lost"), ("dead", "death")],
)
def test_a_last_contact_is_lost_only_where_that_is_told(status: str | None, glyph: str) -> None:
    last = LastContact(id="last", when=[parse("2 years after dx")], vital_status=status)
    assert [item.kind for item in figure_of(course(last)).items if item.follow_up] == [glyph]


@pytest.mark.parametrize(
    ("stated", "rounded"),
    [
        ("2020-04", True),
        ("14 months after dx", True),
        ("2020-06-10..2020-07-20", False),
        ("5 to 7 months after dx", False),
        ("either (5 months after dx) or (6 months after dx)", False),
    ],
)
@pytest.mark.parametrize(
    "event", [Transplant(id="x"), Relapse(id="x"), mrd("x", 1), mrd("x", 1, MrdResult.NEGATIVE)], ids=lambda e: e.TYPE
)
def test_a_rounded_time_and_an_interval_are_told_apart(event: Event, stated: str, rounded: bool) -> None:
    """A line without caps for what was rounded or given in part; with caps between two days."""
    layout = laid(evolve(event, when=[parse(stated)]), LastContact(id="lc", when=[parse("2022-01-01")]))
    assert {one.cls.endswith(" rounded") for one in layout.brackets} == {rounded}
    assert {swatch.kind for swatch in layout.swatches if "bracket" in swatch.kind} == {
        "bracket rounded" if rounded else "bracket"
    }
    caps = ink(layout).svg().count('class="cap"')
    assert (caps == 0) is rounded and caps in (0, 4)  # the bracket's, and those of its like in the key


@pytest.mark.parametrize("block", [None, "salvage"])
def test_a_block_that_is_named_by_its_drugs_does_not_list_them_again(block: str | None) -> None:
    drugs = (Agent(name="fludarabine"), Agent(name="cytarabine"))
    event = TreatmentBlock(id="b", block=block, cycle=2, agents=drugs)
    assert lines_of(event, course(event)) == ("Fludarabine + cytarabine", "cycle 2")
