"""The command as a whole: what it loads, how it ends, how it says that it was used wrongly."""

import subprocess
import sys
from pathlib import Path

import pytest

from infant_course import __version__
from infant_course.cli import VERBS, main, parser, verbs


def test_help_names_every_verb(run):
    """With a line on each. What it loads is measured in ``test_architecture.py``."""
    said = run("--help")
    assert said.code == 0
    for verb in ("demo", "check", "draw", "explain", "rules", "resolve", "schema", "new"):
        assert f"  {verb} " in said.out


def test_version(run):
    """The version of the package, exit 0."""
    said = run("--version")
    assert (said.code, said.out.strip()) == (0, f"infant-course {__version__}")


@pytest.mark.parametrize(
    "words",
    [(), ("chek",), ("check",), ("check", "a.yaml", "--fail-on", "fatal"), ("draw", "a.yaml"), ("new",)],
    ids=" ".join,
)
def test_wrong_use_ends_with_2_and_one_message(run, words):
    """The message names the command and where to look."""
    said = run(*words)
    assert said.code == 2
    assert said.out == ""
    assert said.err.startswith("infant-course") and said.err.count("\n") == 1
    assert "--help" in said.err


def test_an_unforeseen_error_shows_its_place_and_no_value(run, monkeypatch):
    """Its own text could hold patient values."""

    def fail(_: str, **__: object) -> str:
        raise KeyError("Jane Doe")

    monkeypatch.setattr("infant_course.rules.explain", fail)
    said = run("explain", "REM-06")
    assert said.code == 3
    assert "KeyError" in said.err
    assert "Jane" not in said.err


def test_a_reader_that_goes_away_is_no_error():
    """As in ``infant-course rules | head -1``."""
    code = "import sys; from infant_course.cli import main; sys.exit(main(['rules', '--format', 'json']))"
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as done:
        done.stdout.close()
        assert done.stderr.read() == b""
        assert done.wait() == 0


def test_a_terminal_without_the_letters_still_gets_the_text():
    """Output in ASCII puts a likeness for a sign it lacks, and "?" where there is none."""
    code = "from infant_course.cli.output import say; say('3 µg 語')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, env={"PYTHONIOENCODING": "ascii", **_path()}
    )
    assert done.stdout == b"3 ug ?\n"


def _path() -> dict[str, str]:
    return {"PYTHONPATH": ":".join(sys.path)}


def test_main_takes_its_words_from_the_command_line(monkeypatch, capsys):
    """As the installed command calls it."""
    monkeypatch.setattr(sys, "argv", ["infant-course", "--version"])
    monkeypatch.setattr("gc.freeze", lambda: None)  # this process goes on
    assert main() == 0
    assert __version__ in capsys.readouterr().out


def test_each_verb_is_made_by_the_module_it_is_listed_with():
    """The command imports the module of the verb asked for and no other."""
    modules = {path.stem for path in Path(verbs.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(VERBS) == modules
    for module, names in VERBS.items():
        for name in names:
            (added,) = [action.choices for action in parser(name)._actions if action.choices]
            assert tuple(added) == names, module


def test_no_other_verb_is_imported():
    code = (
        "import sys; from infant_course.cli import main; main(['key', '--help']); "
        "print([name for name in sys.modules if name.startswith('infant_course.cli.verbs.')])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == "['infant_course.cli.verbs.key']"


@pytest.mark.parametrize(("call", "frozen"), [("main()", True), ("main(['--version'])", False)])
def test_only_a_process_of_its_own_ends_without_looking_for_rubbish(call, frozen):
    """Called from Python, the command leaves the collector as it was."""
    code = (
        "import gc, sys; from infant_course.cli import main; usual = gc.get_threshold(); "
        f"sys.argv = ['infant-course', '--version']; {call}; "
        "print(gc.get_freeze_count() > 0, gc.get_threshold() == usual)"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told.splitlines()[-1] == f"{frozen} True"
