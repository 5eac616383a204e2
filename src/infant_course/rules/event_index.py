"""Finds events by their ids: which row a reference names, and which ids are used twice.

Ids are text and there may be tens of millions of them, so they are not joined. Each unit has a few slots; an
event is put into the slot that its id's hash names, and one that is pushed out goes to the next level, where
other bits of the hash decide. Whatever a slot gives is compared with the id asked for, so nothing rests on a hash.
The few events that found no slot at any level, and every second event of an id, are joined.
"""

from functools import cached_property

import polars as pl
from attrs import field, frozen

from ..cohort import SHARED_COLUMNS, Cohort

SLOT_BITS = 6
"""Slots of a unit at each level, as a power of two: a patient has some twenty events."""
LEVELS = 4

_NONE = 2**32 - 1
"""Stands in a slot without an event."""

MOST_UNITS = 2**24
"""Above so many units (their slots take four gigabytes a level) units share slots; only speed depends on it."""


@frozen(eq=False)
class EventIndex:
    """The events of all tables of a cohort, numbered from 0 in the order of the tables."""

    cohort: Cohort
    units: pl.Series = field(init=False, repr=False)
    ids: pl.Series = field(init=False, repr=False)
    first_row: dict[str, int] = field(init=False)
    _levels: list[pl.Series] = field(init=False, repr=False)
    _rest: pl.DataFrame = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        first, total = {}, 0
        for name, table in self.cohort.tables.items():
            first[name] = total
            total += table.height
        none = pl.DataFrame(schema={name: SHARED_COLUMNS[name] for name in ("unit", "event")})
        events = pl.concat([none, *(table.select("unit", "event") for table in self.cohort.tables.values())])
        set_once = object.__setattr__  # attrs' way for a frozen class
        set_once(self, "first_row", first)
        set_once(self, "units", events["unit"])
        set_once(self, "ids", events["event"])
        left = events.with_columns(hash=pl.col("event").hash()).with_row_index("place").drop("event")
        levels: list[pl.Series] = []
        rest: list[pl.DataFrame] = []
        number = min(self.cohort.units.height, MOST_UNITS) << SLOT_BITS
        for level in range(LEVELS):
            if not left.height:
                break
            slots = pl.repeat(_NONE, number, dtype=pl.UInt32, eager=True)
            slot = self._slot(left, level)
            slots.scatter(slot, left["place"])
            holder = slots[slot]
            pushed_out = holder != left["place"]
            left, holder = left.filter(pushed_out), holder.filter(pushed_out)
            twin = self._same(holder, left["unit"], self.ids[left["place"]])
            rest.append(left.filter(twin))
            left = left.filter(~twin)
            levels.append(slots)
        set_once(self, "_levels", levels)
        unplaced = pl.concat([*rest, left]).select("place", "unit")
        set_once(self, "_rest", unplaced.with_columns(self.ids[unplaced["place"]].alias("event")))

    def _slot(self, asked: pl.DataFrame, level: int) -> pl.Series:
        bits = (pl.col("hash") // 2 ** (SLOT_BITS * level)) & (2**SLOT_BITS - 1)
        unit = pl.col("unit") if self.cohort.units.height <= MOST_UNITS else pl.col("unit") % MOST_UNITS
        return asked.select(unit * 2**SLOT_BITS + bits.cast(pl.UInt32)).to_series()

    def _same(self, places: pl.Series, units: pl.Series, ids: pl.Series) -> pl.Series:
        """Whether the events with these numbers are of these units and bear these ids."""
        return (self.units[places] == units) & (self.ids[places] == ids)

    def find(self, asked: pl.DataFrame) -> pl.DataFrame:
        """The rows that references name.

        ``asked`` has the columns ``unit`` and ``target`` (an event id). The answer has the columns ``asked`` (row
        of the question) and ``place`` (number of an event); none for an id that is not there, several for an id
        that is used twice.
        """
        left = asked.select("unit", "target", hash=pl.col("target").hash()).with_row_index("asked")
        every = left
        found = []
        for level, slots in enumerate(self._levels):
            place = slots[self._slot(left, level)]
            held = place != _NONE
            safe = place.zip_with(held, pl.repeat(0, place.len(), dtype=pl.UInt32, eager=True))
            hit = held & self._same(safe, left["unit"], left["target"])
            found.append(pl.DataFrame({"asked": left["asked"].filter(hit), "place": place.filter(hit)}))
            left = left.filter(~hit)
            if not left.height:
                break
        if self._rest.height:
            joined = every.join(self._rest, left_on=["unit", "target"], right_on=["unit", "event"])
            found.append(joined.select("asked", "place"))
        none = pl.DataFrame(schema={"asked": pl.UInt32, "place": pl.UInt32})
        return pl.concat([none, *found])

    @cached_property
    def used_twice(self) -> pl.Series:
        """Numbers of the events whose id another event of the same unit bears."""
        asked = self._rest.select("unit", target="event")
        found = self.find(asked)
        mine = self._rest["place"][found["asked"]]
        twins = found.filter(found["place"] != mine)
        own = self._rest["place"][twins["asked"]]
        return pl.concat([own, twins["place"]]).unique()
