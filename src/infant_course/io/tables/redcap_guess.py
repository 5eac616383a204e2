"""What the fields of a data dictionary may be, guessed by their names, labels, types and choices."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files

from attrs import evolve, field, frozen

from ...events import EVENT_TYPES
from .flat import PATIENT, FlatColumn, Part, Shape, flat_columns
from .recoding import Precision, folded
from .redcap_dictionary import WITHOUT_DATA, Dictionary, DictionaryField

_BY_FORM, _BY_CONTENT, _BY_TEXT, _BY_COLUMN, _BY_NAME, _BY_CHOICES = 3, 2.5, 2, 4, 2, 3
"""What counts for a guess: the instrument's name, else what it holds; the field's own words for the event, those for
the column, the column's very name, and choices that all have a word of ours."""
_LEAST_CONTENT = 15
"""What the fields of an instrument must count together, to say what it is about."""
_LEAST = 6
"""A guess that counts less is none."""
_NO_GUESS = ("id", "patient", "complete", "derived_from", "about", "source_key", "source_at", "source_confidence")
_PARTS = {
    "year": r"(^|[ _])(y|yr|yyyy|year|jahr)\b",
    "month": r"(^|[ _])(m|mo|mth|month|monat)\b",
    "day": r"(^|[ _])(d|dd|day|tag)\b",
}
_PRECISION = r"precis|exact|accura|estimat|certain|how much"
_PRECISIONS = {
    Precision.UNKNOWN: r"unknown|not known|none",
    Precision.DAY: r"day|exact|full",
    Precision.MONTH: r"month",
    Precision.YEAR: r"year",
}
RECORD_KEYS = {"agents": "name", "findings": "term", "cytogenetics": "karyotype"}
_ROMAN = {"0": "0", "i": "1", "ii": "2", "iii": "3", "iv": "4", "v": "5"}


@frozen(kw_only=True)
class Candidate:
    """One field of a dictionary, or a date in several of them; ``parts``: names of year, month and day."""

    one: DictionaryField
    kind: str
    parts: Mapping[str, str] = field(factory=dict)
    precision: DictionaryField | None = None

    @property
    def text(self) -> str:
        """The words it is known by."""
        one = self.one
        return f"{one.name.replace('_', ' ')} | {one.label.replace('_', ' ')}".lower()

    @property
    def names(self) -> tuple[str, ...]:
        """All fields it is made of."""
        precision = (self.precision.name,) if self.precision is not None else ()
        return (*(self.parts.values() or (self.one.name,)), *precision)


@frozen(kw_only=True)
class Guess:
    """A field taken to be a column of an event type."""

    candidate: Candidate
    type: str
    column: FlatColumn
    score: float


@cache
def _words() -> dict[str, dict[str, re.Pattern[str]]]:
    text = files(__package__).joinpath("redcap_words.toml").read_text(encoding="utf-8")
    return {
        part: {name: re.compile(pattern, re.IGNORECASE) for name, pattern in patterns.items()}
        for part, patterns in tomllib.loads(text).items()
    }


def guessed(
    form: str, fields: Sequence[DictionaryField], dictionary: Dictionary
) -> tuple[list[Guess], list[DictionaryField]]:
    """What the fields of an instrument are taken to be, and those that are not recognised."""
    record = dictionary.fields[0].name
    candidates = list(_candidates([one for one in fields if one.name != record]))
    is_first = record in {one.name for one in fields}
    guesses = _assigned(_guesses(_types_of(form, candidates, is_first), candidates)) or _assigned(_details(candidates))
    taken = {name for guess in guesses for name in guess.candidate.names}
    return guesses, [one for one in fields if one.name not in taken and one.name != record]


def _candidates(fields: Sequence[DictionaryField]) -> Iterator[Candidate]:
    """The fields, dates in parts and dates with their precision as one."""
    grouped = _in_parts(fields)
    used = {name for parts in grouped.values() for name in parts.values()}
    last: Candidate | None = None
    for one in fields:
        if one.type in WITHOUT_DATA:
            continue
        if one.name in grouped:
            parts = grouped[one.name]
            label = " ".join(other.label for other in fields if other.name in parts.values())
            candidate = Candidate(one=evolve(one, label=label), kind="date", parts=parts)
        elif one.name in used:
            continue
        else:
            candidate = Candidate(one=one, kind=_kind(one))
        if last is not None and last.kind == "date" and _is_precision(one):
            last = evolve(last, precision=one)
            continue
        if last is not None:
            yield last
        last = candidate
    if last is not None:
        yield last


