"""BAS: is what was found at diagnosis plausible, and does it agree with itself?"""

import polars as pl

from ..events import CsfAssessment, Diagnosis, MrdAssessment, PrednisoneResponse, Radiotherapy, Relapse
from ..knowledge.genetics import partners
from ..knowledge.thresholds import threshold
from ..sources import Cite, Logic
from ..vocabulary import Kahn, Severity
from .karyotypes import chromosomes_with_11, fits, karyotype_text, partner_chromosome, partner_symbol
from .rule import Judged, Outcome, one, rule
from .subject import Subject, Those

LONGEST_INFANT_LIMIT = 366
"""No definition read here calls a patient of 366 days or more an infant (Interfant-99: below 366 days)."""


@rule(
    "BAS-01",
    about=Diagnosis,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("interfant99", "eligibility: below 366 days"),
    also=(Cite("kotecha2022", "text: diagnosed before the first birthday"),),
)
def not_an_infant(diagnosis: Subject) -> Judged:
    """The patient is not an infant at diagnosis by the limit in use.

    Why it matters: limits differ by a day between protocols; a patient beyond all of them is not in the cohort.
    Usual cause: an age in months entered as years; the date of the relapse entered as diagnosis.
    Repair: confirm both dates; name the definition that the cohort uses.
    """
    age = diagnosis.start.days_since("birth")
    limit = diagnosis.settings.infant_limit_days
    return Judged(
        outcomes=(
            Outcome(
                name="beyond_every_definition",
                broken=age.at_least(max(limit, LONGEST_INFANT_LIMIT)),
                severity=Severity.ERROR,
                message="The patient is older at diagnosis than any definition of an infant allows.",
            ),
            Outcome(
                name="beyond_the_limit",
                broken=age.at_least(limit),
                severity=Severity.WARNING,
                message=f"The patient is not younger than {limit} days at diagnosis.",
            ),
        )
    )


@rule(
    "BAS-02",
    about=Diagnosis,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("wbc_high").source,
    also=(threshold("wbc_very_high").source,),
)
def wbc_out_of_range(diagnosis: Subject) -> Judged:
    """The white cell count is outside the plausible range, or extremely high.

    Why it matters: the count decides the risk group of several protocols.
    Usual cause: a unit slip; values above 1000 x 10^9/L are rare but real in infants.
    Repair: confirm the number and its unit in the laboratory report.
    """
    wbc = diagnosis.quantity("wbc", "10^9/L")
    low, high = threshold("wbc_low").value, threshold("wbc_high").value
    return Judged(
        outcomes=(
            Outcome(
                name="implausible",
                broken=(wbc < low) | ((wbc > high) & (wbc < threshold("wbc_unit_error").value)),
                severity=Severity.WARNING,
                message=f"The white cell count is outside {low:g} to {high:g} x 10^9/L.",
            ),
            Outcome(
                name="extreme",
                broken=(wbc > threshold("wbc_very_high").value) & (wbc <= high),
                severity=Severity.INFO,
                message="The white cell count is above 1000 x 10^9/L: rare, but seen.",
            ),
        ),
        applies=diagnosis["wbc"].is_not_null(),
    )


@rule(
    "BAS-03",
    about=Diagnosis,
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Logic("no blood holds 10 000 x 10^9 white cells per litre; a count per µL does read like that"),
)
def wbc_in_wrong_unit(diagnosis: Subject) -> Judged:
    """The white cell count is impossible in 10^9/L.

    Why it matters: taken at its word it puts the patient into the highest risk group.
    Usual cause: a count per microlitre entered as 10^9/L, a factor of 1000.
    Repair: divide by 1000 if the report gives cells per microlitre; otherwise query the number.
    """
    wbc = diagnosis.quantity("wbc", "10^9/L")
    return one(
        wbc >= threshold("wbc_unit_error").value,
        diagnosis["wbc"].is_not_null(),
        Severity.ERROR,
        "The white cell count is impossible in 10^9/L.",
    )


