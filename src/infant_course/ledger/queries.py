"""The queries of the week: a table per site, with a column for the reply."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from attrs import field, frozen

from ..files import printable, safe_names
from .entry import Entry
from .store import LedgerError

QUERY, FINGERPRINT, QUESTION, REPLY, LINE = "query", "fingerprint", "question", "reply", "line"
"""Headings that replies are taken back by."""


class Place(NamedTuple):
    """Where a query stands: in a file of what day, on which line of how many."""

    as_of: date
    line: int
    lines: int


def _values(entry: Entry) -> str:
    """The value of the field concerned; where there are several, each with its label: cells wrap."""
    told = [(label, value or "(empty)") for label, value in entry.shown]
    return told[0][1] if len(told) == 1 else "\n".join(f"{label}: {value}" for label, value in told)


COLUMNS: Mapping[str, Callable[[Entry, Place], str | int]] = {
    QUERY: lambda entry, _: f"Q{entry.number}",
    "record": lambda entry, _: entry.place.get("record") or entry.patient,
    "event": lambda entry, _: entry.place.get("visit") or entry.event or "",
    "instrument": lambda entry, _: entry.place.get("instrument") or entry.about,
    "instance": lambda entry, _: entry.place.get("instance") or "",
    "field": lambda entry, _: "\n".join(label for label, _ in entry.shown),
    "value": lambda entry, _: _values(entry),
    "compared with": lambda entry, _: "\n".join(
        f"{event}: {times}" if times else event for event, times in entry.against
    ),
    QUESTION: lambda entry, _: entry.question,
    REPLY: lambda entry, _: "",
    "earlier replies": lambda entry, _: "\n".join(f"{r.as_of} {r.by}: {r.text}" for r in entry.replies),
    "age in days": lambda entry, place: entry.age(place.as_of),
    "severity": lambda entry, _: entry.severity,
    "rule": lambda entry, _: entry.rule,
    FINGERPRINT: lambda entry, _: f"fp-{entry.fingerprint}",
    LINE: lambda _, place: f"{place.line} of {place.lines}",
}
"""Heading and content of each column. A fingerprint is led by ``fp-``: without it a spreadsheet takes some for
numbers. Lines are counted so that one that is deleted is missed."""

MOST_ROWS = 1_000_000
"""Queries in one workbook; a spreadsheet ends at 1,048,576 lines."""

FORMATS = ("xlsx", "csv", "html")


@frozen(kw_only=True)
class Sheet:
    """The queries of one site (None: of patients without a site), oldest first. ``name``: that of its file."""

    site: str | None
    name: str
    as_of: date
    entries: tuple[Entry, ...] = field(repr=False)

    @property
    def rows(self) -> list[list[str | int]]:
        """The cells below the headings, without control characters."""
        lines = len(self.entries)
        return [
            [_clean(cell(entry, Place(self.as_of, line, lines))) for cell in COLUMNS.values()]
            for line, entry in enumerate(self.entries, start=1)
        ]


def _clean(cell: str | int) -> str | int:
    return "\n".join(printable(line) for line in cell.split("\n")) if isinstance(cell, str) else cell


def sheets(entries: Iterable[Entry], as_of: date) -> tuple[Sheet, ...]:
    """Findings as one sheet per site; no sheet holds a patient of another site."""
    by_site: dict[str | None, list[Entry]] = {}
    for entry in entries:
        by_site.setdefault(entry.site, []).append(entry)
    names: dict[str | None, str] = {
        site: f"site-{name}" for site, name in safe_names(site for site in by_site if site is not None).items()
    }
    names[None] = "no-site"
    return tuple(
        Sheet(
            site=site,
            name=names[site],
            as_of=as_of,
            entries=tuple(sorted(by_site[site], key=lambda entry: (entry.opened, entry.number))),
        )
        for site in sorted(by_site, key=lambda site: (site is None, site or ""))
    )


def write_queries(entries: Iterable[Entry], folder: Path, *, kind: str, as_of: date) -> tuple[tuple[Path, Sheet], ...]:
    """Write one file per site into a folder, which is made where it is missing: all of them, or none.

    Raises LedgerError, and writes nothing, where the folder has query files already: they may hold replies.
    """
    from .query_files import write_sheet

    told = sheets(entries, as_of)
    if kind == "xlsx" and max((len(sheet.entries) for sheet in told), default=0) > MOST_ROWS:
        raise LedgerError(f"more than {MOST_ROWS:,} queries to one site: a workbook cannot hold them. Say csv.")
    if folder.is_dir():
        old = sorted(p.name for p in folder.iterdir() if p.suffix[1:] in FORMATS and _is_query_file(p.name))
        if old:
            raise LedgerError(
                f"{folder}: holds query files already ({old[0]}{', ...' if len(old) > 1 else ''}), which may hold "
                "replies. Give a folder of its own to each round of queries."
            )
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written: list[tuple[Path, Sheet]] = []
    try:
        for sheet in told:
            written.append((write_sheet(sheet, folder / f"{sheet.name}.{kind}", kind), sheet))
    except BaseException:  # else the folder would be refused when that is put right
        for path, _ in written:
            path.unlink()
        raise
    return tuple(written)


def _is_query_file(name: str) -> bool:
    return name.startswith(("site-", "no-site."))
