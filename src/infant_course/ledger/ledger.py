"""Findings over successive exports: recorded, accepted, answered, forgotten.

Only what a run looked at is touched: the rules that ran, the patients that were in it, the event types its source
gives, judged under the same settings as before. Everything else stays as it is, and is counted.
"""

import json
import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any, Self

from attrs import evolve, field, frozen

from ..cohort import Cohort
from ..errors import UsageError
from ..report.check import Report
from ..rules import RULES, Rule
from .answers import Line, Taken, settle
from .cells import CELL, columns_of
from .entry import Acceptance, Entry, Reply, Step, entry_of
from .seen import Seen
from .sight import Known, Sight, see
from .status import STANDING, Status, next_status
from .store import PATIENCE, LedgerError, connect, packed, told, transaction

OUT_OF_SCOPE = {
    "patient": "their patients were not in this run",
    "rule": "their rules did not run",
    "type": "this export gives no events of their types",
    "column": "single cells of their columns were not looked at",
    "settings": "they were found under other settings",
    "later": "another run saw them meanwhile",
}
"""Why a finding that was not found is left as it is."""


GONE = "its event, or one it conflicts with, is gone"
"""Why a finding was resolved that nobody corrected."""


@frozen(kw_only=True)
class Change:
    """A finding that a run opened, reopened or resolved."""

    number: int
    fingerprint: str
    rule: str
    severity: str
    patient: str = field(repr=False)
    event: str | None = field(repr=False)
    status: Status
    why: str


@frozen(kw_only=True)
class RunResult:
    """What a run did to a ledger.

    ``counts``: findings by status, of those the run looked at (resolved: by this run). ``changes``: the new, reopened
    and resolved ones. ``untouched``: findings left as they are, by reason (:data:`OUT_OF_SCOPE`). ``absent``: patients
    with findings that wait for an answer who were not in this run. ``settings``: what differs from the run before.
    ``statuses``: by fingerprint, of the findings that the run saw.
    """

    run: int
    as_of: str
    counts: Mapping[Status, int]
    changes: tuple[Change, ...] = field(repr=False)
    untouched: Mapping[str, int]
    absent: int
    settings: tuple[str, ...]
    statuses: Mapping[str, Status] = field(repr=False)

    def of(self, status: Status | str) -> tuple[Change, ...]:
        """The changes to one status."""
        return tuple(change for change in self.changes if change.status == status)

    @property
    def fresh(self) -> tuple[Change, ...]:
        """What this run opened: new and reopened findings."""
        return tuple(change for change in self.changes if change.status in (Status.NEW, Status.REOPENED))


@frozen(kw_only=True)
class Summary:
    """What a ledger holds on a day: findings by status and severity, patients with findings, runs, replies.

    ``last_run``: its day. ``whole``: whether the file is sound.
    """

    counts: Mapping[tuple[Status, str], int]
    patients: int
    runs: int
    last_run: str | None
    replies: int
    whole: bool


