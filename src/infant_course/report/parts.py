"""A report of an export that is judged in parts, whole patients at a time."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING

import polars as pl
from attrs import evolve

from ..cohort import Cohort
from ..intake import merged_intakes
from ..rules import Rule, Settings
from .check import Report, check, merged
from .findings import by_themselves, first_of_each

if TYPE_CHECKING:
    from ..io.tables.stream import Stream


def check_in_parts(
    stream: "Stream",
    *,
    rules: Iterable[Rule],
    settings: Settings,
    undecided: bool = True,
    most_each: int | None = None,
    seen: Callable[[Cohort, Report], None] | None = None,
) -> Report:
    """Judge the cohorts of a stream one after the other; the report is that of the whole.

    ``undecided``: whether undecided verdicts are kept as findings, and ``most_each``: how many failed ones of each
    outcome (None: all). Of what is only counted, as in text, no memory is needed. ``seen`` gets each part with its
    whole report. Raises InputError.
    """
    rules = tuple(rules)

    def kept(table: pl.DataFrame) -> pl.DataFrame:
        if most_each is not None:
            return first_of_each(table, most_each)
        failed = table if undecided else table.filter(pl.col("verdict") == "failed")
        return failed if failed.height == table.height else by_themselves(failed)

    def judged() -> Iterator[Report]:
        for cohort in stream:
            report = check(cohort, rules=rules, settings=settings, undecided=undecided or seen is not None)
            if seen is not None:
                seen(cohort, report)
            del cohort  # or it would be held while the next one is read
            yield evolve(report, table=kept(report.table))

    reports = judged()
    first = next(reports, None)
    if first is None:
        whole = check(Cohort.from_courses([]), rules=rules, settings=settings)
    else:
        whole = merged(chain((first,), reports))
    return evolve(whole, intake=merged_intakes([stream.leftover, *([whole.intake] if whole.intake else [])]))
