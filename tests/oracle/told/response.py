"""REM: remission, relapse and lineage switch by their own findings, read once more."""

from itertools import product

from infant_course import Course
from infant_course.events import (
    Cytogenetics,
    Diagnosis,
    LineageSwitch,
    MarrowAssessment,
    MrdAssessment,
    MrdReemergence,
    Quantity,
    Relapse,
    Remission,
)
from infant_course.vocabulary import (
    Certainty,
    CnsClass,
    Criteria,
    MarrowClass,
    MrdResult,
    Procedure,
    RemissionKind,
    Site,
    Specimen,
)
from oracle.plain.operators import SILENT
from oracle.told.diagnosis import CHROMOSOMES, KARYOTYPES, _translocations
from oracle.told.drawing import Family, Ref, Rules, Some, Verdict, amount, in_all, named, the_one

A_BIT = 1e-9


def rem_02(remission: Remission, course: Course) -> Verdict:
    """Marrow (MRD below 1 %, or blasts below 5 % by definitions that go by them), CNS1, a mass of a third at most."""
    mrd, blasts = amount(remission.mrd, "%"), amount(remission.marrow_blasts, "%")
    mass, cns, by = amount(remission.residual_mass, "fraction"), remission.cns, remission.criteria
    if remission.kind == "mrd" or (mrd, blasts, mass, cns) == (None, None, None, None):
        return SILENT
    if cns not in (None, "CNS1") or (mass is not None and mass > (1 + A_BIT) / 3):
        return True
    if by in ("cibmtr", "protocol"):
        return blasts is not None and blasts >= 5 * (1 - A_BIT)
    if mrd is not None:
        if mrd >= 1 - A_BIT:
            return True  # excluded by the consensus; by criteria not stated, to be looked at
    elif blasts is not None and blasts >= 5 * (1 - A_BIT):
        return True
    if by != "ponte_di_legno":
        return False
    dx = the_one(course, Diagnosis)
    had_mass = dx is not None and any(site not in ("marrow", "cns") for site in dx.extramedullary)
    return (mrd is None and blasts is None) or cns is None or (had_mass and mass is None)


def _by_table(share: float, others: int, second: bool) -> bool:
    """25 %; 5 % and another test with 1 %; 1 % and two others; or 1 % on a second marrow by two tests."""
    return share >= 25 or (share >= 5 and others >= 1) or (share >= 1 and (others >= 2 or second))


BY_CLASS = {"M1": [0.01, 2.0], "M2": [6.0, 20.0], "M3": [30.0], None: [0.01, 2.0, 6.0, 30.0]}
"""Shares of blasts that a class of the marrow may stand for; all of them where none is told."""


def rem_08(event: Relapse | MrdReemergence, course: Course) -> Verdict:
    """The blasts of the relapse with its tests; else the results it rests on, each of which confirms the others."""
    if isinstance(event, Relapse):
        if "marrow" not in event.sites:
            return SILENT
        blasts = amount(event.marrow_blasts, "%")
        if blasts is not None:
            others = [0, 1, 2] if event.confirming_tests is None else [event.confirming_tests]
            second = [True, False] if event.second_marrow is None else [event.second_marrow]
            return in_all([not _by_table(blasts * (1 + A_BIT), *one) for one in product(others, second)])
    if not event.assessments:
        return None
    pools = []
    for result in (named(course, one) for one in event.assessments):
        if isinstance(result, MarrowAssessment):
            blasts = amount(result.blasts, "%")
            pools.append(BY_CLASS[result.marrow_class] if blasts is None else [blasts])
            continue
        if result.specimen in ("csf", "testis"):
            continue
        share = amount(result.value, "%")
        untold = result.result == "positive" and share is None
        pools.append([0.01, 2.0, 6.0, 30.0] if untold else [share or 0.0])
    found = []
    for shares in product(*pools):
        ordered = sorted(shares, reverse=True)
        counted = [share for share in ordered if share >= 1 - A_BIT]
        found.append(not (counted and _by_table(counted[0] * (1 + A_BIT), len(counted) - 1, False)))
    return in_all(found)


