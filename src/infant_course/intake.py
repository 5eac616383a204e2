"""What became of an export while it was read: rows counted, cells that could not be read, what was assumed.

The sums agree: rows read are rows kept and rows set aside. Values of cells stand here for the local report only.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import evolve, field, frozen

from .errors import shown_name

if TYPE_CHECKING:
    import polars as pl

MOST_PATIENTS = 20
"""So many patients are named with a finding about cells."""


class CellProblem(StrEnum):
    """What is wrong with a cell, a row or a column."""

    UNREAD = "unread"
    """The cell cannot be read; the rest of its row is kept."""
    SUSPECT = "suspect"
    """The cell can be read, but not in one way only: a date that a spreadsheet may have turned."""
    SET_ASIDE = "set aside"
    """The row cannot be kept: it has no patient, or another number of cells than the header."""
    NOT_USED = "not used"
    """A column or a table that nothing is read from."""


EACH = ("row", "patient", "event", "value", "position", "visit", "instrument", "instance")
"""Columns about a single cell: its line, the patient's id (as it stood, or as it was taken), the event's id, its text,
its place in a table that is being read, and where its row stood in the source."""


@frozen(kw_only=True, eq=False)
class EachCell:
    """The cells of a finding one by one, for a ledger.

    ``rows``: of each what is known of :data:`EACH`; none where most cells of a column are at fault. ``about``: event
    type, or ``patient``. ``field``: the column, of the flat form where that is known.
    """

    rows: "pl.DataFrame" = field(repr=False)
    about: str
    field: str


@frozen(kw_only=True)
class CellFinding:
    """Something in a file that could not be taken as it stands; equal ones of a file are one, with their count.

    ``row``: line of the first (the header is line 1; None: the whole column or file). ``rows``: how many (0: a column
    without any).
    ``patients``: their ids, at most 20, for the local report only. ``each``: the cells one by one, where they are
    cells of rows that are kept; a report does not have them.
    """

    file: str = field(converter=shown_name)
    problem: CellProblem
    expected: str
    column: str | None = None
    row: int | None = None
    rows: int = 1
    value: str | None = field(default=None, repr=False)
    patients: tuple[str, ...] = field(default=(), repr=False)
    hint: str | None = field(default=None, repr=False)
    each: tuple[EachCell, ...] = field(default=(), repr=False, eq=False)

    def __str__(self) -> str:
        place = self.file + (f", line {self.row}" if self.row is not None else "")
        place += f", column {self.column}" if self.column else ""
        found = "" if self.value is None else f", found {self.value!r}"
        more = f" ({self.rows} rows)" if self.rows > 1 else ""
        text = f"{place}: {self.problem}: expected {self.expected}{found}{more}."
        return f"{text}\n  Hint: {self.hint}" if self.hint else text


@frozen(kw_only=True)
class RowCount:
    """Rows of one file: read, kept, and set aside with the reason. Read = kept + set aside."""

    file: str = field(converter=shown_name)
    read: int
    kept: int
    set_aside: Mapping[str, int] = field(factory=dict)


@frozen(kw_only=True)
class Counted:
    """Something that was assumed of so many cells, events or patients; parts of an export add their numbers.

    ``place``: file, or file and column, which the sentence begins with. ``one`` and ``many``: the sentence for one and
    for more, in which ``{n}`` stands for the number, ``{words}`` for the words as they were written and ``{columns}``
    for columns with a number each. ``numbers``: by column, or one without a name.

    >>> one, many = "{n} date has a time of day.", "{n} dates have a time of day."
    >>> str(Counted.of(2, one, many, place="death.csv, start"))
    'death.csv, start: 2 dates have a time of day.'
    """

    place: str
    one: str
    many: str
    numbers: tuple[tuple[str, int], ...] = field(repr=False)
    words: tuple[str, ...] = field(default=(), repr=False)

    def __str__(self) -> str:
        number = sum(many for _, many in self.numbers)
        columns = ", ".join(f"{column} {many:,}" for column, many in sorted(self.numbers))
        sentence = (self.one if number == 1 else self.many).format(
            n=f"{number:,}", words=", ".join(self.words), columns=columns
        )
        return f"{self.place}: {sentence}" if self.place else sentence

    @classmethod
    def of(cls, number: int, one: str, many: str, *, place: str = "", words: Iterable[str] = ()) -> "Counted":
        """With one number, which belongs to no column."""
        return cls(place=place, one=one, many=many, numbers=(("", number),), words=tuple(words))

    def added(self, other: "Counted") -> "Counted":
        """The same of both."""
        numbers = dict(self.numbers)
        for column, many in other.numbers:
            numbers[column] = numbers.get(column, 0) + many
        return evolve(self, numbers=tuple(numbers.items()), words=tuple(sorted({*self.words, *other.words})))


Assumption = str | Counted
"""A sentence for the report (day zero, encoding, delimiter), or one with numbers."""


@frozen(kw_only=True)
class Intake:
    """What became of an export.

    ``labels``: what the source calls a field, by event type and field. ``headings``: what its data dictionary calls a
    column. ``assumed``: what was assumed to read it.
    ``identifiers``: fields (type and field) that a data dictionary flags as identifying; de-identification drops them.
    ``looked_at``: types and columns (of the source) whose cells were told one by one where they could not be read.
    """

    source: str
    rows: tuple[RowCount, ...] = ()
    cells: tuple[CellFinding, ...] = ()
    assumed: tuple[Assumption, ...] = field(default=(), repr=False)
    labels: Mapping[tuple[str, str], str] = field(factory=dict, repr=False)
    headings: Mapping[str, str] = field(factory=dict, repr=False)
    identifiers: frozenset[tuple[str, str]] = frozenset()
    looked_at: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False, eq=False)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was assumed, in sentences for the report."""
        return tuple(map(str, self.assumed))

    def in_sum(self) -> "Intake":
        """The same without the single cells, which take as much memory as there are of them."""
        return evolve(self, cells=tuple(evolve(cell, each=()) for cell in self.cells))


