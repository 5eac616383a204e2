"""The four published scenarios, fact by fact.

``FACTS`` is written by hand from the atomic facts of the review (Kotecha 2022): what each says, as (event, field,
value). The files must say all of it and nothing else, and every value in them must be one that a fact would miss.
"""

import copy
import json
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import attrs
import pytest
from ruamel.yaml import YAML

from infant_course import Course, InputError
from infant_course.events import Finding, Quantity
from infant_course.io.case_file import load, of_node
from infant_course.io.published import published_cases
from infant_course.io.yaml_nodes import parse_json
from infant_course.when import AtAge, OnDate, OnDay

Triple = tuple[str, str, Any]

FACTS: dict[str, list[Triple]] = {
    # Case 1.
    "1.0": [("patient", "id", "kotecha-2022-case-1"), ("source", "key", "kotecha2022"), ("source", "at", "case 1")],
    "1.1": [
        ("patient", "sex", "male"),
        ("presentation", "when", "age 3 months"),
        ("diagnosis", "when", "age 3 months"),
    ],
    "1.2": [("presentation", "findings", "irritability")],
    "1.3": [("presentation", "findings", "hepatosplenomegaly")],
    "1.4": [("diagnosis", "wbc", "161.7 10^9/L")],
    "1.5": [
        ("diagnosis", "disease", "ALL"),
        ("diagnosis", "lineage", "B"),
        ("diagnosis", "immunophenotypes.positive", "CD19"),
    ],
    "1.6": [
        ("diagnosis", "cytogenetics.karyotype", "t(11;19)"),
        ("diagnosis", "cytogenetics.tests", "g_banding"),
        ("diagnosis", "cytogenetics.tests", "fish"),
    ],
    "1.7": [("diagnosis", "cns", "CNS2")],
    "1.8": [
        ("prephase", "block", "prephase"),
        ("prephase", "when", "after diagnosis"),
        ("prephase", "agents.name", "prednisone"),
        ("prednisone-response", "response", "good"),
        ("prednisone-response", "when", "after start of prephase"),
    ],
    "1.9": [
        ("induction", "protocol", "interfant-06"),
        ("induction", "block", "induction"),
        ("induction", "when", "after diagnosis"),
    ],
    "1.10": [("csf-clearance", "cleared", True), ("csf-clearance", "when", "after diagnosis")],
    "1.11": [
        ("mrd-end-of-induction", "when", "at end of induction"),
        ("mrd-end-of-induction", "assesses", "induction"),
        ("mrd-end-of-induction", "result", "quantified"),
        ("mrd-end-of-induction", "value", "0.0004 fraction"),
        ("mrd-end-of-induction", "method", "pcr"),
        ("mrd-end-of-induction", "marker", "KMT2A-MLLT1"),
    ],
    "1.12": [
        ("blinatumomab", "when", "after mrd-end-of-induction"),
        ("blinatumomab", "agent", "blinatumomab"),
        ("blinatumomab", "cycle", 1),
        ("blinatumomab", "lasting", "4 weeks"),
        ("blinatumomab", "dose_rate", "15 ug/m2/day"),
        ("blinatumomab", "continuous", True),
        ("blinatumomab", "completed", True),
    ],
    "1.13": [
        ("mrd-after-blinatumomab", "when", "after blinatumomab"),
        ("mrd-after-blinatumomab", "assesses", "blinatumomab"),
        ("mrd-after-blinatumomab", "result", "negative"),
    ],
    "1.14": [
        ("ib", "when", "after mrd-after-blinatumomab"),
        ("ib", "protocol", "interfant-06"),
        ("ib", "block", "ib"),
        ("remainder", "when", "with ib"),
    ],
    "1.15": [
        ("remainder", "protocol", "interfant-06"),
        ("remainder", "block", "remainder"),
        ("remainder", "completed", True),
    ],
    "1.16": [
        ("last-contact", "when", "4 years after diagnosis"),
        ("last-contact", "when", "after remainder"),
        ("last-contact", "vital_status", "alive"),
        ("last-contact", "disease_status", "CR1"),
    ],
    # Case 2.
    "2.0": [("patient", "id", "kotecha-2022-case-2"), ("source", "key", "kotecha2022"), ("source", "at", "case 2")],
    "2.1": [
        ("patient", "sex", "female"),
        ("presentation", "when", "age 1 month"),
        ("diagnosis", "when", "age 1 month"),
    ],
    "2.2": [
        ("onset", "when", "5 days before presentation"),
        ("onset", "symptoms", "nasal congestion"),
        ("onset", "symptoms", "sneezing"),
        ("onset", "symptoms", "reduced feeding"),
    ],
    "2.3": [("presentation", "findings", "hepatosplenomegaly, marked")],
    "2.4": [("presentation", "findings", "increased respiratory effort")],
    "2.5": [("diagnosis", "wbc", "1115 10^9/L")],
    "2.6": [
        ("diagnosis", "immunophenotypes.specimen", "blood"),
        ("diagnosis", "immunophenotypes.positive", "CD19"),
        ("diagnosis", "immunophenotypes.positive", "CD22"),
    ],
    "2.7": [("diagnosis", "disease", "ALL"), ("diagnosis", "lineage", "B")],
    "2.8": [
        ("diagnosis", "cytogenetics.karyotype", "t(4;11;13)"),
        ("diagnosis", "cytogenetics.tests", "g_banding"),
        ("diagnosis", "cytogenetics.tests", "fish"),
    ],
    "2.9": [("diagnosis", "cns", "CNS2")],
    "2.10": [
        ("prephase", "block", "prephase"),
        ("prephase", "when", "after diagnosis"),
        ("prephase", "agents.name", "prednisone"),
        ("prednisone-response", "response", "good"),
        ("prednisone-response", "when", "after start of prephase"),
    ],
    "2.11": [
        ("arm", "when", "after prednisone-response"),
        ("arm", "protocol", "interfant-06"),
        ("arm", "arm", "lymphoid-directed"),
    ],
    "2.12": [
        ("induction", "block", "induction"),
        ("induction", "when", "after diagnosis"),
        ("csf-clearance", "when", "during induction"),
        ("csf-clearance", "cleared", True),
    ],
    "2.13": [
        ("ib", "block", "ib"),
        ("ib", "when", "after diagnosis"),
        ("mrd-after-ib", "when", "after ib"),
        ("mrd-after-ib", "assesses", "ib"),
        ("mrd-after-ib", "result", "negative"),
        ("mrd-after-ib", "method", "pcr"),
        ("mrd-after-ib", "marker", "KMT2A-AFF1"),
    ],
    "2.14": [("octadad", "block", "octadad"), ("octadad", "when", "after diagnosis")],
    "2.15": [
        ("mrd-after-octadad", "when", "after octadad"),
        ("mrd-after-octadad", "when", "after mrd-after-ib"),
        ("mrd-after-octadad", "assesses", "octadad"),
        ("mrd-after-octadad", "result", "quantified"),
        ("mrd-after-octadad", "value", "0.005 fraction"),
    ],
    "2.16": [
        ("mrd-repeat", "when", "after mrd-after-octadad"),
        ("mrd-repeat", "result", "quantified"),
        ("mrd-repeat", "value", "1.257 %"),
        ("mrd-repeat", "method", "flow"),
        ("mrd-repeat", "specimen", "marrow"),
    ],
    "2.17": [("mrd-repeat", "antigens", "CD19"), ("mrd-repeat", "antigens", "CD22")],
    "2.18": [
        ("reemergence", "when", "with mrd-after-octadad"),
        ("reemergence", "assessments", "mrd-after-octadad"),
        ("reemergence", "assessments", "mrd-repeat"),
    ],
    "2.19": [
        ("car-t", "when", "after mrd-repeat"),
        ("car-t", "targets", "CD19"),
        ("car-t", "targets", "CD22"),
    ],
    "2.20": [
        ("second-mrd-remission", "when", "after car-t"),
        ("second-mrd-remission", "kind", "mrd"),
        ("second-mrd-remission", "number", 2),
        ("second-mrd-remission", "attained_with", "car-t"),
    ],
    "2.21": [
        ("hsct", "when", "after second-mrd-remission"),
        ("hsct", "graft", "cord_blood"),
        ("hsct", "consolidates", "second-mrd-remission"),
        ("hsct", "planned", True),
        ("conditioning", "when", "before hsct"),
        ("conditioning", "of", "hsct"),
        ("conditioning", "agents.name", "treosulfan"),
        ("conditioning", "agents.name", "fludarabine"),
        ("conditioning", "agents.name", "thiotepa"),
    ],
    "2.22": [
        ("last-contact", "when", "age 4.5 years"),
        ("last-contact", "when", "after hsct"),
        ("last-contact", "vital_status", "alive"),
        ("last-contact", "disease_status", "complete_remission"),
    ],
    # Case 3.
    "3.0": [("patient", "id", "kotecha-2022-case-3"), ("source", "key", "kotecha2022"), ("source", "at", "case 3")],
    "3.1": [
        ("patient", "sex", "male"),
        ("presentation", "when", "age 7 months"),
        ("diagnosis", "when", "age 7 months"),
    ],
    "3.2": [("onset", "when", "2 weeks before presentation"), ("onset", "symptoms", "increasing pallor")],
    "3.3": [("presentation", "findings", "bruising")],
    "3.4": [("presentation", "findings", "splenomegaly")],
    "3.5": [("presentation", "findings", "anaemia, marked")],
    "3.6": [("presentation", "findings", "thrombocytopenia")],
    "3.7": [("diagnosis", "wbc", "148.2 10^9/L")],
    "3.8": [("diagnosis", "marrow_blasts", "93 %"), ("diagnosis", "marrow_method", "flow")],
    "3.9": [
        ("diagnosis", "immunophenotypes.specimen", "marrow"),
        ("diagnosis", "immunophenotypes.positive", "CD10"),
        ("diagnosis", "immunophenotypes.positive", "CD19"),
        ("diagnosis", "immunophenotypes.positive", "cCD79a"),
    ],
    "3.10": [
        ("diagnosis", "cytogenetics.karyotype", "t(9;11)"),
        ("diagnosis", "cytogenetics.tests", "g_banding"),
        ("diagnosis", "cytogenetics.tests", "fish"),
    ],
    "3.11": [("diagnosis", "csf_blasts", False)],
    "3.12": [("diagnosis", "disease", "ALL"), ("diagnosis", "lineage", "B")],
    "3.13": [
        ("arm", "when", "after diagnosis"),
        ("arm", "protocol", "interfant-06"),
        ("arm", "arm", "lymphoid-directed"),
    ],
    "3.14": [
        ("mrd-after-marma", "when", "after marma"),
        ("mrd-after-marma", "assesses", "marma"),
        ("mrd-after-marma", "result", "negative"),
        ("mrd-after-marma", "method", "pcr"),
        ("mrd-after-marma", "marker", "KMT2A-MLLT3"),
    ],
    "3.15": [("marma", "block", "marma"), ("marma", "when", "after diagnosis")],
    "3.16": [
        ("octadad", "block", "octadad"),
        ("octadad", "when", "after marma"),
        ("octadad", "when", "after mrd-after-marma"),
    ],
    "3.17": [("maintenance", "block", "maintenance"), ("maintenance", "when", "after octadad")],
    "3.18": [("relapse", "when", "during maintenance"), ("relapse", "findings", "testicular swelling, right")],
    "3.19": [
        ("relapse", "when", "during maintenance"),
        ("relapse", "sites", "marrow"),
        ("relapse", "sites", "testis"),
    ],
    "3.20": [("relapse", "evidence", "marrow_aspirate"), ("relapse", "evidence", "testicular_biopsy")],
    "3.21": [
        ("lineage-switch", "when", "with relapse"),
        ("lineage-switch", "to_lineage", "monocytic"),
        ("lineage-switch", "to_disease", "acute monocytic leukaemia"),
    ],
    "3.22": [
        *[("relapse", "immunophenotypes.positive", name) for name in ("CD15", "CD33", "CD64", "CD123", "cMPO")],
        ("relapse", "immunophenotypes.lacks", "B"),
        ("relapse", "immunophenotypes.lacks", "T"),
        ("lineage-switch", "old_markers_lost", True),
    ],
    "3.23": [
        ("relapse", "cytogenetics.karyotype", "t(9;11)"),
        ("relapse", "cytogenetics.same_as_diagnosis", True),
        ("lineage-switch", "same_clone", True),
    ],
    "3.24": [
        ("salvage-1", "when", "after relapse"),
        ("salvage-1", "block", "salvage"),
        ("salvage-1", "cycle", 1),
        ("salvage-1", "agents.name", "mitoxantrone"),
        ("salvage-1", "agents.name", "cytarabine"),
    ],
    "3.25": [
        ("salvage-2", "when", "after salvage-1"),
        ("salvage-2", "block", "salvage"),
        ("salvage-2", "cycle", 2),
        ("salvage-2", "agents.name", "fludarabine"),
        ("salvage-2", "agents.name", "cytarabine"),
        ("salvage-2", "agents.name", "idarubicin"),
    ],
    "3.26": [
        ("salvage-1", "direction", "myeloid"),
        ("salvage-2", "direction", "myeloid"),
        ("cr2", "when", "after start of salvage-1"),
        ("cr2", "kind", "complete"),
        ("cr2", "number", 2),
        ("cr2", "attained_with", "salvage-1"),
        ("cr2", "attained_with", "salvage-2"),
    ],
    "3.27": [
        ("testicular-radiotherapy", "when", "after cr2"),
        ("testicular-radiotherapy", "site", "testis"),
        ("testicular-radiotherapy", "dose", "6 Gy"),
    ],
    "3.28": [
        ("hsct", "when", "after cr2"),
        ("hsct", "consolidates", "cr2"),
        ("hsct", "donor", "matched_unrelated"),
        ("conditioning", "when", "before hsct"),
        ("conditioning", "of", "hsct"),
        ("conditioning", "agents.name", "busulfan"),
        ("conditioning", "agents.name", "fludarabine"),
        ("conditioning", "agents.name", "thiotepa"),
    ],
    "3.30": [
        ("last-contact", "when", "age 6.5 years"),
        ("last-contact", "when", "after hsct"),
        ("last-contact", "when", "after testicular-radiotherapy"),
        ("last-contact", "vital_status", "alive"),
        ("last-contact", "disease_status", "complete_remission"),
    ],
    # Case 4.
    "4.0": [("patient", "id", "kotecha-2022-case-4"), ("source", "key", "kotecha2022"), ("source", "at", "case 4")],
    "4.1": [
        ("patient", "sex", "female"),
        ("presentation", "when", "age 10 months"),
        ("diagnosis", "when", "age 10 months"),
    ],
    "4.2": [
        ("onset", "when", "3 weeks before presentation"),
        ("onset", "symptoms", "bruising"),
        ("onset", "symptoms", "increased lethargy"),
    ],
    "4.3": [("diagnosis", "wbc", "97.5 10^9/L")],
    "4.4": [
        ("diagnosis", "disease", "ALL"),
        ("diagnosis", "lineage", "B"),
        ("diagnosis", "evidence", "marrow_aspirate"),
    ],
    "4.5": [("diagnosis", "cns", "CNS3"), ("diagnosis", "evidence", "lumbar_puncture")],
    "4.6": [
        ("diagnosis", "cytogenetics.karyotype", "normal"),
        ("diagnosis", "cytogenetics.tests", "g_banding"),
    ],
    "4.7": [("diagnosis", "kmt2a", "germline"), ("diagnosis", "kmt2a_tests", "fish")],
    "4.8": [
        ("therapy", "protocol", "cog-p9407"),
        ("therapy", "when", "after diagnosis"),
        ("intensive-phases", "protocol", "cog-p9407"),
    ],
    "4.9": [
        ("therapy", "agents.name", "daunorubicin"),
        ("therapy", "agents.dose", "300 mg/m2"),
        ("therapy", "agents.cumulative", True),
    ],
    "4.10": [
        ("intensive-phases", "block", "intensive phases"),
        ("intensive-phases", "when", "after diagnosis"),
        ("intensive-phases", "completed", True),
    ],
    "4.11": [
        ("respiratory-distress", "when", "after intensive-phases"),
        ("respiratory-distress", "term", "respiratory distress"),
    ],
    "4.12": [
        ("echocardiogram", "when", "with respiratory-distress"),
        ("echocardiogram", "method", "echocardiogram"),
        ("echocardiogram", "findings", "left ventricular dilatation"),
        ("echocardiogram", "findings", "impaired systolic function, moderate"),
    ],
    "4.13": [
        ("diuretics", "when", "after start of respiratory-distress"),
        ("diuretics", "of", "respiratory-distress"),
        ("diuretics", "phase", "acute"),
        ("diuretics", "agents.name", "diuretics"),
    ],
    "4.14": [
        ("cardiac-medication", "when", "after start of respiratory-distress"),
        ("cardiac-medication", "of", "respiratory-distress"),
        ("cardiac-medication", "phase", "longer term"),
        ("cardiac-medication", "agents.name", "digoxin"),
        ("cardiac-medication", "agents.name", "angiotensin-converting enzyme inhibitors"),
    ],
    "4.15": [
        ("therapy", "until", "after start of respiratory-distress"),
        ("therapy", "block", "all planned therapy"),
        ("therapy", "completed", True),
    ],
    "4.16": [
        ("serial-echocardiograms", "when", "after start of respiratory-distress"),
        ("serial-echocardiograms", "method", "echocardiogram"),
        ("serial-echocardiograms", "serial", True),
        ("serial-echocardiograms", "findings", "cardiac dysfunction, progressive"),
    ],
    "4.17": [
        ("pulmonary-hypertension", "when", "after start of respiratory-distress"),
        ("pulmonary-hypertension", "term", "pulmonary hypertension"),
    ],
    "4.18": [
        ("heart-transplant", "when", "8 years after diagnosis"),
        ("heart-transplant", "organ", "heart"),
        ("heart-transplant", "technique", "orthotopic"),
        ("heart-transplant", "successful", True),
    ],
    "4.19": [
        (
            "last-contact",
            "when",
            "either (18 years after diagnosis) or (18 years after heart-transplant)",
        ),
        ("last-contact", "when", "after heart-transplant"),
        ("last-contact", "disease_status", "CR1"),
    ],
}
"""3.29 (radiotherapy and HSCT are not ordered) and 1.17 (when CR1 began) say that something is *not* known: below."""

