"""One finding as a run saw it."""

from collections.abc import Mapping
from typing import Any

from attrs import field, frozen


@frozen(kw_only=True)
class Seen:
    """One finding as a run saw it. ``shown``: label and value of the fields concerned; ``data``: hash of the data."""

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
    types: tuple[str, ...]
    place: Mapping[str, Any] = field(repr=False)
    shown: tuple[tuple[str, str], ...] = field(repr=False)
    against: tuple[tuple[str, str], ...] = field(repr=False)
    data: str
