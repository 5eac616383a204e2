"""Error messages: place, expectation, finding, next step."""

from infant_course.errors import Fault, InputError, did_you_mean, nearest


def test_a_fault_names_place_expectation_finding_and_hint() -> None:
    fault = Fault(
        file="p17.yaml",
        line=9,
        column=5,
        path="events[2].when",
        expected="a date",
        found="2021-30-04",
        hint="no month 30",
    )
    assert str(fault) == (
        "p17.yaml, line 9, column 5, events[2].when: expected a date, found 2021-30-04.\n  Hint: no month 30"
    )


def test_all_faults_are_told() -> None:
    error = InputError(faults=[Fault(expected="a", found="b"), Fault(expected="c", found="d")])
    assert str(error) == "expected a, found b.\nexpected c, found d."


def test_the_nearest_word_is_named_or_nothing() -> None:
    assert did_you_mean("maintenence", ["maintenance", "induction"]) == "did you mean 'maintenance'?"
    assert nearest("rem-6", ["REM-06", "ORD-01"]) == "REM-06"
    assert nearest("zzz", ["REM-06"]) is None
