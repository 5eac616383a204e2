"""A cohort without identifiers: pseudonyms, days instead of dates, no free text. What was changed is counted.

Nobody is made unrecognisable by this. What is left of a course may still tell who it is of: :mod:`.risk` counts how
many stand alone by five things that others may know.
"""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, TypeVar

import polars as pl
from attrs import frozen

from ..cohort import PATIENT_COLUMNS, Cohort, empty
from ..course import BIRTH
from ..errors import UsageError
from ..shortest_paths import UNBOUNDED
from ..when import Unit
from .fields import FieldWriter, droppable, flagged
from .key import Key
from .pseudonyms import Pseudonyms
from .texts import FREE
from .times import SHIFT_DAYS, Rewriter, Times

CHANGE_COLUMNS = {"what": pl.String, "field": pl.String, "count": pl.UInt64}
W = TypeVar("W")
_NO_BOUNDS = [
    *(pl.lit(-UNBOUNDED, dtype=pl.Int32).alias(name) for name in ("start_lo", "end_lo")),
    *(pl.lit(UNBOUNDED, dtype=pl.Int32).alias(name) for name in ("start_hi", "end_hi")),
    *(pl.lit(False).alias(name) for name in ("start_stated", "end_stated", "length_stated")),
]
"""Days as they were must not stand beside what is told of them now."""

TOLD_OTHERWISE = frozenset({("patient", "birth"), ("patient", "site")})
"""Fields that a dictionary may flag as identifying, and that are told as an age and as a pseudonym."""
AGE_UNITS = (Unit.DAY, Unit.WEEK, Unit.MONTH)


@frozen(kw_only=True)
class Deidentified:
    """A cohort as it may leave the house, and the counts of what was changed.

    ``told`` holds what is told of each patient; its days are not worked out again: write it, and read what was
    written. ``changes``: what, of which field, how often; no value and no id.
    """

    told: Cohort
    changes: pl.DataFrame
    settings: Mapping[str, str]


def deidentify(
    cohort: Cohort,
    key: Key,
    *,
    times: Times | str = Times.DAYS,
    age_unit: Unit | str = Unit.MONTH,
    drop: Collection[str] = (),
) -> Deidentified:
    """A cohort without identifiers.

    Patients, events and sites get keyed pseudonyms; references follow. ``times``: days since diagnosis, or dates
    shifted by a number of days of each patient's own (1 to 365 days earlier). Dates of birth become the age at
    diagnosis in ``age_unit`` (day, week, month). Free text goes (:mod:`.texts`), as do the fields named in ``drop``
    (``type.field``), those that the export's dictionary flags as identifying (but birth and site, which are told in
    another way), publications and file names. Patients come in the order of their pseudonyms.

    Raises UsageError for unknown words and fields, and for two ids that get one pseudonym.
    """
    how = _word(times, {known.value: known for known in Times}, "way to tell times")
    unit = _word(age_unit, {known.value: known for known in AGE_UNITS}, "unit of ages")
    if not cohort.stated.height and any(table["start_stated"].any() for table in cohort.tables.values()):
        raise UsageError("this cohort holds days, but no statements of time: write it and read it first")
    gone = flagged(drop)
    if cohort.intake is not None:  # dates may be flagged too: those are told as days, and are no field to drop
        gone |= cohort.intake.identifiers & frozenset(droppable().values()) - TOLD_OTHERWISE
    names = Pseudonyms(key=key)
    fields = FieldWriter(names=names, drop=gone)
    rewriter = Rewriter(names=names, times=how, unit=unit)
    ids = cohort.patients["patient"].to_list()
    order = _order(names.patients(ids))
    units = cohort.units.filter(pl.col("reading") == 0).select("unit", code="patient").join(order, on="code")
    tables: dict[str, pl.DataFrame] = {}
    types: list[dict[str, str]] = [{} for _ in ids]
    for name, table in cohort.tables.items():
        rows = table.join(units, on="unit", how="inner", maintain_order="left")
        for code, event in rows.select("code", "event").iter_rows():
            types[code][event] = name
        written = fields.table(name, rows.drop("code", "new"), [ids[code] for code in rows["code"]])
        written = written.with_columns(rows["new"].alias("unit"), *_NO_BOUNDS).select(table.columns)
        tables[name] = written.sort("unit", "ordinal", maintain_order=True)
    new = order.sort("new")
    told = Cohort(
        patients=_patients(cohort, names, fields, gone)[new["code"]],
        units=pl.DataFrame(
            {"unit": new["new"], "patient": new["new"], "reading": 0, "dated": how is Times.SHIFT},
            schema=cohort.units.schema,
        ),
        tables=tables,
        stated=_stated(cohort, rewriter, ids, types, order, no_birth=("patient", "birth") in gone),
        problems=_defects(cohort, names, ids, order),
        complete={name: _complete(whole, units, new) for name, whole in cohort.complete.items()},
    )
    counted = {("patients renamed", ""): len(ids)}
    counted[("events renamed", "")] = sum(map(len, types))
    counted[("sites renamed", "")] = cohort.patients["site"].n_unique() - bool(cohort.patients["site"].null_count())
    counted[("publications dropped", "")] = cohort.patients["source_key"].count()
    counted[("file names dropped", "")] = cohort.patients["file"].count()
    counted |= {(change.value, ""): count for change, count in rewriter.counts.items()}
    counted |= {("texts or values dropped", place): count for place, count in fields.changes.dropped.items()}
    counted |= {("names told by a pseudonym", place): count for place, count in fields.changes.renamed.items()}
    counts = [(what, place or None, count) for (what, place), count in counted.items() if count]
    settings = {"times": how.value, "age unit": unit.value, "key": key.mark}
    if how is Times.SHIFT:
        settings["shift"] = f"1 to {SHIFT_DAYS} days earlier"
    return Deidentified(told=told, changes=pl.DataFrame(counts, schema=CHANGE_COLUMNS, orient="row"), settings=settings)


