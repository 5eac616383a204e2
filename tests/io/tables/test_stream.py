"""An export judged in parts gives the report of the whole."""

import io
import os
import re
from pathlib import Path

import pytest
from benchmarks.synthetic import synthetic

from infant_course.cli import main, progress
from infant_course.cohort import Cohort
from infant_course.intake import Intake
from infant_course.io.tables.own import read
from infant_course.io.tables.stream import Stream
from infant_course.io.tables.write import write
from infant_course.report.check import Report, check
from infant_course.report.parts import check_in_parts
from infant_course.rules import RULES, Settings

PATIENTS = 120


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small export with some damage: cells, rows and columns that cannot be read, and a row without a patient."""
    folder = tmp_path_factory.mktemp("export") / "own"
    write(synthetic(PATIENTS), folder)
    relapses = (folder / "relapse.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    name = relapses[0].split(",").index("start")
    for line in range(3, len(relapses), 4):
        cells = relapses[line].split(",")
        cells[name] = "31/12/2020"
        relapses[line] = ",".join(cells)
    relapses.append("," * (relapses[0].count(",") - 1) + "x,\n")
    relapses.append("too,few\n")
    (folder / "relapse.csv").write_text("".join(relapses), encoding="utf-8")
    (folder / "unknown.csv").write_text("patient,x\np,1\n")
    return folder


def in_parts(export: Path, **options: object) -> tuple[Report, Stream]:
    stream = Stream(export, share=40_000, chunk=5_000, **options)  # type: ignore[arg-type]
    return check_in_parts(stream, rules=RULES.values(), settings=Settings()), stream


def in_order(intake: Intake | None) -> tuple[object, ...]:
    assert intake is not None
    cells = sorted(intake.cells, key=lambda cell: (cell.file, cell.column or "", cell.value or "", str(cell.problem)))
    return sorted(intake.rows, key=lambda count: count.file), cells, sorted(intake.assumptions)


def test_the_report_is_that_of_the_whole(export: Path) -> None:
    whole = check(read(export))
    report, stream = in_parts(export)
    assert stream.shares > 3
    assert report.table.equals(whole.table)
    assert report.rules == whole.rules
    assert (report.patients, report.events) == (whole.patients, whole.events)
    rows, cells, assumptions = in_order(report.intake)
    expected_rows, expected_cells, expected_assumptions = in_order(whole.intake)
    assert rows == expected_rows
    assert assumptions == expected_assumptions
    assert [(c.file, c.column, c.value, c.rows) for c in cells] == [  # type: ignore[attr-defined]
        (c.file, c.column, c.value, c.rows)
        for c in expected_cells  # type: ignore[attr-defined]
    ]


def test_no_patient_is_split(export: Path) -> None:
    seen: set[str] = set()
    for cohort in Stream(export, share=40_000, chunk=5_000):
        mine = set(cohort.patients["patient"])
        assert not mine & seen
        seen |= mine
    assert len(seen) == read(export).patients.height


def test_a_long_table_is_read_in_parts_and_its_types_are_complete_in_all(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    rows = [f"p{n},diagnosis,2020-01-{1 + n % 28:02}" for n in range(60)] + ["p7,death,2021-01-01"]
    path.write_text("patient,event,start\n" + "\n".join(rows) + "\n")
    cohorts: list[Cohort] = list(Stream(path, share=200, chunk=100))
    assert len(cohorts) > 3
    assert all(set(cohort.complete) == {"diagnosis", "death"} for cohort in cohorts)


def test_undecided_verdicts_may_be_counted_only(export: Path) -> None:
    stream = Stream(export, share=40_000)
    brief = check_in_parts(stream, rules=RULES.values(), settings=Settings(), undecided=False)
    whole = check(read(export))
    assert brief.counted("undecided") == 0 < whole.counted("undecided")
    assert brief.rules == whole.rules
    assert brief.counted("failed") == whole.counted("failed")


def test_the_parts_are_gone_afterwards(export: Path, tmp_path: Path) -> None:
    stream = Stream(export, scratch=tmp_path)
    parts = iter(stream)
    next(parts)
    (folder,) = tmp_path.iterdir()
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0
    parts.close()  # type: ignore[attr-defined]
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_the_same_in_parts(export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, extra in (("whole", []), ("parts", ["--in-parts", "--scratch", str(tmp_path)])):
        code = main(["check", str(export), "--format", "csv", "-o", str(tmp_path / name), *extra])
        assert code == 1
    assert (tmp_path / "whole").read_text() == (tmp_path / "parts").read_text()
    assert capsys.readouterr().err == ""  # a pipe is told nothing


def test_other_forms_are_not_read_in_parts(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(export), "--from", "redcap", "--in-parts"]) == 2
    assert "only the own form" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_a_bar_and_a_log_gets_lines(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr", Terminal())
    with progress.watching(Stream(export)) as watch:
        watch()
        assert type(watch).__name__ == "Bar"
    with (tmp_path / "log").open("w") as log:
        monkeypatch.setattr("sys.stderr", log)
        stream = Stream(export)
        with progress.watching(stream) as watch:
            for _ in stream:
                watch()
    text = (tmp_path / "log").read_text()
    assert re.fullmatch(r"[\d,]+ rows, 120 patients, part 1 of 1, [\d,]+ rows/s\n", text), text
