"""Flat tables as a cohort: the quick way and the way by courses say the same, and nothing is lost."""

from datetime import date

import polars as pl
import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from depth import depth
from infant_course.cohort import Cohort
from infant_course.errors import UsageError
from infant_course.intake import CellProblem, RowCount
from infant_course.io.tables.build import NO_PATIENT, TOLD_TWICE, build
from infant_course.io.tables.flat import PATIENT, ROW, FlatTable, Shape, flat_columns
from infant_course.io.tables.own import TABLES
from infant_course.rules import RULES, Settings, judge
from infant_course.shortest_paths import UNBOUNDED

POINTS = ["start_lo", "start_hi", "end_lo", "end_hi", "start_stated", "end_stated", "length_stated", "ordinal"]


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


@settings(max_examples=depth(30, 12), deadline=None)
@given(exports(), st.sampled_from(["diagnosis", "birth", "enrolment", "first-treatment"]))
def test_the_quick_way_and_the_way_by_courses_agree(tables, zero):
    cohort = build(tables, source="csv", day_zero=zero)
    assert everything(cohort) == everything(by_courses(cohort))


@settings(max_examples=4, deadline=None)
@given(exports(simple=True))
def test_both_ways_give_the_same_verdicts(tables):
    cohort = build(tables, source="csv")
    one, other = (judge(each, RULES.values(), Settings()) for each in (cohort, by_courses(cohort)))
    assert sorted(map(str, one.verdicts.rows())) == sorted(map(str, other.verdicts.rows()))
    assert one.errored == {}


def test_a_slip_of_one_day_is_noticed():
    tables = [flat("diagnosis", [{"patient": "P1", "start": "2020-05-17"}])]
    cohort = build(tables, source="csv")
    right = everything(cohort)
    slipped = cohort.tables["diagnosis"].with_columns(pl.col("start_hi") + 1)
    object.__setattr__(cohort, "tables", {"diagnosis": slipped})
    assert everything(cohort) != right


# --- by hand -------------------------------------------------------------------------------------------------------


def bounds(cohort, kind, event):
    row = cohort.tables[kind].row(by_predicate=pl.col("event") == event, named=True)
    return tuple(row[name] for name in POINTS[:4])


def days(*texts: str) -> tuple[int, ...]:
    return tuple((date.fromisoformat(text) - date(1970, 1, 1)).days for text in texts)


def expected_and_hints(cohort):
    return [(cell.file, cell.column, cell.row, cell.rows, cell.problem.name) for cell in cohort.intake.cells]


def test_dates_days_and_ages_by_hand():
    cohort = build(
        [
            flat(PATIENT, [{"patient": "P1", "birth": "2020-01-01"}]),
            flat("diagnosis", [{"patient": "P1", "id": "dx", "start": "2020-05-01"}]),
            flat("relapse", [{"patient": "P1", "start_day": "31"}, {"patient": "P1", "start_age_days": "366"}]),
            flat(
                "treatment_block",
                [{"patient": "P1", "id": "b", "start": "2020-06", "end": "2020-06-10"}, {"patient": "P1", "id": "c"}],
            ),
            flat("mrd", [{"patient": "P1", "id": "m", "start_earliest": "2020-07-02", "start_latest": "2020-07-09"}]),
        ],
        source="csv",
    )
    assert bounds(cohort, "relapse", "relapse-1") == days(*["2020-06-01"] * 4)
    assert bounds(cohort, "relapse", "relapse-2") == days(*["2021-01-01"] * 4)
    assert bounds(cohort, "treatment_block", "b") == days("2020-06-01", "2020-06-10", "2020-06-10", "2020-06-10")
    assert bounds(cohort, "treatment_block", "c") == (-UNBOUNDED, UNBOUNDED, -UNBOUNDED, UNBOUNDED)
    assert bounds(cohort, "mrd", "m")[:2] == days("2020-07-02", "2020-07-09")
    assert cohort.births.select("start_lo", "start_hi").row(0) == days("2020-01-01", "2020-01-01")
    course = cohort.course("P1")
    assert [str(when) for when in course["relapse-1"].when] == ["31 days after dx"]
    assert [str(when) for when in course["relapse-2"].when] == ["age 366 days"]
    assert cohort.intake.assumptions == ("Days are counted from the diagnosis (day 0).",)


def test_an_export_of_ages_counts_from_diagnosis():
    cohort = build(
        [
            flat("diagnosis", [{"patient": "P1", "start_age_days": "200"}]),
            flat("relapse", [{"patient": "P1", "start_age_days": "500"}]),
        ],
        source="pcdc",
        day_zero="birth",
    )
    assert bounds(cohort, "relapse", "relapse-1") == (300, 300, 300, 300)
    assert cohort.births.select("start_lo", "start_hi").row(0) == (-200, -200)
    assert cohort.units["dated"].to_list() == [False]


