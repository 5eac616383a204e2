"""Risk groups of the protocols, worked out from what was known of the patient at diagnosis and of the first response.

Answers are three-valued: a group may hold, may not, or cannot be told, and what cannot be told stays possible. The
criteria stand in ``risk.yaml``; :func:`worked_out` reads them for one patient here, for many in ``rules/risk.py``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from attrs import frozen

from ..errors import UsageError
from ..sources import Cite
from .derived import Derived, cite
from .protocols import the_protocol
from .reading import knowledge

V = TypeVar("V")
Bounds = tuple[float, float]

DIAGNOSIS, AFTER_PREDNISONE, AFTER_TREATMENT = (
    "diagnosis",
    "after_prednisone_response",
    "after_response_to_treatment",
)
"""When a protocol's groups are settled. Insufficient response to treatment can move a group up later."""


@frozen
class Below:
    """Whether a number is below a limit: surely below ``sure``, surely not from ``not_from`` on, else open.

    ``months``: the limit in completed months, where it is one; an age known in months decides by that first.
    """

    input: str
    sure: float
    not_from: float
    months: int | None = None


@frozen
class OneOf:
    """Whether a word or a truth value is one of ``yes``; not if it is one of ``no``, else open."""

    input: str
    yes: tuple[str | bool, ...]
    no: tuple[str | bool, ...]


Test = Below | OneOf


@frozen
class Not:
    """A condition that does not hold."""

    part: "Condition"


@frozen
class Every:
    """All of some conditions hold."""

    parts: tuple["Condition", ...]


@frozen
class Some:
    """At least one of some conditions holds."""

    parts: tuple["Condition", ...]


Condition = Below | OneOf | Not | Every | Some


@frozen(kw_only=True)
class RiskGroup:
    """A risk group: ``id`` as registries write it, other ``names`` folded, and the condition under which it holds.

    ``when`` is None where the criteria were not found or cannot be put in these words; ``reason`` then says why.
    """

    id: str
    name: str
    names: frozenset[str]
    when: Condition | None
    reason: str
    source: Cite


@frozen
class Remark:
    """What is to be told where an input has exactly one value (None: where it is not known)."""

    input: str
    of: object
    text: str


@frozen(kw_only=True)
class RiskGroups:
    """The risk groups of a protocol. ``settled``: when they are; ``none``: why there are none.

    ``source``: what was read of them; each group has a source of its own.
    """

    protocol: str
    settled: str
    groups: tuple[RiskGroup, ...]
    remarks: tuple[Remark, ...]
    none: str
    source: Cite

    @property
    def derivable(self) -> bool:
        """Whether the criteria of all groups are known."""
        return bool(self.groups) and all(group.when is not None for group in self.groups)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Facts that the criteria ask for."""
        conditions = [group.when for group in self.groups if group.when is not None]
        return tuple(dict.fromkeys(test.input for condition in conditions for test in tests(condition)))

    def group(self, stated: str) -> str | None:
        """The id of a group by any of its names; None for a name it does not have."""
        return next((group.id for group in self.groups if folded(stated) in group.names), None)


def worked_out(
    condition: Condition,
    test: Callable[[Test], V],
    every: Callable[[Sequence[V]], V],
    some: Callable[[Sequence[V]], V],
    negate: Callable[[V], V],
) -> V:
    """A condition over its tests, whatever an answer is: a truth value for one patient, or a column of many."""

    def work(part: Condition) -> V:
        if isinstance(part, Not):
            return negate(work(part.part))
        if isinstance(part, (Every, Some)):
            return (every if isinstance(part, Every) else some)([work(inner) for inner in part.parts])
        return test(part)

    return work(condition)


def tests(condition: Condition) -> tuple[Test, ...]:
    """The tests that a condition is made of, in their order."""
    if isinstance(condition, Not):
        return tests(condition.part)
    if isinstance(condition, (Every, Some)):
        return tuple(test for part in condition.parts for test in tests(part))
    return (condition,)


def folded(name: str) -> str:
    """The name of a group in small letters, its words joined by hyphens, without the word "risk" at its end."""
    plain = "-".join(name.strip().casefold().replace("_", " ").replace("-", " ").split())
    return plain.removesuffix("-risk")


@cache
def risk_groups() -> Mapping[str, RiskGroups]:
    """The risk groups of all protocols, by the protocol's id."""
    return {raw["id"]: _groups(raw) for raw in knowledge("risk")["protocols"]}