def merged_intakes(intakes: Sequence[Intake]) -> Intake | None:
    """What became of an export that was read in parts: rows added per file, equal findings put together."""
    if not intakes:
        return None
    rows: dict[str, RowCount] = {}
    for count in (count for one in intakes for count in one.rows):
        before = rows.get(count.file, RowCount(file=count.file, read=0, kept=0))
        why = {reason: before.set_aside.get(reason, 0) for reason in (*before.set_aside, *count.set_aside)}
        for reason, number in count.set_aside.items():
            why[reason] += number
        rows[count.file] = RowCount(
            file=count.file, read=before.read + count.read, kept=before.kept + count.kept, set_aside=why
        )
    return Intake(
        source=intakes[0].source,
        rows=tuple(rows.values()),
        cells=merged_cells(finding for one in intakes for finding in one.cells),
        assumed=merged_assumptions(said for one in intakes for said in one.assumed),
        labels={key: label for one in intakes for key, label in one.labels.items()},
        headings={column: heading for one in intakes for column, heading in one.headings.items()},
        identifiers=frozenset().union(*(one.identifiers for one in intakes)),
    )


def merged_assumptions(said: Iterable[Assumption]) -> tuple[Assumption, ...]:
    """Each sentence once, in order; of those with numbers, these added."""
    merged: dict[object, Assumption] = {}
    for one in said:
        key = one if isinstance(one, str) else (one.place, one.one, one.many)
        before = merged.get(key)
        merged[key] = before.added(one) if isinstance(one, Counted) and isinstance(before, Counted) else one
    return tuple(merged.values())


def merged_cells(findings: Iterable[CellFinding]) -> tuple[CellFinding, ...]:
    """Equal findings of a file and column as one, with their count and their first row."""
    merged: dict[tuple[object, ...], CellFinding] = {}
    for finding in findings:
        key = (finding.file, finding.problem, finding.column, finding.value, finding.expected)
        before = merged.get(key)
        if before is None:
            merged[key] = finding
            continue
        rows = [row for row in (before.row, finding.row) if row is not None]
        merged[key] = evolve(
            before,
            row=min(rows, default=None),
            rows=before.rows + finding.rows,
            patients=tuple(dict.fromkeys((*before.patients, *finding.patients)))[:MOST_PATIENTS],
            each=(*before.each, *finding.each),
        )
    return tuple(merged.values())
