"""A new indicator on a source that is there already: one YAML file, and nothing else."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pyarrow.parquet as pq

from assets.repository import definitions
from sources import SAMPLES
from tests.support import NOW, ROOT
from thindicators.context import open_run_context
from thindicators.refreshing import refresh
from thindicators.refreshing.refresh import all_outcomes
from thindicators.release.publishing import publish
from thindicators.settings import Settings

NEW = """\
id: people_in_work
title: People in work, aged 16 to 64
call_to_action: 4
plan_measures: A test of adding an indicator
definition: People aged 16 to 64 in employment as a percentage of all people of that age
unit: percent
decimals: 1
measured_by: sample
polarity: higher_is_better
source: ons_aps
ask:
  search: "*employment*"
  variables:
    - {name: Employment rate - aged 16-64}
comparators: [E12000007, E92000001]
valid_range: [0, 100]
measured_by: sample
period: twelve_months
series:
  - {id: aps, title: Annual Population Survey}
"""


def test_it_appears_as_asset_as_package_and_in_the_tables(tmp_path: Path) -> None:
    schemas = Path(shutil.copytree(ROOT / "schemas", tmp_path / "schemas"))
    (schemas / "indicators" / "people_in_work.yaml").write_text(NEW, encoding="utf-8")
    settings = Settings(schemas, tmp_path / "state", tmp_path / "published")

    assets = {spec.key.to_user_string() for spec in definitions(settings).resolve_all_asset_specs()}
    assert {"indicator/people_in_work", "package/people_in_work"} <= assets

    run_context = open_run_context(settings, SAMPLES, "sample", lambda: NOW)
    refresh.fetch(run_context, "ons_aps")
    assert refresh.read(run_context, "people_in_work").state == "fresh"
    folder = publish(run_context, all_outcomes(run_context)).folder

    package = folder / "indicators" / "people_in_work"
    assert (
        json.loads((package / "datapackage.json").read_text(encoding="utf-8"))["state"] == "fresh"
    )
    figures = pq.read_table(package / "people_in_work.parquet").to_pylist()
    assert 66.2 in [
        row["value"] for row in figures if (row["area_code"], row["year"]) == ("E09000030", 2023)
    ]
    assert (
        "people_in_work" in pq.read_table(folder / "observations.parquet")["indicator"].to_pylist()
    )
    with (folder / "indicators.csv").open(encoding="utf-8", newline="") as file:
        assert "people_in_work" in [row["id"] for row in csv.DictReader(file)]
