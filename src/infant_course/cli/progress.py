"""How far a long run has come: a bar on a terminal, plain lines in a log file, nothing in a pipe.

Of what is done in one piece a terminal is told what it is, and for how long it has gone on.
"""

import os
import stat
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from threading import Timer
from time import monotonic
from typing import TYPE_CHECKING

from .output import complain, is_terminal

if TYPE_CHECKING:
    from ..io.tables.stream import Stream

SOON = 1.0
"""Seconds until a terminal is told of work that is done in one piece: what is over sooner needs no word."""
EVERY = 10.0
"""Seconds between two lines of a log."""


class Progress:
    """Counts of a stream in words, never values; ``now``: a clock in seconds."""

    def __init__(self, stream: "Stream", now: float) -> None:
        self.stream = stream
        self.began = now

    def words(self, now: float) -> str:
        """Rows, patients, and rows per second of the whole work so far."""
        stream = self.stream
        if not stream.done:
            return f"reading: {stream.rows:,} rows"
        rate = stream.rows * stream.fraction / max(now - self.began, 1e-9)
        return f"{stream.rows:,} rows, {stream.patients:,} patients, {rate:,.0f} rows/s"

    def left(self, now: float) -> float | None:
        """Seconds that the rest will take at the rate so far; None before any of it is done."""
        fraction = self.stream.fraction
        return (now - self.began) * (1 - fraction) / fraction if fraction else None


def in_words(seconds: float | None) -> str:
    """A span of time that is left.

    >>> in_words(None), in_words(3725.4)
    ('', '1:02:05 left')
    """
    return "" if seconds is None else f"{timedelta(seconds=round(seconds))} left"


@contextmanager
def doing(what: str) -> Iterator[None]:
    """Say on a terminal what is being done, once that has taken a second, and take it away when it is done."""
    if not is_terminal(sys.stderr):
        yield
        return
    began, lines = monotonic(), ExitStack()
    timer = Timer(SOON, lambda: lines.enter_context(_line(what, began)))
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()  # or the line would come when the work is done
        lines.close()


@contextmanager
def _line(what: str, began: float) -> Iterator[None]:
    """What is done and the seconds since, growing, on one line of standard error."""
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    def words() -> Text:
        return Text(f"{what} ... {monotonic() - began:.0f} s", no_wrap=True, overflow="ellipsis")

    with Live(get_renderable=words, console=Console(stderr=True), transient=True, redirect_stdout=False):
        yield


@contextmanager
def watching(stream: "Stream") -> Iterator[None]:
    """Tell how far a stream has come, as suits where standard error goes."""
    if is_terminal(sys.stderr):
        with _bar(stream):
            yield
    elif _is_file():
        stream.watch = _Lines(stream)
        yield
    else:
        yield


class _Lines:
    """A line every ten seconds, and one at the end."""

    def __init__(self, stream: "Stream") -> None:
        self.last = monotonic()
        self.progress = Progress(stream, self.last)

    def __call__(self) -> None:
        now, stream = monotonic(), self.progress.stream
        if now - self.last >= EVERY or stream.done == stream.shares:
            self.last = now
            parts = (f"{stream.fraction:.0%}", self.progress.words(now), in_words(self.progress.left(now)))
            complain(", ".join(part for part in parts if part))


def _is_file() -> bool:
    try:
        return stat.S_ISREG(os.fstat(sys.stderr.fileno()).st_mode)
    except (OSError, ValueError, AttributeError):  # no real file behind it
        return False


@contextmanager
def _bar(stream: "Stream") -> Iterator[None]:
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(bar_width=8),  # in 80 columns there is room for no more
        TextColumn("{task.percentage:>3.0f} % {task.fields[left]}"),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        progress = Progress(stream, monotonic())
        task = bar.add_task("reading", total=1.0, left="")

        def moved() -> None:
            now = monotonic()
            bar.update(
                task, description=progress.words(now), completed=stream.fraction, left=in_words(progress.left(now))
            )

        stream.watch = moved
        yield
