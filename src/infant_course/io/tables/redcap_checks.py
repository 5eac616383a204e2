"""A mapping held against the data dictionary and the header before any cell is read: all its faults at once."""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

from attrs import evolve

from ...errors import Fault, InputError, did_you_mean
from .flat import Shape, flat_columns
from .headings import Headings, choice_column
from .recoding import FieldSource, Recoding, Recodings, folded
from .redcap_dictionary import WITHOUT_DATA, Dictionary, DictionaryField
from .redcap_export import STATUS, STRUCTURE, Export


def each(recodings: Recodings) -> Iterator[tuple[str, Recoding]]:
    """All parts of a mapping with their places."""
    for name, parts in (("patient", recodings.patients), ("event", recodings.events), ("detail", recodings.details)):
        for number, recoding in enumerate(parts):
            yield f"{name} {number + 1}", recoding


def changed(recodings: Recodings, change: Callable[[Recoding], Recoding]) -> Recodings:
    """The mapping with each of its parts changed."""
    return evolve(
        recodings,
        patients=tuple(map(change, recodings.patients)),
        events=tuple(map(change, recodings.events)),
        details=tuple(map(change, recodings.details)),
    )


def check_against_dictionary(recodings: Recodings, dictionary: Dictionary, path: str) -> None:
    """Raises InputError with all that the dictionary does not know of a mapping. ``path``: of the mapping."""
    checker = _Checker(recodings, dictionary, path)
    for place, recoding in each(recodings):
        checker.recoding(place, recoding)
    if checker.faults:
        raise InputError(faults=checker.faults)


Ours = TypeVar("Ours")


class _Checker:
    def __init__(self, recodings: Recodings, dictionary: Dictionary, path: str) -> None:
        self.dictionary = dictionary
        self.path = path
        self.missing = recodings.missing | recodings.told
        self.forms = {folded(form): form for form in dictionary.forms}
        self.fields = {one.name.casefold(): one for one in dictionary.fields}
        self.columns = {
            choice_column(one.name, code): one
            for one in dictionary.fields
            if one.type == "checkbox"
            for code in one.choices
        }
        self.beside = {*STRUCTURE, *(form + STATUS for form in dictionary.forms)}
        self.faults: list[Fault] = []

    def recoding(self, place: str, recoding: Recoding) -> None:
        if not recoding.origins & set(self.forms):
            for origin in sorted(recoding.origins):
                hint = did_you_mean(origin, self.forms.values()) or f"there are {', '.join(self.forms.values())}"
                self._wrong(f"{place}, from", f"an instrument of {self.dictionary.file}", repr(origin), hint)
        for column, words in recoding.where.items():
            here = f"{place}, where, {column}"
            one = self._column(column, here)
            if one is not None:
                self._words({word: "" for word in words if word != "*"}, one, here)
        for source in recoding.fields:
            self._source(source, f"{place}, fields, {source.target}")

    def _source(self, source: FieldSource, here: str) -> None:
        if source.checkbox is not None:
            one = self.fields.get(source.checkbox.casefold())
            if one is None:
                self._unknown(source.checkbox, here)
            elif one.type != "checkbox":
                self._wrong(here, "a field of type checkbox", f"{source.checkbox!r}, of type {one.type}")
            else:
                self._words(source.words, one, here)
            return
        for column in source.named:
            one = self._column(column, here)
            if one is not None and source.date is None:
                self._words(source.words, one, here)
        if source.date is not None and source.date.precision is not None:
            one = self.fields.get(source.date.precision.casefold())
            if one is not None and one.choices:
                known = {folded(word) for pair in one.choices.items() for word in pair}
                lacking = [code for code, label in one.choices.items() if not _said(code, label, source.date.words)]
                if lacking and not known & set(source.date.words):
                    expected = f"words = with a precision for the choices of {one.name}"
                    self._wrong(here, expected, "none of them", f"they are {_listed(one)}")

    def _column(self, column: str, here: str) -> DictionaryField | None:
        """The field of a column; a fault where there is none."""
        name = column.casefold()
        if name in self.beside or name in self.columns:
            return None
        one = self.fields.get(name)
        if one is None:
            self._unknown(column, here)
        elif one.type in WITHOUT_DATA:
            self._wrong(here, "a field that holds data", f"{column!r}, of type {one.type}")
        elif one.type == "checkbox":
            hint = f'checkbox = "{one.name}", or one of its columns, such as {next(iter(self._choices(one)), "")}'
            self._wrong(here, "a field with one column", f"{column!r}, of type checkbox", hint)
        else:
            return one
        return None

    def _choices(self, one: DictionaryField) -> list[str]:
        return [choice_column(one.name, code) for code in one.choices]

    def _words(self, words: Mapping[str, str], one: DictionaryField, here: str) -> None:
        """Words must be codes or labels of a field with choices."""
        if not one.choices:
            return
        known = {folded(text): text for pair in one.choices.items() for text in pair}
        for word in words:
            if word and word not in known and word not in self.missing:
                hint = did_you_mean(word, known.values()) or f"they are {_listed(one)}"
                self._wrong(here, f"a code or label of {one.name}", repr(word), hint)

    def _unknown(self, column: str, here: str) -> None:
        known = [*self.fields, *self.columns, *self.beside]
        self._wrong(here, f"a field of {self.dictionary.file}", repr(column), did_you_mean(column, known))

    def _wrong(self, place: str, expected: str, found: str, hint: str | None = None) -> None:
        self.faults.append(Fault(file=self.path, path=place, expected=expected, found=found, hint=hint))


