"""What differs between two exports: findings, patients and events that came or went, and key dates that moved."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
from attrs import asdict, field, frozen

from ..cohort import Cohort
from ..errors import Fault, InputError
from ..shortest_paths import UNBOUNDED
from .check import Report

FORMAT = 1
"""Number of the shape of the JSON. A key that goes or changes its meaning raises it; a new key does not."""

DATED = ("diagnosis", "relapse", "death")
"""Event types whose dates are compared."""


@frozen(kw_only=True)
class ToldFinding:
    """A finding of one of the two sides. ``why``: its rule ran on both sides, or its patient or event is not there."""

    fingerprint: str
    rule: str
    severity: str
    verdict: str
    patient: str = field(repr=False)
    event: str | None = field(repr=False)
    message: str = field(repr=False)
    why: str


@frozen(kw_only=True)
class Moved:
    """A diagnosis, relapse or death whose date is another one now."""

    patient: str = field(repr=False)
    type: str
    event: str = field(repr=False)
    before: str = field(repr=False)
    now: str = field(repr=False)


@frozen(kw_only=True)
class Changes:
    """What differs. Pairs are of patient and event. ``events`` and ``moved`` are None where a side is a report only."""

    came: tuple[ToldFinding, ...]
    went: tuple[ToldFinding, ...]
    patients_gone: tuple[str, ...] | None = field(repr=False)
    patients_new: tuple[str, ...] | None = field(repr=False)
    events_gone: tuple[tuple[str, str], ...] | None = field(repr=False)
    events_new: tuple[tuple[str, str], ...] | None = field(repr=False)
    moved: tuple[Moved, ...] | None
    rules: tuple[str, ...]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return any(
            (self.came, self.went, self.patients_gone, self.patients_new, self.events_gone, self.events_new, self.moved)
        )


@frozen(kw_only=True)
class Side:
    """One of the two: the findings of a report, and the cohort where there is one.

    ``findings`` has the columns of :meth:`Report.frame`; ``rules``: those that ran.
    """

    findings: pl.DataFrame = field(repr=False)
    rules: frozenset[str]
    cohort: Cohort | None = field(default=None, repr=False)


_COLUMNS = ("fingerprint", "rule", "severity", "verdict", "patient", "event", "message")


def side(report: Report, cohort: Cohort) -> Side:
    """A side from an export that was read and checked."""
    return Side(findings=_failed(report.frame()), rules=frozenset(count.rule for count in report.rules), cohort=cohort)


def side_of_json(path: Path) -> Side:
    """A side from a report as JSON. Raises InputError where the file is none."""
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        if told["format"] != 1:
            raise ValueError
        rows = [{name: finding[name] for name in _COLUMNS} for finding in told["findings"]]
        frame = pl.DataFrame(rows, schema=dict.fromkeys(_COLUMNS, pl.String), strict=True)
        rules = frozenset(str(rule["id"]) for rule in told["rules"])
    except OSError:
        raise
    except Exception as error:  # whatever is wrong with a file that is no report; its text may hold values
        hint = "write one with `infant-course check ... --format json`"
        fault = Fault(expected="a report as JSON", found="another kind of file", file=str(path), hint=hint)
        raise InputError(faults=[fault]) from error
    return Side(findings=_failed(frame), rules=rules)


def _failed(frame: pl.DataFrame) -> pl.DataFrame:
    if not frame.width:
        return pl.DataFrame(schema=dict.fromkeys(_COLUMNS, pl.String))
    kept = frame.filter(pl.col("verdict") == "failed").select(_COLUMNS)
    return kept.with_columns(pl.col("severity").cast(pl.String)).unique("fingerprint", maintain_order=True)


def changes(old: Side, new: Side) -> Changes:
    """What differs between two sides. Failed findings are compared, those of rules that ran on both sides."""
    both = old.rules & new.rules
    before, now = (one.findings.filter(pl.col("rule").is_in(list(both))) for one in (old, new))
    came = now.join(before, on="fingerprint", how="anti")
    went = before.join(now, on="fingerprint", how="anti")
    events: dict[str, tuple[tuple[str, str], ...] | None] = {"gone": None, "new": None}
    patients: dict[str, tuple[str, ...] | None] = {"gone": None, "new": None}
    moved: tuple[Moved, ...] | None = None
    if old.cohort is not None and new.cohort is not None:
        first, second = _events(old.cohort), _events(new.cohort)
        people = old.cohort.patients.select("patient"), new.cohort.patients.select("patient")
        patients["gone"] = tuple(sorted(people[0].join(people[1], on="patient", how="anti")["patient"]))
        patients["new"] = tuple(sorted(people[1].join(people[0], on="patient", how="anti")["patient"]))
        # the events of a patient who came or went as a whole are not told one by one
        events["gone"] = _pairs(first.join(people[1], on="patient", how="semi"), second)
        events["new"] = _pairs(second.join(people[0], on="patient", how="semi"), first)
        moved = tuple(_moved(old.cohort, new.cohort))
    return Changes(
        came=tuple(_told(came, patients["new"], events["new"], "new")),
        went=tuple(_told(went, patients["gone"], events["gone"], "gone")),
        patients_gone=patients["gone"],
        patients_new=patients["new"],
        events_gone=events["gone"],
        events_new=events["new"],
        moved=moved,
        rules=tuple(sorted(old.rules ^ new.rules)),
    )


def _pairs(those: pl.DataFrame, others: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    found = those.join(others, on=["patient", "event"], how="anti").select("patient", "event").unique()
    return tuple(sorted(found.iter_rows()))


def _told(
    rows: pl.DataFrame,
    patients: Iterable[str] | None,
    events: Iterable[tuple[str, str]] | None,
    word: str,
) -> Iterable[ToldFinding]:
    whole, single = set(patients or ()), set(events or ())
    worst = pl.col("severity").replace_strict({"error": 0, "warning": 1}, default=2, return_dtype=pl.UInt8)
    for row in rows.sort(worst, "rule", "patient", "event", "fingerprint").iter_rows(named=True):
        why = "data or judgement"
        if row["patient"] in whole:
            why = f"patient {word}"
        elif (row["patient"], row["event"]) in single:
            why = f"event {word}"
        yield ToldFinding(**row, why=why)


def _firsts(cohort: Cohort) -> pl.DataFrame:
    """Unit, patient and kind of clock of each patient's first reading."""
    names = cohort.patients.select(pl.col("patient").alias("name")).with_row_index("patient")
    firsts = cohort.units.filter(pl.col("reading") == 0).join(names, on="patient")
    return firsts.select("unit", pl.col("name").alias("patient"), pl.col("patient").alias("code"), "dated")


