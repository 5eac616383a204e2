"""How a name is written: what does not matter when two names are compared."""

import re

_BLANKS = re.compile(r"[\s_.]+")
_DASHES = re.compile(r"(?<=[^\W_])[\-\u2010-\u2015\u2212]+(?=[^\W_])")


def spelt(name: str) -> str:
    """A name in small letters, without blanks, underscores and dots, and without dashes between two parts.

    A dash at the end stays: "CD19-" may mean that CD19 is absent.
    """
    return _DASHES.sub("", _BLANKS.sub("", name.casefold()))
