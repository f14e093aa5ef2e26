"""schema.org: what search engines read in a page, in JSON-LD.

What belongs here: an indicator as a `Dataset` and the front page as a `DataCatalog`, by https://schema.org/Dataset and
https://developers.google.com/search/docs/appearance/structured-data/dataset, made safe to stand inside a page. What
data portals read belongs in `dcat`.

When the next figures are expected is known in words, not as a day, so that `expires` is left out.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from thindicators.machine.addresses import Addresses, area_address, page_of
from thindicators.machine.downloads import CSV, JSON, PARQUET, XLSX, Download, downloads_of
from thindicators.machine.published import Published, read_descriptor
from thindicators.outcomes import Outcome
from thindicators.plan import Plan
from thindicators.words import UNITS

_SHORTEST, _LONGEST = 50, 5000
"""How long search engines want a description to be, in letters."""

_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"})
Node = dict[str, Any]


def page_json_ld(plan: Plan, outcome: Outcome, release: Path) -> str:
    """The JSON-LD of an indicator's page, to stand inside `<script type="application/ld+json">`.

    It holds no `<`, `>` or `&`, so that no text in it can end the script; a template inserts it as it is.

    Args:
        plan: Whose indicator it is.
        outcome: What a run found out about it.
        release: The folder of the release, with the indicator's machine files already written.
    """
    return _for_a_page(_dataset(Published(plan, outcome, release)))


def front_page_json_ld(plan: Plan, release: Path) -> str:
    """The JSON-LD of the front page: the whole plan as a catalogue that leads to each indicator's page.

    Args:
        plan: Whose front page it is.
        release: The folder of the release, with its machine files already written.
    """
    package = read_descriptor(release)
    addresses = Addresses(plan)
    catalogue = {
        "@context": "https://schema.org/",
        "@type": "DataCatalog",
        "@id": f"{addresses.of('index.html')}#catalogue",
        "name": package["title"],
        "description": _description([package["description"]]),
        "url": addresses.of("index.html"),
        "publisher": _council(plan),
        "keywords": list(plan.file.keywords),
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        **({"dateModified": package["created"]} if "created" in package else {}),
        "dataset": [
            {
                "@type": "Dataset",
                "@id": f"{addresses.of(page_of(one.id))}#dataset",
                "name": one.title,
                "description": _description([one.definition, _measures(plan)]),
                "url": addresses.of(page_of(one.id)),
            }
            for one in plan.indicators.values()
        ],
    }
    return _for_a_page(catalogue)


def _dataset(published: Published) -> Node:
    plan, indicator = published.plan, published.indicator
    addresses = Addresses(plan, published.path)
    page, licence = addresses.of(page_of(indicator.id)), published.licence
    files = [one for one in downloads_of(published.release, indicator.id) if one.name != "datapackage.json"]
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": f"{page}#dataset",
        "name": published.title,
        "description": _description([published.warning, indicator.definition, *indicator.caveats, _measures(plan)]),
        "url": page,
        "identifier": published.descriptor["name"],
        "version": published.version,
        "keywords": list(plan.file.keywords),
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "creator": _council(plan),
        "publisher": _council(plan),
        **({"license": licence.path} if licence.path else {"usageInfo": licence.title}),
        "creditText": plan.attribution_of(indicator),
        **({"dateModified": published.outcome.newest} if published.outcome.newest else {}),
        **_coverage(published),
        "variableMeasured": [_variable(published, unit) for unit in _units(published)],
        "isBasedOn": [_basis(one.title, one.publisher, one.homepage) for one in published.sources],
        "includedInDataCatalog": {
            "@type": "DataCatalog",
            "@id": f"{addresses.of('index.html')}#catalogue",
            "name": plan.file.title,
            "url": addresses.of("index.html"),
        },
        "distribution": [_download(one, addresses) for one in files if one.media_type in (CSV, PARQUET, JSON, XLSX)],
    }


def _coverage(published: Published) -> Node:
    if not published.rows:
        return {}
    places = [
        {"@type": "Place", "name": area.name, "identifier": area.code, "sameAs": area_address(area.code)}
        for area in published.areas
    ]
    return {"temporalCoverage": f"{published.first_day}/{published.last_day}", "spatialCoverage": places}


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


def _download(file: Download, addresses: Addresses) -> Node:
    return {
        "@type": "DataDownload",
        "name": file.title,
        "contentUrl": addresses.of(file.path),
        "encodingFormat": file.media_type,
        "contentSize": f"{file.size} B",
        "sha256": file.sha256,
    }


def _council(plan: Plan) -> Node:
    return {"@type": "Organization", "name": plan.file.council, "url": plan.file.homepage}


def _measures(plan: Plan) -> str:
    return f"An indicator of the {plan.file.plan}."


def _description(sentences: list[str]) -> str:
    text = " ".join(one for one in sentences if one)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rpartition(' ')[0]}…"


def _for_a_page(content: Node) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).translate(_ESCAPES)
