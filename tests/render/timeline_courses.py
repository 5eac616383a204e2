"""Awkward courses for the timeline, made here and not found anywhere."""

from collections.abc import Callable

from infant_course import (
    CellTherapy,
    Course,
    Diagnosis,
    Event,
    LastContact,
    LineageSwitch,
    MrdAssessment,
    Patient,
    Quantity,
    Relapse,
    Remission,
    Transplant,
    TreatmentBlock,
)
from infant_course.events import (
    AdverseEvent,
    Agent,
    Apheresis,
    Conditioning,
    CsfAssessment,
    Gvhd,
    Immunotherapy,
    Lymphodepletion,
    MarrowAssessment,
    MrdReemergence,
    PrednisoneResponse,
    Presentation,
    Radiotherapy,
    SupportiveTreatment,
    SymptomOnset,
    TargetedTherapy,
)
from infant_course.render.style import Mark
from infant_course.vocabulary import (
    Disease,
    DiseaseStatus,
    Donor,
    Lineage,
    Method,
    MrdResult,
    PrednisoneClass,
    RemissionKind,
    Sex,
    Site,
    Specimen,
    VitalStatus,
)
from infant_course.when import When, parse


def said(*texts: str) -> list[When]:
    return [parse(text) for text in texts]


def course(*events: Event, **patient: object) -> Course:
    return Course(patient=Patient(id="p1", **patient), events=events)


def diagnosis(*texts: str) -> Diagnosis:
    return Diagnosis(id="dx", when=said(*(texts or ("age 7 months",))), disease=Disease.ALL, lineage=Lineage.B)


def level(value: float) -> Quantity:
    return Quantity(value, "fraction")


def rich() -> Course:
    """All lanes and every state of an MRD result, in days, with a relapse, CAR T cells and a transplant."""
    return course(
        SymptomOnset(id="onset", when=said("21 days before dx")),
        Presentation(id="seen", when=said("3 days before dx")),
        diagnosis(),
        TreatmentBlock(
            id="pre",
            when=said("0 days after dx"),
            until=said("7 days after dx"),
            protocol="interfant-06",
            block="prephase",
        ),
        PrednisoneResponse(id="ppr", when=said("7 days after dx"), response=PrednisoneClass.GOOD),
        TreatmentBlock(
            id="ind",
            when=said("7 days after dx"),
            until=said("35 days after dx"),
            protocol="interfant-06",
            block="induction",
        ),
        CsfAssessment(id="csf", when=said("15 days after dx"), cleared=True),
        MarrowAssessment(id="bm", when=said("33 days after dx"), blasts=Quantity(2, "%")),
        MrdAssessment(
            id="m0",
            when=said("0 days after dx"),
            result=MrdResult.QUANTIFIED,
            value=Quantity(93, "%"),
            method=Method.FLOW,
        ),
        MrdAssessment(
            id="m1", when=said("33 days after dx"), result=MrdResult.QUANTIFIED, value=level(4e-4), method=Method.PCR
        ),
        MrdAssessment(
            id="m1f", when=said("34 days after dx"), result=MrdResult.QUANTIFIED, value=level(6e-4), method=Method.FLOW
        ),
        MrdAssessment(
            id="m1b",
            when=said("35 days after dx"),
            result=MrdResult.QUANTIFIED,
            value=level(2e-4),
            method=Method.PCR,
            specimen=Specimen.BLOOD,
        ),
        Remission(id="cr1", when=said("33 days after dx"), kind=RemissionKind.COMPLETE, number=1),
        TreatmentBlock(
            id="ib", when=said("40 days after dx"), until=said("75 days after dx"), protocol="interfant-06", block="ib"
        ),
        MrdAssessment(
            id="m2",
            when=said("77 days after dx"),
            result=MrdResult.POSITIVE_BELOW_RANGE,
            sensitivity=level(1e-5),
            quantitative_limit=level(1e-4),
            method=Method.PCR,
        ),
        TreatmentBlock(
            id="marma",
            when=said("90 days after dx"),
            until=said("150 days after dx"),
            protocol="interfant-06",
            block="marma",
        ),
        MrdAssessment(
            id="m3",
            when=said("155 days after dx"),
            result=MrdResult.NEGATIVE,
            sensitivity=level(1e-5),
            method=Method.PCR,
        ),
        MrdAssessment(id="m4", when=said("200 days after dx"), result=MrdResult.NEGATIVE, method=Method.NGS),
        TreatmentBlock(
            id="mt",
            when=said("170 days after dx"),
            until=said("with rel"),
            protocol="interfant-06",
            block="maintenance",
        ),
        Relapse(id="rel", when=said("300 days after dx"), number=1, sites=[Site.MARROW, Site.CNS]),
        LineageSwitch(id="switch", when=said("with rel"), to_lineage=Lineage.MONOCYTIC),
        MrdAssessment(
            id="m5",
            when=said("300 days after dx"),
            result=MrdResult.QUANTIFIED,
            value=Quantity(40, "%"),
            method=Method.PCR,
        ),
        TreatmentBlock(
            id="fla",
            when=said("305 days after dx"),
            until=said("11 months after dx"),
            agents=[Agent(name="fludarabine"), Agent(name="cytarabine")],
        ),
        Apheresis(id="aph", when=said("330 days after dx"), of="car"),
        Lymphodepletion(
            id="ld",
            when=said("360 days after dx"),
            until=said("364 days after dx"),
            of="car",
            agents=[Agent(name="fludarabine"), Agent(name="cyclophosphamide")],
        ),
        CellTherapy(id="car", when=said("366 days after dx"), targets=["CD19"]),
        AdverseEvent(id="crs", when=said("5 days after car"), term="cytokine release syndrome", grade=3),
        SupportiveTreatment(
            id="toci", when=said("5 days after car"), until=said("6 days after car"), agents=[Agent(name="tocilizumab")]
        ),
        Remission(id="cr2", when=said("13 months after dx"), kind=RemissionKind.COMPLETE, number=2),
        Radiotherapy(
            id="rt",
            when=said("440 days after dx"),
            until=said("447 days after dx"),
            site=Site.CNS,
            dose=Quantity(12, "Gy"),
        ),
        Conditioning(
            id="cond",
            when=said("450 days after dx"),
            until=said("459 days after dx"),
            of="hsct",
            agents=[Agent(name="treosulfan"), Agent(name="fludarabine")],
        ),
        Transplant(id="hsct", when=said("460 days after dx"), donor=Donor.HAPLOIDENTICAL),
        Gvhd(id="gvhd", when=said("30 days after hsct"), grade=2),
        TargetedTherapy(id="menin", when=said("520 days after dx"), until=said("ongoing"), agent="revumenib"),
        LastContact(
            id="last", when=said("5 years after dx"), vital_status=VitalStatus.ALIVE, disease_status=DiseaseStatus.CR2
        ),
        sex=Sex.MALE,
    )


