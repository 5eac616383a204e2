"""The numbers rules compare with, each with its unit and its source."""

from functools import cache

from attrs import frozen

from ..sources import Cite, Confidence
from .reading import knowledge


@frozen
class Threshold:
    """A number (or several) with unit and source."""

    value: float
    values: tuple[float, ...]
    unit: str
    source: Cite


@cache
def threshold(name: str) -> Threshold:
    """A threshold by its name in ``thresholds.yaml``. Raises KeyError for a name that is not there."""
    entry = knowledge("thresholds")[name]
    values = entry["value"] if isinstance(entry["value"], list) else [entry["value"]]
    source = entry["source"]
    return Threshold(
        value=float(values[0]),
        values=tuple(float(value) for value in values),
        unit=entry["unit"],
        source=Cite(source["key"], source["at"], Confidence(source["confidence"])),
    )
