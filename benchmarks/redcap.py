"""Checking a large REDCap export: ``python -m benchmarks.redcap --copies 30000``.

The export is that of ``cases/exports/redcap``, over and over under other record ids. Time and peak memory of
``infant-course check`` beside Polars reading and sorting the same file; each is a process of its own.
"""

import argparse
import csv
import sys
import tempfile
from pathlib import Path

from .measured import ROOT, measured

PROJECT = ROOT / "cases" / "exports" / "redcap"


def multiply(target: Path, copies: int) -> int:
    """Write the records so many times; returns how many rows there are."""
    with (PROJECT / "records.csv").open(encoding="utf-8", newline="") as stream:
        head, *rows = csv.reader(stream)
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(head)
        for number in range(copies):
            writer.writerows([f"{number:06}-{record}", *rest] for record, *rest in rows)
    return copies * len(rows)


def main() -> int:
    """Measure one size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=30_000, help="of the three records (default: 30000)")
    copies = parser.parse_args().copies
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = folder / "records.csv"
        rows = multiply(path, copies)
        print(f"{rows:,} rows, {path.stat().st_size / 1e6:,.0f} MB of CSV      wall         cpu       peak")
        sort = f"import polars as pl; pl.read_csv({str(path)!r}, infer_schema=False).sort('study_id')"
        beside = measured([sys.executable, "-c", sort], into=folder / "sorted.txt")
        print(f"  Polars, read and sort:      {beside}")
        files = ["--mapping", str(PROJECT / "mapping.toml"), "--dictionary", str(PROJECT / "dictionary.csv")]
        check = [sys.executable, "-m", "infant_course", "check", str(path), "--from", "redcap", *files]
        took = measured([*check, "--fail-on", "never"], into=folder / "report.txt")
        print(f"  infant-course check:        {took}  {took.cpu / beside.cpu:.1f} times the processor time")
        if beside.code or took.code:
            print(beside.out if beside.code else took.out, file=sys.stderr)
            return 1
        told = took.out.splitlines()  # lines of progress too, where it is read in parts
        print("\n".join(line for line in told if " rules (" in line or " rows read from " in line))
    return 0


if __name__ == "__main__":
    sys.exit(main())
