from collections.abc import Sequence

import pytest

from infant_course import (
    CellTherapy,
    Course,
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
from infant_course.events import Conditioning, Immunotherapy
from infant_course.knowledge.protocols import protocol
from infant_course.render.caption import ALT_TEXT_CHARACTERS, alt_text, caption, event_rows
from infant_course.render.style import WIDTHS, Style
from infant_course.render.timeline import figure_of, timeline
from infant_course.render.timeline_figure import MONTH, NOTE, Assay, Certainty, Item, Lane, MrdState
from infant_course.render.timeline_layout import lay_out
from infant_course.vocabulary import (
    Disease,
    DiseaseStatus,
    Lineage,
    Method,
    MrdResult,
    RemissionKind,
    Sex,
    Site,
    VitalStatus,
)
from infant_course.when import parse, parse_duration
from render.timeline_samples import faults

DIAGNOSIS = Diagnosis(id="dx", when=[parse("age 7 months")], disease=Disease.ALL, lineage=Lineage.B)


def course(*events: Event, sex: Sex | None = None) -> Course:
    return Course(patient=Patient(id="p1", sex=sex), events=(DIAGNOSIS, *events))


def said(*texts: str) -> Sequence[object]:
    return [parse(text) for text in texts]


def item(drawn: Course, label: str) -> Item:
    return next(one for one in figure_of(drawn).items if one.label == label)


LAST = LastContact(
    id="last",
    when=said("4 years after dx"),
    vital_status=VitalStatus.ALIVE,
    disease_status=DiseaseStatus.CR1,
)


def test_interfant_blocks_without_times_stand_at_nominal_days() -> None:
    drawn = course(
        TreatmentBlock(id="ind", when=said("after dx"), protocol="interfant-06", block="induction"),
        TreatmentBlock(id="ib", when=said("after ind"), protocol="interfant-06", block="ib"),
        LAST,
    )
    induction, ib = item(drawn, "Ind"), item(drawn, "IB")
    assert induction.end is not None
    # Protocol days 8 and 36 (day 1 is day 0 after diagnosis), 28 days long.
    assert (induction.start.day, induction.end.day, ib.start.day) == (7, 35, 35)
    assert {induction.start.certainty, induction.end.certainty, ib.start.certainty} == {Certainty.NOMINAL}
    assert figure_of(drawn).note == NOTE


def test_a_block_after_something_the_protocol_does_not_know_is_not_nominal() -> None:
    drawn = course(
        TreatmentBlock(id="ind", when=said("after dx"), protocol="interfant-06", block="induction"),
        Immunotherapy(id="blina", when=said("after ind"), lasting=parse_duration("4 weeks"), agent="blinatumomab"),
        TreatmentBlock(id="ib", when=said("after blina"), protocol="interfant-06", block="ib"),
        LAST,
    )
    assert item(drawn, "IB").start.certainty is Certainty.ORDER_ONLY
    blina = item(drawn, "Blinatumomab")
    assert blina.end is not None
    assert blina.end.day - blina.start.day == pytest.approx(28)


BY_ORDER = (
    TreatmentBlock(id="marma", when=said("after dx"), block="marma", protocol="interfant-06"),
    TreatmentBlock(id="octadad", when=said("after marma"), block="octadad", protocol="interfant-06"),
    Remission(id="cr2", when=said("after octadad"), kind=RemissionKind.COMPLETE, number=2),
)


def test_order_only_stands_at_equal_steps_between_neighbours() -> None:
    relapse = Relapse(id="rel", when=said("400 days after dx", "after cr2"))
    drawn = course(*BY_ORDER, relapse, LAST)
    starts = [item(drawn, label).start for label in ("MARMA", "OCTADAD", "CR2")]
    assert {start.certainty for start in starts} == {Certainty.ORDER_ONLY}
    assert [start.day for start in starts] == pytest.approx([100, 200, 300])
    assert [(start.earliest, start.latest) for start in starts][1] == pytest.approx((100, 300))


def test_years_of_follow_up_are_not_shared_out_among_blocks() -> None:
    """Where only the last contact comes later, steps are months; the last bracket still reaches the last contact."""
    drawn = course(*BY_ORDER, LAST)
    starts = [item(drawn, label).start for label in ("MARMA", "OCTADAD", "CR2")]
    assert [start.day for start in starts] == pytest.approx([MONTH, 2 * MONTH, 3 * MONTH])
    last = item(drawn, "Alive, CR1").start.day
    assert starts[2].latest == last == pytest.approx(4 * 365.25)


def test_a_stated_length_keeps_its_room_among_equal_steps() -> None:
    """Four weeks of 400 days: three equal gaps of 124 days around them."""
    drawn = course(
        Immunotherapy(id="blina", when=said("after dx"), lasting=parse_duration("4 weeks"), agent="blinatumomab"),
        TreatmentBlock(id="ib", when=said("after blina"), block="x"),
        Relapse(id="rel", when=said("400 days after dx", "after ib")),
    )
    assert item(drawn, "Blinatumomab").start.day == pytest.approx(124)
    assert item(drawn, "X").start.day == pytest.approx(124 + 28 + 124)


def test_reported_days_need_no_note() -> None:
    drawn = course(
        TreatmentBlock(id="ind", when=said("0 days after dx"), until=said("33 days after dx"), block="x"),
        Relapse(id="rel", when=said("300 days after dx"), sites=[Site.MARROW, Site.CNS]),
        LastContact(id="last", when=said("900 days after dx"), vital_status=VitalStatus.ALIVE),
    )
    shown = figure_of(drawn)
    assert shown.note == ""
    assert item(drawn, "Relapse: marrow + CNS").start.day == 300
    assert {time for one in shown.items for time in (one.start.certainty,)} == {Certainty.REPORTED}


def test_one_moment_is_drawn_at_one_place() -> None:
    drawn = course(
        Relapse(id="rel", when=said("after dx"), number=1),
        LineageSwitch(id="switch", when=said("with rel"), to_lineage=Lineage.MONOCYTIC),
        LAST,
    )
    assert item(drawn, "Relapse 1").start == item(drawn, "Lineage switch to monocytic").start


def test_conditioning_stands_right_before_its_transplant() -> None:
    drawn = course(
        CellTherapy(id="car", when=said("after dx"), targets=["CD19"]),
        Remission(id="rem", when=said("after car"), kind=RemissionKind.MRD),
        Conditioning(id="cond", when=said("before hsct"), of="hsct"),
        Transplant(id="hsct", when=said("after rem")),
        LAST,
    )
    before, given, hsct = (item(drawn, label) for label in ("MRD remission", "Conditioning", "HSCT"))
    assert given.end is not None
    assert before.start.day < given.start.day < given.end.day <= hsct.start.day


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"result": MrdResult.QUANTIFIED, "value": Quantity(5e-3, "fraction")}, MrdState.QUANTIFIED),
        ({"result": MrdResult.POSITIVE_BELOW_RANGE}, MrdState.POSITIVE),
        ({"result": MrdResult.NEGATIVE, "sensitivity": Quantity(1e-5, "fraction")}, MrdState.NOT_DETECTED_AT),
        ({"result": MrdResult.NEGATIVE}, MrdState.NOT_DETECTED),
    ],
)
def test_four_states_of_mrd_are_kept_apart(fields: dict[str, object], state: MrdState) -> None:
    drawn = figure_of(course(MrdAssessment(id="m", when=said("40 days after dx"), method=Method.PCR, **fields)))
    (point,) = drawn.mrd
    assert (point.state, point.assay) == (state, Assay.PCR)
    assert (point.value is None) == (state is MrdState.NOT_DETECTED or state is MrdState.POSITIVE)


