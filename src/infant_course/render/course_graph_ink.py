"""The ink of a course graph: a layout drawn as SVG elements."""

from .course_graph_boxes import INDENT, PAD_Y, Box, Sizes, flag_width
from .course_graph_figure import Flag, GraphFigure, Node
from .course_graph_key import PlacedKey
from .course_graph_layout import HEAD, Arrow, Layout, PlacedBand, PlacedFlag, PlacedNode, PlacedTag, lay_out
from .glyphs import glyph
from .ink import Drawing, Element, group, line, path, rect, text, trace
from .palette import BLACK, OUTLINE, WHITE, Tone, tone
from .style import Style

DASH = "2.4 1.6"
GHOST, GHOST_TEXT = "#999999", "#666666"
"""Outlines and words of what was planned and not told."""
GHOST_DASH = "1.4 1.4"
PLAIN = Style()


def draw_course_graph(figure: GraphFigure, style: Style = PLAIN) -> Drawing:
    """A course graph as a drawing."""
    return ink(figure, lay_out(figure, style))


def ink(figure: GraphFigure, layout: Layout) -> Drawing:
    """A laid out graph as a drawing."""
    sizes = layout.sizes
    elements = [_band(band, sizes) for band in layout.bands]
    # The plan's arrows lie under those of the course.
    elements += [_arrow(arrow) for arrow in sorted(layout.arrows, key=lambda one: not one.edge.ghost)]
    elements += [
        text(label.box.x, label.box.y + 0.82 * sizes.small, label.text, cls="label", size=sizes.small)
        for label in layout.labels
    ]
    elements += [_node(node, sizes) for node in layout.nodes]
    elements += [_tag(node, tag, sizes) for node in layout.nodes for tag in node.tags]
    elements += [_key(entry, sizes) for entry in layout.key]
    return Drawing(layout.width, layout.height, figure.title, figure.description, elements)


def node_tone(node: Node) -> Tone:
    """Fill and text colour of a node."""
    if node.ghost:
        return Tone(WHITE, GHOST_TEXT)
    if node.tone == "page":
        return Tone(WHITE)
    if node.tone == "molecular":
        return Tone(tone("relapse").tint(0.35))
    return tone(node.tone)


def _band(placed: PlacedBand, sizes: Sizes) -> Element:
    shade, box = tone(placed.band.tone), placed.box
    frame = rect(
        box.x, box.y, box.w, box.h, cls="band", fill=shade.tint(0.06), stroke=shade.fill, stroke_width=0.7, rx=3
    )
    at = placed.title_box
    return group("line-of-therapy", frame, text(at.x, at.y + sizes.text, placed.title, cls="title", size=sizes.text))


def _outline(placed: PlacedNode, sizes: Sizes) -> Element:
    node, box = placed.node, placed.box
    shade = node_tone(node)
    dash = GHOST_DASH if node.ghost else DASH if node.derived else None
    strong = 1.4 if node.kind in ("transplant", "cell_therapy") else 1.2 if node.kind == "diagnosis" else 0.7
    stroke = BLACK if node.kind in ("diagnosis", "relapse", "refractory") else OUTLINE
    if node.ghost:
        strong, stroke = 0.6, GHOST
    x, y, right, bottom, middle = box.x, box.y, box.right, box.bottom, box.middle
    if node.kind in ("relapse", "refractory", "mrd_reemergence"):
        cut = 4.0
        corners = [
            (x + cut, y),
            (right - cut, y),
            (right, y + cut),
            (right, bottom - cut),
            (right - cut, bottom),
            (x + cut, bottom),
            (x, bottom - cut),
            (x, y + cut),
        ]
        shape = trace(corners, closed=True)
    elif node.kind in ("last_contact", "death"):
        head = sizes.line
        shape = trace([(x, y), (right - head, y), (right, middle), (right - head, bottom), (x, bottom)], closed=True)
    else:
        radius = min(box.h / 2, 14) if node.kind == "diagnosis" else 2
        return rect(
            x,
            y,
            box.w,
            box.h,
            cls=f"box {node.kind}",
            fill=shade.fill,
            stroke=stroke,
            stroke_width=strong,
            rx=radius,
            dash=dash,
        )
    return path(shape, cls=f"box {node.kind}", fill=shade.fill, stroke=stroke, width=0.9, dash=dash)


def _node(placed: PlacedNode, sizes: Sizes) -> Element:
    node, shade, box = placed.node, node_tone(placed.node), placed.box
    centre = box.x + (box.w - (sizes.line if node.kind in ("last_contact", "death") else 0)) / 2
    words = [
        text(
            centre,
            box.y + PAD_Y + sizes.line * (i + 1) - 0.31 * sizes.text,
            words,
            cls="name" if i < placed.name_lines else "detail",
            size=sizes.text if i < placed.name_lines else sizes.detail,
            fill=shade.text,
            anchor="middle",
        )
        for i, words in enumerate(placed.lines)
    ]
    flags = [_flag(flag, sizes) for flag in placed.flags]
    kind = f"planned {node.kind}" if node.ghost else f"event {node.kind}"
    # What was not told is no event: no page may point at it.
    event = None if node.ghost else node.event
    return group(kind, _outline(placed, sizes), *words, *flags, title=node.title, event=event)


