"""Closed vocabularies in the field's words. A member's value is the word used in files and columns.

:data:`NCIT` gives the NCI Thesaurus codes that were read in the data dictionary of the Pediatric Cancer Data Commons
for ALL (version 2.0); a word without a code there has none that was read.
"""

from enum import StrEnum


class Severity(StrEnum):
    """How bad a failed rule is."""

    ERROR = "error"
    """Cannot be so, or breaks a definition."""
    WARNING = "warning"
    """Unusual: confirm it."""
    INFO = "info"
    """Worth knowing: missing, derived or ambiguous."""


class Kahn(StrEnum):
    """Category of a data-quality check (Kahn 2016, as used by the OHDSI Data Quality Dashboard)."""

    CONFORMANCE = "conformance"
    COMPLETENESS = "completeness"
    PLAUSIBILITY = "plausibility"


class Sex(StrEnum):
    """Sex of the patient as reported."""

    MALE = "male"
    FEMALE = "female"


class Disease(StrEnum):
    """The leukaemia that is diagnosed."""

    ALL = "ALL"
    AML = "AML"
    MPAL = "MPAL"
    LYMPHOMA = "lymphoma"
    OTHER = "other"


class Lineage(StrEnum):
    """Lineage of the blasts."""

    B = "B"
    T = "T"
    MYELOID = "myeloid"
    MONOCYTIC = "monocytic"
    MIXED = "mixed"


class CnsClass(StrEnum):
    """CNS status (COG table; sub-classes by CSF leucocytes, erythrocytes and blasts)."""

    CNS1 = "CNS1"
    CNS2 = "CNS2"
    CNS2A = "CNS2a"
    CNS2B = "CNS2b"
    CNS2C = "CNS2c"
    CNS3 = "CNS3"
    CNS3A = "CNS3a"
    CNS3B = "CNS3b"
    CNS3C = "CNS3c"


class Kmt2aStatus(StrEnum):
    """KMT2A rearrangement status. ``germline`` means not rearranged."""

    REARRANGED = "rearranged"
    GERMLINE = "germline"
    NOT_TESTED = "not_tested"


class GeneticTest(StrEnum):
    """How a genetic finding was made."""

    G_BANDING = "g_banding"
    FISH = "fish"
    PCR = "pcr"
    RNA_SEQUENCING = "rna_sequencing"
    NGS = "ngs"
    SOUTHERN = "southern"


class Specimen(StrEnum):
    """What a test was done on."""

    MARROW = "marrow"
    BLOOD = "blood"
    CSF = "csf"
    TESTIS = "testis"
    OTHER = "other"


class Method(StrEnum):
    """Assay of a marrow or MRD result."""

    PCR = "pcr"
    FLOW = "flow"
    NGS = "ngs"
    MORPHOLOGY = "morphology"


class MrdResult(StrEnum):
    """Class of an MRD result (Brüggemann and Kotrova 2021, Table 1)."""

    QUANTIFIED = "quantified"
    POSITIVE_BELOW_RANGE = "positive_below_range"
    POSITIVE = "positive"
    """Positive; the level was not stated."""
    NEGATIVE = "negative"
    NOT_EVALUABLE = "not_evaluable"


class MarrowClass(StrEnum):
    """Class of a marrow by its blasts: M1 below 5 %, M2 from 5 to below 25 %, M3 from 25 % (Locatelli 2021)."""

    M1 = "M1"
    M2 = "M2"
    M3 = "M3"


class PrednisoneClass(StrEnum):
    """Response to the prednisone prephase: fewer than 1000 blasts per µL of blood on day 8, or not."""

    GOOD = "good"
    POOR = "poor"


class Site(StrEnum):
    """Where leukaemia is found."""

    MARROW = "marrow"
    CNS = "cns"
    TESTIS = "testis"
    SKIN = "skin"
    MEDIASTINUM = "mediastinum"
    OTHER = "other"


class Side(StrEnum):
    """Side of the body."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"


class RemissionKind(StrEnum):
    """What kind of remission is stated."""

    COMPLETE = "complete"
    MRD = "mrd"


class Criteria(StrEnum):
    """The definition a remission or relapse was declared by."""

    PONTE_DI_LEGNO = "ponte_di_legno"
    CIBMTR = "cibmtr"
    PROTOCOL = "protocol"
    AS_STATED = "as_stated"


class Procedure(StrEnum):
    """How a relapse was shown."""

    MARROW_ASPIRATE = "marrow_aspirate"
    MARROW_BIOPSY = "marrow_biopsy"
    LUMBAR_PUNCTURE = "lumbar_puncture"
    TESTICULAR_BIOPSY = "testicular_biopsy"
    IMAGING = "imaging"
    BLOOD_COUNT = "blood_count"


class Certainty(StrEnum):
    """Certainty of a lineage switch (criteria table, Blood 2025, doi 10.1182/blood.2024026655)."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    DRIFT = "drift"


class DiseaseStatus(StrEnum):
    """State of the leukaemia at one moment."""

    CR1 = "CR1"
    CR2 = "CR2"
    CR3 = "CR3"
    COMPLETE_REMISSION = "complete_remission"
    MRD_REMISSION = "mrd_remission"
    ACTIVE_DISEASE = "active_disease"


class VitalStatus(StrEnum):
    """Whether the patient lives."""

    ALIVE = "alive"
    DEAD = "dead"
    LOST = "lost_to_follow_up"


