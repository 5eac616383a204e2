"""The catalogue as a whole: every rule says why, on what ground, and has cases."""

import ast
import inspect
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from infant_course.errors import UsageError
from infant_course.events import EVENT_TYPES
from infant_course.knowledge.reading import knowledge
from infant_course.rules import FAMILIES, RETIRED, RULES, Rule, Settings, Those, explain, rules_of
from infant_course.rules.rule import prose
from infant_course.sources import Cite

CASES = Path(__file__).parents[2] / "cases" / "rules"
each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)


def grounds_without_source(rule: Rule) -> list[str]:
    """Sources a rule cites that the bibliography does not have."""
    cited = [ground.key for ground in (rule.ground, *rule.also) if isinstance(ground, Cite)]
    return [key for key in cited if key not in knowledge("sources")]


def bare_numbers(body: Callable[..., object]) -> list[float]:
    """Numbers in the body of a rule that a source should stand behind.

    Small counts (0 to 2: none, one, a second), and the tolerance of a comparison of floats, need none.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(body)))
    tolerance = 1e-9
    numbers = [n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and type(n.value) in (int, float)]
    return [number for number in numbers if number not in (0, 1, 2, tolerance)]


@each_rule
def test_says_what_why_whence_and_what_to_do(rule: Rule) -> None:
    assert rule.summary.endswith(".") and rule.why and rule.cause and rule.repair
    assert rule.summary.count(".") <= 2 and "\n" not in rule.summary


@each_rule
def test_stands_on_a_source_that_is_in_the_bibliography(rule: Rule) -> None:
    assert grounds_without_source(rule) == []
    place = rule.ground.at if isinstance(rule.ground, Cite) else rule.ground.argument
    assert place.strip()


@each_rule
def test_has_cases(rule: Rule) -> None:
    names = [path.name for path in (CASES / rule.id).glob("*.yaml")]
    assert any(name.startswith("good-") for name in names)
    # What is refused when it is read (a number without a unit, an unknown code) has its bad case in test_absence.py.
    assert any(name.startswith("bad-") for name in names) or rule.id in {"MRD-02", "REC-06", "REC-07"}


@each_rule
def test_a_rule_that_says_what_a_tie_does_has_a_case_of_it(rule: Rule) -> None:
    names = {path.name.partition("-")[0] for path in (CASES / rule.id).glob("*.yaml")}
    assert rule.ties is None or "tie" in names


@each_rule
def test_thresholds_stand_in_the_knowledge_files(rule: Rule) -> None:
    allowed = {"REM-08": [3]}  # three results: the one and two others, as the table of two tests says
    assert bare_numbers(rule.body) == allowed.get(rule.id, [])


def test_ids_are_unique_and_never_used_again() -> None:
    ids = [rule.id for family in FAMILIES for rule in rules_of(family)]
    assert len(ids) == len(set(ids)) == len(RULES)
    assert not set(ids) & set(RETIRED)


def test_a_docstring_without_repair_is_noticed() -> None:
    with pytest.raises(ValueError, match="repair"):
        prose("A fault.\n\nWhy it matters: so.\nUsual cause: thus.")


def test_a_threshold_in_a_body_is_noticed() -> None:
    def body(wbc: int) -> bool:
        return wbc > 300

    assert bare_numbers(body) == [300]


def identity(condition: Callable[..., object] | None) -> object:
    """What a condition is made of: its code and the values it was made with."""
    if condition is None:
        return None
    return condition.__code__, tuple(cell.cell_contents for cell in condition.__closure__ or ())


def test_candidates_of_one_name_meet_one_condition() -> None:
    """Answers are shared by the name of what is asked for, so no two conditions may go by one name."""
    known: dict[Those, tuple[str, object]] = {}
    for rule in RULES.values():
        for about in EVENT_TYPES if rule.about == ("event",) else rule.about:
            for question in rule.trace(about, Settings())[0].questions:
                others = question.others
                first, meant = known.setdefault(others, (rule.id, identity(others.condition)))
                assert meant == identity(others.condition), f"{first}, {rule.id}: {others.type}, {others.label}"


def test_conditions_of_one_name_that_differ_are_noticed() -> None:
    def least(number: int) -> Callable[[int], bool]:
        return lambda value: value >= number

    assert identity(least(1)) == identity(least(1)) != identity(least(2))
    assert identity(lambda value: value > 1) != identity(lambda value: value > 2)


def test_the_prose_of_rules_is_told_as_it_stands_without_marks_of_a_markup() -> None:
    assert [found.id for found in RULES.values() if "``" in explain(found.id)] == []


def test_a_family_is_no_rule_and_its_rules_are_named() -> None:
    with pytest.raises(UsageError, match=r"no rule 'rem': REM is a family: name one of REM-01, REM-02, "):
        explain("rem")
