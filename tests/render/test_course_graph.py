"""The course graph: what is drawn where, and that nothing lies on anything else."""

import itertools
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

import infant_course as ic
from infant_course.io.published import published_cases
from infant_course.render import dot
from infant_course.render.course_graph import GraphFigure, figure_of
from infant_course.render.course_graph_ink import draw_course_graph
from infant_course.render.course_graph_layout import WIDTHS, Box, Layout, lay_out
from infant_course.vocabulary import MrdResult
from infant_course.when import parse

CASES = {path.stem[-1]: path for path in published_cases()}
HOSTILE = '<script>alert(1)</script> "]; x [label=" \\N \x00\x1b[31m'


def figure(case: str) -> GraphFigure:
    return figure_of(ic.load(CASES[case]))


def hostile_course() -> ic.Course:
    events = [ic.Diagnosis(id="dx", when=(parse("2020-05-01"),))]
    for i in range(12):
        words = HOSTILE if i % 2 else "long " * 40
        events.append(
            ic.TreatmentBlock(id=f"b{i}", block=words, when=(parse(f"after {'dx' if not i else f'b{i - 1}'}"),))
        )
    return ic.Course(patient=ic.Patient(id="p"), events=events)


def collisions(layout: Layout) -> list[str]:
    found = []
    boxes = layout.boxes()
    for (name, box), (other, second) in itertools.combinations(boxes, 2):
        if box.overlaps(second):
            found.append(f"{name} on {other}")
    page = Box(0, 0, layout.width, layout.height)
    found += [f"{name} off the page" for name, box in boxes if box.x < 0 or box.right > page.w or box.bottom > page.h]
    for arrow in layout.arrows:
        for a, b in itertools.pairwise(arrow.points):
            low, high = sorted((a, b))
            track = Box(low[0], min(a[1], b[1]) - 0.2, high[0] - low[0], abs(a[1] - b[1]) + 0.4)
            found += [f"arrow through {name}" for name, box in boxes if track.overlaps(box, by=0.3)]
    return found


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("case", CASES)
def test_nothing_lies_on_anything_else(case: str, width: int) -> None:
    assert collisions(lay_out(figure(case), WIDTHS[width])) == []


def test_long_and_hostile_labels_keep_their_places() -> None:
    assert collisions(lay_out(figure_of(hostile_course()))) == []


def test_a_collision_would_be_noticed() -> None:
    layout = lay_out(figure("3"), WIDTHS[170])
    first, second = layout.nodes[:2]
    moved = type(second)(node=second.node, lines=second.lines, box=first.box, tags=())
    wrong = type(layout)(
        width=layout.width,
        height=layout.height,
        bands=layout.bands,
        nodes=(first, moved, *layout.nodes[2:]),
        arrows=(),
        notes=(),
    )
    assert collisions(wrong)


def test_case_3_as_it_was_told() -> None:
    """Bands, nodes and order by hand from the review."""
    drawn = figure("3")
    assert [band.title for band in drawn.bands] == [
        "First line: Interfant-06, lymphoid-directed arm",
        "Second line: myeloid-directed",
        "Follow-up",
    ]
    columns = [[[node.event for node in column] for column in band.columns] for band in drawn.bands]
    assert columns == [
        [["diagnosis"], ["marma"], ["octadad"], ["maintenance"]],
        [["relapse"], ["salvage-1"], ["salvage-2"], ["testicular-radiotherapy", "hsct"]],
        [["last-contact"]],
    ]
    tags = {tag.event: node.event for node in drawn.nodes for tag in node.tags}
    assert tags == {"mrd-after-marma": "marma", "lineage-switch": "relapse", "cr2": "salvage-2"}


def test_an_order_that_was_not_stated_is_drawn_as_such() -> None:
    """Case 2: what came before what among prephase, induction, IB and OCTADAD is not told."""
    open_edges = {(edge.source, edge.target) for edge in figure("2").edges if not edge.stated}
    assert ("induction", "ib") in open_edges
    assert ("car-t", "hsct") not in open_edges
    assert "Dashed arrow: order not stated" in figure("2").notes


def test_a_heart_transplant_is_no_hsct() -> None:
    kinds = {node.event: node.kind for node in figure("4").nodes}
    assert kinds["heart-transplant"] == "organ_transplant"
    assert "transplant" not in kinds.values()


