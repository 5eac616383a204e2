"""What is loaded when, and that the package is installed as it says. The layers are held by import-linter."""

import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = {"polars", "networkx", "numpy", "pendulum", "ruamel", "cattrs", "graphviz", "pygraphviz", "vl_convert"}

LOADED = "\nimport sys; print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"


def packages_loaded_by(code: str) -> set[str]:
    """Top-level names of all modules in a new interpreter once it has run the code, less what it starts with."""

    def run(source: str) -> set[str]:
        done = subprocess.run([sys.executable, "-c", source + LOADED], capture_output=True, text=True, check=True)
        return set(done.stdout.rpartition("LOADED")[2].split())

    return run(code) - run("")


def test_a_bare_import_loads_attrs_and_the_standard_library_only():
    loaded = packages_loaded_by("import infant_course")
    assert loaded - sys.stdlib_module_names == {"infant_course", "attr", "attrs"}


@pytest.mark.parametrize("words", [["--help"], ["check", "--help"], ["--version"]], ids=" ".join)
def test_help_loads_nothing_heavy(words: list[str]):
    loaded = packages_loaded_by(f"from infant_course.cli import main; assert main({words!r}) == 0")
    assert loaded & HEAVY == set()
    assert "infant_course" in loaded


def test_help_loads_no_drawing_code():
    code = "import sys; from infant_course.cli import main; main(['--help'])"
    shown = "; print('DRAWING', [n for n in sys.modules if n.startswith('infant_course.render')])"
    done = subprocess.run([sys.executable, "-c", code + shown], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("DRAWING []\n")


@pytest.mark.parametrize("package", ["networkx", "polars"])
def test_the_measure_would_notice_a_heavy_import(package: str):
    assert package in packages_loaded_by(f"import infant_course, {package}")


def test_digits_that_are_read_are_those_of_ascii():
    r"""``\d`` finds digits of every script, which Polars cannot read as a number and Python would read in silence."""
    package = ROOT / "src" / "infant_course"
    modules = [package / "when.py", *package.glob("io/**/*.py"), *package.glob("ledger/*.py")]
    assert len(modules) > 40
    assert [path.name for path in modules if re.search(r"\\[dD]", path.read_text(encoding="utf-8"))] == []


def test_the_command_is_where_the_project_says():
    module, _, name = PROJECT["project"]["scripts"]["infant-course"].partition(":")
    assert callable(getattr(import_module(module), name))


def test_every_dependency_has_a_lower_bound():
    optional = PROJECT["project"]["optional-dependencies"].values()
    wanted = [*PROJECT["project"]["dependencies"], *(name for group in optional for name in group)]
    assert [name for name in wanted if ">=" not in name and not name.startswith("infant-course[")] == []
