"""Keyed pseudonyms: the same id gets the same one under the same key, and nobody without the key can tell which.

They are HMAC-SHA256 with a purpose of its own for each kind of id, shortened to 60 bits and written in 12 digits and
capitals without I, L, O and U, after a letter that tells the kind. Two ids that got one pseudonym would be taken
for one patient, so that is an error, never a merge.
"""

import re
from collections.abc import Iterable
from enum import Enum

from attrs import field, frozen

from ..errors import UsageError
from .key import Key

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LENGTH = 12
_AGAIN = re.compile(r"(.+) \(([0-9]+)\)", re.DOTALL)


class Kind(Enum):
    """What a pseudonym stands for; the value is its first letter."""

    PATIENT = "P"
    EVENT = "E"
    SITE = "S"
    FINGERPRINT = "F"
    NAME = "N"


@frozen(kw_only=True)
class Pseudonyms:
    """The pseudonyms of one run under one key; remembers them to notice a collision.

    >>> names = Pseudonyms(key=Key(secret=bytes(32)))
    >>> names.patient("P017"), names.event("P017", "dx"), names.event("P018", "dx")
    ('PFP9MPZP5S69R', 'E9J4QN5EMT117', 'EGTF7H1J0QP41')
    """

    key: Key
    _given: dict[tuple[str, ...], str] = field(factory=dict, init=False, repr=False, eq=False)
    _taken: set[str] = field(factory=set, init=False, repr=False, eq=False)

    def patient(self, identity: str) -> str:
        """The pseudonym of a patient."""
        return self._name(Kind.PATIENT, identity)

    def event(self, patient: str, identity: str) -> str:
        """The pseudonym of a patient's event: events of one name in two patients have nothing in common.

        An id that was used twice ("dx (2)" is the second "dx") still is.
        """
        again = _AGAIN.fullmatch(identity)
        if again:
            return f"{self._name(Kind.EVENT, patient, again[1])} ({again[2]})"
        return self._name(Kind.EVENT, patient, identity)

    def site(self, name: str) -> str:
        """The pseudonym of a site."""
        return self._name(Kind.SITE, name)

    def fingerprint(self, found: str) -> str:
        """What stands for the fingerprint of a finding: it can be followed, but not recomputed from a guessed id."""
        return self._name(Kind.FINGERPRINT, found)

    def patients(self, identities: Iterable[str]) -> list[str]:
        """The pseudonyms of several patients, in their order."""
        return [self.patient(identity) for identity in identities]

    def name(self, text: str) -> str:
        """What stands for a name that is not known (of a block, a marker): the same name is still the same."""
        return self._name(Kind.NAME, text)

    def _name(self, kind: Kind, *parts: str) -> str:
        asked = (kind.value, *parts)
        given = self._given.get(asked)
        if given is None:
            given = kind.value + _short(self.key.digest(kind.name.lower(), *parts))
            if given in self._taken:
                raise UsageError("two ids got the same pseudonym under this key; make another key and try again")
            self._taken.add(given)
            self._given[asked] = given
        return given


def _short(digest: bytes) -> str:
    number = int.from_bytes(digest[:8], "big") >> 4  # 60 of 64 bits
    return "".join(_DIGITS[number >> shift & 31] for shift in range(5 * (_LENGTH - 1), -1, -5))
