"""What one run saw: its findings with the data behind them, and how far it looked.

The data behind a finding are the event's fields and stated times, those of the events it conflicts with or refers
to, and whatever else of the patient its rule asks for: their hash tells whether an acceptance still holds.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

import polars as pl
from attrs import field, frozen

from ..cohort import Cohort
from ..course import BIRTH
from ..errors import UsageError
from ..events import EVENT_TYPES, own_fields
from ..report.check import Report
from ..rules import RULES, Rule, Settings
from ..shortest_paths import UNBOUNDED
from .cells import CELL, cells_seen
from .seen import Seen
from .store import packed

MOST_AGAINST = 10
"""So many conflicting events are shown with a query."""

POINTS = ("start_lo", "start_hi", "end_lo", "end_hi", "start_stated", "end_stated", "length_stated")
Pair = tuple[int, str]
"""A patient's code in the cohort and an event's id."""


@frozen(kw_only=True)
class Known:
    """What a ledger held when a run began to look: patients, fingerprints, patients' events, its last run."""

    patients: frozenset[str] = frozenset()
    fingerprints: frozenset[str] = frozenset()
    events: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)
    upto: int = 0


@frozen(kw_only=True)
class Sight:
    """What one run, or one batch of it, saw.

    ``sites``: the site of every patient in the run that the ledger knows or that has findings. ``types``: the event
    types that the source gives (None: all there are, because nothing is an export of its own). ``there``: events the
    ledger knows and the run has. ``looked_at``: types and columns of which single cells are told. ``upto``: the
    ledger's last run when this one began to look.
    """

    version: str
    catalogue: str
    profile: Mapping[str, Any]
    rules: frozenset[str]
    types: frozenset[str] | None
    patients: int
    events: int
    sites: Mapping[str, str | None] = field(repr=False)
    there: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)
    findings: tuple[Seen, ...] = field(default=(), repr=False)
    looked_at: frozenset[tuple[str, str]] = field(default=frozenset(), repr=False)
    upto: int = 0


@frozen(kw_only=True)
class _Needs:
    """What a rule looks at, apart from the events it conflicts with."""

    fields: tuple[str, ...]
    time: bool
    via: tuple[str, ...]
    patient: tuple[str, ...]
    birth: bool
    others: tuple[tuple[str, tuple[str, ...], bool], ...]
    """Types of which it needs fields (named) or times of all the patient's events."""


def _roots(expressions: Iterable[pl.Expr]) -> set[str]:
    return {name for expression in expressions for name in expression.meta.root_names()}


def _needs(rule: Rule, about: str, settings: Settings) -> _Needs:
    trace, judged = rule.trace(about, settings)
    names = _roots([*judged.conditions, *(outcome.broken for outcome in judged.outcomes)])
    names |= {worked.name for worked in trace.derived.values()}
    via = {question.via for question in trace.questions if question.via} | {name for name, _, _ in trace.referenced}
    own = [a.name for a in own_fields(EVENT_TYPES[about])] if about in EVENT_TYPES else []
    others: dict[str, tuple[set[str], bool]] = {}
    for (kind, _), worked in (*trace.lookups.items(), *trace.commons.items()):
        others.setdefault(kind, (set(), False))[0].add(worked.name)
    for one, name in trace.extremes:
        others[one.others.type] = (others.get(one.others.type, (set(), True))[0] | {name}, True)
    for question in trace.questions:
        kind = question.others.type
        if question.answer == "days" and question.via is None and kind in EVENT_TYPES:
            others[kind] = (others.get(kind, (set(), False))[0], True)
    return _Needs(
        fields=tuple(name for name in own if name in names),
        time=bool(names & set(POINTS) or trace.problems or any(q.relation != "any" for q in trace.questions)),
        via=tuple(sorted(via)),
        patient=tuple(sorted(trace.patient_fields)),
        birth=about == BIRTH or any(question.others.type == BIRTH for question in trace.questions),
        others=tuple((kind, tuple(sorted(fields)), times) for kind, (fields, times) in sorted(others.items())),
    )


