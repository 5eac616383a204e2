"""What Windows does otherwise: files held open, names, and calls that only POSIX has."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

import infant_course
from infant_course.privacy.key import make_key, read_key

PACKAGE = Path(infant_course.__file__).parent
POSIX_MODULES = {"fcntl", "pwd", "grp", "resource", "termios", "tty", "pty", "posix", "syslog", "crypt"}
POSIX_CALLS = {
    "os.fork",
    "os.kill",
    "os.killpg",
    "os.getuid",
    "os.geteuid",
    "os.chown",
    "os.mkfifo",
    "os.setsid",
    "os.uname",
    "os.getpgid",
    "os.wait",
    "os.O_NOFOLLOW",
    "os.O_DIRECTORY",
    "os.statvfs",
    "signal.SIGKILL",
    "signal.SIGHUP",
    "signal.alarm",
    "os.fchmod",
    "os.sched_getaffinity",
}


def test_nothing_in_the_package_needs_posix():
    """Neither a module nor a call that Windows lacks, nor a shell, nor make."""
    used = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                used |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                used.add(str(node.module))
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                used.add(f"{node.value.id}.{node.attr}")
            elif isinstance(node, ast.keyword) and node.arg == "shell":
                used.add("shell=")
    assert used & (POSIX_MODULES | POSIX_CALLS | {"shell=", "os.system", "os.popen"}) == set()
    assert {"os.replace", "subprocess"} <= used


OTHERS = {"os.open", "Image.open", "self.read_text"}
"""Calls of such a name that open no text file: a descriptor, a picture, and a reader of our own."""


def careless(source: str) -> list[str]:
    """Calls that open a text file without its encoding, which Windows would take for cp1252."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, (ast.Attribute, ast.Name)):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
        if name not in ("read_text", "write_text", "open", "fdopen") or ast.unparse(node.func) in OTHERS:
            continue
        modes = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        binary = name in ("open", "fdopen") and any("b" in mode and len(mode) < 4 for mode in modes)
        if not binary and "encoding" not in {keyword.arg for keyword in node.keywords}:
            found.append(ast.unparse(node))
    return found


def test_every_text_file_is_opened_with_its_encoding():
    calls = {path.name: careless(path.read_text(encoding="utf-8")) for path in PACKAGE.rglob("*.py")}
    assert {name: found for name, found in calls.items() if found} == {}


def test_a_text_file_without_its_encoding_would_be_noticed():
    wrong = ["open('a')", "path.open('w')", "os.fdopen(handle)", "path.read_text()", "path.write_text('b')"]
    right = ["open('a', 'rb')", "path.open(encoding='utf-8')", "os.open('a', 1)", "Image.open(stream)"]
    assert careless("\n".join(wrong + right)) == wrong


def test_a_figure_that_is_open_elsewhere_is_one_line_and_nothing_is_lost(run, case, tmp_path, monkeypatch):
    """The old figure and the words beside it stay as they were: they belong together, and are written all or none."""
    old, words = tmp_path / "a.svg", tmp_path / "a.alt.txt"
    for path in (old, words):
        path.write_text("old", encoding="utf-8")
    replace = os.replace

    def held(source: object, target: object) -> None:
        if Path(str(target)) == old:
            raise PermissionError(13, "The process cannot access the file", str(old))
        replace(str(source), str(target))

    drawn = case()
    there = sorted(tmp_path.rglob("*"))
    monkeypatch.setattr(os, "replace", held)
    said = run("draw", drawn, "-o", old, "--kind", "graph")
    assert said.code == 2
    assert said.out == ""
    assert said.err.count("\n") == 1
    assert f"{old}: it is open in another program" in said.err
    assert "none of the files that belong together was written" in said.err
    assert [path.read_text(encoding="utf-8") for path in (old, words)] == ["old", "old"]
    assert sorted(tmp_path.rglob("*")) == there


@pytest.mark.skipif(os.name != "posix", reason="what is simulated here is a system that does not tell who may read")
def test_where_the_system_does_not_tell_who_may_read_a_key_is_taken(tmp_path, monkeypatch):
    path = make_key(tmp_path / "k.key")
    path.chmod(0o644)
    monkeypatch.setattr("infant_course.privacy.key.os", type("nt", (), {**vars(os), "name": "nt"}))
    assert len(read_key(path).secret) == 32


def test_the_command_runs_as_a_module_for_shells_that_do_not_find_it():
    """``py -m infant_course``, where the scripts of Python are not on the path."""
    words = [sys.executable, "-m", "infant_course", "--version"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0
    assert "infant-course" in done.stdout
