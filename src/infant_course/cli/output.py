"""What the command says: results on standard output, messages on standard error, nothing half said."""

import codecs
import os
import sys
import unicodedata
from typing import TextIO

LIKENESS = {
    "µ": "u",
    "μ": "u",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "≈": "~",
    "×": "x",
    "·": ".",
    "•": "*",
    "±": "+-",
    "°": " deg",
    "−": "-",
    "–": "-",
    "—": "-",
    "‑": "-",
    "→": "->",
    "←": "<-",
    "⇒": "=>",
    "▶": ">",
    "▸": ">",
    "…": "...",
    "‘": "'",
    "’": "'",
    "‚": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "∞": "inf",
    "✓": "yes",
    "✗": "no",
    "█": "#",
    "░": ".",
    "─": "-",
    "━": "-",
    "│": "|",
}
"""What stands for a sign on a console that does not have it; letters with marks lose the marks."""


def say(text: str, *, data: bool = False) -> None:
    r"""Print a result. A reader that has gone away (``| head``) is no error.

    ``data``: the text is JSON; what the console lacks is written as JSON escapes (``\u00b5``), so that nothing of
    it is lost. Otherwise likenesses stand in: ``>=`` for the sign.
    """
    _write(sys.stdout, text, _ESCAPES if data else _LIKENESSES)


def complain(text: str) -> None:
    """Print a message for the person at the terminal."""
    _write(sys.stderr, text)


def show(text: str, stream: TextIO | None) -> None:
    """Print text to a given stream, as it can show it."""
    _write(stream, text)


_LIKENESSES, _ESCAPES = "infant-course-likenesses", "infant-course-escapes"


def _like(character: str) -> str:
    if character in LIKENESS:
        return LIKENESS[character]
    bare = "".join(part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part))
    alike = "".join(LIKENESS.get(part, part) for part in bare)
    return alike if alike.isascii() and alike.isprintable() and alike else "?"


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))


def _likenesses(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(_like, error.object[error.start : error.end])), error.end


def _escapes(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    return "".join(map(_escape, error.object[error.start : error.end])), error.end


codecs.register_error(_LIKENESSES, _likenesses)
codecs.register_error(_ESCAPES, _escapes)


def _write(stream: TextIO | None, text: str, how: str = _LIKENESSES) -> None:
    if stream is None:  # it was closed before the command began (`>&-`): whoever did that wants to hear nothing
        return
    encoding = stream.encoding or "utf-8"
    fitting = text.encode(encoding, how).decode(encoding)
    try:
        stream.write(fitting if fitting.endswith("\n") else f"{fitting}\n")
        stream.flush()
    except OSError as error:
        # The interpreter flushes once more at exit; that must not fail either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        if not isinstance(error, BrokenPipeError):
            raise OSError(error.errno, error.strerror, "what was to be printed") from None


def is_terminal(stream: TextIO | None) -> bool:
    """Whether somebody looks at what is written there; nobody does where it was closed."""
    return stream is not None and stream.isatty()


def colours() -> bool:
    """Whether standard output is a terminal that may be coloured (https://no-color.org)."""
    return is_terminal(sys.stdout) and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