def groups_of(protocol: str) -> RiskGroups:
    """The risk groups of a protocol, by any of its names. Raises UsageError naming the nearest."""
    known = the_protocol(protocol)
    if known.id not in risk_groups():
        raise UsageError(f"protocol {known.id}: nothing is known of its risk groups")
    return risk_groups()[known.id]


def risk_group(
    protocol: str,
    *,
    age_days: int | Bounds | None = None,
    age_months: int | Bounds | None = None,
    wbc: float | Bounds | None = None,
    kmt2a: str | None = None,
    prednisone_response: str | None = None,
    cns: str | None = None,
    donor: bool | None = None,
    insufficient_response: bool | None = None,
) -> Derived[str]:
    """Ids of the risk groups that remain possible.

    All facts are those at diagnosis, but for the responses; None: not known. ``age_days`` and ``wbc`` (10^9/L) may be
    bounds, both included; ``age_months`` counts completed months and is asked first where a limit is one in months.
    ``kmt2a``: "rearranged" or "germline", another word counts as not known. ``donor``: a matched or one-antigen
    mismatched donor is at hand. ``insufficient_response``: to induction or the first blinatumomab (Interfant-21).

    Nothing is possible where no group fits, or where the criteria are not known; the reason then says which.
    Raises UsageError for a protocol that is not known, naming the nearest.
    """
    known = groups_of(protocol)
    given: dict[str, object] = {
        "age_days": age_days,
        "age_months": age_months,
        "wbc": wbc,
        "kmt2a": kmt2a,
        "prednisone_response": prednisone_response,
        "cns": cns,
        "donor": donor,
        "insufficient_response": insufficient_response,
    }
    asked = (*known.inputs, *(["age_months"] if "age_days" in known.inputs and age_months is not None else []))
    inputs = {name: given[name] for name in given if name in asked}
    if not known.derivable:
        reasons = [known.none, *(group.reason for group in known.groups)]
        return Derived(possible=(), inputs=inputs, source=known.source, reason="; ".join(filter(None, reasons)))
    possible = _possible(known, given)
    missing = [name for name in known.inputs if _narrows(known, given, name, len(possible))]
    reasons = [] if possible else ["no group of this protocol fits"]
    reasons += [r.text for r in known.remarks if (r.input in missing if r.of is None else given[r.input] == r.of)]
    return Derived(
        possible=possible,
        inputs=inputs,
        missing=tuple(missing),
        source=_source(known, possible),
        reason="; ".join(reasons),
    )


def group_holds(group: RiskGroup, given: Mapping[str, object]) -> bool | None:
    """Whether the criteria of a group are met; None where facts that are not known decide, or no criteria are known."""
    if group.when is None:
        return None
    return worked_out(group.when, lambda test: _tested(test, given), _every, _some, _negated)


