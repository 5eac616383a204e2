"""Wall time: of one run, of several in turn, and of a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(runs: int, *works: Callable[[], object]) -> list[float]:
    """The median time of each, run in turn so that a busy machine is busy for all of them."""
    times = [[seconds(work) for work in works] for _ in range(runs)]
    return [median(column) for column in zip(*times, strict=True)]


def in_turn_by_processor(runs: int, *works: Callable[[], object]) -> list[tuple[float, float]]:
    """:func:`in_turn`, with the seconds of processors beside the wall time: these say more on a busy machine."""

    def taken(work: Callable[[], object]) -> tuple[float, float]:
        start = time.process_time()
        return seconds(work), time.process_time() - start

    times = [[taken(work) for work in works] for _ in range(runs)]
    return [
        (median(wall for wall, _ in column), median(cpu for _, cpu in column)) for column in zip(*times, strict=True)
    ]


def python(*arguments: str) -> Callable[[], object]:
    """Running Python anew."""
    return process(sys.executable, *arguments)


def process(*words: str) -> Callable[[], object]:
    """Running a command, whatever it says and however it ends. Python may keep what it compiles, as it usually does."""
    usual = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(words, check=False, stdout=subprocess.DEVNULL, env=usual)
