"""A REDCap project made by hand, in every shape in which its records may be exported, read as what was entered."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import polars as pl
import pytest

import infant_course as ic
from infant_course import Cohort, InputError, UsageError
from infant_course.events import Death, Diagnosis, LastContact, MrdAssessment, Quantity, Relapse
from infant_course.intake import CellProblem
from infant_course.io.tables.redcap_dictionary import HEADINGS, read_dictionary
from infant_course.io.tables.text import Limits
from infant_course.vocabulary import CauseOfDeath, CnsClass, Kmt2aStatus, Method, MrdResult, Sex, Site, VitalStatus

PROJECT = Path(__file__).resolve().parents[3] / "cases" / "exports" / "redcap"
RECORDS, MAPPING, DICTIONARY = PROJECT / "records.csv", PROJECT / "mapping.toml", PROJECT / "dictionary.csv"


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(RECORDS.read_text(encoding="utf-8"))))


def written(path: Path, some: list[dict[str, str]], header: list[str] | None = None, sign: str = ",") -> Path:
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=sign, lineterminator="\n")
    writer.writerow(header or some[0])
    writer.writerows(row.values() for row in some)
    path.write_text(stream.getvalue(), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def cohort() -> Cohort:
    return ic.read(RECORDS, source="redcap", mapping=MAPPING, dictionary=DICTIONARY)


def told(cohort: Cohort) -> dict[str, object]:
    """All that is known of all patients."""
    courses = [cohort.course(name) for name in cohort.patients["patient"]]
    return {course.id: (course.patient, {event.id: event for event in course}) for course in courses}


def test_every_shape_of_row_is_read_as_it_was_entered(cohort: Cohort) -> None:
    course = cohort.course("001-A")
    assert (course.patient.sex, str(course.patient.birth[0]), course.patient.site) == (Sex.FEMALE, "2021-03-04", "gent")
    (diagnosis,) = course.of(Diagnosis)
    assert str(diagnosis.when[0]) == "2021-08"  # 15 August, of which the precision says "to the month"
    assert diagnosis.wbc == Quantity(212.5, "10^9/L")  # written 212,5
    assert (diagnosis.cns, diagnosis.kmt2a) == (CnsClass.CNS2, Kmt2aStatus.REARRANGED)
    assert diagnosis.kmt2a_partner == "AFF1"
    assert diagnosis.extramedullary == (Site.CNS, Site.SKIN)
    assert diagnosis.cytogenetics[0].karyotype.startswith("46,XX,t(4;11)(q21;q23)")  # of another instrument
    first, second = course.of(MrdAssessment)
    assert (first.id, second.id) == ("mrd.baseline_arm_1-1", "mrd.baseline_arm_1-3")
    assert [str(one.when[0]) for one in (first, second)] == ["2021-09-20", "2021-11"]  # the day was 99
    assert (first.value, first.result, first.method) == (Quantity(0.04, "%"), MrdResult.QUANTIFIED, Method.PCR)
    assert (second.value, second.result, second.method) == (None, MrdResult.NEGATIVE, Method.FLOW)
    one, two = course.of(Relapse)  # instances of a repeating event; blasts stand in its other instrument
    assert (str(one.when[0]), one.sites, one.csf_blasts) == ("2022-01-10", (Site.MARROW, Site.OTHER), False)
    assert (str(two.when[0]), two.sites, two.csf_blasts) == ("2022-09-01", (Site.CNS,), True)
    assert (one.marrow_blasts, two.marrow_blasts) == (Quantity(60.0, "%"), Quantity(30.0, "%"))
    assert [event.vital_status for event in course.of(LastContact)] == [VitalStatus.DEAD]
    assert [(str(event.when[0]), event.cause) for event in course.of(Death)] == [("2022-12-01", CauseOfDeath.DISEASE)]


def test_another_arm_missing_codes_and_an_instrument_that_repeats_in_one_event_only(cohort: Cohort) -> None:
    course = cohort.course("002-B")
    (diagnosis,) = course.of(Diagnosis)
    assert (diagnosis.wbc, diagnosis.cns, diagnosis.extramedullary) == (None, None, ())
    assert diagnosis.kmt2a is Kmt2aStatus.NOT_TESTED  # code -1, which is not 1
    (mrd,) = course.of(MrdAssessment)  # not an instance here; that of the baseline is empty
    assert (str(mrd.when[0]), mrd.timepoint) == ("2022-05", "Tag 78 – Ende IB")
    assert mrd.result is MrdResult.POSITIVE_BELOW_RANGE
    assert course.patient.site == "köln"
    assert not course.of(Death), "one instrument holds two events, each only where one of its fields is filled"


def test_fields_that_the_dictionary_flags_are_passed_on(tmp_path: Path) -> None:
    rows = list(csv.DictReader(DICTIONARY.read_text(encoding="utf-8-sig").splitlines()))
    for row in rows:
        if row["Variable / Field Name"] == "mrd_tp":
            row["Identifier?"] = "y"
    dictionary = tmp_path / "dictionary.csv"
    with dictionary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    flagged = ic.read(RECORDS, source="redcap", mapping=MAPPING, dictionary=dictionary)
    assert flagged.intake is not None
    assert flagged.intake.identifiers == {("mrd", "timepoint"), ("patient", "birth")}


def test_every_row_is_accounted_for(cohort: Cohort) -> None:
    (count,) = cohort.intake.rows
    assert (count.read, count.kept) == (11, 9)
    assert dict(count.set_aside) == {"no data in its instruments": 1, "no event of the mapping": 1}
    assert cohort.patients["patient"].to_list() == ["001-A", "002-B", "003-C"]
    cells = {(cell.column, cell.value): (cell.problem, cell.row, cell.rows) for cell in cohort.intake.cells}
    assert cells == {
        ("nurse", None): (CellProblem.NOT_USED, 8, 1),  # line 3 is in the karyotype of line 2
        (None, "quality_of_life"): (CellProblem.NOT_USED, 10, 3),
    }
    assert cohort.intake.assumptions == (
        "records.csv: 2 cells are taken as not stated (NA, UNK): cns_dx 1, wbc_dx 1.",
        "dictionary.csv flags dob as identifying; read, since the mapping says so.",
    )
    assert cohort.complete == {"diagnosis": True, "mrd": True, "relapse": True, "death": True}


def test_every_event_knows_its_record_event_instrument_and_instance(cohort: Cohort) -> None:
    found = {
        row["event"]: (row["row"], row["record"], row["visit"], row["instrument"], row["instance"])
        for row in cohort.origin.iter_rows(named=True)
        if row["patient"] == 0
    }
    assert found == {
        "diagnosis.baseline_arm_1": (2, "001-A", "baseline_arm_1", "leukaemia", None),
        "mrd.baseline_arm_1-1": (4, "001-A", "baseline_arm_1", "mrd", "1"),
        "mrd.baseline_arm_1-3": (5, "001-A", "baseline_arm_1", "mrd", "3"),
        "relapse.relapse_arm_1-1": (6, "001-A", "relapse_arm_1", "relapse", "1"),
        "relapse.relapse_arm_1-2": (7, "001-A", "relapse_arm_1", "relapse", "2"),
        "last_contact.follow_up_arm_1": (8, "001-A", "follow_up_arm_1", "follow_up", None),
        "death.follow_up_arm_1": (8, "001-A", "follow_up_arm_1", "follow_up", None),
    }
    labels = cohort.intake.labels
    assert labels["diagnosis", "wbc"] == "Leucocytes at diagnosis (10^9/L)"
    assert labels["mrd", "start"] == "Year of the sample"


def test_an_inserted_row_leaves_the_names_of_the_other_events_alone(tmp_path: Path, cohort: Cohort) -> None:
    some = rows()
    late = some[1] | {"redcap_repeat_instance": "2", "mrd_m": "10"}
    read = ic.read(written(tmp_path / "r.csv", [*some[:1], late, *some[1:]]), source="redcap", mapping=MAPPING)
    before = set(cohort.course("001-A").by_id)
    assert set(read.course("001-A").by_id) - before == {"mrd.baseline_arm_1-2"}
    assert before <= set(read.course("001-A").by_id)


def labelled(some: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows as an export of labels has them."""
    known = read_dictionary(DICTIONARY).by_name

    def text(name: str, cell: str) -> str:
        if "___" in name:
            return {"0": "Unchecked", "1": "Checked", "": ""}[cell]
        if name.endswith("_complete"):
            return {"0": "Incomplete", "1": "Unverified", "2": "Complete", "": ""}[cell]
        return known[name].choices.get(cell, cell) if name in known else cell

    return [{name: text(name, cell) for name, cell in row.items()} for row in some]


