"""Why each field is there: who defines it or asks for it, and which of its values the rules take without a word.

Apart from the event types, which are read at every start.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from attrs import frozen

from ..events import SHARED, Event
from ..sources import Ground, Logic
from .derived import cite
from .reading import knowledge


@frozen
class FieldNote:
    """``source``: the ground of a field. ``limits``: its values beyond which a rule speaks, with the rule; often none.

    The limits are words for people; the numbers that are compared with are thresholds and definitions.
    """

    source: Ground
    limits: str


@cache
def field_notes() -> Mapping[str, Mapping[str, FieldNote]]:
    """All notes by event type ("Event": what all share) or by the name of another record, and by field."""
    return {record: {name: _note(row) for name, row in told.items()} for record, told in knowledge("fields").items()}


def field_note(record: type, name: str) -> FieldNote:
    """The note of a field of an event type or another record. Raises KeyError for a field that it does not have.

    >>> from infant_course import MrdAssessment
    >>> print(field_note(MrdAssessment, "sensitivity").source)
    bruggemann2021, Table 1: a negative result states its sensitivity
    """
    if issubclass(record, Event):
        return field_notes()["Event" if name in SHARED else record.TYPE][name]
    return field_notes()[record.__name__][name]


def _note(row: Mapping[str, Any]) -> FieldNote:
    return FieldNote(Logic(row["logic"]) if "logic" in row else cite(row), row.get("limits", ""))
