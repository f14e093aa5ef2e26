"""What a chart shows, as read from its SVG."""

from __future__ import annotations

import re
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from thindicators.observations.observation import Row
from thindicators.observations.periods import calendar_year
from thindicators.plan.indicator_parts import Series
from thindicators.plan.model import Area
from thindicators.site.charts import over_time
from thindicators.site.drawn import sparkline
from thindicators.site.group_charts import LabelledRow, by_group
from thindicators.site.lines import tracks
from thindicators.site.marks import COLOURS, PAPER, Texts

AREAS = [
    Area(code="E09000030", name="Tower Hamlets", kind="a"),
    Area(code="E12000007", name="London", kind="b"),
    Area(code="E92000001", name="England", kind="c"),
]
OLD = Series(id="old", title="The old way")
NEW = Series(id="new", title="The new way", starts_because="The method changed.")
TEXTS = Texts("chart-1", "Children <who> are & were", "Tower Hamlets: 10% to 12%.")


def row(year: int, value: float, half: float | None = None, **more: object) -> Row:
    period = calendar_year(year)
    cells: dict[str, Any] = {
        "area_code": AREAS[0].code,
        "year": year,
        "period": period.iso,
        "period_start": period.start,
        "period_end": period.end,
        "value": value,
        "lower_ci_95": None if half is None else value - half,
        "upper_ci_95": None if half is None else value + half,
        "unit": "percent",
        "series": "new",
        "revision": None,
        **more,
    }
    return cast(Row, cells)


def point(row: Row) -> str:
    return f"<{row['year']}>"


def drawn(rows: list[Row], areas: list[Area] | None = None) -> list[str]:
    (track,) = tracks([OLD, NEW], areas or AREAS, rows)
    return [Markup(drawing) for drawing in over_time(track, areas or AREAS, TEXTS, point)]


def texts_of(svg: str) -> list[str]:
    return [
        one.text or "" for one in ElementTree.fromstring(svg).iter() if one.tag.endswith("text")
    ]


@pytest.fixture
def three_areas() -> list[Row]:
    return [
        row(year, 50.0 + place * 10 + year % 3, 4.0, area_code=area.code)
        for place, area in enumerate(AREAS)
        for year in range(2015, 2024)
    ]


def test_it_is_drawn_for_wide_and_for_narrow_screens(three_areas: list[Row]) -> None:
    wide, narrow = drawn(three_areas)
    assert 'class="wide"' in wide
    assert 'class="narrow"' in narrow
    assert re.search(r'viewBox="0 0 340 \d+"', narrow), (
        "letters must not be made smaller on a screen of 320 pixels"
    )


def test_it_has_a_title_and_a_description_in_words(three_areas: list[Row]) -> None:
    root = ElementTree.fromstring(drawn(three_areas)[0])
    named = {one.get("id"): one.text for one in root}
    assert root.get("role") == "img"
    assert named[root.get("aria-labelledby")] == "Children <who> are & were"
    assert named[root.get("aria-describedby")] == "Tower Hamlets: 10% to 12%."


def test_the_same_figures_give_the_same_bytes(three_areas: list[Row]) -> None:
    assert drawn(three_areas) == drawn(three_areas[::-1])


def test_letters_stay_letters_and_name_levels_periods_and_areas(
    three_areas: list[Row],
) -> None:
    wide, narrow = (texts_of(one) for one in drawn(three_areas))
    assert {"0%", "80%", "2023", "Tower Hamlets", "London", "England"} <= set(wide)
    assert {"0%", "2023"} <= set(narrow)


def test_areas_differ_in_more_than_colour(three_areas: list[Row]) -> None:
    root = ElementTree.fromstring(drawn(three_areas)[0])
    lines = {
        one.get("stroke"): one.get("stroke-dasharray")
        for one in root.iter()
        if one.get("stroke") in COLOURS and one.get("d", "").count("L") > 5
    }
    assert len(set(lines.values())) == len(lines) == len(AREAS)
    shapes = {
        one.get("d")
        for one in root.iter()
        if one.get("fill") in COLOURS and one.tag.endswith("path") and one.get("transform")
    }
    assert len(shapes) == len(AREAS)


