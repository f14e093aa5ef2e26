"""The description of a release's addresses: valid OpenAPI, and every address of it is a file that keeps its schema."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import validate

from tests.samples import sample_release
from tests.thindicators.formats.conftest import PUBLIC


@pytest.fixture(scope="module")
def described() -> dict[str, Any]:
    said: dict[str, Any] = json.loads((sample_release() / "openapi.json").read_text())
    return said


def files_of(path: str, item: dict[str, Any]) -> list[Path]:
    release = sample_release()
    if "parameters" not in item:
        return [release / path[1:]]
    ids = item["parameters"][0]["schema"]["enum"]
    return [release / path[1:].format(indicator=indicator) for indicator in ids]


def test_it_is_valid(described: dict[str, Any]) -> None:
    validate(described, base_uri=(sample_release() / "openapi.json").as_uri())


def test_every_address_is_a_file(described: dict[str, Any]) -> None:
    for path, item in described["paths"].items():
        files = files_of(path, item)
        assert files
        assert all(file.is_file() for file in files), path


def test_every_json_file_keeps_the_schema_that_is_named_for_it(described: dict[str, Any]) -> None:
    checked = 0
    for path, item in described["paths"].items():
        for content in item["get"]["responses"]["200"]["content"].values():
            if "schema" in content:
                schema = json.loads((sample_release() / content["schema"]["$ref"]).read_text())
                for file in files_of(path, item):
                    jsonschema.validate(json.loads(file.read_text()), schema)
                    checked += 1
    assert checked == 32


def test_a_sample_says_so_first(described: dict[str, Any]) -> None:
    assert described["info"]["description"].startswith("THIS IS A SAMPLE EDITION")


def test_with_a_public_address_the_server_is_the_latest_release(public_release: Path) -> None:
    described = json.loads((public_release / "openapi.json").read_text())
    assert described["servers"][0]["url"] == f"{PUBLIC}/latest"
