"""Where a statement comes from: a source key and the place in it."""

from enum import StrEnum

from attrs import frozen


class Confidence(StrEnum):
    """How well a published figure is known to us."""

    QUOTED = "quoted"
    """Read in a stored copy of the source (often an abstract, a table or a registry text)."""
    RECALLED = "recalled"
    """General knowledge of the literature, not read: shown as provisional."""
    UNKNOWN = "unknown"
    """Looked for and not found."""


@frozen
class Cite:
    """A published ground: the key of a source in ``knowledge/sources.yaml`` and the place in it."""

    key: str
    at: str
    confidence: Confidence = Confidence.QUOTED

    @property
    def provisional(self) -> bool:
        """True where the figure was not read in its source."""
        return self.confidence is not Confidence.QUOTED

    def __str__(self) -> str:
        return f"{self.key}, {self.at}" + (" (provisional)" if self.provisional else "")


@frozen
class Logic:
    """A ground that needs no publication: plain logic or arithmetic, with the argument in a line."""

    argument: str

    @property
    def provisional(self) -> bool:
        """Never: an argument stands or falls by itself."""
        return False

    def __str__(self) -> str:
        return f"logic: {self.argument}"


Ground = Cite | Logic
