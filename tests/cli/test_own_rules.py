"""Rules of one's own, profiles and the configuration file."""

import json
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

RULE = '''
import polars as pl
from infant_course import Diagnosis
from infant_course.rules import rule
from infant_course.sources import Logic
from infant_course.vocabulary import Kahn, Severity

@rule("OUR-01", about=Diagnosis, severity=Severity.ERROR, category=Kahn.COMPLETENESS, source=Logic("house rule"))
def no_cns_status(diagnosis):
    """A diagnosis has no CNS status.

    Why it matters: it is counted.
    Usual cause: put off.
    Repair: ask.
    """
    return BODY
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Write a module with one rule into the working directory."""
    monkeypatch.chdir(tmp_path)

    def write(body: str = 'diagnosis["cns"].is_null()', name: str = "our_rules.py", text: str = RULE) -> Path:
        path = tmp_path / name
        path.write_text(text.replace("BODY", body), encoding="utf-8")
        return path

    return write


def test_run_beside_the_catalogue(run, case, module):
    path = module()
    told = json.loads(run("check", case(), "--rules", path, "--format", "json").out)
    assert [f["event"] for f in told["findings"] if f["rule"] == "OUR-01"] == ["dx"]
    assert {"OUR-01", "REM-06"} <= {rule["id"] for rule in told["rules"]}
    assert run("check", case(), "--rules", path, "--select", "OUR-01").code == 1
    assert run("check", case(), "--rules", path, "--ignore", "OUR").code == 0


def test_are_found_by_module_name(run, case, module):
    module(name="rules_by_name.py")
    assert run("check", case(), "--rules", "rules_by_name", "--select", "OUR-01").code == 1
    assert "OUR-01" in run("rules", "--rules", "rules_by_name").out
    assert "Repair: ask." in run("explain", "OUR-01", "--rules", "rules_by_name").out


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("x = 1\ndef f(:\n", 2, "invalid syntax"),
        ("\n\n1 / 0\n", 3, "ZeroDivisionError"),
        ("import sys\nsys.exit(0)\n", 2, "SystemExit"),
    ],
)
def test_a_module_that_does_not_import_is_named_with_its_line(run, case, module, text, line, what):
    path = module(text=text)
    said = run("check", case(), "--rules", path)
    assert said.code == 2
    assert f"our_rules.py, line {line}: {what}" in said.err
    assert said.err.count("\n") == 1


def test_a_module_that_is_not_there_or_has_no_rule(run, case, module):
    assert "No module named 'nowhere_to_be_found'" in run("check", case(), "--rules", "nowhere_to_be_found").err
    path = module(text="x = 1\n")
    said = run("check", case(), "--rules", path)
    assert (said.code, "defines no rule" in said.err) == (2, True)


def test_an_id_of_the_catalogue_is_taken(run, case, module):
    path = module(text=RULE.replace("OUR-01", "REM-06"))
    said = run("check", case(), "--rules", path)
    assert (said.code, "REM-06 is taken" in said.err) == (2, True)


def test_a_rule_that_breaks_down_is_reported_and_the_others_run(run, case, module):
    path = module(body='1 / 0 if diagnosis["wbc"] is not None else None')
    said = run("check", case(wbc="3000 10^9/L"), "--rules", path, "--select", "OUR-01,BAS-02")
    assert said.code == 3
    assert "OUR-01 could not be run: ZeroDivisionError (our_rules.py, line 16)" in said.out
    assert "BAS-02" in said.out


@pytest.mark.parametrize("error", ["pl.exceptions.PanicException", "SystemExit"])
def test_what_is_no_ordinary_error_is_a_rule_that_breaks_down_too(run, case, module, error):
    """A panic of Polars is no ``Exception``, and its text may hold values."""
    path = module(text=RULE.replace("return BODY", f'raise {error}("161.7")'))
    said = run("check", case(wbc="3000 10^9/L"), "--rules", path, "--select", "OUR-01,BAS-02")
    assert said.code == 3
    assert f"OUR-01 could not be run: {error.rpartition('.')[2]} (our_rules.py, line 16)" in said.out
    assert "BAS-02" in said.out
    assert "161.7" not in said.out + said.err


def test_a_panic_outside_of_a_rule_is_a_fault_told_without_its_text(run, case, monkeypatch):
    def panics(*_, **__):
        raise pl.exceptions.PanicException("161.7")

    monkeypatch.setattr("infant_course.report.check.check", panics)
    said = run("check", case())
    assert (said.code, said.out) == (3, "")
    assert "PanicException" in said.err
    assert "161.7" not in said.err


def test_a_rule_that_asks_for_what_a_table_cannot_give(run, case, module):
    """It fails when its columns are worked out, together with those of others."""
    path = module(body='diagnosis["cns"].str.to_integer(strict=True) > pl.col("nothing")')
    said = run("check", case(wbc="3000 10^9/L"), "--rules", path, "--select", "OUR-01,BAS-02")
    assert said.code == 3
    assert "OUR-01 could not be run: ColumnNotFoundError" in said.out
    assert "BAS-02  warning" in said.out


def test_the_configuration_file_and_the_command_line_that_wins(run, case, module, tmp_path):
    module()
    (tmp_path / "infant-course.toml").write_text('rules = ["our_rules.py"]\nselect = ["OUR"]\ninfant-limit = 366\n')
    told = json.loads(run("check", case(), "--format", "json").out)
    assert [rule["id"] for rule in told["rules"]] == ["OUR-01"]
    assert told["settings"]["infant_limit_days"] == 366
    told = json.loads(run("check", case(), "--select", "BAS-02", "--infant-limit", "365", "--format", "json").out)
    assert [rule["id"] for rule in told["rules"]] == ["BAS-02"]
    assert told["settings"]["infant_limit_days"] == 365


def test_pyproject_is_read_too(run, case, module, tmp_path):
    module()
    (tmp_path / "pyproject.toml").write_text('[tool.infant-course]\nselect = ["BAS-02"]\n')
    told = json.loads(run("check", case(), "--format", "json").out)
    assert [rule["id"] for rule in told["rules"]] == ["BAS-02"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ('rulez = ["a"]', "no setting 'rulez': did you mean 'rules'?"),
        ('rules = "a"', "rules: expected a list of words, found 'a'"),
        ("infant-limit = true", "infant-limit: expected a whole number, found True"),
        ("rules = [", "infant-course.toml is not TOML"),
    ],
)
def test_a_configuration_that_cannot_be_understood(run, case, module, tmp_path, text, what):
    module()
    (tmp_path / "infant-course.toml").write_text(text)
    said = run("check", case())
    assert said.code == 2
    assert what in said.err
    assert said.out == ""


def test_a_protocol_brings_its_age_limit(run, case):
    """Interfant-99 took infants below 366 days, MLL-10 below 365."""

    def limit(*words: str) -> int:
        told = json.loads(run("check", case(), "--format", "json", *words).out)
        found: int = told["settings"]["infant_limit_days"]
        return found

    assert limit("--protocol", "interfant-99") == 366
    assert limit("--protocol", "MLL-10") == 365
    assert limit("--protocol", "interfant-99", "--infant-limit", "365") == 365


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--protocol", "interfant-6"), "no protocol 'interfant-6': did you mean 'interfant-06'?"),
        (("--criteria", "ponte-di-legna"), "no remission criteria 'ponte-di-legna': did you mean 'ponte_di_legno'?"),
        (("--infant-limit", "400"), "no definition of an infant ends at 400 days: say 365 or 366"),
    ],
)
def test_an_unknown_profile_names_the_nearest(run, case, words, what):
    said = run("check", case(), *words)
    assert (said.code, said.out) == (2, "")
    assert what in said.err
    assert said.err.count("\n") == 1


def test_criteria_are_shown_in_the_report(run, case):
    told = json.loads(run("check", case(), "--criteria", "Ponte-di-Legno", "--format", "json").out)
    assert told["settings"]["criteria"] == "ponte_di_legno"
