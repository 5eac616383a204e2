"""Damaged exports: never a traceback, never a row lost or invented."""

import gzip
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import infant_course as ic
from depth import depth
from infant_course import read
from infant_course.errors import InputError
from infant_course.events import EVENT_TYPES
from infant_course.intake import CellProblem
from infant_course.io.tables.flat import flat_columns
from strategies import TEXT

TYPES = [
    "diagnosis",
    "treatment_block",
    "relapse",
    "mrd",
    "gvhd",
    "last_contact",
    "death",
    "cell_therapy",
    "conditioning",
]
NASTY = [
    "", " ", "NA", "NULL", "-99", "1e400", "-1e400", "9" * 400, "1" * 18, "0x1F", "nan", "inf", "1,5", "1.000,5",
    "2020-02-30", "31/12/2020", "3/4/20", "43831", "99999-01-01", "0000-00-00", "2020-05-17 00:00:00", "2020-13",
    "after a", "after b;before a", "with a", "day 99999 of a", "either (2020) or (2021)", "either ((", ";;;", "a;a;b",
    "birth", "@", "5 days after @", "[", "[]", "{}", "[1]", '[{"name": 1}]', "[" * 2000, '[{"name":"x","name":"y"}]',
    '["a"', "=1+1", "'", "''", "\ud7ff", "ü", "\u202e", "a\nb", 'q"q', "a,b", "a;b", "x" * 3000, "true", "TRUE", "2",
    "\u0663", "\uff12\uff10\uff12\uff10-05-17", "day \u0663 of a", "\u0967.5 %", "\u0663 years",
]  # fmt: skip
IDS = ["P1", "P2", "p1", "P1 ", "", "Zoë", "CON", "../x", "birth", "=P"]


def cells(column) -> st.SearchStrategy[str]:
    """Likely and unlikely texts of one column."""
    if column.name == "patient":
        return st.sampled_from(IDS)
    likely = st.sampled_from(["2020-05-17", "2020-05", "12", "0.5", "a", "b", "true", *column.words])
    return st.one_of(likely, likely, st.sampled_from(NASTY), TEXT)


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if re.search(r'[",;\n\t]', text) else text


@st.composite
def files(draw) -> bytes:
    """One table as a file, with random damage."""
    kind = draw(st.sampled_from(TYPES))
    columns = draw(st.lists(st.sampled_from(flat_columns(kind)), min_size=1, max_size=8, unique_by=lambda c: c.name))
    if draw(st.integers(0, 9)):
        columns = [flat_columns(kind)[0], *(column for column in columns if column.name != "patient")]
    names = [column.name for column in columns]
    if not draw(st.integers(0, 5)):
        names[-1] = draw(st.sampled_from(["", "patient", "x y", "_row", "strat", "*", "^.*$", *NASTY[20:24]]))
    sign = draw(st.sampled_from([",", ";", "\t"]))
    rows = [[draw(cells(column)) for column in columns] for _ in range(draw(st.integers(0, 6)))]
    for row in rows:
        if not draw(st.integers(0, 8)):
            row += draw(st.lists(st.sampled_from(["", "x"]), max_size=2))
        if not draw(st.integers(0, 8)):
            del row[-1]
    if rows and not draw(st.integers(0, 4)):
        rows.append(list(rows[0]))
    end = draw(st.sampled_from(["\n", "\n", "\r\n", "\r"]))
    text = end.join(sign.join(map(quoted, row)) for row in [names, *rows]) + draw(st.sampled_from([end, "", end * 3]))
    data = text.encode(draw(st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "utf-16"])), "replace")
    match draw(st.integers(0, 12)):
        case 0:
            data = data[: draw(st.integers(0, len(data)))]
        case 1:
            at = draw(st.integers(0, len(data)))
            data = data[:at] + draw(st.binary(min_size=1, max_size=3)) + data[at:]
        case 2:
            data = data.replace(b"2", b"\x00")
        case 3:
            data = data.replace(b"a", b'"')
        case 4:
            data = gzip.compress(data)[: draw(st.integers(10, 400))]
    return kind.encode() + b"|" + data


@settings(max_examples=depth(30, 12), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(files(), min_size=1, max_size=3), st.sampled_from(["diagnosis", "birth", "enrolment", "first-treatment"])
)
def test_damage(tmp_path_factory, tables, zero):
    folder = tmp_path_factory.mktemp("damaged")
    for table in tables:
        kind, _, data = table.partition(b"|")
        (folder / f"{kind.decode()}.csv").write_bytes(data)
    try:
        cohort = read(folder, day_zero=zero)
    except InputError as error:
        assert str(folder) in str(error)
        return
    intake = cohort.intake
    assert intake is not None
    for count in intake.rows:
        assert count.read == count.kept + sum(count.set_aside.values())
        assert min(count.read, count.kept, *count.set_aside.values(), 0) == 0
    made = sum(
        int(found[1].replace(",", "")) for said in intake.assumptions if (found := re.match(r"For ([\d,]+) ", said))
    )
    assert cohort.n_events == sum(count.kept for count in intake.rows) + made
    assert cohort.origin.height == cohort.n_events - made
    for problem in intake.cells:
        whole_column = problem.problem is CellProblem.NOT_USED and problem.row is None  # it may be empty
        assert problem.expected and str(problem) and (problem.rows > 0 or whole_column)
    for name in cohort.patients["patient"]:
        assert cohort.course(name).id == name


@pytest.fixture(scope="module")
def judged_rules():
    return [rule for number, rule in enumerate(ic.RULES.values()) if number % 5 == 0]


@settings(max_examples=depth(15, 6), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(files(), min_size=1, max_size=3))
def test_what_was_read_of_a_damaged_export_can_be_judged(tmp_path_factory, judged_rules, tables):
    folder: Path = tmp_path_factory.mktemp("damaged")
    for table in tables:
        kind, _, data = table.partition(b"|")
        (folder / f"{kind.decode()}.csv").write_bytes(data)
    try:
        cohort = read(folder)
    except InputError:
        return
    assert ic.check(cohort, rules=judged_rules).errored == {}


def test_every_type_of_event_can_be_damaged():
    assert set(TYPES) <= set(EVENT_TYPES)
