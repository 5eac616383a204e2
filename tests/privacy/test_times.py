"""Times of de-identified patients: days or shifted dates, and a birth that cannot be worked out."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infant_course import EVENT_TYPES, Course, Patient
from infant_course.course import BIRTH
from infant_course.privacy.key import Key
from infant_course.privacy.pseudonyms import Pseudonyms
from infant_course.privacy.times import Change, Rewriter, Times
from infant_course.shortest_paths import UNBOUNDED
from infant_course.when import Unit, parse

TYPES = {"dx": "diagnosis", "tx": "transplant", "rel": "relapse", "end": "death"}
KEY = Key(secret=bytes(range(32)))


def rewriter(times="days", unit="month"):
    return Rewriter(names=Pseudonyms(key=KEY), times=Times(times), unit=Unit(unit))


def told(stated, times="days", unit="month", patient="p1"):
    """Starts by event; several joined. ``stated``: by event, several in a list; an end as ``end of ...``."""
    rows = [
        (event.removesuffix("|"), "until" if event.endswith("|") else "when", text)
        for event, texts in stated.items()
        for text in ([texts] if isinstance(texts, str) else texts)
    ]
    found: dict[str, list[str]] = {}
    for event, part, text in rewriter(times, unit).rewrite(patient, rows, TYPES):
        found.setdefault(event + ("|" if part == "until" else ""), []).append(text)
    return {event: texts[0] if len(texts) == 1 else texts for event, texts in found.items()}


def test_dates_become_days_since_diagnosis_and_birth_an_age():
    """Born on 3 January 2020, diagnosed on 17 August: seven completed months. 2021-03-01 is 196 days later."""
    stated = {"birth": "2020-01-03", "dx": "2020-08-17", "end": "2021-03-01", "rel": "2020-08-07"}
    assert told(stated) == {"dx": "age 7 months", "end": "196 days after dx", "rel": "10 days before dx"}


def test_a_month_becomes_the_range_of_its_days():
    """February 2021 is 168 to 195 days after 17 August 2020."""
    assert told({"dx": "2020-08-17", "tx": "2021-02"}) == {"dx": "0 days after dx", "tx": "168 to 195 days after dx"}


def test_a_month_around_the_diagnosis_is_told_against_another_event():
    """August lies 93 to 63 days before 2 November; without such an event both sides of the diagnosis are named."""
    assert told({"dx": "2020-08-17", "tx": "2020-08", "end": "2020-11-02"})["tx"] == "63 to 93 days before end"
    alone = told({"dx": "2020-08-17", "tx": "2020-08"})["tx"]
    assert alone == "either (1 to 16 days before dx) or (0 to 14 days after dx)"


def test_without_a_day_of_diagnosis_another_event_is_counted_from():
    """And the two are told against each other, so that neither loses its time."""
    assert told({"dx": "2020-08", "tx": "2020-09-01", "end": "2020-09-11"}) == {
        "dx": "1 to 31 days before tx",
        "tx": "1 to 31 days after dx",
        "end": "10 days after tx",
    }


def test_an_end_and_a_length_stay():
    assert told({"dx": "2020-08-17", "tx": "2020-08-18", "tx|": ["2020-08-27", "ongoing"]}) == {
        "dx": "0 days after dx",
        "tx": "1 day after dx",
        "tx|": ["10 days after dx", "ongoing"],
    }


def test_orders_stay_and_either_goes_through():
    stated = {"dx": "2020-08-17", "tx": "after dx", "end": "either (2020-08-19) or (5 days after tx)"}
    assert told(stated) == {
        "dx": "0 days after dx",
        "tx": "after dx",
        "end": "either (2 days after dx) or (5 days after tx)",
    }


def test_exact_ages_without_dates_become_days():
    """As exports tell them that have ages only: 300 - 215 = 85."""
    assert told({"dx": "age 215 days", "tx": "age 300 days"}) == {"dx": "age 7 months", "tx": "85 days after dx"}


def test_ages_in_months_stay_where_nothing_is_known_more_closely():
    stated = {"dx": "age 7 months", "tx": "age 9 months", "end": "age 4 years"}
    assert told(stated) == stated


def test_an_age_beside_a_date_goes():
    """Nine months to the day with a date would tell the birth."""
    stated = {"dx": ["2020-08-17", "age 7 months"], "tx": ["2020-10-03", "age 9 months"]}
    assert told(stated) == {"dx": "age 7 months", "tx": "47 days after dx"}


def test_ages_that_together_tell_the_birth_go():
    """Aged 7 months on one day and 8 months ten days later: birth is known to ten days."""
    assert told({"dx": ["2020-08-17", "age 7 months"], "tx": ["with rel", "age 8 months"], "rel": "2020-08-27"}) == {
        "dx": "age 7 months",
        "tx": "with rel",
        "rel": "10 days after dx",
    }


@pytest.mark.parametrize(
    ("unit", "age"), [("day", "age 227 days"), ("week", "age 32 weeks"), ("month", "age 7 months")]
)
def test_the_unit_of_the_age(unit, age):
    """227 days are 32 weeks and 3 days."""
    assert told({"birth": "2020-01-03", "dx": "2020-08-17"}, unit=unit) == {"dx": age}


def test_an_age_that_two_numbers_of_months_allow_is_a_range():
    """213 days are seven months from February on, six from July on; without a birth nobody can tell."""
    assert told({"dx": "age 213 days"}) == {"dx": "age 6 to 7 months"}


def test_a_diagnosis_before_birth():
    assert told({"birth": "2020-01-13", "dx": "2020-01-03"}) == {"dx": "before birth"}


def test_shifted_dates_keep_all_distances_and_are_earlier():
    stated = {"dx": "2020-08-17", "tx": "2021-02", "end": "2021-03-01", "birth": "2020-01-03"}
    new = told(stated, times="shift")
    first, age = new["dx"]
    shift = (date(2020, 8, 17) - date.fromisoformat(first)).days
    assert 1 <= shift <= 365
    assert age == "age 7 months"
    assert new["end"] == str(date(2021, 3, 1) - timedelta(shift))
    assert new["tx"] == f"{date(2021, 2, 1) - timedelta(shift)}..{date(2021, 2, 28) - timedelta(shift)}"
    assert "birth" not in new


def test_every_patient_has_a_shift_of_their_own_under_every_key():
    first = [told({"dx": "2020-08-17"}, times="shift", patient=f"p{number}")["dx"] for number in range(40)]
    assert len(set(first)) > 20
    assert first == [told({"dx": "2020-08-17"}, times="shift", patient=f"p{number}")["dx"] for number in range(40)]


def test_a_date_too_far_from_the_others_goes_and_is_counted():
    one = rewriter()
    assert one.rewrite("p1", [("dx", "when", "2020-08-17"), ("tx", "when", "1020-08-17")], TYPES) == [
        ("dx", "when", "0 days after dx")
    ]
    assert one.counts[Change.TOO_FAR] == 1


def test_what_is_done_is_counted():
    one = rewriter()
    stated = {"birth": "2020-01-03", "dx": "2020-08-17", "tx": "2020-09-01"}
    one.rewrite("p1", [(event, "when", text) for event, text in stated.items()], TYPES)
    assert +one.counts == Counter({Change.TO_DAYS: 2, Change.BIRTH: 1})


BORN = date(2020, 1, 1)
days = st.integers(0, 500)


@st.composite
def stated_times(draw):
    """A birth (known in some way or not at all) and four events, told by dates, ages and orders that are true."""
    born = BORN + timedelta(draw(st.integers(0, 60)))
    stated = []
    if draw(st.booleans()):
        stated.append((BIRTH, "when", draw(st.sampled_from([str(born), f"{born:%Y-%m}", f"{born:%Y}"]))))
    at = {event: draw(days) for event in TYPES}
    for event, age in at.items():
        day = born + timedelta(age)
        forms = [str(day), f"{day:%Y-%m}", f"age {age} days", f"{age} days after birth", f"age {age // 7} weeks"]
        for other, there in at.items():
            if other != event:
                forms.append(f"{abs(age - there)} days {'after' if age >= there else 'before'} {other}")
        for text in draw(st.lists(st.sampled_from(forms), max_size=3, unique=True)):
            stated.append((event, "when", text))
    return stated, at


def resolved(stated):
    whens: dict[str, list] = {}
    for event, _, text in stated:
        whens.setdefault(event, []).append(parse(text))
    return Course(
        patient=Patient(id="p", birth=tuple(whens.get(BIRTH, ()))),
        events=tuple(EVENT_TYPES[kind](id=event, when=tuple(whens.get(event, ()))) for event, kind in TYPES.items()),
    ).resolved


@settings(deadline=None, max_examples=80)
@given(stated_times(), st.sampled_from(["days", "shift"]), st.sampled_from([("week", 6), ("month", 27)]))
def test_what_is_told_is_true_and_no_birth_can_be_worked_out(told_at, times, unit):
    """True: what is known of two events afterwards allows what was so. Hidden: never closer than the unit."""
    stated, at = told_at
    new = rewriter(times, unit[0]).rewrite("p1", stated, TYPES)
    assert not any(event == BIRTH and text[:2] == "20" for event, _, text in new)
    after = resolved(new)
    assert after.problems == ()
    for reading in after.readings:
        for event in at:
            gap = reading.between((BIRTH, "start"), (event, "start"))
            assert gap.least == -UNBOUNDED or gap.greatest == UNBOUNDED or gap.greatest - gap.least >= unit[1]
    for event, age in at.items():
        for other, there in at.items():
            gaps = [reading.between((event, "start"), (other, "start")) for reading in after.readings]
            assert any(gap.least <= there - age <= gap.greatest for gap in gaps)
        births = [reading.between((BIRTH, "start"), (event, "start")) for reading in after.readings]
        assert any(gap.least <= age <= gap.greatest for gap in births)
