"""BAS: what is told at diagnosis, read once more."""

import re
from itertools import product
from typing import Any

from infant_course import Course
from infant_course.events import (
    Chimerism,
    CsfAssessment,
    Cytogenetics,
    Diagnosis,
    Enrolment,
    Immunophenotype,
    Laboratory,
    MarrowAssessment,
    MrdAssessment,
    PrednisoneResponse,
    Quantity,
    Radiotherapy,
    Relapse,
    Remission,
)
from infant_course.vocabulary import (
    CnsClass,
    Disease,
    GeneticTest,
    Kmt2aStatus,
    Lineage,
    MarrowClass,
    PrednisoneClass,
    Procedure,
    Site,
    Specimen,
)
from oracle.plain.operators import SILENT, spelt
from oracle.told.drawing import Family, Rules, Some, Verdict, amount, any_of, in_all, the_one

CHROMOSOMES = {"AFF1": "4", "AF4": "4", "MLLT1": "19", "ELL": "19", "MLLT3": "9", "MLLT10": "10", "FOXO4": "X"}
"""Chromosome of the partner genes that the courses name (genetics.yaml; Meyer 2023, Table 1)."""
NEVER_IN_INFANTS = ("SEPTIN6", "MYO1F")
"""Partners of which the table has no infant with ALL; ELL has a rule of its own."""
CHROMOSOMES |= {"SEPTIN6": "X", "MYO1F": "19"}


def bas_02(dx: Diagnosis, _: Course) -> Verdict:
    """0.5 to 1000 x 10^9/L is told by nobody; a unit slip of 10 000 and more is told by BAS-03."""
    if dx.wbc is None:
        return SILENT
    count = amount(dx.wbc, "10^9/L")
    return None if count is None else not (0.5 <= count <= 1000 or count >= 10000)


def bas_03(dx: Diagnosis, _: Course) -> Verdict:
    if dx.wbc is None:
        return SILENT
    count = amount(dx.wbc, "10^9/L")
    return None if count is None else count >= 10000


def bas_04(found: Diagnosis | Laboratory, _: Course) -> Verdict:
    if found.haemoglobin is None:
        return SILENT
    value = amount(found.haemoglobin, "g/dL")
    return None if value is None else not 2 <= value <= 20


def bas_05(found: Any, _: Course) -> Verdict:
    """No count of the fluid is in 10^9/L; more than 5000 leucocytes per microlitre are too many."""
    if isinstance(found, CsfAssessment):
        counts = [found.wbc, found.rbc]
    else:
        counts = [found.csf_wbc] if isinstance(found, Relapse) else [found.csf_wbc, found.csf_rbc]
    if not any(counts):
        return SILENT
    leucocytes = amount(counts[0], "/uL")
    return any(count is not None and count.unit == "10^9/L" for count in counts) or (leucocytes or 0) > 5000


def _class_fits(cns: str, blasts: bool, wbc: float, rbc: float, signs: bool) -> bool:
    """The COG table, row by row. Whether 2c is 3b hangs on the blood (Steinherz/Bleyer), which is not asked here."""
    few, clear = wbc < 5, rbc < 10
    rows = {
        "CNS1": not blasts,
        "CNS2": blasts and (few or not clear),
        "CNS2a": blasts and few and clear,
        "CNS2b": blasts and few and not clear,
        "CNS2c": blasts and not few and not clear,
        "CNS3": (blasts and not few) or signs,
        "CNS3a": blasts and not few and clear,
        "CNS3b": blasts and not few and not clear,
        "CNS3c": signs,
    }
    return rows[cns] and not (signs and cns[3] in "12")


def bas_06(found: Diagnosis | CsfAssessment, _: Course) -> Verdict:
    """The class is judged where something is told that it rests on; signs that are not told are taken not to be."""
    at_diagnosis = isinstance(found, Diagnosis)
    blasts, wbc, rbc = (
        (found.csf_blasts, found.csf_wbc, found.csf_rbc) if at_diagnosis else (found.blasts, found.wbc, found.rbc)
    )
    signs = found.cns_signs if at_diagnosis else None
    rests_on_signs = signs or (found.cns == "CNS3c" and signs is False)
    if found.cns is None or (blasts, wbc, rbc, rests_on_signs or None) == (None, None, None, None):
        return SILENT
    if found.cns == "CNS3c" and signs is None:
        return False  # signs are what the class says; nothing in the fluid can contradict them
    return in_all(
        [
            not _class_fits(found.cns, *these, bool(signs))
            for these in product(
                [True, False] if blasts is None else [blasts],
                [0.0, 5.0] if wbc is None else [amount(wbc, "/uL")],
                [0.0, 10.0] if rbc is None else [amount(rbc, "/uL")],
            )
        ]
    )