@rule(
    "BAS-06",
    about=(Diagnosis, CsfAssessment),
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=threshold("cns_wbc").source,
)
def cns_class_against_counts(found: Subject) -> Judged:
    """The CNS class does not agree with the blasts and cell counts of the cerebrospinal fluid.

    Why it matters: the class decides intrathecal treatment, and in some protocols the risk group.
    Usual cause: the class of another sample; CNS1 entered because the cell count was low although blasts were seen.
    Repair: confirm blasts, leucocytes and erythrocytes per microlitre, then the class.
    """
    at_diagnosis = found.trace.about == Diagnosis.TYPE
    wbc, rbc = ("csf_wbc", "csf_rbc") if at_diagnosis else ("wbc", "rbc")
    blasts = found["csf_blasts" if at_diagnosis else "blasts"]
    signs = found["cns_signs"] if at_diagnosis else pl.lit(None, dtype=pl.Boolean)
    cns, few, clear = found["cns"], threshold("cns_wbc").value, threshold("cns_rbc").value
    cells, red = found.quantity(wbc, "/uL"), found.quantity(rbc, "/uL")
    needs_blasts = cns.is_in(["CNS2", "CNS2a", "CNS2b", "CNS2c", "CNS3a", "CNS3b"])
    impossible = (
        ((cns == "CNS1") & blasts)
        | (needs_blasts & ~blasts)
        | (cns.is_in(["CNS2a", "CNS2b"]) & (cells >= few))
        | (cns.is_in(["CNS2c", "CNS3a", "CNS3b"]) & (cells < few))
        | (cns.is_in(["CNS2a", "CNS3a"]) & (red >= clear))
        | (cns.is_in(["CNS2b", "CNS2c", "CNS3b"]) & (red < clear))
    )
    counted = blasts.is_not_null() | found[wbc].is_not_null() | found[rbc].is_not_null()
    return Judged(
        outcomes=(
            Outcome(
                name="impossible",
                broken=impossible,
                severity=Severity.ERROR,
                message="The CNS class cannot be so with these counts and blasts.",
            ),
            Outcome(
                name="unsupported",
                broken=(cns == "CNS3") & (cells < few) & ~signs.fill_null(False),
                severity=Severity.WARNING,
                message="CNS3 is recorded with few cells and no clinical sign.",
            ),
        ),
        applies=cns.is_not_null() & counted,
    )


@rule(
    "BAS-08",
    about=Diagnosis,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("kotecha2022", "case 3: no blasts in the cerebrospinal fluid, no class given"),
    also=(threshold("cns_wbc").source,),
)
def cns_class_only_derived(diagnosis: Subject) -> Judged:
    """No blasts were seen in the cerebrospinal fluid, but no CNS class is stated.

    Why it matters: CNS1 follows from it, but it is then derived, not reported.
    Usual cause: the report describes the fluid without naming the class.
    Repair: none needed; state the class if the source names it.
    """
    return one(
        diagnosis["cns"].is_null(),
        diagnosis["csf_blasts"].eq_missing(False),
        Severity.INFO,
        "No blasts in the cerebrospinal fluid: CNS1 is derived, not stated.",
    )


@rule(
    "BAS-11",
    about=Diagnosis,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("meyer2023", "Table 1, partner genes and loci"),
)
def karyotype_against_partner(diagnosis: Subject) -> Judged:
    """The translocation does not involve the chromosome of the stated KMT2A partner.

    Why it matters: one of the two is wrong, and the MRD marker was built on one of them.
    Usual cause: a marker or a karyotype of another patient; an old gene name misread.
    Repair: confirm both in the genetics report. A translocation of three or more chromosomes is accepted.
    """
    symbol = partner_symbol(diagnosis["kmt2a_partner"])
    chromosomes = chromosomes_with_11(diagnosis["cytogenetics"])
    never = [p.gene for p in partners().values() if p.infant_all == 0 and p.gene != "ELL"]
    return Judged(
        outcomes=(
            Outcome(
                name="other_chromosome",
                broken=~fits(chromosomes, partner_chromosome(symbol)),
                severity=Severity.ERROR,
                message="The translocation does not involve the chromosome of the stated KMT2A partner.",
            ),
            Outcome(
                name="rare",
                broken=symbol.is_in(never),
                severity=Severity.WARNING,
                message="No infant with ALL and this KMT2A partner is in the 2023 recombinome.",
            ),
        ),
        applies=diagnosis["kmt2a_partner"].is_not_null() & (chromosomes != ""),
    )


