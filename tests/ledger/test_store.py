"""The file stays whole: what is no ledger, two writers, a kill at any moment, a full disk."""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

import infant_course
from depth import depth
from infant_course.ledger import Ledger, LedgerError
from infant_course.ledger.place import cautions, share
from infant_course.ledger.store import SCHEMA, connect
from ledger.sights import day, new_ledger, seen, sight, statuses
from ledger.worker import FINDINGS

TESTS = Path(__file__).resolve().parents[1]
SOURCE = Path(infant_course.__file__).parents[1]
ENV = {**os.environ, "PYTHONPATH": os.pathsep.join([str(SOURCE), str(TESTS)])}


def start(path: Path, name: str, runs: int, before: str = "") -> subprocess.Popen[str]:
    """A process that records runs; ``before``: code that it runs first."""
    code = f"{before}\nfrom ledger.worker import main\nmain({str(path)!r}, {name!r}, {runs})"
    return subprocess.Popen(
        [sys.executable, "-c", code], env=ENV, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def whole(path: Path) -> Counter[tuple[str, str]]:
    """The statuses of a ledger by name of its patients; the file is sound and every run is there whole or not."""
    with Ledger(path) as ledger:
        last = day(10_000)
        assert ledger.summary(as_of=last).whole
        found = Counter((entry.patient.split("-")[0], str(entry.status)) for entry in ledger.entries(as_of=last))
        assert set(found.values()) <= {FINDINGS}
        texts = {(entry.patient.split("-")[0], entry.message) for entry in ledger.entries(as_of=last)}
        assert len(texts) == len(found)
    return found


def test_a_ledger_is_one_private_file(tmp_path: Path):
    """Also while it is open, and after a run: no journal and no WAL file stays."""
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p")), as_of=day(1))
        assert [path.name for path in tmp_path.iterdir()] == ["ledger.sqlite"]
    if os.name == "posix":
        assert (tmp_path / "ledger.sqlite").stat().st_mode & 0o777 == 0o600


def test_a_file_in_wal_mode_is_taken_out_of_it(tmp_path: Path):
    new_ledger(tmp_path).close()
    path = tmp_path / "ledger.sqlite"
    other = sqlite3.connect(path)
    assert other.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
    other.close()
    with Ledger(path) as ledger:
        ledger.record(sight(seen("p")), as_of=day(1))
        assert [path.name for path in tmp_path.iterdir()] == ["ledger.sqlite"]


def other_database(path: Path) -> None:
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE t (x)")
    db.commit()
    db.close()


def newer(path: Path) -> None:
    Ledger(path, create=True).close()
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA user_version={SCHEMA + 1}")
    db.close()


def cut(path: Path) -> None:
    with Ledger(path, create=True) as ledger:
        ledger.record(*(sight(seen(f"p{n}", message="x" * 500)) for n in range(100)), as_of=day(1))
    path.write_bytes(path.read_bytes()[:20_000])


NO_LEDGER = {
    "text": (lambda path: path.write_text("patient,event\n1,2\n"), "another kind of file"),
    "short": (lambda path: path.write_bytes(b"x"), "another kind of file"),
    "zip": (lambda path: path.write_bytes(b"PK\x03\x04" + bytes(500)), "another kind of file"),
    "head only": (lambda path: path.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 4), "another kind of file"),
    "other database": (other_database, "another database"),
    "newer": (newer, f"version {SCHEMA + 1}"),
    "folder": (Path.mkdir, "a folder"),
    "cut": (cut, "damaged"),
}


@pytest.mark.parametrize("what", NO_LEDGER)
@pytest.mark.parametrize("create", [False, True])
def test_a_file_that_is_no_ledger_gives_one_clear_error(tmp_path: Path, what: str, create: bool):
    """And is not touched."""
    make, expected = NO_LEDGER[what]
    path = tmp_path / "file"
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(LedgerError) as caught, Ledger(path, create=create) as ledger:
        list(ledger.entries(as_of=day(1)))
        ledger.record(sight(seen("p")), as_of=day(1))
    assert expected in str(caught.value)
    assert str(path) in str(caught.value)
    assert before is None or path.read_bytes() == before


