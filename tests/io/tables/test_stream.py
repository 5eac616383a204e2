"""An export judged in parts gives the report of the whole."""

import gc
import gzip
import io
import os
import re
import time
from pathlib import Path

import polars as pl
import pytest
import zstandard
from benchmarks.synthetic import synthetic

from depth import only_thorough
from infant_course import read
from infant_course.cli import main, progress
from infant_course.cohort import Cohort
from infant_course.errors import UsageError
from infant_course.intake import Intake
from infant_course.io.tables.own import OwnReader
from infant_course.io.tables.stream import READING, Stream
from infant_course.io.tables.write import write
from infant_course.report.check import Report, check
from infant_course.report.parts import check_in_parts
from infant_course.report.terminal import FEW, as_text
from infant_course.rules import RULES, Settings

PATIENTS = 40
TABLES = {
    "patient",
    "diagnosis",
    "treatment_block",
    "mrd",
    "remission",
    "relapse",
    "transplant",
    "death",
    "last_contact",
}
"""Of the many types of a synthetic export these will do here."""


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small export with some damage: cells, rows and columns that cannot be read, and a row without a patient."""
    return damaged(tmp_path_factory, PATIENTS)


@pytest.fixture(scope="module")
def larger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One with so many patients that some have errors."""
    return damaged(tmp_path_factory, 120)


def damaged(tmp_path_factory: pytest.TempPathFactory, patients: int) -> Path:
    folder = tmp_path_factory.mktemp("export") / "own"
    write(synthetic(patients), folder)
    for path in folder.iterdir():
        if path.stem not in TABLES:
            path.unlink()
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


def in_parts(export: Path) -> tuple[Report, Stream]:
    stream = Stream(OwnReader(), export, share=40_000, chunk=20_000)
    return check_in_parts(stream, rules=RULES.values(), settings=Settings()), stream


def in_order(intake: Intake | None) -> tuple[object, ...]:
    assert intake is not None
    cells = sorted(intake.cells, key=lambda cell: (cell.file, cell.column or "", cell.value or "", str(cell.problem)))
    return sorted(intake.rows, key=lambda count: count.file), cells, sorted(intake.assumptions)


def test_the_report_is_that_of_the_whole(export: Path) -> None:
    whole = check(read(export))
    report, stream = in_parts(export)
    assert stream.shares > 2
    assert report.table.equals(whole.table)
    assert report.rules == whole.rules
    assert (report.patients, report.events) == (whole.patients, whole.events)
    rows, cells, assumptions = in_order(report.intake)
    expected_rows, expected_cells, expected_assumptions = in_order(whole.intake)
    assert rows == expected_rows
    assert assumptions == expected_assumptions
    assert [(c.file, c.column, c.value, c.rows) for c in cells] == [
        (c.file, c.column, c.value, c.rows) for c in expected_cells
    ]


def test_no_patient_is_split(export: Path) -> None:
    seen: set[str] = set()
    for cohort in Stream(OwnReader(), export, share=40_000, chunk=20_000):
        mine = set(cohort.patients["patient"])
        assert not mine & seen
        seen |= mine
    assert len(seen) == read(export).patients.height


