"""Write a cohort in the own form: one CSV or Parquet file per event type, in a folder of its own.

What is written reads back as the same cohort: statements of time as they were told, quantities with their units,
ids as they were given. A type that is recorded in full and of which there is no event gets a file without rows.
"""

import errno
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ...cohort import Cohort, table_schema
from ...course import BIRTH
from ...errors import UsageError
from ...events import EVENT_TYPES
from ...files import NO_ROOM, written_for
from ...shortest_paths import UNBOUNDED
from ...spreadsheet import inert
from .flat import PATIENT, FlatColumn, Part, Shape, flat_columns
from .frames import text_of_floats
from .own import ORDER_COLUMN

if TYPE_CHECKING:
    import polars as pl
    from polars._typing import ParquetCompression

FORMATS = ("csv", "parquet")


def write(cohort: Cohort, folder: str | Path, *, to: str = "csv") -> Path:
    """Write a cohort into a folder that is new or empty; whole or not at all. Raises UsageError, OSError.

    ``to``: csv or parquet.
    """
    return write_folder(Path(folder), lambda aside: write_tables(cohort, aside, to=to))


def write_tables(cohort: Cohort, folder: Path, *, to: str = "csv") -> None:
    """Write the files of a cohort into a folder that is there. Raises UsageError, OSError."""
    if to not in FORMATS:
        raise UsageError(f"no format {to!r}: known are {', '.join(FORMATS)}")
    for name, frame in tables(cohort).items():
        path = folder / f"{name}.{to}"
        if to == "parquet":
            write_parquet(frame, path)
        else:
            frame.write_csv(path)


def write_parquet(frame: "pl.DataFrame", path: Path, compression: "ParquetCompression" = "zstd") -> None:
    """Write a frame as Parquet. Raises OSError: Polars tells of a full disk as it tells of wrong data."""
    import polars as pl

    try:
        frame.write_parquet(path, compression=compression)
    except pl.exceptions.ComputeError:
        raise OSError(errno.EIO, NO_ROOM, str(path)) from None


def write_folder(folder: Path, fill: Callable[[Path], None]) -> Path:
    """Make a folder in one step as seen from outside: filled aside, then renamed. Raises UsageError where it is taken.

    ``fill`` writes the files into the folder it is given.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder}: expected a folder that is new or empty; nothing was written")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with written_for(folder):
        aside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".infant-course-"))
    try:
        with written_for(folder):
            fill(aside)
        mask = os.umask(0)
        os.umask(mask)
        aside.chmod(0o777 & ~mask)  # mkdtemp makes it private; an export is an ordinary folder
        if folder.exists():
            folder.rmdir()  # it is empty
        aside.rename(folder)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return folder


def tables(cohort: Cohort) -> "dict[str, pl.DataFrame]":
    """The tables of the own form, all cells text, by name."""
    import polars as pl

    units = cohort.units.filter(pl.col("reading") == 0).select("unit", "patient", "dated")
    stated = _stated(cohort)
    events = {
        name: table.join(units, on="unit", how="inner").sort("patient", "ordinal", maintain_order=True)
        for name, table in cohort.tables.items()
    }
    whole = _complete(cohort, units)
    named = {name for name in EVENT_TYPES if name in events or bool(whole.get(name, pl.Series([False])).any())}
    in_order = _in_order(events)
    written = {PATIENT: _patients(cohort, stated, whole, named)}
    for name in EVENT_TYPES:
        if name in named:
            table = events.get(name)
            if table is None:
                table = pl.DataFrame(schema=table_schema(name) | {"patient": pl.UInt32, "dated": pl.Boolean})
            written[name] = _table(cohort, name, table, stated, in_order=in_order)
    return written


def _stated(cohort: Cohort) -> "pl.DataFrame":
    """Statements of every point, several with ; between."""
    import polars as pl

    return cohort.stated.group_by("patient", "event", "part", maintain_order=True).agg(pl.col("text").str.join(";"))


def _said(frame: "pl.DataFrame", stated: "pl.DataFrame", part: str) -> "pl.Series":
    """The statements of one part of the events of a table."""
    import polars as pl

    told = stated.filter(pl.col("part") == part).select("patient", "event", "text")
    keys = frame.select("patient", "event")
    return keys.join(told, on=["patient", "event"], how="left", maintain_order="left")["text"]


def _in_order(events: "dict[str, pl.DataFrame]") -> bool:
    """Whether every patient's events are told type by type, in the order of the files."""
    import polars as pl

    parts = [
        table.select("patient", pl.lit(number).alias("type"), "ordinal")
        for number, name in enumerate(EVENT_TYPES)
        if (table := events.get(name)) is not None
    ]
    if not parts:
        return True
    told = pl.concat(parts).sort("patient", "type", "ordinal", maintain_order=True)
    falls = (pl.col("ordinal").cast(pl.Int64).diff() < 0) & (pl.col("patient").cast(pl.Int64).diff() == 0)
    return not told.select(falls.any()).item()


