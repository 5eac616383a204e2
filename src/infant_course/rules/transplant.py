"""HCT: haematopoietic stem cell transplant, conditioning, engraftment and graft-versus-host disease."""

import polars as pl

from ..events import OrganTransplant, Relapse, Transplant
from ..sources import Cite
from ..vocabulary import Kahn, Severity
from .rule import Judged, Outcome, one, rule
from .subject import Subject

STEM_CELLS = ("bone_marrow", "peripheral_blood", "cord_blood")


@rule(
    "HCT-01",
    about=(Transplant, OrganTransplant),
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("kotecha2022", "case 4: an orthotopic heart transplant is not an HSCT"),
)
def organ_taken_for_stem_cells(transplant: Subject) -> Judged:
    """A solid organ is recorded as stem cell transplant, or stem cells as organ transplant.

    Why it matters: HSCT rules, censoring and outcome tables would take one for the other.
    Usual cause: both are called "transplant" in the form.
    Repair: record an HSCT as transplant and an organ as organ_transplant.
    """
    stem_cells = transplant.trace.about == Transplant.TYPE
    grafted = transplant["graft" if stem_cells else "organ"]
    wrong = ~grafted.is_in(STEM_CELLS) if stem_cells else grafted.is_in(STEM_CELLS)
    return one(
        wrong,
        grafted.is_not_null(),
        Severity.ERROR,
        "A solid organ is recorded as stem cell transplant, or stem cells as organ transplant.",
    )


@rule(
    "HCT-03",
    about=Transplant,
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("ebmt2024", "ch. 73: not in morphological remission, not to be transplanted"),
    also=(Cite("cibmtr", "CR number is the number of relapses before plus one"),),
)
def status_at_transplant(transplant: Subject) -> Judged:
    """The state of the leukaemia at HSCT is active disease, or does not fit the relapses before it.

    Why it matters: results of HSCT are read by that state.
    Usual cause: the state at listing was entered; an MRD re-emergence was counted as relapse.
    Repair: confirm the state at the day of infusion.
    Ties: a relapse on the day of the HSCT is left undecided.
    """
    status = transplant["status"]
    number = status.str.extract(r"^CR(\d)$").cast(pl.Int64)
    relapses = transplant.count_before(Relapse)
    return Judged(
        outcomes=(
            Outcome(
                name="active_disease",
                broken=status == "active_disease",
                severity=Severity.WARNING,
                message="HSCT with active disease is recorded.",
            ),
            Outcome(
                name="remission_number",
                broken=number.is_not_null() & (relapses != number - 1),
                severity=Severity.WARNING,
                message="The remission number at HSCT does not fit the relapses before it.",
            ),
        ),
        applies=status.is_not_null(),
    )
