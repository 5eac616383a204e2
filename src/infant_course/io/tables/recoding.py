"""How the rows of another format become events: a table that is data, so that a user can replace it.

A mapping file (TOML, YAML or JSON) says which rows are which event and which column is which field::

    missing = ["", "NA", "[Not Available]"]     # these words mean that nothing was stated
    told = ["Unknown", "Not Reported"]          # these are kept, as a note
    patient_column = "PATIENT_ID"

    [[event]]
    type = "mrd"                                # the event type
    from = ["LAB_TEST"]                         # table or track; all words are compared without case
    where = { TEST = ["MRD"] }                  # and only rows that say so ("*": anything)
    complete = false                            # true: where the table is there, what it lacks did not happen

    [event.fields]                              # columns of the flat form
    start_day = "START_DATE"
    value = { column = "RESULT", only = "numbers" }
    result = { column = "RESULT", only = "words", words = { neg = "negative" } }
    value_unit = { always = "%" }
    note = ["COMMENT", "COMMENTS"]              # a note may gather several columns
    # agents = { column = "AGENT", record = "name" }   # a record made of one cell

A row goes to the first event that it fits, and to every further one with ``also = true``. ``[[detail]]`` with
``of = "diagnosis"`` adds fields to the one event of that type that the patient has. All of a file is checked before
any data is read.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from attrs import field, frozen

from ...errors import Fault, InputError, did_you_mean
from ...events import EVENT_TYPES
from ..yaml_nodes import MAXIMUM_SIZE
from ..yaml_nodes import parse as parse_yaml
from .flat import PATIENT, Shape, flat_columns

NOTE = "note"
NUMBERS, WORDS = "numbers", "words"
_FILE_KEYS = ("missing", "told", "patient_column", "patient", "event", "detail")
_EVENT_KEYS = ("type", "from", "where", "also", "complete", "fields")
_DETAIL_KEYS = ("of", "from", "where", "fields")
_PATIENT_KEYS = ("from", "fields")
_FIELD_KEYS = ("column", "words", "only", "always", "record")


def folded(text: str) -> str:
    """A word as it is compared: without case, and with one space for spaces, hyphens and underscores.

    >>> folded(" Sample_Acquisition "), folded("LAB-TEST")
    ('sample acquisition', 'lab test')
    """
    return re.sub(r"[\s_-]+", " ", text).strip().lower()


@frozen(kw_only=True)
class FieldSource:
    """Where one flat column comes from.

    ``columns``: the first filled one counts; a note takes all. ``words``: the source's word (folded) to ours.
    A word that becomes the empty text says nothing of this field. ``only``: cells that are "numbers", or "words" of
    the list; what no field of a column takes is told as unread. ``record``: the text becomes this key of one record.
    """

    target: str
    columns: tuple[str, ...] = ()
    words: Mapping[str, str] = field(factory=dict)
    only: str | None = None
    always: str | None = None
    record: str | None = None


@frozen(kw_only=True)
class Recoding:
    """Which rows are events of one type, and where their fields come from."""

    type: str
    origins: frozenset[str]
    where: Mapping[str, frozenset[str]] = field(factory=dict)
    also: bool = False
    complete: bool = False
    fields: tuple[FieldSource, ...] = ()


@frozen(kw_only=True)
class Recodings:
    """All of a mapping file. ``details``: rows that add fields to the one event of their type.

    ``missing`` and ``told`` are folded words.
    """

    file: str
    patient_column: str
    missing: frozenset[str]
    told: frozenset[str]
    patients: tuple[Recoding, ...]
    events: tuple[Recoding, ...]
    details: tuple[Recoding, ...]


@cache
def shipped(name: str) -> Recodings:
    """The mapping of that name that comes with the package."""
    source = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return checked(tomllib.loads(source), f"{name}.toml")


def read_recodings(path: str | Path) -> Recodings:
    """Read a mapping file. Raises InputError with all that is wrong with it."""
    path = Path(path)
    text = _text_of(path)
    if path.suffix != ".toml":
        return checked(parse_yaml(text, str(path)).plain(), str(path))
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(path, "a mapping in TOML", str(error)) from None
    except RecursionError:
        raise _unreadable(path, "a mapping in TOML", "nesting that is too deep") from None
    return checked(content, str(path))


def _text_of(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            raw = stream.read(MAXIMUM_SIZE + 1)
    except FileNotFoundError:
        raise _unreadable(path, "a mapping file", "no such file") from None
    except OSError as error:
        raise _unreadable(path, "a mapping file that can be read", error.strerror or type(error).__name__) from None
    if len(raw) > MAXIMUM_SIZE:
        raise _unreadable(path, f"at most {MAXIMUM_SIZE:,} bytes", "more")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _unreadable(path, "text in UTF-8", "other bytes") from None


def _unreadable(path: Path, expected: str, found: str) -> InputError:
    return InputError(faults=[Fault(file=str(path), expected=expected, found=found)])


def checked(content: Any, file: str) -> Recodings:
    """A mapping file's content as recodings. Raises InputError with all that is wrong with it."""
    return _Checker(file).recodings(content)


