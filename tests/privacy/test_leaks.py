"""No value and no id of a patient in logs, tracebacks and messages about faults of the package itself."""

import ast
import importlib
import pkgutil
import random
import shutil
from pathlib import Path

import attrs
import polars as pl
import pytest

import infant_course
from depth import depth
from infant_course import Cohort, InfantCourseError, InputError, check, dump, load
from infant_course.intake import CellFinding, CellProblem, Intake
from infant_course.io.tables.raw import read_raw
from infant_course.io.tables.write import write
from infant_course.privacy.key import make_key
from infant_course.report.check import Report
from infant_course.rules import RULES, judge
from privacy import canaries

PACKAGE = Path(infant_course.__file__).parent


def records():
    """What programs hold of a patient, by name."""
    course = canaries.course()
    cohort = Cohort.from_courses([course])
    report = check(cohort)
    cell = CellFinding(
        file="a.csv",
        problem=CellProblem.UNREAD,
        expected="a date",
        value="CANARY",
        patients=("CANARY",),
        hint="CANARY 1987",
    )
    yield from ((f"event {event.TYPE}", event) for event in course)
    yield from (("patient", course.patient), ("course", course), ("resolved", course.resolved), ("cohort", cohort))
    yield from (("problem", problem) for problem in course.problems)
    yield from (("statement", statement) for problem in course.problems for statement in problem.statements)
    yield from (("report", report), ("judgement", judge(cohort, list(RULES.values()))), ("cell", cell))
    yield from (("finding", finding) for finding in report.findings)
    yield ("intake", Intake(source="csv", cells=(cell,), assumed=("CANARY",), labels={("a", "b"): "CANARY"}))


def test_no_record_shows_a_value_where_programs_log_it():
    """``repr`` is what crash reporters and debuggers write down."""
    shown = {name: canaries.found(repr(record)) for name, record in records()}
    assert len(shown) > 40
    assert {name: words for name, words in shown.items() if words} == {}


def test_a_person_can_still_look_at_an_event():
    """``str`` and ``print`` show all of it."""
    event = canaries.event("mrd", 1)
    assert "CANARY-mrd-marker" in str(event)
    assert "1987-06-02" in str(event)
    assert repr(event) == "MrdAssessment()"


def test_what_cannot_be_read_is_told_to_the_person_and_not_to_a_log(tmp_path):
    path = tmp_path / "a.yaml"
    text = "infant_course: 1\npatient: {id: p}\nevents: [{event: death, id: d, when: CANARY}]\n"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load(path)
    assert "CANARY" in str(caught.value)
    assert "CANARY" not in repr(caught.value)
    assert caught.value.faults[0].place() == "line 3, column 38"


BREAKS = [
    ("infant_course.report.check.judge", ["check"]),
    ("infant_course.cohort.Cohort.from_courses", ["check"]),
    ("infant_course.io.case_file.read", ["check", "resolve", "draw", "risk", "deidentify"]),
    ("infant_course.io.case_writer.explicit", ["resolve"]),
    ("infant_course.render.figure.drawn", ["draw"]),
    ("infant_course.privacy.times.Rewriter.rewrite", ["deidentify"]),
    ("infant_course.report.terminal.as_text", ["check"]),
]
ERRORS = [
    ValueError("CANARY 1987-06-05"),
    KeyError("CANARY"),
    pl.exceptions.ComputeError("could not parse `CANARY 987654` in column CANARY"),
    pl.exceptions.SchemaError("CANARY"),
    RecursionError("CANARY"),
    UnicodeDecodeError("utf-8", b"CANARY", 0, 1, "CANARY"),
]


