"""A study made by hand is read as its files say; what they leave open is told, and no row is lost."""

from functools import partial
from pathlib import Path

import polars as pl
import pytest

import infant_course as ic
from infant_course import Cohort, InputError, UsageError
from infant_course.events import (
    Agent,
    Death,
    Diagnosis,
    Immunotherapy,
    LastContact,
    MrdAssessment,
    Quantity,
    Radiotherapy,
    Relapse,
    Remission,
    Transplant,
    TreatmentBlock,
)
from infant_course.intake import CellProblem, RowCount
from infant_course.vocabulary import MrdResult, RemissionKind, Sex, VitalStatus

read = partial(ic.read, source="cbioportal")

STUDY = Path(__file__).parent / "study"


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return read(STUDY)


def told(cohort: Cohort, problem: CellProblem) -> set[tuple[str, str | None, int | None, int, str | None]]:
    """File without its ending, column, line, rows and value of the findings of one kind."""
    assert cohort.intake is not None
    return {
        (cell.file.removeprefix("data_").removesuffix(".txt"), cell.column, cell.row, cell.rows, cell.value)
        for cell in cohort.intake.cells
        if cell.problem is problem
    }


def days(cohort: Cohort, event_type: str) -> set[tuple[str, int, int]]:
    """Patient, least and greatest day of the starts of one event type."""
    rows = cohort.tables[event_type].join(cohort.units, on="unit")
    names = cohort.patients["patient"].to_list()
    return {(names[row["patient"]], row["start_lo"], row["start_hi"]) for row in rows.iter_rows(named=True)}


def test_events_stand_on_their_days(cohort: Cohort) -> None:
    assert {kind: days(cohort, kind) for kind in cohort.tables} == {
        "diagnosis": {("P1", 0, 0), ("P2", 0, 0), ("P3", 0, 0), ("P9", 0, 0)},
        "remission": {("P1", 33, 33), ("P9", 12, 12)},
        "relapse": {("P1", 400, 400)},
        "death": {("P2", 349, 381), ("P3", 90, 90)},
        "last_contact": {("P1", 1828, 1834)},
        "mrd": {("P1", day, day) for day in (33, 80, 90, 100)},
        "treatment_block": {("P1", 0, 0)},
        "immunotherapy": {("P1", 50, 50)},
        "transplant": {("P1", 150, 150)},
        "radiotherapy": {("P2", -(1 << 28), 1 << 28)},
    }


def test_fields_are_read_and_nothing_is_made_up(cohort: Cohort) -> None:
    course = cohort.course("P1")
    assert [(e.kind, e.number, e.note) for e in course.of(Remission)] == [
        (RemissionKind.COMPLETE, 1, 'SOURCE: ward "3"')
    ]
    assert [e.number for e in course.of(Relapse)] == [None]
    assert [(e.value, e.result) for e in course.of(MrdAssessment)] == [
        (Quantity(0.04, "%"), None),
        (None, MrdResult.NEGATIVE),
        (None, None),
        (None, None),
    ]
    (block,) = course.of(TreatmentBlock)
    assert (block.block, block.agents) == (None, (Agent(name="Vincristine"),))
    assert [e.agent for e in course.of(Immunotherapy)] == ["Blinatumomab"]
    assert [e.donor for e in course.of(Transplant)] == [None]
    assert [e.vital_status for e in course.of(LastContact)] == [VitalStatus.ALIVE]
    assert [len(cohort.course("P2").of(kind)) for kind in (Diagnosis, Death, Radiotherapy)] == [1, 1, 1]
    assert [cohort.course(name).patient.sex for name in ("P1", "P2", "P3", "P9")] == [Sex.MALE, Sex.FEMALE, None, None]


def test_a_death_that_the_timeline_tells_is_not_told_twice(cohort: Cohort) -> None:
    assert len(cohort.course("P3").of(Death)) == 1


def test_no_type_counts_as_complete_unless_a_mapping_says_so(cohort: Cohort) -> None:
    assert cohort.course("P1").complete == frozenset()


def test_what_is_doubtful_is_told(cohort: Cohort) -> None:
    assert told(cohort, CellProblem.SUSPECT) == {
        ("timeline_lab_test", None, 1, 1, "PATIENT_ID, START_DATE, EVENT_TYPE, TEST"),
        ("timeline_treatment", "STOP_DATE", 2, 1, None),
        ("timeline_status", "PATIENT_ID", 8, 1, None),
    }
    assert told(cohort, CellProblem.UNREAD) == {
        ("timeline_lab_test", "RESULT", 4, 1, "<0.01"),
        ("timeline_lab_test", "UNIT", 5, 1, None),
        ("timeline_treatment", "START_DATE", 5, 1, "soon"),
    }
    assert told(cohort, CellProblem.NOT_USED) == {
        ("clinical_sample", None, None, 1, None),
        ("timeline_status", "EVENT_TYPE", 6, 1, "EVENT_TYPE STATUS, STATUS Fever"),
        ("timeline_treatment", "LINE", 2, 1, None),
        ("timeline_treatment", "STOP_DATE", 4, 1, None),
    }


