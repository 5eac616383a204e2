"""A way to run the command and see what it says."""

from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import frozen

from infant_course.cli import main


@frozen
class Said:
    """What one run of the command gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Said]:
    """Run ``infant-course`` with some words."""

    def call(*words: object) -> Said:
        code = main([str(word) for word in words])
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Said(code, printed.out, printed.err)

    return call


HEAD = "infant_course: 1\npatient: {id: ID}\nevents:\n  - {event: diagnosis, id: dx, when: age 3 months, WBC}\n"


@pytest.fixture
def case(tmp_path: Path) -> Callable[..., Path]:
    """Write a case file: a diagnosis, and more lines of events if given."""

    def write(name: str = "a.yaml", *, patient: str = "p1", wbc: str = "20 10^9/L", more: str = "") -> Path:
        path = tmp_path / name
        text = HEAD.replace("ID", f'"{patient}"').replace("WBC", f"wbc: {wbc}") + more
        path.write_text(text, encoding="utf-8")
        return path

    return write
