"""Fusions of KMT2A as markers of MRD, however they are written."""

import re
from functools import cache

from .genetics import JOINED, markers, symbols
from .spelling import spelt

GENE = r"([A-Z0-9]+)(?:[\s.\-\u2010-\u2015\u2212]+([0-9]+[PQ](?![A-Z0-9])|[0-9]+))?"
"""A gene; its number may stand apart (AF-9, AF-1Q)."""
FUSION = re.compile(rf"(?:KMT2A|MLL)({JOINED}){GENE}")
RECIPROCAL = re.compile(rf"{GENE}{JOINED}(?:KMT2A|MLL)(?![A-Z0-9])")


def symbol(name: str) -> str | None:
    """The present symbol for any known name of a partner gene; None for a name not known."""
    return symbols().get(spelt(name).upper())


def fusion_in(marker: str) -> tuple[str, bool, str] | None:
    """The other gene of a fusion of KMT2A, as written, whether it stands after KMT2A, and what follows the fusion.

    After a blank alone, or before KMT2A, it must be a known one: "KMT2A breakpoint" names none.
    """
    text = marker.strip().upper()
    if fusion := FUSION.match(text):
        joined, name, number = fusion.groups()
        whole = not symbol(name) and symbol(f"{name}{number}")
        if whole or symbol(name) or joined.strip(" _"):
            return (f"{name}{number}" if whole else name), True, text[fusion.end(3 if whole else 2) :]
    if fusion := RECIPROCAL.match(text):
        name = "".join(filter(None, fusion.groups()))
        if symbol(name):
            return name, False, text[fusion.end() :]
    return None


def plain_marker(marker: str) -> str:
    """A marker such that two of them are equal where only their spelling, or an older name of a gene, differs."""
    if (fusion := fusion_in(marker)) is None:
        return spelt(marker)
    gene, after, rest = fusion
    genes = ("KMT2A", symbol(gene) or gene)
    return ":".join((*(genes if after else reversed(genes)), spelt(rest)))


@cache
def _usual() -> frozenset[str]:
    return frozenset(map(plain_marker, markers()))


def is_known_marker(marker: str) -> bool:
    """Whether this is a marker by its known name, or a fusion of KMT2A with a known partner and nothing else."""
    fusion = fusion_in(marker)
    whole = fusion is not None and symbol(fusion[0]) is not None and not spelt(fusion[2])
    return whole or plain_marker(marker) in _usual()
