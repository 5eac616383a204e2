"""The graph of a course: what is stated, what follows from the known order, and nothing else."""

import pytest
from attrs import evolve

from infant_course import (
    AdverseEvent,
    CellTherapy,
    Course,
    Diagnosis,
    Immunotherapy,
    LastContact,
    LineageSwitch,
    MrdAssessment,
    MrdReemergence,
    Patient,
    Relapse,
    Remission,
    Transplant,
    TreatmentBlock,
    load,
)
from infant_course.events import Apheresis, Conditioning, Event, SupportiveTreatment
from infant_course.graph import LARGE, graph_of
from infant_course.io.published import published_cases
from infant_course.vocabulary import RemissionKind
from infant_course.when import parse


def course(*events: Event) -> Course:
    """A course of one invented patient."""
    return Course(patient=Patient(id="p"), events=events)


def at(*texts: str) -> tuple:
    """Statements of time."""
    return tuple(parse(text) for text in texts)


def edges(told: Course, relation: str) -> dict[tuple[str, str], str]:
    """The edges of one relation, with their basis."""
    graph = graph_of(told)
    return {(a, b): data["basis"] for a, b, data in graph.edges(data=True) if data["relation"] == relation}


DX = Diagnosis(id="dx", when=at("2020-01-01"))
IND = TreatmentBlock(id="ind", when=at("after dx"))
IB = TreatmentBlock(id="ib", when=at("after ind"))


def test_nodes_carry_their_events_in_the_order_of_the_file():
    """The node of an id holds the event itself."""
    graph = graph_of(course(IB, DX, IND))
    assert list(graph) == ["ib", "dx", "ind"]
    assert graph.nodes["dx"]["event"] == DX
    assert graph.graph["limited"] is False


def test_then_is_the_transitive_reduction():
    """dx, ind, ib: the step from dx to ib is explained by the two others."""
    assert edges(course(DX, IND, IB), "then") == {("dx", "ind"): "stated", ("ind", "ib"): "stated"}


def test_order_by_dates_alone_is_inferred():
    """Nobody said "after": the dates do."""
    ind = TreatmentBlock(id="ind", when=at("2020-01-03"))
    assert edges(course(DX, ind), "then") == {("dx", "ind"): "inferred"}


def test_the_order_of_telling_makes_no_edge():
    """Two events without a word on their order have none."""
    told = course(IND, TreatmentBlock(id="other"), DX)
    assert edges(told, "then") == {("dx", "ind"): "stated"}


def test_a_statement_from_the_earlier_side_counts_too():
    """ "before ib", told at the sample, is the order sample then ib."""
    mrd = MrdAssessment(id="mrd", when=at("after ind", "before ib"))
    assert edges(course(DX, IND, IB, mrd), "then") == {
        ("dx", "ind"): "stated",
        ("ind", "mrd"): "stated",
        ("mrd", "ib"): "stated",
    }


def test_two_full_dates_on_one_day_have_no_order():
    """Which came first on a day is unknown unless stated."""
    same = Remission(id="cr", when=at("2020-01-01"))
    assert edges(course(DX, same), "then") == {}


def test_during_is_stated_by_the_author_or_inferred_from_known_ends():
    """A word makes it stated; a sample dated inside a dated block is inferred to lie in it."""
    block = TreatmentBlock(id="maint", when=at("2020-03-01"), until=at("2020-09-01"))
    relapse = Relapse(id="rel", when=at("during maint"))
    sample = MrdAssessment(id="mrd", when=at("2020-05-05"))
    later = MrdAssessment(id="late", when=at("2020-09-02"))
    told = course(DX, block, relapse, sample, later)
    assert edges(told, "during") == {("rel", "maint"): "stated", ("mrd", "maint"): "inferred"}


def test_a_sample_assesses_what_the_author_names():
    """A stated reference is not overruled by what would be inferred."""
    mrd = MrdAssessment(id="mrd", when=at("after ib"), assesses="ind")
    assert edges(course(DX, IND, IB, mrd), "assesses") == {("mrd", "ind"): "stated"}


def test_a_sample_assesses_the_last_treatment_known_before_it():
    """After ib, which is after ind: the last one is known, though no day is."""
    mrd = MrdAssessment(id="mrd", when=at("after ib"))
    assert edges(course(DX, IND, IB, mrd), "assesses") == {("mrd", "ib"): "inferred"}


def test_an_open_order_infers_nothing():
    """Another block that may lie between the two leaves it open which one the sample assesses."""
    stray = Immunotherapy(id="blina", when=at("after ind"))
    mrd = MrdAssessment(id="mrd", when=at("after ib"))
    assert edges(course(DX, IND, IB, stray, mrd), "assesses") == {}


