"""The course graph: what is drawn where, and that nothing lies on anything else."""

import io
import re
import xml.etree.ElementTree as ET

import pytest
from attrs import evolve
from PIL import Image

import infant_course as ic
from infant_course.events import TargetedTherapy
from infant_course.io.published import published_cases
from infant_course.knowledge.plan import plan
from infant_course.knowledge.protocols import the_protocol
from infant_course.render import dot
from infant_course.render.course_graph import figure_of
from infant_course.render.course_graph_figure import GraphFigure
from infant_course.render.course_graph_ink import draw_course_graph
from infant_course.render.course_graph_layout import lay_out
from infant_course.render.export import encoded
from infant_course.render.figure import drawing_of
from infant_course.render.style import TEXT_SIZES, WIDTHS, Mark, Style
from infant_course.vocabulary import MrdResult
from infant_course.when import parse
from render.graph_checks import faults

CASES = {path.stem[-1]: path for path in published_cases()}
HOSTILE = '<script>alert(1)</script> "]; x [label=" \\N \x00\x1b[31m'
STYLES = [Style(width=width, text=text) for width in WIDTHS for text in TEXT_SIZES]


def figure(case: str, **options: object) -> GraphFigure:
    return figure_of(ic.load(CASES[case]), **options)


def hostile_course() -> ic.Course:
    events = [ic.Diagnosis(id="dx", when=(parse("2020-05-01"),))]
    for i in range(12):
        words = HOSTILE if i % 2 else "long " * 40
        events.append(
            ic.TreatmentBlock(id=f"b{i}", block=words, when=(parse(f"after {'dx' if not i else f'b{i - 1}'}"),))
        )
    return ic.Course(patient=ic.Patient(id="p"), events=events)


def course(*events: ic.Event) -> ic.Course:
    return ic.Course(patient=ic.Patient(id="p"), events=events)


def awkward() -> dict[str, ic.Course]:
    """Courses that a layout may break on."""
    dx = ic.Diagnosis(id="dx", when=(parse("age 3 months"),))
    after = (parse("after dx"),)
    drugs = [TargetedTherapy(id=f"t{i}", agent=f"drug number {i}", when=after) for i in range(10)]
    drugs += [ic.Immunotherapy(id=f"i{i}", agent=f"antibody {i}", when=after) for i in range(10)]
    many = [ic.MrdAssessment(id=f"m{i}", result=MrdResult.NEGATIVE, when=after) for i in range(40)]
    letters = "W" * 200
    side_by_side = [
        ic.Transplant(id="hsct", when=after),
        ic.CellTherapy(id="cells", when=after, targets=("CD19",)),
        ic.Immunotherapy(id="blina", agent="blinatumomab", when=after),
        ic.AdverseEvent(id="crs", term=letters, when=(parse("with cells"),)),
    ]
    dated = [
        ic.Diagnosis(id="dx", when=(parse("2020-05-01"),)),
        *(ic.TreatmentBlock(id=f"b{i}", block="ib", when=(parse(f"2020-{i + 6:02}-10"),)) for i in range(6)),
        ic.Relapse(id="rel", number=1, when=(parse("2021-01-01"),)),
        ic.Transplant(id="h1", when=(parse("2021-03-01"),)),
        ic.Relapse(id="rel2", number=2, when=(parse("2021-09-01"),)),
        ic.Transplant(id="h2", when=(parse("2021-12-01"),)),
        ic.Death(id="death", when=(parse("2022-01-31"),)),
    ]
    return {
        "a diagnosis alone": course(dx),
        "nothing": course(),
        "two in ten years": course(dx, ic.LastContact(id="last", when=(parse("10 years after dx"),))),
        "twenty drugs without an order": course(dx, *drugs),
        "forty results under one box": course(dx, *many),
        "results only": course(*many[:5]),
        "one word of 200 letters": course(dx, ic.TreatmentBlock(id="b", block=letters), ic.Death(id="d")),
        "side by side, with a long mark": course(dx, *side_by_side, ic.LastContact(id="last", when=after)),
        "dates, two relapses and two transplants": course(*dated),
        "hostile labels": hostile_course(),
        "eighty blocks": course(
            dx,
            *(
                ic.TreatmentBlock(id=f"b{i}", block="ib", when=(parse(f"after b{i - 1}" if i else "after dx"),))
                for i in range(80)
            ),
        ),
    }


def marked(drawn: ic.Course, each: int = 3) -> dict[str, list[Mark]]:
    """Some findings at every event and at the patient."""

    def some(name: str) -> list[Mark]:
        return [
            Mark(rule=f"XXX-{i:02}", verdict=("failed", "undecided")[i % 2], message=f"{name} " + "words " * 30)
            for i in range(each)
        ]

    return {"": some("patient"), **{event.id: some(event.id) for event in drawn}}


