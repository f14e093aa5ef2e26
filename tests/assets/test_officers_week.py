"""An officer's week: the UI as `make ui` starts it, driven by GraphQL and in a browser, with its daemon at work.

With `PICTURES` set to a folder, the pictures of docs/officers.md are written into it, as the browser gives
them; the page has them with fewer colours, so that they load quickly.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow.parquet as pq
import pytest
from openpyxl import load_workbook  # type: ignore[import-untyped]

from sources.returns.rows import PRACTICE_NOTE
from tests.assets.office import PLACE, Office, office, until
from tests.sources.returns import HOMES, csv_return
from tests.support import ROOT
from tests.thindicators.outcomes.test_holds import raised
from thindicators.release.publishing import latest

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.system

CHROMIUM = Path("/usr/bin/chromium")
LOCATION = "/locations/assets.definitions"
OVERWEIGHT = "year_6_overweight"
HOMES_DELIVERED = "affordable_homes_delivered"
PAGE_OF_HOMES = Path("latest", "indicators", HOMES_DELIVERED, "index.html")
REASON = "All years were weighted anew in November."
PATIENCE = 120_000.0
"""Milliseconds for which a page may load."""


@pytest.fixture
def page() -> Iterator[Any]:
    if not CHROMIUM.exists():
        pytest.skip(f"{CHROMIUM} is not here")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        opened = browser.new_page(viewport={"width": 1200, "height": 720})
        opened.set_default_timeout(PATIENCE)
        yield opened
        browser.close()


def test_an_officers_week(page: Any, tmp_path: Path) -> None:
    with office(tmp_path) as ours:
        with ours.open():
            all_indicators_are_shown(ours, page)
            a_refresh_is_launched_and_watched(ours, page)
            the_indicator_shows_where_its_figures_are_from(ours, page)
            figures_that_moved_at_once_are_held(ours, page)
            launchpad = they_are_seen_beside_the_published_ones(ours, page)
            they_are_accepted_with_a_reason(ours, page, launchpad)
            a_schedule_is_switched_on(ours, page)
            assert schedules_on(ours) == {"ncmp_release"}
            everything_is_switched(ours, page, "on")
        with ours.open():
            assert {"ncmp_release", "fingertips_release"} <= schedules_on(ours)
            a_refused_return_is_red_with_its_row_and_remedy(ours, page)
            a_return_is_found_in_the_next_release(ours)
            everything_is_switched(ours, page, "off")


def test_a_return_is_practised_in_the_sample_edition(page: Any, tmp_path: Path) -> None:
    """Template, a figure in one of its rows, the job, and the figure on its page, marked as practice."""
    with office(tmp_path, edition="sample") as ours, ours.open():
        assert ours.end_of(ours.launch("refresh")) == "SUCCESS"
        template = the_template_is_downloaded(ours, page, tmp_path)
        filled = one_row_is_filled_in(template)
        filled.rename(ours.settings.inbox_of("sample") / "practice.xlsx")
        assert ours.end_of(ours.launch("refresh_returns")) == "SUCCESS"
        page.goto(f"{(ours.settings.published / PAGE_OF_HOMES).as_uri()}")
        shown = page.locator("main").inner_text()
        assert (
            "is 812, for April 2025 to March 2026. It was made up to try how a return works"
            in shown
        )
        assert PRACTICE_NOTE in shown
        picture(page, "practised")


def the_template_is_downloaded(ours: Office, page: Any, folder: Path) -> Path:
    """By the link on the page `status`."""
    page.goto(f"{ours.address}/assets/status")
    link = page.get_by_role("link", name="Download the template")
    link.scroll_into_view_if_needed()
    picture(page, "template")
    with page.expect_download() as download:
        link.click()
    path = folder / "template.xlsx"
    download.value.save_as(path)
    return path


def one_row_is_filled_in(template: Path) -> Path:
    """What a person types into the row of the homes completed in 2025/26."""
    workbook = load_workbook(template)
    sheet = workbook["Return"]
    header = [cell.value for cell in sheet[1]]
    (row,) = [
        row
        for row in sheet.iter_rows(min_row=2)
        if str(row[0].value).endswith("homes lost not taken off; Tower Hamlets; 2025/26.")
    ]
    typed = {
        "value": 812,
        "licence_confirmed": "yes",
        "supplied_by": "Housing strategy",
        "supplied_on": "2026-07-15",
    }
    for column, cell in typed.items():
        row[header.index(column)].value = cell
    workbook.save(template)
    return template


def a_refused_return_is_red_with_its_row_and_remedy(ours: Office, page: Any) -> None:
    csv_return(ours.settings.inbox / "return.csv", {**HOMES, "value": "about 800"})
    until((ours.settings.inbox / "refused" / "return.csv").exists, "the refusal")
    run = ours.run_of("refresh_returns")
    ours.end_of(run)
    page.goto(f"{ours.address}/assets/snapshot/council_returns?view=checks")
    page.get_by_text("no_return_is_refused").first.wait_for()
    show_markdown(page, "report")
    page.get_by_role("dialog").get_by_text("about 800").wait_for()
    picture(page, "refused")
    assert ours.end_of(ours.launch("show_status")) == "SUCCESS"
    page.goto(f"{ours.address}/assets/status")
    row = page.locator("tr").filter(has=page.get_by_text("refused_returns", exact=True))
    row.scroll_into_view_if_needed()
    shown = row.inner_text()
    assert "Row 2, column “value”" in shown
    assert "To mend it: write digits only" in shown


def all_indicators_are_shown(ours: Office, page: Any) -> None:
    nodes = ours.ask("{ assetNodes { assetKey { path } groupName } }")["assetNodes"]
    indicators = {
        node["assetKey"]["path"][1]: node["groupName"]
        for node in nodes
        if node["assetKey"]["path"][0] == "indicator"
    }
    assert set(indicators) == {path.stem for path in (ROOT / "schemas" / "indicators").iterdir()}
    assert sorted(group[0] for group in set(indicators.values())) == ["1", "2", "3", "4", "5"]
    page.goto(f"{ours.address}/assets")
    page.get_by_text("3_safe_good_homes_and_healthy_neighbourhoods").first.wait_for()
    picture(page, "catalogue")


def a_refresh_is_launched_and_watched(ours: Office, page: Any) -> None:
    page.goto(f"{ours.address}{LOCATION}/jobs/refresh")
    page.get_by_role("button", name="Materialize all").click()
    run = ours.run_of("refresh")
    assert ours.end_of(run) == "SUCCESS"
    page.goto(f"{ours.address}/runs/{run}")
    page.get_by_text("Success").first.wait_for()
    picture(page, "refresh")
    page.goto(f"{ours.address}/assets/status")
    show_markdown(page, "status")
    picture(page, "status")


def the_indicator_shows_where_its_figures_are_from(ours: Office, page: Any) -> None:
    found = metadata(ours, OVERWEIGHT)
    assert {"chart", "figures", "receipts", "licence", "source", "attribution"} <= set(found)
    assert checks(ours, OVERWEIGHT)["figures_are_fresh"] is True
    page.goto(f"{ours.address}/assets/indicator/{OVERWEIGHT}")
    page.get_by_text("By where the child lives").first.wait_for()
    picture(page, "indicator")
    show_markdown(page, "chart")
    drawn = page.locator("img[src^='data:image/svg']")
    drawn.wait_for()
    assert drawn.evaluate("image => image.naturalWidth") > 100
    picture(page, "chart")


def figures_that_moved_at_once_are_held(ours: Office, page: Any) -> None:
    for path in (ours.samples / "ncmp").glob("*.csv"):
        if path.name != "ORIGIN.csv":
            header, *rows = path.read_text(encoding="utf-8").splitlines()
            changed = [",".join(raised(row.split(","))) for row in rows]
            path.write_text("\r\n".join([header, *changed, ""]), encoding="utf-8", newline="")
    ours.answer()
    assert ours.end_of(ours.launch("refresh_ncmp")) == "FAILURE"
    assert checks(ours, OVERWEIGHT) == {"figures_are_fresh": False, "figures_are_good": False}
    page.goto(f"{ours.address}/assets/indicator/{OVERWEIGHT}?view=checks")
    page.get_by_text("moved at once").first.wait_for()
    picture(page, "held")


def they_are_seen_beside_the_published_ones(ours: Office, page: Any) -> str:
    """The status shows what is held in figures.

    Returns:
        Where its link leads: the launchpad, filled in but for the reason.
    """
    assert ours.end_of(ours.launch("show_status")) == "SUCCESS"
    page.goto(f"{ours.address}/assets/status")
    show_markdown(page, "held")
    page.get_by_text("+1.0 percentage points").first.wait_for()
    picture(page, "held_figures")
    link = page.get_by_role("link", name="Accept these figures, with a reason")
    return str(link.get_attribute("href"))


def they_are_accepted_with_a_reason(ours: Office, page: Any, launchpad: str) -> None:
    assert "reason%3A%20%27%27" in launchpad
    filled_in = launchpad.replace("reason%3A%20%27%27", f"reason%3A%20{quote(repr(REASON))}")
    page.goto(f"{ours.address}{filled_in}")
    launch = page.get_by_role("button", name="Launch Run")
    playwright.expect(launch).to_be_enabled(timeout=PATIENCE)
    picture(page, "accept")
    launch.click()
    assert ours.end_of(ours.run_of("accept_held")) == "SUCCESS"


def a_schedule_is_switched_on(ours: Office, page: Any) -> None:
    assert schedules_on(ours) == set()
    page.goto(f"{ours.address}{LOCATION}/schedules/ncmp_release")
    switch(page)
    until(lambda: schedules_on(ours) == {"ncmp_release"}, "the schedule")
    page.goto(f"{ours.address}/automation")
    row = page.locator("[data-index]").filter(has_text="ncmp_release")
    row.locator("label").last.wait_for()
    row.scroll_into_view_if_needed()
    picture(page, "schedules")


def everything_is_switched(ours: Office, page: Any, to: str) -> None:
    """The page of what starts by itself switches all schedules and sensors."""
    page.goto(f"{ours.address}/automation")
    page.get_by_text("Select all").click()
    page.get_by_role("button", name="Actions").click()
    word = {"on": "Start", "off": "Stop"}[to]
    page.get_by_role("menuitem", name=word).click()
    page.get_by_role("dialog").get_by_role("button", name=f"{word} ").click()
    until(lambda: switches(ours) == {{"on": "RUNNING", "off": "STOPPED"}[to]}, "every switch")


def switches(ours: Office) -> set[str]:
    """How all schedules and sensors are switched."""
    found = ours.ask(_SWITCHES, place=PLACE)
    schedules = [one["scheduleState"] for one in found["schedulesOrError"]["results"]]
    sensors = [one["sensorState"] for one in found["sensorsOrError"]["results"]]
    assert len(schedules) > 15
    assert len(sensors) > 1
    return {switch["status"] for switch in schedules + sensors}


def a_return_is_found_in_the_next_release(ours: Office) -> None:
    csv_return(ours.settings.inbox / "return.csv", HOMES)
    table = (
        ours.settings.published
        / "latest"
        / "indicators"
        / HOMES_DELIVERED
        / f"{HOMES_DELIVERED}.parquet"
    )
    until(lambda: 812 in pq.read_table(table)["value"].to_pylist(), "the release with the return")
    run = ours.run_of("refresh_returns", begun=1)
    assert ours.end_of(run) == "SUCCESS"
    started, _refused = ours.ask(_TAGS)["runsOrError"]["results"]
    assert {"key": "because", "value": "In the inbox: return.csv"} in started["tags"]
    release = latest(ours.settings.published)
    assert release is not None
    assert REASON in (release / "indicators" / OVERWEIGHT / "datapackage.json").read_text(
        encoding="utf-8"
    )


def schedules_on(ours: Office) -> set[str]:
    found = ours.ask(_SCHEDULES, place=PLACE)["schedulesOrError"]["results"]
    return {one["name"] for one in found if one["scheduleState"]["status"] == "RUNNING"}


def checks(ours: Office, indicator: str) -> dict[str, bool]:
    """Whether each check of an indicator passed when it was run last."""
    found = ours.ask(_CHECKS, key={"path": ["indicator", indicator]})["assetNodeOrError"][
        "assetChecksOrError"
    ]["checks"]
    return {
        one["name"]: one["executionForLatestMaterialization"]["evaluation"]["success"]
        for one in found
    }


def metadata(ours: Office, indicator: str) -> set[str]:
    node = ours.ask(_METADATA, key={"path": ["indicator", indicator]})["assetNodeOrError"]
    entries = [*node["metadataEntries"], *node["assetMaterializations"][0]["metadataEntries"]]
    return {entry["label"] for entry in entries}


def show_markdown(page: Any, key: str) -> None:
    """Open what the table of metadata has under a key."""
    row = page.locator("tr").filter(has=page.get_by_text(key, exact=True))
    row.get_by_text("[Show Markdown]").first.click()
    page.get_by_role("dialog").first.wait_for()
    page.evaluate("document.querySelectorAll('*').forEach(one => { one.scrollTop = 0 })")


def switch(page: Any) -> None:
    page.locator("label:has(input[type=checkbox])").first.click()


def picture(page: Any, name: str) -> None:
    folder = os.environ.get("PICTURES")
    if folder:
        page.wait_for_timeout(4000)  # until what moves has come to rest
        page.screenshot(path=Path(folder) / f"{name}.png")


_SCHEDULES = """
query ($place: RepositorySelector!) {
  schedulesOrError(repositorySelector: $place) { ... on Schedules { results { name scheduleState { status } } } }
}
"""
_SWITCHES = """
query ($place: RepositorySelector!) {
  schedulesOrError(repositorySelector: $place) { ... on Schedules { results { scheduleState { status } } } }
  sensorsOrError(repositorySelector: $place) { ... on Sensors { results { sensorState { status } } } }
}
"""
_CHECKS = """
query ($key: AssetKeyInput!) {
  assetNodeOrError(assetKey: $key) { ... on AssetNode { assetChecksOrError { ... on AssetChecks {
    checks { name executionForLatestMaterialization { evaluation { success } } }
  } } } }
}
"""
_METADATA = """
query ($key: AssetKeyInput!) {
  assetNodeOrError(assetKey: $key) { ... on AssetNode {
    metadataEntries { label } assetMaterializations(limit: 1) { metadataEntries { label } }
  } }
}
"""
_TAGS = """
{ runsOrError(filter: {pipelineName: "refresh_returns"}) { ... on Runs { results { tags { key value } } } } }
"""