def test_a_long_table_is_read_in_parts_and_its_types_are_complete_in_all(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    rows = [f"p{n},diagnosis,2020-01-{1 + n % 28:02}" for n in range(60)] + ["p7,death,2021-01-01"]
    path.write_text("patient,event,start\n" + "\n".join(rows) + "\n")
    cohorts: list[Cohort] = list(Stream(OwnReader(), path, share=200, chunk=100))
    assert len(cohorts) > 3
    assert all(set(cohort.complete) == {"diagnosis", "death"} for cohort in cohorts)


def test_undecided_verdicts_may_be_counted_only(export: Path) -> None:
    rules = [RULES[name] for name in ("REM-06", "ORD-02", "FUP-01", "BAS-02")]
    brief = check_in_parts(Stream(OwnReader(), export, share=40_000), rules=rules, settings=Settings(), undecided=False)
    whole = check(read(export), rules=rules)
    assert not brief.undecided
    assert brief.counted("undecided") == whole.counted("undecided") > 0
    assert brief.rules == whole.rules
    assert brief.counted("failed") == whole.counted("failed") > 0


def test_text_of_parts_needs_the_first_of_each_outcome_only(export: Path) -> None:
    """However many failed, no more are held than are shown; what is said is the same."""
    rules = [rule for rule in RULES.values() if rule.family in ("BAS", "ORD", "REM")]

    def parts(most_each: int | None) -> Report:
        return check_in_parts(
            Stream(OwnReader(), export, share=60_000), rules=rules, settings=Settings(), most_each=most_each
        )

    every, few = parts(None), parts(FEW)
    assert few.table.height < every.table.filter(verdict="failed").height
    assert few.outcomes == every.outcomes == check(read(export), rules=rules).outcomes
    assert as_text(few) == as_text(every)


def test_nothing_of_a_part_is_kept_when_it_is_judged(export: Path) -> None:
    """Not even as rubbish: what waits to be collected takes memory as well (kept errors hold whole columns)."""

    def columns() -> int:
        return sum(isinstance(one, pl.Series) for one in gc.get_objects())

    counts = []
    gc.collect()
    before = columns()
    gc.disable()
    try:
        check_in_parts(
            Stream(OwnReader(), export, share=30_000),
            rules=[RULES["REM-06"], RULES["ORD-09"]],
            settings=Settings(),
            most_each=FEW,
            seen=lambda cohort, report: counts.append(columns()),
        )
        after = columns()
    finally:
        gc.enable()
    assert len(counts) > 2
    assert max(counts) <= counts[0], "columns of one part are there while the next is judged"
    assert after <= before


def test_the_parts_are_gone_afterwards(export: Path, tmp_path: Path) -> None:
    stream = Stream(OwnReader(), export, scratch=tmp_path)
    parts = iter(stream)
    next(parts)
    (folder,) = tmp_path.iterdir()
    if os.name == "posix":
        assert folder.stat().st_mode & 0o077 == 0
    parts.close()
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_the_same_in_parts(larger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    few = ["--select", "REM,ORD", "--format", "csv"]
    for name, extra in (("whole", []), ("parts", ["--in-parts", "--scratch", str(tmp_path)])):
        assert main(["check", str(larger), *few, "-o", str(tmp_path / name), *extra]) == 1
    assert (tmp_path / "whole").read_text() == (tmp_path / "parts").read_text()
    assert capsys.readouterr().err == ""  # a pipe is told nothing


def test_a_ledger_gets_all_parts(larger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    listed = []
    for name, extra in (("whole", []), ("parts", ["--in-parts"])):
        ledger = ["--ledger", str(tmp_path / name), "--as-of", "2024-01-01"]
        assert main(["check", str(larger), "--select", "ORD-02,REM-06", *ledger, *extra, "--fail-on", "never"]) == 0
        capsys.readouterr()
        main(["ledger", "list", *ledger])
        lines = capsys.readouterr().out.splitlines()
        listed.append(sorted(re.sub(r"^Q\d+ +", "", line) for line in lines))
    assert len(listed[0]) > 2
    assert listed[0] == listed[1]


@pytest.mark.parametrize("pack", ["gz", pytest.param("zst", marks=only_thorough)])
def test_packed_files_are_judged_in_parts(export: Path, tmp_path: Path, pack: str) -> None:
    rules = [RULES[name] for name in ("REM-06", "ORD-02")]
    packed = tmp_path / "packed"
    packed.mkdir()
    for path in export.iterdir():
        data = path.read_bytes()
        squeezed = gzip.compress(data) if pack == "gz" else zstandard.ZstdCompressor().compress(data)
        (packed / f"{path.name}.{pack}").write_bytes(squeezed)
    stream = Stream(OwnReader(), packed, share=40_000, chunk=10_000)
    found = check_in_parts(stream, rules=rules, settings=Settings())
    assert stream.shares > 1
    assert found.table.drop("file").equals(check(read(export), rules=rules).table.drop("file"))


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_work_told_grows_from_nothing_to_all(export: Path) -> None:
    fractions, patients, stream = [], [], Stream(OwnReader(), export, share=40_000, chunk=10_000)

    def moved() -> None:
        fractions.append(stream.fraction)
        patients.append(stream.patients)

    stream.watch = moved
    for _ in stream:
        pass
    assert fractions == sorted(fractions)
    assert 0 < fractions[0] < READING
    assert READING in [pytest.approx(one) for one in fractions]
    assert fractions[-1] == pytest.approx(1)
    assert patients[0] == 0 and patients[-1] == stream.patients == read(export).patients.height


def test_time_left_is_that_of_the_rate_so_far(export: Path) -> None:
    stream = Stream(OwnReader(), export)
    told = progress.Progress(stream, now=100.0)
    assert told.left(150.0) is None
    stream.rows, stream.patients, stream.done, stream.fraction = 1_000, 50, 1, 0.25
    assert told.left(120.0) == 60.0
    assert told.words(120.0) == "1,000 rows, 50 patients, 12 rows/s"  # a quarter of 1,000 rows in 20 seconds


def test_a_terminal_gets_a_bar_a_log_gets_lines_and_a_pipe_nothing(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stream, terminal = Stream(OwnReader(), export, share=40_000), Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")
    with progress.watching(stream):
        for _ in stream:
            pass
    shown = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", terminal.getvalue())
    last = shown.replace("\r", "\n").strip().splitlines()[-1]
    assert re.fullmatch(rf"[\d,]+ rows, {PATIENTS} patients, [\d,]+ rows/s .+ 100 % 0:00:00 left", last.strip()), last
    with (tmp_path / "log").open("w") as log:
        monkeypatch.setattr("sys.stderr", log)
        stream = Stream(OwnReader(), export)
        with progress.watching(stream):
            for _ in stream:
                pass
    text = (tmp_path / "log").read_text()
    assert re.fullmatch(rf"100%, [\d,]+ rows, {PATIENTS} patients, [\d,]+ rows/s, 0:00:00 left\n", text), text
    there, back = os.pipe()
    with os.fdopen(back, "w") as pipe:
        monkeypatch.setattr("sys.stderr", pipe)
        stream = Stream(OwnReader(), export)
        with progress.watching(stream):
            for _ in stream:
                pass
    with os.fdopen(there) as said:
        assert said.read() == ""


def test_parts_that_find_no_room_are_no_fault_of_the_package(
    export: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Polars tells of a full disk as it tells of wrong data; the folder is named, and what to do."""

    def full(*_: object, **__: object) -> None:
        raise pl.exceptions.ComputeError("parquet: underlying IO error: No space left on device (os error 28)")

    monkeypatch.setattr(pl.DataFrame, "write_parquet", full)
    with pytest.raises(UsageError, match=r"could not be laid aside here .*disk full.* name another folder") as told:
        next(iter(Stream(OwnReader(), export, scratch=tmp_path)))
    assert str(told.value).startswith(str(tmp_path))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(OSError, match="disk full") as unwritten:
        write(read(export), tmp_path / "out", to="parquet")
    assert unwritten.value.filename == str(tmp_path / "out")
    with pytest.raises(UsageError, match="no such folder to lay the parts"):
        next(iter(Stream(OwnReader(), export, scratch=tmp_path / "nowhere")))


def test_work_in_one_piece_is_told_on_a_terminal_alone_and_once_it_takes_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is taken away at the end, also where the work fails."""
    monkeypatch.setattr(progress, "SOON", 0.01)
    monkeypatch.setenv("TERM", "xterm")
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    with pytest.raises(KeyError), progress.doing("judging 40 patients"):
        until = time.monotonic() + 20
        while "judging 40 patients ... 0 s" not in terminal.getvalue() and time.monotonic() < until:
            time.sleep(0.02)
        raise KeyError
    assert "judging 40 patients ... 0 s" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[1A\x1b[2K")
    monkeypatch.setattr(progress, "SOON", 20.0)
    short = Terminal()
    monkeypatch.setattr("sys.stderr", short)
    with progress.doing("judging 40 patients"):
        pass
    monkeypatch.setattr(progress, "SOON", 0.01)
    with (tmp_path / "log").open("w") as log:
        monkeypatch.setattr("sys.stderr", log)
        with progress.doing("judging 40 patients"):
            time.sleep(0.05)
    assert (short.getvalue(), (tmp_path / "log").read_text()) == ("", "")