def bas_07(dx: Diagnosis, _: Course) -> Verdict:
    if dx.cns not in ("CNS2c", "CNS3b"):
        return SILENT
    return None in (dx.csf_wbc, dx.csf_rbc, dx.wbc, dx.rbc)


def bas_08(dx: Diagnosis, _: Course) -> Verdict:
    return dx.cns is None if dx.csf_blasts is False else SILENT


def bas_09(found: Any, _: Course) -> Verdict:
    """A share of all cells; at diagnosis 20 % or more, unless it was made from something else."""
    blasts = amount(found.blasts if isinstance(found, MarrowAssessment) else found.marrow_blasts, "%")
    if blasts is None:
        return SILENT
    if not 0 <= blasts <= 100:
        return True
    if not isinstance(found, Diagnosis) or blasts >= 20:
        return False
    otherwise = {"blood_count", "testicular_biopsy", "imaging"} & set(found.evidence)
    elsewhere = [one for one in found.immunophenotypes if one.specimen not in (None, "marrow")]
    return not (otherwise or elsewhere or found.disease == "lymphoma" or found.extramedullary or found.note)


def bas_10(found: Any, _: Course) -> Verdict:
    """M1 below 5 %, M2 below 25 %, M3 from there; on a border it is told, whatever the class."""
    blasts = amount(found.blasts if isinstance(found, MarrowAssessment) else found.marrow_blasts, "%")
    if blasts in (5, 25):
        return True
    if blasts is None or found.marrow_class is None:
        return SILENT
    return found.marrow_class != ("M1" if blasts < 5 else "M2" if blasts < 25 else "M3")


def _translocations(dx: Any) -> list[set[str]]:
    """Chromosomes of each translocation or insertion that involves chromosome 11."""
    texts = [(one.karyotype or "").replace(" ", "") for one in dx.cytogenetics]
    found = [set(inner.split(";")) for text in texts for inner in re.findall(r"(?:t|ins)\(([^()]*)\)", text)]
    return [chromosomes for chromosomes in found if "11" in chromosomes]


def bas_11(dx: Diagnosis, _: Course) -> Verdict:
    """The partner's chromosome is among those of a translocation of chromosome 11; a gene not known leaves it open."""
    if dx.kmt2a_partner is None or not _translocations(dx):
        return SILENT
    if dx.kmt2a_partner in NEVER_IN_INFANTS:
        return True
    chromosome = CHROMOSOMES.get(dx.kmt2a_partner)
    return None if chromosome is None else not any(chromosome in found for found in _translocations(dx))


def bas_13(dx: Diagnosis, _: Course) -> Verdict:
    """A t(11;19) has its sub-band (p13.1 or p13.3) or its fusion partner; ELL is no partner of ALL."""
    ell = dx.kmt2a_partner == "ELL"
    told = [one.karyotype for one in dx.cytogenetics if "t(11;19)" in (one.karyotype or "")]
    if not told and not ell:
        return SILENT
    if ell and dx.disease == "ALL":
        return True
    if dx.kmt2a_partner in ("MLLT1", "ELL"):
        return False
    return bool(told) and not any("p13.1" in text or "p13.3" in text for text in told)


def _fusion_told(dx: Diagnosis, course: Course) -> Verdict:
    """By gene, by a translocation or insertion of 11q23, or by a fusion as marker; open where no band of 11 is told."""
    markers = [mrd.marker or "" for mrd in course.of(MrdAssessment)]
    if dx.kmt2a_partner is not None or any(re.match("(KMT2A|MLL)[-:]", marker) for marker in markers):
        return True
    found: list[bool | None] = []
    for one in dx.cytogenetics:
        for inner, bands in re.findall(
            r"(?:t|ins)\(([^()]*)\)(?:\(([^()]*)\))?", (one.karyotype or "").replace(" ", "")
        ):
            if "11" in inner.split(";"):
                band_of = dict(zip(inner.split(";"), bands.split(";"), strict=True)) if bands else {"11": "?"}
                at_afdn = band_of.get("6") == "q27"
                found.append(at_afdn or None if band_of["11"] == "?" else "q23" in band_of["11"])
    return any_of(found)


def bas_14(dx: Diagnosis, course: Course) -> Verdict:
    return _fusion_told(dx, course) if dx.kmt2a == "germline" else SILENT


def bas_15(dx: Diagnosis, _: Course) -> Verdict:
    if dx.kmt2a != "germline":
        return SILENT
    return not {"fish", "southern", "rna_sequencing", "ngs"} & set(dx.kmt2a_tests)