TYPES = {
    1: "presentation diagnosis treatment_block prednisone_response treatment_block csf mrd immunotherapy mrd "
    "treatment_block treatment_block last_contact",
    2: "symptom_onset presentation diagnosis treatment_block prednisone_response enrolment treatment_block csf "
    "treatment_block mrd treatment_block mrd mrd mrd_reemergence cell_therapy remission conditioning transplant "
    "last_contact",
    3: "symptom_onset presentation diagnosis enrolment treatment_block mrd treatment_block treatment_block relapse "
    "lineage_switch treatment_block treatment_block remission radiotherapy conditioning transplant last_contact",
    4: "symptom_onset presentation diagnosis treatment_block treatment_block adverse_event examination "
    "supportive_treatment supportive_treatment examination adverse_event organ_transplant last_contact",
}
"""What kind of event each is, in the order of the file."""

PATHS = {number: path for number, path in enumerate(published_cases(), 1)}
CASES = {number: load(path) for number, path in PATHS.items()}


def triples(course: Course) -> set[Triple]:
    """Everything that a course states, each value by itself."""
    found: set[Triple] = {("patient", "id", course.patient.id)}
    if course.patient.sex:
        found.add(("patient", "sex", str(course.patient.sex)))
    if course.source:
        found |= {("source", "key", course.source.key), ("source", "at", course.source.at)}
    for event in course:
        found |= {(event.id, name, value) for name, value in _stated(event) if name not in ("id", "line")}
    return found


