"""Reads a PNG without a picture library (the least channel of each pixel, 255 where it is clear), and asks of it."""

import re
import struct
import xml.etree.ElementTree as ET
import zlib
from math import ceil, floor

import numpy as np

from render.drawn import SVG, marks, page


def pixels(png: bytes) -> np.ndarray:
    """Rows of an eight-bit RGBA picture."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (depth, colour) == (8, 6)
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw = np.frombuffer(zlib.decompress(data), np.uint8).reshape(height, width * 4 + 1)
    picture, previous = np.zeros((height, width, 4), np.uint8), np.zeros((width, 4), np.uint8)
    for row in range(height):
        previous = picture[row] = _unfiltered(raw[row, 0], raw[row, 1:].reshape(width, 4), previous)
    return np.where(picture[:, :, 3] > 0, picture[:, :, :3].min(axis=2), 255)


def _unfiltered(kind: int, line: np.ndarray, above: np.ndarray) -> np.ndarray:
    """A row of a PNG from the differences that stand in the file."""
    if kind == 0:
        return line
    if kind == 1:
        return np.cumsum(line, axis=0, dtype=np.uint8)
    if kind == 2:
        return line + above
    a, c = [0] * 4, [0] * 4
    found = []
    for told, b in zip(line.tolist(), above.tolist(), strict=True):
        if kind == 3:
            a = [(t + (x + y) // 2) & 255 for t, x, y in zip(told, a, b, strict=True)]
        else:
            a = [(t + _paeth(x, y, z)) & 255 for t, x, y, z in zip(told, a, b, c, strict=True)]
        c = b
        found.append(a)
    return np.array(found, np.uint8)


def _paeth(a: int, b: int, c: int) -> int:
    p, q, r = abs(b - c), abs(a - c), abs(a + b - 2 * c)
    return a if p <= q and p <= r else b if q <= r else c


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


def rendered(svg: str) -> np.ndarray:
    """A drawing as pixels, one for each pt."""
    import vl_convert

    return pixels(vl_convert.svg_to_png(svg, ppi=72))


def missing_text(svg: str) -> list[str]:
    """The texts of which no ink is seen where they should stand, and how much text stands elsewhere."""
    dark = rendered(only_text(svg)) < 160
    stray, missing = dark.copy(), []
    for one in marks(svg):
        if one.tag != "text" or not one.text.strip():
            continue
        left, top = max(floor(one.box.left), 0), max(floor(one.box.top), 0)
        right, bottom = ceil(one.box.right), ceil(one.box.bottom)
        if not dark[top:bottom, left:right].any():
            missing.append(f"no ink of {one.text!r}")
        stray[max(top - 1, 0) : bottom + 1, max(left - 1, 0) : right + 1] = False
    return [*missing, f"{stray.sum()} pixels of text where none was measured"] if stray.any() else missing


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
        if (rendered(strip) < 250).any():
            found.append(side)
    return found
