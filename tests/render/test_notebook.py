"""Courses and reports in notebooks: HTML that may stand among other HTML, escaped, and never an error."""

import subprocess
import sys
from base64 import b64decode
from html.parser import HTMLParser
from xml.etree import ElementTree

import attrs

import infant_course as ic
from infant_course.io.published import published_cases
from infant_course.render import shown
from report import page_samples as samples

VOID = {"img"}


class Parts(HTMLParser):
    """Tags, attributes and rows of some HTML; complains of elements that are not closed."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.names, self.images, self.rows = [], set(), set(), [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.names |= {name for name, _ in attrs}
        if tag == "img":
            self.images.append(dict(attrs)["src"])
        if tag == "tr":
            self.rows.append([])
        if tag in ("th", "td"):
            self.rows[-1].append("")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if {"th", "td"} & set(self.open):
            self.rows[-1][-1] += data


def test_a_course_shows_its_drawing_and_its_first_events(tmp_path):
    """The drawing that ``draw`` would choose; times as stated without calendar dates; the rest is counted."""
    course = ic.load(next(path for path in published_cases() if path.stem.endswith("case-3")))
    html = course._repr_html_()
    parts = Parts(html)
    (image,) = parts.images
    ic.draw(course, tmp_path / "a.svg")
    kind, _, data = image.partition(",")
    assert kind == "data:image/svg+xml;base64"
    drawn, file = (ElementTree.fromstring(svg) for svg in (b64decode(data), (tmp_path / "a.svg").read_bytes()))
    assert [one.attrib for one in drawn.iter() if one.attrib] == [one.attrib for one in file.iter() if one.attrib]
    assert len(parts.rows) == 1 + 12
    assert len(course) == 17
    assert "And 5 more" in html
    dated = samples.course(tmp_path)._repr_html_()
    assert Parts(dated).rows[1] == ["Diagnosis", "diagnosis", "calendar date", "day 0"]
    assert "2020-" not in dated


def test_a_report_shows_its_summary_and_the_worst_findings(tmp_path):
    report, _ = samples.faulty(tmp_path)
    html = report._repr_html_()
    parts = Parts(html)
    assert f"3 patients, 23 events, {len(report.rules)} rules" in html
    assert f"{report.counted('failed', 'error')} errors" in html
    heads = parts.rows.index(["severity", "rule", "patient", "event", "what was found"])
    found = [(row[1], row[2], row[3]) for row in parts.rows[heads + 1 :]]
    assert found == [(one.rule, one.patient, one.event or "") for one in report.failed[:10]]
    assert f"And {len(report.failed) - 10} more failed findings" in html
    by_rule = {row[0]: row[3:] for row in parts.rows[1:heads]}
    (count,) = (count for count in report.rules if count.rule == "ORD-02")
    assert by_rule["ORD-02"] == [str(count.subjects), str(count.failed), str(count.undecided)] == ["2", "2", "0"]


def test_it_brings_nothing_that_changes_the_rest_of_a_notebook(tmp_path):
    """No script, style sheet, handler, link or id, also where an input tries."""
    word = samples.HOSTILE
    course = attrs.evolve(samples.course(tmp_path), patient=ic.Patient(id=word))
    course = attrs.evolve(course, events=(attrs.evolve(course["blina"], agent=word), course["dx"]))
    for shows in (course, ic.check(course)):
        parts = Parts(shows._repr_html_())
        assert parts.tags <= {"div", "p", "b", "code", "img", "table", "thead", "tbody", "tr", "th", "td"}
        assert parts.names <= {"alt", "src", "width", "scope"}
    assert word.split("\u202e")[0] in Parts(course._repr_html_()).rows[1][0]


def test_what_cannot_be_drawn_is_told_and_listed(tmp_path, monkeypatch):
    """A notebook shows no traceback because of one course."""
    many = ic.Course(patient=ic.Patient(id="p"), events=tuple(ic.Relapse(id=f"r{n}") for n in range(301)))
    assert "a figure of 301 events could not be read" in many._repr_html_()

    def fail(*_):
        raise ValueError("CANARY")

    monkeypatch.setattr(shown, "drawing_of", fail)
    html = samples.course(tmp_path)._repr_html_()
    assert "the drawing broke down (ValueError)" in html
    assert "CANARY" not in html
    assert len(Parts(html).rows) == 12


def test_notebooks_cost_nothing_until_they_are_used():
    """``import infant_course`` loads no drawing; ``repr`` stays without values."""
    code = "import sys, infant_course as ic; print([m for m in sys.modules if 'infant_course.render' in m])"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "[]"
