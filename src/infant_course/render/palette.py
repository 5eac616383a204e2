"""The colours of figures: apart in lightness too, so that they survive grey printing.

Okabe-Ito colours are safe for the colour-blind but not in grey; these were chosen so that any two that can share
a lane differ by 6 in lightness (L*) or more. The colour of text on each comes from the table, not from a rule.
"""

from attrs import frozen

BLACK, WHITE = "#000000", "#FFFFFF"
RULE = "#DDDDDD"
BRACKET = "#777777"
THRESHOLD = "#666666"
OUTLINE = "#333333"


@frozen
class Tone:
    """A fill and the colour of text on it."""

    fill: str
    text: str = BLACK

    def tint(self, share: float) -> str:
        """The fill thinned with white: an opaque colour, as journals want it."""
        channels = (int(self.fill[i : i + 2], 16) for i in (1, 3, 5))
        return "#" + "".join(f"{round(255 - share * (255 - c)):02X}" for c in channels)


TONES = {
    "maintenance": Tone("#D6EBF7"),
    "chemotherapy": Tone("#9FD0EE"),
    "radiotherapy": Tone("#BDBDBD"),
    "myeloid": Tone("#E69F00"),
    "cell_therapy": Tone("#CC79A7"),
    "relapse": Tone("#D55E00"),
    "antibody": Tone("#0072B2", WHITE),
    "hsct": Tone("#00583D", WHITE),
    "active": Tone("#333333", WHITE),
    "molecular_relapse": Tone("#8C8C8C"),
    "remission": Tone("#F2F2F2"),
    "follow_up": Tone("#C8C8C8"),
    "ngs": Tone("#009E73"),
}


def tone(name: str) -> Tone:
    """A tone by its name in :data:`TONES`. Raises KeyError."""
    return TONES[name]
