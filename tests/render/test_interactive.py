"""The page of one drawing, as text: what it shows of each event, and what it never shows."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser

import pytest

import infant_course as ic
from infant_course.io.published import published_cases
from infant_course.render.event_facts import Veil, stated_fields, stated_times
from infant_course.render.figure import drawing_of
from infant_course.render.interactive import page
from infant_course.render.style import Mark, Style
from infant_course.when import parse
from privacy import canaries
from report import page_samples as samples

KINDS = ("graph", "timeline")


def page_of(course, kind, *, marks=None, **style):
    style = Style(**style)
    marks = marks or {}
    return page(course, drawing_of(course, kind, style=style, marks=marks), kind=kind, style=style, marks=marks)


class Read(HTMLParser):
    """Ids of events in the drawing and in the table, texts, and whatever could act."""

    def __init__(self, html):
        super().__init__()
        self.drawn, self.rows, self.tags, self.handlers, self.addresses = [], [], set(), [], []
        self.texts, self._inside = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self._inside.append(tag)
        for name, value in attrs:
            if name == "data-event":
                self.drawn.append(value)
            elif name == "data-row":
                self.rows.append(value)
            elif name.startswith("on") or name == "style":
                self.handlers.append(name)
            elif name in ("src", "href"):
                self.addresses.append(value)

    def handle_endtag(self, tag):
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data):
        if not {"script", "style"} & set(self._inside):
            self.texts.append(data)

    @property
    def text(self):
        return " ".join(" ".join(self.texts).split())


@pytest.mark.parametrize("kind", KINDS)
def test_every_event_has_a_line_and_every_mark_an_event(tmp_path, kind):
    """In the order of the file. What the drawing does not show is said to be missing there."""
    for course in [samples.course(tmp_path), *map(ic.load, published_cases())]:
        read = Read(page_of(course, kind))
        assert read.rows == [event.id for event in course]
        assert set(read.drawn) <= set(read.rows)
        assert read.text.count("(not in the drawing)") == len(set(read.rows) - set(read.drawn))
        assert len(set(read.drawn)) >= len(course) / 2


def test_an_event_tells_its_time_values_source_and_findings(tmp_path):
    course = samples.course(tmp_path, text=TOLD)
    marks = {"dx": [Mark(rule="BAS-01", verdict="failed", message="Too old. [dx (age 4 months)]")]}
    text = Read(page_of(course, "timeline", marks=marks)).text
    assert "age 4 months" in text
    assert "wbc 120 × 10 9 /L" in text  # the power is raised
    assert "agents daunorubicin, dose 30 mg/m2; vincristine" in text
    assert "until 33 days after dx" in text
    assert "lasting 4 weeks" in text
    assert "failed BAS-01 Too old. [dx (age 4 months)]" in text
    assert "line 4" in text
    assert "a remark" not in text  # free notes may hold anything


TOLD = """\
infant_course: 1
patient: {id: ID}
events:
  - {event: diagnosis, id: dx, when: age 4 months, wbc: 120 10^9/L, note: a remark}
  - {event: treatment_block, id: ind, when: 1 day after dx, until: 33 days after dx, block: induction,
     agents: [{name: daunorubicin, dose: 30 mg/m2}, {name: vincristine}]}
  - {event: immunotherapy, id: blina, when: after ind, lasting: 4 weeks, agent: blinatumomab}
