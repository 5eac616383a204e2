"""Cells that could not be read are findings of a ledger, one by one, and become queries to their sites."""

import csv
import json
from pathlib import Path

import pytest

import infant_course as ic
from infant_course.intake import CellProblem
from infant_course.io.tables.own import OwnReader
from infant_course.io.tables.stream import Stream
from infant_course.ledger import Ledger, RunResult
from infant_course.ledger.cells import CELL, cells_seen
from infant_course.ledger.entry import Entry
from infant_course.ledger.queries import write_queries
from infant_course.report.json import as_json
from infant_course.rules import Settings
from ledger.sights import course, day, new_ledger
from ledger.sights import record as record_courses

WHITE_CELLS = "patient,id,wbc,wbc_unit"
REDCAP = Path(__file__).resolve().parents[2] / "cases" / "exports" / "redcap"
PATIENTS = "patient,site\nP1,Ghent\nP2,Lyon\n"
DIAGNOSES = "patient,id,start,wbc,wbc_unit\nP1,dx,2020-01-01,many,10^9/L\nP2,dx,31/12/2019,30,10^9/L\n"


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A number that is none, and a date that a spreadsheet may have turned."""
    folder = tmp_path / "export"
    folder.mkdir()
    put(folder, patient=PATIENTS, diagnosis=DIAGNOSES)
    return folder


def put(folder: Path, **tables: str) -> None:
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def record(ledger: Ledger, export: Path, number: int, **settings: int) -> RunResult:
    """Check an export by one rule that has nothing to say here, and record it."""
    cohort = ic.read(export)
    report = ic.check(cohort, rules=[ic.RULES["ORD-09"]], settings=Settings(**settings))
    return ledger.record(ledger.see(cohort, report), as_of=day(number))


def cells(ledger: Ledger, number: int) -> dict[tuple[str, str | None, str], Entry]:
    """The cells in a ledger by patient, event and label."""
    found = [entry for entry in ledger.entries(as_of=day(number)) if entry.rule == CELL]
    return {(entry.patient, entry.event, entry.shown[0][0]): entry for entry in found}


def test_each_cell_is_a_finding_of_its_patient_and_event(export: Path, tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        assert record(ledger, export, 1).counts["new"] == 2
        found = cells(ledger, 1)
        assert set(found) == {("P1", "dx", "wbc"), ("P2", "dx", "start")}
        number, date = found["P1", "dx", "wbc"], found["P2", "dx", "start"]
        assert (number.severity, number.outcome, number.about, number.site) == (
            "warning",
            CellProblem.UNREAD,
            "diagnosis",
            "Ghent",
        )
        assert (number.place["file"], number.place["row"], number.shown) == ("diagnosis.csv", 2, (("wbc", "many"),))
        assert number.question == (
            "wbc: expected a number, found 'many'. Please correct the cell, or empty it where nothing is known."
        )
        assert date.outcome == CellProblem.SUSPECT
        assert "found '31/12/2019'. Not read, since it may be 2019-12-31" in date.question


def test_a_cell_is_known_again_by_its_event_and_column_and_not_by_its_line(export: Path, tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        record(ledger, export, 1)
        head, first, second = DIAGNOSES.splitlines()
        put(export, diagnosis=f"{head}\n{second}\n{first}\n")
        assert record(ledger, export, 2).counts == {
            "new": 0,
            "open": 2,
            "resolved": 0,
            "reopened": 0,
            "accepted": 0,
        }
        assert cells(ledger, 2)["P1", "dx", "wbc"].place["row"] == 3


@pytest.mark.parametrize("instead", ["30", ""], ids=["corrected", "emptied"])
def test_a_cell_that_is_corrected_or_emptied_is_resolved(export: Path, tmp_path: Path, instead: str):
    with new_ledger(tmp_path) as ledger:
        record(ledger, export, 1)
        put(export, diagnosis=DIAGNOSES.replace("many", instead))
        result = record(ledger, export, 2)
        assert [(one.patient, one.why) for one in result.of("resolved")] == [("P1", "not found any more")]


def test_another_text_that_cannot_be_read_ends_an_acceptance(export: Path, tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        record(ledger, export, 1)
        name = cells(ledger, 1)["P1", "dx", "wbc"].fingerprint
        ledger.accept(name, by="A. Data", why="the laboratory wrote so", as_of=day(1))
        assert record(ledger, export, 2).counts["accepted"] == 1
        put(export, diagnosis=DIAGNOSES.replace("many", "a lot"))
        assert [one.why for one in record(ledger, export, 3).of("reopened")] == [
            "the data behind it changed since it was accepted"
        ]


def test_an_event_that_is_gone_is_told_apart(export: Path, tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        record(ledger, export, 1)
        put(export, diagnosis="\n".join(DIAGNOSES.splitlines()[:2]) + "\n")
        assert [one.why for one in record(ledger, export, 2).of("resolved")] == [
            "its event, or one it conflicts with, is gone"
        ]


def test_what_a_run_did_not_look_at_stays(export: Path, tmp_path: Path):
    """A table that was left out, case files; but cells do not depend on the settings of rules."""
    with new_ledger(tmp_path) as ledger:
        record(ledger, export, 1)
        result = record_courses(ledger, [course("P1"), course("P2")], day(2), "ORD-09")
        assert result.untouched == {"rule": 2}
        (export / "diagnosis.csv").unlink()
        put(export, relapse="patient,id,start\nP1,rel,2021-01-01\n")
        assert record(ledger, export, 3).untouched == {"type": 2}
        put(export, diagnosis=DIAGNOSES.replace("many", "30"))
        assert record(ledger, export, 4, infant_limit_days=366).counts["resolved"] == 1


def test_all_of_many_equal_cells_and_of_many_different_ones_are_kept(tmp_path: Path):
    """A report merges equal ones, names few patients and tells the first 200 values of a column one by one."""
    sexes = [f"P{n},{'girl' if n < 300 else 'female'}" for n in range(700)]
    counts = [f"P{n},dx,{f'odd {n}' if n < 300 else 30},10^9/L" for n in range(700)]
    put(tmp_path, patient="\n".join(["patient,sex", *sexes]), diagnosis="\n".join([WHITE_CELLS, *counts]))
    cohort = ic.read(tmp_path)
    assert cohort.intake is not None
    assert max(len(cell.patients) for cell in cohort.intake.cells) <= 20
    found = cells_seen(cohort)
    assert {(one.patient, one.about, one.shown) for one in found} == {
        *((f"P{n}", "patient", (("sex", "girl"),)) for n in range(300)),
        *((f"P{n}", "diagnosis", (("wbc", f"odd {n}"),)) for n in range(300)),
    }
    assert len({one.data for one in found}) == 301


def test_no_site_is_asked_about_a_column_that_is_wrong_as_a_whole(tmp_path: Path):
    """Decimal commas that were not declared are the export's doing. What was asked before waits."""
    counts = [f'P{n},dx,"{n},5",10^9/L' for n in range(60)]
    put(tmp_path, diagnosis="\n".join([WHITE_CELLS, "P1,dx,many,10^9/L", "P2,dx,30,10^9/L"]))
    with new_ledger(tmp_path) as ledger:
        assert record(ledger, tmp_path, 1).counts["new"] == 1
        put(tmp_path, diagnosis="\n".join([WHITE_CELLS, *counts]))
        assert record(ledger, tmp_path, 2).untouched == {"column": 1}
        assert [entry.status for entry in cells(ledger, 2).values()] == ["new"]


