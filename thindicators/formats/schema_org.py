"""schema.org: what search engines read in a page, in JSON-LD.

What belongs here: an indicator as a `Dataset` and the front page as a `DataCatalog`, by https://schema.org/Dataset and
https://developers.google.com/search/docs/appearance/structured-data/dataset, made safe to stand inside a page. What
data portals read belongs in `dcat`.

When the next figures are expected is known in words, not as a day, so that `expires` is left out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from thindicators.formats.addresses import Addresses, area_address, page_of, stable_name
from thindicators.formats.published import Published, PublishedPlan
from thindicators.house_style import UNITS
from thindicators.plan.model import Area, Plan, Source
from thindicators.storage.manifest import WrittenFile

_SHORTEST, _LONGEST = 50, 5000
"""How long search engines want a description to be, in letters."""

# The last two are line ends to JavaScript, though not to JSON.
_ESCAPED = ("<", ">", "&", "\u2028", "\u2029")
_ESCAPES = str.maketrans({letter: f"\\u{ord(letter):04x}" for letter in _ESCAPED})

Node = dict[str, Any]


def page_json_ld(
    published: Published,
    whole: PublishedPlan,
) -> str:
    """The JSON-LD of an indicator's page, to stand inside `<script type="application/ld+json">`.

    It holds no `<`, `>` or `&`, so that no text in it can end the script; a template inserts it as it is.

    Args:
        published: The indicator.
        whole: The plan that it belongs to, its machine files already written.
    """
    return _for_a_page(_dataset(published, whole))


def front_page_json_ld(whole: PublishedPlan) -> str:
    """The JSON-LD of the front page: the whole plan as a catalogue, with all figures as one dataset and each apart.

    Args:
        whole: The plan whose front page it is, its machine files already written.
    """
    plan = whole.plan
    package = whole.descriptor
    addresses = Addresses(plan)
    front = addresses.of("index.html")
    catalogue = {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "@id": f"{front}#catalogue",
        "name": package["title"],
        "description": _description([package["description"]]),
        "url": front,
        "publisher": _council(plan),
        "keywords": list(plan.file.keywords),
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "usageInfo": _terms(whole.terms, addresses.of("sources/index.html")),
        **_dates(whole.issued, whole.created),
        "dataset": [_whole_plan(whole), *map(_in_short, whole.indicators)],
    }
    return _for_a_page(catalogue)


def _whole_plan(whole: PublishedPlan) -> Node:
    """All observations of the plan as one dataset."""
    plan = whole.plan
    package = whole.descriptor
    addresses = Addresses(plan)
    front = addresses.of("index.html")
    return {
        "@type": "Dataset",
        "@id": f"{front}#dataset",
        "name": f"All observations. {package['title']}",
        "description": _description([package["description"]]),
        "url": front,
        "identifier": package["name"],
        "version": package["version"],
        "keywords": list(plan.file.keywords),
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "creator": _council(plan),
        "publisher": _council(plan),
        "usageInfo": _terms(whole.terms, addresses.of("sources/index.html")),
        **_dates(whole.issued, whole.created),
        **_coverage(whole.first_day, whole.last_day, whole.areas),
        "variableMeasured": [_value_of_plan(whole)],
        "includedInDataCatalog": {"@id": f"{front}#catalogue"},
        "distribution": _distribution(whole, addresses),
    }


def _value_of_plan(whole: PublishedPlan) -> Node:
    """The one column that holds all figures, and every unit that it has them in."""
    units: dict[str, None] = {}
    for published in whole.indicators:
        units.update(dict.fromkeys(published.units))
    in_words = [UNITS.get(unit, unit) for unit in units]
    return {
        "@type": "PropertyValue",
        "name": "value",
        "unitText": ", ".join(in_words),
    }


def _in_short(published: Published) -> Node:
    """What the front page says of an indicator's dataset: no more than its own page, and nothing else."""
    page = Addresses(published.plan).of(page_of(published.indicator.id))
    return {
        "@type": "Dataset",
        "@id": f"{page}#dataset",
        "name": published.title,
        "description": _description(_sentences(published)),
        "url": page,
        "creator": _council(published.plan),
        **_licence(published, page),
    }