"""


def test_findings_of_no_event_are_not_lost(tmp_path):
    marks = {"": [Mark(rule="FUP-01", verdict="undecided", message="Of the patient.")]}
    text = Read(page_of(samples.course(tmp_path), "timeline", marks=marks)).text
    assert text.endswith("Findings about the course as a whole undecided FUP-01 Of the patient.")


@pytest.mark.parametrize("kind", KINDS)
def test_no_calendar_date_is_in_it(tmp_path, kind):
    """Of a course told in dates, with findings that name them, and of one with dates and files in every field."""
    course = samples.course(tmp_path)
    marks = {
        f.event or "": [Mark(rule=f.rule, verdict=f.verdict, message=f.message)] for f in ic.check(course).findings
    }
    assert any("2020-" in mark.message for found in marks.values() for mark in found)
    html = page_of(course, kind, marks=marks)
    assert not re.search(r"(19|20)\d\d-\d\d", html)
    assert str(course.file) not in html
    hostile = page_of(canaries.course(), kind)
    assert "1987" not in hostile
    assert "CANARY-folder" not in hostile
    assert "CANARY-note" not in hostile


@pytest.mark.parametrize("kind", KINDS)
def test_hidden_ages_are_hidden_everywhere(tmp_path, kind):
    """In the drawing, the table and findings."""
    course = samples.course(tmp_path, text=TOLD.replace("1 day after dx", "123 days after birth"))
    marks = {"dx": [Mark(rule="BAS-01", verdict="failed", message="Too old: 124 days. [dx (age 4 months)]")]}
    shown, hidden = (page_of(course, kind, marks=marks, hide_ages=hide) for hide in (False, True))
    for age in ("4 months", "123 days after birth"):
        assert age in shown
        assert age not in hidden
    table = hidden.partition('id="events"')[2]
    assert "BAS-01" in table
    assert "124 days" not in table


def test_the_veil_covers_what_is_stated_and_nothing_that_is_like_it(tmp_path):
    """A year that was stated as a time is covered as a word of its own; the same digits elsewhere are not."""
    text = "infant_course: 1\npatient: {id: ID, birth: 2019-12}\nevents:\n"
    text += "  - {event: diagnosis, id: dx, when: 2020, wbc: 2020 10^9/L}\n"
    text += "  - {event: death, id: d, when: either (2021-02) or (3 years after dx)}\n"
    course = samples.course(tmp_path, text=text)
    veil = Veil.over(course)
    assert veil("dx (2020) against d (either (2021-02) or (3 years after dx))") == (
        "dx (calendar date) against d (either (calendar date) or (3 years after dx))"
    )
    assert veil("interfant-2020, 12020, 2020-ish") == "interfant-2020, 12020, 2020-ish"
    assert veil("seen on 3.4.2021 and 2018-11-30") == "seen on calendar date and calendar date"
    assert stated_fields(course["dx"], veil) == [("wbc", "2020 × 10^9/L")]
    assert stated_times(course["dx"]) == "calendar date"


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_same_in_every_run(kind):
    """Byte for byte, whatever the order of hashes."""
    made = (
        "import sys, hashlib, infant_course as ic\n"
        "from infant_course.render.figure import drawing_of\n"
        "from infant_course.render.interactive import page\n"
        "from infant_course.render.style import Style\n"
        "course = ic.load(sys.argv[1])\n"
        "html = page(course, drawing_of(course, sys.argv[2]), kind=sys.argv[2], style=Style(), marks={})\n"
        "print(hashlib.sha256(html.encode()).hexdigest())"
    )
    found = {
        subprocess.run(
            [sys.executable, "-c", made, str(published_cases()[0]), kind],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(found) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_input_holds_is_text_and_nothing_asks_for_anything(kind):
    course = ic.Course(
        patient=ic.Patient(id=samples.HOSTILE),
        events=(
            ic.Diagnosis(id=samples.HOSTILE, when=(parse("age 4 months"),), kmt2a_partner=samples.HOSTILE),
            ic.TreatmentBlock(id="b", block=samples.HOSTILE, when=(parse("after dx"),)),
        ),
    )
    marks = {samples.HOSTILE: [Mark(rule=samples.HOSTILE, verdict=samples.HOSTILE, message=samples.HOSTILE)]}
    html = page_of(course, kind, marks=marks)
    read = Read(html)
    assert not read.tags & {"img", "link", "iframe", "object", "image", "use", "a-x"}
    assert read.handlers == []
    assert read.addresses == ["#events"]
    assert html.count("<script") == 1
    assert not re.search("[\x1b\u202e\u2028]", html)
