"""A browser for the tests of pages: one for all tests, and for each test a page that may ask for nothing.

Where there is no browser, or no Playwright, or ``INFANT_COURSE_TESTS`` is not thorough, these tests are skipped.
"""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from attrs import field, frozen

from depth import THOROUGH

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


@frozen
class Opened:
    """A page in the browser, and what it did that it should not."""

    page: Any
    asked: list[str] = field(factory=list)
    """Addresses asked for, beyond the page itself."""
    said: list[str] = field(factory=list)
    """Errors and warnings of the console, and errors of scripts."""


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The browser of this machine, without a window."""
    if not THOROUGH:
        pytest.skip("pages are opened in a browser only where INFANT_COURSE_TESTS=thorough, as in .ci/run")
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip("pages are not tested in a browser: there is no chromium on this machine")
    api = pytest.importorskip("playwright.sync_api", reason="pages are not tested in a browser: needs playwright")
    with api.sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield running
        running.close()


@pytest.fixture
def show(browser: Any, tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Open some HTML, as a file. Every address but its own is refused and noted; at the end there must be none."""
    opened: list[Opened] = []
    contexts = []

    def open_page(html: str, place: str = "", **settings: Any) -> Opened:
        path = tmp_path / f"page-{len(opened)}.html"
        path.write_text(html, encoding="utf-8")
        context = browser.new_context(**settings)
        contexts.append(context)
        context.set_default_timeout(10_000)
        one = Opened(context.new_page())

        def asked(route: Any) -> None:
            if route.request.url.partition("#")[0] == path.as_uri():
                route.continue_()
            else:
                one.asked.append(route.request.url)
                route.abort()

        context.route("**/*", asked)
        one.page.on("console", lambda said: said.type in ("error", "warning") and one.said.append(said.text))
        one.page.on("pageerror", lambda error: one.said.append(str(error)))
        opened.append(one)
        one.page.goto(path.as_uri() + place)
        return one

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def quiet(show: Callable[..., Opened]) -> Iterator[Callable[..., Any]]:
    """Open a page that asks for nothing and complains of nothing, and hold it to that."""
    opened: list[Opened] = []

    def open_page(html: str, place: str = "", **settings: Any) -> Any:
        opened.append(show(html, place, **settings))
        return opened[-1].page

    yield open_page
    for one in opened:
        assert one.asked == []
        assert one.said == []
        assert one.page.evaluate("window.broken") is None
