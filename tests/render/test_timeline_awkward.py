"""Awkward and published courses at every width: nothing overlaps, nothing leaves the page, nothing is lost in grey."""

from itertools import combinations, pairwise

import pytest
import vl_convert
from attrs import evolve

import infant_course as ic
from infant_course import Course
from infant_course.knowledge.plan import plan
from infant_course.knowledge.protocols import the_protocol
from infant_course.render.glyphs import KINDS
from infant_course.render.palette import TONES, tone
from infant_course.render.style import TEXT_SIZES, WIDTHS, Style
from infant_course.render.timeline import figure_of, timeline
from infant_course.render.timeline_figure import Flag, Lane
from infant_course.render.timeline_layout import lay_out
from infant_course.render.timeline_order import known_before
from infant_course.render.timeline_places import Label, Layout, Stroke
from render.pixels import pixels
from render.timeline_courses import AWKWARD, MARKS, month_of_300, rich
from render.timeline_samples import faults

PUBLISHED = [f"kotecha-2022-case-{n}" for n in (1, 2, 3, 4)]


def published(name: str) -> Course:
    return ic.load(f"cases/published/{name}.yaml")


COURSES = {**{name: (lambda name=name: published(name)) for name in PUBLISHED}, **AWKWARD}


@pytest.mark.parametrize("name", COURSES)
def test_nothing_overlaps_and_nothing_leaves_the_page(name: str) -> None:
    shown = figure_of(COURSES[name]())
    for width in WIDTHS:
        for text in TEXT_SIZES:
            assert faults(lay_out(shown, Style(width=width, text=text))) == []


def test_nor_with_a_plan_findings_and_ages() -> None:
    planned = plan(the_protocol("interfant-06"), "MR")
    for width in WIDTHS:
        for text in TEXT_SIZES:
            style = Style(width=width, text=text, ages=True)
            shown = figure_of(rich(), style=style, plan=planned, marks=MARKS)
            assert faults(lay_out(shown, style)) == []


def test_the_judge_sees_lines_through_labels_brackets_and_flags() -> None:
    layout = lay_out(figure_of(rich(), marks=MARKS))
    assert faults(layout) == []
    label = next(one for one in layout.labels if one.text.startswith("Relapse 1"))
    y = label.box.y + label.box.height / 2
    through = Stroke(label.box.x - 5, y, label.box.right + 5, y, "value-leader")
    assert any("value-leader through" in one for one in faults(evolve(layout, strokes=(*layout.strokes, through))))
    bracket = evolve(layout.brackets[0], x1=label.box.x, x2=label.box.right, y=y)
    assert any("on a bracket" in one for one in faults(evolve(layout, brackets=(bracket,))))
    (first, where), (second, other) = label.flag_boxes
    assert (first.failed, second.failed) == (False, True)
    on_flag = Label("x", other.x, where.y + 6, 6.5)
    assert any("'x'" in one for one in faults(evolve(layout, labels=(*layout.labels, on_flag))))
    tiny = evolve(label, size=5.9)
    assert any("too small" in one for one in faults(evolve(layout, labels=(tiny,))))


@pytest.mark.parametrize("name", [*PUBLISHED, "rich", "two_transplants", "ambiguous"])
@pytest.mark.parametrize("text", TEXT_SIZES)
def test_no_word_is_cut_in_one_column(name: str, text: float) -> None:
    style = Style(width=80, text=text)
    labels = lay_out(figure_of(COURSES[name](), style=style), style).labels
    assert [label.text for label in labels if "…" in label.text] == []


def test_text_of_eight_points_is_of_eight_points() -> None:
    sizes = {}
    for text in TEXT_SIZES:
        labels = lay_out(figure_of(rich()), Style(text=text)).labels
        sizes[text] = {label.cls: label.size for label in labels}
    assert [sizes[text]["lane"] for text in TEXT_SIZES] == [7, 8]
    assert [sizes[text]["event"] for text in TEXT_SIZES] == [6.5, 7.5]
    assert min(sizes[7.0].values()) == 6


def test_three_hundred_events_of_a_month_are_counted_not_lost() -> None:
    """60 doses, of which 2 a day: 30 days are far enough apart to draw; the row says so."""
    layout = lay_out(figure_of(month_of_300()))
    texts = " ".join(label.text for label in layout.labels)
    assert "Vincristine (60 times, 30 far enough apart to draw)" in texts
    assert "60 values, too many to write" in texts
    assert sum(bar.tone == "follow_up" for bar in layout.bars) == 30