def test_levels_are_written_as_they_were_stated() -> None:
    drawn = figure_of(
        course(
            MrdAssessment(
                id="a", when=said("40 days after dx"), result=MrdResult.QUANTIFIED, value=Quantity(5e-3, "fraction")
            ),
            MrdAssessment(
                id="b", when=said("60 days after dx"), result=MrdResult.QUANTIFIED, value=Quantity(1.257, "%")
            ),
        )
    )
    assert [point.label for point in drawn.mrd] == ["5 × 10^-3", "1.257 %"]
    assert [point.value for point in drawn.mrd] == pytest.approx([5e-3, 0.01257])


def test_no_remission_is_drawn_that_was_not_stated() -> None:
    spans = figure_of(course(LAST)).status
    assert [(span.kind, span.label) for span in spans] == [
        ("active", "Active"),
        ("not_stated", "CR1, attained at a time not reported"),
    ]


def test_no_disease_is_drawn_up_to_a_negative_result() -> None:
    """A negative result says that the disease had gone by then, not that it was there until then."""
    negative = MrdAssessment(id="m", when=said("after dx"), result=MrdResult.NEGATIVE)
    spans = figure_of(course(negative)).status
    assert [span.kind for span in spans] == ["not_stated", "remission"]
    assert spans[0].label == "Active, then not told"


