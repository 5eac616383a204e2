"""A course as a timeline figure: its items, its MRD results, what was planned and what was found about it.

Only what is stated is shown, never a calendar date. Symptom onset and presentation stand among the events, prednisone
response, marrow and fluid in a lane of their own, where their day is known to about a week or a month; where it is
not, they would stand at a place that says nothing, and are named under the figure. What has no place in the course of
the disease (examinations, laboratory values, measurements, enrolment, risk groups, decisions) is in the event table
(:mod:`infant_course.render.caption`) and in the description of the file.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from attrs import evolve

from ..course import Course
from ..events import (
    Abandonment,
    AdverseEvent,
    Apheresis,
    CellTherapy,
    Conditioning,
    CsfAssessment,
    Diagnosis,
    EndOfTherapy,
    Engraftment,
    Event,
    GraftFailure,
    Gvhd,
    Immunotherapy,
    LastContact,
    Lymphodepletion,
    MarrowAssessment,
    MrdAssessment,
    MrdReemergence,
    PrednisoneResponse,
    Presentation,
    Radiotherapy,
    Refractory,
    Relapse,
    Remission,
    SupportiveTreatment,
    SymptomOnset,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from ..knowledge.plan import Plan
from ..knowledge.thresholds import threshold
from ..shortest_paths import UNBOUNDED, Point
from ..vocabulary import Method, MrdResult, RemissionKind, Specimen, VitalStatus
from ..when import With
from .caption import alt_text
from .event_lanes import lane_of
from .ink import Drawing
from .marks import NO_MARKS, Marks, undated
from .stated import without_dates
from .style import Style
from .timeline_figure import (
    Assay,
    Certainty,
    Flag,
    FlagText,
    Item,
    Lane,
    MrdPoint,
    MrdState,
    Placed,
    Threshold,
    TimelineFigure,
    Zero,
)
from .timeline_flags import flags_of
from .timeline_ink import draw_timeline
from .timeline_mrd import LOWEST
from .timeline_plan import Planned, planned
from .timeline_states import states
from .timeline_times import Times, times_of
from .timeline_zero import zero_of
from .words import level, name_of, result_in_words, worded

PLAIN = Style()
"""The style of a figure where nothing is chosen."""
_SEEN_DAYS = {Lane.EVENTS: 7, Lane.RESPONSE: 31}
"""Presentation and response are drawn where their day is known within so many days (a choice of drawing)."""

_ASSAYS = {
    Method.PCR: Assay.PCR,
    Method.FLOW: Assay.FLOW,
    Method.NGS: Assay.NGS,
    Method.MORPHOLOGY: Assay.MORPHOLOGY,
    None: Assay.UNKNOWN,
}


def timeline(course: Course, *, style: Style = PLAIN, plan: Plan | None = None, marks: Marks = NO_MARKS) -> Drawing:
    """The timeline of a course as a drawing.

    ``plan``: what a protocol plans, shown beside what was given. ``marks``: findings by the id of their event, shown
    there. Raises UsageError where the course has no event, or no time of it, that the style counts days from.
    """
    return draw_timeline(figure_of(course, style=style, plan=plan, marks=marks), style=style)


def figure_of(
    course: Course, *, style: Style = PLAIN, plan: Plan | None = None, marks: Marks = NO_MARKS
) -> TimelineFigure:
    """What the timeline of a course shows; arguments and errors as of :func:`timeline`."""
    zero, point = zero_of(course, style)
    held = [event for event in course if lane_of(event) or _is_result(event)]
    silent = [event for event in held if not _is_seen(course, event, point)]
    shown = [event for event in held if event not in silent]
    times = times_of(course, shown, point)
    days = {name: at.day for name, at in times.start.items()}
    flags, texts = flags_of(course, marks, days, hide_ages=style.hide_ages)
    points = tuple(
        evolve(_point(event, times.start[event.id], zero), flags=flags.get(event.id, ()))
        for event in shown
        if isinstance(event, MrdAssessment)
    )
    items = [item for event in shown if (item := _item(course, event, times, zero, flags))]
    begun = next((_begun(times, event) for event in shown if isinstance(event, Diagnosis)), None)
    parts = planned(plan, begun) if plan is not None else Planned(thresholds=_thresholds())
    return TimelineFigure(
        title=f"Timeline of {without_dates(course.id)}",
        description=_description(course, style, times, (zero, point), texts),
        items=(*items, *parts.items),
        status=states(shown, times),
        mrd=points,
        thresholds=parts.thresholds if points else (),
        timepoints=parts.timepoints if points else (),
        zero=zero,
        ages=style.ages and zero.age is not None and not zero.in_ages,
        flags=texts,
        remarks=(*_remarks(course, style, zero, silent), *_below(points), *parts.remarks),
    )


def _begun(times: Times, diagnosis: Event) -> float | None:
    at = times.start[diagnosis.id]
    return None if at.certainty is Certainty.ORDER_ONLY else at.day


def _is_result(event: Event) -> bool:
    return isinstance(event, MrdAssessment) and event.result not in (None, MrdResult.NOT_EVALUABLE)


def _is_seen(course: Course, event: Event, zero: Point | None) -> bool:
    """Whether an event is drawn: what leads up to the diagnosis and what was found only where its day is known."""
    lane = lane_of(event)
    if lane is not Lane.RESPONSE and not isinstance(event, SymptomOnset | Presentation):
        return True
    if zero is None or lane is None:
        return False
    anchors = [zero, *((other.id, "start") for other in course.of(Diagnosis))]
    spans = [course.resolved.days_between(anchor, (event.id, "start")) for anchor in anchors]
    seen = min(high - low for low, high in spans) <= _SEEN_DAYS[lane]
    return seen and not (lane is Lane.EVENTS and any(low == high == 0 for low, high in spans))


def _on_day_of_diagnosis(course: Course, event: Event) -> bool:
    """Whether an event is known to be of the day of a diagnosis."""
    days = (course.resolved.days_between((one.id, "start"), (event.id, "start")) for one in course.of(Diagnosis))
    return any(low == high == 0 for low, high in days)


def _below(points: Sequence[MrdPoint]) -> tuple[str, ...]:
    """That a level does not stand where it should, as the axis ends before."""
    lowest = 10.0**LOWEST
    lower = any(point.value is not None and point.value < lowest for point in points)
    return (f"MRD below 10^{LOWEST} stands at 10^{LOWEST}.",) if lower else ()


def _remarks(course: Course, style: Style, zero: Zero, silent: Sequence[Event]) -> tuple[str, ...]:
    """What is not drawn, and what could not be drawn to scale, each with the reason."""
    contradicted = [name_of(course, event) for event in course if event.id in course.resolved.contradicted]
    same_day = [event for event in silent if _on_day_of_diagnosis(course, event)]
    names = dict.fromkeys(_label(course, event) for event in silent if event not in same_day)
    lines = []
    if zero.name is None:
        lines.append("No time can be counted from a diagnosis or any other event: only the order is drawn.")
    elif style.day_zero == "diagnosis" and zero.name != "diagnosis":
        lost = any(event.id in course.resolved.contradicted for event in course.of(Diagnosis))
        why = "What is told of the time of the diagnosis contradicts other times"
        why = why if lost else "No diagnosis with a time is recorded"
        lines.append(f"{why}: days are counted from the first event with one ({zero.name}).")
    if contradicted:
        lines.append(
            f"Set aside and drawn in order only, as the times told of them contradict: {'; '.join(contradicted)}."
        )
    if names:
        lines.append(f"Not drawn, as their day is not told: {'; '.join(names)}.")
    if same_day:
        told = dict.fromkeys(_label(course, event) for event in same_day)
        lines.append(f"On the day of the diagnosis, not drawn: {'; '.join(told)}.")
    if style.ages and zero.age is None:
        lines.append("No row of ages: neither a birth nor an age that fixes one is told.")
    return tuple(without_dates(line) for line in lines)


def _description(
    course: Course,
    style: Style,
    times: Times,
    zero: tuple[Zero, Point | None],
    flags: Sequence[FlagText],
) -> str:
    """The alt text and after it every event in order of time, each with what is known of it, and what was found."""
    opening = alt_text(course, hide_ages=style.hide_ages)
    told = {event.id: n for n, event in enumerate(course)}

    def place(event: Event) -> tuple[float, int]:
        at = times.start.get(event.id)
        return (at.day if at else _span(course, event, zero[1])[0], told[event.id])

    rows = [f"{_label(course, event)} ({_known(course, event, times, zero)})" for event in sorted(course, key=place)]
    parts = [opening, f"Events: {'; '.join(rows)}."]
    problems = [undated(one.message) for one in course.resolved.problems]
    if problems and not style.hide_ages:  # their statements may tell an age
        parts.append(f"Contradictions: {'; '.join(problems)}.")
    if flags:
        parts.append(
            f"Findings: {'; '.join(f'{one.flag.number} {one.text}' if one.flag else one.text for one in flags)}."
        )
    return without_dates(" ".join(parts))


def _span(course: Course, event: Event, zero: Point | None) -> tuple[float, float]:
    low, high = course.resolved.days_between(zero, (event.id, "start")) if zero else (-UNBOUNDED, UNBOUNDED)
    return low if low > -UNBOUNDED else -float("inf"), high if high < UNBOUNDED else float("inf")


def _known(course: Course, event: Event, times: Times, zero: tuple[Zero, Point | None]) -> str:
    """What is known of the start of an event, in words, and how it is drawn where that says more."""
    low, high = _span(course, event, zero[1])
    at = times.start.get(event.id)
    how = {Certainty.NOMINAL: "drawn at its nominal day", Certainty.ORDER_ONLY: "drawn by its order"}
    drawn = "not drawn" if at is None else how.get(at.certainty, "")
    if low == -float("inf") and high == float("inf"):
        known = "time not reported"
    elif high == float("inf"):
        known = f"{zero[0].day(low)} or later"
    elif low == -float("inf"):
        known = f"{zero[0].day(high)} or earlier"
    else:
        known = zero[0].days(low, high)
    return "; ".join(filter(None, [known, drawn]))


def _thresholds() -> tuple[Threshold, ...]:
    """The limits of remission and of MRD response, which hold whatever the protocol."""
    negative = threshold("mrd_negative_sensitivity").value
    remission = max(threshold("mrd_borders").values)
    return (
        Threshold(negative, f"limit of MRD response, {100 * negative:g} %", (5, 2)),
        Threshold(remission, f"limit of remission, {100 * remission:g} %", (0.8, 1.6)),
    )


def _label(course: Course, event: Event) -> str:
    return without_dates(name_of(course, event))


def _item(course: Course, event: Event, times: Times, zero: Zero, flags: Mapping[str, tuple[Flag, ...]]) -> Item | None:
    lane = lane_of(event)
    if lane is None:
        return None
    label = _label(course, event)
    return Item(
        lane=lane,
        kind=_kind(course, event),
        label=label,
        title=f"{label}; {placed_in_words(times.start[event.id], zero)}",
        start=times.start[event.id],
        end=times.end.get(event.id) if not isinstance(event, AdverseEvent | Gvhd) else None,
        stopped=_stopped(course, event),
        follow_up=isinstance(event, LastContact),
        event=event.id,
        flags=flags.get(event.id, ()),
    )


def _stopped(course: Course, event: Event) -> str:
    """Where a treatment is told to have ended with a relapse or a failure, that it did."""
    for when in event.until:
        other = course.by_id.get(when.of) if isinstance(when, With) else None
        if isinstance(other, Relapse | Refractory | MrdReemergence):
            return f"stopped at {worded(other.TYPE).replace('mrd reemergence', 'MRD re-emergence')}"
    return ""


def _kind(course: Course, event: Event) -> str:
    """The palette's tone of a bar, the glyph of a mark."""
    match event:
        case TreatmentBlock():
            if event.block and "maintenance" in event.block.casefold():
                return "maintenance"
            return "myeloid" if event.direction == "myeloid" or _second_line(course, event) else "chemotherapy"
        case Remission():
            return "mrd_response" if event.kind is RemissionKind.MRD else "remission"
        case LastContact():
            told = {VitalStatus.ALIVE: "alive", VitalStatus.DEAD: "death", VitalStatus.LOST: "lost"}
            return "finding" if event.vital_status is None else told[event.vital_status]
        case MrdReemergence():
            return "molecular_relapse"
        case Immunotherapy() | TargetedTherapy():
            return "antibody"
        case CellTherapy():
            return "car_t"
        case Lymphodepletion():
            return "chemotherapy"
        case Radiotherapy():
            return "radiotherapy"
        case Transplant() | Conditioning():
            return "hsct"
        case AdverseEvent() | Gvhd() | GraftFailure() | Abandonment():
            return "toxicity"
        case Engraftment() | EndOfTherapy() | SymptomOnset() | Presentation() | Apheresis():
            return "finding"
        case PrednisoneResponse() | MarrowAssessment() | CsfAssessment():
            return "finding"
        case SupportiveTreatment():
            return "follow_up"
    return event.TYPE


