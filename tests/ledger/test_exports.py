"""A ledger over successive exports in tables."""

from pathlib import Path

import pytest

import infant_course as ic
from infant_course.ledger import Ledger, RunResult
from ledger.sights import day, new_ledger, statuses

PATIENTS = "patient,site\nP1,Ghent\nP2,Ghent\n"
DIAGNOSES = "patient,id,start,wbc,wbc_unit\nP1,dx,2020-01-01,30,10^9/L\nP2,dx,2020-01-01,30,10^9/L\n"
RELAPSES = "patient,id,start\nP1,rel,2019-01-01\nP2,rel,2019-02-01\n"
BOTH_OPEN = {("P1", "ORD-09"): "open", ("P2", "ORD-09"): "open"}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """Two patients with a relapse before the diagnosis."""
    folder = tmp_path / "export"
    folder.mkdir()
    for name, text in (("patient", PATIENTS), ("diagnosis", DIAGNOSES), ("relapse", RELAPSES)):
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def record(ledger: Ledger, export: Path, number: int) -> RunResult:
    """Check an export by one rule and record it."""
    cohort = ic.read(export)
    report = ic.check(cohort, rules=[ic.RULES["ORD-09"]])
    return ledger.record(ledger.see(cohort, report), as_of=day(number))


def test_rows_in_another_order_are_the_same_findings(export: Path, tmp_path: Path):
    """And where an event stood is kept: file, line, record."""
    with new_ledger(tmp_path) as ledger:
        assert record(ledger, export, 1).counts["new"] == 2
        entry = ledger.entry("Q1", as_of=day(1))
        assert (entry.patient, entry.place["row"], Path(entry.place["file"]).name) == ("P1", 2, "diagnosis.csv")
        for name, text in (("diagnosis", DIAGNOSES), ("relapse", RELAPSES)):
            head, *rows = text.splitlines()
            (export / f"{name}.csv").write_text("\n".join([head, *reversed(rows)]) + "\n", encoding="utf-8")
        result = record(ledger, export, 2)
        assert (result.counts["open"], result.changes) == (2, ())
        assert ledger.entry("Q1", as_of=day(2)).place["row"] == 3


def test_a_table_that_was_left_out_resolves_nothing(export: Path, tmp_path: Path):
    """One without rows does: it says that nobody had a relapse."""
    with new_ledger(tmp_path) as ledger:
        record(ledger, export, 1)
        (export / "relapse.csv").unlink()
        assert record(ledger, export, 2).untouched == {"type": 2}
        assert set(statuses(ledger, day(2)).values()) == {"new"}
        (export / "relapse.csv").write_text("patient,id,start\n", encoding="utf-8")
        assert record(ledger, export, 3).counts["resolved"] == 2


def test_a_date_that_cannot_be_read_closes_nothing(export: Path, tmp_path: Path):
    """The finding waits, and the cell is one of its own."""
    with new_ledger(tmp_path) as ledger:
        record(ledger, export, 1)
        (export / "relapse.csv").write_text(RELAPSES.replace("2019-01-01", "01/13/2019"), encoding="utf-8")
        record(ledger, export, 2)
        assert statuses(ledger, day(2)) == BOTH_OPEN | {("P1", "cell"): "new"}


def test_a_patient_who_is_gone_is_told_apart(export: Path, tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        record(ledger, export, 1)
        for path in export.iterdir():
            kept = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("P2")]
            path.write_text("\n".join(kept) + "\n", encoding="utf-8")
        result = record(ledger, export, 2)
        assert (result.absent, result.untouched) == (1, {"patient": 1})


def test_a_query_names_the_record_as_the_site_knows_it(tmp_path: Path):
    """Also where the id had to be written in another way here, and for a finding that is about no event."""
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "diagnosis.csv").write_text("patient,id,start\n12/07 A,dx,2020-01-01\nP1,dx,2020-01-01\n")
    (folder / "relapse.csv").write_text("patient,id,start\n12/07 A,rel,2019-01-01\nP1,rel,2019-01-01\n")
    (folder / "death.csv").write_text("patient,id,start\n")
    (folder / "last_contact.csv").write_text("patient,id,start\n")
    cohort = ic.read(folder, complete=["diagnosis", "relapse", "death", "last_contact"])
    report = ic.check(cohort, rules=[ic.RULES["ORD-09"], ic.RULES["FUP-01"]])
    with new_ledger(tmp_path) as ledger:
        ledger.record(ledger.see(cohort, report), as_of=day(1))
        asked = [(entry.rule, entry.place["record"]) for entry in ledger.standing(as_of=day(1))]
    assert sorted(asked) == [(rule, record) for rule in ("FUP-01", "ORD-09") for record in ("12/07 A", "P1")]
