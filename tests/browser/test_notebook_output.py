"""What courses and reports show of themselves in a notebook, in a browser."""

import infant_course as ic
from infant_course.io.published import published_cases
from report import page_samples as samples


def test_course_and_report_are_seen(quiet, tmp_path):
    """The drawing is loaded from the output itself, in its own measure; the tables are tables."""
    course = ic.load(published_cases()[0])
    report, _ = samples.faulty(tmp_path)
    shown = course._repr_html_() + report._repr_html_()
    page = quiet(f'<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Notebook</title>{shown}</html>')
    width, height = page.locator("img").evaluate("image => [image.naturalWidth, image.naturalHeight]")
    assert width > 400
    assert height > 100
    assert page.get_by_role("img", name=f"of {course.id}").count() == 1
    assert page.get_by_role("columnheader", name="what was found").count() == 1
    assert page.get_by_role("rowheader").count() == 12