def _said(code: str, label: str, words: Mapping[str, object]) -> bool:
    return folded(code) in words or folded(label) in words


def _listed(one: DictionaryField) -> str:
    return " | ".join(f"{code}, {label}" for code, label in list(one.choices.items())[:12])


def check_against_header(
    recodings: Recodings, export: Export, dictionary: Dictionary | None, path: str
) -> tuple[str, ...]:
    """Raises InputError for columns of a mapping that the header lacks; what is merely not exported is said.

    With a dictionary a field that it knows may be missing: not everything is exported. Without one it may be a
    misspelling.
    """
    headings = Headings(export.columns)
    faults: list[Fault] = []
    lacking: list[str] = []
    for place, recoding in each(recodings):
        named = [(f"{place}, where, {column}", column, False) for column in recoding.where]
        for source in recoding.fields:
            here = f"{place}, fields, {source.target}"
            named += [(here, column, False) for column in source.named]
            if source.checkbox is not None:
                named.append((here, source.checkbox, True))
        for here, column, is_checkbox in named:
            if headings.find(column) is not None or (is_checkbox and headings.choices(column)):
                continue
            others = export.ambiguous.get(column)
            if dictionary is not None and others is None:
                lacking.append(column)
                continue
            expected = (
                f"a column of {export.raw.file}" if not is_checkbox else f"columns {column}___... of {export.raw.file}"
            )
            boxes = {name.partition("___")[0] for name in export.columns if "___" in name}
            hint = (
                did_you_mean(column, boxes if is_checkbox else export.columns)
                or "name the data dictionary (--dictionary), if it was not exported"
            )
            if others:
                hint = (
                    f"its label in the header is that of {', '.join(others)} too: export with field names in the header"
                )
            faults.append(Fault(file=path, path=here, expected=expected, found=repr(column), hint=hint))
    if faults:
        raise InputError(faults=faults)
    if not lacking:
        return ()
    return (f"{export.raw.file} has no column for {', '.join(dict.fromkeys(lacking))}, which the mapping reads.",)


def in_terms_of(recodings: Recodings, dictionary: Dictionary) -> Recodings:
    """The mapping with codes where it has labels, and with yes and no of the fields that are yesno or truefalse."""

    def words_of(words: Mapping[str, Ours], columns: tuple[str, ...]) -> dict[str, Ours]:
        made = dict(words)
        for column in columns:
            one = dictionary.by_name.get(column)
            codes = {folded(code) for code in one.choices} if one is not None else set()
            for word, ours in words.items():
                if one is not None and word not in codes and word in one.codes:
                    made[folded(one.codes[word])] = ours
        return made

    def source_of(source: FieldSource, truth: bool) -> FieldSource:
        if source.date is not None:
            date = source.date
            precision = (date.precision,) if date.precision else ()
            parts = tuple(name for name in (date.year, date.month, date.day) if name)
            unknown = frozenset(words_of(dict.fromkeys(date.unknown, ""), parts))
            return evolve(source, date=evolve(date, words=words_of(date.words, precision), unknown=unknown))
        columns = (source.checkbox,) if source.checkbox is not None else source.columns
        words = words_of(source.words, columns)
        if truth and not words and source.columns and all(_is_truth(dictionary, name) for name in source.columns):
            words = {"1": "true", "0": "false"}
        return evolve(source, words=words)

    def recoding_of(recoding: Recoding) -> Recoding:
        truths = {column.name for column in flat_columns(recoding.type) if column.shape is Shape.TRUTH}
        where = {
            column: frozenset(words_of(dict.fromkeys(words, ""), (column,))) for column, words in recoding.where.items()
        }
        fields = tuple(source_of(source, source.target in truths) for source in recoding.fields)
        return evolve(recoding, where=where, fields=fields)

    return changed(recodings, recoding_of)


def _is_truth(dictionary: Dictionary, column: str) -> bool:
    one = dictionary.by_name.get(column)
    return one is not None and one.type in ("yesno", "truefalse")
