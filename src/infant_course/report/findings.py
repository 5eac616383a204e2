"""Findings as one table: every failed or undecided verdict, told with its event, its conflicts and what to do.

The table is made with joins, so that a registry's hundreds of thousands of undecided verdicts cost little;
:class:`Finding` is one row of it as an object.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import polars as pl
from attrs import asdict, field, frozen

from ..cohort import Cohort
from ..rules import Judgement, Outcome, Rule, Settings
from ..vocabulary import Severity

LEVELS = {Severity.ERROR: 3, Severity.WARNING: 2, Severity.INFO: 1}

FINDING_COLUMNS: dict[str, Any] = {
    "rule": pl.String,
    "outcome": pl.String,
    "verdict": pl.String,
    "severity": pl.String,
    "patient": pl.String,
    "site": pl.String,
    "about": pl.String,
    "event": pl.String,
    "conflicts_with": pl.List(pl.String),
    "message": pl.String,
    "advice": pl.String,
    "source": pl.String,
    "file": pl.String,
    "line": pl.Int64,
    "fingerprint": pl.String,
}
"""Columns of a report's table: the fields of :class:`Finding`."""

MOST_NAMED = 5
"""So many conflicting events are named in a message; the others are counted."""


PARTS, FEWEST = 8, 50_000
"""Verdicts become findings in so many parts, of so many at the least: telling one takes more memory than it leaves."""


@frozen(kw_only=True)
class Finding:
    """One failed or undecided verdict: which rule, about which event, what it conflicts with, and what to do.

    ``about``: the type of the event, ``patient`` or ``birth``; ``site``: the patient's centre.
    """

    rule: str
    outcome: str
    verdict: str
    severity: Severity
    patient: str = field(repr=False)
    site: str | None = field(repr=False)
    about: str
    event: str | None = field(repr=False)
    conflicts_with: tuple[str, ...] = field(repr=False)
    message: str = field(repr=False)
    advice: str = field(repr=False)
    source: str = field(repr=False)
    file: str | None = field(repr=False)
    line: int | None = field(repr=False)
    fingerprint: str


def objects(table: pl.DataFrame) -> Iterator[Finding]:
    """The rows of a table as findings."""
    for row in table.iter_rows(named=True):
        severity, conflicts = Severity(row["severity"]), tuple(row["conflicts_with"])
        yield Finding(**{**row, "severity": severity, "conflicts_with": conflicts})


def table_of(findings: Iterable[Finding]) -> pl.DataFrame:
    """Findings as a table."""
    rows = [
        {**asdict(finding), "severity": str(finding.severity), "conflicts_with": list(finding.conflicts_with)}
        for finding in findings
    ]
    return pl.DataFrame(rows, schema=FINDING_COLUMNS, orient="row")


_LEVEL = pl.col("severity").replace_strict({str(one): level for one, level in LEVELS.items()}, return_dtype=pl.Int8)
_FIRST, _DESCENDING, _THEN = (
    ["verdict", _LEVEL, "rule"],
    [False, True, False],
    ["patient", pl.col("event").fill_null("")],
)


def in_order(table: pl.DataFrame) -> pl.DataFrame:
    """Failed before undecided, the worst first, then by rule, patient and event."""
    return table.sort([*_FIRST, *_THEN], descending=[*_DESCENDING, False, False], maintain_order=True)


