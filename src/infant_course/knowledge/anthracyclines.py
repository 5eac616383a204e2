"""Cumulative anthracycline dose as doxorubicin equivalents, by named schemes, and its class of exposure.

The schemes disagree, so the scheme is part of every answer and there is no default.
"""

import math
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from attrs import frozen

from ..errors import UsageError, did_you_mean
from ..sources import Cite, Confidence
from ..vocabulary import AnthracyclineScheme
from .agents import agent
from .derived import Derived, cite
from .reading import knowledge


@frozen
class Factor:
    """Doxorubicin equivalent of 1 mg of an agent; ``value`` is None where the scheme gives none, and ``why``."""

    value: float | None
    confidence: Confidence
    why: str = ""


@frozen(kw_only=True)
class Scheme:
    """A published set of factors, by id of the agent."""

    id: str
    name: str
    factors: Mapping[str, Factor]
    source: Cite


@frozen
class ExposureClass:
    """A class of cumulative exposure: from (included) up to (excluded; None: no limit), mg/m² of doxorubicin."""

    name: str
    at_least: float
    below: float | None
    source: Cite


@frozen(kw_only=True)
class Cumulative:
    """A cumulative dose by one scheme, in mg/m² of doxorubicin equivalents.

    ``equivalents``: what each agent contributes, None where the scheme cannot say. ``total`` and ``exposure``
    are settled only where they do not hang on such a contribution.
    """

    scheme: str
    equivalents: Mapping[str, float | None]
    total: Derived[float]
    exposure: Derived[str]


@cache
def schemes() -> Mapping[str, Scheme]:
    """All schemes by id."""
    return {row["id"]: _scheme(row) for row in knowledge("agents")["schemes"]}


@cache
def exposure_classes() -> tuple[ExposureClass, ...]:
    """Classes of exposure, the lowest first."""
    raw = knowledge("agents")["exposure"]
    return tuple(ExposureClass(row["name"], row["from"], row["to"], cite(raw["source"])) for row in raw["classes"])


def cumulative_anthracycline(doses: Iterable[tuple[str, float]], scheme: str) -> Cumulative:
    """Cumulative dose of agents (any name of theirs) in mg/m², converted by a scheme named by its id.

    An agent or a factor that the scheme does not know leaves the total open, with the reason; nothing is assumed.
    Raises UsageError for a scheme that is not known.
    """
    chosen = _chosen(scheme)
    inputs: dict[str, object] = {"scheme": scheme}
    equivalents: dict[str, float | None] = {}
    reasons: list[str] = []
    provisional = False
    known = 0.0
    for name, dose in doses:
        found = agent(name)
        key = found.id if found else name
        inputs[key] = _plus(inputs.get(key), dose)
        factor = chosen.factors.get(key)
        amount, reason = _equivalent(key, dose, factor, chosen.name)
        provisional = provisional or (factor is not None and factor.confidence is not Confidence.QUOTED)
        if amount is None:
            equivalents[key] = None
            reasons += [reason] if reason not in reasons else []
            continue
        known += amount
        before = equivalents.get(key, 0.0)
        equivalents[key] = None if before is None else before + amount
    known = round(known, 6)  # a sum of decimal fractions: 0.833 * 300 is meant to be 249.9
    missing = tuple(key for key, amount in equivalents.items() if amount is None)
    source = Cite(chosen.source.key, chosen.source.at, Confidence.RECALLED) if provisional else chosen.source
    total = Derived(
        possible=() if missing else (known,), inputs=inputs, missing=missing, source=source, reason="; ".join(reasons)
    )
    return Cumulative(
        scheme=scheme,
        equivalents=equivalents,
        total=total,
        exposure=_exposure(known, missing, scheme, source.provisional, inputs),
    )


def _chosen(scheme: str) -> Scheme:
    if scheme == AnthracyclineScheme.OTHER:  # a word of the case files: the factors are then not known
        return Scheme(id=scheme, name="a scheme that is not named", factors={}, source=exposure_classes()[0].source)
    if scheme in schemes():
        return schemes()[scheme]
    hint = did_you_mean(scheme, schemes()) or f"known are {', '.join(schemes())}."
    raise UsageError(f"scheme: no anthracycline scheme {scheme!r}; {hint}")


def _plus(before: object, dose: float) -> float:
    return dose + (before if isinstance(before, int | float) else 0.0)


def _equivalent(key: str, dose: float, factor: Factor | None, scheme: str) -> tuple[float | None, str]:
    if not (math.isfinite(dose) and dose >= 0):
        return None, f"{dose} mg/m² of {key} is no dose"
    if factor is None:
        return None, f"{scheme} has no factor for {key}"
    if factor.value is None:
        return None, f"{scheme} has no factor for {key}: {factor.why or 'not known'}"
    return dose * factor.value, ""


def _exposure(
    known: float, missing: tuple[str, ...], scheme: str, provisional: bool, inputs: Mapping[str, object]
) -> Derived[str]:
    """Class by the converted dose. What cannot be converted can only add to it."""
    classes = exposure_classes()
    fits = [c for c in classes if c.below is None or known < c.below]
    possible = tuple(c.name for c in (fits if missing else fits[:1]))
    source = classes[0].source
    return Derived(
        possible=possible,
        inputs=inputs,
        missing=() if len(possible) == 1 else missing,
        source=Cite(source.key, source.at, Confidence.RECALLED) if provisional else source,
        reason=f"by doxorubicin equivalents, scheme {scheme}",
    )


def _scheme(row: Mapping[str, Any]) -> Scheme:
    factors = {
        key: Factor(told["factor"], Confidence(told["confidence"]), told.get("why", ""))
        for key, told in row["factors"].items()
    }
    return Scheme(id=row["id"], name=row["name"], factors=factors, source=cite(row["source"]))
