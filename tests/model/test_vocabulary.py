"""Codes of words, against a second reading of the printed table."""

import pytest

from infant_course.vocabulary import NCIT, CnsClass

SECOND_READING = "C116833 C116834 C116836 C116837 C116838 C116835 C116840 C116841 C116843"


@pytest.mark.parametrize(("word", "code"), zip(CnsClass, SECOND_READING.split(" "), strict=True))
def test_every_cns_class_has_its_code(word: CnsClass, code: str) -> None:
    """CNS1, 2, 2a, 2b, 2c, 3, 3a, 3b, 3c in the order of the table."""
    assert NCIT[word] == code


def test_no_code_stands_twice() -> None:
    assert len(set(NCIT.values())) == len(NCIT)
