"""The own form of an export: read, written, and read again."""

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import infant_course as ic
from infant_course import Cohort
from infant_course.errors import InputError, UsageError
from infant_course.intake import CellProblem
from infant_course.io.tables.own import NO_TYPE, read
from infant_course.io.tables.write import tables, write
from strategies import courses


def of(cohort):
    return {name: cohort.course(name) for name in cohort.patients["patient"]}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(courses(), min_size=1, max_size=3, unique_by=lambda course: course.id), st.sampled_from(["csv", "parquet"])
)
def test_a_cohort_reads_back_as_it_was_written(tmp_path_factory, some, to):
    cohort = Cohort.from_courses(some)
    folder = write(cohort, tmp_path_factory.mktemp("export") / "own", to=to)
    back = read(folder)
    assert list(of(back).values()) == list(some)
    assert back.intake.cells == ()
    assert all(count.read == count.kept for count in back.intake.rows)
