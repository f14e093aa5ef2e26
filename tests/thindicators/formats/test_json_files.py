"""JSON: a chart elsewhere needs nothing but these files."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.thindicators.formats.conftest import INDICATORS, NOTE
from tests.written import indicator_at
from thindicators.formats.json_files import indicator_json
from thindicators.formats.json_models import Headline
from thindicators.formats.published import plain_number
from thindicators.outcomes.outcome import Acceptance, Outcome
from thindicators.plan.model import Plan


def read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def indicator(release: Path, name: str) -> dict[str, Any]:
    return read(release / "indicators" / name / f"{name}.json")


@pytest.mark.parametrize("name", INDICATORS)
def test_an_indicator_is_what_the_schema_published_with_it_says(release: Path, name: str) -> None:
    content = indicator(release, name)
    path = (release / "indicators" / name / content["$schema"]).resolve()
    assert path == release.resolve() / "json-schemas" / "indicator.json"
    jsonschema_rs.Draft202012Validator(read(path), validate_formats=True).validate(content)


def test_the_list_is_what_its_schema_says_and_leads_to_every_file(release: Path) -> None:
    content = read(release / "index.json")
    jsonschema_rs.Draft202012Validator(read(release / content["$schema"])).validate(content)
    assert [one["id"] for one in content["indicators"]] == list(INDICATORS)
    for one in content["indicators"]:
        file = read(release / one["path"])
        shared = set(one) & set(file)
        assert {
            "title",
            "unit",
            "decimals",
            "polarity",
            "state",
            "reason",
            "version",
            "updated",
        } <= shared
        assert {name: one[name] for name in shared} == {name: file[name] for name in shared}
        assert one["number_of_rows"] == len(file["rows"])


def test_the_latest_figures_are_what_their_schema_says(release: Path) -> None:
    content = read(release / "latest.json")
    schema = read(release / content["$schema"])
    jsonschema_rs.Draft202012Validator(schema, validate_formats=True).validate(content)
    assert {row["indicator"] for row in content["rows"]} == set(INDICATORS)


def test_the_latest_figures_are_those_of_the_table(release: Path) -> None:
    table = pq.read_table(release / "latest.parquet")
    rows = [{name: plain_number(cell) for name, cell in row.items()} for row in table.to_pylist()]
    assert read(release / "latest.json")["rows"] == rows


def test_the_list_has_the_headlines_of_the_latest_figures(release: Path) -> None:
    headlines: dict[str, list[dict[str, Any]]] = {name: [] for name in INDICATORS}
    for row in read(release / "latest.json")["rows"]:
        if row["is_headline"]:
            headlines[row["indicator"]].append(row)
    for listed in read(release / "index.json")["indicators"]:
        rows = headlines[listed["id"]]
        assert listed["latest"] == [
            {name: row[name] for name in Headline.model_fields} for row in rows
        ]
        assert listed["latest"]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda row: row.update(value="66.2"), id="a number as text"),
        pytest.param(lambda row: row.pop("status"), id="a key that is gone"),
        pytest.param(lambda row: row.update(status="unknown"), id="a status that is none"),
        pytest.param(lambda row: row.update(area_code="London"), id="no GSS code"),
    ],
)
def test_the_schema_refuses_what_is_not_so(release: Path, damage: Any) -> None:
    content = indicator(release, "employment_rate")
    damage(content["rows"][0])
    schema = read(release / "json-schemas" / "indicator.json")
    assert not jsonschema_rs.Draft202012Validator(schema).is_valid(content)


def as_the_csv_has_it(column: str, cell: object) -> str:
    if cell is None:
        return ""
    return str(float(cell)) if isinstance(cell, int | float) and column != "year" else str(cell)


@pytest.mark.parametrize("name", INDICATORS)
def test_figures_equal_those_of_the_csv(release: Path, name: str) -> None:
    with (release / "indicators" / name / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    written = [
        {key: as_the_csv_has_it(key, one) for key, one in row.items()}
        for row in indicator(release, name)["rows"]
    ]
    assert written == [{key: one for key, one in row.items() if key != "indicator"} for row in rows]


def test_what_is_missing_is_null_and_says_why(release: Path) -> None:
    rows = indicator(release, "employment_rate")["rows"]
    missing = [row for row in rows if row["value"] is None]
    assert {(row["area_code"], row["year"], row["status"]) for row in missing} == {
        ("E09000030", 2022, "u")
    }
    assert all(row["status"] is None for row in rows if row["value"] is not None)


def test_it_says_all_that_a_chart_must(release: Path) -> None:
    content = indicator(release, "healthy_life_expectancy_male")
    assert (content["unit_title"], content["decimals"], content["polarity"]) == (
        "years",
        1,
        "higher_is_better",
    )
    assert content["attribution"]
    assert content["licence"]["name"] == "OGL-UK-3.0"
    later = content["series"][1]
    assert later["starts_because"]
    assert {row["series"] for row in content["rows"]} == {
        one["series"] for one in content["series"][:2]
    }
    assert content["edition"] == "live"
    assert content["warning"] is None


def test_a_series_that_another_took_the_place_of_is_listed_too(
    release: Path, small_plan: Plan, outcomes: list[Outcome]
) -> None:
    last = next(one for one in outcomes if one.indicator == "employment_rate")
    names = pa.array(["aps_until_2026-03-01"] * last.table.num_rows)
    table = last.table.set_column(last.table.schema.get_field_index("series"), "series", names)
    accepted = (
        Acceptance("2026-03-01", "The survey was weighted anew.", ("aps_until_2026-03-01",)),
    )
    published = indicator_at(release, small_plan, replace(last, table=table, accepted=accepted))
    content = json.loads(indicator_json(published))
    assert {row["series"] for row in content["rows"]} <= {
        one["series"] for one in content["series"]
    }
    assert content["series"][0]["ends_because"] == "The survey was weighted anew."


def test_groups_are_named_in_words(release: Path) -> None:
    breakdowns = {
        one["breakdown"]: one for one in indicator(release, "employment_rate")["breakdowns"]
    }
    assert breakdowns["ethnicity"]["members"] == [
        {"category": "pakistani_bangladeshi", "title": "Pakistani or Bangladeshi"}
    ]


def test_a_group_in_another_unit_has_its_words(release: Path) -> None:
    units = {
        one["unit"]: (one["title"], one["decimals"])
        for one in indicator(release, "pm25_concentration")["units"]
    }
    assert units == {
        "ug_m3": ("micrograms per cubic metre (µg/m³)", 1),
        "percent": ("percentage", 1),
    }


def test_an_indicator_without_figures_says_why(release: Path) -> None:
    content = indicator(release, "feeling_safe")
    assert (content["rows"], content["state"], content["reason"]) == (
        [],
        "empty",
        "Nobody has handed in a figure.",
    )


def test_a_sample_carries_its_warning(public_release: Path) -> None:
    assert "Do not quote it" in indicator(public_release, "employment_rate")["warning"]
    assert "Do not quote it" in read(public_release / "index.json")["warning"]


def test_a_note_comes_through_as_it_is(release: Path) -> None:
    assert NOTE in {row["note"] for row in indicator(release, "employment_rate")["rows"]}
