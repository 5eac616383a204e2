"""The report as JSON: the documented keys, no more and no less."""

import json
import re
from pathlib import Path

from infant_course.report.json import FORMAT, Input, as_json
from infant_course.vocabulary import Severity
from report.sample_report import count, finding, report

PAGE = Path(__file__).parents[2] / "docs" / "json.md"
SAMPLE = report(finding(), finding(verdict="undecided", event=None), rules=(count("ORD-04", Severity.ERROR, 5, 1, 2),))


def documented(heading: str) -> list[str]:
    """The keys that the page lists under a heading, in order."""
    text = PAGE.read_text(encoding="utf-8")
    part = text.partition(heading)[2].partition("\n## ")[0]
    cells = re.findall(r"^\| (`[^|]*`) \|", part, re.M)
    return [key for cell in cells for key in re.findall(r"`(\w+)`", cell)]


def test_the_page_lists_exactly_the_keys_that_are_written():
    """Top level, rules and findings, in the order of the file."""
    told = json.loads(as_json(SAMPLE))
    assert list(told) == documented("# The report as JSON")
    assert list(told["rules"][0]) == documented("## `rules`")
    assert list(told["findings"][0]) == documented("## `findings`")
    assert told["format"] == FORMAT


def test_undecided_findings_are_listed_with_their_verdict():
    """Text counts them; this lists them."""
    told = json.loads(as_json(SAMPLE))
    assert [f["verdict"] for f in told["findings"]] == ["failed", "undecided"]
    assert told["findings"][1]["event"] is None
    assert told["rules"][0]["passed"] == 2


def test_inputs_carry_name_and_digest():
    """As they were given."""
    told = json.loads(as_json(SAMPLE, [Input(name="a.yaml", sha256="00")]))
    assert told["inputs"] == [{"name": "a.yaml", "sha256": "00"}]


def test_control_characters_stay_escaped():
    """JSON has them as escapes, so that printing it does no harm."""
    nasty = "a\x1b[2J\x07\x9b31m\u202eµ"
    written = as_json(report(finding(message=nasty)))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", written)
    assert json.loads(written)["findings"][0]["message"] == nasty
