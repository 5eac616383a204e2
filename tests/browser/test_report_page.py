"""The HTML report in a browser: filters, patients, keyboard, print, dark, narrow; an input stays text."""

import polars as pl
import pytest
from attrs import evolve

import infant_course as ic
from browser.seen import faults
from infant_course import Cohort, check
from infant_course.intake import CellFinding, CellProblem, Intake, RowCount
from infant_course.report.findings import table_of
from infant_course.report.html import as_html
from report import page_samples as samples
from report.sample_report import count, finding, report

VIEWS = ("#summary", "#findings?verdict=all", "#patients", "#patient/P017")


@pytest.fixture(scope="module")
def faulty(tmp_path_factory):
    """A report on two patients in which several things cannot be, and its page; one finding is accepted."""
    report, cohort = samples.faulty(tmp_path_factory.mktemp("courses"))
    failed = report.table.filter(pl.col("verdict") == "failed")
    statuses = dict.fromkeys(failed["fingerprint"], "open")
    statuses[_fingerprint(report, "ORD-04", "P017")] = "accepted"
    statuses[_fingerprint(report, "ORD-02", "P018")] = "new"
    return report, as_html(report, cohort, statuses=statuses)


def _fingerprint(report, rule, patient):
    found = report.table.filter((pl.col("rule") == rule) & (pl.col("patient") == patient))
    return found["fingerprint"].item()


def _listed(page):
    """Rule and patient of the findings that are listed."""
    rows = page.locator("#finding-list tbody tr").all_inner_texts()
    return [tuple(row.split("\t")[1:3]) for row in rows]


def _arrived(page, view):
    """Wait until a view is shown and its heading has the focus: the page hears of a new address a moment later."""
    page.wait_for_function("view => document.activeElement.id === `head-${view}`", arg=view)


def _expected(table):
    return list(table.select("rule", "patient").iter_rows())


def test_the_summary_counts_what_the_report_counts(quiet, faulty):
    report, html = faulty
    page = quiet(html)
    tiles = dict(
        zip(page.locator(".tile dt").all_inner_texts(), page.locator(".tile dd").all_inner_texts(), strict=True)
    )
    assert tiles["patients"] == "3"
    assert tiles["errors"] == str(report.counted("failed", "error"))
    assert tiles["undecided"] == str(report.counted("undecided"))
    ledger = page.get_by_role("table", name="Findings by their status in the ledger").locator("tbody tr")
    failed = report.counted("failed")
    assert ledger.all_inner_texts() == ["accepted\t1", "new\t1", f"open\t{failed - 2}"]
    page.locator(".tile.error dd a").click()
    _arrived(page, "findings")
    assert len(_listed(page)) == report.counted("failed", "error")  # a number leads to all that it counts


def test_every_filter_shows_what_it_says(quiet, faulty):
    """By verdict, severity, rule, site, status, patient and words; they add up, and the address keeps them."""
    report, html = faulty
    page = quiet(html, "#findings")
    ask = page.locator("#filters").get_by_label
    table, c = report.table, pl.col
    failed = table.filter(c("verdict") == "failed")
    accepted = _fingerprint(report, "ORD-04", "P017")
    assert _listed(page) == _expected(failed.filter(c("fingerprint") != accepted))
    ask("Status").select_option("accepted")
    assert _listed(page) == [("ORD-04", "P017")]
    ask("Status").select_option("new")
    assert _listed(page) == [("ORD-02", "P018")]
    ask("Status").select_option("all")
    assert _listed(page) == _expected(failed)
    ask("Severity").select_option("note")
    assert _listed(page) == _expected(failed.filter(c("severity") == "info"))
    ask("Site").select_option("Praha")
    assert _listed(page) == _expected(failed.filter((c("severity") == "info") & (c("site") == "Praha")))
    page.get_by_role("button", name="Clear filters").click()
    ask("Verdict").select_option("undecided")
    assert _listed(page) == _expected(table.filter(c("verdict") == "undecided"))
    ask("Site").select_option("not told")
    assert {patient for _, patient in _listed(page)} == {"P019"}
    page.get_by_role("button", name="Clear filters").click()
    ask("Rule").select_option("ORD-02")
    assert _listed(page) == [("ORD-02", "P017"), ("ORD-02", "P018")]
    ask("Patient").fill("018")
    page.locator("#count", has_text="1 of 32").wait_for()
    assert _listed(page) == [("ORD-02", "P018")]
    page.reload()
    assert _listed(page) == [("ORD-02", "P018")]
    ask("Text").fill("no such words")
    page.locator("#count", has_text="0 of 32").wait_for()
    assert _listed(page) == []


def _outlined(page, kind):
    """The events whose marks are outlined: the outline's middle is the mark's."""
    return set(
        page.evaluate(
            """kind => {
              const middle = (one) => {
                const box = one.getBBox();
                return [box.x + box.width / 2, box.y + box.height / 2].map((at) => at.toFixed(1)).join();
              };
              const svg = document.querySelector("#patient-body svg");
              const halos = new Set([...svg.querySelectorAll(`.halo.${kind}`)].map(middle));
              return [...svg.querySelectorAll("[data-event]")].filter((one) => halos.has(middle(one)))
                .map((one) => one.dataset.event);
            }""",
            kind,
        )
    )


