"""From patients to times of an end point: what counts as its event, and what is known of when it happened.

A time that is known only between two days is never made a single day. Who cannot be used is told with the reason.
"""

from collections.abc import Sequence

from attrs import field, frozen

from ..sources import Cite, Confidence, Ground, Logic
from .cohort_people import Happening, Person, Span


@frozen(kw_only=True)
class EndPoint:
    """An end point in words: what it is called, what its events are, and on what ground."""

    id: str
    name: str
    types: tuple[str, ...]
    events: str
    source: Ground


ENDPOINTS = {
    "os": EndPoint(
        id="os",
        name="Overall survival",
        types=("death",),
        events="death from any cause",
        source=Logic("overall survival ends with death, whatever its cause"),
    ),
    "efs": EndPoint(
        id="efs",
        name="Event-free survival",
        types=("refractory", "relapse", "lineage_switch", "second_malignancy", "death"),
        events="treatment failure (no complete remission by the time fixed in the protocol), relapse at any site, "
        "lineage switch, second malignancy, or death from any cause, whichever comes first",
        source=Cite(
            "buchmann2022",
            "events compared between groups; a lineage switch is counted as a relapse, which is recalled",
            Confidence.RECALLED,
        ),
    ),
}


@frozen(kw_only=True)
class Choices:
    """Named choices in which analyses differ.

    ``censor_at_hsct``: follow-up ends at the first HSCT, unless an event came before. ``failure_at_zero``: a failure
    of induction is an event on day 0 instead of the day on which it is stated.
    """

    censor_at_hsct: bool = False
    failure_at_zero: bool = False


@frozen(kw_only=True)
class Outcome:
    """A patient's time in days: least and greatest, and whether it ends in an event."""

    name: str = field(repr=False)
    least: int
    greatest: int
    event: bool

    @property
    def exact(self) -> bool:
        """Whether it is known to the day."""
        return self.least == self.greatest


def outcome_of(person: Person, name: str, end_point: EndPoint, choices: Choices) -> Outcome | str:
    """The time of a patient, or why there is none that can be used."""
    start = person.zero("diagnosis")
    if start is None:
        return "no diagnosis"
    events = list(person.of(*end_point.types))
    contacts = person.of("last_contact")
    if not person.of("death"):
        events += [one for one in contacts if one.fields["vital_status"] == "dead"]
    if choices.censor_at_hsct:
        grafted = _graft_first(person, events)
        if isinstance(grafted, str):
            return grafted
        if grafted:
            return _told(name, [person.days(start.start, one.start) for one in grafted], "first HSCT", event=False)
    if events:
        if choices.failure_at_zero:
            failed = _failed_first(person, events)
            if isinstance(failed, str):
                return failed
            if failed:
                return Outcome(name=name, least=0, greatest=0, event=True)
        return _told(name, [person.days(start.start, one.start) for one in events], "first event", event=True)
    if not contacts:
        return "no last contact"
    spans = [person.days(start.start, one.start) for one in contacts]
    if not all(span.known for span in spans):
        return "the time of the last contact is not known between two days"
    least, greatest = max(span.least or 0 for span in spans), max(span.greatest or 0 for span in spans)
    if least < 0:
        return "the last contact may lie before the diagnosis"
    return Outcome(name=name, least=least, greatest=greatest, event=False)


def _told(name: str, spans: Sequence[Span], what: str, *, event: bool) -> Outcome | str:
    """The earliest of several: no sooner than the least bound, no later than the least of the greatest."""
    lows, highs = [span.least for span in spans], [span.greatest for span in spans if span.greatest is not None]
    if any(low is None for low in lows) or not highs:
        return f"the time of the {what} is not known between two days"
    least = min(low for low in lows if low is not None)
    if least < 0:
        return f"the {what} may lie before the diagnosis"
    return Outcome(name=name, least=least, greatest=min(highs), event=event)


def _graft_first(person: Person, events: Sequence[Happening]) -> list[Happening] | str:
    """The transplants where the first of them comes before every event; none where an event does; or not known.

    On one day the event counts.
    """
    grafts = list(person.of("transplant"))
    if not grafts or not events:
        return grafts
    if any(all(_sooner(person, graft, event) for event in events) for graft in grafts):
        return grafts
    if any(all(_sooner(person, graft, event) is False for graft in grafts) for event in events):
        return []
    return "whether the HSCT or the event came first is not known"


def _sooner(person: Person, graft: Happening, event: Happening) -> bool | None:
    """Whether a transplant came before an event; of one day and no known order not; None where both are possible."""
    order = person.before(graft.start, event.start)
    if order is None and person.days(graft.start, event.start) == Span(0, 0):
        return False
    return order


def _failed_first(person: Person, events: Sequence[Happening]) -> bool | str:
    """Whether the first event is a failure of treatment."""
    failures = [event for event in events if event.type == "refractory"]
    others = [event for event in events if event.type != "refractory"]
    if not failures or not others:
        return bool(failures)
    if any(all(person.before(one.start, other.start) for other in others) for one in failures):
        return True
    if any(all(person.before(one.start, failure.start) for failure in failures) for one in others):
        return False
    return "whether the failure of treatment came first is not known"
