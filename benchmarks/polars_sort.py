"""What Polars alone takes to read and sort an export: ``python -m benchmarks.polars_sort FOLDER``.

Every file is read with all its columns as text, sorted by patient and start, and let go: nothing is understood.
"""

import sys
from pathlib import Path

import polars as pl


def main() -> None:
    """Read and sort every file of a folder."""
    rows = 0
    for path in sorted(Path(sys.argv[1]).glob("*.csv")):
        table = pl.scan_csv(path, infer_schema=False)
        keys = [name for name in ("patient", "start") if name in table.collect_schema().names()]
        rows += table.sort(keys).collect().height
    print(f"{rows:,} rows")


if __name__ == "__main__":
    main()
