"""Where an indicator comes from, as the UI shows it: columns, code, and a small chart."""

from __future__ import annotations

import base64
import re
from datetime import date
from pathlib import Path
from typing import cast
from xml.etree import ElementTree

import pytest
from dagster import LocalFileCodeReference

from assets.drawing import chart
from assets.lineage import code_references, column_lineage
from assets.naming import snapshot_key
from sources import SAMPLES
from tests.samples import sample_outcomes
from tests.support import ROOT
from thindicators.observations.observation import Row
from thindicators.plan.loading import load_plan
from thindicators.plan.model import Plan

SOURCES_WITH_COLUMNS = sorted(
    one.id for one in load_plan(ROOT / "schemas").sources.values() if one.columns
)


@pytest.mark.parametrize("source", SOURCES_WITH_COLUMNS)
def test_every_column_that_is_named_is_in_the_publishers_file_and_in_the_contract(
    plan: Plan, source: str
) -> None:
    folder = SAMPLES / source
    headers = {
        cell.strip(' "').lower()
        for path in folder.rglob("*.csv")
        if path.name != "ORIGIN.csv"
        for cell in header(path)
    }
    columns = plan.sources[source].columns
    assert {one.lower() for theirs in columns.values() for one in theirs} <= headers
    contract = set(sample_outcomes()[0].table.column_names) | {"period"}
    assert set(columns) <= contract


def header(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").partition("\n")[0].strip().split(",")


def test_a_column_is_read_from_those_of_its_source(plan: Plan) -> None:
    lineage = column_lineage(plan, plan.indicators["year_6_overweight"])
    assert lineage is not None
    (upper,) = lineage.deps_by_column["upper_ci_95"]
    assert (upper.asset_key, upper.column_name) == (snapshot_key("ncmp"), "Upper CI 95.0 limit")


def test_half_a_lineage_is_none(plan: Plan) -> None:
    assert column_lineage(plan, plan.indicators["dwellings_per_child"]) is None


def test_the_code_that_reads_an_indicator_is_named_by_file_and_line(plan: Plan) -> None:
    for indicator in plan.indicators.values():
        for reference in code_references(plan, indicator).code_references:
            assert isinstance(reference, LocalFileCodeReference)
            line = (
                Path(reference.file_path)
                .read_text(encoding="utf-8")
                .splitlines()[(reference.line_number or 1) - 1]
            )
            assert line.startswith(("def parse(", "# yaml-language-server")) or line.endswith(
                " as parse"
            ), reference


def row(year: int, value: float | None, series: str = "one", area: str = "London") -> Row:
    end = date(year, 12, 31)
    cells = {
        "period_end": end,
        "period_label": str(year),
        "value": value,
        "series": series,
        "area_name": area,
    }
    return cast(Row, cells)


def lines(*rows: Row) -> list[int]:
    """How many points each line of a chart joins."""
    (found,) = re.findall(r"base64,(.*)\)", chart(rows, "percent"))
    drawn = ElementTree.fromstring(base64.b64decode(found))
    return [
        len(one.attrib["points"].split())
        for one in drawn.iter("{http://www.w3.org/2000/svg}polyline")
    ]


def test_a_line_joins_neither_two_series_nor_what_a_missing_figure_parts() -> None:
    assert lines(row(2019, 1), row(2020, 2), row(2021, 3)) == [3]
    assert lines(row(2018, 9), row(2019, 1), row(2020, None), row(2021, 3), row(2022, 4)) == [2, 2]
    assert lines(row(2018, 9), row(2019, 1), row(2021, 3), row(2022, 4)) == [2, 2]
    assert lines(row(2019, 1), row(2020, 2), row(2021, 3, "two"), row(2022, 4, "two")) == [2, 2]
    assert lines(
        row(2019, 1), row(2020, 2), row(2019, 3, area="A & B <i>"), row(2020, 4, area="A & B <i>")
    ) == [2, 2]


def test_one_figure_is_no_line() -> None:
    assert (
        chart([row(2020, 1)], "percent")
        == chart([], "percent")
        == "There are not two figures to join by a line."
    )
