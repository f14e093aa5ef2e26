"""One latest: whatever a release shows as a latest figure, anywhere, is that of `latest.parquet`.

What belongs here: reading the sample release as its readers do, and comparing each place with the table.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import openpyxl  # type: ignore[import-untyped]
import pandas as pd
import pyarrow.parquet as pq
import pytest
from lxml.html import HtmlElement
from rich.console import Console

from tests.samples import sample_outcomes, sample_release
from thindicators import house_style
from thindicators.cli import print_summary
from thindicators.formats.addresses import page_of
from thindicators.formats.json_models import Headline
from thindicators.plan.model import Plan
from thindicators.telling.summary import summarise

LatestRow = dict[str, Any]
NO_FIGURE_YET = "No figure yet"


@pytest.fixture(scope="module")
def release() -> Path:
    return sample_release()


@pytest.fixture(scope="module")
def latest(release: Path) -> list[LatestRow]:
    rows: list[LatestRow] = pq.read_table(release / "latest.parquet").to_pylist()
    return rows


@pytest.fixture(scope="module")
def headlines(plan: Plan, latest: list[LatestRow]) -> dict[str, list[LatestRow]]:
    """The rows that pages show first, by indicator."""
    by_indicator: dict[str, list[LatestRow]] = {indicator: [] for indicator in plan.indicators}
    for row in latest:
        if row["is_headline"]:
            by_indicator[row["indicator"]].append(row)
    assert all(by_indicator.values())
    return by_indicator


def shown_first(rows: list[LatestRow]) -> LatestRow:
    """Of an indicator's headlines the one that is shown where there is room for one."""
    with_figure = [row for row in rows if row["value"] is not None]
    return (with_figure or rows)[0]


def page_at(release: Path, path: str) -> HtmlElement:
    return lxml.html.fromstring((release / path).read_text(encoding="utf-8"))


def with_class(element: HtmlElement, name: str) -> list[HtmlElement]:
    elements: list[HtmlElement] = element.xpath(
        f".//*[contains(concat(' ', @class, ' '), ' {name} ')]"
    )
    return elements


def words(element: HtmlElement) -> str:
    return " ".join(element.text_content().split())


def limits_in_words(row: LatestRow, prefix: str = "") -> str:
    lower, upper = row[f"{prefix}lower_ci_95"], row[f"{prefix}upper_ci_95"]
    if lower is None or upper is None:
        return ""
    both = [house_style.short(limit, row["unit"], row["decimals"]) for limit in (lower, upper)]
    return " to ".join(both)


def beside_in_words(row: LatestRow) -> Iterator[str]:
    """The other areas with their figures and limits, as a page sets them beside the headline."""
    for role in ("region", "country"):
        value = row[f"{role}_value"]
        if value is not None:
            shown = house_style.figure(value, row["unit"], row["decimals"])
            yield f"{row[f'{role}_name']}{shown}{limits_in_words(row, f'{role}_')}"


def test_every_headline_of_every_page_is_in_the_table(
    release: Path, headlines: dict[str, list[LatestRow]]
) -> None:
    for indicator, rows in headlines.items():
        on_page = with_class(page_at(release, page_of(indicator)), "headline")
        assert len(on_page) == len(rows), indicator
        for element, row in zip(on_page, rows, strict=True):
            (value,) = with_class(element, "value")
            shown = words(value).removesuffix(" provisional [p]")
            assert shown == (row["value_in_words"] or NO_FIGURE_YET)
            assert (row["revision"] == "p") == words(value).endswith("provisional [p]")
            assert (row["why_none"] or row["period_in_words"]) in words(element)
            assert limits_in_words(row) in words(element)
            assert (row["other_series"] or "") in words(element)
            others = [words(each).replace(" ", "") for each in element.xpath(".//dl/div")]
            assert others == [each.replace(" ", "") for each in beside_in_words(row)]


def test_every_group_of_every_page_is_in_the_table(
    release: Path, latest: list[LatestRow], headlines: dict[str, list[LatestRow]]
) -> None:
    for indicator in headlines:
        items = page_at(release, page_of(indicator)).xpath(".//ul[@class='groups']/li")
        others = [row for row in latest if row["indicator"] == indicator and not row["is_headline"]]
        # The page goes dimension by dimension, as the table does.
        assert len(items) == len(others)
        for item, row in zip(items, others, strict=True):
            if row["value"] is None:
                assert f"no figure. {row['why_none']}" in words(item)
                continue
            limits = f" ({limits_in_words(row)})" if limits_in_words(row) else ""
            shown = f": {row['value_in_words']}{limits}, {row['period_in_words']}."
            assert shown in words(item)


def test_every_verdict_of_every_headline_is_in_the_table(
    release: Path, headlines: dict[str, list[LatestRow]]
) -> None:
    for indicator, rows in headlines.items():
        sentences = [
            row[f"{question}_words"]
            for row in rows
            for question in ("region", "country", "recent_trend", "long_run", "since_start")
        ]
        for element in with_class(page_at(release, page_of(indicator)), "says"):
            # The page leaves out the word that the tag before the sentence has said.
            rest = words(element).lower()
            assert any(sentence.lower().endswith(rest) for sentence in sentences), rest


