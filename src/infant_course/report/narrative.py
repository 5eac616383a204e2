"""A course as a short paragraph in the field's terms, from what is stated and nothing else.

Every stated field is told, in the order of the file; what is derived is left out, and what a reader would miss is
named at the end. Calendar dates are never told: a date becomes a day counted from diagnosis, as far as it is known.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any

from attrs import field, frozen, has

from ..course import BIRTH, Course
from ..events import (
    Agent,
    Cytogenetics,
    Diagnosis,
    Enrolment,
    Event,
    Finding,
    Immunophenotype,
    LastContact,
    MrdAssessment,
    OrganTransplant,
    Quantity,
    TreatmentBlock,
    own_fields,
)
from ..render.words import RAISED, block_name, disease, protocol_name, worded
from ..shortest_paths import UNBOUNDED
from ..vocabulary import Sex
from ..when import (
    After,
    AtAge,
    AtEndOf,
    Before,
    During,
    Either,
    Offset,
    OnDate,
    OnDay,
    Ongoing,
    Then,
    Unknown,
    When,
    With,
)

ORDINALS = ("", "first ", "second ", "third ", "fourth ", "fifth ")

CAPITALS = {
    "pcr": "PCR",
    "ngs": "NGS",
    "fish": "FISH",
    "csf": "CSF",
    "cns": "CNS",
    "mrd_remission": "MRD remission",
    "rna_sequencing": "RNA sequencing",
    "g_banding": "G-banding",
    "CR1": "first complete remission",
    "CR2": "second complete remission",
    "CR3": "third complete remission",
    "lost_to_follow_up": "lost to follow-up",
    "southern": "Southern blot",
}

NOUNS = {
    "diagnosis": "diagnosis",
    "presentation": "presentation",
    "symptom_onset": "the first symptoms",
    "mrd": "the MRD result",
    "transplant": "HSCT",
    "cell_therapy": "the CAR T cells",
    "csf": "the examination of the CSF",
    "marrow": "the examination of the marrow",
    "last_contact": "the last contact",
    "death": "death",
    BIRTH: "birth",
}


def narrate(course: Course) -> str:
    """The course as one paragraph of plain text; nothing is told that the course does not state."""
    return _Teller(course).paragraph()


def not_stated(course: Course) -> tuple[str, ...]:
    """What readers of a case of infant ALL look for, and the course does not state."""
    diagnosis = next(iter(course.of(Diagnosis)), None)
    told = {
        "sex": course.patient.sex,
        "age at diagnosis": course.patient.birth
        or (diagnosis and any(isinstance(when, AtAge) for when in diagnosis.when)),
        "white cell count at diagnosis": diagnosis and diagnosis.wbc,
        "CNS status at diagnosis": diagnosis and (diagnosis.cns or diagnosis.csf_blasts is not None),
        "immunophenotype": diagnosis and diagnosis.immunophenotypes,
        "KMT2A status": diagnosis and (diagnosis.kmt2a or diagnosis.kmt2a_partner),
        "protocol": any(e.protocol for e in course.of(Enrolment)) or any(e.protocol for e in course.of(TreatmentBlock)),
        "risk group": any(event.TYPE == "risk_assignment" for event in course),
        "last contact or death": any(isinstance(e, LastContact) or e.TYPE == "death" for e in course),
    }
    return tuple(name for name, value in told.items() if not value)


def word(value: object) -> str:
    """A word of a vocabulary as it is written in a sentence."""
    text = str(value.value) if isinstance(value, Enum) else str(value)
    return CAPITALS.get(text, worded(text))


def ordinal(number: int | None) -> str:
    """First, second ... with a space behind; empty for none, and for a number that is not told so."""
    return ORDINALS[number] if number is not None and 0 < number < len(ORDINALS) else ""


def listed(items: Iterable[str]) -> str:
    """a, b and c."""
    parts = list(items)
    return " and ".join([", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts)


def amount(stated: Quantity) -> str:
    """A number with its unit, as stated."""
    unit = stated.unit.replace("ug", "µg").replace("uL", "µL").replace("umol", "µmol").replace("m2", "m²")
    unit = re.sub(r"10\^([0-9]+)", lambda found: "× 10" + found[1].translate(RAISED), unit)
    if stated.unit == "fraction":
        return power(stated.value)
    return f"{stated.value:g} {unit}"


def power(value: float) -> str:
    """A share of cells: 4 × 10⁻⁴; one of 1 % or more also as it would be written by hand."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:e}".partition("e")
    return f"{float(mantissa):g} × 10{str(int(exponent)).translate(RAISED)}"