def _complete(cohort: Cohort, units: "pl.DataFrame") -> "dict[str, pl.Series]":
    """Whether absence means something, by event type, for every patient."""
    import polars as pl

    whole = {}
    for name, told in cohort.complete.items():
        series = pl.Series([told]).new_from_index(0, cohort.units.height) if isinstance(told, bool) else told
        whole[name] = series.gather(units["unit"])
    return whole


def _patients(cohort: Cohort, stated: "pl.DataFrame", whole: "dict[str, pl.Series]", named: set[str]) -> "pl.DataFrame":
    import polars as pl

    frame = cohort.patients.with_row_index("code")
    keys = frame.select(pl.col("code").alias("patient"), pl.lit(BIRTH).alias("event"))
    born = _said(keys, stated, "when")
    if not stated.height:
        one = cohort.units.filter(pl.col("reading") == 0).select("unit", pl.col("patient").alias("code"), "dated")
        bounds = cohort.births.join(one, on="unit").filter("dated")
        told = bounds.select("code", _range("start").alias("text"))
        born = frame.join(told, on="code", how="left", maintain_order="left")["text"]
    columns = [_guarded(frame[c.name]) if c.shape is Shape.TEXT else frame[c.name] for c in _fields_of_patients(frame)]
    table = pl.DataFrame(columns).insert_column(2, born.alias("birth"))
    default = all(bool(whole[name].all()) if name in whole else False for name in named) and set(whole) <= named
    if not default:
        flags = pl.DataFrame({name: told for name, told in whole.items()}) if whole else None
        texts = (
            flags.select(
                pl.concat_str(
                    [pl.when(pl.col(name)).then(pl.lit(name)) for name in flags.columns],
                    separator=";",
                    ignore_nulls=True,
                )
            ).to_series()
            if flags is not None
            else pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
        )
        table = table.with_columns(texts.replace("", None).alias("complete"))
    needed = ("patient", "sex", "birth")
    return table.select(name for name in table.columns if name in (*needed, "complete") or table[name].count())


def _fields_of_patients(frame: "pl.DataFrame") -> list[FlatColumn]:
    return [column for column in flat_columns(PATIENT) if column.name in frame.columns]


def _table(
    cohort: Cohort, name: str, table: "pl.DataFrame", stated: "pl.DataFrame", *, in_order: bool
) -> "pl.DataFrame":
    """One event type; of its fields only those that are stated, but always patient, id and start."""
    import polars as pl

    columns: list[pl.Series] = []
    for column in flat_columns(name):
        if column.name == "patient":
            columns.append(cohort.patients["patient"].gather(table["patient"]))
        elif column.name == "id":
            columns.append(
                table["event"].str.replace(r" \([0-9]+\)$", "").alias("id")
            )  # an id told twice is written twice
        elif column.name == "lasting":
            columns.append(_said(table, stated, "lasting").alias("lasting"))
        elif column.part is Part.VALUE or column.part is Part.UNIT:
            columns.append(_cells(column, table[column.field]).alias(column.name))
        elif column.part is Part.STATEMENT:
            columns += _times(column.name, table, stated)
    if not in_order:
        columns.append(table["ordinal"].cast(pl.String).alias(ORDER_COLUMN))
    needed = ("patient", "id", "start")
    return pl.DataFrame([series for series in columns if series.name in needed or series.count()])