def see(cohort: Cohort, report: Report, known: Known, rules: Mapping[str, Rule] = RULES) -> Sight:
    """What a checked cohort shows to a ledger that knows so much already."""
    told = _told(report, known)
    strange = sorted(set(told["rule"]) - rules.keys()) if told.height else []
    if strange:
        raise UsageError(f"rules that the ledger was not told of: {', '.join(strange)}. Give them as rules=...")
    cells = cells_seen(cohort)
    names = known.patients | (set(told["patient"]) if told.height else set()) | {cell.patient for cell in cells}
    concerned = cohort.patients.with_row_index("code").filter(pl.col("patient").is_in(list(names)))
    codes = dict(concerned.select("patient", "code").iter_rows())
    seen = tuple(_Eye(cohort, report, rules, codes).look(told)) if told.height else ()
    given = None
    if cohort.intake is not None:
        given = frozenset(cohort.tables) | {kind for kind, whole in cohort.complete.items() if _any(whole)}
    return Sight(
        version=report.version,
        catalogue=report.catalogue,
        profile={**{k: _plain(v) for k, v in report.settings.items()}, "cut_off": report.cut_off is not None},
        rules=frozenset(count.rule for count in report.rules) | ({CELL} if cohort.intake is not None else set()),
        types=given,
        patients=report.patients,
        events=report.events,
        sites=dict(concerned.select("patient", "site").iter_rows()),
        there=_there(cohort, known, codes),
        findings=(*seen, *cells),
        looked_at=cohort.intake.looked_at if cohort.intake is not None else frozenset(),
        upto=known.upto,
    )


def _told(report: Report, known: Known) -> pl.DataFrame:
    """The findings that concern a ledger: those that failed, and what it knows; one of each fingerprint."""
    frame = report.frame()
    if not frame.height:
        return frame
    wanted = (pl.col("verdict") == "failed") | pl.col("fingerprint").is_in(list(known.fingerprints))
    told = frame.filter(wanted).sort("verdict", maintain_order=True)  # failed before undecided
    return told.unique("fingerprint", keep="first", maintain_order=True)


def _any(whole: bool | pl.Series) -> bool:
    return whole if isinstance(whole, bool) else bool(whole.any())


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _there(cohort: Cohort, known: Known, codes: Mapping[str, int]) -> frozenset[tuple[str, str]]:
    """Which events that the ledger knows the cohort still has."""
    asked = {(codes[patient], event): (patient, event) for patient, event in known.events if patient in codes}
    return frozenset(asked[pair] for pair in _rows(cohort, asked))


@frozen(kw_only=True)
class _Row:
    """One event as it was told."""

    type: str
    dated: bool
    record: Mapping[str, Any] = field(repr=False)


def _firsts(cohort: Cohort) -> pl.DataFrame:
    """The unit of each patient's first reading."""
    return cohort.units.filter(pl.col("reading") == 0).select("unit", "patient", "dated")


def _rows(cohort: Cohort, pairs: Iterable[Pair]) -> dict[Pair, list[_Row]]:
    """The rows of these events; more than one where events share an id."""
    asked = pl.DataFrame(list(pairs), schema={"patient": pl.UInt32, "event": pl.String}, orient="row")
    found: dict[Pair, list[_Row]] = {}
    if asked.height:
        for kind, table in cohort.tables.items():
            rows = table.join(_firsts(cohort), on="unit").join(asked, on=["patient", "event"], how="semi")
            for record in rows.sort("ordinal").iter_rows(named=True):
                row = _Row(type=kind, dated=record["dated"], record=record)
                found.setdefault((record["patient"], record["event"]), []).append(row)
    return found