def rem_09(relapse: Relapse, _: Course) -> Verdict:
    """Marrow below 5 % where it is no site, and told by blasts or MRD."""
    if not relapse.sites or "marrow" in relapse.sites:
        return SILENT
    blasts = amount(relapse.marrow_blasts, "%")
    return relapse.marrow_mrd is None if blasts is None else blasts >= 5 * (1 - A_BIT)


def rem_11(relapse: Relapse, _: Course) -> Verdict:
    """Five cells with blasts, or a sign (clinical or by imaging); asked where something of it is told."""
    told = (relapse.csf_wbc, relapse.csf_blasts, relapse.cns_signs)
    if "cns" not in relapse.sites or told == (None, None, None):
        return SILENT
    signs = True if "imaging" in relapse.evidence else relapse.cns_signs
    worlds = product(
        [0.0, 5.0] if relapse.csf_wbc is None else [amount(relapse.csf_wbc, "/uL")],
        [True, False] if relapse.csf_blasts is None else [relapse.csf_blasts],
        [True, False] if signs is None else [signs],
    )
    return in_all([not ((cells >= 5 and blasts) or sign) for cells, blasts, sign in worlds])


def rem_12(relapse: Relapse, course: Course) -> Verdict:
    """A boy, and a biopsy; how it was shown is open where nothing is told of it."""
    if "testis" not in relapse.sites:
        return SILENT
    if course.patient.sex == "female":
        return True
    return "testicular_biopsy" not in relapse.evidence if relapse.evidence else None


def rem_14(switch: LineageSwitch, _: Course) -> Verdict:
    """Confirmed: old markers lost, new criteria met, same clone. Probable: the clone was not shown. Drift: a partial
    change.

    Where none is stated, the switch is known to be one only if all three are told.
    """
    unknown = [True, False]
    worlds = product(
        *(unknown if told is None else [told] for told in (switch.old_markers_lost, switch.new_criteria_met)),
        unknown if switch.same_clone is None else [switch.same_clone],
    )
    right = {
        Certainty.CONFIRMED: lambda lost, met, same: lost and met and same,
        Certainty.PROBABLE: lambda lost, met, same: lost and met and not switch.same_clone,
        Certainty.DRIFT: lambda lost, met, same: not (lost and met),
        None: lambda lost, met, same: lost and met and same,
    }[switch.certainty]
    verdict = in_all([not right(*world) for world in worlds])
    return None if switch.certainty is None and verdict is not False else verdict


GENES = {"AF4": "AFF1"}


def rem_15(switch: LineageSwitch, course: Course) -> Verdict:
    """The fusion is that of the diagnosis, by gene or else by chromosomes, and so is the clone."""
    dx = the_one(course, Diagnosis)
    new = GENES.get(switch.kmt2a_partner or "", switch.kmt2a_partner)
    old = GENES.get(dx.kmt2a_partner or "", dx.kmt2a_partner) if dx else None
    new, old = (gene if gene in CHROMOSOMES else None for gene in (new, old))
    other: bool | None = None
    if new and old:
        other = new != old
    elif new and dx and _translocations(dx):
        other = not any(CHROMOSOMES[new] in found for found in _translocations(dx))
    elif old and _translocations(switch):
        other = not any(CHROMOSOMES[old] in found for found in _translocations(switch))
    elif dx and _translocations(dx) and _translocations(switch):
        before, after = (set().union(*_translocations(event)) for event in (dx, switch))
        other = before & after == {"11"}
    if other is None and switch.same_clone is None:
        return SILENT
    return bool(other) or switch.same_clone is False


