"""Histories of infant ALL, drawn together for all patients: invented, plausible, and free of errors.

They need not be likely, only varied: every type of event occurs, and every rule finds subjects. Days are counted
from diagnosis; ``NEVER`` stands for what does not happen to a patient.
"""

from typing import Any

import numpy as np
import polars as pl
from attrs import define
from numpy.typing import NDArray

from infant_course.cohort import Cohort

from .maker import Flags, Ints, Maker, options, quantity, where

SEED = 20221122
NEVER = 1_000_000
LAST_DAY_OF_DATA = 20_400
"""No event lies later (8 November 2025)."""

DAY_OF_2000 = 10_957
MONTHS_18, MONTHS_6 = 548, 183

Numbers = NDArray[np.float64]


@define
class Plan:
    """How a protocol is given here: blocks with the least days from the end of the one before, and their lengths."""

    protocol: str
    weight: float
    first_day: int
    last_day: int
    blocks: tuple[tuple[str, int, int], ...]
    rearranged_only: bool = False
    groups: str = ""
    therapy_days: int = 728


INTERFANT = (("ib", 9, 36), ("marma", 11, 50), ("octadad", 9, 60), ("maintenance", 11, 0))
MYELOID = (("ade", 9, 22), ("mae", 9, 22), ("marma", 11, 50), ("octadad", 9, 60), ("maintenance", 11, 0))
COG = (("induction_intensification", 9, 30), ("reinduction", 9, 28), ("consolidation", 9, 60), ("continuation", 9, 0))
COG_15P1 = (
    ("consolidation", 9, 36),
    ("interim_maintenance", 11, 40),
    ("delayed_intensification_1", 9, 30),
    ("delayed_intensification_2", 9, 28),
    ("maintenance", 11, 0),
)
PLANS = (
    Plan("interfant-06", 58, 13_200, 16_600, INTERFANT, groups="interfant"),
    Plan("interfant-06", 22, 13_200, 16_600, MYELOID, rearranged_only=True, groups="interfant"),
    Plan(
        "interfant-21",
        5,
        19_345,
        19_480,
        (("ib", 50, 36), ("octadad", 60, 60), ("maintenance", 11, 0)),
        rearranged_only=True,
        groups="interfant",
    ),
    Plan(
        "interfant-99",
        3,
        10_900,
        13_000,
        (("maram", 9, 40), ("octadd", 9, 60), ("maintenance", 11, 0)),
        groups="response",
    ),
    Plan("cog-aall0631", 4, 14_000, 16_000, COG, groups="aall0631"),
    Plan("cog-p9407", 3, 11_400, 13_400, COG, therapy_days=322),
    Plan("jplsg-mll03", 3, 12_500, 14_500, (("post_induction", 9, 25),), rearranged_only=True),
    Plan(
        "jplsg-mll10",
        2,
        15_000,
        16_500,
        (("early_intensification", 9, 28), ("early_consolidation", 9, 28), ("continuation", 11, 0)),
        rearranged_only=True,
        groups="mll10",
    ),
    Plan(
        "interfant-21",
        3,
        19_345,
        19_480,
        (("ib", 50, 36), *INTERFANT[1:]),
        rearranged_only=True,
        groups="interfant",
    ),
    Plan("cog-aall15p1", 2.5, 17_300, 18_300, COG_15P1),
)
LYMPHOID_06, MYELOID_06, BLINA_TWICE, INTERFANT_99, AALL0631, P9407, MLL03, MLL10, BLINA_ONCE, AALL15P1 = range(
    len(PLANS)
)

PARTNERS = ("AFF1", "MLLT1", "MLLT3", "MLLT10", "EPS15", "AFDN")
KARYOTYPES = (
    "t(4;11)(q21;q23)",
    "t(11;19)(q23;p13.3)",
    "t(9;11)(p22;q23)",
    "t(10;11)(p12;q23)",
    "t(1;11)(p32;q23)",
    "t(6;11)(q27;q23)",
    "t(4;11;13)",
    "t(11;19)",
    "normal",
    "46,XX[20]",
)
THREE_WAY, UNBANDED, NORMAL = 6, 7, 8


