"""How a name is written: what does not matter when two names are compared."""

import re

_BETWEEN = re.compile(r"[\s_.\-\u2010-\u2015\u2212]+")
_DASHES = re.compile(r"[\-\u2010-\u2015\u2212]+")


def spelt(name: str) -> str:
    """A name in small letters, without blanks, underscores and dots, and without dashes between two parts.

    A dash at the end stays: "CD19-" may mean that CD19 is absent. So does what stands between two digits: 1-1 is
    not 11.
    """
    return _BETWEEN.sub(_kept, name.casefold())


def _kept(between: re.Match[str]) -> str:
    """What stays of blanks, dots and dashes; of those between two digits one sign."""
    text, start, end = between.string, between.start(), between.end()
    before, after = text[max(start - 1, 0) : start], text[end : end + 1]
    dashes = "".join(_DASHES.findall(between[0]))
    if before.isdigit() and after.isdigit():
        return "-" if dashes else "." if "." in between[0] else " "
    return "" if before.isalnum() and after.isalnum() else dashes
