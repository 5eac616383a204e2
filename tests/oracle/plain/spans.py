"""Rules that hold a length of time, an age or a date against a limit, over one world.

Their courses are dated around the limits (:data:`SPANS`): each point by a day or a few days.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random
from typing import Any

import attrs
from attrs import frozen

from infant_course import Course, Event, Patient
from infant_course.events import (
    Abandonment,
    AdverseEvent,
    Agent,
    CellTherapy,
    Conditioning,
    Death,
    Decision,
    Diagnosis,
    EndOfTherapy,
    Engraftment,
    Enrolment,
    Examination,
    Finding,
    GraftFailure,
    Gvhd,
    Immunotherapy,
    LastContact,
    LineageSwitch,
    Measurement,
    MrdAssessment,
    MrdReemergence,
    Presentation,
    Quantity,
    Radiotherapy,
    Refractory,
    Relapse,
    Remission,
    RiskAssignment,
    SecondMalignancy,
    SymptomOnset,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from infant_course.vocabulary import (
    CellLine,
    Choice,
    DiseaseStatus,
    DoseBasis,
    Graft,
    GraftFailureKind,
    GvhdForm,
    Kmt2aStatus,
    Lineage,
    MrdResult,
    Route,
    Site,
    TransplantIndication,
    VitalStatus,
)
from infant_course.when import parse
from oracle.plain.operators import SILENT, Rules, Verdict, end_told, is_blinatumomab, names, others
from oracle.worlds import Placed, World, day_of

CUT_OFF = date(2024, 6, 1)
"""Last day of the data of these courses."""


def _age(me: Placed, world: World) -> int | None:
    return None if world.birth is None else me.start[0] - world.birth[0]


def _field(world: World, kind: type[Event], name: str) -> Any:
    """A field of the one recorded event of a type."""
    found = world.recorded(kind)
    return getattr(found[0].event, name) if len(found) == 1 else None


def _since(me: Placed, found: Sequence[Placed], moment: str = "start") -> int | None:
    """Days from the one of these."""
    return getattr(me, moment)[0] - found[0].start[0] if len(found) == 1 else None


def ord_03(me: Placed, _: World) -> Verdict:
    return (me.end if end_told(me.event) else me.start)[0] > day_of(CUT_OFF)


def fup_04(me: Placed, world: World) -> Verdict:
    """Alive at the latest contact, which is more than two years (731 days at most) before the cut-off."""
    if getattr(me.event, "vital_status", None) != "alive":
        return SILENT
    later = any(other.start[0] > me.start[0] for other in world.recorded(LastContact))
    return me.start[0] < day_of(CUT_OFF) - 731 and not later and not world.recorded(Death)


def bas_24(me: Placed, world: World) -> Verdict:
    """2 to 15 kg and 0.15 to 0.60 m2 below one year."""
    size = me.event
    assert isinstance(size, Measurement)
    weight = size.weight.to("kg") if size.weight else None
    surface = size.body_surface.to("m2") if size.body_surface else None
    if weight is None and surface is None:
        return SILENT
    odd = (weight is not None and not 2 <= weight <= 15) or (surface is not None and not 0.15 <= surface <= 0.6)
    age = _age(me, world)
    return False if not odd else None if age is None else age < 365


ACCRUAL = {
    "interfant-06": (2006, 2016),
    "aall0631": (2008, 2014),
    "interfant-21": (2022, None),
    "cassiopeia": (2019, None),
}
"""First and last year in which a protocol was open (the review, Table 1; registry texts)."""


def pro_01(me: Placed, world: World) -> Verdict:
    first, last = ACCRUAL.get(_field(world, Enrolment, "protocol"), (None, None))
    if first is None or _field(world, Enrolment, "on_trial") is False:
        return SILENT
    year = (date(1970, 1, 1) + timedelta(me.start[0])).year
    return year < first or (last is not None and year > last)


def pro_02(me: Placed, world: World) -> Verdict:
    """Interfant: to 365 days; CASSIOPEIA from 365 on; who takes no germline KMT2A and no T lineage."""
    protocol, age = _field(world, Enrolment, "protocol"), _age(me, world)
    if protocol not in ("interfant-06", "interfant-21", "cassiopeia", "mll03"):
        return SILENT
    diagnosis = me.event
    assert isinstance(diagnosis, Diagnosis)
    if protocol in ("interfant-21", "mll03") and diagnosis.kmt2a == "germline":
        return True
    if protocol in ("interfant-21", "cassiopeia") and diagnosis.lineage == "T":
        return True
    if protocol == "mll03":
        return False
    if age is None:
        return None
    return age < 365 if protocol == "cassiopeia" else age > 365


def _inductions(world: World) -> list[Placed]:
    return [placed for placed in world.recorded(TreatmentBlock) if getattr(placed.event, "block", None) == "induction"]


def pro_10(me: Placed, world: World) -> Verdict:
    """MLL03: within four months (122 days) of the start of induction; a transplant of a later state is another."""
    transplant = me.event
    assert isinstance(transplant, Transplant)
    later = transplant.status in ("CR2", "CR3", "active_disease")
    later |= transplant.indication not in (None, "first_remission")
    if _field(world, Enrolment, "protocol") != "mll03" or later:
        return SILENT
    days = _since(me, _inductions(world))
    return None if days is None else days > 122


END_OF_PLAN = (
    Relapse,
    Refractory,
    LineageSwitch,
    MrdReemergence,
    SecondMalignancy,
    EndOfTherapy,
    Abandonment,
    CellTherapy,
    Transplant,
)


def pro_12(me: Placed, world: World) -> Verdict:
    """A block ended before, and nothing was given in the eight weeks (56 days) before, while the plan was running."""
    ended = [one for one in others(me, world.recorded(TreatmentBlock)) if one.end < me.start]
    if not ended or any(one.start < me.start for one in world.recorded(*END_OF_PLAN)):
        return False
    bridges = world.recorded(Immunotherapy, TargetedTherapy, Radiotherapy)
    given = [one for one in (*others(me, world.of(TreatmentBlock)), *bridges) if one.start < me.start]
    return all(me.start[0] - one.end[0] > 56 for one in given)


def pro_13(me: Placed, world: World) -> Verdict:
    """104 weeks (P9407: 46) from the diagnosis to the end, three months either way, unless something cut it short."""
    event, moment = me.event, "end" if isinstance(me.event, TreatmentBlock) else "start"
    own = getattr(event, "protocol", None) or _field(world, Enrolment, "protocol")
    if own not in ("interfant-06", "aall0631", "cog-p9407"):
        return SILENT
    if isinstance(event, TreatmentBlock) and not (event.block == "maintenance" and event.completed):
        return SILENT
    here = getattr(me, moment)
    if any(other.start < here for other in world.recorded(Relapse, Transplant)):
        return False
    days, plan = _since(me, world.recorded(Diagnosis), moment), 322 if own == "cog-p9407" else 728
    return None if days is None else not plan - 91 <= days <= plan + 91


def pro_09(me: Placed, world: World) -> Verdict:
    """High risk: HSCT or a reason. Medium risk: HSCT in first remission on MRD of 1e-4, since June 2009."""
    assignment = me.event
    assert isinstance(assignment, RiskAssignment)
    protocol = assignment.protocol or _field(world, Enrolment, "protocol")
    if (protocol, assignment.group) not in (("interfant-06", "HR"), ("interfant-06", "MR"), ("mll-10", "HR")):
        return SILENT
    transplants = [placed.event for placed in world.recorded(Transplant)]
    if assignment.group == "HR":
        decided = [placed.event for placed in world.recorded(Decision)]
        against = any(d.on == "transplant" and d.in_favour is False and d.reason for d in decided)
        return not (transplants or against or world.recorded(Relapse, Death))
    early = [t for t in transplants if t.status == "CR1" or t.indication == "first_remission"]
    levels = [placed.event.value for placed in world.recorded(MrdAssessment)]
    high = any(value is not None and value.to("fraction") >= 1e-4 for value in levels)
    diagnosed = world.recorded(Diagnosis)
    too_soon = len(diagnosed) == 1 and diagnosed[0].start[0] < day_of(date(2009, 6, 1))
    return bool(early) and (not high or too_soon)


def dos_01(me: Placed, world: World) -> Verdict:
    """Methotrexate of MARMA and asparaginase of induction: two thirds below 181 days, three quarters below 365.

    A tenth above is allowed. More than one whole dose (and a tenth) is a sum of doses.
    """
    block = me.event
    assert isinstance(block, TreatmentBlock)
    wholes = {"marma": ("methotrexate", 5000), "induction": ("asparaginase_ecoli", 10000)}
    if block.protocol != "interfant-06" or block.block not in wholes:
        return SILENT
    name, whole = wholes[block.block]
    doses = [a.dose.value for a in block.agents if a.name == name and a.dose and a.basis == "actual"]
    if not doses:
        return SILENT
    age = _age(me, world)

    def too_much(days: int) -> bool:
        share = 2 / 3 if days < 181 else 3 / 4 if days < 365 else 1
        return share < 1 and any(whole * share * 1.1 < dose <= whole * 1.1 for dose in doses)

    found = {too_much(days) for days in ([100, 300, 500] if age is None else [age])}
    return found.pop() if len(found) == 1 else None


def dos_11(me: Placed, world: World) -> Verdict:
    """No total body irradiation below four years (1461 days)."""
    conditioning = me.event
    assert isinstance(conditioning, Conditioning)
    if conditioning.tbi is None and not any(agent.name == "tbi" for agent in conditioning.agents):
        return SILENT
    age = _age(me, world)
    return None if age is None else age < 1461


def imm_01(me: Placed, _: World) -> Verdict:
    """28 days of infusion; 27 between start and end pass; a break of up to 7 days is allowed for if none is told."""
    cycle = me.event
    assert isinstance(cycle, Immunotherapy)
    length_told = bool(cycle.until)
    if not is_blinatumomab(cycle) or not (length_told or cycle.interrupted) or (cycle.cycles or 1) > 1:
        return SILENT
    pause = cycle.interrupted.to("days") if cycle.interrupted else None
    if pause is not None and pause > 7:
        return True
    if not length_told:
        return False
    days = me.end[0] - me.start[0]
    short = days < 27 + (pause or 0) and cycle.completed is not False
    return short or days > 28 + (7 if pause is None else pause)


def imm_13(me: Placed, world: World) -> Verdict:
    """Therapy against CD19 before the switch, and none within six months (184 days) before it."""
    aimed = [placed for placed in world.recorded(Immunotherapy) if is_blinatumomab(placed.event)]
    cells = world.recorded(CellTherapy)
    aimed += [placed for placed in cells if names(getattr(placed.event, "targets", ()), "CD19")]
    if not aimed:
        return SILENT
    days = [me.start[0] - placed.start[0] for placed in aimed if placed.start < me.start]
    return bool(days) and min(days) > 184


RULES: Rules = {
    "ORD-03": (("any",), ord_03, ()),
    "FUP-04": (("last_contact",), fup_04, ()),
    "BAS-24": (("measurement",), bas_24, ()),
    "PRO-01": (("diagnosis",), pro_01, ()),
    "PRO-02": (("diagnosis",), pro_02, ()),
    "PRO-09": (("risk_assignment",), pro_09, ()),
    "PRO-10": (("transplant",), pro_10, ()),
    "PRO-12": (("treatment_block",), pro_12, ((TreatmentBlock(id="x"),),)),
    "PRO-13": (("end_of_therapy", "treatment_block"), pro_13, ()),
    "DOS-01": (("treatment_block",), dos_01, ()),
    "DOS-11": (("conditioning",), dos_11, ()),
    "IMM-01": (("immunotherapy",), imm_01, ()),
    "IMM-13": (("lineage_switch",), imm_13, ()),
}


@frozen
class Around:
    """An event on one of some days after the origin, known to a few days; how long it lasts, likewise.

    ``ends``: chance that its end is told. An end that is not may lie on any day, which makes many worlds.
    """

    choices: Sequence[Event]
    days: Sequence[int]
    lengths: Sequence[int] = ()
    chance: float = 1.0
    ends: float = 0.85


@frozen
class Span:
    """Courses around the limit of some rules: the origin is a date, and birth lies on one of these days after it."""

    rules: Sequence[str]
    origin: str
    around: Sequence[Around]
    births: Sequence[int | None] = (None,)
    complete: Sequence[str] = ()

    def draw(self, random: Random, number: int) -> Course:
        """A course in which each point is known to a day or to a few days."""
        zero, events = date.fromisoformat(self.origin), []
        for one in self.around:
            if random.random() < one.chance:
                day = random.choice(one.days)
                until = ()
                if one.lengths and random.random() < one.ends:
                    until = (parse(_known(random, zero, day + random.choice(one.lengths))),)
                when = (parse(_known(random, zero, day)),)
                event = random.choice(one.choices)
                events.append(attrs.evolve(event, id=f"e{len(events)}", when=when, until=until))
        birth = random.choice(self.births)
        born = () if birth is None else (parse(_known(random, zero, birth)),)
        random.shuffle(events)
        patient, complete = Patient(id=f"p{number}", birth=born), frozenset(self.complete)
        return Course(patient=patient, events=tuple(events), complete=complete)


def _known(random: Random, zero: date, day: int) -> str:
    """That day, or two of which it is one."""
    low, high = random.choice([(0, 0), (0, 0), (0, 1), (1, 0)])
    first, last = (str(zero + timedelta(days=day + by)) for by in (-low, high))
    return first if first == last else f"{first}..{last}"


def _enrolled(*protocols: str, **more: Any) -> Around:
    return Around([Enrolment(id="", protocol=protocol, **more) for protocol in protocols], [1], chance=0.9)


def _block(block: str, *agents: Agent, protocol: str = "interfant-06", **more: Any) -> TreatmentBlock:
    return TreatmentBlock(id="", protocol=protocol, block=block, agents=agents, **more)


def _given(name: str, value: float, unit: str, basis: DoseBasis = DoseBasis.ACTUAL) -> Agent:
    route = Route.INTRAVENOUS if name == "methotrexate" else None
    return Agent(name=name, dose=Quantity(value, unit), basis=basis, route=route)


ALIVE = LastContact(id="", vital_status=VitalStatus.ALIVE)
DIAGNOSIS = Diagnosis(id="")
LEVEL_1E4 = Quantity(1e-4, "fraction")
GAPS = [
    Around([_block("octadad")], [100], [5], ends=1),
    Around([_block("ib"), _block("marma")], [0, 10], [32, 33, 34, 42, 43, 44, 100, 110]),
    Around(
        [
            Immunotherapy(id="", agent="blinatumomab"),
            TargetedTherapy(id="", agent="revumenib"),
            Radiotherapy(id="", site=Site.CNS),
            _block("mae"),
        ],
        [20, 60, 99],
        [0, 23, 24, 25],
        chance=0.3,
        ends=1,
    ),
    Around([kind(id="") for kind in END_OF_PLAN], [30, 99, 100, 101], chance=0.2),
]
"""A block, one that mostly ends about eight weeks before it, and what may fill or explain the gap."""
SPANS: dict[str, Span] = {
    "cut-off": Span(
        ["ORD-03", "FUP-04"],
        "2022-06-01",
        [
            Around([ALIVE, LastContact(id="")], [-2, -1, 0, 1, 300, 731, 732]),
            Around([ALIVE], [-1, 0, 730, 731], chance=0.4),
            Around([Death(id=""), Relapse(id="")], [300, 729, 731, 733], chance=0.5),
            Around([TreatmentBlock(id="")], [700], [30, 31, 32], chance=0.4),
        ],
    ),
    "first year": Span(
        ["BAS-24"],
        "2020-01-01",
        [
            Around(
                [
                    Measurement(id="", weight=Quantity(7000, "kg")),
                    Measurement(id="", weight=Quantity(7000, "g")),
                    Measurement(id="", weight=Quantity(16, "kg"), body_surface=Quantity(0.3, "m2")),
                    Measurement(id="", body_surface=Quantity(0.7, "m2")),
                    Measurement(id=""),
                ],
                [100, 364, 365, 366],
            )
        ],
        births=(None, 0, 0, 0),
    ),
    "accrual": Span(
        ["PRO-01"],
        "2006-01-01",
        [
            Around([DIAGNOSIS], [-1, 0, 1, 729, 730, 731, 4016, 4017, 4018, 5843, 5844]),
            _enrolled("interfant-06", "aall0631", "interfant-21", "cassiopeia"),
            Around([Enrolment(id="", protocol="interfant-06", on_trial=False)], [2], chance=0.1),
        ],
    ),
    "eligibility": Span(
        ["PRO-02"],
        "2020-01-01",
        [
            Around(
                [
                    DIAGNOSIS,
                    Diagnosis(id="", kmt2a=Kmt2aStatus.GERMLINE),
                    Diagnosis(id="", lineage=Lineage.T),
                    Diagnosis(id="", kmt2a=Kmt2aStatus.REARRANGED, lineage=Lineage.B),
                ],
                [200, 363, 364, 365, 366, 367],
            ),
            _enrolled("interfant-06", "interfant-21", "cassiopeia", "mll03", "mll96"),
        ],
        births=(None, 0, 0, 0),
    ),
    "HSCT of MLL03": Span(
        ["PRO-10"],
        "2006-01-01",
        [
            Around([_block("induction", protocol="mll03")], [0], [28]),
            Around(
                [_block("induction", protocol="mll03"), _block("post_induction", protocol="mll03")],
                [30],
                [28],
                chance=0.2,
            ),
            Around(
                [
                    Transplant(id=""),
                    Transplant(id="", status=DiseaseStatus.CR1),
                    Transplant(id="", status=DiseaseStatus.CR2),
                    Transplant(id="", indication=TransplantIndication.RELAPSE),
                ],
                [100, 121, 122, 123, 124],
            ),
            _enrolled("mll03", "mll03", "mll96"),
        ],
    ),
    "end of therapy": Span(
        ["PRO-13"],
        "2010-01-01",
        [
            Around([DIAGNOSIS], [0], chance=0.95),
            Around(
                [
                    EndOfTherapy(id=""),
                    EndOfTherapy(id=""),
                    _block("maintenance", completed=True),
                    _block("maintenance"),
                ],
                [230, 231, 232, 413, 414, 500],
                [136, 137, 138, 223, 224, 318, 319, 320],
            ),
            Around([EndOfTherapy(id="")], [636, 637, 638, 818, 819, 820, 700], chance=0.6),
            Around([Relapse(id=""), Transplant(id="")], [200, 637, 820], chance=0.3),
            _enrolled("interfant-06", "cog-p9407", "aall0631", "mll96"),
        ],
    ),
    "HSCT by risk group": Span(
        ["PRO-09"],
        "2009-06-01",
        [
            Around([DIAGNOSIS], [-30, -1, 0, 0, 40], chance=0.95),
            Around(
                [
                    RiskAssignment(id="", group="HR", protocol="interfant-06"),
                    RiskAssignment(id="", group="MR", protocol="interfant-06"),
                    RiskAssignment(id="", group="MR", protocol="interfant-06"),
                    RiskAssignment(id="", group="HR", protocol="mll-10"),
                    RiskAssignment(id="", group="LR", protocol="interfant-06"),
                ],
                [50],
            ),
            Around(
                [
                    Transplant(id="", status=DiseaseStatus.CR1),
                    Transplant(id="", indication=TransplantIndication.FIRST_REMISSION),
                    Transplant(id="", status=DiseaseStatus.CR2),
                ],
                [250],
                chance=0.6,
            ),
            Around(
                [
                    MrdAssessment(id="", value=Quantity(1e-4, "fraction")),
                    MrdAssessment(id="", value=Quantity(1e-4, "fraction")),
                    MrdAssessment(id="", value=Quantity(1e-4, "fraction")),
                    MrdAssessment(id="", value=Quantity(1e-5, "fraction")),
                    Decision(id="", on=Choice.TRANSPLANT, in_favour=False, reason="no donor"),
                    Decision(id="", on=Choice.TRANSPLANT, in_favour=False),
                    Relapse(id=""),
                ],
                [200],
                chance=0.8,
            ),
        ],
    ),
    "doses by age": Span(
        ["DOS-01"],
        "2012-01-01",
        [
            Around(
                [
                    _block("marma", _given("methotrexate", 5000, "mg/m2")),
                    _block("marma", _given("methotrexate", 3750, "mg/m2")),
                    _block("marma", _given("methotrexate", 3333, "mg/m2")),
                    _block("marma", _given("methotrexate", 10000, "mg/m2")),
                    _block("marma", _given("methotrexate", 5000, "mg/m2", DoseBasis.NOMINAL)),
                    _block("induction", _given("asparaginase_ecoli", 8300, "IU/m2")),
                    _block("induction", _given("asparaginase_ecoli", 6700, "IU/m2")),
                ],
                [100, 180, 181, 182, 364, 365, 366],
                [28],
            )
        ],
        births=(None, 0, 0, 0, 0),
    ),
    "irradiation by age": Span(
        ["DOS-11"],
        "2012-01-01",
        [
            Around(
                [
                    Conditioning(id="", tbi=Quantity(12, "Gy")),
                    Conditioning(id="", agents=(Agent(name="tbi"),)),
                    Conditioning(id="", agents=(Agent(name="busulfan"),)),
                ],
                [400, 1460, 1461, 1462],
                [5],
            )
        ],
        births=(None, 0, 0, 0),
    ),
    "cycles": Span(
        ["IMM-01"],
        "2020-01-01",
        [
            Around(
                [
                    Immunotherapy(id="", agent="blinatumomab"),
                    Immunotherapy(id="", agent="blinatumomab", completed=False),
                    Immunotherapy(id="", agent="blinatumomab", interrupted=Quantity(3, "days")),
                    Immunotherapy(id="", agent="blinatumomab", interrupted=Quantity(8, "days")),
                    Immunotherapy(id="", agent="blinatumomab", cycles=2),
                    Immunotherapy(id="", agent="inotuzumab"),
                ],
                [0],
                [10, 26, 26, 27, 28, 30, 35, 36, 60],
            )
        ],
    ),
    "cycles close to each other": Span(
        ["IMM-02"],
        "2020-01-01",
        [
            Around([Immunotherapy(id="", agent="blinatumomab", cycle=1)], [0], [28]),
            Around(
                [
                    Immunotherapy(id="", agent="blinatumomab", cycle=2),
                    Immunotherapy(id="", agent="blinatumomab"),
                    Immunotherapy(id="", agent="blinatumomab", cycle=1),
                    Immunotherapy(id="", agent="inotuzumab ozogamicin"),
                ],
                [0, 30, 40, 41, 42, 43],
                [28],
            ),
        ],
    ),
    "chemotherapy to conditioning": Span(
        ["HCT-04"],
        "2020-01-01",
        [
            Around([Conditioning(id="")], [100], [5]),
            Around([_block("marma"), _block("octadad")], [0, 10], [5, 6, 7, 8, 75, 76, 77, 90]),
            Around([Immunotherapy(id="", agent="blinatumomab"), _block("ib")], [14, 15], [1, 2], chance=0.4),
        ],
        complete=("treatment_block",),
    ),
    "gaps between blocks": Span(["PRO-12"], "2020-01-01", GAPS, complete=("treatment_block",)),
    "gaps between blocks recorded in part": Span(["PRO-12"], "2020-01-01", GAPS),
    "days after HSCT": Span(
        ["HCT-07", "HCT-08", "HCT-09", "HCT-11"],
        "2020-01-01",
        [
            Around([Transplant(id="", graft=Graft.CORD_BLOOD), Transplant(id="", graft=Graft.BONE_MARROW)], [0]),
            Around(
                [
                    Engraftment(id="", cells=CellLine.NEUTROPHILS),
                    Engraftment(id="", cells=CellLine.PLATELETS),
                    Gvhd(id="", form=GvhdForm.ACUTE),
                    Gvhd(id="", form=GvhdForm.LATE_ACUTE),
                ],
                [6, 7, 8, 41, 42, 43, 99, 100, 101],
                [1],
            ),
            Around(
                [GraftFailure(id="", kind=GraftFailureKind.PRIMARY), Engraftment(id="", cells=CellLine.NEUTROPHILS)],
                [29, 30, 31, 41, 42, 43],
                chance=0.6,
            ),
        ],
    ),
    "cytokine release": Span(
        ["IMM-08"],
        "2020-01-01",
        [
            Around([CellTherapy(id="", targets=("CD19",)), Immunotherapy(id="", agent="Blinatumomab")], [0], [28]),
            Around(
                [AdverseEvent(id="", term="CRS"), AdverseEvent(id="", term="ICANS")],
                [-1, 0, 1, 29, 30, 31, 32],
                [3],
            ),
            Around([AdverseEvent(id="", term="CRS")], [1, 30], [3], chance=0.6),
        ],
    ),
    "MRD after MARMA": Span(
        ["MRD-14"],
        "2012-01-01",
        [
            Around([_block("marma")], [0], [20]),
            Around(
                [
                    MrdAssessment(id="", result=result, value=value, assesses="e0")
                    for result, value in [
                        (MrdResult.QUANTIFIED, Quantity(2e-4, "fraction")),
                        (MrdResult.QUANTIFIED, Quantity(2e-5, "fraction")),
                        (MrdResult.POSITIVE, None),
                    ]
                ],
                [30],
            ),
            Around([RiskAssignment(id="", group="MR"), RiskAssignment(id="", group="HR")], [1], chance=0.9),
            Around([Transplant(id=""), Decision(id="", on=Choice.TRANSPLANT)], [29, 30, 60], chance=0.5),
        ],
        complete=("transplant",),
    ),
    "MARMA about June 2009": Span(
        ["MRD-14"],
        "2009-06-01",
        [
            Around([_block("marma")], [150], [20]),
            Around([MrdAssessment(id="", result=MrdResult.QUANTIFIED, value=LEVEL_1E4, assesses="e0")], [190]),
            Around([DIAGNOSIS], [-2, -1, 0, 1]),
            Around([RiskAssignment(id="", group="MR")], [60]),
        ],
        complete=("transplant",),
    ),
    "blinatumomab after induction": Span(
        ["IMM-03"],
        "2022-06-01",
        [
            _enrolled("interfant-21"),
            Around([_block("induction")], [0], [33]),
            Around([Immunotherapy(id="", agent="blinatumomab")], [31, 32, 33, 34], [28]),
        ],
    ),
    "June 2009": Span(
        ["PRO-09"],
        "2009-06-01",
        [
            Around([DIAGNOSIS], [-1, 0]),
            Around([RiskAssignment(id="", group="MR", protocol="interfant-06")], [50]),
            Around([Transplant(id="", status=DiseaseStatus.CR1)], [250]),
            Around([MrdAssessment(id="", value=LEVEL_1E4)], [200]),
        ],
    ),
    "history to the day": Span(
        ["ORD-07", "BAS-01"],
        "2020-01-01",
        [
            Around([SymptomOnset(id="")], [-1, 0, 2, 3], chance=0.8),
            Around([Presentation(id="")], [0, 2, 3], chance=0.8),
            Around([DIAGNOSIS], [0, 1, 2, 3]),
        ],
        births=(0,),
    ),
    "failure after remission": Span(
        ["REM-18"],
        "2020-01-01",
        [
            Around([Remission(id="")], [0]),
            Around([Refractory(id="")], [-1, 0, 5]),
            Around([Relapse(id="")], [3, 4], chance=0.4),
        ],
        complete=("remission", "relapse", "mrd_reemergence", "lineage_switch"),
    ),
    "echocardiograms": Span(
        ["TOX-05"],
        "2020-01-01",
        [
            Around(
                [Examination(id="", method="echocardiogram", findings=(Finding(term="dilatation", severity="mild"),))],
                [0],
            ),
            Around([AdverseEvent(id="", term="cardiomyopathy", grade=2)], [-1, 0, 0, 1], [0]),
        ],
    ),
    "boosts": Span(
        ["DOS-10"],
        "2020-01-01",
        [
            Around([Radiotherapy(id="", site=Site.TESTIS, dose=Quantity(6, "Gy"), fractions=3)], [0], [3]),
            Around([Transplant(id="")], [5], chance=0.5),
        ],
    ),
    "late switch": Span(
        ["IMM-13"],
        "2020-01-01",
        [
            Around([LineageSwitch(id="")], [0, 1]),
            Around(
                [Immunotherapy(id="", agent="blinatumomab"), Immunotherapy(id="", agent="inotuzumab")],
                [-186, -185, -184, -183, -1, 0, 30],
                [0],
                chance=0.8,
            ),
            Around(
                [CellTherapy(id="", targets=("cd 19",)), CellTherapy(id="", targets=("CD22",))],
                [-400, -185, -184, 0, 1],
                chance=0.7,
            ),
        ],
    ),
}
