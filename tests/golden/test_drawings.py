"""What is drawn now is what lies in docs/gallery, and every picture of README and docs lies there.

After a change that is meant, ``make gallery`` draws all of it anew; ``pytest tests/golden --rewrite-golden`` rewrites
only what differs.
"""

import re

import pytest
from tools.gallery import GALLERY, ROOT, Picture, index, pictures

from golden.structure import differences, told

PICTURES = {one.name: one for one in pictures()}
RULES = ROOT / "docs" / "rules"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_a_drawing_is_as_it_lies_in_the_gallery(picture: Picture, request: pytest.FixtureRequest) -> None:
    drawn, kept = picture.draw(), GALLERY / picture.file
    if request.config.getoption("--rewrite-golden"):
        if not kept.exists() or differences(kept.read_text(encoding="utf-8"), drawn):
            kept.write_text(drawn, encoding="utf-8")
        return
    assert kept.exists(), f"{picture.file} is not in docs/gallery: make gallery"
    found = differences(kept.read_text(encoding="utf-8"), drawn)
    if found:
        pytest.fail(f"{picture.file} differs (meant? make gallery):\n{told(found)}", pytrace=False)


def test_the_sheet_is_current(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--rewrite-golden"):
        (GALLERY / "index.md").write_text(index(), encoding="utf-8")
    assert (GALLERY / "index.md").read_text(encoding="utf-8") == index(), "make gallery"
    assert {path.name for path in GALLERY.iterdir()} == {"index.md", *(one.file for one in PICTURES.values())}


def test_every_picture_of_the_pages_lies_in_the_gallery() -> None:
    """Save of the drawings on the pages of rules, which lie beside them."""
    elsewhere = [
        f"{page.relative_to(ROOT)}: {link}"
        for page in PAGES
        for link in images(page.read_text(encoding="utf-8"))
        if (page.parent / link).resolve().parent != (RULES / "img" if page.parent == RULES else GALLERY)
    ]
    assert elsewhere == []


def images(page: str) -> list[str]:
    """Where the images of a page lie, in Markdown or as a tag."""
    return re.findall(r"!\[[^\]]*\]\(([^)\s]+)[^)]*\)", page) + re.findall(r'<img[^>]*\bsrc="([^"]+)"', page)


def test_an_image_elsewhere_would_be_noticed() -> None:
    assert images('![A](img/a.svg) [no](b.svg) ![B](gallery/b.svg "t") <img alt="" src="c.png">') == [
        "img/a.svg",
        "gallery/b.svg",
        "c.png",
    ]


def test_no_drawing_lies_about_unused() -> None:
    """What is not on a page cannot go out of date unseen."""
    drawings = [path for path in (ROOT / "docs").rglob("*.svg") if path.parent not in (GALLERY, RULES / "img")]
    assert [str(path.relative_to(ROOT)) for path in drawings] == []
