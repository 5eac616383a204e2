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

if TYPE_CHECKING:
    from ..io.tables.stream import Stream


def check_in_parts(
    stream: "Stream",
    *,
    rules: Iterable[Rule],
    settings: Settings,
    undecided: bool = True,
    seen: Callable[[Cohort, Report], None] = lambda cohort, report: None,
) -> Report:
    """Judge the cohorts of a stream one after the other; the report is that of the whole.

    ``undecided``: whether undecided verdicts are kept as findings. Where they are only counted, as in text, far less
    memory is needed. ``seen`` gets each part with its whole report. Raises InputError.
    """
    rules = tuple(rules)

    def judged() -> Iterator[Report]:
        for cohort in stream:
            report = check(cohort, rules=rules, settings=settings)
            seen(cohort, report)
            del cohort  # or it would be held while the next one is read
            yield report if undecided else evolve(report, table=report.table.filter(pl.col("verdict") == "failed"))

    reports = judged()
    first = next(reports, None)
    if first is None:
        whole = check(Cohort.from_courses([]), rules=rules, settings=settings)
    else:
        whole = merged(chain((first,), reports))
    return evolve(whole, intake=merged_intakes([stream.leftover, *([whole.intake] if whole.intake else [])]))
