"""What findings say, where the words are part of the rule."""

from pathlib import Path

import infant_course as ic
from infant_course.report.check import check

CASES = Path(__file__).parents[2] / "cases" / "rules"


def test_a_level_at_a_threshold_is_told_with_the_operator_in_use() -> None:
    messages = [f.message for f in check(ic.load(CASES / "MRD-15" / "bad-at-1e-4.yaml")).findings if f.rule == "MRD-15"]
    assert len(messages) == 1
    assert "operator in use is >=" in messages[0]