def test_every_row_is_kept_or_set_aside_with_its_reason(cohort: Cohort) -> None:
    assert cohort.intake is not None
    assert set(map(repr, cohort.intake.rows)) == {
        repr(RowCount(file="data_clinical_patient.txt", read=3, kept=3)),
        repr(RowCount(file="data_timeline_lab_test.txt", read=4, kept=4)),
        repr(RowCount(file="data_timeline_status.txt", read=5, kept=4, set_aside={"no event of the mapping": 1})),
        repr(RowCount(file="data_timeline_treatment.txt", read=4, kept=4)),
    }


def test_assumptions_are_stated(cohort: Cohort) -> None:
    assert cohort.intake is not None
    said = "\n".join(cohort.intake.assumptions)
    assert "Day 0 is taken as the day of diagnosis" in said
    assert "4 patients have no row for their diagnosis" in said
    assert "30.4 to 30.4375 days" in said
    assert "data_clinical_patient.txt: 2 cells are taken as not stated (NA, [Not Available])" in said


def write(folder: Path, name: str, *lines: str) -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


HEADER = "PATIENT_ID\tSTART_DATE\tSTOP_DATE\tEVENT_TYPE\tSTATUS"


def test_lines_that_the_validator_refuses_are_set_aside_one_by_one(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "data_timeline_status.txt",
        "# above the header",
        HEADER,
        "P1\t1\t\tSTATUS\tRelapse",
        "#P1\t2\t\tSTATUS\tRelapse",
        "",
        HEADER,
        "P1\t3\t\tSTATUS\tRelapse\tone too many",
        "P1\t4",
        "P1\t5\t\tSTATUS\tRelapse\t\t",
        "P1\t6\t\tSTATUS",
        " \t7\t\tSTATUS\tRelapse",
    )
    cohort = read(path)
    assert cohort.intake is not None
    (count,) = cohort.intake.rows
    assert (count.read, count.kept, dict(count.set_aside)) == (
        9,
        2,
        {
            "a line beginning with # below the header": 1,
            "empty row": 1,
            "the header again": 1,
            "another number of cells than the header": 2,
            "no patient": 1,
            "no event of the mapping": 1,
        },
    )
    assert days(cohort, "relapse") == {("P1", 1, 1), ("P1", 5, 5)}
    lines = {cell.row for cell in cohort.intake.cells if cell.problem is CellProblem.SET_ASIDE}
    assert lines == {4, 6, 7, 11}


def test_what_day_0_is_can_be_said(tmp_path: Path) -> None:
    path = write(tmp_path, "data_timeline_status.txt", HEADER, "P1\t40\t\tSTATUS\tRelapse", "P1\t9\t\tDIAGNOSIS\t")
    from_birth = read(path, day_zero="birth")
    assert from_birth.course("P1").of(Diagnosis)[0].when[0].__class__.__name__ == "AtAge"
    assert days(from_birth, "relapse") == {("P1", 31, 31)}  # the clock of a course without dates starts at diagnosis
    assert from_birth.intake is not None
    assert not any("Day 0 is taken as the day of diagnosis" in said for said in from_birth.intake.assumptions)
    enrolled = read(path, day_zero="enrolment")
    assert set(enrolled.tables) == {"relapse", "diagnosis", "enrolment"}
    with pytest.raises(UsageError, match="no day zero 'noon'"):
        read(path, day_zero="noon")


def test_a_diagnosis_on_another_day_than_0_is_told(tmp_path: Path) -> None:
    path = write(tmp_path, "data_timeline_diagnosis.txt", HEADER, "P1\t9\t\tDIAGNOSIS\t")
    assert told(read(path), CellProblem.SUSPECT) == {("timeline_diagnosis", "START_DATE", 2, 1, None)}


def test_frames_are_read_as_files_are() -> None:
    timeline = pl.DataFrame(
        {"PATIENT_ID": ["P1"], "START_DATE": [33], "STOP_DATE": [None], "EVENT_TYPE": ["STATUS"], "STATUS": ["CR2"]}
    )
    clinical = pl.DataFrame({"PATIENT_ID": ["P1"], "SEX": ["Female"]})
    cohort = read({"timeline": timeline, "clinical": clinical})
    assert cohort.course("P1").patient.sex is Sex.FEMALE
    assert [event.number for event in cohort.course("P1").of(Remission)] == [2]


