"""Courses of infant acute lymphoblastic leukaemia: typed events, cited rules, drawings.

``load`` a case file or ``read`` an export, ``check`` a course (or a cohort) against the catalogue, ``draw`` it. Heavy
parts are imported when they are first used.
"""

from typing import TYPE_CHECKING, Any

from .course import Course, Patient, Problem
from .errors import Fault, InfantCourseError, InputError, UsageError
from .events import (
    EVENT_TYPES,
    Abandonment,
    AdverseEvent,
    Agent,
    Apheresis,
    CellTherapy,
    Chimerism,
    Conditioning,
    CsfAssessment,
    Cytogenetics,
    Death,
    Decision,
    Diagnosis,
    EndOfTherapy,
    Engraftment,
    Enrolment,
    Event,
    Examination,
    Finding,
    GraftFailure,
    Gvhd,
    Immunophenotype,
    Immunotherapy,
    Laboratory,
    LastContact,
    LineageSwitch,
    Lymphodepletion,
    MarrowAssessment,
    Measurement,
    MrdAssessment,
    MrdReemergence,
    OrganTransplant,
    PrednisoneResponse,
    Presentation,
    Quantity,
    Radiotherapy,
    Randomisation,
    Refractory,
    Relapse,
    Remission,
    RiskAssignment,
    SecondMalignancy,
    SupportiveTreatment,
    SymptomOnset,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)

if TYPE_CHECKING:
    from .cohort import Cohort
    from .io.case_file import load
    from .io.case_writer import dump
    from .io.tables.convert import write
    from .io.tables.read import read
    from .render.curve import curve
    from .render.figure import draw
    from .render.flow import flow
    from .render.mrd_panel import mrd_panel
    from .render.overview import overview
    from .render.style import Style
    from .render.swimmer import swimmer
    from .report.check import check
    from .rules import RULES, Settings, explain

__version__ = "0.1.0"

_LAZY = {
    "Cohort": ".cohort",
    "load": ".io.case_file",
    "dump": ".io.case_writer",
    "read": ".io.tables.read",
    "write": ".io.tables.convert",
    "draw": ".render.figure",
    "curve": ".render.curve",
    "flow": ".render.flow",
    "mrd_panel": ".render.mrd_panel",
    "overview": ".render.overview",
    "swimmer": ".render.swimmer",
    "check": ".report.check",
    "explain": ".rules",
    "RULES": ".rules",
    "Settings": ".rules",
    "Style": ".render.style",
}

__all__ = [
    "EVENT_TYPES",
    "RULES",
    "Abandonment",
    "AdverseEvent",
    "Agent",
    "Apheresis",
    "CellTherapy",
    "Chimerism",
    "Cohort",
    "Conditioning",
    "Course",
    "CsfAssessment",
    "Cytogenetics",
    "Death",
    "Decision",
    "Diagnosis",
    "EndOfTherapy",
    "Engraftment",
    "Enrolment",
    "Event",
    "Examination",
    "Fault",
    "Finding",
    "GraftFailure",
    "Gvhd",
    "Immunophenotype",
    "Immunotherapy",
    "InfantCourseError",
    "InputError",
    "Laboratory",
    "LastContact",
    "LineageSwitch",
    "Lymphodepletion",
    "MarrowAssessment",
    "Measurement",
    "MrdAssessment",
    "MrdReemergence",
    "OrganTransplant",
    "Patient",
    "PrednisoneResponse",
    "Presentation",
    "Problem",
    "Quantity",
    "Radiotherapy",
    "Randomisation",
    "Refractory",
    "Relapse",
    "Remission",
    "RiskAssignment",
    "SecondMalignancy",
    "Settings",
    "Style",
    "SupportiveTreatment",
    "SymptomOnset",
    "TargetedTherapy",
    "Transplant",
    "TreatmentBlock",
    "UsageError",
    "check",
    "curve",
    "draw",
    "dump",
    "explain",
    "flow",
    "load",
    "mrd_panel",
    "overview",
    "read",
    "swimmer",
    "write",
]


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        from importlib import import_module

        value = getattr(import_module(_LAZY[name], __name__), name)
        globals()[name] = value
        return value
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)


def _solve(course: Course) -> Any:
    from .resolve import resolve

    return resolve(course)


def _relate(course: Course) -> Any:
    from .graph import graph_of

    return graph_of(course)


def _depict(course: Course) -> str:
    from .render.notebook import as_html

    return as_html(course)


Course.solve = staticmethod(_solve)  # the front door wires what lies above the model
Course.relate = staticmethod(_relate)
Course.depict = staticmethod(_depict)