def two_events() -> Course:
    """Two events in ten years."""
    return course(diagnosis(), LastContact(id="last", when=said("10 years after dx"), vital_status=VitalStatus.ALIVE))


def month_of_300() -> Course:
    """Three hundred events in a month: drugs, doses, toxicity, responses, MRD and changes of state."""
    events: list[Event] = [diagnosis()]
    for n in range(60):
        day = f"{n // 2} days after dx"
        events += [
            SupportiveTreatment(id=f"s{n}", when=said(day), until=said(day), agents=[Agent(name="vincristine")]),
            AdverseEvent(id=f"a{n}", when=said(day), term=f"toxicity of kind {n % 30}", grade=n % 4 + 1),
            TreatmentBlock(id=f"b{n}", when=said(day), until=said(f"{n // 2 + 1} days after dx"), block=f"course {n}"),
            MrdAssessment(id=f"m{n}", when=said(day), result=MrdResult.QUANTIFIED, value=level(10 ** -(1 + n % 5))),
            [
                MrdAssessment(id=f"x{n}", when=said(day), result=MrdResult.NEGATIVE),
                Relapse(id=f"x{n}", when=said(day)),
                Remission(id=f"x{n}", when=said(day), kind=RemissionKind.COMPLETE),
            ][n % 3],
        ]
    return course(*events[:300])


def by_order() -> Course:
    """All order-only: no time of anything."""
    return course(
        Diagnosis(id="dx", disease=Disease.ALL),
        TreatmentBlock(id="ind", when=said("after dx"), block="induction one"),
        Remission(id="cr1", when=said("after ind"), kind=RemissionKind.COMPLETE, number=1),
        Relapse(id="rel", when=said("after cr1")),
        Transplant(id="hsct", when=said("after rel")),
        LastContact(id="last", when=said("after hsct"), vital_status=VitalStatus.ALIVE),
    )


