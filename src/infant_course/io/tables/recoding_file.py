"""Reads a mapping file and checks it in full: all its faults at once, each with its place and the nearest name."""

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ...errors import Fault, InputError, did_you_mean
from ...events import EVENT_TYPES
from ..yaml_nodes import MAXIMUM_SIZE
from ..yaml_nodes import parse as parse_yaml
from .flat import PATIENT, FlatColumn, Part, Shape, flat_columns
from .recoding import NUMBERS, WORDS, DateSource, FieldSource, Precision, Recoding, Recodings, folded

_FILE_KEYS = ("missing", "told", "patient_column", "patient", "event", "detail")
_EVENT_KEYS = ("type", "from", "where", "also", "complete", "fields")
_DETAIL_KEYS = ("of", "from", "where", "fields")
_PATIENT_KEYS = ("from", "where", "fields")
_FIELD_KEYS = ("column", "words", "only", "always", "record", "separator")
_CHECKBOX_KEYS = ("checkbox", "words", "record")
_PARTS_KEYS = ("year", "month", "day", "unknown", "statement")
_PRECISION_KEYS = ("date", "precision", "words", "statement")


@cache
def shipped(name: str) -> Recodings:
    """The mapping of that name that comes with the package."""
    source = files(__package__).joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return checked(tomllib.loads(source), f"{name}.toml")


def read_recodings(path: str | Path, *, words_alone: bool = False) -> Recodings:
    """Read a mapping file. Raises InputError with all that is wrong with it.

    ``words_alone``: it may say no more than which words mean that nothing was stated.
    """
    path = Path(path)
    text = _text_of(path)
    if path.suffix != ".toml":
        return checked(parse_yaml(text, str(path)).plain(), str(path), words_alone=words_alone)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _unreadable(path, "a mapping in TOML", str(error)) from None
    except RecursionError:
        raise _unreadable(path, "a mapping in TOML", "nesting that is too deep") from None
    return checked(content, str(path), words_alone=words_alone)


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


def checked(content: Any, file: str, *, words_alone: bool = False) -> Recodings:
    """A mapping file's content as recodings. Raises InputError with all that is wrong with it."""
    return _Checker(file).recodings(content, words_alone)


class _Checker:
    """Reads a mapping and gathers its faults."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[Fault] = []

    def recodings(self, content: Any, words_alone: bool) -> Recodings:
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
        told = words_alone and made.only_words and (made.missing or made.told)
        if not made.events and not told and not self.faults:
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
                where=self._where(table.get("where", {}), place),
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
            found = self._source(known[target], source, here)
            if found is None:
                continue
            allowed = known[target].words
            for word in [*found.words.values(), *([] if found.always is None else [found.always])]:
                if allowed and word and word not in allowed:
                    hint = did_you_mean(word, allowed) or f"allowed are {', '.join(allowed)}"
                    self._wrong(here, f"a word of {target}", repr(word), hint)
            if found.record is not None and known[target].shape is not Shape.RECORDS:
                self._wrong(here, "a field that holds records, for record =", repr(target))
            made.append(found)
        return tuple(made)

    def _source(self, target: FlatColumn, value: Any, place: str) -> FieldSource | None:
        if not isinstance(value, dict):
            return FieldSource(target=target.name, columns=self._texts(value, place))
        if "checkbox" in value:
            return self._checkbox(target, value, place)
        if {"year", "month", "day"} & set(value) or {"date", "precision"} & set(value):
            return self._date(target, value, place)
        table = self._table(value, place, _FIELD_KEYS)
        only = table.get("only")
        if only not in (None, NUMBERS, WORDS):
            self._wrong(f"{place}, only", f"{NUMBERS!r} or {WORDS!r}", _found(only))
        always = table.get("always")
        if ("column" in table) == (always is not None):
            self._wrong(place, "either a column, or what it always is", "both" if "column" in table else "neither")
        if "separator" in table and "record" not in table:
            self._wrong(f"{place}, separator", "record = beside it", "none")
        return FieldSource(
            target=target.name,
            columns=self._texts(table.get("column", []), f"{place}, column"),
            words=self._words(table, place),
            only=only if isinstance(only, str) else None,
            always=None if always is None else self._text(always, f"{place}, always"),
            record=self._text(table["record"], f"{place}, record") if "record" in table else None,
            separator=self._text(table["separator"], f"{place}, separator") if "separator" in table else None,
        )

    def _words(self, table: Mapping[str, Any], place: str) -> dict[str, str]:
        words = self._table(table.get("words", {}), f"{place}, words", None)
        return {folded(word): self._text(ours, f"{place}, words, {word}") or "" for word, ours in words.items()}

    def _checkbox(self, target: FlatColumn, value: dict[str, Any], place: str) -> FieldSource | None:
        table = self._table(value, place, _CHECKBOX_KEYS)
        several = (Shape.WORDS, Shape.TEXTS, Shape.NAMES, Shape.RECORDS)
        if target.shape not in several:
            self._wrong(place, "a field that holds several values, for checkbox =", repr(target.name))
        if target.shape is Shape.RECORDS and "record" not in table:
            self._wrong(place, "record = with the key that a choice is", "none")
        words = self._words(table, place)
        if not words:
            self._wrong(f"{place}, words", "the code of each choice with our word for it", "none")
        return FieldSource(
            target=target.name,
            checkbox=self._text(table["checkbox"], f"{place}, checkbox"),
            words=words,
            record=self._text(table["record"], f"{place}, record") if "record" in table else None,
        )

    def _date(self, target: FlatColumn, value: dict[str, Any], place: str) -> FieldSource | None:
        if target.part is not Part.STATEMENT:
            self._wrong(place, "a time (start, end, birth), for a date in several columns", repr(target.name))
            return None
        in_parts = not {"date", "precision"} & set(value)
        table = self._table(value, place, _PARTS_KEYS if in_parts else _PRECISION_KEYS)
        named = {
            key: self._text(table[key], f"{place}, {key}")
            for key in ("year", "month", "day", "date", "precision", "statement")
            if key in table
        }
        for key, needs in (("month", "year"), ("day", "month"), ("precision", "date")):
            if key in named and needs not in named:
                self._wrong(place, f"{needs} =, as there is {key} =", "none")
        known = tuple(Precision)
        words = {}
        for word, ours in self._table(table.get("words", {}), f"{place}, words", None).items():
            if ours in known:
                words[folded(word)] = Precision(ours)
            else:
                hint = did_you_mean(str(ours), known) or f"allowed are {', '.join(known)}"
                self._wrong(f"{place}, words, {word}", "a precision", _found(ours), hint)
        return FieldSource(
            target=target.name,
            date=DateSource(
                **named,
                words=words or {str(precision): precision for precision in Precision},
                unknown=frozenset(map(folded, self._texts(table.get("unknown", []), f"{place}, unknown"))),
            ),
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
