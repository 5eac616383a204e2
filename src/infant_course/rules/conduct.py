"""PRO: does the treatment fit the protocol it is told to follow?"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache

import polars as pl

from ..errors import nearest
from ..events import (
    Abandonment,
    CellTherapy,
    Death,
    Decision,
    Diagnosis,
    EndOfTherapy,
    Enrolment,
    Immunotherapy,
    LineageSwitch,
    MrdAssessment,
    MrdReemergence,
    PrednisoneResponse,
    Radiotherapy,
    Refractory,
    Relapse,
    RiskAssignment,
    SecondMalignancy,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from ..knowledge.protocols import Protocol, folded, protocol_ids, protocols
from ..knowledge.thresholds import threshold
from ..sources import Cite, Confidence, Logic
from ..vocabulary import Kahn, Severity
from .karyotypes import is_fusion, once_per_value
from .naming import (
    INDUCTION,
    a_block,
    block_id,
    enrolled_in,
    known_protocol,
    name_of,
    names_agent,
    own_protocol,
    protocol_of,
)
from .risk import group_of, has_risk_groups, number_of_possible_groups, stated_group_possible
from .rule import Judged, Outcome, one, rule
from .subject import Comparison, Days, Subject, Those, amount


@cache
def numbers() -> Mapping[str, int]:
    """A number for every name of a protocol, folded: the place of its id among all ids."""
    ids = sorted(set(protocol_ids().values()))
    return {name: ids.index(found) for name, found in protocol_ids().items()}


FIRST_DAY = date(1970, 1, 1)
"""Day 0 of a patient's clock where it is the calendar."""


NOT_NAMED = -1
"""Number of the plan of blocks that name no protocol: that of names that mean one thing in all protocols."""


@cache
def places() -> Mapping[tuple[int, str], int]:
    """The place of every block in its protocol, by the protocol's number and any name of the block, folded.

    What is optional, or told only by what it follows, has no place: it may be put in anywhere.
    """
    found: dict[tuple[int, str], int] = {}
    for one_protocol in protocols():
        for block in one_protocol.blocks:
            if not block.optional and block.follows is None:
                for name in block.names:
                    found[numbers()[one_protocol.id], name.replace("_", "-")] = block.order
    backbone = numbers()["interfant-06"]
    for name in ("induction", "ib", "ade", "mae", "marma", "octadad", "maintenance"):
        found[NOT_NAMED, name] = found[backbone, name]
    return found


@cache
def block_numbers() -> Mapping[str, int]:
    """A number for every name of a block of any protocol, folded."""
    named = {name.replace("_", "-") for known in protocols() for block in known.blocks for name in block.names}
    return {name: number for number, name in enumerate(sorted(named))}


def protocol_number(event: Subject) -> pl.Expr:
    """The protocol the block names, as a number; :data:`NOT_NAMED` where it names none, null for one not known."""

    def protocol_number(name: pl.Expr) -> pl.Expr:
        return once_per_value(name, lambda told: numbers().get(folded(told)), pl.Int32)

    number = event.once("protocol", protocol_number)
    return pl.when(event["protocol"].is_null()).then(NOT_NAMED).otherwise(number)


def block_number(block: Subject) -> pl.Expr:
    """The block's name as a number; null for one that no protocol has."""

    def block_number(name: pl.Expr) -> pl.Expr:
        return once_per_value(name, lambda told: block_numbers().get(block_id(told)), pl.Int32)

    return block.once("block", block_number)


def of_the_two(block: Subject, known: Mapping[tuple[int, str], int]) -> pl.Expr:
    """What is known of a block by its protocol and name; null where nothing is."""
    size = len(block_numbers())
    keys = {number * size + block_numbers()[name]: value for (number, name), value in known.items()}
    key = protocol_number(block) * size + block_number(block)
    return key.replace_strict(keys, default=None, return_dtype=pl.Int32)


def place_in_protocol(block: Subject) -> pl.Expr:
    """The place of the block in its protocol's plan; null where it has none."""
    return of_the_two(block, places())


