"""DOS: are doses possible, and stated so that they can be compared?"""

from collections.abc import Callable, Iterable

import polars as pl

from ..events import (
    Conditioning,
    Enrolment,
    Immunotherapy,
    Lymphodepletion,
    Radiotherapy,
    SupportiveTreatment,
    Transplant,
    TreatmentBlock,
)
from ..knowledge.anthracyclines import exposure_classes, schemes
from ..knowledge.thresholds import threshold
from ..sources import Cite, Confidence
from ..vocabulary import Kahn, Severity
from .naming import AGENTS, ANY_ANTHRACYCLINE, ANY_ASPARAGINASE, agent_number, is_agent, name_of
from .rule import Judged, Outcome, one, rule
from .subject import Subject, Those, amount

INTRATHECAL = ("methotrexate", "cytarabine", "hydrocortisone", "prednisolone")
"""Drugs of intrathecal therapy."""
ASPARAGINASES = (ANY_ASPARAGINASE, "asparaginase_ecoli", "pegaspargase", "asparaginase_erwinia")
ANTHRACYCLINES = tuple(sorted({name for scheme in schemes().values() for name in scheme.factors}))
"""Agents that some scheme converts to doxorubicin."""

Field = Callable[[str], pl.Expr]
"""A fact of one agent by its name, within a list of agents."""


def known_agents(listed: pl.Expr) -> pl.Expr:
    """A list of agents with their ids, and their doses as numbers where the unit is the one named."""
    told = pl.element().struct.field
    return listed.list.eval(
        pl.struct(
            number=agent_number(told("name")),
            stated=told("dose").struct.field("value").is_not_null(),
            mg_m2=amount(told("dose"), "mg/m2"),
            iu_m2=amount(told("dose"), "IU/m2"),
            cumulative=told("cumulative").fill_null(False),
            route=told("route"),
            scheme=told("scheme"),
            basis=told("basis"),
        )
    )


def any_agent(event: Subject, meets: Callable[[Field], pl.Expr]) -> pl.Expr:
    """Whether some agent of the event surely meets a condition."""
    listed = event.once("agents", known_agents)
    return listed.list.eval(meets(pl.element().struct.field)).list.any().fill_null(False)


def total(event: Subject, of: Callable[[Field], pl.Expr]) -> pl.Expr:
    """A number summed over the agents of the event; what has none adds nothing."""
    return event.once("agents", known_agents).list.eval(of(pl.element().struct.field)).list.sum()


def in_interfant(block: Subject) -> pl.Expr:
    """Whether the block is told to be of an Interfant protocol, by itself or by the one enrolment."""
    protocol = pl.coalesce(block["protocol"], block.the(Enrolment, "protocol"))
    return protocol.str.to_lowercase().str.starts_with("interfant").fill_null(False)


def high_dose_methotrexate(agent: Field) -> pl.Expr:
    """Methotrexate by vein, by surface; in a block that gives it in high dose."""
    by_vein = agent("route").is_null() | (agent("route") == "intravenous")
    return is_agent(agent("number"), "methotrexate") & by_vein & agent("mg_m2").is_not_null() & ~agent("cumulative")


def native_asparaginase(agent: Field) -> pl.Expr:
    """Native E. coli asparaginase with a dose by surface."""
    return is_agent(agent("number"), "asparaginase_ecoli") & agent("iu_m2").is_not_null() & ~agent("cumulative")


def block_is(block: Subject, names: Iterable[str]) -> pl.Expr:
    """Whether the block bears one of these ids."""
    return name_of(block).is_in(list(names)).fill_null(False)


HIGH_DOSE_BLOCKS = ("marma", "maram")
"""Interfant blocks with high-dose methotrexate (MARAM: recalled)."""


