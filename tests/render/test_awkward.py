"""Courses that are hard to draw: no label on another, nothing cut or off the page, and ink where text should be."""

from functools import cache
from itertools import combinations
from pathlib import Path

import attrs
import pytest

import infant_course as ic
from infant_course.io.published import published_cases
from infant_course.render.course_graph import figure_of as graph_figure_of
from infant_course.render.figure import KINDS, PLAIN, drawing_of
from infant_course.render.style import TEXT_SIZES, WIDTHS, Style
from infant_course.render.timeline import figure_of
from infant_course.render.timeline_layout import lay_out
from render.drawn import faults, marks
from render.pixels import inked_rim, missing_text

CASES = Path(__file__).parents[2] / "cases" / "awkward"
AWKWARD = {path.stem: path for path in sorted(CASES.glob("*.yaml"))}
PUBLISHED = {path.stem[-6:]: path for path in published_cases()}
CONTROL = "\x00\x07\x1b\x7f\x85\u2028\u202e\ud800\r\n\t"


@cache
def course(name: str) -> ic.Course:
    """A case, by its name here or that of a published one."""
    return ic.load({**AWKWARD, **PUBLISHED}[name])


@cache
def drawn(name: str, kind: str, style: Style = PLAIN) -> str:
    """A case drawn."""
    return drawing_of(course(name), kind, style=style).svg()


def test_there_are_enough_of_them_and_they_say_that_they_are_invented() -> None:
    assert len(AWKWARD) >= 14
    assert all(
        path.read_text(encoding="utf-8").splitlines()[1].startswith("about: Invented.") for path in AWKWARD.values()
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [*AWKWARD, *PUBLISHED])
def test_nothing_overlaps_and_nothing_is_cut_off(name: str, kind: str) -> None:
    every = [(width, text) for width in WIDTHS for text in TEXT_SIZES]
    for width, text in every if len(course(name)) < 100 else [every[0], every[-1]]:
        assert faults(drawn(name, kind, Style(width=width, text=text))) == [], (width, text)


def test_no_result_of_one_day_hides_another() -> None:
    """Twelve results have a level: six are quantified, one positive and three negative on one day; two come later."""
    results = lay_out(figure_of(course("mrd-on-one-day"))).mrd
    on_axis = [one for one in results if one.title and "84" not in one.title]
    assert len(results) == 16
    assert not [1 for a, b in combinations(on_axis, 2) if abs(a.x - b.x) < 4 and abs(a.y - b.y) < 4]


def test_a_result_stands_under_the_block_that_it_follows() -> None:
    """Days counted from the diagnosis: the second remission (day 260) came after blinatumomab (days 230 to 258)."""
    drawn = graph_figure_of(course("two-transplants"))
    under = {tag.event: node.event for node in drawn.nodes for tag in node.tags}
    assert (under["cr1"], under["cr2"], under["lost"], under["gvhd-2"]) == ("ind", "blina", "hsct-1", "hsct-2")


def test_treatment_after_follow_up_began_is_no_new_line() -> None:
    """The diagnosis, told after the death, begins no third line of therapy."""
    titles = [band.title for band in graph_figure_of(course("before-day-0")).bands]
    assert titles == ["First line", "Follow-up", "First line, continued"]


@pytest.mark.parametrize("name", ["only-a-diagnosis", "death-on-the-day"])
def test_a_lane_without_a_stretch_is_left_out(name: str) -> None:
    texts = [one.text for one in marks(drawn(name, "timeline")) if one.tag == "text"]
    assert "Disease status" not in texts
    assert "active disease" not in texts


@pytest.mark.parametrize("kind", KINDS)
def test_control_characters_do_no_harm(kind: str) -> None:
    """A case file with one is refused; a course made in Python may hold them."""
    told = course("hostile-labels")
    events = [
        attrs.evolve(event, block=f"{CONTROL}{event.block}{CONTROL}") if isinstance(event, ic.TreatmentBlock) else event
        for event in told
    ]
    svg = drawing_of(ic.Course(patient=told.patient, events=events), kind).svg()
    assert faults(svg) == []
    assert not set(CONTROL) & set(svg) - {"\n"}  # the last line of a file ends


@pytest.mark.parametrize("kind", KINDS)
def test_markup_stays_text(kind: str) -> None:
    svg = drawn("hostile-labels", kind)
    assert {one.tag for one in marks(svg)} <= {"rect", "path", "line", "text"}
    assert "<script" not in svg and "<style" not in svg and "<b " not in svg


INK = [("long-labels", "graph"), ("mrd-on-one-day", "timeline"), ("case-3", "graph"), ("case-3", "timeline")]


@pytest.mark.parametrize(("name", "kind"), INK)
def test_every_text_is_seen_where_it_was_measured_and_the_rim_is_white(name: str, kind: str) -> None:
    """A converter without the face draws no text and says nothing; a wider face would run over."""
    svg = drawn(name, kind)
    assert missing_text(svg) == []
    assert inked_rim(svg) == []


def test_text_that_is_not_seen_would_be_told() -> None:
    svg = drawn("only-a-diagnosis", "graph")
    assert missing_text(svg.replace("Liberation Sans", "No Such Face").replace("sans-serif", "No Such")) != []
    framed = svg.replace('class="page" x="0"', 'class="page" stroke="#000000" x="0"')
    assert inked_rim(framed) == ["left", "top", "right", "bottom"]
