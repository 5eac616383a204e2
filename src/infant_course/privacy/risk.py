"""How many patients stand alone among those of an export by what others may know of them.

A count, not a verdict: whoever knows more of a patient than these five things finds more. What it says of a release
is for the people who decide on it.
"""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import combinations
from textwrap import wrap

import polars as pl

from ..cohort import Cohort
from ..course import BIRTH
from ..knowledge.genetics import symbols
from ..when import AtAge, OnDate, Unit, When, parse, units_to_days
from .times import completed_months

SMALL = 5
"""Groups of fewer patients than this are counted as small: registries often do not publish such cells."""

KNOWN = {
    "sex": "sex",
    "age_months": "age at diagnosis in months",
    "partner": "KMT2A partner",
    "site": "site",
    "year": "year of diagnosis",
}
"""What is taken to be known of a patient, as far as the export has it, and what to call it."""

RISK_COLUMNS = {
    "known": pl.String,
    "patients": pl.UInt32,
    "groups": pl.UInt32,
    "alone": pl.UInt32,
    "in_small_groups": pl.UInt32,
    "smallest_group": pl.UInt32,
}


def known_of(cohort: Cohort) -> pl.DataFrame:
    """One row per patient with what is taken to be known, by what is stated; what the export does not tell is null."""
    units = cohort.units.filter(pl.col("reading") == 0).select("unit", code="patient")
    diagnoses = cohort.table("diagnosis").join(units, on="unit", maintain_order="left").sort("code", "ordinal")
    first = diagnoses.unique("code", keep="first").select(code="code", event="event", partner="kmt2a_partner")
    people = cohort.patients.select("sex", "site").with_row_index("code")
    known = people.join(first, on="code", how="left", maintain_order="left")
    starts = cohort.stated.filter(pl.col("part") == "when")
    at = starts.join(first, left_on=["patient", "event"], right_on=["code", "event"], how="semi")
    told = _by_patient(at)
    born = _by_patient(starts.filter(pl.col("event") == BIRTH))
    names = symbols()
    rows = [(_months(told.get(code, ()), born.get(code, ())), _year(told.get(code, ()))) for code in known["code"]]
    partners = [None if text is None else names.get(text.strip().upper(), text) for text in known["partner"]]
    return known.with_columns(
        pl.Series("age_months", [months for months, _ in rows], dtype=pl.Int32),
        pl.Series("partner", partners, dtype=pl.String),
        pl.Series("year", [year for _, year in rows], dtype=pl.Int32),
    ).select(*KNOWN)


def _by_patient(stated: pl.DataFrame) -> dict[int, list[When]]:
    found: dict[int, list[When]] = {}
    for code, text in stated.select("patient", "text").iter_rows():
        found.setdefault(code, []).append(parse(text))
    return found


def risk_table(cohort: Cohort) -> pl.DataFrame:
    """For everything that may be known together: how many patients are alone with it, or one of fewer than five.

    A patient of whom something is not told is a group of their own with others of whom it is not told.
    """
    known = known_of(cohort)
    there = [name for name in KNOWN if known[name].count()]
    return pl.DataFrame(list(_rows(known, there)), schema=RISK_COLUMNS, orient="row")


def _rows(known: pl.DataFrame, there: list[str]) -> Iterator[tuple[object, ...]]:
    for number in range(1, len(there) + 1):
        for together in combinations(there, number):
            sizes = known.group_by(together).len()["len"]
            yield (
                " + ".join(together),
                known.height,
                sizes.len(),
                int((sizes == 1).sum()),
                int(sizes.filter(sizes < SMALL).sum()),
                sizes.min(),
            )


def risk_text(risk: pl.DataFrame, patients: int) -> str:
    """The table in a few sentences. Never says that nobody can be recognised: no count can show that."""
    missing = [word for name, word in KNOWN.items() if name not in risk["known"].to_list()]
    lines = [f"{patients:,} patient{'' if patients == 1 else 's'} in this export."]
    if risk.height:
        whole = risk.row(-1, named=True)
        lines += [
            f"By {_words(whole['known'])} {whole['alone']:,} stand alone and "
            f"{whole['in_small_groups']:,} are in groups of fewer than {SMALL}."
        ]
        single = risk.filter(~pl.col("known").str.contains("+", literal=True) & (pl.col("alone") > 0))
        single = single.filter(pl.col("known") != whole["known"])
        lines += [f"By {_words(row['known'])} by itself {row['alone']:,}." for row in single.iter_rows(named=True)]
    if missing:
        lines.append(f"Not told here, so not counted: {', '.join(missing)}.")
    lines += [
        "Whoever knows one of them by these things finds the rest of the course. Other things told here (days between "
        "events, laboratory values, rare events) tell patients apart further.",
        f"A count below {SMALL} in a published table may tell of a person: join such cells before you publish.",
    ]
    return "\n".join(wrapped for line in lines for wrapped in wrap(line, 80)) + "\n"


def _words(known: str) -> str:
    *first, last = [KNOWN[name] for name in known.split(" + ")]
    return f"{', '.join(first)} and {last}" if first else last


def _year(told: Iterable[When]) -> int | None:
    """The year of a date, where it is one."""
    years = {when.earliest.year for when in told if isinstance(when, OnDate) and when.earliest.year == when.latest.year}
    return years.pop() if len(years) == 1 else None


def _months(told: Iterable[When], born: Iterable[When]) -> int | None:
    """Completed months of age: as stated, or by the dates; null where they are not one number."""
    for when in told:
        if isinstance(when, AtAge):
            least, most = when.age.span(completed=True)
            months = max(0, least // 31)
            while units_to_days(Decimal(months + 1), Unit.MONTH)[0] <= least:
                months += 1
            return months if most < units_to_days(Decimal(months + 1), Unit.MONTH)[1] else None
    dates = [when for when in told if isinstance(when, OnDate)]
    births = [when for when in born if isinstance(when, OnDate)]
    if not dates or not births or dates[0].earliest < births[0].latest:
        return None
    ages = {
        completed_months(births[0].latest, dates[0].earliest),
        completed_months(births[0].earliest, dates[0].latest),
    }
    return ages.pop() if len(ages) == 1 else None
