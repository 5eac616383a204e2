"""What becomes of the replies in a file that a site sent back. Nothing is overwritten, and nothing dropped silently."""

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from itertools import islice

from attrs import field, frozen

from ..files import printable
from ..spreadsheet import inert
from .entry import Entry
from .status import Status


class Remark(StrEnum):
    """What became of one line of a file of replies."""

    TAKEN = "taken"
    RESOLVED = "taken; the finding is resolved already"
    FURTHER = "taken beside an earlier reply that says something else"
    CHANGED = "taken; the question beside it is not the one that is asked now"
    EMPTY = "no reply"
    ELSEWHERE = "no reply, but something beside it in a column that is not one of a query file; it was not taken"
    KNOWN = "kept before"
    REPEATED = "the same line stands above"
    UNNAMED = "not taken: the line has no query number, or no fingerprint"
    UNKNOWN = "not taken: this ledger has no such query"
    MISMATCH = "not taken: query number and fingerprint belong to different findings"
    TWICE = "not taken: the file has two replies to this query"

    @property
    def kept(self) -> bool:
        """Whether the reply goes into the ledger."""
        return self in (Remark.TAKEN, Remark.RESOLVED, Remark.FURTHER, Remark.CHANGED)

    @property
    def quiet(self) -> bool:
        """Whether nobody has to look at the line."""
        return self in (Remark.TAKEN, Remark.EMPTY, Remark.KNOWN)


@frozen(kw_only=True)
class Line:
    """One line of a file of replies.

    ``number``: None where the cell holds no query number. ``beside``: whether something stands in columns that no
    query file has. ``counted``: which line it was of how many, when the file was written.
    """

    row: int
    number: int | None
    fingerprint: str
    question: str = field(repr=False)
    reply: str = field(repr=False)
    beside: bool = False
    counted: tuple[int, int] | None = None


@frozen(kw_only=True)
class Taken:
    """The lines of a file of replies, each with what became of it."""

    lines: tuple[tuple[Line, Remark], ...] = field(repr=False)

    def count(self, remark: Remark) -> int:
        """How many lines fared so."""
        return sum(one is remark for _, one in self.lines)

    @property
    def kept(self) -> int:
        """How many replies went into the ledger."""
        return sum(remark.kept for _, remark in self.lines)

    @property
    def to_look_at(self) -> tuple[tuple[Line, Remark], ...]:
        """The lines that somebody has to look at."""
        return tuple((line, remark) for line, remark in self.lines if not remark.quiet)

    @property
    def missing(self) -> int:
        """How many lines the file has lost since it was written; 0 where lines of several files stand in it."""
        there, lines = self._counted
        return lines - len(there)

    def first_missing(self, most: int) -> tuple[int, ...]:
        """The first of these lines, as they were counted."""
        there, lines = self._counted
        return tuple(islice((line for line in range(1, lines + 1) if line not in there), most))

    @property
    def _counted(self) -> tuple[set[int], int]:
        """The lines that are there, as they were counted, and how many there were."""
        counted = {line.counted for line, _ in self.lines if line.counted is not None}
        sizes = {lines for _, lines in counted}
        if len(sizes) != 1:
            return set(), 0
        (lines,) = sizes
        return {line for line, _ in counted if 1 <= line <= lines}, lines


def settle(lines: Iterable[Line], find: Callable[[int], Entry | None]) -> Taken:
    """Say of each line what becomes of it. ``find`` gives the finding of a query number, with its replies."""
    lines = tuple(lines)
    replies: dict[tuple[int | None, str], set[str]] = {}
    for line in lines:
        if line.reply:
            replies.setdefault((line.number, line.fingerprint), set()).add(same(line.reply))
    told: list[tuple[Line, Remark]] = []
    above: set[tuple[int | None, str]] = set()
    for line in lines:
        key = (line.number, line.fingerprint)
        if not line.reply:
            remark = Remark.ELSEWHERE if line.beside else Remark.EMPTY
        elif line.number is None or not line.fingerprint:
            remark = Remark.UNNAMED
        elif len(replies[key]) > 1:
            remark = Remark.TWICE
        elif key in above:
            remark = Remark.REPEATED
        else:
            remark = _settled(line, find(line.number))
            above.add(key)
        told.append((line, remark))
    return Taken(lines=tuple(told))


def _settled(line: Line, entry: Entry | None) -> Remark:
    if entry is None:
        return Remark.UNKNOWN
    if entry.fingerprint != line.fingerprint:
        return Remark.MISMATCH
    if any(same(reply.text) == same(line.reply) for reply in entry.replies):
        return Remark.KNOWN
    if same(inert(printable(entry.question))) != same(line.question):
        return Remark.CHANGED
    if entry.status is Status.RESOLVED:
        return Remark.RESOLVED
    return Remark.FURTHER if entry.replies else Remark.TAKEN


def same(text: str) -> str:
    """A text as it is compared: spaces and the apostrophe that keeps a spreadsheet from running it do not count."""
    return re.sub(r"\s+", " ", text).strip().removeprefix("'").strip()