@pytest.mark.parametrize("left_out", ["the table", "the column"])
def test_what_was_left_out_of_an_export_resolves_no_cell(tmp_path: Path, left_out: str):
    put(tmp_path, patient="patient,site,sex\nP1,Ghent,boy\n", diagnosis="patient,id,start\nP1,dx,2020-01-01\n")
    with new_ledger(tmp_path) as ledger:
        record(ledger, tmp_path, 1)
        if left_out == "the table":
            (tmp_path / "patient.csv").unlink()
        else:
            put(tmp_path, patient="patient,site\nP1,Ghent\n")
        assert record(ledger, tmp_path, 2).untouched == {"column": 1}
        put(tmp_path, patient="patient,site,sex\nP1,Ghent,male\n")
        assert record(ledger, tmp_path, 3).counts["resolved"] == 1


def test_a_second_row_of_a_patient_is_set_aside_with_its_cells(tmp_path: Path):
    put(tmp_path, patient="patient,sex\nP1,male\nP1,boy\n", diagnosis="patient,id\nP1,dx\n")
    assert cells_seen(ic.read(tmp_path)) == ()


def test_a_row_without_a_patient_and_an_id_in_another_form_are_no_query(export: Path, tmp_path: Path):
    """The first is nobody's, the second was taken; other cells of its rows are asked about by the id as it stands."""
    text = "patient,id,start\n12/07 A,re 1,2020-13-01\n,x,2020-13-01\n"
    put(export, patient=PATIENTS + "12/07 A,Ghent\n", relapse=text, diagnosis="patient,id\n")
    with new_ledger(tmp_path) as ledger:
        record(ledger, export, 1)
        (entry,) = cells(ledger, 1).values()
        assert (entry.about, entry.shown, entry.place["record"]) == ("relapse", (("start", "2020-13-01"),), "12/07 A")


