"""The ink of a course graph: a layout drawn as SVG elements."""

from .course_graph import OPEN_ORDER, GraphFigure, Node
from .course_graph_layout import (
    DETAIL_SIZE,
    LINE,
    NAME_SIZE,
    NOTE_SIZE,
    PAD_Y,
    TAG_SIZE,
    TITLE_SIZE,
    WIDTHS,
    Arrow,
    Box,
    Layout,
    PlacedBand,
    PlacedNode,
    PlacedTag,
    lay_out,
)
from .glyphs import glyph
from .ink import Drawing, Element, group, line, path, rect, text, trace
from .palette import BLACK, OUTLINE, WHITE, Tone, tone

DASH = "2.4 1.6"
HEAD = 3.6


def draw_course_graph(figure: GraphFigure, page_width: float = WIDTHS[170]) -> Drawing:
    """A course graph as a drawing, its width in points."""
    return ink(figure, lay_out(figure, page_width))


def ink(figure: GraphFigure, layout: Layout) -> Drawing:
    """A laid out course graph as a drawing."""
    elements = [_band(band) for band in layout.bands]
    elements += [_arrow(arrow) for arrow in layout.arrows]
    elements += [_node(node) for node in layout.nodes]
    elements += [_tag(node, tag) for node in layout.nodes for tag in node.tags]
    elements += [_note(words, box) for words, box in layout.notes]
    return Drawing(layout.width, layout.height, figure.title, figure.description, elements)


def node_tone(node: Node) -> Tone:
    """Fill and text colour of a node."""
    if node.tone == "page":
        return Tone(WHITE)
    if node.tone == "molecular":
        return Tone(tone("relapse").tint(0.35))
    return tone(node.tone)


def _band(placed: PlacedBand) -> Element:
    shade, box = tone(placed.band.tone), placed.box
    frame = rect(
        box.x, box.y, box.w, box.h, cls="band", fill=shade.tint(0.06), stroke=shade.fill, stroke_width=0.7, rx=3
    )
    at = placed.title_box
    return group("line-of-therapy", frame, text(at.x, at.y + TITLE_SIZE, placed.title, cls="title", size=TITLE_SIZE))


def _outline(placed: PlacedNode) -> Element:
    node, box = placed.node, placed.box
    shade = node_tone(node)
    dash = DASH if node.derived else None
    strong = 1.4 if node.kind in ("transplant", "cell_therapy") else 1.2 if node.kind == "diagnosis" else 0.7
    stroke = BLACK if node.kind in ("diagnosis", "relapse", "refractory") else OUTLINE
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
        head = LINE
        shape = trace([(x, y), (right - head, y), (right, middle), (right - head, bottom), (x, bottom)], closed=True)
    else:
        radius = min(box.h / 2, 9) if node.kind == "diagnosis" else 2
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


def _node(placed: PlacedNode) -> Element:
    shade, box = node_tone(placed.node), placed.box
    centre = box.x + (box.w - (LINE if placed.node.kind in ("last_contact", "death") else 0)) / 2
    words = [
        text(
            centre,
            box.y + PAD_Y + LINE * (i + 1) - 2.2,
            words,
            cls="name" if i < placed.name_lines else "detail",
            size=NAME_SIZE if i < placed.name_lines else DETAIL_SIZE,
            fill=shade.text,
            anchor="middle",
        )
        for i, words in enumerate(placed.lines)
    ]
    return group(
        f"event {placed.node.kind}", _outline(placed), *words, title=placed.node.title, event=placed.node.event
    )


def _tag(placed: PlacedNode, tag: PlacedTag) -> Element:
    box = tag.box
    parts = []
    if tag is placed.tags[0]:
        stem = box.x + 3.5
        parts.append(line(stem, placed.box.bottom, stem, box.y, cls="stem", stroke=OUTLINE, width=0.5, dash="1 1"))
    parts.append(glyph(tag.tag.glyph, box.x + 3.5, box.y + box.h / 2, 2.6))
    parts.append(text(box.x + 7.5, box.y + TAG_SIZE, tag.runs, cls="tag", size=TAG_SIZE))
    return group("tagged", *parts, title=tag.tag.title, event=tag.tag.event)


def _arrow(arrow: Arrow) -> Element:
    (x, y), (before, _) = arrow.points[-1], arrow.points[-2]
    end = x - HEAD if x > before else x + HEAD
    shaft = trace([*arrow.points[:-1], (end, y)])
    head = trace([(x, y), (end, y - HEAD * 0.5), (end, y + HEAD * 0.5)], closed=True)
    dash = None if arrow.edge.stated else DASH
    kind = "then" if arrow.edge.stated else "then open"
    return group(
        f"arrow {kind}",
        path(shaft, cls="shaft", fill="none", stroke=OUTLINE, width=0.8, dash=dash),
        path(head, cls="head", fill=OUTLINE),
    )


def _note(words: str, box: Box) -> Element:
    words_at = text(box.x + 20, box.y + NOTE_SIZE, words, cls="note", size=NOTE_SIZE)
    if words != OPEN_ORDER:
        return group("key", words_at)
    sample = line(box.x, box.y + 4, box.x + 16, box.y + 4, cls="sample", stroke=OUTLINE, width=0.8, dash=DASH)
    return group("key", sample, words_at)
