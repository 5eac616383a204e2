"""The JSON Schema: sound, and of one mind with the reader."""

from importlib.resources import files
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator

from infant_course import EVENT_TYPES, Course, InputError
from infant_course.io.case_file import read
from infant_course.io.case_writer import dump
from infant_course.io.published import published_cases
from infant_course.io.schema import schema
from infant_course.io.yaml_nodes import parse
from strategies import courses

VALIDATOR = Draft202012Validator(schema())
HEAD = "infant_course: 1\npatient: {id: p1}\nevents:\n"


def parsed(text: str) -> Any:
    return parse(text).plain()  # YAML 1.2: a date is a word, as in JSON


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$defs"]["event"]["properties"]["event"]["enum"] == list(EVENT_TYPES)


@pytest.mark.parametrize("path", published_cases(), ids=lambda path: path.stem)
def test_published_cases_fit(path: Any) -> None:
    VALIDATOR.validate(parsed(path.read_text(encoding="utf-8")))


def test_the_starter_fits_and_reads() -> None:
    text = (files("infant_course.io") / "starter.yaml").read_text(encoding="utf-8")
    VALIDATOR.validate(parsed(text))
    assert read(text).problems == ()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(courses())
def test_whatever_is_written_fits(course: Course) -> None:
    VALIDATOR.validate(parsed(dump(course)))


@pytest.mark.parametrize(
    "event",
    [
        "{event: relaps, id: a}",
        "{event: relapse}",
        "{event: relapse, id: ../x}",
        "{event: relapse, id: a, site: marrow}",
        "{event: relapse, id: a, sites: [liver]}",
        "{event: relapse, id: a, until: 2020}",
        "{event: remission, id: a, number: first}",
        "{event: mrd, id: a, value: 0.05}",
        "{event: mrd, id: a, value: '0.05'}",
        "{event: mrd, id: a, value: '5e-2'}",
        "{event: mrd, id: a, value: {value: 0.05}}",
        "{event: diagnosis, id: a, csf_blasts: 'no'}",
        "{event: treatment_block, id: a, agents: [{dose: 3 mg/m2}]}",
    ],
)
def test_what_the_reader_refuses_does_not_fit(event: str) -> None:
    text = f"{HEAD}  - {event}\n"
    with pytest.raises(InputError):
        read(text)
    assert not VALIDATOR.is_valid(parsed(text))


def test_every_field_is_described() -> None:
    """An editor shows what a field means."""
    for name in EVENT_TYPES:
        fields = schema()["$defs"][f"event.{name}"]["properties"]
        assert [field for field, shape in fields.items() if field != "event" and not shape.get("description")] == []