@frozen
class _Clause:
    """What an event comes to in words, and which of its fields that tells."""

    text: str
    told: frozenset[str] = frozenset()


@frozen
class _Teller:
    course: Course
    diagnosis: str | None = field(init=False)

    @diagnosis.default
    def _first_diagnosis(self) -> str | None:
        return next((event.id for event in self.course.of(Diagnosis)), None)

    def paragraph(self) -> str:
        who = {Sex.MALE: "The patient is a boy.", Sex.FEMALE: "The patient is a girl."}
        sentences = [who[self.course.patient.sex]] if self.course.patient.sex in who else []
        sentences += [self.sentence(event) for event in self.course if not event.derived]
        if missing := not_stated(self.course):
            sentences.append(f"Not stated: {', '.join(missing)}.")
        return " ".join(sentences)

    # --- one event --------------------------------------------------------------------------------------------

    def sentence(self, event: Event) -> str:
        clause = CLAUSES[event.TYPE](event, self) if event.TYPE in CLAUSES else _Clause(f"{word(event.TYPE)} was noted")
        details = [text for text in self.details(event, clause.told) if text]
        time = self.time(event)
        lasting = self.duration(event)
        text = clause.text.replace(LASTING, lasting) if LASTING in clause.text else clause.text + lasting
        text = f"{time}, {text}" if time else text
        if details:
            text += f" ({'; '.join(details)})"
        return f"{text[:1].upper()}{text[1:]}."

    def details(self, event: Event, told: frozenset[str]) -> Iterator[str]:
        """The stated fields that the clause does not tell, each with its name."""
        in_time = {name for when in (*event.when, *event.until) for name in when.references()}
        for attribute in own_fields(type(event)):
            value = getattr(event, attribute.name)
            if attribute.name in told or value is None or value == ():
                continue
            named = value if isinstance(value, tuple) else (value,)
            if attribute.name in ("assesses", "of") and set(named) <= in_time:
                continue  # "after induction" has told it already
            yield self.labelled(attribute.name, value, attribute.metadata)
        if event.estimated:
            yield "the time is called an estimate"
        if event.note:
            yield event.note

    def labelled(self, name: str, value: Any, metadata: Any) -> str:
        said = SAID.get(name) or f"{worded(name)} {{}}"
        if isinstance(value, bool):
            said = said.removesuffix(" {}")
            return said if value else f"not {said}" if said.startswith(PARTICIPLES) else f"no {said}"
        if metadata.get("ref"):
            return said.format(listed(self.noun(one) for one in (value if isinstance(value, tuple) else (value,))))
        return said.format(self.value(value))

    def value(self, value: Any) -> str:
        match value:
            case tuple():
                return listed(self.value(one) for one in value)
            case Quantity():
                return amount(value)
            case Finding():
                parts = [value.severity, word(value.side) if value.side else None, value.term]
                return " ".join(part for part in parts if part)
            case Immunophenotype():
                return self.immunophenotype(value)
            case Cytogenetics():
                return self.cytogenetics(value)
            case Agent():
                return self.agent(value)
            case float():
                return f"{value:g}"
        assert not has(type(value)), type(value)
        return word(value)

    def immunophenotype(self, value: Immunophenotype) -> str:
        parts = [f"{listed(value.positive)} positive"] if value.positive else []
        parts += [f"{listed(value.negative)} negative"] if value.negative else []
        if value.lacks:
            *others, last = (word(one) for one in value.lacks)
            parts.append(f"no marker of the {', '.join(others)}{' or ' if others else ''}{last} lineage")
        where = f" in {word(value.specimen)}" if value.specimen else ""
        return ", ".join(parts) + where

    def cytogenetics(self, value: Cytogenetics) -> str:
        name = value.karyotype or "karyotype"
        text = f"{name} karyotype" if value.karyotype == "normal" else name
        if value.tests:
            text += f" by {listed(word(test) for test in value.tests)}"
        if value.same_as_diagnosis is not None:
            text += ", as at diagnosis" if value.same_as_diagnosis else ", not as at diagnosis"
        return text

    def agent(self, value: Agent) -> str:
        parts = []
        if value.dose:
            cumulative = {True: " cumulative", False: " per course", None: ""}[value.cumulative]
            parts.append(f"{amount(value.dose)}{cumulative}")
        elif value.cumulative is not None:
            parts.append("cumulative dose" if value.cumulative else "dose per course")
        parts += [word(one) for one in (value.route, value.basis) if one]
        parts += [f"doxorubicin equivalents by {word(value.scheme)}"] if value.scheme else []
        return f"{value.name} ({', '.join(parts)})" if parts else value.name

    # --- time -------------------------------------------------------------------------------------------------

    def noun(self, identity: str) -> str:
        """What another event is called in a phrase of time; its id where another event would be called the same."""
        event = self.course.by_id.get(identity)
        if event is None:
            return NOUNS.get(identity, f"an event that is not recorded ({identity})")
        name = self.name(event)
        alike = [other for other in self.course if other is not event and self.name(other) == name]
        return f"{name} “{identity}”" if alike else name

    def name(self, event: Event) -> str:
        if isinstance(event, TreatmentBlock):
            if event.block == "salvage" and event.agents:
                return f"salvage with {listed(agent.name for agent in event.agents)}"
            printed = block_name(event, self.course) if event.block or event.agents else "chemotherapy"
            return printed if printed[1:2].isupper() else printed[:1].lower() + printed[1:]
        if isinstance(event, MrdAssessment) and event.assesses:
            assessed = self.course.by_id.get(event.assesses)
            if assessed is not None and not isinstance(assessed, MrdAssessment):
                return f"the MRD result after {self.name(assessed)}"
        if isinstance(event, OrganTransplant) and event.organ:
            return f"the {word(event.organ)} transplant"
        agent = getattr(event, "agent", None) or getattr(event, "term", None)
        if isinstance(agent, str):
            return agent
        return NOUNS.get(event.TYPE, f"the {ordinal(getattr(event, 'number', None))}{word(event.TYPE)}")

    def time(self, event: Event) -> str:
        phrases = [phrase for when in event.when if (phrase := self.phrase(when, event.id, "start"))]
        return " and ".join(phrases)

    def duration(self, event: Event) -> str:
        parts = [f" for {event.lasting}"] if event.lasting else []
        for when in event.until:
            if isinstance(when, Ongoing):
                parts.append(", and was ongoing at the last contact")
            elif phrase := self.phrase(when, event.id, "end"):
                parts.append(f", until {phrase}")
        return "".join(parts)

    def phrase(self, when: When, identity: str, point: str) -> str:
        """A statement of time in words; empty for the date of the diagnosis itself, from which days are counted."""
        match when:
            case OnDate():
                return self.day(identity, point)
            case OnDay():
                return f"on day {when.day} of {self.noun(when.of)}"
            case AtAge():
                return f"at the age of {when.age}"
            case Offset():
                return f"{when.by} {'before' if when.before else 'after'} {self.noun(when.of)}"
            case Before() | After():
                which = "before" if isinstance(when, Before) else "after"
                of = {"start": "the start of ", "end": "the end of "}.get(when.point or "", "")
                return f"{which} {of}{self.noun(when.of)}"
            case During():
                return f"during {self.noun(when.of)}"
            case AtEndOf():
                return f"at the end of {self.noun(when.of)}"
            case With():
                return f"at the time of {self.noun(when.of)}"
            case Then():
                return f"from after the start of {self.noun(when.of)}"
            case Unknown():
                return "at a time stated to be unknown"
            case Either():
                options = " or ".join(self.phrase(option, identity, point) for option in when.options)
                return f"{options} (the source leaves it open)"
        return "at the last contact still"

    def day(self, identity: str, point: str) -> str:
        """A calendar date as days from diagnosis, as far as both are known; where they are not, nothing of it."""
        bounds = self.course.resolved.readings[0].bounds
        if self.diagnosis is None or (self.diagnosis, "start") not in bounds:
            return ""
        if identity == self.diagnosis:
            return ""
        gap = self.course.resolved.readings[0].between((self.diagnosis, "start"), (identity, point))
        least, greatest = gap.least, gap.greatest
        if least <= -UNBOUNDED or greatest >= UNBOUNDED:
            return ""
        if least == greatest:
            return f"on day {least} from diagnosis"
        return f"between day {least} and day {greatest} from diagnosis"


