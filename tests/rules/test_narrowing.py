"""What is passed over without looking at pairs must be what the pairs would not have told."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from infant_course.rules.answers import could_be_preceded

rows = st.lists(st.tuples(st.integers(0, 2), st.none() | st.integers(0, 3), st.integers(-3, 3)), max_size=12)


def by_pairs(asked: pl.DataFrame, others: pl.DataFrame) -> list[int]:
    """Slowly: every subject beside every other."""
    return [
        place
        for unit, value, high, place in asked.iter_rows()
        if any(
            unit == its_unit and None not in (value, greater) and greater > value and low <= high
            for its_unit, greater, low in others.iter_rows()
        )
    ]


def tables(asked: list[tuple[int, int | None, int]], others: list[tuple[int, int | None, int]]) -> list[pl.DataFrame]:
    schema = {"unit": pl.UInt32, "value": pl.Int64, "day": pl.Int32}
    mine, theirs = (pl.DataFrame(given_rows, schema=schema, orient="row") for given_rows in (asked, others))
    return [
        mine.rename({"day": "high"}).with_columns(place=pl.int_range(pl.len(), dtype=pl.UInt32)),
        theirs.rename({"day": "low"}),
    ]


@given(rows, rows)
def test_those_left_are_those_of_the_pairs(
    asked: list[tuple[int, int | None, int]], others: list[tuple[int, int | None, int]]
) -> None:
    mine, theirs = tables(asked, others)
    assert could_be_preceded(mine, theirs).to_list() == by_pairs(mine, theirs)


def test_the_slow_way_tells_a_day_and_a_place_apart() -> None:
    mine, theirs = tables([(0, 1, 5)], [(0, 2, 5)])
    assert by_pairs(mine, theirs) == [0]
    assert by_pairs(*tables([(0, 1, 4)], [(0, 2, 5)])) == []
    assert by_pairs(*tables([(0, 2, 5)], [(0, 2, 5)])) == []
    assert by_pairs(*tables([(1, 1, 5)], [(0, 2, 5)])) == []
