"""What an event is called in figures, captions and tables, and the lane it is drawn in."""

from collections.abc import Sequence

from ..course import Course
from ..events import (
    Abandonment,
    AdverseEvent,
    Agent,
    Apheresis,
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
    Lymphodepletion,
    MarrowAssessment,
    MrdAssessment,
    MrdReemergence,
    OrganTransplant,
    PrednisoneResponse,
    Presentation,
    Quantity,
    Radiotherapy,
    Refractory,
    Relapse,
    Remission,
    SecondMalignancy,
    SupportiveTreatment,
    SymptomOnset,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from ..vocabulary import DiseaseStatus, Donor, MrdResult, RemissionKind, Site, VitalStatus
from .timeline_blocks import block_of
from .timeline_figure import Lane
from .words import gvhd_words

STATUS = {
    DiseaseStatus.COMPLETE_REMISSION: "CR",
    DiseaseStatus.MRD_REMISSION: "MRD remission",
    DiseaseStatus.ACTIVE_DISEASE: "active disease",
}


def lane_of(event: Event) -> Lane | None:
    """The lane of an event; None where it is not drawn in one."""
    match event:
        case TreatmentBlock():
            return Lane.CHEMOTHERAPY
        case Immunotherapy() | TargetedTherapy():
            return Lane.TARGETED
        case CellTherapy() | Lymphodepletion() | Apheresis():
            return Lane.CELL_THERAPY
        case PrednisoneResponse() | MarrowAssessment() | CsfAssessment():
            return Lane.RESPONSE
        case Radiotherapy():
            return Lane.RADIOTHERAPY
        case Transplant() | Conditioning() | Engraftment() | GraftFailure():
            return Lane.HSCT
        case AdverseEvent() | SupportiveTreatment() | Gvhd():
            return Lane.SUPPORTIVE
        case (
            SymptomOnset()
            | Presentation()
            | Diagnosis()
            | Remission()
            | Relapse()
            | MrdReemergence()
            | LineageSwitch()
            | Refractory()
            | SecondMalignancy()
            | OrganTransplant()
            | EndOfTherapy()
            | Abandonment()
            | Death()
            | LastContact()
        ):
            return Lane.EVENTS
    return None


def plain(word: object) -> str:
    """A vocabulary word as it is written in prose."""
    return str(word).replace("_", " ")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _site(site: Site) -> str:
    return "CNS" if site is Site.CNS else plain(site)


def _agents(agents: Sequence[Agent]) -> str:
    return " + ".join(agent.name for agent in agents)


def name_of(course: Course, event: Event) -> str:
    """What an event is called in figures, captions and tables."""
    match event:
        case TreatmentBlock():
            known = block_of(course, event)
            name = known.short if known else _capital(plain(event.block or "chemotherapy"))
            name += f" {event.cycle}" if event.cycle is not None else ""
            return f"{name}: {_agents(event.agents)}" if event.agents and not known else name
        case Immunotherapy() | TargetedTherapy():
            name = _capital(event.agent or plain(event.TYPE))
            cycle = event.cycle if isinstance(event, Immunotherapy) else None
            return f"{name}, cycle {cycle}" if cycle is not None else name
        case CellTherapy():
            return event.product or ("CAR T cells" + (f", {' + '.join(event.targets)}" if event.targets else ""))
        case Lymphodepletion() | Conditioning():
            return _capital(_agents(event.agents) or event.TYPE)
        case Radiotherapy():
            return " ".join(
                filter(None, [_capital(_site(event.site) if event.site else "radiotherapy"), str(event.dose or "")])
            )
        case Transplant():
            donor = f"{event.donor} donor" if event.donor and event.donor is not Donor.AUTOLOGOUS else event.donor
            parts = [plain(part) for part in (donor, event.graft) if part]
            return f"HSCT: {', '.join(parts)}" if parts else "HSCT"
        case AdverseEvent():
            name = _capital(event.term or "adverse event")
            return f"{name}, grade {event.grade}" if event.grade is not None else name
        case Engraftment():
            return f"{_capital(plain(event.cells or 'cells'))} engrafted"
        case GraftFailure():
            return _capital(f"{plain(event.kind)} graft failure" if event.kind else "graft failure")
        case Gvhd():
            return gvhd_words(event)
        case EndOfTherapy():
            return "End of therapy"
        case Abandonment():
            return "Treatment abandoned"
        case SupportiveTreatment():
            return _capital(_agents(event.agents) or "supportive treatment")
        case Remission():
            number = f" {event.number}" if event.number is not None else ""
            if event.kind is RemissionKind.MRD:
                return f"MRD remission{number}"
            return f"CR{event.number if event.number is not None else ''}"
        case Relapse():
            sites = " + ".join(map(_site, event.sites))
            number = f" {event.number}" if event.number is not None else ""
            return f"Relapse{number}" + (f": {sites}" if sites else "")
        case MrdReemergence():
            return "MRD re-emergence"
        case LineageSwitch():
            return "Lineage switch" + (f" to {plain(event.to_lineage)}" if event.to_lineage else "")
        case OrganTransplant():
            return f"{_capital(plain(event.organ or 'organ'))} transplant"
        case SecondMalignancy():
            return f"Second malignancy{f': {event.disease}' if event.disease else ''}"
        case LastContact():
            state = STATUS.get(event.disease_status, str(event.disease_status)) if event.disease_status else ""
            alive = {VitalStatus.ALIVE: "Alive", VitalStatus.DEAD: "Dead", VitalStatus.LOST: "Lost to follow-up"}
            first = alive[event.vital_status] if event.vital_status else "Last contact"
            return f"{first}, {state}" if state else first
        case MrdAssessment():
            return f"MRD {result_in_words(event)}"
    return _capital(plain(event.TYPE))


def _scientific(value: float) -> str:
    """A fraction as "5 × 10^-3"."""
    mantissa, _, exponent = f"{value:.3e}".partition("e")
    return f"{float(mantissa):g} × 10^{int(exponent)}"


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
