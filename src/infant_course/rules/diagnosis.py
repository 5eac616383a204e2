"""BAS: is what was found at diagnosis plausible, and does it agree with itself?"""

from typing import Any

import polars as pl

from ..events import (
    CellTherapy,
    Chimerism,
    CsfAssessment,
    Diagnosis,
    Enrolment,
    Immunotherapy,
    Laboratory,
    MarrowAssessment,
    Measurement,
    MrdAssessment,
    PrednisoneResponse,
    Radiotherapy,
    Relapse,
    Remission,
)
from ..knowledge.genetics import partners
from ..knowledge.lineage import antigen, criteria_met
from ..knowledge.thresholds import threshold
from ..sources import Cite, Confidence, Logic
from ..vocabulary import Kahn, Severity
from .karyotypes import (
    breaks_11q23,
    chromosomes_with_11,
    fits,
    is_fusion,
    once_per_value,
    partner_chromosome,
    partner_symbol,
    t_11_19,
)
from .naming import any_of, lists_antigen, names_agent
from .rule import Judged, Outcome, one, rule
from .subject import Subject, Those

CO_EXPRESSED = ("CD15", "CD33", "CD65", "NG2")
"""Antigens of myeloid cells that ALL with rearranged KMT2A often bears."""


ANTIGENS: dict[str, Any] = {
    "present": pl.String,
    "absent": pl.String,
    "B": pl.Boolean,
    "T": pl.Boolean,
    "myeloid": pl.Boolean,
}
"""What :func:`antigens` tells: antigens by their usual names, as ";CD19;CD79a;", and which lineages they make."""


BETWEEN = "\x1e"
"""Stands between the antigens present and those absent, while they are one text."""


def antigens(phenotypes: pl.Expr) -> pl.Expr:
    """The antigens of all immunophenotypes of an event together (:data:`ANTIGENS`).

    A lineage is null where antigens that were not tested decide on its criterion.
    """

    def named(sign: str) -> pl.Expr:
        return phenotypes.list.eval(pl.element().struct.field(sign).list.join(";")).list.join(";").fill_null("")

    def worked_out(text: str) -> dict[str, object]:
        parts = text.partition(BETWEEN)
        present, absent = ([antigen(name) for name in part.split(";")] for part in (parts[0], parts[2]))
        told = {"present": f";{';'.join(present)};", "absent": f";{';'.join(absent)};"}
        return {**told, **criteria_met(present, absent)}

    return once_per_value(
        pl.concat_str(named("positive"), named("negative"), separator=BETWEEN), worked_out, pl.Struct(ANTIGENS)
    )


def told(event: Subject, what: str) -> pl.Expr:
    """One of the things that :func:`antigens` tells of an event."""
    return event.once("immunophenotypes", antigens).struct.field(what)


LONGEST_INFANT_LIMIT = 366
"""No definition read here calls a patient of 366 days or more an infant (Interfant-99: below 366 days)."""

EVERY_CELL = 100
"""Per cent."""

FIRST_YEAR = 365
"""Days: whoever has lived fewer has not reached the first birthday, leap year or not."""


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
    "BAS-04",
    about=(Diagnosis, Laboratory),
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("haemoglobin").source,
    also=(Cite("brown2019", "a real value of 3.1 g/dL"),),
)
def haemoglobin_out_of_range(found: Subject) -> Judged:
    """Haemoglobin is outside the plausible range.

    Why it matters: tenfold slips between g/L and g/dL are common and easy to see.
    Usual cause: g/L entered as g/dL.
    Repair: confirm the number and its unit; a value of 3 g/dL is rare but real.
    """
    low, high = threshold("haemoglobin").values
    value = found.quantity("haemoglobin", "g/dL")
    slip = (value > high) & (value <= threshold("haemoglobin_per_litre").value)
    slip &= found["haemoglobin"].struct.field("unit") == "g/dL"
    return Judged(
        outcomes=(
            Outcome(
                name="probably_per_litre",
                broken=slip,
                severity=Severity.WARNING,
                message=f"Haemoglobin is above {high:g} g/dL: probably a value in g/L.",
            ),
            Outcome(
                name="implausible",
                broken=(value < low) | (value > high),
                severity=Severity.WARNING,
                message=f"Haemoglobin is outside {low:g} to {high:g} g/dL.",
            ),
        ),
        applies=found["haemoglobin"].struct.field("value").is_not_null(),
    )


