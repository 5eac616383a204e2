"""Exports of every format, read in parts, come to what the whole comes to."""

import csv
import gzip
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import infant_course as ic
from depth import depth, only_thorough
from infant_course import Cohort, InfantCourseError, InputError
from infant_course.cli import main
from infant_course.intake import CellProblem, Intake, merged_intakes
from infant_course.io.tables.flat import RECORD
from infant_course.io.tables.read import reader_of
from infant_course.io.tables.stream import Stream, unpacked_size
from infant_course.report.check import Report, check
from infant_course.report.parts import check_in_parts
from infant_course.rules import RULES, Settings

HERE = Path(__file__).parent
PROJECT = HERE.parents[1] / "cases" / "exports" / "redcap"
OPTIONS = {"mapping": PROJECT / "mapping.toml", "dictionary": PROJECT / "dictionary.csv"}
SOME = [rule for rule in RULES.values() if rule.family in ("BAS", "ORD")]


def stream_of(export: Path, source: str, share: int | None = None, **options: Any) -> Stream:
    """In shares of so many bytes, else in three or four."""
    files = export.iterdir() if export.is_dir() else [export]
    size = share or sum(map(unpacked_size, files)) // 3
    return Stream(reader_of(source, options), export, share=size, chunk=size // 4 or 1)


def times(text: str, copies: int, sign: str, quoted: bool) -> str:
    """A table so many times over, under other ids in its first column."""
    lines = text.splitlines()
    if not quoted:
        head = next(number for number, line in enumerate(lines) if not line.startswith("#"))
        rows = [f"{copy}-{line}" for copy in range(copies) for line in lines[head + 1 :]]
        return "\n".join([*lines[: head + 1], *rows]) + "\n"
    header, *rows = csv.reader(text.splitlines(keepends=True), delimiter=sign)
    place = next((header.index(name) for name in ("HONEST_BROKER_SUBJECT_ID", "study_id") if name in header), 0)
    made = [header]
    for copy in range(copies):
        made += [[*row[:place], f"{copy}-{row[place]}" if row[place] else "", *row[place + 1 :]] for row in rows]
    return "".join(sign.join(f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row) + "\n" for row in made)


@pytest.fixture
def redcap(tmp_path: Path) -> Iterator[tuple[Path, str, dict[str, Any]]]:
    path = tmp_path / "records.csv"
    path.write_text(times((PROJECT / "records.csv").read_text(encoding="utf-8"), 4, ",", True), encoding="utf-8")
    yield path, "redcap", OPTIONS


@pytest.fixture
def redcap_without_dictionary(redcap: tuple[Path, str, dict[str, Any]]) -> tuple[Path, str, dict[str, Any]]:
    return redcap[0], "redcap", {"mapping": OPTIONS["mapping"]}


@pytest.fixture
def cbioportal(tmp_path: Path) -> tuple[Path, str, dict[str, Any]]:
    folder = tmp_path / "study"
    shutil.copytree(HERE / "cbioportal" / "study", folder)
    for path in folder.glob("data_*.txt"):
        path.write_text(times(path.read_text(encoding="utf-8"), 4, "\t", False), encoding="utf-8")
    (folder / "data_timeline_other.txt").write_text("# of nothing\nWHO\tWHEN\n1\t2\n")
    return folder, "cbioportal", {}


@pytest.fixture
def pcdc(tmp_path: Path) -> tuple[Path, str, dict[str, Any]]:
    folder = tmp_path / "tables"
    shutil.copytree(HERE / "pcdc" / "tables", folder)
    for path in folder.iterdir():
        path.write_text(times(path.read_text(encoding="utf-8"), 4, ",", True), encoding="utf-8")
    (folder / "unknown_table.csv").write_text("x,y\n1,2\n3,4\n")
    return folder, "pcdc", {}


def told(intake: Intake | None) -> tuple[Any, ...]:
    assert intake is not None
    cells = sorted(
        (str(c.problem), c.file, c.column or "", c.value or "", c.expected, c.row or 0, c.rows) for c in intake.cells
    )
    return sorted(intake.rows, key=lambda one: one.file), cells, sorted(intake.assumptions), intake.source


@pytest.mark.parametrize(
    "form",
    [
        "redcap",
        "cbioportal",
        *(pytest.param(form, marks=only_thorough) for form in ("redcap_without_dictionary", "pcdc")),
    ],
)
def test_the_report_is_that_of_the_whole(form: str, request: pytest.FixtureRequest) -> None:
    path, source, options = request.getfixturevalue(form)
    whole = check(ic.read(path, source=source, **options), rules=SOME)
    stream = stream_of(path, source, **options)
    report = check_in_parts(stream, rules=SOME, settings=Settings())
    assert stream.shares > 2
    assert whole.patients >= 8 and whole.table.height
    assert report.table.equals(whole.table)
    assert report.rules == whole.rules
    assert (report.patients, report.events) == (whole.patients, whole.events)
    assert told(report.intake) == told(whole.intake)
    assert whole.intake is not None and report.intake is not None
    assert report.intake.labels == whole.intake.labels


def test_lines_are_those_of_the_file(redcap: tuple[Path, str, dict[str, Any]]) -> None:
    path, source, options = redcap
    place = ["file", "row", "record", "event"]
    whole = ic.read(path, source=source, **options).origin.select(place).sort(place)
    parts = pl.concat([cohort.origin.select(place) for cohort in stream_of(path, source, **options)])
    assert parts.sort(place).equals(whole)


def test_a_packed_study_is_read_in_parts(cbioportal: tuple[Path, str, dict[str, Any]]) -> None:
    folder, source, _ = cbioportal
    whole = ic.read(folder, source=source)
    for path in list(folder.glob("data_timeline_*.txt")):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    for path in folder.glob("meta_timeline_*.txt"):
        path.unlink()
    parts = list(stream_of(folder, source))
    assert sum(cohort.n_events for cohort in parts) == whole.n_events > 20


# --- anything at all ---------------------------------------------------------------------------------------------

WHO = st.sampled_from(["A", "B", "C", " A ", "D-1", "331-1", "", "Ä 1"])


def same(path: Path, source: str, **options: Any) -> bool:
    """Hold what comes in parts against the whole; whether it could be read."""
    stream = stream_of(path, source, **options)
    try:
        whole = ic.read(path, source=source, **options)
    except InfantCourseError:
        with pytest.raises(InfantCourseError):
            list(stream)
        return False
    parts = list(stream)
    assert told(merged_intakes([stream.leftover, *(part.intake for part in parts if part.intake)])) == told(
        whole.intake
    )
    assert all(part.complete.keys() == whole.complete.keys() for part in parts)
    courses = {name: part.course(name) for part in parts for name in part.patients["patient"]}
    assert courses == {name: whole.course(name) for name in whole.patients["patient"]}
    return True


def table(draw: st.DrawFn, columns: list[str], cells: st.SearchStrategy[str]) -> list[dict[str, str]]:
    some = draw(st.lists(st.sampled_from(columns[1:]), min_size=1, max_size=12, unique=True))
    rows = draw(st.lists(st.tuples(WHO, *(cells for _ in some)), max_size=9))
    return [dict(zip([columns[0], *some], row, strict=True)) for row in rows] or [
        dict.fromkeys([columns[0], *some], "")
    ]


WORDS = st.sampled_from(
    [
        "",
        "0",
        "1",
        "2",
        "-1",
        "NA",
        "UNK",
        "99",
        "Yes",
        "Checked",
        "2021-08-15",
        "15/8/21",
        "2021",
        "13",
        "212,5",
        "",
        "mrd",
        "MRD",
        "relapse",
        "nothing",
        "baseline_arm_1",
        "Male",
    ]
)


@settings(max_examples=depth(14, 3), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data(), st.booleans())
def test_any_words_of_redcap_in_parts(tmp_path: Path, data: st.DataObject, known: bool) -> None:
    header = next(csv.reader((PROJECT / "records.csv").read_text(encoding="utf-8").splitlines()))
    rows = data.draw(st.composite(table)(header, WORDS))
    path = tmp_path / "records.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    same(path, "redcap", **(OPTIONS if known else {"mapping": OPTIONS["mapping"]}))


TRACK_WORDS = st.sampled_from(
    ["", "0", "7", "-5", "1e9", "NA", "STATUS", "LAB_TEST", "TREATMENT", "relapse", "Relapse", "mrd", "0.4", "x"]
)
TRACK_COLUMNS = [
    "PATIENT_ID",
    "START_DATE",
    "STOP_DATE",
    "EVENT_TYPE",
    "STATUS",
    "TEST",
    "RESULT",
    "UNIT",
    "AGENT",
    "NEW",
]


@settings(max_examples=depth(14, 3), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_words_of_a_study_in_parts(tmp_path: Path, data: st.DataObject) -> None:
    people = ["PATIENT_ID", "OS_STATUS", "OS_MONTHS", "SEX", "ABOUT"]
    alive = st.sampled_from(["", "0:LIVING", "1:DECEASED", "12.5", "Male", "NA", "?"])
    made = {
        "data_timeline_a.txt": data.draw(st.composite(table)(TRACK_COLUMNS, TRACK_WORDS)),
        "data_timeline_b.txt": data.draw(st.composite(table)(TRACK_COLUMNS, TRACK_WORDS)),
        "data_clinical_patient.txt": data.draw(st.composite(table)(people, alive)),
    }
    for name, rows in made.items():
        lines = ["#x\ty", "\t".join(rows[0]), *("\t".join(row.values()) for row in rows)]
        (tmp_path / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    same(tmp_path, "cbioportal")


@settings(max_examples=depth(8, 2), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_words_of_tables_of_the_commons_in_parts(tmp_path: Path, data: st.DataObject) -> None:
    for path in (HERE / "pcdc" / "tables").iterdir():
        header, *rows = csv.reader(path.read_text(encoding="utf-8").splitlines())
        if "HONEST_BROKER_SUBJECT_ID" not in header:
            continue
        at = header.index("HONEST_BROKER_SUBJECT_ID")
        cells = st.one_of(st.sampled_from(sorted({cell for row in rows for cell in row})), WORDS)
        columns = [header[at], *header[:at], *header[at + 1 :]]
        some = data.draw(st.composite(table)(columns, cells))
        with (tmp_path / path.name).open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(some[0]))
            writer.writeheader()
            writer.writerows(some)
    same(tmp_path, "pcdc")


def test_a_difference_would_be_noticed(
    redcap: tuple[Path, str, dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, source, options = redcap
    monkeypatch.setattr(Stream, "_cohort", lambda self, folder, share, tables: None)
    with pytest.raises(AssertionError):
        same(path, source, **options)


# --- what must be known of the whole file ------------------------------------------------------------------------

DICTIONARY = """field_name,form_name,field_type,field_label,select_choices_or_calculations
rec,base,text,Record,
where,base,text,Site,
cns,base,radio,CNS,"1, 2 | 2, 1 | 3, CNS three"
"""
MAPPING = """
[[patient]]
from = "base"
[patient.fields]
site = "where"

[[event]]
type = "diagnosis"
from = "base"
[event.fields]
cns = { column = "cns", words = { 1 = "CNS1", 2 = "CNS2", 3 = "CNS3" } }
"""


def small(folder: Path, rows: str) -> Callable[[int], list[Cohort]]:
    """Reads a small project, whole (0) or in shares of so many bytes."""
    (folder / "m.toml").write_text(MAPPING)
    (folder / "d.csv").write_text(DICTIONARY)
    path = folder / "r.csv"
    path.write_text(rows)
    options = {"mapping": folder / "m.toml", "dictionary": folder / "d.csv"}

    def read(share: int) -> list[Cohort]:
        return (
            list(stream_of(path, "redcap", share, **options)) if share else [ic.read(path, source="redcap", **options)]
        )

    return read


def fields(cohorts: list[Cohort]) -> dict[str, tuple[str | None, str | None]]:
    return {
        name: (cohort.course(name).patient.site, next((str(e.cns) for e in cohort.course(name)), None))
        for cohort in cohorts
        for name in cohort.patients["patient"]
    }


def test_labels_are_told_from_codes_by_the_whole_file(tmp_path: Path) -> None:
    """ "1" is the code of one choice and the label of another: only the last record shows that there are labels."""
    rows = [f"p{number},x,1" for number in range(8)]
    read = small(tmp_path, "\n".join(["rec,where,cns", *rows, "z,x,CNS three"]) + "\n")
    whole, parts = fields(read(0)), read(20)
    assert whole["p0"] == ("x", "CNS2")
    assert len(parts) > 2
    assert fields(parts) == whole
    codes = small(tmp_path, "\n".join(["rec,where,cns", *rows]) + "\n")
    assert fields(codes(20))["p0"] == ("x", "CNS1")


def test_access_groups_are_sites_only_where_no_record_tells_one(tmp_path: Path) -> None:
    rows = [f"p{number},gent,,1" for number in range(8)]
    head = "rec,redcap_data_access_group,where,cns"
    read = small(tmp_path, "\n".join([head, *rows, "z,gent,lund,1"]) + "\n")
    assert {site for site, _ in fields(read(20)).values()} == {None, "lund"}
    assert fields(read(20)) == fields(read(0))
    assert {site for site, _ in fields(small(tmp_path, "\n".join([head, *rows]) + "\n")(20)).values()} == {"gent"}


def test_a_track_that_one_patient_has_is_there_for_all(tmp_path: Path) -> None:
    """Of a complete track, absence means something in every part."""
    mapping = tmp_path / "m.toml"
    mapping.write_text('[[event]]\ntype = "relapse"\nfrom = "RELAPSE"\ncomplete = true\n[event.fields]\n')
    path = tmp_path / "data_timeline_x.txt"
    head = "PATIENT_ID\tSTART_DATE\tSTOP_DATE\tEVENT_TYPE\n"
    path.write_text(head + "".join(f"p{n}\t1\t\tOTHER\n" for n in range(9)) + "z\t5\t\tRELAPSE\n")
    cohorts = list(stream_of(path, "cbioportal", 40, mapping=mapping))
    assert len(cohorts) > 2
    assert all(set(cohort.complete) == {"relapse"} for cohort in cohorts)


def test_an_export_without_anything_to_read_is_refused_in_parts_too(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n3,4\n")
    for source in ("cbioportal", "pcdc", "csv"):
        with pytest.raises(InputError):
            list(stream_of(path, source, 4))


# --- counts and the command --------------------------------------------------------------------------------------


def test_numbers_of_what_was_assumed_are_added(redcap: tuple[Path, str, dict[str, Any]]) -> None:
    path, source, options = redcap
    stream = stream_of(path, source, **options)
    report: Report = check_in_parts(stream, rules=(), settings=Settings())
    assert report.intake is not None
    said = [one for one in report.intake.assumptions if "taken as not stated" in one]
    assert len(said) == 1
    found = re.search(r"records.csv: (\d+) cells are taken as not stated \(.*\): (.*)\.$", said[0])
    assert found is not None
    assert int(found[1]) == sum(int(column.rpartition(" ")[2]) for column in found[2].split(", ")) > 7


def test_the_command_says_the_same_in_parts(
    redcap: tuple[Path, str, dict[str, Any]], capsys: pytest.CaptureFixture[str]
) -> None:
    path, source, options = redcap
    names = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    said = []
    for more in ([], ["--in-parts"]):
        main(["check", str(path), "--from", source, *names, "--select", "BAS-06", "--fail-on", "never", *more])
        said.append(sorted(capsys.readouterr().out.splitlines()))
    assert said[0] == said[1]
    assert len(said[0]) > 10


def test_a_table_that_is_not_used_is_told_with_all_its_rows(pcdc: tuple[Path, str, dict[str, Any]]) -> None:
    path, source, _ = pcdc
    stream = stream_of(path, source)
    list(stream)
    (cell,) = [c for c in stream.leftover.cells if c.file == "unknown_table.csv"]
    assert (cell.problem, cell.rows) == (CellProblem.NOT_USED, 2)
    assert RECORD not in cell.expected
