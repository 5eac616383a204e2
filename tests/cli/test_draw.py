"""``draw``: formats, kinds, and names that cannot be drawn."""

import csv
import os
import subprocess
import sys

import pytest

from infant_course import Course, Patient, Remission
from infant_course.io.published import published_cases
from infant_course.render.figure import LARGEST, kind_for, reported_times
from infant_course.when import parse

STARTS = {
    ".svg": b"<svg",
    ".pdf": b"%PDF",
    ".png": b"\x89PNG",
    ".tif": b"II*",
    ".tiff": b"II*",
    ".dot": b"// infant-course",
    ".gv": b"// infant-course",
}
BESIDE = ("caption.txt", "alt.txt", "events.csv")


@pytest.mark.parametrize("suffix", STARTS)
def test_the_suffix_decides_the_format(run, case, tmp_path, suffix):
    """Every format is written, its words beside it, and all paths are printed."""
    out = tmp_path / f"figure{suffix}"
    said = run("draw", case(), "-o", out, "--kind", "graph")
    assert said.code == 0
    assert said.out.split() == [str(out), *(str(tmp_path / f"figure.{name}") for name in BESIDE)]
    assert all((tmp_path / f"figure.{name}").stat().st_size > 20 for name in BESIDE)
    assert out.read_bytes().startswith(STARTS[suffix])
    assert out.stat().st_size > 100


def test_the_graph_is_chosen_where_few_times_are_reported(run, case, tmp_path):
    """One of three; and it says so."""
    more = "  - {event: remission, id: cr, when: after dx}\n  - {event: relapse, id: rel, when: after cr}\n"
    said = run("draw", case(more=more), "-o", tmp_path / "a.svg")
    assert said.code == 0
    assert "drawing the graph: 1 of 3 times are reported" in said.err


def test_the_timeline_is_chosen_where_half_of_the_times_are_reported(run, case, tmp_path):
    """Exactly half is enough."""
    said = run("draw", case(more="  - {event: remission, id: cr, when: after dx}\n"), "-o", tmp_path / "a.svg")
    assert "drawing the timeline: 1 of 2 times are reported" in said.err


def test_a_named_kind_is_drawn_without_a_word(run, case, tmp_path):
    """Nothing was chosen, so nothing is said."""
    said = run("draw", case(), "-o", tmp_path / "a.svg", "--kind", "timeline")
    assert (said.code, said.err) == (0, "")


@pytest.mark.parametrize("name", ["figure.jpeg", "figure", "figure.svgz"])
def test_an_unknown_suffix_lists_the_known_ones(run, case, tmp_path, name):
    """And writes nothing."""
    path = case()
    said = run("draw", path, "-o", tmp_path / name)
    assert said.code == 2
    assert ".svg" in said.err and ".png" in said.err
    assert list(tmp_path.iterdir()) == [path]


def test_a_timeline_has_no_dot(run, case, tmp_path):
    """DOT is the language of graphs."""
    said = run("draw", case(), "-o", tmp_path / "a.dot", "--kind", "timeline")
    assert said.code == 2
    assert "graph" in said.err


def test_a_folder_that_is_not_there_is_named(run, case, tmp_path):
    """It is not made, and nothing is left behind."""
    said = run("draw", case(), "-o", tmp_path / "no" / "a.svg", "--kind", "graph")
    assert said.code == 2
    assert str(tmp_path / "no") in said.err


def test_a_case_that_cannot_be_read_is_not_drawn(run, tmp_path):
    """Located message, exit 2."""
    said = run("draw", tmp_path / "none.yaml", "-o", tmp_path / "a.svg")
    assert said.code == 2
    assert "none.yaml" in said.err
    assert not (tmp_path / "a.svg").exists()


def test_labels_are_text_in_every_drawing(run, case, tmp_path):
    """Markup and quotes in an input never become markup in a file."""
    label = '<script>x</script>\\"]; x [label='
    more = f'  - {{event: treatment_block, id: b, when: after dx, block: "{label}"}}\n'
    path = case(more=more)
    for kind in ("graph", "timeline"):
        out = tmp_path / f"{kind}.svg"
        assert run("draw", path, "-o", out, "--kind", kind).code == 0
        assert "<script" not in out.read_text(encoding="utf-8")
    dot = tmp_path / "a.dot"
    assert run("draw", path, "-o", dot).code == 0
    assert '\n"]; x [label=' not in dot.read_text(encoding="utf-8")


def test_an_order_is_not_a_time_and_the_same_moment_is():
    """Only "with" an event that has a time counts as having one."""
    course = Course(
        patient=Patient(id="p"),
        events=(
            Remission(id="a", when=(parse("8 years after b"),)),
            Remission(id="b", when=(parse("after a"),)),
            Remission(id="c", when=(parse("with a"),)),
            Remission(id="d", when=(parse("with b"),)),
            Remission(id="e", when=(parse("with f"),)),
            Remission(id="f", when=(parse("with e"),)),
            Remission(id="g", when=(parse("either (2 years after a) or (after b)"),)),
        ),
    )
    assert reported_times(course) == (2, 7)
    assert kind_for(course, "a.svg")[0] == "graph"
    assert kind_for(course, "a.dot") == ("graph", "Graphviz draws graphs")


