"""Exports of the template's dictionary need no mapping: raw or of labels, the courses that went in come back."""

import csv
import io
import re
from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pytest
from attrs import evolve

import infant_course as ic
from infant_course import Cohort, Course
from infant_course.events import EVENT_TYPES
from infant_course.io.tables import redcap_template
from infant_course.io.tables.flat import Part, Shape, flat_columns
from infant_course.io.tables.redcap_dictionary import HEADINGS, Dictionary, read_dictionary
from infant_course.io.tables.redcap_template import ONCE, RECORD_ID, template_fields, time_names
from infant_course.io.tables.split_fields import choice_column
from infant_course.io.tables.template import template
from infant_course.io.tables.write import tables

CASES = Path(__file__).resolve().parents[3] / "cases"


@pytest.fixture(scope="module")
def dictionary(tmp_path_factory: pytest.TempPathFactory) -> Dictionary:
    """The dictionary as it is written and read back."""
    folder = template(tmp_path_factory.mktemp("template") / "t", form="redcap")
    assert sorted(path.name for path in folder.iterdir()) == [
        "README.md",
        "dictionary.csv",
        "repeating_instruments.csv",
    ]
    return read_dictionary(folder / "dictionary.csv")


@pytest.fixture(scope="module")
def courses() -> list[Course]:
    """The published cases and the invented registry."""
    published = [ic.load(path) for path in sorted((CASES / "published").glob("kotecha*.yaml"))]
    invented = ic.read(CASES / "exports" / "invented")
    return [*published, *(invented.course(name) for name in invented.patients["patient"])]


def _times(form: str, point: str, text: str) -> dict[str, str]:
    """A statement of time as a person would enter it: a date with its precision, or in words."""
    date, precision, words = time_names(form, point)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return {date: text, precision: "day"}
    if re.fullmatch(r"\d{4}-\d{2}", text):
        return {date: f"{text}-15", precision: "month"}
    if re.fullmatch(r"\d{4}", text):
        return {date: f"{text}-06-15", precision: "year"}
    return {words: text}


def _entered(form: str, row: dict[str, str | None]) -> dict[str, str]:
    """One row of the own form as it would be entered in REDCap."""
    found: dict[str, str] = {}
    for column in flat_columns(form):
        text, name = row.get(column.name), f"{form}_{column.name}"
        if text is None or column.name == "patient" or (form == "patient" and column.name in redcap_template.LEFT_OUT):
            continue
        if column.part is Part.STATEMENT:
            found |= _times(form, column.name, text)
        elif column.part is Part.UNIT:
            found |= {name: redcap_template._code(text)} if len(column.words) > 1 else {}
        elif column.shape is Shape.TRUTH:
            found[name] = {"true": "1", "false": "0"}[text]
        elif column.shape is Shape.WORDS:
            found |= {choice_column(name, word.strip()): "1" for word in text.split(";")}
        else:
            found[name] = text
    return found


def _columns(dictionary: Dictionary) -> list[str]:
    columns = [RECORD_ID, "redcap_repeat_instrument", "redcap_repeat_instance"]
    for form, fields in dictionary.forms.items():
        for one in fields:
            if one.type == "checkbox":
                columns += [choice_column(one.name, code) for code in one.choices]
            elif one.name != RECORD_ID:
                columns.append(one.name)
        columns.append(f"{form}_complete")
    return columns


