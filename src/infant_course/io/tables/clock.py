"""Bounds of time as columns, for patients whose every point is fixed by one simple statement.

It says what :mod:`infant_course.resolve` would say of them, for all at once. Who needs more (an order, a
contradiction, an age against a birth that is not known to the day) is told apart, and is resolved course by course.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from attrs import field, frozen

from ...errors import UsageError
from ...shortest_paths import UNBOUNDED
from .times import ZERO, Kind

if TYPE_CHECKING:
    import polars as pl


class DayZero(StrEnum):
    """From which event an export counts its days."""

    DIAGNOSIS = "diagnosis"
    BIRTH = "birth"
    ENROLMENT = "enrolment"
    FIRST_TREATMENT = "first-treatment"


def day_zero_of(word: DayZero | str) -> DayZero:
    """The day zero of that name. Raises UsageError."""
    try:
        return DayZero(word)
    except ValueError:
        raise UsageError(f"no day zero {word!r}: known are {', '.join(DayZero)}") from None


TREATMENTS = ("treatment_block", "immunotherapy", "targeted_therapy", "cell_therapy", "radiotherapy", "transplant")
"""What counts as a treatment for :attr:`DayZero.FIRST_TREATMENT`."""

ANCHORS = {
    DayZero.DIAGNOSIS: ("diagnosis",),
    DayZero.BIRTH: (),
    DayZero.ENROLMENT: ("enrolment",),
    DayZero.FIRST_TREATMENT: TREATMENTS,
}

POINTS = ("patient", "type", "event", "ordinal", "point", "kind", "lo", "hi", "ref", "zero")
"""Columns of the frame of points: the patient's number, the event's type, id and place among the patient's events,
which point, and the statement; ``zero``: some statement counts from day zero."""


def first_told(points: "pl.DataFrame", event_type: str) -> "pl.DataFrame":
    """The first told event of a type of every patient: ``patient``, ``event``, ``kind``, ``lo``, ``hi``."""
    import polars as pl

    return (
        points.lazy()
        .filter((pl.col("type") == event_type) & (pl.col("point") == "start"))
        .sort("patient", "ordinal")
        .unique("patient", keep="first", maintain_order=True)
        .select("patient", "event", "kind", "lo", "hi")
        .collect()
    )


def anchors(points: "pl.DataFrame", day_zero: DayZero) -> "pl.DataFrame":
    """The event that is day zero of every patient (``patient``, ``event``); none where it cannot be told.

    Of several it is the first told with day 0, else the first in time where all have full dates; of diagnoses the
    first told. An event that bears the id of another cannot be day zero: nothing could name it.
    """
    import polars as pl

    points = points.filter(~pl.col("event").str.contains(" ", literal=True))
    if day_zero is DayZero.DIAGNOSIS:
        return first_told(points, "diagnosis").select("patient", "event")
    starts = points.filter(pl.col("type").is_in(list(ANCHORS[day_zero])) & (pl.col("point") == "start")).with_columns(
        ((pl.col("ref") == ZERO) & (pl.col("lo") == 0) & (pl.col("hi") == 0)).fill_null(False).alias("at_zero"),
        ((pl.col("kind") == int(Kind.DATE)) & (pl.col("lo") == pl.col("hi"))).alias("exact"),
    )
    dated = pl.col("exact").all() & ((pl.col("lo") == pl.col("lo").min()).sum() == 1)
    return (
        starts.sort("patient", "ordinal")
        .group_by("patient", maintain_order=True)
        .agg(
            pl.when(pl.len() == 1)
            .then(pl.col("event").first())
            .when(pl.col("at_zero").any())
            .then(pl.col("event").filter(pl.col("at_zero")).first())
            .when(dated)
            .then(pl.col("event").sort_by("lo").first())
            .alias("event")
        )
        .drop_nulls("event")
    )


@frozen(kw_only=True)
class Clock:
    """One row per patient, in the order of their numbers.

    ``frame``: ``dated``, ``simple``; where simple, ``diagnosis_day`` and ``zero_day`` (of the events ``diagnosis``
    and ``zero``) and ``birth_day`` as days on the patient's clock, and the birth's bounds, if anything is said of it.
    """

    frame: "pl.DataFrame" = field(repr=False)


def clock_of(patients: "pl.DataFrame", points: "pl.DataFrame", zeros: "pl.DataFrame", not_simple: "pl.Series") -> Clock:
    """What is known of every patient's clock.

    ``patients``: one row each, with ``birth_kind``, ``birth_lo`` and ``birth_hi``. ``zeros``: :func:`anchors`.
    ``not_simple``: numbers of patients that have to be resolved for other reasons.
    """
    import polars as pl

    kind, age, date = pl.col("kind"), int(Kind.AGE), int(Kind.DATE)
    diagnosis = first_told(points, "diagnosis").rename(
        {"event": "diagnosis", "kind": "dx_kind", "lo": "dx_lo", "hi": "dx_hi"}
    )
    starts = points.filter(pl.col("point") == "start").select("patient", "event", "kind", "lo", "hi")
    zero = zeros.join(
        starts.rename({"kind": "zero_kind", "lo": "zero_lo", "hi": "zero_hi"}), on=["patient", "event"], how="left"
    ).unique("patient", keep="first")
    told = points.group_by("patient").agg(
        (kind == date).any().alias("any_date"),
        (kind == age).any().alias("any_age"),
        (kind == int(Kind.OTHER)).any().alias("any_other"),
        kind.is_in([int(Kind.AFTER), int(Kind.DAY_OF)]).any().alias("any_day"),
    )
    frame = (
        patients.select("birth_kind", "birth_lo", "birth_hi")
        .with_row_index("patient")
        .join(diagnosis, on="patient", how="left", maintain_order="left")
        .join(zero.rename({"event": "zero"}), on="patient", how="left", maintain_order="left")
        .join(told, on="patient", how="left", maintain_order="left")
        .with_columns(pl.col("any_date", "any_age", "any_other", "any_day").fill_null(False))
    )
    exact_dx = pl.col("dx_lo") == pl.col("dx_hi")
    exact_birth = (pl.col("birth_kind") == date) & (pl.col("birth_lo") == pl.col("birth_hi"))
    dx_by_age = (pl.col("dx_kind") == age) & exact_dx
    dated = pl.col("any_date") | (pl.col("birth_kind") == date)
    birth_day = (
        pl.when(dated & exact_birth)
        .then(pl.col("birth_lo"))
        .when(~dated & dx_by_age)
        .then(-pl.col("dx_lo"))
        .when(~dated & pl.col("diagnosis").is_null() & (pl.col("birth_kind") == 0))
        .then(0)
    )
    frame = frame.with_columns(dated.alias("dated"), birth_day.cast(pl.Int32).alias("birth_day"))
    by_age = pl.when(pl.col("dx_kind") == age).then(pl.col("dx_lo") + pl.col("birth_day"))
    dx_day = (
        pl.when(~pl.col("dated") & pl.col("diagnosis").is_not_null())
        .then(0)
        .when((pl.col("dx_kind") == date) & exact_dx)
        .then(pl.col("dx_lo"))
        .when(exact_dx)
        .then(by_age)
    )
    frame = frame.with_columns(dx_day.cast(pl.Int32).alias("diagnosis_day"))
    zero_day = (
        pl.when(pl.col("zero") == pl.col("diagnosis"))
        .then(pl.col("diagnosis_day"))
        .when(pl.col("dated") & (pl.col("zero_kind") == date) & (pl.col("zero_lo") == pl.col("zero_hi")))
        .then(pl.col("zero_lo"))
    )
    frame = frame.with_columns(zero_day.cast(pl.Int32).alias("zero_day"))
    fixed = pl.col("dated") | pl.col("diagnosis").is_not_null()
    has_clock = fixed | (pl.col("any_age") & (pl.col("birth_kind") == 0))
    # Without dates the first diagnosis is day 0; a statement of its own that is not an age in days may contradict that.
    own_day = pl.col("dx_kind").is_in([0, age, int(Kind.AFTER), int(Kind.DAY_OF), int(Kind.UNKNOWN)])
    simple = (
        ~pl.col("any_other")
        & (pl.col("birth_kind").is_in([0, date]) | ((pl.col("birth_kind") == int(Kind.UNKNOWN)) & fixed))
        & (~pl.col("any_age") | pl.col("birth_day").is_not_null())
        & (has_clock | ~pl.col("patient").is_in(points["patient"].unique().implode()))
        & (pl.col("dated") | pl.col("diagnosis").is_null() | own_day)
        & ~pl.col("patient").is_in(not_simple.implode())
    )
    frame = frame.with_columns(simple.fill_null(False).alias("simple"))
    tangled = _tangled(points, frame)
    frame = frame.with_columns(pl.col("simple") & ~pl.col("patient").is_in(tangled.implode()))
    said = pl.col("birth_kind") == date
    bounds = [
        pl.when(said).then(pl.col(f"birth_{end}")).when("any_age").then("birth_day").alias(f"born_{end}")
        for end in ("lo", "hi")
    ]
    return Clock(
        frame=frame.select(
            "patient",
            "dated",
            "simple",
            "diagnosis",
            "diagnosis_day",
            "zero",
            "zero_day",
            "birth_day",
            "birth_kind",
            *bounds,
        )
    )


def _tangled(points: "pl.DataFrame", frame: "pl.DataFrame") -> "pl.Series":
    """Patients of whom some day is counted from an event that has no known day, or from itself."""
    import polars as pl

    leaning = points.filter(pl.col("kind").is_in([int(Kind.AFTER), int(Kind.DAY_OF)]))
    if not leaning.height:
        return pl.Series([], dtype=pl.UInt32)
    leaning = leaning.join(
        frame.select("patient", "diagnosis", "diagnosis_day", "zero", "zero_day"), on="patient", how="left"
    )
    # "Day N of" counts from 0 for a diagnosis only.
    from_dx = (pl.col("ref") == pl.col("diagnosis")) & pl.col("diagnosis_day").is_not_null()
    from_zero = (
        (pl.col("ref") == pl.col("zero")) & pl.col("zero_day").is_not_null() & (pl.col("kind") == int(Kind.AFTER))
    )
    itself = (
        (pl.col("ref") == pl.col("event")) & (pl.col("point") == "start") & ~((pl.col("lo") == 0) & (pl.col("hi") == 0))
    )
    bad = ~(from_dx | from_zero).fill_null(False) | itself.fill_null(False)
    return leaning.filter(bad)["patient"].unique()


def bounds(frame: "pl.DataFrame", clock: Clock, *, is_diagnosis: bool, lasts: bool) -> "pl.DataFrame":
    """The bounds of events of simple patients: ``start_lo`` to ``end_hi``, in place of what was stated.

    ``frame`` has ``patient`` (the number), ``event`` and the columns of the statements.
    """
    import polars as pl

    days = clock.frame.select("patient", "dated", "diagnosis", "diagnosis_day", "zero", "zero_day", "birth_day")
    frame = frame.join(days, on="patient", how="left", maintain_order="left")
    known = {}
    for point in ("start", "end") if lasts else ("start",):
        kind, ref = pl.col(f"{point}_kind"), pl.col(f"{point}_ref")
        base = (
            pl.when(kind == int(Kind.DATE))
            .then(0)
            .when(kind == int(Kind.AGE))
            .then(pl.col("birth_day"))
            .when(ref == pl.col("diagnosis"))
            .then(pl.col("diagnosis_day"))
            .when(ref == pl.col("zero"))
            .then(pl.col("zero_day"))
        )
        origin = ~pl.col("dated") & (pl.col("event") == pl.col("diagnosis")) if is_diagnosis else pl.lit(False)
        for end, far in (("lo", -UNBOUNDED), ("hi", UNBOUNDED)):
            stated = (base + pl.col(f"{point}_{end}")).fill_null(far)
            known[f"{point}_{end}"] = pl.when(origin).then(0).otherwise(stated).cast(pl.Int32)
    if not lasts:
        known |= {"end_lo": known["start_lo"], "end_hi": known["start_hi"]}
        return frame.with_columns(value.alias(name) for name, value in known.items()).drop(days.columns[1:])
    return frame.with_columns(
        known["start_lo"].alias("start_lo"),
        pl.min_horizontal(known["start_hi"], known["end_hi"]).alias("start_hi"),
        pl.max_horizontal(known["end_lo"], known["start_lo"]).alias("end_lo"),
        known["end_hi"].alias("end_hi"),
    ).drop(days.columns[1:])
