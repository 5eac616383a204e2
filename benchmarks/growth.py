"""Time and memory of checking one synthetic cohort: ``python -m benchmarks.growth 100000``.

Memory is the most that the process held while it judged and told the findings, less what it held before, beside the
size of the tables: those of the events and of what was told of their times.
Linux only: it reads ``/proc``.
"""

import sys
import time
from pathlib import Path

import polars as pl

from infant_course.report.check import check
from infant_course.rules import Settings

from .faults import CUT_OFF
from .synthetic import synthetic


def held(what: str) -> int:
    """Bytes this process holds (VmRSS), or has held at most (VmHWM)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    line = next(line for line in status.splitlines() if line.startswith(f"{what}:"))
    return int(line.split()[1]) * 1024


def main() -> None:
    """Measure one size."""
    patients = int(sys.argv[1])
    cohort = synthetic(patients)
    tables = sum(table.estimated_size() for table in (*cohort.tables.values(), cohort.stated))
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # forget the most held so far
    before, start = held("VmRSS"), time.perf_counter()
    check(cohort, settings=Settings(cut_off=CUT_OFF))
    took, most = time.perf_counter() - start, held("VmHWM") - before
    events = cohort.n_events
    print(
        f"{patients:,} patients, {events:,} events, {pl.thread_pool_size()} threads: {took:.2f} s, "
        f"{1e6 * took / events:.2f} us an event; tables {tables / 1e6:,.0f} MB, {most / 1e6:,.0f} MB more to check "
        f"them, peak {(tables + most) / tables:.1f} times the tables"
    )


if __name__ == "__main__":
    main()
