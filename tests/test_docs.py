"""Every snippet of README.md and docs/ runs, links lead somewhere, and the generated pages are current.

A page's ``python`` blocks run one after the other in one namespace. ``sh`` blocks run in bash and must end with 0.
In ``console`` blocks the lines after a command are what it prints (``...`` stands for anything). A ``yaml`` block
that is a whole case file must load; where its first line is a comment with a file name, it is put there for the
blocks below. The two lines of the README that install the package are run by ``.ci/run``.
"""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import infant_course
from forked import command

ROOT = Path(__file__).resolve().parents[1]
GENERATED = ROOT / "docs" / "rules"
PAGES = [ROOT / "README.md", *sorted(p for p in (ROOT / "docs").rglob("*.md") if GENERATED not in p.parents)]
INSTALLS = "python3 -m venv "
WRONG = "wrong.yaml"
"""The one case file of the pages that shows what errors look like; it is only put on the desk."""


class Block(NamedTuple):
    """A fenced block of a page."""

    language: str
    text: str
    line: int


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    for found in re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE):
        yield Block(found[1], found[2], text.count("\n", 0, found.start(2)) + 1)


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with the command."""
    folder = tmp_path_factory.mktemp("tools")
    with command(folder):
        yield folder


@pytest.fixture
def desk(tools: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with the cases beside it, and the command on the path."""
    source = Path(infant_course.__file__).parents[1]
    monkeypatch.setenv("PATH", os.pathsep.join([str(tools), str(Path(sys.executable).parent), os.environ["PATH"]]))
    monkeypatch.setenv("PYTHONPATH", str(source))
    here = tmp_path / "desk"
    here.mkdir()
    (here / "cases").symlink_to(ROOT / "cases")
    monkeypatch.chdir(here)
    return here


def bash(text: str, *flags: str) -> str:
    """What bash prints for a script. Fails where the script does."""
    done = subprocess.run(
        ["bash", *flags, "-uo", "pipefail", "-c", text],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, f"{text}\nended with {done.returncode}:\n{done.stdout[-1500:]}"
    return done.stdout


def run_console(text: str) -> None:
    """Run each command of a session and compare what it prints."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        typed, _, expected = part.partition("\n")
        printed = bash(typed)
        options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        if expected.strip():
            assert doctest.OutputChecker().check_output(expected, printed, options), f"{typed}\nprinted:\n{printed}"


def run_python(text: str, names: dict[str, object]) -> None:
    """Run a block: as a session where it has prompts, else as a script."""
    if ">>> " not in text:
        exec(compile(text, "snippet", "exec"), names)
        return
    session = doctest.DocTestParser().get_doctest(text, names, "snippet", None, 0)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    told: list[str] = []
    runner.run(session, out=told.append, clear_globs=False)
    names.update(session.globs)
    assert not told, "".join(told)


def keep_yaml(text: str, desk: Path) -> None:
    """Put a case file on the desk under the name in its first line, and load it."""
    if not re.search(r"^infant_course: 1$", text, re.MULTILINE):
        return
    named = re.match(r"# (\S+\.yaml)\n", text)
    case = desk / (named[1] if named else "snippet.yaml")
    case.parent.mkdir(parents=True, exist_ok=True)
    case.write_text(text, encoding="utf-8")
    if not named or named[1] != WRONG:
        infant_course.load(case)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_snippet_runs(page: Path, desk: Path, capsys: pytest.CaptureFixture[str]):
    names: dict[str, object] = {"__name__": "snippet"}
    for block in blocks(page):
        if block.text.startswith(INSTALLS):
            continue
        try:
            if block.language == "python":
                run_python(block.text, names)
            elif block.language == "sh":
                bash(block.text, "-e")
            elif block.language == "console":
                run_console(block.text)
            elif block.language == "yaml":
                keep_yaml(block.text, desk)
        except Exception as error:
            error.add_note(f"in {page.name}, line {block.line}")
            raise


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file(page: Path):
    links = re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8"))
    local = [link for link in links if not re.match(r"https?:", link)]
    assert [link for link in local if not (page.parent / link).exists()] == []


def test_the_readme_has_its_two_lines():
    lines = [b.text.strip() for b in blocks(ROOT / "README.md") if b.text.startswith(INSTALLS)]
    assert len(lines) == 2
    assert all("\n" not in line for line in lines)
    assert "infant-course demo" in lines[0]
    assert "pytest" in lines[1]


def test_generated_pages_are_current():
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "gen_docs.py"), "--check"],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(infant_course.__file__).parents[1])},
    )
    assert done.returncode == 0, done.stderr


def test_a_call_is_a_process_of_its_own(desk: Path):
    """What was said, where, and how it ended are of this call: as though the command had been started anew."""
    assert bash("infant-course --version; infant-course nothing 2> said || echo $?").endswith("\n2\n")
    assert "invalid choice" in (desk / "said").read_text()
    assert bash("mkdir -p a && cd a && infant-course new b.yaml > /dev/null; ls") == "b.yaml\n"
    assert "%" in bash("infant-course explain REM-06 | tee said; test -s said; echo %")


def test_a_snippet_that_prints_something_else_is_noticed(desk: Path):
    with pytest.raises(AssertionError):
        run_console("$ echo one\ntwo\n")
    with pytest.raises(AssertionError):
        run_python(">>> 1 + 1\n3\n", {})
    with pytest.raises(AssertionError):
        bash("exit 3")
