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
            elif isinstance(node, ast.Attribute):
                used.add(ast.unparse(node))
            elif isinstance(node, ast.keyword) and node.arg == "shell":
                used.add("shell=")
    assert used & (POSIX_MODULES | POSIX_CALLS | {"shell=", "os.system", "os.popen"}) == set()
    assert {"os.replace", "subprocess"} <= used


def test_every_text_file_is_opened_with_its_encoding():
    """Windows would take cp1252."""
    careless = []
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name)):
                name = ast.unparse(node.func).rpartition(".")[2]
                given = {keyword.arg for keyword in node.keywords}
                modes = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
                binary = any("b" in mode and len(mode) < 4 for mode in modes)
                text = name in ("read_text", "write_text") or (name in ("open", "fdopen") and not binary)
                if text and "encoding" not in given and ast.unparse(node.func) not in ("os.open", "self.read_text"):
                    careless.append((path.name, node.lineno, ast.unparse(node)[:80]))
    assert [one for one in careless if "read_text(" not in one[2] or ".read_text()" in one[2]] == []


def test_a_figure_that_is_open_elsewhere_is_one_line_and_nothing_is_lost(run, case, tmp_path, monkeypatch):
    old = tmp_path / "a.svg"
    old.write_text("old", encoding="utf-8")

    def held(*_: object) -> None:
        raise PermissionError(13, "The process cannot access the file", str(old))

    monkeypatch.setattr(os, "replace", held)
    said = run("draw", case(), "-o", old, "--kind", "graph")
    assert said.code == 2
    assert said.err.count("\n") == 1
    assert "open in another program" in said.err
    assert old.read_text(encoding="utf-8") == "old"
    assert (tmp_path / "a.new.svg").read_text(encoding="utf-8").startswith("<")


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
