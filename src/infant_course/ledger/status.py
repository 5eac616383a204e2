"""The statuses of a finding and how a run changes them. Nothing here knows of files or patients."""

from enum import StrEnum


class Status(StrEnum):
    """Where a finding stands."""

    NEW = "new"
    """Found for the first time, on the day of the latest run that looked."""
    OPEN = "open"
    """Found before, and found again."""
    RESOLVED = "resolved"
    """Found before; the last run that looked did not find it."""
    REOPENED = "reopened"
    """Was resolved or accepted, and is back."""
    ACCEPTED = "accepted"
    """Reviewed, and right as it is."""


STANDING = (Status.NEW, Status.REOPENED, Status.OPEN)
"""Statuses of findings that wait for an answer."""


def next_status(was: Status | None, *, verdict: str | None, same_day: bool, accepted: bool) -> Status | None:
    """The status after a run that looked: where the rule ran, the patient was in the run, and so on.

    ``verdict``: what the run found (failed, undecided, or None for nothing). ``same_day``: whether the finding got
    its status on the day of this run. ``accepted``: whether an acceptance holds for exactly what was found. None:
    nothing to keep.

    What cannot be told opens nothing, and closes nothing either: to empty a date is no answer to a query. (Where the
    events themselves are gone, nothing was found.)
    """
    if verdict is None:
        return was and Status.RESOLVED
    if was in (None, Status.RESOLVED) and verdict != "failed":
        return was
    if accepted:
        return Status.ACCEPTED
    if was is None:
        return Status.NEW
    if was in (Status.RESOLVED, Status.ACCEPTED):
        return Status.REOPENED
    return was if same_day else Status.OPEN
