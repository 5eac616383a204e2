"""``diff``: exit codes and what is told."""

import json
from pathlib import Path

import pytest

WRONG_WBC = "3000 10^9/L"


def test_nothing_differs_is_0(run, case):
    said = run("diff", case("a.yaml"), case("b.yaml"))
    assert (said.code, said.out) == (0, "Nothing differs.\n")


def test_what_differs_is_told_and_1(run, case):
    """A finding that came, a patient's new event."""
    old, new = case("a.yaml"), case("b.yaml", wbc=WRONG_WBC, more="  - {event: death, id: d, when: after dx}\n")
    said = run("diff", old, new)
    assert said.code == 1
    assert "Findings that came: 1\n  warning BAS-02 p1, dx:" in said.out
    assert "Events new: 1\n  p1, d" in said.out
    told = json.loads(run("diff", old, new, "--format", "json").out)
    assert [f["rule"] for f in told["findings"]["came"]] == ["BAS-02"]
    assert told["events"] == {"gone": [], "new": [{"patient": "p1", "event": "d"}]}


def test_folders_and_reports_are_taken(run, case, tmp_path):
    """A folder holds one case file per patient; a report is compared by its findings."""
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
    case("old/1.yaml", patient="p1")
    case("old/2.yaml", patient="p2")
    new = case("new/1.yaml", patient="p1", wbc=WRONG_WBC)
    said = run("diff", tmp_path / "old", tmp_path / "new")
    assert "Patients gone: 1\n  p2" in said.out
    report = tmp_path / "report.json"
    report.write_text(run("check", new, "--format", "json").out, encoding="utf-8")
    said = run("diff", report, tmp_path / "new")
    assert said.code == 0
    assert "Patients, events and dates were not compared" in said.out


def test_long_lists_are_cut_and_that_is_said(run, case, tmp_path):
    (tmp_path / "old").mkdir()
    for n in range(25):
        case(f"old/{n}.yaml", patient=f"q{n}")
    said = run("diff", tmp_path / "old", case("p.yaml"))
    assert "Patients gone: 25" in said.out
    assert "and 5 more (--format json lists them)" in said.out


@pytest.mark.parametrize("broken", [b"patient: {}\n", None])
def test_a_side_that_cannot_be_read_is_2(run, case, tmp_path: Path, broken):
    """Nothing is compared with half an export."""
    path = tmp_path / "broken.yaml"
    if broken is not None:
        path.write_bytes(broken)
    said = run("diff", case(), path)
    assert (said.code, said.out) == (2, "")
    assert "broken.yaml" in said.err


DIAGNOSES = "patient,id,start\nP1,dx,2020-01-01\nP2,dx,2020-01-01\n"
RELAPSES = "patient,id,start\nP1,rel,2019-01-01\nP2,rel,2019-02-01\n"


def test_exports_in_tables_are_compared(run, tmp_path):
    """Two relapses before the diagnosis, of which one was corrected."""
    for name, relapses in (("old", RELAPSES), ("new", RELAPSES.replace("2019-02-01", "2021-02-01"))):
        (tmp_path / name).mkdir()
        (tmp_path / name / "diagnosis.csv").write_text(DIAGNOSES)
        (tmp_path / name / "relapse.csv").write_text(relapses)
    said = run("diff", tmp_path / "old", tmp_path / "new")
    assert said.code == 1
    assert "P2, relapse rel: 2019-02-01, now 2021-02-01" in said.out
    assert "error ORD-09 P2, dx" in said.out
    assert "Events" not in said.out
    ledger = ("--select", "ORD-09", "--ledger", tmp_path / "ledger.sqlite")
    assert "2 new" in run("check", tmp_path / "old", *ledger, "--as-of", "2024-01-01").out
    assert "1 open, 1 resolved" in run("check", tmp_path / "new", *ledger, "--as-of", "2024-02-01").out


def test_text_keeps_to_80_columns(run, case):
    """As other reports in text do; a long message goes on in the next line."""
    old, new = case("a.yaml"), case("b.yaml", patient="P" * 40, wbc=WRONG_WBC)
    said = run("diff", old, new)
    assert "Findings that came: 1\n  warning BAS-02 PPPP" in said.out
    assert "The white cell count is outside" in " ".join(said.out.split())
    assert max(map(len, said.out.splitlines())) <= 80