def _antigens(dx: Diagnosis) -> tuple[set[str], set[str]]:
    """Antigens present and absent, by one name each; what is present in one specimen is present."""
    usual = {spelt(name): name for name in (*DECIDING, *MYELOID)} | {"ccd79a": "CD79a", "cmpo": "MPO", "ccd3": "CD3"}
    present = {usual[spelt(name)] for one in dx.immunophenotypes for name in one.positive}
    absent = {usual[spelt(name)] for one in dx.immunophenotypes for name in one.negative}
    return present, absent - present


MONOCYTIC = ("NSE", "CD11c", "CD14", "CD64", "lysozyme")
MYELOID = ("CD15", "CD33", "CD65", "NG2")
DECIDING = ("CD19", "CD79a", "CD22", "CD10", "CD3", "MPO", *MONOCYTIC)


def _lineages(present: set[str]) -> set[str]:
    """WHO: CD19 with CD79a, CD22 or CD10; CD3; MPO or two monocytic markers."""
    b = {"B"} if "CD19" in present and present & {"CD79a", "CD22", "CD10"} else set()
    t = {"T"} if "CD3" in present else set()
    return b | t | ({"myeloid"} if "MPO" in present or len(present & set(MONOCYTIC)) >= 2 else set())


def _lineages_possible(dx: Diagnosis) -> list[set[str]]:
    present, absent = _antigens(dx)
    untested = [name for name in DECIDING if name not in present | absent]
    all_at_once = [_lineages(present), _lineages(present | set(untested))]  # more antigens never make fewer lineages
    singly = [_lineages(present | set(some)) for some in (untested[:5], untested[5:])]
    return [*all_at_once, *singly]


def bas_16(dx: Diagnosis, _: Course) -> Verdict:
    """The antigens make the lineage recorded; one that they make besides it is told as well.

    A second lineage that antigens not tested would make is no fault.
    """
    if dx.lineage is None or not dx.immunophenotypes:
        return SILENT
    surely, possible = _lineages_possible(dx)[0], _lineages_possible(dx)[1]
    if dx.lineage == "mixed":
        return False if len(surely) > 1 else None if len(possible) > 1 else True
    own = "myeloid" if dx.lineage == "monocytic" else str(dx.lineage)
    if surely - {own} or own not in possible:
        return True
    return False if own in surely else None


def bas_17(dx: Diagnosis, course: Course) -> Verdict:
    if "CD10" not in _antigens(dx)[0]:
        return SILENT
    if dx.kmt2a in ("germline", "rearranged"):
        return dx.kmt2a == "rearranged"
    return _fusion_told(dx, course)


def bas_18(dx: Diagnosis, _: Course) -> Verdict:
    """CD15, CD33, CD65 or NG2 in a B or mixed lineage, and no antigens that make a myeloid or T lineage."""
    present, _absent = _antigens(dx)
    if not present & set(MYELOID):
        return SILENT
    alone = not _lineages(present) & {"myeloid", "T"}
    return alone and (dx.disease == "MPAL" or dx.lineage in ("mixed", "B"))


def bas_20(event: Any, course: Course) -> Verdict:
    sites = {"diagnosis": "extramedullary", "relapse": "sites", "radiotherapy": "site"}
    told = getattr(event, sites[event.TYPE])
    if told != "testis" and "testis" not in (told if isinstance(told, tuple) else ()):
        return SILENT
    return None if course.patient.sex is None else course.patient.sex == "female"


def bas_21(found: Any, _: Course) -> Verdict:
    if isinstance(found, MrdAssessment | Chimerism):
        return found.specimen is None
    return any(one.specimen is None for one in found.immunophenotypes) if found.immunophenotypes else SILENT


def bas_22(response: PrednisoneResponse, _: Course) -> Verdict:
    if response.response is None or response.day8_blasts is None:
        return SILENT
    blasts = amount(response.day8_blasts, "/uL")
    return None if blasts is None else (blasts < 1000) != (response.response == "good")


def bas_23(response: PrednisoneResponse, course: Course) -> Verdict:
    """No response without a thousand blasts to begin with, or after steroids; not asked where neither is told."""
    start = amount(response.blasts_at_start, "/uL")
    dx = the_one(course, Diagnosis)
    steroids = dx.prior_steroids if dx else None
    if response.response is None or (start is None and steroids is None):
        return SILENT
    return (start is not None and start < 1000) or bool(steroids)


def bas_25(enrolment: Enrolment, course: Course) -> Verdict:
    if enrolment.protocol not in ("aall15p1", "AALL2321", "cog_aall2321") or enrolment.on_trial is False:
        return SILENT
    dx = the_one(course, Diagnosis)
    return dx is None or dx.gestation_weeks is None


