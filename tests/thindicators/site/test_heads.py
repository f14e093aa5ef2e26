"""The heads of all pages of the sample edition, read by the tools of search engines, social media and catalogues."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import extruct
import lxml.html
import pytest
from pyshacl import validate
from rdflib import RDF, Graph, Namespace

from tests.samples import sample_outcomes
from tests.support import ROOT
from tests.thindicators.site.conftest import content_of, pages_of
from tests.written import plan_at
from thindicators.formats import dcat
from thindicators.formats.addresses import page_of
from thindicators.plan.model import Plan
from thindicators.site.pages import NOT_FOUND

PUBLIC = "https://council.example.org/open-data/plan"
NAME = "2026-11-22.1"
SHAPES = ROOT / "tests" / "thindicators" / "formats" / "dcat_ap.ttl"
DCAT = Namespace("http://www.w3.org/ns/dcat#")

GOOGLE_REQUIRES = {"name", "description"}
GOOGLE_RECOMMENDS = {
    "creator",
    "distribution",
    "identifier",
    "includedInDataCatalog",
    "isAccessibleForFree",
    "keywords",
    "url",
    "variableMeasured",
    "version",
}
"""Those that every dataset can have: https://developers.google.com/search/docs/appearance/structured-data/dataset"""
GOOGLE_RECOMMENDS_WITH_FIGURES = {"spatialCoverage", "temporalCoverage"}

Pages = dict[str, str]


def with_address(plan: Plan, public_url: str) -> Plan:
    return replace(plan, file=plan.file.model_copy(update={"public_url": public_url}))


@pytest.fixture(scope="module", params=["", PUBLIC], ids=["no address", "public address"])
def addressed(request: pytest.FixtureRequest, plan: Plan) -> Plan:
    return with_address(plan, request.param)


@pytest.fixture(scope="module")
def served(addressed: Plan, published: Path) -> Pages:
    made = pages_of(content_of(addressed, sample_outcomes(), release=published))
    return {path: page for path, page in made.items() if path.endswith(".html")}


@pytest.fixture(scope="module")
def catalogue(addressed: Plan, published: Path) -> Graph:
    """Of all thirty indicators."""
    (text,) = dcat.catalogue(plan_at(published, addressed, sample_outcomes(), NAME)).values()
    return Graph().parse(data=text, format="json-ld")


def meta(page: str) -> dict[str, str]:
    """What the head says, by name or property; each must be there once."""
    found: dict[str, str] = {}
    for one in lxml.html.document_fromstring(page).xpath(
        "//head/meta[@content][@name or @property]"
    ):
        name = one.get("name") or one.get("property")
        assert name not in found, name
        found[name] = one.get("content")
    return found


def link(page: str, relation: str) -> list[str]:
    return [
        one.get("href")
        for one in lxml.html.document_fromstring(page).xpath(f"//head/link[@rel='{relation}']")
    ]


def datasets(served: Pages) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every dataset that a page describes, with the page's path."""
    for path, page in served.items():
        for found in extruct.extract(page, syntaxes=["json-ld"])["json-ld"]:
            yield from (
                (path, one)
                for one in [found, *found.get("dataset", [])]
                if one["@type"] == "Dataset"
            )


def test_each_page_describes_its_dataset_and_the_front_page_all(served: Pages, plan: Plan) -> None:
    found = list(datasets(served))
    assert {path for path, _ in found} == {"index.html", *map(page_of, plan.indicators)}
    assert sum(path == "index.html" for path, _ in found) == len(plan.indicators) + 1


def test_each_has_what_google_requires_and_all_that_it_recommends_and_we_know(
    served: Pages,
) -> None:
    for path, dataset in datasets(served):
        assert set(dataset) >= GOOGLE_REQUIRES, path
        assert 50 <= len(dataset["description"]) <= 5000, path
        assert ("license" in dataset) != ("usageInfo" in dataset), path
        if "distribution" not in dataset:
            assert path == "index.html", path
            continue
        has_figures = "datePublished" in dataset
        assert set(dataset) >= GOOGLE_RECOMMENDS, path
        assert set(dataset) >= GOOGLE_RECOMMENDS_WITH_FIGURES or not has_figures, path
        for file in dataset["distribution"]:
            assert file["contentUrl"], path
            assert "/" in file["encodingFormat"], path


