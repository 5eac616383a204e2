"""How much of a mapping made by hand a draft finds: counted, not judged."""

from collections.abc import Iterator

from attrs import field, frozen

from .recoding import Recodings
from .redcap_checks import each

Found = tuple[str, str, str]
"""Part of the mapping (patient, event, detail), event type, column."""


@frozen(kw_only=True)
class HitRate:
    """Fields of a mapping and what a draft makes of them.

    ``alike``: as in the mapping; ``otherwise``: as something else; ``missed``: not at all; ``beyond``: fields that the
    draft reads and the mapping does not. ``words``: choices with a word in the mapping, ``words_alike``: with the same
    one in the draft.
    """

    alike: tuple[str, ...] = field(repr=False)
    otherwise: tuple[str, ...]
    missed: tuple[str, ...]
    beyond: tuple[str, ...]
    words: int
    words_alike: int

    @property
    def fields(self) -> int:
        """How many fields the mapping reads."""
        return len(self.alike) + len(self.otherwise) + len(self.missed)

    def __str__(self) -> str:
        share = 100 * len(self.alike) / self.fields if self.fields else 0
        of_words = 100 * self.words_alike / self.words if self.words else 0
        text = f"fields: {len(self.alike)} of {self.fields} as in the mapping ({share:.0f} %)"
        text += f", {len(self.otherwise)} otherwise, {len(self.missed)} not at all, {len(self.beyond)} beyond it"
        text += f"\nchoices: {self.words_alike} of {self.words} with the same word ({of_words:.0f} %)"
        for name, some in (("otherwise", self.otherwise), ("not at all", self.missed), ("beyond it", self.beyond)):
            text += f"\n  {name}: {', '.join(some)}" if some else ""
        return text


def held_against(draft: Recodings, mapping: Recodings) -> HitRate:
    """A draft held against a mapping of the same dictionary."""
    ours, theirs = dict(_fields(draft)), dict(_fields(mapping))
    alike = tuple(name for name, meant in theirs.items() if ours.get(name) == meant)
    otherwise = tuple(name for name in theirs if name in ours and name not in alike)
    our_words, their_words = dict(_choices(draft)), dict(_choices(mapping))
    return HitRate(
        alike=alike,
        otherwise=otherwise,
        missed=tuple(name for name in theirs if name not in ours),
        beyond=tuple(name for name in ours if name not in theirs),
        words=len(their_words),
        words_alike=sum(our_words.get(key) == word for key, word in their_words.items()),
    )


def _fields(recodings: Recodings) -> Iterator[tuple[str, frozenset[Found]]]:
    """What each field of the source becomes."""
    found: dict[str, set[Found]] = {}
    for place, recoding in each(recodings):
        for source in recoding.fields:
            for name in source.named if source.checkbox is None else (source.checkbox,):
                found.setdefault(name, set()).add((place.split()[0], recoding.type, source.target))
    return ((name, frozenset(meant)) for name, meant in found.items())


def _choices(recodings: Recodings) -> Iterator[tuple[tuple[str, str], str]]:
    """Our word for each choice of a field; a choice that says nothing is none."""
    for _, recoding in each(recodings):
        for source in recoding.fields:
            names = source.named if source.checkbox is None else (source.checkbox,)
            words = source.words if source.date is None else source.date.words
            yield from (((names[-1], code), str(word)) for code, word in words.items() if names and word)
