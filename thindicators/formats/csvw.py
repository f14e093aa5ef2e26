"""CSVW: what stands beside every CSV and says what its columns hold, for programs.

What belongs here: Table Schemas in the words of the W3C's Metadata Vocabulary for Tabular Data,
https://www.w3.org/TR/tabular-metadata/, which the UK government asks for beside a published CSV.

A table alone cannot refer to others, so that the references between the plan's tables stand in `csv-metadata.json`,
which describes them as one group.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from thindicators.formats.published import read_descriptor, write_json

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


def write_csvw(folder: Path) -> None:
    """Write `<name>.csv-metadata.json` beside each CSV of a package.

    Args:
        folder: Of the package; its CSV files and its `datapackage.json` are written.
    """
    for table in _tables(folder):
        write_json(folder / f"{table['url']}-metadata.json", {"@context": _CONTEXT, **table})


def write_group(folder: Path) -> None:
    """Write `csv-metadata.json`, which describes all tables of a package and what refers to what."""
    package = read_descriptor(folder)
    tables = {one["path"]: one for one in _csv_resources(package)}
    described = []
    for table in _tables(folder):
        keys = _foreign_keys(tables[table["url"]], tables)
        schema = {**table["tableSchema"], **({"foreignKeys": keys} if keys else {})}
        described.append({"url": table["url"], "dc:title": table["dc:title"], "tableSchema": schema})
    write_json(folder / GROUP, {"@context": _CONTEXT, **_about(package), "dialect": _DIALECT, "tables": described})


def _tables(folder: Path) -> list[Description]:
    package = read_descriptor(folder)
    return [
        {
            "url": one["path"],
            **_about(package),
            "dc:title": one["title"],
            "dialect": _DIALECT,
            "tableSchema": _schema(one["schema"]),
        }
        for one in _csv_resources(package)
    ]


def _csv_resources(package: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [one for one in package["resources"] if one["format"] == "csv"]


def _about(package: Mapping[str, Any]) -> Description:
    licences = [{"@id": one["path"]} if "path" in one else one["title"] for one in package["licenses"]]
    created = {"dc:modified": {"@value": package["created"], "@type": "xsd:dateTime"}} if "created" in package else {}
    return {
        "dc:title": package["title"],
        "dc:description": package["description"],
        "dc:publisher": package["contributors"][0]["title"],
        "dc:license": licences,
        "dc:source": [{"@id": one["path"]} for one in package["sources"]],
        **created,
        "dc:language": "en-GB",
    }


def _schema(schema: Mapping[str, Any]) -> Description:
    keys = {"primaryKey": schema["primaryKey"]} if "primaryKey" in schema else {}
    return {"columns": [_column(one) for one in schema["fields"]], **keys}


def _column(field: Mapping[str, Any]) -> Description:
    """A column; a program compares its titles with the header, so that the name is the first of them."""
    is_required = {"required": True} if field.get("constraints", {}).get("required") else {}
    return {
        "name": field["name"],
        "titles": list(dict.fromkeys([field["name"], field["title"]])),
        "dc:description": field["description"],
        "datatype": _datatype(field),
        "null": "",
        **is_required,
    }


def _datatype(field: Mapping[str, Any]) -> Description | str:
    rules = field.get("constraints", {})
    pattern = "|".join(rules["enum"]) if "enum" in rules else rules.get("pattern", "")
    if field["type"] == "string" and pattern:
        return {"base": "string", "format": pattern}
    return str(field["type"])


def _foreign_keys(table: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> list[Description]:
    paths = {one["name"]: path for path, one in tables.items()}
    return [
        {
            "columnReference": one["fields"],
            "reference": {
                "resource": paths[one["reference"]["resource"]],
                "columnReference": one["reference"]["fields"],
            },
        }
        for one in table["schema"].get("foreignKeys", ())
        if one["reference"]["resource"] in paths
    ]
