"""The typed events of a course: frozen records, one class per kind of event.

An event says what was stated and nothing else: a field that was not stated is None (or empty). What is
derived carries ``derived_from``. When something happened is in ``when`` (the start), ``until`` (the end) and
``lasting``; all statements of a list hold together.

Every field carries, in its metadata, its meaning (``doc``), its unit where it has one, and what it points to
(``ref``: the id of another event). The case-file reader, the JSON Schema and the docs are made from that.
Who defines a field or asks for it is told in ``knowledge/fields.yaml``: that is read only when it is asked for.
"""

from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from types import NoneType, UnionType
from typing import Any, ClassVar, TypeVar, Union, get_args, get_origin, get_type_hints

from attrs import NOTHING, Attribute, Converter, field, fields, frozen, has

from .errors import NotThereError, did_you_mean, expect
from .taking import Plan, Slot, in_order, never, number, plan_of, slot, take
from .vocabulary import (
    AnthracyclineScheme,
    CauseOfDeath,
    CellLine,
    CellOrigin,
    Certainty,
    Choice,
    CnsClass,
    Criteria,
    Direction,
    Disease,
    DiseaseStatus,
    Donor,
    DoseBasis,
    GeneticTest,
    GradingScale,
    Graft,
    GraftFailureKind,
    GvhdForm,
    GvhdSeverity,
    Intensity,
    Kmt2aStatus,
    Lineage,
    MarrowClass,
    Method,
    MrdResult,
    PrednisoneClass,
    Procedure,
    RelapseTiming,
    RemissionKind,
    Route,
    Side,
    Site,
    Specimen,
    TimingScheme,
    TransplantIndication,
    VitalStatus,
)
from .when import Duration, When


def said(doc: str, *, unit: str | tuple[str, ...] | None = None, ref: bool = False) -> Any:
    """An optional field: None until stated."""
    return field(default=None, repr=False, metadata={"doc": doc, "unit": unit, "ref": ref})


_EACH = Converter(in_order)  # one for all fields: attrs looks up the signature of each converter it makes


def many(doc: str, *, ref: bool = False) -> Any:
    """A field that may hold several values; empty until stated."""
    return field(default=(), converter=_EACH, repr=False, metadata={"doc": doc, "unit": None, "ref": ref})


UNITS: dict[str, dict[str, float]] = {
    "10^9/L": {"10^9/L": 1.0, "/uL": 1e-3},
    "10^12/L": {"10^12/L": 1.0},
    "/uL": {"/uL": 1.0, "10^9/L": 1e3},
    "fraction": {"fraction": 1.0, "%": 1e-2},
    "%": {"%": 1.0, "fraction": 1e2},
    "ug/m2/day": {"ug/m2/day": 1.0, "mg/m2/day": 1e3},
    "ug/day": {"ug/day": 1.0, "mg/day": 1e3},
    "mg/m2": {"mg/m2": 1.0, "g/m2": 1e3},
    "mg/kg": {"mg/kg": 1.0, "g/kg": 1e3},
    "mg": {"mg": 1.0, "g": 1e3},
    "IU/m2": {"IU/m2": 1.0, "U/m2": 1.0},
    "10^6/kg": {"10^6/kg": 1.0},
    "g/dL": {"g/dL": 1.0, "g/L": 0.1},
    "umol/L": {"umol/L": 1.0, "mg/dL": 1e4 / 584.66},
    "kg": {"kg": 1.0, "g": 1e-3},
    "m2": {"m2": 1.0},
    "days": {"days": 1.0, "weeks": 7.0},
    "Gy": {"Gy": 1.0, "cGy": 1e-2},
}
"""For each canonical unit: the units accepted for it and the factor to the canonical one (arithmetic; that of
bilirubin from its molar mass, 584.66 g/mol; U of asparaginase are IU)."""

DOSE_UNITS = ("mg/m2", "mg/kg", "mg", "IU/m2", "ug/m2/day")
"""What the dose of a drug may be stated in."""


def units_of(metadata: Mapping[str, Any]) -> dict[str, float]:
    """The units that a field's quantity may be stated in, each with its factor to its canonical unit."""
    stated = metadata.get("unit")
    canonical = (stated,) if isinstance(stated, str) else stated or ()
    return {unit: factor for name in canonical for unit, factor in UNITS[name].items()}