@rule(
    "BAS-05",
    about=(Diagnosis, CsfAssessment, Relapse),
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("brown2019", "case: leucocytes of the cerebrospinal fluid printed as 38 x 10^9/L"),
    also=(threshold("csf_wbc_high").source,),
)
def csf_count_in_wrong_unit(found: Subject) -> Judged:
    """A cell count of the cerebrospinal fluid is in 10^9/L, or implausibly high.

    Why it matters: the fluid is counted per microlitre; the limit of CNS3 is five cells.
    Usual cause: the unit of the blood count was carried over.
    Repair: confirm the number in the report and give it per microlitre.
    """
    names = ("wbc", "rbc") if found.trace.about == CsfAssessment.TYPE else ("csf_wbc", "csf_rbc")
    counts = [found[name] for name in names if found.trace.about != Relapse.TYPE or name == "csf_wbc"]
    foreign = [(count.struct.field("unit") == "10^9/L").fill_null(False) for count in counts]
    return Judged(
        outcomes=(
            Outcome(
                name="unit",
                broken=pl.any_horizontal(foreign),
                severity=Severity.ERROR,
                message="A cell count of the cerebrospinal fluid is given in 10^9/L; it is counted per microlitre.",
            ),
            Outcome(
                name="high",
                broken=(found.quantity(names[0], "/uL") > threshold("csf_wbc_high").value).fill_null(False),
                severity=Severity.WARNING,
                message="More leucocytes in the cerebrospinal fluid than a few thousand per microlitre.",
            ),
        ),
        applies=pl.any_horizontal([count.struct.field("value").is_not_null() for count in counts]),
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
    Repair: confirm blasts, leucocytes and erythrocytes per microlitre, then the class. Clinical signs that are not
    told are taken not to be there.
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
    unsupported = (cns == "CNS3") & ((cells < few) | ~blasts) & ~signs.fill_null(False)
    unsupported |= (cns == "CNS2") & (cells >= few) & (red < clear)
    unsupported |= (cns == "CNS3c") & ~signs.fill_null(True)
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
                broken=unsupported,
                severity=Severity.WARNING,
                message="CNS2, CNS3 or CNS3c is recorded, but cells, blasts and clinical signs tell another class.",
            ),
            Outcome(
                name="signs",
                broken=signs.fill_null(False) & cns.str.contains("^CNS[12]"),
                severity=Severity.WARNING,
                message="CNS1 or CNS2 is recorded with clinical signs of CNS leukaemia, which make CNS3c.",
            ),
        ),
        applies=cns.is_not_null() & (counted | signs.fill_null(False) | ((cns == "CNS3c") & signs.is_not_null())),
    )


@rule(
    "BAS-07",
    about=Diagnosis,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("cogcns", "rows CNS2c and CNS3b: comparison with the blood"),
    also=(Cite("registry", "the comparison is of ratios of leucocytes to erythrocytes", Confidence.RECALLED),),
)
def traumatic_class_not_checkable(diagnosis: Subject) -> Judged:
    """CNS2c or CNS3b is recorded without the blood counts that tell them apart.

    Why it matters: after a traumatic puncture the class rests on leucocytes against erythrocytes, in fluid and blood.
    Usual cause: erythrocytes in blood are not asked for by the form.
    Repair: add leucocytes and erythrocytes of the fluid and of blood of the same day.
    """
    counts = [diagnosis[name].struct.field("value") for name in ("csf_wbc", "csf_rbc", "wbc", "rbc")]
    return one(
        pl.any_horizontal([count.is_null() for count in counts]),
        diagnosis["cns"].is_in(["CNS2c", "CNS3b"]),
        Severity.INFO,
        "CNS2c or CNS3b is recorded without the blood counts that tell them apart.",
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
    "BAS-09",
    about=(Diagnosis, MarrowAssessment, Relapse, Remission),
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("marrow_at_diagnosis").source,
)
def marrow_blasts_implausible(found: Subject) -> Judged:
    """The share of blasts in the marrow is impossible, or too low for the diagnosis.

    Why it matters: below the limit the disease is a lymphoma, or it was diagnosed from blood or tissue.
    Usual cause: a fraction entered as per cent; a diluted sample.
    Repair: confirm the number; say on what the diagnosis rests (blood, tissue, sites outside the marrow).
    """
    blasts = found.quantity("blasts" if found.trace.about == MarrowAssessment.TYPE else "marrow_blasts", "%")
    outcomes = [
        Outcome(
            name="impossible",
            broken=(blasts < 0) | (blasts > EVERY_CELL),
            severity=Severity.WARNING,
            message="The share of blasts in the marrow is below 0 or above 100 %.",
        )
    ]
    if found.trace.about == Diagnosis.TYPE:
        least = threshold("marrow_at_diagnosis").value
        outcomes.append(
            Outcome(
                name="low",
                broken=(blasts < least) & ~_diagnosed_otherwise(found),
                severity=Severity.WARNING,
                message=f"Fewer than {least:g} % blasts in the marrow at diagnosis, and no other ground is told.",
            )
        )
    return Judged(outcomes=tuple(outcomes), applies=blasts.is_not_null())