def export_of(cohort: Cohort, dictionary: Dictionary) -> list[dict[str, str]]:
    """A raw export of a project in which the cohort was entered."""
    rows: list[dict[str, str]] = []
    told = tables(cohort)
    single: dict[str, dict[str, str]] = {}
    for row in told.get("patient", pl.DataFrame()).iter_rows(named=True):
        single[row["patient"]] = {RECORD_ID: row["patient"], **_entered("patient", row)}
    repeated: list[dict[str, str]] = []
    for form in EVENT_TYPES:
        counts: dict[str, int] = {}
        for row in told[form].iter_rows(named=True) if form in told else ():
            entered, who = _entered(form, row), row["patient"]
            if form in ONCE and who not in counts:
                single[who] |= entered
            else:
                place = {"redcap_repeat_instrument": form, "redcap_repeat_instance": str(counts.get(who, 0) + 1)}
                repeated.append({RECORD_ID: who, **place, f"{form}_complete": "2", **entered})
            counts[who] = counts.get(who, 0) + 1
    for who, row in single.items():
        rows.append(row)
        rows += [one for one in repeated if one[RECORD_ID] == who]
    boxes = [name for name in _columns(dictionary) if "___" in name]
    return [{**(dict.fromkeys(boxes, "0") if "redcap_repeat_instrument" not in row else {}), **row} for row in rows]


def in_labels(rows: Iterable[dict[str, str]], dictionary: Dictionary) -> list[dict[str, str]]:
    """What an export of labels says instead."""
    made = []
    for row in rows:
        new = {}
        for name, text in row.items():
            one = dictionary.by_name.get(name)
            if "___" in name:
                text = {"0": "Unchecked", "1": "Checked"}[text]
            elif name.endswith("_complete") and one is None:
                text = {"0": "Incomplete", "2": "Complete"}[text]
            elif one is not None and one.choices:
                text = one.choices[text]
            elif name == "redcap_repeat_instrument":
                text = text.replace("_", " ").title()
            new[name] = text
        made.append(new)
    return made


def as_csv(rows: Iterable[dict[str, str]], columns: list[str], header: list[str] | None = None) -> str:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(header or columns)
    writer.writerows([row.get(name, "") for name in columns] for row in rows)
    return stream.getvalue()


def label_header(columns: list[str], dictionary: Dictionary) -> list[str]:
    """The header of an export with labels."""
    known = {RECORD_ID: "Record ID", "redcap_repeat_instrument": "Repeat Instrument"}
    known["redcap_repeat_instance"] = "Repeat Instance"
    for one in dictionary.fields:
        known.setdefault(one.name, one.label)
        if one.type == "checkbox":
            known |= {choice_column(one.name, code): f"{one.label} (choice={x})" for code, x in one.choices.items()}
    return [known.get(name, "Complete?") for name in columns]


def known_of(cohort: Cohort, ids: Iterable[str]) -> list[tuple[object, dict[str, object]]]:
    """Patients and events, as far as the template has fields for them; lists of words in the order of the words."""

    def ordered(event: object) -> object:
        words = {c.field: c.words for c in flat_columns(event.TYPE) if c.shape is Shape.WORDS}
        sorted_words = {
            name: tuple(sorted(getattr(event, name), key=lambda word, order=order: order.index(str(word.value))))
            for name, order in words.items()
        }
        return evolve(event, **sorted_words)

    found = []
    for name in ids:
        course = cohort.course(name)
        found.append((course.patient, {event.id: ordered(event) for event in course}))
    return found


@pytest.mark.parametrize("form", ["raw", "labels", "labels with a header of labels"])
def test_courses_entered_in_a_project_of_the_template_come_back(
    tmp_path: Path, dictionary: Dictionary, courses: list[Course], form: str
) -> None:
    cohort = Cohort.from_courses(courses)
    rows, columns = export_of(cohort, dictionary), _columns(dictionary)
    if form != "raw":
        rows = in_labels(rows, dictionary)
    path = tmp_path / "export.csv"
    path.write_text(
        as_csv(rows, columns, label_header(columns, dictionary) if form.endswith("header of labels") else None)
    )
    read = ic.read(path, source="redcap")
    assert read.intake is not None
    assert [str(cell) for cell in read.intake.cells] == []
    assert read.intake.rows[0].read == read.intake.rows[0].kept == len(rows)
    assert sum(len(course) for course in courses) == read.n_events > 150
    ids = [course.id for course in courses]
    assert known_of(read, ids) == known_of(cohort, ids)


