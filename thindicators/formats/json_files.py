"""JSON: an indicator as one small file for charts elsewhere, and a list of all of them.

What belongs here: writing `indicators/<id>/<id>.json`, `index.json` and the JSON Schemas published with them. What a
key means belongs in `json_models`.

Numbers are numbers. What is not there is null, with the reason in `status`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from thindicators.formats.json_models import (
    Area,
    Breakdown,
    Index,
    IndicatorFile,
    Licence,
    Listed,
    Member,
    Series,
    Source,
    Unit,
)
from thindicators.formats.packages import SAMPLE_WARNING
from thindicators.formats.published import Published, plain_number, read_descriptor, write_json
from thindicators.house_style import UNITS, decimals_of
from thindicators.observations.observation import REVISIONS, SCHEMA, STATUSES
from thindicators.plan.model import Plan

INDEX = "index.json"
SCHEMAS = "json-schemas"
_ROW = [name for name in SCHEMA.names if name != "indicator"]
_TYPES: Mapping[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
}


def write_indicator_file(published: Published) -> None:
    """Write `<id>.json`: what the indicator is, then a line for each figure."""
    head = _indicator_file(published).model_dump(mode="json")
    start = {"$schema": f"../../{SCHEMAS}/indicator.json", **head}
    rows = ",\n  ".join(json.dumps(_row(row), ensure_ascii=False, allow_nan=False) for row in published.rows)
    opened = json.dumps(start, indent=1, ensure_ascii=False).removesuffix("\n}")
    inner = f"\n  {rows}\n " if rows else ""
    text = f'{opened},\n "rows": [{inner}]\n}}\n'
    (published.folder / f"{published.indicator.id}.json").write_text(text, encoding="utf-8")


def write_index(plan: Plan, published: Sequence[Published], release: Path) -> None:
    """Write `index.json`, and the JSON Schemas of it and of the indicators' files."""
    package = read_descriptor(release)
    is_sample = package["edition"] == "sample"
    index = Index(
        title=package["title"],
        plan=plan.file.plan,
        council=plan.file.council,
        homepage=plan.file.homepage,
        edition=package["edition"],
        warning=SAMPLE_WARNING if is_sample else None,
        version=package["version"],
        indicators=[_listed(one) for one in published],
    )
    write_json(release / INDEX, {"$schema": f"{SCHEMAS}/index.json", **index.model_dump(mode="json")})
    table = next(one["schema"] for one in package["resources"] if one["path"] == "observations.csv")
    write_json(release / SCHEMAS / "index.json", _json_schema(Index))
    write_json(release / SCHEMAS / "indicator.json", _with_rows(_json_schema(IndicatorFile), table))


def _head(published: Published) -> dict[str, Any]:
    indicator, outcome = published.indicator, published.outcome
    calls = {call.number: call.title for call in published.plan.file.calls_to_action}
    return {
        **indicator.model_dump(include={"id", "title", "call_to_action", "unit", "decimals", "polarity"}),
        "call_to_action_title": calls[indicator.call_to_action],
        "unit_title": UNITS[indicator.unit],
        "state": outcome.state,
        "reason": outcome.reason or None,
        "version": published.version,
        "updated": outcome.newest or None,
    }


def _listed(published: Published) -> Listed:
    years = [row["year"] for row in published.rows]
    return Listed(
        **_head(published),
        number_of_rows=len(years),
        first_year=min(years, default=None),
        last_year=max(years, default=None),
        path=f"{published.path}/{published.indicator.id}.json",
    )


def _indicator_file(published: Published) -> IndicatorFile:
    plan, indicator = published.plan, published.indicator
    return IndicatorFile(
        **_head(published),
        edition="sample" if published.is_sample else "live",
        warning=published.warning or None,
        plan=plan.file.plan,
        plan_measures=indicator.plan_measures,
        definition=indicator.definition,
        caveats=list(indicator.caveats),
        licence=Licence(**published.licence.model_dump()),
        attribution=plan.attribution_of(indicator),
        sources=_sources(published),
        areas=[Area(**area.model_dump()) for area in published.areas],
        breakdowns=_breakdowns(published),
        units=_units(published),
        series=_series(published),
        statuses=dict(STATUSES),
        revisions=dict(REVISIONS),
    )


def _sources(published: Published) -> list[Source]:
    return [
        Source(
            id=one.id,
            title=one.title,
            publisher=one.publisher,
            homepage=one.homepage,
            official_status=one.official_status or None,
            next_release=one.expected_release,
            paused=one.paused or None,
        )
        for one in published.sources
    ]


def _breakdowns(published: Published) -> list[Breakdown]:
    """Those that there are rows for, with their members, in the order of the rows."""
    pairs = dict.fromkeys((row["breakdown"], row["category"]) for row in published.rows)
    return [
        Breakdown(
            breakdown=breakdown,
            title=published.breakdown_title(breakdown),
            members=[
                Member(category=category, title=published.category_title(breakdown, category))
                for other, category in pairs
                if other == breakdown
            ],
        )
        for breakdown in dict.fromkeys(breakdown for breakdown, _ in pairs)
    ]


def _units(published: Published) -> list[Unit]:
    found = dict.fromkeys([published.indicator.unit, *(row["unit"] for row in published.rows)])
    return [Unit(unit=one, title=UNITS.get(one, one), decimals=decimals_of(one, published.indicator)) for one in found]


def _series(published: Published) -> list[Series]:
    return [
        Series(
            series=one.id,
            title=one.title,
            starts_because=one.starts_because or None,
            ends_because=one.ends_because or None,
        )
        for one in published.series
    ]


def _row(row: Mapping[str, object]) -> dict[str, object]:
    return {name: plain_number(row[name]) for name in _ROW}


def _json_schema(model: type[BaseModel]) -> dict[str, Any]:
    said = model.model_json_schema()
    said["properties"] = {"$schema": {"type": "string"}, **said["properties"]}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **said}


def _with_rows(schema: dict[str, Any], table: Mapping[str, Any]) -> dict[str, Any]:
    fields = {one["name"]: one for one in table["fields"]}
    row = {
        "type": "object",
        "description": "One figure",
        "properties": {name: _property(fields[name]) for name in _ROW},
        "required": _ROW,
    }
    schema["properties"]["rows"] = {"type": "array", "items": row}
    schema["required"] = [*schema["required"], "rows"]
    return schema


def _property(field: Mapping[str, Any]) -> dict[str, Any]:
    rules = field.get("constraints", {})
    always = {"description": field["description"], **_TYPES[field["type"]]}
    limits = {"enum": rules["enum"]} if "enum" in rules else {}
    pattern = {"pattern": f"^{rules['pattern']}$"} if "pattern" in rules else {}
    if rules.get("required"):
        return {**always, **limits, **pattern}
    nullable = {"enum": [*limits["enum"], None]} if limits else {}
    return {**always, "type": [_TYPES[field["type"]]["type"], "null"], **nullable, **pattern}