def _number(value: float) -> float:
    return value if type(value) is float and isfinite(value) else number("Quantity.value", value)


@frozen
class Quantity:
    """A number with the unit it was stated in. Raises UsageError for what is no number, and where the unit is no text.

    A table may hold a number without its unit: None, which is a finding (REC-07) and is refused in a case file.
    """

    value: float = field(converter=_number, metadata={"doc": "the number as stated"})
    unit: str = field(metadata={"doc": "the unit as stated, one that the field accepts"})

    def __attrs_post_init__(self) -> None:
        if type(self.unit) is not str:
            expect("Quantity.unit", self.unit, (str, NoneType), "a text such as '%'")

    def to(self, unit: str) -> float:
        """The number in a canonical unit of :data:`UNITS`. Raises NotThereError for a unit that does not fit.

        >>> round(Quantity(1.257, "%").to("fraction"), 5)
        0.01257
        """
        expect("Quantity.to", unit, str, "a text such as '%'")
        if unit not in UNITS:
            hint = did_you_mean(unit, UNITS) or f"known are {', '.join(UNITS)}"
            raise NotThereError(f"Quantity.to: no unit {unit!r}: {hint}")
        if self.unit not in UNITS[unit]:
            fitting = ", ".join(name for name, units in UNITS.items() if self.unit in units)
            if not fitting:  # what stands there instead of a unit is not shown: it may be a patient's
                raise NotThereError(
                    "Quantity.to: this quantity has no unit that is known, and cannot be told in another"
                )
            raise NotThereError(f"Quantity.to: a quantity in {self.unit} can be told in {fitting}")
        return self.value * UNITS[unit][self.unit]

    def __str__(self) -> str:
        return f"{self.value:g} {self.unit}"


class Record:
    """What is stated, in fields. They are gone through when a record is made (:mod:`infant_course.taking`).

    That is done here for all classes: validators and converters of their own would each have to be compiled when the
    command starts.
    """

    __slots__ = ()

    def __attrs_post_init__(self) -> None:
        cls = type(self)
        take(self, _PLANS.get(cls) or _PLANS.setdefault(cls, plan_of(_slots(cls))))


_PLANS: dict[type, Plan] = {}


def _slots(cls: Any) -> Iterator[Slot]:
    """The fields of a record as places for values."""
    hints, lasts = field_hints(cls), getattr(cls, "LASTS", True)
    for attribute in fields(cls):
        name, where, metadata = attribute.name, f"{cls.__name__}.{attribute.name}", attribute.metadata
        if not lasts and name == "lasting":
            yield never(name, where)
            continue
        many = get_origin(hints[name]) is tuple
        kind = inner_type(get_args(hints[name])[0]) if many else hints[name]
        required = attribute.default is NOTHING
        yield slot(
            name, where, kind, units=units_of(metadata), ref=bool(metadata.get("ref")), many=many, required=required
        )


@frozen(kw_only=True)
class Finding(Record):
    """A symptom, sign or result of an examination, in the source's words."""

    term: str = field(repr=False, metadata={"doc": "the finding, in the field's words"})
    severity: str | None = said("severity as stated; never turned into a grade")
    side: Side | None = said("side of the body")


@frozen(kw_only=True)
class Immunophenotype(Record):
    """Antigens of the blasts in one specimen."""

    specimen: Specimen | None = said("what was examined")
    positive: tuple[str, ...] = many("antigens present (cMPO, cCD79a: intracellular)")
    negative: tuple[str, ...] = many("antigens absent")
    lacks: tuple[Lineage, ...] = many("lineages of which no marker was found")


@frozen(kw_only=True)
class Cytogenetics(Record):
    """A karyotype or translocation and how it was found."""

    karyotype: str | None = said("as stated: t(4;11;13), normal, or an ISCN string; nothing filled in")
    tests: tuple[GeneticTest, ...] = many("how it was found")
    same_as_diagnosis: bool | None = said("stated to be the change that was present at diagnosis")


