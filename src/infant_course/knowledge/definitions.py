"""Definitions of the field with their numbers, and what they make of facts of which some may be missing.

The first half looks definitions up: who defines a term how. The second half applies them. An answer never raises
because of a patient: what is not known widens it, and what cannot be is said in its reason. Exact borders belong
where the definition puts them: "below 5" leaves 5 out, "5 and more" takes it in.
"""

import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

from attrs import frozen

from ..errors import UsageError, did_you_mean
from ..sources import Cite, Confidence
from ..vocabulary import CnsClass, MrdResult, PrednisoneClass, RelapseTiming
from ..when import Unit, units_to_days
from .derived import Derived, cite, over_all, recalled
from .reading import knowledge


@frozen(kw_only=True)
class Criterion:
    """One comparison: what is measured, how, with what. ``value`` is None where the figure was not found."""

    measure: str
    operator: str
    value: float | str | bool | None
    unit: str

    def __str__(self) -> str:
        if isinstance(self.value, bool):
            return f"{self.measure}: {'yes' if self.value else 'no'}"
        value = "not found" if self.value is None else f"{self.value:g}" if self._number else str(self.value)
        unit = f"per {self.unit[1:]}" if self.unit.startswith("/") else self.unit
        return f"{self.measure} {self.operator} {value} {unit}".rstrip()

    @property
    def _number(self) -> bool:
        return isinstance(self.value, int | float)


@frozen(kw_only=True)
class Definition:
    """What a term means to those who define it so. ``join``: "all", "any", or the least number that must hold."""

    id: str
    topic: str
    scheme: str
    term: str
    join: str
    criteria: tuple[Criterion, ...]
    note: str
    source: Cite

    def number(self, measure: str) -> float:
        """The figure that a measure is compared with. Raises KeyError where the definition has none for it."""
        for criterion in self.criteria:
            if criterion.measure == measure and isinstance(criterion.value, int | float):
                return float(criterion.value)
        raise KeyError(f"{self.id}: {measure}")


@frozen(kw_only=True)
class DoseStep:
    """Share of the dose from an age in months (included) to another (excluded; None: no limit)."""

    from_months: int
    to_months: int | None
    share: Fraction
    confidence: Confidence


@frozen(kw_only=True)
class DoseReduction:
    """Age reduction of one protocol; ``agents``: ids of those of which it was read, for others it is recalled."""

    protocol: str
    agents: tuple[str, ...]
    what: str
    steps: tuple[DoseStep, ...]
    source: Cite


@cache
def definitions() -> Mapping[str, Definition]:
    """All definitions by id."""
    return {row["id"]: _definition(row) for row in knowledge("definitions")["definitions"]}


def definition(name: str) -> Definition:
    """The definition of this id. Raises UsageError, naming the nearest, where there is none."""
    if name not in definitions():
        raise UsageError(f"definition: no definition {name!r}; {did_you_mean(name, definitions()) or 'see the docs.'}")
    return definitions()[name]


def defining(topic: str, scheme: str | None = None) -> tuple[Definition, ...]:
    """All definitions of a topic, or those of one scheme, in their order. Raises UsageError for an unknown topic."""
    topics = dict.fromkeys(found.topic for found in definitions().values())
    if topic not in topics:
        raise UsageError(f"topic: no topic {topic!r}; {did_you_mean(topic, topics) or 'known: ' + ', '.join(topics)}")
    return tuple(d for d in definitions().values() if d.topic == topic and scheme in (None, d.scheme))


@cache
def dose_reductions() -> Mapping[str, DoseReduction]:
    """Age reductions of doses by protocol."""
    return {
        row["protocol"]: DoseReduction(
            protocol=row["protocol"],
            agents=tuple(row["agents"]),
            what=row["what"],
            steps=tuple(
                DoseStep(
                    from_months=step["from"],
                    to_months=step["to"],
                    share=Fraction(step["share"]),
                    confidence=Confidence(step["confidence"]),
                )
                for step in row["steps"]
            ),
            source=cite(row["source"]),
        )
        for row in knowledge("definitions")["dose_reductions"]
    }


# What the definitions make of facts


def marrow_class(percent: float | None) -> Derived[str]:
    """M1, M2 or M3 by the percentage of marrow blasts.

    At exactly 5 and 25 % texts differ in which class takes the border; the reason says so.
    """
    two, three = definition("m2").number("marrow blasts"), definition("m3").number("marrow blasts")
    inputs = {"marrow blasts, %": percent}
    if percent is None:
        return Derived(
            possible=("M1", "M2", "M3"), inputs=inputs, missing=("marrow blasts, %",), source=definition("m1").source
        )
    if not 0 <= percent <= 100:
        return _impossible(inputs, definition("m1").source, f"{percent:g} is no percentage")
    chosen = definition("m1" if percent < two else "m2" if percent < three else "m3")
    border = "on the border: wordings differ in which class it belongs to" if percent in (two, three) else ""
    return Derived(possible=(chosen.term,), inputs=inputs, source=chosen.source, reason=border)