def _stated(record: Any) -> Iterator[tuple[str, Any]]:
    for attribute in attrs.fields(type(record)):
        value = getattr(record, attribute.name)
        for one in value if isinstance(value, tuple) else () if value is None else (value,):
            if isinstance(one, Finding):
                yield attribute.name, ", ".join(str(part) for part in (one.term, one.severity, one.side) if part)
            elif isinstance(one, Quantity):
                yield attribute.name, f"{one.value:.10g} {one.unit}"
            elif isinstance(one, bool | int) and not isinstance(one, Enum):
                yield attribute.name, one
            elif type(one).__module__.endswith(".events"):
                yield from ((f"{attribute.name}.{name}", inner) for name, inner in _stated(one))
            else:
                yield attribute.name, str(one)


def missing(course: Course, number: int) -> set[str]:
    """The facts of a case that a course does not state (and "type", where an event is of another kind)."""
    said = triples(course)
    lost = {fact for fact in facts_of(number) if not said.issuperset(FACTS[fact])}
    return lost | ({"type"} if [event.TYPE for event in course] != TYPES[number].split() else set())


def facts_of(number: int) -> list[str]:
    return [fact for fact in FACTS if fact.startswith(f"{number}.")]


def test_the_list_is_whole() -> None:
    """1.1-1.16, 2.1-2.22, 3.1-3.30 and 4.1-4.19; 1.17 and 3.29 are tests of their own."""
    last = {1: 17, 2: 22, 3: 30, 4: 19}
    wanted = [f"{case}.{number}" for case, until in last.items() for number in range(1, until + 1)]
    assert [fact for fact in wanted if fact not in FACTS] == ["1.17", "3.29"]