@frozen(kw_only=True)
class Agent(Record):
    """A drug as given."""

    name: str = field(repr=False, metadata={"doc": "name of the agent"})
    dose: Quantity | None = said("dose per course, or the cumulative dose", unit=DOSE_UNITS)
    cumulative: bool | None = said("the dose is the sum over the protocol")
    route: Route | None = said("how it was given")
    scheme: AnthracyclineScheme | None = said("the dose is in doxorubicin equivalents by this scheme")
    basis: DoseBasis | None = said("nominal, or actual after the infant age reduction")


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    if has(type(value)) and type(value) is not Quantity and not isinstance(value, (When, Duration)):
        parts = ((a.name, getattr(value, a.name)) for a in fields(type(value)))
        return "[" + "; ".join(f"{name}: {_shown(v)}" for name, v in parts if v is not None and v != ()) + "]"
    return str(value)


@frozen(kw_only=True, eq=False)
class Event(Record):
    """What all events share.

    Equal are events of one type of which the same was stated, wherever they stood in the input. That and ``repr`` are
    here for all types: methods of their own would each have to be compiled when the command starts.
    """

    TYPE: ClassVar[str] = ""
    """The word for this type in files and columns."""
    LASTS: ClassVar[bool] = False
    """Whether the event has an end of its own; otherwise start and end are one point."""

    id: str = field(
        repr=False,
        metadata={
            "doc": "name of the event within the patient: letters, digits and . _ + -, the first a letter or digit"
        },
    )
    when: tuple[When, ...] = many("what is stated about its time (its start, where it lasts)")
    until: tuple[When, ...] = many("what is stated about its end")
    lasting: Duration | None = said("how long it lasted")
    derived_from: tuple[str, ...] = many("ids of the events this one was derived from; empty: stated", ref=True)
    estimated: bool | None = said("the source calls this time an estimate")
    note: str | None = said("anything else that was stated")
    line: int | None = field(
        default=None, eq=False, repr=False, metadata={"doc": "line in the input", "internal": True}
    )

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, a.name) == getattr(other, a.name) for a in fields(type(self)) if a.eq)

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, a.name) for a in fields(type(self)) if a.eq)))

    def __str__(self) -> str:
        """All that was stated, for the person who looks at it. ``repr`` tells the type alone: it ends up in logs."""
        stated = ((a.name, getattr(self, a.name)) for a in fields(type(self)) if a.name not in ("id", "line"))
        told = "; ".join(f"{name}: {_shown(value)}" for name, value in stated if value is not None and value != ())
        return f"{self.TYPE} {self.id}" + (f" ({told})" if told else "")

    @property
    def derived(self) -> bool:
        """Whether this was derived rather than stated."""
        return bool(self.derived_from)


E = TypeVar("E", bound=type[Event])
EVENT_TYPES: dict[str, type[Event]] = {}
"""All event types by the word used in files, in the order of a course."""


def event_type(name: str, *, lasts: bool = False) -> Callable[[E], E]:
    """Make a class an event type: frozen, keyword-only, known by ``name``."""

    def declare(cls: E) -> E:
        cls.TYPE, cls.LASTS = name, lasts
        EVENT_TYPES[name] = cls
        return cls

    return declare


@event_type("symptom_onset")
@frozen(kw_only=True, eq=False, repr=False)
class SymptomOnset(Event):
    """First symptoms before presentation."""

    symptoms: tuple[str, ...] = many("symptoms, in the source's words")


@event_type("presentation")
@frozen(kw_only=True, eq=False, repr=False)
class Presentation(Event):
    """The patient is first seen."""

    findings: tuple[Finding, ...] = many("symptoms and signs found")


