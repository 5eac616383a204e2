"""The page of one drawing in a browser: pointer, keyboard, size, table, print, dark."""

import pytest

import infant_course as ic
from browser.seen import faults
from infant_course.render.figure import drawing_of
from infant_course.render.interactive import page as page_of
from infant_course.render.style import Mark, Style
from report import page_samples as samples

KINDS = ("graph", "timeline")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """A course in which several things cannot be, with its findings, as a page of each kind."""
    course = samples.course(tmp_path_factory.mktemp("courses"))
    marks = {}
    for found in ic.check(course).findings:
        marks.setdefault(found.event or "", []).append(
            Mark(rule=found.rule, verdict=found.verdict, message=found.message)
        )
    return {kind: page_of(course, drawing_of(course, kind), kind=kind, style=Style(), marks=marks) for kind in KINDS}


def _mark(page, event):
    return page.locator(f"svg [data-event='{event}']").first


def _active(page):
    return page.evaluate("document.activeElement.getAttribute('data-event')")


def _about(page):
    """The lines of the table that are marked."""
    return page.locator("tr.about").evaluate_all("rows => rows.map((row) => row.dataset.row)")


@pytest.mark.parametrize("kind", KINDS)
def test_pointing_at_an_event_tells_its_time_values_source_and_findings(quiet, pages, kind):
    page = quiet(pages[kind])
    card = page.locator("#card")
    assert not card.is_visible()
    _mark(page, "blina").hover()
    card.wait_for()
    told = card.inner_text()
    for words in ("calendar date; until calendar date", "day 244", "agent blinatumomab", "failed BAS-19", "line 11"):
        assert words in told
    assert _about(page) == ["blina"]
    assert page.locator("svg .halo").count() == page.locator("svg [data-event='blina']").count()
    page.mouse.move(2, 2)
    card.wait_for(state="hidden")
    assert _about(page) == []
    assert page.locator("svg .halo").count() == 0


def test_a_card_can_be_reached_with_the_pointer_and_closed_with_escape(quiet, pages):
    """WCAG 2.2, 1.4.13: dismissible, hoverable, persistent. A near miss counts as a hit."""
    page = quiet(pages["timeline"])
    box = _mark(page, "cr1").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] + 2)
    card = page.locator("#card")
    card.wait_for()
    assert "CR1" in card.inner_text()
    card.hover()
    page.wait_for_timeout(300)
    assert card.is_visible()
    page.keyboard.press("Escape")
    assert not card.is_visible()


@pytest.mark.parametrize("kind", KINDS)
def test_the_arrow_keys_visit_every_event_that_is_drawn(quiet, pages, kind):
    """One stop of Tab; a timeline from left to right. Enter leads to the line in the table, and from there back."""
    page = quiet(pages[kind])
    drawn = list(
        dict.fromkeys(page.locator("svg [data-event]").evaluate_all("all => all.map((one) => one.dataset.event)"))
    )
    assert len(drawn) == 11
    for _ in range(6):
        page.keyboard.press("Tab")
    met = [_active(page)]
    assert met != [None]
    for _ in range(len(drawn) + 2):
        page.keyboard.press("ArrowRight")
        if _active(page) != met[-1]:
            met.append(_active(page))
            assert _about(page) == [met[-1]]
            assert page.locator("#card").is_visible()
    assert sorted(met) == sorted(drawn)
    if kind == "timeline":
        assert met[:2] == ["dx", "ind"]
        assert met.index("death") < met.index("hsct") < met.index("last") == 10
    page.keyboard.press("Home")
    assert _active(page) == met[0]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    assert _active(page) == met[0]
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('tr').dataset.row") == met[0]
    assert not page.locator("#card").is_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert _active(page) is not None
    assert page.locator("#card").is_visible()


def test_screen_readers_are_told_what_an_event_is(quiet, pages):
    page = quiet(pages["timeline"])
    drawing = page.get_by_role("group", name="Timeline of P017")
    name = drawing.get_by_role("button", name="Blinatumomab, cycle 1").get_attribute("aria-label")
    assert "agent blinatumomab" in name
    assert "failed BAS-19" in name
    assert drawing.get_by_role("button").count() == 11
    assert page.get_by_role("button", name="Death: show in the drawing").count() == 1


def test_it_grows_by_buttons_keys_and_wheel(quiet, pages):
    page = quiet(pages["timeline"])
    size = page.locator("#size")

    def width():
        return page.locator("#paper svg").bounding_box()["width"]

    whole = width()
    page.get_by_role("button", name="Larger").click()
    page.keyboard.press("+")
    assert size.inner_text() == "150 %"
    assert width() == pytest.approx(1.5 * whole, rel=0.02)
    assert page.evaluate("paper.scrollWidth > paper.clientWidth")
    page.keyboard.press("-")
    assert size.inner_text() == "125 %"
    _mark(page, "rel").hover()
    before = _mark(page, "rel").bounding_box()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -100)
    page.get_by_text("150 %").wait_for()
    page.keyboard.up("Control")
    after = _mark(page, "rel").bounding_box()
    middles = [box["x"] + box["width"] / 2 for box in (before, after)]
    assert middles[0] == pytest.approx(middles[1], abs=12)  # what the pointer is on stays under it
    page.mouse.wheel(0, -100)  # without Ctrl it scrolls
    assert size.inner_text() == "150 %"
    for _ in range(12):
        page.keyboard.press("-")
    assert size.inner_text() == "50 %"
    assert page.get_by_role("button", name="Smaller").get_attribute("aria-disabled") == "true"
    page.get_by_role("button", name="Whole width").click()
    assert width() == pytest.approx(whole, rel=0.02)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_read_and_controls_be_named_at_every_width(quiet, pages, scheme):
    page = quiet(pages["timeline"], color_scheme=scheme)
    _mark(page, "blina").hover()
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert faults(page) == {}, width
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark is (scheme == "dark")


def test_it_prints_the_whole_drawing_and_the_table(quiet, pages):
    page = quiet(pages["timeline"], color_scheme="dark")
    for _ in range(4):
        page.keyboard.press("+")
    _mark(page, "dx").focus()
    page.emulate_media(media="print")
    for hidden in (".tools", "#card", "#how"):
        assert not page.locator(hidden).is_visible()
    assert page.locator("tbody tr").count() == 11
    assert faults(page) == {}
    paper, svg = page.locator("#paper").bounding_box(), page.locator("#paper svg").bounding_box()
    assert svg["width"] <= paper["width"] + 1
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_without_its_script_it_is_drawing_and_table(quiet, pages):
    page = quiet(pages["graph"], java_script_enabled=False)
    assert page.locator("#paper svg").is_visible()
    assert page.locator("tbody tr").count() == 11
    assert not page.locator(".tools").is_visible()


def test_hostile_words_stay_text_in_drawing_table_and_card(quiet):
    word = samples.HOSTILE
    course = ic.Course(
        patient=ic.Patient(id=word),
        events=(ic.Diagnosis(id=word, kmt2a_partner=word), ic.TreatmentBlock(id="b", block=word)),
    )
    marks = {word: [Mark(rule=word, verdict=word, message=word)]}
    page = quiet(page_of(course, drawing_of(course, "graph"), kind="graph", style=Style(), marks=marks))
    page.locator("svg [data-event]").first.hover()
    page.locator("#card").wait_for()
    assert "<script>window.broken = 1</script>" in page.locator("#card").inner_text()
    assert page.locator("main img, main script, #card img").count() == 0
