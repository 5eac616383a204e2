"""The recipe of docs/ledger.md, run as a team would: pytest fails on new errors only."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import infant_course
from depth import only_thorough

ROOT = Path(__file__).resolve().parents[2]
SOUND = "infant_course: 1\npatient: {id: PAT-1}\nevents:\n  - {event: diagnosis, id: dx, when: 2020-01-01}\n"
ERROR = "  - {event: relapse, id: rel, when: 2019-01-01}\n"


@pytest.fixture
def team(tmp_path: Path) -> Path:
    """A folder with the recipe as its test, and an export without errors."""
    page = (ROOT / "docs" / "ledger.md").read_text(encoding="utf-8")
    recipe = re.search(r"```python\n(# test_registry.py\n.*?)```", page, re.DOTALL)
    assert recipe
    (tmp_path / "test_registry.py").write_text(recipe[1], encoding="utf-8")
    (tmp_path / "export").mkdir()
    (tmp_path / "export" / "p.yaml").write_text(SOUND, encoding="utf-8")
    return tmp_path


def run(team: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a module of Python in the team's folder."""
    env = {**os.environ, "PYTHONPATH": str(Path(infant_course.__file__).parents[1])}
    return subprocess.run([sys.executable, *words], cwd=team, env=env, capture_output=True, text=True, timeout=120)


def keep(team: Path) -> None:
    """Record the export in the team's baseline."""
    code = "import sys; from infant_course.cli import main; sys.exit(main())"
    words = ("check", "export/p.yaml", "--ledger", "baseline.sqlite", "--as-of", "2024-01-01", "--fail-on", "never")
    done = run(team, "-c", code, *words)
    assert done.returncode == 0, done.stderr


def pipeline(team: Path) -> subprocess.CompletedProcess[str]:
    """Run the team's tests."""
    return run(team, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_registry.py")


@only_thorough
def test_a_new_error_fails_the_pipeline_and_a_known_one_does_not(team: Path):
    """It fails again the next time, as long as it is not recorded; and tells no patient's id."""
    keep(team)
    assert pipeline(team).returncode == 0
    (team / "export" / "p.yaml").write_text(SOUND + ERROR, encoding="utf-8")
    for _ in range(2):
        done = pipeline(team)
        assert done.returncode == 1
        assert "ORD-09" in done.stdout
        assert "PAT-1" not in done.stdout + done.stderr
    keep(team)
    assert pipeline(team).returncode == 0
