"""The verbs around a ledger: exit codes, what is said where, and what is refused."""

import csv
import json
import re
from pathlib import Path

import pytest

from infant_course.cli.ledgers import as_text
from ledger.sights import day, new_ledger, seen, sight

WRONG_WBC = "3000 10^9/L"
TWO_DEATHS = "  - {event: death, id: d1, when: after dx}\n  - {event: death, id: d2, when: after dx}\n"
"""What REC-05 calls an error."""
ONLY = ("--select", "REC-05,BAS-02")


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """Where the ledger will be."""
    return tmp_path / "ledger.sqlite"


def on(ledger: Path, day: str) -> tuple[object, ...]:
    """The options of a day in January 2024."""
    return ("--ledger", ledger, "--as-of", f"2024-01-{day}")


def test_a_week_of_queries(run, case, ledger, tmp_path):
    """Found, asked, answered, corrected, accepted, and counted at every step."""
    bad = case(wbc=WRONG_WBC, more=TWO_DEATHS)
    said = run("check", bad, *ONLY, *on(ledger, "01"))
    assert said.code == 1
    assert "2 new, 0 open, 0 resolved, 0 reopened, 0 accepted." in said.out
    said = run("queries", *on(ledger, "08"), "--format", "csv", "-o", tmp_path / "round")
    assert (said.code, said.out) == (0, f"{tmp_path / 'round' / 'no-site.csv'}: 2 queries of patients without a site\n")
    path = tmp_path / "round" / "no-site.csv"
    text = path.read_text(encoding="utf-8-sig")
    assert len(re.findall(r",7,", text)) == 2
    path.write_text(text.replace("report.,,", "report.,confirmed,"), encoding="utf-8")
    said = run("answers", path, *on(ledger, "09"), "--by", "Ghent")
    assert (said.code, said.out) == (0, f"{path}: 1 kept, 1 without a reply.\n")
    said = run("accept", "Q2", *on(ledger, "10"), "--by", "Ann", "--why", "the laboratory confirms it")
    assert said.code == 0
    assert "BAS-02, Q2) is accepted" in said.out
    said = run("check", case(wbc=WRONG_WBC), *ONLY, *on(ledger, "15"), "--show-accepted")
    assert "0 new, 0 open, 1 resolved, 0 reopened, 1 accepted." in said.out
    assert "went with an event" in said.out
    assert "Ann, 2024-01-10: the laboratory confirms it" in said.out
    assert run("queries", *on(ledger, "15"), "-o", tmp_path / "next").out == "Nothing to ask.\n"
    said = run("ledger", "show", "Q2", *on(ledger, "15"))
    assert "reply of Ghent (no-site.csv): confirmed" in said.out
    said = run("ledger", "forget", "p1", *on(ledger, "16"))
    assert said.code == 0
    assert "2 findings" in said.out
    assert json.loads(run("ledger", "list", "--status", "all", "--format", "json", *on(ledger, "16")).out) == []


def test_only_what_is_new_fails(run, case, ledger):
    """A known error passes; one that comes fails; one that is back fails again; a milder one does not."""
    known, sound = case("known.yaml", more=TWO_DEATHS), case("sound.yaml")
    milder = case("milder.yaml", wbc=WRONG_WBC, more=TWO_DEATHS)
    how = (*ONLY, "--fail-on-new", "error")
    assert run("check", known, *how, *on(ledger, "01")).code == 1
    assert run("check", known, *how, *on(ledger, "02")).code == 0
    assert run("check", milder, *how, *on(ledger, "03")).code == 0
    assert run("check", sound, *how, *on(ledger, "04")).code == 0
    assert run("check", known, *how, *on(ledger, "05")).code == 1


def test_comparing_only_says_the_same_every_time(run, case, ledger):
    """And needs a ledger that is there."""
    missing = run("check", case(), *on(ledger, "01"), "--compare-only")
    assert missing.code == 2
    assert not ledger.exists()
    run("check", case(), *ONLY, *on(ledger, "01"))
    how = (*ONLY, "--fail-on-new", "error", "--compare-only")
    before = ledger.read_bytes()
    for _ in range(2):
        assert run("check", case(more=TWO_DEATHS), *how, *on(ledger, "02")).code == 1
    assert ledger.read_bytes() == before


def test_json_stays_json(run, case, ledger):
    """What the ledger has to say goes to standard error."""
    said = run("check", case(more=TWO_DEATHS), *ONLY, *on(ledger, "01"), "--format", "json")
    assert len(json.loads(said.out)["findings"]) == 1
    assert "1 new" in said.err


