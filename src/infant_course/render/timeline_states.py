"""The states of the disease along a course, as far as they are stated: the band of a timeline."""

from collections.abc import Sequence

from ..events import (
    Diagnosis,
    Event,
    LastContact,
    MrdAssessment,
    MrdReemergence,
    Refractory,
    Relapse,
    Remission,
)
from ..vocabulary import DiseaseStatus, MrdResult, RemissionKind
from .timeline_figure import Placed, Span
from .timeline_times import Times
from .words import STATUS

NOT_DETECTED, DETECTED = "MRD not detected", "MRD detected"
_POSITIVE = (MrdResult.QUANTIFIED, MrdResult.POSITIVE_BELOW_RANGE, MrdResult.POSITIVE)


def states(shown: Sequence[Event], times: Times) -> tuple[Span, ...]:
    """The states of the disease that are stated, in the order in which they are drawn.

    Disease is active from its diagnosis or relapse to a remission that is stated next; where none is, or a relapse
    follows without one, it is not told how long. MRD that is not detected lasts until some is detected.
    """
    turns: list[tuple[Placed, str, str]] = []
    detected = {times.start[one.id].day for one in shown if isinstance(one, MrdAssessment) and one.result in _POSITIVE}
    turned = {times.start[one.id].day for one in shown if isinstance(one, Relapse | MrdReemergence)}
    for event in sorted(shown, key=lambda one: times.start[one.id].day):
        turn = _turn(event)
        if turn is None or (not turns and not isinstance(event, Diagnosis)):
            continue
        at, (kind, label) = times.start[event.id], turn
        if label == NOT_DETECTED and at.day in detected:
            continue
        if label == DETECTED:
            if turns[-1][2] == NOT_DETECTED and at.day not in turned:
                turns.append((at, kind, label))
            continue
        if turns and isinstance(event, Relapse | MrdReemergence):
            _leave_open(turns)
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
        if isinstance(event, MrdAssessment):
            _leave_open(turns)  # a negative result says that the remission had begun, not when
        turns.append((at, kind, label))
    if not turns:
        return ()
    if not _active_when_last_seen(shown):
        _leave_open(turns)
    last = max((placed.day for placed in times.start.values()), default=0.0)
    if last <= turns[0][0].day:
        return ()  # nothing is told of any time after it: there is no stretch to draw
    ends = [*(at for at, _, _ in turns[1:]), Placed.on(last)]
    return tuple(
        Span(kind=kind, label=label, start=at, end=end) for (at, kind, label), end in zip(turns, ends, strict=True)
    )


def _active_when_last_seen(shown: Sequence[Event]) -> bool:
    return any(isinstance(one, LastContact) and one.disease_status is DiseaseStatus.ACTIVE_DISEASE for one in shown)


def _leave_open(turns: list[tuple[Placed, str, str]]) -> None:
    """Active disease of which no end is told: that it lasted until what comes next would be invented."""
    since, kind, label = turns[-1]
    if kind == "active":
        turns[-1] = (since, "not_stated", f"{label}, then not told")


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
            return "remission", NOT_DETECTED
        case MrdAssessment(result=result) if result in _POSITIVE:
            return "not_stated", DETECTED
        case LastContact(disease_status=status) if status is not None:
            if status is DiseaseStatus.ACTIVE_DISEASE:
                return "active", "Active"
            return "remission", STATUS.get(status, str(status))
    return None