class Ledger:
    """One ledger file. Every method that takes a day gets it from the caller: nothing here reads the clock.

    Raises LedgerError where the file is missing, no ledger, in use, or cannot be written; then nothing has changed.
    """

    def __init__(self, path: str | Path, *, create: bool = False, patience: float = PATIENCE) -> None:
        """``create``: make the file where there is none. ``patience``: seconds to wait for another writer."""
        self.path = Path(path)
        self._db = connect(self.path, create=create, patience=patience)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def see(self, cohort: Cohort, report: Report, *, rules: Mapping[str, Rule] = RULES) -> Sight:
        """What a checked cohort (or one batch of it) shows to this ledger. Writes nothing."""
        with told(self.path):
            known = Known(
                patients=frozenset(name for (name,) in self._db.execute("SELECT name FROM patient")),
                fingerprints=frozenset(name for (name,) in self._db.execute("SELECT fingerprint FROM finding")),
                events=frozenset(
                    (row["name"], event)
                    for row in self._db.execute(
                        "SELECT name, event, against FROM finding JOIN patient ON patient.id = finding.patient_id "
                        "WHERE status <> 'resolved'"
                    )
                    for event in _events(row)
                ),
                upto=self._db.execute("SELECT coalesce(max(id), 0) FROM run").fetchone()[0],
            )
        return see(cohort, report, known, rules)

    def record(self, *sights: Sight, as_of: date, new_settings: bool = False) -> RunResult:
        """Keep what a run saw, in one transaction. The batches of one run go in together.

        ``new_settings``: findings that were made under other settings are resolved too where they are not found.
        Raises LedgerError for a day before the last run's.
        """
        with told(self.path), transaction(self._db):
            return _Recorder(self._db, sights, as_of, new_settings).result()

    def compare(self, *sights: Sight, as_of: date, new_settings: bool = False) -> RunResult:
        """What :meth:`record` would do. Writes nothing, so that the file may be read-only."""
        with told(self.path):
            copy = sqlite3.connect(":memory:", isolation_level=None)
            try:
                copy.row_factory = sqlite3.Row
                self._db.backup(copy)
                with transaction(copy, keep=False):
                    return _Recorder(copy, sights, as_of, new_settings).result()
            finally:
                copy.close()

    def accept(self, name: str, *, by: str, why: str, as_of: date, until: date | None = None) -> Entry:
        """Record that a finding, named by the first characters of its fingerprint or by its query's number, is right
        as it is; it replaces an acceptance that stands. Raises LedgerError for an unknown or ambiguous name.
        """
        _named(by=by, why=why)
        if until is not None and until < as_of:
            raise LedgerError(f"expected a last day from {as_of} on, found {until}: it would be over before it begins.")
        with told(self.path), transaction(self._db):
            found = self._find(name, as_of)
            if found.status is Status.RESOLVED:
                raise LedgerError(f"{found.fingerprint} ({found.rule}) is resolved: there is nothing to accept.")
            self._end_acceptance(found.number, as_of)
            self._db.execute(
                "INSERT INTO acceptance (finding, as_of, by, why, until, data, outcome) "
                "SELECT number, ?, ?, ?, ?, data, outcome FROM finding WHERE number = ?",
                (as_of.isoformat(), by, why, until and until.isoformat(), found.number),
            )
            self._set(found.number, Status.ACCEPTED, as_of, f"{by}: {why}")
        return self.entry(found.fingerprint, as_of=as_of)

    def withdraw(self, name: str, *, by: str, why: str, as_of: date) -> Entry:
        """Take an acceptance back: the finding is reopened. Raises LedgerError where none stands."""
        _named(by=by, why=why)
        with told(self.path), transaction(self._db):
            found = self._find(name, as_of)
            if not self._end_acceptance(found.number, as_of):
                raise LedgerError(f"{found.fingerprint} ({found.rule}) is not accepted: there is nothing to withdraw.")
            if found.status is not Status.RESOLVED:
                self._set(found.number, Status.REOPENED, as_of, f"acceptance withdrawn by {by}: {why}", opens=True)
        return self.entry(found.fingerprint, as_of=as_of)

    def entry(self, name: str, *, as_of: date) -> Entry:
        """One finding with its history, by the first characters of its fingerprint or its query's number."""
        with told(self.path):
            return self._find(name, as_of, history=True)

    def entries(self, *, as_of: date) -> tuple[Entry, ...]:
        """All findings with their status on a day, in the order of their numbers; without their history."""
        with told(self.path):
            return tuple(entry_of(row, as_of) for row in self._db.execute(f"{_ENTRY} ORDER BY number"))

    def standing(self, *, as_of: date) -> tuple[Entry, ...]:
        """The findings that wait for an answer on a day, with their history."""
        waiting = [entry for entry in self.entries(as_of=as_of) if entry.standing]
        with told(self.path):
            return tuple(evolve(entry, **self._history(entry.number)) for entry in waiting)

    def take(self, lines: Iterable[Line], *, by: str, file: str, as_of: date) -> Taken:
        """Keep the replies of a file beside those there are: all that can be kept, in one transaction."""
        _named(by=by)
        with told(self.path), transaction(self._db):
            rows = {row["number"]: row for row in self._db.execute(_ENTRY).fetchall()}
            taken = settle(
                lines, lambda number: rows.get(number) and entry_of(rows[number], as_of, **self._history(number))
            )
            self._db.executemany(
                "INSERT INTO reply (finding, as_of, by, file, question, text) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (line.number, as_of.isoformat(), by, file, line.question, line.reply)
                    for line, remark in taken.lines
                    if remark.kept
                ],
            )
        return taken

    def summary(self, *, as_of: date) -> Summary:
        """What the ledger holds, and whether the file is whole."""
        counts = Counter((entry.status, entry.severity) for entry in self.entries(as_of=as_of))
        with told(self.path):
            return Summary(
                counts=counts,
                patients=self._ask("SELECT count(*) FROM patient"),
                runs=self._ask("SELECT count(*) FROM run"),
                last_run=self._ask("SELECT max(as_of) FROM run"),
                replies=self._ask("SELECT count(*) FROM reply"),
                whole=self._ask("PRAGMA integrity_check") == "ok",
            )

    def _ask(self, query: str) -> Any:
        return self._db.execute(query).fetchone()[0]

    def forget(self, patient: str) -> int:
        """Erase every trace of a patient, and return how many findings went. Raises LedgerError for one not there.

        Deleted bytes are overwritten and the file is packed anew. Copies, and files made from the ledger, are not its.
        """
        with told(self.path):
            with transaction(self._db):
                row = self._db.execute("SELECT id FROM patient WHERE name = ?", (patient,)).fetchone()
                if row is None:
                    raise LedgerError(f"{self.path}: no such patient in this ledger.")
                gone: int = self._db.execute(
                    "SELECT count(*) FROM finding WHERE patient_id = ?", tuple(row)
                ).fetchone()[0]
                self._db.execute("DELETE FROM patient WHERE id = ?", tuple(row))
            try:
                self._db.execute("VACUUM")
            except sqlite3.Error:
                raise LedgerError(
                    f"{self.path}: the patient is erased and overwritten, but the file could not be packed anew (is "
                    "the disk full, or the ledger in use?). The next `ledger forget` packs it."
                ) from None
        return gone

    def _find(self, name: str, as_of: date, *, history: bool = False) -> Entry:
        number = re.fullmatch(r"[Qq]0*([0-9]{1,12})", name.strip())
        prefix = name.strip().lower().removeprefix("fp-")
        if number:
            rows = self._db.execute(f"{_ENTRY} WHERE number = ?", (int(number[1]),)).fetchall()
        elif re.fullmatch(r"[0-9a-f]{4,64}", prefix):
            end = prefix + "g"  # after every hexadecimal digit
            rows = self._db.execute(
                f"{_ENTRY} WHERE fingerprint >= ? AND fingerprint < ? ORDER BY number LIMIT 6", (prefix, end)
            ).fetchall()
        else:
            raise LedgerError(
                f"expected a fingerprint (4 characters of it or more) or a query number such as Q17, found {name!r}."
            )
        if not rows:
            raise LedgerError(
                f"{self.path}: no finding {name!r} in this ledger. `infant-course ledger list` shows all."
            )
        if len(rows) > 1:
            few = ", ".join(f"{row['fingerprint']} ({row['rule']})" for row in rows[:5])
            more = " and more" if len(rows) > 5 else ""
            raise LedgerError(f"{name!r} is the beginning of several fingerprints: {few}{more}. Give more characters.")
        return entry_of(rows[0], as_of, **(self._history(rows[0]["number"]) if history else {}))

    def _history(self, number: int) -> dict[str, Any]:
        def all_of(table: str, columns: str) -> list[dict[str, Any]]:
            rows = self._db.execute(f"SELECT {columns} FROM {table} WHERE finding = ? ORDER BY id", (number,))
            return [dict(row) for row in rows]

        return {
            "steps": tuple(
                Step(as_of=row["as_of"], status=Status(row["status"]), why=row["why"])
                for row in all_of("step", "as_of, status, why")
            ),
            "acceptances": tuple(Acceptance(**row) for row in all_of("acceptance", "as_of, by, why, until, ended")),
            "replies": tuple(Reply(**row) for row in all_of("reply", "as_of, by, file, question, text")),
        }

    def _end_acceptance(self, number: int, as_of: date) -> int:
        return self._db.execute(
            "UPDATE acceptance SET ended = ? WHERE finding = ? AND ended IS NULL", (as_of.isoformat(), number)
        ).rowcount

    def _set(self, number: int, status: Status, as_of: date, why: str, *, opens: bool = False) -> None:
        day = as_of.isoformat()
        self._db.execute("UPDATE finding SET status = ?, since = ? WHERE number = ?", (status, day, number))
        if opens:
            self._db.execute("UPDATE finding SET opened = ? WHERE number = ?", (day, number))
        self._db.execute(
            "INSERT INTO step (finding, run, as_of, status, why) VALUES (?, NULL, ?, ?, ?)", (number, day, status, why)
        )


