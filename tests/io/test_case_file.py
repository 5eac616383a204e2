"""Reading and writing case files: what was written is kept as stated, and comes back."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from ruamel.yaml import YAML

import infant_course as ic
from infant_course import Course, Death, InputError, Patient
from infant_course.events import Quantity
from infant_course.io.case_file import load, read
from infant_course.io.case_writer import dump, explicit
from infant_course.io.published import published_cases
from infant_course.io.yaml_nodes import parse
from infant_course.sources import Cite
from infant_course.when import After, AtEndOf
from strategies import courses

HEAD = "infant_course: 1\npatient: {id: p1, sex: female}\n"


def one(fields: str, kind: str = "mrd") -> ic.Event:
    """The event of a file with one event."""
    return read(f"{HEAD}events:\n  - {{event: {kind}, id: x, {fields}}}\n").events[0]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(courses())
def test_what_is_written_reads_back_equal(course: Course) -> None:
    assert read(dump(course)) == course


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(courses())
def test_json_of_the_same_shape_reads_the_same(course: Course) -> None:
    data = parse(dump(course)).plain()
    assert read(json.dumps(data)) == read(json.dumps(data, indent="\t", ensure_ascii=False)) == course


@pytest.mark.parametrize("path", published_cases(), ids=lambda path: path.stem)
def test_published_cases_read_back(path: Path, tmp_path: Path) -> None:
    course = ic.load(path)
    assert course.file == str(path)
    dump(course, tmp_path / "again.yaml")
    assert load(tmp_path / "again.yaml") == course


def test_words_and_numbers_are_those_of_yaml_1_2() -> None:
    assert one("marker: no").marker == "no"
    assert one("value: 4e-4 fraction").value == Quantity(4e-4, "fraction")
    assert one("value: {value: 4e-4, unit: fraction}").value == Quantity(4e-4, "fraction")
    assert one("marker: '12'").marker == "12"
    assert one("cycle: 010", "treatment_block").cycle == 10
    assert one("cycle: 0x1F", "treatment_block").cycle == 31
    assert one("marker: 0x1F").marker == "0x1F"
    assert [one(f"estimated: {word}").estimated for word in ("True", "TRUE", "False", "FALSE")] == [
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("word", ["True", "FALSE", "Null", "NULL", "0x1F", "0o17", "~", "1e5", "12", "no", "yes"])
def test_words_that_another_reader_would_take_for_something_else_are_quoted(word: str) -> None:
    course = Course(patient=Patient(id="p"), about=word)
    assert YAML(typ="safe", pure=True).load(dump(course))["about"] == word
    assert read(dump(course)) == course


@pytest.mark.parametrize("number", ["1e999", "-1e999"])
def test_a_number_without_end_is_no_number(number: str) -> None:
    with pytest.raises(InputError, match="expected a number"):
        one(f"reduction: {number}")


@pytest.mark.parametrize(
    ("written", "kind", "field", "quantity"),
    [
        ("161.7 10^9/L", "diagnosis", "wbc", Quantity(161.7, "10^9/L")),
        ("161.7 ×10^9/L", "diagnosis", "wbc", Quantity(161.7, "10^9/L")),
        ("161.7 × 10⁹/L", "diagnosis", "wbc", Quantity(161.7, "10^9/L")),
        ("161700 /µL", "diagnosis", "wbc", Quantity(161700, "/uL")),
        ("161.7 G/L", "diagnosis", "wbc", Quantity(161.7, "10^9/L")),
        ("161.7 Gpt/l", "diagnosis", "wbc", Quantity(161.7, "10^9/L")),
        ("161.7 10^3/µL", "diagnosis", "wbc", Quantity(161.7, "10^9/L")),
        ("161.7 K/uL", "diagnosis", "wbc", Quantity(161.7, "10^9/L")),
        ("161.7 /nl", "diagnosis", "wbc", Quantity(161.7, "10^9/L")),
        ("93%", "diagnosis", "marrow_blasts", Quantity(93, "%")),
        ("15 µg/m²/day", "immunotherapy", "dose_rate", Quantity(15, "ug/m2/day")),
        ("6 Gy", "radiotherapy", "dose", Quantity(6, "Gy")),
        ("0.04 %", "mrd", "value", Quantity(0.04, "%")),  # the unit stated is kept
    ],
)
def test_spellings_of_units(written: str, kind: str, field: str, quantity: Quantity) -> None:
    assert getattr(one(f"{field}: {written}", kind), field) == quantity


@pytest.mark.parametrize(
    ("written", "kind", "hint"),
    [
        ("wbc: 161.7 g/l", "diagnosis", "did you mean '10^9/L'?"),  # never /uL, which is a thousandth
        ("wbc: 161.7 k/ul", "diagnosis", "did you mean '10^9/L'?"),
        ("wbc: 161.7 ul", "diagnosis", "did you mean '/uL'?"),
        (
            "wbc: '161,7 10^9/L'",
            "diagnosis",
            'decimals follow a point, not a comma ("161.7 10^9/L"), and nothing parts',
        ),
        ("wbc: 161,7 10^9/L", "diagnosis", "a comma parts the entries in braces; decimals follow a point, not a comma"),
        ("reduction: '1,5'", "mrd", 'decimals follow a point, not a comma ("1.5"), and nothing parts the thousands'),
    ],
)
def test_what_was_meant_is_named_without_a_factor_between(written: str, kind: str, hint: str) -> None:
    with pytest.raises(InputError) as raised:
        one(written, kind)
    assert any(hint in (fault.hint or "") for fault in raised.value.faults)


def test_one_value_stands_for_a_list_of_one() -> None:
    assert one("when: at end of ind").when == one("when: [at end of ind]").when == (AtEndOf("ind"),)


def test_a_list_of_statements_holds_together() -> None:
    assert one("when: [at end of ind, after dx]").when == (AtEndOf("ind"), After("dx"))


def test_parts_of_an_explicit_time_are_taken_as_they_are_written() -> None:
    """An id that looks like a number is the id that stands there."""
    text = f"{HEAD}events:\n  - {{event: diagnosis, id: 007}}\n  - {{event: relapse, id: r, when: {{after: 007}}}}\n"
    assert read(text)["r"].when == (After("007"),)


def test_events_know_their_line() -> None:
    course = read(HEAD + "events:\n  - event: death\n    id: a\n\n  - {event: death, id: b}\n")
    assert [event.line for event in course] == [4, 7]


def test_an_id_used_twice_loads_and_is_a_defect() -> None:
    course = read(HEAD + "events:\n" + "  - {event: death, id: a}\n" * 3)
    assert [event.id for event in course] == ["a", "a (2)", "a (3)"]
    assert [problem.rule for problem in course.defects] == ["REC-01", "REC-01"]
    assert {"a", "a (2)"} == set(course.defects[0].events)
    assert read(dump(course)) == course


def test_a_reference_to_nothing_loads_and_is_a_problem() -> None:
    course = read(HEAD + "events:\n  - {event: mrd, id: a, when: after nothing, assesses: none}\n")
    assert {problem.rule for problem in course.problems} == {"REC-02"}


def test_explicit_form_spells_everything_out() -> None:
    text = HEAD + (
        "events:\n"
        "  - {event: diagnosis, id: dx, wbc: 20 10^9/L}\n"
        "  - {event: mrd, id: m, when: [33 days after dx, before end]}\n"
        "  - {event: last_contact, id: end}\n"
    )
    told = YAML(typ="safe", pure=True).load(explicit(read(text)))
    assert told["events"][0]["wbc"] == {"value": 20.0, "unit": "10^9/L"}
    assert told["events"][1]["when"] == [{"by": "33 days", "after": "dx"}, {"before": "end"}]
    days = {known["id"]: known["day"] for known in told["resolved"]}
    assert days == {
        "dx": {"earliest": 0, "latest": 0},
        "m": {"earliest": 33, "latest": 33},
        "end": {"earliest": 33, "latest": None},
    }


def test_dates_that_are_known_are_told_beside_days_that_are_not() -> None:
    """The diagnosis is known to the month only; 2020-05-01 and 2020-05-31 are 278 and 248 days before the relapse."""
    text = HEAD + (
        "events:\n"
        "  - {event: diagnosis, id: dx, when: 2020-05}\n"
        "  - {event: relapse, id: rel, when: 2021-02-03}\n"
        "  - {event: treatment_block, id: b, when: after rel}\n"
    )
    told = YAML(typ="safe", pure=True).load(explicit(read(text)))
    assert told["day_zero"] == "dx"
    dx, rel, block = told["resolved"]
    assert dx["day"] == {"earliest": 0, "latest": 0}
    assert dx["date"] == {"earliest": date(2020, 5, 1), "latest": date(2020, 5, 31)}
    assert rel["day"] == {"earliest": 248, "latest": 278}
    assert rel["date"] == {"earliest": date(2021, 2, 3), "latest": date(2021, 2, 3)}
    assert block["start_date"] == block["end_date"] == {"earliest": date(2021, 2, 3), "latest": None}


def test_dates_are_told_without_a_diagnosis_and_none_where_there_is_none() -> None:
    told = YAML(typ="safe", pure=True).load(
        explicit(read(f"{HEAD}events:\n  - {{event: death, id: d, when: 2021-02-03}}\n  - {{event: relapse, id: r}}\n"))
    )
    assert told["day_zero"] is None
    death, relapse = told["resolved"]
    assert death["day"] == {"earliest": None, "latest": None}
    assert death["date"] == {"earliest": date(2021, 2, 3), "latest": date(2021, 2, 3)}
    assert "date" not in relapse
    told = YAML(typ="safe", pure=True).load(explicit(read(f"{HEAD}events:\n  - {{event: diagnosis, id: dx}}\n")))
    assert told["resolved"] == [{"id": "dx", "day": {"earliest": 0, "latest": 0}}]


def test_ten_thousand_events_are_read() -> None:
    row = "  - {{event: mrd, id: m{0}, when: 2020-05-17, result: negative}}\n"
    rows = "".join(row.format(number) for number in range(10_000))
    assert len(read(f"{HEAD}events:\n{rows}")) == 10_000


def test_byte_order_mark_and_line_ends_of_windows(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + (HEAD + "events:\n  - {event: death, id: a}\n").replace("\n", "\r\n").encode())
    assert [event.id for event in load(path)] == ["a"]


MEANT = "\u3000\u202f\u2009\u00ad\u200b\u200c\u200d\u00a0\u3001\ue000\U0001f600\ufffd"
"""Spaces of other scripts, joiners, a soft hyphen: nothing of it is a control character."""
TURNING = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize("sign", MEANT)
def test_what_is_no_control_character_may_stand_in_a_file(sign: str) -> None:
    course = read(f"{HEAD}about: a{sign}b\nsource: {{key: 'a{sign}b', at: \"{sign}\"}}\n")
    assert course.about == f"a{sign}b"
    assert course.source == Cite(f"a{sign}b", sign)
    assert f"a{sign}b" in dump(course)
    assert read(dump(course)) == course


@pytest.mark.parametrize("sign", [*TURNING, "\ufeff", "\ufffe"])
def test_what_would_mislead_the_eye_is_written_as_an_escape(sign: str) -> None:
    """Raw it is refused, with the reason and what to write."""
    with pytest.raises(InputError) as raised:
        read(f"{HEAD}about: a{sign}b\n")
    (fault,) = raised.value.faults
    assert (fault.line, fault.column) == (HEAD.count("\n") + 1, 9)
    assert fault.found.startswith(f"U+{ord(sign):04X}")
    assert "control" not in fault.found
    assert fault.hint == f'if it is meant, write "\\u{ord(sign):04x}" in double quotes'
    course = read(f'{HEAD}about: "a\\u{ord(sign):04x}b"\n')
    assert course.about == f"a{sign}b"
    assert sign not in dump(course) + explicit(course)
    assert read(dump(course)) == course


@pytest.mark.parametrize("sign", ["\x00", "\x07", "\x1b", "\x7f", "\x85", "\r", "\u2028", "\ud800"])
def test_what_no_file_can_hold_is_refused_when_written_too(sign: str, tmp_path: Path) -> None:
    course = Course(patient=Patient(id="p"), events=[Death(id="d", note=f"161.7{sign}x")])
    with pytest.raises(InputError) as raised:
        dump(course, tmp_path / "a.yaml")
    told = f"expected text without control characters, found U+{ord(sign):04X}.\n  Hint: take it out"
    assert str(raised.value) == f"events[0].note: {told}"
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("event", "place"),
    [
        (Death(id="a b"), "events[0].id"),
        (Death(id="a", derived_from=["a b"]), "events[0].derived_from"),
        (Death(id="a", when=[After("a b")]), "events[0].when"),
    ],
)
def test_an_id_that_no_file_can_hold_is_refused_when_written(event: ic.Event, place: str, tmp_path: Path) -> None:
    """From a program an id may be any text; what was written reads back."""
    with pytest.raises(InputError) as caught:
        dump(Course(patient=Patient(id="p"), events=[event]), tmp_path / "a.yaml")
    assert [fault.path for fault in caught.value.faults] == [place]
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(InputError, match=r"patient\.id: expected an id"):
        dump(Course(patient=Patient(id="../../x")))


def test_a_unit_that_no_file_can_hold_is_refused_when_written() -> None:
    """From a program a number may have a unit in which it is not measured, which is a finding."""
    dose = ic.Agent(name="x", dose=Quantity(5, "Gy"))
    events = [ic.MrdAssessment(id="m", value=Quantity(5, "promille")), ic.TreatmentBlock(id="b", agents=dose)]
    with pytest.raises(InputError) as caught:
        dump(Course(patient=Patient(id="p"), events=events))
    assert [fault.path for fault in caught.value.faults] == ["events[0].value", "events[1].agents.dose"]


def test_an_end_of_what_does_not_last_is_refused_when_written() -> None:
    course = Course(patient=Patient(id="p"), events=[ic.Relapse(id="r", until=[After("r")])])
    with pytest.raises(InputError, match=r"events\[0\]\.until: expected an event that lasts, found relapse"):
        dump(course)


def test_tabs_and_line_ends_of_a_text_are_kept() -> None:
    course = Course(patient=Patient(id="p"), events=[Death(id="d", note="a\tb\nc")])
    assert read(dump(course)) == course


def test_an_empty_text_is_kept() -> None:
    course = Course(patient=Patient(id="p", site=""), events=[Death(id="d", note="")], about="")
    assert read(dump(course)) == course


@pytest.mark.parametrize(
    ("source", "paths"),
    [
        (Cite("", ""), ["source.key", "source.at"]),
        (Cite("key", ""), ["source.at"]),
        (Cite("", "page 1"), ["source.key"]),
    ],
)
def test_a_source_without_key_or_place_is_refused_when_written(source: Cite, paths: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        dump(Course(patient=Patient(id="p"), source=source))
    assert [fault.path for fault in caught.value.faults] == paths


@pytest.mark.parametrize("name", ["+1", "birth", "a" * 101])
def test_what_an_id_is_made_of_is_said_alike_by_reader_and_writer(name: str) -> None:
    said = "an id of letters, digits and . _ + -, the first a letter or digit (at most 100, not 'birth')"
    with pytest.raises(InputError) as caught:
        dump(Course(patient=Patient(id=name)))
    assert [fault.expected for fault in caught.value.faults] == [said]
    with pytest.raises(InputError) as caught:
        read(f'infant_course: 1\npatient: {{id: "{name}"}}\n')
    assert [fault.expected for fault in caught.value.faults] == [said]


@pytest.mark.parametrize("value", ["[4 weeks]", "{weeks: 4}", "", "true", "4"])
def test_what_is_no_length_of_time_is_told_what_one_is(value: str) -> None:
    text = f"infant_course: 1\npatient: {{id: p}}\nevents:\n- {{event: treatment_block, id: b, lasting: {value}}}\n"
    with pytest.raises(InputError) as caught:
        read(text)
    said = 'a length of time such as "7 months" or "5 to 6 weeks"'
    assert [fault.expected for fault in caught.value.faults] == [said]