@rule(
    "DOS-01",
    about=TreatmentBlock,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite(
        "lonnerholm2009",
        "two thirds below 6 months, three quarters to 12; age at the course recalled",
        Confidence.RECALLED,
    ),
    also=(Cite("vdsluis2013", "Interfant-06: 67 % and 75 % of 10 000 U/m2 asparaginase"),),
)
def dose_not_reduced_for_age(block: Subject) -> Judged:
    """An actual dose is more than a tenth above the dose reduced for the age at the course (Interfant).

    Why it matters: below one year two thirds or three quarters of the dose by surface are given; a dose without
    that reduction was either an overdose or is the nominal figure.
    Usual cause: the protocol's figure entered as the dose given.
    Repair: confirm the dose given; if it is the protocol's figure, state the basis as nominal.
    """
    tolerance = threshold("dose_tolerance").value
    methotrexate, asparaginase = threshold("methotrexate_high_dose").value, threshold("asparaginase_native").value
    high_dose = in_interfant(block) & block_is(block, HIGH_DOSE_BLOCKS)
    induction = in_interfant(block) & block_is(block, ["induction"])

    def given(agent: Field) -> pl.Expr:
        return agent("basis") == "actual"

    def beyond(share: float) -> pl.Expr:
        """More than this share of one dose, but no more than one dose: the field may also hold a sum of doses."""

        def of(dose: pl.Expr, whole: float) -> pl.Expr:
            return dose.is_between(whole * share * tolerance, whole * tolerance, closed="right")

        too_much = any_agent(block, lambda a: given(a) & high_dose_methotrexate(a) & of(a("mg_m2"), methotrexate))
        native = any_agent(block, lambda a: given(a) & native_asparaginase(a) & of(a("iu_m2"), asparaginase))
        return (high_dose & too_much) | (induction & native)

    least, most = threshold("dose_share_below_6_months").value, threshold("dose_share_below_12_months").value
    age = block.start.days_since("birth")
    half_a_year, a_year = int(threshold("dose_age_6_months").value), int(threshold("dose_age_12_months").value)
    told = (high_dose & any_agent(block, lambda a: given(a) & high_dose_methotrexate(a))) | (
        induction & any_agent(block, lambda a: given(a) & native_asparaginase(a))
    )
    return one(
        (beyond(most) & age.below(a_year)) | (beyond(least) & age.below(half_a_year)),
        told,
        Severity.WARNING,
        "An actual dose is more than a tenth above the dose reduced for age.",
    )


@rule(
    "DOS-02",
    about=TreatmentBlock,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("kotecha2022", "case 4: 300 mg/m2, nominal or given is not told"),
)
def dose_without_basis(block: Subject) -> Judged:
    """A dose does not say whether it is the protocol's figure or the dose given after the infant reduction.

    Why it matters: the two differ by up to a third in a patient below one year.
    Usual cause: the protocol's figure was copied.
    Repair: state the basis (nominal or actual) if it is known.
    """
    return one(
        any_agent(block, lambda a: a("stated") & a("basis").is_null()),
        any_agent(block, lambda a: a("stated")),
        Severity.INFO,
        "A dose does not say whether it is nominal or actual.",
    )


@rule(
    "DOS-03",
    about=Immunotherapy,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("blinatumomab_rates").source,
    also=(Cite("vdsluis2023", "infant pilot: 15 µg/m2/day for 28 days"),),
)
def blinatumomab_rate(cycle: Subject) -> Judged:
    """Blinatumomab runs at a rate other than 5 or 15 µg/m²/day, or above 28 µg/day.

    Why it matters: the rate is a thousandth of what a unit slip makes of it.
    Usual cause: mg entered for µg; the rate per day entered as the rate per m².
    Repair: confirm rate and unit; a rate stepped within the cycle is given as its last one.
    """
    rate, whole = cycle.quantity("dose_rate", "ug/m2/day"), cycle.quantity("dose_rate", "ug/day")
    tolerance = threshold("dose_tolerance").value
    usual = pl.any_horizontal(
        rate.is_between(known / tolerance, known * tolerance) for known in threshold("blinatumomab_rates").values
    )
    blinatumomab = is_agent(cycle.once("agent", agent_number), "blinatumomab")
    return Judged(
        outcomes=(
            Outcome(
                name="rate_by_surface",
                broken=rate.is_not_null() & ~usual,
                severity=Severity.WARNING,
                message="Blinatumomab runs at a rate other than 5 or 15 µg/m²/day.",
            ),
            Outcome(
                name="rate_of_a_day",
                broken=(whole > threshold("blinatumomab_most").value * (1 + 1e-9)).fill_null(False),
                severity=Severity.WARNING,
                message="Blinatumomab runs at more than 28 µg/day.",
            ),
        ),
        applies=blinatumomab & cycle["dose_rate"].struct.field("value").is_not_null(),
    )