def test_a_missing_or_empty_file_is_only_made_a_ledger_when_asked(tmp_path: Path):
    with pytest.raises(LedgerError, match="no such ledger"):
        Ledger(tmp_path / "none")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty").touch()
    with pytest.raises(LedgerError, match="another database"):
        Ledger(tmp_path / "empty")
    with Ledger(tmp_path / "empty", create=True) as ledger:
        assert ledger.entries(as_of=day(1)) == ()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_kill_at_any_moment_leaves_it_whole(tmp_path: Path):
    """Some processes are killed; each run is there with all of its 400 findings or not at all."""
    path = tmp_path / "ledger.sqlite"
    chance = random.Random(1)
    kept = 0
    for number in range(depth(8, 3)):
        name = f"n{number}"
        process = start(path, name, 10_000)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        if number == 0:  # one that is killed after a run was kept, however slow the machine is
            kept += bool(process.stdout.readline())
        time.sleep(chance.uniform(0, 0.35))
        process.send_signal(signal.SIGKILL)
        told, _ = process.communicate()
        assert process.returncode == -signal.SIGKILL
        kept += (runs := len(told.splitlines()))
        if path.exists() and path.stat().st_size:
            mine = {status: n for (whose, status), n in whole(path).items() if whose == name}
            assert mine or not runs  # what was said to be kept is kept
    assert kept


def test_the_test_of_a_kill_would_notice_half_a_run(tmp_path: Path):
    """Had the findings of a run been written one by one."""
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, create=True) as ledger:
        ledger.record(sight(*(seen(f"n-{n}") for n in range(FINDINGS - 1))), as_of=day(1))
    with pytest.raises(AssertionError):
        whole(path)


def test_two_runs_at_once_are_both_kept(tmp_path: Path):
    """They also make the file at the same time."""
    path = tmp_path / "ledger.sqlite"
    runs = 5
    processes = [start(path, name, runs) for name in ("a", "b", "c")]
    for process in processes:
        _, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
    assert set(whole(path)) == {("a", "reopened"), ("b", "reopened"), ("c", "reopened")}
    with Ledger(path) as ledger:
        assert ledger.summary(as_of=day(1)).runs == 3 * runs


def test_a_ledger_in_use_is_waited_for_and_then_told(tmp_path: Path):
    new_ledger(tmp_path).close()
    path = tmp_path / "ledger.sqlite"
    other = sqlite3.connect(path, isolation_level=None)
    with Ledger(path, patience=0.2) as ledger:
        other.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        with pytest.raises(LedgerError, match="in use"):
            ledger.record(sight(seen("p")), as_of=day(1))
        assert time.monotonic() - started >= 0.2
        other.execute("ROLLBACK")
        other.close()
        ledger.record(sight(seen("p")), as_of=day(1))
        assert statuses(ledger, day(1)) == {("p", "R-1"): "new"}


def test_a_full_disk_leaves_it_as_it_was(tmp_path: Path):
    """SQLite may use no more pages than it has."""
    with new_ledger(tmp_path) as ledger:
        ledger.record(sight(seen("p")), as_of=day(1))
        pages = ledger._db.execute("PRAGMA page_count").fetchone()[0]
        ledger._db.execute(f"PRAGMA max_page_count={pages + 2}")
        big = [seen(f"q{n}", message="x" * 900) for n in range(100)]
        with pytest.raises(LedgerError, match="disk is full"):
            ledger.record(sight(*big, sites={"p": None}), as_of=day(2))
        assert statuses(ledger, day(2)) == {("p", "R-1"): "new"}
        ledger._db.execute("PRAGMA max_page_count=1000000")
        assert ledger.record(sight(*big, sites={"p": None}), as_of=day(2)).counts["new"] == 100
        assert ledger.summary(as_of=day(2)).whole


