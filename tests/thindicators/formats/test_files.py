"""All machine files: the same bytes every time, and nothing that belongs to another indicator or another release."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq

from tests.thindicators.formats.conftest import INDICATORS, NAME, MakeRelease
from tests.written import plan_at
from thindicators.formats.files import all_descriptions
from thindicators.observations.observation import empty_table
from thindicators.observations.tables import parquet_content
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Plan


def sums(release: Path) -> dict[str, str]:
    files = (path for path in release.rglob("*") if path.is_file())
    return {
        path.relative_to(release).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }


def test_a_release_has_the_machine_files_that_readers_rely_on(release: Path) -> None:
    names = set(sums(release))
    assert {
        "catalogue.jsonld",
        "csv-metadata.json",
        "observations.csv-metadata.json",
        "index.json",
        "json-schemas/index.json",
        "json-schemas/indicator.json",
        "examples/dashboard.html",
    } <= names
    for one in INDICATORS:
        files = (f"{one}.csv-metadata.json", f"{one}.json", f"{one}.xlsx")
        assert {f"indicators/{one}/{file}" for file in files} <= names


def test_the_same_figures_give_the_same_bytes(
    release_of: MakeRelease, release: Path, small_plan: Plan, outcomes: list[Outcome]
) -> None:
    assert sums(release_of(small_plan, outcomes)) == sums(release)


def test_an_indicator_that_changes_leaves_the_files_of_the_others_as_they_are(
    release_of: MakeRelease, release: Path, small_plan: Plan, outcomes: list[Outcome]
) -> None:
    changed = [
        replace(one, table=empty_table(), receipts=(), state="empty", reason="Withdrawn.")
        if one.indicator == "co2_emissions"
        else one
        for one in outcomes
    ]
    before, after = sums(release), sums(release_of(small_plan, changed))
    differing = {path for path in before if before[path] != after.get(path)}
    assert {path.split("/")[1] for path in differing if path.startswith("indicators/")} == {
        "co2_emissions"
    }


def test_a_reader_is_offered_every_file_of_an_indicator(release: Path) -> None:
    page = (release / "indicators" / "employment_rate" / "index.html").read_text(encoding="utf-8")
    assert re.findall(r'href="../../indicators/employment_rate/([^"/]+)" download', page) == [
        "employment_rate.csv",
        "employment_rate.xlsx",
        "employment_rate.json",
        "employment_rate.parquet",
        "employment_rate.zip",
        "datapackage.json",
        "employment_rate.csv-metadata.json",
        "employment_rate.expectations.json",
    ]


def test_every_page_is_given_its_description(
    release: Path, small_plan: Plan, outcomes: list[Outcome]
) -> None:
    assert set(all_descriptions(plan_at(release, small_plan, outcomes, NAME))) == {"", *INDICATORS}


def test_no_machine_file_depends_on_what_changed_since_the_release_before(release: Path) -> None:
    assert b'href="../revisions.csv"' not in (release / "downloads" / "index.html").read_bytes()
    assert b"revisions.csv" not in (release / "catalogue.jsonld").read_bytes()


def test_parquet_says_what_its_columns_are_and_what_the_file_is(
    release: Path, tmp_path: Path, plan: Plan
) -> None:
    there = pq.read_table(release / "observations.parquet")
    schema = {"fields": [{"name": "value", "type": "number", "description": "The figure."}]}
    path = tmp_path / "about.parquet"
    about = {"title": "Employment rate", "licence": "OGL-UK-3.0"}
    path.write_bytes(parquet_content(there.select(["value"]), schema, about))
    written = pq.read_schema(path)
    assert written.field("value").metadata[b"description"] == b"The figure."
    assert written.metadata[b"licence"] == b"OGL-UK-3.0"
    assert (
        there.schema.field("area_code").metadata[b"description"].startswith(b"GSS code of the area")
    )


def test_duckdb_and_pandas_read_the_parquet_as_they_read_the_csv(release: Path) -> None:
    parquet, text = release / "observations.parquet", release / "observations.csv"
    database = duckdb.connect()
    rows = database.execute(
        f"select area_code, year, category, value from '{parquet}' order by all"
    ).fetchall()
    same = database.execute(
        f"select area_code, year, category, value from read_csv('{text}', header = true) order by all"
    ).fetchall()
    assert rows == same
    assert len(rows) == 50
    frame = pd.read_parquet(parquet)
    assert frame["value"].dtype == "float64"
    assert int(frame["value"].isna().sum()) == 3