INTERFANT_06 = ("interfant-06", "interfant-06-blinatumomab")


IB = a_block("Protocol IB", "ib")
ADE = a_block("ADE", "ade")
BEFORE_MARMA = a_block("IB or MAE", "ib", "mae")
MARMA = a_block("MARMA", "marma")
OCTADAD = a_block("OCTADAD", "octadad")


def new_treatment_before(block: Subject) -> pl.Expr:
    """Whether the leukaemia is recorded to have failed treatment before: what follows is no first-line treatment."""
    return (
        block.start.preceded_by(Relapse, recorded=True)
        | block.start.preceded_by(Refractory, recorded=True)
        | block.start.preceded_by(LineageSwitch, recorded=True)
    )


SYNONYMS = (
    ("ib", "consolidation"),
    ("marma", "interim_maintenance"),
    ("octadad", "delayed_intensification_1", "delayed_intensification_2"),
)
"""Blocks of the same drugs under the names of Interfant and of COG (drawn from the drugs of AALL15P1)."""


PREPHASE = "prednisone_prephase"
"""Part of the induction of every protocol that does not tell it apart."""


@cache
def own_names() -> Mapping[tuple[int, str], int]:
    """The names a protocol has for its blocks, its own and those of the same drugs in the other group: all are 1."""
    found: dict[tuple[int, str], int] = {}
    for known in protocols():
        names = {name for block in known.blocks for name in (*block.names, *block.replaces)}
        names.add(PREPHASE)
        names |= {other for same in SYNONYMS if names & set(same) for other in same}
        found |= {(numbers()[known.id], name.replace("_", "-")): 1 for name in names}
    return {pair: 1 for pair in found if pair[1] in block_numbers()}


def of_protocol(event: Subject, told: Callable[[Protocol], int | None]) -> pl.Expr:
    """A number told of the protocol of the one enrolment; null where there is none."""
    known = {one_protocol.id: told(one_protocol) for one_protocol in protocols()}
    return enrolled_in(event).replace_strict(known, default=None, return_dtype=pl.Int32)


@rule(
    "PRO-01",
    about=Diagnosis,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("kotecha2022", "Table 1: years of each study"),
    also=(Cite("nct00002756", "P9407 opened in June 1996; Table 1 has its third cohort"),),
)
def outside_accrual(diagnosis: Subject) -> Judged:
    """The diagnosis lies outside the years in which the protocol was open.

    Why it matters: the patient was not in the trial; later patients were treated according to it.
    Usual cause: "treated as per" a protocol entered as enrolment; a year mistyped.
    Repair: confirm the year; where the patient was treated off the trial, state on_trial: false.
    """

    def new_year(year: int | None) -> int | None:
        return None if year is None else (date(year, 1, 1) - FIRST_DAY).days

    first = of_protocol(diagnosis, lambda known: new_year(known.accrual.start))
    over = of_protocol(diagnosis, lambda known: None if known.accrual.end is None else new_year(known.accrual.end + 1))
    low, high = diagnosis["start_lo"], diagnosis["start_hi"]
    early = pl.when(high < first).then(True).when(low >= first).then(False)
    late = pl.when(over.is_null()).then(False).when(low >= over).then(True).when(high < over).then(False)
    return one(
        early | late,
        diagnosis.dated() & first.is_not_null() & diagnosis.the(Enrolment, "on_trial").fill_null(True),
        Severity.WARNING,
        "The diagnosis lies outside the years in which the protocol was open.",
    )


REARRANGED_ONLY = ("mll03", "interfant-06-blinatumomab", "interfant-21")
"""Protocols for KMT2A-rearranged leukaemia only."""
NO_T_LINEAGE = ("aall15p1", "interfant-06-blinatumomab", "interfant-21", "cassiopeia")
"""Protocols for B-lineage leukaemia only."""