@event_type("diagnosis")
@frozen(kw_only=True, eq=False, repr=False)
class Diagnosis(Event):
    """The index leukaemia is diagnosed. Time zero of the course."""

    disease: Disease | None = said("the leukaemia")
    lineage: Lineage | None = said("lineage of the blasts")
    prenatal: bool | None = said("diagnosed before birth")
    prior_steroids: bool | None = said("steroids were given before the diagnosis")
    gestation_weeks: int | None = said("length of the pregnancy in whole weeks")
    wbc: Quantity | None = said("white cell count in blood", unit="10^9/L")
    rbc: Quantity | None = said("erythrocytes in blood", unit="10^12/L")
    haemoglobin: Quantity | None = said("haemoglobin", unit="g/dL")
    marrow_blasts: Quantity | None = said("blasts in the marrow (0 to 100 %)", unit="%")
    marrow_class: MarrowClass | None = said("class of the marrow, as stated")
    marrow_method: Method | None = said("how the marrow blasts were counted")
    cns: CnsClass | None = said("CNS status, as stated")
    csf_blasts: bool | None = said("blasts seen in the cerebrospinal fluid")
    csf_wbc: Quantity | None = said("leucocytes in the cerebrospinal fluid", unit="/uL")
    csf_rbc: Quantity | None = said("erythrocytes in the cerebrospinal fluid", unit="/uL")
    cns_signs: bool | None = said("clinical signs of CNS leukaemia")
    extramedullary: tuple[Site, ...] = many("sites outside the marrow")
    immunophenotypes: tuple[Immunophenotype, ...] = many("antigens, per specimen")
    cytogenetics: tuple[Cytogenetics, ...] = many("karyotypes and translocations")
    kmt2a: Kmt2aStatus | None = said("KMT2A status, as stated")
    kmt2a_tests: tuple[GeneticTest, ...] = many("how the KMT2A status was found")
    kmt2a_partner: str | None = said("gene fused with KMT2A, as stated (HGNC symbol)")
    evidence: tuple[Procedure, ...] = many("how the diagnosis was made")


@event_type("enrolment")
@frozen(kw_only=True, eq=False, repr=False)
class Enrolment(Event):
    """The patient enters a protocol, or is treated according to it."""

    protocol: str | None = said("id of the protocol")
    arm: str | None = said("arm of a randomisation, as stated")
    amendment: str | None = said("version or amendment of the protocol, as stated")
    on_trial: bool | None = said("enrolled in the trial; false: treated according to it")


@event_type("randomisation")
@frozen(kw_only=True, eq=False, repr=False)
class Randomisation(Event):
    """The patient is allotted to an arm of a trial."""

    protocol: str | None = said("id of the protocol")
    arm: str | None = said("arm allotted")


@event_type("risk_assignment")
@frozen(kw_only=True, eq=False, repr=False)
class RiskAssignment(Event):
    """A risk group is assigned."""

    protocol: str | None = said("id of the protocol")
    group: str | None = said("risk group, as stated")
    rests_on: tuple[str, ...] = many("results the assignment rests on", ref=True)


@event_type("decision")
@frozen(kw_only=True, eq=False, repr=False)
class Decision(Event):
    """A decision for or against a treatment, with its reason."""

    on: Choice | None = said("what was decided")
    in_favour: bool | None = said("decided for it; false: against it")
    reason: str | None = said("reason, as stated")
    rests_on: tuple[str, ...] = many("results the decision rests on", ref=True)


@event_type("measurement")
@frozen(kw_only=True, eq=False, repr=False)
class Measurement(Event):
    """Size of the patient, on which doses rest."""

    weight: Quantity | None = said("body weight", unit="kg")
    body_surface: Quantity | None = said("body surface area", unit="m2")


@event_type("laboratory")
@frozen(kw_only=True, eq=False, repr=False)
class Laboratory(Event):
    """Laboratory values of one sample of blood."""

    haemoglobin: Quantity | None = said("haemoglobin", unit="g/dL")
    wbc: Quantity | None = said("white cell count", unit="10^9/L")
    neutrophils: Quantity | None = said("absolute neutrophil count (ANC)", unit="10^9/L")
    platelets: Quantity | None = said("platelets", unit="10^9/L")
    b_cells: Quantity | None = said("B cells (CD19+)", unit="/uL")
    bilirubin: Quantity | None = said("total bilirubin", unit="umol/L")


@event_type("prednisone_response")
@frozen(kw_only=True, eq=False, repr=False)
class PrednisoneResponse(Event):
    """Response to the prednisone prephase."""

    response: PrednisoneClass | None = said("good or poor, as stated")
    day8_blasts: Quantity | None = said("blasts in blood on day 8", unit="/uL")
    blasts_at_start: Quantity | None = said("blasts in blood before the first steroid", unit="/uL")