def header_of_labels() -> list[str]:
    known = read_dictionary(DICTIONARY)
    names = {
        "redcap_event_name": "Event Name",
        "redcap_repeat_instrument": "Repeat Instrument",
        "redcap_repeat_instance": "Repeat Instance",
        "redcap_data_access_group": "Data Access Group",
        "em_sites___unk": "Extramedullary sites (choice=Unknown)",  # a missing-data code
    }
    for one in known.fields:
        names[one.name] = one.label
        for code, label in one.choices.items():
            suffix = "".join(sign if sign.isalnum() else "_" for sign in code.lower())
            names[f"{one.name}___{suffix}"] = f"{one.label} (choice={label})"
    return [names.get(name, "Complete?") for name in rows()[0]]


def test_labels_are_turned_into_codes_by_the_dictionary(tmp_path: Path, cohort: Cohort) -> None:
    some = labelled(rows())
    assert some[0]["mll"] == "Yes, rearranged"
    read = ic.read(written(tmp_path / "records.csv", some), source="redcap", mapping=MAPPING, dictionary=DICTIONARY)
    assert told(read) == told(cohort)
    header = header_of_labels()
    assert "Sites of relapse (choice=Marrow)" in header and header.count("Complete?") == 8
    path = written(tmp_path / "labels.csv", some, header)
    again = ic.read(path, source="redcap", mapping=MAPPING, dictionary=DICTIONARY)
    assert told(again) == told(cohort)


