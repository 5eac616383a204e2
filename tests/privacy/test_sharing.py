"""A report for sharing holds nothing of the input, in any format, and can still be followed."""

import json
import zipfile
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from attrs import asdict, evolve

from infant_course import Cohort, check, dump
from infant_course.cli import parser
from infant_course.intake import CellFinding, CellProblem, Intake, RowCount
from infant_course.privacy.key import Key, make_key
from infant_course.privacy.pseudonyms import Pseudonyms
from infant_course.report.sharing import for_sharing
from infant_course.rules import RULES
from privacy import canaries

KEY = Key(secret=bytes(range(32)))
INTAKE = Intake(
    source="csv",
    rows=(RowCount(file="CANARY.csv", read=7, kept=5, set_aside={"empty row": 2}),),
    cells=(
        CellFinding(
            file="CANARY.csv",
            problem=CellProblem.UNREAD,
            expected="a number, not CANARY",
            column="CANARY",
            row=987654,
            rows=3,
            value="CANARY",
            patients=(canaries.PATIENT,),
            hint="CANARY?",
        ),
        CellFinding(file="CANARY.csv", problem=CellProblem.UNREAD, expected="CANARY", rows=2),
    ),
    assumed=("CANARY.csv is UTF-8.",),
    labels={("death", "cause"): "CANARY"},
)


@cache
def local():
    return check(evolve(Cohort.from_courses([canaries.course()]), intake=INTAKE))


def formats():
    (verbs,) = [action for action in parser()._actions if action.choices and "check" in action.choices]
    (option,) = [action for action in verbs.choices["check"]._actions if "--format" in action.option_strings]
    return sorted(option.choices)


def content(path):
    """All the text of a file; of a workbook that of all its parts."""
    if not zipfile.is_zipfile(path):
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as parts:
        return "\n".join(parts.read(name).decode() for name in parts.namelist())


def test_the_canaries_are_in_the_local_report():
    """Else the tests below could not fail."""
    whole = "".join(f"{found.patient}{found.site}{found.message}{found.file}{found.line}" for found in local().findings)
    assert {"canary", "müller", "köln", "1987", "987654"} <= set(canaries.found(whole))
    assert len(local().findings) > 50


def test_a_year_in_a_pseudonym_is_chance_and_anywhere_else_is_not():
    pseudonyms = Pseudonyms(key=KEY)
    for given in (pseudonyms.patient("p"), pseudonyms.event("p", "e"), pseudonyms.fingerprint("f")):
        assert canaries.PSEUDONYM.fullmatch(given)
        assert canaries.found(f'"{given[:3]}1987{given[7:]}"') == []
    for text in ("born 1987", "PABC1987", "EABCD1987EFGHJK", f"{given}1987", "1987-06-05", "CANARY-patient"):
        assert canaries.found(text)


def test_nothing_of_the_input_is_left_in_the_report():
    shared = for_sharing(local(), KEY)
    assert canaries.found(str(asdict(shared))) == []
    assert "canary" in canaries.found(str(asdict(local())))


def test_counts_stay_and_agree():
    before, shared = local(), for_sharing(local(), KEY)
    assert shared.rules == before.rules
    assert Counter(f.rule for f in shared.findings) == Counter(f.rule for f in before.findings)
    assert (shared.patients, shared.events, shared.exit_code()) == (before.patients, before.events, before.exit_code())
    assert [(c.file, c.read, c.kept, dict(c.set_aside)) for c in shared.intake.rows] == [
        ("file 1", 7, 5, {"empty row": 2})
    ]
    assert [(cell.file, cell.problem, cell.rows) for cell in shared.intake.cells] == [("file 1", CellProblem.UNREAD, 5)]


def test_findings_can_be_followed_under_one_key_and_not_under_another():
    names = Pseudonyms(key=KEY)
    before, shared = local(), for_sharing(local(), KEY)
    assert {f.fingerprint for f in shared.findings} == {names.fingerprint(f.fingerprint) for f in before.findings}
    assert {f.patient for f in shared.findings} == {names.patient(canaries.PATIENT)}
    other = for_sharing(local(), Key(secret=bytes(32)))
    assert not {f.fingerprint for f in shared.findings} & {f.fingerprint for f in other.findings}
    assert not {f.event for f in shared.findings if f.event} & {f.event for f in other.findings if f.event} - {"birth"}