def test_a_patient_is_shown_with_findings_beside_the_drawing(quiet, faulty):
    """The events of the findings are outlined, what they conflict with dashed; one finding at a time on request."""
    report, html = faulty
    page = quiet(html, "#patients")
    page.get_by_role("link", name="P017").click()
    _arrived(page, "patient")
    assert page.get_by_role("heading", name="Patient P017").is_visible()
    failed = [one for one in report.of("P017") if one.verdict == "failed" and one.rule != "ORD-04"]  # it is accepted
    cards = page.locator("#patient-body .told > .cards .card")
    assert cards.locator("h3").all_inner_texts() == [one.rule for one in failed]
    about = {one.event for one in failed} - {None}
    assert _outlined(page, "about") == about
    assert _outlined(page, "against") == {event for one in failed for event in one.conflicts_with} - about
    (ord02,) = (one for one in failed if one.rule == "ORD-02")
    button = cards.filter(has_text="ORD-02").get_by_role("button", name="Show this one in the drawing")
    button.click()
    assert button.get_attribute("aria-pressed") == "true"
    assert _outlined(page, "about") == {ord02.event} == {"death"}
    assert _outlined(page, "against") == set(ord02.conflicts_with) == {"hsct", "last"}
    assert page.locator("tr.against th").all_inner_texts() == ["hsct", "last"]
    button.click()
    assert _outlined(page, "about") == about
    assert page.get_by_text("Accepted: 1").is_visible()
    drawing, card = page.locator(".picture").bounding_box(), cards.first.bounding_box()
    assert drawing["x"] >= card["x"] + card["width"]  # beside, not below


def test_a_rule_tells_its_prose_and_source_when_asked(quiet, faulty):
    _, html = faulty
    page = quiet(html)
    page.get_by_role("button", name="ORD-02").first.click()
    told = page.get_by_role("dialog").inner_text()
    rule = ic.RULES["ORD-02"]
    assert rule.why.lower() in told.lower()
    assert rule.repair.lower() in told.lower()
    assert str(rule.ground) in told
    page.get_by_role("link", name="Show its findings").click()
    _arrived(page, "findings")
    assert _listed(page) == [("ORD-02", "P017"), ("ORD-02", "P018")]


def test_all_of_it_can_be_done_with_the_keyboard(quiet, faulty):
    """Past the links at the top to the findings, a filter, a rule and back, a patient, a finding in the drawing."""
    _, html = faulty
    page = quiet(html)

    def press(*keys):
        for key in keys:
            page.keyboard.press(key)

    def reached():
        return page.evaluate("document.activeElement.innerText || document.activeElement.name")

    press("Tab")
    assert reached() == "To the content"
    press("Tab", "Tab", "Enter")  # Summary, Findings
    _arrived(page, "findings")
    press("Tab", "Tab")  # verdict, severity
    assert page.evaluate("document.activeElement.name") == "severity"
    press("e")  # the option that begins so
    page.wait_for_function("document.querySelectorAll('#finding-list tbody tr').length === 3")
    for _ in range(8):
        press("Tab")
        if reached() == "ORD-02":
            break
    assert reached() == "ORD-02"
    press("Enter")
    page.get_by_role("dialog").wait_for()
    assert reached() == "ORD-02"  # its heading
    press("Escape")
    page.get_by_role("dialog").wait_for(state="hidden")
    assert page.evaluate("document.activeElement.tagName") == "BUTTON"  # back where it was opened
    press("Tab", "Enter")
    _arrived(page, "patient")
    for _ in range(12):
        press("Tab")
        if reached() == "Show this one in the drawing":
            break
    press("Enter")
    page.locator("button[aria-pressed=true]").wait_for()
    page.go_back()
    _arrived(page, "findings")
    assert page.get_by_label("Severity").input_value() == "error"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_read_and_controls_be_named_at_every_width(quiet, faulty, scheme):
    """Contrast of 4.5 and more, names for screen readers, and no scrolling sideways down to 320 px."""
    _, html = faulty
    page = quiet(html, color_scheme=scheme)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 800})
        for view in VIEWS:
            page.evaluate("view => { location.hash = view; }", view)
            page.wait_for_function(
                "view => !document.getElementById(`view-${view}`).hidden", arg=view[1:].split("?")[0].split("/")[0]
            )
            assert faults(page) == {}, (view, width)
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark is (scheme == "dark")


def test_it_prints_without_what_cannot_be_used_on_paper(quiet, faulty):
    """All findings that are listed on pages of the screen are printed; the drawing too, and in light colours."""
    _, html = faulty
    page = quiet(html, "#patient/P017", color_scheme="dark")
    page.emulate_media(media="print")
    assert not page.locator("header").is_visible()
    assert not page.get_by_role("link", name="Next patient").is_visible()
    assert page.locator("#patient-body svg").is_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.pdf(format="A4").startswith(b"%PDF")
    many = quiet(as_html(samples.many(1_500)), "#findings?verdict=all")
    assert many.locator("#finding-list tbody tr").count() == 100
    many.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert many.locator("#finding-list tbody tr").count() == 1_000
    assert "1 to 1,000 shown" in many.locator("#count").inner_text()
    many.evaluate("dispatchEvent(new Event('afterprint'))")
    many.get_by_role("button", name="Next page").click()
    assert "101 to 200 shown" in many.locator("#count").inner_text()


