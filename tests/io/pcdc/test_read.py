"""PCDC-shaped tables made by hand are read as ages; what they leave open is told, and no row is lost."""

from functools import partial
from pathlib import Path

import polars as pl
import pytest

import infant_course as ic
from infant_course import Cohort, InputError
from infant_course.events import Death, Diagnosis, LastContact, MrdAssessment, Quantity, Relapse, Transplant
from infant_course.intake import CellProblem
from infant_course.vocabulary import (
    CnsClass,
    Donor,
    Graft,
    Kmt2aStatus,
    Lineage,
    Method,
    MrdResult,
    Sex,
    Site,
    VitalStatus,
)

read = partial(ic.read, source="pcdc")

TABLES = Path(__file__).parent / "tables"
WHO = "HONEST_BROKER_SUBJECT_ID"


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return read(TABLES)


def ages(cohort: Cohort, patient: str) -> list[tuple[str, str]]:
    return [(event.TYPE, "; ".join(map(str, event.when))) for event in cohort.course(patient)]


def test_events_stand_at_their_ages(cohort: Cohort) -> None:
    assert sorted(ages(cohort, "S1")) == [
        ("death", "age 800 days"),
        ("diagnosis", "age 120 days"),
        ("mrd", "age 150 days"),
        ("mrd", "age 190 days"),
        ("relapse", "age 500 days"),
    ]
    assert sorted(ages(cohort, "S2")) == [
        ("diagnosis", "age 200 days"),
        ("last_contact", "age 900 days"),
        ("last_contact", "age 950 days"),
        ("mrd", "age 230 days"),
        ("mrd", "age 250 days"),
    ]


def test_mrd_is_read_from_the_text_where_the_number_is_a_whole_one(cohort: Cohort) -> None:
    first, second = cohort.course("S1").of(MrdAssessment)
    assert (first.value, first.sensitivity, first.method) == (Quantity(0.04, "%"), Quantity(0.01, "%"), Method.FLOW)
    assert (second.value, second.result, second.sensitivity) == (None, MrdResult.NEGATIVE, None)
    third, fourth = cohort.course("S2").of(MrdAssessment)
    assert (third.value, fourth.value) == (Quantity(2.0, "%"), None)


def test_unknown_and_not_reported_are_kept_apart(cohort: Cohort) -> None:
    notes = [
        event.note or "" for event in (*cohort.course("S1").of(MrdAssessment), *cohort.course("S2").of(MrdAssessment))
    ]
    assert ["MRD_METHOD: Not Reported" in note for note in notes] == [False, True, False, False]
    assert ["MRD_METHOD: Unknown" in note for note in notes] == [False, False, True, True]
    contacts = cohort.course("S2").of(LastContact)
    assert [(c.vital_status, c.note) for c in contacts] == [(None, "LKSS: Not Reported"), (VitalStatus.LOST, None)]
    (death,) = cohort.course("S1").of(Death)
    assert (death.cause, death.note) == (None, "CAUSE_OF_DEATH: Other")
    assert cohort.intake is not None
    assert "demographics.csv, SEX: not stated of 1 patient (Unknown)." in cohort.intake.assumptions


def test_details_of_other_tables_join_the_one_event_they_are_about(cohort: Cohort) -> None:
    (diagnosis,) = cohort.course("S1").of(Diagnosis)
    assert (diagnosis.cns, diagnosis.extramedullary, diagnosis.prior_steroids) == (
        CnsClass.CNS2A,
        (Site.TESTIS, Site.CNS),
        False,
    )
    assert [relapse.sites for relapse in cohort.course("S1").of(Relapse)] == [(Site.MARROW,)]
    assert [diagnosis.note for diagnosis in cohort.course("S1").of(Diagnosis)] == ["YEAR_AT_DISEASE_PHASE: 2015"]
    assert cohort.course("S2").of(Diagnosis)[0].cns is None  # CNS1 in one row, CNS3 in another
    assert cohort.course("S1").patient.sex is Sex.FEMALE


def test_what_is_doubtful_is_told(cohort: Cohort) -> None:
    assert cohort.intake is not None
    found = {(c.file, c.problem.value, c.column, c.row, c.value) for c in cohort.intake.cells}
    assert found == {
        ("demographics.csv", "not used", "RACE", 2, None),
        ("disease_phase_timing.csv", "not used", None, 5, "DISEASE_PHASE Unknown"),
        ("family_medical_history.csv", "not used", None, None, None),
        ("minimal_residual_disease.csv", "suspect", "MRD_SENSITIVTY", 3, "0"),
        ("minimal_residual_disease.csv", "set aside", WHO, 6, None),
        ("minimal_residual_disease.csv", "unread", "MRD_RESULT", 5, "see report"),
        ("disease_characteristics.csv", "set aside", None, 7, None),
        ("disease_characteristics.csv", "suspect", "CNS_DISEASE_STATUS", 5, None),
    }


