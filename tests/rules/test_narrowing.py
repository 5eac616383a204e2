"""What is passed over without looking at pairs must be what the pairs would not have told."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infant_course import Cohort, Course, Patient
from infant_course.events import Engraftment, Transplant
from infant_course.rules import RULES, Settings, answers, engine
from infant_course.rules.answers import could_be_preceded
from infant_course.rules.subject import Subject, Trace
from infant_course.vocabulary import CellLine
from infant_course.when import parse

rows = st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(0, 3), st.integers(-3, 3)), max_size=12)


def by_pairs(asked: pl.DataFrame, others: pl.DataFrame) -> list[int]:
    """Slowly: every subject beside every other."""
    return [
        place
        for unit, value, high, place in asked.iter_rows()
        if any(
            unit == its_unit and None not in (value, greater) and greater > value and low <= high
            for its_unit, greater, low in others.iter_rows()
        )
    ]


def tables(asked: list[tuple[int, int | None, int]], others: list[tuple[int, int | None, int]]) -> list[pl.DataFrame]:
    schema = {"unit": pl.UInt32, "value": pl.Int64, "day": pl.Int32}
    mine, theirs = (pl.DataFrame(given_rows, schema=schema, orient="row") for given_rows in (asked, others))
    return [
        mine.rename({"day": "high"}).with_columns(place=pl.int_range(pl.len(), dtype=pl.UInt32)),
        theirs.rename({"day": "low"}),
    ]


@given(rows, rows)
def test_those_left_are_those_of_the_pairs(
    asked: list[tuple[int, int | None, int]], others: list[tuple[int, int | None, int]]
) -> None:
    mine, theirs = tables(asked, others)
    assert could_be_preceded(mine, theirs).to_list() == by_pairs(mine, theirs)


def test_the_slow_way_tells_a_day_and_a_place_apart() -> None:
    mine, theirs = tables([(0, 1, 5)], [(0, 2, 5)])
    assert by_pairs(mine, theirs) == [0]
    assert by_pairs(*tables([(0, 1, 4)], [(0, 2, 5)])) == []
    assert by_pairs(*tables([(0, 2, 5)], [(0, 2, 5)])) == []
    assert by_pairs(*tables([(1, 1, 5)], [(0, 2, 5)])) == []


def test_what_one_rule_asked_of_some_is_asked_anew_for_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rules put one question, one of them to the platelets and one to the neutrophils of an engraftment."""
    monkeypatch.setattr(answers, "SMALL", 0)
    monkeypatch.setattr(engine, "LARGE", -1)
    courses = [
        Course(
            patient=Patient(id=cells),
            events=(
                Transplant(id="hsct", when=(parse("2020-03-01"),)),
                Engraftment(id="take", cells=CellLine(cells), when=(parse(day),)),
            ),
            complete=frozenset({"transplant"}),
        )
        for cells, day in (("neutrophils", "2020-03-20"), ("platelets", "2020-02-20"))
    ]
    cohort, rules = Cohort.from_courses(courses), (RULES["HCT-07"], RULES["HCT-08"])
    for first, second in (rules, rules[::-1]):
        one = engine.Engine(cohort, Settings(debug=True))
        verdicts = pl.concat([one.judge([first]).verdicts, one.judge([second]).verdicts])
        failed = verdicts.filter("failed")
        assert failed.select("rule", "patient").rows() == [("HCT-08", 1)]


def test_several_questions_may_be_put_to_nobody() -> None:
    cohort = Cohort.from_courses([Course(patient=Patient(id="p"), events=(Transplant(id="hsct"),))])
    trace = Trace(about=Transplant.TYPE, settings=Settings())
    asked = Subject(trace)
    asked.start.on_later_day_than(Transplant)
    asked.preceded_by(Transplant)
    one = answers.Answers(cohort, Settings())
    assert one.answered(one.frame(Transplant.TYPE).clear(), trace).height == 0
