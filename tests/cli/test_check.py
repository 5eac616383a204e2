"""``check``: exit codes, formats, selection, and input that cannot be read."""

import hashlib
import json
import os
import threading
from pathlib import Path

import pytest

from infant_course.report.check import Report
from infant_course.report.findings import table_of
from infant_course.rules import RULES

TWO_DEATHS = "  - {event: death, id: d1, when: after dx}\n  - {event: death, id: d2, when: after dx}\n"
"""What REC-05 calls an error."""


def test_nothing_at_the_level_is_0(run, case):
    """A diagnosis alone breaks no rule."""
    said = run("check", case())
    assert said.code == 0
    assert "1 patient, 1 event" in said.out
    assert said.err == ""


def test_an_error_is_1_and_is_told(run, case):
    """Two deaths of one patient."""
    path = case(more=TWO_DEATHS)
    said = run("check", path)
    assert said.code == 1
    assert "REC-05" in said.out
    assert str(path) in said.out.replace("\n    ", "")


@pytest.mark.parametrize(("level", "code"), [("error", 0), ("warning", 1), ("info", 1), ("never", 0)])
def test_fail_on_sets_the_least_severity_that_counts(run, case, level, code):
    """A white cell count of 3000 10^9/L is a warning (BAS-02)."""
    assert run("check", case(wbc="3000 10^9/L"), "--select", "BAS-02", "--fail-on", level).code == code


def test_fail_on_never_lets_errors_pass(run, case):
    """They are told all the same."""
    said = run("check", case(more=TWO_DEATHS), "--fail-on", "never")
    assert said.code == 0
    assert "REC-05" in said.out


def test_select_and_ignore(run, case):
    """By ids, several at once or one by one; what is ignored does not run."""
    path = case(more=TWO_DEATHS)
    told = json.loads(run("check", path, "--select", "REC-05,BAS-02", "--format", "json").out)
    assert [rule["id"] for rule in told["rules"]] == ["REC-05", "BAS-02"]
    assert run("check", path, "--ignore", "REC-05,BAS-01").code == 0
    assert run("check", path, "--select", "REC-05", "--select", "BAS-02", "--ignore", "REC-05").code == 0


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_an_unknown_rule_names_the_nearest_one(run, case, option):
    """And nothing is judged."""
    said = run("check", case(), option, "REM-6")
    assert said.code == 2
    assert "REM-06" in said.err
    assert said.out == ""


def test_json_names_its_inputs_by_digest_and_lists_the_undecided(run, case):
    """A relapse without a word on a remission is undecided, and never sets the exit code."""
    path = case(more="  - {event: relapse, id: rel, when: after dx}\n")
    said = run("check", path, "--format", "json", "--fail-on", "info", "--select", "REM-06")
    assert said.code == 0
    told = json.loads(said.out)
    assert told["inputs"] == [{"name": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}]
    assert [(f["rule"], f["verdict"], f["event"], f["line"]) for f in told["findings"]] == [
        ("REM-06", "undecided", "rel", 5)
    ]
    assert told["cut_off"] is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_a_case_in_a_pipe_is_read_once_and_named_by_the_digest_of_what_was_read(run, case, tmp_path):
    pipe, text = tmp_path / "pipe", case().read_bytes()
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(text,), daemon=True)
    writer.start()
    told = json.loads(run("check", pipe, "--format", "json").out)
    writer.join(timeout=10)
    assert told["inputs"] == [{"name": str(pipe), "sha256": hashlib.sha256(text).hexdigest()}]
    assert told["events"] == 1


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no named pipes")
def test_an_export_in_a_pipe_is_refused_because_it_is_read_more_than_once(run, tmp_path):
    pipe = tmp_path / "relapse.csv"
    os.mkfifo(pipe)
    said = run("check", pipe)
    assert (said.code, said.out) == (2, "")
    assert "this is a pipe; save it in a file first" in said.err


def test_the_cut_off_is_a_day_and_is_reported(run, case):
    """An event after it is an error; without it no event is too late."""
    path = case(more="  - {event: last_contact, id: lfu, when: 2024-05-01}\n")
    assert run("check", path).code == 0
    said = run("check", path, "--cut-off", "2023-01-01", "--format", "json")
    assert said.code == 1
    assert json.loads(said.out)["cut_off"] == "2023-01-01"
    wrong = run("check", path, "--cut-off", "2023-02-30")
    assert wrong.code == 2
    assert "2023-02-30" in wrong.err


def test_a_readable_file_is_checked_when_another_is_not(run, case, tmp_path):
    """The highest code of the two, and both are told."""
    said = run("check", tmp_path / "missing.yaml", case(more=TWO_DEATHS))
    assert said.code == 2
    assert "missing.yaml" in said.err
    assert "REC-05" in said.out