@pytest.mark.parametrize("case", CASES)
def test_the_drawing_is_well_formed_and_repeatable(case: str) -> None:
    svg = draw_course_graph(figure(case)).svg()
    assert svg == draw_course_graph(figure(case)).svg()
    assert ET.fromstring(svg).tag.endswith("svg")


def test_no_calendar_date_is_drawn() -> None:
    svg = draw_course_graph(figure_of(hostile_course())).svg()
    assert "2020" not in svg
    assert "<script" not in svg
    ET.fromstring(svg)


def test_dot_is_pinned_escaped_and_repeatable() -> None:
    text = dot.source(figure("3"))
    assert text == dot.source(figure("3"))
    assert text.count('!"') == len(figure("3").nodes)
    hostile = dot.source(figure_of(hostile_course()))
    assert "\x1b" not in hostile
    assert "\\\\N" in hostile  # a backslash is doubled, so that Graphviz does not read an escape


def test_a_label_is_never_html() -> None:
    """A label in angle brackets would be read as markup by Graphviz."""
    course = ic.Course(
        patient=ic.Patient(id="p"),
        events=[ic.TreatmentBlock(id="b", block='<IMG SRC="/etc/hostname"/>'), ic.Death(id="d")],
    )
    text = dot.source(figure_of(course))
    assert 'label="<IMG SRC=\\"/etc/hostname\\"/>' in text
    assert "label=<" not in text


def test_no_date_hides_in_a_statement() -> None:
    """Neither in an alternative, nor in what was taken for the id of an event."""
    whens = ("either (2020-05-01) or (2020-06-01)", "before 2020-05-01", "after 2020-05", "2020-05-03..2020-05-09")
    events = [ic.TreatmentBlock(id=f"b{i}", block="ib", when=(parse(when),)) for i, when in enumerate(whens)]
    figure = figure_of(ic.Course(patient=ic.Patient(id="p"), events=[ic.Diagnosis(id="dx"), *events]))
    assert "2020" not in draw_course_graph(figure).svg()
    assert "2020" not in dot.source(figure)


def test_the_cross_of_a_molecular_relapse_only_where_one_was_told() -> None:
    """Case 1: positive at the end of induction, and no relapse. Case 2: a re-emergence rests on two results."""
    glyphs = {tag.event: tag.glyph for case in "12" for node in figure(case).nodes for tag in node.tags}
    assert glyphs["mrd-end-of-induction"] == "mrd_positive"
    assert glyphs["mrd-after-octadad"] == glyphs["mrd-repeat"] == "molecular_relapse"
    assert glyphs["csf-clearance"] == glyphs["prednisone-response"] == "finding"


def test_a_negative_result_says_its_sensitivity_or_that_it_is_unknown() -> None:
    known = ic.MrdAssessment(id="m", result=MrdResult.NEGATIVE, sensitivity=ic.Quantity(1e-5, "fraction"))
    course = ic.Course(patient=ic.Patient(id="p"), events=[ic.Diagnosis(id="dx"), known])
    drawn = figure_of(course)
    assert "".join(run.text for run in drawn.nodes[0].tags[0].runs) == "MRD negative, < 10−5"
    assert drawn.notes == ()
    assert "?: sensitivity of a negative MRD result not reported" in figure("1").notes


def test_graphviz_draws_the_dot_file(tmp_path: Path) -> None:
    """With whichever engine is here; a hostile label makes no node and no edge."""
    try:
        written = dot.draw_with_graphviz(figure_of(hostile_course()), tmp_path / "a.svg")
    except ic.UsageError as error:
        assert "infant-course[graphviz]" in str(error)
        pytest.skip("no Graphviz engine: neither pygraphviz nor dot is installed")
    drawn = written.read_text(encoding="utf-8")
    assert drawn.count('class="node"') == 13
    assert drawn.count('class="edge"') == 12


def test_without_an_engine_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(dot, "_by_pygraphviz", lambda text, kind: None)
    monkeypatch.setattr(dot.shutil, "which", lambda program: None)
    with pytest.raises(ic.UsageError, match=r"infant-course\[graphviz\]"):
        dot.draw_with_graphviz(figure("3"), tmp_path / "a.svg")
    assert list(tmp_path.iterdir()) == []
