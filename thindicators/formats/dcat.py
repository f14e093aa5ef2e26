"""DCAT: the release as a catalogue for data portals, in JSON-LD.

What belongs here: the plan as a catalogue, its indicators as datasets and their files as distributions, by the W3C's
Data Catalog Vocabulary, version 3, https://www.w3.org/TR/vocab-dcat-3/, with all that DCAT-AP 3 asks of public data and
we know, https://semiceu.github.io/DCAT-AP/releases/3.0.0/. The context stands in the file, so that nobody has to fetch
one. What search engines read belongs in `schema_org`; the lists that portals sort by are in `portal_lists`.

A dataset here is one version. What it is a version of has a name that stays the same in every release. Its
distributions are the files of this very release, with their sums.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from thindicators.formats import portal_lists
from thindicators.formats.addresses import Addresses, area_address, page_of, stable_name
from thindicators.formats.published import Published, PublishedPlan, json_content
from thindicators.plan.fields import Theme
from thindicators.plan.model import Area, Licence, Plan
from thindicators.storage.manifest import WrittenFile

FILE = "catalogue.jsonld"
_MEDIA_TYPES = "https://www.iana.org/assignments/media-types/"
_SHA256 = "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"

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


def catalogue(whole: PublishedPlan) -> dict[str, bytes]:
    """`catalogue.jsonld`, by its path: the plan as a catalogue of its indicators and their files."""
    return {FILE: json_content({"@context": CONTEXT, **_catalogue(whole)})}


def _catalogue(whole: PublishedPlan) -> Node:
    plan = whole.plan
    package = whole.descriptor
    # The front page names the catalogue: its address is the same in every release.
    front = Addresses(plan).of("index.html")
    datasets = [_dataset(published, whole) for published in whole.indicators]
    return {
        "@id": f"{front}#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _english(package["title"]),
        "dct:description": _english(package["description"]),
        "dct:publisher": _publisher(plan),
        "dct:language": _language(),
        "dct:rights": _rights_in_words(whole.terms),
        **_issued(whole.issued),
        **_modified(whole.created),
        "dct:spatial": [_area(area) for area in plan.areas],
        "foaf:homepage": _page(front),
        "dcat:themeTaxonomy": [
            {"@id": f"{front}#calls-to-action"},
            {"@id": portal_lists.THEMES},
        ],
        "dcat:dataset": [_whole_plan(whole), *datasets],
        "@included": [
            _contact(plan),
            *_calls_to_action(plan),
            *_portal_themes(plan),
        ],
    }


def _whole_plan(whole: PublishedPlan) -> Node:
    """All observations of the plan as one dataset."""
    plan = whole.plan
    package = whole.descriptor
    front = Addresses(plan).of("index.html")
    rights = {"dct:rights": _rights_in_words(whole.terms)}
    files = whole.distributions()
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
        **_issued(whole.issued),
        **_modified(whole.created),
        **_temporal(whole.first_day, whole.last_day),
        "dct:spatial": [_area_by_name(area) for area in whole.areas],
        "dct:accrualPeriodicity": _frequency(portal_lists.SEVERAL_TIMES),
        "dcat:landingPage": _page(front),
        "dcat:distribution": [_distribution(file, whole, rights) for file in files],
    }


def _dataset(published: Published, whole: PublishedPlan) -> Node:
    """The figures of one indicator as a dataset."""
    plan = published.plan
    indicator = published.indicator
    addresses = Addresses(plan)
    page = addresses.of(page_of(indicator.id))
    # The Plan's own calls to action are themes beside those of the portals.
    call = f"{addresses.of('index.html')}#call-to-action-{indicator.call_to_action}"
    themes = [_theme(code) for code in plan.themes_of(indicator)]
    rights = _rights(published.licence)
    files = whole.distributions(indicator.id)
    return {
        "@id": f"{page}#dataset",
        "@type": "dcat:Dataset",
        "dct:identifier": published.descriptor["name"],
        "dct:title": _english(published.title),
        "dct:description": _english(published.descriptor["description"]),
        "dcat:version": published.version,
        "dcat:isVersionOf": {"@id": stable_name(plan, indicator.id)},
        "dcat:theme": [{"@id": call}, *themes],
        **_about_the_council(plan),
        "dct:source": [{"@id": source.homepage} for source in published.sources],
        "dct:provenance": _provenance(plan.attribution_of(indicator)),
        **_issued(published.issued),
        **_modified(published.outcome.newest),
        **_temporal(published.first_day, published.last_day),
        "dct:spatial": [_area_by_name(area) for area in published.areas],
        "dct:accrualPeriodicity": _frequency(portal_lists.frequency(plan, indicator)),
        "rdfs:comment": _english(f"When new figures are expected: {published.next_release}"),
        "dcat:landingPage": _page(page),
        "dcat:distribution": [_distribution(file, whole, rights) for file in files],
    }


def _about_the_council(plan: Plan) -> Node:
    """What all datasets share."""
    return {
        "dcat:keyword": [_english(keyword) for keyword in plan.file.keywords],
        "dct:language": _language(),
        "dct:accessRights": {
            "@id": portal_lists.PUBLIC,
            "@type": "dct:RightsStatement",
        },
        "dct:publisher": {"@id": stable_name(plan, "council")},
        "dcat:contactPoint": {"@id": stable_name(plan, "contact")},
    }


def _distribution(
    file: WrittenFile,
    whole: PublishedPlan,
    rights: Node,
) -> Node:
    # That of this very release: a sum of `latest` would be wrong as soon as there is a newer one.
    address = Addresses(whole.plan).of_bytes(file.path, whole.release)
    media_type = f"{_MEDIA_TYPES}{file.media_type}"
    file_type = portal_lists.file_type(file.portal_type)
    return {
        "@id": address,
        "@type": "dcat:Distribution",
        "dct:title": _english(file.title),
        "dct:description": _english(f"{file.title}: {file.name}"),
        "dcat:accessURL": {"@id": address},
        "dcat:downloadURL": {"@id": address},
        "dcat:mediaType": {"@id": media_type, "@type": "dct:MediaType"},
        "dct:format": {"@id": file_type, "@type": "dct:MediaTypeOrExtent"},
        "dcatap:availability": {"@id": portal_lists.AVAILABLE},
        "dct:language": _language(),
        "dcat:byteSize": {
            "@value": str(file.size),
            "@type": "xsd:nonNegativeInteger",
        },
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {
                "@id": _SHA256,
                "@type": "spdx:ChecksumAlgorithm",
            },
            "spdx:checksumValue": {
                "@value": file.sha256,
                "@type": "xsd:hexBinary",
            },
        },
        **rights,
    }


def _provenance(attribution: str) -> Node:
    return {"@type": "dct:ProvenanceStatement", "rdfs:label": attribution}


def _rights(licence: Licence) -> Node:
    """A licence that can be looked up; else, in words, that there is none."""
    if licence.path:
        document = {
            "@id": licence.path,
            "@type": "dct:LicenseDocument",
            "rdfs:label": licence.title,
        }
        return {"dct:license": document}
    return {"dct:rights": _rights_in_words(licence.title)}


def _rights_in_words(words: str) -> Node:
    return {"@type": "dct:RightsStatement", "rdfs:label": words}


def _temporal(first: date | None, last: date | None) -> Node:
    if first is None or last is None:
        return {}
    period = {
        "@type": "dct:PeriodOfTime",
        "dcat:startDate": _day(first.isoformat()),
        "dcat:endDate": _day(last.isoformat()),
    }
    return {"dct:temporal": period}


def _issued(day: str) -> Node:
    return {"dct:issued": _day(day)} if day else {}


def _day(day: str) -> Node:
    return {"@value": day, "@type": "xsd:date"}


def _modified(moment: str) -> Node:
    return (
        {
            "dct:modified": {
                "@value": moment,
                "@type": "xsd:dateTime",
            }
        }
        if moment
        else {}
    )


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
    return {
        **_area_by_name(area),
        "@type": "dct:Location",
        "rdfs:label": area.name,
    }


def _area_by_name(area: Area) -> Node:
    """An area that is described elsewhere in the catalogue."""
    return {"@id": area_address(area.code)}


def _calls_to_action(plan: Plan) -> list[Node]:
    front = Addresses(plan).of("index.html")
    taxonomy = {
        "@id": f"{front}#calls-to-action",
        "@type": "skos:ConceptScheme",
        "dct:title": _english(plan.file.plan),
    }
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
    scheme = {
        "@id": portal_lists.THEMES,
        "@type": "skos:ConceptScheme",
        "dct:title": _english("Data theme"),
    }
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
    # Sorted, not in the order of the indicators: adding one must not move the others about.
    codes: set[Theme] = set()
    for indicator in plan.indicators.values():
        codes.update(plan.themes_of(indicator))
    return sorted(codes)


def _theme(code: Theme) -> Node:
    return {"@id": portal_lists.theme(code)}


def _english(text: str) -> Node:
    return {"@value": text, "@language": "en"}