RULES: Rules = {
    "BAS-02": (("diagnosis",), bas_02),
    "BAS-03": (("diagnosis",), bas_03),
    "BAS-04": (("diagnosis", "laboratory"), bas_04),
    "BAS-05": (("diagnosis", "csf", "relapse"), bas_05),
    "BAS-06": (("diagnosis", "csf"), bas_06),
    "BAS-07": (("diagnosis",), bas_07),
    "BAS-08": (("diagnosis",), bas_08),
    "BAS-09": (("diagnosis", "marrow", "relapse", "remission"), bas_09),
    "BAS-10": (("diagnosis", "marrow"), bas_10),
    "BAS-11": (("diagnosis",), bas_11),
    "BAS-13": (("diagnosis",), bas_13),
    "BAS-14": (("diagnosis",), bas_14),
    "BAS-15": (("diagnosis",), bas_15),
    "BAS-16": (("diagnosis",), bas_16),
    "BAS-17": (("diagnosis",), bas_17),
    "BAS-18": (("diagnosis",), bas_18),
    "BAS-20": (("diagnosis", "relapse", "radiotherapy"), bas_20),
    "BAS-21": (("diagnosis", "relapse", "mrd", "chimerism"), bas_21),
    "BAS-22": (("prednisone_response",), bas_22),
    "BAS-23": (("prednisone_response",), bas_23),
    "BAS-25": (("enrolment",), bas_25),
}

WBC = (None, Quantity(0.4, "10^9/L"), Quantity(161.7, "10^9/L"), Quantity(161700, "/uL"), Quantity(1115, "10^9/L"))
WBC = (*WBC, Quantity(2001, "10^9/L"), Quantity(161700, "10^9/L"), Quantity(20, "cells"))
HB = (
    None,
    Quantity(1.9, "g/dL"),
    Quantity(3.1, "g/dL"),
    Quantity(90, "g/L"),
    Quantity(90, "g/dL"),
    Quantity(9, "mmol/L"),
)
CELLS = (None, Quantity(0, "/uL"), Quantity(4, "/uL"), Quantity(5, "/uL"))
COUNTS = (*CELLS, Quantity(38, "10^9/L"), Quantity(5001, "/uL"), None)
RED = (None, Quantity(2, "/uL"), Quantity(10, "/uL"))
BLASTS = (None, *(Quantity(share, "%") for share in (-1, 4.9, 5, 19, 20, 25, 80, 101)), Quantity(0.8, "fraction"))
FLAG = (None, True, False)
KARYOTYPES = ((), ("t(4;11)",), ("t(4;11;13)",), ("t(11;19)",), ("t(11;19)(q23;p13.3)",), ("t(9;11)(p22;q23)",))
KARYOTYPES = (*KARYOTYPES, ("normal",), ("t(9;11)(p22;p15)",), ("t(1;19)",), ("46,XY", "t(4;11)(q21;q23)"))
KARYOTYPES = (*KARYOTYPES, ("t(1;11)(q23;p15)",), ("t(11;14)",), ("ins(10;11)(p12;q23q13)",), ("t(6; 11)(q27; ?)",))
PHENOTYPES = tuple(
    Immunophenotype(specimen=specimen, positive=positive, negative=negative)
    for specimen, positive, negative in [
        (Specimen.MARROW, ("CD19", "CD79a", "CD10"), ("MPO", "CD3")),
        (Specimen.BLOOD, ("CD19", "cCD79a", "CD15"), ("CD10", "MPO", "CD3", *MONOCYTIC)),
        (None, ("cd-19",), ("CD 10", "CD22", "cd79A")),
        (Specimen.MARROW, ("CD19", "NG2"), ()),
        (Specimen.MARROW, ("cMPO", "CD33"), ("CD19", "CD3")),
        (Specimen.CSF, ("CD3",), ("CD19",)),
        (Specimen.MARROW, ("CD.14", "cd64", "CD 15"), ("CD19", "CD3", "mpo")),
        (None, ("CD14", "CD33"), ("NSE", "CD11c", "CD64", "lysozyme", "MPO", "CD3", "CD19")),
    ]
)
PAIRS = ((), *((one,) for one in PHENOTYPES), (PHENOTYPES[0], PHENOTYPES[4]), (PHENOTYPES[2], PHENOTYPES[1]))


def _karyotypes() -> tuple[tuple[Cytogenetics, ...], ...]:
    return tuple(tuple(Cytogenetics(karyotype=text) for text in texts) for texts in KARYOTYPES)


