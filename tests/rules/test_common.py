"""What all events of a type that tell it give alike."""

import polars as pl
import pytest

from infant_course import Cohort, Course, Patient, TreatmentBlock
from infant_course.rules import Settings
from infant_course.rules.answers import Answers
from infant_course.rules.subject import Subject, Trace


def as_told(name: pl.Expr) -> pl.Expr:
    return name


@pytest.mark.parametrize(
    ("protocols", "expected"),
    [
        (["a", "a"], "a"),
        (["a", None], "a"),
        (["a", "b"], None),
        ([None, None], None),
        ([], None),
    ],
)
def test_common(protocols: list[str | None], expected: str | None) -> None:
    blocks = tuple(TreatmentBlock(id=f"b{n}", protocol=name) for n, name in enumerate(protocols))
    others = (TreatmentBlock(id="x", protocol="other"),)
    courses = [Course(patient=Patient(id="p"), events=blocks), Course(patient=Patient(id="q"), events=others)]
    trace = Trace(about="patient", settings=Settings())
    Subject(trace).common(TreatmentBlock, "protocol", as_told)
    answers = Answers(Cohort.from_courses(courses), Settings())
    frame = answers.answered(answers.frame("patient"), trace)
    assert frame["treatment_block.all.protocol.as_told"].to_list() == [expected, "other"]
