"""A study is written as cBioPortal's validator wants it, whole or not at all; what it cannot hold is listed."""

import csv
import re
from datetime import date
from functools import partial
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import infant_course as ic
from depth import depth
from infant_course import Cohort, Course, Patient, UsageError
from infant_course.events import (
    EVENT_TYPES,
    Agent,
    Death,
    Diagnosis,
    Event,
    Immunotherapy,
    LastContact,
    MrdAssessment,
    Quantity,
    Relapse,
    Remission,
    TreatmentBlock,
    own_fields,
)
from infant_course.io.tables.cbioportal_own import own_columns, track_of
from infant_course.io.tables.cbioportal_write import LISTED, NOT_CARRIED, REPORT, Written, write_cbioportal
from infant_course.sources import Cite, Confidence
from infant_course.vocabulary import CauseOfDeath, MrdResult, Sex, VitalStatus
from infant_course.when import parse
from strategies import courses

read = partial(ic.read, source="cbioportal")


def course(*events: Event, patient: str = "P1", birth: str | None = None, **more: object) -> Course:
    born = (parse(birth),) if birth else ()
    return Course(patient=Patient(id=patient, sex=Sex.FEMALE, birth=born), events=events, **more)


def at(day: str) -> tuple[object, ...]:
    return (parse(day),)


EXAMPLE = course(
    Diagnosis(id="dx", when=at("2020-01-10"), wbc=Quantity(148.2, "10^9/L")),
    TreatmentBlock(
        id="ind",
        when=at("2020-01-12"),
        until=at("2020-02-12"),
        block="Induction",
        agents=(Agent(name="vincristine", dose=Quantity(1.5, "mg/m2")),),
    ),
    MrdAssessment(id="m1", when=at("2020-02-13"), value=Quantity(4e-4, "fraction"), assesses="ind"),
    MrdAssessment(id="m2", when=at("2020-03-13"), result=MrdResult.NEGATIVE),
    Remission(id="cr", when=at("2020-02"), note='"good"\nnews'),
    Relapse(id="rel", when=at("2020-12-25"), assessments=("m1", "cr")),
    Death(id="dead", when=at("2021-01-09"), cause=CauseOfDeath.DISEASE),
    birth="2019-10-12",
)


def rows(path: Path) -> list[list[str]]:
    """Cells of a file without quoting; lines of comment too."""
    text = path.read_bytes().decode()
    assert text.endswith("\n")
    return [line.split("\t") for line in text[:-1].split("\n")]


def table(path: Path) -> list[dict[str, str]]:
    header, *body = [row for row in rows(path) if not row[0].startswith("#")]
    assert all(len(row) == len(header) for row in body)
    return [dict(zip(header, row, strict=True)) for row in body]


def test_the_files_of_a_study(tmp_path: Path) -> None:
    write_cbioportal(Cohort.from_courses([EXAMPLE]), tmp_path / "study", study="all_example")
    tracks = ("status", "treatment", "lab_test")
    assert {path.name for path in (tmp_path / "study").iterdir()} == {
        "meta_study.txt",
        *(f"{kind}_clinical_{whose}.txt" for kind in ("meta", "data") for whose in ("patient", "sample")),
        *(f"{kind}_timeline_{track}.txt" for kind in ("meta", "data") for track in tracks),
        REPORT,
    }
    assert (tmp_path / "study" / "meta_timeline_status.txt").read_text() == (
        "cancer_study_identifier: all_example\n"
        "genetic_alteration_type: CLINICAL\n"
        "datatype: TIMELINE\n"
        "data_filename: data_timeline_status.txt\n"
    )


