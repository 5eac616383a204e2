"""How far a long run has come: a bar on a terminal, plain lines in a log file, nothing in a pipe."""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TYPE_CHECKING

from .output import complain

if TYPE_CHECKING:
    from ..io.tables.stream import Stream

EVERY = 10.0
"""Seconds between two lines of a log."""


class Watch:
    """Tells of a stream when it is called; what it tells are counts, never values."""

    def __init__(self, stream: "Stream") -> None:
        self.stream = stream
        self.began = monotonic()

    def __call__(self) -> None:
        """Say how far the stream has come."""

    @property
    def rate(self) -> float:
        """Rows per second so far."""
        return self.stream.rows / max(monotonic() - self.began, 1e-9)

    def line(self) -> str:
        """Rows, patients, parts and rows per second."""
        stream = self.stream
        return (
            f"{stream.rows:,} rows, {stream.patients:,} patients, part {stream.done} of {stream.shares}, "
            f"{self.rate:,.0f} rows/s"
        )


class _Lines(Watch):
    def __init__(self, stream: "Stream") -> None:
        super().__init__(stream)
        self.last = self.began

    def __call__(self) -> None:
        now = monotonic()
        if now - self.last >= EVERY or self.stream.done == self.stream.shares:
            self.last = now
            complain(self.line())


@contextmanager
def watching(stream: "Stream") -> Iterator[Watch]:
    """Whoever watches, as suits where standard error goes."""
    if sys.stderr.isatty():
        with _bar(stream) as watch:
            yield watch
    elif _is_file():
        yield _Lines(stream)
    else:
        yield Watch(stream)


def _is_file() -> bool:
    try:
        return stat.S_ISREG(os.fstat(sys.stderr.fileno()).st_mode)
    except (OSError, ValueError, AttributeError):  # no real file behind it
        return False


@contextmanager
def _bar(stream: "Stream") -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading", total=None)

        class Bar(Watch):
            def __call__(self) -> None:
                text = f"{stream.rows:,} rows, {stream.patients:,} patients, {self.rate:,.0f} rows/s"
                progress.update(task, description=text, total=stream.shares or None, completed=stream.done)

        yield Bar(stream)