def test_a_file_that_is_no_ledger_is_told_before_anything_is_read(run, tmp_path):
    (tmp_path / "notes.txt").write_text("notes, of no use here")
    said = run("check", "missing.yaml", "--ledger", tmp_path / "notes.txt")
    assert (said.code, said.out) == (2, "")
    assert "another kind of file" in said.err
    assert "missing.yaml" not in said.err


@pytest.mark.parametrize(
    "words",
    [
        ["check", "a.yaml", "--fail-on-new", "error"],
        ["check", "a.yaml", "--show-accepted"],
        ["check", "a.yaml", "--compare-only"],
        ["check", "a.yaml", "--ledger", "none/ledger.sqlite"],
        ["accept", "abcd", "--ledger", "none.sqlite", "--by", "Ann", "--why", "seen"],
        ["queries", "--ledger", "none.sqlite", "-o", "round"],
        ["ledger", "show", "--ledger", "none.sqlite"],
        ["ledger", "list", "--ledger", "none.sqlite", "--status", "closed"],
        ["ledger"],
        ["ledger", "forget", "p1", "--ledger", "none.sqlite"],
        ["answers", "none.csv", "--ledger", "none.sqlite", "--by", "Ann"],
        ["queries", "--ledger", "none.sqlite", "-o", "round", "--as-of", "1.2.2024"],
    ],
    ids=" ".join,
)
def test_wrong_use_is_2_in_one_line(run, tmp_path, monkeypatch, words):
    """Nothing is made."""
    monkeypatch.chdir(tmp_path)
    said = run(*words)
    assert (said.code, said.out) == (2, "")
    assert said.err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_lines_that_somebody_has_to_look_at_are_1(run, case, ledger, tmp_path):
    """Each with its line and number."""
    run("check", case(wbc=WRONG_WBC), *ONLY, *on(ledger, "01"))
    back = tmp_path / "back.csv"
    back.write_text("query,fingerprint,question,reply\nQ1,fp-0000000000000000,x,yes\nQ7,fp-00,x,no\n")
    said = run("answers", back, *on(ledger, "02"), "--by", "Ann")
    assert said.code == 1
    assert "line 2, Q1: not taken: query number and fingerprint belong to different findings." in said.out
    assert "line 3, Q7: not taken: this ledger has no such query." in said.out


def test_lines_that_were_deleted_are_told(run, case, ledger, tmp_path):
    run("check", case(wbc=WRONG_WBC, more=TWO_DEATHS), *ONLY, *on(ledger, "01"))
    run("queries", *on(ledger, "08"), "--format", "csv", "-o", tmp_path / "round")
    path = tmp_path / "round" / "no-site.csv"
    with path.open(encoding="utf-8-sig", newline="") as stream:
        head, first, _ = csv.reader(stream)
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, first])
    said = run("answers", path, *on(ledger, "09"), "--by", "Ann")
    assert (said.code, said.out) == (
        1,
        f"{path}: 0 kept, 1 without a reply.\n"
        "  A line that was written is missing (line 2): what was deleted is not answered.\n",
    )
    path.write_text(",".join(head), encoding="utf-8")
    said = run("answers", path, *on(ledger, "09"), "--by", "Ann")
    assert (said.code, said.out.splitlines()[1:]) == (1, ["  There is no line: what was deleted is not answered."])


def test_milder_findings_are_not_asked_about_and_that_is_said(run, case, ledger, tmp_path):
    run("check", case(wbc=WRONG_WBC), *ONLY, *on(ledger, "01"))
    said = run("queries", *on(ledger, "01"), "-o", tmp_path / "a", "--least", "error")
    assert said.out == "Nothing to ask.\nNot asked, because milder than error: 1 query.\n"


def test_the_clock_is_asked_where_no_day_is_given(run, case, ledger, monkeypatch):
    """In one place only, which is easily told another day."""
    from datetime import date

    class Fixed(date):
        @classmethod
        def today(cls) -> date:
            return date(2023, 5, 17)

    monkeypatch.setattr("infant_course.cli.ledgers.date", Fixed)
    assert "Ledger, 2023-05-17" in run("check", case(), "--ledger", ledger).out


