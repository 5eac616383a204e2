"""Query files: one per site, no other site's patients, and nothing in them that a spreadsheet or browser runs."""

import csv
import io
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pytest

from infant_course.ledger import Ledger, LedgerError, query_files
from infant_course.ledger.entry import NO_REQUEST
from infant_course.ledger.queries import COLUMNS, Sheet, write_queries
from infant_course.rules import RULES
from ledger.sights import day, new_ledger, seen, sight

SITES = {"p": "Ghent", "q": "Lyon", "r": None, "s": "ghent"}
VERBS = set(
    [
        "confirm",
        "name",
        "record",
        "add",
        "state",
        "give",
        "keep",
        "correct",
        "remove",
        "leave",
        "take",
        "map",
        "move",
        "date",
        "divide",
        "enter",
        "use",
        "merge",
        "ask",
    ]
)
NASTY = {
    "formula": '=HYPERLINK("http://x","y")',
    "command": "+cmd|' /C calc'!A0",
    "markup": "<script>alert(1)</script>",
    "quote": 'a "b", c;\td',
    "control": "a\x1b[2J\x00b",
    "bidi": "a\u202eb",
    "long": "x" * 40_000,
}


def filled(folder: Path, **changes: object) -> Ledger:
    """A ledger with a finding at each site."""
    ledger = new_ledger(folder)
    ledger.record(sight(*(seen(patient, **changes) for patient in SITES), sites=SITES), as_of=day(1))
    return ledger


def written(ledger: Ledger, folder: Path, kind: str, on: int = 1) -> dict[str, Path]:
    """The query files by the site they are for."""
    told = write_queries(ledger.standing(as_of=day(on)), folder, kind=kind, as_of=day(on))
    return {str(sheet.site): path for path, sheet in told}