@rule(
    "PRO-02",
    about=Diagnosis,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("nct05327894", "eligibility; each protocol's own stands with it"),
    also=(
        Cite("koh2015", "MLL03: KMT2A-rearranged only"),
        Cite("nct03876769", "CASSIOPEIA: from one year of age"),
    ),
)
def not_eligible(diagnosis: Subject) -> Judged:
    """Age or leukaemia does not fit whom the protocol is for.

    Why it matters: the patient is not comparable with those of the protocol.
    Usual cause: a protocol of the same group; treated according to it, but not eligible.
    Repair: confirm the protocol, the date of birth and the KMT2A status.
    """
    age = diagnosis.start.days_since("birth")
    most = of_protocol(diagnosis, lambda known: known.eligibility.age_days_max)
    least = of_protocol(diagnosis, lambda known: known.eligibility.age_days_min)
    name = enrolled_in(diagnosis)

    def beyond(limit: pl.Expr, low: pl.Expr, high: pl.Expr) -> pl.Expr:
        """Whether something between low and high lies above the limit; there is none: no."""
        return pl.when(limit.is_null() | (high <= limit)).then(False).when(low > limit).then(True)

    return Judged(
        outcomes=(
            Outcome(
                name="germline",
                broken=(name.is_in(REARRANGED_ONLY) & (diagnosis["kmt2a"] == "germline")).fill_null(False),
                severity=Severity.WARNING,
                message="KMT2A is germline; the protocol is for KMT2A-rearranged leukaemia only.",
            ),
            Outcome(
                name="t_lineage",
                broken=(name.is_in(NO_T_LINEAGE) & (diagnosis["lineage"] == "T")).fill_null(False),
                severity=Severity.WARNING,
                message="The lineage is T; the protocol is for B-lineage leukaemia only.",
            ),
            Outcome(
                name="too_old",
                broken=beyond(most, age.least, age.greatest),
                severity=Severity.WARNING,
                message="The patient is older than the protocol allows.",
            ),
            Outcome(
                name="too_young",
                broken=beyond(-least, -age.greatest, -age.least),
                severity=Severity.WARNING,
                message="The patient is younger than the protocol allows.",
            ),
        ),
        applies=most.is_not_null() | least.is_not_null() | name.is_in([*REARRANGED_ONLY, *NO_T_LINEAGE]),
    )


@rule(
    "PRO-03",
    about=TreatmentBlock,
    severity=Severity.WARNING,
    category=Kahn.CONFORMANCE,
    source=Cite(
        "nct02828358",
        "names of the courses; that they are those of Interfant is drawn from their drugs",
        Confidence.RECALLED,
    ),
)
def block_of_another_protocol(block: Subject) -> Judged:
    """A block bears a name of another protocol, which the protocol it is told to be of does not have.

    Why it matters: the protocol or the block is wrong, and the place of the block in the plan is not known.
    Usual cause: the form of another study group; the relapse protocol left out.
    Repair: name the block as its protocol does. Names of the other group for the same drugs are accepted (IB is
    consolidation, MARMA interim maintenance, OCTADAD delayed intensification), and names of no protocol at all.
    """
    return one(
        of_the_two(block, own_names()).is_null(),
        block_number(block).is_not_null() & (protocol_number(block) >= 0).fill_null(False),
        Severity.WARNING,
        "A block bears a name of another protocol.",
    )


PLANNED_LATER = Those(
    TreatmentBlock.TYPE,
    "which the protocol puts later",
    against=Comparison(
        values={"protocol": protocol_number, "place": place_in_protocol},
        holds=lambda mine, theirs: (
            (mine["protocol"] == theirs["protocol"]) & (theirs["place"] > mine["place"])
        ).fill_null(False),
        rising="place",
    ),
)


