"""Reads a PNG without a picture library (the least channel of each pixel, 255 where it is clear), and asks of it."""

import re
import struct
import xml.etree.ElementTree as ET
import zlib
from math import ceil, floor

from render.drawn import SVG, marks, page


def pixels(png: bytes) -> list[list[int]]:
    """Rows of an eight-bit RGBA picture."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (depth, colour) == (8, 6)
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, stride = zlib.decompress(data), width * 4
    previous, rows = bytes(stride), []
    for row in range(height):
        kind, line = raw[row * (stride + 1)], bytearray(raw[row * (stride + 1) + 1 : (row + 1) * (stride + 1)])
        for i in range(stride):
            a = line[i - 4] if i >= 4 else 0
            b, c = previous[i], previous[i - 4] if i >= 4 else 0
            nearest = min((a, b, c), key=lambda v: (abs(a + b - c - v), (a, b, c).index(v)))
            line[i] = (line[i] + (0, a, b, (a + b) // 2, nearest)[kind]) & 255
        rows.append([min(line[i : i + 3]) if line[i + 3] else 255 for i in range(0, stride, 4)])
        previous = bytes(line)
    return rows


def only_text(svg: str) -> str:
    """A drawing with nothing left but its texts, all of them black."""
    ET.register_namespace("", SVG.strip("{}"))
    root = ET.fromstring(svg)

    def strip(element: ET.Element) -> None:
        for child in list(element):
            tag = child.tag.removeprefix(SVG)
            if tag == "g":
                strip(child)
            elif tag == "text":
                child.set("fill", "#000000")
            else:
                element.remove(child)

    strip(root)
    return ET.tostring(root, encoding="unicode")


def rendered(svg: str) -> list[list[int]]:
    """A drawing as pixels, one for each pt."""
    import vl_convert

    return pixels(vl_convert.svg_to_png(svg, ppi=72))


def missing_text(svg: str) -> list[str]:
    """The texts of which no ink is seen where they should stand, and how much text stands elsewhere."""
    rows = rendered(only_text(svg))
    found = [one for one in marks(svg) if one.tag == "text" and one.text.strip()]
    missing, free = [], [bytearray(len(row)) for row in rows]
    for one in found:
        left, top, right, bottom = floor(one.box.left), floor(one.box.top), ceil(one.box.right), ceil(one.box.bottom)
        if not any(value < 160 for row in rows[max(top, 0) : bottom] for value in row[max(left, 0) : right]):
            missing.append(f"no ink of {one.text!r}")
        for row in free[max(top - 1, 0) : bottom + 1]:
            row[max(left - 1, 0) : right + 1] = b"\1" * len(row[max(left - 1, 0) : right + 1])
    stray = sum(
        value < 160 and not taken
        for row, kept in zip(rows, free, strict=True)
        for value, taken in zip(row, kept, strict=True)
    )
    return [*missing, f"{stray} pixels of text where none was measured"] if stray else missing


RIM = 0.5
"""How much of the page at each side is white (pt)."""


def inked_rim(svg: str) -> list[str]:
    """The sides of a page whose outermost half pt is not white: each is drawn alone, four times as large."""
    whole = page(svg)
    sides = {
        "left": (0.0, 0.0, RIM, whole.bottom),
        "top": (0.0, 0.0, whole.right, RIM),
        "right": (whole.right - RIM, 0.0, RIM, whole.bottom),
        "bottom": (0.0, whole.bottom - RIM, whole.right, RIM),
    }
    found = []
    for side, (x, y, wide, high) in sides.items():
        root = f'width="{4 * wide}" height="{4 * high}" viewBox="{x} {y} {wide} {high}"'
        strip = re.sub(r'width="[^"]*" height="[^"]*" viewBox="[^"]*"', root, svg, count=1)
        if any(value < 250 for row in rendered(strip) for value in row):
            found.append(side)
    return found
