"""Flat tables as a cohort: the quick way and the way by courses say the same, and nothing is lost."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infant_course.cohort import Cohort
from infant_course.errors import UsageError
from infant_course.intake import CellProblem, RowCount
from infant_course.io.tables.build import NO_PATIENT, TOLD_TWICE, build
from infant_course.io.tables.flat import PATIENT, ROW, FlatTable
from infant_course.rules import RULES, Settings, judge
from infant_course.shortest_paths import UNBOUNDED

POINTS = ["start_lo", "start_hi", "end_lo", "end_hi", "start_stated", "end_stated", "ordinal"]


def flat(kind, rows, file=None):
    """A table of some rows; a row without a column has an empty cell there."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    frame = pl.DataFrame(
        {name: [row.get(name) for row in rows] for name in names}, schema=dict.fromkeys(names, pl.String)
    )
    frame = frame.with_row_index(ROW, offset=2)
    return FlatTable(type=kind, frame=frame, file=file or f"{kind}.csv")


def told(cohort: Cohort, frame: pl.DataFrame, *columns: str) -> list[tuple]:
    """Rows of a table with the patient's id and the reading in place of the unit."""
    units = cohort.units.join(
        cohort.patients.select(pl.col("patient").alias("who")).with_row_index("patient"), on="patient"
    ).select("unit", "who", "reading", "dated")
    return sorted(frame.join(units, on="unit").select("who", "reading", "dated", *columns).rows())


def everything(cohort: Cohort) -> dict[str, object]:
    """All that is known of time in a cohort, whatever the order of its rows."""
    names = cohort.patients["patient"]
    stated = sorted((names[code], *rest) for code, *rest in cohort.stated.iter_rows())
    problems = cohort.problems.with_columns(names.gather(cohort.problems["patient"]).alias("patient"))
    return {
        "events": {name: told(cohort, table, "event", *POINTS) for name, table in cohort.tables.items()},
        "births": told(cohort, cohort.births, *POINTS),
        "gap": told(cohort, cohort.gap, *(name for name in cohort.gap.columns if name != "unit")),
        "stated": stated,
        "problems": sorted(problems.select("patient", "rule", "event", "defect").rows()),
    }


def by_courses(cohort: Cohort) -> Cohort:
    return Cohort.from_courses([cohort.course(name) for name in cohort.patients["patient"]])


DAY = st.dates(min_value=date(2018, 1, 1), max_value=date(2022, 1, 1))
TYPES = ["diagnosis", "enrolment", "treatment_block", "relapse", "mrd", "last_contact"]


def times(point: str, *, simple: bool) -> st.SearchStrategy[dict[str, str]]:
    """Cells of one point."""
    day = st.integers(-20, 900)
    forms = [
        st.just({}),
        DAY.map(lambda d: {point: str(d)}),
        DAY.map(lambda d: {point: f"{d:%Y-%m}"}),
        DAY.map(lambda d: {point: f"{d:%Y}"}),
        st.just({point: "unknown"}),
        day.map(lambda n: {f"{point}_day": str(n)}),
        st.just({f"{point}_day": "0"}),
        day.map(lambda n: {f"{point}_age_days": str(abs(n))}),
        st.tuples(DAY, DAY).map(lambda two: {f"{point}_earliest": str(min(two)), f"{point}_latest": str(max(two))}),
        st.tuples(day, day).map(
            lambda two: {f"{point}_earliest": str(min(map(abs, two))), f"{point}_latest": str(max(map(abs, two)))}
        ),
    ]
    if not simple:
        forms += [
            st.sampled_from(["after a", "ongoing", "age 7 months", "day 3 of a", "3 to 9 days before b"]).map(
                lambda text: {point: text}
            ),
            st.tuples(DAY, day).map(lambda two: {point: str(two[0]), f"{point}_day": str(two[1])}),
            st.just({point: "either (2020) or (2021-05)"}),
            st.just({point: "2020-05-17;age 9 months"}),
        ]
    return st.one_of(forms)


@st.composite
def exports(draw, *, simple=False) -> list[FlatTable]:
    """A few patients, each on one of the usual clocks or on all at once."""
    tables = []
    people = draw(st.lists(st.sampled_from(["P1", "P2", "P3"]), min_size=1, max_size=3, unique=True))
    births = draw(
        st.lists(
            st.one_of(st.none(), DAY.map(str), DAY.map(lambda d: f"{d:%Y-%m}"), st.just("unknown")),
            min_size=3,
            max_size=3,
        )
    )
    if draw(st.booleans()):
        tables.append(
            flat(PATIENT, [{"patient": one, "birth": born} for one, born in zip(people, births, strict=False)])
        )
    for kind in draw(st.lists(st.sampled_from(TYPES), max_size=4, unique=True)):
        rows = []
        for number in range(draw(st.integers(1, 4))):
            row = {"patient": draw(st.sampled_from(people))}
            if draw(st.booleans()):
                row["id"] = draw(st.sampled_from(["a", "b", f"{kind}{number}"]))
            row |= draw(times("start", simple=simple))
            if kind == "treatment_block":
                row |= draw(times("end", simple=simple))
                if draw(st.integers(0, 5)) == 0:
                    row["lasting"] = "3 weeks"
            if kind == "mrd" and draw(st.integers(0, 3)) == 0:
                row["since"] = "a"
            rows.append(row)
        tables.append(flat(kind, rows))
    return tables


@settings(max_examples=150, deadline=None)
@given(exports(), st.sampled_from(["diagnosis", "birth", "enrolment", "first-treatment"]))
def test_the_quick_way_and_the_way_by_courses_agree(tables, zero):
    cohort = build(tables, source="csv", day_zero=zero)
    assert everything(cohort) == everything(by_courses(cohort))


@settings(max_examples=25, deadline=None)
@given(exports(simple=True))
def test_both_ways_give_the_same_verdicts(tables):
    cohort = build(tables, source="csv")
    rules, chosen = RULES.values(), Settings()
    one, other = judge(cohort, rules, chosen), judge(by_courses(cohort), rules, chosen)
    for part in ("verdicts",):
        assert sorted(getattr(one, part).drop("patient").rows(), key=str) == sorted(
            getattr(other, part).drop("patient").rows(), key=str
        )


def test_a_slip_of_one_day_is_noticed():
    tables = [flat("diagnosis", [{"patient": "P1", "start": "2020-05-17"}])]
    cohort = build(tables, source="csv")
    right = everything(cohort)
    slipped = cohort.tables["diagnosis"].with_columns(pl.col("start_hi") + 1)
    object.__setattr__(cohort, "tables", {"diagnosis": slipped})
    assert everything(cohort) != right
