"""Files: the format follows the suffix, and what is drawn is really there."""

import struct
import zlib
from pathlib import Path

import pytest

import infant_course as ic
from infant_course.render.export import write
from infant_course.render.ink import Drawing, text

PAGE = Drawing(170 / 25.4 * 72, 40, "t", "d", [text(10, 20, "Diagnosis", cls="t", size=12)])


def _dark_pixels(png: bytes) -> int:
    """Dark pixels of an eight-bit RGBA picture, counted without a picture library."""
    width, height, depth, colour = struct.unpack(">IIBB", png[16:26])
    assert (depth, colour) == (8, 6)
    data, at = b"", 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += 12 + length
    raw, stride, dark = zlib.decompress(data), width * 4, 0
    previous = bytes(stride)
    for row in range(height):
        kind, line = raw[row * (stride + 1)], bytearray(raw[row * (stride + 1) + 1 : (row + 1) * (stride + 1)])
        for i in range(stride):
            a = line[i - 4] if i >= 4 else 0
            b, c = previous[i], previous[i - 4] if i >= 4 else 0
            nearest = min((a, b, c), key=lambda v: (abs(a + b - c - v), (a, b, c).index(v)))
            line[i] = (line[i] + (0, a, b, (a + b) // 2, nearest)[kind]) & 255
        dark += sum(line[i] < 100 for i in range(0, stride, 4))
        previous = bytes(line)
    return dark


def test_a_png_has_text_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A converter without the face draws no text at all, and says nothing."""
    monkeypatch.setattr("infant_course.render.export.PNG_RESOLUTION", 72)
    with_text = write(PAGE.svg(), tmp_path / "a.png").read_bytes()
    blank = write(Drawing(PAGE.width, PAGE.height, "t", "d", []).svg(), tmp_path / "b.png").read_bytes()
    assert _dark_pixels(with_text) > 50
    assert _dark_pixels(blank) == 0


def test_a_pdf_is_as_wide_as_it_says(tmp_path: Path) -> None:
    """170 mm are 481.9 points."""
    pdf = write(PAGE.svg(), tmp_path / "a.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"481.8" in pdf or b"481.9" in pdf


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ic.UsageError, match=r"\.svg, \.pdf or \.png"):
        write(PAGE.svg(), tmp_path / "a.jpeg")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ic.UsageError, match="folder does not exist"):
        write(PAGE.svg(), tmp_path / "no" / "a.svg")