def _second_line(course: Course, event: Event) -> bool:
    """Whether a block is known to come after a relapse or a failure of induction."""
    turns = [other for other in course if isinstance(other, Relapse | Refractory)]
    return any(course.resolved.order((turn.id, "start"), (event.id, "start")) for turn in turns)


def placed_in_words(time: Placed, zero: Zero) -> str:
    """A drawn time in words: what is known, never more."""
    match time.certainty:
        case Certainty.REPORTED:
            return zero.day(time.day)
        case Certainty.ROUNDED | Certainty.INTERVAL:
            return zero.days(time.earliest, time.latest)
        case Certainty.NOMINAL:
            return f"time not reported; {zero.day(time.day)} is nominal"
        case _:
            return "time not reported; only its order is known"


# MRD.


def _point(event: MrdAssessment, at: Placed, zero: Zero) -> MrdPoint:
    fraction = event.value.to("fraction") if event.value else None
    sensitivity = event.sensitivity.to("fraction") if event.sensitivity else None
    limit = event.quantitative_limit.to("fraction") if event.quantitative_limit else None
    assay = _ASSAYS[event.method]
    tested = ", ".join(filter(None, [assay.value, event.marker, event.specimen and worded(event.specimen)]))
    title = f"MRD {result_in_words(event)}; {tested}; {placed_in_words(at, zero)}"
    blood = event.specimen is Specimen.BLOOD
    shared = partial(MrdPoint, at=at, assay=assay, blood=blood, title=title, event=event.id)
    if event.result is MrdResult.NEGATIVE:
        state = MrdState.NOT_DETECTED if sensitivity is None else MrdState.NOT_DETECTED_AT
        return shared(state=state, value=sensitivity)
    if event.result is MrdResult.POSITIVE_BELOW_RANGE:
        # Without a sensitivity no more is known than that it lies below the limit.
        below = f"< {level(event.quantitative_limit)}" if event.quantitative_limit and sensitivity is None else ""
        return shared(state=MrdState.POSITIVE, value=sensitivity or limit, above=limit, label=below)
    state = MrdState.QUANTIFIED if fraction is not None else MrdState.POSITIVE
    return shared(state=state, value=fraction, label=level(event.value) if event.value else "")