def cells(path: Path) -> list[dict[str, str]]:
    """The lines of a query file."""
    if path.suffix == ".csv":
        text = path.read_text(encoding="utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))
    if path.suffix == ".html":
        page = Page()
        page.feed(path.read_text(encoding="utf-8"))
        rows = [page.cells[i : i + len(COLUMNS)] for i in range(0, len(page.cells), len(COLUMNS))]
    else:
        rows = [[str(c or "") for c in row] for row in openpyxl.load_workbook(path)["queries"].values]
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


class Page(HTMLParser):
    """The cells and the tags of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[str] = []
        self.tags: set[str] = set()
        self.inside = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)
        if tag in ("td", "th"):
            self.cells.append("")
            self.inside = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.cells[-1] += data


@pytest.mark.parametrize("kind", ["xlsx", "csv", "html"])
def test_each_site_has_a_file_with_its_own_patients_only(tmp_path: Path, kind: str):
    """Sites that differ in capitals too, and a file for patients without a site."""
    with filled(tmp_path) as ledger:
        files = written(ledger, tmp_path / "round", kind)
    assert {site: [row["record"] for row in cells(path)] for site, path in files.items()} == {
        "Ghent": ["p"],
        "Lyon": ["q"],
        "ghent": ["s"],
        "None": ["r"],
    }
    names = [path.name for path in (tmp_path / "round").iterdir()]
    assert len({name.casefold() for name in names}) == 4
    assert f"site-Lyon.{kind}" in names and f"no-site.{kind}" in names
    for site, path in files.items():
        others = {"Ghent", "Lyon"} - {site}
        assert not [other for other in others for row in cells(path) if other in " ".join(map(str, row.values()))]


def test_names_of_sites_cannot_leave_the_folder(tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        sites = {"p": "../../x", "q": "CON", "r": "a/b", "s": "no-site"}
        ledger.record(sight(*map(seen, sites), sites=sites), as_of=day(1))
        files = written(ledger, tmp_path / "round", "csv")
    assert {path.parent for path in files.values()} == {tmp_path / "round"}
    assert len(files) == len(list((tmp_path / "round").iterdir())) == 4


@pytest.mark.parametrize("kind", ["xlsx", "csv", "html"])
def test_a_query_says_all_that_a_site_needs(tmp_path: Path, kind: str):
    """Where it stands, which field and value, what is asked, how old it is."""
    place = {"record": "007", "visit": "baseline_arm_1", "instrument": "labs", "instance": "2", "file": "x", "row": 3}
    shown = (("Leukocytes", "3000 10^9/L"), ("Date", ""))
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p", place=place, shown=shown, against=(("rel", "2020-02"),))), as_of=day(1))
        (row,) = cells(written(ledger, tmp_path / "round", kind, on=15)["None"])
    assert row == {
        "query": "Q1",
        "record": "007",
        "event": "baseline_arm_1",
        "instrument": "labs",
        "instance": "2",
        "field": "Leukocytes\nDate",
        "value": "Leukocytes: 3000 10^9/L\nDate: (empty)",
        "compared with": "rel: 2020-02",
        "question": "Something is odd. Please confirm the date.",
        "reply": "",
        "earlier replies": "",
        "age in days": "14",
        "severity": "error",
        "rule": "R-1",
        "fingerprint": f"fp-{seen('p').fingerprint}",
        "line": "1 of 1",
    }


@pytest.mark.parametrize("what", NASTY)
def test_hostile_values_stay_text(tmp_path: Path, what: str):
    """In every field that a source can fill, in every format."""
    text = NASTY[what]
    place = dict.fromkeys(("record", "visit", "instrument", "instance", "file"), text) | {"row": 3}
    with new_ledger(tmp_path) as ledger:
        nasty = seen("p", message=text, place=place, shown=((text, text),), against=((text, text),))
        ledger.record(sight(nasty), as_of=day(1))
        files = {kind: written(ledger, tmp_path / kind, kind)["None"] for kind in ("csv", "html", "xlsx")}
    for path in files.values():
        (row,) = cells(path)
        for value in row.values():
            assert not [c for c in value if c != "\n" and (ord(c) < 32 or c in "\x7f\u202e")]
    for kind in ("csv", "xlsx"):
        (row,) = cells(files[kind])
        assert not [v for v in row.values() if v.startswith(("=", "+", "-", "@", "\t", "|"))]
        assert max(map(len, row.values())) < 32_767
    for line in openpyxl.load_workbook(files["xlsx"])["queries"].iter_rows(min_row=2):
        assert not {cell.data_type for cell in line} & {"f", "e"}
        assert [type(cell.value) for cell in line if cell.data_type == "n" and cell.value is not None] == [int]
    page = Page()
    page.feed(files["html"].read_text(encoding="utf-8"))
    assert page.tags <= {
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
    }


def test_only_the_replies_of_a_workbook_may_be_changed(tmp_path: Path):
    with filled(tmp_path) as ledger:
        path = written(ledger, tmp_path / "round", "xlsx")["Lyon"]
    page = openpyxl.load_workbook(path)["queries"]
    assert page.protection.sheet
    head = [cell.value for cell in page[1]]
    assert {head[i]: cell.protection.locked for i, cell in enumerate(page[2])}["reply"] is False
    assert sum(not cell.protection.locked for cell in page[2]) == 1
    assert page.column_dimensions["J"].width > 40 and head[9] == "reply"
    assert page["J2"].alignment.wrap_text


def test_files_that_may_hold_replies_are_never_written_over(tmp_path: Path):
    """Nor is a file of another site left among the new ones."""
    with filled(tmp_path) as ledger:
        path = written(ledger, tmp_path / "round", "csv")["Lyon"]
        path.write_text("replies", encoding="utf-8")
        for kind in ("csv", "xlsx"):
            with pytest.raises(LedgerError, match="may hold replies"):
                written(ledger, tmp_path / "round", kind)
    assert path.read_text(encoding="utf-8") == "replies"


def test_accepted_and_resolved_findings_are_not_asked_about(tmp_path: Path):
    """Until the acceptance has run out."""
    with filled(tmp_path) as ledger:
        ledger.accept("Q1", by="Ann", why="seen", as_of=day(1), until=day(3))
        ledger.record(sight(*(seen(patient) for patient in "prs"), sites=SITES), as_of=day(2))
        assert set(written(ledger, tmp_path / "two", "csv", on=2)) == {"ghent", "None"}
        assert set(written(ledger, tmp_path / "four", "csv", on=4)) == {"Ghent", "ghent", "None"}


def test_numbers_of_queries_are_never_given_twice(tmp_path: Path):
    """Also after the last patient was erased."""
    with filled(tmp_path) as ledger:
        ledger.forget("s")
        ledger.record(sight(seen("t"), seen("p"), sites={"t": "Ghent"}), as_of=day(2))
        told = {entry.patient: entry.number for entry in ledger.entries(as_of=day(2))}
    assert told == {"p": 1, "q": 2, "r": 3, "t": 5}


@pytest.mark.parametrize(
    ("advice", "question"),
    [
        ("confirm the date.", "It is odd. Please confirm the date."),
        ("Confirm the date.", "It is odd. Please confirm the date."),
        ("none needed; state it.", "It is odd. None needed; state it."),
        ("the two contradict each other.", "It is odd. The two contradict each other."),
        ("", "It is odd."),
    ],
)
def test_a_question_is_a_sentence(tmp_path: Path, advice: str, question: str):
    """Made of the rule's message and its repair."""
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p", message="It is odd.", advice=advice)), as_of=day(1))
        assert ledger.entry("Q1", as_of=day(1)).question == question


def test_every_rule_of_the_catalogue_asks_in_a_sentence():
    """Its repair begins with a verb, or with one of the words that are known to ask for nothing."""
    openings = {rule.repair.split()[0] for rule in RULES.values()}
    assert openings - {word.strip() for word in NO_REQUEST} <= VERBS


def test_a_round_of_queries_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where the disk is full at the second site nothing is left that would have the folder refused afterwards."""
    folder, real, full = tmp_path / "june", query_files.write_sheet, [None, OSError(28, "No space left on device")]

    def write(sheet: Sheet, path: Path, kind: str) -> Path:
        error = full.pop(0) if full else None
        if error is not None:
            raise error
        return real(sheet, path, kind)

    monkeypatch.setattr(query_files, "write_sheet", write)
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(*map(seen, SITES), sites=SITES), as_of=day(1))
        standing = ledger.standing(as_of=day(1))
        with pytest.raises(OSError, match="No space"):
            write_queries(standing, folder, kind="csv", as_of=day(1))
        assert list(folder.iterdir()) == []
        assert len(write_queries(standing, folder, kind="csv", as_of=day(1))) == 4