def test_limits_are_bands(three_areas: list[Row]) -> None:
    assert drawn(three_areas)[0].count("fill-opacity") == len(AREAS)


def test_where_series_break_no_line_is_drawn_and_the_break_is_named() -> None:
    rows = [row(year, 10.0, series="old") for year in (2018, 2019)] + [
        row(year, 20.0) for year in (2020, 2021)
    ]
    svg = drawn(rows)[0]
    assert "break" in texts_of(svg)
    lines = re.findall(rf'd="([^"]*)" stroke="{COLOURS[0]}"', svg)
    assert [one.count("L") for one in lines] == [1, 1]


def test_several_breaks_are_numbered() -> None:
    rows = [row(2018, 10.0, series="older"), row(2019, 11.0, series="old"), row(2020, 12.0)]
    (track,) = tracks([Series(id="older", title="Older"), OLD, NEW], AREAS, rows)
    assert {"1", "2"} <= set(texts_of(Markup(over_time(track, AREAS, TEXTS, point)[0])))


def test_a_provisional_figure_is_hollow() -> None:
    rows = [row(2020, 10.0), row(2021, 11.0), row(2022, 12.0, revision="p")]
    assert drawn(rows)[0].count(f'fill="{PAPER}"') == 1


def test_each_mark_says_which_figure_it_is() -> None:
    rows = [row(2020, 10.0), row(2021, 11.0)]
    for svg in drawn(rows):
        says = re.findall(r'data-point="([^"]*)"', svg)
        assert says == ["&lt;2020&gt;", "&lt;2021&gt;"]
        assert "aria-label=" not in svg


def test_names_that_would_overlap_are_parted() -> None:
    rows = [
        row(year, 70.0 + place / 10, area_code=area.code)
        for place, area in enumerate(AREAS)
        for year in (2022, 2023)
    ]
    root = ElementTree.fromstring(drawn(rows)[0])
    names = {area.name for area in AREAS}
    heights = sorted(
        float(one.get("transform", "").rstrip(")").split(",")[1])
        for one in root.iter()
        if one.text in names
    )
    assert heights[1] - heights[0] >= 18
    assert heights[2] - heights[1] >= 18


def test_groups_of_totals_are_bars_from_zero() -> None:
    rows = [
        LabelledRow(label, row(2019, value, unit="ktco2e"), label)
        for label, value in (("Homes", 231.2), ("Transport", 202.4))
    ]
    svg = Markup(by_group(rows, ["Homes", "Transport"], AREAS[:1], TEXTS)[0])
    assert {"Homes", "Transport", "0"} <= set(texts_of(svg))
    bars = re.findall(rf'<path data-point="([^"]*)" d="M0,[^"]*" fill="{COLOURS[0]}"', svg)
    assert bars == ["Homes", "Transport"]


def test_groups_of_areas_are_marks_with_limits() -> None:
    rows = [
        LabelledRow("Women", row(2019, 60.0 + place, 2.0, area_code=area.code), area.name)
        for place, area in enumerate(AREAS)
    ]
    svg = Markup(by_group(rows, ["Women"], AREAS, TEXTS)[0])
    for colour in COLOURS:
        assert f'stroke="{colour}" stroke-width="2"' in svg


def test_a_sparkline_is_broken_where_its_segments_are() -> None:
    svg = sparkline([[(2018, 1.0), (2019, 2.0)], [(2020, 9.0), (2021, 8.0)]], "From <1> to 8")
    assert svg.count("<polyline") == 2
    assert 'aria-label="From &lt;1&gt; to 8"' in svg


def test_a_sparkline_of_equal_figures_is_level() -> None:
    svg = sparkline([[(2018, 5.0), (2019, 5.0)]], "level")
    assert 'points="4.0,16.0 116.0,16.0"' in svg
