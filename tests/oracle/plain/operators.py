"""The operators once more, as plain Python over one world. Written from the docs, not from the engine."""

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from infant_course.events import Event, Quantity
from oracle.worlds import Placed, World

SILENT: Final = "silent"
Verdict = bool | None | str
Plain = Callable[[Placed, World], Verdict]


def others(me: Placed, found: Sequence[Placed]) -> list[Placed]:
    """Without the subject itself."""
    return [placed for placed in found if placed is not me and placed.event is not me.event]


def before(me: Placed, found: Sequence[Placed]) -> list[Placed]:
    """Those that start before the subject starts."""
    return [placed for placed in others(me, found) if placed.start < me.start]


def spelt(name: str | None) -> str:
    """The letters and digits of a name: however else it is written, it is the same name."""
    return "".join(sign for sign in (name or "").lower() if sign.isalnum())


def is_blinatumomab(event: Event) -> bool:
    return spelt(getattr(event, "agent", None)) == "blinatumomab"


def names(antigens: Iterable[str], antigen: str) -> bool:
    """Whether an antigen is among these."""
    return spelt(antigen) in map(spelt, antigens)


def end_told(event: Event) -> bool:
    """Whether its end is told, by itself or by the length of the event."""
    return bool(event.until) or event.lasting is not None


def told_by_the_source(found: Sequence[Placed]) -> list[Placed]:
    """Those that were not derived from other events."""
    return [placed for placed in found if not placed.event.derived_from]


def fraction(quantity: Quantity | None) -> float:
    assert quantity is not None
    return quantity.to("fraction")


PATIENT = "patient"
Rules = dict[str, tuple[tuple[str, ...], Plain, tuple[tuple[Event, ...], ...]]]
"""By rule id: types it is about, the rule over one world, and what may have gone unrecorded."""
Kinds = dict[str, tuple[Event, ...]]
"""By a name: the events that random courses for some rules are made of."""