@event_type("treatment_block", lasts=True)
@frozen(kw_only=True, eq=False, repr=False)
class TreatmentBlock(Event):
    """A block of chemotherapy."""

    protocol: str | None = said("id of the protocol")
    block: str | None = said("id of the block in the protocol, or a name of its own")
    arm: str | None = said("arm, as stated")
    direction: Direction | None = said("lymphoid- or myeloid-directed, as stated")
    cycle: int | None = said("number of the cycle, from 1")
    agents: tuple[Agent, ...] = many("drugs, with doses where stated")
    completed: bool | None = said("stated to have been completed")


@event_type("immunotherapy", lasts=True)
@frozen(kw_only=True, eq=False, repr=False)
class Immunotherapy(Event):
    """A cycle of antibody therapy (blinatumomab, inotuzumab ozogamicin)."""

    agent: str | None = said("name of the agent")
    cycle: int | None = said("number of the cycle, from 1")
    dose_rate: Quantity | None = said("dose rate", unit=("ug/m2/day", "ug/day"))
    dose: Quantity | None = said("dose of one infusion, of an antibody given in single doses", unit="mg/m2")
    cycles: int | None = said("number of cycles told as this one event")
    interrupted: Quantity | None = said("the infusion was interrupted for so long", unit="days")
    continuous: bool | None = said("given by continuous infusion")
    completed: bool | None = said("stated to have been completed")


@event_type("targeted_therapy", lasts=True)
@frozen(kw_only=True, eq=False, repr=False)
class TargetedTherapy(Event):
    """A targeted agent (menin inhibitor, venetoclax, FLT3 inhibitor ...)."""

    agent: str | None = said("name of the agent")
    completed: bool | None = said("stated to have been completed")


@event_type("apheresis")
@frozen(kw_only=True, eq=False, repr=False)
class Apheresis(Event):
    """Collection of lymphocytes for a cell therapy."""

    of: str | None = said("the cell therapy it was for", ref=True)


@event_type("lymphodepletion", lasts=True)
@frozen(kw_only=True, eq=False, repr=False)
class Lymphodepletion(Event):
    """Chemotherapy before a cell therapy."""

    of: str | None = said("the cell therapy it was for", ref=True)
    agents: tuple[Agent, ...] = many("drugs")


@event_type("cell_therapy")
@frozen(kw_only=True, eq=False, repr=False)
class CellTherapy(Event):
    """An infusion of CAR T cells (day 0)."""

    targets: tuple[str, ...] = many("antigens aimed at")
    product: str | None = said("name of the product")
    origin: CellOrigin | None = said("autologous or allogeneic")
    dose: Quantity | None = said("CAR-positive T cells given", unit="10^6/kg")
    infusions: int | None = said("number of infusions told as this one event")


@event_type("mrd")
@frozen(kw_only=True, eq=False, repr=False)
class MrdAssessment(Event):
    """One result of minimal residual disease."""

    result: MrdResult | None = said("class of the result")
    value: Quantity | None = said("level, a fraction of 0 to 1; only of a quantified result", unit="fraction")
    timepoint: str | None = said("name of the protocol's time point (EOI, EOC, TP1 ...)")
    reduction: float | None = said("stated reduction in powers of ten")
    since: str | None = said("the MRD result that the reduction is counted from", ref=True)
    method: Method | None = said("assay")
    marker: str | None = said("what was amplified: a fusion such as KMT2A-AFF1, IGH, TRG ...")
    specimen: Specimen | None = said("what was examined")
    sensitivity: Quantity | None = said("least level the assay can detect, a fraction of 0 to 1", unit="fraction")
    quantitative_limit: Quantity | None = said(
        "least level the assay can quantify, a fraction of 0 to 1", unit="fraction"
    )
    assesses: str | None = said("the treatment block whose effect was measured", ref=True)
    decides: str | None = said("the decision that rests on it (for example HSCT)", ref=True)
    antigens: tuple[str, ...] = many("antigens on the residual blasts")


@event_type("marrow")
@frozen(kw_only=True, eq=False, repr=False)
class MarrowAssessment(Event):
    """Marrow blasts by morphology or flow."""

    blasts: Quantity | None = said("blasts (0 to 100 %)", unit="%")
    marrow_class: MarrowClass | None = said("class of the marrow, as stated")
    method: Method | None = said("how they were counted")
    assesses: str | None = said("the treatment block whose effect was measured", ref=True)


