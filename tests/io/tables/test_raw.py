"""Files and frames as tables of text: nothing lost, nothing invented, what was assumed is said."""

import gzip
from datetime import date, datetime

import pandas as pd
import polars as pl
import pytest
import zstandard

from infant_course.errors import InputError, UsageError
from infant_course.intake import CellProblem
from infant_course.io.tables.frames import from_frame
from infant_course.io.tables.raw import EMPTY_ROW, OPEN_QUOTE, RAGGED_ROW, read_raw
from infant_course.io.tables.text import Limits


@pytest.fixture
def file(tmp_path):
    def write(content, name="t.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def rows(table):
    return table.frame.select(table.columns).rows()


def lines(table):
    return table.frame["_row"].to_list()


def summed(table):
    count = table.count
    assert count.read == count.kept + sum(count.set_aside.values())
    assert count.kept == table.frame.height
    return count


def test_plain(file):
    table = read_raw(file("patient,number\nP1,1\nP2,\n"))
    assert table.columns == ("patient", "number")
    assert rows(table) == [("P1", "1"), ("P2", None)]
    assert lines(table) == [2, 3]
    assert set(table.frame.schema.values()) == {pl.String, pl.UInt32}
    assert (table.assumptions, table.cells) == ((), ())
    assert summed(table).read == 2


@pytest.mark.parametrize("sign, name", [(";", "semicolon"), ("\t", "tab")])
def test_a_delimiter_is_recognised_and_said(file, sign, name):
    table = read_raw(file(f"patient{sign}dose{sign}note\nP1{sign}1,5{sign}a, b\n"))
    assert rows(table) == [("P1", "1,5", "a, b")]
    assert [name in said for said in table.assumptions] == [True]


def test_a_delimiter_in_a_quoted_name_does_not_count(file):
    assert read_raw(file('"a;b;c;d",x\n1,2\n')).columns == ("a;b;c;d", "x")


def test_a_stated_delimiter(file):
    assert rows(read_raw(file("a|b\n1|2\n"), delimiter="|")) == [("1", "2")]
    assert rows(read_raw(file("a;b\n1;2\n"), delimiter="semicolon")) == [("1", "2")]
    with pytest.raises(UsageError, match="no delimiter"):
        read_raw(file("a,b\n"), delimiter="::")


def test_quoted_line_ends_keep_the_lines_right(file):
    table = read_raw(file('a,b\n1,"x\n\ny"\n2,"q ""z"", w"\n3,\n'))
    assert rows(table) == [("1", "x\n\ny"), ("2", 'q "z", w'), ("3", None)]
    assert lines(table) == [2, 5, 6]


def test_empty_lines_above_the_header(file):
    table = read_raw(file("\n\na,b\n1,2\n"))
    assert rows(table) == [("1", "2")] and lines(table) == [4]


def test_a_header_of_which_no_name_is_taken(file):
    table = read_raw(file("_row\n1\n"))
    assert table.columns == () and summed(table).read == 1


def test_a_header_over_two_lines(file):
    table = read_raw(file('a,"b\nc"\n1,2\n'))
    assert table.columns == ("a", "b c")
    assert lines(table) == [3]


def test_windows_line_ends(file):
    table = read_raw(file('a,b\r\n1,"x\r\ny"\r\n2,3\r\n'))
    assert rows(table) == [("1", "x\ny"), ("2", "3")]
    assert lines(table) == [2, 4]


def test_old_line_ends_and_stray_ones(file):
    assert rows(read_raw(file("a,b\r1,2\r"))) == [("1", "2")]
    stray = read_raw(file("a,b\n1,x\ry\n"))
    assert rows(stray) == [("1", None)]
    assert [cell.problem for cell in stray.cells] == [CellProblem.UNREAD]


@pytest.mark.parametrize("short", ["P2,2", "P2", '"P2",2'])
def test_a_row_with_fewer_cells_is_set_aside(file, short):
    table = read_raw(file(f"patient,a,b\nP1,1,1\n{short}\nP3,3,3\n"))
    assert rows(table) == [("P1", "1", "1"), ("P3", "3", "3")]
    assert lines(table) == [2, 4]
    assert summed(table).set_aside == {RAGGED_ROW: 1}
    (cell,) = table.cells
    assert (cell.problem, cell.row, cell.rows) == (CellProblem.SET_ASIDE, 3, 1)


def test_a_longer_row_is_kept_only_if_nothing_is_lost(file):
    table = read_raw(file("patient,a\nP1,1,,\nP2,2,x\nP3,3\nP4,4,\n"))
    assert rows(table) == [("P1", "1"), ("P3", "3"), ("P4", "4")]
    assert lines(table) == [2, 4, 5]
    assert summed(table).set_aside == {RAGGED_ROW: 1}


def test_a_short_and_an_empty_row_do_not_hide_each_other(file):
    table = read_raw(file("a,b,c\n\n1,2,3\n1,2\n,,\n4,5,6\n\n"))
    assert rows(table) == [("1", "2", "3"), ("4", "5", "6")]
    assert lines(table) == [3, 6]
    assert summed(table).set_aside == {RAGGED_ROW: 1, EMPTY_ROW: 2}


def test_a_short_row_and_a_long_last_one_do_not_hide_each_other(file):
    table = read_raw(file("a,b,c\n1,2,3\n4,5\n6,7,8,"))
    assert rows(table) == [("1", "2", "3"), ("6", "7", "8")]
    assert summed(table).set_aside == {RAGGED_ROW: 1}


def test_an_open_quote_takes_its_own_line_only(file):
    table = read_raw(file('a,b\n1,"x\n2,y\n3,z\n'))
    assert rows(table) == [("2", "y"), ("3", "z")]
    assert lines(table) == [3, 4]
    assert summed(table).set_aside == {OPEN_QUOTE: 1}


def test_a_quote_within_a_cell_is_text(file):
    assert rows(read_raw(file('a,b\n1,5" needle\n2,x\n'))) == [("1", '5" needle'), ("2", "x")]


def test_many_open_quotes_end(file):
    table = read_raw(file("a,b\n" + '1,"x" y\n' * 300))
    assert summed(table).set_aside == {OPEN_QUOTE: 300}


def test_encodings(file):
    assert rows(read_raw(file("a\nMüller\n"))) == [("Müller",)]
    assert read_raw(file(b"\xef\xbb\xbfa,b\n1,2\n")).columns == ("a", "b")
    table = read_raw(file("a\nx\nMüller µ\n".encode("cp1252")))
    assert rows(table) == [("x",), ("Müller µ",)]
    assert ["cp1252" in said and "line 3" in said for said in table.assumptions] == [True]
    mixed = read_raw(file("a\nMüller\n".encode() + "Müller\n".encode("cp1252")))
    assert "may be wrong" in mixed.assumptions[1]
    wide = read_raw(file("a,b\n1,ü\n".encode("utf-16")))
    assert rows(wide) == [("1", "ü")] and "UTF-16" in wide.assumptions[0]
    assert rows(read_raw(file("a\né\n".encode("latin-1")), encoding="latin-1")) == [("é",)]
    with pytest.raises(InputError, match="line 2: expected text in UTF-8 or Windows-1252"):
        read_raw(file(b"a\n\x81\n"))
    with pytest.raises(InputError, match="text in utf-8"):
        read_raw(file(b"a\n\xff\n"), encoding="utf-8")
    with pytest.raises(UsageError, match="no encoding"):
        read_raw(file("a\n"), encoding="klingon")


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_packed(file, pack):
    packed = pack(b"a,b\n1,2\n")
    assert rows(read_raw(file(packed, "t.csv.packed"))) == [("1", "2")]
    with pytest.raises(InputError, match="damaged or cut off"):
        read_raw(file(packed[:-6], "t.csv.packed"))
    with pytest.raises(InputError, match="at most 1,000 bytes"):
        read_raw(file(pack(b"a\n" + b"1\n" * 10_000), "t.csv.packed"), limits=Limits(size=1000))


def test_several_frames_of_zstd_are_one_file(file):
    pack = zstandard.ZstdCompressor().compress
    assert rows(read_raw(file(pack(b"a,b\n1,2\n") + pack(b"3,4\n")))) == [("1", "2"), ("3", "4")]


@pytest.mark.parametrize(
    "content, found",
    [
        (b"", "an empty file"),
        (b"\n \n", "an empty file"),
        (b"PK\x03\x04xxxx", "workbook"),
        (bytes(range(256)) * 20 + bytes(400), "binary data"),
        (b"PAR1xxxx", "damaged"),
        (b'"a,b\n1,2\n', "a quote that is open"),
        (b",,\n1,2,3\n", "a line without any"),
    ],
)
def test_what_is_no_table(file, content, found):
    with pytest.raises(InputError, match=found):
        read_raw(file(content))


def test_a_directory_or_nothing(tmp_path):
    with pytest.raises(InputError, match="a directory"):
        read_raw(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        read_raw(tmp_path / "x.csv")


def test_header_only(file):
    for content in ("a,b", "a,b\n"):
        table = read_raw(file(content))
        assert table.columns == ("a", "b") and rows(table) == []
        assert summed(table).read == 0


def test_names_of_columns(file):
    table = read_raw(file(" patient ,a,a,,_row,last  name\nP1,1,2,3,4,5\nP2,1,2,,4,5\n"))
    assert table.columns == ("patient", "a", "last name")
    assert rows(table) == [("P1", "1", "5"), ("P2", "1", "5")]
    told = {(cell.column, cell.row, cell.rows) for cell in table.cells}
    assert told == {("a", 1, 1), ("_row", 1, 1), ("column 4", 2, 1)}
    assert {cell.problem for cell in table.cells} == {CellProblem.NOT_USED}
    with pytest.raises(InputError, match="at most 2 columns"):
        read_raw(file("a,b,c\n"), limits=Limits(columns=2))


def test_a_name_that_would_stand_for_several_columns_is_told_and_not_read(file):
    table = read_raw(file("patient,*,^.*$,^a,b$\nP1,1,2,3,4\n"))
    assert table.columns == ("patient", "^a", "b$") and rows(table) == [("P1", "3", "4")]
    assert [cell.column for cell in table.cells] == ["*", "^.*$"]


def test_control_characters_are_told_and_not_read(file):
    table = read_raw(file("a,b\n1,x\x00y\n2,x\x00y\n3,z\x1b[2J\n4,fine\n"))
    assert rows(table) == [("1", None), ("2", None), ("3", None), ("4", "fine")]
    assert [(cell.column, cell.row, cell.rows, cell.value) for cell in table.cells] == [
        ("b", 2, 2, "x\x00y"),
        ("b", 4, 1, "z\x1b[2J"),
    ]


FRAME = {
    "patient": ["P1", "P2", None],
    "number": [1, None, 3],
    "level": [0.0004, None, 1e-7],
    "seen": [True, None, False],
    "day": [date(2020, 5, 17), None, date(2021, 1, 1)],
    "at": [datetime(2020, 5, 17), None, datetime(2020, 5, 17, 14, 30)],
}
TEXT = [
    ("P1", "1", "0.0004", "true", "2020-05-17", "2020-05-17"),
    ("P2", None, None, None, None, None),
    (None, "3", "1e-7", "false", "2021-01-01", "2020-05-17 14:30:00"),
]


def test_polars_and_arrow_and_parquet(tmp_path):
    frame = pl.DataFrame(FRAME)
    for given in (frame, frame.lazy(), frame.to_arrow()):
        table = from_frame(given, "t")
        assert rows(table) == TEXT
        assert lines(table) == [2, 3, 4]
    frame.write_parquet(tmp_path / "t.parquet")
    assert rows(read_raw(tmp_path / "t.parquet")) == TEXT


def test_pandas():
    frame = pd.DataFrame(FRAME)
    assert frame["number"].dtype == "float64"  # gaps made it so
    assert rows(from_frame(frame, "t")) == TEXT
    assert rows(from_frame(frame.convert_dtypes(), "t"))[0] == TEXT[0]


def test_a_named_index_of_pandas_is_a_column():
    frame = pd.DataFrame({"x": [1, 2]}, index=pd.Index(["P1", "P2"], name="record_id"))
    table = from_frame(frame, "t")
    assert table.columns == ("record_id", "x") and rows(table) == [("P1", "1"), ("P2", "2")]


def test_lists_and_records_of_frames():
    frame = pl.DataFrame({"sites": [["marrow", "cns"], []], "agents": [[{"name": "MTX", "dose": None}], None]})
    assert rows(from_frame(frame, "t")) == [("marrow; cns", '[{"name": "MTX"}]')]
    assert from_frame(frame, "t").count.set_aside == {EMPTY_ROW: 1}


def test_columns_and_things_that_are_no_text():
    table = from_frame(pl.DataFrame({"a": ["x"], "b": [b"\x00\x01"]}), "t")
    assert table.columns == ("a",)
    assert [(cell.column, cell.problem) for cell in table.cells] == [("b", CellProblem.NOT_USED)]
    with pytest.raises(UsageError, match="expected a Polars, pandas or Arrow frame, found list"):
        from_frame([1], "t")
