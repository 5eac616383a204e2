"""Exports on the command line: check, convert, template, draw."""

import json
from pathlib import Path

import pytest

from depth import only_thorough

OWN = "cases/exports/own"


def test_an_export_is_judged(run):
    """A folder, a file of it, or with its form named; findings are as for the same patients in Python."""
    said = run("check", OWN, "--select", "MRD-06", "--fail-on", "error")
    assert said.code == 1
    assert "3 patients" in said.out and "P003, mrd-1" in said.out
    assert run("check", OWN, "--from", "csv", "--select", "MRD-06").code == 1
    assert run("check", f"{OWN}/relapse.csv", "--select", "MRD-06").code == 0


def test_json_names_the_files(run):
    """Each with its digest."""
    inputs = json.loads(run("check", OWN, "--format", "json", "--select", "MRD-06").out)["inputs"]
    assert len(inputs) == 6
    assert all(len(one["sha256"]) == 64 for one in inputs)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["check", OWN, OWN], "one export per run"),
        (["check", "a.yaml", OWN], "one export per run"),
        (["check", "a.yaml", "--day-zero", "birth"], "--day-zero is for exports"),
        (["check", "nothing.csv"], "nothing.csv: expected an export"),
        (["check", "tests/io"], "named after event types"),
        (["check", OWN, "--mapping", "x.toml"], "mapping has no meaning for source 'csv'"),
        (["check", OWN, "--encoding", "klingon"], "no encoding 'klingon'"),
        (["draw", OWN, "-o", "x.svg"], "--patient ID"),
        (["draw", OWN, "-o", "x.svg", "--patient", "P9"], "no such patient"),
        (["draw", "a.yaml", "-o", "x.svg", "--patient", "P9"], "--patient is for exports"),
        (["convert", OWN, "out", "--to", "xml"], "no format 'xml'"),
        (["template", "xml", "out"], "no template 'xml'"),
    ],
)
def test_wrong_use_is_told_in_a_line(run, words, expected):
    """And nothing is written."""
    said = run(*words)
    assert said.code == 2
    assert expected in said.err


def test_convert_and_back(run, tmp_path):
    """Text to Parquet to text, and a case file; what could not be read is not passed over."""
    said = run("convert", OWN, tmp_path / "a", "--to", "parquet")
    assert (said.code, said.out) == (0, f"{tmp_path / 'a'}\n")
    assert "4 cells, columns or rows" in said.err
    again = run("convert", tmp_path / "a", tmp_path / "b", "--to", "csv")
    assert (again.code, again.err) == (0, "")
    assert (tmp_path / "b" / "relapse.csv").read_text() == (
        "patient,id,start,sites,evidence\nP001,rel,2020-06-30,marrow;cns,marrow_aspirate;lumbar_puncture\n"
    )
    assert run("convert", "cases/published/kotecha-2022-case-1.yaml", tmp_path / "c", "--to", "csv").code == 0
    assert run("convert", OWN, tmp_path / "b", "--to", "csv").code == 2


def test_a_patient_of_an_export_is_drawn(run, tmp_path):
    """As from a case file."""
    said = run("draw", OWN, "--patient", "P001", "-o", tmp_path / "p.svg")
    assert said.code == 0
    assert "<svg" in (tmp_path / "p.svg").read_text()


def test_a_template_can_be_checked(run, tmp_path):
    """It is an export without patients."""
    assert run("template", "csv", tmp_path / "t").code == 0
    assert "0 patients, 0 events" in run("check", tmp_path / "t").out


@pytest.mark.parametrize(
    ("name", "head"), [("may.xlsx", b"PK\x03\x04"), ("may.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")]
)
def test_a_workbook_is_refused_with_what_to_do(run, tmp_path, name, head):
    """Alone, under its own name or a wrong one, and where a folder holds nothing else."""
    for path in (tmp_path / name, tmp_path / "diagnosis.csv"):
        path.write_bytes(head + bytes(2_000))
        said = run("check", path)
        assert (said.code, said.out) == (2, "")
        assert "expected a table as text, found a zip archive or a workbook" in said.err
        assert "save the sheet as CSV" in said.err
    (tmp_path / "diagnosis.csv").unlink()
    said = run("check", tmp_path)
    assert f"found {name}.\n  Hint: tables are CSV, TSV or Parquet files named after event types" in said.err


def test_an_export_of_which_no_row_is_kept_is_unreadable(run, tmp_path):
    """Of the wrong column for the patient comes no green light; an empty template is no fault."""
    export = tmp_path / "diagnosis.csv"
    export.write_text("record,id,start\nP1,dx,2021-02-03\n")
    said = run("check", export, "--fail-on", "never")
    assert said.code == 2
    assert "1 set aside: no patient id" in said.out
    assert said.err == "infant-course: no row of the export could be kept, so nothing was judged.\n"
    export.write_text("patient,id,start\n")
    assert (run("check", export).code, run("check", export).err) == (0, "")


FOLDERS = {
    "csv": "cases/exports/own",
    "cbioportal": "tests/io/cbioportal/study",
    "pcdc": "tests/io/pcdc/tables",
    "redcap": "cases/exports/redcap",
}


@pytest.mark.parametrize("parts", [(), pytest.param(("--in-parts",), marks=only_thorough)])
@pytest.mark.parametrize("source", FOLDERS)
def test_what_is_found_in_a_folder_is_told_with_file_and_line(run, source, parts):
    """The line is one of that file and bears the patient."""
    folder = Path(FOLDERS[source])
    beside = ("--mapping", folder / "mapping.toml", "--dictionary", folder / "dictionary.csv")
    words = (folder, "--from", source, *parts, *(beside if source == "redcap" else ()), "--fail-on", "never")
    found = json.loads(run("check", *words, "--format", "json").out)["findings"]
    placed = [finding for finding in found if finding["line"] is not None]
    assert len({finding["file"] for finding in placed}) > (source != "redcap")
    for finding in placed:
        lines = (folder / finding["file"]).read_text(encoding="utf-8").splitlines()
        assert finding["patient"] in lines[finding["line"] - 1]
    results = json.loads(run("check", *words, "--format", "sarif").out)["runs"][0]["results"]
    places = [result["locations"][0].get("physicalLocation") for result in results]
    assert sum("region" in place for place in places if place) == len(placed) > 0
