"""DCAT: the release as a catalogue for data portals, in JSON-LD.

What belongs here: the plan as a catalogue, its indicators as datasets and their files as distributions, by the W3C's
Data Catalog Vocabulary, version 3, https://www.w3.org/TR/vocab-dcat-3/. The context stands in the file, so that nobody
has to fetch one. What search engines read belongs in `schema_org`.

A dataset here is one version. What it is a version of has a name that stays the same in every release. How often new
figures come is said in the publisher's words: the months in which a source may publish do not make a frequency.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from thindicators.machine.addresses import Addresses, area_address, page_of, stable_name
from thindicators.machine.downloads import CSV, JSON, PARQUET, XLSX, Download, downloads_of, downloads_of_plan
from thindicators.machine.published import Published, read_descriptor, write_json
from thindicators.plan import Area, Licence, Plan

FILE = "catalogue.jsonld"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
_ENGLISH = "http://publications.europa.eu/resource/authority/language/ENG"
_DISTRIBUTED = (CSV, PARQUET, XLSX, JSON)

Node = dict[str, Any]

CONTEXT: Node = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def write_catalogue(plan: Plan, published: Sequence[Published], release: Path) -> None:
    """Write `catalogue.jsonld`.

    Args:
        plan: As a catalogue.
        published: Its indicators, their files already written.
        release: The folder of the release.
    """
    write_json(release / FILE, {"@context": CONTEXT, **_catalogue(plan, published, release)})


def _catalogue(plan: Plan, published: Sequence[Published], release: Path) -> Node:
    package = read_descriptor(release)
    addresses = Addresses(plan)
    return {
        "@id": f"{addresses.of('index.html')}#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _english(package["title"]),
        "dct:description": _english(package["description"]),
        "dct:publisher": _publisher(plan),
        "dct:language": {"@id": _ENGLISH},
        **_modified(package.get("created", "")),
        "dct:spatial": [_area(area) for area in plan.compared_areas],
        "foaf:homepage": {"@id": addresses.of("index.html")},
        "dcat:themeTaxonomy": {"@id": f"{addresses.of('index.html')}#calls-to-action"},
        "dcat:dataset": [_whole_plan(plan, release), *(_dataset(one) for one in published)],
        "@included": _calls_to_action(plan),
    }


def _whole_plan(plan: Plan, release: Path) -> Node:
    package = read_descriptor(release)
    addresses = Addresses(plan)
    files = [one for one in downloads_of_plan(release) if one.name.startswith("observations.")]
    return {
        "@id": f"{addresses.of('index.html')}#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": package["name"],
        "dct:title": _english(f"All observations. {package['title']}"),
        "dct:description": _english(package["description"]),
        "dcat:version": package["version"],
        "dcat:isVersionOf": {"@id": stable_name(plan, "observations")},
        "dcat:keyword": [_english(one) for one in plan.file.keywords],
        "dct:publisher": {"@id": plan.file.homepage},
        **_modified(package.get("created", "")),
        "dcat:landingPage": {"@id": addresses.of("index.html")},
        "dcat:distribution": [_distribution(one, addresses, {}) for one in files],
    }


def _dataset(published: Published) -> Node:
    plan, indicator = published.plan, published.indicator
    addresses = Addresses(plan)
    page = addresses.of(page_of(indicator.id))
    files = [one for one in downloads_of(published.release, indicator.id) if one.media_type in _DISTRIBUTED]
    rights = _rights(published.licence)
    return {
        "@id": f"{page}#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": published.descriptor["name"],
        "dct:title": _english(published.title),
        "dct:description": _english(published.descriptor["description"]),
        "dcat:version": published.version,
        "dcat:isVersionOf": {"@id": stable_name(plan, indicator.id)},
        "dcat:keyword": [_english(one) for one in plan.file.keywords],
        "dcat:theme": {"@id": f"{addresses.of('index.html')}#call-to-action-{indicator.call_to_action}"},
        "dct:publisher": {"@id": plan.file.homepage},
        "dct:source": [{"@id": one.homepage} for one in published.sources],
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": plan.attribution_of(indicator)},
        **_modified(published.outcome.newest),
        **_temporal(published),
        "dct:spatial": [{"@id": area_address(area.code)} for area in published.areas],
        "dct:accrualPeriodicity": {"@type": "dct:Frequency", "rdfs:label": published.next_release},
        "dcat:landingPage": {"@id": page},
        "dcat:distribution": [_distribution(one, addresses, rights) for one in files if one.name != "datapackage.json"],
    }


def _distribution(file: Download, addresses: Addresses, rights: Node) -> Node:
    address = addresses.of(file.path)
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": _english(file.title),
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": f"{_MEDIA_TYPES}{file.media_type}"},
        "dcat:byteSize": {"@value": str(file.size), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": _SHA256},
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
        **rights,
    }


def _rights(licence: Licence) -> Node:
    """A licence that can be looked up; else, in words, that there is none."""
    if licence.path:
        return {"dct:license": {"@id": licence.path}}
    return {"dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": licence.title}}


def _temporal(published: Published) -> Node:
    if published.first_day is None or published.last_day is None:
        return {}
    period = {"dcat:startDate": published.first_day, "dcat:endDate": published.last_day}
    days = {name: {"@value": day.isoformat(), "@type": "xsd:date"} for name, day in period.items()}
    return {"dct:temporal": {"@type": "dct:PeriodOfTime", **days}}


def _modified(moment: str) -> Node:
    return {"dct:modified": {"@value": moment, "@type": "xsd:dateTime"}} if moment else {}


def _publisher(plan: Plan) -> Node:
    return {
        "@id": plan.file.homepage,
        "@type": ["foaf:Agent", "org:Organization"],
        "foaf:name": plan.file.council,
        "foaf:homepage": {"@id": plan.file.homepage},
    }


def _area(area: Area) -> Node:
    return {"@id": area_address(area.code), "@type": "dct:Location", "rdfs:label": area.name}


def _calls_to_action(plan: Plan) -> list[Node]:
    front = Addresses(plan).of("index.html")
    taxonomy = {"@id": f"{front}#calls-to-action", "@type": "skos:ConceptScheme", "dct:title": _english(plan.file.plan)}
    return [
        taxonomy,
        *(
            {
                "@id": f"{front}#call-to-action-{call.number}",
                "@type": "skos:Concept",
                "skos:inScheme": {"@id": taxonomy["@id"]},
                "skos:notation": str(call.number),
                "skos:prefLabel": _english(call.title),
            }
            for call in plan.file.calls_to_action
        ),
    ]


def _english(text: str) -> Node:
    return {"@value": text, "@language": "en"}