EVENT_LIST = """event_name,arm_num,unique_event_name,custom_event_label
Baseline,1,baseline_arm_1,
Relapse,1,relapse_arm_1,
Follow up,1,follow_up_arm_1,
Month 3,1,month_3_arm_1,
Baseline,2,baseline_arm_2,
Month 3,2,month_3_arm_2,
"""


def test_events_of_labels_get_their_unique_names_from_the_list_of_events(tmp_path: Path, cohort: Cohort) -> None:
    """Then their ids, and so findings in a ledger, are those of a raw export."""
    labels = {
        line.split(",")[2]: f"{line.split(',')[0]} (Arm {line.split(',')[1]}: Some arm)"
        for line in EVENT_LIST.splitlines()[1:]
    }
    some = [row | {"redcap_event_name": labels[row["redcap_event_name"]]} for row in labelled(rows())]
    assert len({row["redcap_event_name"] for row in some}) > 2
    written(tmp_path / "records.csv", some, header_of_labels())
    without = ic.read(tmp_path, source="redcap", mapping=MAPPING, dictionary=DICTIONARY)
    assert set(without.course("001-A").by_id) != set(cohort.course("001-A").by_id)
    (tmp_path / "events.csv").write_text(EVENT_LIST)
    read = ic.read(tmp_path, source="redcap", mapping=MAPPING, dictionary=DICTIONARY)
    assert told(read) == told(cohort)
    assert {"visit"} <= set(read.origin.columns) and set(read.origin["visit"]) == set(cohort.origin["visit"])
    only = [row | {"redcap_event_name": row["redcap_event_name"].partition(" (")[0]} for row in some]
    one_arm = [row for row in only if row["redcap_event_name"] == "Relapse"]
    again = ic.read(
        {"r": pl.DataFrame(one_arm), "events": pl.read_csv(tmp_path / "events.csv", infer_schema=False)},
        source="redcap",
        mapping=MAPPING,
        dictionary=DICTIONARY,
    )
    assert set(again.origin["visit"]) == {"relapse_arm_1"}


def test_two_lists_of_events_are_refused(tmp_path: Path) -> None:
    written(tmp_path / "records.csv", rows())
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_text(EVENT_LIST)
    with pytest.raises(UsageError, match=r"2 lists of events \(a.csv, b.csv\): leave one"):
        ic.read(tmp_path, source="redcap", mapping=MAPPING, dictionary=DICTIONARY)


