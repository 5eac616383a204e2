"""A ready REDCap project for a new registry: its data dictionary, and the mapping by which its exports are read.

One instrument for each event type, named after it, and one for the patient; fields are named ``instrument_field``. All
is made from the event types, so that dictionary and mapping cannot differ.
"""

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from ...events import EVENT_TYPES
from .flat import PATIENT, FlatColumn, Part, Shape, flat_columns
from .recoding import Precision, Recodings, folded
from .recoding_file import checked
from .redcap_dictionary import HEADINGS, Dictionary, DictionaryField

RECORD_ID = "record_id"
ONCE = (PATIENT, "diagnosis", "death")
"""Instruments that a record has once; all others repeat."""
LEFT_OUT = ("complete", "source_key", "source_at", "source_confidence")
"""Columns of a patient that a registry does not need."""
FILE = "the REDCap template"
_KNOWN = {
    Precision.DAY: "the day",
    Precision.MONTH: "month and year",
    Precision.YEAR: "the year",
    Precision.UNKNOWN: "nothing",
}
"""How much of a date is known, in words."""
_RECORDS = {
    "agents": ("name", ";", "names, with ; between"),
    "findings": ("term", ";", "texts, with ; between"),
    "cytogenetics": ("karyotype", "\n", "one karyotype or translocation in each line"),
}
"""Lists of records that may be written as plain texts: what the text is, what stands between two, and how to say so."""
_JSON = "or JSON, a list of records as in a case file"


@frozen(kw_only=True)
class TemplateField:
    """One field of the template: a row of the dictionary, and what it means for the mapping."""

    name: str
    form: str
    type: str
    label: str
    section: str = ""
    choices: dict[str, str] = field(factory=dict)
    note: str = ""
    validation: str = ""
    identifier: bool = False
    shown_if: str = ""

    def row(self) -> list[str]:
        """Its row in the dictionary."""
        cells = dict.fromkeys(HEADINGS.values(), "")
        cells |= {
            "field_name": self.name,
            "form_name": self.form,
            "section_header": self.section,
            "field_type": self.type,
            "field_label": self.label,
            "select_choices_or_calculations": " | ".join(f"{code}, {label}" for code, label in self.choices.items()),
            "field_note": self.note,
            "text_validation_type_or_show_slider_number": self.validation,
            "identifier": "y" if self.identifier else "",
            "branching_logic": self.shown_if,
        }
        return list(cells.values())


@cache
def template_fields() -> tuple[TemplateField, ...]:
    """All fields of the template, in the order of the dictionary."""
    return tuple(one for form in (PATIENT, *EVENT_TYPES) for one in _fields_of(form))


def _fields_of(form: str) -> Iterator[TemplateField]:
    title = form.replace("_", " ")
    if form == PATIENT:
        note = "study number, never a name"
        yield TemplateField(name=RECORD_ID, form=form, type="text", label="Record ID", note=note)
    section = ""
    for column in flat_columns(form):
        if column.name == PATIENT or (form == PATIENT and column.name in LEFT_OUT):
            continue
        if column.part is Part.STATEMENT:
            yield from _times(form, column, title)
        elif column.part is Part.VALUE:
            one = _value(form, column, title)
            if column.field not in ("id", "lasting") and not section and form != PATIENT:
                section = "What was found or done"
                one = evolve(one, section=section)
            yield one
        elif column.part is Part.UNIT and len(column.words) > 1:
            yield TemplateField(
                name=f"{form}_{column.name}",
                form=form,
                type="dropdown",
                label=f"{title}: {column.doc}",
                choices={_code(word): word for word in column.words},
                shown_if=f"[{form}_{column.field}] <> ''",
            )


