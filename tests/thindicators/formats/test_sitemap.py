"""The site map and robots.txt: full addresses of the pages, or none at all."""

from __future__ import annotations

from pathlib import Path
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

from tests.thindicators.formats.conftest import NAME, NEWEST, PUBLIC
from thindicators.formats.sitemap import write_sitemap
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan

NAMES = {"map": "http://www.sitemaps.org/schemas/sitemap/0.9"}


PAGES = dict.fromkeys(
    ("index.html", "indicators/employment_rate/index.html", "indicators/feeling_safe/index.html"),
    "<!doctype html><title>A page</title>",
)


def test_it_lists_every_page_with_the_time_of_its_figures(
    public_plan: Plan, outcomes: list[Outcome], tmp_path: Path
) -> None:
    write_sitemap(public_plan, outcomes, PAGES, tmp_path)
    top = ElementTree.parse(tmp_path / "sitemap.xml").getroot()
    listed = {
        page.findtext("map:loc", namespaces=NAMES): page.findtext("map:lastmod", namespaces=NAMES)
        for page in top.findall("map:url", NAMES)
    }
    assert listed == {
        f"{PUBLIC}/latest/index.html": None,
        f"{PUBLIC}/latest/indicators/employment_rate/index.html": NEWEST,
        f"{PUBLIC}/latest/indicators/feeling_safe/index.html": None,
    }


def test_a_page_that_search_engines_must_not_show_is_not_listed(
    public_plan: Plan, outcomes: list[Outcome], public_release: Path, tmp_path: Path
) -> None:
    page = (public_release / "404.html").read_text(encoding="utf-8")
    write_sitemap(public_plan, outcomes, {**PAGES, "404.html": page}, tmp_path)
    assert "404.html" not in (tmp_path / "sitemap.xml").read_text(encoding="utf-8")


def test_robots_may_read_everything_and_find_the_map(
    public_plan: Plan, outcomes: list[Outcome], tmp_path: Path
) -> None:
    write_sitemap(public_plan, outcomes, PAGES, tmp_path)
    rules = RobotFileParser()
    rules.parse((tmp_path / "robots.txt").read_text(encoding="utf-8").splitlines())
    assert rules.site_maps() == [f"{PUBLIC}/latest/sitemap.xml"]
    for path in ("latest/index.html", f"releases/{NAME}/observations.csv"):
        assert rules.can_fetch("Googlebot", f"{PUBLIC}/{path}")


def test_of_a_sample_there_is_neither(public_release: Path) -> None:
    assert not (public_release / "sitemap.xml").exists()
    assert not (public_release / "robots.txt").exists()


def test_without_a_public_address_there_is_neither(
    small_plan: Plan, outcomes: list[Outcome], tmp_path: Path
) -> None:
    write_sitemap(small_plan, outcomes, PAGES, tmp_path)
    assert not (tmp_path / "sitemap.xml").exists()
    assert not (tmp_path / "robots.txt").exists()
