"""What a ledger tells of one finding."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from attrs import field, frozen

from .seen import Found
from .status import STANDING, Status

NO_REQUEST = ("none ", "nothing ", "the ")
"""How a rule's repair begins that asks nobody to do something."""


@frozen(kw_only=True)
class Step:
    """One change of a finding's status: on which day, to what, and why."""

    as_of: str
    status: Status
    why: str = field(repr=False)


@frozen(kw_only=True)
class Acceptance:
    """A reviewer's word that a finding is right as it is. ``ended``: day it was withdrawn or replaced."""

    as_of: str
    by: str
    why: str = field(repr=False)
    until: str | None = None
    ended: str | None = None


@frozen(kw_only=True)
class Reply:
    """What a site replied to a query. ``question``: the question that stood beside the reply."""

    as_of: str
    by: str
    file: str
    question: str = field(repr=False)
    text: str = field(repr=False)


@frozen(kw_only=True)
class Entry(Found):
    """One finding in a ledger.

    ``number`` is that of its query and never changes. ``since``: day of its status; ``opened``: day it was last
    opened; ``first_seen``, ``last_seen``: days of the runs that found it; ``patient_seen``: day of the last run that
    had its patient.
    """

    number: int
    site: str | None
    status: Status
    since: str
    opened: str
    first_seen: str
    last_seen: str
    patient_seen: str
    until: str | None = None
    steps: tuple[Step, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()
    replies: tuple[Reply, ...] = ()

    @property
    def standing(self) -> bool:
        """Whether it waits for an answer: new, open or reopened."""
        return self.status in STANDING

    @property
    def question(self) -> str:
        """The question to the site, in plain words."""
        advice = self.advice.strip()
        if not advice:
            return self.message
        if advice.lower().startswith(NO_REQUEST):
            return f"{self.message} {advice[0].upper()}{advice[1:]}"
        return f"{self.message} Please {advice if advice[:2].isupper() else advice[0].lower() + advice[1:]}"

    def age(self, as_of: date) -> int:
        """Whole days since it was last opened."""
        return (as_of - date.fromisoformat(self.opened)).days


def entry_of(row: Mapping[str, Any], as_of: date, **more: Any) -> Entry:
    """An entry from its row; an acceptance that has run out by ``as_of`` holds no more."""
    status = Status(row["status"])
    if status is Status.ACCEPTED and row["until"] is not None and row["until"] < as_of.isoformat():
        status = Status.REOPENED
    plain = (
        "number", "fingerprint", "patient", "site", "rule", "about", "event", "outcome", "verdict", "severity",
        "message", "advice", "source", "since", "opened", "first_seen", "last_seen", "patient_seen", "until",
    )  # fmt: skip
    return Entry(
        **{name: row[name] for name in plain},
        place=json.loads(row["place"]),
        shown=_pairs(row["shown"]),
        against=_pairs(row["against"]),
        status=status,
        **more,
    )


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((first, second) for first, second in json.loads(text))