@pytest.mark.parametrize("fact", FACTS)
def test_the_file_states(fact: str) -> None:
    said = triples(CASES[int(fact[0])])
    assert [one for one in FACTS[fact] if one not in said] == []


@pytest.mark.parametrize("number", CASES)
def test_the_file_states_nothing_else(number: int) -> None:
    told = {one for fact in facts_of(number) for one in FACTS[fact]}
    assert triples(CASES[number]) - told == set()
    assert [event.TYPE for event in CASES[number]] == TYPES[number].split()
    assert CASES[number].complete == frozenset()
    assert CASES[number].defects == ()


# What is not stated.

FIELDS_NOT_STATED = {
    1: "marrow_blasts csf_wbc csf_rbc day8_blasts group sensitivity quantitative_limit specimen kmt2a kmt2a_partner "
    "immunophenotypes.negative immunophenotypes.specimen arm",
    2: "marrow_blasts group sensitivity quantitative_limit product origin donor day8_blasts status side criteria "
    "csf_wbc csf_rbc kmt2a kmt2a_partner immunophenotypes.negative",
    3: "group sensitivity quantitative_limit graft fractions side certainty from_lineage cns response day8_blasts "
    "agents.dose status criteria kmt2a kmt2a_partner number_of_fractions",
    4: "immunophenotypes.positive immunophenotypes.specimen csf_wbc csf_rbc group grade scale vital_status "
    "kmt2a_partner cause",
}
TYPES_NOT_STATED = {
    1: "enrolment risk_assignment remission relapse transplant adverse_event marrow death",
    2: "risk_assignment relapse apheresis lymphodepletion adverse_event marrow refractory death",
    3: "prednisone_response risk_assignment marrow adverse_event death csf mrd_reemergence",
    4: "remission relapse mrd mrd_reemergence transplant second_malignancy death enrolment",
}
BLOCKS_NOT_STATED = {
    1: "marma octadad maintenance",
    2: "marma maintenance",
    3: "prephase induction ib",
    4: "prephase induction",
}


