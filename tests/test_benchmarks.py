"""The benchmark runs on a small cohort, and its cohort is what it says."""

import subprocess
import sys
from pathlib import Path

import pytest
from benchmarks import drawings

import infant_course as ic

ROOT = Path(__file__).parent.parent


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "benchmarks", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_a_small_run_prints_the_ratio_and_every_rule() -> None:
    run = _run("--patients", "2000", "--runs", "1", "--only-cohort")
    assert run.returncode == 0, run.stderr
    assert "ratio" in run.stdout
    assert "REM-06" in run.stdout


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