def test_no_two_pages_and_no_two_parts_of_a_page_give_a_thing_two_names(
    served: Pages, catalogue: Graph
) -> None:
    names: dict[str, set[str]] = {}
    for page in served.values():
        for found in extruct.extract(page, syntaxes=["json-ld"])["json-ld"]:
            for node in nodes(found):
                if "@id" in node and "name" in node and urlsplit(node["@id"]).scheme:
                    names.setdefault(node["@id"], set()).add(node["name"])
    assert names
    assert {one: several for one, several in names.items() if len(several) > 1} == {}
    for one, (name,) in names.items():
        title = next((str(title) for subject, title in titles(catalogue) if subject == one), name)
        assert title == name


def titles(catalogue: Graph) -> Iterator[tuple[str, str]]:
    title = Namespace("http://purl.org/dc/terms/").title
    return ((str(subject), str(name)) for subject, name in catalogue.subject_objects(title))


def nodes(found: object) -> Iterator[dict[str, Any]]:
    if isinstance(found, dict):
        yield found
    for part in (
        found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
    ):
        yield from nodes(part)


def test_all_datasets_have_what_dcat_ap_asks_for(catalogue: Graph, plan: Plan) -> None:
    # One for each indicator, and the whole.
    assert len(set(catalogue.subjects(RDF.type, DCAT.Dataset))) == len(plan.indicators) + 1
    conforms, _, words = validate(catalogue, shacl_graph=Graph().parse(SHAPES), inference="none")
    assert conforms, words


def test_every_page_has_a_description_of_its_own(served: Pages) -> None:
    found = {path: meta(page)["description"] for path, page in served.items()}
    assert len(set(found.values())) == len(found)
    for path, description in found.items():
        assert len(description) >= 50, path


def test_what_is_shared_of_a_page_shows_its_title_and_that_it_is_of_a_sample(
    served: Pages, addressed: Plan
) -> None:
    for path, page in served.items():
        if path == NOT_FOUND:
            continue
        (found,) = extruct.extract(page, syntaxes=["opengraph"], uniform=True)["opengraph"]
        assert found["og:title"].endswith(" (sample edition)"), path
        assert found["og:description"] == meta(page)["description"], path
        assert (found["@type"], found["og:locale"]) == ("website", "en_GB"), path
        assert found["og:site_name"] == addressed.file.title, path
        assert meta(page)["twitter:card"] == "summary", path


def test_a_page_names_its_latest_address_where_there_is_one(served: Pages, addressed: Plan) -> None:
    is_public = bool(addressed.file.public_url)
    for path, page in served.items():
        if path != NOT_FOUND:
            expected = [f"{PUBLIC}/latest/{path}"] if is_public else []
            assert link(page, "canonical") == expected, path
            assert (
                [meta(page)["og:url"]] == expected if is_public else "og:url" not in meta(page)
            ), path


def test_search_engines_show_no_page_of_a_sample(
    served: Pages, plan: Plan, published: Path
) -> None:
    assert {meta(page).get("robots") for page in served.values()} == {"noindex"}
    live = pages_of(content_of(plan, sample_outcomes(), is_sample=False, release=published))
    shown = {
        path for path, page in live.items() if path.endswith(".html") and "robots" not in meta(page)
    }
    assert shown == set(served) - {NOT_FOUND}


def test_the_page_of_an_address_that_is_not_there_works_at_any_depth(
    served: Pages, addressed: Plan
) -> None:
    page = lxml.html.document_fromstring(served[NOT_FOUND])
    addresses = [*page.xpath("//@href"), *page.xpath("//@src")]
    assert "data:," in addresses
    assert {urlsplit(one).scheme for one in addresses} <= {"data", "https"}
    assert (f"{PUBLIC}/latest/index.html" in addresses) == bool(addressed.file.public_url)


def test_the_folder_of_the_indicators_shows_all_of_them(served: Pages, plan: Plan) -> None:
    links = set(
        lxml.html.document_fromstring(served["indicators/index.html"]).xpath("//main//li/a/@href")
    )
    assert links >= {f"../{page_of(indicator)}" for indicator in plan.indicators}


def test_a_reader_with_a_problem_is_led_to_whom_the_plan_names(plan: Plan) -> None:
    asked = replace(
        plan, file=plan.file.model_copy(update={"contact": "mailto:figures@example.org"})
    )
    made = pages_of(content_of(asked, sample_outcomes()))
    for path in ("accessibility/index.html", NOT_FOUND):
        (link_text,) = lxml.html.document_fromstring(made[path]).xpath(
            "//a[@href='mailto:figures@example.org']/text()"
        )
        assert link_text == "figures@example.org"
