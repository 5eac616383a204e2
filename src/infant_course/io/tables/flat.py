"""The flat form of events: one table per event type, one row per event, one cell per field.

It is the package's own form of an export, and what every reader of another format produces: :class:`FlatTable`
holds the cells as text, with where each row stood, so that one builder reads them all.
"""

from collections.abc import Mapping
from enum import Enum, StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, get_args, get_origin

import attrs
from attrs import field, frozen

from ...events import EVENT_TYPES, Event, Quantity, field_hints, inner_type, own_fields, units_of
from ...sources import Confidence
from ...vocabulary import Sex

if TYPE_CHECKING:
    import polars as pl

PATIENT = "patient"
"""Name of the table of patients."""

ROW, RECORD, VISIT, INSTRUMENT, INSTANCE = "_row", "_record", "_visit", "_instrument", "_instance"
"""Columns that say where a row stood: its line in the file (from 1, the header's); and, where the source has
them, its record, visit (a REDCap event), instrument and instance."""

PLACES = (ROW, RECORD, VISIT, INSTRUMENT, INSTANCE)
"""All of them."""

ORDER = "_order"
"""Column with the place of an event among the events of its patient, where the source tells it."""


class Part(StrEnum):
    """What a flat column holds of its field."""

    VALUE = "value"
    UNIT = "unit"
    STATEMENT = "statement"
    """Statements of time as in a case file, several with ``;``: 2020-05-17, 2020-05, 2020, after hsct."""
    DAY = "day"
    """Whole days since day zero."""
    AGE_DAYS = "age_days"
    """Whole days since birth."""
    EARLIEST = "earliest"
    LATEST = "latest"
    """The least and the greatest day: two dates, or two whole numbers of days since day zero."""


class Shape(StrEnum):
    """How the text of a cell is read."""

    TEXT = "text"
    NAME = "id"
    WHOLE = "whole number"
    NUMBER = "number"
    TRUTH = "true or false"
    WORD = "one word of a list"
    WORDS = "words of a list, with ; between"
    TEXTS = "texts, with ; between"
    NAMES = "ids, with ; between"
    TIME = "time"
    DURATION = "length of time"
    RECORDS = "JSON, as in a case file"


@frozen(kw_only=True)
class FlatColumn:
    """One column of a flat table: which part of which field it holds, and what may stand in it."""

    name: str
    field: str
    part: Part
    shape: Shape
    doc: str
    words: tuple[str, ...] = ()
    """Allowed words, or units."""
    required: bool = False


@frozen(kw_only=True)
class FlatTable:
    """The events of one type (or the patients) as one source gave them: every cell text, empty ones null.

    ``frame`` has columns of :func:`flat_columns` (any of them may be missing), all ``pl.String``, and ``_row``
    (``pl.UInt32``); it may have the other columns of origin, and ``_order`` (``pl.Int64``). ``names`` says what the
    source calls a column, where that differs: messages and queries use it. Events without an ``id`` are numbered
    within patient and type.
    """

    type: str
    frame: "pl.DataFrame" = field(repr=False)
    file: str
    names: Mapping[str, str] = field(factory=dict)


def _shape(hint: Any, ref: bool) -> Shape:
    if get_origin(hint) is tuple:
        inner = inner_type(get_args(hint)[0])
        if attrs.has(inner):
            return Shape.RECORDS
        if isinstance(inner, type) and issubclass(inner, Enum):
            return Shape.WORDS
        return Shape.NAMES if ref else Shape.TEXTS
    if isinstance(hint, type) and issubclass(hint, Enum):
        return Shape.WORD
    return {bool: Shape.TRUTH, int: Shape.WHOLE, float: Shape.NUMBER, Quantity: Shape.NUMBER}.get(
        hint, Shape.NAME if ref else Shape.TEXT
    )


def _words(hint: Any) -> tuple[str, ...]:
    inner = inner_type(get_args(hint)[0]) if get_origin(hint) is tuple else hint
    return tuple(str(word.value) for word in inner) if isinstance(inner, type) and issubclass(inner, Enum) else ()


