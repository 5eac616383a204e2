"""A course: its events as told, found by type and id."""

import pytest

import infant_course as ic


def a_course() -> ic.Course:
    events = (ic.Relapse(id="r1"), ic.Diagnosis(id="dx"), ic.Relapse(id="r2"))
    return ic.Course(patient=ic.Patient(id="p1"), events=events, complete={"relapse"})


def test_order_of_the_file_is_kept() -> None:
    assert [event.id for event in a_course()] == ["r1", "dx", "r2"]
    assert [event.id for event in a_course().of(ic.Relapse)] == ["r1", "r2"]
    assert a_course()["dx"] == ic.Diagnosis(id="dx")
    assert len(a_course()) == 3


def test_ids_are_unique() -> None:
    with pytest.raises(ic.UsageError, match="unique within a course, 1 of them used again"):
        ic.Course(patient=ic.Patient(id="p"), events=(ic.Relapse(id="x"), ic.Diagnosis(id="x")))


def test_complete_names_event_types() -> None:
    with pytest.raises(ic.UsageError, match="no event type 'relaps'"):
        ic.Course(patient=ic.Patient(id="p"), complete={"relaps"})


def test_the_public_names_are_these() -> None:
    assert sorted(ic.__all__) == dir(ic)
    for name in ic.__all__:
        assert getattr(ic, name) is not None
    assert {kind.__name__ for kind in ic.EVENT_TYPES.values()} <= set(ic.__all__)
    with pytest.raises(AttributeError):
        _ = ic.no_such_name  # that is the point