def test_a_course_too_long_to_be_read_on_a_page_is_refused_at_once(run, case, tmp_path):
    """One sentence, and nothing is written."""
    more = "".join(
        f"  - {{event: relapse, id: e{n}, when: after {f'e{n - 1}' if n else 'dx'}}}\n" for n in range(LARGEST)
    )
    path = case(more=more)
    for name in ("a.svg", "a.dot"):
        said = run("draw", path, "-o", tmp_path / name)
        assert said.code == 2
        assert f"{LARGEST + 1:,} events could not be read" in said.err
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("kind", ["graph", "timeline"])
@pytest.mark.parametrize(
    "events",
    [
        "[]",
        "[{event: relapse, id: a, when: before b}, {event: relapse, id: b, when: before a}]",
        "[{event: treatment_block, id: b, when: 2020-06-01, until: 2020-05-01}]",
        "[{event: relapse, id: a, when: before nothing}]",
        "[{event: relapse, id: a}, {event: relapse, id: a}]",
        "[{event: death, id: a, when: 2020-01-01}, {event: diagnosis, id: b, when: 2021-01-01}]",
    ],
    ids=["no events", "circle", "ends before it starts", "reference to nothing", "id twice", "death first"],
)
def test_a_wrong_history_is_drawn_all_the_same(run, tmp_path, kind, events):
    """What cannot be right is a finding, and never stops a drawing."""
    path = tmp_path / "a.yaml"
    path.write_text(f"infant_course: 1\npatient: {{id: p}}\nevents: {events}\n", encoding="utf-8")
    assert run("draw", path, "-o", tmp_path / "a.svg", "--kind", kind).code == 0
    assert run("resolve", path).code == 0


def test_without_graphviz_the_dot_file_is_written_and_the_extra_is_named(run, case, tmp_path, monkeypatch):
    """One sentence on what to install; the graph itself is not lost."""
    monkeypatch.setattr("infant_course.render.figure.shutil.which", lambda _: None)
    monkeypatch.setattr("infant_course.render.figure.find_spec", lambda _: None)
    said = run("draw", case(), "-o", tmp_path / "a.pdf", "--engine", "graphviz")
    assert said.code == 2
    assert "infant-course[graphviz]" in said.err
    assert str(tmp_path / "a.dot") in said.err
    assert "digraph" in (tmp_path / "a.dot").read_text(encoding="utf-8")
    assert not (tmp_path / "a.pdf").exists()


@pytest.mark.parametrize("kind", ["graph", "timeline"])
def test_the_words_beside_a_figure_tell_every_event_and_no_date_and_no_formula(run, case, tmp_path, kind):
    """A cell that a spreadsheet would run is made plain text."""
    more = '  - {event: adverse_event, id: ae, when: 2021-05-06, term: "=HYPERLINK(1)"}\n'
    more += "  - {event: relapse, id: rel, when: 2021-06-07}\n"
    assert run("draw", case(more=more), "-o", tmp_path / "a.svg", "--kind", kind).code == 0
    rows = list(csv.reader((tmp_path / "a.events.csv").read_text(encoding="utf-8").splitlines()))
    assert rows[0] == ["event", "type", "time_from_diagnosis", "time_as_reported", "drawn", "findings"]
    assert [row[1] for row in rows[1:]] == ["diagnosis", "adverse_event", "relapse"]
    assert rows[2][0].startswith("'=") and rows[2][3] == "calendar date"
    assert not any("2021" in path.read_text(encoding="utf-8") for path in tmp_path.iterdir() if path.suffix != ".yaml")


def test_sidecars_can_be_left_out(run, case, tmp_path):
    path = case()
    said = run("draw", path, "-o", tmp_path / "a.svg", "--kind", "graph", "--no-sidecars")
    assert said.out.split() == [str(tmp_path / "a.svg")]
    assert sorted(one.name for one in tmp_path.iterdir()) == sorted([path.name, "a.svg"])


def test_where_one_file_cannot_be_written_none_is(run, case, tmp_path):
    """A folder stands where the table should be: the old figure and caption stay as they were."""
    (tmp_path / "a.events.csv").mkdir()
    for name in ("a.svg", "a.caption.txt"):
        (tmp_path / name).write_text("old", encoding="utf-8")
    said = run("draw", case(), "-o", tmp_path / "a.svg", "--kind", "graph")
    assert said.code == 2 and "a.events.csv" in said.err
    assert (tmp_path / "a.svg").read_text(encoding="utf-8") == "old"
    assert (tmp_path / "a.caption.txt").read_text(encoding="utf-8") == "old"
    assert not (tmp_path / "a.alt.txt").exists()


def test_findings_are_marked_and_never_prevent_a_figure(run, case, tmp_path):
    """A relapse before any diagnosis day is wrong; the figure is drawn, the code is 0, the rule is named in all."""
    more = "  - {event: death, id: d, when: age 1 month}\n  - {event: relapse, id: rel, when: age 2 months}\n"
    for kind in ("graph", "timeline"):
        said = run("draw", case(more=more), "-o", tmp_path / "a.svg", "--kind", kind, "--mark-findings")
        assert said.code == 0
        assert " failed" in (tmp_path / "a.svg").read_text(encoding="utf-8")
        assert " failed" in (tmp_path / "a.events.csv").read_text(encoding="utf-8")