def test_calendar_dates_never_appear() -> None:
    dated = Course(
        patient=Patient(id="p1"),
        events=(
            Diagnosis(id="dx", when=said("2019-03-14"), disease=Disease.ALL),
            Relapse(id="rel", when=said("2020-02"), number=1),
            LastContact(id="last", when=said("2023-09-30"), vital_status=VitalStatus.ALIVE),
        ),
    )
    shown = figure_of(dated)
    everything = timeline(dated).svg() + caption(dated, shown) + alt_text(dated) + str(event_rows(dated))
    assert not [year for year in ("2019", "2020", "2023") if year in everything]
    assert item(dated, "Relapse 1").start.certainty is Certainty.ROUNDED


HOSTILE = ("<script>alert(1)</script>", "a\x00b\x1b[31m\u202egnp", "x" * 200, "]]>&amp;\"'", "10^-4" * 30)


@pytest.mark.parametrize("text", HOSTILE, ids=["script", "control", "long", "quotes", "powers"])
@pytest.mark.parametrize("width", WIDTHS)
def test_hostile_labels_are_safe(text: str, width: int) -> None:
    drawn = course(
        TreatmentBlock(id="a", when=said("10 days after dx"), until=said("40 days after dx"), block=text),
        Immunotherapy(id="b", when=said("after a"), agent=text),
        LastContact(id="last", when=said("90 days after dx"), vital_status=VitalStatus.ALIVE),
    )
    style = Style(width=width)
    svg = timeline(drawn, style=style).svg()
    assert "<script" not in svg
    assert not any(ord(c) < 32 and c != "\n" for c in svg)
    assert "\u202e" not in svg
    assert faults(lay_out(figure_of(drawn, style=style), style)) == []


def test_the_same_course_is_the_same_bytes() -> None:
    events = (TreatmentBlock(id="ind", when=said("after dx"), block="induction"), LAST)
    assert timeline(course(*events)).svg() == timeline(course(*events)).svg()


def test_alt_text_is_short_and_names_no_colour() -> None:
    many = [Relapse(id=f"r{n}", when=said("after dx"), number=n, sites=[Site.MARROW, Site.CNS]) for n in range(1, 15)]
    text = alt_text(course(*many, LAST, sex=Sex.MALE))
    assert len(text) <= ALT_TEXT_CHARACTERS
    assert text.startswith("Timeline, p1: boy, 7 months old at diagnosis, B-ALL")
    assert text.endswith("Alive, CR1 4 years after diagnosis.")
    assert not [colour for colour in ("blue", "orange", "green", "grey", "red ") if colour in text]


def test_the_caption_says_what_was_not_reported() -> None:
    drawn = course(
        TreatmentBlock(id="ind", when=said("after dx"), protocol="interfant-06", block="induction"),
        MrdAssessment(id="m", when=said("after ind"), result=MrdResult.NEGATIVE, method=Method.PCR),
        LAST,
    )
    text = caption(drawn, figure_of(drawn))
    for words in ("Day 0 is the diagnosis", "PCR, sensitivity not reported", NOTE, "ND, not detected", "Ind, ind"):
        assert words in text


def test_the_event_table_has_a_row_for_every_event() -> None:
    rows = event_rows(course(LAST), {LAST.id: Lane.EVENTS})
    assert [row[1] for row in rows] == ["diagnosis", "last_contact"]
    assert rows[1][3] == "4 years after dx"
    assert rows[1][4] == Lane.EVENTS


def test_a_protocol_says_only_what_was_found() -> None:
    interfant = protocol("interfant-06")
    assert interfant is not None
    marma = interfant.block("MARMA")
    assert marma is not None
    assert (marma.nominal_start_day, marma.nominal_duration_days) == (None, None)
    induction = interfant.block("induction")
    assert induction is not None
    assert induction.source.provisional  # its days are recalled
    assert protocol("../sources") is None
    assert protocol("genetics") is None