def test_a_cell_with_a_control_character_is_told_by_the_report_alone(export: Path):
    """It is met before it is known whose it is."""
    put(export, diagnosis=DIAGNOSES.replace("many", "3\x010").replace("31/12/2019", "2019-12-31"))
    cohort = ic.read(export)
    assert cohort.intake is not None
    assert [(cell.column, cell.value) for cell in cohort.intake.cells] == [("wbc", "3\x010")]
    assert cells_seen(cohort) == ()


def test_many_different_cells_with_control_characters_are_told_together(tmp_path: Path):
    """The first 200 one by one, the others as one: each by itself would take long."""
    put(tmp_path, death="patient,id,note\n" + "".join(f"P{n},d,{n}\x0b\n" for n in range(300)))
    cohort = ic.read(tmp_path)
    assert cohort.intake is not None
    assert sorted(cell.rows for cell in cohort.intake.cells) == [*([1] * 200), 100]


REDCAP_OF_ONE_ROW = """
[patient]
from = ["lab"]
[[event]]
type = "mrd"
from = ["lab"]
[event.fields]
start = "d1"
value = "v1"
value_unit = { always = "%" }
[[event]]
type = "mrd"
from = ["lab"]
[event.fields]
start = { year = "y2", month = "m2" }
value = "v2"
value_unit = { always = "%" }
"""


def test_two_events_of_one_row_keep_their_cells_apart(tmp_path: Path):
    """A part of a date is its row's, as the row gave two events of the type; nothing is put to the wrong one."""
    (tmp_path / "m.toml").write_text(REDCAP_OF_ONE_ROW, encoding="utf-8")
    rows = [
        "record_id,d1,v1,y2,m2,v2,lab_complete",
        "A,2020-01-01,0.1,2020,2,many,2",
        "B,2020-01-01,odd,2020,13,none,2",
    ]
    (tmp_path / "e.csv").write_text("\n".join(rows), encoding="utf-8")
    cohort = ic.read(tmp_path / "e.csv", source="redcap", mapping=tmp_path / "m.toml")
    assert sorted((one.patient, one.event or "", one.shown) for one in cells_seen(cohort)) == [
        ("A", "mrd.2", (("v1, v2", "many"),)),
        ("B", "", (("m2", "13"),)),
        ("B", "mrd", (("v1, v2", "odd"),)),
        ("B", "mrd.2", (("v1, v2", "none"),)),
    ]


REDCAP_DETAILS = """
[patient]
from = ["demo"]
[patient.fields]
sex = { column = "sex", words = { 1 = "male", 2 = "female" } }
[[event]]
type = "relapse"
from = ["rel"]
[event.fields]
start = "rd"
[[detail]]
of = "relapse"
from = ["rlab"]
[detail.fields]
sites = { checkbox = "st", words = { BM = "marrow" } }
"""


def test_cells_of_rows_that_are_no_events_are_known_by_their_place(tmp_path: Path):
    (tmp_path / "m.toml").write_text(REDCAP_DETAILS, encoding="utf-8")
    head = "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance"
    rows = [
        f"{head},sex,demo_complete,rd,rel_complete,st___bm,rlab_complete",
        "A,base,,,1,2,,,,",
        "A,r1,,,,,2020-01-01,2,,",
        "A,r1,rlab,1,,,,,9,2",
        "A,r2,,,,,2021-01-01,2,,",
        "A,r2,rlab,1,,,,,7,2",
    ]
    (tmp_path / "e.csv").write_text("\n".join(rows), encoding="utf-8")
    found = cells_seen(ic.read(tmp_path / "e.csv", source="redcap", mapping=tmp_path / "m.toml"))
    told = [(one.event, one.place["visit"], one.place["instrument"], one.place["instance"], one.shown) for one in found]
    assert told == [
        (None, "r1", "rlab", "1", (("st___bm", "9"),)),
        (None, "r2", "rlab", "1", (("st___bm", "7"),)),
    ]
    assert len({one.fingerprint for one in found}) == 2


