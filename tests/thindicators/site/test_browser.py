"""Every page in a real browser: from files and from a server, with and without scripts, light, dark, wide and narrow.

Skipped where there is no Chromium. The checks of accessibility need axe-core from the npm registry: AXE_CORE names its
file `axe.min.js`, and without it they are skipped.
"""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin, urlsplit
from xml.etree import ElementTree

import pandas as pd
import pytest
from PIL import Image

from thindicators.formats.addresses import page_of
from thindicators.site.content import Content
from thindicators.site.pages import paths

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

sync_api = pytest.importorskip("playwright.sync_api")
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
AXE = os.environ.get("AXE_CORE", "")
STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_api.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def served(published: Path) -> Iterator[str]:
    """The address of the release on a server, below a path of its own."""
    handler = functools.partial(_Quiet, directory=str(published.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/{published.name}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module", params=["files", "server"])
def base(request: pytest.FixtureRequest, published: Path, served: str) -> str:
    return f"{published.as_uri()}/" if request.param == "files" else served


def opened(browser: Browser, **settings: Any) -> tuple[Page, list[str], list[str]]:
    """A page, what its console says, and what it asks for."""
    page = browser.new_context(**settings).new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("requestfailed", lambda request: said.append(f"failed: {request.url}"))
    page.on("request", lambda request: asked.append(request.url))
    return page, said, asked


def test_every_page_opens_without_a_word_or_a_request_outside(
    browser: Browser, content: Content, base: str
) -> None:
    page, said, asked = opened(browser)
    for path in paths(content):
        page.goto(base + path)
    assert said == []
    assert [one for one in asked if not one.startswith((base, "data:"))] == []
    page.context.close()


def test_no_link_is_broken_and_every_download_is_there(
    browser: Browser, content: Content, published: Path, base: str
) -> None:
    page, _, _ = opened(browser, java_script_enabled=True)
    links: set[str] = set()
    ids: dict[str, set[str]] = {}
    for path in paths(content):
        page.goto(base + path)
        links |= set(
            page.eval_on_selector_all("a[href], link[href]", "all => all.map(one => one.href)")
        )
        ids[base + path] = set(page.eval_on_selector_all("[id]", "all => all.map(one => one.id)"))
    own = {one for one in links if one.startswith(base)}
    assert len(own) > 100
    for link in own:
        address, fragment = urldefrag(link)
        file = published / urljoin(".", address.removeprefix(base).replace("%3D", "="))
        assert file.is_file(), link
        assert file.stat().st_size > 0, link
        if fragment:
            assert fragment in ids[address], link
    outside = links - own
    assert {urlsplit(one).scheme for one in outside} <= {"https", "data"}
    page.context.close()


def test_the_search_finds_and_hides(browser: Browser, content: Content, base: str) -> None:
    page, said, _ = opened(browser)
    page.goto(base + "index.html")
    entries = page.locator(".indicators > li")
    assert entries.count() == len(content.parts)
    page.fill("#search", "healthy life expectancy")
    assert page.locator(".indicators > li:visible").count() == 2
    assert page.locator("#found").inner_text() == f"2 of {entries.count()} indicators"
    assert page.locator("section.call:visible").count() == 1
    page.fill("#search", "")
    page.select_option("#call", "4")
    assert page.locator(".indicators > li:visible").count() == 6
    page.select_option("#theme", "children")
    assert page.locator(".indicators > li:visible").count() == 1
    page.select_option("#theme", "")
    page.select_option("#kind", "ended")
    assert page.locator(".indicators > li:visible h3").all_inner_texts() == [
        "People whose highest qualification is at level 1"
    ]
    assert said == []
    page.context.close()


def test_without_scripts_everything_is_shown(browser: Browser, content: Content, base: str) -> None:
    page, _, _ = opened(browser, java_script_enabled=False)
    page.goto(base + "index.html")
    assert page.locator(".indicators > li:visible").count() == len(content.parts)
    assert page.locator("form.find").is_hidden()
    page.context.close()


def test_the_ready_lines_name_the_address_that_the_reader_came_by(
    browser: Browser, served: str
) -> None:
    page, _, _ = opened(browser)
    page.goto(served + page_of("employment_rate") + "?from=here#get")
    lines = page.locator("pre code").all_inner_texts()
    address = f"{served}indicators/employment_rate/employment_rate"
    assert f'pd.read_parquet("{address}.parquet")' in lines[0]
    assert f'Web.Contents("{address}.parquet")' in lines[-1]
    page.context.close()


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_nothing_runs_off_the_screen_or_is_cut_off_and_one_of_each_chart_is_shown(
    browser: Browser, content: Content, published: Path, width: int
) -> None:
    page, _, _ = opened(browser, viewport={"width": width, "height": 900})
    for path in paths(content):
        page.goto(f"{published.as_uri()}/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        charts = page.locator("figure.chart").count()
        assert page.locator("figure.chart > svg:visible").count() == charts, path
        letters = page.eval_on_selector_all(
            "figure.chart > svg text",
            """all => all.map(one => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width > 0)
               .map(([one, box]) => [one.textContent, box.left, box.right, box.height])""",
        )
        for text, left, right, height in letters:
            assert left >= 0, (path, text)
            assert right <= width, (path, text)
            assert height >= 11, (path, text)
    page.context.close()


@pytest.mark.skipif(not AXE, reason="AXE_CORE does not name axe-core's axe.min.js")
@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_axe_finds_no_violation(
    browser: Browser, content: Content, published: Path, scheme: str, width: int
) -> None:
    page, _, _ = opened(browser, viewport={"width": width, "height": 900}, color_scheme=scheme)
    axe = Path(AXE).read_text(encoding="utf-8")
    for path in paths(content):
        page.goto(f"{published.as_uri()}/{path}")
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        page.evaluate(axe)
        found = page.evaluate(
            "standard => axe.run(document, {runOnly: standard, resultTypes: ['violations']})",
            STANDARD,
        )
        assert [(one["id"], one["nodes"][0]["html"]) for one in found["violations"]] == [], path
    page.context.close()


SEARCHED = {
    "air pollution": "no2_exposure",
    "poverty": "children_low_income",
    "deprivation": "children_low_income",
    "unemployment": "employment_rate",
    "wellbeing": "happiness",
    "well-being": "happiness",
    "well being": "happiness",
    "school results": "gcse_english_maths_9_5",
    "A-level": "key_stage_5_outcomes",
    "A levels": "key_stage_5_outcomes",
    "CO2": "co2_emissions",
    "CO₂": "co2_emissions",
    "climate": "co2_emissions",
    "SEND": "ehc_assessments_in_time",
    "overcrowding": "lets_to_overcrowded_households",
    "living wage": "good_work_standard_employers",
    "NEET": "neet_16_17",
    "air": "pm25_concentration",
    "carbon footprint": "co2_emissions",
    "net zero": "co2_emissions",
    "jobs": "employee_jobs",
    "pay": "gdhi_per_head",
    "wages": "gdhi_per_head",
    "cost of living": "gdhi_per_head",
    "benefits": "children_low_income",
    "child poverty": "children_low_income",
    "social housing": "affordable_homes_delivered",
    "waiting list": "register_lacking_two_bedrooms",
    "council housing": "lets_to_overcrowded_households",
    "crime": "concerned_about_crime",
    "anti-social behaviour": "concerned_about_crime",
    "community safety": "feeling_safe",
    "obesity": "year_6_overweight",
    "obese children": "year_6_overweight",
    "mental health": "anxiety",
    "stress": "anxiety",
    "life expectancy": "healthy_life_expectancy_male",
    "exam results": "gcse_english_maths_9_5",
    "sixth form": "key_stage_5_outcomes",
    "special needs": "ehc_assessments_in_time",
    "EHCP": "ehc_assessments_in_time",
    "care leavers": "care_experienced_and_send_neet",
    "looked after children": "care_experienced_and_send_neet",
    "skills": "level_1_qualification",
    "charities": "community_grants_outputs",
    "racism": "getting_on_well",
    "Bangladeshi": "employment_rate",
    "how many people are unemployed": "employment_rate",
    "enviroment": "co2_emissions",
    "qualifcations": "level_1_qualification",
}
"""What residents search for, and an indicator that must be among the answers."""


def test_what_residents_search_for_is_found(browser: Browser, base: str) -> None:
    page, said, _ = opened(browser)
    page.goto(f"{base}index.html")
    missed = []
    for query, indicator in SEARCHED.items():
        page.fill("#search", query)
        shown = page.eval_on_selector_all(
            ".indicators > li:not([hidden]) h3 a", "links => links.map(link => link.href)"
        )
        is_found = any(f"/{indicator}/" in link for link in shown)
        # A search that finds nearly everything tells nothing.
        if not is_found or len(shown) > 15:
            missed.append((query, len(shown)))
    assert missed == []
    assert said == []


def test_a_search_for_nothing_that_is_here_says_what_to_try(browser: Browser, base: str) -> None:
    page, _, _ = opened(browser)
    page.goto(f"{base}index.html")
    assert page.is_hidden("#nothing")
    page.fill("#search", "submarines")
    assert page.is_visible("#nothing")
    assert "Try one plain word" in page.inner_text("#nothing")


def first_chart(page: Page) -> Locator:
    return page.locator("figure.chart svg:visible").first


def test_every_chart_answers_to_mouse_touch_and_keys(
    browser: Browser, content: Content, base: str
) -> None:
    page, said, _ = opened(browser, has_touch=True)
    for part in content.parts:
        page.goto(base + page_of(part.indicator.id))
        for chart in page.locator("figure.chart").all():
            drawing = chart.locator("svg:visible")
            reading = chart.locator(".reading")
            hint = reading.inner_text()
            drawing.hover()
            assert reading.inner_text() != hint, part.indicator.id
            page.mouse.move(0, 0)
            drawing.focus()
            last = reading.inner_text()
            assert last != hint, part.indicator.id
            page.keyboard.press("Home")
            assert drawing.locator("[data-point]").count() == 1 or reading.inner_text() != last
            drawing.tap()
            assert reading.inner_text() != hint, part.indicator.id
    assert said == []
    page.context.close()


def test_the_arrow_keys_read_the_figures_in_order(browser: Browser, base: str) -> None:
    page, _, _ = opened(browser)
    page.goto(base + page_of("employment_rate"))
    reading = page.locator(".reading").first
    first_chart(page).focus()
    page.keyboard.press("Home")
    assert reading.inner_text() == (
        "Tower Hamlets, January to December 2004: 53.2% (95% limits: 49.7% to 56.7%)"
    )
    page.keyboard.press("ArrowRight")
    assert reading.inner_text().startswith("Tower Hamlets, January to December 2005: 57.3%")
    page.context.close()


def test_a_chart_is_saved_as_pictures_and_as_a_table(
    browser: Browser, base: str, tmp_path: Path
) -> None:
    page, said, asked = opened(browser)
    page.goto(base + page_of("employment_rate"))
    saved = {}
    for number in range(3):
        with page.expect_download() as download:
            page.locator(".tools").first.locator("button").nth(number).click()
        path = tmp_path / download.value.suggested_filename
        download.value.save_as(path)
        saved[path.suffix] = path
    table = pd.read_csv(saved[".csv"])
    assert list(table.columns)[:3] == ["Name", "Period", "Figure"]
    assert table["Figure"].iloc[19] == 66.2
    assert len(table) == 60
    with Image.open(saved[".png"]) as picture:
        assert picture.size[0] == 1600
        colours = picture.convert("RGB").getcolors(1 << 20)
    assert colours is not None
    assert len(colours) > 10
    svg = ElementTree.parse(saved[".svg"]).getroot()
    assert "Annual Population Survey" in " ".join(svg.itertext())
    assert said == []
    assert [one for one in asked if not one.startswith((base, "data:", "blob:"))] == []
    page.context.close()


def test_an_area_or_a_group_is_looked_at_alone(browser: Browser, base: str) -> None:
    page, said, _ = opened(browser)
    page.goto(base + page_of("employment_rate"))
    over_time, boroughs = page.locator("figure.chart").nth(0), page.locator("figure.chart").nth(1)
    over_time.get_by_label("Look at").select_option("London")
    assert over_time.locator(".reading").inner_text().startswith("London, January to December 2023")
    drawing = over_time.locator("svg:visible")
    names = drawing.locator("[data-point]:not(.faint)").evaluate_all(
        "marks => marks.map(mark => mark.dataset.point.split('|')[0])"
    )
    assert set(names) == {"London"}
    # The lines of the two others, and the bands of their limits.
    assert drawing.locator("path.faint:not([data-point])").count() >= 2
    drawing.focus()
    page.keyboard.press("Home")
    assert over_time.locator(".reading").inner_text().startswith("London, January to December 2004")
    boroughs.get_by_label("Look at").select_option("Hackney")
    assert boroughs.locator(".reading").inner_text().startswith("Hackney, January to December 2023")
    over_time.get_by_label("Look at").select_option("everything")
    assert drawing.locator(".faint").count() == 0
    assert said == []
    page.context.close()


def test_a_chart_can_be_shown_alone_on_another_page(browser: Browser, served: str) -> None:
    page, said, asked = opened(browser)
    page.goto(served + page_of("employment_rate"))
    page.get_by_role("button", name="show it on your page").nth(1).click()
    code = page.locator(".tools input:visible").input_value()
    page.set_content(code)
    alone = page.frame_locator("iframe")
    alone.get_by_role("heading", name="London boroughs").wait_for()
    assert alone.locator("figure.chart").count() == 1
    assert "Sample edition" in alone.locator("body").inner_text()
    alone.locator("svg:visible").hover()
    assert "January to December 2023" in alone.locator(".reading").inner_text()
    assert "Source: Office for National Statistics" in alone.locator("body").inner_text()
    link = alone.get_by_role("link").last
    assert str(link.get_attribute("href")).endswith("indicators/employment_rate/index.html")
    assert said == []
    assert [one for one in asked if not one.startswith((served, "data:", "about:"))] == []
    page.context.close()


def test_limits_can_be_hidden_and_shown_again(browser: Browser, base: str) -> None:
    page, _, _ = opened(browser)
    page.goto(base + page_of("employment_rate"))
    band = first_chart(page).locator("[fill-opacity]").first
    assert band.is_visible()
    page.get_by_role("button", name="Hide the 95% limits").first.click()
    assert not band.is_visible()
    page.get_by_role("button", name="Show the 95% limits").first.click()
    assert band.is_visible()
    page.context.close()


def test_the_first_chart_begins_on_the_first_screen(browser: Browser, base: str) -> None:
    page, _, _ = opened(browser, viewport={"width": 1280, "height": 900})
    page.goto(base + page_of("employment_rate"))
    box = first_chart(page).bounding_box()
    assert box is not None
    assert box["y"] < 700
    page.context.close()


def test_a_page_with_its_script_and_style_weighs_less_than_200_kilobytes(
    content: Content, published: Path
) -> None:
    beside = sum((published / name).stat().st_size for name in ("script.js", "style.css"))
    for path in paths(content):
        assert (published / path).stat().st_size + beside < 200_000, path