def _diagnosed_otherwise(diagnosis: Subject) -> pl.Expr:
    """Whether something is told from which the leukaemia can have been diagnosed, other than the marrow."""
    procedures = [diagnosis["evidence"].list.contains(name) for name in ("blood_count", "testicular_biopsy", "imaging")]
    specimens = diagnosis["immunophenotypes"].list.eval(pl.element().struct.field("specimen"))
    elsewhere = specimens.list.eval(pl.element().is_not_null() & (pl.element() != "marrow")).list.any()
    lymphoma = diagnosis["disease"] == "lymphoma"
    sites = (diagnosis["extramedullary"].list.len() > 0) | diagnosis["note"].is_not_null()
    return pl.any_horizontal([part.fill_null(False) for part in (*procedures, elsewhere, lymphoma, sites)])


@rule(
    "BAS-10",
    about=(Diagnosis, MarrowAssessment),
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=threshold("marrow_m2").source,
    also=(threshold("marrow_m3").source, Cite("pcdc", "terms M1 to M3, which overlap at 5 and 25 %")),
)
def marrow_class_against_blasts(found: Subject) -> Judged:
    """The class of the marrow does not agree with its blasts, or these lie on a border.

    Why it matters: M1 to M3 decide remission and relapse; texts differ on exactly 5 and exactly 25 %.
    Usual cause: the class of another sample; a definition in which M1 includes 5 %.
    Repair: confirm both. Here M2 starts at 5 % and M3 at 25 %.
    """
    blasts = found.quantity("blasts" if found.trace.about == MarrowAssessment.TYPE else "marrow_blasts", "%")
    stated, m2, m3 = found["marrow_class"], threshold("marrow_m2").value, threshold("marrow_m3").value
    border = (blasts == m2) | (blasts == m3)
    by_number = pl.when(blasts < m2).then(pl.lit("M1")).when(blasts < m3).then(pl.lit("M2")).otherwise(pl.lit("M3"))
    by_other_texts = ((blasts == m2) & (stated == "M1")) | ((blasts == m3) & (stated == "M2"))
    return Judged(
        outcomes=(
            Outcome(
                name="disagree",
                broken=((stated != by_number) & ~by_other_texts).fill_null(False),
                severity=Severity.ERROR,
                message="The class of the marrow does not agree with its blasts.",
            ),
            Outcome(
                name="border",
                broken=border,
                severity=Severity.INFO,
                message="Exactly 5 or 25 % blasts in the marrow: definitions differ on the class.",
            ),
        ),
        applies=blasts.is_not_null() & (stated.is_not_null() | border),
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
    symbol = diagnosis.once("kmt2a_partner", partner_symbol)
    chromosomes = diagnosis.once("cytogenetics", chromosomes_with_11)
    never = [p.gene for p in partners().values() if p.infant_all == 0 and p.gene != "ELL"]
    return Judged(
        outcomes=(
            Outcome(
                name="other_chromosome",
                broken=~fits(chromosomes, diagnosis.once("kmt2a_partner", partner_chromosome)),
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
        applies=diagnosis["kmt2a_partner"].is_not_null() & (chromosomes != 0),
    )


ON_19P13 = ("MLLT1", "ELL")
"""The partner genes between which a t(11;19) leaves the choice."""


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
    banded = diagnosis.once("cytogenetics", t_11_19)
    partner = diagnosis.once("kmt2a_partner", partner_symbol)
    ell = partner.eq_missing("ELL")
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
                broken=(~banded & ~partner.is_in(ON_19P13).fill_null(False)).fill_null(False),
                severity=Severity.INFO,
                message="t(11;19) without its sub-band does not tell MLLT1 from ELL.",
            ),
        ),
        applies=banded.is_not_null() | ell,
    )


