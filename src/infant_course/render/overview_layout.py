"""Where everything in a grid of rules and sites stands, in numbers only."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from attrs import frozen

from .cohort_page import MARGIN, NAMES, SMALL, Page, Sample, Shape, Thing, Turned, lay_key, lay_note, rectangle
from .metrics import wrap
from .palette import RULE, WHITE
from .timeline_places import Box, Label, Stroke, measure, shorten

_WIDE, _NARROW = 26.0, 10.4
"""Least width of a cell with two numbers on one line, and of one with a line for each."""
_GREYS = ("#FFFFFF", "#E6E6E6", "#CCCCCC", "#A6A6A6", "#7F7F7F")
"""Grey of a cell: no failure, 1 or more, 4, 13, 40 or more. Black text can be read on each."""
_STEPS = (1, 4, 13, 40)


@frozen(kw_only=True)
class Cell:
    """What failed and what could not be decided."""

    failed: int
    undecided: int


@frozen(kw_only=True)
class OverviewFigure:
    """All that the grid shows. ``sites``: name and number of patients; ``rules``: id, title, severity."""

    sites: tuple[tuple[str, int], ...]
    rules: tuple[tuple[str, str, str], ...]
    cells: Mapping[tuple[str, str], Cell]
    totals: Mapping[str, Cell]


def grey_of(failed: int) -> str:
    """The grey of a number of failures."""
    return _GREYS[sum(failed >= step for step in _STEPS)]


def lay_out(figure: OverviewFigure, width: float, notes: Sequence[str]) -> Page:
    """Lay out the grid on a page of the given width (pt)."""
    page = Page(width)
    columns = len(figure.sites) + 1
    total = 34.0
    ids = max((measure(rule, SMALL) for rule, _, _ in figure.rules), default=30.0) + 15
    room = width - 2 * MARGIN - ids - total
    sites = columns - 1
    longest = max((measure(title, SMALL) for _, title, _ in figure.rules), default=0.0) + 8
    narrow = max(_NARROW, min(_stacked(figure), (room - 40) / sites))
    titles = min(170.0, max(0.0, room - narrow * sites))
    cell = min(46.0, (room - (titles if titles >= 40 else 0.0)) / sites)
    if room - _widest(figure) * sites >= 170:  # wide enough for one line each: titles first, then cells
        cell = min(72.0, max(_widest(figure), (room - longest) / sites))
    titles = min(room - cell * sites, longest) if titles >= 40 else 0.0
    one_line = cell >= _widest(figure)
    row = 10.0 if one_line else 15.6
    left = MARGIN + ids + titles
    heads = [(shorten(name, SMALL, 84), f"n = {number}") for name, number in figure.sites]
    level = all(measure(text, SMALL) <= cell - 2 for head in heads for text in head)
    turned = [f"{name} ({number})" for name, number in heads]
    high = 17.0 if level else max((measure(text, SMALL) for text in turned), default=0.0) + 4
    y = MARGIN + high
    for n, (name, number) in enumerate(heads):
        x = left + cell * (n + 0.5)
        if level:
            page.add(Label(name, x, y - 10.4, SMALL, "middle", "site"))
            page.add(Label(number, x, y - 3, SMALL, "middle", "site"))
        else:
            page.add(Turned(turned[n], x + 2.2, y - 3, SMALL, "start", "site"))
    page.add(Label("all", left + cell * (columns - 1) + total / 2, y - 3, SMALL, "middle", "site"))
    if not figure.rules:
        page.add(Label("Nothing failed, nothing undecided.", MARGIN, y + 9, NAMES, cls="note"))
        y += 14
    for rule, title, severity in figure.rules:
        middle = y + row / 2
        page.add(
            Stroke(MARGIN, y, left + cell * (columns - 1) + total, y, "rule-line", RULE, 0.4),
            Label(severity[:1].upper(), MARGIN, middle + 2.1, SMALL, cls="severity"),
            Label(rule, MARGIN + 9, middle + 2.1, SMALL, cls="rule"),
        )
        if titles:
            lines = wrap(title, SMALL, titles - 6, 1 if one_line else 2)
            for n, line in enumerate(lines):
                at = middle + 2.1 + (n - (len(lines) - 1) / 2) * 7.2
                page.add(Label(line, MARGIN + ids, at, SMALL, cls="rule-title"))
        for n, (site, _) in enumerate(figure.sites):
            found = figure.cells.get((rule, site))
            if found:
                box = Box(left + cell * n, y, cell, row)
                page.add(*_cell(found, box, f"{rule}, {site}", one_line=one_line, shaded=True))
        box = Box(left + cell * (columns - 1), y, total, row)
        page.add(*_cell(figure.totals[rule], box, f"{rule}, all sites", one_line=one_line, shaded=False))
        y += row
    page.add(Stroke(MARGIN, y, left + cell * (columns - 1) + total, y, "rule-line", RULE, 0.4))
    y = lay_key(page, _key(figure, page), MARGIN, width - MARGIN, y + 2)
    y = lay_note(page, " ".join(notes), MARGIN, width - MARGIN, y)
    page.height = round(y + MARGIN - 2, 2)
    return page


def _widest(figure: OverviewFigure) -> float:
    """The least width of a cell that holds its two numbers side by side."""
    pairs = [f"{cell.failed} ?{cell.undecided}" for cell in figure.cells.values()]
    return max(_WIDE, max((measure(text, SMALL) for text in pairs), default=0.0) + 8)


def _stacked(figure: OverviewFigure) -> float:
    """The least width of a cell that holds its two numbers one below the other."""
    texts = [f"?{max(cell.failed, cell.undecided):,}" for cell in figure.cells.values()]
    return max((measure(text, SMALL) for text in texts), default=0.0) + 3


def _cell(cell: Cell, box: Box, where: str, *, one_line: bool, shaded: bool) -> list[Thing]:
    """The numbers of a cell, and its grey."""
    told = f"{where}: {cell.failed} failed, {cell.undecided} undecided"
    fill = grey_of(cell.failed) if shaded else WHITE
    inner = Box(box.x + 0.5, box.y + 0.5, box.width - 1, box.height - 1)
    things: list[Thing] = [Shape(rectangle(inner), fill, cls="cell", title=told)] if shaded and cell.failed else []
    failed = f"{cell.failed:,}" if cell.failed else ""
    undecided = f"?{cell.undecided:,}" if cell.undecided else ""
    middle = box.x + box.width / 2
    if one_line or not shaded:
        y = box.y + box.height / 2 + 2.1
        things += [Label(failed, middle - 2, y, SMALL, "end", "failed")] if failed else []
        things += [Label(undecided, middle + 2, y, SMALL, "start", "undecided")] if undecided else []
        return things
    told_here = [(text, cls) for text, cls in ((failed, "failed"), (undecided, "undecided")) if text]
    for n, (text, cls) in enumerate(told_here):
        y = box.y + box.height / 2 + 2.1 + 7.2 * (n - (len(told_here) - 1) / 2)
        things.append(Label(_fit(text, box.width), middle, y, SMALL, "middle", cls))
    return things


def _fit(text: str, room: float) -> str:
    """A number, in thousands where it does not fit its cell; the table has it in full."""
    if measure(text, SMALL) <= room or "," not in text:
        return text
    short = f"{text.replace(',', '')[:-3]}k"
    return short if measure(short, SMALL) <= room else "k"


def _key(figure: OverviewFigure, page: Page) -> list[tuple[Sample, str]]:
    entries: list[tuple[Sample, str]] = []
    words = [*(f"{a} to {b - 1} failed" for a, b in pairwise(_STEPS)), f"{_STEPS[-1]} failed or more"]
    for n, text in enumerate(words):
        if any(grey_of(cell.failed) == _GREYS[n + 1] for cell in figure.cells.values()):
            entries.append((_sample(_GREYS[n + 1]), text))
    entries.append((_letter("?"), "undecided"))
    if any(label.text.endswith("k") for label in page.labels if label.cls in ("failed", "undecided")):
        entries.append((_letter("k"), "thousands"))
    entries += [
        (_letter(name[:1].upper()), {"info": "information"}.get(name, name))
        for name in ("error", "warning", "info")
        if any(severity == name for _, _, severity in figure.rules)
    ]
    return entries


def _sample(fill: str) -> Sample:
    return lambda x, y: [Shape(rectangle(Box(x - 4.5, y - 3, 9, 6)), fill, cls="sample")]


def _letter(text: str) -> Sample:
    return lambda x, y: [Label(text, x, y + 2.2, SMALL, "middle", "sample")]