def _events(cohort: Cohort) -> pl.DataFrame:
    """Patient and id of every event."""
    return cohort.timeline.select("unit", "event").join(_firsts(cohort), on="unit").select("patient", "event")


def _dates(cohort: Cohort) -> pl.DataFrame:
    """What is stated of the start of every diagnosis, relapse and death; its days where an export states none."""
    stated = (
        cohort.stated.filter(pl.col("part") == "when")
        .group_by("patient", "event", maintain_order=True)
        .agg(pl.col("text").str.join("; "))
        .rename({"patient": "code"})
    )
    parts = [
        cohort.tables[kind].select("unit", "event", "start_lo", "start_hi", "start_stated", pl.lit(kind).alias("type"))
        for kind in DATED
        if kind in cohort.tables
    ]
    if not parts:
        return pl.DataFrame(schema=dict.fromkeys(("patient", "event", "type", "when"), pl.String))
    rows = pl.concat(parts).join(_firsts(cohort), on="unit").join(stated, on=["code", "event"], how="left")
    whens = [
        row["text"] or (_span(row["start_lo"], row["start_hi"], row["dated"]) if row["start_stated"] else "not stated")
        for row in rows.iter_rows(named=True)
    ]
    told = rows.with_columns(pl.Series("when", whens, dtype=pl.String)).select("patient", "event", "type", "when")
    return told.unique(["patient", "event", "type"], keep="first", maintain_order=True)


def _span(low: int, high: int, dated: bool) -> str:
    def day(number: int) -> str:
        if abs(number) >= UNBOUNDED:
            return "?"
        return (date(1970, 1, 1) + timedelta(days=number)).isoformat() if dated else f"day {number}"

    return day(low) if low == high else f"{day(low)} to {day(high)}"


def _moved(old: Cohort, new: Cohort) -> Iterable[Moved]:
    both = _dates(old).join(_dates(new), on=["patient", "event", "type"], suffix="_now")
    moved = both.filter(pl.col("when") != pl.col("when_now")).sort("patient", "type", "event")
    for row in moved.iter_rows(named=True):
        yield Moved(
            patient=row["patient"], type=row["type"], event=row["event"], before=row["when"], now=row["when_now"]
        )


def as_dict(found: Changes) -> dict[str, Any]:
    """The differences as plain values. What could not be compared is null."""

    def pairs(events: Iterable[tuple[str, str]] | None) -> list[Mapping[str, str]] | None:
        return None if events is None else [{"patient": patient, "event": event} for patient, event in events]

    def names(patients: Iterable[str] | None) -> list[str] | None:
        return None if patients is None else list(patients)

    return {
        "format": FORMAT,
        "differs": bool(found),
        "findings": {"came": [asdict(f) for f in found.came], "went": [asdict(f) for f in found.went]},
        "patients": {"gone": names(found.patients_gone), "new": names(found.patients_new)},
        "events": {"gone": pairs(found.events_gone), "new": pairs(found.events_new)},
        "moved": None if found.moved is None else [asdict(one) for one in found.moved],
        "rules_on_one_side": list(found.rules),
    }