def test_days_without_a_diagnosis_take_one_to_be_on_day_0_and_say_so():
    cohort = build([flat("relapse", [{"patient": "P1", "start_day": "31"}])], source="cbioportal")
    assert bounds(cohort, "relapse", "relapse-1") == (31, 31, 31, 31)
    assert bounds(cohort, "diagnosis", "diagnosis-1") == (0, 0, 0, 0)
    assert cohort.intake.assumptions[0].startswith("For 1 patient without a diagnosis")
    assert cohort.origin["event"].to_list() == ["relapse-1"]
    assert "diagnosis" not in cohort.complete


def test_day_zero_may_be_the_first_treatment():
    blocks = [
        {"patient": "P1", "id": "late", "start": "2020-03-01"},
        {"patient": "P1", "id": "first", "start": "2020-02-01"},
        {"patient": "P2", "id": "x", "start": "2020-02"},
        {"patient": "P2", "id": "y", "start": "2020-02"},
    ]
    relapses = [{"patient": "P1", "start_day": "10"}, {"patient": "P2", "start_day": "10"}]
    cohort = build(
        [flat("treatment_block", blocks), flat("relapse", relapses)], source="csv", day_zero="first-treatment"
    )
    assert [str(when) for when in cohort.course("P1")["relapse-1"].when] == ["10 days after first"]
    assert cohort.tables["relapse"].filter(pl.col("unit") == 0)["start_lo"].to_list() == [*days("2020-02-11")]
    assert cohort.course("P2")["relapse-1"].when == ()
    assert expected_and_hints(cohort) == [("relapse.csv", "start_day", 3, 1, "UNREAD")]
    with pytest.raises(UsageError, match="no day zero 'moon'"):
        build([], source="csv", day_zero="moon")


def test_both_sides_of_a_range_have_to_be_told():
    rows = [
        {"patient": "P1", "start_earliest": "3"},
        {"patient": "P1", "start_earliest": "9", "start_latest": "3"},
        {"patient": "P1", "start_earliest": "-3", "start_latest": "3"},
        {"patient": "P1", "start_earliest": "2020", "start_latest": "2021-05"},
    ]
    cohort = build([flat("relapse", rows)], source="csv")
    assert sorted(cell.row for cell in cohort.intake.cells) == [2, 3, 4, 5]
    assert all(event.when == () for event in cohort.course("P1"))


def test_ids_numbered_renamed_and_replaced():
    rows = [
        {"patient": "P1", "id": "a", "start": "2020-01-01"},
        {"patient": "P1", "start": "2020-01-02"},
        {"patient": "P1", "id": "a", "start": "2020-01-03"},
        {"patient": "P1", "id": "HSCT 1"},
        {"patient": "P1", "id": "relapse-1"},
    ]
    asked = [{"patient": "P1", "id": "m", "since": "HSCT 1", "derived_from": "a;HSCT 1"}]
    cohort = build([flat("relapse", rows), flat("mrd", asked)], source="csv")
    course = cohort.course("P1")
    names = [event.id for event in course]
    assert names[:3] == ["a", "relapse-1+", "a (2)"] and names[4:] == ["relapse-1", "m"]
    assert names[3].startswith("HSCT_1-") and course["m"].since == names[3]
    assert course["m"].derived_from == ("a", names[3])
    assert [problem.rule for problem in course.defects] == ["REC-01"]
    assert course.defects[0].events == ("a (2)", "a")
    assert [problem.rule for problem in course.problems] == ["REC-01"]
    assert cohort.tables["relapse"].sort("ordinal")["line"].to_list() == [2, 3, 4, 5, 6]
    assert sorted({(cell.column, cell.value) for cell in cohort.intake.cells}) == [
        ("derived_from", "a;HSCT 1"),
        ("id", "HSCT 1"),
        ("since", "HSCT 1"),
    ]


def test_rows_without_a_patient_and_patients_told_twice_are_set_aside_and_counted():
    people = [{"patient": "P1", "sex": "male"}, {"patient": "P1", "sex": "female"}, {"patient": " "}]
    events = [{"patient": None, "id": "a"}, {"patient": "P2", "id": "b"}, {"patient": "P1", "id": "c"}]
    cohort = build(
        [flat(PATIENT, people), flat("relapse", events)],
        source="csv",
        counts=[RowCount(file="relapse.csv", read=5, kept=3, set_aside={"empty row": 2})],
    )
    counts = {count.file: (count.read, count.kept, dict(count.set_aside)) for count in cohort.intake.rows}
    assert counts == {
        "relapse.csv": (5, 2, {"empty row": 2, NO_PATIENT: 1}),
        "patient.csv": (3, 1, {NO_PATIENT: 1, TOLD_TWICE: 1}),
    }
    assert cohort.patients.select("patient", "sex").rows() == [("P1", "male"), ("P2", None)]
    aside = [cell for cell in cohort.intake.cells if cell.problem is CellProblem.SET_ASIDE]
    assert sorted((cell.file, cell.row) for cell in aside) == [
        ("patient.csv", 3),
        ("patient.csv", 4),
        ("relapse.csv", 2),
    ]
    assert "patient.csv: 1 patient has events and no row here" in cohort.intake.assumptions[0]