def _times(point: str, doc: str) -> list[FlatColumn]:
    """The columns in which one point in time may be stated."""
    day = "days since day zero, a whole number"
    return [
        FlatColumn(name=point, field=point, part=Part.STATEMENT, shape=Shape.TIME, doc=doc),
        FlatColumn(name=f"{point}_day", field=point, part=Part.DAY, shape=Shape.WHOLE, doc=f"{doc}: {day}"),
        FlatColumn(
            name=f"{point}_age_days", field=point, part=Part.AGE_DAYS, shape=Shape.WHOLE, doc=f"{doc}: age in days"
        ),
        FlatColumn(
            name=f"{point}_earliest", field=point, part=Part.EARLIEST, shape=Shape.TIME, doc=f"{doc}: not before"
        ),
        FlatColumn(name=f"{point}_latest", field=point, part=Part.LATEST, shape=Shape.TIME, doc=f"{doc}: not after"),
    ]


def _field_columns(name: str, hint: Any, metadata: Mapping[str, Any]) -> list[FlatColumn]:
    shape = _shape(hint, bool(metadata.get("ref")))
    value = FlatColumn(
        name=name, field=name, part=Part.VALUE, shape=shape, doc=metadata.get("doc", ""), words=_words(hint)
    )
    if hint is not Quantity:
        return [value]
    unit = FlatColumn(
        name=f"{name}_unit",
        field=name,
        part=Part.UNIT,
        shape=Shape.WORD,
        doc=f"unit of {name}",
        words=tuple(units_of(metadata)),
    )
    return [value, unit]


def _of_patient(name: str, shape: Shape, doc: str, words: tuple[str, ...] = ()) -> FlatColumn:
    return FlatColumn(name=name, field=name, part=Part.VALUE, shape=shape, doc=doc, words=words)


@cache
def flat_columns(event_type: str) -> tuple[FlatColumn, ...]:
    """The columns of one event type's flat table, or of the patients'.

    >>> [column.name for column in flat_columns("measurement") if column.field == "weight"]
    ['weight', 'weight_unit']
    """
    patient = FlatColumn(
        name="patient",
        field="patient",
        part=Part.VALUE,
        shape=Shape.NAME,
        doc="study number of the patient, never a name",
        required=True,
    )
    if event_type == PATIENT:
        return (
            patient,
            _of_patient("sex", Shape.WORD, "sex", tuple(word.value for word in Sex)),
            FlatColumn(name="birth", field="birth", part=Part.STATEMENT, shape=Shape.TIME, doc="date of birth"),
            _of_patient("site", Shape.TEXT, "centre that reports"),
            _of_patient("about", Shape.TEXT, "a word about the course"),
            _of_patient(
                "complete",
                Shape.WORDS,
                "event types recorded in full for this patient; without this column those of which there is a table",
                tuple(EVENT_TYPES),
            ),
            _of_patient("source_key", Shape.TEXT, "key of the publication the course was taken from"),
            _of_patient("source_at", Shape.TEXT, "place in the publication"),
            _of_patient(
                "source_confidence",
                Shape.WORD,
                "how the course was taken from the publication",
                tuple(word.value for word in Confidence),
            ),
        )
    cls = EVENT_TYPES[event_type]
    shared = {a.name: a.metadata for a in attrs.fields(Event)}
    columns = [
        patient,
        FlatColumn(name="id", field="id", part=Part.VALUE, shape=Shape.NAME, doc="name of the event in the patient"),
        *_times("start", shared["when"]["doc"]),
    ]
    if cls.LASTS:
        columns += _times("end", shared["until"]["doc"])
        columns.append(
            FlatColumn(
                name="lasting",
                field="lasting",
                part=Part.VALUE,
                shape=Shape.DURATION,
                doc=shared["lasting"]["doc"],
            )
        )
    hints = field_hints(cls)
    for attribute in own_fields(cls):
        columns += _field_columns(attribute.name, hints[attribute.name], attribute.metadata)
    for name in ("estimated", "derived_from", "note"):
        columns += _field_columns(name, hints[name], shared[name])
    return tuple(columns)