PARTICIPLES = ("completed", "confirmed", "repeated", "diagnosed", "held", "enrolled")

SAID = {
    "wbc": "white cell count {}",
    "rbc": "erythrocytes {}",
    "csf_wbc": "leucocytes in the CSF {}",
    "csf_rbc": "erythrocytes in the CSF {}",
    "csf_blasts": "blasts in the CSF",
    "cns_signs": "signs of CNS leukaemia",
    "marrow_blasts": "marrow blasts {}",
    "marrow_method": "counted by {}",
    "marrow_class": "marrow class {}",
    "immunophenotypes": "{}",
    "cytogenetics": "{}",
    "findings": "{}",
    "cns": "{}",
    "kmt2a": "KMT2A {}",
    "kmt2a_tests": "KMT2A tested by {}",
    "kmt2a_partner": "KMT2A fused with {}",
    "evidence": "shown by {}",
    "prenatal": "diagnosed before birth",
    "prior_steroids": "steroids before the diagnosis",
    "gestation_weeks": "born after {} weeks",
    "attained_with": "attained with {}",
    "assesses": "assessing {}",
    "assessments": "resting on {}",
    "rests_on": "resting on {}",
    "decides": "deciding {}",
    "since": "counted from {}",
    "reduction": "reduced by {} powers of ten",
    "attributed_to": "attributed to {}",
    "same_clone": "evidence of the same clone",
    "old_markers_lost": "loss of the old markers",
    "new_criteria_met": "fulfilment of the criteria of the new lineage",
    "to_lineage": "new lineage {}",
    "direction": "{}-directed",
    "phase": "{} phase",
    "dose_rate": "{}",
    "continuous": "continuous infusion",
    "serial": "repeated",
    "second_marrow": "confirmed on a second marrow",
    "confirming_tests": "{} confirming tests",
    "antigens": "blasts {} positive",
    "antigen_loss": "loss of {}",
    "marrow_mrd": "MRD in the marrow {}",
    "mrd": "MRD {}",
    "tbi": "total body irradiation {}",
    "tbi_fractions": "in {} fractions",
    "hla_matched": "{} HLA loci matched",
    "hla_compared": "{} HLA loci compared",
    "consolidates": "consolidating {}",
    "of": "for {}",
    "after": "after {}",
    "sustained": "held for {}",
    "residual_mass": "residual mass {}",
    "interrupted": "interrupted for {}",
    "cycles": "{} cycles in all",
    "infusions": "{} infusions",
}
"""How a field is told beside its event; others by their name and value. Those without a place tell a yes or no."""

