"""Ink: what is written is well-formed, escaped, and the same in every run."""

import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest

from infant_course.render.glyphs import KINDS, glyph
from infant_course.render.ink import Drawing, Run, clean, group, number, rect, text, trace
from infant_course.render.metrics import shorten, width, wrap
from infant_course.render.palette import TONES, tone

HOSTILE = '<script>alert(1)</script> "]; x [label=" & \x00\x1b[31m\u202e'


def a_drawing(words: str) -> Drawing:
    return Drawing(100, 50, words, words, [group("g", text(1, 2, words, cls="t", size=7), title=words)])


def test_hostile_text_stays_text() -> None:
    svg = a_drawing(HOSTILE).svg()
    root = ET.fromstring(svg)
    assert "script" not in {element.tag.rpartition("}")[2] for element in root.iter()}
    assert "<script" not in svg
    assert "\x1b" not in svg
    assert "\u202e" not in svg
    drawn = [element.text for element in root.iter() if element.tag.endswith("text")]
    assert drawn == [clean(HOSTILE)]


def test_the_same_drawing_is_the_same_bytes() -> None:
    assert a_drawing("x").svg() == a_drawing("x").svg()


def test_a_drawing_names_itself() -> None:
    root = ET.fromstring(a_drawing("A course").svg())
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "t d"
    assert [child.text for child in root][:2] == ["A course", "A course"]


@pytest.mark.parametrize(("value", "written"), [(1.0, "1"), (1.005, "1"), (-0.001, "0"), (2.5, "2.5"), (1 / 3, "0.33")])
def test_numbers_have_two_decimals_at_most(value: float, written: str) -> None:
    assert number(value) == written


def test_a_raised_run_is_set_back() -> None:
    element = text(0, 0, [Run("10"), Run("−4", raised=True), Run(" ok")], cls="t", size=10)
    shifts = [dict(span.attributes)["dy"] for span in element.children]
    assert shifts == [None, pytest.approx(-3.6), pytest.approx(3.6)]


def test_left_out_attributes_are_not_written() -> None:
    assert "rx" not in rect(0, 0, 1, 1, cls="r", fill="#FFFFFF").svg()
    assert trace([(0, 0), (1, 2)], closed=True) == "M0,0 L1,2 Z"


def test_widths_are_those_of_the_face() -> None:
    """Liberation Sans, 2048 units per em: a digit has 1139, an "i" 455, an "m" 1706 (read from the font)."""
    assert width("0", 2048) == 1139
    assert width("im", 2048) == 455 + 1706
    assert width([Run("0"), Run("0", raised=True)], 1000) == pytest.approx(1139 / 2.048 * 1.72)


def test_an_unknown_character_counts_as_the_widest() -> None:
    assert width("漢", 10) >= width("W", 10)


def test_text_is_cut_with_an_ellipsis_and_only_where_it_must() -> None:
    assert shorten("abc", 7, 100) == "abc"
    cut = shorten("a" * 200, 7, 50)
    assert cut.endswith("…")
    assert width(cut, 7) <= 50


def test_lines_break_at_spaces_and_after_signs() -> None:
    lines = wrap("Mitoxantrone + cytarabine", 7, 60, 3)
    assert lines == ["Mitoxantrone +", "cytarabine"]
    assert all(width(line, 7) <= 60 for line in wrap("word " * 80, 7, 60, 3))
    assert len(wrap("word " * 80, 7, 60, 3)) == 3
    assert wrap("word " * 80, 7, 60, 3)[-1].endswith("…")


def test_every_glyph_draws_something_of_its_own() -> None:
    drawn = {kind: glyph(kind, 10, 10).svg().replace(kind, "") for kind in KINDS}
    assert len(set(drawn.values())) == len(KINDS)
    with pytest.raises(KeyError):
        glyph("no such glyph", 0, 0)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _lightness(colour: str) -> float:
    """CIE 1976 L* (all colours here are far from its linear part)."""
    return 116 * _luminance(colour) ** (1 / 3) - 16


def _contrast(a: str, b: str) -> float:
    high, low = sorted((_luminance(a), _luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("name", TONES)
def test_text_can_be_read_on_every_tone(name: str) -> None:
    """WCAG 2: at least 4.5 to 1."""
    assert _contrast(tone(name).fill, tone(name).text) >= 4.5


def test_white_on_the_relapse_colour_would_fail() -> None:
    assert _contrast(tone("relapse").fill, "#FFFFFF") < 4.5


@pytest.mark.parametrize(
    "lane",
    [
        ("maintenance", "chemotherapy", "myeloid"),
        ("active", "molecular_relapse", "remission"),
        ("chemotherapy", "maintenance", "antibody", "cell_therapy", "myeloid", "hsct"),  # the bars of a swimmer
    ],
)
def test_tones_that_share_a_lane_are_told_apart_in_grey(lane: tuple[str, ...]) -> None:
    """By six in lightness or more."""
    greys = sorted(_lightness(tone(name).fill) for name in lane)
    assert min(b - a for a, b in pairwise(greys)) >= 6


def test_colours_that_differ_in_hue_alone_would_be_noticed() -> None:
    """Sky blue and orange of Okabe and Ito: safe for the colour-blind, one grey on paper."""
    assert abs(_lightness("#56B4E9") - _lightness("#E69F00")) < 1.5


def test_a_tint_is_opaque() -> None:
    assert tone("active").tint(0) == "#FFFFFF"
    assert tone("active").tint(1) == "#333333"