def test_without_its_script_the_summary_is_complete(quiet, faulty):
    _, html = faulty
    page = quiet(html, java_script_enabled=False)
    assert page.locator("#view-summary").is_visible()
    assert page.locator("noscript").inner_text().startswith("JavaScript is off.")
    assert not page.locator("header nav").is_visible()


def test_the_policy_holds(show, faulty):
    """Nothing can be fetched from the page, no script be added to it, no text become markup."""
    _, html = faulty
    opened = show(html)
    tried = opened.page.evaluate(
        """async () => {
          const fetched = await fetch("https://example.org/x").then(() => "fetched", () => "refused");
          const image = await new Promise((done) => {
            const one = new Image(); one.onload = () => done("shown"); one.onerror = () => done("refused");
            one.src = "https://example.org/x.png";
          });
          let marked = "marked";
          try { document.body.innerHTML += "<b>x</b>"; } catch { marked = "refused"; }
          const script = document.createElement("script");
          try { script.textContent = "window.broken = 1"; } catch {}
          document.body.append(script);
          return [fetched, image, marked, typeof window.broken];
        }"""
    )
    assert tried == ["refused", "refused", "refused", "undefined"]
    assert opened.asked == []


HOSTILE = samples.HOSTILE


def _hostile():
    """A report with hostile words in every field that an input or a rule may fill."""
    names = ("rule", "patient", "site", "about", "event", "message", "advice", "source", "file", "fingerprint")
    told = {name: f"{HOSTILE} {name}" for name in names}
    found = [
        finding(**told, conflicts_with=(f"{HOSTILE} other",)),
        finding(**told | {"patient": "=P2"}, conflicts_with=(), verdict="undecided"),
    ]
    rules = (evolve(count(told["rule"], found[0].severity, 9, 1, 1), title=f"{HOSTILE} title"),)
    cell = CellFinding(
        file=HOSTILE, problem=CellProblem.UNREAD, expected=HOSTILE, column=HOSTILE, row=2, value=HOSTILE, hint=HOSTILE
    )
    row = RowCount(file=HOSTILE, read=2, kept=1, set_aside={HOSTILE: 1})
    intake = Intake(source="csv", rows=(row,), cells=(cell,), assumed=(HOSTILE,))
    whole = evolve(report(rules=rules, errored={HOSTILE: HOSTILE}), table=table_of(found), intake=intake)
    return whole, {told["fingerprint"]: f"{HOSTILE} status"}


def test_hostile_words_stay_text_in_every_view(quiet):
    """Scripts, handlers, ends of elements, direction signs and escapes, in every field, also as parts of addresses."""
    whole, statuses = _hostile()
    page = quiet(as_html(whole, statuses=statuses))
    for view in ("#findings?verdict=all&status=", "#patients", "#summary"):
        page.evaluate("view => { location.hash = view; }", view)
        _arrived(page, view[1:].partition("?")[0])
        assert page.locator("main img, main script, main b").count() == 0
        assert "<script>window.broken = 1</script>" in page.locator("main").inner_text()
        assert not page.evaluate("/[\\u202e\\u001b\\u2028]/.test(document.body.innerText)")
    page.evaluate("location.hash = '#patients'")
    page.locator("#patient-list a").first.click()
    _arrived(page, "patient")
    shown = page.locator("#patient-body").inner_text()
    for name in ("message", "advice", "source", "file", "fingerprint", "other", "event", "status"):
        assert f"{HOSTILE[:30]}" in shown
        assert f" {name}" in shown
    page.get_by_role("button", name="rule").first.click()
    assert " title" in page.get_by_role("dialog").inner_text()
    page.evaluate("location.hash = '#patient/<img src=x onerror=window.broken=1>'")
    page.get_by_text("No finding of this page is about such a patient.").wait_for()


def test_a_hostile_course_stays_text_in_its_drawing(quiet, tmp_path):
    word = "<img src=x onerror=window.broken=1></svg><script>window.broken=1</script>"
    course = evolve(
        samples.course(tmp_path),
        patient=ic.Patient(id=word, site=word),
        about=word,
        file=word,
    )
    events = [evolve(course["blina"], agent=word), evolve(course["ib"], block=word, protocol=word)]
    course = evolve(course, events=tuple({one.id: one for one in [*course.events, *events]}.values()))
    cohort = Cohort.from_courses([course])
    page = quiet(as_html(check(cohort), cohort), "#patients")
    page.locator("#patient-list a").click()
    page.locator("#patient-body svg").wait_for()
    assert page.locator("main img, main script").count() == 0
    assert word[:20] in page.locator("#patient-body svg").text_content()
