"""Checking whole exports from files: ``python -m benchmarks.exports --events 1.6e6,16e6,40e6`` (or ``make bench``).

For each size: time and peak memory of ``infant-course check`` with all rules, beside Polars reading and sorting the
same files. For sizes up to ``--declare-up-to`` also beside pm4py's Declare conformance, on the constraints that two
rules ask too (:mod:`.declare`); the patients found by both are compared. Every measurement is a process of its own.

Exit 1 where the findings in a larger export are not those of the one it is copied from, so many times; or where pm4py
finds other patients and no partly known date or tie explains it.
"""

import argparse
import csv
import json
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .export_files import DRAWN, copies
from .measured import ROOT, Measured, measured

COMPARED = ("REM-06", "ORD-01")
"""``precedence(remission, relapse)``, and ``precedence(birth, x)`` for every type of event x."""
COUNTS = re.compile(r"^([A-Z]{3}-\d\d) +(?:error|warning|info) +([\d,]+) +([\d,]+) +([\d,]+)  ", re.MULTILINE)

Counts = dict[str, tuple[int, ...]]
"""Subjects, failed and undecided by rule."""


def machine() -> str:
    """The processor, its threads and the memory, as Linux tells them."""
    name, memory = platform.processor() or platform.machine(), ""
    if Path("/proc/cpuinfo").exists():
        found = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
        name = found[1] if found else name
        total = re.search(r"MemTotal: +(\d+) kB", Path("/proc/meminfo").read_text(encoding="ascii"))
        memory = f", {int(total[1]) / 2**20:.0f} GiB" if total else ""
    threads = subprocess.run(
        [sys.executable, "-c", "import polars as pl; print(pl.thread_pool_size(), pl.__version__)"],
        capture_output=True, text=True, check=True,
    ).stdout.split()  # fmt: skip
    return f"{name}, {threads[0]} threads{memory}; Python {platform.python_version()}, Polars {threads[1]}"


def export_of(events: int, folder: Path) -> Path:
    """An export of so many events; what is there already is used."""
    target = folder / f"events-{events}"
    if not target.is_dir():
        aside = folder / f"making-{events}"
        shutil.rmtree(aside, ignore_errors=True)
        command = [sys.executable, "-m", "benchmarks.export_files", str(aside), "--events", str(events)]
        if copies(events) > 1:
            command += ["--of", str(export_of(DRAWN, folder))]
        subprocess.run(command, cwd=ROOT, check=True)
        aside.rename(target)
    return target


def check(export: Path, folder: Path, *more: str) -> tuple[Measured, str]:
    """The command, as anybody runs it, and its report."""
    report = folder / "report"
    command = [sys.executable, "-m", "infant_course", "check", str(export), "--fail-on", "never", "-o", str(report)]
    took = measured([*command, *more], into=folder / "said")
    if took.code:
        raise SystemExit(f"check ended with {took.code}: {took.out}")
    return took, report.read_text(encoding="utf-8")


def counted(report: str) -> Counts:
    """What the table of a report in text says."""
    return {rule: tuple(int(n.replace(",", "")) for n in numbers) for rule, *numbers in COUNTS.findall(report)}


def has_declare(python: str) -> bool:
    """Whether this Python has pm4py."""
    return subprocess.run([python, "-c", "import pm4py"], capture_output=True, check=False).returncode == 0


def unexplained(here: set[str], there: set[str], beyond: set[str]) -> set[str]:
    """Patients whom one of the two found and the other did not, and of whom a total order says all there is."""
    return (here ^ there) - beyond


def beside_declare(export: Path, folder: Path, python: str) -> bool:
    """Measure pm4py, and the same questions here. Whether every difference between the two is explained."""
    result = folder / "declare.json"
    theirs = measured([python, str(ROOT / "benchmarks" / "declare.py"), str(export), str(result)], into=folder / "said")
    if theirs.code:
        print(f"  pm4py ended with {theirs.code}: {theirs.out.strip().splitlines()[-1]}")
        return True
    told = json.loads(result.read_text(encoding="utf-8"))
    print(f"  pm4py, {told['constraints']} constraints:        {theirs}", end="")
    print(f"  (reading {told['reading']:.1f} s, checking {told['checking']:.1f} s)")
    ours, report = check(export, folder, "--select", ",".join(COMPARED), "--format", "csv")
    print(f"  the same by {' and '.join(COMPARED)}:     {ours}")
    rows = list(csv.DictReader(report.splitlines()))
    explained = True
    for rule in COMPARED:
        here = {row["patient"] for row in rows if row["rule"] == rule and row["verdict"] == "failed"}
        undecided = {row["patient"] for row in rows if row["rule"] == rule and row["verdict"] == "undecided"}
        there, beyond = set(told["broken"][rule]), set(told["beyond"][rule])
        odd = unexplained(here, there, beyond)
        print(
            f"    {rule}: patients found here {len(here):,}, by pm4py {len(there):,}, by both {len(here & there):,}; "
            f"of the others {len((here ^ there) & beyond):,} have an event without a full date or a tie, "
            f"{len(odd):,} have not; left undecided here: {len(undecided):,}"
        )
        explained = explained and not odd
    return explained


def main() -> int:
    """Measure all sizes that were asked for."""
    parser = argparse.ArgumentParser(prog="benchmarks.exports", description=__doc__)
    parser.add_argument("--events", default="1.6e6,16e6,40e6", help="sizes, in events")
    parser.add_argument("--folder", type=Path, help="keep the exports here, and use those that are here")
    parser.add_argument("--declare-python", default=sys.executable, help="a Python that has pm4py")
    parser.add_argument("--declare-up-to", type=float, default=DRAWN, help="events of the largest log for pm4py")
    asked = parser.parse_args()
    print(machine())
    declare = has_declare(asked.declare_python)
    if not declare:
        print("pm4py is not installed, so it is not compared: pip install pm4py (AGPL) into a venv of its own.")
    good, one = True, None
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        for events in (int(float(size)) for size in asked.events.split(",")):
            export = export_of(events, asked.folder or folder)
            size = sum(path.stat().st_size for path in export.iterdir())
            print(f"{events:,} events, {size / 1e6:,.0f} MB of CSV      wall         cpu       peak", flush=True)
            sort = measured([sys.executable, "-m", "benchmarks.polars_sort", str(export)], into=folder / "said")
            print(f"  Polars, read and sort:         {sort}", flush=True)
            took, report = check(export, folder)
            print(
                f"  infant-course check:           {took}  {took.wall / sort.wall:.1f} times the wall clock", flush=True
            )
            found = counted(report)
            if copies(events) == 1:
                one = found if events == DRAWN else None
            elif one is not None:
                times = copies(events)
                same = found == {rule: tuple(n * times for n in numbers) for rule, numbers in one.items()}
                print(
                    f"  its counts are {times} times those of {DRAWN:,} events: {'yes' if same else 'NO'}", flush=True
                )
                good = good and same
            if declare and events <= asked.declare_up_to:
                good = beside_declare(export, folder, asked.declare_python) and good
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
