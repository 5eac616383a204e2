"""Finding events by id agrees with looking each one up, however many share a patient, a hash or an id."""

from collections import defaultdict
from random import Random

import attrs
import polars as pl
import pytest

from infant_course import Cohort, Course, Patient
from infant_course.cohort import empty, table_schema
from infant_course.events import CsfAssessment, MarrowAssessment
from infant_course.rules import RULES, Judgement, Settings, event_index, judge
from infant_course.rules import engine as engine_module
from infant_course.rules.event_index import EventIndex


def cohort_of(events: dict[str, list[tuple[int, str]]], units: int) -> Cohort:
    """A cohort whose tables hold these (unit, id), and nothing else."""
    whole = Cohort.from_courses([Course(patient=Patient(id=f"p{n}"), events=()) for n in range(units)])
    tables = {}
    for kind, rows in events.items():
        columns = {"unit": [unit for unit, _ in rows], "event": [name for _, name in rows]}
        table = pl.DataFrame(columns, schema={"unit": pl.UInt32, "event": pl.String})
        tables[kind] = pl.concat([empty(table_schema(kind)), table], how="diagonal")
    return attrs.evolve(whole, tables=tables)


def plainly(events: dict[str, list[tuple[int, str]]]) -> dict[tuple[int, str], list[int]]:
    """Numbers of the events by unit and id."""
    found: dict[tuple[int, str], list[int]] = defaultdict(list)
    for number, key in enumerate(key for rows in events.values() for key in rows):
        found[key].append(number)
    return found


def random_events(seed: int, units: int, size: int, names: int) -> dict[str, list[tuple[int, str]]]:
    random = Random(seed)
    keys = [(random.randrange(units), f"e{random.randrange(names)}") for _ in range(size)]
    return {"marrow": keys[: size // 3], "csf": keys[size // 3 :]}


def answers(index: EventIndex, asked: list[tuple[int, str]]) -> list[list[int]]:
    """The numbers found for each question, in order."""
    frame = pl.DataFrame(asked, schema={"unit": pl.UInt32, "target": pl.String}, orient="row")
    found: list[list[int]] = [[] for _ in asked]
    for question, place in index.find(frame).iter_rows():
        found[question].append(place)
    return [sorted(numbers) for numbers in found]


@pytest.mark.parametrize(("units", "size", "names"), [(1, 1, 1), (1, 600, 400), (40, 500, 30), (300, 900, 900)])
def test_finds_what_a_dictionary_finds(units: int, size: int, names: int) -> None:
    events = random_events(units, units, size, names)
    known, index = plainly(events), EventIndex(cohort_of(events, units))
    asked = [(unit, f"e{name}") for unit in range(units) for name in range(0, names + 3, 1 + names // 40)]
    assert answers(index, asked) == [known.get(key, []) for key in asked]
    twice = sorted(number for numbers in known.values() if len(numbers) > 1 for number in numbers)
    assert sorted(index.used_twice) == twice


def test_ids_whose_hashes_clash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_index, "SLOT_BITS", 1)
    monkeypatch.setattr(event_index, "LEVELS", 2)
    events = random_events(7, 5, 80, 60)
    known, index = plainly(events), EventIndex(cohort_of(events, 5))
    asked = [(unit, f"e{name}") for unit in range(5) for name in range(65)]
    assert answers(index, asked) == [known.get(key, []) for key in asked]


def test_units_that_share_slots_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_index, "MOST_UNITS", 3)
    events = random_events(8, 50, 200, 10)
    known, index = plainly(events), EventIndex(cohort_of(events, 50))
    asked = [(unit, f"e{name}") for unit in range(50) for name in range(12)]
    assert answers(index, asked) == [known.get(key, []) for key in asked]


def test_an_id_that_is_never_compared_would_be_noticed() -> None:
    """The test above can fail: without the comparison, a neighbour's event is found."""
    events = {"marrow": [(0, "a")]}
    index = EventIndex(cohort_of(events, 2))
    assert answers(index, [(0, "a"), (0, "b"), (1, "a")]) == [[0], [], []]


def judged(courses: list[Course]) -> Judgement:
    return judge(Cohort.from_courses(courses), RULES.values(), Settings(debug=True))


def test_several_threads_judge_as_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    courses = [
        Course(
            patient=Patient(id=f"p{n}"),
            events=(
                MarrowAssessment(id="a", assesses="nothing" if n % 3 else "b"),
                CsfAssessment(id="b"),
            ),
        )
        for n in range(20)
    ]
    alone = judged(courses)
    monkeypatch.setattr(engine_module, "LARGE", 0)
    together = judged(courses)
    assert alone.verdicts.equals(together.verdicts) and alone.tallies == together.tallies
    assert alone.verdicts.filter(pl.col("rule") == "REC-02").height == 13
