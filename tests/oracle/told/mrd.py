"""MRD: what is told of one result and of those it names, read once more."""

import re
from math import log10
from typing import Any

from infant_course import Course
from infant_course.events import (
    CellTherapy,
    Cytogenetics,
    Decision,
    Diagnosis,
    Enrolment,
    Immunotherapy,
    MrdAssessment,
    MrdReemergence,
    Quantity,
    RiskAssignment,
    TreatmentBlock,
)
from infant_course.vocabulary import Method, MrdResult, Specimen
from oracle.plain.operators import SILENT, is_blinatumomab, spelt
from oracle.told.diagnosis import CHROMOSOMES, KARYOTYPES, _translocations
from oracle.told.drawing import Family, Ref, Rules, Some, Verdict, amount, any_of, named, the_one

A_BIT = 1e-9
"""Numbers that differ by rounding only are equal."""


def _share(quantity: Any) -> float | None:
    return amount(quantity, "fraction")


def mrd_01(mrd: MrdAssessment, _: Course) -> Verdict:
    if mrd.value is None:
        return SILENT
    share = _share(mrd.value)
    return None if share is None else not 0 <= share <= 1


def mrd_02(mrd: MrdAssessment, _: Course) -> Verdict:
    return SILENT if mrd.value is None else mrd.value.unit not in ("%", "fraction")


def mrd_03(mrd: MrdAssessment, _: Course) -> Verdict:
    return mrd.sensitivity is None if mrd.result == "negative" else SILENT


def _insensitive(mrd: MrdAssessment) -> bool | None:
    limit = _share(mrd.sensitivity)
    return None if limit is None else limit > 1e-4 * (1 + A_BIT)


def mrd_04(event: Any, course: Course) -> Verdict:
    """A negative that decides is one of 1e-4 or better."""
    if isinstance(event, MrdAssessment):
        return _insensitive(event) if event.result == "negative" and event.decides else SILENT
    grounds = [named(course, ground) for ground in event.rests_on]
    negatives = [one for one in grounds if isinstance(one, MrdAssessment) and one.result == "negative"]
    return any_of([_insensitive(one) for one in negatives]) if negatives else SILENT


def _quantified(mrd: MrdAssessment) -> bool:
    """By its class, or by a level where no class is told."""
    return mrd.result == "quantified" or (mrd.result is None and (_share(mrd.value) or 0) > 0)


def mrd_05(mrd: MrdAssessment, _: Course) -> Verdict:
    if not _quantified(mrd) or mrd.value is None or mrd.quantitative_limit is None:
        return SILENT
    share = _share(mrd.value)
    return None if share is None else share < _share(mrd.quantitative_limit) * (1 - A_BIT)


def mrd_06(mrd: MrdAssessment, _: Course) -> Verdict:
    if mrd.result != "positive_below_range":
        return SILENT
    return mrd.value is not None or mrd.quantitative_limit is None


def mrd_07(mrd: MrdAssessment, _: Course) -> Verdict:
    if mrd.sensitivity is None or mrd.quantitative_limit is None:
        return SILENT
    return _share(mrd.sensitivity) > _share(mrd.quantitative_limit) * (1 + A_BIT)


def mrd_08(mrd: MrdAssessment, _: Course) -> Verdict:
    """Flow and PCR of Ig/TR reach 1e-5, PCR of a fusion and sequencing 1e-6; a PCR of neither is one of the two."""
    if mrd.sensitivity is None or mrd.method not in ("flow", "pcr", "ngs"):
        return SILENT
    marker = mrd.marker.upper() if mrd.marker else None
    receptor = marker is not None and re.match("(IG|TR)[A-Z]", marker)
    limits = {"flow": [1e-5], "ngs": [1e-6]}.get(mrd.method) or (
        [1e-5, 1e-6] if marker is None else [1e-5] if receptor else [1e-6]
    )
    beyond = {_share(mrd.sensitivity) < limit * (1 - A_BIT) for limit in limits}
    return beyond.pop() if len(beyond) == 1 else None


GENES = {"AF4": "AFF1", "AF9": "MLLT3"}


