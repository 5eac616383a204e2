"""What becomes of every field that holds text when an export is de-identified: data, one line a field.

Closed vocabularies, numbers and references are no text. A text stays only where it is a word that this package
knows (a protocol, an agent, a gene); nothing else could tell that it holds no name. What is not known is dropped,
or, where it only names something, gets a pseudonym, so that the same name is still the same.
"""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cache

from attrs import frozen

from ..knowledge.agents import agent, regimens
from ..knowledge.definitions import definitions
from ..knowledge.fusions import is_known_marker, symbol
from ..knowledge.genetics import antigen_names, partners
from ..knowledge.protocols import protocol, protocols
from ..knowledge.risk import risk_groups
from ..knowledge.spelling import spelt
from ..vocabulary import Disease, Lineage


class Otherwise(StrEnum):
    """What becomes of a text that is not known."""

    DROPPED = "dropped"
    RENAMED = "pseudonym"


@frozen
class TextField:
    """Which texts of a field stay, and what becomes of the others."""

    known: Callable[[str], bool]
    otherwise: Otherwise


def _nothing(_: str) -> bool:
    return False


def _plain(text: str) -> str:
    return re.sub(r"[-_\s]+", " ", text.strip()).casefold()


def _one_of(*words: str) -> Callable[[str], bool]:
    known = frozenset(map(_plain, words))
    return lambda text: _plain(text) in known


@cache
def _schemes() -> frozenset[str]:
    return frozenset(_plain(known.scheme) for known in definitions().values() if known.scheme)


def _is_protocol(text: str) -> bool:
    """A protocol of the package, one that a definition is of, or a number of ClinicalTrials.gov."""
    return protocol(text) is not None or _plain(text) in _schemes() or bool(re.fullmatch(r"NCT[0-9]{8}", text.strip()))


def _is_block(text: str) -> bool:
    return any(known.block(text) is not None for known in protocols())


@cache
def _parts_of_protocols() -> frozenset[str]:
    """Names of arms, amendments, groups and time points of all protocols."""
    names: set[str] = set()
    for known in protocols():
        names |= {_plain(arm.id) for arm in known.arms} | {_plain(group.id) for group in known.groups}
        names |= {_plain(amendment.id) for amendment in known.amendments}
        for point in known.mrd_timepoints:
            names |= {_plain(point.id), _plain(point.name)}
    for groups in risk_groups().values():
        names |= {_plain(name) for group in groups.groups for name in (group.id, *group.names)}
    return frozenset(names)


def _is_part(text: str) -> bool:
    return _plain(text) in _parts_of_protocols()


def _is_agent(text: str) -> bool:
    return agent(text) is not None or spelt(text) in _CLASSES or _plain(text) in _regimens()


_CLASSES = frozenset(
    map(spelt, ("asparaginase", "anthracycline", "anthracyclines", "doxorubicin equivalent", "doxorubicin equivalents"))
)
"""What a drug is called where only its class is named."""


@cache
def _regimens() -> frozenset[str]:
    return frozenset(_plain(name) for known in regimens().values() for name in (known.id, known.name))


def _is_gene(text: str) -> bool:
    return symbol(text) is not None


def _is_antigen(text: str) -> bool:
    return spelt(text) in antigen_names()


def _is_karyotype(text: str) -> bool:
    """Normal, or the translocation of a known partner as it is usually written: a whole karyotype may be unique."""
    usual = {name for found in partners().values() for name in (*found.karyotypes, found.short) if name}
    return _plain(text) == "normal" or re.sub(r"\s", "", text) in usual


TERMS = (
    "CRS",
    "cytokine release syndrome",
    "ICANS",
    "immune effector cell associated neurotoxicity syndrome",
    "immune effector cell associated neurotoxicity",
    "asparaginase hypersensitivity",
    "hypersensitivity to asparaginase",
    "hyperlipidaemia",
    "hyperlipidemia",
    "osteonecrosis",
    "asparaginase associated pancreatitis",
    "pancreatitis",
    "arterial hypertension",
    "hypertension",
    "posterior reversible encephalopathy syndrome",
    "PRES",
    "seizures",
    "seizure",
    "depressed level of consciousness",
    "depressed consciousness",
    "methotrexate stroke like syndrome",
    "mtx stroke like syndrome",
    "methotrexate related stroke like syndrome",
    "peripheral neuropathy",
    "neuropathy",
    "high dose methotrexate nephrotoxicity",
    "hd mtx nephrotoxicity",
    "sinusoidal obstruction syndrome",
    "SOS",
    "veno occlusive disease",
    "VOD",
    "SOS/VOD",
    "thromboembolism",
    "pneumocystis pneumonia",
    "pneumocystis jirovecii pneumonia",
    "cardiomyopathy",
    "cardiotoxicity",
    "heart failure",
    "cardiac failure",
    "cardiac toxicity",
    "cardiac dysfunction",
    "infection",
    "sepsis",
    "mucositis",
    "febrile neutropenia",
    "neurotoxicity",
)
"""Terms of toxicities that stay: common ones, and all that a rule asks for by name."""

