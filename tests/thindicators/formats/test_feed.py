"""The feed: an Atom parser reads it, and finds what RFC 4287 requires."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import feedparser
import pyarrow.compute as pc
import pytest

from tests.thindicators.formats.conftest import NEWEST, PUBLIC
from thindicators.history.revisions import Revision, compare
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan
from thindicators.telling.changes import feed_text

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def revisions(outcomes: list[Outcome]) -> list[Revision]:
    """A year that is new, of two indicators."""
    found = []
    for name in ("co2_emissions", "employment_rate"):
        table = next(one.table for one in outcomes if one.indicator == name)
        newest = pc.max(table["year"])
        found += compare(table.filter(pc.less(table["year"], newest)), table)
    return found


def feed_of(
    plan: Plan, revisions: list[Revision], before: str = "2026-11-21.1", **newest: str
) -> Any:
    times = newest or {"employment_rate": NEWEST, "co2_emissions": "2026-10-01T09:00:00Z"}
    parsed = feedparser.parse(feed_text(plan, revisions, times, is_sample=False, before=before))
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


def test_an_entry_leads_to_the_page_of_the_indicator_that_changed(
    plan: Plan, revisions: list[Revision]
) -> None:
    entries = {entry.title: entry for entry in feed_of(plan, revisions).entries}
    employment = entries["Employment rate, people aged 16 to 64"]
    assert employment.link == "indicators/employment_rate/index.html"
    assert employment.updated == NEWEST
    assert employment.summary.startswith("9 new figures:")
    assert len(entries) == 2


def test_with_a_public_address_feed_and_entries_say_where_they_are(
    public_plan: Plan, revisions: list[Revision]
) -> None:
    feed = feed_of(public_plan, revisions)
    links = {link.rel: link.href for link in feed.feed.links}
    assert links == {
        "self": f"{PUBLIC}/latest/feed.xml",
        "alternate": f"{PUBLIC}/latest/index.html",
    }
    assert {entry.link for entry in feed.entries} == {
        f"{PUBLIC}/latest/indicators/{name}/index.html"
        for name in ("employment_rate", "co2_emissions")
    }


def test_everything_that_the_standard_requires_is_there_once(
    plan: Plan, revisions: list[Revision]
) -> None:
    feed = ElementTree.fromstring(
        feed_text(plan, revisions, {}, is_sample=True, before="2026-11-21.1")
    )
    for part in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            (found,) = part.findall(f"{ATOM}{name}")
            assert found.text
        assert (
            len([one for one in part.findall(f"{ATOM}link") if one.get("rel") == "alternate"]) == 1
        )
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == plan.file.council


def test_ids_stay_and_no_two_releases_share_an_entry(plan: Plan, revisions: list[Revision]) -> None:
    first, again, later = (
        feed_of(plan, revisions, before)
        for before in ("2026-11-21.1", "2026-11-21.1", "2026-11-22.1")
    )
    assert first.feed.id == later.feed.id
    ids = [{entry.id for entry in one.entries} for one in (first, again, later)]
    assert ids[0] == ids[1]
    assert not ids[0] & ids[2]


def test_an_indicator_whose_figures_are_all_withdrawn_is_not_dated_before_the_others(
    plan: Plan, revisions: list[Revision]
) -> None:
    feed = feed_of(plan, revisions, employment_rate=NEWEST, co2_emissions="")
    assert {entry.updated for entry in feed.entries} == {NEWEST}


def test_an_indicator_that_the_plan_no_longer_has_leads_to_the_front_page(
    plan: Plan, revisions: list[Revision]
) -> None:
    fewer = replace(plan, indicators={"employment_rate": plan.indicators["employment_rate"]})
    links = {entry.title: entry.link for entry in feed_of(fewer, revisions).entries}
    assert links["co2_emissions"] == "index.html"