FUSIONS = {"KMT2A-AFF1": "AFF1", "MLL-AF9": "MLLT3", "KMT2A::MLLT1": "MLLT1", "KMT2A\u2013MLLT3": "MLLT3"}
FUSIONS |= {"KMT2A MLLT3": "MLLT3", "AFF1-KMT2A": "AFF1", "mll_af4": "AFF1"}


def _agreed(told: list[Any]) -> Any:
    """What all say that say anything; None where they differ."""
    stated = [one for one in told if one is not None]
    return stated[0] if stated and all(one == stated[0] for one in stated) else None


def mrd_09(mrd: MrdAssessment, course: Course) -> Verdict:
    """A fusion as marker is the patient's: by gene, or where none is told by chromosome."""
    marker = FUSIONS.get(mrd.marker or "")
    if marker is None:
        return SILENT
    named = [GENES.get(dx.kmt2a_partner or "", dx.kmt2a_partner) for dx in course.of(Diagnosis)]
    own = _agreed([gene if gene in CHROMOSOMES else None for gene in named])
    if own is not None:
        return bool(marker != own)
    found = _agreed([set().union(*_translocations(dx)) or None for dx in course.of(Diagnosis)])
    return SILENT if found is None else CHROMOSOMES[marker] not in found


def mrd_10(mrd: MrdAssessment, course: Course) -> Verdict:
    """A reduction is of two levels by one assay and marker, and is theirs to within a power of ten."""
    if mrd.reduction is None:
        return SILENT
    earlier = named(course, mrd.since)
    both = [mrd] if earlier is None else [mrd, earlier]
    if any(one.result not in (None, "quantified") for one in both):
        return True
    if len(both) < 2:
        return False
    for name in ("method", "marker"):
        told = [getattr(one, name) for one in both]
        if None not in told and spelt(told[0]) != spelt(told[1]):
            return True
    shares = [_share(one.value) for one in both]
    if None in shares or min(shares) <= 0 or None in [one.result for one in both]:
        return False if None in shares or min(shares) <= 0 else abs(mrd.reduction - log10(shares[1] / shares[0])) >= 1
    return abs(mrd.reduction - log10(shares[1] / shares[0])) >= 1


POINTS = {"interfant-06": {"eoi", "end of induction", "eoc", "end of consolidation", "before_octadad"}}
POINTS |= {"aall0631": {"tp1", "tp2", "tp3"}, "cog-aall0631": {"tp1", "tp2", "tp3"}}
"""Time points by protocol (protocols.yaml); of other protocols of these courses none or not all are known."""


def mrd_12(mrd: MrdAssessment, course: Course) -> Verdict:
    """A name of the protocol's own, and a time or a block with it."""
    if mrd.timepoint is None:
        return SILENT
    enrolment = the_one(course, Enrolment)
    known = POINTS.get(enrolment.protocol) if enrolment else None
    foreign = known is not None and mrd.timepoint.lower() not in known
    return foreign or (not mrd.when and mrd.assesses is None)


def mrd_15(mrd: MrdAssessment, _: Course) -> Verdict:
    """Exactly 1e-4, 5e-4, 1e-3 or 1e-2."""
    if not _quantified(mrd) or mrd.value is None:
        return SILENT
    share = _share(mrd.value)
    return None if share is None else any(abs(share - border) < border * A_BIT for border in (1e-4, 5e-4, 1e-3, 1e-2))


def mrd_16(mrd: MrdAssessment, course: Course) -> Verdict:
    if mrd.specimen != "blood" or mrd.assesses is None:
        return SILENT
    judged = named(course, mrd.assesses)
    return isinstance(judged, CellTherapy) or is_blinatumomab(judged)


def mrd_17(event: Any, course: Course) -> Verdict:
    """Fluid and testis are series of their own."""
    apart = ("csf", "testis")
    if isinstance(event, MrdReemergence):
        if not event.assessments:
            return SILENT
        found = {named(course, one).specimen for one in event.assessments}
        return bool(found & set(apart)) and bool(found & {"marrow", "blood"})
    earlier = named(course, event.since)
    if event.specimen is None or earlier is None or earlier.specimen is None:
        return SILENT
    return event.specimen != earlier.specimen and bool({event.specimen, earlier.specimen} & set(apart))


