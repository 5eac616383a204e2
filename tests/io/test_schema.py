"""The JSON Schema: sound, and of one mind with the reader."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from depth import depth
from infant_course import EVENT_TYPES, Course, InputError
from infant_course.events import UNITS
from infant_course.io.case_file import read
from infant_course.io.case_writer import dump, explicit
from infant_course.io.published import published_cases
from infant_course.io.schema import schema
from infant_course.io.values import UNIT_SPELLINGS
from infant_course.io.yaml_nodes import parse
from strategies import courses, whens

SCHEMA = schema()
VALIDATOR = Draft202012Validator(SCHEMA)
CASES = Path(__file__).parents[2] / "cases"
HEAD = "infant_course: 1\npatient: {id: p1}\nevents:\n"


def parsed(text: str) -> Any:
    return parse(text).plain()  # YAML 1.2: a date is a word, as in JSON


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$defs"]["event"]["properties"]["event"]["enum"] == list(EVENT_TYPES)


@pytest.mark.parametrize("path", published_cases(), ids=lambda path: path.stem)
def test_published_cases_fit(path: Any) -> None:
    VALIDATOR.validate(parsed(path.read_text(encoding="utf-8")))


def test_whatever_case_can_be_read_fits() -> None:
    """Every case file of the repository: of the rules, good and bad, and the awkward ones."""
    paths = [path for path in CASES.rglob("*.yaml") if path.name != "expected.yaml" and "exports" not in path.parts]
    assert len(paths) > 200
    for path in paths[:: depth(1, 3)]:
        text = path.read_text(encoding="utf-8")
        read(text)
        VALIDATOR.validate(parsed(text))


def test_the_starter_fits_and_reads() -> None:
    text = (files("infant_course.io") / "starter.yaml").read_text(encoding="utf-8")
    VALIDATOR.validate(parsed(text))
    assert read(text).problems == ()


@settings(max_examples=depth(60, 25), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(courses())
def test_whatever_is_written_fits(course: Course) -> None:
    VALIDATOR.validate(parsed(dump(course)))
    told = parsed(explicit(course))
    for beside in ("day_zero", "resolved", "problems", "notes"):
        del told[beside]
    VALIDATOR.validate(told)


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
        "{event: treatment_block, id: a, agents: [{name: x, dose: 3 mg/m3}]}",
        "{event: mrd, id: a, value: 5 promille}",
        "{event: mrd, id: a, value: '5,1 %'}",
        "{event: mrd, id: a, value: 1e-3 g/dL}",
        "{event: mrd, id: a, value: {value: 5, unit: promille}}",
        "{event: mrd, id: a, value: {value: 5 %, unit: ''}}",
        "{event: diagnosis, id: a, wbc: 161.7}",
        "{event: diagnosis, id: a, wbc: 16110^9/L}",
        "{event: treatment_block, id: a, lasting: 4}",
        "{event: treatment_block, id: a, lasting: 4 weks}",
        "{event: treatment_block, id: a, lasting: 4 weeks after b}",
        "{event: relapse, id: birth}",
        "{event: relapse, id: a, when: 2020-13-45}",
        "{event: relapse, id: a, when: 2020-13}",
        "{event: relapse, id: a, when: 2020-05-32}",
        "{event: relapse, id: a, when: 17.05.2020}",
        "{event: relapse, id: a, when: 202}",
        "{event: relapse, id: a, when: 20200517}",
        "{event: relapse, id: a, when: day 33 of}",
        "{event: relapse, id: a, when: day 33}",
        "{event: relapse, id: a, when: age 7}",
        "{event: relapse, id: a, when: age 7 monhts}",
        "{event: relapse, id: a, when: 8 years afer dx}",
        "{event: relapse, id: a, when: after}",
        "{event: relapse, id: a, when: Before dx}",
        "{event: relapse, id: a, when: [after dx, befor cr1]}",
        "{event: relapse, id: a, when: either 2020 or 2021}",
        "{event: relapse, id: a, when: either (2020)}",
        "{event: relapse, id: a, when: either (2020) or (when dx)}",
        "{event: relapse, id: a, when: either (2020) or (2021) or}",
        "{event: relapse, id: a, when: true}",
        "{event: relapse, id: a, when: {afer: dx}}",
        "{event: relapse, id: a, when: {date: age 7 months}}",
        "{event: relapse, id: a, when: {point: middle, after: dx}}",
        "{event: relapse, id: a, when: {ongoing: 1}}",
        "{event: relapse, id: a, when: {either: [{date: 2020}]}}",
        "{event: relapse, id: a, when: {either: [{date: 2020}, {either: [{date: 2020}, {date: 2021}]}]}}",
        "{event: relapse, id: a, when: {day: 3, of: null}}",
    ],
)
def test_what_the_reader_refuses_does_not_fit(event: str) -> None:
    text = f"{HEAD}  - {event}\n"
    with pytest.raises(InputError):
        read(text)
    assert not VALIDATOR.is_valid(parsed(text))


FORMS = [
    "2020",
    "1999-12-31",
    "2020-05 .. 2020-06",
    " age   4.5  years ",
    "10 to 11 months before dx",
    "day -3 of hsct",
    "day 33 of 1.5",
    "at the end of ind",
    "after start of ind",
    "after end",
    "before end of end",
    "with with",
    "either (18 years after dx) or (18 years after htx)",
    "either ( 2020 )  or  (unknown) or (age 5 weeks)",
    "\u00a0then\u2003cr1 ",
]
EXPLICIT_FORMS = [
    {"date": 2020},
    {"date": "2020-05"},
    {"age": "7 months"},
    {"day": 3, "of": 10},
    {"day": " -3 ", "of": True},
    {"by": "5 to 6 weeks", "before": "dx"},
    {"point": "start", "after": "ind"},
    {"after": "start of ind"},
    {"at_end_of": " ind"},
    {"ongoing": True},
    {"either": [{"with": "a"}, {"unknown": True}]},
]


def of(event: str, **fields: Any) -> dict[str, Any]:
    return {"infant_course": 1, "patient": {"id": "p1"}, "events": [{"event": event, "id": "a", **fields}]}


def faults(document: dict[str, Any]) -> list[str]:
    """What the reader finds wrong in a document, written as JSON; nothing where it reads it."""
    try:
        read(json.dumps(document))
    except InputError as error:
        return [fault.expected for fault in error.faults]
    return []


@pytest.mark.parametrize("when", [*FORMS, *EXPLICIT_FORMS], ids=str)
def test_every_form_of_time_fits(when: Any) -> None:
    assert faults(of("relapse", when=when)) == []
    VALIDATOR.validate(of("relapse", when=when))


ONLY_THE_READER = ("a day that exists", "a range ", "a length of time of at most")
"""What the schema does not check of a time (docs/case-file.md), as the reader's messages begin."""


