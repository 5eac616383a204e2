"""YAML 1.2 (and JSON, which is part of it) as plain nodes that know their line and column.

Case files come from strangers: size and depth are limited, and anchors, aliases and tags are refused, so that a
small file cannot unfold into a large one. All faults that can be told at once are told at once.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from ..errors import Fault, InputError

MAXIMUM_SIZE = 5_000_000
"""Most bytes of a case file."""
MAXIMUM_DEPTH = 30
"""Deepest nesting; a case file needs about six."""

UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
"""Control characters other than tab and line end, line separators, halves of characters."""
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that turn the direction of what is shown after them."""
NOT_RAW = re.compile(f"{UNSEEN.pattern}|{TURNING.pattern}|[\ufeff\ufffe\uffff]")
"""What may not stand in a file as it is; what of it is not :data:`UNSEEN` may be written as an escape, in quotes."""

_OTHER_WORDS = {
    "exceeded maximum nesting depth": (f"at most {MAXIMUM_DEPTH} levels", "deeper nesting"),
    "found invalid Unicode character escape code": (
        "text without control characters",
        "an escape that names no character",
    ),
}
"""What the parser says of some faults, as expected and found."""

_PAIR = re.compile(r"(?<!\\)((?:\\\\)*)\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
"""A character beyond U+FFFF as JSON may write it, in two escapes; YAML has one escape for it."""

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_IN_BASE = {"0o": (re.compile("0o[0-7]+"), 8), "0x": (re.compile("0x[0-9a-fA-F]+"), 16)}
_CONSTANTS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
"""What is no word in the core schema (YAML 1.2.2, 10.3.2). Infinity and no number at all are left words here."""
_LONGEST = 18
"""Most characters of a whole number."""


@frozen
class Node:
    """A value and where it stands. ``value`` is a scalar, a list of nodes, or a dict of key to node.

    ``text`` is a scalar as written; ``quoted`` says that it stood in quotes and so is a word whatever it holds.
    ``key`` is the line and column of the key that it stands under.
    """

    value: Any
    line: int
    column: int
    text: str = ""
    quoted: bool = False
    key: tuple[int, int] | None = None

    def plain(self) -> Any:
        """The value without places, all the way down."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return self.value

    def kind(self) -> str:
        """What it is, in the words of an error message."""
        if isinstance(self.value, dict):
            return "a mapping"
        if isinstance(self.value, list):
            return "a list"
        if self.value is None:
            return "nothing"
        return shown(self.text)


def shown(text: str) -> str:
    """A piece of input as it may be shown: on one line, not too long, without control characters."""
    clean = "".join(c if c.isprintable() else "�" for c in text)
    return json.dumps(clean if len(clean) <= 60 else clean[:57] + "...", ensure_ascii=False)


def read_bytes(path: Path) -> bytes:
    """The bytes of a file. Raises InputError for what is not a file of bearable size."""

    def fail(expected: str, found: str, hint: str | None = None) -> InputError:
        return InputError(faults=[Fault(file=str(path), expected=expected, found=found, hint=hint)])

    try:
        if path.is_dir():  # asked within: of what lies in a folder that may not be read, not even this is told
            raise fail("a case file", "a directory", "name the files in it")
        with path.open("rb") as stream:  # a pipe or a device does not tell its size
            raw = stream.read(MAXIMUM_SIZE + 1)
        if len(raw) > MAXIMUM_SIZE:
            raise fail(f"a case file of at most {MAXIMUM_SIZE:,} bytes", "more")
        return raw
    except FileNotFoundError:
        raise fail("a case file", "no such file") from None
    except OSError as error:
        raise fail("a file that can be read", error.strerror or type(error).__name__) from None


def text_of(raw: bytes, file: str | None = None) -> str:
    """The text of a file's bytes. Raises InputError for what is not UTF-8."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        fault = Fault(file=file, line=line, expected="text in UTF-8", found="other bytes", hint="save it as UTF-8")
        raise InputError(faults=[fault]) from None


def scalar(text: str) -> Any:
    """What an unquoted word means in the core schema of YAML 1.2: ``no`` is a word, ``4e-4`` a number.

    >>> [scalar(word) for word in ("no", "True", "0x1F", "0o17", "017", "NULL")]
    ['no', True, 31, 15, 17, None]
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if len(text) <= _LONGEST:
        if _INTEGER.fullmatch(text):
            return int(text)
        if (known := _IN_BASE.get(text[:2])) and known[0].fullmatch(text):
            return int(text[2:], known[1])
    return float(text) if _FLOAT.fullmatch(text) and len(text) <= 40 else text


@frozen
class _Reader:
    """Builds nodes from the parser's events and gathers faults on the way."""

    file: str | None
    faults: list[Fault] = field(factory=list)

    def fault(self, mark: Any, expected: str, found: str, hint: str | None = None) -> InputError:
        """Note a fault; the error returned holds all faults so far, for where reading cannot go on."""
        line, column = mark.line + 1, mark.column + 1
        self.faults.append(Fault(file=self.file, line=line, column=column, expected=expected, found=found, hint=hint))
        return InputError(faults=self.faults)

    def visible(self, event: Any) -> str:
        """The text of a scalar. Escapes can name characters that cannot be seen or do not exist: a fault."""
        text: str = event.value
        if bad := UNSEEN.search(text):
            self.fault(event.start_mark, "text without control characters", f"U+{ord(bad[0]):04X}")
        return text

    def node(self, events: Iterator[Any], event: Any, depth: int) -> Node:
        name, mark = type(event).__name__, event.start_mark
        if name == "AliasEvent" or getattr(event, "anchor", None):
            self.fault(mark, "values written out", "an anchor or alias", "case files do without & and *")
        if getattr(event, "tag", None) and str(event.tag) not in ("None", "!"):
            self.fault(mark, "a value without a tag", "a tag", "case files do without !")
        if depth > MAXIMUM_DEPTH:
            raise self.fault(mark, f"at most {MAXIMUM_DEPTH} levels", "deeper nesting")
        line, column = mark.line + 1, mark.column + 1
        if name == "AliasEvent":
            return Node("", line, column)  # what it stands for is not looked up; its place is told already
        if name == "ScalarEvent":
            quoted = event.style in ("'", '"', "|", ">")
            text = self.visible(event)
            return Node(text if quoted else scalar(text), line, column, text, quoted)
        if name == "SequenceStartEvent":
            items = []
            while type(inner := next(events)).__name__ != "SequenceEndEvent":
                items.append(self.node(events, inner, depth + 1))
            return Node(items, line, column)
        entries: dict[str, Node] = {}
        while type(inner := next(events)).__name__ != "MappingEndEvent":
            key = self.node(events, inner, depth + 1)
            value = self.node(events, next(events), depth + 1)
            if isinstance(key.value, (dict, list)):
                self.fault(inner.start_mark, "a word as key", key.kind())
            elif key.text in entries:
                hint = f"it stands in line {entries[key.text].line} too"
                self.fault(inner.start_mark, "each key once", f"{shown(key.text)} again", hint)
            else:
                entries[key.text] = evolve(value, key=(key.line, key.column))
        return Node(entries, line, column)


def _named(character: str) -> str:
    """A character that may not stand in a file, and what it is."""
    what = "that no file may hold"
    if unicodedata.category(character) == "Cc":
        what = "a control character"
    elif character in "\u2028\u2029":
        what = "a line end that not every program sees"
    elif TURNING.match(character):
        what = "which turns the direction of the text after it, so that other things are seen than are read"
    elif character == "\ufeff":
        what = "which may only be the first of a file"
    return f"U+{ord(character):04X}, {what}"


def _unprintable(text: str, file: str | None) -> list[Fault]:
    """Tabs in the indentation, and anywhere what may not stand in a file: the first fifty of them."""
    faults: list[Fault] = []
    for number, line in enumerate(text.split("\n"), 1):
        line = line.removesuffix("\r")
        if bad := NOT_RAW.search(line):
            column, found, hint = bad.start() + 1, _named(bad[0]), None
            if not UNSEEN.match(bad[0]):
                hint = f'if it is meant, write "\\u{ord(bad[0]):04x}" in double quotes'
            faults.append(Fault(file=file, line=number, column=column, expected="text", found=found, hint=hint))
        indent = line[: len(line) - len(line.lstrip())]
        if "\t" in indent and line.strip():
            column = indent.index("\t") + 1
            faults.append(Fault(file=file, line=number, column=column, expected="spaces", found="a tab"))
    return faults[:50]


def _without_pairs(text: str) -> str:
    """JSON with one escape for each character that it writes in two; YAML in braces as it is."""

    def as_one(pair: re.Match[str]) -> str:
        return f"{pair[1]}\\U{ord(bytes.fromhex(pair[2] + pair[3]).decode('utf-16-be')):08x}"

    if _PAIR.search(text):
        with suppress(ValueError, RecursionError):
            json.loads(text)
            return _PAIR.sub(as_one, text)
    return text


def parse(text: str, file: str | None = None) -> Node:
    """The root node of a YAML or JSON text. Raises InputError with every fault found."""
    root, faults = scanned(text, file)
    if faults:
        raise InputError(faults=faults)
    return root


def scanned(text: str, file: str | None = None) -> tuple[Node, tuple[Fault, ...]]:
    """The root node of a YAML or JSON text, and faults that did not stop the reading.

    Those are keys that stand twice, anchors, tags and signs that cannot be seen. Raises InputError with every fault
    found where it is stopped.
    """
    import yaml

    if not text.strip():
        raise InputError(faults=[Fault(file=file, expected="a case file", found="an empty file")])
    is_json = text.lstrip().startswith("{")  # JSON may be indented with tabs
    faults = [fault for fault in _unprintable(text, file) if not (is_json and fault.found == "a tab")]
    if faults:
        raise InputError(faults=faults)
    reader = _Reader(file)
    try:
        if is_json:
            text = _without_pairs(text)
        events = iter(yaml.parse(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))
        next(events), next(events)  # start of stream and of document
        root = reader.node(events, next(events), 0)
        next(events)  # end of document
        if type(after := next(events)).__name__ != "StreamEndEvent":
            reader.fault(after.start_mark, "one document", "a second one")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        problem = error.problem or "something else"
        expected, found = _OTHER_WORDS.get(problem, ("YAML", problem.removeprefix("found ")))
        fault = Fault(file=file, line=line, column=column, expected=expected, found=found)
        raise InputError(faults=[*reader.faults, fault]) from None
    except (yaml.YAMLError, StopIteration, ValueError):
        fault = Fault(file=file, expected="a case file", found="no values that can be read as YAML")
        raise InputError(faults=[*reader.faults, fault]) from None
    return root, tuple(reader.faults)


def parse_json(text: str) -> Node:
    """The root node of a JSON text on one line, as a cell holds it: values without places. Raises ValueError.

    It is read like a case file: no key twice, nothing deeper than :data:`MAXIMUM_DEPTH`, no unseen characters.
    """

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(found)) < len(found):
            raise ValueError("JSON with each key once")
        return dict(found)

    def no_constant(name: str) -> Any:
        raise ValueError(f"a number, not {name}")

    def number(text: str) -> Node:
        return Node(scalar(text), 1, 1, text)

    def node(value: Any, depth: int) -> Node:
        if depth > MAXIMUM_DEPTH:
            raise ValueError(f"JSON of at most {MAXIMUM_DEPTH} levels")
        if isinstance(value, Node):
            return value
        if isinstance(value, dict):
            return Node({key: node(item, depth + 1) for key, item in value.items()}, 1, 1)
        if isinstance(value, list):
            return Node([node(item, depth + 1) for item in value], 1, 1)
        if isinstance(value, str):
            if UNSEEN.search(value):
                raise ValueError("text without control characters")
            return Node(value, 1, 1, value, True)
        return Node(value, 1, 1, {None: "null", True: "true", False: "false"}[value])

    try:
        read = json.loads(
            text, object_pairs_hook=pairs, parse_int=number, parse_float=number, parse_constant=no_constant
        )
    except RecursionError:
        raise ValueError(f"JSON of at most {MAXIMUM_DEPTH} levels") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"JSON (it breaks off at character {error.pos + 1})") from None
    return node(read, 0)