KMT2A_MARKER = Those(
    MrdAssessment.TYPE,
    "with a KMT2A fusion as marker",
    lambda mrd: mrd.once("marker", is_fusion).fill_null(False),
)


def _fused(diagnosis: Subject) -> pl.Expr:
    """Whether a fusion of KMT2A is told: as partner gene, as translocation or as marker of an MRD result."""
    translocated = diagnosis.once("cytogenetics", breaks_11q23)
    return diagnosis["kmt2a_partner"].is_not_null() | translocated | diagnosis.start.any_recorded(KMT2A_MARKER)


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
    Repair: confirm the status; name the test it rests on. A translocation or insertion of chromosome 11 that does not
    tell its band may be of another gene, and is left undecided.
    """
    return one(
        _fused(diagnosis),
        diagnosis["kmt2a"].eq_missing("germline"),
        Severity.ERROR,
        "KMT2A is recorded as germline together with a KMT2A fusion.",
    )


@rule(
    "BAS-15",
    about=Diagnosis,
    severity=Severity.WARNING,
    category=Kahn.COMPLETENESS,
    source=Cite("kotecha2022", "case 4: no KMT2A rearrangement on FISH"),
    also=(Cite("registry", "a normal karyotype does not exclude a cryptic fusion", Confidence.RECALLED),),
)
def germline_without_its_test(diagnosis: Subject) -> Judged:
    """KMT2A is recorded as germline without a test that can show it.

    Why it matters: cryptic fusions are missed by the karyotype, and the groups differ in risk and treatment.
    Usual cause: germline was concluded from a normal karyotype.
    Repair: name the test: FISH, Southern blot, RNA sequencing or other sequencing.
    """
    tests = diagnosis["kmt2a_tests"]
    enough = [tests.list.contains(test) for test in ("fish", "southern", "rna_sequencing", "ngs")]
    return one(
        ~pl.any_horizontal(enough),
        diagnosis["kmt2a"].eq_missing("germline"),
        Severity.WARNING,
        "KMT2A is recorded as germline without a test that can show it.",
    )


@rule(
    "BAS-16",
    about=Diagnosis,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("wholineage", "criteria of lineage"),
    also=(
        Cite("wholineage", "two of the monocytic markers", Confidence.RECALLED),
        Cite("egil", "more than 2 points in more than one lineage"),
    ),
)
def lineage_against_antigens(diagnosis: Subject) -> Judged:
    """The lineage does not agree with the antigens of the blasts.

    Why it matters: a mixed phenotype is treated otherwise, and a later lineage switch shows only against the first.
    Usual cause: a mixed phenotype entered as ALL; positive and negative antigens exchanged.
    Repair: confirm the antigens, then the lineage. B needs CD19 with CD79a, CD22 or CD10; T needs CD3; myeloid needs
    MPO or two monocytic markers. How strongly an antigen is expressed is not judged.
    """
    b, t, myeloid = (told(diagnosis, lineage) for lineage in ("B", "T", "myeloid"))
    stated = diagnosis["lineage"]
    of_myeloid = stated.is_in(["myeloid", "monocytic"])
    its_own = pl.when(stated == "B").then(b).when(stated == "T").then(t).when(of_myeloid).then(myeloid)
    another = ((stated != "B") & b) | ((stated != "T") & t) | (~of_myeloid & myeloid)
    two = (b & t) | (b & myeloid) | (t & myeloid)
    return Judged(
        outcomes=(
            Outcome(
                name="another_too",
                broken=(stated != "mixed") & another.fill_null(False),
                severity=Severity.WARNING,
                message="The antigens meet the criterion of a lineage other than the one recorded.",
            ),
            Outcome(
                name="not_met",
                broken=pl.when(stated == "mixed").then(~two).otherwise(~its_own),
                severity=Severity.WARNING,
                message="The antigens do not meet the criterion of the lineage recorded.",
            ),
        ),
        applies=stated.is_not_null() & (diagnosis["immunophenotypes"].list.len() > 0),
    )


@rule(
    "BAS-17",
    about=Diagnosis,
    severity=Severity.INFO,
    category=Kahn.PLAUSIBILITY,
    source=Cite("vdvelden2009", "CD10 negative in about 70 % of infant ALL"),
    also=(Cite("kotecha2022", "case 3: CD10 positive with t(9;11)"),),
)
def cd10_with_fusion(diagnosis: Subject) -> Judged:
    """The blasts are CD10 positive and KMT2A is rearranged.

    Why it matters: most infant ALL with the rearrangement is CD10 negative; about a third is not.
    Usual cause: none; it is seen.
    Repair: none needed.
    """
    rearranged = (diagnosis["kmt2a"] == "rearranged").fill_null(False) | _fused(diagnosis)
    return one(
        rearranged & diagnosis["kmt2a"].ne_missing("germline"),
        any_of(told(diagnosis, "present"), ("CD10",)),
        Severity.INFO,
        "The blasts are CD10 positive and KMT2A is rearranged: less common, but seen.",
    )


@rule(
    "BAS-18",
    about=Diagnosis,
    severity=Severity.INFO,
    category=Kahn.PLAUSIBILITY,
    source=Cite("kotecha2022", "text: co-expression of myeloid antigens"),
    also=(Cite("wholineage", "myeloid lineage needs MPO or monocytic differentiation"),),
)
def myeloid_antigens_alone(diagnosis: Subject) -> Judged:
    """Blasts of B lineage bear CD15, CD33, CD65 or NG2, and no marker that makes a myeloid lineage.

    Why it matters: such antigens are common with rearranged KMT2A and do not make a mixed phenotype.
    Usual cause: co-expression read as a second lineage.
    Repair: none needed for ALL; for a mixed phenotype state MPO or the monocytic markers it rests on.
    """
    alone = ~(told(diagnosis, "myeloid").fill_null(False) | told(diagnosis, "T").fill_null(False))
    mixed = (diagnosis["disease"] == "MPAL") | (diagnosis["lineage"] == "mixed")
    return Judged(
        outcomes=(
            Outcome(
                name="taken_for_mixed",
                broken=alone & mixed.fill_null(False),
                severity=Severity.INFO,
                message="A mixed phenotype is recorded on CD15, CD33, CD65 or NG2 alone; these do not make one.",
            ),
            Outcome(
                name="co_expressed",
                broken=alone & (diagnosis["lineage"] == "B").fill_null(False),
                severity=Severity.INFO,
                message="Blasts of B lineage bear CD15, CD33, CD65 or NG2: common, and no second lineage.",
            ),
        ),
        applies=any_of(told(diagnosis, "present"), CO_EXPRESSED),
    )


def _with_cd19(found: Subject) -> pl.Expr:
    """Whether an immunophenotype says of CD19 that it is there or that it is not."""
    return any_of(told(found, "present"), ("CD19",)) | any_of(told(found, "absent"), ("CD19",))


CD19_STATUS = (
    Those(Diagnosis.TYPE, "with CD19 stated", _with_cd19),
    Those(
        Relapse.TYPE,
        "with CD19 stated",
        lambda r: _with_cd19(r) | lists_antigen(r, "antigen_loss", "CD19"),
    ),
    Those(MrdAssessment.TYPE, "with CD19 stated", lambda mrd: lists_antigen(mrd, "antigens", "CD19")),
)


@rule(
    "BAS-19",
    about=(Immunotherapy, CellTherapy),
    severity=Severity.WARNING,
    category=Kahn.COMPLETENESS,
    source=Cite("vdsluis2023", "eligibility: CD19-positive leukaemia"),
    also=(Cite("nct05327894", "eligibility: CD19 positive"),),
)
def cd19_not_known(therapy: Subject) -> Judged:
    """CD19-directed therapy was given, and CD19 is not known from before.

    Why it matters: the therapy needs its target, and a later loss of CD19 shows only against the status before.
    Usual cause: the immunophenotype was recorded as a lineage, without its antigens.
    Repair: add CD19 to the immunophenotype at diagnosis or relapse, or to the antigens of an MRD result.
    Ties: a result of the day of the therapy leaves it undecided.
    """
    if therapy.trace.about == Immunotherapy.TYPE:
        directed = names_agent(therapy, "blinatumomab")
    else:
        directed = lists_antigen(therapy, "targets", "CD19")
    known = pl.any_horizontal([therapy.preceded_by(status, recorded=True) for status in CD19_STATUS])
    diagnosed = therapy.start.any_recorded(Diagnosis)
    return one(
        pl.when(diagnosed | known).then(~known),
        directed,
        Severity.WARNING,
        "CD19-directed therapy was given, and CD19 is not known from before.",
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
    "BAS-21",
    about=(Diagnosis, Relapse, MrdAssessment, Chimerism),
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("kotecha2022", "case 2: immunophenotype of blood; case 3: of marrow"),
)
def specimen_not_told(found: Subject) -> Judged:
    """A test does not say on which specimen it was done.

    Why it matters: marrow, blood, fluid and tissue are different series and must not be mixed.
    Usual cause: the report takes marrow for granted.
    Repair: add the specimen; none is assumed.
    """
    message = "A test does not say on which specimen it was done."
    if found.trace.about in (MrdAssessment.TYPE, Chimerism.TYPE):
        return one(found["specimen"].is_null(), pl.lit(True), Severity.INFO, message)
    phenotypes = found["immunophenotypes"]
    untold = phenotypes.list.eval(pl.element().struct.field("specimen").is_null()).list.any()
    return one(untold, phenotypes.list.len() > 0, Severity.INFO, message)


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


@rule(
    "BAS-23",
    about=PrednisoneResponse,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("prephase_blasts").source,
)
def prednisone_response_not_evaluable(response: Subject) -> Judged:
    """A prednisone response is recorded although it could not be evaluated.

    Why it matters: with steroids before, or few blasts to begin with, a good response shows nothing.
    Usual cause: the count of day 8 was classified without looking at the start.
    Repair: leave the response empty and keep the counts.
    """
    few = response.quantity("blasts_at_start", "/uL") < threshold("prephase_blasts").value
    steroids = response.the(Diagnosis, "prior_steroids")
    return one(
        few.fill_null(False) | steroids.fill_null(False),
        response["response"].is_not_null() & (few.is_not_null() | steroids.is_not_null()),
        Severity.WARNING,
        "A prednisone response is recorded although it could not be evaluated.",
    )


@rule(
    "BAS-24",
    about=Measurement,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=threshold("infant_weight").source,
    also=(threshold("infant_surface").source,),
)
def size_not_of_an_infant(measurement: Subject) -> Judged:
    """Weight or body surface in the first year is outside the plausible range.

    Why it matters: every dose rests on them.
    Usual cause: grams entered as kilograms, pounds as kilograms, or the height as weight.
    Repair: confirm number and unit. A patient of a year or more is not judged.
    """
    weight, surface = measurement.quantity("weight", "kg"), measurement.quantity("body_surface", "m2")
    (lightest, heaviest), (least, most) = threshold("infant_weight").values, threshold("infant_surface").values
    odd = ((weight < lightest) | (weight > heaviest)).fill_null(False)
    odd |= ((surface < least) | (surface > most)).fill_null(False)
    return one(
        odd & measurement.start.days_since("birth").below(FIRST_YEAR),
        weight.is_not_null() | surface.is_not_null(),
        Severity.WARNING,
        "Weight or body surface in the first year is outside the plausible range.",
    )


ASKS_FOR_GESTATION = r"aall(?:15p1|2321)$"
"""Ids of the protocols that admit infants born after more than 36 weeks."""


@rule(
    "BAS-25",
    about=Enrolment,
    severity=Severity.INFO,
    category=Kahn.COMPLETENESS,
    source=Cite("nct02828358", "eligibility: gestational age above 36 weeks"),
    also=(Cite("aall2321", "eligibility: gestational age above 36 weeks"),),
)
def gestation_not_told(enrolment: Subject) -> Judged:
    """The patient entered a protocol that asks for the length of the pregnancy, which is not told.

    Why it matters: whether the infant was eligible cannot be checked.
    Usual cause: the form asks for the date of birth only.
    Repair: add the weeks of gestation to the diagnosis.
    """
    return one(
        enrolment.the(Diagnosis, "gestation_weeks").is_null(),
        enrolment["protocol"].str.to_lowercase().str.contains(ASKS_FOR_GESTATION)
        & enrolment["on_trial"].ne_missing(False),
        Severity.INFO,
        "The patient entered a protocol that asks for the length of the pregnancy, which is not told.",
    )
