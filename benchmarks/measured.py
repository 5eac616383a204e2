"""Time and memory of a command, as the operating system counts them."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parent.parent
_KIBI = 1 if sys.platform == "darwin" else 1024  # macOS tells bytes


@frozen
class Measured:
    """What a command took: seconds of wall clock and of processor (all threads), bytes held at most; what it said."""

    wall: float
    cpu: float
    peak: int
    code: int
    out: str

    def __str__(self) -> str:
        return f"{self.wall:8.1f} s  {self.cpu:8.1f} s  {self.peak / 2**30:6.2f} GiB"


def measured(command: Sequence[str], *, into: Path, environment: Mapping[str, str] | None = None) -> Measured:
    """Run a command in a process of its own; its output goes through the file ``into``.

    The peak is of its resident memory. Linux counts the caller's among it, so the caller should hold little: it
    should not load Polars.
    """
    with into.open("w+b") as out:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=ROOT, stdout=out, stderr=subprocess.STDOUT, env={**os.environ, **(environment or {})}
        )
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)  # it has been waited for
        out.seek(0)
        said = out.read().decode("utf-8", "replace")
    return Measured(wall, used.ru_utime + used.ru_stime, used.ru_maxrss * _KIBI, process.returncode, said)
