"""The benchmark runs on a small cohort, and its cohort is what it says."""

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest
from benchmarks import drawings, redcap
from benchmarks.export_files import copies, multiply, patients
from benchmarks.exports import counted, unexplained

import infant_course as ic
from depth import only_thorough

ROOT = Path(__file__).parent.parent


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@only_thorough
def test_a_small_run_prints_the_ratio_and_every_rule() -> None:
    run = _run("--patients", "800", "--runs", "1", "--only-cohort")
    assert run.returncode == 0, run.stderr
    assert "ratio" in run.stdout
    assert "REM-06" in run.stdout


@only_thorough
def test_a_run_in_which_a_rule_has_no_subject_fails() -> None:
    run = _run("--patients", "3", "--runs", "1", "--only-cohort")
    assert run.returncode == 1
    assert "fewer than" in run.stderr


def test_neighbours_of_the_drawings_that_are_not_there_are_told_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    course = ic.load(drawings.COURSES["a case of 20 events"])
    monkeypatch.setattr(drawings, "find_spec", lambda name: None)
    monkeypatch.setattr(drawings.shutil, "which", lambda name: None)
    drawings.beside_matplotlib(1, course, "case.yaml", tmp_path)
    drawings.beside_dot(1, course, tmp_path)
    told = capsys.readouterr().out.splitlines()
    assert [line.split(" is not")[0] for line in told] == ["matplotlib", "Graphviz's dot"]
    assert list(tmp_path.iterdir()) == []


def test_every_figure_of_a_cohort_is_measured() -> None:
    assert [name for name, _ in drawings.cohort_drawings()] == ["swimmer", "flow", "mrd-panel", "overview", "curve"]


def test_a_large_export_is_one_so_many_times_under_other_ids(tmp_path: Path) -> None:
    assert (copies(1_600_000), copies(16_000_000), copies(40_000_000), patients(40_000_000)) == (1, 10, 25, 73_294)
    (tmp_path / "one").mkdir()
    (tmp_path / "one" / "relapse.csv").write_text("patient,start\nP1,2020-01-01\nP2,\n")
    multiply(tmp_path / "one", tmp_path / "three", 3)
    rows = pl.read_csv(tmp_path / "three" / "relapse.csv", infer_schema=False)
    assert rows.columns == ["patient", "start"]
    assert sorted(rows["patient"]) == ["000-P1", "000-P2", "001-P1", "001-P2", "002-P1", "002-P2"]
    assert rows["start"].null_count() == 3


def test_records_of_redcap_are_written_so_many_times_under_other_ids(tmp_path: Path) -> None:
    rows = redcap.multiply(tmp_path / "records.csv", 2)
    cohort = ic.read(
        tmp_path / "records.csv",
        source="redcap",
        mapping=redcap.PROJECT / "mapping.toml",
        dictionary=redcap.PROJECT / "dictionary.csv",
    )
    assert rows == 22
    assert sorted(cohort.patients["patient"]) == [
        f"00000{n}-{one}" for n in (0, 1) for one in ("001-A", "002-B", "003-C")
    ]


def test_counts_are_those_of_the_table_of_a_report() -> None:
    report = "REM-06  error        1,234     32          5  A relapse is recorded\n  REM-06 in prose\n"
    assert counted(report) == {"REM-06": (1234, 32, 5)}


def test_who_is_found_by_one_of_two_only_is_noticed_unless_a_date_is_partly_known() -> None:
    assert unexplained({"a", "b"}, {"a", "c"}, {"b", "c"}) == set()
    assert unexplained({"a", "b"}, {"a", "c"}, {"c"}) == {"b"}
