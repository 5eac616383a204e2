"""What an event is called in graphs, timelines, captions and tables: one vocabulary, from what was stated alone.

:func:`name_of` is the one-line name; :func:`lines_of` the same event as a box of a graph, name first and then
details; :func:`tag_of` as a small mark under a box.
"""

import re
from collections.abc import Sequence

from ..course import Course
from ..events import (
    Abandonment,
    AdverseEvent,
    Agent,
    CellTherapy,
    Chimerism,
    Conditioning,
    CsfAssessment,
    Death,
    Diagnosis,
    EndOfTherapy,
    Engraftment,
    Event,
    Examination,
    Finding,
    GraftFailure,
    Gvhd,
    Immunotherapy,
    LastContact,
    LineageSwitch,
    Lymphodepletion,
    MarrowAssessment,
    MrdAssessment,
    MrdReemergence,
    OrganTransplant,
    PrednisoneResponse,
    Quantity,
    Radiotherapy,
    Relapse,
    Remission,
    SecondMalignancy,
    SupportiveTreatment,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from ..knowledge.protocols import protocol
from ..vocabulary import Disease, DiseaseStatus, Donor, MrdResult, RemissionKind, Site, Specimen, VitalStatus
from .ink import Run
from .stated import age_at, short_time
from .timeline_blocks import block_of

SHORT_DRUGS = {
    "busulfan": "Bu",
    "fludarabine": "Flu",
    "thiotepa": "TT",
    "treosulfan": "Treo",
    "cyclophosphamide": "Cy",
    "melphalan": "Mel",
    "etoposide": "VP16",
}
"""Usual abbreviations of conditioning drugs."""

ASSAYS = {"pcr": "PCR", "flow": "flow", "ngs": "NGS", "morphology": "morphology"}

STATUS = {
    DiseaseStatus.COMPLETE_REMISSION: "CR",
    DiseaseStatus.MRD_REMISSION: "MRD remission",
    DiseaseStatus.ACTIVE_DISEASE: "active disease",
}

VITAL = {VitalStatus.ALIVE: "Alive", VitalStatus.DEAD: "Dead", VitalStatus.LOST: "Lost to follow-up"}


def worded(value: object) -> str:
    """A word of a vocabulary as it is read aloud."""
    return str(value).replace("_", " ")


def capital(text: str) -> str:
    """A text that begins with a capital; the rest as it stands."""
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """A text that begins with a small letter, unless with an abbreviation."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def protocol_name(name: str | None) -> str:
    """The printed name of a protocol."""
    if not name:
        return ""
    known = protocol(name)
    if known:
        return known.name
    head, _, tail = name.partition("-")
    return f"{head.upper()} {tail.upper()}" if head in ("cog", "ccg", "jplsg", "jilsg") else capital(name)


def drugs(agents: Sequence[Agent]) -> str:
    """Drugs given together: fludarabine + cytarabine."""
    return " + ".join(agent.name for agent in agents)


def block_name(event: TreatmentBlock, course: Course) -> str:
    """The printed name of a block: by its protocol, or as it is stated."""
    if not event.block:
        return capital(drugs(event.agents)) or "Chemotherapy"
    known = block_of(course, event)
    if known is not None:
        return known.name
    if event.block == "salvage" and event.agents:
        return capital(drugs(event.agents))
    return capital(worded(event.block))


def disease(event: Diagnosis) -> str:
    """B-ALL, ALL, AML ..."""
    lineage = f"{event.lineage}-" if event.lineage and event.disease is Disease.ALL else ""
    return f"{lineage}{event.disease}" if event.disease else ""


def conditioning(event: Transplant, course: Course) -> str:
    """The conditioning of a transplant: Bu-Flu-TT."""
    of_this = [c for c in course.of(Conditioning) if c.of == event.id]
    parts = [irradiation(c) for c in of_this] + [SHORT_DRUGS.get(a.name, a.name) for c in of_this for a in c.agents]
    return "-".join(filter(None, parts))


def irradiation(event: Conditioning) -> str:
    """Total body irradiation with its dose, where it is stated: TBI 12 Gy."""
    return f"TBI {event.tbi.value:g} {event.tbi.unit}" if event.tbi else ""


def dose_words(agent: Agent) -> str:
    """A drug with its dose: daunorubicin 300 mg/m², cumulative."""
    dose = f" {agent.dose.value:g} {agent.dose.unit.replace('m2', 'm²')}" if agent.dose else ""
    return f"{agent.name}{dose}{', cumulative' if agent.cumulative else ''}"


def gvhd_words(event: Gvhd) -> str:
    """Graft-versus-host disease with its form and its grade, as told."""
    name = f"{worded(event.form)} GVHD" if event.form else "GVHD"
    grade = f", grade {event.grade}" if event.grade is not None else ""
    return capital(name) + grade + (f", {event.severity}" if event.severity else "")


def finding_words(found: Finding) -> str:
    """What an examination found: left testicular swelling, moderate."""
    name = " ".join(filter(None, [worded(found.side) if found.side else "", found.term]))
    return ", ".join(filter(None, [name, found.severity]))


# --- one line --------------------------------------------------------------------------------------------------


def name_of(course: Course, event: Event) -> str:
    """What an event is called in one line."""
    match event:
        case TreatmentBlock():
            known = block_of(course, event)
            name = known.short if known else capital(worded(event.block or "chemotherapy"))
            name += f" {event.cycle}" if event.cycle is not None else ""
            return f"{name}: {drugs(event.agents)}" if event.agents and not known else name
        case Immunotherapy() | TargetedTherapy():
            name = capital(event.agent or worded(event.TYPE))
            cycle = event.cycle if isinstance(event, Immunotherapy) else None
            return f"{name}, cycle {cycle}" if cycle is not None else name
        case CellTherapy():
            return capital(event.product or "") or (
                "CAR T cells" + (f", {' + '.join(event.targets)}" if event.targets else "")
            )
        case Conditioning():
            return capital(" + ".join(filter(None, [irradiation(event), drugs(event.agents)])) or event.TYPE)
        case Lymphodepletion():
            return capital(drugs(event.agents) or event.TYPE)
        case SupportiveTreatment():
            return capital(drugs(event.agents) or "supportive treatment")
        case Radiotherapy():
            site = capital(_site(event.site)) if event.site else "Radiotherapy"
            return " ".join(filter(None, [site, str(event.dose or "")]))
        case Transplant():
            donor = f"{event.donor} donor" if event.donor and event.donor is not Donor.AUTOLOGOUS else event.donor
            parts = [worded(part) for part in (donor, event.graft) if part]
            return f"HSCT: {', '.join(parts)}" if parts else "HSCT"
        case Relapse():
            sites = relapse_sites(event)
            number = f" {event.number}" if event.number is not None else ""
            return f"Relapse{number}" + (f": {sites}" if sites else "")
        case SecondMalignancy():
            return f"Second malignancy{f': {event.disease}' if event.disease else ''}"
        case LastContact():
            state = STATUS.get(event.disease_status, str(event.disease_status)) if event.disease_status else ""
            first = VITAL[event.vital_status] if event.vital_status else "Last contact"
            return f"{first}, {state}" if state else first
        case MrdAssessment():
            return f"MRD {result_in_words(event)}"
    return _finding_name(event) or capital(worded(event.TYPE))


def _finding_name(event: Event) -> str:
    """The name of an event that is a result or a complication; empty for another one."""
    match event:
        case AdverseEvent():
            name = capital(event.term or "adverse event")
            return f"{name}, grade {event.grade}" if event.grade is not None else name
        case Engraftment():
            return f"{capital(worded(event.cells or 'cells'))} engrafted"
        case GraftFailure():
            return capital(f"{worded(event.kind)} graft failure" if event.kind else "graft failure")
        case Gvhd():
            return gvhd_words(event)
        case EndOfTherapy():
            return "End of therapy"
        case Abandonment():
            return "Treatment abandoned"
        case Remission():
            number = f" {event.number}" if event.number is not None else ""
            if event.kind is RemissionKind.MRD:
                return f"MRD remission{number}"
            return f"CR{event.number if event.number is not None else ''}"
        case MrdReemergence():
            return "MRD re-emergence"
        case LineageSwitch():
            became = event.to_disease or (worded(event.to_lineage) if event.to_lineage else "")
            return f"Lineage switch to {became}" if became else "Lineage switch"
        case OrganTransplant():
            return f"{capital(worded(event.organ or 'organ'))} transplant"
        case PrednisoneResponse():
            return f"{capital(str(event.response))} prednisone response" if event.response else "Prednisone response"
        case CsfAssessment():
            return "CSF cleared" if event.cleared else f"CSF {event.cns or 'examined'}"
        case MarrowAssessment():
            return f"Marrow blasts{f' {event.blasts.value:g} {event.blasts.unit}' if event.blasts else ''}"
        case Chimerism():
            return f"Donor chimerism{f' {event.donor.value:g} {event.donor.unit}' if event.donor else ''}"
        case Examination():
            what = f"{'serial ' if event.serial else ''}{worded(event.method or 'examination')}"
            found = "; ".join(finding_words(one) for one in event.findings)
            return capital(f"{what}: {found}" if found else what)
    return ""


def relapse_sites(event: Relapse) -> str:
    """Sites of a relapse: marrow + CNS."""
    return " + ".join(map(_site, event.sites))


def _site(site: Site) -> str:
    return "CNS" if site is Site.CNS else worded(site)


def _scientific(value: float) -> str:
    """A fraction as "5 × 10^-3"."""
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.5e}".partition("e")
    return f"{float(mantissa):g} × 10^{int(exponent)}"


RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def superscripts(text: str) -> str:
    """Powers of ten of a label as plain text.

    >>> superscripts("4 × 10^-4")
    '4 × 10⁻⁴'
    """
    return re.sub(r"(?<=10)\^(-?[0-9]+)", lambda found: found[1].translate(RAISED), text)


def level(value: Quantity) -> str:
    """An MRD level as it was stated: sources use both fractions and percentages."""
    return f"{value.value:g} %" if value.unit == "%" else _scientific(value.to("fraction"))


def result_in_words(event: MrdAssessment) -> str:
    """An MRD result: its level, or what is known instead of one."""
    if event.value is not None:
        return level(event.value)
    if event.result is MrdResult.NEGATIVE:
        known = f" (sensitivity {level(event.sensitivity)})" if event.sensitivity else " (sensitivity not reported)"
        return "not detected" + known
    return {MrdResult.POSITIVE_BELOW_RANGE: "positive, not quantifiable"}.get(
        event.result or MrdResult.QUANTIFIED, "positive, level not reported"
    )


# --- boxes -----------------------------------------------------------------------------------------------------


def lines_of(event: Event, course: Course, *, hide_ages: bool = False) -> tuple[str, ...]:
    """First line: the name; then one or two lines of detail."""
    time = short_time(event, course, hide_ages=hide_ages)
    match event:
        case Diagnosis():
            return _diagnosis_lines(event, hide_ages=hide_ages)
        case TreatmentBlock():
            name, given = block_name(event, course), drugs(event.agents)
            detail = [f"cycle {event.cycle}"] if event.cycle else []
            dosed = [dose_words(agent) for agent in event.agents if agent.dose]
            told = dosed or given.casefold() == name.casefold() or block_of(course, event) is not None
            detail += dosed if told else [given]
            detail += {True: ["completed"], False: ["not completed"], None: []}[event.completed]
            return (name, *filter(None, detail[:2]))
        case Immunotherapy():
            rate = str(event.dose_rate).replace("ug", "µg").replace("m2", "m²") if event.dose_rate else ""
            lasting = str(event.lasting) if event.lasting else ""
            lines = (capital(event.agent or "Immunotherapy"), rate, lasting)
        case TargetedTherapy():
            lines = (capital(event.agent or "Targeted agent"), "", "")
        case CellTherapy():
            lines = ("CAR T cells", " + ".join(event.targets), event.product or "")
        case Radiotherapy():
            site = {"testis": "Testicular", "cns": "Cranial"}.get(str(event.site), "")
            dose = f"{event.dose.value:g} {event.dose.unit}" if event.dose else ""
            lines = (f"{site} RT".strip(), dose, "")
        case Transplant():
            donor = {"matched_unrelated": "MUD", "matched_sibling": "MSD", "haploidentical": "haplo"}
            who = donor.get(str(event.donor), worded(event.donor)) if event.donor else ""
            what = worded(event.graft) if event.graft else ""
            name = ", ".join(part for part in ("HSCT", who, what) if part)
            lines = (name, conditioning(event, course), "")
        case Relapse():
            lines = (f"Relapse {event.number}" if event.number else "Relapse", relapse_sites(event), "")
        case SecondMalignancy():
            lines = ("Second malignancy", event.disease or "", time)
        case LastContact():
            lines = (name_of(course, event), time, "")
        case Death():
            lines = ("Death", worded(event.cause) if event.cause else "", time)
        case OrganTransplant():
            lines = (name_of(course, event), time, "")
        case _:
            lines = (name_of(course, event), "", "")
    return tuple(line for line in lines if line)


SHOWS_TIME = (Diagnosis, OrganTransplant, SecondMalignancy, LastContact, Death)
"""Boxes that tell their time themselves."""


def _diagnosis_lines(event: Diagnosis, *, hide_ages: bool) -> tuple[str, ...]:
    genetics = [c.karyotype for c in event.cytogenetics if c.karyotype]
    fusion = f"KMT2A::{event.kmt2a_partner}" if event.kmt2a_partner else f"KMT2A {event.kmt2a}" if event.kmt2a else ""
    karyotype = [g if g.startswith("t(") else f"{g} karyotype" for g in genetics[:1]]
    fluid = [str(event.cns)] if event.cns else ["no blasts in CSF"] if event.csf_blasts is False else []
    age = "" if hide_ages else age_at(event)
    first = f"Diagnosis at {age}" if age else "Diagnosis"
    lines = (first, ", ".join(filter(None, [disease(event), fusion])), ", ".join([*karyotype, *fluid]))
    return tuple(line for line in lines if line)


# --- tags ------------------------------------------------------------------------------------------------------


def quantity_runs(stated: Quantity) -> list[Run]:
    """A share of cells as it was stated: 4 × 10⁻⁴ with a raised exponent, or 1.257 %."""
    if stated.unit == "%":
        return [Run(f"{stated.value:g} %")]
    mantissa, _, exponent = f"{stated.value:e}".partition("e")
    factor = f"{float(mantissa):g}"
    lead = "10" if factor == "1" else f"{factor} × 10"
    return [Run(lead), Run(str(int(exponent)).replace("-", "−"), raised=True)]


UNKNOWN_SENSITIVITY = "?"
"""Stands behind a negative MRD result whose sensitivity was not stated; the key says so."""


def _mrd_tag(event: MrdAssessment, course: Course) -> tuple[str, list[Run]]:
    """An MRD result: four states kept apart, and the cross of a molecular relapse only where one was told."""
    parts = [ASSAYS[str(event.method)] if event.method else "", "blood" if event.specimen is Specimen.BLOOD else ""]
    assay = f" ({', '.join(filter(None, parts))})" if any(parts) else ""
    if event.result is MrdResult.NEGATIVE:
        if event.sensitivity is None:
            return "mrd_response", [Run(f"MRD negative{UNKNOWN_SENSITIVITY}{assay}")]
        return "mrd_response", [Run("MRD negative, < "), *quantity_runs(event.sensitivity), Run(assay)]
    cited = any(event.id in reemergence.assessments for reemergence in course.of(MrdReemergence))
    glyph = "molecular_relapse" if cited else "mrd_positive"
    if event.value is not None and event.result in (MrdResult.QUANTIFIED, MrdResult.POSITIVE, None):
        return glyph, [Run("MRD "), *quantity_runs(event.value), Run(assay)]
    if event.result is MrdResult.POSITIVE_BELOW_RANGE:
        return glyph, [Run(f"MRD positive, not quantifiable{assay}")]
    if event.result in (MrdResult.POSITIVE, MrdResult.QUANTIFIED):
        return glyph, [Run(f"MRD positive, level not reported{assay}")]
    return "finding", [Run(f"MRD not evaluable{assay}" if event.result else f"MRD{assay}")]


TAG_GLYPHS: dict[type[Event], str] = {
    Remission: "remission",
    LineageSwitch: "lineage_switch",
    PrednisoneResponse: "finding",
    CsfAssessment: "finding",
    MarrowAssessment: "finding",
    Examination: "finding",
    Chimerism: "finding",
    Engraftment: "finding",
    EndOfTherapy: "finding",
    SupportiveTreatment: "infusion",
    Gvhd: "toxicity",
    GraftFailure: "toxicity",
    Abandonment: "toxicity",
    AdverseEvent: "toxicity",
}
"""Events that are drawn as tags, and their glyphs; MRD has several."""

GLYPH_WORDS = {
    "diagnosis": "diagnosis",
    "remission": "remission",
    "mrd_response": "MRD not detected",
    "mrd_positive": "MRD positive",
    "molecular_relapse": "MRD of the re-emergence",
    "finding": "result of an examination",
    "lineage_switch": "lineage switch",
    "toxicity": "toxicity or complication",
    "infusion": "supportive treatment",
}
"""What the glyphs of tags mean, for the key."""


def tag_of(event: Event, course: Course) -> tuple[str, list[Run]] | None:
    """Glyph and words of an event that is drawn as a tag under a node; None for one that is not drawn so."""
    if isinstance(event, MrdAssessment):
        return _mrd_tag(event, course)
    glyph = TAG_GLYPHS.get(type(event))
    return None if glyph is None else (glyph, [Run(name_of(course, event))])
