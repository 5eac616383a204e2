"""A REDCap data dictionary: the fields of a project, with their instruments, types, labels and choices.

Read from the CSV of the web page (18 headings) or of the API (``content=metadata``), or a frame of either.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from attrs import field, frozen

from ...errors import Fault, InputError
from .headings import choice_column
from .raw import RawTable, read_raw
from .recoding import folded

HEADINGS = {
    "Variable / Field Name": "field_name",
    "Form Name": "form_name",
    "Section Header": "section_header",
    "Field Type": "field_type",
    "Field Label": "field_label",
    "Choices, Calculations, OR Slider Labels": "select_choices_or_calculations",
    "Field Note": "field_note",
    "Text Validation Type OR Show Slider Number": "text_validation_type_or_show_slider_number",
    "Text Validation Min": "text_validation_min",
    "Text Validation Max": "text_validation_max",
    "Identifier?": "identifier",
    "Branching Logic (Show field only if...)": "branching_logic",
    "Required Field?": "required_field",
    "Custom Alignment": "custom_alignment",
    "Question Number (surveys only)": "question_number",
    "Matrix Group Name": "matrix_group_name",
    "Matrix Ranking?": "matrix_ranking",
    "Field Annotation": "field_annotation",
}
"""The headings of the CSV, in order, each with its name in the API."""

TYPES = ("text", "notes", "calc", "dropdown", "radio", "checkbox", "yesno", "truefalse", "file", "slider")
WITHOUT_DATA = ("descriptive",)
_ALL_TYPES = (*TYPES, *WITHOUT_DATA, "sql", "signature", "select")
YESNO, TRUEFALSE = {"1": "Yes", "0": "No"}, {"1": "True", "0": "False"}
COMMA = "comma_decimal"
"""What the validation of a field with decimal commas has in its name."""


@frozen(kw_only=True)
class DictionaryField:
    """One field. ``choices``: code to label, in order (also of yesno and truefalse). ``line``: in the dictionary."""

    name: str
    form: str
    type: str
    label: str = ""
    note: str = ""
    choices: Mapping[str, str] = field(factory=dict)
    validation: str = ""
    identifier: bool = False
    line: int | None = None

    @property
    def codes(self) -> Mapping[str, str]:
        """The code of each label (folded) that only one choice has."""
        labels = [folded(label) for label in self.choices.values()]
        return {folded(label): code for code, label in self.choices.items() if labels.count(folded(label)) == 1}


@frozen(kw_only=True, slots=False)
class Dictionary:
    """The fields of a project in the order of the dictionary; the first is the record id."""

    file: str
    fields: tuple[DictionaryField, ...] = field(repr=False)

    @cached_property
    def by_name(self) -> Mapping[str, DictionaryField]:
        """The fields by their names."""
        return {one.name: one for one in self.fields}

    @cached_property
    def headings(self) -> Mapping[str, str]:
        """What the project calls a column: its field's label, and of a choice of a checkbox also that of the choice."""
        found = {one.name: one.label for one in self.fields if one.label}
        for one in self.fields:
            if one.type == "checkbox" and one.label:
                found |= {choice_column(one.name, code): f"{one.label}: {label}" for code, label in one.choices.items()}
        return found

    @cached_property
    def forms(self) -> Mapping[str, tuple[DictionaryField, ...]]:
        """The fields of each instrument."""
        found: dict[str, list[DictionaryField]] = {}
        for one in self.fields:
            found.setdefault(one.form, []).append(one)
        return {form: tuple(fields) for form, fields in found.items()}


def is_dictionary(columns: Iterable[str]) -> bool:
    """Whether a table with these columns is a data dictionary."""
    return {"field_name", "form_name", "field_type"} <= set(_renamed(columns).values())


def _renamed(columns: Iterable[str]) -> dict[str, str]:
    """Columns of the file with their names in the API."""
    known = {folded(heading): name for heading, name in HEADINGS.items()}
    known |= {folded(name): name for name in HEADINGS.values()}
    return {column: known[folded(column)] for column in columns if folded(column) in known}


def read_dictionary(source: str | Path | Any, *, encoding: str | None = None) -> Dictionary:
    """Read a data dictionary: a file, or a frame. Raises InputError with all that is wrong with it."""
    if isinstance(source, (str, Path)):
        return dictionary_of(read_raw(source, encoding=encoding), str(source))
    from .frames import from_frame

    return dictionary_of(from_frame(source, "dictionary"), "dictionary")


def dictionary_of(raw: RawTable, file: str) -> Dictionary:
    """The dictionary in a table. Raises InputError."""
    renamed = _renamed(raw.columns)
    needed = ("field_name", "form_name", "field_type", "field_label")
    lacking = [heading for heading, name in HEADINGS.items() if name in needed and name not in renamed.values()]
    if lacking:
        raise InputError(
            faults=[
                Fault(
                    file=file,
                    expected=f"a data dictionary with the headings {', '.join(repr(one) for one in lacking)}",
                    found=", ".join(raw.columns[:6]) or "no heading",
                    hint="download it in REDCap under Dictionary, or by the API as content=metadata",
                )
            ]
        )
    frame = raw.frame.select("_row", *renamed).rename(renamed)
    fields: list[DictionaryField] = []
    faults: list[Fault] = []
    lines: dict[str, int] = {}
    for row in frame.iter_rows(named=True):  # one per field of the project, of which there are hundreds
        name, form, kind = ((row.get(key) or "").strip() for key in ("field_name", "form_name", "field_type"))
        line = row["_row"]
        for key, value in (("field_name", name), ("form_name", form), ("field_type", kind)):
            if not value:
                faults.append(Fault(file=file, line=line, expected=f"a {key}", found="nothing"))
        if kind and kind not in _ALL_TYPES:
            expected = f"a field type ({', '.join((*TYPES, *WITHOUT_DATA))})"
            faults.append(Fault(file=file, line=line, expected=expected, found=repr(kind)))
        if name and name in lines:
            expected = f"each field once; {name} stands in line {lines[name]} too"
            faults.append(Fault(file=file, line=line, expected=expected, found=repr(name)))
        lines.setdefault(name, line)
        fields.append(
            DictionaryField(
                name=name,
                form=form,
                type=kind,
                label=" ".join((row.get("field_label") or "").split()),
                note=(row.get("field_note") or "").strip(),
                choices=_choices(kind, row.get("select_choices_or_calculations") or ""),
                validation=(row.get("text_validation_type_or_show_slider_number") or "").strip(),
                identifier=(row.get("identifier") or "").strip().lower() == "y",
                line=line,
            )
        )
    for cell in raw.cells:
        if cell.row is not None:
            faults.append(Fault(file=file, line=cell.row, expected=cell.expected, found="something else"))
    if not fields and not faults:
        faults.append(Fault(file=file, expected="a row for each field", found="none"))
    if faults:
        raise InputError(faults=faults)
    return Dictionary(file=Path(file).name, fields=tuple(fields))


def _choices(kind: str, text: str) -> dict[str, str]:
    """``1, Yes | 0, No`` as code and label; only the first comma separates.

    >>> _choices("radio", "1, B, or common | -2,T")
    {'1': 'B, or common', '-2': 'T'}
    """
    if kind in ("yesno", "truefalse"):
        return dict(YESNO if kind == "yesno" else TRUEFALSE)
    if kind not in ("dropdown", "radio", "checkbox", "select"):
        return {}
    pairs = (part.partition(",") for part in text.replace("\n", "|").split("|") if part.strip())
    return {code.strip(): label.strip() for code, _, label in pairs}
