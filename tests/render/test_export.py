"""Files: the format follows the suffix, and what is drawn is really there."""

from pathlib import Path

import pytest

import infant_course as ic
from infant_course.render.export import write
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


def test_another_suffix_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ic.UsageError, match=r"\.svg, \.pdf or \.png"):
        write(PAGE.svg(), tmp_path / "a.jpeg")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ic.UsageError, match="folder does not exist"):
        write(PAGE.svg(), tmp_path / "no" / "a.svg")