def test_own_rules_are_kept_too(run, case, ledger, tmp_path):
    """Their fields are known to the ledger as those of the catalogue are."""
    module = tmp_path / "own.py"
    module.write_text(
        "from infant_course import Diagnosis\n"
        "from infant_course.rules import Subject, rule\n"
        "from infant_course.sources import Logic\n"
        "from infant_course.vocabulary import Kahn, Severity\n"
        '@rule("OWN-01", about=Diagnosis, severity=Severity.ERROR, category=Kahn.CONFORMANCE, source=Logic("own"))\n'
        "def no_count(diagnosis: Subject):\n"
        '    """No count.\n\n    Why it matters: a.\n    Usual cause: b.\n    Repair: add it."""\n'
        '    return diagnosis.quantity("wbc", "10^9/L") < 100\n'
    )
    said = run("check", case(), "--rules", module, "--select", "OWN-01", *on(ledger, "01"))
    assert said.code == 1, said.err
    assert "wbc: 20 10^9/L" in run("ledger", "show", "Q1", *on(ledger, "01")).out


def test_what_is_told_without_names_names_nobody(tmp_path):
    """For reports that are shared: numbers only."""
    with new_ledger(tmp_path) as ledger:
        result = ledger.record(sight(seen("PAT-1")), as_of=day(1))
        ledger.accept("Q1", by="Ann", why="PAT-1 is odd", as_of=day(1))
        accepted = [ledger.entry("Q1", as_of=day(1))]
    assert "PAT-1" in as_text(result, accepted)
    told = as_text(result, accepted, names=False)
    assert told == "Ledger, 2024-01-02: 1 new, 0 open, 0 resolved, 0 reopened, 0 accepted."
    assert seen("PAT-1").fingerprint not in told


def test_a_ledger_that_cannot_be_written_loses_no_report(run, case, ledger, monkeypatch):
    """The report is told, then the fault; the ledger is as it was."""
    run("check", case("a.yaml"), *ONLY, *on(ledger, "02"))
    before = ledger.read_bytes()
    said = run("check", case("b.yaml", more=TWO_DEATHS), *ONLY, *on(ledger, "01"))
    assert said.code == 2
    assert "1 error, 0 warnings" in said.out
    assert "2024-01-02" in said.err
    monkeypatch.setattr("infant_course.ledger.store.TABLES", "CREATE TABLE broken")
    said = run("check", case("c.yaml"), *ONLY, "--ledger", ledger.with_name("other.sqlite"))
    assert said.code == 2
    assert ledger.read_bytes() == before
    assert "other.sqlite" in said.err


def test_a_rule_that_broke_down_resolves_nothing(run, case, ledger, tmp_path):
    """Its findings are left as they are, and the exit code is 3 whatever is new."""
    module = tmp_path / "own.py"
    body = (
        "from infant_course import Diagnosis\n"
        "from infant_course.rules import Subject, rule\n"
        "from infant_course.sources import Logic\n"
        "from infant_course.vocabulary import Kahn, Severity\n"
        '@rule("OWN-01", about=Diagnosis, severity=Severity.ERROR, category=Kahn.CONFORMANCE, source=Logic("own"))\n'
        "def odd(diagnosis: Subject):\n"
        '    """Odd.\n\n    Why it matters: a.\n    Usual cause: b.\n    Repair: add it."""\n'
    )
    how = ("--rules", module, "--select", "OWN-01", "--fail-on-new", "error")
    module.write_text(body + '    return diagnosis["line"] > 0\n')
    assert run("check", case(), *how, *on(ledger, "01")).code == 1
    module.write_text(body + "    raise KeyError\n")
    said = run("check", case(), *how, *on(ledger, "02"))
    assert said.code == 3
    assert "their rules did not run: 1." in said.out


def test_a_page_tells_the_status_of_each_finding(run, case, ledger, tmp_path):
    """As the run records it; under pseudonyms too. The page is made before the ledger is written."""
    page = tmp_path / "out" / "page.html"
    page.parent.mkdir()

    def statuses(*more):
        assert (
            run("check", case(wbc=WRONG_WBC, more=TWO_DEATHS), *ONLY, "--format", "html", "-o", page, *more).code == 1
        )
        data = json.loads(re.search(r'id="data">(.*?)</script>', page.read_text(encoding="utf-8"))[1])
        columns = data["columns"]
        told = {name: [columns[name]["values"][code] for code in columns[name]["codes"]] for name in ("rule", "status")}
        return dict(zip(told["rule"], told["status"], strict=True))

    assert statuses(*on(ledger, "01")) == {"REC-05": "new", "BAS-02": "new"}
    run("accept", "Q2", *on(ledger, "02"), "--by", "Ann", "--why", "the laboratory confirms it")
    assert statuses(*on(ledger, "03"), "--compare-only") == {"REC-05": "open", "BAS-02": "accepted"}
    key = tmp_path / "keys" / "a.key"
    key.parent.mkdir()
    assert run("key", key).code == 0
    shared = statuses(*on(ledger, "03"), "--for", "sharing", "--key-file", key)
    assert shared == {"REC-05": "open", "BAS-02": "accepted"}
