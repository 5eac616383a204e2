"""What was found about the events of a course, as a figure may tell it: nothing is judged here.

A message has no calendar date in it, bare years included. Where ages are hidden the rule is named alone: a message may
tell an age in many ways.
"""

import re
from collections.abc import Mapping, Sequence

from .stated import DATE, without_dates, without_places
from .style import Mark

Marks = Mapping[str, Sequence[Mark]]
"""What was found about each event, by its id; under "" what was found about the patient."""
NO_MARKS: Marks = {}
VERDICTS = ("failed", "undecided")
"""In this order in the key, and each with a flag of its own shape."""

Told = tuple[str, str, str]
"""Rule, verdict and message of a finding; one that several events share is one finding."""

_EVENTS = re.compile(r" \[[^\[\]]*\]$")
_YEAR = re.compile(r"\b(?:18|19|20)\d{2}\b")


def undated(message: str) -> str:
    """A message about a course without its dates, and without the files and lines it names."""
    return _YEAR.sub(DATE, without_dates(without_places(message)))


def told(mark: Mark, *, hide_ages: bool) -> Told:
    """Rule, verdict and message, without the list of events at its end: the flags stand at them."""
    message = _EVENTS.sub("", mark.message).removesuffix(".")
    return mark.rule, mark.verdict, "" if hide_ages else undated(message)


def words(found: Told) -> str:
    """A finding on one line."""
    rule, verdict, message = found
    return f"{rule} {verdict}: {message}" if message else f"{rule} {verdict}"