@event_type("csf")
@frozen(kw_only=True, eq=False, repr=False)
class CsfAssessment(Event):
    """Examination of the cerebrospinal fluid after diagnosis."""

    blasts: bool | None = said("blasts seen")
    cleared: bool | None = said("stated that blasts seen before have gone")
    cns: CnsClass | None = said("CNS status, as stated")
    wbc: Quantity | None = said("leucocytes", unit="/uL")
    rbc: Quantity | None = said("erythrocytes", unit="/uL")


@event_type("examination")
@frozen(kw_only=True, eq=False, repr=False)
class Examination(Event):
    """An examination during the course (echocardiogram, imaging, autopsy)."""

    method: str | None = said("what was done; autopsy is the one that may follow death")
    findings: tuple[Finding, ...] = many("what was found")
    serial: bool | None = said("repeated over a period that is not told apart")


@event_type("remission")
@frozen(kw_only=True, eq=False, repr=False)
class Remission(Event):
    """A remission is attained."""

    kind: RemissionKind | None = said("complete or MRD remission")
    number: int | None = said("1 for the first, as stated")
    criteria: Criteria | None = said("definition it was declared by")
    attained_with: tuple[str, ...] = many("treatments it is ascribed to", ref=True)
    marrow_blasts: Quantity | None = said("blasts in the marrow (0 to 100 %)", unit="%")
    mrd: Quantity | None = said("MRD in the marrow, a fraction of 0 to 1", unit="fraction")
    cns: CnsClass | None = said("CNS status")
    residual_mass: Quantity | None = said("extramedullary mass left, as a share of the first", unit="fraction")
    neutrophils: Quantity | None = said("absolute neutrophil count (ANC)", unit="10^9/L")
    platelets: Quantity | None = said("platelets", unit="10^9/L")
    sustained: Quantity | None = said("held for at least so long when it was declared", unit="days")


@event_type("mrd_reemergence")
@frozen(kw_only=True, eq=False, repr=False)
class MrdReemergence(Event):
    """MRD comes back after negativity, without (or before) a relapse by definition."""

    assessments: tuple[str, ...] = many("the MRD results it rests on", ref=True)


@event_type("relapse")
@frozen(kw_only=True, eq=False, repr=False)
class Relapse(Event):
    """Leukaemia comes back after a complete remission."""

    number: int | None = said("1 for the first, as stated")
    sites: tuple[Site, ...] = many("all sites of this one relapse")
    side: Side | None = said("side, of a testicular relapse")
    evidence: tuple[Procedure, ...] = many("how it was shown")
    assessments: tuple[str, ...] = many("the MRD and marrow results it rests on", ref=True)
    marrow_blasts: Quantity | None = said("blasts in the marrow (0 to 100 %)", unit="%")
    confirming_tests: int | None = said("number of other tests with at least 1 % blasts")
    second_marrow: bool | None = said("confirmed on a second marrow by two tests with at least 1 %")
    immunophenotypes: tuple[Immunophenotype, ...] = many("antigens, per specimen")
    cytogenetics: tuple[Cytogenetics, ...] = many("karyotypes and translocations")
    antigen_loss: tuple[str, ...] = many("antigens lost since diagnosis")
    marrow_mrd: Quantity | None = said("MRD in the marrow, a fraction of 0 to 1", unit="fraction")
    csf_wbc: Quantity | None = said("leucocytes in the cerebrospinal fluid", unit="/uL")
    csf_blasts: bool | None = said("blasts seen in the cerebrospinal fluid")
    cns_signs: bool | None = said("clinical or imaging signs of CNS leukaemia")
    timing: RelapseTiming | None = said("timing class, as stated")
    timing_scheme: TimingScheme | None = said("whose timing classes")
    findings: tuple[Finding, ...] = many("symptoms and signs")


