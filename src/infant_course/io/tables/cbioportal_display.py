"""The columns to which the portal gives a meaning: what names a line of a track, and what is drawn as a curve.

All they hold stands in the event's own columns too; they are for the eye, and nothing is read back from them.
"""

import json
from collections.abc import Callable
from typing import Any

import polars as pl

from .cbioportal_own import Track, track_of

_SUBTYPES = {
    "treatment_block": "Chemotherapy",
    "immunotherapy": "Immunotherapy",
    "targeted_therapy": "Targeted Therapy",
    "cell_therapy": "Cell Therapy",
    "radiotherapy": "Radiotherapy",
    "transplant": "Stem Cell Transplant",
    "organ_transplant": "Organ Transplant",
}
_TESTS = {
    "mrd": ("MRD (%)", "value"),
    "marrow": ("Marrow blasts (%)", "blasts"),
    "chimerism": ("Donor cells (%)", "donor"),
}


def same(text: str, many: int) -> pl.Series:
    """A column of one word."""
    return pl.repeat(text, many, dtype=pl.String, eager=True)


def portal_columns(kind: str, rows: pl.DataFrame) -> dict[str, pl.Series]:
    """The columns to which the portal gives a meaning. All of it stands in the event's own columns too."""
    many = rows.height
    words = kind.replace("_", " ").capitalize()
    match track_of(kind):
        case Track.TREATMENT:
            therapy = "Radiation Therapy" if kind == "radiotherapy" else "Medical Therapy"
            return {
                "TREATMENT_TYPE": same(therapy, many),
                "SUBTYPE": same(_SUBTYPES.get(kind, words), many),
                "AGENT": _agent(kind, rows),
            }
        case Track.SURGERY:
            return {"SUBTYPE": same(_SUBTYPES[kind], many)}
        case Track.LAB_TEST:
            return _test(kind, words, rows)
        case Track.TOXICITY:
            return {"SUBTYPE": rows["term"] if kind == "adverse_event" else same("GVHD", many)}
        case Track.IMAGING:
            return {"SUBTYPE": rows["method"]}
        case _:
            return {"STATUS": same("DECEASED" if kind == "death" else words, many)}


def _agent(kind: str, rows: pl.DataFrame) -> pl.Series:
    """What names the line of a treatment in the portal: the block, the agent or the agents."""
    for name in ("agent", "product", "block"):
        if name in rows.columns and (kind != "treatment_block" or name == "block"):
            said = rows[name]
            break
    else:
        said = pl.repeat(None, rows.height, dtype=pl.String, eager=True)
    if "agents" not in rows.columns:
        return said
    names = texts_of(rows["agents"], lambda agents: " + ".join(agent["name"] for agent in agents))
    return pl.select(pl.coalesce(said, names)).to_series()


def _test(kind: str, words: str, rows: pl.DataFrame) -> dict[str, pl.Series]:
    """Test and result. A test is drawn as a line where all its results are numbers, so others have another name."""
    if kind not in _TESTS:
        return {"TEST": same(words, rows.height), "RESULT": _numbers_in_words(kind, rows)}
    test, name = _TESTS[kind]
    value = rows[name].struct
    share = pl.select(
        pl.when(value.field("unit") == "fraction").then(value.field("value") * 100).otherwise(value.field("value"))
    ).to_series()
    percent = pl.Series([None if number is None else f"{number:.6g}" for number in share], dtype=pl.String)
    unlevelled = words if kind != "mrd" else "MRD (no level)"
    word = rows["result"] if kind == "mrd" else pl.repeat(None, rows.height, dtype=pl.String, eager=True)
    there = percent.is_not_null()
    return {
        "TEST": pl.select(pl.when(there).then(pl.lit(test)).otherwise(pl.lit(unlevelled))).to_series(),
        "RESULT": pl.select(pl.when(there).then(percent).otherwise(word)).to_series(),
    }


def _numbers_in_words(kind: str, rows: pl.DataFrame) -> pl.Series:
    """The numbers of an event in words: "wbc 12 10^9/L, platelets 30 10^9/L"."""
    fields = [name for name, dtype in rows.schema.items() if isinstance(dtype, pl.Struct)]
    parts = [
        pl.when(pl.col(name).struct.field("value").is_not_null()).then(
            pl.concat_str(
                pl.lit(f"{name} "),
                pl.col(name).struct.field("value").cast(pl.String),
                pl.lit(" "),
                pl.col(name).struct.field("unit"),
            )
        )
        for name in fields
    ]
    return rows.select(pl.concat_str(parts, separator=", ", ignore_nulls=True).replace("", None)).to_series()


def texts_of(values: pl.Series, text_of: Callable[[list[Any]], str]) -> pl.Series:
    """Lists as text, each distinct one made once; an empty list is null."""
    made: dict[str, str | None] = {}
    texts = []
    for value in values.to_list():
        key = json.dumps(value, default=str)
        if key not in made:
            made[key] = text_of(value) if value else None
        texts.append(made[key])
    return pl.Series(texts, dtype=pl.String)