def _times(form: str, column: FlatColumn, title: str) -> Iterator[TemplateField]:
    """A point in time: a date, how much of it is known, and what else is stated."""
    date, precision, statement = time_names(form, column.name)
    what = {"birth": "date of birth", "start": "date", "end": "date of its end"}[column.name]
    birth = column.name == "birth"
    yield TemplateField(
        name=date,
        form=form,
        type="text",
        label=f"{title}: {what}",
        section="When" if column.name == "start" else "",
        validation="date_ymd",
        identifier=birth,
        note="any day of the month or year, if the day is not known: say so in the next field",
    )
    yield TemplateField(
        name=precision,
        form=form,
        type="dropdown",
        label=f"{title}: how much of the {what} is known",
        choices={str(word): label for word, label in _KNOWN.items()},
        shown_if=f"[{date}] <> ''",
    )
    yield TemplateField(
        name=statement,
        form=form,
        type="text",
        label=f"{title}: {what}, stated in another way",
        note="age 7 months; after hsct-1; 2020-05-01..2020-05-20; unknown; several with ; between",
        identifier=birth,
    )


def time_names(form: str, point: str) -> tuple[str, str, str]:
    """The names of the fields for a point in time: date, precision, statement.

    >>> time_names("mrd", "start"), time_names("gvhd", "end")
    (('mrd_date', 'mrd_date_precision', 'mrd_when'), ('gvhd_end_date', 'gvhd_end_date_precision', 'gvhd_end_when'))
    """
    stem = form if point == "start" else f"{form}_{point}"
    return f"{stem}_date", f"{stem}_date_precision", f"{stem}_when"


def _value(form: str, column: FlatColumn, title: str) -> TemplateField:
    units = [one.words for one in flat_columns(form) if one.part is Part.UNIT and one.field == column.field]
    only = f" ({units[0][0]})" if units and len(units[0]) == 1 else ""
    one = TemplateField(name=f"{form}_{column.name}", form=form, type="text", label=f"{title}: {column.doc}{only}")
    words = {word: word.replace("_", " ") for word in column.words}
    match column.shape:
        case Shape.WORD:
            return evolve(one, type="dropdown", choices=words)
        case Shape.WORDS:
            return evolve(one, type="checkbox", choices=words)
        case Shape.TRUTH:
            return evolve(one, type="yesno")
        case Shape.WHOLE:
            return evolve(one, validation="integer")
        case Shape.NUMBER:
            return evolve(one, validation="number")
        case Shape.TEXTS:
            return evolve(one, note="several with ; between")
        case Shape.NAMES:
            return evolve(one, note="ids of events, several with ; between")
        case Shape.NAME:
            return evolve(one, note="letters, digits and . _ + -" if column.name == "id" else "id of an event")
        case Shape.DURATION:
            return evolve(one, note="3 weeks, 4.5 months, 5 to 6 days")
        case Shape.RECORDS:
            known = _RECORDS.get(column.name)
            return evolve(one, type="notes", note=f"{known[2]}; {_JSON}" if known else _JSON.removeprefix("or "))
        case _:
            return evolve(one, type="notes") if column.name == "note" else one


def _code(unit: str) -> str:
    """A unit as a code of REDCap, which has letters, digits and underscores.

    >>> _code("10^9/L"), _code("%"), _code("ug/m2/day")
    ('10e9_per_L', 'percent', 'ug_per_m2_per_day')
    """
    spelt = unit.replace("^", "e").replace("/", "_per_").replace("%", "percent")
    return re.sub(r"[^A-Za-z0-9_]", "_", spelt).strip("_")


@cache
def template_recodings() -> Recodings:
    """The mapping of the template. Every instrument that is exported counts as recorded in full, as a table does."""
    events = [{"type": name, "from": [name], "complete": True, "fields": dict(_sources(name))} for name in EVENT_TYPES]
    content: dict[str, Any] = {"patient_column": RECORD_ID, "event": events}
    content["patient"] = {"from": [PATIENT], "fields": dict(_sources(PATIENT))}
    return checked(content, FILE)