def _dataset(published: Published, whole: PublishedPlan) -> Node:
    """The figures of one indicator as a dataset."""
    plan = published.plan
    indicator = published.indicator
    addresses = Addresses(plan, published.path)
    page = addresses.of(page_of(indicator.id))
    front = addresses.of("index.html")
    catalogue = {
        "@type": "DataCatalog",
        "@id": f"{front}#catalogue",
        "name": whole.descriptor["title"],
        "url": front,
    }
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": f"{page}#dataset",
        "name": published.title,
        "description": _description(_sentences(published)),
        "url": page,
        "identifier": published.descriptor["name"],
        "version": published.version,
        "keywords": list(plan.file.keywords),
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "creator": _council(plan),
        "publisher": _council(plan),
        **_licence(published, page),
        "creditText": plan.attribution_of(indicator),
        **_dates(published.issued, published.outcome.newest),
        **_coverage(published.first_day, published.last_day, published.areas),
        "variableMeasured": [_variable(published, unit) for unit in published.units],
        "isBasedOn": [_basis(source) for source in published.sources],
        "includedInDataCatalog": catalogue,
        "distribution": _distribution(whole, addresses, indicator.id),
    }


def _sentences(published: Published) -> list[str]:
    indicator = published.indicator
    return [
        published.warning,
        indicator.definition,
        *indicator.all_caveats,
        _measures(published.plan),
    ]


def _licence(published: Published, page: str) -> Node:
    """A licence that can be looked up; else how the figures may be used, in words."""
    licence = published.licence
    if licence.path:
        return {"license": licence.path}
    return {"usageInfo": _terms(licence.title, f"{page}#licence")}


def _terms(words: str, address: str) -> Node:
    return {
        "@type": "CreativeWork",
        "name": words,
        "url": address,
    }


def _dates(issued: str, modified: str) -> Node:
    dates: Node = {}
    if issued:
        dates["datePublished"] = issued
    if modified:
        dates["dateModified"] = modified
    return dates


def _coverage(
    first: date | None,
    last: date | None,
    areas: Sequence[Area],
) -> Node:
    if first is None or last is None:
        return {}
    return {
        "temporalCoverage": f"{first}/{last}",
        "spatialCoverage": [_place(area) for area in areas],
    }


def _place(area: Area) -> Node:
    return {
        "@type": "Place",
        "name": area.name,
        "identifier": area.code,
        "sameAs": area_address(area.code),
    }


def _variable(published: Published, unit: str) -> Node:
    return {
        "@type": "PropertyValue",
        "name": published.indicator.title,
        "description": published.indicator.definition,
        "unitText": UNITS.get(unit, unit),
    }


def _basis(source: Source) -> Node:
    return {
        "@type": "CreativeWork",
        "name": source.title,
        "url": source.homepage,
        "publisher": {"@type": "Organization", "name": source.publisher},
    }


def _distribution(
    whole: PublishedPlan,
    addresses: Addresses,
    indicator: str = "",
) -> list[Node]:
    """The files of an indicator, or of the whole plan, as ways to get its figures."""
    downloads = []
    for file in whole.distributions(indicator):
        # With its sum goes the address below which its bytes never change.
        address = addresses.of_bytes(file.path, whole.release)
        downloads.append(_download(file, address))
    return downloads


def _download(file: WrittenFile, address: str) -> Node:
    return {
        "@type": "DataDownload",
        "name": file.title,
        "contentUrl": address,
        "encodingFormat": file.media_type,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
    }


def _council(plan: Plan) -> Node:
    contact = {
        "@type": "ContactPoint",
        "contactType": "Questions about the figures",
    }
    if plan.contact.startswith("mailto:"):
        contact["email"] = plan.contact.removeprefix("mailto:")
    else:
        contact["url"] = plan.contact
    return {
        "@type": "Organization",
        "@id": stable_name(plan, "council"),
        "name": plan.file.council,
        "url": plan.file.homepage,
        "contactPoint": contact,
    }


def _measures(plan: Plan) -> str:
    return f"An indicator of the {plan.file.plan}."


def _description(sentences: list[str]) -> str:
    # One that is too short is left as it is: there is nothing to add that is not said elsewhere.
    text = " ".join(filter(None, sentences))
    if len(text) <= _LONGEST:
        return text
    # Cut between words; the sign at the end takes the one letter that is kept free.
    whole_words, _, _ = text[: _LONGEST - 1].rpartition(" ")
    return f"{whole_words}…"


def _for_a_page(content: Node) -> str:
    text = json.dumps(
        content,
        indent=1,
        ensure_ascii=False,
        allow_nan=False,
    )
    return text.translate(_ESCAPES)
