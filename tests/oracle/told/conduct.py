"""PRO: the protocol, its blocks and its risk groups, read once more."""

from itertools import product
from typing import Any

from infant_course import Course
from infant_course.events import (
    Diagnosis,
    Enrolment,
    MrdAssessment,
    PrednisoneResponse,
    Quantity,
    RiskAssignment,
    TreatmentBlock,
)
from infant_course.vocabulary import CnsClass, Direction, Kmt2aStatus, PrednisoneClass
from infant_course.when import OnDate
from oracle.plain.operators import SILENT
from oracle.told.drawing import Family, Rules, Some, Verdict, amount, in_all, the_one

OWN_NAMES = {
    "interfant-06": {"ib", "ade", "mae", "marma", "octadad", "hsct", "consolidation", "interim_maintenance"},
    "aall15p1": {"azacitidine_1", "azacitidine_2", "azacitidine_3", "azacitidine_4", "ib", "marma", "octadad"},
    "cog-p9407": {"induction_intensification", "reinduction", "consolidation", "continuation", "ib"},
    "aall0631": {
        "induction_cohort1",
        "induction_intensification",
        "reinduction",
        "consolidation",
        "continuation",
        "ib",
    },
    "mll96": {"post_remission", "hsct", "maintenance"},
}
OWN_NAMES["interfant-06"] |= {"maintenance", "delayed_intensification_1", "delayed_intensification_2"}
OWN_NAMES["aall15p1"] |= {"maintenance", "consolidation", "interim_maintenance"}
OWN_NAMES["aall15p1"] |= {"delayed_intensification_1", "delayed_intensification_2"}
IN_ALL = {"prednisone_prephase", "induction"}
"""Names of the blocks of some protocols (protocols.yaml), and of those of the same drugs in the other group."""
OF_SOME_PROTOCOL = (
    "prednisone_prephase",
    "maram",
    "reinduction",
    "azacitidine_1",
    "marma",
    "induction",
    "ib",
    "ade",
    "mae",
    "octadad",
    "maintenance",
)
ALIASES = {
    "cog-aall0631": "aall0631",
    "COG-AALL15P1": "aall15p1",
    "cog_aall15p1": "aall15p1",
    "Interfant-06": "interfant-06",
}


def _plain(protocol: str | None) -> str | None:
    return ALIASES.get(protocol or "", protocol)


def pro_03(block: TreatmentBlock, _: Course) -> Verdict:
    """A name that some protocol has is one of its own protocol's, or of the same drugs in the other group."""
    own = OWN_NAMES.get(_plain(block.protocol) or "")
    if own is None or block.block not in OF_SOME_PROTOCOL:
        return SILENT
    return block.block not in own | IN_ALL


def _protocol_of(block: TreatmentBlock, course: Course) -> str | None:
    enrolment = the_one(course, Enrolment)
    return _plain(block.protocol) or (_plain(enrolment.protocol) if enrolment else None)


BEFORE = {
    "ib": ("induction",),
    "ade": ("induction",),
    "mae": ("ade",),
    "marma": ("ib", "mae"),
    "octadad": ("marma",),
    "maintenance": ("octadad",),
    "induction": (),
    "prednisone_prephase": (),
}
"""What comes before each block of Interfant-06: one of these, or nothing that is asked for."""


def pro_05(block: TreatmentBlock, course: Course) -> Verdict:
    """The block before it is recorded, or all blocks are: then it was not given."""
    protocol = _protocol_of(block, course)
    if block.block == "Maintenence":
        return True  # a slip, whatever the protocol
    if protocol not in ("interfant-06", "interfant-06-blinatumomab") or block.block is None or block.direction:
        return SILENT
    if block.block not in BEFORE:
        return True
    wanted = BEFORE[block.block]
    recorded = any(other.block in wanted for other in course.of(TreatmentBlock))
    return bool(wanted) and not recorded and "treatment_block" not in course.complete


def _day(event: Any) -> int:
    (when,) = event
    assert isinstance(when, OnDate)
    return when.earliest.toordinal()


def _group(protocol: str, rearranged: bool, age: int, wbc: float, response: str, cns: bool) -> str | None:
    """The risk group by the protocol's criteria (protocols.yaml, risk groups)."""
    if protocol == "interfant-06":
        high = age < 182 and (wbc >= 300 or response == "poor")
        return "LR" if not rearranged else "HR" if high else "MR"
    if protocol == "aall0631":
        return "SR" if not rearranged else "HR" if age < 90 else "IR"
    return "LR" if not rearranged else "HR" if age < 180 or cns else "IR"  # MLL-10


def _protocol_of_group(course: Course) -> str | None:
    """By the one risk assignment, the one enrolment, or blocks that all name one."""
    for kind in (RiskAssignment, Enrolment):
        found = the_one(course, kind)
        if found is not None and found.protocol is not None:
            return _plain(found.protocol)
    blocks = {_plain(block.protocol) for block in course.of(TreatmentBlock)} - {None}
    return blocks.pop() if len(blocks) == 1 else None


WITH_GROUPS = ("interfant-06", "aall0631", "mll-10")


