"""One finding: what a run and a ledger both tell of it, and what the run saw."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen


@frozen(kw_only=True)
class Found:
    """One finding. ``place``: where it stands in its source; ``shown``: label and value of the fields concerned;
    ``against``: the events it conflicts with, and their times.
    """

    fingerprint: str
    rule: str
    patient: str = field(repr=False)
    about: str
    event: str | None = field(repr=False)
    outcome: str
    verdict: str
    severity: str
    message: str = field(repr=False)
    advice: str
    source: str
    place: Mapping[str, Any] = field(repr=False)
    shown: tuple[tuple[str, str], ...] = field(repr=False)
    against: tuple[tuple[str, str], ...] = field(repr=False)


@frozen(kw_only=True)
class Seen(Found):
    """One finding as a run saw it. ``types``: of the events concerned; ``data``: hash of the data behind it."""

    types: tuple[str, ...]
    data: str