def test_a_field_of_redcap_is_asked_about_by_its_label(tmp_path: Path):
    """And by record, event, instrument and instance; of a row that gives several events the right one is named."""
    text = (REDCAP / "records.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(keepends=True)))
    relapse = next(row for row in rows if row["rel_date"])
    relapse["rel_date"] = "31/12/2021"
    next(row for row in rows if row["mrd_m"])["mrd_m"] = "13"
    next(row for row in rows if row["em_sites___2"])["em_sites___2"] = "9"
    with (tmp_path / "records.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    cohort = ic.read(
        tmp_path / "records.csv",
        source="redcap",
        mapping=REDCAP / "mapping.toml",
        dictionary=REDCAP / "dictionary.csv",
    )
    found = {one.shown[0][0]: one for one in cells_seen(cohort)}
    date = found["Date of relapse"]
    assert {(name, one.about, one.shown[0][1]) for name, one in found.items()} == {
        ("Date of relapse", "relapse", "31/12/2021"),
        ("Month of the sample", "mrd", "13"),
        ("Extramedullary sites: Testis", "diagnosis", "9"),
    }
    assert (date.about, date.patient, date.shown[0][1]) == ("relapse", relapse["study_id"], "31/12/2021")
    assert date.event in {event.id for event in cohort.course(date.patient).of(ic.Relapse)}
    assert (date.place["record"], date.place["instrument"], date.place["visit"]) == (
        relapse["study_id"],
        "relapse",
        relapse["redcap_event_name"],
    )


@pytest.mark.parametrize(
    ("mapping", "rows", "right"),
    [
        (
            REDCAP_OF_ONE_ROW,
            ["record_id,d1,v1,y2,m2,v2,lab_complete", "A,2020-01-01,0.1,2020,13,many,2"],
            (",13,many,", ",1,3,"),
        ),
        (
            REDCAP_DETAILS,
            [
                "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,sex,demo_complete,rd,"
                "rel_complete,st___bm,rlab_complete",
                "A,base,,,3,2,,,,",
                "A,r1,,,,,2020-01-01,2,,",
                "A,r1,rlab,1,,,,,9,2",
            ],
            (",9,2", ",1,2"),
        ),
    ],
    ids=["parts of a date, two events in a row", "a detail"],
)
def test_cells_of_redcap_are_resolved_when_they_can_be_read(tmp_path: Path, mapping, rows, right):
    (tmp_path / "m.toml").write_text(mapping, encoding="utf-8")
    statuses = []
    with new_ledger(tmp_path) as ledger:
        for number, text in enumerate(["\n".join(rows), "\n".join(rows).replace(*right).replace(",3,2,", ",1,2,")]):
            (tmp_path / "e.csv").write_text(text, encoding="utf-8")
            cohort = ic.read(tmp_path / "e.csv", source="redcap", mapping=tmp_path / "m.toml")
            report = ic.check(cohort, rules=[ic.RULES["ORD-09"]])
            ledger.record(ledger.see(cohort, report), as_of=day(number))
            statuses.append([str(entry.status) for entry in cells(ledger, number).values()])
    assert statuses == [["new", "new"], ["resolved", "resolved"]]


def test_queries_go_to_the_site_of_the_patient(export: Path, tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        record(ledger, export, 1)
        written = write_queries(ledger.standing(as_of=day(1)), tmp_path / "q", kind="csv", as_of=day(1))
    told = {}
    for path, _ in written:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            told[path.name] = [(row["record"], row["field"], row["value"]) for row in csv.DictReader(stream)]
    assert told == {"site-Ghent.csv": [("P1", "wbc", "many")], "site-Lyon.csv": [("P2", "start", "31/12/2019")]}


def test_a_report_holds_no_single_cells(export: Path):
    """Of a large export they would take as much memory as there are of them."""
    cohort = ic.read(export)
    report = ic.check(cohort)
    assert cohort.intake is not None and report.intake is not None
    assert sum(len(cell.each) for cell in cohort.intake.cells) == 2
    assert [cell.each for cell in report.intake.cells] == [(), ()]
    assert report.intake == cohort.intake
    assert "each" not in json.loads(as_json(report))["intake"]["cells"][0]


def test_parts_of_an_export_tell_the_same_cells(tmp_path: Path):
    put(
        tmp_path,
        diagnosis="patient,id,wbc,wbc_unit\n"
        + "".join(f"P{n},dx,{30 if n % 3 else 'odd'},10^9/L\n" for n in range(90)),
    )
    parts = [cells_seen(cohort) for cohort in Stream(OwnReader(), tmp_path, share=300)]
    assert len(parts) > 2
    whole = {one.fingerprint for one in cells_seen(ic.read(tmp_path))}
    assert len(whole) == 30
    assert {one.fingerprint for part in parts for one in part} == whole