def _word(word: str, known: Mapping[str, W], what: str) -> W:
    if word not in known:
        raise UsageError(f"no {what} {str(word)!r}: known are {', '.join(known)}")
    return known[word]


def _order(pseudonyms: list[str]) -> pl.DataFrame:
    """Old and new number of every patient: in the order of the pseudonyms, as that of the export may tell who."""
    frame = pl.DataFrame({"name": pseudonyms}).with_row_index("code").sort("name").with_row_index("new")
    return frame.select("code", "new")


def _patients(cohort: Cohort, names: Pseudonyms, fields: FieldWriter, gone: frozenset[tuple[str, str]]) -> pl.DataFrame:
    people = cohort.patients
    sites = [None if site is None else names.site(site) for site in people["site"]]
    for name in ("sex", "site"):
        if ("patient", name) in gone:
            fields.changes.dropped[f"patient.{name}"] += people[name].count()
    return people.select(
        pl.Series("patient", names.patients(people["patient"]), dtype=pl.String),
        pl.lit(None, dtype=pl.String).alias("sex") if ("patient", "sex") in gone else pl.col("sex"),
        pl.Series("site", [None] * len(sites) if ("patient", "site") in gone else sites, dtype=pl.String),
        pl.Series("about", fields.texts("patient.about", FREE, people["about"].to_list()), dtype=pl.String),
        *(
            pl.lit(None, dtype=pl.String).alias(name)
            for name in PATIENT_COLUMNS
            if name not in ("patient", "sex", "site", "about")
        ),
    )


def _stated(
    cohort: Cohort,
    rewriter: Rewriter,
    ids: list[str],
    types: list[dict[str, str]],
    order: pl.DataFrame,
    *,
    no_birth: bool,
) -> pl.DataFrame:
    """All statements of time in new words, patient by patient."""
    columns: dict[str, list[Any]] = {name: [] for name in ("patient", "event", "part", "text")}
    new = dict(order.select("code", "new").iter_rows())
    grouped = cohort.stated.group_by("patient", maintain_order=True).agg(pl.all())
    for code, events, parts, texts in grouped.select("patient", "event", "part", "text").iter_rows():
        stated: Iterable[tuple[str, str, str]] = zip(events, parts, texts, strict=True)
        if no_birth:
            stated = [one for one in stated if one[0] != BIRTH]
        patient = ids[code]
        for event, part, text in rewriter.rewrite(patient, stated, types[code]):
            columns["patient"].append(new[code])
            columns["event"].append(event if event == BIRTH else rewriter.names.event(patient, event))
            columns["part"].append(part)
            columns["text"].append(text if part == "lasting" else rewriter.renamed(patient, text))
    return pl.DataFrame(columns, schema=cohort.stated.schema).sort("patient", maintain_order=True)


def _defects(cohort: Cohort, names: Pseudonyms, ids: list[str], order: pl.DataFrame) -> pl.DataFrame:
    """Ids that were used twice: without that the record would look whole. Contradictions are found again."""
    told = cohort.problems.filter("defect").join(order, left_on="patient", right_on="code", maintain_order="left")
    if not told.height:
        return empty(cohort.problems.schema)
    events, others = [], []
    for code, event, conflicts in told.select("patient", "event", "conflicts_with").iter_rows():
        events.append(names.event(ids[code], event))
        others.append([names.event(ids[code], other) for other in conflicts])
    return told.with_columns(
        pl.Series("event", events, dtype=pl.String),
        pl.Series("conflicts_with", others, dtype=pl.List(pl.String)),
        pl.lit("an id that was used before").alias("message"),
        pl.col("statements").list.head(0),
        pl.col("new").alias("patient"),
    ).select(cohort.problems.columns)


def _complete(whole: bool | pl.Series, units: pl.DataFrame, new: pl.DataFrame) -> bool | pl.Series:
    """Which patients' events of a type are recorded in full, in the new order."""
    if isinstance(whole, bool):
        return whole
    of = units.sort("new").select("unit").to_series()
    return whole.gather(of)
