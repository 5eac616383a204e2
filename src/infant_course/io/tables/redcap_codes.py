"""Cells of REDCap fields as a raw export has them: codes for labels, decimal points for declared decimal commas."""

from collections.abc import Collection, Mapping

import polars as pl
from attrs import evolve

from ...intake import CellFinding, CellProblem
from .field_values import fold
from .flat import PATIENT, RECORD, ROW
from .headings import choice_column
from .recoding import folded
from .redcap_dictionary import COMMA, Dictionary, DictionaryField
from .redcap_export import STATUS, Export
from .telling import Telling

STATES = {"incomplete": "0", "unverified": "1", "complete": "2"}
"""The states of an instrument in an export of labels (folded), with their codes."""


def in_codes(
    export: Export,
    dictionary: Dictionary | None,
    missing: frozenset[str],
    words: Mapping[str, Collection[str]],
) -> tuple[Export, tuple[str, ...]]:
    """The export with codes in place of labels, as far as the dictionary tells them, and what to say of it.

    ``missing``: folded words that are no label. ``words``: all that the file has in its fields with choices. Whether
    labels were exported is decided once for the whole file: a text may be the code of one choice and the label of
    another.
    """
    frame = export.raw.frame
    present = set(frame.columns)
    states = [name for names in export.status.values() for name in names if name.endswith(STATUS) and name in present]
    said: tuple[str, ...] = ()
    changes = {name: _looked_up(frame, name, STATES) for name in states}
    if dictionary is not None:
        fields = {name: one for name, one in dictionary.by_name.items() if one.choices and name in present}
        labels_first = _of_labels(fields, words, missing)
        turned = 0
        for name, one in fields.items():
            codes = {folded(code): code for code in one.choices}
            first, second = (one.codes, codes) if labels_first else (codes, one.codes)
            found = {word: first.get(folded(word), second.get(folded(word), word)) for word in words[name]}
            if any(word != code for word, code in found.items()):
                changes[name] = _replaced(frame, name, found)
                turned += any(folded(word) in one.codes and folded(word) not in codes for word in words[name])
        changes |= _ticked(frame, dictionary)
        if turned:
            said = (
                f"{export.raw.file}: {turned:,} field{'s hold' if turned > 1 else ' holds'} labels; {dictionary.file} "
                "gives their codes.",
            )
    frame = frame.with_columns(series.alias(name) for name, series in changes.items())
    return evolve(export, raw=evolve(export.raw, frame=frame)), said


def _of_labels(
    fields: Mapping[str, DictionaryField], words: Mapping[str, Collection[str]], missing: frozenset[str]
) -> bool:
    """Whether the file holds labels: more of its words are labels alone than are codes alone."""
    labels = codes = 0
    for name, one in fields.items():
        known = {folded(code) for code in one.choices}
        for word in {folded(word) for word in words[name]} - missing:
            labels += word in one.codes and word not in known
            codes += word in known and word not in one.codes
    return labels > codes


def _looked_up(frame: pl.DataFrame, name: str, ours: Mapping[str, str]) -> pl.Series:
    """The cells with our text for the words that are known (folded)."""
    text = pl.col(name)
    known = fold(text).replace_strict(list(ours), list(ours.values()), default=None, return_dtype=pl.String)
    return frame[[name]].select(pl.coalesce(known, text)).to_series()


def _replaced(frame: pl.DataFrame, name: str, found: Mapping[str, str]) -> pl.Series:
    return frame[name].replace(
        pl.Series(list(found), dtype=pl.String), pl.Series(list(found.values()), dtype=pl.String)
    )


def _ticked(frame: pl.DataFrame, dictionary: Dictionary) -> dict[str, pl.Series]:
    """Columns of choices in which a tick is written as the choice's label or code: 1 for it."""
    present = set(frame.columns)
    boxes = (one for one in dictionary.fields if one.type == "checkbox")
    labels = {choice_column(one.name, code): label for one in boxes for code, label in one.choices.items()}
    ticked = {
        name: fold(pl.col(name)).is_in(sorted({folded(label)} - {"0", "1"}))
        for name, label in labels.items()
        if name in present
    }
    any_ticked = frame.select(where.any().alias(name) for name, where in ticked.items())
    ticked = {name: where for name, where in ticked.items() if any_ticked[name].item()}
    made = frame.select(pl.when(where).then(pl.lit("1")).otherwise(name).alias(name) for name, where in ticked.items())
    return {name: made[name] for name in ticked}


def with_points(export: Export, dictionary: Dictionary | None, telling_cells: list[CellFinding]) -> Export:
    """The export with a decimal point in the fields that the dictionary declares to have a decimal comma."""
    if dictionary is None:
        return export
    frame = export.raw.frame
    present = set(frame.columns)
    commas = [one.name for one in dictionary.fields if COMMA in one.validation and one.name in present]
    telling = Telling(file=export.raw.file, names={}, rows=frame.select(ROW, pl.col(RECORD).alias(PATIENT)))
    for name in commas:
        pointed = frame[name].str.contains(".", literal=True).fill_null(False)
        hint = "in a field with a decimal comma a point may stand for thousands: it is not read"
        telling.tell(name, frame[name], pointed, "a number with a decimal comma", hint, CellProblem.SUSPECT)
        read = pl.col(name).str.replace(r"^(\s*[-+]?[0-9]*),([0-9]+)", "$1.$2")
        frame = frame.with_columns(pl.when(~pl.lit(pointed)).then(read).alias(name))
    telling_cells.extend(telling.cells)
    return evolve(export, raw=evolve(export.raw, frame=frame))
