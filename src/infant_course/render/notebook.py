"""How a course shows itself in a notebook: its figure and a short table of its events.

The figure is an image, so that several in one notebook do not mix and whatever cleans HTML leaves it. A notebook is
passed on with its outputs: like a drawing, this holds no calendar date, but it does tell of a patient.
"""

from base64 import b64encode

from ..course import Course
from ..webpage import words
from .event_facts import Veil, stated_times
from .shown import shown
from .stated import day_in_words
from .words import name_of

MOST_EVENTS = 12
"""So many events are listed."""


def as_html(course: Course) -> str:
    """The course as HTML that may stand among other HTML: no style sheet, no script, no ids."""
    figure = shown(course)
    if figure.drawing is None:
        picture = f"<p>{words(figure.why)}</p>"
    else:
        data = b64encode(figure.drawing.svg().encode()).decode()
        title = words(figure.drawing.title)
        picture = f'<p><img alt="{title}" width="100%" src="data:image/svg+xml;base64,{data}"></p>'
    veil = Veil.over(course)
    rows = "".join(
        f'<tr><th scope="row">{words(veil(name_of(course, event)))}</th><td>{words(event.TYPE.replace("_", " "))}</td>'
        f"<td>{words(stated_times(event)) or 'not stated'}</td><td>{words(day_in_words(course, event))}</td></tr>"
        for event in course.events[:MOST_EVENTS]
    )
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("event", "type", "time as stated", "since diagnosis"))
    left = len(course) - MOST_EVENTS
    more = f"<p>And {left:,} more; <code>for event in course</code> gives all.</p>" if left > 0 else ""
    return (
        f"<div><p><b>{words(course.id)}</b>: {len(course):,} events</p>{picture}"
        f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{more}</div>"
    )