class History:
    """What happens to every patient, and when; drawn step by step, then written as events."""

    karyotype: pl.Series
    protocols: pl.Series
    arm: pl.Series
    prior_steroids: Flags
    done: Flags
    """First-line therapy ended as planned."""
    primary: Flags
    """A graft that is lost never took."""

    def __init__(self, patients: int, seed: int) -> None:
        self.make = make = Maker(patients, seed)
        self.n = patients
        self.plan = make.index([plan.weight for plan in PLANS])
        self.female = make.chance(0.5)
        age = make.between(12, 362)
        self.age = np.where((age > 170) & (age < 195), age + 30, age)
        """Age at diagnosis in days; none so near to six months that the count of months decides the risk group."""
        self.diagnosed = np.zeros(patients, dtype=np.int64)
        for number, plan in enumerate(PLANS):
            here = self.plan == number
            self.diagnosed[here] = make.rng.integers(plan.first_day, plan.last_day, int(here.sum()))
        only = np.array([plan.rearranged_only for plan in PLANS])[self.plan]
        self.rearranged = only | make.chance(0.75)
        self.partner = make.index([50, 24, 16, 6, 2.5, 1.5])
        lineage = make.index([95, 2.6, 2.4])
        self.lineage = np.where(only, 0, lineage)
        """0: B, 1: T, 2: mixed."""
        self.wbc = np.round(np.clip(make.rng.lognormal(4.5, 1.2, patients), 2.5, 1300), 1)
        self.wbc = np.where(np.abs(self.wbc - 300) < 5, 310, self.wbc)
        self.cns = make.index([60, 8, 10, 6, 2, 6, 4, 4])
        self.started = make.between(0, 2)
        """Day 1 of the protocol."""
        self.schedule: dict[str, tuple[Ints, Ints]] = {}
        """Start and end of every block that was planned, by its id."""
        self.second = np.full(patients, "", dtype=object)
        """The block that follows induction."""
        self._plan_blocks()
        self._plan_mrd()
        self._plan_fates()
        self._plan_after_relapse()
        self._plan_follow_up()

    # --- what happens ---------------------------------------------------------------------------------------

    def _plan_blocks(self) -> None:
        make, start = self.make, self.started
        self.amended = make.chance(0.5)
        short = ((self.plan == AALL0631) & ~self.amended) | (self.plan == P9407)
        long = (self.plan == AALL0631) & self.amended
        self.prephase_end = start + 6
        self.induction = start + 7
        self.induction_end = self.induction + np.select([short, long], [20, 34], 26)
        self.therapy_end = start + np.array([plan.therapy_days for plan in PLANS])[self.plan] + make.between(-15, 15)
        for number, plan in enumerate(PLANS):
            here = self.plan == number
            before = self.induction_end
            for position, (block, gap, length) in enumerate(plan.blocks):
                first = before + gap + make.between(0, 5)
                last = first + length if length else np.maximum(self.therapy_end, first + 60)
                known = self.schedule.get(block, (np.full(self.n, NEVER), np.full(self.n, NEVER)))
                self.schedule[block] = (np.where(here, first, known[0]), np.where(here, last, known[1]))
                if position == 0:
                    self.second = np.where(here, block, self.second)
                before = last
            if plan.blocks[-1][2]:
                self.therapy_end = np.where(here, before, self.therapy_end)

    def _plan_mrd(self) -> None:
        make = self.make
        self.method = make.index([70, 20, 10])
        """0: PCR, 1: flow, 2: NGS."""
        self.marked = self.rearranged & make.chance(0.7)
        """MRD is followed by the fusion, not by a receptor gene."""
        level = make.uniform(-4.6, -2.1)
        self.last_share = np.ones(self.n)
        """Level at the end of induction, from which reductions are counted."""
        self.last_quantified = np.zeros(self.n, dtype=bool)
        self.told_before = make.chance(0.3)
        self.levels = []
        for _ in range(5):
            self.levels.append(level)
            level = level - make.uniform(0.3, 1.4)

    def _plan_fates(self) -> None:
        make = self.make
        fate = make.index([1.5, 3.5, 34, 4, 2, 4, 3, 48])
        self.early_death, self.refractory = fate == 0, fate == 1
        self.good = make.uniform(0, 1) < 0.75
        young_and_bad = (self.age < 182) & ((self.wbc >= 300) | ~self.good)
        self.high_risk = self.rearranged & young_and_bad
        self.cr1 = np.where(self.early_death | self.refractory, NEVER, self.induction_end + make.between(3, 12))
        self.failure = np.where(self.refractory, self.induction_end + make.between(50, 70), NEVER)
        marma_end = self.schedule["marma"][1]
        interfant_06 = (self.plan == LYMPHOID_06) | (self.plan == MYELOID_06)
        self.mrd_high = interfant_06 & self.rearranged & ~self.high_risk & (self.levels[2] > -3.9) & (fate >= 2)
        listed = (interfant_06 & self.high_risk & make.chance(0.5)) | (self.mrd_high & make.chance(0.6))
        listed |= ((self.plan == MLL03) & make.chance(0.9)) | ((self.plan == MLL10) & (self.age < 180))
        block_end = np.select(
            [self.plan == MLL03, self.plan == MLL10],
            [self.schedule["post_induction"][1], self.schedule["early_consolidation"][1]],
            marma_end,
        )
        self.last_block_end = block_end
        conditioning = block_end + np.where(self.plan == MLL03, make.between(15, 20), make.between(22, 38))
        self.hsct = np.where(listed & (fate >= 2), conditioning + 8, NEVER)
        relapse = self.cr1 + 60 + make.rng.gamma(1.6, 220, self.n).astype(np.int64)
        relapse = np.where((relapse < self.hsct) & (self.hsct < NEVER), self.hsct + 70 + relapse // 3, relapse)
        relapse = np.where(np.abs(relapse - MONTHS_18) < 14, relapse + 30, relapse)
        late = self.therapy_end + MONTHS_6
        relapse = np.where(np.abs(relapse - late) < 14, late + 30, relapse)
        self.relapse = np.where(fate == 2, relapse, NEVER)
        toxic = np.where(self.hsct < NEVER, self.hsct + make.between(15, 200), self.cr1 + make.between(10, 500))
        self.death = np.select(
            [self.early_death, self.refractory & make.chance(0.6), fate == 3],
            [self.started + make.between(10, 26), self.failure + make.between(150, 500), toxic],
            NEVER,
        )
        self.treatment_death = self.early_death | (fate == 3)
        gone = self.cr1 + make.between(100, 300)
        self.abandoned = np.where((fate == 4) & (self.hsct == NEVER), gone, NEVER)
        back = np.maximum(self.therapy_end + make.between(-300, 60), self.cr1 + 90)
        self.reemergence = np.where((fate == 5) & (self.hsct == NEVER), back, NEVER)
        self.malignancy = np.where(fate == 6, make.between(900, 1900), NEVER)
        dies = (fate == 6) & make.chance(0.4)
        self.death = np.where(dies, self.malignancy + make.between(100, 400), self.death)

    def _plan_after_relapse(self) -> None:
        """The way after relapse: 0 blinatumomab, HSCT; 1 CAR-T; 2 no remission; 3 lineage switch; 4 relapse again."""
        make, relapse = self.make, self.relapse
        b_lineage = self.lineage == 0
        route = make.index([40, 20, 16, 9, 15])
        self.route = np.where(b_lineage, route, np.where(route == 2, 2, 0))
        self.route = np.where(relapse < NEVER, self.route, -1)
        blina = (np.isin(self.route, (0, 2, 3, 4)) & b_lineage) | (self.refractory & b_lineage)
        since = np.where(self.refractory, self.failure, relapse)
        self.blina = np.where(blina, since + make.between(40, 46), NEVER)
        self.blina_2 = np.where(blina & np.isin(self.route, (0, 4)) & make.chance(0.5), self.blina + 42, NEVER)
        self.car = np.where(self.route == 1, relapse + make.between(55, 75), NEVER)
        by_chemotherapy = relapse + make.between(75, 84)
        self.cr2 = np.select([np.isin(self.route, (0, 4)), self.route == 1], [by_chemotherapy, self.car + 28], NEVER)
        self.switch = np.where(self.route == 3, self.blina + make.between(45, 160), NEVER)
        treated = np.where(
            self.blina_2 < NEVER, self.blina_2 + 27, np.where(self.blina < NEVER, self.blina + 27, self.cr2)
        )
        grafted = ((self.route == 0) & make.chance(0.75)) | ((self.route == 1) & make.chance(0.2))
        after = np.maximum(treated, self.cr2) + make.between(22, 38) + 8
        in_refractory = self.refractory & (self.death < NEVER) & make.chance(0.4)
        self.hsct_2 = np.select([grafted, in_refractory], [after, self.blina + 27 + make.between(30, 45)], NEVER)
        self.hsct_2 = np.where(self.hsct_2 < NEVER // 2, self.hsct_2, NEVER)
        self.relapse_2 = np.where(self.route == 4, self.cr2 + make.between(120, 500), NEVER)
        self.cr3 = np.where((self.route == 4) & make.chance(0.5), self.relapse_2 + make.between(50, 80), NEVER)
        no_third = (self.route == 4) & (self.cr3 == NEVER)
        died_of_graft = (self.hsct_2 < NEVER) & (self.route >= 0) & make.chance(0.12)
        self.death = np.select(
            [self.route == 2, self.route == 3, no_third, died_of_graft],
            [
                relapse + make.between(120, 400),
                self.switch + make.between(40, 200),
                self.relapse_2 + make.between(40, 200),
                self.hsct_2 + make.between(15, 150),
            ],
            self.death,
        )
        self.treatment_death |= died_of_graft
        self.graft_lost = make.chance(0.1)

    def _plan_follow_up(self) -> None:
        """Nothing is known after the last contact: what would have come later is taken back."""
        make = self.make
        room = LAST_DAY_OF_DATA - self.diagnosed - make.between(0, 40)
        self.last = np.minimum(make.between(1500, 3200), room)
        self.last = np.where(self.death <= self.last, self.death, self.last)
        for name in (
            "death",
            "relapse",
            "cr2",
            "car",
            "blina",
            "blina_2",
            "switch",
            "hsct_2",
            "hsct",
            "relapse_2",
            "cr3",
            "reemergence",
            "malignancy",
            "abandoned",
            "failure",
            "cr1",
        ):
            day = getattr(self, name)
            setattr(self, name, np.where(day > self.last, NEVER, day))
        self.stops = np.minimum.reduce(
            [self.relapse, self.failure, np.where(self.hsct < NEVER, self.hsct - 8, NEVER), self.abandoned, self.last]
        )
        """The day on which first-line therapy stops early."""
        asked = self.mrd_high | ((self.plan <= MYELOID_06) & self.rearranged & ~self.high_risk & make.chance(0.3))
        self.decided = asked & (self.schedule["marma"][1] + 9 < self.stops)
        self.doses_told = make.chance(0.4)
        self.nominal = make.chance(0.3)

    def add(self, kind: str, event: str, whose: Flags, start: Ints, end: Ints | None = None, /, **values: Any) -> None:
        """Add an event by days since diagnosis, for those to whom it happens before they are last known of."""
        known = whose & (start <= self.last)
        last = None if end is None else np.maximum(np.minimum(end, self.last), start) + self.diagnosed
        self.make.add(kind, event, known, start + self.diagnosed, last, **values)


def histories(patients: int, seed: int = SEED) -> Cohort:
    """A cohort of so many patients, none of whom carries an error."""
    history = History(patients, seed)
    _presentation(history)
    _induction(history)
    _first_line(history)
    _first_remission_transplants(history)
    _relapse(history)
    _late_effects(history)
    _end(history)
    births = history.diagnosed - history.age
    sexes = pl.Series(np.where(history.female, "female", "male"))
    undated = history.make.chance(0.005) & (history.diagnosed < 16_000)
    return history.make.cohort(births, sexes, undated, history.diagnosed)


def words(which: Ints, choices: tuple[str | None, ...] | list[str | None]) -> pl.Series:
    """A word for every patient, by its number."""
    return pl.Series(list(choices), dtype=pl.String).gather(which)


def _presentation(h: History) -> None:
    make, zero = h.make, np.zeros(h.n, dtype=np.int64)
    told = make.chance(0.06)
    h.add(
        "symptom_onset",
        "onset",
        told,
        -np.minimum(make.between(4, 40), h.age - 1),
        symptoms=_list_series(h, "symptom_onset", "symptoms", ["pallor"]),
        estimated=where(make.chance(0.5), True),
    )
    h.add("presentation", "seen", told, -np.minimum(make.between(0, 3), h.age - 1))
    fused = h.rearranged
    karyotype = np.where(fused, h.partner, np.where(make.chance(0.9), NORMAL, NORMAL + 1))
    karyotype = np.where(fused & (h.partner == 0) & make.chance(0.06), THREE_WAY, karyotype)
    karyotype = np.where(fused & (h.partner == 1) & make.chance(0.2), UNBANDED, karyotype)
    h.karyotype = options(
        "diagnosis",
        "cytogenetics",
        [[{"karyotype": text, "tests": ["g_banding"], "same_as_diagnosis": None}] for text in KARYOTYPES],
        karyotype,
    )
    blasts = np.array([False, True, True, True, True, True, True, False])[h.cns]
    cells = np.select(
        [h.cns == 0, np.isin(h.cns, (1, 2, 3)), np.isin(h.cns, (4, 5, 6))],
        [make.between(0, 7), make.between(0, 4), make.between(8, 400)],
        make.between(0, 3),
    )
    red = np.where(np.isin(h.cns, (3, 4, 6)), make.between(10, 500), make.between(0, 9))
    girls_sites = [["skin"], [], ["mediastinum"], ["cns"]]
    where_else = make.index([10, 80, 2, 3])
    where_else = np.where((where_else == 3) & np.isin(h.cns, (0, 1, 2, 3, 4)), 1, where_else)
    where_else = np.where(~h.female & make.chance(0.05), 4, where_else)
    phenotypes = [
        [
            {
                "specimen": "marrow",
                "positive": ["CD19", "CD79a", "cCD22", "CD22", "CD15"],
                "negative": ["CD10", "CD3", "cMPO"],
                "lacks": [],
            }
        ],
        [
            {
                "specimen": "marrow",
                "positive": ["CD19", "CD79a", "CD10", "CD22"],
                "negative": ["cCD3", "cMPO"],
                "lacks": ["T"],
            }
        ],
        [{"specimen": "blood", "positive": ["cCD3", "CD7", "CD5"], "negative": ["CD19", "cMPO"], "lacks": []}],
        [
            {
                "specimen": "marrow",
                "positive": ["CD19", "CD79a", "cCD22", "cMPO", "CD33"],
                "negative": ["cCD3"],
                "lacks": [],
            }
        ],
    ]
    phenotype = np.select([h.lineage == 1, h.lineage == 2], [2, 3], (make.uniform(0, 1) < 0.3).astype(np.int64))
    hb = np.round(make.uniform(3.2, 13.5), 1)
    few = make.chance(0.02)
    h.prior_steroids = make.chance(0.03) & ~np.isin(h.plan, (BLINA_TWICE, BLINA_ONCE))
    h.add(
        "diagnosis",
        "dx",
        make.chance(1.1),
        zero,
        disease=words(h.lineage, ("ALL", "ALL", "MPAL")),
        lineage=words(h.lineage, ("B", "T", "mixed")),
        wbc=quantity(h.wbc, "10^9/L"),
        haemoglobin=quantity(hb, "g/dL", make.chance(0.6)),
        marrow_blasts=quantity(np.where(few, make.between(20, 24), make.between(30, 98)), "%", make.chance(0.7)),
        marrow_method="morphology",
        marrow_class=where(~few & make.chance(0.3), "M3"),
        rbc=quantity(np.round(make.uniform(1.5, 4.8), 1), "10^12/L", make.chance(0.3)),
        cns=where(
            make.chance(0.95), words(h.cns, ("CNS1", "CNS2", "CNS2a", "CNS2b", "CNS2c", "CNS3a", "CNS3b", "CNS3c"))
        ),
        csf_blasts=pl.Series(blasts),
        csf_wbc=quantity(cells, "/uL", make.chance(0.8)),
        csf_rbc=quantity(red, "/uL", make.chance(0.7)),
        cns_signs=where(make.chance(0.6) | (h.cns == 7), pl.Series(h.cns == 7)),
        extramedullary=options("diagnosis", "extramedullary", [*girls_sites, ["testis"]], where_else),
        immunophenotypes=options("diagnosis", "immunophenotypes", phenotypes, phenotype),
        cytogenetics=h.karyotype,
        kmt2a=words(fused.astype(np.int64), ("germline", "rearranged")),
        kmt2a_tests=options(
            "diagnosis",
            "kmt2a_tests",
            [["fish"], ["fish", "rna_sequencing"], ["southern"], []],
            make.index([60, 25, 12, 3]),
        ),
        kmt2a_partner=where(fused, words(h.partner, PARTNERS)),
        prior_steroids=where(h.prior_steroids | make.chance(0.6), pl.Series(h.prior_steroids)),
        gestation_weeks=where(make.chance(0.3), pl.Series(make.between(37, 41))),
        evidence=options("diagnosis", "evidence", [["marrow_aspirate"], []], make.index([50, 50])),
    )
    sized = make.chance(0.35)
    weight = 3.0 + h.age * (7.0 / 365) + make.uniform(-0.6, 0.6)
    surface = np.round(0.2 + h.age * (0.25 / 365), 2)
    h.add(
        "measurement",
        "size",
        sized,
        h.started,
        weight=quantity(np.round(weight, 1), "kg"),
        body_surface=quantity(surface, "m2"),
    )
    h.add(
        "laboratory",
        "lab-dx",
        make.chance(0.1),
        zero,
        haemoglobin=quantity(hb, "g/dL"),
        wbc=quantity(h.wbc, "10^9/L"),
        platelets=quantity(make.between(8, 250), "10^9/L"),
        bilirubin=quantity(make.between(4, 40), "umol/L"),
    )


def _induction(h: History) -> None:
    make, everyone = h.make, np.ones(h.n, dtype=bool)
    protocols = words(h.plan, [plan.protocol for plan in PLANS])
    h.protocols = protocols
    myeloid = h.plan == MYELOID_06
    chosen = (h.plan == MYELOID_06) | ((h.plan == LYMPHOID_06) & h.rearranged & make.chance(0.4))
    arm = where(chosen, words(myeloid.astype(np.int64), ("IB", "ADE/MAE")))
    h.arm = arm
    amendment = np.where(h.amended, "amended", "first version")
    h.add(
        "enrolment",
        "enrol",
        everyone,
        h.started,
        protocol=protocols,
        arm=arm,
        on_trial=pl.Series(make.chance(0.85)),
        amendment=where((h.plan == AALL0631) | make.chance(0.05), pl.Series(amendment)),
    )
    h.add("randomisation", "random", chosen & ~h.early_death, h.induction_end + 1, protocol=protocols, arm=arm)
    interfant = np.array([plan.groups == "interfant" for plan in PLANS])[h.plan]
    told = make.chance(0.97)
    blasts = np.where(h.good, make.between(0, 960), make.between(1040, 40_000))
    at_start = np.maximum(h.wbc * 1000 * make.uniform(0.6, 0.95), 1100).astype(np.int64)
    evaluable = ~h.prior_steroids & told & (interfant | (h.plan == INTERFANT_99))
    h.add(
        "prednisone_response",
        "pred",
        evaluable,
        h.started + 7,
        response=words(h.good.astype(np.int64), ("poor", "good")),
        day8_blasts=quantity(blasts, "/uL", make.chance(0.9)),
        blasts_at_start=quantity(np.maximum(at_start, blasts), "/uL", make.chance(0.4)),
    )
    group = np.select(
        [
            interfant & ~h.rearranged,
            interfant & h.high_risk,
            interfant,
            (h.plan == INTERFANT_99) & h.good,
            h.plan == INTERFANT_99,
            (h.plan == AALL0631) & ~h.rearranged,
            (h.plan == AALL0631) & (h.age >= 90),
            h.plan == AALL0631,
            (h.plan == MLL10) & (h.age >= 180) & (h.cns == 0),
            h.plan == MLL10,
        ],
        [0, 2, 1, 3, 2, 3, 4, 2, 4, 2],
        5,
    )
    prephase = interfant & make.chance(0.25)
    h.add(
        "treatment_block",
        "prephase",
        prephase,
        h.started,
        h.prephase_end,
        protocol=protocols,
        block="prednisone_prephase",
        completed=True,
        agents=_agents(h, "prephase", h.started),
    )
    h.add(
        "risk_assignment",
        "risk",
        evaluable & (group < 5),
        h.started + 9,
        protocol=protocols,
        group=words(group, ("LR", "MR", "HR", "SR", "IR", None)),
        rests_on=options("risk_assignment", "rests_on", [["dx", "pred"], []], make.index([40, 60])),
    )
    first = (h.plan == AALL0631) & ~h.amended
    h.add(
        "treatment_block",
        "induction",
        everyone,
        h.induction,
        h.induction_end,
        protocol=protocols,
        block=words(first.astype(np.int64), ("induction", "induction_cohort1")),
        agents=_agents(h, "induction", h.induction),
        completed=where(make.chance(0.3) & ~h.early_death, True),
    )
    clear = make.chance(0.3)
    h.add(
        "csf",
        "lp",
        clear,
        h.started + make.between(14, 30),
        blasts=False,
        cns=words(make.index([8, 2]), ("CNS1", None)),
        wbc=quantity(make.between(0, 4), "/uL"),
        rbc=quantity(make.between(0, 9), "/uL"),
        cleared=where(make.chance(0.3) & (h.cns > 0), True),
    )
    h.add(
        "marrow",
        "bm-eoi",
        make.chance(0.25) & ~h.early_death,
        h.induction_end + 1,
        blasts=quantity(np.where(h.refractory, make.between(28, 90), make.between(0, 4)), "%"),
        marrow_class=where(make.chance(0.5), words(h.refractory.astype(np.int64), ("M1", "M3"))),
        method="morphology",
        assesses="induction",
    )
    remitted = h.cr1 < NEVER
    h.add(
        "remission",
        "cr1",
        remitted,
        h.cr1,
        kind="complete",
        number=1,
        criteria=words(make.index([4, 3, 2, 1]), ("ponte_di_legno", "protocol", "cibmtr", None)),
        attained_with=options("remission", "attained_with", [["induction"], []], make.index([50, 50])),
        marrow_blasts=quantity(make.between(0, 4), "%", make.chance(0.5)),
        mrd=quantity(10 ** np.minimum(h.levels[0], -2.2), "fraction", make.chance(0.3)),
        cns=where(make.chance(0.4), "CNS1"),
        residual_mass=quantity(np.round(make.uniform(0, 0.3), 2), "fraction", make.chance(0.03)),
        neutrophils=quantity(np.round(make.uniform(1.0, 4), 1), "10^9/L", make.chance(0.3)),
        platelets=quantity(make.between(105, 300), "10^9/L", make.chance(0.3)),
        sustained=quantity(make.between(28, 40), "days", make.chance(0.2)),
    )
    h.add(
        "laboratory",
        "lab-cr",
        remitted & make.chance(0.1),
        h.cr1,
        neutrophils=quantity(np.round(make.uniform(1.0, 4), 1), "10^9/L"),
        platelets=quantity(make.between(105, 300), "10^9/L"),
    )
    h.add("refractory", "failure", h.failure < NEVER, h.failure, after="induction")


SHARE = (2 / 3, 0.75)
"""What an infant below six months, and from six to twelve, is given of a dose (quoted for Interfant)."""


def _drug(name: str, dose: float | None, unit: str | None, route: str, basis: str | None) -> dict[str, Any]:
    amount = None if dose is None else {"value": float(dose), "unit": unit}
    return {"name": name, "dose": amount, "cumulative": None, "route": route, "scheme": None, "basis": basis}


def _agents(h: History, block: str, start: Ints) -> pl.Series:
    """Drugs of a block: as planned, as given after the infant reduction by the age at its start, or not stated."""
    lists: list[list[dict[str, Any]]] = [[]]
    for basis in ("actual below 6 months", "actual from 6 months", "nominal"):
        stated = basis.split()[0]
        share = {"actual below 6 months": SHARE[0], "actual from 6 months": SHARE[1], "nominal": 1.0}[basis]
        iv = "intravenous"
        lists.append(
            {
                "prephase": [
                    _drug("prednisone", 420, "mg/m2", "oral", "nominal"),
                    _drug("methotrexate", 6, "mg", "intrathecal", "actual"),
                ],
                "induction": [
                    _drug("asparaginase_ecoli", 10_000 * share, "IU/m2", iv, stated),
                    _drug("daunorubicin", 60 * share, "mg/m2", iv, stated),
                    _drug("vincristine", 6 * share, "mg/m2", iv, stated),
                    _drug("cytarabine", 15, "mg", "intrathecal", "actual"),
                    _drug("prednisolone", 6, "mg", "intrathecal", "actual"),
                ],
                "marma": [
                    _drug("methotrexate", 5000 * share, "mg/m2", "intravenous", stated),
                    _drug("leucovorin", None, None, "oral", None),
                    _drug("methotrexate", 6, "mg", "intrathecal", "actual"),
                ],
                "octadad": [
                    _drug("daunorubicin", 120 * share, "mg/m2", iv, stated),
                    _drug("vincristine", 6 * share, "mg/m2", iv, stated),
                ],
            }[block]
        )
    age = h.age + start
    which = np.select([age < 175, (age > 190) & (age < 358), age > 370], [1, 2, 3], 0)
    which = np.where(h.nominal, 3, which)
    which = np.where(h.doses_told, which, 0)
    return options("treatment_block", "agents", lists, which)


TIMEPOINTS = {"induction": "EOI", "ib": "EOC", "mae": "EOC", "marma": "before OCTADAD"}


def _first_line(h: History) -> None:
    make = h.make
    for block, (start, end) in h.schedule.items():
        given = (start < h.stops - 2) & ~h.early_death
        agents: dict[str, Any] = {"agents": _agents(h, block, start)} if block in ("marma", "octadad") else {}
        if block == "maintenance":
            agents = {"agents": options("treatment_block", "agents", [[], *CUMULATIVE], make.index([92, 4, 4]))}
            agents["completed"] = where((end < h.stops) & make.chance(0.4), True)
        h.add(
            "treatment_block",
            block,
            given,
            start,
            np.minimum(end, h.stops - 1),
            protocol=h.protocols,
            block=block,
            arm=h.arm if block in ("ib", "ade", "mae") else None,
            **agents,
        )
    _mrd(h, 0, "induction", h.induction_end, ~h.early_death)
    _mrd(h, 1, "ib", h.schedule["ib"][1], h.schedule["ib"][1] < h.stops)
    _mrd(h, 1, "mae", h.schedule["mae"][1], h.schedule["mae"][1] < h.stops)
    _mrd(h, 2, "marma", h.schedule["marma"][1], h.schedule["marma"][1] < h.stops)
    _mrd(h, 3, "octadad", h.schedule["octadad"][1], h.schedule["octadad"][1] < h.stops)
    for block in ("induction_intensification", "maram", "early_intensification", "post_induction"):
        _mrd(h, 1, block, h.schedule[block][1], h.schedule[block][1] < h.stops)
    for block in ("consolidation", "early_consolidation", "octadd"):
        _mrd(h, 2, block, h.schedule[block][1], h.schedule[block][1] < h.stops)
    _mrd(h, 4, "maintenance", h.schedule["maintenance"][0] + 120, h.schedule["maintenance"][0] + 130 < h.stops)
    listed = h.decided
    h.add(
        "decision",
        "decision",
        listed,
        h.schedule["marma"][1] + 9,
        on="transplant",
        in_favour=pl.Series(h.hsct < NEVER),
        reason=where(h.hsct == NEVER, words(h.mrd_high.astype(np.int64), ("low MRD", "no donor"))),
        rests_on=options("decision", "rests_on", [["mrd-marma"]], np.zeros(h.n, dtype=np.int64)),
    )
    done = (h.therapy_end < h.stops) & (h.hsct == NEVER) & (h.plan != MLL03) & ~h.refractory
    h.add("end_of_therapy", "eot", done, h.therapy_end)
    h.done = done
    # Interfant-21: blinatumomab after induction and in the place of MARMA
    here = np.isin(h.plan, (BLINA_TWICE, BLINA_ONCE))
    for cycle, day in ((1, h.induction_end + 13), (2, h.schedule["ib"][1] + 12)):
        given = here & (day + 30 < h.stops) & ((cycle == 1) | (h.plan == BLINA_TWICE))
        _blinatumomab(h, f"blina-first-{cycle}", given, day, cycle)
    cycles = h.induction_end + 9
    h.add(
        "csf",
        "lp-eoi",
        here & ~h.early_death,
        cycles,
        blasts=False,
        cns="CNS1",
        wbc=quantity(make.between(0, 3), "/uL"),
    )
    _toxicities(h)
    back = h.reemergence
    h.add(
        "mrd",
        "mrd-back",
        back < NEVER,
        back,
        result="quantified",
        value=quantity(10 ** make.uniform(-2.9, -2.1), "fraction"),
        method="pcr",
        marker="IGH",
        specimen="marrow",
        sensitivity=quantity(np.full(h.n, 1e-5), "fraction"),
        quantitative_limit=quantity(np.full(h.n, 5e-5), "fraction"),
    )
    h.add(
        "mrd_reemergence",
        "reemergence",
        back < NEVER,
        back,
        assessments=_list_series(h, "mrd_reemergence", "assessments", ["mrd-back"]),
        derived_from=options("mrd_reemergence", "derived_from", [[], ["mrd-back"]], make.index([40, 60])),
    )
    h.add("remission", "mrd-cr2", back < NEVER, back + make.between(40, 80), kind="mrd", number=2)
    h.add("abandonment", "abandoned", h.abandoned < NEVER, h.abandoned)


def _list_series(h: History, kind: str, field: str, value: list[str]) -> pl.Series:
    return options(kind, field, [value], np.zeros(h.n, dtype=np.int64))


def _mrd(h: History, position: int, block: str, after: Ints, whose: Flags) -> None:
    """MRD after a block: one level per patient that falls from sample to sample, read by the patient's assay."""
    make = h.make
    level = np.where(h.refractory, -0.8 - 0.1 * position, h.levels[position])
    share = 10.0**level
    limit = 1e-3 if position < 2 else 5e-4
    share = np.where((np.abs(level - np.log10(limit)) < 0.03) & (h.method == 0), limit, share)
    detects = np.array([1e-5, 1e-4, 1e-6])[h.method]
    blunt = make.chance(0.02) & (h.method == 1)
    detects = np.where(blunt, 1e-3, detects)
    quantifies = np.where(blunt, 1e-3, np.array([5e-5, 1e-4, 1e-5])[h.method])
    which = np.select([share >= quantifies, share >= detects], [0, 2], 1)
    which = np.where(make.chance(0.01), 3, which)
    marker = np.where(h.marked, h.partner, 6)
    known = make.chance(0.93) | (which == 2)  # below its range: the range is stated
    day = after + make.between(1, 5)
    quantified = which == 0
    both = quantified & h.last_quantified & h.told_before & (h.last_share > share)
    reduction = np.round(np.log10(np.where(both, h.last_share / share, 1.0)), 1)
    shared: dict[str, Any] = {
        "timepoint": TIMEPOINTS.get(block),
        "specimen": words(make.index([96, 4]), ("marrow", "blood")) if position == 4 else "marrow",
        "assesses": block,
    }
    h.add(
        "mrd",
        f"mrd-{block}",
        whose,
        day,
        result=words(which, ("quantified", "negative", "positive_below_range", "not_evaluable")),
        value=quantity(share, "fraction", quantified),
        sensitivity=quantity(detects, "fraction", known),
        quantitative_limit=quantity(quantifies, "fraction", known),
        method=words(h.method, ("pcr", "flow", "ngs")),
        marker=where(h.method == 0, words(marker, [*(f"KMT2A-{p}" for p in PARTNERS), "IGH"])),
        reduction=where(both, pl.Series(reduction)),
        since=where(both, "mrd-induction"),
        decides=where(h.decided, "decision") if block == "marma" else None,
        **shared,
    )
    if position == 0:
        h.last_share, h.last_quantified = share, quantified
        twin = make.chance(0.06) & (h.method == 0) & (share > 2e-4)
        h.add(
            "mrd",
            "mrd-flow",
            whose & twin,
            day,
            result="quantified",
            value=quantity(share * 10 ** make.uniform(-0.2, 0.2), "fraction"),
            method="flow",
            sensitivity=quantity(np.full(h.n, 1e-4), "fraction"),
            quantitative_limit=quantity(np.full(h.n, 1e-4), "fraction"),
            **shared,
        )


def _blinatumomab(h: History, event: str, whose: Flags, day: Ints, cycle: int) -> None:
    """A cycle of 28 infusion days, sometimes interrupted for some days."""
    make = h.make
    pause = np.where(make.chance(0.1), make.between(1, 5), 0)
    rate = make.index([70, 30]) if cycle == 1 else np.zeros(h.n, dtype=np.int64)
    h.add(
        "immunotherapy",
        event,
        whose,
        day,
        day + 27 + pause,
        agent="blinatumomab",
        cycle=cycle,
        continuous=where(make.chance(0.7), True),
        dose_rate=quantity(np.array([15.0, 5.0])[rate], "ug/m2/day", make.chance(0.9)),
        interrupted=quantity(pause, "days", pause > 0),
        cycles=where(make.chance(0.05), 1),
        completed=where(make.chance(0.5), True),
    )


CUMULATIVE = [
    [{**_drug("daunorubicin", 180, "mg/m2", "intravenous", "nominal"), "cumulative": True}],
    [
        {
            **_drug("anthracyclines", 108, "mg/m2", "intravenous", "nominal"),
            "cumulative": True,
            "scheme": "ighg_2023_pancare",
        }
    ],
]


def _toxicities(h: History) -> None:
    make = h.make
    toxic = make.chance(0.4)
    onset = h.induction + make.between(2, 20)
    h.add(
        "adverse_event",
        "ae",
        toxic,
        onset,
        onset + make.between(1, 20),
        term=words(make.index([4, 3, 2, 1, 1]), ("mucositis", "sepsis", "neuropathy", "pancreatitis", "SOS")),
        grade=pl.Series(make.between(1, 4)),
        scale=words(make.index([4, 5, 1]), ("CTCAE_v4", "CTCAE_v5", "Ponte_di_Legno")),
        attributed_to=_list_series(h, "adverse_event", "attributed_to", ["induction"]),
    )
    h.add("adverse_event", "in-words", make.chance(0.03), onset + 1, onset + 9, term="mucositis", severity="moderate")
    fatal = h.early_death & (h.death < NEVER)
    h.add(
        "adverse_event",
        "fatal",
        fatal,
        h.death - np.minimum(make.between(0, 2), h.death),
        h.death,
        term="sepsis",
        grade=5,
        scale="CTCAE_v5",
        attributed_to=_list_series(h, "adverse_event", "attributed_to", ["induction"]),
    )
    h.add(
        "supportive_treatment",
        "support",
        toxic & make.chance(0.05),
        onset + 1,
        onset + 10,
        of="ae",
        phase="acute",
        agents=options(
            "supportive_treatment",
            "agents",
            [[_drug("meropenem", None, None, "intravenous", None)]],
            np.zeros(h.n, dtype=np.int64),
        ),
    )


CONDITIONING: tuple[list[dict[str, Any]], ...] = (
    [
        _drug("busulfan", 12.8, "mg/kg", "intravenous", "actual"),
        _drug("fludarabine", 160, "mg/m2", "intravenous", None),
        _drug("thiotepa", 10, "mg/kg", "intravenous", None),
    ],
    [_drug("busulfan", 4.8, "mg/kg", "intravenous", "actual"), _drug("fludarabine", 160, "mg/m2", "intravenous", None)],
    [_drug("etoposide", 1800, "mg/m2", "intravenous", None)],
    [],
)
DONORS = (
    ("matched_sibling", "bone_marrow", 10, 10),
    ("matched_unrelated", "bone_marrow", 10, 10),
    ("matched_unrelated", "peripheral_blood", 9, 10),
    ("matched_unrelated", "cord_blood", 6, 6),
    ("mismatched_unrelated", "bone_marrow", 8, 10),
    ("haploidentical", "peripheral_blood", 5, 10),
    ("matched_sibling", "cord_blood", 6, 6),
    ("mismatched_unrelated", "cord_blood", 4, 6),
)


def _transplant(h: History, event: str, day: Ints, status: pl.Series, indication: str, remission: str | None) -> None:
    """An HSCT with its conditioning and what follows."""
    make, whose = h.make, day < NEVER
    kind = make.index([60, 12, 8, 20])
    donor = make.index([25, 25, 12, 15, 6, 7, 6, 4])
    h.add(
        "conditioning",
        f"cond-{event}",
        whose,
        day - 8,
        day - 1,
        of=event,
        agents=options("conditioning", "agents", list(CONDITIONING), kind),
        intensity=words(kind, ("myeloablative", "reduced", "myeloablative", None)),
        tbi=quantity(np.full(h.n, 12.0), "Gy", kind == 2),
        tbi_fractions=where(kind == 2, 6),
    )
    h.add(
        "transplant",
        event,
        whose,
        day,
        donor=words(donor, [d[0] for d in DONORS]),
        graft=words(donor, [d[1] for d in DONORS]),
        hla_matched=pl.Series(np.array([d[2] for d in DONORS])[donor]),
        hla_compared=pl.Series(np.array([d[3] for d in DONORS])[donor]),
        status=status,
        indication=indication,
        consolidates=remission,
    )
    lost = h.graft_lost & whose & (h.relapse_2 == NEVER)
    cord = np.isin(donor, (3, 6, 7))
    takes = whose & ~(lost & h.primary)
    neutrophils = day + np.where(cord, make.between(16, 36), make.between(12, 24))
    h.add(
        "engraftment",
        f"anc-{event}",
        takes,
        neutrophils,
        of=event,
        cells="neutrophils",
        count=quantity(np.round(make.uniform(0.5, 1.4), 2), "10^9/L"),
        consecutive=3,
    )
    h.add(
        "engraftment",
        f"plt-{event}",
        takes & make.chance(0.8),
        neutrophils + make.between(2, 15),
        of=event,
        cells="platelets",
        count=quantity(make.between(20, 60), "10^9/L"),
        consecutive=3,
        days_untransfused=7,
    )
    fails = np.where(h.primary, day + np.where(cord, 43, 31) + make.between(0, 4), day + make.between(60, 150))
    h.add(
        "graft_failure",
        f"lost-{event}",
        lost,
        fails,
        of=event,
        kind=words(h.primary.astype(np.int64), ("secondary", "primary")),
    )
    again = np.where(lost & make.chance(0.75), fails + make.between(22, 40), NEVER)
    again = np.where((again < h.relapse) | (day > h.relapse), again, NEVER)
    h.add(
        "transplant",
        f"again-{event}",
        again < h.last,
        again,
        donor="haploidentical",
        graft="peripheral_blood",
        indication="graft_failure",
        status=status,
    )
    complete = make.uniform(0, 1) < 0.9
    share = np.where(complete, make.between(96, 100), make.between(40, 94))
    for number, later in ((1, 30), (2, 95)):
        h.add(
            "chimerism",
            f"chimerism-{number}-{event}",
            takes & ~lost & (make.uniform(0, 1) < 0.6),
            day + later + 8,
            of=event,
            donor=quantity(share, "%"),
            specimen=words(make.index([1, 1]), ("blood", "marrow")),
        )
    _gvhd(h, event, takes & ~lost, neutrophils, day)
    h.add(
        "adverse_event",
        f"vod-{event}",
        whose & make.chance(0.08),
        day + make.between(3, 20),
        day + make.between(22, 30),
        term="SOS",
        grade=pl.Series(make.between(1, 4)),
        scale="EBMT_2018",
        attributed_to=_list_series(h, "adverse_event", "attributed_to", [f"cond-{event}"]),
    )


STAGES = (
    (1, 0, 0, 0, 1),
    (2, 0, 0, 0, 1),
    (3, 0, 0, 0, 2),
    (2, 1, 0, 0, 2),
    (1, 0, 1, 1, 2),
    (3, 2, 1, 0, 3),
    (2, 0, 3, 1, 3),
    (4, 1, 1, 0, 4),
)
"""Stages of skin, liver, lower and upper gut, and the overall grade that follows from them (MAGIC)."""


def _gvhd(h: History, event: str, takes: Flags, neutrophils: Ints, day: Ints) -> None:
    make = h.make
    stage = np.array(STAGES)[make.index([25, 25, 15, 10, 8, 7, 5, 3])]
    onset = np.minimum(neutrophils + make.between(0, 40), day + 92)
    late = make.chance(0.12)
    onset = np.where(late, day + make.between(112, 150), onset)
    stages: dict[str, Any] = {
        name: pl.Series(stage[:, column]) for column, name in enumerate(("skin", "liver", "lower_gut", "upper_gut"))
    }
    h.add(
        "gvhd",
        f"agvhd-{event}",
        takes & make.chance(0.4),
        onset,
        onset + make.between(10, 60),
        of=event,
        form=words(late.astype(np.int64), ("acute", "late_acute")),
        grade=pl.Series(stage[:, 4]),
        scale="MAGIC",
        **stages,
    )
    started = day + make.between(130, 350)
    h.add(
        "gvhd",
        f"cgvhd-{event}",
        takes & make.chance(0.12),
        started,
        started + make.between(30, 300),
        of=event,
        form="chronic",
        severity=words(make.index([5, 3, 2]), ("mild", "moderate", "severe")),
        scale="NIH_2014",
        chronic_features=True,
    )


def _first_remission_transplants(h: History) -> None:
    h.primary = h.make.chance(0.65)
    status = pl.Series(["CR1"]).new_from_index(0, h.n)
    _transplant(h, "hsct", h.hsct, status, "first_remission", "cr1")


SITES = (
    ["marrow"],
    ["cns"],
    ["marrow", "cns"],
    ["testis"],
    ["marrow", "testis"],
    ["marrow"],
    ["marrow"],
    ["skin"],
)


def _relapse(h: History) -> None:
    make, relapse, b_lineage = h.make, h.relapse, h.lineage == 0
    happened = relapse < NEVER
    site = make.index([55, 12, 13, 5, 4, 6, 3, 2])
    site = np.where(h.female & np.isin(site, (3, 4)), 0, site)
    isolated, neural = np.isin(site, (1, 3, 7)), np.isin(site, (1, 2))
    blasts = np.select(
        [isolated, site == 5, site == 6],
        [make.between(0, 3), make.between(6, 24), make.between(1, 4)],
        make.between(26, 95),
    )
    tests = np.select([site == 5, site == 6], [make.between(1, 3), make.between(2, 3)], make.between(0, 2))
    timing = np.select([relapse < MONTHS_18, relapse < h.therapy_end + MONTHS_6], [0, 1], 2)
    # a patient who left first-line therapy early has no end of therapy to count from
    counted = h.done | (relapse < MONTHS_18) | (h.hsct == NEVER)
    evidence = [
        ["marrow_aspirate"],
        ["lumbar_puncture"],
        ["marrow_aspirate", "lumbar_puncture"],
        ["testicular_biopsy"],
        ["marrow_aspirate", "testicular_biopsy"],
        ["marrow_aspirate"],
        ["marrow_aspirate"],
        ["imaging"],
    ]
    lost = happened & make.chance(0.35) & b_lineage
    b_cells = [{"specimen": "marrow", "positive": ["CD19", "CD22", "CD79a"], "negative": ["CD3", "cMPO"], "lacks": []}]
    no_19 = [{"specimen": "marrow", "positive": ["CD22", "CD79a"], "negative": ["CD19", "CD3", "cMPO"], "lacks": []}]
    h.add(
        "relapse",
        "rel",
        happened,
        relapse,
        number=1,
        sites=options("relapse", "sites", list(SITES), site),
        marrow_blasts=quantity(blasts, "%"),
        confirming_tests=pl.Series(tests),
        marrow_mrd=quantity(10 ** make.uniform(-4, -2.4), "fraction", isolated & make.chance(0.8)),
        csf_wbc=quantity(make.between(6, 300), "/uL", neural),
        csf_blasts=where(neural, True),
        cns_signs=where(neural & make.chance(0.3), True),
        evidence=options("relapse", "evidence", evidence, site),
        timing=where(counted & make.chance(0.4), words(timing, ("very_early", "early", "late"))),
        timing_scheme=where(counted & make.chance(0.5), "bfm"),
        immunophenotypes=where(
            b_lineage & ~isolated, options("relapse", "immunophenotypes", [b_cells], np.zeros(h.n, dtype=np.int64))
        ),
    )
    since = np.where(h.refractory, h.failure, relapse)
    h.add("refractory", "failure-2", h.route == 2, relapse + 80, after="salvage")
    h.add(
        "treatment_block",
        "salvage",
        happened | (h.failure < NEVER),
        since + 4,
        since + 30,
        block="salvage",
        direction="lymphoid",
    )
    h.add(
        "csf",
        "lp-salvage",
        (h.blina < NEVER) & make.chance(0.7),
        h.blina - 4,
        blasts=False,
        cns="CNS1",
        wbc=quantity(make.between(0, 4), "/uL"),
    )
    h.add(
        "marrow",
        "bm-salvage",
        (h.blina < NEVER) & make.chance(0.7),
        h.blina - 4,
        blasts=quantity(make.between(0, 20), "%"),
        method="morphology",
        assesses="salvage",
    )
    _blinatumomab(h, "blina-1", h.blina < NEVER, h.blina, 1)
    _blinatumomab(h, "blina-2", h.blina_2 < NEVER, h.blina_2, 2)
    _cell_therapy(h, lost, since)
    h.add(
        "remission",
        "cr2",
        h.cr2 < NEVER,
        h.cr2,
        kind="complete",
        number=2,
        criteria=words(make.index([1, 1]), ("ponte_di_legno", None)),
        marrow_blasts=quantity(make.between(0, 4), "%"),
    )
    status = pl.Series(np.where(h.refractory, "active_disease", "CR2"))
    into = np.where(h.hsct_2 < NEVER, h.hsct_2, NEVER)
    _transplant(h, "hsct-2", np.where(h.refractory, NEVER, into), status, "relapse", "cr2")
    _transplant(h, "hsct-pif", np.where(h.refractory, into, NEVER), status, "refractory", None)
    _switch(h)
    second = h.relapse_2
    h.add(
        "relapse",
        "rel-2",
        second < NEVER,
        second,
        number=2,
        sites=options("relapse", "sites", list(SITES), np.zeros(h.n, dtype=np.int64)),
        marrow_blasts=quantity(make.between(26, 90), "%"),
        evidence=options("relapse", "evidence", evidence, np.zeros(h.n, dtype=np.int64)),
        antigen_loss=options("relapse", "antigen_loss", [[], ["CD19"]], lost.astype(np.int64)),
        immunophenotypes=options("relapse", "immunophenotypes", [b_cells, no_19], lost.astype(np.int64)),
    )
    h.add(
        "immunotherapy",
        "ino",
        (second < NEVER) & b_lineage & make.chance(0.8),
        second + 6,
        second + 20,
        agent="inotuzumab_ozogamicin",
        cycle=1,
        dose=quantity(np.full(h.n, 1.8), "mg/m2"),
    )
    h.add("remission", "cr3", h.cr3 < NEVER, h.cr3, kind="complete", number=3)
    h.add(
        "targeted_therapy",
        "menin",
        (h.failure < NEVER) & make.chance(0.5),
        h.failure + 35,
        h.failure + 120,
        agent="revumenib",
    )
    irradiated = happened & np.isin(site, (1, 3)) & make.chance(0.7)
    boost = h.hsct_2 < NEVER
    gonads = site == 3
    first = relapse + 31
    h.add(
        "radiotherapy",
        "rt",
        irradiated,
        first,
        first + 8,
        site=words(gonads.astype(np.int64), ("cns", "testis")),
        dose=quantity(np.select([gonads & boost, gonads], [6.0, 24.0], 18.0), "Gy"),
        fractions=pl.Series(np.select([gonads & boost, gonads], [3, 12], 10)),
    )


def _cell_therapy(h: History, lost: Flags, since: Ints) -> None:
    make, day = h.make, h.car
    given = day < NEVER
    own = make.chance(0.92)
    target = make.index([90, 10])
    dose = np.round(make.uniform(0.3, 4.5), 1)
    lymphodepletion = [
        _drug("fludarabine", 120, "mg/m2", "intravenous", None),
        _drug("cyclophosphamide", 1000, "mg/m2", "intravenous", None),
    ]
    h.add("apheresis", "aph", given & own, day - make.between(30, 45), of="car")
    h.add(
        "lymphodepletion",
        "ld",
        given,
        day - 6,
        day - 3,
        of="car",
        agents=options("lymphodepletion", "agents", [lymphodepletion, []], make.index([80, 20])),
    )
    h.add(
        "cell_therapy",
        "car",
        given,
        day,
        targets=options("cell_therapy", "targets", [["CD19"], ["CD19", "CD22"]], target),
        product=where(own & (target == 0), "tisagenlecleucel"),
        origin=words(own.astype(np.int64), ("allogeneic", "autologous")),
        dose=quantity(dose, "10^6/kg"),
        infusions=where(make.chance(0.3), 1),
    )
    storm = given & make.chance(0.75)
    onset = day + make.between(1, 9)
    to_car = _list_series(h, "adverse_event", "attributed_to", ["car"])
    h.add(
        "adverse_event",
        "crs",
        storm,
        onset,
        onset + make.between(2, 7),
        term="CRS",
        grade=pl.Series(make.between(1, 4)),
        scale="ASTCT_2019",
        attributed_to=to_car,
    )
    h.add(
        "supportive_treatment",
        "toci",
        storm & make.chance(0.3),
        onset + 1,
        onset + 2,
        of="crs",
        phase="acute",
        agents=options(
            "supportive_treatment",
            "agents",
            [[_drug("tocilizumab", None, None, "intravenous", None)]],
            np.zeros(h.n, dtype=np.int64),
        ),
    )
    capd = np.where(make.chance(0.6), make.between(1, 8), make.between(9, 25))
    h.add(
        "adverse_event",
        "icans",
        storm & make.chance(0.35),
        onset + make.between(0, 3),
        onset + 6,
        term="ICANS",
        grade=pl.Series(np.where(capd < 9, make.between(1, 2), 3)),
        scale="ASTCT_2019",
        attributed_to=to_car,
        capd=pl.Series(capd),
    )
    h.add(
        "mrd",
        "mrd-car",
        given,
        day + 28,
        result="negative",
        specimen="marrow",
        method="flow",
        sensitivity=quantity(np.full(h.n, 1e-4), "fraction"),
        timepoint="day 28",
        assesses="car",
    )
    after = h.blina + 29
    h.add(
        "mrd",
        "mrd-blina",
        (h.blina < NEVER) & (after < h.last - 20) & make.chance(0.5),
        after,
        result="quantified",
        value=quantity(10 ** make.uniform(-3.9, -2.3), "fraction"),
        method="pcr",
        marker="IGH",
        assesses="blina-1",
        specimen=words(make.index([94, 6]), ("marrow", "blood")),
        sensitivity=quantity(np.full(h.n, 1e-5), "fraction"),
        quantitative_limit=quantity(np.full(h.n, 5e-5), "fraction"),
    )
    h.add("laboratory", "bca", given & make.chance(0.6), day + 28, b_cells=quantity(np.zeros(h.n), "/uL"))
    h.add(
        "laboratory",
        "bca-2",
        given & make.chance(0.6),
        day + make.between(90, 300),
        b_cells=quantity(make.between(0, 600), "/uL"),
    )


def _switch(h: History) -> None:
    make, day = h.make, h.switch
    certain = make.uniform(0, 1) < 0.8
    clone = where(certain, True)
    h.add(
        "lineage_switch",
        "switch",
        day < NEVER,
        day,
        from_lineage="B",
        to_lineage=words(make.index([70, 30]), ("myeloid", "monocytic")),
        to_disease="AML",
        old_markers_lost=True,
        new_criteria_met=True,
        same_clone=clone,
        certainty=words(certain.astype(np.int64), ("probable", "confirmed")),
        kmt2a_partner=where(h.rearranged & make.chance(0.7), words(h.partner, PARTNERS)),
        cytogenetics=h.karyotype,
    )
    h.add("treatment_block", "aml", day < NEVER, day + 5, day + 30, block="fla_ida", direction="myeloid")


def _late_effects(h: History) -> None:
    make = h.make
    heart = make.chance(0.045) & ~h.early_death & (h.death == NEVER)
    found = h.induction_end + make.between(500, 1100)
    h.add(
        "adverse_event",
        "heart",
        heart,
        found,
        found + 300,
        term="cardiomyopathy",
        grade=pl.Series(make.between(2, 4)),
        scale="CTCAE_v5",
        attributed_to=_list_series(h, "adverse_event", "attributed_to", ["induction"]),
    )
    h.add(
        "examination",
        "echo",
        heart | make.chance(0.02),
        found - 3,
        method="echocardiogram",
        serial=where(make.chance(0.2), True),
    )
    h.add(
        "organ_transplant",
        "organ",
        heart & make.chance(0.5),
        found + 120,
        organ="heart",
        technique="orthotopic",
        successful=True,
    )
    h.add("second_malignancy", "smn", h.malignancy < NEVER, h.malignancy, disease="thyroid carcinoma", same_clone=False)


def _end(h: History) -> None:
    make, dead = h.make, h.death < NEVER
    active = np.minimum.reduce([h.relapse, h.failure]) < NEVER
    back = (h.cr2 < NEVER) & (h.switch == NEVER) & (h.relapse_2 == NEVER)
    third = h.cr3 < NEVER
    status = np.select([h.early_death, third, back, active], [3, 2, 1, 3], 0)
    lost = ~dead & ((h.abandoned < NEVER) & make.chance(0.7) | make.chance(0.02))
    vital = np.select([dead, lost], [1, 2], 0)
    known = np.where(dead, h.death, h.last)
    h.add(
        "last_contact",
        "lfu",
        np.ones(h.n, dtype=bool),
        known,
        vital_status=words(vital, ("alive", "dead", "lost_to_follow_up")),
        disease_status=where(make.chance(0.97), words(status, ("CR1", "CR2", "CR3", "active_disease"))),
    )
    cause = np.select(
        [h.treatment_death, h.malignancy < NEVER, status == 3], [0, 2, 1], make.index([1, 0.0001, 0.0001, 1, 1])
    )
    h.add(
        "death",
        "death",
        dead,
        h.death,
        cause=words(cause, ("treatment", "disease", "second_malignancy", "unrelated", "unknown")),
    )