@pytest.mark.parametrize("number", CASES)
def test_what_is_not_stated_is_absent(number: int) -> None:
    course = CASES[number]
    said = triples(course)
    stated_fields = {field for _, field, _ in said}
    assert stated_fields.isdisjoint(FIELDS_NOT_STATED[number].split())
    assert {event.TYPE for event in course}.isdisjoint(TYPES_NOT_STATED[number].split())
    assert {value for _, field, value in said if field == "block"}.isdisjoint(BLOCKS_NOT_STATED[number].split())
    assert course.patient.birth == () and course.patient.site is None
    assert not any(event.derived or event.note for event in course)


@pytest.mark.parametrize("number", CASES)
def test_no_date_and_no_protocol_day(number: int) -> None:
    """The review gives ages, durations and order; no calendar date and no "day N"."""
    whens = [when for event in CASES[number] for when in (*event.when, *event.until)]
    assert not any(isinstance(when, OnDate | OnDay) for when in whens)
    ages = [event.TYPE for event in CASES[number] for when in event.when if isinstance(when, AtAge)]
    assert set(ages) <= {"presentation", "diagnosis", "last_contact"}


def test_1_17_when_first_remission_began_is_not_told() -> None:
    assert CASES[1]["last-contact"].disease_status == "CR1"
    assert all(event.TYPE != "remission" for event in CASES[1])


