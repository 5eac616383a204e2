"""Pseudonyms: keyed, apart for each purpose, fit to be ids, and never merged."""

import hashlib
import hmac
import re

import pytest

from infant_course.errors import UsageError
from infant_course.privacy import pseudonyms
from infant_course.privacy.key import Key
from infant_course.privacy.pseudonyms import Pseudonyms
from infant_course.when import IDENTIFIER

KEY = Key(secret=bytes(range(32)))


def test_a_pseudonym_is_the_hmac_of_purpose_and_id():
    """Worked out a second time from the standard library alone."""
    message = b"".join(len(text).to_bytes(8, "big") + text for text in (b"infant-course", b"patient", b"P017"))
    digest = hmac.new(bytes(range(32)), message, hashlib.sha256).digest()
    bits = "".join(f"{byte:08b}" for byte in digest)[:60]
    digits = [int(bits[i : i + 5], 2) for i in range(0, 60, 5)]
    expected = "P" + "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[digit] for digit in digits)
    assert Pseudonyms(key=KEY).patient("P017") == expected


def test_the_same_under_one_key_and_others_under_another():
    first, again = Pseudonyms(key=KEY), Pseudonyms(key=KEY)
    other = Pseudonyms(key=Key(secret=bytes(32)))
    assert first.patient("P017") == again.patient("P017") != other.patient("P017")
    assert first.patients(["b", "a"]) == [again.patient("b"), again.patient("a")]


def test_kinds_and_patients_are_kept_apart():
    names = Pseudonyms(key=KEY)
    told = [names.patient("x"), names.site("x"), names.fingerprint("x"), names.event("x", "x"), names.event("y", "x")]
    assert len({name[1:] for name in told}) == len(told)
    assert names.event("ab", "c") != names.event("a", "bc")


def test_they_are_ids_and_tell_nothing():
    names = Pseudonyms(key=KEY)
    for identity in ("Müller, Anna 2019-05-17", "../../x", "CON", "", "\ud800", "😀"):
        assert re.fullmatch("P[0-9A-Z]{12}", names.patient(identity))
        assert re.fullmatch(IDENTIFIER, names.patient(identity))
    assert "Anna" not in repr(names)


def test_a_collision_is_an_error_and_not_a_merge(monkeypatch):
    monkeypatch.setattr(pseudonyms, "_short", lambda digest: "SAME")
    names = Pseudonyms(key=KEY)
    assert names.patient("a") == names.patient("a")
    with pytest.raises(UsageError, match="same pseudonym") as caught:
        names.patient("b")
    assert "'a'" not in str(caught.value)
