"""JSON: an indicator as one small file for charts elsewhere, a list of all of them, and their latest figures.

What belongs here: writing `indicators/<id>/<id>.json`, `index.json`, `latest.json` and the JSON Schemas of them. What a
key means belongs in `json_models`.

Numbers are numbers. What is not there is null, with the reason in `status`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from thindicators.comparing.latest_figures import LatestFigure
from thindicators.comparing.latest_rows import latest_row
from thindicators.formats.json_models import (
    Area,
    Breakdown,
    Headline,
    Index,
    IndicatorFile,
    LatestFile,
    Licence,
    Listed,
    Member,
    Series,
    Source,
    Unit,
)
from thindicators.formats.packages import SAMPLE_WARNING
from thindicators.formats.published import (
    Published,
    PublishedPlan,
    json_content,
    plain_number,
)
from thindicators.house_style import UNITS, decimals_of
from thindicators.observations.observation import (
    REVISIONS,
    SCHEMA,
    STATUSES,
    Row,
    cells,
)

INDEX = "index.json"
LATEST = "latest.json"
SCHEMAS = "json-schemas"
# All rows of a file are of one indicator, which its head names once.
_ROW = [name for name in SCHEMA.names if name != "indicator"]
_OF_A_HEADLINE = tuple(Headline.model_fields)
_TYPES: Mapping[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "date": {"type": "string", "format": "date"},
    "boolean": {"type": "boolean"},
}


def indicator_json(published: Published) -> bytes:
    """`<id>.json`: what the indicator is, then a line for each figure."""
    head = _indicator_file(published).model_dump(mode="json")
    start = {"$schema": f"../../{SCHEMAS}/indicator.json", **head}
    return _with_lines(start, [_row(row) for row in published.rows])


def _with_lines(head: Mapping[str, object], rows: Iterable[Mapping[str, object]]) -> bytes:
    """A head, and then a row on each line: a difference between two releases is seen line by line."""
    lines = [json.dumps(row, ensure_ascii=False, allow_nan=False) for row in rows]
    joined = ",\n  ".join(lines)
    inner = f"\n  {joined}\n " if joined else ""
    opened = json.dumps(head, indent=1, ensure_ascii=False).removesuffix("\n}")
    return f'{opened},\n "rows": [{inner}]\n}}\n'.encode()


def index_json(whole: PublishedPlan) -> dict[str, bytes]:
    """`index.json`, by its path: every indicator with the place of its own file."""
    plan = whole.plan
    package = whole.descriptor
    index = Index(
        title=package["title"],
        plan=plan.file.plan,
        council=plan.file.council,
        homepage=plan.file.homepage,
        edition=package["edition"],
        warning=SAMPLE_WARNING if whole.is_sample else None,
        version=package["version"],
        indicators=[_listed(published) for published in whole.indicators],
    )
    content = {
        "$schema": f"{SCHEMAS}/index.json",
        **index.model_dump(mode="json"),
    }
    return {INDEX: json_content(content)}


def latest_json(whole: PublishedPlan) -> dict[str, bytes]:
    """`latest.json`, by its path: the rows of `latest.csv`, one on each line."""
    package = whole.descriptor
    head = LatestFile(
        title=f"{package['title']}: latest figures",
        edition=package["edition"],
        warning=SAMPLE_WARNING if whole.is_sample else None,
        version=package["version"],
    )
    start = {"$schema": f"{SCHEMAS}/latest.json", **head.model_dump(mode="json")}
    names = [field["name"] for field in _schema_of(whole, "latest.csv")["fields"]]
    rows = []
    for figure in whole.latest:
        row = latest_row(figure)
        # Every row has every key; what is empty in the CSV is null here.
        rows.append({name: _json_cell(row.get(name)) for name in names})
    return {LATEST: _with_lines(start, rows)}


def json_schemas(whole: PublishedPlan) -> dict[str, bytes]:
    """The JSON Schemas of `index.json` and of the indicators' files, by their paths."""
    figures = _schema_of(whole, "observations.csv")
    latest = _schema_of(whole, "latest.csv")
    all_names = [field["name"] for field in latest["fields"]]
    schemas = {
        "index": _json_schema(Index),
        "indicator": _with_rows(_json_schema(IndicatorFile), figures, _ROW),
        "latest": _with_rows(_json_schema(LatestFile), latest, all_names),
    }
    return {f"{SCHEMAS}/{name}.json": json_content(schema) for name, schema in schemas.items()}