def _times(point: str, table: "pl.DataFrame", stated: "pl.DataFrame") -> "list[pl.Series]":
    """The statements of a point; of a cohort that was made without statements, its bounds."""
    import polars as pl

    if stated.height:
        return [_said(table, stated, "when" if point == "start" else "until").alias(point)]
    known = pl.col(f"{point}_stated") & (pl.col(f"{point}_lo") > -UNBOUNDED) & (pl.col(f"{point}_hi") < UNBOUNDED)
    dated = pl.when(known & pl.col("dated")).then(_range(point))
    exact = pl.col(f"{point}_lo") == pl.col(f"{point}_hi")
    days = {
        f"{point}_day": known & ~pl.col("dated") & exact,
        f"{point}_earliest": known & ~pl.col("dated") & ~exact,
        f"{point}_latest": known & ~pl.col("dated") & ~exact,
    }
    ends = {f"{point}_latest": "hi"}
    return table.select(
        dated.alias(point),
        *(
            pl.when(where).then(pl.col(f"{point}_{ends.get(name, 'lo')}").cast(pl.String)).alias(name)
            for name, where in days.items()
        ),
    ).get_columns()


def _range(point: str) -> "pl.Expr":
    """Bounds as a date or a range of dates."""
    import polars as pl

    low, high = (pl.from_epoch(pl.col(f"{point}_{end}"), time_unit="d").cast(pl.String) for end in ("lo", "hi"))
    exact = pl.col(f"{point}_lo") == pl.col(f"{point}_hi")
    return pl.when(exact).then(low).otherwise(pl.concat_str(low, pl.lit(".."), high))


# --- cells ---------------------------------------------------------------------------------------------------------


def _cells(column: FlatColumn, values: "pl.Series") -> "pl.Series":
    """The values of a field as text."""
    import polars as pl

    if isinstance(values.dtype, pl.Struct):  # a quantity
        inner = values.struct.field(column.part.value)
        return inner if column.part is Part.UNIT else text_of_floats(inner)
    if column.shape is Shape.NUMBER:
        return text_of_floats(values)
    if column.shape is Shape.RECORDS:
        return pl.Series([_records(value) if value else None for value in values.to_list()], dtype=pl.String)
    if isinstance(values.dtype, pl.List):
        lists = values.to_frame("list").with_columns(pl.col("list").list.join(";", ignore_nulls=True).alias("text"))
        plain = pl.col("text").str.contains(r"^[^;\[\]\"\s']") & (
            pl.col("text").str.count_matches(";", literal=True) == pl.col("list").list.len().cast(pl.Int64) - 1
        )
        plain &= ~pl.col("text").str.contains(r"\s;|;\s|;;|;$|\s$")
        simple = lists.select(pl.when(pl.col("list").list.len() > 0).then(plain)).to_series()
        if simple.drop_nulls().all():
            return _guarded(lists["text"].replace("", None))
        return _guarded(
            pl.Series(
                [
                    None if fits is None else text if fits else json.dumps(items, ensure_ascii=False)
                    for items, text, fits in zip(lists["list"].to_list(), lists["text"], simple, strict=True)
                ],
                dtype=pl.String,
            )
        )
    texts = values.cast(pl.String)
    return _guarded(texts) if column.shape is Shape.TEXT else texts


def _records(value: list[dict[str, Any]]) -> str:
    return json.dumps([_bare(item) for item in value], ensure_ascii=False)


def _bare(value: Any) -> Any:
    """A record without the fields that are not stated."""
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if item is not None and item != []}
    return [_bare(item) for item in value] if isinstance(value, list) else value


_LEADS = re.compile("'+[ \u00a0\ufeff]*[-=+@|%\t\r\n]")


def _guarded(texts: "pl.Series") -> "pl.Series":
    """Texts that no spreadsheet runs as a formula: one that could be gets an apostrophe, which ``own`` takes off."""
    import polars as pl

    risky = texts.str.contains(r"^'*[\s\u{a0}\u{feff}]*[=+\-@|%\t\r\n]").fill_null(False)
    if not risky.any():
        return texts
    made = {text: _inert(text) for text in texts.filter(risky).unique()}
    return texts.replace(pl.Series(list(made)), pl.Series(list(made.values())))


def _inert(text: str) -> str:
    return f"'{text}" if _LEADS.match(text) else inert(text)
