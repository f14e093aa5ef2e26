"""DCAT: an RDF library reads the catalogue, and finds in it what data portals ask for."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest
from pyshacl import validate
from rdflib import RDF, RDFS, XSD, Graph, Literal, Namespace, URIRef

from tests.thindicators.formats.conftest import (
    INDICATORS,
    NAME,
    NEWEST,
    PUBLIC,
    MakeRelease,
    outcomes_for,
)
from thindicators.formats.portal_lists import LISTS
from thindicators.plan.model import Plan

DCAT = Namespace("http://www.w3.org/ns/dcat#")
DCT = Namespace("http://purl.org/dc/terms/")
VCARD = Namespace("http://www.w3.org/2006/vcard/ns#")
SPDX = Namespace("http://spdx.org/rdf/terms#")
SHAPES = Path(__file__).parent / "dcat_ap.ttl"
EMPLOYMENT = "tower-hamlets-partnership-plan-indicators-employment-rate"


@pytest.fixture(scope="module")
def graph(release: Path) -> Graph:
    """Read from the disk: addresses are relative to the file."""
    return Graph().parse(release / "catalogue.jsonld", format="json-ld")


@pytest.fixture(scope="module")
def public_graph(public_release: Path) -> Graph:
    """Read as a text alone, as a harvester may have it."""
    return Graph().parse(
        data=(public_release / "catalogue.jsonld").read_text(encoding="utf-8"), format="json-ld"
    )


def dataset(graph: Graph, identifier: str) -> URIRef:
    found = graph.value(predicate=DCT.identifier, object=Literal(identifier))
    assert isinstance(found, URIRef)
    return found


def test_it_has_what_catalogues_of_public_data_ask_for(graph: Graph, public_graph: Graph) -> None:
    for one in (graph, public_graph):
        conforms, _, words = validate(one, shacl_graph=Graph().parse(SHAPES), inference="none")
        assert conforms, words


def test_the_shapes_find_a_catalogue_without_its_publisher(graph: Graph) -> None:
    damaged = Graph() + graph
    damaged.remove((None, DCT.publisher, None))
    assert not validate(damaged, shacl_graph=Graph().parse(SHAPES), inference="none")[0]


def test_every_indicator_is_a_dataset_even_one_without_a_figure(
    graph: Graph, small_plan: Plan
) -> None:
    names = {
        str(name)
        for one in graph.subjects(RDF.type, DCAT.Dataset)
        for name in graph.objects(one, DCT.identifier)
    }
    assert names == {
        small_plan.file.id,
        *(f"{small_plan.file.id}-{indicator.replace('_', '-')}" for indicator in INDICATORS),
    }
    empty = dataset(graph, f"{small_plan.file.id}-feeling-safe")
    assert graph.value(empty, DCT.temporal) is None
    assert "Nobody has handed in a figure." in str(graph.value(empty, DCT.description))


def test_every_download_is_there_with_its_size_and_its_sum(graph: Graph, release: Path) -> None:
    distributions = list(graph.subjects(RDF.type, DCAT.Distribution))
    assert len(distributions) == 2 + 5 * len(INDICATORS)
    for one in distributions:
        address = str(graph.value(one, DCAT.downloadURL))
        file = Path(unquote(urlparse(address).path))
        assert file.is_relative_to(release)
        content = file.read_bytes()
        assert int(str(graph.value(one, DCAT.byteSize))) == len(content)
        checksum = graph.value(one, SPDX.checksum)
        assert (
            str(graph.value(checksum, SPDX.checksumValue)).lower()
            == hashlib.sha256(content).hexdigest()
        )


def test_a_dataset_says_when_where_whose_and_what_may_be_done_with_it(graph: Graph) -> None:
    employment = dataset(graph, EMPLOYMENT)
    period = graph.value(employment, DCT.temporal)
    assert [str(graph.value(period, day)) for day in (DCAT.startDate, DCAT.endDate)] == [
        "2020-01-01",
        "2022-12-31",
    ]
    places = {str(one).rpartition("/")[2] for one in graph.objects(employment, DCT.spatial)}
    assert places == {"E09000030", "E12000007", "E92000001"}
    assert {str(one) for one in graph.objects(employment, DCT.source)} == {
        "https://www.nomisweb.co.uk/datasets/apsnew"
    }
    licences = {
        str(graph.value(one, DCT.license)) for one in graph.objects(employment, DCAT.distribution)
    }
    assert licences == {
        "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
    }
    assert str(graph.value(employment, DCT.accrualPeriodicity)) == f"{LISTS}frequency/ANNUAL"
    assert "January, April, July and October" in str(graph.value(employment, RDFS.comment))
    assert str(graph.value(employment, DCT.issued)) == "2026-11-20"
    assert graph.value(employment, DCT.modified) == Literal(NEWEST, datatype=XSD.dateTime)
    themes = {
        str(one) for one in graph.objects(employment, DCAT.theme) if str(one).startswith(LISTS)
    }
    assert themes == {f"{LISTS}data-theme/ECON", f"{LISTS}data-theme/SOCI"}
    formats = {
        str(graph.value(one, DCT["format"])) for one in graph.objects(employment, DCAT.distribution)
    }
    assert formats == {
        f"{LISTS}file-type/{name}" for name in ("CSV", "JSON", "PARQUET", "XLSX", "ZIP")
    }


def test_all_observations_say_under_which_terms_they_are(graph: Graph, small_plan: Plan) -> None:
    whole = dataset(graph, small_plan.file.id)
    distributions = list(graph.objects(whole, DCAT.distribution))
    assert len(distributions) == 2
    for distribution in distributions:
        rights = str(graph.value(graph.value(distribution, DCT.rights), RDFS.label))
        for indicator in small_plan.indicators.values():
            assert small_plan.licence_of(indicator).title in rights


def test_readers_are_told_whom_they_may_ask(
    graph: Graph, release_of: MakeRelease, small_plan: Plan
) -> None:
    contact = graph.value(dataset(graph, EMPLOYMENT), DCAT.contactPoint)
    assert str(graph.value(contact, VCARD.fn)) == small_plan.file.council
    assert str(graph.value(contact, VCARD.hasURL)) == small_plan.file.homepage
    file = small_plan.file.model_copy(update={"contact": "mailto:figures@example.org"})
    plan = replace(
        small_plan, file=file, indicators={"feeling_safe": small_plan.indicators["feeling_safe"]}
    )
    empty = [one for one in outcomes_for(plan) if one.indicator == "feeling_safe"]
    other = Graph().parse(release_of(plan, empty) / "catalogue.jsonld", format="json-ld")
    assert {str(one) for one in other.objects(None, VCARD.hasEmail)} == {
        "mailto:figures@example.org"
    }


def test_where_no_licence_is_stated_the_catalogue_says_so(graph: Graph) -> None:
    emissions = dataset(graph, EMPLOYMENT.replace("employment-rate", "co2-emissions"))
    for one in graph.objects(emissions, DCAT.distribution):
        assert graph.value(one, DCT.license) is None
        assert "No licence stated" in str(graph.value(graph.value(one, DCT.rights), RDFS.label))


def test_with_a_public_address_a_dataset_is_known_by_its_latest_page_and_its_files_by_their_release(
    public_graph: Graph,
) -> None:
    employment = dataset(public_graph, EMPLOYMENT)
    page = f"{PUBLIC}/latest/indicators/employment_rate/index.html"
    assert str(employment) == f"{page}#dataset"
    assert str(public_graph.value(employment, DCAT.landingPage)) == page
    with_a_sum = set(public_graph.subjects(SPDX.checksum))
    assert len(with_a_sum) == len(set(public_graph.objects(None, DCAT.downloadURL)))
    for distribution in with_a_sum:
        for address in (distribution, *public_graph.objects(distribution, DCAT.downloadURL)):
            assert str(address).startswith(f"{PUBLIC}/releases/{NAME}/")


def test_what_it_is_a_version_of_has_one_name_everywhere(graph: Graph, public_graph: Graph) -> None:
    names = {
        str(one.value(dataset(one, EMPLOYMENT), DCAT.isVersionOf)) for one in (graph, public_graph)
    }
    assert names == {
        "tag:www.towerhamlets.gov.uk,2023:tower-hamlets-partnership-plan-indicators/employment_rate"
    }


def test_a_sample_says_that_it_is_one(public_graph: Graph) -> None:
    for one in public_graph.subjects(RDF.type, DCAT.Dataset):
        assert "THIS IS A SAMPLE EDITION" in str(public_graph.value(one, DCT.description))
        assert "(sample edition)" in str(public_graph.value(one, DCT.title))
