"""CSVW: what stands beside every CSV and says what its columns hold, for programs.

What belongs here: Table Schemas in the words of the W3C's Metadata Vocabulary for Tabular Data,
https://www.w3.org/TR/tabular-metadata/, which the UK government asks for beside a published CSV.

A table alone cannot refer to others, so that the references between the plan's tables stand in `csv-metadata.json`,
which describes them as one group.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from thindicators.formats.published import Published, PublishedPlan, json_content

GROUP = "csv-metadata.json"
_CONTEXT = ["http://www.w3.org/ns/csvw", {"@language": "en"}]
_DIALECT = {
    "encoding": "utf-8",
    "header": True,
    "delimiter": ",",
    "quoteChar": '"',
    "doubleQuote": True,
    "lineTerminators": ["\n"],
    "skipBlankRows": False,
    "trim": False,
}

Description = dict[str, Any]


def indicator_csvw(published: Published) -> bytes:
    """`<id>.csv-metadata.json`: what the columns of an indicator's CSV hold."""
    (table,) = _tables(published.descriptor)
    return json_content({"@context": _CONTEXT, **table})


def plan_csvw(whole: PublishedPlan) -> dict[str, bytes]:
    """`<name>.csv-metadata.json` of each table of the whole plan, by its path."""
    files = {}
    for table in _tables(whole.descriptor):
        # Where the standard has programs look: beside the CSV, under its name and this ending.
        path = f"{table['url']}-metadata.json"
        files[path] = json_content({"@context": _CONTEXT, **table})
    return files


def plan_csvw_group(whole: PublishedPlan) -> dict[str, bytes]:
    """`csv-metadata.json`, by its path: all tables of the whole plan, and what refers to what."""
    resources = _csv_resources(whole.descriptor)
    paths = {resource["name"]: resource["path"] for resource in resources}
    tables = []
    for resource, table in zip(resources, _tables(whole.descriptor), strict=True):
        schema = dict(table["tableSchema"])
        if keys := _foreign_keys(resource["schema"], paths):
            schema["foreignKeys"] = keys
        title = table["dc:title"]
        tables.append(
            {
                "url": table["url"],
                "dc:title": title,
                "tableSchema": schema,
            }
        )
    group = {
        "@context": _CONTEXT,
        **_about(whole.descriptor),
        "dialect": _DIALECT,
        "tables": tables,
    }
    return {GROUP: json_content(group)}


def _tables(package: Mapping[str, Any]) -> list[Description]:
    return [
        {
            "url": resource["path"],
            **_about(package),
            "dc:title": resource["title"],
            "dialect": _DIALECT,
            "tableSchema": _schema(resource["schema"]),
        }
        for resource in _csv_resources(package)
    ]


def _csv_resources(package: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [resource for resource in package["resources"] if resource["format"] == "csv"]


def _about(package: Mapping[str, Any]) -> Description:
    about: Description = {
        "dc:title": package["title"],
        "dc:description": package["description"],
        "dc:publisher": package["contributors"][0]["title"],
        "dc:license": [_licence(licence) for licence in package["licenses"]],
        "dc:source": [{"@id": source["path"]} for source in package["sources"]],
    }
    if "created" in package:
        about["dc:modified"] = {
            "@value": package["created"],
            "@type": "xsd:dateTime",
        }
    about["dc:language"] = "en-GB"
    return about


def _licence(licence: Mapping[str, str]) -> Description | str:
    """A licence that can be looked up; else, in words, that there is none."""
    return {"@id": licence["path"]} if "path" in licence else licence["title"]


def _schema(schema: Mapping[str, Any]) -> Description:
    described: Description = {"columns": [_column(field) for field in schema["fields"]]}
    if "primaryKey" in schema:
        described["primaryKey"] = schema["primaryKey"]
    return described


def _column(field: Mapping[str, Any]) -> Description:
    """A column; a program compares its titles with the header, so that the name is the first of them."""
    # A title that is the name once more is left out: a list of titles has each once.
    titles = dict.fromkeys([field["name"], field["title"]])
    column: Description = {
        "name": field["name"],
        "titles": list(titles),
        "dc:description": field["description"],
        "datatype": _datatype(field),
        "null": "",
    }
    if field.get("constraints", {}).get("required"):
        column["required"] = True
    return column


def _datatype(field: Mapping[str, Any]) -> Description | str:
    constraints = field.get("constraints", {})
    pattern = constraints.get("pattern", "")
    if "enum" in constraints:
        # The vocabulary knows no list of values: a pattern of them says the same.
        pattern = "|".join(constraints["enum"])
    if field["type"] == "string" and pattern:
        return {"base": "string", "format": pattern}
    return str(field["type"])


def _foreign_keys(
    schema: Mapping[str, Any],
    paths: Mapping[str, str],
) -> list[Description]:
    """The references of a table to others.

    Args:
        schema: Of the table.
        paths: Of all tables, by name; one that is not published cannot be referred to.
    """
    keys = []
    for key in schema.get("foreignKeys", ()):
        reference = key["reference"]
        if reference["resource"] not in paths:
            continue
        described = {
            "resource": paths[reference["resource"]],
            "columnReference": reference["fields"],
        }
        keys.append(
            {
                "columnReference": key["fields"],
                "reference": described,
            }
        )
    return keys