def test_a_sample_after_a_transplant_assesses_no_block():
    """The last turn before it is the transplant, which is no block."""
    hsct = Transplant(id="hsct", when=at("after ib"))
    mrd = MrdAssessment(id="mrd", when=at("after hsct"))
    assert edges(course(DX, IND, IB, hsct, mrd), "assesses") == {}


def test_attains_runs_from_the_treatment_to_the_remission():
    """Stated by the author, or the last treatment before."""
    stated = Remission(id="cr1", when=at("after ib"), attained_with=("ind", "ib"))
    assert edges(course(DX, IND, IB, stated), "attains") == {
        ("ind", "cr1"): "stated",
        ("ib", "cr1"): "stated",
    }
    inferred = evolve(stated, attained_with=())
    assert edges(course(DX, IND, IB, inferred), "attains") == {("ib", "cr1"): "inferred"}


CR1 = Remission(id="cr1", when=at("after ib"))
REL1 = Relapse(id="rel1", when=at("after cr1"))
SALVAGE = TreatmentBlock(id="salvage", when=at("after rel1"))
CR2 = Remission(id="cr2", when=at("after salvage"))
REL2 = Relapse(id="rel2", when=at("after cr2"))


def test_a_relapse_ends_the_remission_of_its_moment():
    """The second relapse ends the second remission, not the first."""
    told = course(DX, IND, IB, CR1, REL1, SALVAGE, CR2, REL2)
    assert edges(told, "ends") == {("rel1", "cr1"): "inferred", ("rel2", "cr2"): "inferred"}


def test_a_relapse_without_a_remission_since_the_last_one_ends_none():
    """The first relapse has ended the only remission that is told."""
    rel2 = evolve(REL2, when=at("after salvage"))
    assert edges(course(DX, IND, IB, CR1, REL1, SALVAGE, rel2), "ends") == {("rel1", "cr1"): "inferred"}


def test_an_mrd_reemergence_ends_an_mrd_remission_only():
    """The complete remission goes on until the relapse."""
    mrd_negative = Remission(id="mrdcr", kind=RemissionKind.MRD, when=at("after cr1"))
    back = MrdReemergence(id="back", when=at("after mrdcr"))
    relapse = evolve(REL1, when=at("after back"))
    complete = evolve(CR1, kind=RemissionKind.COMPLETE)
    told = course(DX, IND, IB, complete, mrd_negative, back, relapse)
    assert edges(told, "ends") == {("back", "mrdcr"): "inferred", ("rel1", "cr1"): "inferred"}


def test_therapy_after_a_relapse_treats_the_last_one():
    """Therapy before a relapse treats none; a transplant consolidates instead."""
    last = CellTherapy(id="cart", when=at("after rel2"))
    told = course(DX, IND, IB, CR1, REL1, SALVAGE, CR2, REL2, last)
    assert edges(told, "treats") == {("salvage", "rel1"): "inferred", ("cart", "rel2"): "inferred"}


def test_a_transplant_consolidates_the_remission_it_is_done_in():
    """Inferred from the order; stated where the author says so; none where a relapse may lie between."""
    hsct = Transplant(id="hsct", when=at("after cr2"))
    told = course(DX, IND, IB, CR1, REL1, SALVAGE, CR2, hsct)
    assert edges(told, "consolidates") == {("hsct", "cr2"): "inferred"}
    named = course(DX, IND, IB, CR1, REL1, SALVAGE, CR2, evolve(hsct, consolidates="cr1"))
    assert edges(named, "consolidates") == {("hsct", "cr1"): "stated"}
    open_order = course(DX, IND, IB, CR1, REL1, SALVAGE, CR2, hsct, REL2)
    assert edges(open_order, "consolidates") == {}


def test_a_lineage_switch_is_from_the_one_diagnosis():
    """With two diagnoses nobody knows which."""
    switch = LineageSwitch(id="switch", when=at("with rel1"))
    told = course(DX, IND, IB, CR1, REL1, switch)
    assert edges(told, "switches") == {("switch", "dx"): "inferred"}
    assert edges(evolve(told, events=(*told.events, Diagnosis(id="dx2"))), "switches") == {}


def test_toxicity_and_its_treatment_follow_what_is_stated():
    """No attribution is ever inferred."""
    stated = AdverseEvent(id="ae", when=at("after ib"), attributed_to=("ind",))
    silent = AdverseEvent(id="ae2", when=at("after ib"))
    care = SupportiveTreatment(id="care", of="ae", when=at("after ae"))
    told = course(DX, IND, IB, stated, silent, care)
    assert edges(told, "attributed_to") == {("ae", "ind"): "stated"}
    assert edges(told, "of") == {("care", "ae"): "stated"}


