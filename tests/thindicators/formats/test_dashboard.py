"""The example dashboard: a browser draws the figures of a served release from its JSON alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.thindicators.formats.conftest import LONDON, TOWER_HAMLETS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not here")


@dataclass(frozen=True)
class Visit:
    """A page, what it asked for, and what it complained of."""

    page: Page
    address: str
    asked: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def open(self, indicator: str) -> Page:
        """Open the dashboard at an indicator, and wait until it is shown."""
        self.page.goto(f"{self.address}/examples/dashboard.html#{indicator}")
        self.page.wait_for_selector("#rows tr, #status:not(:empty)")
        return self.page


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(public_release: Path) -> Iterator[str]:
    """Where a sample release is served."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(public_release)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser, address: str) -> Iterator[Visit]:
    """A page whose errors and requests are written down."""
    page = browser.new_page(viewport={"width": 900, "height": 900})
    visit = Visit(page, address)
    page.on("pageerror", lambda error: visit.problems.append(str(error)))
    page.on(
        "console", lambda said: visit.problems.append(said.text) if said.type == "error" else None
    )
    page.on("request", lambda request: visit.asked.append(request.url))
    yield visit
    page.close()


def test_it_draws_tower_hamlets_from_the_json_alone(visit: Visit) -> None:
    page = visit.open("employment_rate")
    line = page.locator(f"path[data-area={TOWER_HAMLETS}]")
    assert line.count() == 1
    assert (line.get_attribute("d") or "").count("L") == 1, "2020 and 2021; 2022 has no figure"
    assert (
        "Tower Hamlets, Jan 2021-Dec 2021: 67.2" in page.locator("#chart title").all_text_contents()
    )
    assert page.locator("#rows tr").first.inner_text().split("\t")[:2] == [
        "Jan 2022-Dec 2022",
        "[u] unreliable",
    ]
    assert visit.problems == []
    assert {asked.rpartition("/")[2].partition("#")[0] for asked in visit.asked} == {
        "dashboard.html",
        "index.json",
        "employment_rate.json",
    }


def test_a_line_never_joins_two_series(visit: Visit) -> None:
    page = visit.open("healthy_life_expectancy_male")
    lines = page.locator(f"path[data-area={TOWER_HAMLETS}]")
    assert (
        len(set(lines.evaluate_all("all => all.map(one => one.dataset.series)")))
        == lines.count()
        == 2
    )
    assert page.locator("line.break").count() == 1
    assert page.locator("#breaks li").inner_text().startswith("Break, dotted:")
    assert page.locator("line.limits").count() == 15


def test_a_group_can_be_chosen_by_keyboard(visit: Visit) -> None:
    page = visit.open("employment_rate")
    page.get_by_label("Group").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_function("document.getElementById('title').textContent.includes(':')")
    assert (
        page.locator("#title").inner_text()
        == "Employment rate, people aged 16 to 64: Ethnicity: Pakistani or Bangladeshi"
    )


def test_an_indicator_without_figures_says_why(visit: Visit) -> None:
    page = visit.open("feeling_safe")
    page.wait_for_function("document.getElementById('title').textContent")
    assert page.locator("#status").inner_text() == "Nobody has handed in a figure."
    assert page.locator("#chart svg").count() == 0
    assert visit.problems == []


def test_a_sample_says_so(visit: Visit) -> None:
    page = visit.open("employment_rate")
    assert page.locator("#warning").inner_text().startswith("THIS IS A SAMPLE EDITION")


def test_it_fits_a_narrow_screen(visit: Visit) -> None:
    visit.page.set_viewport_size({"width": 320, "height": 640})
    page = visit.open("healthy_life_expectancy_male")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_opened_from_a_disk_it_says_how_to_serve_it(visit: Visit, public_release: Path) -> None:
    page = visit.page
    page.goto((public_release / "examples" / "dashboard.html").as_uri())
    page.wait_for_selector("#status:not(:empty)")
    assert "serve the release" in page.locator("#status").inner_text()


def test_amounts_of_a_whole_area_are_drawn_for_the_borough_first_and_others_by_choice(
    visit: Visit,
) -> None:
    page = visit.open("co2_emissions")
    drawn = "all => all.map(one => one.dataset.area)"
    assert set(page.locator("path[data-area]").evaluate_all(drawn)) == {TOWER_HAMLETS}
    page.get_by_label("London").check()
    assert set(page.locator("path[data-area]").evaluate_all(drawn)) == {TOWER_HAMLETS, LONDON}


def test_a_group_in_another_unit_is_shown_in_that_unit(visit: Visit) -> None:
    page = visit.open("pm25_concentration")
    assert page.locator("#reading").inner_text().startswith("Unit: micrograms per cubic metre")
    page.get_by_label("Group").select_option(label="Exposure: Above 10 µg/m³")
    page.wait_for_function("document.getElementById('title').textContent.includes(':')")
    assert page.locator("#reading").inner_text().startswith("Unit: percentage.")
