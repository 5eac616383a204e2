"""What the command says: results on standard output, messages on standard error, nothing half said."""

import os
import sys
from typing import TextIO


def say(text: str) -> None:
    """Print a result. A reader that has gone away (``| head``) is no error."""
    _write(sys.stdout, text)


def complain(text: str) -> None:
    """Print a message for the person at the terminal."""
    _write(sys.stderr, text)


def _write(stream: TextIO, text: str) -> None:
    encoding = stream.encoding or "utf-8"
    fitting = text.encode(encoding, "replace").decode(encoding)  # a terminal without "µ" still gets the rest
    try:
        stream.write(fitting if fitting.endswith("\n") else f"{fitting}\n")
        stream.flush()
    except BrokenPipeError:
        # The interpreter flushes once more at exit; that must not fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def colours() -> bool:
    """Whether standard output is a terminal that may be coloured (https://no-color.org)."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
