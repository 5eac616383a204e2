"""Input that would unfold or go on for ever is refused in a line, and a cell too long costs that cell alone."""

import gzip
import io

import polars as pl
import pytest

from infant_course import InputError, load, read
from infant_course.intake import CellProblem
from infant_course.io.tables.raw import read_raw
from infant_course.io.tables.text import Limits


def refused(path, how=read_raw, **options):
    with pytest.raises(InputError) as caught:
        how(path, **options)
    assert len(str(caught.value)) < 400
    return str(caught.value)


def test_a_cell_too_long_is_told_and_the_rest_is_kept(tmp_path):
    path = tmp_path / "patient.csv"
    path.write_text("patient,about\np1," + "x" * 1_000_001 + "\np2,short\n", encoding="utf-8")
    raw = read_raw(path)
    assert raw.frame["about"].to_list() == [None, "short"]
    (cell,) = raw.cells
    assert (cell.problem, cell.column, cell.row, cell.value) == (CellProblem.UNREAD, "about", 2, None)
    assert "1,000,000 bytes" in str(cell)
    path.write_text("patient,about\np1," + "x" * 1_000_000 + "\n", encoding="utf-8")
    assert read_raw(path).cells == ()


def test_a_table_of_too_many_columns(tmp_path):
    path = tmp_path / "patient.csv"
    path.write_text(",".join(f"c{number}" for number in range(10_001)) + "\n", encoding="utf-8")
    assert "at most 10,000 columns, found 10,001" in refused(path)


def test_a_parquet_file_is_asked_for_its_size_before_it_unfolds(tmp_path, monkeypatch):
    """Ten million rows in a few kilobytes."""
    path = tmp_path / "patient.parquet"
    pl.DataFrame({"patient": pl.Series(["x"]).new_from_index(0, 10_000_000)}).write_parquet(path)
    assert path.stat().st_size < 100_000

    def never(*_: object) -> None:
        raise AssertionError("it was unfolded")

    monkeypatch.setattr(pl, "read_parquet", never)
    assert "at most 1,000 rows, found 10,000,000" in refused(path, limits=Limits(rows=1000))
    wide = io.BytesIO()
    pl.DataFrame({f"c{number}": ["x"] for number in range(30)}).write_parquet(wide)
    path.write_bytes(wide.getvalue())
    assert "at most 20 columns, found 30" in refused(path, limits=Limits(columns=20))


def test_packed_text_is_not_unfolded_beyond_the_limit(tmp_path):
    path = tmp_path / "patient.csv.gz"
    path.write_bytes(gzip.compress(b"patient,about\n" + b"p1,x\n" * 1_000_000))
    assert path.stat().st_size < 50_000
    assert "at most" in refused(path, limits=Limits(size=1_000_000))


@pytest.mark.parametrize("suffix", ["json", "yaml"])
def test_a_case_file_has_a_size_and_a_depth(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    path.write_text('{"about":"' + "x" * 5_000_000 + '"}', encoding="utf-8")
    assert "at most 5,000,000 bytes" in refused(path, how=load)
    path.write_text('{"about":' + "[" * 5000 + "]" * 5000 + "}", encoding="utf-8")
    assert "at most 30 levels" in refused(path, how=load)
    path.write_text("infant_course: 1\npatient: {id: p}\nabout: &a x\nevents: *a\n", encoding="utf-8")
    assert "written out" in refused(path, how=load)


def test_json_in_a_cell_has_a_depth_too(tmp_path):
    path = tmp_path / "presentation.csv"
    path.write_text('patient,id,start,findings\np1,e,2020,"' + "[" * 5000 + '"\n', encoding="utf-8")
    (cell,) = read(path).intake.cells
    assert "at most 30 levels" in cell.expected
