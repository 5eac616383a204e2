"""What differs between two exports."""

from pathlib import Path

import attrs
import pytest

from infant_course import Cohort, Course, InputError
from infant_course.report.changes import Moved, Side, as_dict, changes, side, side_of_json
from infant_course.report.check import check
from infant_course.report.json import as_json
from infant_course.rules import RULES
from ledger.sights import course


def of(*courses: Course, rules: tuple[str, ...] = ("BAS-02", "ORD-09")) -> Side:
    """A side from courses, by two rules: a white cell count out of range, and a relapse before the diagnosis."""
    cohort = Cohort.from_courses(courses)
    return side(check(cohort, rules=[RULES[rule] for rule in rules]), cohort)


def test_the_same_export_twice_differs_in_nothing():
    """Whatever the order of patients and events."""
    courses = [course("a", relapse="2019-01-01"), course("b")]
    turned = [attrs.evolve(one, events=tuple(reversed(one.events))) for one in reversed(courses)]
    found = changes(of(*courses), of(*turned))
    assert not found
    assert as_dict(found)["differs"] is False


def test_findings_come_and_go_with_the_reason():
    """Errors first: the event it was against gone, corrected, gone with the patient; and the other way round."""
    old = of(course("a"), course("b"), course("c", wbc=20, relapse="2019-01-01"))
    new = of(course("a", wbc=20), course("c", wbc=20), course("d"))
    found = changes(old, new)
    assert [(f.patient, f.rule, f.why) for f in found.went] == [
        ("c", "ORD-09", "data or judgement"),
        ("a", "BAS-02", "data or judgement"),
        ("b", "BAS-02", "patient gone"),
    ]
    assert [(f.patient, f.rule, f.why) for f in found.came] == [("d", "BAS-02", "patient new")]
    assert (found.patients_gone, found.patients_new) == (("b",), ("d",))
    assert (found.events_gone, found.events_new) == ((("c", "relapse"),), ())
    back = changes(new, old)
    assert [f.fingerprint for f in back.went] == [f.fingerprint for f in found.came]
    assert (back.patients_gone, back.events_new) == (("d",), (("c", "relapse"),))


def test_key_dates_that_moved_are_told_and_others_are_not():
    """Diagnosis, relapse and death; also where a date became less exact, or is not told any more."""
    old = of(course("a", relapse="2020-05-01", death="2021-01-01"), course("b", relapse="2020-05"))
    new = of(
        course("a", diagnosis="2020-01-02", relapse="2020-05-01", death="2021-02-01", wbc=20),
        course("b", relapse="unknown"),
    )
    assert changes(old, new).moved == (
        Moved(patient="a", type="death", event="death", before="2021-01-01", now="2021-02-01"),
        Moved(patient="a", type="diagnosis", event="dx", before="2020-01-01", now="2020-01-02"),
        Moved(patient="b", type="relapse", event="relapse", before="2020-05", now="unknown"),
    )


def test_dates_of_an_export_without_statements_are_compared_by_their_days():
    def bare(one: Side) -> Side:
        assert one.cohort is not None
        return attrs.evolve(one, cohort=attrs.evolve(one.cohort, stated=one.cohort.stated.clear()))

    old, new = bare(of(course("a", relapse="2020-05-01"))), bare(of(course("a", relapse="2020-05-02")))
    (moved,) = changes(old, new).moved or ()
    assert (moved.before, moved.now) == ("2020-05-01", "2020-05-02")


def test_rules_that_ran_on_one_side_only_are_named_and_not_compared():
    found = changes(of(course("a", relapse="2019-01-01")), of(course("a", relapse="2019-01-01"), rules=("BAS-02",)))
    assert (found.came, found.went, found.rules) == ((), (), ("ORD-09",))


def test_two_reports_are_compared_by_their_findings(tmp_path: Path):
    """The same findings come and go as between the exports; the rest is null, not empty."""
    old, new = [course("a"), course("b", wbc=20)], [course("a", wbc=20), course("b")]
    for name, courses in (("old", old), ("new", new)):
        (tmp_path / name).write_text(as_json(check(courses, rules=[RULES["BAS-02"]])), encoding="utf-8")
    found = changes(side_of_json(tmp_path / "old"), side_of_json(tmp_path / "new"))
    whole = changes(of(*old), of(*new))
    assert [f.fingerprint for f in found.came] == [f.fingerprint for f in whole.came]
    assert [f.fingerprint for f in found.went] == [f.fingerprint for f in whole.went]
    told = as_dict(found)
    assert told["patients"] == told["events"] == {"gone": None, "new": None}
    assert told["moved"] is None
    assert not changes(side_of_json(tmp_path / "old"), of(*old, rules=("BAS-02",)))


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"format": 2, "findings": [], "rules": []}', '{"format": 1}', "\0"])
def test_a_file_that_is_no_report_is_one_clear_error(tmp_path: Path, text: str):
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        side_of_json(path)
    assert str(caught.value).startswith(f"{path}: expected a report as JSON")
