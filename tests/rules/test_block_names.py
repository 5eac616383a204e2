"""A block whose name was misspelt is told with the name that was perhaps meant; no other name is."""

import pytest

import infant_course as ic
from infant_course.report.check import check
from infant_course.rules.conduct import USUAL_BLOCKS, block_numbers
from infant_course.when import parse


def told(block: str, protocol: str | None = None) -> list[str]:
    """What PRO-05 says of a block of this name."""
    given = ic.TreatmentBlock(id="b", block=block, protocol=protocol, when=[parse("2020-01-10")])
    course = ic.Course(patient=ic.Patient(id="p"), events=[given], complete=["treatment_block"])
    return [finding.message for finding in check(course).findings if finding.rule == "PRO-05"]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("maintenence", "maintenance"),
        ("Maintainance", "maintenance"),
        ("inducton", "induction"),
        ("consolidaton", "consolidation"),
        ("octadat", "octadad"),
        ("delayed intensifcation", "delayed_intensification"),
    ],
)
def test_the_nearest_usual_name_is_told(typed: str, meant: str) -> None:
    for protocol in (None, "aall0631", "interfant-06"):
        (message,) = told(typed, protocol)
        assert f"did you mean '{meant}'?" in message


@pytest.mark.parametrize(
    "typed", ["maintenance", "IB", "Induction 2", "preinduction", "intensification", "salvage", "FLAG", "induction A"]
)
def test_a_name_of_its_own_is_no_slip(typed: str) -> None:
    assert told(typed) == []


def test_the_usual_names_are_names_of_protocols() -> None:
    assert {name.replace("_", "-") for name in USUAL_BLOCKS} <= set(block_numbers())