@pytest.mark.parametrize("name", ["rich", "month_of_300", *PUBLISHED])
def test_the_order_worked_out_at_once_is_that_of_every_pair(name: str) -> None:
    course = COURSES[name]()
    ids = [event.id for event in course][:60]
    found = known_before(course.resolved, ids)
    wanted = {b: {a for a in ids if a != b and course.resolved.order((a, "start"), (b, "start"))} for b in ids}
    assert found == wanted


# Grey.


def lightness(colour: str) -> float:
    """CIE L* of a colour (sRGB, D65)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    y = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return 116 * y ** (1 / 3) - 16 if y > 0.008856 else 903.3 * y


def too_alike(layout: Layout, least: float = 6.0) -> list[str]:
    """Pairs of fills of one lane, or of the band, that grey printing would not tell apart; text lost on its fill."""
    found = []
    lanes = sorted(stroke.y1 for stroke in layout.strokes if stroke.cls == "lane-rule")
    groups = [{region.tone for region in layout.regions if region.tone != "not_stated"}]
    for top, bottom in pairwise([*dict.fromkeys(lanes), layout.height]):
        groups.append({bar.tone for bar in layout.bars if top < bar.pieces[0].y < bottom and bar.outline != "planned"})
    for tones in groups:
        for a, b in combinations(sorted(tones), 2):
            apart = abs(lightness(tone(a).fill) - lightness(tone(b).fill))
            if apart < least:
                found.append(f"{a} and {b}: {apart:.1f}")
    for label in layout.labels:
        if label.fill in TONES and abs(lightness(tone(label.fill).fill) - lightness(tone(label.fill).text)) < 40:
            found.append(f"{label.text} on {label.fill}")
    return found


@pytest.mark.parametrize("name", [*PUBLISHED, "rich", "two_transplants", "month_of_300"])
def test_fills_of_one_lane_are_told_apart_in_grey(name: str) -> None:
    layout = lay_out(figure_of(COURSES[name](), marks=MARKS))
    assert too_alike(layout) == []


def test_the_judge_of_grey_knows_black_white_and_a_bad_pair() -> None:
    """Sky blue and orange of Okabe and Ito, both safe for the colour-blind, have nearly one lightness (70, 71)."""
    assert lightness("#000000") == pytest.approx(0)
    assert lightness("#FFFFFF") == pytest.approx(100, abs=0.01)
    assert abs(lightness("#56B4E9") - lightness("#E69F00")) < 2
    layout = lay_out(figure_of(rich()))
    assert too_alike(layout, least=40) != []


def test_findings_are_told_apart_by_shape_and_not_by_colour_alone() -> None:
    svg = timeline(rich(), marks=MARKS).svg()
    failed = svg[svg.index('class="finding failed"') :].split("</g>")[0]
    undecided = svg[svg.index('class="finding undecided"') :].split("</g>")[0]
    assert "rx=" not in failed
    assert "rx=" in undecided


# Ink.


@pytest.mark.parametrize("width", WIDTHS)
def test_ink_is_there_and_stays_off_the_edge(width: int) -> None:
    """Text is drawn, and the outermost pixels of the page are white."""
    drawing = timeline(rich(), style=Style(width=width, ages=True), marks=MARKS)
    rows = pixels(vl_convert.svg_to_png(drawing.svg(), ppi=72))
    edge = [*rows[0], *rows[-1], *(row[0] for row in rows), *(row[-1] for row in rows)]
    assert set(edge) == {255}
    bare = evolve(drawing, elements=tuple(one for one in drawing.elements if dict(one.attributes)["class"] != "labels"))
    without = pixels(vl_convert.svg_to_png(bare.svg(), ppi=72))
    dark = [sum(value < 128 for row in page for value in row) for page in (rows, without)]
    assert dark[0] > dark[1] + 500


def test_every_mark_has_a_glyph_and_every_bar_a_tone() -> None:
    for made in AWKWARD.values():
        layout = lay_out(figure_of(made()))
        assert {mark.kind for mark in layout.marks} <= set(KINDS)
        assert {bar.tone for bar in layout.bars} <= {*TONES, "planned"}


def test_a_lane_is_drawn_with_its_gap() -> None:
    """The rule above a lane is interrupted where the axis is."""
    layout = lay_out(figure_of(rich()))
    rules = [stroke for stroke in layout.strokes if stroke.cls == "lane-rule"]
    breaks = sorted(stroke.x1 for stroke in layout.strokes if stroke.cls == "break")
    middle = sum(breaks) / 2 + 1.6
    assert rules
    assert not [rule for rule in rules if rule.x1 < middle < rule.x2]
    assert Lane.PLANNED not in {item.lane for item in figure_of(rich()).items}
    assert Flag(1, failed=True) != Flag(1, failed=False)
