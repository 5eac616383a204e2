"""Words that go with a figure: caption, alt text, long description, and the rows of the event table.

All of it is generated from what is stated and meant to be edited. No colours, no calendar dates, no names.
"""

import re
from collections.abc import Sequence

from ..course import Course
from ..events import Diagnosis, Event, LastContact, MrdAssessment
from ..shortest_paths import UNBOUNDED
from ..vocabulary import Kmt2aStatus, Sex
from ..when import AtAge, Either, Offset, OnDate, When
from .timeline_figure import NOTE, Certainty, MrdState, TimelineFigure, clean
from .timeline_names import lane_of, name_of
from .timeline_scale import scale_of

ALT_TEXT_CHARACTERS = 250
"""Longest alt text: what screen readers and publishers take as one description."""

_ABBREVIATIONS = {
    "CR": "complete remission",
    "MRD": "measurable residual disease",
    "HSCT": "haematopoietic stem cell transplantation",
    "ND": "not detected, no level",
    "PB": "peripheral blood",
    "Ind": "induction",
    "IB": "Protocol IB",
}


def _words(value: object) -> str:
    return clean(str(value).replace("_", " "))


def patient_in_words(course: Course) -> str:
    """Sex, age at diagnosis, lineage and fusion, as far as they are stated."""
    diagnosis = next(iter(course.of(Diagnosis)), None)
    sex = {Sex.MALE: "boy", Sex.FEMALE: "girl"}.get(course.patient.sex) if course.patient.sex else "infant"
    words = [sex or "infant"]
    if diagnosis is not None:
        age = next((when.age for when in diagnosis.when if isinstance(when, AtAge)), None)
        if age is not None:
            words.append(f"{age} old at diagnosis")
        disease = f"{diagnosis.lineage}-{diagnosis.disease}" if diagnosis.lineage and diagnosis.disease else ""
        words.append(disease or _words(diagnosis.disease or ""))
        karyotypes = [c.karyotype for c in diagnosis.cytogenetics if c.karyotype]
        if diagnosis.kmt2a_partner:
            words.append(f"KMT2A::{diagnosis.kmt2a_partner}")
        elif diagnosis.kmt2a is Kmt2aStatus.GERMLINE:
            words.append("KMT2A germline")
        elif karyotypes:
            words.append(karyotypes[0])
    return clean(", ".join(word for word in words if word))


def alt_text(course: Course, kind: str = "Timeline") -> str:
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
    head = f"{kind}, {clean(course.id)}: {patient_in_words(course)}."
    steps = [_lower(clean(name_of(course, event))) for event in course if event.TYPE in turning]
    last = next(iter(course.of(LastContact)), None)
    end = f" {clean(name_of(course, last))}{_when_last_seen(course, last)}." if last else ""
    while steps:
        text = f"{head} {_upper('; then '.join(steps))}.{end}"
        if len(text) <= ALT_TEXT_CHARACTERS:
            return text
        steps.pop(len(steps) // 2)
    text = f"{head}{end}"
    return text if len(text) <= ALT_TEXT_CHARACTERS else text[: ALT_TEXT_CHARACTERS - 1].rstrip() + "…"


def _when_last_seen(course: Course, last: LastContact) -> str:
    """ " at age 6.5 years", where an age or a time since diagnosis is stated."""
    for when in last.when:
        if isinstance(when, AtAge):
            return f" at {when}"
        if isinstance(when, Offset) and isinstance(course.by_id.get(when.of), Diagnosis):
            return f" {when.by} after diagnosis"
    return ""


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def caption(course: Course, figure: TimelineFigure) -> str:
    """A legend: what the figure is, the patient, the scales, the marks, the assays, and which times are reported."""
    parts = [f"Course of {clean(course.id)} ({patient_in_words(course)}). Day 0 is the diagnosis."]
    scale = scale_of(figure, 0.0, 100.0)
    if scale.broken_at is not None:
        parts.append("The time axis has two linear scales, months before the break and years after it.")
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
    if kinds & {Certainty.ROUNDED, Certainty.INTERVAL}:
        parts.append("Other brackets: earliest to latest day.")
    if figure.mrd:
        parts.append(_assays(course, figure))
    shown = " ".join([*(item.label for item in figure.items), *(item.lane for item in figure.items)])
    shown += " ".join(span.label for span in figure.status) + (" MRD" if figure.mrd else "")
    shown += " ND" if any(point.state is MrdState.NOT_DETECTED for point in figure.mrd) else ""
    shown += " PB" if any(point.blood for point in figure.mrd) else ""
    spelt = [
        f"{short}, {long}" for short, long in sorted(_ABBREVIATIONS.items()) if re.search(rf"\b{short}\d?\b", shown)
    ]
    if spelt:
        parts.append("; ".join(spelt) + ".")
    if figure.note:
        parts.append(f"{NOTE}.")
    if course.source is not None:
        parts.append(f"Source: {clean(course.source.key)}, {clean(course.source.at)}.")
    return " ".join(parts)


def _assays(course: Course, figure: TimelineFigure) -> str:
    """Assays, markers and sensitivities of the MRD results."""
    found = []
    for event in course.of(MrdAssessment):
        method = _words(event.method) if event.method else "assay not reported"
        method = {"pcr": "PCR", "flow": "flow cytometry", "ngs": "NGS"}.get(method, method)
        limit = f"sensitivity {event.sensitivity}" if event.sensitivity else "sensitivity not reported"
        found.append(", ".join(filter(None, [method, clean(event.marker or ""), limit])))
    return f"MRD: {'; '.join(dict.fromkeys(found))}."


TABLE_COLUMNS = ("event", "type", "time", "time_as_reported", "lane")
"""Columns of the event table."""


def event_rows(course: Course, figure: TimelineFigure | None = None) -> list[tuple[str, ...]]:
    """The event table: every event, drawn or not, with its time in words and as reported (calendar dates left out)."""
    rows: list[tuple[str, ...]] = []
    for event in course:
        reported = "; ".join(_without_dates(when) for when in event.when)
        until = "; ".join(f"until {_without_dates(when)}" for when in event.until)
        lane = lane_of(event)
        rows.append(
            (
                clean(name_of(course, event)),
                event.TYPE,
                day_in_words(course, event),
                clean("; ".join(filter(None, [reported, until]))),
                str(lane) if lane else "MRD" if isinstance(event, MrdAssessment) else "not drawn",
            )
        )
    return rows


def _without_dates(when: When) -> str:
    if isinstance(when, OnDate):
        return "calendar date"
    return re.sub(r"\b\d{4}(-\d{2}){0,2}\b", "calendar date", str(when)) if isinstance(when, Either) else str(when)


def day_in_words(course: Course, event: Event) -> str:
    """What is known of the day of an event since the diagnosis."""
    low, high = course.resolved.day_since_diagnosis(event.id)
    if low <= -UNBOUNDED and high >= UNBOUNDED:
        return "not reported"
    if high >= UNBOUNDED:
        return f"day {low} or later"
    if low <= -UNBOUNDED:
        return f"day {high} or earlier"
    return f"day {low}" if low == high else f"day {low} to {high}"


def long_description(course: Course, opening: str, events: Sequence[Event] | None = None) -> str:
    """The alt text and after it every event in order of time, each with what is known of its time."""
    listed = sorted(events or course, key=lambda event: course.resolved.day_since_diagnosis(event.id)[0])
    rows = [f"{clean(name_of(course, event))} ({day_in_words(course, event)})" for event in listed]
    return f"{opening} Events, days after diagnosis: {'; '.join(rows)}."
