"""OpenAPI: what a release's files are to a program that reads them over the web.

What belongs here: which addresses there are and what each gives. A release is a static API: every address is a file, so
that any web server can be one. What the JSON files hold is said by the JSON Schemas beside them. The format is OpenAPI
3.1: https://spec.openapis.org/oas/v3.1.1.html
"""

from __future__ import annotations

from thindicators.formats.addresses import Addresses
from thindicators.formats.json_files import INDEX, LATEST, SCHEMAS
from thindicators.formats.media_types import CSV, JSON, PARQUET
from thindicators.formats.packages import SAMPLE_WARNING
from thindicators.formats.published import PublishedPlan, json_content

OPENAPI = "openapi.json"
_VERSION = "1.0.0"
"""Of the addresses and what they give; another one only if a program that reads them would break."""

_ONE = "/indicators/{indicator}/{indicator}"


def openapi(whole: PublishedPlan) -> dict[str, bytes]:
    """`openapi.json`, by its path: the addresses of a release, for programs and for those who write them."""
    description = {
        "openapi": "3.1.0",
        "info": {
            "title": whole.descriptor["title"],
            "version": _VERSION,
            "description": _about(whole),
        },
        "servers": [{"url": _server(whole), "description": "The latest release"}],
        "paths": _paths(whole),
    }
    return {OPENAPI: json_content(description)}


def _about(whole: PublishedPlan) -> str:
    plain = (
        f"{whole.plan.file.description} Every address is a file: nothing is worked out when it is asked for, and no key "
        "is needed. Addresses stay the same in every release."
    )
    return f"{SAMPLE_WARNING} {plain}" if whole.is_sample else plain


def _server(whole: PublishedPlan) -> str:
    # Without a public address it is the folder that this file lies in.
    return Addresses(whole.plan).of("").removesuffix("/") if whole.plan.file.public_url else "."


def _paths(whole: PublishedPlan) -> dict[str, object]:
    ids = [published.indicator.id for published in whole.indicators]
    return {
        f"/{INDEX}": _gives(
            "listIndicators", "Every indicator, with its latest figures", JSON, "index"
        ),
        f"/{LATEST}": _gives(
            "latestFigures",
            "The latest figure of every indicator and group, with comparators and verdicts",
            JSON,
            "latest",
        ),
        "/latest.parquet": _gives("latestFiguresParquet", "The same as latest.json", PARQUET),
        "/observations.csv": _gives("allFigures", "Every figure of every indicator", CSV),
        "/observations.parquet": _gives(
            "allFiguresParquet", "The same as observations.csv", PARQUET
        ),
        f"{_ONE}.json": _of_one("indicator", "An indicator and all its figures", JSON, ids),
        f"{_ONE}.csv": _of_one("indicatorCsv", "An indicator's figures", CSV, ids),
        f"{_ONE}.parquet": _of_one("indicatorParquet", "An indicator's figures", PARQUET, ids),
    }


def _gives(
    name: str,
    summary: str,
    media_type: str,
    schema: str = "",
) -> dict[str, object]:
    """What is answered at an address; `schema` names the JSON Schema of a JSON file."""
    content: dict[str, object] = {}
    if schema:
        content["schema"] = {"$ref": f"{SCHEMAS}/{schema}.json"}
    answer = {"description": summary, "content": {media_type: content}}
    return {"get": {"operationId": name, "summary": summary, "responses": {"200": answer}}}


def _of_one(
    name: str,
    summary: str,
    media_type: str,
    ids: list[str],
) -> dict[str, object]:
    """What is answered for one indicator."""
    given = _gives(name, summary, media_type, "indicator" if media_type == JSON else "")
    parameter = {
        "name": "indicator",
        "in": "path",
        "required": True,
        "description": "Its id, as index.json has it",
        "schema": {"type": "string", "enum": ids},
    }
    return {"parameters": [parameter], **given}
