"""``deidentify``: a folder that may leave, and refusals before anything is written."""

import csv
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from infant_course import Cohort, dump, read
from infant_course.privacy.key import make_key
from infant_course.privacy.release import Release
from infant_course.privacy.risk import risk_table, risk_text
from privacy import canaries

CASE = "infant_course: 1\npatient: {{id: {id}, sex: {sex}, birth: 2020-01-03, site: {site}}}\nevents:\n" + (
    "  - {{event: diagnosis, id: dx, when: {when}, kmt2a_partner: {partner}}}\n"
    "  - {{event: death, id: d, when: 2020-12-24}}\n"
)


def case(folder, name, *, sex="male", site="Ulm", when="2020-08-17", partner="AFF1"):
    path = folder / f"{name}.yaml"
    path.write_text(CASE.format(id=name, sex=sex, site=site, when=when, partner=partner), encoding="utf-8")
    return path


@pytest.fixture
def key(tmp_path):
    return make_key(tmp_path / "k.key")


def content(folder: Path) -> str:
    return "\n".join(f"{path.name}\n{path.read_text(encoding='utf-8')}" for path in sorted(folder.iterdir()))


def shifts_of(written: str) -> list[int]:
    """By how many days the days of the canaries' course were moved, those that are written, the earliest first."""
    days = sorted({date.fromisoformat(day) for day in re.findall("[0-9]{4}-[0-9]{2}-[0-9]{2}", written)})
    stated = (date(1987, 5, 1), date(1987, 5, 31), date(1987, 6, 1), date(1987, 6, 2))
    return [(was - day).days for was, day in zip(stated, days, strict=True)] if days else []


@pytest.mark.parametrize("times", ["days", "shift"])
def test_nothing_of_the_input_is_in_the_folder_or_on_the_terminal(run, tmp_path, key, times):
    """Names of files included. Numbers stay: they are the data."""
    source = tmp_path / "CANARY.yaml"
    dump(canaries.course("CANARY-patient"), source)
    said = run("deidentify", source, "-o", tmp_path / "out", "--key", key, "--times", times)
    assert said.code == 0, said.err
    written = content(tmp_path / "out")
    for number in (canaries.NUMBER, canaries.WHOLE):
        assert str(number) in written
        written = written.replace(str(number), "number")
    assert [word for word in canaries.found(written + said.out) if word != "1987" or times == "days"] == []
    shifts = shifts_of(written)
    assert len(shifts) == (0 if times == "days" else 4)
    assert len(set(shifts)) <= 1
    assert all(1 <= shift <= 365 for shift in shifts)
    assert said.err == ""
    assert key.read_text(encoding="ascii").strip() not in written + said.out


