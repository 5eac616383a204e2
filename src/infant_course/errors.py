"""The one family of errors: what was wrong with the input, where, and what to do.

Nothing here is raised because of a patient's history: what cannot be right in a history is a finding.
An error means that something could not be read, or that the caller asked for what does not exist.
"""

import re
from collections.abc import Iterable
from difflib import get_close_matches
from os import PathLike

from attrs import field, frozen
from attrs.converters import optional


class InfantCourseError(Exception):
    """Base of every error this package raises on purpose."""


def shown_name(name: str) -> str:
    r"""The name of a file as text for reports, tables and pages: what of it is not UTF-8 is replaced.

    Python reads such bytes as halves of characters, which no text can hold; to open the file they are needed.

    >>> shown_name("a\udcff.yaml")
    'a\ufffd.yaml'
    """
    return re.sub("[\ud800-\udfff]", "\ufffd", name)


@frozen(kw_only=True)
class Fault:
    """One thing that could not be read: where it stands, what was expected, what was found.

    ``found`` and ``hint`` may hold a value from the input: ``str`` shows them to the person who owns the file.
    ``repr`` and :meth:`place` do not, and are what a log may hold.
    """

    expected: str
    found: str = field(repr=False)
    file: str | None = field(default=None, converter=optional(shown_name), repr=False)
    line: int | None = None
    column: int | None = None
    path: str = field(default="", repr=False)
    hint: str | None = field(default=None, repr=False)

    def place(self) -> str:
        """Line and column, for logs."""
        if self.line is None:
            return "input"
        return f"line {self.line}" + (f", column {self.column}" if self.column is not None else "")

    def __str__(self) -> str:
        place = [self.file] if self.file else []
        if self.line is not None:
            place.append(self.place())
        if self.path:
            place.append(self.path)
        text = f"{', '.join(place)}: " if place else ""
        text += f"expected {self.expected}, found {self.found}."
        return f"{text}\n  Hint: {self.hint}" if self.hint else text


def _all(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    return tuple(faults)


@frozen(kw_only=True, str=False)
class InputError(InfantCourseError):
    """Input that cannot be read. Holds *all* faults of the file, in the order in which they stand there."""

    faults: tuple[Fault, ...] = field(converter=_all)

    def __str__(self) -> str:
        return "\n".join(str(fault) for fault in self.faults)


class UsageError(InfantCourseError):
    """The caller named something that does not exist, or gave something of another kind; the message says what fits."""


class NotThereError(UsageError, KeyError):
    """Something was asked for by a name that nothing bears."""

    __str__ = Exception.__str__  # a KeyError shows its message in quotes


def kind_of(value: object) -> str:
    """What a value is, in a few words that tell nothing of it.

    >>> kind_of("day 8"), kind_of(0.05), kind_of([1]), kind_of(None)
    ('a text', 'a number', 'a list', 'None')
    """
    if value is None or isinstance(value, bool):
        return "None" if value is None else "True or False"
    for kind, words in ((str, "a text"), ((int, float), "a number"), (dict, "a dict"), ((list, tuple), "a list")):
        if isinstance(value, kind):
            return words
    if isinstance(value, type):
        return f"the class {value.__name__}"
    return f"something of the type {type(value).__name__}"


def expect(where: str, value: object, kinds: type | tuple[type, ...], expected: str, hint: str | None = None) -> None:
    """Raise UsageError for a value that is of none of these kinds."""
    if not isinstance(value, kinds):
        raise wrong_kind(where, expected, value, hint)


def path_of(where: str, path: object) -> str:
    """A path as text. Raises UsageError for what is none."""
    expect(where, path, (str, PathLike), "a path")
    return str(path)


def wrong_kind(where: str, expected: str, found: object, hint: str | None = None) -> UsageError:
    """The error for an argument or a field that is of another kind than expected; it shows no value."""
    return UsageError(f"{where}: expected {expected}, found {kind_of(found)}{f'; {hint}' if hint else ''}")


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known word closest to a misspelt one, or None where nothing is close (``cutoff``: 1 is the same word)."""
    known = list(known)
    by_folded = {name.casefold(): name for name in known}
    match = get_close_matches(word.casefold(), by_folded, n=1, cutoff=cutoff)
    return by_folded[match[0]] if match else None


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """A hint naming the nearest known word, or None."""
    match = nearest(word, known)
    return f"did you mean {match!r}?" if match else None