@pytest.mark.parametrize("style", STYLES, ids=lambda style: f"{style.width}-{style.text:g}")
@pytest.mark.parametrize("case", CASES)
def test_nothing_lies_on_anything_else(case: str, style: Style) -> None:
    """Alone, beside a plan, and with findings."""
    told = ic.load(CASES[case])
    planned = plan(the_protocol("interfant-06"))
    assert faults(lay_out(figure_of(told, style=style), style)) == []
    assert faults(lay_out(figure_of(told, style=style, plan=planned, marks=marked(told)), style)) == []


@pytest.mark.parametrize("name", list(awkward()))
def test_awkward_courses_keep_their_places(name: str) -> None:
    """At every width, and with more findings than a box is wide."""
    drawn = awkward()[name]
    marks = marked(drawn, 9 if len(drawn) < 15 else 1)
    for style in STYLES:
        assert faults(lay_out(figure_of(drawn, style=style), style)) == []
        assert faults(lay_out(figure_of(drawn, style=style, marks=marks), style)) == []


@pytest.mark.parametrize("protocol", ["interfant-99", "interfant-21", "aall0631", "cassiopeia"])
def test_any_plan_keeps_its_place_beside_any_course(protocol: str) -> None:
    for style in (Style(width=80, text=8.0), Style()):
        for drawn in (ic.load(CASES["1"]), ic.load(CASES["4"]), awkward()["dates, two relapses and two transplants"]):
            beside = figure_of(drawn, style=style, plan=plan(the_protocol(protocol)))
            assert faults(lay_out(beside, style)) == []


def test_a_collision_would_be_noticed() -> None:
    """A box moved onto another, an arrow's end moved, a box off the page: each is a fault."""
    layout = lay_out(figure("3"))
    first, second, *others = layout.nodes
    assert faults(evolve(layout, nodes=(first, evolve(second, box=first.box), *others)))
    arrow = layout.arrows[0]
    assert faults(evolve(layout, arrows=(evolve(arrow, points=(*arrow.points[:-1], (1.0, 1.0))),)))
    away = evolve(first, box=evolve(first.box, x=-5.0))
    assert "off the page" in " ".join(faults(evolve(layout, nodes=(away, second, *others))))


@pytest.mark.parametrize(("kind", "words"), [("graph", "Course graph"), ("timeline", "Timeline")])
def test_a_drawing_is_named_after_its_course(kind: str, words: str) -> None:
    """As screen readers and notebooks name it; not after one of its bands."""
    drawing = drawing_of(ic.load(CASES["3"]), kind)
    assert drawing.title == f"{words} of kotecha-2022-case-3"
    assert re.findall("<title[^>]*>([^<]*)", drawing.svg())[0] == drawing.title


def test_case_3_as_it_was_told() -> None:
    """Bands, nodes and order by hand from the review."""
    drawn = figure("3")
    assert [band.title for band in drawn.bands] == [
        "First line: Interfant-06, lymphoid-directed arm",
        "Second line: myeloid-directed",
        "Follow-up",
    ]
    columns = [[[node.event for node in column] for column in band.columns] for band in drawn.bands]
    assert columns == [
        [["diagnosis"], ["marma"], ["octadad"], ["maintenance"]],
        [["relapse"], ["salvage-1"], ["salvage-2"], ["testicular-radiotherapy", "hsct"]],
        [["last-contact"]],
    ]
    tags = {tag.event: node.event for node in drawn.nodes for tag in node.tags}
    assert tags == {"mrd-after-marma": "marma", "lineage-switch": "relapse", "cr2": "salvage-2"}


def test_an_order_that_was_not_stated_is_drawn_as_such() -> None:
    """Case 2: what came before what among prephase, induction, IB and OCTADAD is not told."""
    open_edges = {(edge.source, edge.target) for edge in figure("2").edges if not edge.stated}
    assert ("induction", "ib") in open_edges
    assert ("car-t", "hsct") not in open_edges
    assert ("dashed", "order not stated") in [(entry.sample, entry.text) for entry in figure("2").key]
    said = [label.text for label in lay_out(figure("2")).labels]
    assert said.count("order") == said.count("not stated") == 3


def test_a_heart_transplant_is_no_hsct() -> None:
    kinds = {node.event: node.kind for node in figure("4").nodes}
    assert kinds["heart-transplant"] == "organ_transplant"
    assert "transplant" not in kinds.values()


