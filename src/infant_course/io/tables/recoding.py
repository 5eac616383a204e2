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
    agents = { column = "AGENT", record = "name" }       # a record made of one cell (separator = ";": of each part)

A field may stand in several columns::

    start = { year = "DX_YEAR", month = "DX_MONTH", day = "DX_DAY", unknown = ["99"] }
    start = { date = "DX_DATE", precision = "DX_PRECISION", words = { 1 = "day", 2 = "month", 3 = "year" } }
    sites = { checkbox = "SITE", words = { 1 = "marrow", 2 = "cns" } }     # columns SITE___1, SITE___2

A row goes to the first event that it fits, and to every further one with ``also = true``. ``[[detail]]`` with
``of = "diagnosis"`` adds fields to the one event of that type that the patient has. All of a file is checked before
any data is read (:mod:`.recoding_file`).
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from attrs import field, frozen

NOTE = "note"
NUMBERS, WORDS = "numbers", "words"


def folded(text: str) -> str:
    """A word as it is compared: without case, and with one space for spaces, hyphens and underscores.

    The sign of a number stays: -1 is not 1.

    >>> folded(" Sample_Acquisition "), folded("LAB-TEST"), folded("-999")
    ('sample acquisition', 'lab test', '-999')
    """
    if re.match(SIGNED, text):
        return text.strip().lower()
    return re.sub(JOINED, " ", text).strip().lower()


SIGNED, JOINED = r"^\s*-\.?[0-9]", r"[\s_-]+"


class Precision(StrEnum):
    """How much of a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


@frozen(kw_only=True)
class DateSource:
    """A date kept in several columns: year, month and day apart, or a date with its precision.

    ``words``: the source's word (folded) for a precision. ``unknown``: words (folded) for a part that is not known.
    ``statement``: a column with what else is stated of the time, in the words of a case file.
    """

    year: str | None = None
    month: str | None = None
    day: str | None = None
    unknown: frozenset[str] = frozenset()
    date: str | None = None
    precision: str | None = None
    words: Mapping[str, Precision] = field(factory=dict)
    statement: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns named, the first of the date first."""
        named = (self.year, self.month, self.day, self.date, self.precision, self.statement)
        return tuple(name for name in named if name is not None)


@frozen(kw_only=True)
class FieldSource:
    """Where one flat column comes from.

    ``columns``: the first filled one counts; a note takes all. ``words``: the source's word (folded) to ours.
    A word that becomes the empty text says nothing of this field. ``only``: cells that are "numbers", or "words" of
    the list; what no field of a column takes is told as unread. ``record``: the text becomes this key of one record;
    with ``separator`` each part of it one, and a JSON list stays as it is. ``checkbox``: the field whose choices are
    columns of their own (``field___code``). ``date``: a time in several columns.
    """

    target: str
    columns: tuple[str, ...] = ()
    words: Mapping[str, str] = field(factory=dict)
    only: str | None = None
    always: str | None = None
    record: str | None = None
    separator: str | None = None
    checkbox: str | None = None
    date: DateSource | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """All columns that are named, in words; not those of a checkbox."""
        return self.columns if self.date is None else self.date.columns


@frozen(kw_only=True)
class Recoding:
    """Which rows are events of one type, and where their fields come from.

    ``only_filled``: only rows in which some column of its fields is filled.
    """

    type: str
    origins: frozenset[str]
    where: Mapping[str, frozenset[str]] = field(factory=dict)
    also: bool = False
    complete: bool = False
    only_filled: bool = False
    fields: tuple[FieldSource, ...] = ()


@frozen(kw_only=True)
class Recodings:
    """All of a mapping file. ``details``: rows that add fields to the one event of their type.

    ``missing`` and ``told`` are folded words. A file may hold these alone, beside a mapping that is known otherwise.
    """

    file: str
    patient_column: str
    missing: frozenset[str]
    told: frozenset[str]
    patients: tuple[Recoding, ...]
    events: tuple[Recoding, ...]
    details: tuple[Recoding, ...]

    @property
    def only_words(self) -> bool:
        """Whether the file says no more than which words mean that nothing was stated."""
        return not (self.patients or self.events or self.details)
