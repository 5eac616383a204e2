"""A table with many columns that nothing reads costs as many queries as one with few."""

import csv
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import infant_course as ic

HERE = Path(__file__).parent
EXPORTS = HERE.parents[1] / "cases" / "exports"
PROJECT = EXPORTS / "redcap"
FORMATS: dict[str, tuple[Path, dict[str, Any]]] = {
    "csv": (EXPORTS / "own", {}),
    "redcap": (PROJECT, {"mapping": PROJECT / "mapping.toml", "dictionary": PROJECT / "dictionary.csv"}),
    "cbioportal": (HERE / "cbioportal" / "study", {}),
    "pcdc": (HERE / "pcdc" / "tables", {}),
}
QUERIES = ("select", "filter", "with_columns", "drop", "rename", "group_by", "sort", "join")


def widened(source: Path, target: Path, columns: int) -> None:
    """A table with so many columns more, each filled in every row."""
    sign = "," if source.suffix == ".csv" else "\t"
    with source.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file, delimiter=sign))
    head = next(number for number, row in enumerate(rows) if not row[0].startswith("#"))
    rows[head] += [f"more_{number}" for number in range(columns)]
    for row in rows[head + 1 :]:
        row += ["x"] * columns
    with target.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=sign, lineterminator="\n").writerows(rows)


def export(name: str, folder: Path, columns: int) -> Path:
    """An export of a format with wide tables."""
    folder.mkdir()
    source, _ = FORMATS[name]
    tables = [source / "records.csv"] if name == "redcap" else source.iterdir()
    for path in tables:
        if path.name.startswith("meta_"):
            (folder / path.name).write_bytes(path.read_bytes())
        else:
            widened(path, folder / path.name, columns)
    return folder / "records.csv" if name == "redcap" else folder


def queries(work: Callable[[], object], monkeypatch: pytest.MonkeyPatch) -> int:
    """How often Polars is asked for a table while something is done."""
    asked = 0

    def counted(call: Callable[..., Any]) -> Callable[..., Any]:
        def ask(*arguments: Any, **named: Any) -> Any:
            nonlocal asked
            asked += 1
            return call(*arguments, **named)

        return ask

    with monkeypatch.context() as patch:
        for name in QUERIES:
            patch.setattr(pl.DataFrame, name, counted(getattr(pl.DataFrame, name)))
        work()
    return asked


@pytest.mark.parametrize("name", FORMATS)
def test_columns_that_nothing_reads_ask_no_queries(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _, options = FORMATS[name]
    few, many = export(name, tmp_path / "few", 5), export(name, tmp_path / "many", 300)
    ic.read(few, source=name, **options)  # what is worked out once
    asked = [queries(partial(ic.read, path, source=name, **options), monkeypatch) for path in (few, many)]
    assert asked[0] == asked[1] > 0
    told = {cell.column for cell in ic.read(many, source=name, **options).intake.cells}
    assert {f"more_{number}" for number in range(300)} <= told


def test_a_query_for_each_column_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pl.DataFrame({"a": [1], "b": [2]})
    assert queries(lambda: [frame.filter(frame[name] > 1) for name in frame.columns], monkeypatch) == 2
