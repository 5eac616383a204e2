"""The fields of events without ids, free text and what is flagged: column by column, with counts of what changed."""

from collections import Counter
from collections.abc import Collection, Sequence
from typing import Any, get_args, get_origin

import attrs
import polars as pl
from attrs import field, frozen

from ..course import BIRTH
from ..errors import UsageError, did_you_mean
from ..events import EVENT_TYPES, field_hints, inner_type, own_fields
from .pseudonyms import Pseudonyms
from .texts import Otherwise, TextField, text_field

_SHARED = ("derived_from", "note")


def droppable() -> dict[str, tuple[str, str]]:
    """What may be named to be dropped: ``type.field``, and the type and field that it means."""
    named = {f"{name}.{a.name}": (name, a.name) for name, cls in EVENT_TYPES.items() for a in own_fields(cls)}
    return {**named, **{f"patient.{name}": ("patient", name) for name in ("sex", "site", "birth")}}


def flagged(names: Collection[str]) -> frozenset[tuple[str, str]]:
    """The fields of these names. Raises UsageError for one that is none, naming the nearest."""
    known = droppable()
    for name in names:
        if name not in known:
            hint = did_you_mean(name, known) or "write it as type.field, such as mrd.marker"
            raise UsageError(f"no field {name!r} to drop: {hint}")
    return frozenset(known[name] for name in names)


@frozen(kw_only=True)
class FieldChanges:
    """Counts of values: dropped, and told by a pseudonym, by ``type.field``."""

    dropped: Counter[str] = field(factory=Counter)
    renamed: Counter[str] = field(factory=Counter)


@frozen(kw_only=True)
class FieldWriter:
    """Goes through the tables of a cohort. ``drop``: types and fields that go altogether."""

    names: Pseudonyms
    drop: frozenset[tuple[str, str]]
    changes: FieldChanges = field(factory=FieldChanges)
    _known: dict[tuple[TextField, str], bool] = field(factory=dict, init=False, repr=False, eq=False)

    def table(self, event_type: str, table: pl.DataFrame, patients: Sequence[str]) -> pl.DataFrame:
        """One event type's table; ``patients``: whose event each row is."""
        cls = EVENT_TYPES[event_type]
        hints = field_hints(cls)
        attributes = {
            a.name: a for a in attrs.fields(cls) if a in own_fields(cls) or a.name in ("derived_from", "note")
        }
        new: dict[str, pl.Series] = {"event": self._ids(table["event"], patients)}
        for name, attribute in attributes.items():
            series = table[name]
            if (event_type, name) in self.drop:
                new[name] = self._emptied(f"{event_type}.{name}", series)
            elif attribute.metadata.get("ref"):
                new[name] = self._ids(series, patients)
            elif _holds_text(hints[name]):
                new[name] = self._texts(event_type, name, series, hints[name])
        line = pl.lit(None, dtype=pl.UInt32).alias("line")
        return table.with_columns(*(series.alias(name) for name, series in new.items()), line)

    def texts(self, place: str, how: TextField, values: Sequence[str | None], times: int = 1) -> list[str | None]:
        """Texts of one field as they may leave; ``place``: its name in the counts, ``times``: how often they stand."""
        return [value if value is None else self._text(place, how, value, times) for value in values]

    def _ids(self, series: pl.Series, patients: Sequence[str]) -> pl.Series:
        def one(patient: str, value: Any) -> Any:
            if isinstance(value, list):
                return [one(patient, item) for item in value]
            return value if value == BIRTH else self.names.event(patient, value)

        filled = _filled(series)
        told = zip(filled.arg_true().to_list(), series.filter(filled).to_list(), strict=True)
        return _in_place(series, filled, [one(patients[row], value) for row, value in told])

    def _emptied(self, place: str, series: pl.Series) -> pl.Series:
        self.changes.dropped[place] += int(_filled(series).sum())
        return pl.Series(series.name, [[] if series.dtype == pl.List else None], dtype=series.dtype).new_from_index(
            0, len(series)
        )

    def _texts(self, event_type: str, name: str, series: pl.Series, hint: Any) -> pl.Series:
        place, how = f"{event_type}.{name}", text_field(event_type, name)
        filled = _filled(series)
        if get_origin(hint) is not tuple:
            return _in_place(series, filled, self.texts(place, how, series.filter(filled).to_list()))
        record = inner_type(get_args(hint)[0])
        numbers: dict[str, int] = {}  # most rows say what others say: each is looked at once
        rows = series.filter(filled).to_list()
        places = [numbers.setdefault(repr(row), len(numbers)) for row in rows]
        different = dict(zip(places, rows, strict=True))
        times = Counter(places)
        values = [
            self._records(event_type, name, record, row, times[number])
            if attrs.has(record)
            else [told for told in self.texts(place, how, row, times[number]) if told is not None]
            for number, row in different.items()
        ]
        return _in_place(series, filled, values, places)

    def _records(self, event_type: str, name: str, record: Any, rows: Any, times: int) -> list[dict[str, Any]]:
        """Records without their free text; one of which a required text is gone goes too."""
        hints = field_hints(record)
        kept: list[dict[str, Any]] = []
        for row in rows:
            new: dict[str, Any] = {}
            whole = True
            for attribute in attrs.fields(record):
                value, hint = row[attribute.name], hints[attribute.name]
                if value is not None and _holds_text(hint):
                    place, how = f"{event_type}.{name}.{attribute.name}", text_field(event_type, name, attribute.name)
                    if isinstance(value, list):
                        value = [told for told in self.texts(place, how, value, times) if told is not None]
                    else:
                        value = self._text(place, how, value, times)
                    whole &= value is not None or attribute.default is not attrs.NOTHING
                new[attribute.name] = value
            if whole and any(value not in (None, []) for value in new.values()):
                kept.append(new)
        return kept

    def _text(self, place: str, how: TextField, value: str, times: int) -> str | None:
        known = self._known.get((how, value))
        if known is None:
            known = self._known[how, value] = how.known(value)
        if known:
            return value
        if how.otherwise is Otherwise.DROPPED:
            self.changes.dropped[place] += times
            return None
        self.changes.renamed[place] += times
        return self.names.name(value)


def _filled(series: pl.Series) -> pl.Series:
    """Which rows hold something."""
    return (series.list.len() > 0).fill_null(False) if series.dtype == pl.List else series.is_not_null()


def _in_place(
    series: pl.Series, filled: pl.Series, values: Sequence[Any], places: Sequence[int] | None = None
) -> pl.Series:
    """The column with these values in the rows that hold something; ``places``: which value each of them gets."""
    if not values:
        return series
    new = pl.Series(series.name, values, dtype=series.dtype)
    if places is not None:
        new = new.gather(pl.Series(places, dtype=pl.UInt32))
    row = pl.select(pl.when(filled).then(filled.cast(pl.UInt32).cum_sum() - 1)).to_series()
    return pl.select(pl.when(filled).then(new.gather(row)).otherwise(series).alias(series.name)).to_series()


def _holds_text(hint: Any) -> bool:
    """Whether a field's values are, or hold, text of no closed vocabulary."""
    if get_origin(hint) is tuple:
        return _holds_text(inner_type(get_args(hint)[0]))
    if attrs.has(hint) and hint.__name__ != "Quantity":
        return any(_holds_text(inner) for inner in field_hints(hint).values())
    return hint is str
