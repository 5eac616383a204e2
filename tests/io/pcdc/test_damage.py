"""Whatever happens to the tables: an error of this package or a cohort, never a traceback; and no row is lost."""

from functools import partial
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import infant_course as ic
from depth import depth
from infant_course import InfantCourseError
from infant_course.io.tables.recoding_file import shipped

read = partial(ic.read, source="pcdc")

TABLES = Path(__file__).parent / "tables"
FILES = {path.name: path.read_bytes() for path in TABLES.iterdir()}
MAPPING = shipped("pcdc")
EVERYTHING = (*MAPPING.patients, *MAPPING.events, *MAPPING.details)
NAMES = sorted({origin.replace(" ", "_") for recoding in EVERYTHING for origin in recoding.origins})
COLUMNS = sorted({c for r in EVERYTHING for c in (*r.where, *(name for s in r.fields for name in s.columns))})
WORDS = sorted({w for r in EVERYTHING for said in r.where.values() for w in said})
CELL = st.one_of(
    st.none(),
    st.sampled_from(["Unknown", "Not Reported", "0", "-1", "120", "0.01", "1e400", "Yes"]),
    st.sampled_from(WORDS),
    st.text(max_size=5),
)


def hold(source: Path | dict[str, pl.DataFrame]) -> None:
    """Read, and hold the sums and the events against each other."""
    try:
        cohort = read(source)
    except InfantCourseError as error:
        assert str(error)
        return
    assert cohort.intake is not None
    for count in cohort.intake.rows:
        assert count.read == count.kept + sum(count.set_aside.values()), count
        assert count.kept >= 0
    assert cohort.origin.height == cohort.n_events
    for name in cohort.patients["patient"]:
        cohort.course(name)


@st.composite
def tables(draw: st.DrawFn) -> dict[str, pl.DataFrame]:
    """Tables of the mapping with any words anywhere."""
    made = {}
    for name in draw(st.lists(st.sampled_from([*NAMES, "other"]), min_size=1, max_size=5, unique=True)):
        columns = draw(st.lists(st.sampled_from(COLUMNS), max_size=8, unique=True))
        height = draw(st.integers(0, 4))
        whose = st.sampled_from([None, "S1", "S2", " S1 ", "Ä 1"])
        frame = {"HONEST_BROKER_SUBJECT_ID": draw(st.lists(whose, min_size=height, max_size=height))}
        frame |= {column: draw(st.lists(CELL, min_size=height, max_size=height)) for column in columns}
        made[name] = pl.DataFrame(frame, schema=dict.fromkeys(frame, pl.String))
    return made


@settings(max_examples=depth(15, 6))
@given(tables())
def test_random_tables_are_read_or_refused(made: dict[str, pl.DataFrame]) -> None:
    hold(made)


@settings(max_examples=depth(15, 6))
@given(st.sampled_from(sorted(FILES)), st.lists(st.tuples(st.integers(0, 400), st.binary(max_size=3)), min_size=1))
def test_damaged_tables_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, name: str, damage: list[tuple[int, bytes]]
) -> None:
    folder = tmp_path_factory.mktemp("tables")
    content = bytearray(FILES[name])
    for at, what in damage:
        content[at : at + 1] = what
    for other, whole in (FILES | {name: bytes(content)}).items():
        (folder / other).write_bytes(whole)
    hold(folder)
