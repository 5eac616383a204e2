"""What is wrong with the cells of a table is told: equal cells together, and each by itself for a ledger."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from attrs import define, field

from ...intake import MOST_PATIENTS, CellFinding, CellProblem, EachCell
from .flat import ROW

if TYPE_CHECKING:
    import polars as pl

MOST_VALUES = 200
"""Most distinct unreadable values of one column that are told one by one; the others are told together."""

ASKED = frozenset({CellProblem.UNREAD, CellProblem.SUSPECT})
"""Problems of single cells in rows that are kept: what a site can be asked about."""


@define
class Telling:
    """Gathers what is wrong with the cells of one table.

    ``names``: what the source calls a column. ``said``: sentences on what was assumed. ``about``: the event type (or
    ``patient``) of the table, ``target``: its field that all this is about (None: the column of that name).
    """

    file: str
    names: Mapping[str, str]
    rows: "pl.DataFrame" = field(repr=False)
    """``_row`` and ``patient`` of every row."""
    about: str | None = None
    target: str | None = None
    cells: list[CellFinding] = field(factory=list)
    said: list[str] = field(factory=list)

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

        ``asked``: whether a site can be asked about them; not where something took their place.
        """
        if not bad.any():
            return
        found = self.rows.select(ROW, "patient").with_columns(values.alias("value")).filter(bad)
        first = found["value"].unique(maintain_order=True)
        by_itself = found["value"].is_in(first.head(MOST_VALUES).implode(), nulls_equal=True)
        for rows in found.filter(by_itself).partition_by("value", maintain_order=True):
            value = rows["value"][0]
            told = hint if isinstance(hint, str) or hint is None else hint(value)
            self._add(column, problem, expected, value, rows, told, asked=asked)
        if first.len() > MOST_VALUES:
            also = (
                f"{first.len() - MOST_VALUES:,} more values of this column; the first {MOST_VALUES} are told one by one"
            )
            self._add(column, problem, expected, None, found.filter(~by_itself), also, asked=asked)

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
    ) -> None:
        self.cells.append(
            told_together(
                self.file,
                problem,
                expected,
                rows,
                column=self.name(column),
                value=value,
                hint=hint,
                about=self.about,
                target=self.target or column,
                asked=asked,
            )
        )


def told_together(
    file: str,
    problem: CellProblem,
    expected: str,
    rows: "pl.DataFrame",
    *,
    column: str | None = None,
    value: str | None = None,
    hint: str | None = None,
    about: str | None = None,
    target: str | None = None,
    asked: bool = True,
) -> CellFinding:
    """One finding on the cells of these rows: ``_row``, and ``patient`` and ``value`` where they are known."""
    import polars as pl

    texts = {name: pl.lit(None, dtype=pl.String) for name in ("patient", "value") if name not in rows.columns}
    if value is not None:
        texts["value"] = pl.lit(value)
    each = rows.with_columns(**texts).select(pl.col(ROW).alias("row"), "patient", "value")
    whose = each["patient"].drop_nulls().unique(maintain_order=True)
    lines = each["row"].drop_nulls().to_list()
    return CellFinding(
        file=file,
        problem=problem,
        expected=expected,
        column=column,
        row=min(lines, default=None),
        rows=each.height,
        value=value,
        patients=tuple(whose.head(MOST_PATIENTS)),
        hint=hint,
        each=(EachCell(rows=each, about=about, field=target),) if asked and problem in ASKED else (),
    )