LEUCOVORIN = Those(
    SupportiveTreatment.TYPE,
    "with leucovorin",
    lambda treatment: (
        treatment.once("agents", known_agents)
        .list.eval(is_agent(pl.element().struct.field("number"), "leucovorin"))
        .list.any()
    ),
)


@rule(
    "DOS-04",
    about=TreatmentBlock,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("methotrexate_high_dose").source,
    also=(Cite("nct02828358", "Interim Maintenance: leucovorin after each methotrexate infusion"),),
)
def high_dose_methotrexate_as_planned(block: Subject) -> Judged:
    """High-dose methotrexate of an Interfant protocol has another nominal dose than 5 g/m², or no leucovorin.

    Why it matters: the nominal dose is 5 g/m² over 24 hours, and without rescue it is not survived.
    Usual cause: g and mg mixed up; the dose given entered as nominal; supportive drugs left out of the list.
    Repair: confirm dose and basis; add leucovorin to the drugs of the block.
    """
    whole = threshold("methotrexate_high_dose").value

    def multiple(dose: pl.Expr) -> pl.Expr:
        """One dose, or the sum of several."""
        count = (dose / whole).round()
        return (count >= 1) & ((dose - count * whole).abs() < whole * 1e-9)

    rescued = any_agent(block, lambda a: is_agent(a("number"), "leucovorin")) | block.start.any_recorded(LEUCOVORIN)
    return Judged(
        outcomes=(
            Outcome(
                name="nominal_dose",
                broken=any_agent(
                    block, lambda a: high_dose_methotrexate(a) & (a("basis") == "nominal") & ~multiple(a("mg_m2"))
                ),
                severity=Severity.WARNING,
                message="The nominal dose of high-dose methotrexate is not 5 g/m².",
            ),
            Outcome(
                name="no_leucovorin",
                broken=~rescued,
                severity=Severity.WARNING,
                message="No leucovorin is recorded with high-dose methotrexate.",
            ),
        ),
        applies=in_interfant(block) & block_is(block, HIGH_DOSE_BLOCKS) & any_agent(block, high_dose_methotrexate),
    )


@rule(
    "DOS-05",
    about=TreatmentBlock,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("vdsluis2013", "10 000 U/m2 is the dose of native asparaginase"),
    also=(Cite("registry", "products of asparaginase differ at least fourfold in their doses", Confidence.RECALLED),),
)
def asparaginase_product(block: Subject) -> Judged:
    """A dose of asparaginase names no product, or pegaspargase has the dose of the native product.

    Why it matters: native E. coli, pegylated and Erwinia asparaginase are dosed in the same unit but not alike.
    Usual cause: "asparaginase" in the form's list; the product was changed and the dose copied.
    Repair: name the product (asparaginase_ecoli, pegaspargase, asparaginase_erwinia) and confirm the dose.
    """
    reduced = threshold("asparaginase_native").value * threshold("dose_share_below_6_months").value
    return Judged(
        outcomes=(
            Outcome(
                name="native_dose_of_pegaspargase",
                broken=any_agent(
                    block,
                    lambda a: (
                        is_agent(a("number"), "pegaspargase") & ~a("cumulative") & (a("iu_m2") >= reduced * (1 - 1e-9))
                    ),
                ),
                severity=Severity.WARNING,
                message="Pegaspargase has the dose of native asparaginase.",
            ),
            Outcome(
                name="no_product",
                broken=any_agent(block, lambda a: is_agent(a("number"), ANY_ASPARAGINASE) & a("stated")),
                severity=Severity.WARNING,
                message="A dose of asparaginase does not name the product.",
            ),
        ),
        applies=any_agent(block, lambda a: a("stated") & is_agent(a("number"), *ASPARAGINASES)),
    )


