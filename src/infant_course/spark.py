"""The same judge under Apache Spark, on whole-patient partitions.

Needs the extra ``infant-course[spark]`` and a Java that Spark runs with. A frame in the long own form (a row per
event, a column ``event`` with its type) goes in, findings come out::

    from infant_course import spark

    report = spark.check(session.read.option("header", True).csv("events.csv"))
    report.findings.where("verdict = 'failed'").show()
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl
from attrs import evolve, frozen

from .errors import UsageError
from .events import EVENT_TYPES
from .io.tables.flat import ROW
from .io.tables.frames import FIRST_ROW, from_frame
from .io.tables.own import EVENT_COLUMN, OwnReader
from .report.check import check as check_here
from .report.findings import FINDING_COLUMNS
from .rules import Settings, load_rules, select

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

PART = "part"
_COUNTS = ("subjects", "failed", "undecided", "passed")
_CELLS = {"problem": pl.String, "column": pl.String, "value": pl.String, "expected": pl.String, "hint": pl.String}
_COLUMNS: dict[str, Any] = {
    PART: pl.String,
    **FINDING_COLUMNS,
    **dict.fromkeys(_COUNTS, pl.Int64),
    **_CELLS,
    "rows": pl.Int64,
}
_SPARK_TYPES = {pl.String: "string", pl.Int64: "bigint", pl.List(pl.String): "array<string>"}


@frozen(kw_only=True)
class SparkReport:
    """What came of a check: frames of Spark, worked out when they are asked for.

    ``findings``: a row per failed or undecided verdict, with the columns of ``report.frame()`` but ``file`` and
    ``line``. ``rules``: subjects, failed, undecided and passed per rule. ``cells``: what could not be read, with the
    number of rows. ``errored``: rules that broke down.
    """

    findings: "DataFrame"
    rules: "DataFrame"
    cells: "DataFrame"
    errored: "DataFrame"


def check(
    events: "DataFrame",
    *,
    settings: Settings | None = None,
    modules: Sequence[str] = (),
    selected: Collection[str] = (),
    ignored: Collection[str] = (),
    day_zero: str = "diagnosis",
    complete: Collection[str] | None = None,
    partitions: int | None = None,
) -> SparkReport:
    """Judge a Spark frame of events in the long own form; patients are never split between partitions.

    ``modules``: Python modules with rules of your own, importable on the workers. ``selected``, ``ignored``: rules,
    families or severities. ``complete``: event types recorded in full; None: those that occur, which one pass over the
    column ``event`` finds. ``partitions``: how many (None: Spark's own number). A partition must fit its worker's
    memory. A column ``_row`` of whole numbers, where there is one, tells the line of each event in messages.

    Raises UsageError for a frame without the columns ``patient`` and ``event``, or for a name that does not exist.
    """
    from pyspark.sql import functions

    lacking = [name for name in ("patient", EVENT_COLUMN) if name not in events.columns]
    if lacking:
        raise UsageError(f"a frame of events has the columns patient and {EVENT_COLUMN}; there is no {lacking[0]}")
    rules = [rule.id for rule in select(selected, ignored, rules=load_rules(modules))]
    if complete is None:
        found = events.select(functions.trim(functions.col(EVENT_COLUMN))).distinct().collect()
        complete = [name for name in EVENT_TYPES if name in {row[0] for row in found}]
    work = _worker(settings or Settings(), tuple(modules), tuple(rules), day_zero, tuple(complete))
    patient = functions.trim(functions.col("patient"))
    spread = events.repartition(partitions, patient) if partitions else events.repartition(patient)
    schema = ", ".join(f"`{name}` {_SPARK_TYPES[dtype]}" for name, dtype in _COLUMNS.items())
    told = spread.mapInArrow(work, schema).persist()

    def part(name: str) -> "DataFrame":
        return told.where(functions.col(PART) == name)

    sums = [functions.sum(name).alias(name) for name in _COUNTS]
    return SparkReport(
        findings=part("finding").select([name for name in FINDING_COLUMNS if name not in ("file", "line")]),
        rules=part("rule").groupBy("rule").agg(*sums),
        cells=part("cell").groupBy(*_CELLS).agg(functions.sum("rows").alias("rows")),
        errored=part("errored").select("rule", "message").distinct(),
    )


def _worker(
    settings: Settings, modules: tuple[str, ...], rules: tuple[str, ...], day_zero: str, complete: tuple[str, ...]
) -> Callable[[Iterable[Any]], Iterator[Any]]:
    """What each partition does: read its rows, judge its patients, tell the findings."""

    def work(batches: Iterable[Any]) -> Iterator[Any]:
        frames = [pl.DataFrame(pl.from_arrow(batch)) for batch in batches]
        frames = [frame for frame in frames if frame.height]
        if frames:
            every = load_rules(modules)
            yield from told(pl.concat(frames), [every[name] for name in rules], settings, day_zero, complete)

    return work


def told(
    events: pl.DataFrame, rules: Sequence[Any], settings: Settings, day_zero: str, complete: Collection[str]
) -> list[Any]:
    """The report on the events of some patients, as Arrow batches with the columns of all its parts."""
    import pyarrow

    raw = from_frame(events.drop(ROW, strict=False), "events")
    lines = events[ROW].cast(pl.UInt32) if ROW in events.columns else pl.repeat(None, events.height, dtype=pl.UInt32)
    reader = OwnReader(day_zero=day_zero, complete=complete)
    cohort = reader.cohort([("events", evolve(raw, frame=_with_lines(raw.frame, lines)))])
    report = check_here(cohort, rules=rules, settings=evolve(settings, debug=False))
    cells = [
        {"problem": str(one.problem), "column": one.column, "value": one.value, "expected": one.expected,
         "hint": one.hint, "rows": one.rows}
        for one in (report.intake.cells if report.intake else ())
    ]  # fmt: skip
    counts = [{"rule": one.rule, **{name: getattr(one, name) for name in _COUNTS}} for one in report.rules]
    errored = [{"rule": rule, "message": why} for rule, why in report.errored.items()]
    parts = [
        report.table.with_columns(pl.lit("finding").alias(PART)),
        *(
            pl.DataFrame(rows, infer_schema_length=None).with_columns(pl.lit(name).alias(PART))
            for name, rows in (("rule", counts), ("cell", cells), ("errored", errored))
            if rows
        ),
    ]
    whole = pl.concat([part.select(_all_columns(part)) for part in parts])
    kinds = {
        pl.String: pyarrow.string(),
        pl.Int64: pyarrow.int64(),
        pl.List(pl.String): pyarrow.list_(pyarrow.string()),
    }
    schema = pyarrow.schema([(name, kinds[dtype]) for name, dtype in _COLUMNS.items()])  # the Arrow types Spark knows
    batches: list[Any] = whole.to_arrow().cast(schema).to_batches()
    return batches


def _with_lines(frame: pl.DataFrame, lines: pl.Series | pl.Expr) -> pl.DataFrame:
    """The frame with the lines that its rows have in the whole, instead of those in its partition."""
    if isinstance(lines, pl.Series):
        lines = lines.gather(frame[ROW] - FIRST_ROW)
    return frame.with_columns(lines.alias(ROW))


def _all_columns(part: pl.DataFrame) -> list[pl.Expr]:
    return [
        (pl.col(name) if name in part.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in _COLUMNS.items()
    ]
