"""Codes of words, against a second reading of the printed table."""

from infant_course.vocabulary import NCIT, CnsClass

SECOND_READING = "C116833 C116834 C116836 C116837 C116838 C116835 C116840 C116841 C116843"
"""CNS1, 2, 2a, 2b, 2c, 3, 3a, 3b, 3c in the order of the table."""


def test_every_cns_class_has_its_code() -> None:
    assert " ".join(NCIT[word] for word in CnsClass) == SECOND_READING


def test_no_code_stands_twice() -> None:
    assert len(set(NCIT.values())) == len(NCIT)