def converted(agent: Field) -> pl.Expr:
    """A dose of an anthracycline that is summed up or converted."""
    ours = is_agent(agent("number"), *ANTHRACYCLINES, ANY_ANTHRACYCLINE)
    summed = agent("cumulative") | agent("scheme").is_not_null() | is_agent(agent("number"), ANY_ANTHRACYCLINE)
    return ours & agent("stated") & summed


@rule(
    "DOS-06",
    about=TreatmentBlock,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("ighg2025", "published ratios differ: daunorubicin 0.45 to 1, mitoxantrone 4 to 10.5"),
)
def anthracyclines_without_scheme(block: Subject) -> Judged:
    """A cumulative dose of anthracyclines was summed up without naming the scheme, or counts an agent twice.

    Why it matters: 300 mg/m² of daunorubicin are 135 to 300 mg/m² of doxorubicin, by scheme.
    Usual cause: the sum was copied from a letter without its footnote.
    Repair: name the scheme of the sum, or give each agent with its own dose.
    """
    listed = block.once("agents", known_agents)
    told = pl.element().struct.field
    summed = listed.list.eval(told("number").filter(told("cumulative") & is_agent(told("number"), *ANTHRACYCLINES)))
    return Judged(
        outcomes=(
            Outcome(
                name="no_scheme",
                broken=any_agent(
                    block, lambda a: is_agent(a("number"), ANY_ANTHRACYCLINE) & a("stated") & a("scheme").is_null()
                ),
                severity=Severity.ERROR,
                message="A dose summed over anthracyclines does not name its scheme.",
            ),
            Outcome(
                name="counted_twice",
                broken=(summed.list.n_unique() < summed.list.len()).fill_null(False),
                severity=Severity.ERROR,
                message="The cumulative dose of one anthracycline is given twice.",
            ),
            Outcome(
                name="scheme_needed",
                broken=any_agent(
                    block, lambda a: converted(a) & a("scheme").is_null() & ~is_agent(a("number"), "doxorubicin")
                ),
                severity=Severity.INFO,
                message="To compare this anthracycline dose with others, a scheme of conversion must be named.",
            ),
        ),
        applies=any_agent(block, converted),
    )


def factors() -> dict[str, tuple[float, float]]:
    """The least and the greatest published factor of each anthracycline; the sum of several is taken as it is."""
    known: dict[str, list[float]] = {ANY_ANTHRACYCLINE: [1.0]}
    for scheme in schemes().values():
        for name, factor in scheme.factors.items():
            known.setdefault(name, []).extend([] if factor.value is None else [factor.value])
    return {name: (min(values), max(values)) for name, values in known.items() if values}


def equivalent(agent: Field, which: int) -> pl.Expr:
    """Doxorubicin equivalent of a cumulative dose: least (0) or greatest (1) by any scheme, unless it is converted."""
    table = factors()
    factor = agent("number").replace_strict(
        [AGENTS.index(name) for name in table],
        [pair[which] for pair in table.values()],
        default=None,
        return_dtype=pl.Float64,
    )
    return pl.when(converted(agent)).then(agent("mg_m2") * pl.when(agent("scheme").is_null()).then(factor).otherwise(1))