def test_what_is_written_reads_back_without_a_cell_lost(run, tmp_path, key):
    paths = [case(tmp_path, f"p{number}") for number in range(3)]
    said = run("deidentify", *paths, "-o", tmp_path / "out", "--key", key)
    assert said.code == 0, said.err
    cohort = read(tmp_path / "out")
    assert (cohort.patients.height, cohort.n_events, cohort.intake.cells) == (3, 6, ())
    assert cohort.patients["site"].n_unique() == 1
    with (tmp_path / "out" / "death.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    with (tmp_path / "out" / "diagnosis.csv").open(encoding="utf-8") as stream:
        diagnoses = {row["patient"]: row["id"] for row in csv.DictReader(stream)}
    assert {row["start"] for row in rows} == {f"129 days after {diagnoses[row['patient']]}" for row in rows}


def test_an_export_goes_in_as_well_and_the_same_key_gives_the_same(run, tmp_path, key):
    """Out of what was written once: other pseudonyms, the same days. Out of the same cases: the same files."""
    path = case(tmp_path, "p1")
    for out in ("one", "two"):
        assert run("deidentify", path, "-o", tmp_path / out, "--key", key).code == 0
    assert content(tmp_path / "one") == content(tmp_path / "two")
    said = run("deidentify", tmp_path / "one", "-o", tmp_path / "three", "--key", key, "--to", "parquet")
    assert said.code == 0, said.err
    first, second = read(tmp_path / "one"), read(tmp_path / "three")
    assert first.patients["patient"][0] != second.patients["patient"][0]
    assert first.tables["death"]["start_lo"].to_list() == second.tables["death"]["start_lo"].to_list() == [129]


def test_the_log_has_the_settings_and_counts(run, tmp_path, key):
    options = ["--key", key, "--times", "shift", "--age-unit", "week"]
    assert run("deidentify", case(tmp_path, "p1"), "-o", tmp_path / "out", *options).code == 0
    rows = {row[0]: row[1:] for row in pl.read_csv(tmp_path / "out" / "changes.csv").rows()}
    assert rows["setting: times"] == ("shift", None)
    assert rows["setting: age unit"] == ("week", None)
    assert rows["setting: shift"] == ("1 to 365 days earlier", None)
    assert rows["dates shifted"] == (None, 2)
    assert rows["patients renamed"] == (None, 1)


@pytest.mark.parametrize("out", ["cases", ".", "full", "a.txt"])
def test_an_input_is_never_written_over_nor_a_folder_that_holds_something(run, tmp_path, key, out):
    (tmp_path / "cases").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").write_text("x", encoding="utf-8")
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    path = case(tmp_path, "p1")
    export = tmp_path / "cases"
    assert run("deidentify", path, "-o", export / "export", "--key", key).code == 0
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    said = run("deidentify", export / "export", "-o", tmp_path / out, "--key", key)
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before


def test_a_folder_within_the_export_is_refused(run, tmp_path, key):
    assert run("deidentify", case(tmp_path, "p1"), "-o", tmp_path / "one", "--key", key).code == 0
    said = run("deidentify", tmp_path / "one", "-o", tmp_path / "one" / "two", "--key", key)
    assert (said.code, "lies in the input" in said.err) == (2, True)


def test_a_key_in_the_folder_is_refused(run, tmp_path):
    (tmp_path / "out").mkdir()
    said = run("deidentify", case(tmp_path, "p1"), "-o", tmp_path, "--key", make_key(tmp_path / "k.key"))
    assert said.code == 2
    link = tmp_path / "elsewhere"
    link.mkdir()
    inside = make_key(tmp_path / "out" / "k.key")
    said = run("deidentify", case(link, "p1"), "-o", tmp_path / "out", "--key", inside)
    assert said.code == 2
    assert list((tmp_path / "out").iterdir()) == [inside]


def test_a_failure_leaves_no_folder(run, tmp_path, key, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device", "somewhere")

    monkeypatch.setattr(pl.DataFrame, "write_csv", full)
    said = run("deidentify", case(tmp_path, "p1"), "-o", tmp_path / "out", "--key", key)
    assert (said.code, said.err) == (2, f"infant-course: {tmp_path / 'out'}: No space left on device.\n")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["k.key", "p1.yaml"]


def test_what_cannot_be_read_is_told_and_nothing_is_written(run, tmp_path, key):
    bad = tmp_path / "bad.yaml"
    bad.write_text("infant_course: 1\npatient: {id: p}\nevents: [{event: deth, id: d}]\n", encoding="utf-8")
    said = run("deidentify", bad, "-o", tmp_path / "out", "--key", key)
    assert said.code == 2
    assert "did you mean 'death'" in said.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("words", [["--drop", "death.caus"], ["--times", "weeks"], ["--key", "none.key"]])
def test_wrong_words_are_told_first(run, tmp_path, key, words):
    said = run("deidentify", case(tmp_path, "p1"), "-o", tmp_path / "out", "--key", key, *words)
    assert said.code == 2
    assert said.err
    assert not (tmp_path / "out").exists()


# --- who stands alone ----------------------------------------------------------------------------------------------


def cohort(folder, *people):
    from infant_course import load

    return Cohort.from_courses(load(case(folder, f"p{number}", **person)) for number, person in enumerate(people))


def test_the_risk_table_counts_those_who_are_alone(tmp_path):
    """Six patients: two alike, one of another sex, one of another partner, two of another site and alike."""
    people = [{}, {}, {"sex": "female"}, {"partner": "MLLT1"}, {"site": "Bonn"}, {"site": "Bonn"}]
    table = {row[0]: row[1:] for row in risk_table(cohort(tmp_path, *people)).rows()}
    assert table["sex"] == (6, 2, 1, 1, 1)
    assert table["partner"] == (6, 2, 1, 1, 1)
    assert table["site"] == (6, 2, 0, 6, 2)
    assert table["sex + site"] == (6, 3, 1, 6, 1)
    assert table["sex + age_months + partner + site + year"] == (6, 4, 2, 6, 1)
    assert len(table) == 31


def test_the_age_is_that_in_months_and_the_year_that_of_the_diagnosis(tmp_path):
    """17 August and 2 September 2020 are both seven months after 3 January; 4 September is eight; 2021 another year."""
    same = [{"when": "2020-08-17"}, {"when": "2020-09-02"}, {"when": "2020-09-04"}, {"when": "2021-08-17"}]
    table = {row[0]: row[1:] for row in risk_table(cohort(tmp_path, *same)).rows()}
    assert table["age_months"][1:3] == (3, 2)
    assert table["year"][1:3] == (2, 1)


def test_what_the_export_does_not_tell_is_not_counted(run, tmp_path, key):
    """Days have no year."""
    said = run("deidentify", case(tmp_path, "p1"), "-o", tmp_path / "out", "--key", key)
    assert "Not told here, so not counted: year of diagnosis." in said.out
    known = pl.read_csv(tmp_path / "out" / "risk.csv")["known"].to_list()
    assert len(known) == 15
    assert not any("year" in name for name in known)


@pytest.mark.parametrize("people", [0, 1, 7])
def test_the_text_never_says_that_nobody_can_be_recognised(tmp_path, people):
    told = cohort(tmp_path, *([{}] * people))
    text = risk_text(risk_table(told), people)
    assert "anonym" not in text.casefold()
    assert "below 5" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_no_page_or_message_of_this_package_calls_anything_anonymous():
    package = Path(__file__).resolve().parents[2] / "src" / "infant_course"
    pages = [*(package / "privacy").glob("*.py"), package / "cli" / "verbs" / "deidentify.py"]
    assert [path.name for path in pages if "anonym" in path.read_text(encoding="utf-8").casefold()] == []
    assert len(pages) > 5


def test_counts_are_told_after_what_they_count():
    """One patient is no "1 patients"."""
    changes = pl.DataFrame(
        {"what": ["patients renamed", "texts dropped"], "field": [None, "mrd.note"], "count": [1, 1200]}
    )
    risk = pl.DataFrame(schema={"known": pl.String})
    told = Release(folder=Path(), patients=1, changes=changes, risk=risk)
    assert told.text().splitlines()[:2] == ["patients renamed: 1", "texts dropped (mrd.note): 1,200"]