def test_what_is_complete():
    relapses = flat("relapse", [{"patient": "P1"}])
    assert build([relapses], source="csv").complete == {"relapse": True}
    assert build([relapses], source="csv", complete=["death"]).complete == {"death": True}
    people = flat(PATIENT, [{"patient": "P2", "complete": "death;relapse"}, {"patient": "P1", "complete": None}])
    told = build([people, relapses], source="csv")
    assert {name: list(each) for name, each in told.complete.items()} == {
        "relapse": [True, False],
        "death": [True, False],
    }
    assert told.course("P2").complete == {"death", "relapse"} and told.course("P1").complete == frozenset()
    with pytest.raises(UsageError, match="no event type 'relaps': did you mean 'relapse'"):
        build([relapses], source="csv", complete=["relaps"])


def test_the_origin_of_every_event():
    table = flat(
        "relapse", [{"patient": "P1", "_record": "17", "_visit": "year_1", "_instrument": "rel", "_instance": "2"}]
    )
    cohort = build([table], source="redcap")
    assert cohort.origin.rows() == [(0, "relapse-1", "relapse.csv", 2, "17", "year_1", "rel", "2")]


def test_the_source_s_names_of_columns_are_used_in_messages():
    table = flat("relapse", [{"patient": "P1", "side": "lefft"}])
    named = FlatTable(type="relapse", frame=table.frame, file="r.csv", names={"side": "rel_side"})
    (cell,) = build([named], source="redcap").intake.cells
    assert (cell.column, cell.value, cell.hint, cell.patients) == ("rel_side", "lefft", "did you mean 'left'?", ("P1",))


def test_equal_cells_are_told_once_and_very_many_differing_ones_together():
    rows = [{"patient": f"P{n}", "side": "x"} for n in range(30)]
    rows += [{"patient": "P", "number": f"n{n}"} for n in range(250)]
    cells = build([flat("relapse", rows)], source="csv").intake.cells
    (side,) = [cell for cell in cells if cell.column == "side"]
    assert (side.rows, side.row, len(side.patients)) == (30, 2, 20)
    numbers = [cell for cell in cells if cell.column == "number"]
    assert len(numbers) == 201 and sum(cell.rows for cell in numbers) == 250


@pytest.mark.parametrize("kind", TABLES)
def test_digits_of_other_scripts_are_no_digits(kind: str):
    shapes = {Shape.WHOLE, Shape.NUMBER, Shape.TIME, Shape.DURATION}
    columns = [column.name for column in flat_columns(kind) if column.shape in shapes]
    columns = [name for name in columns if not name.endswith("_latest")]  # told with the earliest
    cells = build([flat(kind, [{"patient": "P1", **dict.fromkeys(columns, "\u0663")}])], source="csv").intake.cells
    assert {cell.column for cell in cells if cell.problem is CellProblem.UNREAD} == set(columns)


def test_tables_of_one_type_and_of_one_file_join():
    """As from a form with several repeating instruments: one line may hold several events."""
    one = flat("relapse", [{"patient": "P1", "start": "2020-01-01"}, {"patient": "P2"}], file="all.csv")
    two = flat("relapse", [{"patient": "P1", "side": "left"}, {"patient": "P1", "id": "x"}], file="all.csv")
    other = flat("death", [{"patient": "P1", "start": "2021"}], file="all.csv")
    cohort = build([one, two, other], source="redcap")
    assert [event.id for event in cohort.course("P1")] == ["relapse-1", "relapse-2", "death-1", "x"]
    assert str(cohort.course("P1")["relapse-2"].side) == "left"
    (count,) = cohort.intake.rows
    assert (count.read, count.kept) == (2, 2)
    apart = build([evolve(one, file="a.csv"), evolve(two, file="b.csv"), evolve(other, file="c.csv")], source="redcap")
    assert [event.id for event in apart.course("P1")] == ["relapse-1", "relapse-2", "x", "death-1"]


def test_nothing_at_all():
    cohort = build([], source="csv")
    assert (cohort.patients.height, cohort.n_events, cohort.intake.rows) == (0, 0, ())
