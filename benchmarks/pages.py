"""How long a browser takes to open a report of many findings, and to filter it.

``python -m benchmarks.pages --findings 10000``. Needs chromium and playwright; prints and never fails.
"""

import argparse
import shutil
import tempfile
import time
from pathlib import Path
from statistics import median

import polars as pl
from attrs import evolve

from infant_course import load
from infant_course.cohort import Cohort
from infant_course.report.check import Report, check
from infant_course.report.findings import in_order
from infant_course.report.html import as_html

from .case_texts import case_text

LOADED = """() => {
  const told = performance.getEntriesByType("navigation")[0];
  const painted = performance.getEntriesByName("first-contentful-paint")[0];
  return [told.domContentLoadedEventEnd, told.loadEventEnd, painted ? painted.startTime : NaN];
}"""
FILTERED = """() => {
  location.hash = "#findings";
  return new Promise((done) => requestAnimationFrame(() => {
    const start = performance.now();
    const field = document.querySelector("#filters [name=verdict]");
    field.value = "all";
    field.dispatchEvent(new Event("input"));
    document.body.offsetHeight; // laid out
    done(performance.now() - start);
  }));
}"""


COURSES = 250
"""So many courses are made, each with a death in the middle; their findings are told several times."""


def report_of(findings: int, folder: Path) -> tuple[Report, Cohort]:
    """A report of so many findings, and the courses that can be drawn."""
    courses = []
    for number in range(COURSES):
        path = folder / f"{number}.yaml"
        path.write_text(case_text(number) + "  - {event: death, id: death, when: 3 days after cr2}\n", encoding="utf-8")
        courses.append(load(path))
    cohort = Cohort.from_courses(courses)
    report = check(cohort)
    again = [
        report.table.with_columns(pl.format("{}{}", "fingerprint", pl.lit(n)))
        for n in range(1, 1 + findings // report.table.height)
    ]
    table = in_order(pl.concat([report.table, *again]).head(findings))
    return evolve(report, table=table), cohort


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="benchmarks.pages", description=__doc__)
    parser.add_argument("--findings", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    chosen = parser.parse_args()
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        print("no chromium on this machine: nothing was measured")
        return 0
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as name:
        report, cohort = report_of(chosen.findings, Path(name))
    start = time.perf_counter()
    html = as_html(report, cohort)
    made = time.perf_counter() - start
    print(f"{report.table.height:,} findings, {report.patients:,} patients: page of {len(html.encode()) / 1e6:.1f} MB,")
    drawings = html.count('<script type="application/json" id="drawing-')
    print(f"  made in {made:.1f} s, drawings of {drawings} patients among it")
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        path = Path(name) / "report.html"
        path.write_text(html, encoding="utf-8")
        running = playwright.chromium.launch(executable_path=browser, args=["--no-sandbox", "--disable-gpu"])
        times = []
        for _ in range(chosen.runs):
            page = running.new_page()
            inspector = page.context.new_cdp_session(page)
            inspector.send("Performance.enable", {"timeDomain": "threadTicks"})
            page.goto(path.as_uri(), wait_until="load")
            page.wait_for_function("document.documentElement.dataset.ready === 'yes'")
            told = {one["name"]: one["value"] for one in inspector.send("Performance.getMetrics")["metrics"]}
            times.append([*page.evaluate(LOADED), page.evaluate(FILTERED), 1000 * told["TaskDuration"]])
            page.close()
        running.close()
    ready, loaded, painted, filtered, worked = (median(column) for column in zip(*times, strict=True))
    print(
        f"median of {chosen.runs}: first paint {painted:.0f} ms, ready {ready:.0f} ms, loaded {loaded:.0f} ms", end=""
    )
    print(f" (goal 1,000 ms); a filter over all of it {filtered:.0f} ms")
    print(f"  processor time of the page until then {worked:.0f} ms: what a busy machine does not change")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
