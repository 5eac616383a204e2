"""A course as a timeline figure: its items, its MRD results and the states of the disease they change.

Only what is stated is shown. Onset of symptoms, presentation, examinations and risk groups are in the event table
(:mod:`infant_course.render.caption`) and not on the timeline. Never a calendar date: day 0 is the diagnosis.
"""

from collections.abc import Mapping, Sequence
from functools import partial

from ..course import Course
from ..events import (
    Abandonment,
    AdverseEvent,
    CellTherapy,
    Conditioning,
    Diagnosis,
    EndOfTherapy,
    Engraftment,
    Event,
    GraftFailure,
    Gvhd,
    Immunotherapy,
    LastContact,
    Lymphodepletion,
    MrdAssessment,
    MrdReemergence,
    Radiotherapy,
    Refractory,
    Relapse,
    Remission,
    SupportiveTreatment,
    TargetedTherapy,
    Transplant,
    TreatmentBlock,
)
from ..knowledge.plan import Plan
from ..knowledge.thresholds import threshold
from ..vocabulary import DiseaseStatus, Method, MrdResult, RemissionKind, Specimen, VitalStatus
from .caption import alt_text, long_description
from .event_lanes import lane_of
from .ink import Drawing
from .style import Mark, Style
from .timeline_figure import Assay, Certainty, Item, MrdPoint, MrdState, Placed, Span, Threshold, TimelineFigure
from .timeline_ink import draw_timeline
from .timeline_times import Times, times_of
from .words import STATUS, level, name_of, result_in_words, worded

PLAIN = Style()
"""The style of a figure where nothing is chosen."""
NO_MARKS: Mapping[str, Sequence[Mark]] = {}

_ASSAYS = {
    Method.PCR: Assay.PCR,
    Method.FLOW: Assay.FLOW,
    Method.NGS: Assay.NGS,
    Method.MORPHOLOGY: Assay.MORPHOLOGY,
    None: Assay.UNKNOWN,
}


Marks = Mapping[str, Sequence[Mark]]
"""What was found about each event, by its id."""


def timeline(course: Course, *, style: Style = PLAIN, plan: Plan | None = None, marks: Marks = NO_MARKS) -> Drawing:
    """The timeline of a course as a drawing.

    ``plan``: what a protocol plans, shown beside what was given. ``marks``: findings, shown at their events.
    """
    return draw_timeline(figure_of(course, style=style, plan=plan, marks=marks), width=style.page_width)


def figure_of(
    course: Course, *, style: Style = PLAIN, plan: Plan | None = None, marks: Marks = NO_MARKS
) -> TimelineFigure:
    """What the timeline of a course shows."""
    shown = [event for event in course if lane_of(event) or _is_result(event)]
    times = times_of(course, shown)
    items = tuple(item for event in shown if (item := _item(course, event, times)))
    points = tuple(_point(event, times.start[event.id]) for event in shown if isinstance(event, MrdAssessment))
    return TimelineFigure(
        title=f"Timeline of {course.id}",
        description=long_description(course, alt_text(course)),
        items=items,
        status=_status(course, shown, times),
        mrd=points,
        thresholds=_thresholds() if points else (),
    )


def _thresholds() -> tuple[Threshold, ...]:
    negative = threshold("mrd_negative_sensitivity").value
    remission = max(threshold("mrd_borders").values)
    return (
        Threshold(negative, f"limit of MRD response, {100 * negative:g} %", (5, 2)),
        Threshold(remission, f"limit of remission, {100 * remission:g} %", (0.8, 1.6)),
    )


def _is_result(event: Event) -> bool:
    return isinstance(event, MrdAssessment) and event.result not in (None, MrdResult.NOT_EVALUABLE)


def _item(course: Course, event: Event, times: Times) -> Item | None:
    lane = lane_of(event)
    if lane is None:
        return None
    label = name_of(course, event)
    return Item(
        lane=lane,
        kind=_kind(course, event),
        label=label,
        title=f"{label}; {placed_in_words(times.start[event.id])}",
        start=times.start[event.id],
        end=times.end.get(event.id) if not isinstance(event, AdverseEvent | Gvhd) else None,
        follow_up=isinstance(event, LastContact),
        event=event.id,
    )


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
            alive = {VitalStatus.ALIVE: "alive", VitalStatus.DEAD: "death"}
            return alive.get(event.vital_status or VitalStatus.LOST, "lost")
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
        case Engraftment() | EndOfTherapy():
            return "finding"
        case SupportiveTreatment():
            return "follow_up"
    return event.TYPE


