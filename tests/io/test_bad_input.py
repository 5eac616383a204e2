"""What cannot be read is refused with a place, what was expected and what was found; never a traceback."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infant_course import Course, Fault, InputError
from infant_course.io.case_file import load, read
from infant_course.report.check import check

HEAD = "infant_course: 1\npatient: {id: p1}\n"


def faults(text: str) -> tuple[Fault, ...]:
    """The faults of a text; each says what was expected and found."""
    with pytest.raises(InputError) as caught:
        read(text, file="case.yaml")
    for fault in caught.value.faults:
        assert fault.expected and fault.found and fault.file == "case.yaml"
    return caught.value.faults


def of_event(fields: str) -> Fault:
    """The one fault of a file with one event, in line 4."""
    (fault,) = faults(f"{HEAD}events:\n  - {{{fields}}}\n")
    assert fault.line == 4 and fault.column is not None
    return fault


@pytest.mark.parametrize(
    "text",
    [
        *("", "  \n", "# only a comment\n", "---\n", "\ufeff", "[]", "- 1\n", "word"),
        *("a: {b", "a: b\n---\nc: d\n", "a: *b", "? [x]\n: y"),
    ],
)
def test_what_is_no_case_file(text: str) -> None:
    assert faults(text)


def test_files_that_are_none(tmp_path: Path) -> None:
    binary, big = tmp_path / "binary.yaml", tmp_path / "big.yaml"
    binary.write_bytes(bytes(range(256)) * 10)
    with big.open("wb") as stream:
        stream.truncate(50_000_000)
    for path in (tmp_path, tmp_path / "none.yaml", binary, big):
        with pytest.raises(InputError) as caught:
            load(path)
        assert str(path) in str(caught.value)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a device without end is needed")
def test_a_device_without_end() -> None:
    with pytest.raises(InputError):
        load("/dev/zero")


def test_binary_that_is_text() -> None:
    (fault,) = faults("infant_course: 1\nabout: a\x00b\n")
    assert (fault.line, fault.column) == (2, 9)


def test_alias_bomb_is_refused() -> None:
    steps = zip("abcdefgh", "bcdefghi", strict=True)
    bomb = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in steps)
    assert faults(bomb)[0].line == 1


def test_depth_is_limited() -> None:
    assert "levels" in faults("a: " + "[" * 3_000 + "]" * 3_000)[0].expected


def test_tags_are_refused() -> None:
    assert faults("infant_course: !!python/object:os.system 1\n")[0].line == 1


def test_tab_in_the_indentation() -> None:
    (fault,) = faults("infant_course: 1\npatient:\n\tid: p\n")
    assert fault.line == 3 and "tab" in fault.found


def test_duplicate_key() -> None:
    found = faults(f"{HEAD}about: a\nabout: b\npatient: {{id: q}}\nevents: []\n")
    assert [(fault.line, fault.column) for fault in found] == [(4, 1), (5, 1)]


@pytest.mark.parametrize(
    ("fields", "path", "hint"),
    [
        ("event: relaps, id: a", "events[0].event", "relapse"),
        ("event: mrd, id: a, resullt: negative", "resullt", "result"),
        ("event: treatment_block, id: a, direction: lymphoyd", "direction", "lymphoid"),
        ("event: diagnosis, id: a, wbc: 3 10^9/l/x", "wbc", None),
        ("event: diagnosis, id: a, lineage: X", "lineage", None),
        ("event: diagnosis, id: a, csf_blasts: yes", "csf_blasts", None),
        ("event: diagnosis, id: a, csf_blasts: 'true'", "csf_blasts", None),
        ("event: diagnosis, id: a, wbc: 20", "wbc", None),
        ("event: diagnosis, id: a, wbc: ten 10^9/L", "wbc", None),
        ("event: diagnosis, id: a, wbc: 1e999 10^9/L", "wbc", None),
        ("event: diagnosis, id: a, wbc: [1, 2]", "wbc", None),
        ("event: diagnosis, id: a, wbc: {value: 1}", "wbc", None),
        ("event: diagnosis, id: a, wbc: {value: x, unit: 10^9/L}", "wbc", None),
        ("event: diagnosis, id: a, disease: null", "disease", None),
        ("event: remission, id: a, number: two", "number", None),
        ("event: remission, id: a, number: 1.5", "number", None),
        ("event: remission, id: a, number: true", "number", None),
        ("event: death, id: ../../x", "id", None),
        ("event: death, id: birth", "id", None),
        ("event: death, id: " + "a" * 101, "id", None),
        ("event: death, id: '<script>'", "id", None),
        ("event: death", "id", None),
        ("id: a", "events[0]", None),
        ("event: [death], id: a", "event", None),
        ("event: death, id: {a: b}", "id", None),
        ("event: death, id: a, when: 2020-02-30", "when", None),
        ("event: death, id: a, when: 30.02.2020", "when", None),
        ("event: death, id: a, when: age 131 years", "when", None),
        ("event: death, id: a, when: some day", "when", None),
        ("event: death, id: a, when: day 8", "when", None),
        ("event: death, id: a, when: {after: b, before: c}", "when", None),
        ("event: death, id: a, when: {by: 5, day: [1]}", "when", None),
        ("event: death, id: a, when: {date: age 7 months}", "when", None),
        ("event: death, id: a, when: {point: middle, after: b}", "when", None),
        ("event: death, id: a, when: {by: 5 days, after: {x: b}}", "when", None),
        ("event: death, id: a, when: {either: [{date: 2020}]}", "when", None),
        ("event: death, id: a, when: {either: [{date: 2020}, 2021]}", "when", None),
        (
            "event: death, id: a, when: {either: [{date: 2020}, {either: [{age: 1 day}, {unknown: true}]}]}",
            "when",
            None,
        ),
        ("event: diagnosis, id: a, wbc: {value: 7 G/L, unit: ''}", "wbc", None),
        ("event: death, id: a, until: 2020", "until", None),
        ("event: treatment_block, id: a, lasting: 4", "lasting", None),
        ("event: treatment_block, id: a, agents: [{dose: 3 mg/m2}]", "agents", None),
        ("event: treatment_block, id: a, agents: [{name: x, doze: 3 mg/m2}]", "doze", "dose"),
        ("event: presentation, id: a, findings: [{term: }]", "term", None),
        ("event: mrd, id: a, assesses: a b", "assesses", None),
    ],
)
def test_one_fault_with_its_place(fields: str, path: str, hint: str | None) -> None:
    fault = of_event(fields)
    assert path in fault.path
    if hint:
        assert hint in (fault.hint or "")


@pytest.mark.parametrize("field", ["value", "sensitivity", "quantitative_limit"])
def test_a_bare_mrd_level_names_both_readings(field: str) -> None:
    """0.05 as a fraction is 5 %; 0.05 % is a fraction of 0.0005."""
    message = str(of_event(f"event: mrd, id: a, {field}: 0.05"))
    assert "5 %" in message and "0.05 %" in message and "0.0005" in message


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("infant_course: 2\npatient: {id: p}\nevents: []\n", 1),
        ("infant_course: true\npatient: {id: p}\nevents: []\n", 1),
        ("patient: {id: p}\nevents: []\n", 1),
        ("infant_course: 1\nevents: []\n", 1),
        (f"{HEAD}evnts: []\n", 3),
        (f"{HEAD}events: {{}}\n", 3),
        (f"{HEAD}events: [x]\n", 3),
        (f"{HEAD}complete: [relaps]\n", 3),
        (f"{HEAD}complete: [{{a: b}}, [c]]\n", 3),
        (f"{HEAD}source: {{key: k}}\n", 3),
        (f"{HEAD}source: x\n", 3),
        ("infant_course: 1\npatient: {id: ../../x}\n", 2),
        ("infant_course: 1\npatient: {id: p, sex: m}\n", 2),
        ("infant_course: 1\npatient: {id: p, birth: age 3 parsecs}\n", 2),
        ("infant_course: 1\npatient: [p]\n", 2),
    ],
)
def test_faults_outside_events(text: str, line: int) -> None:
    assert {fault.line for fault in faults(text)} == {line}


def test_all_faults_of_a_file_at_once() -> None:
    text = (
        "infant_course: 1\n"
        "patient: {id: p/1, sex: unknown}\n"
        "abot: x\n"
        "events:\n"
        "  - {event: diagnosis, id: dx, lineage: Q, wbc: 3}\n"
        "  - {event: relaps, id: r}\n"
        "  - {event: mrd, value: 0.05}\n"
        "  - {event: death, id: d, when: 2021-02-30}\n"
    )
    assert [fault.line for fault in faults(text)] == [2, 2, 3, 5, 5, 6, 7, 7, 8]


def test_the_place_of_an_unknown_key_is_the_key() -> None:
    (fault,) = faults(f"{HEAD}events:\n  - event: death\n    id: a\n    cuase:\n      - disease\n")
    assert (fault.line, fault.column) == (6, 5)


def test_what_is_shown_of_the_input_is_short_and_plain() -> None:
    message = str(of_event(f"event: diagnosis, id: a, lineage: {'x' * 5_000}"))
    assert len(message) < 400


@pytest.mark.parametrize("escape", ["\\u0007", "\\u001b[2J", "\\ud800", "\\u0085", "\\u2028"])
def test_escapes_of_what_cannot_be_seen(escape: str) -> None:
    """Refused, in a message that cannot steer a terminal and can be printed."""
    for event in ('id: a, note: "x?y"', 'id: "x?y"', 'id: a, "x?y": z', 'id: a, when: "x?y"'):
        found = faults(f"{HEAD}events:\n  - {{event: death, {event.replace('?', escape)}}}\n")
        assert "control" in found[0].expected and found[0].line == 4
        message = str(InputError(faults=found))
        assert all(character.isprintable() or character == "\n" for character in message)


def test_an_emoji_as_json_writes_it() -> None:
    course = read('{"infant_course": 1, "patient": {"id": "p", "site": "\\ud83d\\ude00"}}')
    assert course.patient.site == "\N{GRINNING FACE}"


def test_a_circle_of_three_thousand_is_told_in_short_messages() -> None:
    """Each event is located, and none of them tells all the others."""
    lines = [f"  - {{event: mrd, id: e{n}, when: before e{(n + 1) % 3000}}}" for n in range(3000)]
    report = check(read("\n".join(["infant_course: 1", "patient: {id: p}", "events:", *lines])))
    found = [finding for finding in report.failed if finding.rule == "REC-03"]
    assert {(finding.event, finding.line) for finding in found} == {(f"e{n}", n + 4) for n in range(3000)}
    assert max(len(finding.message) for finding in found) < 1000
    assert max(len(finding.conflicts_with) for finding in found) == 8


def test_labels_that_look_like_markup_are_kept() -> None:
    label = '<script>alert(1)</script> "]; x [label="'
    quoted = label.replace('"', '\\"')
    course = read(f'{HEAD}events:\n  - {{event: adverse_event, id: a, term: "{quoted}"}}\n')
    assert course["a"].term == label


WORDS = st.sampled_from(
    [
        *("infant_course: 1", "patient: {id: p}", "events:", "  - event: mrd", "    id: a", "    when: [after a"),
        *("]", "{", "}", "\t", "&a", "*a", "'", '"', "\\U7fffffff", '"\\U7fffffff"', "!!int", "|", ">", "? ", ": "),
        *("%YAML 1.1", "%YAML 9", "%TAG", "---", "...", "- ", "complete: ", "\x85", "\N{GRINNING FACE}"),
        *("source: {key: a}", "value: 1e400", "<<: {a: b}", "{a: {b: [}]"),
    ]
)


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(WORDS, st.text(max_size=8)), max_size=12).map("\n".join))
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever comes, it is a course or an InputError that can be printed."""
    try:
        assert isinstance(read(text), Course)
    except InputError as error:
        str(error).encode()


