"""One flat REDCap export: which columns say where a row stands, which belong to which instrument, what a row holds.

A row says itself what it is: an instance of a repeating instrument, an instance of a repeating event, or neither. The
same instrument may repeat in one event and not in another, so nothing is concluded from other rows.
"""

from collections.abc import Mapping, Sequence

import polars as pl
from attrs import evolve, field, frozen

from ...errors import Fault, InputError
from ...intake import CellFinding, CellProblem
from .field_values import first_row
from .flat import INSTANCE, INSTRUMENT, RECORD, ROW, VISIT
from .headings import choice_column
from .raw import RawTable
from .recoding import folded
from .redcap_dictionary import Dictionary
from .redcap_events import in_unique_names
from .split_fields import filled

EVENT, REPEATS, NUMBER = "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance"
GROUP, SURVEY = "redcap_data_access_group", "redcap_survey_identifier"
STRUCTURE = {
    EVENT: ("event name",),
    REPEATS: ("repeat instrument",),
    NUMBER: ("repeat instance",),
    GROUP: ("data access group",),
    SURVEY: ("survey identifier",),
}
"""Columns that are no field of an instrument, each with its name (folded) in a header of labels."""
STATUS, STAMP = "_complete", "_timestamp"
"""How the columns end that tell the state of an instrument and when a survey was filled in."""
STATE = "complete?"
"""What a header of labels calls the state of every instrument: as often as there are instruments."""
WHOLE = "(all fields)"
"""The one instrument of an export of which no instruments are known."""


@frozen(kw_only=True)
class Export:
    """An export with its columns sorted out.

    ``raw``: its frame has the fields under their names, and the columns of place. ``record``: the column of the record
    id. ``forms``: the data columns of each instrument. ``status``: columns about instruments, by instrument.
    ``translated``: field name to what the header says, where that differs.
    """

    raw: RawTable = field(repr=False)
    record: str
    forms: Mapping[str, tuple[str, ...]]
    status: Mapping[str, tuple[str, ...]]
    translated: Mapping[str, str] = field(factory=dict)
    ambiguous: Mapping[str, tuple[str, ...]] = field(factory=dict)
    """Fields of which the header has only a label that other fields have too, with these."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns of the file."""
        return self.raw.columns

    @property
    def structure(self) -> tuple[str, ...]:
        """Columns that are no data."""
        states = (name for names in self.status.values() for name in names)
        return tuple(dict.fromkeys((self.record, *(name for name in STRUCTURE if name in self.columns), *states)))

    @property
    def data(self) -> tuple[str, ...]:
        """Columns that are data."""
        structure = set(self.structure)
        return tuple(name for name in self.columns if name not in structure)


def without_states(raw: RawTable) -> RawTable:
    """An export without the states of instruments that a header of labels has: they tell nothing of a patient."""
    states = [name for name in raw.columns if folded(name) == STATE]
    cells = tuple(cell for cell in raw.cells if cell.column not in states)
    return evolve(raw, frame=raw.frame.drop(states), cells=cells)


def export_of(
    raw: RawTable,
    dictionary: Dictionary | None,
    mapped: Mapping[str, Sequence[str]],
    visits: Mapping[str, str],
) -> Export:
    """Sort out the columns of an export. ``mapped``: fields that the mapping reads of each instrument. ``visits``:
    unique names of events by their labels.

    Instruments are those of the dictionary; without one, those whose state the header tells (``name_complete`` ends
    the fields of an instrument); without that, those of the mapping. Raises InputError for what is no export.
    """
    translated: dict[str, str] = {}
    ambiguous: dict[str, tuple[str, ...]] = {}
    if dictionary is not None:
        translated, ambiguous = labels_in(raw.columns, dictionary)
        raw = evolve(raw, frame=raw.frame.rename({label: name for name, label in translated.items()}))
    columns = raw.columns
    if visits and EVENT in columns:
        raw = evolve(raw, frame=raw.frame.with_columns(in_unique_names(EVENT, visits).alias(EVENT)))
    record = dictionary.fields[0].name if dictionary is not None else (columns[0] if columns else "")
    if record not in columns or record in STRUCTURE:
        raise InputError(
            faults=[
                Fault(
                    file=raw.file,
                    expected=f"the record id ({record}, the first field of {dictionary.file}) as a column"
                    if dictionary is not None
                    else "the record id as the first column",
                    found=", ".join(columns[:4]) or "no column",
                    hint="name the dictionary of this project, and export with the field names in the header",
                )
            ]
        )
    structure = {record, *STRUCTURE}
    status: dict[str, tuple[str, ...]] = {}
    present = set(columns)
    if dictionary is not None:
        boxes = _boxes(columns)
        forms = {
            form: tuple(
                column
                for one in fields
                for column in (boxes.get(one.name, ()) if one.type == "checkbox" else [one.name])
                if column in present and column not in structure
            )
            for form, fields in dictionary.forms.items()
        }
    else:
        forms = _by_status(columns, structure) or {form: tuple(names) for form, names in mapped.items()}
    own = {column for names in forms.values() for column in names}
    for form in forms:
        states = [form + STATUS, form + STAMP, form + "_return_code"]
        status[form] = tuple(name for name in states if name in present and name not in own)
    export = Export(raw=raw, record=record, forms=forms, status=status, translated=translated, ambiguous=ambiguous)
    return evolve(export, raw=evolve(raw, frame=_with_places(raw.frame, record)))


def _boxes(columns: Sequence[str]) -> dict[str, list[str]]:
    """Columns of choices by the checkbox whose they are."""
    boxes: dict[str, list[str]] = {}
    for name in columns:
        place = name.find("___")
        if place >= 0:
            boxes.setdefault(name[:place], []).append(name)
    return boxes