def _kind(one: DictionaryField) -> str:
    if one.type == "checkbox":
        return "boxes"
    if one.type in ("yesno", "truefalse"):
        return "truth"
    if one.choices:
        return "choice"
    if one.validation.startswith("date"):
        return "date"
    if one.type in ("calc", "slider") or one.validation.startswith(("number", "integer")):
        return "number"
    return "date" if one.type == "text" and re.search(r"\bdate\b", one.label, re.IGNORECASE) else "text"


def _in_parts(fields: Sequence[DictionaryField]) -> dict[str, dict[str, str]]:
    """Fields that hold year, month and day of one date, by the first of them: neighbours with a stem in common."""
    found: dict[str, dict[str, str]] = {}
    for place, one in enumerate(fields):
        if not _is_part("year", one) or one.validation.startswith("date"):
            continue
        around = fields[max(0, place - 2) : place + 3]
        stem = re.sub(r"_?(y|yr|yyyy|year|jahr)$", "", one.name)
        parts = {"year": one.name}
        for part in ("month", "day"):
            mine = [o for o in around if o is not one and o.name.startswith(stem) and _is_part(part, o)]
            if len(mine) != 1:
                break
            parts[part] = mine[0].name
        if "month" in parts:
            first = next(o.name for o in around if o.name in parts.values())
            found[first] = parts
    return found


def _is_part(part: str, one: DictionaryField) -> bool:
    name = re.search(_PARTS[part].replace(r"\b", r"$"), one.name)
    return bool(name) and not one.validation.startswith("date") and one.type != "checkbox"


def _is_precision(one: DictionaryField) -> bool:
    text = f"{one.name} {one.label}"
    return bool(one.choices) and bool(re.search(_PRECISION, text, re.IGNORECASE)) and len(precisions(one)) > 1


def precisions(one: DictionaryField) -> dict[str, str]:
    """The codes of choices that say how much of a date is known."""
    found = {}
    for code, label in one.choices.items():
        for precision, pattern in _PRECISIONS.items():
            if re.search(pattern, label, re.IGNORECASE):
                found[code] = str(precision)
                break
    return found


def _assigned(all_guesses: Iterable[Guess]) -> list[Guess]:
    """The best guess for each field; each column of an event type is taken once in an instrument."""
    guesses = sorted(all_guesses, key=lambda guess: -guess.score)
    taken: set[tuple[str, str]] = set()
    done: set[str] = set()
    chosen = []
    for guess in guesses:
        slot, name = (guess.type, guess.column.name), guess.candidate.one.name
        if slot not in taken and name not in done:
            taken.add(slot)
            done.add(name)
            chosen.append(guess)
    return chosen


def _types_of(form: str, candidates: Sequence[Candidate], is_first: bool) -> dict[str, float]:
    """The event types that an instrument may be about, and how much that counts.

    By its name; else by the event whose date it has; else by the type whose fields it has most of. The first
    instrument is about the patient too.
    """
    words = _words()["events"]
    title = form.replace("_", " ").lower()
    found: dict[str, float] = {kind: _BY_FORM for kind in EVENT_TYPES if words[kind].search(title)}
    dates = [one.text for one in candidates if one.kind == "date"]
    if not found:
        found = {kind: _BY_CONTENT for kind in EVENT_TYPES if any(words[kind].search(text) for text in dates)}
    if not found:
        sums = {kind: _content(kind, candidates) for kind in EVENT_TYPES}
        best = max(sums, key=lambda kind: sums[kind])
        found = {best: _BY_CONTENT} if sums[best] >= _LEAST_CONTENT else {}
    if is_first or words[PATIENT].search(title):
        found[PATIENT] = _BY_FORM
    return found


def _content(kind: str, candidates: Sequence[Candidate]) -> float:
    """How much of an instrument the fields of a type explain."""
    guesses = [
        Guess(candidate=candidate, type=kind, column=column, score=_fit(candidate, column))
        for candidate in candidates
        for column in _open_columns(kind)
    ]
    return sum(guess.score for guess in _assigned(guess for guess in guesses if guess.score > _BY_COLUMN))


