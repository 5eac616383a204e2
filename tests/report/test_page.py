"""The HTML page: all escaped, nothing loaded from elsewhere."""

from html.parser import HTMLParser

from infant_course import Course, Patient
from infant_course.report.page import Scenario, page
from report.sample_report import finding, report

NASTY = "<script>alert(1)</script>\" onload='x' & \x1b"


class Tags(HTMLParser):
    """The tags and addresses of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.attributes: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]


def read(text: str) -> Tags:
    """What a browser would see."""
    tags = Tags()
    tags.feed(text)
    return tags


def test_what_an_input_holds_is_text_and_nothing_else():
    """Names, ids, messages and alternative texts cannot become tags or attributes."""
    course = Course(patient=Patient(id=NASTY), about=NASTY)
    found = finding(patient=NASTY, message=NASTY, rule=NASTY)
    scenario = Scenario(name=NASTY, course=course, figures=(("a-graph.svg", NASTY),), findings=(found,))
    told = page([scenario], report(found), title=NASTY)
    tags = read(told)
    assert "script" not in tags.tags
    assert "onload" not in tags.attributes
    assert "\x1b" not in told
    assert "&lt;script&gt;" in told


def test_nothing_is_loaded_from_elsewhere():
    """The only addresses are the figures beside the page."""
    course = Course(patient=Patient(id="p"))
    scenario = Scenario(name="p", course=course, figures=(("p-graph.svg", "A graph"),), findings=())
    tags = read(page([scenario], report()))
    assert tags.addresses == ["p-graph.svg", "p-graph.svg"]