def _schema_of(whole: PublishedPlan, path: str) -> Mapping[str, Any]:
    """The Table Schema of a table of the whole plan."""
    resources = {resource["path"]: resource for resource in whole.descriptor["resources"]}
    schema: Mapping[str, Any] = resources[path]["schema"]
    return schema


def _head(published: Published) -> dict[str, Any]:
    indicator = published.indicator
    outcome = published.outcome
    calls = {call.number: call.title for call in published.plan.file.calls_to_action}
    return {
        **indicator.model_dump(
            include={"id", "title", "call_to_action", "unit", "decimals", "polarity"}
        ),
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
        latest=[_headline(figure) for figure in published.headlines],
    )


def _headline(figure: LatestFigure) -> Headline:
    row = latest_row(figure)
    # What is empty in the CSV is null here.
    return Headline.model_validate({name: _json_cell(row.get(name)) for name in _OF_A_HEADLINE})


def _indicator_file(published: Published) -> IndicatorFile:
    plan = published.plan
    indicator = published.indicator
    return IndicatorFile(
        **_head(published),
        edition="sample" if published.is_sample else "live",
        warning=published.warning or None,
        plan=plan.file.plan,
        plan_measures=indicator.plan_measures,
        definition=indicator.definition,
        caveats=list(indicator.all_caveats),
        licence=Licence(**published.licence.model_dump()),
        attribution=plan.attribution_of(indicator),
        sources=_sources(published),
        areas=[Area(**area.model_dump()) for area in published.every_area],
        breakdowns=_breakdowns(published),
        units=_units(published),
        series=_series(published),
        statuses=dict(STATUSES),
        revisions=dict(REVISIONS),
    )


def _sources(published: Published) -> list[Source]:
    return [
        Source(
            id=source.id,
            title=source.title,
            publisher=source.publisher,
            homepage=source.homepage,
            official_status=source.official_status or None,
            next_release=source.expected_release,
            paused=source.paused or None,
        )
        for source in published.sources
    ]


def _breakdowns(published: Published) -> list[Breakdown]:
    """Those that there are rows for, with their members, in the order of the rows."""
    members: dict[str, dict[str, Member]] = {}
    for row in published.rows:
        breakdown = row["breakdown"]
        category = row["category"]
        title = published.category_title(breakdown, category)
        members.setdefault(breakdown, {})[category] = Member(category=category, title=title)
    return [
        Breakdown(
            breakdown=breakdown,
            title=published.breakdown_title(breakdown),
            members=list(by_category.values()),
        )
        for breakdown, by_category in members.items()
    ]


def _units(published: Published) -> list[Unit]:
    return [
        Unit(
            unit=unit,
            title=UNITS.get(unit, unit),
            decimals=decimals_of(unit, published.indicator),
        )
        for unit in published.units
    ]


def _series(published: Published) -> list[Series]:
    return [
        Series(
            series=series.id,
            title=series.title,
            starts_because=series.starts_because or None,
            ends_because=series.ends_because or None,
        )
        for series in published.series
    ]


def _row(row: Row) -> dict[str, object]:
    values = [plain_number(cell) for cell in cells(row, _ROW)]
    return dict(zip(_ROW, values, strict=True))


def _json_cell(cell: object) -> object:
    return None if cell == "" else plain_number(cell)


def _json_schema(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema()
    # A file names its own schema, which the model of what it says knows nothing of.
    schema["properties"] = {
        "$schema": {"type": "string"},
        **schema["properties"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
    }


def _with_rows(
    schema: dict[str, Any],
    table: Mapping[str, Any],
    names: Sequence[str],
) -> dict[str, Any]:
    fields = {field["name"]: field for field in table["fields"]}
    row = {
        "type": "object",
        "description": "One figure",
        "properties": {name: _property(fields[name]) for name in names},
        "required": list(names),
    }
    # The model leaves the rows out: they are written line by line, not by pydantic.
    schema["properties"]["rows"] = {"type": "array", "items": row}
    schema["required"] = [*schema["required"], "rows"]
    return schema


def _property(field: Mapping[str, Any]) -> dict[str, Any]:
    """What a JSON Schema says of a column: with null among its values, unless it must be filled."""
    constraints = field.get("constraints", {})
    described: dict[str, Any] = {
        "description": field["description"],
        **_TYPES[field["type"]],
    }
    is_required = bool(constraints.get("required"))
    # A cell that may be empty is null in JSON, where a CSV has nothing.
    if not is_required:
        described["type"] = [described["type"], "null"]
    if "enum" in constraints:
        described["enum"] = constraints["enum"] if is_required else [*constraints["enum"], None]
    if "pattern" in constraints:
        described["pattern"] = f"^{constraints['pattern']}$"
    return described
