"""Measure and print, with the figures as ratios.

``python -m benchmarks --patients 100000 --runs 5``. Exit 1 where a rule finds no subject (or, at full size,
fewer than 1,000). Times are medians of wall time; what is compared runs in turn, with the same threads.
"""

import argparse
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path

import attrs
import polars as pl

from infant_course.cohort import Cohort
from infant_course.io.published import published_cases
from infant_course.report.check import Report, check
from infant_course.resolve import resolve
from infant_course.rules import RULES, Settings

from .drawings import drawing_figures
from .faults import CUT_OFF
from .resolution import chain, full_dates, partly_known
from .synthetic import export_csv, long_csv, synthetic, timeline_csv
from .timing import in_turn, in_turn_by_processor, python

FULL_SIZE = 100_000
FEWEST_SUBJECTS = 1_000


def checked(cohort: Cohort) -> Report:
    """The findings by all rules with their messages, with nothing kept from an earlier run."""
    return check(attrs.evolve(cohort), settings=Settings(cut_off=CUT_OFF, debug=True))


def cohort_figures(patients: int, runs: int, folder: Path) -> bool:
    """From tables in memory to the finished table of findings, beside reading and sorting the same export.

    Whether all rules found subjects.
    """
    cohort = synthetic(patients)
    path = folder / "events.csv"
    events = timeline_csv(cohort, str(path))
    print(f"{patients:,} patients, {events:,} events, {path.stat().st_size / 1e6:.0f} MB of CSV, ", end="")
    print(f"{len(RULES)} rules, {pl.thread_pool_size()} threads")
    tables = export_csv(cohort, folder)
    together = folder / "long.csv"
    long_csv(cohort, together)
    beside = {
        f"the export as one CSV, {size_of([together]) / 1e6:.0f} MB": lambda: scanned(together),
        f"the export as a file for each type, {size_of(tables) / 1e6:.0f} MB": lambda: [scanned(one) for one in tables],
        "ids and days of its events only": lambda: pl.scan_csv(path).sort("patient", "start_lo").collect(),
    }
    whole, *reads = in_turn_by_processor(runs, lambda: checked(cohort), *beside.values())
    report = checked(cohort)
    print(f"tables to {report.table.height:,} findings with their messages: ", end="")
    print(f"{whole[0]:.2f} s, {whole[1]:.2f} s of processors;")
    print("beside Polars scanning and sorting, by patient and day,")
    for name, read in zip(beside, reads, strict=True):
        print(f"  {name}: {read[0]:.2f} s, {read[1]:.2f} s of processors; ", end="")
        print(f"ratio {whole[0] / read[0]:.2f}, by processors {whole[1] / read[1]:.2f}")
    return subjects_per_rule(report, FEWEST_SUBJECTS if patients >= FULL_SIZE else 1)


def scanned(path: Path) -> pl.DataFrame:
    """A CSV with its fields as text, read and sorted by patient and day."""
    table = pl.scan_csv(path, infer_schema=False).with_columns(pl.col("start_lo").cast(pl.Int32))
    return table.sort("patient", "start_lo").collect()


def size_of(paths: list[Path]) -> int:
    """Bytes of some files."""
    return sum(path.stat().st_size for path in paths)


def growth_figures(sizes: tuple[int, ...]) -> None:
    """How time and memory grow with the number of patients, each size in a process of its own."""
    for patients in sizes:
        made = subprocess.run(
            [sys.executable, "-m", "benchmarks.growth", str(patients)], capture_output=True, text=True, check=True
        )
        print(made.stdout.strip())


def subjects_per_rule(report: Report, fewest: int) -> bool:
    """Print how each rule fared. Whether each met enough subjects."""
    print(f"{'rule':8} {'subjects':>10} {'failed':>8} {'undecided':>9}")
    for count in report.rules:
        print(f"{count.rule:8} {count.subjects:10,} {count.failed:8,} {count.undecided:9,}")
    without = [count.rule for count in report.rules if count.subjects < fewest]
    if without:
        print(f"fewer than {fewest:,} subjects: {', '.join(without)}", file=sys.stderr)
    return not without


def command_figures(runs: int) -> None:
    """A cold check of one case beside starting Python with Polars; both are compiled."""
    case = str(published_cases()[0])
    start = "from infant_course.cli import main; raise SystemExit(main())"
    works = python("-c", "import polars"), python("-c", start, "check", case)
    in_turn(1, *works)
    bare, cold = in_turn(runs, *works)
    print(f"cold check of a case {cold:.2f} s, import polars {bare:.2f} s: ratio {cold / bare:.2f} (goal 3.0)")


def resolution_figures(runs: int) -> None:
    """Working out the times of one course."""
    for name, course, goal in (
        ("60 events of full dates", full_dates(60), " (goal 2 ms)"),
        ("60 partly known events", partly_known(60), " (goal 250 ms)"),
        ("10,000 dated events", full_dates(10_000), ""),
        ("a chain of 10,000 events", chain(10_000), ""),
    ):
        resolve(course)
        (took,) = in_turn(runs, partial(resolve, course))
        print(f"resolve {name}: {took * 1000:.1f} ms{goal}")


def main() -> int:
    """Run all measurements."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--patients", type=int, default=FULL_SIZE)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--growth", action="store_true", help="only how time and memory grow, up to 1,000,000 patients")
    parser.add_argument("--only-cohort", action="store_true", help="leave the command and the drawings out")
    chosen = parser.parse_args()
    if chosen.growth:
        growth_figures((10_000, 100_000, 1_000_000))
        return 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        enough = cohort_figures(chosen.patients, chosen.runs, folder)
        if not chosen.only_cohort:
            resolution_figures(chosen.runs)
            command_figures(chosen.runs)
            drawing_figures(chosen.runs, folder)
    return 0 if enough else 1


if __name__ == "__main__":
    raise SystemExit(main())