def _open_columns(kind: str) -> Iterator[FlatColumn]:
    """The columns that a field may be."""
    for column in flat_columns(kind):
        if column.name not in _NO_GUESS and column.part in (Part.VALUE, Part.STATEMENT):
            yield column


def _guesses(types: Mapping[str, float], candidates: Sequence[Candidate]) -> Iterator[Guess]:
    words = _words()["events"]
    for kind in (PATIENT, *EVENT_TYPES):
        for candidate in candidates:
            of_type = types.get(kind, 0) + (_BY_TEXT if words[kind].search(candidate.text) else 0)
            for column in _open_columns(kind) if of_type else ():
                score = _fit(candidate, column)
                if score and of_type + score >= _LEAST:
                    yield Guess(candidate=candidate, type=kind, column=column, score=of_type + score)


def _details(candidates: Sequence[Candidate]) -> Iterator[Guess]:
    """What an instrument that is no event of its own may tell of the diagnosis: anything but its time."""
    for candidate in candidates:
        for column in flat_columns("diagnosis"):
            if column.name not in (*_NO_GUESS, "note") and column.part is Part.VALUE:
                score = _fit(candidate, column)
                if score:
                    yield Guess(candidate=candidate, type="diagnosis", column=column, score=score)


def _fit(candidate: Candidate, column: FlatColumn) -> float:
    """How well a field fits a column; 0 where it cannot be it."""
    fit = _fit_of_shape(candidate, column)
    if not fit:
        return 0
    text = candidate.text
    pattern = _words()["columns"].get(column.name)
    named = all(part in text for part in column.name.split("_"))
    if not named and not (pattern and pattern.search(text)):
        return fit + _BY_COLUMN / 2 if column.name == "start" else 0  # a date that says nothing else is the event's
    return fit + _BY_COLUMN + (_BY_NAME if named else 0)


def _fit_of_shape(candidate: Candidate, column: FlatColumn) -> float:
    """Whether a field of this kind can hold what the column takes: 0 if not, more for what suits it well."""
    shape, one = column.shape, candidate.one
    match candidate.kind, shape:
        case ("date", Shape.TIME) | ("truth", Shape.TRUTH) | ("number", Shape.NUMBER | Shape.WHOLE):
            return 1
        case ("text", Shape.TEXT):
            return 1 if one.type == "text" or column.name == "note" else 0.5
        case ("text", Shape.RECORDS):
            return 1 if column.name in RECORD_KEYS else 0
        case ("choice", Shape.WORD) | ("boxes", Shape.WORDS) | ("truth", Shape.WORD):
            share = len(choices_as_words(one, column.words)) / len(one.choices) if one.choices else 0
            return 0.5 + _BY_CHOICES * share if share else 0
        case ("choice", Shape.WHOLE):
            return 1 if len(numbers(one)) == len(one.choices) else 0
        case ("choice", Shape.TRUTH):
            return 1 if len(truths(one)) > 1 else 0
        case ("choice", Shape.TEXT):
            return 0.5
        case _:
            return 0


def choices_as_words(one: DictionaryField, words: Sequence[str]) -> dict[str, str]:
    """The codes of choices of which it is plain which word of ours they are."""
    patterns = _words()["words"]
    found = {}
    for code, label in one.choices.items():
        same = [word for word in words if folded(word) in (folded(label), folded(code))]
        alike = [word for word in words if word in patterns and patterns[word].search(label.strip().lower())]
        if same or len(alike) == 1:
            found[code] = (same or alike)[0]
    return found


def numbers(one: DictionaryField) -> dict[str, str]:
    """The codes of choices that are numbers, Roman ones too."""
    found: dict[str, str] = {}
    for code, label in one.choices.items():
        digits = re.fullmatch(r"[^0-9]*([0-9]+)[^0-9]*", label)
        number = digits[1] if digits else _ROMAN.get(label.strip().lower().removeprefix("grade "))
        if number is not None:
            found[code] = number
    return found


def truths(one: DictionaryField) -> dict[str, str]:
    """The codes of choices that say yes or no."""
    words = {"yes": "true", "no": "false", "true": "true", "false": "false"}
    return {code: words[label.strip().lower()] for code, label in one.choices.items() if label.strip().lower() in words}
