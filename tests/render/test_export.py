"""Files: the format follows the suffix, and what is drawn is really there."""

import io
import re
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

import infant_course as ic
from infant_course.render.export import encoded, write
from infant_course.render.ink import Drawing, text
from render.pixels import pixels

PAGE = Drawing(170 / 25.4 * 72, 40, "t", "d", [text(10, 20, "Diagnosis", cls="t", size=12)])


def test_a_png_has_text_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A converter without the face draws no text at all, and says nothing."""
    monkeypatch.setattr("infant_course.render.export.PNG_RESOLUTION", 72)
    with_text = write(PAGE.svg(), tmp_path / "a.png").read_bytes()
    blank = write(Drawing(PAGE.width, PAGE.height, "t", "d", []).svg(), tmp_path / "b.png").read_bytes()
    assert (pixels(with_text) < 100).sum() > 50
    assert (pixels(blank) < 100).sum() == 0


def test_a_pdf_is_as_wide_as_it_says(tmp_path: Path) -> None:
    """170 mm are 481.9 points."""
    pdf = write(PAGE.svg(), tmp_path / "a.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    assert b"481.8" in pdf or b"481.9" in pdf


def test_a_pdf_says_what_made_it_and_keeps_its_pages() -> None:
    """The update at the end points back to the old table, and its own offsets hold; brackets are escaped."""
    pdf = bytes(encoded(PAGE.svg(), ".pdf", made="infant-course (test)", dpi=300))
    start = int(pdf.rsplit(b"startxref\n", 1)[1].split()[0])
    assert pdf[start:].startswith(b"xref\n")
    number, offset = re.match(rb"xref\n(\d+) 1\n(\d{10}) 00000 n", pdf[start:]).groups()
    assert pdf[int(offset) :].startswith(number + b" 0 obj")
    assert rb"/Producer (infant-course \(test\), converted by vl-convert-python " in pdf[int(offset) : start]
    before = int(re.search(rb"/Prev (\d+)", pdf[start:])[1])
    assert pdf[before:].startswith(b"xref")
    assert b"CreationDate" not in pdf


def test_a_picture_says_what_made_it_and_its_resolution() -> None:
    """PNG: a text chunk whose checksum holds. TIFF: packed, on white, with resolution and program, and no date."""
    svg = PAGE.svg()
    png = bytes(encoded(svg, ".png", made="infant-course 1", dpi=300))
    at, chunks = 8, {}
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0] == zlib.crc32(kind + data)
        chunks.setdefault(kind, data)
        at += 12 + length
    assert chunks[b"tEXt"].startswith(b"Software\0infant-course 1, converted by vl-convert-python ")
    assert struct.unpack(">I", chunks[b"pHYs"][:4])[0] == round(300 / 0.0254)
    with Image.open(io.BytesIO(bytes(encoded(svg, ".tif", made="infant-course 1", dpi=300)))) as tiff:
        assert (tiff.mode, tiff.info["compression"], tiff.info["dpi"]) == ("RGB", "tiff_lzw", (300, 300))
        assert tiff.tag_v2[305].startswith("infant-course 1") and 306 not in tiff.tag_v2
        assert tiff.getpixel((0, 0)) == (255, 255, 255)
        assert tiff.size == (int(PAGE.width * 300 / 72), int(PAGE.height * 300 / 72))


def test_pictures_and_pdf_are_the_same_from_run_to_run() -> None:
    for suffix in (".png", ".pdf", ".tif"):
        first, second = (encoded(PAGE.svg(), suffix, made="m", dpi=300) for _ in range(2))
        assert first == second


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ic.UsageError, match=r"\.svg, \.pdf or \.png"):
        write(PAGE.svg(), tmp_path / "a.jpeg")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ic.UsageError, match="folder does not exist"):
        write(PAGE.svg(), tmp_path / "no" / "a.svg")