FAMILIES: dict[str, Family] = {
    "blood": Family(
        (
            Some(Diagnosis, {"wbc": WBC, "haemoglobin": HB}),
            Some(Laboratory, {"haemoglobin": HB}),
        )
    ),
    "fluid": Family(
        (
            Some(Diagnosis, {"csf_wbc": COUNTS, "csf_rbc": (*RED, Quantity(1, "10^9/L")), "csf_blasts": FLAG}),
            Some(CsfAssessment, {"wbc": COUNTS, "rbc": (*RED, Quantity(1, "10^9/L"))}, least=0),
            Some(Relapse, {"csf_wbc": COUNTS}, least=0),
        )
    ),
    "CNS": Family(
        (
            Some(
                Diagnosis,
                {
                    "cns": (None, *CnsClass),
                    "csf_blasts": FLAG,
                    "csf_wbc": CELLS,
                    "csf_rbc": RED,
                    "cns_signs": FLAG,
                    "wbc": WBC[:3],
                    "rbc": (None, Quantity(4, "10^12/L")),
                },
            ),
            Some(CsfAssessment, {"cns": (None, *CnsClass), "blasts": FLAG, "wbc": CELLS, "rbc": RED}),
        )
    ),
    "marrow": Family(
        (
            Some(
                Diagnosis,
                {
                    "marrow_blasts": BLASTS,
                    "marrow_class": (None, *MarrowClass),
                    "disease": (None, None, Disease.LYMPHOMA, Disease.ALL),
                    "evidence": ((), (), (Procedure.BLOOD_COUNT,), (Procedure.MARROW_ASPIRATE,)),
                    "extramedullary": ((), (), (Site.SKIN,)),
                    "immunophenotypes": ((), (PHENOTYPES[0],), (PHENOTYPES[1],)),
                    "note": (None, None, "diagnosed from blood"),
                },
            ),
            Some(MarrowAssessment, {"blasts": BLASTS, "marrow_class": (None, *MarrowClass)}),
            Some(Relapse, {"marrow_blasts": BLASTS}),
            Some(Remission, {"marrow_blasts": BLASTS}),
        )
    ),
    "genes": Family(
        (
            Some(
                Diagnosis,
                {
                    "kmt2a": (None, *Kmt2aStatus, Kmt2aStatus.GERMLINE),
                    "kmt2a_tests": ((), (GeneticTest.FISH,), (GeneticTest.G_BANDING,), (GeneticTest.NGS,)),
                    "kmt2a_partner": (None, None, *CHROMOSOMES, "NEW1"),
                    "cytogenetics": _karyotypes(),
                    "disease": (None, Disease.ALL, Disease.AML),
                    "immunophenotypes": PAIRS[:3],
                },
            ),
            Some(MrdAssessment, {"marker": (None, "KMT2A-AFF1", "IGH", "MLL-AF4")}, least=0),
        )
    ),
    "antigens": Family(
        (
            Some(
                Diagnosis,
                {
                    "lineage": (None, *Lineage),
                    "disease": (None, Disease.ALL, Disease.MPAL),
                    "immunophenotypes": PAIRS,
                    "kmt2a": (None, Kmt2aStatus.REARRANGED, Kmt2aStatus.GERMLINE),
                },
            ),
        )
    ),
    "specimens": Family(
        (
            Some(Diagnosis, {"immunophenotypes": PAIRS, "extramedullary": ((), (Site.TESTIS,), (Site.SKIN,))}),
            Some(Relapse, {"immunophenotypes": PAIRS, "sites": ((), (Site.TESTIS, Site.MARROW), (Site.CNS,))}),
            Some(MrdAssessment, {"specimen": (None, Specimen.MARROW)}),
            Some(Chimerism, {"specimen": (None, Specimen.BLOOD)}),
            Some(Radiotherapy, {"site": (None, Site.TESTIS, Site.CNS)}),
        )
    ),
    "prephase": Family(
        (
            Some(
                PrednisoneResponse,
                {
                    "response": (None, *PrednisoneClass),
                    "day8_blasts": (
                        None,
                        *(Quantity(n, "/uL") for n in (800, 1000, 1500)),
                        Quantity(1.0, "10^9/L"),
                        Quantity(800, "cells"),
                    ),
                    "blasts_at_start": (None, Quantity(999, "/uL"), Quantity(1.0, "10^9/L")),
                },
            ),
            Some(Diagnosis, {"prior_steroids": FLAG, "gestation_weeks": (None, 38)}, most=2),
            Some(Enrolment, {"protocol": ("aall15p1", "AALL2321", "interfant-06", None), "on_trial": FLAG}),
        )
    ),
}
