"""An export of any size in the own form: ``python -m benchmarks.export_files FOLDER --events 1.6e6``.

Up to 1.6 million events are drawn (:mod:`.synthetic`). A larger export is that one over and over, every copy under
patient ids of its own: so what is found in it must be that many times what is found in the one. Rows lie in no order
within a copy, and those of one patient are spread over forty files.
"""

import argparse
from pathlib import Path

DRAWN = 1_600_000
"""So many events are drawn at most; beyond that they are copied."""
EVENTS_EACH = 21.83
"""Events of a patient, on the average."""


def copies(events: int) -> int:
    """How many copies an export of so many events is made of."""
    return max(1, round(events / DRAWN))


def patients(events: int) -> int:
    """How many patients are drawn for it."""
    return max(1, round(min(events, DRAWN) / EVENTS_EACH))


def draw(folder: Path, events: int) -> None:
    """Draw an export of one copy."""
    from infant_course.io.tables.write import tables

    from .synthetic import synthetic

    folder.mkdir(parents=True)
    for name, table in tables(synthetic(patients(events))).items():
        table.sample(fraction=1, shuffle=True, seed=1).write_csv(folder / f"{name}.csv")


def multiply(one: Path, folder: Path, times: int) -> None:
    """Write an export that is another one so many times, with the number of the copy before each patient's id."""
    import polars as pl

    folder.mkdir(parents=True)
    for path in sorted(one.glob("*.csv")):
        table = pl.read_csv(path, infer_schema=False)
        with (folder / path.name).open("wb") as file:
            for copy in range(times):
                named = table.with_columns((pl.lit(f"{copy:03}-") + pl.col("patient")).alias("patient"))
                named.sample(fraction=1, shuffle=True, seed=copy).write_csv(file, include_header=copy == 0)


def main() -> None:
    """Make one export; ``--of`` names one copy that is there already."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--events", type=float, default=DRAWN)
    parser.add_argument("--of", type=Path)
    asked = parser.parse_args()
    if asked.of is None:
        draw(asked.folder, int(asked.events))
    else:
        multiply(asked.of, asked.folder, copies(int(asked.events)))


if __name__ == "__main__":
    main()
