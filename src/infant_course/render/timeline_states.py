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


def states(shown: Sequence[Event], times: Times) -> tuple[Span, ...]:
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
    if last <= turns[0][0].day:
        return ()  # nothing is told of any time after it: there is no stretch to draw
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
