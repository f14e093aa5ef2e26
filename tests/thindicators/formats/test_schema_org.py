"""schema.org: what a search engine finds in a page."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from rdflib import Graph

from tests.thindicators.formats.conftest import NAME, PUBLIC
from tests.written import indicator_at, plan_at
from thindicators.formats.schema_org import front_page_json_ld, page_json_ld
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan


def said(
    plan: Plan, outcomes: list[Outcome], release: Path, indicator: str = "employment_rate"
) -> dict[str, Any]:
    outcome = next(one for one in outcomes if one.indicator == indicator)
    read: dict[str, Any] = json.loads(
        page_json_ld(indicator_at(release, plan, outcome), plan_at(release, plan, outcomes, NAME))
    )
    return read


def test_a_page_describes_a_dataset_with_all_that_the_government_and_search_engines_ask_for(
    small_plan: Plan, outcomes: list[Outcome], release: Path
) -> None:
    for outcome in outcomes:
        dataset = said(small_plan, outcomes, release, outcome.indicator)
        assert dataset["@type"] == "Dataset"
        assert {
            "name",
            "identifier",
            "version",
            "creator",
            "publisher",
            "distribution",
            "isBasedOn",
        } <= set(dataset)
        assert 50 <= len(dataset["description"]) <= 5000
        assert ("license" in dataset) != ("usageInfo" in dataset)


def test_it_says_when_where_and_in_what_unit(
    small_plan: Plan, outcomes: list[Outcome], release: Path
) -> None:
    dataset = said(small_plan, outcomes, release)
    assert dataset["temporalCoverage"] == "2020-01-01/2022-12-31"
    assert [place["identifier"] for place in dataset["spatialCoverage"]] == [
        "E09000030",
        "E12000007",
        "E92000001",
    ]
    assert [one["unitText"] for one in dataset["variableMeasured"]] == ["percentage"]
    assert dataset["dateModified"] == "2026-11-20T10:15:00Z"
    assert dataset["version"] == "1.0.0"


def test_every_download_is_beside_the_page_with_its_size_and_sum(
    small_plan: Plan, outcomes: list[Outcome], release: Path
) -> None:
    files = said(small_plan, outcomes, release)["distribution"]
    assert [one["contentUrl"] for one in files] == [
        f"employment_rate.{kind}" for kind in ("csv", "xlsx", "json", "parquet", "zip")
    ]
    for one in files:
        content = (release / "indicators/employment_rate" / one["contentUrl"]).read_bytes()
        assert one["contentSize"] == f"{len(content)} B"
        assert one["sha256"] == hashlib.sha256(content).hexdigest()


def test_an_indicator_without_figures_claims_no_time_and_no_place(
    small_plan: Plan, outcomes: list[Outcome], release: Path
) -> None:
    dataset = said(small_plan, outcomes, release, "feeling_safe")
    assert not {"temporalCoverage", "spatialCoverage", "dateModified"} & set(dataset)


def test_with_a_public_address_the_page_is_that_of_the_latest_release_and_files_are_those_of_this_one(
    public_plan: Plan, outcomes: list[Outcome], public_release: Path
) -> None:
    dataset = said(public_plan, outcomes, public_release)
    assert dataset["url"] == f"{PUBLIC}/latest/indicators/employment_rate/index.html"
    for one in dataset["distribution"]:
        assert one["contentUrl"].startswith(f"{PUBLIC}/releases/{NAME}/indicators/employment_rate/")
    assert dataset["description"].startswith("THIS IS A SAMPLE EDITION")


@pytest.fixture
def front(small_plan: Plan, outcomes: list[Outcome], release: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(
        front_page_json_ld(plan_at(release, small_plan, outcomes, NAME))
    )
    return read


def test_the_front_page_has_all_figures_as_one_dataset_and_leads_to_every_page(
    front: dict[str, Any], small_plan: Plan, release: Path
) -> None:
    whole, *others = front["dataset"]
    assert whole["name"].startswith("All observations.")
    assert {one["contentUrl"] for one in whole["distribution"]} == {
        "observations.csv",
        "observations.parquet",
    }
    for one in whole["distribution"]:
        assert (
            one["sha256"] == hashlib.sha256((release / one["contentUrl"]).read_bytes()).hexdigest()
        )
    assert "No licence stated" in whole["usageInfo"]["name"]
    assert whole["temporalCoverage"] == "2015-01-01/2022-12-31"
    assert [one["url"] for one in others] == [
        f"indicators/{indicator}/index.html" for indicator in small_plan.indicators
    ]


def test_the_front_page_and_a_page_say_the_same_of_a_dataset(
    front: dict[str, Any], small_plan: Plan, outcomes: list[Outcome], release: Path
) -> None:
    for listed, outcome in zip(front["dataset"][1:], outcomes, strict=True):
        page = said(small_plan, outcomes, release, outcome.indicator)
        for key in ("name", "description", "creator"):
            assert listed[key] == page[key], outcome.indicator
        assert ("license" in listed) == ("license" in page)
        assert page["includedInDataCatalog"]["name"] == front["name"]


def test_page_and_catalogue_speak_of_the_same_dataset(
    public_plan: Plan, outcomes: list[Outcome], public_release: Path
) -> None:
    catalogue = Graph().parse(public_release / "catalogue.jsonld", format="json-ld")
    assert said(public_plan, outcomes, public_release)["@id"] in {
        str(one) for one in catalogue.subjects()
    }


@pytest.mark.parametrize(
    "odd", ["</script><script>alert(1)</script>", "<!-- <script>", "&amp; &lt;", "\u2028"]
)
def test_no_text_can_leave_the_script_that_it_stands_in(
    odd: str, small_plan: Plan, outcomes: list[Outcome], release: Path
) -> None:
    indicator = small_plan.indicators["employment_rate"].changed({"definition": odd})
    plan = replace(small_plan, indicators={**small_plan.indicators, "employment_rate": indicator})
    outcome = next(one for one in outcomes if one.indicator == "employment_rate")
    script = _Scripts()
    text = page_json_ld(
        indicator_at(release, plan, outcome), plan_at(release, plan, outcomes, NAME)
    )
    script.feed(f'<script type="application/ld+json">{text}</script><p>after</p>')
    assert len(script.found) == 1
    assert odd in json.loads(script.found[0])["description"]
    assert script.other == "after"


class _Scripts(HTMLParser):
    """Collects what a browser would find inside scripts and outside."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.other = ""
        self._is_inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_inside = tag == "script"
        if self._is_inside:
            self.found.append("")

    def handle_endtag(self, tag: str) -> None:
        self._is_inside = False

    def handle_data(self, data: str) -> None:
        if self._is_inside:
            self.found[-1] += data
        else:
            self.other += data