@rule(
    "DOS-07",
    about=TreatmentBlock,
    severity=Severity.INFO,
    category=Kahn.PLAUSIBILITY,
    source=exposure_classes()[0].source,
    also=(Cite("ighg2025", "factors of all schemes, where none is named"),),
)
def anthracycline_exposure(block: Subject) -> Judged:
    """The cumulative anthracycline dose is in the moderate or high class of exposure.

    Why it matters: from 100 mg/m² of doxorubicin the heart is to be followed up, from 250 mg/m² at high risk.
    Usual cause: the treatment was planned so; nothing need be wrong.
    Repair: nothing to repair; name the scheme where the class hangs on it.
    """
    _, moderate, high = exposure_classes()
    least, most = total(block, lambda a: equivalent(a, 0)), total(block, lambda a: equivalent(a, 1))

    def told(name: str, broken: pl.Expr, message: str) -> Outcome:
        return Outcome(name=name, broken=broken.fill_null(False), severity=Severity.INFO, message=message)

    return Judged(
        outcomes=(
            told("high", least >= high.at_least, "High exposure: 250 mg/m² of doxorubicin equivalents or more."),
            told(
                "high_by_some_scheme",
                (most >= high.at_least) & (least >= moderate.at_least),
                "Moderate or high exposure to anthracyclines, by the scheme of conversion.",
            ),
            told(
                "moderate",
                least >= moderate.at_least,
                "Moderate exposure: 100 to 250 mg/m² of doxorubicin equivalents.",
            ),
            told(
                "moderate_by_some_scheme",
                most >= moderate.at_least,
                "Low exposure to anthracyclines or more, by the scheme of conversion.",
            ),
        ),
        applies=any_agent(block, lambda a: converted(a) & a("mg_m2").is_not_null()),
    )


NOT_SUMMABLE = float("inf")
"""What a sum of doses comes to where one of them is not told, or is of the other basis."""


def sum_of_courses(agent_id: str, basis: str) -> Callable[[pl.Expr], pl.Expr]:
    """The doses of single courses of an agent in mg/m², summed over the patient's blocks; null where none is told.

    Doses of the other basis cannot be added to those of this one.
    """
    told = pl.element().struct.field
    ours = is_agent(agent_number(told("name")), agent_id) & ~told("cumulative").fill_null(False)
    ours &= told("route").ne_missing("intrathecal")
    dose = amount(told("dose"), "mg/m2")
    added = pl.when(dose.is_null() | (told("basis").fill_null(basis) != basis)).then(NOT_SUMMABLE).otherwise(dose)

    def work(listed: pl.Expr) -> pl.Expr:
        doses = listed.list.eval(pl.when(ours).then(added).drop_nulls())
        return pl.when(doses.list.len() > 0).then(doses.list.sum()).sum().over("unit")

    work.__name__ = f"courses_of_{agent_id}_{basis}"
    return work


def cumulative_dose(block: Subject, agent_id: str, basis: str | None) -> pl.Expr:
    """The cumulative dose of an agent in mg/m² that the block states on a basis; null where there is none."""
    told = pl.element().struct.field
    is_it = is_agent(told("number"), agent_id) & told("cumulative") & told("scheme").is_null()
    listed = block.once("agents", known_agents)
    return listed.list.eval(told("mg_m2").filter(is_it & told("basis").eq_missing(pl.lit(basis)))).list.max()


@rule(
    "DOS-08",
    about=TreatmentBlock,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("redcap", "data quality: incorrect values of calculated fields"),
    also=(threshold("dose_sum_tolerance").source,),
)
def sum_of_courses_differs(block: Subject) -> Judged:
    """The cumulative dose of an anthracycline differs by more than a tenth from the sum of its courses.

    Why it matters: the late effects on the heart are read by the cumulative dose.
    Usual cause: two digits exchanged; a course left out, or counted twice; a plan copied as given.
    Repair: confirm the doses of the courses first, then the sum. A sum above that of the courses recorded is left
    undecided unless treatment blocks are declared complete, and so is any where the dose of a course is not told, or
    is nominal where the sum is actual. A sum converted by a scheme is not looked at.
    """
    share = threshold("dose_sum_tolerance").value
    whole = block.start.count(TreatmentBlock).most.is_not_null()
    differs, asked = [], []
    for agent_id in ANTHRACYCLINES:
        sums = {
            basis: block.common(TreatmentBlock, "agents", sum_of_courses(agent_id, basis))
            for basis in ("nominal", "actual")
        }
        for basis, courses in (*sums.items(), (None, pl.min_horizontal(*sums.values()))):
            stated = cumulative_dose(block, agent_id, basis)
            known = courses.is_finite()
            less, more = stated < courses * (1 - share) * (1 - 1e-9), stated > courses * (1 + share) * (1 + 1e-9)
            differs.append(
                pl.when(stated.is_null() | courses.is_null() | (courses == 0))
                .then(False)
                .when(known & (less | (more & whole)))
                .then(True)
                .when(known & whole)
                .then(False)
            )
            asked.append(stated.is_not_null() & (courses > 0).fill_null(False))
    return one(
        pl.any_horizontal(differs),
        (
            any_agent(
                block, lambda a: is_agent(a("number"), *ANTHRACYCLINES) & a("cumulative") & a("scheme").is_null()
            ),
            pl.any_horizontal(asked),
        ),
        Severity.WARNING,
        "The cumulative dose of an anthracycline differs from the sum of its courses.",
    )