def test_messages_are_those_of_the_rules():
    outcomes = {}
    for found in for_sharing(local(), KEY).findings:
        if found.verdict == "failed":
            outcomes.setdefault(found.rule, set()).add(found.message)
    assert outcomes["REC-05"] == {"More than one death is recorded."}
    for rule, messages in outcomes.items():
        assert all(message.endswith(".") and "[" not in message for message in messages), RULES[rule]


@pytest.fixture(scope="module")
def canary_case(tmp_path_factory):
    folder = tmp_path_factory.mktemp("CANARY-folder")
    dump(canaries.course("CANARY-patient"), folder / "CANARY-file.yaml")
    return folder / "CANARY-file.yaml"


JUDGED = []
"""The report on the canary case: every format tells the same one, so it is judged once."""


@pytest.mark.parametrize("form", formats())
def test_no_format_of_the_command_tells_anything(run, tmp_path, canary_case, monkeypatch, form):
    def judged_once(cohort, **more):
        if not JUDGED:
            JUDGED.append(check(cohort, **more))
        return JUDGED[0]

    monkeypatch.setattr("infant_course.report.check.check", judged_once)
    case, key = canary_case, make_key(tmp_path / "k.key")
    out = tmp_path / "out"
    out.mkdir()
    plain = run("check", case, "--format", form, "-o", out / "local")
    assert plain.code == 1, plain.err
    assert "canary" in canaries.found(content(out / "local"))
    said = run("check", case, "--format", form, "-o", out / "shared", "--for", "sharing", "--key-file", key)
    assert said.code == 1, said.err
    assert canaries.found(content(out / "shared")) == []
    assert said.err == ""
    assert key.read_text(encoding="ascii").strip() not in content(out / "shared")


def test_a_key_beside_the_report_is_refused(run, case, tmp_path):
    (tmp_path / "out").mkdir()
    key = make_key(tmp_path / "out" / "k.key")
    said = run(
        "check", case(), "-o", tmp_path / "out" / "a.json", "--format", "json", "--for", "sharing", "--key-file", key
    )
    assert said.code == 2
    assert "output folder" in said.err
    assert list((tmp_path / "out").iterdir()) == [key]


def test_a_key_in_the_folder_one_works_in_is_refused_too(run, case, tmp_path, monkeypatch):
    """Where the report has no folder in its name it goes there."""
    monkeypatch.chdir(tmp_path)
    make_key(Path("k.key"))
    said = run("check", case(), "-o", "a.json", "--format", "json", "--for", "sharing", "--key-file", "k.key")
    assert (said.code, Path("a.json").exists()) == (2, False)
    assert "output folder" in said.err


def test_json_says_for_whom_it_is_and_names_no_input(run, case, tmp_path):
    key = make_key(tmp_path / "k.key")
    told = json.loads(run("check", case(), "--format", "json", "--for", "sharing", "--key-file", key).out)
    assert (told["audience"], told["inputs"]) == ("sharing", [])
    assert json.loads(run("check", case(), "--format", "json").out)["audience"] == "local"


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (["--for", "sharing"], "needs --key-file"),
        (["--key-file", "k.key"], "no meaning in a local report"),
        (["--for", "sharing", "--key-file", "none.key"], "expected a key file"),
    ],
)
def test_a_key_is_needed_for_sharing_and_only_there(run, case, options, what):
    said = run("check", case(), *options)
    assert said.code == 2
    assert what in said.err
    assert said.out == ""


def test_what_is_told_of_a_ledger_names_nobody_either(run, tmp_path):
    """The ledger itself is local: it holds the findings as they are."""
    case = tmp_path / "CANARY.yaml"
    dump(canaries.course("CANARY-patient", ("diagnosis", "relapse", "death", "mrd")), case)
    key, ledger = make_key(tmp_path / "k.key"), tmp_path / "l.sqlite"
    words = ["check", case, "--ledger", ledger, "--as-of", "2026-01-02", "--show-accepted"]
    said = run(*words, "--for", "sharing", "--key-file", key)
    assert "Ledger, 2026-01-02" in said.out
    assert canaries.found(said.out + said.err) == []
    assert "canary" in canaries.found(run(*words, "--compare-only").out)
