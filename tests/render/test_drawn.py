"""The judge of drawings: it reads what is drawn, and it can say no to each thing that it judges."""

import pytest

from infant_course.render.ink import Drawing, Element, Run, group, line, path, rect, text, trace
from render.drawn import Box, faults, marks


def drawing(*elements: Element) -> str:
    return Drawing(100, 50, "Title", "Description", elements).svg()


GOOD = (
    rect(10, 10, 40, 20, cls="bar", fill="#FFFFFF"),
    text(12, 22, "inside", cls="label", size=7),
    text(60, 22, "beside", cls="label", size=7),
)


def test_what_is_right_has_no_faults() -> None:
    assert faults(drawing(*GOOD)) == []


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (text(14, 24, "over it", cls="label", size=7), "on text 'over it' (label)"),
        (text(95, 40, "too far", cls="label", size=7), "text label 'too far' off the page"),
        (rect(-1, 40, 5, 5, cls="bar", fill="#FFFFFF"), "rect bar  off the page"),
        (path(trace([(5, 5), (50, 51)]), cls="join", fill="none", stroke="#000000"), "path join  off the page"),
        (path("M90,35 A20,20 0 1 1 98,35", cls="shape", fill="#000000"), "path shape  off the page"),
        (rect(70, 5, 10, 40, cls="bar", fill="#FFFFFF"), "text 'beside' (label) cut by rect bar"),
        (line(60, 20, 80, 20, cls="leader", stroke="#000000", width=0.5), "cut by line leader"),
        (path(trace([(60, 5), (80, 45)], closed=True), cls="arrow", fill="none"), "cut by path arrow"),
        (path("M68,20 A2,2 0 1 1 72,20 A2,2 0 1 1 68,20 Z", cls="glyph", fill="#000000"), "cut by path glyph"),
        (text(10, 45, "small", cls="label", size=5.5), "text of 5.5 pt, below 6"),
    ],
)
def test_each_fault_is_told(wrong: Element, told: str) -> None:
    found = faults(drawing(*GOOD, wrong))
    assert any(told in fault for fault in found), found


def test_a_slanted_outline_beside_a_text_does_not_cut_it() -> None:
    """Its box meets the text, its lines do not."""
    region = path(
        trace([(55, 12), (58, 12), (58, 30), (95, 30), (95, 32), (55, 32)], closed=True), cls="state", fill=""
    )
    assert faults(drawing(*GOOD, region)) == []


def test_a_text_is_as_wide_as_its_letters() -> None:
    """Liberation Sans: 2048 units an em, 1139 a digit; a raised run is 0.72 of the size."""
    plain, raised = marks(
        drawing(
            text(10, 20, "123", cls="a", size=10, anchor="end"),
            text(50, 20, [Run("10"), Run("5", raised=True)], cls="b", size=10, anchor="middle"),
        )
    )[1:]
    assert plain.box.right == 10
    assert plain.box.left == pytest.approx(10 - 3 * 11.39 / 2.048)
    wide = (2 + 0.72) * 11.39 / 2.048
    assert (plain.text, raised.text) == ("123", "105")
    assert (raised.box.left, raised.box.right) == pytest.approx((50 - wide / 2, 50 + wide / 2))


def test_a_turned_text_reads_upwards() -> None:
    turned = Element("g", (("transform", "translate(20 40) rotate(-90)"),), (text(0, 0, "111", cls="t", size=10),))
    (found,) = marks(drawing(group("axis", turned)))[1:]
    long = 3 * 11.39 / 2.048
    assert found.box == pytest.approx(Box(20 - 7.4, 40 - long, 20 + 2.1, 40))
