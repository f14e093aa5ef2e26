"""Councils like the Plan's own stand beside it: in a chart, on a map of tiles and in a table, all from the same rows."""

from __future__ import annotations

import re
from dataclasses import replace

import pyarrow as pa
import pytest

from tests.samples import sample_outcomes, sample_run_context
from tests.thindicators.site.conftest import content_of, pages_of
from thindicators.observations.observation import Row, rows_of
from thindicators.outcomes.outcome import Outcome
from thindicators.plan.model import Area, Plan
from thindicators.site.content import Content, Part
from thindicators.site.peer_map import PeerMap
from thindicators.site.peers import AmongPeers, among_peers
from thindicators.site.tile_map import shade_of

CITY, HACKNEY, NEWHAM = "E09000001", "E09000012", "E09000025"
PAGE = "indicators/{}/index.html"


def with_boroughs(plan: Plan, outcome: Outcome, without: frozenset[str] = frozenset()) -> Outcome:
    """An outcome whose own rows of the area are given to each other borough too, each a little higher than the last."""
    peers = {area.code: area for area in plan.peer_areas}
    expected = {area.code for area in plan.areas}
    rows = [row for row in rows_of(outcome.table) if row["area_code"] in expected]
    made: list[Row] = list(rows)
    for step, (code, area) in enumerate(peers.items(), 1):
        for row in rows:
            if row["area_code"] == plan.subject.code and code not in without:
                made.append(_moved(row, code, area.name, step))
    table = pa.Table.from_pylist(made, schema=outcome.table.schema)
    return replace(outcome, table=table)


def _moved(row: Row, code: str, name: str, step: int) -> Row:
    moved = row.copy()
    moved["area_code"], moved["area_name"] = code, name
    for column in ("value", "lower_ci_95", "upper_ci_95"):
        if (cell := moved[column]) is not None:
            moved[column] = round(cell + step / 10, 2)
    return moved


@pytest.fixture(scope="module")
def beside(plan: Plan) -> Content:
    """Pages of a release in which every borough but the City has figures of three indicators."""
    outcomes = []
    for outcome in sample_outcomes():
        if outcome.indicator in ("employment_rate", "happiness", "co2_emissions"):
            outcomes.append(with_boroughs(plan, outcome, frozenset({CITY})))
        else:
            outcomes.append(outcome)
    return content_of(plan, outcomes)


def part_of(content: Content, indicator: str) -> Part:
    return next(part for part in content.parts if part.indicator.id == indicator)


def among(content: Content, indicator: str) -> AmongPeers:
    shown = among_peers(part_of(content, indicator))
    return shown[0]


def map_in(content: Content, indicator: str) -> PeerMap:
    drawn = among(content, indicator).map
    assert drawn is not None
    return drawn


class TestChartAndTable:
    def test_every_borough_with_a_figure_stands_in_the_table_with_its_figure(
        self, beside: Content
    ) -> None:
        part = part_of(beside, "employment_rate")
        newest = part.newest(("total", "total"))
        assert newest is not None
        expected = {}
        for row in rows_of(part.outcome.table):
            is_like = row["period"] == newest["period"] and row["breakdown"] == "total"
            if is_like and row["area_code"].startswith("E09"):
                expected[row["area_name"]] = f"{row['value']:.1f}%"
        shown = {row.name: row.figure for row in among(beside, "employment_rate").rows}
        assert len(shown) == 32
        assert shown == expected

    def test_the_highest_comes_first_and_the_plans_own_area_is_marked(
        self, beside: Content
    ) -> None:
        rows = among(beside, "employment_rate").rows
        figures = [float(row.figure.rstrip("%")) for row in rows]
        assert figures == sorted(figures, reverse=True)
        assert [row.name for row in rows if row.is_own] == ["Tower Hamlets"]

    def test_a_borough_without_a_figure_is_named(self, beside: Content) -> None:
        assert among(beside, "employment_rate").missing == ["City of London"]

    def test_london_and_england_are_lines_where_they_may_be_compared(self, beside: Content) -> None:
        assert among(beside, "employment_rate").references == ["London", "England"]
        assert among(beside, "co2_emissions").references == []

    def test_an_indicator_without_figures_of_others_shows_none(self, beside: Content) -> None:
        assert among_peers(part_of(beside, "getting_on_well")) == []


class TestMap:
    def test_each_tile_has_its_figure_and_the_plans_own_its_edge(self, beside: Content) -> None:
        drawn = map_in(beside, "employment_rate").drawn
        tiles = re.findall(r'<g class="([^"]+)"[^>]*>.*?<text class="figure"[^>]*>([^<]+)<', drawn)
        assert len(tiles) == 33
        own = [figure for kind, figure in tiles if kind.endswith(" own")]
        own_row = next(row for row in among(beside, "employment_rate").rows if row.is_own)
        assert own == [own_row.figure.rstrip("%")]
        assert [kind for kind, figure in tiles if figure == "–"] == ["no-figure"]

    def test_a_total_has_no_map_because_its_shades_would_show_the_largest(
        self, beside: Content
    ) -> None:
        assert among(beside, "co2_emissions").map is None

    @pytest.mark.parametrize(
        ("value", "shade"), [(0, 1), (1.99, 1), (2, 2), (5, 3), (9.99, 5), (10, 5)]
    )
    def test_a_shade_is_a_fifth_of_the_range(self, value: float, shade: int) -> None:
        assert shade_of(value, 0, 10) == shade

    def test_equal_figures_have_one_shade(self) -> None:
        assert shade_of(4, 4, 4) == 1


def test_the_tables_of_every_figure_keep_to_the_areas_that_are_compared(beside: Content) -> None:
    page = pages_of(beside)[PAGE.format("employment_rate")]
    every_figure = page[page.index('id="values"') :]
    assert "Hackney" not in every_figure
    assert "Hackney" in page


def test_a_plan_that_compares_four_areas_has_all_of_them_in_its_tables(plan: Plan) -> None:
    north_east = Area(code="E12000001", name="North East", kind="region")
    wider = replace(plan, areas=(*plan.areas[:3], north_east, *plan.areas[3:]))
    outcomes = []
    for outcome in sample_outcomes():
        outcomes.append(with_area(outcome, "E12000007", north_east))
    page = pages_of(content_of(wider, outcomes))[PAGE.format("employment_rate")]
    every_figure = page[page.index('id="values"') :]
    assert '<th scope="col">North East</th>' in every_figure
    assert "than North East" in page or "North East" in page[: page.index('id="time"')]


def with_area(outcome: Outcome, like: str, area: Area) -> Outcome:
    """An outcome in which an area has the figures of another."""
    rows = rows_of(outcome.table)
    made = list(rows)
    for row in rows:
        if row["area_code"] == like:
            made.append(_moved(row, area.code, area.name, 0))
    table = pa.Table.from_pylist(made, schema=outcome.table.schema)
    return replace(outcome, table=table)


def test_a_figure_too_long_for_its_tile_is_in_thousands_and_the_page_says_so() -> None:
    content = content_of(sample_run_context().plan, sample_outcomes())
    income = map_in(content, "gdhi_per_head")
    assert income.is_in_thousands
    assert ">129k</text></g>" in income.drawn
    assert not map_in(content, "children_low_income").is_in_thousands
