"""REC and ORD: codes, units, fields out of place and flags, read once more."""

from typing import Any

from infant_course import Course, Event
from infant_course.events import (
    Diagnosis,
    Engraftment,
    Gvhd,
    Immunophenotype,
    MrdAssessment,
    Quantity,
    Relapse,
    Transplant,
)
from infant_course.vocabulary import (
    CellLine,
    Donor,
    GeneticTest,
    GvhdForm,
    GvhdSeverity,
    Kmt2aStatus,
    MrdResult,
    Side,
    Site,
)
from oracle.plain.operators import SILENT
from oracle.told.drawing import Family, Ref, Rules, Some, Verdict, as_in_a_table

CODES = {
    "sex": ("male", "female"),
    "cns": ("CNS1", "CNS2", "CNS3"),
    "extramedullary": ("cns", "testis", "skin"),
    "specimen": ("marrow", "blood", "csf"),
    "result": ("negative", "quantified", "positive", "positive_below_range", "not_evaluable"),
    "donor": ("matched_sibling", "haploidentical", "autologous"),
}
"""Words of each list that these courses use; whatever else stands there is of another list."""


def _codes(event: Event | None, course: Course) -> list[tuple[str, Any]]:
    """Every coded value that is told, with the list it should be of."""
    if event is None:
        return [("sex", course.patient.sex)]
    if isinstance(event, Diagnosis):
        sites = [("extramedullary", site) for site in event.extramedullary]
        return [("cns", event.cns), *sites, *(("specimen", one.specimen) for one in event.immunophenotypes)]
    if isinstance(event, MrdAssessment):
        return [("result", event.result), ("specimen", event.specimen)]
    if isinstance(event, Transplant):
        return [("donor", event.donor)]
    others = (getattr(event, name, None) for name in ("form", "severity", "cells", "sites", "side"))
    return [("listed", value) for value in others if value]


def rec_06(event: Event | None, course: Course) -> Verdict:
    told = [(name, value) for name, value in _codes(event, course) if value is not None]
    listed = isinstance(event, Diagnosis) and bool(event.immunophenotypes)
    if isinstance(event, Diagnosis):
        listed |= event.kmt2a is not None or bool(event.kmt2a_tests)
    return any(value not in CODES[name] for name, value in told if name in CODES) if told or listed else SILENT


UNITS = {
    "wbc": ("10^9/L", "/uL"),
    "haemoglobin": ("g/dL", "g/L"),
    "sensitivity": ("fraction", "%"),
    "count": ("10^9/L", "/uL"),
}


def rec_07(event: Event, _: Course) -> Verdict:
    """Each number has a unit of its quantity; the level of an MRD result is left to MRD-02."""
    told = {name: getattr(event, name, None) for name in UNITS}
    numbers = {name: value for name, value in told.items() if value is not None}
    return any(value.unit not in UNITS[name] for name, value in numbers.items()) if numbers else SILENT


def rec_09(event: Any, _: Course) -> Verdict:
    """What only a quantified MRD result, acute or chronic disease, platelets, another's graft ... can have."""
    decides = {"mrd": "result", "gvhd": "form", "engraftment": "cells", "transplant": "donor", "diagnosis": "kmt2a"}
    word = getattr(event, decides.get(event.TYPE, "sites"))
    if not word:
        return SILENT
    match event:
        case MrdAssessment():
            return word in ("negative", "not_evaluable", "positive") and event.value is not None
        case Gvhd():
            graded, severe = event.grade is not None, event.severity is not None
            return (word == "chronic" and graded) or (word in ("acute", "late_acute") and severe)
        case Engraftment():
            return word == "neutrophils" and event.days_untransfused is not None
        case Transplant():
            return word == "autologous" and (event.hla_matched, event.hla_compared) != (None, None)
        case Diagnosis():
            return word == "not_tested" and (bool(event.kmt2a_tests) or event.kmt2a_partner is not None)
    return "testis" not in word and event.side is not None


def rec_10(event: Event, _: Course) -> Verdict:
    return event.id in event.derived_from if event.derived_from else SILENT


def ord_14(event: Event, _: Course) -> Verdict:
    return SILENT if event.estimated is None else event.estimated


ANY = ("any",)
"""Events of every type."""

RULES: Rules = {
    "REC-06": ((*ANY, "patient"), rec_06),
    "REC-07": (ANY, rec_07),
    "REC-09": (("diagnosis", "mrd", "relapse", "transplant", "engraftment", "gvhd"), rec_09),
    "REC-10": (ANY, rec_10),
    "ORD-14": (ANY, ord_14),
}

NUMBERS = (None, 1, 2)

FAMILIES: dict[str, Family] = {
    "codes and units": Family(
        (
            Some(
                Diagnosis,
                {
                    "cns": (None, "CNS1", "CNS2", "CNS5"),
                    "extramedullary": ((), ("cns",), ("testis", "liver")),
                    "immunophenotypes": (
                        (),
                        (Immunophenotype(specimen="marrow"),),
                        (as_in_a_table(Immunophenotype(), specimen="bone"), Immunophenotype()),
                    ),
                    "wbc": (None, Quantity(3, "/uL"), Quantity(3, "g/L")),
                    "haemoglobin": (None, Quantity(9, "g/dL"), Quantity(9, "")),
                },
            ),
            Some(
                MrdAssessment,
                {
                    "result": (None, "negative", "neg"),
                    "specimen": (None, "blood", "BM"),
                    "value": (None, Quantity(1, "copies")),
                    "sensitivity": (None, Quantity(0.01, "%"), Quantity(0.01, "log")),
                },
            ),
            Some(Transplant, {"donor": (None, "haploidentical", "MUD")}),
            Some(Engraftment, {"count": (None, Quantity(500, "/uL"), Quantity(500, "%"))}),
        ),
        sexes=(None, "male", "f"),
    ),
    "fields out of place": Family(
        (
            Some(
                MrdAssessment,
                {"result": (None, *MrdResult), "value": (None, Quantity(0.1, "%")), "estimated": (None, True, False)},
            ),
            Some(
                Gvhd,
                {"form": (None, *GvhdForm), "grade": NUMBERS, "severity": (None, GvhdSeverity.MILD)},
            ),
            Some(Engraftment, {"cells": (None, *CellLine), "days_untransfused": NUMBERS}),
            Some(
                Transplant,
                {
                    "donor": (None, Donor.AUTOLOGOUS, Donor.HAPLOIDENTICAL),
                    "hla_matched": NUMBERS,
                    "hla_compared": NUMBERS,
                    "derived_from": Ref((Gvhd, MrdAssessment), several=True),
                },
            ),
            Some(
                Diagnosis,
                {
                    "kmt2a": (None, *Kmt2aStatus),
                    "kmt2a_tests": ((), (GeneticTest.FISH,)),
                    "kmt2a_partner": (None, "AFF1"),
                    "derived_from": ((), ("e4",), ("e0", "e1")),
                },
            ),
            Some(
                Relapse,
                {"sites": ((), (Site.TESTIS,), (Site.CNS,)), "side": (None, *Side), "derived_from": ((), ("e5",))},
            ),
        )
    ),
}
