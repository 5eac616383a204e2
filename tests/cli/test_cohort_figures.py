"""The verbs that draw cohorts: what they write, what they say, how they refuse."""

from pathlib import Path

import pytest

from infant_course import dump
from render.cohort_samples import at, many, patient

VERBS = {
    "swimmer": (),
    "flow": ("--smallest", "3"),
    "mrd-panel": (),
    "overview": (),
    "curve": ("--endpoint", "os"),
}


@pytest.fixture
def cases(tmp_path):
    """Twelve case files; the last has an MRD result."""
    folder = tmp_path / "cases"
    folder.mkdir()
    tested = patient("mrd", at("mrd", 33, timepoint="EOI", result="negative"), at("last_contact", 900))
    for course in (*many(11), tested):
        (folder / f"{course.id}.yaml").write_text(dump(course))
    return sorted(folder.iterdir())


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_writes_figure_caption_alt_text_and_table(run, cases, tmp_path, verb):
    out = tmp_path / "figure.svg"
    said = run(verb, *cases, "-o", out, *VERBS[verb])
    assert said.code == 0
    names = ["figure.svg", "figure.caption.txt", "figure.alt.txt", "figure.table.csv"]
    assert said.out.split() == [str(tmp_path / name) for name in names]
    assert all((tmp_path / name).stat().st_size > 20 for name in names)


@pytest.mark.parametrize("suffix", [".png", ".pdf"])
def test_other_formats(run, cases, tmp_path, suffix, monkeypatch):
    monkeypatch.setattr("infant_course.render.export.PNG_RESOLUTION", 72)
    assert run("curve", *cases, "-o", tmp_path / f"figure{suffix}").code == 0
    assert (tmp_path / f"figure{suffix}").read_bytes()[:4] in (b"\x89PNG", b"%PDF")


def test_the_same_words_give_the_same_bytes(run, cases, tmp_path):
    for name in ("a", "b"):
        run("swimmer", *cases, "-o", tmp_path / f"{name}.svg", "--group-by", "kmt2a")
    for end in (".svg", ".table.csv", ".caption.txt"):
        assert (tmp_path / f"a{end}").read_bytes() == (tmp_path / f"b{end}").read_bytes()


def test_a_file_that_cannot_be_read_does_not_hide_the_others(run, cases, tmp_path):
    bad = tmp_path / "bad.yaml"
    bad.write_text("nothing: here\n")
    said = run("swimmer", *cases, bad, "-o", tmp_path / "s.svg")
    assert said.code == 2
    assert "the figure is of 12 of 13 files" in said.err
    assert (tmp_path / "s.svg").exists()


def test_what_is_left_out_is_said(run, cases, tmp_path):
    said = run("swimmer", *cases, "-o", tmp_path / "s.svg", "--align", "relapse")
    assert said.code == 0
    assert "8 of 12 patients not drawn" in said.err  # P000, P003, P006, P009 relapse


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("swimmer", "--align", "bmt"), "known are diagnosis, birth, cr1, hsct, relapse, "),
        (("swimmer", "--group-by", "kmt2"), "did you mean 'kmt2a'"),
        (("flow", "--by", "block"), "expected states or blocks, found 'block'"),
        (("mrd-panel", "--protocol", "interfant"), "interfant"),
        (("overview", "--most", "0"), "most: expected a number from 1"),
        (("curve", "--endpoint", "dfs"), "known are os, efs"),
        (("swimmer", "--width", "99"), "invalid choice"),
    ],
)
def test_wrong_words_are_told_in_one_line_and_nothing_is_written(run, cases, tmp_path, words, told):
    said = run(*words, *cases, "-o", tmp_path / "s.svg")
    assert said.code == 2
    assert told in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert not list(tmp_path.glob("s.*"))


def test_more_than_a_swimmer_plot_holds_is_refused_with_the_curve(run, tmp_path):
    folder = tmp_path / "cases"
    folder.mkdir()
    for course in many(121):
        (folder / f"{course.id}.yaml").write_text(dump(course))
    said = run("swimmer", *sorted(folder.iterdir()), "-o", tmp_path / "s.svg")
    assert said.code == 2
    assert "infant-course curve" in said.err


INVENTED = Path(__file__).resolve().parents[2] / "cases" / "exports" / "invented"


@pytest.mark.parametrize("verb", VERBS)
def test_an_export_is_drawn_too(run, tmp_path, verb):
    said = run(verb, INVENTED, "-o", tmp_path / "figure.svg", *VERBS[verb])
    assert said.code == 0
    assert "reading the export" not in said.err


def test_what_could_not_be_read_of_an_export_is_said(run, tmp_path):
    folder = tmp_path / "export"
    folder.mkdir()
    (folder / "diagnosis.csv").write_text("patient,id,start_day,wbc,wbc_unit\np,dx,0,many,10^9/L\n")
    (folder / "death.csv").write_text("patient,start_day\np,100\n")
    said = run("swimmer", folder, "-o", tmp_path / "s.svg")
    assert said.code == 0
    assert "reading the export left something to be told (1): see infant-course check" in said.err


def test_an_export_and_a_case_file_do_not_mix(run, cases, tmp_path):
    said = run("swimmer", INVENTED, cases[0], "-o", tmp_path / "s.svg")
    assert said.code == 2
    assert "one export per run" in said.err