RULES: Rules = {
    "MRD-01": (("mrd",), mrd_01),
    "MRD-02": (("mrd",), mrd_02),
    "MRD-03": (("mrd",), mrd_03),
    "MRD-04": (("mrd", "risk_assignment", "decision"), mrd_04),
    "MRD-05": (("mrd",), mrd_05),
    "MRD-06": (("mrd",), mrd_06),
    "MRD-07": (("mrd",), mrd_07),
    "MRD-08": (("mrd",), mrd_08),
    "MRD-09": (("mrd",), mrd_09),
    "MRD-10": (("mrd",), mrd_10),
    "MRD-12": (("mrd",), mrd_12),
    "MRD-15": (("mrd",), mrd_15),
    "MRD-16": (("mrd",), mrd_16),
    "MRD-17": (("mrd", "mrd_reemergence"), mrd_17),
}

LEVELS = (None, *(Quantity(x, "fraction") for x in (-0.1, 1.5, 1e-4, 5e-4, 3e-3, 0.02, 2e-6)), Quantity(0.1, "%"))
LEVELS = (*LEVELS, Quantity(30, "%"), Quantity(0.05, ""))
LIMITS = (None, *(Quantity(x, "fraction") for x in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7)), Quantity(0.01, "%"))

FAMILIES: dict[str, Family] = {
    "one result": Family(
        (
            Some(
                MrdAssessment,
                {
                    "result": (None, *MrdResult),
                    "value": LEVELS,
                    "sensitivity": LIMITS,
                    "quantitative_limit": LIMITS,
                    "method": (None, *Method),
                    "marker": (None, "IGH", "trd", "KMT2A-AFF1"),
                },
                most=3,
            ),
        )
    ),
    "markers": Family(
        (
            Some(
                Diagnosis,
                {
                    "kmt2a_partner": (None, "AFF1", "AF4", "MLLT3", "NEW1"),
                    "cytogenetics": tuple(tuple(Cytogenetics(karyotype=t) for t in texts) for texts in KARYOTYPES),
                },
                most=2,
            ),
            Some(MrdAssessment, {"marker": (None, "IGH", "KMT2A breakpoint", *FUSIONS)}, most=2),
        )
    ),
    "reductions": Family(
        (
            Some(
                MrdAssessment,
                {
                    "result": (None, MrdResult.QUANTIFIED, MrdResult.QUANTIFIED, MrdResult.NEGATIVE),
                    "value": (None, Quantity(0.2, "fraction"), Quantity(2, "%"), Quantity(2e-4, "fraction")),
                    "method": (None, Method.PCR, Method.FLOW),
                    "marker": (None, "IG-H", "igh", "TRG"),
                    "specimen": (None, *Specimen),
                    "reduction": (None, 0.5, 1.0, 3.0),
                    "since": Ref((MrdAssessment,)),
                },
                least=2,
                most=4,
            ),
            Some(MrdReemergence, {"assessments": Ref((MrdAssessment,), several=True)}),
        )
    ),
    "decided by MRD": Family(
        (
            Some(Decision, {}),
            Some(
                MrdAssessment,
                {
                    "result": (MrdResult.NEGATIVE, MrdResult.NEGATIVE, MrdResult.POSITIVE),
                    "sensitivity": LIMITS,
                    "decides": Ref((Decision,)),
                },
                most=3,
            ),
            Some(RiskAssignment, {"rests_on": Ref((MrdAssessment,), several=True)}),
            Some(Decision, {"rests_on": Ref((MrdAssessment,), several=True)}),
        )
    ),
    "time points": Family(
        (
            Some(
                Enrolment, {"protocol": ("interfant-06", "cog-aall0631", "aall0631", "mll-10", None)}, least=0, most=2
            ),
            Some(TreatmentBlock, {"block": ("induction",)}),
            Some(Immunotherapy, {"agent": ("blinatumomab", "Blinatumomab ", "inotuzumab", None)}),
            Some(CellTherapy, {"targets": (("CD19",),)}, least=0),
            Some(
                MrdAssessment,
                {
                    "timepoint": (None, "EOI", "TP1", "end of consolidation", "d29"),
                    "assesses": Ref((TreatmentBlock, Immunotherapy, CellTherapy)),
                    "specimen": (None, Specimen.BLOOD, Specimen.BLOOD, Specimen.MARROW),
                },
                least=2,
                most=3,
                days=("2020-03-01", None),
            ),
        )
    ),
}