def _tag(placed: PlacedNode, tag: PlacedTag, sizes: Sizes) -> Element:
    box, glyph_x = tag.box, tag.box.x + 0.58 * sizes.small
    parts = []
    if tag is placed.tags[0]:
        parts.append(_stem(glyph_x, placed.box.bottom, box.y))
    elif tag.tag.level:
        above = placed.tags[placed.tags.index(tag) - 1]
        top = above.box.y + (sizes.tag_line - 1.5 if above.tag.level == 0 else sizes.small)
        parts.append(_stem(glyph_x - INDENT, top, box.y + sizes.small))
    parts.append(glyph(tag.tag.glyph, glyph_x, box.y + sizes.tag_line / 2 - 0.3, 0.43 * sizes.small))
    parts += [
        text(box.x + sizes.tag_glyph, box.y + sizes.small + i * sizes.tag_line, runs, cls="tag", size=sizes.small)
        for i, runs in enumerate(tag.lines)
    ]
    parts += [_flag(flag, sizes) for flag in tag.flags]
    return group("tagged", *parts, title=tag.tag.title, event=tag.tag.event)


def _stem(x: float, top: float, bottom: float) -> Element:
    return line(x, top, x, bottom, cls="stem", stroke=OUTLINE, width=0.5, dash="1 1")


def _flag(placed: PlacedFlag, sizes: Sizes) -> Element:
    return _flag_at(placed.flag, placed.box, sizes)


def _flag_at(flag: Flag, box: Box, sizes: Sizes) -> Element:
    """A pennant for what surely breaks a rule, a ring for what cannot be told; the number in it."""
    failed = flag.verdict == "failed"
    shape = rect(
        box.x,
        box.y,
        box.w,
        box.h,
        cls="flag",
        fill=BLACK if failed else WHITE,
        stroke=WHITE if failed else BLACK,
        stroke_width=0.5 if failed else 0.7,
        rx=None if failed else box.h / 2,
    )
    number = text(
        box.x + box.w / 2,
        box.y + box.h / 2 + 0.36 * sizes.small,
        str(flag.number),
        cls="number",
        size=sizes.small,
        fill=WHITE if failed else BLACK,
        anchor="middle",
    )
    return group(f"finding {flag.verdict}", shape, number)


def _arrow(arrow: Arrow) -> Element:
    edge = arrow.edge
    (x, y), (before, _) = arrow.points[-1], arrow.points[-2]
    end = x - HEAD if x > before else x + HEAD
    stroke, wide = (GHOST, 0.6) if edge.ghost else (OUTLINE, 0.8)
    shaft = trace([*arrow.points[:-1], (end, y)])
    head = trace([(x, y), (end, y - HEAD * 0.5), (end, y + HEAD * 0.5)], closed=True)
    dash = None if edge.stated else DASH
    kind = "planned" if edge.ghost else "then" if edge.stated else "then open"
    parts = [
        path(shaft, cls="shaft", fill="none", stroke=stroke, width=wide, dash=dash),
        path(head, cls="head", fill=stroke),
    ]
    if arrow.slashes is not None:
        parts += _slashes(*arrow.slashes)
    missing = f"not reported: {', '.join(edge.missing)}" if edge.missing else None
    return group(f"arrow {kind}", *parts, title=missing)


def _slashes(x: float, y: float) -> list[Element]:
    """Two slashes through an arrow, which is cut between them."""
    gap = path(trace([(x - 1.9, y + 2), (x - 0.1, y - 2), (x + 1.9, y - 2), (x + 0.1, y + 2)], closed=True),
               cls="gap", fill=WHITE)  # fmt: skip
    bars = [line(x + d - 0.9, y + 2.2, x + d + 0.9, y - 2.2, cls="slash", stroke=OUTLINE, width=0.7) for d in (-1, 1)]
    return [gap, *bars]


def _key(entry: PlacedKey, sizes: Sizes) -> Element:
    """A sample, or a flag, and its words."""
    box, middle = entry.box, entry.box.y + sizes.small / 2 + 0.3
    kind, _, what = entry.sample.partition(" ")
    sample: list[Element] = []
    if entry.flag is not None:
        wide = flag_width(entry.flag, sizes)
        sample = [_flag_at(entry.flag, Box(entry.x - 3 - wide, box.y - 0.2, wide, sizes.flag), sizes)]
    elif kind == "glyph":
        sample = [glyph(what, box.x + 3.5, middle, 0.43 * sizes.small)]
    elif kind == "flag":
        sample = [_flag_at(Flag(1, what), Box(box.x, box.y - 0.2, sizes.flag, sizes.flag), sizes)]
    elif kind in ("dashed", "break"):
        dash = DASH if kind == "dashed" else None
        sample = [line(box.x, middle, entry.x - 3, middle, cls="sample", stroke=OUTLINE, width=0.8, dash=dash)]
        sample += _slashes((box.x + entry.x - 3) / 2, middle) if kind == "break" else []
    elif kind == "indent":
        x = box.x + 3.5
        sample = [line(x, middle - 3, x, middle + 3, cls="sample", stroke=OUTLINE, width=0.5, dash="1 1")]
    elif kind in ("optional", "ghost"):
        stroke, dash = (GHOST, GHOST_DASH) if kind == "ghost" else (OUTLINE, DASH)
        sample = [
            rect(box.x, middle - 3, entry.x - box.x - 3, 6, cls="sample", fill=WHITE, stroke=stroke, stroke_width=0.7,
                 rx=1, dash=dash)
        ]  # fmt: skip
    words = text(entry.x, box.y + 0.87 * sizes.small, entry.text, cls="key", size=sizes.small)
    return group("key-entry", *sample, words)