def long_labels() -> Course:
    """Labels of two hundred characters."""
    text = "an agent whose name goes on and on " * 6
    return course(
        diagnosis(),
        TreatmentBlock(id="a", when=said("10 days after dx"), until=said("40 days after dx"), block=text[:200]),
        Immunotherapy(id="b", when=said("50 days after dx"), until=said("90 days after dx"), agent=text[:200]),
        AdverseEvent(id="c", when=said("60 days after dx"), term=text[:200]),
        CellTherapy(id="d", when=said("80 days after dx"), product="x" * 200),
        Relapse(id="e", when=said("85 days after dx"), sites=list(Site)),
        LastContact(id="last", when=said("95 days after dx"), vital_status=VitalStatus.ALIVE),
    )


def only_diagnosis() -> Course:
    """Nothing but a diagnosis."""
    return course(diagnosis())


def overlapping_drugs() -> Course:
    """Twenty drugs over each other."""
    drugs = [
        TargetedTherapy(
            id=f"t{n}", when=said(f"{3 * n} days after dx"), until=said(f"{200 - n} days after dx"), agent=f"drug {n}"
        )
        for n in range(20)
    ]
    return course(
        diagnosis(), *drugs, LastContact(id="last", when=said("250 days after dx"), vital_status=VitalStatus.DEAD)
    )


def two_transplants() -> Course:
    """Two transplants; the first, told last, is the one days are counted from."""
    return course(
        diagnosis("2019-03-14"),
        Transplant(id="second", when=said("2021-05-02"), donor=Donor.HAPLOIDENTICAL),
        Relapse(id="rel", when=said("2020-11")),
        Transplant(id="first", when=said("2019-09-01"), donor=Donor.MATCHED_SIBLING),
        AdverseEvent(id="vod", when=said("12 days after first"), term="veno-occlusive disease"),
        LastContact(id="last", when=said("2023-05-02"), vital_status=VitalStatus.ALIVE),
    )


def ambiguous() -> Course:
    """A last contact that may count from the diagnosis or from the transplant; starts and ends that nobody knows."""
    return course(
        diagnosis(),
        TreatmentBlock(id="a", when=said("unknown"), until=said("60 days after dx"), block="first"),
        TreatmentBlock(id="b", when=said("100 days after dx"), until=said("unknown"), block="second"),
        MrdReemergence(id="re", when=said("9 months after dx")),
        Transplant(id="hsct", when=said("400 days after dx")),
        LastContact(
            id="last", when=said("either (3 years after dx) or (3 years after hsct)"), vital_status=VitalStatus.LOST
        ),
    )


def contradicting() -> Course:
    """Times that cannot all be true."""
    return course(
        diagnosis("2020-01-10"),
        TreatmentBlock(id="a", when=said("2020-01-20"), until=said("2020-02-20"), block="induction one"),
        Relapse(id="rel", when=said("2020-09-01", "after hsct")),
        Transplant(id="hsct", when=said("2020-12-01")),
        LastContact(id="last", when=said("2022-01-01"), vital_status=VitalStatus.ALIVE),
    )


def without_diagnosis() -> Course:
    """No diagnosis is recorded; the first event with a time is day 0."""
    return course(
        Relapse(id="rel", when=said("2020-03-01")),
        TreatmentBlock(id="a", when=said("2020-03-05"), until=said("2020-04-05"), block="salvage"),
        Transplant(id="hsct", when=said("2020-06-01")),
        LastContact(id="last", when=said("2021-06-01"), vital_status=VitalStatus.ALIVE),
    )


AWKWARD: dict[str, Callable[[], Course]] = {
    made.__name__: made
    for made in (
        rich,
        two_events,
        month_of_300,
        by_order,
        long_labels,
        only_diagnosis,
        overlapping_drugs,
        two_transplants,
        ambiguous,
        contradicting,
        without_diagnosis,
    )
}

MARKS = {
    "cr1": [Mark(rule="REM-20", verdict="undecided", message="when that remission began is not told")],
    "m1": [Mark(rule="MRD-03", verdict="failed", message="no sensitivity is given on 2020-04-05")],
    "m4": [Mark(rule="MRD-03", verdict="failed", message="negative, and no sensitivity is given")],
    "rel": [
        Mark(rule="REM-08", verdict="undecided", message="the marrow blasts at relapse are not given; age 17 months"),
        Mark(rule="REM-06", verdict="failed", message="the first remission is not told, though a second is " * 5),
    ],
    "hsct": [Mark(rule="HCT-04", verdict="failed", message="conditioning is told as before HSCT")],
    "": [Mark(rule="REC-04", verdict="failed", message="of nothing that is drawn")],
}
"""Findings of the rich course."""