@rule(
    "PRO-04",
    about=TreatmentBlock,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("pieters2018", "order of the blocks; alternatives share a place", Confidence.RECALLED),
    also=(Cite("nct02828358", "the same order in AALL15P1"),),
)
def block_out_of_order(block: Subject) -> Judged:
    """A block was given after one that the protocol puts later.

    Why it matters: the blocks build on each other; MRD is named by the block it follows.
    Usual cause: two dates exchanged; salvage entered under the protocol's names.
    Repair: confirm both dates. Alternatives and blocks put in between are no fault; after a relapse none is told.
    Ties: two blocks that start on one day are left undecided, and so is a relapse on the day of the block.
    """
    return one(
        block.start.preceded_by(PLANNED_LATER, recorded=True) & ~new_treatment_before(block),
        place_in_protocol(block).is_not_null(),
        Severity.WARNING,
        "A block was given after one that the protocol puts later.",
    )


USUAL_BLOCKS = (
    "prednisone_prephase",
    "induction",
    "consolidation",
    "interim_maintenance",
    "marma",
    "octadad",
    "delayed_intensification",
    "reinduction",
    "continuation",
    "maintenance",
)
"""Blocks whose names are long enough that a slip can be told from another name."""
ALIKE = 0.8
"""From here on a name is taken for a slip (1 is the same name; chosen here)."""


def meant_block(name: pl.Expr) -> pl.Expr:
    """The usual block whose name was perhaps misspelt, as its place in the list; null where the name is known."""
    return once_per_value(name, _meant, pl.Int32)


def _meant(told: str) -> int | None:
    """A slip leaves the first letter and the length, but for one letter; a name with a number is one of its own."""
    name = block_id(told)
    usual = {folded(one): place for place, one in enumerate(USUAL_BLOCKS)}
    near = None if name in block_numbers() else nearest(name, usual, cutoff=ALIKE)
    if near is None or name[0] != near[0] or abs(len(name) - len(near)) > 1 or re.search("[0-9]", name):
        return None
    return usual[near]


@rule(
    "PRO-05",
    about=TreatmentBlock,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("kotecha2022", "cases 1 and 2: blocks of the protocol that are not named"),
)
def block_not_stated(block: Subject) -> Judged:
    """A block of Interfant-06 is recorded, but the one before it is not, or the name is none of the protocol's.

    Why it matters: what is not stated is not to be read as not given; counts of blocks and doses are too low.
    Usual cause: a report names only the blocks after which something happened, or "the remaining chemotherapy"; a slip.
    Repair: add the blocks that were given, or declare treatment blocks complete if there were no others. A name that
    is nearly one of the usual ones is told in any protocol: correct it, or leave it if it is a name of its own.
    """
    name, meant = name_of(block), block.once("block", meant_block)
    before = (
        (("ib", "ade"), INDUCTION),
        (("mae",), ADE),
        (("marma",), BEFORE_MARMA),
        (("octadad",), MARMA),
        (("maintenance",), OCTADAD),
    )
    named = ["prednisone-prephase", "induction", *(one_name for names, _ in before for one_name in names)]
    missing = pl.any_horizontal(
        name.is_in(names) & block.start.count(earlier).at_least(1).is_null() for names, earlier in before
    )
    slips = [
        Outcome(
            name=f"nearly_{usual}",
            broken=(meant == place).fill_null(False),
            severity=Severity.INFO,
            message=f"The block's name is none that is known: did you mean '{usual}'?",
        )
        for place, usual in enumerate(USUAL_BLOCKS)
    ]
    return Judged(
        outcomes=(
            *slips,
            Outcome(
                name="name_of_its_own",
                broken=~name.is_in(named),
                severity=Severity.INFO,
                message="The block bears a name of its own: which blocks of the protocol it was is not stated.",
            ),
            Outcome(
                name="block_before",
                broken=missing,
                severity=Severity.INFO,
                message="The block of the protocol before this one is not stated.",
            ),
        ),
        applies=meant.is_not_null()
        | (name.is_not_null() & protocol_of(block).is_in(INTERFANT_06).fill_null(False) & block["direction"].is_null()),
    )