def test_a_mapping_may_name_labels_as_well_as_codes(tmp_path: Path, cohort: Cohort) -> None:
    text = MAPPING.read_text(encoding="utf-8")
    text = text.replace('words = { 1 = "male", 2 = "female" }', 'words = { Male = "male", Female = "female" }')
    text = text.replace('{ Q = "quantified"', '{ "Positive, quantified" = "quantified"').replace(
        '{ BM = "marrow"', '{ Marrow = "marrow"'
    )
    mine = tmp_path / "m.toml"
    mine.write_text(text, encoding="utf-8")
    for some in (rows(), labelled(rows())):
        path = written(tmp_path / "records.csv", some)
        assert told(ic.read(path, source="redcap", mapping=mine, dictionary=DICTIONARY)) == told(cohort)


def test_without_a_dictionary_the_header_tells_the_instruments(cohort: Cohort) -> None:
    read = ic.read(RECORDS, source="redcap", mapping=MAPPING)
    same, other = told(cohort), told(read)
    cells = [(cell.column, cell.value, cell.hint) for cell in read.intake.cells if cell.problem is CellProblem.UNREAD]
    assert cells == [  # what only the dictionary can tell is not guessed: a decimal comma, and 0 for "no"
        ("wbc_dx", "212,5", "a decimal comma is read only where it is declared (decimal_comma)"),
        ("rel_early", "0", None),
        ("rel_early", "1", None),
    ]
    assert same["002-B"] == other["002-B"]
    assert same["001-A"][1].keys() == other["001-A"][1].keys()


@pytest.mark.parametrize("kind", ["pandas", "polars", "arrow"])
def test_frames_are_read_as_files_are(kind: str, cohort: Cohort) -> None:
    """PyCap gives pandas frames whose index is the record, and in longitudinal projects the event too."""
    plain = pl.read_csv(RECORDS, infer_schema=False)
    frames: dict[str, Callable[[], object]] = {
        "pandas": lambda: pd.read_csv(RECORDS).set_index(["study_id", "redcap_event_name"]),
        "polars": lambda: plain,
        "arrow": lambda: plain.to_arrow(),
    }
    dictionary = pd.read_csv(DICTIONARY).rename(columns=dict(HEADINGS)).set_index("field_name")
    read = ic.read({"records.csv": frames[kind]()}, source="redcap", mapping=MAPPING, dictionary=dictionary)
    assert told(read) == told(cohort)


