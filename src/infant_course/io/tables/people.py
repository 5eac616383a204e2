"""The patients of an export: those of its table of patients, and those who only have events."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from ...intake import Assumption, CellProblem, Counted
from .flat import PATIENT, ROW, flat_columns
from .typed import Typed

if TYPE_CHECKING:
    import polars as pl

_NO_ROW = (
    "{n} patient has events and no row here; nothing else is known of them.",
    "{n} patients have events and no row here; nothing else is known of them.",
)

TOLD_TWICE = "a second row of the same patient"
"""Why a row of the table of patients is set aside."""


@frozen(kw_only=True)
class People:
    """The patients, numbered in the order in which they are told; ``twice``: lines set aside, by file."""

    frame: "pl.DataFrame" = field(repr=False)
    twice: Mapping[str, Sequence[int]] = field(factory=dict)
    said: tuple[Assumption, ...] = ()
    has_complete: bool = False


def people_of(told: Sequence[Typed], others: Sequence[Typed]) -> People:
    """The patients of their tables, and those who only have events."""
    import polars as pl

    fields = [column.field for column in flat_columns(PATIENT)]
    birth = ["birth_kind", "birth_lo", "birth_hi", "birth_ref", "birth_text"]
    columns = list(dict.fromkeys(name for name in fields if name != "birth")) + birth
    twice: dict[str, list[int]] = {}
    frames: list[pl.DataFrame] = []
    seen: pl.Series | None = None
    for one in told:
        frame = one.frame
        again = ~frame["patient"].is_first_distinct()
        if seen is not None:
            again |= frame["patient"].is_in(seen.implode())
        if again.any():
            one.telling.tell(
                "patient", frame["patient"], again, "one row for each patient", problem=CellProblem.SET_ASIDE
            )
            twice.setdefault(one.file, []).extend(frame.filter(again)[ROW].to_list())
        frame = frame.filter(~again)
        seen = frame["patient"] if seen is None else pl.concat([seen, frame["patient"]])
        frames.append(frame.select(columns))
    patients = pl.concat(frames) if frames else None
    mentioned = (
        pl.concat([one.frame["patient"] for one in others]).unique(maintain_order=True)
        if others
        else pl.Series("patient", [], dtype=pl.String)
    )
    if patients is not None:
        mentioned = mentioned.filter(~mentioned.is_in(patients["patient"].implode()))
    said: tuple[Assumption, ...] = ()
    if mentioned.len() and told:
        said = (Counted.of(mentioned.len(), *_NO_ROW, place=told[0].file),)
    schema = patients.schema if patients is not None else _patient_schema(columns)
    only = pl.DataFrame({"patient": mentioned}).with_columns(
        lacking(dtype).alias(name) for name, dtype in schema.items() if name != "patient"
    )
    only = only.select(columns)
    return People(
        frame=only if patients is None else pl.concat([patients, only]),
        twice=twice,
        said=said,
        has_complete=any("complete" in one.given for one in told),
    )


def _patient_schema(columns: Sequence[str]) -> dict[str, Any]:
    import polars as pl

    kinds = {"birth_kind": pl.UInt8, "birth_lo": pl.Int32, "birth_hi": pl.Int32, "complete": pl.List(pl.String)}
    return {name: kinds.get(name, pl.String) for name in columns}


def lacking(dtype: Any) -> "pl.Expr":
    """What stands in a column of this type where nothing is known."""
    import polars as pl

    if isinstance(dtype, pl.List):
        return pl.lit([], dtype=dtype)
    return pl.lit(0 if dtype == pl.UInt8 else None, dtype=dtype)