@rule(
    "PRO-06",
    about=TreatmentBlock,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("pieters2018", "randomised: lymphoid-style IB or myeloid-style ADE and MAE"),
)
def both_arms_given(block: Subject) -> Judged:
    """One patient was given both arms of the Interfant-06 randomisation, IB and ADE or MAE.

    Why it matters: the arms are alternatives; a patient of both belongs to neither.
    Usual cause: the arm allotted entered as given; salvage after relapse entered under the protocol's names.
    Repair: remove the block that was not given; name salvage otherwise, or record the relapse before it.
    Ties: ADE on the day of a relapse is left undecided.
    """
    return one(
        block.start.any_recorded(IB) & ~new_treatment_before(block),
        name_of(block).is_in(["ade", "mae"]).fill_null(False) & own_protocol(block).is_in(INTERFANT_06).fill_null(True),
        Severity.ERROR,
        "Both arms of the randomisation were given to one patient: IB and ADE or MAE.",
    )


AGAINST_TRANSPLANT = Those(
    Decision.TYPE,
    "against HSCT, with a reason",
    lambda decision: (
        (decision["on"] == "transplant") & ~decision["in_favour"] & decision["reason"].is_not_null()
    ).fill_null(False),
)
BEFORE_OCTADAD_HIGH = Those(
    MrdAssessment.TYPE,
    "of 1e-4 or more",
    lambda mrd: (mrd.quantity("value", "fraction") >= threshold("mrd_before_octadad").value * (1 - 1e-9)).fill_null(
        False
    ),
)
IN_FIRST_REMISSION = Those(
    Transplant.TYPE,
    "in first remission",
    lambda transplant: ((transplant["status"] == "CR1") | (transplant["indication"] == "first_remission")).fill_null(
        False
    ),
)


def treated_before_mrd_counted(event: Subject) -> pl.Expr:
    """Whether the diagnosis came before MRD was an indication for HSCT in Interfant-06; without a date: no."""
    since = int(threshold("interfant06_mrd_amendment").value)
    low, high = (event.the(Diagnosis, bound) for bound in ("start_lo", "start_hi"))
    told = event.dated() & low.is_not_null()
    return pl.when(told & (high < since)).then(True).when(told & (low < since)).then(None).otherwise(False)


REASONS = (AGAINST_TRANSPLANT, Relapse, Refractory, Death)
"""What explains that a patient was not transplanted in first remission."""


def fusion_as_marker(marker: pl.Expr) -> pl.Expr:
    """Whether a marker is a fusion of KMT2A; null for any other marker, which says nothing of KMT2A."""
    return pl.when(is_fusion(marker)).then(True)


def white_cells(wbc: pl.Expr) -> pl.Expr:
    """A white cell count in 10^9/L."""
    return amount(wbc, "10^9/L")


def risk_inputs(diagnosis: Subject) -> dict[str, pl.Expr | Days]:
    """What a risk group is derived from, as far as it is told."""
    marked = diagnosis.common(MrdAssessment, "marker", fusion_as_marker).fill_null(False)
    fused = (diagnosis["kmt2a_partner"].is_not_null() | marked) & diagnosis["kmt2a"].is_null()
    return {
        "age_days": diagnosis.start.days_since("birth"),
        "wbc": white_cells(diagnosis["wbc"]),
        "kmt2a": pl.when(fused).then(pl.lit("rearranged")).otherwise(diagnosis["kmt2a"]),
        "prednisone_response": diagnosis.the(PrednisoneResponse, "response"),
        "cns": diagnosis["cns"],
    }


def risk_protocol(diagnosis: Subject) -> pl.Expr:
    """The protocol of the one risk assignment, the one enrolment, all blocks that name one, or the registry."""
    own = diagnosis.the(RiskAssignment, "protocol", known_protocol)
    of_blocks = diagnosis.common(TreatmentBlock, "protocol", known_protocol)
    of_registry = pl.lit(diagnosis.settings.protocol, dtype=pl.String)
    return pl.coalesce(own, enrolled_in(diagnosis), of_blocks, of_registry)


