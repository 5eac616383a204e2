"""What is wrong with the cells of a table is told: equal cells together, and each by itself for a ledger."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from ...intake import EACH, MOST_PATIENTS, Assumption, CellFinding, CellProblem, EachCell
from .flat import ROW

if TYPE_CHECKING:
    import polars as pl

MOST_VALUES = 200
"""Most distinct unreadable values of one column that are told one by one; the others are told together."""

ASKED = frozenset({CellProblem.UNREAD, CellProblem.SUSPECT})
"""Problems of single cells in rows that are kept: what a site can be asked about."""

BULK, FEW_CELLS = 0.5, 20
"""Beyond this share of a column, and so many cells, it is the export that is at fault and not the sites (both chosen
here)."""


@define
class Telling:
    """Gathers what is wrong with the cells of one table.

    ``names``: what the source calls a column. ``said``: sentences on what was assumed. ``about``: the event type (or
    ``patient``) of the table; where it is known, sites can be asked about single cells.
    """

    file: str
    names: Mapping[str, str]
    rows: "pl.DataFrame" = field(repr=False)
    """``_row`` and ``patient`` of every row, and whatever else of :data:`~infant_course.intake.EACH`."""
    about: str | None = None
    cells: list[CellFinding] = field(factory=list)
    said: list[Assumption] = field(factory=list)

    def name(self, column: str) -> str:
        """What the source calls a column."""
        return self.names.get(column, column)

    def tell(
        self,
        column: str,
        values: "pl.Series",
        bad: "pl.Series",
        expected: str,
        hint: Callable[[str], str | None] | str | None = None,
        problem: CellProblem = CellProblem.UNREAD,
        *,
        asked: bool = True,
    ) -> None:
        """Tell the cells of ``values`` where ``bad`` holds, equal ones together.

        ``asked``: whether a site can be asked about them; not where something took their place, or where nothing is
        wrong with the cell itself.
        """
        many = int(bad.sum())
        if not many:
            return
        asked &= self.about is not None and problem in ASKED
        bulk = many > FEW_CELLS and many > BULK * (values.len() - values.null_count())
        found = self.rows.with_columns(values.alias("value")).filter(bad)
        first = found["value"].unique(maintain_order=True)
        by_itself = found["value"].is_in(first.head(MOST_VALUES).implode(), nulls_equal=True)
        for rows in found.filter(by_itself).partition_by("value", maintain_order=True):
            value = rows["value"][0]
            told = hint if isinstance(hint, str) or hint is None else hint(value)
            self._add(column, problem, expected, value, rows, told, asked=asked, bulk=bulk)
        if first.len() > MOST_VALUES:
            more = f"{first.len() - MOST_VALUES:,} more values of this column"
            also = f"{more}; the first {MOST_VALUES} are told one by one"
            self._add(column, problem, expected, None, found.filter(~by_itself), also, asked=asked, bulk=bulk)

    def _add(
        self,
        column: str,
        problem: CellProblem,
        expected: str,
        value: str | None,
        rows: "pl.DataFrame",
        hint: str | None,
        *,
        asked: bool,
        bulk: bool,
    ) -> None:
        finding = told_together(self.file, problem, expected, rows, column=self.name(column), value=value, hint=hint)
        if asked and self.about is not None:
            each = rows.rename({ROW: "row"}).select(name for name in EACH if name in (*rows.columns, "row"))
            each = each.clear() if bulk else each
            finding = evolve(finding, each=(EachCell(rows=each, about=self.about, field=column),))
        self.cells.append(finding)


def told_together(
    file: str,
    problem: CellProblem,
    expected: str,
    rows: "pl.DataFrame",
    *,
    column: str | None = None,
    value: str | None = None,
    hint: str | None = None,
) -> CellFinding:
    """One finding on the cells of these rows: ``_row``, and ``patient`` where it is known."""
    lines = rows[ROW].drop_nulls()
    whose = rows["patient"].drop_nulls().unique(maintain_order=True) if "patient" in rows.columns else ()
    return CellFinding(
        file=file,
        problem=problem,
        expected=expected,
        column=column,
        row=int(lines.sort()[0]) if lines.len() else None,
        rows=rows.height,
        value=value,
        patients=tuple(whose[:MOST_PATIENTS]),
        hint=hint,
    )
