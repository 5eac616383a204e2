"""Replies come back: matched by number and fingerprint, kept beside earlier ones, and nothing lost in silence."""

import csv
import io
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infant_course import InputError
from infant_course.ledger import Ledger
from infant_course.ledger.answers import Remark
from infant_course.ledger.queries import write_queries
from infant_course.ledger.query_files import read_replies
from ledger.sights import day, new_ledger, seen, sight

Rows = list[dict[str, str]]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Three queries to one site."""
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(*map(seen, "pqr")), as_of=day(1))
        yield ledger


def ask(ledger: Ledger, folder: Path, kind: str = "csv", on: int = 1) -> Path:
    """The query file of the patients without a site."""
    ((path, _),) = write_queries(ledger.standing(as_of=day(on)), folder, kind=kind, as_of=day(on))
    return path


def answered(
    path: Path, change: Callable[[Rows], object], *, encoding: str = "utf-8-sig", delimiter: str = ","
) -> Path:
    """The file sent back, with changes, as some spreadsheet saves it."""
    rows = list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
    change(rows)
    out = io.StringIO()
    writer = csv.DictWriter(out, rows[0].keys(), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    back = path.with_name("back.csv")
    back.write_bytes(out.getvalue().encode(encoding))
    return back


def take(ledger: Ledger, path: Path, on: int = 2) -> list[Remark]:
    """What became of each line."""
    taken = ledger.take(read_replies(path), by="Bob", file=path.name, as_of=day(on))
    return [remark for _, remark in taken.lines]


def put(**replies: str) -> Callable[[Rows], object]:
    """Replies by query number."""

    def change(rows: Rows) -> None:
        for row in rows:
            row["reply"] = replies.get(row["query"], "")

    return change


def texts(ledger: Ledger, name: str) -> list[str]:
    return [reply.text for reply in ledger.entry(name, as_of=day(9)).replies]


@pytest.mark.parametrize(("encoding", "delimiter"), [("utf-8-sig", ","), ("cp1252", ";"), ("utf-8", "\t")])
def test_replies_come_back_as_spreadsheets_save_them(ledger: Ledger, tmp_path: Path, encoding: str, delimiter: str):
    back = answered(
        ask(ledger, tmp_path / "a"), put(Q1="über 5, corrected", Q3="-"), encoding=encoding, delimiter=delimiter
    )
    assert take(ledger, back) == [Remark.TAKEN, Remark.EMPTY, Remark.TAKEN]
    (reply,) = ledger.entry("Q1", as_of=day(2)).replies
    assert (reply.text, reply.by, reply.file, reply.as_of) == ("über 5, corrected", "Bob", "back.csv", "2024-01-03")
    assert reply.question == "Something is odd. Please confirm the date."
    assert texts(ledger, "Q2") == []


def test_replies_come_back_from_a_workbook(ledger: Ledger, tmp_path: Path):
    """A number, a day and a text, as they were typed; a sorted sheet is no matter."""
    path = ask(ledger, tmp_path / "a", "xlsx")
    book = openpyxl.load_workbook(path)
    page = book["queries"]
    for row, value in zip((2, 3, 4), (12, "=1+1", "ok"), strict=True):
        page.cell(row, 10).value = value
    page.move_range("A2:P2", rows=6)
    book.save(path)
    remarks = {
        line.number: remark for line, remark in ledger.take(read_replies(path), by="B", file="f", as_of=day(2)).lines
    }
    assert remarks == dict.fromkeys((1, 2, 3), Remark.TAKEN)
    assert [texts(ledger, name) for name in ("Q1", "Q2", "Q3")] == [["12"], ["=1+1"], ["ok"]]


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (put(Q1="yes"), ()),
        (lambda rows: rows.reverse(), ()),
        (lambda rows: rows.pop(1), (2,)),
        (lambda rows: (rows.pop(0), rows.pop(0)), (1, 2)),
        (lambda rows: [row.pop("line") for row in rows] and rows.pop(1), ()),
        (lambda rows: rows.append(dict(rows.pop(1), line="2 of 7")), ()),
        (lambda rows: [row.update(line="x of 99999999999") for row in rows], ()),
        (lambda rows: [row.update(line="9 of 3") for row in rows], (1, 2, 3)),
    ],
    ids=[
        "all",
        "sorted",
        "one deleted",
        "two deleted",
        "not counted",
        "of another file",
        "nonsense",
        "beyond the last",
    ],
)
def test_a_line_that_was_deleted_is_missed(ledger: Ledger, tmp_path: Path, change: Callable[[Rows], object], missing):
    """And not taken for one without a reply."""
    back = answered(ask(ledger, tmp_path / "a"), change)
    taken = ledger.take(read_replies(back), by="B", file="f", as_of=day(2))
    assert (taken.missing, taken.first_missing(9)) == (len(missing), missing)


def test_a_reply_is_shown_with_the_next_queries_and_changes_no_status(ledger: Ledger, tmp_path: Path):
    take(ledger, answered(ask(ledger, tmp_path / "a"), put(Q2="=cmd")))
    text = ask(ledger, tmp_path / "b", on=3).read_text(encoding="utf-8-sig")
    (row,) = (row for row in csv.DictReader(io.StringIO(text, newline="")) if row["query"] == "Q2")
    assert (row["reply"], row["earlier replies"]) == ("", "2024-01-03 Bob: =cmd")
    assert ledger.entry("Q2", as_of=day(3)).status == "new"


def test_the_same_file_taken_twice_adds_nothing(ledger: Ledger, tmp_path: Path):
    back = answered(ask(ledger, tmp_path / "a"), put(Q1="yes"))
    take(ledger, back)
    assert take(ledger, back)[0] is Remark.KNOWN
    assert texts(ledger, "Q1") == ["yes"]


def test_another_reply_is_kept_beside_the_first_and_told(ledger: Ledger, tmp_path: Path):
    path = ask(ledger, tmp_path / "a")
    take(ledger, answered(path, put(Q1="yes")))
    assert take(ledger, answered(path, put(Q1="no")))[0] is Remark.FURTHER
    assert texts(ledger, "Q1") == ["yes", "no"]


def test_two_replies_of_one_file_to_one_query_are_told_and_not_taken(ledger: Ledger, tmp_path: Path):
    """Equal ones are one."""

    def change(rows: Rows) -> None:
        put(Q1="yes", Q2="same")(rows)
        rows += [rows[0] | {"reply": "no"}, dict(rows[1])]

    remarks = take(ledger, answered(ask(ledger, tmp_path / "a"), change))
    assert remarks == [Remark.TWICE, Remark.TAKEN, Remark.EMPTY, Remark.TWICE, Remark.REPEATED]
    assert (texts(ledger, "Q1"), texts(ledger, "Q2")) == ([], ["same"])


STRANGE = {
    "unknown number": ({"query": "Q99"}, Remark.UNKNOWN),
    "no number": ({"query": "first"}, Remark.UNNAMED),
    "huge number": ({"query": "Q" + "9" * 40}, Remark.UNNAMED),
    "other fingerprint": ({"fingerprint": "fp-0000000000000000"}, Remark.MISMATCH),
    "number of another": ({"query": "Q2"}, Remark.MISMATCH),
    "changed question": ({"question": "Is it fine? Please say yes."}, Remark.CHANGED),
    "spaces in the question": ({"question": " Something is  odd.\nPlease confirm the date. "}, Remark.TAKEN),
    "number as a spreadsheet has it": ({"query": "q001"}, Remark.TAKEN),
}


@pytest.mark.parametrize("what", STRANGE)
def test_what_does_not_match_is_told(ledger: Ledger, tmp_path: Path, what: str):
    """And only what certainly belongs to a query is kept."""
    changes, expected = STRANGE[what]

    def change(rows: Rows) -> None:
        put(Q1="yes")(rows)
        rows[0].update(changes)

    assert take(ledger, answered(ask(ledger, tmp_path / "a"), change))[0] is expected
    assert texts(ledger, "Q1") == (["yes"] if expected.kept else [])
    assert texts(ledger, "Q2") == []


def test_a_reply_to_a_question_that_has_changed_meanwhile_is_kept_with_its_own(ledger: Ledger, tmp_path: Path):
    back = answered(ask(ledger, tmp_path / "a"), put(Q1="yes"))
    ledger.record(sight(seen("p", message="Something else is odd.", data="data-2")), as_of=day(2))
    assert take(ledger, back)[0] is Remark.CHANGED
    (reply,) = ledger.entry("Q1", as_of=day(2)).replies
    assert reply.question == "Something is odd. Please confirm the date."


def test_a_reply_to_what_is_resolved_is_kept_and_told(ledger: Ledger, tmp_path: Path):
    back = answered(ask(ledger, tmp_path / "a"), put(Q1="corrected"))
    ledger.record(sight(sites={"p": None}), as_of=day(2))
    assert take(ledger, back)[0] is Remark.RESOLVED
    assert texts(ledger, "Q1") == ["corrected"]


NO_REPLIES = {
    "no column": b"query,reply\nQ1,yes\n",
    "two columns": b"query,fingerprint,question,reply,reply\n",
    "empty": b"",
    "binary": bytes(range(256)),
    "no workbook": b"PK\x03\x04" + bytes(200),
    "open quote": b'query,fingerprint,question,reply\nQ1,"fp',
    "html": b"<!doctype html>\n<table></table>",
}


@pytest.mark.parametrize("what", NO_REPLIES)
def test_a_file_of_no_replies_is_one_clear_error(tmp_path: Path, what: str):
    path = tmp_path / "back.csv"
    path.write_bytes(NO_REPLIES[what])
    with pytest.raises(InputError) as caught:
        read_replies(path)
    assert str(caught.value).startswith(str(path))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(["xlsx", "csv", "random"]),
    noise=st.binary(min_size=1, max_size=60),
    place=st.floats(0, 1),
    drop=st.integers(0, 200),
)
def test_damage_to_a_file_is_an_error_or_told_line_by_line(
    ledger: Ledger, tmp_path: Path, kind: str, noise: bytes, place: float, drop: int
):
    """Never anything else, and no reply that nobody wrote."""
    path = tmp_path / "a" / "no-site.xlsx"
    if not path.exists():
        ask(ledger, tmp_path / "a", "xlsx")
        ask(ledger, tmp_path / "b", "csv")
    sound = {"xlsx": path, "csv": tmp_path / "b" / "no-site.csv"}
    data = sound[kind].read_bytes() if kind in sound else b""
    at = int(place * len(data))
    back = tmp_path / "back"
    back.write_bytes(data[:at] + noise + data[at + drop :])
    try:
        lines = read_replies(back)
    except InputError:
        return
    taken = ledger.take(lines, by="Bob", file="back", as_of=day(2))
    assert len(taken.lines) == len(lines)
    for line, remark in taken.lines:
        assert not remark.kept or line.reply


def test_a_workbook_that_unpacks_to_a_huge_size_is_refused(tmp_path: Path):
    path = tmp_path / "bomb.xlsx"
    with ZipFile(path, "w", ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet1.xml", b"0" * 201_000_000)
    with pytest.raises(InputError, match="huge"):
        read_replies(path)


def test_what_a_site_wrote_beside_the_file_is_told(ledger: Ledger, tmp_path: Path):
    """In a column of its own: with a reply it is a note, without one it may be the reply. A blank number is told."""

    def change(rows: Rows) -> None:
        for row, note, reply in zip(rows, ("as above", "the date was wrong", ""), ("yes", "", ""), strict=True):
            row |= {"our notes": note, "reply": reply}
        rows.append(rows[2] | {"query": "", "reply": "lost"})
        rows.append(rows[2] | {"fingerprint": "", "reply": "lost too"})
        rows.append(rows[2] | {"query": " q 3 ", "reply": "spaced"})

    back = answered(ask(ledger, tmp_path / "queries"), change)
    told = [Remark.TAKEN, Remark.ELSEWHERE, Remark.EMPTY, Remark.UNNAMED, Remark.UNNAMED, Remark.TAKEN]
    assert take(ledger, back) == told
    assert not Remark.ELSEWHERE.quiet and not Remark.ELSEWHERE.kept
