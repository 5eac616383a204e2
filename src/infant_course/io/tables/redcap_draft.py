"""Drafts a mapping from a data dictionary, for a person to read.

It decides nothing about data: what is not recognised it lists, and where a choice or a unit is not plain it leaves it
out, so that the cell is told when it is met.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from ..values import UNIT_SPELLINGS
from .flat import PATIENT, FlatColumn, Part, Shape, flat_columns
from .redcap_dictionary import WITHOUT_DATA, Dictionary, DictionaryField
from .redcap_guess import RECORD_KEYS, Candidate, Guess, choices_as_words, guessed, numbers, precisions, truths


def draft(dictionary: Dictionary) -> str:
    """A mapping in TOML, with comments on what was not recognised."""
    lines = [
        f"# A draft, made from {dictionary.file} by the names and labels of its fields. Read every line of it.",
        "# How such a file is written: docs/redcap.md. Nothing is concluded from what is absent, until complete = true",
        "# is written into an [[event]] that is recorded in full.",
        "",
        'missing = []    # the missing-data codes of the project, such as "NA", "UNK"',
    ]
    drafted = {form: guessed(form, fields, dictionary) for form, fields in dictionary.forms.items()}
    dated = {g.type for guesses, _ in drafted.values() for g in guesses if g.column.name == "start"}
    for form, (guesses, left) in drafted.items():
        lines += ["", *_of_form(form, guesses, left, dated)]
    return "\n".join(lines) + "\n"


def _of_form(form: str, guesses: Sequence[Guess], left: Sequence[DictionaryField], dated: set[str]) -> Iterator[str]:
    """The parts of the mapping for one instrument. ``dated``: event types of which some instrument has the date."""
    yield f"# --- {form} " + "-" * max(3, 100 - len(form))
    by_type: dict[str, list[Guess]] = {}
    for guess in guesses:
        by_type.setdefault(guess.type, []).append(guess)
    for kind, some in by_type.items():
        yield ""
        if kind == PATIENT:
            yield from ("[[patient]]", f"from = [{_text(form)}]", "[patient.fields]")
        elif kind in dated and all(guess.column.name != "start" for guess in some):
            yield from ("[[detail]]", f"of = {_text(kind)}", f"from = [{_text(form)}]", "[detail.fields]")
        else:
            yield from ("[[event]]", f"type = {_text(kind)}", f"from = [{_text(form)}]", "[event.fields]")
        order = [column.name for column in flat_columns(kind)]
        for guess in sorted(some, key=lambda one: order.index(one.column.name)):
            yield from _lines(guess)
    told = [one for one in left if one.type not in WITHOUT_DATA]
    if told:
        yield ""
        yield "# Not recognised:"
        for one in told:
            yield f"#   {one.name}: {_plain(one.label)}"


def _lines(guess: Guess) -> Iterator[str]:
    candidate, column, one = guess.candidate, guess.column, guess.candidate.one
    label = f"    # {_plain(one.label)}"
    yield f"{column.name} = {_source(candidate, column)}{label}"
    missing = [code for code in one.choices if code not in _mapped(one, column)] if column.words else []
    if missing:
        listed = "; ".join(f"{code}: {_plain(one.choices[code])}" for code in missing)
        yield f"#   choices without a word of ours yet (of {', '.join(column.words)}): {listed}"
    units = next((c for c in flat_columns(guess.type) if c.part is Part.UNIT and c.field == column.field), None)
    if units is not None:
        unit = _unit(one, units.words)
        if unit is None:
            yield f"# {units.name} = {{ always = ... }}    # which of {', '.join(units.words)}?"
        else:
            yield f"{units.name} = {{ always = {_text(unit)} }}"


def _mapped(one: DictionaryField, column: FlatColumn) -> Mapping[str, str]:
    match column.shape:
        case Shape.WORD | Shape.WORDS:
            return choices_as_words(one, column.words)
        case Shape.WHOLE:
            counted = numbers(one)
            return {} if all(code == number for code, number in counted.items()) else counted
        case Shape.TRUTH:
            return truths(one) if one.type not in ("yesno", "truefalse") else {}
        case _:
            return one.choices if one.type not in ("yesno", "truefalse") else {}


def _source(candidate: Candidate, column: FlatColumn) -> str:
    one = candidate.one
    if candidate.parts:
        return "{ " + ", ".join(f"{part} = {_text(name)}" for part, name in candidate.parts.items()) + " }"
    if candidate.precision is not None:
        known = _table(precisions(candidate.precision))
        return f"{{ date = {_text(one.name)}, precision = {_text(candidate.precision.name)}, words = {known} }}"
    words = _mapped(one, column)
    if one.type == "checkbox":
        return f"{{ checkbox = {_text(one.name)}, words = {_table(words)} }}"
    if column.shape is Shape.RECORDS:
        return f"{{ column = {_text(one.name)}, record = {_text(RECORD_KEYS[column.name])} }}"
    return f"{{ column = {_text(one.name)}, words = {_table(words)} }}" if words else _text(one.name)


def _table(words: Mapping[str, str]) -> str:
    return "{ " + ", ".join(f"{_text(code)} = {_text(word)}" for code, word in words.items()) + " }"


def _text(text: str) -> str:
    """A text as TOML writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + re.sub(r"[\x00-\x1f\x7f]", lambda sign: f"\\u{ord(sign[0]):04x}", escaped) + '"'


def _plain(text: str) -> str:
    """A text in a comment: one line of it."""
    line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", re.sub(r"<[^>]*>", " ", text)).split())
    return line if len(line) <= 70 else f"{line[:67]}..."


def _unit(one: DictionaryField, units: Sequence[str]) -> str | None:
    """The unit that label or note of a field name; None where they name none, or several."""
    text = _bare_unit(f"{one.label} {one.note}")
    spelt = {_bare_unit(unit): unit for unit in units}
    spelt |= {_bare_unit(other): unit for other, unit in UNIT_SPELLINGS.items() if unit in units}
    alone = r"(?<![a-z0-9/^]){}(?![a-z0-9/])"
    found = {unit: len(bare) for bare, unit in spelt.items() if re.search(alone.format(re.escape(bare)), text)}
    longest = max(found.values(), default=0)
    best = [unit for unit, length in found.items() if length == longest]
    return best[0] if len(best) == 1 else None


def _bare_unit(text: str) -> str:
    bare = text.lower().replace("µ", "u").replace("μ", "u").replace("⁹", "^9").replace("⁶", "^6").replace("¹²", "^12")
    return re.sub(r"[×x*]\s*(?=10)", " ", bare).replace("²", "2").strip()
