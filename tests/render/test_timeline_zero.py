"""Day 0 of a timeline: the events it may be, what the axis then says, and what is said where it cannot be."""

import re

import pytest

from infant_course import Course, Diagnosis, LastContact, Relapse, Transplant, UsageError
from infant_course.render.style import Style
from infant_course.render.timeline import figure_of, timeline
from infant_course.render.timeline_figure import MONTH, Certainty, Item, Zero
from infant_course.render.timeline_layout import lay_out
from infant_course.render.timeline_scale import scale_of
from infant_course.vocabulary import VitalStatus
from render.timeline_courses import (
    by_order,
    contradicting,
    course,
    diagnosis,
    rich,
    said,
    two_transplants,
    without_diagnosis,
)

YEAR_DATES = re.compile(r"\b20(19|2\d)\b")


def start(drawn: Course, label: str, **style: object) -> Item:
    shown = figure_of(drawn, style=Style(**style))
    return next(item for item in shown.items if item.label.startswith(label))


def words(drawn: Course, style: Style) -> list[str]:
    return [label.text for label in lay_out(figure_of(drawn, style=style), style).labels]


# By hand from rich(): CR1 on day 33, relapse on day 300, HSCT on day 460 after diagnosis, GVHD 30 days after HSCT.
@pytest.mark.parametrize(
    ("zero", "relapse", "title"),
    [
        ("diagnosis", 300, "Time since diagnosis"),
        ("cr1", 267, "Time since CR1"),
        ("relapse", 0, "Time since relapse"),
        ("hsct", -160, "Time since HSCT"),
    ],
)
def test_days_are_counted_from_the_event_chosen(zero: str, relapse: int, title: str) -> None:
    item = start(rich(), "Relapse 1", day_zero=zero)
    assert (item.start.day, item.start.certainty) == (relapse, Certainty.REPORTED)
    assert any(text.startswith(title) for text in words(rich(), Style(day_zero=zero)))


def test_words_of_a_day_name_what_it_is_counted_from() -> None:
    assert start(rich(), "GVHD", day_zero="hsct").title == "GVHD, grade 2; day 30 after HSCT"
    assert start(rich(), "Relapse 1", day_zero="hsct").title == "Relapse 1: marrow + CNS; 160 days before HSCT"
    assert start(rich(), "HSCT", day_zero="hsct").title.endswith("; day 0 (HSCT)")
    assert "GVHD, grade 2 (day 30 after HSCT)" in figure_of(rich(), style=Style(day_zero="hsct")).description


def test_times_before_day_zero_stand_left_of_it() -> None:
    shown = figure_of(rich(), style=Style(day_zero="hsct"))
    scale = scale_of(shown, 0, 400)
    assert scale.x(-160) < scale.x(0) < scale.x(30)
    assert "\N{MINUS SIGN}15" in [tick.label for tick in scale.ticks()]


def test_the_first_of_two_transplants_is_day_zero_though_told_last() -> None:
    """2019-09-01 comes before 2021-05-02: 609 days (365 + 244: 121 of 2019, 366 of 2020, 122 of 2021)."""
    assert 121 + 366 + 122 == 609
    assert start(two_transplants(), "HSCT: haplo", day_zero="hsct").start.day == 609
    assert start(two_transplants(), "Veno", day_zero="hsct").start.day == 12


def test_from_birth_the_axis_is_of_ages_and_says_how_well_they_are_known() -> None:
    """Seven completed months: 212 to 244 days at diagnosis. What is known from the diagnosis keeps its exact place."""
    shown = figure_of(rich(), style=Style(day_zero="birth"))
    dx, relapse = (next(i for i in shown.items if i.label.startswith(name)) for name in ("Diagnosis", "Relapse"))
    assert (dx.start.earliest, dx.start.latest) == (212, 244)
    assert dx.start.certainty is Certainty.ROUNDED
    assert relapse.start.day - dx.start.day == 300
    assert relapse.start.certainty is Certainty.REPORTED
    assert any(
        "Age (months" in text and "known to the month" in text for text in words(rich(), Style(day_zero="birth"))
    )


def test_an_exact_birth_needs_no_word_about_rounding() -> None:
    exact = course(diagnosis("2020-03-01"), Relapse(id="r", when=said("2020-09-01")), birth=said("2020-01-01"))
    shown = figure_of(exact, style=Style(day_zero="birth"))
    assert shown.zero.known_to == ""
    assert start(exact, "Diagnosis", day_zero="birth").start.day == 60  # 31 of January and 29 of February


def test_a_row_of_ages_stands_under_the_axis() -> None:
    """The middle of 212 to 244 days is 228: nine months of age (274 days) is day 46 after diagnosis."""
    shown = figure_of(rich(), style=Style(ages=True))
    scale = scale_of(shown, 0, 400)
    nine = next(tick for tick in scale.age_ticks() if tick.label == "9")
    assert nine.x == pytest.approx(scale.x(9 * MONTH - 228))
    assert scale.age_title == "Age (months; known to the month)"
    assert "Age (months; known to the month)" in words(rich(), Style(ages=True))
    assert not any(text.startswith("Age") for text in words(rich(), Style()))