def prednisone_response(blasts: float | None) -> Derived[PrednisoneClass]:
    """Response to the prephase by blasts per µL of blood on day 8."""
    good = definition("prednisone_good")
    inputs = {"blasts on day 8, /µL": blasts}
    if blasts is None:
        return Derived(possible=tuple(PrednisoneClass), inputs=inputs, missing=tuple(inputs), source=good.source)
    if _no_amount(blasts):
        return _impossible(inputs, good.source, f"{blasts:g} is no count")
    few = blasts < good.number("blasts in blood on day 8")
    found = PrednisoneClass.GOOD if few else PrednisoneClass.POOR
    return Derived(possible=(found,), inputs=inputs, source=good.source)


def cns_class(
    wbc: float | None,
    rbc: float | None,
    blasts: bool | None,
    signs: bool | None,
    *,
    steinherz_bleyer: bool | None = None,
) -> Derived[CnsClass]:
    """CNS class by CSF leucocytes and erythrocytes per µL, blasts on the cytospin, and clinical signs.

    ``steinherz_bleyer``: whether leucocytes over erythrocytes in CSF exceed twice the same in blood; it matters only
    in a traumatic puncture with 5 leucocytes per µL or more. Exactly twice is not assigned: leave it None.
    """
    many = definition("cns3a").number("CSF leucocytes")
    traumatic = definition("cns2b").number("CSF erythrocytes")
    source = definition("cns1").source
    facts: dict[str, Any] = {
        "wbc": wbc,
        "rbc": rbc,
        "blasts": blasts,
        "signs": signs,
        "steinherz_bleyer": steinherz_bleyer,
    }
    for name in ("wbc", "rbc"):
        if facts[name] is not None and _no_amount(facts[name]):
            return _impossible(facts, source, f"{name} {facts[name]:g} is no count")

    def judge(wbc: float, rbc: float, blasts: bool, signs: bool, steinherz_bleyer: bool) -> Iterable[CnsClass]:
        if signs:
            return (CnsClass.CNS3C,)
        if not blasts:
            return (CnsClass.CNS1,)
        if wbc < many:
            return (CnsClass.CNS2A,) if rbc < traumatic else (CnsClass.CNS2B,)
        if rbc < traumatic:
            return (CnsClass.CNS3A,)
        return (CnsClass.CNS3B,) if steinherz_bleyer else (CnsClass.CNS2C,)

    trials = {
        "wbc": (0, many),
        "rbc": (0, traumatic),
        "blasts": (False, True),
        "signs": (False, True),
        "steinherz_bleyer": (False, True),
    }
    possible, missing = _possible(facts, trials, judge)
    ratio = {CnsClass.CNS2C, CnsClass.CNS3B} & set(possible)
    return Derived(
        possible=tuple(sorted(possible)),
        inputs=facts,
        missing=missing,
        source=definition("steinherz_bleyer").source if ratio else source,
    )


def mrd_class(
    result: MrdResult | str | None,
    level: float | None = None,
    sensitivity: float | None = None,
    quantitative_limit: float | None = None,
) -> Derived[str]:
    """MRD response: "MRD CR", "MRD intermediate" or "MRD failure". All levels are fractions (0.01 % is 1e-4).

    It presumes haematological remission. Raises UsageError for a result that is not of the vocabulary.
    """
    cr, between, failure = (definition(name) for name in ("mrd_cr", "mrd_intermediate", "mrd_failure"))
    deep, high = cr.number("sensitivity"), failure.number("MRD level")
    inputs = {
        "result": result,
        "level": level,
        "sensitivity": sensitivity,
        "quantitative limit": quantitative_limit,
    }
    told = None if result is None else _result(result)
    for name in ("level", "sensitivity", "quantitative limit"):
        value = inputs[name]
        if isinstance(value, int | float) and not 0 <= value <= 1:
            return _impossible(inputs, cr.source, f"{name} {value:g} is no fraction")

    def answer(missing: tuple[str, ...], *found: Definition) -> Derived[str]:
        return Derived(possible=tuple(d.term for d in found), inputs=inputs, missing=missing, source=cr.source)

    if told is None:
        return answer(("result",), cr, between, failure)
    if told is MrdResult.NOT_EVALUABLE:
        return _impossible(inputs, cr.source, "the sample or the marker could not be evaluated")
    if told is MrdResult.NEGATIVE:
        if sensitivity is None:
            return answer(("sensitivity",), cr, between)
        return answer((), cr if sensitivity <= deep else between)
    if told is MrdResult.POSITIVE_BELOW_RANGE:
        if quantitative_limit is None:
            return answer(("quantitative limit",), between, failure)
        return answer((), between) if quantitative_limit <= high else answer((), between, failure)
    if level is None:
        return answer(("level",), between, failure)
    return answer((), between if level < high else failure)