@rule(
    "DOS-09",
    about=(TreatmentBlock, Lymphodepletion, Conditioning, SupportiveTreatment),
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("registry", "vincristine given intrathecally is fatal", Confidence.RECALLED),
    also=(Cite("nct02828358", "intrathecal methotrexate, cytarabine, hydrocortisone"),),
)
def not_for_intrathecal_use(block: Subject) -> Judged:
    """A drug that is not for intrathecal use is recorded as given intrathecally.

    Why it matters: vincristine into the cerebrospinal fluid kills; other drugs do not belong there.
    Usual cause: the route of the line below; methotrexate and vincristine of one day exchanged.
    Repair: confirm the route. If it is true, it is a serious adverse event.
    """
    return one(
        any_agent(
            block,
            lambda a: (a("route") == "intrathecal") & ~is_agent(a("number"), *INTRATHECAL),
        ),
        any_agent(block, lambda a: a("route") == "intrathecal"),
        Severity.ERROR,
        "A drug that is not for intrathecal use is recorded as given intrathecally.",
    )


@rule(
    "DOS-10",
    about=Radiotherapy,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("kotecha2022", "case 3: 6 Gy to the testis before HSCT"),
    also=(threshold("testis_curative_dose").source, threshold("radiotherapy_most").source),
)
def radiotherapy_dose(course: Subject) -> Judged:
    """Radiotherapy lacks dose, site or fractions, has a dose above 100 Gy, or a testis boost has no HSCT with it.

    Why it matters: 6 Gy to the testis goes with an HSCT; without one 24 Gy are usual.
    Usual cause: only "irradiated" was copied; cGy entered as Gy.
    Repair: add what the radiotherapy report says; confirm a low dose to the testis without HSCT, and the unit.
    """
    dose = course.quantity("dose", "Gy")
    boost = (course["site"] == "testis") & (dose < threshold("testis_curative_dose").value)
    return Judged(
        outcomes=(
            Outcome(
                name="too_high",
                broken=(dose > threshold("radiotherapy_most").value).fill_null(False),
                severity=Severity.INFO,
                message="A dose above 100 Gy: probably a value in cGy.",
            ),
            Outcome(
                name="not_told",
                broken=dose.is_null() | course["site"].is_null() | course["fractions"].is_null(),
                severity=Severity.INFO,
                message="Radiotherapy lacks its dose, its site or the number of fractions.",
            ),
            Outcome(
                name="boost_without_transplant",
                broken=boost.fill_null(False) & ~course.start.count(Transplant).at_least(1),
                severity=Severity.INFO,
                message="A dose below 24 Gy to the testis has no HSCT with it.",
            ),
        )
    )


@rule(
    "DOS-11",
    about=Conditioning,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("tbi_age").source,
)
def irradiated_too_young(conditioning: Subject) -> Judged:
    """Total body irradiation is recorded below the age of four years.

    Why it matters: at that age it is avoided for its late effects; chemotherapy is used instead.
    Usual cause: the regimen of an older patient; TBI ticked for testicular irradiation.
    Repair: confirm the regimen and the age at conditioning.
    """
    irradiated = (conditioning.quantity("tbi", "Gy") > 0).fill_null(False) | any_agent(
        conditioning, lambda a: is_agent(a("number"), "tbi")
    )
    return one(
        conditioning.start.days_since("birth").below(int(threshold("tbi_age").value)),
        irradiated,
        Severity.WARNING,
        "Total body irradiation is recorded below the age of four years.",
    )