def of_one_mind(document: dict[str, Any]) -> None:
    """What the reader accepts fits; what fits it accepts, but for what only it checks."""
    found = faults(document)
    if VALIDATOR.is_valid(document):
        assert all(fault.startswith(ONLY_THE_READER) for fault in found)
    else:
        assert found


_WORDS = (
    *("day", "33", "-3", "7.5", "of", "to", "dx", "end", "start", "after", "before", "during", "at", "the", "with"),
    *("then", "age", "weeks", "month", "either", "or", "(", ")", "()", "..", "-", "2020", "2020-05-17", "02"),
    *("2020-13", "ongoing", "unknown", "x"),
)


@st.composite
def nearly_times(draw: st.DrawFn) -> str:
    """A statement of time in which a word or two were exchanged, left out or put in, and the blanks are others."""
    told = draw(st.sampled_from(FORMS) | whens(("dx", "end")).map(str))
    words = re.findall(r"[()]|[^\s()]+", told)
    for _ in range(draw(st.integers(0, 2))):
        place = draw(st.integers(0, len(words)))
        words[place : place + draw(st.integers(0, 1))] = draw(st.lists(st.sampled_from(_WORDS), max_size=1))
    blanks = st.sampled_from(["", " ", " ", " ", " ", "  ", "\t", "\u00a0"])
    return "".join(word + draw(blanks) for word in ["", *words])


@settings(max_examples=depth(300, 100), deadline=None)
@given(nearly_times())
@example("2020..2021..2022")
@example("either (either (2020) or (2021)) or (2022)")
def test_schema_and_reader_are_of_one_mind_on_times(when: str) -> None:
    of_one_mind(of("relapse", when=when))


@settings(max_examples=depth(100, 40), deadline=None)
@given(nearly_times(), st.sampled_from(["", "age", "after", "before"]))
def test_they_are_of_one_mind_on_lengths_of_time(text: str, without: str) -> None:
    of_one_mind(of("treatment_block", lasting=text.partition(without)[2] if without else text))


