"""DCAT: the release as a catalogue for data portals, in JSON-LD.

What belongs here: the plan as a catalogue, its indicators as datasets and their files as distributions, by the W3C's
Data Catalog Vocabulary, version 3, https://www.w3.org/TR/vocab-dcat-3/, with all that DCAT-AP 3 asks of public data and
we know, https://semiceu.github.io/DCAT-AP/releases/3.0.0/. The context stands in the file, so that nobody has to fetch
one. What search engines read belongs in `schema_org`; the lists that portals sort by are in `portal_lists`.

A dataset here is one version. What it is a version of has a name that stays the same in every release. Its
distributions are the files of this very release, with their sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from thindicators.formats import portal_lists
from thindicators.formats.addresses import Addresses, area_address, page_of, stable_name
from thindicators.formats.downloads import CSV, JSON, PARQUET, XLSX, ZIP, Download, downloads_of, observations_of_plan
from thindicators.formats.published import Published, read_descriptor, terms_of_plan, write_json
from thindicators.plan.model import Area, Licence, Plan, Theme

FILE = "catalogue.jsonld"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"
_DISTRIBUTED = (CSV, PARQUET, XLSX, JSON, ZIP)

Node = dict[str, Any]

CONTEXT: Node = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "org": "http://www.w3.org/ns/org#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


def write_catalogue(plan: Plan, published: Sequence[Published], release: Path, name: str) -> None:
    """Write `catalogue.jsonld`.

    Args:
        plan: As a catalogue.
        published: Its indicators, their files already written.
        release: The folder of the release.
        name: Of the release.
    """
    write_json(release / FILE, {"@context": CONTEXT, **_catalogue(plan, published, release, name)})


def _catalogue(plan: Plan, published: Sequence[Published], release: Path, name: str) -> Node:
    package = read_descriptor(release)
    front = Addresses(plan).of("index.html")
    return {
        "@id": f"{front}#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _english(package["title"]),
        "dct:description": _english(package["description"]),
        "dct:publisher": _publisher(plan),
        "dct:language": _language(),
        "dct:rights": _rights_in_words(terms_of_plan(plan)),
        **_issued(min((one.issued for one in published if one.issued), default="")),
        **_modified(package.get("created", "")),
        "dct:spatial": [_area(area) for area in plan.areas],
        "foaf:homepage": _page(front),
        "dcat:themeTaxonomy": [{"@id": f"{front}#calls-to-action"}, {"@id": portal_lists.THEMES}],
        "dcat:dataset": [
            _whole_plan(plan, published, release, name),
            *(_dataset(one, name) for one in published),
        ],
        "@included": [_contact(plan), *_calls_to_action(plan), *_portal_themes(plan)],
    }


def _whole_plan(plan: Plan, published: Sequence[Published], release: Path, name: str) -> Node:
    package = read_descriptor(release)
    addresses = Addresses(plan)
    front = addresses.of("index.html")
    rights = {"dct:rights": _rights_in_words(terms_of_plan(plan))}
    days = [day for one in published for day in (one.first_day, one.last_day) if day is not None]
    areas = [area for area in plan.areas if any(area in one.areas for one in published)]
    return {
        "@id": f"{front}#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": package["name"],
        "dct:title": _english(f"All observations. {package['title']}"),
        "dct:description": _english(package["description"]),
        "dcat:version": package["version"],
        "dcat:isVersionOf": {"@id": stable_name(plan, "observations")},
        "dcat:theme": [_theme(code) for code in _themes_of_plan(plan)],
        **_about_the_council(plan),
        **_issued(min((one.issued for one in published if one.issued), default="")),
        **_modified(package.get("created", "")),
        **_temporal(min(days, default=None), max(days, default=None)),
        "dct:spatial": [{"@id": area_address(area.code)} for area in areas],
        "dct:accrualPeriodicity": _frequency(portal_lists.SEVERAL_TIMES),
        "dcat:landingPage": _page(front),
        "dcat:distribution": [_distribution(one, addresses, rights, name) for one in observations_of_plan(release)],
    }


def _dataset(published: Published, name: str) -> Node:
    plan, indicator = published.plan, published.indicator
    addresses = Addresses(plan)
    page = addresses.of(page_of(indicator.id))
    files = [one for one in downloads_of(published.release, indicator.id) if one.media_type in _DISTRIBUTED]
    distributed = [one for one in files if one.name != "datapackage.json"]
    call = f"{addresses.of('index.html')}#call-to-action-{indicator.call_to_action}"
    return {
        "@id": f"{page}#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": published.descriptor["name"],
        "dct:title": _english(published.title),
        "dct:description": _english(published.descriptor["description"]),
        "dcat:version": published.version,
        "dcat:isVersionOf": {"@id": stable_name(plan, indicator.id)},
        "dcat:theme": [{"@id": call}, *(_theme(code) for code in plan.themes_of(indicator))],
        **_about_the_council(plan),
        "dct:source": [{"@id": one.homepage} for one in published.sources],
        "dct:provenance": {"@type": "dct:ProvenanceStatement", "rdfs:label": plan.attribution_of(indicator)},
        **_issued(published.issued),
        **_modified(published.outcome.newest),
        **_temporal(published.first_day, published.last_day),
        "dct:spatial": [{"@id": area_address(area.code)} for area in published.areas],
        "dct:accrualPeriodicity": _frequency(portal_lists.frequency(plan, indicator)),
        "rdfs:comment": _english(f"When new figures are expected: {published.next_release}"),
        "dcat:landingPage": _page(page),
        "dcat:distribution": [_distribution(one, addresses, _rights(published.licence), name) for one in distributed],
    }


def _about_the_council(plan: Plan) -> Node:
    """What all datasets share."""
    return {
        "dcat:keyword": [_english(keyword) for keyword in plan.file.keywords],
        "dct:language": _language(),
        "dct:accessRights": {"@id": portal_lists.PUBLIC, "@type": "dct:RightsStatement"},
        "dct:publisher": {"@id": stable_name(plan, "council")},
        "dcat:contactPoint": {"@id": stable_name(plan, "contact")},
    }


def _distribution(file: Download, addresses: Addresses, rights: Node, release: str) -> Node:
    address = addresses.of_bytes(file.path, release)
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": _english(file.title),
        "dct:description": _english(f"{file.title}: {file.name}"),
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": f"{_MEDIA_TYPES}{file.media_type}", "@type": "dct:MediaType"},
        "dct:format": {"@id": portal_lists.file_type(file.media_type), "@type": "dct:MediaTypeOrExtent"},
        "dcatap:availability": {"@id": portal_lists.AVAILABLE},
        "dct:language": _language(),
        "dcat:byteSize": {"@value": str(file.size), "@type": "xsd:nonNegativeInteger"},
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": _SHA256, "@type": "spdx:ChecksumAlgorithm"},
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
        **rights,
    }


def _rights(licence: Licence) -> Node:
    """A licence that can be looked up; else, in words, that there is none."""
    if licence.path:
        return {"dct:license": {"@id": licence.path, "@type": "dct:LicenseDocument", "rdfs:label": licence.title}}
    return {"dct:rights": _rights_in_words(licence.title)}


def _rights_in_words(words: str) -> Node:
    return {"@type": "dct:RightsStatement", "rdfs:label": words}


def _temporal(first: date | None, last: date | None) -> Node:
    if first is None or last is None:
        return {}
    period = {"dcat:startDate": first, "dcat:endDate": last}
    days = {name: {"@value": day.isoformat(), "@type": "xsd:date"} for name, day in period.items()}
    return {"dct:temporal": {"@type": "dct:PeriodOfTime", **days}}


def _issued(day: str) -> Node:
    return {"dct:issued": {"@value": day, "@type": "xsd:date"}} if day else {}


def _modified(moment: str) -> Node:
    return {"dct:modified": {"@value": moment, "@type": "xsd:dateTime"}} if moment else {}


def _frequency(address: str) -> Node:
    return {"@id": address, "@type": "dct:Frequency"}


def _language() -> Node:
    return {"@id": portal_lists.ENGLISH, "@type": "dct:LinguisticSystem"}


def _page(address: str) -> Node:
    return {"@id": address, "@type": "foaf:Document"}


def _publisher(plan: Plan) -> Node:
    return {
        "@id": stable_name(plan, "council"),
        "@type": ["foaf:Agent", "org:Organization"],
        "foaf:name": plan.file.council,
        "foaf:homepage": _page(plan.file.homepage),
        "dct:type": {"@id": portal_lists.LOCAL_AUTHORITY},
    }


def _contact(plan: Plan) -> Node:
    """A card of its own: the same name would make a portal take the council for an address book."""
    is_mail = plan.contact.startswith("mailto:")
    return {
        "@id": stable_name(plan, "contact"),
        "@type": ["vcard:Kind", "vcard:Organization"],
        "vcard:fn": plan.file.council,
        "vcard:hasEmail" if is_mail else "vcard:hasURL": {"@id": plan.contact},
    }


def _area(area: Area) -> Node:
    return {"@id": area_address(area.code), "@type": "dct:Location", "rdfs:label": area.name}


def _calls_to_action(plan: Plan) -> list[Node]:
    front = Addresses(plan).of("index.html")
    taxonomy = {"@id": f"{front}#calls-to-action", "@type": "skos:ConceptScheme", "dct:title": _english(plan.file.plan)}
    calls = [
        {
            "@id": f"{front}#call-to-action-{call.number}",
            "@type": "skos:Concept",
            "skos:inScheme": {"@id": taxonomy["@id"]},
            "skos:notation": str(call.number),
            "skos:prefLabel": _english(call.title),
        }
        for call in plan.file.calls_to_action
    ]
    return [taxonomy, *calls]


def _portal_themes(plan: Plan) -> list[Node]:
    """The themes in use, with their names: a reader may not have the list at hand."""
    scheme = {"@id": portal_lists.THEMES, "@type": "skos:ConceptScheme", "dct:title": _english("Data theme")}
    themes = [
        {
            **_theme(code),
            "@type": "skos:Concept",
            "skos:inScheme": {"@id": portal_lists.THEMES},
            "skos:prefLabel": _english(portal_lists.THEME_NAMES[code]),
        }
        for code in _themes_of_plan(plan)
    ]
    return [scheme, *themes]


def _themes_of_plan(plan: Plan) -> list[Theme]:
    return sorted({code for indicator in plan.indicators.values() for code in plan.themes_of(indicator)})


def _theme(code: Theme) -> Node:
    return {"@id": portal_lists.theme(code)}


def _english(text: str) -> Node:
    return {"@value": text, "@language": "en"}