@pytest.mark.parametrize("case", CASES)
def test_the_drawing_is_well_formed_and_repeatable(case: str) -> None:
    svg = draw_course_graph(figure(case)).svg()
    assert svg == draw_course_graph(figure(case)).svg()
    assert ET.fromstring(svg).tag.endswith("svg")


def test_no_calendar_date_is_drawn() -> None:
    svg = draw_course_graph(figure_of(hostile_course())).svg()
    assert "2020" not in svg
    assert "<script" not in svg
    ET.fromstring(svg)


def test_dot_is_pinned_escaped_and_repeatable() -> None:
    text = dot.source(figure("3"))
    assert text == dot.source(figure("3"))
    assert text.count('!"') == len(figure("3").nodes)
    hostile = dot.source(figure_of(hostile_course()))
    assert "\x1b" not in hostile
    assert "\\\\N" in hostile  # a backslash is doubled, so that Graphviz does not read an escape


def test_a_label_is_never_html() -> None:
    """A label in angle brackets would be read as markup by Graphviz."""
    course = ic.Course(
        patient=ic.Patient(id="p"),
        events=[ic.TreatmentBlock(id="b", block='<IMG SRC="/etc/hostname"/>'), ic.Death(id="d")],
    )
    text = dot.source(figure_of(course))
    assert 'label="<IMG SRC=\\"/' in text
    assert "label=<" not in text


def test_no_date_hides_in_a_statement() -> None:
    """Neither in an alternative, nor in what was taken for the id of an event."""
    whens = ("either (2020-05-01) or (2020-06-01)", "before 2020-05-01", "after 2020-05", "2020-05-03..2020-05-09")
    events = [ic.TreatmentBlock(id=f"b{i}", block="ib", when=(parse(when),)) for i, when in enumerate(whens)]
    figure = figure_of(ic.Course(patient=ic.Patient(id="p"), events=[ic.Diagnosis(id="dx"), *events]))
    assert "2020" not in draw_course_graph(figure).svg()
    assert "2020" not in dot.source(figure)


def test_the_cross_of_a_molecular_relapse_only_where_one_was_told() -> None:
    """Case 1: positive at the end of induction, and no relapse. Case 2: a re-emergence rests on two results."""
    glyphs = {tag.event: tag.glyph for case in "12" for node in figure(case).nodes for tag in node.tags}
    assert glyphs["mrd-end-of-induction"] == "mrd_positive"
    assert glyphs["mrd-after-octadad"] == glyphs["mrd-repeat"] == "molecular_relapse"
    assert glyphs["csf-clearance"] == glyphs["prednisone-response"] == "finding"


def test_a_negative_result_says_its_sensitivity_or_that_it_is_unknown() -> None:
    known = ic.MrdAssessment(id="m", result=MrdResult.NEGATIVE, sensitivity=ic.Quantity(1e-5, "fraction"))
    course = ic.Course(patient=ic.Patient(id="p"), events=[ic.Diagnosis(id="dx"), known])
    drawn = figure_of(course)
    assert "".join(run.text for run in drawn.nodes[0].tags[0].runs) == "MRD negative, < 10−5"
    assert [entry.sample for entry in drawn.key] == ["glyph mrd_response"]
    assert "?: sensitivity of a negative MRD result not reported" in [entry.text for entry in figure("1").key]


def test_graphviz_draws_the_dot_file() -> None:
    """With whichever engine is here; a hostile label makes no node and no edge."""
    try:
        svg, engine = dot.graphviz_svg(figure_of(hostile_course()))
    except ic.UsageError as error:
        assert "infant-course[graphviz]" in str(error)
        pytest.skip("no Graphviz engine: neither pygraphviz nor dot is installed")
    assert svg.count('class="node"') == 13
    assert svg.count('class="edge"') == 12
    assert engine.startswith("Graphviz ") and f"infant-course {ic.__version__}, {engine}" in svg


def test_without_an_engine_one_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dot, "_by_pygraphviz", lambda text: None)
    monkeypatch.setattr(dot.shutil, "which", lambda program: None)
    with pytest.raises(ic.UsageError, match=r"infant-course\[graphviz\]"):
        dot.graphviz_svg(figure("3"))


# --- second edition ----------------------------------------------------------------------------------------------


def test_what_followed_a_complication_stands_below_it() -> None:
    """Case 4, by hand: the echocardiograms, the drugs and the hypertension are told with or after the distress."""
    [under] = [node for node in figure("4").nodes if node.tags]
    assert under.event == "intensive-phases"
    assert [(tag.event, tag.level) for tag in under.tags] == [
        ("respiratory-distress", 0),
        ("echocardiogram", 1),
        ("diuretics", 1),
        ("cardiac-medication", 1),
        ("serial-echocardiograms", 1),
        ("pulmonary-hypertension", 1),
    ]
    assert "indent" in [entry.sample for entry in figure("4").key]


