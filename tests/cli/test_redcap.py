"""REDCap on the command line: template, mapping, check, and the query files that name where a value stands."""

import csv
import io
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2] / "cases" / "exports" / "redcap"
EXPORT = ("--from", "redcap", "--mapping", PROJECT / "mapping.toml", "--dictionary", PROJECT / "dictionary.csv")


def test_both_spellings_of_the_template_write_the_same(run, tmp_path):
    assert run("template", "redcap", tmp_path / "a").code == 0
    assert run("template", "--format", "redcap", tmp_path / "b").code == 0
    files = sorted(path.name for path in (tmp_path / "a").iterdir())
    assert files == ["README.md", "dictionary.csv", "repeating_instruments.csv"]
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)
    assert run("template", "--format", "csv", tmp_path / "c").code == 0
    assert (tmp_path / "c" / "relapse.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["template", "out"], "which form, csv or redcap?"),
        (["template", "--format", "csv", "redcap", "out"], "two forms, 'redcap' and 'csv'"),
        (["template", "csv", "redcap", "out"], "one form and one folder, found 3 names"),
        (["template", "--format", "redcapp", "out"], "no template 'redcapp': did you mean 'redcap'?"),
        (["mapping", "none.csv"], "no such file"),
        (["mapping", PROJECT / "records.csv"], "expected a data dictionary with the headings"),
    ],
)
def test_wrong_use_is_one_clear_error(run, tmp_path, monkeypatch, arguments, expected):
    monkeypatch.chdir(tmp_path)
    said = run(*arguments)
    assert (said.code, expected in said.err) == (2, True), said.err
    assert not list(tmp_path.iterdir())


def test_a_draft_is_printed_or_written_and_never_over_a_file(run, tmp_path):
    printed = run("mapping", PROJECT / "dictionary.csv")
    assert printed.code == 0 and '\ntype = "relapse"\n' in printed.out
    path = tmp_path / "draft.toml"
    assert run("mapping", PROJECT / "dictionary.csv", "-o", path).out.strip() == str(path)
    assert path.read_text(encoding="utf-8") == printed.out
    again = run("mapping", PROJECT / "dictionary.csv", "-o", path)
    assert again.code == 2 and "left as it was" in again.err


def test_a_query_names_record_event_instrument_instance_and_label(run, tmp_path):
    """P 001-A has two relapses but no remission: the finding stands at its place in REDCap."""
    ledger, out = tmp_path / "l.sqlite", tmp_path / "queries"
    as_of = ("--as-of", "2023-01-02")
    checked = run("check", PROJECT / "records.csv", *EXPORT, "--cut-off", "2022-12-31", "--ledger", ledger, *as_of)
    assert checked.code in (0, 1), checked.err
    assert run("queries", "--ledger", ledger, *as_of, "--format", "csv", "-o", out).code == 0
    files = {path.name: list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))) for path in out.iterdir()}
    rows = next(rows for name, rows in files.items() if "gent" in name)
    assert {row["record"] for row in rows} == {"001-A"}
    places = {(row["event"], row["instrument"], row["instance"]) for row in rows}
    assert ("relapse_arm_1", "relapse", "2") in places, places
    labels = "\n".join(row["field"] for row in rows)
    assert "Date of relapse" in labels or "Sites of relapse" in labels


def test_a_redcap_export_becomes_one_of_the_own_form(run, tmp_path):
    assert run("convert", PROJECT / "records.csv", tmp_path / "own", "--to", "csv", *EXPORT).code == 0
    assert (tmp_path / "own" / "relapse.csv").read_text(encoding="utf-8").count("\n") == 3