def test_a_folder_may_hold_the_dictionary_and_an_export_of_each_instrument(tmp_path: Path, cohort: Cohort) -> None:
    some = rows()
    first = [name for name in some[0] if not name.startswith(("mrd", "rel", "fu_", "d_", "nurse", "follow", "q"))]
    place = ("study_id", "redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
    rest = [name for name in some[0] if name in place or name not in first]
    for name, columns in (("a", first), ("b", rest)):
        written(tmp_path / f"{name}.csv", [{column: row[column] for column in columns} for row in some], sign=";")
    (tmp_path / "project_DataDictionary.csv").write_bytes(DICTIONARY.read_bytes())
    read = ic.read(tmp_path, source="redcap", mapping=MAPPING)
    assert told(read) == told(cohort)
    assert [(count.file, count.read) for count in read.intake.rows] == [("a.csv", 11), ("b.csv", 11)]


def test_a_windows_file_with_a_mark_and_semicolons_is_read(tmp_path: Path, cohort: Cohort) -> None:
    path = written(tmp_path / "records.csv", rows(), sign=";")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert told(ic.read(path, source="redcap", mapping=MAPPING, dictionary=DICTIONARY)) == told(cohort)


def changed(tmp_path: Path, line: int, **cells: str) -> Cohort:
    some = rows()
    some[line] = some[line] | cells
    return ic.read(written(tmp_path / "r.csv", some), source="redcap", mapping=MAPPING, dictionary=DICTIONARY)


@pytest.mark.parametrize(
    ("line", "cells", "column", "problem", "expected"),
    [
        (0, {"dx_date": "15/08/2021"}, "dx_date, dx_prec", CellProblem.SUSPECT, "a date as YYYY-MM-DD"),
        (0, {"dx_prec": "7"}, "dx_prec", CellProblem.UNREAD, "a precision that the mapping knows"),
        (0, {"dx_prec": "4"}, "dx_date", CellProblem.SUSPECT, "no date, where dx_prec says that it is unknown"),
        (0, {"wbc_dx": "212.5"}, "wbc_dx", CellProblem.SUSPECT, "a number with a decimal comma"),
        (0, {"cns_dx": "5"}, "cns_dx", CellProblem.UNREAD, "one of CNS1"),
        (0, {"em_sites___1": "2"}, "em_sites___1", CellProblem.UNREAD, "0 or 1"),
        (1, {"mrd_y": "21"}, "mrd_y", CellProblem.UNREAD, "a year of four digits"),
        (1, {"mrd_m": "13"}, "mrd_m", CellProblem.UNREAD, "a month from 1 to 12"),
        (1, {"mrd_m": ""}, "mrd_d", CellProblem.UNREAD, "a month in mrd_m, where there is a day"),
        (1, {"mrd_y": ""}, "mrd_m", CellProblem.UNREAD, "a year in mrd_y, where there is a month"),
        (
            1,
            {"mrd_y": "2021", "mrd_m": "2", "mrd_d": "30"},
            "mrd_y, mrd_m, mrd_d",
            CellProblem.UNREAD,
            "a day that exists",
        ),
        (1, {"rel_date": "2022-01-01"}, "rel_date", CellProblem.NOT_USED, "an empty cell in the rows of another"),
        (1, {"redcap_repeat_instrument": "mrdd"}, "redcap_repeat_instrument", CellProblem.NOT_USED, "an instrument of"),
        (5, {"study_id": ""}, "study_id", CellProblem.SET_ASIDE, "a record id in every row"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place_and_the_rest_of_the_row_is_kept(
    tmp_path: Path, line: int, cells: dict[str, str], column: str, problem: CellProblem, expected: str
) -> None:
    cohort = changed(tmp_path, line, **cells)
    told_cells = [cell for cell in cohort.intake.cells if cell.column == column]
    assert [(cell.problem, cell.row) for cell in told_cells] == [(problem, line + 2 + (line > 0))]
    assert told_cells[0].expected.startswith(expected)
    (count,) = cohort.intake.rows
    assert count.read == count.kept + sum(count.set_aside.values()) == 11


def test_of_a_date_in_parts_as_much_is_read_as_is_known(tmp_path: Path) -> None:
    def when(**cells: str) -> list[str]:
        return [str(one) for one in changed(tmp_path, 1, **cells).course("001-A")["mrd.baseline_arm_1-1"].when]

    assert when(mrd_m="May") == ["2021-05-20"]
    assert when(mrd_m="99") == ["2021"]
    assert when(mrd_m="13") == ["2021"]
    assert when(mrd_d="") == ["2021-09"]
    assert when(mrd_y="") == []


def test_a_detail_of_an_event_that_is_not_there_is_set_aside(tmp_path: Path) -> None:
    """Blasts of a second relapse whose own instrument is empty are not those of the first."""
    cohort = changed(tmp_path, 4, rel_date="", rel_sites___cns="0", rel_early="")
    (relapse,) = cohort.course("001-A").of(Relapse)
    assert relapse.marrow_blasts == Quantity(60.0, "%")
    assert dict(cohort.intake.rows[0].set_aside)["about an event that the patient does not have once"] == 1


def test_two_answers_to_one_question_about_a_patient_are_told_and_none_is_taken(tmp_path: Path) -> None:
    cohort = changed(tmp_path, 5, sex="1", redcap_data_access_group="lyon")
    assert (cohort.course("001-A").patient.sex, cohort.course("001-A").patient.site) == (None, None)
    suspect = {cell.column for cell in cohort.intake.cells if cell.problem is CellProblem.SUSPECT}
    assert suspect == {"sex", "redcap_data_access_group"}


def test_an_export_that_needs_a_mapping_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="a mapping, or an export of the template") as caught:
        ic.read(RECORDS, source="redcap")
    assert "infant-course mapping" in str(caught.value)
    with pytest.raises(InputError, match="found a data dictionary or a list of events alone"):
        ic.read(DICTIONARY, source="redcap", mapping=MAPPING)
    with pytest.raises(UsageError, match="no frames"):
        ic.read({}, source="redcap")
    with pytest.raises(InputError, match="no file of these kinds"):
        ic.read(tmp_path, source="redcap", mapping=MAPPING)


def test_the_record_id_must_be_there(tmp_path: Path) -> None:
    some = [{name: cell for name, cell in row.items() if name != "study_id"} for row in rows()]
    with pytest.raises(InputError, match="the record id"):
        ic.read(written(tmp_path / "r.csv", some), source="redcap", mapping=MAPPING, dictionary=DICTIONARY)


def test_surveys_yes_and_no_and_empty_instruments_of_a_classic_project(tmp_path: Path) -> None:
    """No events, no dictionary: surveys with their times, an instrument that was never filled in, labels of yes/no."""
    mapping = tmp_path / "m.yaml"
    mapping.write_text(
        "event:\n"
        "  - {type: diagnosis, from: [entry], fields: {start: dx_date, prenatal: dx_prenatal}}\n"
        "  - {type: relapse, from: [relapse], complete: true, fields: {start: rel_date}}\n"
    )
    export = tmp_path / "e.csv"
    export.write_text(
        "id,redcap_repeat_instrument,redcap_repeat_instance,redcap_survey_identifier,entry_timestamp,dx_date,"
        "dx_prenatal,entry_complete,relapse_timestamp,rel_date,relapse_complete\n"
        "1,,,a@b.c,2020-01-02 10:00,2020-01-01 08:30,Yes,Complete,[not completed],,Incomplete\n"
        "2,,,,[not completed],,,Incomplete,,,\n",
        encoding="utf-8",
    )
    cohort = ic.read(export, source="redcap", mapping=mapping)
    (diagnosis,) = cohort.course("1")
    assert (str(diagnosis.when[0]), diagnosis.prenatal, diagnosis.id) == ("2020-01-01", True, "diagnosis")
    assert cohort.intake.cells == ()
    assert cohort.intake.assumptions == (
        "e.csv, dx_date: 1 date with a time of day; the day is read, the time of day is not used.",
    )
    assert cohort.complete == {"relapse": True}, "exported, and empty: no relapse happened"
    assert (len(cohort.course("2")), cohort.intake.rows[0].kept) == (0, 2)


def test_a_decimal_comma_may_be_declared_for_all(tmp_path: Path) -> None:
    some = rows()
    path = written(tmp_path / "r.csv", some)
    cohort = ic.read(path, source="redcap", mapping=MAPPING, decimal_comma=True)
    assert cohort.course("001-A").of(Diagnosis)[0].wbc == Quantity(212.5, "10^9/L")


def test_odd_record_ids_are_told_and_stay_apart(tmp_path: Path) -> None:
    some = [row | {"study_id": {"001-A": "Ä 1", "002-B": "Ö 1"}.get(row["study_id"], "007")} for row in rows()]
    cohort = ic.read(written(tmp_path / "r.csv", some), source="redcap", mapping=MAPPING, dictionary=DICTIONARY)
    assert cohort.patients["patient"].n_unique() == 3
    assert "007" in cohort.patients["patient"].to_list()
    told_of = {cell.value for cell in cohort.intake.cells if cell.column == "study_id"}
    assert told_of == {"Ä 1", "Ö 1"}


def test_a_wide_export_is_read_where_its_limit_is_named(tmp_path: Path) -> None:
    """The look at the header keeps to the limits of the reading."""
    options = {"source": "redcap", "mapping": MAPPING, "dictionary": DICTIONARY}
    for most, width, limits in ((10_000, 10_001, {}), (100, 101, {"limits": Limits(columns=100)})):
        path = tmp_path / f"{width}.csv"
        written(path, [row | {f"x{n}": "" for n in range(width)} for row in rows()])
        with pytest.raises(InputError, match=f"at most {most:,} columns"):
            ic.read(path, **options, **limits)
    assert ic.read(path, limits=Limits(columns=200), **options).patients.height == 3