@pytest.mark.skipif(sys.platform != "linux", reason="limits the size of files as Linux does")
def test_a_disk_that_refuses_bytes_leaves_it_as_it_was(tmp_path: Path):
    """The system itself writes no byte beyond 200 kB into any file: journal, ledger, or the packing of it."""
    path = tmp_path / "ledger.sqlite"
    with Ledger(path, create=True) as ledger:
        ledger.record(sight(*(seen(f"p-{n}", message="old") for n in range(FINDINGS))), as_of=day(0))
    before, bytes_before = whole(path), path.read_bytes()
    limit = path.stat().st_size
    process = start(path, "q", 1, f"import resource\nresource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))")
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "the ledger is as it was" in err.splitlines()[-1]
    assert path.read_bytes() == bytes_before  # so a copy of this one file is whole, too
    assert not path.with_name("ledger.sqlite-journal").exists()
    assert whole(path) == before
    assert [one.name for one in tmp_path.iterdir()] == ["ledger.sqlite"]


MOUNTS = """\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /mnt/team rw,relatime shared:2 - cifs //server/team rw
31 30 8:2 / /mnt/team/local rw - xfs /dev/sdb1 rw
32 22 0:41 / /mnt/with\\040space rw - nfs4 server:/x rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/mnt/team/ledger.sqlite", "cifs"),
        ("/mnt/team/a/b/ledger.sqlite", "cifs"),
        ("/mnt/team/local/ledger.sqlite", None),
        ("/mnt/teams/ledger.sqlite", None),
        ("/mnt/with space/ledger.sqlite", "nfs4"),
        ("/home/ledger.sqlite", None),
        ("\\\\server\\share\\ledger.sqlite", "UNC path"),
        ("\\\\?\\UNC\\server\\share\\ledger.sqlite", "UNC path"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="reads Linux mounts")
def test_a_network_share_is_recognised(path: str, kind: str | None):
    assert share(Path(path), MOUNTS) == kind


def test_a_share_and_an_open_door_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "ledger.sqlite"
    connect(path, create=True).close()
    assert cautions(path) == ()
    if os.name == "posix":
        path.chmod(0o644)
        assert "chmod 600" in cautions(path)[0]
    monkeypatch.setattr("infant_course.ledger.place.share", lambda path: "nfs4")
    assert "network share (nfs4)" in cautions(path)[0]


TINY = """
mount -t tmpfs -o size=400k tmpfs "$1" || exit 77
cp "$2" "$1/ledger.sqlite"
"$3" -c "$4" "$1/ledger.sqlite"
cmp "$2" "$1/ledger.sqlite" && ls -A "$1"
"""


@pytest.mark.skipif(sys.platform != "linux", reason="mounts a small disk as Linux does")
def test_a_disk_that_fills_up_leaves_one_file_as_it_was(tmp_path: Path):
    """No journal is left that would have to be copied with it. The disk is there in a name space of its own."""
    path, disk = tmp_path / "before.sqlite", tmp_path / "disk"
    disk.mkdir()
    with Ledger(path, create=True) as ledger:
        ledger.record(sight(*(seen(f"p-{n}") for n in range(FINDINGS))), as_of=day(0))
    code = (
        "import sys; from infant_course.ledger import Ledger, LedgerError; from ledger.sights import day, seen, sight\n"
        "found = [seen(f'p-{n}', message='x' * 5000) for n in range(400)]\n"
        "with Ledger(sys.argv[1]) as ledger:\n"
        "    ledger._db.execute('PRAGMA cache_size=5')\n"  # so that much is written before it is kept
        "    try: ledger.record(sight(*found), as_of=day(1))\n"
        "    except LedgerError as error: print(error)\n"
    )
    command = ["unshare", "-rm", "sh", "-c", TINY, "sh", str(disk), str(path), sys.executable, code]
    try:
        done = subprocess.run(command, env=ENV, capture_output=True, text=True, timeout=60, check=False)
    except FileNotFoundError:
        pytest.skip("there is no unshare")
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("no disk may be mounted here")
    told = f"{disk}/ledger.sqlite: the disk is full. Nothing was written, and the ledger is as it was."
    assert (done.stdout.splitlines(), done.stderr) == ([told, "ledger.sqlite"], "")
