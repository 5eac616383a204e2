"""The benchmark runs on a small cohort, and its cohort is what it says."""

import subprocess
import sys
from pathlib import Path

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