def test_complications_told_after_each_other_in_a_circle_are_all_drawn() -> None:
    events = [ic.AdverseEvent(id=a, term=a, when=(parse(f"after {b}"),)) for a, b in ("ab", "bc", "ca")]
    [node] = figure_of(course(ic.Diagnosis(id="dx"), *events)).nodes
    assert sorted(tag.event for tag in node.tags) == ["a", "b", "c"]


def test_blocks_that_start_together_share_a_column() -> None:
    """Case 1: all that remained began with Protocol IB."""
    [first, _] = figure("1").bands
    assert [node.event for node in first.columns[-1]] == ["ib", "remainder"]


def test_the_key_explains_the_glyphs_that_occur_and_no_others() -> None:
    for case in CASES:
        drawn = figure(case)
        used = {f"glyph {tag.glyph}" for node in drawn.nodes for tag in node.tags}
        assert {entry.sample for entry in drawn.key if entry.sample.startswith("glyph")} == used


def test_an_unreported_stretch_is_broken() -> None:
    """Case 3, by the protocol: prephase, induction and the consolidation of either arm come before MARMA."""
    broken = [edge for edge in figure("3").edges if edge.missing]
    assert [(edge.source, edge.target) for edge in broken] == [("diagnosis", "marma")]
    assert broken[0].missing == ("Prednisone prephase", "Induction", "Protocol IB", "ADE", "MAE")
    layout = lay_out(figure("3"))
    assert [label.text for label in layout.labels if "report" in label.text] == ["not reported"]
    assert [arrow.edge.target for arrow in layout.arrows if arrow.slashes] == ["marma"]
    assert not [edge for edge in figure("4").edges if edge.missing]


def test_a_plan_stands_in_grey_beside_what_was_given() -> None:
    """Case 3 and Interfant-06, by hand: MARMA, OCTADAD and maintenance were told; HSCT was not given in first line."""
    drawn = figure("3", plan=plan(the_protocol("interfant-06")))
    ghosts = [node.lines[0].rstrip("*") for node in drawn.nodes if node.ghost]
    assert ghosts == ["Prednisone prephase", "Induction", "Protocol IB", "ADE", "MAE", "HSCT"]
    assert [n.event for n in drawn.nodes if not n.ghost] == [n.event for n in figure("3").nodes]
    ends = [(e.source.split("\n")[-1], e.target.split("\n")[-1]) for e in drawn.edges if e.ghost]
    assert {("diagnosis", "prednisone_prephase"), ("ib", "marma"), ("ade", "mae"), ("mae", "marma")} <= set(ends)
    assert "planned by Interfant-06, not told in the first line" in [entry.text for entry in drawn.key]


def test_the_plan_of_a_group_leaves_out_what_is_not_open_to_it() -> None:
    drawn = figure("3", plan=plan(the_protocol("interfant-06"), "LR"))
    assert "HSCT" not in [node.lines[0] for node in drawn.nodes if node.ghost]


def test_a_planned_block_told_under_another_name_is_matched() -> None:
    """By the protocol's own synonyms; a block of another protocol is not the same block."""
    block = next(b for b in the_protocol("interfant-06").blocks if b.synonyms)
    for protocol, grey in ((None, False), ("aall0631", True)):
        told = ic.TreatmentBlock(id="b", block=block.synonyms[0], protocol=protocol, when=(parse("after dx"),))
        drawn = figure_of(course(ic.Diagnosis(id="dx"), told), plan=plan(the_protocol("interfant-06")))
        assert (f"plan\n{block.id}" in [node.event for node in drawn.nodes]) is grey


def test_a_course_against_its_plan_is_drawn_all_the_same() -> None:
    """Maintenance before OCTADAD: the plan's arrows that would run back are left out."""
    events = [
        ic.Diagnosis(id="dx"),
        ic.TreatmentBlock(id="m", block="maintenance", when=(parse("after dx"),)),
        ic.TreatmentBlock(id="o", block="octadad", when=(parse("after m"),)),
        ic.TreatmentBlock(id="i", block="induction", when=(parse("after o"),)),
    ]
    drawn = figure_of(course(*events), plan=plan(the_protocol("interfant-06")))
    assert faults(lay_out(drawn)) == []
    assert len({node.event for node in drawn.nodes}) == len(drawn.nodes)


