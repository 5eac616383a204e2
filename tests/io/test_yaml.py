"""YAML is read as another reader of YAML 1.2 reads it: the same values in the same places."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from ruamel.yaml import YAML

from infant_course.errors import InputError
from infant_course.io.yaml_nodes import Node, parse, scalar

ROOT = Path(__file__).parents[2]
FILES = [
    *sorted((ROOT / "cases" / "published").glob("*.yaml")),
    *sorted((ROOT / "cases" / "awkward").glob("*.yaml")),
    *sorted((ROOT / "cases" / "rules").rglob("*.yaml"))[::40],
]
TEXTS = [
    "{a: 1, b: [x:y, http://a, {c: 'it''s'}], }",
    '{"a":1,"b":{"c":"\\/x"},"d"  :2}',
    "a: no\nb: 4e-4\nc: 1:30\nd: 0o17\ne: 2020-05-01\nf: ~\ng:\nh: =\ni: <<\n",
    'a: |\n  x\n   y\n\nb: >-\n  x\n  y\n\n  z\nc: "x\n  y\\\n  z"\n',
    "? a\n: b\n? c\n",
    "# first\n---\na: 'x # y' # z\nb: x#y\n...\n",
    "a: - b\n",
    "a: -b\nc: ?x\nd: :y\n",
    "- - - a\n  - b\n- c: d\n  e: f\n-\n  - g\n",
    'a: "\\u00e9\\x41\\t\\U0001f600"\n',
    "%YAML 1.2\n---\na: b\n",
    "a: b: c\n",
    "a: [b\n",
    "a: 'b\n",
    "a: @b\n",
    "a:\n - b\n  - c\n",
    "a: b\n- c\n",
]


class Refused(Exception):
    """No YAML."""


def other(text: str) -> Node:
    """The nodes of a text as the other reader sees them."""
    from ruamel.yaml.error import YAMLError

    try:
        events = list(YAML(typ="safe", pure=True).parse(text))
    except YAMLError as error:
        raise Refused from error
    rest = iter(events[2:])
    return node(rest, next(rest))


def node(events: Any, event: Any) -> Node:
    mark = event.start_mark
    line, column = mark.line + 1, mark.column + 1
    name = type(event).__name__
    if name == "ScalarEvent":
        quoted = event.style in ("'", '"', "|", ">")
        return Node(event.value if quoted else scalar(event.value), line, column, event.value, quoted)
    if name == "SequenceStartEvent":
        items = []
        while type(inner := next(events)).__name__ != "SequenceEndEvent":
            items.append(node(events, inner))
        return Node(items, line, column)
    entries = {}
    while type(inner := next(events)).__name__ != "MappingEndEvent":
        key, value = node(events, inner), node(events, next(events))
        entries[key.text] = Node(
            value.value, value.line, value.column, value.text, value.quoted, (key.line, key.column)
        )
    return Node(entries, line, column)


def same(text: str) -> bool:
    try:
        theirs = other(text)
    except Refused:
        with pytest.raises(InputError):
            parse(text)
        return False
    assert without_empty_places(parse(text)) == without_empty_places(theirs)
    return True


def without_empty_places(found: Node) -> Node:
    """Where nothing is written, the readers may call the end of the key or the next line its place."""
    if isinstance(found.value, dict):
        return evolve(found, value={key: without_empty_places(one) for key, one in found.value.items()})
    if isinstance(found.value, list):
        return evolve(found, value=list(map(without_empty_places, found.value)))
    return found if found.text or found.quoted else evolve(found, line=0, column=0)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_our_files(path: Path) -> None:
    assert same(path.read_text(encoding="utf-8-sig"))


@pytest.mark.parametrize("text", TEXTS)
def test_texts_that_readers_might_differ_on(text: str) -> None:
    same(text)


def test_some_are_read_and_some_refused() -> None:
    assert 5 <= sum(not same(text) for text in TEXTS) <= 8


CORE = """true True TRUE tRUE false False FALSE null Null NULL nULL ~ no No yes on off y n 0x1F 0x1f 0X1F 0x 0xg
0o17 0o18 0o 017 1:30 +12 -0 1e3 1E3 .5 5. 1.e1 2020-05-01 a0x1"""


@pytest.mark.parametrize("text", CORE.split())
def test_words_mean_what_the_core_schema_says(text: str) -> None:
    """As the other reader resolves them; of dates YAML 1.2 knows nothing."""
    theirs = YAML(typ="safe", pure=True).load(f"a: {text}")["a"]
    if isinstance(theirs, date):
        theirs = text
    assert (type(scalar(text)), scalar(text)) == (type(theirs), theirs)


@pytest.mark.parametrize("text", ["1_000", "0b11", "-0x1F", "+0o7"])
def test_numbers_of_yaml_1_1_are_words(text: str) -> None:
    """The other reader takes them for numbers all the same."""
    assert scalar(text) == text


def test_two_escapes_are_one_character_in_json_only() -> None:
    assert parse('{"a": "\\ud83d\\ude00", "b": "\\\\ud83d\\\\ude00"}').plain() == {
        "a": "\N{GRINNING FACE}",
        "b": "\\ud83d\\ude00",
    }
    assert parse("{a: '\\ud83d\\ude00'}").plain() == {"a": "\\ud83d\\ude00"}