def _possible(known: RiskGroups, given: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(group.id for group in known.groups if group_holds(group, given) is not False)


def _narrows(known: RiskGroups, given: Mapping[str, object], name: str, possible: int) -> bool:
    """Whether knowing one fact better could leave fewer groups."""
    if possible < 2:
        return False
    tried = (_possible(known, {**given, **better}) for better in _better(known, given, name))
    return any(len(left) < possible for left in tried)


def _better(known: RiskGroups, given: Mapping[str, object], name: str) -> Iterable[Mapping[str, object]]:
    """Values that a fact may have within what is known of it, one on either side of every limit."""
    conditions = [group.when for group in known.groups if group.when is not None]
    for test in (test for condition in conditions for test in tests(condition) if test.input == name):
        if _tested(test, given) is not None:
            continue
        if isinstance(test, Below):
            low, high = _bounds(given[name]) or (0, float("inf"))
            if low < test.sure:
                yield {name: low}
            if high >= test.not_from:
                yield {name: high}
            if test.months is not None:
                yield from ({"age_months": test.months - 1}, {"age_months": test.months})
        else:
            yield from ({name: value} for value in (*test.yes, *test.no))


def _tested(test: Test, given: Mapping[str, object]) -> bool | None:
    value = given.get(test.input)
    if isinstance(test, OneOf):
        return True if value in test.yes else False if value in test.no else None
    if test.months is not None and (months := _bounds(given.get("age_months"))) is not None:
        by_months = _below(months, test.months, test.months)
        if by_months is not None:
            return by_months
    bounds = _bounds(value)
    return None if bounds is None else _below(bounds, test.sure, test.not_from)


def _below(bounds: Bounds, sure: float, not_from: float) -> bool | None:
    return True if bounds[1] < sure else False if bounds[0] >= not_from else None


def _bounds(value: Any) -> Bounds | None:
    if value is None:
        return None
    return (value[0], value[1]) if isinstance(value, tuple) else (value, value)


def _every(parts: Sequence[bool | None]) -> bool | None:
    return False if False in parts else None if None in parts else True


def _some(parts: Sequence[bool | None]) -> bool | None:
    return True if True in parts else None if None in parts else False


def _negated(part: bool | None) -> bool | None:
    return None if part is None else not part


def _source(known: RiskGroups, possible: Sequence[str]) -> Cite:
    """The source of what remains possible: a recalled one where there is one, as the answer is no better than that."""
    sources = [group.source for group in known.groups if group.id in possible or not possible]
    return next((source for source in sources if source.provisional), sources[0])


def _groups(raw: Mapping[str, Any]) -> RiskGroups:
    groups = tuple(_group(row) for row in raw["groups"])
    return RiskGroups(
        protocol=raw["id"],
        settled=raw["settled"],
        groups=groups,
        remarks=tuple(Remark(row["input"], row["of"], row["text"]) for row in raw["remarks"]),
        none="" if groups else raw["none"]["reason"],
        source=groups[0].source if groups else cite(raw["none"]["source"]),
    )


def _group(raw: Mapping[str, Any]) -> RiskGroup:
    return RiskGroup(
        id=raw["id"],
        name=raw["name"],
        names=frozenset(folded(name) for name in (raw["id"], raw["name"], *raw["names"])),
        when=None if raw["when"] is None else _condition(raw["when"]),
        reason=raw.get("reason", ""),
        source=cite(raw["source"]),
    )


def _condition(raw: Mapping[str, Any]) -> Condition:
    ((word, value),) = raw.items()
    match word:
        case "all":
            return Every(tuple(_condition(part) for part in value))
        case "any":
            return Some(tuple(_condition(part) for part in value))
        case "not":
            return Not(_condition(value))
        case "age_days_below":
            return Below("age_days", value, value)
        case "age_days_at_least":
            return Not(Below("age_days", value, value))
        case "age_months_below":
            return _below_months(value)
        case "wbc_at_least":
            return Not(Below("wbc", value, value))
        case "cns_disease":
            classes = knowledge("risk")["cns"]
            disease, none = tuple(classes["disease"]), tuple(classes["none"])
            return OneOf("cns", disease, none) if value else OneOf("cns", none, disease)
        case "kmt2a":
            return OneOf(word, (value,), _others(value, ("rearranged", "germline")))
        case "prednisone_response":
            return OneOf(word, (value,), _others(value, ("good", "poor")))
        case "donor" | "insufficient_response":
            return OneOf(word, (value,), (not value,))
    raise ValueError(f"risk.yaml: no criterion {word!r}")


def _below_months(months: int) -> Below:
    limits = {row["months"]: row for row in knowledge("risk")["months"]}
    return Below("age_days", limits[months]["surely_below"], limits[months]["surely_not_below"], months)


def _others(word: str, words: Iterable[str]) -> tuple[str, ...]:
    return tuple(other for other in words if other != word)