_PARTS = [
    "date",
    "age",
    "day",
    "of",
    "by",
    "after",
    "before",
    "point",
    "during",
    "at_end_of",
    "with",
    "then",
    "ongoing",
]
_PART = st.sampled_from(
    [True, 3, 2020, "dx", "start", "start of dx", "3", "5 weeks", "2020-05", "age 5 weeks", "", " ", []]
)


@settings(max_examples=depth(300, 100), deadline=None)
@given(st.dictionaries(st.sampled_from(_PARTS), _PART, min_size=1, max_size=2))
def test_they_are_of_one_mind_on_explicit_times(when: dict[str, Any]) -> None:
    of_one_mind(of("relapse", when=when))


_FIELDS = [("diagnosis", "wbc"), ("diagnosis", "csf_wbc"), ("diagnosis", "haemoglobin"), ("mrd", "value")]
_UNITS = st.sampled_from(sorted({*UNITS, *UNIT_SPELLINGS, *(unit for units in UNITS.values() for unit in units)}))
_NUMBERS = st.sampled_from(["1", "161.7", "5.", ".5", "+5", "-5e-3", "5E+2", "5e", "", "1,5", "0x10", "5 5", "≤5"])
_BETWEEN = st.sampled_from(["", " ", " ", "  ", " x ", "x", "×", " x", "\u2009", " * "])


@settings(max_examples=depth(300, 100), deadline=None)
@given(st.sampled_from(_FIELDS), _NUMBERS, _BETWEEN, _UNITS)
def test_they_are_of_one_mind_on_quantities(field: tuple[str, str], number: str, between: str, unit: str) -> None:
    of_one_mind(of(field[0], **{field[1]: f"{number}{between}{unit}"}))
    of_one_mind(of(field[0], **{field[1]: {"value": number, "unit": f"{between}{unit}"}}))


@pytest.mark.parametrize("unit", sorted({*UNIT_SPELLINGS, *(unit for units in UNITS.values() for unit in units)}))
def test_every_spelling_of_a_unit_fits_where_it_is_read(unit: str) -> None:
    read_in = 0
    for name, shape in SCHEMA["$defs"].items():
        for field, told in shape["properties"].items() if name.startswith("event.") else ():
            if "quantity" in told.get("$ref", ""):
                document = of(name.removeprefix("event."), **{field: f"5 {unit}"})
                assert VALIDATOR.is_valid(document) == (not faults(document)), (name, field)
                read_in += not faults(document)
    assert read_in or unit in {"mg/kg", "g/kg", "mg", "IU/m2", "U/m2"}  # doses of drugs alone


@pytest.mark.parametrize(
    "document",
    [
        {**of("relapse", note=True), "infant_course": "1", "about": False},
        of("enrolment", protocol=2006),
        of("mrd", assesses=True, decides=1.5),
    ],
)
def test_a_number_or_a_truth_is_a_word_where_a_word_is_meant(document: dict[str, Any]) -> None:
    assert faults(document) == []
    VALIDATOR.validate(document)


def _inside(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _inside(item)


PATTERNS = sorted({one["pattern"] for one in _inside(SCHEMA) if isinstance(one.get("pattern"), str)})


def test_every_reference_leads_to_a_definition() -> None:
    named = {one["$ref"].removeprefix("#/$defs/") for one in _inside(SCHEMA) if "$ref" in one}
    assert named == set(SCHEMA["$defs"])


def test_every_example_fits() -> None:
    for one in _inside(SCHEMA):
        for shown in one.get("examples", ()) if "pattern" in one else ():
            assert re.search(one["pattern"], shown)


@pytest.mark.skipif(shutil.which("node") is None, reason="needs a program that reads JavaScript")
def test_patterns_mean_the_same_in_javascript() -> None:
    """In an editor they are read by its own engine, with Unicode on."""
    texts = [*FORMS, "5 %", "5%", "7 ×10⁹/L", "7 /µL", "710^9/L", "birth", "births", "4 weeks", "day 33"]
    script = "const [p, t] = JSON.parse(require('fs').readFileSync(0)); \
console.log(JSON.stringify(p.map(one => t.map(text => new RegExp(one, 'u').test(text)))))"
    told = subprocess.run(
        ["node", "-e", script], input=json.dumps([PATTERNS, texts]), capture_output=True, text=True, check=True
    )
    assert json.loads(told.stdout) == [[bool(re.search(one, text)) for text in texts] for one in PATTERNS]


def test_every_field_is_described() -> None:
    """An editor shows what a field means."""
    for name in EVENT_TYPES:
        fields = SCHEMA["$defs"][f"event.{name}"]["properties"]
        assert [field for field, shape in fields.items() if field != "event" and not shape.get("description")] == []
