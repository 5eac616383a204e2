"""How many patients stand alone among those of an export by what others may know of them.

A count, not a verdict: whoever knows more of a patient than these five things finds more. What it says of a release
is for the people who decide on it.
"""

from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from textwrap import wrap

import polars as pl

from ..cohort import Cohort
from ..knowledge.genetics import symbols
from ..shortest_paths import UNBOUNDED
from ..when import Unit, units_to_days

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
    """One row per patient with what is taken to be known; what the export does not tell is null."""
    units = cohort.units.filter(pl.col("reading") == 0)
    people = cohort.patients.with_row_index("patient_code")
    frame = units.join(people, left_on="patient", right_on="patient_code", maintain_order="left", suffix="_id")
    frame = frame.select("unit", "dated", "sex", "site")
    diagnoses = cohort.table("diagnosis").unique("unit", keep="first", maintain_order=True)
    frame = frame.join(
        diagnoses.select("unit", "start_lo", "start_hi", pl.col("kmt2a_partner").alias("partner")),
        on="unit",
        how="left",
        maintain_order="left",
    ).join(
        cohort.births.select("unit", pl.col("start_lo").alias("born_lo"), pl.col("start_hi").alias("born_hi")),
        on="unit",
        how="left",
        maintain_order="left",
    )
    ages = [_months(*row) for row in frame.select("start_lo", "start_hi", "born_lo", "born_hi").iter_rows()]
    names = symbols()
    partners = [None if text is None else names.get(text.strip().upper(), text) for text in frame["partner"]]
    year = pl.date(1970, 1, 1).dt.offset_by(pl.format("{}d", pl.col("start_lo"))).dt.year()
    last = pl.date(1970, 1, 1).dt.offset_by(pl.format("{}d", pl.col("start_hi"))).dt.year()
    bounded = (pl.col("start_lo").abs() < UNBOUNDED // 2) & (pl.col("start_hi").abs() < UNBOUNDED // 2)
    known = frame.with_columns(
        pl.Series("age_months", ages, dtype=pl.Int32), pl.Series("partner", partners, dtype=pl.String)
    )
    told = pl.col("dated") & bounded.fill_null(False)
    placed = known.filter(told).with_columns(pl.when(year == last).then(year).alias("year"))
    return known.join(placed.select("unit", "year"), on="unit", how="left", maintain_order="left").select(*KNOWN)


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


def _months(low: int | None, high: int | None, born_low: int | None, born_high: int | None) -> int | None:
    """Completed months of age where the bounds allow one number (or two, of which the smaller is told)."""
    if low is None or high is None or born_low is None or born_high is None:
        return None
    least, most = low - born_high, high - born_low
    if not 0 <= least <= most < UNBOUNDED // 2:
        return None
    months = max(0, least // 31)
    while units_to_days(Decimal(months + 1), Unit.MONTH)[0] <= least:
        months += 1
    return months if most <= units_to_days(Decimal(months + 1), Unit.MONTH)[1] else None