FREE = TextField(_nothing, Otherwise.DROPPED)
PROTOCOL = TextField(_is_protocol, Otherwise.RENAMED)
BLOCK = TextField(lambda text: _is_block(text) or _is_protocol(text), Otherwise.RENAMED)
PART = TextField(_is_part, Otherwise.RENAMED)
AGENT = TextField(_is_agent, Otherwise.RENAMED)
GENE = TextField(_is_gene, Otherwise.RENAMED)
ANTIGEN = TextField(_is_antigen, Otherwise.RENAMED)
MARKER = TextField(is_known_marker, Otherwise.RENAMED)
KARYOTYPE = TextField(_is_karyotype, Otherwise.DROPPED)
TERM = TextField(_one_of(*TERMS), Otherwise.DROPPED)
METHOD = TextField(
    _one_of("autopsy", "echocardiogram", "echocardiography", "MRI", "CT", "PET", "ultrasound", "EEG"), Otherwise.DROPPED
)
SEVERITY = TextField(_one_of("mild", "moderate", "severe", "life threatening", "fatal"), Otherwise.DROPPED)
PHASE = TextField(_one_of("acute", "long term", "chronic"), Otherwise.DROPPED)
TECHNIQUE = TextField(_one_of("orthotopic", "heterotopic"), Otherwise.DROPPED)
DISEASE = TextField(_one_of(*(str(word) for kind in (Disease, Lineage) for word in kind), "AML"), Otherwise.DROPPED)

TEXT_FIELDS: Mapping[str, TextField] = {
    "patient.about": FREE,
    "*.note": FREE,
    "symptom_onset.symptoms": FREE,
    "diagnosis.kmt2a_partner": GENE,
    "lineage_switch.kmt2a_partner": GENE,
    "lineage_switch.to_disease": DISEASE,
    "second_malignancy.disease": DISEASE,
    "enrolment.protocol": PROTOCOL,
    "enrolment.arm": PART,
    "enrolment.amendment": PART,
    "randomisation.protocol": PROTOCOL,
    "randomisation.arm": PART,
    "risk_assignment.protocol": PROTOCOL,
    "risk_assignment.group": PART,
    "decision.reason": FREE,
    "treatment_block.protocol": PROTOCOL,
    "treatment_block.block": BLOCK,
    "treatment_block.arm": PART,
    "immunotherapy.agent": AGENT,
    "targeted_therapy.agent": AGENT,
    "cell_therapy.targets": ANTIGEN,
    "cell_therapy.product": AGENT,
    "mrd.timepoint": PART,
    "mrd.marker": MARKER,
    "mrd.antigens": ANTIGEN,
    "relapse.antigen_loss": ANTIGEN,
    "examination.method": METHOD,
    "organ_transplant.technique": TECHNIQUE,
    "adverse_event.term": TERM,
    "adverse_event.severity": SEVERITY,
    "supportive_treatment.phase": PHASE,
    "*.agents.name": AGENT,
    "*.immunophenotypes.positive": ANTIGEN,
    "*.immunophenotypes.negative": ANTIGEN,
    "*.cytogenetics.karyotype": KARYOTYPE,
    "*.findings.term": FREE,
    "*.findings.severity": FREE,
}
"""Every field of text: ``type.field``, ``*.field.part`` for a part of records. One that is not here is dropped."""


def text_field(event_type: str, *path: str) -> TextField:
    """What becomes of a field's texts; dropped where nothing is said of it."""
    for owner in (event_type, "*"):
        found = TEXT_FIELDS.get(".".join((owner, *path)))
        if found is not None:
            return found
    return FREE
