"""Rendered drawings as pixels, and what is asked of them: whether text is seen, and whether the rim is white."""

import io
import re
import xml.etree.ElementTree as ET
from math import ceil, floor

import numpy as np
from PIL import Image

from render.drawn import SVG, marks, page


def pixels(png: bytes) -> np.ndarray:
    """Rows of a picture: the least channel of each pixel, 255 where it is clear."""
    picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGBA"))
    return np.where(picture[:, :, 3] > 0, picture[:, :, :3].min(axis=2), 255)


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
