"""What must hold of every laid out graph, as numbers."""

import itertools

from infant_course.render.course_graph_layout import Box, Layout
from infant_course.render.metrics import width


def faults(layout: Layout) -> list[str]:
    """Whatever lies on anything else, leaves the page, or does not hold what it should; empty where all is well."""
    boxes = layout.boxes()
    found = [f"{a} on {b}" for (a, x), (b, y) in itertools.combinations(boxes, 2) if x.overlaps(y)]
    found += [f"{name} off the page" for name, box in boxes if _outside(box, layout)]
    for arrow in layout.arrows:
        name = f"arrow {arrow.edge.source} to {arrow.edge.target}"
        found += [
            f"{name} off the page" for x, y in arrow.points if not (0 <= x <= layout.width and 0 <= y <= layout.height)
        ]
        for a, b in itertools.pairwise(arrow.points):
            if abs(a[0] - b[0]) > 0.02 and abs(a[1] - b[1]) > 0.02:
                found.append(f"{name} runs aslant")
            track = Box(min(a[0], b[0]), min(a[1], b[1]) - 0.2, abs(a[0] - b[0]), abs(a[1] - b[1]) + 0.4)
            found += [f"{name} through {other}" for other, box in boxes if track.overlaps(box, by=0.3)]
    ends = {placed.node.event: placed.box for placed in layout.nodes}
    for arrow in layout.arrows:
        source, target = ends[arrow.edge.source], ends[arrow.edge.target]
        if not (
            _near(arrow.points[0], (source.right, source.middle)) and _near(arrow.points[-1], (target.x, target.middle))
        ):
            found.append(f"arrow {arrow.edge.source} to {arrow.edge.target} hangs in the air")
    for placed in layout.nodes:
        for i, line in enumerate(placed.lines):
            size = layout.sizes.text if i < placed.name_lines else layout.sizes.detail
            if width(line, size) > placed.box.w - 8:
                found.append(f"text wider than its box: {line}")
        for flag in [*placed.flags, *(flag for tag in placed.tags for flag in tag.flags)]:
            if not any(_inside(flag.box, box) for box in (placed.box, *(tag.box for tag in placed.tags))):
                found.append(f"flag {flag.flag.number} outside of what it marks")
        found += [f"flags on each other at {placed.node.event}" for a, b in itertools.combinations(placed.flags, 2)
                  if a.box.overlaps(b.box)]  # fmt: skip
    if layout.sizes.small < 6:
        found.append("text below 6 pt")
    return found


def _outside(box: Box, layout: Layout) -> bool:
    return box.x < 0 or box.y < 0 or box.right > layout.width or box.bottom > layout.height


def _inside(inner: Box, outer: Box) -> bool:
    return (
        inner.x >= outer.x - 0.1
        and inner.right <= outer.right + 0.1
        and inner.y >= outer.y - 0.1
        and inner.bottom <= outer.bottom + 1.5
    )


def _near(a: tuple[float, float], b: tuple[float, float]) -> bool:
    return abs(a[0] - b[0]) < 0.01 and abs(a[1] - b[1]) < 0.01