@rule(
    "PRO-07",
    about=Diagnosis,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("pieters2018", "risk groups of Interfant-06; each protocol's own stand in risk.yaml"),
    also=(Cite("nct00557193", "risk groups of AALL0631"), Cite("mll10_2019", "risk groups of MLL-10")),
)
def another_risk_group(diagnosis: Subject) -> Judged:
    """The stated risk group is not the one that age, white cell count, KMT2A and first response give.

    Why it matters: treatment and transplant are decided by the group, and results are told by it.
    Usual cause: the group at diagnosis was not moved by the prednisone response; a unit slip in the count.
    Repair: confirm the group and what it was derived from (`infant-course risk`).
    """
    group = diagnosis.the(RiskAssignment, "group")
    return one(
        ~stated_group_possible(risk_protocol(diagnosis), group, risk_inputs(diagnosis)),
        (group.is_not_null(), has_risk_groups(risk_protocol(diagnosis))),
        Severity.WARNING,
        "The stated risk group is not the one that the protocol's criteria give.",
    )


@rule(
    "PRO-08",
    about=Diagnosis,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("kotecha2022", "cases 1 to 3: the risk group is not stated"),
)
def risk_group_not_stated(diagnosis: Subject) -> Judged:
    """The protocol has risk groups, but none is stated.

    Why it matters: without its group a patient cannot be counted among those of the protocol.
    Usual cause: reports give the features and leave the group to the reader.
    Repair: state the group; `infant-course risk` tells which are possible by what is recorded.
    """
    possible = number_of_possible_groups(risk_protocol(diagnosis), risk_inputs(diagnosis))
    stated = diagnosis.start.any_recorded(RiskAssignment)
    return Judged(
        outcomes=(
            Outcome(
                name="derivable",
                broken=~stated & (possible == 1),
                severity=Severity.INFO,
                message="The risk group is not stated; by the protocol's criteria it can be told.",
            ),
            Outcome(
                name="open",
                broken=~stated & (possible > 1),
                severity=Severity.INFO,
                message="The risk group is not stated, and what it is derived from is not told in full.",
            ),
            Outcome(
                name="none_fits",
                broken=~stated & (possible == 0),
                severity=Severity.INFO,
                message="No risk group is stated, and what is told fits none of the protocol's.",
            ),
        ),
        applies=has_risk_groups(risk_protocol(diagnosis)),
    )


@rule(
    "PRO-09",
    about=RiskAssignment,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("pieters2018", "HSCT: all high-risk; medium-risk with MRD of 1e-4 or more, after June 2009"),
    also=(Cite("mll10_2019", "HSCT in first remission for high-risk only"),),
)
def transplant_against_risk_group(assignment: Subject) -> Judged:
    """A high-risk patient has no HSCT and no reason why not, or a medium-risk one has an HSCT without its indication.

    Why it matters: results by risk group assume the treatment of that group.
    Usual cause: no donor, or the family declined, and that was not recorded.
    Repair: record a decision on transplant with its reason; confirm the group. MRD is an indication in patients
    diagnosed since June 2009, as those are taken to be of whom no date is told.
    """
    protocol = protocol_of(assignment)
    interfant = protocol.is_in(INTERFANT_06).fill_null(False)
    high_risk_only = (protocol == "mll-10").fill_null(False)
    group = (
        pl.when(high_risk_only)
        .then(group_of("mll-10", assignment["group"]))
        .otherwise(group_of("interfant-06", assignment["group"]))
    )
    explained = pl.any_horizontal(assignment.start.any_recorded(reason) for reason in REASONS)
    early = treated_before_mrd_counted(assignment)
    transplanted = assignment.start.any_recorded(IN_FIRST_REMISSION)
    return Judged(
        outcomes=(
            Outcome(
                name="high_risk_without",
                broken=(group == "HR") & ~assignment.start.any_recorded(Transplant) & ~explained,
                severity=Severity.INFO,
                message="A high-risk patient has neither an HSCT nor a reason why not.",
            ),
            Outcome(
                name="medium_risk_with",
                broken=(group == "MR") & transplanted & (~assignment.start.any_recorded(BEFORE_OCTADAD_HIGH) | early),
                severity=Severity.INFO,
                message="A medium-risk patient has an HSCT in first remission without its indication by MRD.",
            ),
        ),
        applies=(interfant & group.is_in(["HR", "MR"])) | (high_risk_only & (group == "HR")),
    )