def together(tables: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """Several tables as one, in order (:func:`in_order`).

    Rule by rule, so that of millions of findings there are never two copies: the iterable should not be kept.
    """
    keys = ["verdict", "severity", "rule"]
    of_rule: dict[tuple[object, ...], list[pl.DataFrame]] = {}
    for table in tables:
        for key, rows in table.partition_by(keys, as_dict=True).items():
            of_rule.setdefault(key, []).append(rows)
    named = pl.DataFrame(list(of_rule), schema=dict.fromkeys(keys, pl.String), orient="row")
    parts = []
    for key in named.sort(_FIRST, descending=_DESCENDING).iter_rows():
        parts.append(pl.concat(of_rule.pop(key)).sort(_THEN, maintain_order=True))
    return pl.concat([pl.DataFrame(schema=FINDING_COLUMNS), *parts])


def first_of_each(table: pl.DataFrame, most: int) -> pl.DataFrame:
    """Of the failed findings of each rule, outcome and severity so many, the first by patient and line."""
    failed = table.filter(pl.col("verdict") == "failed").sort("patient", "line", maintain_order=True)
    first = failed.group_by("rule", "outcome", "severity", maintain_order=True).head(most)
    return by_themselves(first.select(table.columns))


def by_themselves(table: pl.DataFrame) -> pl.DataFrame:
    """The same rows with texts of their own: a table of few rows else holds on to all texts that it was taken from."""
    texts = [pl.col(name) + pl.lit("") for name in ("patient", "event", "message", "file", "fingerprint")]
    return table.with_columns(*texts, pl.col("conflicts_with").list.eval(pl.element() + pl.lit("")))


def findings_table(
    cohort: Cohort,
    judgement: Judgement,
    rules: Mapping[str, Rule],
    settings: Settings,
    *,
    undecided: bool = True,
) -> pl.DataFrame:
    """The verdicts told, in order (:func:`in_order`); with ``undecided`` false those that failed only."""
    verdicts = judgement.verdicts if undecided else judgement.verdicts.filter("failed")
    step = max(FEWEST, -(-verdicts.height // PARTS))
    parts = [_told(part, cohort, rules, settings) for part in verdicts.iter_slices(step)]
    return in_order(pl.concat([pl.DataFrame(schema=FINDING_COLUMNS), *parts]))


def _told(verdicts: pl.DataFrame, cohort: Cohort, rules: Mapping[str, Rule], settings: Settings) -> pl.DataFrame:
    """Verdicts as findings."""
    table = verdicts.rename({"patient": "code"}).with_row_index("row")
    table = table.join(
        _said(verdicts, rules, settings),
        on=["rule", "about", "outcome"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    patients = cohort.patients.select("patient", "site", "file")[table["code"]]
    table = _with_problems(_with_files(table.hstack(patients), cohort), cohort)
    shown = _conflicts_shown(table)
    events = pl.concat([table.select("row", "code", "event"), shown])
    named = _named(events, cohort.stated)
    against = _listed(table, named[table.height :])
    table = table.with_columns(named["named"][: table.height]).join(
        against, on="row", how="left", maintain_order="left"
    )
    detail = (
        pl.when(pl.col("problem").is_not_null())
        .then(pl.format(" {}", "problem"))
        .when(pl.col("event").is_not_null() & pl.col("against").is_not_null())
        .then(pl.format(" [{} against {}]", "named", "against"))
        .when(pl.col("event").is_not_null())
        .then(pl.format(" [{}]", "named"))
        .when(pl.col("against").is_not_null())
        .then(pl.format(" [{}]", "against"))
        .otherwise(pl.lit(""))
    )
    table = table.with_columns(
        message=pl.col("what") + detail,
        conflicts_with=pl.col("conflicts_with").fill_null([]),
        outcome=pl.col("name"),
        verdict=pl.when("failed").then(pl.lit("failed")).otherwise(pl.lit("undecided")),
        fingerprint=fingerprints(table),
    )
    return table.select(pl.col(name).cast(dtype) for name, dtype in FINDING_COLUMNS.items())


def fingerprints(table: pl.DataFrame) -> pl.Series:
    """A stable name of each finding: the same rule on the same event of the same patient, whatever the row."""
    event = pl.col("event").fill_null("")
    texts = table.select(pl.concat_str("rule", "patient", "about", event, separator="\x1f")).to_series().to_list()
    sha256 = hashlib.sha256
    return pl.Series([sha256(text.encode()).hexdigest()[:16] for text in texts], dtype=pl.String)


def _said(verdicts: pl.DataFrame, rules: Mapping[str, Rule], settings: Settings) -> pl.DataFrame:
    """What each outcome of each rule says: rule, about, outcome (null: undecided), name, severity, what, advice."""
    outcomes: dict[tuple[str, str], tuple[Outcome, ...]] = {}
    rows = []
    for rule_id, about, number in verdicts.select("rule", "about", "outcome").unique().iter_rows():
        rule = rules[rule_id]
        if (rule_id, about) not in outcomes:
            outcomes[rule_id, about] = rule.trace(about, settings)[1].outcomes
        outcome = None if number is None else outcomes[rule_id, about][number]
        rows.append(
            {
                "rule": rule_id,
                "about": about,
                "outcome": number,
                "name": outcome.name if outcome else "undecided",
                "severity": str(outcome.severity if outcome else rule.severity),
                "what": outcome.message if outcome else f"Cannot tell whether {_lower(rule.summary)}",
                "advice": rule.repair,
                "source": str(rule.ground),
            }
        )
    columns = ("rule", "about", "outcome", "name", "severity", "what", "advice", "source")
    schema = {name: pl.UInt8 if name == "outcome" else pl.String for name in columns}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _lower(sentence: str) -> str:
    """A sentence to go on after a colon; acronyms keep their capitals."""
    first, _, rest = sentence.partition(" ")
    return f"{first.lower() if first[1:].islower() or len(first) == 1 else first} {rest}"


def _with_files(table: pl.DataFrame, cohort: Cohort) -> pl.DataFrame:
    """The file in which each event stands, where an export has several; else that of the whole course."""
    origin = cohort.origin.select("event", code="patient", stood="file")
    stood = origin.join(table, on=["code", "event"], how="semi").unique(["code", "event"], keep="first")
    table = table.join(stood, on=["code", "event"], how="left", maintain_order="left")
    return table.with_columns(file=pl.coalesce("stood", "file")).drop("stood")


def _with_problems(table: pl.DataFrame, cohort: Cohort) -> pl.DataFrame:
    """A column ``problem``: all that reading or resolving said of the event and that is a problem of the rule."""
    if not cohort.problems.height:
        return table.with_columns(problem=pl.lit(None, dtype=pl.String))
    message, first = pl.col("message"), pl.col("message").str.slice(0, 1)
    # An id stands as it was written: what differs in case is another id.
    by_its_id = message.str.starts_with(pl.col("event"))
    begun = pl.when(by_its_id).then(first).otherwise(first.str.to_uppercase()) + message.str.slice(1)
    ended = pl.when(message.str.contains(r"[.?]$")).then(pl.lit("")).otherwise(pl.lit("."))
    told = (
        cohort.problems.rename({"patient": "code"})
        .group_by("code", "event", "rule", maintain_order=True)
        .agg(problem=(begun + ended).unique(maintain_order=True).str.join(" "))
    )
    return table.join(told, on=["code", "event", "rule"], how="left", maintain_order="left")


def _conflicts_shown(table: pl.DataFrame) -> pl.DataFrame:
    """The conflicting events that messages name: row, code and event."""
    some = table.filter(pl.col("conflicts_with").list.len() > 0)
    shown = some.select("row", "code", event=pl.col("conflicts_with").list.head(MOST_NAMED))
    return shown.explode("event", empty_as_null=False, keep_nulls=False)


def _named(events: pl.DataFrame, stated: pl.DataFrame) -> pl.DataFrame:
    """Events (row, code, event) by name, with what is stated about their time: row and named, in the same order."""
    lead = {"until": "until ", "lasting": "lasting "}
    said = pl.col("part").replace_strict(lead, default="", return_dtype=pl.String) + pl.col("text")
    times = (
        stated.rename({"patient": "code"})
        .join(events, on=["code", "event"], how="semi", maintain_order="left")
        .with_columns(text=said)
        .group_by("code", "event", maintain_order=True)
        .agg(times=pl.col("text").str.join("; "))
    )
    timed = events.join(times, on=["code", "event"], how="left", maintain_order="left")
    name = pl.when(pl.col("times").is_null()).then("event").otherwise(pl.format("{} ({})", "event", "times"))
    return timed.select("row", named=name)


def _listed(table: pl.DataFrame, named: pl.DataFrame) -> pl.DataFrame:
    """The conflicting events of each row in one text: row and against. Rows without any are left out."""
    joined = named.group_by("row", maintain_order=True).agg(pl.col("named").str.join(", "))
    more = pl.col("conflicts_with").list.len().cast(pl.Int64) - MOST_NAMED
    joined = joined.with_columns(table.select(more.alias("more")).to_series().gather(joined["row"]))
    text = pl.when(pl.col("more") > 0).then(pl.format("{} and {} more", "named", "more")).otherwise("named")
    return joined.select("row", against=text)
