"""Erasing a patient leaves no byte behind, and accepting asks for who and why."""

import sqlite3
from pathlib import Path

import pytest

from infant_course.ledger import Ledger, LedgerError
from infant_course.ledger.answers import Line
from ledger.sights import day, new_ledger, seen, sight, statuses

SECRET = "PAT-SECRET"
TRACES = [f"{SECRET}-{what}" for what in ("id", "message", "field", "value", "event", "file", "why", "reply", "other")]


def history(ledger: Ledger) -> str:
    """A patient with a finding that was accepted, answered, resolved and reopened; 200 others around it."""
    traced = seen(
        f"{SECRET}-id",
        message=f"{SECRET}-message",
        event=f"{SECRET}-event",
        place={"file": f"{SECRET}-file", "row": 1, "record": f"{SECRET}-id"},
        shown=((f"{SECRET}-field", f"{SECRET}-value"),),
        against=((f"{SECRET}-other", "2020"),),
    )
    others = [seen(f"other-{n}", message="x" * 300) for n in range(200)]
    ledger.record(sight(*others[:100], traced, *others[100:]), as_of=day(1))
    ledger.accept(traced.fingerprint, by="Ann", why=f"{SECRET}-why", as_of=day(1))
    number = ledger.entry(traced.fingerprint, as_of=day(1)).number
    line = Line(row=2, number=number, fingerprint=traced.fingerprint, question="?", reply=f"{SECRET}-reply")
    ledger.take([line], by="Bob", file="a.csv", as_of=day(2))
    ledger.record(sight(sites={traced.patient: None}), as_of=day(3))
    ledger.record(sight(traced), as_of=day(4))
    return traced.fingerprint


def traces(folder: Path) -> list[str]:
    """Which of the traces stand in any file of a folder."""
    held = b"".join(path.read_bytes() for path in folder.iterdir())
    return [trace for trace in [*TRACES, seen(f"{SECRET}-id").fingerprint] if trace.encode() in held]


def test_forgetting_leaves_no_byte_of_a_patient(tmp_path: Path):
    """No id, value, reply or fingerprint; the others are as they were."""
    with new_ledger(tmp_path) as ledger:
        fingerprint = history(ledger)
        assert traces(tmp_path) == [*TRACES, fingerprint]  # so the search would find them
        size = (tmp_path / "ledger.sqlite").stat().st_size
        before = statuses(ledger, day(4))
        assert ledger.forget(f"{SECRET}-id") == 1
        assert traces(tmp_path) == []
        assert SECRET.encode() not in (tmp_path / "ledger.sqlite").read_bytes()
        assert (tmp_path / "ledger.sqlite").stat().st_size <= size
        assert statuses(ledger, day(4)) == {key: s for key, s in before.items() if key[0] != f"{SECRET}-id"}
        assert ledger.summary(as_of=day(4)).whole
        with pytest.raises(LedgerError, match="no finding"):
            ledger.entry(fingerprint, as_of=day(4))


class Unpacked:
    """A connection that cannot pack its file."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __getattr__(self, name: str) -> object:
        return getattr(self.connection, name)

    def execute(self, query: str, *values: object) -> object:
        if query == "VACUUM":
            raise sqlite3.OperationalError("database or disk is full")
        return self.connection.execute(query, *values)


def test_a_file_that_cannot_be_packed_has_lost_the_patient_all_the_same(tmp_path: Path):
    """And it is said that only packing failed."""
    with new_ledger(tmp_path) as ledger:
        history(ledger)
        sound = ledger._db
        ledger._db = Unpacked(sound)
        with pytest.raises(LedgerError, match="erased and overwritten, but"):
            ledger.forget(f"{SECRET}-id")
        ledger._db = sound
        assert traces(tmp_path) == []
        assert len(ledger.entries(as_of=day(4))) == 200


def test_an_update_leaves_no_old_value_behind(tmp_path: Path):
    """What a corrected finding said before is overwritten, not only unlinked; its own history has no values."""
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p", message=f"{SECRET}-message")), as_of=day(1))
        ledger.record(sight(seen("p", message="short")), as_of=day(2))
    assert traces(tmp_path) == []


def test_an_unknown_patient_is_told_without_the_name(tmp_path: Path):
    with new_ledger(tmp_path) as ledger, pytest.raises(LedgerError) as caught:
        ledger.forget("Jane Doe")
    assert "Jane" not in str(caught.value)


def test_a_forgotten_patient_who_comes_back_is_new(tmp_path: Path):
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p")), as_of=day(1))
        ledger.forget("p")
        ledger.record(sight(seen("p")), as_of=day(2))
        assert statuses(ledger, day(2)) == {("p", "R-1"): "new"}


def alike(ledger: Ledger) -> None:
    """Two findings whose fingerprints begin alike."""
    ledger.record(
        sight(seen("p", fingerprint="abcd111111111111"), seen("q", fingerprint="abcd222222222222")), as_of=day(1)
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("abcd", "several fingerprints: abcd111111111111 .R-1., abcd222222222222"),
        ("abc", "4 characters"),
        ("ffff", "no finding"),
        ("Q9", "no finding"),
        ("%", "4 characters"),
        ("", "4 characters"),
    ],
)
def test_an_unknown_or_ambiguous_name_is_refused(tmp_path: Path, name: str, said: str):
    with new_ledger(tmp_path) as ledger:
        alike(ledger)
        with pytest.raises(LedgerError, match=said):
            ledger.accept(name, by="Ann", why="seen", as_of=day(1))
        assert set(statuses(ledger, day(1)).values()) == {"new"}


@pytest.mark.parametrize("name", ["abcd1", "ABCD1111", "fp-abcd111111111111", "Q1", "q001"])
def test_a_finding_can_be_named_in_several_ways(tmp_path: Path, name: str):
    with new_ledger(tmp_path) as ledger:
        alike(ledger)
        assert ledger.accept(name, by="Ann", why="seen", as_of=day(1)).fingerprint == "abcd111111111111"


@pytest.mark.parametrize("how", [{"by": " ", "why": "x"}, {"by": "x", "why": ""}, {"until": day(0)}])
def test_an_acceptance_needs_a_name_a_reason_and_a_future(tmp_path: Path, how: dict[str, object]):
    with new_ledger(tmp_path) as ledger:
        alike(ledger)
        with pytest.raises(LedgerError):
            ledger.accept("Q1", **{"by": "Ann", "why": "seen", "as_of": day(1), **how})


def test_who_accepted_what_and_when_is_kept(tmp_path: Path):
    """Also after another one accepted it again, and withdrew it."""
    with new_ledger(tmp_path) as ledger:
        alike(ledger)
        ledger.accept("Q1", by="Ann", why="seen", as_of=day(1), until=day(5))
        ledger.accept("Q1", by="Bob", why="seen too", as_of=day(2))
        entry = ledger.withdraw("Q1", by="Eve", why="not so", as_of=day(3))
        with pytest.raises(LedgerError, match="not accepted"):
            ledger.withdraw("Q1", by="Eve", why="not so", as_of=day(3))
    assert entry.status == "reopened"
    assert [(a.by, a.until, a.ended) for a in entry.acceptances] == [
        ("Ann", "2024-01-06", "2024-01-03"),
        ("Bob", None, "2024-01-04"),
    ]
    assert [step.why for step in entry.steps] == [
        "found",
        "Ann: seen",
        "Bob: seen too",
        "acceptance withdrawn by Eve: not so",
    ]