class Donor(StrEnum):
    """Donor of a haematopoietic stem cell transplant."""

    MATCHED_SIBLING = "matched_sibling"
    MATCHED_RELATED = "matched_related"
    MATCHED_UNRELATED = "matched_unrelated"
    MISMATCHED_RELATED = "mismatched_related"
    MISMATCHED_UNRELATED = "mismatched_unrelated"
    HAPLOIDENTICAL = "haploidentical"
    AUTOLOGOUS = "autologous"


class Graft(StrEnum):
    """What is transplanted: stem cells by source, or an organ.

    One list for both, so that an organ entered as a stem cell transplant can be read and then refused by HCT-01.
    """

    BONE_MARROW = "bone_marrow"
    PERIPHERAL_BLOOD = "peripheral_blood"
    CORD_BLOOD = "cord_blood"
    HEART = "heart"
    LUNG = "lung"
    LIVER = "liver"
    KIDNEY = "kidney"


class CellOrigin(StrEnum):
    """Whose cells a cell therapy product is made of."""

    AUTOLOGOUS = "autologous"
    ALLOGENEIC = "allogeneic"


class DoseBasis(StrEnum):
    """Whether a dose is the protocol's figure or what was given after the infant age reduction."""

    NOMINAL = "nominal"
    ACTUAL = "actual"


class Route(StrEnum):
    """How a drug is given."""

    ORAL = "oral"
    INTRAVENOUS = "intravenous"
    SUBCUTANEOUS = "subcutaneous"
    INTRAMUSCULAR = "intramuscular"
    INTRATHECAL = "intrathecal"


class AnthracyclineScheme(StrEnum):
    """By which factors anthracycline doses were converted to doxorubicin."""

    COG_LTFU_V4 = "cog_ltfu_v4_2013"
    COG_LTFU_V5 = "cog_ltfu_v5_2018"
    IGHG_2023 = "ighg_2023_pancare"
    IGHG_2025 = "ighg_2025"
    OTHER = "other"


class Intensity(StrEnum):
    """Intensity of conditioning."""

    MYELOABLATIVE = "myeloablative"
    REDUCED = "reduced"
    NON_MYELOABLATIVE = "non_myeloablative"


class TransplantIndication(StrEnum):
    """Why a haematopoietic stem cell transplant was done."""

    FIRST_REMISSION = "first_remission"
    RELAPSE = "relapse"
    MRD = "mrd"
    REFRACTORY = "refractory"
    GRAFT_FAILURE = "graft_failure"
    SECOND_MALIGNANCY = "second_malignancy"
    OTHER = "other"


class CellLine(StrEnum):
    """Which blood cells recover after a transplant."""

    NEUTROPHILS = "neutrophils"
    PLATELETS = "platelets"


class GraftFailureKind(StrEnum):
    """Whether a graft never took, or was lost."""

    PRIMARY = "primary"
    SECONDARY = "secondary"


class GvhdForm(StrEnum):
    """Form of graft-versus-host disease."""

    ACUTE = "acute"
    LATE_ACUTE = "late_acute"
    CHRONIC = "chronic"
    OVERLAP = "overlap"


class GvhdSeverity(StrEnum):
    """Severity of chronic graft-versus-host disease (NIH)."""

    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"


class Choice(StrEnum):
    """What is decided for or against."""

    TRANSPLANT = "transplant"
    CELL_THERAPY = "cell_therapy"
    IMMUNOTHERAPY = "immunotherapy"
    RADIOTHERAPY = "radiotherapy"
    OTHER = "other"


class RelapseTiming(StrEnum):
    """Timing class of a relapse, by diagnosis and end of therapy."""

    VERY_EARLY = "very_early"
    EARLY = "early"
    LATE = "late"


class TimingScheme(StrEnum):
    """Whose timing classes of relapse: BFM (also IntReALL) or COG."""

    BFM = "bfm"
    COG = "cog"


class Direction(StrEnum):
    """What the blasts treated are taken for: lymphoid- or myeloid-directed therapy."""

    LYMPHOID = "lymphoid"
    MYELOID = "myeloid"


class CauseOfDeath(StrEnum):
    """Cause of death (Pediatric Cancer Data Commons list)."""

    DISEASE = "disease"
    TREATMENT = "treatment"
    SECOND_MALIGNANCY = "second_malignancy"
    UNRELATED = "unrelated"
    UNKNOWN = "unknown"


class GradingScale(StrEnum):
    """Scale of an adverse event's grade."""

    CTCAE_V3 = "CTCAE_v3"
    CTCAE_V4 = "CTCAE_v4"
    CTCAE_V5 = "CTCAE_v5"
    ASTCT_2019 = "ASTCT_2019"
    MAGIC = "MAGIC"
    NIH_2014 = "NIH_2014"
    EBMT_2018 = "EBMT_2018"
    PONTE_DI_LEGNO = "Ponte_di_Legno"
    OTHER = "other"


NCIT: dict[str, str] = {
    CnsClass.CNS1: "C116833",
    CnsClass.CNS2: "C116834",
    CnsClass.CNS2A: "C116836",
    CnsClass.CNS2B: "C116837",
    CnsClass.CNS2C: "C116838",
    CnsClass.CNS3: "C116835",
    CnsClass.CNS3A: "C116840",
    CnsClass.CNS3B: "C116841",
    CnsClass.CNS3C: "C116843",
    MarrowClass.M1: "C137698",
    MarrowClass.M2: "C146709",
    MarrowClass.M3: "C140330",
    "relapse": "C38155",
    "refractory": "C38014",
    "complete_remission": "C4870",
    "cell_therapy": "C126102",
}
"""NCI Thesaurus codes of words used in files: CNS and marrow classes, states of disease, and event types."""
