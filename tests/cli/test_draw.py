"""``draw``: formats, kinds, and names that cannot be drawn."""

import pytest

from infant_course import Course, Patient, Remission
from infant_course.render.figure import kind_for, reported_times
from infant_course.when import parse

STARTS = {".svg": b"<", ".pdf": b"%PDF", ".png": b"\x89PNG", ".dot": b"", ".gv": b""}


@pytest.mark.parametrize("suffix", STARTS)
def test_the_suffix_decides_the_format(run, case, tmp_path, suffix):
    """Every format is written, and its path is printed."""
    out = tmp_path / f"figure{suffix}"
    said = run("draw", case(), "-o", out, "--kind", "graph")
    assert said.code == 0
    assert said.out.strip() == str(out)
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
    """Ten thousand events in one chain: one sentence, and nothing is written."""
    more = "".join(f"  - {{event: relapse, id: e{n}, when: after {f'e{n - 1}' if n else 'dx'}}}\n" for n in range(9999))
    path = case(more=more)
    for name in ("a.svg", "a.dot"):
        said = run("draw", path, "-o", tmp_path / name)
        assert said.code == 2
        assert "10,000 events" in said.err
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
    assert (tmp_path / "a.dot").read_text(encoding="utf-8").startswith("digraph")
    assert not (tmp_path / "a.pdf").exists()