@pytest.mark.parametrize(
    ("number", "one", "other"),
    [
        (1, "csf-clearance", "prednisone-response"),  # 1.8 and 1.10
        (1, "csf-clearance", "mrd-end-of-induction"),
        (2, "induction", "octadad"),
        (3, "testicular-radiotherapy", "hsct"),  # 3.29
        (3, "cr2", "salvage-2"),  # 3.26
        (4, "pulmonary-hypertension", "heart-transplant"),
    ],
)
def test_order_that_is_not_told_is_not_known(number: int, one: str, other: str) -> None:
    resolved = CASES[number].resolved
    assert resolved.order((one, "start"), (other, "start")) is None
    assert resolved.order((other, "start"), (one, "start")) is None


@pytest.mark.parametrize(
    ("number", "first", "then"),
    [
        (1, "blinatumomab", "ib"),
        (2, "second-mrd-remission", "hsct"),
        (3, "relapse", "cr2"),
        (3, "cr2", "hsct"),
        (3, "marma", "octadad"),
        (4, "intensive-phases", "respiratory-distress"),
    ],
)
def test_order_that_is_told_is_known(number: int, first: str, then: str) -> None:
    assert CASES[number].resolved.order(first, then) is True


def test_4_19_keeps_both_readings() -> None:
    """18 years after the diagnosis, or 26."""
    readings = CASES[4].resolved.readings
    days = [reading.between(("diagnosis", "start"), ("last-contact", "start")) for reading in readings]
    years = sorted((gap.least + gap.greatest) / 2 / 365.25 for gap in days)
    assert len(years) == 2
    assert years[0] == pytest.approx(18, abs=1) and years[1] == pytest.approx(26, abs=1)


