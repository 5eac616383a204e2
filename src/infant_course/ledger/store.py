"""The file of a ledger: its schema, how it is opened, and transactions that happen whole or not at all.

One writer at a time (``BEGIN IMMEDIATE``), a rollback journal (never a WAL file: a ledger is one file that can be
copied), every deleted byte overwritten.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..errors import InfantCourseError

APPLICATION = 0x49434C47
"""Marks a file as a ledger (``PRAGMA application_id``): "ICLG"."""

SCHEMA = 1
"""Version of the tables below (``PRAGMA user_version``)."""

PATIENCE = 30.0
"""Seconds to wait for another run to finish writing."""

TABLES = """
CREATE TABLE run (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    as_of TEXT NOT NULL,
    version TEXT NOT NULL,
    catalogue TEXT NOT NULL,
    profile TEXT NOT NULL,
    rules TEXT NOT NULL,
    patients INTEGER NOT NULL,
    events INTEGER NOT NULL
);
CREATE TABLE patient (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    site TEXT,
    last_run INTEGER NOT NULL REFERENCES run
);
CREATE TABLE finding (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint TEXT NOT NULL UNIQUE,
    patient_id INTEGER NOT NULL REFERENCES patient ON DELETE CASCADE,
    rule TEXT NOT NULL,
    about TEXT NOT NULL,
    event TEXT,
    outcome TEXT NOT NULL,
    verdict TEXT NOT NULL,
    severity TEXT NOT NULL,
    message TEXT NOT NULL,
    advice TEXT NOT NULL,
    source TEXT NOT NULL,
    types TEXT NOT NULL,
    place TEXT NOT NULL,
    shown TEXT NOT NULL,
    against TEXT NOT NULL,
    data TEXT NOT NULL,
    profile TEXT NOT NULL,
    status TEXT NOT NULL,
    since TEXT NOT NULL,
    opened TEXT NOT NULL,
    first_run INTEGER NOT NULL REFERENCES run,
    last_run INTEGER NOT NULL REFERENCES run
);
CREATE INDEX finding_patient ON finding (patient_id);
CREATE TABLE step (
    id INTEGER PRIMARY KEY,
    finding INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,
    run INTEGER REFERENCES run,
    as_of TEXT NOT NULL,
    status TEXT NOT NULL,
    why TEXT NOT NULL
);
CREATE INDEX step_finding ON step (finding);
CREATE TABLE acceptance (
    id INTEGER PRIMARY KEY,
    finding INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,
    as_of TEXT NOT NULL,
    by TEXT NOT NULL,
    why TEXT NOT NULL,
    until TEXT,
    data TEXT NOT NULL,
    outcome TEXT NOT NULL,
    ended TEXT
);
CREATE INDEX acceptance_finding ON acceptance (finding);
CREATE TABLE reply (
    id INTEGER PRIMARY KEY,
    finding INTEGER NOT NULL REFERENCES finding ON DELETE CASCADE,
    as_of TEXT NOT NULL,
    by TEXT NOT NULL,
    file TEXT NOT NULL,
    question TEXT NOT NULL,
    text TEXT NOT NULL
);
CREATE INDEX reply_finding ON reply (finding);
"""
"""``since``: day of the status; ``opened``: day it was last opened, from which a query's age counts. At most one
acceptance of a finding has not ``ended``. ``AUTOINCREMENT``: the number of a query is never given twice."""


class LedgerError(InfantCourseError):
    """A ledger cannot be opened, read or written, or was asked for what it does not hold."""


def connect(path: Path, *, create: bool = False, patience: float = PATIENCE) -> sqlite3.Connection:
    """Open a ledger; ``create`` makes one where there is none. Raises LedgerError for a file that is none."""
    if create:
        with suppress(FileExistsError):
            # private from its first moment, and its journal inherits that
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    if not path.exists():
        raise LedgerError(f"{path}: there is no such ledger. `infant-course check ... --ledger {path}` makes one.")
    with told(path):
        _look(path)
        connection = sqlite3.connect(path.resolve(), timeout=patience, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            for pragma in ("secure_delete=ON", "foreign_keys=ON", "temp_store=MEMORY", "trusted_schema=OFF"):
                connection.execute(f"PRAGMA {pragma}")
            if _is_empty(connection) and create:
                _make(connection)
            _verify(connection, path)
            if connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0] != "delete":
                raise LedgerError(f"{path}: could not be taken out of WAL mode; close what else has it open.")
            connection.execute("PRAGMA synchronous=EXTRA")
        except BaseException:
            connection.close()
            raise
    return connection


def _look(path: Path) -> None:
    """Refuses what is plainly no database, before SQLite touches it."""
    if not path.is_file():
        raise LedgerError(f"{path}: expected a ledger, found a folder or a device.")
    with path.open("rb") as stream:
        head = stream.read(16)
    if head and head != b"SQLite format 3\0":
        raise LedgerError(
            f"{path}: expected a ledger of infant-course, found another kind of file. It was not touched."
        )


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]


def _make(connection: sqlite3.Connection) -> None:
    with transaction(connection):
        if not _is_empty(connection):  # another run was faster
            return
        for statement in TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id={APPLICATION}")
        connection.execute(f"PRAGMA user_version={SCHEMA}")


def _verify(connection: sqlite3.Connection, path: Path) -> None:
    if connection.execute("PRAGMA application_id").fetchone()[0] != APPLICATION:
        raise LedgerError(f"{path}: expected a ledger of infant-course, found another database. It was not touched.")
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version != SCHEMA:
        raise LedgerError(
            f"{path}: expected a ledger of version {SCHEMA}, found version {version}. "
            "It was written by another version of infant-course; use that, or a newer one."
        )


@contextmanager
def transaction(connection: sqlite3.Connection, *, keep: bool = True) -> Iterator[None]:
    """All or nothing; waits for other writers first. Without ``keep`` everything is taken back at the end."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT" if keep else "ROLLBACK")
    except BaseException:
        with suppress(sqlite3.Error):
            if connection.in_transaction:  # else the disk is full, and SQLite has given up on it
                connection.execute("ROLLBACK")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()  # puts back what is in the journal
        raise


_REASONS = {
    "SQLITE_FULL": "the disk is full. Nothing was written, and the ledger is as it was.",
    "SQLITE_IOERR": "the disk refuses (full, or failing?). Nothing was written, and the ledger is as it was.",
    "SQLITE_BUSY": "another run has it in use. Nothing was written; try again when that has ended.",
    "SQLITE_LOCKED": "another run has it in use. Nothing was written; try again when that has ended.",
    "SQLITE_READONLY": "it may only be read. Nothing was written.",
    "SQLITE_PERM": "it may not be opened.",
    "SQLITE_AUTH": "it may not be opened.",
    "SQLITE_CANTOPEN": "it cannot be opened.",
    "SQLITE_CORRUPT": "it is damaged. Take the last copy of it; nothing was written.",
    "SQLITE_NOTADB": "expected a ledger of infant-course, found another kind of file. It was not touched.",
}


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What SQLite cannot do, told in one sentence without any value. Raises LedgerError."""
    try:
        yield
    except sqlite3.Error as error:
        name = getattr(error, "sqlite_errorname", None) or type(error).__name__
        reason = next((text for code, text in _REASONS.items() if name.startswith(code)), f"SQLite says {name}.")
        raise LedgerError(f"{path}: {reason}") from None


def packed(value: Any) -> str:
    """A value as JSON, the same text for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
