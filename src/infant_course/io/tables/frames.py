"""Frames of other libraries as tables of text: Polars, pandas (with pyarrow or without), Arrow."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ...errors import UsageError
from ...intake import CellFinding, CellProblem
from .flat import ROW
from .raw import RawTable, column_names, finished

if TYPE_CHECKING:
    import polars as pl


FIRST_ROW = 2
"""Line of the first row of a frame, as in a text file, whose header is line 1."""


def from_frame(frame: Any, name: str) -> RawTable:
    """A frame as text: missing values null, dates as ISO text, whole numbers without a decimal point.

    A named index of pandas (as PyCap gives) is taken as columns. ``name`` stands for the file in messages. Raises
    UsageError for what is no frame.
    """
    import polars as pl

    if isinstance(frame, pl.LazyFrame):
        frame = frame.collect()
    if isinstance(frame, pl.DataFrame):
        header: list[str] = list(frame.columns)
        columns = [_text_of(series, name) for series in frame.get_columns()]
    elif type(frame).__module__.partition(".")[0] == "pandas" and hasattr(frame, "columns"):
        header, columns = _of_pandas(frame, name)
    elif hasattr(frame, "__arrow_c_stream__"):
        return from_frame(pl.DataFrame(frame), name)
    else:
        raise UsageError(f"{name}: expected a Polars, pandas or Arrow frame, found {type(frame).__name__}")
    names, cells, unnamed = column_names(header, name)
    read = []
    for number, (called, (series, problem)) in enumerate(zip(names, columns, strict=True)):
        if problem:
            cells.append(problem)
        elif called is not None:
            read.append(series.alias(called))
        elif number in unnamed and series.count():
            cells.append(
                CellFinding(
                    file=name,
                    problem=CellProblem.NOT_USED,
                    column=f"column {number + 1}",
                    expected="a name",
                    rows=series.count(),
                )
            )
    height = len(columns[0][0]) if columns else 0
    row = pl.int_range(FIRST_ROW, height + FIRST_ROW, dtype=pl.UInt32, eager=True).alias(ROW)
    return finished(name, pl.DataFrame([*read, row]), height, {}, cells, (), has_controls=True)


Column = tuple["pl.Series", CellFinding | None]


def _text_of(series: "pl.Series", file: str) -> Column:
    """A column of Polars as text, or why it cannot be."""
    import polars as pl

    kind = series.dtype
    if kind == pl.String:
        return series, None
    if kind == pl.Null:
        return series.cast(pl.String), None
    if kind.is_float():
        return text_of_floats(series), None
    if kind == pl.Datetime:
        day = series.dt.date().cast(pl.String)
        whole = series.dt.truncate("1d") == series
        clock = series.dt.strftime("%Y-%m-%d %H:%M:%S")
        return pl.select(pl.when(whole).then(day).otherwise(clock)).to_series(), None
    if kind.is_integer() or kind.is_decimal() or kind in (pl.Boolean, pl.Date, pl.Categorical, pl.Enum):
        return series.cast(pl.String), None
    if isinstance(kind, pl.List) and not kind.inner.is_nested():
        inner = series.list.eval(pl.element().cast(pl.String))
        return inner.list.join("; ").replace("", None), None
    if kind.is_nested() or kind == pl.Object:
        return pl.Series(series.name, [_plain_text(value) for value in series.to_list()], dtype=pl.String), None
    problem = CellFinding(
        file=file,
        problem=CellProblem.NOT_USED,
        column=series.name,
        expected="a column of text, numbers, dates or truth values",
        value=str(kind),
        rows=len(series),
    )
    return pl.Series(series.name, [None] * len(series), dtype=pl.String), problem


def text_of_floats(series: "pl.Series") -> "pl.Series":
    """Numbers as text; a whole number without a point, since gaps alone turn whole numbers into floats."""
    import polars as pl

    column = pl.col(series.name)
    whole = (column == column.floor()) & (column.abs() < 2**53)
    text = pl.when(whole).then(column.cast(pl.Int64, strict=False).cast(pl.String)).otherwise(column.cast(pl.String))
    return series.to_frame().select(pl.when(column.is_not_nan()).then(text).alias(series.name)).to_series()


def _of_pandas(frame: Any, file: str) -> tuple[list[str], list[Column]]:
    """Columns of a pandas frame, each taken by its own kind, so that pyarrow is not needed."""
    import polars as pl

    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    header: list[str] = []
    columns: list[Column] = []
    for position, called in enumerate(frame.columns):
        name = "_".join(map(str, called)) if isinstance(called, tuple) else str(called)
        values = frame.iloc[:, position]
        kind = getattr(values.dtype, "kind", "O")
        header.append(name)
        if kind == "f" and hasattr(values.dtype, "itemsize") and type(values.dtype).__module__.startswith("numpy"):
            columns.append(_text_of(pl.Series(name, values.to_numpy().astype("float64")), file))
        elif kind in "iu" and type(values.dtype).__module__.startswith("numpy"):
            columns.append(_text_of(pl.Series(name, values.to_numpy()), file))
        else:
            missing = values.isna().tolist()
            texts = [None if gone else _plain_text(value) for value, gone in zip(values.tolist(), missing, strict=True)]
            columns.append((pl.Series(name, texts, dtype=pl.String), None))
    return header, columns


def _plain_text(value: Any) -> str | None:
    """One value as text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool) or type(value).__name__ in ("bool", "bool_"):
        return str(bool(value)).lower()
    if isinstance(value, float):
        if value != value:  # not a number
            return None
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    if isinstance(value, datetime):
        return str(value.date()) if value.time().isoformat() == "00:00:00" else f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, (date, int, Decimal)):
        return str(value)
    if isinstance(value, Mapping) or (isinstance(value, Sequence) and any(isinstance(v, Mapping) for v in value)):
        return json.dumps(_bare(value), ensure_ascii=False, default=str)
    if hasattr(value, "tolist"):  # of numpy
        return _plain_text(value.tolist())
    if isinstance(value, (Sequence, set)):
        return "; ".join(text for item in value if (text := _plain_text(item)) is not None) or None
    return str(value)


def _bare(value: Any) -> Any:
    """Nested values without the fields that are missing."""
    if isinstance(value, Mapping):
        return {key: _bare(item) for key, item in value.items() if item is not None and item != []}
    return [_bare(item) for item in value] if isinstance(value, (list, tuple)) else value
