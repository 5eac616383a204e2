"""One drawing as a page for a browser: events answer to pointer and keyboard, beside a table of them.

The page is complete without its script, which adds what moves: cards, zoom, and the ways between drawing and table.
Like every drawing it holds no calendar date; where ages are hidden, the table and the cards hide them too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from ..course import Course
from ..events import Event
from ..webpage import asset, document, words
from .event_facts import Veil, stated_fields, stated_times
from .ink import Drawing, Element, clean
from .stated import DATE, day_in_words
from .style import Mark, Style
from .words import name_of

COLUMNS = (
    "event",
    "type",
    "time as stated",
    "since diagnosis",
    "what was stated",
    "findings",
    "source",
)
"""Columns of the table of events: also what a card shows."""


def page(course: Course, drawing: Drawing, *, kind: str, style: Style, marks: Mapping[str, Sequence[Mark]]) -> str:
    """The page as HTML text; the same drawing gives the same bytes.

    ``kind``: graph or timeline. ``marks``: findings by event id; those of no event of the course stand below the
    table. Free notes of events are left out, because they may hold anything.
    """
    from .. import __version__

    veil = Veil.over(course, hide_ages=style.hide_ages)
    drawn = set(_events_of(drawing.elements))
    rows = "\n".join(_row(course, event, veil, style, marks.get(event.id, ()), event.id in drawn) for event in course)
    heads = "".join(f'<th scope="col">{name}</th>' for name in COLUMNS)
    return document(
        title=drawing.title,
        version=__version__,
        body=_BODY.format(
            title=words(drawing.title),
            kind=words(kind),
            source=f"<p>Source: {words(course.source)}.</p>" if course.source is not None else "",
            svg=drawing.svg(events=True),
            heads=heads,
            rows=rows,
            others=_others(course, veil, style, marks),
        ),
        styles=[asset(__package__, "interactive.css")],
        scripts=[asset(__package__, "interactive.js")],
    )


_BODY = """<a class="skip" href="#events">To the table of events</a>
<main id="main">
<h1>{title}</h1>
<p class="holds">This page holds the course of one patient: handle it like the data it was made from.</p>
{source}
<div class="tools" role="group" aria-label="Size of the drawing" hidden>
<button type="button" data-zoom="out" aria-label="Smaller">−</button>
<output id="size" aria-live="polite">100 %</output>
<button type="button" data-zoom="in" aria-label="Larger">+</button>
<button type="button" data-zoom="reset">Whole width</button>
</div>
<figure data-kind="{kind}">
<div class="paper" id="paper" role="region" aria-label="Drawing" tabindex="0">
{svg}</div>
<figcaption id="how" hidden>Point at an event, or reach the drawing with Tab and move with the arrow keys: what was
stated is shown beside it. Enter leads to its line in the table and back, Escape closes. + and − zoom, 0 shows the whole
width; Ctrl and the wheel zoom too.</figcaption>
</figure>
<h2 id="events" tabindex="-1">Events</h2>
<div class="wide" role="region" aria-label="Events" tabindex="0">
<table><caption class="unseen">Events as stated, without calendar dates</caption>
<thead><tr>{heads}</tr></thead>
<tbody>
{rows}
</tbody></table></div>
{others}
</main>
<div id="card" role="tooltip" hidden></div>"""


def _events_of(elements: Iterable[Element]) -> Iterator[str]:
    """Ids of the events that a drawing shows."""
    for element in elements:
        if element.event is not None:
            yield element.event
        yield from _events_of(element.children)


def _row(course: Course, event: Event, veil: Veil, style: Style, found: Sequence[Mark], drawn: bool) -> str:
    told = "".join(
        f'<div><span class="field">{words(name)}</span> <span class="text">{_powers(words(value))}</span></div>'
        for name, value in stated_fields(event, veil)
    )
    name = _powers(words(veil(name_of(course, event))))
    how = "" if drawn else ' <span class="field">(not in the drawing)</span>'
    cells = (
        words(event.TYPE.replace("_", " ")),
        words(stated_times(event, hide_ages=style.hide_ages)) or '<span class="field">not stated</span>',
        words(day_in_words(course, event)),
        told,
        "".join(_finding(one, veil, style) for one in found),
        f"line {event.line}" if event.line is not None else "",
    )
    return (
        f'<tr data-row="{words(clean(event.id))}"><th scope="row"><span class="name">{name}</span>{how}'
        f'<div class="id">{words(event.id)}</div></th>{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'
    )


def _finding(mark: Mark, veil: Veil, style: Style) -> str:
    """A finding; where ages are hidden its rule alone, because a message may tell one."""
    told = "" if style.hide_ages else words(veil(mark.message).replace(f" ({DATE})", ""))
    kind = "failed" if mark.verdict == "failed" else "undecided"
    return (
        f'<div class="finding"><span class="badge {kind}">{words(mark.verdict)}</span> <b>{words(mark.rule)}</b> '
        f'<span class="text">{told}</span></div>'
    )


def _others(course: Course, veil: Veil, style: Style, marks: Mapping[str, Sequence[Mark]]) -> str:
    """Findings that are about no event of the course."""
    rest = [mark for event, found in marks.items() if event not in course.by_id for mark in found]
    if not rest:
        return ""
    return f"<h2>Findings about the course as a whole</h2>\n{''.join(_finding(mark, veil, style) for mark in rest)}"


def _powers(html: str) -> str:
    """10^-4 as a power."""
    return re.sub(r"10\^(-?)([0-9]+)", lambda found: f"10<sup>{found[1] and '−'}{found[2]}</sup>", html)