@rule(
    "PRO-10",
    about=Transplant,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("mll03_transplant").source,
)
def late_transplant_in_mll03(transplant: Subject) -> Judged:
    """HSCT of MLL03 was done more than four months after the start of induction.

    Why it matters: the protocol asks for HSCT within four months of it.
    Usual cause: remission or a donor came late; the date of a second HSCT.
    Repair: confirm both dates; give the reason.
    Ties: HSCT on the day induction starts passes.
    """
    later = transplant["status"].is_in(["CR2", "CR3", "active_disease"]) | (
        transplant["indication"] != "first_remission"
    )
    return one(
        transplant.start.days_since(INDUCTION).at_least(int(threshold("mll03_transplant").value) + 1),
        (enrolled_in(transplant) == "mll03").fill_null(False) & ~later.fill_null(False),
        Severity.WARNING,
        "HSCT of MLL03 was done more than four months after the start of induction.",
    )


SECOND_BLINATUMOMAB = Those(
    Immunotherapy.TYPE,
    "second cycle of blinatumomab",
    lambda cycle: names_agent(cycle, "blinatumomab") & (cycle["cycle"] == 2),
)


@rule(
    "PRO-11",
    about=TreatmentBlock,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("nct05327894", "the second cycle of blinatumomab replaces MARMA"),
)
def marma_after_second_blinatumomab(block: Subject) -> Judged:
    """MARMA was given after a second cycle of blinatumomab in Interfant-21.

    Why it matters: there the second cycle stands in the place of MARMA.
    Usual cause: Interfant-06 taken for Interfant-21; the plan entered as given.
    Repair: confirm the protocol and the block.
    Ties: both on one day are left undecided.
    """
    return one(
        block.start.preceded_by(SECOND_BLINATUMOMAB, recorded=True),
        (name_of(block) == "marma").fill_null(False) & (protocol_of(block) == "interfant-21").fill_null(False),
        Severity.WARNING,
        "MARMA was given after a second cycle of blinatumomab in Interfant-21.",
    )


BRIDGES = (Immunotherapy, TargetedTherapy, Radiotherapy)
"""Treatment, other than blocks, that may stand between two blocks."""
BREAKS = (MrdReemergence, SecondMalignancy, CellTherapy, Transplant, EndOfTherapy, Abandonment)
"""What ends the plan, so that a block after it need not follow soon; besides what :func:`new_treatment_before` asks."""


@rule(
    "PRO-12",
    about=TreatmentBlock,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("block_gap").source,
)
def long_gap_before_block(block: Subject) -> Judged:
    """A block starts more than eight weeks after the end of the last treatment before it.

    Why it matters: it is a delay of treatment, or what was given in between is not recorded.
    Usual cause: a block or a cycle in between is missing; a month or year mistyped; a long recovery from toxicity.
    Repair: confirm both dates; record what was given in between, or what held the treatment up. Immunotherapy,
    targeted therapy and radiotherapy fill a gap. A long gap is no fault after a relapse, refractory disease, a
    lineage switch, a return of MRD, a second malignancy, CAR T cells, HSCT, abandonment or the end of therapy.
    Only long gaps are told: where the protocols' own plans give days, a block mostly begins on the day after the one
    before, so that a short gap is no fault; none of them leaves eight weeks.
    Ties: a relapse, or what else explains the gap, on the day of the block is left undecided.
    """
    start, longest = block.start, int(threshold("block_gap").value)
    treated = [
        start.under_way(kind, within=longest, recorded=kind is not TreatmentBlock)
        for kind in (TreatmentBlock, *BRIDGES)
    ]
    explained = [start.preceded_by(kind, recorded=True) for kind in BREAKS]
    late = start.preceded_by(TreatmentBlock, point="end", recorded=True) & ~pl.any_horizontal(treated)
    return one(
        late & ~new_treatment_before(block) & ~pl.any_horizontal(explained),
        (),
        Severity.WARNING,
        "A block starts more than eight weeks after the end of the last treatment before it.",
    )


