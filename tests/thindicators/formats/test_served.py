"""Two releases on a web server, below a path of a larger site: whatever names an address there is right.

Each address that a page, the catalogue, the feed, the site map or the lists name is asked for, of the latest release
and of the one before it; and what is told of a file, its size and its sum, is that of the bytes that come.
"""

from __future__ import annotations

import functools
import hashlib
import http.server
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

import extruct
import feedparser
import lxml.html
import pytest
import requests
from rdflib import RDF, Graph, Namespace, URIRef

from sources import SAMPLES
from tests.support import smaller_plan
from tests.thindicators.formats.conftest import INDICATORS, outcomes_for, small
from thindicators.context import RunContext, open_run_context
from thindicators.outcomes.outcome import Outcome
from thindicators.release.publishing import Release, publish
from thindicators.settings import Settings
from thindicators.storage.sums import SUMS, differences

BELOW = "open-data/plan"
DCAT = Namespace("http://www.w3.org/ns/dcat#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
IS_PUBLIC = pytest.mark.parametrize("served", ["public"], indirect=True)


@dataclass(frozen=True)
class Served:
    """Two releases on a web server.

    Attributes:
        host: The address of the server.
        run_context: By which they were published.
        first: The release before.
        second: The latest.
        asked: What the server answered, by address.
    """

    host: str
    run_context: RunContext
    first: Release
    second: Release
    asked: dict[str, requests.Response] = field(default_factory=dict)

    @cached_property
    def start(self) -> str:
        """The address of the folder of all releases."""
        return f"{self.host}{BELOW}/"

    def places(self) -> dict[str, Path]:
        """The address at which each release is found, with its folder; the latest has two."""
        return {
            f"{self.start}latest/": self.second.folder,
            f"{self.start}releases/{self.second.name}/": self.second.folder,
            f"{self.start}releases/{self.first.name}/": self.first.folder,
        }

    def get(self, address: str) -> requests.Response:
        """What is at an address, which must be there."""
        page = urldefrag(address).url
        if page not in self.asked:
            self.asked[page] = requests.get(page, timeout=10)
        assert self.asked[page].status_code == 200, address
        return self.asked[page]

    def own(self, address: str) -> bool:
        """Whether it is an address here."""
        return address.startswith(self.start)


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module", params=["public", "no address"])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("web")
    schemas = smaller_plan(tmp_path_factory.mktemp("plan") / "schemas", *INDICATORS)
    handler = functools.partial(_Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        host = f"http://127.0.0.1:{server.server_port}/"
        settings = Settings(schemas=schemas, state=folder / ".state", published=folder / BELOW)
        run_context = _run_context(settings, f"{host}{BELOW}" if request.param == "public" else "")
        outcomes = outcomes_for(run_context.plan)
        yield Served(
            host,
            run_context,
            publish(run_context, outcomes),
            publish(run_context, _one_less(outcomes)),
        )
        server.shutdown()
        thread.join()


def _run_context(settings: Settings, public_url: str) -> RunContext:
    opened = open_run_context(settings, SAMPLES, "live", lambda: datetime(2026, 11, 22, tzinfo=UTC))
    return replace(opened, plan=small(opened.plan, public_url))


def _one_less(outcomes: list[Outcome]) -> list[Outcome]:
    """The same without the newest figure of employment."""
    return [
        replace(one, table=one.table.slice(0, one.table.num_rows - 1))
        if one.indicator == "employment_rate"
        else one
        for one in outcomes
    ]


def links(served: Served, page: str) -> Iterator[str]:
    """Every address that a page holds, in full."""
    document = lxml.html.document_fromstring(served.get(page).content)
    for name in ("href", "src"):
        yield from (urljoin(page, one) for one in document.xpath(f"//@{name}"))
    yield from document.xpath("//meta[@property='og:url']/@content")


def pages(served: Served, start: str) -> set[str]:
    """Every page below a start, found as a reader finds it; to two of them no link leads."""
    found, waiting = (
        set(),
        [urljoin(start, one) for one in ("index.html", "indicators/index.html", "404.html")],
    )
    while waiting:
        page = waiting.pop()
        if page in found:
            continue
        found.add(page)
        there = (urldefrag(link).url for link in links(served, page))
        waiting += [link for link in there if link.startswith(start) and link.endswith(".html")]
    return found


def test_no_link_of_any_page_is_broken(served: Served) -> None:
    for start in served.places():
        found = pages(served, start)
        assert len(found) == 16, (
            "front page, five indicators and their list, seven others, the example, and 404"
        )
        for page in found:
            for link in links(served, page):
                if served.own(link):
                    fragment = urldefrag(link).fragment
                    content = served.get(link)
                    if fragment:
                        assert f'id="{fragment}"' in content.text, link
                else:
                    assert re.match(r"https://|data:,", link), link


def test_pages_name_no_other_address_than_their_own_or_of_the_latest_release(
    served: Served,
) -> None:
    for start in served.places():
        for page in pages(served, start):
            for link in links(served, page):
                assert not served.own(link) or link.startswith((start, f"{served.start}latest/")), (
                    page,
                    link,
                )


def test_each_file_that_the_catalogue_describes_has_the_size_and_sum_that_it_tells(
    served: Served,
) -> None:
    for start in served.places():
        address = f"{start}catalogue.jsonld"
        graph = Graph().parse(data=served.get(address).text, format="json-ld", publicID=address)
        distributions = list(graph.subjects(RDF.type, DCAT.Distribution))
        assert len(distributions) == 2 + 5 * len(INDICATORS)
        for one in distributions:
            (download,) = graph.objects(one, DCAT.downloadURL)
            content = served.get(str(download)).content
            told = str(graph.value(graph.value(one, SPDX.checksum), SPDX.checksumValue))
            assert told.lower() == hashlib.sha256(content).hexdigest(), (start, download)
            assert int(str(graph.value(one, DCAT.byteSize))) == len(content)
        own = {
            str(node)
            for triple in graph
            for node in triple
            if isinstance(node, URIRef) and served.own(str(node))
        }
        for node in own:
            served.get(node)


def test_each_file_that_a_page_describes_has_the_size_and_sum_that_it_tells(served: Served) -> None:
    for start in served.places():
        described = 0
        for page in pages(served, start):
            for found in extruct.extract(served.get(page).text, syntaxes=["json-ld"])["json-ld"]:
                for dataset in (found, *found.get("dataset", [])):
                    served.get(urljoin(page, dataset["url"]))
                    for file in dataset.get("distribution", []):
                        content = served.get(urljoin(page, file["contentUrl"])).content
                        assert file["sha256"] == hashlib.sha256(content).hexdigest(), (
                            page,
                            file["contentUrl"],
                        )
                        assert file["contentSize"] == f"{len(content)} B"
                        described += 1
        assert described == 2 + 5 * len(INDICATORS)


def test_each_address_of_the_lists_is_there(served: Served) -> None:
    for start in served.places():
        index = json.loads(served.get(f"{start}index.json").text)
        served.get(urljoin(start, index["$schema"]))
        for listed in index["indicators"]:
            address = urljoin(start, listed["path"])
            served.get(urljoin(address, json.loads(served.get(address).text)["$schema"]))
        tables = json.loads(served.get(f"{start}csv-metadata.json").text)
        assert tables["tables"]
        for table in tables["tables"]:
            served.get(urljoin(start, table["url"]))
        for path in ("", *(f"indicators/{one}/" for one in INDICATORS)):
            package: dict[str, Any] = json.loads(served.get(f"{start}{path}datapackage.json").text)
            for resource in package["resources"]:
                content = served.get(f"{start}{path}{resource['path']}").content
                assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_the_feed_leads_to_pages_that_are_there(served: Served) -> None:
    for start in served.places():
        address = f"{start}feed.xml"
        feed = feedparser.parse(served.get(address).content)
        assert not feed.bozo
        there = [*feed.feed.links, *(link for entry in feed.entries for link in entry.links)]
        assert there
        for link in there:
            served.get(urljoin(address, link.href))


@IS_PUBLIC
def test_the_map_and_robots_lead_to_pages_that_are_there(served: Served) -> None:
    robots = served.get(f"{served.start}latest/robots.txt").text
    (map_address,) = re.findall(r"^Sitemap: (.*)$", robots, flags=re.MULTILINE)
    listed = re.findall(r"<loc>(.*?)</loc>", served.get(map_address).text)
    assert len(listed) == 14, "all pages but the example and 404"
    for page in listed:
        (canonical,) = lxml.html.document_fromstring(served.get(page).content).xpath(
            "//link[@rel='canonical']/@href"
        )
        assert canonical == page


@IS_PUBLIC
def test_a_page_of_an_earlier_release_names_the_same_page_of_the_latest(served: Served) -> None:
    start = f"{served.start}releases/{served.first.name}/"
    page = f"{start}indicators/employment_rate/index.html"
    (canonical,) = lxml.html.document_fromstring(served.get(page).content).xpath(
        "//link[@rel='canonical']/@href"
    )
    assert canonical == f"{served.start}latest/indicators/employment_rate/index.html"


def test_the_sums_are_those_of_the_bytes_that_come(served: Served) -> None:
    for start, folder in served.places().items():
        assert differences(folder) == []
        for line in served.get(f"{start}{SUMS}").text.splitlines():
            told, path = line.split("  ")
            assert hashlib.sha256(served.get(f"{start}{path}").content).hexdigest() == told


def test_the_same_figures_again_make_no_new_release(served: Served) -> None:
    again = publish(served.run_context, _one_less(outcomes_for(served.run_context.plan)))
    assert not again.is_new
    assert again.name == served.second.name


@IS_PUBLIC
def test_a_page_of_an_indicator_that_did_not_change_differs_in_the_name_of_its_release_only(
    served: Served,
) -> None:
    path = "indicators/co2_emissions/index.html"
    before, after = (release.folder / path for release in (served.first, served.second))
    text = before.read_text(encoding="utf-8").replace(served.first.name, served.second.name)
    assert text == after.read_text(encoding="utf-8")
