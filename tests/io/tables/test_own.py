"""The own form of an export: read, written, and read again."""

import csv

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import infant_course as ic
from depth import depth
from infant_course import Cohort, read
from infant_course.errors import InputError, UsageError
from infant_course.intake import CellProblem
from infant_course.io.tables.own import NO_TYPE, TABLES
from infant_course.io.tables.template import template
from infant_course.io.tables.times import readings
from infant_course.io.tables.write import write
from infant_course.spreadsheet import inert
from strategies import courses


def of(cohort):
    return {name: cohort.course(name) for name in cohort.patients["patient"]}


@settings(max_examples=depth(10, 4), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(courses(), min_size=1, max_size=3, unique_by=lambda course: course.id), st.sampled_from(["csv", "parquet"])
)
def test_a_cohort_reads_back_as_it_was_written(tmp_path_factory, some, to):
    cohort = Cohort.from_courses(some)
    folder = write(cohort, tmp_path_factory.mktemp("export") / "own", to=to)
    back = read(folder)
    assert list(of(back).values()) == list(some)
    assert back.intake.cells == ()
    assert all(count.read == count.kept for count in back.intake.rows)


def put(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def told(cohort):
    return [(cell.file, cell.column, cell.problem.name, cell.rows) for cell in cohort.intake.cells]


def test_the_example_by_hand():
    cohort = ic.read("cases/exports/own")
    course = cohort.course("P001")
    assert [event.id for event in course] == ["dx", "ind", "ib", "mrd-1", "mrd-2", "rel", "last_contact-1"]
    assert course["ib"].agents[0].dose == ic.Quantity(75.0, "mg/m2")
    assert [str(site) for site in course["rel"].sites] == ["marrow", "cns"]
    assert cohort.course("P002")["mrd-1"].when == ()
    assert told(cohort) == [
        ("diagnosis.csv", "wbc", "UNREAD", 1),
        ("diagnosis.csv", "wbc_unit", "UNREAD", 1),
        ("mrd.csv", "result", "UNREAD", 1),
        ("mrd.csv", "start", "SUSPECT", 1),
    ]
    assert cohort.patients["site"].to_list() == ["Nord", "Nord", "Sued"]
    assert sorted(cohort.complete) == ["diagnosis", "last_contact", "mrd", "relapse", "treatment_block"]


def test_decimal_commas_are_read_where_they_are_declared(tmp_path):
    folder = put(tmp_path / "x", laboratory="patient;wbc;wbc_unit\nP1;35,2;10^9/L\nP2;1.234;10^9/L\nP3;7;10^9/L\n")
    assert [cell.value for cell in read(folder).intake.cells] == ["35,2"]
    cohort = read(folder, decimal_comma=True)
    assert told(cohort) == [("laboratory.csv", "wbc", "SUSPECT", 1)]
    assert [row and row["value"] for row in cohort.tables["laboratory"]["wbc"]] == [35.2, None, 7.0]


def test_a_long_file(tmp_path):
    path = tmp_path / "all.csv"
    path.write_text(
        "event,patient,start,sites,result,strat\n"
        "relapse,P1,2020-01-02,marrow,,\n"
        "patient,P1,,,,\n"
        "mrd,P1,2020-01-01,cns,negative,\n"
        "relaps,P1,2020,,,\n"
        ",P1,2020,,,\n"
    )
    cohort = read(path)
    assert [event.id for event in cohort.course("P1")] == ["relapse-1", "mrd-1"]  # as in the file
    (count,) = cohort.intake.rows
    assert (count.read, count.kept, dict(count.set_aside)) == (5, 3, {NO_TYPE: 2})
    assert sorted(told(cohort), key=str) == [
        ("all.csv", "event", "SET_ASIDE", 1),
        ("all.csv", "event", "SET_ASIDE", 1),
        ("all.csv", "sites", "NOT_USED", 1),
        ("all.csv", "strat", "NOT_USED", 0),
    ]
    assert "did you mean 'relapse'?" in [cell.hint for cell in cohort.intake.cells]
    assert cohort.course("P1").file == "all.csv"


def test_a_folder_with_more_than_tables(tmp_path):
    folder = put(tmp_path / "x", relapse="patient,strat,star\nP1,1,2020\n", relaps="patient\nP1\n")
    put(folder, dictionary="table\n")
    (folder / "README.md").write_text("x")
    (folder / "notes.docx").write_text("x")
    cohort = read(folder)
    assert told(cohort) == [
        ("notes.docx", None, "NOT_USED", 1),
        ("relaps.csv", None, "NOT_USED", 1),
        ("relapse.csv", "strat", "NOT_USED", 1),
        ("relapse.csv", "star", "NOT_USED", 1),
    ]
    assert [cell.hint for cell in cohort.intake.cells][1::2] == ["did you mean 'relapse'?", "did you mean 'start'?"]


def test_what_cannot_be_read_at_all(tmp_path):
    with pytest.raises(InputError, match=r"a folder with a file for each event type, found other\.csv"):
        read(put(tmp_path / "x", other="a\n1\n"))
    put(tmp_path / "y", relapse="patient\nP1\n")
    (tmp_path / "y" / "relapse.tsv").write_text("patient\nP1\n")
    with pytest.raises(InputError, match="one file for each table"):
        read(tmp_path / "y")
    (tmp_path / "z.csv").write_text("patient\nP1\n")
    with pytest.raises(InputError, match="a table of one event type, or a column event, found neither"):
        read(tmp_path / "z.csv")
    with pytest.raises(InputError, match="an export: a folder or a file, found nothing"):
        ic.read(tmp_path / "nothing")


def test_frames_of_all_kinds():
    rows = {"patient": ["P1", "P1"], "number": [1, None], "start": ["2020-05-17", None]}
    import pandas  # slow to load, and used here alone

    for frame in (pl.DataFrame(rows), pandas.DataFrame(rows), pl.DataFrame(rows).to_arrow()):
        course = ic.read({"relapse": frame}).course("P1")
        assert [event.number for event in course] == [1, None]
        assert str(course["relapse-1"].when[0]) == "2020-05-17"


def test_the_front_door_names_what_it_does_not_know(tmp_path):
    with pytest.raises(UsageError, match="no source 'redcapp': did you mean 'redcap'"):
        ic.read(tmp_path, source="redcapp")
    with pytest.raises(UsageError, match="mapping has no meaning for source 'csv'"):
        ic.read({}, mapping="x.toml")
    with pytest.raises(UsageError, match="no format 'xml'"):
        ic.write(ic.read({}), tmp_path / "x", to="xml")


def test_nothing_is_written_over(tmp_path):
    cohort = ic.read("cases/exports/own")
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "a.txt").write_text("mine")
    with pytest.raises(UsageError, match="new or empty"):
        ic.write(cohort, tmp_path / "taken")
    (tmp_path / "empty").mkdir()
    ic.write(cohort, tmp_path / "empty")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "taken"]
    assert [path.name for path in (tmp_path / "taken").iterdir()] == ["a.txt"]


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(pl.DataFrame, "write_csv", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        ic.write(ic.read("cases/exports/own"), tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("note", ["=1+1", "'=1+1", "''=x", "+", "-5", " @x", "'quoted'", "%", "a;b", "it's"])
def test_no_text_is_a_formula_and_none_is_changed(tmp_path, note):
    course = ic.Course(
        patient=ic.Patient(id="P1", site=note),
        events=[
            ic.Relapse(id="r", note=note, antigen_loss=(note, "x")),
            ic.Relapse(id="s", antigen_loss=(note,)),
        ],
    )
    folder = ic.write(Cohort.from_courses([course]), tmp_path / "x")
    assert read(folder).course("P1") == course
    texts = [path.read_text(encoding="utf-8").splitlines(keepends=True) for path in folder.iterdir()]
    cells = [cell for lines in texts for row in csv.reader(lines) for cell in row]
    assert [cell for cell in cells if inert(cell) != cell] == []


def test_an_id_used_twice_is_written_twice(tmp_path):
    first = read(put(tmp_path / "x", relapse="patient,id\nP1,a\nP1,a\n"))
    folder = ic.write(first, tmp_path / "y")
    assert "P1,a,\nP1,a,\n" in (folder / "relapse.csv").read_text()
    assert read(folder).course("P1") == first.course("P1")


def test_absence_comes_back(tmp_path):
    """A type recorded in full without an event is a file without rows; one with events but not in full is told."""
    one = ic.Course(patient=ic.Patient(id="P1"), events=[ic.Relapse(id="a")], complete={"death", "relapse"})
    folder = ic.write(Cohort.from_courses([one]), tmp_path / "x")
    assert sorted(path.name for path in folder.iterdir()) == ["death.csv", "patient.csv", "relapse.csv"]
    assert "complete" not in (folder / "patient.csv").read_text()
    other = ic.Course(patient=ic.Patient(id="P2"), events=[ic.Relapse(id="a")], complete={"death"})
    folder = ic.write(Cohort.from_courses([one, other]), tmp_path / "y")
    back = read(folder)
    assert [back.course(name).complete for name in ("P1", "P2")] == [{"death", "relapse"}, {"death"}]


def test_the_template_is_an_export_without_patients(tmp_path):
    folder = template(tmp_path / "t")
    cohort = read(folder)
    assert cohort.intake.cells == () and cohort.n_events == 0
    with (folder / "dictionary.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    units = next(row for row in rows if (row["table"], row["column"]) == ("mrd", "value_unit"))
    assert units["allowed"] == "fraction; %"
    assert all(row["meaning"] and row["form"] for row in rows)
    assert {(row["table"], row["column"]) for row in rows if row["required"]} == {(name, "patient") for name in TABLES}


def test_shapes_of_dates_that_are_told_and_not_read():
    meant = {
        "31/12/2020": ["2020-12-31"],
        "12/31/20": ["2020-12-31", "1920-12-31"],
        "3/4/2020": ["2020-04-03", "2020-03-04"],
        "5.5.2020": ["2020-05-05", "2020-05-05"],
        "43831": ["2020-01-01", "2024-01-02"],
        "20200517": ["2020-05-17"],
        "2020/05/17": ["2020-05-17"],
        "17-May-2020": ["2020-05-17"],
        "May 2020": ["2020-05-01"],
        "2020-05-17": [],
        "yesterday": [],
        "31/31/2020": [],
        "99999": [],
    }
    assert {text: [str(day) for day, _ in readings(text)] for text in meant} == meant
    rows = {"patient": ["P1"] * len(meant), "start": list(meant)}
    cohort = ic.read({"relapse": pl.DataFrame(rows)})
    suspects = [cell.value for cell in cohort.intake.cells if cell.problem is CellProblem.SUSPECT]
    assert suspects == [text for text, days in meant.items() if days]
    assert cohort.stated["text"].to_list() == ["2020-05-17"]


def test_a_time_of_day_is_said():
    cohort = ic.read(
        {"relapse": pl.DataFrame({"patient": ["P1"] * 2, "start": ["2020-05-17 00:00:00", "2020-05-18T14:30"]})}
    )
    assert cohort.stated["text"].to_list() == ["2020-05-17", "2020-05-18"]
    assert cohort.intake.assumptions == (
        "relapse, start: 2 dates with a time of day; the day is read, the time of day is not used.",
    )
