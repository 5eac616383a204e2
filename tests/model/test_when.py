"""Statements of time: what their text means, and what it must not mean."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infant_course import when
from infant_course.when import Unit, parse, parse_date, parse_duration


@pytest.mark.parametrize(
    "text",
    [
        "2020-05-17",
        "2020-05",
        "2020",
        "2020-05-01..2020-05-20",
        "day 33 of ind",
        "day -7 of hsct",
        "age 7 months",
        "age 4.5 years",
        "8 years after dx",
        "5 days before pres",
        "7.5 to 8.5 years after dx",
        "before x",
        "after x",
        "after start of x",
        "before end of x",
        "during x",
        "at end of x",
        "with x",
        "then x",
        "ongoing",
        "unknown",
        "either (18 years after dx) or (18 years after htx)",
    ],
)
def test_text_is_kept(text: str) -> None:
    assert str(parse(text)) == text
    assert parse(str(parse(text))) == parse(text)


def test_forms_are_told_apart() -> None:
    assert parse("after x") == when.After("x")
    assert parse("5 days after x") == when.Offset(parse_duration("5 days"), "x")
    assert parse("5 days before x") == when.Offset(parse_duration("5 days"), "x", before=True)
    assert parse("at the end of x") == when.AtEndOf("x")
    assert parse("either (with a) or (with b)").references() == ("a", "b")


def test_nothing_is_filled_in() -> None:
    month = parse_date("2020-05")
    assert (month.earliest, month.latest) == (date(2020, 5, 1), date(2020, 5, 31))
    assert parse_date("2020-02").latest == date(2020, 2, 29)
    assert parse_date("2019").latest - parse_date("2019").earliest == timedelta(days=364)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-02-30", "28 days"),
        ("2021-13-01", "no month 13"),
        ("2021-00-01", "month from 01"),
        ("21-05-01", "YYYY"),
        ("2021-5-1", "YYYY"),
        ("01/05/2021", "YYYY"),
        ("2021-05-02..2021-05-01", "earlier"),
        ("day 33", "needs the event"),
        ("age 131 years", "130 years"),
        ("age 9999999999999 months", "130 years"),
        ("age seven months", "7 months"),
        ("afterwards", "after ID"),
        ("٢٠٢٠-05-17", "2020-05-17, 2020-05"),  # digits of other scripts are no digits here
        ("day ٣ of x", "day 33 of"),
        ("age ٣ months", "7 months"),
        ("either (with a)", "either (...) or (...)"),
        ("5 to 4 weeks after x", "smaller"),
        ("after ../../x", "after ID"),
    ],
)
def test_what_cannot_be_read_says_what_was_expected(text: str, expected: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        parse(text)
    assert expected in str(caught.value)


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("1 month", 28, 61),
        ("3 months", 89, 122),
        ("7 months", 212, 244),
        ("10 months", 303, 336),
        ("11 months", 334, 365),
        ("10 to 11 months", 303, 365),  # from the least of 10 to the most of 11
        ("0 to 11 months", 0, 365),
        ("10 to 11 weeks", 70, 83),  # the 84th day completes the 12th week
        ("364 to 365 days", 364, 365),
    ],
)
def test_completed_months_as_computed_over_the_calendar(text: str, least: int, most: int) -> None:
    assert parse_duration(text).span(completed=True) == (least, most)


def _months_later(start: date, months: int) -> date:
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    for day in range(start.day, 27, -1):
        try:
            return date(year, month + 1, day)
        except ValueError:
            continue
    return date(year, month + 1, start.day)


@given(st.dates(date(1990, 1, 1), date(2030, 12, 31)), st.integers(0, 40))
def test_every_real_month_count_lies_in_the_span(born: date, months: int) -> None:
    """A child aged n completed months is at least n and less than n + 1 calendar months old."""
    least, most = when.Duration(Decimal(months), Unit.MONTH).span(completed=True)
    assert least <= (_months_later(born, months) - born).days
    assert (_months_later(born, months + 1) - born).days - 1 <= most


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("5 days", 5, 5),
        ("4 weeks", 24, 34),  # [3.5, 5) weeks: from 24.5, rounded outwards, to 34
        ("4.5 years", 1550, 1826),  # [4.25, 5) years
        ("2 to 3 weeks", 14, 21),
    ],
)
def test_rounded_durations(text: str, least: int, most: int) -> None:
    assert parse_duration(text).span() == (least, most)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        statement = parse(text)
    except ValueError as error:
        assert str(error)
    else:
        assert parse(str(statement)) == statement
