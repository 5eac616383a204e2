"""The columns of a table, found by their names whatever the case."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from attrs import field, frozen

from .recoding import FieldSource, Recoding


@frozen
class Headings:
    """The names of the columns of one table. Of several that differ in case alone the first is found."""

    columns: Sequence[str] = field(repr=False)
    _found: Mapping[str, str] = field(init=False, repr=False, eq=False)

    @_found.default
    def _by_folded_name(self) -> dict[str, str]:
        return {name.casefold(): name for name in reversed(self.columns)}

    def find(self, name: str) -> str | None:
        """A column as the table writes it; None where it has none."""
        return self._found.get(name.casefold())

    def having(self, names: Iterable[str]) -> list[str]:
        """Those of some columns that the table has, as it writes them."""
        return [found for name in names if (found := self.find(name)) is not None]

    def of(self, source: FieldSource) -> list[str]:
        """The columns that a field is read from: a checkbox has one for each choice."""
        return self.choices(source.checkbox) if source.checkbox is not None else self.having(source.named)

    def of_any(self, recoding: Recoding) -> list[str]:
        """The columns that the fields of a part of a mapping are read from, in the order of the table."""
        read = {name for source in recoding.fields for name in self.of(source)}
        return [name for name in self.columns if name in read]

    def choices(self, checkbox: str) -> list[str]:
        """The columns that are choices of a checkbox."""
        return [name for name in self.columns if name.casefold().startswith(f"{checkbox.casefold()}___")]


@cache
def choice_column(field: str, code: str) -> str:
    """The column of one choice of a checkbox, as REDCap names it.

    >>> choice_column("sites", "-2"), choice_column("sites", "CNS")
    ('sites____2', 'sites___cns')
    """
    return f"{field}___{re.sub(r'[^a-z0-9_]', '_', code.lower())}"
