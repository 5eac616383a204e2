"""Plans as figures: every block is drawn once, nothing lies on anything else, and what is recalled is marked."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from infant_course.errors import UsageError
from infant_course.knowledge.plan import plan
from infant_course.knowledge.protocols import protocols, the_protocol
from infant_course.render.course_graph_figure import GraphFigure
from infant_course.render.course_graph_layout import lay_out
from infant_course.render.figure import draw_plan
from infant_course.render.plan_figure import plan_figure, power_of_ten
from infant_course.render.style import WIDTHS, Style
from render.graph_checks import faults

SVG = "{http://www.w3.org/2000/svg}"


def figure(name: str, group: str | None = None, arm: str | None = None) -> GraphFigure:
    return plan_figure(plan(the_protocol(name), group, arm))


def lines(drawn: GraphFigure, block: str) -> tuple[str, ...]:
    return next(node.lines for node in drawn.nodes if node.event == block)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", [p.id for p in protocols()])
def test_nothing_lies_on_anything_else(name: str, width: int):
    known = the_protocol(name)
    for group in (None, *(g.id for g in known.groups)):
        assert faults(lay_out(plan_figure(plan(known, group)), Style(width=width))) == []


@pytest.mark.parametrize("name", [p.id for p in protocols()])
def test_every_block_and_every_arrow_is_drawn_and_no_word_is_cut(name: str):
    known = the_protocol(name)
    layout = lay_out(figure(name))
    assert sorted(n.node.event for n in layout.nodes) == sorted(b.id for b in known.blocks)
    assert {(a.edge.source, a.edge.target) for a in layout.arrows} == {(e.source, e.target) for e in plan(known).edges}
    assert [line for n in layout.nodes for line in n.lines if "…" in line] == []
    for arrow in layout.arrows:
        boxes = {n.node.event: n.box for n in layout.nodes}
        assert arrow.points[0] == pytest.approx((boxes[arrow.edge.source].right, boxes[arrow.edge.source].middle))
        assert arrow.points[-1] == pytest.approx((boxes[arrow.edge.target].x, boxes[arrow.edge.target].middle))


def test_alternatives_stand_one_below_the_other():
    boxes = {n.node.event: n.box for n in lay_out(figure("interfant-06")).nodes}
    assert boxes["ib"].x == boxes["ade"].x
    assert boxes["ib"].bottom < boxes["ade"].y
    assert boxes["mae"].middle == pytest.approx(boxes["ade"].middle)
    assert boxes["ade"].right < boxes["mae"].x < boxes["marma"].x
    assert boxes["octadad"].x == boxes["hsct"].x


def test_boxes_tell_days_arms_groups_and_conditions():
    whole = figure("interfant-06")
    assert lines(whole, "prednisone_prephase") == ("Prednisone prephase", "days 1–7*")
    assert lines(whole, "induction") == ("Induction*", "days 8–35*")
    assert lines(whole, "ade") == ("ADE", "from day 36*", "myeloid arm")
    assert lines(whole, "hsct")[1].startswith("HR; MR with MRD ≥0.01 %")
    assert lines(figure("interfant-06", arm="myeloid"), "ade") == ("ADE", "from day 36*")
    assert lines(figure("interfant-21"), "octadad") == ("OCTADAD*", "MR", "good response")
    assert lines(figure("interfant-21", "MR"), "octadad") == ("OCTADAD*", "good response")
    assert lines(figure("aall0631"), "induction") == ("Induction, cohort 2", "days 1–35")


def test_kinds_of_blocks_have_their_colours():
    tones = {n.event: n.tone for n in (*figure("interfant-06").nodes, *figure("cassiopeia").nodes)}
    assert (tones["hsct"], tones["ade"], tones["ib"]) == ("hsct", "myeloid", "chemotherapy")
    assert (tones["maintenance"], tones["tisagenlecleucel"]) == ("maintenance", "cell_therapy")
    assert {n.event: n.tone for n in figure("interfant-21").nodes}["blinatumomab_1"] == "antibody"


def test_the_key_explains_only_what_is_drawn():
    assert [(entry.sample, entry.text) for entry in figure("cassiopeia").key] == [
        ("optional", "optional block"),
        ("", "* provisional: recalled, not read in the source"),
    ]
    assert figure("aall15p1").key[-1].text == "after day N: worked out from the blocks before"
    assert figure("ccg-1953").key == ()


def test_mrd_time_points_hang_under_their_blocks():
    tags = {n.event: ["".join(r.text for r in t.runs) for t in n.tags] for n in figure("interfant-06").nodes}
    assert tags["induction"] == ["MRD day 33* ≥5×10−4"]
    assert tags["ib"] == tags["mae"] == ["MRD"]
    assert tags["marma"] == ["MRD ≥10−4"]
    [infused] = [n for n in figure("cassiopeia").nodes if n.event == "tisagenlecleucel"]
    assert infused.tags[0].runs[1].text == " day 29 after infusion"


@pytest.mark.parametrize(("share", "words"), [(5e-4, "5×10−4"), (1e-4, "10−4"), (2.5e-5, "2.5×10−5")])
def test_powers_of_ten(share: float, words: str):
    runs = power_of_ten(share)
    assert "".join(run.text for run in runs) == words
    assert runs[-1].raised


def test_optional_blocks_are_dashed(tmp_path: Path):
    path = draw_plan(plan(the_protocol("cassiopeia")), tmp_path / "plan.svg")
    boxes = ET.parse(path).getroot().iter(f"{SVG}rect")
    dashed = [box.get("class") for box in boxes if box.get("stroke-dasharray")]
    assert dashed == ["box treatment_block", "sample"]


@pytest.mark.parametrize(
    ("suffix", "start"), [(".svg", b"<svg"), (".pdf", b"%PDF"), (".png", b"\x89PNG"), (".dot", b"// infant-course")]
)
def test_formats(tmp_path: Path, suffix: str, start: bytes):
    path = draw_plan(plan(the_protocol("interfant-21"), "MR"), tmp_path / f"plan{suffix}")
    assert path.read_bytes().startswith(start)


def test_a_format_that_is_not_drawn_is_refused(tmp_path: Path):
    with pytest.raises(UsageError, match=r"\.svg, \.pdf, \.png"):
        draw_plan(plan(the_protocol("interfant-21")), tmp_path / "plan.bmp")
    with pytest.raises(UsageError, match="no folder"):
        draw_plan(plan(the_protocol("interfant-21")), tmp_path / "none" / "plan.svg")


def test_the_same_plan_is_the_same_file(tmp_path: Path):
    first, second = (draw_plan(plan(the_protocol("tini")), tmp_path / f"{n}.svg") for n in "ab")
    assert first.read_bytes() == second.read_bytes()


def test_the_description_tells_the_plan_in_words():
    words = figure("interfant-06", "HR", "lymphoid").description
    assert "Interfant-06, group HR, arm: lymphoid consolidation (IB)" in words
    assert "MARMA (after Protocol IB)" in words
    assert words.endswith("not read in the source.")
