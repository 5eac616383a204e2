"""What a figure calls an event: a name and a few details, from what was stated and nothing else."""

from ..course import Course
from ..events import (
    Abandonment,
    AdverseEvent,
    Agent,
    CellTherapy,
    Conditioning,
    CsfAssessment,
    Death,
    Diagnosis,
    EndOfTherapy,
    Engraftment,
    Event,
    GraftFailure,
    Gvhd,
    Immunotherapy,
    LastContact,
    LineageSwitch,
    MarrowAssessment,
    MrdAssessment,
    MrdReemergence,
    OrganTransplant,
    PrednisoneResponse,
    Quantity,
    Radiotherapy,
    Refractory,
    Relapse,
    Remission,
    SecondMalignancy,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from ..knowledge.protocols import protocol
from ..vocabulary import Disease, MrdResult, RemissionKind
from ..when import AtAge, Either, Offset
from .ink import Run

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


def worded(value: object) -> str:
    """A word of a vocabulary as it is read aloud."""
    return str(value).replace("_", " ")


def capital(text: str) -> str:
    """A text that begins with a capital; the rest as it stands."""
    return text[:1].upper() + text[1:]


def protocol_name(name: str | None) -> str:
    """The printed name of a protocol."""
    if not name:
        return ""
    known = protocol(name)
    if known:
        return known.name
    head, _, tail = name.partition("-")
    return f"{head.upper()} {tail.upper()}" if head in ("cog", "ccg", "jplsg", "jilsg") else capital(name)


def block_name(event: TreatmentBlock, course: Course) -> str:
    """The printed name of a block, by its protocol or that of the enrolment."""
    if not event.block:
        return " + ".join(capital(a.name) if i == 0 else a.name for i, a in enumerate(event.agents)) or "Chemotherapy"
    protocols = [event.protocol, *(e.protocol for e in course if e.TYPE == "enrolment" and hasattr(e, "protocol"))]
    for name in [p for p in protocols if p] or ["interfant-06"]:
        known = protocol(name)
        block = known.block(event.block) if known else None
        if block:
            return block.name
    if event.block == "salvage" and event.agents:
        return " + ".join(capital(a.name) if i == 0 else a.name for i, a in enumerate(event.agents))
    return capital(worded(event.block))


def disease(event: Diagnosis) -> str:
    """B-ALL, ALL, AML ..."""
    lineage = f"{event.lineage}-" if event.lineage and event.disease is Disease.ALL else ""
    return f"{lineage}{event.disease}" if event.disease else ""


def stated_time(event: Event) -> str:
    """A reported age or length of time, in a few words; empty where none is told."""
    for when in event.when:
        if isinstance(when, AtAge):
            return f"age {when.age}"
        if isinstance(when, Offset):
            return f"{when.by} {'before' if when.before else 'after'} {worded(when.of).replace('-', ' ')}"
        if isinstance(when, Either):
            times = [option for option in when.options if isinstance(option, Offset)]
            if times and len({str(t.by) for t in times}) == 1:
                return f"{times[0].by} after {' or '.join(t.of.replace('-', ' ') for t in times)}"
    return ""


def conditioning(event: Transplant, course: Course) -> str:
    """The conditioning of a transplant: Bu-Flu-TT."""
    of_this = [c for c in course.of(Conditioning) if c.of == event.id]
    return "-".join(SHORT_DRUGS.get(a.name, a.name) for c in of_this for a in c.agents)


def dose_words(agent: Agent) -> str:
    """A drug with its dose: daunorubicin 300 mg/m², cumulative."""
    dose = f" {agent.dose.value:g} {agent.dose.unit.replace('m2', 'm²')}" if agent.dose else ""
    return f"{agent.name}{dose}{', cumulative' if agent.cumulative else ''}"


def gvhd_words(event: Gvhd) -> str:
    """Graft-versus-host disease with its form and its grade, as told."""
    name = f"{worded(event.form)} GVHD" if event.form else "GVHD"
    grade = f", grade {event.grade}" if event.grade is not None else ""
    return capital(name) + grade + (f", {event.severity}" if event.severity else "")


def lines_of(event: Event, course: Course) -> tuple[str, ...]:
    """First line: the name; then one or two lines of detail."""
    match event:
        case Diagnosis():
            genetics = [c.karyotype for c in event.cytogenetics if c.karyotype]
            kmt2a = [f"KMT2A {event.kmt2a}"] if event.kmt2a else []
            karyotype = [g if g.startswith("t(") else f"{g} karyotype" for g in genetics[:1]]
            fluid = [str(event.cns)] if event.cns else ["no blasts in CSF"] if event.csf_blasts is False else []
            age = stated_time(event)
            first = f"Diagnosis, {age}" if age else "Diagnosis"
            return tuple(
                x
                for x in (first, ", ".join([d for d in [disease(event)] if d] + kmt2a), ", ".join([*karyotype, *fluid]))
                if x
            )
        case TreatmentBlock():
            name = block_name(event, course)
            detail = [f"cycle {event.cycle}"] if event.cycle else []
            detail += [dose_words(a) for a in event.agents if a.dose]
            detail += ["completed"] if event.completed else []
            return (name, *detail[:2])
        case Immunotherapy():
            rate = str(event.dose_rate).replace("ug", "µg").replace("m2", "m²") if event.dose_rate else ""
            lasting = str(event.lasting) if event.lasting else ""
            return tuple(x for x in (capital(event.agent or "Immunotherapy"), rate, lasting) if x)
        case TargetedTherapy():
            return (capital(event.agent or "Targeted agent"),)
        case CellTherapy():
            return tuple(x for x in ("CAR T cells", " + ".join(event.targets), event.product or "") if x)
        case Radiotherapy():
            site = {"testis": "Testicular", "cns": "Cranial"}.get(str(event.site), "")
            dose = f"{event.dose.value:g} {event.dose.unit}" if event.dose else ""
            return tuple(x for x in (f"{site} RT".strip(), dose) if x)
        case Transplant():
            donor = {"matched_unrelated": "MUD", "matched_sibling": "MSD", "haploidentical": "haplo"}
            who = donor.get(str(event.donor), worded(event.donor)) if event.donor else ""
            what = worded(event.graft) if event.graft else ""
            return tuple(x for x in (", ".join(y for y in ("HSCT", who, what) if y), conditioning(event, course)) if x)
        case OrganTransplant():
            return tuple(x for x in (f"{capital(worded(event.organ or 'organ'))} transplant", stated_time(event)) if x)
        case Relapse():
            number = f" {event.number}" if event.number else ""
            return tuple(x for x in (f"Relapse{number}", " + ".join(worded(s) for s in event.sites)) if x)
        case MrdReemergence():
            return ("MRD re-emergence",)
        case Refractory():
            return ("Refractory",)
        case SecondMalignancy():
            return tuple(x for x in ("Second malignancy", event.disease or "") if x)
        case LastContact():
            status = ", ".join(worded(x) for x in (event.vital_status, event.disease_status) if x)
            return tuple(x for x in (capital(status) or "Last contact", stated_time(event)) if x)
        case Death():
            return tuple(x for x in ("Death", worded(event.cause) if event.cause else "", stated_time(event)) if x)
    return (capital(worded(event.TYPE)),)


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
    assay = f" ({ASSAYS[str(event.method)]})" if event.method else ""
    if event.result is MrdResult.NEGATIVE:
        if event.sensitivity is None:
            return "mrd_response", [Run(f"MRD negative{UNKNOWN_SENSITIVITY}{assay}")]
        return "mrd_response", [Run("MRD negative, < "), *quantity_runs(event.sensitivity), Run(assay)]
    cited = any(event.id in reemergence.assessments for reemergence in course.of(MrdReemergence))
    glyph = "molecular_relapse" if cited else "mrd_positive"
    if event.result is MrdResult.QUANTIFIED and event.value:
        return glyph, [Run("MRD "), *quantity_runs(event.value), Run(assay)]
    if event.result is MrdResult.POSITIVE_BELOW_RANGE:
        return glyph, [Run(f"MRD positive, not quantifiable{assay}")]
    return "finding", [Run(f"MRD not evaluable{assay}" if event.result else f"MRD{assay}")]


def tag_of(event: Event, course: Course) -> tuple[str, list[Run]] | None:
    """Glyph and words of an event that is drawn as a tag under a node; None for one that is not drawn so."""
    match event:
        case MrdAssessment():
            return _mrd_tag(event, course)
        case Remission():
            number = str(event.number) if event.number else ""
            if event.kind is RemissionKind.MRD:
                ordinal = {"1": "First ", "2": "Second ", "3": "Third "}.get(number, "")
                return "remission", [Run(f"{ordinal}MRD remission" if ordinal else "MRD remission")]
            return "remission", [Run(f"CR{number}")]
        case LineageSwitch():
            became = event.to_disease or (worded(event.to_lineage) if event.to_lineage else "")
            return "lineage_switch", [Run(f"Lineage switch to {became}" if became else "Lineage switch")]
        case PrednisoneResponse():
            return "finding", [Run(f"{capital(str(event.response))} prednisone response")] if event.response else [
                Run("Day 8")
            ]
        case CsfAssessment():
            return "finding", [Run("CSF cleared" if event.cleared else f"CSF {event.cns or 'examined'}")]
        case MarrowAssessment():
            level = f" {event.blasts.value:g} {event.blasts.unit}" if event.blasts else ""
            return "finding", [Run(f"Marrow blasts{level}")]
        case Engraftment():
            return "finding", [Run(f"{capital(worded(event.cells or 'cells'))} engrafted")]
        case Gvhd():
            return "toxicity", [Run(gvhd_words(event))]
        case GraftFailure():
            return "toxicity", [Run(capital(f"{worded(event.kind)} graft failure" if event.kind else "graft failure"))]
        case EndOfTherapy():
            return "finding", [Run("End of therapy")]
        case Abandonment():
            return "toxicity", [Run("Treatment abandoned")]
        case AdverseEvent():
            grade = f", grade {event.grade}" if event.grade else ""
            return "toxicity", [Run(f"{capital(event.term or 'toxicity')}{grade}")]
    return None
