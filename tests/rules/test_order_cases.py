"""Rules that ask when other events were: each has a case of two events on one day and one that tells an order only."""

from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

import infant_course as ic
from infant_course.events import EVENT_TYPES
from infant_course.resolve import resolve
from infant_course.rules import RULES, Rule, Settings
from infant_course.rules.subject import Answer, Question, Relation, Subject, Trace
from infant_course.when import After, AtEndOf, Before, During, Either, Ongoing, Then, Unknown, When, With

CASES = Path(__file__).parents[2] / "cases" / "rules"


def asks_when(question: Question) -> bool:
    """Whether a question is about the order or the days of another event. The birth is none: it makes an age."""
    timed = question.relation is not Relation.ANY or question.answer is Answer.DAYS
    return timed and question.others.type != "birth"


def questions(rule: Rule) -> Iterator[Question]:
    """All that a rule asks, also of the events that it asks about."""
    for about in EVENT_TYPES if "event" in rule.about else rule.about:
        trace, _ = rule.trace(about, Settings())
        asked = list(trace.questions)
        while asked:
            question = asked.pop()
            yield question
            if question.others.condition is not None:
                inner = Trace(about=question.others.type, settings=Settings())
                question.others.condition(Subject(inner))
                asked += inner.questions


ORDER_RULES = tuple(rule.id for rule in RULES.values() if any(map(asks_when, questions(rule))))

NO_ORDER_ONLY_CASE = {
    "FUP-04": "it counts back from the cut-off, which is a date: it is silent where no date is stated",
}
"""Rules for which no case can tell an order only, and why."""

BESIDE_A_TIME = {
    "ORD-01": "it is about the birth, of which nothing is known before an age or a date is told",
    "ORD-03": "it sets events against the cut-off, which is a date: one event has one, the other only an order",
}
"""Rules whose cases of an order need one date or age, and why."""


@cache
def cases(rule: str, kind: str) -> tuple[ic.Course, ...]:
    return tuple(ic.load(path) for path in sorted(CASES.glob(f"{rule}/{kind}-*.yaml")))


def tells_order_only(when: When) -> bool:
    if isinstance(when, Either):
        return all(map(tells_order_only, when.options))
    return isinstance(when, (After, AtEndOf, Before, During, Ongoing, Then, Unknown, With))


def of_order_only(course: ic.Course) -> bool:
    """Whether a course states no date, no age, no day and no length."""
    told = [when for event in course for when in (*event.when, *event.until)]
    return (
        not course.patient.birth
        and all(map(tells_order_only, told))
        and all(event.lasting is None for event in course)
        and any(not isinstance(when, Unknown) for when in told)
    )


def has_a_tie(course: ic.Course) -> bool:
    """Whether two events surely share a day, and it is not told which of them came first."""
    known = resolve(course)
    points = [(event.id, point) for event in course for point in ("start", "end" if event.LASTS else "start")]
    points += [(ic.course.BIRTH, "start")] if course.patient.birth else []
    return any(
        a[0] != b[0] and known.days_between(a, b) == (0, 0) and not (known.order(a, b) or known.order(b, a))
        for a, b in combinations(points, 2)
    )


def test_what_an_order_rule_is() -> None:
    """Some of each kind of question; ages, and whether something is recorded at all, are no order."""
    assert {"REM-06", "ORD-09", "HCT-02", "IMM-02", "REM-13", "REC-08", "FUP-03", "PRO-12"} <= set(ORDER_RULES)
    assert not {"BAS-01", "BAS-24", "REC-04", "FUP-01", "MRD-16", "IMM-07"} & set(ORDER_RULES)


@pytest.mark.parametrize("rule", ORDER_RULES)
def test_an_order_rule_has_a_case_of_two_events_on_one_day(rule: str) -> None:
    assert any(map(has_a_tie, cases(rule, "tie")))


@pytest.mark.parametrize("rule", ORDER_RULES)
def test_an_order_rule_has_a_case_that_tells_an_order_only(rule: str) -> None:
    assert bool(cases(rule, "order-only")) == (rule not in NO_ORDER_ONLY_CASE)


def test_the_page_of_an_order_rule_says_what_a_tie_does() -> None:
    assert [rule for rule in ORDER_RULES if not RULES[rule].ties] == []


def test_what_is_called_order_only_is_so() -> None:
    paths = [path for path in sorted(CASES.glob("*/order-*.yaml")) if path.parent.name not in BESIDE_A_TIME]
    assert [path for path in paths if not path.name.startswith("order-only-")] == []
    assert [path for path in paths if not of_order_only(ic.load(path))] == []
    assert {path.parent.name for path in paths} <= {*ORDER_RULES, "ORD-04"}


def test_an_order_rule_leaves_something_undecided() -> None:
    """By a case of that name, or because it has no such case to have, as the random courses of the oracle tell."""
    assert [rule for rule in ORDER_RULES if not cases(rule, "undecided")] == ["ORD-12"]