def test_faults_of_the_yaml_are_told_with_those_of_the_course() -> None:
    """One key twice, an anchor, an alias and a tag stop nothing: what is wrong elsewhere is told beside them."""
    text = """infant_course: 1
patient: {id: p1, id: p2}
events:
  - &a
    event: diagnosi
    id: dx
  - {event: mrd, id: m, value: 0.05}
  - *a
  - {event: relapse, id: !!str r, number: x}
"""
    with pytest.raises(InputError) as caught:
        read(text)
    told = [(fault.line, fault.expected.split(" (")[0]) for fault in caught.value.faults]
    assert told == [
        (2, "each key once"),
        (4, "values written out"),
        (5, "an event type"),
        (7, "a number with its unit"),
        (8, "values written out"),
        (9, "a value without a tag"),
        (9, "a whole number"),
    ]


@pytest.mark.parametrize(
    ("event", "meant"),
    [
        ("{evnt: relapse, id: r}", "did you mean 'event' where \"evnt\" stands?"),
        ("{event: relapse, id: r, when: duringg maintenance}", "did you mean 'during'?"),
        ("{event: relapse, id: r, when: 8 yers after d}", "did you mean 'years'?"),
        ("{event: treatment_block, id: r, lasting: 4 weks}", "did you mean 'weeks'?"),
        ("{event: relapse, id: r, when: age 7 monts}", "did you mean 'months'?"),
        ("{event: relapse, id: r, when: after during yearly}", None),
        ("{event: relapse, id: r, when: sometime}", None),
    ],
)
def test_the_nearest_word_is_told_of_times_and_keys_too(event: str, meant: str | None) -> None:
    with pytest.raises(InputError) as caught:
        read(f"infant_course: 1\npatient: {{id: p}}\nevents: [{event}]\n")
    assert [fault.hint for fault in caught.value.faults] == [meant]
