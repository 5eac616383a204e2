"""Words that go with a figure: caption, alt text, long description, and the rows of the event table.

All of it is generated from what is stated and meant to be edited. No colours, no calendar dates, no names.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence

from ..course import Course
from ..events import Diagnosis, Event, LastContact, MrdAssessment
from ..knowledge.plan import Plan
from ..spreadsheet import inert
from ..vocabulary import Kmt2aStatus, Sex
from ..when import AtAge, Offset
from .course_graph_figure import GraphFigure
from .plan_figure import title_of
from .stated import age_at, day_in_words, is_age, shown, stated
from .style import Mark, Style
from .timeline_figure import NOTE, Assay, Certainty, MrdState, TimelineFigure, clean
from .timeline_order import known_before
from .timeline_scale import scale_of
from .words import capital, level, name_of, superscripts, uncapital, worded

PLAIN = Style()

ALT_TEXT_CHARACTERS = 250
"""Longest alt text: what screen readers and publishers take as one description."""

_ABBREVIATIONS = {
    "CR": "complete remission",
    "RT": "radiotherapy",
    "MUD": "matched unrelated donor",
    "MSD": "matched sibling donor",
    "CSF": "cerebrospinal fluid",
    "Bu": "busulfan",
    "Flu": "fludarabine",
    "TT": "thiotepa",
    "Treo": "treosulfan",
    "Cy": "cyclophosphamide",
    "Mel": "melphalan",
    "VP16": "etoposide",
    "MRD": "measurable residual disease",
    "HSCT": "haematopoietic stem cell transplantation",
    "ND": "not detected, no level",
    "PB": "peripheral blood",
    "Ind": "induction",
    "IB": "Protocol IB",
}


def patient_in_words(course: Course, *, hide_ages: bool = False) -> str:
    """Sex, age at diagnosis, lineage and fusion, as far as they are stated."""
    diagnosis = next(iter(course.of(Diagnosis)), None)
    age = age_at(diagnosis) if diagnosis is not None else ""
    sex = {Sex.MALE: "boy", Sex.FEMALE: "girl"}.get(course.patient.sex) if course.patient.sex else None
    words = [sex or "patient"]
    if diagnosis is not None:
        if age and not hide_ages:
            words.append(f"{age} old at diagnosis")
        disease = f"{diagnosis.lineage}-{diagnosis.disease}" if diagnosis.lineage and diagnosis.disease else ""
        words.append(disease or worded(diagnosis.disease or ""))
        karyotypes = [c.karyotype for c in diagnosis.cytogenetics if c.karyotype]
        if diagnosis.kmt2a_partner:
            words.append(f"KMT2A::{diagnosis.kmt2a_partner}")
        elif diagnosis.kmt2a is Kmt2aStatus.GERMLINE:
            words.append("KMT2A germline")
        elif karyotypes:
            words.append(karyotypes[0])
    return shown(", ".join(word for word in words if word))


def alt_text(course: Course, kind: str = "Timeline", *, hide_ages: bool = False) -> str:
    """One or two sentences for those who cannot see the figure, of at most 250 characters and without colours."""
    turning = {
        "remission",
        "relapse",
        "mrd_reemergence",
        "lineage_switch",
        "refractory",
        "cell_therapy",
        "transplant",
        "organ_transplant",
        "second_malignancy",
        "death",
    }
    head = f"{kind}, {shown(course.id)}: {patient_in_words(course, hide_ages=hide_ages)}."
    steps = _in_order(course, [event for event in course if event.TYPE in turning])
    last = next(iter(course.of(LastContact)), None)
    end = f" {shown(name_of(course, last))}{_when_last_seen(course, last, hide_ages=hide_ages)}." if last else ""
    for left_out in range(len(steps)):
        first = (len(steps) - left_out + 1) // 2
        told = [*steps[:first], *(["…"] if left_out else []), *steps[first + left_out :]]
        text = f"{head} {capital('; '.join(told))}.{end}"
        if len(text) <= ALT_TEXT_CHARACTERS:
            return text
    text = f"{head}{end}"
    return text if len(text) <= ALT_TEXT_CHARACTERS else text[: ALT_TEXT_CHARACTERS - 1].rstrip() + "…"


def _in_order(course: Course, events: Sequence[Event]) -> list[str]:
    """The names of events in the order that is known, else that of the telling; "then" where it is known."""
    before = known_before(course.resolved, [event.id for event in events])
    waiting = list(events)
    told: list[Event] = []
    steps: list[str] = []
    while waiting:
        left = {event.id for event in waiting}
        event = next((one for one in waiting if not before[one.id] & left), waiting[0])
        waiting.remove(event)
        after = bool(told) and told[-1].id in before[event.id]
        steps.append(f"{'then ' if after else ''}{uncapital(shown(name_of(course, event)))}")
        told.append(event)
    return steps


def _when_last_seen(course: Course, last: LastContact, *, hide_ages: bool) -> str:
    """ " at age 6.5 years", where an age or a time since diagnosis is stated."""
    for when in last.when:
        if hide_ages and is_age(when):
            continue
        if isinstance(when, AtAge):
            return f" at {when}"
        if isinstance(when, Offset) and isinstance(course.by_id.get(when.of), Diagnosis):
            return f" {when.by} after diagnosis"
    return ""


def caption(course: Course, figure: TimelineFigure, *, style: Style = PLAIN, plan: Plan | None = None) -> str:
    """The legend of a timeline: the patient, the scales, the marks, the assays, and which times are reported."""
    parts = [_opening(course, style), _day_zero(figure)]
    scale = scale_of(figure, 0.0, 100.0)
    if scale.broken_at is not None:
        units = "in years" if scale.in_years else "in months before the break and in years after it"
        parts.append(f"The time axis has two linear scales, {units}.")
    times = [time for item in figure.items for time in (item.start, item.end) if time is not None]
    kinds = {time.certainty for time in [*times, *(point.at for point in figure.mrd)]}
    if Certainty.NOMINAL in kinds:
        parts.append(
            "Dashed outlines: times not reported, drawn at the days of the treatment protocol (its day 1 taken as the "
            "day of diagnosis); fading shows the plausible range."
        )
    if Certainty.ORDER_ONLY in kinds:
        parts.append(
            "Dotted outlines and question marks: only the order is known (where not even that is stated, the order of "
            "the report); drawn at equal steps, with brackets from neighbour to neighbour."
        )
    if Certainty.ROUNDED in kinds:
        parts.append("Grey lines without caps: a rounded or partly given time, which may be any of these days.")
    if Certainty.INTERVAL in kinds:
        other = "Other brackets" if Certainty.ORDER_ONLY in kinds else "Brackets"
        parts.append(f"{other}: earliest to latest day.")
    parts += _lines(figure)
    if figure.mrd:
        parts.append(_assays(course))
    words = " ".join([*(item.label for item in figure.items), *(item.lane for item in figure.items)])
    words += " ".join(span.label for span in figure.status) + (" MRD" if figure.mrd else "")
    words += " ND" if any(point.state is MrdState.NOT_DETECTED for point in figure.mrd) else ""
    words += " PB" if any(point.blood for point in figure.mrd) else ""
    parts += _spelt(words)
    if plan is not None:
        parts.append(f"Beside it the plan of {title_of(plan)}, at its nominal days.")
    if figure.flags:
        parts.append("Numbers: findings of the check, listed under the figure.")
    if figure.note:
        parts.append(f"{NOTE}.")
    return " ".join([*parts, *_source(course)])


def _lines(figure: TimelineFigure) -> list[str]:
    """What edges and lines without a place in the key mean."""
    parts = []
    if any(span.start.spread for span in figure.status[1:]):
        parts.append("Slanted edges of the disease status: it changed between the two days.")
    if any(item.kind in ("relapse", "molecular_relapse") for item in figure.items):
        parts.append("Dotted vertical lines: relapses.")
    levels = Counter((point.assay, point.blood) for point in figure.mrd if point.value is not None)
    if any(count > 1 for (assay, _), count in levels.items() if assay is not Assay.UNKNOWN):
        parts.append("MRD results of one assay and tissue are joined, by dashes where one has no exact level.")
    return parts


def graph_caption(course: Course, figure: GraphFigure, *, style: Style = PLAIN, plan: Plan | None = None) -> str:
    """The legend of a course graph: the patient, how it is read, the assays, the plan, and the abbreviations."""
    parts = [
        _opening(course, style),
        "Bands are lines of therapy; arrows run in order of time and have no scale.",
    ]
    if any(node.time for node in figure.nodes):
        parts.append("Times above arrows are reported and count from diagnosis.")
    if any(not edge.stated for edge in figure.edges):
        parts.append("Dashed arrows: the order is not stated; drawn as planned or as told.")
    missing = [block for edge in figure.edges for block in edge.missing]
    if missing:
        parts.append(f"Broken arrows: blocks of the protocol are not reported ({', '.join(dict.fromkeys(missing))}).")
    if plan is not None:
        parts.append(f"Grey: planned by {clean(title_of(plan))}, not told in the first line.")
    if any(isinstance(event, MrdAssessment) for event in course):
        parts.append(_assays(course))
    if figure.findings:
        parts.append("Numbers: findings of the check, listed in the key.")
    words = " ".join(line for node in figure.nodes for line in node.lines)
    words += " " + " ".join(run.text for node in figure.nodes for tag in node.tags for run in tag.runs)
    return " ".join([*parts, *_spelt(words), *_source(course)])


def _opening(course: Course, style: Style) -> str:
    return f"Course of {shown(course.id)} ({patient_in_words(course, hide_ages=style.hide_ages)})."


def _day_zero(figure: TimelineFigure) -> str:
    name = figure.zero.name
    if name is None:
        return "No time is reported; events stand in their order."
    if figure.zero.in_ages:
        return "Time is the patient's age."
    return f"Day 0 is {'the ' if name.islower() else ''}{name}."


def _spelt(shown: str) -> list[str]:
    """The abbreviations that occur, spelt out."""
    spelt = [
        f"{short}, {long}" for short, long in sorted(_ABBREVIATIONS.items()) if re.search(rf"\b{short}[0-9]?\b", shown)
    ]
    return ["; ".join(spelt) + "."] if spelt else []


def _source(course: Course) -> list[str]:
    return [f"Source: {clean(course.source.key)}, {clean(course.source.at)}."] if course.source is not None else []


def _assays(course: Course) -> str:
    """Assays, markers and sensitivities of the MRD results."""
    found = []
    for event in course.of(MrdAssessment):
        method = worded(event.method) if event.method else "assay not reported"
        method = {"pcr": "PCR", "flow": "flow cytometry", "ngs": "NGS"}.get(method, method)
        limit = (
            f"sensitivity {superscripts(level(event.sensitivity))}" if event.sensitivity else "sensitivity not reported"
        )
        found.append(", ".join(filter(None, [method, shown(event.marker or ""), limit])))
    return f"MRD: {'; '.join(dict.fromkeys(found))}."


TABLE_COLUMNS = ("event", "type", "time_from_diagnosis", "time_as_reported", "drawn", "findings")
"""Columns of the event table."""


def event_rows(
    course: Course,
    drawn: Mapping[str, str] | None = None,
    marks: Mapping[str, Sequence[Mark]] | None = None,
    *,
    hide_ages: bool = False,
) -> list[tuple[str, ...]]:
    """The event table: every event, drawn or not, with its time in words and as reported.

    ``drawn``: where each event stands in the figure, by its id; ``marks``: what was found about it. Calendar dates
    are left out, and ages where they are to be hidden.
    """
    rows: list[tuple[str, ...]] = []
    for event in course:
        told = [stated(when, hide_ages=hide_ages) for when in event.when]
        told += [f"until {stated(when, hide_ages=hide_ages)}" for when in event.until]
        told += [f"lasting {event.lasting}"] if event.lasting is not None else []
        found = [f"{mark.rule} {mark.verdict}" for mark in (marks or {}).get(event.id, ())]
        rows.append(
            (
                shown(name_of(course, event)),
                event.TYPE,
                day_in_words(course, event),
                shown("; ".join(told)) or "not told",
                (drawn or {}).get(event.id) or "not drawn",
                "; ".join(dict.fromkeys(found)),
            )
        )
    return rows


def as_csv(rows: Sequence[Sequence[str]]) -> str:
    """A table as CSV whose cells no spreadsheet runs."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([inert(cell) for cell in row] for row in rows)
    return text.getvalue()


def long_description(course: Course, opening: str, events: Sequence[Event] | None = None) -> str:
    """The alt text and after it every event in order of time, each with what is known of its time."""
    listed = sorted(events or course, key=lambda event: course.resolved.day_since_diagnosis(event.id)[0])
    rows = [f"{shown(name_of(course, event))} ({day_in_words(course, event)})" for event in listed]
    return f"{opening} Events, days after diagnosis: {'; '.join(rows)}."
