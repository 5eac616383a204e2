"""REC: is the record whole? Ids, references, coded values, units, repetitions, the number of diagnoses and deaths."""

from collections.abc import Callable, Iterator, Mapping
from enum import Enum
from typing import Any, get_args, get_origin

import attrs
import polars as pl

from ..events import (
    EVENT_TYPES,
    Death,
    Diagnosis,
    Engraftment,
    Gvhd,
    MrdAssessment,
    Quantity,
    Relapse,
    Transplant,
    field_hints,
    inner_type,
    own_fields,
    units_of,
)
from ..sources import Cite, Confidence, Logic
from ..vocabulary import Kahn, Severity, Sex
from .rule import Judged, one, rule
from .subject import Subject, told_by_the_source

Test = Callable[[Any, Mapping[str, Any], pl.Expr], pl.Expr | None]
"""Whether one value of a type (with its field's metadata) is at fault; None for a type that it does not concern."""


def _faulty(hint: Any, metadata: Mapping[str, Any], value: pl.Expr, test: Test) -> pl.Expr | None:
    """Whether anything within a field is at fault; None where nothing in it is concerned. What is unstated is not."""
    if get_origin(hint) is tuple:
        inner = _faulty(inner_type(get_args(hint)[0]), metadata, pl.element(), test)
        return None if inner is None else value.list.eval(inner).list.any().fill_null(False)
    found = test(hint, metadata, value)
    if found is not None:
        return found.fill_null(False)
    parts = []
    if attrs.has(hint) and hint is not Quantity:
        hints = field_hints(hint)
        for a in attrs.fields(hint):
            part = _faulty(hints[a.name], a.metadata, value.struct.field(a.name), test)
            parts += [] if part is None else [part]
    return pl.any_horizontal(parts) if parts else None


def _faults(event: Subject, test: Test, without: tuple[str, ...] = ()) -> Iterator[tuple[pl.Expr, pl.Expr]]:
    """(stated, faulty) for every field of an event that a test concerns."""
    kind = EVENT_TYPES.get(event.trace.about)
    for a in own_fields(kind) if kind else ():
        hint = field_hints(kind)[a.name]
        faulty = None if a.name in without else _faulty(hint, a.metadata, event[a.name], test)
        if faulty is not None:
            value = event[a.name].struct.field("value") if hint is Quantity else event[a.name]
            yield value.list.len() > 0 if get_origin(hint) is tuple else value.is_not_null(), faulty


def _any(found: list[pl.Expr]) -> pl.Expr:
    return pl.any_horizontal(pl.lit(False), *found)


def _outside_its_list(hint: Any, _: Mapping[str, Any], value: pl.Expr) -> pl.Expr | None:
    coded = isinstance(hint, type) and issubclass(hint, Enum)
    return ~value.is_in([member.value for member in hint]) if coded else None


def _without_its_unit(hint: Any, metadata: Mapping[str, Any], value: pl.Expr) -> pl.Expr | None:
    if hint is not Quantity:
        return None
    known = value.struct.field("unit").is_in(list(units_of(metadata))).fill_null(False)
    return value.struct.field("value").is_not_null() & ~known


@rule(
    "REC-01",
    about="event",
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("ohdsi", "isPrimaryKey"),
)
def id_used_twice(event: Subject) -> pl.Expr:
    """Two events of one patient bear the same id.

    Why it matters: a reference to that id could mean either of them.
    Usual cause: a row copied and changed, or two exports joined.
    Repair: give each event an id of its own and correct the references.
    """
    return event.has_problem("REC-01") | event.shares_its_id()


@rule(
    "REC-02",
    about=("event", "birth"),
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("ohdsi", "isForeignKey"),
)
def reference_to_nothing(event: Subject) -> pl.Expr:
    """An event, or the birth, refers to an event that is not recorded.

    Why it matters: a time or a ground that hangs on a missing event is lost.
    Usual cause: a misspelt id, or an event deleted after others referred to it.
    Repair: correct the id or record the event.
    """
    return event.has_problem("REC-02") | event.refers_to_nothing()


@rule(
    "REC-03",
    about=("event", "birth"),
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("what cannot be ordered cannot have happened as told"),
)
def statements_contradict(event: Subject) -> pl.Expr:
    """What is stated about the times of these events, or of the birth, cannot hold together.

    Why it matters: nothing that depends on when they happened can be judged.
    Usual cause: an order written the wrong way round, or a date of another patient.
    Repair: the statements named are enough to contradict each other; correct at least one of them.
    """
    return event.has_problem("REC-03")


@rule(
    "REC-04",
    about="patient",
    severity=Severity.ERROR,
    category=Kahn.COMPLETENESS,
    source=Cite("registry", "one index diagnosis per patient", Confidence.RECALLED),
)
def not_one_diagnosis(patient: Subject) -> pl.Expr:
    """There is not exactly one diagnosis of the index leukaemia.

    Why it matters: the diagnosis is time zero of every end-point.
    Usual cause: a relapse or a lineage switch entered as a second diagnosis.
    Repair: keep the first diagnosis; enter what came later as relapse, lineage switch or second malignancy. A diagnosis
    derived from another event does not count.
    """
    return patient.start.count(told_by_the_source(Diagnosis)) != 1


@rule(
    "REC-05",
    about="patient",
    severity=Severity.ERROR,
    category=Kahn.PLAUSIBILITY,
    source=Logic("nobody dies twice"),
)
def more_than_one_death(patient: Subject) -> pl.Expr:
    """More than one death is recorded.

    Why it matters: survival times differ with the death that is taken.
    Usual cause: the same death reported by two sites.
    Repair: confirm the date and keep one.
    """
    return patient.start.count(Death).at_least(2)


