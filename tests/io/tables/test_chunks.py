"""A file in parts says what the whole file says: rows, lines, counts and what could not be read."""

import gzip
from pathlib import Path

import polars as pl
import pytest
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from infant_course.errors import InputError
from infant_course.intake import merged_cells
from infant_course.io.tables.chunks import columns_of, raw_chunks
from infant_course.io.tables.flat import ROW
from infant_course.io.tables.raw import RawTable, read_raw

CELLS = st.sampled_from(["", "a", "2020-05-17", '"x, y"', '"two\nlines"', '"say ""no"""', "ü", "\x00", " "])
ROWS = st.one_of(
    st.tuples(CELLS, CELLS, CELLS).map(",".join),
    st.just(""),
    st.tuples(CELLS, CELLS).map(",".join),
    st.tuples(CELLS, CELLS, CELLS, CELLS).map(",".join),
)
FILES = st.tuples(st.lists(ROWS, max_size=12), st.sampled_from(["\n", "\r\n"]), st.sampled_from(["", "\n", "\n\n"]))


def said(parts: list[RawTable]) -> tuple[object, ...]:
    """What some parts come to, in an order of its own."""
    frame = pl.concat([part.frame for part in parts])
    aside: dict[str, int] = {}
    for part in parts:
        for why, rows in part.count.set_aside.items():
            aside[why] = aside.get(why, 0) + rows
    cells = merged_cells(cell for part in parts for cell in part.cells)
    return (
        frame.rows(),
        sum(part.count.read for part in parts),
        sum(part.count.kept for part in parts),
        aside,
        sorted((cell.problem, cell.column or "", cell.value or "", cell.row or 0, cell.rows) for cell in cells),
        [sentence for part in parts for sentence in part.assumptions],
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILES, st.integers(8, 60))
def test_the_parts_of_a_file_are_the_file(tmp_path: Path, given_file: tuple[list[str], str, str], size: int) -> None:
    rows, end, tail = given_file
    path = tmp_path / "relapse.csv"
    path.write_bytes((end.join(["patient,start,note", *rows]) + tail).encode())
    parts = list(raw_chunks(path, size=size))
    assert said(parts)[:4] == said([read_raw(path)])[:4]
    assert said(parts)[5] == said([read_raw(path)])[5]


def test_a_row_more_or_a_line_off_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("patient,start\np1,2020\np2,2021\n")
    whole = read_raw(path)
    assert said([whole, whole]) != said([whole])
    moved = RawTable(file=whole.file, frame=whole.frame.with_columns(pl.col(ROW) + 1), count=whole.count)
    assert said([moved])[0] != said([whole])[0]


def test_cells_are_told_as_of_the_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    body = "".join(f"p{n},\x01,x\n" if n % 3 else f"p{n},1\n" for n in range(40))
    path.write_text(f"patient,start,start\n{body}")
    parts = list(raw_chunks(path, size=50))
    assert len(parts) > 5
    assert [row[:3] + row[4:] for row in said(parts)[4]] == [row[:3] + row[4:] for row in said([read_raw(path)])[4]]


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_packed_files_are_read_in_parts(tmp_path: Path, pack) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(pack("".join(["patient,start\n", *(f"p{n},2020\n" for n in range(50))]).encode()))
    assert said(list(raw_chunks(path, size=100)))[:4] == said([read_raw(path)])[:4]


def test_parquet_is_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("infant_course.io.tables.chunks.PARQUET_ROWS", 7)
    path = tmp_path / "a.parquet"
    pl.DataFrame({"patient": [f"p{n}" for n in range(20)], "start_day": range(20)}).write_parquet(path)
    parts = list(raw_chunks(path))
    assert len(parts) == 3
    assert said(parts)[:4] == said([read_raw(path)])[:4]


def test_windows_letters_are_recognised_wherever_they_stand(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"patient,note\n" + b"p1,x\n" * 40 + "p2,Köln\n".encode("cp1252"))
    parts = list(raw_chunks(path, size=30))
    assert parts[-1].frame["note"].to_list()[-1] == "Köln"
    assert parts[0].assumptions == (f"{path}: read as Windows-1252 (cp1252), as line 42 is not UTF-8.",)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "an empty file"),
        (gzip.compress(b"patient,start\np,2020\n" * 999)[:-9], "whole"),
        (b"PAR1 but no more", "whole"),
    ],
    ids=["empty", "cut off", "not whole"],
)
def test_what_cannot_be_read_raises(tmp_path: Path, content: bytes, expected: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=expected):
        list(raw_chunks(path, size=64))


SIXTY = "".join(f"p{n},2020-01-{1 + n % 28:02}\n" for n in range(60))


def rows_of(path: Path, **options: object) -> list[tuple[str, ...]]:
    """The rows of all parts, with their lines."""
    return [row for part in raw_chunks(path, size=200, **options) for row in part.frame.rows()]  # type: ignore[arg-type]


def test_empty_lines_above_the_header_are_no_header(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n\r\n\npatient,start\n" + SIXTY)
    parts = list(raw_chunks(path, size=200))
    assert len(parts) > 3
    assert {part.columns for part in parts} == {("patient", "start")}
    assert rows_of(path) == read_raw(path).frame.rows()


@pytest.mark.parametrize("cut", [10, 60])
def test_a_packed_file_that_is_cut_off_or_damaged_is_refused(tmp_path: Path, cut: int) -> None:
    packed = zstandard.ZstdCompressor().compress(("patient,start\n" + SIXTY * 50).encode())
    for number, content in enumerate((packed[:-cut], packed[:20] + b"\x00\xff" * 9 + packed[38:])):
        path = tmp_path / f"{number}.csv.zst"
        path.write_bytes(content)
        with pytest.raises(InputError, match=r"a whole zstd file"):
            rows_of(path)


def test_a_directory_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "mrd.csv").mkdir()
    with pytest.raises(InputError, match="found a directory"):
        rows_of(tmp_path / "mrd.csv")


@pytest.mark.parametrize("encoding", ["UTF-16LE", "utf_16_be", "utf-32"])
def test_wide_units_are_read_at_once(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(("patient,start\n" + SIXTY).encode(encoding))
    assert rows_of(path, encoding=encoding) == read_raw(path, encoding=encoding).frame.rows()
    assert columns_of(path, encoding=encoding) == ("patient", "start")


def test_the_header_alone_may_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\ufeff\npatient;start;;start\n" + SIXTY.replace(",", ";"), encoding="utf-8")
    assert columns_of(path) == ("patient", "start")
    pl.DataFrame({"a": [1], "b": [2]}).write_parquet(tmp_path / "a.parquet")
    assert columns_of(tmp_path / "a.parquet") == ("a", "b")
    path.write_text("")
    with pytest.raises(InputError, match="an empty file"):
        columns_of(path)