def _sources(form: str) -> Iterator[tuple[str, Any]]:
    """The fields of a form for the mapping."""
    for column in flat_columns(form):
        name = f"{form}_{column.name}"
        if column.name == PATIENT or (form == PATIENT and column.name in LEFT_OUT):
            continue
        if column.part is Part.STATEMENT:
            date, precision, statement = time_names(form, column.name)
            words = {text: str(word) for word, label in _KNOWN.items() for text in (str(word), label)}
            yield column.name, {"date": date, "precision": precision, "words": words, "statement": statement}
        elif column.part is Part.UNIT:
            one = column.words[0]
            words = {text: word for word in column.words for text in (_code(word), word)}
            yield column.name, {"always": one} if len(column.words) == 1 else {"column": name, "words": words}
        elif column.part is Part.VALUE:
            yield column.name, _source(name, column)


def _source(name: str, column: FlatColumn) -> Any:
    match column.shape:
        case Shape.WORD:
            return {"column": name, "words": {word: word for word in column.words}}
        case Shape.WORDS:
            return {"checkbox": name, "words": {word: word for word in column.words}}
        case Shape.TRUTH:
            return {"column": name, "words": {"1": "true", "0": "false", "yes": "true", "no": "false"}}
        case Shape.RECORDS if (known := _RECORDS.get(column.name)) is not None:
            return {"column": name, "record": known[0], "separator": known[1]}
        case _:
            return name


def template_dictionary(columns: Sequence[str]) -> Dictionary:
    """The dictionary of the template, for an export with these columns; the first is the record id, however called."""
    fields = []
    for one in template_fields():
        name = one.name
        if name == RECORD_ID and columns and folded(columns[0]) != folded(one.label):
            name = columns[0]
        fields.append(
            DictionaryField(
                name=name,
                form=one.form,
                type=one.type,
                label=one.label,
                choices=one.choices if one.type != "yesno" else {"1": "Yes", "0": "No"},
                validation=one.validation,
                identifier=one.identifier,
            )
        )
    return Dictionary(file=FILE, fields=tuple(fields))


_README = """# A REDCap project for courses of infant leukaemia

- `dictionary.csv`: the data dictionary. In a new project: Designer, Data Dictionary, upload.
- `repeating_instruments.csv`: instruments that a record may have several times. In Project Setup: Enable optional
  modules, Repeating instruments; tick these (or send the file to the API, content=repeatingFormsEvents).

Each instrument is an event type, and each row of it one event; `patient` is the patient.

- **Delete the instruments of what you do not collect.** One that is exported and empty says that nothing of its kind
  happened to any patient. Of one that is not there nothing is concluded.
- Fields may be deleted, other fields and instruments added; keep the names of the rest. What is added is not read.
- The record id is a study number, never a name. Sites: data access groups, or the field patient_site.
- A date of which only the month or year is known: enter any day of it, and say so in the field below it.
- `..._id` names an event within its record, for fields that refer to one. Without it, its place in REDCap is its name.

Check an export, raw or of labels, with `infant-course check EXPORT.csv --from redcap`. No mapping is needed.

| instrument | a row is | repeats |
|---|---|---|
"""


def fill(folder: Path) -> None:
    """Write the files of the template into a folder that is there."""
    rows = [list(HEADINGS), *(one.row() for one in template_fields())]
    (folder / "dictionary.csv").write_text(_csv(rows), encoding="utf-8", newline="")
    repeating = [["form_name", "custom_form_label"], *([name, ""] for name in EVENT_TYPES if name not in ONCE)]
    (folder / "repeating_instruments.csv").write_text(_csv(repeating), encoding="utf-8", newline="")
    meanings = {PATIENT: "A patient."} | {n: (cls.__doc__ or "").splitlines()[0] for n, cls in EVENT_TYPES.items()}
    listed = "".join(
        f"| `{name}` | {meaning} | {'no' if name in ONCE else 'yes'} |\n" for name, meaning in meanings.items()
    )
    (folder / "README.md").write_text(_README + listed, encoding="utf-8", newline="")


def _csv(rows: list[list[str]]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(rows)
    return stream.getvalue()
