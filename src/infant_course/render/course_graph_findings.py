"""Findings in a graph: a numbered flag at each event concerned, and the numbers in the key. Nothing is judged here."""

from collections.abc import Mapping, Sequence

from attrs import evolve

from ..course import Course
from ..events import Conditioning
from .course_graph_figure import Band, Flag, FlagEntry, GraphFigure, KeyEntry, Node, Tag
from .marks import VERDICTS, Marks, Told, told, words
from .style import Mark
from .words import name_of


def flagged(figure: GraphFigure, course: Course, marks: Marks, *, hide_ages: bool) -> GraphFigure:
    """The figure with flags and their words.

    Where ages are hidden, so are the messages, which may tell one: the rule is named alone.
    """
    if not marks:
        return figure
    drawn = figure.events
    marks = _at_their_boxes(course, marks, drawn)
    numbers: dict[Told, Flag] = {}
    flags: dict[str, list[Flag]] = {}
    for verdict in VERDICTS:
        for event in drawn:
            for mark in marks.get(event, ()):
                if mark.verdict == verdict:
                    found = told(mark, hide_ages=hide_ages)
                    flag = numbers.setdefault(found, Flag(len(numbers) + 1, verdict))
                    if flag not in flags.setdefault(event, []):
                        flags[event].append(flag)
    entries = [FlagEntry(flag, words(found)) for found, flag in numbers.items()]
    entries += _elsewhere(course, marks, drawn, hide_ages=hide_ages)
    key = [*figure.key, *(KeyEntry(f"flag {verdict}", f"rule {verdict}") for verdict in _used(flags))]
    told_of = "; ".join(f"{f'{entry.flag.number} ' if entry.flag else ''}{entry.text}" for entry in entries)
    return evolve(
        figure,
        bands=tuple(_band(band, flags) for band in figure.bands),
        key=tuple(key),
        findings=tuple(entries),
        description=f"{figure.description} Findings: {told_of}." if told_of else figure.description,
    )


def _at_their_boxes(course: Course, marks: Marks, drawn: Sequence[str]) -> Marks:
    """Findings about a conditioning stand at its transplant, in whose box it is told."""
    moved: dict[str, list[Mark]] = {}
    for event, found in marks.items():
        known = course.by_id.get(event)
        box = known.of if isinstance(known, Conditioning) and known.of in drawn else None
        moved.setdefault(box or event, []).extend(found)
    return moved


def _used(flags: Mapping[str, Sequence[Flag]]) -> list[str]:
    used = {flag.verdict for found in flags.values() for flag in found}
    return [verdict for verdict in VERDICTS if verdict in used]


def _elsewhere(course: Course, marks: Marks, drawn: Sequence[str], *, hide_ages: bool) -> list[FlagEntry]:
    """Findings about the patient, and about events that are not drawn: told without a flag."""
    entries = []
    for verdict in VERDICTS:
        for event, found in marks.items():
            if event in drawn:
                continue
            known = course.by_id.get(event)
            where = f"{name_of(course, known)} (not drawn)" if known else "the patient"
            for mark in found:
                if mark.verdict == verdict:
                    entries.append(FlagEntry(None, f"{where}: {words(told(mark, hide_ages=hide_ages))}"))
    return list(dict.fromkeys(entries))


def _band(band: Band, flags: Mapping[str, Sequence[Flag]]) -> Band:
    return evolve(band, columns=tuple(tuple(_node(node, flags) for node in column) for column in band.columns))


def _node(node: Node, flags: Mapping[str, Sequence[Flag]]) -> Node:
    def tag(one: Tag) -> Tag:
        found = tuple(flags.get(one.event, ()))
        return evolve(one, flags=found, title=_titled(one.title, found))

    found = tuple(flags.get(node.event, ()))
    return evolve(node, flags=found, title=_titled(node.title, found), tags=tuple(map(tag, node.tags)))


def _titled(title: str, flags: Sequence[Flag]) -> str:
    if not flags:
        return title
    return f"{title}; findings {', '.join(f'{flag.number} {flag.verdict}' for flag in flags)}"