def test_every_row_is_kept_or_set_aside(cohort: Cohort) -> None:
    assert cohort.intake is not None
    assert {count.file: (count.read, count.kept, sum(count.set_aside.values())) for count in cohort.intake.rows} == {
        "demographics.csv": (2, 2, 0),
        "disease_characteristics.csv": (6, 5, 1),
        "disease_phase_timing.csv": (4, 3, 1),
        "family_medical_history.csv": (1, 0, 1),
        "minimal_residual_disease.csv": (5, 4, 1),
        "survival_characteristics.tsv": (2, 2, 0),
    }


def test_only_tables_that_are_there_count_as_complete(cohort: Cohort) -> None:
    expected = {"diagnosis", "relapse", "refractory", "mrd", "death", "last_contact"}
    assert cohort.course("S1").complete == expected
    assert cohort.course("S2").complete == expected


def frame(**columns: list[object]) -> pl.DataFrame:
    rows = len(next(iter(columns.values())))
    return pl.DataFrame({WHO: ["S1"] * rows, **columns}, strict=False)


PHASES = frame(DISEASE_PHASE=["Initial Diagnosis"], AGE_AT_DISEASE_PHASE=[100])


@pytest.mark.parametrize(
    ("kind", "relationship", "match", "donor"),
    [
        ("Autologous", None, None, Donor.AUTOLOGOUS),
        ("Allogeneic", "Biological Sibling", "Match", Donor.MATCHED_SIBLING),
        ("Allogeneic", "Biological Parent", "Match", Donor.MATCHED_RELATED),
        ("Allogeneic", "Biological Sibling", "Non-Match", Donor.MISMATCHED_RELATED),
        ("Allogeneic", "Biologically Unrelated", "Match", Donor.MATCHED_UNRELATED),
        ("Allogeneic", "Biologically Unrelated", "Non-Match", Donor.MISMATCHED_UNRELATED),
        ("Allogeneic", "Biologically Unrelated", "Unknown", None),
        ("Allogeneic", "Not Reported", "Match", None),
    ],
)
def test_the_donor_follows_from_relationship_and_match(
    kind: str, relationship: str | None, match: str | None, donor: Donor | None
) -> None:
    table = frame(
        AGE_AT_SCT=[300],
        SCT_TYPE=[kind],
        SCT_DONOR_RELATIONSHIP=[relationship],
        HLA_MATCH=[match],
        SCT_SOURCE=["Cord Blood"],
        NUMBER_HLA=[10],
        NUMBER_MATCHES=[9],
    )
    (transplant,) = read({"stem_cell_transplant": table}).course("S1").of(Transplant)
    assert (transplant.donor, transplant.graft) == (donor, Graft.CORD_BLOOD)
    assert (transplant.hla_matched, transplant.hla_compared) == (9, 10)


def test_lineage_and_kmt2a_come_from_their_tables() -> None:
    cohort = read(
        {
            "disease_phase_timing": PHASES,
            "histology": frame(DISEASE_PHASE=["Initial Diagnosis"], ALL_TYPE=["B-ALL"]),
            "genetic_analysis": frame(
                DISEASE_PHASE=["Initial Diagnosis"] * 2,
                COMMON_NAME=["t(4;11)(q21;q23) / MLL-MLLT2(AF4)", "MLL rearrangement (Translocation)"],
                STATUS=["Present", "Present"],
            ),
        }
    )
    (diagnosis,) = cohort.course("S1").of(Diagnosis)
    assert (diagnosis.lineage, diagnosis.kmt2a, diagnosis.kmt2a_partner) == (Lineage.B, Kmt2aStatus.REARRANGED, "AFF1")


def test_tests_that_disagree_are_told_and_none_is_taken() -> None:
    cohort = read(
        {
            "disease_phase_timing": PHASES,
            "genetic_analysis": frame(
                DISEASE_PHASE=["Initial Diagnosis"] * 2,
                COMMON_NAME=["MLL rearrangement (Translocation)"] * 2,
                STATUS=["Present", "Absent"],
            ),
        }
    )
    assert cohort.course("S1").of(Diagnosis)[0].kmt2a is None
    assert cohort.intake is not None
    assert [(c.problem, c.column, c.rows) for c in cohort.intake.cells] == [(CellProblem.SUSPECT, "STATUS", 2)]


def test_a_zero_that_may_be_rounded_is_not_read() -> None:
    table = frame(AGE_AT_MRD_ASSESSMENT=[130], MRD_RESULT_NUMERIC=[0], MRD_RESULT_UNIT=["%"])
    cohort = read({"minimal_residual_disease": table})
    assert cohort.course("S1").of(MrdAssessment)[0].value is None
    assert cohort.intake is not None
    assert [(c.problem, c.column, c.value) for c in cohort.intake.cells] == [
        (CellProblem.SUSPECT, "MRD_RESULT_NUMERIC", "0")
    ]


def test_tables_of_another_kind_are_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "lab.csv").write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match=r"a table of pcdc.toml with a column HONEST_BROKER_SUBJECT_ID"):
        read(tmp_path)
    with pytest.raises(InputError, match="expected tables"):
        empty = tmp_path / "empty"
        empty.mkdir()
        read(empty)
