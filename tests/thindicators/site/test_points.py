"""Every mark of every chart says the figure that it stands for, as the tables of the page do."""

from __future__ import annotations

import re
from html import unescape

from thindicators import house_style
from thindicators.observations.observation import Row, rows_of, value_of
from thindicators.site.content import Content

POINT = re.compile(r'data-point="([^"]*)"')


def said(page: str) -> list[list[str]]:
    return [unescape(point).split("|") for point in POINT.findall(page)]


def numbers_of(row: Row) -> tuple[float | None, float | None, float | None]:
    return row["value"], row["lower_ci_95"], row["upper_ci_95"]


def test_a_mark_says_whose_figure_when_and_how_much(pages: dict[str, str]) -> None:
    points = said(pages["indicators/employment_rate/index.html"])
    whole = ["Tower Hamlets", "January to December 2023", "66.2%", "59.8% to 72.6%"]
    assert [*whole, "66.2", "59.8", "72.6", ""] in points


def test_a_figure_without_limits_says_none(pages: dict[str, str]) -> None:
    points = said(pages["indicators/co2_emissions/index.html"])
    assert points
    assert {tuple(point[3:4] + point[5:7]) for point in points} == {("", "", "")}


def test_where_a_group_has_several_series_each_mark_says_which(pages: dict[str, str]) -> None:
    points = said(pages["indicators/gcse_english_maths_9_5/index.html"])
    assert len({point[7] for point in points}) > 3
    assert "" not in {point[7] for point in points}


def test_every_mark_is_a_figure_of_the_indicator(content: Content, pages: dict[str, str]) -> None:
    for part in content.parts:
        known = set()
        for row in rows_of(part.outcome.table):
            if row["value"] is not None:
                period = house_style.period(row["period"], part.indicator.period)
                shown = house_style.figure(
                    value_of(row),
                    row["unit"],
                    house_style.decimals_of(row["unit"], part.indicator),
                )
                known.add((period, shown, numbers_of(row)))
        for point in said(pages[f"indicators/{part.indicator.id}/index.html"]):
            shown = point[2].removesuffix(", provisional")
            value, lower, upper = (float(bare) if bare else None for bare in point[4:7])
            near = [
                row
                for row in known
                if row[:2] == (point[1], shown) and same(row[2], (value, lower, upper))
            ]
            assert near, (part.indicator.id, point)


def same(
    ours: tuple[float | None, float | None, float | None],
    theirs: tuple[float | None, float | None, float | None],
) -> bool:
    """Equal to the twelve digits that a mark says."""
    return all(
        (a is None and b is None)
        or (a is not None and b is not None and f"{a:.12g}" == f"{b:.12g}")
        for a, b in zip(ours, theirs, strict=True)
    )
