"""Records runs into a ledger until it is done or killed: started by the tests as a process of its own.

Every run finds all of the ``n`` findings of its patients, or none of them, by turns.
"""

import sys
from pathlib import Path

from infant_course.ledger import Ledger
from ledger.sights import day, seen, sight

FINDINGS = 400


def main(path: str, name: str, runs: int) -> None:
    """Record so many runs for patients of this name, and say after each that it is kept."""
    print("ready", flush=True)
    for number in range(runs):
        with Ledger(Path(path), create=True) as ledger:
            all_of = [seen(f"{name}-{n}", message=f"run {number} " * 20) for n in range(FINDINGS)]
            found = all_of if number % 2 == 0 else []
            ledger.record(sight(*found, sites={one.patient: None for one in all_of}), as_of=day(1))
        print(number, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