@rule(
    "BAS-13",
    about=Diagnosis,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("meyer2023", "Table 1: MLLT1 at 19p13.3, ELL at 19p13.1; ELL in no infant with ALL"),
)
def t_11_19_without_band(diagnosis: Subject) -> Judged:
    """A t(11;19) without its sub-band does not tell MLLT1 from ELL.

    Why it matters: MLLT1 is a partner of infant ALL; ELL was seen in infants with AML only.
    Usual cause: the karyotype was shortened.
    Repair: give the band (19p13.3 or 19p13.1) or the fusion.
    """
    text = karyotype_text(diagnosis["cytogenetics"])
    present = text.str.contains(r"t\(11;19\)")
    banded = text.str.contains(r"t\(11;19\)\([^)]*p13\.[13]")
    ell = partner_symbol(diagnosis["kmt2a_partner"]).eq_missing("ELL")
    return Judged(
        outcomes=(
            Outcome(
                name="ell_in_all",
                broken=ell & diagnosis["disease"].eq_missing("ALL"),
                severity=Severity.WARNING,
                message="KMT2A::ELL is recorded in ALL: no infant with ALL had it in the 2023 recombinome.",
            ),
            Outcome(
                name="undetermined",
                broken=present & ~banded,
                severity=Severity.INFO,
                message="t(11;19) without its sub-band does not tell MLLT1 from ELL.",
            ),
        ),
        applies=present | ell,
    )


KMT2A_MARKER = Those(
    MrdAssessment.TYPE,
    "with a KMT2A fusion as marker",
    lambda mrd: mrd["marker"].str.to_uppercase().str.contains(r"^(KMT2A|MLL)[-:/]+[A-Z0-9]").fill_null(False),
)


@rule(
    "BAS-14",
    about=Diagnosis,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("a gene that is not rearranged has no fusion partner"),
)
def germline_with_fusion(diagnosis: Subject) -> Judged:
    """KMT2A is recorded as germline together with a KMT2A fusion.

    Why it matters: the two groups differ in risk, treatment and outcome.
    Usual cause: the status was left at its default, or the FISH result was read before the report was final.
    Repair: confirm the status; name the test it rests on.
    """
    text = karyotype_text(diagnosis["cytogenetics"])
    with_11 = r"t\((?:[0-9XY]+;)*11(?:;[0-9XY]+)*\)"
    translocated = text.str.contains(with_11 + r"(?:[^(]|$)") | text.str.contains(with_11 + r"\([^)]*q23")
    fused = diagnosis["kmt2a_partner"].is_not_null() | translocated | diagnosis.start.any_recorded(KMT2A_MARKER)
    return one(
        fused,
        diagnosis["kmt2a"].eq_missing("germline"),
        Severity.ERROR,
        "KMT2A is recorded as germline together with a KMT2A fusion.",
    )


@rule(
    "BAS-20",
    about=(Diagnosis, Relapse, Radiotherapy),
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Cite("ohdsi", "plausibleGender"),
)
def testis_in_a_girl(event: Subject) -> Judged:
    """Testicular disease or irradiation is recorded for a girl.

    Why it matters: the sex or the site is wrong, or the event is another patient's.
    Usual cause: the sex was mistyped.
    Repair: confirm the sex first.
    """
    name = {Diagnosis.TYPE: "extramedullary", Relapse.TYPE: "sites"}.get(event.trace.about)
    testis = event[name].list.contains("testis") if name else event["site"].eq_missing("testis")
    return one(
        event.patient("sex") == "female",
        testis,
        Severity.ERROR,
        "Testicular disease or irradiation is recorded for a girl.",
    )


@rule(
    "BAS-22",
    about=PrednisoneResponse,
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=threshold("day8_blasts").source,
)
def prednisone_class_against_count(response: Subject) -> Judged:
    """The prednisone response does not agree with the blasts in blood on day 8.

    Why it matters: the response decides the risk group of Interfant protocols.
    Usual cause: the count was entered in 10^9/L instead of per microlitre (1000 per µL is 1.0 x 10^9/L).
    Repair: confirm count and unit; good is below 1000 per microlitre, poor is 1000 or more.
    """
    blasts = response.quantity("day8_blasts", "/uL")
    poor = blasts >= threshold("day8_blasts").value
    stated = response["response"]
    return one(
        ((stated == "good") & poor) | ((stated == "poor") & ~poor),
        stated.is_not_null() & response["day8_blasts"].is_not_null(),
        Severity.ERROR,
        "The prednisone response does not agree with the blasts in blood on day 8.",
    )