def test_a_mapping_of_ones_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    mapping = tmp_path / "mine.toml"
    mapping.write_text(
        """
        missing = [""]
        patient_column = "PATIENT_ID"
        [[event]]
        type = "mrd"
        from = ["lab-test"]
        where = { test = ["Minimal disease"] }
        complete = true
        [event.fields]
        value = { column = "RESULT", only = "numbers" }
        value_unit = { always = "%" }
        """
    )
    path = write(
        tmp_path,
        "data_timeline_lab.txt",
        "PATIENT_ID\tSTART_DATE\tSTOP_DATE\tEVENT_TYPE\tTEST\tRESULT",
        "P1\t33\t\tLAB_TEST\tminimal_disease\t0.5",
    )
    cohort = read(path, mapping=mapping)
    assert [event.value for event in cohort.course("P1").of(MrdAssessment)] == [Quantity(0.5, "%")]
    assert cohort.course("P1").complete == {"mrd"}
    path.write_text(path.read_text().replace("minimal_disease", "WBC"))
    assert read(path, mapping=mapping).complete.keys() == {"mrd"}, "the track is there, so none was found"
    path.write_text(path.read_text().replace("LAB_TEST", "IMAGING"))
    assert read(path, mapping=mapping).complete.keys() == set()


@pytest.mark.parametrize(
    ("name", "lines", "expected"),
    [
        (
            "data_timeline_status.txt",
            ["PATIENT_ID\tSTOP_DATE", "P1\t3"],
            "the columns PATIENT_ID, START_DATE, EVENT_TYPE",
        ),
        ("mutations.txt", ["a\tb", "1\t2"], "a folder without one"),
    ],
)
def test_what_holds_no_course_is_one_clear_error(tmp_path: Path, name: str, lines: list[str], expected: str) -> None:
    write(tmp_path, name, *lines)
    with pytest.raises(InputError, match=expected):
        read(tmp_path)


def test_a_meta_file_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text(f"{HEADER}\nP1\t1\t\tSTATUS\tRelapse\n")
    study = tmp_path / "study"
    study.mkdir()
    write(study, "meta_timeline_x.txt", "datatype: TIMELINE", "data_filename: ../secret.txt")
    write(study, "data_timeline_status.txt", HEADER, "P1\t7\t\tSTATUS\tRelapse")
    cohort = read(study)
    assert days(cohort, "relapse") == {("P1", 7, 7)}
    assert ("meta_timeline_x.txt".removesuffix(".txt"), "data_filename", None, 1, "../secret.txt") in told(
        cohort, CellProblem.NOT_USED
    )


FAR = 1 << 28


@pytest.mark.parametrize(
    ("status", "months", "kind", "day", "unread"),
    [
        ("LIVING", "1", "last_contact", (15, 46), None),  # 0.5 to 1.5 months
        ("0:LIVING", "10.0", "last_contact", (302, 306), None),  # 9.95 to 10.05 months
        ("1:DECEASED", "0.03", "death", (0, 2), None),  # 0.025 to 0.035 months
        ("Deceased", "NA", "death", (-FAR, FAR), None),
        ("DECEASED", "-1", "death", (-FAR, FAR), ("OS_MONTHS", "-1")),
        ("0:DECEASED", "3", None, None, ("OS_STATUS", "0:DECEASED")),
        ("Recurred", "3", None, None, ("OS_STATUS", "Recurred")),
        ("[Not Available]", "3", None, None, None),
    ],
)
def test_survival_is_read_as_far_as_it_is_told(
    tmp_path: Path,
    status: str,
    months: str,
    kind: str | None,
    day: tuple[int, int] | None,
    unread: tuple[str, str] | None,
) -> None:
    write(tmp_path, "data_clinical_patient.txt", "PATIENT_ID\tOS_STATUS\tOS_MONTHS", f"P1\t{status}\t{months}")
    cohort = read(tmp_path)
    assert set(cohort.tables) == ({kind, "diagnosis"} if kind else set())
    if kind is not None:
        assert days(cohort, kind) == {("P1", *(day or ()))}
    found = {(column, value) for _, column, _, _, value in told(cohort, CellProblem.UNREAD)}
    assert found == ({unread} if unread else set())


def test_a_patient_who_stands_twice_in_the_clinical_file_dies_once(tmp_path: Path) -> None:
    write(tmp_path, "data_clinical_patient.txt", "PATIENT_ID\tOS_STATUS", "P1\tDECEASED", "P1\tDECEASED")
    cohort = read(tmp_path)
    assert len(cohort.course("P1").of(Death)) == 1
    assert cohort.intake is not None
    (count,) = cohort.intake.rows
    assert (count.read, count.kept) == (2, 1)
