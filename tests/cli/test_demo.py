"""``demo``: the four scenarios, judged and drawn, in one folder."""

import re
from pathlib import Path

import pytest

from infant_course import Course, Diagnosis, Patient
from infant_course.errors import UsageError
from infant_course.io.published import published_cases

NAMES = [f"kotecha-2022-case-{number}" for number in (1, 2, 3, 4)]


def test_the_four_cases_are_found():
    """In order, and nothing else that lies beside them."""
    assert [path.stem for path in published_cases()] == NAMES


def test_the_demo_judges_and_draws_the_four_scenarios(run, tmp_path):
    """Exit 0, a line for each in the summary, two figures each, a page that shows them all."""
    out = tmp_path / "demo"
    said = run("demo", "--out", out)
    assert said.code == 0
    for name in NAMES:
        assert re.search(rf"^{name} +0 ", said.out, re.M), "no errors on a published case"
    figures = [f"{name}-{kind}.svg" for name in NAMES for kind in ("graph", "timeline")]
    assert sorted(path.name for path in out.iterdir()) == sorted([*figures, "index.html"])
    page = (out / "index.html").read_text(encoding="utf-8")
    assert all(f'src="{figure}"' in page for figure in figures)


def test_an_output_that_is_a_file_is_named(run, tmp_path):
    """And left as it is."""
    path = tmp_path / "file"
    path.write_text("mine", encoding="utf-8")
    said = run("demo", "--out", path)
    assert said.code == 2
    assert str(path) in said.err
    assert path.read_text(encoding="utf-8") == "mine"


def test_ids_never_choose_a_path(run, tmp_path, monkeypatch):
    """A patient called ../../x (from a program: no case file may have such an id) stays inside the folder."""
    told = Course(patient=Patient(id="../../x"), events=(Diagnosis(id="../../y"),))
    monkeypatch.setattr("infant_course.io.published.published_cases", lambda: (Path("a-case-1.yaml"),))
    monkeypatch.setattr("infant_course.io.case_file.load", lambda _: told)
    out = tmp_path / "out" / "deep"
    assert run("demo", "--out", out).code == 0
    written = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert len(written) == 3
    assert all(path.parent == out for path in written)


def test_a_case_file_with_a_path_for_an_id_is_refused(run, case, tmp_path):
    """Located, and nothing is written."""
    path = case(patient="../../x")
    said = run("draw", path, "-o", tmp_path / "a.svg")
    assert said.code == 2
    assert said.err.startswith(f"infant-course: {path}, line 2")
    assert list(tmp_path.iterdir()) == [path]


def test_without_the_cases_the_demo_says_so(monkeypatch, tmp_path):
    """Neither in the wheel nor in a checkout."""
    monkeypatch.setattr("infant_course.io.published.__file__", str(tmp_path / "a" / "b" / "c" / "d.py"))
    monkeypatch.setattr("infant_course.io.published.files", lambda _: Path(tmp_path))
    with pytest.raises(UsageError, match="were not installed"):
        published_cases()