def test_the_dictionary_is_one_that_redcap_takes(dictionary: Dictionary, tmp_path: Path) -> None:
    """18 headings in order; names and codes of the signs that REDCap allows, each field once."""
    folder = template(tmp_path / "t", form="redcap")
    rows = list(csv.reader(io.StringIO((folder / "dictionary.csv").read_text())))
    assert rows[0] == list(HEADINGS) and len(rows[0]) == 18
    assert rows[1][:4] == ["record_id", "patient", "", "text"]
    assert {len(row) for row in rows} == {18}
    names, labels = [one.name for one in dictionary.fields], [one.label.lower() for one in dictionary.fields]
    assert len(names) == len(set(names)) == len(template_fields())
    assert len(labels) == len(set(labels)), "labels stand for fields in a header of labels"
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,99}", name) for name in names)
    assert all(re.fullmatch(r"\w+", code, re.ASCII) for one in dictionary.fields for code in one.choices)
    assert all("|" not in label and "," not in label for one in dictionary.fields for label in one.choices.values())
    assert not {f"{form}_complete" for form in dictionary.forms} & set(names)
    branching = [row[11] for row in rows[1:] if row[11]]
    assert branching and all(re.fullmatch(r"\[(\w+)\] <> ''", rule) for rule in branching)
    assert {re.findall(r"\w+", rule)[0] for rule in branching} <= set(names)
    repeating = list(csv.reader(io.StringIO((folder / "repeating_instruments.csv").read_text())))
    assert {row[0] for row in repeating[1:]} == set(dictionary.forms) - set(ONCE)


def test_only_instruments_that_are_exported_count_as_recorded_in_full(tmp_path: Path) -> None:
    path = tmp_path / "part.csv"
    path.write_text(
        "record_id,redcap_repeat_instrument,redcap_repeat_instance,patient_sex,patient_complete,"
        "relapse_date,relapse_complete\nP1,,,female,2,,\nP1,relapse,1,,,2021-05-01,2\n"
    )
    cohort = ic.read(path, source="redcap")
    assert cohort.complete == {"relapse": True}
    assert [str(event.when[0]) for event in cohort.course("P1")] == ["2021-05-01"]
    assert cohort.course("P1")["relapse-1"].sites == ()


def test_the_record_id_may_be_called_otherwise_and_what_was_added_is_told(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text("study_no,patient_sex,shoe_size,patient_complete,diet,diet_complete\n007,male,31,2,,\n")
    cohort = ic.read(path, source="redcap")
    assert cohort.course("007").patient.sex == "male"
    assert [(cell.column, cell.rows) for cell in cohort.intake.cells] == [("shoe_size", 1)]


@pytest.mark.parametrize("form", ["raw", "labels"])
def test_missing_data_codes_of_a_project_of_the_template_take_one_line(
    tmp_path: Path, dictionary: Dictionary, form: str
) -> None:
    """A mapping that holds nothing else; without it they are cells that cannot be read."""
    columns = _columns(dictionary)
    words = {"record_id": "P1", "patient_sex": "UNK", "diagnosis_date": "2023-03-02", "diagnosis_wbc": "NASK"}
    path, mapping = tmp_path / "export.csv", tmp_path / "missing.toml"
    if form == "labels":
        words |= {"patient_sex": "Unknown", "diagnosis_wbc": "Not asked"}
    path.write_text(as_csv([words], columns, label_header(columns, dictionary) if form == "labels" else None))
    mapping.write_text('missing = ["UNK", "NASK", "Unknown", "Not asked"]')
    told = [(cell.column, cell.value) for cell in ic.read(path, source="redcap").intake.cells]
    assert sorted(told) == [("diagnosis_wbc", words["diagnosis_wbc"]), ("patient_sex", words["patient_sex"])]
    read = ic.read(path, source="redcap", mapping=mapping)
    assert read.intake.cells == ()
    assert any("2 cells" in said for said in read.intake.assumptions), read.intake.assumptions
    assert [(event.TYPE, event.wbc) for event in read.course("P1")] == [("diagnosis", None)]
    with pytest.raises(ic.InputError, match="at least one"):
        mapping.write_text("missing = []")
        ic.read(path, source="redcap", mapping=mapping)