def _by_status(columns: Sequence[str], structure: set[str]) -> dict[str, tuple[str, ...]]:
    """The fields of instruments, each of which ends with its state. Empty where the header tells none."""
    forms: dict[str, tuple[str, ...]] = {}
    fields: list[str] = []
    for name in columns:
        if name in structure:
            continue
        if name.endswith(STATUS) and "___" not in name:
            form = name.removesuffix(STATUS)
            forms[form] = tuple(one for one in fields if one not in (form + STAMP, form + "_return_code"))
            fields = []
        else:
            fields.append(name)
    if forms and fields:
        forms[WHOLE] = tuple(fields)
    return forms


def record_of(columns: Sequence[str], dictionary: Dictionary | None) -> str | None:
    """The column of a file that holds the record id; None where it has none."""
    name: str | None = columns[0] if columns else None
    if dictionary is not None:
        name = dictionary.fields[0].name
        name = name if name in columns else labels_in(columns, dictionary)[0].get(name)
    return None if name in STRUCTURE else name


def labels_in(columns: Sequence[str], dictionary: Dictionary) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    """Field name to label, where the header has labels; and the fields whose label others have too."""
    named = set(dictionary.by_name) | set(STRUCTURE)
    labels: dict[str, list[str]] = {}
    for one in dictionary.fields:
        if one.type == "checkbox":
            for code, label in one.choices.items():
                text = folded(f"{one.label} (choice={label})")
                labels.setdefault(text, []).append(choice_column(one.name, code))
        else:
            labels.setdefault(folded(one.label), []).append(one.name)
    for name, texts in STRUCTURE.items():
        for text in texts:
            labels.setdefault(text, []).append(name)
    present = set(columns)
    found: dict[str, str] = {}
    unclear: dict[str, tuple[str, ...]] = {}
    for column in columns:
        if column in named or "___" in column:
            continue
        fields = [name for name in labels.get(folded(column), ()) if name not in present]
        if len(fields) == 1 and fields[0] not in found:
            found[fields[0]] = column
        else:
            unclear.update((name, tuple(other for other in fields if other != name)) for name in fields)
    return found, unclear


def _with_places(frame: pl.DataFrame, record: str) -> pl.DataFrame:
    """The frame with the record, visit and instance of every row, as they are written."""

    def text(name: str) -> pl.Expr:
        return pl.col(name).str.strip_chars().replace("", None) if name in frame.columns else pl.lit(None, pl.String)

    return frame.with_columns(text(record)).with_columns(
        pl.col(record).alias(RECORD),
        text(EVENT).alias(VISIT),
        text(REPEATS).alias(INSTRUMENT),
        text(NUMBER).alias(INSTANCE),
    )


def instruments_of(export: Export, names: Mapping[str, str]) -> tuple[Export, list[CellFinding]]:
    """The export with the instrument of each repeating row under its name, and what is to be told of those unknown.

    An export of labels has the titles of instruments: ``names`` gives the name of a title (folded); a title that is
    written as the name is needs none.
    """
    frame = export.raw.frame
    if REPEATS not in frame.columns:
        return export, []
    known = {bare(form): form for form in reversed([*export.forms])} | {bare(t): name for t, name in names.items()}
    titles = frame[INSTRUMENT].drop_nulls().unique(maintain_order=True).to_list()
    ours = {title: known[bare(title)] for title in titles if bare(title) in known}
    frame = frame.with_columns(pl.col(INSTRUMENT).replace(ours))
    cells = []
    for title in titles:
        if title in ours:
            continue
        rows = frame.filter(pl.col(INSTRUMENT) == title)
        cells.append(
            CellFinding(
                file=export.raw.file,
                problem=CellProblem.NOT_USED,
                column=REPEATS,
                expected="an instrument of the dictionary" if export.forms else "an instrument of the mapping",
                value=title,
                row=first_row(rows),
                rows=rows.height,
                hint="if it is the title of one, name it in from = of the mapping, beside the instrument's name",
            )
        )
    return evolve(export, raw=evolve(export.raw, frame=frame)), cells


def bare(title: str) -> str:
    """Name or title of an instrument as it is compared: letters and digits alone."""
    return "".join(sign for sign in title.casefold() if sign.isalnum())


def holding(export: Export, form: str) -> pl.Expr:
    """Whether a row holds data of an instrument: an instance of it, or a cell of it that is filled (not "unticked")."""
    mine = pl.col(INSTRUMENT) == form
    return pl.when(pl.col(INSTRUMENT).is_not_null()).then(mine).otherwise(True).fill_null(False) & filled(
        export.forms[form]
    )


def foreign(export: Export) -> list[CellFinding]:
    """Cells of another instrument in the rows of a repeating one: REDCap leaves them empty, so they are told."""
    frame = export.raw.frame.filter(pl.col(INSTRUMENT).is_not_null())
    cells: list[CellFinding] = []
    if not frame.height:
        return cells
    owners = {name: form for form, names in export.forms.items() for name in names}
    counts = frame.select(
        (filled([name]) & (pl.col(INSTRUMENT) != form) & pl.col(INSTRUMENT).is_in([*export.forms])).sum().alias(name)
        for name, form in owners.items()
    )
    for name in counts.columns:
        if not counts[name][0]:
            continue
        others = (pl.col(INSTRUMENT) != owners[name]) & pl.col(INSTRUMENT).is_in([*export.forms])
        rows = frame.filter(filled([name]) & others)
        cells.append(
            CellFinding(
                file=export.raw.file,
                problem=CellProblem.NOT_USED,
                column=export.translated.get(name, name),
                expected=f"an empty cell in the rows of another instrument than {owners[name]}",
                row=int(rows[ROW][0]),
                rows=rows.height,
            )
        )
    return cells
