"""The copies of the knowledge files hold what the files say; an old copy is never used."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from infant_course.knowledge import reading

ROOT = Path(__file__).parents[2]


def test_the_copies_are_current() -> None:
    run = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "gen_knowledge.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")


def test_a_copy_of_another_text_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "compiled").mkdir()
    (tmp_path / "limits.yaml").write_text("least: 2\n")
    copy = {"sha256": reading.digest(b"least: 1\n"), "content": {"least": 1}}
    (tmp_path / "compiled" / "limits.json").write_text(json.dumps(copy))
    monkeypatch.setattr(reading, "files", lambda _: tmp_path)
    with pytest.raises(RuntimeError, match=r"run tools/gen_knowledge\.py"):
        reading.knowledge.__wrapped__("limits")
    (tmp_path / "limits.yaml").write_text("least: 1\n")
    assert reading.knowledge.__wrapped__("limits") == {"least": 1}