def test_preparation_belongs_to_what_follows_it():
    """Conditioning is of the next transplant, apheresis of the next cell therapy."""
    conditioning = Conditioning(id="cond", when=at("after cr1"), until=at("before hsct"))
    hsct = Transplant(id="hsct", when=at("after cr1"))
    apheresis = Apheresis(id="aph", when=at("after hsct"))
    cart = CellTherapy(id="cart", when=at("after aph"))
    told = course(DX, IND, IB, CR1, conditioning, hsct, apheresis, cart)
    assert edges(told, "of") == {("cond", "hsct"): "inferred", ("aph", "cart"): "inferred"}


def test_a_reference_to_nothing_makes_no_edge():
    """REC-02 tells of it; the graph stays whole."""
    mrd = MrdAssessment(id="mrd", when=at("after ib"), assesses="nowhere")
    told = course(DX, IND, IB, mrd)
    assert set(graph_of(told)) == {"dx", "ind", "ib", "mrd"}
    assert edges(told, "assesses") == {}


def test_a_contradiction_still_makes_a_graph():
    """Statements in a circle are set aside; the rest keeps its order."""
    a = TreatmentBlock(id="a", when=at("before b", "after dx"))
    b = TreatmentBlock(id="b", when=at("before a"))
    assert ("dx", "ind") in edges(course(DX, IND, a, b), "then")


def test_the_graph_is_the_same_in_every_run_and_whatever_the_sets():
    """Edges come by relation, then by the places of their events in the file."""
    told = course(DX, IND, IB, CR1, REL1, SALVAGE, CR2, REL2)
    first = list(graph_of(told).edges(keys=True, data=True))
    assert first == list(graph_of(evolve(told)).edges(keys=True, data=True))
    assert {key == data["relation"] for _, _, key, data in first} == {True}


def test_a_long_course_keeps_the_order_and_says_that_it_was_limited():
    """A chain longer than the limit has the same steps as a short one would."""
    chain = [TreatmentBlock(id="b0")]
    chain += [TreatmentBlock(id=f"b{n}", when=at(f"after b{n - 1}")) for n in range(1, LARGE + 10)]
    graph = graph_of(course(*chain))
    assert graph.graph["limited"] is True
    assert set(graph.edges(keys=True)) == {(f"b{n - 1}", f"b{n}", "then") for n in range(1, LARGE + 10)}


def test_a_long_dated_course_has_the_same_steps_as_by_comparing_every_two():
    """The short way over the bounds gives the transitive reduction as well."""
    days = [(number * 7919) % 360 for number in range(LARGE + 20)]
    dated = [
        LastContact(id=f"e{n}", when=at(f"20{10 + day // 28:02d}-03-{1 + day % 28:02d}")) for n, day in enumerate(days)
    ]
    long_way = {
        (f"e{a}", f"e{b}")
        for a, first in enumerate(days)
        for b, second in enumerate(days)
        if first < second and not any(first < between < second for between in days)
    }
    assert set(edges(course(*dated), "then")) == long_way


def test_an_end_after_something_states_no_order_of_starts():
    """Therapy that goes on until after an event may have begun before it."""
    therapy = TreatmentBlock(id="therapy", when=at("2020-06-01"), until=at("after ind"))
    ind = TreatmentBlock(id="ind", when=at("2020-01-03"))
    assert edges(course(DX, ind, therapy), "then")[("ind", "therapy")] == "inferred"


