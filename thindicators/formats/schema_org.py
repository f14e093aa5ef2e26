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
from pathlib import Path
from typing import Any

from thindicators.formats.addresses import Addresses, area_address, page_of, stable_name
from thindicators.formats.downloads import CSV, JSON, PARQUET, XLSX, ZIP, Download, downloads_of, observations_of_plan
from thindicators.formats.published import Published, read_descriptor, terms_of_plan
from thindicators.house_style import UNITS
from thindicators.plan.model import Area, Plan

_SHORTEST, _LONGEST = 50, 5000
"""How long search engines want a description to be, in letters."""

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
_DISTRIBUTED = (CSV, PARQUET, JSON, XLSX, ZIP)
Node = dict[str, Any]


def page_json_ld(published: Published, name: str) -> str:
    """The JSON-LD of an indicator's page, to stand inside `<script type="application/ld+json">`.

    It holds no `<`, `>` or `&`, so that no text in it can end the script; a template inserts it as it is.

    Args:
        published: The indicator, its machine files already written.
        name: Of the release.
    """
    return _for_a_page(_dataset(published, name))


def front_page_json_ld(plan: Plan, published: Sequence[Published], release: Path, name: str) -> str:
    """The JSON-LD of the front page: the whole plan as a catalogue, with all figures as one dataset and each apart.

    Args:
        plan: Whose front page it is.
        published: Its indicators.
        release: The folder of the release, with its machine files already written.
        name: Of the release.
    """
    package = read_descriptor(release)
    front = Addresses(plan).of("index.html")
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
        "usageInfo": _terms(terms_of_plan(plan), Addresses(plan).of("sources/index.html")),
        **_dates(_first_day(published), package.get("created", "")),
        "dataset": [_whole_plan(plan, published, release, name), *(_in_short(one) for one in published)],
    }
    return _for_a_page(catalogue)


def _whole_plan(plan: Plan, published: Sequence[Published], release: Path, name: str) -> Node:
    package = read_descriptor(release)
    addresses = Addresses(plan)
    front = addresses.of("index.html")
    days = [day for one in published for day in (one.first_day, one.last_day) if day is not None]
    areas = [area for area in plan.areas if any(area in one.areas for one in published)]
    units = {unit: None for one in published for unit in _units(one)}
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
        "usageInfo": _terms(terms_of_plan(plan), addresses.of("sources/index.html")),
        **_dates(_first_day(published), package.get("created", "")),
        **_coverage(min(days, default=None), max(days, default=None), areas),
        "variableMeasured": [
            {"@type": "PropertyValue", "name": "value", "unitText": ", ".join(UNITS.get(unit, unit) for unit in units)}
        ],
        "includedInDataCatalog": {"@id": f"{front}#catalogue"},
        "distribution": [_download(one, addresses, name) for one in observations_of_plan(release)],
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


def _dataset(published: Published, name: str) -> Node:
    plan, indicator = published.plan, published.indicator
    addresses = Addresses(plan, published.path)
    page, front = addresses.of(page_of(indicator.id)), addresses.of("index.html")
    files = [one for one in downloads_of(published.release, indicator.id) if one.name != "datapackage.json"]
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
        "variableMeasured": [_variable(published, unit) for unit in _units(published)],
        "isBasedOn": [_basis(one.title, one.publisher, one.homepage) for one in published.sources],
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": f"{front}#catalogue",
            "name": read_descriptor(published.release)["title"],
            "url": front,
        },
        "distribution": [_download(one, addresses, name) for one in files if one.media_type in _DISTRIBUTED],
    }


def _sentences(published: Published) -> list[str]:
    indicator = published.indicator
    return [published.warning, indicator.definition, *indicator.caveats, _measures(published.plan)]


def _licence(published: Published, page: str) -> Node:
    """A licence that can be looked up; else how the figures may be used, in words."""
    licence = published.licence
    if licence.path:
        return {"license": licence.path}
    return {"usageInfo": _terms(licence.title, f"{page}#licence")}


def _terms(words: str, address: str) -> Node:
    return {"@type": "CreativeWork", "name": words, "url": address}


def _dates(issued: str, modified: str) -> Node:
    published = {"datePublished": issued} if issued else {}
    return {**published, **({"dateModified": modified} if modified else {})}


def _first_day(published: Sequence[Published]) -> str:
    return min((one.issued for one in published if one.issued), default="")


def _coverage(first: date | None, last: date | None, areas: Sequence[Area]) -> Node:
    if first is None or last is None:
        return {}
    places = [
        {"@type": "Place", "name": area.name, "identifier": area.code, "sameAs": area_address(area.code)}
        for area in areas
    ]
    return {"temporalCoverage": f"{first}/{last}", "spatialCoverage": places}


def _units(published: Published) -> list[str]:
    """The headline's unit, and others that some of its figures have."""
    return list(dict.fromkeys([published.indicator.unit, *(row["unit"] for row in published.rows)]))


def _variable(published: Published, unit: str) -> Node:
    return {
        "@type": "PropertyValue",
        "name": published.indicator.title,
        "description": published.indicator.definition,
        "unitText": UNITS.get(unit, unit),
    }


def _basis(title: str, publisher: str, homepage: str) -> Node:
    return {
        "@type": "CreativeWork",
        "name": title,
        "url": homepage,
        "publisher": {"@type": "Organization", "name": publisher},
    }


def _download(file: Download, addresses: Addresses, release: str) -> Node:
    return {
        "@type": "DataDownload",
        "name": file.title,
        "contentUrl": addresses.of_bytes(file.path, release),
        "encodingFormat": file.media_type,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
    }


def _council(plan: Plan) -> Node:
    is_mail = plan.contact.startswith("mailto:")
    way = {"email": plan.contact.removeprefix("mailto:")} if is_mail else {"url": plan.contact}
    return {
        "@type": "Organization",
        "@id": stable_name(plan, "council"),
        "name": plan.file.council,
        "url": plan.file.homepage,
        "contactPoint": {"@type": "ContactPoint", "contactType": "Questions about the figures", **way},
    }


def _measures(plan: Plan) -> str:
    return f"An indicator of the {plan.file.plan}."


def _description(sentences: list[str]) -> str:
    text = " ".join(one for one in sentences if one)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rpartition(' ')[0]}…"


def _for_a_page(content: Node) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).translate(_ESCAPES)
