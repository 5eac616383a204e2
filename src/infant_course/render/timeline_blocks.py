"""What the protocol of a patient says of a block that was given."""

from ..course import Course
from ..events import Enrolment, Event, TreatmentBlock
from ..knowledge.protocols import Block, Protocol, protocol


def protocol_of(course: Course, block: TreatmentBlock) -> Protocol | None:
    """The protocol of a block: its own, or the only one the patient is said to be treated by."""
    if block.protocol:
        return protocol(block.protocol)
    named = {event.protocol for event in course if isinstance(event, Enrolment | TreatmentBlock) and event.protocol}
    return protocol(named.pop()) if len(named) == 1 else None


def block_of(course: Course, event: Event) -> Block | None:
    """What the protocol says of a block; None where nothing is known of it."""
    if not isinstance(event, TreatmentBlock) or not event.block:
        return None
    planned = protocol_of(course, event)
    return planned.block(event.block) if planned else None