def _second_line(course: Course, event: Event) -> bool:
    """Whether a block is known to come after a relapse or a failure of induction."""
    turns = [other for other in course if isinstance(other, Relapse | Refractory)]
    return any(course.resolved.order((turn.id, "start"), (event.id, "start")) for turn in turns)


def placed_in_words(time: Placed) -> str:
    """A drawn time in words: what is known, never more."""
    days = f"day {time.day:.0f}"
    match time.certainty:
        case Certainty.REPORTED:
            return f"{days} after diagnosis"
        case Certainty.ROUNDED | Certainty.INTERVAL:
            return f"between day {time.earliest:.0f} and day {time.latest:.0f} after diagnosis"
        case Certainty.NOMINAL:
            return f"time not reported; {days} is nominal"
        case _:
            return "time not reported; only its order is known"


# MRD.


def _point(event: MrdAssessment, at: Placed) -> MrdPoint:
    fraction = event.value.to("fraction") if event.value else None
    sensitivity = event.sensitivity.to("fraction") if event.sensitivity else None
    limit = event.quantitative_limit.to("fraction") if event.quantitative_limit else None
    assay = _ASSAYS[event.method]
    tested = ", ".join(filter(None, [assay.value, event.marker, event.specimen and worded(event.specimen)]))
    title = f"MRD {result_in_words(event)}; {tested}; {placed_in_words(at)}"
    blood = event.specimen is Specimen.BLOOD
    shared = partial(MrdPoint, at=at, assay=assay, blood=blood, title=title, event=event.id)
    if event.result is MrdResult.NEGATIVE:
        state = MrdState.NOT_DETECTED if sensitivity is None else MrdState.NOT_DETECTED_AT
        return shared(state=state, value=sensitivity)
    if event.result is MrdResult.POSITIVE_BELOW_RANGE:
        return shared(state=MrdState.POSITIVE, value=sensitivity or limit, above=limit)
    state = MrdState.QUANTIFIED if fraction is not None else MrdState.POSITIVE
    return shared(state=state, value=fraction, label=level(event.value) if event.value else "")


# Disease status.


def _status(course: Course, shown: Sequence[Event], times: Times) -> tuple[Span, ...]:
    """The states of the disease that are stated, in the order in which they are drawn."""
    turns: list[tuple[Placed, str, str]] = []
    for event in sorted(shown, key=lambda one: times.start[one.id].day):
        turn = _turn(event)
        if turn is None or (not turns and not isinstance(event, Diagnosis)):
            continue
        at, (kind, label) = times.start[event.id], turn
        if turns and kind == turns[-1][1]:
            if isinstance(event, MrdAssessment) or label == turns[-1][2]:
                continue
            if isinstance(event, LastContact) and turns[-1][2].startswith(label):
                continue
        if isinstance(event, LastContact):
            # The state at the last contact began at a time that was not reported.
            since, before, earlier = turns[-1]
            if before == kind:
                turns[-1] = (since, kind, f"{earlier}, then {label}")
            else:
                turns.append((Placed.on(since.day), "not_stated", f"{label}, attained at a time not reported"))
            continue
        if turns and at.day <= turns[-1][0].day and kind == turns[-1][1]:
            continue
        if turns and turns[-1][1] == "active" and isinstance(event, MrdAssessment):
            # A negative result says that the remission had begun, not when: disease until then would be invented.
            since, _, earlier = turns[-1]
            turns[-1] = (since, "not_stated", f"{earlier}, then not told")
        turns.append((at, kind, label))
    if not turns:
        return ()
    last = max((placed.day for placed in times.start.values()), default=0.0)
    ends = [*(at for at, _, _ in turns[1:]), Placed.on(last)]
    return tuple(
        Span(kind=kind, label=label, start=at, end=end) for (at, kind, label), end in zip(turns, ends, strict=True)
    )


def _turn(event: Event) -> tuple[str, str] | None:
    """The state that an event begins: palette tone and label."""
    match event:
        case Diagnosis():
            return "active", "Active"
        case Remission():
            number = event.number if event.number is not None else ""
            if event.kind is RemissionKind.MRD:
                return "remission", f"MRD remission {number}".strip()
            return "remission", f"CR{number}"
        case Relapse():
            return "active", "Relapse"
        case Refractory():
            return "active", "Refractory"
        case MrdReemergence():
            return "molecular_relapse", "MRD re-emergence"
        case MrdAssessment(result=MrdResult.NEGATIVE):
            return "remission", "MRD not detected"
        case LastContact(disease_status=status) if status is not None:
            if status is DiseaseStatus.ACTIVE_DISEASE:
                return "active", "Active"
            return "remission", STATUS.get(status, str(status))
    return None