def relapse_timing(
    since_diagnosis: tuple[int, int] | None, since_end_of_therapy: tuple[int, int] | None, scheme: str = "bfm"
) -> Derived[RelapseTiming]:
    """Timing class of a relapse by days, each as (least, most), since diagnosis and since the end of therapy.

    A relapse on therapy has negative days since its end. A month is 28 to 31 days: where that decides, both classes
    stay possible. Raises UsageError for a scheme other than "bfm" and "cog".
    """
    if scheme not in ("bfm", "cog"):
        raise UsageError(f"scheme: no timing of relapse by {scheme!r}; known are bfm and cog.")
    source = definition(f"timing_{scheme}_very_early").source
    first, end = "days since diagnosis", "days since end of therapy"
    inputs: dict[str, object] = {first: since_diagnosis, end: since_end_of_therapy, "scheme": scheme}
    for name, box in ((first, since_diagnosis), (end, since_end_of_therapy)):
        if box is not None and box[0] > box[1]:
            return _impossible(inputs, source, f"{name}: {box[0]} to {box[1]} is no range")
    if since_diagnosis is not None and since_diagnosis[1] < 0:
        return _impossible(inputs, source, "a relapse before the diagnosis has no timing")

    soon = definition(f"timing_{scheme}_very_early").number("time since diagnosis")
    facts: dict[str, Any] = {"soon": _below_months(since_diagnosis, soon), "late": None}
    if scheme == "cog":
        late = _below_months(since_diagnosis, definition("timing_cog_late").number("time since diagnosis"))
    else:
        late = _below_months(since_end_of_therapy, definition("timing_bfm_late").number("time since end of therapy"))
    facts["late"] = None if late is None else not late

    def judge(soon: bool, late: bool) -> Iterable[RelapseTiming]:
        if soon:
            return () if scheme == "cog" and late else (RelapseTiming.VERY_EARLY,)
        return (RelapseTiming.LATE,) if late else (RelapseTiming.EARLY,)

    possible, missing = _possible(facts, {"soon": (True, False), "late": (False, True)}, judge)
    asked = {"soon": first, "late": first if scheme == "cog" else end}
    return Derived(
        possible=possible, inputs=inputs, missing=tuple(dict.fromkeys(asked[m] for m in missing)), source=source
    )


def age_class(low: int | None, high: int | None, protocol: str = "kotecha_2022") -> Derived[str]:
    """ "infant" or "older" by the age at diagnosis in days (least, most), by the limit of a protocol.

    Without a protocol, by the first birthday, which is 365 or 366 days after birth. Raises UsageError for a protocol
    whose limit is not known.
    """
    limits = {d.scheme: d for d in defining("age limit")}
    if protocol not in limits:
        hint = did_you_mean(protocol, limits) or f"known are {', '.join(limits)}."
        raise UsageError(f"protocol: no age limit of {protocol!r}; {hint}")
    limit = limits[protocol]
    inputs = {"least age, days": low, "greatest age, days": high, "protocol": protocol}
    wrong = _no_age(low, high)
    if wrong:
        return _impossible(inputs, limit.source, wrong)
    criterion = limit.criteria[0]
    least, most = _days(limit.number("age at diagnosis"), criterion.unit)
    inclusive = criterion.operator == "<="
    inside = high is not None and (high <= least if inclusive else high < least)
    outside = low is not None and (low > most if inclusive else low >= most)
    possible = ("infant",) if inside else ("older",) if outside else ("infant", "older")
    missing = () if len(possible) == 1 else ("age in days",)
    return Derived(possible=possible, inputs=inputs, missing=missing, source=limit.source)


def dose_reduction(low: int | None, high: int | None, protocol: str, agent: str | None = None) -> Derived[Fraction]:
    """Share of the dose that an infant gets, by the age at the course in days (least, most).

    ``agent``: id of a drug. The shares were read of high-dose methotrexate (Interfant-99) and of asparaginase
    (Interfant-06); of other drugs they are provisional. Months have 28 to 31 days. Where no rule is known, nothing
    is said.
    """
    rule = dose_reductions().get(protocol)
    inputs = {"least age, days": low, "greatest age, days": high, "protocol": protocol, "agent": agent}
    if rule is None:
        known = ", ".join(dose_reductions())
        first = next(iter(dose_reductions().values()))
        return _impossible(inputs, recalled(first.source), f"no age reduction is known of {protocol}, only of {known}")
    wrong = _no_age(low, high)
    if wrong:
        return _impossible(inputs, rule.source, wrong)
    least, most = low if low is not None else 0, high if high is not None else math.inf
    fits = [step for step in rule.steps if _overlaps(step, least, most)]
    read = agent in rule.agents and all(step.confidence is Confidence.QUOTED for step in fits)
    return Derived(
        possible=tuple(step.share for step in fits),
        inputs=inputs,
        missing=() if len(fits) == 1 else ("age in days",),
        source=rule.source if read else recalled(rule.source),
        reason="" if agent in rule.agents else f"read of {rule.what} only",
    )


