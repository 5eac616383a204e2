"""Ink: a minimal SVG writer. Elements serialise themselves; the same figure is the same bytes in every run.

Numbers have two decimals, attributes a fixed order, and every mark a CSS class. All text is escaped, and
characters that XML does not allow are replaced. Nothing here knows about patients.
"""

import re
from collections.abc import Iterable, Sequence
from html import escape

from attrs import field, frozen

FACE = "Arial, Helvetica, 'Liberation Sans', Arimo, sans-serif"
"""Ends in faces that are everywhere: a converter draws no text at all where none of the list is found."""
RAISED_SIZE = 0.72
"""Size of a raised run, of the text's size."""
RAISED_BY = 0.36
"""How far a raised run stands above the baseline, of the text's size."""

_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def clean(text: str) -> str:
    """Text as it may stand in a file: control and direction characters replaced, line ends made spaces."""
    return re.sub("[\t\n\r\u2028\u2029]+", " ", _NOT_XML.sub("�", text))


def number(value: float) -> str:
    """A number with at most two decimals."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


@frozen
class Run:
    """A stretch of text; ``raised`` as an exponent is."""

    text: str
    raised: bool = False


@frozen
class Element:
    """An SVG element: attributes in the order given (None: left out), children, or text.

    ``event``: id of the event that it shows. Only a page that points at events asks for it; a file has no ids.
    """

    tag: str
    attributes: tuple[tuple[str, str | float | None], ...] = ()
    children: "tuple[Element, ...]" = ()
    text: str | None = None
    event: str | None = None

    def svg(self, *, events: bool = False) -> str:
        """The element as SVG, if asked for with the ids of events as ``data-event``."""
        named = (("data-event", self.event),) if events else ()
        attributes = "".join(
            f' {name}="{escape(clean(value) if isinstance(value, str) else number(value))}"'
            for name, value in (*self.attributes, *named)
            if value is not None
        )
        inner = "".join(child.svg(events=events) for child in self.children)
        if self.text is not None:
            inner += escape(clean(self.text), quote=False)
        return f"<{self.tag}{attributes}>{inner}</{self.tag}>" if inner else f"<{self.tag}{attributes}/>"


def _titled(title: str | None) -> tuple[Element, ...]:
    return (Element("title", text=title),) if title else ()


def group(cls: str, *children: Element, title: str | None = None, event: str | None = None) -> Element:
    """Elements that belong together; a title is shown by a viewer when one points at them."""
    return Element("g", (("class", cls),), (*_titled(title), *children), event=event)


def rect(
    x: float,
    y: float,
    w: float,
    h: float,
    *,
    cls: str,
    fill: str,
    stroke: str | None = None,
    stroke_width: float | None = None,
    rx: float | None = None,
    dash: str | None = None,
    title: str | None = None,
) -> Element:
    """A rectangle."""
    return Element(
        "rect",
        (
            ("class", cls),
            ("x", x),
            ("y", y),
            ("width", w),
            ("height", h),
            ("rx", rx),
            ("fill", fill),
            ("stroke", stroke),
            ("stroke-width", stroke_width),
            ("stroke-dasharray", dash),
        ),
        _titled(title),
    )


def line(
    x1: float, y1: float, x2: float, y2: float, *, cls: str, stroke: str, width: float, dash: str | None = None
) -> Element:
    """A straight line."""
    return Element(
        "line",
        (
            ("class", cls),
            ("x1", x1),
            ("y1", y1),
            ("x2", x2),
            ("y2", y2),
            ("stroke", stroke),
            ("stroke-width", width),
            ("stroke-dasharray", dash),
        ),
    )


def path(
    d: str,
    *,
    cls: str,
    fill: str,
    stroke: str | None = None,
    width: float | None = None,
    dash: str | None = None,
    title: str | None = None,
) -> Element:
    """A path; ``d`` is made with :func:`trace`."""
    return Element(
        "path",
        (
            ("class", cls),
            ("d", d),
            ("fill", fill),
            ("stroke", stroke),
            ("stroke-width", width),
            ("stroke-dasharray", dash),
        ),
        _titled(title),
    )


def trace(points: Iterable[tuple[float, float]], *, closed: bool = False) -> str:
    """Path data through some points."""
    steps = " ".join(f"{'L' if i else 'M'}{number(x)},{number(y)}" for i, (x, y) in enumerate(points))
    return f"{steps} Z" if closed else steps


def text(
    x: float,
    y: float,
    runs: str | Sequence[Run],
    *,
    cls: str,
    size: float,
    fill: str = "#000000",
    anchor: str = "start",
) -> Element:
    """A line of text; its baseline is at y. After a raised run the baseline is set back."""
    attributes: tuple[tuple[str, str | float | None], ...] = (
        ("class", cls),
        ("x", x),
        ("y", y),
        ("font-size", size),
        ("fill", fill),
        ("text-anchor", None if anchor == "start" else anchor),
    )
    if isinstance(runs, str):
        return Element("text", attributes, text=runs)
    spans, lifted = [], 0.0
    for run in runs:
        wanted = RAISED_BY * size if run.raised else 0.0
        shift = lifted - wanted
        small = size * RAISED_SIZE if run.raised else None
        spans.append(Element("tspan", (("dy", shift or None), ("font-size", small)), text=run.text))
        lifted = wanted
    return Element("text", attributes, tuple(spans))


def _all(elements: Iterable[Element]) -> tuple[Element, ...]:
    return tuple(elements)


@frozen
class Drawing:
    """A whole figure: size in points, title and description for those who cannot see it, and its elements."""

    width: float
    height: float
    title: str
    desc: str
    elements: tuple[Element, ...] = field(converter=_all)
    made: str = ""
    """What made it, for the file's metadata."""

    def svg(self, *, events: bool = False) -> str:
        """The figure as an SVG file, if asked for with ids of events. Its size is in points, as converters take it."""
        root = Element(
            "svg",
            (
                ("xmlns", "http://www.w3.org/2000/svg"),
                ("width", self.width),
                ("height", self.height),
                ("viewBox", f"0 0 {number(self.width)} {number(self.height)}"),
                ("role", "img"),
                ("aria-labelledby", "t d"),
                ("font-family", FACE),
            ),
            (
                Element("title", (("id", "t"),), text=self.title),
                Element("desc", (("id", "d"),), text=self.desc),
                *((Element("metadata", text=self.made),) if self.made else ()),
                rect(0, 0, self.width, self.height, cls="page", fill="#FFFFFF"),
                *self.elements,
            ),
        )
        return root.svg(events=events) + "\n"