def test_a_file_in_a_folder_that_may_not_be_read_hides_no_other(run, case, tmp_path, monkeypatch):
    """The system does not even tell whether it is a folder (here simulated: a test may run as root)."""
    closed, stat = tmp_path / "closed" / "b.yaml", Path.stat

    def refused(path, **how):
        if path == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return stat(path, **how)

    monkeypatch.setattr(Path, "stat", refused)
    said = run("check", case(), closed)
    assert said.code == 2
    assert "1 patient, 1 event" in said.out
    assert f"{closed}: expected a file that can be read, found Permission denied." in said.err


def test_of_two_files_the_worse_one_counts(run, case):
    """Findings in one of them make it 1."""
    sound = case("sound.yaml", patient="p1")
    bad = case("bad.yaml", patient="p2", more=TWO_DEATHS)
    said = run("check", sound, bad)
    assert said.code == 1
    assert "2 patients" in said.out


def test_one_patient_in_two_files_is_told(run, case):
    """Not merged, and not judged twice."""
    said = run("check", case("a.yaml"), case("b.yaml"))
    assert said.code == 2
    assert "b.yaml" in said.err and "a.yaml" in said.err
    assert "1 patient," in said.out


def test_a_rule_that_fails_to_run_is_3(run, case, monkeypatch):
    """Our own fault outranks what was found and what could not be read."""

    def broken(*_: object, **__: object) -> Report:
        return Report(
            version="0",
            catalogue="0",
            settings={},
            cut_off=None,
            patients=1,
            events=1,
            rules=(),
            table=table_of(()),
            errored={"REM-06": "KeyError"},
        )

    monkeypatch.setattr("infant_course.report.check.check", broken)
    said = run("check", case(), "missing.yaml")
    assert said.code == 3
    assert "REM-06 could not be run" in said.out


NOT_A_CASE = {
    "empty": b"",
    "binary": bytes(range(256)),
    "tabs": b"infant_course: 1\n\tpatient: {id: p}\n",
    "list": b"- 1\n- 2\n",
    "no_patient": b"infant_course: 1\nevents: []\n",
    "unknown_event": b"infant_course: 1\npatient: {id: p}\nevents:\n  - {event: diagnosos, id: dx}\n",
    "twice": b"infant_course: 1\npatient: {id: p}\npatient: {id: q}\nevents: []\n",
    "no_unit": b"infant_course: 1\npatient: {id: p}\nevents:\n  - {event: diagnosis, id: dx, wbc: 12}\n",
    "30_february": b"infant_course: 1\npatient: {id: p}\nevents:\n  - {event: death, id: d, when: 2020-02-30}\n",
    "aliases": b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
}


@pytest.mark.parametrize("name", NOT_A_CASE)
def test_what_cannot_be_parsed_is_2_with_a_located_message(run, tmp_path, name):
    """The message starts with the file."""
    path = tmp_path / f"{name}.yaml"
    path.write_bytes(NOT_A_CASE[name])
    said = run("check", path)
    assert said.code == 2
    assert said.err.startswith(str(path))
    assert said.out == ""


def test_a_missing_file_and_a_directory_are_2(run, tmp_path):
    """Each with its name."""
    missing = run("check", tmp_path / "none.yaml")
    assert (missing.code, missing.out) == (2, "")
    assert "none.yaml" in missing.err
    folder = run("check", tmp_path)
    assert (folder.code, folder.out) == (2, "")
    assert str(tmp_path) in folder.err


def test_labels_of_any_kind_are_told_and_do_no_harm(run, case):
    """Markup is text on a terminal, and control characters are replaced."""
    path = case(patient="<script>\\e[2J")
    said = run("check", path, "--select", "BAS-01")
    assert "\x1b" not in said.out + said.err


def test_every_rule_can_be_selected_alone(run, case):
    """No id of the catalogue is refused."""
    path = case()
    for rule in RULES:
        assert run("check", path, "--select", rule).code in (0, 1)


def test_a_report_that_cannot_be_written_is_told_before_anything_is_read(run, tmp_path):
    """A check may take long; the file to check is not even there."""
    said = run("check", tmp_path / "none.csv", "-o", tmp_path / "nowhere" / "report.txt")
    assert (said.code, said.out) == (2, "")
    assert said.err.endswith(f"there is no folder {tmp_path / 'nowhere'}; make it first\n")
    said = run("check", tmp_path / "none.csv", "-o", tmp_path)
    assert "expected a file to write the report into, found a folder" in said.err


NOT_UTF8 = os.fsdecode(b"bad\xff")


