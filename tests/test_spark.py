"""Under Spark the findings are exactly those of one machine."""

import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from benchmarks.synthetic import synthetic

from depth import THOROUGH
from infant_course import load, read
from infant_course.cohort import Cohort
from infant_course.errors import UsageError
from infant_course.io.published import published_cases
from infant_course.io.tables.write import write
from infant_course.report.check import Report, check
from infant_course.report.findings import FINDING_COLUMNS
from infant_course.rules import RULES, Settings
from infant_course.spark import check as spark_check
from infant_course.spark import told

COLUMNS = [name for name in FINDING_COLUMNS if name not in ("file", "line")]


@cache
def events() -> pl.DataFrame:
    """Events in the long own form, rows in no order: patients of dates, some damaged, and patients partly known."""
    with tempfile.TemporaryDirectory() as folder:
        write(synthetic(20), Path(folder) / "dated")
        write(Cohort.from_courses(map(load, published_cases())), Path(folder) / "told")
        parts = [
            pl.read_csv(path, infer_schema=False).with_columns(event=pl.lit(path.stem))
            for path in sorted(Path(folder).glob("*/*.csv"))
        ]
    every = pl.concat(parts, how="diagonal")
    spoilt = pl.when(pl.int_range(pl.len()) % 50 == 0).then(pl.lit("31/12/2020")).otherwise("start")
    return every.with_columns(start=spoilt).sample(fraction=1, shuffle=True, seed=3)


def lines() -> pl.DataFrame:
    """The events with the lines in which they stand."""
    return events().with_columns(pl.int_range(2, pl.len() + 2).cast(pl.String).alias("_row"))


@pytest.fixture(scope="module")
def here() -> Report:
    cohort = read({"events": events()})
    assert cohort.gap.height and (cohort.stated["text"].str.contains("after")).any()  # some times are partly known
    return check(cohort)


def test_a_partition_tells_all_parts_of_its_report(here: Report) -> None:
    rules = [rule for rule in RULES.values() if rule.family in ("BAS", "ORD", "REM")]
    names = [rule.id for rule in rules]
    batches = told(lines(), rules, Settings(), "diagnosis", sorted(read({"events": events()}).complete))
    whole = pl.concat([pl.DataFrame(pl.from_arrow(batch)) for batch in batches])
    expected = here.table.filter(pl.col("rule").is_in(names))
    assert whole.filter(pl.col("part") == "finding").select(COLUMNS).equals(expected.select(COLUMNS))
    subjects = sum(count.subjects for count in here.rules if count.rule in names)
    assert whole.filter(pl.col("part") == "rule")["subjects"].sum() == subjects > 0
    assert whole.filter(pl.col("part") == "cell")["rows"].sum() == sum(one.rows for one in here.intake.cells)


def test_without_lines_none_are_told() -> None:
    batches = told(events(), [RULES["REC-08"], RULES["REM-06"]], Settings(), "diagnosis", ())
    messages = pl.concat([pl.DataFrame(pl.from_arrow(batch)) for batch in batches])["message"].drop_nulls()
    assert messages.len() and not messages.str.contains(r"line \d").any()


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    if not THOROUGH:
        pytest.skip("Spark is started only where INFANT_COURSE_TESTS=thorough, as in .ci/run")
    pytest.importorskip("pyspark", reason="Spark is not installed: pip install 'infant-course[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, and there is none: install for example openjdk-17-jre-headless")
    from pyspark.sql import SparkSession

    # Workers run `python3` of the path unless they are told; that one need not have the package.
    before = os.environ.get("PYSPARK_PYTHON")
    os.environ["PYSPARK_PYTHON"] = sys.executable
    made = (
        SparkSession.builder.master("local[2]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")  # little is compiled
        .config("spark.sql.codegen.wholeStage", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield made
    made.stop()
    if before is None:
        del os.environ["PYSPARK_PYTHON"]
    else:
        os.environ["PYSPARK_PYTHON"] = before


pytestmark = pytest.mark.filterwarnings(
    "ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"
)


def rows_of(frame: Any) -> list[tuple[Any, ...]]:
    return sorted((tuple(tuple(v) if isinstance(v, list) else v for v in row) for row in frame.collect()), key=str)


def test_the_findings_are_those_of_one_machine(session: Any, here: Report) -> None:
    frame = session.createDataFrame(lines().to_arrow())
    report = spark_check(frame)
    expected = [tuple(tuple(v) if isinstance(v, list) else v for v in row) for row in here.table.select(COLUMNS).rows()]
    assert rows_of(report.findings.select(COLUMNS)) == sorted(expected, key=str)
    counts = {row["rule"]: (row["subjects"], row["failed"], row["undecided"]) for row in report.rules.collect()}
    assert counts == {count.rule: (count.subjects, count.failed, count.undecided) for count in here.rules}
    assert sum(row["rows"] for row in report.cells.collect()) == sum(one.rows for one in here.intake.cells)
    assert report.errored.collect() == []


def test_rules_are_selected_by_id(session: Any) -> None:
    frame = session.createDataFrame(events().to_arrow())
    report = spark_check(frame, selected=["REM-06"], partitions=2)
    assert [row["rule"] for row in report.rules.collect()] == ["REM-06"]


def test_a_frame_of_another_shape_is_refused(session: Any) -> None:
    with pytest.raises(UsageError, match="there is no event"):
        spark_check(session.createDataFrame([("p1",)], "patient string"))


def test_the_example_of_the_page_runs(session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[1] / "docs" / "spark.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"^```pyspark\n(.*?)^```$", page, re.DOTALL | re.MULTILINE)
    monkeypatch.chdir(tmp_path)
    events().filter(pl.col("patient").is_in(events()["patient"].unique().sort().head(9).implode())).write_csv(
        "events.csv"
    )
    for name in ("events.csv", "findings"):  # the folder Spark works in is the one where its Java was started
        assert f'"{name}"' in example
        example = example.replace(f'"{name}"', repr(str(tmp_path / name)))
    exec(compile(example, "docs/spark.md", "exec"), {})
    failed = check(read("events.csv")).table.filter((pl.col("verdict") == "failed") & (pl.col("severity") == "error"))
    assert pl.read_parquet("findings/*.parquet").height == failed.height