@pytest.mark.parametrize(
    ("place", "verb", "error"),
    [
        *((place, verb, ERRORS[0]) for place, verbs in BREAKS for verb in verbs),
        *((BREAKS[0][0], "check", error) for error in ERRORS[1:]),
    ],
    ids=lambda what: what if isinstance(what, str) else type(what).__name__,
)
def test_a_fault_of_the_package_tells_its_place_alone(run, tmp_path, monkeypatch, place, verb, error):
    """Whatever the error's text holds: errors of Polars hold values of cells."""
    path = tmp_path / "case.yaml"
    dump(canaries.course("CANARY-patient", ("diagnosis", "relapse", "mrd")), path)
    words = {"draw": ["-o", tmp_path / "a.svg"], "deidentify": ["-o", tmp_path / "out", "--key", tmp_path / "k.key"]}
    make_key(tmp_path / "k.key")

    def broken(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(place, broken)
    said = run(verb, path, *words.get(verb, []))
    assert said.code == 3
    assert canaries.found(said.err + said.out) == []
    assert type(error).__name__ in said.err
    assert "infant_course." in said.err
    assert said.err.splitlines()[-1].endswith("This is a fault of infant-course, not of your file.")


def test_a_rule_that_breaks_down_tells_its_place_alone(run, tmp_path, monkeypatch):
    path, own = tmp_path / "case.yaml", tmp_path / "own.py"
    dump(canaries.course("CANARY-patient", ("diagnosis", "death")), path)
    own.write_text(
        "import polars as pl\n"
        "from infant_course import Death\n"
        "from infant_course.rules import rule\n"
        "from infant_course.sources import Logic\n"
        "from infant_course.vocabulary import Kahn, Severity\n"
        "def bad(value):\n    raise ValueError(value)\n"
        '@rule("OWN-01", about=Death, severity=Severity.ERROR, category=Kahn.PLAUSIBILITY, source=Logic("x"))\n'
        "def broken(death):\n"
        '    """X.\n\n    Why it matters: x.\n    Usual cause: x.\n    Repair: x.\n    """\n'
        '    return death["event"].map_elements(bad, return_dtype=pl.Boolean)\n',
        encoding="utf-8",
    )
    said = run("check", path, "--rules", own, "--select", "OWN-01")
    assert said.code == 3, said.out + said.err
    assert "OWN-01 could not be run" in said.out
    assert canaries.found(said.out.replace("OWN-01", "") + said.err) == []


@pytest.fixture(scope="module")
def sound(tmp_path_factory):
    """A case file and the export of it."""
    folder = tmp_path_factory.mktemp("sound")
    dump(canaries.course("CANARY-patient"), folder / "case.yaml")
    write(Cohort.from_courses([load(folder / "case.yaml")]), folder / "export")
    return folder


@pytest.mark.parametrize("seed", range(depth(20, 8)))
def test_damaged_input_is_no_fault_of_the_package(run, tmp_path, sound, seed):
    """Bytes changed, cut out and doubled, in a case file and in an export: findings or unreadable, never more."""
    chance = random.Random(seed)
    shutil.copytree(sound, tmp_path, dirs_exist_ok=True)
    tables = sorted((tmp_path / "export").iterdir())
    for path in chance.sample(tables, len(tables) - 12):
        path.unlink()
    damaged = [tmp_path / "case.yaml"] if seed % 2 else chance.choices(sorted((tmp_path / "export").iterdir()), k=5)
    for path in damaged:
        raw = bytearray(path.read_bytes())
        for _ in range(chance.randint(1, 4)):
            at = chance.randrange(len(raw))
            again = bytes(raw[at : at + 40]) * 2
            what = chance.choice([b"", b"\x00", b'"', b",", b"\n", b"\xff", b"999999999999", again])
            raw[at : at + chance.randint(0, 3)] = what
        path.write_bytes(bytes(raw))
    said = run("check", tmp_path / ("case.yaml" if seed % 2 else "export"), "--select", "REC", "--fail-on", "never")
    assert said.code in (0, 2), said.err
    assert "fault of infant-course" not in said.err


TOLD_TO_PEOPLE = {"ArgumentTypeError", "InfantCourseError"}
for module in pkgutil.walk_packages(infant_course.__path__, "infant_course."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
families = [InfantCourseError]
for family in families:
    families += family.__subclasses__()
    TOLD_TO_PEOPLE.add(family.__name__)
"""Errors whose text the command prints for the person who owns the input."""

VALUES_ARE_THE_CALLERS = {
    "when": "the text that was to be read; readers of files tell it as a fault",
    "io/values": "as above",
    "io/tables/times": "as above",
    "io/yaml_nodes": "as above; a depth, and the place in the text",
    "io/tables/cells": "as above",
    "io/tables/typed": "as above",
}


def test_errors_that_end_as_tracebacks_are_not_made_of_values():
    """Where the text of an error is made of something, that something is looked at here, by hand."""
    looked_at = {
        ("__init__", 'f"module {__name__!r} has no attribute {name!r}"'),
        ("course", "f\"complete: unknown event types {', '.join(unknown)}\""),
        ("course", "f'event ids must be unique within a course, {len(ids) - len(set(ids))} of them used again'"),
        ("rules/subject", "f'{self.trace.about} has no field {name!r}'"),
        ("rules/subject", "f'{kind.TYPE} has no field {name!r}'"),
        ("rules/subject", "f'{one.others.type} has no field {name!r}'"),
        ("rules/subject", "f'no point {name!r} of an event: known are start, end'"),
        (
            "rules/subject",
            "f\"no event type {found.type!r}: {did_you_mean(found.type, EVENT_TYPES) or 'see EVENT_TYPES'}\"",
        ),
        ("rules/rule", "f\"a rule's docstring needs {', '.join(missing)}\""),
        ("rules/rule", "f\"{rule_id}: no such subject: {', '.join(sorted(unknown))}\""),
        ("rules/record", "f'REC-09 is not about {event.trace.about}'"),
        ("knowledge/definitions", "f'{self.id}: {measure}'"),
        ("knowledge/risk", "f'risk.yaml: no criterion {word!r}'"),
        *(("files", text) for text in ("number", "why", "str(path)")),  # what the system says of a file to be written
        *(("io/tables/write", text) for text in ("errno.EIO", "NO_ROOM", "str(path)")),
        *(("cli/output", text) for text in ("error.errno", "error.strerror")),
        ("report/workbook", "f'{report.table.height:,} findings: a sheet holds {MOST_ROWS - 1:,}; use --format csv'"),
    }
    made = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        module = str(path.relative_to(PACKAGE).with_suffix("").as_posix())
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)):
                continue
            name = ast.unparse(node.exc.func).rpartition(".")[2]
            texts = [arg for arg in node.exc.args if not isinstance(arg, ast.Constant)]
            if name.endswith("Error") and name not in TOLD_TO_PEOPLE and module not in VALUES_ARE_THE_CALLERS:
                made |= {(module, ast.unparse(text)) for text in texts}
    assert made - {(a, ast.unparse(ast.parse(b).body[0].value)) for a, b in looked_at} == set()


def test_the_package_neither_logs_nor_warns_nor_prints():
    calls = {"print", "warn", "exception", "getLogger", "print_exc", "format_exc", "breakpoint"}
    found = {
        (path.name, ast.unparse(node.func))
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in calls
    }
    assert found == set()


def test_errors_that_polars_raises_over_a_file_are_told_without_its_values(tmp_path):
    """A Parquet file that is cut off."""
    path = tmp_path / "a.parquet"
    pl.DataFrame({"patient": ["CANARY"] * 1000}).write_parquet(path)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(InputError) as caught:
        read_raw(path)
    assert "CANARY" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_every_field_of_a_report_that_may_hold_a_value_is_hidden():
    hidden = {a.name for a in attrs.fields(Report) if not a.repr}
    assert "table" in hidden