def test_every_card_of_the_front_page_is_in_the_table(
    release: Path, headlines: dict[str, list[LatestRow]]
) -> None:
    cards = page_at(release, "index.html").xpath(".//ul[@class='indicators']/li")
    assert len(cards) == len(headlines)
    for card in cards:
        (link,) = card.xpath(".//h3/a/@href")
        row = shown_first(headlines[link.split("/")[1]])
        (value,) = with_class(card, "value")
        # London and England for the same time stand below the period.
        when, *_ = with_class(card, "when")
        assert words(value) == (row["value_in_words"] or NO_FIGURE_YET)
        assert (row["why_none"] or row["period_in_words"]) in words(when)
        assert (row["other_series"] or "") in words(card)


def test_the_table_of_a_publish_is_the_table(
    plan: Plan, headlines: dict[str, list[LatestRow]]
) -> None:
    console = Console(file=io.StringIO(), width=600)
    print_summary(plan, summarise(plan, sample_outcomes()), console)
    assert isinstance(console.file, io.StringIO)
    printed = [line for line in console.file.getvalue().splitlines() if line.startswith("│")]
    assert len(printed) == len(headlines)
    for line, rows in zip(printed, headlines.values(), strict=True):
        row = shown_first(rows)
        _, title, own, region, country, period, state, _ = map(str.strip, line.split("│"))
        assert title == f"{row['call_to_action']} {row['title']}"
        assert own == in_a_cell(row, "")
        assert region == in_a_cell(row, "region_")
        assert country == in_a_cell(row, "country_")
        assert period.startswith(row["period_in_words"] or "")
        assert state == row["state"]


def in_a_cell(row: LatestRow, prefix: str) -> str:
    """A figure as a terminal shows it."""
    value, status = row[f"{prefix}value"], row[f"{prefix}status"]
    if value is not None:
        return house_style.short(value, row["unit"], row["decimals"])
    # Without a row there is no status of the publisher's, and so nothing to show.
    return f"[{status}]" if status and row["period"] else "–"


def test_the_cover_of_every_workbook_is_the_table(
    release: Path, headlines: dict[str, list[LatestRow]]
) -> None:
    for indicator, rows in headlines.items():
        book = openpyxl.load_workbook(release / "indicators" / indicator / f"{indicator}.xlsx")
        cells = [str(cell.value) for cell in book["Cover"]["A"]]
        shown = cells[cells.index("Latest figures") + 1 :] if "Latest figures" in cells else []
        assert bool(shown) == any(row["period"] for row in rows)
        for cell, row in zip(shown, rows, strict=False):
            value = f"{row['value_in_words']} for {row['period_in_words']}."
            words_of_row = row["why_none"] or value
            assert cell.removeprefix(
                f"{row['breakdown_title']}, {row['category_title']}: "
            ).startswith(words_of_row)
            assert (row["other_series"] or "") in cell


def test_the_list_for_charts_elsewhere_is_the_table(
    release: Path, headlines: dict[str, list[LatestRow]]
) -> None:
    index = json.loads((release / "index.json").read_text(encoding="utf-8"))
    assert len(index["indicators"]) == len(headlines)
    for listed in index["indicators"]:
        rows = headlines[listed["id"]]
        expected = [{name: row[name] for name in Headline.model_fields} for row in rows]
        assert listed["latest"] == expected


def test_every_comparison_speaks_of_the_figure_of_the_table(
    release: Path, latest: list[LatestRow]
) -> None:
    comparisons = pd.read_csv(release / "comparisons.csv", keep_default_na=False)
    by_group = {(row["indicator"], row["breakdown"], row["category"]): row for row in latest}
    judged = set()
    for verdict in comparisons.to_dict("records"):
        group = (verdict["indicator"], verdict["breakdown"], verdict["category"])
        row = by_group[group]
        judged.add(group)
        if row["value"] is None:
            assert verdict["period"] == ""
            continue
        assert (verdict["period"], verdict["series"]) == (row["period"], row["series"])
        # Where a verdict quotes the latest figure, it quotes this one.
        if verdict["kind"] == "comparison" and " against " in verdict["words"]:
            quoted = re.split(r": |, and ", verdict["words"])
            assert any(part.startswith(row["value_in_words"]) for part in quoted)
    assert judged == set(by_group)


def test_two_figures_for_one_time_are_told_together(
    release: Path, headlines: dict[str, list[LatestRow]]
) -> None:
    """One of the two stood on the front page, and the other in the table of a publish."""
    (row,) = headlines["affordable_homes_delivered"]
    assert (row["value_in_words"], "gives 886" in row["other_series"]) == ("1,073", True)
    for path in ("index.html", page_of("affordable_homes_delivered")):
        text = words(page_at(release, path))
        assert row["other_series"] in text
        assert row["series_title"] in text


def test_the_table_is_the_same_in_each_of_its_forms(release: Path) -> None:
    parquet = pd.read_parquet(release / "latest.parquet")
    text = pd.read_csv(release / "latest.csv")
    assert list(text.columns) == list(parquet.columns)
    assert text["is_headline"].tolist() == parquet["is_headline"].tolist()
    pd.testing.assert_series_equal(text["value"], parquet["value"])