RULES: Rules = {
    "REM-02": (("remission",), rem_02),
    "REM-08": (("relapse", "mrd_reemergence"), rem_08),
    "REM-09": (("relapse",), rem_09),
    "REM-11": (("relapse",), rem_11),
    "REM-12": (("relapse",), rem_12),
    "REM-14": (("lineage_switch",), rem_14),
    "REM-15": (("lineage_switch",), rem_15),
}

PERCENT = (None, *(Quantity(share, "%") for share in (0.5, 1, 4, 5, 10, 25)))
FLAG = (None, True, False)

FAMILIES: dict[str, Family] = {
    "remission by findings": Family(
        (
            Some(Diagnosis, {"extramedullary": ((), (Site.CNS,), (Site.SKIN,), (Site.MARROW, Site.TESTIS))}, most=2),
            Some(
                Remission,
                {
                    "kind": (None, *RemissionKind),
                    "criteria": (None, *Criteria, Criteria.PONTE_DI_LEGNO, Criteria.PONTE_DI_LEGNO),
                    "mrd": (None, Quantity(0.5, "%"), Quantity(0.01, "fraction"), Quantity(3, "%")),
                    "marrow_blasts": (None, None, Quantity(3, "%"), Quantity(5, "%"), Quantity(0.1, "fraction")),
                    "cns": (None, CnsClass.CNS1, CnsClass.CNS1, CnsClass.CNS1, CnsClass.CNS2),
                    "residual_mass": (None, Quantity(0.2, "fraction"), Quantity(1 / 3, "fraction"), Quantity(40, "%")),
                },
                most=3,
            ),
        )
    ),
    "relapse by counts": Family(
        (
            Some(
                Relapse,
                {
                    "sites": ((), (Site.MARROW,), (Site.MARROW, Site.CNS), (Site.CNS,), (Site.TESTIS,)),
                    "marrow_blasts": PERCENT,
                    "marrow_mrd": (None, Quantity(0.001, "fraction")),
                    "confirming_tests": (None, 0, 1, 2),
                    "second_marrow": FLAG,
                    "csf_wbc": (None, Quantity(2, "/uL"), Quantity(5, "/uL")),
                    "csf_blasts": FLAG,
                    "cns_signs": FLAG,
                    "evidence": (
                        (),
                        (Procedure.IMAGING,),
                        (Procedure.TESTICULAR_BIOPSY,),
                        (Procedure.LUMBAR_PUNCTURE,),
                    ),
                },
                most=3,
            ),
        )
    ),
    "relapse by results": Family(
        (
            Some(
                MrdAssessment,
                {
                    "result": (MrdResult.QUANTIFIED, MrdResult.POSITIVE, MrdResult.NEGATIVE),
                    "value": PERCENT,
                    "specimen": (None, Specimen.MARROW, Specimen.CSF),
                },
                least=2,
                most=4,
            ),
            Some(MarrowAssessment, {"blasts": PERCENT, "marrow_class": (None, *MarrowClass)}, least=0),
            Some(
                Relapse,
                {"sites": ((Site.MARROW,),), "assessments": Ref((MrdAssessment, MarrowAssessment), several=True)},
            ),
            Some(MrdReemergence, {"assessments": Ref((MrdAssessment,), several=True)}),
        )
    ),
    "switches": Family(
        (
            Some(
                Diagnosis,
                {
                    "kmt2a_partner": (None, "AFF1", "AF4", "MLLT3", "NEW1"),
                    "cytogenetics": tuple(tuple(Cytogenetics(karyotype=t) for t in texts) for texts in KARYOTYPES),
                },
                least=0,
            ),
            Some(
                LineageSwitch,
                {
                    "certainty": (None, *Certainty),
                    "old_markers_lost": FLAG,
                    "new_criteria_met": FLAG,
                    "same_clone": FLAG,
                    "kmt2a_partner": (None, None, "AFF1", "MLLT3", "NEW1"),
                    "cytogenetics": ((), (Cytogenetics(karyotype="t(4;11)"),), (Cytogenetics(karyotype="t(9;11)"),)),
                },
                most=2,
            ),
        )
    ),
}