class _Checker:
    """Reads a mapping and gathers its faults."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def recodings(self, content: Any) -> Recodings:
        top = self._table(content, "", _FILE_KEYS)
        column = self._text(top.get("patient_column", "PATIENT_ID"), "patient_column") or ""
        patients = top.get("patient", [])
        made = Recodings(
            file=Path(self.file).name,
            patient_column=column,
            missing=frozenset(map(folded, self._texts(top.get("missing", []), "missing"))),
            told=frozenset(map(folded, self._texts(top.get("told", []), "told"))),
            patients=tuple(self._patients(patients if isinstance(patients, list) else [patients])),
            events=tuple(self._events(top.get("event", []))),
            details=tuple(self._details(top.get("detail", []))),
        )
        if not made.events and not self.faults:
            self._wrong("event", "at least one [[event]]", "none")
        if self.faults:
            raise InputError(faults=self.faults)
        return made

    def _patients(self, content: Any) -> Iterator[Recoding]:
        for number, item in enumerate(self._list(content, "patient")):
            place = f"patient {number + 1}"
            table = self._table(item, place, _PATIENT_KEYS)
            yield Recoding(
                type=PATIENT,
                origins=self._origins(table, place),
                fields=self._fields(table.get("fields", {}), PATIENT, place),
            )

    def _events(self, content: Any) -> Iterator[Recoding]:
        for number, item in enumerate(self._list(content, "event")):
            place = f"event {number + 1}"
            table = self._table(item, place, _EVENT_KEYS)
            kind = self._type(table.get("type"), f"{place}, type")
            if kind is None:
                continue
            yield Recoding(
                type=kind,
                origins=self._origins(table, place),
                where=self._where(table.get("where", {}), place),
                also=self._flag(table.get("also", False), f"{place}, also"),
                complete=self._flag(table.get("complete", False), f"{place}, complete"),
                fields=self._fields(table.get("fields", {}), kind, place),
            )

    def _details(self, content: Any) -> Iterator[Recoding]:
        for number, item in enumerate(self._list(content, "detail")):
            place = f"detail {number + 1}"
            table = self._table(item, place, _DETAIL_KEYS)
            kind = self._type(table.get("of"), f"{place}, of")
            if kind is None:
                continue
            yield Recoding(
                type=kind,
                origins=self._origins(table, place),
                where=self._where(table.get("where", {}), place),
                fields=self._fields(table.get("fields", {}), kind, place),
            )

    def _type(self, value: Any, place: str) -> str | None:
        if isinstance(value, str) and value in EVENT_TYPES:
            return value
        hint = did_you_mean(value, EVENT_TYPES) if isinstance(value, str) else None
        self._wrong(place, "an event type", _found(value), hint or "docs/events.md lists them")
        return None

    def _origins(self, table: Mapping[str, Any], place: str) -> frozenset[str]:
        names = self._texts(table.get("from", []), f"{place}, from")
        if not names:
            self._wrong(f"{place}, from", "the names of tables or tracks", "none")
        return frozenset(map(folded, names))

    def _where(self, value: Any, place: str) -> dict[str, frozenset[str]]:
        table = self._table(value, f"{place}, where", None)
        return {
            column: frozenset(map(folded, self._texts(words, f"{place}, where, {column}")))
            for column, words in table.items()
        }

    def _fields(self, value: Any, kind: str, place: str) -> tuple[FieldSource, ...]:
        known = {column.name: column for column in flat_columns(kind)}
        made = []
        for target, source in self._table(value, f"{place}, fields", None).items():
            here = f"{place}, fields, {target}"
            if target not in known or target == PATIENT:
                hint = "patient_column names it" if target == PATIENT else did_you_mean(target, known)
                self._wrong(here, f"a column of {kind}", repr(target), hint)
                continue
            found = self._source(target, source, here)
            allowed = known[target].words
            for word in [*found.words.values(), *([] if found.always is None else [found.always])]:
                if allowed and word and word not in allowed:
                    hint = did_you_mean(word, allowed) or f"allowed are {', '.join(allowed)}"
                    self._wrong(here, f"a word of {target}", repr(word), hint)
            if found.record is not None and known[target].shape is not Shape.RECORDS:
                self._wrong(here, "a field that holds records, for record =", repr(target))
            made.append(found)
        return tuple(made)

    def _source(self, target: str, value: Any, place: str) -> FieldSource:
        if not isinstance(value, dict):
            return FieldSource(target=target, columns=self._texts(value, place))
        table = self._table(value, place, _FIELD_KEYS)
        words = self._table(table.get("words", {}), f"{place}, words", None)
        only = table.get("only")
        if only not in (None, NUMBERS, WORDS):
            self._wrong(f"{place}, only", f"{NUMBERS!r} or {WORDS!r}", _found(only))
        always = table.get("always")
        if ("column" in table) == (always is not None):
            self._wrong(place, "either a column, or what it always is", "both" if "column" in table else "neither")
        return FieldSource(
            target=target,
            columns=self._texts(table.get("column", []), f"{place}, column"),
            words={folded(word): self._text(ours, f"{place}, words, {word}") or "" for word, ours in words.items()},
            only=only if isinstance(only, str) else None,
            always=None if always is None else self._text(always, f"{place}, always"),
            record=self._text(table["record"], f"{place}, record") if "record" in table else None,
        )

    def _table(self, value: Any, place: str, keys: tuple[str, ...] | None) -> dict[str, Any]:
        if not isinstance(value, dict):
            self._wrong(place, "a table of keys and values", _found(value))
            return {}
        for key in value:
            if keys is not None and key not in keys:
                hint = did_you_mean(str(key), keys) or f"known are {', '.join(keys)}"
                self._wrong(place, "a key that is known", repr(key), hint)
        return {str(key): item for key, item in value.items()}

    def _list(self, value: Any, place: str) -> list[Any]:
        if isinstance(value, list):
            return value
        self._wrong(place, "a list of tables", _found(value))
        return []

    def _texts(self, value: Any, place: str) -> tuple[str, ...]:
        items = value if isinstance(value, list) else [value]
        return tuple(text for item in items if (text := self._text(item, place)) is not None)

    def _text(self, value: Any, place: str) -> str | None:
        if isinstance(value, str):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        self._wrong(place, "text", _found(value))
        return None

    def _flag(self, value: Any, place: str) -> bool:
        if isinstance(value, bool):
            return value
        self._wrong(place, "true or false", _found(value))
        return False

    def _wrong(self, place: str, expected: str, found: str, hint: str | None = None) -> None:
        self.faults.append(Fault(file=self.file, path=place, expected=expected, found=found, hint=hint))


def _found(value: Any) -> str:
    match value:
        case None:
            return "nothing"
        case str() | bool() | int() | float():
            return repr(value)
        case list():
            return "a list"
        case dict():
            return "a table"
        case _:
            return type(value).__name__
