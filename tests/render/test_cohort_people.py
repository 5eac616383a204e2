"""Patients as figures take them: what is known between two points, which event is the first, attributes."""

import pytest
from attrs import evolve

from infant_course.events import Quantity
from infant_course.render.cohort_people import (
    NOT_STATED,
    SEVERAL,
    Span,
    order_of,
    people_of,
    word_of,
)
from infant_course.when import parse
from render.cohort_samples import at, cohort, patient

TYPES = (
    "diagnosis",
    "enrolment",
    "randomisation",
    "risk_assignment",
    "remission",
    "relapse",
    "transplant",
    "last_contact",
)


def person(*told, **diagnosis):
    (found,) = people_of(cohort(patient("p", *told, **diagnosis)), TYPES)
    return found


def since_diagnosis(found, kind):
    return found.days(("dx", "start"), found.of(kind)[0].start)


@pytest.mark.parametrize(
    ("stated", "span"),
    [
        (100, Span(100, 100)),
        ("2015-06", Span(92, 121)),
        ("100 days after dx", Span(100, 100)),
        ("after dx", Span(0, None)),
        ("before dx", Span(None, 0)),
        (None, Span(None, None)),
    ],
)
def test_days_between_two_points_are_what_is_known(stated, span):
    assert since_diagnosis(person(at("relapse", stated)), "relapse") == span


def test_days_without_any_date_come_from_what_is_said_between_events():
    """Nothing is dated, and yet the difference is known: it is no difference of two bounds."""
    one = patient("p", at("relapse", "100 days after dx"), at("transplant", "50 days after relapse1"))
    bare = evolve(one, events=(evolve(one.events[0], when=()), *one.events[1:]))
    (found,) = people_of(cohort(bare), TYPES)
    assert since_diagnosis(found, "transplant") == Span(150, 150)


def test_an_ambiguous_telling_allows_what_any_of_its_readings_allows():
    found = person(at("relapse", 100), at("transplant", "either (10 days after dx) or (10 days after relapse1)"))
    assert len(found.readings) == 2
    assert since_diagnosis(found, "transplant") == Span(10, 110)
    assert found.before(found.of("relapse")[0].start, found.of("transplant")[0].start) is None


def test_the_first_of_several_is_the_one_that_surely_is():
    assert person(at("relapse", 200), at("relapse", 100)).zero("relapse").id == "relapse2"
    assert person(at("relapse", "2016"), at("relapse", "2016")).zero("relapse") is None
    assert person().zero("relapse") is None


def test_the_first_complete_remission_is_the_one_numbered_one():
    both = person(at("remission", "2016", number=2), at("remission", "2016", number=1))
    assert both.zero("cr1").id == "remission2"
    mrd = person(at("remission", 30, kind="mrd", number=1), at("remission", 40))
    assert mrd.zero("cr1").id == "remission2"
    assert person(at("remission", 30, number=2)).zero("cr1") is None


def test_attributes_are_words():
    found = person(
        at("enrolment", 0, protocol="interfant-06", arm="IB"),
        at("randomisation", 9, arm="ADE"),
        at("risk_assignment", 9, group="HR"),
        at("risk_assignment", 12, group="MR"),
        kmt2a="rearranged",
        prenatal=False,
    )
    words = {name: word_of(found, name) for name in ("kmt2a", "prenatal", "protocol", "arm", "risk", "site", "cns")}
    assert words == {
        "kmt2a": "rearranged",
        "prenatal": "no",
        "protocol": "interfant-06",
        "arm": "ADE",
        "risk": SEVERAL,
        "site": NOT_STATED,
        "cns": NOT_STATED,
    }


def test_numbers_sort_by_size_in_one_unit_and_what_cannot_be_compared_comes_last():
    amounts = {
        "few": Quantity(9_000, "/uL"),
        "many": Quantity(10, "10^9/L"),
        "no unit": Quantity(1, None),
        "none": None,
    }
    people = people_of(cohort(*(patient(name, wbc=amount) for name, amount in amounts.items())), TYPES)
    keys = {found.id: order_of(found, "wbc") for found in people}
    assert keys["few"] < keys["many"] < keys["none"] == keys["no unit"]


def test_age_sorts_by_days_since_birth():
    one = patient("p")
    young = evolve(one, patient=evolve(one.patient, birth=(parse("2015-01-01"),)))
    (found,) = people_of(cohort(young), TYPES)
    assert order_of(found, "age") == (0, 59, "")
    assert order_of(person(), "age")[0] == 1
