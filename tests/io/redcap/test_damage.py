"""Whatever happens to an export: an error of this package or a cohort, never a traceback; no row is lost or made."""

import csv
import io
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import infant_course as ic
from depth import depth
from infant_course import InfantCourseError
from infant_course.io.tables.redcap_dictionary import read_dictionary

read = partial(ic.read, source="redcap")

PROJECT = Path(__file__).resolve().parents[3] / "cases" / "exports" / "redcap"
RECORDS = (PROJECT / "records.csv").read_bytes()
MAPPING, DICTIONARY = PROJECT / "mapping.toml", PROJECT / "dictionary.csv"
HEADER = next(csv.reader(io.StringIO(RECORDS.decode())))
WORDS = [
    "",
    "0",
    "1",
    "-1",
    "NA",
    "UNK",
    "99",
    "Yes",
    "Checked",
    "2021-08-15",
    "15/8/21",
    "2021",
    "13",
    "212,5",
    "1e999",
]
CELL = st.one_of(st.sampled_from(WORDS), st.text(max_size=5), st.sampled_from(["mrd", "MRD", "relapse", "nothing"]))


def hold(source: Path | dict[str, pl.DataFrame], *, dictionary: Path | None, rows: int | None = None) -> None:
    """Read, and hold the sums and the events against each other."""
    try:
        cohort = read(source, mapping=MAPPING, dictionary=dictionary)
    except InfantCourseError as error:
        assert str(error)
        return
    assert cohort.intake is not None
    for count in cohort.intake.rows:
        assert count.read == count.kept + sum(count.set_aside.values()), count
        assert count.kept >= 0 and all(many > 0 for many in count.set_aside.values())
    if rows is not None:
        assert sum(count.read for count in cohort.intake.rows) == rows
    assert cohort.origin.height == cohort.n_events
    lines = cohort.origin["row"].n_unique()
    assert lines <= sum(count.kept for count in cohort.intake.rows), "an event comes from a row that is kept"
    for name in cohort.patients["patient"]:
        cohort.course(name)


@st.composite
def exports(draw: st.DrawFn) -> pl.DataFrame:
    """Some columns of the export with anything in them."""
    columns = draw(st.lists(st.sampled_from(HEADER[1:]), min_size=1, max_size=12, unique=True))
    height = draw(st.integers(0, 5))
    whose = st.sampled_from(["A", "B", " A ", "", "Ä 1", "331-1"])
    frame = {"study_id": draw(st.lists(whose, min_size=height, max_size=height))}
    frame |= {name: draw(st.lists(CELL, min_size=height, max_size=height)) for name in columns}
    return pl.DataFrame(frame, schema=dict.fromkeys(frame, pl.String))


@settings(max_examples=depth(20, 8), deadline=None)
@given(exports())
def test_any_words_anywhere(frame: pl.DataFrame) -> None:
    hold({"e": frame}, dictionary=DICTIONARY, rows=frame.height)


@settings(max_examples=depth(12, 5), deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(RECORDS)), st.binary(max_size=3)), min_size=1, max_size=6), st.booleans())
def test_damaged_bytes(tmp_path_factory: pytest.TempPathFactory, damage: list[tuple[int, bytes]], known: bool) -> None:
    content = bytearray(RECORDS)
    for at, what in damage:
        content[at : at + 1] = what
    path = tmp_path_factory.mktemp("damaged") / "records.csv"
    path.write_bytes(bytes(content))
    hold(path, dictionary=DICTIONARY if known else None)


@settings(max_examples=depth(12, 5), deadline=None)
@given(st.data())
def test_rows_doubled_swapped_torn_and_left_out(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    rows = list(csv.reader(io.StringIO(RECORDS.decode())))
    picked = data.draw(st.lists(st.sampled_from(rows[1:]), max_size=12))
    torn = [row[: data.draw(st.integers(1, len(row)))] if data.draw(st.booleans()) else row for row in picked]
    stream = io.StringIO()
    csv.writer(stream).writerows([rows[0], *torn])
    path = tmp_path_factory.mktemp("rows") / "records.csv"
    sign = data.draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    path.write_bytes(stream.getvalue().encode(sign, "replace"))
    hold(path, dictionary=DICTIONARY, rows=len(torn))


@settings(max_examples=depth(10, 4), deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=4))
def test_damaged_dictionaries(tmp_path_factory: pytest.TempPathFactory, at: int, what: bytes) -> None:
    content = bytearray(DICTIONARY.read_bytes())
    content[at : at + len(what)] = what
    path = tmp_path_factory.mktemp("damaged") / "dictionary.csv"
    path.write_bytes(bytes(content))
    try:
        read_dictionary(path)
    except InfantCourseError as error:
        assert str(error)
        return
    hold(PROJECT / "records.csv", dictionary=path, rows=11)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"\xef\xbb\xbf", b"study_id\n", b"study_id\n1\n", b"\x00\x00", b"a,b\n1"]
)
def test_files_with_next_to_nothing(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "e.csv"
    path.write_bytes(content)
    hold(path, dictionary=DICTIONARY)
    hold(path, dictionary=None)