_ENTRY = """
SELECT finding.*, patient.name AS patient, patient.site AS site, acceptance.until AS until,
       first.as_of AS first_seen, last.as_of AS last_seen, had.as_of AS patient_seen
FROM finding
JOIN patient ON patient.id = finding.patient_id
JOIN run AS first ON first.id = finding.first_run
JOIN run AS last ON last.id = finding.last_run
JOIN run AS had ON had.id = patient.last_run
LEFT JOIN acceptance ON acceptance.finding = finding.number AND acceptance.ended IS NULL
"""


def _named(**texts: str) -> None:
    for name, text in texts.items():
        if not text.strip():
            raise LedgerError(f"--{name} is empty: who accepts, and why, is part of the record.")


class _Recorder:
    """Writes one run into a ledger, within a transaction that its caller holds."""

    def __init__(self, db: sqlite3.Connection, sights: tuple[Sight, ...], as_of: date, new_settings: bool) -> None:
        if not sights:
            raise UsageError("a run has to have seen something")
        self.db, self.sights, self.new_settings = db, sights, new_settings
        self.day = as_of.isoformat()
        self.counts: Counter[Status] = Counter()
        self.untouched: Counter[str] = Counter()
        self.changes: list[Change] = []
        self.statuses: dict[str, Status] = {}
        before = db.execute("SELECT as_of, profile FROM run ORDER BY id DESC LIMIT 1").fetchone()
        if before and before["as_of"] > self.day:
            raise LedgerError(
                f"expected a day from {before['as_of']} on, that of the ledger's last run, found {self.day}. "
                "Exports have to be recorded in their order."
            )
        self.settings = _differences(json.loads(before["profile"]), sights[0].profile) if before else ()
        self.profile = packed(sights[0].profile)
        self.run = self._begin()
        self.acceptances = {
            row["finding"]: row for row in db.execute("SELECT * FROM acceptance WHERE ended IS NULL").fetchall()
        }

    def _begin(self) -> int:
        first = self.sights[0]
        rules = frozenset.union(*(sight.rules for sight in self.sights))
        done = self.db.execute(
            "INSERT INTO run (as_of, version, catalogue, profile, rules, patients, events) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                self.day,
                first.version,
                first.catalogue,
                self.profile,
                packed(sorted(rules)),
                sum(sight.patients for sight in self.sights),
                sum(sight.events for sight in self.sights),
            ),
        )
        return int(done.lastrowid or 0)

    def result(self) -> RunResult:
        """Write it all, and tell what became of it."""
        kinds = [sight.types for sight in self.sights]
        types = None if None in kinds else frozenset().union(*(kind for kind in kinds if kind is not None))
        columns = frozenset().union(*(sight.looked_at for sight in self.sights))
        self._note_patients()
        for number, sight in enumerate(self.sights):
            self._one(number, sight, types, columns)
        elsewhere = self.db.execute(
            "SELECT patient.id, count(*) AS n FROM finding JOIN patient ON patient.id = finding.patient_id "
            f"WHERE patient.last_run <> ? AND status IN ({', '.join('?' * len(STANDING))}) GROUP BY patient.id",
            (self.run, *STANDING),
        ).fetchall()
        self.untouched["patient"] += sum(row["n"] for row in elsewhere)
        return RunResult(
            run=self.run,
            as_of=self.day,
            counts={status: self.counts[status] for status in Status},
            changes=tuple(self.changes),
            untouched={reason: n for reason, n in self.untouched.items() if n},
            absent=len(elsewhere),
            settings=self.settings,
            statuses=self.statuses,
        )

    def _note_patients(self) -> None:
        """The patients of this run that the ledger knows or that have findings: their site, and when they were seen."""
        self.db.execute("CREATE TEMP TABLE IF NOT EXISTS seen (name TEXT PRIMARY KEY, sight INTEGER, site TEXT)")
        self.db.execute("DELETE FROM temp.seen")
        rows = [(name, n, site) for n, sight in enumerate(self.sights) for name, site in sight.sites.items()]
        if len({name for name, _, _ in rows}) < len(rows):
            raise UsageError("two batches of a run hold the same patient; batches must hold whole patients")
        self.db.executemany("INSERT INTO temp.seen VALUES (?, ?, ?)", rows)
        self.db.execute(
            "UPDATE patient SET last_run = ?, site = (SELECT site FROM temp.seen WHERE seen.name = patient.name) "
            "WHERE name IN (SELECT name FROM temp.seen)",
            (self.run,),
        )

    def _one(
        self, number: int, sight: Sight, types: frozenset[str] | None, columns: frozenset[tuple[str, str]]
    ) -> None:
        found = {seen.fingerprint: seen for seen in sight.findings}
        kept = self.db.execute(
            "SELECT finding.*, name FROM finding JOIN patient ON patient.id = finding.patient_id "
            "JOIN temp.seen USING (name) WHERE seen.sight = ? ORDER BY number",
            (number,),
        ).fetchall()
        for row in kept:
            seen = found.pop(row["fingerprint"], None)
            reason = None if seen else self._out_of_scope(row, sight, types, columns)
            if reason is None:
                self._again(row, seen, sight)
            elif row["status"] in STANDING:
                self.untouched[reason] += 1
        for seen in found.values():
            if seen.verdict == "failed":
                self._new(seen, sight)

    def _out_of_scope(
        self, row: sqlite3.Row, sight: Sight, types: frozenset[str] | None, columns: frozenset[tuple[str, str]]
    ) -> str | None:
        """Why a finding that was not found says nothing; None where it does."""
        cell = row["rule"] == CELL
        if row["rule"] not in sight.rules:
            return "rule"
        if types is not None and not types.issuperset(json.loads(row["types"])):
            return "type"
        if cell and columns.isdisjoint((row["about"], name) for name in columns_of(json.loads(row["place"])["column"])):
            return "column"
        if row["last_run"] > sight.upto:
            return "later"
        if not cell and row["profile"] != packed(sight.profile) and not self.new_settings:
            return "settings"
        return None

    def _again(self, row: sqlite3.Row, seen: Seen | None, sight: Sight) -> None:
        """A finding that the ledger has, and that this run looked for."""
        was = Status(row["status"])
        gone = any((row["name"], event) not in sight.there for event in _events(row))
        if gone and seen and seen.verdict != "failed":  # nothing is left that it could be said of
            seen = None
        standing = self.acceptances.get(row["number"])
        broken = self._broken(standing, seen) if standing and seen else ""
        status = next_status(
            was,
            verdict=seen.verdict if seen else None,
            same_day=row["since"] == self.day,
            accepted=standing is not None and not broken,
        )
        assert status is not None
        why = self._why(was, seen, broken, gone)
        changed = status is not was
        values = {
            "status": status,
            "since": self.day if changed else row["since"],
            "opened": self.day if changed and status is Status.REOPENED else row["opened"],
        }
        if seen:
            self.statuses[seen.fingerprint] = status
            values |= _columns(seen, sight) | {"last_run": self.run}
            if seen.verdict != "failed":  # what it conflicted with is not told again, but still belongs to it
                values["against"] = packed([[event, ""] for event, _ in json.loads(row["against"])])
                values["types"] = row["types"]
        names = ", ".join(f"{name} = :{name}" for name in values)
        self.db.execute(f"UPDATE finding SET {names} WHERE number = :number", {**values, "number": row["number"]})
        if changed:
            self._step(row["number"], status, why)
        if changed or status is not Status.RESOLVED:
            self.counts[status] += 1
        fresh = row["since"] == self.day and status in (Status.NEW, Status.REOPENED)
        if (changed and status in (Status.REOPENED, Status.RESOLVED)) or fresh:
            self.changes.append(_change(row["number"], row, row["name"], status, why, seen))

    def _broken(self, standing: sqlite3.Row, seen: Seen) -> str:
        """Why an acceptance does not hold for what was found; empty where it does."""
        if standing["until"] is not None and standing["until"] < self.day:
            return f"its acceptance ended on {standing['until']}"
        if (standing["data"], standing["outcome"]) != (seen.data, seen.outcome):
            return "the data behind it changed since it was accepted"
        return ""

    def _why(self, was: Status, seen: Seen | None, broken: str, gone: bool) -> str:
        if seen is None:
            return GONE if gone else "not found any more"
        if broken and was in (Status.ACCEPTED, Status.REOPENED):
            return broken
        return "found again"

    def _new(self, seen: Seen, sight: Sight) -> None:
        patient = self.db.execute("SELECT id FROM patient WHERE name = ?", (seen.patient,)).fetchone()
        if patient is None:
            done = self.db.execute(
                "INSERT INTO patient (name, site, last_run) VALUES (?, ?, ?)",
                (seen.patient, sight.sites.get(seen.patient), self.run),
            )
            code = done.lastrowid
        else:
            code = patient["id"]
        values = _columns(seen, sight) | {
            "fingerprint": seen.fingerprint,
            "patient_id": code,
            "rule": seen.rule,
            "about": seen.about,
            "event": seen.event,
            "status": Status.NEW,
            "since": self.day,
            "opened": self.day,
            "first_run": self.run,
            "last_run": self.run,
        }
        holes = ", ".join(f":{name}" for name in values)
        done = self.db.execute(f"INSERT INTO finding ({', '.join(values)}) VALUES ({holes})", values)
        number = int(done.lastrowid or 0)
        self._step(number, Status.NEW, "found")
        self.counts[Status.NEW] += 1
        self.statuses[seen.fingerprint] = Status.NEW
        row = {"fingerprint": seen.fingerprint, "rule": seen.rule, "event": seen.event, "severity": seen.severity}
        self.changes.append(_change(number, row, seen.patient, Status.NEW, "found", seen))

    def _step(self, number: int, status: Status, why: str) -> None:
        self.db.execute(
            "INSERT INTO step (finding, run, as_of, status, why) VALUES (?, ?, ?, ?, ?)",
            (number, self.run, self.day, status, why),
        )


