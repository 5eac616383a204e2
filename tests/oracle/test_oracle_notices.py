"""The oracle would notice: slips are planted in the engine's columns and must show as wrong verdicts."""

from collections.abc import Callable
from random import Random

import attrs
import polars as pl
import pytest

from infant_course import Cohort, Relapse
from infant_course.rules import answers as answers_module
from infant_course.rules.answers import Answers
from infant_course.rules.settings import Tie
from infant_course.rules.subject import Relation
from oracle.agreement import said, truth
from oracle.random_courses import course as random_course
from oracle.test_operators import KINDS, OPERATORS, SOUND, Operator, as_rule
from oracle.worlds import worlds

Facts = Callable[[Relation, int | None], tuple[pl.Expr, pl.Expr]]


UNDER_WAY = {name: operator for name, operator in SOUND.items() if "under way" in name}
"""Exact in these courses, in which one event lasts at most."""


def wrong_verdicts(
    spoil: Callable[[Cohort], Cohort] = lambda cohort: cohort, operators: dict[str, Operator] = OPERATORS
) -> int:
    """How many verdicts of the operators differ from the worlds."""
    random = Random(5)
    courses = [random_course(random, number, KINDS) for number in range(60)]
    cohort = spoil(Cohort.from_courses(courses))
    verdicts = said(cohort, [as_rule(name, operator[0]) for name, operator in operators.items()])
    wrong = 0
    for number, course in enumerate(courses):
        possible = worlds(course)
        for event in course.of(Relapse) if possible else ():
            for name, (_, plain, extra) in operators.items():
                expected = truth(course, possible, event, (Relapse.TYPE,), plain, [extra] if extra else [])
                wrong += verdicts.get((name, number, event.id), False) is not expected
    return wrong


def test_without_a_slip_nothing_is_wrong() -> None:
    assert wrong_verdicts() == wrong_verdicts(operators=UNDER_WAY) == 0


@pytest.mark.parametrize("column", ["start_lo", "start_hi"])
def test_a_slip_of_one_day_is_noticed(column: str) -> None:
    def spoil(cohort: Cohort) -> Cohort:
        later = {name: table.with_columns(pl.col(column) + 1) for name, table in cohort.tables.items()}
        return attrs.evolve(cohort, tables={**later, "relapse": cohort.tables["relapse"]})

    assert wrong_verdicts(spoil) > 0


def test_a_lost_tie_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right: Facts = answers_module.facts_of_a_pair

    def days_only(relation: Relation, within: int | None, tie: Tie) -> tuple[pl.Expr, pl.Expr]:
        if relation is Relation.BEFORE and within is None:
            return pl.col("least") >= 1, pl.col("greatest") >= 1
        return right(relation, within, tie)

    monkeypatch.setattr(answers_module, "facts_of_a_pair", days_only)
    assert wrong_verdicts() > 0


def test_days_counted_from_the_start_of_what_lasts_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    right: Facts = answers_module.facts_of_a_pair

    def from_the_start(relation: Relation, within: int | None, tie: Tie) -> tuple[pl.Expr, pl.Expr]:
        return right(Relation.BEFORE if relation is Relation.UNDER_WAY else relation, within, tie)

    monkeypatch.setattr(answers_module, "facts_of_a_pair", from_the_start)
    assert wrong_verdicts(operators=UNDER_WAY) > 0


def test_counting_oneself_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> bool:
        return False

    monkeypatch.setattr(Answers, "_may_meet_itself", never)
    assert wrong_verdicts() > 0


def test_ignored_gaps_are_noticed() -> None:
    assert wrong_verdicts(lambda cohort: attrs.evolve(cohort, gap=cohort.gap.clear())) > 0