@pytest.fixture
def oddly_named(case):
    """A case file whose name is no UTF-8, as Linux allows."""
    try:
        return case(f"{NOT_UTF8}.yaml", more=TWO_DEATHS.replace("after dx", "40 days after dx"))
    except OSError:
        pytest.skip("this system has no such names")


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv", "xlsx", "html", "sarif", "junit"])
def test_a_name_that_is_not_utf8_is_shown_with_a_replacement(run, oddly_named, tmp_path, form):
    out = tmp_path / "report"
    assert run("check", oddly_named, "--format", form, "-o", out).code == 1
    if form not in ("xlsx", "junit"):
        shown = "".join(out.read_text(encoding="utf-8").split())  # a long path may be broken
        assert ("bad%EF%BF%BD.yaml" if form == "sarif" else "bad�.yaml") in shown


def test_a_file_whose_name_is_not_utf8_is_drawn_and_converted(run, oddly_named, tmp_path):
    assert run("draw", oddly_named, "-o", tmp_path / f"{NOT_UTF8}.html").code == 0
    assert run("convert", oddly_named, tmp_path / "out", "--to", "csv").code == 0
    assert run("swimmer", oddly_named, "-o", tmp_path / "s.svg").code == 0


def test_an_export_whose_name_is_not_utf8_is_judged(run, oddly_named, tmp_path):
    export = oddly_named.with_suffix(".csv")
    export.write_text("event,patient,id,start\ndeath,P1,d1,2020-01-01\ndeath,P1,d2,2020-01-02\n", encoding="utf-8")
    for more in ((), ("--in-parts",)):
        out = tmp_path / f"report{len(more)}.json"
        assert run("check", export, *more, "--format", "json", "-o", out).code == 1
        told = json.loads(out.read_text(encoding="utf-8"))
        assert told["intake"]["rows"][0]["file"] == "bad�.csv"
        assert {finding["file"] for finding in told["findings"]} == {"bad�.csv"}


def test_a_report_is_never_written_over_what_is_read(run, case, tmp_path):
    """Nor under another name of it; a report in the folder of an export may be written anew."""
    path = case()
    export = tmp_path / "export"
    export.mkdir()
    (export / "death.csv").write_text("patient,id\nP1,d1\n", encoding="utf-8")
    link = tmp_path / "link"
    link.symlink_to(path)
    mapping = tmp_path / "mapping.toml"
    mapping.write_text("# mine", encoding="utf-8")
    before = [file.read_bytes() for file in (path, export / "death.csv", mapping)]
    for read, *words in (
        (path, path, "-o", path),
        (path, path, "-o", link),
        (export, export, "-o", export / "death.csv"),
        (mapping, export, "--from", "redcap", "--mapping", mapping, "-o", mapping),
    ):
        said = run("check", *words)
        assert (said.code, said.out) == (2, "")
        told = f"{words[-1]}: this file is read ({read}) and would be written over; name another with -o"
        assert said.err == f"infant-course: {told}\n"
    assert [file.read_bytes() for file in (path, export / "death.csv", mapping)] == before
    for _ in range(2):
        assert run("check", export, "-o", export / "report.json", "--format", "json").code == 0


@pytest.mark.parametrize(
    ("verb", "table"), [("draw", "events"), ("swimmer", "table"), ("flow", "table"), ("overview", "table")]
)
def test_a_figure_and_the_table_beside_it_are_never_written_over_what_is_read(run, tmp_path, verb, table):
    export = tmp_path / f"a.{table}.csv"
    export.write_text("event,patient,id\ndeath,P1,d1\n", encoding="utf-8")
    who = ("--patient", "P1") if verb == "draw" else ()
    said = run(verb, export, *who, "-o", tmp_path / "a.svg")
    assert (said.code, said.out) == (2, "")
    assert f"{export}: this file is read" in said.err
    assert list(tmp_path.iterdir()) == [export]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("check", "a.yaml", "--select", ""), "--select is empty"),
        (("check", "a.yaml", "--select="), "--select is empty"),
        (("check", "a.yaml", "--select", " , "), "expected ids, families or severities of rules, found ' , '"),
        (("check", "a.yaml", "-o", ""), "-o is empty"),
        (("check", ""), "a name is empty"),
        (("demo", "--out", ""), "--out is empty"),
        (("",), "a name is empty"),
    ],
)
def test_an_empty_word_is_wrong_use(run, case, tmp_path, monkeypatch, words, told):
    """It mostly comes from a variable of a script that was not set; all rules would run, or the folder be littered."""
    case()
    monkeypatch.chdir(tmp_path)
    said = run(*words)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert [file.name for file in tmp_path.iterdir()] == ["a.yaml"]


def test_the_help_names_every_criteria_that_are_known(run, case):
    known = run("check", case(), "--criteria", "xyz").err.split("known are ")[1].strip().strip(".").split(", ")
    helped = "".join(run("check", "--help").out.split()).replace("-", "_")  # lines break at hyphens
    assert f"nonearestated:{','.join(known)}" in helped