class _Eye:
    """Looks up the data behind findings, for the patients that have some only."""

    def __init__(self, cohort: Cohort, report: Report, rules: Mapping[str, Rule], codes: Mapping[str, int]) -> None:
        self.cohort, self.rules, self.codes = cohort, rules, codes
        cut_off = date.fromisoformat(report.cut_off) if report.cut_off else None
        settings = Settings(**report.settings, cut_off=cut_off)
        self.needs: Callable[[str, str], _Needs] = cache(lambda rule, about: _needs(rules[rule], about, settings))
        self.labels = cohort.intake.labels if cohort.intake else {}

    def look(self, told: pl.DataFrame) -> Iterable[Seen]:
        """The findings with the data behind them."""
        findings = list(told.iter_rows(named=True))
        mine: set[Pair] = set()
        for finding in findings:
            code = self.codes[finding["patient"]]
            mine.update((code, event) for event in (finding["event"], *(finding["conflicts_with"] or ())) if event)
        rows = _rows(self.cohort, mine)
        named = {pair for finding in findings for pair in self._referred(finding, rows)} - rows.keys()
        rows |= _rows(self.cohort, named)
        codes = sorted({self.codes[finding["patient"]] for finding in findings})
        self._stated(codes)
        self._births(codes)
        self._origins(codes)
        self._others(findings)
        self.people = {
            code: row for code, row in zip(codes, self.cohort.patients[codes].iter_rows(named=True), strict=True)
        }
        for finding in findings:
            yield self._seen(finding, rows)

    def _referred(self, finding: Mapping[str, Any], rows: Mapping[Pair, list[_Row]]) -> Iterable[Pair]:
        """Events that the subject names in fields its rule goes by."""
        code = self.codes[finding["patient"]]
        for row in rows.get((code, finding["event"]), ()):
            for name in self._of(finding).via:
                value = row.record.get(name)
                yield from ((code, event) for event in ([value] if isinstance(value, str) else value or ()))

    def _of(self, finding: Mapping[str, Any]) -> _Needs:
        return self.needs(finding["rule"], finding["about"])

    def _stated(self, codes: list[int]) -> None:
        self.stated: dict[Pair, list[str]] = {}
        for code, event, part, text in self.cohort.stated.filter(pl.col("patient").is_in(codes)).iter_rows():
            lead = {"until": "until ", "lasting": "lasting "}.get(part, "")
            self.stated.setdefault((code, event), []).append(lead + text)

    def _births(self, codes: list[int]) -> None:
        births = self.cohort.births.join(_firsts(self.cohort), on="unit").filter(pl.col("patient").is_in(codes))
        self.births = {
            record["patient"]: _Row(type=BIRTH, dated=record["dated"], record=record)
            for record in births.iter_rows(named=True)
        }

    def _origins(self, codes: list[int]) -> None:
        origins = self.cohort.origin.filter(pl.col("patient").is_in(codes))
        self.origins = {(row["patient"], row["event"]): row for row in origins.iter_rows(named=True)}
        self.records = {row["patient"]: row["record"] for row in self.origins.values() if row["record"]}

    def _others(self, findings: Iterable[Mapping[str, Any]]) -> None:
        """All events of the types a rule asks for as such, by patient and type."""
        wanted: dict[str, set[int]] = {}
        for finding in findings:
            for kind, _, _ in self._of(finding).others:
                wanted.setdefault(kind, set()).add(self.codes[finding["patient"]])
        self.all: dict[tuple[int, str], list[_Row]] = {}
        for kind, codes in wanted.items():
            if kind in self.cohort.tables:
                rows = self.cohort.tables[kind].join(_firsts(self.cohort), on="unit")
                for record in rows.filter(pl.col("patient").is_in(sorted(codes))).iter_rows(named=True):
                    row = _Row(type=kind, dated=record["dated"], record=record)
                    self.all.setdefault((record["patient"], kind), []).append(row)

    def _times(self, code: int, row: _Row) -> list[str]:
        """What is stated about an event's time; its days where an export has no statements of its own."""
        told = self.stated.get((code, row.record["event"] if row.type != BIRTH else BIRTH))
        if told:
            return told
        parts = []
        for point, lead in (("start", ""), ("end", "until ")):
            if row.record[f"{point}_stated"]:
                low, high = (_day(row.record[f"{point}_{end}"], row.dated) for end in ("lo", "hi"))
                parts.append(lead + (low if low == high else f"{low} to {high}"))
        return parts

    def _facts(self, code: int, row: _Row) -> dict[str, Any]:
        """An event as data: every field that is stated, and its times."""
        fields = {name: row.record[name] for name in _data_of(row.type)}
        stated = {name: value for name, value in fields.items() if value is not None and value != []}
        return {"type": row.type, "time": self._times(code, row), **stated}

    def _seen(self, finding: Mapping[str, Any], rows: Mapping[Pair, list[_Row]]) -> Seen:
        code, needs = self.codes[finding["patient"]], self._of(finding)
        conflicts = tuple(finding["conflicts_with"] or ())
        subjects = rows.get((code, finding["event"]), []) if finding["event"] else []
        related = sorted({*conflicts, *(event for _, event in self._referred(finding, rows))})
        facts: dict[str, Any] = {
            "outcome": finding["outcome"],
            "event": [self._facts(code, row) for row in subjects],
            "related": [[event, [self._facts(code, row) for row in rows.get((code, event), ())]] for event in related],
            "patient": [self.people[code][name] for name in needs.patient],
            "birth": self._birth(code) if needs.birth else None,
            "others": [
                [
                    kind,
                    [
                        [row.record[name] for name in names] + (self._times(code, row) if times else [])
                        for row in self.all.get((code, kind), ())
                    ],
                ]
                for kind, names, times in needs.others
            ],
        }
        against = [
            (event, "; ".join(t for row in rows.get((code, event), ()) for t in self._times(code, row)))
            for event in conflicts
        ]
        types = {row.type for event in (finding["event"], *conflicts) for row in rows.get((code, event), ())}
        return Seen(
            **{
                name: finding[name]
                for name in (
                    "fingerprint",
                    "rule",
                    "patient",
                    "about",
                    "event",
                    "outcome",
                    "verdict",
                    "message",
                    "advice",
                    "source",
                )
            },
            severity=str(finding["severity"]),
            types=tuple(sorted(types)),
            place=self._place(finding, code),
            shown=tuple(self._shown(finding, code, needs, subjects)),
            against=tuple(against[:MOST_AGAINST]),
            data=hashlib.sha256(packed(facts).encode()).hexdigest()[:32],
        )

    def _birth(self, code: int) -> list[str]:
        row = self.births.get(code)
        return self.stated.get((code, BIRTH)) or (self._times(code, row) if row else [])

    def _place(self, finding: Mapping[str, Any], code: int) -> dict[str, Any]:
        """Where the event stands in its source, as far as that is known."""
        origin = self.origins.get((code, finding["event"] or ""), {})
        return {
            "file": origin.get("file") or finding["file"],
            "row": origin.get("row") or finding["line"] or None,
            "record": origin.get("record") or self.records.get(code) or finding["patient"],
            "visit": origin.get("visit"),
            "instrument": origin.get("instrument"),
            "instance": origin.get("instance"),
        }

    def _shown(
        self, finding: Mapping[str, Any], code: int, needs: _Needs, subjects: list[_Row]
    ) -> Iterable[tuple[str, str]]:
        """Label and value of the fields the rule looks at."""
        about = finding["about"]
        for row in subjects[:1]:
            for name in needs.fields:
                yield self._label(about, name), as_text(row.record[name])
            if needs.time or not needs.fields:
                label = self.labels.get((about, "start")) or self.labels.get((about, "when")) or "date"
                yield label, "; ".join(self._times(code, row))
        for name in needs.patient:
            yield self._label("patient", name), as_text(self.people[code][name])
        if needs.birth:
            yield self._label("patient", "birth"), "; ".join(self._birth(code))

    def _label(self, kind: str, name: str) -> str:
        return self.labels.get((kind, name)) or name.replace("_", " ")


@cache
def _data_of(kind: str) -> tuple[str, ...]:
    """The fields of an event type that are data of the patient: no note, and nothing about the record."""
    return (*(a.name for a in own_fields(EVENT_TYPES[kind])), "estimated", "derived_from")


@lru_cache(maxsize=50_000)
def _day(day: int, dated: bool) -> str:
    """A bound as people write it."""
    if abs(day) >= UNBOUNDED:
        return "?"
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat() if dated else f"day {day}"


def as_text(value: Any) -> str:
    """A field's value as it is written in a query.

    >>> as_text({"value": 20.0, "unit": "10^9/L"}), as_text(["a", "b"]), as_text(True), as_text(None)
    ('20 10^9/L', 'a; b', 'yes', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        if value.keys() == {"value", "unit"}:
            return f"{value['value']:g} {value['unit']}"
        return ", ".join(
            f"{name.replace('_', ' ')} {as_text(part)}" for name, part in value.items() if part not in (None, [])
        )
    if isinstance(value, (list, tuple)):
        return "; ".join(as_text(part) for part in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