def gvhd_grade(skin: int | None, liver: int | None, upper_gi: int | None, lower_gi: int | None) -> Derived[str]:
    """Overall grade of acute GVHD ("0", "I" to "IV") from the MAGIC stages of the organs.

    Grade 0 is that of no stage in any organ.
    """
    source = definition("gvhd_grade_1").source
    facts: dict[str, Any] = {"skin": skin, "liver": liver, "upper_gi": upper_gi, "lower_gi": lower_gi}
    stages = {"skin": range(5), "liver": range(5), "upper_gi": range(2), "lower_gi": range(5)}
    for organ, stage in facts.items():
        if stage is not None and stage not in stages[organ]:
            return _impossible(facts, source, f"{organ} has no stage {stage}")

    def judge(skin: int, liver: int, upper_gi: int, lower_gi: int) -> Iterable[str]:
        if 4 in (skin, liver, lower_gi):
            return ("IV",)
        if max(liver, lower_gi) >= 2:
            return ("III",)
        if skin == 3 or 1 in (liver, upper_gi, lower_gi):
            return ("II",)
        return ("I",) if skin else ("0",)

    possible, missing = _possible(facts, stages, judge)
    return Derived(possible=tuple(sorted(possible)), inputs=facts, missing=missing, source=source)


# What the functions above share


def _possible(
    facts: Mapping[str, Any], trials: Mapping[str, Any], judge: Callable[..., Iterable[Any]]
) -> tuple[tuple[Any, ...], tuple[str, ...]]:
    """Answers of ``judge`` with the facts known as they are, and all values tried for the others."""
    given = {name: value for name, value in facts.items() if value is not None}
    return over_all(given, {name: values for name, values in trials.items() if name not in given}, judge)


def _impossible(inputs: Mapping[str, object], source: Cite, reason: str) -> Derived[Any]:
    return Derived(possible=(), inputs=inputs, source=source, reason=reason)


def _no_amount(value: float) -> bool:
    return not (math.isfinite(value) and value >= 0)


def _no_age(low: int | None, high: int | None) -> str:
    if (low is not None and low < 0) or (high is not None and high < 0):
        return "an age is not negative"
    if low is not None and high is not None and low > high:
        return f"{low} to {high} days is no range"
    return ""


def _days(number: float, unit: str) -> tuple[int, int]:
    """Least and greatest days of a number of days or months."""
    return units_to_days(Decimal(str(number)), Unit.MONTH if unit == "months" else Unit.DAY)


def _below_months(box: tuple[int, int] | None, months: float) -> bool | None:
    """Whether a range of days lies below so many months; None where that is open."""
    if box is None:
        return None
    least, most = _days(months, "months")
    return True if box[1] < least else False if box[0] >= most else None


def _overlaps(step: DoseStep, least: float, most: float) -> bool:
    """Whether an age between two numbers of days can lie in a step. The first birthday may count to either side."""
    if most < _days(step.from_months, "months")[0]:
        return False
    return step.to_months is None or least < _upper(step)


def _upper(step: DoseStep) -> int:
    """First day surely beyond a step: "6 to 12 months" takes in the day at 12 months, "below 6" not that at 6."""
    assert step.to_months is not None
    most = _days(step.to_months, "months")[1]
    return most + 1 if step.to_months == 12 else most


def _result(result: MrdResult | str) -> MrdResult:
    known = [str(member) for member in MrdResult]
    if str(result) not in known:
        hint = did_you_mean(str(result), known) or f"known are {', '.join(known)}."
        raise UsageError(f"result: no MRD result {str(result)!r}; {hint}")
    return MrdResult(str(result))


def _definition(row: Mapping[str, Any]) -> Definition:
    return Definition(
        id=row["id"],
        topic=row["topic"],
        scheme=row["scheme"],
        term=row["term"],
        join=str(row["join"]),
        criteria=tuple(
            Criterion(measure=measure, operator=operator, value=value, unit=unit)
            for measure, operator, value, unit in row["criteria"]
        ),
        note=row["note"],
        source=cite(row["source"]),
    )
