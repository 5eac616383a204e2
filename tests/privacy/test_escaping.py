"""Hostile words of an input stay words: in figures, pages, case files, and in tables that a spreadsheet opens."""

import csv
import re
from xml.etree import ElementTree

import pytest

from infant_course import Course, Diagnosis, Patient, TreatmentBlock, draw, dump
from infant_course.cli import main
from infant_course.events import Agent, Examination
from infant_course.io.case_file import read
from infant_course.when import parse

WORDS = [
    "<script>alert(1)</script>",
    "]]><svg onload=alert(1)>",
    '"]; evil [label="x" URL="javascript:alert(1)"]; "',
    "&lt;b&gt; &amp;amp; &#x3c;script&#x3e;",
    "</text><a href='http://x'>",
    "{{7*7}} ${x} %s \\N \\G",
    "- !!python/object/apply:os.system ['x']",
    '=HYPERLINK("http://x","y")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "a: b # c",
    "\u202egnp.exe",
]
LEADS = re.compile(r"^[\s\ufeff]*[=+\-@|%\t\r]")


def course(word: str) -> Course:
    return Course(
        patient=Patient(id="p1", site=word),
        events=(
            Diagnosis(id="dx", when=(parse("2020-01-01"),), kmt2a_partner=word, note=word),
            TreatmentBlock(id="b", when=(parse("2020-02-01"),), block=word, agents=(Agent(name=word),)),
            Examination(id="x", when=(parse("2020-03-01"),), method=word, note=word),
        ),
        about=word,
    )


@pytest.mark.parametrize("kind", ["graph", "timeline"])
@pytest.mark.parametrize("word", WORDS)
def test_a_figure_holds_text_and_nothing_that_acts(tmp_path, word, kind):
    """Well-formed, without scripts, links or handlers."""
    root = ElementTree.fromstring(draw(course(word), tmp_path / "a.svg", kind=kind).read_bytes())
    tags = {element.tag.rpartition("}")[2] for element in root.iter()}
    assert not tags & {"script", "a", "foreignObject", "iframe", "image", "use"}
    assert not [name for element in root.iter() for name in element.attrib if name.lower().startswith("on")]
    assert not [v for element in root.iter() for v in element.attrib.values() if "javascript:" in v and v != word]


@pytest.mark.parametrize("word", WORDS)
def test_dot_has_no_more_nodes_than_events(tmp_path, word):
    """A quote within a label ends nothing: what stands outside of quotes is the graph's own."""
    text = draw(course(word), tmp_path / "a.dot", kind="graph").read_text(encoding="utf-8")
    outside = re.sub(r'"(?:[^"\\]|\\.)*"', "Q", text, flags=re.DOTALL)
    assert "evil" not in outside
    assert "URL" not in outside
    assert "javascript" not in outside


@pytest.mark.parametrize("word", WORDS[:-1])
def test_a_case_file_reads_back_as_it_was(word):
    assert read(dump(course(word))) == course(word)


@pytest.mark.parametrize("word", WORDS)
def test_no_cell_of_a_table_can_be_run(tmp_path, word):
    """Through the commands that write tables; what comes back is the word."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name, column in (("patient", "about"), ("diagnosis", "note")):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([["patient", "id", column], ["p1", "dx", word]])
    key = tmp_path / "k.key"
    assert main(["convert", str(folder), str(tmp_path / "out"), "--to", "csv"]) == 0
    assert main(["key", str(key)]) == 0
    assert main(["deidentify", str(folder), "-o", str(tmp_path / "shared"), "--key", str(key)]) == 0
    for path in [*(tmp_path / "out").iterdir(), *(tmp_path / "shared").iterdir()]:
        with path.open(encoding="utf-8", newline="") as stream:
            cells = [cell for row in csv.reader(stream) for cell in row]
        assert [cell for cell in cells if LEADS.match(cell)] == []
    written = tmp_path / "out" / "diagnosis.csv"
    with written.open(encoding="utf-8", newline="") as stream:
        (row,) = csv.DictReader(stream)
    assert row["note"].removeprefix("'") == word.removeprefix("'")


def test_what_is_said_on_a_terminal_cannot_steer_it(tmp_path, capsys):
    path = tmp_path / "a.yaml"
    dump(course("x"), path)
    path.write_text(
        path.read_text(encoding="utf-8").replace("event: diagnosis", "event: dia\\e[2Jgnosis"), encoding="utf-8"
    )
    main(["check", str(path)])
    printed = capsys.readouterr()
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", printed.out + printed.err)