def test_findings_are_numbered_flagged_and_told() -> None:
    """Failed before undecided; one number for one finding at two events; the list of events is not repeated."""
    marks = {
        "relapse": [Mark(rule="B-01", verdict="undecided", message="Not to be told. [relapse (2020-05-01)]")],
        "marma": [Mark(rule="A-01", verdict="failed", message="Wrong. [marma (after diagnosis)]")],
        "mrd-after-marma": [Mark(rule="A-01", verdict="failed", message="Wrong. [mrd-after-marma]")],
        "onset": [Mark(rule="C-01", verdict="failed", message="Seen on 2020-05-01.")],
        "conditioning": [Mark(rule="E-01", verdict="failed", message="Too late.")],
        "": [Mark(rule="D-01", verdict="undecided", message="Twice?")],
    }
    drawn = figure("3", marks=marks)
    flags = {n.event: [f.number for f in n.flags] for n in drawn.nodes if n.flags}
    flags |= {t.event: [f.number for f in t.flags] for n in drawn.nodes for t in n.tags if t.flags}
    # The conditioning is told in the box of its transplant.
    assert flags == {"marma": [1], "mrd-after-marma": [1], "hsct": [2], "relapse": [3]}
    assert [entry.text for entry in drawn.findings] == [
        "A-01 failed: Wrong",
        "E-01 failed: Too late",
        "B-01 undecided: Not to be told",
        "Symptom onset (not drawn): C-01 failed: Seen on calendar date",
        "the patient: D-01 undecided: Twice?",
    ]
    assert "1 A-01 failed: Wrong; 2 E-01 failed" in drawn.description
    svg = draw_course_graph(drawn).svg()
    assert svg.count('class="finding failed"') == 6  # three flags, the sample and two lines of the key
    assert "findings 3 undecided" in svg and "2020" not in svg


def test_hidden_ages_are_nowhere() -> None:
    """Neither in boxes nor in titles, nor in messages, which may tell one; days and years after diagnosis stay."""
    marks = {"diagnosis": [Mark(rule="A-01", verdict="failed", message="Aged 10 months.")]}
    style = Style(hide_ages=True)
    drawn = figure("4", style=style, marks=marks)
    text = draw_course_graph(drawn, style).svg() + dot.source(drawn)
    assert "10 months" not in text
    assert "8 years after diagnosis" in text and "A-01 failed" in text


def test_times_stand_above_arrows_only_where_they_are_reported() -> None:
    """Days from diagnosis by hand: 1 June to 10 June are 9 days; a month of which the day is not known has none."""
    events = [
        ic.Diagnosis(id="dx", when=(parse("2020-06-01"),)),
        ic.TreatmentBlock(id="a", block="ib", when=(parse("2020-06-10"),)),
        ic.TreatmentBlock(id="b", block="octadad", when=(parse("2020-09"),)),
        ic.TreatmentBlock(id="c", block="maintenance", when=(parse("6 months after dx"),)),
    ]
    times = {node.event: node.time for node in figure_of(course(*events)).nodes}
    assert times == {"dx": "", "a": "day 9", "b": "", "c": "month 6"}
    assert "day 9" in [label.text for label in lay_out(figure_of(course(*events))).labels]
    assert not any(node.time for case in CASES for node in figure(case).nodes)


def test_every_box_has_its_words_in_ink_and_nothing_leaves_the_page() -> None:
    """A converter without the face draws no text and says nothing: then a box is of one colour inside."""
    style, scale = Style(width=80, text=8.0), 4
    told = ic.load(CASES["4"])
    drawn = figure_of(told, style=style, plan=plan(the_protocol("cog-p9407")))
    layout = lay_out(drawn, style)
    svg = draw_course_graph(drawn, style).svg()
    wordless = re.sub(r"<text.*?</text>", "", svg)
    for text, inked in ((svg, True), (wordless, False)):
        png = encoded(text, ".png", made="m", dpi=72 * scale)
        assert isinstance(png, bytes)
        with Image.open(io.BytesIO(png)) as picture:
            page = picture.convert("L")
        for placed in layout.nodes:
            box = placed.box
            inside = page.crop(
                tuple(round(scale * at) for at in (box.x + 5, box.y + 6, box.right - 12, box.bottom - 6))
            )
            low, high = inside.getextrema()
            assert (high - low > 60) is inked, placed.node.event
        wide, tall = page.size
        edges = [(0, 0, wide, 1), (0, tall - 1, wide, tall), (0, 0, 1, tall), (wide - 1, 0, wide, tall)]
        assert all(page.crop(edge).getextrema() == (255, 255) for edge in edges)
