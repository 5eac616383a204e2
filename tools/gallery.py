"""Draws the contact sheet docs/gallery: every picture of README and docs, each made by the command under it.

``python tools/gallery.py`` draws all of it anew and removes what is no longer part of it. The tests hold what is
drawn to what lies there (tests/golden), so these are the golden drawings too.
"""

import contextlib
import io
import os
import shlex
import sys
import tempfile
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from attrs import frozen

import infant_course as ic
from infant_course.cli import main as run

ROOT = Path(__file__).resolve().parents[1]
GALLERY = ROOT / "docs" / "gallery"
MADE = "<!-- Made by tools/gallery.py: `make gallery`. -->"
EXPORT = "cases/exports/invented"


@frozen
class Picture:
    """A picture: its name, what it shows in one line, and the words of the command without the file it writes."""

    part: str
    name: str
    shows: str
    words: tuple[str, ...]
    out: str = "-o"

    @property
    def file(self) -> str:
        """The name of its file."""
        return f"{self.name}.svg"

    @property
    def command(self) -> str:
        """The command that draws it."""
        return shlex.join(["infant-course", *self.words, self.out, self.file])

    def draw(self) -> str:
        """The picture, by running its command from the top of the checkout."""
        said, before = io.StringIO(), Path.cwd()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / self.file
            os.chdir(ROOT)
            try:
                with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                    code = run([*self.words, self.out, str(path)])
            finally:
                os.chdir(before)
            if code:
                raise RuntimeError(f"{self.command} ended with {code}: {said.getvalue()}")
            return path.read_text(encoding="utf-8")


def pictures() -> Iterator[Picture]:
    """All pictures, in the order of the sheet. What a course shows is what its file says it is about."""
    yield from courses("Published scenarios", "cases/published/kotecha-2022-*.yaml", "kotecha-2022-")
    yield Picture(
        "Protocols",
        "interfant-06-plan",
        "What Interfant-06 plans: alternatives stand one below the other.",
        ("protocol", "interfant-06"),
        "--plot",
    )
    yield from choices()
    yield from cohort()
    yield from courses("Awkward courses", "cases/awkward/*.yaml")


def courses(part: str, pattern: str, prefix: str = "") -> Iterator[Picture]:
    """Each course as a graph and as a timeline."""
    for path in sorted(ROOT.glob(pattern)):
        about = (ic.load(path).about or "").rstrip(".")
        for kind, words in (("graph", "course graph"), ("timeline", "timeline")):
            shows = f"{about[:1].upper()}{about[1:]}; {words}."
            name = f"{path.stem.removeprefix(prefix)}-{kind}"
            yield Picture(part, name, shows, ("draw", str(path.relative_to(ROOT)), "--kind", kind))


def choices() -> Iterator[Picture]:
    """What an author may choose about the figure of one course."""
    case = "cases/published/kotecha-2022-case-{}.yaml"
    for name, shows, words in (
        (
            "graph-with-plan",
            "What Interfant-06 plans, in grey beside what was given.",
            (case.format(1), "--kind", "graph", "--plan", "interfant-06"),
        ),
        (
            "timeline-with-plan",
            "Planned blocks as ghosts in a timeline.",
            (case.format(1), "--kind", "timeline", "--plan", "interfant-06"),
        ),
        (
            "graph-80-mm",
            "A graph for one column, 80 mm.",
            (case.format(3), "--kind", "graph", "--width", "80"),
        ),
        (
            "timeline-115-mm",
            "A timeline of 115 mm with text of 8 pt.",
            (case.format(3), "--kind", "timeline", "--width", "115", "--text", "8"),
        ),
        (
            "graph-findings",
            "What a check found, marked where it is.",
            (case.format(2), "--kind", "graph", "--mark-findings"),
        ),
        (
            "timeline-from-hsct",
            "Days counted from HSCT, with ages in a second row; invented.",
            ("cases/awkward/two-transplants.yaml", "--kind", "timeline", "--origin", "hsct", "--ages"),
        ),
    ):  # fmt: skip
        yield Picture("Choices of an author", name, shows, ("draw", *words))


def cohort() -> Iterator[Picture]:
    """The figures of a cohort."""
    kmt2a = ("--group-by", "kmt2a")
    for name, shows, words in (
        ("swimmer", "Forty invented infants as lanes, in panels by KMT2A status.", ("swimmer", *kmt2a)),
        (
            "swimmer-hsct",
            "Those of them with HSCT, counted from its day, on 115 mm.",
            ("swimmer", "--align", "hsct", "--width", "115"),
        ),
        (
            "flow",
            "From state to state; all counts are told.",
            ("flow", "--smallest", "1", "--merge-below", "3"),
        ),
        ("flow-withheld", "The same, with small counts withheld.", ("flow", "--columns", "4")),
        (
            "flow-blocks",
            "From block to block of first-line treatment.",
            ("flow", "--by", "blocks", "--smallest", "1", "--merge-below", "3"),
        ),
        (
            "mrd-panel",
            "MRD at the time points of Interfant-06.",
            ("mrd-panel", "--protocol", "interfant-06", *kmt2a),
        ),
        ("overview", "What a check finds, by rule and site.", ("overview",)),
        (
            "curve",
            "Event-free survival by KMT2A status.",
            ("curve", "--endpoint", "efs", *kmt2a, "--until", "96"),
        ),
    ):  # fmt: skip
        yield Picture("A cohort", f"cohort-{name}", shows, (words[0], EXPORT, *words[1:]))


def index() -> str:
    """The page that shows them all."""
    lines = [MADE, "", "# Gallery", ""]
    lines.append(
        "Every picture of these pages, each with the command that draws it in a checkout. `make gallery` draws them "
        "all. The patients are those of the [published scenarios](../case-file.md) or invented."
    )
    for part, members in groupby(pictures(), key=lambda one: one.part):
        lines += ["", f"## {part}"]
        for one in members:
            lines += ["", one.shows, "", f"`{one.command}`", "", f"![{one.shows}]({one.file})"]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Draw everything."""
    GALLERY.mkdir(exist_ok=True)
    made = {one.file: one.draw() for one in pictures()} | {"index.md": index()}
    for path in GALLERY.iterdir():
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (GALLERY / name).write_text(text, encoding="utf-8")
    print(f"{len(made) - 1} pictures drawn")
    return 0


if __name__ == "__main__":
    sys.exit(main())