def test_ages_asked_for_and_not_known_are_said_to_be_missing() -> None:
    text = " ".join(words(two_transplants(), Style(ages=True)))
    assert "No row of ages: neither a birth nor an age that fixes one is told." in text


@pytest.mark.parametrize("day_zero", ["diagnosis", "hsct"])
def test_hidden_ages_are_nowhere_in_the_file(day_zero: str) -> None:
    shown = timeline(rich(), style=Style(hide_ages=True, day_zero=day_zero)).svg()
    assert "7 months" not in shown
    assert not re.search(r"\b[Aa]ges?\b", shown)
    assert "7 months old" in timeline(rich()).svg()


def test_days_since_birth_cannot_be_shown_while_ages_are_hidden() -> None:
    with pytest.raises(UsageError, match="ages are hidden"):
        Style(day_zero="birth", hide_ages=True)


@pytest.mark.parametrize(
    ("made", "zero", "says"),
    [
        (
            two_transplants,
            "cr1",
            "no complete remission with number 1; it can be counted from diagnosis, hsct, relapse",
        ),
        (
            two_transplants,
            "birth",
            "neither a birth nor an age is told; it can be counted from diagnosis, hsct, relapse",
        ),
        (by_order, "hsct", "only the order of that event is known, not its time; it can be counted from diagnosis"),
        (lambda: course(diagnosis()), "relapse", "the course has no relapse; it can be counted from diagnosis, birth"),
        (contradicting, "hsct", "only the order of that event is known"),
    ],
)
def test_what_cannot_be_day_zero_is_told_in_one_line_with_what_can(made: object, zero: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        figure_of(made(), style=Style(day_zero=zero))
    assert str(caught.value).startswith(f"day zero {zero}: ")
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_without_a_diagnosis_days_count_from_the_first_event_with_a_time() -> None:
    shown = figure_of(without_diagnosis())
    assert shown.zero.name == "Relapse"
    assert next(item for item in shown.items if item.label == "HSCT").start.day == 92  # 31 + 30 + 31 days
    assert "No diagnosis with a time is recorded" in shown.remarks[0]


def test_without_any_time_there_are_no_numbers_on_the_axis() -> None:
    shown = figure_of(by_order())
    assert scale_of(shown, 0, 400).ticks() == []
    assert "No times to scale: only the order is drawn" in words(by_order(), Style())


def test_contradicting_times_are_set_aside_and_the_rest_is_to_scale() -> None:
    shown = figure_of(contradicting())
    by_label = {item.label: item.start for item in shown.items}
    assert by_label["Induction one"].day == 10
    assert {by_label[name].certainty for name in ("Relapse", "HSCT")} == {Certainty.ORDER_ONLY}
    assert shown.remarks == ("Set aside and drawn in order only, as the times told of them contradict: Relapse; HSCT.",)
    assert "Contradictions: these statements cannot all hold" in shown.description


def test_no_calendar_date_gets_into_any_figure_from_any_day_zero() -> None:
    for made in (two_transplants, contradicting, without_diagnosis):
        for zero in ("diagnosis", "hsct", "relapse"):
            try:
                svg = timeline(made(), style=Style(day_zero=zero)).svg()
            except UsageError:
                continue
            assert not YEAR_DATES.search(svg.replace("http://www.w3.org/2000/svg", ""))


def test_an_unknown_start_fades_and_stands_before_its_end() -> None:
    from infant_course import TreatmentBlock

    made = course(
        diagnosis(),
        TreatmentBlock(id="a", when=said("unknown"), until=said("60 days after dx"), block="first"),
        LastContact(id="last", when=said("90 days after dx"), vital_status=VitalStatus.ALIVE),
    )
    item = start(made, "First")
    assert item.start.certainty is Certainty.UNKNOWN_END
    assert item.end is not None
    assert (item.start.earliest, item.start.day, item.end.day) == (0, 40, 60)  # solid over the last third
    (bar,) = lay_out(figure_of(made)).bars
    assert (bar.open_left, bar.open_right) == (True, False)
    assert [share for _, share in bar.tints] == [0.55, 0.42, 0.28, 0.15]


@pytest.mark.parametrize(
    ("zero", "day", "said_as"),
    [
        (Zero(), 12, "day 12 after diagnosis"),
        (Zero(name="HSCT"), -1, "1 day before HSCT"),
        (Zero(name="birth", in_ages=True), 40, "age 40 days"),
        (Zero(name="birth", in_ages=True), -3, "3 days before birth"),
    ],
)
def test_days_in_words(zero: Zero, day: int, said_as: str) -> None:
    assert zero.day(day) == said_as


def test_a_range_of_days_in_words() -> None:
    hsct = Zero(name="HSCT")
    assert hsct.days(3, 12) == "between day 3 and day 12 after HSCT"
    assert hsct.days(-12, -3) == "between 12 and 3 days before HSCT"
    assert hsct.days(-2, 5) == "between 2 days before HSCT and day 5 after HSCT"
    assert hsct.days(4, 4) == "day 4 after HSCT"


def test_a_prenatal_diagnosis_stands_before_birth() -> None:
    made = course(
        Diagnosis(id="dx", when=said("3 days before birth")),
        Transplant(id="h", when=said("100 days after dx")),
        birth=said("2020-05-04"),
    )
    assert start(made, "Diagnosis", day_zero="birth").start.day == -3
