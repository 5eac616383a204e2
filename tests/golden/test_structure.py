"""The comparer of drawings: small shifts pass, and each kind of change is told with the element that changed."""

import pytest

from golden.structure import differences, told

DRAWING = """<svg xmlns="http://www.w3.org/2000/svg" width="100" viewBox="0 0 100 50"><title>T</title>
<g class="event block"><rect class="box" x="1" y="2" fill="#9FD0EE"/><text class="name" x="10" y="20">IB</text></g>
<g class="event block"><text class="name" x="30" y="20">MARMA</text></g><path class="arrow" d="M1,2 L3,4.5"/>
<text class="note" x="1" y="48"><tspan>10</tspan><tspan dy="-2">5</tspan></text></svg>"""


def test_a_drawing_is_like_itself_and_like_one_that_is_a_hair_off() -> None:
    assert differences(DRAWING, DRAWING) == []
    assert differences(DRAWING, DRAWING.replace('x="10"', 'x="10.04"').replace("L3,4.5", "L2.96,4.5")) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('x="10" y="20">IB', 'x="10.2" y="20">IB', "svg/g.event.block[1]/text.name[1]: x: expected '10', found '10.2'"),
        ('<text class="note" x="1"', '<text class="note" x="9"', "svg/text.note[1]: x: expected '1', found '9'"),
        (
            ">MARMA<",
            ">OCTADAD<",
            "svg/g.event.block[2]/text.name[1]: text: expected 'MARMA', found 'OCTADAD'",
        ),
        (
            '<rect class="box" x="1" y="2" fill="#9FD0EE"/>',
            "",
            'svg/g.event.block[1]/rect.box[1]: expected <rect> class "box", found nothing',
        ),
        ("<title>", "<circle r='1'/><title>", "svg: expected nothing, found <circle>"),
        ('"arrow"', '"arrow open"', "svg/path.arrow[1]: class: expected 'arrow', found 'arrow open'"),
        ("#9FD0EE", "#9FD0EF", "svg/g.event.block[1]/rect.box[1]: fill: expected '#9FD0EE', found '#9FD0EF'"),
        ("L3,4.5", "L3,4.6", "svg/path.arrow[1]: d: expected 'M1,2 L3,4.5', found 'M1,2 L3,4.6'"),
        ("L3,4.5", "L3,4.5 Z", "svg/path.arrow[1]: d: expected 'M1,2 L3,4.5', found 'M1,2 L3,4.5 Z'"),
        (' y="48"', "", "svg/text.note[1]: y: expected '48', found none"),
        ('dy="-2"', 'dy="2"', "svg/text.note[1]/tspan[2]: dy: expected '-2', found '2'"),
        (
            '<path class="arrow" d="M1,2 L3,4.5"/>',
            '<line class="arrow"/>',
            'svg/path.arrow[1]: expected <path> class "arrow", found <line> class "arrow"',
        ),
    ],
)
def test_each_change_is_one_readable_difference(old: str, new: str, fault: str) -> None:
    changed = DRAWING.replace(old, new)
    assert changed != DRAWING
    assert differences(DRAWING, changed) == [fault]


def test_another_order_is_noticed() -> None:
    """The two blocks change places: what comes later is drawn over what came before."""
    blocks = DRAWING.split("\n")
    found = differences(DRAWING, "\n".join([blocks[0], blocks[2].split("<path")[0], blocks[1], *blocks[2:][1:]]))
    assert found


def test_a_lost_element_does_not_hide_a_later_change() -> None:
    changed = DRAWING.replace('<rect class="box" x="1" y="2" fill="#9FD0EE"/>', "").replace('y="48"', 'y="40"')
    assert [fault.split(":")[0] for fault in differences(DRAWING, changed)] == [
        "svg/g.event.block[1]/rect.box[1]",
        "svg/text.note[1]",
    ]


def test_many_differences_are_told_in_short() -> None:
    assert told([f"d{n}" for n in range(30)]).splitlines()[-1] == "... and 18 more"
    assert told(["one"]) == "one"
