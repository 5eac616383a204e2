"""Which items of the CARE checklist for case reports a course answers, and what is missing."""

from collections.abc import Callable

from attrs import frozen

from ..course import Course
from ..events import (
    AdverseEvent,
    CellTherapy,
    Death,
    Diagnosis,
    Event,
    Examination,
    Immunotherapy,
    LastContact,
    MarrowAssessment,
    MrdAssessment,
    Presentation,
    Radiotherapy,
    Relapse,
    Remission,
    RiskAssignment,
    SymptomOnset,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from ..sources import Cite
from ..vocabulary import MrdResult
from ..when import AtAge, Unknown

CARE = Cite("care2013", "Table 1, the checklist")

TREATMENTS: tuple[type[Event], ...] = (
    TreatmentBlock,
    Immunotherapy,
    TargetedTherapy,
    CellTherapy,
    Radiotherapy,
    Transplant,
)


@frozen(kw_only=True)
class CareItem:
    """One item: its number in the checklist, what it asks for, what the course tells, and what it does not."""

    number: str
    asks: str
    told: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def answer(self) -> str:
        """``told``, ``told in part`` or ``not told``."""
        if self.told and self.missing:
            return "told in part"
        return "told" if self.told else "not told"


Found = tuple[tuple[str, bool], ...]


def _demographics(course: Course) -> Found:
    diagnosis = course.of(Diagnosis)
    age = bool(course.patient.birth) or any(isinstance(when, AtAge) for one in diagnosis for when in one.when)
    return (("sex", course.patient.sex is not None), ("age at diagnosis", age))


def _symptoms(course: Course) -> Found:
    onset, presented = course.of(SymptomOnset), course.of(Presentation)
    return (
        ("first symptoms", any(one.symptoms for one in onset)),
        ("symptoms and signs at presentation", any(one.findings for one in presented)),
    )


def _examinations(course: Course) -> Found:
    found = any(one.findings for one in course.of(Presentation)) or any(one.findings for one in course.of(Examination))
    return (("findings of an examination", found),)


def _timeline(course: Course) -> Found:
    timed = [event for event in course if any(not isinstance(when, Unknown) for when in event.when)]
    return (
        (f"times of {len(timed)} of {len(course)} events", bool(timed)),
        *(((f"times of {len(course) - len(timed)} events", False),) if len(timed) < len(course) else ()),
    )


def _methods(course: Course) -> Found:
    diagnosis = course.of(Diagnosis)
    return (
        ("white cell count", any(one.wbc for one in diagnosis)),
        ("marrow", any(one.marrow_blasts or one.marrow_class for one in diagnosis)),
        ("cerebrospinal fluid", any(one.cns or one.csf_blasts is not None for one in diagnosis)),
        ("immunophenotype", any(one.immunophenotypes for one in diagnosis)),
        ("cytogenetics", any(one.cytogenetics for one in diagnosis)),
        ("KMT2A status", any(one.kmt2a or one.kmt2a_partner for one in diagnosis)),
    )


def _prognosis(course: Course) -> Found:
    return (("risk group", any(one.group for one in course.of(RiskAssignment))),)


def _kinds(course: Course) -> Found:
    return (("treatments", any(isinstance(event, TREATMENTS) for event in course)),)


def _doses(course: Course) -> Found:
    given = [event for event in course if isinstance(event, TREATMENTS)]
    dosed = [event for event in given if _has_dose(event)]
    lasting = [event for event in given if event.LASTS and (event.until or event.lasting)]
    lasts = [event for event in given if event.LASTS]
    return (
        *_share("doses", len(dosed), len([event for event in given if not isinstance(event, Transplant)])),
        *_share("durations", len(lasting), len(lasts)),
    )


def _has_dose(event: Event) -> bool:
    return bool(
        getattr(event, "dose", None)
        or getattr(event, "dose_rate", None)
        or any(agent.dose for agent in getattr(event, "agents", ()))
    )


def _share(what: str, told: int, of: int) -> Found:
    if not of:
        return ()
    if told == of:
        return ((f"{what} of all {of} treatments", True),)
    some: Found = ((f"{what} of {told} of {of} treatments", True),) if told else ()
    return (*some, (f"{what} of {of - told} of {of} treatments", False))


def _outcome(course: Course) -> Found:
    remissions, relapses = course.of(Remission), course.of(Relapse)
    last = bool(course.of(LastContact)) or bool(course.of(Death))
    state = any(one.disease_status for one in course.of(LastContact)) or bool(course.of(Death))
    return (
        ("remission or relapse", bool(remissions or relapses) or state),
        ("last contact or death", last),
        ("state of the leukaemia at the last contact", state),
    )


def _results(course: Course) -> Found:
    results = course.of(MrdAssessment)
    bare = sum(1 for one in results if one.result is MrdResult.NEGATIVE and one.sensitivity is None)
    unnamed = sum(1 for one in results if one.method is None)
    return (
        ("MRD or marrow in the course", bool(results or course.of(MarrowAssessment))),
        *(((f"sensitivity of negative MRD results ({bare})", False),) if bare else ()),
        *(((f"assay of MRD results ({unnamed})", False),) if unnamed else ()),
    )


def _harms(course: Course) -> Found:
    return (("adverse events", bool(course.of(AdverseEvent))),)


ITEMS: tuple[tuple[str, str, Callable[[Course], Found]], ...] = (
    ("5a", "demographic information", _demographics),
    ("5b", "main symptoms", _symptoms),
    ("6", "clinical findings", _examinations),
    ("7", "timeline", _timeline),
    ("8a", "diagnostic methods", _methods),
    ("8d", "prognostic characteristics", _prognosis),
    ("9a", "types of intervention", _kinds),
    ("9b", "administration of the interventions", _doses),
    ("10a", "outcomes", _outcome),
    ("10b", "follow-up test results", _results),
    ("10d", "adverse and unanticipated events", _harms),
)
"""The items that a course can answer (CARE 2013, Table 1); the others are the author's."""

AUTHORS = "1 to 4, 5c, 8b, 8c, 9c, 10c, 11 to 13"
"""Items that no course can answer."""


def care_items(course: Course) -> tuple[CareItem, ...]:
    """The items of the checklist that a course can answer, with what it tells and what it does not.

    Source: CARE 2013, Table 1.
    """
    return tuple(
        CareItem(
            number=number,
            asks=asks,
            told=tuple(name for name, there in found if there),
            missing=tuple(name for name, there in found if not there),
        )
        for number, asks, look in ITEMS
        for found in (look(course),)
    )