S, INF = "stated", "inferred"
SCENARIOS = {
    1: {
        "then": {
            # Both ages are 3 months, so presentation and diagnosis have no order; by days, last contact is later.
            ("presentation", "last-contact"): INF,
            ("diagnosis", "prephase"): S,
            ("diagnosis", "induction"): S,
            ("diagnosis", "csf-clearance"): S,
            ("prephase", "prednisone-response"): S,
            ("induction", "mrd-end-of-induction"): S,
            ("mrd-end-of-induction", "blinatumomab"): S,
            ("blinatumomab", "mrd-after-blinatumomab"): S,
            ("mrd-after-blinatumomab", "ib"): S,
            # The remainder starts with Protocol IB: the same moment.
            ("mrd-after-blinatumomab", "remainder"): INF,
            ("ib", "last-contact"): INF,
            ("remainder", "last-contact"): S,
        },
        "assesses": {
            ("mrd-end-of-induction", "induction"): S,
            ("mrd-after-blinatumomab", "blinatumomab"): S,
        },
    },
    2: {
        "then": {
            ("onset", "presentation"): S,
            ("presentation", "last-contact"): INF,
            ("diagnosis", "prephase"): S,
            ("diagnosis", "induction"): S,
            # During induction: not before it starts, so surely after the diagnosis, but not surely after its start.
            ("diagnosis", "csf-clearance"): INF,
            ("diagnosis", "ib"): S,
            ("diagnosis", "octadad"): S,
            ("prephase", "prednisone-response"): S,
            ("prednisone-response", "arm"): S,
            ("ib", "mrd-after-ib"): S,
            ("octadad", "mrd-after-octadad"): S,
            ("mrd-after-ib", "mrd-after-octadad"): S,
            # The re-emergence is the same moment as the result it was seen in.
            ("octadad", "reemergence"): INF,
            ("mrd-after-ib", "reemergence"): INF,
            ("mrd-after-octadad", "mrd-repeat"): S,
            ("reemergence", "mrd-repeat"): INF,
            ("mrd-repeat", "car-t"): S,
            ("car-t", "second-mrd-remission"): S,
            ("second-mrd-remission", "hsct"): S,
            ("conditioning", "hsct"): S,
            ("hsct", "last-contact"): S,
        },
        "during": {("csf-clearance", "induction"): S},
        # The repeat marrow names no block, and the place of the prephase is open: nothing is inferred for it.
        "assesses": {("mrd-after-ib", "ib"): S, ("mrd-after-octadad", "octadad"): S},
        "attains": {("car-t", "second-mrd-remission"): S},
        "treats": {("car-t", "reemergence"): INF},
        "consolidates": {("hsct", "second-mrd-remission"): S},
        "of": {("conditioning", "hsct"): S},
    },
    3: {
        "then": {
            ("onset", "presentation"): S,
            ("presentation", "last-contact"): INF,
            ("diagnosis", "arm"): S,
            ("diagnosis", "marma"): S,
            ("marma", "mrd-after-marma"): S,
            ("mrd-after-marma", "octadad"): S,
            ("octadad", "maintenance"): S,
            # During maintenance: surely after OCTADAD, not surely after the first day of maintenance.
            ("octadad", "relapse"): INF,
            ("octadad", "lineage-switch"): INF,
            ("maintenance", "salvage-1"): INF,
            ("relapse", "salvage-1"): S,
            ("lineage-switch", "salvage-1"): INF,
            ("salvage-1", "salvage-2"): S,
            ("salvage-1", "cr2"): S,
            ("cr2", "testicular-radiotherapy"): S,
            ("cr2", "hsct"): S,
            ("conditioning", "hsct"): S,
            ("testicular-radiotherapy", "last-contact"): S,
            ("hsct", "last-contact"): S,
        },
        "during": {("relapse", "maintenance"): S, ("lineage-switch", "maintenance"): INF},
        "assesses": {("mrd-after-marma", "marma"): S},
        "attains": {("salvage-1", "cr2"): S, ("salvage-2", "cr2"): S},
        "switches": {("lineage-switch", "diagnosis"): INF},
        "treats": {
            ("salvage-1", "relapse"): INF,
            ("salvage-2", "relapse"): INF,
            ("testicular-radiotherapy", "relapse"): INF,
        },
        "consolidates": {("hsct", "cr2"): S},
        "of": {("conditioning", "hsct"): S},
    },
    4: {
        "then": {
            ("onset", "presentation"): S,
            ("presentation", "heart-transplant"): INF,
            ("diagnosis", "therapy"): S,
            ("diagnosis", "intensive-phases"): S,
            ("diagnosis", "heart-transplant"): S,
            ("intensive-phases", "respiratory-distress"): S,
            # The echocardiogram comes with the distress, so what follows the one follows the other.
            ("intensive-phases", "echocardiogram"): INF,
            ("respiratory-distress", "diuretics"): S,
            ("respiratory-distress", "cardiac-medication"): S,
            ("respiratory-distress", "serial-echocardiograms"): S,
            ("respiratory-distress", "pulmonary-hypertension"): S,
            ("echocardiogram", "diuretics"): INF,
            ("echocardiogram", "cardiac-medication"): INF,
            ("echocardiogram", "serial-echocardiograms"): INF,
            ("echocardiogram", "pulmonary-hypertension"): INF,
            ("heart-transplant", "last-contact"): S,
        },
        # At its very start.
        "during": {("echocardiogram", "respiratory-distress"): INF},
        "of": {("diuretics", "respiratory-distress"): S, ("cardiac-medication", "respiratory-distress"): S},
    },
}
"""Every edge of the four published scenarios, worked out by hand from the statements in their files."""


@pytest.mark.parametrize("number", SCENARIOS)
def test_the_published_scenarios_have_these_edges_and_no_others(number):
    """Relation by relation, with their basis."""
    told = load(published_cases()[number - 1])
    found: dict[str, dict[tuple[str, str], str]] = {}
    for a, b, data in graph_of(told).edges(data=True):
        found.setdefault(data["relation"], {})[a, b] = data["basis"]
    assert found == SCENARIOS[number]