def _possible_groups(dx: Diagnosis, course: Course) -> set[str | None]:
    protocol = _protocol_of_group(course)
    fused = dx.kmt2a_partner is not None or any(m.marker == "KMT2A-AFF1" for m in course.of(MrdAssessment))
    kmt2a = {"rearranged": [True], "germline": [False]}.get(dx.kmt2a or "", [True] if fused and not dx.kmt2a else None)
    age = [_day(dx.when) - _day(course.patient.birth)] if course.patient.birth else [80, 120, 300]
    wbc = [amount(dx.wbc, "10^9/L")] if dx.wbc else [10, 300]
    told = the_one(course, PrednisoneResponse)
    response = [told.response] if told and told.response else ["good", "poor"]
    cns = {"CNS1": [False], "CNS3": [True]}.get(dx.cns or "", [True, False])
    worlds = product(kmt2a or [True, False], age, wbc, response, cns)
    return {_group(protocol or "", *world) for world in worlds}


def pro_07(dx: Diagnosis, course: Course) -> Verdict:
    """The group stated is the one that the criteria give, whatever is not told."""
    assignment, protocol = the_one(course, RiskAssignment), _protocol_of_group(course)
    if assignment is None or assignment.group is None or protocol not in WITH_GROUPS:
        return SILENT
    if assignment.group not in ("LR", "SR", "MR", "IR", "HR"):
        return None
    groups = _possible_groups(dx, course)
    of_protocol = {"interfant-06": "LR MR HR", "aall0631": "SR IR HR", "mll-10": "LR IR HR"}[protocol].split()
    if assignment.group not in of_protocol:
        return None  # a group of another protocol: which was meant is open
    return in_all([group != assignment.group for group in groups])


def pro_08(_: Diagnosis, course: Course) -> Verdict:
    return not course.of(RiskAssignment) if _protocol_of_group(course) in WITH_GROUPS else SILENT


def pro_14(block: TreatmentBlock, course: Course) -> Verdict:
    if block.block != "induction" or _protocol_of(block, course) != "aall0631":
        return SILENT
    enrolment = the_one(course, Enrolment)
    return block.arm is None and (enrolment is None or enrolment.amendment is None)


def pro_15(enrolment: Enrolment, _: Course) -> Verdict:
    if _plain(enrolment.protocol) not in ("aall0631", "cog-p9407"):
        return SILENT
    return enrolment.amendment is None and enrolment.arm is None


RULES: Rules = {
    "PRO-03": (("treatment_block",), pro_03),
    "PRO-05": (("treatment_block",), pro_05),
    "PRO-07": (("diagnosis",), pro_07),
    "PRO-08": (("diagnosis",), pro_08),
    "PRO-14": (("treatment_block",), pro_14),
    "PRO-15": (("enrolment",), pro_15),
}

PROTOCOLS = (None, "Interfant-06", "interfant-06", "cog_aall15p1", "aall0631", "cog-p9407", "mll96")
NAMES = (None, *BEFORE, "maram", "azacitidine_1", "reinduction", "the remaining chemotherapy", "Maintenence")

FAMILIES: dict[str, Family] = {
    "blocks by name": Family(
        (
            Some(
                Enrolment,
                {"protocol": PROTOCOLS, "amendment": (None, None, "cohort 2"), "arm": (None, None, "A")},
                least=0,
                most=2,
            ),
            Some(
                TreatmentBlock,
                {
                    "protocol": PROTOCOLS,
                    "block": NAMES,
                    "arm": (None, None, "A"),
                    "direction": (None, None, None, Direction.MYELOID),
                },
                most=3,
            ),
        )
    ),
    "blocks of Interfant-06": Family(
        (
            Some(
                TreatmentBlock,
                {"protocol": ("interfant-06", None), "block": ("induction", "ib", "marma", "octadad", "mae", "ade")},
                least=2,
                most=4,
            ),
            Some(Enrolment, {"protocol": ("Interfant-06", "aall0631", None)}),
        )
    ),
    "risk groups": Family(
        (
            Some(
                Diagnosis,
                {
                    "kmt2a": (None, *Kmt2aStatus, Kmt2aStatus.REARRANGED),
                    "kmt2a_partner": (None, None, "AFF1"),
                    "wbc": (None, Quantity(299, "10^9/L"), Quantity(300000, "/uL")),
                    "cns": (None, CnsClass.CNS1, CnsClass.CNS2, CnsClass.CNS3),
                },
                days=("2020-06-30",),
            ),
            Some(Enrolment, {"protocol": ("interfant-06", "aall0631", "mll-10", "cog-p9407", None)}, least=0),
            Some(
                RiskAssignment,
                {
                    "group": (None, "LR", "SR", "MR", "IR", "HR", "HR", "MR"),
                    "protocol": (None, None, "Interfant-06", "mll-10"),
                },
                least=0,
                most=1,
            ),
            Some(PrednisoneResponse, {"response": (None, *PrednisoneClass)}, least=0),
            Some(MrdAssessment, {"marker": (None, "KMT2A-AFF1", "IGH")}, least=0),
        ),
        births=(None, "2020-05-01", "2020-03-20", "2019-08-01"),
    ),
}
