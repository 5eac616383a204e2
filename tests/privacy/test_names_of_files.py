"""Every command that makes names of files from the input keeps them in its folder, apart, and fit for Windows."""

import csv
import re

import pytest

SITES = [
    "../../x",
    "..\\..\\x",
    "/etc/passwd",
    "C:x",
    "CON",
    "NUL.txt",
    "com1",
    "Ulm",
    "ULM",
    "ulm.",
    "Ulm ...",
    "x" * 300,
    "x" * 299 + "y",
    "Köln",
    "Koln",
    "😀",
    "a/b",
    "a\\b",
    ".hidden",
    "-rf",
    "*?<>|",
]


@pytest.fixture
def export(tmp_path):
    """A patient of every site, each with two deaths."""
    folder = tmp_path / "in" / "deep" / "export"
    folder.mkdir(parents=True)
    with (folder / "patient.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([["patient", "site"], *([f"P{n}", site] for n, site in enumerate(SITES))])
    with (folder / "death.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = [[f"P{n}", f"d{k}", "2020-01-01"] for n in range(len(SITES)) for k in (1, 2)]
        csv.writer(stream).writerows([["patient", "id", "start"], *rows])
    return folder


@pytest.mark.parametrize("form", ["csv", "xlsx", "html"])
def test_query_files_of_hostile_sites(run, tmp_path, export, form):
    ledger = tmp_path / "l.sqlite"
    run("check", export, "--ledger", ledger, "--as-of", "2026-01-02", "--select", "REC-05")
    out = tmp_path / "queries" / "here"
    out.parent.mkdir()
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    said = run("queries", "--ledger", ledger, "--format", form, "-o", out, "--as-of", "2026-01-02")
    assert said.code == 0, said.err
    made = {path for path in tmp_path.rglob("*") if path.is_file()} - before
    assert {path.parent for path in made} == {out}
    names = [path.name for path in made]
    assert len({name.casefold() for name in names}) == len(names) == len(SITES)
    for name in names:
        assert re.fullmatch(r"[A-Za-z0-9_][A-Za-z0-9._+~-]*", name)
        assert len(name) < 130
        assert name.split(".")[0].casefold() not in {"con", "nul", "com1"}