TWO_YEARS = ("aall0631", "aall15p1", *INTERFANT_06)
"""Protocols of two years."""


@rule(
    "PRO-13",
    about=(EndOfTherapy, TreatmentBlock),
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite(
        "nct02828358",
        "AALL15P1: to two years; Interfant-06 recalled, three months either way chosen here",
        Confidence.RECALLED,
    ),
    also=(Cite("dreyer2015", "P9407: 46 weeks"),),
)
def end_of_therapy_off_plan(event: Subject) -> Judged:
    """Treatment as planned ended more than three months before or after the end of the protocol.

    Why it matters: relapses are classed by the end of therapy.
    Usual cause: the end of the last block before a transplant or a relapse; a year mistyped.
    Repair: confirm the date; record what ended the treatment early.
    Ties: a relapse or HSCT on the day of the end is left undecided.
    """
    lasts = event.trace.about == TreatmentBlock.TYPE
    here = event.end if lasts else event.start
    protocol = protocol_of(event) if lasts else enrolled_in(event)
    slack = int(threshold("therapy_end_slack").value)
    since = here.days_since(Diagnosis)

    def off(plan: str) -> pl.Expr:
        days = int(threshold(plan).value)
        return since.below(days - slack) | since.at_least(days + slack + 1)

    long, short = protocol.is_in(TWO_YEARS).fill_null(False), (protocol == "cog-p9407").fill_null(False)
    cut_short = here.preceded_by(Relapse, recorded=True) | here.preceded_by(Transplant, recorded=True)
    maintenance = (name_of(event) == "maintenance") & event["completed"] if lasts else pl.lit(True)
    return one(
        pl.when(long).then(off("therapy_two_years")).otherwise(off("therapy_46_weeks")) & ~cut_short,
        maintenance.fill_null(False) & (long | short),
        Severity.WARNING,
        "Treatment ended more than three months before or after the end of the protocol.",
    )


@rule(
    "PRO-14",
    about=TreatmentBlock,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("salzer2015", "induction of three weeks in Cohort 1, of five weeks in Cohort 2"),
)
def aall0631_induction_unknown(block: Subject) -> Judged:
    """Which induction of AALL0631 was given, that of three or of five weeks, is not stated.

    Why it matters: the first was closed for early deaths; the date of the amendment was not found.
    Usual cause: the cohort was left out.
    Repair: state the amendment at enrolment, or name the block induction_cohort1.
    """
    return one(
        block.the(Enrolment, "amendment").is_null() & block["arm"].is_null(),
        (name_of(block) == "induction").fill_null(False) & (protocol_of(block) == "aall0631").fill_null(False),
        Severity.INFO,
        "Which induction of AALL0631 was given is not stated.",
    )


@rule(
    "PRO-15",
    about=Enrolment,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Logic("a rule that changed with an amendment cannot be applied without it"),
    also=(Cite("salzer2015", "AALL0631"), Cite("dreyer2015", "P9407: Cohort 3")),
)
def amendment_not_stated(enrolment: Subject) -> Judged:
    """The version of a protocol that changed its induction is not stated.

    Why it matters: AALL0631 and P9407 changed their induction; what was planned hangs on the version.
    Usual cause: only the protocol's name was copied.
    Repair: state the amendment or cohort.
    """
    return one(
        enrolment["amendment"].is_null() & enrolment["arm"].is_null(),
        own_protocol(enrolment).is_in(["aall0631", "cog-p9407"]).fill_null(False),
        Severity.INFO,
        "The version of a protocol that changed its induction is not stated.",
    )
