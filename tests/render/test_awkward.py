"""Courses that are hard to draw: no label on another, nothing cut or off the page, and ink where text should be."""

from functools import cache
from pathlib import Path

import attrs
import pytest

import infant_course as ic
from infant_course.io.published import published_cases
from infant_course.render.figure import KINDS, PLAIN, drawing_of
from infant_course.render.style import TEXT_SIZES, WIDTHS, Style
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