@event_type("lineage_switch")
@frozen(kw_only=True, eq=False, repr=False)
class LineageSwitch(Event):
    """The leukaemia changes its lineage."""

    from_lineage: Lineage | None = said("lineage before")
    to_lineage: Lineage | None = said("lineage after")
    to_disease: str | None = said("the disease it became, in the source's words")
    old_markers_lost: bool | None = said("the markers of the first lineage are gone")
    new_criteria_met: bool | None = said("the criteria of the new lineage are met")
    same_clone: bool | None = said("cytogenetics, fusion or Ig/TR as at diagnosis")
    kmt2a_partner: str | None = said("gene fused with KMT2A after the switch (HGNC symbol)")
    cytogenetics: tuple[Cytogenetics, ...] = many("karyotypes and translocations after the switch")
    certainty: Certainty | None = said("confirmed, probable or drift, as stated")


@event_type("refractory")
@frozen(kw_only=True, eq=False, repr=False)
class Refractory(Event):
    """No remission by the time point fixed in the protocol, or after salvage."""

    after: str | None = said("the block after which remission was missed", ref=True)


@event_type("radiotherapy", lasts=True)
@frozen(kw_only=True, eq=False, repr=False)
class Radiotherapy(Event):
    """Irradiation of one site."""

    site: Site | None = said("what was irradiated")
    side: Side | None = said("side of the body")
    dose: Quantity | None = said("total dose", unit="Gy")
    fractions: int | None = said("number of fractions")


@event_type("conditioning", lasts=True)
@frozen(kw_only=True, eq=False, repr=False)
class Conditioning(Event):
    """Conditioning before a haematopoietic stem cell transplant."""

    of: str | None = said("the transplant it was for", ref=True)
    agents: tuple[Agent, ...] = many("drugs")
    intensity: Intensity | None = said("intensity, as stated")
    tbi: Quantity | None = said("dose of total body irradiation", unit="Gy")
    tbi_fractions: int | None = said("number of its fractions")


@event_type("transplant")
@frozen(kw_only=True, eq=False, repr=False)
class Transplant(Event):
    """Haematopoietic stem cell transplant (HSCT): the infusion, day 0."""

    donor: Donor | None = said("donor")
    graft: Graft | None = said("what was transplanted")
    status: DiseaseStatus | None = said("state of the leukaemia at the transplant, as stated")
    consolidates: str | None = said("the remission it consolidates", ref=True)
    planned: bool | None = said("stated to have been planned")
    indication: TransplantIndication | None = said("why it was done")
    hla_matched: int | None = said("HLA antigens or alleles that match (0 to the number compared)")
    hla_compared: int | None = said("HLA antigens or alleles that were compared (mostly 6, 8 or 10)")


@event_type("engraftment")
@frozen(kw_only=True, eq=False, repr=False)
class Engraftment(Event):
    """Blood cells recover after a transplant: the first day on which the criteria are met."""

    of: str | None = said("the transplant", ref=True)
    cells: CellLine | None = said("which cells")
    count: Quantity | None = said("the count reached", unit="10^9/L")
    consecutive: int | None = said("number of successive counts at or above it, on different days")
    days_untransfused: int | None = said("days without a transfusion before")


@event_type("graft_failure")
@frozen(kw_only=True, eq=False, repr=False)
class GraftFailure(Event):
    """The graft does not take, or is lost."""

    of: str | None = said("the transplant", ref=True)
    kind: GraftFailureKind | None = said("primary or secondary")


@event_type("chimerism")
@frozen(kw_only=True, eq=False, repr=False)
class Chimerism(Event):
    """Share of donor cells after a transplant."""

    of: str | None = said("the transplant", ref=True)
    donor: Quantity | None = said("share of donor cells (0 to 100 %)", unit="%")
    specimen: Specimen | None = said("what was examined")


@event_type("gvhd", lasts=True)
@frozen(kw_only=True, eq=False, repr=False)
class Gvhd(Event):
    """Graft-versus-host disease."""

    of: str | None = said("the transplant", ref=True)
    form: GvhdForm | None = said("acute or chronic, as stated")
    grade: int | None = said("overall grade of acute disease (0 to 4)")
    severity: GvhdSeverity | None = said("severity of chronic disease")
    scale: GradingScale | None = said("scale of the grade")
    skin: int | None = said("stage of the skin (0 to 4)")
    liver: int | None = said("stage of the liver (0 to 4)")
    lower_gut: int | None = said("stage of the lower gut (0 to 4)")
    upper_gut: int | None = said("stage of the upper gut (0 or 1)")
    chronic_features: bool | None = said("diagnostic or distinctive features of chronic disease are present")


