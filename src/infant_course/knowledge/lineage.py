"""Lineage of blasts from their antigens, by the criteria of the WHO or the points of the EGIL.

Antigens count as present, absent or not tested; how strongly they are expressed is not told, and CD22 counts
wherever it is found. Several lineages at once are "mixed", none is "undetermined".
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from itertools import product
from typing import Any, TypeVar

from attrs import frozen

from ..errors import UsageError
from ..sources import Cite
from .derived import Derived, cite
from .genetics import antigen_names, antigens
from .reading import knowledge
from .spelling import spelt

LINEAGES = ("B", "T", "myeloid")
MIXED, UNDETERMINED = "mixed", "undetermined"

V = TypeVar("V")


@frozen
class AtLeast:
    """So many of some antigens or conditions have to hold."""

    number: int
    of: tuple["str | AtLeast", ...]

    def names(self) -> tuple[str, ...]:
        """Antigens that are asked about."""
        inner = (part.names() if isinstance(part, AtLeast) else (part,) for part in self.of)
        return tuple(dict.fromkeys(name for names in inner for name in names))


@cache
def who_criteria() -> Mapping[str, AtLeast]:
    """The criterion of each lineage (WHO 2008/2016)."""
    return {lineage: _condition(raw) for lineage, raw in knowledge("genetics")["lineage_criteria"].items()}


def worked_out(condition: AtLeast, state: Callable[[str], V], at_least: Callable[[int, Sequence[V]], V]) -> V:
    """A condition over the states of antigens, whatever a state is: a word for one patient, or a column of many."""
    parts = [worked_out(p, state, at_least) if isinstance(p, AtLeast) else state(p) for p in condition.of]
    return at_least(condition.number, parts)


def antigen(name: str) -> str:
    """The usual name of an antigen (cCD79a, CD 79a: CD79a); a name that is not known stays as it is."""
    return antigen_names().get(spelt(name), name)


def criteria_met(positive: Iterable[str], negative: Iterable[str] = (), scheme: str = "who") -> dict[str, bool | None]:
    """Whether each lineage's criterion is met; None where antigens that were not tested decide.

    An antigen both present and absent (in two specimens) counts as present. Raises UsageError for a scheme other than
    "who" and "egil".
    """
    present = {antigen(name) for name in positive}
    absent = {antigen(name) for name in negative} - present
    if scheme == "who":

        def state(name: str) -> bool | None:
            return True if name in present else False if name in absent else None

        return {lineage: worked_out(who_criteria()[lineage], state, _at_least) for lineage in LINEAGES}
    if scheme == "egil":
        return {lineage: _enough_points(lineage, present, absent) for lineage in LINEAGES}
    raise UsageError(f"scheme: no criteria of lineage by {scheme!r}; known are who and egil.")


def lineage_by_markers(positive: Iterable[str], negative: Iterable[str] = (), scheme: str = "who") -> Derived[str]:
    """Lineages that the antigens present and absent allow: "B", "T", "myeloid", "mixed" or "undetermined"."""
    positive, negative = tuple(positive), tuple(negative)
    met = criteria_met(positive, negative, scheme)
    possible: dict[str, None] = {}
    for held in product(*([met[lineage]] if met[lineage] is not None else [True, False] for lineage in LINEAGES)):
        names = [lineage for lineage, holds in zip(LINEAGES, held, strict=True) if holds]
        possible[names[0] if len(names) == 1 else MIXED if names else UNDETERMINED] = None
    order = (*LINEAGES, MIXED, UNDETERMINED)
    tested = {antigen(name) for name in (*positive, *negative)}
    asked = [name for lineage in LINEAGES if met[lineage] is None for name in _asked(lineage, scheme)]
    words = {True: "met", False: "not met", None: "open"}
    return Derived(
        possible=tuple(sorted(possible, key=order.index)),
        inputs={"positive": positive, "negative": negative, "scheme": scheme},
        missing=tuple(dict.fromkeys(name for name in asked if name not in tested)) if len(possible) > 1 else (),
        source=_source(scheme, met, {antigen(name) for name in positive}),
        reason=", ".join(f"{lineage} {words[met[lineage]]}" for lineage in LINEAGES),
    )


def egil_points(lineage: str) -> Mapping[str, float]:
    """Points of each antigen for a lineage ("B", "T", "myeloid"), as recalled."""
    points = {a.name: a.egil for a in antigens().values() if a.egil is not None and lineage in _speaks_for(a.lineage)}
    extra: Mapping[str, float] = knowledge("genetics")["egil"]["extra"].get(lineage, {})
    return {**points, **extra}


def _speaks_for(words: str) -> tuple[str, ...]:
    """Lineages that an antigen's own words name: monocytic antigens score for the myeloid lineage."""
    if words.startswith("lymphoid"):
        return ("B", "T")
    first = words.split()[0]
    return ("myeloid",) if first in ("myeloid", "monocytic") else (first,)


def _enough_points(lineage: str, present: Collection[str], absent: Collection[str]) -> bool | None:
    limit = knowledge("genetics")["egil"]["more_than"]
    points = egil_points(lineage)
    scored = sum(value for name, value in points.items() if name in present)
    reachable = sum(value for name, value in points.items() if name not in absent)
    return True if scored > limit else False if reachable <= limit else None


def _at_least(number: int, parts: Sequence[bool | None]) -> bool | None:
    held, open_ = parts.count(True), parts.count(None)
    return True if held >= number else False if held + open_ < number else None


def _asked(lineage: str, scheme: str) -> Iterable[str]:
    return who_criteria()[lineage].names() if scheme == "who" else egil_points(lineage)


def _source(scheme: str, met: Mapping[str, bool | None], present: Collection[str]) -> Cite:
    """The monocytic markers of the WHO and the points of the EGIL are recalled; so is what rests on them."""
    raw = knowledge("genetics")
    if scheme == "egil":
        return cite(raw["egil"]["source"])
    monocytic = met["myeloid"] is True and "MPO" not in present
    return cite(raw["monocytic_source" if monocytic else "lineage_source"])


def _condition(raw: Any) -> AtLeast:
    if "at_least" in raw:
        return AtLeast(raw["at_least"], _parts(raw["of"]))
    word = "all" if "all" in raw else "any"
    parts = _parts(raw[word])
    return AtLeast(len(parts) if word == "all" else 1, parts)


def _parts(raw: Iterable[Any]) -> tuple[str | AtLeast, ...]:
    return tuple(part if isinstance(part, str) else _condition(part) for part in raw)
