"""The public functions, given what they are not for: an error that says what fits, or the right thing."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import infant_course as ic
from infant_course.rules import Settings, load_rules, select
from infant_course.when import parse

CASE = "cases/published/kotecha-2022-case-3.yaml"
COURSE = ic.Course(
    patient=ic.Patient(id="p1"), events=[ic.Diagnosis(id="dx"), ic.Relapse(id="r", when=[parse("after dx")])]
)
COHORT = ic.Cohort.from_courses([COURSE])
LOAD = "load(path) reads a case file, read(path) an export"


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: ic.check(CASE), LOAD),
        (lambda: ic.check(Path(CASE)), LOAD),
        (lambda: ic.check([CASE]), LOAD),
        (lambda: ic.check(None), "check: expected a list of courses, found None"),
        (lambda: ic.check(COURSE.events), "courses: expected courses, found something of the type Diagnosis"),
        (lambda: ic.check(COURSE, rules="REM-06"), "infant_course.rules.select(['REM-06', 'MRD'])"),
        (lambda: ic.check(COURSE, rules=["REM-06"]), "rules: expected a list of rules, found a text"),
        (lambda: ic.check(COURSE, settings={}), "settings: expected Settings(...), found a dict"),
        (lambda: ic.check(COURSE, cut_off="2024-12-31"), "cut_off: expected a date"),
        (lambda: ic.check(COURSE, cut_off=datetime(2024, 12, 31)), "cut_off: expected a date"),
        (lambda: ic.check(COURSE).exit_code("eror"), "no level 'eror': known are error, warning, info, never"),
        (lambda: ic.check(COURSE).counted("fail"), "no verdict 'fail': known are failed, undecided"),
        (lambda: ic.check(COURSE).counted("failed", "eror"), "no severity 'eror'"),
        (lambda: ic.check(COURSE).of(COURSE), "report.of: expected the id of a patient"),
        (lambda: ic.load(None), "load: expected a path, found None"),
        (lambda: ic.read(None), "read: expected a folder, a file, or frames"),
        (lambda: ic.read(COURSE), "read: expected a folder, a file, or frames"),
        (lambda: ic.read("cases", source=None), "source: expected one of csv, redcap"),
        (lambda: ic.dump(CASE), "dump: expected a course, found a text"),
        (lambda: ic.dump(COURSE, 5), "dump: expected a path, found a number"),
        (lambda: ic.draw(CASE, "x.svg"), "draw: expected a course, found a text; load(path) reads one"),
        (lambda: ic.draw("x.svg", COURSE), "draw: expected a course"),
        (lambda: ic.draw(COHORT, "x.svg"), "cohort.course(id) finds one"),
        (lambda: ic.draw(COURSE, None), "draw: expected a path, found None"),
        (lambda: ic.draw(COURSE, "x.xyz"), "a figure is written as .svg"),
        (lambda: ic.draw(COURSE, "x.svg", kind="grpah"), "no kind 'grpah': known are graph, timeline"),
        (lambda: ic.draw(COURSE, "x.svg", style="dark"), "style: expected Style(...), found a text"),
        (lambda: ic.draw(COURSE, "x.svg", plan=5), "plan: expected the id of a protocol, or a plan"),
        (lambda: ic.draw(COURSE, "x.svg", marks=[1]), "marks: expected marks by the id of their event"),
        (lambda: ic.draw(COURSE, "x.svg", report="x"), "report: expected the report of a check"),
        (lambda: ic.explain("REM-6"), "did you mean 'REM-06'?"),
        (lambda: ic.explain(ic.RULES["REM-06"]), "explain: expected the id of a rule, such as 'REM-06'"),
        (lambda: select([6]), "select: expected ids, families or severities, as texts, found a number"),
        (lambda: load_rules("no_such_module"), "the rules 'no_such_module' cannot be imported"),
        (lambda: Settings(infant_limit_days="365"), "Settings.infant_limit_days: expected a number of days from 0"),
        (lambda: Settings(end_window_days=-1), "Settings.end_window_days: expected a number of days from 0"),
        (lambda: Settings(rounding="nearst"), "Settings.rounding: no such rounding: did you mean 'nearest'?"),
        (lambda: Settings(ties={"REM-06": "befor"}), "no such tie for REM-06: did you mean 'before'?"),
        (
            lambda: ic.check(COURSE, settings=Settings(ties={"REM-6": "before"})),
            "no rule 'REM-6': did you mean 'REM-06'?",
        ),
        (lambda: ic.Cohort.from_courses([COURSE], rounding="either"), "rounding: expected one of Rounding"),
        (lambda: Settings(criteria="cibmtr"), "profile(Settings(), ...) takes names as a user writes them"),
        (lambda: Settings(protocol="interfant06"), "no protocol 'interfant06': did you mean 'interfant-06'?"),
        (lambda: Settings(protocol="Interfant 06"), "Settings.protocol: expected the id 'interfant-06'"),
        (lambda: ic.write(COURSE, "x"), "write: expected a cohort"),
        (lambda: ic.write(COHORT, None), "write: expected a path"),
        (lambda: ic.swimmer(COURSE), "swimmer: expected a cohort"),
        (lambda: ic.flow(None), "flow: expected a cohort"),
        (lambda: ic.curve([COURSE]), "Cohort.from_courses([...]) makes one of courses"),
        (lambda: ic.mrd_panel(CASE), "read(path) of an export"),
        (lambda: ic.overview(COURSE, ic.check(COURSE)), "overview: expected a cohort"),
        (lambda: ic.overview(COHORT, "x"), "overview: expected the report of a check"),
        (lambda: ic.Cohort.from_courses(CASE), LOAD),
        (lambda: ic.Cohort.from_courses([CASE]), LOAD),
        (lambda: ic.Cohort.from_courses(None), "courses: expected a list of courses, found None"),
        (lambda: ic.Cohort.from_courses(COURSE), "courses: expected courses, found something of the type Diagnosis"),
        (lambda: ic.Cohort.from_courses([COURSE, COURSE]), "two courses bear the same patient id"),
        (lambda: ic.Cohort.from_courses([COURSE], end_window_days="14"), "end_window_days: expected a number of days"),
        (lambda: COHORT.course("zz"), "no such patient in this cohort"),
        (lambda: COHORT.course(5), "cohort.course: expected the id of a patient, a text, found a number"),
        (lambda: COHORT.table("relaps"), "no such table: did you mean 'relapse'?"),
        (lambda: COURSE.of("relaps"), "no event type 'relaps': did you mean 'relapse'?"),
        (lambda: COURSE.of(int), "found the class int"),
        (lambda: COURSE.of(COURSE.events[0]), "course.of: expected a class of events"),
        (lambda: ic.Quantity(5, "%").to("Gy"), "Quantity.to: a quantity in % can be told in fraction, %"),
        (lambda: ic.Quantity(5, "%").to("foo"), "Quantity.to: no unit 'foo': known are 10^9/L, "),
        (lambda: ic.Quantity(5, "%").to("mg/m²"), "Quantity.to: no unit 'mg/m²': did you mean 'mg/m2'?"),
        (lambda: ic.Quantity(5, "%").to(5), "Quantity.to: expected a text such as '%', found a number"),
        (lambda: ic.Quantity(5, "zz").to("%"), "Quantity.to: this quantity has no unit that is known"),
        (lambda: COURSE["dy"], "no event has this id"),
        (lambda: COURSE[0], "course[...]: expected the id of an event, a text, found a number"),
    ],
)
def test_what_fits_is_said(call: Any, said: str) -> None:
    with pytest.raises(ic.UsageError) as caught:
        call()
    assert said in str(caught.value)


def test_a_course_is_asked_by_class_or_by_word_and_by_id() -> None:
    assert COURSE.of("relapse") == COURSE.of(ic.Relapse) == (COURSE["r"],)
    assert "r" in COURSE and COURSE["r"] in COURSE
    assert "x" not in COURSE and ic.Death(id="r") not in COURSE


def test_what_stands_for_a_unit_is_not_shown() -> None:
    for unit in ("Secret", None):
        with pytest.raises(ic.UsageError) as caught:
            ic.Quantity(5, unit).to("%")  # type: ignore[arg-type]
        assert "Secret" not in str(caught.value) and "None" not in str(caught.value)


def test_one_word_selects_as_a_list_of_one_does() -> None:
    assert select("REM") == select(["REM"]) != select()
    assert select(ignore="REM") == select(ignore=["REM"])


def test_what_is_asked_by_name_and_not_there_is_a_key_error_too() -> None:
    for call in (lambda: COURSE["x"], lambda: COHORT.table("x"), lambda: ic.Quantity(5, "%").to("Gy")):
        with pytest.raises(KeyError) as caught:
            call()
        assert not str(caught.value).startswith(("'", '"'))