@event_type("organ_transplant")
@frozen(kw_only=True, eq=False, repr=False)
class OrganTransplant(Event):
    """Transplant of a solid organ. Not an HSCT: no HSCT rule looks at it."""

    organ: Graft | None = said("the organ")
    technique: str | None = said("technique, as stated (orthotopic)")
    successful: bool | None = said("stated to have succeeded")


@event_type("adverse_event", lasts=True)
@frozen(kw_only=True, eq=False, repr=False)
class AdverseEvent(Event):
    """A toxicity or late effect."""

    term: str | None = said("what it was, in the field's words")
    grade: int | None = said("grade on the named scale (1 to 5 by CTCAE and ASTCT, 0 to 5 by another)")
    scale: GradingScale | None = said("scale of the grade")
    severity: str | None = said("severity in the source's words; never turned into a grade")
    attributed_to: tuple[str, ...] = many("the treatments it is attributed to", ref=True)
    ice: int | None = said("ICE score (0 to 10)")
    capd: int | None = said("CAPD score (0 to 32)")


@event_type("supportive_treatment", lasts=True)
@frozen(kw_only=True, eq=False, repr=False)
class SupportiveTreatment(Event):
    """Treatment of a complication."""

    agents: tuple[Agent, ...] = many("drugs")
    of: str | None = said("the adverse event that was treated", ref=True)
    phase: str | None = said("acute or long term, as stated")


@event_type("second_malignancy")
@frozen(kw_only=True, eq=False, repr=False)
class SecondMalignancy(Event):
    """Another malignancy, not a relapse and not a lineage switch."""

    disease: str | None = said("what it was")
    same_clone: bool | None = said("shown to be of the clone of the first leukaemia")


@event_type("end_of_therapy")
@frozen(kw_only=True, eq=False, repr=False)
class EndOfTherapy(Event):
    """The planned treatment is over."""


@event_type("abandonment")
@frozen(kw_only=True, eq=False, repr=False)
class Abandonment(Event):
    """Treatment is refused or abandoned by the family, for four weeks or more."""


@event_type("last_contact")
@frozen(kw_only=True, eq=False, repr=False)
class LastContact(Event):
    """The patient is last known of."""

    vital_status: VitalStatus | None = said("alive, dead or lost")
    disease_status: DiseaseStatus | None = said("state of the leukaemia, as stated")


@event_type("death")
@frozen(kw_only=True, eq=False, repr=False)
class Death(Event):
    """The patient dies."""

    cause: CauseOfDeath | None = said("cause of death")


SHARED = frozenset(a.name for a in fields(Event))
"""Names of the fields that all events share."""


def own_fields(event_class: type[Event]) -> tuple["Attribute[Any]", ...]:
    """The fields of an event type beyond those all events share, in order."""
    return tuple(a for a in fields(event_class) if a.name not in SHARED)


_REFERRING: dict[Any, tuple[str, ...]] = {}
"""Of each event type the fields that hold ids of events."""


def references(event: Event) -> tuple[tuple[str, str], ...]:
    """(field, event id) for every reference that is not about time."""
    found = []
    cls = type(event)
    if cls not in _REFERRING:
        _REFERRING[cls] = tuple(a.name for a in fields(cls) if a.metadata.get("ref"))
    for name in _REFERRING[cls]:
        value = getattr(event, name)
        targets = value if isinstance(value, tuple) else () if value is None else (value,)
        found += [(name, target) for target in targets]
    return tuple(found)


_HINTS: dict[Any, dict[str, Any]] = {}


def inner_type(hint: Any) -> Any:
    """The type itself, of an optional one."""
    if get_origin(hint) in (Union, UnionType):
        (hint,) = [argument for argument in get_args(hint) if argument is not type(None)]
    return hint


def field_hints(record: Any) -> dict[str, Any]:
    """Types of a record's fields, resolved, optional ones without the None."""
    if record not in _HINTS:
        _HINTS[record] = {name: inner_type(hint) for name, hint in get_type_hints(record).items()}
    return _HINTS[record]