def _events(row: sqlite3.Row) -> list[str]:
    """The event a finding is about, and those it conflicts with."""
    return [event for event in (row["event"], *(other for other, _ in json.loads(row["against"]))) if event is not None]


def _columns(seen: Seen, sight: Sight) -> dict[str, Any]:
    """What a finding's row takes over from the run that saw it."""
    plain = ("outcome", "verdict", "severity", "message", "advice", "source", "data")
    listed = {name: packed(getattr(seen, name)) for name in ("types", "place", "shown", "against")}
    return {**{name: getattr(seen, name) for name in plain}, **listed, "profile": packed(sight.profile)}


def _change(
    number: int, row: Mapping[str, Any] | sqlite3.Row, patient: str, status: Status, why: str, seen: Seen | None
) -> Change:
    return Change(
        number=number,
        fingerprint=row["fingerprint"],
        rule=row["rule"],
        severity=seen.severity if seen else row["severity"],
        patient=patient,
        event=row["event"],
        status=status,
        why=why,
    )


def _differences(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Settings that differ between two runs, each in words."""
    said = {True: "given", False: "not given"}

    def shown(name: str, value: Any) -> Any:
        return said[value] if name == "cut_off" else "not given" if value is None else value

    return tuple(
        f"{name.replace('_', ' ')}: {shown(name, before.get(name))}, now {shown(name, now.get(name))}"
        for name in sorted({*before, *now})
        if before.get(name) != now.get(name)
    )