def test_the_rows_of_a_study(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    write_cbioportal(Cohort.from_courses([EXAMPLE]), folder)
    status = rows(folder / "data_timeline_status.txt")
    assert status[0][:5] == ["PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE", "STATUS"]
    assert [row[:5] for row in status[1:]] == [
        ["P1", "0", "", "STATUS", "Diagnosis"],
        ["P1", "350", "", "STATUS", "Relapse"],
        ["P1", "365", "", "STATUS", "DECEASED"],
    ]
    diagnosis, relapse, death = table(folder / "data_timeline_status.txt")
    assert (diagnosis["WBC"], diagnosis["WBC_UNIT"], diagnosis["START_AGE_DAYS"]) == ("148.2", "10^9/L", "90")
    assert (relapse["EVENT_ID"], relapse["ASSESSMENTS"], death["CAUSE"]) == ("rel", "m1", "disease")
    (block,) = table(folder / "data_timeline_treatment.txt")
    assert [block[name] for name in ("START_DATE", "STOP_DATE", "TREATMENT_TYPE", "SUBTYPE", "AGENT")] == [
        "2",
        "33",
        "Medical Therapy",
        "Chemotherapy",
        "Induction",
    ]
    assert block["AGENTS"] == '[{"name": "vincristine", "dose": {"value": 1.5, "unit": "mg/m2"}}]'
    first, second = table(folder / "data_timeline_lab_test.txt")
    assert (first["TEST"], first["RESULT"], first["VALUE"], first["VALUE_UNIT"]) == (
        "MRD (%)",
        "0.04",
        "0.0004",
        "fraction",
    )
    assert (second["TEST"], second["RESULT"], second["COURSE_RESULT"]) == ("MRD (no level)", "negative", "negative")


def test_the_clinical_files(tmp_path: Path) -> None:
    alive = course(
        Diagnosis(id="dx"),
        LastContact(id="seen", when=at("304 days after dx"), vital_status=VitalStatus.ALIVE),
        patient="P2",
    )
    nothing = course(patient="P3")
    folder = tmp_path / "study"
    write_cbioportal(Cohort.from_courses([EXAMPLE, alive, nothing]), folder)
    described = rows(folder / "data_clinical_patient.txt")[:4]
    assert [row[0] for row in described] == ["#Patient", "#Patient identifier", "#STRING", "#1"]
    assert len({len(row) for row in rows(folder / "data_clinical_patient.txt")}) == 1
    told = [
        (row["PATIENT_ID"], row["SEX"], row["OS_STATUS"], row["OS_MONTHS"], row["COURSE_EVENTS"])
        for row in table(folder / "data_clinical_patient.txt")
    ]
    assert told == [
        ("P1", "Female", "1:DECEASED", "12.01", "6"),
        ("P2", "Female", "0:LIVING", "10.0", "2"),
        ("P3", "Female", "", "", "0"),
    ]
    assert table(folder / "data_clinical_sample.txt")[0] == {"PATIENT_ID": "P1", "SAMPLE_ID": "P1-placeholder"}


def test_the_age_at_diagnosis_comes_back(tmp_path: Path) -> None:
    write_cbioportal(Cohort.from_courses([EXAMPLE]), tmp_path / "study")
    back = read(tmp_path / "study")
    assert [str(when) for when in back.course("P1")["dx"].when] == ["age 90 days"]
    assert back.births.select("start_lo", "start_hi").rows() == [(-90, -90)]


def losses(written: Written) -> set[tuple[str, str | None, str | None, str]]:
    return set(written.losses.rows())


def test_each_loss_is_listed(tmp_path: Path) -> None:
    written = write_cbioportal(Cohort.from_courses([EXAMPLE]), tmp_path / "study")
    expected = {("P1", "cr", None, "no day"), ("P1", "rel", "assessments", "reference")}
    assert (losses(written), written.events) == (expected, 6)
    with (tmp_path / "study" / REPORT).open() as stream:
        lines = [line for line in stream if not line.startswith("#")]
    told = list(csv.DictReader(lines, delimiter="\t"))
    assert {(row["patient"], row["event"], row["field"] or None, row["loss"]) for row in told} == expected
    assert {row["not carried"] for row in told} == {LISTED["no day"], LISTED["reference"]}


def test_texts_that_would_break_the_file_are_made_safe_and_listed(tmp_path: Path) -> None:
    wild = course(
        Diagnosis(id="dx", note='"a"\tb\r\nc\x85d', kmt2a_partner="AFF1"),
        Immunotherapy(id="blina", when=at("1 day after dx"), agent='blinatumomab"'),
        LastContact(id="end of all", when=at("3 days after dx")),
    )
    written = write_cbioportal(Cohort.from_courses([wild]), tmp_path / "study")
    first, second = table(tmp_path / "study" / "data_timeline_status.txt")
    assert first["NOTE"] == "'a\" b  c d"
    assert second["EVENT_ID"].startswith("end_of_all-")
    assert losses(written) == {
        ("P1", "dx", "note", "text"),
        ("P1", "blina", "agent", "text"),
        ("P1", "end of all", "id", "id"),
    }


def test_a_course_without_a_diagnosis_has_no_day_0(tmp_path: Path) -> None:
    told = course(Death(id="dead", when=at("2020-01-01")))
    written = write_cbioportal(Cohort.from_courses([told]), tmp_path / "study")
    assert losses(written) == {("P1", "dead", None, "no diagnosis")}


def test_a_time_that_can_be_understood_in_two_ways_is_not_written(tmp_path: Path) -> None:
    told = course(
        Diagnosis(id="dx", when=at("2020-01-01")),
        Relapse(id="rel", when=at("either (5 days after dx) or (9 days after dx)")),
    )
    written = write_cbioportal(Cohort.from_courses([told]), tmp_path / "study")
    assert losses(written) == {("P1", "rel", None, "no day")}


def test_a_folder_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    cohort = Cohort.from_courses([EXAMPLE])
    (tmp_path / "study").mkdir()
    (tmp_path / "study" / "notes.txt").write_text("mine")
    with pytest.raises(UsageError, match="new or empty"):
        write_cbioportal(cohort, tmp_path / "study")
    with pytest.raises(UsageError, match=r"study '\.\./x'"):
        write_cbioportal(cohort, tmp_path / "new", study="../x")
    assert [path.name for path in tmp_path.iterdir()] == ["study"]


def test_a_study_appears_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        write_cbioportal(Cohort.from_courses([EXAMPLE]), tmp_path / "study")
    assert list(tmp_path.iterdir()) == []


# --- the way there and back ----------------------------------------------------------------------------------------


def fields_of(event: Event) -> dict[str, object]:
    """All that an event says, save of time."""
    shared = {"estimated": event.estimated, "note": event.note, "derived_from": event.derived_from}
    return {"type": event.TYPE} | shared | {a.name: getattr(event, a.name) for a in own_fields(type(event))}


Gaps = dict[tuple[int, str, str, str, str], int]
Days = tuple[int | None, int | None]


def since(zero: tuple[str, dict[str, int]], event: str, row: dict[str, int], point: str, gaps: Gaps) -> int | None:
    """Days from the diagnosis to a point of an event, None where they are not known."""
    dx, first = zero
    if event == dx and point == "start":
        return 0
    if first["start_lo"] == first["start_hi"] and row[f"{point}_lo"] == row[f"{point}_hi"]:
        return row[f"{point}_lo"] - first["start_lo"]
    there = gaps.get((row["unit"], dx, "start", event, point))
    back = gaps.get((row["unit"], event, point, dx, "start"))
    return there if there is not None else None if back is None else -back


def known_days(cohort: Cohort) -> dict[tuple[str, str], Days]:
    """First and last day of each event since the diagnosis that was told first, None where it is not known."""
    names = cohort.patients["patient"].to_list()
    gaps: Gaps = {
        (row["unit"], row["a"], row["a_point"], row["b"], row["b_point"]): row["least"]
        for row in cohort.gap.iter_rows(named=True)
        if row["least"] == row["greatest"]
    }
    told = [(name, row["event"], row) for name, kind in cohort.tables.items() for row in kind.iter_rows(named=True)]
    found: dict[tuple[str, str], set[Days]] = {}
    for unit in cohort.units.iter_rows(named=True):
        events = [one for one in told if one[2]["unit"] == unit["unit"]]
        diagnoses = [(event, row) for name, event, row in events if name == "diagnosis"]
        if not diagnoses:
            continue
        zero = min(diagnoses, key=lambda one: one[1]["ordinal"])
        for name, event, row in events:
            end = since(zero, event, row, "end", gaps) if EVENT_TYPES[name].LASTS else None
            day = since(zero, event, row, "start", gaps)
            found.setdefault((names[unit["patient"]], event), set()).add((day, end))
    known = {}
    for key, days in found.items():
        starts, ends = {start for start, _ in days}, {end for _, end in days}
        known[key] = (starts.pop() if len(starts) == 1 else None, ends.pop() if len(ends) == 1 else None)
    return known


def softened(value: object) -> object:
    """A text, or a list of texts, with a quote at its edge as it is written."""
    if isinstance(value, tuple):
        return tuple(softened(one) if at in (0, len(value) - 1) else one for at, one in enumerate(value))
    assert isinstance(value, str)
    return re.sub(r'^"|"$', "'", value)


def carried(told: Course, lost: set[tuple[str, str | None, str | None, str]]) -> dict[str, dict[str, object]]:
    """What the declared tables say must come back of a course: its events without what is listed."""
    gone = {event for patient, event, _, loss in lost if patient == told.id and loss in ("no day", "no diagnosis")}
    kept = {}
    for event in told:
        if event.id in gone:
            continue
        fields = fields_of(event)
        for name, value in fields.items():
            if (told.id, event.id, name, "reference") in lost:
                left = tuple(one for one in (value if isinstance(value, tuple) else (value,)) if one not in gone)
                fields[name] = left if isinstance(value, tuple) else None
            if (told.id, event.id, name, "text") in lost:
                fields[name] = softened(value)
        kept[event.id] = fields
    return kept


DAYS = st.dates(min_value=date(2019, 12, 1), max_value=date(2020, 6, 1))
TIMES = st.one_of(
    DAYS.map(str),
    DAYS.map(lambda day: f"{day:%Y-%m}"),
    st.integers(0, 400).map(lambda days: f"{days} days after dx-0"),
    st.integers(0, 9).map(lambda days: f"{days} days before dx-0"),
)


@st.composite
def placed_courses(draw: st.DrawFn) -> Course:
    """A course with a diagnosis, of whose events most have a day."""
    told = draw(courses())
    events: list[Event] = [Diagnosis(id="dx-0", when=draw(DAYS.map(lambda day: at(str(day)))))]
    for event in told:
        times = {"when": at(draw(TIMES))} if draw(st.integers(0, 4)) else {}
        if type(event).LASTS:
            times |= {"until": draw(st.lists(TIMES, max_size=1).map(lambda texts: tuple(map(parse, texts))))}
        events.append(attrs.evolve(event, **times))
    return attrs.evolve(told, events=events)


@settings(max_examples=depth(15, 6))
@given(st.lists(st.one_of(placed_courses(), placed_courses(), courses()), max_size=2, unique_by=lambda one: one.id))
def test_what_is_declared_lost_is_lost_and_all_else_comes_back(
    tmp_path_factory: pytest.TempPathFactory, told: list[Course]
) -> None:
    cohort = Cohort.from_courses(told)
    folder = tmp_path_factory.mktemp("there") / "study"
    written = write_cbioportal(cohort, folder)
    lost = losses(written)
    assert {loss for *_, loss in lost} <= {"no day", "no diagnosis", "no end", "reference", "text"}
    back = read(folder)
    before, after = known_days(cohort), known_days(back)
    assert back.patients["patient"].to_list() == [one.id for one in told]
    for one in told:
        again = back.course(one.id)
        patient = {
            name: softened(value) if (one.id, None, name, "text") in lost else value
            for name, value in (("sex", one.patient.sex), ("site", one.patient.site), ("about", one.about))
        }
        assert {"sex": again.patient.sex, "site": again.patient.site, "about": again.about} == patient
        expected = carried(one, lost)
        assert {event.id: fields_of(event) for event in again} == expected
        for event in again:
            assert after[one.id, event.id] == before[one.id, event.id]
            assert event.lasting == one[event.id].lasting
        ends = {event for patient, event, _, loss in lost if patient == one.id and loss == "no end"}
        assert ends == {
            event.id
            for event in one
            if event.id in expected and event.until and event.LASTS and before[one.id, event.id][1] is None
        }
        left_out = {event.id for event in one} - set(expected)
        days = [before.get((one.id, event)) for event in left_out]
        assert all(day is None or day[0] is None for day in days), "an event with a day was left out"
    assert back.intake is not None
    assert not [cell for cell in back.intake.cells if cell.problem == "unread"]


def test_what_no_course_takes_along_is_gone(tmp_path: Path) -> None:
    """One course that has everything of the declared table, and what comes back of it."""
    told = Course(
        patient=Patient(id="P1", birth=at("2019-10")),
        events=(
            Diagnosis(id="dx", when=at("2020-01-10"), note=""),
            Remission(id="a", when=at("2020-02-01"), line=7),
            Remission(id="b", when=(parse("2020-02-01"), parse("after a"))),
        ),
        complete={"mrd"},
        source=Cite("kotecha2022", "case 1", next(iter(Confidence))),
        file="case.yaml",
    )
    folder = tmp_path / "study"
    written = write_cbioportal(Cohort.from_courses([told]), folder)
    assert losses(written) == set()
    again = read(folder).course("P1")
    gone = {
        "calendar": not any("2020" in path.read_text() for path in folder.iterdir()),
        "statement": [str(when) for when in again["a"].when] == ["22 days after dx"],
        "order": [str(when) for when in again["b"].when] == ["22 days after dx"],
        "reading": read(folder).units.height == 1,
        "completeness": again.complete == frozenset(),
        "citation": again.source is None,
        "defect": again.defects == (),
        "place": (again.file, again["a"].line) != ("case.yaml", 7),
        "birth": again.patient.birth == (),
        "blank": again["dx"].note is None,
    }
    assert gone == dict.fromkeys(NOT_CARRIED, True)


def test_every_field_of_every_type_has_a_column_of_its_own() -> None:
    for kind, cls in EVENT_TYPES.items():
        columns = own_columns(kind)
        told = {column.field for column in columns.values()}
        assert told >= {a.name for a in own_fields(cls)} | {"id", "estimated", "note", "derived_from"}
        assert not set(columns) & {"PATIENT_ID", "START_DATE", "STOP_DATE", "EVENT_TYPE", "STATUS", "TEST", "RESULT"}
        assert all(name.isupper() for name in columns)
        assert track_of(kind)