LASTING = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a clause where it is told how long the event lasted; otherwise that is told after it."""

DONE = {True: " and was completed", False: " and was not completed", None: ""}

Told = Callable[[Any, _Teller], _Clause]


def _with(text: str, *told: str) -> _Clause:
    return _Clause(text, frozenset(told))


def _with_items(lead: str, items: tuple[Any, ...], teller: _Teller, name: str, bare: str) -> _Clause:
    return _with(f"{lead} {listed(teller.value(one) for one in items)}" if items else bare, name)


def _onset(event: Any, teller: _Teller) -> _Clause:
    return _with(f"{listed(event.symptoms)} began" if event.symptoms else "the first symptoms began", "symptoms")


def _diagnosis(event: Diagnosis, teller: _Teller) -> _Clause:
    what = disease(event) or (f"{word(event.lineage)}-lineage leukaemia" if event.lineage else "leukaemia")
    return _with(f"{what} was diagnosed", "disease", "lineage")


def _enrolment(event: Any, teller: _Teller) -> _Clause:
    name = protocol_name(event.protocol) or "a protocol that is not named"
    lead = {
        True: f"the patient was enrolled in {name}",
        False: f"treatment followed {name}, outside the trial",
        None: f"the patient entered, or was treated according to, {name}",
    }[event.on_trial]
    return _with(lead, "protocol", "on_trial")


def _randomisation(event: Any, teller: _Teller) -> _Clause:
    text = "the patient was randomised" + (f" in {protocol_name(event.protocol)}" if event.protocol else "")
    return _with(text + (f" to {event.arm}" if event.arm else ""), "protocol", "arm")


def _risk(event: Any, teller: _Teller) -> _Clause:
    text = f"the risk group was {event.group}" if event.group else "a risk group was assigned"
    return _with(text + (f" by {protocol_name(event.protocol)}" if event.protocol else ""), "group", "protocol")


def _decision(event: Any, teller: _Teller) -> _Clause:
    what = word(event.on) if event.on else "treatment"
    side = {True: f"{what} was decided for", False: f"{what} was decided against"}
    return _with(side.get(event.in_favour, f"a decision on {what} was made"), "on", "in_favour")


def _prednisone(event: Any, teller: _Teller) -> _Clause:
    text = f"the prednisone response was {event.response}" if event.response else "the prednisone response was assessed"
    return _with(text, "response")


def _block(event: TreatmentBlock, teller: _Teller) -> _Clause:
    name, told = teller.name(event), {"block", "completed", "protocol"}
    by = f" ({protocol_name(event.protocol)})" if event.protocol else ""
    agents = [teller.value(agent) for agent in event.agents]
    drugs = "" if all(agent in name for agent in agents) else f" with {listed(agents)}"
    return _Clause(f"{name}{by} was given{drugs}{LASTING}{DONE[event.completed]}", frozenset(told | {"agents"}))


def _drug(event: Any, teller: _Teller) -> _Clause:
    name = event.agent or {"immunotherapy": "an antibody"}.get(event.TYPE, "a targeted agent")
    return _with(f"{name} was given{LASTING}{DONE[event.completed]}", "agent", "completed")


def _cells(event: Any, teller: _Teller) -> _Clause:
    origin = f"{word(event.origin)} " if event.origin else ""
    aim = f" against {listed(event.targets)}" if event.targets else ""
    product = f" ({event.product})" if event.product else ""
    return _with(f"{origin}CAR T cells{aim}{product} were infused", "targets", "product", "origin")


def _mrd(event: Any, teller: _Teller) -> _Clause:
    how = f" by {word(event.method)}" if event.method else ""
    where = f" in {word(event.specimen)}" if event.specimen else ""
    result = "was measured" if event.result is None else f"was {word(event.result)}"
    if event.value is not None:
        level = amount(event.value)
        result = f"was {level}" if str(event.result) == "quantified" else f"{result}, {level}"
    elif str(event.result) == "quantified":
        result = "was quantified, at a level that is not stated"
    elif str(event.result) == "negative" and event.sensitivity is None:
        result = "was negative, at a sensitivity that is not stated"
    return _with(f"MRD{how}{where} {result}", "result", "value", "method", "specimen")


def _remission(event: Any, teller: _Teller) -> _Clause:
    which = ordinal(event.number)
    told = {"kind"} | ({"number"} if which else set())
    kind = {"mrd": "MRD remission", "complete": "complete remission"}.get(str(event.kind), "remission")
    return _Clause(f"{which or 'a '}{kind} was attained", frozenset(told))


def _relapse(event: Any, teller: _Teller) -> _Clause:
    which = ordinal(event.number)
    where = f" in {listed(word(site) for site in event.sites)}" if event.sites else ""
    side = f" ({word(event.side)} side)" if event.side else ""
    lead = f"the {which}relapse was found{where}" if which else f"the leukaemia relapsed{where}"
    told = {"sites", "side"} | ({"number"} if which else set())
    return _Clause(lead + side, frozenset(told))


def _switch(event: Any, teller: _Teller) -> _Clause:
    to = event.to_disease or (f"the {word(event.to_lineage)} lineage" if event.to_lineage else "")
    came = f" from the {word(event.from_lineage)} lineage" if event.from_lineage else ""
    told = {"from_lineage"} | ({"to_disease"} if event.to_disease else {"to_lineage"})
    return _Clause(f"the leukaemia switched its lineage{came}{f' to {to}' if to else ''}", frozenset(told))


def _radiotherapy(event: Any, teller: _Teller) -> _Clause:
    site = f" of the {word(event.site)}" if event.site else ""
    side = f" ({word(event.side)} side)" if event.side else ""
    dose = f" with {amount(event.dose)}" if event.dose else ""
    parts = f" in {event.fractions} fractions" if event.fractions else ""
    return _with(f"radiotherapy{site}{side} was given{dose}{parts}", "site", "side", "dose", "fractions")


def _of_drugs(what: str) -> Told:
    def clause(event: Any, teller: _Teller) -> _Clause:
        drugs = f" with {listed(teller.value(agent) for agent in event.agents)}" if event.agents else ""
        return _with(f"{what} was given{drugs}", "agents")

    return clause


def _transplant(event: Any, teller: _Teller) -> _Clause:
    planned = {True: "a planned ", False: "an unplanned ", None: "a "}[event.planned]
    donor = f" from a {word(event.donor)} donor" if event.donor else ""
    if str(event.donor) == "autologous":
        donor = " of the patient's own cells"
    graft = f" ({word(event.graft)})" if event.graft else ""
    text = f"{planned}haematopoietic stem cell transplantation (HSCT){donor}{graft} was done"
    return _with(text, "donor", "graft", "planned")


def _organ(event: Any, teller: _Teller) -> _Clause:
    how = f"{event.technique} " if event.technique else ""
    done = {True: " was done successfully", False: " was done without success", None: " was done"}[event.successful]
    organ = word(event.organ) if event.organ else "organ"
    lead = f"{how}{organ} transplantation{done}"
    return _with(lead, "organ", "technique", "successful")


def _adverse(event: Any, teller: _Teller) -> _Clause:
    grade = f" of grade {event.grade}" if event.grade is not None else ""
    scale = f" ({event.scale})" if event.scale else ""
    severity = f"{event.severity} " if event.severity else ""
    return _with(f"{severity}{event.term or 'a toxicity'}{grade}{scale} occurred", "term", "grade", "scale", "severity")


def _contact(event: Any, teller: _Teller) -> _Clause:
    state = f" in {word(event.disease_status)}" if event.disease_status else ""
    if str(event.disease_status) == "active_disease":
        state = " with active disease"
    if event.vital_status:
        return _with(f"the patient was {word(event.vital_status)}{state}", "vital_status", "disease_status")
    return _with(f"the patient was last known to be{state}" if state else "the patient was last seen", "disease_status")


def _death(event: Any, teller: _Teller) -> _Clause:
    cause = {
        "disease": " of the leukaemia",
        "treatment": " of the treatment",
        "second_malignancy": " of a second malignancy",
        "unrelated": " of an unrelated cause",
        "unknown": "; the cause is stated to be unknown",
    }.get(str(event.cause), "")
    return _with(f"the patient died{cause}", "cause")


def _marrow(event: Any, teller: _Teller) -> _Clause:
    level = f"marrow blasts were {amount(event.blasts)}" if event.blasts else "the marrow was examined"
    how = f" by {word(event.method)}" if event.method else ""
    return _with(level + how, "blasts", "method")


def _csf(event: Any, teller: _Teller) -> _Clause:
    text = {True: "the CSF had cleared", False: "the CSF had not cleared"}.get(event.cleared, "the CSF was examined")
    return _with(text, "cleared")


def _examined(event: Any, teller: _Teller) -> _Clause:
    repeated = "repeated " if event.serial else ""
    text = f"{repeated}{event.method or 'examination'} showed {listed(teller.value(one) for one in event.findings)}"
    if not event.findings:
        text = f"{repeated}{event.method or 'an examination'} was done"
    told = {"method", "findings"} | ({"serial"} if event.serial else set())
    return _Clause(text, frozenset(told))


def _plain(text: str) -> Told:
    return lambda event, teller: _Clause(text)


CLAUSES: dict[str, Told] = {
    "symptom_onset": _onset,
    "presentation": lambda event, teller: _with_items(
        "the patient presented with", event.findings, teller, "findings", "the patient presented"
    ),
    "diagnosis": _diagnosis,
    "enrolment": _enrolment,
    "randomisation": _randomisation,
    "risk_assignment": _risk,
    "decision": _decision,
    "measurement": _plain("the patient was measured"),
    "laboratory": _plain("blood was examined"),
    "prednisone_response": _prednisone,
    "treatment_block": _block,
    "immunotherapy": _drug,
    "targeted_therapy": _drug,
    "apheresis": _plain("lymphocytes were collected by apheresis"),
    "lymphodepletion": _of_drugs("lymphodepletion"),
    "cell_therapy": _cells,
    "mrd": _mrd,
    "marrow": _marrow,
    "csf": _csf,
    "examination": _examined,
    "remission": _remission,
    "mrd_reemergence": _plain("MRD re-emerged"),
    "relapse": _relapse,
    "lineage_switch": _switch,
    "refractory": _plain("the leukaemia was refractory"),
    "radiotherapy": _radiotherapy,
    "conditioning": _of_drugs("conditioning"),
    "transplant": _transplant,
    "engraftment": lambda event, teller: _with(
        f"{word(event.cells)} engrafted" if event.cells else "the graft took", "cells"
    ),
    "graft_failure": lambda event, teller: _with(
        f"{f'{word(event.kind)} ' if event.kind else ''}graft failure was found", "kind"
    ),
    "chimerism": lambda event, teller: _with(
        f"{amount(event.donor)} of the cells were of the donor" if event.donor else "chimerism was examined", "donor"
    ),
    "gvhd": lambda event, teller: _with(
        f"{f'{word(event.form)} ' if event.form else ''}graft-versus-host disease occurred", "form"
    ),
    "organ_transplant": _organ,
    "adverse_event": _adverse,
    "supportive_treatment": _of_drugs("supportive treatment"),
    "second_malignancy": lambda event, teller: _with(
        f"a second malignancy was found{f': {event.disease}' if event.disease else ''}", "disease"
    ),
    "end_of_therapy": _plain("therapy ended"),
    "abandonment": _plain("treatment was abandoned"),
    "last_contact": _contact,
    "death": _death,
}
