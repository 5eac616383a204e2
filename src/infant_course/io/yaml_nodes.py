"""YAML 1.2 (and JSON) as nodes that know where they stand, read safely.

Only plain data is read: no tags, one document, no key twice. Limits on size, depth and aliases hold before
anything is built, so that a hostile file costs little. A scalar keeps the text as written: what it means is
decided by the type that is wanted there (``no`` is a word; ``4e-4`` a number where a number is wanted).
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import define, field, frozen
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from ..errors import Fault, InputError


@frozen(kw_only=True)
class Limits:
    """What a file may hold at most. All three are chosen here and provisional (no source)."""

    size: int = 5_000_000
    """Bytes."""
    depth: int = 50
    """Lists and mappings within each other."""
    repeated: int = 1_000
    """Values that may be repeated through aliases, in all."""


@frozen(kw_only=True)
class Node:
    """A value in a file, and where it starts (counted from 1). ``size``: values in it, aliases expanded."""

    line: int
    column: int
    size: int = 1


@frozen(kw_only=True)
class Scalar(Node):
    """One value, as written. ``quoted``: it is text whatever it looks like."""

    text: str
    quoted: bool

    @property
    def empty(self) -> bool:
        """Nothing is there (YAML's null)."""
        return not self.quoted and self.text in ("", "~", "null", "Null", "NULL")

    @property
    def truth(self) -> bool | None:
        """The truth value this is, or None where it is none."""
        return {"true": True, "false": False}.get(self.text) if not self.quoted else None


@frozen(kw_only=True)
class Sequence(Node):
    """A list."""

    items: tuple[Node, ...]


@frozen(kw_only=True)
class Mapping(Node):
    """Keys and values. ``items``: the key, as it stands in the file, and its value, by the text of the key."""

    items: dict[str, tuple[Scalar, Node]]


@define
class _Open:
    """A list or mapping that has not ended yet."""

    start: Any
    anchor: str | None
    nodes: list[Node] = field(factory=list)


_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def compose(text: str, *, file: str | None = None, limits: Limits | None = None) -> Node:
    """The nodes of a text. Raises InputError with what makes it unreadable."""
    composer = _Composer(file, limits or Limits())
    return composer.compose(text)


class _Composer:
    def __init__(self, file: str | None, limits: Limits) -> None:
        self.file = file
        self.limits = limits
        self.faults: list[Fault] = []
        self.anchors: dict[str, Node] = {}
        self.repeated = 0

    def compose(self, text: str) -> Node:
        text = text.removeprefix("\ufeff")
        if len(text) > self.limits.size:
            raise self.stop(f"at most {self.limits.size:,} bytes", "more")
        if match := _CONTROL.search(text):
            line = text.count("\n", 0, match.start()) + 1
            column = match.start() - text.rfind("\n", 0, match.start())
            found = f"the control character U+{ord(match[0]):04X}"
            raise self.stop("text", found, line, column, "remove it; is this a text file?")
        if text.lstrip()[:1] in ("{", "["):
            text = text.replace("\t", " ")  # JSON may be indented with tabs
        try:
            root = self._build(YAML(typ="safe", pure=True).parse(text))
        except MarkedYAMLError as error:
            raise self._unreadable(error, text) from None
        except (YAMLError, ValueError, OverflowError):  # a number of a character that does not exist
            raise self.stop("YAML or JSON", "something else", hint="is an escape in a quoted text wrong?") from None
        if self.faults:
            raise InputError(faults=self.faults)
        if root is None or (isinstance(root, Scalar) and root.empty):
            raise self.stop("a course", "an empty file", hint="`infant-course new FILE` writes one to start from")
        return root

    def _build(self, events: Iterable[Any]) -> Node | None:
        stack: list[_Open] = []
        root: Node | None = None
        documents = 0
        for event in events:
            node: Node
            match event:
                case DocumentStartEvent():
                    documents += 1
                    if documents > 1:
                        raise self._at(event, "one document in a file", "a second one after '---'")
                    continue
                case MappingStartEvent() | SequenceStartEvent():
                    self._no_tag(event)
                    stack.append(_Open(event, event.anchor))
                    if len(stack) > self.limits.depth:
                        raise self._at(event, f"at most {self.limits.depth} levels of nesting", "more")
                    continue
                case MappingEndEvent() | SequenceEndEvent():
                    done = stack.pop()
                    node = self._close(done)
                    anchor = done.anchor
                case ScalarEvent():
                    self._no_tag(event)
                    node = self._scalar(event)
                    anchor = event.anchor
                case AliasEvent():
                    node, anchor = self._alias(event), None
                case _:
                    continue
            if anchor:
                self.anchors[anchor] = node
            if stack:
                stack[-1].nodes.append(node)
            else:
                root = node
        return root

    def _scalar(self, event: Any) -> Scalar:
        text = event.value
        if "\\u" in repr(text) or "\\x" in repr(text):
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # JSON's pairs
            if match := _CONTROL.search(text):
                found = f"the control character U+{ord(match[0]):04X}"
                self.faults.append(self._fault(event, "text without control characters", found))
        place = _place(event)
        return Scalar(line=place[0], column=place[1], text=text, quoted=event.style is not None)

    def _alias(self, event: Any) -> Node:
        if event.anchor not in self.anchors:
            raise self._at(event, "an alias of a value that is complete", f"*{event.anchor}")
        node = self.anchors[event.anchor]
        self.repeated += node.size
        if self.repeated > self.limits.repeated:
            found = "more"
            raise self._at(event, f"at most {self.limits.repeated:,} values repeated through aliases", found)
        return node

    def _close(self, done: _Open) -> Node:
        line, column = _place(done.start)
        size = 1 + sum(node.size for node in done.nodes)
        if isinstance(done.start, SequenceStartEvent):
            return Sequence(line=line, column=column, size=size, items=tuple(done.nodes))
        items: dict[str, tuple[Scalar, Node]] = {}
        for key, value in _pairs(done.nodes):
            if not isinstance(key, Scalar):
                self.faults.append(_fault(self.file, key, "a word before the colon", "a list or a mapping"))
            elif key.text in items:
                first = items[key.text][0].line
                hint = f"it stands in line {first} already"
                self.faults.append(_fault(self.file, key, "each key once", f"{key.text!r} again", hint))
            else:
                items[key.text] = (key, value)
        return Mapping(line=line, column=column, size=size, items=items)

    def _no_tag(self, event: Any) -> None:
        if event.tag is not None and event.tag != "!":
            raise self._at(event, "plain values", "a tag", "remove the word that starts with '!'")

    def _unreadable(self, error: MarkedYAMLError, text: str) -> InputError:
        mark = error.problem_mark or error.context_mark
        if mark is None:
            return self.stop("YAML or JSON", error.problem or "something else")
        tab = text[mark.index : mark.index + 1] == "\t"
        hint = "indent with spaces, not with tabs" if tab else error.context
        return self.stop("YAML or JSON", error.problem or "something else", mark.line + 1, mark.column + 1, hint)

    def _fault(self, event: Any, expected: str, found: str, hint: str | None = None) -> Fault:
        line, column = _place(event)
        return Fault(expected=expected, found=found, file=self.file, line=line, column=column, hint=hint)

    def _at(self, event: Any, expected: str, found: str, hint: str | None = None) -> InputError:
        return InputError(faults=[*self.faults, self._fault(event, expected, found, hint)])

    def stop(
        self, expected: str, found: str, line: int | None = None, column: int | None = None, hint: str | None = None
    ) -> InputError:
        """A fault after which no more can be read."""
        fault = Fault(expected=expected, found=found, file=self.file, line=line, column=column, hint=hint)
        return InputError(faults=[fault])


def _pairs(nodes: list[Node]) -> Iterator[tuple[Node, Node]]:
    return zip(nodes[::2], nodes[1::2], strict=True)


def _place(event: Any) -> tuple[int, int]:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _fault(file: str | None, node: Node, expected: str, found: str, hint: str | None = None) -> Fault:
    return Fault(expected=expected, found=found, file=file, line=node.line, column=node.column, hint=hint)
