"""A synthetic cohort, seeded, straight as columns: as an export has it after reading.

The histories are invented. They need not be likely, only varied: every rule finds subjects, 2 % of the dates are
known to the month, and 5 % of the patients carry a fault of some kind.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from infant_course.cohort import PATIENT_COLUMNS, SHARED_COLUMNS, UNIT_COLUMNS, Cohort, table_schema

SEED = 20221122
PARTIAL = 0.02
FAULTY = 0.05
FIRST_DAY, LAST_DAY = 11_000, 16_500
"""Diagnoses lie between these days since 1970-01-01 (the years 2000 to 2015)."""

Ints = NDArray[np.int64]
Column = pl.Series | pl.Expr | str | int | float | bool | None


class Maker:
    """Draws one cohort, table by table; each table is about some of the patients."""

    diagnosed: Ints
    partner: pl.Series
    relapsed: NDArray[np.bool_]

    def __init__(self, patients: int, seed: int = SEED) -> None:
        self.n = patients
        self.rng = np.random.default_rng(seed)
        self.parts: dict[str, list[pl.DataFrame]] = {}
        self.fault = np.where(self.rng.random(patients) < FAULTY, self.rng.integers(0, len(FAULTS), patients), -1)
        self.everyone = np.arange(patients)

    def has(self, fault: str, who: Ints) -> NDArray[np.bool_]:
        """Who of these patients carries a fault."""
        return np.asarray(self.fault[who] == FAULTS.index(fault))

    def some(self, share: float, among: Ints | None = None) -> Ints:
        """A share of the patients."""
        among = self.everyone if among is None else among
        return among[self.rng.random(len(among)) < share]

    def between(self, low: int, high: int, size: int) -> Ints:
        """Whole numbers, both ends included."""
        return self.rng.integers(low, high + 1, size)

    def choice(self, who: Ints, words: list[Any], weights: list[float] | None = None) -> pl.Series:
        """A word for each patient."""
        total = None if weights is None else np.array(weights) / sum(weights)
        picked = self.rng.choice(len(words), len(who), p=total)
        return pl.Series(words).gather(picked)

    def _bounds(self, days: Ints) -> tuple[Ints, Ints]:
        """A day, or the month around it."""
        vague = self.rng.random(len(days)) < PARTIAL
        into = days % 30
        return np.where(vague, days - into, days), np.where(vague, days - into + 29, days)

    def shared(self, who: Ints, event: str, start: Ints, end: Ints | None = None) -> dict[str, Any]:
        """The shared columns. Without an end the event is one point."""
        low, high = self._bounds(start)
        last_low, last_high = (low, high) if end is None else self._bounds(end)
        return {
            "unit": who,
            "event": pl.Series([event]).new_from_index(0, len(who)),
            "start_lo": low,
            "start_hi": high,
            "end_lo": last_low,
            "end_hi": last_high,
            "start_stated": np.ones(len(who), dtype=bool),
            "end_stated": np.full(len(who), end is not None),
            "ordinal": np.zeros(len(who), dtype=np.int64),
            "line": np.arange(len(who)),
        }

    def add(self, kind: str, event: str, who: Ints, start: Ints, end: Ints | None = None, /, **fields: Column) -> None:
        """Some events of one type; fields that are not given are not stated."""
        schema = table_schema(kind)
        frame = pl.DataFrame(self.shared(who, event, start, end))
        given = {
            name: value if isinstance(value, pl.Series | pl.Expr) else pl.lit(value) for name, value in fields.items()
        }
        columns = []
        for name, dtype in schema.items():
            if name in given:
                value = given[name]
                if isinstance(value, pl.Series) and isinstance(dtype, pl.List) and value.dtype != pl.List:
                    value = value.to_frame("x").select(pl.concat_list("x")).to_series()
                columns.append((pl.lit(value) if isinstance(value, pl.Series) else value).cast(dtype).alias(name))
            elif name in frame.columns:
                columns.append(pl.col(name).cast(dtype))
            else:
                columns.append(pl.lit([] if isinstance(dtype, pl.List) else None, dtype=dtype).alias(name))
        self.parts.setdefault(kind, []).append(frame.select(columns))

    def cohort(self) -> Cohort:
        """The tables, as an export gives them: everything that was mapped is complete."""
        tables = {name: pl.concat(parts).rechunk() for name, parts in self.parts.items()}
        girls = self.has("girl_with_testis", self.everyone) | (self.everyone % 3 == 0)
        sexes = pl.Series(np.where(girls, "female", "male"))
        patients = pl.DataFrame(
            {"patient": [f"P{n:06d}" for n in range(self.n)], "sex": sexes},
            schema_overrides={"patient": pl.String},
        )
        rest = [
            pl.lit(None, dtype=t).alias(name) for name, t in PATIENT_COLUMNS.items() if name not in ("patient", "sex")
        ]
        born = self.diagnosed - np.where(self.has("too_old", self.everyone), 900, self.between(1, 364, self.n))
        born = np.where(self.has("born_late", self.everyone), self.diagnosed + 20, born)
        return Cohort(
            patients=patients.with_columns(rest).select(list(PATIENT_COLUMNS)),
            units=pl.DataFrame(
                {"unit": self.everyone, "patient": self.everyone, "reading": 0, "dated": True}, schema=UNIT_COLUMNS
            ),
            tables=tables,
            births=pl.DataFrame(self.shared(self.everyone, "birth", born), schema=SHARED_COLUMNS),
            complete=dict.fromkeys(tables, True),
        )


FAULTS = (
    "too_old",
    "born_late",
    "wbc_unit",
    "backwards",
    "early_death",
    "wrong_number",
    "no_remission",
    "other_marker",
    "early_toxicity",
    "late_apheresis",
    "early_contact",
    "mrd_percent",
    "two_diagnoses",
    "dangling",
    "cns_class",
    "germline",
    "girl_with_testis",
)


def quantity(values: NDArray[Any], unit: str) -> pl.Series:
    """A column of quantities."""
    return pl.DataFrame(
        {"value": values.astype(float), "unit": pl.Series([unit]).new_from_index(0, len(values))}
    ).to_struct()


def cytogenetics(karyotypes: pl.Series) -> pl.Expr:
    """One karyotype as the list of cytogenetic results that the column holds."""
    result = pl.struct(
        pl.lit(karyotypes).alias("karyotype"),
        pl.lit([], dtype=pl.List(pl.String)).alias("tests"),
        pl.lit(None, dtype=pl.Boolean).alias("same_as_diagnosis"),
    )
    return pl.concat_list(result)


PARTNERS = {
    "AFF1": "t(4;11)",
    "MLLT1": "t(11;19)(q23;p13.3)",
    "MLLT3": "t(9;11)",
    "MLLT10": "t(10;11)",
    "none": "normal",
}


def synthetic(patients: int, seed: int = SEED) -> Cohort:
    """A cohort of so many patients."""
    make = Maker(patients, seed)
    make.diagnosed = make.between(FIRST_DAY, LAST_DAY, patients)
    _diagnosis(make)
    _first_line(make)
    _relapse_and_after(make)
    _end(make)
    return make.cohort()


def _diagnosis(make: Maker) -> None:
    who, day = make.everyone, make.diagnosed
    wbc = np.round(make.rng.lognormal(4.5, 1.3, len(who)), 1)
    wbc = np.where(make.has("wbc_unit", who), wbc * 1000 + 10_000, wbc)
    partner = make.choice(who, list(PARTNERS), [5, 2, 2, 1, 2])
    make.partner = partner
    fused = partner != "none"
    karyotype = partner.replace_strict(list(PARTNERS), list(PARTNERS.values()))
    wrong = pl.Series(make.has("germline", who))
    cns = make.choice(who, ["CNS1", "CNS2", "CNS3"], [6, 2, 1])
    make.add(
        "diagnosis",
        "dx",
        who,
        day,
        disease="ALL",
        lineage="B",
        wbc=quantity(wbc, "10^9/L"),
        cns=_where(pl.Series(make.rng.random(len(who)) < 0.95), cns),
        csf_blasts=(cns != "CNS1") ^ pl.Series(make.has("cns_class", who)),
        csf_wbc=quantity(np.where(cns == "CNS3", 12, 2), "/uL"),
        csf_rbc=quantity(make.between(0, 20, len(who)), "/uL"),
        kmt2a=pl.select(pl.when(fused & ~wrong).then(pl.lit("rearranged")).otherwise(pl.lit("germline"))).to_series(),
        kmt2a_partner=pl.select(pl.when(fused).then(partner)).to_series(),
        cytogenetics=cytogenetics(karyotype),
        extramedullary=pl.Series(np.where((who % 3 > 0) & (who % 5 == 0), "testis", "skin")),
    )
    twice = who[make.has("two_diagnoses", who)]
    make.add("diagnosis", "dx2", twice, day[twice] + 400, disease="ALL", lineage="B")
    make.add("enrolment", "enrol", who, day + make.between(0, 4, len(who)), protocol="interfant-06")
    make.add("risk_assignment", "risk", who, day + 7, group=make.choice(who, ["LR", "MR", "HR"], [2, 6, 2]))
    blasts = make.between(0, 3000, len(who))
    good = np.where(make.rng.random(len(who)) < 0.01, blasts >= 1000, blasts < 1000)
    make.add(
        "prednisone_response",
        "pred",
        who,
        day + 8,
        response=pl.select(pl.when(pl.Series(good)).then(pl.lit("good")).otherwise(pl.lit("poor"))).to_series(),
        day8_blasts=quantity(blasts, "/uL"),
    )


BLOCKS = {"induction": (1, 33), "ib": (36, 64), "marma": (80, 140), "octadad": (150, 210), "maintenance": (220, 720)}
SAMPLES = {"induction": 33, "ib": 66, "marma": 142, "octadad": 212, "maintenance": 500}


QUANTIFIED = {
    "induction": [8, 2, 1, 0.3],
    "ib": [4, 4, 1, 0.3],
    "marma": [2, 7, 1, 0.3],
    "octadad": [1, 9, 1, 0.3],
    "maintenance": [0.3, 9, 1, 0.3],
}
"""Weights of quantified, negative, below range and not evaluable."""


def _first_line(make: Maker) -> None:
    who, day = make.everyone, make.diagnosed
    for block, (first, last) in BLOCKS.items():
        jitter = make.between(0, 6, len(who))
        start, end = day + first + jitter, day + last + jitter
        backwards = make.has("backwards", who) & (block == "ib")
        end = np.where(backwards, start - 30, end)
        make.add("treatment_block", block, who, start, end, protocol="interfant-06", block=block)
    for block, sampled in SAMPLES.items():
        _mrd(make, block, day + sampled + make.between(-2, 6, len(who)))
    kept = who[~make.has("no_remission", who)]
    make.add(
        "remission",
        "cr1",
        kept,
        day[kept] + make.between(40, 60, len(kept)),
        kind="complete",
        number=pl.Series(np.where(make.has("wrong_number", kept), 2, 1)),
        criteria=make.choice(kept, ["ponte_di_legno", "protocol", None]),
    )
    toxic = make.some(0.6)
    onset = day[toxic] + make.between(40, 150, len(toxic))
    onset = np.where(make.has("early_toxicity", toxic), day[toxic] - 10, onset)
    cause = pl.Series(np.where(make.has("dangling", toxic), "nothing", "induction"))
    make.add(
        "adverse_event",
        "ae",
        toxic,
        onset,
        onset + make.between(1, 30, len(toxic)),
        term=make.choice(toxic, ["mucositis", "sepsis", "neuropathy"]),
        grade=pl.Series(make.between(1, 4, len(toxic))),
        attributed_to=cause,
    )
    lumbar = make.some(0.3)
    make.add(
        "csf",
        "lp",
        lumbar,
        day[lumbar] + make.between(10, 40, len(lumbar)),
        blasts=False,
        cns=make.choice(lumbar, ["CNS1", None], [10, 2]),
        wbc=quantity(make.between(0, 8, len(lumbar)), "/uL"),
    )


def _mrd(make: Maker, block: str, days: Ints) -> None:
    who = make.everyone
    result = make.choice(who, ["quantified", "negative", "positive_below_range", "not_evaluable"], QUANTIFIED[block])
    share = np.float_power(10.0, make.rng.uniform(-4.2, -1, len(who)))
    share = np.where(make.rng.random(len(who)) < 0.02, 1e-3, share)
    share = np.where(make.has("mrd_percent", who), 30.0, share)
    quantified = result == "quantified"
    sensitivity = make.choice(who, [1e-5, 1e-4, 1e-3], [6, 3, 0.2]).to_numpy()
    range_ = sensitivity * make.choice(who, [1.0, 5.0, 0.5], [3, 3, 0.05]).to_numpy()
    other = pl.Series(make.has("other_marker", who))
    marker = pl.select(
        pl.when(other).then(pl.lit("KMT2A-EPS15")).otherwise(pl.lit("KMT2A-") + pl.lit(make.partner))
    ).to_series()
    known = pl.Series(make.rng.random(len(who)) < 0.9)
    make.add(
        "mrd",
        f"mrd-{block}",
        who,
        days,
        result=result,
        value=_where(quantified, quantity(share, "fraction")),
        sensitivity=_where(known, quantity(sensitivity, "fraction")),
        quantitative_limit=_where(known, quantity(range_, "fraction")),
        marker=_where(make.partner != "none", marker),
        specimen="marrow",
        method="pcr",
        assesses=block,
        decides=_where(pl.Series(make.rng.random(len(who)) < 0.2), pl.Series(["risk"]).new_from_index(0, len(who))),
    )


def _where(condition: pl.Series, values: pl.Series) -> pl.Series:
    """The values where the condition holds, else not stated."""
    return pl.select(pl.when(condition).then(values)).to_series()


def _relapse_and_after(make: Maker) -> None:
    who = make.some(0.4)
    make.relapsed = np.isin(make.everyone, who)
    day = make.diagnosed[who] + make.between(200, 900, len(who))
    make.add(
        "relapse",
        "rel",
        who,
        day,
        number=1,
        sites=make.choice(who, ["marrow", "cns"], [8, 2]),
        marrow_blasts=quantity(make.between(1, 95, len(who)), "%"),
        confirming_tests=pl.Series(make.between(0, 3, len(who))),
    )
    rising = make.some(0.04)
    make.add("mrd_reemergence", "re", rising, make.diagnosed[rising] + make.between(150, 600, len(rising)))
    switched = make.rng.random(len(who)) < 0.05
    make.add(
        "lineage_switch",
        "switch",
        who[switched],
        day[switched],
        from_lineage="B",
        to_lineage="myeloid",
        old_markers_lost=True,
        new_criteria_met=make.choice(who[switched], [True, False], [9, 1]),
        same_clone=make.choice(who[switched], [True, False, None], [8, 1, 1]),
        certainty=make.choice(who[switched], ["confirmed", "probable"]),
    )
    again = make.rng.random(len(who)) < 0.7
    later, second = who[again], day[again] + make.between(30, 90, int(again.sum()))
    make.add("immunotherapy", "blina", later, day[again] + 5, day[again] + 33, agent="blinatumomab", cycle=1)
    make.add("remission", "cr2", later, second, kind="complete", number=2)
    grafted = make.rng.random(len(later)) < 0.7
    there, infusion = later[grafted], second[grafted] + make.between(20, 60, int(grafted.sum()))
    make.add("conditioning", "cond", there, infusion - 8, infusion - 1, of="hsct")
    make.add(
        "transplant",
        "hsct",
        there,
        infusion,
        graft=make.choice(there, ["bone_marrow", "cord_blood", "heart"], [50, 49, 0.3]),
        status=make.choice(there, ["CR2", "CR1", "active_disease"], [96, 3, 1]),
        donor="matched_sibling",
    )
    organ = make.some(0.02)
    make.add("organ_transplant", "organ", organ, make.diagnosed[organ] + 1500, organ="heart")
    site = make.some(0.04)
    start = make.diagnosed[site] + make.between(300, 500, len(site))
    make.add("radiotherapy", "rt", site, start, start + 14, site=pl.Series(np.where(site % 3 > 0, "testis", "cns")))
    cells = make.some(0.05)
    given = make.diagnosed[cells] + make.between(300, 900, len(cells))
    collected = np.where(make.has("late_apheresis", cells), given + 3, given - 40)
    make.add("apheresis", "aph", cells, collected, of="car")
    make.add("lymphodepletion", "ld", cells, given - 5, given - 3, of="car")
    make.add(
        "cell_therapy", "car", cells, given, targets=pl.lit(["CD19"], dtype=pl.List(pl.String)), origin="autologous"
    )


def _end(make: Maker) -> None:
    who = make.everyone
    last = make.diagnosed + make.between(1600, 3000, len(who))
    seen = np.where(make.has("early_contact", who), make.diagnosed + 300, last)
    dies = make.some(0.3)
    dead = np.zeros(len(who), dtype=bool)
    dead[dies] = True
    status = pl.Series(np.where(make.relapsed, "CR2", "CR1"))
    vital = pl.Series(np.where(dead, "dead", "alive"))
    make.add("last_contact", "lfu", who, seen, vital_status=vital, disease_status=status)
    day = np.where(make.has("early_death", dies), make.diagnosed[dies] + 50, last[dies])
    make.add("death", "death", dies, day, cause=make.choice(dies, ["disease", "treatment"]))


def timeline_csv(cohort: Cohort, path: str) -> int:
    """Write all events into one CSV, as an export has them (rows in no order). Returns the number of events."""
    events = cohort.timeline.join(
        cohort.patients.with_row_index("unit").select("unit", "patient"), on="unit", how="left"
    )
    days: Mapping[str, pl.Expr] = {
        name: pl.from_epoch(pl.col(name), time_unit="d").alias(name)
        for name in ("start_lo", "start_hi", "end_lo", "end_hi")
    }
    events.select("patient", "type", "event", *days.values()).sample(fraction=1, shuffle=True, seed=SEED).write_csv(
        path
    )
    return events.height