@rule(
    "REC-06",
    about=("event", "patient"),
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("redcap", "predefined rules: invalid choices"),
    also=(Cite("genie", "check 50: invalid choice code"),),
)
def code_outside_its_list(event: Subject) -> Judged:
    """A coded value does not belong to the list of its field.

    Why it matters: every rule and every count takes the value for something else, or for nothing.
    Usual cause: the code of another registry, another spelling, or a shifted column of an export.
    Repair: map the value to the list. Names of protocols and blocks are not closed lists and are not judged here.
    """
    if event.trace.about == "patient":
        sex = event.patient("sex")
        stated, faulty = [sex.is_not_null()], [~sex.is_in([member.value for member in Sex])]
    else:
        found = list(_faults(event, _outside_its_list))
        stated, faulty = [pair[0] for pair in found], [pair[1] for pair in found]
    return one(_any(faulty), _any(stated), Severity.ERROR, "A coded value does not belong to the list of its field.")


@rule(
    "REC-07",
    about="event",
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Cite("ohdsi", "plausibleUnitConceptIds"),
)
def number_without_its_unit(event: Subject) -> Judged:
    """A number has no unit, or one in which its quantity is not measured.

    Why it matters: the number cannot be compared with anything, and nothing is converted by guess.
    Usual cause: the unit stood in the column's title; g/L and g/dL in one column.
    Repair: state the unit with each number. The level of an MRD result has a rule of its own (MRD-02).
    """
    its_own_rule = ("value",) if event.trace.about == MrdAssessment.TYPE else ()
    found = list(_faults(event, _without_its_unit, its_own_rule))
    return one(
        _any([faulty for _, faulty in found]),
        _any([stated for stated, _ in found]),
        Severity.ERROR,
        "A number has no unit, or one in which its quantity is not measured.",
    )


@rule(
    "REC-08",
    about="event",
    severity=Severity.WARNING,
    category=Kahn.PLAUSIBILITY,
    source=Cite("redcap", "data quality: duplicate entries"),
)
def told_twice(event: Subject) -> pl.Expr:
    """Another event of the same type, on the same day, says the same: probably one event entered twice.

    Why it matters: counts of relapses, cycles and results are too high.
    Usual cause: two sites or two forms report one event; an export joined twice.
    Repair: keep one of them. If there were two, state what tells them apart. A bare time is no repetition.
    Ties: it is the tie that is looked for.
    """
    return event.start.same_day_as_its_like()


def _out_of_place(event: Subject) -> tuple[pl.Expr, pl.Expr]:
    """(the case is known, a field is filled that it does not allow) for the fields of an event type."""
    match event.trace.about:
        case MrdAssessment.TYPE:
            unmeasured = event["result"].is_in(["negative", "not_evaluable", "positive"])
            return event["result"].is_not_null(), unmeasured & event["value"].struct.field("value").is_not_null()
        case Gvhd.TYPE:
            graded = (event["form"] == "chronic") & event["grade"].is_not_null()
            acute = event["form"].is_in(["acute", "late_acute"])
            return event["form"].is_not_null(), graded | (acute & event["severity"].is_not_null())
        case Engraftment.TYPE:
            of_neutrophils = event["cells"] == "neutrophils"
            return event["cells"].is_not_null(), of_neutrophils & event["days_untransfused"].is_not_null()
        case Transplant.TYPE:
            matched = event["hla_matched"].is_not_null() | event["hla_compared"].is_not_null()
            return event["donor"].is_not_null(), (event["donor"] == "autologous") & matched
        case Diagnosis.TYPE:
            tested = (event["kmt2a_tests"].list.len() > 0) | event["kmt2a_partner"].is_not_null()
            return event["kmt2a"].is_not_null(), (event["kmt2a"] == "not_tested") & tested
        case Relapse.TYPE:
            elsewhere = ~event["sites"].list.contains("testis")
            return event["sites"].list.len() > 0, elsewhere & event["side"].is_not_null()
    raise ValueError(f"REC-09 is not about {event.trace.about}")


@rule(
    "REC-09",
    about=(Diagnosis, MrdAssessment, Relapse, Transplant, Engraftment, Gvhd),
    severity=Severity.WARNING,
    category=Kahn.CONFORMANCE,
    source=Cite("redcap", "data quality: hidden fields that hold values"),
)
def field_out_of_place(event: Subject) -> Judged:
    """A field is filled that has no meaning for what the event is said to be.

    Why it matters: either the field or what decides on it is wrong.
    Usual cause: the deciding answer was changed later and the form kept what it then hid.
    Repair: confirm what the event is, then empty the field. Looked at: a level of an MRD result that is not
    quantified; a grade of chronic and a severity of acute GVHD; days without transfusion of neutrophils; HLA
    match of an autologous graft; tests or a partner of KMT2A that was not tested; the side of a relapse that
    is not in the testis.
    """
    known, filled = _out_of_place(event)
    message = "A field is filled that has no meaning for what the event is said to be."
    return one(filled, known, Severity.WARNING, message)


@rule(
    "REC-10",
    about="event",
    severity=Severity.ERROR,
    category=Kahn.CONFORMANCE,
    source=Logic("what is derived rests on something else; what rests on nothing else is stated or made up"),
)
def derived_from_itself(event: Subject) -> Judged:
    """An event is given as derived from itself.

    Why it matters: it is then neither stated nor derived, and nobody can check it.
    Usual cause: the field was filled for an event that the source states.
    Repair: name the events it was derived from, or leave the field empty if the source states it.
    """
    sources = pl.col("derived_from")
    unnamed = sources.list.eval(pl.element().is_null()).list.any()
    return one(
        sources.list.contains(event["event"]) | unnamed,
        sources.list.len() > 0,
        Severity.ERROR,
        "An event is given as derived from itself.",
    )
