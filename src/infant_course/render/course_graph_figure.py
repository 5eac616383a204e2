"""What a course graph shows, in neutral terms: bands of boxes, marks under them, arrows, and a key.

Neither events nor ink: :mod:`infant_course.render.course_graph` makes a :class:`GraphFigure` of a course,
:mod:`infant_course.render.plan_figure` of a protocol, and :mod:`infant_course.render.course_graph_layout` gives it
places on the page.
"""

from attrs import field, frozen

from .ink import Run


@frozen
class Flag:
    """The number of a finding in the key, and its verdict, which gives the flag its shape."""

    number: int
    verdict: str


@frozen(kw_only=True)
class Tag:
    """A small mark under a node: glyph and words. ``level`` 1: it came with or after the mark above it."""

    event: str
    glyph: str
    runs: tuple[Run, ...]
    title: str
    level: int = 0
    flags: tuple[Flag, ...] = ()


@frozen(kw_only=True)
class Node:
    """A box: kind (the event type), tone, lines of text, and the tags that follow it.

    ``time``: stands above the arrow to it. ``derived``: its outline is dashed. ``ghost``: planned, and not told.
    """

    event: str
    kind: str
    tone: str
    lines: tuple[str, ...]
    title: str
    derived: bool = False
    ghost: bool = False
    time: str = ""
    tags: tuple[Tag, ...] = ()
    flags: tuple[Flag, ...] = ()


@frozen(kw_only=True)
class Band:
    """A line of therapy: its name, its tone, and columns of nodes; nodes of one column are not ordered."""

    title: str
    tone: str
    columns: tuple[tuple[Node, ...], ...]


@frozen(kw_only=True)
class Edge:
    """An arrow between two nodes.

    ``stated``: their order is known. ``missing``: planned blocks between them that are not reported. ``ghost``: the
    plan's arrow, not the course's.
    """

    source: str
    target: str
    stated: bool = True
    missing: tuple[str, ...] = ()
    ghost: bool = False


@frozen
class KeyEntry:
    """A line of the key: a sample ("glyph remission", "dashed", "break", "optional", "ghost", "indent", "flag failed"
    or nothing) and what it means."""

    sample: str
    text: str


@frozen
class FlagEntry:
    """A finding in the key: its flag (None: at nothing that is drawn) and its words."""

    flag: Flag | None
    text: str


@frozen(kw_only=True)
class GraphFigure:
    """What a graph shows: bands from the top, arrows, key. ``longest``: widest text of a box, in sizes of its text."""

    title: str
    description: str
    bands: tuple[Band, ...]
    edges: tuple[Edge, ...]
    key: tuple[KeyEntry, ...] = field(default=())
    findings: tuple[FlagEntry, ...] = field(default=())
    longest: float = 11.5

    @property
    def nodes(self) -> tuple[Node, ...]:
        """All nodes, band by band."""
        return tuple(node for band in self.bands for column in band.columns for node in column)

    @property
    def events(self) -> tuple[str, ...]:
        """Ids of all events that are drawn, as boxes or as marks under them; the plan's boxes are none."""
        found: list[str] = []
        for node in self.nodes:
            found += [] if node.ghost else [node.event]
            found += [tag.event for tag in node.tags]
        return tuple(found)