# Deleting or changing any one value is noticed.


def raw(path: Path) -> Any:
    return YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))


def leaves(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    if not isinstance(data, dict | list):
        yield path
    for key, value in items:
        yield from leaves(value, (*path, key))


def without(data: Any, path: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(data)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    del holder[path[-1]]
    return changed


def altered(data: Any, path: tuple[Any, ...]) -> Any:
    changed = copy.deepcopy(data)
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    old = holder[path[-1]]
    holder[path[-1]] = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) else f"{old}x"
    return changed


def noticed(data: Any, number: int) -> set[str]:
    """What notices a change: facts that are lost, a value that no fact tells, or the reader."""
    try:
        course = of_node(parse_json(json.dumps(data)))
    except InputError:
        return {"reader"}
    told = {one for fact in facts_of(number) for one in FACTS[fact]}
    return missing(course, number) | ({"invented"} if triples(course) - told else set())


@pytest.mark.parametrize("number", CASES)
def test_every_value_is_missed_when_it_is_deleted_or_changed(number: int) -> None:
    """And for each fact there is a value in the file whose loss or change it notices."""
    data = raw(PATHS[number])
    paths = [path for path in leaves(data) if path != ("about",)]  # a line for people, not a fact
    assert len(paths) > 50
    assert noticed(data, number) == set()
    told = {(path, change): noticed(change(data, path), number) for path in paths for change in (without, altered)}
    assert [path for (path, _), by in told.items() if not by] == []
    seen = set().union(*told.values())
    assert [fact for fact in facts_of(number) if fact not in seen] == []