def test_a_plan_is_drawn_beside_a_course(run, case, tmp_path):
    assert (
        run("draw", case(), "-o", tmp_path / "a.svg", "--plan", "interfant-06", "--risk", "hr", "--kind", "graph").code
        == 0
    )
    assert "group HR, not told in the first line" in (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "planned by Interfant-06, group HR" in (tmp_path / "a.caption.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--kind", "pie"], ["graph", "timeline"]),
        (["--width", "90"], ["80", "115", "170"]),
        (["--text", "9"], ["7", "8"]),
        (["--dpi", "72"], ["300", "600"]),
        (["--origin", "cr2"], ["diagnosis", "birth", "cr1", "hsct", "relapse"]),
        (["--engine", "neato"], ["own", "graphviz"]),
        (["--plan", "interfant-6"], ["interfant-06"]),
        (["--plan", "none at all"], ["interfant-06", "cog-p9407"]),
        (["--plan", "interfant-06", "--risk", "XR"], ["LR", "MR", "HR"]),
        (["--risk", "HR"], ["name the protocol"]),
        (["--kind", "graph", "--origin", "birth"], ["timeline"]),
        (["--ages", "--hide-ages"], ["ages"]),
    ],
    ids=" ".join,
)
def test_what_is_not_known_is_answered_in_one_line_with_what_is(run, case, tmp_path, options, words):
    """Exit 2, nothing written."""
    path = case()
    said = run("draw", path, "-o", tmp_path / "a.svg", *options)
    assert said.code == 2
    assert len(said.err.strip().splitlines()) == 1
    assert all(word in said.err for word in words), said.err
    assert list(tmp_path.iterdir()) == [path]


def test_a_tiff_without_pillow_says_what_to_install(run, case, tmp_path, monkeypatch):
    monkeypatch.setattr("infant_course.render.export.find_spec", lambda _: None)
    said = run("draw", case(), "-o", tmp_path / "a.tif", "--kind", "graph")
    assert said.code == 2
    assert "infant-course[tiff]" in said.err and len(said.err.strip().splitlines()) == 1


def test_too_long_a_course_is_told_what_else_can_be_done(run, case, tmp_path):
    more = "".join(f"  - {{event: relapse, id: e{n}}}\n" for n in range(300))
    said = run("draw", case(more=more), "-o", tmp_path / "a.svg")
    assert said.code == 2
    assert "at most 300" in said.err and "narrate" in said.err and "convert" in said.err


def test_two_processes_write_the_same_bytes(tmp_path):
    """Whatever order their sets and dicts of text come in: the graph beside a plan and the timeline, with words."""
    script = (
        "import sys, infant_course as ic\n"
        "course = ic.load(sys.argv[1])\n"
        "for name, kind in (('a.svg', 'graph'), ('b.dot', 'graph'), ('c.svg', 'timeline')):\n"
        "    ic.draw(course, f'{sys.argv[2]}/{name}', kind=kind, plan='interfant-06')\n"
    )
    written = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        folder.mkdir()
        command = [sys.executable, "-c", script, str(published_cases()[2]), str(folder)]
        subprocess.run(command, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert len(written[0]) == 12
    assert written[0] == written[1]


@pytest.mark.parametrize("kind", ["graph", "timeline"])
def test_hidden_ages_are_in_no_file(run, tmp_path, kind):
    """Case 3 tells ages of 7 months and 6.5 years: neither in the figure nor in its words, findings included."""
    case_3 = published_cases()[2]
    told = {}
    for name, options in (("open", []), ("hidden", ["--hide-ages"])):
        out = tmp_path / name
        out.mkdir()
        assert run("draw", case_3, "-o", out / "a.svg", "--kind", kind, "--mark-findings", *options).code == 0
        told[name] = "".join(path.read_text(encoding="utf-8") for path in sorted(out.iterdir()))
    assert "7 months" in told["open"] and "6.5 years" in told["open"]
    assert "7 months" not in told["hidden"] and "6.5 years" not in told["hidden"]


@pytest.mark.parametrize(("suffix", "said_so"), [(".png", True), (".pdf", True), (".svg", False)])
def test_names_in_a_script_that_the_face_lacks_are_pointed_out(run, tmp_path, suffix, said_so):
    path = tmp_path / "case.yaml"
    text = "infant_course: 1\npatient: {id: p}\nevents:\n  - {event: adverse_event, id: a, term: %s}\n"
    path.write_text(text % "発熱 fever", encoding="utf-8")
    said = run("draw", path, "-o", tmp_path / f"x{suffix}", "--kind", "graph")
    assert said.code == 0 and ("no sign for 2 characters" in said.err) is said_so
    path.write_text(text % "жар, Fieber, πυρετός", encoding="utf-8")
    assert "no sign" not in run("draw", path, "-o", tmp_path / f"y{suffix}", "--kind", "graph").err
